"""What the classes have that are registered as rules and as Faker providers."""

from collections.abc import Mapping
from typing import Protocol

from pydantic.fields import FieldInfo

from dw_simulator.engine.values.base import Domain, Kernel
from dw_simulator.ports.needs import Derived
from dw_simulator.ports.rule import ColumnSpec, Rule
from dw_simulator.schema.json_data import Json
from dw_simulator.types import Kind


class RuleClass(Protocol):
    """A subclass of `schema.model.RuleOptions` with a method `build`."""

    def build(self, spec: ColumnSpec) -> Domain | Kernel | Derived:
        """As `ports.rule.Rule` has it; of an object of the class."""

    @property
    def kinds(self) -> frozenset[Kind]:
        """For columns of which kinds it is."""

    @property
    def model_fields(self) -> Mapping[str, FieldInfo]:
        """Its options."""

    def model_validate(self, obj: Json) -> Rule:
        """The rule with options; of the class itself."""


class FakerProvider(Protocol):
    """A subclass of `faker.providers.BaseProvider`."""

    def random_element(self, elements: tuple[str, ...] = ()) -> str:
        """One of some elements."""

    @property
    def __provider__(self) -> str:
        """The provider's name."""
