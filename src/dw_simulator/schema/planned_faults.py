"""What is wrong on purpose in a table's rows, counted exactly (docs/faults.md)."""

from collections.abc import Mapping
from typing import Literal

from pydantic import model_validator

from dw_simulator.schema.declared import Count, Declared, Fraction, refuse
from dw_simulator.schema.durations import Duration
from dw_simulator.schema.json_data import Json


class PlannedFault(Declared):
    """Something that is wrong on purpose, in an exact number of rows.

    kind     duplicates: rows that repeat others, in all columns or in those of a key; orphans: references to
             rows that are not there; out_of_range: values beyond the column's bounds; bad_encoding: text that
             was decoded wrongly; late: moments that lie too early; truncated: the first half of a text
    columns  which column; "column" says the same of one
    share    of the table's rows, rounded to whole rows; or their number: rows
    by       the span of late rows, such as "7d"
    """

    kind: Literal["duplicates", "orphans", "out_of_range", "bad_encoding", "late", "truncated"]
    columns: tuple[str, ...] = ()
    share: Fraction | None = None
    rows: Count | None = None
    by: Duration | None = None

    @model_validator(mode="before")
    @classmethod
    def _one_column(cls, value: Json) -> Json:
        if isinstance(value, Mapping) and "column" in value and "columns" not in value:
            return {**{k: v for k, v in value.items() if k != "column"}, "columns": [value["column"]]}
        return value

    @model_validator(mode="after")
    def _sound(self) -> "PlannedFault":
        if (self.share is None) == (self.rows is None):
            raise refuse("one of share and rows says how many rows are wrong", 'say {"share": 0.01}')
        if self.kind != "duplicates" and len(self.columns) != 1:
            raise refuse(f"{self.kind} are of one column", 'name it: "column"')
        if (self.by is not None) and self.kind != "late":
            raise refuse(f"{self.kind} have no span", "leave by out")
        return self

    def count(self, rows: int) -> int:
        """How many of so many rows are wrong."""
        return round((self.share or 0.0) * rows) if self.rows is None else self.rows
