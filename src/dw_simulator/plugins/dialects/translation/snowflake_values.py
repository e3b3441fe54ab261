"""Snowflake's functions of arrays, objects and variants, which are JSON in DuckDB."""

from collections.abc import Mapping

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.json_rewrites import object_with_nulls, object_without_nulls
from dw_simulator.plugins.dialects.translation.rewriting import (
    Rewrite,
    Rewrites,
    counted,
    duckdb,
    fill,
    parsed,
    refuse,
)
from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable
from dw_simulator.plugins.dialects.typed.result_types import kind_of
from dw_simulator.schema.quoting import quoted_text

_A, _B = (f"CAST(json_extract(CAST(:{name} AS JSON), '$[*]') AS JSON[])" for name in "ab")
"""The elements of an array."""
_NUMBER = "json_type({0}) IN ('UBIGINT', 'BIGINT', 'DOUBLE', 'HUGEINT', 'UHUGEINT')"
_SORTABLE = f"""struct_pack(
    n := CASE WHEN {_NUMBER.format("e")} THEN CAST(json_extract_string(e, '$') AS DOUBLE) END,
    t := CASE WHEN NOT {_NUMBER.format("e")} THEN json_extract_string(e, '$') END, v := e)"""
_SORTED = "list_transform(list_sort(list_transform({}, lambda e: " + _SORTABLE + "), {}), lambda s: s.v)"
_UP, _DOWN = "'ASC'", "'DESC'"
_FILLED = f"list_filter({_A}, lambda e: json_type(e) <> 'NULL')"
_MEMBERS = "list_zip(json_keys(CAST(:a AS JSON)), json_extract(CAST(:a AS JSON), '$.*'))"
_OBJECT = """CAST('{{' || array_to_string(list_transform({},
    lambda m: CAST(to_json(m[1]) AS VARCHAR) || ':' || CAST(m[2] AS VARCHAR)), ',') || '}}' AS JSON)"""


def _array(elements: str) -> str:
    return f"to_json({elements})"


def _count(within: str) -> str:
    return f"len(list_filter({within}, lambda other: other = e))"


_SO_FAR = f"list_slice({_A}, 1, i)"
_AT = f"CASE WHEN :b < 0 THEN greatest(len({_A}) + :b, 0) ELSE :b END"
_PADDED = f"list_resize({_A}, greatest(len({_A}), {_AT}), CAST('null' AS JSON))"

