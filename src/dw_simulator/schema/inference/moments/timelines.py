"""The moments of a row on one clock: each comes after the latest of those before it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

from dw_simulator.schema.durations import nanoseconds
from dw_simulator.schema.inference.moments.comings import EXIT, STAY, comings
from dw_simulator.schema.inference.moments.loan_terms import as_loan
from dw_simulator.schema.inference.moments.rhythms import deals_with_others, to_the_second, week_for
from dw_simulator.schema.inference.moments.row_moments import (
    BUYING,
    PUT_IN,
    Moment,
    Timeline,
)
from dw_simulator.schema.inference.moments.stage_reading import (
    MomentReading,
    read_moment,
    stage_of,
    stages,
    written,
)
from dw_simulator.schema.inference.moments.stages import (
    AHEAD,
    ANIMALS,
    AS_DATES,
    AS_TIMES,
    HAPPENINGS,
    LENGTHS,
    MASTERS,
)
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch, TableSketch
from dw_simulator.schema.inference.words.tokens import read
from dw_simulator.schema.json_data import Json, JsonObject
from dw_simulator.types import Kind

_MOMENTS = frozenset({Kind.DATE, Kind.TIMESTAMP})
_TAKEN = frozenset({"lifecycle", "lookup", "window", "rollup", "recurring", "table", "date_part", "date_key"})
"""Rules of passes that know more of a moment."""
_HAS_BEEN = frozenset({"occur", "measure"})
"""What has been when a record is made of it."""
_LENT = frozenset("rental hire rent rented loan lending borrow borrowed borrowing checkout".split())
_SENT = frozenset({"order", "ship", "deliver", "pack"})
_HANDED_OUT = frozenset({"pick", "depart"})
_OUT = 0.12
"""How many of what is lent have not come back yet."""
_STARTING = frozenset({"create", "register", "announce", "founded", "occur", "lead"})
_AHEAD_OF_IT = (
    AHEAD | HAPPENINGS | {"visit", "viewing", "inspection", "delivery", "stay", "treatment", "surgery"}
)
_NO_STEP = frozenset({"record", "far", "last", "lead"})
_DAY, _HOUR = nanoseconds("1d"), nanoseconds("1h")
_LONG = nanoseconds("3d")
_ENDED = frozenset("ended finished beendet termine finalizado terminato encerrado beeindigd".split())
"""Of an end that has come, and was not known before."""
_WITHIN_THE_HOUR = ("0s", "8m", "45m")
_OFFERED = "30d 900d 4000d"
_SHIPS = frozenset("vessel ship port berth barge cruise boat navire nave navio buque schiff schip".split())
_AT_BERTH = "6h 30h 6d"
"""How long ships stay at a port that they call at."""
_FOR_YEARS = "200d 1800d 7000d"
"""How long those last that are there for years."""


def timelines(sketch: Sketch) -> dict[str, Timeline]:
    """Those of all tables, by their names."""
    at_work = deals_with_others(sketch)
    return {name: _timeline(table, at_work=at_work) for name, table in sketch.tables.items()}


def _timeline(table: TableSketch, *, at_work: bool) -> Timeline:
    moments = _read(table)
    line = Timeline(table, moments, at_work=at_work)
    _set_period(line)
    apart = {id(one) for one in ends_beside(line)}
    line.chain = sorted(
        (
            one
            for one in moments
            if not (one.planned or one.has("far") or one.has("lead")) and id(one) not in apart
        ),
        key=lambda one: one.order,
    )
    if line.end is not None and line.ahead:
        line.chain = [one for one in line.chain if one is not line.end]
    _begin_with_itself(line)
    line.anchor = _born(line) or _anchor(line)
    _failed_later(line)
    _begin_with_plans(line)
    as_loan(line)
    return line


def _failed_later(line: Timeline) -> None:
    """What may happen or not happens to a row that is there: a sample is rejected once it was taken."""
    anchor = line.anchor
    if anchor is None or not anchor.sure or anchor not in line.chain:
        return
    place = line.chain.index(anchor)
    later = [one for one in line.chain[:place] if one.has("side") and not one.sure]
    before = [one for one in line.chain[:place] if one not in later]
    for one in later:
        one.stage = replace(one.stage, rank=anchor.stage.rank)
    line.chain = [*before, anchor, *later, *line.chain[place + 1 :]]


def _begin_with_itself(line: Timeline) -> None:
    """An offer's date is when it was made, if no column stands before it and what may come stands behind.

    Of a concert or an appointment it is the day on which it takes place, and much is done before.
    """
    own = [one for one in line.chain if one.column.required and _is_its_own(line, one)]
    if len(own) != 1 or line.words & _AHEAD_OF_IT or own[0].place != min(one.place for one in line.chain):
        return
    first, before = own[0], line.chain[: line.chain.index(own[0])]
    if all(not one.column.required and one.stage.name not in _STARTING for one in before):
        line.chain = [first, *(one for one in line.chain if one is not first)]


def _is_its_own(line: Timeline, one: Moment) -> bool:
    """Whether a moment is that of the row, and of nothing that happens to it."""
    words = {one.reading.word, *read(one.reading.word).words}
    return one.stage.name == "at" or (not one.reading.owner and bool(words & line.words))


def _begin_with_plans(line: Timeline) -> None:
    """A flight is there when it is planned, if nothing says since when it is."""
    anchor = line.anchor
    _begin_when_due(line)
    plans = sorted((one for one in line.moments if one.reading.planned), key=lambda one: one.order)
    if not plans or (anchor is not None and anchor.stage.rank < plans[0].stage.rank):
        return
    first = plans[0]
    if anchor is None or (first.stage is anchor.stage and (first.sure or not anchor.sure)):
        line.chain.insert(line.chain.index(anchor) if anchor is not None else 0, first)
        line.begin = first if line.begin in (None, anchor) else line.begin
        line.anchor = first


def _begin_when_due(line: Timeline) -> None:
    """An instalment is there when it is due, if no more is known of it than when it was paid."""
    due = [one for one in line.moments if one.stage.name == "due" and one.column.required and one.open]
    late = all(one.stage.name in _WHEN_DUE and not one.column.required for one in line.chain)
    if len(due) == 1 and line.chain and late:
        line.chain.insert(0, due[0])
        line.anchor = due[0]


_WHEN_DUE = frozenset({"pay", "complete", "escalate", "cancel"})
"""What is done about what is due."""


def _read(table: TableSketch) -> list[Moment]:
    """Its moments with their stages."""
    columns = [one for one in table.columns.values() if one.kind in _MOMENTS and not one.hidden]
    linked = {name for link in table.links for name in link.columns}
    columns = [one for one in columns if one.name not in linked]
    things = (*table.noun, *written(table.name))
    alone = {one.name: read_moment(one.name, things) for one in columns}
    turned = comings(alone, columns)
    alone |= turned
    names = frozenset(reading.stage for reading in alone.values())
    found: list[Moment] = []
    known = stages()
    for place, column in enumerate(columns):
        reading = turned.get(column.name)
        reading = reading or read_moment(column.name, things, names - {alone[column.name].stage})
        name = reading.stage or _unread(reading, column, columns)
        if reading.ordinal in ("first", "last") and name not in ("update", "respond", "review"):
            name = reading.ordinal
        if name == "create" and not set(things) & AHEAD and _records(alone, column.name):
            name = "record"
        begins = _begins_a_life(table, column.name)
        stage = known[name]
        if name == "unread" and found[-1:] and not found[-1].stage.kinds & _NO_STEP and not found[-1].planned:
            stage = replace(stage, rank=found[-1].stage.rank)  # it follows the column before it
        handed = bool(names & _HANDED_OUT) and not names & _SENT
        if name == "return" and (_LENT & {*things} or handed):
            stage = replace(stage, nulls=_OUT)
        free = column.open and not column.keyed and str(column.rule.get("name", "")) not in _TAKEN
        found.append(Moment(column, reading, stage, place, free, begins=begins))
    return found


def _unread(reading: MomentReading, column: ColumnSketch, columns: Sequence[ColumnSketch]) -> str:
    """The stage of a name that says none: what may be missing, and is not the first, comes afterwards."""
    own = column.required or not reading.owner or reading.ordinal or reading.planned or column is columns[0]
    return "at" if own else "unread"


def _begins_a_life(table: TableSketch, name: str) -> bool:
    lives = table.said.get("lifecycles")
    known = lives.values() if isinstance(lives, Mapping) else ()
    return any(isinstance(life, Mapping) and life.get("starts") == name for life in known)


def _records(read: Mapping[str, MomentReading], own: str) -> bool:
    """Whether what is created is the record of what has been."""
    others = [one for name, one in read.items() if name != own and not one.planned]
    process = any(stages()[one.stage].kinds & {"start", "end"} for one in others if one.stage)
    been = any(
        (one.stage in _HAS_BEEN or (not one.stage and not one.owner)) and not one.ordinal for one in others
    )
    return been and not process


def _set_period(line: Timeline) -> None:
    """Which moments begin and end what the row is."""
    starts = [one for one in line.moments if one.has("start")]
    starts = [one for one in starts if not one.planned] or starts
    came = {one.stage.name for one in line.moments if not one.reading.planned}
    ends = [one for one in line.moments if one.has("end") or one.stage.name == "expire"]
    ends = [one for one in ends if not one.reading.planned or one.stage.name not in came]
    pairs: dict[tuple[str, ...], tuple[Moment, Moment]] = {}
    for start in starts:
        for end in ends:
            if start.reading.owner == end.reading.owner and start.reading.ordinal == end.reading.ordinal:
                pairs.setdefault(start.reading.owner, (start, end))
    main = pairs.get(())
    if main is None and len(pairs) == 1:
        owner, pair = next(iter(pairs.items()))
        main = pair if "valid" in owner or not set(line.things[-1:]) & MASTERS else None
    if main is not None:
        line.begin, line.end = main
    else:
        begun = [one for one in line.moments if one.stage.name in _BEGINNINGS and not one.planned]
        begun = begun or _issued(line) or _bought(line)
        begun.sort(key=lambda one: (one.has("far"), one.reading.owner != ()))
        owner = begun[0].reading.owner if begun else ()
        ends = [one for one in ends if one.reading.owner in ((), owner)]
        over = [
            one
            for one in line.moments
            if one.has("last") and (not one.has("side") or one.stage.name == "death")
        ]
        line.begin = begun[0] if begun else None
        line.end = (ends or over)[0] if (ends or over) and line.begin is not None else None
        if line.begin is None:
            line.begin, line.end = _lent(line)
    if line.end is None and _until_a_deadline(line):
        return
    if line.end is not None:
        known = length_of(line, line.end)[1] and line.end.reading.word not in _ENDED
        known = known and not line.end.reading.word.startswith(_STOPPED)
        # what is put in somewhere is taken out when it is worn out
        installed = line.begin is not None and line.begin.reading.word.startswith(PUT_IN)
        line.ahead = (known or line.end.planned) and not (installed and line.end.stage.name == "close")


def _until_a_deadline(line: Timeline) -> bool:
    """What was launched, or published, is open until its deadline: a campaign, a tender. Whether it is."""
    out = [one for one in line.moments if one.stage.name == "list" and not one.planned]
    last = [one for one in line.moments if one.stage.name == "due" and one.reading.word in _DEADLINES]
    if len(out) != 1 or len(last) != 1 or out[0].reading.owner or last[0].reading.owner:
        return False
    if last[0].sure and not out[0].sure:
        return False
    line.begin, line.end, line.ahead = out[0], last[0], True
    return True


_STOPPED = ("deact", "deakt", "desactiv", "disattiv", "desativ", "inactiv")
"""What is switched off is so when somebody does it, however long it might have been."""
_DEADLINES = frozenset("deadline frist scadenza echeance limite prazo plazo termijn".split())


def _bought(line: Timeline) -> list[Moment]:
    """When what is there for years was bought, as a vehicle is: it goes when it is sold."""
    bought = [
        one for one in line.moments if one.stage.name == "order" and one.reading.word.startswith(BUYING)
    ]
    gone = any(one.stage.name == "close" and not one.sure for one in line.moments)
    traded = stage_of(line.things[-1]) if line.things else ""
    return bought if gone and not traded and not bought[1:] else []


def _issued(line: Timeline) -> list[Moment]:
    """When what expires was issued: a card is there from then on."""
    issued = [one for one in line.moments if one.stage.name == "invoice" and not one.reading.owner]
    expires = any(one.stage.name == "expire" and not one.reading.owner for one in line.moments)
    return issued if expires and not line.moments[0].planned else []


def _lent(line: Timeline) -> tuple[Moment | None, Moment | None]:
    """Between which moments something is lent, or hired."""
    back = [one for one in line.moments if one.stage.name == "return" and one.stage.nulls == _OUT]
    began = [one for one in line.moments if one.stage.name in _HANDED and one.sure and not one.planned]
    return (began[0], back[0]) if len(back) == 1 and began else (None, None)


_HANDED = ("pick", "checkout", "depart", "start", "activate")
_BEGINNINGS = (
    "register",
    "hire",
    "list",
    "start",
    "activate",
    "create",
    "announce",
    "founded",
    "checkin",
    "admit",
)


def ends_beside(line: Timeline) -> Iterator[Moment]:
    """Those of periods beside the row's own."""
    for one in line.moments:
        if not one.reading.owner or one in (line.begin, line.end):
            continue
        if one.stage.kinds & {"start", "end"} or one.stage.name == "expire" or _is_document(line, one):
            yield one


