"""Two parents of a row agree in what both are of: a round waters one kind of plant, and beds of that kind.

stop (round_id -> round, bed_id -> bed);  round (kind_id -> kind), bed (kind_id -> kind)
    bed_id  one of the kind of the round: pick match kind_id

One of the two is what happens, and leads; the other is a thing or a person that is there for years. Places
and currencies do not count: who buys abroad is none of the shop's country.
"""

from collections.abc import Iterator

from dw_simulator.schema.inference.moments.stage_reading import read_moment, written
from dw_simulator.schema.inference.moments.stages import MASTERS
from dw_simulator.schema.inference.shape.day_tables import day_of
from dw_simulator.schema.inference.shape.other_ways import goes_by, is_plain, may_follow
from dw_simulator.schema.inference.sketch import Link, Sketch, TableSketch
from dw_simulator.schema.inference.words.role_words import role_words
from dw_simulator.schema.json_data import Json
from dw_simulator.types import Kind

_MOMENTS = frozenset({Kind.DATE, Kind.TIMESTAMP})
_PARTS = 2


def shared_kinds(sketch: Sketch) -> None:
    """References to a thing lead to one that has the kind, or the owner, of what happens with it."""
    for table in sketch.tables.values():
        if table.table.rows is None and len(table.links) >= _PARTS and not table.hidden:
            _of_table(table)


def _of_table(table: TableSketch) -> None:
    led = next((link for link in table.links if _happens(link)), None)
    if led is None:
        return
    shared = {step.parent.name: step for step in _kinds(led)}
    for link in table.links if shared else ():
        if link is led or not link.required or not may_follow(link) or goes_by(led, link):
            continue
        if not is_plain(link) or _happens(link) or link.parent is led.parent:
            continue
        match: dict[str, Json] = {
            step.name: {"reference": led.name, "column": shared[step.parent.name].name}
            for step in _kinds(link)
            if step.parent.name in shared
        }
        if match:
            link.said.pop("distinct", None)
            spoken = " ".join(led.parent.noun) or led.parent.name
            link.says(f"{link.name} leads to what goes with the {spoken}", {"pick": {"match": match}})


def _happens(link: Link) -> bool:
    """Whether a reference leads to what takes place at a time: a round, a run, a visit."""
    parent = link.parent
    if not link.required or not is_plain(link) or MASTERS & {*parent.noun[-1:]}:
        return False
    moments = [one for one in parent.columns.values() if one.kind in _MOMENTS and not one.hidden]
    if len(moments) < _PARTS or not any(one.required for one in moments):
        return False
    things = (*parent.noun, *written(parent.name))
    return not {read_moment(one.name, things).stage for one in moments} & _THERE


_THERE = frozenset({"register", "hire", "founded", "activate", "birth"})
"""Since when something is there for years."""


def _kinds(link: Link) -> Iterator[Link]:
    """The references of a parent that say of what kind it is, or whose."""
    taken = role_words("never") | role_words("places") | role_words("general") | _ANYWHERE
    for step in link.parent.links:
        # what many have in common by chance says nothing: a role, a day, a person who does something
        if (
            step.required
            and is_plain(step)
            and not {*step.parent.noun} & taken
            and day_of(step.parent) is None
        ):
            yield step


_ANYWHERE = frozenset(
    "country nation currency language state province customer supplier vendor vehicle".split()
)
"""What the two may have apart from each other."""
