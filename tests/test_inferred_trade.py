"""What an import makes of trade: tills, stock that is ordered again, returns, promotions, holidays."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests.support import views

from dw_simulator.schema.holidays import check_holiday, easter, holiday_sql, in_year
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
WARES = """
CREATE TABLE article (article_id INT PRIMARY KEY, article_name VARCHAR(60) NOT NULL, category VARCHAR(40) NOT NULL,
  size VARCHAR(10), weight_g INT NOT NULL, list_price DECIMAL(8,2) NOT NULL);
CREATE TABLE outlet (outlet_id INT PRIMARY KEY, outlet_name VARCHAR(40));
CREATE TABLE offer (offer_id INT PRIMARY KEY, offer_type VARCHAR(30) NOT NULL, offer_name VARCHAR(60) NOT NULL,
  discount_percent DECIMAL(5,2) NOT NULL);
CREATE TABLE bon_line (line_id INT PRIMARY KEY, outlet_id INT NOT NULL REFERENCES outlet, article_id INT NOT NULL REFERENCES article,
  offer_id INT REFERENCES offer, quantity INT NOT NULL, unit_price DECIMAL(8,2) NOT NULL, discount DECIMAL(8,2) NOT NULL);
CREATE TABLE brought_back (back_id INT PRIMARY KEY, line_id INT NOT NULL REFERENCES bon_line, return_reason VARCHAR(30) NOT NULL);
CREATE TABLE genre (genre_id INT PRIMARY KEY, genre_name VARCHAR(20) NOT NULL, description VARCHAR(60) NOT NULL);
CREATE TABLE language (language_id INT PRIMARY KEY, language_name VARCHAR(40) NOT NULL, description VARCHAR(60) NOT NULL);
CREATE TABLE headliner (headliner_id INT PRIMARY KEY, headliner_name VARCHAR(60) NOT NULL, genre_id INT NOT NULL REFERENCES genre);
"""
SHOWS = """
CREATE TABLE hall (hall_id INT PRIMARY KEY, hall_name VARCHAR(60) NOT NULL, hall_type VARCHAR(30) NOT NULL, seats INT NOT NULL);
CREATE TABLE performance (show_id INT PRIMARY KEY, show_name VARCHAR(60) NOT NULL, genre VARCHAR(20) NOT NULL, hall_id INT NOT NULL
  REFERENCES hall, starts_at TIMESTAMP NOT NULL, ends_at TIMESTAMP, status VARCHAR(12) NOT NULL
  CHECK (status IN ('scheduled', 'completed', 'cancelled')));
CREATE TABLE seat_sale (sale_id INT PRIMARY KEY, show_id INT NOT NULL REFERENCES performance, price DECIMAL(8,2) NOT NULL,
  sold_at TIMESTAMP NOT NULL, refunded_at TIMESTAMP);
CREATE TABLE courier (courier_id INT PRIMARY KEY, first_name VARCHAR(30) NOT NULL, last_name VARCHAR(30) NOT NULL,
  joined_at TIMESTAMP NOT NULL, last_login_at TIMESTAMP);
CREATE TABLE drop_off (drop_id INT PRIMARY KEY, courier_id INT NOT NULL REFERENCES courier, amount DECIMAL(9,2) NOT NULL,
  commission DECIMAL(9,2) NOT NULL, dropped_at TIMESTAMP NOT NULL);
"""
STAR = """
CREATE TABLE dim_date (date_key INT PRIMARY KEY, full_date DATE NOT NULL);
CREATE TABLE dim_guest (guest_key BIGINT PRIMARY KEY, guest_no VARCHAR(10) NOT NULL, last_name VARCHAR(40), city VARCHAR(40),
  tier VARCHAR(10), first_booking_date DATE, valid_from DATE NOT NULL, valid_to DATE, is_current BOOLEAN NOT NULL);
CREATE TABLE fact_booking (booking_id BIGINT PRIMARY KEY, date_key INT NOT NULL REFERENCES dim_date, guest_key BIGINT NOT NULL
  REFERENCES dim_guest, amount DECIMAL(9,2) NOT NULL);
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


