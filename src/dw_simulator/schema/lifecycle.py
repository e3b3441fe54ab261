"""The life of a row as users declare it: its states, which one leads to which, and how long that takes.

    {"starts": "placed_at",
     "states": {"placed": {"paid": 0.95, "cancelled": 0.05}, "paid": {"shipped": 1}},
     "after": {"paid": {"within": "3d", "mean": "2h"}, "cancelled": {"within": "1d"},
               "shipped": {"within": "9d"}}}

What leads out of a state has shares of up to 1 together; what is missing stays there for ever. A state that
is only led to is a last one.
"""

from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from typing import Annotated, NamedTuple

from pydantic import Field, GetJsonSchemaHandler, field_validator, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from dw_simulator.errors import closest
from dw_simulator.schema.declared import Declared, Issue, refuse, refuse_all
from dw_simulator.schema.durations import NANOSECONDS, Duration, nanoseconds
from dw_simulator.schema.json_data import Json

MOST_STEPS = 1024
_STEPS = 32
_CUT = 1e-3
"""A lifecycle in which more than this share of the rows would go on beyond its last step is refused."""
_SLACK = 1e-9

Share = Annotated[float, Field(gt=0, le=1)]
Weight = Annotated[float, Field(ge=0, le=1e9)]


class Dwell(Declared):
    """How long it takes until a state is entered, counted from the one before.

    mean  exponential with this mean, cut off at `within`; spread evenly where it is left out
    """

    within: Duration
    at_least: Duration | None = Field(
        default=None, description="1s unless said, or `within` where that is shorter"
    )
    mean: Duration | None = None

    @property
    def ends(self) -> tuple[int, int]:
        """The shortest and the longest time, in nanoseconds."""
        most = nanoseconds(self.within)
        return min(NANOSECONDS["s"], most) if self.at_least is None else nanoseconds(self.at_least), most

    @model_validator(mode="after")
    def _consistent(self) -> "Dwell":
        least, most = self.ends
        if most < NANOSECONDS["us"]:
            raise refuse(f"within {self.within} is no microsecond", "let it be longer")
        if least > most:
            raise refuse(f"at_least {self.at_least} is more than within {self.within}", "exchange them")
        if self.mean is not None and not least < nanoseconds(self.mean) <= (least + most) // 2:
            raise refuse(
                f"a mean of {self.mean} is not above the least time, or beyond the middle of the span",
                f"lower it, or let within be longer than {self.within}",
            )
        return self


class Transition(Declared):
    """One way out of a state: which share takes it, and how long that takes where `after` is not to say."""

    share: Share
    after: Dwell | None = None

    @model_validator(mode="before")
    @classmethod
    def _share_alone(cls, value: Json) -> Json:
        return {"share": value} if isinstance(value, int | float) and not isinstance(value, bool) else value

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [{"type": "number", "exclusiveMinimum": 0, "maximum": 1}, handler(core)]}


class Way(NamedTuple):
    """A transition with what belongs to it."""

    target: str
    share: float
    dwell: Dwell


