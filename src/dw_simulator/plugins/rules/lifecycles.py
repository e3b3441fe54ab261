"""What a row goes through, in its own columns and in the rows below it: states, when and why they come."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field, ValidationError, model_validator

from dw_simulator.engine.bounds import DEFAULT_END, range_of, step_of
from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Rows
from dw_simulator.engine.selectors.groups import Grouping
from dw_simulator.engine.storage import dtype_of, encode
from dw_simulator.engine.values.among import Parentless
from dw_simulator.engine.values.base import Domain, Kernel, Nullable
from dw_simulator.engine.values.courses import DAY, Lives
from dw_simulator.engine.values.integers import FixedChoices
from dw_simulator.engine.values.pooled import Pooled
from dw_simulator.engine.values.steps import (
    HasBeen,
    Latest,
    Nth,
    Promised,
    Stamping,
    StepCount,
    StepMoments,
    StepPick,
    StepReasons,
    StepStates,
    Visit,
)
from dw_simulator.errors import Refusal, RunError, closest
from dw_simulator.plugins.rules import calendar_weights
from dw_simulator.plugins.rules.life_orders import LifeMoment, holds
from dw_simulator.plugins.rules.machines import machine_of, reasons_of
from dw_simulator.plugins.rules.summing import check_bounds
from dw_simulator.ports.needs import (
    Answer,
    Derived,
    LifeOf,
    Living,
    Siblings,
)
from dw_simulator.ports.rule import ColumnSpec, Examples, KeptOrder, RuleOptions
from dw_simulator.schema.model import Column, Table
from dw_simulator.types import Kind, SqlType, sql_type

_MOMENTS = frozenset({Kind.DATE, Kind.TIMESTAMP})
_WORDS = frozenset({Kind.TEXT, Kind.INTEGER})
_TRIED = 1000

_ORDER: Mapping[str, Any] = {
    "starts": "placed_at",
    "states": {"placed": {"paid": 0.9, "cancelled": 0.1}, "paid": {"shipped": 1}},
    "after": {
        "paid": {"within": "3d", "mean": "2h"},
        "cancelled": {"within": "2d"},
        "shipped": {"at_least": "4h", "within": "20d", "mean": "5d"},
    },
    "reasons": {"cancelled": {"too late": 2, "changed my mind": 1}},
}

_PLACED = {
    "name": "placed_at",
    "data_type": "TIMESTAMP(0)",
    "date_start": "2025-10-01",
    "date_end": "2025-12-31",
}


def _value(data_type: str, *, required: bool, **rule: Any) -> dict[str, Any]:
    optional = {} if required else {"required": False}
    return {"name": "value", "data_type": data_type, **optional, "rule": rule}


def _orders(data_type: str, *, required: bool = True, **options: Any) -> dict[str, Any]:
    """Orders, and what a column of theirs shows of their lives."""
    value = _value(data_type, required=required, name="lifecycle", of="order", **options)
    orders = {"name": "orders", "lifecycles": {"order": _ORDER}, "columns": [_PLACED, value]}
    return {"tables": [orders]}


def _history(data_type: str, *, required: bool = True, **options: Any) -> dict[str, Any]:
    """Orders, and the rows of their history."""
    key = {"name": "id", "data_type": "INT"}
    order = {
        "name": "order_id",
        "data_type": "INT",
        "foreign_key": {"references_table": "orders", "references_column": "id", "children": 3},
    }
    value = _value(data_type, required=required, name="step", reference="order_id", **options)
    orders = {"name": "orders", "target_rows": 200, "primary_key": ["id"], "columns": [key, _PLACED]}
    return {
        "tables": [
            {**orders, "lifecycles": {"order": _ORDER}},
            {"name": "order_history", "target_rows": 600, "columns": [order, value]},
        ]
    }


class LifecycleColumn(RuleOptions):
    """What a row goes through: its state, when and why it was entered, how many there were.

    The states are declared once for all columns of a table, in its `lifecycles`. What lies after the
    experiment's present has not happened: the state is the one before.
    """

    kinds: ClassVar[frozenset[Kind]] = _MOMENTS | _WORDS | {Kind.BOOLEAN}
    examples: ClassVar[Examples] = (
        _orders("VARCHAR(10)", field="state"),
        _orders("TIMESTAMP(0)", required=False, field="at", state="shipped"),
        _orders("VARCHAR(20)", required=False, field="reason"),
        _orders("INT", field="steps"),
        _orders("DATE", required=False, field="ended"),
        _orders("BOOLEAN", field="was", state="paid"),
    )

    derives: ClassVar[bool] = True

    of: str | None = Field(
        default=None, description="which of the table's `lifecycles`; needed where it has several"
    )
    field: Literal["state", "at", "entered", "ended", "was", "reason", "from", "steps"] = Field(
        description="state: the present one; at: when a state was entered, NULL if never; entered: when the "
        "present one was; ended: when a last one was, NULL before; was: whether it has ever been in a state; "
        "reason: why the present state was entered; from: the state before; steps: how many states there "
        "were, the first included"
    )
    state: str | None = Field(default=None, description="for at and was: which state")
    visit: Literal["last", "first"] = Field(
        default="last", description="for at: which time it was entered, where rows come back to it"
    )
    digits: calendar_weights.Digits = calendar_weights.DIGITS

    @model_validator(mode="after")
    def _consistent(self) -> "LifecycleColumn":
        if (self.state is not None) != (self.field in ("at", "was")):
            raise ValueError(
                f"{self.field} needs a state" if self.state is None else f"{self.field} is of no one state"
            )
        if self.visit == "first" and self.field != "at":
            raise ValueError("visit goes with at")
        return self

    def keeps(self, column: Column, table: Table, /) -> Sequence[KeptOrder]:
        name = self.of or next(iter(table.lifecycles), "")
        declared = table.lifecycles.get(name)
        own = None if declared is None else self._moment(table, column.name, name)
        if declared is None or own is None or (self.of is None and len(table.lifecycles) > 1):
            return ()
        shown = {one.name: self._moment(table, one.name, name) for one in table.columns}
        others = [(other, moment) for other, moment in shown.items() if moment and other != column.name]
        pairs = [((column.name, own), other) for other in others]
        pairs += [(other, (column.name, own)) for other in others]
        return [
            # a state that is never reached says nothing of those before and after it
            KeptOrder(earlier, later, holds(declared, first, then, strict=True), leads_on=False)
            for (earlier, first), (later, then) in pairs
            if holds(declared, first, then, strict=False)
        ]

    def _moment(self, table: Table, name: str, life: str) -> LifeMoment | None:
        """The moment of a life that a column of the table shows, if it does."""
        column, declared = table.column(name), table.lifecycles[life]
        if column is None or column.type.kind not in _MOMENTS:
            return None
        if name == declared.starts and not declared.reference:
            return LifeMoment(column.type)
        spec = column.rule_spec
        try:
            rule = LifecycleColumn.model_validate(spec.options if spec is not None else {})
        except ValidationError:
            return None
        if rule.field not in ("at", "entered", "ended") or life != (rule.of or life):
            return None
        if rule.state is not None and rule.state not in declared.names:
            return None
        return LifeMoment(column.type, rule.field, rule.state, rule.visit == "first")

    def build(self, spec: ColumnSpec) -> Derived:
        spec = spec.to(self.digits)
        return Derived((LifeOf(self.of),), lambda found: self._finish(spec, found), whole=True)

    def _finish(self, spec: ColumnSpec, found: Sequence[Answer]) -> Kernel:
        (living,) = found
        assert isinstance(living, Living), "a life was asked for"
        lives = _lives(spec, living)
        kernel = self._shown(spec, living, lives)
        check_bounds(spec, kernel)
        return kernel

    def _shown(self, spec: ColumnSpec, living: Living, lives: Lives) -> Kernel:
        if self.field == "steps":
            return _counted(spec, lives)
        if self.field == "was":
            if spec.type.kind is not Kind.BOOLEAN:
                raise Refusal("was is true or false", "declare it as BOOLEAN")
            return HasBeen(self._visit(living, lives))
        if self.field == "at":
            return _stamped(spec, self._visit(living, lives))
        if self.field in ("entered", "ended"):
            return _stamped(spec, Latest(lives, over=self.field == "ended"))
        return _told(spec, living, Latest(lives), self.field)

    def _visit(self, living: Living, lives: Lives) -> Visit:
        names = living.declared.names
        if self.state not in names:
            words = f"{living.name} has no state {self.state!r}{closest(str(self.state), names)}"
            raise Refusal(words)
        return Visit(lives, names.index(self.state), self.visit == "first")


class LifecycleStep(RuleOptions):
    """In the n-th of the rows that reference a row, the n-th step of what that row goes through: its history.

    Rows beyond the last step are NULL; there are none where a parent has as many rows as steps.
    """

    kinds: ClassVar[frozenset[Kind]] = _MOMENTS | _WORDS
    examples: ClassVar[Examples] = (
        _history("VARCHAR(10)", required=False, of="order", field="state"),
        _history("TIMESTAMP", required=False, of="order", field="at"),
        _history("VARCHAR(10)", required=False, of="order", field="from"),
        _history("VARCHAR(20)", required=False, field="reason"),
    )

    derives: ClassVar[bool] = True

    reference: str = Field(
        description="a column of the foreign key that leads to the row with the lifecycle; the rows of one "
        "such row are made to stand together"
    )
    of: str | None = Field(
        default=None,
        description="which of the `lifecycles` of the referenced table; needed where it has several",
    )
    field: Literal["state", "at", "from", "reason"] = Field(
        description="state: the one that is entered; at: when; from: the state that is left, NULL in the "
        "first step; reason: why it is entered"
    )
    digits: calendar_weights.Digits = calendar_weights.DIGITS

    @property
    def siblings(self) -> str:
        return self.reference

    def build(self, spec: ColumnSpec) -> Derived:
        spec = spec.to(self.digits)
        needs = (Siblings(self.reference), LifeOf(self.of, self.reference))
        return Derived(needs, lambda found: self._finish(spec, found), whole=True)

    def _finish(self, spec: ColumnSpec, found: Sequence[Answer]) -> Kernel:
        grouping, living = found
        assert isinstance(grouping, Grouping), "siblings were asked for"
        assert isinstance(living, Living), "a life was asked for"
        pick = Nth(_lives(spec, living), grouping)
        kernel = _stamped(spec, pick) if self.field == "at" else _told(spec, living, pick, self.field)
        check_bounds(spec, kernel)
        orphans = grouping.rows < spec.rows
        if spec.column.required and not orphans and self.field in ("state", "at") and pick.nullable:
            kernel = _promised(spec, kernel, living, self.reference)
        return Nullable(kernel, Parentless(grouping)) if orphans else kernel


# --- what both show


def _lives(spec: ColumnSpec, living: Living) -> Lives:
    """The lives of a table's rows, by the same bits for all columns that show them. Raises Refusal."""
    starts = living.starts
    if starts.type.kind not in _MOMENTS:
        raise Refusal(
            f"{living.name} starts with {starts.name}, which is {starts.type.declared}",
            "let it start with a DATE or a TIMESTAMP",
        )
    machine, last = machine_of(living.declared), _last(spec.as_of or DEFAULT_END)

    def stream(use: str) -> Stream:
        return Stream.named(spec.seed, living.table, living.name, f"life {use}")

    moves, dwells, causes = (
        tuple(stream(f"{use} {step}") for step in range(machine.steps)) for use in ("move", "dwell", "cause")
    )
    scale = DAY if starts.type.kind is Kind.DATE else int(starts.type.unit == "us")
    lives = Lives(machine, starts.kernel, scale, last, stream("begin"), moves, dwells, causes)
    if spec.as_of is None and lives.begun is not None and lives.begun[1] > last:
        raise Refusal(
            f"{starts.name} reaches beyond {DEFAULT_END}, which is the present where nothing is said",
            f'say "as_of" beside the name of the experiment, or date_end of {starts.name}',
        )
    return lives


