"""Nothing gets out of the embedded DuckDB: who asks sees the tables of the experiment and nothing else.

Each text is tried twice: as a query, which is refused, and at a DuckDB that lets everything through, where it
gives rows or does harm. Here the tables lie in a file that has others in it; `test_queries` has what might
reach files of the machine from a run's files.
"""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from dw_simulator.adapters.queries import duckdb_functions as lists
from dw_simulator.adapters.queries.embedded import EmbeddedQuery
from dw_simulator.adapters.queries.statements import ReadableTables, check
from dw_simulator.errors import RequestError
from dw_simulator.ports.answers import Attached
from dw_simulator.ports.statement import Statement

# {out} is a directory with files that are nobody's business
TABLES_OF_OTHERS = """
SELECT * FROM _dw_sim_file.private.secret_pay
SELECT * FROM _dw_sim_file.secret_top
SELECT * FROM _dw_sim_file.main.secret_top
FROM _dw_sim_file.private.secret_pay
TABLE _dw_sim_file.private.secret_pay
SELECT secret_pay.* FROM _dw_sim_file.private.secret_pay
SELECT (SELECT max(name) FROM _dw_sim_file.private.secret_pay)
SELECT * FROM orders WHERE id IN (SELECT length(name) + 1 FROM _dw_sim_file.private.secret_pay)
SELECT o.id, s.name FROM orders o JOIN _dw_sim_file.private.secret_pay s ON true
SELECT o.id, s.name FROM orders o, LATERAL (SELECT * FROM _dw_sim_file.private.secret_pay) s
SELECT o.id, s.name FROM orders o POSITIONAL JOIN _dw_sim_file.private.secret_pay s
SELECT 1 AS id, 'x' UNION ALL SELECT * FROM _dw_sim_file.private.secret_pay
SELECT 1 AS id, 'x' UNION ALL BY NAME SELECT * FROM _dw_sim_file.private.secret_pay
(SELECT 1 AS id, 'x' AS name EXCEPT SELECT 1, 'x') UNION (FROM _dw_sim_file.private.secret_pay)
WITH c AS (SELECT * FROM _dw_sim_file.private.secret_pay) SELECT * FROM c
WITH c AS MATERIALIZED (SELECT * FROM _dw_sim_file.private.secret_pay) SELECT * FROM c
WITH c AS NOT MATERIALIZED (SELECT * FROM _dw_sim_file.private.secret_pay) SELECT * FROM c
WITH secret_pay AS (SELECT 1 AS id) SELECT * FROM _dw_sim_file.private.secret_pay
WITH RECURSIVE r AS (SELECT name FROM _dw_sim_file.private.secret_pay UNION SELECT name FROM r) FROM r
SELECT EXISTS (FROM _dw_sim_file.private.secret_pay WHERE name LIKE 'secret%')
SELECT list(name) FROM _dw_sim_file.private.secret_pay
SELECT ARRAY(SELECT name FROM _dw_sim_file.private.secret_pay)
SELECT * FROM (FROM _dw_sim_file.private.secret_pay) s
SELECT [x FOR x IN (SELECT list(name) FROM _dw_sim_file.private.secret_pay)]
SELECT {'a': (SELECT max(name) FROM _dw_sim_file.private.secret_pay)}
SELECT CASE WHEN true THEN (SELECT max(name) FROM _dw_sim_file.private.secret_pay) END
SELECT max(name) OVER () FROM _dw_sim_file.private.secret_pay
SELECT id FROM orders ORDER BY (SELECT max(name) FROM _dw_sim_file.private.secret_pay)
SELECT COLUMNS('name|secret') FROM _dw_sim_file.private.secret_pay
SELECT COLUMNS(LAMBDA c : c LIKE '%a%') FROM _dw_sim_file.private.secret_pay
SELECT COLUMNS(*) FROM _dw_sim_file.private.secret_pay
SELECT UNNEST(s) FROM _dw_sim_file.private.secret_pay s
SELECT s FROM _dw_sim_file.private.secret_pay s
SELECT s.name FROM _dw_sim_file.private.secret_pay AS s TABLESAMPLE 100%
FROM _dw_sim_file.private.secret_pay SELECT name
FROM _dw_sim_file.private.secret_pay PIVOT (max(name) FOR id IN (1))
PIVOT _dw_sim_file.private.secret_pay ON id IN (1) USING max(name)
UNPIVOT _dw_sim_file.private.secret_pay ON name
FROM _dw_sim_file.private.secret_pay UNPIVOT (v FOR k IN (name))
SELECT * FROM "_DW_SIM_FILE"."PRIVATE"."SECRET_PAY"
SELECT * FROM _dw_sim_file . /* */ private . secret_pay
SELECT * FROM _dw_sim_file.private.secret_pay, orders
SELECT * FROM _dw_sim_file.private.secret_view
SELECT * FROM orders o ASOF JOIN _dw_sim_file.private.secret_pay s ON o.id >= s.id
SELECT * FROM orders SEMI JOIN (SELECT 1) ON true UNION ALL SELECT * FROM _dw_sim_file.private.secret_pay
SELECT * FROM query_table('_dw_sim_file.private.secret_pay')
SELECT * FROM query_table(['_dw_sim_file.private.secret_pay'])
SELECT * FROM query('SELECT * FROM _dw_sim_file.private.secret_pay')
SELECT * FROM query('FROM _dw_sim_file.' || 'private.secret_pay')
SELECT * FROM json_execute_serialized_sql(json_serialize_sql('FROM _dw_sim_file.private.secret_pay'))
SELECT * FROM _dw_sim_file.private.secret_rows()
SELECT _dw_sim_file.private.secret_value()
SELECT _dw_sim_file.secret_shown(1)
EXPLAIN ANALYZE SELECT * FROM _dw_sim_file.private.secret_pay
EXPLAIN SELECT * FROM _dw_sim_file.private.secret_pay
SUMMARIZE _dw_sim_file.private.secret_pay
SUMMARIZE SELECT * FROM _dw_sim_file.private.secret_pay
SUMMARIZE _dw_sim_file.secret_top
DESCRIBE _dw_sim_file.private.secret_pay
DESCRIBE SELECT * FROM _dw_sim_file.private.secret_pay
DESC _dw_sim_file.private.secret_pay
SHOW _dw_sim_file.private.secret_pay
SELECT * FROM (DESCRIBE _dw_sim_file.private.secret_pay)
SELECT * FROM (SUMMARIZE _dw_sim_file.private.secret_pay)
SELECT * FROM (SHOW ALL TABLES)
SHOW TABLES FROM _dw_sim_file.private
SHOW TABLES FROM _dw_sim_file
FROM (SHOW TABLES FROM _dw_sim_file.private)
""".strip().splitlines()
CATALOGUE = """
SHOW ALL TABLES
DESCRIBE
SHOW SCHEMAS
FROM duckdb_tables()
FROM duckdb_columns()
FROM duckdb_views()
FROM duckdb_types()
FROM duckdb_schemas()
FROM duckdb_functions()
FROM duckdb_constraints()
FROM duckdb_indexes()
FROM duckdb_sequences()
FROM duckdb_databases()
FROM duckdb_keywords() k, duckdb_schemas() s
FROM duckdb_tables
SELECT * FROM duckdb_columns
SELECT sql FROM sqlite_master
SELECT name FROM sqlite_schema
SELECT name FROM main.sqlite_master
SELECT table_name FROM information_schema.tables
SELECT table_name FROM "information_schema"."tables"
SELECT column_name FROM information_schema.columns
SELECT schema_name FROM information_schema.schemata
SELECT table_name FROM system.information_schema.tables
SELECT constraint_name, table_name FROM information_schema.table_constraints
SELECT * FROM information_schema.key_column_usage
SELECT relname FROM pg_catalog.pg_class
SELECT relname FROM pg_class
SELECT tablename FROM pg_tables
SELECT viewname FROM pg_views
SELECT attname FROM pg_attribute
SELECT nspname FROM pg_namespace
SELECT typname FROM pg_type
SELECT proname FROM pg_proc
SELECT indexname FROM pg_indexes
SELECT sequencename FROM pg_sequences
SELECT enumlabel FROM pg_enum
SELECT conname FROM pg_constraint
SELECT datname FROM pg_database
SELECT name FROM pg_settings
SELECT relname FROM system.pg_catalog.pg_class
WITH duckdb_tables AS (FROM duckdb_tables) FROM duckdb_tables
WITH pg_class AS (SELECT relname FROM pg_class) SELECT * FROM pg_class
WITH a AS (WITH sqlite_master AS (SELECT 1) SELECT 1) SELECT * FROM sqlite_master
WITH a AS (SELECT name FROM sqlite_master), sqlite_master AS (SELECT 1) SELECT * FROM a
SELECT (WITH sqlite_master AS (SELECT 1) SELECT 1), name FROM sqlite_master
FROM pragma_table_info('_dw_sim_file.private.secret_pay')
FROM pragma_table_info('"_dw_sim_file"."private"."secret_pay"')
FROM pragma_table_info('_dw_sim_file.private.' || 'secret_pay')
FROM pragma_show('_dw_sim_file.private.secret_pay')
FROM pragma_storage_info('_dw_sim_file.private.secret_pay')
FROM pragma_metadata_info('_dw_sim_file')
PRAGMA table_info('_dw_sim_file.private.secret_pay')
PRAGMA show_tables_expanded
PRAGMA storage_info('_dw_sim_file.private.secret_pay')
CALL pragma_table_info('_dw_sim_file.private.secret_pay')
SELECT enum_range(NULL::_dw_sim_file.private.secret_mood)
SELECT enum_first(NULL::_dw_sim_file.private.secret_mood)
SELECT TRY_CAST(NULL AS _dw_sim_file.private.secret_mood[])
SELECT has_table_privilege('secret_top', 'SELECT')
SHOW DATABASES
FROM duckdb_secrets()
FROM duckdb_settings()
FROM duckdb_extensions()
FROM duckdb_secret_types()
FROM duckdb_memory()
FROM duckdb_optimizers()
FROM duckdb_variables()
FROM duckdb_connection_count()
FROM pragma_database_size()
FROM pragma_platform()
FROM pragma_user_agent()
SELECT current_setting('temp_directory')
SELECT current_setting('secret_' || 'directory')
SELECT system.main.current_setting('threads')
SELECT 'threads'.current_setting()
SELECT current_query()
SELECT current_schemas(true)
SELECT getvariable('a')
SELECT txid_current()
SELECT pg_get_viewdef(oid) FROM pg_class
SELECT json_serialize_plan('FROM _dw_sim_file.private.secret_pay')
SELECT list_transform(['threads'], LAMBDA x : current_query())
SELECT count(*) FILTER (WHERE current_setting('threads') > 0) FROM orders
SELECT id FROM orders WHERE current_setting('threads') > 0
SELECT sum(id) OVER (PARTITION BY current_setting('threads')) FROM orders
SELECT id FROM orders GROUP BY id HAVING current_setting('threads') > 0
SELECT id FROM orders QUALIFY row_number() OVER () > 0 AND current_setting('threads') > 0
SELECT id FROM orders LIMIT (SELECT current_setting('threads')::INT)
SELECT COLUMNS(LAMBDA c : current_setting('threads') > 0) FROM orders
SELECT * REPLACE (current_setting('threads') AS id) FROM orders
VALUES (current_setting('threads'))
""".strip().splitlines()
FILES = """
SELECT * FROM read_text('{out}/secret.csv')
SELECT * FROM "{out}/secret.csv"
SELECT * FROM '{out}/secret.csv'
SELECT * FROM read_csv_auto('{out}/secret.csv')
SELECT * FROM read_csv(['{out}/secret.csv'])
SELECT * FROM read_csv('{out}' || '/secret.csv')
SELECT * FROM read_csv(concat('{out}', '/secret.csv'))
SELECT * FROM orders, read_csv('{out}/secret.csv')
SELECT * FROM orders, LATERAL (SELECT * FROM read_text('{out}/secret.csv'))
SELECT content FROM read_blob('{out}/secret.csv')
SELECT * FROM glob('{out}/*')
SELECT * FROM sniff_csv('{out}/secret.csv')
SELECT * FROM parquet_schema('{out}/secret.parquet')
SELECT * FROM parquet_metadata('{out}/secret.parquet')
SELECT * FROM parquet_file_metadata('{out}/secret.parquet')
SELECT * FROM parquet_full_metadata('{out}/secret.parquet')
SELECT * FROM system.main.read_text('{out}/secret.csv')
SELECT * FROM '{out}/secret.csv' AS orders
WITH orders AS (FROM '{out}/secret.csv') FROM orders
SUMMARIZE '{out}/secret.csv'
DESCRIBE "{out}/secret.csv"
SELECT * FROM parquet_scan('{out}/secret.parquet')
FROM query_table('{out}/secret.csv')
FROM query_table('orders')
""".strip().splitlines()
# no control gives a secret: it is what they would do that counts
HARM = """
SELECT sleep_ms(1)
SELECT pg_sleep(0.001)
SELECT write_log('x')
SELECT setseed(0.5)
FROM enable_logging()
FROM checkpoint()
FROM python_map_function(orders)
SELECT $1
SELECT ?
SELECT $name
""".strip().splitlines()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a database file, which has the experiment's tables and others, and files."""
    place = tmp_path_factory.mktemp("out")
    (place / "secret.csv").write_text("secret,b\n1,secret\n")
    with duckdb.connect(str(place / "w.duckdb")) as made:
        made.execute("""
            CREATE SCHEMA shop; CREATE TABLE shop.orders AS SELECT 7 AS id, 'x' AS note;
            CREATE SCHEMA private; CREATE TYPE private.secret_mood AS ENUM ('secret', 'glad');
            CREATE TABLE private.secret_pay (id INT PRIMARY KEY, name VARCHAR);
            INSERT INTO private.secret_pay VALUES (1, 'secret');
            CREATE TABLE secret_top AS SELECT 'secret' AS name;
            CREATE VIEW private.secret_view AS SELECT * FROM private.secret_pay;
            CREATE INDEX secret_index ON private.secret_pay (name);
            CREATE SEQUENCE private.secret_seq;
            CREATE MACRO private.secret_value() AS 'secret';
            CREATE MACRO secret_shown(a) AS 'secret';
            CREATE MACRO private.secret_rows() AS TABLE SELECT 'secret' AS a
        """)
        made.execute(f"COPY private.secret_pay TO '{place}/secret.parquet'")
    return place


