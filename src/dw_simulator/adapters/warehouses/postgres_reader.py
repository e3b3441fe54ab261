"""The role of the server as which an experiment's tables are asked: it reads them, and nothing else.

A query may do what its session may. The login that loads tables has made them, and reads what others keep
beside them; so a query gets a session of a role of its own. Where the server does not let that role in, the
login takes the role on: that keeps all from the query but what it can undo, by `set_config('role', 'none',
true)`. A login that may make no roles asks as itself.
"""

import hmac
from dataclasses import dataclass

from dw_simulator.adapters.warehouses.owned import Execute, Owned, whole
from dw_simulator.schema.quoting import quoted_name, quoted_text

_LONGEST = "3600s"
"""How long a query takes at most that is given no time, and a transaction that is waiting for it."""
_DISK = "20GB"
_SETTINGS = {
    "default_transaction_read_only": "on",
    "idle_in_transaction_session_timeout": _LONGEST,
    "standard_conforming_strings": "on",  # else a backslash ends texts elsewhere than the check has seen
    "statement_timeout": _LONGEST,
    "temp_file_limit": _DISK,
    "work_mem": "64MB",
}


@dataclass(frozen=True)
class Reader:
    """A role that reads the tables of an experiment.

    name      is the same for every load of it
    password  is made of the login's, so that it has to be kept nowhere; none where the URL has none
    """

    name: str
    password: str

    @classmethod
    def of(cls, execute: Execute, owned: Owned, secret: str) -> "Reader":
        """The reader of tables, whether it is there or not. Roles are the server's, tables a database's."""
        database = whole(
            execute("SELECT oid::bigint FROM pg_database WHERE datname = current_database()")[0][0]
        )
        whose = _digest("reader", f"{database}\0{owned.schema}\0{owned.owner}")
        name = f"dw_sim_reader_{whose[:16]}"
        return cls(name, _digest(secret, name) if secret else "")

    def made(self, execute: Execute, owned: Owned) -> bool:
        """Whether it reads the tables, made and let in where it did not; False where the login may not."""
        if not (owned.tables and _may_make(execute, owned)):
            return False
        if self._reads(execute, owned):
            return True
        execute(f"SELECT pg_advisory_xact_lock(hashtext({quoted_text(self.name)}))")
        role = quoted_name(self.name)
        if not self._is_there(execute):
            execute(f"CREATE ROLE {role} NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT")
            execute(f"GRANT {role} TO CURRENT_USER")
        execute(f"ALTER ROLE {role} LOGIN PASSWORD {quoted_text(self.password) if self.password else 'NULL'}")
        if _is_superuser(execute):  # nobody else sets it
            execute(f"ALTER ROLE {role} SET temp_file_limit = {quoted_text(_DISK)}")
        tables = execute(f"SELECT relname {_of_tables(owned)}")
        names = ", ".join(quoted_name(owned.schema, str(name)) for (name,) in tables)
        execute(f"GRANT USAGE ON SCHEMA {quoted_name(owned.schema)} TO {role}")
        execute(f"GRANT SELECT ON {names} TO {role}")
        return True

    def drop(self, execute: Execute, owned: Owned) -> None:
        """Drop it, when the tables are gone."""
        if self._is_there(execute):
            role, schema = quoted_name(self.name), quoted_text(owned.schema)
            if execute(f"SELECT 1 FROM pg_namespace WHERE nspname = {schema}"):
                execute(f"REVOKE USAGE ON SCHEMA {quoted_name(owned.schema)} FROM {role}")
            execute(f"DROP ROLE {role}")

    def _is_there(self, execute: Execute) -> bool:
        return bool(execute(f"SELECT 1 FROM pg_roles WHERE rolname = {quoted_text(self.name)}"))

    def _reads(self, execute: Execute, owned: Owned) -> bool:
        may = "has_table_privilege(r.oid, c.oid, 'SELECT') AND has_schema_privilege(r.oid, n.oid, 'USAGE')"
        role = f"r.rolname = {quoted_text(self.name)}"
        return bool(execute(f"SELECT bool_and({may}) {_of_tables(owned, 'pg_roles r,')} AND {role}")[0][0])


def shut_in(execute: Execute, schema: str, role: str, seconds: float | None) -> None:
    """Bound a transaction to reading, to a schema, to a time, and to a role, if there is one."""
    execute("SET TRANSACTION READ ONLY")
    settings = _SETTINGS | ({"statement_timeout": f"{max(1, round(seconds * 1000))}ms"} if seconds else {})
    values = ", ".join(f"({quoted_text(name)}, {quoted_text(value)})" for name, value in settings.items())
    # what the server does not know, or only a superuser may set, is left as it is
    execute(
        f"SELECT set_config(name, value, true) FROM (VALUES {values}) v(name, value) JOIN pg_settings s "
        "USING (name) WHERE context = 'user' OR current_setting('is_superuser') = 'on'"
    )
    execute(f"SET LOCAL search_path TO {quoted_name(schema)}")
    if role:
        execute(f"SET LOCAL ROLE {quoted_name(role)}")


def _digest(key: str, text: str) -> str:
    return hmac.new(key.encode(), text.encode(), "sha256").hexdigest()


def _of_tables(owned: Owned, others: str = "") -> str:
    """The FROM and the WHERE that find what is there of the tables."""
    names = ", ".join(map(quoted_text, owned.tables))
    return (
        f"FROM {others} pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        f"WHERE n.nspname = {quoted_text(owned.schema)} AND c.relname IN ({names})"
    )


def _may_make(execute: Execute, owned: Owned) -> bool:
    """Whether the login may make roles, and say who reads the tables."""
    roles = "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
    owns = "pg_has_role(c.relowner, 'USAGE') AND pg_has_role(n.nspowner, 'USAGE')"
    return bool(execute(f"SELECT ({roles}) AND bool_and({owns}) {_of_tables(owned)}")[0][0])


def _is_superuser(execute: Execute) -> bool:
    return execute("SELECT current_setting('is_superuser')")[0][0] == "on"
