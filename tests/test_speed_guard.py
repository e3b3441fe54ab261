"""The guard of speed fails when it should. (What it counts is counted by `make bench-quick`.)"""

import json
from pathlib import Path

from benchmarks.counted import workloads
from benchmarks.quick import FIGURES, Bench, judged


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


def test_every_figure_has_its_history(tmp_path: Path) -> None:
    kept = json.loads(FIGURES.read_text())["figures"]
    assert set(kept) == {*workloads(tmp_path), *Bench(tmp_path).commands()}
    assert all(figure["count"] > 0 and figure["why"] for history in kept.values() for figure in history)
