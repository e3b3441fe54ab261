"""The pass that deals rows out to parents: how many each gets, and so which rows are whose.

    tenants (id)                      3 rows
    customers (tenant, no)            7 rows, dealt out by tenant, as baskets pick among a tenant's customers

    Even(7, 3):  tenant 0 has the rows 0 to 2, tenant 1 the rows 3 and 4, tenant 2 the rows 5 and 6

A table's rows stand together by the first relation that is dealt. By a further one they stand in another
order, a permutation of the rows (`scatter`): whose row is which is known there as well.
"""

from math import prod

import numpy as np

from dw_simulator.engine.selectors.groups import Chained, Even, Grouping
from dw_simulator.engine.selectors.permutation import Permutation
from dw_simulator.engine.values.base import is_domain
from dw_simulator.errors import Refusal
from dw_simulator.planning.draft import Draft
from dw_simulator.planning.relations.fan_out import CountShape, spread
from dw_simulator.planning.relations.hidden import counting_column
from dw_simulator.planning.relations.relation import Path, Relation
from dw_simulator.planning.relations.sharing_out import grouping
from dw_simulator.planning.tallying import is_tallied, tally
from dw_simulator.ports.needs import Derived
from dw_simulator.schema.model import ForeignKey, Table

_PLENTY = 1 << 62
_ROUNDS = 1_000


def deal_rows(draft: Draft) -> None:
    """Give every relation that is dealt its grouping."""
    # by name, for where tables stand in a schema does not matter
    every = [relation for name in sorted(draft.dealt) for relation in draft.dealt[name]]
    stale = every
    for _round in range(_ROUNDS):
        if not stale:
            return
        every = [relation for relation in every if _is_dealt(draft, relation)]
        # fewer parents here may leave fewer there, by turns, until no more have to go
        stale = [relation for relation in every if _has_too_many(draft, relation)]
        for relation in stale:
            del draft.groupings[relation]
    for relation in stale:
        words = "how many rows of its parent may be picked, and how many rows each of them gets, never settle"
        draft.refuse(relation.label, words, "let fewer references agree with each other")


def _is_dealt(draft: Draft, relation: Relation) -> bool:
    try:
        dealt(draft, relation)
    except Refusal as refusal:
        draft.refuse(relation.label, refusal.message, refusal.mend)
        draft.failed |= {(relation.table.name, column) for column in relation.columns}
        return False
    return True


def _has_too_many(draft: Draft, relation: Relation) -> bool:
    try:
        return max(pickable_rows(draft, relation), 1) < draft.groupings[relation].size
    except Refusal:
        return True  # as it will say when it is dealt again


def dealt(draft: Draft, relation: Relation) -> Grouping:
    """The relation's grouping, made once. Raises Refusal where its counts cannot be."""
    if relation not in draft.groupings:
        draft.groupings[relation] = Even(filled_rows(draft, relation), max(relation.parent_rows, 1))
        parents = max(pickable_rows(draft, relation), 1)
        draft.groupings[relation] = _made(draft, relation, parents)
        # how many parents can be picked may depend on the own rows, and so on the grouping itself
        while (fewer := max(pickable_rows(draft, relation), 1)) < parents:
            parents = fewer
            draft.groupings[relation] = _made(draft, relation, parents)
    return draft.groupings[relation]


def scatter(draft: Draft, relation: Relation) -> Permutation | None:
    """The order in which rows are dealt out; None where that is the order in which they stand."""
    if draft.ordering(relation.table) is relation:
        return None
    return Permutation(
        draft.rows[relation.table.name], draft.stream(relation.table, relation.columns, "row order")
    )


def _made(draft: Draft, relation: Relation, parents: int) -> Grouping:
    rows, declared = filled_rows(draft, relation), relation.declared
    if declared.children is not None and declared.children.min and parents < relation.parent_rows:
        raise Refusal(
            f"at least {declared.children.min:,} children for each row of {relation.parent.name}, but a "
            f"reference that has to agree leaves only {parents:,} of {relation.parent_rows:,} to pick",
            "let children begin with 0, or give the other reference's table more rows",
        )
    room = _room(draft, relation)
    if is_tallied(declared) and (relation.table.name, declared.columns) not in draft.tallying:
        return _tallied(draft, relation, rows, parents, room)
    if declared.children is None and not declared.skew and not declared.childless:
        # which parents have rows must be known where others pick among them: the first ones
        if not rows or (relation in draft.wanted and (draft.wanted[relation] or rows < parents)):
            return Even(rows, parents)
        declared = spread(declared, *_usual(draft, relation, rows, parents, room))
        if declared.children is not None and (declared.children.max or 0) * parents < rows:
            return Even(rows, parents)
    return grouping(CountShape(draft, relation.table, declared, max(min(room, rows), 1)), rows, parents)


