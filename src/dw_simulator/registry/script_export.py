"""From an experiment to a script of CREATE TABLE statements."""

from dw_simulator.errors import RequestError
from dw_simulator.ports.dialect import WrittenDdl
from dw_simulator.registry.manager import Registry
from dw_simulator.schema.model import Experiment
from dw_simulator.schema.shown import shown
from dw_simulator.schema.undeclared_parts import as_declared, with_inferred


def written_ddl(
    registry: Registry, experiment: Experiment, dialect: str | None, *, inferred: bool = False
) -> WrittenDdl:
    """An experiment's tables as CREATE TABLE statements of a dialect, of its own where that is None.

    inferred  with the references and keys that an import has found, and no script declares

    Raises RequestError where neither names one.
    """
    chosen = dialect or experiment.target_warehouse
    if chosen is None:
        known = ", ".join(registry.dialects.names)
        raise RequestError(f"{experiment.name} names no target_warehouse; choose a dialect: {known}")
    asked = with_inferred(experiment) if inferred else as_declared(experiment)
    return registry.dialects.get(chosen).write(shown(asked))
