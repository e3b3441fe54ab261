"""The types of everything in a query, by the tables that it reads.

The tree is left as it is; each expression is given its type (`node.type`), as `result_types` has them for the
dialect. What is not known has the type UNKNOWN, and nothing is guessed of it. sqlglot's own resolver would
have to rewrite the query first: stars spelled out, names of tables added, USING taken apart.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.optimizer.annotate_types import TypeAnnotator
from sqlglot.schema import MappingSchema

from dw_simulator.plugins.dialects.typed.result_types import UNKNOWN, Kind, ResultTypes, result_types
from dw_simulator.ports.statement import TypedTables
from dw_simulator.types import Kind as Family
from dw_simulator.types import SqlType

Outputs = list[tuple[str, Kind]]
"""The columns of a query or a table: names in small letters, and types."""
_STAR = "*"
"""The name of columns that are not known."""
_NO_VALUES = frozenset(("star", "identifier", "var", "datatype"))
_VARIANT = exp.DataType(this=exp.DType.VARIANT)
_FLATTENED: Outputs = [
    ("seq", exp.DataType(this=exp.DType.BIGINT)),
    ("key", exp.DataType(this=exp.DType.VARCHAR)),
    ("path", exp.DataType(this=exp.DType.VARCHAR)),
    ("index", exp.DataType(this=exp.DType.BIGINT)),
    ("value", _VARIANT),
    ("this", _VARIANT),
]
"""What FLATTEN gives."""
_SPLIT: Outputs = [
    ("seq", exp.DataType(this=exp.DType.BIGINT)),
    ("index", exp.DataType(this=exp.DType.BIGINT)),
    ("value", exp.DataType(this=exp.DType.VARCHAR)),
]
"""What SPLIT_TO_TABLE gives."""
_MADE_ROWS = {"explode": _FLATTENED, "splittotable": _SPLIT, "strtok_split_to_table": _SPLIT}
_UNNESTED: Mapping[str, Outputs] = {
    "array": [("item", _VARIANT), ("place", exp.DataType(this=exp.DType.BIGINT))],
    "members": [("item", _VARIANT), ("place", exp.DataType(this=exp.DType.VARCHAR))],
}
"""What an unnesting of SUPER gives."""


def annotate_query(tree: exp.Expr, tables: TypedTables, dialect: type[Dialect]) -> None:
    """Give every expression of a query its type. Shared types are not to be changed."""
    _Query(tables, dialect).outputs(tree, _Scope({}, None))


def unknown_columns(tree: exp.Expr, tables: TypedTables, dialect: type[Dialect]) -> list[exp.Column]:
    """The columns of a query, written with their table, that are not known to be in it."""
    query = _Query(tables, dialect)
    query.outputs(tree, _Scope({}, None))
    return query.unknown


def column_type(declared: SqlType | None) -> Kind:
    """An experiment's type as sqlglot has it."""
    if declared is None:
        return UNKNOWN
    made = _MADE.get(declared.kind)
    return UNKNOWN if made is None else made(declared)


def _integer(declared: SqlType) -> Kind:
    names = {8: exp.DType.SMALLINT, 16: exp.DType.SMALLINT, 32: exp.DType.INT}
    return exp.DataType(this=names.get(declared.bits, exp.DType.BIGINT))


def _sized(kind: exp.DType, *sizes: int) -> Kind:
    parts = [exp.DataTypeParam(this=exp.Literal.number(size)) for size in sizes]
    return exp.DataType(this=kind, expressions=parts)


def _text(declared: SqlType) -> Kind:
    return _sized(exp.DType.CHAR if declared.fixed else exp.DType.VARCHAR, declared.length)


def _timestamp(declared: SqlType) -> Kind:
    kind = exp.DType.TIMESTAMPTZ if declared.zoned else exp.DType.TIMESTAMP
    return _sized(kind, declared.digits) if declared.unit == "ns" else exp.DataType(this=kind)


def _plain(kind: exp.DType) -> Callable[[SqlType], Kind]:
    made = exp.DataType(this=kind)
    return lambda _declared: made


_MADE: Mapping[Family, Callable[[SqlType], Kind]] = {
    Family.BOOLEAN: _plain(exp.DType.BOOLEAN),
    Family.INTEGER: _integer,
    Family.DECIMAL: lambda one: _sized(exp.DType.DECIMAL, one.precision, one.scale),
    Family.FLOAT: lambda one: exp.DataType(this=exp.DType.FLOAT if one.bits == 32 else exp.DType.DOUBLE),
    Family.TEXT: _text,
    Family.DATE: _plain(exp.DType.DATE),
    Family.TIME: _plain(exp.DType.TIME),
    Family.TIMESTAMP: _timestamp,
    Family.BINARY: _plain(exp.DType.VARBINARY),
    Family.UUID: _plain(exp.DType.UUID),
    Family.JSON: _plain(exp.DType.VARIANT),
}


