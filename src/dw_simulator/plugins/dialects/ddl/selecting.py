"""The columns of a table that is made from a SELECT: their names, and their types as far as these follow.

The types come from the script's own tables, from casts and from what functions return.
"""

import re
from collections.abc import Iterator

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.schema import MappingSchema

from dw_simulator.plugins.dialects.ddl.script import MadeTable, ReadColumn, Script, Selected, Unselectable
from dw_simulator.plugins.dialects.ddl.select_sources import Sources, branches, missing_sometimes
from dw_simulator.plugins.dialects.typed.result_types import annotated

_UNTOLD = frozenset({exp.DType.UNKNOWN, exp.DType.NULL})
_TABLE = re.compile(r"\A\s*table\s+(?=[\w\"`])", re.IGNORECASE)
"""TABLE t is all of t."""
_NOT_TOLD = "the columns of its SELECT cannot be told"
_STUMBLES = (SqlglotError, RecursionError, AttributeError, TypeError, ValueError, LookupError)
"""What sqlglot raises of queries that it does not understand."""


def selected(script: Script, text: str, *, whole: bool) -> list[Selected] | None:
    """The columns of a SELECT over tables of the script. Raises Unselectable.

    whole  whether everything that it reads has to be there; None where something is not
    """
    text = _TABLE.sub("SELECT * FROM ", text)
    try:
        tree = sqlglot.parse_one(text, read=script.dialect)
    except (SqlglotError, RecursionError):
        raise Unselectable("its SELECT is not understood") from None
    if isinstance(tree, exp.Values):
        tree = exp.select("*").from_(tree)
    if not isinstance(tree, exp.Query):
        raise Unselectable("it is made from something else than a SELECT")
    if any(tree.find_all(exp.Columns)):
        raise Unselectable(_NOT_TOLD)
    sources = Sources(script)
    try:
        tree = sources.prepare(tree)
        if whole and sources.missing:
            return None
        schema = _schema(script, sources.tables)
        tree = qualify(
            tree,
            schema=schema,
            dialect=script.dialect,
            validate_qualify_columns=False,
            quote_identifiers=False,
            identify=False,
        )
        return list(_columns(annotated(tree, schema, script.dialect), sources))
    except _STUMBLES:
        raise Unselectable(_NOT_TOLD) from None


def type_of(script: Script, made: MadeTable, tree: exp.Expr) -> exp.DataType | None:
    """The type of an expression over columns that are read already; None where it is not told."""
    source = exp.Table(this=exp.Identifier(this="source", quoted=True))
    query = exp.select(tree.copy()).from_(source)
    for name in query.find_all(exp.Identifier):
        name.replace(exp.Identifier(this=script.folded(name).lower(), quoted=True))
    schema = _schema(script, {"source": made})
    try:
        query = annotated(qualify(query, schema=schema, dialect=script.dialect), schema, script.dialect)
    except _STUMBLES:
        return None
    return _told(query.selects[0])


def _schema(script: Script, tables: dict[str, MadeTable]) -> MappingSchema:
    """What sqlglot knows of tables."""
    unknown = exp.DataType(this=exp.DType.UNKNOWN)
    types: dict[str, object] = {
        name: {
            column["name"].lower(): script.base_type(made.types.get(column["name"], unknown))
            for column in made.table["columns"]
        }
        for name, made in tables.items()
    }
    return MappingSchema(types, dialect=script.dialect, normalize=False)


def _told(node: exp.Expr) -> exp.DataType | None:
    return node.type if isinstance(node.type, exp.DataType) and node.type.this not in _UNTOLD else None


def _columns(tree: exp.Expr, sources: Sources) -> Iterator[Selected]:
    rows = branches(tree)
    if not rows:
        raise Unselectable(_NOT_TOLD)
    copies = [_copies(one, sources) for one in rows]
    for k, one in enumerate(rows[0].selects):
        if one.is_star:
            raise Unselectable("its SELECT has a star over a table that is not in this script")
        if not one.alias_or_name:
            raise Unselectable("a column of its SELECT has no name")
        alike = [found[k] if k < len(found) else None for found in copies]
        types = {found[0]["data_type"] if found is not None else "" for found in alike}
        yield Selected(
            sources.name(one.alias_or_name),
            _told(one),
            data_type=next(iter(types)) if len(types) == 1 else "",
            required=all(found is not None and found[1] for found in alike),
        )


def _copies(select: exp.Select, sources: Sources) -> "list[tuple[ReadColumn, bool] | None]":
    """Of each column, the one that it is taken from as it stands, and whether it has a value in every row."""
    here = [select.args.get("from_"), *(select.args.get("joins") or ())]
    tables = {
        one.this.alias_or_name: sources.tables[one.this.name]
        for one in here
        if one is not None and isinstance(one.this, exp.Table) and one.this.name in sources.tables
    }
    missing = missing_sometimes(select)
    found: list[tuple[ReadColumn, bool] | None] = []
    for one in select.selects:
        inner = one.unalias()
        owner = inner.text("table") if inner.key == "column" else ""
        column = tables[owner].column(inner.name) if owner in tables else None
        found.append(None if column is None else (column, column["required"] and owner not in missing))
    return found
