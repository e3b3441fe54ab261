"""What the written DDL leaves out, changes or puts in another place, and what it says of that."""

from typing import Any

import duckdb
import psycopg
import pytest
from tests.plugins.test_written_ddl import DIALECTS, dialect, in_duckdb, in_postgres, parsed
from tests.relations_zoo import entity, ints, link, to
from tests.support import column, reference, table


def test_long_names_are_told() -> None:
    experiment = parsed(table("t" * 64, 1, column("é" * 32, "INT")))
    told = dialect("postgres").write(experiment).warnings
    assert [text.partition(": ")[2][:27] for text in told] == [
        "postgres cuts the name 'ttt",
        "postgres cuts the name 'ééé",
    ]
    assert dialect("snowflake").write(experiment).warnings == ()


def test_snowflake_quotes_what_it_would_fold() -> None:
    experiment = parsed(table("orders", 1, *ints("id", "Id2", "issue")))
    assert dialect("snowflake").write(experiment).sql == (
        "CREATE TABLE orders (\n"
        "  id INTEGER NOT NULL,\n"
        '  "Id2" INTEGER NOT NULL,\n'
        '  "issue" INTEGER NOT NULL\n'
        ");\n"
    )


# --- what a dialect cannot say


def told(name: str, *tables: dict[str, Any], **fields: Any) -> tuple[str, ...]:
    return dialect(name).write(parsed(*tables, **fields)).warnings


CIRCLE = (entity("a", 1, to("b_id", "b.id", nullable=True)), entity("b", 1, to("a_id", "a.id")))


def test_circles_are_closed_at_the_end(database: psycopg.Connection) -> None:
    written = dialect("postgres").write(parsed(*CIRCLE))
    assert written.warnings == ()
    assert written.sql.index('ALTER TABLE "b"\nADD FOREIGN KEY ("a_id")') > written.sql.rindex("CREATE TABLE")
    in_postgres(database, written)
    assert told("duckdb", *CIRCLE) == ("b(a_id): duckdb cannot add the reference to a, left out",)


def test_only_circles_are_cut() -> None:
    below = entity("c", 1, to("a_id", "a.id"), to("self_id", "c.id", nullable=True))
    assert len(told("duckdb", below, *CIRCLE)) == 1


def test_references_to_more_than_a_key(database: psycopg.Connection) -> None:
    parent = entity("p", 1, *ints("tenant", "code"), unique=[["tenant", "code"]])
    child = table("c", 1, *ints("a", "b", "d"), foreign_keys=[link("b, a", "p(code, tenant)")])
    wider = table("w", 1, *ints("a", "b"), foreign_keys=[link("a, b", "p(tenant, id)")])
    experiment = parsed(child, wider, parent)
    in_duckdb(experiment)[1].close()
    written = dialect("postgres").write(experiment)
    assert written.warnings == ("p: UNIQUE (tenant, id) was added for what references it",)
    in_postgres(database, written)


@pytest.mark.parametrize(
    ("child", "parent", "lost"),
    [
        ("INT", "BIGINT", ("duckdb",)),
        ("INT", "DECIMAL(9,0)", ("duckdb",)),
        ("DECIMAL(9,0)", "INT", DIALECTS),
        ("INT", "VARCHAR(9)", DIALECTS),
        ("CHAR(3)", "VARCHAR(9)", ()),
        ("DATE", "TIMESTAMP", ("duckdb",)),
        ("TIME", "TIMETZ", DIALECTS),
    ],
)
def test_references_between_types(
    child: str, parent: str, lost: tuple[str, ...], database: psycopg.Connection
) -> None:
    tables = (
        table("p", 1, column("k", parent, is_unique=True)),
        table("c", 1, column("k", child, **reference("p.k"))),
    )
    for name in DIALECTS:
        warnings = told(name, *tables)
        assert any(text.startswith("c(k): its type is not that of p(k)") for text in warnings) == (
            name in lost
        )
    in_postgres(database, dialect("postgres").write(parsed(*tables)))
    in_duckdb(parsed(*tables))[1].close()


def test_expressions_of_other_dialects(database: psycopg.Connection) -> None:
    strange = ["own_function(x)", "nowhere = 1", "1 +", "x IN (SELECT 1)", "x > 0; DROP TABLE t"]
    made = table(
        "t",
        1,
        column("CamelCase", "INT"),
        column("at", "TIMESTAMP", default="GETDATE()"),
        column("x", "INT", default="own_function(1)"),
        checks=[
            "camelcase > 3",
            "own_function(x)",
            "nowhere = 1",
            "1 +",
            "x IN (SELECT 1)",
            "x > 0; DROP TABLE t",
        ],
    )
    written = dialect("postgres").write(parsed(made, target_warehouse="redshift"))
    assert [text.removesuffix(" cannot be said in postgres, left out") for text in written.warnings] == [
        "t.x: DEFAULT own_function(1)",
        *(f"t: CHECK ({check})" for check in strange),
    ]
    in_postgres(database, written)
    written, connection = in_duckdb(parsed(made, target_warehouse="redshift"))
    connection.execute("INSERT INTO t VALUES (4, DEFAULT, 1)")
    with pytest.raises(duckdb.ConstraintException):
        connection.execute("INSERT INTO t VALUES (3, DEFAULT, 1)")
    connection.close()


