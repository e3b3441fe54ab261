"""What an import makes of trade: tills, stock that is ordered again, returns, promotions, holidays."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests.support import views

from dw_simulator.schema.holidays import easter, holiday_sql, in_year
from dw_simulator.service import ExperimentService, GenerateRequest

PRESENT = date(2026, 6, 30)
KIOSKS = """
CREATE TABLE kiosk (kiosk_id INT PRIMARY KEY, kiosk_name VARCHAR(40) NOT NULL, city VARCHAR(40), state CHAR(2),
  country VARCHAR(40), tax_rate DECIMAL(6,4));
CREATE TABLE till_sale (sale_id INT PRIMARY KEY, kiosk_id INT NOT NULL REFERENCES kiosk, till_no INT NOT NULL, amount DECIMAL(9,2)
  NOT NULL, payment_type VARCHAR(20) NOT NULL, sold_at TIMESTAMP NOT NULL);
CREATE TABLE spare_part (part_id INT PRIMARY KEY, part_name VARCHAR(60) NOT NULL, on_hand_qty INT NOT NULL, on_order_qty INT,
  reorder_level INT NOT NULL);
CREATE TABLE shelf (shelf_id INT PRIMARY KEY, on_hand INT NOT NULL, on_order INT NOT NULL, CHECK (on_order >= on_hand));
CREATE TABLE reader (reader_id INT PRIMARY KEY, login VARCHAR(30) NOT NULL, first_name VARCHAR(30) NOT NULL,
  last_name VARCHAR(30) NOT NULL, email VARCHAR(60));
CREATE TABLE complaint (complaint_id INT PRIMARY KEY, first_name VARCHAR(30), last_name VARCHAR(30), email VARCHAR(60));
CREATE TABLE dim_tag (tag_key INT PRIMARY KEY, datum DATE NOT NULL, ist_feiertag CHAR(1) NOT NULL, feiertag_name VARCHAR(20));
CREATE TABLE dim_day (day_key INT PRIMARY KEY, full_date DATE NOT NULL, is_holiday BOOLEAN NOT NULL,
  holiday_name VARCHAR(16) NOT NULL);
"""
ROWS = {"kiosk": 300, "till_sale": 900, "spare_part": 900, "shelf": 200, "reader": 4000, "complaint": 4000}


@pytest.fixture(name="kiosks")
def _kiosks(service: ExperimentService, tmp_path: Path) -> Any:
    service.import_sql(KIOSKS, name="kiosks", dialect="postgres", as_of=PRESENT)
    rows = {**ROWS, "dim_tag": 800, "dim_day": 800}
    service.generate("kiosks", GenerateRequest(seed=3, rows=rows, output_dir=tmp_path / "out"))
    with views(tmp_path / "out") as connection:
        yield lambda sql: connection.execute(f"SELECT {sql}").fetchone()[0]


def test_trade(kiosks: Callable[[str], Any]) -> None:
    one = kiosks
    # tills take cards and cash
    assert one("count(*) FILTER (payment_type IN ('Direct Debit', 'Bank Transfer')) FROM till_sale") == 0
    assert one("avg((payment_type = 'Cash')::INT) FROM till_sale") > 0.15
    # taxes of the states of the USA, in a list with others abroad
    assert one("count(DISTINCT tax_rate) FROM kiosk WHERE country = 'United States'") > 5
    assert (
        one(
            "count(*) FILTER (tax_rate <> 0.0725) FROM kiosk WHERE state = 'CA' AND country = 'United States'"
        )
        == 0
    )
    # little is left where something is on order
    parts = "FROM spare_part WHERE on_hand_qty"
    assert 0.1 < one("avg((on_hand_qty < reorder_level)::INT) FROM spare_part") < 0.5
    assert one(f"avg((on_order_qty > 0)::INT) {parts} < reorder_level") > 0.75
    assert one(f"avg((on_order_qty > 0)::INT) {parts} >= reorder_level") < 0.1
    assert one("avg((on_hand_qty = 0)::INT) FROM spare_part") > 0.01
    assert one("count(*) FILTER (on_order < on_hand) FROM shelf") == 0, "CHECKs hold"
    # persons are told apart where rows are persons
    assert one("count(*) - count(DISTINCT login) FROM reader") == 0
    assert one("count(email) - count(DISTINCT email) FROM reader") == 0
    assert one("count(DISTINCT split_part(email, '@', 2)) FROM reader") > 1
    assert one("count(email) - count(DISTINCT email) FROM complaint") > 0


def test_holidays_that_move(kiosks: Callable[[str], Any]) -> None:
    assert kiosks("count(*) FROM dim_day WHERE is_holiday AND year(full_date) = 2025") == 11
    assert kiosks("holiday_name FROM dim_day WHERE full_date = '2025-11-27'") == "Thanksgiving Day"
    assert kiosks("holiday_name FROM dim_day WHERE full_date = '2025-05-26'") == "Memorial Day"
    assert kiosks("count(*) FROM dim_day WHERE is_holiday <> (holiday_name <> '')") == 0
    names = "string_agg(feiertag_name, ', ' ORDER BY datum) FROM dim_tag WHERE ist_feiertag = 'J'"
    told = kiosks(f"{names} AND year(datum) = 2025").split(", ")
    assert told == [
        *("Neujahr", "Karfreitag", "Ostermontag", "Tag der Arbeit", "Christi Himmelfahrt", "Pfingstmontag"),
        *("Tag der Deutschen", "1. Weihnachtstag", "2. Weihnachtstag"),
    ]


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("11-thu-4", date(2024, 11, 28)),
        ("05-mon-last", date(2021, 5, 31)),
        ("easter+39", date(2026, 5, 14)),
        ("easter-47", date(2025, 3, 4)),
        ("02-29", date(2024, 2, 29)),
        ("2023-12-24", date(2023, 12, 24)),
    ],
)
def test_a_holiday_in_sql_is_that_of_the_rule(said: str, day: date) -> None:
    assert list(in_year(said, day.year)) == [day]
    year = f"range(DATE '{day.year}-01-01', DATE '{day.year + 1}-01-01', INTERVAL 1 DAY) t(d)"
    sql = f"SELECT d::DATE FROM {year} WHERE {holiday_sql(said, 'd')}"
    with duckdb.connect() as connection:
        assert connection.execute(sql).fetchall() == [(day,)]


def test_easter() -> None:
    assert [easter(year) for year in (1961, 2000, 2038)] == [
        *(date(1961, 4, 2), date(2000, 4, 23), date(2038, 4, 25)),
    ]
    assert list(in_year("02-29", 2023)) == []
    assert list(in_year("2023-12-24", 2024)) == []
