"""A column whose values have a given sum: from what users declare to whole numbers, bounds and quotas."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from math import floor, isqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import StrictFloat, StrictInt, StrictStr

from dw_simulator.engine.bounds import allowed, declared, shown
from dw_simulator.engine.rows import Rows
from dw_simulator.engine.selectors.exact import BLOCK_ROWS, ExactShares
from dw_simulator.engine.selectors.groups import Counted, Even, Grouping
from dw_simulator.engine.storage import dtype_of, number_of
from dw_simulator.engine.values.among import Parentless
from dw_simulator.engine.values.base import Drawn, Kernel, Nullable, fixed
from dw_simulator.engine.values.floats import Shaped
from dw_simulator.engine.values.integers import FixedChoices
from dw_simulator.engine.values.quotas import Apportioned, Reach, Units
from dw_simulator.engine.values.shared_sums import SharedOut
from dw_simulator.errors import Refusal
from dw_simulator.plugins.rules.periods import MOST_PERIODS, Every, Period, first_rows, periods_of
from dw_simulator.ports.needs import (
    Answer,
    Derived,
    Need,
    RowsBelow,
    Siblings,
    Source,
)
from dw_simulator.ports.rule import ColumnSpec
from dw_simulator.schema.model import RuleSpec
from dw_simulator.types import TEMPORAL_KINDS, Kind, SqlType

Amount = StrictInt | StrictFloat | StrictStr
"""A sum as users write it: as a text, it has any number of digits."""
_INT64 = np.dtype(np.int64)
_WIDEST = 1 << 50
_LARGEST = 1 << 62
_SAMPLE = 16_384
_FLOAT_BITS, _FINEST = 53, 30
_FAR = Fraction(3, 2)
"""Of values that are so many times as great, or as small, users are told."""


@dataclass(frozen=True)
class TargetShape:
    """What the values look like: a rule's domain or kernel, or what it derives from."""

    spec: ColumnSpec
    made: Any

    @classmethod
    def of(cls, spec: ColumnSpec, like: Mapping[str, Any] | None) -> "TargetShape":
        """The values of the rule `like` for a column. Raises Refusal."""
        if spec.key:
            raise Refusal(
                "values that have a sum may repeat, and here they must not", "take it out of the key"
            )
        assert spec.rules is not None, "the planner gives every column the rules"
        type_ = spec.type
        column = spec.column
        if type_.kind is Kind.DECIMAL and type_.bits == 128:  # sums have 18 digits
            column = column.changed(data_type=f"DECIMAL(18,{type_.scale})")
        told = RuleSpec(**like) if like is not None else RuleSpec(name="uniform")
        inner = replace(spec, column=column)
        try:
            made = spec.rules(told, type_.kind).build(inner)
        except Refusal as refusal:
            raise Refusal(f"like: {refusal.message}", refusal.mend) from None
        needs = made.needs if isinstance(made, Derived) else ()
        if any(isinstance(need, Siblings | RowsBelow) for need in needs):
            # who plans another table alone would not know that rows have to stand together
            raise Refusal(
                "like looks at other rows",
                "make it a hidden column, and let like be an expression of that column",
            )
        return cls(inner, made)

    @property
    def needs(self) -> tuple[Need, ...]:
        return self.made.needs if isinstance(self.made, Derived) else ()

    def kernel(self, found: Sequence[Answer]) -> Kernel:
        made = self.made.finish(found) if isinstance(self.made, Derived) else self.made
        kernel = self.spec.kernel(made)
        if kernel.facts.nullable:
            raise Refusal("like: its values may be NULL, which has no part in a sum", "choose another rule")
        return kernel


SumsOfShares = Callable[["SummedColumn", Sequence[str]], list[int]]
"""From the names of values to the sum of each, in units."""
SumsOfBoth = Callable[
    ["SummedColumn", Sequence[Period], Sequence[Sequence[int]], Sequence[str]], list[list[int]]
]
"""From periods, how many rows each value has in each, and the values' names to the sum of each, in units."""
SumsOfPeriods = Callable[["SummedColumn", Sequence[Period], Sequence[int]], list[int]]
"""From periods, and how many rows each has, to the sum of each, in units."""


