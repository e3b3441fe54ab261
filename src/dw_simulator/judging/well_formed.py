"""Values that are none: latitudes over 90, shares over 1, countries that no list has, e-mails without @."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations

from dw_simulator.judging.claims import LEAST_ROWS, Claim, Evidence, plain, rule_text, shown_of
from dw_simulator.judging.countries import MORE_COUNTRIES, MORE_CURRENCIES, country_rows
from dw_simulator.judging.judged_tables import MOMENT, NUMBER, TEXT, Judged, Seen
from dw_simulator.judging.judged_words import GROWING, LESS
from dw_simulator.schema.quoting import quoted_text

_FEW = 0.01
_OFTEN = 0.25
"""A cost may be above a price now and then, and not in every fourth row."""


def ranges(seen: Evidence) -> Iterator[Claim]:
    """Numbers beyond what their names allow."""
    for table in seen.tables:
        for column in table.of_kind(NUMBER):
            for low, high, most, text in _bounds(column):
                own = f"c.{column.sql}"
                yield Claim(
                    "no such value",
                    table.name,
                    (column.name,),
                    f"{table.sql} c",
                    f"{own} NOT BETWEEN {low} AND {high}",
                    f"{column.name} is {text}",
                    shown_of(table, column),
                    rule_text(table.name, column.name, f"min_value: {low}, max_value: {high}"),
                    most=most,
                    least_rows=1 if most == 1.0 else LEAST_ROWS,
                )


def _bounds(column: Seen) -> Iterator[tuple[int, int, float, str]]:
    words = set(column.words)
    if "latitude" in words and not column.whole:
        yield -90, 90, 1.0, "no latitude"
    elif "longitude" in words and not column.whole:
        yield -180, 180, 1.0, "no longitude"
    elif "percent" in words and not GROWING & words:
        yield 0, 100, 1.0, "no percentage between 0 and 100"
    elif {
        "rate",
        "ratio",
        "share",
        "probability",
        "fraction",
        "ctr",
        "discount",
    } & words and not column.whole:
        if not GROWING & words:
            yield 0, 1, _FEW, "above 1 or below 0, as no others are"
    elif {"month", "hour", "weekday", "quarter"} & words and words <= {
        "month",
        "hour",
        "quarter",
        "number",
        "of",
        "day",
        "calendar",
        "fiscal",
    }:
        word = next(w for w in ("month", "hour", "quarter") if w in words)
        low, high = {"month": (1, 12), "hour": (0, 24), "quarter": (1, 4)}[word]
        yield low, high, 0.05, f"no {word}"
    elif words & {"age"} and column.words[-1] == "age":
        yield 0, 125, 0.2, "no age"
    elif words & {"quantity", "price"} and not words & {
        "change",
        "delta",
        "diff",
        "adjustment",
        "movement",
        "stock",
    }:
        yield 0, 10**15, 0.005, "below 0, as no others are"


def least_and_greatest(seen: Evidence) -> Iterator[Claim]:
    """What names say is at most something else of the row."""
    pairs = [tuple(frozenset(side.split()) for side in line.split("|")) for line in LESS.strip().splitlines()]
    for table in seen.tables:
        linked = {link.column.sql for link in seen.of_child(table)}
        numbers = [
            c
            for c in table.of_kind(NUMBER)
            if (c.sql not in linked and not (c.unique and table.rows > 50) and not c.key_like)
        ]
        numbers = numbers[:60]
        for low, high in permutations(numbers, 2):
            for lesser, greater in pairs:
                kind = _less(low, high, lesser, greater)
                if kind:
                    yield _less_claim(table, low, high, sure=kind == "sure")
                    if kind == "weak":
                        yield replace(_less_claim(table, low, high, sure=True), fewest=_OFTEN)
        family = [(a, b) for a, b in permutations(numbers, 2) if _family(a, b)]
        for low, high in family[:60]:
            yield _less_claim(table, low, high, sure=False)


def _less(low: Seen, high: Seen, lesser: frozenset[str], greater: frozenset[str]) -> str:
    one, other = set(low.words), set(high.words)
    if not (one & lesser and other & greater) or one & greater - lesser or other & lesser - greater:
        return ""
    if {"rate", "percent", "ratio", "cost", "per", "share", "cpc", "ctr"} & (
        one | other
    ) and "cost" not in lesser:
        return ""
    if "cost" in lesser and "unit" not in one:
        return ""
    dull = {"amount", "number", "count", "total", "value", "quantity", "pay"}
    rest = (one - lesser - dull, other - greater - dull)
    if {"min", "low", "click", "diastolic", "daily", "commission", "conversion", "open"} & lesser:
        return "sure" if rest[0] == rest[1] else ""
    return "weak" if rest[0] == rest[1] or not (rest[0] & rest[1]) else ""


def _family(a: Seen, b: Seen) -> bool:
    """Two prices, two quantities: of one table and in one unit."""
    shared = set(a.words) & set(b.words) & {"price", "quantity", "cost", "seat", "amount", "bed", "weight"}
    return (
        bool(shared)
        and a.whole == b.whole
        and not {"rate", "tax", "discount", "percent"} & {*a.words, *b.words}
    )


def _less_claim(table: Judged, low: Seen, high: Seen, *, sure: bool) -> Claim:
    a, b = f"c.{low.sql}", f"c.{high.sql}"
    sql = f"least({low.name}, {high.name})"
    return Claim(
        "least above greatest",
        table.name,
        (low.name, high.name),
        f"{table.sql} c",
        f"{a} > {b}",
        f"{low.name} is above {high.name}",
        shown_of(table, low, high),
        rule_text(table.name, low.name, f"rule: {{name: expression, sql: {plain(sql)}}}"),
        most=1.0 if sure else 0.012,
        least_rows=1 if sure else LEAST_ROWS,
        gap="" if sure else f"{b} - {a}",
    )


# --- texts


def texts(seen: Evidence) -> Iterator[Claim]:
    """Codes of countries and currencies that no list has, addresses that are none."""
    twos = {row[0] for row in country_rows()} | set(MORE_COUNTRIES)
    threes = {row[1] for row in country_rows()}
    money = {row[2] for row in country_rows()} | set(MORE_CURRENCIES)
    for table in seen.tables:
        for column in table.of_kind(TEXT):
            words, own = column.words, f"c.{column.sql}"
            upper = f"upper(trim({own}))"
            if words[-1] in ("email",) or words[-2:] in (("email", "address"), ("e", "mail")):
                if column.values and not any("@" in value or len(value) > 6 for value in column.values):
                    continue  # whether there is one, not which
                pattern = quoted_text(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
                yield _none(
                    table,
                    column,
                    f"NOT regexp_full_match(trim({own}), {pattern})",
                    "no e-mail address",
                    "rule: {name: email}",
                )
            elif {"country", "nationality"} & set(words) and column.values:
                yield from _codes(table, column, upper, twos, threes)
            elif "currency" in words and column.values and _mostly(column, money):
                yield _none(
                    table,
                    column,
                    f"{upper} NOT IN ({_listed(money)})",
                    "no currency of ISO 4217",
                    "rule: {name: choice, values: [EUR, USD, GBP]}",
                )
            elif words == ("ip",) or words[-2:] == ("ip", "address"):
                wrong = (
                    f"regexp_full_match({own}, '[0-9]+[.][0-9]+[.][0-9]+[.][0-9]+') AND "
                    f"list_max(list_transform(string_split({own}, '.'), x -> CAST(x AS HUGEINT))) "
                    "> 255"
                )
                yield _none(table, column, wrong, "no IP address", "rule: {name: ip}")


def _mostly(column: Seen, known: set[str]) -> bool:
    short = [v for v in column.values if len(v.strip()) == 3]
    good = [v for v in short if v.strip().upper() in known]
    return bool(short) and len(short) >= 0.5 * len(column.values) and (len(good) >= 1 or len(short) > 3)


def _codes(table: Judged, column: Seen, upper: str, twos: set[str], threes: set[str]) -> Iterator[Claim]:
    for length, known in ((2, twos), (3, threes)):
        right = [v for v in column.values if len(v.strip()) == length]
        if len(right) >= 0.8 * len(column.values):
            wrong = f"{upper} NOT IN ({_listed(known)})"
            yield _none(table, column, wrong, "no country code of ISO 3166", "rule: {name: country_code}")


def _listed(values: set[str]) -> str:
    return ", ".join(quoted_text(value) for value in sorted(values))


def _none(table: Judged, column: Seen, wrong: str, text: str, rule: str) -> Claim:
    return Claim(
        "no such value",
        table.name,
        (column.name,),
        f"{table.sql} c",
        wrong,
        f"{column.name} is {text}",
        shown_of(table, column),
        rule_text(table.name, column.name, rule),
    )


# --- countries against currencies and telephones

_NUMBERS = (
    "{DE: {pattern: '+49{digits:10}'}, GB: {pattern: '+44{digits:10}'}, US: {pattern: '+1{digits:10}'}}"
)


def of_a_country(seen: Evidence) -> Iterator[Claim]:
    """Currencies and calling codes of another country than the row's, where most are of its own."""
    for table in seen.tables:
        countries = [
            c
            for c in table.of_kind(TEXT)
            if "country" in c.words and c.values and all(len(v) == 2 for v in c.values)
        ]
        if not countries or table.rows < 40:
            continue
        country = f"c.{countries[0].sql}"
        for column in table.of_kind(TEXT):
            own, of = f"c.{column.sql}", plain(countries[0].name)
            if "currency" in column.words:
                wrong = f"{own} <> {_cases(country, [(row[0], row[2]) for row in country_rows()])}"
                rule = f"rule: {{name: choice, by: {of}, values: {{DE: [EUR], GB: [GBP], US: [USD]}}}}"
            elif "phone" in column.words or "mobile" in column.words:
                code = _cases(country, [(row[0], row[3]) for row in country_rows()])
                wrong = f"CASE WHEN {own} LIKE '+%' THEN NOT starts_with({own}, '+' || {code}) END"
                rule = f"rule: {{name: cases, given: {of}, rule: {{name: pattern}}, cases: {_NUMBERS}}}"
            else:
                continue
            yield from _where_most(seen, table, countries[0], column, wrong, rule)


