"""What an experiment has left in places is removed: tables in warehouses, then the managed output."""

from collections.abc import Callable

from dw_simulator.ports.store import Store, StoredExperiment
from dw_simulator.runs.outputs import Outputs

Clear = Callable[[StoredExperiment], None]
"""Removes an experiment's tables from warehouses, or their rows."""


def clear_experiment(
    store: Store, outputs: Outputs, name: str, version: str, clear: Clear | None, *, forget: bool
) -> None:
    """Clear warehouses, then, while no run can begin, what runs have left and the managed output.

    clear   removes what is in warehouses, where that is wanted
    forget  remove the experiment, too
    """
    ledger = store.ledger
    ledger.bury_the_dead(name)
    left = ledger.leftovers(name)
    with store.holding(name, version):
        stored = store.get_experiment(name)
    if clear is not None:  # which may be slow: the store stays free for others meanwhile
        clear(stored)
    alone = store.deleting if forget else store.holding
    with alone(name, stored.version):
        outputs.clear(name, left)
    for run in left:
        ledger.leave(run.token or "", clean=True)
