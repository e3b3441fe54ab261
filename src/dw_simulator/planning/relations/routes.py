"""From table to table along references: where the values of a table's columns come from."""

from collections.abc import Iterator

from dw_simulator.planning.draft import Draft
from dw_simulator.planning.relations.relation import Path

_MOST_ROUTES = 200
Route = tuple[Path, str, dict[str, str]]
"""Relations followed, the table that is reached, and where each column's value stands there."""


def routes(draft: Draft, table: str, columns: tuple[str, ...]) -> Iterator[Route]:
    """Every way to follow all of a table's columns to the columns of one other row, nearest first."""
    start = {name: name for name in columns}
    yield (), table, start
    waiting: list[Route] = [((), table, start)]
    passed: dict[Path, set[tuple[str, tuple[str, ...]]]] = {(): {(table, columns)}}
    for path, owner, found in waiting:
        for relation in draft.relations[owner]:
            if not set(found.values()) <= set(relation.columns) or len(waiting) > _MOST_ROUTES:
                continue
            if not relation.parent_rows:
                continue
            onward = {name: relation.pairs[at] for name, at in found.items()}
            goal = (relation.parent.name, tuple(onward.values()))
            if goal in passed[path]:
                continue
            passed[*path, relation] = passed[path] | {goal}
            yield (*path, relation), goal[0], onward
            waiting.append(((*path, relation), goal[0], onward))
