"""Texts with a number that tells rows apart, and with what other columns say: keys made from others."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field, PrivateAttr, model_validator

from dw_simulator.engine.rows import Rows, UInts
from dw_simulator.engine.storage import ticks_per_second
from dw_simulator.engine.values.base import Kernel, fixed
from dw_simulator.engine.values.composed import (
    FIELDS,
    Composed,
    Copied,
    Digits,
    Fixed,
    MomentField,
    RowCounter,
    TextPart,
    field_of,
)
from dw_simulator.engine.values.pieces import Number
from dw_simulator.errors import Refusal
from dw_simulator.ports.needs import (
    Answer,
    Derived,
    Need,
    Source,
)
from dw_simulator.ports.rule import ColumnSpec, Examples, RuleOptions
from dw_simulator.schema.model import Lookup
from dw_simulator.types import Kind, SqlType

_Period = Literal["year", "month", "day"]
_SHOWN: dict[str, str] = {"year": "Y", "month": "Ym", "day": "Ymd"}
"""What a format has to show of a moment, so that numbers may begin anew in each such period."""
_COUNTER = "number"
_MOST_PERIODS = 20_000
_SECONDS = 86_400
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")

_Shape = Literal["fixed", "digits", "letters", "any"]


@dataclass(frozen=True)
class _Token:
    """A part of a format: plain text, or what stands in braces.

    text  as written; of a placeholder the name, which is "number" for the row's
    spec  what is said behind the colon
    """

    text: str
    is_plain: bool = False
    spec: str = ""

    @property
    def need(self) -> Need:
        """The column that it shows."""
        *reference, column = self.text.split(".")
        return Lookup(reference=tuple(reference), column=column) if reference else column

    @property
    def places(self) -> int:
        """Digits that a number has at least. Raises Refusal."""
        if not self.spec:
            return 1
        if not re.fullmatch(r"0?\d{1,2}", self.spec) or not 1 <= int(self.spec) <= 18:
            raise Refusal(f"{{{self.text}:{self.spec}}} says no number of digits", "say {number:06}, say")
        return int(self.spec)


def _tokens(text: str) -> list[_Token]:
    found, at = list[_Token](), 0
    for match in _PLACEHOLDER.finditer(text):
        if match.start() > at:
            found.append(_Token(text[at : match.start()], is_plain=True))
        name, _colon, spec = match[1].partition(":")
        found.append(_Token(name.strip(), spec=spec.strip()))
        at = match.end()
    if at < len(text):
        found.append(_Token(text[at:], is_plain=True))
    return found


@dataclass(frozen=True, eq=False)
class _Made:
    """A part, and what is known of where it begins and ends.

    token, field  what it shows: of a moment, which field
    """

    part: TextPart
    shape: _Shape
    token: _Token
    field: str = ""

    def begins(self, other: "Callable[[str], bool]") -> bool:
        """Whether its first character is certainly none of some."""
        if self.token.is_plain:
            return not other(self.token.text[0])
        return self.shape in ("fixed", "digits") and other is _is_letter

    def ends(self, other: "Callable[[str], bool]") -> bool:
        """Whether its last character is certainly none of some."""
        if self.token.is_plain:
            return not other(self.token.text[-1])
        return self.shape in ("fixed", "digits") and other is _is_letter


def _is_digit(character: str) -> bool:
    return character.isascii() and character.isdigit()


def _is_letter(character: str) -> bool:
    return "a" <= character <= "z"


def _told(made: Sequence[_Made], beside: "Callable[[_Made, Callable[[str], bool]], bool]") -> set[_Made]:
    """The parts that can be read off, from the first on: as long as each says where it ends."""
    found: set[_Made] = set()
    for k, one in enumerate(made):
        behind = made[k + 1] if k + 1 < len(made) else None
        if one.shape == "any":
            break
        if one.shape != "fixed" and behind is not None:
            own = _is_digit if one.shape == "digits" else _is_letter
            if not beside(behind, own):
                break
        found.add(one)
    return found


class Numbered(RuleOptions):
    """A text that no two rows have in common: a number in a format, with what other columns say."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.TEXT})
    derives: ClassVar[bool] = True
    examples: ClassVar[Examples] = (
        [
            {
                "name": "ordered_at",
                "data_type": "TIMESTAMP",
                "date_start": "2022-01-01",
                "date_end": "2024-12-31",
                "rule": {"name": "calendar", "weekends": False, "order": "sorted"},
            },
            {
                "name": "value",
                "data_type": "VARCHAR(20)",
                "is_unique": True,
                "rule": {"name": "numbered", "format": "INV-{ordered_at:%Y}-{number:06}", "within": "year"},
            },
        ],
        {
            "tables": [
                {
                    "name": "accounts",
                    "target_rows": 50,
                    "primary_key": ["id"],
                    "columns": [
                        {"name": "id", "data_type": "INT"},
                        {
                            "name": "domain",
                            "data_type": "VARCHAR(60)",
                            "rule": {"name": "company", "field": "domain"},
                        },
                    ],
                },
                {
                    "name": "users",
                    "target_rows": 2000,
                    "columns": [
                        {
                            "name": "account_id",
                            "data_type": "INT",
                            "foreign_key": {"references_table": "accounts", "references_column": "id"},
                        },
                        {
                            "name": "first_name",
                            "data_type": "VARCHAR(30)",
                            "rule": {"name": "person", "field": "first_name"},
                        },
                        {
                            "name": "value",
                            "data_type": "VARCHAR(120)",
                            "is_unique": True,
                            "rule": {
                                "name": "numbered",
                                "format": "{first_name:slug}{number}@{account_id.domain}",
                            },
                        },
                    ],
                },
            ]
        },
        {
            "name": "value",
            "data_type": "CHAR(9)",
            "rule": {"name": "numbered", "format": "C{number:08}", "start": 10_000_000},
        },
    )

    format: str = Field(
        min_length=1,
        description="text with {number} or {number:06}, and with columns: {name}, {reference.name}, "
        "{day:%Y-%m}, {name:slug} for its letters from a to z",
    )
    within: _Period | None = Field(
        default=None,
        description="numbers begin anew each year, month or day of the first date in the format, by which "
        "the rows are sorted",
    )
    start: int = Field(default=1, ge=0, le=10**15, description="the first number")
    _tokens: tuple[_Token, ...] = PrivateAttr(default=())

    @model_validator(mode="after")
    def _counts(self) -> "Numbered":
        self._tokens = tuple(_tokens(self.format))
        plain = "".join(one.text for one in self._tokens if one.is_plain)
        if "{" in plain or "}" in plain:
            raise ValueError("format: a brace is not closed, or not opened")
        if sum(one.text == _COUNTER and not one.is_plain for one in self._tokens) != 1:
            raise ValueError("format: {number} stands in it once, for it tells rows apart")
        return self

    def build(self, spec: ColumnSpec) -> Derived:
        needs = [one.need for one in self._tokens if not one.is_plain and one.text != _COUNTER]
        return Derived(tuple(needs), lambda answers: self._finished(spec, answers), injective=True)

    def _finished(self, spec: ColumnSpec, answers: Sequence[Answer]) -> Kernel:
        sources = [one for one in answers if isinstance(one, Source)]
        starts = self._starts(spec, sources)
        left, made = iter(sources), list[_Made]()
        for token in self._tokens:
            if token.is_plain:
                made.append(_Made(Fixed.of(token.text), "fixed", token))
            elif token.text == _COUNTER:
                made.append(self._counter(spec, token, starts))
            else:
                made += _shown(next(left), token)
        self._check_told(made)
        return Composed(tuple(one.part for one in made), any(source.nullable for source in sources))

    def _counter(self, spec: ColumnSpec, token: _Token, starts: UInts) -> _Made:
        borders = np.append(starts, max(spec.rows, 1)).astype(np.int64)
        most = self.start + int(np.diff(borders).max()) - 1
        part = RowCounter(Number(most + 1, places=token.places), starts, self.start)
        return _Made(part, "fixed" if len(str(most)) <= token.places else "digits", token)

    def _check_told(self, made: Sequence[_Made]) -> None:
        """Refuse a format from whose texts the number, and its period, cannot be read off."""
        told = _told(made, _Made.begins) | _told(made[::-1], _Made.ends)
        number = next(one for one in made if one.token.text == _COUNTER and not one.token.is_plain)
        if number not in told:
            raise Refusal(
                "where the number begins and ends cannot be told from the text, so two rows may be alike",
                "put a sign such as - around it, or let it have all its digits: {number:08}",
            )
        if self.within is not None:
            first = next(one.token.text for one in made if one.field)
            shown = {one.field for one in told if one.token.text == first}
            if not set(_SHOWN[self.within]) <= shown:
                wanted = "".join(f"%{field}" for field in _SHOWN[self.within])
                raise Refusal(
                    f"numbers begin anew each {self.within}, and the text does not tell which",
                    f"show {{{first}:{wanted}}} in the format",
                )

    def _starts(self, spec: ColumnSpec, sources: Sequence[Source]) -> UInts:
        """The first row of each period, rising from 0. Raises Refusal."""
        if self.within is None:
            return np.zeros(1, dtype=np.uint64)
        moments = [one for one in sources if one.type.kind in (Kind.DATE, Kind.TIMESTAMP)]
        if not moments:
            raise Refusal(
                f"numbers begin anew each {self.within}, but the format shows no date", "name one: {day:%Y}"
            )
        source = moments[0]
        if not source.kernel.facts.rising:
            raise Refusal(
                f"numbers begin anew each {self.within} of {source.name}, and rows are not sorted by it",
                f'let {source.name} be sorted ("order": "sorted") and required, or leave within out',
            )
        return _first_rows(source, self.within, spec.rows)


