"""The web shop of the examples, looked at from outside: what DuckDB reads agrees with itself."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from tests.support import EXAMPLES, generated, views

from dw_simulator.planning import plan
from dw_simulator.schema import reading
from dw_simulator.service import ExperimentService

WRONG = {
    "the e-mail carries the row's name": """
        SELECT count(*) FROM customers WHERE NOT starts_with(email,
            regexp_replace(lower(strip_accents(first_name)), '[^a-z]', '', 'g') || '.' ||
            regexp_replace(lower(strip_accents(last_name)), '[^a-z]', '', 'g'))""",
    "a title belongs to a gender": """
        SELECT count(*) FROM customers WHERE (title = 'Mr.') <> (gender = 'M') OR gender NOT IN ('F', 'M')""",
    "a city lies in one state, but for those of one name": """
        SELECT greatest(count(*) - 9, 0)
        FROM (SELECT city FROM customers GROUP BY city HAVING count(DISTINCT state) > 1)""",
    "a postcode lies in one state": """
        SELECT count(*)
        FROM (SELECT left(zip, 3) FROM customers GROUP BY ALL HAVING count(DISTINCT state) > 1)""",
    "a city is within some kilometres of itself": """
        SELECT count(*)
        FROM (SELECT max(latitude) - min(latitude) AS d FROM customers GROUP BY city, state) WHERE d > 0.5""",
    "orders come nearly in order": """
        SELECT count(*) FROM (SELECT id, row_number() OVER (ORDER BY ordered_at, id) AS place FROM orders)
        WHERE abs(id - place) > 400""",
    "shipped after ordered, within the span": """
        SELECT count(*) FROM orders
        WHERE shipped_at < ordered_at + INTERVAL 2 HOUR OR shipped_at > ordered_at + INTERVAL 5 DAY""",
    "only what is shipped has a time of it": """
        SELECT count(*) FROM orders WHERE (shipped_at IS NULL) <> (status IN ('placed', 'cancelled'))
            OR (delivered_at IS NULL) <> (status <> 'delivered') OR delivered_at < shipped_at""",
    "documents are documents": """
        SELECT count(*) FROM orders WHERE details ->> 'channel' NOT IN ('web', 'app', 'phone')
            OR json_array_length(details, '$.coupons') NOT BETWEEN 0 AND 3
            OR json_type(details, '$.gift') <> 'BOOLEAN'""",
    "the price of a line is its product's": """
        SELECT count(*) FROM order_lines l JOIN products p USING (sku) WHERE l.price <> p.price""",
    "totals are the sums of their parts": """
        SELECT count(*) FROM order_lines WHERE gross <> price * quantity OR total <> gross - discount
            OR discount <> round(CASE WHEN quantity >= 3 THEN gross * 0.1 ELSE 0 END, 2)
            OR discount > gross""",
    "skus follow their pattern": """
        SELECT count(*) FROM products WHERE NOT regexp_full_match(sku, 'SKU-[0-9]{6}')""",
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    experiment = reading.load(EXAMPLES / "webshop.json")
    out = generated(plan(experiment, 11, ExperimentService().rule), tmp_path_factory.mktemp("shop") / "out")
    with views(Path(out)) as connection:
        yield connection


@pytest.mark.parametrize("question", WRONG.values(), ids=WRONG)
def test_nothing_contradicts_itself(shop: duckdb.DuckDBPyConnection, question: str) -> None:
    assert shop.execute(question).fetchone() == (0,)


def test_there_is_something_to_contradict(shop: duckdb.DuckDBPyConnection) -> None:
    facts = shop.execute(
        "SELECT (SELECT count(DISTINCT city) > 50 AND count(DISTINCT gender) = 2 FROM customers),"
        " (SELECT count(shipped_at) > 5000 AND count(DISTINCT status) = 4 FROM orders),"
        " (SELECT count(*) FILTER (discount > 0) > 1000 FROM order_lines)"
    ).fetchone()
    assert facts == (True, True, True)
    sorted_share = shop.execute(
        "SELECT avg((ordered_at >= before)::INT) FROM "
        "(SELECT ordered_at, lag(ordered_at) OVER (ORDER BY id) AS before FROM orders)"
    ).fetchone()
    assert sorted_share is not None
    assert 0.4 < sorted_share[0] < 0.9, "nearly sorted, not sorted"
