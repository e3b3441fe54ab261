"""What the columns of a table may mean: every guess that fits a column, the best one first."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Protocol

from dw_simulator.schema.inference.alone.at_home import at_home
from dw_simulator.schema.inference.guesses import LAST_YEARS, YEARS_BACK, Fields, Guess
from dw_simulator.schema.inference.keys.key_names import prefix_of
from dw_simulator.schema.inference.words.flags import flag_of
from dw_simulator.schema.inference.words.lexicon import LETTERS, LOCALES, WIDTHS
from dw_simulator.schema.inference.words.nearest import Candidate, brought, nearest
from dw_simulator.schema.inference.words.tokens import noun, read
from dw_simulator.schema.json_data import Json, JsonObject
from dw_simulator.schema.model import Column, Table
from dw_simulator.types import NUMERIC_KINDS, Kind, SqlType

Words = tuple[str, ...]
_OF_THE_WEB = frozenset(
    "session page url browser utm referrer agent cookie visitor os ip device app screen".split()
)
"""Words of columns, two of which say that a table is about visits to a web site, or an application."""
Where = tuple[Words, frozenset[str]]
"""The noun of a table, and the words of all its columns."""
_COUNTER_ROOM = 9
"""Characters by which unique values may get longer."""
_WIDEST = 64
"""Bits of the widest numbers that are moved to price points."""
_LONGEST_COMMENT = 5
"""Words of a comment that is read like a name."""


_OF_A_LOCALE = frozenset({"person", "place", "company", "email", "full_name", "faker"})
"""The rules that make other values in other countries."""
NO_FIELDS: Fields = MappingProxyType({})


class KnownRules(Protocol):
    """The rules that there are."""

    def __contains__(self, name: str) -> bool: ...

    def guesses(self) -> Sequence[Guess]:
        """Those that rules of plugins bring; they come before GUESSES."""

    def one_length(self, name: str) -> bool:
        """Whether a rule's texts are no longer where they must be told apart."""

    def listed(self, table: Table, dialect: str | None) -> Mapping[str, Sequence[str]]:
        """The values that CHECKs of a table list for its columns."""

    def compared(self, table: Table, dialect: str | None) -> Collection[str]:
        """The columns that CHECKs of a table compare with others."""


@dataclass(frozen=True)
class Found:
    """What a column looks like, and the fields that follow.

    reason  why, as a whole sentence without its end; the column looks like its meaning where it is left out
    """

    meaning: str
    fields: Fields
    reason: str = ""

    def written(self, name: str, present: date | None = None, nulls: Fields = NO_FIELDS) -> JsonObject:
        """The fields as the schema keeps them, with the reason.

        present  what the last years end with
        nulls    when it is NULL; a share of NULLs among the fields gives way to it
        """
        fields = dict(self.fields)
        if all(fields.get(name) == day for name, day in LAST_YEARS.items()):
            fields.update(last_years(present))
        if "null_when" not in fields:
            fields |= nulls
        if "null_when" in fields:
            fields.pop("null_fraction", None)
            fields["null_when"] = in_own_sql(fields["null_when"])
        guessed = {"guessed": dict(fields)} if len(fields) > 1 else {}
        return {**fields, **guessed, "inferred": self.reason or f"{name} looks like {self.meaning}"}

    def spoken(self, guess: Guess, language: str) -> "Found":
        """The same in the language of the schema's names, where that makes a difference."""
        if not guess.local or language not in LOCALES:
            return self
        locale, called = LOCALES[language]
        fields = dict(self.fields)
        if rule_of(fields).get("name") == "choice":
            listed = rule_of(fields).get("values")
            assert isinstance(listed, list), "a choice has values"
            letters = [LETTERS.get(language, {}).get(str(one), one) for one in listed]
            return Found(self.meaning, {**fields, "rule": {**rule_of(fields), "values": letters}})
        if "faker_rule" in fields:
            fields["locale"] = locale
        elif rule_of(fields).get("name") in _OF_A_LOCALE:
            fields["rule"] = {**rule_of(fields), "locale": locale}
        return Found(f"{self.meaning} ({called}, like the names of the columns)", fields)


def in_own_sql(sql: Json) -> Json:
    """SQL that inference writes, whichever the warehouse's is."""
    return {"sql": sql, "dialect": "duckdb"} if isinstance(sql, str) else sql


def last_years(present: date | None) -> Fields:
    """The bounds of what has been of late."""
    if present is None:
        return LAST_YEARS
    start = date(max(present.year - YEARS_BACK, 1), 1, 1)
    return {"date_start": start.isoformat(), "date_end": present.isoformat()}


def rule_of(fields: Fields) -> Fields:
    """The rule among the fields; empty where there is none."""
    rule = fields.get("rule")
    return rule if type(rule) is dict or isinstance(rule, Mapping) else NO_FIELDS


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


