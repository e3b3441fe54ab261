"""Columns that go together: the rank correlation that was given, and each column's own distribution."""

import itertools
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from tests.engine.kernels_zoo import EXAMPLES
from tests.support import column, generated, made, planned, reference, scattered, table, to_list, views

from dw_simulator.engine.columns import FixedColumn
from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Rows, Selector, UInts
from dw_simulator.engine.selectors.copulas import Correlated, OwnScore
from dw_simulator.engine.values.base import Kernel
from dw_simulator.engine.values.facts import stored_numbers
from dw_simulator.errors import PlanError, SchemaError
from dw_simulator.planning.columns.rank_matrices import weights
from dw_simulator.schema import reading
from dw_simulator.service import ExperimentService

ROWS = 1_000_000
Json = dict[str, Any]


def rule(name: str, **options: Any) -> Json:
    return {"rule": {"name": name, **options}}


OF_EVERY_KIND = (
    column("price", "DECIMAL(12,2)", **rule("lognormal", mean=3, stddev=1)),
    column("score", "DOUBLE", **rule("normal", mean=0, stddev=1)),
    column("stars", "INT", min_value=1, max_value=5),
    column("day", "DATE", date_start="2020-01-01", date_end="2024-12-31", **rule("calendar", weekends=False)),
    column("size", "DECIMAL(9,2)", **rule("histogram", bins=[0, 10, 100, 1000], weights=[5, 3, 1])),
    column("calls", "SMALLINT", **rule("poisson", **{"lambda": 3.3})),
)
NAMES = tuple(one["name"] for one in OF_EVERY_KIND)
MATRIX = [
    [1, 0.8, 0.3, -0.5, 0.4, 0.6],
    [0.8, 1, 0.2, -0.4, 0.3, 0.5],
    [0.3, 0.2, 1, 0, 0.1, 0.2],
    [-0.5, -0.4, 0, 1, -0.2, -0.3],
    [0.4, 0.3, 0.1, -0.2, 1, 0.3],
    [0.6, 0.5, 0.2, -0.3, 0.3, 1],
]
INCOME = {"reference": "customer_id", "column": "income"}


def customers(rows: int = 1000, **fields: Any) -> Json:
    key = column("id", "INT", is_unique=True)
    income = column("income", "DECIMAL(12,2)", **rule("lognormal", mean=10, stddev=0.6))
    return table("customers", rows, key, income, **fields)


def orders(rows: int, *columns: Json, **fields: Any) -> Json:
    return table(
        "orders", rows, column("customer_id", "INT", **reference("customers.id")), *columns, **fields
    )


AMOUNT = column("amount", "DECIMAL(10,2)", **rule("gamma", shape=2, scale=30))
QUANTITY = column("quantity", "INT", min_value=1, max_value=9)


def spearman(connection: duckdb.DuckDBPyConnection, source: str, one: str, other: str) -> float:
    """Spearman's rank correlation, rows that are alike sharing their mean rank."""
    mean_rank = "rank() OVER (ORDER BY {0}) + (count(*) OVER (PARTITION BY {0}) - 1) / 2"
    found = connection.execute(
        f"SELECT corr(a, b) FROM (SELECT {mean_rank.format(one)} AS a, {mean_rank.format(other)} AS b "
        f"FROM {source} WHERE {one} IS NOT NULL AND {other} IS NOT NULL)"
    ).fetchone()
    assert found is not None
    return float(found[0])


def test_a_million_rows_of_every_kind_go_together_as_given(tmp_path: Path) -> None:
    together = [{"columns": NAMES, "matrix": MATRIX}]
    plan = planned(table("t", ROWS, *OF_EVERY_KIND, correlate=together))
    connection = views(generated(plan, tmp_path / "out"))
    for (i, one), (j, other) in itertools.combinations(enumerate(NAMES), 2):
        assert spearman(connection, "t", one, other) == pytest.approx(MATRIX[i][j], abs=0.01), (one, other)


