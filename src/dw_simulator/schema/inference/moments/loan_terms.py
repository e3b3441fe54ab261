"""Loans: applied for, approved, paid out, paid back from the month after on, until their term is over.

loan (applied_on, funded_on, first_payment_on, maturity_on, term_months, closed_on, charged_off_on)
    first_payment_on  a month after it was paid out
    maturity_on       so many months after it was paid out as its term has
    closed_on         when it is over; of the others, few are paid back sooner
    charged_off_on    of few that were not paid back
What has instalments or transactions was approved, and paid out.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.moments.row_moments import Moment, Timeline
from dw_simulator.schema.inference.moments.stage_reading import tokens_of
from dw_simulator.schema.inference.moments.stages import UNITS
from dw_simulator.schema.inference.sketch import ColumnSketch, TableSketch
from dw_simulator.schema.inference.sql_rules import expressed
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import Kind

_TERM = frozenset(
    """term trm tenor tenure duration laufzeit dauer duree duracion plazo durata prazo looptijd""".split()
)
_PAID_OUT = (
    "fund",
    "disburs",
    "originat",
    "auszahl",
    "ausgezahl",
    "debours",
    "desembols",
    "erogaz",
    "uitbetaal",
)
_MATURES = ("matur", "mat", "endfaellig", "vencimiento", "scadenza", "vencimento", "echeance", "laufzeitende")
_GATES = frozenset({"apply", "submit", "request", "approve", "confirm", "invoice"})
_LOST = ("writeoff", "default")
_PRESENT = "CAST(as_of() AS DATE)"


@dataclass(frozen=True)
class Loan:
    """The moments of a loan, and its term in months; None for what it has not.

    begin  when it is paid out
    """

    begin: Moment
    maturity: Moment
    term: ColumnSketch
    first: Moment | None
    closed: Moment | None
    lost: Moment | None


def loan_of(line: Timeline) -> Loan | None:
    """What a table says of loans; None where its rows are none."""
    if len(line.moments) <= 1:
        return None
    due = [one for one in line.moments if one.open and one.reading.word.startswith(_MATURES)]
    due = [one for one in due if one.stage.kinds & {"plan", "end"} and not one.reading.ordinal]
    term = next(terms_of(line.table), None) if due else None
    begin = next((one for one in line.moments if _pays_out(one)), None)
    if begin is None or term is None or begin is due[0] or not begin.open:
        return None
    first = (
        one for one in line.moments if one.reading.ordinal == "first" and one.reading.stage in ("pay", "due")
    )
    closed = (one for one in line.moments if one.stage.name in ("close", "end") and one is not due[0])
    lost = (one for one in line.moments if one.reading.word.startswith(_LOST))
    return Loan(begin, due[0], term, *(_free(some) for some in (first, closed, lost)))


def _free(some: Iterator[Moment]) -> Moment | None:
    return next((one for one in some if one.open and not one.reading.owner), None)


def terms_of(table: TableSketch) -> Iterator[ColumnSketch]:
    """Columns with a number of months, for which something is lent."""
    for column in table.columns.values():
        words = {*tokens_of(column.name), *column.words}
        whole = column.kind is Kind.INTEGER or (column.kind is Kind.DECIMAL and not column.column.type.scale)
        months = any(UNITS.get(word) == "mon" or word in ("mo", "mth", "mnth", "mos") for word in words)
        if whole and not column.hidden and words & _TERM and months:
            yield column


def _pays_out(one: Moment) -> bool:
    named = one.reading.word.startswith(_PAID_OUT) and not one.reading.ordinal and not one.planned
    return named and not one.begins


def as_loan(line: Timeline) -> None:
    """A loan that anything is paid for was paid out, and goes on from then to its maturity."""
    loan = loan_of(line)
    if loan is None:
        return
    line.begin, line.end, line.ahead = loan.begin, loan.maturity, True
    refused = any(one.stage.name in ("reject", "cancel") for one in line.moments)
    paid = not refused and bool(line.table.children)
    for one in line.chain:
        if paid and one.open and (one is loan.begin or one.stage.name in _GATES):
            one.stage = replace(one.stage, nulls=0.0)
            one.always = True


def loan_days(loan: Loan, compared: Collection[str]) -> None:
    """The days of a loan that follow from when it was paid out. compared: columns that CHECKs compare."""
    begin = f"CAST({quoted_name(loan.begin.name)} AS DATE)"
    months = f"CAST({quoted_name(loan.term.name)} AS INTEGER)"
    over = f"CAST({begin} + to_months({months}) AS DATE)"
    if loan.first is not None and loan.first.name not in compared:
        _says(loan.first, f"{begin} + INTERVAL 1 MONTH", f"a month after {loan.begin.name}")
    if loan.maturity.name not in compared:
        _says(loan.maturity, over, f"{loan.begin.name} and the months of {loan.term.name}")
    passed = f"date_diff('day', {begin}, {_PRESENT})"
    if loan.closed is not None and not loan.closed.column.required and loan.closed.name not in compared:
        early = f"{begin} + CAST(floor({passed} * (0.3 + 0.7 * noise('early'))) AS INTEGER)"
        sql = (
            f"CASE WHEN {over} <= {_PRESENT} THEN {over} "
            f"WHEN {passed} > 60 AND noise('sooner') < 0.12 THEN {early} END"
        )
        _says(loan.closed, sql, "when it was paid back")
    if loan.lost is not None and not loan.lost.column.required and loan.lost.name not in compared:
        closed = f"{quoted_name(loan.closed.name)} IS NULL AND " if loan.closed is not None else ""
        late = f"{begin} + 120 + CAST(floor(({passed} - 120) * noise('late')) AS INTEGER)"
        sql = f"{closed}{passed} > 150 AND {over} > {_PRESENT} AND noise('loss') < 0.05"
        sql = f"CASE WHEN {sql} THEN {late} END"
        _says(loan.lost, sql, "when it was given up")


def _says(one: Moment, sql: str, told: str) -> None:
    type_ = "DATE" if one.column.kind is Kind.DATE else "TIMESTAMP"
    nulls: JsonObject = {} if one.column.required else {"null_fraction": 0}
    fields: JsonObject = expressed(f"CAST({sql} AS {type_})")
    one.column.says(Found(told, {**fields, **nulls}))
