"""What the columns of a table may mean: every guess that fits a column, the best one first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Protocol

from dw_simulator.schema.inference.guesses import (
    FLAG_NOUNS,
    FLAG_VERBS,
    FLAG_WORDS,
    GUESSES,
    LAST_YEARS,
    YEARS_BACK,
    Fields,
    Guess,
)
from dw_simulator.schema.inference.lexicon import LOCALES, WIDTHS
from dw_simulator.schema.inference.tokens import noun, read
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.schema.model import Column, Table
from dw_simulator.types import NUMERIC_KINDS, Kind, SqlType

Words = tuple[str, ...]
_COUNTER_ROOM = 9
"""Characters by which unique values may get longer."""
_LONGEST_PREFIX = 3
_LONGEST_COMMENT = 5
"""Words of a comment that is read like a name."""


class KnownRules(Protocol):
    """The rules that there are."""

    def __contains__(self, name: str) -> bool: ...

    def guesses(self) -> Sequence[Guess]:
        """Those that rules of plugins bring; they come before GUESSES."""

    def one_length(self, name: str) -> bool:
        """Whether a rule's texts are no longer where they must be told apart."""


@dataclass(frozen=True)
class Found:
    """What a column looks like, and the fields that follow.

    reason  why, as a whole sentence without its end; the column looks like its meaning where it is left out
    """

    meaning: str
    fields: Fields
    reason: str = ""

    def written(self, name: str, present: date | None = None) -> JsonObject:
        """The fields as the schema keeps them, with the reason. present: what the last years end with."""
        fields = dict(last_years(present) if self.fields == LAST_YEARS else self.fields)
        guessed = {"guessed": dict(fields)} if len(fields) > 1 else {}
        return {**fields, **guessed, "inferred": self.reason or f"{name} looks like {self.meaning}"}

    def spoken(self, guess: Guess, language: str) -> "Found":
        """The same in the language of the schema's names, where that makes a difference."""
        if not guess.local or language not in LOCALES:
            return self
        locale, called = LOCALES[language]
        fields = dict(self.fields)
        if "faker_rule" in fields:
            fields["locale"] = locale
        elif "rule" in fields:
            fields["rule"] = {**rule_of(fields), "locale": locale}
        return Found(f"{self.meaning} ({called}, like the names of the columns)", fields)


def last_years(present: date | None) -> Fields:
    """The bounds of what has been of late."""
    if present is None:
        return LAST_YEARS
    start = date(max(present.year - YEARS_BACK, 1), 1, 1)
    return {"date_start": start.isoformat(), "date_end": present.isoformat()}


def rule_of(fields: Fields) -> Fields:
    """The rule among the fields; empty where there is none."""
    rule = fields.get("rule")
    return rule if isinstance(rule, Mapping) else {}


@dataclass(frozen=True)
class Match:
    """A guess, and the words of the name that it leaves over: whose it is."""

    guess: Guess
    fields: Fields
    owner: Words


@dataclass(frozen=True)
class OpenColumn:
    """A column without a rule.

    words    of its name, without a prefix that all columns of its table have
    matches  what it may be
    keyed    whether its values must be told apart
    """

    column: Column
    words: Words
    keyed: bool
    matches: tuple[Match, ...] = field(default=())
    said: str = ""


def open_columns(table: Table, rules: KnownRules) -> list[OpenColumn]:
    """The columns of a table that declare nothing about their values, with what they may mean."""
    referring = {name for reference in table.references for name in reference.columns}
    typed = {column.polymorphic.type_column for column in table.columns if column.polymorphic}
    dropped = _prefix(table)
    things = noun(table.name)
    found = []
    for column in table.columns:
        declared = column.model_fields_set & {"min_value", "max_value", "date_start", "date_end"}
        linked = column.name in referring | typed or column.lookup or column.polymorphic
        if column.rule_spec is not None or linked or declared:
            continue
        words = _without(read(column.name).words, dropped)
        keyed = any(column.name in key for key in table.keys)
        matches = list(_matches(column, words, things, rules, keyed=keyed))
        said = ""
        if not matches and column.comment and len(column.comment.split()) <= _LONGEST_COMMENT:
            matches = list(_matches(column, read(column.comment).words, things, rules, keyed=keyed))
            said = ", as its comment says" if matches else ""
        found.append(OpenColumn(column, words, keyed, tuple(matches), said))
    return found


def words_of(column: Column, table: Table) -> Words:
    """The words of a column's name, without a prefix that all columns of its table have."""
    return _without(read(column.name).words, _prefix(table))


def _prefix(table: Table) -> str:
    """A short word that begins the names of all columns, as the c of c_name and c_phone; empty for none."""
    heads = {name.split("_")[0].lower() for name in (column.name for column in table.columns) if "_" in name}
    all_have_it = all("_" in column.name for column in table.columns)
    (head, *others) = [*heads, ""]
    alone = all_have_it and others == [""] and len(table.columns) > 1
    return head if alone and len(head) <= _LONGEST_PREFIX and table.name.lower().startswith(head[:1]) else ""


def _without(words: Words, prefix: str) -> Words:
    dropped = read(prefix).words if prefix else ()
    return words[len(dropped) :] if dropped and words[: len(dropped)] == dropped else words


def _matches(
    column: Column, words: Words, things: Words, rules: KnownRules, *, keyed: bool
) -> Iterator[Match]:
    """The guesses that fit, those of the name in its table before those of the name alone."""
    if flag := _flag(column, words):
        yield flag
    numberless = words[:-1] if len(words) > 1 and words[-1].isdigit() else words
    whose = tuple("person" if word == "user" else word for word in things)  # a user's name is a person's
    tried: set[int] = set()
    for own, least in (
        ((*whose, *numberless), len(numberless) + 1),
        (words, 1),
        (numberless, 1),
    ):
        for place, guess in _ending(own[-1] if own else "", rules):
            length = _ends(guess.phrases, own)
            if (
                length is None
                or length < least
                or place in tried
                or not _fits(guess, column, rules, keyed=keyed)
            ):
                continue
            fields = _fitted(guess.fields, column.type)
            if fields is not None:
                tried.add(place)
                yield Match(guess, fields, _owner(own, length, guess, things))


