"""PostgreSQL's functions and operators that DuckDB has under other names, or not at all."""

import re
from collections.abc import Mapping

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.aggregate_rewrites import plain_aggregate
from dw_simulator.plugins.dialects.translation.arithmetic_rewrites import ARITHMETIC
from dw_simulator.plugins.dialects.translation.comparison_rewrites import CHAR_COMPARISONS
from dw_simulator.plugins.dialects.translation.date_rewrites import read_date
from dw_simulator.plugins.dialects.translation.interval_rewrites import INTERVALS
from dw_simulator.plugins.dialects.translation.redshift_functions import QUOTES, read_number
from dw_simulator.plugins.dialects.translation.rewriting import (
    Rewrite,
    Rewrites,
    aggregate,
    counted,
    duckdb,
    fill,
    parsed,
)
from dw_simulator.plugins.dialects.translation.super_values import TYPEOF
from dw_simulator.plugins.dialects.translation.text_rewrites import substring
from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable
from dw_simulator.plugins.dialects.typed.result_types import kind_of

_DOCUMENTS = frozenset(("json", "jsonb", "variant", "super"))

# --- regular expressions

_FIRST = parsed("CASE WHEN regexp_matches(:a, :b) THEN regexp_extract(:a, :b, :group) END", "duckdb")


def _groups(pattern: exp.Expr) -> int:
    """How many groups a pattern has."""
    if not pattern.is_string:
        raise Untranslatable(pattern, "a regular expression is translated where it is a text in quotes")
    return len(re.findall(r"(?<!\\)\((?!\?)", pattern.name))


def _substring(node: exp.Expr) -> exp.Expr:
    """SUBSTRING(text FROM pattern)."""
    start = node.args.get("start")
    if start is None or not start.is_string or node.args.get("length") is not None:
        return substring(node)
    group = exp.Literal.number(min(1, _groups(start)))
    return fill(_FIRST, {"a": node.this, "b": start, "group": group})


def _match(node: exp.Expr) -> exp.Expr:
    """REGEXP_MATCH(text, pattern): an array of what the groups are, or of the whole."""
    text, pattern = counted(node, 2, 2)
    numbers = range(1, _groups(pattern) + 1) or (0,)
    found = ", ".join(f"regexp_extract(:a, :b, {number})" for number in numbers)
    made = parsed(f"CASE WHEN regexp_matches(:a, :b) THEN list_value({found}) END", "duckdb")
    return fill(made, {"a": text, "b": pattern})


_ALL = parsed("unnest(list_transform(regexp_extract_all(:a, :b), lambda one: list_value(one)))", "duckdb")


def _matches(node: exp.Expr) -> exp.Expr:
    """REGEXP_MATCHES(text, pattern, flags): a row for each."""
    text, pattern, *flags = counted(node, 2, 3)
    if flags and flags[0].name == "g" and not _groups(pattern):
        return fill(_ALL, {"a": text, "b": pattern})
    if flags:
        raise Untranslatable(node, "REGEXP_MATCHES() is translated with 'g' and no groups, or without flags")
    found = _match(exp.Anonymous(this=node.name, expressions=[text.copy(), pattern.copy()]))
    rows = exp.case().when(exp.Not(this=exp.Is(this=found, expression=exp.null())), _listed(found))
    return exp.Anonymous(this="unnest", expressions=[rows])


def _listed(value: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this="list_value", expressions=[value.copy()])


# --- arrays

_JOINED = parsed(
    "array_to_string(list_transform(:a, lambda one: coalesce(CAST(one AS VARCHAR), :c)), :b)", "duckdb"
)
_ALL_FIT = "len(list_filter(:list, lambda one: NOT coalesce(:value {0} one, false))) = 0"
_OPERATORS = {exp.EQ: "=", exp.NEQ: "<>", exp.GT: ">", exp.GTE: ">=", exp.LT: "<", exp.LTE: "<="}
_EVERY: dict[type[exp.Expr], exp.Expr] = {
    kind: parsed(_ALL_FIT.format(sign), "duckdb") for kind, sign in _OPERATORS.items()
}


def _array_text(node: exp.Expr) -> exp.Expr:
    null = node.args.get("null")
    return node if null is None else fill(_JOINED, {"a": node.this, "b": node.expression, "c": null})


def _joined(node: exp.Expr) -> exp.Expr:
    """`||` of an array and an element."""
    kinds = [kind_of(part.type) for part in (node.this, node.expression)]
    if kinds[0] == "array" and kinds[1] not in ("array", ""):
        return exp.Anonymous(this="list_append", expressions=[node.this.copy(), node.expression.copy()])
    if kinds[1] == "array" and kinds[0] not in ("array", ""):
        return exp.Anonymous(this="list_prepend", expressions=[node.this.copy(), node.expression.copy()])
    return node


