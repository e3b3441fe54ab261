"""Nothing gets out of the PostgreSQL that stands in for Redshift: what it is handed names nothing of others.

Each text is tried twice: as a query of both dialects, which is refused before it reaches the server, and at
the server itself, where it gives rows or does what it says.
"""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from dw_simulator.errors import SqlError
from dw_simulator.plugins.dialects.translation.allowed_functions import FUNCTIONS
from dw_simulator.registry.manager import registry
from dw_simulator.types import sql_type

TABLES = {"orders": {"id": sql_type("int"), "note": sql_type("varchar(20)")}}
# {out} is a directory with a file; others have a schema private
TEXTS = r"""
SELECT * FROM private.salaries
SELECT * FROM "private"."salaries"
SELECT * FROM "private".salaries AS orders
SELECT * FROM orders JOIN private.salaries USING (id)
SELECT * FROM orders, private.salaries s
SELECT o.id, s.* FROM orders o, LATERAL (SELECT * FROM private.salaries) s
SELECT o.id, s.* FROM orders o LEFT JOIN private.salaries s ON true
SELECT o.id FROM orders o NATURAL JOIN private.salaries s
SELECT (SELECT max(pay) FROM private.salaries)
SELECT id FROM orders WHERE id <= (SELECT max(id) FROM private.salaries)
SELECT id FROM orders WHERE id IN (SELECT id FROM private.salaries)
SELECT id FROM orders WHERE EXISTS (SELECT 1 FROM private.salaries)
SELECT id FROM orders WHERE id = ANY (SELECT id FROM private.salaries)
SELECT id FROM orders ORDER BY (SELECT max(pay) FROM private.salaries)
SELECT id FROM orders GROUP BY id HAVING count(*) <= (SELECT count(*) FROM private.salaries)
SELECT CASE WHEN (SELECT count(*) FROM private.salaries) > 0 THEN 1 END
SELECT count(*) FILTER (WHERE id <= (SELECT max(id) FROM private.salaries)) FROM orders
SELECT sum(id) OVER (ORDER BY (SELECT max(pay) FROM private.salaries)) FROM orders
SELECT id FROM orders LIMIT (SELECT count(*) FROM private.salaries)
SELECT 1, 'a' UNION ALL SELECT id, pay FROM private.salaries
SELECT id, pay FROM private.salaries EXCEPT SELECT 9, 'x'
SELECT id FROM private.salaries INTERSECT SELECT id FROM orders
WITH s AS (SELECT * FROM private.salaries) SELECT * FROM s
WITH salaries AS (SELECT 1) SELECT * FROM private.salaries
WITH a AS (WITH salaries AS (SELECT 1) SELECT 1) SELECT * FROM private.salaries, a
WITH RECURSIVE r AS (SELECT id FROM private.salaries UNION SELECT id FROM r) SELECT * FROM r
SELECT ARRAY(SELECT pay FROM private.salaries)
SELECT * FROM (VALUES ((SELECT max(pay) FROM private.salaries))) AS v (a)
SELECT COALESCE((SELECT max(pay) FROM private.salaries), 'x')
SELECT * FROM private.salaries TABLESAMPLE BERNOULLI (100)
SELECT * FROM ONLY private.salaries
SELECT s FROM private.salaries s
SELECT (s).pay FROM private.salaries s
SELECT s.*::text FROM private.salaries s
SELECT (x.ts_stat).word FROM unnest(ARRAY['SELECT to_tsvector(pay::text) FROM private.salaries']) x
SELECT s.pg_sleep FROM generate_series(0, 0) s
SELECT s.pg_get_userbyid FROM unnest(ARRAY[10::oid]) s
SELECT (SELECT s.pg_sleep FROM generate_series(0, 0) s) FROM (SELECT 1 AS pg_sleep) s
SELECT o.id FROM orders o, generate_series(0, 0) s WHERE s.pg_sleep IS NOT NULL
SELECT (orders).tableoid FROM orders
SELECT (o).xmin FROM orders o
SELECT private.f()
SELECT "private"."f"()
SELECT private . f ()
SELECT private /* */ . /* */ f()
SELECT postgres.private.f()
SELECT * FROM private.f()
SELECT * FROM private.rows_of() AS r
SELECT * FROM orders, LATERAL private.f()
SELECT * FROM ROWS FROM (private.f()) AS r
SELECT upper(private.f())
SELECT sum(private.f()::int) FROM orders
SELECT id FROM orders WHERE private.f() = '1'
SELECT id FROM orders ORDER BY private.f()
SELECT pg_catalog.pg_sleep(0.001)
SELECT pg_sleep(0.001)
SELECT "pg_sleep"(0.001)
SELECT PG_SLEEP(0.001)
SELECT pg_sleep /* x */ (0.001)
SELECT U&"pg\005fsleep"(0.001)
SELECT U&"pg!005fsleep" UESCAPE '!' (0.001)
SELECT pg_sleep_for('1 millisecond')
SELECT id FROM orders WHERE pg_sleep(0.001) IS NULL OR true
SELECT CASE WHEN pg_sleep(0.001) IS NULL THEN 1 END
SELECT pg_read_file('{out}/secret.csv')
SELECT pg_read_binary_file('{out}/secret.csv')
SELECT * FROM pg_ls_dir('{out}')
SELECT pg_ls_dir('{out}')
SELECT * FROM pg_stat_file('{out}/secret.csv')
SELECT (pg_stat_file('{out}/secret.csv')).size
SELECT pg_catalog.pg_read_file('{out}/secret.csv')
SELECT lo_import('{out}/secret.csv')
SELECT lo_from_bytea(0, 'x')
SELECT lo_create(0)
SELECT * FROM ts_stat('SELECT pay::tsvector FROM private.salaries')
SELECT (ts_stat('SELECT pay::tsvector FROM private.salaries')).word
SELECT ts_rewrite('a'::tsquery, 'SELECT ''a''::tsquery, pay::tsquery FROM private.salaries')
SELECT query_to_xml('SELECT * FROM private.salaries', true, true, '')
SELECT query_to_xmlschema('SELECT * FROM private.salaries', true, true, '')
SELECT table_to_xml('private.salaries'::regclass, true, true, '')
SELECT table_to_xml('private.salaries', true, true, '')
SELECT schema_to_xml('private', true, true, '')
SELECT database_to_xmlschema(true, true, '')
SELECT current_setting('data_directory')
SELECT current_setting('dw.secret')
SELECT pg_catalog.current_setting('data_directory')
SELECT set_config('work_mem', '1GB', false)
SELECT set_config('search_path', 'private', true)
SELECT current_user
SELECT session_user
SELECT user
SELECT current_role
SELECT current_catalog
SELECT current_schema
SELECT current_schema()
SELECT current_schemas(true)
SELECT current_database()
SELECT version()
SELECT getpgusername()
SELECT pg_backend_pid()
SELECT inet_server_port(), 1
SELECT inet_client_addr(), 1
SELECT pg_postmaster_start_time()
SELECT pg_conf_load_time()
SELECT pg_is_in_recovery()
SELECT pg_current_wal_lsn()
SELECT txid_current()
SELECT pg_current_xact_id()
SELECT current_query()
SELECT pg_database_size('postgres')
SELECT pg_total_relation_size('private.salaries')
SELECT pg_relation_filepath('private.salaries')
SELECT pg_size_pretty(pg_table_size('private.salaries'))
SELECT has_table_privilege('private.salaries', 'SELECT')
SELECT has_schema_privilege('private', 'USAGE')
SELECT to_regclass('private.salaries')
SELECT to_regproc('private.f')
SELECT to_regtype('private.mood')
SELECT 'private.salaries'::regclass
SELECT 'private.salaries'::regclass::oid
SELECT CAST('private.salaries' AS regclass)
SELECT 'private'::regnamespace
SELECT 'private.f'::regproc
SELECT 'private.f()'::regprocedure
SELECT 'private.mood'::regtype
SELECT 'postgres'::regrole
SELECT 10::oid::regrole
SELECT 1::oid
SELECT 'glad'::private.mood
SELECT NULL::private.mood
SELECT enum_range(NULL::private.mood)
SELECT NULL::private.salaries
SELECT json_populate_record(NULL::private.salaries, '{}')
SELECT pg_get_functiondef('private.f'::regproc)
SELECT pg_get_viewdef('private.shown')
SELECT obj_description('private.salaries'::regclass, 'pg_class'), 1
SELECT col_description(1, 1), 1
SELECT nextval('private.seq')
SELECT setval('private.seq', 5)
SELECT pg_sequence_last_value('private.seq'), 1
SELECT 1 OPERATOR(pg_catalog.+) 2
SELECT 1 OPERATOR(private.@@@) 2
SELECT pg_advisory_lock(5)
SELECT pg_try_advisory_lock(6)
SELECT pg_notify('a', 'b')
SELECT pg_cancel_backend(0)
SELECT pg_terminate_backend(0)
SELECT pg_reload_conf()
SELECT pg_rotate_logfile()
SELECT pg_stat_reset()
SELECT pg_current_snapshot()
SELECT * FROM pg_authid
SELECT * FROM pg_shadow
SELECT * FROM pg_user
SELECT * FROM pg_roles
SELECT rolname FROM pg_catalog.pg_roles
SELECT * FROM pg_class
SELECT * FROM pg_attribute
SELECT relname FROM pg_catalog.pg_class
SELECT "relname" FROM "pg_catalog"."pg_class"
SELECT U&"relname" FROM U&"pg\005fclass"
SELECT * FROM pg_tables
SELECT * FROM pg_views
SELECT * FROM pg_stats
SELECT * FROM pg_settings
SELECT * FROM pg_file_settings
SELECT * FROM pg_hba_file_rules
SELECT * FROM pg_stat_activity
SELECT * FROM pg_stat_user_tables
SELECT * FROM pg_database
SELECT * FROM pg_namespace
SELECT * FROM pg_proc
SELECT * FROM pg_description
SELECT * FROM pg_show_all_settings()
SELECT * FROM pg_stat_get_activity(NULL)
SELECT * FROM pg_get_keywords()
SELECT * FROM information_schema.tables
SELECT * FROM information_schema.columns
SELECT * FROM "information_schema"."schemata"
SELECT * FROM information_schema.sql_features
SELECT * FROM postgres.information_schema.tables
WITH pg_class AS (SELECT * FROM pg_class) SELECT * FROM pg_class
WITH "PG_CLASS" AS (SELECT 1), "pg_roles" AS (SELECT * FROM pg_roles) SELECT * FROM pg_roles
WITH a AS (SELECT relname FROM pg_class), pg_class AS (SELECT 1) SELECT * FROM a
WITH a AS (WITH pg_class AS (SELECT 1) SELECT 1) SELECT relname FROM pg_class, a
SELECT (WITH pg_class AS (SELECT 1) SELECT 1), relname FROM pg_class
SELECT ctid FROM orders
SELECT xmin, xmax FROM orders
SELECT o.tableoid FROM orders o
SELECT "ctid" FROM orders
SELECT cmin FROM orders WHERE cmax IS NOT NULL
SELECT id INTO stolen FROM orders
SELECT id INTO TEMP stolen FROM orders
SELECT id FROM orders FOR UPDATE
SELECT id FROM orders FOR SHARE
SELECT id FROM orders FOR NO KEY UPDATE SKIP LOCKED
DELETE FROM orders WHERE id < 0
UPDATE orders SET id = 1 WHERE id < 0
INSERT INTO orders VALUES (1, 'x')
WITH d AS (DELETE FROM orders WHERE id < 0 RETURNING *) SELECT count(*) FROM d
WITH d AS (INSERT INTO orders VALUES (8, 'x') RETURNING *) SELECT * FROM d
WITH d AS (UPDATE orders SET note = note RETURNING *) SELECT * FROM d
MERGE INTO orders USING (SELECT 1 AS a) s ON id = a WHEN MATCHED THEN DO NOTHING
CREATE TABLE stolen AS SELECT * FROM private.salaries
CREATE TEMP VIEW v AS SELECT * FROM private.salaries
CREATE SCHEMA mine
DROP TABLE IF EXISTS nothing
TRUNCATE private.nothing
ALTER TABLE private.nothing ADD COLUMN a INT
GRANT SELECT ON orders TO public
SET work_mem = '1GB'
SET ROLE postgres
RESET ALL
SHOW data_directory
SHOW ALL
BEGIN
LOCK TABLE private.salaries
DO 'BEGIN PERFORM 1; END'
CALL private.p()
EXPLAIN SELECT * FROM private.salaries
EXPLAIN ANALYZE SELECT * FROM private.salaries
PREPARE p AS SELECT * FROM private.salaries
DECLARE c CURSOR FOR SELECT * FROM private.salaries
LISTEN a
NOTIFY a
ANALYZE private.salaries
COPY private.salaries TO '{out}/new.csv'
COPY (SELECT 1) TO '{out}/new.csv'
COPY (SELECT 1) TO PROGRAM 'cat'
COPY private.salaries FROM '{out}/secret.csv' CSV
TABLE private.salaries
VALUES ((SELECT max(pay) FROM private.salaries))
SELECT 1; SELECT * FROM private.salaries
SELECT 1; DROP TABLE IF EXISTS nothing
SELECT repeat('x', 20000000)
SELECT xmlparse(DOCUMENT '<a/>')
SELECT xmlelement(NAME a, (SELECT max(pay) FROM private.salaries))
SELECT xpath('/a', '<a/>'::xml)
SELECT '<a/>'::xml
SELECT * FROM XMLTABLE('/a' PASSING '<a/>' COLUMNS b TEXT PATH '.')
SELECT setseed(0.5)
SELECT E'\\' || pg_sleep(0.001)::text || '\\'
SELECT $$a$$ || pg_sleep(0.001)::text
SELECT $x$ ' $x$ || private.f()
SELECT /* ' */ private.f() /* ' */
""".strip().splitlines()
# what the server does not know, or does not let out itself; nobody is to find out what it says
BESIDE = r"""
SELECT \uff50\uff47_sleep(1)
SELECT pg_\u017fleep(1)
SELECT * FROM \uff30\uff27_class
SELECT * FROM dblink('dbname=postgres', 'SELECT 1') AS t (a int)
SELECT lo_export(1, '{out}/new')
SELECT $1
SELECT :name
SELECT %(name)s
SELECT ?
SELECT * FROM '{out}/secret.csv'
SELECT * FROM read_csv('{out}/secret.csv')
SELECT currval('private.seq')
VACUUM private.salaries
PREPARE TRANSACTION 'x'
""".strip().splitlines()
BESIDE_READ = [text.encode().decode("unicode_escape") for text in BESIDE]


