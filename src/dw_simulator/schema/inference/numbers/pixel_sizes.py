"""Widths and heights in pixels go together: 300 x 250, 728 x 90, 1920 x 1080.

The pairs are data, `data/pixel_sizes.txt`. The width is drawn, and the height goes by it.
"""

from functools import cache

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.numbers.free_measures import greatest
from dw_simulator.schema.inference.numbers.header_sums import may_be_said
from dw_simulator.schema.inference.numbers.measure_roles import lines_of
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch, TableSketch, never_null
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
    whole = column.kind in NUMERIC_KINDS and not column.column.type.scale
    return whole and not column.hidden and word in column.words and may_be_said(column)


def _say(width: ColumnSketch, height: ColumnSketch, sizes: _Sizes) -> None:
    """Draw the width; of several heights that go with one, each comes as often as it is said to."""
    moving = _known({"video"})
    film = _format_of_films(width.table) if sizes != moving else ""
    every = (*sizes, *(moving if film else ()))
    if max(size[0] for size in every) > greatest(width.column.type):
        return
    if max(size[1] for size in every) > greatest(height.column.type):
        return
    across, down = _widths(sizes), _heights(width, sizes)
    if film:
        across = f"CASE WHEN {film} THEN {_widths(moving)} ELSE {across} END"
        down = f"CASE WHEN {film} THEN {_heights(width, moving)} ELSE {down} END"
    width.says(Found("a usual width in pixels", {"rule": expression(across), **never_null(width)}))
    if height.required and not width.required:
        down = f"COALESCE({down}, {sizes[0][1]})"
    follows: dict[str, Json] = expression(down)
    height.says(Found(f"the height that goes with {width.name}", {"rule": follows, **never_null(height)}))


def _format_of_films(table: TableSketch) -> str:
    """SQL for whether a row is a film, where it has a column of formats; empty where it has none."""
    for column in table.columns.values():
        told = {*column.words} & {"format", "type"} and column.kind is Kind.TEXT and column.found is not None
        if told and not column.hidden and "video" in str(column.fields).lower():
            return f"COALESCE(lower({quoted_name(column.name)}) = 'video', FALSE)"
    return ""


def _by_width(sizes: _Sizes) -> dict[int, list[tuple[int, int]]]:
    """The heights of each width, and how often each is."""
    found: dict[int, list[tuple[int, int]]] = {}
    for across, down, often in sizes:
        found.setdefault(across, []).append((down, often))
    return found


def _widths(sizes: _Sizes) -> str:
    return _drawn(
        [(w, sum(often for _down, often in downs)) for w, downs in _by_width(sizes).items()], "width"
    )


def _heights(width: ColumnSketch, sizes: _Sizes) -> str:
    cases = (f"WHEN {across} THEN {_drawn(downs, 'height')}" for across, downs in _by_width(sizes).items())
    return f"CASE {quoted_name(width.name)} {' '.join(cases)} END"


def _drawn(sizes: list[tuple[int, int]], of: str) -> str:
    """SQL for one of some sizes, each as often as it says. of: whose chance it is."""
    whole, share, cases = sum(often for _size, often in sizes), 0.0, []
    for size, often in sizes[:-1]:
        share += often / whole
        cases.append(f"WHEN noise('{of}') < {share:.3g} THEN {size}")
    last = sizes[-1][0]
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
