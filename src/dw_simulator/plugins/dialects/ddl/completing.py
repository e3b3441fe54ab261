"""What is said of tables when all statements are read: what references mean, and what goes with what."""

from typing import cast

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from dw_simulator.errors import Problem, closest
from dw_simulator.plugins.dialects.ddl.script import (
    MadeTable,
    PendingReference,
    ReadColumn,
    ReadSequence,
    Script,
)
from dw_simulator.plugins.dialects.ddl.table_head import Name
from dw_simulator.ports.dialect import Place
from dw_simulator.types import Kind, sql_type


def complete(script: Script, made: MadeTable) -> None:
    """Resolve a table's references, and let its primary key be without NULLs."""
    table = made.table
    key = {name.lower() for name in table.get("primary_key", ())}
    for column in table["columns"]:
        column["required"] |= column["name"].lower() in key
    if (named := made.column(table.get("dist_key", ""))) is not None:
        table["dist_key"] = named["name"]
    for reference in made.references:
        _resolve(script, made, reference)
    for column in table["columns"]:
        referring = {name for one in table.get("foreign_keys", ()) for name in one["columns"]}
        if "rule" in column and (column["name"] in referring or "foreign_key" in column):
            del column["rule"]
            place = made.columns.get(column["name"], made.place)
            name = f"{table['name']}.{column['name']}"
            what = "expression" if column.pop("generated", False) else "identity"
            column.pop("inferred", None)
            script.tell(place, f"{name}: is a reference, so its {what} was left out")
        elif "rule" in column:
            _follow_sequence(script, column)
            _make_sole(script, made, column)
            _tell_start(script, made, column)
    if table.get("dist_style") == "key" and "dist_key" not in table:
        del table["dist_style"]
        script.tell(made.place, f"{table['name']}: DISTSTYLE KEY names no column, left out")


def _follow_sequence(script: Script, column: ReadColumn) -> None:
    """A column that counts by a sequence starts where that does, if the script makes it."""
    rule = cast(ReadSequence, column["rule"])
    if (name := rule.pop("of", None)) is not None and (found := script.sequence(name)) is not None:
        rule["start"], rule["step"] = found["start"], found["step"]


def _make_sole(script: Script, made: MadeTable, column: ReadColumn) -> None:
    """A column that counts, or is generated, has no default; one that counts has a value in every row."""
    generated = column.get("generated", False)
    column["required"] |= not generated
    if "default" in column:
        does = "is generated" if generated else "counts"
        place = made.columns.get(column["name"], made.place)
        words = f"{does}, so its DEFAULT {column.pop('default')} was left out"
        script.tell(place, f"{made.table['name']}.{column['name']}: {words}")


def _tell_start(script: Script, made: MadeTable, column: ReadColumn) -> None:
    """Tell that a column counts from where a CHECK allows nothing."""
    if column["rule"]["name"] != "sequence":
        return
    start = cast(ReadSequence, column["rule"])["start"]
    for check in made.table.get("checks", ()):
        if _allows(script, check, column["name"], start):
            continue
        place = made.columns.get(column["name"], made.place)
        words = f"counts from {start:,}, which CHECK ({check}) does not allow; start it elsewhere"
        script.tell(place, f"{made.table['name']}.{column['name']}: {words}", shown=True)


def _allows(script: Script, check: str, name: str, value: int) -> bool:
    """Whether a CHECK lets a value of a column pass, as far as it is about that column alone."""
    from sqlglot.optimizer.simplify import simplify  # noqa: PLC0415 - it takes time, and is rare

    try:
        tree = sqlglot.parse_one(check, into=exp.Condition, read=script.dialect)
        for column in list(tree.find_all(exp.Column)):
            if script.folded(column.this).lower() != name.lower():
                return True
            number = exp.Literal.number(abs(value))
            made = number if value >= 0 else exp.Neg(this=number)
            if column is tree:
                return True
            column.replace(made)
        return str(simplify(tree).sql()) != "FALSE"
    except (SqlglotError, RecursionError, AttributeError, TypeError, ValueError, LookupError):
        return True


