"""What every plugin has to keep, as test suites that a plugin's own tests inherit.

    from dw_simulator.testing import RuleContract, SinkContract

    class TestAirport(RuleContract):
        rules = ("airport",)

    class TestJsonLines(SinkContract):
        scheme = "jsonlines"

RuleContract       the law: a value depends on seed, table, column and row, and on nothing else; types, bounds
SinkContract       all parts are published at once, or none; what was there before stays until then
DialectContract    what is written reads the same again; errors say where
ExecutorContract   who works changes no byte; an error stops the rest; so does a wish to stop
WarehouseContract  a load is shown whole or not at all; what this program has not made is left alone

Importing one of these imports pytest. `Example` and `examples` need none: they plan what a rule's class shows
in `examples`.
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    from dw_simulator.testing.dialects import DialectContract
    from dw_simulator.testing.example import Example, examples
    from dw_simulator.testing.executors import ExecutorContract
    from dw_simulator.testing.rules import RuleContract
    from dw_simulator.testing.sinks import SinkContract
    from dw_simulator.testing.warehouses import WarehouseContract

__all__ = [
    "DialectContract",
    "Example",
    "ExecutorContract",
    "RuleContract",
    "SinkContract",
    "WarehouseContract",
    "examples",
]

_PLACES = {
    "DialectContract": "dialects",
    "Example": "example",
    "ExecutorContract": "executors",
    "RuleContract": "rules",
    "SinkContract": "sinks",
    "WarehouseContract": "warehouses",
    "examples": "example",
}

Shipped: TypeAlias = (
    "type[DialectContract | Example | ExecutorContract | RuleContract | SinkContract | WarehouseContract]"
    " | Callable[..., tuple[Example, ...]]"
)


def __getattr__(name: str) -> Shipped:
    """Suites are imported on first use, each alone, and with assertions that show what they compare."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = f"{__name__}.{_PLACES[name]}"
    if name.endswith("Contract") and module not in sys.modules:
        import pytest  # noqa: PLC0415 - only suites need it

        pytest.register_assert_rewrite(module)
    found: Shipped = getattr(import_module(module), name)
    return found
