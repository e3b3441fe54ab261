"""Which of two columns that a CHECK compares gives way to the other.

    CREATE TABLE t (id INT PRIMARY KEY, low INT, high INT, CHECK (low <= high AND id < low))

    low, high   the greater one is drawn anew in rows where it is too small: high gives way
    id, low     id is a key and cannot; low gives way, to id

What can give way on neither side has to hold by the bounds alone (`proving`).
"""

from contextlib import suppress

from dw_simulator.errors import Refusal
from dw_simulator.planning.checks.orders import Orders
from dw_simulator.planning.columns.rule_values import build_value, condition_of
from dw_simulator.planning.draft import Draft
from dw_simulator.ports.needs import Derived, Need
from dw_simulator.schema.model import Lookup, Table
from dw_simulator.types import NUMERIC_KINDS, TEMPORAL_KINDS


def settle_orders(draft: Draft) -> None:
    """Say of every comparison which of its columns gives way."""
    for table in draft.experiment.tables:
        if draft.only in (None, table.name):
            settled_orders(draft, table)


def settled_orders(draft: Draft, table: Table) -> Orders | None:
    """How a table's columns compare, and which of them give way; settled at the first call.

    A table that is not wanted is settled when a column of it turns out to be needed.
    """
    orders = draft.orders.get(table.name)
    if orders is not None and not orders.settled:
        orders.settled = True
        _settle(draft, table, orders)
    return orders


def _settle(draft: Draft, table: Table, orders: Orders) -> None:
    needs: dict[str, set[str]] = {}
    for name in sorted(orders.columns):
        find_needs(draft, table, name, needs)
    for lesser, greater in orders.paths:
        if gives_way(draft, table, greater) and not _depends(needs, lesser, greater):
            orders.above.setdefault(greater, []).append(lesser)
            needs[greater].add(lesser)
        elif gives_way(draft, table, lesser) and not _depends(needs, greater, lesser):
            orders.below.setdefault(lesser, []).append(greater)
            needs[lesser].add(greater)
        else:
            orders.unproved.append((lesser, greater))


def find_needs(draft: Draft, table: Table, name: str, needs: dict[str, set[str]]) -> None:
    """For a column, and for those it is made from, the columns of their table that each is made from."""
    column = table.column(name)
    if name in needs or column is None:
        return
    place = (table.name, name)
    if place not in draft.values and place not in draft.failed:  # of a table that is not wanted
        build_value(draft, table, column)
    values = draft.values.get(place)
    found = list(values.needs) if isinstance(values, Derived) else []
    found += [column.lookup] if column.lookup else []
    if column.null_when:
        with suppress(Refusal):  # it is refused when the column is made
            found += condition_of(draft, table, column, column.null_when).needs
    needs[name] = {own for need in found if (own := own_column(draft, table, need)) is not None}
    for other in needs[name]:
        find_needs(draft, table, other, needs)


def own_column(draft: Draft, table: Table, need: Need) -> str | None:
    """The column of its own table, in whichever row, that a need asks for."""
    if isinstance(need, str):
        return need
    if not isinstance(need, Lookup):
        return need.own_column(table)
    at = table
    for step in need.reference:
        relations = draft.declared_at(at, step)
        if not relations:
            return None
        at = relations[0].parent
    return need.column if at is table else None


def _depends(needs: dict[str, set[str]], name: str, on: str) -> bool:
    """Whether a column is made, directly or not, from another."""
    waiting, seen = [name], {name}
    while waiting:
        for other in needs.get(waiting.pop(), ()):
            if other == on:
                return True
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    return False


def gives_way(draft: Draft, table: Table, name: str) -> bool:
    """Whether a column's values can be drawn anew: its own, of no list, no key and no sequence."""
    cell = (table.name, name)
    values, column = draft.values.get(cell), table.column(name)
    if values is None or column is None or isinstance(values, Derived) or cell in draft.selectors:
        return False
    if draft.sources_at(table, name) or any(name in key for key in table.keys) or cell in draft.entities:
        return False
    return column.type.kind in NUMERIC_KINDS | TEMPORAL_KINDS and values.facts.movable
