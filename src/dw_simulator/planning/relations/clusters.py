"""What a table would like its rows to stand together by, and the relations that a key needs for it.

Implied relations (the reference of a reference) and groupings by a plain column join the declared ones where
a key, or a reference, needs them.
"""

from math import isqrt

from dw_simulator.engine.values.base import is_domain
from dw_simulator.planning.columns.roles import is_plain_integer
from dw_simulator.planning.draft import Draft, Relation, is_tree
from dw_simulator.planning.relations.routes import routes
from dw_simulator.ports.rule import Derived, Siblings
from dw_simulator.schema.model import ForeignKey, Table


def prefer(draft: Draft, table: Table, firm: set[str]) -> None:
    """Find what a table would like to be clustered by; firmly, where `children` or siblings say so."""
    relations = draft.relations[table.name]
    for relation in relations:
        if relation.declared.children is not None:
            draft.clusters.setdefault(table.name, relation)
            firm.add(table.name)
    _stand_by_siblings(draft, table, firm)
    for relation in [relation for relation in relations if relation.parent is table]:
        _group_own_columns(draft, relation)
    for relation in list(relations):
        _group_parents(draft, relation)
    for key in table.least_keys:
        _add_implied(draft, table, key)
    if table.name in firm:
        cluster = draft.clusters[table.name]
        cluster.numbered |= any(_numbers(draft, table, key, cluster) for key in table.keys)
        return
    for key in table.least_keys:
        cluster_by = _wanted(draft, table, key)
        if cluster_by is not None:
            draft.clusters[table.name] = cluster_by
            return


def _stand_by_siblings(draft: Draft, table: Table, firm: set[str]) -> None:
    """Rows whose values ask for their siblings stand together, where nothing else says how they stand."""
    asked = [
        need.reference
        for (owner, _), values in draft.values.items()
        if owner == table.name and isinstance(values, Derived)
        for need in values.needs
        if isinstance(need, Siblings)
    ]
    for relation in (relation for name in asked for relation in draft.declared_at(table, name)[:1]):
        if table.name not in draft.clusters and not is_tree(relation):
            draft.clusters[table.name] = relation
            relation.numbered = True
            firm.add(table.name)


def _group_parents(draft: Draft, relation: Relation) -> None:
    """Two references to rows of one country, say, where the country is a plain column of the cities."""
    for other in draft.relations[relation.table.name]:
        shared = [name for name in relation.columns if name in other.columns]
        targets = tuple(relation.pairs[name] for name in shared)
        if other is relation or not shared or other.parent is not relation.parent or relation.domain:
            continue
        if targets != tuple(other.pairs[name] for name in shared) or relation.determined_by(set(shared)):
            continue
        parent = relation.parent
        grouped = any(one.domain for one in draft.relations[parent.name])
        if not grouped and not any(draft.sources_at(parent, target) for target in targets):
            _add_domain(draft, parent, targets)


def _add_implied(draft: Draft, table: Table, key: tuple[str, ...]) -> None:
    """References that follow from declared ones of which a key holds a part: the tenant of a customer."""
    for relation in list(draft.relations[table.name]):
        part = tuple(name for name in relation.columns if name in key)
        if (
            relation.domain
            or relation.implied
            or not part
            or relation.determined_by(draft.closure(table, key))
        ):
            continue
        covered = any(set(part) <= set(other.columns) for other in within(draft, table, set(key)))
        if covered and len(table.least_keys) == 1:
            continue  # several keys may need what their references have in common
        if not _imply(draft, relation, part):
            for own in part:
                _imply(draft, relation, (own,))


def _imply(draft: Draft, relation: Relation, part: tuple[str, ...]) -> bool:
    """Add the reference that some columns of another one make on their own, if there is one."""
    table, targets = relation.table, tuple(relation.pairs[own] for own in part)
    if any(set(other.columns) == set(part) and not other.domain for other in draft.relations[table.name]):
        return True
    for path, owner, found in routes(draft, relation.parent.name, targets):
        parent = draft.experiment.table(owner) if path and isinstance(owner, str) else None
        columns = tuple(found[target] for target in targets)
        if parent is not None and any(set(unique) <= set(columns) for unique in parent.keys):
            declared = ForeignKey(columns=part, references_table=parent.name, references_columns=columns)
            rows = draft.rows[parent.name]
            draft.relations[table.name].append(Relation(table, declared, parent, rows, implied=True))
            return True
    return False


