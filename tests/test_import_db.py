"""A live database comes in as an experiment: its shapes, its row counts, and nothing of its rows."""

import json
import random
import re
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import duckdb
import psycopg
import pyarrow.parquet as pq
import pytest
from psycopg.sql import SQL, Identifier
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.postgres import create
from tests.random_relations import graph
from tests.warehouses import Place
from typer.testing import CliRunner

from dw_simulator.errors import RequestError, UnknownNameError, WarehouseError
from dw_simulator.interfaces.cli.main import app
from dw_simulator.ports.live_database import Look
from dw_simulator.registry.manager import registry
from dw_simulator.schema import reading
from dw_simulator.schema.model import Experiment, Table
from dw_simulator.service import ExperimentService, GenerateRequest

SHOP = """
CREATE TABLE countries (code CHAR(2) PRIMARY KEY, name VARCHAR(60) NOT NULL UNIQUE);
CREATE TABLE customers (
    id INTEGER PRIMARY KEY,
    country CHAR(2) NOT NULL REFERENCES countries (code),
    email VARCHAR(100) NOT NULL UNIQUE,
    status VARCHAR(10) DEFAULT 'new' NOT NULL CHECK (status IN ('new', 'active', 'gone')),
    rating SMALLINT CHECK (rating BETWEEN 1 AND 5),
    balance NUMERIC(12, 2),
    born DATE,
    seen_at TIMESTAMP,
    weight DOUBLE PRECISION,
    vip BOOLEAN NOT NULL
);
CREATE TABLE order_lines (
    order_id BIGINT NOT NULL,
    line INTEGER NOT NULL CHECK (line > 0),
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    price NUMERIC(10, 2) NOT NULL,
    cost NUMERIC(10, 2) NOT NULL,
    PRIMARY KEY (order_id, line),
    UNIQUE (customer_id, order_id, line),
    CHECK (cost <= price)
);
CREATE TABLE refunds (
    id INTEGER PRIMARY KEY,
    order_id BIGINT,
    line INTEGER,
    FOREIGN KEY (order_id, line) REFERENCES order_lines (order_id, line)
);
COMMENT ON TABLE refunds IS 'money given back';
COMMENT ON COLUMN customers.email IS 'as it was typed';
"""
ROWS = {"countries": 20, "customers": 200, "order_lines": 500, "refunds": 40}


@pytest.fixture
def shop(service: ExperimentService, tmp_path: Path) -> Experiment:
    """A warehouse that this program has generated, below `out`."""
    created = service.import_sql(SHOP, name="shop", dialect="postgres")
    service.generate("shop", GenerateRequest(rows=ROWS, seed=1, output_dir=tmp_path / "out"))
    return created.experiment


def shape(table: Table, dialect: str | None, *, lengths: bool = True) -> dict[str, object]:
    """What a table declares, whatever its author called it. lengths: those of texts, too."""
    known = registry().dialects.get(dialect)
    said = known.checks(table) or ()
    return {
        "columns": [
            (
                column.name,
                column.type.kind,
                (column.type.bits, column.type.precision, column.type.scale),
                (column.type.length, column.type.fixed) if lengths else None,
                (column.type.digits, column.type.zoned),
                column.required,
                column.comment,
            )
            for column in table.columns
        ],
        "primary key": table.primary_key,
        "keys": {frozenset(key) for key in table.keys},
        "references": {
            (one.columns, one.references_table, one.references_columns) for one in table.references
        },
        "checks": {repr(one) for check in said for one in check.constraints},
        "not understood": sum(len(check.left) for check in said),
        "comment": table.comment,
    }


def shapes(experiment: Experiment, *, lengths: bool = True) -> dict[str, dict[str, object]]:
    dialect = experiment.target_warehouse
    return {table.name: shape(table, dialect, lengths=lengths) for table in experiment.tables}


def counts(experiment: Experiment) -> dict[str, int | None]:
    return {table.name: table.target_rows for table in experiment.tables}


# --- a warehouse that this program made comes back


