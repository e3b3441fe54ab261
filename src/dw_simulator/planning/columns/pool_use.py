"""Which columns depend on which pool."""

from collections.abc import Iterable, Mapping

from dw_simulator.planning.draft import Cell, Draft


def pool_columns(draft: Draft) -> Mapping[str, frozenset[Cell]]:
    """For each pool the columns whose values depend on it, by whatever way.

    A pool's size decides how the keys of its columns are counted through, and so do the values by which rows
    stand together: what is in a key with such a column, or in its table where it groups the rows, depends on
    the pool, too.
    """
    makes: dict[Cell, set[Cell]] = {}
    for place, sources in draft.sources.items():
        for source in sources:
            makes.setdefault(source, set()).add(place)
    return {name: _closed(draft, makes, columns) for name, columns in draft.pools.columns.items() if columns}


def _closed(draft: Draft, makes: Mapping[Cell, set[Cell]], columns: Iterable[Cell]) -> frozenset[Cell]:
    """Columns, and all that follow from them."""
    known: set[Cell] = set()
    fresh = set(columns)
    while fresh:
        known |= fresh
        followers = {follower for place in fresh for follower in makes.get(place, set())}
        followers |= {other for place in fresh for other in _counted_with(draft, place)}
        fresh = followers - known
    return frozenset(known)


def _counted_with(draft: Draft, place: Cell) -> Iterable[Cell]:
    """The columns that share a key with a column, and those of all tables whose rows share its values."""
    table = draft.experiment.table(place[0])
    assert table is not None, "only columns of the schema have rules"
    found = [(table.name, name) for key in table.keys if place[1] in key for name in key]
    homes = {r.parent.name for r in draft.relations_at(table, place[1]) if draft.is_hidden(r.parent)}
    for other in draft.experiment.tables if homes else ():
        if any(relation.parent.name in homes for relation in draft.relations[other.name]):
            found += [(other.name, column.name) for column in other.columns]
    return found
