"""Redshift's functions of SUPER values and of JSON in text, in PostgreSQL."""

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.rewriting import (
    Rewrite,
    Rewrites,
    counted,
    fill,
    parsed,
    postgres,
)

_SERIALIZED = r"""regexp_replace(CAST(:a AS TEXT), '("(?:[^"\\]|\\.)*")|([:,]) ', '\1\2', 'g')"""
"""Without a blank after commas and colons, but for those of texts."""
_IS = "jsonb_typeof(:a) = '{}'"
_INTEGER = """CASE jsonb_typeof(:a) WHEN 'number'
    THEN CAST(:a AS DOUBLE PRECISION) = floor(CAST(:a AS DOUBLE PRECISION))
         AND abs(CAST(:a AS DOUBLE PRECISION)) < {} ELSE false END"""
_JSON = parsed("CAST(:a AS JSON)", "postgres")
_STEP = parsed(":a -> :b", "postgres")
_TEXT = parsed(":a ->> :b", "postgres")
_IF_VALID = parsed("CASE WHEN :a IS JSON THEN :a END", "postgres")
_FROM_ZERO = parsed("CASE WHEN :n >= 0 THEN CAST(:a AS JSON) ->> CAST(:n AS INT) END", "postgres")
_LENGTH = parsed("json_array_length(CAST(:a AS JSON))", "postgres")


def _text_of(parts: list[exp.Expr]) -> exp.Expr:
    """The text that is read, as the first of the arguments; NULL if it is none and the last one says so."""
    lenient = parts[-1].key == "boolean" and bool(parts.pop().this)
    return fill(_IF_VALID, {"a": parts[0]}) if lenient else parts[0]


def _extract_path(node: exp.Expr) -> exp.Expr:
    """JSON_EXTRACT_PATH_TEXT of a text, by names of members."""
    parts = list(node.expressions)
    made = fill(_JSON, {"a": _text_of(parts)})
    for number, one in enumerate(parts[1:], 2):
        made = fill(_TEXT if number == len(parts) else _STEP, {"a": made, "b": one})
    return made


def _element(node: exp.Expr) -> exp.Expr:
    parts = counted(node, 2, 3)
    return fill(_FROM_ZERO, {"a": _text_of(parts), "n": parts[1]})


def _array_length(node: exp.Expr) -> exp.Expr:
    parts = list(node.expressions)
    return fill(_LENGTH, {"a": _text_of(parts)})


def _named(name: str) -> Rewrite:
    """The same arguments for another function."""

    def rewrite(node: exp.Expr) -> exp.Expr:
        return exp.Anonymous(this=name, expressions=[part.copy() for part in node.expressions])

    return rewrite


SUPER_FUNCTIONS: Rewrites = {
    "JSON_PARSE": postgres("CAST(:a AS JSONB)"),
    "JSON_SERIALIZE": postgres(_SERIALIZED),
    "JSON_SIZE": postgres(f"octet_length({_SERIALIZED})"),
    "JSON_TYPEOF": postgres("jsonb_typeof(:a)"),
    **{name: postgres(":a IS JSON") for name in ("IS_VALID_JSON", "CAN_JSON_PARSE")},
    "IS_VALID_JSON_ARRAY": postgres(":a IS JSON ARRAY"),
    "JSON_EXTRACT_PATH_TEXT": _extract_path,
    "JSON_EXTRACT_ARRAY_ELEMENT_TEXT": _element,
    "JSON_ARRAY_LENGTH": _array_length,
    "IS_ARRAY": postgres(_IS.format("array")),
    "IS_OBJECT": postgres(_IS.format("object")),
    "IS_BOOLEAN": postgres(_IS.format("boolean")),
    **{name: postgres(_IS.format("string")) for name in ("IS_VARCHAR", "IS_CHAR")},
    "IS_SCALAR": postgres("jsonb_typeof(:a) IN ('string', 'number', 'boolean')"),
    "IS_SMALLINT": postgres(_INTEGER.format("32768")),
    "IS_INTEGER": postgres(_INTEGER.format("2147483648")),
    "IS_BIGINT": postgres(_INTEGER.format("9223372036854775808")),
    "GET_ARRAY_LENGTH": postgres("CASE jsonb_typeof(:a) WHEN 'array' THEN jsonb_array_length(:a) END"),
    "ARRAY": _named("jsonb_build_array"),
    exp.Array: _named("jsonb_build_array"),
    "OBJECT": _named("jsonb_build_object"),
    "ARRAY_CONCAT": postgres("(:a || :b)"),
    "ARRAY_FLATTEN": postgres("jsonb_path_query_array(:a, '$[*][*]')"),
    "ARRAY_CONTAINS": postgres("(:a @> jsonb_build_array(:b))"),
    "SPLIT_TO_ARRAY": postgres("to_jsonb(string_to_array(:a, ','))", "to_jsonb(string_to_array(:a, :b))"),
    "SUBARRAY": postgres(
        """(SELECT coalesce(jsonb_agg(value ORDER BY ordinality), CAST('[]' AS JSONB))
            FROM jsonb_array_elements(:a) WITH ORDINALITY AS elements(value, ordinality)
            WHERE ordinality > :b)""",
        """(SELECT coalesce(jsonb_agg(value ORDER BY ordinality), CAST('[]' AS JSONB))
            FROM jsonb_array_elements(:a) WITH ORDINALITY AS elements(value, ordinality)
            WHERE ordinality > :b AND ordinality <= :b + :c)""",
    ),
}
