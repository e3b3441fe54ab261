"""How rows stand together by a reference, for whoever is made from the rows around another."""

from dw_simulator.engine.selectors.groups import Even, Grouping
from dw_simulator.errors import Refusal, closest
from dw_simulator.planning.draft import Draft
from dw_simulator.planning.relations.relation import Relation, meant
from dw_simulator.schema.model import Table

_NOBODY = Even(0, 1)
"""Rows that belong to no parent."""


def tree_of(draft: Draft, table: Table, reference: str) -> Relation:
    """The reference of a table to itself in which every row stands after the one above it. Raises Refusal."""
    found = [one for one in draft.declared_at(table, reference) if one.parent is table]
    if not found:
        raise Refusal(
            f"{table.name}.{reference} does not lead to {table.name} itself", "name a column that does"
        )
    relation = found[0]
    if relation in draft.void or not draft.is_tree(relation):
        raise Refusal(
            f"the rows of {table.name} are no tree by {reference}, so that none comes before all others",
            'say "tree": {"roots": 1} at the reference, or let it be NULL',
        )
    return relation


def standing(draft: Draft, table: Table, reference: str, parent: Table | None = None) -> Grouping:
    """The rows of a table by the row that a column references; in the parent, where one is named.

    Raises Refusal where they do not stand together by that.
    """
    void = [one for one in draft.void if one.table.name == table.name and reference in one.columns]
    found = [*draft.declared_at(table, reference), *void]
    if draft.told.intersection(found):
        words = f"the rows of {table.name} are given, so that they do not stand together by {reference}"
        raise Refusal(words, "make its rows, or leave this out")
    if not found:
        names = [own for relation in draft.relations[table.name] for own in relation.columns]
        words = f"{table.name}.{reference} is no reference{closest(reference, names)}"
        raise Refusal(words, "name a column of a foreign key")
    relations = meant(found, reference, parent)
    if not relations:
        assert parent is not None, "each is meant where no parent is named"
        raise Refusal(
            f"{table.name}.{reference} references {found[0].parent.name}, not {parent.name}",
            f"name a column of a foreign key of {table.name} that leads here",
        )
    if len(relations) > 1:
        words = f"{table.name}.{reference} stands in {len(relations)} references of several columns"
        raise Refusal(words, "name a column that stands in one of them alone")
    (relation,) = relations
    if (table.name, relation.columns) in draft.tallying:
        raise Refusal(
            f"how many rows of {table.name} each {reference} has follows from a column that asks for them",
            "let that column know nothing of the rows that it counts",
        )
    whole = draft.groupings.get(relation)
    empty = relation in draft.void or not (draft.rows[table.name] and relation.parent_rows)
    if empty or (whole is not None and not whole.rows):
        return _NOBODY
    ordering = draft.ordering(table)
    if whole is not None and ordering is relation:
        return whole
    by = f", but by {', '.join(ordering.columns)}" if ordering else ""
    raise Refusal(
        f"the rows of {table.name} do not stand together by {reference}{by}",
        "a table's rows stand together by one reference at most, and not by one that is a tree or has "
        "to agree with others: ask for the order of no other one",
    )
