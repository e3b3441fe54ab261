"""What a loan is paid back by: the annuity of its amount, its rate and its term, instalment by instalment.

loan (amount, interest_rate, term_months)
instalment (loan_id -> loan, number, principal_due, interest_due, total_due, balance_after)
    interest_due    a month of the rate on what was left before
    principal_due   what the annuity leaves of that
    total_due       principal_due + interest_due
    balance_after   what is left: nothing after the last one
    due_on          a month later with each number; paid soon after
"""

from collections.abc import Mapping
from dataclasses import dataclass

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.moments.loan_instalments import counts_within
from dw_simulator.schema.inference.numbers.header_sums import may_be_said
from dw_simulator.schema.inference.numbers.measure_roles import NumberColumn, measures, said_by
from dw_simulator.schema.inference.numbers.row_numbers import numbers_of
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, Sketch, TableSketch, never_null
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import Kind

_NUMBERED = (
    frozenset({"instalment", "number"}),
    frozenset({"installment", "number"}),
    frozenset({"period", "number"}),
)
"""Names of what counts the instalments of a loan, where it is in the key."""
_DUE = frozenset({"due", "amount", "schedule", "instalment", "installment", "pay"})
_LEFT = frozenset(
    {"balance", "after", "remaining", "outstanding", "close", "end", "principal", "amount", "loan", "due"}
)


@dataclass(frozen=True)
class _Loan:
    """The terms of a loan, as columns of its row; percent: whether its rate is in hundredths."""

    amount: ColumnSketch
    rate: ColumnSketch
    months: ColumnSketch
    percent: bool


def loan_schedules(sketch: Sketch) -> None:
    """Say the parts of instalments by the terms of their loans."""
    if not sketch.has("expression", "window"):
        return
    for table in sketch.tables.values():
        number = None if table.hidden or not table.links else _number(table)
        for link in table.links if number is not None else ():
            loan = _loan(link.parent) if _by(number, link) else None
            if loan is not None and number is not None:
                _say(table, link, number, loan)
                break


def _number(table: TableSketch) -> ColumnSketch | None:
    """Which instalment of its loan a row is."""
    found = [one for one in table.columns.values() if not one.hidden and _numbers(one)]
    return found[0] if len(found) == 1 else None


def _numbers(column: ColumnSketch) -> bool:
    rule = column.rule
    if rule.get("name") == "window" and rule.get("function") == "number":
        return True
    whole = column.kind is Kind.INTEGER or (column.kind is Kind.DECIMAL and not column.column.type.scale)
    return whole and column.keyed and any(one <= frozenset(column.words) for one in _NUMBERED)


def _by(number: ColumnSketch | None, link: Link) -> bool:
    """Whether rows are numbered within what a reference leads to, by a rule or by a key of both."""
    if number is None or len(link.columns) != 1:
        return False
    if number.rule.get("name") == "window":
        return number.rule.get("reference") == link.name
    return counts_within(number, link)


def _loan(parent: TableSketch) -> _Loan | None:
    by_role: dict[str, NumberColumn] = {}
    for one in measures(parent):
        by_role.setdefault(one.role, one)
    amount = by_role.get("principal") or by_role.get("amount")
    rate, months = by_role.get("interest_rate"), by_role.get("term_months")
    if amount is None or rate is None or months is None:
        return None
    return _Loan(amount.column, rate.column, months.column, rate.found_percent)


def _say(table: TableSketch, link: Link, number: ColumnSketch, loan: _Loan) -> None:
    numbers = [
        one for one in numbers_of(table) if may_be_said(one) and one.column.type.kind is not Kind.INTEGER
    ]
    parts = {name: _part(numbers, {name}) for name in ("principal", "interest", "total")}
    left = next((one for one in numbers if _is_left(one)), None)
    if parts["principal"] is None or parts["interest"] is None:
        return
    before, after = (_balance(link, number, loan, back) for back in (1, 0))
    month = _month(link, loan)
    owed = table.add_hidden(
        "owed_before", "DECIMAL(18,2)", Found("what was left before", {"rule": expression(before)})
    )
    rest = table.add_hidden(
        "owed_after", "DECIMAL(18,2)", Found("what is left after it", {"rule": expression(after)})
    )
    one, other = quoted_name(owed.name), quoted_name(rest.name)
    _expressed(parts["principal"], f"{one} - {other}", "what the annuity leaves beside the interest")
    _expressed(parts["interest"], f"{one} * {month}", "a month of interest on what was left")
    if parts["total"] is not None:
        names = [quoted_name(part.name) for part in (parts["principal"], parts["interest"])]
        sums = " + ".join(f"COALESCE({name}, 0)" for name in names)
        _expressed(parts["total"], sums, f"{parts['principal'].name} + {parts['interest'].name}")
    if left is not None:
        _expressed(left, other, "what is left of the loan")
    _say_days(table, link, number)


