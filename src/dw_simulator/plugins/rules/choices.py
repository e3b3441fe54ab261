"""A few values, with or without weights; for each value of another column, where that is asked."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field, StrictFloat, StrictInt, StrictStr, model_validator

from dw_simulator.engine.selectors.bands import tamed
from dw_simulator.engine.selectors.exact import ExactShares, apportioned
from dw_simulator.engine.selectors.grouped import GroupedAlias
from dw_simulator.engine.selectors.quantiles import Quantiles
from dw_simulator.engine.selectors.sampling import Chance, weighted
from dw_simulator.engine.storage import dtype_of
from dw_simulator.engine.values.base import Domain, Drawn, Kernel, Nullable
from dw_simulator.engine.values.booleans import Flags
from dw_simulator.engine.values.cases import Unmatched
from dw_simulator.engine.values.integers import Integers
from dw_simulator.errors import Refusal, closest
from dw_simulator.plugins.rules.givens import BY_VALUE, Given, check_column, matched, shown
from dw_simulator.plugins.rules.listed_values import (
    LISTABLE,
    Plain,
    Stored,
    Value,
    check_weights,
    listed,
    stored_in,
    stored_value,
    within,
)
from dw_simulator.ports.needs import Answer, Derived, source_of
from dw_simulator.ports.rule import (
    ColumnSpec,
    Examples,
    MixtureComponent,
    RuleOptions,
)
from dw_simulator.types import Kind

__all__ = [
    "LISTABLE",
    "Boolean",
    "Choice",
    "ConstantValue",
    "Plain",
    "Stored",
    "Value",
    "check_weights",
    "listed",
    "stored_value",
    "within",
]


MOST = 65_536
"""Values in a list of several: chances are then right to 2^-16 of each."""


class Boolean(RuleOptions):
    """True with a share, else false."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.BOOLEAN})
    examples: ClassVar[Examples] = (
        {"name": "value", "data_type": "BOOLEAN", "rule": {"name": "boolean", "true_share": 0.3}},
        {"name": "value", "data_type": "BOOLEAN", "rule": {"name": "boolean"}},
    )

    true_share: float = Field(default=0.5, ge=0, le=1, description="the share of true values")

    def build(self, spec: ColumnSpec) -> Domain | Kernel:
        if spec.key:
            return Integers(0, 2, dtype_of(spec.type))
        return Flags(Chance(spec.stream(), self.true_share))


