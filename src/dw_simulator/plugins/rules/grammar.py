"""Texts by a grammar: what patterns and regular expressions are read into, and how texts are made of it.

A grammar has no loops, so the derivations of its texts can be counted and numbered. Where every text has but
one derivation, numbers and texts stand one to one (`ambiguity`). Of (AC|B)[0-9]{1,2}

>>> letters = Either((Literal("AC"), Literal("B")))
>>> grammar = Joined((letters, Repetition(OneCharacter("0123456789"), 1, 2)))
>>> grammar.size, grammar.longest, next(grammar.listed()), grammar.is_ambiguous
(220, 4, 'AC0', False)
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from math import prod

from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.selectors.sampling import Uniform
from dw_simulator.engine.selectors.unique import RowNumber
from dw_simulator.engine.values.base import Domain, Drawn, Kernel
from dw_simulator.engine.values.text import Alternatives, AnyOf, Assembled, Characters, Fragment, Number
from dw_simulator.errors import Refusal
from dw_simulator.plugins.rules import ambiguity
from dw_simulator.plugins.rules.ambiguity import Automaton, Ways
from dw_simulator.ports.rule import ColumnSpec

LONGEST = 1000
"""Bytes of the longest text that a grammar may have."""

Place = frozenset[int]
"""The bytes that may stand at a place of a text."""

_LISTED = 4096  # texts are listed rather than derived where there are no more
_LISTED_WITHIN = 256
_WORD = 8
_MOST_PARTS = 4000
_DIGITS = "0123456789"
_BYTES = frozenset(_DIGITS.encode())
_NONE: Place = frozenset()


class Grammar(ABC):
    """A grammar, or a part of one."""

    @property
    @abstractmethod
    def size(self) -> int:
        """How many derivations there are, a row's own number aside."""

    @property
    @abstractmethod
    def longest(self) -> int:
        """Bytes of the longest text."""

    @abstractmethod
    def listed(self) -> Iterator[str]:
        """The text of every derivation; nothing where the row's number is in it."""

    @abstractmethod
    def ways(self, automaton: Automaton) -> Ways:
        """Add the places at which characters are derived."""

    @abstractmethod
    def cells(self) -> list[Place]:
        """What may stand at each place of a text. Raises ValueError where not all are equally long."""

    @property
    def is_level(self) -> bool:
        """Whether every choice on the way is even when every text is equally likely."""
        return True

    @property
    def row(self) -> "RowCount | None":
        """The part that is the number of the row."""
        return None

    @cached_property
    def is_ambiguous(self) -> bool:
        """Whether a text may have several derivations."""
        return ambiguity.is_ambiguous(self.ways)

    def parts(self, maker: "Maker") -> list[Fragment]:
        """What writes the texts: one part after another."""
        del maker
        return [AnyOf.of(*self.listed())]

    def repeated(self, maker: "Maker", least: int, most: int) -> list[Fragment]:
        """What writes them several times over."""
        return maker.repeated(maker.parts(self), least, most)


@dataclass(frozen=True, eq=False)
class Literal(Grammar):
    """This text."""

    text: str

    @property
    def size(self) -> int:
        return 1

    @property
    def longest(self) -> int:
        return len(self.text.encode())

    def listed(self) -> Iterator[str]:
        yield self.text

    def cells(self) -> list[Place]:
        return [frozenset([byte]) for byte in self.text.encode()]

    def ways(self, automaton: Automaton) -> Ways:
        return automaton.joined([automaton.one_of(character) for character in self.text])


@dataclass(frozen=True, eq=False)
class OneCharacter(Grammar):
    """One of these characters, each named once."""

    characters: str

    @property
    def size(self) -> int:
        return len(self.characters)

    @property
    def longest(self) -> int:
        return max(len(character.encode()) for character in self.characters)

    def listed(self) -> Iterator[str]:
        yield from self.characters

    def cells(self) -> list[Place]:
        if not self.characters.isascii():
            raise _unequal("use plain letters and digits")
        return [frozenset(self.characters.encode())]

    def ways(self, automaton: Automaton) -> Ways:
        return automaton.one_of(self.characters)

    def repeated(self, maker: "Maker", least: int, most: int) -> list[Fragment]:
        if self.characters.isascii():
            return maker.run(self.characters, least, most)
        return super().repeated(maker, least, most)


