"""Statements that change tables, on a scratch copy: what they do, all of it or nothing, and to which file."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import psutil
import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from tests.commands import DwSim
from tests.processes import PATIENCE, started, wait_for
from tests.support import saying

from dw_simulator.adapters.queries import scratch_copy
from dw_simulator.errors import DwSimError, OutputError, QueryError, RequestError, SqlError
from dw_simulator.plugins.dialects.translation import script_translation
from dw_simulator.service import ExperimentService, GenerateRequest
from dw_simulator.settings import Settings

DDL = """
CREATE TABLE items (id INT NOT NULL, name VARCHAR(20), price DECIMAL(9,2), day DATE, PRIMARY KEY (id));
CREATE TABLE news (id INT, name VARCHAR(20), price DECIMAL(9,2), day DATE);
CREATE TABLE counted (id BIGINT IDENTITY(1,1), note VARCHAR(10) DEFAULT 'none', body SUPER);
"""
ITEMS = [(1, "a", "1.00", "2024-01-31"), (2, "b", "2.00", "2024-02-29"), (3, None, "3.00", None)]
NEWS = [(2, "B", "20.00", "2024-03-01"), (4, "D", "40.00", "2024-03-02"), (4, "DD", "41.00", "2024-03-03")]


def values(rows: list[tuple[Any, ...]]) -> str:
    cells = [["NULL" if cell is None else f"'{cell}'" for cell in row] for row in rows]
    return ", ".join(f"({', '.join(row)})" for row in cells)


FILL = f"""DELETE FROM items; DELETE FROM news;
INSERT INTO items VALUES {values(ITEMS)}; INSERT INTO news VALUES {values(NEWS)};"""
SHOW = "SELECT id, name, price, day FROM items ORDER BY id, name, price"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("home")
    service = ExperimentService(Settings(home=place))
    service.import_sql(DDL, name="shop", dialect="redshift", target_rows=5)
    service.generate("shop", GenerateRequest(seed=7))
    service.persistence.close()
    return place


@pytest.fixture
def shop(home: Path) -> Iterator[ExperimentService]:
    made = ExperimentService(Settings(home=home))
    yield made
    made.persistence.close()


class Trying:
    """Scripts on one copy."""

    def __init__(self, service: ExperimentService, copy: Path) -> None:
        self.service, self.copy = service, copy

    def __call__(self, sql: str, dialect: str = "redshift", **options: Any) -> list[tuple[Any, ...]]:
        with self.service.change("shop", sql, self.copy, dialect=dialect, **options) as answer:
            rows = [tuple(row.values()) for row in answer.rows()]
            self.rows_changed = [change.rows for change in answer.changes]
            return rows


@pytest.fixture
def trying(shop: ExperimentService, tmp_path: Path) -> Trying:
    return Trying(shop, tmp_path / "copy.duckdb")


@pytest.fixture(scope="module")
def made(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy whose rows are known."""
    service = ExperimentService(Settings(home=home))
    trying = Trying(service, tmp_path_factory.mktemp("made") / "copy.duckdb")
    trying(FILL)
    assert trying.rows_changed == [5, 5, 3, 3]
    service.persistence.close()
    return trying.copy


@pytest.fixture
def filled(trying: Trying, made: Path) -> Trying:
    shutil.copy(made, trying.copy)
    return trying


# --- what the statements do: answers by hand, of what the warehouses' documentation says