def _is_document(line: Timeline, one: Moment) -> bool:
    """Whether it is the issue of what expires, such as a passport."""
    return one.stage.name == "invoice" and any(
        other.stage.name == "expire" and other.reading.owner == one.reading.owner for other in line.moments
    )


def _born(line: Timeline) -> Moment | None:
    """A birth, where nothing else is known of somebody but when all was over: it begins the row."""
    over = [one for one in line.chain if one.has("last") and not one.sure]
    births = [one for one in line.moments if one.stage.name == "birth"]
    births = [one for one in births if one.column.required or (one.open and ANIMALS & {*line.things})]
    if len(births) != 1 or not over or over != line.chain or not over[0].fits(births[0]):
        return None
    line.begin, line.end, line.ahead = births[0], over[0], False
    line.chain.insert(0, births[0])
    return births[0]


def _anchor(line: Timeline) -> Moment | None:
    """What begins the row: the first that every row has, else the first."""
    able = [one for one in line.chain if not one.has("side") and not one.has("record")] or line.chain
    sure = [one for one in able if one.sure]
    if sure and able[0] is not sure[0] and able[0].has("gate"):
        return sure[0]
    first = sure[0] if sure else None
    if first is not None and first.stage.rank > 60 and able[0].stage.rank < 60:
        return able[0]
    if first is None or able[0].stage.name in ("create", "register", "hire", "order"):
        return able[0] if able else None
    return first


