"""How many children each parent has: whole numbers from a declared shape, with an exact sum."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.columns import FixedColumn
from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Rows
from dw_simulator.engine.selectors.alias_tables import steady
from dw_simulator.engine.selectors.groups import Counted, Even, Tiled
from dw_simulator.errors import Refusal
from dw_simulator.planning.draft import Draft
from dw_simulator.ports.needs import Derived
from dw_simulator.ports.rule import ColumnSpec
from dw_simulator.schema.model import Children, Column, ForeignKey, RuleSpec, Skew, Table
from dw_simulator.types import Kind

WHOLE_LIMIT = 1 << 16
"""Up to so many parents each have a count of their own; beyond, counts repeat from tile to tile."""
_WIDEST_TILE, _NARROWEST_TILE, _TILE_ROWS = 1 << 12, 1 << 8, 1 << 15
_MEAN_SAMPLE = 1 << 14

Counts = NDArray[np.int64]
Weights = NDArray[np.float64]
Tail = Callable[[Weights], Weights]
"""From places between 0 and 1, most frequent first, to the weights of parents there."""


@dataclass(frozen=True)
class CountShape:
    """What is declared about the number of children.

    most    no parent has more, whatever is declared: a key would not hold more
    fewest  no parent that has any has fewer
    barren  how many of how many parents (`others`) have none, where that is not what is declared
    """

    draft: Draft
    table: Table
    declared: ForeignKey
    most: int
    fewest: int = 0
    barren: int | None = None
    others: int = 1

    @property
    def children(self) -> Children:
        """The declared bounds; with none, every parent that may have a child has one."""
        return self.declared.children or Children()

    @property
    def bounds(self) -> tuple[int, int]:
        """Fewest and most children of a parent that has any."""
        least = max(self.children.min, self.fewest, 1 if self.declared.childless else 0)
        most = self.most if self.children.max is None else min(self.children.max, self.most)
        return least, most

    def childless(self, parents: int) -> int:
        """How many of so many parents have no child."""
        if self.barren is not None:
            return max(min(round(self.barren * parents / self.others), parents - 1), 0)
        return childless_parents(self.declared, parents)

    def stream(self, purpose: str) -> Stream:
        return self.draft.stream(self.table, self.declared.columns, purpose)


def tiled(shape: CountShape, rows: int, parents: int, tail: Tail | None = None) -> Tiled:
    """A pattern of counts over and over, for very many parents. Raises Refusal where that cannot be.

    tail  their weights, where these are not as declared
    """
    width = min(max(_TILE_ROWS * parents // max(rows, 1), _NARROWEST_TILE), _WIDEST_TILE)
    full, left = divmod(parents, width)
    late = rows * left // parents
    even = Even(rows - late, full)
    each = even.rows // full
    tables = np.stack(
        [_turns(counts_by_weight(shape, width, each + extra, tail)) for extra in (0, bool(even.richer))]
    )
    last = bounds_of(counts_by_weight(shape, left, late, tail)) if left else np.zeros(1, dtype=np.uint64)
    return Tiled(even, tables, Counted(last), shape.stream("turn"))


def unfit(shape: CountShape, rows: int, parents: int) -> Refusal:
    """Why rows cannot be shared out to parents."""
    least, most = shape.bounds
    if least > most:
        return Refusal(
            f"at least {least:,} children for each parent, but a key tells only {most:,} of one parent apart",
            "widen the other columns of the key, or lower the children",
        )
    each = f"{least:,}" if least == most else f"{least:,} to {most:,}"
    fewest, all_of_them = parents * least, parents * most
    fitting = f"{fewest:,}" if least == most else f"{fewest:,} to {all_of_them:,}"
    return Refusal(
        f"{each} children for each of {parents:,} parents make {fitting} rows, {rows:,} are asked",
        f"ask for {min(max(rows, fewest), all_of_them):,} rows, or change children",
    )


def bounds_of(counts: Counts) -> NDArray[np.uint64]:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.uint64)


def _turns(counts: Counts) -> NDArray[np.uint64]:
    return bounds_of(np.concatenate([counts, counts]))


def counts_by_weight(shape: CountShape, parents: int, rows: int, tail: Tail | None = None) -> Counts:
    """int64[parents] with the sum `rows`. tail: their weights, where these are not as declared."""
    least, most = shape.bounds
    barren = shape.childless(parents)
    fertile = parents - barren
    if barren and least:  # one tile may be tighter than the whole: some more have none there, or some fewer
        fertile = min(max(fertile, -(-rows // most)), rows // least, parents)
        barren = parents - fertile
    if not fertile * least <= rows <= fertile * most:  # one tile may be tighter than the whole
        raise unfit(shape, rows, fertile)
    if tail is None:
        raw = _raw_counts(shape, fertile, rows)
    else:
        weights = steady(tail((np.arange(fertile) + 0.5) / fertile))
        raw = np.floor(weights / weights.sum() * rows).astype(np.int64)
    counts = adjusted(raw, least, min(most, rows), rows)
    everyone = np.concatenate([counts, np.zeros(barren, dtype=np.int64)])
    skew = shape.declared.skew
    if skew is not None and skew.hot == "first":
        return everyone
    order = np.argsort(shape.stream("count order").bits(Rows.run(0, parents)), kind="stable")
    return everyone[order]


def _raw_counts(shape: CountShape, parents: int, rows: int) -> Counts:
    """Counts of the right shape, whatever their sum."""
    least, most = shape.bounds
    if shape.children.distribution is not None:
        return _drawn_counts(shape, parents)
    if shape.declared.skew is not None:
        return np.floor(_weights(shape.declared.skew, parents) * rows).astype(np.int64)
    mean = rows / parents
    span = (most if shape.children.max is not None else min(round(2 * mean) - least, most)) - least
    # x^power has the mean that is asked; it is 1, and the counts are uniform, where the mean is the middle
    share = min(max((mean - least) / span, 1e-9), 1.0) if span > 0 else 1.0
    places = (np.arange(parents) + 0.5) / parents
    return least + np.floor(steady(places ** (1 / share - 1)) * (span + 1)).astype(np.int64)


def _weights(skew: Skew, parents: int) -> NDArray[np.float64]:
    if skew.zipf is not None:
        weights = np.arange(1, parents + 1, dtype=np.float64) ** -skew.zipf
    else:
        assert skew.share is not None, "the model has checked"
        head = favoured(skew, parents)
        weights = np.full(parents, (1 - skew.share) / max(parents - head, 1))
        weights[:head] = skew.share / head
    return steady(weights / weights.sum())


def favoured(skew: Skew, parents: int) -> int:
    """How many parents the larger share of the children belongs to."""
    assert skew.of is not None, "the model has checked"
    return min(max(round(skew.of * parents), 1), parents)


def _drawn_counts(shape: CountShape, parents: int) -> Counts:
    distribution = shape.children.distribution
    assert distribution is not None
    least, most = shape.bounds
    column = Column(
        name="children",
        data_type="BIGINT",
        min_value=least,
        max_value=most,
    )
    rule = RuleSpec(name=distribution.type, **distribution.parameters)
    spec = ColumnSpec(shape.draft.seed, shape.table.name, column, parents)
    values = shape.draft.rules(rule, Kind.INTEGER).build(spec)
    if isinstance(values, Derived):
        raise Refusal(f"{distribution.type} is made from other columns, of which children have none")
    kernel = spec.kernel(values)
    counts = kernel.values(Rows.run(0, parents))
    assert isinstance(counts, FixedColumn)
    return counts.values.astype(np.int64)


def childless_parents(declared: ForeignKey, parents: int) -> int:
    """How many of so many parents have no child; one at least has."""
    return max(min(round((declared.childless or 0.0) * parents), parents - 1), 0)


def mean_count(draft: Draft, table: Table, declared: ForeignKey) -> Fraction | None:
    """How many children a parent that has any has on average, as declared; None where that is left open."""
    children = declared.children
    assert children is not None
    if children.distribution is not None:
        shape = CountShape(draft, table, declared, 1 << 40)
        return Fraction(int(_drawn_counts(shape, _MEAN_SAMPLE).sum()), _MEAN_SAMPLE)
    if declared.skew is not None:
        return None  # within these bounds as many as there are rows
    return None if children.max is None else Fraction(children.min + children.max, 2)


def adjusted(counts: Counts, least: int, most: int, total: int) -> Counts:
    """The counts with an exact total: what is missing or too much is spread in proportion to the room."""
    kept = [int(count) for count in np.clip(counts, least, most)]
    missing = total - sum(kept)
    if missing > 0:
        room = [min(most - count, count + 1) for count in kept]
        if sum(room) < missing:
            room = [most - count for count in kept]
    else:
        room = [count - least for count in kept]
    whole = max(sum(room), 1)
    # floors of a running sum: no element gets more than its room, and none of the total is lost
    marks = [abs(missing) * run // whole for run in accumulate(room, initial=0)]
    sign = 1 if missing > 0 else -1
    moved = [sign * (high - low) for low, high in pairwise(marks)]
    return np.array([count + move for count, move in zip(kept, moved, strict=True)], dtype=np.int64)


def spread(declared: ForeignKey, least: int, most: int) -> ForeignKey:
    """The reference with these bounds for its number of children."""
    return declared.model_copy(update={"children": Children(min=least, max=most)})
