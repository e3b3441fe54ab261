"""Values that are written in a way of their own: intervals, ranges, shapes on a map, addresses, bits.

A type says which notation it has (`types.SqlType.notation`); WRITERS says what is written in each. Shapes are
Well-Known Text, as PostGIS, DuckDB, Snowflake, BigQuery and Redshift take it, near the cities that are known.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import ClassVar

from dw_simulator.engine.bounds import DEFAULT_END, default_start
from dw_simulator.engine.values.base import Domain
from dw_simulator.engine.values.text import (
    Alternatives,
    AnyOf,
    Assembled,
    Characters,
    Fragment,
    Number,
)
from dw_simulator.errors import Refusal
from dw_simulator.plugins.rules.gazetteer import WORLD, cities, countries_of
from dw_simulator.plugins.rules.networks import Ip, Mac
from dw_simulator.plugins.rules.vocabulary import PAGE_SECTIONS, SITE_NOUNS, SITE_WORDS
from dw_simulator.ports.rule import ColumnSpec, Examples, RuleOptions
from dw_simulator.types import Kind

_MOST_BITS = 4096
_VARYING_BITS = 64
_CHUNK = 8
"""Bits that are drawn together."""
_DAYS = (1, 7, 14, 30, 90, 365)
"""How long ranges of dates are."""
_HOURS = ((8, 12), (9, 17), (10, 11), (13, 18), (20, 23))
"""From when to when ranges of moments are."""

Write = Callable[[ColumnSpec], Domain]


class Notation(RuleOptions):
    """Values of a type with a notation of its own, such as INTERVAL, INET, GEOGRAPHY or BIT(8)."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.NOTATION})
    examples: ClassVar[Examples] = tuple(
        {"name": "value", "data_type": data_type, "rule": {"name": "notation"}}
        for data_type in (
            "GEOGRAPHY",
            "GEOMETRY(POINT,4326)",
            "INTERVAL",
            "INET",
            "BIT VARYING(100)",
            "DATERANGE",
            "TSTZRANGE",
        )
    )

    def build(self, spec: ColumnSpec) -> Domain:
        return WRITERS[spec.type.notation](spec)


def _parts(*parts: Fragment | str) -> Assembled:
    return Assembled(tuple(AnyOf.of(part) if isinstance(part, str) else part for part in parts))


def _of(*parts: Fragment | str) -> Write:
    """The same parts for every column."""
    return lambda _spec: _parts(*parts)


def _numbers(spec: ColumnSpec, parts: Sequence[Fragment]) -> Assembled:
    """Parts that may have more forms together than an index has values."""
    crowded = Assembled(tuple(parts)).is_crowded
    fillers = tuple(spec.stream(f"filler {k}") for k in range(len(parts))) if crowded else ()
    return Assembled(tuple(parts), fillers)


# --- bits


def _bits(spec: ColumnSpec) -> Assembled:
    """As many as the type says; where it says how many there may be, up to eight fewer."""
    fixed, count = spec.type.fixed, spec.type.length
    if fixed and count > _MOST_BITS:
        raise Refusal(f"up to {_MOST_BITS:,} bits can be made", "let it have fewer, or say BIT VARYING")
    count = count if fixed else min(count, _VARYING_BITS)
    whole, rest = divmod(count - 1, _CHUNK)
    last = Characters(b"01", rest + 1 if fixed else 1, rest + 1)
    return _numbers(spec, [*[Characters(b"01", _CHUNK, _CHUNK)] * whole, last])


# --- ranges


def _days(spec: ColumnSpec) -> Iterator[date]:
    start, end = default_start(spec.as_of), spec.as_of or DEFAULT_END
    return (start + timedelta(days=k) for k in range((end - start).days + 1))


def _date_range(spec: ColumnSpec) -> Assembled:
    return _parts(
        AnyOf.of(*(f"[{day},{day + timedelta(days=span)})" for day in _days(spec) for span in _DAYS))
    )


def _moments(zone: str) -> Write:
    def write(spec: ColumnSpec) -> Assembled:
        spans = [
            f'["{day} {first:02}:00:00{zone}","{day} {last:02}:00:00{zone}")'
            for day in _days(spec)
            for first, last in _HOURS
        ]
        return _parts(AnyOf.of(*spans))

    return write


# --- shapes

_SPREAD = 4
"""How many places of a city there are for each shape."""
_CORNERS = ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))


@cache
def _places() -> tuple[tuple[float, float], ...]:
    """Longitudes and latitudes within some kilometres of the cities that are known."""
    found = []
    for k, city in enumerate(cities(countries_of([WORLD]))):
        for j in range(_SPREAD):
            east, north = ((k * step + j * 389 + step) % 1000 / 10_000 - 0.05 for step in (137, 211))
            found.append((float(city.longitude) + east, float(city.latitude) + north))
    return tuple(found)


def _at(place: tuple[float, float], east: float = 0.0, north: float = 0.0) -> str:
    return f"{place[0] + east:.5f} {place[1] + north:.5f}"


