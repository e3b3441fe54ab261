"""Levels go by the points beside them: who is Gold has more points than who is Silver.

The ladders are data, `data/level_ladders.txt`. The limits lie where the levels are as frequent as they were
found to be.
"""

import math
from functools import cache
from statistics import NormalDist

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.numbers.free_measures import long_tail
from dw_simulator.schema.inference.numbers.header_sums import may_be_said
from dw_simulator.schema.inference.numbers.measure_roles import lines_of, said_by
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch, TableSketch
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.json_data import Json, items_of
from dw_simulator.schema.quoting import quoted_name, quoted_text
from dw_simulator.types import NUMERIC_KINDS, Kind

_LEVELS = frozenset({"tier", "level", "status", "grade", "class", "membership"})
_EARNED = (
    frozenset({"point"}),
    frozenset({"mile"}),
    frozenset({"spend"}),
    frozenset({"spent"}),
    frozenset({"lifetime"}),
    frozenset({"revenue"}),
)
"""Words of what brings somebody to a level, the surest first."""


def levels(sketch: Sketch) -> None:
    """Levels of loyalty follow from the points of their rows."""
    if not sketch.has("expression"):
        return
    for column in sketch.open():
        if column.kind is Kind.TEXT and _LEVELS & {*column.words} and may_be_said(column):
            _follow(column.table, column)


def _follow(table: TableSketch, column: ColumnSketch) -> None:
    steps = _steps(column)
    points = _earned(table, column) if len(steps) > 1 else None
    if points is None:
        return
    name, cases, share = quoted_name(points.name), [], 0.0
    filled = name if points.required else f"COALESCE({name}, 0)"
    for value, weight in steps[:-1]:
        share += weight
        limit = _round(_quantile(points, share), points)
        cases.append(f"WHEN {filled} < {limit:g} THEN {quoted_text(value)}")
    sql = f"CASE {' '.join(cases)} ELSE {quoted_text(steps[-1][0])} END"
    rule: dict[str, Json] = expression(sql)
    nulls: dict[str, Json] = {} if column.required else {"null_fraction": 0}
    column.says(Found(f"a level by {points.name}", {"rule": rule, **nulls}))


def _steps(column: ColumnSketch) -> list[tuple[str, float]]:
    """The levels that were found, from the lowest on, each with its share; none where they are no ladder."""
    values = [str(value) for value in items_of(column.rule.get("values") or [])]
    weights = [float(str(weight)) for weight in items_of(column.rule.get("weights") or [1] * len(values))]
    known = dict(zip(values, weights, strict=False))
    whole = sum(known.values())
    for ladder in _ladders():
        if known and all(value.lower() in ladder for value in known):
            ranked = sorted(known, key=lambda value: ladder.index(value.lower()))
            return [(value, known[value] / whole) for value in ranked]
    return []


@cache
def _ladders() -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(line.split()) for line in lines_of("level_ladders.txt"))


def _earned(table: TableSketch, column: ColumnSketch) -> ColumnSketch | None:
    """The number by which somebody comes to a level: one that is drawn with a long tail."""
    for words in _EARNED:
        for one in table.columns.values():
            drawn = one.kind in NUMERIC_KINDS and one.open and long_tail(one) is not None
            if drawn and words <= said_by(one.words) and not (one.hidden or one.keyed):
                return one if column.name not in str(one.fields) else None
    return None


def _quantile(one: ColumnSketch, share: float) -> float:
    found = long_tail(one)
    assert found is not None, "it was chosen for it"
    return math.exp(found[0] + found[1] * NormalDist().inv_cdf(min(max(share, 0.001), 0.999)))


def _round(number: float, one: ColumnSketch) -> float:
    """A limit that people would set: 500, 2000, 7500."""
    unit = 10.0 ** math.floor(math.log10(max(number, 1)))
    step = round(number / unit * 2) / 2 * unit
    return max(step, 10.0**-one.column.type.scale)
