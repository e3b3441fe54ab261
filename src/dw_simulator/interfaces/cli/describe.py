"""A table's columns in words, for `dw-sim experiment show`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dw_simulator.schema.json_data import Json, JsonObject
from dw_simulator.schema.model import Column, ForeignKey, Table

if TYPE_CHECKING:
    from dw_simulator.ports.plan import Later, Plan


def describe(table: Table) -> Iterator[tuple[str, str, str, str, str]]:
    """(column, type, key, values, why) of every column."""
    for column in table.columns:
        type_ = column.data_type + ("" if column.required else ", NULL")
        why = _why(table, column)
        yield column.name, type_, _key(table, column), _values(table, column), why


def describe_later(later: "Later") -> str:
    """What has to wait until all tables are there, in words."""
    reference = later.reference
    goal = f"{reference.references_table}({', '.join(reference.references_columns)})"
    if later.columns:
        return f"set {later.table}({', '.join(later.columns)}), loaded as NULL, to reference {goal}"
    return f"add the foreign key {later.table}({', '.join(reference.columns)}) -> {goal}"


def describe_plan(plan: "Plan") -> JsonObject:
    """A plan's tables and load order as plain data."""
    return {
        "experiment": plan.experiment,
        "rows": {table.name: table.rows for table in plan.tables},
        "load_order": list(plan.load_order.tables),
        "later": [
            {
                "table": later.table,
                "columns": list(later.columns),
                "reference": later.reference.model_dump(mode="json", exclude_defaults=True),
            }
            for later in plan.load_order.later
        ],
        "warnings": list(plan.warnings),
    }


def _key(table: Table, column: Column) -> str:
    if column.name in table.primary_key:
        return "primary" if len(table.primary_key) == 1 else f"primary ({', '.join(table.primary_key)})"
    if (column.name,) in table.keys:
        return "unique"
    return ", ".join(f"unique ({', '.join(key)})" for key in table.keys if column.name in key)


def _why(table: Table, column: Column) -> str:
    """The reason for a guess, without the column's name; of a reference, that for the reference."""
    reasons = [reference.inferred for reference in table.references if column.name in reference.columns]
    reasons += [column.inferred]
    if column.name in table.inferred_key:
        reasons.append("its name is that of the table's key")
    return "; ".join(reason.removeprefix(f"{column.name} ") for reason in reasons if reason)


def _values(table: Table, column: Column) -> str:
    for reference in table.references:
        if column.name in reference.columns:
            target = reference.references_columns[reference.columns.index(column.name)]
            return f"-> {reference.references_table}.{target}{_manner(reference)}"
    if column.lookup is not None:
        return f"{column.lookup.column} by {', '.join(column.lookup.reference)}"
    if column.polymorphic is not None:
        goals = [f"{p.references_table}.{p.references_column}" for p in column.polymorphic.parents]
        return f"-> {' or '.join(goals)}"
    low, high = column.min_value, column.max_value
    start, end = column.date_start, column.date_end
    spans = [f"{a} to {b}" for a, b in ((low, high), (start, end)) if a is not None or b is not None]
    rule = column.rule_spec
    if rule is not None:
        options = " ".join(f"{name}={_short(value)}" for name, value in rule.options.items())
        spans.insert(0, f"{rule.name} {options}".strip())
    return ", ".join(spans)


def _manner(reference: ForeignKey) -> str:
    """How parents are picked, as declared."""
    ways = reference.model_dump(
        mode="json", exclude_defaults=True, include={"children", "skew", "childless", "tree"}
    )
    return "".join(f", {name} {_plain(way)}" for name, way in ways.items())


def _plain(way: Json) -> str:
    return " ".join(f"{k}={v}" for k, v in way.items()) if isinstance(way, dict) else str(way)


def _short(value: Json, limit: int = 60) -> str:
    text = ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return text if len(text) <= limit else f"{text[:limit]}..."