@dataclass(frozen=True, eq=False)
class WholeNumber(Grammar):
    """A whole number from `first` to `last`, without leading zeros."""

    first: int
    last: int

    @property
    def size(self) -> int:
        return self.last - self.first + 1

    @property
    def longest(self) -> int:
        return len(str(self.last))

    def listed(self) -> Iterator[str]:
        yield from map(str, range(self.first, self.last + 1))

    def cells(self) -> list[Place]:
        if len(str(self.first)) != self.longest:
            raise _unequal("let all numbers have as many digits")
        return [_BYTES] * self.longest

    def ways(self, automaton: Automaton) -> Ways:
        return self._by_length().ways(automaton)

    def parts(self, maker: "Maker") -> list[Fragment]:
        del maker
        return [Number(self.size, self.first)]

    def _by_length(self) -> "Either":
        """Numbers by how many digits they have; a few more than there are, which is on the safe side."""
        first, last = str(self.first), str(self.last)
        forms: list[Grammar] = []
        for length in range(len(first), len(last) + 1):
            low = int(first[0]) if length == len(first) else 1
            high = int(last[0]) if length == len(last) else 9
            others = Repetition(OneCharacter(_DIGITS), length - 1, length - 1)
            forms.append(Joined((OneCharacter(_DIGITS[low : high + 1]), others)))
        return Either(tuple(forms))


@dataclass(frozen=True, eq=False)
class RowCount(Grammar):
    """The number of the row, counted from 1, with zeros before it up to so many places."""

    places: int = 1

    @property
    def size(self) -> int:
        return 1

    @property
    def longest(self) -> int:
        return self.places

    @property
    def row(self) -> "RowCount":
        return self

    def listed(self) -> Iterator[str]:
        return iter(())

    def cells(self) -> list[Place]:
        if self.places == 1:
            raise _unequal("say {row:8}, or how many places")
        return [_BYTES] * self.places

    def ways(self, automaton: Automaton) -> Ways:
        return Repetition(OneCharacter(_DIGITS), max(self.places, 1), max(self.places, 19)).ways(automaton)

    def parts(self, maker: "Maker") -> list[Fragment]:
        return [Number(maker.rows, 1, places=self.places)]


@dataclass(frozen=True, eq=False)
class Joined(Grammar):
    """One after another."""

    nodes: tuple[Grammar, ...]

    @property
    def size(self) -> int:
        return prod(node.size for node in self.nodes)

    @property
    def longest(self) -> int:
        return sum(node.longest for node in self.nodes)

    @property
    def is_level(self) -> bool:
        return all(node.is_level for node in self.nodes)

    @property
    def row(self) -> RowCount | None:
        return next((node.row for node in self.nodes if node.row is not None), None)

    def listed(self) -> Iterator[str]:
        yield from map("".join, product(*(node.listed() for node in self.nodes)))

    def cells(self) -> list[Place]:
        return [place for node in self.nodes for place in node.cells()]

    def ways(self, automaton: Automaton) -> Ways:
        return automaton.joined([node.ways(automaton) for node in self.nodes])

    def parts(self, maker: "Maker") -> list[Fragment]:
        return [part for node in self.nodes for part in maker.parts(node)]


@dataclass(frozen=True, eq=False)
class Either(Grammar):
    """One of several."""

    nodes: tuple[Grammar, ...]

    @property
    def size(self) -> int:
        return sum(node.size for node in self.nodes)

    @property
    def longest(self) -> int:
        return max(node.longest for node in self.nodes)

    @property
    def is_level(self) -> bool:
        return all(node.is_level for node in self.nodes) and len({node.size for node in self.nodes}) == 1

    def listed(self) -> Iterator[str]:
        for node in self.nodes:
            yield from node.listed()

    def cells(self) -> list[Place]:
        each = [node.cells() for node in self.nodes]
        if len({*map(len, each)}) > 1:
            raise _unequal("let choices have as many characters")
        return [_NONE.union(*some) for some in zip(*each, strict=True)]

    def ways(self, automaton: Automaton) -> Ways:
        return automaton.either([node.ways(automaton) for node in self.nodes])

    def parts(self, maker: "Maker") -> list[Fragment]:
        few = all(node.size == 1 for node in self.nodes) if maker.even else self.size <= _LISTED_WITHIN
        if few:
            return super().parts(maker)
        return [maker.alternatives([maker.parts(node) for node in self.nodes], [1] * len(self.nodes))]


@dataclass(frozen=True, eq=False)
class Repetition(Grammar):
    """One and the same, `least` to `most` times."""

    node: Grammar
    least: int
    most: int

    @property
    def size(self) -> int:
        one = self.node.size
        return sum(int(one**count) for count in range(self.least, self.most + 1))

    @property
    def longest(self) -> int:
        return self.most * self.node.longest

    @property
    def is_level(self) -> bool:
        return self.node.is_level and self.least == self.most

    def listed(self) -> Iterator[str]:
        for count in range(self.least, self.most + 1):
            yield from map("".join, product(self.node.listed(), repeat=count))

    def cells(self) -> list[Place]:
        if self.least != self.most:
            raise _unequal(f"say {self.most} characters")
        return self.node.cells() * self.most

    def ways(self, automaton: Automaton) -> Ways:
        return automaton.repeated([self.node.ways(automaton) for _ in range(self.most)], self.least)

    def parts(self, maker: "Maker") -> list[Fragment]:
        return self.node.repeated(maker, self.least, self.most)


