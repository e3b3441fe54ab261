"""Batches: made before they come in, long before they expire; and they come in over all the years.

batch (product_id -> product, produced_on, received_on, expires_on, quantity_received)
    produced_on   some weeks before received_on
    received_on   on any day since the product is there
    expires_on    months after received_on
"""

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.moments.rhythms import to_the_second
from dw_simulator.schema.inference.moments.row_moments import Moment, Timeline
from dw_simulator.schema.inference.moments.timelines import nulls_of
from dw_simulator.schema.inference.shape.fan_out_guesses import is_lookup
from dw_simulator.schema.inference.sketch import Link
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.inference.words.role_words import role_words
from dw_simulator.schema.json_data import JsonObject, fields_in
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import Kind

_BATCHES = frozenset("batch lot lote lotto partij charge".split())
_MADE, _SHELF = ("1d", "30d", "200d"), ("60d", "500d", "1400d")
"""How long before it came in what is in a batch was made, and how long after that it expires."""
_COMING = frozenset({"receive", "deliver", "receipt", "arrive"})
_DAYS = 4380
"""Over how many days batches have come in."""


def is_of_batches(line: Timeline) -> bool:
    """Whether a table holds batches of something, and no bids on a lot."""
    return bool(line.words & _BATCHES) and bool({*line.things[-1:]} & {"batch", "lot", "charge"})


def shelf_life(line: Timeline) -> None:
    """A batch is made before it comes in, and comes in long before it expires."""
    came = _came(line)
    if came is None:
        return
    for one in line.moments:
        expires = one.stage.name in ("expire", "due") and one.planned
        if not one.open or not one.fits(came) or not (expires or one.has("far")):
            continue
        least, mean, most = _SHELF if expires else _MADE
        rule: JsonObject = {"name": "after", "column": came.name, "at_least": least, "within": most}
        rule |= {"distribution": "exponential", "mean": mean} | to_the_second(one.column.column.type)
        rule |= {"censor": False} if expires else {"before": True}
        one.sources = [came] if expires else []
        told = "when it expires, after" if expires else "when it was made, before"
        one.column.says(Found(f"{told} {came.name}", {"rule": rule, **nulls_of(one)}))


def come_over_the_years(line: Timeline) -> None:
    """Batches come in on any day since there is what they are of, and not only when that is new."""
    came = _came(line)
    if came is None or came is not line.anchor or not came.open or came.column.rule.get("name") != "after":
        return
    source = fields_in(came.column.rule.get("column"))
    link = line.table.link(str(source.get("reference")))
    if link is None or not _is_of_a_thing(link):
        return
    type_ = "DATE" if came.column.kind is Kind.DATE else "TIMESTAMP"
    since = f"CAST({quoted_name(link.name, str(source['column']))} AS {type_})"
    ago = f"as_of() - to_days(CAST(floor({_DAYS} * noise('came')) AS INTEGER))"
    if came.column.kind is Kind.TIMESTAMP:
        ago += " - to_seconds(CAST(floor(86400 * noise('hour')) AS BIGINT))"
    rule: JsonObject = expression(
        f"COALESCE(greatest({since}, CAST({ago} AS {type_})), CAST({ago} AS {type_}))"
    )
    came.column.says(Found(f"any day since its {link.parent.name} was there", {"rule": rule}))


def _came(line: Timeline) -> Moment | None:
    """When a batch came in."""
    if not is_of_batches(line):
        return None
    return next((one for one in line.chain if one.stage.name in _COMING and one.sure), None)


def _is_of_a_thing(link: Link) -> bool:
    """Whether a reference is to things that are there for years, and to no order."""
    deals = {*link.parent.noun} & role_words("deals")
    return not deals and all(is_lookup(one.parent) or one.to_itself for one in link.parent.links)
