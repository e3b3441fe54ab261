"""The databases that answer queries: DuckDB, which reads the files of a run, PostgreSQL, Snowflake."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import duckdb
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.dialects.postgres import Postgres
from sqlglot.dialects.snowflake import Snowflake
from sqlglot.errors import ErrorLevel
from sqlglot.generator import Generator

from dw_simulator.errors import SqlError, closest
from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable
from dw_simulator.plugins.dialects.trees import bottom_up

_Writer = Callable[[Generator, Any], str]
_OPEN, _CLOSE = "\ue0f0", "\ue0f1"
"""Around the number of a mark: characters that belong to nobody."""


@lru_cache
def _duckdb_functions() -> frozenset[str]:
    with duckdb.connect() as connection:
        # coalesce() and the like are words of the grammar
        rows = connection.execute(
            """SELECT function_name FROM duckdb_functions()
               UNION SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category = 'column_name'"""
        ).fetchall()
    return frozenset(name.upper() for (name,) in rows)


def _known_to_duckdb(tree: exp.Expr) -> None:
    """Raises Untranslatable for a function that DuckDB does not have."""
    for node in bottom_up(tree):
        if isinstance(node, exp.Func) and _is_written_by_name(node):
            name = node.name if isinstance(node, exp.Anonymous) else node.sql_name()
            known = _duckdb_functions()
            if name.upper() not in known:
                message = f"function {name}() is not translated{closest(name, known)}"
                raise Untranslatable(node, message)


def _is_written_by_name(node: exp.Func) -> bool:
    """Whether sqlglot writes a function just as it is called, whether DuckDB has it or not."""
    if isinstance(node, exp.Anonymous):
        return True
    writer = DuckDB.generator_class
    return type(node) not in writer.TRANSFORMS and not hasattr(writer, f"{node.key}_sql")


def _lambda(writer: Generator, node: exp.Lambda) -> str:
    """With its new word: the arrow is an error by now."""
    return f"LAMBDA {writer.expressions(node, flat=True)} : {writer.sql(node, 'this')}"


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
    look           refuses what the database does not have; raises Untranslatable
    writers        of what sqlglot writes in words that the database does not take
    has_variants   whether it takes semi-structured values for JSON, into which navigations are translated
    plain_name     how a name looks that is not put in quotes, as its tables were made without; where it is
                   empty all names are
    check          looks at a whole query as it is written; raises SqlError
    """

    sqlglot: type[Dialect]
    look: Callable[[exp.Expr], None] = lambda _tree: None
    writers: Mapping[type[exp.Expr], _Writer] = field(default_factory=dict)
    has_variants: bool = False
    plain_name: str = ""
    check: Callable[[str], None] = lambda _written: None

    def sql(self, node: exp.Expr) -> str:
        """What is written for a query, or a part of one. Raises Untranslatable, UnsupportedError."""
        self.look(node)
        return str(self._writer().generate(node))

    def start(self, tree: exp.Expr, written: str, position: int) -> int | None:
        """Where the word of a query begins that is written at a character, or is the last before it.

        None where that is not known. The query is written once more, with a mark before each of its words.
        """
        writer = self._writer()
        writer._dispatch = {kind: _marked(write) for kind, write in writer._dispatch.items()}
        text, found = "", None
        for place, piece in _pieces(str(writer.generate(tree))):
            if len(text) <= position and place is not None:
                found = place
            text += piece
        return found if text == written else None

    def _writer(self) -> Generator:
        writer = self.sqlglot().generator(
            unsupported_level=ErrorLevel.RAISE, comments=False, identify=not self.plain_name
        )
        # a class of its own would do, but sqlglot's compiled build takes none
        writer._dispatch = {**writer._dispatch, **self.writers}
        return writer


def _marked(write: _Writer) -> _Writer:
    """Writes a node behind a mark that says where it begins in the query."""

    def written(writer: Generator, node: Any) -> str:
        start = node.meta_get("start")
        text = write(writer, node)
        return text if start is None else f"{_OPEN}{start}{_CLOSE}{text}"

    return written


def _pieces(marked: str) -> Iterator[tuple[int | None, str]]:
    """The pieces of what was written with marks, each with the number in the mark before it."""
    first, *others = marked.split(_OPEN)
    yield None, first
    for one in others:
        number, _close, piece = one.partition(_CLOSE)
        yield int(number), piece


TARGETS: Mapping[str, QueryTarget] = {
    "duckdb": QueryTarget(
        DuckDB, _known_to_duckdb, {exp.Lambda: _lambda}, has_variants=True, check=_parsed_by_duckdb
    ),
    "postgres": QueryTarget(Postgres, writers={exp.CurrentTime: lambda _writer, _node: "CURRENT_TIME"}),
    "snowflake": QueryTarget(Snowflake, plain_name=r"[a-z_][a-z0-9_$]*"),
}