ARRAYS: Rewrites = {
    "ARRAY_CAT": duckdb(_array(f"list_concat({_A}, {_B})")),
    "ARRAY_APPEND": duckdb(_array(f"list_append({_A}, coalesce(to_json(:b), CAST('null' AS JSON)))")),
    "ARRAY_PREPEND": duckdb(_array(f"list_prepend(coalesce(to_json(:b), CAST('null' AS JSON)), {_A})")),
    "ARRAY_POSITION": duckdb(f"nullif(list_position({_B}, to_json(:a)), 0) - 1"),
    "ARRAY_CONTAINS": duckdb(f"list_contains({_B}, to_json(:a))"),
    "ARRAYS_OVERLAP": duckdb(f"list_has_any({_A}, {_B})"),
    "ARRAY_SIZE": duckdb(
        "CASE WHEN json_type(CAST(:a AS JSON)) = 'ARRAY' THEN json_array_length(CAST(:a AS JSON)) END"
    ),
    "ARRAY_MAX": duckdb(f"list_extract({_SORTED.format(_FILLED, _DOWN)}, 1)"),
    "ARRAY_MIN": duckdb(f"list_extract({_SORTED.format(_FILLED, _UP)}, 1)"),
    "ARRAY_SORT": duckdb(
        _array(_SORTED.format(_A, _UP)),
        _array(_SORTED.format(_A, "CASE WHEN :b THEN 'ASC' ELSE 'DESC' END")),
    ),
    "ARRAY_SLICE": duckdb(
        _array(
            f"""list_slice({_A}, CASE WHEN :b < 0 THEN greatest(len({_A}) + :b, 0) ELSE :b END + 1,
                CASE WHEN :c < 0 THEN len({_A}) + :c ELSE :c END)"""
        )
    ),
    "ARRAY_DISTINCT": duckdb(_array(f"list_filter({_A}, lambda e, i: list_position({_A}, e) = i)")),
    "ARRAY_INTERSECTION": duckdb(
        _array(f"list_filter({_A}, lambda e, i: {_count(_SO_FAR)} <= {_count(_B)})")
    ),
    "ARRAY_EXCEPT": duckdb(_array(f"list_filter({_A}, lambda e, i: {_count(_SO_FAR)} > {_count(_B)})")),
    "ARRAY_COMPACT": duckdb(_array(_FILLED)),
    "ARRAY_TO_STRING": duckdb(
        f"array_to_string(list_transform({_A}, lambda e: coalesce(json_extract_string(e, '$'), '')), :b)"
    ),
    "ARRAY_INSERT": duckdb(
        _array(
            f"""list_concat(list_append(list_slice({_PADDED}, 1, {_AT}), to_json(:c)),
                list_slice({_PADDED}, {_AT} + 1, len({_PADDED})))"""
        )
    ),
    "ARRAY_REMOVE": duckdb(_array(f"list_filter({_A}, lambda e: e <> to_json(:b))")),
    "ARRAY_REMOVE_AT": duckdb(
        _array(f"list_filter({_A}, lambda e, i: i <> CASE WHEN :b < 0 THEN len({_A}) + :b ELSE :b END + 1)")
    ),
    "ARRAY_FLATTEN": duckdb(
        _array(f"flatten(list_transform({_A}, lambda e: CAST(json_extract(e, '$[*]') AS JSON[])))")
    ),
    "ARRAY_REVERSE": duckdb(_array(f"list_reverse({_A})")),
    "ARRAY_GENERATE_RANGE": duckdb(
        "to_json(range(CAST(:a AS BIGINT), CAST(:b AS BIGINT)))",
        "to_json(range(CAST(:a AS BIGINT), CAST(:b AS BIGINT), CAST(:c AS BIGINT)))",
    ),
    "ARRAYS_ZIP": duckdb(
        _array(
            f"list_transform(list_zip({_A}, {_B}), lambda pair: json_object('$1', pair[1], '$2', pair[2]))"
        )
    ),
    "ARRAYS_TO_OBJECT": duckdb(
        _OBJECT.format(f"list_zip(list_transform({_A}, lambda e: json_extract_string(e, '$')), {_B})")
    ),
    "SPLIT": duckdb("to_json(string_split(:a, :b))"),
    "STRTOK_TO_ARRAY": duckdb(
        "to_json(list_filter(string_split(:a, ' '), lambda e: e <> ''))",
        """to_json(list_filter(regexp_split_to_array(:a, '[' || regexp_escape(:b) || ']'),
           lambda e: e <> ''))""",
    ),
}

_TYPE = """CASE json_type(CAST(:a AS JSON)) WHEN 'VARCHAR' THEN 'VARCHAR'
    WHEN 'DOUBLE' THEN
        CASE WHEN contains(lower(CAST(CAST(:a AS JSON) AS VARCHAR)), 'e') THEN 'DOUBLE' ELSE 'DECIMAL' END
    WHEN 'BOOLEAN' THEN 'BOOLEAN' WHEN 'ARRAY' THEN 'ARRAY' WHEN 'OBJECT' THEN 'OBJECT'
    WHEN 'NULL' THEN 'NULL_VALUE'
    WHEN 'UBIGINT' THEN 'INTEGER' WHEN 'BIGINT' THEN 'INTEGER' WHEN 'HUGEINT' THEN 'INTEGER'
    WHEN 'UHUGEINT' THEN 'INTEGER' END"""
