"""How full a battery is at the two ends of what a row tells: fuller by charging, less full by a ride.

`soc_start` and `soc_end` of a charging session rise, those of a trip fall, between 0 and 100, or 0 and 1.
"""

from collections.abc import Iterator

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.numbers.measure_roles import in_hundredths, said_by
from dw_simulator.schema.inference.numbers.row_numbers import bare, numbers_of
from dw_simulator.schema.inference.numbers.twin_numbers import Twin
from dw_simulator.schema.inference.sketch import ColumnSketch, TableSketch
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.types import Kind

_LEVELS = frozenset("soc battery charge fuel tank fill level".split())
_ENDS = (("start", "end"), ("start", "stop"), ("begin", "end"), ("initial", "final"), ("before", "after"))
_FILLS = frozenset("charge charging charger recharge refuel refueling refill fill connector plug".split())
_EMPTIES = frozenset(
    "trip ride rental drive journey tour route flight shift lease rent reservation leg mission".split()
)


def charge_levels(table: TableSketch) -> Iterator[Twin]:
    """The later level of each pair, by the earlier one."""
    by_words = {said_by(one.words): one for one in numbers_of(table)}
    for words, start in by_words.items():
        for first, last in _ENDS:
            end = by_words.get(words - {first} | {last}) if first in words else None
            if (
                end is None
                or not words & _LEVELS
                or not _is_share(start, words)
                or start.kind is not end.kind
            ):
                continue
            full = 100 if in_hundredths(start.column.type, start.words) else 1
            line = _line(table, full)
            _keep_within(start, full)
            if line:
                yield Twin(bare(end), line, {"low": bare(start)})


def _keep_within(level: ColumnSketch, full: int) -> None:
    """A level is no more than full, whatever its name alone said."""
    most = level.fields.get("max_value")
    drawn = level.open and not level.keyed and level.rule.get("name") not in ("expression", "window")
    if drawn and not (isinstance(most, int | float) and most <= full):
        rule: JsonObject = {"name": "beta", "alpha": 2.0, "beta": 1.6}
        level.says(Found("a level of what it is full of", {"rule": rule, "min_value": 0, "max_value": full}))


def _is_share(column: ColumnSketch, words: frozenset[str]) -> bool:
    """Whether a level is a percentage, and not so many litres."""
    percent = "percent" in words or "soc" in words
    return percent and column.column.type.kind in (Kind.INTEGER, Kind.DECIMAL, Kind.FLOAT)


def _line(table: TableSketch, full: int) -> str:
    """Whether a level rises or falls: by what the rows are, or else by what stands beside it."""
    things = {*table.noun}
    beside = {word for one in table.columns.values() if one.kind is not Kind.INTEGER for word in one.words}
    rises = bool(things & _FILLS) or (not things & _EMPTIES and bool(beside & (_FILLS | {"kwh"})))
    if rises:
        return f"end = low + ({full} - low) * between(0.2, 0.95) | more than {{low}}"
    return "end = low * between(0.3, 0.95) | less than {low}" if things & _EMPTIES else ""
