"""Widths and heights in pixels go together: 300 x 250, 728 x 90, 1920 x 1080.

The pairs are data, `data/pixel_sizes.txt`. The width is drawn, and the height goes by it.
"""

from functools import cache

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.numbers.free_measures import greatest
from dw_simulator.schema.inference.numbers.header_sums import may_be_said
from dw_simulator.schema.inference.numbers.measure_roles import lines_of
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch, never_null
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import NUMERIC_KINDS, Kind

_PIXELS = frozenset({"px", "pixel", "pixels"})
_Sizes = tuple[tuple[int, int, int], ...]
"""Width, height, how often."""


def pixel_sizes(sketch: Sketch) -> None:
    """Widths and heights of a table that are told in pixels, or are those of a screen."""
    if not sketch.has("expression", "choice"):
        return
    for table in sketch.tables.values():
        widths = [one for one in table.columns.values() if _is(one, "width")]
        heights = [one for one in table.columns.values() if _is(one, "height")]
        for width in widths:
            rest = {*width.words} - {"width"}
            height = next((one for one in heights if {*one.words} - {"height"} == rest), None)
            things = {*table.noun} | (rest - _PIXELS)
            known = _known(things)
            if height is not None and (rest & _PIXELS or known):
                _say(width, height, known or _sizes()[-1][1])


def _is(column: ColumnSketch, word: str) -> bool:
    whole = column.kind in NUMERIC_KINDS - {Kind.BOOLEAN} and not column.column.type.scale
    return whole and not column.hidden and word in column.words and may_be_said(column)


def _say(width: ColumnSketch, height: ColumnSketch, sizes: _Sizes) -> None:
    """Draw the width; of several heights that go with one, each comes as often as it is said to."""
    if max(size[0] for size in sizes) > greatest(width.column.type):
        return
    if max(size[1] for size in sizes) > greatest(height.column.type):
        return
    by_width: dict[int, list[tuple[int, int]]] = {}
    for across, down, often in sizes:
        by_width.setdefault(across, []).append((down, often))
    values: list[Json] = [*by_width]
    weights: list[Json] = [sum(often for _down, often in downs) for downs in by_width.values()]
    rule: dict[str, Json] = {"name": "choice", "values": values, "weights": weights}
    width.says(Found("a usual width in pixels", {"rule": rule, **never_null(width)}))
    cases = " ".join(f"WHEN {across} THEN {_height(downs)}" for across, downs in by_width.items())
    sql = f"CASE {quoted_name(width.name)} {cases} END"
    if height.required and not width.required:
        sql = f"COALESCE({sql}, {sizes[0][1]})"
    follows: dict[str, Json] = expression(sql)
    height.says(Found(f"the height that goes with {width.name}", {"rule": follows, **never_null(height)}))


def _height(downs: list[tuple[int, int]]) -> str:
    whole, share, cases = sum(often for _down, often in downs), 0.0, []
    for down, often in downs[:-1]:
        share += often / whole
        cases.append(f"WHEN noise('height') < {share:.3g} THEN {down}")
    last = downs[-1][0]
    return f"CASE {' '.join(cases)} ELSE {last} END" if cases else str(last)


def _known(things: set[str]) -> _Sizes:
    return next((sizes for words, sizes in _sizes() if things & words), ())


@cache
def _sizes() -> tuple[tuple[frozenset[str], _Sizes], ...]:
    found = []
    for line in lines_of("pixel_sizes.txt"):
        things, _, said = line.partition(":")
        sizes = []
        for one in said.split(","):
            size, often = one.split()
            across, _, down = size.partition("x")
            sizes.append((int(across), int(down), int(often)))
        found.append((frozenset(things.split()), tuple(sizes)))
    return tuple(found)
