"""From the name of a column or table to plain English words.

>>> read("CustomerEmail").words
('customer', 'email')
>>> read("fecha_nacimiento").words
('birth', 'date')
>>> read("numero_huespedes").words, read("numero_factura").words
(('number', 'guest'), ('invoice', 'number'))
>>> read("priceperticket").words
('price', 'per', 'ticket')
>>> read("capacity").words
('capacity',)
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from dw_simulator.schema.inference.words.glossary import phrase_words
from dw_simulator.schema.inference.words.letters import in_plain_letters
from dw_simulator.schema.inference.words.lexicon import (
    COMPOUNDING,
    COUNTS,
    FOREIGN_ALONE,
    HEAD_FIRST,
    HEADS,
    KINDS_IN_FRONT,
    LAST_IN_ALL,
    LOCALES,
    SHARED,
    SMALL_WORDS,
    beside_others,
    beside_words,
    english,
    lexicon,
    without_repeats,
)
from dw_simulator.schema.inference.words.shorthand import Shorthand

PIECES = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
"""What changes of letter case and digits tell apart in a name of plain letters."""
_CHUNKS = re.compile(r"(?<![A-Za-z0-9])[mM]2(?![A-Za-z0-9])|[A-Za-z]+|[0-9]+")
_SHORTEST, _LONGEST = 3, 18
"""Letters of the shortest and of the longest word that is found glued to others."""
_SHORTEST_GLUED = 6
_SHORT = frozenset(
    {"id", "nm", "no", "cd", "dt", "ts", "ip", "nr", "at", "on", "by", "kg", "ms", "px", "km", "in", "up"}
)
_LINKS = ("s", "n", "en", "e", "es", "er")
"""What German and Dutch put between words that they glue: Rechnung-s-betrag."""
_SHORT_FIRST = frozenset({"on", "is", "id", "dt", "nm", "cd", "nr", "vl", "qt"})
"""Shorter ones, that may stand behind another word, or in front of all."""
_ABROAD = frozenset("item items stock ticket online web chat bonus plan".split())
"""English words that other languages glue to theirs: `itemfatura`."""
_SHORT_LAST: Mapping[str, frozenset[str]] = {
    "pt": frozenset({"em"}),
    "fr": frozenset({"le"}),
    "es": frozenset({"el"}),
    "it": frozenset({"il"}),
    "de": frozenset({"am", "ab"}),
    "nl": frozenset({"op"}),
}
"""What says "on" behind a word, by its language: `canceladaem`, `creeele`."""
_NO_WORDS = frozenset[str]()
_VOWELS = frozenset("aeiouy")
_BEFORE_MOMENTS = {"strt": "start", "str": "start", "hr": "hire"}
"""What is a street or an hour elsewhere, and what it is in front of these."""
_OF_MOMENTS = frozenset("dt dte ts tm tms dttm tstmp date time timestamp dtm".split())


@dataclass(frozen=True)
class Reading:
    """A name as words.

    words      in English, the noun last
    languages  for each foreign word those it may belong to
    """

    words: tuple[str, ...]
    languages: tuple[frozenset[str], ...] = ()


@cache
def read(name: str) -> Reading:
    """A name's words."""
    parts = [part for piece in _pieces(name) for part in unglued(piece)]
    said = [part for part in parts if part not in SMALL_WORDS]
    if said and parts[-1] not in said and parts[-1] in beside_others():
        said.append(parts[-1])  # gueltig_von, valide_du: from then on
    parts = said or parts
    meant = _meant(parts)
    units = [english for english, _spoken in meant]
    languages = [spoken for _english, spoken in meant if spoken]
    if any(spoken <= HEAD_FIRST for spoken in languages):
        # the noun comes last in English; a flag keeps its verb in front
        counted = parts[0] in COUNTS and units[0] == ("number",)  # nb_nuits, a number of nights
        flag = units[:1] if counted or units[0] in (("is",), ("has",)) else []
        minutes = parts[-1] == "min" and units[0] == ("duration",)
        last = units[-1:] if parts[-1] in LAST_IN_ALL or minutes else []
        if units[0] == ("number",) and len(parts) == 2 and _are_several(parts[1]):
            flag = units[:1]  # numero_huespedes is a number of guests; numero_factura that of an invoice
        units = flag + units[len(flag) : len(units) - len(last)][::-1] + last
    elif len(parts) > 1 and parts[0] in KINDS_IN_FRONT:
        units = [*units[1:], units[0]]  # dt_created, amt_freight
    words = [word for unit in units for word in unit]
    return Reading(without_repeats(words), tuple(languages))


