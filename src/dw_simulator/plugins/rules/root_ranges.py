"""Moments along a tree: whose own range roots have, and how the rows below follow."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from pydantic import Field

from dw_simulator.engine.rows import Selector
from dw_simulator.engine.selectors.sampling import Uniform
from dw_simulator.engine.values.base import Kernel
from dw_simulator.engine.values.betweens import Between
from dw_simulator.engine.values.lineage import AlongTree
from dw_simulator.errors import Refusal
from dw_simulator.plugins.rules.rooms import tell_crowded
from dw_simulator.ports.needs import Derived, RowAbove, Source
from dw_simulator.ports.rule import ColumnSpec
from dw_simulator.schema.declared import Declared
from dw_simulator.schema.model import Moment, RuleSpec

MakeStep = Callable[[Sequence[Source], Selector], Between]


class RootRange(Declared):
    """What the rows have that have nothing to follow: that stand below no other, say."""

    date_start: Moment | None = Field(default=None, description="their first day; else the column's")
    date_end: Moment | None = Field(default=None, description="their last day; else the column's")
    rule: RuleSpec | None = Field(default=None, description="their rule; an even spread where it is not said")


def leads_up(spec: ColumnSpec, reference: str | tuple[str, ...] | None) -> str | None:
    """The column by which a reference leads to another row of its own table; None for any other."""
    path = (reference,) if isinstance(reference, str) else reference or ()
    if spec.owner is None or len(path) != 1:
        return None
    own = [
        one for one in spec.owner.references if one.references_table == spec.table and path[0] in one.columns
    ]
    return path[0] if own else None


def along_tree(spec: ColumnSpec, above: RowAbove, roots: RootRange | None, step: MakeStep) -> Kernel:
    """The kernel of a column that follows itself in the row above. Raises Refusal."""
    root = moments_of(spec, roots or RootRange(), "roots")
    positions = Uniform(spec.stream(), 1 << 64)
    source = Source(f"{spec.table}.{spec.column.name} of the row above", spec.type, root)
    kernel = AlongTree(above.pick, above.no_row, root, step([source], positions), above.depth)
    if not kernel.step.optional and (kernel.step.untils or spec.column.date_end is not None):
        tell_crowded(spec, "the row above", "its end", kernel.crowded)
    return kernel


def moments_of(spec: ColumnSpec, roots: RootRange, purpose: str) -> Kernel:
    """The moments of a range. Raises Refusal. purpose: the option that says them."""
    assert spec.rules is not None, "the planner knows the rules"
    rule = roots.rule or RuleSpec(name=spec.rules.usual(spec.type.kind))
    ends = {
        name: value
        for name in ("date_start", "date_end")
        if (value := getattr(roots, name)) is not None or getattr(spec.column, name) is not None
    }
    own = {name: value if value is not None else getattr(spec.column, name) for name, value in ends.items()}
    column = spec.column.changed(name=f"{spec.column.name}\0{purpose}", rule=rule, **own)
    made = spec.rules(rule, spec.type.kind).build(replace(spec, column=column, key=False))
    if isinstance(made, Derived):
        raise Refusal(
            f"{purpose} cannot follow the rule {rule.name}: it is made from other columns", "choose another"
        )
    return spec.kernel(made, purpose)
