"""Tables whose rows are given: they come back as they are, and everything around them keeps its promises."""

import datetime
import random
from copy import deepcopy
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import truth
from tests.random_relations import graph
from tests.support import column, generated, reference, table, views
from tests.test_random_relations import check_in_postgres, check_refusal, fill, in_batches

from dw_simulator.errors import PlanError, SchemaError
from dw_simulator.planning import plan
from dw_simulator.ports.plan import Plan
from dw_simulator.schema import reading
from dw_simulator.schema.given_rows import MAX_CELLS
from dw_simulator.schema.model import Experiment
from dw_simulator.service import ExperimentService

REGIONS = [{"id": 7, "label": "North"}, {"id": 9, "label": "South"}]
STORES = [
    {"id": 30, "region_id": 9, "opened": "2020-02-29", "area": 12.5},
    {"id": 10, "region_id": 7, "opened": "1999-12-31", "area": None},
    {"id": 20, "region_id": 9, "opened": "2024-01-01", "area": 3},
]


def regions(rows: Any = REGIONS, **fields: Any) -> dict[str, Any]:
    columns = (column("id", "INT"), column("label", "VARCHAR(20)", is_unique=True))
    return {"name": "regions", "rows": rows, "primary_key": ["id"], "columns": [*columns], **fields}


def stores(rows: Any = STORES, *more: dict[str, Any], **fields: Any) -> dict[str, Any]:
    columns = (
        column("id", "INT"),
        column("region_id", "INT", **reference("regions.id")),
        column("opened", "DATE"),
        column("area", "DECIMAL(8,2)", required=False),
        column("region", "VARCHAR(20)", lookup={"reference": "region_id", "column": "label"}),
        column("manager", "VARCHAR(40)", rule={"name": "full_name"}),
    )
    return {"name": "stores", "rows": rows, "primary_key": ["id"], "columns": [*columns, *more], **fields}


def sales(rows: int = 2000) -> dict[str, Any]:
    columns = (
        column("store_id", "INT", **reference("stores.id", children={"min": 1})),
        column("region", "VARCHAR(20)", lookup={"reference": ["store_id", "region_id"], "column": "label"}),
        column(
            "sold",
            "DATE",
            rule={"name": "after", "reference": "store_id", "column": "opened", "within": "9d"},
        ),
        column("number", "INT", rule={"name": "window", "function": "number", "reference": "store_id"}),
    )
    return table("sales", rows, *columns)


def planned(*tables: dict[str, Any], rows: dict[str, int] | None = None, **fields: Any) -> Plan:
    document = {"name": "given", "tables": [*tables], **fields}
    return plan(reading.parse(document), 7, ExperimentService().rule, rows)


def refused(*tables: dict[str, Any], **fields: Any) -> str:
    with pytest.raises((PlanError, SchemaError)) as caught:
        planned(*tables, **fields)
    return " ".join(str(caught.value).split())


def test_rows_come_back_as_they_are_and_others_reference_them(tmp_path: Path) -> None:
    with views(generated(planned(regions(), stores(), sales()), tmp_path)) as duck:
        assert duck.execute("FROM regions").fetchall() == [(7, "North"), (9, "South")]
        assert duck.execute("SELECT id, region_id, opened, area, region FROM stores").fetchall() == [
            (30, 9, datetime.date(2020, 2, 29), Decimal("12.50"), "South"),
            (10, 7, datetime.date(1999, 12, 31), None, "North"),
            (20, 9, datetime.date(2024, 1, 1), Decimal("3.00"), "South"),
        ]
        wrong = """SELECT count(*), count_if(s.region <> r.label OR sold < opened OR sold > opened + 9)
            FROM sales s JOIN stores t ON store_id = t.id JOIN regions r ON region_id = r.id"""
        assert duck.execute(wrong).fetchall() == [(2000, 0)]


def test_order_of_loading_puts_what_is_referenced_first() -> None:
    assert planned(sales(), stores(), regions()).load_order.tables == ("regions", "stores", "sales")
    boss = column("boss", "INT", **reference("staff.id", nullable=True))
    rows = [{"id": 3, "boss": 1}, {"id": 1, "boss": None}]
    staff = {"name": "staff", "primary_key": ["id"], "rows": rows, "columns": [column("id", "INT"), boss]}
    (later,) = planned(staff).load_order.later  # the first row references one that comes later
    assert (later.table, later.reference.columns) == ("staff", ("boss",))


