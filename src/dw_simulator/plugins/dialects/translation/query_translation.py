"""Queries of one warehouse, told to another: DuckDB, which reads the files of a run, and PostgreSQL.

sqlglot reads and writes; in between, `REWRITES` replaces what the two do differently, node by node. What
cannot be translated is refused with its place: nothing is dropped or passed on in silence.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import duckdb
from sqlglot import ErrorLevel, exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.dialects.postgres import Postgres
from sqlglot.errors import SqlglotError

from dw_simulator.errors import SqlError, UnknownNameError, closest
from dw_simulator.plugins.dialects.parsing import parse, place
from dw_simulator.plugins.dialects.translation.rewrites import REWRITES
from dw_simulator.plugins.dialects.translation.semistructured import navigate
from dw_simulator.plugins.dialects.translation.untranslatable import Refusal

Tables = Mapping[str, Sequence[str]]
"""An experiment's tables and their columns, as it spells them."""


Prepare = Callable[[Any], None]
"""What is done with a query's tree before it is translated. May raise Refusal."""


def translate(
    sql: str, dialect: type[Dialect], name: str, *, to: str, tables: Tables, prepare: Prepare | None = None
) -> str:
    """One query of a dialect in the words of another (`plugins.dialects.Dialect.translate`)."""
    if (name, to) not in REWRITES:
        known = tuple(target for source, target in REWRITES if source == name)
        raise UnknownNameError(f"target of {name}'s queries", to, known)
    return _Translation(sql, dialect, name, to, tables).translate(prepare)


_WITH_VARIANTS = frozenset({"redshift", "snowflake"})
_OPTIONS: dict[str, Any] = {"unsupported_level": ErrorLevel.RAISE, "comments": False, "identify": True}


class _Translation:
    def __init__(self, sql: str, dialect: type[Dialect], name: str, to: str, tables: Tables) -> None:
        self.sql, self.dialect, self.name, self.to = sql, dialect, name, to
        self.tables = tables
        self.known = {table.lower(): table for table in tables}
        names = [*tables, *(column for columns in tables.values() for column in columns)]
        self.spelling = {spelled.lower(): spelled for spelled in reversed(names)}

    def translate(self, prepare: Prepare | None) -> str:
        tree = self._query()
        try:
            if prepare is not None:
                prepare(tree)
            self._name_tables(tree)
            self._spell(tree)
            if self.name in _WITH_VARIANTS and self.to == "duckdb":
                navigate(tree, self.tables, folded=self.name == "redshift")
            written = self._written(self._rewritten(tree))
        except Refusal as refusal:
            raise self._refused(refusal.node, str(refusal)) from None
        except RecursionError:
            raise SqlError("brackets are nested too deeply") from None
        if self.to == "duckdb":
            self._check(written)
        return written

    def _check(self, written: str) -> None:
        """sqlglot reads more than the warehouses do, and hands on what it does not look into."""
        try:
            duckdb.extract_statements(written)
        except duckdb.Error as error:
            cause = str(error).splitlines()[0]
            raise SqlError(
                f"this query has no translation that DuckDB reads ({cause}); simplify it"
            ) from None

    def _query(self) -> Any:
        trees = parse(self.sql, _reader(self.dialect, self.name, self.to))
        if len(trees) != 1:
            raise SqlError(f"one query is translated at a time, here are {len(trees)}; send them one by one")
        if not isinstance(trees[0], exp.Query):
            raise SqlError("only queries are translated: SELECT, WITH, UNION, ...", 1, 1)
        return trees[0]

    # --- names

    def _name_tables(self, tree: Any) -> None:
        """Qualifiers are those of the warehouse; the experiment's tables have none."""
        for table in list(tree.find_all(exp.Table)):
            known = self._known(table)
            if known is None:
                continue
            for column in tree.find_all(exp.Column):
                if table.db and column.text("db") == table.db and column.table.lower() == known.lower():
                    column.set("db", None)
                    column.set("catalog", None)
            for part in ("db", "catalog"):
                table.set(part, None)

    def _known(self, table: Any) -> str | None:
        """The experiment's table that is meant."""
        name = table.this
        if not isinstance(name, exp.Identifier) or (not table.db and _is_cte(table)):
            return None
        known = self.known.get(name.this.lower())
        exact = known is None or not name.quoted or name.this in (known, self._folded(known))
        return known if exact else None

    def _folded(self, name: str) -> str:
        return name.upper() if self.name == "snowflake" else name.lower()

    def _spell(self, tree: Any) -> None:
        """Unquoted names as the experiment spells them, which is how its tables were made, or in lower case.

        Names that are written in quotes as the warehouse folds them are the same as without quotes.
        """
        for identifier in tree.find_all(exp.Identifier):
            if self.name == "snowflake" and _is_step(identifier):
                continue
            name = identifier.this
            known = self.spelling.get(name.lower(), name.lower())
            if not identifier.quoted or name == self._folded(known):
                identifier.set("this", known)

    # --- expressions

    def _rewritten(self, tree: Any) -> Any:
        """Each node that has a rewrite, children before their parents."""
        rewrites = REWRITES[self.name, self.to]
        for node in reversed(list(tree.walk(bfs=True))):
            rewrite = rewrites.get(_key(node)) or rewrites.get(type(node))
            if rewrite is not None and (made := rewrite(node)) is not node:
                node.replace(made)
        return tree

    def _written(self, tree: Any) -> str:
        try:
            return str(tree.sql(dialect=TARGETS[self.to], **_OPTIONS))
        except SqlglotError:
            node, message = self._first_unsupported(tree)
        raise Refusal(node, message)

    def _first_unsupported(self, tree: Any) -> tuple[Any, str]:
        """The smallest part that cannot be written."""
        for node in reversed(list(tree.walk(bfs=True))):
            try:
                node.sql(dialect=TARGETS[self.to], **_OPTIONS)
            except SqlglotError as error:
                return node, str(error).splitlines()[0]
        return tree, "this query cannot be translated"

    def _refused(self, node: Any, message: str) -> SqlError:
        return SqlError(message, *place(node, self.sql))