def _tallied(draft: Draft, relation: Relation, rows: int, parents: int, room: int) -> Grouping:
    """As many rows for each parent as a column of it says. Raises Refusal where there are others."""
    whole, children = tally(draft, relation.table, relation.declared), relation.declared.children
    assert children is not None, "it is tallied"
    said = f"{relation.parent.name}.{children.column}"
    if whole.rows != rows:
        raise Refusal(
            f"the numbers of {said} add up to {whole.rows:,} rows, {rows:,} are asked",
            f"leave the number of rows of {relation.table.name} out",
        )
    if parents < relation.parent_rows:
        raise Refusal(
            f"{said} gives every row of {relation.parent.name} its children, but a reference that has to "
            f"agree leaves only {parents:,} of {relation.parent_rows:,} to pick",
            "give the other reference's table more rows",
        )
    if whole.most > room:
        raise Refusal(
            f"{said} reaches {whole.most:,}, but a key tells only {room:,} children of one parent apart",
            "widen the other columns of the key, or let it be smaller",
        )
    return whole


def _usual(draft: Draft, relation: Relation, rows: int, parents: int, room: int) -> tuple[int, int]:
    """Fewest and most children where nothing is said.

    Numbered lines: one to twice the mean. Where other tables pick among the rows of a parent, closer to the
    mean, so that none has too few. Otherwise as many as any other, give or take one.
    """
    if relation in draft.wanted:
        least, most = -(-rows // (2 * parents)), -(-3 * rows // (2 * parents))
    elif is_numbered(draft, relation):
        least, most = int(rows >= parents), -(-2 * rows // parents) - 1
    else:
        least, most = rows // parents, -(-rows // parents)
    return min(least, max(room, 1)), min(max(most, least, 1), max(room, 1))


def is_numbered(draft: Draft, relation: Relation) -> bool:
    """Whether a key counts the rows of one parent, or their values ask for each other."""
    table = relation.table
    for key in table.keys:
        counting = counting_column(draft, table, key)
        if counting is not None and relation.determined_by(draft.closure(table, {*key} - {counting})):
            return True
    return not any(relation.determined_by(draft.closure(table, key)) for key in table.keys)


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
    whole = dealt(draft, path[0])
    for relation in path[1:]:
        whole = Chained(whole, dealt(draft, relation))
    return whole


def pickable_rows(draft: Draft, relation: Relation) -> int:
    """How many of the parent's rows, from the first on, may be picked.

    All of them, unless another reference has to pick among rows that agree with this one, and its parent
    has such rows only for the first. Raises Refusal where there is no saying which have.
    """
    limit = relation.parent_rows - (1 if relation.declared.distinct else 0)
    for other in draft.relations[relation.table.name]:
        base = draft.role(other).base
        if not base or base[0] is not relation:
            continue
        rows = gaps(draft, other)
        if rows is None:
            continue
        way = base[1:]
        if not rows.covered or any(draft.ordering(step.table) is not step for step in way):
            raise no_match(draft, other)
        covered = np.array([rows.covered], dtype=np.uint64)
        limit = min(limit, int(chain(draft, way).first(covered)[0]) if way else rows.covered)
    return limit


def fertile_rows(declared: ForeignKey, parents: int) -> int:
    """How many of so many parents have children at all; one at the least."""
    return max(parents - round((declared.childless or 0.0) * parents), min(parents, 1))


def gaps(draft: Draft, relation: Relation) -> Grouping | None:
    """The rows a reference picks among, by the row it agrees with; None where it always finds one."""
    role = draft.role(relation)
    if not role.path or role.base == role.path or not relation.parent_rows:
        return None  # a row agrees with itself; a reference into an empty table is NULL
    rows = chain(draft, role.path)
    return rows if rows.covered < role.path[-1].parent_rows else None


def no_match(draft: Draft, relation: Relation) -> Refusal:
    """Why a reference finds no row that agrees with the others."""
    goal = draft.role(relation).path[-1].parent
    what = f"row of {goal.name}"
    if draft.is_hidden(goal):
        what = f"value of {', '.join(goal.primary_key)}"
    return Refusal(
        f"has to find a row of {relation.parent.name} for the {what} that another reference has "
        f"picked, but not every one has any",
        f"give {relation.parent.name} at least one row for each {what}",
    )


def _room(draft: Draft, relation: Relation) -> int:
    """The most children one parent can have before a key would run out of values."""
    table = relation.table
    keys = [key for key in table.least_keys if relation.determined_by(set(key))]
    return min((_rest(draft, table, key, relation) for key in keys), default=_PLENTY)


def _rest(draft: Draft, table: Table, key: tuple[str, ...], relation: Relation) -> int:
    """Combinations of a key's other columns."""
    counting = counting_column(draft, table, key)
    if counting is not None:
        column = table.column(counting)
        assert column is not None, "keys name columns"
        return column.type.limits[1]
    own = set(relation.columns)
    sizes: list[int] = []
    for other in draft.relations[table.name]:
        role = draft.role(other)
        if other is relation or role.follows or not other.determined_by(set(key)):
            continue
        sizes.append(chain(draft, role.path).least if role.path else other.parent_rows)
        own |= set(other.columns)
    for name in key:
        values = draft.values.get((table.name, name))
        if name not in own and is_domain(values):
            sizes.append(values.size)
        elif isinstance(values, Derived) and values.differs in relation.columns:
            return _PLENTY
    return min(prod(sizes), _PLENTY)