def test_rows_of_reference_data_and_of_columns_that_are_no_part_of_them(tmp_path: Path) -> None:
    data = {"plans": {"rows": [{"code": "b", "price": 9, "note": "kept"}, {"code": "a", "price": 0.5}]}}
    columns = (column("code", "CHAR(1)", is_unique=True), column("price", "DECIMAL(6,2)"))
    plans = {"name": "plans", "rows": {"of": "plans"}, "columns": [*columns]}
    pair = {
        "name": "pair",
        "rows": [{"code": "a"}, {"code": "a"}, {"code": "b"}],
        "primary_key": ["code", "n"],
    }
    pair["columns"] = [column("code", "CHAR(1)", **reference("plans.code")), column("n", "INT")]
    with views(generated(planned(plans, pair, reference_data=data), tmp_path)) as duck:
        assert duck.execute("FROM plans").fetchall() == [("b", Decimal("9.00")), ("a", Decimal("0.50"))]
        assert [row[0] for row in duck.execute("FROM pair").fetchall()] == ["a", "a", "b"]
        assert duck.execute("SELECT count(DISTINCT (code, n)) FROM pair").fetchall() == [(3,)]


def test_a_guess_gives_way_and_a_rule_does_not() -> None:
    guessed = column("label", "VARCHAR(20)", is_unique=True, rule={"name": "text"}, inferred="by its name")
    assert planned(regions(columns=[column("id", "INT"), guessed])).table("regions").rows == 2
    said = refused(
        regions(columns=[column("id", "INT"), column("label", "VARCHAR(20)", rule={"name": "text"})])
    )
    assert "tables[0].columns[1].rule: regions.label has its values from the rows of regions" in said


def test_a_reference_to_a_table_that_counts_is_found() -> None:
    counted = table("regions", 10, column("id", "INT", is_unique=True), column("label", "VARCHAR(20)"))
    assert planned(counted, stores()).table("stores").rows == 3
    assert "row 0 references 9, which is not in regions(id)" in refused(
        {**counted, "target_rows": 8}, stores()
    )
    drawn = table(
        "regions", 10, column("id", "INT", is_unique=True, min_value=1), column("label", "VARCHAR(20)")
    )
    assert "its rows are given, but not those of regions" in refused(drawn, stores())


def test_what_cannot_be_is_refused_with_its_row() -> None:
    assert "stores(region_id): row 0 references 9, which is not in regions(id)" in refused(
        regions(REGIONS[:1]), stores()
    )
    twice = [*REGIONS, {"id": 8, "label": "South"}]
    assert "regions.label: rows 1 and 2 are both South" in refused(regions(twice))
    assert "regions.label: row 0 is NULL, which the column is not" in refused(regions([{"id": 1}, *REGIONS]))
    assert "row 0 of id: 'x' is not a number" in refused(regions([{"id": "x", "label": "a"}]))
    said = refused(regions(), stores(checks=["area > 5 OR area IS NULL"]))
    assert "CHECK (area > 5 OR area IS NULL) forbids row 2: area 3" in said
    said = refused(regions(), stores(checks=["id < region_id"]))
    assert "stores: CHECK (id < region_id) forbids row 0: id 30, region_id 9" in said
    assert (
        planned(regions(), stores(checks=["id > region_id", "area > 0", "region <> 'East'"])).warnings == ()
    )
    both = [{"a": 1, "b": 1}, {"a": 1, "b": 2}, {"a": 1, "b": 1}]
    pair = {
        "name": "t",
        "rows": both,
        "unique": [["a", "b"]],
        "columns": [column("a", "INT"), column("b", "INT")],
    }
    assert "t(a, b): rows 0 and 2 are both 1, 1" in refused(pair)
    assert "row 0 of a: 1 is outside the column's bounds" in refused(
        {**pair, "unique": [], "columns": [column("a", "INT", min_value=2), column("b", "INT")]}
    )