def test_a_generated_warehouse_comes_back_from_postgres(
    service: ExperimentService, shop: Experiment, postgres: str
) -> None:
    service.load("shop", to=postgres)
    for table, checks in ((table.name, table.checks) for table in shop.tables):
        with psycopg.connect(postgres) as connection:  # loads declare no CHECKs, and these rows pass all
            for check in checks:
                connection.execute(
                    SQL("ALTER TABLE shop.{} ADD CHECK ({})").format(Identifier(table), SQL(check))
                )
    found = service.import_db(postgres, Look(("shop",), "exact"), name="again", infer=False)
    assert found.warnings == ()
    assert shapes(found.experiment) == shapes(shop)
    assert counts(found.experiment) == ROWS
    assert found.experiment.table("customers").column("status").default == "'new'"
    with psycopg.connect(postgres) as connection:
        connection.execute("DROP SCHEMA shop CASCADE")


def test_a_generated_warehouse_comes_back_from_duckdb(
    service: ExperimentService, shop: Experiment, tmp_path: Path
) -> None:
    url = f"duckdb://{tmp_path / 'w.duckdb'}"
    service.load("shop", to=url)
    found = service.import_db(url, Look(("shop",)), name="again", infer=False)
    assert found.warnings == ()
    # a load declares no CHECKs, and DuckDB keeps no lengths of texts
    expected = shapes(shop, lengths=False)
    for one in expected.values():
        one["checks"] = set()
    assert shapes(found.experiment, lengths=False) == expected
    assert counts(found.experiment) == ROWS


def test_a_generated_warehouse_comes_back_from_sqlite(
    service: ExperimentService, shop: Experiment, tmp_path: Path
) -> None:
    path = tmp_path / "w.db"
    with sqlite3.connect(path) as connection:
        connection.executescript(SHOP.partition("COMMENT")[0])
        for name in ROWS:
            rows = pq.read_table(tmp_path / "out" / name).to_pylist()
            marks = ", ".join("?" * len(rows[0]))
            values = [[None if cell is None else str(cell) for cell in row.values()] for row in rows]
            connection.executemany(f'INSERT INTO "{name}" VALUES ({marks})', values)
    connection.close()
    found = service.import_db(f"sqlite:///{path}", name="again", infer=False)
    assert found.warnings == ()
    expected = shapes(shop)
    for one in expected.values():  # SQLite knows no comments
        one["comment"] = None
        one["columns"] = [(*column[:-1], None) for column in one["columns"]]
    assert shapes(found.experiment) == expected
    assert counts(found.experiment) == ROWS


# --- a database says what its script says

FIXTURES = Path(__file__).parent / "plugins" / "fixtures"


def told(experiment: Experiment, *, lengths: bool = True) -> dict[str, dict[str, object]]:
    """Shapes, with defaults and what counts by itself."""
    found = shapes(experiment, lengths=lengths)
    for table in experiment.tables:
        found[table.name]["defaults"] = {c.name: c.default for c in table.columns if c.default}
        found[table.name]["counting"] = {
            c.name: c.rule.options for c in table.columns if c.rule and not c.generated
        }
    return found


@pytest.mark.parametrize("dialect", ["postgres", "duckdb"])
def test_a_database_says_what_its_script_says(
    service: ExperimentService, pg: Place, tmp_path: Path, dialect: str
) -> None:
    script = (FIXTURES / f"{dialect}_constructs.sql").read_text()
    url, schemas = f"duckdb://{tmp_path}/w.duckdb", ()
    if dialect == "postgres":
        url, schemas = pg.url, ("shop",)
        pg.ask(f"CREATE SCHEMA shop; {script}")
    else:
        with duckdb.connect(tmp_path / "w.duckdb") as connection:
            connection.execute(script)
    expected = service.import_sql(script, name="script", dialect=dialect, infer=False).experiment
    found = service.import_db(url, Look(schemas), name="database", infer=False).experiment
    assert told(found, lengths=dialect == "postgres") == told(expected, lengths=dialect == "postgres")


@pytest.mark.parametrize("seed", range(5))
def test_random_keys_and_references_come_back(service: ExperimentService, pg: Place, seed: int) -> None:
    experiment = reading.parse(graph(random.Random(seed).choice))
    with psycopg.connect(pg.url) as connection:
        create(connection, "drawn", experiment)
    found = service.import_db(pg.url, Look(("drawn",)), name="drawn", infer=False).experiment
    for table in experiment.tables:
        back = found.table(table.name)
        assert back.primary_key == table.primary_key
        assert {frozenset(key) for key in table.keys} <= {frozenset(key) for key in back.keys}
        assert {(one.columns, one.references_table, one.references_columns) for one in back.references} == {
            (one.columns, one.references_table, one.references_columns) for one in table.references
        }