def _compared(compare: Rewrite) -> Rewrite:
    """A comparison, also with ALL of an array."""

    def rewrite(node: exp.Expr) -> exp.Expr:
        every, template = node.args.get("expression"), _EVERY.get(type(node))
        if template is None or every is None or every.key != "anonymous" or every.name.upper() != "ALL":
            return compare(node)
        return fill(template, {"list": every.expressions[0], "value": node.this})

    return rewrite


def _filled_array(node: exp.Expr) -> exp.Expr:
    value, sizes = counted(node, 2, 2)
    if sizes.key != "array" or len(sizes.expressions) != 1:
        raise Untranslatable(node, "ARRAY_FILL() is translated with one length: ARRAY_FILL(0, ARRAY[3])")
    made = parsed("list_transform(range(CAST(:n AS BIGINT)), lambda place: :value)", "duckdb")
    return fill(made, {"n": sizes.expressions[0], "value": value})


# --- JSON


def _pointed(scalar: bool) -> Rewrite:
    """`#>` and `#>>`: the steps of `{a,0,b}`, each a member's name or an element's number."""
    kind = exp.JSONExtractScalar if scalar else exp.JSONExtract

    def rewrite(node: exp.Expr) -> exp.Expr:
        path = node.expression
        if not path.is_string or not re.fullmatch(r"\{[^{}\"]*\}", path.name):
            raise Untranslatable(node, "a path is translated where it is written out: '{a,0,b}'")
        steps = [step.strip() for step in path.name[1:-1].split(",") if step.strip()]
        pointer = "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)
        value = exp.cast(node.this.copy(), "json", dialect="duckdb")
        return kind(this=value, expression=exp.Literal.string(pointer or "$"))

    return rewrite


def _contained(node: exp.Expr) -> exp.Expr:
    """`@>` of documents."""
    kinds = {kind_of(part.type) for part in (node.this, node.expression)}
    if not kinds & _DOCUMENTS:
        return node
    parts = [exp.cast(part.copy(), "json", dialect="duckdb") for part in (node.this, node.expression)]
    return exp.Anonymous(this="json_contains", expressions=parts)


def _json_aggregate(node: exp.Expr, over: Rewrite) -> exp.Expr:
    """JSON_AGG, in its order."""
    is_call = node.key == "anonymous" and node.name.upper() in ("JSON_AGG", "JSONB_AGG")
    if not is_call and node.key != "jsonarrayagg":
        return plain_aggregate(node, over)
    value = node.expressions[0] if is_call else node.this
    return exp.Anonymous(this="to_json", expressions=[over(exp.ArrayAgg(this=value.copy()))])


def _unordered(node: exp.Expr) -> exp.Expr:
    """The members of a JSONB have an order of their own."""
    value = node.expression.this if node.expression.key == "order" else node.expression
    return exp.Anonymous(this="json_group_object", expressions=[node.this.copy(), value.copy()])


def _counted_nulls(test: str) -> Rewrite:
    template = parsed(f"CAST(:a IS {test} AS INTEGER)", "duckdb")

    def rewrite(node: exp.Expr) -> exp.Expr:
        first, *others = (fill(template, {"a": part}) for part in counted(node, 1, 99))
        for one in others:
            first = exp.Add(this=first, expression=one)
        return exp.Paren(this=first)

    return rewrite


def _before(word: str, rewrite: Rewrite) -> Rewrite:
    """A function of two arguments, of which the second is always the same."""

    def rewritten(node: exp.Expr) -> exp.Expr:
        first, second = counted(node, 2, 2)
        if second.name.lower().replace("-", "") != word:
            raise Untranslatable(
                node, f"{node.name.upper()}() is translated with {word} as its second argument"
            )
        return rewrite(exp.Anonymous(this=node.name, expressions=[first.copy()]))

    return rewritten


_ENCODINGS = {"hex": duckdb("lower(hex(:a))"), "base64": duckdb("to_base64(:a)")}
_DECODINGS = {"hex": duckdb("unhex(:a)"), "base64": duckdb("from_base64(:a)")}


def _encoded(known: Mapping[str, Rewrite]) -> Rewrite:
    """ENCODE(bytes, format) and DECODE(text, format)."""

    def rewrite(node: exp.Expr) -> exp.Expr:
        value, called = counted(node, 2, 2)
        if called.name.lower() not in known:
            raise Untranslatable(node, f"{node.name.upper()}() is translated with 'hex' or 'base64'")
        return known[called.name.lower()](exp.Anonymous(this=node.name, expressions=[value.copy()]))

    return rewrite


