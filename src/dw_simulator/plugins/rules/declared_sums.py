"""Numbers whose sum is declared: over the table, over each parent's rows, over months, over regions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import (
    Discriminator,
    Field,
    GetJsonSchemaHandler,
    JsonValue,
    Tag,
    field_validator,
    model_validator,
)
from pydantic_core import CoreSchema

from dw_simulator.engine.selectors.exact import apportioned
from dw_simulator.engine.selectors.groups import Grouping
from dw_simulator.engine.values.base import Kernel
from dw_simulator.errors import Refusal, closest
from dw_simulator.plugins.rules.periods import Every, Period, Season, weights_of
from dw_simulator.plugins.rules.summed_columns import Amount, SummedColumn, TargetShape, scaled_far
from dw_simulator.ports.needs import (
    Answer,
    Derived,
    Need,
    Siblings,
    nothing_told,
    source_of,
)
from dw_simulator.ports.rule import ColumnSpec, Examples, RuleOptions
from dw_simulator.schema.declared import Declared
from dw_simulator.schema.model import Lookup
from dw_simulator.types import NUMERIC_KINDS, Kind


class SaidSum:
    """How a sum is said: as one number, by the parent, by period. This one is not said at all."""

    is_one: ClassVar[bool] = False
    is_of_periods: ClassVar[bool] = False
    is_by_month: ClassVar[bool] = False

    @property
    def parents_column(self) -> str | None:
        """The column of the referenced row that says it, if one does."""
        return None

    @property
    def amount(self) -> Amount:
        """The one sum. Raises Refusal where there is not one."""
        raise Refusal("one sum is needed here", "say sum as a number")

    def of_periods(
        self, _column: SummedColumn, _periods: Sequence[Period], _sizes: Sequence[int], /
    ) -> list[int]:
        """The sum of each period, of so many rows each, in units. Raises Refusal."""
        raise Refusal("sums of periods are needed here", "list them, or say {total, growth, season}")


@dataclass(frozen=True)
class _One(SaidSum):
    """One number."""

    said: Amount
    is_one: ClassVar[bool] = True

    @property
    def amount(self) -> Amount:
        return self.said


class _ByPeriod(SaidSum):
    """A sum for each period."""

    is_of_periods: ClassVar[bool] = True

    if TYPE_CHECKING:  # a field or a property, as the class likes

        @property
        def each(self) -> Sequence[Amount]:
            """The sums, the first period's first."""

    def of_periods(
        self, column: SummedColumn, periods: Sequence[Period], _sizes: Sequence[int], /
    ) -> list[int]:
        if len(self.each) != len(periods):
            raise Refusal(
                f"there are {len(periods):,} periods, {periods[0].label} to {periods[-1].label}, and "
                f"{len(self.each):,} sums",
                "give one sum to each period, or move the ends of the column of dates",
            )
        return [column.units_of(amount) for amount in self.each]


@dataclass(frozen=True)
class _Listed(_ByPeriod):
    """A list of sums."""

    each: Sequence[Amount]


class OfTheParent(SaidSum, Declared):
    """The sum that a column of the referenced row says."""

    column: str = Field(description="a column of the referenced row: the sum of the rows that reference it")

    @property
    def parents_column(self) -> str:
        return self.column


class Monthly(_ByPeriod, Declared):
    """A sum for every month."""

    is_by_month: ClassVar[bool] = True

    monthly: tuple[Amount, ...] = Field(description="a sum for each month, the first one first")

    @property
    def each(self) -> Sequence[Amount]:
        return self.monthly


class Curve(SaidSum, Season):
    """A sum over all periods, dealt out by growth and season."""

    is_of_periods: ClassVar[bool] = True

    total: Amount = Field(description="over all periods")

    def of_periods(
        self, column: SummedColumn, periods: Sequence[Period], sizes: Sequence[int], /
    ) -> list[int]:
        weights = weights_of(periods, self)
        weights = [weight if size else 0 for weight, size in zip(weights, sizes, strict=True)]
        total = column.units_of(self.total)
        return apportioned(total, weights) if any(weights) else [total, *[0] * (len(periods) - 1)]


