"""Who buys does so in the own country: the shop of a sale is where its customer lives.

fct_sale (customer_key -> dim_customer (country), store_key -> dim_store (country))
    store_key   pick: match country; shops that are in demand more often
orders (customer_id -> customers (country_id), depot_id -> depots (city_id -> cities (country_id)))
    depot_id    pick: match country_id, which a hidden column of the depots looks up
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from dw_simulator.schema.inference.alone.by_country import said_of
from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.shape.other_ways import role_of
from dw_simulator.schema.inference.shape.star_facts import is_free, popularity, rests_on
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, Sketch, TableSketch
from dw_simulator.schema.inference.words.role_words import role_words
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.quoting import quoted_name

_COUNTRIES = frozenset({"country", "nation"})
_FLATTER, _STEEPER = 0.6, 1.4
"""The powers that shares of countries are raised to, of places and of those who go there."""


@dataclass(frozen=True)
class _Country:
    """Where a table says the country of its rows.

    way     the reference by which it does; empty where the column is its own
    column  the column
    values  those that it can show; for a key of countries, the name of that table
    """

    way: str
    column: ColumnSketch
    values: frozenset[str]


def near_places(sketch: Sketch) -> None:
    """Places where people go are of the country that they live in."""
    if not sketch.has("lognormal"):
        return
    for table in sketch.tables.values():
        if table.table.rows is None and len(table.links) > 1:
            for link in table.links:
                if _is_plain(link) and {*link.parent.noun} & role_words("sites"):
                    _bring_near(table, link)


def _bring_near(table: TableSketch, link: Link) -> None:
    if not is_free(link) or link.keyed or "match" in _pick_of(link):
        return
    for other in table.links:
        person = _is_plain(other) and other.required and {*other.parent.noun} & role_words("visitors")
        if not person or other.parent is link.parent or rests_on(table, other.name, link.name):
            continue
        lives, stands = _country_of(other.parent), _country_of(link.parent)
        if lives is None or stands is None or len(lives.values & stands.values) * 2 < len(stands.values):
            continue
        source = lives.column.name if not lives.way else _shown(other.parent, lives)
        target = stands.column.name if not stands.way else _shown(link.parent, stands)
        match: dict[str, Json] = {target: {"reference": other.name, "column": source}}
        weights = quoted_name(popularity(link.parent))
        link.said.pop("skew", None)
        link.said.pop("childless", None)
        reason = f"{link.name} is in the country of the {' '.join(other.parent.noun)}"
        link.says(reason, {"pick": {"match": match, "weights": weights, **_pick_of(link)}})
        _mixed(stands.column, _FLATTER)
        _mixed(lives.column, _STEEPER)
        return


def _mixed(country: ColumnSketch, power: float) -> None:
    """A dozen places are in several countries, and few who go to places live where there may be none."""
    rule, table = country.rule, country.table
    shares, weights = rule.get("locale"), rule.get("weights")
    if rule.get("name") == "choice" and isinstance(weights, list):
        _changed(country, "weights", [_raised(one, power) for one in weights])
    elif isinstance(shares, Mapping):
        entity = rule.get("entity")
        other: dict[str, Json] = {locale: _raised(share, power) for locale, share in shares.items()}
        same = [one for one in table.columns.values() if one.rule.get("locale") == shares]
        for column in [one for one in same if one is country or one.rule.get("entity") == entity]:
            _changed(column, "locale", other)


def _raised(share: Json, power: float) -> float:
    return round(math.pow(float(str(share)), power), 3)


def _changed(column: ColumnSketch, option: str, value: Json) -> None:
    """The rule that was found for a column, with another option."""
    assert column.found is not None, "it has a rule"
    column.says(replace(column.found, fields={**column.fields, "rule": {**column.rule, option: value}}))


def _is_plain(link: Link) -> bool:
    return len(link.columns) == 1 and not link.to_itself


def _pick_of(link: Link) -> Mapping[str, Json]:
    pick = link.said.get("pick")
    return pick if isinstance(pick, dict) else {}


def _country_of(table: TableSketch) -> _Country | None:
    """Where a table says it: in a column, by a list of countries, or through the city that it is in."""
    found = _told_by(table)
    if found is not None:
        return found
    for link in table.links:
        if _is_plain(link) and link.required and {*link.parent.noun} & role_words("places"):
            above = _told_by(link.parent)
            if above is not None:
                return _Country(link.name, above.column, above.values)
    return None


def _told_by(table: TableSketch) -> _Country | None:
    for column in table.columns.values():
        said = said_of(column)
        if said:
            return _Country("", column, frozenset(said))
    for link in table.links:
        if _is_plain(link) and {*link.parent.noun} & _COUNTRIES and {*role_of(link)} <= _COUNTRIES:
            return _Country("", table.column(link.name), frozenset({link.parent.name}))
    return None


def _shown(table: TableSketch, country: _Country) -> str:
    """A hidden column with the country that a table's rows are in."""
    lookup: dict[str, Json] = {"reference": country.way, "column": country.column.name}
    for column in table.columns.values():
        if column.hidden and column.fields.get("lookup") == lookup:
            return column.name
    found = Found("", {"lookup": lookup}, f"the country of {country.way}")
    return table.add_hidden("country", country.column.column.data_type, found).name
