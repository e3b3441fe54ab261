"""Tables after those that they reference.

>>> parents_first(["orders", "items", "customers"], [("orders", "customers"), ("items", "orders")])
['customers', 'orders', 'items']
"""

from collections.abc import Iterable, Sequence
from graphlib import CycleError, TopologicalSorter
from heapq import heappop, heappush

Edge = tuple[str, str]
"""A child table and its parent."""


def parents_first(names: Sequence[str], edges: Iterable[Edge]) -> list[str]:
    """Parents before children, in the given order where that leaves a choice. Raises graphlib.CycleError."""
    place = {name: k for k, name in enumerate(names)}
    sorter = _sorter(names, edges)
    sorter.prepare()
    ready: list[int] = []
    order: list[str] = []
    while sorter.is_active():
        for name in sorter.get_ready():
            heappush(ready, place[name])
        order.append(names[heappop(ready)])
        sorter.done(order[-1])
    return order


def has_circle(names: Iterable[str], edges: Iterable[Edge]) -> bool:
    """Whether tables reference each other in a circle."""
    try:
        _sorter(names, edges).prepare()
    except CycleError:
        return True
    return False


def circles_cut(names: Sequence[str], edges: Iterable[Edge]) -> list[str]:
    """As `parents_first`; a circle is cut at the table of it that is named first.

    >>> circles_cut(["a", "b", "c"], [("a", "b"), ("b", "c"), ("c", "a")])
    ['c', 'b', 'a']
    """
    left = dict.fromkeys(edges)  # a set would be in another order each time
    while True:
        try:
            return parents_first(names, left)
        except CycleError as error:
            circle = error.args[1][1:]  # each the parent of the next, and the last that of the first
            at = circle.index(min(circle, key=names.index))
            del left[circle[(at + 1) % len(circle)], circle[at]]


def _sorter(names: Iterable[str], edges: Iterable[Edge]) -> "TopologicalSorter[str]":
    sorter = TopologicalSorter(dict.fromkeys(names, ()))
    for child, parent in edges:
        sorter.add(child, parent)
    return sorter
