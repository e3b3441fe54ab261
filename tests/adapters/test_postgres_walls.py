"""What a query reaches in PostgreSQL, whatever it says: the wall behind the check of queries.

Each way out is tried in a session as a query gets it, past every check of this program's, and in a plain one
of the login, which it gets out of: so it is the wall that holds it back, and not a slip in the attempt.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import adbc_driver_manager
import psycopg
import pytest
from adbc_driver_manager.dbapi import Connection
from tests.support import column, table
from tests.warehouses import Place

from dw_simulator.adapters.warehouses import postgres_reader
from dw_simulator.adapters.warehouses.postgres import PostgresWarehouse, Transaction
from dw_simulator.adapters.warehouses.postgres_reader import shut_in
from dw_simulator.errors import DwSimError, QueryError, RequestError, SqlError
from dw_simulator.plugins.dialects.postgres import dialect as postgres
from dw_simulator.ports.statement import Statement
from dw_simulator.ports.warehouse import WarehouseQuery
from dw_simulator.service import ExperimentService, GenerateRequest
from dw_simulator.settings import Settings

SECRET = "geheim"
PRIVATE = f"""
CREATE SCHEMA private;
CREATE TABLE private.salaries AS SELECT '{SECRET}'::text AS x;
CREATE FUNCTION private.f() RETURNS text LANGUAGE sql AS 'SELECT x FROM private.salaries';
CREATE FUNCTION public.f() RETURNS text LANGUAGE sql AS 'SELECT x FROM private.salaries';
CREATE FUNCTION public.run(act text, ask text) RETURNS text LANGUAGE plpgsql AS
    'DECLARE found text; BEGIN EXECUTE act; EXECUTE ask INTO found; RETURN found; END';