def test_identities_that_postgres_has(database: psycopg.Connection) -> None:
    starts = {"a": (-5, 5), "b": (1, 1), "c": (3, -2), "d": (-1, -1), "e": (0, 1)}
    columns = [
        column(name, "INT", rule={"name": "sequence", "start": start, "step": step})
        for name, (start, step) in starts.items()
    ]
    in_postgres(database, dialect("postgres").write(parsed(table("t", 1, *columns))))
    database.execute("INSERT INTO t DEFAULT VALUES")
    assert database.execute("SELECT * FROM t").fetchone() == tuple(start for start, _step in starts.values())


def test_what_has_no_words_is_told() -> None:
    owner = {"type": "a", "references_table": "a", "references_column": "id"}
    made = table(
        "t",
        1,
        column("id", "NUMBER", rule={"name": "sequence"}, encode="zstd"),
        column("kind", "VARCHAR(5)"),
        column("owner", "INT", polymorphic={"type_column": "kind", "parents": [owner]}),
        column("big", "VARCHAR(100000)"),
        column("at", "TIMESTAMP_NTZ"),
        column("u", "UUID"),
        sort_key=["id"],
        dist_style="even",
    )
    assert told("redshift", entity("a", 1), made) == (
        "t.id: redshift has no such identity, left out",
        "t.big: VARCHAR(100000) is written as VARCHAR(65535)",
        "t.at: TIMESTAMP_NTZ is written as TIMESTAMP",
        "t.u: UUID is written as CHAR(36)",
        "t.owner: references one of several tables, for which SQL has no constraint",
    )
    assert told("duckdb", entity("a", 1), made) == (
        "t.id: duckdb has no such identity, left out",
        "t: duckdb has no sort_key, dist_style, left out",
        "t: duckdb has no encode, left out of id",
        "t.owner: references one of several tables, for which SQL has no constraint",
    )


def test_keys_that_only_inform() -> None:
    parent = entity("p", 1, *ints("code"), unique=[["code"]], comment="it's", sort_key=["id"])
    child = entity("c", 1, to("p_id", "p.id"), to("p_code", "p.code"))
    written = dialect("bigquery").write(parsed(child, parent))
    assert written.sql == (
        "CREATE TABLE `p` (\n  `id` INT64 NOT NULL,\n  `code` INT64 NOT NULL,\n"
        "  PRIMARY KEY (`id`) NOT ENFORCED\n)\nCLUSTER BY `id`\nOPTIONS (\n  description='it\\'s'\n);\n\n"
        "CREATE TABLE `c` (\n  `id` INT64 NOT NULL,\n  `p_id` INT64 NOT NULL,\n  `p_code` INT64 NOT NULL,\n"
        "  PRIMARY KEY (`id`) NOT ENFORCED,\n"
        "  FOREIGN KEY (`p_id`) REFERENCES `p`(`id`) NOT ENFORCED\n);\n"
    )
    for name in ("bigquery", "databricks"):
        assert told(name, child, parent) == (
            f"p: {name} has no UNIQUE, left out: (code)",
            f"c(p_code): {name} takes references to primary keys only, left out: to p(code)",
        )


def test_names_and_sort_keys_that_do_not_fit() -> None:
    wide = table("t", 1, *ints(*"abcde"), sort_key=list("abcde"))
    for name in ("bigquery", "databricks"):
        assert told(name, wide) == (f"t: {name} has no room in the sort_key for e",)
        assert told(name, table("a.b", 1, *ints("x"))) == (f"a.b: {name} takes no '.' in the name 'a.b'",)


@pytest.mark.parametrize(
    ("declared", "written"),
    [
        ("DECIMAL(38,9)", "NUMERIC(38,9)"),
        ("DECIMAL(38,10)", "BIGNUMERIC(38,10)"),
        ("DECIMAL(38,0)", "BIGNUMERIC(38,0)"),
        ("DECIMAL(29,0)", "NUMERIC(29,0)"),
    ],
)
def test_bigquery_has_two_sorts_of_decimals(declared: str, written: str) -> None:
    assert f"`x` {written}" in dialect("bigquery").write(parsed(table("t", 1, column("x", declared)))).sql
