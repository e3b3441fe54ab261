"""The passes that say how many rows each table has, and which tables it refers to."""

from dw_simulator.errors import Refusal, closest
from dw_simulator.planning.draft import Draft, Relation, null_share
from dw_simulator.planning.relations.fan_out import childless_parents, mean_count
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


def _rows(draft: Draft, table: Table, on_the_way: tuple[str, ...]) -> int:
    if table.name in draft.asked:
        return draft.asked[table.name]
    if table.target_rows is not None or table.name in on_the_way:
        return table.declared_rows
    for reference in table.references:
        parent = draft.experiment.table(reference.references_table)
        if reference.children is not None and parent is not None:
            try:
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


def relate_tables(draft: Draft) -> None:
    """Every declared reference becomes a relation."""
    for table in draft.experiment.tables:
        relations = draft.relations[table.name] = []
        for declared in table.references:
            parent = draft.experiment.table(declared.references_table)
            assert parent is not None, "the model has checked references"
            relations.append(Relation(table, declared, parent, draft.rows[parent.name]))
            _check_parent(draft, relations[-1])
    for relations in draft.relations.values():
        for relation in relations:
            relation.looped = _looped(draft, relation)


def _looped(draft: Draft, relation: Relation) -> frozenset[str]:
    """The columns by which a reference comes back to its own row: a document's id, in its current version.

    A key that would come from itself is another matter, and refused.
    """
    if relation.parent is relation.table:
        same = {own for own, target in relation.pairs.items() if own == target}
        return frozenset(own for own in same if draft.relations_at(relation.table, own) == [relation])
    back = {own for own in relation.columns if _comes_back(draft, relation, own)}
    return frozenset() if relation.determined_by(back) else frozenset(back)


def _comes_back(draft: Draft, relation: Relation, own: str) -> bool:
    goal = (relation.table.name, own)
    waiting = [(relation.parent.name, relation.pairs[own])]
    for table, column in waiting:
        for onward in draft.relations[table]:
            if column in onward.columns and onward is not relation and column not in onward.looped:
                place = (onward.parent.name, onward.pairs[column])
                if place == goal:
                    return True
                if place not in waiting:
                    waiting.append(place)
    return False


def _check_parent(draft: Draft, relation: Relation) -> None:
    if relation.parent_rows == 0 and draft.rows[relation.table.name] > 0:
        columns = [relation.table.column(name) for name in relation.columns]
        if not any(column and relation.optional(column) for column in columns):
            draft.refuse(
                relation.label,
                f"references {relation.parent.name}, which has 0 rows",
                f"give {relation.parent.name} rows, or let the reference be NULL",
            )
