"""What names mean, one line a guess: the table of inference, and where to add to it.

A guess is tried with the words of a column's name, in English (`words.read`), and the noun of its table in
front: `name` in `products` is a product name; and then with the name alone. The first guess of GUESSES one of
whose phrases ends the name, and whose kinds and length fit, wins. A phrase with = in front is the whole name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from dw_simulator.types import NUMERIC_KINDS, TEMPORAL_KINDS, Kind

_TEXT = frozenset({Kind.TEXT})
_DATES = TEMPORAL_KINDS - {Kind.TIME}
_WHOLE = frozenset({Kind.INTEGER, Kind.DECIMAL})
_FRACTIONS = frozenset({Kind.DECIMAL, Kind.FLOAT})
_FLAG = frozenset({Kind.BOOLEAN})


@dataclass(frozen=True)
class Guess:
    """What a name says.

    phrases  in English words, separated by |
    kinds    the types it is believed of
    meaning  what the user is told: "looks like ..."
    fields   the column's fields that follow from it
    length   the least text length at which the rule's values fit; most: the greatest at which it is believed
    open     whether the rule still has enough values when the column is unique
    part     (rule, field) of an entity: what it is where other columns name the same person, place, company
    local    whether a locale makes a difference
    alone    whether it is believed of a column that speaks of no person, place or company with others
    """

    phrases: str
    kinds: frozenset[Kind]
    meaning: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    length: int = 0
    open: bool = False
    part: tuple[str, str] | None = None
    local: bool = False
    most: int = 1 << 30
    alone: bool = True


def _faker(
    phrases: str,
    provider: str,
    meaning: str,
    length: int,
    *,
    unique: bool = False,
    part: tuple[str, str] | None = None,
    local: bool = False,
) -> Guess:
    return Guess(phrases, _TEXT, meaning, {"faker_rule": provider}, length, unique, part, local)


def _short(most: int, guess: Guess) -> Guess:
    """A guess that is believed of short texts only."""
    return replace(guess, most=most)


def _rule(
    phrases: str,
    rule: str,
    meaning: str,
    length: int,
    *,
    unique: bool = False,
    part: tuple[str, str] | None = None,
    local: bool = False,
) -> Guess:
    return Guess(phrases, _TEXT, meaning, {"rule": {"name": rule}}, length, unique, part, local)


def _choice(
    phrases: str,
    meaning: str,
    values: str,
    weights: tuple[int, ...] = (),
    *,
    part: tuple[str, str] | None = None,
    most: int = 1 << 30,
    alone: bool = True,
) -> Guess:
    listed = values.split("|")
    rule: dict[str, Any] = {"name": "choice", "values": listed}
    if weights:
        rule["weights"] = list(weights)
    length = max(map(len, listed))
    return Guess(phrases, _TEXT, meaning, {"rule": rule}, length, part=part, most=most, alone=alone)


def _between(
    phrases: str,
    meaning: str,
    low: float,
    high: float,
    kinds: frozenset[Kind] = NUMERIC_KINDS,
    *,
    part: tuple[str, str] | None = None,
) -> Guess:
    return Guess(phrases, kinds, meaning, {"min_value": low, "max_value": high}, part=part)


def _money(phrases: str, meaning: str, low: float, high: float, log_mean: float, log_stddev: float) -> Guess:
    shape = {"type": "lognormal", "parameters": {"mean": log_mean, "stddev": log_stddev}}
    fields = {"distribution": shape, "min_value": low, "max_value": high}
    return Guess(phrases, NUMERIC_KINDS, meaning, fields)


def _period(phrases: str, meaning: str, start: str, end: str) -> Guess:
    return Guess(phrases, _DATES, meaning, {"date_start": start, "date_end": end})


def _share(phrases: str, meaning: str, share: float) -> Guess:
    return Guess(phrases, _FLAG, meaning, {"rule": {"name": "boolean", "true_share": share}})


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
_DEPARTMENTS = "Sales|Marketing|Finance|Human Resources|Engineering|Support|Legal|Operations|Purchasing"

FIRST_NAME = _faker(
    "first name|given name|fore name",
    "first_name",
    "a first name",
    12,
    unique=True,
    part=("person", "first_name"),
    local=True,
)

GUESSES: tuple[Guess, ...] = (
    # people
    _rule(
        "company email|vendor email|supplier email",
        "email",
        "an e-mail address",
        50,
        unique=True,
        part=("company", "email"),
    ),
    _rule(
        "email|email address|e mail|e mail address|email id",
        "email",
        "an e-mail address",
        30,
        unique=True,
        part=("person", "email"),
        local=True,
    ),
    FIRST_NAME,
    _faker("middle name", "first_name", "a first name", 12, local=True),
    _faker(
        "last name|family name|sur name",
        "last_name",
        "a last name",
        12,
        unique=True,
        part=("person", "last_name"),
        local=True,
    ),
    _faker(
        "user name|login|login name|nick name|nick|=user",
        "user_name",
        "a user name",
        16,
        unique=True,
        part=("person", "user_name"),
        local=True,
    ),
    _rule(
        "full name|customer name|contact name|person name|employee name|buyer name|seller name|client name|"
        "guest name|user name|member name|manager name|owner name|patient name|student name|author name|"
        "passenger name|driver name|account holder name|recipient name|=contact",
        "full_name",
        "a full name",
        24,
        unique=True,
        part=("person", "full_name"),
        local=True,
    ),
    _choice("gender", "a gender", "female|male", part=("person", "gender")),
    _choice("gender", "a gender", "F|M", part=("person", "gender")),
    _choice(
        "=title|person title|name title|customer title",
        "a title",
        "Mr.|Ms.",
        part=("person", "title"),
        alone=False,
    ),
    _faker(
        "phone|phone number|mobile|mobile number|mobile phone|fax|fax number",
        "phone_number",
        "a phone number",
        22,
        part=("place", "phone"),
        local=True,
    ),
    _faker("job title|job|occupation|position name", "job", "a job", 50),
    _faker("ssn|social security number", "ssn", "a social security number", 11),
    _choice("marital status", "a marital status", "single|married|divorced|widowed", (45, 40, 10, 5)),
    # places
    _faker("city|town|city name", "city", "a city", 24, part=("place", "city"), local=True),
    _short(
        19,
        _faker(
            "state|province|state code|state abbr|province code",
            "state_abbr",
            "a state's abbreviation",
            2,
            part=("place", "state_code"),
        ),
    ),
    _faker(
        "state|province|state name|province name",
        "state",
        "a state",
        20,
        part=("place", "state"),
    ),
    _faker("postal code|code postal", "postcode", "a postcode", 5, part=("place", "postcode"), local=True),
    _short(
        3,
        _faker(
            "country code|country iso|iso country|nation code|country|nation",
            "country_code",
            "a country code",
            2,
            part=("place", "country_code"),
        ),
    ),
    _faker("country code|country iso|iso country", "country_code", "a country code", 2),
    _faker(
        "country|nation|country name|nation name",
        "country",
        "a country",
        40,
        part=("place", "country"),
    ),
    _faker(
        "ip|ip address|ip v 4|client ip|remote address",
        "ipv4",
        "an IP address",
        15,
    ),
    _faker(
        "street|address|street address|address 1|address line 1|street name|address line",
        "street_address",
        "a street address",
        40,
        part=("place", "street_address"),
        local=True,
    ),
    _between("latitude", "a latitude", -90, 90, part=("place", "latitude")),
    _between("longitude", "a longitude", -180, 180, part=("place", "longitude")),
    _faker("timezone|time zone", "timezone", "a time zone", 32, part=("place", "timezone")),
    # organisations and things
    _faker(
        "company|company name|organization|organization name|supplier name|supplier|vendor|vendor name|"
        "employer|employer name|merchant|merchant name|brand|brand name|manufacturer|manufacturer name",
        "company",
        "a company",
        40,
        unique=True,
        part=("company", "name"),
        local=True,
    ),
    _choice(
        "industry|industry name|sector",
        "an industry",
        "Retail|Banking|Insurance|Software|Energy|Transport|Media|Health",
        part=("company", "industry"),
    ),
    _choice(
        "venue name",
        "a venue",
        "Opera House|City Arena|Harbour Stage|Royal Theatre|Jazz Cellar|"
        "Riverside Park|Concert Hall|Sports Palace|Old Mill|Grand Pavilion|North Stadium|Garden Theatre",
    ),
    _choice("event name", "an event", _EVENTS),
    _choice("product name|part name|item name|product title|item title", "a product", _PRODUCTS),
    _choice("category group", "a group of categories", "Shows|Concerts|Sports"),
    _choice(
        "genre|event category|=category name",
        "a category",
        "Opera|Plays|Musicals|Jazz|Pop|Classical|Tennis|Soccer|Ballet",
    ),
    _choice(
        "product category|item category|category|category name",
        "a category",
        "Books|Toys|Garden|Grocery|Beauty|Sports|Home|Music",
    ),
    _choice("department|department name", "a department", _DEPARTMENTS),
    _choice("ship mode|ship method|ship type", "a way of shipping", "AIR|RAIL|TRUCK|SHIP|MAIL|COURIER"),
    _choice(
        "pay method|pay type|pay mode",
        "a way of paying",
        "card|transfer|cash|invoice",
        (60, 20, 10, 10),
    ),
    _choice("status", "a status", "delivered|shipped|pending|cancelled|returned", (60, 18, 10, 8, 4)),
    _choice("status", "a status", "open|done|held"),
    _faker("currency|currency code", "currency_code", "a currency", 3),
    _choice("language|language code|locale", "a language", "en|de|fr|es|it|pt|nl", most=5),
    _faker("color|color name", "color_name", "a colour", 24),
    _faker(
        "company website|website|homepage|web site",
        "url",
        "an address on the web",
        50,
        part=("company", "website"),
    ),
    _faker("domain|domain name", "domain_name", "a domain", 40, part=("company", "domain")),
    _faker("url|link", "url", "an address on the web", 50),
    _faker("user agent", "user_agent", "a browser", 160),
    _faker("iban", "iban", "a bank account", 34),
    _faker("mac address", "mac_address", "a MAC address", 17),
    _rule("uuid|uuid number", "uuid", "a UUID", 36, unique=True),
    # calendar words
    _choice("=day|=weekday|day name|weekday name|=day week", "a weekday", "MON|TUE|WED|THU|FRI|SAT|SUN"),
    _choice("=month|month name", "a month", "JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC"),
    _choice("=quarter", "a quarter", "Q1|Q2|Q3|Q4"),
    _rule("sku|code|barcode|serial|serial number", "code", "a code", 1, unique=True),
    _rule("description|note|comment|remark|text|memo|message|body|content|reason", "text", "free text", 12),
    # numbers
    _money(
        "total|total amount|total price|revenue|turnover|account|balance|account balance|total cost|subtotal|"
        "order total|line total|grand total|invoice amount|gross amount|net amount|profit",
        "an amount of money",
        1,
        100_000,
        5.5,
        1.0,
    ),
    _money("commission|fee|cost|charge|bonus|credit|debit", "an amount of money", 0.5, 5_000, 3.0, 0.8),
    _money("salary|annual salary|income|wage", "a salary", 18_000, 250_000, 10.8, 0.4),
    _money(
        "price|amount|pay|price per ticket|price per unit|value|unit price|list price|amount pay",
        "a price",
        1,
        10_000,
        4.2,
        0.8,
    ),
    _between(
        "quantity|quantity sold|available quantity|number ticket|number item|item count|=item|=unit",
        "a quantity",
        1,
        10,
    ),
    _between("seat|capacity|number seat", "a number of seats", 200, 60_000, _WHOLE),
    _between("percent|percentage", "a percentage", 0, 100),
    _between("discount|tax|rate|ratio|share|discount rate|tax rate", "a rate", 0, 0.3, _FRACTIONS),
    _between("age", "an age", 18, 90),
    _between("year", "a year", 2020, 2025),
    _between("=month|month number|=month year", "a month of the year", 1, 12, _WHOLE),
    _between("week|week number|week year", "a week of the year", 1, 52, _WHOLE),
    _between("=quarter|quarter number", "a quarter", 1, 4, _WHOLE),
    _between("=hour|hour day", "an hour of the day", 0, 23, _WHOLE),
    _between("priority|rating|star|grade", "a grade", 1, 5),
    _between("size", "a size", 1, 50),
    _between("weight", "a weight", 0.1, 100, _FRACTIONS),
    # time
    _period(
        "birth date|birth|date birth|born|born date|born at|born on",
        "a birth date",
        "1940-01-01",
        "2007-12-31",
    ),
    _period("=calendar date|=cal date|=full date", "a calendar date", "2020-01-01", "2029-12-31"),
    _period(
        "date|time|timestamp|stamp|at|on|create|update|ship|deliver|start|end|order|close|open|expires|until|"
        "from|to|login|date time|seen|on date|valid from|valid to|due|check in|check out",
        "a moment of the last years",
        "2022-01-01",
        "2025-12-31",
    ),
    # flags
    _share("deleted|holiday|blocked|fraud|test|locked|archived|is test|is return", "a rare flag", 0.05),
    _share("active|valid|enabled|verified|available", "a common flag", 0.9),
)

FLAG_VERBS = frozenset({"is", "has", "can", "was", "are"})
FLAG_NOUNS = frozenset({"flag", "ind", "indicator"})
"""Words in front of, or behind, what is true or false: also where it is written as Y and N, or 1 and 0."""

STAGES = """
# earlier                       | later                            | within
create                          | update                           | 90d
create open start               | close                            | 30d
create                          | deleted expires                  | 365d
order                           | ship                             | 10d
ship                            | deliver arrive                   | 10d
order                           | deliver arrive                   | 21d
order                           | pay completed cancelled          | 14d
issue invoice                   | due                              | 60d
invoice issue                   | pay                              | 60d
start                           | end                              | 90d
from                            | to until                         | 365d
depart                          | arrive                           | 2d
check-in                        | check-out                        | 14d
hire                            | terminate                        | 1800d
"""
"""Which moments of a row come after which, one line a pair; the first line that fits a later one counts."""

TOTALS = "line total|total price|total amount|total|subtotal|extended price|amount|line amount|total cost"
QUANTITIES = "quantity|number ticket|quantity sold"
UNIT_PRICES = "unit price|price per unit|price per ticket|price|unit cost"
"""What is a total, beside a quantity and a price of one."""
