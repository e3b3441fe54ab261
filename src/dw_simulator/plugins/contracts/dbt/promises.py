"""What tests and constraints promise, as keys, lists, references and CHECKs: a function per test.

Each is given the tested column or table as drafts and the test, and says why it is not carried, if it is not.
Where a test looks at some rows only, a CHECK has its condition; what is no CHECK is kept in all rows,
which is more than it asks.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from dw_simulator.plugins.contracts.dbt.column_origins import key_of
from dw_simulator.plugins.contracts.dbt.project import DataTest
from dw_simulator.plugins.contracts.drafts import (
    ColumnDraft,
    TableDraft,
    kind_of,
    literal,
    said_of,
    sql_name,
    whole_pattern,
)
from dw_simulator.schema.json_data import Json, items_in, number_in, whole_in
from dw_simulator.schema.model import DEFAULT_ROWS
from dw_simulator.schema.written import as_written
from dw_simulator.types import Kind, UnknownTypeError


@dataclass(frozen=True)
class TestedTable:
    """A test of a table that is made.

    column     the column that is tested; None for a test of the table
    called     from a column as the test names it to the table's own
    target     from the key of a node and a column to the table and column that they come from; None for none
    rewritten  from an expression of the test to one over the table's columns; None where it is of others
    where      the condition of the rows that it looks at, over the table's columns; empty for all rows
    """

    test: DataTest
    table: TableDraft
    column: ColumnDraft | None
    dialect: str
    called: Callable[[str], str | None]
    target: Callable[[str, str], tuple[str, str] | None]
    rewritten: Callable[[str], str | None]
    where: str = ""

    @property
    def one(self) -> ColumnDraft:
        assert self.column is not None, "tests of columns are asked of columns"
        return self.column

    @property
    def sql_name(self) -> str:
        return sql_name(self.one.name, self.dialect)

    def argument(self, *names: str) -> Json:
        """The first of these arguments that is given."""
        return next((self.test.arguments[name] for name in names if name in self.test.arguments), None)

    @property
    def groups(self) -> Sequence[Json]:
        """The columns by which rows are grouped, of each of which the test asks."""
        return items_in(self.argument("group_by_columns"))

    def add_check(self, check: str) -> None:
        """A condition that holds in the rows that the test looks at."""
        self.table.checks.append(f"NOT ({self.where}) OR ({check})" if self.where else check)


Promise: TypeAlias = Callable[[TestedTable], str]
"""Carries a test over; returns why it is not carried, or nothing."""


def _unique(asked: TestedTable) -> str:
    asked.one.is_unique = True
    return ""


def _not_null(asked: TestedTable) -> str:
    if asked.where:
        asked.add_check(f"{asked.sql_name} IS NOT NULL")
    else:
        asked.one.required = True
    return ""


def _primary_key(asked: TestedTable) -> str:
    columns = _columns(asked, "columns") or ([asked.one.name] if asked.column is not None else [])
    if not columns:
        return "it names columns that are not there"
    asked.table.primary_key = tuple(columns)
    return ""


def _unique_columns(asked: TestedTable) -> str:
    names = asked.argument("combination_of_columns", "column_list", "columns")
    columns = _columns(asked, "combination_of_columns", "column_list", "columns")
    if len(columns) < len(items_in(names)) or not columns:
        return "it names what is no column of the table"
    if len(columns) == 1:
        asked.table.column(columns[0]).is_unique = True
    else:
        asked.table.unique.append(tuple(columns))
        if asked.test.package != "constraint":  # a test groups by the columns, and so no two NULLs differ
            asked.table.nulls_not_distinct.append(tuple(columns))
    return ""


def _unique_constraint(asked: TestedTable) -> str:
    return _unique(asked) if asked.column is not None else _unique_columns(asked)


def _columns(asked: TestedTable, *names: str) -> list[str]:
    said = map(str, items_in(asked.argument(*names)))
    return [column for name in said if (column := asked.called(name)) is not None]


def _accepted_values(asked: TestedTable) -> str:
    values = list(items_in(asked.argument("values", "value_set")))
    if not values:
        return "it lists no values"
    if asked.where:
        asked.one.allow_some(values)
        asked.add_check(f"{asked.sql_name} IN ({', '.join(literal(one, _kind(asked)) for one in values)})")
    else:
        asked.one.allow(values)
    return ""


def _kind(asked: TestedTable) -> Kind | None:
    """The family of the column's type; None where that is not known."""
    try:
        return kind_of(asked.one.data_type)
    except UnknownTypeError:
        return None


