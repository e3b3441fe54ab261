"""Readings of a counter: the later one is the earlier one and what came between."""

from collections.abc import Iterator
from functools import cache

from dw_simulator.schema.inference.numbers.measure_roles import NumberColumn, lines_of, said_by
from dw_simulator.schema.inference.numbers.twin_numbers import Twin, alike
from dw_simulator.schema.inference.sketch import ColumnSketch, TableSketch
from dw_simulator.types import NUMERIC_KINDS

_Words = frozenset[str]


@cache
def _told() -> tuple[tuple[tuple[_Words, _Words], ...], _Words, _Words]:
    """Words of the earlier and the later reading; of what is read; of what came between."""
    pairs: list[tuple[_Words, _Words]] = []
    read_, between = _Words(), _Words()
    for line in lines_of("readings.txt"):
        name, _, said = line.partition(":")
        if name == "read":
            read_ = _word(said)
        elif name == "between":
            between = _word(said)
        else:
            earlier, later = line.split("|")
            pairs.append((_word(earlier), _word(later)))
    return tuple(pairs), read_, between


def _word(text: str) -> _Words:
    return said_by(tuple(text.split()))


def readings(table: TableSketch, numbers: list[NumberColumn]) -> Iterator[Twin]:
    """What follows from the readings of a table, where it says what came between them."""
    known = {one.name: one for one in numbers}
    by_words: dict[_Words, NumberColumn] = {}
    for column in table.columns.values():
        if column.kind in NUMERIC_KINDS and not (column.hidden or column.keyed):
            number = known.get(column.name) or NumberColumn(column, "", frozenset())
            by_words.setdefault(said_by(column.words) - {"date"}, number)
    if len(by_words) < 3:
        return
    pairs, read_, between = _told()
    for earlier, later in pairs:
        for words, low in by_words.items():
            rest = words - earlier
            high = by_words.get(rest | later) if earlier <= words and rest & read_ else None
            if high is None or high is low:
                continue
            gaps = [one for said, one in by_words.items() if said & between and one not in (low, high)]
            if len(gaps) == 1 and (alike(low.column, gaps[0].column) or gaps[0].column.column.type.scale):
                _known_with(gaps[0].column, high.column)
                first = low if low.role else NumberColumn(low.column, "start_reading", low.owner)
                yield Twin(high, "high = low + gap", {"low": first, "gap": gaps[0]})
                return


def _known_with(gap: ColumnSketch, high: ColumnSketch) -> None:
    """What came between two readings is known once the later one is."""
    if high.unless and gap.open and not (gap.required or gap.unless):
        gap.unless = high.unless
