"""What names mean, one line a guess: the table of inference, and where to add to it.

A guess is tried with the words of a column's name, in English (`words.read`), and the noun of its table in
front: `name` in `products` is a product name; and then with the name alone. The first guess of GUESSES one of
whose phrases ends the name, and whose kinds and length fit, wins. A phrase with = in front is the whole name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from dw_simulator.schema.json_data import Json, JsonObject
from dw_simulator.types import NUMERIC_KINDS, TEMPORAL_KINDS, Kind

_TEXT = frozenset({Kind.TEXT})
_DATES = TEMPORAL_KINDS - {Kind.TIME}
_WHOLE = frozenset({Kind.INTEGER, Kind.DECIMAL})
_FRACTIONS = frozenset({Kind.DECIMAL, Kind.FLOAT})
_FLAG = frozenset({Kind.BOOLEAN})

Fields: TypeAlias = Mapping[str, Json]
"""Fields of a column, as a schema has them."""


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
    fields: Fields = field(default_factory=dict)
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


def _beside(guess: Guess) -> Guess:
    """A guess that is believed only beside others of the same person or place."""
    return replace(guess, alone=False)


def _rule(
    phrases: str,
    rule: str,
    meaning: str,
    length: int,
    *,
    unique: bool = False,
    part: tuple[str, str] | None = None,
    local: bool = False,
    **options: Json,
) -> Guess:
    fields = {"rule": {"name": rule, **options}}
    return Guess(phrases, _TEXT, meaning, fields, length, unique, part, local)


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
    rule: JsonObject = {"name": "choice", "values": listed}
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
    shape: JsonObject = {"type": "lognormal", "parameters": {"mean": log_mean, "stddev": log_stddev}}
    fields: JsonObject = {"distribution": shape, "min_value": low, "max_value": high}
    return Guess(phrases, NUMERIC_KINDS, meaning, fields)


def _period(phrases: str, meaning: str, start: str, end: str) -> Guess:
    return Guess(phrases, _DATES, meaning, {"date_start": start, "date_end": end})


LAST_YEARS: Fields = {"date_start": "2022-01-01", "date_end": "2025-12-31"}
"""Of what has been of late, in an experiment that names no present; else that many years back from it."""
YEARS_BACK = 3


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
_JOBS = "Accountant|Analyst|Engineer|Sales Manager|Technician|Consultant|Clerk|Team Lead|Buyer|Controller"
_COUNTRIES = "United States|Germany|France|Spain|Italy|Brazil|Netherlands|Japan|Canada|Mexico|India"
_CITIES = "Springfield|Portland|Salem|Dayton|Georgetown|Madison|Clayton|Ashland|Dover|Milton|Oxford|Newport"
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
LAST_NAME = _faker(
    "last name|family name|sur name",
    "last_name",
    "a last name",
    12,
    unique=True,
    part=("person", "last_name"),
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
    LAST_NAME,
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
    _beside(
        _rule("=name", "full_name", "a full name", 24, unique=True, part=("person", "full_name"), local=True)
    ),
    _rule(
        "manager|author|clerk|card holder name|holder name|counterparty name|contact person|sales person|"
        "representative|recipient",
        "full_name",
        "a full name",
        24,
        local=True,
    ),
    _choice("gender|gender code", "a gender", "female|male", part=("person", "gender")),
    _choice("gender|gender code", "a gender", "F|M", part=("person", "gender")),
    _choice("employee title|staff title|contact title", "a job", _JOBS),
    _choice(
        "=title|person title|name title|customer title|title courtesy|courtesy title",
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
    _rule(
        "phone|phone number|mobile|mobile number|mobile phone|fax|fax number|call number",
        "pattern",
        "a phone number",
        17,
        part=("place", "phone"),
        pattern="+1 {number:201-989} 555 {digits:4}",
    ),
    _rule(
        "phone|phone number|mobile|mobile number|mobile phone|fax|fax number|call number",
        "pattern",
        "a phone number",
        12,
        pattern="{number:201-989}-555-{digits:4}",
    ),
    _between(
        "phone|phone number|mobile|mobile number|mobile phone|fax|fax number",
        "a phone number",
        2_010_000_000,
        9_899_999_999,
        _WHOLE,
    ),
    _faker("job title|job|occupation|position name", "job", "a job", 50),
    _choice("job title|job|occupation|position name|=position", "a job", _JOBS),
    _faker("ssn|social security number", "ssn", "a social security number", 11),
    _choice("marital status", "a marital status", "single|married|divorced|widowed", (45, 40, 10, 5)),
    _choice("marital status|marital status code", "a marital status", "S|M|D|W", (45, 40, 10, 5)),
    # places
    _faker("city|town|city name", "city", "a city", 24, part=("place", "city"), local=True),
    _choice("city|town|city name", "a city", _CITIES, part=("place", "city")),
    _short(
        19,
        _faker(
            "state|province|state province|state code|state abbr|province code",
            "state_abbr",
            "a state's abbreviation",
            2,
            part=("place", "state_code"),
        ),
    ),
    _faker(
        "state name|province|state province|province name|venue state",
        "state",
        "a state",
        20,
        part=("place", "state"),
    ),
    _beside(_faker("state", "state", "a state", 20, part=("place", "state"))),
    _faker(
        "postal code|code postal|postal code number",
        "postcode",
        "a postcode",
        5,
        part=("place", "postcode"),
        local=True,
    ),
    _rule("postal code|code postal|postal code number", "pattern", "a postcode", 5, pattern="{digits:5}"),
    _between("postal code|code postal", "a postcode", 10_000, 99_999, _WHOLE),
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
    _choice("country|nation|country name|nation name", "a country", _COUNTRIES, part=("place", "country")),
    _faker(
        "ip|ip address|ip v 4|client ip|remote address",
        "ipv4",
        "an IP address",
        15,
    ),
    _faker("mac address", "mac_address", "a MAC address", 17),
    _rule("house number|street number", "pattern", "a house number", 3, pattern="{number:1-199}"),
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
    _choice(
        "page view event name|page event name|web event name|track event name|click event name|"
        "session event name",
        "an event of a web site",
        "page_view|click|search|sign_up|add_to_cart|checkout|purchase",
        (50, 25, 10, 3, 6, 3, 3),
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
    _choice("status|state", "a status", "open|done|held"),
    _choice("device type|device|platform", "a device", "desktop|mobile|tablet", (45, 50, 5)),
    _choice("browser", "a browser", "Chrome|Safari|Firefox|Edge", (60, 20, 10, 10)),
    _choice("=os|operating system", "an operating system", "Windows|macOS|Linux|Android|iOS"),
    _choice("utm source|traffic source", "where a visit came from", "google|direct|facebook|mail"),
    _choice("utm medium", "how a visit came", "cpc|email|organic|referral|social"),
    _choice("debit credit|debit credit ind|debit credit indicator|debit credit flag", "a side", "D|C"),
    _choice("channel|sale channel", "a channel", "web|store|app|phone", (50, 30, 15, 5)),
    _choice("record source|rec src|source system|=source", "where it comes from", "CRM|ERP|WEB|POS"),
    _choice("severity|priority|risk rate|risk rating|risk level", "a level", "low|medium|high", (60, 30, 10)),
    _choice("segment|tier", "a segment", "basic|standard|premium", (50, 35, 15)),
    _choice("region|region name|territory|zone", "a region", "North|South|East|West|Central"),
    _choice("=unit|unit measure|measure unit|uom", "a unit", "pcs|kg|m|l|box", (60, 20, 10, 5, 5)),
    _choice("size", "a size", "XS|S|M|L|XL", most=20),
    _faker("currency|currency code", "currency_code", "a currency", 3),
    _choice("language|language code|locale", "a language", "en|de|fr|es|it|pt|nl", most=10),
    _faker("color|color name", "color_name", "a colour", 24),
    _choice("color|color name", "a colour", "Black|White|Grey|Red|Blue|Green|Yellow"),
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
    _rule("uuid|uuid number", "uuid", "a UUID", 36, unique=True),
    _short(36, _rule("id", "uuid", "a UUID, by its length", 36, unique=True)),
    _rule(
        "hash|hk|hash key|password|checksum|digest|diff",
        "pattern",
        "a hash",
        64,
        unique=True,
        pattern="{hex:64}",
    ),
    _rule(
        "hash|hk|hash key|password|checksum|digest|diff",
        "pattern",
        "a hash",
        32,
        unique=True,
        pattern="{hex:32}",
    ),
    _rule(
        "card number|credit card number", "pattern", "a card number", 16, unique=True, pattern="4{digits:15}"
    ),
    _rule("isbn|isbn 13", "pattern", "an ISBN", 13, unique=True, pattern="978{digits:10}"),
    _rule("account number|imsi|imei", "pattern", "a number", 15, unique=True, pattern="{digits:15}"),
    _rule("account number", "pattern", "a number", 10, unique=True, pattern="{digits:10}"),
    _rule("=cvv|=cvc", "pattern", "a security code", 3, pattern="{digits:3}"),
    _rule("bic|swift|swift code|bic code", "pattern", "a bank's code", 8, pattern="{letters:6}{alnum:2}"),
    _rule("version", "pattern", "a version", 6, pattern="{number:1-9}.{number:0-20}.{digits:1}"),
    # calendar words
    _choice("=day|=weekday|day name|weekday name|=day week", "a weekday", "MON|TUE|WED|THU|FRI|SAT|SUN"),
    _choice("=month|month name", "a month", "JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC"),
    _choice("=quarter", "a quarter", "Q1|Q2|Q3|Q4"),
    _rule("sku|code|barcode|serial|serial number", "code", "a code", 1, unique=True),
    _rule("id|key|number|identifier|reference|bk", "code", "an identifier", 1, unique=True),
    _rule("description|note|comment|remark|text|memo|message|body|content|reason", "text", "free text", 12),
    _choice("type|kind|class|category|format", "one of a few", "standard|premium|basic|special"),
    _choice("type|kind|class|category|format", "one of a few", "A|B|C|D"),
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
        "price|amount|pay|price per ticket|price per unit|order value|contract value|"
        "stock value|unit price|list price|amount pay",
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
    _between("venue seat|capacity|number seat", "a number of seats", 200, 60_000, _WHOLE),
    _between("seat", "a number of seats", 2, 9, _WHOLE),
    _between("credit score", "a credit score", 300, 850, _WHOLE),
    _between("discount percent|tax percent", "a percentage", 0, 30),
    _between("percent|percentage", "a percentage", 0, 100),
    _between("discount|tax|rate|ratio|share|discount rate|tax rate", "a rate", 0, 0.3, _FRACTIONS),
    _between("age", "an age", 18, 90),
    _between("=day|=day month|birth day", "a day of the month", 1, 28, _WHOLE),
    _between("=day week", "a day of the week", 1, 7, _WHOLE),
    _between("=day year", "a day of the year", 1, 365, _WHOLE),
    _between("=minute|=second", "a minute or second", 0, 59, _WHOLE),
    _between("birth year", "a year of birth", 1940, 2007),
    _between(
        "=month|birth month|expires month|fiscal month|month number|=month year",
        "a month of the year",
        1,
        12,
        _WHOLE,
    ),
    _between("week|week number|week year", "a week of the year", 1, 52, _WHOLE),
    _between("year", "a year", 2020, 2025),
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
    Guess(
        "date|time|timestamp|stamp|at|on|create|update|ship|deliver|start|end|order|close|open|expires|until|"
        "from|to|login|date time|seen|on date|valid from|valid to|due|check in|check out",
        _DATES,
        "a moment of the last years",
        LAST_YEARS,
    ),
    # flags
    _share("deleted|holiday|blocked|fraud|test|locked|archived|is test|is return", "a rare flag", 0.05),
    _share("active|valid|enabled|verified|available", "a common flag", 0.9),
)

FLAG_VERBS = frozenset({"is", "has", "can", "was", "are"})
FLAG_NOUNS = frozenset({"flag", "ind", "indicator"})
FLAG_WORDS = frozenset(
    """active deleted discontinued enabled disabled verified locked blocked archived holiday weekend
    obsolete""".split()
)
"""Words in front of, behind, or by themselves what is true or false: also written as Y and N, or 1 and 0."""

TOTALS = "line total|total price|total amount|total|subtotal|extended price|amount|line amount|total cost"
QUANTITIES = "quantity|number ticket|quantity sold"
UNIT_PRICES = "unit price|price per unit|price per ticket|price|unit cost"
"""What is a total, beside a quantity and a price of one."""
