"""What a column of a table of days says of the day: by its words and its type, in the language of the names.

month_name VARCHAR(9)   {"name": "date_part", "of": "full_date", "part": "month_name"}
year_month CHAR(7)      strftime(full_date, '%Y-%m')
is_month_end CHAR(1)    Y on the last day of a month, else N
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from dw_simulator.schema.holidays import holiday_sql
from dw_simulator.schema.inference.candidates import Words
from dw_simulator.schema.inference.shape.calendar_names import (
    CalendarNames,
    calendar_names,
    calendar_reading,
    lines_of,
)
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.model import Column
from dw_simulator.schema.quoting import quoted_name, quoted_text
from dw_simulator.types import Kind, SqlType

Rule = Mapping[str, Json]

_DATE_PARTS = {
    "year": "year", "quarter": "quarter", "month": "month", "week": "week", "weekday": "day_of_week",
    "day": "day", "day of year": "day_of_year", "days in month": "days_in_month", "iso year": "iso_year",
    "fiscal year": "fiscal_year", "fiscal quarter": "fiscal_quarter", "fiscal month": "fiscal_month",
    "fiscal period": "fiscal_month", "yyyymmdd": "yyyymmdd", "month short": "month",
    "day short": "day_of_week",
}  # fmt: skip
_NUMBERS = {
    "half": "(quarter({0}) + 1) // 2",
    "fiscal half": "(quarter({0}) + 1) // 2",
    "day of quarter": "date_diff('day', CAST(date_trunc('quarter', {0}) AS DATE), {0}) + 1",
    "week of month": "(day({0}) + 6) // 7",
    "month of quarter": "(month({0}) - 1) % 3 + 1",
    "year month": "year({0}) * 100 + month({0})",
    "year quarter": "year({0}) * 10 + quarter({0})",
    "fiscal year quarter": "year({0}) * 10 + quarter({0})",
    "year week": "isoyear({0}) * 100 + weekofyear({0})",
    "fiscal week": "weekofyear({0})",
    "holiday name": "",
}
_FLAGS = {"weekend": "is_weekend", "holiday": "is_holiday", "workday": "is_workday"}
_EDGES = {
    f"{whole} {end}": f"{edge}_of_{whole}"
    for whole in ("week", "month", "quarter", "year")
    for end, edge in (("start", "first"), ("end", "last"))
}
_CONDITIONS = {
    "is weekday": "isodow({0}) < 6",
    "leap": "month(make_date(year({0}), 2, 28) + 1) = 2",
    "current day": "{0} = CAST(as_of() AS DATE)",
    "current month": "date_trunc('month', {0}) = date_trunc('month', CAST(as_of() AS DATE))",
    "current quarter": "date_trunc('quarter', {0}) = date_trunc('quarter', CAST(as_of() AS DATE))",
    "current year": "year({0}) = year(CAST(as_of() AS DATE))",
    "past": "{0} < CAST(as_of() AS DATE)",
}
_DATES = {
    "previous day": "{0} - 1",
    "next day": "{0} + 1",
    "year before": "CAST({0} - INTERVAL 1 YEAR AS DATE)",
}
_DIGITS = {
    "year": 4, "iso year": 4, "fiscal year": 4, "day of year": 3, "yyyymmdd": 8, "year month": 6,
    "year week": 6, "year quarter": 5, "fiscal year quarter": 5, "quarter": 1, "weekday": 1, "half": 1,
    "month of quarter": 1, "week of month": 1, "fiscal half": 1, "fiscal quarter": 1,
}  # fmt: skip
"""How many a part has; 2 unless said."""
_NEEDS = {"year month": 6, "year week": 6, "year quarter": 5, "fiscal year quarter": 5}
_SEVERAL_DAYS = ("days", "jours", "dias", "giorni", "tage", "dagen")
_OF_A_YEAR = {"year month": "month", "year week": "week", "year quarter": "quarter"}
"""What a narrow column of these means: month_of_year SMALLINT."""


@cache
def _known() -> Mapping[Words, str]:
    found: dict[Words, str] = {}
    for part, sayings in lines_of("day_parts.txt"):
        for saying in sayings.split(";"):
            found.setdefault(tuple(sorted(saying.split())), part)
    return found


def part_called(words: Words) -> str:
    """The part of a day that a column of these words has; empty where they say none.

    >>> part_called(("day", "week")), part_called(("customer", "name"))
    ('weekday', '')
    """
    return _known().get(tuple(sorted(words)), "")


@dataclass(frozen=True)
class PartOfDay:
    """A part of the day as a column of a type has it.

    day       the name of the column that holds the day, a DATE
    language  that of the names
    """

    column: Column
    day: str
    language: str

    def rule(self) -> Rule | None:
        """The rule for the column; None where its words say no part, or its type cannot hold it."""
        words = calendar_reading(self.column.name)
        part = part_called(words) or _bare(words)
        if part == "day" and any(days in self.column.name.lower() for days in _SEVERAL_DAYS):
            part = "days in month"
        if not part:
            return None
        kind = self.column.type.kind
        if kind is Kind.TEXT:
            named = _bare(words) == part == "day" and self.column.type.length >= _SHORTEST_NAME
            return self._text("weekday" if named else part, self._is_narrow(part, words))
        if kind is Kind.BOOLEAN:
            return self._flag(part)
        if kind is Kind.DATE:
            return self._date(part)
        if (
            kind in (Kind.INTEGER, Kind.DECIMAL)
            and not self.column.type.scale
            and self.column.type.bits <= 64
        ):
            return self._number(_OF_A_YEAR[part] if self._is_narrow(part, words) else part)
        return None

    def _is_narrow(self, part: str, words: Words) -> bool:
        """Whether it is the month of a year, and not a month with its year."""
        if part not in _OF_A_YEAR or "key" in words or "id" in words:
            return False
        name = self.column.name.lower()
        within = any(of in name for of in ("of_y", "ofy", "in_y", "del_", "do_a", "_des_"))
        type_ = self.column.type
        room = type_.length if type_.kind is Kind.TEXT else _digits(type_)
        return room < _NEEDS[part] or (within and words[-1:] == ("year",))

    # --- by type

    def _number(self, part: str) -> Rule | None:
        if part in _FLAGS or part in _CONDITIONS or part in _EDGES:
            return self._flag(part)
        if _digits(self.column.type) < _DIGITS.get(part, 2):
            return None
        if part in _DATE_PARTS:
            return self._part(_DATE_PARTS[part])
        return self._sql(_NUMBERS[part]) if _NUMBERS.get(part) else None

    def _flag(self, part: str) -> Rule | None:
        text = self.column.type.kind is Kind.TEXT
        no, yes = self._truths()
        if part in _FLAGS:
            more: dict[str, Json] = {"names": [no, yes]} if text else {}
            if part in ("holiday", "workday"):
                more["holidays"] = list(self._names.holidays)
            return self._part(_FLAGS[part], **more)
        if part in _EDGES and self.column.type.kind is Kind.BOOLEAN:
            return self._part(_EDGES[part])
        condition = _CONDITIONS.get(part) or (_EDGES.get(part) and _edge(part))
        if not condition:
            return None
        if self.column.type.kind is Kind.BOOLEAN:
            return self._sql(condition)
        outcome = f"THEN '{yes}' ELSE '{no}' END" if text else "THEN 1 ELSE 0 END"
        return self._sql(f"CASE WHEN {condition} {outcome}")

    def _date(self, part: str) -> Rule | None:
        if part in _EDGES:
            return self._part(_EDGES[part])
        return self._sql(_DATES[part]) if part in _DATES else None

    def _text(self, part: str, narrow: bool) -> Rule | None:
        if part in _FLAGS or part in _CONDITIONS or (part in _EDGES and self.column.type.length < 8):
            return self._flag(part)
        if part in _EDGES:
            return None
        for length, rule in self._texts(_OF_A_YEAR[part] if narrow else part):
            if length <= self.column.type.length:
                return rule
        return None

    def _texts(self, part: str) -> Iterator[tuple[int, Rule]]:
        """The forms of a part in a text, the best one first, with the characters that it needs."""
        names = self._names
        months, days = _longest(names.months), _longest(names.days)
        month_names = {"names": list(names.months)} if self.language else {}
        day_names = {"names": list(names.days)} if self.language else {}
        quarter, half = names.quarter, names.half
        if part in ("month", "month name") and (part == "month name" or "number" not in self._words):
            yield months, self._part("month_name", **month_names)
        if part in ("month", "month name", "month short") and "number" not in self._words:
            yield (
                _longest([name[:3] for name in names.months]),
                self._part("month_name", length=3, **month_names),
            )
        if part in ("weekday", "day name") and "number" not in self._words:
            yield days, self._part("day_name", **day_names)
        if part in ("weekday", "day name", "day short") and "number" not in self._words:
            yield _longest([name[:3] for name in names.days]), self._part("day_name", length=3, **day_names)
        wide = {"month": "{:02}", "week": "{:02}", "day": "{:02}", "day of year": "{:03}"}
        if part in wide:
            yield len(wide[part].format(1)), self._part(_DATE_PARTS[part], format=wide[part])
        yield from {
            "year": [(4, self._part("year", format="{}"))],
            "iso year": [(4, self._part("iso_year", format="{}"))],
            "weekday": [(1, self._part("day_of_week", format="{}"))],
            "quarter": [
                (2, self._part("quarter", format=quarter + "{}")),
                (1, self._part("quarter", format="{}")),
            ],
            "half": [
                (2, self._sql(f"'{half}' || (quarter({{0}}) + 1) // 2")),
                (1, self._sql(_NUMBERS["half"])),
            ],
            "fiscal half": [(2, self._sql(f"'{half}' || (quarter({{0}}) + 1) // 2"))],
            "year month": [
                (7, self._sql("strftime({0}, '%Y-%m')")),
                (6, self._sql("strftime({0}, '%Y%m')")),
            ],
            "year quarter": [
                (7, self._sql(f"year({{0}}) || '-{quarter}' || quarter({{0}})")),
                (6, self._sql(f"year({{0}}) || '{quarter}' || quarter({{0}})")),
            ],
            "fiscal year quarter": [(7, self._sql(f"year({{0}}) || '-{quarter}' || quarter({{0}})"))],
            "year week": [(8, self._sql("strftime({0}, '%G-W%V')")), (6, self._sql("strftime({0}, '%G%V')"))],
            "day suffix": [(2, self._sql(_SUFFIX))],
            "season": [(_longest(names.seasons), self._sql(_by_season(names)))],
            "holiday name": [(min(map(len, names.holidays.values())), self._sql(self._holiday_name()))],
            "fiscal year": [
                (6, self._part("fiscal_year", format="FY{}")),
                (4, self._part("fiscal_year", format="{}")),
            ],
            "fiscal quarter": [(2, self._part("fiscal_quarter", format=quarter + "{}"))],
            "fiscal month": [(2, self._part("fiscal_month", format="{:02}"))],
            "fiscal period": [
                (8, self._sql("strftime({0}, '%Y-P%m')")),
                (7, self._sql("strftime({0}, '%Y-%m')")),
                (3, self._part("fiscal_month", format="P{:02}")),
                (2, self._part("fiscal_month", format="{:02}")),
            ],
            "fiscal week": [(2, self._part("week", format="{:02}"))],
            "date text": [
                *([(18, self._sql("strftime({0}, '%B %-d, %Y')"))] if self._is_told_long else []),
                (10, self._sql("strftime({0}, '%Y-%m-%d')")),
                (8, self._sql("strftime({0}, '%Y%m%d')")),
            ],
            "yyyymmdd": [(8, self._sql("strftime({0}, '%Y%m%d')"))],
        }.get(part, [])

    # --- pieces

    @property
    def _words(self) -> Words:
        return calendar_reading(self.column.name)

    @property
    def _names(self) -> CalendarNames:
        return calendar_names(self.language)

    @property
    def _is_told_long(self) -> bool:
        return not self.language and bool({"description", "long", "name"} & {*self._words})

    def _truths(self) -> tuple[str, str]:
        """What a text says of no and of yes."""
        no, yes = self._names.truths
        if self.column.type.length >= len("Non-Holiday") and not self.language:
            for word in ("Holiday", "Weekend", "Weekday"):
                if word.lower() in self._words and "is" not in self._words:
                    return {"Holiday": "Non-Holiday", "Weekend": "Weekday", "Weekday": "Weekend"}[word], word
        return no, yes

    def _holiday_name(self) -> str:
        names = {day: _cut(name, self.column.type.length) for day, name in self._names.holidays.items()}
        cases = " ".join(
            f"WHEN {holiday_sql(day, '{0}')} THEN {quoted_text(name)}" for day, name in names.items() if name
        )
        otherwise = " ELSE ''" if self.column.required else ""
        return f"CASE {cases}{otherwise} END"

    def _part(self, part: str, **options: Json) -> Rule:
        return {"name": "date_part", "of": self.day, "part": part, **options}

    def _sql(self, sql: str) -> Rule:
        said = sql.replace("{0}", quoted_name(self.day))
        return expression(said)


_SHORTEST_NAME = 3


def _bare(words: Words) -> str:
    """A day alone is that of the month in a number, and its name in a text."""
    return {("day",): "day", ("day", "number"): "day"}.get(tuple(words), "")


def _edge(part: str) -> str:
    whole, end = part.split()
    start = f"CAST(date_trunc('{whole}', {{0}}) AS DATE)"
    if end == "start":
        return f"{{0}} = {start}"
    return f"{{0}} + 1 = CAST({start} + INTERVAL 1 {whole.upper()} AS DATE)"


def _cut(name: str, room: int) -> str:
    """As many words of a name as there is room for."""
    words = name.split()
    while words and len(" ".join(words).encode()) > room:
        words.pop()
    return " ".join(words)


def _longest(names: Iterable[str]) -> int:
    return max(len(name.encode()) for name in names)


def _digits(type_: SqlType) -> int:
    """How many digits of any number a type of whole numbers holds."""
    return type_.precision if type_.kind is Kind.DECIMAL else len(str(type_.limits[1])) - 1


def _by_season(names: CalendarNames) -> str:
    winter, spring, summer, autumn = names.seasons
    return (
        f"CASE WHEN month({{0}}) IN (12, 1, 2) THEN '{winter}' WHEN month({{0}}) < 6 THEN '{spring}' "
        f"WHEN month({{0}}) < 9 THEN '{summer}' ELSE '{autumn}' END"
    )


_SUFFIX = (
    "CASE WHEN day({0}) IN (1, 21, 31) THEN 'st' WHEN day({0}) IN (2, 22) THEN 'nd' "
    "WHEN day({0}) IN (3, 23) THEN 'rd' ELSE 'th' END"
)