def _first_rows(source: Source, period: str, rows: int) -> UInts:
    """The first row of each period of a column that rises, by a search for all of them at once."""
    unit = _unit(source.type)
    ends = fixed(source.kernel.values(Rows.at(np.array([0, max(rows - 1, 0)], dtype=np.uint64)))).values
    numbers = _periods(ends, period, unit)
    low, high = int(numbers[0]), int(numbers[1])
    if high - low > _MOST_PERIODS:
        raise Refusal(f"{source.name} spans {high - low + 1:,} of a {period}", "take a longer period")
    if not rows:
        return np.zeros(1, dtype=np.uint64)
    wanted = np.arange(low + 1, high + 1)
    first, last = np.zeros(len(wanted), dtype=np.int64), np.full(len(wanted), rows, dtype=np.int64)
    while np.any(first < last):
        middle = (first + last) // 2
        at = Rows.at(np.minimum(middle, rows - 1).astype(np.uint64))
        before = _periods(fixed(source.kernel.values(at)).values, period, unit) < wanted
        first, last = np.where(before, middle + 1, first), np.where(before, last, middle)
        first = np.minimum(first, last)
    return np.unique(np.concatenate([[0], first])).astype(np.uint64)


def _periods(stored: np.ndarray[tuple[int, ...], np.dtype[np.generic]], period: str, unit: int) -> UInts:
    """A number for the year, the month or the day of each moment, rising with it."""
    days = np.floor_divide(stored.astype(np.int64), unit)
    if period == "day":
        return days.view(np.uint64) + np.uint64(1 << 40)
    years = field_of(stored, "Y", unit)
    return years if period == "year" else years * np.uint64(12) + field_of(stored, "m", unit)