def _other_values(asked: TestedTable) -> str:
    values = items_in(asked.argument("values", "value_set"))
    if not values:
        return "it lists no values"
    listed = ", ".join(literal(value, None) for value in values)
    asked.add_check(f"{asked.sql_name} NOT IN ({listed})")
    return ""


def _relationships(asked: TestedTable) -> str:
    to, there = str(asked.argument("to")), asked.argument("field", "to_columns")
    names = [str(one) for one in (items_in(there) or [there])]
    if len(names) != 1:
        return "it is of several columns"
    target = asked.target(key_of(to) or to.rpartition(".")[2].strip('"`'), names[0])
    if target is None:
        return f"{to} has no column {names[0]} that is one of a table made here"
    if target != (asked.table.name, asked.one.name):
        asked.one.reference = target
    return ""


def _range(asked: TestedTable) -> str:
    low, high = asked.argument("min_value"), asked.argument("max_value")
    equal = "" if asked.argument("inclusive") is False or asked.argument("strictly") is True else "="
    bounds = ((f">{equal}", low), (f"<{equal}", high))
    said = [f"{asked.sql_name} {sign} {as_written(bound)}" for sign, bound in bounds if bound is not None]
    if not said or any("{{" in one for one in said):
        return "its bounds are not known here"
    asked.add_check(" AND ".join(said))
    return ""


def _expression(asked: TestedTable) -> str:
    expression = str(asked.argument("expression"))
    if asked.column is not None:
        expression = f"{sql_name(asked.test.column, asked.dialect)} {expression}"
    check = asked.rewritten(expression)
    if check is None:
        return "it is over what is no column of one table"
    asked.add_check(check)
    return ""


def _check_constraint(asked: TestedTable) -> str:
    check = asked.rewritten(str(asked.argument("expression")))
    if check is None:
        return "it is over what is no column of one table"
    asked.add_check(check)
    return ""


def _foreign_key(asked: TestedTable) -> str:
    return _relationships(asked) if asked.column is not None else "it is a key of the whole table"


def _proportion(asked: TestedTable) -> str:
    least = number_in(asked.argument("at_least", "mostly"))
    if least is None or not 0 <= least <= 1:
        return "at_least is no share"
    if asked.groups:  # of a small group even one NULL may be too much
        asked.one.required = True
        return ""
    # half of what is allowed: the share that comes out may be a little more
    asked.one.fields["null_fraction"] = round((1 - least) / 2, 6)
    return ""


def _not_empty(asked: TestedTable) -> str:
    asked.add_check(f"{asked.sql_name} <> ''")
    return ""


def _regex(asked: TestedTable) -> str:
    pattern = said_of(asked.test.arguments, "regex")
    if not pattern:
        return "it has no pattern"
    asked.one.fields["rule"] = {"name": "regex", "pattern": whole_pattern(pattern)}
    return ""


def _lengths(asked: TestedTable) -> str:
    bounds = (
        (">=", whole_in(asked.argument("min_value", "value"))),
        ("<=", whole_in(asked.argument("max_value", "value"))),
    )
    checks = [f"length({asked.sql_name}) {sign} {bound}" for sign, bound in bounds if bound is not None]
    for check in checks:
        asked.add_check(check)
    return "" if checks else "its bounds are no numbers"


def _row_count(asked: TestedTable) -> str:
    low, high = whole_in(asked.argument("min_value", "value")), whole_in(asked.argument("max_value", "value"))
    if low is None and high is None:
        return "it says no number of rows"
    most = DEFAULT_ROWS if high is None else high
    asked.table.fields["target_rows"] = max(low or 0, min(most, DEFAULT_ROWS), 0)
    return ""