def _are_several(part: str) -> bool:
    """Whether a word of a language with the noun in front is a plural: huespedes, clienti, camere."""
    known = lexicon()
    italian = part[-1] == "e" and f"{part[:-1]}a" in known and part in known and known[part][1] == {"it"}
    return part[-1] in "si" or italian


@cache
def plain_words(name: str) -> tuple[str, ...]:
    """A name's words as they are written.

    >>> plain_words("SupportTickets")
    ('support', 'ticket')
    """
    return tuple(part for piece in _pieces(name) for part in unglued(piece))


def _meant(parts: list[str]) -> list[tuple[tuple[str, ...], frozenset[str]]]:
    """What each word stands for, and its languages; what is English as well is that beside English words."""
    known, own = lexicon(), english()
    moment = _BEFORE_MOMENTS if _OF_MOMENTS & {*parts[-1:]} else {}
    sure_ones = {part: ((moment[part],), _NO_WORDS) for part in parts[:-1] if part in moment}
    found = [sure_ones.get(part) or known.get(part) or _spelled_out(part) for part in parts]
    if len(parts) > 1 and parts[-1] == "ha":
        found[-1] = ("hectare",), frozenset()  # an area in hectares, and no Italian verb
    spoken_of = {part: spoken for part, (_, spoken) in zip(parts, found, strict=True) if part not in SHARED}
    english_too = {part for part in parts if part in own or singular(part) in own}
    sure = [spoken for part, spoken in spoken_of.items() if spoken and part not in english_too]
    foreign = any(part not in english_too or part in FOREIGN_ALONE for part in spoken_of)
    if len(spoken_of) > 1 and foreign and frozenset.intersection(*spoken_of.values()):
        return found  # data_fine
    for place, part in enumerate(parts):
        spoken = found[place][1]
        if not spoken or part not in english_too:
            continue
        if any(spoken & other for other in sure) or (len(parts) == 1 and part in FOREIGN_ALONE):
            continue
        shared = SHARED if not spoken & HEAD_FIRST else _NO_WORDS
        beside = [other for other in parts if other != part and other not in shared]
        if len(parts) == 1 or beside or part not in FOREIGN_ALONE:
            found[place] = (part if part in own else singular(part),), frozenset()
    tongue = frozenset[str]().union(*sure)
    for place, part in enumerate(parts):
        found[place] = next((one for one in beside_others().get(part, ()) if one[1] & tongue), found[place])
        found[place] = _beside(part, {*parts} - {part}) or found[place]
    return found


def _beside(part: str, others: set[str]) -> tuple[tuple[str, ...], frozenset[str]] | None:
    """What an abbreviation stands for beside certain other words."""
    fitting = (meant for meant, near in beside_words().get(part, ()) if near & others)
    return next(((meant, frozenset[str]()) for meant in fitting), None)


