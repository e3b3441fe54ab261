"""The pass that collects entities: which columns of a table speak of the same thing of a row.

Of the columns

    first_name   {"name": "person", "field": "first_name", "entity": "buyer"}
    email        {"name": "person", "field": "email", "entity": "buyer"}
    city         {"name": "place", "field": "city"}

the first two speak of one person, and the third speaks of a place alone. An entity has one world, from which
its columns take what they show, and one selector (`kernels`), which says whom a row is about.
"""

from dw_simulator.planning.columns.rule_values import spec_of
from dw_simulator.planning.draft import Draft
from dw_simulator.ports.rule import (
    Entity,
    EntityKey,
    EntityRule,
    Member,
)
from dw_simulator.schema.model import Table


def collect_entities(draft: Draft) -> None:
    """Note for every column of an entity, which one that is."""
    for table in draft.experiment.tables:
        known = draft.collected.setdefault(table.name, {})  # which the specs of the members hold, too
        for key, members in _members(draft, table).items():
            known[key] = Entity(draft.seed, table.name, *key, tuple(members))
            draft.entities |= {(table.name, member.name): known[key] for member in members}


def _members(draft: Draft, table: Table) -> dict[EntityKey, list[Member[EntityRule]]]:
    """The columns of each entity. What is wrong with a rule is told when its values are built."""
    found: dict[EntityKey, list[Member[EntityRule]]] = {}
    for column in table.columns:
        spec, rule = column.rule_spec, draft.rule_of(column)
        if spec is not None and rule is not None and (own := rule.entity_rule) is not None:
            found.setdefault((spec.name, own.entity), []).append(Member(spec_of(draft, table, column), own))
    return found