def test_what_goes_by_the_kind_of_a_ware(service: ExperimentService, tmp_path: Path) -> None:
    service.import_sql(WARES, name="wares", dialect="postgres", as_of=PRESENT)
    rows = {"article": 400, "bon_line": 6000, "brought_back": 2000, "offer": 40, "headliner": 300}
    run = service.generate("wares", GenerateRequest(seed=3, rows=rows, output_dir=tmp_path / "out"))
    assert run.warnings == ()
    with views(tmp_path / "out") as connection:

        def one(sql: str) -> Any:
            return connection.execute(f"SELECT {sql}").fetchone()[0]

        back = "FROM brought_back JOIN bon_line USING (line_id) JOIN article USING (article_id)"
        worn = "category IN ('Tops', 'Trousers & Skirts', 'Outerwear', 'Shoes')"
        assert one(f"count(*) FILTER (NOT {worn}) {back} WHERE return_reason = 'Wrong size'") == 0
        assert one(f"avg((return_reason = 'Wrong size')::INT) {back} WHERE {worn}") > 0.2
        assert one(f"count(*) {back} WHERE return_reason IN ('Arrived late', 'Damaged in transit')") == 0
        # what is in a pack weighs less than the pack
        grams = "CAST(regexp_extract(size, '([0-9]+) g', 1) AS INT)"
        packs = "FROM article WHERE size LIKE '% g'"
        assert one(f"count(*) {packs}") > 20
        assert one(f"count(*) {packs} AND weight_g NOT BETWEEN {grams} AND 1.3 * {grams}") == 0
        # what takes something off does so
        less = "FROM bon_line JOIN offer USING (offer_id) WHERE offer_type"
        assert one(f"count(*) {less} IN ('Percent Off', 'Bundle', 'Buy One Get One') AND discount <= 0") == 0
        assert one("count(*) FROM offer WHERE offer_type = 'Amount Off'") == 0, "no column says how much"
        # lists say what their rows are
        assert (
            one("description FROM genre WHERE genre_name = 'Tennis'") == "Live tennis tournaments and matches"
        )
        assert one("count(*) FILTER (description <> language_name) FROM language") == 0
        acts = "FROM headliner JOIN genre USING (genre_id) WHERE genre_name IN ('Football', 'Hockey', 'Basketball')"
        assert one(f"count(*) {acts} AND regexp_matches(headliner_name, 'Trio|Orchestra|Choir|Echo')") == 0
        assert one("count(DISTINCT headliner_name) FROM headliner") > 255


def test_what_takes_place(service: ExperimentService, tmp_path: Path) -> None:
    service.import_sql(SHOWS, name="shows", dialect="postgres", as_of=PRESENT)
    rows = {"hall": 80, "performance": 1500, "seat_sale": 8000, "courier": 200, "drop_off": 3000}
    service.generate("shows", GenerateRequest(seed=3, rows=rows, output_dir=tmp_path / "out"))
    with views(tmp_path / "out") as connection:

        def one(sql: str) -> Any:
            return connection.execute(f"SELECT {sql}").fetchone()[0]

        sports = "FROM performance JOIN hall USING (hall_id) WHERE genre IN ('Football', 'Basketball', 'Tennis', 'Sports')"
        assert one(f"count(*) {sports}") > 50
        assert one(f"count(*) {sports} AND hall_type NOT IN ('Stadium', 'Arena', 'Outdoor', 'Park')") == 0
        assert one("count(DISTINCT hall_type) FROM performance JOIN hall USING (hall_id)") > 9
        lasts = "date_diff('minute', starts_at, ends_at) FROM performance WHERE ends_at IS NOT NULL AND genre"
        assert one(f"count(*) FILTER (m < 150) FROM (SELECT {lasts} = 'Opera') t(m)") == 0
        assert one(f"count(*) FILTER (m > 135) FROM (SELECT {lasts} = 'Soccer') t(m)") == 0
        # people do things by day, and one courier has one rate
        assert one("avg((hour(sold_at) BETWEEN 1 AND 5)::INT) FROM seat_sale") < 0.1
        assert one("avg((hour(last_login_at) BETWEEN 1 AND 5)::INT) FROM courier") < 0.1
        rates = "SELECT count(DISTINCT round(commission / amount, 2)) n FROM drop_off WHERE amount > 20 GROUP BY courier_id"
        assert one(f"max(n) FROM ({rates})") == 1
        assert one("count(DISTINCT round(commission / amount, 2)) FROM drop_off WHERE amount > 20") == 5
        sales = "FROM seat_sale JOIN performance USING (show_id) WHERE status"
        assert one(f"count(*) {sales} = 'cancelled'") > 50
        assert one(f"avg((refunded_at IS NOT NULL)::INT) {sales} = 'cancelled'") > 0.9
        assert one(f"avg((refunded_at IS NOT NULL)::INT) {sales} <> 'cancelled'") < 0.3


def test_first_doings_are_before_what_facts_tell_of(service: ExperimentService, tmp_path: Path) -> None:
    service.import_sql(STAR, name="star", dialect="postgres", as_of=PRESENT)
    rows = {"dim_date": 700, "dim_guest": 900, "fact_booking": 5000}
    run = service.generate("star", GenerateRequest(seed=3, rows=rows, output_dir=tmp_path / "out"))
    assert run.warnings == ()
    with views(tmp_path / "out") as connection:
        guests = "dim_guest WHERE first_booking_date"
        sql = f"SELECT count(*), count(*) FILTER (first_booking_date >= valid_from) FROM {guests} >= "
        first = connection.execute("SELECT min(full_date) FROM dim_date").fetchone()[0]
        assert connection.execute(f"{sql} DATE '{first}'").fetchone() == (0, 0)
        told = connection.execute("SELECT count(DISTINCT first_booking_date) FROM dim_guest").fetchone()[0]
        assert told > 200


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


