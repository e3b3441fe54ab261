"""Places as entities: city, region, postcode, telephone and coordinates of a row agree."""

import math
import re
from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests.support import column, generated, made, planned, reference, table, views

from dw_simulator.errors import PlanError
from dw_simulator.plugins.rules import gazetteer
from dw_simulator.plugins.rules.gazetteer import COUNTRIES, LOCALES, cities, countries_of, streets

ROWS = 30_000
DATA = Path(gazetteer.__file__).parent / "data" / "places.tsv"

TEXTS = (
    "city",
    "state",
    "state_code",
    "postcode",
    "country",
    "country_code",
    "currency_code",
    "phone_prefix",
    "phone",
    "street_address",
    "timezone",
)
COORDINATES = {"latitude": "DECIMAL(9,6)", "longitude": "DOUBLE"}


def place(field: str, data_type: str = "VARCHAR(80)", name: str | None = None, **more: Any) -> dict[str, Any]:
    options = {key: more.pop(key) for key in ("entity", "locale") if key in more}
    return column(name or field, data_type, rule={"name": "place", "field": field, **options}, **more)


def addresses(name: str, rows: int, locale: Any) -> dict[str, Any]:
    texts = [place(field, locale=locale) for field in TEXTS]
    return table(name, rows, *texts, *(place(f, kind, locale=locale) for f, kind in COORDINATES.items()))


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """Addresses in the United States, in the world, and two in a row; beside them the shipped table."""
    both = [place(f, name=f"{who}_{f}", entity=who) for who in ("bill", "ship") for f in ("city", "state")]
    tables = addresses("us", ROWS, "en_US"), addresses("everywhere", ROWS, "world"), table("two", ROWS, *both)
    found = views(generated(planned(*tables), tmp_path_factory.mktemp("places")))
    found.execute(
        f"CREATE TABLE truth AS SELECT * FROM read_csv('{DATA}', delim='\t', skip=2, header=true, quote='', "
        "types={'state_code': 'VARCHAR', 'postcodes': 'VARCHAR', 'area_codes': 'VARCHAR'})"
    )
    return found


JOINED = "a JOIN truth t ON (a.city, a.state, a.country_code) = (t.city, t.state, t.country)"


def none_of(found: duckdb.DuckDBPyConnection, relation: str, condition: str) -> None:
    assert found.execute(f"SELECT * FROM {relation} WHERE {condition} LIMIT 3").fetchall() == []


@pytest.mark.parametrize("relation", ["us", "everywhere"])
def test_a_city_lies_in_its_region_and_country(seen: duckdb.DuckDBPyConnection, relation: str) -> None:
    known = "SELECT city, state, state_code, country, timezone FROM truth"
    none_of(seen, relation, f"(city, state, state_code, country_code, timezone) NOT IN ({known})")
    pairs = set(
        seen.execute(f"SELECT DISTINCT country_code, country, currency_code FROM {relation}").fetchall()
    )
    assert pairs == {(c, COUNTRIES[c].name, COUNTRIES[c].currency) for c, _, _ in pairs}
    assert len(pairs) == (1 if relation == "us" else len(COUNTRIES))


def test_postcodes_are_the_city_s(seen: duckdb.DuckDBPyConnection) -> None:
    """ZIP codes and German ones lie in the ranges that the table gives the city, read by DuckDB itself."""
    spans = (
        "SELECT country, city, state, split_part(span, '-', 1) AS low, "
        "CASE WHEN contains(span, '-') THEN split_part(span, '-', 2) ELSE span END AS high "
        "FROM (SELECT *, unnest(string_split(postcodes, ' ')) AS span FROM truth "
        "WHERE country IN ('US', 'DE'))"
    )
    for relation in ("us", "everywhere"):
        inside = f"SELECT 1 FROM ({spans}) s WHERE s.city = t.city AND s.state = t.state"
        none_of(
            seen,
            f"{relation} t",
            f"country_code IN ('US', 'DE') AND NOT EXISTS ({inside} AND postcode BETWEEN low AND high)",
        )