@pytest.fixture(scope="module")
def server(
    postgres: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[psycopg.Connection, str]]:
    """A server with a schema of others, and what stands for {out}."""
    out = Path("/tmp") / tmp_path_factory.mktemp("out").name  # where the server's user may read
    out.mkdir(exist_ok=True)
    (out / "secret.csv").write_text("5,secret\n")
    out.chmod(0o777)
    (out / "secret.csv").chmod(0o644)
    with psycopg.connect(postgres) as connection:
        connection.execute("""
            SET client_min_messages = error; SET dw.secret = 'secret';
            CREATE SCHEMA ways; CREATE SCHEMA private; SET search_path = ways;
            CREATE TABLE orders AS SELECT 1 AS id, 'x'::text AS note;
            CREATE TABLE private.salaries AS SELECT 1 AS id, 'secret'::text AS pay;
            CREATE TABLE private.nothing (); CREATE SEQUENCE private.seq;
            CREATE TYPE private.mood AS ENUM ('glad');
            CREATE VIEW private.shown AS SELECT 1 AS a;
            CREATE FUNCTION private.f() RETURNS text LANGUAGE sql AS 'SELECT ''1''';
            CREATE FUNCTION private.rows_of() RETURNS SETOF private.salaries LANGUAGE sql
                AS 'SELECT * FROM private.salaries';
            CREATE PROCEDURE private.p() LANGUAGE sql AS 'SELECT 1';
            CREATE FUNCTION private.plus(int, int) RETURNS int LANGUAGE sql AS 'SELECT 1';
            CREATE OPERATOR private.@@@ (LEFTARG = int, RIGHTARG = int, FUNCTION = private.plus);
        """)
        yield connection, str(out)
        connection.rollback()
    for file in out.iterdir():
        file.unlink(missing_ok=True)
    out.rmdir()


