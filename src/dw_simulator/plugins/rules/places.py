"""Places: what stands in an address, and where it is."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import ClassVar, Literal, NamedTuple, Self

import numpy as np
from pydantic import Field, PositiveFloat, field_validator

from dw_simulator.engine.storage import dtype_of, scaled
from dw_simulator.engine.values.base import Domain
from dw_simulator.engine.values.facets import Facet, Near, Step, Trail
from dw_simulator.engine.values.pooled import Pooled
from dw_simulator.engine.values.text import AnyOf, Assembled
from dw_simulator.errors import Refusal
from dw_simulator.plugins.rules.gazetteer import (
    COUNTRIES,
    LOCALES,
    POSTCODES,
    WORLD,
    City,
    cities,
    countries_of,
    streets,
)
from dw_simulator.plugins.rules.worlds import (
    Shown,
    apportioned,
    check_length,
    check_locale,
    fitting,
    numbered,
    shown,
)
from dw_simulator.ports.rule import (
    ColumnSpec,
    EntityOptions,
    Examples,
    Member,
    World,
)
from dw_simulator.schema.json_data import Json, JsonObject
from dw_simulator.types import Kind, SqlType

PlaceField = Literal[
    "city",
    "state",
    "state_code",
    "postcode",
    "country",
    "country_code",
    "currency_code",
    "phone_prefix",
    "phone",
    "latitude",
    "longitude",
    "street_address",
    "street",
    "house_number",
    "timezone",
]
_COORDINATES = ("latitude", "longitude")
_OF_A_TYPE = (*_COORDINATES, "postcode")  # they are written as the column's type asks
_MOST_SCALE = 16  # digits after the point of a coordinate that 64 bits hold


def _shows(field: str, data_type: str, **options: Json) -> JsonObject:
    return {"name": "value", "data_type": data_type, "rule": {"name": "place", "field": field, **options}}


class GeoPlace(EntityOptions):
    """One thing about a place, such as an address: columns of a row that name the same place agree."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.TEXT, Kind.FLOAT, Kind.DECIMAL})
    examples: ClassVar[Examples] = (
        _shows("city", "VARCHAR(60)"),
        _shows("state", "VARCHAR(60)", locale="de_DE"),
        _shows("state_code", "CHAR(2)"),
        _shows("postcode", "VARCHAR(10)", locale="en_GB"),
        _shows("country", "VARCHAR(40)", locale="world"),
        _shows("country_code", "CHAR(2)", locale=["fr_FR", "de_CH"]),
        _shows("currency_code", "CHAR(3)", locale="world"),
        _shows("phone_prefix", "VARCHAR(12)"),
        _shows("phone", "VARCHAR(24)", locale="world"),
        _shows("street_address", "VARCHAR(80)", locale="fr_FR"),
        _shows("timezone", "VARCHAR(40)"),
        _shows("latitude", "DECIMAL(9,6)"),
        _shows("longitude", "DOUBLE", locale="ja_JP"),
        (
            {**_shows("city", "VARCHAR(60)", entity="ship_to"), "name": "ship_city"},
            _shows("postcode", "VARCHAR(12)", entity="ship_to"),
        ),
        _shows("city", "VARCHAR(60)", locale={"en_GB": 9, "fr_FR": 1}),
        _shows("street", "VARCHAR(80)", locale="de_DE"),
        _shows("house_number", "VARCHAR(8)", locale="de_DE"),
    )

    field: PlaceField = Field(description="what the column says about the place")
    entity: str = Field(
        default="place", min_length=1, description="which place of the row; columns that name one agree"
    )
    locale: str | tuple[str, ...] | dict[str, PositiveFloat] = Field(
        default="en_US",
        description='where the places lie: a locale, a list of them, what each weighs, or "world"',
    )

    @field_validator("locale")
    @classmethod
    def _some(
        cls, value: str | tuple[str, ...] | dict[str, float]
    ) -> str | tuple[str, ...] | dict[str, float]:
        if not value:
            raise ValueError('name a locale, or "world"')
        if isinstance(value, dict) and WORLD in value:
            raise ValueError(f'"{WORLD}" has no weight; name locales')
        return value

    def world(self, members: Sequence[Member[Self]]) -> World:
        return _PlaceWorld(members)

    def check(self, spec: ColumnSpec) -> None:
        """Raise Refusal where a column cannot say this of a place."""
        if spec.key:
            raise Refusal(
                f"several places may have the same {self.field}, and here no value may repeat",
                "take it out of the key, or choose another rule",
            )
        numeric = self.field in _COORDINATES
        if (spec.type.kind is Kind.TEXT) == numeric:
            raise Refusal(
                f"{self.field} is {'a number' if numeric else 'text'}, not {spec.type.kind.value}",
                f"use a {'DECIMAL or FLOAT' if numeric else 'text'} column",
            )


