"""The databases that answer queries: DuckDB, which reads the files of a run, PostgreSQL, Snowflake."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any

import duckdb
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.dialects.postgres import Postgres
from sqlglot.dialects.snowflake import Snowflake
from sqlglot.errors import ErrorLevel
from sqlglot.generator import Generator

from dw_simulator.plugins.dialects.translation.untranslatable import UnknownFunction
from dw_simulator.plugins.dialects.trees import bottom_up
from dw_simulator.schema.quoting import quoted_text

_Writer = Callable[[Generator, Any], str]
_OPEN, _CLOSE = "\ue0f0", "\ue0f1"
"""Around the number of a mark: characters that belong to nobody."""
_POSITION = re.compile(r'"position":"(\d+)"')


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
    """Raises UnknownFunction for one that DuckDB does not have."""
    for node in bottom_up(tree):
        if isinstance(node, exp.Func) and _is_written_by_name(node):
            name = node.name if isinstance(node, exp.Anonymous) else node.sql_name()
            if name.upper() not in _duckdb_functions():
                raise UnknownFunction(node)


def _is_written_by_name(node: exp.Func) -> bool:
    """Whether sqlglot writes a function just as it is called, whether DuckDB has it or not."""
    if isinstance(node, exp.Anonymous):
        return True
    writer = DuckDB.generator_class
    return type(node) not in writer.TRANSFORMS and not hasattr(writer, f"{node.key}_sql")


def _lambda(writer: Generator, node: exp.Lambda) -> str:
    """With its new word: the arrow is an error by now."""
    return f"LAMBDA {writer.expressions(node, flat=True)} : {writer.sql(node, 'this')}"


def _text(_writer: Generator, node: Any) -> str:
    """E'...' without its E, as what is escaped in it has been read."""
    return quoted_text(node.name)


def _part_of_moment(writer: Generator, node: Any) -> str:
    """EXTRACT: of an instant, too, as all sessions are in UTC, which sqlglot cannot know and refuses."""
    if node.expression.is_type(exp.DType.TIMESTAMPTZ, exp.DType.TIMESTAMPLTZ):
        node = node.copy()
        node.set("expression", exp.Paren(this=node.expression))  # of no type
    return str(writer.extract_sql(node))


def _misread_by_duckdb(written: str) -> int | None:
    """sqlglot reads more than the warehouses do, and hands on what it does not look into."""
    try:
        duckdb.extract_statements(written)
    except duckdb.Error:
        pass  # it is asked again, for the place
    else:
        return None
    with duckdb.connect(config={"errors_as_json": True}) as connection:
        try:
            connection.extract_statements(written)
        except duckdb.Error as error:
            found = _POSITION.search(str(error))
            return len(written.encode()[: int(found[1])].decode(errors="ignore")) if found else 0
    return 0


def _assignment(writer: Generator, node: exp.PropertyEQ) -> str:
    """Of an UPDATE's SET; no comparison, which would be translated as one."""
    if not isinstance(node.parent, exp.Update):
        return str(writer.propertyeq_sql(node))
    return f"{writer.sql(node, 'this')} = {writer.sql(node, 'expression')}"


@dataclass(frozen=True)
class QueryTarget:
    """A database that answers queries of warehouses.

    sqlglot        writes its SQL
    look           refuses what the database does not have; raises Untranslatable
    writers        of what sqlglot writes in words that the database does not take
    has_variants   whether it takes semi-structured values for JSON, into which navigations are translated
    misread        at which character a query, as it is written, is not answered; None where all of it is
    guarded        by whose list of functions what is written is looked at again; empty where the engine that
                   is handed it looks itself
    plain_name     how a name looks that is not put in quotes, as its tables were made without; where it is
                   empty all names are
    """

    sqlglot: type[Dialect]
    look: Callable[[exp.Expr], None] = lambda _tree: None
    writers: Mapping[type[exp.Expr], _Writer] = field(default_factory=dict)
    has_variants: bool = False
    misread: Callable[[str], int | None] = lambda _written: None
    guarded: str = ""
    plain_name: str = ""

    def sql(self, node: exp.Expr) -> str:
        """What is written for a query, or a part of one. Raises Untranslatable, UnsupportedError."""
        self.look(node)
        return str(self._writer().generate(node))

    def start(self, tree: exp.Expr, written: str, position: int) -> int | None:
        """Where the word of a query begins that is written at a character, or is the last before it.

        It is the first word where there is none before.

        None where that is not known. The query is written once more, with a mark before each of its words.
        """
        writer = self._writer()
        # what has no writer of its own is written as a function of its name
        plain: dict[type[exp.Expr], _Writer] = dict.fromkeys(
            {type(node) for node in tree.find_all(exp.Func)}, type(writer).function_fallback_sql
        )
        writer._dispatch = {kind: _marked(write) for kind, write in {**plain, **writer._dispatch}.items()}
        text, found = "", None
        for place, piece in _pieces(str(writer.generate(tree))):
            if place is not None and (found is None or len(text) <= position):
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


def _refused_call(written: str, name: str) -> int | None:
    from dw_simulator.plugins.dialects.translation.written_calls import refused_call  # noqa: PLC0415

    return refused_call(written, name)


_POSTGRES: Mapping[type[exp.Expr], _Writer] = {
    exp.ByteString: _text,
    exp.CurrentTime: lambda _writer, _node: "CURRENT_TIME",
}
_DUCKDB: Mapping[type[exp.Expr], _Writer] = {exp.Lambda: _lambda, exp.Extract: _part_of_moment}
_DUCKDB_CHANGES: Mapping[type[exp.Expr], _Writer] = {exp.PropertyEQ: _assignment}
"""Of statements that change tables."""
TARGETS: Mapping[str, QueryTarget] = {
    "duckdb": QueryTarget(
        DuckDB,
        _known_to_duckdb,
        {**_DUCKDB, **_DUCKDB_CHANGES},
        has_variants=True,
        misread=_misread_by_duckdb,
    ),
    "postgres": QueryTarget(
        Postgres,
        writers=_POSTGRES,
        misread=partial(_refused_call, name="postgres"),
        guarded="postgres",
    ),
    "snowflake": QueryTarget(
        Snowflake,
        misread=partial(_refused_call, name="snowflake"),
        guarded="snowflake",
        plain_name=r"[a-z_][a-z0-9_$]*",
    ),
}
