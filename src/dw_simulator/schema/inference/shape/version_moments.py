"""When things came and went of which a table has versions, and what a version can know of it.

hired_on         before the first version begins
terminated_on    after the last version begins, and told by that one alone
status           Terminated in the last version of who has left, Active in those before
last_login       while the version is valid
"""

from collections.abc import Sequence

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.moments.rhythms import to_the_second
from dw_simulator.schema.inference.shape.tracked_columns import version_words
from dw_simulator.schema.inference.sketch import ColumnSketch, TableSketch
from dw_simulator.schema.inference.sql_rules import expressed
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import Kind

_MOMENTS = frozenset({Kind.DATE, Kind.TIMESTAMP})
_STILL_THERE = 0.88
"""The share of things that have not ended."""
_OF_LATE = 30
"""Days."""


def stage_of(column: ColumnSketch) -> str:
    """Whether a moment is when the thing began, or ended; empty for any other."""
    if column.kind not in _MOMENTS or not column.open or column.column.type.zoned:
        return ""
    words = {*column.words}
    if words & (version_words("latest") | version_words("audit")) or "birth" in words:
        return ""
    if words & version_words("ended"):
        return "" if column.required else "ended"
    return "began" if words & version_words("began") else ""


def is_latest(column: ColumnSketch) -> bool:
    """Whether a moment is that of what was done last."""
    words = {*column.words}
    moment = column.kind in _MOMENTS and column.open and not column.keyed and not column.hidden
    told = words & version_words("audit") or column.column.type.zoned
    return moment and bool(words & version_words("latest")) and not told


def dated(columns: Sequence[ColumnSketch], status: ColumnSketch | None) -> dict[str, Found]:
    """When things began and ended, as the hidden table of things has it.

    Each beginning is before what follows on it, and at the latest with the first version. The last are what
    is first done, as a first order, and when the row was written down.

    status  that which says which things have ended
    """
    began = [one for one in columns if stage_of(one) == "began"]
    began.sort(key=_soon)
    later, found = ["begun"], dict[str, Found]()
    for column in reversed(began):
        rule: JsonObject = {"name": "after", "column": list(later), "before": True}
        rule |= {"within": "60d" if _soon(column) else "2500d", "distribution": "exponential"}
        rule |= {"mean": "6d" if _soon(column) else "180d", **to_the_second(column.column.type)}
        found[column.name] = Found("", {"rule": rule, **_nulls(column)}, "not after the first version")
        later.insert(0, column.name)
    for column in columns:
        if stage_of(column) == "ended":
            found[column.name] = _end(column, status)
        elif column.found and column.rule.get("name") == "after" and column.rule.get("before") and began:
            first = [name for name in later if name != column.name]
            fields = {**column.fields, "rule": {**column.rule, "column": first}}
            found.setdefault(column.name, Found(column.found.meaning, fields, column.found.reason))
    return found


def _soon(column: ColumnSketch) -> int:
    """Which of the beginnings is the later one."""
    return 2 * bool({*column.words} & version_words("record")) + ("first" in column.words)


def _nulls(column: ColumnSketch) -> JsonObject:
    return {name: said for name, said in column.fields.items() if name in ("null_fraction", "null_when")}


def _end(column: ColumnSketch, status: ColumnSketch | None) -> Found:
    """When things ended: after the last version began, and not after the present."""
    sql = end_sql(column, "last_begun")
    nulls = _nulls(column) or {"null_fraction": _STILL_THERE}
    if status is not None:
        over = ", ".join(f"'{one}'" for one in _over(status))
        nulls = {"null_when": f"COALESCE({quoted_name(status.name)} NOT IN ({over}), TRUE)"}
    return Found("", {**expressed(sql), **nulls}, "after the last version began")


def end_sql(column: ColumnSketch, former: str, *, late: bool = False) -> str:
    """A moment between another and the present, in SQL. late: in the last weeks, if after the other."""
    first = f"CAST({quoted_name(former)} AS DATE)"
    if late:
        first = f"greatest({first}, CAST(as_of() AS DATE) - {_OF_LATE})"
    left = f"greatest(date_diff('day', {first}, CAST(as_of() AS DATE)) - 1, 1)"
    sql = f"{first} + 1 + CAST(floor(power(noise('end'), 2) * {left}) AS INTEGER)"
    if column.kind is Kind.DATE:
        return sql
    return f"CAST({sql} AS TIMESTAMP) + to_seconds(28800 + CAST(floor(36000 * noise('clock')) AS INTEGER))"


def status_of(columns: Sequence[ColumnSketch]) -> ColumnSketch | None:
    """The status that says which things have ended."""
    return next((one for one in columns if "status" in one.words and _over(one)), None)


def _over(status: ColumnSketch) -> list[str]:
    """The values of a status that say that a thing is there no more, if it has others."""
    rule = status.rule
    values = rule.get("values")
    if rule.get("name") != "choice" or not isinstance(values, list):
        return []
    over = [one for one in values if isinstance(one, str) and one.lower() in version_words("over")]
    quoted = any("'" in str(one) for one in values)
    return over if len(over) < len(values) and not quoted else []


def show_status(status: ColumnSketch, link: str, later: str) -> None:
    """Former versions tell of what was still there; the last one of what became of it.

    link   the hidden reference of a version to its thing
    later  the column that is NULL in the last version
    """
    values, now = status.rule["values"], f"{quoted_name(link)}.{quoted_name(status.name)}"
    assert isinstance(values, list), "it has values"
    usual = next(str(one) for one in values if one not in _over(status))
    sql = f"CASE WHEN {quoted_name(later)} IS NULL OR {now} IS NULL THEN {now} ELSE '{usual}' END"
    nulls: JsonObject = {} if status.required else {"null_fraction": 0}
    status.says(Found("", {**expressed(sql), **nulls}, "what became of it is told by the last version"))


def show_end(end: ColumnSketch, link: str, later: str) -> None:
    """When a thing ended is told by its last version."""
    sql = f"CASE WHEN {quoted_name(later)} IS NULL THEN {quoted_name(link)}.{quoted_name(end.name)} END"
    end.says(Found("", {**expressed(sql), "null_fraction": 0}, "told by the last version alone"))


def within_version(table: TableSketch, since: str, later: str) -> None:
    """What was done last lies within the version that tells of it; a version is loaded when it begins.

    since  from when a version is valid; later: when the next one begins
    """
    for column in table.columns.values():
        if is_latest(column):
            rule: JsonObject = {"name": "after", "column": since, "until": later, "within": "400d"}
            rule |= to_the_second(column.column.type)
            column.says(Found("", {"rule": rule, **_nulls(column)}, "while the version is valid"))
        elif column.open and column.rule.get("name") == "after" and {*column.words} & version_words("audit"):
            rule = {**column.rule, "column": since}
            column.says(Found("", {**column.fields, "rule": rule}, f"after {since}"))