def _group_own_columns(draft: Draft, relation: Relation) -> None:
    """A table that references its own rows within a tenant, say, where the tenant is a plain column."""
    table = relation.table
    same = tuple(own for own, target in relation.pairs.items() if own == target)
    grouped = {name for other in draft.relations[table.name] if other.domain for name in other.columns}
    plain = tuple(name for name in same if name not in grouped and not draft.sources_at(table, name))
    if plain and len(same) < len(relation.pairs):
        _add_domain(draft, table, plain)


def _add_domain(draft: Draft, table: Table, names: tuple[str, ...]) -> Relation | None:
    """Group rows by a plain column; any further columns follow from the group."""
    values, column = draft.values.get((table.name, names[0])), table.column(names[0])
    if values is None or column is None or not is_domain(values):
        return None
    rows = draft.rows[table.name]
    # groups of a few rows at the least; about the root of the rows where the column says nothing
    size = max(isqrt(rows) if is_plain_integer(column) else rows // 3, 1)
    size = min(values.natural, rows if any(set(key) <= set(names) for key in table.keys) else size)
    declared = ForeignKey(columns=names, references_table=table.name, references_columns=names)
    relation = Relation(table, declared, table, size, domain=True)
    draft.relations[table.name].append(relation)
    return relation


def counting_column(draft: Draft, table: Table, key: tuple[str, ...]) -> str | None:
    """The last plain whole number of a key of several columns: the one that can number rows."""
    if len(key) < 2:
        return None
    plain = [
        name
        for name in key
        if (column := table.column(name)) is not None
        and is_plain_integer(column)
        and not draft.sources_at(table, name)
        and (table.name, name) in draft.values
        and is_domain(draft.values[table.name, name])
        and not any(other.domain and name in other.columns for other in draft.relations[table.name])
    ]
    return plain[-1] if plain else None


def _numbers(draft: Draft, table: Table, key: tuple[str, ...], relation: Relation) -> bool:
    counting = counting_column(draft, table, key)
    return counting is not None and relation.determined_by(draft.closure(table, set(key) - {counting}))


def _wanted(draft: Draft, table: Table, key: tuple[str, ...]) -> Relation | None:
    """The relation that this key would have rows stand together by, if any."""
    counting = counting_column(draft, table, key)
    # rows of a tree stand after their parents, not together by them
    held = [r for r in within(draft, table, {n for n in key if n != counting}) if not is_tree(r)]
    if counting is not None:
        chosen = held[0] if held else _grouping_column(draft, table, key)
        if chosen is not None:
            chosen.numbered = True
        return chosen
    uneven = [relation for relation in held if relation.declared.skew or relation.declared.childless]
    if uneven and len(key) > 1:
        return uneven[0]
    tied = [r for r in held if any(share_columns(r, other) for other in held)]
    # by what most keys have in common, if anything
    return max(tied, key=lambda relation: _keys_of(draft, relation), default=None)


def _keys_of(draft: Draft, relation: Relation) -> int:
    """How many keys determine a relation."""
    keys = (draft.closure(relation.table, key) for key in relation.table.least_keys)
    return sum(relation.determined_by(key) for key in keys)


def within(draft: Draft, table: Table, key: set[str]) -> list[Relation]:
    """The relations whose row a key determines, those of most columns first."""
    known = draft.closure(table, key)
    found = [
        relation
        for relation in draft.relations[table.name]
        if not relation.domain and relation.determined_by(known)
    ]
    return sorted(found, key=lambda relation: -len(relation.columns))


def share_columns(one: Relation, other: Relation) -> bool:
    """Whether two relations of a table have a column in common."""
    return one is not other and bool(set(one.columns) & set(other.columns))


def _grouping_column(draft: Draft, table: Table, key: tuple[str, ...]) -> Relation | None:
    for relation in draft.relations[table.name]:
        if relation.domain and relation.columns[0] in key:
            return relation
    for name in key:
        column = table.column(name)
        free = column is not None and not is_plain_integer(column) and not draft.sources_at(table, name)
        if free and (name,) not in table.keys:
            return _add_domain(draft, table, (name,))
    return None
