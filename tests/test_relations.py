"""Every pattern of the zoo keeps its promises: asked in DuckDB, and enforced by PostgreSQL on loading.

The checks themselves are tried on tables that break what they check.
"""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import psycopg
import pytest
from tests import truth
from tests.postgres import create, filled, load
from tests.relations_zoo import PATTERNS, Pattern, entity, ints, link, to, unique
from tests.support import column, generated, planned, table, views

from dw_simulator import planning
from dw_simulator.arrow import Converter
from dw_simulator.schema import reading
from dw_simulator.schema.model import Experiment
from dw_simulator.service import ExperimentService

CASES = [
    pytest.param(pattern, size, id=f"{name}-{size}")
    for name, pattern in PATTERNS.items()
    for size in pattern.sizes
]


def parsed(*tables: dict[str, Any]) -> Experiment:
    return reading.parse({"name": "test", "tables": list(tables)})


@pytest.mark.parametrize(("pattern", "size"), CASES)
def test_pattern(pattern: Pattern, size: int, tmp_path: Path, database: psycopg.Connection) -> None:
    tables = pattern.tables(size)
    experiment, plan = parsed(*tables), planned(*tables)
    rows = {
        made.name: plan.table(made.name).rows if made.target_rows is None else made.target_rows
        for made in experiment.tables
    }
    output = generated(plan, tmp_path / "out")
    with views(output) as source:
        truth.check_all(source, experiment, rows)
        for check in pattern.checks:
            assert source.execute(check).fetchall() == [], check
        create(database, "zoo", experiment)
        load(database, "zoo", experiment, plan, output)
        for made in experiment.tables:
            assert filled(database, made) == filled(source, made), made.name


def test_zoo_is_large() -> None:
    assert len(PATTERNS) >= 30


# --- the checks notice what they are for

