"""Columns of few values, of which CHECKs that are about the column alone keep some: each value is asked.

a SMALLINT, CHECK (a % 5 = 0)                     of 0 to 1000 every fifth value
d DATE, CHECK (extract(dow FROM d) NOT IN (0, 6)) of the days of six years those that are no weekends
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dw_simulator.engine.rows import BLOCK, Rows, Selector, UInts
from dw_simulator.engine.values.base import Domain, Drawn, Kept, Kernel, fixed
from dw_simulator.engine.values.facts import MANY
from dw_simulator.errors import Refusal
from dw_simulator.planning.draft import Draft
from dw_simulator.ports.constraints import OpenCheck
from dw_simulator.ports.needs import Derived, Source
from dw_simulator.ports.rule import ColumnSpec

Ask = Callable[[OpenCheck], Derived | None]
"""A check as the truth values of the row; None where nobody can evaluate it."""


@dataclass(frozen=True, eq=False)
class _Round(Selector):
    """One index after the other, and again from the first."""

    size: int

    def index(self, rows: Rows) -> UInts:
        found: UInts = rows.numbers % np.uint64(self.size)
        return found


def sifted(draft: Draft, spec: ColumnSpec, values: Domain, ask: Ask) -> Domain:
    """The values at which no CHECK fails that is about the column alone; all where these are too many."""
    cell = (spec.table, spec.column.name)
    orders = draft.orders.get(spec.table)
    compared = orders is not None and spec.column.name in orders.columns
    if not 0 < values.size <= MANY or compared or cell in draft.entities:
        return values
    for check in draft.open_checks.get(spec.table, ()):
        holds = _holds(spec, values, check, ask)
        if holds is None:
            continue
        kept = _passing(holds, values)
        if len(kept) < values.size and (not len(kept) or (spec.key and len(kept) < spec.rows)):
            continue  # it is told
        if spec.column.required:
            draft.kept_checks.add(check)
        values = values if len(kept) == values.size else Kept(values, kept)
    return values


def _holds(spec: ColumnSpec, values: Domain, check: OpenCheck, ask: Ask) -> Kernel | None:
    """The truth values of a check, of one value after the other; None where it is about more columns."""
    name = spec.column.name
    derived = ask(check) if name.lower() in check.check.text.lower() else None
    if derived is None or derived.needs != (name,):
        return None
    try:
        return derived.finish([Source(name, spec.type, Drawn(_Round(values.size), values))])
    except Refusal:
        return None


def _passing(holds: Kernel, values: Domain) -> UInts:
    """The indices of the values that pass, ascending."""
    found = []
    for start in range(0, values.size, BLOCK):
        column = fixed(holds.values(Rows.run(start, min(start + BLOCK, values.size))))
        passes = column.values.astype(np.bool_)
        if column.valid is not None:
            passes &= column.valid
        found.append(np.flatnonzero(passes).astype(np.uint64) + np.uint64(start))
    return np.concatenate(found)
