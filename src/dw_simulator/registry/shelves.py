"""What is registered, kind by kind: what a thing of a kind has to have, and a typed shelf for each kind.

A kind's shape is a protocol of `ports`: the methods that it names are what a registered thing has at the
least. What lacks one is told when it is loaded, not when it is used.
"""

import importlib
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar, cast

if TYPE_CHECKING:
    from dw_simulator.ports.answers import QueryEngine
    from dw_simulator.ports.contract import Contract
    from dw_simulator.ports.dialect import Dialect
    from dw_simulator.ports.executor import Executor
    from dw_simulator.ports.format import Format
    from dw_simulator.ports.live_database import LiveDatabaseClass
    from dw_simulator.ports.rule import RuleOptions
    from dw_simulator.ports.sink import SinkClass
    from dw_simulator.ports.store import StoreClass
    from dw_simulator.ports.warehouse import WarehouseClass
    from dw_simulator.registry.rule_class import FakerProvider

Plugged: TypeAlias = (
    "type[RuleOptions] | type[FakerProvider] | Dialect | SinkClass | WarehouseClass | LiveDatabaseClass"
    " | Executor | StoreClass | QueryEngine | Format | Contract"
)
"""Whatever may be registered."""

_SHAPES: Mapping[str, str] = {
    "rule": "dw_simulator.registry.rule_class:RuleClass",
    "faker_provider": "dw_simulator.registry.rule_class:FakerProvider",
    "dialect": "dw_simulator.ports.dialect:Dialect",
    "contract": "dw_simulator.ports.contract:Contract",
    "sink": "dw_simulator.ports.sink:Sink",
    "warehouse": "dw_simulator.ports.warehouse:Warehouse",
    "database": "dw_simulator.ports.live_database:LiveDatabase",
    "executor": "dw_simulator.ports.executor:Executor",
    "store": "dw_simulator.ports.store:Store",
    "engine": "dw_simulator.ports.answers:QueryEngine",
    "format": "dw_simulator.ports.format:Format",
}
KINDS = tuple(_SHAPES)

T = TypeVar("T")


def lacking(kind: str, found: Plugged) -> list[str]:
    """The methods of a kind's shape that a thing does not have, in the order of the protocol."""
    module, _, name = _SHAPES[kind].partition(":")
    shape: type = getattr(importlib.import_module(module), name)
    asked = [name for name, member in vars(shape).items() if _is_asked(name, member)]
    return [name for name in asked if not hasattr(found, name)]


def _is_asked(name: str, member: "FunctionType | property") -> bool:
    """Whether a member of a protocol is one that whoever keeps it has to have."""
    public = not name.startswith("_") or name == "__call__"
    return public and isinstance(member, FunctionType | property)


class Shelf(Generic[T]):
    """What is registered of one kind. Nothing is imported before it is asked for.

    names  of everything there, in the order in which it was registered
    load   the thing of a name
    """

    def __init__(
        self,
        names: Callable[[], tuple[str, ...]],
        load: Callable[[str], Plugged],
        usable: Callable[[], Mapping[str, Plugged]],
    ) -> None:
        self._names, self._load, self._usable = names, load, usable

    @property
    def names(self) -> tuple[str, ...]:
        """Every name, in alphabetical order."""
        return tuple(sorted(self._names()))

    @property
    def default(self) -> str:
        """The name that is meant where none is said: the first that this program has registered."""
        return self._names()[0]

    def get(self, name: str | None = None) -> T:
        """The thing of a name, or of the default.

        Raises UnknownNameError with the closest name, and RequestError for what is broken.
        """
        return cast("T", self._load(self.default if name is None else name))

    def usable(self) -> Mapping[str, T]:
        """All things by name, in the order of registration, without those of strangers that are broken."""
        return cast("Mapping[str, T]", self._usable())