def test_each_has_the_distribution_that_it_has_alone() -> None:
    together = [{"columns": NAMES, "matrix": MATRIX}]
    alone = planned(table("t", ROWS, *OF_EVERY_KIND))
    all_together = planned(table("t", ROWS, *OF_EVERY_KIND, correlate=together), seed=8)
    for name in NAMES:
        one, other = np.array(made(alone, "t", name)), np.array(made(all_together, "t", name))
        if len(np.unique(one)) < 100:
            _values, places = np.unique(np.concatenate([one, other]), return_inverse=True)
            counts = [np.bincount(places[:ROWS]), np.bincount(places[ROWS:], minlength=places.max() + 1)]
            kept = np.add(*(np.resize(c, places.max() + 1) for c in counts)) > 20
            assert stats.chi2_contingency(np.array(counts)[:, kept]).pvalue > 1e-4, name
        else:
            assert stats.ks_2samp(one.astype(np.float64), other.astype(np.float64)).pvalue > 1e-4, name


def test_from_a_parent_to_its_children(tmp_path: Path) -> None:
    together = [
        {
            "columns": ["amount", "quantity"],
            "with": INCOME,
            "matrix": [[1, 0.4, 0.7], [0.4, 1, 0.2], [0.7, 0.2, 1]],
        }
    ]
    parents = customers(200_000, correlate=[{"columns": ["income", "age"], "rank": 0.5}])
    parents["columns"].append(column("age", "INT", min_value=18, max_value=90))
    children = orders(ROWS, AMOUNT, QUANTITY, correlate=together)
    connection = views(generated(planned(parents, children), tmp_path / "out"))
    connection.execute("CREATE VIEW joined AS SELECT * FROM orders JOIN customers ON customer_id = id")
    given = {("amount", "income"): 0.7, ("quantity", "income"): 0.2, ("amount", "quantity"): 0.4}
    for (one, other), rank in given.items():
        assert spearman(connection, "joined", one, other) == pytest.approx(rank, abs=0.01)
    assert spearman(connection, "customers", "income", "age") == pytest.approx(0.5, abs=0.01)


def test_two_references_away_and_where_some_are_null(tmp_path: Path) -> None:
    lines = table(
        "lines",
        ROWS,
        column("order_id", "INT", **reference("orders.id", nullable=True), required=False),
        column("weight", "REAL", min_value=0, max_value=9, required=False, null_fraction=0.3),
        correlate=[
            {
                "columns": ["weight"],
                "with": {"reference": ["order_id", "customer_id"], "column": "income"},
                "rank": -0.6,
            }
        ],
    )
    middle = orders(200_000, column("id", "INT", is_unique=True))
    connection = views(generated(planned(customers(50_000), middle, lines), tmp_path / "out"))
    connection.execute(
        "CREATE VIEW joined AS SELECT * FROM lines JOIN orders ON order_id = orders.id JOIN customers c ON "
        "customer_id = c.id"
    )
    assert spearman(connection, "joined", "weight", "income") == pytest.approx(-0.6, abs=0.02)


def test_a_mixture_goes_with_others_and_keeps_its_parts() -> None:
    parts = [
        {"type": "constant", "parameters": {"value": 0}, "weight": 70},
        {"type": "gamma", "parameters": {"shape": 2, "scale": 15}, "weight": 20},
        {"type": "constant", "parameters": {"value": 500}, "weight": 10},
    ]
    spent = column("spent", "DECIMAL(10,2)", min_value=0, **rule("mixture", components=parts))
    columns = spent, column("x", "DOUBLE", min_value=0, max_value=1)
    alone = np.array(made(planned(table("t", 300_000, *columns)), "t", "spent"))
    plan = planned(table("t", 300_000, *columns, correlate=[{"columns": ["spent", "x"], "rank": 0.5}]))
    found = np.array(made(plan, "t", "spent"))
    assert np.mean(found == 0) == pytest.approx(0.7, abs=0.005)
    assert np.mean(found == 50_000) == pytest.approx(0.1, abs=0.003)
    middle = [one[(one > 0) & (one < 50_000)] for one in (alone, found)]
    assert stats.ks_2samp(*middle).pvalue > 1e-4
    assert stats.spearmanr(found, made(plan, "t", "x")).statistic == pytest.approx(0.5, abs=0.01)


