"""Rows of a table as a share of another's, and rows of all tables at a scale."""

from pathlib import Path
from typing import Any

import pytest
from tests.support import column, reference, table
from typer.testing import CliRunner

from dw_simulator.errors import PlanError, RequestError, SchemaError
from dw_simulator.interfaces.cli.main import app
from dw_simulator.planning import plan
from dw_simulator.registry.script_import import ScriptImport
from dw_simulator.schema import reading
from dw_simulator.schema.model import Experiment
from dw_simulator.service import ExperimentService, GenerateRequest

ID = column("id", "INT")


def per(name: str, other: str, *columns: dict[str, Any], **rows: Any) -> dict[str, Any]:
    return {"name": name, "columns": [ID, *columns], "rows": {"per": other, **rows}}


def counts(
    *tables: dict[str, Any], rows: dict[str, int] | None = None, scale: float | None = None, **fields: Any
) -> dict[str, int]:
    experiment = reading.parse({"name": "test", "tables": list(tables), **fields})
    asked = experiment.scaled(rows or {}, scale)
    return dict(plan(experiment, 7, ExperimentService().rule, asked).planned)


CHAIN = (
    table("orders", 5000, ID),
    per("lines", "orders", times=2.5),
    per("returns", "lines", times=0.04),
    per("countries", "orders", times=0.0001, min=20),
    per("twins", "orders"),
)


def test_rows_follow_those_of_another_table() -> None:
    assert counts(*CHAIN) == {
        "orders": 5000,
        "lines": 12500,
        "returns": 500,
        "countries": 20,
        "twins": 5000,
    }


def test_what_is_asked_of_one_changes_those_that_follow_it_and_goes_before() -> None:
    found = counts(*CHAIN, rows={"orders": 100, "returns": 7})
    assert found == {"orders": 100, "lines": 250, "returns": 7, "countries": 20, "twins": 100}


def test_there_is_one_row_at_least_and_none_beside_an_empty_table() -> None:
    few = (table("orders", 3, ID), per("returns", "orders", times=0.01))
    assert counts(*few)["returns"] == 1
    assert counts(*few, rows={"orders": 0})["returns"] == 0
    none = (table("orders", 3, ID), per("returns", "orders", times=0.01, min=0))
    assert counts(*none)["returns"] == 0


def test_rows_follow_a_table_whose_parents_count_it() -> None:
    orders = table("orders", 100, ID, primary_key=["id"])
    lines = {
        "name": "lines",
        "columns": [ID, column("order_id", "INT", **reference("orders.id", children=3))],
    }
    assert counts(orders, lines, per("notes", "lines", times=2))["notes"] == 600


def test_a_hidden_master_is_as_large_as_what_it_is_the_master_of_asks() -> None:
    people = {**per("people", "versions", times=0.4), "hidden": True, "primary_key": ["id"]}
    versions = table("versions", 500, ID, column("person", "INT", **reference("people.id")))
    experiment = reading.parse({"name": "test", "tables": [people, versions]})
    assert plan(experiment, 1, ExperimentService().rule).hidden == {"people": 200}
    assert plan(experiment, 1, ExperimentService().rule, {"versions": 50}).hidden == {"people": 20}


def problems(*tables: dict[str, Any]) -> list[str]:
    with pytest.raises(SchemaError) as error:
        reading.parse({"name": "test", "tables": list(tables)})
    return [f"{problem.place}: {problem.message}" for problem in error.value.problems]


def test_circles_are_refused_with_their_place() -> None:
    found = problems(table("x", 1, ID), per("a", "b"), per("b", "c"), per("c", "a"), per("d", "a"))
    assert found[0] == "tables[1].rows.per: the rows of a -> b -> c -> a wait for each other"
    assert [one.partition(":")[0] for one in found] == [f"tables[{i}].rows.per" for i in (1, 2, 3)]
    assert "wait for each other" in problems(per("a", "a"))[0]


def test_a_table_that_is_not_there_and_two_numbers_are_refused() -> None:
    assert (
        "no table 'order'; did you mean 'orders'?" in problems(table("orders", 1, ID), per("a", "order"))[0]
    )
    assert "tables[1].target_rows" in problems(table("o", 1, ID), {**per("a", "o"), "target_rows": 5})[0]
    assert "goes with per" in problems({"name": "a", "columns": [ID], "rows": {"times": 2}})[0]
    both = {"name": "a", "columns": [ID], "rows": {"per": "a", "rows": [{"id": 1}]}}
    assert "said once" in problems(both)[0]