class Lifecycle(Declared):
    """What the rows of a table go through.

    starts     the column with the moment at which the first state is entered
    reference  where that is a column of a row that is referenced: a column of the foreign key; a list follows
               several, one after another
    states     for each state where it leads to, and for which share of the rows; what is missing to 1 stays
    first      the first state, or several with their weights; the one that nothing leads to unless said
    after      how long it takes to enter each state
    reasons    for some states the reasons why they were entered, with weights
    max_steps  how many states a row goes through at the most, the first one included
    """

    starts: str
    reference: tuple[str, ...] = ()
    states: dict[str, dict[str, Transition]]
    first: dict[str, Weight] = Field(default_factory=dict)
    after: dict[str, Dwell] = Field(default_factory=dict)
    reasons: dict[str, dict[str, Weight]] = Field(default_factory=dict)
    max_steps: int = Field(default=_STEPS, ge=1, le=MOST_STEPS)

    @field_validator("reference", mode="before", json_schema_input_type=str | tuple[str, ...])
    @classmethod
    def _path(cls, value: Json) -> Json:
        return (value,) if isinstance(value, str) else value

    @field_validator("first", mode="before", json_schema_input_type=str | dict[str, Weight])
    @classmethod
    def _one_alone(cls, value: Json) -> Json:
        return {value: 1.0} if isinstance(value, str) else value

    @field_validator("states")
    @classmethod
    def _some_states(cls, value: dict[str, dict[str, Transition]]) -> dict[str, dict[str, Transition]]:
        if not value:
            raise refuse("a lifecycle has at least one state", 'say {"open": {"closed": 1}}')
        return value

    @model_validator(mode="after")
    def _consistent(self) -> "Lifecycle":
        for look in (self._unknown, self._timeless, self._endless):  # the later ones rely on the earlier
            if issues := list(look()):
                raise refuse_all(issues)
        return self

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All states, in alphabetical order: the order in which they are written changes no value."""
        return tuple(sorted({*self.states, *(target for ways in self.states.values() for target in ways)}))

    @cached_property
    def firsts(self) -> dict[str, float]:
        """The states that rows begin in, with their weights."""
        return self.first or dict.fromkeys(self._unled, 1.0)

    @property
    def _unled(self) -> list[str]:
        led_to = {target for state, ways in self.states.items() for target in ways if target != state}
        return [state for state in self.names if state not in led_to]

    def ways(self, state: str) -> tuple[Way, ...]:
        """What leads out of a state, in the alphabetical order of where it leads."""
        found = sorted(self.states.get(state, {}).items())
        return tuple(Way(target, one.share, one.after or self.after[target]) for target, one in found)

    # --- what is wrong

    def _unknown(self) -> Iterator[Issue]:
        if not self.first and len(self._unled) != 1:
            found = " and ".join(self._unled) or "no state"
            words = f"nothing leads to {found}, so it is open where rows begin"
            yield Issue("first", words, f'say "first": "{next(iter(self.states))}"')
        groups: tuple[tuple[str, Collection[str]], ...] = (
            ("first", self.firsts),
            (_SPANS, self.after),
            ("reasons", self.reasons),
        )
        named = [(field, name) for field, names in groups for name in names]
        for field, name in named:
            if name not in self.names:
                yield Issue(field, f"there is no state {name!r}{closest(name, self.names)}")
        for state, ways in self.states.items():
            total = sum(way.share for way in ways.values())
            if total > 1 + _SLACK:
                words = f"the shares of what leads out of {state} add up to {total:g}"
                yield Issue(f"states.{state}", words, "let them be 1 together, or less where some rows stay")
        weights = [("first", self.first)] if self.first else []
        for field, of in [*weights, *((f"reasons.{name}", of) for name, of in self.reasons.items())]:
            if not sum(of.values()):
                yield Issue(field, "the weights are all 0", "let one of them be more")

    def _timeless(self) -> Iterator[Issue]:
        for state, ways in self.states.items():
            for target, way in ways.items():
                if way.after is None and target not in self.after:
                    words = f"nothing says how long it takes from {state} to {target}"
                    yield Issue(_SPANS, words, f'say "{_SPANS}": {{"{target}": {{"within": "3d"}}}}')
        targets = {target for ways in self.states.values() for target in ways}
        for name in self.after:
            if name not in targets:
                yield Issue(f"{_SPANS}.{name}", f"nothing leads to {name}", "leave it out")

    def _endless(self) -> Iterator[Issue]:
        reached = self._reached()
        for state in self.names:
            if state not in reached:
                words = f"no row is ever in {state}: nothing leads there from {' or '.join(self.firsts)}"
                yield Issue(f"states.{state}", words, "let a state lead to it, or leave it out")
        moving = self._moving()
        if moving > _CUT:
            yield Issue(
                "max_steps",
                f"after {self.max_steps} steps {moving:.2%} of the rows would still go on",
                "let more of them stay, or come to a last state; or let max_steps be more",
            )

    def _reached(self) -> set[str]:
        found = [name for name, weight in self.firsts.items() if weight]
        for state in found:
            found += [target for target in self.states.get(state, {}) if target not in found]
        return {*found}

    def _moving(self) -> float:
        """The share of the rows that would go on after the last step."""
        total = sum(self.firsts.values())
        shares = {name: weight / total for name, weight in self.firsts.items()}
        for _step in range(self.max_steps):
            shares_then: dict[str, float] = {}
            for state, share in shares.items():
                for target, way in self.states.get(state, {}).items():
                    shares_then[target] = shares_then.get(target, 0.0) + share * way.share
            shares = shares_then
        return sum(shares.values())


(_SPANS,) = (name for name, field in Lifecycle.model_fields.items() if field.annotation == dict[str, Dwell])
PARTS: Mapping[str, type[Declared]] = {"lifecycles": Lifecycle, "states": Transition, _SPANS: Dwell}
"""What stands below a table's fields of these names."""
