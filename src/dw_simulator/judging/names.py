"""The words of a name, further than inference needs them: short forms, glued words, other languages."""

import re
from collections.abc import Iterator
from functools import cache

from dw_simulator.judging import judged_words
from dw_simulator.judging.judged_words import MORE_WORDS, STEPS, SUFFIXES
from dw_simulator.schema.inference.words.lexicon import english
from dw_simulator.schema.inference.words.tokens import read, singular

_SHORT = 7
_SKELETON = 3


@cache
def words_of(name: str) -> tuple[str, ...]:
    """English words in the singular, the noun last.

    >>> words_of("dlvry_dt"), words_of("refundtime"), words_of("Impresiones")
    (('deliver', 'date'), ('refund', 'time'), ('impression',))
    """
    found = [word for raw in read(name).words for word in _known(raw)]
    return tuple(found) or (name.lower() or "?",)


def _known(raw: str) -> Iterator[str]:
    more, plain = _more(), singular(raw)
    if raw in more or plain in more:
        yield from more.get(raw) or more[plain]
    elif plain in _vocabulary() or raw in _vocabulary():
        yield plain if plain in _vocabulary() else raw
    elif split := _unglued(raw):
        for part in split:
            yield from _known(part) if part != raw else (part,)
    elif len(raw) <= _SHORT and _skeleton(raw) in _skeletons() and _vowels(raw) <= 1:
        yield _skeletons()[_skeleton(raw)]
    else:
        yield plain


def _unglued(word: str) -> tuple[str, str] | None:
    for suffix in SUFFIXES:
        head = word.removesuffix(suffix)
        if head != word and len(head) >= (4 if len(suffix) > 2 or singular(head) in _vocabulary() else 5):
            return head, suffix
    return None


def _vowels(word: str) -> int:
    return sum(letter in "aeiou" for letter in word)


def _skeleton(word: str) -> str:
    """A word without its vowels and its double letters, but for the first letter."""
    bones = word[:1] + re.sub("[aeiou]", "", word[1:])
    return re.sub(r"(.)\1", r"\1", bones)


@cache
def _more() -> dict[str, tuple[str, ...]]:
    found = {}
    for line in MORE_WORDS.strip().splitlines():
        words, _, english = line.partition("|")
        for word in words.split():
            found[word] = tuple(english.split())
    return found


@cache
def _vocabulary() -> frozenset[str]:
    steps = {form for line in STEPS.splitlines() for form in line.replace("|", " ").split()}
    sets = [value for value in vars(judged_words).values() if isinstance(value, frozenset)]
    return frozenset(english() | steps | {word for one in sets for word in one})


@cache
def _skeletons() -> dict[str, str]:
    """Words by their skeletons; of those that share one, the shortest."""
    found: dict[str, str] = {}
    for word in sorted(_vocabulary(), key=lambda word: (-len(word), word)):
        if len(_skeleton(word)) >= _SKELETON and len(word) > _SKELETON:
            found[_skeleton(word)] = word
    return found