def _points(opening: str, closing: str) -> Assembled:
    """Points whose last two digits of latitude are free, so that many rows have points of their own."""
    heads = AnyOf.of(*(f"{opening}{place[0]:.5f} {place[1]:.3f}" for place in _places()))
    return _parts(heads, Number(100, places=2), closing)


def _lines(opening: str, closing: str) -> Assembled:
    heads = AnyOf.of(
        *(
            f"{opening}{_at(place, -0.02, 0.01)}, {_at(place, -0.008, -0.004)}, {place[0]:.5f} {place[1]:.3f}"
            for place in _places()
        )
    )
    return _parts(heads, Number(100, places=2), closing)


def _polygons(opening: str, closing: str) -> Assembled:
    sizes = [0.001 * (k % 9 + 1) for k in range(len(_places()))]
    rings = (
        ", ".join(_at(place, size * east, size * north * 0.7) for east, north in _CORNERS)
        for place, size in zip(_places(), sizes, strict=True)
    )
    return _parts(AnyOf.of(*(f"{opening}{ring}{closing}" for ring in rings)))


def _any_shape(spec: ColumnSpec) -> Assembled:
    """Points mostly, some lines and areas; keys are points."""
    points = _points("POINT(", ")")
    if spec.key:
        return points
    shapes = (points, _lines("LINESTRING(", ")"), _polygons("POLYGON((", "))"))
    return _parts(Alternatives(shapes, (7, 2, 1), spec.stream("shape")))


# --- all of them

_WORD, _NOUN = AnyOf.of(*SITE_WORDS), AnyOf.of(*SITE_NOUNS)
_SECTION = AnyOf.of(*PAGE_SECTIONS)
_HUNDREDTHS = Number(100, places=2)
_SIXTY = Number(60, places=2)
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_PAIR = AnyOf.of(*(f":{byte:02x}" for byte in range(256)))

WRITERS: Mapping[str, Write] = {
    "inet": lambda spec: Ip().build(spec),
    "cidr": _of("10.", Number(256), ".", Number(256), ".0/24"),
    "macaddr": lambda spec: Mac().build(spec),
    "macaddr8": _of("02", *[_PAIR] * 7),
    "bits": _bits,
    "interval": _of(Number(60), " days ", Number(24, places=2), ":", _SIXTY, ":", _SIXTY),
    "day time": _of(Number(60), " days ", Number(24, places=2), ":", _SIXTY, ":", _SIXTY),
    "months": _of(Number(30), " years ", Number(12), " months"),
    "int range": _of("[", Number(1000), ",", Number(9000, 1000), ")"),
    "num range": _of("[", Number(1000), ".", _HUNDREDTHS, ",", Number(9000, 1000), ".", _HUNDREDTHS, ")"),
    "date range": _date_range,
    "timestamp range": _moments(""),
    "timestamptz range": _moments("+00"),
    "point": lambda _: _points("POINT(", ")"),
    "linestring": lambda _: _lines("LINESTRING(", ")"),
    "polygon": lambda _: _polygons("POLYGON((", "))"),
    "multipoint": lambda _: _points("MULTIPOINT((", "))"),
    "multilinestring": lambda _: _lines("MULTILINESTRING((", "))"),
    "multipolygon": lambda _: _polygons("MULTIPOLYGON(((", ")))"),
    "geometry": _any_shape,
    "(x,y)": _of("(", Number(100), ".", _HUNDREDTHS, ",", Number(100), ".", _HUNDREDTHS, ")"),
    "[(x,y),...]": _of("[(", Number(50), ",", Number(50), "),(", Number(50, 50), ",", Number(50, 50), ")]"),
    "(x,y),(x,y)": _of("(", Number(50, 50), ",", Number(50, 50), "),(", Number(50), ",", Number(50), ")"),
    "((x,y),...)": _of("((0,0),(", Number(99, 1), ",0),(", Number(99, 1), ",", Number(99, 1), "))"),
    "{a,b,c}": _of("{", Number(9, 1), ",-1,", Number(100), "}"),
    "<(x,y),r>": _of("<(", Number(100), ",", Number(100), "),", Number(50, 1), ">"),
    "xml": _of('<item id="', Number(10**6, 1), '"><name>', _WORD, " ", _NOUN, "</name></item>"),
    "tsvector": _of("'", _NOUN, "':2 '", _WORD, "':1"),
    "tsquery": _of("'", _WORD, "' & '", _NOUN, "'"),
    "hstore": _of('"size"=>"', Number(50, 1), '", "kind"=>"', _NOUN, '"'),
    "ltree": _of("top.", _SECTION, ".", _NOUN, ".", _WORD),
    "lsn": _of("0/", Characters(b"0123456789ABCDEF", 8, 8)),
    "hllsketch": _of(
        '{"version":1,"logm":15,"sparse":{"indices":[',
        Number(9000, 1000),
        ",",
        Number(20_000, 10_000),
        '],"values":[',
        Number(4, 1),
        ",",
        Number(4, 1),
        "]}}",
    ),
    "hierarchyid": _of("/", Number(20, 1), "/", Number(50, 1), "/", Number(50, 1), "/"),
    "rowid": _of("AAAR3sAAEAAA", Characters(_LETTERS, 6, 6)),
}
"""What is written in a notation."""
