"""Statements that change tables, kind by kind, as DuckDB has them.

Each kind gives the statements that are to be run in its place, as trees that are translated as queries are,
or as text that is DuckDB's already.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import sqlglot
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect

from dw_simulator.errors import SqlError
from dw_simulator.plugins.dialects.ddl.ddl_words import DdlWords
from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable
from dw_simulator.ports.changes import Declare
from dw_simulator.ports.dialect import Ddl
from dw_simulator.ports.statement import TypedTables
from dw_simulator.schema.json_data import Json, JsonObject
from dw_simulator.schema.quoting import quoted_name

Read: TypeAlias = Callable[[str], Ddl]
Made: TypeAlias = "Sequence[exp.Expr | str]"

SILENT = frozenset(("transaction", "commit", "semicolon"))
"""What means nothing in a script, which is one transaction."""
_OBJECTS = frozenset(("TABLE", "VIEW"))
_PHYSICAL = frozenset(
    """distkeyproperty sortkeyproperty diststyleproperty cluster clusterproperty transientproperty
    backupproperty schemacommentproperty temporaryproperty likeproperty copygrantsproperty""".split()
)
"""What a CREATE may say of its table that changes no row."""
_UNTOLD = ("foreign_keys", "checks", "warehouse_schema", "warehouse_name")
MADE = "made"
"""What is known of a name that a statement makes: the schema that it was given."""
REPLACES = "replaces"
"""What is known of a MERGE that says REMOVE DUPLICATES."""
_SWAPPED = "_dw_sim_swapped"


@dataclass(frozen=True)
class Changing:
    """A statement in its turn.

    tree    its own copy
    text    as it stands in the script
    tables    that there are
    known     which of them a table of the statement is
    read      reads a CREATE TABLE
    declared  the name of a table that was read, and the statements that make it in DuckDB
    """

    tree: exp.Expr
    text: str
    tables: TypedTables
    known: Callable[[exp.Table], str | None]
    dialect: type[Dialect]
    read: Read
    declared: Callable[[Ddl], tuple[str, Sequence[str]]]


def what_is(tree: exp.Expr, first_word: str) -> str:
    """How a statement is called."""
    if tree.key in ("create", "drop", "alter"):
        return f"{tree.key.upper()} {tree.args.get('kind') or ''}".strip()
    if tree.args.get("into"):
        return "SELECT INTO"
    return {"truncatetable": "TRUNCATE"}.get(tree.key) or (
        "SELECT" if isinstance(tree, exp.Query) else tree.key.upper() or first_word
    )


def _bare(table: exp.Expr) -> exp.Table:
    """A name that a statement makes or takes away; it has no schema here."""
    if isinstance(table, exp.Schema):
        table = table.this
    made = exp.Table(this=table.this.copy())
    made.meta[MADE] = table.text("db")
    return made


# --- rows


def _insert(changing: Changing) -> Made:
    tree = changing.tree
    if tree.args.get("overwrite"):
        tree.set("overwrite", None)
        target = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
        return [exp.Delete(this=target.copy()), tree]
    return [tree]


def _update(changing: Changing) -> Made:
    _assign(changing.tree)
    return [changing.tree]


def _assign(update: exp.Expr) -> None:
    """`SET t.a = 1` is `SET a = 1`, and no comparison."""
    for pair in list(update.expressions):
        column = pair.this
        if not isinstance(pair, exp.EQ) or not isinstance(column, exp.Column):
            raise Untranslatable(pair, "SET names one column and its value at a time")
        pair.replace(exp.PropertyEQ(this=column.this.copy(), expression=pair.expression.copy()))


def _delete(changing: Changing) -> Made:
    tree = changing.tree
    if not tree.this and len(tree.args.get("tables") or ()) == 1:  # DELETE t WHERE ...
        tree.set("this", tree.args["tables"][0])
        tree.set("tables", None)
    return [tree]


def _truncate(changing: Changing) -> Made:
    return [exp.Delete(this=table.copy()) for table in changing.tree.expressions]


def _merge(changing: Changing) -> Made:
    tree = changing.tree
    whens = tree.args["whens"].expressions
    if tree.meta.get(REPLACES):
        return _replaced(tree)
    for when in whens:
        then = when.args["then"]
        if isinstance(then, exp.Update):
            _assign(then)
        elif isinstance(then, exp.Insert):
            _spell_out(then, changing)
    return [tree]


def _replaced(tree: exp.Expr) -> Made:
    """REMOVE DUPLICATES: rows that match go, and those of the source come in, each as it is there."""
    source = tree.args["using"]
    if not isinstance(source, exp.Table):
        raise Untranslatable(source, "REMOVE DUPLICATES takes rows of a table, and no query")
    gone = exp.Delete(
        this=tree.this.copy(), using=[source.copy()], where=exp.Where(this=tree.args["on"].copy())
    )
    target = tree.this.copy()
    target.set("alias", None)
    return [gone, exp.Insert(this=target, expression=exp.select("*").from_(source.copy()))]


def _spell_out(insert: exp.Expr, changing: Changing) -> None:
    """INSERT VALUES (...) of a MERGE, with the columns that are meant."""
    given = insert.this
    if not isinstance(given, exp.Tuple):
        return
    (*others, last) = given.expressions
    if not others and isinstance(last, exp.Anonymous) and last.name.upper() == "VALUES":
        columns = changing.tables.get(changing.known(changing.tree.this) or "", {})
        names = [exp.column(exp.to_identifier(name, quoted=True)) for name in columns]
        insert.set("this", exp.Tuple(expressions=names[: len(last.expressions)]))
        insert.set("expression", exp.Tuple(expressions=[one.copy() for one in last.expressions]))
        return
    for column in given.find_all(exp.Column):
        column.set("table", None)


# --- tables


def _create(changing: Changing) -> Made:
    tree = changing.tree
    _check_kind(tree)
    if tree.args["kind"].upper() == "VIEW":
        return [_as_query(tree, tree.expression)]
    if tree.args.get("clone"):
        return [_as_query(tree, _all_of(tree.args["clone"].this))]
    like = tree.find(exp.LikeProperty)
    if like is not None:
        return [_as_query(tree, _all_of(like.this).limit(0))]
    if tree.expression:
        return [_as_query(tree, tree.expression)]
    return _with_columns(changing)


def _check_kind(tree: exp.Expr) -> None:
    kind = str(tree.args.get("kind") or "").upper()
    if kind not in _OBJECTS:
        raise Untranslatable(
            tree, f"{tree.key.upper()} {kind} is no statement of a script, only of tables and views"
        )
    properties = tree.args.get("properties")
    for one in properties.expressions if properties else ():
        if one.key not in _PHYSICAL:
            raise Untranslatable(tree, f"{one.sql()} has no meaning for a copy; leave it out")


def _is_temporary(tree: exp.Expr) -> bool:
    return tree.find(exp.TemporaryProperty) is not None or _bare(tree.this).name.startswith("#")


def _as_query(tree: exp.Expr, query: exp.Expr) -> exp.Expr:
    """A table or view of a query's rows, with nothing that says how it is stored."""
    target: exp.Expr = _bare(tree.this)
    if tree.this.key == "schema":
        names = [one for one in tree.this.expressions if one.key in ("identifier", "columndef")]
        if any(one.args.get("kind") for one in names):
            raise Untranslatable(tree, "columns have the types of the query here; leave their types out")
        named = [one.this if one.key == "columndef" else one for one in names]
        target = exp.Schema(this=target, expressions=named) if named else target
    kept = [exp.TemporaryProperty()] if _is_temporary(tree) else []
    return exp.Create(
        this=target,
        kind=tree.args["kind"],
        replace=tree.args.get("replace"),
        exists=tree.args.get("exists"),
        expression=query.copy(),
        properties=exp.Properties(expressions=kept) if kept else None,
    )


