"""Parts of a query that are no expressions: joins, unpivoted columns, stars."""

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable


def asof_join(node: exp.Expr) -> exp.Expr:
    """ASOF JOIN ... MATCH_CONDITION has its condition in ON."""
    if condition := node.args.get("match_condition"):
        on = node.args.get("on")
        node.set("on", exp.and_(on, condition) if on else condition)
        node.set("match_condition", None)
    return node


def unpivot(node: exp.Expr) -> exp.Expr:
    """The names of columns become values: in capitals, as the warehouse has them."""
    if node.args.get("unpivot"):
        for field in node.args.get("fields") or []:
            field.set("expressions", [_named(part) for part in field.expressions])
    return node


def _named(part: exp.Expr) -> exp.Expr:
    if part.key != "column":
        return part
    return exp.PivotAlias(this=part.copy(), alias=exp.Literal.string(part.name.upper()))


def star(node: exp.Expr) -> exp.Expr:
    """All columns but some is not said everywhere."""
    if node.args.get("except_") or node.args.get("except"):
        raise Untranslatable(node.parent or node, "SELECT * EXCLUDE is not translated; list the columns")
    return node
