"""The pass that says how each reference picks its parent's row, and when it is NULL.

    customers (id INT PRIMARY KEY)                                   100 rows
    orders    (customer_id INT REFERENCES customers)                 no more is said
    lines     (order_id INT REFERENCES orders) with children 1 to 7

    orders.customer_id  `_free`: Uniform(stream, 100). The row's bits, times 100, shifted right: a number
                        below 100, the parent's row, and no parent was asked for it
    lines.order_id      `_dealt`: the lines of an order stand together; a Grouping says whose row it is

The value is that of the parent's own column at this row (`planning.columns.kernels`). Here all selectors of
relations are made: each after those that it builds on, in whichever table.
"""

from dataclasses import replace

import numpy as np

from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Selector, UInts
from dw_simulator.engine.selectors.chosen import Awaited, NoneFound
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
from dw_simulator.engine.selectors.spans import (
    AnyPlace,
    Apart,
    Childless,
    FavouredPlace,
    ShuffledPlace,
    SkewedPlace,
    Span,
    SpanPlace,
    Through,
)
from dw_simulator.engine.selectors.unique import Permuted, RowNumber, Shuffled
from dw_simulator.engine.values.base import Event
from dw_simulator.errors import Refusal
from dw_simulator.planning.draft import Draft
from dw_simulator.planning.relations.dealing import (
    chain,
    dealt,
    fertile_rows,
    gaps,
    no_match,
    pickable_rows,
    scatter,
)
from dw_simulator.planning.relations.fan_out import favoured
from dw_simulator.planning.relations.relation import Path, Relation
from dw_simulator.schema.model import MAX_ROWS, Skew, Tree

_ROUNDS = 3


def pick_parents(draft: Draft) -> None:
    """Every relation gets its pick, and its event where it may be NULL; columns of keys their selectors."""
    for table in draft.experiment.tables:
        for relation in draft.relations[table.name]:
            try:
                pick_of(draft, relation)
                if (
                    relation not in draft.nulls
                    and relation.is_declared
                    and (event := _null_event(draft, relation))
                ):
                    draft.nulls[relation] = event
            except Refusal as refusal:
                draft.refuse(relation.label, refusal.message, refusal.mend)
                draft.failed |= {(table.name, name) for name in relation.columns}
    for what, recipe in draft.recipes.items():
        if not isinstance(what, Relation):
            try:
                draft.selectors[what] = recipe()
            except Refusal as refusal:
                draft.refuse(".".join(what), refusal.message, refusal.mend)
                draft.failed.add(what)


def row_of(draft: Draft, path: Path) -> Selector:
    """The row where references followed one after another end. Raises Refusal."""
    if not path:
        return RowNumber(MAX_ROWS)
    selector = pick_of(draft, path[0])
    for relation in path[1:]:
        selector = Through(selector, pick_of(draft, relation))
    return selector


def pick_of(draft: Draft, relation: Relation) -> Selector:
    """The parent's row, made once. Raises Refusal where it would come from itself."""
    if relation not in draft.picks:
        if relation in draft.making:
            raise Refusal(
                "which row it references comes, through other references, from itself",
                "drop one of the references that share its columns",
            )
        draft.making.add(relation)
        try:
            draft.picks[relation] = _apart(draft, relation) or _made(draft, relation)
        finally:
            draft.making.remove(relation)
    return draft.picks[relation]


def _apart(draft: Draft, relation: Relation) -> Selector | None:
    """A row that is not that of the first reference to the same table; None where it may be."""
    other, role = draft.other_of(relation), draft.role(relation)
    if other is None or not relation.parent_rows or not draft.rows[relation.table.name]:
        return None
    rows, whole = relation.parent_rows, span_of(draft, relation) if role.path else None
    fewest = rows if whole is None else whole.grouping.least
    by_itself = role.follows or draft.is_tree(relation) or relation in draft.groupings
    if fewest < 2 or by_itself or (whole is not None and relation.is_special):
        raise Refusal(
            f"has to pick another row of {relation.parent.name} than {other.label}, "
            + ("but finds only one" if fewest < 2 else "but which one it picks is said otherwise"),
            f"leave distinct out, or give {relation.parent.name} more rows",
        )
    if whole is None:
        return Apart(_made(draft, relation), pick_of(draft, other), rows)
    place = AnyPlace(replace(whole, fewer=1), _stream(draft, relation, "parent"))
    return Apart(place, pick_of(draft, other), whole.grouping.rows, whole)


