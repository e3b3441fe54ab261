"""Instalments of loans: month by month from the first payment on, paid one after another.

instalment (loan_id -> loan, number, due_on, paid_on);  loan (first_payment_on, term_months, closed_on)
    due_on       so many months after the first payment as number says
    paid_on      soon after due_on, up to a day of the loan: today, or some months ago where it is in arrears
    term_months  as many as the loan has instalments, at the least
"""

from collections.abc import Iterator, Mapping

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.moments.loan_terms import Loan, terms_of
from dw_simulator.schema.inference.moments.row_moments import Moment, Timeline
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, Sketch
from dw_simulator.schema.inference.sql_rules import expressed
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import Kind

_COUNT = "how many instalments it has"
_PRESENT = "CAST(as_of() AS DATE)"
_ARREARS = 0.88
"""The share of loans all of whose instalments are paid that have been due."""


def instalments_of(loan: Loan, lines: Mapping[str, Timeline]) -> None:
    """The due days of a loan's instalments, and when they were paid. lines: the moments of each table."""
    table = loan.begin.column.table
    for link in table.children:
        line = lines.get(link.child.name)
        number = next(_numbers(link), None)
        if line is None or number is None or not link.required:
            continue
        due = [one for one in line.moments if one.stage.name == "due" and one.open and not one.reading.owner]
        if len(due) != 1 or loan.begin.column.fields.get("null_fraction") not in (None, 0, 0.0):
            continue
        _due(due[0], link, loan, number)
        for one in line.moments:
            if one.stage.name in ("pay", "complete") and one.open and not (one.sure or one.reading.owner):
                _paid(one, due[0], link, loan)
        known = [
            one for one in table.columns.values() if one.found is not None and one.found.meaning == _COUNT
        ]
        if not known:
            rule: JsonObject = {"name": "rollup", "function": "count", "table": link.child.name}
            rule["reference"] = link.name
            table.add_hidden("instalment_count", "BIGINT", Found(_COUNT, {"rule": rule}))


def _numbers(link: Link) -> Iterator[ColumnSketch]:
    """The column of a child that numbers its rows within a parent."""
    if len(link.columns) != 1:
        return
    for key in link.child.table.keys:
        rest = [name for name in key if name != link.name]
        if link.name in key and len(rest) == 1:
            column = link.child.columns.get(rest[0])
            linked = any(rest[0] in other.columns for other in link.child.links)
            if column is not None and not linked and counts_within(column, link):
                yield column


def counts_within(column: ColumnSketch, link: Link) -> bool:
    """Whether a whole number counts the rows of a parent from 1, by its rule or the primary key of both."""
    if column.rule.get("name") == "window":
        return column.rule.get("function") == "number" and column.rule.get("reference") == link.name
    counted = column.kind is Kind.INTEGER  # keys count in no other type
    return counted and {*link.child.table.primary_key} == {link.name, column.name}


def _due(due: Moment, link: Link, loan: Loan, number: ColumnSketch) -> None:
    since = f"CAST({quoted_name(link.name, loan.begin.name)} AS DATE)"
    less = 0
    if loan.first is not None:  # which may not be known yet
        first = f"CAST({quoted_name(link.name, loan.first.name)} AS DATE)"
        since, less = f"COALESCE({first}, CAST({since} + INTERVAL 1 MONTH AS DATE), {_PRESENT})", 1
    elif due.column.required:
        since = f"COALESCE({since}, {_PRESENT})"
    many = f"CAST({quoted_name(number.name)} AS INTEGER) - {less}"
    sql = f"{since} + to_months({many})"
    type_ = "DATE" if due.column.kind is Kind.DATE else "TIMESTAMP"
    nulls: JsonObject = {} if due.column.required else {"null_fraction": 0}
    rule: JsonObject = expressed(f"CAST({sql} AS {type_})")
    due.column.says(Found(f"a month later with each {number.name}", {**rule, **nulls}))


def _paid(one: Moment, due: Moment, link: Link, loan: Loan) -> None:
    until = quoted_name(link.name, _paid_until(loan).name)
    day = f"CAST({quoted_name(due.name)} AS DATE)"
    late = "CAST(floor(CASE WHEN noise('late') < 0.8 THEN 3 ELSE 15 END * noise('by')) AS INTEGER)"
    ends = [_PRESENT]
    if loan.closed is not None:
        ends.append(f"COALESCE(CAST({quoted_name(link.name, loan.closed.name)} AS DATE), {_PRESENT})")
    sql = f"CASE WHEN {day} <= {until} THEN least({day} + {late}, {', '.join(ends)}) END"
    type_ = "DATE" if one.column.kind is Kind.DATE else "TIMESTAMP"
    rule: JsonObject = expressed(f"CAST({sql} AS {type_})")
    one.column.says(Found(f"soon after {due.name}, one after another", {**rule, "null_fraction": 0}))


def _paid_until(loan: Loan) -> ColumnSketch:
    """A hidden column of a loan: up to when instalments that were due have been paid."""
    table = loan.begin.column.table
    meaning = "up to when all is paid"
    for column in table.columns.values():
        if column.found is not None and column.found.meaning == meaning:
            return column
    behind = (
        f"CASE WHEN noise('arrears') < {_ARREARS} THEN 0 ELSE CAST(30 + 120 * noise('by') AS INTEGER) END"
    )
    sql = f"{_PRESENT} - {behind}"
    if loan.lost is not None:
        lost = f"CAST({quoted_name(loan.lost.name)} AS DATE)"
        sql = f"COALESCE({lost} - 90, {sql})"
    if loan.closed is not None:  # what is paid back is paid back whole
        sql = f"CASE WHEN {quoted_name(loan.closed.name)} IS NOT NULL THEN DATE '9999-01-01' ELSE {sql} END"
    return table.add_hidden("paid_until", "DATE", Found(meaning, expressed(sql)))


def whole_terms(sketch: Sketch) -> None:
    """Terms of loans are as long as there are instalments."""
    for table in sketch.tables.values():
        count = next(
            (one for one in table.columns.values() if one.found is not None and one.found.meaning == _COUNT),
            None,
        )
        for term in terms_of(table) if count is not None else ():
            if term.open and term.found is not None and count is not None and not term.keyed:
                type_ = term.column.data_type
                drawn = table.add_hidden(f"{term.name}_drawn", type_, term.found, required=term.required)
                sql = f"greatest({quoted_name(drawn.name)}, {quoted_name(count.name)})"
                nulls: JsonObject = {} if term.required else {"null_fraction": 0}
                told = f"{term.found.meaning}, and as many as there are instalments"
                term.says(Found(told, {**expressed(sql), **nulls}))
                break
