"""What a database may enforce of tables that hold faults on purpose."""

from collections.abc import Collection, Iterator
from typing import Any

from dw_simulator.schema.model import Experiment, PlannedFault, Table


def enforceable(experiment: Experiment) -> tuple[Experiment, tuple[str, ...]]:
    """The schema without the keys, references and CHECKs that its faults break, and a line on each."""
    if not any(table.faults for table in experiment.tables):
        return experiment, ()
    data = experiment.to_json()
    left_out: list[str] = []
    lost = {table.name: set(_broken_keys(table)) for table in experiment.tables}
    for table, fields in zip(experiment.tables, data["tables"], strict=True):
        fields.pop("faults", None)
        for key in sorted(lost[table.name]):
            left_out.append(f"{table.name}: ({', '.join(key)}) is not declared unique, as faults break it")
            _forget_key(fields, key)
        for reference in table.references:
            goal = lost[reference.references_table]
            broken = any(set(key) <= set(reference.references_columns) for key in goal)
            if broken or any(_breaks_reference(fault, reference.columns) for fault in table.faults):
                names = ", ".join(reference.columns)
                left_out.append(f"{table.name}: ({names}) is not declared as a reference, as faults break it")
                _forget_reference(table, fields, reference.columns)
        if table.faults and fields.pop("checks", None):
            left_out.append(f"{table.name}: CHECK is left out, as faults may break it")
    return Experiment.model_validate(data), tuple(left_out)


def _broken_keys(table: Table) -> Iterator[tuple[str, ...]]:
    for key in table.keys:
        for fault in table.faults:
            if not fault.columns or set(fault.columns) & set(key):
                yield key


def _breaks_reference(fault: PlannedFault, columns: Collection[str]) -> bool:
    hit = set(fault.columns) & set(columns)
    return bool(hit) and (fault.kind != "duplicates" or len(hit) < len(columns))


def _forget_key(fields: dict[str, Any], key: tuple[str, ...]) -> None:
    for name in ("unique", "composite_keys"):
        fields[name] = [other for other in fields.get(name, ()) if set(other) != set(key)]
    if set(fields.get("primary_key", ())) == set(key):
        del fields["primary_key"]
    for column in fields["columns"]:
        if len(key) == 1 and column["name"] in key:
            column.pop("is_unique", None)


def _forget_reference(table: Table, fields: dict[str, Any], columns: tuple[str, ...]) -> None:
    kept = [other for other in fields.get("foreign_keys", ()) if tuple(other["columns"]) != columns]
    fields["foreign_keys"] = kept
    for column in fields["columns"]:
        if (column["name"],) == columns:
            column.pop("foreign_key", None)
        # that it can be NULL was said by the reference
        holding = [reference for reference in table.references if column["name"] in reference.columns]
        if column["name"] in columns and all(reference.nullable for reference in holding):
            column["required"] = False
