"""The cities that this package knows: what is true of them, and what is customary in their countries."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from dw_simulator.errors import Refusal, closest
from dw_simulator.plugins.rules.reference_data import records

WORLD = "world"
POSTCODES = 64
"""How many postcodes of a city are used; where it has fewer, they are used more than once."""


class Country(NamedTuple):
    """What is customary in a country.

    own       its name in its own language
    calling   the country's calling code
    digits    of a telephone number with its area code; 0 where that varies
    lead      the first digits of a number where area code and seven digits are fewer
    house     where the number of a house stands: "{} " before the street, " {}" after it
    pairs     whether the digits of a telephone number stand in pairs
    """

    name: str
    own: str
    currency: str
    calling: str
    digits: int
    lead: str
    house: str
    pairs: bool = False


COUNTRIES: Mapping[str, Country] = {
    "US": Country("United States", "United States", "USD", "+1", 10, "", "{} "),
    "CA": Country("Canada", "Canada", "CAD", "+1", 10, "", "{} "),
    "GB": Country("United Kingdom", "United Kingdom", "GBP", "+44", 10, "7", "{} "),
    "AU": Country("Australia", "Australia", "AUD", "+61", 9, "9", "{} "),
    "DE": Country("Germany", "Deutschland", "EUR", "+49", 0, "", " {}"),
    "AT": Country("Austria", "Österreich", "EUR", "+43", 0, "", " {}"),
    "CH": Country("Switzerland", "Schweiz", "CHF", "+41", 9, "", " {}"),
    "FR": Country("France", "France", "EUR", "+33", 9, "4", "{} ", pairs=True),
    "ES": Country("Spain", "España", "EUR", "+34", 9, "", ", {}"),
    "MX": Country("Mexico", "México", "MXN", "+52", 10, "5", " {}"),
    "IT": Country("Italy", "Italia", "EUR", "+39", 0, "", ", {}"),
    "BR": Country("Brazil", "Brasil", "BRL", "+55", 10, "3", ", {}"),
    "NL": Country("Netherlands", "Nederland", "EUR", "+31", 9, "", " {}"),
    "PL": Country("Poland", "Polska", "PLN", "+48", 9, "", " {}"),
    "JP": Country("Japan", "日本", "JPY", "+81", 9, "5", "{}"),
}
LOCALES: Mapping[str, str] = {
    "de_AT": "AT",
    "de_CH": "CH",
    "de_DE": "DE",
    "en_AU": "AU",
    "en_CA": "CA",
    "en_GB": "GB",
    "en_US": "US",
    "es_ES": "ES",
    "es_MX": "MX",
    "fr_FR": "FR",
    "it_IT": "IT",
    "ja_JP": "JP",
    "nl_NL": "NL",
    "pl_PL": "PL",
    "pt_BR": "BR",
}
"""The locales that have places, and the countries these lie in."""


@dataclass(frozen=True)
class City:
    """A city; coordinates in degrees, population in thousands, area codes without the calling code.

    nation  the country's name, in its own language among countries that have the same, else in English
    """

    country: str
    nation: str
    name: str
    state: str
    state_code: str
    latitude: Decimal
    longitude: Decimal
    population: int
    area_codes: tuple[str, ...]
    timezone: str
    postcodes: tuple[str, ...]


def countries_of(locales: Sequence[str]) -> tuple[str, ...]:
    """The countries of some locales, each once; of all for "world". Raises Refusal."""
    known = (*LOCALES, WORLD)
    for locale in locales:
        if locale not in known:
            raise Refusal(
                f"no places are known for the locale {locale!r}{closest(locale, known)}",
                f"name one of {', '.join(known)}",
            )
    chosen = LOCALES if WORLD in locales else locales
    return tuple(dict.fromkeys(LOCALES[locale] for locale in chosen))


@cache
def cities(countries: tuple[str, ...]) -> tuple[City, ...]:
    """The cities of these countries."""
    found = [city for country in countries for city in _of_country(country)]
    if len({locale[:2] for locale, country in LOCALES.items() if country in countries}) == 1:
        return tuple(replace(city, nation=COUNTRIES[city.country].own) for city in found)
    return tuple(found)


@cache
def streets(country: str) -> tuple[str, ...]:
    """Names that streets have in a country."""
    return next(tuple(names.split("|")) for code, names in records("streets.tsv") if code == country)


@cache
def _of_country(country: str) -> tuple[City, ...]:
    return tuple(_city(fields) for fields in records("places.tsv") if fields[0] == country)


def _city(fields: Sequence[str]) -> City:
    country, name, state, region, north, east, people, areas, zone, posts = fields
    ranges = tuple(code for span in posts.split() for code in _spanned(*span.partition("-")[::2]))
    codes = tuple(_whole(country, code, k) for k, code in enumerate(_evenly(ranges)))
    place, nation = (Decimal(north), Decimal(east)), COUNTRIES[country].name
    return City(country, nation, name, state, region, *place, int(people), tuple(areas.split()), zone, codes)


# --- postcodes

_CANADIAN = "ABCEGHJKLMNPRSTVWXYZ"
_BRITISH = "ABDEFGHJLNPQRSTUWXYZ"
_DUTCH = "ABCDEGHJKLMNPRTVWXZ"  # and S, though not in SA, SD, SS


def _spanned(first: str, last: str) -> Iterator[str]:
    """What lies between two codes that differ in their last letter, or in the number they end in."""
    if not last:
        yield first
    elif last[-1].isalpha():
        letters = _CANADIAN[_CANADIAN.index(first[-1]) : _CANADIAN.index(last[-1]) + 1]
        yield from (first[:-1] + letter for letter in letters)
    else:
        stem = first.rstrip("0123456789")
        width = len(first) - len(stem) if first.isdigit() else 0
        for number in range(int(first[len(stem) :]), int(last[len(stem) :]) + 1):
            yield f"{stem}{number:0{width}}"


def _evenly(codes: tuple[str, ...]) -> list[str]:
    """POSTCODES of these codes, from all of their range."""
    return [codes[k * len(codes) // POSTCODES] for k in range(POSTCODES)]


def _whole(country: str, code: str, k: int) -> str:
    """A postcode from the part of it that tells the city, and a number that varies."""
    spread = (k * 7919 + int("".join(filter(str.isdigit, code)) or 0) * 104_729) % 1_000_003
    one, two, three = spread % 10, spread // 10 % 20, spread // 200 % 20
    match country:
        case "GB":
            return f"{code} {one}{_BRITISH[two]}{_BRITISH[three]}"
        case "CA":
            return f"{code} {one}{_CANADIAN[two]}{spread // 4000 % 10}"
        case "NL":
            return f"{code} {_DUTCH[two % 19]}{_DUTCH[three % 19]}"
        case "PL":
            return f"{code[:2]}-{code[2:]}"
        case "BR":
            return f"{code}-{spread % 90:02}0"
        case "JP":
            return f"{code[:3]}-{code[3:] or '00'}{1 + spread % 60:02}"
        case _:
            return code
