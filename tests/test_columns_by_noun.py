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
from dw_simulator.schema.model import Column

ALL_RULES = Rulebook(registry())
LINES = [
    [word.strip() for word in line.split("|")]
    for line in Path(__file__).with_name("columns_by_noun.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def guessed(owner: str, name: str, data_type: str) -> Column:
    """A column as it is inferred beside one that says nothing."""
    data = {"name": "x", "tables": [table(owner, 1, column(name, data_type), column("x", "BINARY"))]}
    return infer(reading.parse(data, strict_names=False), ALL_RULES).tables[0].columns[0]


def values_of(one: Column) -> list[str]:
    options = one.rule_spec.options if one.rule_spec else {}
    return [str(value) for value in options.get("values", ())]


@pytest.mark.parametrize(("owner", "name", "data_type", "expected"), LINES)
def test_a_column_holds_what_its_table_has(owner: str, name: str, data_type: str, expected: str) -> None:
    one = guessed(owner, name, data_type)
    values = values_of(one)
    low, dots, high = expected.partition("..")
    if not dots:
        assert {word.strip() for word in expected.split(",")} <= {*values}, (one.inferred, values)
        return
    bounds = [Fraction(value) for value in values] or [
        Fraction(str(bound)) for bound in (one.min_value, one.max_value) if bound is not None
    ]
    assert bounds, one.inferred
    assert Fraction(low) <= min(bounds), (one.inferred, bounds)
    assert max(bounds) <= Fraction(high), (one.inferred, bounds)


def test_what_is_guessed_is_generated() -> None:
    """The planner follows every guess, of whatever type."""
    tables = [
        table(f"t{number}_{owner}", 3, column(name, data_type))
        for number, (owner, name, data_type, _) in enumerate(LINES)
    ]
    schema = infer(reading.parse({"name": "x", "tables": tables}, strict_names=False), ALL_RULES)
    plan(schema, 1, ALL_RULES)


def test_no_list_is_flat() -> None:
    """What is listed by weight has a long tail: most values of a status are one of few."""
    flat = []
    for owner, name, data_type, _ in LINES:
        spec = guessed(owner, name, data_type).rule_spec
        if spec and spec.name == "choice" and "weights" not in spec.options:
            flat.append(f"{owner}.{name}")
    assert not flat, flat