def _unit(type_: SqlType) -> int:
    """Stored units in a day."""
    return 1 if type_.kind is Kind.DATE else _SECONDS * ticks_per_second(type_)


def _shown(source: Source, token: _Token) -> list[_Made]:
    """The parts that show another column. Raises Refusal."""
    match source.type.kind:
        case Kind.DATE | Kind.TIMESTAMP:
            return _moment(source, token)
        case Kind.INTEGER | Kind.DECIMAL if source.type.scale == 0 and source.type.bits <= 64:
            ends = source.kernel.facts.ends
            if ends is None or ends[0] < 0:
                raise Refusal(f"{source.name} may be negative, and its sign would be lost", "bound it by 0")
            most = int(ends[1])
            part = Digits(Number(most + 1, places=token.places), source.kernel)
            return [_Made(part, "fixed" if len(str(most)) <= token.places else "digits", token)]
        case Kind.TEXT:
            if token.spec not in ("", "slug"):
                raise Refusal(
                    f"{{{token.text}:{token.spec}}}: a text has no such form", "say slug, or nothing"
                )
            is_slug = token.spec == "slug"
            text = Copied(source.kernel, max(source.kernel.facts.width, 1), is_slug)
            return [_Made(text, "letters" if is_slug else "any", token)]
        case _:
            raise Refusal(
                f"{source.name} is {source.type.declared}, which a format does not show",
                "name texts, whole numbers, dates or timestamps",
            )


def _moment(source: Source, token: _Token) -> list[_Made]:
    spec = token.spec or "%Y%m%d"
    found = list[_Made]()
    for piece in re.findall(r"%.|[^%]+|%$", spec):
        if not piece.startswith("%"):
            found.append(_Made(Fixed.of(piece), "fixed", _Token(piece, is_plain=True)))
            continue
        field = piece[1:]
        if field not in FIELDS or (field in "HMS" and source.type.kind is Kind.DATE):
            raise Refusal(
                f"{{{token.text}:{spec}}}: {piece} says nothing of {source.type.declared}",
                f"of these: {', '.join('%' + one for one in FIELDS)}",
            )
        digits = FIELDS[field]
        part = MomentField(Number(10**digits, places=digits), source.kernel, field, _unit(source.type))
        found.append(_Made(part, "fixed", token, field))
    return found
