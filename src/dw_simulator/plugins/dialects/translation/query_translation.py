"""Queries of one warehouse, told to another: DuckDB, which reads the files of a run, and PostgreSQL.

sqlglot reads and writes; in between, a table of rewrites replaces what the two do differently, node by node.
What cannot be translated is refused with its place: nothing is dropped or passed on in silence.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError

from dw_simulator.errors import SqlError, UnknownNameError
from dw_simulator.plugins.dialects.parsing import parse, place, place_of
from dw_simulator.plugins.dialects.translation.coercion import coerce
from dw_simulator.plugins.dialects.translation.guard import Guard
from dw_simulator.plugins.dialects.translation.limits import check_length, check_words
from dw_simulator.plugins.dialects.translation.rewriting import Rewrites
from dw_simulator.plugins.dialects.translation.scopes import cte_of
from dw_simulator.plugins.dialects.translation.semistructured import navigate
from dw_simulator.plugins.dialects.translation.targets import TARGETS
from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable
from dw_simulator.plugins.dialects.trees import bottom_up
from dw_simulator.plugins.dialects.typed.query_types import annotate_query
from dw_simulator.ports.statement import Statement, TypedTables, Where

Prepare = Callable[[exp.Expr], None]
"""What is done with a query's tree before it is translated. May raise Untranslatable."""


@dataclass(frozen=True)
class QueryWords:
    """What a dialect says of its queries, so that they can be told to others.

    rewrites       by the name of a target, what the two say differently
    coerces        what it casts by itself beside what all warehouses do (`coercion`)
    capitals       whether names without quotes become capitals, and not small letters
    variants       whether it has semi-structured values, into which paths lead
    folded_steps   whether the steps of such paths fold to small letters without quotes; a dot after a column
                   is a step then, too
    """

    rewrites: Mapping[str, Rewrites] = field(default_factory=dict)
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
    return _Translation(sql, dialect, words, to, tables, name).translate(prepare)


class _Translation:
    def __init__(
        self, sql: str, dialect: type[Dialect], words: QueryWords, to: str, tables: TypedTables, name: str
    ) -> None:
        self.name = name
        self.sql, self.dialect, self.words, self.tables = sql, dialect, words, tables
        self.rewrites, self.target = words.rewrites[to], TARGETS[to]
        self.known = {table.lower(): table for table in tables}
        names = [*tables, *(column for columns in tables.values() for column in columns)]
        self.spelling = {spelled.lower(): spelled for spelled in reversed(names)}

    def translate(self, prepare: Prepare | None) -> Statement:
        tree = self._query()
        try:
            # an expression is looked at by who prepares it, and by its own list of functions
            (prepare or self._guard().check)(tree)
            self._name_tables(tree)
            self._spell(tree)
            annotate_query(tree, self.tables, self.dialect)
            if self.rewrites:
                coerce(tree, self.words.coerces)
            if self.words.variants and self.target.has_variants:
                navigate(tree, self.tables, folded=self.words.folded_steps)
            self._rewrite(tree)
            written = self._written(tree)
            if self.target.guarded:
                Guard(self.target.guarded, self.tables, exact=True).check(tree)
        except Untranslatable as error:
            raise SqlError(str(error), *place(error.node, self.sql)) from None
        except RecursionError:
            raise SqlError("brackets are nested too deeply") from None
        self.target.check(written)
        return Statement(written, self.sql, partial(self._placed, tree, written))

    def _guard(self) -> Guard:
        words = self.words
        return Guard(self.name, self.tables, paths=words.folded_steps, recursive=words.capitals)

    def _placed(self, tree: exp.Expr, written: str, position: int) -> Where:
        """Where in the query stands what stands at a character of its translation."""
        start = self.target.start(tree, written, position)
        return (0, 0, "") if start is None else place_of(start, self.sql)

    def _query(self) -> exp.Query:
        by_name = frozenset(key for key in self.rewrites if isinstance(key, str))
        check_length(self.sql)
        trees = parse(self.sql, self.dialect, by_name, check_words)
        if len(trees) != 1:
            raise SqlError(f"one query is translated at a time, here are {len(trees)}; send them one by one")
        tree = trees[0]
        if not isinstance(tree, exp.Query):
            raise SqlError("only queries are translated: SELECT, WITH, UNION, ...", 1, 1)
        return tree

    # --- names

    def _name_tables(self, tree: exp.Expr) -> None:
        """Qualifiers are those of the warehouse; the experiment's tables have none."""
        qualified = [column for column in tree.find_all(exp.Column) if column.text("db")]
        for table in list(tree.find_all(exp.Table)):
            known = self._known(table)
            if known is None:
                continue
            for column in qualified if table.db else ():
                if column.text("db") == table.db and column.table.lower() == known.lower():
                    column.set("db", None)
                    column.set("catalog", None)
            for part in ("db", "catalog"):
                table.set(part, None)

    def _known(self, table: exp.Table) -> str | None:
        """The experiment's table that is meant."""
        name = table.this
        if name.key != "identifier" or cte_of(table) is not None:
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
                identifier.set("this", known)

    # --- expressions

    def _rewrite(self, tree: exp.Expr) -> None:
        """Each node that has a rewrite, children before their parents."""
        for node in bottom_up(tree):
            name = node.name.upper() if node.key == "anonymous" else ""
            rewrite = self.rewrites.get(name) or self.rewrites.get(type(node))
            if rewrite is not None and (made := rewrite(node)) is not node:
                node.replace(made)

    def _written(self, tree: exp.Expr) -> str:
        try:
            return self._sql(tree)
        except SqlglotError:
            node, message = self._first_unsupported(tree)
        raise Untranslatable(node, message)

    def _first_unsupported(self, tree: exp.Expr) -> tuple[exp.Expr, str]:
        """The smallest part that cannot be written."""
        for node in bottom_up(tree):
            try:
                self._sql(node)
            except SqlglotError as error:
                return node, str(error).splitlines()[0]
        return tree, "this query cannot be translated"

    def _sql(self, node: exp.Expr) -> str:
        return self.target.sql(node)


def _is_step(identifier: exp.Identifier) -> bool:
    """Whether it is a step into a variant, as in `v['a'].B`."""
    return isinstance(identifier.parent, exp.Dot) and identifier.arg_key == "expression"
