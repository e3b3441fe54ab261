"""How rows are shared out to parents: in full, by a pattern, or by weight over very many of them.

    orders of 10,000,000 customers, {"zipf": 1.1}
      the 16,384 most frequent customers      a count of their own, where they stand among the others
      all others                              a pattern of a few thousand counts, over and over

Either way as many rows as are asked, exactly, and no parent beyond its bounds.
"""

from dataclasses import replace

import numpy as np

from dw_simulator.engine.rows import Rows
from dw_simulator.engine.selectors.alias_tables import steady
from dw_simulator.engine.selectors.groups import Counted, Even, Grouping
from dw_simulator.engine.selectors.headed import Adjoined, Headed
from dw_simulator.engine.selectors.sampling import multiply_high_each
from dw_simulator.planning.relations.fan_out import (
    WHOLE_LIMIT,
    CountShape,
    Tail,
    Weights,
    adjusted,
    bounds_of,
    counts_by_weight,
    favoured,
    tiled,
    unfit,
)
from dw_simulator.schema.model import Skew

_HEADS = 1 << 14
"""So many of the most frequent parents have counts of their own, where the shape has no head."""


def grouping(shape: CountShape, rows: int, parents: int) -> Grouping:
    """Rows shared out to parents within the declared shape. Raises Refusal where that cannot be."""
    exact = shape.children.exact
    least, most = shape.bounds
    barren = shape.childless(parents)
    if not (parents - barren) * least <= rows <= (parents - barren) * most:
        return grouping(_given_way(shape, rows, parents), rows, parents)
    if exact is not None and not barren:
        return Even(rows, parents)
    if parents <= WHOLE_LIMIT:
        return Counted(bounds_of(counts_by_weight(shape, parents, rows)))
    if shape.declared.skew is not None and shape.children.distribution is None:
        return _weighed(shape, shape.declared.skew, rows, parents)
    return tiled(shape, rows, parents)


def _given_way(shape: CountShape, rows: int, parents: int) -> CountShape:
    """The shape without those bounds that an import guessed, as they do not fit. Raises Refusal otherwise."""
    fertile = parents - shape.childless(parents)
    guessed, least = shape.declared.guessed or {}, shape.bounds[0]
    declared, barren = shape.declared, shape.barren
    if "childless" in guessed and least and rows < fertile * least:
        barren, fertile = parents - rows // least, rows // least
    elif "childless" in guessed and rows > fertile * shape.bounds[1]:
        barren, fertile = None, parents
        declared = declared.changed(childless=None)
    if "children" in guessed and shape.children.column is None:
        children, each = shape.children, max(fertile, 1)
        fewest = min(children.min, rows // each)
        most = None if children.max is None else max(children.max, min(-(-rows // each), shape.most))
        declared = declared.changed(children=children.changed(min=fewest, max=most))
    if fertile < 1 or (declared is shape.declared and barren == shape.barren):
        raise unfit(shape, rows, parents - shape.childless(parents))
    words = f"how many children a row of {declared.references_table} has, an import's guess, does not fit"
    line = f"{shape.table.name}({', '.join(declared.columns)}): {words} {rows:,} rows, and gave way"
    if line not in shape.draft.warnings:
        shape.draft.warnings.append(line)
    bare = declared.changed(guessed=None)  # once
    return replace(shape, declared=bare, barren=barren, others=parents)


def _weighed(shape: CountShape, skew: Skew, rows: int, parents: int) -> Grouping:
    """Rows shared out to very many parents by weight. Raises Refusal where that cannot be."""
    barren = shape.childless(parents)
    if barren and skew.hot == "first":  # those without children are the last
        return Adjoined(_weighed(_fertile(shape), skew, rows, parents - barren), Even(0, barren))
    if skew.share is None:
        return _by_rank(shape, skew, rows, parents)
    head = favoured(skew, parents - barren)
    if skew.hot == "first":
        early = _between(
            round(skew.share * rows), _reach(shape, head, rows), _reach(shape, parents - head, rows), rows
        )
        return (
            Adjoined(Even(early, head), Even(rows - early, parents - head))
            if head < parents
            else Even(rows, head)
        )
    if head > WHOLE_LIMIT:
        return tiled(shape, rows, parents)
    weights = np.full(head, skew.share / head)
    return _headed(shape, skew, rows, parents, weights, lambda places: np.ones(len(places)))


def _by_rank(shape: CountShape, skew: Skew, rows: int, parents: int) -> Grouping:
    zipf = skew.zipf
    assert zipf is not None, "the model has checked"
    fertile = parents - shape.childless(parents)
    ranks = np.arange(1, _HEADS + 1, dtype=np.float64)
    heads = steady(ranks**-zipf)
    # what is beyond, by the integral
    if abs(zipf - 1) < 1e-9:
        beyond = float(np.log((fertile + 0.5) / (_HEADS + 0.5)))
    else:
        beyond = ((fertile + 0.5) ** (1 - zipf) - (_HEADS + 0.5) ** (1 - zipf)) / (1 - zipf)
    heads = heads / (heads.sum() + max(beyond, 0.0))

    def tail(places: Weights) -> Weights:
        return (_HEADS + 0.5 + places * (fertile - _HEADS)) ** -zipf

    return _headed(shape, skew, rows, parents, heads, tail)


def _headed(shape: CountShape, skew: Skew, rows: int, parents: int, shares: Weights, tail: Tail) -> Grouping:
    count, others = len(shares), parents - len(shares)
    barren = shape.childless(parents)
    least, most = shape.bounds
    meant = np.clip(steady(shares * rows), least, min(most, rows))
    own, rest_of_them = _reach(shape, count, rows), _reach(shape, others - barren, rows)
    total = _between(round(float(meant.sum())), own, rest_of_them, rows)
    wanted = np.floor(meant).astype(np.int64)
    counts = adjusted(wanted, least, min(most, rows), total)
    heads = np.arange(count, dtype=np.uint64)
    if skew.hot != "first":
        counts = counts[np.argsort(shape.stream("count order").bits(Rows.run(0, count)), kind="stable")]
        edges = np.array([k * parents // count for k in range(count + 1)], dtype=np.uint64)
        widths = np.diff(edges)
        heads = edges[:-1] + multiply_high_each(
            shape.stream("head places").bits(Rows.run(0, count)), widths, int(widths.max())
        )
    rest = replace(shape, barren=barren, others=others)
    return Headed(heads, bounds_of(counts), _rest(rest, rows - total, others, tail))


def _rest(shape: CountShape, rows: int, parents: int, tail: Tail) -> Grouping:
    if parents > WHOLE_LIMIT:
        return tiled(shape, rows, parents, tail)
    if not parents:
        return Counted(np.zeros(1, dtype=np.uint64))
    return Counted(bounds_of(counts_by_weight(shape, parents, rows, tail)))


def _fertile(shape: CountShape) -> CountShape:
    """The same among parents that all have children."""
    least = shape.bounds[0]
    declared = shape.declared.changed(childless=None)
    return replace(shape, declared=declared, fewest=least)


def _reach(shape: CountShape, parents: int, rows: int) -> tuple[int, int]:
    """Fewest and most rows of some parents."""
    least, most = shape.bounds
    return parents * least, parents * min(most, max(rows, 1))


def _between(wanted: int, own: tuple[int, int], others: tuple[int, int], rows: int) -> int:
    """As many rows as are wanted for some parents, so that these and the others can have theirs."""
    low, high = max(own[0], rows - others[1]), min(own[1], rows - others[0])
    return min(max(wanted, low), high)