def _in_order(asked: TestedTable) -> str:
    larger, smaller = asked.argument("column_A"), asked.argument("column_B")
    sign = ">=" if asked.argument("or_equal") is True else ">"
    check = asked.rewritten(f"{sql_name(str(larger))} {sign} {sql_name(str(smaller))}")
    if check is None:
        return "it is over what is no column of one table"
    asked.add_check(check)
    return ""


def _kept(_asked: TestedTable) -> str:
    """Rows that are made keep it anyway."""
    return ""


def _at_least_one(asked: TestedTable) -> str:
    asked.one.required = asked.one.required or bool(asked.groups)
    return ""


def _not_constant(asked: TestedTable) -> str:
    return "a group may have one row" if asked.groups else ""


def _sequential(asked: TestedTable) -> str:
    step = whole_in(asked.argument("interval")) or 1
    if asked.argument("datepart") is not None or _kind(asked) not in (None, Kind.INTEGER, Kind.DECIMAL):
        return "only whole numbers follow each other here"
    groups = [asked.called(str(name)) for name in asked.groups]
    if not groups:
        asked.one.fields["rule"] = {"name": "sequence", "step": step}
        asked.one.required = True
    elif len(groups) == 1 and step == 1 and groups[0] and asked.table.column(groups[0]).reference:
        asked.one.fields["rule"] = {"name": "window", "function": "number", "reference": groups[0]}
    else:
        return "rows are numbered from 1 among those with one reference, and in no other groups"
    return ""


PROMISES: Mapping[str, Promise] = {
    "unique": _unique,
    "not_null": _not_null,
    "accepted_values": _accepted_values,
    "relationships": _relationships,
    "constraint.not_null": _not_null,
    "constraint.unique": _unique_constraint,
    "constraint.primary_key": _primary_key,
    "constraint.foreign_key": _foreign_key,
    "constraint.check": _check_constraint,
    "dbt_utils.accepted_range": _range,
    "dbt_utils.at_least_one": _at_least_one,
    "dbt_utils.expression_is_true": _expression,
    "dbt_utils.not_accepted_values": _other_values,
    "dbt_utils.not_constant": _not_constant,
    "dbt_utils.not_empty_string": _not_empty,
    "dbt_utils.not_null_proportion": _proportion,
    "dbt_utils.relationships_where": _relationships,
    "dbt_utils.sequential_values": _sequential,
    "dbt_utils.unique_combination_of_columns": _unique_columns,
    "dbt_expectations.expect_column_pair_values_A_to_be_greater_than_B": _in_order,
    "dbt_expectations.expect_column_to_exist": _kept,
    "dbt_expectations.expect_column_value_lengths_to_be_between": _lengths,
    "dbt_expectations.expect_column_value_lengths_to_equal": _lengths,
    "dbt_expectations.expect_column_values_to_be_between": _range,
    "dbt_expectations.expect_column_values_to_be_in_set": _accepted_values,
    "dbt_expectations.expect_column_values_to_be_unique": _unique,
    "dbt_expectations.expect_column_values_to_match_regex": _regex,
    "dbt_expectations.expect_column_values_to_not_be_in_set": _other_values,
    "dbt_expectations.expect_column_values_to_not_be_null": _not_null,
    "dbt_expectations.expect_compound_columns_to_be_unique": _unique_columns,
    "dbt_expectations.expect_table_row_count_to_be_between": _row_count,
    "dbt_expectations.expect_table_row_count_to_equal": _row_count,
}
"""By the test's full name. dbt's own have no package."""

OF_ONE_COLUMN: Sequence[Promise] = (
    _unique, _not_null, _accepted_values, _relationships, _range, _proportion, _not_empty, _regex, _lengths,
    _other_values, _at_least_one, _not_constant, _sequential,
)  # fmt: skip
"""Tests that make no sense without a column."""

WHERE: Sequence[Promise] = (
    _not_null, _accepted_values, _other_values, _range, _expression, _not_empty, _lengths, _in_order,
)  # fmt: skip
"""Tests that are kept in the rows alone that they look at."""

WHOLE_ROWS: Sequence[Promise] = (_unique, _unique_columns, _primary_key, _unique_constraint)
"""Tests that hold of a source only where each of its rows is one of the model."""
