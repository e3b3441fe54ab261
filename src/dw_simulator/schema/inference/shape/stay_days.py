"""What happens on the days that keys of a fact lead to, and on which of them a stay may begin."""

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.moments.stage_reading import read_moment, written
from dw_simulator.schema.inference.sketch import Link, TableSketch
from dw_simulator.schema.inference.sql_rules import expressed


def last_night(table: TableSketch) -> str:
    """A hidden column with the last day on which a stay begins that is over by the present."""
    known = table.columns.get("last_night")
    if known is not None and known.hidden:
        return known.name
    found = Found(
        "",
        expressed("CAST(as_of() AS DATE) - 1"),
        "the day before the present",
    )
    return table.add_hidden("last_night", "DATE", found).name


def happens_on(link: Link) -> str:
    """What happens on a day that a key leads to."""
    return read_moment(link.name, (*link.child.noun, *written(link.child.name))).stage


CAME = ("checkin", "admit", "start", "pick")
BEGINS = (*CAME, "arrive", "depart")
"""The same of a journey, or of guests."""
STAYED = ("checkout", "discharge", "return", "end")
"""What ends a stay, or a hire: a day after it began at the soonest."""
