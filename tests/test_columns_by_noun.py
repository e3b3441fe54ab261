"""What columns hold by the nouns of their tables: the vocabulary as people meet it, by names and types."""

from fractions import Fraction
from pathlib import Path

import pytest
from tests.support import column, table

from dw_simulator.planning import plan
from dw_simulator.registry.manager import registry
from dw_simulator.registry.rulebook import Rulebook
from dw_simulator.schema import reading
from dw_simulator.schema.inference import infer
from dw_simulator.schema.inference.candidates import alone, open_columns, rule_of
from dw_simulator.schema.inference.guesses import Fields
from dw_simulator.schema.model import Table

ALL_RULES = Rulebook(registry())
EVEN = 2
"""As many values may be equally likely: the two groups of an experiment."""
LINES = [
    [word.strip() for word in f"{line} | x".split("|")[:5]]
    for line in Path(__file__).with_name("columns_by_noun.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def guessed(owner: str, name: str, data_type: str, other: str) -> tuple[str, Fields]:
    """What the vocabulary says of a column beside another, and its fields."""
    columns = [column(name, data_type), column(other, "BINARY")]
    seen, *_ = open_columns(Table.model_validate(table(owner, 1, *columns)), ALL_RULES)
    found = alone(seen, "")
    return (found.meaning, found.fields) if found else ("", {})


def values_of(fields: Fields) -> list[str]:
    listed = rule_of(fields).get("values")
    return [str(value) for value in listed] if isinstance(listed, list) else []


def plain(value: str) -> str:
    """Without the style of a list: In Transit, in_transit."""
    return value.strip().lower().replace("_", " ")


@pytest.mark.parametrize(("owner", "name", "data_type", "expected", "other"), LINES)
def test_a_column_holds_what_its_table_has(
    owner: str, name: str, data_type: str, expected: str, other: str
) -> None:
    meaning, fields = guessed(owner, name, data_type, other)
    values = values_of(fields)
    low, dots, high = expected.partition("..")
    if not dots:
        assert {plain(word) for word in expected.split(",")} <= {*map(plain, values)}, (meaning, values)
        return
    bounds = [Fraction(value) for value in values] or [
        Fraction(str(fields[bound])) for bound in ("min_value", "max_value") if bound in fields
    ]
    assert bounds, meaning
    assert Fraction(low) <= min(bounds), (meaning, bounds)
    assert max(bounds) <= Fraction(high), (meaning, bounds)


def test_what_is_guessed_is_generated() -> None:
    """The planner follows every guess, of whatever type."""
    tables = [
        table(f"t{number}_{owner}", 3, column(name, data_type))
        for number, (owner, name, data_type, *_) in enumerate(LINES)
    ]
    schema = infer(reading.parse({"name": "x", "tables": tables}, strict_names=False), ALL_RULES)
    plan(schema, 1, ALL_RULES)


def test_no_list_is_flat() -> None:
    """What is listed by weight has a long tail: most values of a status are one of few."""
    flat = []
    for owner, name, data_type, _, other in LINES:
        _, fields = guessed(owner, name, data_type, other)
        if len(values_of(fields)) > EVEN and "weights" not in rule_of(fields):
            flat.append(f"{owner}.{name}")
    assert not flat, flat