LONG = "SELECT SUM(a.range * b.range) AS s FROM range(10000000) a, range(1000000) b"
CHANGES = [
    (
        "redshift",
        """MERGE INTO items USING (SELECT * FROM news WHERE name <> 'DD') n ON items.id = n.id
            WHEN MATCHED THEN UPDATE SET name = n.name, price = items.price + n.price
            WHEN NOT MATCHED THEN INSERT VALUES (n.id, n.name, n.price, n.day)""",
        2,
        {2: (2, "B", "22.00", "2024-02-29"), 4: (4, "D", "40.00", "2024-03-02")},
    ),
    (
        "redshift",
        "MERGE INTO items USING news ON items.id = news.id /* as it is there */ REMOVE DUPLICATES;",
        3,
        {2: NEWS[0], 4: NEWS[1], 5: NEWS[2]},
    ),
    (
        "snowflake",
        """MERGE INTO items t USING (SELECT * FROM news QUALIFY ROW_NUMBER() OVER (PARTITION BY id ORDER BY
            price DESC) = 1) n ON t.id = n.id WHEN MATCHED AND n.price > 100 THEN DELETE
            WHEN MATCHED THEN UPDATE SET t.name = LOWER(n.name)
            WHEN NOT MATCHED THEN INSERT (id, name) VALUES (n.id, n.name)
            WHEN NOT MATCHED BY SOURCE AND t.id = 3 THEN DELETE""",
        3,
        {2: (2, "b", "2.00", "2024-02-29"), 3: None, 4: (4, "DD", None, None)},
    ),
    (
        "redshift",
        """UPDATE items SET name = n.name, day = LAST_DAY('2024-02-10') FROM news n JOIN news m ON n.id = m.id
            WHERE items.id = n.id AND LPAD(items.id, 3, '0') = '002'""",
        1,
        {2: (2, "B", "2.00", "2024-02-29")},
    ),
    ("redshift", "DELETE FROM items USING news WHERE items.id = news.id", 1, {2: None}),
    (
        "redshift",
        "WITH gone AS (SELECT 1 AS id) DELETE FROM items USING gone WHERE items.id = gone.id",
        1,
        {1: None},
    ),
    ("redshift", "DELETE items WHERE LEFT(day, 7) = '2024-01'", 1, {1: None}),
    (
        "snowflake",
        """INSERT INTO items (id, name) SELECT id, name FROM news QUALIFY COUNT(*) OVER (PARTITION BY id) = 1
            AND id NOT IN (SELECT id FROM items WHERE id = 1)""",
        1,
        {4: (2, "B", None, None)},
    ),
    (
        "snowflake",
        "INSERT OVERWRITE INTO items SELECT * FROM news WHERE id = 2",
        1,
        {1: None, 2: NEWS[0], 3: None},
    ),
    (
        "redshift",
        "UPDATE public.items SET price = price * 2 WHERE day IS NULL",
        1,
        {3: (3, None, "6.00", None)},
    ),
]


@pytest.mark.parametrize(
    ("dialect", "sql", "count", "expected"), CHANGES, ids=[one[1][:30] for one in CHANGES]
)
def test_rows_are_changed(
    filled: Trying, dialect: str, sql: str, count: int, expected: dict[int, Any]
) -> None:
    """By hand: the rows that are other than before, by their former number or a new one."""
    filled(sql, dialect)
    assert filled.rows_changed == [count]
    rows = {**{row[0]: row for row in ITEMS}, **expected}
    assert filled(SHOW) == sorted((row for row in rows.values() if row is not None), key=str)


TABLES = [
    ("snowflake", "CREATE OR REPLACE TRANSIENT TABLE db.mart.x CLUSTER BY (id) AS SELECT * FROM items", 3),
    (
        "redshift",
        "CREATE TABLE x BACKUP NO DISTSTYLE KEY DISTKEY (id) SORTKEY (day) AS SELECT * FROM items",
        3,
    ),
    ("redshift", "SELECT * INTO x FROM items", 3),
    ("snowflake", "CREATE TABLE x CLONE items", 3),
    ("snowflake", "CREATE TABLE x LIKE items", 0),
    ("redshift", "CREATE TABLE x (LIKE items INCLUDING DEFAULTS)", 0),
    ("snowflake", "CREATE OR REPLACE VIEW x AS SELECT * FROM items", 3),
    ("redshift", "CREATE VIEW x AS SELECT * FROM public.items WITH NO SCHEMA BINDING", 3),
]


@pytest.mark.parametrize(("dialect", "sql", "count"), TABLES, ids=[one[1][:30] for one in TABLES])
def test_tables_are_made_and_dropped(filled: Trying, dialect: str, sql: str, count: int) -> None:
    assert filled(f"{sql}; SELECT * FROM x ORDER BY id", dialect) == ITEMS[:count]
    assert filled("SELECT COUNT(*) FROM x") == [(count,)]  # by a later query
    filled(f"DROP {'VIEW' if 'VIEW' in sql else 'TABLE'} x")
    with pytest.raises(SqlError, match="there is no table x"):
        filled("SELECT * FROM x")


