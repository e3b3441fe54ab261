"""What days and months are called in several languages, and columns of a table of days."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from dw_simulator.schema.inference.candidates import Words
from dw_simulator.schema.inference.words.letters import in_plain_letters
from dw_simulator.schema.inference.words.tokens import PIECES, read, singular

_DATA = "schema/inference/data/shape"
_USUAL = "en"
_GLUED = re.compile(
    r"calendar|fiscal|iso|year|half|quarter|month|weekday|weekend|week|day|date|holiday|number|num|name|short|long"
    r"|full|flag|key|sk|id|first|last|begin|start|end|of|the|is|in"
)


@dataclass(frozen=True)
class CalendarNames:
    """The names of one language.

    holidays  from a day of every year, such as 12-25, 11-thu-4 or easter+1, to its name
    truths    the letters of no and yes
    quarter   the letter before a quarter's number; half: before that of half a year
    """

    months: Sequence[str]
    days: Sequence[str]
    seasons: Sequence[str]
    holidays: Mapping[str, str]
    truths: Sequence[str]
    quarter: str
    half: str


def lines_of(name: str) -> Iterator[list[str]]:
    """The lines of a file of data of this program, each as its parts between bars."""
    for line in _whole_lines(name):
        yield [part.strip() for part in line.split("|")]


def _whole_lines(name: str) -> Iterator[str]:
    path = files("dw_simulator").joinpath(_DATA, name)
    lines = path.read_text(encoding="utf-8").splitlines()
    return (line for line in lines if line and not line.startswith("#"))


@cache
def calendar_names(language: str) -> CalendarNames:
    """The names of a language; the English ones where there are none."""
    found = {
        part: names.split() for spoken, part, names in lines_of("calendar_names.txt") if spoken == language
    }
    if not found:
        return calendar_names(_USUAL)
    holidays = dict(day.replace("_", " ").rsplit("=", 1) for day in found["holidays"])
    letters = (found["quarter"][0], found["half"][0])
    return CalendarNames(
        found["months"], found["days"], found["seasons"], holidays, found["truths"], *letters
    )


@cache
def _synonyms() -> Mapping[str, Words]:
    return {word: tuple(meant.split()) for words, meant in lines_of("calendar.txt") for word in words.split()}


@cache
def calendar_words(words: Words) -> Words:
    """The words of a name as those of a calendar say them.

    >>> calendar_words(("dia", "semana"))
    ('day', 'week')
    """
    known = _synonyms()
    found: list[str] = []
    for word in (part for one in words for part in _unglued(one)):
        meant = known.get(word) or known.get(singular(word)) or (singular(word),)
        found += [one for one in meant if one not in found]
    if found[-2:] in (["week", "last"], ["week", "end"]) and found[:1] in (["is"], ["week"]):
        found[-2:] = ["weekend"]
    return tuple(found)


def _unglued(word: str) -> Words:
    """The words of a calendar that a word is glued together from: daynumberofmonth."""
    parts = _GLUED.findall(word)
    if len(parts) < 2 or "".join(parts) != word:
        return (word,)
    return tuple(part for part in parts if part not in ("of", "the"))


@cache
def calendar_reading(name: str) -> Words:
    """The words of the name of a column, or of a table, as those of a calendar say them.

    >>> calendar_reading("EST_WEEKEND"), calendar_reading("kz_wochenende")
    (('is', 'weekend'), ('weekend', 'flag'))
    """
    plain = "_".join(match[0] for match in PIECES.finditer(in_plain_letters(name))).lower()
    said = plain
    for pattern, english in _phrases():
        said = pattern.sub(rf"_{english}_", said).strip("_").replace("__", "_")
    return calendar_words(read(said if said != plain else name).words)


@cache
def _phrases() -> Sequence[tuple[re.Pattern[str], str]]:
    """What several words say together, whatever stands between them."""
    lines = (line.rpartition(" | ") for line in _whole_lines("calendar_phrases.txt"))
    return [(re.compile(pattern.strip()), english.strip("_ ")) for pattern, _, english in lines]
