"""Patterns: what comes out, how many there are, and what is refused where."""

import doctest
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support import column, made, planned, table, to_list

from dw_simulator.engine.values.base import is_domain
from dw_simulator.engine.values.text import Assembled
from dw_simulator.errors import DwSimError
from dw_simulator.plugins.rules import grammar
from dw_simulator.plugins.rules.patterns import CHARACTERS, Pattern
from dw_simulator.ports.rule import ColumnSpec
from dw_simulator.schema.model import Column

V = "VARCHAR(100)"


def values(pattern: str, rows: int = 300, data_type: str = V, **fields: Any) -> list[str]:
    """The texts of a column of this pattern."""
    rule = {"name": "pattern", "pattern": pattern}
    found = made(planned(table("t", rows, column("v", data_type, rule=rule, **fields))), "t")
    return [value.decode() for value in found]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("SKU-{digits:6}", r"SKU-\d{6}"),
        ("{letters:2}-{choice:A|B}", r"[A-Z]{2}-[AB]"),
        ("{lower:3}{alnum:9}", r"[a-z]{3}[A-Z0-9]{9}"),
        ("{hex:40}", r"[0-9a-f]{40}"),
        ("{{{digits:3}}}", r"\{\d{3}\}"),
        ("{number:7-1234}!", r"([7-9]|[1-9]\d{1,3})!"),
        ("ä{choice:ö|ü ß}", r"ä(ö|ü ß)"),
        ("{digits:3-12}", r"\d{3,12}"),
    ],
)
@pytest.mark.parametrize("unique", [False, True])
def test_texts_follow_the_pattern(pattern: str, expected: str, unique: bool) -> None:
    rows = 2 if "ö" in pattern else 300
    found = values(pattern, rows, is_unique=unique)
    assert all(re.fullmatch(expected, text) for text in found)
    assert len(set(found)) == len(found) or not unique


def test_a_small_pattern_gives_each_of_its_texts_once() -> None:
    assert sorted(values("{number:8-11}{choice:x|y}", 8, is_unique=True)) == sorted(
        f"{number}{letter}" for number in range(8, 12) for letter in "xy"
    )


def test_the_row_is_counted_from_1_and_padded() -> None:
    assert values("INV-{row:4}", 3) == ["INV-0001", "INV-0002", "INV-0003"]
    assert values("{row}.", 3, is_unique=True) == ["1.", "2.", "3."]
    found = values("{row:10}-{letters:2}", 400, is_unique=True)
    assert [int(text[:10]) for text in found] == list(range(1, 401))
    assert len({text[-2:] for text in found}) > 200


def test_a_range_of_lengths_is_evenly_used() -> None:
    lengths = [len(text) for text in values("{lower:1-10}", 5000)]
    for length in range(1, 11):
        assert 400 < lengths.count(length) < 600


def test_choices_are_evenly_used() -> None:
    found = values("{choice:a|bb|ccc|dddd}", 4000)
    assert min(found.count(choice) for choice in ("a", "bb", "ccc", "dddd")) > 850


pieces = st.one_of(
    st.sampled_from(["-", "/", "{{", "x", "ü", "}}"]),
    st.builds("{{{}:{}}}".format, st.sampled_from(sorted(CHARACTERS)), st.integers(1, 9)),
    st.builds(
        lambda low, more: f"{{number:{low}-{low + more}}}", st.integers(0, 5000), st.integers(0, 10**6)
    ),
    st.sampled_from(["{choice:A|B|C}", "{choice:one|three|four}"]),
)


@given(parts=st.lists(pieces, min_size=1, max_size=5), seed=st.integers(0, 99), data=st.data())
@settings(max_examples=120, deadline=None)
def test_a_domain_of_a_pattern_tells_indices_apart(parts: list[str], seed: int, data: st.DataObject) -> None:
    spec = ColumnSpec(seed, "t", Column(name="v", data_type="VARCHAR(400)"), 10**9)
    domain = Pattern(pattern=".".join(parts)).build(spec)
    assert is_domain(domain)
    assert isinstance(domain, Assembled)
    index = data.draw(st.lists(st.integers(0, domain.size - 1), min_size=1, max_size=30, unique=True))
    found = _decoded(domain, index)
    assert len(set(found)) == len(index)


def _decoded(domain: Assembled, index: list[int]) -> list[bytes]:
    return to_list(domain.decode(np.array(index, dtype=np.uint64)))


@pytest.mark.parametrize(
    ("pattern", "unique", "message"),
    [
        ("A-{digit:2}", False, r"position 3: unknown placeholder 'digit'; did you mean 'digits'\?"),
        ("A-{LETTERS:2}", False, r"did you mean 'letters'\?"),
        ("A-{digits}", False, r"position 3: \{digits\} says too little; write \{digits:6\}"),
        ("A-{digits:0}", False, "position 3: 0 is no number of characters"),
        ("A-{digits:x}", False, "'x' is no range"),
        ("A-{digits:6", False, r"position 3: '\{' stands alone; close it"),
        ("A-}", False, r"position 3: '\}' stands alone; write \}\}"),
        ("{choice:A|A}", False, "'A' is there twice"),
        ("{number:9-1}", False, "no number from 9 to 1"),
        ("{row}{row}", False, "twice"),
        ("{row:x}", False, r"write \{row\}, or \{row:8\}"),
        ("{digits:900}{digits:900}", False, "up to 1,800 bytes, 1,000 are possible"),
        ("{digits:200}", False, "up to 200 bytes do not fit"),
        ("{digits:2}", True, "100 values fit, 300 rows asked"),
        ("{letters:1}{choice:A|B}", True, "52 values fit, 300 rows asked"),
        ("{row:2}", False, r"\{row:2\} counts to 99, 300 rows asked"),
        ("{number:1-99999}{number:1-99999}", True, "several ways"),
        ("{number:1-99999}{row}", True, "several ways"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(pattern: str, unique: bool, message: str) -> None:
    with pytest.raises(DwSimError) as refused:
        values(pattern, is_unique=unique)
    assert re.search(message, str(refused.value))


def test_texts_that_come_about_in_several_ways_are_counted_once_where_they_are_few() -> None:
    found = values("{number:1-12}{number:1-12}", 120, is_unique=True)
    assert len(set(found)) == 120
    with pytest.raises(DwSimError, match="142 values fit, 144 rows asked"):
        values("{number:1-12}{number:1-12}", 144, is_unique=True)


def test_a_key_of_two_patterns() -> None:
    rule = {"name": "pattern", "pattern": "{letters:1}{digits:1}"}
    plan = planned(
        table("t", 2000, column("a", V, rule=rule), column("b", V, rule=rule), primary_key=["a", "b"])
    )
    both = zip(*(made(plan, "t", name) for name in "ab"), strict=True)
    assert len(set(both)) == 2000


def test_the_examples_of_grammars_hold() -> None:
    found = doctest.testmod(grammar)
    assert (found.failed, found.attempted > 2) == (0, True)
