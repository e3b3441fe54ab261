"""Check digits of patterns: which characters they cover, and what these count.

Every kind adds up what the characters at some places count, and writes what the remainder of the sum says:

    luhn    every other digit doubled, of 12 the digits added      modulo 10
    ean     the digits times 3, 1, 3, ... from the last one on     modulo 10
    isbn10  the digits times 10, 9, ..., 2                         modulo 11, X for 10
    npi     as luhn, of 80840 and nine digits                      modulo 10
    vin     a number for each letter, times a weight of the place  modulo 11, X for 10
    iban    all of it as one number, letters as 10 to 35           modulo 97, two digits
    cpf     the digits times 10, 9, ... 2; then 11, 10, ... 2      modulo 11 twice, two digits
    cnpj    as cpf, times 5, 4, 3, 2, 9, 8, ... 2; then 6, 5, ...  modulo 11 twice, two digits
    dni     eight digits as one number; of X, Y, Z 0, 1, 2         modulo 23, a letter
    codice_fiscale  a number for each sign, by odd or even place   modulo 26, a letter

and those of `national_digits`.

Sources: ISO/IEC 7812-1 (Luhn), GS1 General Specifications 7.9 (EAN, UPC, ISBN-13), ISO 2108:1992 (ISBN-10),
45 CFR 162.406 (NPI), 49 CFR 565.15 (VIN), ISO 13616-1 and ISO/IEC 7064 (IBAN),
Receita Federal do Brasil (CPF, CNPJ), Real Decreto 1553/2005 (DNI, NIE),
Decreto ministeriale 23 dicembre 1976 (codice fiscale).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from operator import mul

from dw_simulator.engine.values.base import Domain, Drawn, Kernel, TextDomain
from dw_simulator.engine.values.checked import Checked, CheckSum
from dw_simulator.plugins.rules.counted_signs import (
    CAPITALS,
    DIGITS,
    SIGNS,
    Kind,
    Weights,
    counting,
    digits_before,
    exactly,
    of_digits,
    signs,
)
from dw_simulator.plugins.rules.grammar import Joined, Literal, Place
from dw_simulator.plugins.rules.national_digits import NATIONAL, TWO_DIGITS

_LETTERED = ("dni", "codice_fiscale")
_WRITTEN = {"vin": frozenset(b"0123456789X"), **dict.fromkeys(_LETTERED, CAPITALS)}
"""What check digits may be, where that is no digit."""
IN_VIN = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"
"""What VINs are written in: no I, O and Q."""


@dataclass(frozen=True, eq=False)
class CheckPlace(Literal):
    """Where check digits are to stand; until they are known, zeros hold the place."""

    kind: str = ""


def check_place(kind: str) -> CheckPlace:
    """The place of check digits of a kind."""
    return CheckPlace(
        {
            **dict.fromkeys(("iban", "cpf", "cnpj", *TWO_DIGITS), "00"),
            **dict.fromkeys(_LETTERED, "A"),
        }.get(kind, "0"),
        kind,
    )


def check_sums(node: Joined) -> tuple[CheckSum, ...]:
    """What makes the check digits of a pattern. Raises ValueError where one covers what it cannot."""
    if not any(isinstance(part, CheckPlace) for part in node.nodes):
        return ()
    places: list[Place] = []
    found: list[tuple[str, int, int]] = []
    start = 0
    for part in node.nodes:
        if isinstance(part, CheckPlace):
            found.append((part.kind, len(places), start))
            start = len(places) + len(part.text)
            places += [_WRITTEN.get(part.kind, DIGITS)] * len(part.text)
        else:
            places += part.cells()
    # an IBAN covers what stands behind it, check digits among it
    found.sort(key=lambda one: one[0] == "iban")
    return tuple(KINDS[kind](places, at, start) for kind, at, start in found)


def checked(made: Domain | Kernel, sums: tuple[CheckSum, ...]) -> Domain | Kernel:
    """Texts with their check digits."""
    if not sums:
        return made
    if isinstance(made, Drawn):
        domain = made.domain
        assert isinstance(domain, TextDomain), "patterns are texts"
        return Drawn(made.selector, Checked(domain, sums))
    assert isinstance(made, TextDomain), "patterns are texts"
    return Checked(made, sums)


_MODULO_10 = [str(-rest % 10) for rest in range(10)]


def _doubled(digit: int) -> int:
    return digit * 2 if digit < 5 else digit * 2 - 9


def _luhn_weights(found: Sequence[int]) -> Weights:
    plain, doubled = of_digits(lambda digit: digit), of_digits(_doubled)
    return [(place, plain if k % 2 else doubled) for k, place in enumerate(found)]


def _luhn(places: Sequence[Place], at: int, start: int) -> CheckSum:
    found = digits_before(places, at, start, "luhn")
    if not found:
        raise ValueError("{check:luhn} stands behind the digits that it covers")
    return CheckSum(at, 0, _luhn_weights(found), signs(_MODULO_10))


def _npi(places: Sequence[Place], at: int, start: int) -> CheckSum:
    found = digits_before(places, at, start, "npi")
    exactly(found, (9,), "npi")
    return CheckSum(at, 24, _luhn_weights(found), signs(_MODULO_10))


def _aba(places: Sequence[Place], at: int, start: int) -> CheckSum:
    found = digits_before(places, at, start, "aba")
    exactly(found, (8,), "aba")
    counts = [(place, of_digits(partial(mul, (3, 7, 1)[k % 3]))) for k, place in enumerate(sorted(found))]
    return CheckSum(at, 0, counts, signs(_MODULO_10))


def _ean(places: Sequence[Place], at: int, start: int) -> CheckSum:
    found = digits_before(places, at, start, "ean")
    exactly(found, (7, 11, 12, 13, 17), "ean")
    threefold, plain = of_digits(lambda digit: 3 * digit), of_digits(lambda digit: digit)
    counts = [(place, plain if k % 2 else threefold) for k, place in enumerate(found)]
    return CheckSum(at, 0, counts, signs(_MODULO_10))


def _isbn10(places: Sequence[Place], at: int, start: int) -> CheckSum:
    found = digits_before(places, at, start, "isbn10")
    exactly(found, (9,), "isbn10")
    counts = [(place, of_digits(partial(mul, k + 2))) for k, place in enumerate(found)]
    return CheckSum(at, 0, counts, signs([_or_x(-rest % 11) for rest in range(11)]))


def _or_x(number: int) -> str:
    return "X" if number == 10 else str(number)


_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_VALUES = dict(
    zip(IN_VIN.encode(), (*range(10), *range(1, 9), *range(1, 6), 7, 9, *range(2, 10)), strict=True)
)


def _vin(places: Sequence[Place], at: int, start: int) -> CheckSum:
    before = [place for place in range(start, at) if places[place] & SIGNS][-8:]
    behind = [place for place in range(at + 1, len(places)) if places[place] & SIGNS][:8]
    if len(before) < 8 or len(behind) < 8:
        raise ValueError("{check:vin} has eight letters and digits before it, and eight behind it")
    for place in (*before, *behind):
        if not places[place] <= {*IN_VIN.encode()}:
            raise ValueError(
                f"character {place + 1} may be one that is in no VIN; use {{vin:8}} or {{digits}}"
            )
    counts = [
        (place, counting({byte: weight * value for byte, value in _VIN_VALUES.items()}))
        for place, weight in zip((*before, *behind), _VIN_WEIGHTS, strict=True)
    ]
    return CheckSum(at, 0, counts, signs([_or_x(rest) for rest in range(11)]))


_KNOWN_IBANS = """
    AD:24 AE:23 AL:28 AT:20 AZ:28 BA:20 BE:16 BG:22 BH:22 BR:29 BY:28 CH:21 CR:22 CY:28 CZ:24 DE:22
    DK:18 DO:28 EE:20 EG:29 ES:24 FI:18 FO:18 FR:27 GB:22 GE:22 GI:23 GL:18 GR:27 GT:28 HR:21 HU:28
    IE:22 IL:23 IQ:23 IS:26 IT:27 JO:30 KW:30 KZ:20 LB:28 LC:32 LI:21 LT:20 LU:20 LV:21 MC:27 MD:24
    ME:22 MK:19 MR:27 MT:31 MU:30 NL:18 NO:15 PK:24 PL:28 PS:29 PT:25 QA:29 RO:24 RS:22 SA:24 SC:31
    SE:24 SI:19 SK:24 SM:27 ST:25 SV:28 TL:23 TN:24 TR:26 UA:29 VA:22 VG:24 XK:20
