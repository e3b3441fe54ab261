"""The passes that hold CHECKs against what is known of finished columns.

What a column's values are known to be is their facts' affair (`engine.values.facts`), whether that passes is
the affair of `Limits`. Here it is only asked, and told or refused where the answer is no.
"""

from dw_simulator.engine.bounds import Bounds
from dw_simulator.engine.rows import Rows
from dw_simulator.engine.values.base import Kernel, fixed
from dw_simulator.engine.values.facts import stored_numbers
from dw_simulator.planning.checks.adapting import keeps_to
from dw_simulator.planning.checks.comparing import worth
from dw_simulator.planning.checks.languages import judge
from dw_simulator.planning.checks.limits import Limits
from dw_simulator.planning.checks.orders import Orders, Pair
from dw_simulator.planning.draft import Draft
from dw_simulator.ports.needs import Derived
from dw_simulator.schema.model import Column, Table
from dw_simulator.types import Kind

_SAMPLE = 200


def check_orders(draft: Draft) -> None:
    """Comparisons of columns that can both not give way hold by their bounds, or are refused."""
    for table in draft.experiment.tables:
        orders = draft.orders.get(table.name)
        for pair in orders.unproved if orders is not None else ():
            assert orders is not None
            if all((table.name, name) in draft.given_at for name in pair):
                continue  # its rows are looked at one by one
            kernels = [draft.kernels.get((table.name, name)) for name in pair]
            if kernels[0] is None or kernels[1] is None or _are_apart(orders, pair, kernels[0], kernels[1]):
                continue
            guess = next((name for name in pair if _is_guessed(draft, table, name)), None)
            if guess is not None and _is_broken_order(draft, table, orders, pair, kernels[0], kernels[1]):
                words = f"{orders.labels[pair]} does not hold for what it is made from"
                draft.refuse(f"{table.name}.{guess}", words, "choose another rule")  # and it is given up
                continue
            _tell_order(draft, table.name, orders.labels[pair], pair)


def _is_guessed(draft: Draft, table: Table, name: str) -> bool:
    column = table.column(name)
    return column is not None and _is_guess(draft, table, column)


def _is_broken_order(
    draft: Draft, table: Table, orders: Orders, pair: Pair, lesser: Kernel, greater: Kernel
) -> bool:
    """Whether it fails in some of the first rows."""
    rows = Rows.run(0, min(_SAMPLE, draft.rows[table.name]))
    found = []
    for kernel in (lesser, greater):
        column = fixed(kernel.values(rows))
        numbers = stored_numbers(column) or []
        valid = [True] * len(numbers) if column.valid is None else column.valid.tolist()
        found.append([number if there else None for number, there in zip(numbers, valid, strict=True)])
    return any(
        low is not None and high is not None and not _is_in_order(orders, pair, low, high)
        for low, high in zip(*found, strict=False)
    )


def _is_in_order(orders: Orders, pair: Pair, low: int | float, high: int | float) -> bool:
    least = worth(orders.compared[pair[0]].type, Bounds(high=low))[1]
    most = worth(orders.compared[pair[1]].type, Bounds(low=high))[0]
    return least is None or most is None or orders.up(pair, least) <= most


def _are_apart(orders: Orders, pair: Pair, lesser: Kernel, greater: Kernel) -> bool:
    below, above = lesser.facts.ends, greater.facts.ends
    if below is None or above is None:
        return False
    most = worth(orders.compared[pair[0]].type, Bounds(high=below[1]))[1]
    least = worth(orders.compared[pair[1]].type, Bounds(low=above[0]))[0]
    assert most is not None, "it has an end"
    assert least is not None, "it has an end"
    return orders.up(pair, most) <= least


def _tell_order(draft: Draft, table: str, label: str, pair: Pair) -> None:
    if any(isinstance(draft.values.get((table, name)), Derived) for name in pair):
        warning = f"{table}: {label} cannot be guaranteed, as a column of it is made from others"
        draft.warnings += [] if warning in draft.warnings else [warning]
        return
    message = f"{label} cannot be followed: neither {pair[0]} nor {pair[1]} can be drawn anew"
    mend = "both are keys, lists or come from elsewhere; move their bounds apart, or leave it out"
    draft.refuse(f"{table}.{pair[1]}", message, mend)


def check_limits(draft: Draft) -> None:
    """Columns whose values come from elsewhere pass their CHECKs by what is known of these values."""
    for (owner, name), limits in draft.limits.items():
        table = draft.experiment.table(owner)
        kernel = draft.kernels.get((owner, name))
        column = table.column(name) if table is not None else None
        if limits.kept or kernel is None or table is None or column is None or not limits.ask_for_values:
            continue
        if draft.only not in (None, owner) or (owner, name) in draft.given_at:
            continue
        if column.type.kind is Kind.TEXT:
            passes = judge(kernel, limits, draft.rows[owner]).answer == "holds"
        else:
            passes = limits.hold(kernel.facts)
        if (
            not passes
            and _is_guess(draft, table, column)
            and _is_broken(draft, table, column, limits, kernel)
        ):
            words = f"{limits.label} does not hold for what it is made from"
            draft.refuse(f"{owner}.{name}", words, "choose another rule")  # and the guess is given up
        elif not passes:
            _tell_limits(draft, owner, name, limits, kernel)


def _is_guess(draft: Draft, table: Table, column: Column) -> bool:
    made = isinstance(draft.values.get((table.name, column.name)), Derived) or column.lookup is not None
    return made and column.inferred is not None


def _is_broken(draft: Draft, table: Table, column: Column, limits: Limits, kernel: Kernel) -> bool:
    """Whether some of the first rows do not pass."""
    if column.type.kind is Kind.TEXT:
        return judge(kernel, limits, draft.rows[table.name]).answer == "fails"
    return not keeps_to(draft, table, kernel, limits)


def _tell_limits(draft: Draft, owner: str, name: str, limits: Limits, kernel: Kernel) -> None:
    if limits.forbid_all(kernel.facts):
        message = f"{limits.label} allows none of the values that the column's rule or reference makes"
        draft.refuse(f"{owner}.{name}", message, "move the bounds, or change the CHECK")
        return
    draft.warnings.append(
        f"{owner}: {limits.label} cannot be guaranteed, as the values of {name} come from elsewhere"
    )