def _all_of(table: exp.Expr) -> exp.Select:
    if table.args.get("when"):
        raise Untranslatable(table, "a copy has no former states; clone the table as it is")
    return exp.select("*").from_(table.copy())


def _into(changing: Changing) -> Made:
    """SELECT ... INTO x."""
    into = changing.tree.args["into"]
    changing.tree.set("into", None)
    made = exp.Create(this=into.this, kind="TABLE")
    if into.args.get("temporary"):
        made.set("properties", exp.Properties(expressions=[exp.TemporaryProperty()]))
    return [_as_query(made, changing.tree)]


def _with_columns(changing: Changing) -> Made:
    """A table whose columns are declared: read as an import reads it, and written as a load has it."""
    tree = changing.tree
    known = changing.known(_bare(tree.this)) is not None
    if known and tree.args.get("exists"):
        return []
    found, name = changing.read(changing.text), _bare(tree.this).name
    if name.startswith("#"):  # which an import leaves out
        found.tables[0]["name"] = name.lower()
    name, statements = changing.declared(found)
    temporary = " TEMPORARY" if _is_temporary(tree) else ""
    replace = " OR REPLACE" if tree.args.get("replace") else ""
    made = [re.sub("^CREATE", f"CREATE{replace}{temporary}", one, count=1) for one in statements]
    # a sequence of the former table goes only after it
    gone = [exp.Drop(tables=[_named(name)], kind="TABLE", exists=True)] if replace and known else []
    return [*gone, *made]