"""
_IBAN_LENGTHS = dict(item.split(":") for item in _KNOWN_IBANS.split())


def _iban(places: Sequence[Place], at: int, start: int) -> CheckSum:
    if at - start < 2 or not all(place <= CAPITALS for place in places[at - 2 : at]):
        raise ValueError("{check:iban} stands behind the two letters of the country, as in DE{check:iban}")
    behind = [place for place in range(at + 2, len(places)) if places[place] & SIGNS]
    _check_length(places[at - 2 : at], len(behind) + 4)
    exponent, counts = 2, []  # the check digits themselves are the last two, and count as 00
    for place in (at - 1, at - 2, *reversed(behind)):
        may = places[place]
        if not (may <= DIGITS or may <= CAPITALS):
            raise ValueError(
                f"{{check:iban}} needs to know whether character {place + 1} is a digit or a capital; use "
                "{digits} or {letters}"
            )
        unit = pow(10, exponent, 97)
        counts.append((place, counting({byte: int(chr(byte), 36) * unit % 97 for byte in may})))
        exponent += 1 if may <= DIGITS else 2
    return CheckSum(at, 0, counts, signs([f"{98 - rest:02}" for rest in range(97)]))


def _check_length(country: Sequence[Place], length: int) -> None:
    """Raise ValueError where the country's IBANs are known to have another length."""
    if all(len(place) == 1 for place in country):
        code = "".join(chr(*place) for place in country)
        known = _IBAN_LENGTHS.get(code)
        if known is not None and int(known) != length:
            raise ValueError(f"an IBAN of {code} has {known} characters, this one has {length}")
    elif length > 34:
        raise ValueError(f"an IBAN has up to 34 characters, this one has {length}")


