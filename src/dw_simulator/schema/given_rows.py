"""Rows that users give themselves: reference data, and the rows of a table that is written out.

{"rows": [{"category": "Tea", "brand": "Ahmad"}, {"category": "Tea", "brand": "Kusmi"}]}
{"file": "catalog.csv", "weights": "share"}
{"columns": {"category": ["Tea", "Tea"], "brand": ["Ahmad", "Kusmi"]}}      how a file is kept
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Annotated

from pydantic import Field, PlainSerializer, PlainValidator, model_validator

from dw_simulator.schema.declared import MAX_ROWS, Declared, Issue, Moment, refuse, refuse_all
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.written import cell_as_written

MAX_CELLS = 1_000_000
"""So many cells are kept with an experiment, and not more."""

Given = bool | int | float | str | None
"""A cell as users write it; None is NULL."""

FILE = "file"
"""The field that names a file."""
ONE_SOURCE = 'say one of "rows" and "file"'


def cell(value: Json | date | time) -> Given:
    """A cell, in which YAML's dates are texts. Raises ValueError for anything else than a value."""
    if isinstance(value, date | time):  # a datetime is a date
        return value.isoformat()
    value = cell_as_written(value)
    if not isinstance(value, bool | int | float | str | None):
        words = "a number, a text, true, false or null is"
        raise ValueError(f"{str(value)[:40]!r} is no value: {words}")  # noqa: TRY004 - it is collected
    if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124
        raise ValueError(f"{value} is no value")
    return value


def _rows(value: Json) -> tuple[dict[str, Given], ...]:
    """A list of objects, each with its cells."""
    if not isinstance(value, list | tuple):
        raise refuse("a list of rows is needed", 'say [{"column": value}, ...]')
    found = []
    for number, row in enumerate(value):
        if not isinstance(row, Mapping):
            raise refuse(f"row {number} is no object", 'say {"column": value, ...}')
        try:
            found.append({str(name): cell(one) for name, one in row.items()})
        except ValueError as error:
            raise refuse(f"row {number}: {error}", "correct it") from None
    return tuple(found)


_OF_LISTS = "an object of lists is needed", 'say {"column": [value, ...], ...}'


def _cells(name: str, cells: Json) -> tuple[Given, ...]:
    if not isinstance(cells, list | tuple):
        raise refuse(*_OF_LISTS)
    try:
        return tuple(map(cell, cells))
    except ValueError as error:
        raise refuse(f"{name}: {error}", "correct it") from None


def _columns(value: Json) -> dict[str, tuple[Given, ...]]:
    """An object of lists, all of them as long."""
    if not isinstance(value, Mapping):
        raise refuse(*_OF_LISTS)
    found = {str(name): _cells(str(name), cells) for name, cells in value.items()}
    if len({len(cells) for cells in found.values()}) > 1:
        counts = ", ".join(f"{name} {len(cells):,}" for name, cells in found.items())
        raise refuse(f"the columns differ in length: {counts}", "give each as many values")
    return found


Rows = Annotated[
    tuple[dict[str, Given], ...],
    PlainValidator(_rows, json_schema_input_type=list[dict[str, Given]]),
    PlainSerializer(list, when_used="json"),
]
Columns = Annotated[
    dict[str, tuple[Given, ...]],
    PlainValidator(_columns, json_schema_input_type=dict[str, list[Given]]),
    PlainSerializer(dict, when_used="json"),
]