def test_nulls_are_distinct_unless_they_are_not() -> None:
    rows = [{"a": None, "b": 1}, {"a": None, "b": 1}]
    pair = {
        "name": "t",
        "rows": rows,
        "unique": [["a", "b"]],
        "columns": [column("a", "INT", required=False), column("b", "INT")],
    }
    assert planned(pair).table("t").rows == 2
    assert "rows 0 and 1 are both None, 1" in refused({**pair, "nulls_not_distinct": [["a", "b"]]})


def test_another_number_of_rows_is_refused(service: ExperimentService) -> None:
    assert "5 rows are asked, and 2 are given" in refused(regions(target_rows=5))
    data = {"r": {"rows": REGIONS}}
    assert "5 rows are asked, and 2 are given" in refused(
        regions({"of": "r"}, target_rows=5), reference_data=data
    )
    said = refused(regions(), rows={"regions": 3})
    assert "its rows are given, which are 2, and 3 are asked" in said
    assert planned(regions(), rows={"regions": 2}).table("regions").rows == 2
    experiment = reading.parse({"name": "x", "tables": [regions(), table("t", 5, column("a", "INT"))]})
    assert [one.declared_rows for one in experiment.with_rows(9).tables] == [2, 9]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"rows": [{"idd": 1}]}, "table 'regions' has no column 'idd'; did you mean 'id'"),
        ({"rows": {"of": "data"}}, "there is no reference data 'data'"),
        ({"rows": {"of": "data", "rows": REGIONS}}, "which rows the table has is to be said once"),
        ({"rows": {"rows": REGIONS, "weights": "id"}}, "a table has each of its rows once"),
        ({"rows": {"file": "r.csv"}}, "only where the schema itself is read from a file"),
    ],
)
def test_rows_that_mean_nothing_are_refused(fields: dict[str, Any], said: str) -> None:
    assert said in refused(regions(**fields))


def test_what_rows_say_nobody_else_does() -> None:
    said = refused(
        regions(),
        stores(
            columns=[column("region_id", "INT", **reference("regions.id", children={"min": 2}))],
            primary_key=[],
            rows=[{"region_id": 7}],
        ),
    )
    assert "the rows say what it references, so children has no say" in said
    boss = column("boss", "INT", **reference("staff.id", nullable=True))
    number = column(
        "n", "INT", required=False, rule={"name": "window", "function": "number", "reference": "boss"}
    )
    rows = [{"id": 3, "boss": 1}, {"id": 1, "boss": None}]
    staff = {
        "name": "staff",
        "primary_key": ["id"],
        "rows": rows,
        "columns": [column("id", "INT"), boss, number],
    }
    assert "the rows of staff are given, so that they do not stand together by boss" in refused(staff)


def test_a_file_of_a_table(service: ExperimentService, tmp_path: Path) -> None:
    (tmp_path / "regions.csv").write_text("id,label\n9,South\n7,North\n")
    document = {"name": "files", "tables": [regions({"file": "regions.csv"}), stores()]}
    service.create(document, files=tmp_path)
    shown = [tuple(row.values()) for row in service.preview("files", "regions", count=9).rows]
    assert shown == [(9, "South"), (7, "North")]
    assert service.preview("files", "stores", count=1).rows[0]["region"] == "South"


