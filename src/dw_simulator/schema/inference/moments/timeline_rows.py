"""The moments of a row in their order: what each has to do with the others."""

from collections.abc import Mapping, Sequence

from dw_simulator.schema.durations import nanoseconds
from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.moments.rhythms import first_day, present_of, to_the_second, week_for
from dw_simulator.schema.inference.moments.row_moments import Moment, Timeline, planned_begin
from dw_simulator.schema.inference.moments.shelf_lives import shelf_life
from dw_simulator.schema.inference.moments.stages import ADULTS, ANIMALS, SMALL_ONES
from dw_simulator.schema.inference.moments.timeline_turns import (
    by_the_slot,
    called_off,
    either_or,
    over_at_last,
    to_the_day,
)
from dw_simulator.schema.inference.moments.timelines import (
    after,
    ends_beside,
    for_type,
    length_of,
    nulls_of,
    span_of,
)
from dw_simulator.schema.inference.sketch import Sketch
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.json_data import Json, JsonObject
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import Kind


def rows_in_order(sketch: Sketch, line: Timeline) -> None:
    """What each moment of a row has to do with the others; the anchor's own rule is left to others."""
    if line.anchor is None:
        for one in line.moments:
            _lonely(line, one, sketch)
        _periods_beside(line, sketch)
        return
    if line.anchor.has("far"):
        _lonely(line, line.anchor, sketch)
    _along_the_chain(line, line.anchor, present_of(sketch.experiment.as_of).isoformat())
    for one in line.moments:
        if one.has("lead"):
            _leads(line, one)
        if one.has("far"):
            _long_before(line, one)
    _periods_beside(line, sketch)
    _ends_ahead(line)
    _plans(line)
    shelf_life(line)
    to_the_day(line)
    either_or(line)
    _whatever_is_left(line, line.anchor)


def _whatever_is_left(line: Timeline, anchor: Moment) -> None:
    """A moment of which nothing is known comes after what begins the row, and not before it."""
    for one in line.moments:
        left = one.open and one is not anchor and not one.column.rule and not one.sources
        if not left or one.has("far") or one.has("lead") or not _may_source(one, anchor):
            continue
        edge = one.stage.kinds & {"start", "end"} or one.stage.name == "expire"
        if edge and one.reading.owner and anchor.reading.owner not in ((), one.reading.owner):
            continue  # the end of something else
        rule = after(one, [anchor.name], for_type(one, "0s", "10d", "120d"), line.things)
        if one.planned:
            rule["censor"] = False
        one.sources = [anchor]
        one.column.says(Found(_told([anchor.name]), {"rule": rule, **nulls_of(one, 0.35)}))


def _along_the_chain(line: Timeline, anchor: Moment, present: str) -> None:
    anchor.always = anchor.open
    place = line.chain.index(anchor)
    for number in reversed(range(place)):
        _before(line, line.chain[number], line.chain[number + 1])
    above: dict[int, set[int]] = {id(anchor): {id(one) for one in line.chain[: place + 1]}}
    for one in line.chain[place + 1 :]:
        _in_chain(line, one, above, present)


def _lonely(line: Timeline, one: Moment, sketch: Sketch) -> None:
    """A moment in a row that nothing begins: a birth, a due date."""
    if not one.open:
        return
    as_of = sketch.experiment.as_of
    years: tuple[int, int] | None = None
    if one.stage.name == "birth" and set(line.things) & ANIMALS:
        years = (15, 0)
    elif one.stage.name == "birth" and set(line.things) & SMALL_ONES:
        years = (88, 4)
    elif one.stage.name == "birth":
        return  # of grown-ups, as its name alone says
    elif one.has("far"):
        years = (35, 4)
    elif one.planned:
        years = (1, -1)
    if years is None:
        return
    start, end = (first_day(as_of, back) for back in years)
    fields: JsonObject = {"date_start": start, "date_end": end}
    meaning = {"birth": "a birth date"}.get(
        one.stage.name, "a planned day" if one.planned else "a day long ago"
    )
    one.column.says(Found(meaning, fields | nulls_of(one)))