def declaration(words: DdlWords, declare: Declare, found: Ddl) -> tuple[str, Sequence[str]]:
    """A table that was read: its name, and the statements that make it in DuckDB.

    Raises SqlError for a default that would be left out.
    """
    from dw_simulator.schema.reading import parse  # noqa: PLC0415 - few scripts declare columns

    table = {name: value for name, value in found.tables[0].items() if name not in _UNTOLD}
    columns = table["columns"]
    assert isinstance(columns, list), "the reader gives columns"
    for column in columns:
        assert isinstance(column, dict), "each of which is an object"
        column.pop("foreign_key", None)
    document: JsonObject = {"name": "script", "target_warehouse": words.name, "tables": [table]}
    statements = declare(parse(document, strict_names=False))
    _check_defaults(columns, statements[-1])
    return str(table["name"]), statements


def _check_defaults(columns: Sequence[Json], written: str) -> None:
    """A pipeline may count on a default: where DuckDB cannot say it, the table is not made without it."""
    made = sqlglot.parse_one(written, read="duckdb").find_all(exp.ColumnDef)
    there = {column.name for column in made if column.find(exp.DefaultColumnConstraint) is not None}
    for column in columns:
        assert isinstance(column, dict), "each column is an object"
        if column.get("default") is not None and column["name"] not in there:
            raise SqlError(
                f"DEFAULT {column['default']} of {column['name']} is not translated; write a value"
            )


def _named(name: str) -> exp.Table:
    return _bare(exp.Table(this=exp.to_identifier(name, quoted=True)))


def _drop(changing: Changing) -> Made:
    tree = changing.tree
    _check_kind(tree)
    tables = tree.args.get("tables") or [tree.this]
    cascade = bool(tree.args.get("cascade"))
    made = []
    for table in tables:
        if not tree.args.get("exists") and changing.known(table) is None:
            raise Untranslatable(table, f"there is no table {table.name}")
        options = {"exists": tree.args.get("exists"), "cascade": cascade}
        made.append(exp.Drop(tables=[_bare(table)], kind=tree.args["kind"], **options))
    return made


def _alter(changing: Changing) -> Made:
    tree = changing.tree
    _check_kind(tree)
    if changing.known(tree.this) is None and tree.args.get("exists"):
        return []
    return [
        one
        for action in tree.args["actions"]
        for one in _ACTIONS.get(action.key, _own_action)(changing, action)
    ]


def _own_action(changing: Changing, action: exp.Expr) -> Made:
    return [_altered(changing.tree.this, action)]


def _altered(table: exp.Expr, action: exp.Expr) -> exp.Expr:
    return exp.Alter(this=table.copy(), kind="TABLE", actions=[action.copy()])


def _renamed(changing: Changing, action: exp.Expr) -> Made:
    return [_altered(changing.tree.this, exp.AlterRename(this=_bare(action.this)))]


def _swapped(changing: Changing, action: exp.Expr) -> Made:
    """SWAP WITH: three new names."""
    one, other = changing.tree.this, action.this
    between = _named(_SWAPPED)
    pairs = ((one, between), (other, _bare(one)), (between, _bare(other)))
    return [_altered(table, exp.AlterRename(this=name.copy())) for table, name in pairs]


def _added(changing: Changing, action: exp.Expr) -> Made:
    """A column, declared as one of a new table is."""
    column = action.copy()
    column.set("exists", None)
    found = changing.read(f"CREATE TABLE x ({column.sql(changing.dialect)})")
    _name, statements = changing.declared(found)
    table = changing.known(changing.tree.this)
    definition = re.sub(r"^[^(]*\(\s*|\s*\)\s*$", "", statements[-1])
    quoted = quoted_name(table or changing.tree.this.name)
    exists = "IF NOT EXISTS " if action.args.get("exists") else ""
    if len(statements) > 1:
        raise Untranslatable(action, "a column that counts cannot be added to a table that is there")
    return [f"ALTER TABLE {quoted} ADD COLUMN {exists}{definition}"]


_ACTIONS: Mapping[str, Callable[[Changing, exp.Expr], Made]] = {
    "columndef": _added,
    "alterrename": _renamed,
    "swaptable": _swapped,
}

KINDS: Mapping[str, Callable[[Changing], Made]] = {
    "insert": _insert,
    "update": _update,
    "delete": _delete,
    "merge": _merge,
    "truncatetable": _truncate,
    "create": _create,
    "drop": _drop,
    "alter": _alter,
    "select": _into,
}
"""By sqlglot's names; a SELECT is one that makes a table."""