class GivenRows(Declared):
    """Rows of the user's own: written here, or in a file that is read when the experiment is created."""

    rows: Rows | None = Field(default=None, description="the rows, each an object of values by column")
    columns: Columns | None = Field(
        default=None, description="the same by column: lists of values, all of them as long"
    )
    file: str | None = Field(
        default=None,
        description="a CSV (with a line of names) or a Parquet file, relative to the schema's file; it is "
        "read once, when the experiment is created, and kept with it",
    )
    weights: str | None = Field(
        default=None, description="the column that says how often a row is drawn, in any unit"
    )

    @model_validator(mode="after")
    def _readable(self) -> "GivenRows":
        if self.file is not None:
            raise refuse(
                "a file of rows is read only where the schema itself is read from a file",
                "give its rows here, or create the experiment from a file",
            )
        if issues := list(self._issues()):
            raise refuse_all(issues)
        return self

    def _issues(self) -> "list[Issue]":
        if (self.rows is None) == (self.columns is None):
            return [Issue("", "where the rows come from has to be said once", ONE_SOURCE)]
        if not self.count or not self.names:
            return [Issue("rows", "there is no row", "give one at least")]
        cells = self.count * len(self.names)
        if cells > MAX_CELLS:
            words = (
                f"{self.count:,} rows of {len(self.names)} columns are {cells:,} cells, at most {MAX_CELLS:,}"
            )
            return [Issue("", words, "leave columns or rows out")]
        return self._weight_issues()

    def _weight_issues(self) -> "list[Issue]":
        if self.weights is None:
            return []
        if self.weights not in self.names:
            known = ", ".join(self.names)
            return [Issue("weights", f"no row has a column {self.weights!r}", f"the columns are {known}")]
        for number, value in enumerate(self.column(self.weights)):
            if _weight(value) is None:
                words = f"row {number}: {value!r} is no weight"
                return [Issue("weights", words, "a weight is a number, not negative")]
        if not any(self.weight_list):
            return [Issue("weights", "every weight is 0", "give one row another")]
        return []

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The columns, in the order in which they first appear."""
        if self.columns is not None:
            return tuple(self.columns)
        return tuple(dict.fromkeys(name for row in self.rows or () for name in row))

    @cached_property
    def count(self) -> int:
        """How many rows there are."""
        if self.columns is not None:
            return len(next(iter(self.columns.values()), ()))
        return len(self.rows or ())

    def column(self, name: str) -> tuple[Given, ...]:
        """The values of a column; NULL where a row does not name it."""
        return self.by_name[name] if name in self.by_name else (None,) * self.count

    @cached_property
    def by_name(self) -> Mapping[str, tuple[Given, ...]]:
        """The values of each column."""
        if self.columns is not None:
            return self.columns
        return {name: tuple(row.get(name) for row in self.rows or ()) for name in self.names}

    @cached_property
    def weight_list(self) -> tuple[float, ...]:
        """The weight of each row; none where they are all alike."""
        return (
            ()
            if self.weights is None
            else tuple(_weight(value) or 0.0 for value in self.column(self.weights))
        )


def _weight(value: Given) -> float | None:
    """A weight; None where it is none."""
    try:
        number = float("nan" if value is None or isinstance(value, bool) else value)
    except (ValueError, OverflowError):
        return None
    return number if 0 <= number < float("inf") else None


class TableRows(GivenRows):
    """The rows that a table has, one after another: its own, those of reference data, or days.

    Or how many it has for those of another table: `{"per": "orders", "times": 2.5}`.
    """

    of: str | None = Field(default=None, description="the name of reference data: the table has its rows")
    date_start: Moment | None = Field(
        default=None, description="the first of consecutive days: the table has a row for each"
    )
    date_end: Moment | None = Field(default=None, description="the last of these days")
    per: str | None = Field(
        default=None, description="another table: this one has so many rows for each of its rows"
    )
    times: Annotated[float, Field(gt=0, le=1e9)] | None = Field(
        default=None, description="how many rows for each row of that table, 1 unless said: 0.02, 2.5"
    )
    min: Annotated[int, Field(ge=0, le=MAX_ROWS)] | None = Field(
        default=None, description="the fewest rows, 1 unless said, where that table has any"
    )

    @model_validator(mode="before")
    @classmethod
    def _listed(cls, value: Json) -> Json:
        return {"rows": value} if isinstance(value, list | tuple) else value

    def _issues(self) -> "list[Issue]":
        if self.weights is not None:
            return [Issue("weights", "a table has each of its rows once", "leave weights out")]
        sources = ("rows", "columns", "of", "date_start", "per")
        given = [name for name in sources if getattr(self, name) is not None]
        for name in ("times", "min"):
            if self.per is None and getattr(self, name) is not None:
                return [Issue(name, "goes with per", 'name the table: "per"')]
        if len(given) != 1 or (self.date_start is None) != (self.date_end is None):
            mend = 'say one of "rows", "file", "of" and "per", or "date_start" and "date_end"'
            return [Issue("", "which rows the table has is to be said once", mend)]
        if self.date_start is not None and self.date_end is not None:
            return self._day_issues(self.date_start, self.date_end)
        return [] if self.of is not None or self.per is not None else super()._issues()

    def _day_issues(self, start: date, end: date) -> "list[Issue]":
        if isinstance(start, datetime) or isinstance(end, datetime):
            return [Issue("date_start", "days have no time of day", "write them as 2024-12-31")]
        if end < start:
            return [Issue("date_end", f"{end} is before date_start {start}", "exchange them")]
        return []

    @property
    def days(self) -> tuple[date, int] | None:
        """(the first day, how many there are) of a table of days."""
        if self.date_start is None or self.date_end is None:
            return None
        return self.date_start, (self.date_end - self.date_start) // timedelta(days=1) + 1

    @property
    def are_given(self) -> bool:
        """Whether it says which rows there are, and not only how many."""
        return self.per is None

    def in_proportion(self, others: int) -> int:
        """How many rows there are beside so many of the other table.

        >>> TableRows(per="orders", times=0.02).in_proportion(1_000)
        20
        """
        if not others:
            return 0
        times = Fraction(1 if self.times is None else self.times)
        return max(round(others * times), 1 if self.min is None else self.min)

    @property
    def own_count(self) -> int | None:
        """How many rows it says; None where it is up to reference data, or another table."""
        if self.days is not None:
            return self.days[1]
        return None if self.of is not None or self.per is not None else self.count
