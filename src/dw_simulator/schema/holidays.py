"""Holidays as they are said: a date, a day of every year, a weekday of a month, or so many days from Easter.

2024-03-29, 12-25, 11-thu-4, 05-mon-last, easter, easter-2, easter+39
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FIRST, _LAST = 1900, 2199
"""The years whose Easter SQL knows; it has no holiday by Easter in others."""
_BEFORE, _AFTER = -80, 250
"""As many days from Easter as never leave its year."""
_DAY = re.compile(r"([0-9]{4}-)?[0-9]{2}-[0-9]{2}")
_OF_MONTH = re.compile(rf"(0[1-9]|1[0-2])-({'|'.join(_WEEKDAYS)})-([1-4]|last)")
_OF_EASTER = re.compile(r"easter([+-][0-9]{1,3})?")


def check_holiday(said: str) -> None:
    """Raise ValueError where it is no such day."""
    if _OF_MONTH.fullmatch(said):
        return
    if found := _OF_EASTER.fullmatch(said):
        if not _BEFORE <= int(found[1] or 0) <= _AFTER:
            raise ValueError(f"{said!r} may be in another year; write easter{_BEFORE} to easter+{_AFTER}")
        return
    try:
        day = _DAY.fullmatch(said) and date.fromisoformat(said if len(said) > 5 else f"2000-{said}")
    except ValueError:
        day = None
    if day is None:
        forms = "2024-12-25, 12-25, 11-thu-4, 05-mon-last or easter-2"
        raise ValueError(f"{said!r} is no day; write it as {forms}")


def in_year(said: str, year: int) -> Iterator[date]:
    """The day of a year that is meant; none where it has no such day, or another year's is."""
    if found := _OF_MONTH.fullmatch(said):
        yield weekday_of(year, int(found[1]), _WEEKDAYS.index(found[2]), found[3])
    elif found := _OF_EASTER.fullmatch(said):
        yield easter(year) + timedelta(days=int(found[1] or 0))
    elif len(said) > 5:
        yield from (day for day in (date.fromisoformat(said),) if day.year == year)
    else:
        month, _, day = said.partition("-")
        if (month, day) != ("02", "29") or (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)):
            yield date(year, int(month), int(day))


def holiday_sql(said: str, day: str) -> str:
    """SQL for whether a day is such a holiday. day: SQL for it

    >>> holiday_sql("11-thu-4", "d")
    'month(d) = 11 AND isodow(d) = 4 AND day(d) BETWEEN 22 AND 28'
    """
    if found := _OF_MONTH.fullmatch(said):
        month, weekday = int(found[1]), _WEEKDAYS.index(found[2]) + 1
        of_month = f"month({day}) = {month} AND isodow({day}) = {weekday}"
        if found[3] == "last":
            return f"{of_month} AND month(CAST({day} AS DATE) + 7) <> {month}"
        return f"{of_month} AND day({day}) BETWEEN {7 * int(found[3]) - 6} AND {7 * int(found[3])}"
    if found := _OF_EASTER.fullmatch(said):
        letter = f"substr('{_easters()}', year({day}) - {_FIRST - 1}, 1)"
        sunday = f"make_date(year({day}), 3, 22) + (ascii({letter}) - 65)"
        known = f"year({day}) BETWEEN {_FIRST} AND {_LAST}"
        return f"({known} AND CAST({day} AS DATE) - ({int(found[1] or 0)}) = {sunday})"
    form = "%m-%d" if len(said) == 5 else "%Y-%m-%d"
    return f"strftime({day}, '{form}') = '{said}'"


@cache
def _easters() -> str:
    """A letter for each year: how many days after the 22nd of March its Easter is, A for none."""
    years = range(_FIRST, _LAST + 1)
    return "".join(chr(65 + (easter(year) - date(year, 3, 22)).days) for year in years)


def weekday_of(year: int, month: int, weekday: int, which: str) -> date:
    """A weekday of a month, 0 for Monday: the first, ..., the fourth or the last.

    >>> weekday_of(2024, 11, 3, "4"), weekday_of(2024, 5, 0, "last")
    (datetime.date(2024, 11, 28), datetime.date(2024, 5, 27))
    """
    first = date(year, month, 1)
    day = first + timedelta(days=(weekday - first.weekday()) % 7)
    if which != "last":
        return day + timedelta(weeks=int(which) - 1)
    return max(one for one in (day + timedelta(weeks=more) for more in (3, 4)) if one.month == month)


def easter(year: int) -> date:
    """Easter Sunday in the West, as Gauss, Meeus and others have it.

    >>> easter(2024), easter(2025)
    (datetime.date(2024, 3, 31), datetime.date(2025, 4, 20))
    """
    century, rest = divmod(year, 100)
    golden = year % 19
    moon = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    week = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    month, day = divmod(moon + week - 7 * ((golden + 11 * moon + 22 * week) // 451) + 114, 31)
    return date(year, month, day + 1)
