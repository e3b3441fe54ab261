"""What else follows from the moments of a row: what is read at its end, who came, what a flag is needed for.

`stop_meter` and `stop_reason` are there where the session has ended; nobody attended what was cancelled; who
is told of a critical result is told of no other.
"""

from collections.abc import Mapping

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.lives.life_words import Life, LifeState
from dw_simulator.schema.inference.lives.state_names import states_in
from dw_simulator.schema.inference.moments.stage_reading import stages, tokens_of
from dw_simulator.schema.inference.moments.stages import TAILS
from dw_simulator.schema.inference.sketch import ColumnSketch, TableSketch
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.schema.quoting import quoted_name, quoted_text
from dw_simulator.types import NUMERIC_KINDS, Kind

_ENDS = ("end", "checkout", "return", "complete", "discharge", "arrive", "close")
"""What ends a row, the likeliest first."""
_AT_THE_END = frozenset(
    """stop stopped end ended ending final finish closing exit out return returned arrival stopp ende endstand
    schluss fin finale fine fim final eind einde eindstand rueckgabe retour vuelta devolucion salida
    uscita arrive llegada arrivee arrivo chegada ankunft aankomst rientro regreso""".split()
)
"""Words of what is known of a row once it has ended."""
_CAME = frozenset(
    """present presente presence attended attendance anwesend aanwezig asistio asistido asistencia compareceu
    presenca teilgenommen erschienen partecipato appeared showed verschenen""".split()
)
"""Words of a flag for that somebody came."""
_GOT = frozenset("refund refunded recovered recovery recover credited awarded award payout".split())
"""Words of what comes of a dispute that was won."""
_ONLY_OPEN = "open"
_STATES = {
    "submit": "submitted", "confirm": "confirmed", "approve": "approved", "reject": "rejected",
    "pay": "paid", "invoice": "invoiced", "assign": "assigned", "activate": "active", "start": "started",
    "process": "processed", "pick": "picked", "pack": "packed", "ship": "shipped", "depart": "departed",
    "arrive": "arrived", "deliver": "delivered", "receive": "received", "resolve": "resolved",
    "complete": "completed", "result": "resulted", "checkin": "checked in", "checkout": "checked out",
    "discharge": "discharged", "end": "ended", "return": "returned", "refund": "refunded",
    "cancel": "cancelled", "leave": "terminated", "close": "closed", "post": "posted",
}  # fmt: skip
"""How a status calls that a moment has come, by its stage."""
_LAST_OF_ALL = frozenset({"cancel", "reject", "return", "refund", "leave", "close"})


def told_of_the_end(table: TableSketch, ends: Mapping[str, str]) -> None:
    """What is known at the end is not known before. ends: stages of moments, with tests."""
    came = next((ends[stage] for stage in _ENDS if stage in ends), "")
    if not came:
        return
    linked = {name for link in table.links for name in link.columns}
    for column in table.columns.values():
        words = {*tokens_of(column.name), *column.words}
        own = words - TAILS - {*table.noun}
        value = column.kind in NUMERIC_KINDS or column.kind is Kind.TEXT
        free = column.open and not (column.required or column.keyed or column.unless or column.hidden)
        if free and value and own & _AT_THE_END and len(own) > 1 and column.name not in linked:
            column.unless = came


def came_or_not(table: TableSketch, cancelled: str) -> None:
    """Nobody comes to what was cancelled. cancelled: the column of that moment."""
    for column in table.columns.values():
        words = {*tokens_of(column.name), *column.words}
        if not (column.open and column.kind is Kind.BOOLEAN and words & _CAME):
            continue
        if column.rule.get("name") != "boolean" or column.keyed:
            continue
        share = column.rule.get("true_share", 0.8)
        sql = f"{quoted_name(cancelled)} IS NULL AND noise('came') < {share}"
        rule: JsonObject = expression(sql)
        column.says(Found(f"whether somebody came, who had no {cancelled}", {"rule": rule}))


def only_won(table: TableSketch) -> None:
    """Only who won a dispute gets something back."""
    for status in table.columns.values():
        names = table.states.get(str(status.rule.get("of", "")), {})
        if status.rule.get("field") != "state" or "won" not in names or "lost" not in names:
            continue
        for column in table.columns.values():
            free = column.open and not (column.required or column.keyed or column.unless or column.hidden)
            if free and column.kind in NUMERIC_KINDS and _GOT & {*column.words, *tokens_of(column.name)}:
                column.unless = f"{quoted_name(status.name)} = {quoted_text(names['won'])}"


def only_flagged(table: TableSketch) -> None:
    """critical_notified_at is there where is_critical is true."""
    flags = {}
    for column in table.columns.values():
        (first, *others) = column.words or ("",)
        if column.kind is Kind.BOOLEAN and first == "is" and others and "IS NOT NULL" not in str(column.rule):
            flags[tuple(others)] = column.name
    for column in table.columns.values():
        moment = column.kind in (Kind.DATE, Kind.TIMESTAMP) and column.open and not column.required
        for words, flag in flags.items():
            more = column.words[: len(words)] == words and bool({*column.words[len(words) :]} - TAILS)
            if moment and more and not column.unless and not column.keyed:
                column.unless = quoted_name(flag)


def status_by_stamps(column: ColumnSketch, came: Mapping[str, str]) -> None:
    """A status of which nothing is known but which moments have come. came: their tests, by their stages."""
    known = [stage for stage in came if stage in _STATES]
    known.sort(key=lambda one: (one in _LAST_OF_ALL, stages()[one].rank))
    if not known:
        return
    names = [_ONLY_OPEN, *(_STATES[stage] for stage in known)]
    life = Life("marks", tuple(LifeState(name, name[0].upper()) for name in names))
    letters = [one.letter for one in life.states]
    if column.column.type.length == 1 and len({*letters}) < len(letters):
        return
    written = states_in(life, column)
    cases = [f"WHEN {came[stage]} THEN {written[_STATES[stage]]}" for stage in reversed(known)]
    sql = f"CASE {' '.join(cases)} ELSE {written[_ONLY_OPEN]} END"
    rule: JsonObject = expression(sql)
    told = " and ".join(_STATES[stage] for stage in known)
    column.says(Found(f"which of {told} it was last", {"rule": rule}))
    column.filled = True