def values(node: Grammar, spec: ColumnSpec) -> Domain | Kernel:
    """The texts of a grammar: all of them once where values must be told apart, else by even choices.

    Even choices: every alternative and every number of repetitions is as likely as the others, however many
    texts there are of each.
    Raises Refusal where texts must be told apart, but can be derived in several ways.
    """
    ambiguous = node.is_ambiguous
    if node.row is not None:
        if spec.key and ambiguous:
            raise _ambiguity()
        maker = Maker(spec, even=not spec.key)
        return Drawn(RowNumber(maker.rows), maker.of_row(node, node.row))
    if node.size <= _LISTED and (spec.key or node.is_level):
        texts = list(node.listed())
        if spec.key or len(set(texts)) == len(texts):
            return Assembled((AnyOf.of(*dict.fromkeys(texts)),))
    if spec.key and ambiguous:
        raise _ambiguity()
    if spec.key or (node.is_level and not ambiguous):
        return Maker(spec, even=False).of(node)
    even = Maker(spec, even=True).of(node)
    return Drawn(Uniform(spec.stream(), even.size), even)


def _unequal(mend: str) -> ValueError:
    return ValueError(f"with check digits all texts are equally long: {mend}")


def _ambiguity() -> Refusal:
    return Refusal(
        "some of its texts come about in several ways, so that rows could not be told apart",
        "put something between parts of changing length, or give them a fixed length",
    )


# --- from a grammar to parts


@dataclass
class Maker:
    """Makes the parts of one column's texts.

    even  whether choices are to be even, rather than texts to be numbered
    """

    spec: ColumnSpec
    even: bool
    _streams: int = 0
    _made: dict[int, list[Fragment]] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return max(self.spec.rows, 1)

    def of(self, node: Grammar) -> Assembled:
        """The texts of a grammar."""
        return self._assembled(self.parts(node))

    def of_row(self, node: Grammar, row: RowCount) -> Assembled:
        """The texts of a grammar with the row's number in it, by row number."""
        parts = self.parts(node)
        (number,) = self.parts(row)
        (carrier,) = (k for k, part in enumerate(parts) if part is number)
        return Assembled(tuple(parts), self._fillers(len(parts)), carrier)

    def parts(self, node: Grammar) -> list[Fragment]:
        """One part after another; the same ones for the same node."""
        if id(node) not in self._made:
            self._made[id(node)] = node.parts(self)
        return self._made[id(node)]

    def run(self, characters: str, least: int, most: int) -> list[Fragment]:
        """Characters by words of eight, and where their number changes, by how many whole words there are."""
        alphabet = characters.encode()
        if most <= _WORD:
            return [Characters(alphabet, least, most, self.even)] if most else []
        word = Characters(alphabet, _WORD, _WORD)
        forms: list[list[Fragment]] = []
        shares: list[int] = []
        for words in range(least // _WORD, most // _WORD + 1):
            low, high = max(least - _WORD * words, 0), min(most - _WORD * words, _WORD - 1)
            forms.append([word] * words + self.run(characters, low, high))
            shares.append(high - low + 1)
        return forms[0] if len(forms) == 1 else [self.alternatives(forms, shares)]

    def repeated(self, parts: list[Fragment], least: int, most: int) -> list[Fragment]:
        """The same parts, so many times."""
        if least == most:
            return parts * least
        counts = range(least, most + 1)
        if len(parts) * sum(counts) > _MOST_PARTS:
            raise Refusal(
                f"a group that is repeated {least} to {most} times has too many forms",
                "repeat it fewer times, or a fixed number of times",
            )
        return [self.alternatives([parts * count for count in counts], [1] * len(counts))]

    def alternatives(self, forms: list[list[Fragment]], shares: Sequence[int]) -> Fragment:
        """One of several forms; where choices are even, as often as the shares say."""
        parts = tuple(self._assembled(form or [AnyOf.of("")]) for form in forms)
        if not self.even:
            return Alternatives(parts)
        return Alternatives(parts, tuple(shares), self._fillers(1)[0])

    def _assembled(self, parts: list[Fragment]) -> Assembled:
        """The parts, with streams to draw from where an index is too short for all of them."""
        plain = Assembled(tuple(parts or [AnyOf.of("")]))
        return Assembled(plain.parts, self._fillers(len(plain.parts))) if plain.is_crowded else plain

    def _fillers(self, count: int) -> tuple[Stream, ...]:
        first = self._streams
        self._streams += count
        return tuple(self.spec.stream(f"filler {k}") for k in range(first, first + count))
