"""What tells rows apart: tuples, one core with several rests, the points of a code.

Each takes numbers that differ, from 0 up, over all rows or over the rows of each parent, and makes of them
values of some items:

    spread     UNIQUE (a, b), 3 values of a and 4 of b: number 7 of 12 is the tuple (7 // 4, 7 % 4) = (1, 3)
    core       UNIQUE (a, b), UNIQUE (b, c): b is a digit that both have, a and c are each the other digit, in
               an order of its own
    triangle   UNIQUE (a, b), (b, c), (a, c): a and b are digits, c is their sum, which tells either from the
               other
    code       any overlap: every item holds points of a code of which each key has enough (`codes`)

The numbers are permuted, so that what comes out is scattered over all that is possible.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from math import prod

from dw_simulator.engine.rows import Selector
from dw_simulator.engine.selectors.groups import Grouping
from dw_simulator.engine.selectors.permutation import MAX_SIZE, Permutation
from dw_simulator.engine.selectors.spans import (
    Extent,
    ExtentDigit,
    PermutedLastDigit,
    PermutedSiblings,
    Span,
    SpanPlace,
)
from dw_simulator.engine.selectors.unique import (
    INFINITY,
    Coded,
    Digit,
    DigitSum,
    Permuted,
    Shuffled,
    radix_split,
)
from dw_simulator.planning.draft import Draft
from dw_simulator.planning.relations.codes import whole_root, widest_code
from dw_simulator.planning.relations.key_refusals import KeyRefusals
from dw_simulator.planning.relations.picks import span_of
from dw_simulator.planning.relations.relation import Relation
from dw_simulator.schema.model import Table

Key = tuple[str, ...]
Make = Callable[[], Selector]
_MOST = 1 << 62


@dataclass(eq=False, frozen=True)
class Item:
    """A part of a key that can take part in carrying it: a plain column, or a reference.

    size, most  how many values there are to choose from, for the row that has the fewest and the most
    counts      it is a whole number of which nothing is declared
    varies      there are more or fewer values to choose from, from row to row
    """

    name: str
    size: int
    most: int
    relation: Relation | None = None
    counts: bool = False
    varies: bool = False

    @property
    def what(self) -> str | Relation:
        return self.relation or self.name


@dataclass(eq=False, frozen=True)
class Numbers:
    """Where the numbers come from that tell rows apart: all rows, or the rows of each parent.

    bound  how many numbers there are
    """

    bound: int
    relation: Relation | None = None
    grouping: Grouping | None = None


@dataclass(frozen=True, eq=False)
class Carrying:
    """Makes recipes for the items of one table's keys."""

    draft: Draft
    table: Table
    refusals: KeyRefusals

    def set(self, item: Item, make: Make) -> None:
        """Note how an item's selector is made."""
        self.draft.recipes[item.relation or (self.table.name, item.name)] = cache(make)

    def permutation(self, names: Sequence[str], size: int, purpose: str = "key") -> Permutation:
        return Permutation(size, self.draft.stream(self.table, tuple(names), purpose))

    def _numbers(
        self, names: Key, extents: "Callable[[], tuple[Extent, ...]]", capacity: int, source: Numbers
    ) -> Make:
        """Distinct numbers below the product, in random order: over all rows, or over those of a parent."""
        grouping = source.grouping
        if grouping is None:
            order = self.permutation(names, capacity)
            return cache(lambda: Permuted(order, capacity))
        return cache(
            lambda: PermutedSiblings(grouping, extents(), self.draft.stream(self.table, names, "key"))
        )

    def _extent(self, item: Item, limit: int) -> Extent:
        return span_of(self.draft, item.relation) if item.relation and item.varies else min(item.size, limit)

    # --- tuples

    def spread(self, key: Key, items: list[Item], source: Numbers) -> list[Item]:
        """Distinct tuples, scattered over all that are possible. Raises Refusal where these are too few."""
        limit = MAX_SIZE if source.grouping is None else whole_root(_MOST, len(items))
        chosen, capacity = radix_split([min(item.size, limit) for item in items], source.bound)
        parts = [items[k] for k in chosen]
        while (
            source.grouping is not None
            and len(parts) > 1
            and prod(min(part.most, limit) for part in parts) > _MOST
        ):
            parts.remove(max(parts, key=lambda part: part.most))
            capacity = prod(min(part.size, limit) for part in parts)
        if capacity < source.bound:
            raise self.refusals.too_few(key, capacity, source.bound, source.relation)
        extents = cache(lambda: tuple(self._extent(part, limit) for part in parts))
        whole = self._numbers(key, extents, capacity, source)
        for k, item in enumerate(parts):
            self.set(item, self._digit(key, parts, k, whole, extents))
        return parts

    def _digit(
        self, key: Key, parts: list[Item], k: int, whole: Make, extents: "Callable[[], tuple[Extent, ...]]"
    ) -> Make:
        def make() -> Selector:
            item, extent = parts[k], extents()[k]
            place = whole() if len(parts) == 1 else ExtentDigit(whole(), extents(), k)
            if isinstance(extent, Span):
                return SpanPlace(extent, place)
            if extent < min(item.size, MAX_SIZE):
                size = min(item.size, MAX_SIZE)
                return Shuffled(place, self.permutation((*key, item.name), size, "values"))
            return place

        return make

    # --- keys that overlap

    def together(self, keys: list[Key], parts: list[list[Item]], source: Numbers) -> Iterator[list[Item]]:
        """The carriers of keys that overlap, where no single column is enough. Raises Refusal."""
        fits = 0
        for way in (self._around_core, self._triangle, self._code):
            capacity, carry = way(keys, parts, source)
            if capacity >= source.bound:
                yield from carry()
                return
            fits = max(fits, capacity)
        raise self.refusals.too_few_for_all(fits, source.bound, source.relation)

    def _around_core(self, keys: list[Key], parts: list[list[Item]], source: Numbers) -> "Way":
        """Keys with common parts, and nothing else in common: (a, b) and (b, c).

        With the common parts as digits and one digit more, every key's other parts are an order of their own
        of that digit.
        """
        core = [item for item in parts[0] if all(item in others for others in parts)]
        rests = [[item for item in items if item not in core] for items in parts]
        apart = sum(map(len, rests)) == len({item for rest in rests for item in rest})
        sizes = [item.size for item in core]
        if not core or not all(rests) or not apart or not 0 < prod(sizes) <= _MOST:
            return NO_WAY
        if any(len(rest) > 1 and any(item.varies for item in rest) for rest in rests):
            return NO_WAY
        extra = min(prod(item.size for item in rest) for rest in rests)
        sizes.append(min(extra, _MOST // prod(sizes)))

        def carry() -> Iterator[list[Item]]:
            extents = cache(lambda: (sizes[-1], *(self._extent(item, _MOST) for item in core)))
            whole = self._numbers(_family(keys), extents, prod(sizes), source)
            for k, item in enumerate(core, 1):
                self.set(item, self._core_digit(whole, extents, k))
            for key, rest in zip(keys, rests, strict=True):
                yield [*core, *self._rest(key, rest, whole, sizes[-1])]

        return prod(sizes), carry

    def _core_digit(self, whole: Make, extents: "Callable[[], tuple[Extent, ...]]", k: int) -> Make:
        def make() -> Selector:
            place, extent = ExtentDigit(whole(), extents(), k), extents()[k]
            return SpanPlace(extent, place) if isinstance(extent, Span) else place

        return make

    def _rest(self, key: Key, rest: list[Item], whole: Make, below: int) -> list[Item]:
        """An order of its own of the last digit, as the other parts of a key."""
        sizes = [item.size for item in rest]
        chosen, capacity = radix_split(sizes, below)
        stream = self.draft.stream(self.table, key, "rest")

        @cache
        def own() -> Selector:
            extent = self._extent(rest[0], 0) if rest[0].varies else min(capacity, _MOST)
            found = PermutedLastDigit(whole(), below, extent, stream)
            return SpanPlace(extent, found) if isinstance(extent, Span) else found

        parts = [rest[k] for k in chosen]
        for k, item in enumerate(parts):
            divisor = prod(part.size for part in parts[k + 1 :])
            self.set(item, own if len(parts) == 1 else _digit_of(own, divisor, item.size))
        return parts

    def _triangle(self, keys: list[Key], parts: list[list[Item]], source: Numbers) -> "Way":
        """Three items, any two of which are a key: the two smallest are digits, the third is their sum."""
        items = sorted({item for some in parts for item in some}, key=lambda item: (item.size, item.name))
        pairs = {frozenset(some) for some in parts}
        if len(items) != 3 or len(pairs) < len(keys) or any(len(pair) != 2 for pair in pairs):
            return NO_WAY
        if any(item.varies for item in items):
            return NO_WAY
        small, middle, great = items
        capacity = min(small.size * middle.size, _MOST)

        def carry() -> Iterator[list[Item]]:
            whole = self._numbers(_family(keys), lambda: (capacity,), capacity, source)
            self.set(small, _digit_of(whole, middle.size, small.size))
            self.set(middle, _digit_of(whole, 1, middle.size))
            size = min(great.size, MAX_SIZE)
            order = self.permutation((great.name,), size, "values")
            self.set(great, lambda: Shuffled(DigitSum(whole(), middle.size, size), order))
            yield from map(list, pairs)

        return capacity, carry

    def _code(self, keys: list[Key], parts: list[list[Item]], source: Numbers) -> "Way":
        """Any overlap: every item holds digits of a code of which each key has enough."""
        items = list(dict.fromkeys(item for part in parts for item in part))
        # a code has no use for a number of choices that differs from row to row
        if not all(parts) or any(item.varies for item in items):
            return NO_WAY
        sizes = [min(item.size, MAX_SIZE) for item in items]
        code = widest_code(sizes, [[items.index(item) for item in part] for part in parts], source.bound)
        if code is None:
            return NO_WAY

        def carry() -> Iterator[list[Item]]:
            whole = self._numbers(_family(keys), lambda: (code.capacity,), code.capacity, source)
            points = iter([INFINITY, *range(sum(code.held) - 1)])
            for item, held, size in zip(items, code.held, sizes, strict=True):
                if held:
                    own = tuple(next(points) for _ in range(held))
                    order = self.permutation((item.name,), size, "values")
                    self.set(item, _point_of(whole, code.base, code.length, own, order))
            for part in parts:
                yield [item for item in part if code.held[items.index(item)]]

        return code.capacity, carry


Way = tuple[int, Callable[[], Iterator[list[Item]]]]
"""How many rows fit, and what carries them."""
NO_WAY: Way = (0, lambda: iter(()))


def _family(keys: list[Key]) -> Key:
    return tuple(dict.fromkeys(name for key in keys for name in key))


def _digit_of(whole: Make, divisor: int, size: int) -> Make:
    return lambda: Digit(whole(), divisor, size)


def _point_of(whole: Make, base: int, length: int, points: tuple[int, ...], order: Permutation) -> Make:
    return lambda: Shuffled(Coded(whole(), base, length, points), order)
