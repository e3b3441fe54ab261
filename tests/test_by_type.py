"""Columns of which nothing is known but their type: nothing that looks like filler, and said to be unsure."""

from typing import Any

import pytest
from tests.support import column, made, planned, table

from dw_simulator.registry.manager import registry
from dw_simulator.registry.rulebook import Rulebook
from dw_simulator.schema import reading
from dw_simulator.schema.inference import infer
from dw_simulator.schema.undeclared_parts import BY_TYPE_ALONE, unsure_columns
from dw_simulator.types import sql_type

RULES = Rulebook(registry())


def values(name: str, data_type: str, **fields: Any) -> list[Any]:
    """What a column of an import holds, and that it is called unsure."""
    own = table("xyzzy", 2000, column("x", "INT", is_unique=True), column(name, data_type, **fields))
    found = infer(reading.parse({"name": "x", "tables": [own]}, strict_names=False), RULES)
    guess = found.tables[0].column(name)
    assert guess is not None
    assert (guess.inferred or "").startswith(BY_TYPE_ALONE), guess.inferred
    assert [one.name for _table, one in unsure_columns(found)] == [name]
    dumped = [one.model_dump(mode="json", exclude_defaults=True) for one in found.tables]
    unit = 10 ** (sql_type(data_type).scale if data_type.startswith("DECIMAL") else 0)
    found_values = made(planned(*dumped), "xyzzy", name)
    return [value if isinstance(value, str) else value / unit for value in found_values]


@pytest.mark.parametrize(
    ("name", "data_type", "most"),
    [
        ("frob", "INT", 400),
        ("frob_stage", "SMALLINT", 9),
        ("nb_frobs", "BIGINT", 60),
        ("frob", "DECIMAL(9,0)", 400),
    ],
)
def test_whole_numbers_are_small_and_skewed(name: str, data_type: str, most: int) -> None:
    found = sorted(map(int, values(name, data_type)))
    assert found[0] >= 0
    assert found[-1] <= most
    assert found[len(found) // 2] * 2 < most
    assert len(set(found)) > 3


def test_years_are_years() -> None:
    found = values("year_frobbed", "SMALLINT")
    assert 1975 <= min(found) < max(found) <= 2025


@pytest.mark.parametrize(
    ("data_type", "most"), [("DECIMAL(3,2)", 9.99), ("DECIMAL(10,2)", 20000), ("DOUBLE", 20000)]
)
def test_amounts_have_a_long_tail(data_type: str, most: float) -> None:
    found = sorted(map(float, values("frob", data_type)))
    assert found[0] >= 0
    assert found[-1] <= most
    mean = sum(found) / len(found)
    assert found[len(found) // 2] < mean, "most are small"


@pytest.mark.parametrize(
    ("name", "data_type", "length"),
    [("frob", "CHAR(1)", 1), ("frob", "VARCHAR(3)", 2), ("frob_concept", "VARCHAR(30)", 30)],
)
def test_short_texts_repeat(name: str, data_type: str, length: int) -> None:
    found = values(name, data_type)
    assert 2 < len(set(found)) <= 5
    assert max(map(len, found)) <= length
    assert not {"Y", "N"} & set(found)


def test_numbers_that_name_something_count_nothing() -> None:
    assert min(values("frob_nbr", "INT")) > 1000


def test_what_has_to_be_told_apart_is_left_alone() -> None:
    own = table("xyzzy", 5, column("frob", "INT", is_unique=True))
    found = infer(reading.parse({"name": "x", "tables": [own]}), RULES)
    assert found.tables[0].columns[0].inferred is None


def guessed(owner: str, *columns: tuple[str, str]) -> dict[str, Any]:
    """The columns of an import, by name."""
    own = table(
        owner, 20, column("id", "INT", is_unique=True), *(column(name, kind) for name, kind in columns)
    )
    found = infer(reading.parse({"name": "x", "tables": [own]}, strict_names=False), RULES)
    return {one.name: one for one in found.tables[0].columns}


@pytest.mark.parametrize(
    ("owner", "name", "data_type", "low", "high"),
    [
        ("resultaat", "eindcijfer", "DECIMAL(3,1)", 1, 10),
        ("resultaat", "cijfer", "INT", 1, 10),
        ("pruefungsergebnis", "endnote", "DECIMAL(3,1)", 1, 5),
        ("exam_results", "grade", "DECIMAL(4,2)", 1, 5),
    ],
)
def test_marks_are_those_of_the_language(owner: str, name: str, data_type: str, low: int, high: int) -> None:
    one = guessed(owner, (name, data_type))[name]
    assert (one.min_value, one.max_value) == (low, high), one.inferred


def test_limits_of_longer_periods_are_higher() -> None:
    limits = ("daily_limit", "DECIMAL(11,2)"), ("monthly_limit", "DECIMAL(11,2)")
    assert (
        guessed("cards", *limits)["monthly_limit"].inferred
        == "monthly_limit looks like more than daily_limit"
    )
    prices = ("monthly_price", "DECIMAL(8,2)"), ("annual_price", "DECIMAL(8,2)")
    assert (
        guessed("plans", *prices)["annual_price"].inferred
        == "annual_price looks like more than monthly_price"
    )
