"""Numbers of Snowflake as text and from text, by patterns, and what else is asked of them."""

import re

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.date_formats import SNOWFLAKE_LETTERS, to_char
from dw_simulator.plugins.dialects.translation.rewriting import (
    Rewrite,
    Rewrites,
    counted,
    duckdb,
    fill,
    parsed,
)
from dw_simulator.plugins.dialects.translation.snowflake_casts import text_of
from dw_simulator.plugins.dialects.translation.snowflake_moments import MOMENTS, moment_of_text
from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable
from dw_simulator.plugins.dialects.typed.result_types import kind_of
from dw_simulator.schema.quoting import quoted_text

_NUMBERS = ("smallint", "int", "bigint", "decimal", "real", "double")
_PATTERN = re.compile(
    r"(?P<fill>FM)?(?P<sign>S|MI)?(?P<money>\$)?(?P<blank>B)?"
    r"(?P<whole>[09,G]*)(?:[.D](?P<parts>[09]*))?(?P<after>S|MI)?",
    re.IGNORECASE,
)
_HEX = re.compile(r"(?P<fill>FM)?(?P<sign>S)?(?P<zeros>0?)(?P<letters>X+)", re.IGNORECASE)


# --- to text


def number_text(value: exp.Expr, pattern: exp.Expr) -> exp.Expr:
    """A number by a pattern like `9,999.00`."""
    text = pattern.name
    if text.upper() in ("TM", "TM9"):
        return text_of(value)
    pieces = re.split(r'"([^"]*)"', text)
    if len(pieces) > 1:  # what is in quotes stands for itself
        parts = [
            exp.Literal.string(piece) if place % 2 else number_text(value, exp.Literal.string(piece))
            for place, piece in enumerate(pieces)
            if piece
        ]
        joined = parts[0]
        for part in parts[1:]:
            joined = exp.DPipe(this=joined, expression=part)
        return exp.paren(joined)
    if found := _HEX.fullmatch(text):
        return fill(parsed(_hex(found), "duckdb"), {"v": value})
    whole = _PATTERN.fullmatch(text)
    if whole is None or not re.search("[09]", text):
        raise Untranslatable(
            pattern, f"the pattern {text!r} of a number is not translated; use 9 0 . , $ S MI X FM"
        )
    return fill(parsed(_decimal(whole), "duckdb"), {"v": value})


def _hex(found: re.Match[str]) -> str:
    width = len(found["zeros"]) + len(found["letters"])
    number = "CAST(round(:v) AS BIGINT)"
    if found["sign"]:
        digits, sign = f"to_hex(abs({number}))", f"CASE WHEN {number} < 0 THEN '-' ELSE '+' END"
    else:
        digits, sign = f"to_hex({number} & {16**width - 1})", "''"
    filled = f"lpad({digits}, {width}, '0')" if found["zeros"] else digits
    return f"{sign} || upper({filled})"


def _decimal(found: re.Match[str]) -> str:
    """An expression over :v."""
    whole, parts = found["whole"].upper().replace("G", ","), found["parts"] or ""
    slots = whole.replace(",", "")
    zeros = len(slots) - slots.index("0") if "0" in slots else 0
    size, point = len(slots), "." in found[0].upper() or "D" in found[0].upper()
    rounded = f"CAST(round(abs(CAST(:v AS DECIMAL(38, 12))), {len(parts)}) AS DECIMAL(38, {len(parts)}))"
    text = f"CAST({rounded} AS VARCHAR)"
    front = f"split_part({text}, '.', 1)"
    if found["blank"] or not size:
        front = f"CASE WHEN {front} = '0' THEN '' ELSE {front} END"
    if zeros > 1:
        front = f"CASE WHEN length({front}) < {zeros} THEN lpad({front}, {zeros}, '0') ELSE {front} END"
    padded = f"lpad({front}, {size}, ' ')"
    pieces, taken = [], 0
    for run in whole.split(",") if size else ():
        if taken:
            pieces.append(f"CASE WHEN substr({padded}, {taken}, 1) = ' ' THEN '' ELSE ',' END")
        pieces.append(f"ltrim(substr({padded}, {taken + 1}, {len(run)}), ' ')")
        taken += len(run)
    body = " || ".join(pieces) or "''"
    if point:
        behind = f"split_part({text}, '.', 2)" if parts else "''"
        if found["fill"] and "9" in parts:
            behind = f"rtrim({behind}, '0')"
        body = f"{body} || '.' || {behind}"
    minus = ":v < 0 AND " + f"{rounded} <> 0"
    said = (found["sign"] or found["after"] or "").upper()
    sign = f"CASE WHEN {minus} THEN '-' ELSE {quoted_text('+' if said == 'S' else '')} END"
    money = "$" if found["money"] else ""
    before = "''" if found["after"] else sign
    hashes = quoted_text(money + re.sub("[09]", "#", whole) + ("." + "#" * len(parts) if point else ""))
    too_long = f"length({front}) > {size} AND {front} <> '0'"
    body = f"{before} || CASE WHEN {too_long} THEN {hashes} ELSE '{money}' || {body} END"
    width = len(whole) + len(money) + (len(parts) + 1 if point else 0) + (0 if found["after"] else 1)
    shown = f"({body})" if found["fill"] else f"lpad({body}, {width}, ' ')"
    if not found["after"]:
        return shown
    other = "'+'" if said == "S" else "' '"
    return f"{shown} || CASE WHEN {minus} THEN '-' ELSE {other} END"