def test_a_circle_by_way_of_children_is_refused_when_it_is_planned() -> None:
    parents = {**per("parents", "lines", times=0.5), "primary_key": ["id"]}
    lines = {"name": "lines", "columns": [column("p", "INT", **reference("parents.id", children=2))]}
    with pytest.raises(PlanError, match="wait for each other"):
        counts(parents, lines)


def test_a_parent_that_counts_its_children_cannot_wait_for_them() -> None:
    many = column("many", "INT", min_value=1, max_value=3)
    parents = {**per("parents", "lines", many, times=0.5), "primary_key": ["id"]}
    told = reference("parents.id", children={"column": "many"})
    lines = {"name": "lines", "columns": [column("p", "INT", **told)]}
    with pytest.raises(PlanError, match="which a column of parents counts"):
        counts(parents, lines)
    sound = {**table("parents", 100, ID, many), "primary_key": ["id"]}
    found = counts(sound, lines, per("notes", "lines", times=2))
    assert found["notes"] == 2 * found["lines"] > 200


# --- a scale


SCALED = (
    table("orders", 400, ID, primary_key=["id"]),
    {"name": "usual", "columns": [ID]},
    table("empty", 0, ID),
    per("half", "orders", times=0.5),
    {"name": "lines", "columns": [column("o", "INT", **reference("orders.id", children=2))]},
    {"name": "given", "columns": [ID], "rows": [{"id": 1}, {"id": 2}]},
)


def test_a_scale_multiplies_the_rows_of_every_table_that_has_a_number_of_its_own() -> None:
    tens = {"orders": 4000, "usual": 10_000, "empty": 0, "half": 2000, "lines": 8000, "given": 2}
    assert counts(*SCALED, scale=10) == tens
    assert counts(*SCALED, scale=0.001) == {
        "orders": 1, "usual": 1, "empty": 0, "half": 1, "lines": 2, "given": 2
    }  # fmt: skip
    named = counts(*SCALED, scale=10, rows={"orders": 50})
    assert (named["orders"], named["usual"], named["half"], named["lines"]) == (50, 10_000, 25, 100)


def test_a_run_keeps_the_numbers_of_its_scale(service: ExperimentService, tmp_path: Path) -> None:
    service.create({"name": "shop", "tables": list(SCALED)})
    summary = service.generate("shop", GenerateRequest(seed=1, output_dir=tmp_path / "a", scale=0.5))
    assert summary.row_counts["orders"] == 200
    assert service.runs("shop")[0].requested_rows == {"orders": 200, "usual": 500, "empty": 0}
    assert service.verify(tmp_path / "a", deep=True).ok
    with pytest.raises(RequestError, match="scale"):
        service.generate("shop", GenerateRequest(scale=0))


def test_the_command_line_knows_scales(tmp_path: Path) -> None:
    script = tmp_path / "a.sql"
    script.write_text("CREATE TABLE things (id INT PRIMARY KEY, x INT)")
    out = tmp_path / "out"
    words = ["generate", str(script), "--scale", "0.05", "--output-dir", str(out), "--json"]
    shown = CliRunner().invoke(app, words)
    assert shown.exit_code == 0, shown.output
    assert '"things": 50' in shown.output
    assert CliRunner().invoke(app, [*words, "--scale", "much"]).exit_code == 2


# --- rules files


SQL = "CREATE TABLE orders (id INT PRIMARY KEY); CREATE TABLE lines (id INT PRIMARY KEY);"


def laid(*overlays: dict[str, Any]) -> Experiment:
    service = ExperimentService()
    made = ScriptImport(service.registry, service.rule).of_sql(SQL, "shop", "duckdb", 100)[0]
    for overlay in overlays:
        made = ScriptImport(service.registry, service.rule, overlay=overlay).laid(made)
    return made


def rows_of(made: Experiment) -> int:
    lines = made.table("lines")
    assert lines is not None
    return made.rows_of(lines)


def test_a_rules_file_says_proportions_and_takes_their_place() -> None:
    follows = {"tables": {"lines": {"rows": {"per": "orders", "times": 3}}}}
    assert rows_of(laid(follows)) == 300
    assert rows_of(laid(follows, {"tables": {"lines": {"rows": 7}}})) == 7
    assert rows_of(laid(follows, {"tables": {"lines": {"rows": None}}})) == 1000
