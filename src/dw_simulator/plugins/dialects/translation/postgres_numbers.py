"""Numbers of Redshift in PostgreSQL: averages, quotients and rounding keep as many digits as there."""

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.number_rewrites import ALL_DIGITS, casts, default_digits
from dw_simulator.plugins.dialects.translation.rewriting import (
    Rewrite,
    Rewrites,
    as_it_stands,
    counted,
    fill,
    parsed,
    postgres,
)
from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable
from dw_simulator.plugins.dialects.typed.result_tables import GROUPS
from dw_simulator.plugins.dialects.typed.result_types import UNKNOWN, kind_of

_WHOLE = parsed("CAST(trunc(:a) AS BIGINT)", "postgres")
_CRC32 = parsed("crc32c(convert_to(:a, 'UTF8'))", "postgres")
_ROUNDED = parsed("round(:a, :digits)", "postgres")
_CUT = parsed("trunc(:a, :digits)", "postgres")
_EXACT = parsed("CAST(CAST(:a AS TEXT) AS NUMERIC)", "postgres")
_EXACT.args["to"].meta[ALL_DIGITS] = True


def type_of(node: exp.Expr) -> exp.DataType:
    """A node's type; of DISTINCT that of what is distinct."""
    inner = node.expressions[0] if node.key == "distinct" else node
    return inner.unnest().type or UNKNOWN


def kind(node: exp.Expr) -> str:
    """A node's type in a word."""
    return kind_of(type_of(node))


def average(node: exp.Expr, over: Rewrite) -> exp.Expr:
    """Of whole numbers a whole number, of decimals one with as many digits behind the point, cut off."""
    declared = type_of(node.this)
    word = kind_of(declared)
    found = over(exp.Avg(this=node.this.copy()))
    if word in GROUPS["whole"]:
        return fill(_WHOLE, {"a": found})
    return _to_scale(found, declared, _CUT)


def _to_scale(node: exp.Expr, declared: exp.DataType, template: exp.Expr = _ROUNDED) -> exp.Expr:
    digits = declared.expressions[1:2] if kind_of(declared) == "decimal" else []
    if not digits:
        return node
    return fill(template, {"a": node, "digits": exp.Literal.number(digits[0].name)})


def _quotient(node: exp.Expr) -> exp.Expr:
    """Of decimals, with the digits that Redshift gives it."""
    kinds = {kind(node.this), kind(node.expression)}
    if "decimal" not in kinds or not kinds <= {*GROUPS["exact"]}:
        return node
    return _to_scale(node.copy(), node.type or UNKNOWN)


def _rounding(name: str) -> Rewrite:
    """ROUND and TRUNC to digits: of a DOUBLE, too, halves decided on its decimal digits."""

    def rewrite(node: exp.Expr) -> exp.Expr:
        if kind(node.this) in GROUPS["moment"]:
            return exp.cast(node.this.copy(), "date")
        if kind(node.this) not in GROUPS["float"]:
            return node
        digits = node.args.get("decimals")
        number = fill(_EXACT, {"a": node.this})
        rounded = exp.Anonymous(this=name, expressions=[number, *([digits.copy()] if digits else [])])
        return exp.cast(rounded, "double")

    return rewrite


def _strtol(node: exp.Expr) -> exp.Expr:
    """PostgreSQL reads whole numbers with the prefix of their base."""
    prefixes = {"2": "0b", "8": "0o", "10": "", "16": "0x"}
    if len(node.expressions) != 2 or node.expressions[1].name not in prefixes:
        raise Untranslatable(node, "STRTOL() is translated where its base is written out: 2, 8, 10 or 16")
    prefix = exp.Literal.string(prefixes[node.expressions[1].name])
    return exp.cast(exp.DPipe(this=prefix, expression=node.expressions[0].copy()), "bigint")


def _crc32(node: exp.Expr) -> exp.Expr:
    """Redshift's is what others call CRC-32C."""
    digits = exp.Anonymous(this="to_hex", expressions=[fill(_CRC32, {"a": counted(node, 1, 1)[0]})])
    return exp.func("lpad", digits, exp.Literal.number(8), exp.Literal.string("0"))


NUMBERS: Rewrites = {
    **casts(default_digits(18, 0)),
    exp.Div: _quotient,
    exp.Round: _rounding("round"),
    exp.Trunc: _rounding("trunc"),
    "STRTOL": _strtol,
    "DLOG1": postgres("ln(:a)"),
    "DLOG10": postgres("log(:a)"),
    "CRC32": _crc32,
    "TO_HEX": as_it_stands,
    "DEXP": postgres("exp(:a)"),
}
