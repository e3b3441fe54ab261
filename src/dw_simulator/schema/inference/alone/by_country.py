"""People and addresses of the country that their row says: a customer in France is called Chloé Martin.

    customer (country, first_name, email)      first_name: cases by country; in DE a person of de_DE
    users (account_id -> account (country))    by the country of their account

What names a country is a column of the row, else one of the row's account, customer, store or whatever
else has people of its own.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dw_simulator.schema.inference.alone.country_tables import at_home_mostly, countries_referenced
from dw_simulator.schema.inference.alone.markets import home_of, locale_of, shown_country
from dw_simulator.schema.inference.candidates import Found, Words
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, Sketch, TableSketch
from dw_simulator.schema.inference.words.lexicon import WIDTHS
from dw_simulator.schema.inference.words.role_words import role_words
from dw_simulator.schema.json_data import Json, JsonObject
from dw_simulator.types import Kind

_OF_PEOPLE = frozenset({"person", "company", "full_name", "email"})
_RULES = _OF_PEOPLE | {"place"}
_COUNTRY = frozenset({"country", "nation"})
_FORMS = frozenset({"code", "name", "iso"})
_ELSEWHERE = frozenset(
    """birth origin citizenship nationality destination issue issued issuing manufacture made tax
    passport""".split()
)
"""Words of countries in which nobody lives who stands in the row."""
_PARENTS = """account company organization tenant customer client patient household store shop branch site
    hospital clinic school hotel office plant supplier vendor merchant seller""".split()
"""Whose country is that of the people below, the first one first."""
_FURTHEST = 6
_HARMLESS = re.compile(r"[\s(]*\w+\s+(like\s+'%_?@[%_.]*'|in\s*\([^()]*\))[\s)]*", re.DOTALL)
"""What a CHECK may ask for whatever the country."""


@dataclass(frozen=True)
class RowCountry:
    """What says the country of a row.

    given    as rules name it
    column   the one that says it, of the row or of one that it references
    locales  those of its values
    words    of its name, without those that only say that it is a country
    """

    given: Json
    column: ColumnSketch
    locales: Mapping[str, str]
    words: frozenset[str]
    told: str


def by_country(sketch: Sketch) -> None:
    """People, companies and lone addresses go by the country of their row."""
    if not sketch.has("cases", "person", "place"):
        return
    for table in sketch.tables.values():
        if table.hidden:
            continue
        groups = list(_groups(table))
        if not groups and not {*table.noun} & (role_words("visitors") | role_words("sites")):
            continue
        own = list(_own(table))
        above = None if own else _listed(sketch, table) or next(_above(table), None)
        for group in groups:
            country = _nearest(group, own) if own else above
            if country is not None:
                _go_by(group, country, table.language)


def row_countries(sketch: Sketch, table: TableSketch, words: Words) -> Iterator[RowCountry]:
    """What says the country of a row, the nearest first: one of the row, else of what it belongs to.

    words  of the name of what is in that country
    """
    own = list(_own(table))
    if own:
        yield min(own, key=lambda one: (-len(one.words & {*words}), len(one.words)))
        return
    for link, column, locales in countries_referenced(sketch, table.links):
        given: JsonObject = {"reference": link.name, "column": column}
        yield RowCountry(given, link.parent.column(column), locales, frozenset(link.words), link.name)
    yield from _above(table)


def countries_shown(column: ColumnSketch) -> list[str]:
    """What a column of countries can show, where people are known."""
    return [*_values(column)]


def _groups(table: TableSketch) -> Iterator[list[ColumnSketch]]:
    """Columns that speak of one person, company or place, and of no country; none of them a key."""
    found: dict[tuple[str, str], list[ColumnSketch]] = {}
    for column in table.columns.values():
        rule = column.rule
        name = str(rule.get("name"))
        if name in _RULES:
            entity = str(rule.get("entity", "")) if "field" in rule else column.name
            found.setdefault((name, entity), []).append(column)
    for members in found.values():
        told = {str(one.rule.get("field")) for one in members}
        plain = all(isinstance(one.rule.get("locale", ""), str) for one in members)
        free = not any(one.keyed or _is_checked(one) for one in members)
        if plain and free and not told & {"country", "country_code"}:
            yield members


def _is_checked(column: ColumnSketch) -> bool:
    """Whether a CHECK asks for more than a list, or an @ in an address: cases could not promise it."""
    name = column.name.lower()
    for check in column.table.table.checks:
        said = check.lower().replace('"', "")
        if name in re.findall(r"\w+", said) and not _HARMLESS.fullmatch(said):
            return True
    return False


def _own(table: TableSketch) -> Iterator[RowCountry]:
    for column in table.columns.values():
        country = _said(column, column.name)
        if country is not None:
            yield country


def _listed(sketch: Sketch, table: TableSketch) -> RowCountry | None:
    """The country of the row in a table of countries; most rows are then of the home country."""
    for link, column, locales in countries_referenced(sketch, table.links):
        words = frozenset(link.words)
        if not words & _ELSEWHERE:
            at_home_mostly(link, column, locales, table.language)
            return RowCountry(
                {"reference": link.name, "column": column},
                link.parent.column(column),
                locales,
                words,
                link.name,
            )
    return None


def _above(table: TableSketch) -> Iterator[RowCountry]:
    """The country of what the row belongs to, the nearest kind first."""
    ranked = sorted(
        (_PARENTS.index(word), place)
        for place, link in enumerate(table.links)
        for word in link.parent.noun
        if word in _PARENTS and _follows(link)
    )
    for _, place in ranked:
        link = table.links[place]
        for column in link.parent.columns.values():
            given: JsonObject = {"reference": link.name, "column": column.name}
            country = _said(column, given)
            if country is not None:
                yield country


def _follows(link: Link) -> bool:
    return not link.to_itself and len(link.columns) == 1


def _said(column: ColumnSketch, given: Json) -> RowCountry | None:
    """The country that a column says, where it can say several."""
    locales = said_of(column)
    words = frozenset(column.words) - _COUNTRY - _FORMS
    return RowCountry(given, _origin(column), locales, words, column.name) if locales else None


def said_of(column: ColumnSketch) -> Mapping[str, str]:
    """The locales of the countries that a column can say; none where nobody lives in these, or it is one."""
    words = frozenset(column.words)
    if column.kind is not Kind.TEXT or not words & _COUNTRY or words & _ELSEWHERE or column.hidden:
        return {}
    locales = _values(column)
    return locales if len(locales) > 1 else {}


def _values(column: ColumnSketch) -> Mapping[str, str]:
    """From what a column of countries can show to the locale there."""
    rule = _origin(column).rule
    if rule.get("name") == "choice" and isinstance(listed := rule.get("values"), list):
        return {str(value): locale for value in listed if (locale := locale_of(str(value)))}
    shares = rule.get("locale")
    if rule.get("name") != "place" or not isinstance(shares, Mapping):
        return {}
    own, code = len({locale[:2] for locale in shares}) == 1, rule.get("field") == "country_code"
    return {shown_country(locale, code=code, own=own): locale for locale in shares}


def _origin(column: ColumnSketch) -> ColumnSketch:
    """The column that one repeats, along references."""
    for _ in range(_FURTHEST):
        lookup = column.fields.get("lookup")
        if not isinstance(lookup, Mapping):
            break
        link = column.table.link(str(lookup.get("reference")))
        above = None if link is None else link.parent.columns.get(str(lookup.get("column")))
        if above is None:
            break
        column = above
    return column


def _nearest(group: list[ColumnSketch], countries: list[RowCountry]) -> RowCountry | None:
    """The country with whose name theirs have most in common; of several, the one that says least."""
    words = frozenset(word for one in group for word in one.words)
    return min(countries, key=lambda one: (-len(one.words & words), len(one.words)), default=None)


def _has_room(column: ColumnSketch, locale: str) -> bool:
    """Whether a column holds what people and places of a locale have."""
    needed = WIDTHS.get(locale, {}).get(str(column.rule.get("field")), 0)
    return column.kind is not Kind.TEXT or column.column.type.length >= needed


def _go_by(group: list[ColumnSketch], country: RowCountry, language: str) -> None:
    home = home_of(language)
    told = {str(one.rule.get("field")) for one in group if one.rule.get("name") == "company"}
    spoken = home[:2] if "industry" in told else ""  # an industry is called as at home
    locales = {
        value: one
        for value, one in country.locales.items()
        if one.startswith(spoken) and all(_has_room(column, one) for column in group)
    }
    for column in group:
        assert column.found is not None, "it has a rule"
        common = {name: value for name, value in column.rule.items() if name != "locale"}
        rule: JsonObject = {
            "name": "cases",
            "given": country.given,
            "rule": common,
            "cases": {value: {"locale": locale} for value, locale in locales.items()},
            "spare": True,
            "otherwise": {"locale": home},
        }
        fields = {**column.found.fields, "rule": rule}
        column.says(
            Found(f"{column.found.meaning}, as they are in the country that {country.told} says", fields)
        )