def span_of(draft: Draft, relation: Relation) -> Span:
    """The rows that agree with the row which a relation has to agree with. Raises Refusal."""
    role = draft.role(relation)
    assert role.base is not None, "it agrees with another"
    return Span(row_of(draft, role.base), chain(draft, role.path), scatter(draft, role.path[0]))


def _made(draft: Draft, relation: Relation) -> Selector:
    role = draft.role(relation)
    if not draft.rows[relation.table.name] or not relation.parent_rows:
        return Uniform(_stream(draft, relation, "parent"), max(relation.parent_rows, 1))
    if relation.declared.pick is not None:
        return _awaited(draft, relation)
    if role.base is not None:
        return _agreeing(draft, relation, role.base)
    if relation.parent_rows > int(relation.declared.distinct) and pickable_rows(draft, relation) < 1:
        raise Refusal(
            f"has to pick a row of {relation.parent.name} for which another reference finds one that agrees, "
            "but there is none",
            f"give {relation.parent.name}, or what the other one references, more rows",
        )
    if relation in draft.recipes:
        return _scattered(draft, relation, draft.recipes[relation]())
    if draft.is_tree(relation):
        return _tree(draft, relation)
    return _dealt(draft, relation) if relation in draft.groupings else _free(draft, relation)


def _awaited(draft: Draft, relation: Relation) -> Awaited:
    """What a `pick` says, which asks for columns, and so is made together with them."""
    role, pick = draft.role(relation), relation.declared.pick
    assert pick is not None, "it is declared"
    decided = ""
    if role.base is not None:
        by = role.base[0].label if role.base else relation.table.name
        decided = f"has to agree with {by}"
    elif relation in draft.recipes:
        decided = "stands in a key"
    elif relation in draft.groupings:
        decided = "has its rows dealt out, for a window, a roll-up or references that agree with it,"
    if decided:
        raise Refusal(
            f"{decided} and so has no say in which rows of {relation.parent.name} it picks",
            'leave pick out; how many rows each parent gets is said by "children"',
        )
    made = draft.awaited[relation] = Awaited(relation.parent_rows)
    if pick.may_fail and draft.null_columns(relation):
        chance = Chance(_stream(draft, relation, "null"), draft.null_share(relation))
        draft.nulls[relation] = NoneFound(made, chance)
    return made


def _agreeing(draft: Draft, relation: Relation, base: Path) -> Selector:
    """A row that agrees with another: the very one, or one of those that belong to it."""
    way, role, is_tree = relation.declared, draft.role(relation), draft.is_tree(relation)
    if way.children or (relation.is_special and (role.follows or (way.tree and not is_tree))):
        decides = f"the reference {base[0].label} to {base[0].parent.name}" if base else relation.table.name
        raise Refusal(
            f"{decides} has a say in which rows it references, so children, skew, childless and "
            "tree have none",
            "declare them there, or leave them out",
        )
    if role.follows:
        return row_of(draft, base)
    if gaps(draft, relation) and (not base or draft.role(base[0]).base is not None or draft.is_tree(base[0])):
        followed = any(
            (other_base := draft.role(other).base) and other_base[0] is relation
            for other in draft.relations[relation.table.name]
        )
        if base or followed or not draft.null_columns(relation):
            raise no_match(draft, relation)
        chance = Chance(_stream(draft, relation, "null"), draft.null_share(relation))
        draft.nulls[relation] = Childless(span_of(draft, relation), chance)
    if relation in draft.recipes:
        return draft.recipes[relation]()
    return _tree(draft, relation) if is_tree else _within(draft, relation)