def test_coordinates_are_near_the_city(seen: duckdb.DuckDBPyConnection) -> None:
    north = "111.2 * (a.latitude - t.latitude)"
    east = "111.2 * cos(radians(t.latitude)) * (a.longitude - t.longitude)"
    for relation in ("us", "everywhere"):
        each = f"SELECT sqrt(({north}) ** 2 + ({east}) ** 2) AS km FROM {relation} {JOINED}"
        rows, farthest, mean = seen.execute(f"SELECT count(*), max(km), avg(km) FROM ({each})").fetchone()
        assert rows == ROWS
        assert 5 < farthest < 7.2
        assert 1 < mean < 3


def test_telephones_have_the_area_code_of_the_city(seen: duckdb.DuckDBPyConnection) -> None:
    none_of(seen, "everywhere", "NOT starts_with(phone, phone_prefix || ' ')")
    joined = "everywhere a JOIN truth t ON (a.city, a.state, a.country_code) = (t.city, t.state, t.country)"
    none_of(
        seen, joined, "NOT list_contains(string_split(area_codes, ' '), split_part(phone_prefix, ' ', 2))"
    )
    lengths = seen.execute(
        "SELECT country_code, list(DISTINCT length(regexp_replace(phone, '^[+][0-9]+|[^0-9]', '', 'g'))) "
        "FROM everywhere GROUP BY 1"
    ).fetchall()
    for country, found in lengths:
        if COUNTRIES[country].digits:
            assert found == [COUNTRIES[country].digits], country


def test_streets_are_those_of_the_country(seen: duckdb.DuckDBPyConnection) -> None:
    rows = seen.execute("SELECT country_code, street_address FROM everywhere LIMIT 3000").fetchall()
    for country, address in rows:
        street = max((name for name in streets(country) if name in address), key=len, default=None)
        assert street is not None, (country, address)
        assert re.fullmatch(r"\d+ |, \d+| \d+|\d+-\d+-\d+", address.replace(street, "", 1)), address


def test_cities_come_up_as_often_as_people_live_there(seen: duckdb.DuckDBPyConnection) -> None:
    shares = seen.execute(
        "SELECT t.city, t.population / sum(t.population) OVER () AS wanted, coalesce(n, 0) / 30000 AS got "
        "FROM truth t LEFT JOIN (SELECT city, state, count(*) AS n FROM us GROUP BY ALL) USING (city, state) "
        "WHERE country = 'US' ORDER BY wanted DESC"
    ).fetchall()
    for city, wanted, got in shares[:20]:
        assert abs(wanted - got) < 5 * math.sqrt(wanted / ROWS) + 0.002, city
    assert all(got > 0 for _, _, got in shares)


def test_two_places_of_a_row_are_independent(seen: duckdb.DuckDBPyConnection) -> None:
    same, expected = seen.execute(
        "SELECT avg((bill_city = ship_city)::INT), (SELECT sum(p * p) FROM "
        "(SELECT count(*) / 30000 AS p FROM two GROUP BY bill_city)) FROM two"
    ).fetchone()
    assert abs(same - expected) < 5 * math.sqrt(expected / ROWS)


# what everybody can look up
FACTS = [
    ("en_US", "New York", "NY", "10", "+1 212", 40.7, -74.0),
    ("en_US", "Chicago", "IL", "606", "+1 312", 41.9, -87.7),
    ("de_DE", "München", "BY", "8", "+49 89", 48.1, 11.6),
    ("fr_FR", "Paris", "IDF", "75", "+33 1", 48.9, 2.35),
    ("es_ES", "Barcelona", "CT", "08", "+34 93", 41.4, 2.2),
    ("it_IT", "Milano", "25", "20", "+39 02", 45.5, 9.2),
    ("en_GB", "Edinburgh", "SCT", "EH", "+44 131", 55.95, -3.2),
    ("pt_BR", "Rio de Janeiro", "RJ", "2", "+55 21", -22.9, -43.2),
    ("nl_NL", "Rotterdam", "ZH", "30", "+31 10", 51.9, 4.5),
    ("pl_PL", "Kraków", "MA", "3", "+48 12", 50.06, 19.9),
    ("ja_JP", "京都市", "26", "6", "+81 75", 35.0, 135.8),
    ("ja_JP", "仙台市", "04", "98", "+81 22", 38.3, 140.9),
    ("en_CA", "Vancouver", "BC", "V", "+1 604", 49.25, -123.1),
    ("en_AU", "Perth", "WA", "6", "+61 8", -31.95, 115.9),
    ("de_CH", "Zürich", "ZH", "80", "+41 44", 47.4, 8.5),
    ("de_AT", "Wien", "9", "1", "+43 1", 48.2, 16.4),
    ("es_MX", "Monterrey", "NLE", "64", "+52 81", 25.7, -100.3),
]


