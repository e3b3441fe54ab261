"""Any rows of any table, without the others: the same rows that a run writes."""

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from tests.commands import DwSim
from tests.support import column, reference, table, views

from dw_simulator.errors import RequestError
from dw_simulator.service import ExperimentService, GenerateRequest

HUGE = 2 * 10**12
FAR = 10**12


def shop(rows: int) -> dict[str, Any]:
    customers = table(
        "customers",
        rows // 10,
        column("id", "BIGINT"),
        column("country", "CHAR(2)"),
        primary_key=["id"],
    )
    orders = table(
        "orders",
        rows,
        column("id", "BIGINT"),
        column("customer_id", "BIGINT", **reference("customers.id", skew={"zipf": 1.1})),
        column("country", "CHAR(2)", lookup={"reference": "customer_id", "column": "country"}),
        column("day", "DATE", required=False),
        primary_key=["id"],
    )
    lines = table(
        "lines",
        rows,
        column("order_id", "BIGINT", **reference("heads.id", children={"min": 1, "max": 9})),
        column("no", "INT"),
        primary_key=["order_id", "no"],
    )
    heads = table("heads", rows // 5, column("id", "BIGINT"), primary_key=["id"])
    return {"name": "shop", "tables": [customers, orders, lines, heads]}


def test_a_preview_shows_the_rows_that_a_run_writes(service: ExperimentService) -> None:
    service.create(shop(10_000))
    summary = service.generate("shop", GenerateRequest(seed=5))
    written = views(Path(summary.output_dir))
    for name in ("customers", "orders", "lines"):
        total = summary.row_counts[name]
        for offset in (0, total // 2, total - 3):
            found = service.preview("shop", name, offset=offset, count=7, seed=5)
            assert found.total == total
            ask = f'SELECT * FROM "{name}" LIMIT {len(found.rows)} OFFSET {offset}'
            assert [tuple(row.values()) for row in found.rows] == written.execute(ask).fetchall()


def test_rows_far_out_have_parents_in_the_parents_own_preview(service: ExperimentService) -> None:
    service.create(shop(HUGE))
    for name, link, parent in (("orders", "customer_id", "customers"), ("lines", "order_id", "heads")):
        for row in service.preview("shop", name, offset=FAR, count=10).rows:
            (found,) = service.preview("shop", parent, offset=row[link] - 1, count=1).rows
            assert found["id"] == row[link]
            if "country" in row:
                assert found["country"] == row["country"]
    numbers = service.preview("shop", "lines", offset=FAR, count=300).rows
    starts = [k for k, row in enumerate(numbers) if row["no"] == 1]
    for start, stop in itertools.pairwise(starts):
        assert [row["no"] for row in numbers[start:stop]] == list(range(1, stop - start + 1))
        assert len({row["order_id"] for row in numbers[start:stop]}) == 1


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"table": "order"}, "shop has no table 'order'; did you mean 'orders'?"),
        ({"table": "orders", "offset": 10_000}, "orders has 10,000 rows; ask for an offset of 0 to 9,999"),
        ({"table": "orders", "offset": -1}, "ask for an offset of 0 to 9,999"),
        ({"table": "orders", "count": 0}, "0 rows cannot be shown; ask for 1 to 10,000"),
    ],
)
def test_what_is_not_there_is_not_shown(
    service: ExperimentService, asked: dict[str, Any], words: str
) -> None:
    service.create(shop(10_000))
    with pytest.raises(RequestError) as caught:
        service.preview("shop", **asked)
    assert words in str(caught.value)


def test_an_empty_table_has_an_empty_preview(service: ExperimentService) -> None:
    service.create(shop(10_000))
    assert service.preview("shop", "orders", rows={"orders": 0}).rows == []


def test_the_command_line_shows_rows_and_plans(dw_sim: DwSim) -> None:
    service = ExperimentService()
    service.create(shop(HUGE))
    service.persistence.close()
    words = ("experiment", "preview", "shop", "orders", "--offset", "1e12")
    shown = json.loads(dw_sim(*words, "--json").stdout)
    assert [row["id"] for row in shown["rows"]] == list(range(FAR + 1, FAR + 11))
    assert f"{FAR:,}" in dw_sim(*words, "--count", "2").stdout
    plan = json.loads(dw_sim("experiment", "plan", "shop", "--json").stdout)
    assert plan["load_order"] == ["customers", "orders", "heads", "lines"]
    assert plan["rows"]["orders"] == HUGE
    assert plan["later"] == []
