"""The pass that says how each reference picks its parent's row, and when it is NULL.

    customers (id INT PRIMARY KEY)                                   100 rows
    orders    (customer_id INT REFERENCES customers)                 no more is said
    lines     (order_id INT REFERENCES orders) with children 1 to 7

    orders.customer_id  `_free`: Uniform(stream, 100). The row's bits, times 100, shifted right: a number
                        below 100, the parent's row, and no parent was asked for it
    lines.order_id      `_clustered`: the lines of an order stand together; a Grouping says whose row it is

The value is that of the parent's own column at this row (`planning.columns.kernels`).
"""

import numpy as np

from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Selector, UInts
from dw_simulator.engine.selectors.groups import Grouping, ScatteredGrouping
from dw_simulator.engine.selectors.permutation import Permutation
from dw_simulator.engine.selectors.sampling import Chance, Uniform, Zipf
from dw_simulator.engine.selectors.skewed import (
    Beyond,
    Branching,
    Earlier,
    Favoured,
    InTree,
    Levels,
    Rest,
    Roots,
    TreeShape,
)
from dw_simulator.engine.selectors.spans import Childless, Span, Through, WithinSpan
from dw_simulator.engine.selectors.unique import Permuted, RowNumber, Shuffled
from dw_simulator.engine.values.base import Event
from dw_simulator.errors import Refusal
from dw_simulator.planning.draft import Draft, Path, Relation, is_tree
from dw_simulator.planning.relations.fan_out import CountShape, favoured, grouping
from dw_simulator.planning.relations.groupings import (
    chain,
    filled_rows,
    gaps,
    grouped,
    no_match,
    pickable_rows,
)
from dw_simulator.schema.model import MAX_ROWS, Tree


def pick_parents(draft: Draft) -> None:
    """Every relation gets its pick, and its event where it may be NULL."""
    for table in draft.experiment.tables:
        for relation in draft.relations[table.name]:
            try:
                row_of(draft, (relation,))
                if relation.nulls is None and not relation.domain and not relation.implied:
                    relation.nulls = _null_event(draft, relation)
            except Refusal as refusal:
                draft.refuse(relation.label, refusal.message, refusal.mend)
                draft.failed |= {(table.name, name) for name in relation.columns}


def row_of(draft: Draft, path: Path) -> Selector:
    """The row where references followed one after another end. Raises Refusal."""
    if not path:
        return RowNumber(MAX_ROWS)
    selector = _pick(draft, path[0])
    for relation in path[1:]:
        selector = Through(selector, _pick(draft, relation))
    return selector


def _pick(draft: Draft, relation: Relation) -> Selector:
    if relation.pick is None:
        if relation.busy:
            raise Refusal(
                "which row it references comes, through other references, from itself",
                "drop one of the references that share its columns",
            )
        relation.busy = True
        try:
            relation.pick = _make(draft, relation)
        finally:
            relation.busy = False
    return relation.pick


def _make(draft: Draft, relation: Relation) -> Selector:
    if not draft.rows[relation.table.name] or not relation.parent_rows:
        return Uniform(_stream(draft, relation, "parent"), max(relation.parent_rows, 1))
    if relation.base is not None:
        return _agreeing(draft, relation, relation.base)
    if relation.carrier is not None:
        return relation.carrier
    if is_tree(relation):
        return _tree(draft, relation)
    return _clustered(draft, relation) if draft.clustered(relation) else _free(draft, relation)


def _agreeing(draft: Draft, relation: Relation, base: Path) -> Selector:
    way = relation.declared
    if way.children or way.skew or way.childless or (way.tree and not is_tree(relation)):
        decides = f"the reference {base[0].label} to {base[0].parent.name}" if base else relation.table.name
        raise Refusal(
            f"{decides} has a say in which rows it references, so children, skew, childless and "
            "tree have none",
            "declare them there, or leave them out",
        )
    if relation.follows:
        return row_of(draft, base)
    if gaps(draft, relation) and (not base or base[0].base is not None or is_tree(base[0])):
        followed = any(
            other.base and other.base[0] is relation for other in draft.relations[relation.table.name]
        )
        if base or followed or not draft.null_columns(relation):
            raise no_match(relation)
        chance = Chance(_stream(draft, relation, "null"), draft.null_share(relation))
        relation.nulls = Childless(Span(row_of(draft, base), chain(draft, relation.path)), chance)
    if relation.carrier is not None:
        return relation.carrier
    if is_tree(relation):
        return _tree(draft, relation)
    span = Span(row_of(draft, base), chain(draft, relation.path))
    return WithinSpan(span, _stream(draft, relation, "parent"))