_COUNTED = frozenset({"number", "line", "position", "item", "row"})
"""Words of what numbers the rows of a parent, and is of no list."""


def open_columns(table: Table, rules: KnownRules) -> list[OpenColumn]:
    """The columns of a table that declare nothing about their values, with what they may mean."""
    referring = {name for reference in table.references for name in reference.columns}
    typed = {column.polymorphic.type_column for column in table.columns if column.polymorphic}
    dropped = prefix_of(table.name, [column.name for column in table.columns])
    things = noun(table.name)
    around = frozenset(word for column in table.columns for word in read(column.name).words)
    if len(_OF_THE_WEB & around) > 1:
        things = ("web", *things)
    found = []
    for column in table.columns:
        declared = column.model_fields_set & {"min_value", "max_value", "date_start", "date_end"}
        linked = column.name in referring | typed or column.lookup or column.polymorphic
        if column.rule_spec is not None or linked or declared:
            continue
        words = _without(read(column.name).words, dropped)
        keyed = any(column.name in key for key in table.keys)
        matches = list(_matches(column, words, (things, around), rules, keyed=keyed))
        said = ""
        if not matches and column.comment and len(column.comment.split()) <= _LONGEST_COMMENT:
            matches = list(_matches(column, read(column.comment).words, (things, around), rules, keyed=keyed))
            said = ", as its comment says" if matches else ""
        counted = words[-1:] == ("number",) and {*words} <= _COUNTED and column.type.kind in NUMERIC_KINDS
        if keyed and not (matches or counted) and (column.name,) not in table.keys:
            matches = list(_in_a_key(_matches(column, words, (things, around), rules, keyed=False)))
        found.append(OpenColumn(column, words, keyed, tuple(matches), said))
    return found


def words_of(column: Column, prefix: str) -> Words:
    """The words of a column's name, without a prefix that all columns of its table have."""
    return _without(read(column.name).words, prefix)


def _in_a_key(matches: Iterable[Match]) -> Iterator[Match]:
    """Guesses for a column that is told apart together with others: a list of values, without weights."""
    for match in matches:
        rule = rule_of(match.fields)
        if rule.get("name") == "choice":
            plain = {name: value for name, value in rule.items() if name != "weights"}
            yield Match(replace(match.guess, open=True), {**match.fields, "rule": plain}, match.owner)


def _without(words: Words, prefix: str) -> Words:
    dropped = read(prefix).words if prefix else ()
    return words[len(dropped) :] if dropped and words[: len(dropped)] == dropped else words


def _matches(
    column: Column, words: Words, where: Where, rules: KnownRules, *, keyed: bool
) -> Iterator[Match]:
    """The guesses that fit, the nearest first."""
    found = list(_by_words(column, words, where, rules, keyed=keyed))
    if flag := flag_of(column.type, words, sure=not found):
        yield Match(flag, flag.fields, ())
    yield from found


def _by_words(
    column: Column, words: Words, where: Where, rules: KnownRules, *, keyed: bool
) -> Iterator[Match]:
    things, around = where
    for one in (*brought(words, things, rules.guesses()), *nearest(words, things, around)):
        for guess in _ordered(one):
            if not _fits(guess, column, rules, keyed=keyed):
                continue
            owner = _owner(one.words, one.length, guess, things)
            fields = _fitted(guess.fields, column.type)
            if fields is not None and not (guess.others and not owner):
                yield Match(guess, fields, owner)


def _ordered(one: Candidate) -> Iterator[Guess]:
    """The forms of an entry: codes first where the name asks for them, and only what it may be."""
    guesses = one.guesses
    if one.coded:
        guesses = sorted(guesses, key=lambda guess: not guess.code)
    for guess in guesses:
        listed = rule_of(guess.fields).get("name") == "choice"
        text = Kind.TEXT in guess.kinds
        if (one.values and not (listed and text)) or (one.numbers and (not listed or text)):
            continue
        if one.money and not ("max_value" in guess.fields and len(guess.fields) > 1):
            continue
        if not one.entire and rule_of(guess.fields).get("values") == [1, 0]:
            continue  # a number of returns is no flag
        yield guess


_FIELD_WORDS = frozenset(
    """first last given family fore sur full name email mail e address id user login nick phone number mobile
    fax city town state province postal code abbr country iso nation street line latitude longitude timezone
    time zone title gender website homepage domain industry sector web site job social reason security
    person 1 url username screen display""".split()
)
_OF_ONESELF = frozenset({"work", "office", "business", "corporate", "company", "primary", "main"})
"""What does not say whose e-mail it is: the work e-mail of an employee is the employee's."""


