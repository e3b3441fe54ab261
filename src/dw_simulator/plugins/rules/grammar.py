"""Texts by a grammar: what patterns and regular expressions are read into, and how texts are made of it.

A grammar has no loops, so the derivations of its texts can be counted and numbered. Where every text has but
one derivation, numbers and texts stand one to one: `is_ambiguous` tells.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.selectors.sampling import Uniform
from dw_simulator.engine.selectors.unique import RowNumber
from dw_simulator.engine.values.base import Domain, Drawn, Kernel
from dw_simulator.engine.values.text import Alternatives, Assembled, Characters, Number, OneOf, Part
from dw_simulator.errors import Refusal
from dw_simulator.ports.rule import ColumnSpec

LONGEST = 1000
"""Bytes of the longest text that a grammar may have."""

_LISTED = 4096  # texts are listed rather than derived where there are no more
_LISTED_WITHIN = 256
_WORD = 8
_MOST_PARTS = 4000


@dataclass(frozen=True, eq=False)
class Literal:
    """This text."""

    text: str


@dataclass(frozen=True, eq=False)
class OneCharacter:
    """One of these characters, each named once."""

    characters: str


@dataclass(frozen=True, eq=False)
class WholeNumber:
    """A whole number from `first` to `last`, without leading zeros."""

    first: int
    last: int


@dataclass(frozen=True, eq=False)
class RowCount:
    """The number of the row, counted from 1, with zeros before it up to so many places."""

    places: int = 1


@dataclass(frozen=True, eq=False)
class Joined:
    """One after another."""

    nodes: "tuple[Node, ...]"


@dataclass(frozen=True, eq=False)
class Either:
    """One of several."""

    nodes: "tuple[Node, ...]"


@dataclass(frozen=True, eq=False)
class Repetition:
    """One and the same, `least` to `most` times."""

    node: "Node"
    least: int
    most: int


Node = Literal | OneCharacter | WholeNumber | RowCount | Joined | Either | Repetition


def size(node: Node) -> int:
    """How many derivations there are, a row's own number aside."""
    match node:
        case Literal() | RowCount():
            return 1
        case OneCharacter(characters):
            return len(characters)
        case WholeNumber(first, last):
            return last - first + 1
        case Joined(nodes):
            total = 1
            for part in nodes:
                total *= size(part)
            return total
        case Either(nodes):
            return sum(map(size, nodes))
        case Repetition(inner, least, most):
            one = size(inner)
            return sum(int(one**count) for count in range(least, most + 1))


def longest(node: Node) -> int:
    """Bytes of the longest text."""
    match node:
        case Literal(text):
            return len(text.encode())
        case OneCharacter(characters):
            return max(len(character.encode()) for character in characters)
        case WholeNumber(_, last):
            return len(str(last))
        case RowCount(places):
            return places
        case Joined(nodes):
            return sum(map(longest, nodes))
        case Either(nodes):
            return max(map(longest, nodes))
        case Repetition(inner, _, most):
            return most * longest(inner)


def listed(node: Node) -> Iterator[str]:
    """The text of every derivation."""
    match node:
        case Literal(text):
            yield text
        case OneCharacter(characters):
            yield from characters
        case WholeNumber(first, last):
            yield from map(str, range(first, last + 1))
        case Joined(nodes):
            yield from map("".join, product(*map(listed, nodes)))
        case Either(nodes):
            for one in nodes:
                yield from listed(one)
        case Repetition(inner, least, most):
            for count in range(least, most + 1):
                yield from map("".join, product(listed(inner), repeat=count))


def _is_level(node: Node) -> bool:
    """Whether every choice on the way is even when every text is equally likely."""
    match node:
        case Joined(nodes):
            return all(map(_is_level, nodes))
        case Either(nodes):
            return all(map(_is_level, nodes)) and len(set(map(size, nodes))) == 1
        case Repetition(inner, least, most):
            return _is_level(inner) and least == most
        case _:
            return True


def values(node: Node, spec: ColumnSpec) -> Domain | Kernel:
    """The texts of a grammar: all of them once where values must be told apart, else by even choices.

    Even choices: every alternative and every number of repetitions is as likely as the others, however many
    texts there are of each.
    Raises Refusal where texts must be told apart, but can be derived in several ways.
    """
    ambiguous = is_ambiguous(node)
    rows = max(spec.rows, 1)
    if _holds_row(node):
        if spec.key and ambiguous:
            raise _ambiguity()
        return Drawn(RowNumber(rows), _Maker(spec, even=not spec.key).of_row(node, rows))
    if size(node) <= _LISTED and (spec.key or _is_level(node)):
        texts = list(listed(node))
        if spec.key or len(set(texts)) == len(texts):
            return Assembled((OneOf.of(*dict.fromkeys(texts)),))
    if spec.key and ambiguous:
        raise _ambiguity()
    if spec.key or (_is_level(node) and not ambiguous):
        return _Maker(spec, even=False).of(node)
    even = _Maker(spec, even=True).of(node)
    return Drawn(Uniform(spec.stream(), even.size), even)


