"""Scripts as they are written elsewhere: every table that says its columns is there, and the rest is told."""

import re
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dw_simulator.errors import RequestError
from dw_simulator.ports.dialect import Ddl
from dw_simulator.registry.manager import registry
from dw_simulator.registry.rulebook import Rulebook
from dw_simulator.registry.script_import import ScriptImport


def read(dialect: str, sql: str) -> Ddl:
    return registry().dialects.get(dialect).read(sql)


def read_or_refused(dialect: str, sql: str) -> tuple[Ddl | None, str]:
    """What a script says, or why it cannot be read."""
    try:
        return read(dialect, sql), ""
    except RequestError as error:
        return None, str(error)


def column(ddl: Ddl, table: str, name: str) -> dict[str, Any]:
    found: Any = next(one for one in ddl.tables if one["name"] == table)
    (one,) = [one for one in found["columns"] if one["name"] == name]
    return dict(one)


def cases(name: str) -> list[tuple[str, str, str]]:
    """(dialect, script, what is expected) of a file of scripts, each under a line that says the others."""
    text = (Path(__file__).parent / name).read_text()
    found = re.findall(r"^=== (\w+): (.*)\n((?:(?!=== ).*\n)*)", text, re.MULTILINE)
    return [(dialect, sql.removesuffix("\n"), expected) for dialect, expected, sql in found]


SCRIPTS = cases("wild_scripts.txt")


@pytest.mark.parametrize(("dialect", "sql", "tables"), [*SCRIPTS, *cases("odd_scripts.txt")])
def test_tables_that_say_their_columns_are_there(dialect: str, sql: str, tables: str) -> None:
    ddl = read(dialect, sql)
    assert [table["name"] for table in ddl.tables] == tables.split()
    assert all(re.match(r"line \d+, column \d+: ", warning) for warning in ddl.warnings)


def test_what_is_left_out_is_told_with_its_place() -> None:
    sql = "CREATE TABLE t (a INT FROB 5 NOT NULL);\nCREATE STREAM s ON TABLE t;\nCREATE EVENT TABLE e"
    ddl = read("snowflake", sql)
    assert column(ddl, "t", "a")["required"]
    assert ddl.warnings == [
        """line 1, column 23: t.a: FROB 5 is not understood, left out
CREATE TABLE t (a INT FROB 5 NOT NULL);
                      ^^^^^^""",
        "line 2, column 1: CREATE STREAM s ... is not a table and was left out",
        "line 3, column 20: e: does not say its columns, and was left out",
    ]


def test_many_statements_of_a_kind_are_told_in_one_line() -> None:
    ddl = read("postgres", "CREATE TABLE t (a INT);\n" + "GRANT SELECT ON t TO me;\n" * 20)
    (told,) = ddl.warnings
    assert told.startswith("line 2, column 1: GRANT SELECT ON ... is not a table")
    assert "19 more like it (lines 3, 4, 5, 6, 7, 8, 9, 10, ...)" in told


@pytest.mark.parametrize(
    ("dialect", "default", "start", "step"),
    [
        ("redshift", """ "identity"(100, 0, '5,2'::text)""", 5, 2),
        ("redshift", "default_identity(7, 0, '-3,-1')", -3, -1),
        ("snowflake", "sq.NEXTVAL", 10, 3),
        ("snowflake", "NEXT VALUE FOR sq", 10, 3),
        ("postgres", "nextval('sq'::regclass)", 10, 3),
        ("postgres", "nextval('elsewhere')", 1, 1),
    ],
)
def test_a_default_that_counts_is_an_identity(dialect: str, default: str, start: int, step: int) -> None:
    sql = f"CREATE SEQUENCE sq START WITH 10 INCREMENT BY 3; CREATE TABLE t (id INT DEFAULT {default}, b INT)"
    assert column(read(dialect, sql), "t", "id")["rule"] == {"name": "sequence", "start": start, "step": step}


def test_a_select_says_columns_and_types() -> None:
    ddl = read(
        "postgres",
        """CREATE TABLE o (id BIGINT NOT NULL, at DATE, price NUMERIC(9,2));
        CREATE VIEW v AS SELECT id, CAST(price AS NUMERIC(12,3)) AS p FROM o;
        CREATE TABLE s AS WITH x AS (SELECT * FROM v) SELECT x.id, x.p, count(*) AS n, max(o.at) AS last,
            'a' || 'b' AS t FROM x JOIN o ON o.id = x.id GROUP BY 1, 2;
        CREATE TABLE u (a, b) AS SELECT id, at FROM o;
        CREATE TABLE z AS SELECT unknown_one, 1 AS one FROM nowhere;
        CREATE TABLE y AS SELECT * FROM nowhere;""",
    )
    types = {
        table["name"]: {c["name"]: c["data_type"] for c in table["columns"]}  # type: ignore[union-attr,index,call-overload]
        for table in ddl.tables
    }
    assert types["s"] == {
        "id": "BIGINT",
        "p": "NUMERIC(12,3)",
        "n": "BIGINT",
        "last": "DATE",
        "t": "TEXT",
    } | {"t": types["s"]["t"]}
    assert types["s"]["t"] in ("TEXT", "VARCHAR")
    assert types["u"] == {"a": "BIGINT", "b": "DATE"}
    assert types["z"]["one"] == "INTEGER"
    assert "y" not in types
    assert column(ddl, "u", "a")["required"]
    told = "\n".join(ddl.warnings)
    assert "z: the types of unknown_one cannot be told" in told
    assert "y: its SELECT has a star over a table that is not in this script" in told


