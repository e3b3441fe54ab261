"""Defaults: what a script says of the present, and how another warehouse says a default of it.

>>> import sqlglot
>>> with_moments(sqlglot.parse_one("CAST(CAST('now' AS TEXT) AS TIMESTAMP)")).sql()
'CURRENT_TIMESTAMP()'
"""

import json
from collections.abc import Callable, Mapping

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect

from dw_simulator.plugins.dialects.ddl.type_names import sort_of
from dw_simulator.plugins.dialects.truths import says_truths
from dw_simulator.types import Kind, SqlType

Moments = Mapping[str, type[exp.Expr] | None]
"""What is called for the present, by the sort of the column's type; None where there is nothing."""

NOW: Moments = {
    "date": exp.CurrentDate,
    **dict.fromkeys(("time", "time zoned"), exp.CurrentTime),
    **dict.fromkeys(("timestamp", "timestamp zoned"), exp.CurrentTimestamp),
}
"""What most warehouses have."""
_NOW_KEYS = frozenset(
    """currenttimestamp currenttimestampltz currentdatetime currentdate currenttime localtime localtimestamp
    utctimestamp utcdate utctime systimestamp""".split()
)
_NOW_NAMES = frozenset(
    """now getdate sysdate get_current_timestamp current_localtimestamp transaction_timestamp
    statement_timestamp clock_timestamp systimestamp sysdatetime today get_current_time
    current_localtime""".split()
)
_UUID_NAMES = frozenset(
    "uuid_generate_v4 gen_random_uuid generate_uuid uuid_string newid uuidv4 uuid".split()
)
_COMMON = frozenset(
    """abs and array case cast ceil coalesce concat currentdate currentdatetime currenttime currenttimestamp
    currentuser extract floor if left length lower md5 nullif or right round sessionuser substring
    timestamptrunc trim trycast upper uuid""".split()
)
"""sqlglot's kinds of functions that are everywhere."""
_AROUND = frozenset({"cast", "trycast", "paren", "attimezone"})
"""What stands around a moment, and says no more than the column's type does."""
_TO_DAY = frozenset({"trunc", "date", "tsordstodate"})
_TRUE = frozenset({"true", "t", "yes", "y", "on", "1"})
_FALSE = frozenset({"false", "f", "no", "n", "off", "0"})


def with_moments(tree: exp.Expr) -> exp.Expr:
    """A default in which the word 'now', cast to a moment, is the function that it stands for.

    Catalogues write CURRENT_TIMESTAMP as ('now'::text)::timestamp, which no other warehouse understands.
    """
    tree = tree.copy()
    for cast in list(tree.find_all(exp.Cast)):
        moment = _MOMENTS.get(cast.to.this)
        inner = _bare(cast)
        if moment is not None and inner.key == "literal" and inner.is_string and inner.name.lower() == "now":
            if cast is tree:
                return moment()
            cast.replace(moment())
    return tree


_MOMENTS: Mapping[object, type[exp.Expr]] = {
    **dict.fromkeys(exp.DataType.TEMPORAL_TYPES, exp.CurrentTimestamp),
    exp.DType.DATE: exp.CurrentDate,
    exp.DType.TIME: exp.CurrentTime,
    exp.DType.TIMETZ: exp.CurrentTime,
}


def said_elsewhere(tree: exp.Expr, declared: SqlType, now: Moments) -> exp.Expr | None:
    """A default of one warehouse as another has it, for a column of a type; None where it cannot be said.

    now  what that one calls for the present
    """
    if _is_now(tree, declared.kind):
        called = now.get(sort_of(declared), exp.CurrentTimestamp if declared.kind is Kind.TEXT else None)
        return called() if called is not None else None
    # the column's type says it, and the source's name for it may be unknown there
    tree = _bare(tree)
    if tree.key == "uuid" or _name(tree) in _UUID_NAMES:
        return exp.Uuid()
    as_kind = _BY_KIND.get(declared.kind)
    return as_kind(tree) if as_kind is not None else tree


def is_common(tree: exp.Expr) -> bool:
    """Whether every function in a default is one that all warehouses have, under whichever name."""
    return all(node.key in _COMMON for node in tree.find_all(exp.Func))


