"""Flags and codes that say whether a measured value is normal, low, high or critical.

`abnormal_flag` is H where the value is above the `reference_high` of its test, `is_critical` true where it is
beyond the critical bounds; what only follows a critical value is NULL otherwise.
"""

from collections.abc import Sequence

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.numbers.flag_facts import FlagFact, flag_words, is_plain, say_flag
from dw_simulator.schema.inference.numbers.header_sums import may_be_said
from dw_simulator.schema.inference.numbers.reference_ranges import MeasuredValue, ValueRange, measured_value
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch, TableSketch
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.json_data import Json, items_of
from dw_simulator.schema.quoting import quoted_name, quoted_text
from dw_simulator.types import NUMERIC_KINDS, Kind

_LOW = frozenset({"l", "low", "below", "niedrig", "bajo", "basso", "laag", "bas", "baixo", "-"})
_HIGH = frozenset({"h", "high", "above", "hoch", "alto", "hoog", "haut", "eleve", "+"})
_NORMAL = frozenset({"n", "normal", "ok", "normale", "normaal", "within range", "in range"})
_ABNORMAL = frozenset({"a", "abnormal", "out of range", "anormal", "abnormaal", "anomalo", "auffaellig"})
_VERY_LOW = frozenset({"ll", "critical low", "cl", "low critical", "panic low"})
_VERY_HIGH = frozenset({"hh", "critical high", "ch", "high critical", "panic high"})
_CRITICAL = frozenset({"critical", "panic", "alarm", "emergency"})
_SPAN = ("range", "limit", "tolerance", "spec", "specification", "bound")
_OUTSIDE = (
    *(frozenset({word}) for word in ("abnormal", "nok", "nio", "defective", "nonconforming")),
    *(frozenset({side, word}) for side in ("out", "outside") for word in _SPAN),
)
_INSIDE = (
    *(
        frozenset({word})
        for word in ("normal", "ok", "io", "conforming", "conform", "compliant", "passed", "pass")
    ),
    *(frozenset({"in", word}) for word in ("order", "ordnung", "orde", *_SPAN)),
    *(frozenset({"within", word}) for word in _SPAN),
)
_FAULTS = frozenset({"error", "defect", "fault", "failure", "nonconformity", "deviation", "flaw"})
"""What there is of a value out of its range only."""
_MOMENTS = frozenset({Kind.DATE, Kind.TIMESTAMP})


def range_flags(sketch: Sketch) -> None:
    """What flags and codes say of measured values."""
    if not sketch.has("expression"):
        return
    for table in sketch.tables.values():
        found = measured_value(table) if not table.hidden else None
        if found is not None:
            for column in list(table.columns.values()):
                if may_be_said(column) and not column.hidden and column is not found.value:
                    _say(column, found)
            _follow(table, found)
            _faults(table, found)


def _say(column: ColumnSketch, found: MeasuredValue) -> None:
    bare = {*flag_words(column)} - {"result", "value"}
    if bare and is_plain(column):
        fact = _fact(bare, found)
        if fact is not None:
            say_flag(column, fact)
            found.flags.append(column)
            return
    values = [str(one) for one in items_of(column.rule.get("values") or [])]
    cases = _cases(values, found) if column.kind is Kind.TEXT else ""
    if cases:
        rule: dict[str, Json] = expression(cases)
        nulls: dict[str, Json] = {} if column.required else {"null_fraction": 0}
        column.says(Found(f"where {found.value.name} lies in its range", {"rule": rule, **nulls}))


def _fact(bare: set[str], found: MeasuredValue) -> FlagFact | None:
    """What a flag of two values says."""
    value = found.value.name
    if bare & _CRITICAL and found.critical is not None:
        return FlagFact(_beyond(found, found.critical), f"{value} is beyond its critical bounds")
    normal = found.normal
    if normal is None:
        return None
    if any(words <= bare for words in _OUTSIDE):
        return FlagFact(_beyond(found, normal), f"{value} is out of its range")
    if any(words <= bare for words in _INSIDE):
        return FlagFact(f"NOT ({_beyond(found, normal)})", f"{value} is within its range")
    return None


def _beyond(found: MeasuredValue, range_: ValueRange) -> str:
    return " OR ".join(one for one in _sides(found, range_) if one)