def test_alter_table_gives_the_final_shape() -> None:
    ddl = read(
        "postgres",
        """CREATE TABLE p (id INT PRIMARY KEY);
        CREATE TABLE t (a INT, b INT, c TEXT, d INT, CHECK (a < 9), CONSTRAINT u UNIQUE (b),
            CONSTRAINT f FOREIGN KEY (d) REFERENCES p);
        ALTER TABLE ONLY t ADD COLUMN IF NOT EXISTS e DATE NOT NULL, DROP COLUMN c;
        ALTER TABLE t RENAME COLUMN a TO a2;
        ALTER TABLE t ALTER COLUMN b TYPE BIGINT, ALTER COLUMN b SET NOT NULL, ALTER COLUMN b SET DEFAULT 5;
        ALTER TABLE t ADD CONSTRAINT k PRIMARY KEY (a2), DROP CONSTRAINT u, DROP CONSTRAINT f;
        ALTER TABLE t ADD FOREIGN KEY (d) REFERENCES p (id);
        ALTER TABLE t RENAME TO t2;
        ALTER TABLE nowhere ADD COLUMN x INT;""",
    )
    found: Any = ddl.tables[1]
    assert found["name"] == "t2"
    assert [(c["name"], c["data_type"], c["required"]) for c in found["columns"]] == [
        ("a2", "INTEGER", True),
        ("b", "BIGINT", True),
        ("d", "INTEGER", False),
        ("e", "DATE", True),
    ]
    assert found["primary_key"] == ["a2"]
    assert found["checks"] == ["a2 < 9"]
    assert not found["unique"]
    assert column(ddl, "t2", "b")["default"] == "5"
    assert [one["references_table"] for one in found["foreign_keys"]] == ["p"]
    assert "about a table that is not in this script" in ddl.warnings[-1]


def test_domains_say_what_their_columns_hold() -> None:
    ddl = read(
        "postgres",
        "CREATE DOMAIN positive AS integer NOT NULL CHECK (VALUE > 0); CREATE TABLE t (n positive, m INT)",
    )
    assert column(ddl, "t", "n") == {"name": "n", "data_type": "INTEGER", "required": True}
    assert ddl.tables[0]["checks"] == ['"n" > 0']


def test_the_case_of_names_is_that_of_the_dialect() -> None:
    snowflake = read("snowflake", 'CREATE TABLE "ORDERS" ("ID" INT, Total INT, "Ship to" INT, "Id" INT)')
    assert [c["name"] for c in snowflake.tables[0]["columns"]] == ["id", "total", "Ship to", "Id_2"]  # type: ignore[union-attr,index,call-overload]
    assert snowflake.tables[0]["name"] == "orders"
    assert "differs from another column in letter case alone, and is called Id_2" in snowflake.warnings[0]
    postgres = read("postgres", 'CREATE TABLE "ORDERS" ("ID" INT)')
    assert postgres.tables[0]["name"] == "ORDERS"


def test_references_across_schemas_mean_their_own() -> None:
    ddl = read(
        "postgres",
        """CREATE TABLE a.k (id INT PRIMARY KEY); CREATE TABLE b.k (id INT PRIMARY KEY);
        CREATE TABLE b.c (x INT REFERENCES k, y INT REFERENCES a.k);""",
    )
    goals = [column(ddl, "c", name)["foreign_key"]["references_table"] for name in "xy"]
    assert goals == ["b.k", "a.k"]


_TABLES = (
    "CREATE TABLE {} (id BIGINT NOT NULL PRIMARY KEY, name VARCHAR(20) DEFAULT 'a', at TIMESTAMP, amount "
    "DECIMAL(9,2) CHECK (amount > 0), UNIQUE (name, at))"
)


BROKEN = cases("broken_scripts.txt")


