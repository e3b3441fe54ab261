"""References that nobody declared, at every door: told, shown, left out, replaced, in no script unasked."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.support import made as values
from typer.testing import CliRunner

from dw_simulator.interfaces.cli.main import app
from dw_simulator.planning import plan
from dw_simulator.registry.manager import registry
from dw_simulator.registry.rulebook import Rulebook
from dw_simulator.registry.script_export import written_ddl
from dw_simulator.registry.script_import import Inferring, ScriptImport
from dw_simulator.schema.enforceable import enforceable
from dw_simulator.schema.model import Experiment
from dw_simulator.schema.undeclared_parts import inferred_references

SQL = """
CREATE TABLE lines (order_id BIGINT NOT NULL, line_no SMALLINT NOT NULL, item_code VARCHAR(12) NOT NULL,
  PRIMARY KEY (order_id, line_no));
CREATE TABLE claims (claim_id INT PRIMARY KEY, order_id BIGINT, line_no SMALLINT, widget_id VARCHAR(20),
  gadget_id INT, reason VARCHAR(40));
CREATE TABLE orders (order_id BIGINT PRIMARY KEY, buyer_id INT NOT NULL, seller_id INT, placed_on DATE);
CREATE TABLE people (id INT PRIMARY KEY, first_name VARCHAR(30), last_name VARCHAR(30), manager_id INT);
CREATE TABLE items (item_code VARCHAR(12) PRIMARY KEY, title VARCHAR(60));
"""
ALL = {
    ("lines", ("order_id",), "orders"),
    ("lines", ("item_code",), "items"),
    ("claims", ("order_id", "line_no"), "lines"),
    ("orders", ("buyer_id",), "people"),
    ("orders", ("seller_id",), "people"),
    ("people", ("manager_id",), "people"),
}


def rules() -> Rulebook:
    return Rulebook(registry())


def imported(sql: str = SQL, infer: Inferring = True, overlay: Any = None) -> Experiment:
    made = ScriptImport(registry(), rules(), infer, overlay=overlay)
    return made.of_sql(sql, "shop", "postgres", 200)[0]


def found(experiment: Experiment) -> set[tuple[str, tuple[str, ...], str]]:
    return {(table.name, one.columns, one.references_table) for table, one in inferred_references(experiment)}


def ddl(experiment: Experiment, **how: bool) -> str:
    return written_ddl(registry(), experiment, None, **how).sql


@pytest.mark.parametrize(("infer", "wanted"), [(True, ALL), ("values", set()), (False, set())])
def test_what_is_inferred_can_be_chosen(infer: Inferring, wanted: set[Any]) -> None:
    assert found(imported(infer=infer)) == wanted


def test_a_script_says_no_more_than_it_did() -> None:
    first = imported()
    script = ddl(first)
    assert "REFERENCES" not in script
    again = imported(script)
    assert ddl(again) == script
    assert again.changed(tables=()) == first.changed(tables=())
    by_name = {table.name: table for table in again.tables}
    assert all(by_name[table.name] == table for table in first.tables)


def test_a_script_says_it_where_it_is_asked_to() -> None:
    script = ddl(imported(), inferred=True)
    assert script.count("REFERENCES") == len(ALL)
    assert not found(imported(script))
    assert {
        (t.name, one.columns, one.references_table) for t in imported(script).tables for one in t.references
    } == ALL


def test_an_inferred_key_is_in_no_script_unasked() -> None:
    made = imported(
        "CREATE TABLE depots (depot_id INT, city TEXT); CREATE TABLE vans (van_id INT, depot_id INT);"
    )
    assert [table.inferred_key for table in made.tables] == [("depot_id",), ("van_id",)]
    assert "KEY" not in ddl(made)
    assert "UNIQUE" not in ddl(made)
    assert ddl(made, inferred=True).count("UNIQUE") == 2
    assert imported(ddl(made)).tables == imported(ddl(made)).tables


def test_tables_are_loaded_after_those_that_they_reference() -> None:
    order = plan(imported(), 1, rules()).load_order
    assert order.later == ()
    place = {name: k for k, name in enumerate(order.tables)}
    assert all(place[child] > place[parent] for child, _columns, parent in ALL if child != parent)


def test_opposite_roles_are_two_people() -> None:
    made = imported().table("orders")
    assert made is not None
    assert [one.distinct for one in made.references] == [False, True]
    assert "never the row that buyer_id is" in (made.references[1].inferred or "")


REPLACED: list[tuple[str, dict[str, Any], Any]] = [
    ("orders", {"buyer_id": {"rule": {"name": "zipf", "s": 1.0}, "max_value": 50}}, ("buyer_id",)),
    ("orders", {"buyer_id": {"foreign_key": None}}, ("buyer_id",)),
    ("people", {"manager_id": {"rule": {"name": "uniform"}}}, ("manager_id",)),
    (
        "claims",
        {"line_no": {"rule": {"name": "uniform"}, "min_value": 1, "max_value": 5}},
        ("order_id", "line_no"),
    ),
    ("lines", {"item_code": {"rule": {"name": "choice", "values": ["a", "b"]}}}, ("item_code",)),
]


@pytest.mark.parametrize(("table", "columns", "gone"), REPLACED)
def test_what_is_said_takes_the_place_of_a_guess(table: str, columns: dict[str, Any], gone: Any) -> None:
    made = imported(overlay={"tables": {table: {"columns": columns}}})
    assert found(made) == {one for one in ALL if (one[0], one[1]) != (table, gone)}
    assert plan(made, 1, rules()).counts[table] == 200


def test_a_reference_that_is_said_takes_the_place_of_a_guess() -> None:
    sql = SQL + "CREATE TABLE clubs (id INT PRIMARY KEY, label TEXT);"
    said = {"foreign_key": {"references_table": "clubs", "references_column": "id", "skew": {"zipf": 1.1}}}
    made = imported(sql, overlay={"tables": {"orders": {"columns": {"buyer_id": said}}}})
    assert ("orders", ("buyer_id",), "people") not in found(made)
    table = made.table("orders")
    assert table is not None
    assert table.references[0].references_table == "clubs"
    assert not table.references[0].is_inferred


def test_a_lookup_takes_the_place_of_a_guess() -> None:
    said = {"lookup": {"reference": ["order_id"], "column": "buyer_id"}}
    sql = "CREATE TABLE notes (note_id INT PRIMARY KEY, order_id BIGINT NOT NULL, buyer_id INT);" + SQL
    made = imported(sql, overlay={"tables": {"notes": {"columns": {"buyer_id": said}}}})
    assert {one for one in found(made) if one[0] == "notes"} == {("notes", ("order_id",), "orders")}
    plan(made, 1, rules())


def test_options_of_a_guess_are_the_users() -> None:
    said = {"foreign_key": {"skew": {"zipf": 1.2}}}
    made = imported(overlay={"tables": {"orders": {"columns": {"buyer_id": said}}}})
    table = made.table("orders")
    assert table is not None
    assert table.references[0].skew is not None
    assert table.references[0].references_table == "people"


def test_rows_that_are_given_are_no_references() -> None:
    given = [{"id": k, "first_name": "A", "last_name": "B", "manager_id": 7} for k in (1, 2)]
    made = imported(overlay={"tables": {"people": {"rows": given}}})
    assert found(made) == {one for one in ALL if one[0] != "people"}
    plan(made, 1, rules())


def test_keys_of_tables_that_are_not_there_repeat() -> None:
    made = imported()
    table = made.table("claims")
    assert table is not None
    for name in ("widget_id", "gadget_id"):
        column = table.column(name)
        assert column is not None
        assert "of which there" in (column.inferred or "")
    a_plan = plan(made, 1, rules(), {"claims": 4000})
    for name in ("widget_id", "gadget_id"):
        some = [value for value in values(a_plan, "claims", name) if value is not None]
        assert 5 < len(set(some)) < len(some) / 4


# --- the command line


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DW_SIM_HOME", str(tmp_path / "home"))
    path = tmp_path / "shop.sql"
    path.write_text(SQL)
    return path


def run(*words: str | Path) -> Any:
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code == 0, done.output
    return done


TOLD = "6 references found by their names: "
OFF = "--no-infer-references"


def test_it_is_told_in_one_line_and_shown(script: Path) -> None:
    done = run("experiment", "import-sql", script, "--name", "shop", "--dialect", "postgres")
    lines = [line for line in done.stderr.splitlines() if line.startswith(TOLD)]
    assert len(lines) == 1
    assert f"{OFF} leaves them out" in lines[0]
    assert "orders.buyer_id -> people.id" in lines[0]
    shown = run("experiment", "show", "shop").stdout
    assert "-> people.id" in shown
    assert "is a person, and people are those of the schema" in shown
    assert "REFERENCES" not in run("experiment", "ddl", "shop").stdout
    assert run("experiment", "ddl", "shop", "--with-inferred").stdout.count("REFERENCES") == len(ALL)


@pytest.mark.parametrize(
    "words",
    [
        ("experiment", "import-sql", "FILE", "--name", "shop", "--dialect", "postgres"),
        ("preview", "FILE", "orders"),
        ("plan", "FILE"),
        ("generate", "FILE", "--target-rows", "20", "--output-dir", "OUT"),
    ],
)
def test_it_can_be_left_out_at_every_door(script: Path, words: tuple[str, ...]) -> None:
    known = {"FILE": script, "OUT": script.parent / "out"}
    asked = [known.get(word, word) for word in words]
    if words[0] in ("preview", "plan"):
        asked = ["experiment", *asked]
    assert TOLD in run(*asked).stderr
    if words[0] != "generate" and "import-sql" in words:
        run("experiment", "delete", "shop")
    if words[0] == "generate":
        asked[-1] = script.parent / "other"
    assert "found by their names" not in run(*asked, OFF).stderr


def test_a_rules_file_that_is_proposed_changes_nothing(script: Path) -> None:
    rules_file = script.with_suffix(".yaml")
    run("rules", "init", script, "-o", rules_file, "--dialect", "postgres")
    assert "# (buyer_id) references people" in rules_file.read_text()
    run("rules", "check", script, rules_file, "--dialect", "postgres")
    run("rules", "init", script, "-o", rules_file, "--dialect", "postgres", OFF, "--force")
    assert "references people" not in rules_file.read_text()


def test_a_name_has_nothing_to_leave_out(script: Path) -> None:
    run("experiment", "import-sql", script, "--name", "shop", "--dialect", "postgres")
    done = CliRunner().invoke(app, ["experiment", "plan", "shop", OFF])
    assert done.exit_code != 0


def test_a_database_has_those_constraints_only_that_were_declared() -> None:
    seen = enforceable(imported())[0]
    assert not [one for table in seen.tables for one in table.references]
    assert [table.primary_key for table in seen.tables][:2] == [("order_id", "line_no"), ("claim_id",)]


def test_json_says_it(script: Path) -> None:
    run("experiment", "import-sql", script, "--name", "shop", "--dialect", "postgres")
    schema = json.loads(run("experiment", "show", "shop", "--json").stdout)
    orders = next(table for table in schema["tables"] if table["name"] == "orders")
    buyer = next(column for column in orders["columns"] if column["name"] == "buyer_id")
    goal = {"references_table": "people", "references_column": "id"}
    assert buyer["foreign_key"]["guessed"].items() >= goal.items()
