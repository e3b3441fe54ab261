"""The names of keys and of what may reference them: whose key it is, and what kind of key.

>>> names = KeyNames(["customers", "depots"])
>>> names.of("billing_customer_id").stem, names.of("idcustomer").ends
(('billing', 'customer'), 'id')
>>> names.of("depotid").stem
('depot',)
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from dw_simulator.schema.inference.keys.reference_words import (
    BY_WORDS,
    CODES,
    GLUED_ENDS,
    GLUED_STARTS,
    KEY_WORDS,
    NUMBERS,
    SURROGATES,
)
from dw_simulator.schema.inference.words.letters import in_plain_letters
from dw_simulator.schema.inference.words.lexicon import SMALL_WORDS, english
from dw_simulator.schema.inference.words.tokens import read, singular

_BREAKS = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[^\W\d_])(?=\d)|[\W_]+")
_PLURALS = (
    ("s", ("",)),
    ("ns", ("m",)),
    ("es", ("",)),
    ("en", ("", "e")),
    ("n", ("",)),
    ("e", ("", "a")),
    ("er", ("",)),
    ("i", ("o", "e", "a")),
    ("oes", ("ao",)),
    ("ais", ("al",)),
    ("aux", ("al", "au")),
)
"""Ends of words for several things, and those of one."""
_SHORTEST = 3
_LONGEST_PREFIX = 4
_SHORTEST_GLUED = 3
_LONGEST_SHORT = 4

Words = tuple[str, ...]


@dataclass(frozen=True)
class KeyName:
    """A name as that of a key, or of a reference.

    stem   whose key: the words without the one that says that it is a key
    said   the same as they are written: for each word the one that it was read from
    ends   the word that says so; empty for none
    plain  the name without its table's prefix, letters and digits alone
    """

    stem: Words
    said: Words
    ends: str
    plain: str

    def without_numbers(self) -> "KeyName":
        """The same without its digits: `player1_id` is a player's, and the first of two."""
        kept = [(word, said) for word, said in zip(self.stem, self.said, strict=True) if not word.isdigit()]
        stem, said = (tuple(pair[k] for pair in kept) for k in (0, 1))
        return KeyName(stem, said, self.ends, self.plain)

    @property
    def kind(self) -> str:
        """What kind of key: a surrogate, a number, a code, or nothing that the name says."""
        kinds = (("surrogate", SURROGATES), ("number", NUMBERS), ("code", CODES))
        return next((kind for kind, words in kinds if self.ends in words), "")