# --- lengths and spans


@cache
def _lengths() -> Mapping[str, tuple[str, bool]]:
    found: dict[str, tuple[str, bool]] = {}
    for line in LENGTHS.splitlines():
        if line and not line.startswith("#"):
            words, span, kind = (part.strip() for part in line.split("|"))
            for word in words.split():
                found.setdefault(word, (span, kind == "plan"))
    return found


def length_of(line: Timeline, end: Moment) -> tuple[str, bool]:
    """(how long it lasts, whether its end is known before)."""
    known = _lengths()
    if end.stage.name == "return":
        return f"{end.stage.least} {end.stage.mean} {end.stage.most}", False
    if "call" in line.words and line.words & _SHIPS:
        return _AT_BERTH, False
    if end.reading.word == EXIT and not _is_of_hours(line):
        return STAY, False
    for word in (*end.reading.owner, *reversed(line.things), *sorted(line.words)):
        if word in known:
            span, ahead = known[word]
            listed = line.begin and line.begin.stage.name in ("list", "founded")
            # a film takes hours, and is in a catalogue for years
            return (_OFFERED, False) if listed and nanoseconds(span.split()[2]) <= _DAY else (span, ahead)
    if line.lasting:
        return _FOR_YEARS, False
    days = end.column.kind is Kind.DATE
    return (AS_DATES, True) if days else (AS_TIMES, False)


