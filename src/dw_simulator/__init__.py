"""DW Simulator: synthetic data in the shape of your warehouse."""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

__all__ = ["Experiment", "ExperimentService", "GenerateRequest", "__version__"]

_PLACES = {
    "Experiment": "dw_simulator.schema.model",
    "ExperimentService": "dw_simulator.service",
    "GenerateRequest": "dw_simulator.service",
}


def __getattr__(name: str) -> Any:
    """Public names are imported on first use, so that `import dw_simulator` costs nothing."""
    if name in _PLACES:
        return getattr(import_module(_PLACES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