def _owner(words: Words, length: int, guess: Guess, things: Words) -> Words:
    """Whose email, city, ... it is: the words before it; none where that is what the table's rows are."""
    phrase = words[len(words) - length :]
    roles = tuple(word for word in phrase if word not in _FIELD_WORDS) if guess.part else ()
    owner = (*words[: len(words) - length], *roles)
    if guess.part and guess.part[0] == "person" and {*owner} <= _OF_ONESELF:
        return ()
    return () if owner == things or (len(owner) == 1 and owner[0] in (*things, "person")) else owner


def _fits(guess: Guess, column: Column, rules: KnownRules, *, keyed: bool) -> bool:
    type_ = column.type
    if type_.kind not in guess.kinds or (keyed and not guess.open):
        return False
    if type_.kind in NUMERIC_KINDS and not _fits_number(guess, type_):
        return False
    rule = str(rule_of(guess.fields).get("name", ""))
    if rule and rule not in rules:
        return False
    counted = keyed and not (rule in rules and rules.one_length(rule))
    room = type_.length - (_COUNTER_ROOM if counted else 0)
    return type_.kind is not Kind.TEXT or (guess.length <= room and type_.length <= guess.most)


def _in_hundredths(type_: SqlType) -> bool:
    """Whether a share of a type is a percentage: 5.25 rather than 0.0525."""
    if type_.kind is Kind.DECIMAL and type_.scale:
        return type_.precision - type_.scale >= 2 and type_.scale <= 3
    return type_.kind is not Kind.FLOAT


def _fits_number(guess: Guess, type_: SqlType) -> bool:
    """Whether a number has decimals, or none, and as many digits before them as the guess asks."""
    if guess.whole is not None and guess.whole != is_whole(type_):
        return False
    if guess.percent is not None and guess.percent != _in_hundredths(type_):
        return False
    return type_.kind is not Kind.DECIMAL or guess.length <= type_.precision - type_.scale <= guess.most


def is_whole(type_: SqlType) -> bool:
    """Whether a number has no decimals."""
    return type_.kind is Kind.INTEGER or (type_.kind is Kind.DECIMAL and type_.scale == 0)


def _fitted(fields: Fields, type_: SqlType) -> Fields | None:
    """The fields with bounds that the type can hold; None when nothing sensible is left."""
    rule = rule_of(fields)
    if type_.kind in NUMERIC_KINDS and rule.get("name") == "choice":
        return fields if _holds(type_, rule["values"]) else None
    if rule.get("name") == "price":
        fields = _without_points(fields, rule, type_)
    low, most = fields.get("min_value"), fields.get("max_value")
    if type_.kind not in NUMERIC_KINDS or type_.kind is Kind.FLOAT:
        return fields
    if not isinstance(low, int | float) or not isinstance(most, int | float):
        return fields
    unit = 10**type_.scale
    greatest = type_.limits[1] // unit if type_.scale == 0 else type_.limits[1] / unit
    high = min(most, greatest)
    if low * unit > high * unit or (type_.scale == 0 and low >= 0 and high < 1):
        return None
    return {**fields, "max_value": high}


def _holds(type_: SqlType, values: Json) -> bool:
    """Whether a number has room for all of some values."""
    if type_.kind is Kind.FLOAT or not isinstance(values, Sequence):
        return True
    worth = [Fraction(str(value)) * 10**type_.scale for value in values]
    low, high = type_.limits
    return all(one.denominator == 1 and low <= one <= high for one in worth)


def _without_points(fields: Fields, rule: Fields, type_: SqlType) -> Fields:
    """What a price is where the type has too few decimals for its points."""
    points = rule.get("points", [0])
    assert isinstance(points, Sequence), "points are listed"
    narrow = type_.kind is Kind.FLOAT or type_.bits <= _WIDEST
    if narrow and _holds(type_, [*points, rule.get("round_to", 1)]):
        return fields
    drawn = rule.get("rule")
    rest = {name: value for name, value in fields.items() if name != "rule"}
    return {**rest, "rule": drawn} if drawn is not None else rest


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
            own = at_home(match.guess.meaning, _own(match.fields, column), column.column.type, language)
            fields = {**own, **_null_share(column, match.guess)}
            return Found(match.guess.meaning + column.said, fields).spoken(match.guess, language)
    return None


def _own(fields: Fields, column: OpenColumn) -> Fields:
    """What a column has by itself: its own person, place or company."""
    rule = rule_of(fields)
    if "field" not in rule:
        return fields
    return {**fields, "rule": {**rule, "entity": column.column.name}}


def _null_share(column: OpenColumn, guess: Guess) -> Fields:
    """How many NULLs there are, where there may be some and the guess says so."""
    if guess.null is None or column.column.required or column.keyed:
        return {}
    said = column.column.model_fields_set & {"null_fraction", "null_when"}
    return {} if said else {"null_fraction": guess.null}