class SummedColumn:
    """A column with a target: from what users declare to whole numbers of units."""

    def __init__(self, spec: ColumnSpec, like: Kernel) -> None:
        self.spec, self.like, self.type = spec, like, spec.type
        self.ends = _ends_of(like)
        fraction = self._fraction() if self.type.kind is Kind.FLOAT else 0
        self.unit = (
            Fraction(1, 1 << fraction) if fraction or self.is_float else Fraction(1, 10**self.type.scale)
        )
        wide = self.type.kind is Kind.DECIMAL and self.type.bits == 128
        self.units = Units(dtype_of(self.type), wide, fraction)
        self.raw = Units(_INT64) if wide else self.units

    @property
    def is_float(self) -> bool:
        return self.type.kind is Kind.FLOAT

    def _fraction(self) -> int:
        """How fine the grid of a float column may be, so that its sums are exact in any order."""
        if self.type.bits != 64:
            raise Refusal(f"{self.type.declared} holds no exact sums", "declare it as DOUBLE, or DECIMAL")
        bounds = declared(self.spec.column)
        ends = [abs(end) for end in (bounds.low, bounds.high, *(self.ends or ())) if end is not None]
        farthest = Fraction(max(ends, default=1000.0))
        bits = int(4 * max(farthest, Fraction(1)) * max(self.spec.rows, 1)).bit_length()
        if bits >= _FLOAT_BITS:
            raise Refusal(
                f"sums of {self.spec.rows:,} values take more digits than {self.type.declared} has",
                "declare it as DECIMAL",
            )
        return min(_FLOAT_BITS - 1 - bits, _FINEST)

    def units_of(self, amount: Amount) -> int:
        """A sum in units. Raises Refusal."""
        try:
            worth = Fraction(number_of(amount))
        except (ArithmeticError, ValueError):
            raise Refusal(f"{amount!r} is no sum", "say it as a number") from None
        whole = worth / self.unit
        if whole.denominator != 1:
            words = f"a sum of {amount} cannot be made of values of {self.type.declared}"
            mend = "say fewer digits, or let the column have more"
            raise Refusal(words, "declare it as DECIMAL" if self.is_float else mend)
        if abs(whole) >= _LARGEST:
            words = f"a sum of {amount} is {abs(int(whole)):,} units of {self.type.declared}"
            raise Refusal(f"{words}, and sums have up to 18 digits", "lower it, or let it have fewer digits")
        return int(whole)

    # --- bounds

    def reach(self, means: Sequence[Fraction], most: int) -> Reach:
        """What every row may be, given what rows of a group have on average, and its most rows.

        A side that the column leaves open is as far as the shape goes, or as the sums ask for.
        """
        bounds, ends = declared(self.spec.column), self.ends or (0, 0)
        shape = [floor(Fraction(end) / self._stored_unit) for end in ends]
        average = [0, *(int(mean) for mean in means)]
        low = min(0, shape[0], 4 * min(average)) if bounds.low is None else self._inside(bounds.low, up=True)
        high = max(shape[1], 4 * max(average) + 4) if bounds.high is None else self._inside(bounds.high)
        if not self.is_float:
            own = allowed(self.spec.column)
            low, high = max(low, int(own.low or 0)), min(high, int(own.high or 0))
        if low > high or high - low >= _WIDEST:
            words = f"values from {self.shown(low)} to {self.shown(high)}"
            few = (
                "there are none"
                if low > high
                else f"they are {high - low:,} units apart, and 15 digits can be"
            )
            raise Refusal(f"{words}: {few}", "set min_value and max_value")
        return Reach(low, high, self._unrest(low) if most > BLOCK_ROWS else 0)

    @property
    def _stored_unit(self) -> Fraction:
        """The unit as a number of what is stored: 1, but for floats."""
        return self.unit if self.is_float else Fraction(1)

    def _inside(self, bound: int | float, *, up: bool = False) -> int:
        grains = Fraction(bound) / self._stored_unit
        whole = int(grains.numerator // grains.denominator)
        return whole + 1 if up and whole != grains else whole

    def _unrest(self, low: int) -> int:
        """How far the sums of leaves would lie apart by themselves, by a sample, in 1 / 2^16."""
        rows = Rows.run(0, min(self.spec.rows, _SAMPLE))
        above: list[int] = [
            max(value - low, 0) for value in self.raw.read(fixed(self.like.values(rows))).tolist()
        ]
        total, squares = sum(above), sum(value * value for value in above)
        if not total:
            return 0
        spread = isqrt(max(len(above) * squares - total * total, 0))
        return min((spread << 16) * 12 // (10 * isqrt(BLOCK_ROWS) * total), 1 << 15)

    def check(self, total: int, rows: int, reach: Reach, of: str = "") -> None:
        """Raise Refusal where so many rows cannot come to a sum."""
        least, most = reach.low * rows, reach.high * rows
        if least <= total <= most:
            return
        over = total > most
        words = (
            f"{rows:,} rows between {self.shown(reach.low)} and {self.shown(reach.high)} sum to "
            f"{self.shown(most if over else least)} at the {'most' if over else 'least'}; "
            f"{self.shown(total)} is asked{of}"
        )
        if not rows:
            words = f"there are no rows{of}, for which {self.shown(total)} is asked"
            raise Refusal(words, "ask 0 there, or let the table have more rows")
        raise Refusal(
            words, "raise max_value, or lower the sum" if over else "lower min_value, or raise the sum"
        )

    def shown(self, units: int) -> str:
        """Units as people write them."""
        if self.is_float:
            return f"{float(units * self.unit):,g}"
        return f"{Decimal(units).scaleb(-self.type.scale):,}"

    # --- the kernels

    def by_table(self, amount: Amount) -> Kernel:
        """All rows have one sum."""
        rows, total = self.spec.rows, self.units_of(amount)
        reach = self.reach([Fraction(total, max(rows, 1))], rows)
        if rows:
            self.check(total, rows, reach)
        return self._apportioned(Even(rows, 1), _constant(rows, total), reach)

    def _apportioned(
        self, grouping: Grouping, totals: Kernel, reach: Reach, sums: Units | None = None, factor: int = 1
    ) -> Apportioned:
        stream = self.spec.stream("quota")
        return Apportioned(
            self.like, self.raw, self.units, reach, stream, grouping, totals, sums or Units(_INT64), factor
        )

    def by_parent(self, grouping: Grouping, by: str, source: Source | None, amount: Amount | None) -> Kernel:
        fewest, most = max(grouping.least, 1), max(grouping.most, 1)
        if source is None:
            assert amount is not None, "a sum is given, or a column that says it"
            total = self.units_of(amount)
            least = greatest = total
            totals: Kernel = _constant(grouping.rows, total)
            sums, factor = Units(_INT64), 1
        else:
            self._check_covered(grouping, by, source)
            factor = self._factor(source)
            least, greatest = self._totals_of(source, factor)
            totals, sums = source.kernel, Units(dtype_of(source.type), _is_wide(source.type))
        reach = self.reach([Fraction(least, fewest), Fraction(greatest, fewest)], most)
        if grouping.rows:
            of = f" of the rows of one {by}"
            for total in (greatest, least):
                for rows in (fewest, most):
                    self.check(total, rows, reach, of)
        kernel = self._apportioned(grouping, totals, reach, sums, factor)
        return Nullable(kernel, Parentless(grouping)) if grouping.rows < self.spec.rows else kernel

    def _check_covered(self, grouping: Grouping, by: str, source: Source) -> None:
        keys = [] if self.spec.owner is None else self.spec.owner.references
        childless = any(by in key.columns and key.childless for key in keys)
        if grouping.rows and (not grouping.least or childless):
            raise Refusal(
                f"some rows that {by} references have no rows of their own to come to {source.name}",
                'let each have one by "children": {"min": 1}, or let the parent sum them up by a rollup',
            )

    def _factor(self, source: Source) -> int:
        own, theirs = self.type, source.type
        if theirs.kind not in (Kind.INTEGER, Kind.DECIMAL) or self.is_float:
            which = f"it is {own.declared}" if self.is_float else f"{source.name} is {theirs.declared}"
            raise Refusal(
                f"exact sums are of decimals and whole numbers, and {which}", "declare it as DECIMAL"
            )
        if theirs.scale > own.scale:
            raise Refusal(
                f"{source.name} {theirs.declared} is no sum of {own.declared}",
                f"let it have {theirs.scale} digits after the point",
            )
        return int(10 ** (own.scale - theirs.scale))

    def _totals_of(self, source: Source, factor: int) -> tuple[int, int]:
        ends = source.kernel.facts.ends or source.type.limits
        least, greatest = int(ends[0]) * factor, int(ends[1]) * factor
        if max(-least, greatest) >= _LARGEST:
            words = f"{source.name} reaches {self.shown(greatest)}, and sums have up to 18 digits"
            raise Refusal(words, f"bound {source.name} by min_value and max_value")
        return least, greatest

    def by_period(
        self,
        source: Source,
        by: Every,
        sums: Callable[["SummedColumn", Sequence[Period], Sequence[int]], list[int]],
    ) -> Kernel:
        periods, rows = periods_of(source, by.every), self.spec.rows
        bounds = first_rows(source, rows, periods)
        sizes = np.diff(bounds.astype(np.int64)).tolist()
        totals = sums(self, periods, sizes)
        means = [Fraction(total, size) for total, size in zip(totals, sizes, strict=True) if size]
        reach = self.reach([min(means, default=Fraction(0)), max(means, default=Fraction(0))], max(sizes))
        for period, total, size in zip(periods, totals, sizes, strict=True):
            if rows:
                self.check(total, size, reach, f" in {period.label}")
        grouping = Counted(bounds)
        listed = Drawn(grouping, FixedChoices(np.array(totals, dtype=np.int64)))
        return self._apportioned(grouping, listed, reach)

    def by_shares(self, source: Source, sums: SumsOfShares) -> Kernel:
        """Each value of a choice with exact shares has a sum of its own."""
        shares, names = self._shares_of(source)
        totals = sums(self, names)
        means = [Fraction(total, many) for total, many in zip(totals, shares.many, strict=True) if many]
        reach = self.reach([min(means, default=Fraction(0)), max(means, default=Fraction(0))], shares.rows)
        for name, total, many in zip(names, totals, shares.many, strict=True):
            if shares.rows:
                self.check(total, many, reach, f" of {name}")
        bounds = np.array([0, shares.rows], dtype=np.uint64)
        return self._shared_out(shares, bounds, [totals], reach)

    def _shared_out(
        self, shares: ExactShares, bounds: NDArray[np.uint64], totals: Sequence[Sequence[int]], reach: Reach
    ) -> SharedOut:
        sums = np.array(totals, dtype=np.int64)
        return SharedOut(
            self.like, self.raw, self.units, reach, self.spec.stream("quota"), shares, bounds, sums
        )

    def by_both(self, dates: Source, by: Every, source: Source, sums: "SumsOfBoth") -> Kernel:
        """Each value of a choice with exact shares has a sum of its own in each period."""
        periods = periods_of(dates, by.every)
        bounds = first_rows(dates, self.spec.rows, periods)
        shares, names = self._shares_of(source)
        if len(periods) * len(names) > MOST_PERIODS:
            words = f"{len(periods):,} {by.every}s of {len(names):,} values each"
            raise Refusal(f"{words} are more than {MOST_PERIODS:,} sums", "choose longer periods")
        counts = np.diff(shares.counted(bounds.view(np.int64)), axis=0).tolist()
        totals = sums(self, periods, counts, names)
        if not self.spec.rows:
            return self.by_table(0)
        means = [
            Fraction(total, many)
            for pair in zip(totals, counts, strict=True)
            for total, many in zip(*pair, strict=True)
            if many
        ]
        reach = self.reach([min(means), max(means)], self.spec.rows)
        for period, row, many in zip(periods, totals, counts, strict=True):
            for name, total, count in zip(names, row, many, strict=True):
                self.check(total, count, reach, f" of {name} in {period.label}")
        return self._shared_out(shares, bounds, totals, reach)

    def _shares_of(self, source: Source) -> tuple[ExactShares, list[str]]:
        """How rows share a column's values, and these as users name them. Raises Refusal."""
        kernel = source.kernel
        if not isinstance(kernel, Drawn) or not isinstance(kernel.selector, ExactShares):
            raise Refusal(
                f"how many rows have each value of {source.name} is not known to the row",
                f'let {source.name} be a choice with "exact": true',
            )
        listed = kernel.domain.facts.listed or ()
        return kernel.selector, [_name_of(source.type, value) for value in listed]


def _ends_of(like: Kernel) -> tuple[int | float, int | float] | None:
    """How far a shape goes, which may be less far than its bounds."""
    ends = like.facts.ends
    if ends is None or not isinstance(like, Shaped):
        return ends
    least, greatest = like.shape.bounds
    return max(ends[0], least), min(ends[1], greatest)


def scaled_far(kernel: Kernel) -> list[str]:
    """A line on values that are far from the shape's own, where their sum over all rows is known."""
    if not isinstance(kernel, Apportioned | SharedOut):
        return []
    asked, expected = kernel.means(_SAMPLE)
    if asked is None or (expected and 1 / _FAR < asked / expected < _FAR):
        return []
    how = f"about {float(asked / expected):.3g} times" if expected else "not"
    return [f"its sum asks for values {how} as great as those of like, which are scaled to it"]


def _constant(rows: int, total: int) -> Kernel:
    return Drawn(Even(rows, 1), FixedChoices(np.array([total], dtype=np.int64)))


def _is_wide(type_: SqlType) -> bool:
    return type_.kind is Kind.DECIMAL and type_.bits == 128


def _name_of(type_: SqlType, value: int | float | str) -> str:
    """A stored value as users name it."""
    if type_.kind is Kind.BOOLEAN:
        return "true" if value else "false"
    if type_.kind in TEMPORAL_KINDS - {Kind.TIME}:
        moment = shown(type_, int(value))
        assert isinstance(moment, datetime), "dates and moments are shown as moments"
        return (moment.date() if type_.kind is Kind.DATE else moment).isoformat()
    if type_.kind is Kind.DECIMAL:
        return str(Decimal(int(value)).scaleb(-type_.scale))
    return str(value)