def _ending(word: str, rules: KnownRules) -> Iterator[tuple[int, Guess]]:
    """The guesses, each with its place among them all, some phrase of which may end with a word."""
    brought = rules.guesses()
    yield from enumerate(brought)
    yield from ((len(brought) + place, guess) for place, guess in _by_last_word().get(word, ()))


@cache
def _by_last_word() -> Mapping[str, Sequence[tuple[int, Guess]]]:
    """This program's guesses by the last words of their phrases, in order: most names fit few of them."""
    found: dict[str, list[tuple[int, Guess]]] = {}
    for place, guess in enumerate(GUESSES):
        for word in dict.fromkeys(words[-1] for _whole, words in _phrases(guess.phrases)):
            found.setdefault(word, []).append((place, guess))
    return found


@cache
def _phrases(phrases: str) -> tuple[tuple[bool, Words], ...]:
    return tuple((text.startswith("="), tuple(text.lstrip("=").split())) for text in phrases.split("|"))


def _ends(phrases: str, words: Words) -> int | None:
    """How many words of a name the longest phrase takes that ends it; None where none does."""
    lengths = [
        len(phrase)
        for whole, phrase in _phrases(phrases)
        if words[-len(phrase) :] == phrase and (not whole or len(words) == len(phrase))
    ]
    return max(lengths, default=None)


_FIELD_WORDS = frozenset(
    """first last given family fore sur full name email mail e address id user login nick phone number mobile
    fax city town state province postal code abbr country iso nation street line latitude longitude timezone
    time zone title gender website homepage domain industry sector web site job social security
    person""".split()
)


def _owner(words: Words, length: int, guess: Guess, things: Words) -> Words:
    """Whose email, city, ... it is: the words before it; none where that is what the table's rows are."""
    phrase = words[len(words) - length :]
    roles = tuple(word for word in phrase if word not in _FIELD_WORDS) if guess.part else ()
    owner = (*words[: len(words) - length], *roles)
    return () if owner == things or (len(owner) == 1 and owner[0] in (*things, "person")) else owner


def _fits(guess: Guess, column: Column, rules: KnownRules, *, keyed: bool) -> bool:
    type_ = column.type
    if type_.kind not in guess.kinds or (keyed and not guess.open):
        return False
    rule = str(rule_of(guess.fields).get("name", ""))
    counted = keyed and not (rule in rules and rules.one_length(rule))
    room = type_.length - (_COUNTER_ROOM if counted else 0)
    return type_.kind is not Kind.TEXT or (guess.length <= room and type_.length <= guess.most)


def _fitted(fields: Fields, type_: SqlType) -> Fields | None:
    """The fields with bounds that the type can hold; None when nothing sensible is left."""
    low, most = fields.get("min_value"), fields.get("max_value")
    if type_.kind not in NUMERIC_KINDS or type_.kind is Kind.FLOAT:
        return fields
    if not isinstance(low, int | float) or not isinstance(most, int | float):
        return fields
    unit = 10**type_.scale
    greatest = type_.limits[1] // unit if type_.scale == 0 else type_.limits[1] / unit
    high = min(most, greatest)
    if low * unit > high * unit or (type_.scale == 0 and high < 1):
        return None
    return {**fields, "max_value": high}


def _flag(column: Column, words: Words) -> Match | None:
    """is_active, has_children, paid_flag: true or false, also where it is written as Y and N, or 1 and 0."""
    type_ = column.type
    if not words:
        return None
    verb, ending = words[0] in FLAG_VERBS and len(words) > 1, words[-1] in FLAG_NOUNS
    single = len(words) == 1 and words[0] in FLAG_WORDS and type_.kind is not Kind.BOOLEAN
    if not (verb or ending or single) or {"debit", "credit"} <= {*words}:
        return None
    bare = words[1:] if verb else words[:-1]
    fields: Fields
    if type_.kind is Kind.BOOLEAN:
        common = [g for g in GUESSES if Kind.BOOLEAN in g.kinds and _ends(g.phrases, bare) is not None]
        if common:
            return Match(common[0], common[0].fields, ())
        fields = {"rule": {"name": "boolean", "true_share": 0.5}}
    elif type_.kind is Kind.TEXT and type_.length == 1:
        fields = {"rule": {"name": "choice", "values": ["Y", "N"]}}
    elif type_.kind in (Kind.INTEGER, Kind.DECIMAL) and type_.scale == 0 and type_.bits <= 64:
        fields = {"min_value": 0, "max_value": 1}
    else:
        return None
    return Match(Guess("", frozenset(Kind), "a flag", fields), fields, ())


def has_room(column: Column, guess: Guess, locale: str) -> bool:
    """Whether a text column holds what a place of the locale has."""
    field = guess.part[1] if guess.part else ""
    return column.type.kind is not Kind.TEXT or column.type.length >= WIDTHS.get(locale, {}).get(field, 0)


def alone(column: OpenColumn, language: str) -> Found | None:
    """What a column is by itself."""
    locale = LOCALES[language][0] if language in LOCALES else ""
    for match in column.matches:
        if match.guess.local and not has_room(column.column, match.guess, locale):
            continue
        if match.guess.alone and not (column.keyed and not match.guess.open):
            return Found(match.guess.meaning + column.said, match.fields).spoken(match.guess, language)
    return None
