"""Snowflake's casts, by what is cast and to what; and its arithmetic."""

from decimal import Decimal

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.rewriting import (
    Rewrite,
    Rewrites,
    closed,
    counted,
    fill,
    parsed,
    template,
)
from dw_simulator.plugins.dialects.translation.snowflake_moments import moment_of
from dw_simulator.plugins.dialects.typed.result_types import kind_of

_WHOLE = ("smallint", "int", "bigint")
_EXACT = (*_WHOLE, "decimal")
_DOCUMENTS = ("variant", "object", "array")
_MOST = 38

# --- casts

_TEXTS = {
    **dict.fromkeys(("real", "double"), "regexp_replace(CAST(:a AS VARCHAR), '\\.0$', '')"),
    "timestamp": "strftime(:a, '%Y-%m-%d %H:%M:%S.%g')",
    "timestamptz": "strftime(:a, '%Y-%m-%d %H:%M:%S.%g +0000')",
    "binary": "hex(:a)",
    "varbinary": "hex(:a)",
}
_TRUTH = parsed(
    """CASE WHEN lower(trim(CAST(:a AS VARCHAR))) IN ('true', 't', 'yes', 'y', 'on', '1') THEN TRUE
            WHEN lower(trim(CAST(:a AS VARCHAR))) IN ('false', 'f', 'no', 'n', 'off', '0') THEN FALSE
            ELSE CAST(:a AS BOOLEAN) END""",
    "duckdb",
)
_TRY_TRUTH = _TRUTH.copy()
for _cast_node in _TRY_TRUTH.find_all(exp.Cast):
    if _cast_node.args["to"].is_type("boolean"):
        _cast_node.replace(exp.TryCast(this=_cast_node.this.copy(), to=_cast_node.args["to"].copy()))
_ARRAY = parsed(
    "CASE WHEN json_type(to_json(:a)) = 'ARRAY' THEN to_json(:a) ELSE json_array(:a) END", "duckdb"
)


def text_of(value: exp.Expr) -> exp.Expr:
    """A value as the warehouse writes it."""
    sql = _TEXTS.get(kind_of(value.type))
    return exp.cast(value.copy(), "varchar") if sql is None else fill(template(sql), {"a": value})


def _cast(node: exp.Expr) -> exp.Expr:
    """CAST, TRY_CAST and ::."""
    to, value, safe = node.args["to"], node.this, node.key == "trycast"
    kind = kind_of(to)
    for kinds, rewrite in _TARGETS:
        if kind in kinds:
            return rewrite(node, value, kind, safe)
    return node


def _to_document(_node: exp.Expr, value: exp.Expr, kind: str, _safe: bool) -> exp.Expr:
    if kind == "array":
        return fill(_ARRAY, {"a": value})
    return exp.Anonymous(this="to_json", expressions=[value.copy()])


def _to_text(node: exp.Expr, value: exp.Expr, _kind: str, _safe: bool) -> exp.Expr:
    length = node.args["to"].expressions
    plain = text_of(value)
    if not length or not length[0].name.isdigit():
        return plain
    return exp.func("left", plain, exp.Literal.number(length[0].name))


def _to_truth(node: exp.Expr, value: exp.Expr, _kind: str, safe: bool) -> exp.Expr:
    if kind_of(value.type) not in ("text", ""):
        return node
    return fill(_TRY_TRUTH if safe else _TRUTH, {"a": value})


def _to_moment(node: exp.Expr, value: exp.Expr, kind: str, safe: bool) -> exp.Expr:
    given = kind_of(value.type)
    if given in ("text", *_EXACT):
        return moment_of(value, kind, safe=safe)
    return node


def _to_whole(node: exp.Expr, value: exp.Expr, _kind: str, _safe: bool) -> exp.Expr:
    """All whole numbers have 38 digits there; every half goes away from zero."""
    if value.key == "literal" and not value.is_string and value.name.isdigit():
        wide = "bigint" if len(value.name) < 19 else "hugeint"
        return type(node)(this=value.copy(), to=exp.DataType.build(wide, dialect="duckdb"))
    if kind_of(value.type) == "boolean":
        return type(node)(this=value.copy(), to=exp.DataType.build("bigint"))
    exact = type(node)(this=value.copy(), to=exp.DataType.build(f"decimal({_MOST}, 0)"))
    long = value.key == "literal" and len(value.name) > 18
    return exact if long else type(node)(this=exact, to=exp.DataType.build("bigint"))


def _to_decimal(node: exp.Expr, value: exp.Expr, _kind: str, _safe: bool) -> exp.Expr:
    if not node.args["to"].expressions:
        node.args["to"].set("expressions", _digits(_MOST, 0))
    elif len(node.args["to"].expressions) == 1:
        node.args["to"].append("expressions", _digits(0)[0])
    if kind_of(value.type) == "boolean":
        node.set("this", exp.cast(value.copy(), "int"))
    return node


def _digits(*digits: int) -> list[exp.Expr]:
    return [exp.DataTypeParam(this=exp.Literal.number(digit)) for digit in digits]


