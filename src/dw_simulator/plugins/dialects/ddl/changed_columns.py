"""Columns that get another name, or go: with what is said of them elsewhere in the script."""

from collections.abc import Sequence
from typing import cast

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from dw_simulator.plugins.dialects.ddl.script import (
    MadeTable,
    ReadColumn,
    ReadExpression,
    ReadTable,
    Script,
)


def rename_column(script: Script, made: MadeTable, old: str, new: str) -> None:
    """Call a column by another name, wherever it is named."""
    column = made.column(old)
    if column is None:
        script.complain(made.table["name"], f"there is no column {old}", "name one that is there")
        return
    column["name"] = new
    made.columns[new] = made.columns.pop(old, script.here)
    if old in made.types:
        made.types[new] = made.types.pop(old)
    _rename_in(script, made, old, new)
    for reference in made.references:
        reference.columns = _renamed(reference.columns, old, new)
    for other in script.tables:
        for reference in other.references:
            if script.find(reference.parent, other.name.schema) is made:
                reference.parent_columns = _renamed(reference.parent_columns, old, new)


def _rename_in(script: Script, made: MadeTable, old: str, new: str) -> None:
    """The same in what a table says of its columns."""
    table = made.table
    keys = [table.get("primary_key", []), table.get("sort_key", [])]
    for key in [*keys, *table.get("unique", ()), *table.get("nulls_not_distinct", ())]:
        key[:] = _renamed(key, old, new)  # the list itself: a constraint is remembered by it
    if table.get("dist_key") == old:
        table["dist_key"] = new
    for column in table["columns"]:
        if column.get("generated"):
            rule = cast(ReadExpression, column["rule"])
            rule["sql"] = _with_name(script, rule["sql"], old, new)
    if "checks" in table:
        renamed = {check: _with_name(script, check, old, new) for check in table["checks"]}
        table["checks"] = [*renamed.values()]
        for name, (kind, entry) in made.constraints.items():
            if kind == "checks":
                made.constraints[name] = (kind, renamed.get(str(entry), entry))


def _renamed(names: Sequence[str], old: str, new: str) -> list[str]:
    return [new if name == old else name for name in names]


def _with_name(script: Script, check: str, old: str, new: str) -> str:
    try:
        tree = sqlglot.parse_one(check, into=exp.Condition, read=script.dialect)
    except (SqlglotError, RecursionError):
        return check
    for column in tree.find_all(exp.Column):
        if script.folded(column.this) == old:
            column.this.set("this", new)
    return script.sql(tree)


def drop_column(script: Script, made: MadeTable, name: str) -> None:
    """Take a column away, and the keys, references and CHECKs that name it."""
    column = made.column(name)
    if column is None:
        script.warn(made.table["name"], f"has no column {name}, so none was dropped")
        return
    made.table["columns"].remove(column)
    forget_column(script, made, column["name"])


def move_column(made: MadeTable, column: ReadColumn, behind: str) -> None:
    """Put a column behind another; in front of all where that is not said."""
    columns = made.table["columns"]
    other = made.column(behind) if behind else None
    if (behind and other is None) or other is column:
        return
    columns.remove(column)
    columns.insert(columns.index(other) + 1 if other is not None else 0, column)


def forget_column(script: Script, made: MadeTable, name: str) -> None:
    """Take away the keys, references and CHECKs that name a column that is gone."""
    table = made.table
    _drop_references_to(script, made, name)
    _drop_what_is_made_of(script, table, name)
    if name in table.get("primary_key", ()):
        del table["primary_key"]
    for field in ("unique", "nulls_not_distinct"):
        if field in table:
            table[field] = [key for key in table[field] if name not in key]
    if "sort_key" in table:
        table["sort_key"] = [one for one in table["sort_key"] if one != name]
    if table.get("dist_key") == name:
        del table["dist_key"]
    if "checks" in table:
        table["checks"] = [check for check in table["checks"] if not _names(script, check, name)]
    made.references = [one for one in made.references if name not in one.columns]


def _drop_what_is_made_of(script: Script, table: ReadTable, name: str) -> None:
    """Columns that are generated from one that goes are columns as others."""
    for other in table["columns"]:
        rule = cast(ReadExpression, other.get("rule", {}))
        if other.get("generated") and _names(script, rule["sql"], name):
            script.warn(f"{table['name']}.{other['name']}", f"is generated from {name}, which is dropped")
            for field in ("rule", "generated", "inferred"):
                other.pop(field, None)  # type: ignore[misc]  # a column as it was read has these


def _drop_references_to(script: Script, made: MadeTable, name: str) -> None:
    """The references of other tables to a column go with it, as they do with CASCADE."""
    key = made.table.get("primary_key", ())
    for other in script.tables:
        for one in list(other.references):
            there = one.parent_columns or key
            if name in there and script.find(one.parent, other.name.schema) is made:
                other.references.remove(one)
                words = f"its reference to {made.table['name']}.{name} goes, as that column is dropped"
                script.warn(f"{other.table['name']} ({', '.join(one.columns)})", words)


def _names(script: Script, check: str, name: str) -> bool:
    try:
        tree = sqlglot.parse_one(check, into=exp.Condition, read=script.dialect)
    except (SqlglotError, RecursionError):
        return False
    return any(script.folded(column.this) == name for column in tree.find_all(exp.Column))