def bytes_in_hex(node: exp.Expr) -> exp.Expr:
    """A cast of `\\x6162` to BYTEA."""
    text = node.this
    if not text.is_string or not text.name.startswith("\\x") or not node.args["to"].is_type("varbinary"):
        return node
    return exp.Anonymous(this="unhex", expressions=[exp.Literal.string(text.name[2:])])


_MEET = parsed(":begin < :other_end AND :other_begin < :end", "duckdb")


def _overlaps(node: exp.Expr) -> exp.Expr:
    """(begin, end) OVERLAPS (begin, end); an end may be an interval."""
    ends = []
    for pair in (node.this, node.expression):
        if pair.key != "tuple" or len(pair.expressions) != 2:
            raise Untranslatable(node, "OVERLAPS is translated between two pairs: (a, b) OVERLAPS (c, d)")
        begin, end = pair.expressions
        if kind_of(end.type) == "interval":
            end = exp.Add(this=begin.copy(), expression=end.copy())
        ends += [begin, end]
    return fill(_MEET, dict(zip(("begin", "end", "other_begin", "other_end"), ends, strict=True)))


_AGGREGATES = aggregate(_json_aggregate)


FUNCTIONS: Rewrites = {
    **ARITHMETIC,
    exp.Div: duckdb(":this // :expression"),
    **{kind: _compared(compare) for kind, compare in CHAR_COMPARISONS.items() if isinstance(kind, type)},
    **INTERVALS,
    **QUOTES,
    exp.Substring: _substring,
    "REGEXP_MATCH": _match,
    "REGEXP_MATCHES": _matches,
    "REGEXP_SUBSTR": duckdb("CASE WHEN regexp_matches(:a, :b) THEN regexp_extract(:a, :b) END"),
    "OCTET_LENGTH": duckdb("octet_length(encode(:a))"),
    "ENCODE": _encoded(_ENCODINGS),
    "DECODE": _encoded(_DECODINGS),
    "CONVERT_FROM": _before("utf8", duckdb("decode(:a)")),
    "CONVERT_TO": _before("utf8", duckdb("encode(:a)")),
    "TO_DATE": read_date,
    "TO_NUMBER": read_number,
    "DIV": duckdb("trunc(:a // :b)"),
    "WIDTH_BUCKET": duckdb(
        """CASE WHEN :a < :b THEN 0 WHEN :a >= :c THEN :d + 1
             ELSE CAST(floor((:a - :b) * :d / (:c - :b)) AS INTEGER) + 1 END"""
    ),
    "NUM_NULLS": _counted_nulls("NULL"),
    "NUM_NONNULLS": _counted_nulls("NOT NULL"),
    "EVERY": duckdb("bool_and(:a)"),
    exp.Overlaps: _overlaps,
    exp.ArrayToString: _array_text,
    exp.DPipe: _joined,
    "ARRAY_REPLACE": duckdb(
        "list_transform(:a, lambda one: CASE WHEN one IS NOT DISTINCT FROM :b THEN :c ELSE one END)"
    ),
    "ARRAY_UPPER": _before("1", duckdb("nullif(len(:a), 0)")),
    "ARRAY_LOWER": _before("1", duckdb("CASE WHEN len(:a) > 0 THEN 1 END")),
    "ARRAY_FILL": _filled_array,
    exp.JSONBExtract: _pointed(scalar=False),
    exp.JSONBExtractScalar: _pointed(scalar=True),
    exp.JSONBContainsTopKey: duckdb("list_contains(json_keys(CAST(:this AS JSON)), :expression)"),
    exp.ArrayContainsAll: _contained,
    **dict.fromkeys(("JSON_TYPEOF", "JSONB_TYPEOF"), TYPEOF),
    **dict.fromkeys(
        ("JSON_ARRAY_LENGTH", "JSONB_ARRAY_LENGTH"), duckdb("json_array_length(CAST(:a AS JSON))")
    ),
    "TO_JSONB": duckdb("to_json(:a)"),
    **dict.fromkeys((exp.JSONArrayAgg, "JSON_AGG", "JSONB_AGG", exp.Filter, exp.Window), _AGGREGATES),
    exp.JSONBObjectAgg: _unordered,
}


def _renamed(name: str) -> Rewrite:
    return lambda node: exp.Anonymous(this=name, expressions=[part.copy() for part in node.expressions])


MADE: Rewrites = {
    **dict.fromkeys(("JSON_BUILD_OBJECT", "JSONB_BUILD_OBJECT"), _renamed("json_object")),
    **dict.fromkeys(("JSON_BUILD_ARRAY", "JSONB_BUILD_ARRAY"), _renamed("json_array")),
}
"""Of as many values as there are."""
