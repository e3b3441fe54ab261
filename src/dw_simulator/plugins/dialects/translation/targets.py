"""The databases that queries are translated for: DuckDB, which reads the files of a run, and PostgreSQL."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import duckdb
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.dialects.postgres import Postgres

from dw_simulator.errors import SqlError, closest
from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable


@lru_cache
def _duckdb_functions() -> frozenset[str]:
    with duckdb.connect() as connection:
        # coalesce() and the like are words of the grammar
        rows = connection.execute(
            """SELECT function_name FROM duckdb_functions()
               UNION SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category = 'column_name'"""
        ).fetchall()
    return frozenset(name.upper() for (name,) in rows)


def _check_function(node: exp.Expr, name: str) -> None:
    known = _duckdb_functions()
    if name.upper() not in known:
        raise Untranslatable(node, f"function {name}() is not translated{closest(name, known)}")


class _Duckdb(DuckDB):
    """sqlglot's dialect, that refuses functions DuckDB does not have."""

    class Generator(DuckDB.Generator):  # type: ignore[misc, valid-type]
        def anonymous_sql(self, expression: exp.Anonymous) -> str:
            _check_function(expression, expression.name)
            return str(super().anonymous_sql(expression))

        def function_fallback_sql(self, expression: exp.Func) -> str:
            _check_function(expression, expression.sql_name())
            return str(super().function_fallback_sql(expression))

        def lambda_sql(self, expression: exp.Lambda, arrow_sep: str = "", wrap: bool = True) -> str:  # noqa: ARG002
            """With its new word: the arrow is an error by now."""
            return f"LAMBDA {self.expressions(expression, flat=True)} : {self.sql(expression, 'this')}"


def _parsed_by_duckdb(written: str) -> None:
    """sqlglot reads more than the warehouses do, and hands on what it does not look into."""
    try:
        duckdb.extract_statements(written)
    except duckdb.Error as error:
        cause = str(error).splitlines()[0]
        message = f"this query has no translation that DuckDB reads ({cause}); simplify it"
        raise SqlError(message) from None


@dataclass(frozen=True)
class QueryTarget:
    """A database that answers queries of warehouses.

    sqlglot        writes its SQL
    has_variants   whether it takes semi-structured values for JSON, into which navigations are translated
    check          looks at a whole query as it is written; raises SqlError
    """

    sqlglot: type[Dialect]
    has_variants: bool = False
    check: Callable[[str], None] = lambda _written: None


TARGETS: Mapping[str, QueryTarget] = {
    "duckdb": QueryTarget(_Duckdb, has_variants=True, check=_parsed_by_duckdb),
    "postgres": QueryTarget(Postgres),
}