def _within(draft: Draft, relation: Relation) -> Selector:
    """One of the rows of a span: as likely as any other, or skewed there as it is declared."""
    whole, stream, declared = span_of(draft, relation), _stream(draft, relation, "parent"), relation.declared
    skew = declared.skew
    # one and the same where it can be: a span's ends are found once for all that ask it
    span = replace(whole, childless=declared.childless) if declared.childless else whole
    if skew is None:
        place: Selector = AnyPlace(span, stream)
    elif skew.zipf is not None:
        tail = _stream(draft, relation, "parent tail")
        shape = Zipf.of(stream, tail, max(span.most, 1), skew.zipf)
        place = SkewedPlace(span, shape, _stream(draft, relation, "parent again"))
    else:
        assert skew.share is not None, "the model has checked"
        assert skew.of is not None, "the model has checked"
        chance = Chance(_stream(draft, relation, "parent group"), skew.share)
        place = FavouredPlace(span, chance, stream, skew.of)
    if not _stays(skew, declared.childless):
        place = ShuffledPlace(whole, place, _stream(draft, relation, "parent order"))
    return SpanPlace(whole, place)


def _stays(skew: Skew | None, childless: float | None) -> bool:
    """Whether the parents that are picked most, or ever, are the first ones."""
    return (skew is None and not childless) or (skew is not None and skew.hot == "first")


def _stream(draft: Draft, relation: Relation, purpose: str) -> Stream:
    return draft.stream(relation.table, relation.columns, purpose)


def _dealt(draft: Draft, relation: Relation) -> Selector:
    whole, order = dealt(draft, relation), scatter(draft, relation)
    if not whole.rows:
        return Uniform(_stream(draft, relation, "parent"), whole.size)
    if order is None:
        return whole
    if whole.rows < draft.rows[relation.table.name]:
        draft.nulls[relation] = Beyond(Permuted(order, order.size), whole.rows)
    return ScatteredGrouping(whole, order)


def _free(draft: Draft, relation: Relation) -> Selector:
    declared, parents = relation.declared, pickable_rows(draft, relation)  # all rows, unless some must agree
    stream = _stream(draft, relation, "parent")
    fertile = fertile_rows(declared, parents)
    picked: Selector = Uniform(stream, max(fertile, 1))
    skew = declared.skew
    if skew is not None and skew.zipf is not None:
        picked = Zipf.of(stream, _stream(draft, relation, "parent tail"), max(fertile, 1), skew.zipf)
    elif skew is not None and (head := favoured(skew, fertile)) < fertile:
        assert skew.share is not None, "the model has checked"
        chance = Chance(_stream(draft, relation, "parent group"), skew.share)
        picked = Favoured(chance, stream, head, fertile)
    return picked if _stays(skew, declared.childless) else _scattered(draft, relation, picked)


def _scattered(draft: Draft, relation: Relation, picked: Selector) -> Selector:
    """The parents that are picked most, or ever, anywhere among all."""
    declared, parents = relation.declared, pickable_rows(draft, relation)
    if not (declared.skew or declared.childless):
        return picked
    # few rounds: nobody looks for the order in which parents are favoured
    order = Permutation(parents, _stream(draft, relation, "parent order"), _ROUNDS)
    return Shuffled(picked, order)


def _tree(draft: Draft, relation: Relation) -> InTree:
    path = draft.role(relation).path
    whole: Grouping | None = chain(draft, path) if path else None
    rows = draft.rows[relation.table.name]
    tree = relation.declared.tree
    heads = round(rows * (relation.declared.null_fraction or 0.0))  # NULLs anywhere else would break it
    declared = tree if isinstance(tree, Tree) else Tree()
    if draft.is_list(relation):
        declared = Tree(roots=declared.roots or max(heads, 1), branching=1)
    most = whole.most if whole else rows
    if declared.is_flat:
        declared = Tree(roots=max(most, 1), depth=1)
    in_tree = InTree(_shape(declared, _stream(draft, relation, "parent"), most), rows, whole)
    if draft.null_columns(relation):
        by_chance = not declared.has_shape
        share = draft.null_share(relation)
        chance = Chance(_stream(draft, relation, "null"), share) if by_chance else None
        draft.nulls[relation] = Roots(in_tree, declared.roots or 1, chance)
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
    if not share:
        return None
    if relation in draft.groupings and draft.leaves_keys(relation):
        return Rest(draft.groupings[relation].rows)
    # one event for all columns of the reference: they are NULL together
    return Chance(_stream(draft, relation, "null"), share)