_KINDS: Mapping[str, tuple[str, ...]] = {
    "INTEGER": ("INTEGER",),
    "DECIMAL": ("INTEGER", "DECIMAL"),
    "NUMBER": ("INTEGER", "DECIMAL"),
    **dict.fromkeys(("DOUBLE", "REAL"), ("INTEGER", "DECIMAL", "DOUBLE")),
    **dict.fromkeys(("CHAR", "VARCHAR"), ("VARCHAR",)),
    "BOOLEAN": ("BOOLEAN",),
    "ARRAY": ("ARRAY",),
    "OBJECT": ("OBJECT",),
    "NULL_VALUE": ("NULL_VALUE",),
}
"""Which of the types of TYPEOF a value has to be."""
_NEVER = ("BINARY", "DATE", "DATE_VALUE", "TIME", "TIMESTAMP_NTZ", "TIMESTAMP_LTZ", "TIMESTAMP_TZ")
"""Types that no value has, as it is JSON."""
_TO = {"INTEGER": "BIGINT", "DOUBLE": "DOUBLE", "REAL": "DOUBLE", "BOOLEAN": "BOOLEAN", "CHAR": "VARCHAR"}


def _is(kinds: tuple[str, ...]) -> str:
    listed = ", ".join(map(quoted_text, kinds))
    return f"({_TYPE}) IN ({listed})"


def _as(name: str, kinds: tuple[str, ...]) -> Rewrite:
    value = "CAST(:a AS JSON)"
    if name not in ("ARRAY", "OBJECT"):
        value = f"CAST(json_extract_string({value}, '$') AS {_TO.get(name, 'VARCHAR')})"
    return duckdb(f"CASE WHEN {_is(kinds)} THEN {value} END")


def _as_decimal(node: exp.Expr) -> exp.Expr:
    """AS_DECIMAL(value, precision, scale)."""
    value, *digits = counted(node, 1, 3)
    precision, scale = (*(one.name for one in digits), *("38", "0")[len(digits) :])
    text = exp.func(
        "json_extract_string", exp.cast(value.copy(), "json", dialect="duckdb"), exp.Literal.string("$")
    )
    is_number = fill(parsed(_is(_KINDS["DECIMAL"]), "duckdb"), {"a": value})
    return exp.case().when(is_number, exp.cast(text, f"decimal({precision}, {scale})"))


TYPES: Rewrites = {
    "TYPEOF": duckdb(_TYPE),
    **{f"IS_{name}": duckdb(_is(kinds)) for name, kinds in _KINDS.items()},
    **{f"AS_{name}": _as(name, kinds) for name, kinds in _KINDS.items()},
    **{f"IS_{name}": duckdb("CASE WHEN :a IS NOT NULL THEN FALSE END") for name in _NEVER},
    **{f"AS_{name}": duckdb("CASE WHEN :a IS NULL THEN NULL END") for name in _NEVER},
    "AS_DECIMAL": _as_decimal,
    "AS_NUMBER": _as_decimal,
    "TO_VARIANT": duckdb("to_json(:a)"),
    "TO_OBJECT": duckdb("CASE WHEN json_type(to_json(:a)) = 'OBJECT' THEN to_json(:a) END"),
    "TO_ARRAY": duckdb(
        """CASE WHEN json_type(to_json(:a)) = 'ARRAY' THEN to_json(:a)
                WHEN :a IS NOT NULL THEN json_array(:a) END"""
    ),
    "TO_JSON": duckdb("CAST(to_json(:a) AS VARCHAR)"),
    "PARSE_JSON": duckdb("CAST(nullif(trim(CAST(:a AS VARCHAR)), '') AS JSON)"),
    "TRY_PARSE_JSON": duckdb("TRY_CAST(nullif(trim(CAST(:a AS VARCHAR)), '') AS JSON)"),
    "CHECK_JSON": duckdb("CASE WHEN NOT json_valid(:a) THEN 'this is not JSON' END"),
    "STRIP_NULL_VALUE": duckdb("CASE WHEN json_type(CAST(:a AS JSON)) <> 'NULL' THEN CAST(:a AS JSON) END"),
}