@given(
    rank=st.floats(-0.85, 0.85),
    few=st.integers(2, 12),
    seed=st.integers(0, 1000),
)
@settings(max_examples=15)
def test_values_that_repeat_have_the_given_correlation_too(rank: float, few: int, seed: int) -> None:
    shares = column(
        "few", "INT", **rule("choice", values=[*range(few)], weights=[k % 3 + 1 for k in range(few)])
    )
    continuous = column("x", "DOUBLE", min_value=0, max_value=1)
    together = [{"columns": ["few", "x"], "rank": rank}]
    try:
        plan = planned(table("t", 100_000, shares, continuous, correlate=together), seed=seed)
    except PlanError as error:
        assert "repeat so often" in str(error)  # noqa: PT017 - few values cannot be as close as that
        assert abs(rank) > 0.7
        return
    found = stats.spearmanr(made(plan, "t", "few"), made(plan, "t", "x")).statistic
    assert found == pytest.approx(rank, abs=0.015)


# --- the law


@given(data=st.data())
@settings(max_examples=20)
def test_any_rows_in_any_split_have_their_own_values(data: st.DataObject) -> None:
    together = [
        {
            "columns": ["amount", "quantity"],
            "with": INCOME,
            "matrix": [[1, 0.4, 0.7], [0.4, 1, 0.2], [0.7, 0.2, 1]],
        }
    ]
    plan = planned(customers(500), orders(5000, AMOUNT, QUANTITY, correlate=together))
    for one in plan.table("orders").columns:
        whole = to_list(one.kernel.values(Rows.run(0, 5000)))
        numbers = data.draw(st.lists(st.integers(0, 4999), max_size=40))
        assert to_list(one.kernel.values(scattered(numbers))) == [whole[n] for n in numbers]
        start = data.draw(st.integers(0, 4999))
        assert to_list(one.kernel.values(Rows.run(start, 5000))) == whole[start:]


def test_a_table_alone_is_as_among_others() -> None:
    together = [{"columns": ["amount"], "with": INCOME, "rank": 0.7}]
    tables = customers(500), orders(5000, AMOUNT, correlate=together)
    whole = planned(*tables)
    for name, shown in (("customers", "income"), ("orders", "amount")):
        assert made(planned(*tables, only=name), name, shown) == made(whole, name, shown)


def test_a_table_without_rows_and_a_parent_without_rows() -> None:
    together = [{"columns": ["amount"], "with": INCOME, "rank": 0.7}]
    assert made(planned(customers(5), orders(0, AMOUNT, correlate=together)), "orders", "amount") == []
    child = orders(50, AMOUNT, correlate=together)
    child["columns"][0] = column(
        "customer_id", "INT", required=False, **reference("customers.id", nullable=True)
    )
    assert len(made(planned(customers(0), child), "orders", "amount")) == 50


def test_what_is_written_is_what_was_read() -> None:
    together = [
        {"columns": ["amount"], "with": {"reference": ["customer_id"], "column": "income"}, "rank": 0.7}
    ]
    document = {"name": "shop", "tables": [customers(), orders(10, AMOUNT, correlate=together)]}
    written = reading.parse(document).to_json()
    assert written["tables"][1]["correlate"] == together  # type: ignore[index,call-overload]
    assert reading.parse(written).to_json() == written


# --- kernels by position