def _form(said: object) -> str | None:
    """The form that a sum is written in: an object's by the key that no other has; None where it has none."""
    if isinstance(said, Mapping):
        return next((form.__name__ for key, form in _BY_KEY.items() if key in said), None)
    if isinstance(said, SaidSum):
        return type(said).__name__
    return "list" if isinstance(said, list | tuple) else "amount"


class _Flat:
    """Shows the forms as one list of what is possible, as those of other options are."""

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [kind for form in handler(core)["oneOf"] for kind in form.get("anyOf", [form])]}


_BY_KEY = {"column": OfTheParent, "monthly": Monthly, "total": Curve}
_WHICH = "it is a number, a list, {column}, {monthly} or {total, growth, season}"
_Sum = Annotated[
    Annotated[Amount, Tag("amount")]
    | Annotated[tuple[Amount, ...], Tag("list")]
    | Annotated[OfTheParent, Tag(OfTheParent.__name__)]
    | Annotated[Monthly, Tag(Monthly.__name__)]
    | Annotated[Curve, Tag(Curve.__name__)],
    Discriminator(_form, custom_error_type="no_sum", custom_error_message=_WHICH),
    _Flat(),
]
"""A sum in one of its forms: what is wrong is told of that form alone."""

_Declared = dict[str, Any]
_ORDER: _Declared = {
    "name": "order_id",
    "data_type": "INT",
    "foreign_key": {
        "references_table": "orders",
        "references_column": "id",
        "children": {"min": 1, "max": 6},
    },
}
_REGION: _Declared = {
    "name": "region",
    "data_type": "VARCHAR(4)",
    "rule": {"name": "choice", "values": ["EMEA", "APAC", "AMER"], "weights": [5, 3, 2], "exact": True},
}
_DAY: _Declared = {
    "name": "ordered_on",
    "data_type": "DATE",
    "date_start": "2024-01-01",
    "date_end": "2024-12-31",
    "rule": {"name": "uniform", "order": "sorted"},
}
_LIKE: _Declared = {"name": "lognormal", "mean": 3, "stddev": 0.7}


def _orders(value: _Declared) -> _Declared:
    """Orders with a total, and lines of them with this column."""
    total = {"name": "total", "data_type": "DECIMAL(10,2)", "min_value": 5, "max_value": 900}
    orders = {
        "name": "orders",
        "target_rows": 60,
        "primary_key": ["id"],
        "columns": [{"name": "id", "data_type": "INT"}, total],
    }
    return {"tables": [orders, {"name": "lines", "target_rows": 200, "columns": [_ORDER, value]}]}


