"""The pass that gives shared values a home: hidden tables, and the references to them.

    customers (tenant INT, no INT, PRIMARY KEY (tenant, no))
    products  (tenant INT, no INT, PRIMARY KEY (tenant, no))
    baskets   (tenant INT, customer INT, product INT)       references both, by one tenant

Nothing here is a table of tenants, and yet a basket needs a customer and a product of one. So there is one:
`customers(tenant)`, of some tenants, which customers and products reference and nobody writes. What follows
finds no difference between it and a declared one. A home is also made of plain columns

- by which rows of a table reference rows of their own group: a manager of the own department;
- by which two references to one table agree, and differ otherwise: a transfer's two accounts in one currency;
- within which a key counts: UNIQUE (kind, no) of a plain kind;
- of which a key holds a part: UNIQUE (currency), where (currency, day) references rates;
- that come from each other in a circle: a.x references b.y, and b.y references a.x.

A reference of a reference is made a relation of its own where a key holds a part of it: UNIQUE (tenant, no)
of baskets, whose tenant is that of its customer.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from math import isqrt, prod

from dw_simulator.engine.values.base import Domain, Kernel, is_domain
from dw_simulator.planning.checks.fitting import without
from dw_simulator.planning.columns.roles import is_plain_integer
from dw_simulator.planning.columns.rule_values import build_value
from dw_simulator.planning.draft import Cell, Draft
from dw_simulator.planning.relations.relating import find_loops
from dw_simulator.planning.relations.relation import Relation, is_tree
from dw_simulator.planning.relations.routes import routes
from dw_simulator.schema.model import Column, ForeignKey, Table

_PLENTY = 1 << 62
Values = Domain | Kernel
Spot = tuple[str, tuple[str, ...]]
"""A table, and columns of it."""


def give_homes(draft: Draft) -> None:
    """Add hidden tables where values are shared that have no table, and the relations that keys need."""
    before = sum(map(len, draft.relations.values()))
    tables = sorted(draft.experiment.tables, key=lambda table: table.name)  # their order does not matter
    tables = [table for table in tables if draft.rows[table.name]]
    _house_circles(draft, tables)
    _house_columns_in_circles(draft, tables)
    find_loops(draft)
    for table in tables:
        _house_own_groups(draft, table)
        _house_shared(draft, table)
    for table in sorted(draft.experiment.tables, key=lambda table: table.name):
        for key in table.least_keys:
            if not all((table.name, name) in draft.given_at for name in key):
                _add_implied(draft, table, key)
        counted = any(relation.declared.children for relation in draft.relations[table.name])
        if not (counted or draft.is_hidden(table)):
            any(_house_counted(draft, table, key) for key in table.least_keys)
    if sum(map(len, draft.relations.values())) != before:
        find_loops(draft)


# --- what needs a home


def _house_circles(draft: Draft, tables: list[Table]) -> None:
    """Columns whose values would come from themselves."""
    for table in tables:
        for relation in _sought(draft, table):
            own: Spot = (table.name, relation.columns)
            onward: Spot = (relation.parent.name, relation.declared.references_columns)
            circle = _ends(draft, onward)
            if own not in circle or draft.looped[relation] or _homed(draft, own):
                continue
            way = circle[: circle.index(own) + 1]
            spots = list(dict.fromkeys(spot for spot in way if own in _ends(draft, spot)))
            if len({owner for owner, _columns in spots}) == len(spots) > 1:
                _Home(draft, spots).add()


def _house_columns_in_circles(draft: Draft, tables: list[Table]) -> None:
    """A tenant that users have from their team, teams from their project, and projects from a user."""
    for table in tables:
        for relation in _sought(draft, table):
            for own in draft.looped[relation] if relation.parent is not table else ():
                cell = (table.name, own)
                reached = _cells_from(draft, cell)
                if not any(_is_key(draft, (owner, (name,))) for owner, name in reached):
                    circle = sorted(other for other in reached if cell in _cells_from(draft, other))
                    _Home(draft, [(owner, (name,)) for owner, name in circle]).add()


def _sought(draft: Draft, table: Table) -> list[Relation]:
    """The relations of a table whose rows are not given."""
    return [relation for relation in draft.relations[table.name] if relation not in draft.told]


def _cells_from(draft: Draft, start: Cell) -> list[Cell]:
    """A column, and all from which its values come, by whichever references."""
    found = [start]
    for owner, name in found:
        onward = [(r.parent.name, r.pairs[name]) for r in draft.relations[owner] if name in r.columns]
        found += dict.fromkeys(cell for cell in onward if cell not in found)
    return found


def _homed(draft: Draft, spot: Spot) -> bool:
    return any(r.home and set(r.columns) == set(spot[1]) for r in draft.relations[spot[0]])


def _house_own_groups(draft: Draft, table: Table) -> None:
    """A table that references its own rows within a tenant, say, where the tenant is a plain column."""
    for relation in _sought(draft, table):
        if relation.parent is table and not relation.is_own_row:
            same = tuple(own for own, target in relation.pairs.items() if own == target)
            if same and len(same) < len(relation.pairs) and not any(_homes(draft, (table.name, same))):
                _Home(draft, _ends(draft, (table.name, same))[-1:]).add()


def _house_shared(draft: Draft, table: Table) -> None:
    """References that share columns whose values have no row in common to come from."""
    seen: set[frozenset[Spot]] = set()
    for one, other in combinations(
        [r for r in _sought(draft, table) if r.parent_rows and not r.is_own_row], 2
    ):
        shared = tuple(name for name in one.columns if name in other.columns)
        spots = [(r.parent.name, tuple(r.pairs[name] for name in shared)) for r in (one, other)]
        if not shared or frozenset(spots) in seen:
            continue
        seen.add(frozenset(spots))
        first = set(_homes(draft, spots[0]))
        if not any(spot in first for spot in _homes(draft, spots[1])):
            _join(draft, spots)


def _join(draft: Draft, spots: list[Spot]) -> None:
    """Let values of two places come from one home."""
    ends = [_ends(draft, spot) for spot in spots]
    common = [spot for spot in ends[0] if spot in ends[1]]
    roots = common[-1:] or [ends[0][-1], ends[1][-1]]
    keyed = [spot for spot in roots if _is_key(draft, spot)]
    if len(roots) == 2 and len(keyed) == 1:
        (home,) = keyed
        (guest,) = (spot for spot in roots if spot not in keyed)
        given = any((guest[0], name) in draft.given_at for name in guest[1])
        if not (given or _leads_to(draft, home, guest)):
            _refer(draft, guest, home, is_home=True)
    elif not any(_leads_to(draft, one, other) for one in roots for other in roots if one != other):
        _Home(draft, roots).add()


def _house_counted(draft: Draft, table: Table, key: tuple[str, ...]) -> bool:
    """A key that counts within a plain column. Returns whether it has a home now."""
    counting = counting_column(draft, table, key)
    if counting is None or held(draft, table, {name for name in key if name != counting}):
        return False
    for name in key:
        column = table.column(name)
        plain = column is not None and not is_plain_integer(column) and not draft.sources_at(table, name)
        if plain and (name,) not in table.keys and draft.rows[table.name]:
            _Home(draft, [(table.name, (name,))]).add()
            return True
    return False


def _homes(draft: Draft, spot: Spot) -> Iterator[Spot]:
    """Where columns are the key of a row from which their values come."""
    ends = ((owner, tuple(at[name] for name in spot[1])) for _path, owner, at in routes(draft, *spot))
    return (end for end in ends if _is_key(draft, end))


def _ends(draft: Draft, spot: Spot) -> list[Spot]:
    """Everywhere that columns lead, nearest first."""
    found = routes(draft, *spot)
    return list(dict.fromkeys((owner, tuple(at[name] for name in spot[1])) for _path, owner, at in found))


def _is_key(draft: Draft, spot: Spot) -> bool:
    table = draft.experiment.table(spot[0])
    return table is not None and any(set(key) <= set(spot[1]) for key in table.keys)


def _leads_to(draft: Draft, start: Spot, goal: Spot) -> bool:
    """Whether values of some columns come from others, by whichever references."""
    goals = {(goal[0], name) for name in goal[1]}
    return any(not goals.isdisjoint(_cells_from(draft, (start[0], name))) for name in start[1])


def _refer(draft: Draft, guest: Spot, home: Spot, *, is_home: bool = False) -> None:
    table, parent = draft.experiment.table(guest[0]), draft.experiment.table(home[0])
    assert table is not None, "spots name tables"
    assert parent is not None, "spots name tables"
    declared = ForeignKey(columns=guest[1], references_table=parent.name, references_columns=home[1])
    relation = Relation(table, declared, parent, draft.rows[parent.name], not is_home, is_home)
    draft.relations[table.name].append(relation)
    draft.looped[relation] = frozenset()


@dataclass(frozen=True)
class _Home:
    """A hidden table in the making: the home of what some columns share, here or in several tables.

    needed  rows that it has to have at the least
    """

    draft: Draft
    spots: list[Spot]
    needed: int = 1

    def add(self) -> bool:
        """Add it, where values of these columns can be counted. Returns whether it is there now."""
        tables = [self._table(spot) for spot in self.spots]
        name = min(f"{owner}({', '.join(columns)})" for owner, columns in self.spots)
        columns = [self._column(k, tables) for k in range(len(self.spots[0][1]))]
        if self.draft.experiment.table(name) is not None or None in columns:
            return False
        held = tuple(column for column, _values in filter(None, columns))
        key = tuple(column.name for column in held)
        gone = {"unique": (), "composite_keys": (), "foreign_keys": (), "checks": (), "faults": ()}
        gone["correlate"] = ()
        home = tables[0].changed(name=name, columns=held, primary_key=key, **gone)
        self.draft.experiment = self.draft.experiment.changed(tables=(*self.draft.experiment.tables, home))
        for column, values in filter(None, columns):
            if values is not None:
                self.draft.values[name, column.name] = values
        self.draft.relations[name] = []
        self._inherit(home)
        self.draft.rows[name] = self._rows(home, tables, [own for _column, own in filter(None, columns)])
        inherited = {column for relation in self.draft.relations[name] for column in relation.columns}
        for column in held:
            if (name, column.name) not in self.draft.values and column.name not in inherited:
                build_value(self.draft, home, column)
        for spot in self.spots:
            _refer(self.draft, spot, (name, key), is_home=True)
        return True

    @property
    def _cells(self) -> set[Cell]:
        return {(owner, name) for owner, columns in self.spots for name in columns}

    def _table(self, spot: Spot) -> Table:
        table = self.draft.experiment.table(spot[0])
        assert table is not None, "spots name tables"
        return table

    def _column(self, k: int, tables: list[Table]) -> tuple[Column, Values | None] | None:
        """A column and the values that fit it everywhere, or those of a reference; None for neither."""
        found: list[tuple[int, Column, Values | None]] = []
        for table, (_owner, columns) in zip(tables, self.spots, strict=True):
            column = _column_of(table, columns[k])
            sources = self.draft.sources_at(table, column.name)
            if sources and all((r.parent.name, r.pairs[column.name]) in self._cells for r in sources):
                found.append((_PLENTY, column, None))  # a circle: the home has values of its own
            elif any(r.parent is not table and set(r.columns) <= set(columns) for r in sources):
                found.append((0, column, None))
            elif not sources and (own := self._movable(table, columns, column)) is not None:
                found.append((own.natural if is_domain(own) else 0, column, own))
            else:  # an entity's, or what is said by a reference that says more than a home could
                return None
        size, column, values = min(found, key=lambda one: one[0])
        if size and values is not None:
            values = _common(values, [other for _size, _column, other in found if is_domain(other)])
            if values is None:
                return None
        first = _column_of(tables[0], self.spots[0][1][k])
        bare = {"foreign_key": None, "is_unique": False, "required": True, "null_fraction": None}
        return column.changed(name=first.name, null_when=None, **bare), values

    def _movable(self, table: Table, columns: tuple[str, ...], column: Column) -> Values | None:
        """What a column offers, where the home can have it: each value its own, but for a shape in no key."""
        values = self.draft.values.get((table.name, column.name))
        keyed = any(set(columns) & set(key) for key in table.least_keys)
        alone = len(self.spots) == 1 and not keyed and self.needed == 1
        if (table.name, column.name) in {*self.draft.entities, *self.draft.given_at}:
            return None
        return values if is_domain(values) or (isinstance(values, Kernel) and alone) else None

    def _inherit(self, home: Table) -> None:
        """The references that the columns have where they come from."""
        for owner, columns in self.spots:
            names = dict(zip(columns, home.primary_key, strict=True))
            for relation in self.draft.relations[owner]:
                own = tuple(names[name] for name in relation.columns if name in names)
                known = any(set(other.columns) == set(own) for other in self.draft.relations[home.name])
                inside = all(
                    (relation.parent.name, at) in self._cells for at in relation.declared.references_columns
                )
                if len(own) == len(relation.columns) and not (inside or known):
                    goal = (relation.parent.name, relation.declared.references_columns)
                    _refer(self.draft, (home.name, own), goal, is_home=True)

    def _rows(self, home: Table, tables: list[Table], values: list[Values | None]) -> int:
        """Groups of a few rows at the least; about the root of the rows where a column says nothing."""
        rows = [self.draft.rows[table.name] for table in tables]
        spots = list(zip(tables, rows, (columns for _owner, columns in self.spots), strict=True))
        shaped = any(isinstance(one, Kernel) for one in values)
        few = [shaped or is_plain_integer(_column_of(table, columns[-1])) for table, _count, columns in spots]
        usual = min(max(isqrt(n) if one else n // 3 for n, one in zip(rows, few, strict=True)), *rows)
        needed = max(self.needed, *(_groups_needed(self.draft, *spot) for spot in spots))
        inherited = {name for relation in self.draft.relations[home.name] for name in relation.columns}
        most = prod(max(relation.parent_rows, 1) for relation in self.draft.relations[home.name])
        for column, own in zip(home.columns, values, strict=True):
            if column.name not in inherited:
                most *= own.natural if is_domain(own) else _PLENTY
        return min(max(usual, needed, 1), max(most, 1))


def _common(values: Values, others: list[Domain]) -> Values | None:
    """Those of some values that others may be, too; None where that is none."""
    for facts in (other.facts for other in others):
        listed = values.facts.listed
        if listed is not None:
            kept = without(values, [value for value in listed if not facts.may_be(value)])
        elif facts.ends is not None and not values.facts.within(*facts.ends):
            kept = values.between(*facts.ends)
        else:
            continue
        if kept is None:
            return None
        values = kept
    return values


def _column_of(table: Table, name: str) -> Column:
    column = table.column(name)
    assert column is not None, "keys and references name columns"
    return column


def _groups_needed(draft: Draft, table: Table, rows: int, columns: tuple[str, ...]) -> int:
    """How many groups by some columns are needed so that keys have room for the rows of each."""
    needed = 0
    for key in (key for key in table.least_keys if set(columns) & set(key)):
        room = 1
        for name in set(key) - set(columns):
            sources, values = draft.sources_at(table, name), draft.values.get((table.name, name))
            if sources:
                room *= max(relation.parent_rows for relation in sources)
            elif is_domain(values):
                room *= values.size
            else:
                room = rows
        needed = max(needed, -(-rows // max(room, 1)))
    return needed


# --- what keys need


def _add_implied(draft: Draft, table: Table, key: tuple[str, ...]) -> None:
    """References that follow from declared ones of which a key holds a part: the tenant of a customer."""
    for relation in list(draft.relations[table.name]):
        part = tuple(name for name in relation.columns if name in key)
        if (
            relation.implied
            or relation.is_own_row
            or not part
            or relation.determined_by(draft.closure(table, key))
        ):
            continue
        covered = any(set(part) <= set(other.columns) for other in held(draft, table, set(key)))
        if covered and len(table.least_keys) == 1:
            continue  # several keys may need what their references have in common
        if not _imply(draft, relation, part):
            for own in part:
                _imply(draft, relation, (own,))


def _imply(draft: Draft, relation: Relation, part: tuple[str, ...]) -> bool:
    """Add the reference that some columns of another one make on their own, if there is one."""
    table, targets = relation.table, tuple(relation.pairs[own] for own in part)
    if any(set(other.columns) == set(part) for other in draft.relations[table.name]):
        return True
    for path, owner, found in routes(draft, relation.parent.name, targets):
        columns = tuple(found[target] for target in targets)
        if path and _is_key(draft, (owner, columns)):
            _refer(draft, (table.name, part), (owner, columns))
            return True
    end = _ends(draft, (relation.parent.name, targets))[-1]
    if not _Home(draft, [end], _groups_needed(draft, table, draft.rows[table.name], part)).add():
        return False
    return _imply(draft, relation, part)


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
        and is_domain(draft.values.get((table.name, name)))
    ]
    return plain[-1] if plain else None


def held(draft: Draft, table: Table, columns: Iterable[str]) -> list[Relation]:
    """The relations whose row some columns determine, those of most columns first."""
    known = draft.closure(table, columns)
    found = [r for r in draft.relations[table.name] if r.determined_by(known)]
    return sorted(found, key=lambda relation: -len(relation.columns))


def uncounted(draft: Draft, table: Table, key: tuple[str, ...]) -> Iterator[Relation]:
    """The relations that a key holds beside the column that counts; rows of a tree do not stand by it."""
    counting = counting_column(draft, table, key)
    found = held(draft, table, {name for name in key if name != counting})
    return (relation for relation in found if not is_tree(relation))