def to_text(node: exp.Expr) -> exp.Expr:
    """TO_CHAR and TO_VARCHAR of numbers, moments and anything."""
    value, *pattern = counted(node, 1, 2)
    kind = kind_of(value.type)
    if not pattern:
        return text_of(value)
    if kind in ("binary", "varbinary"):
        return _of_bytes(value, pattern[0])
    if not pattern[0].is_string:
        raise Untranslatable(pattern[0], f"{node.name}() is translated where its pattern is a text")
    if kind in _NUMBERS or (kind == "" and _is_number_pattern(pattern[0].name)):
        return number_text(value, pattern[0])
    return to_char(
        moment_of_text(value, "timestamp") if kind == "text" else value, pattern[0], SNOWFLAKE_LETTERS
    )


def _is_number_pattern(text: str) -> bool:
    """A pattern of dates has letters of years, hours, days and so on."""
    return _HEX.fullmatch(text) is not None or bool(re.search("[09]", text) and _PATTERN.fullmatch(text))


def _of_bytes(value: exp.Expr, form: exp.Expr) -> exp.Expr:
    templates = {"HEX": "hex(:a)", "BASE64": "to_base64(:a)", "UTF-8": "decode(:a)", "UTF8": "decode(:a)"}
    if form.name.upper() not in templates:
        raise Untranslatable(form, "bytes become text as 'HEX', 'BASE64' or 'UTF-8'")
    return fill(parsed(templates[form.name.upper()], "duckdb"), {"a": value})


# --- from text

_CLEAN = "replace(replace(replace(trim(CAST(:a AS VARCHAR)), '$', ''), ',', ''), ' ', '')"
_SIGNED = f"""CASE WHEN right({_CLEAN}, 1) IN ('-', '+') THEN right({_CLEAN}, 1) || rtrim({_CLEAN}, '+-')
    ELSE {_CLEAN} END"""


def to_number(node: exp.Expr) -> exp.Expr:
    """TO_NUMBER(text, pattern, precision, scale)."""
    value, *more = counted(node, 1, 4)
    safe = node.name.upper().startswith("TRY_")
    cast = "TRY_CAST" if safe else "CAST"
    pattern = more.pop(0) if more and not _is_whole(more[0]) else None
    if any(not _is_whole(one) for one in more):
        raise Untranslatable(node, f"{node.name}() is translated where its digits are written out")
    precision, scale = (*(one.name for one in more), *("38", "0")[len(more) :])
    text = "trim(:a)" if kind_of(value.type) == "text" else ":a"
    if pattern is not None:
        if not pattern.is_string:
            raise Untranslatable(pattern, f"{node.name}() is translated where its pattern is a text")
        is_hex = _HEX.fullmatch(pattern.name) is not None
        text = "CAST('0x' || trim(:a) AS HUGEINT)" if is_hex else _SIGNED
    if kind_of(value.type) == "boolean":
        text = "CAST(:a AS INTEGER)"
    return fill(parsed(f"{cast}({text} AS DECIMAL({precision}, {scale}))", "duckdb"), {"a": value})


def _is_whole(node: exp.Expr) -> bool:
    return node.key == "literal" and not node.is_string


def _converter(kind: str) -> Rewrite:
    """TO_DOUBLE, TO_BOOLEAN and the like, as casts."""

    def rewrite(node: exp.Expr) -> exp.Expr:
        value, *pattern = counted(node, 1, 2)
        safe = node.name.upper().startswith("TRY_")
        if pattern:
            value = fill(parsed(_SIGNED, "duckdb"), {"a": value})
        return (exp.TryCast if safe else exp.Cast)(this=value.copy(), to=exp.DataType.build(kind))

    return rewrite


def _to_binary(node: exp.Expr) -> exp.Expr:
    value, *form = counted(node, 1, 2)
    name = form[0].name.upper() if form else "HEX"
    templates = {"HEX": "unhex(:a)", "BASE64": "from_base64(:a)", "UTF-8": "encode(:a)", "UTF8": "encode(:a)"}
    if name not in templates:
        raise Untranslatable(node, "text becomes bytes as 'HEX', 'BASE64' or 'UTF-8'")
    sql = f"TRY({templates[name]})" if node.name.upper().startswith("TRY_") else templates[name]
    return fill(parsed(sql, "duckdb"), {"a": value})


# --- functions


def _to_scale(name: str) -> Rewrite:
    """CEIL and FLOOR with a number of digits."""
    scaled = parsed(
        f"CAST({name}(CAST(:a AS DECIMAL(38, 12)) * power(10, :b)) / power(10, :b) AS DOUBLE)", "duckdb"
    )

    def rewrite(node: exp.Expr) -> exp.Expr:
        value, *digits = counted(node, 1, 2)
        return fill(scaled, {"a": value, "b": digits[0]}) if digits else exp.func(name, value.copy())

    return rewrite