class Rising(Selector):
    """Positions that are spread evenly, row after row."""

    size = 1 << 64

    def __init__(self, count: int) -> None:
        self.step = (1 << 64) // count

    def index(self, rows: Rows) -> UInts:
        return rows.numbers * np.uint64(self.step) + np.uint64(self.step // 2)


_MANY = 1 << 16
WITH_ORDER = {
    name: found for name, one in EXAMPLES.items() if (found := one.ranked(Rising(_MANY))) is not None
}


@pytest.mark.parametrize("name", WITH_ORDER)
def test_values_by_position_never_fall_and_come_as_often(name: str) -> None:
    column_ = WITH_ORDER[name].values(Rows.run(0, _MANY))
    own = EXAMPLES[name].values(Rows.run(0, _MANY))
    assert isinstance(column_, FixedColumn)
    assert isinstance(own, FixedColumn)
    values, others = (stored_numbers(one) for one in (column_, own))
    assert values is not None
    assert others is not None
    assert all(one <= later for one, later in itertools.pairwise(values))
    assert column_.values.dtype == own.values.dtype
    both = (np.array([float(value) for value in one]) for one in (values, others))
    assert stats.ks_2samp(*both).statistic < 0.012


def test_what_has_an_order_is_most_of_the_numbers() -> None:
    wanted = {"Alias", "Slots", "Binned", "BinnedFloats", "Floored", "FixedChoices", "Floats", "OnCalendar"}
    wanted |= {"Zipf", "Shaped", "Integers", "WideDecimals", "Without", "OnClock"}
    assert {name.split()[0] for name in WITH_ORDER} >= wanted


def test_positions_are_spread_evenly_to_the_last_cells() -> None:
    positions = Correlated.by(OwnScore.of(Stream.named(1, "even"))).index(Rows.run(0, 4_000_000))
    share = positions.astype(np.float64) / 2.0**64
    assert stats.kstest(share, "uniform").pvalue > 1e-4
    for low in (1e-3, 1e-4):  # as many at either end
        count = np.array([np.sum(share < low), np.sum(share > 1 - low)])
        assert np.all(np.abs(count - 4e6 * low) < 5 * np.sqrt(4e6 * low))


def test_weights_are_of_length_one_and_give_back_the_matrix() -> None:
    rows = weights(NAMES, MATRIX, [None] * len(NAMES))
    factor = np.array([[*row, *[0.0] * (len(NAMES) - len(row))] for row in rows])
    assert 6 / np.pi * np.arcsin(factor @ factor.T / 2) == pytest.approx(np.array(MATRIX), abs=1e-8)


# --- refusals


def refused(*tables: Json) -> str:
    with pytest.raises(PlanError) as error:
        planned(*tables)
    return str(error.value)


def one_of(shown: Json, **fields: Any) -> str:
    together = [{"columns": ["amount", shown["name"]], "rank": 0.5}]
    return refused(table("t", 100, AMOUNT, shown, correlate=together, **fields))


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (column("x", "VARCHAR(9)"), "t.x: correlate: VARCHAR(9) has no ranks"),
        (column("x", "BOOLEAN"), "has no ranks"),
        (column("x", "INT", is_unique=True), "it is in a key"),
        (column("x", "INT", **rule("sequence")), "no order by which they could be drawn"),
        (column("x", "DATE", **rule("uniform", order="sorted")), "no order by which they could be drawn"),
        (column("x", "DOUBLE", **rule("expression", sql="amount * 2")), "it is made from other columns"),
    ],
)
def test_what_goes_with_nothing_is_refused_with_its_place(shown: Json, words: str) -> None:
    assert words in one_of(shown)


def test_a_matrix_that_cannot_be_is_refused_with_one_that_can() -> None:
    impossible = [[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]]
    names = ["a", "b", "c"]
    shown = [column(name, "DOUBLE", min_value=0, max_value=1) for name in names]
    words = refused(table("t", 10, *shown, correlate=[{"columns": names, "matrix": impossible}]))
    assert "correlate[0]: no columns go together so: the smallest eigenvalue of the matrix is -0.8" in words
    near = words.split("near by is ")[1].split("]]")[0] + "]]"
    assert planned(table("t", 10, *shown, correlate=[{"columns": names, "matrix": eval(near)}]))


def test_few_values_that_cannot_go_so_close() -> None:
    shown = column("x", "INT", min_value=0, max_value=1)
    together = [{"columns": ["amount", "x"], "rank": 0.95}]
    words = refused(table("t", 10, AMOUNT, shown, correlate=together))
    assert "repeat so often that a rank correlation of 0.95" in words
    assert "say 0.86" in words


def test_no_column_goes_with_itself_along_a_tree() -> None:
    boss = column("boss", "INT", required=False, **reference("people.id", nullable=True))
    pay = column("pay", "DOUBLE", min_value=0, max_value=1)
    with_boss = {"columns": ["pay"], "with": {"reference": "boss", "column": "pay"}, "rank": 0.5}
    people = table("people", 100, column("id", "INT", is_unique=True), boss, pay, correlate=[with_boss])
    assert "goes with itself in another row" in refused(people)


