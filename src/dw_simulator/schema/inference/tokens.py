"""From the name of a column or table to plain English words.

>>> read("CustomerEmail").words
('customer', 'email')
>>> read("fecha_nacimiento").words
('birth', 'date')
>>> read("priceperticket").words
('price', 'per', 'ticket')
>>> read("capacity").words
('capacity',)
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from dw_simulator.schema.inference.lexicon import ENGLISH, HEAD_FIRST, LEXICON, SMALL_WORDS

_PIECES = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_SHORTEST = 3
"""Letters of the shortest word that is found glued to others."""


@dataclass(frozen=True)
class Reading:
    """A name as words.

    words      in English, the noun last
    languages  for each foreign word those it may belong to
    """

    words: tuple[str, ...]
    languages: tuple[frozenset[str], ...] = ()


@cache
def _lexicon() -> dict[str, tuple[tuple[str, ...], frozenset[str]]]:
    found: dict[str, tuple[tuple[str, ...], frozenset[str]]] = {}
    text = (files(__package__) / "data" / "lexicon" / "measures.txt").read_text(encoding="utf-8")
    for line in [*LEXICON.splitlines(), *text.splitlines()]:
        if not line or line.startswith("#"):
            continue
        words, english, languages, *_ = [*line.split("|"), "", ""]
        for word in words.split():
            found[word] = tuple(english.split()), frozenset(languages.split())
    return found


@cache
def read(name: str) -> Reading:
    """A name's words."""
    units: list[tuple[str, ...]] = []
    languages: list[frozenset[str]] = []
    lexicon = _lexicon()
    parts = [part for piece in _pieces(name) for part in _unglued(piece)]
    for part in [part for part in parts if part not in SMALL_WORDS] or parts:
        english, spoken = lexicon.get(part, ((part,), frozenset()))
        units.append(english)
        languages += [spoken] if spoken else []
    if any(spoken <= HEAD_FIRST for spoken in languages):
        # the noun comes last in English; a flag keeps its verb in front
        flag = units[:1] if units[0] in (("is",), ("has",)) else []
        units = flag + units[len(flag) :][::-1]
    words = [word for unit in units for word in unit]
    return Reading(tuple(words), tuple(languages))


def _pieces(name: str) -> Iterator[str]:
    """The parts between underscores, changes of letter case and digits, in lower case without accents."""
    name = name.replace("ß", "ss")
    for umlaut, letters in (("ä", "ae"), ("ö", "oe"), ("ü", "ue")):
        name = name.replace(umlaut, letters).replace(umlaut.upper(), letters.upper())
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    for match in _PIECES.finditer(plain):
        yield match[0].lower()


@cache
def _unglued(piece: str) -> tuple[str, ...]:
    """The words that a piece is glued together from; the piece itself where it is one, or is none of these.

    >>> _unglued("totalprice"), _unglued("statement")
    (('total', 'price'), ('statement',))
    """
    known = ENGLISH | _lexicon().keys()
    if piece in known or singular(piece) in known:
        return (piece,) if piece in known else (singular(piece),)
    best: dict[int, tuple[str, ...]] = {0: ()}
    for end in range(1, len(piece) + 1):
        for start in range(end):
            word = piece[start:end]
            long_enough = len(word) >= _SHORTEST or word in ("id", "nm", "no", "cd", "dt", "ts", "ip")
            if start not in best or not long_enough or (word not in known and singular(word) not in known):
                continue
            if len(word) < _SHORTEST and start == 0:
                continue
            candidate = (*best[start], word if word in known else singular(word))
            if end not in best or len(candidate) < len(best[end]):
                best[end] = candidate
    return best.get(len(piece), (piece,))


def singular(word: str) -> str:
    """An English word for one thing.

    >>> [singular(word) for word in ("cities", "addresses", "customers", "status", "person")]
    ['city', 'address', 'customer', 'status', 'person']
    """
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        return word[:-1]
    return {"people": "person"}.get(word, word)


def noun(table: str) -> tuple[str, ...]:
    """What one row of a table is: `order_items` holds items of orders."""
    words = [singular(word) for word in read(table).words]
    dull = {
        "dim",
        "fact",
        "stg",
        "tbl",
        "tb",
        "raw",
        "src",
        "t",
        "d",
        "f",
        "table",
        "staging",
        "list",
        "sat",
        "hub",
        "lnk",
        "hist",
        "history",
    }
    return tuple(word for word in words if word not in dull) or tuple(words)


def votes(readings: Iterable[Reading]) -> str:
    """The language that most foreign words belong to; empty where none is ahead, or there are few words."""
    counts: dict[str, int] = {}
    for reading in readings:
        for spoken in reading.languages:
            for language in spoken:
                counts[language] = counts.get(language, 0) + 1
    ranked = sorted(counts.items(), key=lambda item: -item[1])
    if not ranked or ranked[0][1] < 2 or (len(ranked) > 1 and ranked[1][1] == ranked[0][1]):
        return ""
    return ranked[0][0]