# --- the digits of the index, the first running fastest; all are powers of two

_CITY = 1 << 13
_ACROSS = 1 << 10  # from west to east, and from south to north
_STREETS = 1 << 8
_HOUSES = 1 << 10
_LOCAL = 1 << 10  # either half of a number without its area code
_AREAS = 4
_EAST_AT = _CITY
_NORTH_AT = _EAST_AT * _ACROSS
_POST_AT = _NORTH_AT * _ACROSS
_AREA_AT = _POST_AT * POSTCODES
_STREET_AT = _AREA_AT * _AREAS
_HOUSE_AT = _STREET_AT * _STREETS
SIZE = _HOUSE_AT * _HOUSES
# a telephone number looks at the digits that coordinates look at, of which nobody will find out
_FIRST_AT, _SECOND_AT = _EAST_AT, _NORTH_AT

_REACH = 45  # thousandths of a degree, about 5 km of latitude

_FACTS: Mapping[str, Callable[[City], str]] = {
    "city": lambda city: city.name,
    "state": lambda city: city.state,
    "state_code": lambda city: city.state_code,
    "country": lambda city: city.nation,
    "country_code": lambda city: city.country,
    "currency_code": lambda city: COUNTRIES[city.country].currency,
    "timezone": lambda city: city.timezone,
}


def _said(field: str, city: City) -> str:
    """What a field says of every place in a city."""
    return _FACTS[field](city) if field in _FACTS else ""


class _PlaceWorld:
    """The places that the columns of an entity speak of."""

    natural = SIZE

    def __init__(self, members: Sequence[Member[GeoPlace]]) -> None:
        self._members = {member.name: member for member in members}
        said = members[0].rule.locale
        self._locales = (said,) if isinstance(said, str) else tuple(said)
        self._shares = said if isinstance(said, dict) else {}

    @cached_property
    def _map(self) -> "_Map":
        columns = map(shown, self._members.values())
        narrow = frozenset(one for one in columns if not _has_room(self._locales, one))
        return _map_of(self._locales, tuple(self._shares.items()), narrow)

    def column(self, name: str) -> Facet:
        own = self._members[name]
        own.rule.check(own.spec)
        check_locale(own, self._members.values())
        if not _has_room(self._locales, shown(own)):
            check_length(shown(own), _cities_of(self._locales), _said)
        return _looked_at(self._map, own.rule.field, _Own.of(own))


def _cities_of(locales: tuple[str, ...]) -> Sequence[City]:
    """Those in the countries that are asked for."""
    return cities(countries_of(locales))


@lru_cache(maxsize=1024)
def _has_room(locales: tuple[str, ...], own: Shown) -> bool:
    """Whether a column has room for every city."""
    longest = max(len(_said(own.field, city).encode()) for city in _cities_of(locales))
    return not own.length or longest <= own.length


@lru_cache(maxsize=64)
def _map_of(
    locales: tuple[str, ...], shares: tuple[tuple[str, float], ...], narrow: frozenset[Shown]
) -> "_Map":
    """The map that addresses have in common: there are many of them in a schema, and few forms.

    narrow  the columns that have no room for all cities
    """
    return _Map(fitting(narrow, _cities_of(locales), _said), dict(shares))


_Looked = tuple[Domain, tuple[Trail, ...]]
"""A domain, and the trails that lead there."""


class _Own(NamedTuple):
    """What a column declares, as far as it makes a difference."""

    type: SqlType | None = None
    low: Decimal | None = None
    high: Decimal | None = None

    @classmethod
    def of(cls, member: Member[GeoPlace]) -> "_Own":
        if member.rule.field not in _OF_A_TYPE:
            return cls()
        column = member.spec.column
        return cls(member.spec.type, column.min_value, column.max_value)


@lru_cache(maxsize=512)
def _looked_at(on: "_Map", field: str, own: _Own) -> Facet:
    """What columns that are alike have in common."""
    return Facet(*on.column(field, own), SIZE, SIZE)


