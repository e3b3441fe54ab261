"""Part of a full job, and the hours of a week that it comes to.

employee (fte_pct, weekly_hours)
    fte_pct       100 for most, 80, 75, 60 or 50 for some
    weekly_hours  fte_pct / 100 * 40: a full week, as it is usual where the names are spoken
"""

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.numbers.free_measures import greatest
from dw_simulator.schema.inference.numbers.header_sums import may_be_said
from dw_simulator.schema.inference.numbers.measure_roles import in_hundredths
from dw_simulator.schema.inference.numbers.row_numbers import numbers_of
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch, TableSketch, never_null
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import Kind

_FULL = {"fr": 35, "nl": 36, "pt": 44}
"""Hours of a full week, where they are not 40."""
_FORTY = 40
_PARTS = ((1, 72), (0.8, 9), (0.5, 8), (0.6, 5), (0.75, 4), (0.4, 2))
_SHARES = frozenset({"fte", "pensum"})
_OF_A_JOB = (frozenset({"employment", "percent"}), frozenset({"workload", "percent"}))
_COUNTED = frozenset({"count", "number", "total", "budget", "planned"})
_WEEKS = frozenset({"weekly", "week"})
_NOT_AGREED = frozenset({"overtime", "worked", "extra", "billable", "max", "min", "actual", "total"})


def working_time(sketch: Sketch) -> None:
    """Hours of a week by the part of a full job, where somebody's row tells them."""
    if not sketch.has("expression", "choice"):
        return
    for table in sketch.tables.values():
        numbers = [] if table.hidden else numbers_of(table)
        weekly = [one for one in numbers if _is_weekly(one)]
        shares = [one for one in numbers if _is_share(one)]
        share = shares[0] if len(shares) == 1 else None
        if share is not None and may_be_said(share) and _in_percent(share):
            _say_share(share)
        if len(weekly) == 1 and may_be_said(weekly[0]):
            _say_hours(table, weekly[0], share)


def _is_weekly(column: ColumnSketch) -> bool:
    words = {*column.words}
    return "hour" in words and bool(words & _WEEKS) and not words & _NOT_AGREED


def _is_share(column: ColumnSketch) -> bool:
    words = frozenset(column.words)
    return bool(words & _SHARES and not words & _COUNTED) or any(one <= words for one in _OF_A_JOB)


def _in_percent(column: ColumnSketch) -> bool:
    """Whether a full job is 100: by the name, and where the type has a place for it."""
    type_ = column.column.type
    return bool({"percent", "pensum"} & {*column.words}) and in_hundredths(type_, column.words)


def _say_share(column: ColumnSketch) -> None:
    values: list[Json] = [round(100 * part) for part, _often in _PARTS]
    weights: list[Json] = [often for _part, often in _PARTS]
    if column.column.type.kind is not Kind.FLOAT and column.column.type.limits[1] < 10 ** (
        column.column.type.scale + 2
    ):
        return
    rule: dict[str, Json] = {"name": "choice", "values": values, "weights": weights}
    column.says(Found("a part of a full job", {"rule": rule, **never_null(column)}))


def _say_hours(table: TableSketch, column: ColumnSketch, share: ColumnSketch | None) -> None:
    full = _FULL.get(table.language, _FORTY)
    if greatest(column.column.type) < full:
        return
    if share is None or (column.required and not share.required):
        values: list[Json] = [round(full * part) for part, _often in _PARTS]
        weights: list[Json] = [often for _part, often in _PARTS]
        rule: dict[str, Json] = {"name": "choice", "values": values, "weights": weights}
        column.says(Found("the hours of a week", {"rule": rule, **never_null(column)}))
        return
    part = f"{quoted_name(share.name)} / 100.0" if _in_percent(share) else quoted_name(share.name)
    less: dict[str, Json] = expression(f"{part} * {full}")
    told = f"the hours of a week by {share.name}"
    column.says(Found(told, {"rule": less, **never_null(column)}))
