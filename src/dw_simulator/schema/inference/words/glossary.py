"""The vocabulary: what names of columns mean, as data files; an entry is read when a name ends like it.

The files are `data/vocabulary/*.txt`, taken in the order of their names. An entry is a line of phrases, and
indented lines that say what they mean:

    status
      of: order, purchase
      as: the status of an order
      values: placed=6 | shipped=12 | delivered=70 | cancelled=6
      codes: P | S | D | C

`term_forms` tells what each line makes; a line that begins with # is a comment, and the head of a file names
its sources.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from importlib.resources import files

from dw_simulator.schema.inference.guesses import Guess
from dw_simulator.schema.inference.words.lexicon import SMALL_WORDS, lexicon, without_repeats
from dw_simulator.schema.inference.words.term_forms import forms

Words = tuple[str, ...]


@dataclass(frozen=True)
class GlossaryEntry:
    """An entry of the vocabulary.

    phrases  in English words, separated by |; = in front: the whole name
    lines    what it says, as (key, rest of the line)
    place    its file and line
    """

    phrases: str
    lines: tuple[tuple[str, str], ...]
    place: str

    @cached_property
    def nouns(self) -> tuple[Words, ...]:
        """The nouns of the tables that it is for; none where it is for all."""
        said = ",".join(text for key, text in self.lines if key == "of")
        return tuple(plain_words(noun) for noun in said.split(",") if noun.strip())

    @cached_property
    def beside(self) -> frozenset[str]:
        """Words of other columns, of which one has to be there; none where it is believed beside any."""
        said = " ".join(text for key, text in self.lines if key == "with")
        return frozenset(plain_words(said.replace(",", " ")))

    @cached_property
    def guesses(self) -> tuple[Guess, ...]:
        """What it says for each kind of column, the best form first."""
        return tuple(replace(guess, phrases=self.phrases) for guess in forms(self.lines))


def terms_of(text: str, file: str = "") -> Iterator[GlossaryEntry]:
    """The entries of a file's text. Raises ValueError for a line that is no line of an entry."""
    phrases, start = "", 0
    lines: list[tuple[str, str]] = []
    for number, line in enumerate([*text.splitlines(), "end"], 1):
        if not line or line[0] == "#":
            continue
        if line[0] == " ":
            key, colon, rest = line.partition(":")
            if not phrases or not colon:
                raise ValueError(f"{file}, line {number}: {line.strip()!r} is no line of an entry")
            lines.append((key.strip(), rest.strip()))
            continue
        if phrases:
            yield GlossaryEntry(phrases, tuple(lines), f"{file}:{start}")
        phrases, start, lines = line, number, []


@cache
def terms() -> Sequence[GlossaryEntry]:
    """Every entry, in the order of the files."""
    folder = files("dw_simulator.schema.inference") / "data" / "vocabulary"
    found: list[GlossaryEntry] = []
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".txt"):
            found += terms_of(file.read_text(encoding="utf-8"), file.name)
    return found


@cache
def plain_words(text: str) -> Words:
    """English words as names are read: `payment status` is `pay status`.

    >>> plain_words("payment status")
    ('pay', 'status')
    """
    words, changed = text.split(), _changed()
    if changed.keys().isdisjoint(words):
        return tuple(words)
    return without_repeats([one for word in words for one in changed.get(word, (word,))])


@cache
def _changed() -> Mapping[str, Words]:
    """The English words that are read as others, or as none."""
    plain = {word: english for word, (english, spoken) in lexicon().items() if not spoken}
    return plain | dict.fromkeys(SMALL_WORDS, ())


@dataclass(frozen=True)
class Phrase:
    """What a phrase means: the entries that it is one of, with their places among all.

    anywhere  those for all tables
    by_noun   those for some, by the last words of their nouns
    """

    anywhere: list[tuple[int, bool, GlossaryEntry]] = field(default_factory=list)
    by_noun: dict[str, list[tuple[int, bool, GlossaryEntry]]] = field(default_factory=dict)


@cache
def by_phrase() -> Mapping[Words, Sequence[int]]:
    """For each phrase twice the place of an entry that it is of, plus 1 where it is the whole name."""
    found: dict[Words, list[int]] = {}
    for place, term in enumerate(terms()):
        for text in term.phrases.split("|"):
            bare = text.strip()
            whole = bare[:1] == "="
            found.setdefault(plain_words(bare[1:] if whole else bare), []).append(2 * place + whole)
    return found


@cache
def phrase_words() -> frozenset[str]:
    """The words of all phrases and nouns: what is one of them is no abbreviation, and not glued together."""
    nouns = (words for term in terms() for words in term.nouns)
    return frozenset(word for some in (by_phrase(), nouns) for words in some for word in words)


@cache
def phrase(words: Words) -> Phrase | None:
    """What a phrase means, if anything."""
    places = by_phrase().get(words)
    if places is None:
        return None
    found = Phrase()
    for code in places:
        term = terms()[code // 2]
        one = (code // 2, bool(code % 2), term)
        if not term.nouns:
            found.anywhere.append(one)
        for last in {noun[-1] for noun in term.nouns}:
            found.by_noun.setdefault(last, []).append(one)
    return found


def all_guesses() -> Iterator[Guess]:
    """Every guess of the vocabulary, in order."""
    return (guess for term in terms() for guess in term.guesses)


@cache
def part(rule: str, field: str) -> Guess:
    """The first guess that is a part of a person, place or company."""
    return next(guess for guess in all_guesses() if guess.part == (rule, field))
