"""Numbers whose names differ by a word, and so lie in an order: min_price, max_price; calls, calls_taken."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from dw_simulator.schema.inference.candidates import Words
from dw_simulator.schema.inference.numbers.measure_roles import NumberColumn, lines_of
from dw_simulator.schema.inference.numbers.row_numbers import RoleSource
from dw_simulator.schema.inference.sketch import ColumnSketch, TableSketch
from dw_simulator.schema.inference.words.tokens import read, singular
from dw_simulator.types import NUMERIC_KINDS, Kind

_WHOLES = frozenset({"total", "all", "number", "count", "overall", "sum"})
_TAKEN = frozenset({"offered", "received", "incoming", "inbound"})
"""Words of a whole before anything has come of it: calls_offered, of which calls_answered are a part."""
SIGNED = frozenset({"temperature", "temp", "celsius", "fahrenheit", "tmp", "balance", "altitude", "voltage"})
"""Words of numbers that may be below 0: what is more is so by a sum, not by a factor."""
_MORE = "low + between(1, 12)"
_MIDDLES = tuple(
    frozenset(words.split())
    for words in ("average", "median", "open", "close", "middle point", "midpoint", "middle", "mid", "mean")
)
"""Words of what lies between the least and the greatest."""


@dataclass(frozen=True)
class Twin:
    """A number that follows from others of its row.

    line     how, as an equation of the roles that `sources` are given
    sources  by the names that the equation has for them; some may be of a referenced row
    """

    goal: NumberColumn
    line: str
    sources: Mapping[str, NumberColumn | RoleSource]

    def found_in(self) -> dict[str, RoleSource]:
        """Where each of them is found."""
        return {
            role: one if isinstance(one, RoleSource) else RoleSource(one)
            for role, one in self.sources.items()
        }


@cache
def _word(text: str) -> frozenset[str]:
    return frozenset(map(singular, read("_".join(text.split())).words))


@cache
def _pairs() -> tuple[tuple[frozenset[str], frozenset[str], str], ...]:
    found = []
    for line in lines_of("twins.txt"):
        lesser, greater, more = line.split("|")
        sign, *numbers = more.split()
        told = ", ".join(numbers)
        factor = f"low * steps({told})" if sign == "x" else f"low {sign} between({told})"
        found.append((_word(lesser), _word(greater), factor))
    return tuple(found)


@cache
def _lesser_words() -> frozenset[str]:
    """Words of which a number has one at least if it is the lesser of two."""
    return frozenset().union(*(lesser for lesser, _greater, _line in _pairs()))


@dataclass(frozen=True)
class _Part:
    words: tuple[frozenset[str], ...]
    shares: tuple[str, str]
    within: frozenset[str] = frozenset()

    def rest(self, words: frozenset[str]) -> frozenset[str]:
        """What a name says of the whole, besides that it is this part of it; nothing where it is none."""
        said = next((mark for mark in self.words if mark <= words), None)
        rest = words - said - _WHOLES if said is not None else frozenset[str]()
        return rest if not self.within or self.within & rest else frozenset()


@cache
def _parts() -> tuple[tuple[_Part, ...], ...]:
    found = []
    for line in lines_of("parts_of_totals.txt"):
        parts = []
        told, colon, said = line.partition(":")
        within = _word(told.removeprefix("in ")) if colon else frozenset[str]()
        for side in (said if colon else line).split("|"):
            *words, least, most = side.split()
            parts.append(_Part(tuple(map(_word, words)), (least, most), within))
        found.append(tuple(parts))
    return tuple(found)


@cache
def _words_of_parts() -> frozenset[str]:
    """Words of which a number has one at least if it is a part of another."""
    return frozenset().union(*(mark for parts in _parts() for part in parts for mark in part.words))


@cache
def part_words() -> frozenset[str]:
    """Words of counts that are parts of others."""
    return frozenset().union(
        *(mark for parts in _parts() for part in parts if not part.within for mark in part.words)
    )


def twins(table: TableSketch) -> Iterator[Twin]:
    """What follows from the names of a table's numbers, the surest first."""
    linked = {name for link in table.links for name in link.columns}
    numbers = [
        one
        for one in table.columns.values()
        if one.kind in NUMERIC_KINDS and one.name not in linked and not one.hidden
    ]
    if len(numbers) < 2:
        return
    by_words: dict[frozenset[str], ColumnSketch] = {}
    for one in numbers:
        by_words.setdefault(frozenset(map(singular, one.words)), one)
    yield from _ordered(by_words)
    yield from _capped(by_words)
    yield from _percentiles(numbers)
    yield from _counted(by_words)