def test_columns_are_those_of_the_warehouse(filled: Trying) -> None:
    sql = """CREATE TEMP TABLE x (id BIGINT IDENTITY(1,1), n DECIMAL, s SUPER, d DATE DEFAULT '2024-01-01',
        t VARCHAR(5) ENCODE zstd NOT NULL) DISTKEY(id);
        INSERT INTO x (t, s) SELECT name, JSON_PARSE('{"a": {"b": 7}}') FROM news;
        SELECT id, n, s.a.b, d, t FROM x ORDER BY id"""
    assert filled(sql) == [(k, None, "7", "2024-01-01", name) for k, name in enumerate(("B", "D", "DD"), 1)]
    with pytest.raises(SqlError, match="there is no table x"):  # it was temporary
        filled("SELECT * FROM x")
    with pytest.raises(QueryError, match="takes no NULL"):
        filled("CREATE TABLE x (t VARCHAR(5) NOT NULL); INSERT INTO x VALUES (NULL)")
    assert filled("CREATE TABLE #x (a INT); INSERT INTO #x VALUES (1); SELECT * FROM #x") == [(1,)]


def test_tables_are_altered(filled: Trying) -> None:
    added = "ALTER TABLE items ADD COLUMN z INT DEFAULT 5; ALTER TABLE items RENAME COLUMN z TO w;"
    assert filled(f"{added} SELECT id, w FROM items ORDER BY id") == [(1, 5), (2, 5), (3, 5)]
    assert filled(
        "ALTER TABLE items DROP COLUMN w; ALTER TABLE items RENAME TO things; SELECT COUNT(*) FROM things"
    ) == [(3,)]
    filled("ALTER TABLE things RENAME TO items")
    assert (
        filled("ALTER TABLE items SWAP WITH news; SELECT * FROM items ORDER BY id, name", "snowflake") == NEWS
    )
    filled("TRUNCATE TABLE items; DROP TABLE news")
    assert filled.rows_changed == [3, None]


def test_a_column_with_not_null_and_a_default_is_added(filled: Trying) -> None:
    assert filled("ALTER TABLE items ADD COLUMN q INT NOT NULL DEFAULT 5; SELECT DISTINCT q FROM items") == [
        (5,)
    ]


@pytest.mark.parametrize(
    ("dialect", "value", "told"),
    [
        ("redshift", "(SELECT MAX(name) FROM news)", "no query"),
        ("redshift", "current_user", "current_user"),
        ("redshift", "getenv('PATH')", "getenv"),
        ("snowflake", "CURRENT_USER()", "current_user"),
        ("snowflake", "RANDSTR(3, 1)", "DEFAULT"),
    ],
)
def test_a_default_is_in_force_or_refused(filled: Trying, dialect: str, value: str, told: str) -> None:
    with pytest.raises(SqlError, match=rf"(?i)line 1, .*{told}"):
        filled(f"CREATE TABLE x (a VARCHAR DEFAULT {value}, b INT)", dialect)


def test_what_counts_goes_on_and_keys_are_not_enforced(trying: Trying) -> None:
    last = trying("SELECT MAX(id) FROM counted")[0][0]
    assert trying("INSERT INTO counted (body) VALUES (NULL); SELECT id, note FROM counted WHERE id > 5") == [
        (last + 1, "none")
    ]
    trying("INSERT INTO items SELECT * FROM items")
    assert trying.rows_changed == [5]


# --- the same SQL on a PostgreSQL

SAME = [
    FILL,
    "UPDATE items SET price = items.price + n.price, name = UPPER(n.name) FROM news n WHERE n.id = items.id",
    """MERGE INTO items USING (SELECT id, MAX(name) AS name, SUM(price) AS price FROM news GROUP BY id) n
        ON items.id = n.id WHEN MATCHED AND n.price > 30 THEN DELETE WHEN MATCHED THEN UPDATE SET name = 'old'
        WHEN NOT MATCHED THEN INSERT (id, name, price) VALUES (n.id, n.name, n.price)""",
    "DELETE FROM items USING news WHERE items.id = news.id - 1",
    """INSERT INTO items (id, day)
        WITH d AS (SELECT id + 10 AS id, MAX(day) AS day FROM news GROUP BY id) SELECT * FROM d""",
    "CREATE TABLE sums AS SELECT day, COUNT(*) AS n, SUM(price) AS price FROM news GROUP BY day",
    "INSERT INTO items (id, day, price) SELECT 20 + n, day, price FROM sums",
    "DELETE FROM items WHERE id NOT IN (SELECT id FROM news) AND name IS NULL AND price < 41",
    "ALTER TABLE sums ADD COLUMN extra INT DEFAULT 7",
    "UPDATE items SET name = 'extra' WHERE id IN (SELECT 20 + n FROM sums WHERE extra = 7)",
]


