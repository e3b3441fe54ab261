"""The obvious rule for a column, from its name and type: used when DDL is imported.

The first entry of GUESSES whose pattern is in the name, and whose kinds and length fit, wins. The stored
schema shows each choice and why, so that a user can change it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dw_simulator.model import Column, Experiment, Table
from dw_simulator.types import NUMERIC_KINDS, TEMPORAL_KINDS, Kind, SqlType

_TEXT = frozenset({Kind.TEXT})
_DATES = TEMPORAL_KINDS - {Kind.TIME}
_WHOLE = frozenset({Kind.INTEGER, Kind.DECIMAL})
_FLAG = frozenset({Kind.BOOLEAN})


@dataclass(frozen=True)
class Guess:
    """What a name says.

    pattern   searched in the name, in lower case
    kinds     the types it is believed of
    meaning   what the user is told: "looks like ..."
    fields    the column's fields that follow from it
    length    the least text length at which the rule's values fit
    open      whether the rule still has enough values when the column is unique
    """

    pattern: str
    kinds: frozenset[Kind]
    meaning: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    length: int = 0
    open: bool = False


def _faker(pattern: str, provider: str, meaning: str, length: int, *, unique: bool = False) -> Guess:
    return Guess(pattern, _TEXT, meaning, {"faker_rule": provider}, length, unique)


def _rule(pattern: str, rule: str, meaning: str, length: int, *, unique: bool = False) -> Guess:
    return Guess(pattern, _TEXT, meaning, {"rule": {"name": rule}}, length, unique)


def _choice(pattern: str, meaning: str, values: str, weights: tuple[int, ...] = ()) -> Guess:
    listed = values.split("|")
    rule: dict[str, Any] = {"name": "choice", "values": listed}
    if weights:
        rule["weights"] = list(weights)
    return Guess(pattern, _TEXT, meaning, {"rule": rule}, max(map(len, listed)))


def _between(
    pattern: str, meaning: str, low: float, high: float, kinds: frozenset[Kind] = NUMERIC_KINDS
) -> Guess:
    return Guess(pattern, kinds, meaning, {"min_value": low, "max_value": high})


def _money(pattern: str, meaning: str, low: float, high: float, log_mean: float, log_stddev: float) -> Guess:
    shape = {"type": "lognormal", "parameters": {"mean": log_mean, "stddev": log_stddev}}
    return Guess(
        pattern, NUMERIC_KINDS, meaning, {"distribution": shape, "min_value": low, "max_value": high}
    )


def _period(pattern: str, meaning: str, start: str, end: str) -> Guess:
    return Guess(pattern, _DATES, meaning, {"date_start": start, "date_end": end})


def _share(pattern: str, meaning: str, share: float) -> Guess:
    return Guess(pattern, _FLAG, meaning, {"rule": {"name": "boolean", "true_share": share}})


_EVENTS = (
    "Hamlet|Macbeth|Twelfth Night|The Cherry Orchard|The Magic Flute|Carmen|La Traviata|Tosca|Swan Lake|"
    "The Nutcracker|Giselle|Spring Gala|Jazz by the River|Big Band Night|Blues Weekend|Open Air Rock|"
    "City Marathon|Cup Final|Derby Night|Tennis Masters|Boxing Night|Ice Gala|Comedy Club Live|"
    "Magic and Mystery|New Year Concert|Requiem in D Minor|Symphony in White|Chamber Music Evening|"
    "Choir of the North|Songs of the Sea|The Winter Tale|The Tempest|Candlelight Strings|Flamenco Nights|"
    "Gospel Sunday|Folk in the Park|Electronic Dawn|Poetry Slam|Circus of Stars|Dance Across Time"
)
_PRODUCTS = (
    "Oak Desk|Steel Kettle|Wool Blanket|Garden Hose|Desk Lamp|Travel Mug|Paper Lantern|Canvas Bag|"
    "Chef Knife|Cast Iron Pan|Bath Towel|Wall Clock|Bookshelf|Hiking Boots|Rain Jacket|Yoga Mat|"
    "Bicycle Bell|Tool Box|Cordless Drill|Paint Set|Chess Board|Picture Frame|Reading Chair|Tea Pot|"
    "Soup Bowl|Linen Shirt|Leather Belt|Sun Hat|Camping Stove|Sleeping Bag|Water Filter|Spice Rack"
)

GUESSES: tuple[Guess, ...] = (
    # people
    _rule(r"e_?mail", "email", "an e-mail address", 30, unique=True),
    _faker(r"(first|given|fore)_?name|^fname$|vorname", "first_name", "a first name", 12, unique=True),
    _faker(r"(last|sur|family)_?name|^lname$|nachname", "last_name", "a last name", 12, unique=True),
    _faker(r"user_?name|login|nick_?name", "user_name", "a user name", 16, unique=True),
    _rule(
        r"(full|customer|contact|person|employee|buyer|seller|client|guest)_?name$",
        "full_name",
        "a full name",
        24,
        unique=True,
    ),
    _faker(r"phone|mobile|^tel|fax", "phone_number", "a phone number", 22),
    _faker(r"job|occupation|position_name", "job", "a job", 50),
    # places
    _faker(r"city|town", "city", "a city", 24),
    Guess(r"state(?!ment)|province", _TEXT, "a US state", {"faker_rule": "state_abbr"}, 2),
    _faker(r"zip|post(al)?_?code", "postcode", "a postcode", 5),
    _faker(r"country_?(code|iso)|iso_?country|nation_code", "country_code", "a country code", 2),
    _faker(r"country|nation_?name", "country", "a country", 40),
    _faker(r"street|address", "street_address", "a street address", 40),
    _between(r"latitude|^lat$", "a latitude", -90, 90),
    _between(r"longitude|^(lon|lng)$", "a longitude", -180, 180),
    # organisations and things
    _faker(r"compan|organi[sz]ation|supplier_?name|vendor|employer", "company", "a company", 40, unique=True),
    _choice(
        r"venue_?name",
        "a venue",
        "Opera House|City Arena|Harbour Stage|Royal Theatre|Jazz Cellar|"
        "Riverside Park|Concert Hall|Sports Palace|Old Mill|Grand Pavilion|North Stadium|Garden Theatre",
    ),
    _choice(r"event_?name", "an event", _EVENTS),
    _choice(r"(product|part|item|article)_?name", "a product", _PRODUCTS),
    _choice(r"cat(egory)?_?group", "a group of categories", "Shows|Concerts|Sports"),
    _choice(
        r"cat(egory)?_?name|genre",
        "a category",
        "Opera|Plays|Musicals|Jazz|Pop|Classical|Tennis|Soccer|Ballet",
    ),
    _choice(
        r"^category$|product_?category", "a category", "Books|Toys|Garden|Grocery|Beauty|Sports|Home|Music"
    ),
    _choice(r"ship_?mode|shipping_?method", "a way of shipping", "AIR|RAIL|TRUCK|SHIP|MAIL|COURIER"),
    _choice(r"status", "a status", "delivered|shipped|pending|cancelled|returned", (60, 18, 10, 8, 4)),
    _choice(r"status", "a status", "open|done|held"),
    _faker(r"currency", "currency_code", "a currency", 3),
    _faker(r"colou?r", "color_name", "a colour", 24),
    _faker(r"url|website|homepage", "url", "an address on the web", 50),
    _faker(r"(^|_)ip(_|v4|$)|ip_?address", "ipv4", "an IP address", 15),
    _rule(r"uuid|guid", "uuid", "a UUID", 36, unique=True),
    # calendar words
    _choice(r"^(week)?_?day(_?name)?$", "a weekday", "MON|TUE|WED|THU|FRI|SAT|SUN"),
    _choice(r"^month(_?name)?$", "a month", "JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC"),
    _choice(r"^(qtr|quarter)$", "a quarter", "Q1|Q2|Q3|Q4"),
    _rule(r"sku|(^|_)code$|barcode|serial", "code", "a code", 1, unique=True),
    _rule(r"desc|note|comment|remark|text|memo|message", "text", "free text", 12),
    # numbers
    _money(r"total|revenue|turnover|account|balance", "an amount of money", 1, 100_000, 5.5, 1.0),
    _money(r"commission|fee|cost|charge", "an amount of money", 0.5, 5_000, 3.0, 0.8),
    _money(r"price|amount|paid|pay|value|salary", "a price", 1, 10_000, 4.2, 0.8),
    _between(r"(qty|quantity|num_?tickets|items)", "a quantity", 1, 10),
    _between(r"seats|capacity", "a number of seats", 200, 60_000, _WHOLE),
    _between(r"percent|pct", "a percentage", 0, 100),
    _between(r"discount|tax|rate$|ratio|share", "a rate", 0, 0.3, frozenset({Kind.DECIMAL, Kind.FLOAT})),
    _between(r"^age$|_age$", "an age", 18, 90),
    _between(r"(^|_)year$", "a year", 2020, 2025),
    _between(r"^month(_?(no|num|number))?$", "a month of the year", 1, 12, _WHOLE),
    _between(r"(^|_)week$", "a week of the year", 1, 52, _WHOLE),
    _between(r"^(qtr|quarter)$", "a quarter", 1, 4, _WHOLE),
    _between(r"priority|rating|stars|grade", "a grade", 1, 5),
    _between(r"(^|_)size$", "a size", 1, 50),
    # time
    _period(r"birth|^dob$|born", "a birth date", "1940-01-01", "2007-12-31"),
    _period(r"^cal(endar)?_?date$", "a calendar date", "2020-01-01", "2029-12-31"),
    _period(
        r"(_at|_on|_ts|_dt|date|time|stamp)$|^(date|time)|created|updated",
        "a moment of the last years",
        "2022-01-01",
        "2025-12-31",
    ),
    # flags
    _share(r"deleted|holiday|blocked|fraud|(^|_)test(_|$)", "a rare flag", 0.05),
    _share(r"(?<!in)(active|valid)|enabled", "a common flag", 0.9),
)


def infer(experiment: Experiment) -> Experiment:
    """The same schema with a rule for every column that had none and whose name says enough."""
    schema = experiment.to_json()
    for table, data in zip(experiment.tables, schema["tables"], strict=True):
        for column, fields in zip(table.columns, data["columns"], strict=True):
            fields.update(_guessed(table, column))
    return Experiment.model_validate(schema)


def _guessed(table: Table, column: Column) -> dict[str, Any]:
    """The fields that follow from the column's name, and why; empty where something is declared already."""
    referring = {name for reference in table.references for name in reference.columns}
    declared = column.model_fields_set & {"min_value", "max_value", "date_start", "date_end"}
    if column.rule_spec is not None or column.name in referring or declared:
        return {}
    keyed = any(column.name in key for key in table.keys)
    for guess in _matching(column, keyed=keyed):
        fields = _fitted(guess.fields, column.type)
        if fields is not None:
            return {**fields, "inferred": f"{column.name} looks like {guess.meaning}"}
    return {}


def _matching(column: Column, *, keyed: bool) -> Iterator[Guess]:
    type_ = column.type
    for guess in GUESSES:
        if type_.kind not in guess.kinds or (keyed and not guess.open):
            continue
        room = type_.length - (9 if keyed else 0)
        if type_.kind is Kind.TEXT and room < guess.length:
            continue
        if re.search(guess.pattern, column.name.lower()):
            yield guess


def _fitted(fields: Mapping[str, Any], type_: SqlType) -> dict[str, Any] | None:
    """The fields with bounds that the type can hold; None when nothing sensible is left."""
    if type_.kind not in NUMERIC_KINDS or type_.kind is Kind.FLOAT or "max_value" not in fields:
        return dict(fields)
    unit = 10**type_.scale
    greatest = type_.limits[1] // unit if type_.scale == 0 else type_.limits[1] / unit
    low, high = fields["min_value"], min(fields["max_value"], greatest)
    if low * unit > high * unit or (type_.scale == 0 and high < 1):
        return None
    return {**fields, "max_value": high}
