"""Which columns of a query are semi-structured, by the queries and FLATTENs it takes them from."""

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.scopes import cte_of, is_source, query_around, sources
from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable
from dw_simulator.plugins.dialects.trees import Visitor
from dw_simulator.ports.statement import TypedTables
from dw_simulator.types import Kind

VARIANTS = "variants"
"""Where a LATERAL keeps the names of its columns that hold variants."""
_CARRIERS = (
    *(exp.AnyValue, exp.ArgMax, exp.ArgMin, exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue, exp.NthValue),
    *(exp.IgnoreNulls, exp.RespectNulls, exp.Filter, exp.Window),
)
_STAR = "*"
Outputs = list[tuple[str, bool]]
"""The columns of a query: their names in lower case, and whether they hold variants."""


def is_carrier(parent: exp.Expr | None, node: exp.Expr) -> bool:
    """Whether it gives back a variant that it is given."""
    return isinstance(parent, _CARRIERS) and parent.this is not None and parent.this.unnest() is node


class VariantColumns(Visitor[bool]):
    """The columns of each query within a query; known before anything in it is replaced.

    Called a node's visitor, it answers whether the node is a variant.
    """

    def __init__(self, tree: exp.Expr, tables: TypedTables) -> None:
        self._tree = tree
        self._tables = {
            table.lower(): {
                name.lower(): type_ is not None and type_.kind is Kind.JSON for name, type_ in columns.items()
            }
            for table, columns in tables.items()
        }
        self._known: dict[int, Outputs] = {}

    # --- what is a variant

    def visit(self, node: exp.Expr) -> bool:
        """Whether a node is a variant. Parts of a navigation are none of their own."""
        is_base = node.arg_key == "this" and node.parent is not None and node.parent.key == "jsonextract"
        return not is_base and super().visit(node)

    def visit_jsonextract(self, _node: exp.JSONExtract) -> bool:
        return True

    def visit_column(self, node: exp.Column) -> bool:
        query = query_around(node)
        while query is not None:
            found = self._in_query(query, node)
            if found is not None:
                return found
            query = query_around(query)
        return False

    def visit_subquery(self, node: exp.Subquery) -> bool:
        return any(variant for _, variant in self._outputs(node)[:1]) and not is_source(node)

    def visit_other(self, node: exp.Expr) -> bool:
        return isinstance(node, _CARRIERS) and self.visit(node.this.unnest())

    # --- the columns of a query

    def _outputs(self, query: exp.Expr) -> Outputs:
        if isinstance(query, exp.Subquery | exp.Paren):
            return self._outputs(query.this)
        if id(query) not in self._known:
            self._known[id(query)] = []  # what a recursive query has of itself
            self._known[id(query)] = self._found(query)
        return self._known[id(query)]

    def _found(self, query: exp.Expr) -> Outputs:
        if isinstance(query, exp.SetOperation):
            return self._of_both(query)
        if not isinstance(query, exp.Select):
            return []
        return [output for part in query.selects for output in self._selected(query, part)]

    def _of_both(self, query: exp.SetOperation) -> Outputs:
        left, right = self._outputs(query.left), self._outputs(query.right)
        if len(left) != len(right):
            return left + right
        return [(name, one or other) for (name, one), (_, other) in zip(left, right, strict=True)]

    def _selected(self, query: exp.Select, part: exp.Expr) -> Outputs:
        if not part.is_star:
            return [(part.alias_or_name.lower(), self.visit(part.unalias().unnest()))]
        table = part.text("table").lower()
        taken = [source for source in sources(query) if table in ("", source.alias_or_name.lower())]
        return [(_STAR, False), *(output for source in taken for output in self._columns(source))]

    def _columns(self, source: exp.Expr) -> Outputs:
        """The columns of a table, a query or a LATERAL, as far as they may hold variants."""
        if VARIANTS in source.meta:
            return [(name, True) for name in source.meta[VARIANTS]]
        if not isinstance(source, exp.Table):
            return _renamed(self._outputs(source.this), source)
        cte = cte_of(source)
        if cte is not None:
            return _renamed(_renamed(self._outputs(cte.this), cte), source)
        return list(self._tables.get(source.name.lower(), {}).items())

    # --- names

    def _in_query(self, query: exp.Query, column: exp.Column) -> bool | None:
        """Whether a column is a variant, by what a query around it knows; None where it knows no such name.

        An alias comes before a column of the sources in ORDER BY, and after it elsewhere.
        """
        name, table = column.name.lower(), column.table.lower()
        found = [self._from_sources(query, name, table)]
        if not table and not _is_selected(query, column):
            in_order = column.find_ancestor(exp.Order, exp.Query) is query.args.get("order")
            found.insert(0 if in_order else 1, self._aliases(query, name))
        return next((answer for answer in found if answer is not None), None)

    def _from_sources(self, query: exp.Query, name: str, table: str) -> bool | None:
        for source in sources(query):
            if table in ("", source.alias_or_name.lower()):
                columns = dict(self._columns(source))
                if name in columns:
                    return columns[name]
        return None

    def _aliases(self, query: exp.Query, name: str) -> bool | None:
        if isinstance(query, exp.SetOperation):
            return dict(self._outputs(query)).get(name)
        named = [part for part in query.selects if part.key == "alias" and part.alias.lower() == name]
        return self.visit(named[0].this.unnest()) if named else None

    # --- what cannot be translated

    def check_ordinals(self) -> None:
        """Refuse ORDER BY 1 and ORDER BY ALL where they mean variants."""
        for ordered in self._tree.find_all(exp.Ordered):
            query = ordered.parent.parent if ordered.parent is not None else None
            if isinstance(query, exp.Query) and _takes_variant(ordered.this, self._outputs(query)):
                message = "the order of semi-structured values is not translated; cast the value first"
                raise Untranslatable(ordered.this, message)

    def check_members(self) -> None:
        """Text is compared with what a query gives: variants would be JSON."""
        for node in self._tree.find_all(exp.In, exp.Any, exp.All):
            query = node.args.get("query") if node.key == "in" else node.this
            if isinstance(query, exp.Query) and any(variant for _, variant in self._outputs(query)):
                message = "a comparison with semi-structured values of a query is not translated; "
                raise Untranslatable(node, f"{message}cast them first")


def _takes_variant(place: exp.Expr, outputs: Outputs) -> bool:
    """Whether ORDER BY a number, or ALL, takes a variant of a query's columns."""
    number = int(place.name) if place.key == "literal" and place.name.isdigit() else 0
    is_all = place.key == "column" and place.name.lower() == "all" and not place.this.quoted
    if is_all or (number and _STAR in [name for name, _ in outputs[:number]]):
        return any(variant for _, variant in outputs)
    return bool(number) and any(variant for _, variant in outputs[number - 1 : number])


def _renamed(outputs: Outputs, source: exp.Expr) -> Outputs:
    """With the names of an alias like `c(a, b)`."""
    names = [name.lower() for name in source.alias_column_names]
    if not names:
        return outputs
    if len(names) > len(outputs) or _STAR in dict(outputs):
        return [(name, any(variant for _, variant in outputs)) for name in names]
    return [(name, variant) for name, (_, variant) in zip(names, outputs, strict=False)]


def _is_selected(query: exp.Query, column: exp.Column) -> bool:
    """Whether a column is what an alias of its name stands for."""
    node: exp.Expr = column
    while node.parent is not None and node.parent is not query:
        node = node.parent
    return node.arg_key == "expressions" and column.name.lower() == node.alias_or_name.lower()