def passed(sql: str, dialect: str) -> str:
    """What a server would be handed; empty where the query is refused."""
    try:
        return registry().dialects.get(dialect).translate(sql, to="postgres", tables=TABLES).sql
    except SqlError:
        return ""


@pytest.mark.parametrize("dialect", ["redshift", "postgres"])
def test_nothing_gets_out(dialect: str) -> None:
    out = [(text, handed) for text in TEXTS + BESIDE_READ if (handed := passed(text, dialect))]
    assert not out
    assert len(TEXTS) > 200


def test_each_would_succeed(server: tuple[psycopg.Connection, str]) -> None:
    """The control: at the server itself, each text gives rows, or does what it says."""
    connection, out = server
    pointless = []
    for text in TEXTS:
        try:
            with connection.transaction(force_rollback=True):
                done = connection.execute(text.replace("{out}", out).replace("%", "%%").encode())
                if done.description and not done.fetchall() and "count" not in text:
                    pointless.append((text, "no row"))
        except psycopg.Error as error:
            if "unsupported XML feature" not in str(error):  # this server was built without
                pointless.append((text, str(error)[:80]))
    assert not pointless


def test_the_same_name_in_quotes_is_another_table() -> None:
    tables = {"Orders": {"id": sql_type("int")}}
    dialect = registry().dialects.get("postgres")
    with pytest.raises(SqlError, match="there is no table ORDERS; did you mean 'Orders'"):
        dialect.translate('SELECT * FROM "ORDERS"', to="postgres", tables=tables)
    with pytest.raises(SqlError, match="cuts names to 63 bytes"):
        dialect.translate(f'SELECT id AS "{"é" * 32}" FROM orders', to="postgres", tables=tables)


