"""Window functions that PostgreSQL has not as such: IGNORE NULLS, quantiles, lists; by arrays of values."""

from collections.abc import Callable, Mapping

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.aggregate_rewrites import listagg
from dw_simulator.plugins.dialects.translation.rewriting import Rewrite, fill, parsed
from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable

_Special = Callable[[exp.Expr, exp.Expr], exp.Expr]
"""What becomes of a window, given the window and the function that it is of."""
_VALUES = parsed("array_agg(:x) FILTER (WHERE :x IS NOT NULL)", "postgres")
_ALL = {"start": "UNBOUNDED", "start_side": "PRECEDING", "end": "UNBOUNDED", "end_side": "FOLLOWING"}
_BEFORE = {"start": "UNBOUNDED", "start_side": "PRECEDING", "end": "1", "end_side": "PRECEDING"}
_AFTER = {"start": "1", "start_side": "FOLLOWING", "end": "UNBOUNDED", "end_side": "FOLLOWING"}
_FIRST = parsed("(:a)[1]", "postgres")
_LAST = parsed("(:a)[array_upper(:a, 1)]", "postgres")
_NTH = parsed("(:a)[array_lower(:a, 1) + :n - 1]", "postgres")
_LAG = parsed("(:a)[array_upper(:a, 1) - :n + 1]", "postgres")
_DEFAULT = parsed("CASE WHEN array_upper(:a, 1) >= :n THEN :value ELSE :other END", "postgres")
_RANK = ":p * (:n - 1)"
_LOWER = f"(:a)[1 + CAST(floor({_RANK}) AS INT)]"
_CONTINUOUS = parsed(
    f"{_LOWER} + ({_RANK} - floor({_RANK})) * ((:a)[1 + CAST(ceil({_RANK}) AS INT)] - {_LOWER})", "postgres"
)
_DISCRETE = parsed("(:a)[greatest(1, CAST(ceil(:p * :n) AS INT))]", "postgres")


def windows(others: Rewrite) -> Rewrite:
    """OVER, by what it is of; `others` is what becomes of all other windows."""

    def rewrite(node: exp.Expr) -> exp.Expr:
        special = _SPECIAL.get(node.this.key)
        return others(node) if special is None else special(node, node.this)

    return rewrite


def _with(window: exp.Expr, function: exp.Expr, frame: Mapping[str, str] | None = None) -> exp.Expr:
    """The same window of another function, with another frame."""
    made = window.copy()
    made.set("this", function)
    if frame is not None:
        made.set("spec", exp.WindowSpec(kind="ROWS", **frame))
    return made


def _values(window: exp.Expr, value: exp.Expr, frame: Mapping[str, str] | None) -> exp.Expr:
    return _with(window, fill(_VALUES, {"x": value}), frame)


# --- IGNORE NULLS


def _ignoring(window: exp.Expr, function: exp.Expr) -> exp.Expr:
    inner = function.this
    if inner.key not in _PLACES:
        raise Untranslatable(
            function, "IGNORE NULLS is translated for LAG, LEAD, FIRST_VALUE, LAST_VALUE, NTH_VALUE"
        )
    template, frame = _PLACES[inner.key]
    array = _values(window, inner.this, frame)
    number = inner.args.get("offset") or exp.Literal.number(1)
    made = fill(template, {"a": array, "n": number})
    if inner.args.get("default") is None:
        return made
    return fill(_DEFAULT, {"a": array, "n": number, "value": made, "other": inner.args["default"]})


_PLACES: Mapping[str, tuple[exp.Expr, Mapping[str, str] | None]] = {
    "firstvalue": (_FIRST, None),
    "lastvalue": (_LAST, None),
    "nthvalue": (_NTH, None),
    "lag": (_LAG, _BEFORE),
    "lead": (_NTH, _AFTER),
}


def _respecting(window: exp.Expr, function: exp.Expr) -> exp.Expr:
    return _with(window, function.this.copy())


# --- quantiles and lists


def _median(window: exp.Expr, function: exp.Expr) -> exp.Expr:
    half = exp.Literal.number("0.5")
    return _quantile(window, exp.Ordered(this=function.this.copy()), half, _CONTINUOUS)


def _in_group(window: exp.Expr, function: exp.Expr) -> exp.Expr:
    inner, (ordered, *_others) = function.this, function.expression.expressions
    if inner.key == "groupconcat":
        return _list(window, inner, function.expression)
    if inner.key not in ("percentilecont", "percentiledisc"):
        raise Untranslatable(function, "WITHIN GROUP ... OVER is translated for LISTAGG and PERCENTILE_CONT")
    template = _CONTINUOUS if inner.key == "percentilecont" else _DISCRETE
    return _quantile(window, ordered, inner.this, template)


def _quantile(window: exp.Expr, ordered: exp.Expr, share: exp.Expr, template: exp.Expr) -> exp.Expr:
    """Between the values of a whole window, in their order."""
    count = _with(window, exp.Count(this=ordered.this.copy()))
    in_order = window.copy()
    in_order.set("order", exp.Order(expressions=[ordered.copy()]))
    array = _values(in_order, ordered.this, _ALL)
    return fill(template, {"a": array, "n": count, "p": share})


def _list(window: exp.Expr, function: exp.Expr, order: exp.Expr | None = None) -> exp.Expr:
    made = listagg(function.copy())
    if made.this.key == "distinct":
        message = "LISTAGG(DISTINCT ...) OVER is not translated; make the list in a query with GROUP BY"
        raise Untranslatable(function, message)
    made.set("this", exp.cast(made.this.copy(), "text"))
    whole = window.copy()
    if order is not None:
        whole.set("order", exp.Order(expressions=[one.copy() for one in order.expressions]))
    return _with(whole, made, _ALL)


_SPECIAL: Mapping[str, _Special] = {
    "ignorenulls": _ignoring,
    "respectnulls": _respecting,
    "median": _median,
    "withingroup": _in_group,
    "groupconcat": _list,
}
