"""What is true or false by its name (`is_active`, `paid_flag`), as BOOLEAN, as Y and N, or as 1 and 0."""

from dataclasses import replace

from dw_simulator.schema.inference.guesses import Guess
from dw_simulator.schema.inference.words.glossary import Words
from dw_simulator.schema.inference.words.nearest import nearest
from dw_simulator.schema.inference.words.term_forms import written_flags
from dw_simulator.types import Kind, SqlType

VERBS = frozenset(
    """is has can was are have had does allow allows accept accepts include includes requires need needs
    should will may must want wants show enable uses use send receive receives like likes""".split()
)
"""Words in front of what is true or false; behind `is` and the like it is so whatever the type."""
SURE = frozenset({"is", "has", "can", "was", "are", "have", "does"})
NOUNS = frozenset({"flag", "indicator", "yn"})
YES_LETTERS, NO_LETTERS = frozenset({"Y", "T", "1", "S", "J", "O"}), frozenset({"N", "F", "0"})
"""How lists of two letters say yes and no, in whichever language."""
_SIDES = frozenset({"debit", "credit"})
_SHARES = {"has": 0.35, "have": 0.35, "can": 0.7, "allow": 0.7, "allows": 0.7, "accept": 0.8, "accepts": 0.8}
_SHARE = 0.25
"""How many are true where the words do not say: fewer than not, as what is the rule needs no flag."""


def flag_of(type_: SqlType, words: Words, *, sure: bool = False) -> Guess | None:
    """A flag, where name and type speak of one; None where they do not.

    sure  whether the name says nothing else: what has one letter and is called as a flag is one then
    """
    if not words or {*words} >= _SIDES:
        return None
    verb, ending = words[0] in VERBS and len(words) > 1, words[-1] in NOUNS
    named = ending or (verb and words[0] in SURE)
    boolean = type_.kind is Kind.BOOLEAN
    letter = type_.kind is Kind.TEXT and type_.length == 1
    if not (boolean or named or (letter and (verb or sure))):
        return None
    bare = tuple(word for word in words if word not in NOUNS)
    bare = bare[1:] if verb else bare
    told = next((guess for guess in _told(bare) if guess.kinds == {Kind.BOOLEAN}), None)
    share, meaning = _SHARES.get(words[0], _SHARE), "a flag"
    if told is None and not (boolean or named or verb):
        return None  # one letter of which nothing is known: a code as well
    if told is not None:
        share, meaning = float(str(told.fields["rule"]["true_share"])), told.meaning  # type: ignore[index,call-overload]
    if boolean:
        return replace(told, phrases="") if told else _boolean(share, meaning)
    for guess in written_flags(share, meaning):
        if type_.kind in guess.kinds and _fits(guess, type_):
            return guess
    return None


def _told(bare: Words) -> list[Guess]:
    return [guess for one in nearest(bare, ()) for guess in one.guesses]


def _boolean(share: float, meaning: str) -> Guess:
    return Guess("", frozenset({Kind.BOOLEAN}), meaning, {"rule": {"name": "boolean", "true_share": share}})


def _fits(guess: Guess, type_: SqlType) -> bool:
    if type_.kind is Kind.TEXT:
        return guess.length <= type_.length <= guess.most
    return type_.scale == 0 and type_.bits <= 64