class Choice(RuleOptions):
    """One of the values listed; weights say how often, in any unit."""

    kinds: ClassVar[frozenset[Kind]] = LISTABLE
    examples: ClassVar[Examples] = (
        {
            "name": "value",
            "data_type": "VARCHAR(10)",
            "rule": {"name": "choice", "values": ["active", "paused", "closed"], "weights": [90, 7, 3]},
        },
        {"name": "value", "data_type": "INT", "rule": {"name": "choice", "values": [1, 2, 5, 10]}},
        {
            "name": "value",
            "data_type": "DECIMAL(4,2)",
            "rule": {"name": "choice", "values": [0, 5.5, 19.25], "weights": [0.123, 0.456, 0.789]},
        },
        {
            "name": "value",
            "data_type": "DECIMAL(30,2)",
            "rule": {"name": "choice", "values": [0, "123456789012345678901.25"]},
        },
        {
            "name": "value",
            "data_type": "REAL",
            "rule": {"name": "choice", "values": [0.5, 1, 2], "weights": [1, 0, 3]},
        },
        {
            "name": "value",
            "data_type": "BOOLEAN",
            "rule": {"name": "choice", "values": [True, False], "weights": [1, 9]},
        },
        {
            "name": "value",
            "data_type": "DATE",
            "rule": {"name": "choice", "values": ["2024-01-31", "2024-02-29"]},
        },
        {
            "name": "value",
            "data_type": "TIMESTAMP",
            "rule": {"name": "choice", "values": ["2024-01-31T12:00:00"]},
        },
        {
            "name": "value",
            "data_type": "TIME",
            "rule": {"name": "choice", "values": ["09:00:00", "17:30:00"]},
        },
        {"name": "value", "data_type": "SUPER", "rule": {"name": "choice", "values": ["[]", "{}", 7]}},
        {
            "name": "value",
            "data_type": "VARCHAR(8)",
            "rule": {"name": "choice", "values": ["active", "churned"], "weights": [88, 12], "exact": True},
        },
        (
            {
                "name": "category",
                "data_type": "VARCHAR(10)",
                "rule": {"name": "choice", "values": ["food", "toys"]},
            },
            {
                "name": "value",
                "data_type": "VARCHAR(10)",
                "rule": {
                    "name": "choice",
                    "by": "category",
                    "values": {"food": ["bread", "milk", "fish"], "toys": ["ball", "kite"]},
                    "weights": {"food": [5, 4, 1]},
                },
            },
        ),
    )

    values: tuple[Value, ...] | Annotated[dict[str, tuple[Value, ...]], BY_VALUE] = Field(
        description="the values, as numbers, texts or true and false, each named once; with by, a list for "
        "each value of that column",
        json_schema_extra={"minItems": 1},
    )
    weights: tuple[float, ...] | Annotated[dict[str, tuple[float, ...]], BY_VALUE] | None = Field(
        default=None,
        description="how often each comes, in any unit; all alike where none are given; with by, a list for "
        "each list of values that has weights",
    )
    by: Given | None = Field(
        default=None,
        description="the column whose value says which list a row has: one of the row by its name, or "
        '{"reference": ..., "column": ...} for one of a row that is referenced',
    )
    otherwise: tuple[Value, ...] | None = Field(
        default=None,
        description="with by: the values where that column's value has no list, or is NULL; null for NULL",
    )
    exact: bool = Field(
        default=False,
        description="the weights are kept to the row: of 1,000 rows, 12 % are 120, not 113 or 131",
    )

    @model_validator(mode="after")
    def _paired(self) -> "Choice":
        grouped = None not in self._lists
        if grouped == (self.by is None):
            raise ValueError("values: a list for each value of a column goes with by, one list goes without")
        if self.otherwise is not None and not grouped:
            raise ValueError("otherwise goes with by")
        if self.weights is not None and grouped == (None in self._weights):
            raise ValueError("weights are lists as values are")
        if self.exact and grouped:
            raise ValueError("exact and by: shares are exact over the whole table; leave one of them out")
        _check_lists(self._lists, self._weights, self.otherwise)
        return self

    @property
    def _lists(self) -> Mapping[str | None, Sequence[Value]]:
        """The values for each value of another column; for None, where there is one list."""
        if isinstance(self.values, dict):
            return {key: tuple(values) for key, values in self.values.items()}
        return {None: self.values}

    @property
    def _weights(self) -> Mapping[str | None, Sequence[float]]:
        """The weights of the same lists, of those that have some."""
        if self.weights is None:
            return {}
        if isinstance(self.weights, dict):
            return {key: tuple(weights) for key, weights in self.weights.items()}
        return {None: self.weights}

    @property
    def derives(self) -> bool:  # type: ignore[override]
        """Whether another column's value says which list a row has."""
        return self.by is not None

    def listed(self) -> Sequence[Value] | None:
        return self._lists.get(None)

    def build(self, spec: ColumnSpec) -> Domain | Kernel | Derived:
        if self.by is not None:
            check_column(spec, self.by, "by")
            return Derived((self.by,), lambda found: self._grouped(spec, found))
        domain, weights = listed(spec, self._lists[None]), self._weights.get(None)
        if self.exact:
            return self._exact(spec, domain)
        if weights is None:
            return domain
        if spec.key:
            raise Refusal("weights mean nothing where no value may repeat", "leave the weights out")
        return Drawn(weighted(spec.stream(), weights), domain)

    def _exact(self, spec: ColumnSpec, domain: Domain) -> Derived:
        """So many rows of each value, and no NULLs, which would make them fewer."""
        if spec.key:
            raise Refusal("exact shares mean nothing where no value may repeat", "leave exact out")
        if spec.column.null_fraction or spec.column.null_when:
            said = "null_fraction" if spec.column.null_fraction else "null_when"
            words = "rows that are NULL would be missing from the exact shares"
            raise Refusal(words, f"leave {said} out, or leave exact out")
        given = self._weights.get(None, [1] * len(self.values))
        counts = apportioned(spec.rows, [Fraction(str(weight)) for weight in given])
        selector = ExactShares(spec.stream(), tuple(counts))
        return Derived((), lambda _: Drawn(selector, domain), whole=True, over_table=True)

    def _grouped(self, spec: ColumnSpec, found: Sequence[Answer]) -> Kernel:
        """The values of the list that the other column's value has, NULL where it has none."""
        source = source_of(*found)
        open_end = "otherwise" in self.model_fields_set
        keys = [key for key in self._lists if key is not None]
        group = matched(source, keys, "values", open_end=open_end)
        if spec.column.required and source.nullable and self.otherwise is None:
            raise Refusal(
                f"{shown(self.by or '')} may be NULL, and nothing is said of that",
                'say "otherwise", a list of values, or "required": false',
            )
        lists = [*self._lists.values(), *(() if self.otherwise is None else (self.otherwise,))]
        values, indices = _numbered(spec, lists)
        given = [self._weights.get(key) for key in keys]
        shares = [None if some is None else tamed(np.array(some, dtype=np.float64)) for some in given]
        shares += [None] * (len(lists) - len(shares))
        selector = GroupedAlias.of(spec.stream(), group, len(values), indices, shares)
        kernel = Drawn(selector, listed(spec, values))
        may_be_none = self.otherwise is None and (open_end or source.nullable)
        return Nullable(kernel, Unmatched(group)) if may_be_none else kernel