SELECT lo_from_bytea(4711, '{SECRET}');
"""
TS_STAT = "SELECT word FROM ts_stat('SELECT x::tsvector FROM private.salaries')"
RESET = (
    "SELECT s.word FROM (SELECT set_config('role', '{role}', true) AS done OFFSET 0) r, LATERAL "
    f"({TS_STAT} WHERE r.done IS NOT NULL) s"
)
"""One statement that leaves a role, and then has a function run a text as SQL."""

Ask = Callable[[str], Any]


class Asked:
    """An experiment in a database of its own, and how it is asked."""

    def __init__(self, service: ExperimentService, url: str) -> None:
        self.service, self.url, self.warehouse = service, url, PostgresWarehouse(url)
        self.owner = str(self.plain("SELECT owner FROM shop._dw_sim LIMIT 1"))
        self.held = ExitStack()
        with self.session() as ask:
            self.reader = str(ask("SELECT current_user"))

    def query(self, sql: str, seconds: float | None = None) -> WarehouseQuery:
        return WarehouseQuery(sql, "shop", self.owner, "postgres", Statement, seconds=seconds)

    @contextmanager
    def session(self, seconds: float | None = None) -> Iterator[Ask]:
        """A session as a query gets it; to a statement it answers the first value of the first row."""
        with self.warehouse._reading(self.query("", seconds)) as connection:
            yield lambda sql: _first(Transaction(connection)(sql))

    @cached_property
    def _opened(self) -> Connection:
        return self.held.enter_context(self.warehouse._reading(self.query("")))

    def walled(self, sql: str) -> Any:
        """What one connection for many attempts answers, each in a transaction as a query gets it."""
        self._opened.rollback()
        ask = Transaction(self._opened)
        shut_in(ask, "shop", self.reader, None)
        return _first(ask(sql))

    def plain(self, sql: str) -> Any:
        """What the login itself is answered."""
        with psycopg.connect(self.url) as connection:
            found = _first(connection.execute(sql).fetchall())
            connection.rollback()
            return found


def _first(rows: Any) -> Any:
    return rows[0][0] if rows else None


def loaded(url: str, home: Path) -> Asked:
    service = ExperimentService(Settings(home=home, redshift_url=url))
    for name in ("shop", "other"):
        made = table("t", 20, column("id", "INT"), primary_key=["id"])
        service.create({"name": name, "tables": [made], "target_warehouse": "redshift"})
        service.generate(name, GenerateRequest(seed=1))
        service.load(name)
    return Asked(service, url)


@pytest.fixture(scope="module", params=["postgres", "maker"])
def shop(request: pytest.FixtureRequest, postgres: str, tmp_path_factory: Any) -> Iterator[Asked]:
    """Loaded by a superuser, the worst login there is, and by one that may make roles, and no more."""
    login = request.param
    url = postgres.replace("postgres:@", f"{login}:@").replace("/postgres?", f"/walls_{login}?")
    with psycopg.connect(postgres, autocommit=True) as admin:
        admin.execute("CREATE ROLE maker LOGIN CREATEROLE")
        admin.execute(f"CREATE DATABASE walls_{login} OWNER {login}")
        admin.execute(f"ALTER DATABASE walls_{login} SET standard_conforming_strings = off")
        try:
            with psycopg.connect(url) as connection:
                connection.execute(PRIVATE)
            asked = loaded(url, tmp_path_factory.mktemp(login))
            yield asked
            asked.held.close()
            for name in ("shop", "other"):
                asked.service.delete(name)
            asked.service.persistence.close()
            assert admin.execute("SELECT rolname FROM pg_roles WHERE rolname ~ 'dw_sim'").fetchall() == []
        finally:
            admin.execute(f"DROP DATABASE walls_{login} WITH (FORCE)")
            admin.execute("DROP ROLE maker")


def test_a_query_is_answered(shop: Asked) -> None:
    for seed in (1, 2):
        with shop.service.query("shop", "SELECT count(*) AS n FROM t", loaded=True) as answer:
            assert list(answer.rows()) == [{"n": 20}]
        shop.service.generate("shop", GenerateRequest(seed=seed))
        shop.service.load("shop")  # other tables, which nobody was let into yet
    users = shop.walled("SELECT current_user || ' ' || session_user").split()
    assert users[0] == users[1] != shop.plain("SELECT current_user")
    assert shop.walled("SELECT count(*) FROM t") == 20


@pytest.mark.parametrize(
    "attempt",
    [
        "SELECT x FROM private.salaries",
        "SELECT private.f()",
        "SELECT public.f()",
        TS_STAT,
        "SELECT ts_rewrite('a'::tsquery, 'SELECT ''a''::tsquery, x::tsquery FROM private.salaries')::text",
        RESET.format(role="none"),
        RESET.format(role="{login}"),
        RESET.replace("'role', '{role}'", "'session_authorization', '{login}'"),
        "SELECT public.run('RESET ROLE', 'SELECT x FROM private.salaries')",
        "SELECT public.run('RESET SESSION AUTHORIZATION', 'SELECT x FROM private.salaries')",
        "SELECT convert_from(lo_get(4711), 'UTF8')",
        "SELECT 'geheim' FROM other.t",
        "SELECT 'geheim' FROM shop._dw_sim",
    ],
)
def test_nothing_of_others_is_read(shop: Asked, attempt: str) -> None:
    attempt = attempt.replace("{login}", shop.warehouse._url.username or "")
    assert SECRET in shop.plain(attempt)
    with pytest.raises(adbc_driver_manager.Error, match=r"denied|does not exist"):
        shop.walled(attempt)


@pytest.mark.parametrize(
    "attempt",
    [
        "SELECT pg_read_file('PG_VERSION')",
        "SELECT pg_ls_dir('.')",
        "SELECT rolname FROM pg_authid",
        "SELECT convert_from(data, 'UTF8') FROM pg_largeobject",
        "SELECT lo_import('/etc/hostname')",
        "SELECT public.run('COPY (SELECT 1) TO PROGRAM ''cat >/dev/null''', 'SELECT 1')",
        "SELECT set_config('temp_file_limit', '-1', true)",
        "SELECT set_config('role', 'none', true) || pg_read_file('PG_VERSION')",
        "SELECT pg_reload_conf()",
    ],
)
def test_nothing_of_the_server_is_reached(shop: Asked, attempt: str) -> None:
    if shop.plain("SELECT current_setting('is_superuser')") == "on":  # to anybody else it is shut anyway
        assert shop.plain(attempt) is not None
    with pytest.raises(adbc_driver_manager.Error, match=r"permission denied|read-only|must be superuser"):
        shop.walled(attempt)


@pytest.mark.parametrize(
    "attempt",
    [
        "WITH gone AS (DELETE FROM shop.t RETURNING id) SELECT count(*) FROM gone",
        "SELECT lo_from_bytea(0, 'x')",
        "SELECT lo_unlink(4711)",
        "SELECT public.run('CREATE TABLE shop.mine (a int)', 'SELECT 1')",
    ],
)
def test_nothing_is_changed(shop: Asked, attempt: str) -> None:
    assert shop.plain(attempt) is not None
    with pytest.raises(adbc_driver_manager.Error, match="read-only transaction"):
        shop.walled(attempt)
    with pytest.raises(adbc_driver_manager.Error, match="read-write mode must be set before any query"):
        shop.walled("SELECT set_config('transaction_read_only', 'off', true)")
    with pytest.raises(adbc_driver_manager.Error, match=r"permission denied|read-only transaction"):
        shop.walled(f"SELECT public.run('SET default_transaction_read_only = off', $${attempt}$$)")


def test_no_session_of_others_is_ended(shop: Asked) -> None:
    with psycopg.connect(shop.url) as other:
        attempt = f"SELECT pg_cancel_backend({other.info.backend_pid})"
        assert shop.plain(attempt) is True
        with pytest.raises(adbc_driver_manager.Error, match="permission denied to cancel query"):
            shop.walled(attempt)


@pytest.mark.parametrize("shop", ["maker"], indirect=True)
@pytest.mark.parametrize(
    "attempt",
    [
        "SELECT pg_sleep(0.5)",
        "SELECT set_config('statement_timeout', '0', true), pg_sleep(0.5)",
        "SELECT pg_sleep(0.5) FROM (SELECT set_config('statement_timeout', '0', true) OFFSET 0) s",
        "SELECT length(repeat('x', 100000000))",
    ],
)
def test_no_query_takes_longer_than_it_may(shop: Asked, attempt: str) -> None:
    shop.plain(attempt)
    with shop.session(0.1) as ask, pytest.raises(adbc_driver_manager.Error, match="statement timeout"):
        ask(attempt)


def test_settings_of_a_query(shop: Asked) -> None:
    limits = {
        "statement_timeout": "1h",
        "idle_in_transaction_session_timeout": "1h",
        "work_mem": "64MB",
        "search_path": "shop",
        "default_transaction_read_only": "on",
        "transaction_read_only": "on",
        "standard_conforming_strings": "on",
        "is_superuser": "off",
    }
    if shop.plain("SELECT current_setting('is_superuser')") == "on":
        limits["temp_file_limit"] = "20GB"
    with shop.session() as ask:
        assert {name: ask(f"SELECT current_setting('{name}')") for name in limits} == limits


def test_a_sort_that_takes_too_much_of_the_disk(shop: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    attempt = (
        "SELECT max(g) FROM (SELECT g FROM generate_series(1, 400000) g ORDER BY g % 1000, g OFFSET 1) s"
    )
    assert shop.plain(attempt) == 400_000
    if shop.plain("SELECT current_setting('is_superuser')") == "off":
        pytest.skip("only a superuser may bound it")
    monkeypatch.setattr(postgres_reader, "_DISK", "1MB")
    monkeypatch.setitem(postgres_reader._SETTINGS, "work_mem", "1MB")
    shop.service.load("shop")  # the role is told anew
    limit = 'temporary file size exceeds "temp_file_limit"'
    with shop.session() as ask, pytest.raises(adbc_driver_manager.Error, match=limit):
        ask(attempt)
    monkeypatch.undo()
    shop.service.load("shop")
    with shop.session() as ask:
        assert ask(attempt) == 400_000


def test_a_server_that_does_not_let_the_role_in(shop: Asked) -> None:
    """Then the login takes the role on, and a query could leave it: this is what the check has to refuse."""
    role = shop.reader
    with psycopg.connect(shop.url, autocommit=True) as connection:
        connection.execute(f"ALTER ROLE {role} NOLOGIN")
    try:
        leaving = RESET.format(role="none")
        with shop.session() as ask:
            assert ask("SELECT current_user") == role != ask("SELECT session_user")
            assert ask("SELECT count(*) FROM t") == 20
            assert ask(leaving) == SECRET
        with shop.session() as ask, pytest.raises(adbc_driver_manager.Error, match="permission denied"):
            ask(TS_STAT)
        told = {leaving: "ts_stat", "SELECT set_config('role', 'none', true)": "set_config"}
        for sql, name in told.items():
            with pytest.raises(RequestError, match=name):
                postgres.translate(sql, to="postgres", tables={"t": {"id": None}})
    finally:
        with psycopg.connect(shop.url, autocommit=True) as connection:
            connection.execute(f"ALTER ROLE {role} LOGIN")


def test_a_login_that_may_make_no_roles_asks_as_itself(pg: Place, tmp_path: Path) -> None:
    pg.ask("CREATE ROLE humble LOGIN")
    try:
        name = pg.ask("SELECT current_database()")[0][0]
        pg.ask(f"GRANT CREATE ON DATABASE {name} TO humble")
        asked = loaded(pg.url.replace("postgres:@", "humble:@"), tmp_path)
        assert asked.walled("SELECT current_user") == "humble"
        assert asked.walled("SELECT count(*) FROM t") == 20
        with pytest.raises(adbc_driver_manager.Error, match="read-only transaction"):
            asked.walled("WITH gone AS (DELETE FROM shop.t RETURNING id) SELECT count(*) FROM gone")
        asked.held.close()
        asked.service.delete("shop")
        asked.service.persistence.close()
    finally:
        pg.ask("DROP OWNED BY humble CASCADE")
        pg.ask("DROP ROLE humble")


@pytest.mark.parametrize(
    ("sql", "kind", "said"),
    [
        ("SELECT 1 / (id - id) FROM t", QueryError, "something is divided by 0"),
        ("SELECT 1 / 0 FROM t", QueryError, "something is divided by 0"),
        ("SELECT nosuch(id) FROM t", SqlError, "line 1, column 8: nosuch() does not take a whole number"),
    ],
)
def test_a_query_that_fails_says_why_and_nothing_else(
    shop: Asked, sql: str, kind: type[DwSimError], said: str
) -> None:
    with pytest.raises(kind) as caught, shop.warehouse.answer(shop.query(sql)):
        pass
    assert str(caught.value).startswith(said)
    assert "COPY" not in str(caught.value)