@pytest.mark.parametrize(("locale", "name", "region", "post", "phone", "north", "east"), FACTS)
def test_facts(locale: str, name: str, region: str, post: str, phone: str, north: float, east: float) -> None:
    (city,) = [
        city for city in cities(countries_of([locale])) if (city.name, city.state_code) == (name, region)
    ]
    assert all(code.startswith(post) for code in city.postcodes if name != "New York" or code[0] == "1")
    assert phone in [f"{COUNTRIES[city.country].calling} {area}" for area in city.area_codes]
    assert abs(float(city.latitude) - north) < 0.1
    assert abs(float(city.longitude) - east) < 0.15


def test_an_area_code_leads_to_one_state() -> None:
    """North America has no two with the same."""
    states: dict[str, set[str]] = {}
    for city in cities(("US", "CA")):
        for code in city.area_codes:
            states.setdefault(code, set()).add(city.state_code)
    assert {code: found for code, found in states.items() if len(found) > 1} == {}


def test_neighbours_of_a_city_lie_elsewhere() -> None:
    """Nothing carries the coordinates of a town, or a quarter, of the same name."""
    found = cities(countries_of(["world"]))
    places = [(float(city.latitude), float(city.longitude)) for city in found]
    close = [
        (one.name, other.name)
        for k, (one, (north, east)) in enumerate(zip(found, places, strict=True))
        for other, (up, right) in zip(found[:k], places[:k], strict=True)
        if abs(north - up) < 0.02 and abs(east - right) < 0.03
    ]
    assert close == []


def test_postcodes_that_the_post_does_not_give_out() -> None:
    known = {city.name: city.postcodes for city in cities(countries_of(["world"]))}
    assert not any(re.search("[FIOQUY]|S[ADS]", code) for code in known["Amsterdam"])
    assert not any(code.startswith("SW1 ") for code in known["London"])
    # Shiogama, Ishinomaki, Osaki and Kesennuma have what lies between those of Sendai and its suburbs
    assert {code[:3] for code in known["仙台市"]} == {"980", "982", "983", "984"}
    assert all(code.startswith(("252-01", "252-02", "252-03")) for code in known["相模原市"])


def test_french_telephone_numbers_are_written_in_pairs() -> None:
    plan = planned(table("t", 500, place("phone", locale=["fr_FR", "de_CH"])))
    phones = [phone.decode() for phone in made(plan, "t")]
    assert all(re.fullmatch(r"\+33 \d( \d\d){4}|\+41 \d\d \d{3} \d{4}", phone) for phone in phones)
    assert len({phone[:3] for phone in phones}) == 2


POSTCODES = {
    "US": r"\d{5}",
    "CA": r"[A-Z]\d[A-Z] \d[A-Z]\d",
    "GB": r"[A-Z]{1,2}\d{1,2} \d[A-Z]{2}",
    "AU": r"\d{4}",
    "DE": r"\d{5}",
    "AT": r"\d{4}",
    "CH": r"\d{4}",
    "FR": r"\d{5}",
    "ES": r"\d{5}",
    "MX": r"\d{5}",
    "IT": r"\d{5}",
    "BR": r"\d{5}-\d{3}",
    "NL": r"\d{4} [A-Z]{2}",
    "PL": r"\d{2}-\d{3}",
    "JP": r"\d{3}-\d{4}",
}


@pytest.mark.parametrize("locale", LOCALES)
def test_every_locale_has_places_in_its_country(locale: str) -> None:
    found = cities((LOCALES[locale],))
    assert len(found) >= 14
    assert len({(city.name, city.state) for city in found}) == len(found)
    for city in found:
        assert all(re.fullmatch(POSTCODES[city.country], code) for code in city.postcodes), city.name
        assert city.area_codes
        assert city.population > 0
    plan = planned(addresses("t", 200, locale))
    assert set(made(plan, "t", "country_code")) == {LOCALES[locale]}