def test_a_postgres_comes_to_the_same(trying: Trying, database: psycopg.Connection) -> None:
    """Each statement in turn, with the rows that it changes and those that are there then."""
    database.execute(SQL("CREATE SCHEMA {}").format(Identifier("scratch")))
    database.execute("SET LOCAL search_path TO scratch")
    database.execute("CREATE TABLE items (id INT, name VARCHAR(20), price DECIMAL(9,2), day DATE)")
    database.execute("CREATE TABLE news (id INT, name VARCHAR(20), price DECIMAL(9,2), day DATE)")
    for statement in SAME:
        trying(statement, "postgres")
        cursor = database.execute(statement.encode())
        if statement != FILL and "TABLE" not in statement:
            assert trying.rows_changed == [cursor.rowcount], statement
            assert cursor.rowcount, "or it would show nothing"
        shown = database.execute(SHOW.encode()).fetchall()
        found = [tuple(None if cell is None else str(cell) for cell in row) for row in shown]
        assert [(str(row[0]), *row[1:]) for row in trying(SHOW, "postgres")] == found, statement


# --- all of it, or nothing

FAILING = [
    (
        "UPDATE items SET name = 'x';\n\nINSERT INTO items SELECT nope FROM news",
        SqlError,
        "line 3, column 26",
    ),
    ("DELETE FROM items;\nSELECT 1;\nINSERT INTO items (id) VALUES ('x')", QueryError, "line 3"),
    ("DROP TABLE news;\nSELECT * FROM news", SqlError, "line 2, column 15: there is no table news"),
    ("DELETE FROM items;\nSELECT name::INT FROM news", QueryError, "line 2"),
    ("DELETE FROM items;\nSELEC 1", SqlError, "line 2"),
    (
        """DELETE FROM items WHERE id = 3;
            MERGE INTO items USING (SELECT 2 AS id FROM news) n ON items.id = n.id
            WHEN MATCHED THEN UPDATE SET name = 'x' WHEN NOT MATCHED THEN INSERT (id) VALUES (n.id)""",
        QueryError,
        "several rows of the source match one row",
    ),
]


@pytest.mark.parametrize(("sql", "kind", "told"), FAILING, ids=[one[2] for one in FAILING])
def test_a_failure_changes_nothing(filled: Trying, sql: str, kind: type[DwSimError], told: str) -> None:
    with pytest.raises(kind, match=told):
        filled(sql)
    assert filled(SHOW) == ITEMS
    assert len(filled("SELECT * FROM news")) == 3


def test_a_script_that_takes_too_long_changes_nothing(filled: Trying) -> None:
    with pytest.raises(QueryError, match=r"longer than 0.5 seconds"):
        filled(f"DELETE FROM items; {LONG}", "duckdb", seconds=0.5)
    assert filled(SHOW) == ITEMS


def test_the_last_query_is_what_comes_back(filled: Trying) -> None:
    assert filled("SELECT 1; SELECT id FROM news WHERE id = 2; DELETE FROM news; -- that is all\n") == [(2,)]
    assert filled("BEGIN; DELETE FROM items;\nCOMMIT;") == [(1, "DELETE", 3)]
    assert filled("SELECT 1 AS a, 2 AS b") == [(1, 2)]
    assert filled.rows_changed == []
    with pytest.raises(SqlError, match="there is no statement"):
        filled(" ; -- nothing")


# --- nothing else is reached

