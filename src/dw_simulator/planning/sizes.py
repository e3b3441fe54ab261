"""The pass that says how many rows each table has."""

from dw_simulator.errors import Refusal, closest
from dw_simulator.planning.draft import Draft
from dw_simulator.planning.relations.fan_out import childless_parents, mean_count
from dw_simulator.planning.relations.relation import null_share
from dw_simulator.planning.tallying import is_tallied, tally
from dw_simulator.schema.model import DEFAULT_ROWS, MAX_ROWS, Table


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


def _given_rows(draft: Draft, table: Table) -> int:
    count = draft.experiment.rows_of(table)
    asked = draft.asked.get(table.name, count)
    if asked != count:
        words = f"its rows are given, which are {count:,}, and {asked:,} are asked"
        draft.refuse(table.name, words, "ask for no number, or give other rows")
    return count


def _rows(draft: Draft, table: Table, on_the_way: tuple[str, ...]) -> int:
    if table.rows is not None:
        return _given_rows(draft, table)
    if table.name in draft.asked:
        return draft.asked[table.name]
    if table.target_rows is not None or table.name in on_the_way:
        return table.declared_rows
    for reference in table.references:
        parent = draft.experiment.table(reference.references_table)
        if reference.children is not None and parent is not None:
            try:
                if is_tallied(reference) and (table.name, reference.columns) not in draft.tallying:
                    return tally(draft, table, reference).rows
                mean = mean_count(draft, table, reference)
            except Refusal as refusal:
                draft.refuse(f"{table.name}({', '.join(reference.columns)})", refusal.message, refusal.mend)
                return 0
            share = null_share(table, reference)
            if mean is not None and share < 1:
                parents = _rows(draft, parent, (*on_the_way, table.name))
                fertile = parents - childless_parents(reference, parents)
                rows = fertile * mean.numerator // mean.denominator
                return round(rows / (1 - share)) if share else rows
    return DEFAULT_ROWS
