"""DBML: tables, references, indexes and enums of a diagram, read by pydbml."""

import warnings
from typing import TYPE_CHECKING

from dw_simulator.errors import Problem, RequestError, SchemaError
from dw_simulator.plugins.contracts.drafts import Drafts, TableDraft
from dw_simulator.ports.contract import ContractSource, ContractTables

if TYPE_CHECKING:
    from pydbml.classes import Column, Index, Reference, Table
    from pydbml.database import Database


def read(source: ContractSource) -> ContractTables:
    """The tables of a DBML file. Raises SchemaError, and RequestError where pydbml is not installed."""
    database = _parsed(source)
    drafts = Drafts(source.dialect or "")
    short = [table.name for table in database.tables]
    called = {
        table.full_name: f"{table.schema}_{table.name}" if short.count(table.name) > 1 else table.name
        for table in database.tables
    }
    for table in database.tables:
        _add_table(drafts, table, called[table.full_name])
    for reference in database.refs:
        _add_reference(drafts, reference, called)
    name = database.project.name if database.project is not None else ""
    return ContractTables(list(drafts.settled()), drafts.warnings, dialect=drafts.dialect, name=name)


def _parsed(source: ContractSource) -> "Database":
    with warnings.catch_warnings():  # it calls pyparsing by names of yesterday
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            return _parsed_by_pydbml(source)
        except ImportError:
            raise RequestError("DBML needs pydbml: pip install 'dw-simulator[dbml]'") from None


def _parsed_by_pydbml(source: ContractSource) -> "Database":
    from pydbml import PyDBML  # noqa: PLC0415 - an extra
    from pydbml.exceptions import ColumnNotFoundError, DBMLError, TableNotFoundError  # noqa: PLC0415
    from pyparsing import ParseBaseException  # noqa: PLC0415

    name = str(source.place)
    try:
        return PyDBML(source.text)
    except ParseBaseException as error:
        place = f"{name}, line {error.lineno}, column {error.column}"
        raise SchemaError([Problem(place, f"not valid DBML: {error.msg}")]) from None
    except (ColumnNotFoundError, DBMLError, TableNotFoundError) as error:
        raise SchemaError([Problem(name, f"not valid DBML: {error}")]) from None


def _add_table(drafts: Drafts, table: "Table", called: str) -> None:
    draft = drafts.table(called)
    draft.comment = table.note.text.strip()
    if table.schema != "public":
        draft.fields["warehouse_schema"] = table.schema
    if called != table.name:
        draft.fields["warehouse_name"] = table.name
    for column in table.columns:
        _add_column(draft, column)
    keys = [column.name for column in table.columns if column.pk]
    draft.primary_key = tuple(keys)
    for index in table.indexes:
        _add_index(draft, index)


def _add_column(draft: TableDraft, column: "Column") -> None:
    made = draft.column(column.name)
    made.comment = column.note.text.strip()
    made.required, made.is_unique = bool(column.not_null or column.pk), bool(column.unique)
    if isinstance(column.type, str):
        made.data_type = column.type
    else:  # an Enum of the file
        names = [str(item.name) for item in column.type.items]
        made.data_type = f"VARCHAR({max(map(len, names), default=1)})"
        made.allow(names)
    if column.autoinc:
        made.fields["rule"] = {"name": "sequence"}


def _add_index(draft: TableDraft, index: "Index") -> None:
    columns = {id(column): column.name for column in index.table.columns} if index.table else {}
    names = [columns.get(id(subject), "") for subject in index.subjects]  # an expression is no column
    if not all(map(draft.has, names)):
        return
    if index.pk:
        draft.primary_key = tuple(names)
    elif index.unique and len(names) == 1:
        draft.column(names[0]).is_unique = True
    elif index.unique:
        draft.unique.append(tuple(names))


def _add_reference(drafts: Drafts, reference: "Reference", called: dict[str, str]) -> None:
    """`>` leads from the first to the second, `<` the other way; `-` says both are keys."""
    ours, theirs = list(reference.col1), list(reference.col2)
    if reference.type == "<":
        ours, theirs = theirs, ours
    child = drafts.table(called[ours[0].table.full_name])
    parent = drafts.table(called[theirs[0].table.full_name])
    if reference.type == "<>":
        words = f"{child.name} and {parent.name}: a reference of many to many has no table of its own"
        drafts.warnings.append(f"{words}; it is left out")
    elif len(ours) == 1:
        child.column(ours[0].name).reference = (parent.name, theirs[0].name)
        if reference.type == "-" and child.primary_key != (ours[0].name,):
            child.column(ours[0].name).is_unique = True
    else:
        there = tuple(column.name for column in theirs)
        if there != parent.primary_key:
            parent.unique.append(there)
        child.foreign_keys.append(
            {
                "columns": [column.name for column in ours],
                "references_table": parent.name,
                "references_columns": list(there),
            }
        )
