"""Scripts that change tables, statement by statement: what each is to do, when its turn comes, by DuckDB.

A statement is read before anything is done, and translated when those before it are: only then is it known
which tables there are. What it is made of is looked at here: its tables are those of the copy, and nothing
within it changes anything but itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from sqlglot import exp
from sqlglot.tokens import Token, TokenType

from dw_simulator.errors import SqlError, closest
from dw_simulator.plugins.dialects.ddl.ddl_words import DdlWords
from dw_simulator.plugins.dialects.parsing import place_of, tokens_of, trees_of
from dw_simulator.plugins.dialects.translation.allowed_functions import FUNCTIONS
from dw_simulator.plugins.dialects.translation.allowed_kinds import KINDS as ALLOWED_KINDS
from dw_simulator.plugins.dialects.translation.allowed_kinds import QUERIES
from dw_simulator.plugins.dialects.translation.changing import (
    KINDS,
    MADE,
    REPLACES,
    SILENT,
    Changing,
    Read,
    declaration,
    what_is,
)
from dw_simulator.plugins.dialects.translation.query_limits import check_length, check_words
from dw_simulator.plugins.dialects.translation.query_translation import QueryWords, Translation
from dw_simulator.plugins.dialects.translation.scopes import cte_of
from dw_simulator.plugins.dialects.translation.statement_check import StatementCheck
from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable
from dw_simulator.ports.changes import Change, Declare, ScriptPart
from dw_simulator.ports.statement import Statement, TypedTables

_ALLOWED = "SELECT, MERGE, INSERT, UPDATE, DELETE, TRUNCATE, and CREATE, ALTER and DROP of tables and views"
_CHANGING = frozenset(
    """insert update delete merge create drop alter truncatetable command copy attach detach set pragma use
    into multitableinserts execute""".split()
)
_WHEN_MATCHED_DELETE = (
    (TokenType.WHEN, "WHEN"),
    (TokenType.VAR, "MATCHED"),
    (TokenType.THEN, "THEN"),
    (TokenType.DELETE, "DELETE"),
)
_GIVING_ROWS = frozenset(
    "explode posexplode unnest generateseries explodinggenerateseries range generate_series json_each".split()
)
"""Functions of DuckDB that make tables of what they are given."""
_ROOTS = frozenset((*QUERIES, *KINDS))
_PARTS = ALLOWED_KINDS | frozenset(
    """insert update delete merge whens when create schema properties temporaryproperty drop alter
    alterrename altercolumn renamecolumn""".split()
)


@dataclass(frozen=True)
class ChangingScript:
    """A script of a dialect, for DuckDB.

    read     reads the dialect's CREATE TABLE
    declare  writes such a table for DuckDB
    """

    sql: str
    ddl: DdlWords
    words: QueryWords
    to: str
    read: Read
    declare: Declare

    def parts(self) -> list[ScriptPart]:
        """Its statements. Raises SqlError, with the place, for what is read as none that is allowed."""
        by_name = frozenset(key for key in self.words.rewrites[self.to] if isinstance(key, str))
        parts = []
        check_length(self.sql)
        for tokens in _statements(tokens_of(self.sql, self.ddl.sqlglot, by_name, check_words)):
            read = _as_deleting(tokens)
            for tree in trees_of(read, self.sql, self.ddl.sqlglot):
                tree.meta[REPLACES] = read is not tokens
                if tree.key not in SILENT:
                    parts.append(self._part(tree, tokens))
        if not parts:
            raise SqlError(f"there is no statement; a script has {_ALLOWED}")
        return parts

    def _part(self, tree: exp.Expr, tokens: list[Token]) -> ScriptPart:
        where = place_of(tokens[0].start, self.sql)
        if not (isinstance(tree, exp.Query) or tree.key in KINDS):
            words = " ".join(token.text.upper() for token in tokens[:2])
            raise SqlError(f"{words} cannot be tried on a copy; a script has {_ALLOWED}", *where)
        reads = isinstance(tree, exp.Query) and not tree.args.get("into")
        text = self.sql[tokens[0].start : tokens[-1].end + 1]
        meant = partial(self._meant_by, tree, text, where)
        return ScriptPart(what_is(tree, tokens[0].text), where[0], reads, meant)

    def _meant_by(
        self, tree: exp.Expr, text: str, where: tuple[int, int, str], tables: TypedTables
    ) -> Change:
        """What a statement does, where these tables are."""
        if isinstance(tree, exp.Query) and not tree.args.get("into"):
            return Change((self._translated(tree.copy(), tables, where),), reads=True)
        known = self._translation(tables).known_table
        declared = partial(declaration, self.ddl, self.declare)
        for default in tree.find_all(exp.DefaultColumnConstraint):
            self._check_default(default.this, where)
        changing = Changing(tree.copy(), text, tables, known, self.ddl.sqlglot, self.read, declared)
        try:
            made = KINDS[tree.key](changing)
        except Untranslatable as error:
            raise SqlError(str(error), *where) from None
        except SqlError as error:
            if error.line:
                raise
            raise SqlError(error.message, *where) from None
        statements = [
            Statement(one, self.sql) if isinstance(one, str) else self._translated(one, tables, where)
            for one in made
        ]
        return Change(tuple(statements))

    def _translation(self, tables: TypedTables) -> Translation:
        return Translation(self.sql, self.ddl.sqlglot, self.words, self.to, tables, self.ddl.name)

    def _translated(self, tree: exp.Expr, tables: TypedTables, where: tuple[int, int, str]) -> Statement:
        try:
            return self._translation(tables).translated(tree, partial(self._check, tables))
        except SqlError as error:
            if error.line:
                raise
            raise SqlError(error.message, *where) from None

    def _check_default(self, value: exp.Expr, where: tuple[int, int, str]) -> None:
        """A default is written into the table as it stands, and not looked at later."""
        if value.find(exp.Query) is not None:
            raise SqlError("a DEFAULT is a value or a function, and no query", *where)
        if self.ddl.name not in FUNCTIONS:
            return  # DuckDB's own, whose calls are looked at as DuckDB is handed them
        try:
            StatementCheck(self.ddl.name, {}, kinds=_PARTS).check(exp.select(value.copy()))
        except Untranslatable as error:
            raise SqlError(str(error), *where) from None

    def _check(self, tables: TypedTables, tree: exp.Expr) -> None:
        """Raises Untranslatable for what a statement may not be made of."""
        _check_alone(tree)
        made: TypedTables = {table.name: {} for table in tree.find_all(exp.Table) if MADE in table.meta}
        there = {**tables, **made}
        if self.ddl.name not in FUNCTIONS:
            _check_sources(tree, there)
            return
        words = self.words
        StatementCheck(
            self.ddl.name,
            there,
            roots=_ROOTS,
            kinds=_PARTS,
            paths=words.folded_steps,
            recursive=words.capitals,
        ).check(tree)


def _statements(tokens: list[Token]) -> Iterator[list[Token]]:
    """The words of each statement."""
    for ends, words in groupby(tokens, lambda token: token.token_type is TokenType.SEMICOLON):
        if not ends:
            yield list(words)


def _as_deleting(tokens: list[Token]) -> list[Token]:
    """Redshift's MERGE ... REMOVE DUPLICATES in words that sqlglot reads: those of a MERGE that deletes."""
    *others, at = tokens
    words = [token.text.upper() for token in tokens[-2:]]
    if tokens[0].token_type is not TokenType.MERGE or words != ["REMOVE", "DUPLICATES"]:
        return tokens
    made = [Token(kind, text, at.line, at.col, at.start, at.end) for kind, text in _WHEN_MATCHED_DELETE]
    return [*others[:-1], *made]