def _last(present: date) -> int:
    """The last microsecond that has been."""
    begun = encode(sql_type("TIMESTAMP"), present)
    return begun if isinstance(present, datetime) else begun + DAY - 1


def _counted(spec: ColumnSpec, lives: Lives) -> Kernel:
    if spec.type.kind is not Kind.INTEGER:
        raise Refusal("steps are counted", "declare it as INT or BIGINT")
    most = lives.machine.steps
    if most > spec.type.limits[1]:
        raise Refusal(f"{spec.type.declared} does not count to {most}", "widen it, or lower max_steps")
    return StepCount(lives, dtype_of(spec.type))


def _stamped(spec: ColumnSpec, pick: StepPick) -> Kernel:
    type_ = spec.type
    if type_.kind not in _MOMENTS:
        raise Refusal("when a state was entered is a moment", "declare it as TIMESTAMP or DATE")
    if type_.kind is Kind.DATE:
        return StepMoments(pick, Stamping(dtype_of(type_), over=DAY))
    times = 1000 if type_.unit == "ns" else 1
    kernel = StepMoments(pick, Stamping(dtype_of(type_), times=times, grain=step_of(type_)))
    if kernel.facts.ends is not None and not all(map(range_of(type_).hold, kernel.facts.ends)):
        raise Refusal(
            f"moments up to the present may lie beyond what {type_.declared} holds, which is the year 2262",
            "let as_of be earlier, or declare it as TIMESTAMP",
        )
    return kernel


