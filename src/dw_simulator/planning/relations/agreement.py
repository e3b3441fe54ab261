"""How references that share columns agree: given the one that leads, the role of each.

Two references of a table that share a column must come to the same value there. A column's value is that of
the parent's column, which may again be a reference, so every reference opens routes: "the row of `tenants`
that my customer belongs to". Where a second reference shares the tenant, it either is such a row already (it
follows), or it picks among the rows of its parent that belong to the same tenant:

    tenants (id);  customers (tenant, no);  products (tenant, no)
    baskets (tenant, customer, product)  led by the reference to customers

    baskets(tenant, customer)  leads
    baskets(tenant, product)   base: (baskets -> customers -> tenants), path: (products -> tenants)

For this the parent is asked to know its rows by the path: `products -> tenants` is a *demand*, for it has to
lead in its own table, and to be dealt out instead of drawn.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from dw_simulator.planning.draft import Cell, Draft
from dw_simulator.planning.relations.relation import Path, Relation, Role, is_tree
from dw_simulator.planning.relations.routes import routes

_Spot = tuple[Path, str, str]
"""A value: the row that a route from the child leads to, the table, and the column there."""
_LONGEST = 50
MayDeal = Callable[[Relation, bool], bool]
"""Whether a relation of another component can be dealt out; and in the order in which rows stand."""


@dataclass(frozen=True)
class Agreement:
    """One way in which the relations of a component agree.

    roles    of each, in the order in which they were settled
    demands  relations that have to be dealt out for it; and whether their rows have to stand together by them
    tight    of those, the ones where a key of this table needs room
    itself   relations by which every row leads to itself, as no other way was found
    stuck    relations for which there is none
    same     pairs that always have the same row, although their values would leave a choice
    """

    roles: dict[Relation, Role] = field(default_factory=dict)
    demands: dict[Relation, bool] = field(default_factory=dict)
    tight: list[Relation] = field(default_factory=list)
    itself: list[Relation] = field(default_factory=list)
    stuck: list[Relation] = field(default_factory=list)
    same: list[tuple[Relation, Relation]] = field(default_factory=list)

    @property
    def leader(self) -> Relation | None:
        """The one that picks freely."""
        return next((relation for relation, role in self.roles.items() if role.leads), None)

    def origins(self) -> dict[Cell, Cell]:
        """Where the value of each column comes from."""
        found: dict[Cell, Cell] = {}
        for relation in self.roles:
            for own, target in relation.pairs.items():
                found.setdefault((relation.table.name, own), (relation.parent.name, target))
        return found


def agreement(
    draft: Draft, component: list[Relation], leader: Relation | None, may_deal: MayDeal
) -> Agreement:
    """How the relations of a component agree where one of them leads; None: all agree with the own row."""
    return _Agreeing(draft, component, may_deal).led_by(leader)


class _Agreeing:
    """Relations that share columns, settled one after another, those with the shortest way first."""

    def __init__(self, draft: Draft, component: list[Relation], may_deal: MayDeal) -> None:
        self.draft, self.component, self.may_deal = draft, component, may_deal
        self.known: dict[str, set[_Spot]] = {}
        self.same: dict[Path, Path] = {}
        self.found = Agreement()
        self.ways: dict[Relation, tuple[tuple[Path, Path] | None, int, int]] = {}
        self.news: list[str] = []  # tables of which rows became known, one after the other

    def led_by(self, leader: Relation | None) -> Agreement:
        """Settle all, this one first."""
        self._settle_given()
        # who leads picks freely: no row that is its own may have a say in its columns
        own_rows = [relation for relation in self.found.roles if relation.is_own_row]
        said = {own for row in own_rows for own, target in row.pairs.items() if own != target}
        if leader is not None and said.isdisjoint(leader.columns):
            self._settle(leader, None, ())
        left = [relation for relation in self.component if relation not in self.found.roles]
        while left:
            ways = [
                (len(way[1]), k, way) for k, relation in enumerate(left) if (way := self._known_way(relation))
            ]
            alone = next(filter(self._may_be_itself, left), None) if not ways else None
            if alone is not None:
                left.remove(alone)
                self.found.itself.append(alone)
                self._settle(alone, (), ())
                continue
            if not ways:
                # an implied relation that leads nowhere is not needed
                self.found.stuck.extend(relation for relation in left if not relation.implied)
                return self.found
            _length, k, (base, path) = min(ways, key=lambda item: item[:2])
            self._note(left[k], base, path)
            self._settle(left.pop(k), base, path)
        return self.found

    def _settle_given(self) -> None:
        """What is not for this search to choose: loops, ways that a lookup says, rows that are their own."""
        for relation in self.component:
            for own in self.draft.looped[relation]:
                self.known.setdefault(own, set()).add(((), relation.table.name, own))
        for relation in self.component:
            if (via := self.draft.via(relation)) is not None:
                self._settle(relation, via, ())
            elif relation.is_own_row and self._may_be_itself(relation):
                self._settle(relation, (), ())

    def _may_be_itself(self, relation: Relation) -> bool:
        """Whether every row may reference itself: its columns then repeat others of the row."""
        looped = self.draft.looped[relation]
        free = (
            own == target or own in looped or own not in self.known for own, target in relation.pairs.items()
        )
        return relation.parent is relation.table and not relation.is_special and all(free)

    def _note(self, relation: Relation, base: Path, path: Path) -> None:
        for step, together in _steps(relation, path):
            self.found.demands[step] = together or self.found.demands.get(step, False)
        if len(base) == 1 and not path and base[0].parent is relation.parent:
            shared = {own for own in relation.columns if own in base[0].columns}
            if not relation.determined_by(shared):
                self.found.same.append((relation, base[0]))
        keys = (self.draft.closure(relation.table, key) for key in relation.table.least_keys)
        if any(relation.determined_by(key) for key in keys):
            self.found.tight.extend(path)

    def _settle(self, relation: Relation, base: Path | None, path: Path) -> None:
        self.found.roles[relation] = Role(base, path, len(self.found.roles))
        if base is not None:
            self.same[(relation, *path)] = base
        for own, target in relation.pairs.items():
            spots = self.known.setdefault(own, set())
            for way, owner, found in routes(self.draft, relation.parent.name, (target,)):
                spots.add((self._row((relation, *way)), owner, found[target]))
                self.news.append(owner)

    def _row(self, path: Path) -> Path:
        """One name for every row, by however many routes it is reached."""
        seen = {path}
        while True:
            known = next((path[:n] for n in range(len(path), 0, -1) if path[:n] in self.same), None)
            if known is None:
                return path
            path = (*self.same[known], *path[len(known) :])
            if path in seen or len(path) > _LONGEST:  # rows that are the same as each other
                return min(seen, key=_by_length)
            seen.add(path)

    def _known_way(self, relation: Relation) -> tuple[Path, Path] | None:
        """The way of a relation, sought again where what was settled since may have changed it."""
        shared = sum(name in self.known for name in relation.columns)
        way, *then = self.ways.get(relation, (None, 0, 0))
        nearer = {relation.parent.name, *(step.parent.name for step in way[1][:-1])} if way else set()
        if way is None or then[1] != shared or not nearer.isdisjoint(self.news[then[0] :]):
            way = self._way(relation)
        self.ways[relation] = (way, len(self.news), shared)
        return way

    def _way(self, relation: Relation) -> tuple[Path, Path] | None:
        """(the row to agree with, the route to it from this relation's parent), the shortest there is."""
        shared = {name: relation.pairs[name] for name in relation.columns if name in self.known}
        # a row that the shared values determine is all there is to agree about; any other asks for more
        second_best = None
        for enough, base, path in self._ways(relation, shared) if shared else ():
            if enough:
                return base, path
            second_best = second_best or (base, path)
        return second_best

    def _ways(self, relation: Relation, targets: dict[str, str]) -> Iterator[tuple[bool, Path, Path]]:
        """(whether the shared values determine it, the row to agree with, the route to it), nearest first."""
        for path, owner, found in routes(self.draft, relation.parent.name, tuple(targets.values())):
            steps = list(_steps(relation, path))
            if relation in path or not (_are_apart(steps) and all(self._can_deal(*step) for step in steps)):
                continue
            rows = [
                {row for row, at, column in self.known[name] if (at, column) == (owner, found[target])}
                for name, target in targets.items()
            ]
            agreed = [row for row in set.intersection(*rows) if relation not in row]
            if agreed:
                table = self.draft.experiment.table(owner)
                enough = table is not None and any(set(key) <= set(found.values()) for key in table.keys)
                yield enough, min(agreed, key=_by_length), path

    def _can_deal(self, step: Relation, together: bool) -> bool:
        if is_tree(step) or self.draft.looped[step]:
            return False
        # rows are dealt out by what leads, not by what agrees with it
        if step in self.component and not (step in self.found.roles and self.found.roles[step].leads):
            return False
        rivals = [other for other in self.found.demands if other.table is step.table and other is not step]
        return self.may_deal(step, together) and not any(
            (together and self.found.demands[other]) or other.shares(step) for other in rivals
        )


def _steps(relation: Relation, path: Path) -> Iterator[tuple[Relation, bool]]:
    """The relations of a path, each with whether its rows have to stand together by it.

    They have to where rows that stand together are to be found through it, and where a tree, whose rows stand
    after their parents, has its rows within it.
    """
    return ((step, bool(place) or relation.parent is relation.table) for place, step in enumerate(path))


def _are_apart(steps: list[tuple[Relation, bool]]) -> bool:
    """Whether no table would have its rows stand together in two ways."""
    tables = [step.table for step, together in dict(steps).items() if together]
    return len(tables) == len({table.name for table in tables})


def _by_length(path: Path) -> tuple[int, list[tuple[str, str]]]:
    """Short paths first, and always the same among those of one length."""
    return len(path), [(step.label, step.parent.name) for step in path]
