"""From a resolved type to its name in a warehouse: each dialect gives a table of names."""

from collections.abc import Mapping
from dataclasses import replace

from dw_simulator.types import Kind, SqlType, UnknownTypeError, field_name, sql_type

Limits = Mapping[str, tuple[int, str]]
TypeNames = Mapping[str, str]
"""The name of each sort of type, as `sort_of` calls it, with the type's fields in braces.

{seconds} is the digits of a second in brackets, nothing where they are six. A warehouse with names of its own
for units of time has them under "timestamp s", "timestamp ms", "timestamp ns", "time ns". Decimals with more
than 9 digits after the point, or more than 29 before it, may have a name of their own under "decimal wide".

Notations have theirs under "notation inet" and the like; those without one are text. Nested types have
patterns under "nested list", "nested vector", "nested struct" and "nested map", with {element}, {length},
{fields}, {key} and {value}; under "nested list struct" or "nested vector float" where that depends on what is
within; those without one are JSON. "field" is how a struct's field is written, "quote" what is around its
name (empty: only around a name that needs it), "text" the name of text of any length.
"""


JSON_SORTS = ("json any", "json object", "json array")
WELL_KNOWN_TEXT = tuple(
    f"notation {shape}"
    for shape in "geometry point linestring polygon multipoint multilinestring multipolygon".split()
)
"""The sorts of shapes on a map."""
INTERVALS = ("notation interval", "notation day time", "notation months")
SPANS: TypeNames = {
    **dict.fromkeys(INTERVALS, "INTERVAL DAY TO SECOND"),
    "notation months": "INTERVAL YEAR TO MONTH",
}
"""Intervals where those of months are another type than those of days."""
USUAL_NAMES: TypeNames = {
    "boolean": "BOOLEAN",
    **dict.fromkeys(("integer 8", "integer 16"), "SMALLINT"),
    "integer 32": "INTEGER",
    "integer 64": "BIGINT",
    "decimal": "NUMERIC({precision},{scale})",
    "float 32": "REAL",
    "float 64": "DOUBLE PRECISION",
    "char": "CHAR({length})",
    "varchar": "VARCHAR({length})",
    "date": "DATE",
    "time": "TIME",
    "time zoned": "TIMETZ",
    "timestamp": "TIMESTAMP",
    "timestamp zoned": "TIMESTAMPTZ",
    "uuid": "UUID",
}
"""What most warehouses call them; those of bytes and JSON are everywhere others."""


def sort_of(declared: SqlType) -> str:
    """What tells types with different names apart: "integer 32", "timestamp zoned", "json array", ..."""
    match declared.kind:
        case Kind.INTEGER | Kind.FLOAT:
            return f"{declared.kind} {declared.bits}"
        case Kind.TEXT:
            return "char" if declared.fixed else "varchar"
        case Kind.TIME | Kind.TIMESTAMP:
            return f"{declared.kind} zoned" if declared.zoned else declared.kind.value
        case Kind.JSON:
            return f"json {declared.shape}"
        case Kind.NOTATION:
            return f"notation {declared.notation}"
        case Kind.NESTED:
            return f"nested {declared.shape}"
    return declared.kind.value


def type_name(declared: SqlType, names: TypeNames, limits: Limits) -> str:
    """The name of a type.

    limits  the greatest length of a sort, and the name of what is longer
    """
    sort = sort_of(declared)
    if declared.kind is Kind.NESTED:
        return _nested_name(declared, names, limits)
    if declared.kind is Kind.NOTATION and sort not in names:
        sort = "varchar"
    usual = names.get(sort) or USUAL_NAMES[sort]
    name = names.get(f"{sort} {_variant(declared)}", usual)
    most, instead = limits.get(sort, (declared.length, ""))
    if declared.length > most:
        name = instead
    fields = {
        "length": declared.length,
        "precision": declared.precision,
        "scale": declared.scale,
        "digits": declared.digits,
        "seconds": "" if declared.digits >= 6 else f"({declared.digits})",
    }
    return name.format(**fields)


def _nested_name(declared: SqlType, names: TypeNames, limits: Limits) -> str:
    """The name of a list, vector, struct or map."""
    first, sort = declared.fields[0].type, sort_of(declared)
    inner = first.shape if first.kind is Kind.NESTED else first.kind.value
    pattern = names.get(f"{sort} {inner}") or names.get(sort)
    if pattern is None:
        return names["json any"]
    parts = [_part_name(field.type, names, limits) for field in declared.fields]
    return pattern.format(
        element=parts[0],
        key=parts[0],
        value=parts[-1],
        length=declared.length,
        fields=", ".join(
            names.get("field", "{name} {type}").format(name=_quoted(field.name, names), type=part)
            for field, part in zip(declared.fields, parts, strict=True)
        ),
    )


def _part_name(declared: SqlType, names: TypeNames, limits: Limits) -> str:
    """The name of a type within another: text keeps to no length where none was said."""
    unbounded = declared.kind is Kind.TEXT and "(" not in declared.declared
    return names.get("text", "VARCHAR") if unbounded else type_name(declared, names, limits)


def _quoted(name: str, names: TypeNames) -> str:
    quote = names.get("quote", '"')
    if not quote:
        return field_name(name)
    return quote + name.replace(quote, quote * 2) + quote


def _variant(declared: SqlType) -> str:
    """Whether a decimal is wide; otherwise the coarsest unit of time that shows all digits of a second."""
    if declared.kind is Kind.DECIMAL:
        return "wide" if declared.scale > 9 or declared.precision - declared.scale > 29 else ""
    units = ((0, "s"), (3, "ms"), (6, "us"), (9, "ns"))
    return next(unit for most, unit in units if declared.digits <= most)


def is_narrower(name: str, declared: SqlType) -> bool:
    """Whether a type of this name holds less than the declared one, or something else."""
    try:
        written = sql_type(name)
    except UnknownTypeError:  # a name that only this warehouse has, chosen for what it holds
        return False
    shorter = "(" in name and written.length < declared.length
    coarser = max(declared.digits, 6) > max(written.digits, 6)
    return written.kind is not declared.kind or written.zoned != declared.zoned or shorter or coarser


def same_values(child: SqlType, parent: SqlType) -> bool:
    """Whether values of two types can be compared, so that a reference between them can be declared.

    Whole numbers may reference decimals, and both may reference floats: there is a cast that loses nothing
    in the way from the child to the parent, but none back.
    """
    order = (Kind.INTEGER, Kind.DECIMAL, Kind.FLOAT)
    if child.kind in order and parent.kind in order:
        return order.index(child.kind) <= order.index(parent.kind)
    moments = (Kind.DATE, Kind.TIMESTAMP)
    if child.kind in moments and parent.kind in moments:
        return True
    return child.kind is parent.kind and child.zoned == parent.zoned


def same_storage(child: SqlType, parent: SqlType) -> bool:
    """Whether two types are one, text of different lengths apart."""
    plain = {"declared": "", "length": 0}
    both_text = child.kind is parent.kind is Kind.TEXT
    return both_text or replace(child, **plain) == replace(parent, **plain)  # type: ignore[arg-type]
