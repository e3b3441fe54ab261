"""A table's columns in words, for `dw-sim experiment show`."""

from collections.abc import Iterator

from dw_simulator.model import Column, Table


def describe(table: Table) -> Iterator[tuple[str, str, str, str, str]]:
    """(column, type, key, values, why) of every column."""
    for column in table.columns:
        type_ = column.data_type + ("" if column.required else ", NULL")
        yield column.name, type_, _key(table, column), _values(table, column), column.inferred or ""


def _key(table: Table, column: Column) -> str:
    if column.name in table.primary_key:
        return "primary" if len(table.primary_key) == 1 else f"primary ({', '.join(table.primary_key)})"
    if (column.name,) in table.keys:
        return "unique"
    return ", ".join(f"unique ({', '.join(key)})" for key in table.keys if column.name in key)


def _values(table: Table, column: Column) -> str:
    for reference in table.references:
        if column.name in reference.columns:
            target = reference.references_columns[reference.columns.index(column.name)]
            return f"-> {reference.references_table}.{target}"
    low, high = column.min_value, column.max_value
    start, end = column.date_start, column.date_end
    spans = [f"{a} to {b}" for a, b in ((low, high), (start, end)) if a is not None or b is not None]
    rule = column.rule_spec
    if rule is not None:
        options = " ".join(f"{name}={_short(value)}" for name, value in rule.options.items())
        spans.insert(0, f"{rule.name} {options}".strip())
    return ", ".join(spans)


def _short(value: object, limit: int = 60) -> str:
    text = ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return text if len(text) <= limit else f"{text[:limit]}..."
