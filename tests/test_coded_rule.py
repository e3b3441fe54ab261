"""Numbers of people: their check digits by independent algorithms, and what they tell of their row."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.support import column, made, planned, table

from dw_simulator.errors import PlanError

# --- the algorithms again, one text at a time


def nir(text: str) -> bool:
    plain = text[:13].replace("2A", "19").replace("2B", "18")
    return int(text[13:]) == 97 - int(plain) % 97


def nss(text: str) -> bool:
    return int(text[:10]) % 97 == int(text[10:])


def niss(text: str) -> bool:
    before = "2" if text[0] in "012" else ""
    return 97 - int(before + text[:9]) % 97 == int(text[9:])


def nif(text: str) -> bool:
    rest = sum((9 - k) * int(digit) for k, digit in enumerate(text[:8])) % 11
    return int(text[8]) == (0 if rest < 2 else 11 - rest)


def pesel(text: str) -> bool:
    return sum(w * int(digit) for w, digit in zip([1, 3, 7, 9] * 2 + [1, 3, 1], text, strict=True)) % 10 == 0


def svnr(text: str) -> bool:
    digits = text[:8] + f"{ord(text[8]) - 64:02}" + text[9:11]
    weights = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1]
    total = sum(sum(map(int, str(w * int(digit)))) for w, digit in zip(weights, digits, strict=True))
    return total % 10 == int(text[11])


def steuer_id(text: str) -> bool:
    check = 5
    for digit in text:
        check = ((check or 10) * 2 % 11 + int(digit)) % 10
    return check == 1


KNOWN: list[tuple[str, str, Callable[[str], bool]]] = [
    ("2550814168025{check:nir}", "255081416802538", nir),
    ("180062A001001{check:nir}", f"180062A001001{97 - 1800619001001 % 97:02}", nir),
    ("281234567840"[:10] + "{check:nss}", "281234567840", nss),
    ("850730033{check:niss}", "85073003328", niss),
    ("170730033{check:niss}", "17073003384", niss),
    ("12345678{check:nif}", "123456789", nif),
    ("4405140135{check:pesel}", "44051401359", pesel),
    ("15070649C10{check:svnr}", "15070649C103", svnr),
    ("3657426180{check:steuer_id}", "36574261809", steuer_id),
]


@pytest.mark.parametrize(("pattern", "expected", "is_right"), KNOWN)
def test_known_numbers_come_out(pattern: str, expected: str, is_right: Callable[[str], bool]) -> None:
    assert is_right(expected), "the test's own algorithm is right"
    plan = planned(
        table("t", 2, column("value", "VARCHAR(20)", rule={"name": "pattern", "pattern": pattern}))
    )
    assert made(plan, "t") == [expected.encode()] * 2


FORMS: list[tuple[str, Callable[[str], bool]]] = [
    ("{choice:1|2}{digits:4}2{choice:A|B}{digits:6}{check:nir}", nir),
    ("{number:10-52}{digits:8}{check:nss}", nss),
    ("{digits:9}{check:niss}", niss),
    ("{choice:1|2|3}{digits:7}{check:nif}", nif),
    ("{digits:10}{check:pesel}", pesel),
    ("{digits:8}{letters:1}{digits:2}{check:svnr}", svnr),
    ("{digits:10}{check:steuer_id}", steuer_id),
]


@pytest.mark.parametrize(("pattern", "is_right"), FORMS)
def test_all_numbers_are_right(pattern: str, is_right: Callable[[str], bool]) -> None:
    value = column("value", "VARCHAR(20)", is_unique=True, rule={"name": "pattern", "pattern": pattern})
    texts = [text.decode() for text in made(planned(table("t", 2000, value)), "t")]
    assert all(map(is_right, texts))
    assert len(set(texts)) == 2000


# --- what they tell


def born(name: str = "born", **fields: Any) -> dict[str, Any]:
    return column(name, "DATE", date_start="1950-01-01", date_end="2005-12-31", **fields)


def shown(name: str, sql: str, length: int = 6) -> dict[str, Any]:
    rule = {"name": "expression", "sql": sql, "dialect": "duckdb"}
    return column(name, f"VARCHAR({length})", rule=rule)


def coded(pattern: str, length: int = 40, **fields: Any) -> dict[str, Any]:
    return column("value", f"VARCHAR({length})", rule={"name": "coded", "pattern": pattern}, **fields)


def texts_of(plan: Any, name: str) -> list[str]:
    return [text.decode() if text is not None else "" for text in made(plan, "t", name)]


@pytest.mark.parametrize("unique", [False, True])
def test_a_number_shows_the_birth_date_of_its_row(unique: bool) -> None:
    parts = [born(), shown("six", "strftime(born, '%y%m%d')")]
    plan = planned(table("t", 900, *parts, coded("{digits:6=six}{digits:4}{check:pesel}", is_unique=unique)))
    dates, values = texts_of(plan, "six"), texts_of(plan, "value")
    assert all(value.startswith(day) and pesel(value) for day, value in zip(dates, values, strict=True))
    assert len(set(dates)) > 500
    assert not unique or len(set(values)) == 900


@pytest.mark.parametrize(
    ("text", "pattern", "expected"),
    [
        ("7", "{digits:3=a}-x", "007-x"),
        ("1234567", "{digits:3=a}-x", "567-x"),
        ("AB", "{letters:3=a}1", "ABX1"),
        ("ABCDEFGHIJKLMNOP", "{letters:3=a}1", "ABC1"),
        ("ABCDEFGHIJKLMNOP", "{alnum:14=a}{digits:1=b}", "ABCDEFGHIJKLMN9"),
    ],
)
def test_shorter_and_longer_texts_fill_their_places(text: str, pattern: str, expected: str) -> None:
    parts = [shown("a", f"'{text}'", 20), shown("b", "'9'", 1)]
    assert texts_of(planned(table("t", 3, *parts, coded(pattern))), "value") == [expected] * 3


def test_what_shows_a_null_is_null() -> None:
    parts = [shown("a", "NULLIF('12', '12')", 2) | {"required": False}]
    plan = planned(table("t", 3, *parts, coded("{digits:2=a}{digits:2}", required=False)))
    assert texts_of(plan, "value") == [""] * 3


def test_too_few_codes_for_a_key_are_refused() -> None:
    parts = [shown("a", "'12'", 2)]
    with pytest.raises(PlanError, match="100 codes differ beside what they show, 101 rows asked"):
        planned(table("t", 101, *parts, coded("{digits:2=a}{digits:2}", is_unique=True)))


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("{digits:3}", "shows no column"),
        ("{digits:2=a}{row:8}", "use numbered"),
        ("{digits:2=a}{number:1-20}{check:luhn}", "as many digits"),
        ("{letters:4=a}{check:pesel}", "10 digits"),
        ("{digits:2=day}", "shows texts"),
    ],
)
def test_what_cannot_be_is_refused(pattern: str, words: str) -> None:
    with pytest.raises((PlanError, ValueError), match=words):
        planned(table("t", 5, shown("a", "'12'", 2), born("day"), coded(pattern)))
