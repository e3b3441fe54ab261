"""What check digits are worked out from: the places that they cover, and what each sign counts there."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.values.checked import CheckSum
from dw_simulator.plugins.rules.grammar import Place

DIGITS = frozenset(b"0123456789")
CAPITALS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ")
SIGNS = DIGITS | CAPITALS | frozenset(b"abcdefghijklmnopqrstuvwxyz")

Weights = Sequence[tuple[int, NDArray[np.uint16]]]
Kind = Callable[[Sequence[Place], int, int], CheckSum]
"""From what may stand at each place, the place of the digit, and where the last one before it ended."""


def digits_before(places: Sequence[Place], at: int, start: int, kind: str) -> list[int]:
    """The places of the digits before a check digit, the last one first."""
    found = []
    for place in range(at - 1, start - 1, -1):
        if places[place] <= DIGITS:
            found.append(place)
        elif places[place] & DIGITS:
            raise ValueError(
                f"{{check:{kind}}} counts digits, and character {place + 1} may be one or not; use "
                "{digits} or {letters}"
            )
    return found


def exactly(found: Sequence[int], lengths: Sequence[int], kind: str) -> None:
    if len(found) not in lengths:
        *others, last = map(str, lengths)
        wanted = f"{', '.join(others)} or {last}" if others else last
        raise ValueError(f"{{check:{kind}}} stands behind {wanted} digits, not {len(found)}")


def counting(values: Mapping[int, int]) -> NDArray[np.uint16]:
    """What each byte counts; the others count nothing."""
    counts = np.zeros(256, dtype=np.uint16)
    for byte, value in values.items():
        counts[byte] = value
    return counts


def of_digits(value: Callable[[int], int]) -> NDArray[np.uint16]:
    return counting({byte: value(byte - 48) for byte in DIGITS})


def signs(texts: Iterator[str] | Sequence[str]) -> NDArray[np.uint8]:
    """What is written for each remainder, uint8[modulus, digits]."""
    return np.array([list(text.encode()) for text in texts], dtype=np.uint8)