def _stream(draft: Draft, relation: Relation, purpose: str) -> Stream:
    return draft.stream(relation.table, relation.columns, purpose)


def _clustered(draft: Draft, relation: Relation) -> Selector:
    whole = grouped(draft, relation)
    if not whole.rows:
        return Uniform(_stream(draft, relation, "parent"), whole.size)
    return whole


def _free(draft: Draft, relation: Relation) -> Selector:
    declared, parents = relation.declared, pickable_rows(draft, relation)  # all rows, unless some must agree
    stream = _stream(draft, relation, "parent")
    if declared.children is not None:
        return _mingled(draft, relation, parents)
    fertile = parents - round((declared.childless or 0.0) * parents)
    picked: Selector = Uniform(stream, max(fertile, 1))
    skew = declared.skew
    if skew is not None and skew.zipf is not None:
        picked = Zipf.of(stream, _stream(draft, relation, "parent tail"), max(fertile, 1), skew.zipf)
    elif skew is not None and (head := favoured(skew, fertile)) < fertile:
        assert skew.share is not None, "the model has checked"
        chance = Chance(_stream(draft, relation, "parent group"), skew.share)
        picked = Favoured(chance, stream, head, fertile)
    if (skew is None and not declared.childless) or (skew is not None and skew.hot == "first"):
        return picked
    return Shuffled(picked, Permutation(parents, _stream(draft, relation, "parent order")))


def _mingled(draft: Draft, relation: Relation, parents: int) -> Selector:
    """Counted children that do not stand together, as the rows already stand by another parent."""
    rows, filled = draft.rows[relation.table.name], filled_rows(draft, relation)
    shape = CountShape(draft, relation.table, relation.declared, max(filled, 1))
    whole = grouping(shape, filled, parents)
    order = Permutation(rows, _stream(draft, relation, "row order"))
    if filled < rows:
        relation.nulls = Beyond(Permuted(order, rows), filled)
    return ScatteredGrouping(whole, order)


def _tree(draft: Draft, relation: Relation) -> InTree:
    whole: Grouping | None = chain(draft, relation.path) if relation.path else None
    rows = draft.rows[relation.table.name]
    tree = relation.declared.tree
    declared = tree if isinstance(tree, Tree) else Tree(branching=1) if relation.listed else Tree()
    stream = _stream(draft, relation, "parent")
    in_tree = InTree(_shape(declared, stream, whole.most if whole else rows), rows, whole)
    if draft.null_columns(relation):
        by_chance = not isinstance(tree, Tree) or not tree.has_shape
        share = draft.null_share(relation)
        chance = Chance(_stream(draft, relation, "null"), share) if by_chance else None
        relation.nulls = Roots(in_tree, declared.roots or 1, chance)
    return in_tree


def _shape(declared: Tree, stream: Stream, rows: int) -> TreeShape:
    roots = declared.roots or 1
    if declared.branching is not None:
        return Branching(roots, declared.branching)
    if declared.depth is not None:
        return Levels(stream, _level_starts(roots, declared.depth, rows))
    return Earlier(stream, MAX_ROWS, roots)


def _level_starts(roots: int, depth: int, rows: int) -> UInts:
    """Where each level of a tree begins: levels grow by one factor, the least with which all rows fit."""
    if depth == 1 and rows > roots:
        raise Refusal(
            f"a tree of depth 1 is roots alone: {roots:,}, {rows:,} rows asked",
            "allow a greater depth or more roots",
        )

    def starts(factor: int) -> list[int]:
        found, size = [0], roots
        while found[-1] + size < rows and len(found) < depth:
            found.append(found[-1] + size)
            size *= factor
        return found

    low, high = 1, max(-(-rows // roots), 1)
    while low < high:
        middle = (low + high) // 2
        found = starts(middle)
        if found[-1] + roots * middle ** (len(found) - 1) >= rows:
            high = middle
        else:
            low = middle + 1
    return np.array(starts(low), dtype=np.uint64)


def _null_event(draft: Draft, relation: Relation) -> Event | None:
    share = draft.null_share(relation)
    if not share or (relation.declared.children is not None and not draft.clustered(relation)):
        return None
    if draft.clustered(relation) and relation.grouping is not None and draft.leaves_keys(relation):
        return Rest(relation.grouping.rows)
    # one event for all columns of the reference: they are NULL together
    return Chance(_stream(draft, relation, "null"), share)