@pytest.mark.parametrize(
    ("locale", "names"),
    [
        ("de_DE", {"Deutschland"}),
        (["de_CH", "de_AT"], {"Schweiz", "Österreich"}),
        (["de_CH", "fr_FR"], {"Switzerland", "France"}),
        ("es_MX", {"México"}),
        ("en_GB", {"United Kingdom"}),
    ],
)
def test_a_country_is_called_as_its_people_call_it(locale: Any, names: set[str]) -> None:
    assert set(made(planned(table("t", 500, place("country", locale=locale))), "t")) == names


def test_a_list_of_locales_mixes_their_countries() -> None:
    plan = planned(table("t", 2000, place("country_code", locale=["fr_FR", "de_CH"])))
    assert set(made(plan, "t")) == {"FR", "CH"}


@pytest.mark.parametrize("data_type", ["REAL", "DOUBLE", "DECIMAL(8,5)", "DECIMAL(38,10)", "DECIMAL(5,2)"])
def test_coordinates_in_any_type_are_those_of_the_row(data_type: str, tmp_path: Path) -> None:
    plan = planned(
        table("t", 500, place("latitude", data_type), place("latitude", "DECIMAL(12,9)", name="exact"))
    )
    found = views(generated(plan, tmp_path))
    (gap,) = found.execute("SELECT max(abs(latitude::DOUBLE - exact::DOUBLE)) FROM t").fetchone()
    assert gap <= (0.025 if data_type == "DECIMAL(5,2)" else 2e-5)


def test_places_depend_on_their_table_and_entity_and_can_be_looked_up(tmp_path: Path) -> None:
    stores = table(
        "stores",
        90,
        column("id", "INT"),
        place("city"),
        place("postcode", required=False),
        primary_key=["id"],
    )
    copied = column("store_city", "VARCHAR(80)", lookup={"reference": "store", "column": "city"})
    sales = table("sales", 900, column("store", "INT", **reference("stores.id")), copied, place("city"))
    plan = planned(stores, sales)
    found = views(generated(plan, tmp_path))
    none_of(found, "sales JOIN stores ON store = id", "store_city <> stores.city")
    assert made(plan, "stores", "city") != made(plan, "sales", "city")[:90]
    assert any(code is None for code in made(plan, "stores", "postcode"))


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ([place("city", locale="xx_XX")], "no places are known for the locale 'xx_XX'.*name one of.*en_US"),
        ([place("city", locale="en_IN")], "did you mean"),
        ([place("city", locale=[])], "name a locale"),
        ([place("city", "VARCHAR(5)")], "most values of city do not fit, the longest has .*; widen it to"),
        ([place("city", "VARCHAR(5)"), place("state")], "1 problem"),
        ([place("phone", "VARCHAR(9)")], "values of up to .* bytes do not fit"),
        ([place("city", is_unique=True)], "several places may have the same city"),
        ([place("city", "DOUBLE")], "city is text, not float; use a text column"),
        ([place("latitude")], "latitude is a number, not text; use a DECIMAL or FLOAT column"),
        ([place("postcode", "INT")], "the rule place makes decimal, float, text, not integer"),
        ([place("longitude", "DECIMAL(4,2)")], "have values from -1.* to .*; use a wider type than DECIMAL"),
        ([place("longitude", "DECIMAL(38,20)")], "16 digits after the point"),
        ([place("latitude", "DOUBLE", min_value=30)], "have values from .*; move the bounds"),
        ([place("city"), place("state", locale="de_DE")], "it has the locale en_US, but state"),
        ([place("town")], "field: should be 'city'"),
    ],
)
def test_what_is_refused(columns: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(PlanError, match=message):
        planned(table("t", 9, *columns))


def test_cities_fit_all_columns_of_their_place() -> None:
    """Each of the columns is short of some names; the cities that are left are those which fit both."""
    columns = place("city", "VARCHAR(10)"), place("state", "VARCHAR(10)"), place("phone_prefix")
    plan = planned(table("t", 3000, *columns))
    pairs = set(zip(made(plan, "t", "city"), made(plan, "t", "state"), strict=True))
    known = {(city.name, city.state) for city in cities(("US",)) if len(city.name) <= 10 >= len(city.state)}
    assert pairs <= known
    assert len(pairs) > 0.9 * len(known) > 50


def test_bounds_that_hold_are_taken() -> None:
    whole = place("latitude", "DOUBLE", min_value=-90, max_value=90)
    assert all(20 < value < 62 for value in made(planned(table("t", 100, whole)), "t"))
