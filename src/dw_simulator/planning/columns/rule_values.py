"""The pass that asks each column's rule for its values.

    stars   (id INT, kind VARCHAR(6) {"name": "choice", "values": ["red", "white"]})
    planets (id INT, star_id INT REFERENCES stars, moons INT CHECK (moons <> 3), mass INT)
    visits  (planet_id INT REFERENCES planets, day DATE, year INT {"name": "expression", "sql": "year(day)"})

    stars.kind       a domain of two texts: which row has which is decided later (`kernels`)
    planets.star_id  nothing: the values of a reference are those of its parent
    planets.moons    Integers without 3: what a rule gives is held against CHECKs at once (`fitting`)
    visits.year      Derived: which columns it needs, and what it makes of them; these are sought by `kernels`

What a rule refuses is noted with the column's place, and the pass goes on: a user hears all of it together.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from dw_simulator.engine.values.base import Domain, Kernel, is_domain
from dw_simulator.errors import Refusal
from dw_simulator.planning.checks.fitting import fitted
from dw_simulator.planning.checks.folded_case import told_apart
from dw_simulator.planning.checks.sifting import sifted
from dw_simulator.planning.columns.roles import is_counting
from dw_simulator.planning.draft import Built, Cell, Draft
from dw_simulator.ports.constraints import OpenCheck
from dw_simulator.ports.needs import Derived
from dw_simulator.ports.rule import ColumnSpec, RuleRole
from dw_simulator.schema.declared import SqlText
from dw_simulator.schema.model import Column, RuleSpec, Table
from dw_simulator.types import Kind


def build_values(draft: Draft) -> None:
    """Every column that is no reference gets a domain, a whole kernel, or what it derives from."""
    used = _used(draft)
    for table in draft.experiment.tables:
        for column in table.columns:
            wanted = draft.only in (None, table.name) or (table.name, column.name) in used
            if wanted or _asks_for_siblings(draft, column):
                build_value(draft, table, column)


def build_checked_values(draft: Draft) -> None:
    """The values of those columns alone of which CHECKs say something: whether a guess keeps to them."""
    for table in draft.experiment.tables:
        orders = draft.orders.get(table.name)
        compared = orders.columns if orders is not None else set()
        for column in table.columns:
            if (table.name, column.name) in draft.limits or column.name in compared:
                build_value(draft, table, column)


def _asks_for_siblings(draft: Draft, column: Column) -> bool:
    """Whether a column of a table that is not wanted says by what rows stand together, its own or others."""
    rule = draft.rule_of(column)
    return rule is not None and (rule.siblings is not None or rule.below is not None)


def build_value(draft: Draft, table: Table, column: Column) -> None:
    """The values of one column, unless they come from a reference, or it was refused already."""
    if (
        (table.name, column.name) in draft.failed
        or draft.sources_at(table, column.name)
        or column.lookup
        or column.polymorphic
        or column.name in table.typed
    ):
        return
    if _built_before(draft, table, column):
        return
    heard = len(draft.warnings)
    spec = spec_of(draft, table, column)
    rule = column.rule_spec or _default_rule(draft, table, column)
    try:
        made = _built(draft, rule, spec)
        if isinstance(made, Derived):
            if not made.injective and not _is_told_by_parent(table, column, made):
                _check_free(spec)
            values: Domain | Kernel | Derived = made
        else:
            given = (table.name, column.name) in draft.given_at  # its rows are looked at one by one
            values = made if given else told_apart(table, column, fitted(draft, table, column, made))
            if table.name in draft.open_checks and is_domain(values) and not given:
                values = sifted(draft, spec, values, partial(asked_of, draft, table))
            check_width(column, values)
        if values is not made:  # what was put in its place speaks of no entity
            draft.entities.pop((table.name, column.name), None)
    except Refusal as refusal:
        message = f"{column.data_type}: {refusal.message}"
        draft.refuse(f"{table.name}.{column.name}", message, refusal.mend)
        draft.failed.add((table.name, column.name))
    else:
        draft.values[table.name, column.name] = values
        _keep(draft, table, column, draft.warnings[heard:])


def _built_before(draft: Draft, table: Table, column: Column) -> bool:
    """Take what an earlier round has made of the column, if nothing has changed that it is made from.

    A round gives up guesses of a few tables, and most of its time would go into all the others.
    """
    place = table.name, column.name
    before = draft.built.get(place)
    if before is None or place in draft.limits or before.table is not table:
        return False
    if before.rows != draft.rows[table.name] or before.given != (place in draft.given_at):
        return False
    draft.values[place] = before.values
    draft.warnings += before.told
    draft.pools.ask_again(place)
    return True


def _keep(draft: Draft, table: Table, column: Column, told: Sequence[str]) -> None:
    place = table.name, column.name
    if place not in draft.limits and table.name not in draft.open_checks:
        rows, given = draft.rows[table.name], place in draft.given_at
        draft.built[place] = Built(table, rows, given, draft.values[place], tuple(told))


def _built(draft: Draft, rule: RuleSpec, spec: ColumnSpec) -> Domain | Kernel | Derived:
    """What a rule makes; where a CHECK leaves it too little room, what it makes without that."""
    entity = draft.entities.get((spec.table, spec.column.name))
    build = draft.rules(rule, spec.type.kind).build if entity is None else entity.values
    try:
        return build(spec)
    except Refusal:
        limits = draft.limits.get((spec.table, spec.column.name))
        if limits is None or limits.column.type == spec.type:
            raise
        declared = limits.column
        wide = spec.column.changed(data_type=declared.data_type, varchar_length=declared.varchar_length)
        return build(replace(spec, column=wide))


def spec_of(draft: Draft, table: Table, column: Column) -> ColumnSpec:
    """A column as its rule sees it."""
    return ColumnSpec(
        draft.seed,
        table.name,
        column,
        draft.rows[table.name],
        key=any(column.name in key for key in table.least_keys),
        owner=table,
        dialect=draft.dialect,
        pools=draft.pools.at(table.name, column.name),
        rules=draft.rules,
        entities=draft.collected.get(table.name, {}),
        as_of=draft.experiment.as_of,
        tell=lambda words: _tell(draft, f"{table.name}.{column.name}: {words}"),
        given=draft.given(table),
    )


def _tell(draft: Draft, warning: str) -> None:
    draft.warnings += [] if warning in draft.warnings else [warning]


def truth_of(column: Column) -> Column:
    """A column of truth values in the place of another."""
    return Column(name=column.name, data_type="BOOLEAN", required=False)


def condition_of(draft: Draft, table: Table, column: Column, condition: SqlText) -> Derived:
    """The truth values of a column's condition on its row. Raises Refusal."""
    rule = draft.rules(
        RuleSpec(name=draft.rules.usual(RuleRole.CONDITION), **condition.options), Kind.BOOLEAN
    )
    derived = rule.build(spec_of(draft, table, truth_of(column)))
    assert isinstance(derived, Derived), "conditions are made from columns"
    return derived


