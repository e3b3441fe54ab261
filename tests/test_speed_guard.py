"""The guard of speed fails when it should. (What it counts is counted by `make bench-quick`.)"""

import json

import pytest
from benchmarks.counted import NAMES
from benchmarks.quick import FIGURES, judged


def figures(*counts: int) -> list[dict[str, object]]:
    return [{"count": count, "why": "a reason"} for count in counts]


def test_a_tenth_more_is_too_much() -> None:
    kept = {"a": figures(1000), "b": figures(10)}
    assert judged(kept, {"a": 1099, "b": 10}) == []
    assert judged(kept, {"a": 1101, "b": 5}) == ["a: 110.1% of the figure that is kept"]
    assert judged(kept, {"a": 900, "b": 10, "new": 10**9}) == []


def test_many_small_steps_are_one_large_one() -> None:
    kept = {"a": figures(1000, 1090, 1180), "b": figures(100)}
    assert judged(kept, {"a": 1180, "b": 100}) == ["all together: 116.4% of what they were first"]


@pytest.mark.parametrize("name", [*NAMES, "start: help", "start: list", "start: preview", "start: generate"])
def test_every_figure_has_its_history(name: str) -> None:
    history = json.loads(FIGURES.read_text())["figures"][name]
    assert all(figure["count"] > 0 and figure["why"] for figure in history)