@cache
def _spelled_out(part: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """What a word stands for that no list has: an abbreviation of one that is known, or itself."""
    known, own = lexicon(), english()
    if any(word in own or word in phrase_words() for word in (part, singular(part))):
        return (part,), frozenset()
    word = _shorthand().word(part) or (_shorthand().word(part[:-1]) if part[-1:] == "s" else "") or part
    meant, spoken = known.get(word, ((word,), frozenset[str]()))
    return (word,) if spoken and word in own else meant, frozenset()  # a charge, and no German batch


@cache
def _shorthand() -> Shorthand:
    plain = {word for word, (_meant, spoken) in lexicon().items() if not spoken}
    return Shorthand(english() | plain, {word for meant, _spoken in lexicon().values() for word in meant})


def _pieces(name: str) -> Iterator[str]:
    """The parts between underscores, changes of letter case and digits, in lower case without accents."""
    for chunk in _CHUNKS.findall(in_plain_letters(name)):
        if chunk.lower() in lexicon():  # MwSt, eMail
            yield chunk.lower()
        else:
            yield from (match[0].lower() for match in PIECES.finditer(chunk))


@cache
def unglued(piece: str) -> tuple[str, ...]:
    """The words that a piece is glued together from; the piece itself where it is one, or is none of these.

    All of them are English words and abbreviations, or words of one other language.

    >>> unglued("totalprice"), unglued("statement"), unglued("zahlungsbetrag")
    (('total', 'price'), ('statement',), ('zahlungs', 'betrag'))
    """
    known = lexicon()
    for word in (piece, singular(piece)):
        if word in known or word in english() or word in phrase_words():
            return (word,)
    if len(piece) < _SHORTEST_GLUED or (not _VOWELS & {*piece} and _shorthand().word(piece)):
        return (piece,)
    tried = (tongue.split(piece) for tongue in _tongues())
    return next((found for found in tried if found), _behind_a_head(piece))


def _behind_a_head(piece: str) -> tuple[str, ...]:
    """A word of what a column holds, and one that is English or of any language: `nometutor`, `valoritem`."""
    for head in HEADS:
        rest = piece[len(head) :]
        if piece.startswith(head) and len(rest) >= _SHORTEST and (rest in english() or rest in lexicon()):
            return head, rest
    return (piece,)


@dataclass(frozen=True)
class _Tongue:
    """The words of a language that may be glued.

    begins  their first letters, so that most are not looked for
    links   what may stand between two of them
    tails   what may stand last, though it is short
    """

    words: frozenset[str]
    links: tuple[str, ...] = ()
    tails: frozenset[str] = frozenset()

    @cached_property
    def begins(self) -> frozenset[str]:
        return frozenset(word[:_SHORTEST] for word in self.words)

    def split(self, piece: str) -> tuple[str, ...]:
        """The fewest words that a piece is made of; none where it is not."""
        best: dict[int, tuple[str, ...]] = {0: ()}
        for start in range(len(piece) - 1):
            so_far = best.get(start)
            if so_far is None:
                continue
            if start and piece[start:] in self.tails and so_far[-1] not in SMALL_WORDS:
                best[len(piece)] = (*so_far, piece[start:])
            long = piece[start : start + _SHORTEST] in self.begins
            short = _SHORT if start else _SHORT_FIRST
            least = start + (2 if piece[start : start + 2] in short else _SHORTEST)
            for end in range(least, min(len(piece), start + _LONGEST if long else least) + 1):
                word = self._word(piece[start:end], last=end == len(piece))
                if word and (end not in best or len(so_far) + 1 < len(best[end])):
                    best[end] = (*so_far, word)
        return best.get(len(piece), ())

    def _word(self, text: str, *, last: bool) -> str:
        """The word that a part of a name is; empty where it is none."""
        if len(text) < _SHORTEST or text in self.words:
            return text
        if text[-1] == "s" and (one := singular(text)) in self.words:
            return one
        if last or not self.links:
            return ""
        bare = (text[: -len(link)] for link in self.links if text.endswith(link))
        return next((word for word in bare if len(word) >= _SHORTEST and word in self.words), "")


@cache
def _tongues() -> tuple[_Tongue, ...]:
    """The words of each language that may be glued, English first."""
    known = lexicon()
    tongues = [_Tongue(english() | {word for word, (_, spoken) in known.items() if not spoken})]
    for language in LOCALES:
        own = {word for word, (_, spoken) in known.items() if language in spoken}
        own |= {
            word for word, senses in beside_others().items() for _, spoken in senses if language in spoken
        }
        links = _LINKS if language in COMPOUNDING else ()
        tongues.append(_Tongue(SHARED | _ABROAD | own, links, _SHORT_LAST[language]))
    return tuple(tongues)


_IRREGULAR = {
    "people": "person",
    "children": "child",
    "movies": "movie",
    "series": "series",
    "species": "species",
    "calories": "calorie",
    "cookies": "cookie",
    "diagnoses": "diagnosis",
    "analyses": "analysis",
    "statuses": "status",
    "bonuses": "bonus",
}


@cache
def singular(word: str) -> str:
    """An English word for one thing.

    >>> [singular(word) for word in ("cities", "addresses", "customers", "status", "movies")]
    ['city', 'address', 'customer', 'status', 'movie']
    """
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        return word[:-1]
    return word


_DULL = frozenset(
    """dim fact stg tbl tb raw src t d f table staging list sat hub lnk hist history dimension fct stage
    ods dwh dw edw master header detail view vw bak archived snapshot fait hecho fatto fatti fato fakt
    fakten feit feiten""".split()
)
"""What kind of a table it is, and not what its rows are."""


def noun(table: str) -> tuple[str, ...]:
    """What one row of a table is: `order_items` holds items of orders."""
    words = [singular(word) for word in read(table).words]
    return tuple(word for word in words if word not in _DULL) or tuple(words)


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
