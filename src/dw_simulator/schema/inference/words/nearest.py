"""Which entries of the vocabulary a column's name ends like, the nearest first.

A longer phrase is nearer than a shorter one, and an entry for a noun is nearer than one for all tables, where
the noun is that of the table, or stands in the name: `order_status` in `invoices` is that of an order.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count

from dw_simulator.schema.inference.guesses import Guess
from dw_simulator.schema.inference.words.glossary import Words, phrase

_TABLE, _NEAR, _WHOLE = 0.6, 0.3, 0.05
"""What the noun of the table counts beside a word of the name, by its last word or another; a whole name."""
_BESIDE = 0.15
"""What it counts that other columns are there of which an entry says that it is believed beside them."""
_CODES = frozenset({"code", "abbr", "abbreviation", "cod"})
_LABELS = frozenset({"name", "description", "text", "label", "value", "title"})
_ENDS = frozenset({"min", "max"})
_NUMBERS = frozenset({"id", "number", "key"})
_MONEY = frozenset("usd eur gbp chf cad aud jpy brl mxn sek nok dkk pln inr cny amount".split())
QUALIFIERS = frozenset(
    """current new old last latest previous prior next first initial final main primary secondary default own
    actual original overall general internal external my the our this preferred best recent present today
    expected planned estimated reported std standard""".split()
)
"""Words that do not say whose it is: the current status of an order is an order's status."""


@dataclass(frozen=True)
class Candidate:
    """An entry whose phrase ends a name.

    guesses  what it says, its forms in the order in which they are tried
    length   how many words of the name, and of the noun before it, the phrase takes
    near     how near it is; the greatest is the best
    words    those that the phrase ends: of the name, behind those of the noun where it takes some of them
    coded    whether the name asks for codes
    money    whether it is believed as a number of some shape only
    entire   whether the phrase is the whole name
    values   whether it is believed as a list of texts only; numbers: of whole numbers only
    """

    place: int
    guesses: Sequence[Guess]
    length: int
    near: float
    words: Words
    coded: bool = False
    values: bool = False
    numbers: bool = False
    entire: bool = False
    money: bool = False


def nearest(words: Words, things: Words, around: frozenset[str] = frozenset()) -> Iterator[Candidate]:
    """The entries whose phrases end a name, each once, the nearest first; of equals the first of the files.

    words   of the name
    things  the noun of its table
    around  the words of all columns of its table
    """
    found: dict[int, Candidate] = {}
    for own, less, tail in _readings(words):
        for one in _of(own, things, around, less, tail):
            if one.place not in found or found[one.place].near < one.near:
                found[one.place] = one
    return iter(sorted(found.values(), key=lambda one: (-one.near, one.place)))


def _readings(words: Words) -> Iterator[tuple[Words, float, str]]:
    """The words as they are, and without a tail that says little: a number, `code`, `name`."""
    if not words:
        return
    yield words, 0.0, ""
    if words[-1] == "state":  # what stands for a place by itself may be how things stand
        yield (*words[:-1], "status"), 0.7, ""
    if len(words) > 1:
        last = words[-1]
        if last.isdigit() or last in _ENDS:
            yield words[:-1], 0.01, ""
        elif last in _CODES | _LABELS | _NUMBERS | _MONEY:
            yield words[:-1], 0.02, last


def _of(words: Words, things: Words, around: frozenset[str], less: float, tail: str) -> Iterator[Candidate]:
    coded, labelled = tail in _CODES, tail in _LABELS
    persons = _persons(things)
    for length in range(1, len(words) + len(persons) + 1):
        own = words if length <= len(words) else (*persons, *words)
        found = phrase(own[-length:])
        if found is None:
            continue
        in_name = min(length, len(words))
        before = words[: len(words) - in_name]
        nouns = {*before[-1:], *things} if found.by_noun else ()
        meant = (one for noun in nouns for one in found.by_noun.get(noun, ()))
        for place, whole, term in (*found.anywhere, *meant):
            if whole and (length < len(words) or tail):
                continue
            closer = _closeness(term.nouns, before, things) if term.nouns else 0.0
            if closer is None or (term.beside and not term.beside & around):
                continue
            closer += _BESIDE if term.beside else 0
            near = (
                in_name + _TABLE * (length - in_name) + (_WHOLE if whole else 0) + (1 if tail else 0) - less
            )
            yield Candidate(
                place,
                term.guesses,
                length,
                near + closer,
                own,
                coded,
                coded or labelled,
                tail in _NUMBERS,
                in_name == len(words) and not tail,
                tail in _MONEY,
            )


@cache
def _persons(things: Words) -> Words:
    """The noun of a table as phrases have it: a user's name is a person's."""
    return tuple("person" if word == "user" else word for word in things)


def _taken(said: Words, words: Words, things: Words) -> int:
    """How many words a phrase takes of a name, and of the noun of its table where it takes the whole name."""
    length = len(said)
    if length <= len(words):
        return length if words[-length:] == said else 0
    over = length - len(words)
    return length if said[over:] == words and things[-over:] == said[:over] else 0


def _closeness(nouns: Sequence[Words], before: Words, things: Words) -> float | None:
    """How near the nouns of an entry are: in the name, or as the table's; None where they are neither."""
    in_name = [len(noun) for noun in nouns if before[-len(noun) :] == noun]
    if in_name:
        return float(max(in_name))
    if any(word not in QUALIFIERS and word not in things for word in before):
        return None
    ends = [len(noun) for noun in nouns if things[-len(noun) :] == noun]
    if ends:
        return _TABLE + 0.1 * max(ends)
    return _NEAR if any(len(noun) == 1 and noun[0] in things for noun in nouns) else None


def brought(words: Words, things: Words, guesses: Sequence[Guess]) -> Iterator[Candidate]:
    """The guesses of plugins that fit a name: they come before the vocabulary."""
    persons = _persons(things)
    for place, guess in zip(count(-len(guesses)), guesses, strict=False):
        taken = [
            (length, whole)
            for whole, said in phrases(guess.phrases)
            if (length := _taken(said, words, persons)) and (not whole or length >= len(words))
        ]
        if taken:
            length = max(taken)[0]
            own = (*persons, *words) if length > len(words) else words
            yield Candidate(place, (guess,), length, float(length), own)


@cache
def phrases(text: str) -> tuple[tuple[bool, Words], ...]:
    """The phrases of a guess: whether each is the whole name, and its words."""
    return tuple((one.startswith("="), tuple(one.lstrip("=").split())) for one in text.split("|"))
