"""Whether a grammar derives a text in several ways: two different ways through its automaton.

The automaton is Glushkov's: a state for each place in the grammar at which a character is derived. (V. M.
Glushkov, "The abstract theory of automata", 1961.) Since grammars have no loops, every derivation of a text
is one way through it, once no part derives the empty text in several ways.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import NamedTuple

_MOST_STEPS = 300_000


class Ways(NamedTuple):
    """How a part of a grammar is gone through: whether by the empty text, and its first and last states."""

    empty: bool
    first: set[int]
    last: set[int]


NOTHING = Ways(empty=True, first=set(), last=set())


class _Ambiguous(Exception):
    """A text has several derivations."""


@dataclass
class Automaton:
    """The states that the parts of a grammar have added so far."""

    characters: list[frozenset[str]] = field(default_factory=list)
    following: list[set[int]] = field(default_factory=list)
    steps: int = 0

    def one_of(self, characters: str) -> Ways:
        """A place at which one of these characters is derived."""
        state = len(self.characters)
        self.characters.append(frozenset(characters))
        self.following.append(set())
        return Ways(empty=False, first={state}, last={state})

    def joined(self, parts: Sequence[Ways]) -> Ways:
        """One part after another."""
        whole = NOTHING
        for part in parts:
            for state in whole.last:
                self.following[state] |= part.first
            whole = Ways(
                whole.empty and part.empty,
                whole.first | part.first if whole.empty else whole.first,
                whole.last | part.last if part.empty else part.last,
            )
        return whole

    def either(self, parts: Sequence[Ways]) -> Ways:
        """One of several parts."""
        if sum(part.empty for part in parts) > 1:
            raise _Ambiguous
        first = {state for part in parts for state in part.first}
        last = {state for part in parts for state in part.last}
        return Ways(any(part.empty for part in parts), first, last)

    def repeated(self, parts: Sequence[Ways], least: int) -> Ways:
        """At least so many of equal parts, one after another: x{2,4} as xx(x(x)?)?."""
        if least < len(parts) and any(part.empty for part in parts):
            raise _Ambiguous
        rest = NOTHING
        for part in reversed(parts[least:]):
            rest = self.joined([part, rest])._replace(empty=True)
        return self.joined([*parts[:least], rest])

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


def is_ambiguous(ways: Callable[[Automaton], Ways]) -> bool:
    """Whether a grammar, which adds itself to an automaton, derives a text in several ways.

    Both ways are followed at once, as pairs of states. Where there are too many pairs to see through, it
    may be so.
    """
    automaton = Automaton()
    try:
        _, first, last = ways(automaton)
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
