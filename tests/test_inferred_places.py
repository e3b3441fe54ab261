"""Where people go after an import is in the country that they live in; asked by DuckDB."""

from pathlib import Path

import duckdb
import pytest
from tests.support import views

from dw_simulator.service import ExperimentService, GenerateRequest
from dw_simulator.settings import MEMORY, Settings

SCHEMAS = {
    "star": """
CREATE TABLE dim_shopper (shopper_sk INT PRIMARY KEY, email VARCHAR(60) NOT NULL,
  country VARCHAR(40) NOT NULL);
CREATE TABLE dim_outlet (outlet_sk INT PRIMARY KEY, outlet_name VARCHAR(40) NOT NULL,
  country VARCHAR(40) NOT NULL);
CREATE TABLE fct_basket (basket_id INT PRIMARY KEY, outlet_sk INT NOT NULL REFERENCES dim_outlet,
  shopper_sk INT NOT NULL REFERENCES dim_shopper, paid_at TIMESTAMP NOT NULL);
""",
    "lists": """
CREATE TABLE land (land_id INT PRIMARY KEY, iso_code CHAR(2) NOT NULL, bezeichnung VARCHAR(40) NOT NULL);
CREATE TABLE stadt (stadt_id INT PRIMARY KEY, name VARCHAR(40) NOT NULL,
  land_id INT NOT NULL REFERENCES land);
CREATE TABLE patient (patient_id INT PRIMARY KEY, nachname VARCHAR(40) NOT NULL,
  land_id INT NOT NULL REFERENCES land);
CREATE TABLE klinik (klinik_id INT PRIMARY KEY, name VARCHAR(60) NOT NULL,
  stadt_id INT NOT NULL REFERENCES stadt);
CREATE TABLE besuch (besuch_id INT PRIMARY KEY, patient_id INT NOT NULL REFERENCES patient,
  klinik_id INT REFERENCES klinik,
  beginn TIMESTAMP NOT NULL);
""",
    "travel": """
CREATE TABLE guests (id INT PRIMARY KEY, full_name VARCHAR(60) NOT NULL, country_code CHAR(2) NOT NULL);
CREATE TABLE hotels (id INT PRIMARY KEY, name VARCHAR(60) NOT NULL, country_code CHAR(2) NOT NULL);
CREATE TABLE stays (id INT PRIMARY KEY, guest_id INT NOT NULL REFERENCES guests,
  hotel_id INT NOT NULL REFERENCES hotels,
  checked_in_at TIMESTAMP NOT NULL);
""",
}
ROWS = {"dim_shopper": 900, "dim_outlet": 25, "fct_basket": 6000, "stadt": 60, "patient": 900, "klinik": 20}
ROWS |= {"besuch": 4000, "guests": 900, "hotels": 25, "stays": 4000}


def made(name: str, home: Path) -> duckdb.DuckDBPyConnection:
    service = ExperimentService(Settings(home=home / "home", store_url=MEMORY))
    created = service.import_sql(SCHEMAS[name], name=name, dialect="redshift")
    rows = {table.name: ROWS[table.name] for table in created.experiment.tables if table.name in ROWS}
    service.generate(created.experiment.name, GenerateRequest(rows, 5, home / "out"))
    return views(home / "out")


def one(connection: duckdb.DuckDBPyConnection, query: str) -> float:
    ((found,),) = connection.execute(query).fetchall()
    return float(found)


def test_a_shop_is_in_the_country_of_who_buys(tmp_path: Path) -> None:
    ask = made("star", tmp_path)
    elsewhere = "avg((o.country <> s.country)::INT)"
    joined = "FROM fct_basket JOIN dim_outlet o USING (outlet_sk) JOIN dim_shopper s USING (shopper_sk)"
    assert one(ask, f"SELECT {elsewhere} {joined}") <= 0.05
    missing = "s.country NOT IN (SELECT country FROM dim_outlet)"
    assert one(ask, f"SELECT coalesce({elsewhere}, 0) {joined} WHERE NOT {missing}") == 0
    assert one(ask, "SELECT count(DISTINCT country) FROM dim_outlet") >= 2
    assert one(ask, "SELECT count(DISTINCT country) FROM dim_shopper") >= 2
    top = "SELECT sum(n) FROM (SELECT count(*) n FROM fct_basket GROUP BY outlet_sk ORDER BY n DESC LIMIT 5)"
    assert 0.25 <= one(ask, top) / 6000 <= 0.9, "some shops are in demand"