def _is_of_hours(line: Timeline) -> bool:
    """Whether words of a table say how many hours it lasts: a shift does."""
    spans = [_lengths()[word][0].split() for word in line.words if word in _lengths()]
    return any(nanoseconds(mean) > _HOUR and nanoseconds(most) <= _DAY for _least, mean, most in spans)


def span_of(line: Timeline, moment: Moment, begins: Moment | None) -> tuple[str, str, str]:
    """The least, the mean and the most from what comes before a moment."""
    stage = moment.stage
    if line.quick and not (stage.kinds & {"side", "record", "far", "lead"} or moment.planned):
        return _WITHIN_THE_HOUR
    span = f"{stage.least} {stage.mean} {stage.most}"
    ended = moment.has("end") or stage.name == "expire" or (moment.has("last") and not moment.has("side"))
    if stage.name == "cancel" and line.begin is not None and line.end is not None:
        _least, mean, most = length_of(line, line.end)[0].split()
        if nanoseconds(mean) > nanoseconds("60d"):
            span = f"1d {mean} {most}"
    own = stage.name != "expire" or moment is line.end
    if ended and own and begins is not None:
        length = length_of(line, moment)[0]
        span = length if moment.has("end") or length not in (AS_DATES, AS_TIMES) else span
    least, mean, most = span.split()
    return for_type(moment, least, mean, most)


def nulls_of(one: Moment, share: float | None = None) -> JsonObject:
    """How many rows lack a moment, where it may be NULL."""
    if one.column.required:
        return {}
    return {"null_fraction": one.stage.nulls if share is None else share}


def for_type(moment: Moment, least: str, mean: str, most: str) -> tuple[str, str, str]:
    if moment.column.kind is not Kind.DATE:
        return least, mean, most
    if nanoseconds(most) < 3 * _DAY:
        most = "3d"
    if nanoseconds(least) and nanoseconds(least) < _DAY:
        least = "0s"
    if nanoseconds(mean) < 8 * _HOUR:
        mean = "8h"
    return least, mean, most


def after(
    moment: Moment, sources: Sequence[Json], span: tuple[str, str, str], things: Sequence[str]
) -> JsonObject:
    """The rule of what comes after others. sources: as the rule names them."""
    least, mean, most = span
    rule: JsonObject = {"name": "after", "column": list(sources) if len(sources) > 1 else sources[0]}
    if nanoseconds(least):
        rule["at_least"] = least
    rule |= {"within": most, "distribution": "exponential", "mean": mean}
    if nanoseconds(most) >= _LONG and not moment.has("record"):
        rule |= week_for(things, moment.column.column.type)
    return rule | to_the_second(moment.column.column.type)