class _Map:
    """The places in some cities, each as often as people live there; of countries by shares, if there are."""

    def __init__(self, cities: Sequence[City], shares: Mapping[str, float]) -> None:
        self.cities = cities
        self.countries = tuple(dict.fromkeys(city.country for city in cities))
        counts = apportioned(_weights(cities, shares), _CITY)
        self.slots = np.repeat(np.arange(len(counts), dtype=np.uint64), counts)

    def column(self, field: str, own: _Own) -> _Looked:
        """A column's domain, and the trails that lead there."""
        match field:
            case "latitude" | "longitude":
                return self._coordinate(field, own)
            case "phone":
                return self._phone()
            case "street_address":
                return self._street_address()
            case "street":
                values, to_value = self._of_country(self._streets(), _STREET_AT)
            case "house_number":
                numbers = {code: _house_numbers(code) for code in self.countries}
                values, to_value = self._of_country(numbers, _HOUSE_AT)
            case "postcode":
                codes = [city.postcodes for city in self.cities]
                if own.type is not None and own.type.length < max(
                    len(code) for some in codes for code in some
                ):
                    codes = [tuple(map(_without_marks, some)) for some in codes]
                values, to_value = self._listed(codes, _POST_AT)
            case "phone_prefix":
                values, to_value = self._listed(self._prefixes(), _AREA_AT)
            case _:
                values, to_value = self._listed([[_FACTS[field](city)] for city in self.cities])
        return Pooled.of(values), (to_value,)

    def _listed(self, choices: Sequence[Sequence[str]], stride: int = 0) -> tuple[list[str], Trail]:
        """The values among which each city has so many choices, a digit's worth, and how they are chosen."""
        values, codes = numbered([value for some in choices for value in some])
        radix = len(choices[0])
        if radix == 1:
            return values, Trail((Step(1, _CITY, codes[self.slots.view(np.int64)]),), len(values))
        return values, Trail((Step(1, _CITY, self.slots), Step(stride, radix, codes)), len(values))

    def _of_country(self, choices: Mapping[str, Sequence[str]], stride: int) -> tuple[list[str], Trail]:
        """The same for choices that all cities of a country have."""
        order = [self.countries.index(city.country) for city in self.cities]
        return self._by_city(order, [choices[country] for country in self.countries], stride)

    def _by_city(
        self, which: Sequence[int], choices: Sequence[Sequence[str]], stride: int
    ) -> tuple[list[str], Trail]:
        """The same where each city has one of some lists of choices, equally long."""
        used = sorted(set(which))
        values, codes = numbered([value for k in used for value in choices[k]])
        choice = Step(stride, len(choices[used[0]]), codes)
        if len(used) == 1:
            return values, Trail((choice,), len(values))
        order = np.array([used.index(k) for k in which], dtype=np.uint64)
        return values, Trail((Step(1, _CITY, order[self.slots.view(np.int64)]), choice), len(values))

    # --- columns that need more than a look-up

    def _coordinate(self, field: str, own: _Own) -> _Looked:
        """Near the city's centre, the nearer the more often."""
        assert own.type is not None, "it is among those of a type"
        decimal = own.type.kind is Kind.DECIMAL
        scale = own.type.scale if decimal else _FLOAT_SCALE
        if scale > _MOST_SCALE:
            raise Refusal(
                f"coordinates have {_MOST_SCALE} digits after the point at the most", "use a smaller scale"
            )
        centres = [scaled(getattr(city, field), scale, up=False) for city in self.cities]
        reach = _REACH * 10**scale // 1000
        odd = [2 * k + 1 - _ACROSS for k in range(_ACROSS)]
        offsets = [reach * k * abs(k) // _ACROSS**2 for k in odd]
        _check_bounds(
            own.type, (own.low, own.high), min(centres) + min(offsets), max(centres) + max(offsets), scale
        )
        near = Near(
            np.array(centres, dtype=np.int64)[self.slots.view(np.int64)],
            Step(1, _CITY),
            np.array(offsets, dtype=np.int64),
            Step(_NORTH_AT if field == "latitude" else _EAST_AT, _ACROSS),
            dtype_of(own.type),
            0 if decimal else 10**scale,
            wide=own.type.bits == 128,
        )
        return near, ()

    def _prefixes(self) -> list[list[str]]:
        """Calling code and area code, so many for each city, though they may be the same."""
        return [
            [
                f"{COUNTRIES[city.country].calling} {city.area_codes[k % len(city.area_codes)]}"
                for k in range(_AREAS)
            ]
            for city in self.cities
        ]

    def _phone(self) -> _Looked:
        """The prefix, and as many digits as numbers have in the country: lead, three, and four or three."""
        starts, looks = [], []
        for city, prefixes in zip(self.cities, self._prefixes(), strict=True):
            country = COUNTRIES[city.country]
            missing = country.digits - len(city.area_codes[0]) - 7 if country.digits else 0
            starts.append([f"{prefix} {country.lead[: max(missing, 0)]}" for prefix in prefixes])
            looks.append(2 if country.pairs else int(missing < 0))
        heads, to_head = self._listed(starts, _AREA_AT)
        threes = [f"{200 + k * 7 % 800}" for k in range(_LOCAL)]
        fours = [f"{k * 9767 % 10_000:04}" for k in range(_LOCAL)]
        middles = threes, threes, [f"{three[0]} {three[1:]}" for three in threes]
        tails = (
            [f" {four}" for four in fours],
            [f" {three}" for three in threes],
            [f" {four[:2]} {four[2:]}" for four in fours],
        )
        middle, to_middle = self._by_city(looks, middles, _FIRST_AT)
        tail, to_tail = self._by_city(looks, tails, _SECOND_AT)
        written = Assembled((AnyOf.of(*heads), AnyOf.of(*middle), AnyOf.of(*tail)))
        return written, (to_head, to_middle, to_tail)

    def _streets(self) -> dict[str, list[str]]:
        """A digit's worth of names of streets, by country."""
        known = {code: streets(code) for code in self.countries}
        return {
            code: [some[k * len(some) // _STREETS] for k in range(_STREETS)] for code, some in known.items()
        }

    def _street_address(self) -> _Looked:
        """Street and number in the order of the country."""
        before, after, names = {}, {}, self._streets()
        for code in self.countries:
            style = COUNTRIES[code].house
            numbers = [style.format(number) for number in _house_numbers(code)]
            empty = [""] * _HOUSES
            before[code], after[code] = (numbers, empty) if style.endswith(" ") else (empty, numbers)
        parts = [
            self._of_country(before, _HOUSE_AT),
            self._of_country(names, _STREET_AT),
            self._of_country(after, _HOUSE_AT),
        ]
        shown = [(values, trail) for values, trail in parts if any(values)]
        return Assembled(tuple(AnyOf.of(*values) for values, _ in shown)), tuple(trail for _, trail in shown)


def _weights(cities: Sequence[City], shares: Mapping[str, float]) -> list[int]:
    """What each city weighs: its people, or its part of its country's share."""
    if not shares:
        return [city.population for city in cities]
    people = Counter[str]()
    for city in cities:
        people[city.country] += city.population
    by_country = {LOCALES[locale]: share for locale, share in shares.items()}
    whole = _WHOLE / sum(by_country[country] for country in people)
    return [
        max(round(whole * by_country[city.country] * city.population / people[city.country]), 1)
        for city in cities
    ]


def _without_marks(code: str) -> str:
    """A postcode as narrow columns hold it: 1234AB."""
    return code.replace(" ", "").replace("-", "")


_WHOLE = 1 << 30
_FLOAT_SCALE = 6
_LONG_STREETS = {"US", "CA"}


def _house_numbers(country: str) -> list[str]:
    """_HOUSES numbers, low ones more often; in Japan block, lot and house."""
    if country == "JP":
        return [f"{1 + k % 6}-{1 + k // 6 % 19}-{1 + k // 114 % 9}" for k in range(_HOUSES)]
    highest = 9000 if country in _LONG_STREETS else 160
    return [str(1 + k * k * highest // _HOUSES**2) for k in range(_HOUSES)]


def _check_bounds(
    type_: SqlType, said: tuple[Decimal | None, Decimal | None], least: int, greatest: int, scale: int
) -> None:
    """Raise Refusal where a coordinate may be outside what the column holds or allows."""
    low, high = type_.limits if type_.kind is Kind.DECIMAL else (least, greatest)
    mend = f"use a wider type than {type_.declared}"
    if said != (None, None):
        mend = "move the bounds, or leave them out"
    low = low if said[0] is None else max(low, scaled(said[0], scale, up=True))
    high = high if said[1] is None else min(high, scaled(said[1], scale, up=False))
    if least < low or greatest > high:
        span = f"{least / 10**scale:.4f} to {greatest / 10**scale:.4f}"
        raise Refusal(f"the places that are asked for have values from {span}", mend)
