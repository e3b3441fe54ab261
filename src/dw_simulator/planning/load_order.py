"""In what order tables can be loaded where references are enforced, and what has to wait."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations

from dw_simulator.planning.draft import Draft
from dw_simulator.planning.relations.relation import Relation
from dw_simulator.ports.plan import Later, LoadOrder
from dw_simulator.schema.shown import is_shown
from dw_simulator.schema.table_order import Edge, has_circle, parents_first

_EXACT_LIMIT = 12


def _edge(relation: Relation) -> Edge:
    return relation.table.name, relation.parent.name


def load_order(draft: Draft) -> LoadOrder:
    """The order with the fewest references in the second step, those that can be NULL before the others."""
    names = [table.name for table in draft.declared.tables if not table.hidden]
    found = [r for name in names for r in draft.relations[name] if r.is_declared]
    seen = [r for r in [*found, *draft.void] if is_shown(r.table, r.declared, r.parent)]
    edges = [r for r in seen if not r.declared.is_inferred]
    # rows of a tree come after their parents as they are
    own = [r for r in edges if r.parent is r.table and not draft.is_tree(r)]
    between = [r for r in edges if r.parent is not r.table]
    cut: list[Relation] = []
    for circle in _circles(names, between):
        inside = [r for r in between if r.table.name in circle and r.parent.name in circle]
        cut += _fewest(circle, inside, draft)
    kept = [_edge(r) for r in between if r not in cut]
    # nobody enforces what was only inferred: it has a say as far as there is a choice
    wished = [_edge(r) for r in seen if r.declared.is_inferred and r.parent is not r.table]
    order = parents_first(names, kept if has_circle(names, [*kept, *wished]) else [*kept, *wished])
    waiting = [r for r in edges if r in cut or r in own]
    # a key that is set later cannot be referenced before
    for held in waiting:
        columns = set(draft.own_null_columns(held))
        waiting += [
            r
            for r in edges
            if r.parent is held.table and r not in waiting and columns & set(r.declared.references_columns)
        ]
    later = [Later(r.table.name, draft.own_null_columns(r), r.declared) for r in edges if r in waiting]
    return LoadOrder(tuple(order), tuple(_in_turn(later)))


def _in_turn(later: list[Later]) -> list[Later]:
    """What waits for the key that it references to be set comes after that; constraints come last."""
    done: list[Later] = []
    left = [one for one in later if one.columns]
    last = [one for one in later if not one.columns]
    while left:
        ready = next((one for one in left if not any(_waits(one, other) for other in left)), None)
        if ready is None:  # they wait for each other: one of them is loaded as it is, and enforced at the end
            ready = left.pop(0)
            last.append(replace(ready, columns=()))
            continue
        left.remove(ready)
        done.append(ready)
    return [*done, *last]


def _waits(one: Later, other: Later) -> bool:
    goal = one.reference
    return (
        one is not other
        and goal.references_table == other.table
        and bool(set(goal.references_columns) & set(other.columns))
    )


def _circles(names: list[str], edges: list[Relation]) -> list[set[str]]:
    """Tables that reference each other, directly or through others."""
    onward: dict[str, set[str]] = {name: set() for name in names}
    for child, parent in map(_edge, edges):
        onward[child].add(parent)
    _drop_ends(onward)
    reached: dict[str, set[str]] = {}
    for name, others in onward.items():
        found, waiting = set(others), list(others)
        for other in waiting:
            waiting += onward[other] - found
            found |= onward[other]
        reached[name] = found
    circles: list[set[str]] = []
    for name in onward:
        circle = {other for other in reached[name] if name in reached[other]}
        if circle and circle not in circles:
            circles.append(circle)
    return circles


def _drop_ends(onward: dict[str, set[str]]) -> None:
    """Leave out the tables from which no way leads on, and then those from which one led to these alone."""
    back: dict[str, list[str]] = {name: [] for name in onward}
    for name, others in onward.items():
        for other in others:
            back[other].append(name)
    ends = [name for name, others in onward.items() if not others]
    for end in ends:
        del onward[end]
        for name in back[end]:
            onward[name].discard(end)
            if not onward[name]:
                ends.append(name)


def _fewest(circle: set[str], edges: list[Relation], draft: Draft) -> list[Relation]:
    """References to leave out so that no circle is left: few that cannot be NULL, then few at all.

    References between the same two tables in the same direction go together.
    """
    names = [table.name for table in draft.experiment.tables if table.name in circle]
    bundles: dict[Edge, list[Relation]] = {}
    for relation in edges:
        bundles.setdefault(_edge(relation), []).append(relation)
    costs = {
        edge: (sum(not draft.own_null_columns(relation) for relation in some), len(some))
        for edge, some in bundles.items()
    }
    cut = _fewest_exactly(names, costs) if len(bundles) <= _EXACT_LIMIT else _few(names, costs)
    return [relation for edge in cut for relation in bundles[edge]]


def _fewest_exactly(names: list[str], costs: Mapping[Edge, tuple[int, int]]) -> set[Edge]:
    """The cheapest of all ways to cut."""
    tries = [set(some) for n in range(1, len(costs) + 1) for some in combinations(costs, n)]
    tries.sort(key=lambda some: tuple(map(sum, zip(*(costs[edge] for edge in some), strict=True))))
    return next(some for some in tries if not has_circle(names, set(costs) - some))


def _few(names: list[str], costs: Mapping[Edge, tuple[int, int]]) -> set[Edge]:
    """A cheap way to cut: lay the tables in a row, each time the one that leaves least behind it unmet.

    After Eades, Lin, Smyth: "A fast and effective heuristic for the feedback arc set problem", 1993.
    """
    left, order = set(names), []
    while left:
        unmet = dict.fromkeys(left, (0, 0))
        for (child, parent), (hard, count) in costs.items():
            if child in left and parent in left:
                unmet[child] = (unmet[child][0] + hard, unmet[child][1] + count)
        best = min((name for name in names if name in left), key=unmet.__getitem__)
        order.append(best)
        left.remove(best)
    place = {name: k for k, name in enumerate(order)}
    return {(child, parent) for child, parent in costs if place[parent] > place[child]}
