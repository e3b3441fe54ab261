"""The columns of a table that is made from a SELECT: their names, and their types as far as these follow.

The types come from the script's own tables, from casts and from what functions return.
"""

from collections.abc import Iterator

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify
from sqlglot.schema import MappingSchema

from dw_simulator.plugins.dialects.ddl.script import MadeTable, Script, Selected, Unselectable

_UNTOLD = frozenset({exp.DType.UNKNOWN, exp.DType.NULL})


def selected(script: Script, text: str, *, whole: bool) -> list[Selected] | None:
    """The columns of a SELECT over tables of the script. Raises Unselectable.

    whole  whether everything that it reads has to be there; None where something is not
    """
    try:
        tree = sqlglot.parse_one(text, read=script.dialect)
    except (SqlglotError, RecursionError):
        raise Unselectable("its SELECT is not understood") from None
    if not isinstance(tree, exp.Query):
        raise Unselectable("it is made from something else than a SELECT")
    sources, missing = _sources(script, tree)
    if whole and missing:
        return None
    schema = MappingSchema(
        {name: _types(made) for name, made in sources.items()}, dialect=script.dialect, normalize=False
    )
    try:
        tree = qualify(
            tree,
            schema=schema,
            dialect=script.dialect,
            validate_qualify_columns=False,
            quote_identifiers=False,
            identify=False,
        )
        tree = annotate_types(tree, schema=schema, dialect=script.dialect)
        return list(_columns(tree, sources))
    except (SqlglotError, RecursionError, AttributeError, TypeError, ValueError, LookupError):
        raise Unselectable("the columns of its SELECT cannot be told") from None


def type_of(script: Script, made: MadeTable, tree: exp.Expr) -> exp.DataType | None:
    """The type of an expression over columns that are read already; None where it is not told."""
    source = exp.Table(this=exp.Identifier(this="source", quoted=True))
    query = exp.select(tree.copy()).from_(source)
    for name in query.find_all(exp.Identifier):
        name.replace(exp.Identifier(this=script.folded(name), quoted=True))
    schema = MappingSchema({"source": _types(made)}, dialect=script.dialect, normalize=False)
    try:
        query = annotate_types(
            qualify(query, schema=schema, dialect=script.dialect), schema, dialect=script.dialect
        )
    except (SqlglotError, RecursionError, AttributeError, TypeError, ValueError, LookupError):
        return None
    kind = query.selects[0].type
    return kind if isinstance(kind, exp.DataType) and kind.this not in _UNTOLD else None


def _types(made: MadeTable) -> dict[str, exp.DataType]:
    unknown = exp.DataType(this=exp.DType.UNKNOWN)
    return {column["name"]: made.types.get(column["name"], unknown) for column in made.table["columns"]}


def _sources(script: Script, tree: exp.Expr) -> tuple[dict[str, MadeTable], bool]:
    """The tables of the script that a query reads, each by a name of its own, which it gets in the tree.

    With whether it reads others, too.
    """
    sources: dict[str, MadeTable] = {}
    missing = False
    own = {cte.alias_or_name.lower() for cte in tree.find_all(exp.CTE)}
    for node in tree.find_all(exp.Identifier):
        node.replace(exp.Identifier(this=script.folded(node), quoted=True))
    for table in list(tree.find_all(exp.Table)):
        if not isinstance(table.this, exp.Identifier) or (
            table.name.lower() in own and not table.args.get("db")
        ):
            continue
        made = script.find(script.name(table), views=True)
        missing |= made is None or not made.is_made
        name = f"source {len(sources)}"
        if made is not None:
            sources[name] = made
        if not table.alias:
            table.set("alias", exp.TableAlias(this=exp.Identifier(this=table.name, quoted=True)))
        for part in ("db", "catalog"):
            table.set(part, None)
        table.set(
            "this", exp.Identifier(this=name if made is not None else f"unknown {table.name}", quoted=True)
        )
    for column in tree.find_all(exp.Column):  # schema.table.column
        column.set("db", None)
        column.set("catalog", None)
    return sources, missing


def _columns(tree: exp.Expr, sources: dict[str, MadeTable]) -> Iterator[Selected]:
    if not isinstance(tree, exp.Query):
        raise Unselectable("the columns of its SELECT cannot be told")
    tables = {
        table.alias_or_name: sources[table.name]
        for table in tree.find_all(exp.Table)
        if table.name in sources
    }
    for one in tree.selects:
        if one.is_star:
            raise Unselectable("its SELECT has a star over a table that is not in this script")
        name, inner = one.alias_or_name, one.unalias()
        if not name:
            raise Unselectable("a column of its SELECT has no name")
        made = tables.get(inner.text("table")) if inner.key == "column" else None
        copy = made.column(inner.name) if made is not None else None
        kind = one.type
        told = isinstance(kind, exp.DataType) and kind.this not in _UNTOLD
        yield Selected(name, kind if told else None, copy)