@pytest.mark.parametrize(("dialect", "sql", "told"), BROKEN)
def test_errors_of_scripts_have_a_place(dialect: str, sql: str, told: str) -> None:
    """Line and column, what is wrong, and the line with a mark beneath."""
    where, _space, words = told.partition(" ")
    line, column = where.split(":")
    imported = ScriptImport(registry(), Rulebook(registry()), infer=False)
    with pytest.raises(RequestError) as caught:
        imported.of_sql(sql, "broken", dialect, None)
    shown = str(caught.value).splitlines()
    first = next(k for k, text in enumerate(shown) if f"line {line}, column {column}: " in text)
    assert words in shown[first]
    source, mark = shown[first + 1], shown[first + 2]
    assert set(mark.strip()) == {"^"}
    assert source.strip() in sql.splitlines()[int(line) - 1]
    assert not re.search(r"<class|Token|sqlglot|exp\.", str(caught.value))


@settings(max_examples=150)
@given(
    st.sampled_from(["redshift", "snowflake", "postgres", "duckdb", "bigquery", "databricks"]),
    st.integers(0, 60),
    st.sampled_from(
        [
            "FROBNICATE",
            "FROBNICATE (x, 'it''s; y')",
            "WITH FROB = 7",
            "FROB BY (a, b) BAZ",
            "NOT FROBBED",
            "@frob",
        ]
    ),
)
def test_an_unknown_clause_anywhere_stops_no_other_table(dialect: str, at: int, clause: str) -> None:
    words = re.split(r"(?<=[\s,()])", _TABLES.format("broken"))
    at = min(at, len(words))
    broken = "".join([*words[:at], f" {clause} ", *words[at:]])
    sql = f"{_TABLES.format('one')};\n{broken};\n{_TABLES.format('two')};"
    ddl, refusal = read_or_refused(dialect, sql)
    if ddl is None:
        # it may hit what the table cannot do without, and then that table alone is complained of
        places = re.findall(r"line (\d), column [1-9]", refusal)
        assert places
        assert {*places} == {"2"}
        return
    found: Any = {table["name"]: table for table in ddl.tables}
    for name in ("one", "two"):
        plain: Any = read(dialect, _TABLES.format(name)).tables[0]
        assert found[name] == plain
    assert all(warning.startswith("line 2, ") for warning in ddl.warnings)


_PIECES = [
    *"();,'\"`$-*/[]{}<>=.:",
    "--",
    "/*",
    "*/",
    "$$",
    "CREATE",
    "TABLE",
    "NOT NULL",
    "PRIMARY KEY",
    "AS",
]


@settings(max_examples=200)
@given(
    st.sampled_from([(dialect, sql) for dialect, sql, _tables in SCRIPTS]),
    st.lists(st.tuples(st.floats(0, 1), st.sampled_from(["", *_PIECES]), st.integers(0, 30)), max_size=4),
)
def test_broken_scripts_get_a_located_error_or_are_read(
    script: tuple[str, str], damage: list[tuple[float, str, int]]
) -> None:
    dialect, sql = script
    for where, piece, gone in damage:
        at = int(where * len(sql))
        sql = f"{sql[:at]} {piece} {sql[at + gone :]}"
    ddl, refusal = read_or_refused(dialect, sql)
    assert ddl is not None or re.search(r"line \d+, column [1-9]", refusal)


def test_data_is_passed_over_quickly() -> None:
    row = "INSERT INTO t VALUES (1, 'it''s a text; yes', 3.14, NULL, '2024-01-01 00:00:00');\n"
    sql = "CREATE TABLE t (a INT);\n" + row * 60_000 + "CREATE TABLE u (b INT);"
    began = time.process_time()
    ddl = read("postgres", sql)
    took = time.process_time() - began
    assert [table["name"] for table in ddl.tables] == ["t", "u"]
    # 50 MB/s on a machine of one's own; a shared one is given three times as long
    assert len(sql) / took > 16e6


def test_what_is_no_table_is_named_and_counted() -> None:
    """Rows of several tables, another script, and objects that are made under a name."""
    ddl = read(
        "postgres",
        """\\i others.sql
CREATE TABLE t (a INT, EXCLUDE USING gist (a WITH =));
CREATE OR REPLACE FUNCTION f() RETURNS int AS $$ SELECT 1 $$;
CREATE MATERIALIZED VIEW IF NOT EXISTS v AS SELECT 1;
INSERT INTO t VALUES (1); INSERT INTO u VALUES (1);
GRANT SELECT ON t TO me;
  GRANT SELECT ON u TO me;
""",
    )
    told = "line 6, column 1: GRANT SELECT ON ... is not a table and was left out"
    told += ", and so was 1 more like it (line 7, column 3)"
    assert [warning.splitlines()[0] for warning in ddl.warnings] == [
        "line 1, column 1: others.sql is another script, which is not read; give it by --with",
        "line 2, column 24: t: EXCLUDE USING gist(a WITH =) was left out",
        "line 3, column 1: CREATE OR REPLACE FUNCTION f() ... is not a table and was left out",
        "line 4, column 1: CREATE MATERIALIZED VIEW IF NOT EXISTS v ... is not a table and was left out",
        "line 5, column 1: INSERT INTO t ... is not a table and was left out, and so were the ones behind it",
        told,
    ]