REFUSED = [
    "COPY items TO 'x.csv'",
    "ATTACH 'x.db'",
    "CREATE SCHEMA other",
    "CREATE MACRO f(a) AS a",
    "CREATE SEQUENCE s",
    "DROP SCHEMA main CASCADE",
    "DROP TABLE _dw_sim.scratch_copy",
    "SET memory_limit = '1GB'",
    "PRAGMA threads = 1",
    "INSTALL httpfs",
    "CALL enable_logging()",
    "VACUUM items",
    "INSERT INTO items (name) SELECT content FROM read_text('{secret}')",
    "INSERT INTO items (name) SELECT content FROM news, LATERAL read_text('{secret}')",
    "INSERT INTO items (name) SELECT (SELECT content FROM read_text('{secret}'))",
    "INSERT INTO items (name) SELECT a FROM '{secret}'",
    'INSERT INTO items (name) SELECT a FROM "{secret}"',
    "CREATE TABLE x AS FROM '{secret}'",
    "CREATE VIEW x AS SELECT * FROM read_csv('{secret}')",
    "UPDATE items SET name = content FROM read_text('{secret}')",
    "DELETE FROM items USING read_text('{secret}') f WHERE items.name = f.content",
    "MERGE INTO items USING read_text('{secret}') f ON true WHEN MATCHED THEN UPDATE SET name = content",
    "SELECT * FROM read_text('{secret}'); DELETE FROM items",
    "CREATE TABLE x AS FROM duckdb_settings()",
    "INSERT INTO items (name) SELECT experiment FROM _dw_sim.scratch_copy",
    "INSERT INTO items (name) SELECT table_name FROM information_schema.tables",
    "INSERT INTO items (name) SELECT name FROM pg_settings",
    "WITH c AS (DELETE FROM news RETURNING *) SELECT * FROM c",
    "CREATE TABLE x AS WITH c AS (DELETE FROM news RETURNING *) SELECT * FROM c",
    "INSERT INTO items (id) SELECT 1; ROLLBACK",
    "EXPLAIN ANALYZE DELETE FROM items",
    "CREATE TEMP TABLE x AS SELECT current_setting('temp_directory') AS a; SELECT a FROM x",
    "INSERT INTO items (name) SELECT current_setting('allowed_paths')::VARCHAR",
    "UPDATE items SET name = \"current_setting\" ('threads')",
    "UPDATE items SET name = 'threads'.current_setting()",
    "CREATE VIEW x AS SELECT current_query() AS a",
    "CREATE TABLE x (a VARCHAR DEFAULT current_setting('temp_directory'))",
    "CREATE TABLE x (a VARCHAR DEFAULT (SELECT content FROM read_text('{secret}')))",
    "ALTER TABLE items ALTER COLUMN name TYPE VARCHAR USING current_setting('threads')",
    "DELETE FROM items RETURNING name",
    "INSERT INTO items (id) VALUES (9) RETURNING 'abc'",
]


