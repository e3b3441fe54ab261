"""Instalments fall due month by month, by their number, and only of what was approved.

loan (approved_at NULL);  instalment (loan_id -> loan, number, due_on)
    loan_id      some loans have none: childless
    approved_at  of those that have some
    due_on       so many months after approved_at as number says
"""

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.moments.stage_reading import read_moment, written
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, Sketch, TableSketch
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import Kind

_INSTALMENTS = frozenset("installment instalment repayment amortization".split())
_ALIKE = {"skew", "childless"}
_REFUSED = 0.12
"""The share of loans that are asked for in vain."""


def instalments(sketch: Sketch) -> None:
    """The due days of instalments, and what they are of."""
    if not sketch.has("expression", "window"):
        return
    for table in sketch.tables.values():
        if {*table.noun} & _INSTALMENTS and not table.hidden:
            for link in table.links:
                _tell(table, link)


def _tell(table: TableSketch, link: Link) -> None:
    number = next((one for one in table.columns.values() if _numbers(one, link)), None)
    due = next((one for one in table.columns.values() if _is_due(one)), None)
    source = due.rule.get("column") if due is not None else None
    begun = link.parent.columns.get(str(source)) if isinstance(source, str) else None
    if number is None or due is None or begun is None or due.rule.get("reference") != link.name:
        return
    granted = _granted(link.parent)
    if granted is not None and link.said.keys() <= _ALIKE and link.open and granted.open:
        _approved(table, link, granted)
        begun = granted
    first = f"CAST({quoted_name(link.name, begun.name)} AS DATE)"
    sql = f"{first} + to_months(CAST({quoted_name(number.name)} AS INTEGER))"
    type_ = "DATE" if due.kind is Kind.DATE else "TIMESTAMP"
    rule: JsonObject = expression(f"CAST({sql} AS {type_})")
    due.says(Found(f"a month later with each {number.name}", {"rule": rule}))


def _approved(table: TableSketch, link: Link, granted: ColumnSketch) -> None:
    """What has instalments was approved, and what was not has none."""
    rule: JsonObject = {
        "name": "rollup",
        "function": "count",
        "table": table.name,
        "reference": link.name,
    }
    told = f"how many rows of {table.name} it has"
    count = link.parent.add_hidden(f"{'_'.join(table.noun)}_count", "BIGINT", Found(told, {"rule": rule}))
    link.says("what was not approved has none", {"childless": _REFUSED})
    granted.unless = f"{quoted_name(count.name)} > 0"


def _numbers(column: ColumnSketch, link: Link) -> bool:
    rule = column.rule
    counted = rule.get("name") == "window" and rule.get("function") == "number"
    return counted and rule.get("reference") == link.name and not column.hidden


def _is_due(column: ColumnSketch) -> bool:
    moment = column.kind in (Kind.DATE, Kind.TIMESTAMP) and column.required and column.open
    ordered = column.rule.get("name") == "after" and "ordered" in column.rule
    table = column.table
    return moment and ordered and read_moment(column.name, (*table.noun, *written(table.name))).stage == "due"


def _granted(parent: TableSketch) -> ColumnSketch | None:
    """When it was approved, where that need not have come."""
    for column in parent.columns.values():
        if column.kind not in (Kind.DATE, Kind.TIMESTAMP) or column.hidden or column.column.type.zoned:
            continue
        reading = read_moment(column.name, (*parent.noun, *written(parent.name)))
        if reading.stage == "approve" and not (column.required or reading.planned or reading.ordinal):
            return column
    return None