def test_a_clinic_is_in_the_country_of_the_patient_by_its_city(tmp_path: Path) -> None:
    ask = made("lists", tmp_path)
    wrong = """SELECT avg((s.land_id <> p.land_id)::INT) FROM besuch JOIN patient p USING (patient_id)
        JOIN klinik USING (klinik_id) JOIN stadt s USING (stadt_id)"""
    assert one(ask, wrong) == 0
    assert one(ask, "SELECT count(klinik_id) / count(*) FROM besuch") >= 0.6


@pytest.mark.parametrize("other", ["guests", "hotels"])
def test_guests_of_hotels_come_from_anywhere(tmp_path: Path, other: str) -> None:
    ask = made("travel", tmp_path)
    assert one(ask, f"SELECT count(DISTINCT country_code) FROM {other}") >= 2
    joined = "FROM stays JOIN hotels h ON h.id = hotel_id JOIN guests g ON g.id = guest_id"
    assert one(ask, f"SELECT avg((h.country_code <> g.country_code)::INT) {joined}") > 0.02


ADS = """
CREATE TABLE advertisers (id INT PRIMARY KEY, company_name VARCHAR(80) NOT NULL, website VARCHAR(100) NOT NULL);
CREATE TABLE campaigns (id INT PRIMARY KEY, advertiser_id INT NOT NULL REFERENCES advertisers, name VARCHAR(80));
CREATE TABLE ads (id INT PRIMARY KEY, campaign_id INT NOT NULL REFERENCES campaigns, landing_url VARCHAR(200) NOT NULL);
CREATE TABLE impressions (id INT PRIMARY KEY, ad_id INT NOT NULL REFERENCES ads, page_url VARCHAR(200) NOT NULL,
  seen_at TIMESTAMP NOT NULL);
"""


def test_pages_are_at_the_site_of_whose_they_are(tmp_path: Path) -> None:
    service = ExperimentService(Settings(home=tmp_path / "home", store_url=MEMORY))
    service.import_sql(ADS, name="ads", dialect="redshift")
    service.generate("ads", GenerateRequest({}, 5, tmp_path / "out"))
    ask = views(tmp_path / "out")
    host = "regexp_extract({}, '://(www\\.)?([^/]+)', 2)"
    joined = "FROM ads JOIN campaigns c ON c.id = campaign_id JOIN advertisers a ON a.id = advertiser_id"
    other = f"SELECT count_if({host.format('landing_url')} <> {host.format('website')}) {joined}"
    assert one(ask, other) == 0
    assert one(ask, "SELECT count(DISTINCT landing_url) / count(*) FROM ads") > 0.8
    joined = f"FROM impressions v JOIN ads ON ads.id = ad_id {joined.removeprefix('FROM ads')}"
    same = f"SELECT avg(({host.format('page_url')} = {host.format('website')})::INT) {joined}"
    assert one(ask, same) < 0.1


REGIONS = """
CREATE TABLE servers (server_id INT PRIMARY KEY, region VARCHAR(40) NOT NULL, latitude DECIMAL(9,6) NOT NULL,
  longitude DECIMAL(9,6) NOT NULL);
CREATE TABLE outlets (outlet_id INT PRIMARY KEY, sales_region VARCHAR(40) NOT NULL, latitude DECIMAL(9,6) NOT NULL,
  longitude DECIMAL(9,6) NOT NULL);
CREATE TABLE mills (mill_id INT PRIMARY KEY, region VARCHAR(40) NOT NULL, latitude DECIMAL(9,6) NOT NULL,
  longitude DECIMAL(9,6) NOT NULL);
"""


def test_regions_of_clouds_and_of_sales_are_no_states(service: ExperimentService) -> None:
    tables = service.import_sql(REGIONS, name="regions", dialect="postgres").experiment.tables
    told = {table.name: one.rule_spec for table in tables for one in table.columns if "region" in one.name}
    found = {name: spec.name for name, spec in told.items() if spec is not None}
    assert found == {"servers": "choice", "outlets": "choice", "mills": "place"}
