"""Check digits in patterns: by independent algorithms, by published numbers, and at a million rows."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support import column, made, planned, scattered, table, to_list

from dw_simulator.engine.rows import Rows
from dw_simulator.engine.values.facts import texts_of
from dw_simulator.errors import PlanError

MILLION = 1_000_000

# --- the algorithms again, one text at a time


def luhn(text: str) -> bool:
    digits = [int(sign) for sign in text if sign.isdigit()]
    total = 0
    for k, digit in enumerate(reversed(digits)):
        total += sum(map(int, str(digit * 2))) if k % 2 else digit
    return total % 10 == 0


def aba(text: str) -> bool:
    return len(text) == 9 and sum(w * int(one) for w, one in zip((3, 7, 1) * 3, text, strict=True)) % 10 == 0


def npi(text: str) -> bool:
    digits = "".join(sign for sign in text if sign.isdigit())
    return len(digits) == 10 and luhn("80840" + digits)


def ean(text: str) -> bool:
    digits = [int(sign) for sign in text if sign.isdigit()]
    padded = [0] * (18 - len(digits)) + digits
    return sum(digit * (3 if k % 2 == 0 else 1) for k, digit in enumerate(padded)) % 10 == 0


def isbn10(text: str) -> bool:
    signs = [sign for sign in text if sign.isdigit() or sign == "X"]
    values = [10 if sign == "X" else int(sign) for sign in signs]
    return len(values) == 10 and sum((10 - k) * value for k, value in enumerate(values)) % 11 == 0


def iban(text: str) -> bool:
    plain = text.replace(" ", "")
    return int("".join(str(int(sign, 36)) for sign in plain[4:] + plain[:4])) % 97 == 1


def vin(text: str) -> bool:
    letters = {"A": 1, "B": 2, "C": 3, "D": 4, "E": 5, "F": 6, "G": 7, "H": 8, "J": 1, "K": 2, "L": 3, "M": 4}
    letters |= {"N": 5, "P": 7, "R": 9, "S": 2, "T": 3, "U": 4, "V": 5, "W": 6, "X": 7, "Y": 8, "Z": 9}
    weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]
    total = sum(
        weight * (int(sign) if sign.isdigit() else letters[sign])
        for sign, weight in zip(text, weights, strict=True)
    )
    return text[8] == ("X" if total % 11 == 10 else str(total % 11))


def brazilian(text: str) -> bool:
    digits = [int(sign) for sign in text if sign.isdigit()]
    for length in (len(digits) - 2, len(digits) - 1):
        weights = [k % 8 + 2 if len(digits) == 14 else k + 2 for k in range(length)][::-1]
        rest = sum(w * digit for w, digit in zip(weights, digits, strict=False)) % 11
        if digits[length] != (0 if rest < 2 else 11 - rest):
            return False
    return len(digits) in (11, 14)


def dni(text: str) -> bool:
    plain = text.replace("-", "").replace(".", "")
    number = int(plain[:-1].translate(str.maketrans("XYZ", "012")))
    return len(plain) == 9 and "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23] == plain[-1]


def codice_fiscale(text: str) -> bool:
    odd = dict(zip("0123456789", (1, 0, 5, 7, 9, 13, 15, 17, 19, 21), strict=True))
    odd |= dict(zip("ABCDEFGHIJ", (1, 0, 5, 7, 9, 13, 15, 17, 19, 21), strict=True))
    odd |= dict(
        zip("KLMNOPQRSTUVWXYZ", (2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23), strict=True)
    )
    total = sum(odd[sign] for sign in text[:15:2])
    total += sum(int(sign) if sign.isdigit() else ord(sign) - 65 for sign in text[1:15:2])
    return len(text) == 16 and chr(65 + total % 26) == text[15]


PUBLISHED: list[tuple[str, str, Callable[[str], bool]]] = [
    ("978-0-306-40615-{check:ean}", "978-0-306-40615-7", ean),
    ("03600029145{check:ean}", "036000291452", ean),
    ("9638507{check:ean}", "96385074", ean),
    ("400638133393{check:ean}", "4006381333931", ean),
    ("0-306-40615-{check:isbn10}", "0-306-40615-2", isbn10),
    ("08044-2957-{check:isbn10}", "08044-2957-X", isbn10),
    ("123456789{check:npi}", "1234567893", npi),
    ("02100002{check:aba}", "021000021", aba),
    ("12200066{check:aba}", "122000661", aba),
    ("1M8GDM9A{check:vin}KP042788", "1M8GDM9AXKP042788", vin),
    ("11111111{check:vin}11111111", "11111111111111111", vin),
    ("GB{check:iban}WEST12345698765432", "GB82WEST12345698765432", iban),
    ("GB{check:iban} WEST 1234 5698 7654 32", "GB82 WEST 1234 5698 7654 32", iban),
    ("DE{check:iban} 3704 0044 0532 0130 00", "DE89 3704 0044 0532 0130 00", iban),
    ("NO{check:iban}86011117947", "NO9386011117947", iban),
    ("4539 1488 0343 646{check:luhn}", "4539 1488 0343 6467", luhn),
    ("7992739871{check:luhn}", "79927398713", luhn),
    ("37828224631000{check:luhn}", "378282246310005", luhn),
    ("111.444.777-{check:cpf}", "111.444.777-35", brazilian),
    ("123456789{check:cpf}", "12345678909", brazilian),
    ("11.222.333/0001-{check:cnpj}", "11.222.333/0001-81", brazilian),
    ("12345678{check:dni}", "12345678Z", dni),
    ("X1234567-{check:dni}", "X1234567-L", dni),
    ("RSSMRA85T10A562{check:codice_fiscale}", "RSSMRA85T10A562S", codice_fiscale),
]


@pytest.mark.parametrize(("pattern", "expected", "is_right"), PUBLISHED)
def test_published_numbers_come_out(pattern: str, expected: str, is_right: Callable[[str], bool]) -> None:
    assert is_right(expected), "the test's own algorithm is right"
    plan = planned(table("t", 3, rule(pattern, length=40)))
    assert made(plan, "t") == [expected.encode()] * 3


def rule(pattern: str, length: int = 40, **fields: Any) -> dict[str, Any]:
    return column("value", f"VARCHAR({length})", rule={"name": "pattern", "pattern": pattern}, **fields)


PATTERNS: list[tuple[str, Callable[[str], bool], str]] = [
    ("4{digits:14}{check:luhn}", luhn, r"4\d{15}"),
    ("{choice:34|37}{digits:2} {digits:6} {digits:4}{check:luhn}", luhn, r"3[47]\d\d \d{6} \d{5}"),
    ("{number:10-99}{letters:2}{digits:5}{check:luhn}", luhn, r"[1-9]\d[A-Z]{2}\d{6}"),
    ("INV-{row:9}{check:luhn}", luhn, r"INV-\d{10}"),
    ("978-{digits:1}-{digits:4}-{digits:4}-{check:ean}", ean, r"978-\d-\d{4}-\d{4}-\d"),
    ("{digits:7}{check:ean}", ean, r"\d{8}"),
    ("{digits:11}{check:ean}", ean, r"\d{12}"),
    ("{digits:13}{check:ean}", ean, r"\d{14}"),
    ("{digits:17}{check:ean}", ean, r"\d{18}"),
    ("{digits:9}{check:isbn10}", isbn10, r"\d{9}[\dX]"),
    ("{choice:1|2}{digits:8}{check:npi}", npi, r"[12]\d{9}"),
    ("{vin:8}{check:vin}{vin:2}{digits:6}", vin, r"[0-9A-HJ-NPR-Z]{8}[\dX][0-9A-HJ-NPR-Z]{2}\d{6}"),
    ("DE{check:iban}{digits:18}", iban, r"DE\d{20}"),
    ("{digits:9}{check:cpf}", brazilian, r"\d{11}"),
    ("{digits:3}.{digits:3}.{digits:3}-{check:cpf}", brazilian, r"[\d.]{11}-\d\d"),
    ("{digits:8}0001{check:cnpj}", brazilian, r"\d{14}"),
    ("{digits:8}{check:dni}", dni, r"\d{8}[A-Z]"),
    ("{choice:X|Y|Z}{digits:7}{check:dni}", dni, r"[XYZ]\d{7}[A-Z]"),
    ("{letters:6}{digits:2}T1{digits:1}A{digits:3}{check:codice_fiscale}", codice_fiscale, r"[A-Z]{6}\w{10}"),
    ("{choice:GB|IE}{check:iban}{letters:4}{digits:14}", iban, r"(GB|IE)\d\d[A-Z]{4}\d{14}"),
    (
        "FR{check:iban} {digits:4} {digits:4} {digits:4} {digits:4} {digits:4} {digits:3}",
        iban,
        r"FR[\d ]{31}",
    ),
]


@pytest.mark.parametrize(("pattern", "is_right", "shape"), PATTERNS)
@pytest.mark.parametrize("key", [False, True])
def test_every_text_has_its_check_digits(
    pattern: str, is_right: Callable[[str], bool], shape: str, key: bool
) -> None:
    rows = 5000
    plan = planned(table("t", rows, rule(pattern, is_unique=key)))
    texts = [text.decode() for text in made(plan, "t")]
    assert all(re.fullmatch(shape, text) for text in texts)
    assert all(map(is_right, texts))
    assert not key or len({*texts}) == rows
    kernel = plan.table("t").columns[0].kernel
    some = np.random.default_rng(3).integers(0, rows, 500)
    assert to_list(kernel.values(scattered(some))) == [texts[row].encode() for row in some]
    assert to_list(kernel.values(Rows.run(999, 1003))) == [text.encode() for text in texts[999:1003]]
    known = kernel.facts
    assert known.width == len(texts[0])
    if known.texts is not None:
        for text in texts[:200]:
            rest = text
            for part in known.texts.parts:
                assert rest[: len(part[0])] in part
                rest = rest[len(part[0]) :]


def test_a_million_keys_are_right_and_none_is_there_twice() -> None:
    plan = planned(table("t", MILLION, rule("{digits:8}{check:luhn}", is_unique=True)))
    kernel = plan.table("t").columns[0].kernel
    seen, wrong = np.zeros(10**8, dtype=np.bool_), 0
    for start in range(0, MILLION, 50_000):
        column_ = kernel.values(Rows.run(start, start + 50_000))
        numbers = np.array(texts_of(column_), dtype="S9").view(np.uint8).reshape(-1, 9).astype(np.int64) - 48
        doubled = numbers[:, 7::-2] * 2
        total = numbers[:, 8::-2].sum(axis=1) + (doubled // 10 + doubled % 10).sum(axis=1)
        wrong += int(np.count_nonzero(total % 10))
        places = (numbers[:, :8] * 10 ** np.arange(7, -1, -1)).sum(axis=1)
        assert not seen[places].any()
        seen[places] = True
    assert wrong == 0
    assert np.count_nonzero(seen) == MILLION


def test_a_small_key_uses_every_number_once() -> None:
    plan = planned(table("t", 1000, rule("{digits:3}{check:luhn}", is_unique=True)))
    texts = [text.decode() for text in made(plan, "t")]
    assert {text[:3] for text in texts} == {f"{number:03}" for number in range(1000)}
    assert all(map(luhn, texts))


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 20), st.integers(0, 5), st.text(alphabet="AZé-. ", max_size=6))
def test_whatever_stands_around_the_digits(digits: int, others: int, before: str) -> None:
    pattern = f"{before}{{digits:{digits}}}{{check:luhn}}" + (f"{{letters:{others}}}" if others else "")
    texts = [text.decode() for text in made(planned(table("t", 50, rule(pattern, length=60))), "t")]
    assert all(luhn(re.sub(r"[^0-9]", "", text)) for text in texts)
    assert all(text.startswith(before) for text in texts)


def test_two_check_digits_cover_what_is_theirs() -> None:
    texts = made(planned(table("t", 300, rule("{digits:5}{check:luhn}/{digits:7}{check:ean}"))), "t")
    for text in texts:
        one, other = text.decode().split("/")
        assert luhn(one)
        assert ean(other)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("{digits:3}{check:lun}", "position 11: unknown check digit 'lun'; did you mean 'luhn'"),
        ("{digits:3}{check}", "{check} says too little; write {check:luhn}"),
        ("{check:luhn}{digits:3}", "stands behind the digits that it covers"),
        ("{alnum:4}{check:luhn}", "character 4 may be one or not; use {digits} or {letters}"),
        ("{digits:3-5}{check:luhn}", "all texts are equally long: say 5 characters"),
        ("{number:1-99}{check:luhn}", "let all numbers have as many digits"),
        ("{choice:4|51}{digits:4}{check:luhn}", "let choices have as many characters"),
        ("{row}{check:luhn}", "say {row:8}"),
        ("{digits:5}{check:ean}", "{check:ean} stands behind 7, 11, 12, 13 or 17 digits, not 5"),
        ("{digits:8}{check:npi}", "{check:npi} stands behind 9 digits, not 8"),
        ("{digits:10}{check:isbn10}", "{check:isbn10} stands behind 9 digits, not 10"),
        ("{vin:7}{check:vin}{vin:8}", "eight letters and digits before it, and eight behind it"),
        ("{alnum:8}{check:vin}{vin:8}", "may be one that is in no VIN; use {vin:8} or {digits}"),
        ("{check:iban}{digits:18}", "stands behind the two letters of the country"),
        ("DE{check:iban}{digits:17}", "an IBAN of DE has 22 characters, this one has 21"),
        ("{letters:2}{check:iban}{digits:31}", "an IBAN has up to 34 characters, this one has 35"),
        ("FR{check:iban}{digits:10}{alnum:11}{digits:2}", "whether character 25 is a digit or a capital"),
    ],
)
def test_what_cannot_be_is_refused(pattern: str, words: str) -> None:
    with pytest.raises(PlanError) as refused:
        planned(table("t", 10, rule(pattern)))
    (problem,) = refused.value.problems
    assert words in problem.message
    assert problem.place == "t.value"