def asked_of(draft: Draft, table: Table, check: OpenCheck) -> Derived | None:
    """The truth values of a CHECK on each row of its table; None where nobody can evaluate it."""
    if check not in draft.conditions:
        sql = check.check.spoken(check.check.condition)
        try:
            draft.conditions[check] = condition_of(draft, table, table.columns[0], sql)
        except Refusal:
            draft.conditions[check] = None
    return draft.conditions[check]


def _is_told_by_parent(table: Table, column: Column, made: Derived) -> bool:
    """Whether each key with the column holds the reference among whose rows it differs, too."""
    keys = [set(key) for key in table.least_keys if column.name in key]
    told = [set(one.columns) for one in table.references if made.differs in one.columns]
    return bool(told) and all(told[0] <= key for key in keys)


def _check_free(spec: ColumnSpec) -> None:
    if spec.key:
        message = "values made from other columns may repeat, and here they must not"
        raise Refusal(message, "take it out of the key, or choose another rule")


def _used(draft: Draft) -> set[Cell]:
    """The columns on which others may depend: those of keys and references, and those that are looked up."""
    tables = draft.experiment.tables
    used = {(table.name, name) for table in tables for key in table.keys for name in key}
    looked_up = {column.lookup.column for table in tables for column in table.columns if column.lookup}
    used |= {(table.name, name) for table in tables for name in looked_up}
    for table in tables:
        for reference in table.references:
            used |= {(reference.references_table, name) for name in reference.references_columns}
        for column in table.columns:
            parents = column.polymorphic.parents if column.polymorphic else ()
            used |= {(parent.references_table, parent.references_column) for parent in parents}
    return used


def _default_rule(draft: Draft, table: Table, column: Column) -> RuleSpec:
    """Plain integer keys count from 1, unless some are NULL for want of values; all else goes by its type."""
    counts = is_counting(table, column) and (
        column.required or draft.rows[table.name] <= column.type.limits[1]
    )
    return RuleSpec(name=draft.rules.usual(RuleRole.COUNTING if counts else column.type.kind))


def check_width(column: Column, values: Domain | Kernel) -> None:
    if column.type.kind in (Kind.TEXT, Kind.BINARY) and values.facts.width > column.type.length:
        raise Refusal(
            f"values of up to {values.facts.width} bytes do not fit",
            f"widen it to {values.facts.width}, or choose another rule",
        )
