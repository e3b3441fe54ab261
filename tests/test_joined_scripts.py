"""Several scripts as one schema, and what placeholders stand for."""

from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from dw_simulator.errors import RequestError, SchemaError
from dw_simulator.interfaces.cli.arguments import script_options
from dw_simulator.interfaces.cli.main import app
from dw_simulator.registry.manager import registry
from dw_simulator.registry.placeholders import fill
from dw_simulator.registry.rulebook import Rulebook
from dw_simulator.registry.script_import import ScriptImport
from dw_simulator.registry.script_options import ScriptOptions
from dw_simulator.schema.model import Experiment

CHILD = """CREATE TABLE visits (
    id INT PRIMARY KEY, shop_code CHAR(8) NOT NULL REFERENCES main.shops, guest INT REFERENCES guests (no),
    a INT, b INT, FOREIGN KEY (a, b) REFERENCES pairs
);"""
PARENTS = """CREATE TABLE shops (code CHAR(8) PRIMARY KEY);
CREATE TABLE pairs (x INT, y INT, PRIMARY KEY (x, y));"""


def imported(
    sql: str, options: ScriptOptions | None = None, dialect: str = "postgres"
) -> tuple[Experiment, list[str]]:
    made = ScriptImport(registry(), Rulebook(registry()), options=options or ScriptOptions())
    return made.of_sql(sql, "shop", dialect, 500)


def test_a_reference_to_a_table_elsewhere_repeats_its_keys(tmp_path: Path) -> None:
    script = tmp_path / "visits.sql"
    script.write_text(CHILD)
    experiment, told = imported(CHILD)
    (visits,) = experiment.tables
    assert [
        (one.columns, one.references_table, one.references_columns) for one in visits.outside_references
    ] == [
        (("shop_code",), "shops", ()),
        (("guest",), "guests", ("no",)),
        (("a", "b"), "pairs", ()),
    ]
    assert [text.partition(" references ")[0] for text in told if "--with" in text] == [
        "line 2, column 25: visits.shop_code:",
        "line 2, column 75: visits.guest:",
        "line 1, column 14: visits(a, b):",
    ]
    done = CliRunner().invoke(
        app, ["generate", str(script), "--output-dir", str(tmp_path / "out"), "--rows", "visits=4000"]
    )
    assert done.exit_code == 0, done.output
    kinds, least = (
        duckdb.connect()
        .sql(
            f"SELECT count(DISTINCT shop_code), min(length(shop_code)) FROM '{tmp_path}/out/visits/*.parquet'"
        )
        .fetchall()[0]
    )
    assert 10 < kinds < 2000
    assert least >= 3


def test_another_script_has_the_table(tmp_path: Path) -> None:
    (tmp_path / "more.sql").write_text(PARENTS)
    experiment, told = imported(CHILD, ScriptOptions(beside=(tmp_path / "more.sql",)))
    visits = experiment.table("visits")
    assert visits is not None
    assert {(one.columns, one.references_table, one.references_columns) for one in visits.references} == {
        (("shop_code",), "shops", ("code",)),
        (("a", "b"), "pairs", ("x", "y")),
    }
    assert [one.references_table for one in visits.outside_references] == ["guests"]
    assert sum("--with" in text for text in told) == 1


def test_what_is_wrong_with_another_script_names_its_file(tmp_path: Path) -> None:
    (tmp_path / "more.sql").write_text("CREATE TABLE shops (a INT, b INT, PRIMARY KEY (a, b))")
    with pytest.raises(SchemaError, match=r"line 1, column 14: visits: references shops, which has no such"):
        imported(CHILD, ScriptOptions(beside=(tmp_path / "more.sql",)))
    (tmp_path / "more.sql").write_text(PARENTS + CHILD)
    told = imported(CHILD, ScriptOptions(beside=(tmp_path / "more.sql",)))[1]
    assert "visits: is in several scripts; the first one's is taken" in told


def test_placeholders_are_filled_and_keep_their_place() -> None:
    sql = "CREATE TABLE {{ var('s') }}.t (a VARCHAR(${n}), b TEXT DEFAULT '{{ x }}') -- {{ y }}\n{% if a %}"
    filled = fill(sql, {"s": "raw", "n": "7"})
    assert filled.sql.index("(a VARCHAR") == sql.index("(a VARCHAR")
    assert "VARCHAR(7   )" in filled.sql
    assert "'{{ x }}') -- {{ y }}" in filled.sql
    assert [one.text for one in filled.open] == ["{% if a %}"]
    assert fill("a && b, 'x & y'", {}).sql == "a && b, 'x & y'"


def test_placeholders_without_a_value_are_names_and_are_told() -> None:
    experiment, told = imported(
        "CREATE TABLE {{ stage }}.${what}_t (a INT);\nCREATE TABLE {{ stage }}.u (a INT)"
    )
    assert [table.name for table in experiment.tables] == ["what_t", "u"]
    said = "is a placeholder, taken for the name"
    assert told[:2] == [
        f"line 1, column 14: {{{{ stage }}}} {said} stage; --var stage=... says another",
        f"line 1, column 26: ${{what}} {said} what; --var what=... says another",
    ]
    with pytest.raises(RequestError, match=r"\{\{ columns \}\} is a placeholder"):
        imported("CREATE TABLE t ({{ columns }})")


def test_columns_of_unknown_types_are_left_out_where_that_is_wanted() -> None:
    sql = "CREATE TABLE t (a INT, b FROBTYPE NOT NULL, c FROBTYPE(3), d TEXT)"
    with pytest.raises(SchemaError, match=r"t\.b: unknown type 'FROBTYPE'"):
        imported(sql)
    experiment, told = imported(sql, ScriptOptions(skip_unknown=True))
    assert [column.name for column in experiment.tables[0].columns] == ["a", "d"]
    assert sum("the column was left out" in text for text in told) == 2


def test_a_variable_needs_a_value() -> None:
    assert script_options(["a=b=c", "n="], None, False).variables == {"a": "b=c", "n": ""}
    with pytest.raises(RequestError, match="--var 'schema' names no value"):
        script_options(["schema"], None, False)
