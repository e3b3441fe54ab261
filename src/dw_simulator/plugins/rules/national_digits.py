"""Check digits of numbers that states give to people.

    nir        13 signs as one number; departments 2A and 2B as 19 and 18       97 less modulo 97, two digits
    nss        ten digits as one number                                         modulo 97, two digits
    niss       nine digits as one number, a 2 before those of 2000 and later    97 less modulo 97, two digits
    nif        eight digits times 9, 8, ... 2                                   modulo 11, 0 for 10
    pesel      ten digits times 1, 3, 7, 9, 1, 3, ...                           modulo 10
    svnr       a weight for each place, a letter as two digits                  modulo 10, of sums of digits
    steuer_id  ten digits, each with what the ones before have come to          modulo 10 and 11 in turn

Sources: INSEE (NIR), Tesoreria General de la Seguridad Social (NSS), Registre national (NISS), Autoridade
Tributaria (NIF), Ministerstwo Cyfryzacji (PESEL), VKVV (Versicherungsnummer), ISO/IEC 7064 MOD 11,10
(Steuer-Identifikationsnummer).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.values.checked import CheckSum
from dw_simulator.plugins.rules.counted_signs import (
    CAPITALS,
    DIGITS,
    SIGNS,
    Kind,
    counting,
    digits_before,
    exactly,
    signs,
)
from dw_simulator.plugins.rules.grammar import Place

TWO_DIGITS = ("nir", "nss", "niss")
_CORSICA = {ord("A"): -1, ord("B"): -2}
"""What the letter of 2A and 2B counts, so that they come to 19 and 18."""
_LATEST_TENS = 2
"""The tens of years of this century; greater ones are of the last."""


def _as_number(
    found: Sequence[int], modulus: int, letters: Mapping[int, int]
) -> list[tuple[int, NDArray[np.uint16]]]:
    """Signs as one number, the last one first."""
    values = {byte: byte - 48 for byte in DIGITS} | dict(letters)
    return [
        (place, counting({byte: value * pow(10, k, modulus) % modulus for byte, value in values.items()}))
        for k, place in enumerate(found)
    ]


def _nir(places: Sequence[Place], at: int, start: int) -> CheckSum:
    found = [place for place in range(at - 1, start - 1, -1) if places[place] & SIGNS]
    if len(found) != 13 or any(not places[place] <= DIGITS | _CORSICA.keys() for place in found):
        raise ValueError("{check:nir} stands behind 13 digits; the seventh may be an A or a B")
    return CheckSum(at, 0, _as_number(found, 97, _CORSICA), _less(97))


def _less(modulus: int) -> NDArray[np.uint8]:
    return signs([f"{modulus - rest:02}" for rest in range(modulus)])


def _nss(places: Sequence[Place], at: int, start: int) -> CheckSum:
    found = digits_before(places, at, start, "nss")
    exactly(found, (10,), "nss")
    return CheckSum(at, 0, _as_number(found, 97, {}), signs([f"{rest:02}" for rest in range(97)]))


def _niss(places: Sequence[Place], at: int, start: int) -> CheckSum:
    found = digits_before(places, at, start, "niss")
    exactly(found, (9,), "niss")
    counts = _as_number(found, 97, {})
    first, tens = counts[-1]
    for byte in DIGITS:
        if byte - 48 <= _LATEST_TENS:
            tens[byte] = (int(tens[byte]) + 2 * 10**9) % 97
    return CheckSum(at, 0, [*counts[:-1], (first, tens)], _less(97))


def _weighed(
    places: Sequence[Place], at: int, start: int, kind: str, weights: Sequence[int], rests: Sequence[str]
) -> CheckSum:
    """The digits, the first one first, times weights; what is written for each remainder."""
    found = digits_before(places, at, start, kind)[::-1]
    exactly(found, (len(weights),), kind)
    counts = [
        (place, counting({byte: (byte - 48) * weight for byte in DIGITS}))
        for place, weight in zip(found, weights, strict=True)
    ]
    return CheckSum(at, 0, counts, signs(rests))


_OF_INSURED = ((2,), (1,), (2,), (5,), (7,), (1,), (2,), (1,), (2, 1), (2,), (1,))


def _svnr(places: Sequence[Place], at: int, start: int) -> CheckSum:
    found = [place for place in range(start, at) if places[place] & SIGNS]
    letter = 8
    allowed = [CAPITALS if k == letter else DIGITS for k in range(len(found))]
    fits = len(found) == len(_OF_INSURED) and all(
        places[place] <= may for place, may in zip(found, allowed, strict=True)
    )
    if not fits:
        raise ValueError("{check:svnr} stands behind eight digits, a capital and two digits")
    counts = []
    for place, may, weights in zip(found, allowed, _OF_INSURED, strict=True):
        worth = {}
        for byte in may:
            digits = [byte - 48] if may is DIGITS else list(divmod(byte - 64, 10))
            products = [digit * weight for digit, weight in zip(digits, weights, strict=True)]
            worth[byte] = sum(sum(divmod(product, 10)) for product in products)
        counts.append((place, counting(worth)))
    return CheckSum(at, 0, counts, signs(list(map(str, range(10)))))


@dataclass(frozen=True, eq=False)
class ChainedDigit(CheckSum):
    """A digit that follows from all others one after another: MOD 11,10 of ISO/IEC 7064."""

    def put(self, cells: NDArray[np.uint8]) -> None:
        product = np.full(len(cells), 10, dtype=np.int64)
        for place, counts in self.counts:
            total = (counts.take(cells[:, place]).astype(np.int64) + product) % 10
            total[total == 0] = 10
            product = 2 * total % 11
        cells[:, self.at : self.at + 1] = self.signs.take((11 - product) % 10, axis=0)


def _steuer_id(places: Sequence[Place], at: int, start: int) -> CheckSum:
    found = digits_before(places, at, start, "steuer_id")[::-1]
    exactly(found, (10,), "steuer_id")
    plain = counting({byte: byte - 48 for byte in DIGITS})
    return ChainedDigit(at, 0, [(place, plain) for place in found], signs(list(map(str, range(10)))))


_LESS_ELEVEN = ["0" if rest < 2 else str(11 - rest) for rest in range(11)]
_LESS_TEN = [str(-rest % 10) for rest in range(10)]
NATIONAL: Mapping[str, Kind] = {
    "nir": _nir,
    "nss": _nss,
    "niss": _niss,
    "nif": partial(_weighed, kind="nif", weights=range(9, 1, -1), rests=_LESS_ELEVEN),
    "pesel": partial(_weighed, kind="pesel", weights=(1, 3, 7, 9, 1, 3, 7, 9, 1, 3), rests=_LESS_TEN),
    "svnr": _svnr,
    "steuer_id": _steuer_id,
}
"""The kinds of check digits of people's numbers, by name."""