def _told(spec: ColumnSpec, living: Living, pick: StepPick, field: str) -> Kernel:
    if spec.type.kind not in _WORDS:
        raise Refusal(f"{field} is a name", "declare it as VARCHAR, or as INT where all names are numbers")
    if field == "reason":
        reasons = reasons_of(living.declared)
        if not reasons:
            words = f"no state of {living.name} has reasons"
            raise Refusal(words, 'name some: "reasons": {"cancelled": {"too late": 1}}')
        return StepReasons(pick, _named(spec.type, reasons))
    return StepStates(pick, _named(spec.type, living.declared.names), left=field == "from")


def _named(type_: SqlType, names: Sequence[str]) -> Domain:
    """The names as a type stores them."""
    if type_.kind is Kind.TEXT:
        return Pooled.of(names)
    try:
        return FixedChoices(np.array([encode(type_, name) for name in names], dtype=dtype_of(type_)))
    except ValueError as error:
        raise Refusal(str(error), "declare it as VARCHAR, or let the names be whole numbers") from None


def _promised(spec: ColumnSpec, kernel: Kernel, living: Living, reference: str) -> Kernel:
    """The kernel of a column that is never NULL, as there are as many rows as steps. Raises Refusal."""
    place = f"{spec.table}.{spec.column.name}"
    what = f"there is no such step: {living.table} has fewer steps than rows by {reference}"
    found = Promised(kernel, place, what)
    count = min(spec.rows, _TRIED)
    tried = [k * (spec.rows - 1) // max(count - 1, 1) for k in range(count)]
    try:
        found.values(Rows.at(np.array(tried, dtype=np.uint64)))
    except RunError:
        raise Refusal(
            f"cannot be NULL, but rows of one {living.table} are more than the steps of its {living.name}",
            'say "required": false, or let there be as many rows as steps',
        ) from None
    return found
