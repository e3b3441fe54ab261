"""Texts of many shapes that never repeat: fixed pieces, and pieces that are counted through."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import gcd, prod
from typing import Self

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.columns import ViewColumn
from dw_simulator.engine.randomness import WEYL, Stream
from dw_simulator.engine.rows import Rows, UInts
from dw_simulator.engine.values.base import TextDomain
from dw_simulator.engine.values.text import AnyOf, Writer, texts

_MOST = 1 << 62
"""No more texts of a template than this are told apart: an index has 64 bits."""


@dataclass(frozen=True)
class Template:
    """A shape of text: literals[0], a form of pieces[0], literals[1], ... and the last literal.

    The forms of a piece are of one length, wherever no literal stands behind it.
    weight  how often it is chosen, beside others
    """

    literals: tuple[str, ...]
    pieces: tuple[tuple[str, ...], ...]
    weight: int = 1

    @cached_property
    def counted(self) -> int:
        """How many of its pieces are counted through; those behind them would be too many."""
        sizes = [prod(map(len, self.pieces[:k])) for k in range(len(self.pieces) + 1)]
        return max(k for k, size in enumerate(sizes) if size <= _MOST)

    @cached_property
    def size(self) -> int:
        """How many texts are told apart."""
        return prod(map(len, self.pieces[: self.counted]))

    @property
    def least(self) -> int:
        """Bytes of the shortest one."""
        return _bytes(self.literals) + sum(_ends(piece)[0] for piece in self.pieces)

    @property
    def width(self) -> int:
        """Bytes of the longest one."""
        return _bytes(self.literals) + sum(_ends(piece)[1] for piece in self.pieces)


def _bytes(literals: Sequence[str]) -> int:
    return sum(len(literal.encode()) for literal in literals)


@lru_cache(maxsize=256)  # many templates share few pieces, and a piece has up to thousands of forms
def _ends(forms: tuple[str, ...]) -> tuple[int, int]:
    """Bytes of the shortest and of the longest form of a piece."""
    sizes = [len(form.encode()) for form in forms]
    return min(sizes), max(sizes)


@dataclass(frozen=True, eq=False)
class Slot:
    """What stands at one place of the templates, one entry for each of them.

    literal    what stands before the piece, if anything does anywhere
    radices    how many forms the piece has, 1 in a template that ends before
    offsets    where they begin among all forms
    scattered  where it is not counted through, but takes any form
    """

    literal: AnyOf | None
    radices: UInts
    offsets: UInts
    scattered: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Templates(TextDomain):
    """The texts of several templates, each template as often as its weight says.

    The index is split into a slot, which says the template, and a number, of which each place takes a digit.
    Where a template has more texts than are needed, the numbers in use are spread evenly over all of them, by
    a factor that has no divisor in common with how many there are.

    slots, starts  the template of each slot; its first number
    steps          from one number of a template to the next
    least, width   bytes of the shortest and of the longest text
    reach          bytes that writing a text may touch
    """

    slots: UInts
    starts: UInts
    steps: UInts
    places: tuple[Slot, ...]
    last: AnyOf | None
    forms: AnyOf
    size: int
    least: int
    width: int
    reach: int

    @classmethod
    def of(cls, templates: Sequence[Template]) -> Self:
        """The domain of these templates, no text of which is another one's, too."""
        size = capacity(templates)
        rounds = -(-size // sum(template.weight for template in templates))
        factors = [_coprime(one.size // (rounds * one.weight), one.size) for one in templates]
        slots = [k for k, one in enumerate(templates) for _ in range(one.weight)]
        starts = [nth * factors[k] for k, one in enumerate(templates) for nth in range(one.weight)]
        steps = [factor * one.weight for factor, one in zip(factors, templates, strict=True)]
        offsets = _offsets(templates)
        forms = AnyOf.of("", *(form for piece in _different(templates) for form in piece))
        count = max(len(template.pieces) for template in templates)
        places = tuple(_place(templates, k, offsets) for k in range(count))
        last = _literal(templates, count)
        return cls(
            np.array(slots, dtype=np.uint64),
            np.array(starts, dtype=np.uint64),
            np.array(steps, dtype=np.uint64),
            places,
            last,
            forms,
            size,
            min(template.least for template in templates),
            max(template.width for template in templates),
            _reach(len(templates), places, last, forms),
        )

    def decode(self, index: UInts) -> ViewColumn:
        return texts(self, index)

    def write(self, index: UInts, writer: Writer) -> None:
        """Append the texts of these numbers."""
        count = np.uint64(len(self.slots))
        number = index // count
        slot = (index - number * count).view(np.int64)
        template = self.slots[slot]
        at = template.view(np.int64)
        number *= self.steps[at]
        number += self.starts[slot]
        for k, place in enumerate(self.places):
            if place.literal is not None:
                place.literal.write(template, writer)
            if place.scattered.all():
                number = _scattered(index, k)
            elif place.scattered.any():
                number = np.where(place.scattered[at], _scattered(index, k), number)
            radix = place.radices[at]
            rest = number // radix
            number -= rest * radix
            number += place.offsets[at]
            self.forms.write(number, writer)
            number = rest
        if self.last is not None:
            self.last.write(template, writer)


def capacity(templates: Sequence[Template]) -> int:
    """How many texts several templates have together, where each has the share that its weight says."""
    slots = sum(template.weight for template in templates)
    rounds = min(template.size // template.weight for template in templates)
    return min(slots * rounds, _MOST)


def _coprime(most: int, other: int) -> int:
    """The greatest number up to `most` that has no divisor in common with another; at least 1."""
    return next(number for number in range(max(most, 1), 0, -1) if gcd(number, other) == 1)


def _different(templates: Sequence[Template]) -> list[tuple[str, ...]]:
    """Every piece once: templates of one shape share theirs, and a long tuple is slow to compare."""
    return list({id(piece): piece for template in templates for piece in template.pieces}.values())


def _offsets(templates: Sequence[Template]) -> dict[int, int]:
    """Where the forms of each piece, told apart by identity, begin among all forms; first is an empty one."""
    offsets, count = {}, 1
    for piece in _different(templates):
        offsets[id(piece)] = count
        count += len(piece)
    return offsets


def _place(templates: Sequence[Template], k: int, offsets: Mapping[int, int]) -> Slot:
    pieces = [one.pieces[k] if k < len(one.pieces) else None for one in templates]
    return Slot(
        _literal(templates, k),
        np.array([1 if piece is None else len(piece) for piece in pieces], dtype=np.uint64),
        np.array([0 if piece is None else offsets[id(piece)] for piece in pieces], dtype=np.uint64),
        np.array([one.counted <= k < len(one.pieces) for one in templates]),
    )


def _reach(count: int, places: Sequence[Slot], last: AnyOf | None, forms: AnyOf) -> int:
    """How far writing goes: each part writes as many words as its longest text takes."""
    ends, furthest = np.zeros(count, dtype=np.int64), 0
    for part, longest in [*((place.literal, place) for place in places), (last, None)]:
        if part is not None:
            furthest = max(furthest, int(ends.max()) + part.reach)
            ends += part.lengths
        if longest is not None:
            furthest = max(furthest, int(ends.max()) + forms.reach)
            starts, stops = longest.offsets, longest.offsets + longest.radices
            ends += [int(forms.lengths[a:b].max()) for a, b in zip(starts, stops, strict=True)]
    return furthest


def _literal(templates: Sequence[Template], k: int) -> AnyOf | None:
    """What stands before the k-th piece, or at the end of a template that has no such piece."""
    texts = [one.literals[k] if k < len(one.literals) else "" for one in templates]
    return AnyOf.of(*texts) if any(texts) else None


def _scattered(index: UInts, k: int) -> UInts:
    """Some bits for each index, others for each place."""
    return Stream(k * WEYL % (1 << 64), 0).bits(Rows.at(index))