def _listed(node: exp.Expr, keep: bool) -> exp.Expr:
    """OBJECT_PICK and OBJECT_DELETE of keys that are written out, or stand in an array."""
    whole, *keys = node.expressions
    text = ", ".join(f":k{number}" for number in range(len(keys)))
    names = f"list_value({text})" if keep or len(keys) != 1 else "list_value(:k0)"
    if (
        len(keys) == 1
        and keys[0].key in ("array", "anonymous")
        and keys[0].name.lower() in ("", "json_array")
    ):
        names = "CAST(json_extract_string(CAST(:k0 AS JSON), '$[*]') AS VARCHAR[])"
    test = f"list_contains({names}, m[1])"
    chosen = f"list_filter({_MEMBERS}, lambda m: {test if keep else f'NOT {test}'})"
    values = {"a": whole, **{f"k{number}": key for number, key in enumerate(keys)}}
    return fill(parsed(_OBJECT.format(chosen), "duckdb"), values)


_REST = f"list_filter({_MEMBERS}, lambda m: m[1] <> :b)"
_NEW = """CASE WHEN :c IS NULL THEN list_value() ELSE list_value(row(CAST(:b AS VARCHAR), to_json(:c))) END"""
_WITH = _OBJECT.format(f"list_concat({_REST}, {_NEW})")
_TAKEN = "CAST(error('OBJECT_INSERT: the key is there already; give TRUE as a fourth argument') AS JSON)"
_INSERTED = f"CASE WHEN json_exists(CAST(:a AS JSON), CAST(:b AS VARCHAR)) THEN {_TAKEN} ELSE {_WITH} END"


def _struct(node: exp.Expr) -> exp.Expr:
    """{'a': 1}."""
    pairs: list[exp.Expr] = []
    for member in node.expressions:
        name = member.this
        key = exp.Literal.string(name.name) if name.key == "identifier" else name.copy()
        pairs += [key, member.expression.copy()]
    return object_without_nulls(exp.Anonymous(this="OBJECT_CONSTRUCT", expressions=pairs))


def _json_array(node: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this="json_array", expressions=[part.copy() for part in node.expressions])


def _insert(node: exp.Expr) -> exp.Expr:
    """OBJECT_INSERT(object, key, value, whether it may be there)."""
    whole, key, value, *update = counted(node, 3, 4)
    template = _WITH if update and update[0] == exp.true() else _INSERTED
    return fill(parsed(template, "duckdb"), {"a": whole, "b": key, "c": value})


# --- functions of functions


def _elements(node: exp.Expr) -> exp.Expr:
    return fill(parsed(_A, "duckdb"), {"a": node})


def _filter(node: exp.Expr) -> exp.Expr:
    made = exp.Anonymous(this="list_filter", expressions=[_elements(node.this), node.expression.copy()])
    return exp.Anonymous(this="to_json", expressions=[made])


_NUMBER_AS_JSON = parsed(
    "CASE WHEN :a = trunc(:a) AND abs(:a) < 1e15 THEN to_json(CAST(:a AS BIGINT)) ELSE to_json(:a) END",
    "duckdb",
)


def _giving_json(function: exp.Expr) -> exp.Expr:
    """A function of elements that gives JSON; a whole number has no point."""
    made = function.copy()
    body = made.this
    if kind_of(body.unnest().type) == "double":
        made.set("this", fill(_NUMBER_AS_JSON, {"a": body}))
    else:
        made.set("this", exp.Anonymous(this="to_json", expressions=[body.copy()]))
    return made


def _transform(node: exp.Expr) -> exp.Expr:
    function = _giving_json(node.expression)
    made = exp.Anonymous(this="list_transform", expressions=[_elements(node.this), function])
    return exp.Anonymous(this="to_json", expressions=[made])