def test_what_is_refused(filled: Trying, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\nhidden\n")
    before = filled.copy.read_bytes()
    for sql in REFUSED:
        with saying(sql), pytest.raises(RequestError) as told:
            filled(sql.format(secret=secret), "duckdb")
        assert "hidden" not in str(told.value)
    assert filled.copy.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.duckdb", "secret.csv"]


def test_the_settings_alone_keep_files_away(
    filled: Trying, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second wall: DuckDB opens no other file, whatever it is handed."""
    (tmp_path / "secret.csv").write_text("a\nhidden\n")
    monkeypatch.setattr(script_translation.ChangingScript, "_check", lambda *_: None)
    reading = [sql for sql in REFUSED if "{secret}" in sql and not sql.startswith(("MERGE", "SELECT"))]
    assert len(reading) > 8
    for sql in reading:
        with pytest.raises(DwSimError) as told:
            filled(sql.format(secret=tmp_path / "secret.csv"), "duckdb")
        assert "hidden" not in str(told.value)


def test_two_tables_of_one_name_are_told_apart_or_refused(filled: Trying) -> None:
    with pytest.raises(SqlError, match=r"mart.items and raw.items are one table here"):
        filled("CREATE OR REPLACE TABLE mart.items AS SELECT * FROM raw.items WHERE id = 1", "snowflake")
    with pytest.raises(SqlError, match="there is a table items already"):
        filled("CREATE TABLE items AS SELECT 1 AS id")


# --- the file


def test_a_copy_is_of_one_experiment_and_run(trying: Trying, shop: ExperimentService) -> None:
    trying("DELETE FROM items")
    assert trying("SELECT COUNT(*) FROM items", run_id=1) == [(0,)]
    with pytest.raises(RequestError, match="of run 1, not 9"):
        trying("SELECT 1", run_id=9)
    shop.import_sql("CREATE TABLE items (id INT)", name="other", dialect="redshift", target_rows=1)
    shop.generate("other", GenerateRequest(seed=1))
    before = trying.copy.read_bytes()
    try:
        with pytest.raises(RequestError, match="is a scratch copy of shop"):
            shop.change("other", "DELETE FROM items", trying.copy)
    finally:
        shop.delete("other")
    assert trying.copy.read_bytes() == before


def test_files_of_others_are_left_alone(trying: Trying, tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "theirs.duckdb")) as connection:
        connection.execute("CREATE TABLE items AS SELECT 1 AS id")
    (tmp_path / "text").write_text("not a database")
    (tmp_path / "empty").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe")
    before = {
        path.name: path.read_bytes() for path in tmp_path.iterdir() if stat.S_ISREG(path.lstat().st_mode)
    }
    for name in ("theirs.duckdb", "text", "empty", "folder", "dangling", "pipe"):
        trying.copy = tmp_path / name
        with pytest.raises(RequestError, match="it was left alone"):
            trying("DROP TABLE items")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.name in before} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*before, "folder", "dangling", "pipe"])


def test_a_copy_is_whole_or_not_there(
    trying: Trying, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trying.copy = tmp_path / "nowhere" / "copy.duckdb"
    with pytest.raises(OutputError, match="nothing was left there"):
        trying("SELECT 1")

    def fails(_connection: Any) -> None:
        raise duckdb.IOException("IO Error: the disk is full")

    trying.copy = tmp_path / "copy.duckdb"
    monkeypatch.setattr(scratch_copy, "_count_on", fails)
    with pytest.raises(OutputError, match="the disk is full"):
        trying("SELECT 1")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(SqlError):  # of a script that cannot be read, none is made
        trying("SELEC 1")
    assert list(tmp_path.iterdir()) == []


def test_several_who_make_one_copy_at_once(shop: ExperimentService, tmp_path: Path) -> None:
    """One copy is made, and whole; who cannot open it is told so."""
    found: list[Any] = []

    def run() -> None:
        try:
            with shop.change("shop", "SELECT COUNT(*) FROM items", tmp_path / "copy.duckdb") as answer:
                found.extend(row for one in answer.rows() for row in one.values())
        except QueryError as error:
            found.append(str(error))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert len(found) == 4
    assert 5 in found
    assert all(one == 5 or "is in use" in one for one in found)
    assert [path.name for path in tmp_path.iterdir()] == ["copy.duckdb"]


def test_who_has_it_open_keeps_it(filled: Trying) -> None:
    with duckdb.connect(str(filled.copy)), pytest.raises(QueryError, match="is in use by another"):
        filled("DELETE FROM items")
    assert filled(SHOW) == ITEMS


# --- the command


def test_the_command(dw_sim: DwSim, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DW_SIM_HOME", str(home))
    trying = ("--dialect", "redshift", "--writable", tmp_path / "copy.duckdb")
    done = dw_sim(
        "query", "shop", "DELETE FROM items;\nSELECT COUNT(*) AS n FROM items", *trying, "--format", "csv"
    )
    assert done.stdout == '"n"\n0\n'
    assert done.stderr.startswith("line 1: DELETE, 5 rows\n1 row in ")
    done = dw_sim("query", "shop", "DELETE FROM news", *trying)
    assert done.stdout.split()[-3:] == ["1", "DELETE", "5"]
    done = dw_sim("query", "shop", "DELETE FROM news; SELECT 1 AS n", *trying, "--json")
    assert (
        '"changes": [\n    {\n      "line": 1,\n      "statement": "DELETE",\n      "rows": 0' in done.stdout
    )
    assert "--loaded or --writable" in dw_sim("query", "shop", "SELECT 1", *trying, "--loaded", code=2).stderr
    assert "one SELECT" in dw_sim("query", "shop", "DELETE FROM news", code=2).stderr


def test_ctrl_c_changes_nothing(home: Path, trying: Trying) -> None:
    trying(FILL)
    slow = f"DELETE FROM items; CREATE TABLE x AS {LONG}"
    command = [sys.executable, "-m", "dw_simulator", "query", "shop", slow, "--writable", trying.copy]
    quiet = {"stderr": subprocess.DEVNULL, "env": {**os.environ, "DW_SIM_HOME": str(home)}}
    with started(command, **quiet) as process:
        wait_for(lambda: str(trying.copy) in [one.path for one in psutil.Process(process.pid).open_files()])
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 130
    assert trying(SHOW) == ITEMS
