"""Which column of a source a model's column is, read from the models' SQL.

What a test asks of `stg_orders.order_id` is asked of the source's `id` where the model only renames it. And a
source has the columns that models read from it, whether they are described or not.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import Scope, build_scope

from dw_simulator.plugins.contracts.dbt.project import MODEL, SNAPSHOT, Project

_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
_TAG = re.compile(r"\{%.*?%\}", re.DOTALL)
_VALUE = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)
_TEXT = r"""\s*['"]([^'"]+)['"]\s*"""
_REF = re.compile(rf"ref\({_TEXT}(?:,{_TEXT})?(?:,\s*v(?:ersion)?\s*=.*)?\)")
_SOURCE = re.compile(rf"source\({_TEXT},{_TEXT}\)")
_LONGEST = 200_000
_DEEPEST = 40


def key_of(text: str) -> str:
    """The key of what `ref('a')` or `source('a', 'b')` names; empty for anything else.

    >>> key_of("ref('stg_orders')"), key_of("source('crm', 'customers')")
    ('stg_orders', 'crm.customers')
    """
    if found := _SOURCE.search(text):
        return f"{found[1]}.{found[2]}"
    found = _REF.search(text)
    return (found[2] or found[1]) if found else ""


def parsed_as(dialect: str) -> str:
    """The dialect by which SQL is parsed: the one that is said, where sqlglot knows it."""
    return dialect if sqlglot.Dialect.get(dialect) is not None else "duckdb"


def _plain_sql(text: str) -> str:
    """A model's SQL, in which names of nodes stand for what Jinja would put there."""

    def value(found: re.Match[str]) -> str:
        if key := key_of(found[1]):
            return '"' + key.replace('"', "") + '"'
        return "" if found[1].startswith(("config", "log")) else "NULL"

    return _VALUE.sub(value, _TAG.sub("", _COMMENT.sub("", text)))


@dataclass(frozen=True)
class ColumnOrigin:
    """The column that another one shows.

    each  whether every row there is at most one row here, and so what is unique here is unique there
    """

    node: str
    column: str
    each: bool = True


