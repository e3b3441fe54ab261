"""Redshift's functions of SUPER and of JSON text, over JSON."""

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.rewriting import (
    Rewrite,
    Rewrites,
    counted,
    duckdb,
    fill,
    parsed,
    refuse,
)
from dw_simulator.plugins.dialects.translation.super_arrays import ARRAYS
from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable

_JSON = "CAST({0} AS JSON)"
_LIST = "CAST(CAST({0} AS JSON) AS JSON[])"
_A, _B = _JSON.format(":a"), _JSON.format(":b")
_TYPE = f"json_type({_A})"
_WHOLE = f"{_TYPE} IN ('UBIGINT', 'BIGINT', 'HUGEINT', 'UHUGEINT')"
_TEXT = f"({_A} ->> '$')"


def _is(condition: str) -> Rewrite:
    """Whether a value is of a type; of no value that is not known."""
    return duckdb(f"CASE WHEN :a IS NULL THEN NULL ELSE {condition} END")


def _holds(type_: str) -> Rewrite:
    """Whether a whole number fits a type."""
    return _is(f"{_WHOLE} AND TRY_CAST({_TEXT} AS {type_}) IS NOT NULL")


# --- JSON text


def _lenient(node: exp.Expr, least: int, most: int) -> tuple[list[exp.Expr], bool]:
    """A function's arguments, and whether text that is no JSON is taken for NULL, as TRUE at the end says."""
    values = list(node.expressions)
    said = values[-1] if len(values) > least and values[-1].key == "boolean" else None
    if said is not None:
        values.pop()
    if not least <= len(values) <= most:
        counted(node, least, most + 1)
        raise Untranslatable(node, f"{node.name}() ends with TRUE or FALSE, or nothing")
    return values, said == exp.true()


def _parsed(text: exp.Expr, lenient: bool) -> exp.Expr:
    kind = exp.TryCast if lenient else exp.Cast
    return kind(this=text.copy(), to=exp.DataType.build("json", dialect="duckdb"))


def path_text(node: exp.Expr) -> exp.Expr:
    """JSON_EXTRACT_PATH_TEXT(json, step, step, ..., null_if_invalid)."""
    (text, *steps), lenient = _lenient(node, 2, 6)
    if all(step.is_string for step in steps):
        keys = [exp.JSONPathRoot(), *(exp.JSONPathKey(this=step.name) for step in steps)]
        return exp.JSONExtractScalar(
            this=_parsed(text, lenient), expression=exp.JSONPath(expressions=keys), only_json_types=True
        )
    made = _parsed(text, lenient)
    for step in steps[:-1]:
        made = exp.Anonymous(this="json_extract", expressions=[made, step.copy()])
    return exp.Anonymous(this="json_extract_string", expressions=[made, steps[-1].copy()])


_ELEMENT = parsed("CASE WHEN :place >= 0 THEN :value ->> CAST(:place AS BIGINT) END", "duckdb")


def element_text(node: exp.Expr) -> exp.Expr:
    """JSON_EXTRACT_ARRAY_ELEMENT_TEXT(json, place, null_if_invalid): places begin at 0."""
    (text, place), lenient = _lenient(node, 2, 2)
    return fill(_ELEMENT, {"value": _parsed(text, lenient), "place": place})


def array_length(node: exp.Expr) -> exp.Expr:
    """JSON_ARRAY_LENGTH(json, null_if_invalid)."""
    (text,), lenient = _lenient(node, 1, 1)
    return exp.Anonymous(this="json_array_length", expressions=[_parsed(text, lenient)])


# --- arrays and objects


def array(node: exp.Expr) -> exp.Expr:
    """ARRAY(...): elements of any types."""
    return exp.Anonymous(this="json_array", expressions=[part.copy() for part in node.expressions])


def _object(node: exp.Expr) -> exp.Expr:
    if len(node.expressions) % 2:
        raise Untranslatable(node, "OBJECT() takes keys and values in turn: OBJECT('a', 1, 'b', 2)")
    return exp.Anonymous(this="json_object", expressions=[part.copy() for part in node.expressions])


_TOGETHER = parsed(f"to_json(list_concat({_LIST.format(':a')}, {_LIST.format(':b')}))", "duckdb")


def array_concat(node: exp.Expr) -> exp.Expr:
    """ARRAY_CONCAT of two."""
    if len(node.expressions) != 1:
        raise Untranslatable(node, "ARRAY_CONCAT() takes two arrays")
    return fill(_TOGETHER, {"a": node.this, "b": node.expressions[0]})