@pytest.fixture(scope="module")
def open_door(place: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The control: the same database, with nothing in its way."""
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{place}/w.duckdb' AS _dw_sim_file (READ_ONLY)")
        connection.execute("CREATE SCHEMA shop; SET schema = 'shop'")
        connection.execute("CREATE VIEW orders AS FROM _dw_sim_file.shop.orders")
        connection.execute("SET VARIABLE a = 1; CREATE SECRET s (TYPE http, BEARER_TOKEN 'x')")
        yield connection


@pytest.fixture(scope="module")
def door() -> Iterator[duckdb.DuckDBPyConnection]:
    """What parses for the check."""
    with duckdb.connect() as connection:
        yield connection


REACH = ReadableTables({"orders"}, "shop")


def refused(door: duckdb.DuckDBPyConnection, sql: str) -> str:
    """How a query is refused; it fails where it is not."""
    with pytest.raises(RequestError) as told:
        check(door, Statement(sql), REACH)
    return str(told.value)


@pytest.mark.parametrize("texts", [TABLES_OF_OTHERS, CATALOGUE, FILES], ids=["tables", "catalogue", "files"])
def test_no_secret_gets_out(
    place: Path, door: duckdb.DuckDBPyConnection, open_door: duckdb.DuckDBPyConnection, texts: list[str]
) -> None:
    out, pointless = [], []
    for text in texts:
        sql = text.replace("{out}", str(place))
        try:
            refused(door, sql)
        except pytest.fail.Exception:
            out.append(text)
        try:
            if not open_door.execute(sql).fetchall():
                pointless.append((text, "no row"))
        except duckdb.Error as error:
            pointless.append((text, str(error)[:90]))
    assert not out
    assert not pointless


def test_no_harm_is_done(door: duckdb.DuckDBPyConnection) -> None:
    for text in HARM:
        refused(door, text)


def test_refusals_have_a_place_and_a_likely_name(door: duckdb.DuckDBPyConnection) -> None:
    assert refused(door, "SELECT id\nFROM ordres").startswith(
        "line 2, column 6: there is no table ordres; did you mean 'orders'?"
    )
    assert refused(door, "SELECT\n lenght(note) FROM orders").startswith(
        "line 2, column 2: there is no function lenght() for queries; did you mean 'length'?"
    )
    assert "read_text() reads files" in refused(door, "FROM read_text('x')")
    assert "there is no type moood" in refused(door, "SELECT 1::moood")


@pytest.mark.parametrize(
    "sql",
    [
        "SHOW TABLES",
        "SHOW TABLES FROM shop",
        "DESCRIBE orders",
        "SHOW orders",
        "SUMMARIZE shop.orders",
        "SUMMARIZE SELECT * FROM memory.shop.orders",
        "EXPLAIN SELECT * FROM orders",
        "FROM pragma_table_info('orders')",
        "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 3) FROM r",
        """WITH RECURSIVE r(n, m) USING KEY (n) AS (SELECT 1, 1 UNION
            SELECT r.n, r.m + 1 FROM r, recurring.r AS a WHERE r.m < 3) FROM r""",
        "WITH a AS (FROM orders), b AS (FROM a) FROM b JOIN a USING (id)",
        "WITH orders AS (FROM orders) FROM orders",
        "SELECT note.upper(), o.note.upper(), upper(o.note) FROM orders o",
        "SELECT list_transform([1, 2], LAMBDA x : x + 1), [x * 2 FOR x IN [1]], MAP {'a': 1}, {'b': 2}.b",
        "SELECT 1::DECIMAL(9, 2), '2024-01-01'::TIMESTAMPTZ, '{}'::JSON, [1]::INT[], {'a': 1}::STRUCT(a INT)",
        "SELECT 'a'::ENUM ('a', 'b'), CURRENT_DATE, EXTRACT(year FROM now()), 'a' COLLATE NOCASE",
        "SELECT * EXCLUDE (note), COLUMNS('id') FROM orders",
        "FROM orders, unnest([1, 2]) u, range(3) r, generate_series(1, 2) g",
        "PIVOT orders ON note IN ('x') USING sum(id)",
        "SELECT sum(id) FILTER (id > 0) OVER (ORDER BY note) FROM orders QUALIFY true",
        "SELECT '((((((' || ')'",
        f"SELECT '{'(' * 5000}' /* {'[' * 900} */",
        f"SELECT {'(' * 150}1{')' * 150}",
        f"SELECT id FROM orders WHERE id IN ({', '.join(map(str, range(20000)))})",
    ],
)
def test_what_is_sound_is_answered(place: Path, sql: str) -> None:
    tables = {"orders": Attached(str(place / "w.duckdb"), "shop")}
    with EmbeddedQuery(Statement(sql), tables, schema="shop") as answer:
        assert len(list(answer.rows())) >= 0
        assert answer.count


# --- the lists


def installed() -> dict[str, set[str]]:
    with duckdb.connect() as connection:
        rows = connection.execute(
            "SELECT lower(function_name), function_type FROM duckdb_functions()"
        ).fetchall()
    found: dict[str, set[str]] = {}
    for name, kind in rows:
        found.setdefault("rows" if "table" in kind else kind, set()).add(name)
    return found


def test_the_engine_looks(place: Path) -> None:
    tables = {"orders": Attached(str(place / "w.duckdb"), "shop")}
    for sql in ("FROM _dw_sim_file.private.secret_pay", "FROM duckdb_tables()"):
        with pytest.raises(RequestError), EmbeddedQuery(Statement(sql), tables, schema="shop"):
            pass


def test_the_lists_name_what_there_is() -> None:
    kinds = installed()
    values = kinds["scalar"] | kinds["aggregate"] | kinds["macro"] | kinds["window"]
    assert values >= lists.FUNCTIONS
    assert kinds["rows"] >= lists.TABLE_FUNCTIONS | lists.OF_A_TABLE
    known = lists.FUNCTIONS | lists.TABLE_FUNCTIONS | lists.OF_A_TABLE | lists.REASONS.keys()
    of_its_own = ("collate_", "icu_collate_", "__")
    unseen = {name for name in values | kinds["rows"] if not name.startswith(of_its_own)} - known
    print(sorted(unseen))  # noqa: T201 - what a later DuckDB has besides
    assert not {*lists.FUNCTIONS, *lists.TABLE_FUNCTIONS} & lists.REASONS.keys()
