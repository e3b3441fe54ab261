"""Readings of one counter: each begins where the one before it ended, in the order of their moments.

reading (meter_id -> meter, read_on, previous_reading, current_reading, consumption)
    read_on           the readings of one meter come one after another
    current_reading   what the meter began with, and the consumption so far
    previous_reading  current_reading - consumption
"""

from collections.abc import Mapping

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.numbers.counter_readings import readings
from dw_simulator.schema.inference.numbers.header_sums import Numbers, may_be_said, may_stand_by
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, TableSketch, never_null
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import Kind

_COUNTED = frozenset(
    """meter counter vehicle car truck van bus bike scooter fleet machine equipment pump well connection point
    supply installation unit apartment flat asset turbine engine hydrant device tank tractor""".split()
)
"""What has a counter: other readings that say where they began need not go on from the one before."""


_METERS = frozenset({"meter", "counter"})
_SHOWN = frozenset({"reading", "index", "stand", "register", "counter"})
_BESIDE = frozenset(
    "meter value kwh mwh m3 m 3 cbm cft ft litre liter current energy total new end cubic unit".split()
)
_NO_READING = frozenset("number id type count".split())
_WIDEST = 64
_DRIVEN = frozenset({"driven", "distance", "km", "mile", "mileage", "route"})
_MOST_BETWEEN = 600
"""What comes between two readings of which the later one is known when something ends: a day's way."""


def chained_readings(table: TableSketch, numbers: Mapping[str, Numbers], stands: dict[str, Link]) -> None:
    """Say the readings of a table whose rows say what came between them. stands: by what rows stand."""
    known = [one for some in numbers[table.name].values() for one in some]
    found = next(iter(readings(table, known)), None)
    link, moment = _link(table, stands)
    if link is None or moment is None:
        return
    if found is None:
        later = _reading(table) if {*link.parent.noun} & _METERS else None
        if later is None:
            return
        earlier, gap = None, _used(later)
    else:
        later, sources = found.goal.column, found.found_in()
        earlier, gap = sources["low"].measure.column, sources["gap"].measure.column
        if not _fit(later, earlier, gap):
            return
        if gap.unless:
            later, earlier, gap = _as_if_known(later, earlier, gap)
    stands[table.name] = link
    if not moment.rule.get("ordered"):
        came = moment.rule["column"]
        assert isinstance(came, Mapping), "it is looked for so"
        assert moment.found is not None, "it has a rule"
        rule: dict[str, Json] = {**moment.rule, **came, "ordered": True}
        moment.says(Found(moment.found.meaning, {**moment.fields, "rule": rule}))
    drawn: dict[str, Json] = {"name": "lognormal", "mean": 7.6, "stddev": 1.1}
    digits = later.column.type.precision - later.column.type.scale if later.kind is Kind.DECIMAL else 7
    most = min(60_000, 10 ** max(digits, 4) // 20)
    first = link.parent.add_hidden(
        f"first_{later.name}",
        later.column.data_type,
        Found("what its counter began with", {"rule": drawn, "min_value": 0, "max_value": most}),
    )
    summed: dict[str, Json] = {
        "name": "window",
        "function": "sum",
        "reference": link.name,
        "column": gap.name,
        "start": first.name,
    }
    told = f"what the counter of its {link.parent.name} has come to by {gap.name}"
    later.says(Found(told, {"rule": summed, **never_null(later)}))
    if earlier is None:
        return
    sql = f"{quoted_name(later.name)} - {quoted_name(gap.name)}"
    less: dict[str, Json] = expression(sql)
    earlier.says(Found(f"{later.name} of the one before", {"rule": less, **never_null(earlier)}))


def _as_if_known(
    later: ColumnSketch, earlier: ColumnSketch, gap: ColumnSketch
) -> tuple[ColumnSketch, ColumnSketch, ColumnSketch]:
    """Hidden columns for the later reading and what came between, that are known before the row's end is.

    The row shows them once it has come; the next one begins there in any case.
    """
    table = later.table
    fields = {key: value for key, value in gap.fields.items() if key not in ("null_when", "null_fraction")}
    if isinstance(most := fields.get("max_value"), int | float) and gap.rule.get("name") == "lognormal":
        fields["max_value"] = min(most, _MOST_BETWEEN)
    if "max_value" not in fields or {*gap.words} & _DRIVEN:
        drawn: dict[str, Json] = {"name": "lognormal", "mean": 3.9, "stddev": 0.7}
        fields = {"rule": drawn, "min_value": 1, "max_value": _MOST_BETWEEN}
    known = table.add_hidden(f"{gap.name}_by_then", gap.column.data_type, Found("what came between", fields))
    end = table.add_hidden(f"{later.name}_by_then", later.column.data_type, Found("a reading", {}))
    for shown, hidden in ((later, end), (gap, known)):
        rule: dict[str, Json] = expression(quoted_name(hidden.name))
        shown.says(Found(f"{hidden.found.meaning if hidden.found else ''}, once it is over", {"rule": rule}))
    return end, earlier, known


def _reading(table: TableSketch) -> ColumnSketch | None:
    """The only number that says what a meter shows."""
    found = []
    for one in table.columns.values():
        kind = one.kind in (Kind.DECIMAL, Kind.INTEGER) and not (one.keyed or one.hidden)
        words = {*one.words}
        if kind and words & _SHOWN and not words & _NO_READING and words <= _SHOWN | _BESIDE:
            found.append(one)
    numbers = [one for one in found if may_be_said(one) and one.column.type.bits <= _WIDEST]
    return numbers[0] if len(found) == 1 and numbers else None


def _used(later: ColumnSketch) -> ColumnSketch:
    """A hidden column: what was used since the reading before."""
    drawn: dict[str, Json] = {"name": "lognormal", "mean": 4.8, "stddev": 0.9}
    fields: dict[str, Json] = {"rule": drawn, "min_value": 0, "max_value": 4000}
    found = Found("what was used since the reading before", fields)
    return later.table.add_hidden("used_since", later.column.data_type, found)


def _link(table: TableSketch, stands: Mapping[str, Link]) -> tuple[Link | None, ColumnSketch | None]:
    """By what the rows of one counter stand together, and their moment, which comes after its beginning."""
    for link in table.links:
        counter = bool({*link.parent.noun} & _COUNTED)
        if not counter or not link.required or stands.get(table.name) not in (None, link):
            continue
        if not may_stand_by(link):
            continue
        for one in table.columns.values():
            after = one.open and one.rule.get("name") == "after" and not one.rule.get("before")
            if after and one.required and _by(one, link):
                return link, one
    return None, None


def _by(moment: ColumnSketch, link: Link) -> bool:
    """Whether a moment comes after one of the row that a reference leads to, and after nothing else."""
    rule, column = moment.rule, moment.rule.get("column")
    if rule.get("ordered"):
        return rule.get("reference") == link.name
    plain = isinstance(column, Mapping) and column.keys() == {"reference", "column"}
    return plain and isinstance(column, Mapping) and column["reference"] == link.name


def _fit(later: ColumnSketch, earlier: ColumnSketch, gap: ColumnSketch) -> bool:
    """Whether the three are alike, and nothing is known of them but how they are drawn."""
    alike = later.kind is earlier.kind is gap.kind and later.column.type.scale == gap.column.type.scale
    open_ = all(may_be_said(one) for one in (later, earlier, gap))
    drawn = gap.found is not None and (gap.required or not gap.unless or gap.unless == later.unless)
    return alike and open_ and drawn and later.kind is not Kind.FLOAT
