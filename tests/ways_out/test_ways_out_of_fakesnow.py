"""Nothing gets out of fakesnow, which stands in for Snowflake: it is a DuckDB that would read any file.

Each text is tried twice: as a query of Snowflake's, which is refused before it reaches the server, and at the
server itself, where it gives rows or does what it says.
"""

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import pytest
from tests.processes import free_port, server

from dw_simulator.adapters.queries.statements import ReadableTables, check
from dw_simulator.adapters.warehouses.snowflake_session import Session, read_url
from dw_simulator.errors import RequestError, WarehouseError
from dw_simulator.registry.manager import registry
from dw_simulator.types import sql_type

TABLES = {"orders": {"id": sql_type("int"), "note": sql_type("varchar(20)")}}
# {out} is a directory with a file; others have a schema private
TEXTS = r"""
WITH RECURSIVE a AS (SELECT sql FROM "duckdb_tables"), "duckdb_tables" AS (SELECT 1 x) SELECT * FROM a
WITH RECURSIVE a AS (SELECT * FROM "{out}/secret.csv"), "{out}/secret.csv" AS (SELECT 1 x) SELECT * FROM a
SELECT * FROM LATERAL read_text('{out}/secret.csv')
SELECT * FROM orders, LATERAL read_text('{out}/secret.csv')
SELECT * FROM orders o JOIN LATERAL read_text('{out}/secret.csv') f ON true
SELECT * FROM '{out}/secret.csv'
SELECT * FROM "{out}/secret.csv"
SELECT * FROM "{out}/secret.csv" AS orders
SELECT o.id, f.* FROM orders o, "{out}/secret.csv" f
SELECT o.id, f.* FROM orders o JOIN "{out}/secret.csv" f ON true
SELECT o.id, f.* FROM orders o CROSS JOIN "{out}/secret.csv" f
SELECT id FROM orders WHERE EXISTS (SELECT 1 FROM "{out}/secret.csv")
SELECT id FROM orders WHERE 1 <= (SELECT count(*) FROM "{out}/secret.csv")
SELECT (SELECT count(*) FROM "{out}/secret.csv")
SELECT (SELECT max(b) FROM '{out}/secret.csv')
SELECT CASE WHEN (SELECT count(*) FROM "{out}/secret.csv") > 0 THEN 1 END
SELECT id FROM orders ORDER BY (SELECT count(*) FROM "{out}/secret.csv")
SELECT id FROM orders QUALIFY row_number() OVER (ORDER BY (SELECT count(*) FROM "{out}/secret.csv")) > 0
SELECT count(*) FROM orders HAVING count(*) <= (SELECT count(*) FROM "{out}/secret.csv")
SELECT 1, 'a' UNION ALL SELECT a, b FROM "{out}/secret.csv"
SELECT a, b FROM "{out}/secret.csv" EXCEPT SELECT 9, 'x'
WITH s AS (SELECT * FROM "{out}/secret.csv") SELECT * FROM s
WITH s AS (SELECT * FROM LATERAL read_text('{out}/secret.csv')) SELECT * FROM s
WITH RECURSIVE r AS (SELECT b FROM "{out}/secret.csv" UNION SELECT b FROM r) SELECT * FROM r
SELECT * FROM (SELECT * FROM "{out}/secret.csv")
SELECT * FROM (SELECT * FROM LATERAL read_text('{out}/secret.csv')) AS t
SELECT f.* FROM LATERAL (SELECT * FROM "{out}/secret.csv") f
SELECT * FROM LATERAL read_csv('{out}/secret.csv')
SELECT * FROM LATERAL read_csv_auto('{out}/secret.csv')
SELECT * FROM LATERAL read_blob('{out}/secret.csv')
SELECT content FROM LATERAL read_text('{out}/*')
SELECT Delimiter FROM LATERAL sniff_csv('{out}/secret.csv')
SELECT * FROM LATERAL query('SELECT 1')
SELECT * FROM LATERAL query_table('{out}/secret.csv')
SELECT table_name FROM LATERAL duckdb_tables()
SELECT column_name FROM LATERAL duckdb_columns()
SELECT name, value FROM LATERAL duckdb_settings()
SELECT function_name FROM LATERAL duckdb_functions()
SELECT database_name FROM LATERAL duckdb_databases()
SELECT * FROM LATERAL pragma_database_size()
SELECT * FROM LATERAL pragma_version()
SELECT * FROM LATERAL pragma_platform()
SELECT * FROM read_text('{out}/secret.csv')
SELECT * FROM read_csv('{out}/secret.csv')
SELECT content FROM read_blob('{out}/*')
SELECT * FROM orders, read_text('{out}/secret.csv')
SELECT * FROM query('SELECT 1')
SELECT table_name FROM duckdb_tables()
SELECT current_setting('threads')
SELECT current_query()
SELECT version()
SELECT sleep_ms(1)
SELECT 1 + current_setting('threads')
SELECT id FROM orders WHERE current_setting('threads') IS NOT NULL
SELECT * FROM private.salaries
SELECT * FROM dw.private.salaries
SELECT * FROM DW.PRIVATE.SALARIES
SELECT * FROM "DW"."PRIVATE"."SALARIES"
SELECT * FROM orders o JOIN private.salaries s ON true
SELECT * FROM orders o, private.salaries s
SELECT * FROM orders o, LATERAL (SELECT * FROM private.salaries) s
SELECT (SELECT max(pay) FROM private.salaries)
SELECT id FROM orders WHERE id IN (SELECT id FROM private.salaries)
SELECT id FROM orders WHERE EXISTS (SELECT 1 FROM private.salaries)
SELECT 1, 'a' UNION ALL SELECT id, pay FROM private.salaries
WITH s AS (SELECT * FROM private.salaries) SELECT * FROM s
WITH salaries AS (SELECT 1) SELECT * FROM private.salaries
WITH a AS (WITH salaries AS (SELECT 1) SELECT 1) SELECT * FROM private.salaries
SELECT COALESCE((SELECT max(pay) FROM private.salaries), 'x')
SELECT ARRAY_AGG(pay) FROM private.salaries
SELECT s.pay FROM private.salaries s
SELECT pay FROM private.salaries QUALIFY row_number() OVER (ORDER BY id) = 1
SELECT * FROM private.salaries PIVOT (max(pay) FOR id IN (1))
SELECT * FROM private.salaries SAMPLE (100)
SELECT * FROM information_schema.tables
SELECT * FROM information_schema.columns
SELECT * FROM dw.information_schema.tables
SELECT table_name FROM "INFORMATION_SCHEMA"."TABLES"
SELECT * FROM information_schema.schemata
SELECT * FROM information_schema.databases
SELECT table_name FROM duckdb_tables
SELECT * FROM sqlite_master
SELECT name FROM main.sqlite_master
SELECT relname FROM pg_catalog.pg_class
SELECT relname FROM pg_class
SELECT * FROM pg_catalog.pg_tables
WITH pg_class AS (SELECT relname FROM pg_class) SELECT relname FROM pg_class
WITH a AS (SELECT relname FROM pg_class), pg_class AS (SELECT 1) SELECT * FROM a
SELECT CURRENT_USER()
SELECT CURRENT_ROLE()
SELECT CURRENT_DATABASE()
SELECT CURRENT_SCHEMA()
SELECT CURRENT_VERSION()
SHOW TABLES
SHOW TABLES IN SCHEMA private
SHOW SCHEMAS
SHOW USERS
DESCRIBE TABLE private.salaries
DELETE FROM orders WHERE id < 0
UPDATE orders SET id = 1 WHERE id < 0
INSERT INTO orders VALUES (9, 'x')
TRUNCATE TABLE private.nothing
CREATE TABLE stolen AS SELECT * FROM private.salaries
CREATE VIEW v AS SELECT * FROM private.salaries
CREATE SCHEMA mine
CREATE STAGE s
DROP TABLE IF EXISTS private.nothing
USE SCHEMA private
SET a = 1
BEGIN
SELECT * FROM IDENTIFIER('private.salaries')
""".strip().splitlines()
# fakesnow has none of these; Snowflake has, or might
BESIDE = r"""
SELECT * FROM TABLE(read_text('{out}/secret.csv'))
SELECT * FROM TABLE('private.salaries')
SELECT * FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))
SELECT * FROM TABLE(private.f())
SELECT * FROM TABLE(information_schema.query_history())
SELECT * FROM snowflake.account_usage.query_history
SELECT * FROM snowflake.account_usage.users
SELECT * FROM @stage
SELECT $1 FROM @stage/x.csv
SELECT $1, $2 FROM @~/x.csv
SELECT * FROM @%orders
SELECT * FROM @private.stage (FILE_FORMAT => 'x')
SELECT t.$1 FROM '@stage' t
LIST @stage
GET @stage file:///tmp/
PUT file:///etc/passwd @stage
COPY INTO @stage FROM orders
COPY INTO orders FROM @stage
COPY INTO 's3://bucket/' FROM orders
SELECT $name
SELECT :name
SELECT ?
SELECT GETVARIABLE('A')
SELECT SYSTEM$WAIT(1)
SELECT SYSTEM$WHITELIST()
SELECT SYSTEM$TYPEOF(1)
SELECT GET_DDL('table', 'private.salaries')
SELECT private.f()
SELECT dw.private.f(1)
SELECT LAST_QUERY_ID()
SELECT CURRENT_WAREHOUSE()
SELECT CURRENT_ACCOUNT()
SELECT CURRENT_SESSION()
SELECT * FROM system.information_schema.tables
SELECT CURRENT_IP_ADDRESS()
SELECT CURRENT_AVAILABLE_ROLES()
SELECT CURRENT_STATEMENT()
SELECT CURRENT_TRANSACTION()
SELECT CURRENT_REGION()
SELECT INVOKER_ROLE()
SELECT IS_ROLE_IN_SESSION('A')
SELECT * FROM TABLE(GETNEXTVAL(seq))
SELECT SNOWFLAKE.CORTEX.COMPLETE('x', 'y')
SELECT AI_COMPLETE('x', 'y')
SELECT m!predict(1)
SELECT * FROM orders AT (OFFSET => -60)
SELECT * FROM orders BEFORE (STATEMENT => 'x')
SELECT * FROM orders CHANGES (INFORMATION => DEFAULT) AT (OFFSET => -60)
CALL private.p()
EXECUTE IMMEDIATE 'SELECT 1'
ALTER SESSION SET x = 1
GRANT ROLE a TO USER b
SHOW PARAMETERS
UNSET a
DESC STAGE s
EXPLAIN SELECT * FROM private.salaries
SELECT IDENTIFIER('upper')('a')
SELECT * FROM SEMANTIC_VIEW(private.v)
SELECT 'a'::private.t
BEGIN SELECT 1; END
SELECT 1; SELECT 2
""".strip().splitlines()


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Session, str]]:
    """A session with a server that has a schema of others, and what stands for {out}."""
    out = tmp_path_factory.mktemp("out")
    (out / "secret.csv").write_text("a,b\n1,secret\n")
    port = free_port()
    command = [sys.executable, "-m", "fakesnow", "-s", "-p", port, "--host", "127.0.0.1"]
    with server(command, port):
        url = f"snowflake://me:x@near/DW?host=127.0.0.1&port={port}&protocol=http"
        with closing(Session(*read_url(url))) as session:
            for made in (
                "CREATE SCHEMA private",
                "CREATE TABLE private.salaries AS SELECT 1 AS id, 'secret' AS pay",
                "CREATE TABLE private.nothing (a INT)",
                "CREATE SCHEMA ways",
                "USE SCHEMA ways",
                "CREATE TABLE orders AS SELECT 1 AS id, 'x' AS note",
            ):
                session.run(made)
            yield session, str(out)


