"""Columns that go together: whose kernels take their values by positions that are correlated.

    orders (customer_id REFERENCES customers, quantity, amount)
    correlate: [{"columns": ["quantity", "amount"], "rank": 0.7}]

    quantity   score z1
    amount     score 0.717 z1 + 0.697 z2

Every column has a draw of its own as a normal score (`copulas`), and its own score is a sum of these by
weights (`rank_matrices`). The column of a referenced row stands first: its score is there already. What a
column's rule has made takes its values by the positions of its score (`Kernel.ranked`): as often as before.
"""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from dw_simulator.engine.rows import Rows, Selector, UInts
from dw_simulator.engine.selectors.copulas import Combined, Correlated, OwnScore, Score, ScoreThere
from dw_simulator.engine.selectors.sampling import Uniform
from dw_simulator.engine.values.base import Kernel, fixed
from dw_simulator.errors import Refusal
from dw_simulator.planning.columns.rank_matrices import GRID, MeanRanks, weights
from dw_simulator.planning.draft import Cell, Draft
from dw_simulator.planning.relations.relation import Relation
from dw_simulator.ports.needs import Derived
from dw_simulator.schema.correlations import Correlation
from dw_simulator.schema.model import Column, Lookup, Table
from dw_simulator.types import NUMERIC_KINDS, TEMPORAL_KINDS

_COPIED = (
    "it has the values of another table, which go with nothing else",
    "correlate the column where they come from",
)

Goal = tuple[Table, Column, list[Relation]]
"""Where a way along references ends, and the references."""


class Columns(Protocol):
    """What is asked of who makes kernels."""

    def goal(self, place: str, table: Table, lookup: Lookup) -> Goal | None:
        """Where a way along references ends; None where that was refused, at this place."""

    def plain(self, table: Table, column: Column) -> Kernel | None:
        """What a column's rule makes, alone; None where it was refused, or is made from others."""

    def kernel(self, table: Table, column: Column) -> Kernel | None:
        """A finished column; None where it was refused."""


@dataclass(frozen=True, eq=False)
class _Entry:
    """A correlation of a table, its columns in the order of weights: that of the referenced row first."""

    place: str
    table: Table
    declared: Correlation
    goal: Goal | None

    @property
    def members(self) -> list[tuple[Table, str]]:
        there = [] if self.goal is None else [(self.goal[0], self.goal[1].name)]
        return [*there, *((self.table, name) for name in self.declared.columns)]

    @property
    def names(self) -> list[str]:
        return [name if table is self.table else f"{table.name}.{name}" for table, name in self.members]

    @property
    def ranks(self) -> list[list[float]]:
        """Of all pairs, in this order: users write the column of the referenced row last."""
        count = len(self.members)
        order = list(range(count)) if self.goal is None else [count - 1, *range(count - 1)]
        return [[self.declared.ranks[i][j] for j in order] for i in order]


