"""The pass that makes a relation of every declared reference: the first of those that plan them."""

from dw_simulator.engine.selectors.sampling import Chance
from dw_simulator.planning.draft import Draft
from dw_simulator.planning.relations.relation import Relation
from dw_simulator.planning.relations.trivial import void_columns
from dw_simulator.schema.model import Table


def relate_tables(draft: Draft) -> None:
    """Every declared reference becomes a relation."""
    draft.experiment = draft.experiment.changed(
        tables=tuple(map(_without_equal_nulls, draft.experiment.tables))
    )
    for table in draft.experiment.tables:
        relations = draft.relations[table.name] = []
        for declared in table.references:
            parent = draft.experiment.table(declared.references_table)
            assert parent is not None, "the model has checked references"
            relation = Relation(table, declared, parent, draft.rows[parent.name])
            if declared.null_fraction == 1 and (names := void_columns(draft.experiment, table, declared)):
                draft.void[relation] = names
                always = Chance(draft.stream(table, names, "null"), 1.0)
                draft.nulls |= {(table.name, name): always for name in names}
                continue
            relations.append(relation)
            _check_parent(draft, relations[-1])
            _note_part(draft, relations[-1])
    find_loops(draft)
    for relation in draft.looped:
        _note_rules(draft, relation)


def _without_equal_nulls(table: Table) -> Table:
    """The table with no NULLs in keys whose NULLs are not distinct: two of them would be one too many."""
    names = {name for key in table.nulls_not_distinct for name in key}
    columns = tuple(c.changed(null_fraction=0.0) if c.name in names else c for c in table.columns)
    return table.changed(columns=columns) if names else table


def find_loops(draft: Draft) -> None:
    """Note the columns by which references come back to their own row: a document's id, of its version.

    A key that would come from itself is another matter, and refused.
    """
    some = (draft.relations[name] for name in sorted(draft.relations))
    draft.looped = {relation: frozenset() for relations in some for relation in relations}
    for relation in draft.looped:
        draft.looped[relation] = _looped(draft, relation)


def _looped(draft: Draft, relation: Relation) -> frozenset[str]:
    if relation.parent is relation.table:
        circles = {min(circle) for own in relation.columns if (circle := _circle(relation, own))}
        return frozenset(own for own in circles if draft.relations_at(relation.table, own) == [relation])
    housed = {name for other in draft.relations[relation.table.name] if other.home for name in other.columns}
    back = frozenset(
        own for own in relation.columns if own not in housed and _comes_back(draft, relation, own)
    )
    return frozenset() if relation.determined_by(back) else back


def _circle(relation: Relation, own: str) -> list[str]:
    """The columns from which one leads back to itself, as (b, a) references (a, b); of itself, just that."""
    found = [own]
    while (onward := relation.pairs.get(found[-1])) is not None and onward != own and onward not in found:
        found.append(onward)
    return found if onward == own else []


def _comes_back(draft: Draft, relation: Relation, own: str) -> bool:
    goal = (relation.table.name, own)
    waiting = [(relation.parent.name, relation.pairs[own])]
    for table, column in waiting:
        for onward in draft.relations[table]:
            if column in onward.columns and onward is not relation and column not in draft.looped[onward]:
                place = (onward.parent.name, onward.pairs[column])
                if place == goal:
                    return True
                if place not in waiting:
                    waiting.append(place)
    return False


def _note_part(draft: Draft, relation: Relation) -> None:
    if not any(set(key) <= set(relation.declared.references_columns) for key in relation.parent.keys):
        columns = ", ".join(relation.declared.references_columns)
        draft.warnings.append(
            f"{relation.label}: ({columns}) is a part of a key of {relation.parent.name}, so its values are "
            "values that are there, of no certain row"
        )


def _note_rules(draft: Draft, relation: Relation) -> None:
    for column in (relation.table.column(name) for name in relation.columns):
        if column is not None and column.rule and relation in draft.sources_at(relation.table, column.name):
            draft.warnings.append(
                f"{relation.table.name}.{column.name}: its values are those of {relation.parent.name}, "
                f"so its rule {column.rule.name} was left out"
            )


def _check_parent(draft: Draft, relation: Relation) -> None:
    if relation.parent_rows == 0 and draft.rows[relation.table.name] > 0:
        columns = [relation.table.column(name) for name in relation.columns]
        if not any(column and relation.optional(column) for column in columns):
            draft.refuse(
                relation.label,
                f"references {relation.parent.name}, which has 0 rows",
                f"give {relation.parent.name} rows, or let the reference be NULL",
            )