class _Scope:
    """What the names of a query mean.

    ctes     the columns of its WITH
    around   of the query around it
    sources  what it reads: the name, and the columns
    aliases  of its own columns, that are not worked out before they are asked for
    """

    def __init__(self, ctes: Mapping[str, Outputs], around: "_Scope | None") -> None:
        self.ctes: dict[str, Outputs] = {**(around.ctes if around is not None else {}), **ctes}
        self.around = around
        self.sources: list[tuple[str, Outputs]] = []
        self.aliases: dict[str, exp.Expr] = {}


class _Query:
    """Works a query out, from its WITH to its ORDER BY."""

    def __init__(self, tables: TypedTables, dialect: type[Dialect]) -> None:
        self._tables = {name.lower(): columns for name, columns in tables.items()}
        self._known: dict[str, Outputs] = {}
        self.unknown: list[Any] = []
        self._results: ResultTypes = result_types(dialect)
        self._metadata: Mapping[Any, Mapping[str, Any]] = self._results.metadata
        self._annotator = TypeAnnotator(MappingSchema(dialect=dialect), self._results.metadata)

    def outputs(self, query: exp.Expr, around: _Scope) -> Outputs:
        """The columns of a query, in which all types are set."""
        scope = _Scope({}, around)
        self._with(query, scope)
        found = _FORMS.get(query.key, _Query._of_other)(self, query, scope)
        query._type = found[0][1] if found else UNKNOWN
        return found

    def _of_other(self, query: exp.Expr, scope: _Scope) -> Outputs:
        self._parts(query, scope, set())
        return [(_STAR, UNKNOWN)]

    def _of_brackets(self, query: exp.Expr, scope: _Scope) -> Outputs:
        found = self.outputs(query.this, scope)
        self._parts(query, scope, {"this", "with_"})
        return found

    def _with(self, query: exp.Expr, scope: _Scope) -> None:
        """The queries of its WITH; one that reads itself begins with its first part."""
        found = query.args.get("with_")
        for cte in found.expressions if found is not None else ():
            name, names = cte.alias.lower(), cte.alias_column_names
            begun = cte.this.unnest()
            if isinstance(begun, exp.SetOperation):
                scope.ctes[name] = _renamed(self.outputs(begun.left, scope), names)
            scope.ctes[name] = _renamed(self.outputs(cte.this, scope), names)

    def _of_both(self, query: exp.Expr, scope: _Scope) -> Outputs:
        left, right = (self.outputs(query.args[side], scope) for side in ("this", "expression"))
        known = len(left) == len(right) and _STAR not in {*dict(left), *dict(right)}
        pairs = zip(left, right, strict=True) if known else ()
        found = [(one, self._results.widest([kind, other])) for (one, kind), (_, other) in pairs]
        scope.sources = [("", found)]
        self._parts(query, scope, {"this", "expression", "with_"})
        return found or [(_STAR, UNKNOWN)]

    def _of_values(self, query: exp.Expr, scope: _Scope) -> Outputs:
        self._parts(query, scope, set())
        rows = [row.expressions if row.key == "tuple" else [row] for row in query.expressions]
        kinds = [self._results.widest([part.type or UNKNOWN for part in column]) for column in zip(*rows)]  # noqa: B905
        return [(f"column{number}", kind) for number, kind in enumerate(kinds, 1)]

    def _of_select(self, query: exp.Expr, scope: _Scope) -> Outputs:
        for source in self._read(query):
            scope.sources.append((source.alias_or_name.lower(), self._columns(source, scope)))
        scope.aliases = {part.alias.lower(): part.this for part in query.expressions if part.key == "alias"}
        found = [one for part in query.expressions for one in self._selected(part, scope)]
        self._parts(query, scope, {"expressions", "with_"})
        return found

    def _of_change(self, change: exp.Expr, scope: _Scope) -> Outputs:
        """What changes a table: its columns, and those of the tables beside it."""
        beside = [change.args.get(name) for name in ("this", "from_", "using")]
        flat = [one for part in beside for one in (part if isinstance(part, list) else [part])]
        for part in flat:
            source = part.this if part and part.key == "from" else part
            if source and source.key in ("table", "subquery"):
                scope.sources.append((source.alias_or_name.lower(), self._columns(source, scope)))
        self._parts(change, scope, {"with_"})
        return [(_STAR, UNKNOWN)]

    def _read(self, query: exp.Expr) -> Iterator[exp.Expr]:
        begun = query.args.get("from_")
        if begun is not None:
            yield begun.this
        yield from (join.this for join in query.args.get("joins") or ())
        yield from query.args.get("laterals") or ()

    def _columns(self, source: exp.Expr, scope: _Scope) -> Outputs:
        """The columns of what is read."""
        names = [*source.alias_column_names, *_numbered(source)]
        if source.key == "table":
            found = self._of_table(source, scope)
            joined = [
                one for join in source.args.get("joins") or () for one in self._columns(join.this, scope)
            ]
            return [*_renamed(found, names), *joined]
        if source.key in _FORMS:
            return _renamed(self.outputs(source, scope), names)
        self._expression(source, scope)
        if source.key in ("lateral", "tablefromrows"):
            inner = source.this
            if isinstance(inner, exp.Subquery):
                return _renamed(self.outputs(inner, scope), names)
            name = inner.name.lower() if inner.key == "anonymous" else inner.key
            return _MADE_ROWS.get(name, [(_STAR, UNKNOWN)])
        if source.key == "unnest" and (kind := source.meta.get("super")):
            return _renamed(_UNNESTED[kind], names)
        return [(name.lower(), UNKNOWN) for name in names] or [(_STAR, UNKNOWN)]

    def _of_table(self, table: exp.Expr, scope: _Scope) -> Outputs:
        self._parts(table, scope, {"joins"})
        if table.args.get("pivots") or table.this.key != "identifier":
            return [(_STAR, UNKNOWN)]
        name = table.name.lower()
        if not table.text("db") and name in scope.ctes:
            return scope.ctes[name]
        if name not in self._known:
            columns = self._tables.get(name)
            self._known[name] = (
                [(_STAR, UNKNOWN)]
                if columns is None
                else [(column.lower(), column_type(kind)) for column, kind in columns.items()]
            )
        return self._known[name]

    def _selected(self, part: exp.Expr, scope: _Scope) -> Outputs:
        """What one part of SELECT adds to its columns."""
        self._expression(part, scope)
        if not part.is_star:
            return [(part.alias_or_name.lower(), part.type or UNKNOWN)]
        table = part.text("table").lower()
        star = part if part.key == "star" else part.this
        if star.args.get("except_") or star.args.get("replace") or star.args.get("rename"):
            return [(_STAR, UNKNOWN)]
        return [one for name, columns in scope.sources if table in ("", name) for one in columns]

    # --- expressions

    def _parts(self, node: exp.Expr, scope: _Scope, but: set[str]) -> None:
        """What a query says beside its columns."""
        for name, value in node.args.items():
            if name not in but:
                for part in value if isinstance(value, list) else (value,):
                    if isinstance(part, exp.Expr):
                        self._expression(part, scope)

    def _expression(self, tree: exp.Expr, scope: _Scope) -> None:
        """An expression, its parts before itself; queries within it are worked out on their own."""
        waiting = [(tree, False)]
        while waiting:
            node, seen = waiting.pop()
            if node._type is not None or node.key in _NO_VALUES:
                continue
            if seen:
                self._own(node)
            elif node.key in _FORMS and node.key != "paren":
                self.outputs(node, scope)
            elif node.key == "column":
                node._type = self._of_column(node, scope)
            else:
                waiting.append((node, True))
                waiting += [(part, False) for part in node.iter_expressions()]

    def _own(self, node: exp.Expr) -> None:
        spec = self._metadata.get(type(node), {})
        if "annotator" in spec:
            spec["annotator"](self._annotator, node)
        else:
            self._annotator._set_type(node, spec.get("returns"))

    def _of_column(self, column: exp.Expr, scope: _Scope | None) -> Kind:
        """By what is read, by a name that was given before, or by the query around."""
        name, table = column.name.lower(), column.text("table").lower()
        if table and not column.is_star:
            return self._of_named_table(column, name, table, scope)
        while scope is not None:
            unknown = False
            for _source, columns in scope.sources:
                for known, kind in columns:
                    if known == name:
                        return kind
                    unknown = unknown or known == _STAR
            if unknown:
                return UNKNOWN
            if name in scope.aliases:
                return self._of_alias(name, scope)
            scope = scope.around
        return UNKNOWN

    def _of_named_table(self, column: exp.Expr, name: str, table: str, scope: _Scope | None) -> Kind:
        """A table's column; the innermost table of a name is meant, whatever others around it have."""
        while scope is not None:
            meant = [columns for source, columns in scope.sources if source == table]
            for columns in meant:
                for known, kind in columns:
                    if known == name:
                        return kind
            if meant:
                break
            scope = scope.around
        self.unknown.append(column)
        return UNKNOWN

    def _of_alias(self, name: str, scope: _Scope) -> Kind:
        meant = scope.aliases.pop(name)  # what means itself means nothing
        self._expression(meant, scope)
        scope.aliases[name] = meant
        return meant.type or UNKNOWN


_FORMS: Mapping[str, Callable[[_Query, exp.Expr, _Scope], Outputs]] = {
    "select": _Query._of_select,
    **dict.fromkeys(("union", "except", "intersect"), _Query._of_both),
    **dict.fromkeys(("subquery", "paren"), _Query._of_brackets),
    "values": _Query._of_values,
    **dict.fromkeys(("update", "delete", "merge"), _Query._of_change),
}
"""What is a query or a change, and how it gives its columns."""


def _numbered(source: exp.Expr) -> list[str]:
    """What the number of a row is called: WITH ORDINALITY."""
    offset = source.args.get("offset")
    return [offset.name] if isinstance(offset, exp.Expr) else []


def _renamed(outputs: Outputs, names: Sequence[str]) -> Outputs:
    """With the names of an alias like `c(a, b)`."""
    if not names or any(name == _STAR for name, _ in outputs[: len(names)]):
        return [(name.lower(), UNKNOWN) for name in names] or outputs
    given = [(name.lower(), kind) for name, (_, kind) in zip(names, outputs, strict=False)]
    return [*given, *outputs[len(given) :]]
