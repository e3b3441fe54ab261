"""The period that a subscription is in: as long as its plan says, from when it started on; and its trial.

subscription (plan_id -> plan, started_at, trial_ends_at, current_period_start, current_period_end, ended_at)
plan (billing_interval: month, year)
    current_period_start  the last whole month, or year, since started_at that has begun by now, or by its end
    current_period_end    a month, or a year, later
    trial_ends_at         two weeks after started_at; there while it is on trial, and of some that were
"""

from collections.abc import Iterator, Mapping

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.moments.row_moments import Moment, Timeline
from dw_simulator.schema.inference.moments.stage_reading import tokens_of, written
from dw_simulator.schema.inference.moments.stages import REGULAR
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, Sketch
from dw_simulator.schema.inference.sql_rules import expressed
from dw_simulator.schema.inference.words.letters import in_plain_letters
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.schema.quoting import quoted_name, quoted_text
from dw_simulator.types import Kind

_INTERVALS = frozenset(
    """interval period cycle frequency billing recurrence intervall turnus zahlungsweise abrechnung
    periodicite frequence frecuencia periodicidad frequenza cadenza frequencia periodicidade frequentie
    termijn""".split()
)
_MONTHS = (
    ("quart", 3), ("trim", 3), ("viertelj", 3), ("kwartaal", 3), ("half", 6), ("semi", 6), ("semest", 6),
    ("month", 1), ("monat", 1), ("mensu", 1), ("mensi", 1), ("mensal", 1), ("mois", 1), ("mes", 1),
    ("maand", 1), ("year", 12), ("annual", 12), ("annu", 12), ("jahr", 12), ("jaehr", 12), ("anual", 12),
    ("anno", 12), ("jaar", 12),
)  # fmt: skip
"""How the names of intervals begin, and their months."""
_HALVES = ("half", "halb", "semi", "halve", "demi", "medio", "mezzo", "meio")
_OF_MONTHS = ("month", "monat", "mensu", "mensi", "mensal", "mois", "mes", "maand")
_NOW = frozenset("current actual aktuell actuel courant corrente atual huidig vigente".split())
_TRIALS = frozenset("trial trialing trialling probe probezeit essai prueba prova teste proef".split())
_OVER = ("end", "close", "leave", "cancel")
_TRIAL_DAYS = 14


def billing_periods(sketch: Sketch, lines: Mapping[str, Timeline]) -> None:
    """Periods and trials of what is billed while it lasts."""
    for line in lines.values():
        if {*line.things[-1:]} & REGULAR and not line.table.hidden:
            start = next((one for one in line.moments if _starts(one)), None)
            if start is not None:
                _periods(sketch, line, start)
                _trial(sketch, line, start)


def _starts(one: Moment) -> bool:
    began = one.stage.name in ("start", "activate") and one.sure and not one.planned
    return began and not one.reading.owner and not one.reading.ordinal


def _periods(sketch: Sketch, line: Timeline, start: Moment) -> None:
    ends = {one.reading.owner: one for one in line.moments if one.has("end") and one.open}
    for one in line.moments:
        if not (one.has("start") and one.open and one is not start and one.reading.owner):
            continue
        end = ends.get(one.reading.owner)
        now = _NOW & {*tokens_of(one.name), *one.reading.owner}
        if end is None or not now or not (start.fits(one) and start.fits(end)):
            continue
        link, column, months = next(_intervals(sketch, line), (None, None, {}))
        if link is None or column is None or (one.sure and not link.required):
            continue
        given = quoted_name(link.name, column.name)
        cases = " ".join(f"WHEN {quoted_text(value)} THEN {many}" for value, many in months.items())
        step = f"CASE {given} {cases} ELSE 1 END"
        since = f"CAST({quoted_name(start.name)} AS TIMESTAMP)"
        upto = f"greatest(least({', '.join(['CAST(as_of() AS TIMESTAMP)', *_ended(line, start)])}), {since})"
        whole = f"CAST(floor(date_sub('month', {since}, {upto}) / ({step})) AS INTEGER) * ({step})"
        _says(one, f"{since} + to_months({whole})", f"the last {column.name} that has begun")
        later = f"{since} + to_months({whole} + ({step}))"
        _says(end, later, f"the {column.name} of its {link.parent.name} after {one.name}")
        return


def _ended(line: Timeline, start: Moment) -> Iterator[str]:
    for one in line.moments:
        if one.stage.name in _OVER and not (one.sure or one.planned or one.reading.owner) and one.fits(start):
            yield f"CAST({quoted_name(one.name)} AS TIMESTAMP)"


def _intervals(sketch: Sketch, line: Timeline) -> Iterator[tuple[Link, ColumnSketch, dict[str, int]]]:
    """The column of a plan that says how often is billed, with the months of its values."""
    for link in line.table.links:
        if len(link.columns) != 1 or link.to_itself:
            continue
        for column in link.parent.columns.values():
            words = {*tokens_of(column.name), *written(column.name), *column.words}
            if column.kind is not Kind.TEXT or not _INTERVALS & words:
                continue
            listed = column.rule.get("values")
            values = sketch.listed(link.parent).get(column.name) or (
                listed if isinstance(listed, list) else ()
            )
            months = {str(value): months_of(str(value)) for value in values}
            if months and all(months.values()):
                yield link, column, months


def months_of(value: str) -> int:
    """The whole months of an interval; 0 of one that has none, such as half a month."""
    plain = in_plain_letters(value.lower())
    half = next((start for start in _HALVES if plain.startswith(start)), "")
    if half and plain[len(half) :].lstrip(" -_").startswith(_OF_MONTHS):
        return 0
    return next((many for start, many in _MONTHS if plain.startswith(start)), 0)


def _trial(sketch: Sketch, line: Timeline, start: Moment) -> None:
    """The end of a trial: who is on trial has one, and some of the others had."""
    ends = (one for one in line.moments if one.open and _TRIALS & {*one.reading.owner} and one.has("end"))
    trial = next(ends, None)
    if trial is None or trial.sure or not start.fits(trial) or trial.name in sketch.compared(line.table):
        return
    began = (one for one in line.moments if _TRIALS & {*one.reading.owner} and one.has("start"))
    if next(began, None) is not None:
        return  # a trial with a day of its own is a period beside
    tests = []
    for column in line.table.columns.values():
        names = line.table.states.get(str(column.rule.get("of", "")), {})
        on_trial = [name for name in names.values() if _TRIALS & {*tokens_of(name.lower())}]
        if column.rule.get("field") == "state" and on_trial:
            tests = [f"{quoted_name(column.name)} = {quoted_text(on_trial[0])}"]
    later = f"CAST({quoted_name(start.name)} AS TIMESTAMP) + to_days({_TRIAL_DAYS})"
    test = " OR ".join([*tests, "noise('trial') < 0.6"])
    sql = f"CASE WHEN {test} THEN {later} END"
    _says(trial, sql, f"two weeks after {start.name}")


def _says(one: Moment, sql: str, told: str) -> None:
    type_ = "DATE" if one.column.kind is Kind.DATE else "TIMESTAMP"
    nulls: JsonObject = {} if one.column.required else {"null_fraction": 0}
    one.column.says(Found(told, {**expressed(f"CAST({sql} AS {type_})"), **nulls}))