HALF_NULL = {"nullable": True, "null_fraction": 0.5}
BROKEN: dict[str, tuple[list[dict[str, Any]], list[str], str]] = {
    "rows": ([entity("a", 2)], ["a: (1)"], "check_rows"),
    "required": ([table("a", 2, *ints("x"))], ["a: (1), (NULL)"], "check_required"),
    "keys": (
        [table("a", 3, *ints("x", "y"), primary_key=["x", "y"])],
        ["a: (1,1), (1,2), (1,1)"],
        "check_keys",
    ),
    "references": (
        [entity("a", 1), entity("b", 2, to("a_id", "a.id", nullable=True))],
        ["a: (1)", "b: (1,NULL), (2,2)"],
        "check_references",
    ),
    "composite reference": (
        [
            table("a", 2, *ints("x", "y"), primary_key=["x", "y"]),
            table("b", 1, *ints("ax", "ay"), foreign_keys=[link("ax, ay", "a(x, y)")]),
        ],
        ["a: (1,1), (2,2)", "b: (1,2)"],
        "check_references",
    ),
    "nulls together": (
        [
            table("a", 1, *ints("x", "y"), primary_key=["x", "y"]),
            table("b", 1, *ints("ax", "ay"), foreign_keys=[link("ax, ay", "a(x, y)", nullable=True)]),
        ],
        ["a: (1,1)", "b: (1,NULL)"],
        "check_nulls_together",
    ),
    "null shares": (
        [entity("a", 1), entity("b", 40, *ints("a_id"), foreign_keys=[link("a_id", "a(id)", **HALF_NULL)])],
        ["a: (1)", "b: " + ", ".join(f"({k},1)" for k in range(40))],
        "check_null_shares",
    ),
    "too few children": (
        [entity("a", 2), entity("b", 2, to("a_id", "a.id", children={"min": 1}))],
        ["a: (1), (2)", "b: (1,1), (2,1)"],
        "check_children",
    ),
    "too many children": (
        [entity("a", 2), entity("b", 3, to("a_id", "a.id", children={"max": 2}))],
        ["a: (1), (2)", "b: (1,1), (2,1), (3,1)"],
        "check_children",
    ),
    "tree": (
        [entity("a", 2, to("a_id", "a.id", nullable=True))],
        ["a: (1,2), (2,NULL)"],
        "check_trees",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_tables_are_noticed(name: str) -> None:
    tables, contents, expected = BROKEN[name]
    with duckdb.connect() as connection:
        assert _failed(connection, tables, contents) == [expected]


def test_broken_copies_and_types_are_noticed() -> None:
    country = column("country", "CHAR(2)")
    copied = {**country, "lookup": {"reference": ["a_id"], "column": "country"}}
    parents = [{"type": "a", "references_table": "a", "references_column": "id"}]
    subject = column("s", "INT", polymorphic={"type_column": "kind", "parents": parents})
    tables = [
        entity("a", 1, country),
        entity("b", 1, to("a_id", "a.id"), copied),
        entity("c", 1, column("kind", "VARCHAR(3)"), subject),
    ]
    right = ["a: (1,'de')", "b: (1,1,'de')", "c: (1,'a',1)"]
    for wrong, expected in (
        ([], []),
        (["b: (1,1,'fr')"], ["check_lookups"]),
        (["c: (1,'a',2)"], ["check_polymorphic"]),
        (["c: (1,'b',1)"], ["check_polymorphic"]),
    ):
        contents = [wrong[0] if wrong and wrong[0][0] == text[0] else text for text in right]
        with duckdb.connect() as connection:
            assert _failed(connection, tables, contents) == expected, wrong


def _failed(
    connection: duckdb.DuckDBPyConnection, tables: list[dict[str, Any]], contents: list[str]
) -> list[str]:
    """The checks that tables of these contents ("name: (1, 2), (3, 4)") do not pass."""
    experiment = parsed(*tables)
    _fill(connection, experiment, contents)
    rows = {made.name: made.declared_rows for made in experiment.tables}
    failed = []
    for check in truth.CHECKS:
        try:
            check(connection, experiment, rows)
        except AssertionError:
            failed.append(check.__name__)
    return failed


def _fill(connection: duckdb.DuckDBPyConnection, experiment: Experiment, contents: list[str]) -> None:
    for made, content in zip(experiment.tables, contents, strict=True):
        name, _, values = content.partition(": ")
        assert name == made.name
        columns = ", ".join(f"{column.name} {column.data_type}" for column in made.columns)
        connection.execute(f"CREATE TABLE {name} ({columns})")
        connection.execute(f"INSERT INTO {name} VALUES {values}")


# --- the loader, with outputs and load orders written by hand

CYCLE = (
    entity("a", 2, to("b_id", "b.id", nullable=True)),
    entity("b", 2, to("a_id", "a.id")),
)


def _output(experiment: Experiment, contents: list[str], directory: Path) -> Path:
    with duckdb.connect() as connection:
        _fill(connection, experiment, contents)
        for made in experiment.tables:
            (directory / made.name).mkdir(parents=True)
            connection.execute(f"COPY {made.name} TO '{directory / made.name}/1.parquet'")
    return directory


def _order(*tables: str, later: tuple[tuple[str, tuple[str, ...], Any], ...] = ()) -> Any:
    entries = [SimpleNamespace(table=name, columns=columns, reference=key) for name, columns, key in later]
    return SimpleNamespace(load_order=SimpleNamespace(tables=tables, later=tuple(entries)))


@pytest.mark.parametrize("columns", [("b_id",), ()])
def test_a_cycle_is_loaded_in_two_steps(
    columns: tuple[str, ...], tmp_path: Path, database: psycopg.Connection
) -> None:
    experiment = parsed(*CYCLE)
    contents = ["a: (1,11), (2,NULL)", "b: (10,1), (11,2)"]
    output = _output(experiment, contents, tmp_path / "out")
    plan = _order("a", "b", later=(("a", columns, experiment.tables[0].references[0]),))
    create(database, "zoo", experiment)
    load(database, "zoo", experiment, plan, output)
    assert database.execute("SELECT * FROM a ORDER BY id").fetchall() == [(1, 11), (2, None)]
    with pytest.raises(psycopg.errors.ForeignKeyViolation):  # the reference is in force again
        database.execute("UPDATE a SET b_id = 12")


def test_rows_without_a_key_are_updated_by_their_place(tmp_path: Path, database: psycopg.Connection) -> None:
    code = column("code", "INT", is_unique=True, required=False)
    experiment = parsed(
        table("a", 3, code, unique("b_id", "b.id", nullable=True)), entity("b", 3, to("a_code", "a.code"))
    )
    contents = ["a: (NULL,12), (7,10), (NULL,NULL)", "b: (10,7), (11,7), (12,7)"]
    output = _output(experiment, contents, tmp_path / "out")
    plan = _order("a", "b", later=(("a", ("b_id",), experiment.tables[0].references[0]),))
    create(database, "zoo", experiment)
    load(database, "zoo", experiment, plan, output)
    loaded = database.execute("SELECT code, b_id FROM a ORDER BY b_id NULLS LAST").fetchall()
    assert loaded == [(7, 10), (None, 12), (None, None)]


@pytest.mark.parametrize(
    ("contents", "error"),
    [
        (["a: (1,11), (2,NULL)", "b: (10,1), (11,3)"], psycopg.errors.ForeignKeyViolation),
        (["a: (1,12), (2,NULL)", "b: (10,1), (11,2)"], psycopg.errors.ForeignKeyViolation),
        (["a: (1,11), (1,NULL)", "b: (10,1), (11,1)"], psycopg.errors.UniqueViolation),
        (["a: (1,11), (2,NULL)", "b: (10,1), (11,NULL)"], psycopg.errors.NotNullViolation),
    ],
)
def test_broken_outputs_are_refused(
    contents: list[str], error: type[Exception], tmp_path: Path, database: psycopg.Connection
) -> None:
    experiment = parsed(*CYCLE)
    output = _output(experiment, contents, tmp_path / "out")
    plan = _order("a", "b", later=(("a", ("b_id",), experiment.tables[0].references[0]),))
    create(database, "zoo", experiment)
    with pytest.raises(error):
        load(database, "zoo", experiment, plan, output)


def test_a_wrong_order_is_refused(tmp_path: Path, database: psycopg.Connection) -> None:
    experiment = parsed(*CYCLE)
    output = _output(experiment, ["a: (1,11), (2,NULL)", "b: (10,1), (11,2)"], tmp_path / "out")
    create(database, "zoo", experiment)
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        load(database, "zoo", experiment, _order("a", "b"), output)


@pytest.mark.parametrize("name", PATTERNS)
def test_a_table_planned_alone_is_the_table_of_the_whole_plan(name: str) -> None:
    pattern = PATTERNS[name]
    experiment = parsed(*pattern.tables(pattern.sizes[-1] if len(pattern.sizes) < 3 else pattern.sizes[-2]))
    rule = ExperimentService().rule
    whole = planning.plan(experiment, 7, rule)
    for made in whole.tables:
        (alone,) = planning.plan(experiment, 7, rule, only=made.name).tables
        stop = min(made.rows, 300)
        batches = [Converter(one).batch(one.chunk(0, stop)) for one in (made, alone)]
        assert batches[0].equals(batches[1]), made.name
