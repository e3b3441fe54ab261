"""The passes for tables whose rows are given: their columns show these, their references lead where they say.

    regions (id INT PRIMARY KEY, label VARCHAR(20))
        rows [{"id": 7, "label": "North"}, {"id": 9, "label": "South"}]
    stores  (id INT PRIMARY KEY, region_id INT REFERENCES regions, opened DATE)
        rows [{"id": 1, "region_id": 9}, {"id": 2, "region_id": 7}]

    give_rows           stores.id, region_id   the rule for given values, one row after another
                        stores.opened          as any column: no row says it
    tell_references     region_id -> regions   a relation that is told, and takes no part in any search
    find_given_parents  of rows 0, 1           the rows 1, 0 of regions; what is not there is refused

A key that the rows give is held against them, too: two rows of one key are refused, both by their number.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from dw_simulator.engine.columns import Column as Values
from dw_simulator.engine.columns import FixedColumn
from dw_simulator.engine.rows import Rows
from dw_simulator.engine.selectors.sampling import Listed
from dw_simulator.engine.values.base import Kernel
from dw_simulator.engine.values.facts import Stored, stored_numbers, texts_of
from dw_simulator.planning.columns.rule_values import build_value
from dw_simulator.planning.columns.unguessed import without_options
from dw_simulator.planning.draft import Draft
from dw_simulator.planning.relations.relation import Relation
from dw_simulator.ports.rule import RuleRole
from dw_simulator.schema.given_rows import MAX_CELLS, GivenRows
from dw_simulator.schema.model import Column, RuleSpec, Table
from dw_simulator.types import Kind

_Key = tuple[Stored | None, ...]


def give_rows(draft: Draft) -> None:
    """The columns that given rows name show them."""
    tables = []
    for table in draft.experiment.tables:
        given = draft.experiment.given(table)
        if table.rows is not None and table.rows.days is not None:
            days = (_day(draft, column) for column in table.columns)
            table = table.changed(columns=tuple(days))  # noqa: PLW2901 - the same table, with its days
        if given is not None:
            names = [column.name for column in table.columns if column.name in given.names]
            draft.given_at |= {(table.name, name) for name in names}
            table = without_options(table, names)  # noqa: PLW2901 - the same table, with its rows
            shown = (_shown(draft, table, column, given) for column in table.columns)
            table = table.changed(columns=tuple(shown))  # noqa: PLW2901 - the same
        tables.append(table)
    draft.experiment = draft.experiment.changed(tables=tuple(tables))


def _day(draft: Draft, column: Column) -> Column:
    """A DATE of a table of days that says nothing else, bounds included, is the day of the row."""
    chosen = column.source and not (column.inferred and column.source in ("rule", "faker_rule"))
    bounded = column.date_start is not None or column.date_end is not None
    if column.type.kind is not Kind.DATE or chosen or bounded or not column.required:
        return column
    name = draft.rules.usual(RuleRole.DAYS)
    return column.changed(rule=RuleSpec(name=name), faker_rule=None, locale=None, inferred=None, guessed=None)


_BOUNDS = {"min_value", "max_value", "date_start", "date_end"}


def _shown(draft: Draft, table: Table, column: Column, given: GivenRows) -> Column:
    """The column with its given values, if it has some; it can be NULL where they are."""
    if column.name not in given.names:
        return column
    values = given.column(column.name)
    holding = [one for one in table.references if column.name in one.columns]
    optional = not column.required or any(one.nullable for one in holding)
    if None in values and (not optional or column.name in table.primary_key):
        row = values.index(None)
        mend = 'say "required": false, or give a value'
        draft.refuse(f"{table.name}.{column.name}", f"row {row} is NULL, which the column is not", mend)
        draft.failed.add((table.name, column.name))
    name = draft.rules.usual(RuleRole.GIVEN)
    guessed = dict[str, None].fromkeys(_BOUNDS & (column.guessed or {}).keys())  # rows are not held to them
    return column.changed(
        **guessed,
        rule=RuleSpec(name=name, of="", column=column.name, in_order=True),
        required=None not in values,
        null_fraction=None,
        faker_rule=None,
        distribution=None,
        locale=None,
        inferred=None,
        guessed=None,
    )


def tell_references(draft: Draft) -> None:
    """Note the references that given rows make: they are told which row it is, and nobody chooses."""
    for relation in (one for some in draft.relations.values() for one in some):
        if (relation.table.name, relation.columns[0]) in draft.given_at:
            draft.told.add(relation)


def find_given_parents(draft: Draft) -> None:
    """Where the references of given rows lead, and which keys these hold."""
    for table in draft.experiment.tables:
        for key in table.keys:
            if all((table.name, name) in draft.given_at for name in key):
                _hold(draft, table, key)
    # those that were given up are held against the rows, too
    for relation in (*(one for some in draft.relations.values() for one in some), *draft.void):
        if (relation.table.name, relation.columns[0]) in draft.given_at:
            _find(draft, relation)


def _hold(draft: Draft, table: Table, key: tuple[str, ...]) -> None:
    """Note a key that the rows hold, or refuse two of them that do not."""
    found = _rows_of(draft, table, key)
    if found is None:
        return
    apart, seen = table.tells_nulls_apart(key), dict[_Key, int]()
    for row, values in enumerate(found):
        if apart and None in values:
            continue
        first = seen.setdefault(values, row)
        if first != row:
            label = f"{table.name}.{key[0]}" if len(key) == 1 else f"{table.name}({', '.join(key)})"
            shown = ", ".join(str(one) for one in _given(draft, table, key, row))
            draft.refuse(
                label, f"rows {first} and {row} are both {shown}, and here no value may repeat", "change one"
            )
            draft.failed.add((table.name, key[0]))
            return
    draft.told_keys.setdefault(table.name, []).append(key)


def _find(draft: Draft, relation: Relation) -> None:
    """Note which row of the parent each row references. Those that reference none are taken for the first."""
    table, parent, columns = relation.table, relation.parent, relation.declared.references_columns
    own = _rows_of(draft, table, relation.columns)
    if own is None:
        return
    theirs = _rows_of(draft, parent, columns)
    if theirs is None:
        if not any((parent.name, name) in draft.failed for name in columns):
            words = f"its rows are given, but not those of {parent.name}, so nobody knows what is there"
            draft.refuse(relation.label, words, f"give {parent.name} rows with {', '.join(columns)}, too")
            draft.failed |= {(table.name, name) for name in relation.columns}
        return
    places = {values: row for row, values in reversed([*enumerate(theirs)])}
    for row, values in enumerate(own):
        if None not in values and values not in places:
            shown = ", ".join(str(one) for one in _given(draft, table, relation.columns, row))
            words = f"row {row} references {shown}, which is not in {parent.name}({', '.join(columns)})"
            draft.refuse(relation.label, words, "correct it, or add that row")
            draft.failed |= {(table.name, name) for name in relation.columns}
            return
    rows = np.array([places.get(values, 0) for values in own], dtype=np.uint64)
    draft.picks[relation] = Listed(rows, max(len(theirs), 1))


def _given(draft: Draft, table: Table, names: Iterable[str], row: int) -> list[object]:
    """Values as they are given."""
    given = draft.experiment.given(table)
    assert given is not None, "it is asked of given rows"
    return [given.column(name)[row] for name in names]


def _rows_of(draft: Draft, table: Table, names: Sequence[str]) -> Sequence[_Key] | None:
    """What is stored in some columns of all rows; None where nobody can tell yet, or one was refused."""
    found = [_stored(draft, table, name) for name in names]
    kept = [one for one in found if one is not None]
    return list(zip(*kept, strict=True)) if len(kept) == len(found) else None


def _stored(draft: Draft, table: Table, name: str) -> Sequence[Stored | None] | None:
    column, place, rows = table.column(name), (table.name, name), draft.rows[table.name]
    assert column is not None, "keys and references name columns"
    if place not in draft.values:  # of another table than the one that is wanted
        build_value(draft, table, column)
    values = draft.values.get(place)
    # what counts is known; what is drawn may still be chosen by a key
    known = isinstance(values, Kernel) and (place in draft.given_at or not values.facts.repeats)
    if not isinstance(values, Kernel) or not known or rows > MAX_CELLS:
        return None
    return _plain(values.values(Rows.run(0, rows)))


def _plain(column: Values) -> Sequence[Stored | None]:
    values: Sequence[Stored]
    if isinstance(column, FixedColumn):
        values = stored_numbers(column) or [bytes(one).hex() for one in column.values]
    else:
        values = texts_of(column)
    if column.valid is None:
        return values
    return [value if there else None for value, there in zip(values, column.valid.tolist(), strict=True)]