def _check_pair(values: Sequence[Value], weights: Sequence[float] | None, where: str = "") -> None:
    """Raise ValueError where values are none, twice there, or have other weights."""
    if not values:
        raise ValueError(f"values{where}: one at least is needed")
    if len(set(values)) != len(values):
        raise ValueError(f"values{where}: a value is listed twice; give it a weight instead")
    if weights is not None:
        if len(weights) != len(values):
            raise ValueError(
                f"{where and f'values{where}: '}{len(values)} values have {len(weights)} weights"
            )
        check_weights(weights)


def _check_lists(
    lists: Mapping[str | None, Sequence[Value]],
    weights: Mapping[str | None, Sequence[float]],
    otherwise: Sequence[Value] | None,
) -> None:
    """Raise ValueError where lists are none, or where one of them is wrong; None is the key of one alone."""
    if not lists:
        raise ValueError("values: one list at least is needed")
    for key in weights:
        if key not in lists:
            raise ValueError(f"weights: there are no values for {key!r}{closest(str(key), map(str, lists))}")
    for key, values in lists.items():
        _check_pair(values, weights.get(key), "" if key is None else f".{key}")
    if otherwise is not None:
        _check_pair(otherwise, None, " of otherwise")
    longest = max(len(otherwise or ()), *(len(values) for key, values in lists.items() if key is not None), 0)
    if longest > MOST:
        raise ValueError(f"a list has up to {MOST:,} values, not {longest:,}")


def _numbered(spec: ColumnSpec, lists: Sequence[Sequence[Value]]) -> tuple[list[Value], list[list[int]]]:
    """The values that differ as the column stores them, and the places of each list's values among them."""
    places: dict[Stored, int] = {}
    distinct: list[Value] = []
    indices: list[list[int]] = []
    for values in lists:
        stored = [stored_in(spec, value) for value in values]
        if len(set(stored)) < len(stored):
            listed(spec, values)  # which tells of the one that is there twice
        for value, item in zip(values, stored, strict=True):
            if item not in places:
                places[item] = len(distinct)
                distinct.append(value)
        indices.append([places[item] for item in stored])
    return distinct, indices


class ConstantValue(RuleOptions):
    """The same value in every row."""

    kinds: ClassVar[frozenset[Kind]] = LISTABLE
    examples: ClassVar[Examples] = (
        {"name": "value", "data_type": "CHAR(3)", "rule": {"name": "constant", "value": "EUR"}},
        {"name": "value", "data_type": "INT", "rule": {"name": "constant", "value": 0}},
        {"name": "value", "data_type": "DECIMAL(5,2)", "rule": {"name": "constant", "value": 19.5}},
        {"name": "value", "data_type": "DECIMAL(38,2)", "rule": {"name": "constant", "value": "-1.05"}},
        {"name": "value", "data_type": "DOUBLE", "rule": {"name": "constant", "value": 0.1}},
        {"name": "value", "data_type": "BOOLEAN", "rule": {"name": "constant", "value": False}},
        {"name": "value", "data_type": "DATE", "rule": {"name": "constant", "value": "1970-01-01"}},
        {
            "name": "value",
            "data_type": "TIMESTAMPTZ",
            "rule": {"name": "constant", "value": "2024-06-30T23:59:59Z"},
        },
        {"name": "value", "data_type": "JSON", "rule": {"name": "constant", "value": "{}"}},
    )

    value: Value = Field(description="the value, as a number, a text, or true or false")

    @classmethod
    def component(cls) -> type[MixtureComponent]:
        return FixedValue

    def listed(self) -> Sequence[Value]:
        return (self.value,)

    def build(self, spec: ColumnSpec) -> Domain:
        return listed(spec, (self.value,))


class FixedValue(MixtureComponent):
    """One value, in a mixture."""

    value: StrictInt | StrictFloat | StrictStr = Field(description="the value")

    def cut(self, spec: ColumnSpec) -> tuple[Quantiles, float]:
        """Its table, in storage units. Raises Refusal where the column cannot store it."""
        try:
            stored = stored_value(spec.type, self.value)
        except (ValueError, OverflowError) as error:
            raise Refusal(str(error), "correct the value or the type") from None
        if not within(spec, stored):
            raise Refusal(f"{self.value!r} is outside the column's bounds", "move the bounds or the value")
        number = float(stored)
        if number != stored:
            raise Refusal(f"{self.value!r} has more digits than a mixture keeps", "use 15 digits or fewer")
        return Quantiles.of(spec.stream(), lambda p: p * 0 + number, lambda q: q * 0 + number), 1.0