def _is_now(node: exp.Expr, kind: Kind) -> bool:
    """Whether it is the present, whatever is around it that says no more."""
    if node.key in _NOW_KEYS or _name(node) in _NOW_NAMES:
        return True
    if node.is_string and kind in (Kind.DATE, Kind.TIME, Kind.TIMESTAMP):
        return node.name.lower() == "now"
    if node.key in _AROUND or (node.key in _TO_DAY and kind is Kind.DATE):
        return _is_now(node.this, kind)
    if node.key == "converttimezone":
        return _is_now(node.args["timestamp"], kind)
    return _name(node) == "timezone" and bool(node.expressions) and _is_now(node.expressions[-1], kind)


def _name(node: exp.Expr) -> str:
    """The name of a function that sqlglot does not know, or of what looks like a column and is none."""
    return node.name.lower() if node.key in ("anonymous", "column") else ""


def _bare(node: exp.Expr) -> exp.Expr:
    """Without casts and brackets."""
    while node.key in ("cast", "trycast", "paren"):
        node = node.this
    return node


# --- literals as the type of the column has them


def default_of(declared: SqlType, tree: exp.Expr, dialect: type[Dialect], name: str = "") -> exp.Expr:
    """The same value as the column's type has it: a truth value for 0 and 't', where the dialect has such.

    name  of the type as it is written
    """
    flag = _flag(tree) if declared.kind is Kind.BOOLEAN else None
    if flag is None:
        return tree
    truths = says_truths(dialect) and name.partition("(")[0] not in _NUMBERS
    return flag if truths or flag.key != "boolean" else exp.Literal.number(int(flag.this))


_NUMBERS = frozenset({"NUMBER", "TINYINT"})
"""Types of numbers that hold truth values."""


def bare_value(tree: exp.Expr) -> exp.Expr:
    """A constant without the brackets that SQL Server puts around each: ((0))."""
    inner = tree.unnest()
    return inner if inner.key in _CONSTANTS or (inner.key == "neg" and inner.this.key == "literal") else tree


_CONSTANTS = frozenset({"literal", "null", "boolean", "national"})


def fits_default(declared: SqlType, tree: exp.Expr) -> bool:
    """Whether it is a value of the type: an empty text is no document, and 2 no truth value."""
    if tree.key != "literal":
        return True
    if declared.kind is Kind.BOOLEAN:
        return _flag(tree) is not None
    empty = bool(tree.args.get("is_string")) and not tree.name.strip()
    return not (empty and declared.kind in (Kind.JSON, Kind.NESTED))


def _flag(tree: exp.Expr) -> exp.Expr | None:
    if tree.key != "literal":
        return tree
    word = tree.name.lower()
    return exp.Boolean(this=word in _TRUE) if word in _TRUE | _FALSE else None


def _number(tree: exp.Expr) -> exp.Expr | None:
    if tree.key == "boolean":
        return exp.Literal.number(int(tree.this))
    if not tree.is_string:
        return tree
    try:
        float(tree.name)
    except ValueError:
        return None
    return exp.Literal.number(tree.name.strip())


def _text(tree: exp.Expr) -> exp.Expr:
    if tree.is_number:
        return exp.Literal.string(tree.sql())
    return exp.Literal.string(str(tree.this).lower()) if tree.key == "boolean" else tree


def _document(tree: exp.Expr) -> exp.Expr | None:
    """A document as its text, which has to be one."""
    if tree.key == "parsejson":
        tree = tree.this
    if tree.key in _EMPTY and not tree.expressions and not tree.args.get("keys"):
        return exp.Literal.string(_EMPTY[tree.key])
    if not tree.is_string:
        return tree if tree.key == "null" else None
    try:
        json.loads(tree.name)
    except ValueError:
        return None
    return tree


_EMPTY = {"array": "[]", "struct": "{}", "varmap": "{}", "object": "{}", "jsonobject": "{}"}
_BY_KIND: Mapping[Kind, Callable[[exp.Expr], exp.Expr | None]] = {
    Kind.BOOLEAN: _flag,
    **dict.fromkeys((Kind.INTEGER, Kind.DECIMAL, Kind.FLOAT), _number),
    Kind.TEXT: _text,
    Kind.JSON: _document,
}