def _check_alone(tree: exp.Expr) -> None:
    """A statement changes nothing within itself, and means one table by one name."""
    schemas: dict[str, set[str]] = {}
    for node in tree.walk():
        if node.key == "returning":
            raise Untranslatable(node, "RETURNING is not translated; ask the table in a statement behind it")
        if node.key in _CHANGING and node is not tree and not isinstance(node.parent, exp.When | exp.Alter):
            raise Untranslatable(node, f"{node.key.upper()} stands within another statement")
        if isinstance(node, exp.Table):
            schema = node.meta.get(MADE) or node.text("db")
            schemas.setdefault(node.name.lower(), set()).add(schema.lower())
    for name, found in schemas.items():
        if len(found - {""}) > 1:
            both = " and ".join(sorted(f"{schema}.{name}" for schema in found - {""}))
            raise Untranslatable(tree, f"{both} are one table here, as a copy keeps no schemas apart")


def _check_sources(tree: exp.Expr, tables: TypedTables) -> None:
    """Of DuckDB's own SQL: what gives rows is a table that is there, or a harmless function."""
    known = {name.lower() for name in tables}
    for node in tree.find_all(exp.Table, exp.Lateral):
        source: exp.Expr = node.this
        if node.key == "table" and source.key == "identifier":
            if source.name.lower() not in known and cte_of(node) is None:
                raise Untranslatable(node, f"there is no table {source.name}{closest(source.name, tables)}")
        elif source.key != "subquery":
            name = source.name if source.key == "anonymous" else source.key
            if name.lower() not in _GIVING_ROWS:
                raise Untranslatable(source, f"the table function {name.lower()} is not allowed here")