def _sides(found: MeasuredValue, range_: ValueRange) -> tuple[str, str]:
    """The conditions that a value is below a range, and above it."""
    below, above = (
        _compared(found, end, sign) if end is not None else ""
        for end, sign in ((range_.low, "<"), (range_.high, ">"))
    )
    return below, above


def _compared(found: MeasuredValue, end: ColumnSketch, sign: str) -> str:
    value = quoted_name(found.value.name)
    bound = quoted_name(end.name) if found.link is None else quoted_name(found.link.name, end.name)
    return f"COALESCE({value} {sign} {bound}, FALSE)"


def _cases(values: Sequence[str], found: MeasuredValue) -> str:
    """The code of each row in SQL; empty where the values are no such codes."""
    normal = found.normal
    if normal is None:
        return ""
    known = {
        name: next((value for value in values if value.lower() in words), None)
        for name, words in (
            ("low", _LOW),
            ("high", _HIGH),
            ("normal", _NORMAL),
            ("abnormal", _ABNORMAL),
            ("very low", _VERY_LOW),
            ("very high", _VERY_HIGH),
            ("critical", _CRITICAL),
        )
    }
    ends = [known["low"] or known["abnormal"], known["high"] or known["abnormal"]]
    if known["normal"] is None or None in ends:
        return ""
    tried: list[tuple[str, str | None]] = []
    if found.critical is not None:
        very = [known["very low"] or known["critical"], known["very high"] or known["critical"]]
        tried += zip(_sides(found, found.critical), very, strict=True)
    tried += zip(_sides(found, normal), ends, strict=True)
    cases = [f"WHEN {sql} THEN {quoted_text(value)}" for sql, value in tried if sql and value is not None]
    return f"CASE {' '.join(cases)} ELSE {quoted_text(known['normal'])} END"


def _follow(table: TableSketch, found: MeasuredValue) -> None:
    """When somebody was told of a critical value is NULL where none is critical."""
    flag = next((one for one in table.columns.values() if _CRITICAL & {*flag_words(one)}), None)
    if flag is None or found.critical is None or flag.kind not in (Kind.BOOLEAN, *NUMERIC_KINDS):
        return
    name = quoted_name(flag.name)
    condition = f"COALESCE({name}, FALSE)" if flag.kind is Kind.BOOLEAN else f"COALESCE({name}, 0) = 1"
    for one in table.columns.values():
        about = one.open and not one.required and _CRITICAL & {*one.words} and one is not flag
        if about and one.kind in _MOMENTS and not one.unless:
            one.unless = condition
            _told_later(one)


def _told_later(moment: ColumnSketch) -> None:
    """Somebody is told of a value once it is known."""
    rule = moment.rule
    known = moment.table.columns.get(str(rule.get("column")))
    if rule.get("name") == "after" and rule.get("before") and known is not None:
        after: dict[str, Json] = {"name": "after", "column": known.name, "within": "1d"}
        after |= {"distribution": "exponential", "mean": "1h"}
        moment.says(Found(f"what comes soon after {known.name}", {"rule": after}))


def _faults(table: TableSketch, found: MeasuredValue) -> None:
    """What is wrong is said of values out of their range, where a flag tells them."""
    if not found.flags or found.normal is None:
        return
    wrong = _beyond(found, found.normal)
    linked = {link.name: link for link in table.links}
    for one in table.columns.values():
        link = linked.get(one.name)
        about = _FAULTS & ({*link.parent.noun} if link is not None else {*one.words})
        if not about or one.hidden or one.keyed or one in found.flags:
            continue
        if link is not None or one.kind is Kind.TEXT:
            free = link is None or (link.open and len(link.columns) == 1)
            if free and not (one.required or one.unless) and (link is not None or one.open):
                one.unless = wrong
        elif one.kind in NUMERIC_KINDS and may_be_said(one) and not one.column.type.scale:
            rule: dict[str, Json] = {"name": "expression", "dialect": "duckdb"}
            rule["sql"] = f"CASE WHEN {wrong} THEN 1 + floor(4 * noise('many') * noise('more')) ELSE 0 END"
            nulls: dict[str, Json] = {} if one.required else {"null_fraction": 0}
            one.says(
                Found(
                    f"how many there are, none where {found.value.name} is in its range",
                    {"rule": rule, **nulls},
                )
            )
