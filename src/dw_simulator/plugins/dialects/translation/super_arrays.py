"""Redshift's functions of arrays, over JSON: places, sets, order."""

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.rewriting import (
    Rewrite,
    Rewrites,
    counted,
    duckdb,
    fill,
    parsed,
)
from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable

_LIST = "CAST(CAST({0} AS JSON) AS JSON[])"
_A, _B = _LIST.format(":a"), _LIST.format(":b")
_SOUGHT = "coalesce(to_json(:b), CAST('null' AS JSON))"
_ITEM = "coalesce({0}, CAST('null' AS JSON))"
_PLACES = f"""list_filter(range(CAST(len({_A}) AS BIGINT)),
    lambda place: {_ITEM.format(f"list_extract({_A}, place + 1)")} = {_SOUGHT})"""


def _count(items: str) -> str:
    """How often an item is among others."""
    return f"len(list_filter({items}, lambda other: other IS NOT DISTINCT FROM item))"


def _kept(items: str, sign: str, others: str) -> str:
    """Items by how often they came until there, beside how often they are among others."""
    before = _count(f"list_slice({items}, 1, place)")
    return f"list_filter({items}, lambda item, place: {before} {sign} {_count(others)})"


def _distinct(items: str) -> str:
    return f"list_filter({items}, lambda item, place: {_count(f'list_slice({items}, 1, place)')} = 1)"


_SETS = {
    "ARRAY_INTERSECTION": _kept(_A, "<=", _B),
    "ARRAY_EXCEPT": _kept(_A, ">", _B),
    "ARRAY_UNION": f"list_concat({_A}, {_kept(_B, '>', _A)})",
}


def _set(name: str) -> Rewrite:
    """Of two arrays; TRUE at the end wants each item once."""
    several = parsed(f"to_json({_SETS[name]})", "duckdb")
    once = parsed(f"to_json({_distinct(_SETS[name])})", "duckdb")

    def rewrite(node: exp.Expr) -> exp.Expr:
        first, second, *distinct = counted(node, 2, 3)
        return fill(once if distinct == [exp.true()] else several, {"a": first, "b": second})

    return rewrite


def _sought(template: str) -> Rewrite:
    """A function that looks for a value, which may be NULL."""
    made = parsed(template, "duckdb")

    def rewrite(node: exp.Expr) -> exp.Expr:
        array, value, *null_match = counted(node, 2, 3)
        if null_match and null_match[0] != exp.true():
            raise Untranslatable(
                node, f"{node.name}() is translated where NULL is looked for as a value: TRUE"
            )
        return fill(made, {"a": array, "b": value})

    return rewrite


_TYPE = "json_type(item)"
_IS_NUMBER = f"{_TYPE} IN ('UBIGINT', 'BIGINT', 'DOUBLE', 'HUGEINT', 'UHUGEINT')"
_KEYS = f"""list_transform({_A}, lambda item: struct_pack(
    kind := CASE WHEN item IS NULL OR {_TYPE} = 'NULL' THEN :nulls
        WHEN {_TYPE} = 'BOOLEAN' THEN 1 WHEN {_IS_NUMBER} THEN 2
        WHEN {_TYPE} = 'VARCHAR' THEN 3 WHEN {_TYPE} = 'ARRAY' THEN 4 ELSE 5 END,
    number := CASE WHEN {_IS_NUMBER} THEN CAST(json_extract_string(item, '$') AS DOUBLE) END,
    text := json_extract_string(item, '$'), item := item))"""
_SORTED = parsed(
    f"""to_json(list_transform(list_sort({_KEYS}, :direction),
        lambda one: struct_extract(one, 'item')))""",
    "duckdb",
)


def _sort(node: exp.Expr) -> exp.Expr:
    """ARRAY_SORT(array, ascending, nulls first): truths before numbers, texts, arrays, objects, NULL."""
    array, *said = counted(node, 1, 3)
    if any(part.key != "boolean" for part in said):
        raise Untranslatable(node, "ARRAY_SORT() is translated with TRUE or FALSE written out")
    ascending = not said or said[0] == exp.true()
    first = said[1] == exp.true() if len(said) > 1 else not ascending
    values = {
        "a": array,
        "nulls": exp.Literal.number(9 if first != ascending else 0),
        "direction": exp.Literal.string("ASC" if ascending else "DESC"),
    }
    return fill(_SORTED, values)


ARRAYS: Rewrites = {
    "SUBARRAY": duckdb(
        f"to_json(list_slice({_A}, :b + 1, len({_A})))",
        f"to_json(list_slice({_A}, :b + 1, :b + :c))",
    ),
    "ARRAY_FLATTEN": duckdb(
        f"""to_json(flatten(list_transform({_A}, lambda item:
            CASE WHEN json_type(item) = 'ARRAY' THEN CAST(item AS JSON[]) ELSE [item] END)))"""
    ),
    "ARRAY_CONTAINS": _sought(f"len({_PLACES}) > 0"),
    "ARRAY_POSITION": _sought(f"coalesce(list_extract({_PLACES}, 1), -1)"),
    "ARRAY_POSITIONS": _sought(f"to_json({_PLACES})"),
    "ARRAY_DISTINCT": duckdb(f"to_json({_distinct(_A)})"),
    "ARRAY_SORT": _sort,
    "ARRAYS_OVERLAP": duckdb(f"len({_SETS['ARRAY_INTERSECTION']}) > 0"),
    **{name: _set(name) for name in _SETS},
}
"""By the name of the function."""
