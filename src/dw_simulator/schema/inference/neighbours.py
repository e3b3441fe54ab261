"""What a moment of a row has to do with others of it: what comes after what."""

from collections.abc import Mapping
from functools import cache

from dw_simulator.schema.inference.candidates import Found, OpenColumn, Words
from dw_simulator.schema.inference.guesses import (
    LONG,
    PLANNED,
    PLANNED_ENDS,
    STAGES,
)
from dw_simulator.schema.inference.tokens import noun
from dw_simulator.schema.model import Column, Table
from dw_simulator.types import Kind

_TAILS = frozenset({"date", "time", "timestamp", "at", "on", "stamp", "day"})


@cache
def _stages() -> tuple[tuple[frozenset[str], frozenset[str], str], ...]:
    lines = [line.split("|") for line in STAGES.splitlines() if line and not line.startswith("#")]
    return tuple(
        (frozenset(earlier.split()), frozenset(later.split()), within.strip())
        for earlier, later, within in lines
    )


def moments(table: Table, columns: list[OpenColumn]) -> dict[str, Found]:
    """The columns that hold a moment after another column's."""
    things = noun(table.name)
    at: dict[tuple[Words, str], Column] = {}
    staged: list[tuple[Words, str, OpenColumn]] = []
    open_ones = {column.column.name: column for column in columns}
    for column in table.columns:
        if column.type.kind not in (Kind.DATE, Kind.TIMESTAMP) or column.name not in open_ones:
            continue
        whose, stage = _stage(open_ones[column.name].words, things)
        at.setdefault((whose, stage), column)
        staged.append((whose, stage, open_ones[column.name]))
    found: dict[str, Found] = {}
    for whose, stage, later in staged:
        earlier, within = _earlier(at, whose, stage)
        if earlier is None or later.keyed or later.column.name == earlier.name:
            continue
        unlike = earlier.type.zoned != later.column.type.zoned
        if unlike or (later.column.required and not earlier.required):
            continue
        timed = Kind.DATE not in (earlier.type.kind, later.column.type.kind)
        if stage == "end" and timed and not LONG & {*whose, *things}:
            within = "8h"
        rule: dict[str, str | bool] = {"name": "after", "column": earlier.name, "within": within}
        if stage in PLANNED or (stage in PLANNED_ENDS and later.column.required and within != "8h"):
            rule["censor"] = False
        found[later.column.name] = Found(f"what comes after {earlier.name}", {"rule": rule})
    return found


def _stage(words: Words, things: Words) -> tuple[Words, str]:
    """Whose moment it is, and which: `contract_start_date` is the start of a contract."""
    while len(words) > 1 and words[-1] in _TAILS:
        words = words[:-1]
    if words[-2:] in (("check", "in"), ("check", "out")):
        words = (*words[:-2], "-".join(words[-2:]))
    if len(words) > 1 and words[-2] in ("first", "last"):  # first and last seen; a last update is an update
        ordinal = words[-2:-1] if words[-1] != "update" else ()
        words = (*words[:-2], *words[-1:], *ordinal)
    whose = words[:-1]
    own = whose == things or (len(whose) == 1 and whose[0] in things)
    return (() if own else whose), "".join(words[-1:])


def _earlier(at: Mapping[tuple[Words, str], Column], whose: Words, stage: str) -> tuple[Column | None, str]:
    for earlier, later, within in _stages():
        if stage in later:
            for name in sorted(earlier):
                if (whose, name) in at:
                    return at[whose, name], within
    return None, ""
