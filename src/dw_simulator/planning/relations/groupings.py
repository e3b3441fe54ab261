"""Groupings of the tables whose rows stand together by parent, and how many parents can be picked at all."""

from math import prod

import numpy as np

from dw_simulator.engine.selectors.groups import Chained, Even, Grouping
from dw_simulator.engine.values.base import is_domain
from dw_simulator.errors import Refusal
from dw_simulator.planning.draft import Draft, Path, Relation
from dw_simulator.planning.relations.clusters import counting_column
from dw_simulator.planning.relations.fan_out import CountShape, grouping, spread
from dw_simulator.schema.model import Table

_PLENTY = 1 << 62


def group_rows(draft: Draft) -> None:
    """Give every relation that a table is clustered by its grouping."""
    for name, relation in draft.clusters.items():
        if draft.rows[name]:
            try:
                grouped(draft, relation)
            except Refusal as refusal:
                draft.refuse(relation.label, refusal.message, refusal.mend)
                draft.failed |= {(name, column) for column in relation.columns}


def grouped(draft: Draft, relation: Relation) -> Grouping:
    """The relation's grouping, made once. Raises Refusal where its counts cannot be."""
    if relation.grouping is None:
        relation.grouping = Even(filled_rows(draft, relation), max(relation.parent_rows, 1))
        parents = max(pickable_rows(draft, relation), 1)
        relation.grouping = _make(draft, relation, parents)
        # how many parents can be picked may depend on the own rows, and so on the grouping itself
        while (fewer := max(pickable_rows(draft, relation), 1)) < parents:
            parents = fewer
            relation.grouping = _make(draft, relation, parents)
    return relation.grouping


def _make(draft: Draft, relation: Relation, parents: int) -> Grouping:
    rows, declared = filled_rows(draft, relation), relation.declared
    if declared.children is not None and declared.children.min and parents < relation.parent_rows:
        raise Refusal(
            f"at least {declared.children.min:,} children for each row of {relation.parent.name}, but a "
            f"reference that has to agree leaves only {parents:,} of {relation.parent_rows:,} to pick",
            "let children begin with 0, or give the other reference's table more rows",
        )
    room = _room(draft, relation)
    if declared.children is None and not declared.skew and not declared.childless:
        # which parents have rows must be known where others pick among them: the first ones
        if not rows or (relation.shared and (relation.tight or rows < parents)):
            return Even(rows, parents)
        declared = spread(declared, *_usual(relation, rows, parents, room))
        if declared.children is not None and (declared.children.max or 0) * parents < rows:
            return Even(rows, parents)
    return grouping(CountShape(draft, relation.table, declared, max(min(room, rows), 1)), rows, parents)


def _usual(relation: Relation, rows: int, parents: int, room: int) -> tuple[int, int]:
    """Fewest and most children where nothing is said.

    Numbered lines: one to twice the mean. Where other tables pick among the rows of a parent, closer to the
    mean, so that none has too few. Otherwise as many as any other, give or take one.
    """
    if relation.shared:
        least, most = -(-rows // (2 * parents)), -(-3 * rows // (2 * parents))
    elif relation.numbered:
        least, most = int(rows >= parents), -(-2 * rows // parents) - 1
    else:
        least, most = rows // parents, -(-rows // parents)
    return min(least, max(room, 1)), min(max(most, least, 1), max(room, 1))


def filled_rows(draft: Draft, relation: Relation) -> int:
    """How many rows have a parent; where rows stand together by parent, those without are the last."""
    rows, declared = draft.rows[relation.table.name], relation.declared
    share = draft.null_share(relation)
    if not share or not draft.leaves_keys(relation):
        return rows
    if declared.children is not None and declared.children.exact is not None:
        return min(rows, declared.children.exact * relation.parent_rows)
    return rows - round(rows * share)


def chain(draft: Draft, path: Path) -> Grouping:
    """Rows of the table where a path begins, by the row where it ends. Raises Refusal."""
    whole = grouped(draft, path[0])
    for relation in path[1:]:
        whole = Chained(whole, grouped(draft, relation))
    return whole


def pickable_rows(draft: Draft, relation: Relation) -> int:
    """How many of the parent's rows, from the first on, may be picked.

    All of them, unless another reference has to pick among rows that agree with this one, and its parent
    has such rows only for the first. Raises Refusal where there is no saying which have.
    """
    limit = relation.parent_rows
    for other in draft.relations[relation.table.name]:
        if not other.base or other.base[0] is not relation:
            continue
        rows = gaps(draft, other)
        if rows is None:
            continue
        way = other.base[1:]
        if not rows.covered or not all(draft.clustered(step) for step in way):
            raise no_match(other)
        covered = np.array([rows.covered], dtype=np.uint64)
        limit = min(limit, int(chain(draft, way).first(covered)[0]) if way else rows.covered)
    return limit


def gaps(draft: Draft, relation: Relation) -> Grouping | None:
    """The rows a reference picks among, by the row it agrees with; None where it always finds one."""
    if not relation.path or relation.base == relation.path or not relation.parent_rows:
        return None  # a row agrees with itself; a reference into an empty table is NULL
    rows = chain(draft, relation.path)
    return rows if rows.covered < relation.path[-1].parent_rows else None


def no_match(relation: Relation) -> Refusal:
    """Why a reference finds no row that agrees with the others."""
    goal = relation.path[-1].parent.name
    return Refusal(
        f"has to find a row of {relation.parent.name} for the row of {goal} that another reference has "
        f"picked, but not every one has any",
        f"give {relation.parent.name} at least one row for each row of {goal}",
    )


def _room(draft: Draft, relation: Relation) -> int:
    """The most children one parent can have before a key would run out of values."""
    table = relation.table
    rooms = [
        _rest(draft, table, key, relation) for key in table.least_keys if relation.determined_by(set(key))
    ]
    return min(rooms, default=_PLENTY)


def _rest(draft: Draft, table: Table, key: tuple[str, ...], relation: Relation) -> int:
    """Combinations of a key's other columns."""
    counting = counting_column(draft, table, key)
    if counting is not None:
        column = table.column(counting)
        assert column is not None
        return column.type.limits[1]
    own = set(relation.columns)
    sizes: list[int] = []
    for other in draft.relations[table.name]:
        if other is relation or other.follows or other.domain or not other.determined_by(set(key)):
            continue
        sizes.append(chain(draft, other.path).least if other.path else other.parent_rows)
        own |= set(other.columns)
    for name in key:
        values = draft.values.get((table.name, name))
        if name not in own and values is not None and is_domain(values):
            sizes.append(values.size)
    return min(prod(sizes), _PLENTY)
