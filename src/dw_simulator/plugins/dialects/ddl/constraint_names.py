"""Constraints by their names: those that a script gives, and those that a warehouse gives by itself."""

import re
from collections import Counter
from collections.abc import Iterator

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from dw_simulator.plugins.dialects.ddl.script import MadeTable, ReadColumn, Script

Found = tuple[str, object]
"""The field of the table or column that a constraint is in, and its entry there."""


def constraint(script: Script, made: MadeTable, name: str) -> Found | None:
    """What a constraint of this name is; None where there is none."""
    if name in made.constraints:
        return made.constraints[name]
    usual = dict(_called_by_itself(script, made))
    folded = {called.lower(): found for called, found in usual.items()}
    return usual.get(name) or folded.get(name.lower()) or _with_hash(made, name)


def _called_by_itself(script: Script, made: MadeTable) -> Iterator[tuple[str, Found]]:
    """The names that constraints get where the script gives none."""
    mysql = any(one.__name__ == "MySQL" for one in script.dialect.__mro__)
    for table in (*(one.name for one in made.former), made.name.name):
        taken: Counter[str] = Counter()
        for pattern, found in _unnamed(script, made, by_number=mysql):
            base = pattern.replace("{t}", table)
            taken[base] += 1
            if mysql and found[0] in ("references", "checks"):
                yield f"{base}_{taken[base]}", found
            elif mysql:
                yield base if taken[base] == 1 else f"{base}_{taken[base]}", found
            else:
                yield base if taken[base] == 1 else f"{base}{taken[base] - 1}", found


def _unnamed(script: Script, made: MadeTable, *, by_number: bool) -> Iterator[tuple[str, Found]]:
    """What has no name of the script's: its name as a pattern, and what it is.

    by_number  whether names are as MySQL has them; else as PostgreSQL has them
    """
    named = list(made.constraints.values())
    for kind, entry, columns in _all(script, made):
        if kind == "primary_key" or not any(kind == one and entry is other for one, other in named):
            pattern = (_BY_NUMBER if by_number else _BY_COLUMNS)[kind]
            first = columns[0] if columns else ""
            name = pattern.format(t="{t}", first=first, columns="".join(f"_{one}" for one in columns))
            yield name, (kind, entry)


_BY_COLUMNS = {
    "primary_key": "{t}_pkey",
    **dict.fromkeys(("is_unique", "unique"), "{t}{columns}_key"),
    "references": "{t}{columns}_fkey",
    "checks": "{t}{columns}_check",
}
_BY_NUMBER = {
    "primary_key": "PRIMARY",
    **dict.fromkeys(("is_unique", "unique"), "{first}"),
    "references": "{t}_ibfk",
    "checks": "{t}_chk",
}


def _all(script: Script, made: MadeTable) -> Iterator[tuple[str, object, list[str]]]:
    """Each constraint: its field, its entry there, and the columns that its name is made of."""
    table = made.table
    if "primary_key" in table:
        yield "primary_key", None, []
    for column in table["columns"]:
        if column.get("is_unique"):
            yield "is_unique", column["name"], [column["name"]]
    for key in table.get("unique", ()):
        yield "unique", key, key
    for reference in made.references:
        yield "references", reference, reference.columns
    for check in table.get("checks", ()):
        about = _columns(script, check)
        yield "checks", check, about if len(about) == 1 else []


def _columns(script: Script, check: str) -> list[str]:
    """The columns that a CHECK is about."""
    try:
        tree = sqlglot.parse_one(check, into=exp.Condition, read=script.dialect)
    except (SqlglotError, RecursionError):
        return []
    return list(dict.fromkeys(script.folded(column.this) for column in tree.find_all(exp.Column)))


_HASHED = re.compile(r"(pk|uq)__\w+", re.IGNORECASE)
"""How SQL Server calls keys that get no name; what stands at the end is different each time."""


def _with_hash(made: MadeTable, name: str) -> Found | None:
    found = _HASHED.fullmatch(name)
    if found is None:
        return None
    if found[1].lower() == "pk":
        return ("primary_key", None) if "primary_key" in made.table else None
    keys = [("is_unique", column["name"]) for column in made.table["columns"] if column.get("is_unique")]
    every: list[Found] = [*keys, *(("unique", key) for key in made.table.get("unique", ()))]
    return every[0] if len(every) == 1 else None


def drop_constraint(script: Script, made: MadeTable, name: str) -> None:
    """Take a constraint away by its name."""
    found = constraint(script, made, name)
    if found is None:
        script.warn(made.table["name"], f"has no constraint {name}, so none was dropped")
        return
    made.constraints.pop(name, None)
    drop(script, made, *found)


def rename_constraint(script: Script, made: MadeTable, old: str, new: str) -> bool:
    """Call a constraint, or an index, by another name; False where there is none of the old one."""
    found = constraint(script, made, old)
    if found is not None:
        made.constraints.pop(old, None)
        made.constraints[new] = found
    elif old in script.indexes:
        script.indexes[new] = script.indexes.pop(old)
    return found is not None or new in script.indexes


def drop(script: Script, made: MadeTable, kind: str, entry: object) -> None:
    """Take a constraint away."""
    table = made.table
    if kind == "primary_key":
        _drop_primary_key(script, made)
    elif kind == "references":
        made.references = [one for one in made.references if one is not entry]
    elif kind == "unique":
        for field in ("unique", "nulls_not_distinct"):
            if field in table:
                table[field] = [one for one in table[field] if one is not entry]
    elif kind == "checks":
        table["checks"] = [one for one in table.get("checks", ()) if one != entry]
    elif (column := made.column(str(entry))) is not None:
        _drop_of_column(made, column, kind)


def _drop_of_column(made: MadeTable, column: ReadColumn, kind: str) -> None:
    """Take away what stands with a column: NOT NULL, UNIQUE, DEFAULT."""
    if kind == "required":
        column["required"] = False
    else:
        column.pop(kind, None)  # type: ignore[misc]  # it is is_unique or default
    alone = made.table.get("nulls_not_distinct", [])
    if kind == "is_unique" and [column["name"]] in alone:
        alone.remove([column["name"]])


def _drop_primary_key(script: Script, made: MadeTable) -> None:
    """Its columns stay without NULLs, but for Oracle and BigQuery, where the key alone says that."""
    stays = not any(one.__name__ in ("Oracle", "BigQuery") for one in script.dialect.__mro__)
    for name in made.table.pop("primary_key", ()):
        if stays and (column := made.column(name)) is not None:
            column["required"] = True


def drop_key(script: Script, made: MadeTable, kind: str, columns: list[str]) -> bool:
    """Take away a key or reference of these columns: DROP UNIQUE (a, b). False where there is none."""
    names = {name.lower() for name in columns}
    if kind == "FOREIGN":
        gone = [one for one in made.references if {name.lower() for name in one.columns} == names]
        made.references = [one for one in made.references if one not in gone]
        return bool(gone)
    keys = [key for key in made.table.get("unique", ()) if {name.lower() for name in key} == names]
    for key in keys:
        drop(script, made, "unique", key)
    column = made.column(columns[0]) if len(columns) == 1 else None
    if column is not None and column.get("is_unique"):
        drop(script, made, "is_unique", column["name"])
        return True
    return bool(keys)
