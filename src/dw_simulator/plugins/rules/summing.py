"""How sums of one column become values of another: what `window` and `rollup` have in common."""

from collections.abc import Mapping, Sequence

from dw_simulator.engine.bounds import allowed
from dw_simulator.engine.storage import dtype_of
from dw_simulator.engine.values.among import Storing, summed_span
from dw_simulator.engine.values.base import Kernel
from dw_simulator.errors import Refusal
from dw_simulator.ports.needs import Source
from dw_simulator.ports.rule import ColumnSpec
from dw_simulator.types import NUMERIC_KINDS, Kind, SqlType

_WHOLE = (Kind.INTEGER, Kind.DECIMAL)
_MOST, _DIGITS = 1 << 63, 18
_BOUNDS = ("min_value", "max_value", "date_start", "date_end")


def storing(own: SqlType, source: Source, most: int) -> Storing:
    """How sums of up to so many values are stored in a column of a type. Raises Refusal."""
    floats = not _is_exact(source, most)
    if own.kind is Kind.FLOAT:
        divisor = float(10**source.type.scale)
        return Storing(dtype_of(own), divisor=divisor, sums_floats=floats)
    if source.type.kind is Kind.FLOAT or own.scale < source.type.scale:
        floats = source.type.kind is Kind.FLOAT
        raise Refusal(
            f"sums of {source.name} {source.type.declared} are no {own.declared}",
            "declare it as DOUBLE" if floats else f"let it have {source.type.scale} digits after the point",
        )
    return Storing(dtype_of(own), _is_wide(own), factor=10 ** (own.scale - source.type.scale))


def storing_shares(own: SqlType, source: Source, most: int) -> Storing:
    """How shares of the sum of up to so many values are stored in a column of a type. Raises Refusal."""
    floats = not _is_exact(source, most)
    if own.kind is Kind.FLOAT:
        return Storing(dtype_of(own), sums_floats=floats)
    unit = 10**own.scale
    if own.kind is Kind.INTEGER or not own.scale:
        raise Refusal("a share is a fraction", "declare it as DECIMAL or DOUBLE")
    if own.limits[1] < unit or own.scale > _DIGITS:
        raise Refusal(f"{own.declared} does not hold 1", "declare it as DECIMAL(9,8), or as DOUBLE")
    if source.kernel.facts.ends is None or source.kernel.facts.ends[0] < 0:
        raise Refusal(
            f"{source.name} may be negative, and its shares may be anything",
            f"declare it as DOUBLE, or bound {source.name} by min_value 0",
        )
    return Storing(dtype_of(own), _is_wide(own), unit=float(unit), sums_floats=floats)


def _is_exact(source: Source, most: int) -> bool:
    """Whether sums of up to so many values are exact in 64 bits. Raises Refusal for what has no sum."""
    type_, name = source.type, source.name
    if type_.kind not in NUMERIC_KINDS:
        raise Refusal(f"{name} is {type_.declared}, which cannot be added up", "name a column of numbers")
    if _is_wide(type_):
        raise Refusal(f"{name} is {type_.declared}", "sums are of numbers of up to 18 digits")
    span = summed_span(source.kernel.facts, most, own=True)
    return type_.kind is not Kind.FLOAT and span is not None and max(map(abs, span)) < _MOST


def _is_wide(type_: SqlType) -> bool:
    return type_.kind is Kind.DECIMAL and type_.bits == 128


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
    if own.kind in _WHOLE:
        low, high = own.limits
        least, greatest = (int(end) for end in source.kernel.facts.ends or theirs.limits)
        if least < low or high < greatest:
            reach = _shown(greatest if greatest > high else least, own.scale)
            raise Refusal(f"{source.name} reaches {reach}", f"declare it as {theirs.declared}, too")


def check_bounds(spec: ColumnSpec, kernel: Kernel) -> None:
    """Raise Refusal where values may lie beyond the bounds that the column declares."""
    names = [name for name in _BOUNDS if getattr(spec.column, name) is not None]
    if not names:
        return
    bounds, ends = allowed(spec.column), kernel.facts.ends
    low, high = bounds.low, bounds.high
    inside = ends is not None and (low is None or low <= ends[0]) and (high is None or ends[1] <= high)
    if not inside:
        words = f"its values come from other rows, and may lie beyond {' and '.join(names)}"
        raise Refusal(words, f"leave {' and '.join(names)} out, or bound what it is made from")


def needs_column(function: str, column: str | None, free: Sequence[str]) -> None:
    """Raise ValueError where a function lacks its column; some are free of one."""
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
