"""Which columns of a query are semi-structured, by the queries and FLATTENs it takes them from."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.untranslatable import Refusal

VARIANTS = "variants"
"""Where a LATERAL keeps the names of its columns that hold variants."""
_CARRIERS = (
    *(exp.AnyValue, exp.ArgMax, exp.ArgMin, exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue, exp.NthValue),
    *(exp.IgnoreNulls, exp.RespectNulls, exp.Filter, exp.Window),
)
_STAR = "*"
Outputs = list[tuple[str, bool]]
"""The columns of a query: their names in lower case, and whether they hold variants."""


def is_carrier(parent: Any, node: Any) -> bool:
    """Whether it gives back a variant that it is given."""
    return isinstance(parent, _CARRIERS) and parent.this is not None and parent.this.unnest() is node


class Scopes:
    """The columns of each query within a query; known before anything in it is replaced."""

    def __init__(self, tree: Any, tables: Mapping[str, Sequence[str]]) -> None:
        self._tree = tree
        self._tables = {name.lower(): {column.lower() for column in tables[name]} for name in tables}
        self._known: dict[int, Outputs] = {}

    def is_variant(self, node: Any) -> bool:
        """Parts of a navigation are none of their own."""
        if isinstance(node.parent, exp.JSONExtract) and node.arg_key == "this":
            return False
        if isinstance(node, exp.Subquery):
            return any(variant for _, variant in self._outputs(node)[:1]) and not _is_source(node)
        if isinstance(node, _CARRIERS):
            return self.is_variant(node.this.unnest())
        return isinstance(node, exp.JSONExtract) or (isinstance(node, exp.Column) and self._resolved(node))

    # --- the columns of a query

    def _outputs(self, query: Any) -> Outputs:
        if isinstance(query, exp.Subquery | exp.Paren):
            return self._outputs(query.this)
        if id(query) not in self._known:
            self._known[id(query)] = []  # what a recursive query has of itself
            self._known[id(query)] = self._found(query)
        return self._known[id(query)]

    def _found(self, query: Any) -> Outputs:
        if isinstance(query, exp.SetOperation):
            left, right = self._outputs(query.left), self._outputs(query.right)
            if len(left) != len(right):
                return left + right
            return [(name, one or other) for (name, one), (_, other) in zip(left, right, strict=True)]
        if not isinstance(query, exp.Select):
            return []
        return [output for part in query.selects for output in self._selected(query, part)]

    def _selected(self, query: Any, part: Any) -> Outputs:
        if not part.is_star:
            return [(part.alias_or_name.lower(), self.is_variant(part.unalias().unnest()))]
        table = part.table.lower() if isinstance(part, exp.Column) else ""
        sources = [source for source in _sources(query) if table in ("", source.alias_or_name.lower())]
        return [(_STAR, False), *(output for source in sources for output in self._columns(source))]

    def _columns(self, source: Any) -> Outputs:
        """The columns of a table, a query or a LATERAL, as far as they may hold variants."""
        if VARIANTS in source.meta:
            return [(name, True) for name in source.meta[VARIANTS]]
        cte = _cte(source) if isinstance(source, exp.Table) else None
        if cte is not None:
            return _renamed(_renamed(self._outputs(cte.this), cte), source)
        if isinstance(source, exp.Table):
            return [(column, False) for column in self._tables.get(source.name.lower(), ())]
        return _renamed(self._outputs(source.this), source)

    # --- names

    def _resolved(self, column: Any) -> bool:
        query = _query(column)
        while query is not None:
            found = self._in_query(query, column)
            if found is not None:
                return found
            query = _query(query)
        return False

    def _in_query(self, query: Any, column: Any) -> bool | None:
        name, table = column.name.lower(), column.table.lower()
        places = [self._from_sources(query, name, table)]
        if not table and not _is_selected(query, column):
            aliases = self._aliases(query, name)
            places.insert(
                0 if column.find_ancestor(exp.Order, exp.Query) is query.args.get("order") else 1, aliases
            )
        return next((place for place in places if place is not None), None)

    def _from_sources(self, query: Any, name: str, table: str) -> bool | None:
        for source in _sources(query):
            if table in ("", source.alias_or_name.lower()):
                columns = dict(self._columns(source))
                if name in columns:
                    return columns[name]
        return None

    def _aliases(self, query: Any, name: str) -> bool | None:
        if isinstance(query, exp.SetOperation):
            return dict(self._outputs(query)).get(name)
        named = [part for part in query.selects if isinstance(part, exp.Alias) and part.alias.lower() == name]
        return self.is_variant(named[0].this.unnest()) if named else None

    # --- ORDER BY 1 and ORDER BY ALL

    def check_ordinals(self) -> None:
        for ordered in self._tree.find_all(exp.Ordered):
            query = ordered.parent.parent
            if isinstance(query, exp.Query) and self._is_ordinal_of_variant(
                self._outputs(query), ordered.this
            ):
                raise Refusal(
                    ordered.this,
                    "the order of semi-structured values is not translated; cast the value first",
                )

    def check_members(self) -> None:
        """Text is compared with what a query gives: variants would be JSON."""
        for node in self._tree.find_all(exp.In, exp.Any, exp.All):
            query = node.args.get("query") if isinstance(node, exp.In) else node.this
            if isinstance(query, exp.Query) and any(variant for _, variant in self._outputs(query)):
                raise Refusal(
                    node,
                    "a comparison with semi-structured values of a query is not translated; cast them first",
                )

    def _is_ordinal_of_variant(self, outputs: Outputs, what: Any) -> bool:
        if isinstance(what, exp.Column) and what.name.lower() == "all" and not what.this.quoted:
            return any(variant for _, variant in outputs)
        if not isinstance(what, exp.Literal) or not what.name.isdigit():
            return False
        number = int(what.name)
        if _STAR in [name for name, _ in outputs[:number]]:
            return any(variant for _, variant in outputs)
        return any(variant for _, variant in outputs[number - 1 : number])


def _renamed(outputs: Outputs, source: Any) -> Outputs:
    """With the names of an alias like `c(a, b)`."""
    alias = source.args.get("alias")
    names = [column.name.lower() for column in alias.columns] if alias is not None else []
    if not names:
        return outputs
    if len(names) > len(outputs) or _STAR in dict(outputs):
        return [(name, any(variant for _, variant in outputs)) for name in names]
    return [(name, variant) for name, (_, variant) in zip(names, outputs, strict=False)]


def _sources(query: Any) -> list[Any]:
    if not isinstance(query, exp.Select):
        return []
    from_ = query.args.get("from_")
    joined = [*(query.args.get("joins") or []), *(query.args.get("laterals") or [])]
    return ([from_.this] if from_ is not None else []) + [
        join.this if isinstance(join, exp.Join) else join for join in joined
    ]


def _query(node: Any) -> Any:
    """The SELECT or UNION around a node."""
    return node.find_ancestor(exp.Select, exp.SetOperation)


def _is_selected(query: Any, column: Any) -> bool:
    """Whether a column is what an alias of its name stands for."""
    node = column
    while node.parent is not None and node.parent is not query:
        node = node.parent
    return bool(node.arg_key == "expressions" and column.name.lower() == node.alias_or_name.lower())


def _is_source(node: Any) -> bool:
    return isinstance(node.parent, exp.From | exp.Join | exp.Lateral | exp.CTE | exp.SetOperation | exp.In)


def _cte(table: Any) -> Any:
    """The query of a WITH that a name means."""
    if table.db:
        return None
    scope = table.parent
    while scope is not None:
        with_ = scope.args.get("with_")
        for cte in with_.expressions if with_ is not None else ():
            if cte.alias.lower() == table.name.lower():
                return cte
        scope = scope.parent
    return None
