"""In which types of columns a result of DuckDB can be stored, and by which cast.

A number is rounded to the digits of its column, halves away from zero; a moment becomes a day by leaving
out its time, and an instant a wall clock in UTC. Anything else has to be cast in the expression itself.
"""

import re

from dw_simulator.engine.rules import Refusal
from dw_simulator.types import Kind, SqlType

_WHOLE = re.compile(r"U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)")
_MENDS = {
    Kind.TEXT: "cast it: CAST(... AS VARCHAR)",
    Kind.BOOLEAN: "write a condition, such as a > 0",
    Kind.JSON: "make JSON of it, or cast it",
}
_VALUE = "\0"
"""Where the expression goes."""


def stored(value: str, made: str, type_: SqlType) -> str:
    """An expression of DuckDB's type `made`, cast to the column's type. Raises Refusal."""
    cast = _cast(_family(made), type_)
    if cast is None:
        words = f"the expression gives {made}, which {_article(type_)} column does not store"
        raise Refusal(words, _MENDS.get(type_.kind, f"cast it: CAST(... AS {type_.declared})"))
    return cast.replace(_VALUE, value)


def _article(type_: SqlType) -> str:
    return f"{'an' if type_.declared[:1] in 'AEIOU' else 'a'} {type_.declared}"


def _family(made: str) -> str:
    """What kind of type it is, in one word."""
    if made.endswith("]") or made.startswith(("STRUCT", "MAP")):
        return "nested"
    if _WHOLE.fullmatch(made) or made.startswith("DECIMAL"):
        return "exact"
    if made.startswith("TIMESTAMP"):
        return "instant" if "ZONE" in made or "TZ" in made else "moment"
    return {
        "FLOAT": "float",
        "DOUBLE": "float",
        "VARCHAR": "text",
        "TIME": "clock",
        "TIME_NS": "clock",
        "NULL": "null",
    }.get(made, made.lower())


def _cast(family: str, type_: SqlType) -> str | None:
    match type_.kind, family:
        case Kind.UUID, "uuid" | "null":
            return _as("BLOB")
        case kind, "null":
            return _as(_PLAIN.get(kind) or number(type_))
        case Kind.INTEGER, "exact":
            return _as(number(type_))
        case Kind.INTEGER, "float":
            return _as(number(type_), _as("DECIMAL(38, 0)"))
        case Kind.DECIMAL | Kind.FLOAT, "exact" | "float":
            return _as(number(type_))
        case Kind.DATE, "date" | "moment":
            return _as("DATE")
        case (Kind.TIMESTAMP, "date" | "moment") | (Kind.TIME, "clock"):
            return _as(number(type_))
        case Kind.TIMESTAMP, "instant":
            return _as(number(type_), f"({_as('TIMESTAMPTZ')} AT TIME ZONE 'UTC')")
        case Kind.JSON, "json" | "nested":
            text = _as("VARCHAR", f"to_json({_VALUE})")
            return text if type_.shape == "any" else f"ltrim({text}, E' \\t\\r\\n')"
        case (Kind.TEXT, "text" | "json") | (Kind.BOOLEAN, "boolean") | (Kind.BINARY, "blob"):
            return _as(_PLAIN[type_.kind])
        case _:
            return None


_PLAIN = {
    Kind.TEXT: "VARCHAR",
    Kind.JSON: "VARCHAR",
    Kind.BOOLEAN: "BOOLEAN",
    Kind.BINARY: "BLOB",
    Kind.DATE: "DATE",
}


def _as(name: str, value: str = _VALUE) -> str:
    return f"CAST({value} AS {name})"


def number(type_: SqlType) -> str:
    """DuckDB's name of a type of numbers, times of day or moments."""
    fine = "_NS" if type_.unit == "ns" else ""
    match type_.kind:
        case Kind.INTEGER:
            return {8: "TINYINT", 16: "SMALLINT", 32: "INTEGER", 64: "BIGINT"}[type_.bits]
        case Kind.DECIMAL:
            return f"DECIMAL({type_.precision}, {type_.scale})"
        case Kind.FLOAT:
            return "REAL" if type_.bits == 32 else "DOUBLE"
        case Kind.TIME:
            return f"TIME{fine}"
        case _:
            return f"TIMESTAMP{fine}"