def _is_cte(table: Any) -> bool:
    """Whether a name means a query of a WITH above it."""
    scope = table.parent
    while scope is not None:
        with_ = scope.args.get("with_")
        if with_ is not None and any(cte.alias.lower() == table.name.lower() for cte in with_.expressions):
            return True
        scope = scope.parent
    return False


def _is_step(identifier: Any) -> bool:
    """Whether it is a step into a variant, as in `v['a'].B`."""
    return isinstance(identifier.parent, exp.Dot) and identifier.arg_key == "expression"


def _key(node: Any) -> Any:
    return node.name.upper() if isinstance(node, exp.Anonymous) else None


@lru_cache
def _reader(dialect: type[Dialect], name: str, to: str) -> type[Dialect]:
    """The dialect without the functions that `REWRITES` has by name."""
    own = {key for key in REWRITES[name, to] if isinstance(key, str)}
    base: Any = dialect.parser_class
    functions = {key: made for key, made in base.FUNCTIONS.items() if key not in own}
    parsers = {key: made for key, made in base.FUNCTION_PARSERS.items() if key not in own}
    parser = type("Parser", (base,), {"FUNCTIONS": functions, "FUNCTION_PARSERS": parsers})
    return type(f"{dialect.__name__}To{to.title()}", (dialect,), {"Parser": parser})


# --- targets


@lru_cache
def _duckdb_functions() -> frozenset[str]:
    with duckdb.connect() as connection:
        # coalesce() and the like are words of the grammar
        rows = connection.execute(
            """SELECT function_name FROM duckdb_functions()
               UNION SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category = 'column_name'"""
        ).fetchall()
    return frozenset(name.upper() for (name,) in rows)


def _check_function(node: Any, name: str) -> None:
    known = _duckdb_functions()
    if name.upper() not in known:
        raise Refusal(node, f"function {name}() is not translated{closest(name, known)}")


class _Duckdb(DuckDB):
    """sqlglot's dialect, that refuses functions DuckDB does not have."""

    class Generator(DuckDB.Generator):  # type: ignore[misc, valid-type]
        def anonymous_sql(self, expression: Any) -> str:
            _check_function(expression, expression.name)
            return str(super().anonymous_sql(expression))

        def function_fallback_sql(self, expression: Any) -> str:
            _check_function(expression, expression.sql_name())
            return str(super().function_fallback_sql(expression))

        def lambda_sql(self, expression: Any, arrow_sep: str = "", wrap: bool = True) -> str:  # noqa: ARG002
            """With its new word: the arrow is an error by now."""
            return f"LAMBDA {self.expressions(expression, flat=True)} : {self.sql(expression, 'this')}"


TARGETS: dict[str, type[Dialect]] = {"duckdb": _Duckdb, "postgres": Postgres}