def _before(line: Timeline, one: Moment, later: Moment) -> None:
    """What may be missing comes before the first moment that every row has."""
    if not one.open:
        return
    if _is_same(later, one, of_day=True) and later.sure:
        within: JsonObject = {"name": "after", "column": later.name, "within": "23h"}
        within["hours"] = week_for(line.things, one.column.column.type).get("hours", [1] * 24)
        within |= to_the_second(one.column.column.type)
        one.sources, one.always = [later], False
        one.column.says(Found(f"a moment of {later.name}", {"rule": within, "null_fraction": 0}))
        return
    if not one.fits(later):
        return
    least, mean, most = span_of(line, later, one)
    rule: JsonObject = {"name": "after", "column": later.name, "before": True}
    if nanoseconds(least):
        rule["at_least"] = least
    rule |= {"within": most, "distribution": "exponential", "mean": mean}
    rule |= to_the_second(one.column.column.type)
    one.sources = []
    one.column.says(Found(f"what comes before {later.name}", {"rule": rule, **nulls_of(one)}))


def _leads(line: Timeline, one: Moment) -> None:
    """Doors open, and sales end, before the start; sales begin long before that."""
    starts = [other for other in line.chain if other.has("start") and _may_source(one, other)]
    if not starts or not one.open:
        return
    later = [other.name for other in line.moments if other.has("lead") and other.stage.rank > one.stage.rank]
    later = [starts[0].name, *(later if one.stage.name == "onsale" else [])]
    least, mean, most = for_type(one, one.stage.least, one.stage.mean, one.stage.most)
    rule: JsonObject = {"name": "after", "column": later if len(later) > 1 else later[0], "before": True}
    if nanoseconds(least):
        rule["at_least"] = least
    rule |= {"within": most, "distribution": "exponential", "mean": mean}
    earlier = [
        other.name for other in line.chain if other.stage.rank < one.stage.rank and other is not starts[0]
    ]
    if earlier and not one.sure:
        rule["until"] = earlier[-1]
    rule |= to_the_second(one.column.column.type)
    one.column.says(Found(f"what comes before {starts[0].name}", {"rule": rule, **nulls_of(one)}))


def _in_chain(line: Timeline, one: Moment, above: dict[int, set[int]], present: str) -> None:
    """A moment after the latest of those before it."""
    sources, covered = _sources(line, one, above)
    if not sources or (one.sure and not any(source.sure for source in sources)):
        return
    above[id(one)] = {id(one)} | covered
    one.sources = sources
    if not one.open:
        return
    same = next((source for source in sources if _is_same(one, source)), None)
    if same is not None:
        sql = f"CAST({quoted_name(same.name)} AS DATE)"
        rule: JsonObject = expression(sql)
        one.column.says(Found(f"the day of {same.name}", {"rule": rule}))
        return
    if _is_known_by_one(line, one, sources):
        return
    begin = line.begin
    off = called_off(line, one)
    sources = one.sources
    span = span_of(line, one, begin if begin in sources or one is line.end else None)
    names = [source.name for source in reversed(sources)]
    fields: JsonObject = nulls_of(one, _share(line, one, span))
    # what is posted is by people who are there on workdays
    things = ("ledger",) if one.stage.name == "post" else line.things
    rule = after(one, names, span, things)
    if fixed := _fixed(line, one):
        rule["until"] = fixed if len(fixed) > 1 else fixed[0]
    if off is not None:
        rule["until"] = off.name
    if one.stage.name == "last":
        del rule["mean"]
        rule |= {"distribution": "uniform", "within": "20y"}
        over = [other.name for other in line.chain if other.has("last") and other.fits(one)]
        if over and not one.begins:
            rule["until"] = over if len(over) > 1 else over[0]
        fields |= {} if one.sure else {"date_end": present}
    one.column.says(Found(_told(names), {"rule": rule, **fields}))


def _is_known_by_one(line: Timeline, one: Moment, sources: Sequence[Moment]) -> bool:
    """Whether another moment alone says when it is: a day of which it is a time, or a birth."""
    if _is_on_the_day(one, sources):
        _at_an_hour(line, one, sources[0])
        return True
    if sources[0].has("far") and one.has("last"):
        over_at_last(one, sources[0])
        return True
    return False