# --- what databases have besides

STRANGE = """
CREATE TYPE mood AS ENUM ('sad', 'it''s ok');
CREATE DOMAIN percent AS INTEGER CHECK (VALUE BETWEEN 0 AND 100);
CREATE SEQUENCE tickets START 100 INCREMENT 5;
CREATE TYPE span AS RANGE (subtype = float8);
CREATE TABLE a (
    id INT GENERATED BY DEFAULT AS IDENTITY (START 10 INCREMENT 2) PRIMARY KEY,
    n SERIAL,
    ticket BIGINT DEFAULT nextval('tickets'),
    mood mood,
    share percent NOT NULL,
    "at" TIMESTAMP(3) WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
    code VARCHAR(5) COLLATE "C",
    note BPCHAR,
    "a ""b"" %" INTEGER,
    doubled INT GENERATED ALWAYS AS (n * 2) STORED,
    place span,
    many span[],
    UNIQUE NULLS NOT DISTINCT (code),
    UNIQUE (n, many),
    CHECK (n > 3 AND place IS NOT NULL)
);
CREATE UNIQUE INDEX ON a (ticket);
CREATE UNIQUE INDEX ON a (share) WHERE share > 5;
CREATE UNIQUE INDEX ON a (lower(code));
CREATE TABLE by_year (k INT, v INT) PARTITION BY RANGE (k);
CREATE TABLE by_year_0 PARTITION OF by_year FOR VALUES FROM (0) TO (10);
CREATE TABLE points_only (p span);
CREATE VIEW seen AS SELECT id FROM a;
CREATE SCHEMA other;
CREATE TABLE other.a (a_id INT REFERENCES public.a (id));
INSERT INTO by_year SELECT k, k FROM generate_series(0, 9) k;
ANALYZE;
"""


@pytest.fixture
def strange(pg: Place) -> str:
    pg.ask(STRANGE)
    return pg.url


def test_what_postgres_has_besides(service: ExperimentService, strange: str) -> None:
    found = service.import_db(strange, name="strange", infer=False)
    a = found.experiment.table("a")
    assert {column.name: column.data_type for column in a.columns} == {
        "id": "INTEGER",
        "n": "INTEGER",
        "ticket": "BIGINT",
        "mood": "VARCHAR(7)",
        "share": "INTEGER",
        "at": "TIMESTAMPTZ(3)",
        "code": "VARCHAR(5)",
        "note": "TEXT",
        'a "b" %': "INTEGER",
        "doubled": "INTEGER",
    }
    counting = {column.name: column.rule.options for column in a.columns if column.rule}
    assert counting == {
        "id": {"start": 10, "step": 2},
        "n": {"start": 1, "step": 1},
        "ticket": {"start": 100, "step": 5},
    }
    assert a.column("at").default == "CURRENT_TIMESTAMP"
    assert set(a.keys) == {("id",), ("code",), ("ticket",)}
    assert not a.tells_nulls_apart(("code",))
    assert a.checks == ("\"mood\" IN ('sad', 'it''s ok')", '"share" >= 0 AND "share" <= 100')
    assert [table.name for table in found.experiment.tables] == ["a", "by_year"]
    assert found.experiment.table("by_year").target_rows == 10
    assert found.experiment.table("a").target_rows is None
    assert sorted(found.warnings) == [
        "a.doubled: it is made as any other column, and not as (n * 2)",
        "a.many: its type span[] is not known; it was left out",
        "a.mood: mood becomes VARCHAR(7)",
        "a.place: its type span is not known; it was left out",
        "a: CHECK (n > 3 AND place IS NOT NULL) goes with place",
        "a: a unique key goes with many",
        "empty in the database, and given the usual number of rows: a",
        "partitions are no tables of their own, and were left out: by_year_0",
        "points_only.p: its type span is not known; it was left out",
        "points_only: no column is left of it, so it was left out",
    ]


