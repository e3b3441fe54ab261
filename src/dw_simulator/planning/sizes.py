"""The pass that says how many rows each table has."""

from dw_simulator.errors import Refusal, closest
from dw_simulator.planning.draft import Draft
from dw_simulator.planning.relations.fan_out import childless_parents, mean_count
from dw_simulator.planning.relations.relation import null_share
from dw_simulator.planning.tallying import is_tallied, tally
from dw_simulator.schema.model import DEFAULT_ROWS, MAX_ROWS, ForeignKey, Table, TableRows


def size_tables(draft: Draft) -> None:
    """As many rows as the request says, else the schema, else the references that say `children`."""
    names = [table.name for table in draft.experiment.tables]
    for name in draft.asked:
        if name not in names:
            draft.refuse(name, f"there is no table {name!r}{closest(name, names)}")
    for table in draft.experiment.tables:
        rows = _rows(draft, table, ())
        if not 0 <= rows <= MAX_ROWS:
            draft.refuse(table.name, f"{rows:,} rows are asked", f"ask for 0 to {MAX_ROWS:,}")
            rows = 0
        draft.rows[table.name] = rows
    _check_counted(draft)


def _check_counted(draft: Draft) -> None:
    """The parents whose column was asked how many children each has are as many as there are."""
    for (name, columns), (grouping, _kernel) in draft.tallies.items():
        table = draft.experiment.table(name)
        assert table is not None, "it has been counted"
        parents = [one.references_table for one in table.references if one.columns == columns]
        for parent in (one for one in parents if draft.rows[one] != grouping.size):
            words = f"rows: those of {parent} follow those of {name}, which a column of {parent} counts"
            draft.refuse(parent, words, "give one of them a number")


def _given_rows(draft: Draft, table: Table) -> int:
    count = draft.experiment.rows_of(table)
    asked = draft.asked.get(table.name, count)
    if asked != count:
        words = f"its rows are given, which are {count:,}, and {asked:,} are asked"
        draft.refuse(table.name, words, "ask for no number, or give other rows")
    return count


def _rows_in_proportion(draft: Draft, table: Table, rows: TableRows, on_the_way: tuple[str, ...]) -> int:
    other = draft.experiment.table(rows.per or "")
    assert other is not None, "the model has checked"
    way = (*on_the_way, table.name)
    if other.name in way or table.name in on_the_way:
        circle = " -> ".join(dict.fromkeys((*way, other.name)))
        draft.refuse(table.name, f"rows: those of {circle} wait for each other", "give one of them a number")
        return 0
    return rows.in_proportion(_rows(draft, other, way))


def _rows(draft: Draft, table: Table, on_the_way: tuple[str, ...]) -> int:
    if table.rows is not None and table.rows.are_given:
        return _given_rows(draft, table)
    if table.name in draft.asked:
        return draft.asked[table.name]
    if table.rows is not None:
        return _rows_in_proportion(draft, table, table.rows, on_the_way)
    if table.target_rows is not None or table.name in on_the_way:
        return table.declared_rows
    for reference in table.references:
        rows = _rows_of_children(draft, table, reference, on_the_way)
        if rows is not None:
            return rows
    return DEFAULT_ROWS


def _rows_of_children(
    draft: Draft, table: Table, reference: ForeignKey, on_the_way: tuple[str, ...]
) -> int | None:
    """How many rows the children of a reference make; None where that is left open."""
    parent = draft.experiment.table(reference.references_table)
    if reference.children is None or parent is None:
        return None
    try:
        if is_tallied(reference) and (table.name, reference.columns) not in draft.tallying:
            return tally(draft, table, reference).rows
        mean = mean_count(draft, table, reference)
    except Refusal as refusal:
        draft.refuse(f"{table.name}({', '.join(reference.columns)})", refusal.message, refusal.mend)
        return 0
    share = null_share(table, reference)
    if mean is None or share >= 1:
        return None
    parents = _rows(draft, parent, (*on_the_way, table.name))
    fertile = parents - childless_parents(reference, parents)
    rows = fertile * mean.numerator // mean.denominator
    return round(rows / (1 - share)) if share else rows