def _sources(line: Timeline, one: Moment, above: Mapping[int, set[int]]) -> tuple[list[Moment], set[int]]:
    """(the moments that it comes after, the last first; these and all before them)."""
    sources: list[Moment] = []
    covered: set[int] = set()
    for other in reversed(line.chain[: line.chain.index(one)]):
        must = one.sure or one.has("side")
        needed = must and other.sure and not any(source.sure for source in sources)
        if id(other) not in above or (id(other) in covered and not needed) or not _may_follow(one, other):
            continue
        if one.begins and not other.open:
            continue
        sources.append(other)
        covered |= above[id(other)]
        if other.sure or (other.has("gate") and not must) or other is line.anchor:
            break
    return sources, covered


def _is_on_the_day(one: Moment, sources: Sequence[Moment]) -> bool:
    """Whether it is a time of the day beside it, such as when work began on a working day."""
    (source, *others) = sources
    timed = one.column.kind is Kind.TIMESTAMP and source.column.kind is Kind.DATE
    return timed and not others and source.stage.name == "at" and one.stage.name in ("start", "at")


def _at_an_hour(line: Timeline, one: Moment, day: Moment) -> None:
    type_ = one.column.column.type
    rule: JsonObject = {"name": "after", "column": day.name, "within": "20h"}
    rule |= {"hours": week_for(line.things, type_).get("hours", [1] * 24)} | to_the_second(type_)
    one.column.says(Found(f"an hour of {day.name}", {"rule": rule, **nulls_of(one)}))


def _share(line: Timeline, one: Moment, span: tuple[str, str, str]) -> float:
    """The share of rows without a moment."""
    if one.stage.name == "close" and line.lasting:
        return 0.88
    if one.stage.name == "end" and nanoseconds(span[2]) <= nanoseconds("3d"):
        return 0.03
    return 0.55 if one is line.end and one.stage.name == "end" and line.lasting else one.stage.nulls


def _fixed(line: Timeline, one: Moment) -> list[str]:
    """Later moments of which others have said when they are."""
    place = line.chain.index(one)
    begins = any(other.begins for other in line.chain[place:])
    if one.has("side") or one.has("record") or begins:
        return []  # what a lifecycle starts with, and what is before that, asks for none of its stamps
    return [
        other.name
        for other in line.chain[line.chain.index(one) + 1 :]
        if not other.open and not other.has("side") and not other.has("record") and one.fits(other)
    ]


def _told(names: Sequence[str]) -> str:
    return "what comes after " + (names[0] if len(names) == 1 else f"the latest of {', '.join(names)}")


def _is_same(one: Moment, other: Moment, *, of_day: bool = False) -> bool:
    """Whether it is the day of what the other is the moment of. of_day: that follows from the day."""
    kinds = (one.column.kind, other.column.kind) == (Kind.DATE, Kind.TIMESTAMP)
    alike = one.reading.owner == other.reading.owner and one.reading.word == other.reading.word
    if of_day:
        alike = one.reading.owner == other.reading.owner and one.reading.ordinal == other.reading.ordinal
    nulls = other.sure or not one.sure or of_day
    return kinds and alike and nulls and one.stage is other.stage and bool(one.reading.stage)


def _may_follow(one: Moment, other: Moment) -> bool:
    """Whether a moment follows another one of a lower rank."""
    mine, its = one.stage.name, other.stage.name
    if not one.fits(other):
        return False
    if mine == its and mine in ("first", "last", "at"):
        return False
    if (mine, its) == ("last", "first"):
        return (one.reading.owner, one.reading.stage) == (other.reading.owner, other.reading.stage)
    if other.has("side") or other.has("last") or its in ("first", "last"):
        return one.has("record") or (its, mine) in _SIDES
    return True


_SIDES = frozenset({("return", "refund"), ("cancel", "refund"), ("escalate", "resolve"), ("close", "reopen")})
"""What waits for what may happen or not."""


def _long_before(line: Timeline, one: Moment) -> None:
    """A birth before what begins the row."""
    anchor = line.anchor
    assert anchor is not None, "only a row that something begins is asked"
    if not one.open or anchor is one or (not anchor.open and anchor.column.required is False):
        return
    target = min((m for m in line.chain if m.sure or m is anchor), key=lambda m: m.order)
    target = target if target.sure or anchor is target else anchor
    least, mean, most = one.stage.least, one.stage.mean, one.stage.most
    if one.stage.name == "birth":
        words = {*line.things, *one.reading.owner}
        if words & ANIMALS:
            least, mean, most = "30d", "900d", "5000d"
        elif words & SMALL_ONES and not words & ADULTS:
            least, mean = "30d", "12000d"
        elif words & ADULTS:
            least = "18y"
    rule: JsonObject = {"name": "after", "column": target.name, "before": True, "at_least": least}
    rule |= {"within": most if nanoseconds(most) > nanoseconds(least) else "80y"}
    rule |= {"distribution": "exponential", "mean": mean} | to_the_second(one.column.column.type)
    meaning = "a birth date" if one.stage.name == "birth" else "a day long"
    one.column.says(Found(f"{meaning} before {target.name}", {"rule": rule, **nulls_of(one)}))


