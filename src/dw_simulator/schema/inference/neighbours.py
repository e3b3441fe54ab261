"""What a column has to do with others of its row: moments after moments, totals of a quantity and a price."""

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache

from dw_simulator.schema.inference.candidates import Found, OpenColumn, Words
from dw_simulator.schema.inference.guesses import (
    LONG,
    PLANNED,
    PLANNED_ENDS,
    QUANTITIES,
    STAGES,
    TOTALS,
    UNIT_PRICES,
    Fields,
)
from dw_simulator.schema.inference.tokens import noun
from dw_simulator.schema.model import RESERVED_WORDS, Column, Table
from dw_simulator.types import NUMERIC_KINDS, Kind

_TAILS = frozenset({"date", "time", "timestamp", "at", "on", "stamp", "day"})
_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")


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


def totals(table: Table, columns: list[OpenColumn], found: Mapping[str, Found]) -> dict[str, Found]:
    """A total beside a quantity and a price of one, where their product fits."""
    words = {column.column.name: column.words for column in columns}
    total = _first(columns, words, TOTALS)
    quantity, price = _first(columns, words, QUANTITIES), _first(columns, words, UNIT_PRICES)
    if total is None or quantity is None or price is None or len({total, quantity, price}) < 3:
        return {}
    sources = [column for column in map(table.column, (quantity, price)) if column is not None]
    goal = table.column(total)
    assert goal is not None, "it is a column of the table"
    keyed = {name for key in table.keys for name in key}
    if not _are_plain(quantity, price) or total in keyed or not _fits(goal, sources, found):
        return {}
    if goal.required and not all(column.required for column in sources):
        return {}
    sql = f"{quantity} * {price}"
    return {total: Found(sql, {"rule": {"name": "expression", "sql": sql}})}


def _are_plain(*names: str) -> bool:
    return all(_PLAIN.fullmatch(name) and name not in RESERVED_WORDS for name in names)


def _first(columns: list[OpenColumn], words: Mapping[str, Words], phrases: str) -> str | None:
    """The column that is called by the first of these phrases that one is called by."""
    for phrase in phrases.split("|"):
        for column in columns:
            name = column.column.name
            if words[name] == tuple(phrase.split()) and column.column.type.kind in NUMERIC_KINDS:
                return name
    return None


def _fits(goal: Column, sources: list[Column], found: Mapping[str, Found]) -> bool:
    """Whether the product of the greatest values has a place in the type, and all its digits have."""
    if goal.type.kind is Kind.FLOAT:
        return True
    if any(column.type.kind is Kind.FLOAT for column in sources):
        return False
    if sum(column.type.scale for column in sources) > goal.type.scale:
        return False
    most = Fraction(1)
    for column in sources:
        fields: Fields = found[column.name].fields if column.name in found else {}
        if "max_value" not in fields:
            return False
        most *= Fraction(Decimal(str(fields["max_value"])))
    return bool(most * 10**goal.type.scale <= goal.type.limits[1])
