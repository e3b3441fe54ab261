"""From the text of CHECK constraints to what they say: ranges, lists, lengths, forms, orders of columns.

A check is a conjunction; each of its parts is understood or not by itself. What is not understood is kept
with its reason, and the planner tells it in a warning.

>>> from sqlglot.dialects.postgres import Postgres
>>> from dw_simulator.schema.model import Column
>>> price = Column(name="price", data_type="DECIMAL(9,2)")
>>> table = Table(name="t", columns=[price], checks=["price > 0 AND price % 5 = 0"], target_rows=1)
>>> (check,) = read_checks(table, Postgres)
>>> check.constraints
(Range(column='price', low=Decimal('0'), high=None, above=True, below=False),)
>>> check.left
('price % 5 = 0: a calculation with % is not understood',)
"""

import sqlglot
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError

from dw_simulator.plugins.dialects.checks.conditions import Conditions, conjuncts
from dw_simulator.plugins.dialects.checks.terms import Terms
from dw_simulator.plugins.dialects.checks.understanding import NotUnderstood
from dw_simulator.ports.constraints import Check, Constraint
from dw_simulator.schema.model import Table


def read_checks(
    table: Table, dialect: type[Dialect], *, escape: str = "", length_counts_characters: bool = False
) -> tuple[Check, ...]:
    """What a table's checks say.

    escape                    the character that takes a wildcard its meaning in a LIKE that names none
    length_counts_characters  whether LENGTH does so where sqlglot thinks that it may count bytes
    """
    columns = {column.name: column for column in table.columns}
    terms = Terms(columns, dialect, length_counts_characters=length_counts_characters)
    conditions = Conditions(terms, escape)
    return tuple(_read_check(text, conditions, dialect) for text in table.checks)


def _read_check(text: str, conditions: Conditions, dialect: type[Dialect]) -> Check:
    try:
        tree = sqlglot.parse_one(text, into=exp.Condition, read=dialect)
    except (SqlglotError, RecursionError):
        return Check(text, left=("it cannot be read",))
    found: list[Constraint] = []
    left: list[str] = []
    parts = list(conjuncts(tree))
    for part in parts:
        try:
            found += conditions.visit(part)
        except NotUnderstood as reason:
            where = f"{part.sql(dialect=dialect, comments=False)}: " if len(parts) > 1 else ""
            left.append(f"{where}{reason}")
    return Check(text, tuple(found), tuple(left))
