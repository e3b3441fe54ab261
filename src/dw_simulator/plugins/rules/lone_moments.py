"""Moments of rows that have nothing to follow: what `after` has where none of its columns is there."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from dw_simulator.engine.bounds import allowed, declared, filled
from dw_simulator.engine.rows import Selector
from dw_simulator.engine.storage import dtype_of
from dw_simulator.engine.values.base import Kernel
from dw_simulator.engine.values.instead import Always, Instead
from dw_simulator.errors import Refusal
from dw_simulator.plugins.rules.rooms import MomentRoom, scale_of, unit_of
from dw_simulator.plugins.rules.root_ranges import RootRange, moments_of
from dw_simulator.ports.needs import Source
from dw_simulator.ports.rule import ColumnSpec
from dw_simulator.schema.model import Column

Room = Callable[[ColumnSpec, Sequence[Source], Sequence[Source]], MomentRoom]
"""What bounds a moment, with other sources and ends."""


def or_alone(spec: ColumnSpec, kernel: Kernel, sources: Sequence[Source], other: Kernel) -> Kernel:
    """A kernel that has other moments where none of its sources is there."""
    required = spec.column.required
    return Instead(
        kernel, tuple(one.kernel for one in sources), other, not required and kernel.facts.nullable
    )


def alone(
    spec: ColumnSpec, period: RootRange, untils: Sequence[Source], room: Room, positions: Selector
) -> Kernel:
    """Moments of a period, none after what ends their row's room. Raises Refusal.

    period  what is said of it; what is not is the column's, or the usual one
    room    makes the room of a row, which knows which way it reaches
    """
    column = _within(spec.column, period)
    if period.rule is not None:
        if untils:
            raise Refusal("otherwise: a rule knows nothing of until", "leave the rule or until out")
        return moments_of(spec, period, "otherwise")
    bounds = filled(spec.type, declared(column), spec.as_of).meet(allowed(column))
    if bounds.is_empty:
        raise Refusal(f"otherwise: no {spec.type.declared} lies there", "move date_start or date_end")
    assert bounds.low is not None, "open ends are filled"
    assert bounds.high is not None, "open ends are filled"
    own = replace(spec, column=column, rows=0)  # nobody is told of rows without room
    before = room(own, [], untils).before
    begin = int(bounds.high if before else bounds.low)
    if (column.date_end if before else column.date_start) is None:
        ends = [end for until in untils if (end := _reached(spec, until, before=before)) is not None]
        begin = max([begin, *ends]) if before else min([begin, *ends])
    start = Source("the period", spec.type, Always(begin, dtype_of(spec.type)))
    return room(own, [start], untils).kernel(positions)


def _within(column: Column, period: RootRange) -> Column:
    """The column with the bounds of a period, and never NULL."""
    start = period.date_start if period.date_start is not None else column.date_start
    end = period.date_end if period.date_end is not None else column.date_end
    return column.changed(date_start=start, date_end=end, required=True)


def _reached(spec: ColumnSpec, until: Source, *, before: bool) -> int | None:
    """How far an end lies away at the most, as stored in the column; None where that is unknown."""
    ends = until.kernel.facts.ends
    if ends is None:
        return None
    scale = scale_of(until.type, spec.type, unit_of(spec.type, [until.type]), up=before)
    return scale.stored(scale.of(int(ends[1] if before else ends[0])))