class Target(RuleOptions):
    """A number whose sum is given: over the table, each parent's rows, each month, each region."""

    kinds: ClassVar[frozenset[Kind]] = NUMERIC_KINDS
    examples: ClassVar[Examples] = (
        {
            "name": "value",
            "data_type": "DECIMAL(10,2)",
            "min_value": 0,
            "max_value": 900,
            "rule": {"name": "target", "sum": "25000.50", "like": _LIKE},
        },
        {"name": "value", "data_type": "INT", "rule": {"name": "target", "sum": 9000}},
        {"name": "value", "data_type": "DOUBLE", "rule": {"name": "target", "sum": 1234.5, "like": _LIKE}},
        _orders(
            {
                "name": "value",
                "data_type": "DECIMAL(10,2)",
                "rule": {"name": "target", "by": "order_id", "sum": {"column": "total"}, "like": _LIKE},
            }
        ),
        [
            _REGION,
            {
                "name": "value",
                "data_type": "DECIMAL(10,2)",
                "rule": {
                    "name": "target",
                    "by": "region",
                    "sums": {"EMEA": 5000, "APAC": "2500.25", "AMER": 100},
                    "like": _LIKE,
                },
            },
        ],
        [
            _DAY,
            {
                "name": "value",
                "data_type": "DECIMAL(10,2)",
                "rule": {
                    "name": "target",
                    "by": {"column": "ordered_on", "every": "quarter"},
                    "sum": {
                        "total": 30_000,
                        "growth": 1.2,
                        "season": [8, 7, 8, 8, 9, 9, 7, 6, 9, 10, 12, 14],
                    },
                },
            },
        ],
    )

    sum: _Sum | None = Field(
        default=None,
        description="what the values sum to: over the table, or each parent's rows; {column}: what that "
        "column of the parent says; a list, {monthly} or {total, growth, season}: over the periods of by",
    )
    sums: dict[str, Amount | dict[str, Amount]] | None = Field(
        default=None,
        description='a sum for each value of by, such as {"EMEA": 5000000}, or for each period; for each '
        "value in each period, one list of sums within another",
    )
    shares: dict[str, float] | None = Field(
        default=None, description="what each value of by has of the sum, in any unit"
    )
    by: str | Every | None = Field(
        default=None,
        description="which rows have a sum together: a column of a foreign key, by which they are made to "
        'stand together; a choice with "exact": true, with sums or shares; {column, every} for periods',
    )
    like: dict[str, JsonValue] | None = Field(
        default=None,
        description="the rule whose values are scaled to the sum; uniform where none is given",
    )

    @field_validator("like")
    @classmethod
    def _named(cls, value: dict[str, JsonValue] | None) -> dict[str, JsonValue] | None:
        if value is not None and not isinstance(value.get("name"), str):
            raise ValueError('like is a rule, such as {"name": "lognormal", "mean": 3, "stddev": 0.7}')
        if value is not None and value["name"] == "target":
            raise ValueError("like has no sum of its own: name the rule whose shape is meant")
        return value

    @model_validator(mode="after")
    def _consistent(self) -> "Target":
        if (self.sums is None) == (self.sum is None):
            raise ValueError("say sum, or sums by group")
        said, every, shared = self._said, self._every, self.shares is not None
        parts = every is not None and every.of is not None and self.sum is not None
        wrong = {
            "shares go with one sum, and by a column of which they are the shares": shared
            and not (said.is_one if self._grouped_by else parts),
            "say shares, what each value of the choice has of a period's sum": parts and not shared,
            "sums are of groups: by what?": self.sums is not None and self.by is None,
            "the sum is a parent's: say by which reference": said.parents_column is not None
            and not self._grouped_by,
            'these sums are of periods: say by, such as {"column": "day", "every": "month"}': (
                said.is_of_periods and every is None
            ),
            "every period has a sum: list them, or say {total, growth, season}": every is not None
            and said.is_one,
            "monthly sums are by month": said.is_by_month and every is not None and every.every != "month",
        }
        for words, holds in wrong.items():
            if holds:
                raise ValueError(words)
        return self

    @property
    def _said(self) -> SaidSum:
        """The sum, whichever form it is written in."""
        if isinstance(self.sum, SaidSum):
            return self.sum
        if isinstance(self.sum, tuple):
            return _Listed(self.sum)
        return SaidSum() if self.sum is None else _One(self.sum)

    @property
    def _grouped_by(self) -> str | None:
        """The column by which rows have a sum together."""
        return self.by if isinstance(self.by, str) else None

    @property
    def _every(self) -> Every | None:
        """The periods by which they do."""
        return self.by if isinstance(self.by, Every) else None

    @property
    def siblings(self) -> str | None:
        return self._grouped_by if self.sums is None and self.shares is None else None

    def build(self, spec: ColumnSpec) -> Derived:
        if spec.column.null_fraction or spec.column.null_when:
            said = "null_fraction" if spec.column.null_fraction else "null_when"
            raise Refusal("rows that are NULL would be missing from the sum", f"leave {said} out")
        shape = TargetShape.of(spec, self.like)
        needs: list[Need] = []
        if self.siblings is not None:
            needs.append(Siblings(self.siblings))
            if self._said.parents_column is not None:
                needs.append(Lookup(reference=(self.siblings,), column=self._said.parents_column))
        elif self._every is not None:
            needs += filter(None, [self._every.column, self._every.of])
        elif self._grouped_by is not None:
            needs.append(self._grouped_by)
        own = len(needs)

        def finish(found: Sequence[Answer]) -> Kernel:
            return self._finish(SummedColumn(spec, shape.kernel(found[own:])), found[:own])

        told = scaled_far if self.like is not None else nothing_told
        return Derived((*needs, *shape.needs), finish, whole=True, told=told, over_table=True)

    def _finish(self, column: SummedColumn, found: Sequence[Answer]) -> Kernel:
        if self.by is None:
            return column.by_table(self._said.amount)
        first, *rest = found
        if self.siblings is not None:
            assert isinstance(first, Grouping), "siblings were asked for"
            source = source_of(*rest) if rest else None
            return column.by_parent(first, self.siblings, source, None if source else self._said.amount)
        every = self._every
        if every is None:
            return column.by_shares(source_of(first), self._of_shares)
        if every.of is None:
            return column.by_period(source_of(first), every, self._of_periods)
        return column.by_both(source_of(first), every, source_of(*rest), self._of_both)

    def _of_shares(self, column: SummedColumn, names: Sequence[str]) -> list[int]:
        given: Mapping[str, object] = self.sums if self.sums is not None else self.shares or {}
        _check_names(given, names, "value", str(self.by))
        if self.sums is not None:
            return [column.units_of(_amount(self.sums[name])) for name in names]
        return apportioned(column.units_of(self._said.amount), self._weights(given, names))

    def _weights(self, given: Mapping[str, object], names: Sequence[str]) -> list[Fraction]:
        weights = [Fraction(str(given[name])) for name in names]
        if min(weights) < 0 or not any(weights):
            raise Refusal("shares are not negative, and not all 0", "correct the shares")
        return weights

    def _of_both(
        self,
        column: SummedColumn,
        periods: Sequence[Period],
        counts: Sequence[Sequence[int]],
        names: Sequence[str],
    ) -> list[list[int]]:
        """The sum of each value in each period."""
        of = str(self._every and self._every.of)
        if self.sums is None:
            given = self.shares or {}
            _check_names(given, names, "value", of)
            weights, found = self._weights(given, names), []
            totals = self._of_periods(column, periods, [sum(row) for row in counts])
            for total, row in zip(totals, counts, strict=True):
                there = [weight if many else Fraction(0) for weight, many in zip(weights, row, strict=True)]
                found.append(apportioned(total, there if any(there) else weights))
            return found
        _check_names(self.sums, [period.label for period in periods], "period", "its dates")
        found = []
        for period in periods:
            sums = self.sums[period.label]
            if not isinstance(sums, dict):
                words = f"in {period.label}, each value of {of} has a sum"
                raise Refusal(words, 'say them, such as {"EMEA": 5000}; or say sum and shares')
            _check_names(sums, names, "value", of)
            found.append([column.units_of(sums[name]) for name in names])
        return found

    def _of_periods(self, column: SummedColumn, periods: Sequence[Period], sizes: Sequence[int]) -> list[int]:
        if self.sums is None:
            return self._said.of_periods(column, periods, sizes)
        names = [period.label for period in periods]
        _check_names(self.sums, names, "period", "its dates")
        return [column.units_of(_amount(self.sums[name])) for name in names]


def _amount(said: object) -> Amount:
    """A sum that is said of a group. Raises Refusal where it is none."""
    if isinstance(said, int | float | str):
        return said
    return SaidSum().amount


def _check_names(given: Mapping[str, object], names: Sequence[str], what: str, of: str) -> None:
    """Raise Refusal where there is not one entry for each name."""
    for name in given:
        if name not in names:
            raise Refusal(f"{of} has no {what} {name!r}{closest(name, names)}", f"name a {what} that it has")
    missing = [name for name in names if name not in given]
    if missing:
        raise Refusal(f"nothing is said of the {what} {missing[0]!r} of {of}", "say it; 0 is a sum, too")