def _cases(country: str, pairs: list[tuple[str, str]]) -> str:
    cases = " ".join(f"WHEN {quoted_text(a)} THEN {quoted_text(b)}" for a, b in pairs)
    return f"CASE {country} {cases} END"


def _where_most(
    seen: Evidence, table: Judged, country: Seen, column: Seen, wrong: str, rule: str
) -> Iterator[Claim]:
    claim = Claim(
        "of another country",
        table.name,
        (country.name, column.name),
        f"{table.sql} c",
        wrong,
        f"{column.name} is not that of {country.name}",
        shown_of(table, country, column),
        rule_text(table.name, column.name, rule),
        most=0.03,
        least_rows=LEAST_ROWS,
    )
    yield claim
    several = len(country.values) >= 5 and (column.distinct >= 5)
    if several and _at_random(seen, table, country, column):
        yield replace(claim, most=1.0, least_rows=40)


def _at_random(seen: Evidence, table: Judged, country: Seen, column: Seen) -> bool:
    """Whether a country says nothing of what its rows have: as many of each as everywhere."""
    own = f"left(c.{column.sql}, 3)"
    rows = seen.bench.rows(
        f"WITH n AS (SELECT c.{country.sql} AS a, {own} AS b, count(*) AS n FROM {table.sql} c WHERE "
        f"c.{country.sql} IS NOT NULL "
        f"AND c.{column.sql} IS NOT NULL GROUP BY ALL) SELECT (SELECT sum(m) FROM (SELECT max(n) AS m "
        "FROM n GROUP BY a)), "
        "(SELECT max(s) FROM (SELECT sum(n) AS s FROM n GROUP BY b)), sum(n), count(DISTINCT a) FROM n",
        table.name,
    )
    if not rows or not rows[0][2]:
        return False
    within, overall, total, groups = (float(value or 0) for value in rows[0])
    return total > 4 * groups and within < 0.5 * total and overall < 0.4 * total and within < 2.5 * overall