_STEP = 128
"""More than two sums of a CPF or CNPJ get, so that both are in one."""


def _brazilian(places: Sequence[Place], at: int, start: int, kind: str, highest: int) -> CheckSum:
    """Two check digits, each modulo 11; the second counts the first as well.

    highest  the greatest weight: 11 from the left on for a CPF; a CNPJ begins again after 9
    """
    length = {"cpf": 9, "cnpj": 12}[kind]
    found = digits_before(places, at, start, kind)
    exactly(found, (length,), kind)
    counts = []
    for k, place in enumerate(found):
        first, second = k % (highest - 1) + 2, (k + 1) % (highest - 1) + 2
        weighed = {byte: (byte - 48) * first % 11 + _STEP * ((byte - 48) * second % 11) for byte in DIGITS}
        counts.append((place, counting(weighed)))
    written = []
    for both in range(_STEP * _STEP):
        one = _eleventh(both % _STEP)
        written.append(f"{one}{_eleventh(both // _STEP + 2 * one)}")
    return CheckSum(at, 0, counts, signs(written))


def _eleventh(total: int) -> int:
    return 0 if total % 11 < 2 else 11 - total % 11


_OF_DNI = "TRWAGMYFPDXBNJZSQVHLCKE"


def _dni(places: Sequence[Place], at: int, start: int) -> CheckSum:
    found = digits_before(places, at, start, "dni")
    exactly(found, (7, 8), "dni")
    units = [pow(10, k, 23) for k in range(len(found))]
    counts = [
        (place, counting({byte: (byte - 48) * unit % 23 for byte in DIGITS}))
        for place, unit in zip(found, units, strict=True)
    ]
    if len(found) == 7:
        before = [place for place in range(start, found[-1]) if places[place] & SIGNS]
        if len(before) != 1 or not places[before[0]] <= {*b"XYZ"}:
            raise ValueError("{check:dni} stands behind eight digits, or behind X, Y or Z and seven digits")
        unit = pow(10, 7, 23)
        counts.append((before[0], counting({byte: (byte - 88) * unit % 23 for byte in b"XYZ"})))
    return CheckSum(at, 0, counts, signs(_OF_DNI))


_CAPITALS_IN_ORDER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ODD = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)
"""What A to Z count at the first, third, ... place of a codice fiscale; 0 to 9 count as A to J."""


def _codice_fiscale(places: Sequence[Place], at: int, start: int) -> CheckSum:
    found = [place for place in range(start, at) if places[place] & SIGNS]
    if len(found) != 15 or any(not places[place] <= DIGITS | CAPITALS for place in found):
        raise ValueError("{check:codice_fiscale} stands behind 15 digits and capitals")
    values = {**{65 + k: k for k in range(26)}, **{48 + k: k for k in range(10)}}
    odd, even = counting({byte: _ODD[k] for byte, k in values.items()}), counting(values)
    counts = [(place, even if k % 2 else odd) for k, place in enumerate(found)]
    return CheckSum(at, 0, counts, signs(_CAPITALS_IN_ORDER))


KINDS: Mapping[str, Kind] = {
    "luhn": _luhn,
    "ean": _ean,
    "isbn10": _isbn10,
    "npi": _npi,
    "aba": _aba,
    "vin": _vin,
    "iban": _iban,
    "cpf": partial(_brazilian, kind="cpf", highest=11),
    "cnpj": partial(_brazilian, kind="cnpj", highest=9),
    "dni": _dni,
    "codice_fiscale": _codice_fiscale,
    **NATIONAL,
}
"""The kinds of check digits, by name."""
