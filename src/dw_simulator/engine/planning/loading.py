"""In what order tables can be loaded where references are enforced, and what has to wait."""

from itertools import combinations

from dw_simulator.engine.planning.draft import Draft, Relation
from dw_simulator.engine.planning.layout import Later, LoadOrder
from dw_simulator.engine.planning.picks import is_tree

_EXACT_LIMIT = 12


def load_order(draft: Draft) -> LoadOrder:
    """The order with the fewest references in the second step, those that can be NULL before the others."""
    names = [table.name for table in draft.experiment.tables]
    edges = [r for name in names for r in draft.relations[name] if not r.implied and not r.domain]
    # rows of a tree come after their parents as they are
    own = [r for r in edges if r.parent is r.table and not is_tree(r)]
    between = [r for r in edges if r.parent is not r.table]
    cut: list[Relation] = []
    for circle in _circles(names, between):
        inside = [r for r in between if r.table.name in circle and r.parent.name in circle]
        cut += _fewest(circle, inside, draft)
    order = _sorted(names, [r for r in between if r not in cut])
    assert order is not None, "the circles are cut"
    later = [r for r in edges if r in cut or r in own]
    return LoadOrder(
        tuple(order), tuple(Later(r.table.name, draft.own_null_columns(r), r.declared) for r in later)
    )


def _sorted(names: list[str], edges: list[Relation]) -> list[str] | None:
    """Parents before children, in the schema's order where that leaves a choice; None for a circle."""
    order: list[str] = []
    left = list(names)
    while left:
        ready = [n for n in left if all(r.parent.name in order for r in edges if r.table.name == n)]
        if not ready:
            return None
        order.append(ready[0])
        left.remove(ready[0])
    return order


def _circles(names: list[str], edges: list[Relation]) -> list[set[str]]:
    """Tables that reference each other, directly or through others."""
    onward = {name: {r.parent.name for r in edges if r.table.name == name} for name in names}
    reached: dict[str, set[str]] = {}
    for name in names:
        found, waiting = set(onward[name]), list(onward[name])
        for other in waiting:
            waiting += onward[other] - found
            found |= onward[other]
        reached[name] = found
    circles: list[set[str]] = []
    for name in names:
        circle = {other for other in reached[name] if name in reached[other]}
        if circle and circle not in circles:
            circles.append(circle)
    return circles


def _fewest(circle: set[str], edges: list[Relation], draft: Draft) -> list[Relation]:
    """References to leave out so that no circle is left: few that cannot be NULL, then few at all.

    References between the same two tables in the same direction go together.
    """
    names = [table.name for table in draft.experiment.tables if table.name in circle]
    bundles: dict[tuple[str, str], list[Relation]] = {}
    for relation in edges:
        bundles.setdefault((relation.table.name, relation.parent.name), []).append(relation)

    def cost(chosen: list[list[Relation]]) -> tuple[int, int]:
        relations = [relation for bundle in chosen for relation in bundle]
        return sum(not draft.own_null_columns(relation) for relation in relations), len(relations)

    if len(bundles) <= _EXACT_LIMIT:
        tries = [list(some) for n in range(1, len(bundles) + 1) for some in combinations(bundles.values(), n)]
        for some in sorted(tries, key=cost):
            cut = [relation for bundle in some for relation in bundle]
            if _sorted(names, [r for r in edges if r not in cut]) is not None:
                return cut
    return _by_degrees(names, list(bundles.values()), draft)


def _by_degrees(names: list[str], bundles: list[list[Relation]], draft: Draft) -> list[Relation]:
    """Leave references out greedily: keep what can stay, those that cannot be NULL first."""
    kept: list[Relation] = []
    cut: list[Relation] = []
    for bundle in sorted(
        bundles, key=lambda some: all(draft.own_null_columns(relation) for relation in some)
    ):
        if _sorted(names, [*kept, *bundle]) is None:
            cut += bundle
        else:
            kept += bundle
    return cut