def _resolve(script: Script, made: MadeTable, reference: PendingReference) -> None:
    """Say which table a reference means, and which of its columns.

    A table that is not in the script keeps the name that the script gives it: whoever imports knows more.
    """
    parent = script.find(reference.parent, made.name.schema)
    columns, place = reference.parent_columns, reference.place
    if parent is not None and (missing := [name for name in columns if parent.column(name) is None]):
        known = closest(missing[0], [column["name"] for column in parent.table["columns"]])
        message = f"{made.table['name']}: {parent.table['name']} has no column {missing[0]!r}{known}"
        script.wrong.append((place, Problem(str(place), message, "", place.excerpt)))
        return
    if parent is not None and not columns:
        columns = parent.table.get("primary_key", [])
        if len(columns) != len(reference.columns):
            text = f"{made.table['name']}: references {parent.table['name']}, which has no such primary key"
            script.wrong.append((place, Problem(str(place), text, "name the columns", place.excerpt)))
            return
    if columns and len(columns) != len(reference.columns):
        count = len(reference.columns)
        counted = "1 column references" if count == 1 else f"{count} columns reference"
        text = f"{made.table['name']}: {counted} {len(columns)} of {reference.parent.name}"
        _complain(script, place, text, "name as many on both sides")
        return
    if parent is not None and not _are_alike(script, made, parent, reference, columns):
        return
    if parent is not None:
        columns = [one["name"] for one in map(parent.column, columns) if one is not None]
    name = parent.table["name"] if parent is not None else _outside_name(script, reference.parent)
    if reference.on_column:
        column = made.column(reference.columns[0])
        if column is not None:
            column["foreign_key"] = {"references_table": name, "references_column": next(iter(columns), None)}
    else:
        made.table.setdefault("foreign_keys", []).append(
            {"columns": reference.columns, "references_table": name, "references_columns": list(columns)}
        )


def _complain(script: Script, place: Place, text: str, mend: str) -> None:
    script.wrong.append((place, Problem(str(place), text, mend, place.excerpt)))


def _are_alike(
    script: Script, made: MadeTable, parent: MadeTable, reference: PendingReference, columns: list[str]
) -> bool:
    """Whether columns hold the same kind of value as those that they reference; it is complained of, else."""
    for own, other in zip(map(made.column, reference.columns), map(parent.column, columns), strict=True):
        if own is None or other is None:
            continue
        mine, theirs = own["data_type"], other["data_type"]
        if _sort(mine) != _sort(theirs):
            name, target = f"{made.table['name']}.{own['name']}", f"{parent.table['name']}.{other['name']}"
            text = f"{name}: {mine} references {target} {theirs}, which is another kind of value"
            _complain(script, reference.place, text, f"declare it as {theirs}")
            return False
    return True


def _sort(data_type: str) -> tuple[Kind, int | None]:
    """The kind of a type's values; whole numbers are decimals without digits behind the point."""
    declared = sql_type(data_type)
    if declared.kind is Kind.INTEGER:
        return Kind.DECIMAL, 0
    return declared.kind, declared.scale if declared.kind is Kind.DECIMAL else None


def _outside_name(script: Script, name: Name) -> str:
    """What a table elsewhere is called; with its schema where the script has another of the name."""
    return f"{name.schema}.{name.name}" if name.schema and script.tables.called(name.name) else name.name


def places(script: Script) -> dict[str, Place]:
    """Where each table and column stands, by "table", "table.column" and "table: CHECK (text)"."""
    found = {}
    for made in script.tables:
        found[made.table["name"]] = made.place
        found |= {f"{made.table['name']}.{name}": place for name, place in made.columns.items()}
        found |= {f"{made.table['name']}: CHECK ({text})": place for text, place in made.checks.items()}
    return found
