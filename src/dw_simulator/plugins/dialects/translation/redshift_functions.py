"""Redshift's functions that DuckDB has under other names, or not at all: by name, as AWS documents them."""

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.arithmetic_rewrites import ARITHMETIC
from dw_simulator.plugins.dialects.translation.cmp_functions import COMPARES
from dw_simulator.plugins.dialects.translation.comparison_rewrites import COMPARISONS
from dw_simulator.plugins.dialects.translation.date_rewrites import read_date, reading
from dw_simulator.plugins.dialects.translation.interval_rewrites import INTERVALS
from dw_simulator.plugins.dialects.translation.moment_parts import PARTS
from dw_simulator.plugins.dialects.translation.number_formats import to_number
from dw_simulator.plugins.dialects.translation.regexp_rewrites import (
    regexp_count,
    regexp_replace,
    regexp_substr,
)
from dw_simulator.plugins.dialects.translation.rewriting import Rewrites, counted, duckdb, refuse
from dw_simulator.plugins.dialects.translation.sound_rewrites import SOUNDS
from dw_simulator.plugins.dialects.translation.super_values import SUPERS
from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable
from dw_simulator.plugins.dialects.typed.result_types import kind_of

# --- text

_HASHES = {"0": "sha256(:a)", "256": "sha256(:a)"}
_SHA2 = {bits: duckdb(template) for bits, template in _HASHES.items()}


def _sha2(node: exp.Expr) -> exp.Expr:
    bits = node.expressions[1].name if len(node.expressions) == 2 else ""
    if bits not in _SHA2:
        raise Untranslatable(node, "SHA2() is translated with 256 bits; DuckDB has no others")
    short = exp.Anonymous(this="SHA2", expressions=node.expressions[:1])
    return _SHA2[bits](short)


_VARBYTES = {"hex": "lower(hex(:a))", "utf8": "decode(:a)", "utf-8": "decode(:a)"}
_FROM_VARBYTE = {word: duckdb(template) for word, template in _VARBYTES.items()}
_TO_VARBYTE = {
    **dict.fromkeys(("utf8", "utf-8"), duckdb("encode(:a)")),
    "hex": duckdb("unhex(:a)"),
}


def _varbyte(node: exp.Expr) -> exp.Expr:
    """TO_VARBYTE(text, format), FROM_VARBYTE(bytes, format)."""
    known = _FROM_VARBYTE if node.name.upper() == "FROM_VARBYTE" else _TO_VARBYTE
    word = node.expressions[1].name.lower() if len(node.expressions) == 2 else ""
    if word not in known:
        raise Untranslatable(node, f"{node.name}() is translated with 'hex' or 'utf8'")
    return known[word](exp.Anonymous(this=node.name, expressions=node.expressions[:1]))


_COLLATIONS = {
    "case_insensitive": "NOCASE", "ci": "NOCASE",
    "case_sensitive": "BINARY", "cs": "BINARY",
}  # fmt: skip


def _collated(node: exp.Expr) -> exp.Expr:
    """COLLATE(text, 'case_insensitive')."""
    collation = _COLLATIONS.get(node.expression.name.lower())
    if collation is None:
        raise Untranslatable(node, "COLLATE takes 'case_sensitive' or 'case_insensitive'")
    return exp.Collate(this=node.this.copy(), expression=exp.Var(this=collation))


QUOTES: Rewrites = {
    "QUOTE_IDENT": duckdb(
        """CASE WHEN regexp_full_match(:a, '[a-z_][a-z0-9_$]*') THEN :a
           ELSE '"' || replace(:a, '"', '""') || '"' END"""
    ),
    "QUOTE_LITERAL": duckdb("'''' || replace(CAST(:a AS VARCHAR), '''', '''''') || ''''"),
}

TEXT: Rewrites = {
    "ISNULL": duckdb("coalesce(:a, :b)"),
    "REPLICATE": duckdb("repeat(:a, CAST(:b AS BIGINT))"),
    "OCTETINDEX": duckdb(
        """CASE WHEN strpos(:b, :a) = 0 THEN 0
           ELSE octet_length(encode(left(:b, strpos(:b, :a) - 1))) + 1 END"""
    ),
    **QUOTES,
    "REGEXP_REPLACE": regexp_replace,
    "REGEXP_SUBSTR": regexp_substr,
    "REGEXP_COUNT": regexp_count,
    "SHA2": _sha2,
    "FUNC_SHA1": duckdb("sha1(:a)"),
    "SHA": duckdb("sha1(:a)"),
    "OCTET_LENGTH": duckdb("octet_length(encode(:a))"),
    **dict.fromkeys(("TO_VARBYTE", "FROM_VARBYTE"), _varbyte),
    "FROM_HEX": duckdb("unhex(:a)"),
    **SOUNDS,
    exp.Collate: _collated,
}

# --- numbers


def read_number(node: exp.Expr) -> exp.Expr:
    """TO_NUMBER(text, pattern)."""
    if len(node.expressions) != 2 or not node.expressions[1].is_string:
        raise Untranslatable(
            node, "TO_NUMBER() takes a text and its pattern in quotes: TO_NUMBER(s, '999.99')"
        )
    return to_number(*node.expressions)


NUMBERS: Rewrites = {
    "TO_NUMBER": read_number,
    "DEXP": duckdb("exp(:a)"),
    "DLOG1": duckdb("ln(:a)"),
    "DLOG10": duckdb("log10(:a)"),
    "DSQRT": duckdb("sqrt(:a)"),
    "TEXT_TO_INT_ALT": refuse("TEXT_TO_INT_ALT() is not translated; use TO_NUMBER() or a cast"),
    "TEXT_TO_NUMERIC_ALT": refuse("TEXT_TO_NUMERIC_ALT() is not translated; use TO_NUMBER() or a cast"),
}

# --- dates and times

_AT_ZONE = {
    True: duckdb(":b AT TIME ZONE :a"),
    False: duckdb("CAST(:b AS TIMESTAMP) AT TIME ZONE :a"),
}
"""Whether the moment has a zone -> its other kind."""


def _timezone(node: exp.Expr) -> exp.Expr:
    """TIMEZONE(zone, moment)."""
    _zone, moment = counted(node, 2, 2)
    return _AT_ZONE[kind_of(moment.type) == "timestamptz"](node)


MOMENTS: Rewrites = {
    "GETDATE": duckdb("now() AT TIME ZONE 'UTC'"),
    "TIMEOFDAY": duckdb("strftime(now() AT TIME ZONE 'UTC', '%a %b %d %H:%M:%S.%f %Y UTC')"),
    "DATE_PART_YEAR": duckdb("year(CAST(:a AS DATE))"),
    "TIMEZONE": _timezone,
    "TO_DATE": read_date,
    "TO_TIMESTAMP": reading("strptime(:a, :b) AT TIME ZONE 'UTC'", "CAST(:a AS TIMESTAMPTZ)"),
    **PARTS,
    **INTERVALS,
    **COMPARES,
}

# --- what is Redshift's alone

_OWN = ("HLL", "HLL_CREATE_SKETCH", "HLL_CARDINALITY", "HLL_COMBINE", "HLL_COMBINE_SKETCHES", "HLLSKETCH")
REFUSED: Rewrites = {
    **dict.fromkeys(_OWN, refuse("sketches are Redshift's own; use COUNT(DISTINCT ...)")),
}

FUNCTIONS: Rewrites = {**SUPERS, **TEXT, **NUMBERS, **MOMENTS, **ARITHMETIC, **COMPARISONS, **REFUSED}