class KeyNames:
    """Reads names in the light of what tables and keys there are.

    known  names of tables, and those of keys
    """

    def __init__(self, tables: Iterable[str], keys: Iterable[str] = ()) -> None:
        self._known = {form for name in tables for word in pieces(name) for form in forms(word)}
        for name in keys:
            last = pieces(name)[-1] if pieces(name) else ""
            end = next((end for end in GLUED_ENDS if last.endswith(end)), "")
            if end and len(last) > len(end) + 1 and not _is_read(last):
                self._known.add(last[: -len(end)])
        # lieferadresse is an address
        self._compounds = sorted(word for word in self._known if read(word).languages and _is_compound(word))
        self._read: dict[tuple[str, str], KeyName] = {}

    def of(self, name: str, prefix: str = "") -> KeyName:
        """A column's name. prefix: a short word that its table's columns all begin with."""
        if (name, prefix) not in self._read:
            self._read[name, prefix] = self._made(name, prefix)
        return self._read[name, prefix]

    def _made(self, name: str, prefix: str) -> KeyName:
        found = pieces(name)
        if prefix and len(found) > 1 and found[0] == prefix:
            del found[0]
        plain = "".join(found)
        words = [word for piece in found for word in self._split(piece)]
        both = [
            (english, word)
            for word in words
            for english in english_of(word)
            if (word not in SMALL_WORDS or (word in BY_WORDS and word is words[-1]))
        ]
        meant = [english for english, _word in both]
        at = next((k for k in (len(meant) - 1, 0) if meant and meant[k] in KEY_WORDS), None)
        ends = ""
        if at is not None and (len(meant) > 1 or meant[0] in KEY_WORDS):
            ends = both.pop(at)[0]
            # `user_id_fk`, `fk_user_id`: another one says no more
            while len(both) > 1 and (both[-1][0] in SURROGATES or both[0][0] in SURROGATES):
                both.pop(-1 if both[-1][0] in SURROGATES else 0)
        stem, said = (tuple(pair[k] for pair in both) for k in (0, 1))
        return KeyName(stem, said, ends, plain)

    def _split(self, piece: str) -> Words:
        """A piece that an end is glued to, taken apart where the rest is a table's, or a word."""
        if piece.endswith("byid") and piece != "byid":
            return piece.removesuffix("byid"), "by", "id"
        glued = [(piece.removesuffix(end), end) for end in GLUED_ENDS if piece.endswith(end) and piece != end]
        told = next((pair for pair in glued if pair[0] in self._known), None)
        if told is not None:
            return told
        if is_word(piece):
            return (piece,)
        told = next((pair for pair in glued if len(pair[0]) >= _SHORTEST_GLUED and _is_read(pair[0])), None)
        if told is not None:
            return told
        tail = next((end for end in self._compounds if piece.endswith(end) and len(piece) > len(end) + 2), "")
        if tail:
            return piece.removesuffix(tail), tail
        for start in GLUED_STARTS:
            rest = piece.removeprefix(start)
            if rest != piece and (rest in self._known or (len(rest) >= _SHORTEST_GLUED and _is_read(rest))):
                return rest, start
        return (piece,)


def pieces(name: str) -> list[str]:
    """The parts of a name in lower case, without accents.

    >>> pieces("CustomerID"), pieces("dest_depot_id2")
    (['customer', 'id'], ['dest', 'depot', 'id', '2'])
    """
    return [part.lower() for part in _BREAKS.split(in_plain_letters(name)) if part]


@cache
def forms(word: str) -> frozenset[str]:
    """A word, and what it may be of one thing where it is of several, in several languages.

    >>> "bestellung" in forms("bestellungen"), "prodotto" in forms("prodotti")
    (True, True)
    """
    found = {word, singular(word)}
    for ending, others in _PLURALS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            found |= {word[: -len(ending)] + other for other in others}
    return frozenset(found)


def _is_compound(word: str) -> bool:
    """Whether a word is of a language that glues words together, and long enough to be found so."""
    spoken = frozenset(language for one in read(word).languages for language in one)
    return len(word) > _SHORTEST_GLUED + 1 and not spoken.isdisjoint(("de", "nl"))


@cache
def is_loose(word: str) -> bool:
    """Whether a word is foreign or an abbreviation, so that another may stand for the same."""
    return len(word) <= _LONGEST_SHORT or bool(read(word).languages) or not set(word) & set("aeiouy")


@cache
def is_word(piece: str) -> bool:
    """Whether a piece is an English word by itself."""
    return piece in english() or singular(piece) in english()


@cache
def _is_read(piece: str) -> bool:
    """Whether a piece says something: it is a word, stands for one, or is glued together from some."""
    return is_word(piece) or read(piece).words not in ((piece,), (singular(piece),))


@cache
def english_of(word: str) -> Words:
    """A word in English, and of one thing."""
    return tuple(singular(english) for english in read(word).words)


def prefix_of(table: str, columns: Iterable[str]) -> str:
    """The short word that begins the names of all columns of a table; empty for none.

    >>> prefix_of("orders", ["o_orderkey", "o_custkey"])
    'o'
    """
    heads = {name.split("_")[0].lower() if "_" in name else "" for name in columns}
    (head, *others) = [*heads, ""]
    alone = others == [""] and 0 < len(head) <= _LONGEST_PREFIX
    return head if alone and table.lower().startswith(head[:1]) and head not in KEY_WORDS else ""