def _truncated(node: exp.Expr) -> exp.Expr:
    """TRUNC and TRUNCATE of a number; of a moment it is DATE_TRUNC."""
    value, *digits = counted(node, 1, 2)
    kind = kind_of(value.type)
    if digits and (kind in ("date", "timestamp", "timestamptz", "time") or digits[0].is_string):
        return MOMENTS["DATE_TRUNC"](node)
    if not digits:
        return exp.func("trunc", value.copy())
    sql = (
        "trunc(:a, :b)"
        if kind in _NUMBERS and kind not in ("real", "double")
        else ("trunc(CAST(:a AS DECIMAL(38, 12)), :b)")
    )
    return fill(parsed(sql, "duckdb"), {"a": value, "b": digits[0]})


_NORMAL = ":a + :b * sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()) + 0 * coalesce(:c, 0)"
# the inverse of a continuous distribution of the same exponent
_ZIPF = """CAST(least(floor(CASE WHEN :a = 1 THEN pow(:b + 1, random())
    ELSE pow((pow(:b + 1, 1 - :a) - 1) * random() + 1, 1 / (1 - CAST(:a AS DOUBLE))) END), :b) AS BIGINT)
    + 0 * CAST(coalesce(:c, 0) AS BIGINT)"""
_BUCKET = """CASE WHEN :a < :b THEN 0 WHEN :a >= :c THEN :d + 1
    ELSE CAST(floor((CAST(:a AS DOUBLE) - :b) * :d / (CAST(:c AS DOUBLE) - :b)) AS BIGINT) + 1 END"""


def _logical(sql: str) -> Rewrite:
    return duckdb(sql.replace(":a", "CAST(:a AS BOOLEAN)").replace(":b", "CAST(:b AS BOOLEAN)"))


NUMBERS: Rewrites = {
    **dict.fromkeys(("TO_CHAR", "TO_VARCHAR"), to_text),
    **{
        prefix + name: to_number
        for name in ("TO_NUMBER", "TO_DECIMAL", "TO_NUMERIC")
        for prefix in ("", "TRY_")
    },
    "TO_DOUBLE": _converter("double"),
    "TRY_TO_DOUBLE": _converter("double"),
    "TO_BOOLEAN": _converter("boolean"),
    "TRY_TO_BOOLEAN": _converter("boolean"),
    "TO_BINARY": _to_binary,
    "TRY_TO_BINARY": _to_binary,
    "CEIL": _to_scale("ceil"),
    "FLOOR": _to_scale("floor"),
    **dict.fromkeys(("TRUNC", "TRUNCATE"), _truncated),
    "WIDTH_BUCKET": duckdb(_BUCKET),
    "SQUARE": duckdb("CAST(:a AS DOUBLE) * :a"),
    "CBRT": duckdb("cbrt(:a)"),
    "HAVERSINE": duckdb(
        """2 * 6371 * asin(sqrt(pow(sin(radians(:c - :a) / 2), 2)
           + cos(radians(:a)) * cos(radians(:c)) * pow(sin(radians(:d - :b) / 2), 2)))"""
    ),
    "LOG": duckdb("ln(:b) / ln(:a)"),
    "FACTORIAL": duckdb("factorial(CAST(:a AS INTEGER))"),
    "BITAND": duckdb("CAST(:a AS BIGINT) & CAST(:b AS BIGINT)"),
    "BITOR": duckdb("CAST(:a AS BIGINT) | CAST(:b AS BIGINT)"),
    "BITXOR": duckdb("xor(CAST(:a AS BIGINT), CAST(:b AS BIGINT))"),
    "BITNOT": duckdb("-1 - CAST(:a AS BIGINT)"),
    "BITSHIFTLEFT": duckdb("CAST(:a AS BIGINT) * CAST(power(2, :b) AS BIGINT)"),
    "BITSHIFTRIGHT": duckdb("CAST(:a AS BIGINT) >> CAST(:b AS BIGINT)"),
    "BIT_AND": duckdb("CAST(:a AS BIGINT) & CAST(:b AS BIGINT)"),
    "BIT_OR": duckdb("CAST(:a AS BIGINT) | CAST(:b AS BIGINT)"),
    "BIT_XOR": duckdb("xor(CAST(:a AS BIGINT), CAST(:b AS BIGINT))"),
    "BOOLAND": _logical(":a AND :b"),
    "BOOLOR": _logical(":a OR :b"),
    "BOOLXOR": _logical(":a <> :b"),
    "BOOLNOT": duckdb("NOT CAST(:a AS BOOLEAN)"),
    "GREATEST_IGNORE_NULLS": lambda node: exp.Anonymous(this="greatest", expressions=node.expressions),
    "LEAST_IGNORE_NULLS": lambda node: exp.Anonymous(this="least", expressions=node.expressions),
    "NORMAL": duckdb(_NORMAL),
    "ZIPF": duckdb(_ZIPF),
}
"""What numbers are asked."""