def _ambiguity() -> Refusal:
    return Refusal(
        "some of its texts come about in several ways, so that rows could not be told apart",
        "put something between parts of changing length, or give them a fixed length",
    )


def _holds_row(node: Node) -> bool:
    return isinstance(node, Joined) and any(isinstance(part, RowCount) for part in node.nodes)


# --- from a grammar to parts


@dataclass
class _Maker:
    """Makes the parts of one column's texts.

    even  whether choices are to be even, rather than texts to be numbered
    """

    spec: ColumnSpec
    even: bool
    _streams: int = 0
    _made: dict[int, list[Part]] = field(default_factory=dict)

    def of(self, node: Node) -> Assembled:
        return self._assembled(self.parts(node))

    def of_row(self, node: Node, rows: int) -> Assembled:
        """The texts of a grammar with the row's number in it, by row number."""
        assert isinstance(node, Joined), "a row's number stands between other parts"
        parts: list[Part] = []
        carrier = 0
        for one in node.nodes:
            if isinstance(one, RowCount):
                carrier = len(parts)
                parts.append(Number(rows, 1, places=one.places))
            else:
                parts += self.parts(one)
        return Assembled(tuple(parts), self._fillers(len(parts)), carrier)

    def parts(self, node: Node) -> list[Part]:
        """One part after another; the same ones for the same node."""
        if id(node) not in self._made:
            self._made[id(node)] = self._parts(node)
        return self._made[id(node)]

    def _parts(self, node: Node) -> list[Part]:
        match node:
            case WholeNumber(first, last):
                return [Number(last - first + 1, first)]
            case Joined(nodes):
                return [part for one in nodes for part in self.parts(one)]
            case Either(nodes):
                return [self._either(node, nodes)]
            case Repetition(OneCharacter(characters), least, most) if characters.isascii():
                return self._run(characters, least, most)
            case Repetition(inner, least, most):
                return self._repeated(self.parts(inner), least, most)
            case _:
                return [OneOf.of(*listed(node))]

    def _either(self, node: Node, nodes: Sequence[Node]) -> Part:
        few = all(size(one) == 1 for one in nodes) if self.even else size(node) <= _LISTED_WITHIN
        if few:
            return OneOf.of(*listed(node))
        return self._alternatives([self.parts(one) for one in nodes], [1] * len(nodes))

    def _run(self, characters: str, least: int, most: int) -> list[Part]:
        """Characters by words of eight, and where their number changes, by how many whole words there are."""
        alphabet = characters.encode()
        if most <= _WORD:
            return [Characters(alphabet, least, most, self.even)] if most else []
        word = Characters(alphabet, _WORD, _WORD)
        forms: list[list[Part]] = []
        shares: list[int] = []
        for words in range(least // _WORD, most // _WORD + 1):
            low, high = max(least - _WORD * words, 0), min(most - _WORD * words, _WORD - 1)
            forms.append([word] * words + self._run(characters, low, high))
            shares.append(high - low + 1)
        return forms[0] if len(forms) == 1 else [self._alternatives(forms, shares)]

    def _repeated(self, parts: list[Part], least: int, most: int) -> list[Part]:
        if least == most:
            return parts * least
        counts = range(least, most + 1)
        if len(parts) * sum(counts) > _MOST_PARTS:
            raise Refusal(
                f"a group that is repeated {least} to {most} times has too many forms",
                "repeat it fewer times, or a fixed number of times",
            )
        return [self._alternatives([parts * count for count in counts], [1] * len(counts))]

    def _alternatives(self, forms: list[list[Part]], shares: list[int]) -> Part:
        parts = tuple(self._assembled(form or [OneOf.of("")]) for form in forms)
        if not self.even:
            return Alternatives(parts)
        return Alternatives(parts, tuple(shares), self._fillers(1)[0])

    def _assembled(self, parts: list[Part]) -> Assembled:
        """The parts, with streams to draw from where an index is too short for all of them."""
        plain = Assembled(tuple(parts or [OneOf.of("")]))
        return Assembled(plain.parts, self._fillers(len(plain.parts))) if plain.is_crowded else plain

    def _fillers(self, count: int) -> tuple[Stream, ...]:
        first = self._streams
        self._streams += count
        return tuple(self.spec.stream(f"filler {k}") for k in range(first, first + count))


# --- ambiguity

_MOST_STEPS = 300_000


class _Ambiguous(Exception):
    """A text has several derivations."""


@dataclass
class _Automaton:
    """Glushkov's automaton: a state for each place in the grammar at which a character is derived.

    (V. M. Glushkov, "The abstract theory of automata", 1961.) Since the grammar has no loops, every
    derivation of a text is one way through it, once no part derives the empty text in several ways.
    """

    characters: list[frozenset[str]] = field(default_factory=list)
    following: list[set[int]] = field(default_factory=list)
    steps: int = 0

    def add(self, node: Node) -> tuple[bool, set[int], set[int]]:
        """Whether a node derives the empty text, and its first and last states. Raises _Ambiguous."""
        match node:
            case Literal(text):
                return self._joined([self._state(character) for character in text])
            case OneCharacter(characters):
                return self._state(characters)
            case WholeNumber(first, last):
                return self.add(_by_length(first, last))
            case RowCount(places):
                digits = Repetition(OneCharacter("0123456789"), max(places, 1), max(places, 19))
                return self.add(digits)
            case Joined(nodes):
                return self._joined([self.add(one) for one in nodes])
            case Either(nodes):
                return self._either([self.add(one) for one in nodes])
            case Repetition(inner, least, most):
                return self._repeated(inner, least, most)

    def _state(self, characters: str) -> tuple[bool, set[int], set[int]]:
        state = len(self.characters)
        self.characters.append(frozenset(characters))
        self.following.append(set())
        return False, {state}, {state}

    def _joined(self, parts: Sequence[tuple[bool, set[int], set[int]]]) -> tuple[bool, set[int], set[int]]:
        empty, first, last = True, set[int](), set[int]()
        for part_empty, part_first, part_last in parts:
            for state in last:
                self.following[state] |= part_first
            first = first | part_first if empty else first
            last = last | part_last if part_empty else part_last
            empty = empty and part_empty
        return empty, first, last

    def _either(self, parts: Sequence[tuple[bool, set[int], set[int]]]) -> tuple[bool, set[int], set[int]]:
        if sum(empty for empty, _, _ in parts) > 1:
            raise _Ambiguous
        first = {state for _, states, _ in parts for state in states}
        last = {state for _, _, states in parts for state in states}
        return any(empty for empty, _, _ in parts), first, last

    def _repeated(self, inner: Node, least: int, most: int) -> tuple[bool, set[int], set[int]]:
        """x{2,4} as xx(x(x)?)?."""
        parts = [self.add(inner) for _ in range(most)]
        if least < most and any(empty for empty, _, _ in parts):
            raise _Ambiguous
        rest: tuple[bool, set[int], set[int]] = (True, set(), set())
        for part in reversed(parts[least:]):
            _, first, last = self._joined([part, rest])
            rest = (True, first, last)
        return self._joined([*parts[:least], rest])

    def pairs(self, some: set[int], others: set[int]) -> Iterator[tuple[int, int]]:
        """Where both may be after one more character."""
        mine = [self.characters[state] for state in some]
        if some is others and sum(map(len, mine)) == len(frozenset().union(*mine)):
            yield from zip(some, some, strict=True)  # each character leads to one place
            return
        self.steps += len(some) * len(others)
        for one, other in product(some, others):
            if one == other or not self.characters[one].isdisjoint(self.characters[other]):
                yield (one, other) if one <= other else (other, one)


def _by_length(first: int, last: int) -> Node:
    """Numbers by how many digits they have; a few more than there are, which is on the safe side."""
    forms: list[Node] = []
    for length in range(len(str(first)), len(str(last)) + 1):
        low = str(first)[0] if length == len(str(first)) else "1"
        high = str(last)[0] if length == len(str(last)) else "9"
        lead = OneCharacter("".join(map(str, range(int(low), int(high) + 1))))
        forms.append(Joined((lead, Repetition(OneCharacter("0123456789"), length - 1, length - 1))))
    return Either(tuple(forms))


def is_ambiguous(node: Node) -> bool:
    """Whether a text may have several derivations: two different ways through the automaton.

    Both ways are followed at once, as pairs of states. Where there are too many pairs to see through, it
    may be so.
    """
    automaton = _Automaton()
    try:
        _, first, last = automaton.add(node)
    except _Ambiguous:
        return True
    # before the first character, both are in one place
    waiting: list[tuple[int, int]] = list(automaton.pairs(first, first))
    seen = set(waiting)
    for one, other in waiting:
        if one != other and one in last and other in last:
            return True
        for pair in automaton.pairs(automaton.following[one], automaton.following[other]):
            if one != other and pair[0] == pair[1]:
                return True  # what was apart goes on together
            if pair not in seen:
                seen.add(pair)
                waiting.append(pair)
        if automaton.steps > _MOST_STEPS:
            return True
    return False