def passed(sql: str, to: str) -> str:
    """What an engine would be handed; empty where the query is refused, also by the embedded DuckDB."""
    try:
        statement = registry().dialects.get("snowflake").translate(sql, to=to, tables=TABLES)
        if to == "duckdb":
            with duckdb.connect() as connection:
                check(connection, statement, ReadableTables(TABLES, "ways"))
    except RequestError:
        return ""
    return statement.sql


@pytest.mark.parametrize("to", ["snowflake", "duckdb"])
def test_nothing_gets_out(to: str) -> None:
    out = [(text, handed) for text in TEXTS + BESIDE if (handed := passed(text, to))]
    assert not out
    assert len(TEXTS) > 100


def test_each_would_succeed(session: tuple[Session, str]) -> None:
    """The control: at the server itself, each text gives rows, or does what it says."""
    asked, out = session
    pointless = []
    for text in TEXTS:
        try:
            if not asked.run(text.replace("{out}", out)) and text.startswith("SELECT"):
                pointless.append((text, "no row"))
        except WarehouseError as error:
            pointless.append((text, str(error)[:200]))
        if text.startswith(("USE", "BEGIN", "CREATE SCHEMA")):
            asked.run("ROLLBACK" if text == "BEGIN" else "USE SCHEMA ways")
    assert not pointless
    assert Path(out, "secret.csv").exists()