def _ordered(by_words: dict[frozenset[str], ColumnSketch]) -> Iterator[Twin]:
    marked = {words: one for words, one in by_words.items() if words & _lesser_words()}
    for lesser, greater, line in _pairs():
        for words, low in marked.items():
            if not lesser <= words:
                continue
            rest = words - lesser
            high = by_words.get(rest | greater)
            if high is None or high is low:
                continue
            between = "low + (high - low) * between(0.25, 0.75)"
            for middle in _MIDDLES:
                third = by_words.get(rest | middle)
                if third is not None and not middle & (lesser | greater):
                    sources = {"low": _bare(low), "high": _bare(high)}
                    yield Twin(_bare(third), f"middle = {between} | between {{low}} and {{high}}", sources)
            more = _MORE if SIGNED & words else line
            yield Twin(_bare(high), f"high = {more} | more than {{low}}", {"low": _bare(low)})


def _capped(by_words: dict[frozenset[str], ColumnSketch]) -> Iterator[Twin]:
    """What is at most what its name says with a word more: points and max_points."""
    for words, most in by_words.items():
        one = by_words.get(words - {"max"}) if "max" in words and len(words) > 1 else None
        if one is not None and alike(most, one) and not SIGNED & words:
            yield Twin(_bare(one), "lesser = part(most, 0.3, 1) | at most {most}", {"most": _bare(most)})


def _percentiles(numbers: list[ColumnSketch]) -> Iterator[Twin]:
    """p50_ms, p95_ms and p99_ms, each more than the one before it."""
    found: dict[Words, list[tuple[int, ColumnSketch]]] = {}
    for one in numbers:
        for place, (mark, number) in enumerate(zip(one.words, one.words[1:], strict=False)):
            if mark in ("p", "percentile") and number.isdigit():
                rest = one.words[:place] + one.words[place + 2 :]
                found.setdefault(rest, []).append((int(number), one))
    for ranked in found.values():
        ranked.sort(key=lambda pair: pair[0])
        for (_less, low), (_more, high) in pairwise(ranked):
            yield Twin(_bare(high), "high = low * between(1.1, 2.2) | more than {low}", {"low": _bare(low)})


def _counted(by_words: dict[frozenset[str], ColumnSketch]) -> Iterator[Twin]:
    wholes: dict[frozenset[str], ColumnSketch] = {}
    for alone in (_WHOLES, _WHOLES | _TAKEN):
        for words, one in by_words.items():
            if one.kind is not Kind.BOOLEAN:
                wholes.setdefault(words - alone, one)
    marked = {words: one for words, one in by_words.items() if words & _words_of_parts()}
    for parts in _parts() if marked else ():
        taken: dict[frozenset[str], list[NumberColumn]] = {}
        for part in parts:
            for words, one in marked.items():
                rest = part.rest(words)
                whole = wholes.get(rest)
                if not rest or whole is None or whole is one or not alike(whole, one):
                    continue
                others = taken.setdefault(rest, [])
                sources = {"whole": _bare(whole)}
                if len(parts) == 2 and part is parts[1] and len(others) == 1:
                    sources["other"] = others[0]
                    yield Twin(_bare(one), "part = whole - other", sources)
                else:
                    least, most = part.shares
                    line = f"part = part(whole, {least}, {most}) | a part of {{whole}}"
                    yield Twin(_bare(one), line, sources)
                others.append(_bare(one))


def alike(one: ColumnSketch, other: ColumnSketch) -> bool:
    """Whether two numbers may be parts of each other by their types."""
    whole = {Kind.INTEGER}
    return (one.kind in whole) == (other.kind in whole) and one.column.type.scale == other.column.type.scale


def _bare(column: ColumnSketch) -> NumberColumn:
    return NumberColumn(column, "", frozenset())