def test_what_is_imported_can_be_generated(service: ExperimentService, strange: str, tmp_path: Path) -> None:
    service.import_db(strange, Look(("public", "other")), name="strange", target_rows=20)
    service.generate("strange", GenerateRequest(seed=1, output_dir=tmp_path / "out"))
    rows = pq.read_table(tmp_path / "out" / "public.a").to_pylist()
    assert {row["mood"] for row in rows} <= {"sad", "it's ok", None}
    assert [row["ticket"] for row in rows[:3]] == [100, 105, 110]
    assert {row["a_id"] for row in pq.read_table(tmp_path / "out" / "other.a").to_pylist()} <= {
        None,
        *(row["id"] for row in rows),
    }


def test_a_reference_out_of_what_is_imported_is_told(service: ExperimentService, strange: str) -> None:
    found = service.import_db(strange, Look(("other",)), name="part", infer=False)
    assert found.experiment.table("a").references == ()
    told = "a.a_id: references public.a, which is not imported; it is made as any other column"
    assert told in found.warnings


def test_what_duckdb_has_besides(service: ExperimentService, tmp_path: Path) -> None:
    path = tmp_path / "it's.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute("""
            CREATE SEQUENCE tickets START 100 INCREMENT 5;
            CREATE TABLE p (a INTEGER, "b ""c"" d" INTEGER, PRIMARY KEY (a, "b ""c"" d"));
            CREATE TABLE t (
                id BIGINT PRIMARY KEY DEFAULT nextval('tickets'), mood ENUM ('a', 'it''s'),
                a INTEGER, b INTEGER,
                n DECIMAL(12,2) DEFAULT 0 CHECK (n BETWEEN 0 AND 9), "at" TIMESTAMP_NS,
                l UNION (x INTEGER, y VARCHAR),
                made INTEGER GENERATED ALWAYS AS (a + 1), s TINYINT NOT NULL UNIQUE,
                CHECK (a <= b), FOREIGN KEY (a, b) REFERENCES p (a, "b ""c"" d")
            );
            CREATE UNIQUE INDEX one ON t (b, n); CREATE UNIQUE INDEX two ON t ((a + b));
            CREATE UNIQUE INDEX three ON p ("b ""c"" d");
            COMMENT ON TABLE t IS 'the table'; COMMENT ON COLUMN t.n IS 'how much';
        """)
    found = service.import_db(f"duckdb://{path}", infer=False)
    t, p = found.experiment.table("t"), found.experiment.table("p")
    assert found.experiment.name == "it_s"
    assert [(column.name, column.data_type) for column in t.columns] == [
        ("id", "BIGINT"),
        ("mood", "ENUM('a', 'it''s')"),
        ("a", "INTEGER"),
        ("b", "INTEGER"),
        ("n", "DECIMAL(12,2)"),
        ("at", "TIMESTAMP(9)"),
        ("made", "INTEGER"),
        ("s", "TINYINT"),
    ]
    assert t.column("id").rule.options == {"start": 100, "step": 5}
    assert (t.comment, t.column("n").comment, t.column("n").default) == ("the table", "how much", "0")
    assert set(t.keys) == {("id",), ("s",), ("b", "n")}
    assert set(p.keys) == {("a", 'b "c" d'), ('b "c" d',)}
    assert [(one.columns, one.references_columns) for one in t.references] == [(("a", "b"), ("a", 'b "c" d'))]
    said = {type(one).__name__ for check in service.rule.constraints(t) for one in check.constraints}
    assert said == {"OneOf", "Range", "Order"}
    assert sorted(found.warnings) == [
        "empty in the database, and given the usual number of rows: p, t",
        "t.l: its type UNION(x INTEGER, y VARCHAR) is not known; it was left out",
        "t.made: it is made as any other column, and not as CAST((a + 1) AS INTEGER)",
    ]


def test_what_sqlite_has_besides(service: ExperimentService, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "my data.db") as connection:
        connection.executescript("""
            CREATE TABLE t (
                id INTEGER PRIMARY KEY AUTOINCREMENT, n VARCHAR(20) NOT NULL UNIQUE DEFAULT 'x',
                u UUID, "x y" MONEY,
                w, d DECIMAL(12,2) DEFAULT (1 + 2), made INT GENERATED ALWAYS AS (id * 2) STORED, at DATETIME,
                flag BOOLEAN, CHECK (d > 0
                    AND (n <> 'q)' OR d < (3 + 4)))
            );
            CREATE UNIQUE INDEX one ON t (u, at); CREATE UNIQUE INDEX two ON t (u) WHERE at > 1;
        """)
    connection.close()
    found = service.import_db(f"sqlite:///{tmp_path}/my data.db", infer=False)
    t = found.experiment.table("t")
    assert (found.experiment.name, found.experiment.target_warehouse) == ("my_data", None)
    assert {column.name: column.type.kind.value for column in t.columns} == {
        "id": "integer",
        "n": "text",
        "u": "uuid",
        "x y": "decimal",
        "d": "decimal",
        "made": "integer",
        "at": "timestamp",
        "flag": "boolean",
    }
    assert set(t.keys) == {("id",), ("n",), ("u", "at")}
    assert t.checks == ("d > 0 AND (n <> 'q)' OR d < (3 + 4))",)
    assert "t.w: it has no type; it was left out" in found.warnings


# --- asked as scripts are


def run(*words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, words, standalone_mode=False)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout, done.stderr


def test_the_command_takes_what_an_import_of_a_script_takes(shop: Experiment, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "w.db") as connection:
        connection.executescript(SHOP.partition("COMMENT")[0])
    connection.close()
    (tmp_path / "rules.yaml").write_text(
        "as_of: 2024-02-03\ntables: {customers: {columns: {weight: {min_value: 40, max_value: 90}}}}"
    )
    words = ["--name", "cli", "--target-rows", "2k", "--rules", "rules.yaml", "--json"]
    _code, out, _err = run("import-db", "sqlite:///w.db", *words)
    told = json.loads(out)
    tables = {table["name"]: table for table in told["schema"]["tables"]}
    columns = {column["name"]: column for column in tables["customers"]["columns"]}
    assert tables["refunds"]["target_rows"] == 2000
    assert told["schema"]["as_of"] == "2024-02-03"
    assert (columns["weight"]["min_value"], columns["weight"]["max_value"]) == (40, 90)
    assert columns["email"]["inferred"]  # named so, and so e-mails
    _code, out, err = run("import-db", "sqlite:///w.db", "--name", "plain", "--no-infer")
    assert "customers" in out
    assert "Created plain. Next: dw-sim experiment generate plain" in err
    assert "empty in the database" in err


def test_what_is_asked_wrongly_is_told(service: ExperimentService, strange: str, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="unknown schema 'othr'; did you mean 'other'"):
        service.import_db(strange, Look(("othr",)))
    with pytest.raises(UnknownNameError, match="unknown database 'postgrs'; did you mean 'postgres'"):
        service.import_db("postgrs://host/name")
    with pytest.raises(RequestError, match="a database is named by a URL such as"):
        service.import_db("shop.db")
    with pytest.raises(RequestError, match=r"there is no file /nowhere/x\.db"):
        service.import_db("sqlite:////nowhere/x.db")
    with pytest.raises(RequestError, match="names no SQLite file"):
        service.import_db("sqlite://")
    with pytest.raises(RequestError, match=r"there is no file /nowhere/x\.duckdb; write duckdb:///path"):
        service.import_db("duckdb:///nowhere/x.duckdb")
    with pytest.raises(UnknownNameError, match="unknown way to count rows 'exakt'; did you mean 'exact'"):
        run("import-db", strange, "--row-counts", "exakt")
    (tmp_path / "no.duckdb").write_text("this is no database, and long enough to be looked at as one")
    with pytest.raises(WarehouseError, match=r"no\.duckdb: "):
        service.import_db(f"duckdb://{tmp_path}/no.duckdb")
    (tmp_path / "no.db").write_text("this is no database, and long enough to be looked at as one")
    with pytest.raises(WarehouseError, match="file is not a database"):
        service.import_db(f"sqlite:///{tmp_path}/no.db")
    assert service.list() == []


def test_a_schema_without_tables_names_the_others(
    service: ExperimentService, pg: Place, tmp_path: Path
) -> None:
    pg.ask("CREATE SCHEMA raw; CREATE TABLE raw.t (a INT)")
    with pytest.raises(
        RequestError, match=r"there is no table in public; others are .*raw: name one with --schema"
    ):
        service.import_db(pg.url)
    with duckdb.connect(tmp_path / "w.duckdb") as connection:
        connection.execute("CREATE SCHEMA raw; CREATE TABLE raw.t (a INT)")
    with pytest.raises(
        RequestError, match=r"there is no table in main; others are raw: name one with --schema"
    ):
        service.import_db(f"duckdb://{tmp_path}/w.duckdb")


@pytest.mark.parametrize(
    ("scheme", "packages"),
    [("redshift", "sqlalchemy-redshift redshift_connector"), ("snowflake", "snowflake-sqlalchemy")],
)
def test_a_missing_driver_is_named(service: ExperimentService, scheme: str, packages: str) -> None:
    with pytest.raises(RequestError, match=rf"pip install {packages}") as refused:
        service.import_db(f"{scheme}://ana:hunter2@host/db")
    assert "hunter2" not in str(refused.value)


# --- what must not happen


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize("scheme", ["postgresql", "mysql"])
def test_a_server_that_says_nothing_is_given_up(service: ExperimentService, silent: int, scheme: str) -> None:
    url = f"{scheme}://ana:hunter2@127.0.0.1:{silent}/db?sslpassword=hunter3"
    url = url.partition("?")[0] if scheme == "mysql" else url
    with pytest.raises(WarehouseError) as refused:
        service.import_db(url, Look(seconds=1))
    assert str(refused.value).startswith(f"{scheme}://ana@127.0.0.1:{silent}/db: ")
    assert "hunter" not in str(refused.value)


def test_a_count_that_takes_too_long_is_left_out(service: ExperimentService, pg: Place) -> None:
    pg.ask("CREATE TABLE t (a INT); CREATE TABLE u (a INT); INSERT INTO u VALUES (1), (2)")
    with psycopg.connect(pg.url) as other:
        other.execute("LOCK TABLE t IN ACCESS EXCLUSIVE MODE")
        found = service.import_db(pg.url, Look(seconds=0.3), name="locked", infer=False)
    assert counts(found.experiment) == {"t": None, "u": 2}
    assert "t: its rows could not be counted: " in found.warnings[0]


def test_nothing_can_be_written(tmp_path: Path, pg: Place) -> None:
    pg.ask("CREATE TABLE t (a INT)")
    with sqlite3.connect(tmp_path / "w.db") as connection:
        connection.execute("CREATE TABLE t (a INT)")
    connection.close()
    for url in (pg.url, f"sqlite:///{tmp_path}/w.db"):
        opened = registry().databases.get(url.partition(":")[0])(url)
        with pytest.raises(DBAPIError, match=r"read-?only"), opened._connected(5.0) as connection:
            connection.execute(text("INSERT INTO t VALUES (1)"))


def test_the_password_is_kept_nowhere(service: ExperimentService, strange: str, tmp_path: Path) -> None:
    url = strange.replace("postgres:@", "postgres:hunter2@")
    assert "hunter2" in url
    service.import_db(url, name="strange", infer=False)
    service.persistence.close()
    kept = [path for path in (tmp_path / "home").rglob("*") if path.is_file()]
    assert kept
    assert not [path for path in kept if b"hunter2" in path.read_bytes()]


# --- the page


def test_the_page_works(service: ExperimentService, tmp_path: Path) -> None:
    page = (Path(__file__).parent.parent / "docs" / "databases.md").read_text()
    blocks = re.findall(r"^```(\w+)[^\n]*\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    (script,) = (block for language, block in blocks if language == "sql")
    (code,) = (block for language, block in blocks if language == "python")
    with sqlite3.connect(tmp_path / "shop.db") as connection:
        connection.executescript(script)
    connection.close()
    run("import-db", "sqlite:///shop.db")
    assert counts(service.get("shop").experiment) == {"customers": 2, "orders": 3}
    exec(code, {})
    registered = {name for name in registry().names("database") if f"`{name}://" not in page}
    assert registered == {"postgres"}  # as postgresql