def test_a_large_table_of_rows() -> None:
    rows = {
        "columns": {"id": [*range(MAX_CELLS // 2, 0, -1)], "label": [f"r{k}" for k in range(MAX_CELLS // 2)]}
    }
    made = planned(regions(rows)).table("regions")
    assert made.chunk(0, 2).columns[0].values.tolist() == [500_000, 499_999]  # type: ignore[union-attr]


def test_postgres_takes_every_row_with_all_constraints_in_force(postgres: str) -> None:
    boss = column("boss", "INT", **reference("staff.id", nullable=True))
    staff = {
        "name": "staff",
        "primary_key": ["id"],
        "rows": [{"id": 3, "boss": 1}, {"id": 1, "boss": None}, {"id": 2, "boss": 3}],
        "columns": [column("id", "INT"), boss, column("store", "INT", **reference("stores.id"))],
    }
    days = {
        "name": "days",
        "primary_key": ["day_key"],
        "rows": {"date_start": "2024-02-01", "date_end": "2024-03-31"},
        "columns": [column("day_key", "INT", rule={"name": "date_key"}), column("day", "DATE")],
    }
    visits = table(
        "visits",
        500,
        column("day_key", "INT", **reference("days.day_key")),
        column("staff_id", "INT", **reference("staff.id")),
    )
    checks = ["id > region_id", "area > 0"]
    document = {"name": "given", "tables": [visits, staff, days, sales(), stores(checks=checks), regions()]}
    experiment = reading.parse(document)
    made = plan(experiment, 7, ExperimentService().rule)
    assert made.warnings == ()
    with duckdb.connect() as connection:
        for one in made.tables:
            fill(connection, one, in_batches(one, 64))
        check_in_postgres(postgres, connection, experiment, made)


# --- random graphs, of which some tables are written out as they came


OPTIONS = ("children", "skew", "childless", "tree", "distinct", "null_fraction")


def written_out(data: dict[str, Any], made: Plan, chosen: set[str]) -> dict[str, Any]:
    """The same schema, in which some tables have the rows that were made."""
    data = deepcopy(data)
    for one in data["tables"]:
        if one["name"] not in chosen:
            continue
        typed = {own["polymorphic"]["type_column"] for own in one["columns"] if "polymorphic" in own}
        free = {"polymorphic", "lookup", "rule", "faker_rule", "distribution", "null_when"}
        names = [own["name"] for own in one["columns"] if not free & {*own} and own["name"] not in typed]
        rows = in_batches(made.table(one["name"]), 64).select(names).to_pylist()
        one["rows"] = [{name: shown(value) for name, value in row.items()} for row in rows]
        one.pop("target_rows", None)
        for own in one["columns"]:
            own.pop("null_fraction", None)
            for option in OPTIONS:
                own.get("foreign_key", {}).pop(option, None)
        for own in one.get("foreign_keys", ()):
            for option in OPTIONS:
                own.pop(option, None)
    return data


def shown(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


CHECKS = (
    truth.check_rows,
    truth.check_required,
    truth.check_keys,
    truth.check_references,
    truth.check_lookups,
    truth.check_children,
)


def chosen_tables(experiment: Experiment, choice: random.Random) -> set[str]:
    """Some tables, and all that they reference, directly or through others."""
    names = {one.name for one in experiment.tables if choice.random() < 0.4}
    while True:
        held = [one for one in experiment.tables if one.name in names]
        more = {r.references_table for one in held for r in one.references} - names
        if not more:
            return names
        names |= more


def written(data: dict[str, Any], seed: int, choice: random.Random) -> str:
    """What became of a graph of which some tables are written out."""
    rules = ExperimentService().rule
    try:
        made = plan(reading.parse(data), seed, rules)
    except PlanError:
        return "refused before"
    if not all(0 < one.rows <= 300 for one in made.tables):
        return "too large"
    chosen = chosen_tables(reading.parse(data), choice)
    experiment = reading.parse(written_out(data, made, chosen))
    try:
        again = plan(experiment, seed + 1, rules)
    except PlanError as refusal:
        check_refusal(refusal)
        return "refused"
    check_written(experiment, made, again)
    return "kept" if chosen else "none"


def check_written(experiment: Experiment, made: Plan, again: Plan) -> None:
    """Every promise is kept, and what was written out is what comes out."""
    with duckdb.connect() as connection:
        for one in again.tables:
            connection.register(one.name, in_batches(one, 64))
        for check in CHECKS:
            check(connection, experiment, {one.name: one.rows for one in again.tables})
    for one in experiment.tables:
        if one.rows is not None:
            before = in_batches(made.table(one.name), 64).select(one.rows.names)
            assert (
                in_batches(again.table(one.name), 7).select(one.rows.names).to_pylist() == before.to_pylist()
            )


@given(seed=st.integers(0, 2**32), which=st.randoms(use_true_random=False))
@settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_tables_of_random_graphs_that_are_written_out(seed: int, which: random.Random) -> None:
    written(graph(which.choice), seed, which)
