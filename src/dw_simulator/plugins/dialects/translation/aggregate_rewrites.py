"""Aggregates that the warehouses compute in another way: averages, lists of text, quantiles, counts."""

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.rewriting import Rewrite, counted, fill, parsed
from dw_simulator.plugins.dialects.typed.result_tables import GROUPS
from dw_simulator.plugins.dialects.typed.result_types import UNKNOWN, kind_of

_MOST_DIGITS = 12
_AVERAGE = parsed(":total // :count", "duckdb")
_DECIMAL_AVERAGE = parsed(
    "CAST(CAST(:total * :many AS HUGEINT) // :count AS DECIMAL(38, 0)) * :one", "duckdb"
)
_LENGTH = parsed("epoch_us(:value)", "duckdb")
_INTERVAL = parsed("to_microseconds(CAST(:value AS BIGINT))", "duckdb")
_RATIO = parsed("CAST(:value AS DOUBLE PRECISION) / nullif(:total, 0)", "postgres")


def plain_aggregate(node: exp.Expr, over: Rewrite) -> exp.Expr:
    """An aggregate that both have, and RATIO_TO_REPORT, which is made of a sum."""
    if node.key != "anonymous" or node.name.upper() != "RATIO_TO_REPORT":
        return over(node)
    (value,) = counted(node, 1, 1)
    return fill(_RATIO, {"value": value, "total": over(exp.Sum(this=value.copy()))})


def exact_averages(node: exp.Expr, over: Rewrite) -> exp.Expr:
    """Redshift's average has the type of what it is of: what is behind that is cut off."""
    if node.key != "avg":
        return plain_aggregate(node, over)
    if kind_of(node.this.type) == "interval":
        return fill(_INTERVAL, {"value": over(exp.Avg(this=fill(_LENGTH, {"value": node.this})))})
    total, count = over(exp.Sum(this=node.this.copy())), over(exp.Count(this=node.this.copy()))
    scale = _scale_of(node.this)
    if not scale:
        return fill(_AVERAGE, {"total": total, "count": count})
    many, one = exp.Literal.number(10**scale), exp.Literal.number(f"0.{1:0{scale}}")
    return fill(_DECIMAL_AVERAGE, {"total": total, "count": count, "many": many, "one": one})


def _scale_of(node: exp.Expr) -> int:
    """The digits behind the point; 0 of all but decimals, and where there are too many to compute with."""
    inner = node.expressions[0] if node.key == "distinct" else node
    declared = inner.type or UNKNOWN
    said = declared.expressions[1:2] if kind_of(declared) == "decimal" else []
    scale = int(said[0].name) if said else 0
    return scale if scale <= _MOST_DIGITS else 0


def count_of_several(node: exp.Expr) -> exp.Expr:
    """COUNT(a, b) is of the rows in which none is NULL."""
    if not node.expressions:
        return node
    parts = [node.this, *node.expressions]
    missing = exp.or_(*(exp.Is(this=part.copy(), expression=exp.null()) for part in parts))
    return exp.Count(this=exp.case().when(missing, exp.null()).else_(exp.Literal.number(1)))


# --- lists of text


def listagg(node: exp.Expr) -> exp.Expr:
    """LISTAGG(DISTINCT text, separator): sqlglot takes both for one distinct pair."""
    inside = node.this
    if inside.key == "distinct" and len(inside.expressions) == 2:
        node.set("separator", inside.expressions[1].copy())
        inside.set("expressions", inside.expressions[:1])
    if node.args.get("separator") is None:
        node.set("separator", exp.Literal.string(""))
    return node


def empty_listagg(node: exp.Expr, over: Rewrite) -> exp.Expr:
    """Of no text at all it is empty there, not NULL."""
    if node.key != "groupconcat":
        return plain_aggregate(node, over)
    return exp.Coalesce(this=over(listagg(node).copy()), expressions=[exp.Literal.string("")])


def ordered_listagg(node: exp.Expr) -> exp.Expr:
    """The order of LISTAGG, in WITHIN GROUP, goes into its brackets."""
    inside: exp.Expr = node.this
    if inside.key != "groupconcat":
        return node
    inside.set("this", exp.Order(this=inside.this.copy(), expressions=node.expression.expressions))
    return inside.copy()


# --- quantiles


def within_group(node: exp.Expr) -> exp.Expr:
    """LISTAGG in its order; between two decimals there may be a quantile of more digits."""
    if node.this.key == "percentilecont":
        for ordered in node.expression.expressions:
            if kind_of(ordered.this.type) not in GROUPS["moment"]:
                ordered.set("this", exp.cast(ordered.this.copy(), "double"))
    return ordered_listagg(node)


def median(node: exp.Expr) -> exp.Expr:
    """Of decimals, with more digits than they have."""
    if kind_of(node.this.type) not in GROUPS["moment"]:
        node.set("this", exp.cast(node.this.copy(), "double"))
    return node