_SPLIT = parsed("to_json(string_split(:this, :by))", "duckdb")


def split_to_array(node: exp.Expr) -> exp.Expr:
    """SPLIT_TO_ARRAY(text, delimiter); a comma where none is said."""
    text, *by = counted(node, 1, 2)
    return fill(_SPLIT, {"this": text, "by": by[0] if by else exp.Literal.string(",")})


def _is_null(node: exp.Expr) -> exp.Expr:
    """A null of JSON is NULL."""
    if node.this.key == "jsonextract" and node.expression.key == "null":
        value, path = node.this.this.copy(), node.this.expression.copy()
        node.set("this", exp.JSONExtractScalar(this=value, expression=path))
    return node


_ARRAYS = f"{_TYPE} = 'ARRAY'"

TYPEOF = duckdb(
    f"""CASE {_TYPE} WHEN 'ARRAY' THEN 'array' WHEN 'OBJECT' THEN 'object' WHEN 'VARCHAR' THEN 'string'
        WHEN 'BOOLEAN' THEN 'boolean' WHEN 'NULL' THEN 'null'
        ELSE CASE WHEN :a IS NOT NULL THEN 'number' END END"""
)
"""What a value is, in a word."""
SUPERS: Rewrites = {
    "JSON_EXTRACT_PATH_TEXT": path_text,
    "JSON_EXTRACT_ARRAY_ELEMENT_TEXT": element_text,
    "JSON_ARRAY_LENGTH": array_length,
    "IS_VALID_JSON": duckdb("json_valid(:a)"),
    "CAN_JSON_PARSE": duckdb("json_valid(:a)"),
    "IS_VALID_JSON_ARRAY": duckdb("json_type(TRY_CAST(:a AS JSON)) IS NOT DISTINCT FROM 'ARRAY'"),
    "JSON_PARSE": duckdb("json(:a)"),
    "JSON_SERIALIZE": duckdb("CAST(json(:a) AS VARCHAR)"),
    "JSON_SIZE": duckdb("octet_length(encode(CAST(json(:a) AS VARCHAR)))"),
    "JSON_TYPEOF": TYPEOF,
    "IS_ARRAY": _is(_ARRAYS),
    "IS_OBJECT": _is(f"{_TYPE} = 'OBJECT'"),
    "IS_SCALAR": _is(f"{_TYPE} NOT IN ('OBJECT', 'ARRAY', 'NULL')"),
    "IS_BOOLEAN": _is(f"{_TYPE} = 'BOOLEAN'"),
    "IS_VARCHAR": _is(f"{_TYPE} = 'VARCHAR'"),
    "IS_CHAR": _is(f"{_TYPE} = 'VARCHAR'"),
    "IS_SMALLINT": _holds("SMALLINT"),
    "IS_INTEGER": _holds("INTEGER"),
    "IS_BIGINT": _holds("BIGINT"),
    "IS_DECIMAL": _is(f"{_TYPE} = 'DOUBLE' AND NOT contains(lower(CAST({_A} AS VARCHAR)), 'e')"),
    "IS_FLOAT": _is(f"{_TYPE} = 'DOUBLE' AND contains(lower(CAST({_A} AS VARCHAR)), 'e')"),
    "DECIMAL_SCALE": duckdb(f"length(split_part({_TEXT}, '.', 2))"),
    "DECIMAL_PRECISION": duckdb(f"length(regexp_replace({_TEXT}, '[^0-9]', '', 'g'))"),
    exp.Is: _is_null,
    exp.Array: array,
    exp.ArrayConcat: array_concat,
    "SPLIT_TO_ARRAY": split_to_array,
    **ARRAYS,
    "GET_ARRAY_LENGTH": duckdb(f"CASE WHEN {_ARRAYS} THEN json_array_length({_A}) END"),
    "OBJECT": _object,
    "OBJECT_TRANSFORM": refuse("OBJECT_TRANSFORM() is not translated; make the object anew with OBJECT()"),
    **dict.fromkeys(
        ("LOWER_ATTRIBUTE_NAMES", "UPPER_ATTRIBUTE_NAMES"),
        refuse("the case of attribute names is not changed; make the object anew with OBJECT()"),
    ),
}
"""By the name of the function."""
KEPT = frozenset(name for name in SUPERS if isinstance(name, str)) - {"SPLIT_TO_ARRAY"}
"""Functions that take a SUPER as it is, and not its text."""
