"""Tables that are short lists: coherent rows of what there is, each once, in any number of rows."""

from pathlib import Path
from typing import Any

import pytest
from tests.support import views

from dw_simulator.service import ExperimentService, GenerateRequest

pytestmark = pytest.mark.passing

LISTS = """
CREATE TABLE country (country_id SMALLINT PRIMARY KEY, iso_code CHAR(2) NOT NULL UNIQUE,
  country_name VARCHAR(60) NOT NULL UNIQUE, currency_code CHAR(3) NOT NULL, continent VARCHAR(20));
CREATE TABLE waehrung (code CHAR(3) PRIMARY KEY, bezeichnung VARCHAR(40) NOT NULL);
CREATE TABLE claim_status (status_code CHAR(2) PRIMARY KEY, status_name VARCHAR(30) NOT NULL UNIQUE);
CREATE TABLE ref_gender (gender_code CHAR(1) PRIMARY KEY, label VARCHAR(20));
CREATE TABLE dim_payment_method (payment_method_key INT PRIMARY KEY, payment_method VARCHAR(30) NOT NULL);
CREATE TABLE department (department_id INT PRIMARY KEY, department_name VARCHAR(40) NOT NULL UNIQUE);
CREATE TABLE claim (claim_id INT PRIMARY KEY,
  status_code CHAR(2) NOT NULL REFERENCES claim_status(status_code),
  country_id SMALLINT REFERENCES country(country_id));
"""


def made(service: ExperimentService, out: Path, sql: str, rows: dict[str, int] | None = None) -> Any:
    service.import_sql(sql, name="lists", dialect="postgres")
    service.generate("lists", GenerateRequest(seed=2, rows=rows or {}, output_dir=out))
    return views(out)


def number(connection: Any, sql: str) -> Any:
    return connection.execute(f"SELECT count(*) FROM {sql}").fetchone()[0]


def test_rows_are_of_one_thing(service: ExperimentService, tmp_path: Path) -> None:
    with made(service, tmp_path / "out", LISTS) as connection:
        assert number(connection, "country") == 60
        assert number(connection, "country WHERE (iso_code = 'DE') <> (country_name = 'Germany')") == 0
        assert number(connection, "country WHERE iso_code IN ('DE', 'FR') AND currency_code <> 'EUR'") == 0
        assert number(connection, "country WHERE iso_code = 'JP' AND continent <> 'Asia'") == 0
        assert number(connection, "waehrung WHERE code = 'CHF' AND bezeichnung = 'Swiss Franc'") == 1
        assert number(connection, "ref_gender WHERE gender_code = 'F' AND label = 'Female'") == 1
        assert number(connection, "dim_payment_method WHERE payment_method = 'Credit Card'") == 1
        assert 3 <= number(connection, "claim_status") <= 12
        assert number(connection, "(SELECT DISTINCT status_name FROM claim_status)") == number(
            connection, "claim_status"
        )


@pytest.mark.parametrize(
    "rows",
    [
        {"country": 0, "claim": 0},
        {"country": 1, "waehrung": 1, "claim_status": 1, "department": 1},
        {"country": 300, "waehrung": 900, "claim_status": 200, "department": 500, "dim_payment_method": 40},
    ],
)
def test_any_number_of_rows_keeps_the_keys(
    service: ExperimentService, tmp_path: Path, rows: dict[str, int]
) -> None:
    with made(service, tmp_path / "out", LISTS, rows) as connection:
        for table, count in rows.items():
            assert number(connection, table) == count
        for table, key in (("country", "iso_code"), ("country", "country_name"), ("waehrung", "code"),
                           ("claim_status", "status_code"), ("department", "department_name")):  # fmt: skip
            assert number(connection, f"(SELECT DISTINCT {key} FROM {table})") == number(connection, table)


def test_what_belongs_to_others_is_no_list(service: ExperimentService) -> None:
    sql = """CREATE TABLE firm (firm_id INT PRIMARY KEY, name VARCHAR(40));
        CREATE TABLE department (department_id INT PRIMARY KEY, firm_id INT NOT NULL REFERENCES firm(firm_id),
          name VARCHAR(40));"""
    found = service.import_sql(sql, name="owned", dialect="postgres").experiment
    department = found.table("department")
    assert department is not None
    assert not any(column.rule and column.rule.name == "table" for column in department.columns)


def test_codes_go_on_and_what_describes_repeats(service: ExperimentService, tmp_path: Path) -> None:
    ddl = """CREATE TABLE carrier (carrier_cd CHAR(4) PRIMARY KEY, carrier_nm VARCHAR(40) NOT NULL,
        mode_cd CHAR(3) NOT NULL);"""
    with made(service, tmp_path / "out", ddl, {"carrier": 32}) as connection:
        assert number(connection, "(SELECT DISTINCT carrier_cd FROM carrier)") == 32
        assert number(connection, "(SELECT DISTINCT carrier_nm FROM carrier)") == 32
        assert number(connection, "carrier WHERE regexp_matches(carrier_cd, '^[0-9]')") == 0
        assert number(connection, "carrier WHERE regexp_matches(mode_cd, '[0-9]')") == 0


def test_a_letter_that_says_a_way_to_reach_people_is_a_flag(
    service: ExperimentService, tmp_path: Path
) -> None:
    ddl = """CREATE TABLE promotions (id INT PRIMARY KEY, channel_tv CHAR(1) NOT NULL,
        allow_sms CHAR(1) NOT NULL);"""
    with made(service, tmp_path / "out", ddl, {"promotions": 90}) as connection:
        assert number(connection, "promotions WHERE channel_tv NOT IN ('Y', 'N')") == 0
        assert number(connection, "(SELECT DISTINCT allow_sms FROM promotions)") == 2
