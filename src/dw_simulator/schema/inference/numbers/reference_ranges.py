"""Ranges within which a measured value is normal, and beyond which it is critical.

In a table of tests, parameters or sensors `critical_low <= reference_low <= reference_high <= critical_high`.
A value lies mostly within what is normal, and a flag beside it says whether it does (`range_flags`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from dw_simulator.schema.inference.numbers.measure_roles import said_by
from dw_simulator.schema.inference.numbers.row_numbers import RoleSource, bare, numbers_of
from dw_simulator.schema.inference.numbers.twin_numbers import SIGNED, Twin
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, TableSketch
from dw_simulator.schema.inference.words.tokens import plain_words

_Words = frozenset[str]
_LOW = _Words({"low", "lower", "min", "least", "lowest"})
_HIGH = _Words({"high", "upper", "max", "greatest", "highest"})
_RANKS = (
    _Words({"reference", "normal", "optimal", "ideal", "target", "nominal"}),
    _Words({"warning", "warn", "alert", "caution"}),
    _Words({"critical", "panic", "alarm", "danger", "emergency"}),
)
"""Words of ranges, from the one within which all is well to the one beyond which it is not."""
_ALL = _Words().union(*_RANKS)
_DULL = _Words("range limit value bound threshold interval level tolerance specification spec".split())
_LIMITS = _Words({"limit", "bound", "tolerance", "specification", "spec"})
"""Words of a range beside `lower` and `upper` that say that it is one."""
_TARGETS = _Words({"target", "nominal", "ideal", "setpoint", "objective", "optimum", "optimal"})
_OF_TARGETS = _Words({"value", "amount", "set", "point", "measure", "number"})
_VALUES = _Words({"value", "result", "reading", "measurement", "observation"})
_VALORES = _Words({"valor", "valore", "valeur", "wert", "waarde"})
"""Words for a value that are one for an amount, too."""
_PLAIN = _Words(
    """value result reading measurement observation amount measured observed numeric number measure
    actual""".split()
)
_OUTSIDE = "mostly(0.5, least * between(0.55, 0.99), most * between(1.01, 1.6))"
_SIGNED_OUTSIDE = "mostly(0.5, least - between(0.1, 12), most + between(0.1, 12))"


@dataclass(frozen=True)
class ValueRange:
    """The bounds of a range. rank: its place in _RANKS; the innermost is 0."""

    low: ColumnSketch | None
    high: ColumnSketch | None
    rank: int

    @property
    def whole(self) -> bool:
        return self.low is not None and self.high is not None


@dataclass(frozen=True)
class MeasuredValue:
    """A value of a row, and the ranges it is judged by: of its row, or of the one that `link` leads to.

    flags  columns that say whether it is in its range
    """

    value: ColumnSketch
    ranges: list[ValueRange]
    link: Link | None = None
    flags: list[ColumnSketch] = field(default_factory=list)

    @property
    def normal(self) -> ValueRange | None:
        return next((one for one in self.ranges if one.rank == 0 and one.whole), None)

    @property
    def critical(self) -> ValueRange | None:
        return next((one for one in self.ranges if one.rank == 2), None)


def ranges_of(table: TableSketch) -> Mapping[_Words, list[ValueRange]]:
    """The ranges of a table by what they are of, from the innermost on."""
    found: dict[_Words, dict[int, dict[str, ColumnSketch]]] = {}
    for one in numbers_of(table):
        words = said_by(one.words)
        low, high = words & _LOW, words & _HIGH
        if bool(low) == bool(high):
            continue
        rank = next((place for place, marks in enumerate(_RANKS) if words & marks), 0)
        topic = words - _LOW - _HIGH - _ALL - _DULL
        found.setdefault(topic, {}).setdefault(rank, {}).setdefault("low" if low else "high", one)
    return {
        topic: [ValueRange(ends.get("low"), ends.get("high"), rank) for rank, ends in sorted(ranks.items())]
        for topic, ranks in found.items()
        if len(ranks) > 1
        or any(_named(one) for ends in ranks.values() for one in ends.values())
        or (not topic and _is_limited(ranks, table))
    }


def _is_limited(ranks: Mapping[int, Mapping[str, ColumnSketch]], table: TableSketch) -> bool:
    """Whether plain bounds are those of what is measured: a lower and an upper limit, or with a target."""
    whole = [ends for ends in ranks.values() if len(ends) == len(("low", "high"))]
    limits = all(said_by(one.words) & _LIMITS for ends in whole for one in ends.values())
    return bool(whole) and (limits or target_of(table) is not None)


def target_of(table: TableSketch) -> ColumnSketch | None:
    """What a measured value is meant to be, between its limits."""
    found = []
    for one in numbers_of(table):
        words = said_by(one.words)
        aimed = bool(words & _TARGETS) or {"set", "point"} <= words
        if aimed and words <= _TARGETS | _OF_TARGETS | {*table.noun}:
            found.append(one)
    return found[0] if len(found) == 1 else None


def _named(column: ColumnSketch) -> bool:
    return bool(said_by(column.words) & _ALL)


def range_bounds(table: TableSketch) -> Iterator[Twin]:
    """The bounds of ranges in their order, the outer ones by the inner ones."""
    for ranges in ranges_of(table).values():
        first = ranges[0]
        if first.low is not None and first.high is not None:
            more = "low + between(3, 25)" if _signed(first.low) else "low * between(1.3, 2.5)"
            more += "" if first.low.column.type.scale or _signed(first.low) else " + 1"
            yield Twin(bare(first.high), f"high = {more} | more than {{low}}", {"low": bare(first.low)})
            aim = target_of(table)
            if aim is not None:
                ends = {"least": bare(first.low), "most": bare(first.high)}
                line = "target = least + (most - least) * between(0.4, 0.6) | between {least} and {most}"
                yield Twin(bare(aim), line, {role: RoleSource(end) for role, end in ends.items()})
        for inner, outer in pairwise(ranges):
            if inner.low is not None and outer.low is not None:
                less = "low - between(1, 15)" if _signed(inner.low) else "low * between(0.5, 0.85)"
                yield Twin(bare(outer.low), f"less = {less} | less than {{low}}", {"low": bare(inner.low)})
            if inner.high is not None and outer.high is not None:
                more = "high + between(1, 15)" if _signed(inner.high) else "high * between(1.15, 1.8)"
                yield Twin(
                    bare(outer.high), f"more = {more} | more than {{high}}", {"high": bare(inner.high)}
                )


def _signed(column: ColumnSketch) -> bool:
    return bool(SIGNED & {*column.words, *column.table.noun})


def measured_value(table: TableSketch) -> MeasuredValue | None:
    """The value of a table's rows for which there are ranges."""
    values = [one for one in numbers_of(table) if _is_value(one)]
    if len(values) != 1:
        return None
    (value,) = values
    for link in (None, *(one for one in table.links if not one.to_itself)):
        known = ranges_of(table if link is None else link.parent)
        whose = said_by(value.words) | {*table.noun} | ({*link.parent.noun} if link is not None else set())
        fitting = [ranges for topic, ranges in known.items() if topic <= whose]
        if len(fitting) == 1 and (link is None or link.required or not value.required):
            return MeasuredValue(value, fitting[0], link)
    return None


def _is_value(column: ColumnSketch) -> bool:
    words = said_by(column.words)
    plain = bool({*plain_words(column.name)} & _VALORES)
    return (plain or bool(words & _VALUES)) and words - _PLAIN <= {*column.table.noun}


def within_ranges(table: TableSketch) -> Iterator[Twin]:
    """A measured value is mostly within its normal range."""
    found = measured_value(table)
    normal = found.normal if found is not None else None
    if found is None or normal is None or normal.low is None or normal.high is None:
        return
    ends = {
        "least": RoleSource(bare(normal.low), found.link),
        "most": RoleSource(bare(normal.high), found.link),
    }
    outside = _SIGNED_OUTSIDE if _signed(normal.low) or _signed(found.value) else _OUTSIDE
    told = "mostly between {least} and {most}"
    yield Twin(bare(found.value), f"value = mostly(0.85, within(least, most), {outside}) | {told}", ends)
