"""Queries of one warehouse, told to another: DuckDB, which reads the files of a run, and PostgreSQL.

sqlglot reads and writes; in between, a table of rewrites replaces what the two do differently, node by node.
What cannot be translated is refused with its place: nothing is dropped or passed on in silence.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError

from dw_simulator.errors import SqlError, UnknownNameError, closest
from dw_simulator.plugins.dialects.parsing import (
    OF_BROKEN_TREES,
    beginning,
    parse,
    place,
    place_of,
    start_of,
    too_deep,
)
from dw_simulator.plugins.dialects.translation.query_forms import Forms
from dw_simulator.plugins.dialects.translation.query_limits import Growth, check_length, check_words
from dw_simulator.plugins.dialects.translation.rewriting import Rewrites, is_final
from dw_simulator.plugins.dialects.translation.scopes import cte_of, named_once
from dw_simulator.plugins.dialects.translation.targets import TARGETS
from dw_simulator.plugins.dialects.translation.untranslatable import UnknownFunction, Untranslatable
from dw_simulator.plugins.dialects.trees import bottom_up
from dw_simulator.ports.statement import Statement, TypedTables, Where

_UNANSWERED = "this part of the query is not translated; simplify it, or write it another way"
_NAMED = re.compile(r"^(?:function )?(\w+)\(\)")
_CALLED = re.compile(r'"?(\w+)"?\s*\(')
Prepare = Callable[[exp.Expr], None]
"""What is done with a query's tree before it is translated. May raise Untranslatable."""


@dataclass(frozen=True)
class QueryWords:
    """What a dialect says of its queries, so that they can be told to others.

    rewrites       by the name of a target, what the two say differently
    forms          by the name of a target, what is done with a query as a whole
    coerces        what it casts by itself beside what all warehouses do (`coercion`)
    capitals       whether names without quotes become capitals, and not small letters
    variants       whether it has semi-structured values, into which paths lead
    folded_steps   whether the steps of such paths fold to small letters without quotes; a dot after a column
                   is a step then, too
    """

    rewrites: Mapping[str, Rewrites] = field(default_factory=dict)
    forms: Mapping[str, Forms] = field(default_factory=dict)
    coerces: str = ""
    capitals: bool = False
    variants: bool = False
    folded_steps: bool = False

    def folded(self, name: str) -> str:
        """A name as the warehouse keeps it when it is written without quotes."""
        return name.upper() if self.capitals else name.lower()


def translate(
    sql: str,
    dialect: type[Dialect],
    words: QueryWords,
    *,
    name: str,
    to: str,
    tables: TypedTables,
    prepare: Prepare | None = None,
) -> Statement:
    """One query of a dialect in the words of another (`ports.dialect.Dialect.translate`)."""
    if to not in words.rewrites:
        raise UnknownNameError(f"target of {name}'s queries", to, tuple(words.rewrites))
    return Translation(sql, dialect, words, to, tables, name).translate(prepare)