# --- parts of a date


_PARTS = {"year": "year", "quarter": "quarter", "month": "month"}


def date_parts(seen: Evidence) -> Iterator[Claim]:
    """Years, quarters and months beside the day that they are parts of."""
    for table in seen.tables:
        days = [c for c in table.of_kind(MOMENT) if not c.planned and not c.origin]
        is_calendar = bool(
            {"date", "calendar", "day", "kalender", "time", "zeit", "fecha"} & set(table.nouns)
        )
        for column in table.of_kind(NUMBER):
            words = set(column.words) - {"calendar", "number", "cal", "date", "nr", "of", "the"}
            if len(words) != 1 or not words & _PARTS.keys() or not column.whole:
                continue
            part = _PARTS[next(iter(words))]
            for day in days[:3]:
                sure = is_calendar and len(days) == 1
                yield Claim(
                    "part of a date",
                    table.name,
                    (column.name, day.name),
                    f"{table.sql} c",
                    f"c.{column.sql} <> {part}(c.{day.sql})",
                    f"{column.name} is not the {part} of {day.name}",
                    shown_of(table, day, column),
                    rule_text(
                        table.name,
                        column.name,
                        f"rule: {{name: date_part, part: {part}, column: {plain(day.name)}}}",
                    ),
                    most=1.0 if sure else 0.03,
                    least_rows=LEAST_ROWS if not sure else 1,
                )
        yield from _ages(seen, table, days)


