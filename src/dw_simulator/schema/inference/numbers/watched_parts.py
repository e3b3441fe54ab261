"""What is watched, heard or read of something: so much of its length, a percentage of it, to the end or not.

movie (movie_id, runtime_min)
viewing (movie_id -> movie, started_at, ended_at, watched_min, watched_pct, is_finished)
    watched_min    a part of the movie's runtime_min, often all of it
    watched_pct    100 * watched_min / runtime_min
    is_finished    from nine tenths on
    ended_at       started_at and watched_min, or a little more
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.moments.stage_reading import read_moment
from dw_simulator.schema.inference.numbers.flag_facts import FlagFact, flag_words, is_plain, say_flag
from dw_simulator.schema.inference.numbers.header_sums import may_be_said
from dw_simulator.schema.inference.numbers.measure_roles import in_hundredths, lines_of
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch, TableSketch
from dw_simulator.schema.inference.sql_rules import expressed
from dw_simulator.schema.inference.words.tokens import plain_words
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import NUMERIC_KINDS, Kind

_UNITS = {"second": 1.0, "minute": 60.0, "hour": 3600.0, "milli": 0.001, "page": 0.0}
_FINISHED = 0.9
"""Who has come so far has seen it: the credits do not count."""
_HOW_FAR = (
    "CASE WHEN noise('far') < 0.4 THEN 1 WHEN noise('far') < 0.6 THEN 0.91 + 0.09 * noise('how far') "
    "ELSE 0.02 + 0.86 * noise('how far') END"
)
_LEFT = 0.4
"""Who has not come so far may have left it."""
_TO_THE_END = "CASE WHEN noise('far') < 0.5 THEN 1 ELSE 0.97 * noise('how far') END"
"""Of what is only done when all of it is: tasks, courses."""
_NO_PART = frozenset({"number", "count", "id", "key", "code", "bytes", "bit", "price", "amount"})


@cache
def _listed(which: str) -> frozenset[str]:
    lines = (line.split("|") for line in lines_of("watched.txt"))
    return frozenset(word for name, words in lines if name.strip() == which for word in words.split())


@dataclass
class _Watched:
    """What a table tells of how far somebody came.

    time   how long; share: which part; position: where it goes on
    done   whether all of it; skipped: whether it was left; came: when all of it was done
    """

    table: TableSketch
    time: ColumnSketch | None
    share: ColumnSketch | None
    position: ColumnSketch | None
    done: ColumnSketch | None
    skipped: ColumnSketch | None
    came: ColumnSketch | None


def watched_parts(sketch: Sketch) -> None:
    """How far somebody came agrees with how long it is, with the percentage, and with whether it was all."""
    if not sketch.has("expression"):
        return
    for table in list(sketch.tables.values()):
        if not table.hidden and table.table.rows is None:
            found = _read(table)
            if found is not None:
                _say(found)


def _read(table: TableSketch) -> _Watched | None:
    columns = [one for one in table.columns.values() if not one.hidden and may_be_said(one)]
    numbers = [one for one in columns if one.kind in NUMERIC_KINDS and not _words(one) & _NO_PART]
    eaten = [one for one in numbers if _words(one) & _listed("consumed")]
    time = next((one for one in eaten if _unit(one) and not _is_share(one)), None)
    shares = [one for one in numbers if _is_share(one)]
    share = next((one for one in shares if one in eaten), None)
    share = share or next((one for one in shares if _words(one) & _listed("done")), None)
    share = share or next((one for one in shares if _words(one) & {"progress"}), None)
    done = next((one for one in columns if _says(one, "done")), None)
    if time is not None and _whole(time) is None:
        time = None
    if time is None:
        if share is None:
            return None
        came = next((one for one in table.columns.values() if _has_come(one)), None)
        if done is None and came is None:
            return None
        return _Watched(table, None, share, None, done, None, came)
    free = [one for one in table.columns.values() if one.open and not one.keyed and one.kind in NUMERIC_KINDS]
    position = next((one for one in free if _words(one) & _listed("position") and _unit(one)), None)
    skipped = next((one for one in columns if _says(one, "skipped")), None)
    return _Watched(table, time, share, position, done, skipped, None)


def _words(column: ColumnSketch) -> frozenset[str]:
    return frozenset({*column.words, *plain_words(column.name)})


def _is_share(column: ColumnSketch) -> bool:
    words = _words(column)
    return bool(words & _listed("share")) and "duration" not in words


def _unit(column: ColumnSketch) -> str:
    """The unit of a length; a duration is in minutes where its name does not say."""
    words = _words(column)
    unit = next((unit for unit in _UNITS if words & _listed(unit)), "")
    return unit or ("unsaid" if words & _listed("length") else "")


def _says(column: ColumnSketch, which: str) -> bool:
    """Whether a flag says that all was done, or that it was left."""
    bare = {*flag_words(column)}
    written = bare | {*plain_words(column.name)} if bare else set[str]()
    return bool(written & _listed(which)) and is_plain(column)


def _has_come(column: ColumnSketch) -> bool:
    """Whether it is when all was done, if it was."""
    moment = column.kind in (Kind.DATE, Kind.TIMESTAMP) and not column.required and not column.hidden
    stage = read_moment(column.name, column.table.noun)
    return moment and stage.stage == "complete" and not stage.planned


def _say(found: _Watched) -> None:
    table = found.table
    whole = _whole(found.time) if found.time is not None else None
    sql = _TO_THE_END if found.time is None else _HOW_FAR
    if found.came is not None:
        sql = f"CASE WHEN {quoted_name(found.came.name)} IS NOT NULL THEN 1 ELSE 0.97 * noise('how far') END"
    far = quoted_name(
        table.add_hidden("how_far", "DOUBLE", Found("", expressed(sql), "how far it came")).name
    )
    part, told = far, ""
    if found.time is not None and whole is not None:
        length, told = whole
        name = quoted_name(found.time.name)
        _tell(found.time, f"{length} * {far}", f"looks like a part of {told}, or all of it")
        part = f"COALESCE({name} / NULLIF({length}, 0), {far})"
        if found.position is not None:
            _tell(found.position, name, f"looks like {found.time.name}, where it goes on")
    if found.share is not None:
        times = 100 if in_hundredths(found.share.column.type, found.share.words) else 1
        said = f"{found.time.name} / {told}" if told and found.time is not None else "how far it came"
        _tell(found.share, f"LEAST({part}, 1) * {times}", f"looks like {said}")
    least = 1 if found.time is None else _FINISHED
    if found.done is not None:
        say_flag(found.done, FlagFact(f"COALESCE({part} >= {least}, FALSE)", "it came to the end"))
    if found.skipped is not None:
        left = f"COALESCE({part} < {_LEFT} AND noise('left') < 0.8, FALSE)"
        say_flag(found.skipped, FlagFact(left, "it was left early"))
    if found.time is not None and whole is not None:
        _end(found)


def _end(found: _Watched) -> None:
    """It ends when so much was watched, or a little later."""
    assert found.time is not None, "it is asked for one"
    moments = [one for one in found.table.columns.values() if one.kind is Kind.TIMESTAMP and not one.hidden]
    ends = [one for one in moments if one.open and _follows(one)]
    seconds = _UNITS.get(_unit(found.time), 60.0)
    if len(ends) != 1 or not seconds:
        return
    end, start = ends[0], _begin_of(ends[0])
    sql = f"{start} + to_seconds(CAST(ceil({quoted_name(found.time.name)} * {seconds:g}"
    sql += " * (1 + CASE WHEN noise('pause') < 0.7 THEN 0 ELSE 0.3 * noise('paused') END)) AS BIGINT))"
    kept = {name: said for name, said in end.fields.items() if name in ("null_fraction", "null_when")}
    told = f"{end.name} looks like {start.strip(chr(34))} and {found.time.name}, with a pause in some"
    end.says(Found("", {**expressed(sql), **kept}, told))


def _follows(column: ColumnSketch) -> bool:
    """Whether a moment is another of the row and how long it was."""
    return bool(_begin_of(column))


def _begin_of(column: ColumnSketch) -> str:
    rule = column.rule
    if rule.get("name") == "after" and isinstance(source := rule.get("column"), str) and "before" not in rule:
        start = source
    elif rule.get("name") == "expression" and " + to_" in str(rule.get("sql")):
        start = str(rule["sql"]).partition(" + to_")[0].strip('"')
    else:
        return ""
    known = column.table.columns.get(start)
    return quoted_name(start) if known is not None and known.kind is Kind.TIMESTAMP else ""


def _whole(time: ColumnSketch) -> tuple[str, str] | None:
    """How long all of it is, in SQL and in the unit of the time, and what it is called."""
    own = _unit(time)
    for sql, column in _lengths(time):
        unit = _unit(column)
        if "unsaid" in (unit, own):
            times = 1.0
        elif not _UNITS[unit] or not _UNITS[own]:
            if unit != own:
                continue
            times = 1.0
        else:
            times = _UNITS[unit] / _UNITS[own]
        return (sql if times == 1 else f"({sql} * {times:.10g})"), column.name
    return None


def _lengths(time: ColumnSketch) -> Iterator[tuple[str, ColumnSketch]]:
    """The lengths of all of something: of the row, of what it references, of what that references."""
    table = time.table
    for one in table.columns.values():
        if one is not time and _is_whole(one):
            yield quoted_name(one.name), one
    for link in table.links:
        if len(link.columns) != 1 or link.to_itself or not link.required:
            continue
        for one in link.parent.columns.values():
            if _is_whole(one):
                yield f"{quoted_name(link.name)}.{quoted_name(one.name)}", one


def _is_whole(column: ColumnSketch) -> bool:
    if column.kind not in NUMERIC_KINDS or column.hidden or column.keyed or not column.required:
        return False
    words = _words(column)
    apart = words & (_listed("consumed") - {"play", "run", "read"}) or words & _listed("position")
    return bool(words & _listed("length") or words & _listed("page")) and not apart and not _is_share(column)


def _tell(column: ColumnSketch, sql: str, told: str) -> None:
    kept: JsonObject = {name: said for name, said in column.fields.items() if name == "null_when"}
    if not column.required and not kept:
        kept = {"null_fraction": 0}
    column.says(Found("", {**expressed(sql), **kept}, f"{column.name} {told}"))
