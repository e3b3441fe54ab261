"""How many digits the results of arithmetic have, as each dialect documents it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect

_MOST = 38


class DecimalDigits(NamedTuple):
    """Of a decimal: all, and those behind the point."""

    precision: int
    scale: int

    @property
    def leading(self) -> int:
        """Those before the point."""
        return self.precision - self.scale

    def limited(self) -> "DecimalDigits":
        """At most 38, of which those before the point matter more."""
        scale = max(0, min(self.scale, _MOST, max(_MOST - self.leading, min(self.scale, 6))))
        return DecimalDigits(max(1, min(_MOST, self.leading + scale)), scale)


_MONEY = DecimalDigits(19, 2)
"""As amounts of money are made here."""
Rule = Callable[[DecimalDigits, DecimalDigits], DecimalDigits]


def _sum(one: DecimalDigits, other: DecimalDigits) -> DecimalDigits:
    scale = max(one.scale, other.scale)
    return DecimalDigits(max(one.leading, other.leading) + scale + 1, scale)


def _product(one: DecimalDigits, other: DecimalDigits) -> DecimalDigits:
    return DecimalDigits(one.precision + other.precision, one.scale + other.scale)


def _rest(one: DecimalDigits, other: DecimalDigits) -> DecimalDigits:
    scale = max(one.scale, other.scale)
    return DecimalDigits(min(one.leading, other.leading) + scale, scale)


def _wide_product(one: DecimalDigits, other: DecimalDigits) -> DecimalDigits:
    return DecimalDigits(one.precision + other.precision + 1, one.scale + other.scale)


def _quotient(one: DecimalDigits, other: DecimalDigits) -> DecimalDigits:
    """As the rule of SQL Server has it, that Spark and Hive took over."""
    scale = max(6, one.scale + other.precision + 1)
    return DecimalDigits(one.leading + other.scale + scale, scale)


def _redshift_quotient(one: DecimalDigits, other: DecimalDigits) -> DecimalDigits:
    scale = max(4, one.scale + other.precision - other.scale + 1)
    return DecimalDigits(one.leading + other.scale + scale, scale)


def _snowflake_product(one: DecimalDigits, other: DecimalDigits) -> DecimalDigits:
    scale = min(one.scale + other.scale, max(one.scale, other.scale, 12))
    return DecimalDigits(one.leading + other.leading + scale, scale)


def _snowflake_quotient(one: DecimalDigits, other: DecimalDigits) -> DecimalDigits:
    scale = max(one.scale, min(one.scale + 6, 12))
    return DecimalDigits(one.leading + other.scale + scale, scale)


def _four_more(one: DecimalDigits, _other: DecimalDigits) -> DecimalDigits:
    return DecimalDigits(one.precision + 4, one.scale + 4)


def _all(one: DecimalDigits, _other: DecimalDigits) -> DecimalDigits:
    return DecimalDigits(_MOST, one.scale)


def _ten_more(one: DecimalDigits, _other: DecimalDigits) -> DecimalDigits:
    return DecimalDigits(one.precision + 10, one.scale)


def _six_at_least(one: DecimalDigits, _other: DecimalDigits) -> DecimalDigits:
    return DecimalDigits(_MOST, max(6, one.scale))


def _six_more(one: DecimalDigits, _other: DecimalDigits) -> DecimalDigits:
    return DecimalDigits(_MOST, max(one.scale, min(one.scale + 6, 12)))


_USUAL: Mapping[str, Rule] = {
    "add": _sum, "sub": _sum, "mul": _product, "div": _quotient, "mod": _rest,
    "sum": _all, "avg": _six_at_least,
}  # fmt: skip


@dataclass(frozen=True)
class Arithmetic:
    """A dialect's arithmetic of decimals.

    rules           by name of the function
    whole           the digits of whole numbers, by kind
    parameters      whether results say their digits
    exact_literals  whether 1.5 is a decimal
    sized_texts     whether 'abc' is VARCHAR(3)
    longest_text    the greatest length that is said
    """

    rules: Mapping[str, Rule] = field(default_factory=lambda: _USUAL)
    whole: tuple[int, int, int] = (5, 10, 19)
    parameters: bool = True
    exact_literals: bool = True
    sized_texts: bool = False
    longest_text: int = 65_535

    def of(self, name: str, digits: Sequence[DecimalDigits]) -> DecimalDigits:
        """The digits of a function's result."""
        one, other = (*digits, DecimalDigits(1, 0))[:2]
        rules = {**_USUAL, **self.rules}
        rule = rules.get(name)
        if rule is None:
            rule = rules["avg"] if name in ("median", "percentilecont") else rules["div"]
        return rule(one, other)

    @staticmethod
    def hold(several: Sequence[DecimalDigits]) -> DecimalDigits:
        """As many as hold each of several."""
        scale = max(one.scale for one in several)
        return DecimalDigits(max(one.leading for one in several) + scale, scale)


_SPARK = {
    "mul": _wide_product, "sum": _ten_more, "avg": _four_more,
}  # fmt: skip
_SNOWFLAKE = {
    "mul": _snowflake_product,
    "div": _snowflake_quotient,
    "div0": _snowflake_quotient,
    "avg": _six_more,
}
_ARITHMETIC: Mapping[str, Arithmetic] = {
    "Redshift": Arithmetic({"div": _redshift_quotient, "avg": _all}, sized_texts=True),
    "Snowflake": Arithmetic(_SNOWFLAKE, (38, 38, 38), sized_texts=True, longest_text=16_777_216),
    "BigQuery": Arithmetic(parameters=False, exact_literals=False),
    "Hive": Arithmetic(_SPARK, (5, 10, 20)),
    "TSQL": Arithmetic({"mul": _wide_product}, sized_texts=True, longest_text=4_000),
    "MySQL": Arithmetic({"div": _four_more, "avg": _four_more}, sized_texts=True, longest_text=16_383),
    "Oracle": Arithmetic(whole=(38, 38, 38), sized_texts=True, longest_text=4_000),
}
"""By the name of sqlglot's class; the others have the usual one."""


def arithmetic_of(dialect: type[Dialect]) -> Arithmetic:
    """A dialect's, or that of the one that it is made from."""
    return next(
        (_ARITHMETIC[one.__name__] for one in dialect.__mro__ if one.__name__ in _ARITHMETIC), Arithmetic()
    )


def digits_of(declared: exp.DataType, kind: str, arithmetic: Arithmetic) -> DecimalDigits:
    """The digits of a number's type; a decimal that says none has 18, as most warehouses have it."""
    if declared.this in (exp.DType.MONEY, exp.DType.SMALLMONEY):
        return _MONEY
    if kind == "decimal":
        said = [int(one.name) for one in declared.expressions if one.name.isdigit()]
        return DecimalDigits(*(*said, 0)[:2]) if said else DecimalDigits(_MOST, 9)
    wholes = dict(zip(("smallint", "int", "bigint"), arithmetic.whole, strict=True))
    return DecimalDigits(wholes.get(kind, _MOST), 0)