def test_a_reference_that_is_none_and_a_column_that_is_not_there() -> None:
    there = {"reference": "amount", "column": "income"}
    words = refused(
        customers(), orders(10, AMOUNT, correlate=[{"columns": ["amount"], "with": there, "rank": 0}])
    )
    assert "orders.correlate[0]: the lookup follows orders.amount, which is no reference" in words
    there = {"reference": "customer_id", "column": "incme"}
    words = refused(
        customers(), orders(10, AMOUNT, correlate=[{"columns": ["amount"], "with": there, "rank": 0}])
    )
    assert "did you mean 'income'" in words


def test_a_parent_that_goes_with_nothing_refuses_its_children() -> None:
    parents = customers()
    parents["columns"].append(column("doubled", "DOUBLE", **rule("expression", sql="income * 2")))
    there = {"reference": "customer_id", "column": "doubled"}
    words = refused(
        parents, orders(10, AMOUNT, correlate=[{"columns": ["amount"], "with": there, "rank": 0.5}])
    )
    assert "customers.doubled: correlate: it is made from other columns" in words
    there["column"] = "id"
    words = refused(
        parents, orders(10, AMOUNT, correlate=[{"columns": ["amount"], "with": there, "rank": 0.5}])
    )
    assert "customers.id: correlate: it is in a key" in words


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"columns": ["amount"], "rank": 0.5}, "one column goes with nothing"),
        ({"columns": ["amount", "quantity"]}, "one of rank and matrix"),
        ({"columns": ["amount", "quantity"], "rank": 1.5}, "rank"),
        ({"columns": ["amount", "amount"], "rank": 0.5}, "named twice"),
        ({"columns": ["amount", "amuont"], "rank": 0.5}, "did you mean 'amount'"),
        ({"columns": ["amount", "customer_id"], "rank": 0.5}, "has the values of another table"),
        ({"columns": ["amount", "quantity"], "matrix": [[1, 0.5], [0.4, 1]]}, "make them equal"),
        ({"columns": ["amount", "quantity"], "matrix": [[1, 0.5], [0.5, 0.9]]}, "goes with itself"),
        ({"columns": ["amount", "quantity"], "matrix": [[1, 0.5]]}, "2 rows of 2 numbers"),
        (
            {"columns": ["amount", "quantity"], "with": INCOME, "rank": 0.5},
            "one rank correlation for 3 columns",
        ),
        ({"columns": ["amount", "quantity"], "ranks": 0.5}, "did you mean 'rank'"),
    ],
)
def test_what_is_wrong_in_the_document_is_told(entry: Json, words: str) -> None:
    document = {"name": "shop", "tables": [customers(), orders(10, AMOUNT, QUANTITY, correlate=[entry])]}
    with pytest.raises(SchemaError) as error:
        reading.parse(document)
    assert words in str(error.value)


def test_a_column_stands_in_one_correlation() -> None:
    entry = {"columns": ["amount", "quantity"], "rank": 0.5}
    document = {
        "name": "shop",
        "tables": [customers(), orders(10, AMOUNT, QUANTITY, correlate=[entry, entry])],
    }
    with pytest.raises(SchemaError, match="stands in two correlations"):
        reading.parse(document)


def test_a_check_comes_first_and_is_told(service: ExperimentService) -> None:
    low = column("low", "INT", min_value=0, max_value=100)
    high = column("high", "INT", min_value=0, max_value=100)
    together = [{"columns": ["low", "high"], "rank": 0.5}]
    plan = planned(table("t", 10_000, low, high, checks=["low <= high"], correlate=together))
    assert all(a <= b for a, b in zip(made(plan, "t", "low"), made(plan, "t", "high"), strict=True))
    assert any("comes before its rank correlation" in words for words in plan.warnings)


def test_kernels_that_know_no_order_give_none() -> None:
    class Own(Kernel):
        def values(self, rows: Rows) -> FixedColumn:
            return FixedColumn(rows.numbers)

    assert Own().ranked(Rising(8)) is None
