"""Numbers of rows as people write them: 50000, 50_000, 50k, 2M, 1.5M, 1e6."""

import re
from decimal import Decimal, InvalidOperation

_FACTORS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "b": 10**9, "t": 10**12}


def count_of(text: str) -> int:
    """The number of rows that a text says. Raises ValueError, whose message tells how to write one.

    >>> count_of("50k"), count_of("1.5M"), count_of("1e6")
    (50000, 1500000, 1000000)
    """
    match = re.fullmatch(r"([0-9][0-9_]*(?:\.[0-9]+)?(?:e[0-9]{1,2})?)([kmgbt]?)", text.strip().lower())
    try:
        number = Decimal(match[1].replace("_", "")) * _FACTORS[match[2]] if match else None
    except InvalidOperation:
        number = None
    if number is None or number != number.to_integral_value():
        raise ValueError(f"{text!r} is not a number of rows; write 50000, 50_000, 50k, 2M or 1e6")
    return int(number)