def _ages(seen: Evidence, table: Judged, days: list[Seen]) -> Iterator[Claim]:
    births = [c for c in days if c.step == "birth"]
    for column in table.of_kind(NUMBER):
        if column.words[-1] != "age" or len(column.words) > 2 or not births:
            continue
        own, birth = f"c.{column.sql}", f"c.{births[0].sql}"
        points = [f"c.{c.sql}" for c in days if c is not births[0]] + (
            [f"TIMESTAMP '{seen.present}'"] if seen.present else []
        )
        for point in points:
            wrong = f"abs({own} - date_diff('day', {birth}, {point}) / 365.25) > 2"
            yield Claim(
                "age",
                table.name,
                (column.name, births[0].name),
                f"{table.sql} c",
                wrong,
                f"{column.name} is not the age of one who was born on {births[0].name}",
                shown_of(table, column, births[0]),
                rule_text(
                    table.name,
                    column.name,
                    f"rule: {{name: expression, sql: \"date_diff('year', {births[0].name}, as_of())\"}}",
                ),
                most=0.05,
                least_rows=LEAST_ROWS,
            )
        if column.words == ("age",) and points:
            farther = " AND ".join(
                f"abs({own} - date_diff('day', {birth}, {point}) / 365.25) > 10" for point in points
            )
            rows = seen.bench.rows(
                f"SELECT avg(CASE WHEN {farther} THEN 1.0 ELSE 0 END) FROM {table.sql} c", table.name
            )
            if rows and float(rows[0][0] or 0) > 0.3:
                yield Claim(
                    "age",
                    table.name,
                    (column.name, births[0].name),
                    f"{table.sql} c",
                    farther,
                    f"{column.name} has nothing to do with {births[0].name}",
                    shown_of(table, column, births[0]),
                    rule_text(
                        table.name,
                        column.name,
                        f"rule: {{name: expression, sql: \"date_diff('year', {births[0].name}, as_of())\"}}",
                    ),
                )