def _say_days(table: TableSketch, link: Link, number: ColumnSketch) -> None:
    """Instalments fall due month by month, and are paid when they were due."""
    due = next((one for one in table.columns.values() if _is_due(one, link)), None)
    if due is None or number.rule:
        return
    source = due.rule["column"]
    begun = str(source["column"]) if isinstance(source, Mapping) else ""
    firsts = [one.name for one in link.parent.columns.values() if _is_first(one)]
    days = ", ".join(quoted_name(link.name, name) for name in (*firsts[:1], begun))
    months = f"to_months(CAST({quoted_name(number.name)} AS INTEGER) - {1 if firsts else 0})"
    type_ = "DATE" if due.kind is Kind.DATE else "TIMESTAMP"
    sql = f"CAST(CAST(COALESCE({days}, as_of()) AS DATE) + {months} AS {type_})"
    due.says(Found(f"a month later with each {number.name}", {"rule": expression(sql)}))
    for one in table.columns.values():
        if one.open and not one.required and one.rule.get("name") == "after" and _follows(one, due):
            fields = {name: value for name, value in one.fields.items() if name != "null_fraction"}
            one.unless = f"CAST({quoted_name(due.name)} AS DATE) <= CAST(as_of() AS DATE) - INTERVAL 15 DAY"
            one.says(Found("when it was paid, soon after it was due", fields))


def _is_due(column: ColumnSketch, link: Link) -> bool:
    rule, source = column.rule, column.rule.get("column")
    plain = rule.get("name") == "after" and isinstance(source, Mapping) and not column.keyed
    of_link = isinstance(source, Mapping) and source.get("reference") == link.name
    return column.open and plain and of_link and "due" in column.words


def _is_first(column: ColumnSketch) -> bool:
    dated = column.kind in (Kind.DATE, Kind.TIMESTAMP) and not column.hidden
    return dated and {"first", "pay"} <= {*column.words}


def _follows(column: ColumnSketch, due: ColumnSketch) -> bool:
    return column.rule.get("column") == due.name and "pay" in column.words


def _part(numbers: list[ColumnSketch], wanted: set[str]) -> ColumnSketch | None:
    """The number that is a part of what is due, or the whole."""
    words = [({*said_by(one.words)}, one) for one in numbers]
    for said, one in words:
        if wanted <= said and said - wanted <= _DUE:
            return one
    if wanted == {"total"}:
        return next((one for said, one in words if said <= _DUE and said), None)
    return None


def _is_left(column: ColumnSketch) -> bool:
    words = {*said_by(column.words)}
    return words <= _LEFT and bool(words & {"balance", "remaining", "outstanding"})


def _month(link: Link, loan: _Loan) -> str:
    rate = f"CAST(COALESCE({quoted_name(link.name, loan.rate.name)}, 0) AS DOUBLE)"
    return f"({rate} / {1200 if loan.percent else 12})"


def _balance(link: Link, number: ColumnSketch, loan: _Loan, back: int) -> str:
    """SQL for what is left after an instalment, or after so many before it."""
    amount = f"CAST(COALESCE({quoted_name(link.name, loan.amount.name)}, 0) AS DOUBLE)"
    months = f"GREATEST(COALESCE({quoted_name(link.name, loan.months.name)}, 1), 1)"
    paid = (
        f"LEAST({quoted_name(number.name)} - {back}, {months})"
        if back
        else f"LEAST({quoted_name(number.name)}, {months})"
    )
    month = _month(link, loan)
    growth, whole = f"power(1 + {month}, {paid})", f"power(1 + {month}, {months})"
    even = f"{amount} * (1 - {paid} * 1.0 / {months})"
    return f"CASE WHEN {month} > 0 THEN {amount} * ({whole} - {growth}) / ({whole} - 1) ELSE {even} END"


def _expressed(column: ColumnSketch, sql: str, told: str) -> None:
    rule: dict[str, Json] = expression(sql)
    column.says(Found(told, {"rule": rule, **never_null(column)}))
