"""Where a schema's people, places and companies are: most at home, a few in other countries."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from dw_simulator.schema.inference.words.lexicon import LOCALES

_CODES = "codes"


@dataclass(frozen=True)
class Market:
    """A country that has people, places and companies. forms: what it is called; own: in its own language."""

    locale: str
    forms: tuple[str, ...]
    own: str


@dataclass(frozen=True)
class _Markets:
    """What each locale weighs, by the language of names; countries by locale; what abroad weighs by nouns."""

    homes: Mapping[str, Mapping[str, float]]
    countries: Mapping[str, Market]
    sites: Mapping[str, float]


@cache
def _read() -> _Markets:
    text = (files("dw_simulator.schema.inference") / "data" / "markets.txt").read_text(encoding="utf-8")
    homes: dict[str, Mapping[str, float]] = {}
    markets: dict[str, Market] = {}
    sites: dict[str, float] = {}
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        kind, name, *rest = (part.strip() for part in line.split("|"))
        if kind == "home":
            pairs = (one.split("=") for one in rest[0].split())
            homes[name] = {locale: float(share) for locale, share in pairs}
        elif kind == "sites":
            sites |= dict.fromkeys(rest[0].split(), float(name))
        else:
            markets[name] = Market(name, (*rest[0].split(), *rest[1:]), rest[2])
    return _Markets(homes, markets, sites)


def home_of(language: str) -> str:
    """The locale that a schema is at home in."""
    return LOCALES[language][0] if language in LOCALES else "en_US"


def mixed(language: str, noun: Collection[str], *, codes: bool) -> Mapping[str, float]:
    """What each locale weighs where a column says the country; empty where all is at home.

    noun   of the table whose rows are somewhere
    codes  whether the countries are codes only
    """
    known, name = _read(), language or "en"
    shares = known.homes.get(name) or (known.homes.get(f"{name} {_CODES}") if codes else None) or {}
    abroad = next((known.sites[word] for word in noun if word in known.sites), 1)
    home = home_of(language)
    return {one: share if one == home else share * abroad for one, share in shares.items()}


def known_locales() -> Collection[str]:
    """The locales of which people and places are known."""
    return _read().countries.keys()


def locale_of(country: str) -> str:
    """The locale of a country, however it is called; empty where there are no people of it."""
    return _by_form().get(country, "")


@cache
def _by_form() -> Mapping[str, str]:
    return {form: market.locale for market in _read().countries.values() for form in market.forms}


def forms_of(locale: str) -> tuple[str, ...]:
    """What the country of a locale is called, in codes, in English and in its own language."""
    found = _read().countries.get(locale)
    return found.forms if found is not None else ()


def shown_country(locale: str, *, code: bool, own: bool) -> str:
    """How the rule for places shows the country of a locale. own: where all countries have one language."""
    market = _read().countries[locale]
    return market.forms[0] if code else market.own if own else market.forms[-2]