def test_reasons_that_a_code_tells_are_left_as_they_are(service: ExperimentService) -> None:
    ddl = """CREATE TABLE downtime (downtime_id INT PRIMARY KEY, reason_code CHAR(3) NOT NULL, reason VARCHAR(40) NOT NULL,
        started_at TIMESTAMP NOT NULL);"""
    table = service.import_sql(ddl, name="stops", dialect="postgres").experiment.tables[0]
    spec = next(one.rule_spec for one in table.columns if one.name == "reason")
    assert spec is not None
    assert isinstance(spec.options["values"], dict), "by code"


@pytest.mark.parametrize("said", ["W10", "W01-1", "20241225", "2024-W12-3", "02-30", "\u0661\u0662-25"])
def test_what_is_no_holiday_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match="is no day; write it as 2024-12-25, 12-25"):
        check_holiday(said)


def test_days_from_easter_stay_in_its_year() -> None:
    for said in ("easter-81", "easter+251", "easter-100", "easter+300"):
        with pytest.raises(ValueError, match=r"another year; write easter-80 to easter\+250"):
            check_holiday(said)
    for said in ("easter-80", "easter+250"):
        check_holiday(said)
        assert all(len([*in_year(said, year)]) == 1 for year in range(1900, 2200))
        assert {day.year - year for year in range(1900, 2200) for day in in_year(said, year)} == {0}


def test_sql_has_easter_in_the_years_it_knows_alone() -> None:
    days = "range(DATE '1890-01-01', DATE '2210-01-01', INTERVAL 1 DAY) t(d)"
    with duckdb.connect() as connection:
        found = connection.execute(
            f"SELECT d::DATE FROM {days} WHERE {holiday_sql('easter', 'd')}"
        ).fetchall()
    assert found == [(easter(year),) for year in range(1900, 2200)]


MEMBERS = """
CREATE TABLE members (member_id INT PRIMARY KEY, status VARCHAR(12) NOT NULL
  CHECK (status IN ('active', 'cancelled', 'paused')));
CREATE TABLE contracts (contract_id INT PRIMARY KEY, member_id INT NOT NULL REFERENCES members,
  status VARCHAR(12) NOT NULL CHECK (status IN ('active', 'cancelled', 'paused')));
CREATE TABLE baskets (basket_id INT PRIMARY KEY, member_id INT NOT NULL REFERENCES members,
  paid_at TIMESTAMP NOT NULL, refunded_at TIMESTAMP);
CREATE TABLE fees (fee_id INT PRIMARY KEY, contract_id INT NOT NULL REFERENCES contracts,
  paid_at TIMESTAMP NOT NULL, refunded_at TIMESTAMP);
CREATE TABLE excursions (excursion_id INT PRIMARY KEY, member_id INT NOT NULL REFERENCES members,
  starts_at TIMESTAMP NOT NULL, status VARCHAR(12) NOT NULL CHECK (status IN ('planned', 'held', 'cancelled')));
CREATE TABLE places_sold (place_id INT PRIMARY KEY, excursion_id INT NOT NULL REFERENCES excursions,
  member_id INT NOT NULL REFERENCES members, sold_at TIMESTAMP NOT NULL, refunded_at TIMESTAMP);
"""


def test_only_what_does_not_take_place_is_paid_back(service: ExperimentService) -> None:
    tables = service.import_sql(MEMBERS, name="club", dialect="postgres", as_of=PRESENT).experiment.tables
    told = {table.name: one for table in tables for one in table.columns if one.name == "refunded_at"}
    assert {name for name, one in told.items() if one.null_when} == {"places_sold"}
    assert "excursion_id" in str(told["places_sold"].null_when)


TOLD_TWICE = """
CREATE TABLE acts (act_id INT PRIMARY KEY, title VARCHAR(80) NOT NULL, type VARCHAR(30), enacted_on DATE);
CREATE TABLE act (act_id INT PRIMARY KEY, act_name VARCHAR(80) NOT NULL, genre VARCHAR(30));
CREATE TABLE club_card (card_id INT PRIMARY KEY, card_last_used_at TIMESTAMP, card_brand VARCHAR(20),
  membership_type VARCHAR(10) CHECK (membership_type IN ('credit', 'basic')));
CREATE TABLE takings (taking_id INT PRIMARY KEY, pay_method VARCHAR(10) CHECK (pay_method IN ('card', 'cash')),
  card_brand VARCHAR(20));
"""


def test_words_that_mean_something_else_as_well(service: ExperimentService) -> None:
    tables = service.import_sql(TOLD_TWICE, name="twice", dialect="postgres").experiment.tables
    told = {(table.name, one.name): one for table in tables for one in table.columns}
    spec = told["acts", "title"].rule_spec
    assert spec is None or spec.name != "table", "laws are no performers"
    spec = told["act", "act_name"].rule_spec
    assert spec is not None
    assert spec.name == "table"
    assert {key for key, one in told.items() if one.null_when} == {("takings", "card_brand")}
