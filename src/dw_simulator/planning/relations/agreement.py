"""The pass that makes references which share columns agree, and finds by which parent rows stand together.

Two references of a table that share a column must come to the same value there. A column's value is that of
the parent's column, which may again be a reference, so every reference opens routes: "the row of `tenants`
that my customer belongs to". Where a second reference shares the tenant, it either is such a row already (it
follows), or it picks among the rows of its parent that belong to the same tenant. These rows are known
without a search when they stand together, so the parent table becomes *clustered* by its tenant.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from dw_simulator.planning.draft import Cell, Draft, Path, Relation, is_tree
from dw_simulator.planning.relations.clusters import prefer, share_columns, within
from dw_simulator.planning.relations.routes import Owner, routes
from dw_simulator.schema.model import Table

T = TypeVar("T")

Spot = tuple[Path, Owner, str]
"""A value: the row that a route from the child leads to, and the column there."""


def agree(draft: Draft) -> None:
    """Choose what every table is clustered by, and for every relation what it agrees with."""
    state = _State(set())
    for table in draft.experiment.tables:
        prefer(draft, table, state.firm)
    waiting = [table for table in draft.experiment.tables if draft.rows[table.name]]
    turns = 0
    while waiting:
        turns += 1
        table = waiting.pop(0)
        for other in _arrange(draft, table, state):
            if other not in waiting and turns < 20 * len(draft.experiment.tables):
                waiting.append(other)
    for pair in (pair for pairs in state.same.values() for pair in pairs):
        labels = " and ".join(relation.label for relation in pair)
        draft.warnings.append(
            f"{labels} share columns that come from no one table, so both always reference the same row of "
            f"{pair[0].parent.name}"
        )
    for stuck in state.stuck.values():
        for component, best in stuck:
            _refuse(draft, component, best)


@dataclass
class _Plan:
    """One way to make the relations of a component agree."""

    steps: dict[Relation, tuple[Path | None, Path]]
    demands: list[Relation]
    stuck: list[Relation]
    tight: list[Relation] = field(default_factory=list)
    same: list[tuple[Relation, Relation]] = field(default_factory=list)

    def leads(self) -> dict[Cell, Cell]:
        """Where the value of each column comes from."""
        found: dict[Cell, Cell] = {}
        for relation in self.steps:
            for own, target in relation.pairs.items():
                if not relation.domain:
                    found.setdefault((relation.table.name, own), (relation.parent.name, target))
        return found


@dataclass
class _State:
    """What is settled so far.

    firm   tables whose clustering is not to be changed any more
    leads  where the values of columns come from
    stuck  what could not be settled, by table
    same   references that have to pick one row although their values would leave a choice
    """

    firm: set[str]
    leads: dict[Cell, Cell] = field(default_factory=dict)
    stuck: dict[str, list[tuple[list[Relation], _Plan]]] = field(default_factory=dict)
    same: dict[str, list[tuple[Relation, Relation]]] = field(default_factory=dict)

    def loops(self, plan: _Plan) -> bool:
        """Whether a value would come from itself."""
        leads = self.leads | plan.leads()
        for start in plan.leads():
            at, seen = start, {start}
            while at in leads:
                at = leads[at]
                if at in seen:
                    return True
                seen.add(at)
        return False


def _arrange(draft: Draft, table: Table, state: "_State") -> list[Table]:
    """Settle a table's relations; returns the tables that have to be settled again."""
    again: list[Table] = []
    state.stuck[table.name], state.same[table.name] = [], []
    # a reference into an empty table is NULL, and agrees with any other
    filled = [relation for relation in draft.relations[table.name] if relation.parent_rows]
    for component in connected(filled, share_columns):
        best = _best(draft, table, component, state)
        unwell = best.stuck or state.loops(best)
        if unwell and table.name not in state.firm and draft.clusters.get(table.name) in component:
            del draft.clusters[table.name]
            best = _best(draft, table, component, state)
        if best.stuck:
            state.stuck[table.name].append((component, best))
        state.same[table.name] = [*state.same.get(table.name, []), *best.same]
        for rank, (relation, (base, path)) in enumerate(best.steps.items()):
            relation.base, relation.path, relation.rank = base, path, rank
        state.leads |= best.leads()
        for demand in best.demands:
            demand.shared = True
            demand.tight |= demand in best.tight
            state.firm.add(demand.table.name)
            if draft.clusters.get(demand.table.name) is not demand:
                draft.clusters[demand.table.name] = demand
                again.append(demand.table)
    return again


def connected(parts: Iterable[T], overlap: Callable[[T, T], bool]) -> Iterator[list[T]]:
    """The parts that overlap, directly or through others, together."""
    left = list(parts)
    while left:
        family = [left.pop(0)]
        for member in family:
            for other in [other for other in left if overlap(member, other)]:
                left.remove(other)
                family.append(other)
        yield family


def _best(draft: Draft, table: Table, component: list[Relation], state: "_State") -> _Plan:
    """The way that leaves least open, then asks least of other tables."""
    cluster = draft.clusters.get(table.name)
    keyed = [r for key in table.least_keys for r in within(draft, table, set(key)) if r in component]
    if cluster in component:
        leaders = [cluster]
    else:
        declared = sorted((r for r in component if not r.implied), key=lambda r: -len(r.columns))
        domains = [r for r in component if r.domain]
        leaders = domains or list(dict.fromkeys([*keyed, *declared]))
    # a reference that comes back to its own row agrees with that, and leads nothing
    free: list[Relation | None] = [r for r in leaders if r is not None and not r.looped]
    plans = [_Agreement(draft, component, state.firm).led_by(leader) for leader in free or [None]]

    def cost(plan: _Plan) -> tuple[int, bool, bool, int]:
        # what a key determines had better lead: what follows has no choice left that a key could use
        led_by_key = not keyed or any(relation in keyed for relation in list(plan.steps)[:1])
        return len(plan.stuck), state.loops(plan), not led_by_key, _novelty(draft, plan)

    return min(plans, key=cost)