class Translation:
    """Statements of one text, in the words of a target."""

    def __init__(
        self, sql: str, dialect: type[Dialect], words: QueryWords, to: str, tables: TypedTables, name: str
    ) -> None:
        self.name = name
        self.sql, self.dialect, self.words, self.tables = sql, dialect, words, tables
        self.rewrites, self.target = words.rewrites[to], TARGETS[to]
        self.forms = words.forms.get(to, Forms())
        self.known = {table.lower(): table for table in tables}
        names = [*tables, *(column for columns in tables.values() for column in columns)]
        self.names = tuple(dict.fromkeys(names))
        self.spelling = {spelled.lower(): spelled for spelled in reversed(names)}

    def translate(self, prepare: Prepare | None) -> Statement:
        return self.translated(self._query(), prepare)

    def translated(self, tree: exp.Expr, prepare: Prepare | None = None) -> Statement:
        """A statement as it was parsed, which is changed. Raises SqlError."""
        try:
            self.forms.read(tree, self.tables)
            # an expression is looked at by who prepares it, and by its own list of functions
            (prepare or self._check)(tree)
            labels = () if prepare else self._labels(tree)
            named_once(tree)
            tree = self.forms.reshape(tree, self.tables)
            self._name_tables(tree)
            self._spell(tree)
            if self.target.sqlglot is not self.dialect:
                self._coerce(tree)
            self.forms.fit(tree)
            self._rewrite(tree)
            written = self._written(tree)
            if self.target.guarded:
                self._check_again(tree)
        except UnknownFunction as error:
            raise SqlError(self._unknown(error.node), *place(error.node, self.sql)) from None
        except Untranslatable as error:
            raise SqlError(self._in_own_words(error), *place(error.node, self.sql)) from None
        except RecursionError:
            raise too_deep(self.sql) from None
        except OF_BROKEN_TREES:
            raise SqlError(_UNANSWERED, *beginning(self.sql)) from None
        if (misread := self.target.misread(written)) is not None:
            raise SqlError(_UNANSWERED, *self._placed(tree, written, misread))
        return Statement(written, self.sql, partial(self._placed, tree, written), self.names, labels)

    # what an expression of DuckDB's own has no need of is imported by those who have

    def _coerce(self, tree: exp.Expr) -> None:
        """Types, what is cast by them, and paths into semi-structured values."""
        from dw_simulator.plugins.dialects.translation.coercion import coerce  # noqa: PLC0415
        from dw_simulator.plugins.dialects.translation.column_values import use_columns  # noqa: PLC0415
        from dw_simulator.plugins.dialects.translation.flattening import unnest  # noqa: PLC0415
        from dw_simulator.plugins.dialects.translation.semistructured import (  # noqa: PLC0415
            find_paths,
            use_values,
        )
        from dw_simulator.plugins.dialects.typed.query_types import annotate_query  # noqa: PLC0415

        has_values = self.words.variants and self.target.has_variants
        if has_values:
            find_paths(tree, folded=self.words.folded_steps)
        annotate_query(tree, self.tables, self.dialect)
        coerce(tree, self.words.coerces)
        use_columns(tree)
        if has_values:
            unnest(tree)
            use_values(tree, self.words.coerces, lax=self.words.folded_steps)

    def _labels(self, tree: exp.Expr) -> Sequence[str]:
        """What its columns are called, which the engine would call by what they have become."""
        from dw_simulator.plugins.dialects.translation.output_names import output_names  # noqa: PLC0415

        return output_names(tree, self.sql, self.dialect, capitals=self.words.capitals)

    def _check(self, tree: exp.Expr) -> None:
        """What the user has written."""
        from dw_simulator.plugins.dialects.translation.statement_check import StatementCheck  # noqa: PLC0415

        words = self.words
        StatementCheck(
            self.name,
            self.tables,
            paths=words.folded_steps,
            rewritten=frozenset(key.lower() for key in self.rewrites if isinstance(key, str)),
            recursive=words.capitals,
        ).check(tree)

    def _check_again(self, tree: exp.Expr) -> None:
        """What has become of it."""
        from dw_simulator.plugins.dialects.translation.statement_check import StatementCheck  # noqa: PLC0415

        if not self.target.plain_name:
            StatementCheck(self.target.guarded, self.tables, exact=True).check(tree)
            return
        # as the database folds the names that stay as they are written
        folded = tree.copy()
        for identifier in folded.find_all(exp.Identifier):
            if not identifier.quoted:
                identifier.set("this", self.words.folded(identifier.this))
        tables = {self._folded(name): columns for name, columns in self.tables.items()}
        StatementCheck(self.target.guarded, tables, exact=True).check(folded)

    def _folded(self, name: str) -> str:
        """How the database has the name of a table."""
        return name if re.fullmatch(self.target.plain_name, name) is None else self.words.folded(name)

    def _in_own_words(self, error: Untranslatable) -> str:
        """What is told of a function, by the name that the user has written and not by sqlglot's."""
        message, start = str(error), error.node.meta_get("start")
        named = _NAMED.search(message)
        if named is None or named[1].lower() in self.sql.lower():
            return message
        called = None if start is None else _CALLED.match(self.sql, start)
        return f"{f'{called[1]}()' if called else 'this'}{message[named.end() :]}"

    def _unknown(self, node: exp.Expr) -> str:
        """What is told of a function that is not translated, by the name that the user has written."""
        start = node.meta_get("start")
        called = None if start is None else _CALLED.match(self.sql, start)
        if called is None:
            return _UNANSWERED
        known = {
            key for key in self.rewrites if isinstance(key, str)
        } | self.dialect.parser_class.FUNCTIONS.keys()
        return f"function {called[1]}() is not translated{closest(called[1], known)}"

    def _placed(self, tree: exp.Expr, written: str, position: int) -> Where:
        """Where in the query stands what stands at a character of its translation."""
        try:
            start = self.target.start(tree, written, position)
        except (SqlglotError, Untranslatable, RecursionError, *OF_BROKEN_TREES):  # of what was written once
            start = None
        return beginning(self.sql) if start is None else place_of(start, self.sql)

    def _query(self) -> exp.Query:
        by_name = frozenset(key for key in self.rewrites if isinstance(key, str))
        check_length(self.sql)
        trees = parse(self.sql, self.dialect, by_name, check_words)
        if len(trees) != 1:
            second = start_of(trees[1]) if trees else None
            where = beginning(self.sql, self.sql.rfind(";", 0, second) + 1 if second else 0)
            message = (
                f"one query is answered at a time, and here are {len(trees) or 'none'}; send them one by one"
            )
            raise SqlError(message, *where)
        tree = trees[0]
        if not isinstance(tree, exp.Query):
            message = "only queries are answered, which begin with SELECT or WITH; this one is none"
            raise SqlError(message, *beginning(self.sql))
        return tree

    # --- names

    def _name_tables(self, tree: exp.Expr) -> None:
        """Qualifiers are those of the warehouse; the experiment's tables have none."""
        qualified = [column for column in tree.find_all(exp.Column) if column.text("db")]
        for table in list(tree.find_all(exp.Table)):
            known = self.known_table(table)
            if known is None:
                continue
            for column in qualified if table.db else ():
                if column.text("db") == table.db and column.table.lower() == known.lower():
                    column.set("db", None)
                    column.set("catalog", None)
            for part in ("db", "catalog"):
                table.set(part, None)

    def known_table(self, table: exp.Table) -> str | None:
        """The experiment's table that is meant."""
        name = table.this
        if name is None or name.key != "identifier" or cte_of(table) is not None:
            return None
        known = self.known.get(name.this.lower())
        exact = known is None or not name.quoted or name.this in (known, self.words.folded(known))
        return known if exact else None

    def _spell(self, tree: exp.Expr) -> None:
        """Unquoted names as the experiment spells them, which is how its tables were made, or in lower case.

        Names that are written in quotes as the warehouse folds them are the same as without quotes.
        """
        exact_steps = self.words.variants and not self.words.folded_steps
        for identifier in tree.find_all(exp.Identifier):
            if exact_steps and _is_step(identifier):
                continue
            name = identifier.this
            known = self.spelling.get(name.lower(), name.lower())
            if not identifier.quoted or name == self.words.folded(known):
                self._spell_as(identifier, known)

    def _spell_as(self, identifier: exp.Identifier, known: str) -> None:
        """As the database has a name; where names need no quotes there, one that is plain is left alone."""
        if not self.target.plain_name:
            identifier.set("this", known)
        elif re.fullmatch(self.target.plain_name, known) is None:
            identifier.set("this", known)
            identifier.set("quoted", True)
        elif not identifier.quoted and _names_columns(identifier):
            # in quotes, so that it does not look like a call
            identifier.set("this", self.words.folded(identifier.this))
            identifier.set("quoted", True)

    # --- expressions

    def _rewrite(self, tree: exp.Expr) -> None:
        """Each node that has a rewrite, children before their parents."""
        nodes = bottom_up(tree)
        growth = Growth(len(nodes))
        for node in nodes:
            if is_final(node):
                continue
            name = node.name.upper() if node.key == "anonymous" else ""
            rewrite = self.rewrites.get(name) or self.rewrites.get(type(node))
            if rewrite is not None and (made := rewrite(node)) is not node:
                if (start := node.meta_get("start")) is not None:
                    made.meta.setdefault("start", start)
                _hand_on_type(node, made)
                node.replace(made)
                growth.add(made)

    def _written(self, tree: exp.Expr) -> str:
        try:
            return self._sql(tree)
        except SqlglotError:
            raise Untranslatable(self._first_unsupported(tree), _UNANSWERED) from None

    def _first_unsupported(self, tree: exp.Expr) -> exp.Expr:
        """The smallest part that cannot be written."""
        for node in bottom_up(tree):
            try:
                self._sql(node)
            except SqlglotError:
                return node
        return tree

    def _sql(self, node: exp.Expr) -> str:
        return self.target.sql(node)


def _hand_on_type(node: exp.Expr, made: exp.Expr) -> None:
    """What takes a node's place is of its type."""
    for part in {id(one): one for one in (made, made.unnest())}.values():
        if part._type is None:
            part._type = node._type


def _names_columns(identifier: exp.Identifier) -> bool:
    """Whether it is a name with those of columns in brackets behind it: AS t(a, b)."""
    alias = identifier.parent
    return isinstance(alias, exp.TableAlias) and identifier.arg_key == "this" and bool(alias.columns)


def _is_step(identifier: exp.Identifier) -> bool:
    """Whether it is a step into a variant, as in `v['a'].B`."""
    return isinstance(identifier.parent, exp.Dot) and identifier.arg_key == "expression"