_TARGETS = (
    (_DOCUMENTS, _to_document),
    (("text",), _to_text),
    (("boolean",), _to_truth),
    (("date", "timestamp", "timestamptz", "time"), _to_moment),
    (_WHOLE, _to_whole),
    (("decimal",), _to_decimal),
)

# --- arithmetic

_QUOTIENT = parsed("CAST(:this AS DOUBLE) // :expression", "duckdb")
_ROUNDED = "CAST(round(CAST(:this AS DOUBLE) // :expression, {0}) AS DECIMAL(38, {0}))"
_ZERO = "CASE WHEN {0} THEN 0 ELSE {1} END"


def _scale(node: exp.Expr) -> int | None:
    """The digits behind the point of an exact number that is divided; None for other numbers."""
    kind = kind_of(node.type) or kind_of(node.unnest().type)
    if kind in _WHOLE:
        return 6
    declared = node.type or node.unnest().type
    if kind != "decimal" or declared is None or len(declared.expressions) != 2:
        return None
    own = int(declared.expressions[1].name)
    return max(own, min(own + 6, 12))


def quotient(node: exp.Expr) -> exp.Expr:
    """Of exact numbers, with the warehouse's digits behind the point; division by zero is an error."""
    scale = _scale(node.this)
    kinds = [kind_of(part.type) or kind_of(part.unnest().type) for part in (node.this, node.expression)]
    given = {"this": node.this, "expression": node.expression}
    if scale is None or any(kind not in _EXACT for kind in kinds):
        return closed(fill(_QUOTIENT, given))
    return fill(parsed(_ROUNDED.format(scale), "duckdb"), given)


def _without_zero(condition: str) -> Rewrite:
    """DIV0 and DIV0NULL."""

    def rewrite(node: exp.Expr) -> exp.Expr:
        value, by = counted(node, 2, 2)
        scale = _scale(value) if kind_of(by.type) in _EXACT else None
        plain = "CAST(:a AS DOUBLE) // nullif(:b, 0)"
        if scale is not None:
            plain = f"CAST(round({plain}, {scale}) AS DECIMAL(38, {scale}))"
        return fill(parsed(_ZERO.format(condition, plain), "duckdb"), {"a": value, "b": by})

    return rewrite


def _wide(node: exp.Expr) -> exp.Expr:
    """Whole numbers do not overflow: they have 38 digits."""
    kinds = [kind_of(part.type) or kind_of(part.unnest().type) for part in (node.this, node.expression)]
    if any(kind not in _WHOLE for kind in kinds):
        return _of_moments(node, kinds)
    long = any(part.key == "literal" and len(part.name) > 9 for part in (node.this, node.expression))
    wide = "hugeint" if long or (node.key == "mul" and "bigint" in kinds) else "bigint"
    node.set("this", exp.Cast(this=node.this.copy(), to=exp.DataType.build(wide, dialect="duckdb")))
    return node


_OF_A_DAY = frozenset("hour minute second millisecond microsecond".split())


def _of_moments(node: exp.Expr, kinds: list[str]) -> exp.Expr:
    """A moment and a number of days; a date with an interval of days stays a date."""
    if kinds == ["date", "interval"]:
        units = {one.text("unit").lower().rstrip("s") for one in node.expression.find_all(exp.Interval)}
        return node if units & _OF_A_DAY else exp.cast(node.copy(), "date")
    if kinds in (["date", "decimal"], ["date", "double"]):
        node.set("expression", exp.cast(node.expression.copy(), "int"))
    if node.key == "mul" or not kinds[0].startswith("timestamp") or kinds[1] not in _EXACT:
        return node
    days = fill(parsed("to_days(CAST(:n AS INTEGER))", "duckdb"), {"n": node.expression})
    node.set("expression", days)
    return node


def _plain_digits(node: exp.Expr) -> exp.Expr:
    """1.5e3 is a decimal there."""
    if node.is_string or "e" not in node.name.lower():
        return node
    text = f"{Decimal(node.name):f}"
    if len(text.replace(".", "").lstrip("0")) > _MOST:
        return node
    made = exp.Literal.number(text)
    made._type = exp.DataType.build("decimal")
    return made


def round_number(node: exp.Expr) -> exp.Expr:
    """Halves go away from zero, as in DuckDB; those of a DOUBLE are decided on decimal digits."""
    decimals = node.args.get("decimals")
    if node.args.get("truncate") is not None:
        mode = node.args["truncate"].name.upper()
        if mode == "HALF_TO_EVEN":
            return exp.func("round_even", node.this.copy(), (decimals or exp.Literal.number(0)).copy())
        node.set("truncate", None)
    if decimals is not None and kind_of(node.this.unnest().type) not in _EXACT:
        node.set("this", exp.cast(node.this.copy(), "decimal(38, 12)"))
    return node


CASTS: Rewrites = {
    exp.Cast: _cast,
    exp.TryCast: _cast,
    exp.Div: quotient,
    exp.Add: _wide,
    exp.Sub: _wide,
    exp.Mul: _wide,
    exp.Literal: _plain_digits,
    exp.Round: round_number,
    "DIV0": _without_zero(":b = 0"),
    "DIV0NULL": _without_zero("coalesce(:b, 0) = 0"),
}