def test_refusals_have_a_place_and_a_likely_name() -> None:
    with pytest.raises(SqlError) as told:
        passed_or_raised("SELECT id,\n  lenght(note)\nFROM orders")
    assert "line 2, column 3: function lenght() is not translated; did you mean 'length'?" in str(told.value)
    with pytest.raises(SqlError) as told:
        passed_or_raised("SELECT id\nFROM ordesr")
    assert str(told.value).startswith("line 2, column 6: there is no table ordesr; did you mean 'orders'?")


def passed_or_raised(sql: str) -> str:
    return registry().dialects.get("redshift").translate(sql, to="postgres", tables=TABLES).sql


def test_every_function_is_one_of_the_server(postgres: str) -> None:
    """Those of the list that no catalogue names are words of the grammar, or of a later PostgreSQL."""
    with psycopg.connect(postgres) as connection:
        known = {name for (name,) in connection.execute("SELECT DISTINCT proname FROM pg_proc").fetchall()}
    grammar = set(
        """all coalesce exists greatest grouping least nullif row trim current_date current_time
        current_timestamp
        localtime localtimestamp json json_array json_arrayagg json_exists json_objectagg json_query
        json_scalar json_serialize json_table json_value""".split()
    )
    assert FUNCTIONS["postgres"] - known <= grammar