def _periods_beside(line: Timeline, sketch: Sketch) -> None:
    """Periods that are not the row's own: each start after what begins the row, each end after its start."""
    anchor = line.anchor
    beside = sorted(ends_beside(line), key=lambda one: one.order)
    for one in beside:
        if not one.open or (one.planned and one.stage.name != "expire"):
            continue
        starts = [
            other
            for other in beside
            if (other.has("start") or other.stage.name == "invoice")
            and other.reading.owner == one.reading.owner
            and other is not one
        ]
        source = starts[0] if starts and not one.has("start") else anchor
        if one.stage.name == "invoice":
            _document(one, sketch)
            continue
        if source is None or source is one or not _may_source(one, source):
            continue
        if (
            source is anchor
            and anchor is not None
            and not one.has("start")
            and (anchor.stage.rank > one.stage.rank or anchor.reading.owner not in ((), one.reading.owner))
        ):
            continue
        span, ahead = length_of(line, one)
        least, mean, most = span.split()
        if one.has("start"):
            least, mean, most = "0s", "20d", "300d"
        elif one.stage.name == "expire":
            least, mean, most = one.stage.least, one.stage.mean, one.stage.most
        rule = after(one, [source.name], for_type(one, least, mean, most), line.things)
        if ahead or one.stage.name == "expire":
            rule["censor"] = False
        one.sources = [source]
        one.column.says(Found(_told([source.name]), {"rule": rule, **nulls_of(one, 0.05)}))


def _document(one: Moment, sketch: Sketch) -> None:
    """The issue of a passport, which has nothing to do with what begins the row."""
    as_of = sketch.experiment.as_of
    fields: JsonObject = {"date_start": first_day(as_of, 8), "date_end": present_of(as_of).isoformat()}
    one.column.says(Found("when it was issued", fields | nulls_of(one)))
    one.always = True


def _may_source(one: Moment, source: Moment) -> bool:
    return one.fits(source) and (source.sure or not one.sure)


def _ends_ahead(line: Timeline) -> None:
    """An end that is known before it comes, and what ends it sooner."""
    begin, end = line.begin, line.end
    if begin is None or end is None or not line.ahead or end is line.anchor:
        return
    begin = (planned_begin(line) if end.reading.planned else None) or begin
    if not end.open or not _may_source(end, begin) or begin.stage.rank > end.stage.rank:
        return
    rule = after(end, [begin.name], span_of(line, end, begin), line.things)
    rule["censor"] = False
    end.sources = [begin]
    share = 0.05 if nanoseconds(span_of(line, end, begin)[2]) < nanoseconds("2000d") else end.stage.nulls
    if begin.reading.owner == ("valid",) or begin.reading.word == "effective":
        share = 0.3
    end.column.says(Found(_told([begin.name]), {"rule": rule, **nulls_of(end, share)}))
    by_the_slot(begin, end, span_of(line, end, begin), nulls_of(end, share))
    for one in line.chain:
        name = one.column.rule.get("name")
        leaves = one.stage.name in ("cancel", "leave") and begin in one.sources
        if leaves and one.open and name == "after" and not one.sure:
            rule = {**one.column.rule, "until": end.name}
            told = f"{_told([_first(rule)])} and not after {end.name}"
            one.column.says(Found(told, {**one.column.fields, "rule": rule}))


def _first(rule: Mapping[str, Json]) -> str:
    column = rule["column"]
    return str(column if isinstance(column, str) else column[-1] if isinstance(column, list) else "")


