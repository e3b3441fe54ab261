"""Who does something is known where it is done: a driver where an order was picked up."""

from functools import cache

from dw_simulator.schema.inference.moments.stage_reading import read_moment, written
from dw_simulator.schema.inference.numbers.measure_roles import lines_of
from dw_simulator.schema.inference.sketch import Link, Sketch, TableSketch
from dw_simulator.schema.inference.words.tokens import singular
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import Kind


@cache
def _known() -> tuple[tuple[frozenset[str], tuple[str, ...]], ...]:
    lines = (line.split("|") for line in lines_of("doers.txt"))
    return tuple((frozenset(words.split()), tuple(stages.split())) for words, stages in lines)


def doers(sketch: Sketch) -> None:
    """References to who does something are there where a moment says that it was done, and not before."""
    for table in sketch.tables.values():
        for link in table.links if not table.hidden else ():
            if not (link.required or link.keyed or link.to_itself) and len(link.columns) == 1:
                _of_link(table, link)


def _of_link(table: TableSketch, link: Link) -> None:
    column = table.columns[link.name]
    words = {*map(singular, link.words), *link.parent.noun[-1:]}
    stages = next((stages for who, stages in _known() if who & words), ())
    if column.unless or column.column.null_fraction is not None or link.reference.null_fraction is not None:
        return
    came: dict[str, str] = {}
    for one in table.columns.values():
        if one.kind in (Kind.DATE, Kind.TIMESTAMP) and not (one.required or one.hidden or one.keyed):
            reading = read_moment(one.name, (*table.noun, *written(table.name)))
            if not (reading.planned or reading.ordinal or reading.owner):
                came.setdefault(reading.stage, one.name)
    stage = next((stage for stage in stages if stage in came), "")
    if stage:
        column.unless = f"{quoted_name(came[stage])} IS NOT NULL"