@dataclass
class Lineage:
    """The origins of a project's columns. dialect: of its SQL."""

    project: Project
    dialect: str
    _scopes: dict[str, Scope | None] = field(default_factory=dict)

    def origin(self, key: str, column: str, deep: int = 0) -> ColumnOrigin | None:
        """The column of a source or seed that a node's column is; None where it is made of others."""
        node = self.project.nodes.get(key)
        if node is None or deep > _DEEPEST:
            return None
        if node.kind not in (MODEL, SNAPSHOT):
            return ColumnOrigin(key, column)
        scope = self._scope(key)
        return None if scope is None else self._traced(scope, column, deep + 1)

    def expression(self, key: str, sql: str) -> tuple[str, str] | None:
        """(source, the expression over its columns); None where its columns are not those of one source."""
        try:
            parsed = sqlglot.parse_one(sql, read=self.dialect)
        except (SqlglotError, RecursionError):
            return None
        nodes = set()
        for column in list(parsed.find_all(exp.Column)):
            origin = self.origin(key, column.name)
            if origin is None:
                return None
            nodes.add(origin.node)
            column.replace(exp.column(origin.column, quoted=bool(column.this.args.get("quoted"))))
        return (nodes.pop(), parsed.sql(dialect=self.dialect)) if len(nodes) == 1 else None

    def read_columns(self) -> Iterator[tuple[str, str, str]]:
        """(source, column, the type that it is cast to or nothing) of all that models read."""
        for node in self.project.of_kind(frozenset({MODEL, SNAPSHOT})):
            scope = self._scope(node.key)
            for inner in scope.traverse() if scope is not None else ():
                made = _made(inner)
                for column in inner.columns:
                    if not column.table and column.name.lower() in made:
                        continue  # it may be what the SELECT itself makes
                    origin = self._resolved(inner, column, 0)
                    if origin is not None:
                        yield origin.node, origin.column, self._cast(column)

    def _cast(self, column: exp.Column) -> str:
        cast = column.parent
        return cast.to.sql(dialect=self.dialect) if isinstance(cast, exp.Cast) else ""

    def _scope(self, key: str) -> Scope | None:
        if key not in self._scopes:
            self._scopes[key] = None  # a model that reads itself ends there
            self._scopes[key] = self._parsed(self.project.nodes[key].sql)
        return self._scopes[key]

    def _parsed(self, sql: str) -> Scope | None:
        if not sql or len(sql) > _LONGEST:
            return None
        try:
            return build_scope(sqlglot.parse_one(_plain_sql(sql), read=self.dialect))
        except (SqlglotError, RecursionError):
            return None

    def _traced(self, scope: Scope, name: str, deep: int) -> ColumnOrigin | None:
        select = scope.expression
        if not isinstance(select, exp.Select) or deep > _DEEPEST:
            return None
        origin = self._selected(scope, select, name, deep)
        grouped = select.args.get("group") or select.args.get("distinct")
        return (
            ColumnOrigin(origin.node, origin.column, each=False) if origin is not None and grouped else origin
        )

    def _selected(self, scope: Scope, select: exp.Select, name: str, deep: int) -> ColumnOrigin | None:
        for item in select.expressions:
            if item.is_star:
                continue
            if item.alias_or_name.lower() == name.lower():
                inner = item.unalias()
                while isinstance(inner, exp.Cast | exp.Paren):
                    inner = inner.this
                return self._resolved(scope, inner, deep) if isinstance(inner, exp.Column) else None
        stars = [item for item in select.expressions if item.is_star]
        if len(stars) != 1 or _is_left_out(stars[0], name):
            return None
        return self._resolved(scope, exp.column(name, table=_table_of(stars[0])), deep)

    def _resolved(self, scope: Scope, column: exp.Column, deep: int) -> ColumnOrigin | None:
        """The origin of a column that is named in a SELECT."""
        if isinstance(column.this, exp.Star):
            return None
        sources = scope.selected_sources
        alias = column.table or (next(iter(sources)) if len(sources) == 1 else "")
        if alias not in sources:
            return None
        source = sources[alias][1]
        if isinstance(source, Scope):
            origin = self._traced(source, column.name, deep + 1)
        else:
            origin = self.origin(source.name, column.name, deep + 1)
        joined = len(sources) > 1 and alias != _first(scope)
        return (
            ColumnOrigin(origin.node, origin.column, each=False) if origin is not None and joined else origin
        )


def _table_of(star: exp.Expression) -> str | None:
    """The table before `.*`; None for a star that stands alone."""
    return star.table or None if isinstance(star, exp.Column) else None


def _made(scope: Scope) -> set[str]:
    """The names that a SELECT gives itself, but for `x::date AS x`, which is of a column of that name."""
    select = scope.expression
    items = select.expressions if isinstance(select, exp.Select) else ()
    return {item.alias.lower() for item in items if item.alias and item.alias.lower() not in _named_in(item)}


def _named_in(item: exp.Expression) -> set[str]:
    return {column.name.lower() for column in item.find_all(exp.Column)}


def _first(scope: Scope) -> str:
    """The table after FROM: joins may repeat rows of others."""
    table = scope.expression.args.get("from_") or scope.expression.args.get("from")
    return table.this.alias_or_name if table is not None else ""


def _is_left_out(star: exp.Expression, name: str) -> bool:
    """Whether `* EXCEPT (a)`, REPLACE or RENAME speaks of a column."""
    inner = star.this if isinstance(star, exp.Column) else star
    spoken = [
        one for part in ("except", "except_", "replace", "rename") for one in inner.args.get(part) or ()
    ]
    return any(found.name.lower() == name.lower() for one in spoken for found in one.walk() if found.name)