@dataclass(frozen=True, eq=False)
class _Grid(Selector):
    """Positions that are spread evenly, one after the other."""

    size: int = 1 << 64

    def index(self, rows: Rows) -> UInts:
        step = (1 << 64) // GRID
        return rows.numbers * np.uint64(step) + np.uint64(step // 2)


@dataclass(eq=False)
class Correlating:
    """The correlations of all tables of a draft, and the scores of their columns."""

    draft: Draft
    columns: Columns
    entries: dict[Cell, _Entry] = field(default_factory=dict)
    sources: set[Cell] = field(default_factory=set)
    own: dict[Cell, OwnScore] = field(default_factory=dict)
    known: dict[Cell, Score] = field(default_factory=dict)
    factors: dict[_Entry, list[list[float]]] = field(default_factory=dict)
    path: list[Cell] = field(default_factory=list)
    done: set[Cell] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Find who stands where: a column is drawn alike whichever table is wanted."""
        for table in self.draft.experiment.tables:
            for k, declared in enumerate(table.correlate):
                place, goal = f"{table.name}.correlate[{k}]", None
                if declared.parent is not None:
                    goal = self.columns.goal(place, table, declared.parent)
                    if goal is None:
                        continue
                    self.sources.add((goal[0].name, goal[1].name))
                entry = _Entry(place, table, declared, goal)
                self.entries |= {(table.name, name): entry for name in declared.columns}

    def placed(self, table: Table, column: Column, kernel: Kernel) -> Kernel | None:
        """A kernel whose values go with those of others, where its column is to; None if that was refused."""
        cell = (table.name, column.name)
        if cell not in self.entries and cell not in self.sources:
            return kernel
        self.done.add(cell)
        try:
            _check_own(self.draft, table, column)
            return _ranked(kernel, self._score(cell))
        except Refusal as refusal:
            self.draft.refuse(".".join(cell), f"correlate: {refusal.message}", refusal.mend)
            return None

    def tell(self, table: Table, column: Column, drawn: Kernel | None, kernel: Kernel | None) -> None:
        """Warn where a column that goes with others has given way to a CHECK since."""
        cell = (table.name, column.name)
        if kernel is not None and kernel is not drawn and (cell in self.entries or cell in self.sources):
            words = "follows a CHECK, which comes before its rank correlation"
            self.draft.warnings.append(f"{'.'.join(cell)} {words}")

    def check(self) -> None:
        """Whoever stands in a correlation has values of its own."""
        for cell, entry in self.entries.items():
            wanted = self.draft.only in (None, entry.table.name)
            if wanted and cell not in self.done and cell not in self.draft.failed:
                self.draft.refuse(".".join(cell), f"correlate: {_COPIED[0]}", _COPIED[1])

    def _score(self, cell: Cell) -> Score:
        """The normal score of a column, made once. Raises Refusal."""
        if cell in self.path:
            raise Refusal(
                "it goes with itself in another row, which goes with the next, without an end",
                "let it go with another column of the referenced row",
            )
        if cell not in self.known:
            self.path.append(cell)
            try:
                entry = self.entries.get(cell)
                self.known[cell] = self._own(cell) if entry is None else self._combined(cell, entry)
            finally:
                self.path.pop()
        return self.known[cell]

    def _own(self, cell: Cell) -> OwnScore:
        table = self.draft.experiment.table(cell[0])
        assert table is not None, "a cell is of a table"
        if cell not in self.own:
            self.own[cell] = OwnScore.of(self.draft.stream(table, cell[1:], "rank"))
        return self.own[cell]

    def _combined(self, cell: Cell, entry: _Entry) -> Score:
        row = self._weights(entry)[[(t.name, name) for t, name in entry.members].index(cell)]
        parts: list[Score] = [] if entry.goal is None else [self._there(entry.goal)]
        own = entry.declared.columns[: len(row) - len(parts)]
        parts += [self._own((cell[0], name)) for name in own]
        kept = [(weight, part) for weight, part in zip(row, parts, strict=True) if weight]
        if len(kept) == 1:
            return kept[0][1]
        return Combined(tuple(weight for weight, _part in kept), tuple(part for _weight, part in kept))

    def _there(self, goal: Goal) -> Score:
        table, column, relations = goal
        picks = [self.draft.picks.get(relation) for relation in relations]
        found = tuple(pick for pick in picks if pick is not None)
        if len(found) < len(picks):
            raise Refusal(f"the rows of {table.name} that it goes with are not known")
        score = self._score((table.name, column.name))
        label = f"{table.name}.{column.name}"
        if self.columns.kernel(table, column) is None:
            raise Refusal(f"{label}, with which it goes, cannot be made so", "see there")
        if (table.name, column.name) not in self.done:
            raise Refusal(f"{label}: {_COPIED[0]}", _COPIED[1])
        return ScoreThere(found, score)

    def _weights(self, entry: _Entry) -> list[list[float]]:
        if entry not in self.factors:
            mean_ranks = [self._mean_ranks(table, name) for table, name in entry.members]
            try:
                self.factors[entry] = weights(entry.names, entry.ranks, mean_ranks)
            except Refusal as refusal:
                raise Refusal(f"{entry.place.partition('.')[2]}: {refusal.message}", refusal.mend) from None
        return self.factors[entry]

    def _mean_ranks(self, table: Table, name: str) -> MeanRanks | None:
        """How a column's values repeat; None where they hardly do, or it is refused anyway."""
        column = table.column(name)
        kernel = None if column is None else self.columns.plain(table, column)
        found = None if kernel is None else kernel.ranked(_Grid())
        if found is None:
            return None
        values = fixed(found.values(Rows.run(0, GRID))).values.reshape(GRID, -1)
        starts = np.flatnonzero(np.any(values[1:] != values[:-1], axis=1)) + 1
        return MeanRanks.of(np.concatenate([[0], starts]))


def _ranked(kernel: Kernel, score: Score) -> Kernel:
    """A kernel's values by the positions of a score; those of a draw of its own are its bits."""
    own = Uniform(score.stream, 1 << 64) if isinstance(score, OwnScore) else None
    found = kernel.ranked(own or Correlated.by(score))
    if found is None:
        raise Refusal(
            "its values have no order by which they could be drawn",
            "leave it out there, or let it be a range, a list, a distribution or a calendar, not sorted",
        )
    return found


def _check_own(draft: Draft, table: Table, column: Column) -> None:
    """Refuse what cannot go with anything, whatever its values are."""
    if column.type.kind not in NUMERIC_KINDS | TEMPORAL_KINDS:
        raise Refusal(f"{column.data_type} has no ranks; numbers, dates and times have", "leave it out there")
    if any(column.name in key for key in table.keys):
        raise Refusal("it is in a key, and values that must differ go with nothing", "leave it out")
    if isinstance(draft.values.get((table.name, column.name)), Derived):
        raise Refusal("it is made from other columns", "correlate those that it is made from")