def _plans(line: Timeline) -> None:
    """What is planned comes after what begins the row; what came of it lies close to it."""
    anchor = line.anchor
    assert anchor is not None, "only a row that something begins is asked"
    plans = sorted(
        (one for one in line.moments if one.planned and one is not line.end and one.stage.name != "expire"),
        key=lambda one: one.order,
    )
    plans += [
        one for one in line.moments if one.stage.name == "expire" and not one.sources and one is not line.end
    ]
    former: Moment | None = None
    for one in plans:
        bills = (
            [other for other in line.chain if other.stage.name == "invoice"]
            if one.stage.name == "due"
            else []
        )
        sources = [source for source in (anchor, *bills, former) if source is not None and source is not one]
        source = next((some for some in reversed(sources) if _may_source(one, some)), None)
        if one is anchor:
            former = one
            _twins(line, one)
        if source is None or not one.open or one is anchor:
            continue
        if (
            source is anchor
            and anchor.stage.rank >= one.stage.rank
            and anchor.reading.stage == one.reading.stage
        ):
            continue
        if one.stage.name == "due" and one.reading.planned and source is anchor and anchor.has("start"):
            _appointed(one, anchor)
            continue
        begins = former if source is former and former is not None and former.has("start") else None
        rule = after(one, [source.name], span_of(line, one, begins), line.things)
        rule["censor"] = False
        one.sources = [source]
        one.column.says(Found(_told([source.name]), {"rule": rule, **nulls_of(one)}))
        if one.stage.name not in ("due", "next", "expire"):
            former = one
        _twins(line, one)


def _appointed(one: Moment, anchor: Moment) -> None:
    """For when it was scheduled: little before it began."""
    most, mean = ("3d", "8h") if one.column.kind is Kind.DATE else ("6h", "20m")
    rule: JsonObject = {"name": "after", "column": anchor.name, "before": True, "within": most}
    rule |= {"distribution": "exponential", "mean": mean} | to_the_second(one.column.column.type)
    one.column.says(Found(f"for when it was planned, before {anchor.name}", {"rule": rule, **nulls_of(one)}))


def _twins(line: Timeline, plan: Moment) -> None:
    """What came of a plan lies close to it."""
    for twin in line.chain:
        alike = twin.stage is plan.stage and twin.reading.owner == plan.reading.owner
        if alike and twin not in (line.anchor, plan):
            _near(line, twin, plan)


def _near(line: Timeline, twin: Moment, plan: Moment) -> None:
    """What came of a plan: mostly as planned, now and then late."""
    if not twin.open or not twin.sources or not _may_source(twin, plan):
        return
    former = next((one for one in twin.sources if _may_source(twin, one) and one is not plan), None)
    days = twin.column.kind is Kind.DATE
    mean = "1d" if twin.stage.name == "checkin" else twin.stage.mean
    spread = max(nanoseconds(mean) // 3, nanoseconds("20m")) // 10**9
    late = (
        f"CASE WHEN noise('late') < 0.65 THEN -{spread} * noise('by') * noise('by how much') "
        f"ELSE {3 * spread} * noise('by') * noise('by how much') END"
    )
    own, before = quoted_name(plan.name), quoted_name(former.name) if former is not None else ""
    if plan.column.kind is Kind.DATE and not days:
        own = f"{own} + INTERVAL 10 HOUR + to_seconds(CAST(14400 * noise('hour') AS BIGINT))"
    if days:
        moved = f"CAST({own} AS DATE) + CAST(round(({late}) / 86400) AS INT)"
        made = f"greatest({moved}, CAST({before} AS DATE))" if before else moved
    else:
        moved = f"CAST({own} AS TIMESTAMP) + to_seconds(CAST({late} AS BIGINT))"
        soon = f"CAST({before} AS TIMESTAMP) + to_seconds(CAST(1 + 600 * noise('soon') AS BIGINT))"
        made = f"greatest({moved}, {soon})" if before else moved
    type_ = "DATE" if days else "TIMESTAMP"
    for later in _fixed(line, twin):
        made = f"least({made}, CAST({quoted_name(later)} AS {type_}))"
    if former is not None and not former.column.required:
        made = f"CASE WHEN {before} IS NOT NULL THEN {made} END"
    if not twin.column.required:
        made = f"CASE WHEN CAST({made} AS DATE) <= CAST(as_of() AS DATE) THEN {made} END"
    rule: JsonObject = expression(made)
    meaning = f"what came of {plan.name}" + (f", not before {former.name}" if former is not None else "")
    twin.column.says(Found(meaning, {"rule": rule, **nulls_of(twin)}))
