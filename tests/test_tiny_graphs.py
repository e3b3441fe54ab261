"""Of tiny schemas a solver knows what is possible: nothing else is planned, and most of that is.

`python -m tests.test_tiny_graphs 5000` counts over as many schemas as you like.
"""

import sys

import pytest
from tests.support import planned
from tests.tiny_graphs import Solver, tiny

from dw_simulator.errors import PlanError

LEAST_SHARE = 0.86
"""So much of what is possible is planned, at the least."""


def counted(seeds: range) -> tuple[int, int, list[int]]:
    """(how many schemas are possible, how many of them are planned, the seeds planned though impossible)."""
    possible, made, wrong = 0, 0, list[int]()
    for seed in seeds:
        schema = tiny(seed)
        try:
            planned(*schema["tables"])
            accepted = True
        except PlanError:
            accepted = False
        can_be = Solver(schema).is_possible()
        possible += can_be is True
        made += can_be is True and accepted
        if accepted and can_be is False:
            wrong.append(seed)
    return possible, made, wrong


def test_what_is_possible_is_planned_and_nothing_else() -> None:
    possible, made, wrong = counted(range(600))
    assert not wrong
    assert made > LEAST_SHARE * possible


@pytest.mark.parametrize(
    ("keys", "rows", "can_be"),
    [([["a", "b"]], 4, True), ([["a", "b"]], 5, False), ([["a"]], 2, True), ([["a"]], 3, False)],
)
def test_the_solver_knows_what_fits(keys: list[list[str]], rows: int, can_be: bool) -> None:
    parents = {"name": "p", "target_rows": 2, "columns": [{"name": "id"}], "primary_key": ["id"]}
    links = [{"columns": [own], "references_table": "p", "references_columns": ["id"]} for own in ("a", "b")]
    columns = [{"name": "a"}, {"name": "b"}]
    child = {"name": "c", "target_rows": rows, "columns": columns, "primary_key": keys[0]}
    schema = {"name": "x", "tables": [parents, child | {"foreign_keys": links}]}
    assert Solver(schema).is_possible() is can_be


if __name__ == "__main__":
    count = int(sys.argv[1])
    possible, made, wrong = counted(range(count))
    share = f"{made / possible:.1%}"
    print(f"{count:,}: {possible:,} possible, {made:,} of these planned ({share}), wrong: {wrong}")  # noqa: T201
