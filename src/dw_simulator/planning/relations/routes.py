"""From table to table along references: where the values of a table's columns come from."""

from collections.abc import Iterator

from dw_simulator.planning.draft import Draft, Path, Relation

_MOST_ROUTES = 200
Owner = str | Relation
"""Whose rows a route ends at: a table's, or the values of a grouping by a column."""


def routes(
    draft: Draft, table: str, columns: tuple[str, ...]
) -> Iterator[tuple[Path, Owner, dict[str, str]]]:
    """Every way to follow all of a table's columns to the columns of one other row, nearest first.

    Yields (relations followed, whose row is reached, where each column's value stands there).
    """
    start = {name: name for name in columns}
    yield (), table, start
    waiting: list[tuple[Path, str, dict[str, str]]] = [((), table, start)]
    passed: dict[Path, set[tuple[str, tuple[str, ...]]]] = {(): {(table, columns)}}
    for path, owner, found in waiting:
        for relation in draft.relations[owner]:
            if not set(found.values()) <= set(relation.columns) or len(waiting) > _MOST_ROUTES:
                continue
            if not relation.parent_rows:
                continue
            onward = {name: relation.pairs[at] for name, at in found.items()}
            if relation.domain:
                yield (*path, relation), relation, onward
                continue
            goal = (relation.parent.name, tuple(onward.values()))
            if goal in passed[path]:
                continue
            passed[*path, relation] = passed[path] | {goal}
            yield (*path, relation), goal[0], onward
            waiting.append(((*path, relation), goal[0], onward))