def _reduce(node: exp.Expr) -> exp.Expr:
    """REDUCE(array, what it begins with, function)."""
    values, begin, function = node.this, node.args.get("initial"), node.args.get("merge")
    if begin is None or function is None:
        raise Untranslatable(node, "REDUCE() needs an array, a value to begin with, and a function")
    begun = exp.Anonymous(this="to_json", expressions=[begin.copy()])
    return exp.Anonymous(this="list_reduce", expressions=[_elements(values), _giving_json(function), begun])


OBJECTS: Rewrites = {
    exp.ArrayFilter: _filter,
    exp.Transform: _transform,
    exp.Reduce: _reduce,
    exp.Array: _json_array,
    "ARRAY_CONSTRUCT": _json_array,
    "ARRAY_CONSTRUCT_COMPACT": lambda node: exp.Anonymous(
        this="to_json", expressions=[fill(parsed(_FILLED, "duckdb"), {"a": _json_array(node)})]
    ),
    exp.Struct: _struct,
    "OBJECT_CONSTRUCT": object_without_nulls,
    "OBJECT_CONSTRUCT_KEEP_NULL": object_with_nulls,
    "GET_IGNORE_CASE": duckdb(
        f"list_extract(list_filter({_MEMBERS}, lambda m: lower(m[1]) = lower(:b)), 1)[2]"
    ),
    "OBJECT_KEYS": duckdb("to_json(list_sort(json_keys(CAST(:a AS JSON))))"),
    "OBJECT_DELETE": lambda node: _listed(node, keep=False),
    "OBJECT_PICK": lambda node: _listed(node, keep=True),
    "OBJECT_INSERT": _insert,
    "MAP_CAT": refuse("maps are not translated; use objects: OBJECT_CONSTRUCT, OBJECT_INSERT"),
}


# --- aggregates


def _of_all(node: exp.Expr, over: Rewrite) -> exp.Expr:
    """ARRAY_AGG, of what is not NULL; of nothing an empty array."""
    if node.key == "arrayagg":
        ordered = node.this
        part = ordered.this if ordered.key == "order" else ordered
        inner = part.expressions[0] if part.key == "distinct" else part
        made = exp.Anonymous(this="list", expressions=[ordered.copy()])
        filled = exp.Filter(this=made, expression=exp.Where(this=inner.copy().is_(exp.null()).not_()))
        return fill(parsed("coalesce(to_json(:list), CAST('[]' AS JSON))", "duckdb"), {"list": over(filled)})
    key, value = node.expressions
    members = over(fill(_MEMBER, {"a": key, "b": value}))
    return fill(_OF_MEMBERS, {"members": members})


_MEMBER = parsed(
    """string_agg(CASE WHEN :a IS NOT NULL AND :b IS NOT NULL THEN
        CAST(to_json(CAST(:a AS VARCHAR)) AS VARCHAR) || ':' || CAST(to_json(:b) AS VARCHAR) END, ',')""",
    "duckdb",
)
_OF_MEMBERS = parsed("CAST('{' || coalesce(:members, '') || '}' AS JSON)", "duckdb")
_UNIQUE = parsed("coalesce(to_json(list_sort(list_distinct(:list))), CAST('[]' AS JSON))", "duckdb")


def array_aggregate(node: exp.Expr, over: Rewrite) -> exp.Expr | None:
    """Aggregates that make arrays and objects; None for others."""
    name = node.name.upper() if node.key == "anonymous" else ""
    if node.key == "arrayagg" or name == "OBJECT_AGG":
        return _of_all(node, over)
    if name == "ARRAY_UNIQUE_AGG":
        (value,) = counted(node, 1, 1)
        return fill(_UNIQUE, {"list": over(exp.Anonymous(this="list", expressions=[value.copy()]))})
    if name == "ARRAY_UNION_AGG":
        raise Untranslatable(node, "ARRAY_UNION_AGG() is not translated; use FLATTEN and ARRAY_UNIQUE_AGG")
    return None


VALUES: Rewrites = {**ARRAYS, **TYPES, **OBJECTS}
"""What arrays, objects and variants are asked."""
