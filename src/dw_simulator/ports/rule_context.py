"""What rules are read with: what else is registered."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from dw_simulator.ports.dialect import Dialect
from dw_simulator.ports.rule import MixtureComponent


@dataclass(frozen=True)
class RuleContext:
    """The validation context of pydantic in which a rule reads its options.

    faker_providers  gives provider classes, by name
    dialect          from a name to its dialect; None where there is no such dialect
    dialects         gives all dialects, by name
    component        from a rule's name to its `RuleOptions.component`; None where there is no such rule
    components       gives the names of all rules that have one
    """

    faker_providers: Callable[[], Mapping[str, type]]
    dialect: Callable[[str], Dialect | None]
    dialects: Callable[[], Mapping[str, Dialect]]
    component: Callable[[str], type[MixtureComponent] | None]
    components: Callable[[], Sequence[str]]
