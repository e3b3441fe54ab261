"""The pass that makes a relation of every declared reference: the first of those that plan them."""

from dw_simulator.planning.draft import Draft, Relation


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
