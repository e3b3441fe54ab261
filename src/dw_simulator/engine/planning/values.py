"""The pass that asks each column's rule for its values."""

from collections.abc import Mapping

from dw_simulator.engine.kernels.base import Domain, Kernel, width_of
from dw_simulator.engine.planning.draft import Draft
from dw_simulator.engine.rules import ColumnSpec, Refusal
from dw_simulator.model import Column, RuleSpec, Table
from dw_simulator.types import Kind

DEFAULT_RULES: Mapping[Kind, RuleSpec] = {
    Kind.BOOLEAN: RuleSpec(name="boolean"),
    Kind.INTEGER: RuleSpec(name="uniform"),
    Kind.DECIMAL: RuleSpec(name="uniform"),
    Kind.FLOAT: RuleSpec(name="uniform"),
    Kind.TEXT: RuleSpec(name="text"),
    Kind.DATE: RuleSpec(name="uniform"),
    Kind.TIME: RuleSpec(name="uniform"),
    Kind.TIMESTAMP: RuleSpec(name="uniform"),
    Kind.BINARY: RuleSpec(name="bytes"),
    Kind.UUID: RuleSpec(name="uuid"),
    Kind.JSON: RuleSpec(name="json"),
}


def build_values(draft: Draft) -> None:
    """Every column that is no reference gets a domain to draw from, or a whole kernel."""
    used = {table.name: _used(draft, table) for table in draft.experiment.tables}
    for table in draft.experiment.tables:
        keyed = {name for key in table.least_keys for name in key}
        for column in table.columns:
            place = (table.name, column.name)
            if draft.sources_at(table, column.name) or column.lookup or column.polymorphic:
                continue
            if any(
                other.polymorphic and other.polymorphic.type_column == column.name for other in table.columns
            ):
                continue
            if draft.only not in (None, table.name) and column.name not in used[table.name]:
                continue
            spec = ColumnSpec(draft.seed, table.name, column, draft.rows[table.name], column.name in keyed)
            rule = column.rule_spec or _default_rule(table, column)
            try:
                values = draft.rules(rule, column.type.kind).build(spec)
                _check_width(column, values)
            except Refusal as refusal:
                message = f"{column.data_type}: {refusal.message}"
                draft.refuse(f"{table.name}.{column.name}", message, refusal.mend)
                draft.failed.add(place)
            else:
                draft.values[place] = values


def _used(draft: Draft, table: Table) -> set[str]:
    """The columns on which others may depend: those of keys and references, and those that are looked up."""
    names = {name for key in table.keys for name in key}
    for other in draft.experiment.tables:
        for reference in other.references:
            names |= set(reference.references_columns if reference.references_table == table.name else ())
        for column in other.columns:
            names |= {column.lookup.column} if column.lookup else set()
            parents = column.polymorphic.parents if column.polymorphic else ()
            names |= {parent.references_column for parent in parents if parent.references_table == table.name}
    return names


def _default_rule(table: Table, column: Column) -> RuleSpec:
    """Plain integer keys count from 1; everything else goes by its type."""
    if is_plain_integer(column) and (column.name,) in table.keys:
        return RuleSpec(name="sequence")
    return DEFAULT_RULES[column.type.kind]


def is_plain_integer(column: Column) -> bool:
    """A whole number about which nothing is declared."""
    whole = column.type.kind is Kind.INTEGER or (column.type.kind is Kind.DECIMAL and column.type.scale == 0)
    return whole and column.rule_spec is None and column.min_value is None and column.max_value is None


def _check_width(column: Column, values: Domain | Kernel) -> None:
    if column.type.kind in (Kind.TEXT, Kind.BINARY) and width_of(values) > column.type.length:
        raise Refusal(
            f"values of up to {width_of(values)} bytes do not fit",
            f"widen it to {width_of(values)}, or choose another rule",
        )
