"""What is told of some rows alone: the code of what failed, the last digits of a card that paid.

payment (status, failure_code, method, card_last4)
    failure_code   where status is one of failing
    card_last4     where method is a card
"""

from collections.abc import Iterator, Mapping

from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch, TableSketch
from dw_simulator.schema.inference.words.tokens import read
from dw_simulator.schema.json_data import items_of, object_of
from dw_simulator.schema.quoting import quoted_name, quoted_text
from dw_simulator.types import Kind

_FAILURES = frozenset({"failure", "error", "decline", "declined", "rejection", "reject"})
_TOLD = frozenset({"code", "reason", "message", "description", "text", "detail"})
_STATES = frozenset({"status", "state", "result", "outcome"})
_FAILED = frozenset("failed fail failure error declined decline rejected reject refused".split())
_CARDS = frozenset({"last", "brand", "network", "expiry", "bin", "scheme", "fingerprint"})
_METHODS = frozenset({"method", "type", "instrument", "means"})
_DOINGS = frozenset({"use", "used", "seen", "changed", "added", "updated"})
"""Words of moments of a card, which anybody has who has a card."""
_BY_CARD = frozenset({"card", "credit", "debit"})
_PAID = frozenset({"payment", "pay", "tender", "charge", "transaction", "checkout"})
"""What a type has to be of, or its table, that says how is paid."""
_NO_CARD = frozenset({"sepa", "direct", "transfer", "bank", "note", "gift"})


def only_where(sketch: Sketch) -> None:
    """Say of which rows failures and cards are told."""
    for table in sketch.tables.values():
        for column in table.columns.values() if not table.hidden else ():
            if column.required or column.unless or not column.open or column.keyed:
                continue
            if "null_when" in column.fields or column.found is None or column.kind is Kind.BOOLEAN:
                continue
            words = {*column.words}
            if words & _FAILURES and words & _TOLD and words <= _FAILURES | _TOLD | {*table.noun}:
                _say(sketch, table, column, _STATES, _FAILED, frozenset())
            elif "card" in words and words & _CARDS and not words & _DOINGS:
                _say(sketch, table, column, _METHODS, _BY_CARD, _NO_CARD)


def _say(
    sketch: Sketch,
    table: TableSketch,
    column: ColumnSketch,
    told: frozenset[str],
    wanted: frozenset[str],
    others: frozenset[str],
) -> None:
    """Let a column be NULL but where another one has one of some values."""
    for one in table.columns.values():
        if one is column or one.hidden or one.kind is not Kind.TEXT or not told & {*one.words}:
            continue
        by_type = told is _METHODS and not {*one.words} & (_METHODS - {"type"})
        if by_type and not _PAID & {*one.words, *table.noun}:
            continue
        known = dict.fromkeys(_values(sketch, table, one))
        fitting = [value for value in known if _says(value, wanted, others)]
        if fitting and len(fitting) < len(known):
            listed = ", ".join(map(quoted_text, fitting))
            column.unless = f"{quoted_name(one.name)} IN ({listed})"
            return


def _says(value: str, wanted: frozenset[str], others: frozenset[str]) -> bool:
    words = {*read(value.lower()).words, *value.lower().replace("-", " ").replace("_", " ").split()}
    return bool(words & wanted) and not words & others


def _values(sketch: Sketch, table: TableSketch, column: ColumnSketch) -> Iterator[str]:
    """The values of a column: those of its CHECK, of its choice, or of the life that it tells."""
    yield from sketch.listed(table).get(column.name, ())
    rule = column.rule
    cases = [object_of(one).get("rule") for one in items_of(rule.get("when") or [])]
    for one in (rule, *cases, rule.get("otherwise")):
        values = one.get("values") if isinstance(one, Mapping) else None
        yield from map(str, values if isinstance(values, list) else [])
    lives = object_of(table.said.get("lifecycles") or {})
    life = object_of(lives.get(str(rule.get("of"))) or {})
    if rule.get("field") == "state" and life:
        for state, ways in object_of(life["states"]).items():
            yield state
            yield from object_of(ways)
