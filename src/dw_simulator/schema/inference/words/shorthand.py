"""Abbreviations that no list has: from `mtrty`, `brch` and `disb` to maturity, branch and disburse."""

from collections.abc import Iterable

_VOWELS = frozenset("aeiou")
_SHORTEST = 3
_LONGEST = 8
_LEAST = 0.6
"""So many of a word's consonants an abbreviation keeps at the least."""


def skeleton(word: str) -> str:
    """A word without its vowels, but for the first letter, and without doubled letters.

    >>> skeleton("approve"), skeleton("maturity")
    ('aprv', 'mtrty')
    """
    found = word[:1]
    for letter in word[1:]:
        if letter not in _VOWELS and letter != found[-1]:
            found += letter
    return found


class Shorthand:
    """Finds the word that an abbreviation stands for, among some words.

    >>> short = Shorthand(["branch", "open", "close", "maturity", "disburse", "deceased", "month"], ())
    >>> [short.word(text) for text in ("brch", "opn", "mtrty", "disb", "mth", "xyz")]
    ['branch', 'open', 'maturity', 'disburse', 'month', '']
    """

    def __init__(self, words: Iterable[str], common: Iterable[str]) -> None:
        """common: the words that are meant where several may be."""
        self._common = frozenset(common)
        self._by_letter: dict[str, list[tuple[str, str]]] = {}
        for word in sorted(words):
            if len(word) > _SHORTEST:
                self._by_letter.setdefault(word[0], []).append((word, skeleton(word)))

    def word(self, text: str) -> str:
        """The word; empty where none is surely meant."""
        if not (_SHORTEST <= len(text) <= _LONGEST and text.isalpha()):
            return ""
        ranked: dict[tuple[int, bool], list[str]] = {}
        for word, bones in self._by_letter.get(text[0], ()):
            rank = _rank(text, word, bones)
            if rank:
                ranked.setdefault((rank, word not in self._common), []).append(word)
        if not ranked:
            return ""
        best = ranked[min(ranked)]
        shortest = min(best, key=len)
        alike = all(word.startswith(shortest[:-1]) for word in best)  # expire, expires
        return shortest if alike or min(ranked)[0] == 1 else ""


def _rank(text: str, word: str, bones: str) -> int:
    """How surely it is a word's: 1 all its consonants, 2 some, 3 how it begins; 0 not at all."""
    if len(word) <= len(text):
        return 0
    if text == bones:
        return 1
    spare = not _VOWELS & {*text[1:]}
    ends = text[-1] in (word[-1], bones[-1])
    missing = len(bones) - len(text)
    near = missing <= 1 or (len(text) > _SHORTEST and len(text) >= _LEAST * len(bones))
    if spare and ends and near and _is_within(text, word):
        return 2
    return 3 if len(text) > _SHORTEST and word.startswith(text) else 0


def _is_within(text: str, word: str) -> bool:
    """Whether the letters of a text stand in a word in this order."""
    letters = iter(word)
    return all(letter in letters for letter in text)
