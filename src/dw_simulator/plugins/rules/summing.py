"""How sums of one column become values of another: what `window` and `rollup` have in common."""

from collections.abc import Mapping, Sequence

from dw_simulator.engine.storage import dtype_of
from dw_simulator.engine.values.among import Storing
from dw_simulator.engine.values.base import Kernel
from dw_simulator.errors import Refusal
from dw_simulator.ports.rule import ColumnSpec, Source
from dw_simulator.types import NUMERIC_KINDS, Kind, SqlType

_WHOLE = (Kind.INTEGER, Kind.DECIMAL)
_MOST = 1 << 63


def storing(own: SqlType, source: SqlType, name: str, *, share: bool = False) -> Storing:
    """How sums, or shares, of a column's values are stored in a column of a type. Raises Refusal."""
    if source.kind not in NUMERIC_KINDS:
        raise Refusal(f"{name} is {source.declared}, which cannot be added up", "name a column of numbers")
    if source.kind is Kind.DECIMAL and source.bits == 128:
        raise Refusal(f"{name} is {source.declared}", "sums are of numbers of up to 18 digits")
    floats = source.kind is Kind.FLOAT
    wide = own.kind is Kind.DECIMAL and own.bits == 128
    if share:
        if own.kind is Kind.INTEGER:
            raise Refusal("a share is a fraction", "declare it as DECIMAL or DOUBLE")
        return Storing(dtype_of(own), wide, unit=float(10**own.scale), sums_floats=floats)
    if own.kind is Kind.FLOAT:
        return Storing(dtype_of(own), divisor=float(10**source.scale), sums_floats=floats)
    if floats or own.scale < source.scale:
        raise Refusal(
            f"sums of {name} {source.declared} are no {own.declared}",
            "declare it as DOUBLE" if floats else f"let it have {source.scale} digits after the point",
        )
    return Storing(dtype_of(own), wide, factor=10 ** (own.scale - source.scale))


def check_sums(own: SqlType, source: Source, kernel: Kernel, most: int) -> None:
    """Raise Refusal where a sum of so many values may be more than the column holds, or 18 digits are."""
    if own.kind not in _WHOLE:
        return
    found = kernel.facts.ends
    if found is None:
        raise Refusal(
            f"how far sums of up to {most:,} values of {source.name} reach is not known",
            f"bound {source.name} by min_value and max_value, or by a rule that has bounds",
        )
    low, high = max(own.limits[0], -_MOST), min(own.limits[1], _MOST - 1)
    if found[0] < low or high < found[1]:
        reach = _shown(int(found[1] if found[1] > high else found[0]), own.scale)
        raise Refusal(
            f"sums of up to {most:,} values of {source.name} reach {reach}, beyond {own.declared}",
            "widen it, or bound what is added up",
        )


def check_alike(spec: ColumnSpec, source: Source) -> None:
    """Raise Refusal where a column cannot hold another one's values as they are stored."""
    own, theirs = spec.type, source.type
    alike = own.kind is theirs.kind and own.scale == theirs.scale and dtype_of(own) == dtype_of(theirs)
    moments = own.kind not in (Kind.TIME, Kind.TIMESTAMP) or (own.unit, own.zoned) == (
        theirs.unit,
        theirs.zoned,
    )
    if not alike or not moments or (own.kind is Kind.DECIMAL and own.bits != theirs.bits):
        raise Refusal(f"{source.name} is {theirs.declared}", f"declare it as {theirs.declared}, too")
    ends = source.kernel.facts.ends
    if own.kind in _WHOLE and ends is not None and not own.limits[0] <= ends[0] <= ends[1] <= own.limits[1]:
        raise Refusal(
            f"{source.name} reaches {_shown(int(ends[1]), own.scale)}", f"declare it as {theirs.declared}"
        )


def needs_column(function: str, column: str | None, free: Sequence[str]) -> None:
    """Raise ValueError where a function lacks its column, or has one that it does not look at."""
    if column is None and function not in free:
        raise ValueError(f"{function} needs a column: what is it of?")


def known_options(given: Mapping[str, object], function: str, of: Mapping[str, Sequence[str]]) -> None:
    """Raise ValueError for an option that goes with other functions only."""
    for option, functions in of.items():
        if given.get(option) is not None and function not in functions:
            raise ValueError(f"{option} goes with {' and '.join(functions)}, not with {function}")


def _shown(stored: int, scale: int) -> str:
    """A stored whole number as people write it."""
    sign, digits = "-" if stored < 0 else "", f"{abs(stored):0{scale + 1}d}"
    return f"{sign}{int(digits[: len(digits) - scale]):,}" + (f".{digits[-scale:]}" if scale else "")