def _novelty(draft: Draft, plan: _Plan) -> int:
    return sum(not draft.clustered(demand) for demand in plan.demands)


class _Agreement:
    """Relations that share columns, settled one after another."""

    def __init__(self, draft: Draft, component: list[Relation], firm: set[str]) -> None:
        self.draft, self.component, self.firm = draft, component, firm
        self.known: dict[str, set[Spot]] = {}
        self.same: dict[Path, Path] = {}
        self.plan = _Plan({}, [], [])

    def led_by(self, leader: Relation | None) -> _Plan:
        """Settle all, this one first."""
        for relation in self.component:
            for own in relation.looped:
                self.known.setdefault(own, set()).add(((), relation.table.name, own))
        if leader is not None:
            self._settle(leader, None, ())
        left = [relation for relation in self.component if relation is not leader]
        while left:
            found = [(len(way[1]), k, way) for k, relation in enumerate(left) if (way := self._way(relation))]
            if not found:
                # an implied relation that leads nowhere is not needed
                self.plan.stuck = [relation for relation in left if not relation.implied]
                return self.plan
            _length, k, (base, path) = min(found, key=lambda item: item[:2])
            self.plan.demands += [step for step in path if step not in self.plan.demands]
            if len(base) == 1 and not path and base[0].parent is left[k].parent:
                shared = {own for own in left[k].columns if own in base[0].columns}
                if not left[k].determined_by(shared):
                    self.plan.same.append((left[k], base[0]))
            if self._in_a_key(left[k]):
                self.plan.tight += path
            self._settle(left.pop(k), base, path)
        return self.plan

    def _in_a_key(self, relation: Relation) -> bool:
        table = relation.table
        keys = (self.draft.closure(table, key) for key in table.least_keys)
        return any(relation.determined_by(key) for key in keys)

    def _settle(self, relation: Relation, base: Path | None, path: Path) -> None:
        self.plan.steps[relation] = (base, path)
        if base is not None:
            self.same[(relation, *path)] = base
        for own, target in relation.pairs.items():
            spots = self.known.setdefault(own, set())
            if relation.domain:
                spots.add(((relation,), relation, target))
                continue
            for way, owner, found in routes(self.draft, relation.parent.name, (target,)):
                spots.add((self._row((relation, *way)), owner, found[target]))

    def _row(self, path: Path) -> Path:
        """One name for every row, by however many routes it is reached."""
        seen = {path}
        while True:
            known = next((path[:n] for n in range(len(path), 0, -1) if path[:n] in self.same), None)
            if known is None:
                return path
            path = (*self.same[known], *path[len(known) :])
            if path in seen:
                return path
            seen.add(path)

    def _way(self, relation: Relation) -> tuple[Path, Path] | None:
        """(the row to agree with, the route to it from this relation's parent), the shortest there is."""
        shared = [name for name in relation.columns if name in self.known]
        if not shared or relation.domain:
            return None
        # a row that the shared values determine is all there is to agree about; any other asks for more
        second_best = None
        for enough, base, path in self._ways(relation, {name: relation.pairs[name] for name in shared}):
            if enough:
                return base, path
            second_best = second_best or (base, path)
        return second_best

    def _ways(self, relation: Relation, targets: dict[str, str]) -> Iterator[tuple[bool, Path, Path]]:
        """(whether the shared values determine it, the row to agree with, the route to it), nearest first."""
        for path, owner, found in routes(self.draft, relation.parent.name, tuple(targets.values())):
            if relation in path or not all(self._may_cluster(step) for step in path):
                continue
            rows = [
                {row for row, at, column in self.known[name] if (at, column) == (owner, found[target])}
                for name, target in targets.items()
            ]
            agreed = [row for row in set.intersection(*rows) if relation not in row]
            if agreed:
                base = min(agreed, key=_by_length)
                yield self._is_key(owner, set(found.values())), base, path

    def _is_key(self, owner: Owner, columns: set[str]) -> bool:
        table = self.draft.experiment.table(owner) if isinstance(owner, str) else None
        return table is None or any(set(key) <= columns for key in table.keys)

    def _may_cluster(self, relation: Relation) -> bool:
        asked = [demand for demand in self.plan.demands if demand.table is relation.table]
        if is_tree(relation) or (asked and relation not in asked):
            return False
        if (
            relation.table is self.component[0].table
            and self.plan.steps.get(relation, ((), ()))[0] is not None
        ):
            return False  # rows stand together by what leads, not by what agrees with it
        cluster = self.draft.clusters.get(relation.table.name)
        return cluster is None or cluster is relation or relation.table.name not in self.firm


def _by_length(path: Path) -> tuple[int, list[tuple[str, str]]]:
    """Short paths first, and always the same among those of one length."""
    return len(path), [(step.label, step.parent.name) for step in path]


def _refuse(draft: Draft, component: list[Relation], plan: _Plan) -> None:
    for relation in plan.stuck:
        settled = [other for other in plan.steps if share_columns(relation, other)] or component
        other = next((member for member in settled if member is not relation), relation)
        shared = ", ".join(name for name in relation.columns if name in other.columns)
        draft.refuse(
            relation.label,
            f"shares {shared} with the reference {other.label} to {other.parent.name}, but nothing makes "
            f"{relation.parent.name} and {other.parent.name} agree there: their values come from no common "
            "row by which the rows of one of them could stand together",
            f"let {shared} of both follow from a reference to one table, or drop one of the two references",
        )
