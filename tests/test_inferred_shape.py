"""The shape of a warehouse that nobody described: stars, versions, ways that agree, few with many."""

import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.random_relations import graph
from tests.support import views

from dw_simulator.errors import PlanError
from dw_simulator.planning import plan
from dw_simulator.schema import inference, reading
from dw_simulator.service import ExperimentService, GenerateRequest

pytestmark = pytest.mark.passing

PRESENT = date(2025, 9, 30)

STAR = """
CREATE TABLE dim_day (day_key INT PRIMARY KEY, the_date DATE NOT NULL, year SMALLINT, month SMALLINT,
    weekday VARCHAR(9));
CREATE TABLE dim_guest (guest_key INT PRIMARY KEY, guest_no VARCHAR(10) NOT NULL, first_name VARCHAR(30),
  last_name VARCHAR(30), email VARCHAR(80), home_city VARCHAR(40), tier VARCHAR(10),
  valid_from TIMESTAMP NOT NULL, valid_to TIMESTAMP, is_current BOOLEAN NOT NULL, version SMALLINT NOT NULL);
CREATE TABLE dim_house (house_key INT PRIMARY KEY, house_name VARCHAR(40), opened_on DATE NOT NULL,
    closed_on DATE);
CREATE TABLE dim_campaign (campaign_key INT PRIMARY KEY, code VARCHAR(10), start_date DATE NOT NULL,
    end_date DATE NOT NULL);
CREATE TABLE fact_stay (stay_id BIGINT PRIMARY KEY, booked_day_key INT NOT NULL REFERENCES dim_day(day_key),
  arrival_day_key INT NOT NULL REFERENCES dim_day(day_key), departure_day_key INT REFERENCES dim_day(day_key),
  guest_key INT NOT NULL REFERENCES dim_guest(guest_key),
    house_key INT NOT NULL REFERENCES dim_house(house_key),
  campaign_key INT REFERENCES dim_campaign(campaign_key), nights INT, loaded_at TIMESTAMP NOT NULL);
CREATE TABLE fact_complaint (complaint_id BIGINT PRIMARY KEY,
    stay_id BIGINT NOT NULL REFERENCES fact_stay(stay_id),
  day_key INT NOT NULL REFERENCES dim_day(day_key));
"""
STAR_TRUTHS = {
    "a version ends before it begins": "SELECT count(*) FROM dim_guest WHERE valid_to <= valid_from",
    "versions of a guest overlap": """SELECT count(*) FROM dim_guest a JOIN dim_guest b USING (guest_no)
        WHERE a.guest_key < b.guest_key AND a.valid_from < coalesce(b.valid_to, DATE '9999-01-01')
        AND b.valid_from < coalesce(a.valid_to, DATE '9999-01-01')""",
    "current, and ended": "SELECT count(*) FROM dim_guest WHERE is_current <> (valid_to IS NULL)",
    "one guest, two current versions": """SELECT count(*) FROM
        (SELECT count_if(is_current) n FROM dim_guest GROUP BY guest_no) WHERE n <> 1""",
    "numbers of versions": """SELECT count(*) FROM (SELECT version, row_number() OVER
        (PARTITION BY guest_no ORDER BY valid_from) n FROM dim_guest) WHERE n <> version""",
    "one guest, two names": """SELECT count(*) FROM (SELECT count(DISTINCT (first_name, last_name, email)) n
        FROM dim_guest GROUP BY guest_no) WHERE n > 1""",
    "another version than that of the day": """SELECT count(*) FROM fact_stay JOIN dim_guest USING (guest_key)
        JOIN dim_day ON day_key = booked_day_key WHERE the_date < valid_from OR the_date > valid_to""",
    "a campaign of another day": """SELECT count(*) FROM fact_stay JOIN dim_campaign USING (campaign_key)
        JOIN dim_day ON day_key = booked_day_key WHERE the_date NOT BETWEEN start_date AND end_date""",
    "before the house was there": """SELECT count(*) FROM fact_stay JOIN dim_house USING (house_key)
        JOIN dim_day ON day_key = booked_day_key WHERE the_date < opened_on OR the_date > closed_on""",
    "arrived before it was booked": "SELECT count(*) FROM fact_stay WHERE arrival_day_key < booked_day_key",
    "departed before arrival": "SELECT count(*) FROM fact_stay WHERE departure_day_key < arrival_day_key",
    "loaded before it was": """SELECT count(*) FROM fact_stay JOIN dim_day ON day_key = booked_day_key
        WHERE loaded_at <= the_date""",
    "a complaint before the stay": """SELECT count(*) FROM fact_complaint JOIN fact_stay USING (stay_id)
        WHERE day_key < booked_day_key""",
    "after the present": "SELECT count(*) FROM dim_day WHERE the_date > DATE '2025-09-30'",
}


def generated(service: ExperimentService, out: Path, sql: str, rows: dict[str, int] | None = None) -> Any:
    service.import_sql(sql, name="shape", dialect="postgres", as_of=PRESENT)
    service.generate("shape", GenerateRequest(seed=4, rows=rows or {}, output_dir=out))
    return views(out)


def number(connection: Any, sql: str) -> Any:
    return connection.execute(sql).fetchone()[0]


@pytest.mark.parametrize("rows", [{}, {"fact_stay": 3000, "dim_guest": 900, "dim_day": 500}])
def test_a_star_agrees_with_its_dimensions(
    service: ExperimentService, tmp_path: Path, rows: dict[str, int]
) -> None:
    with generated(service, tmp_path / "out", STAR, rows) as connection:
        broken = {truth: number(connection, sql) for truth, sql in STAR_TRUTHS.items()}
        assert {truth: count for truth, count in broken.items() if count} == {}
        days = "SELECT count(DISTINCT booked_day_key) / (SELECT count(*) FROM dim_day) FROM fact_stay"
        assert number(connection, days) > 0.5
        assert 0.05 < number(connection, "SELECT count(campaign_key) / count(*) FROM fact_stay") < 0.6
        several = "SELECT avg(n) FROM (SELECT count(*) n FROM dim_guest GROUP BY guest_no)"
        assert 1.5 < number(connection, several) < 2.2
        saturday = """SELECT count_if(isodow(the_date) = 6) / count_if(isodow(the_date) = 2) FROM fact_stay
            JOIN dim_day ON day_key = booked_day_key"""
        assert number(connection, saturday) > 1.1


@pytest.mark.parametrize(
    ("sql", "key", "since", "until", "current"),
    [
        (
            """CREATE TABLE d_mitarbeiter (mitarbeiter_key INT PRIMARY KEY,
    personalnummer VARCHAR(10) NOT NULL,
            vorname VARCHAR(30), nachname VARCHAR(30), geburtsdatum DATE, abteilung VARCHAR(30),
    gehalt DECIMAL(9,2),
            gueltig_ab DATE NOT NULL, gueltig_bis DATE NOT NULL, kz_aktuell CHAR(1) NOT NULL)""",
            "personalnummer", "gueltig_ab", "gueltig_bis", "kz_aktuell = 'J'",
        ),
        (
            """CREATE TABLE product_dim (product_sk BIGINT PRIMARY KEY, product_id INT NOT NULL,
    product_name VARCHAR(60),
            list_price DECIMAL(9,2), row_effective_date DATE NOT NULL, row_expiration_date DATE NOT NULL,
            current_flag CHAR(1) NOT NULL)""",
            "product_id", "row_effective_date", "row_expiration_date", "current_flag = 'Y'",
        ),
        (
            """CREATE TABLE dim_cliente (cliente_sk INT PRIMARY KEY, cliente_id VARCHAR(12) NOT NULL,
    nombre VARCHAR(60),
            ciudad VARCHAR(40), valido_desde TIMESTAMP NOT NULL, valido_hasta TIMESTAMP NOT NULL,
            es_vigente BOOLEAN NOT NULL)""",
            "cliente_id", "valido_desde", "valido_hasta", "es_vigente",
        ),
    ],
)  # fmt: skip
def test_versions_in_other_habits(
    service: ExperimentService, tmp_path: Path, sql: str, key: str, since: str, until: str, current: str
) -> None:
    table = sql.split()[2]
    with generated(service, tmp_path / "out", sql) as connection:
        ordered = f"""SELECT count(*) FROM (SELECT {until} u, lead({since}) OVER
            (PARTITION BY {key} ORDER BY {since}) n FROM {table}) WHERE u <> coalesce(n, DATE '9999-12-31')"""
        assert number(connection, ordered) == 0
        flags = f"SELECT count(*) FROM {table} WHERE ({current}) <> (year({until}) = 9999)"
        assert number(connection, flags) == 0
        assert number(connection, f"SELECT count(*) / count(DISTINCT {key}) FROM {table}") > 1.5


def test_a_contract_is_no_version(service: ExperimentService) -> None:
    sql = """CREATE TABLE contract (contract_id INT PRIMARY KEY, contract_number VARCHAR(20) NOT NULL,
        start_date DATE NOT NULL, end_date DATE, status VARCHAR(20));
        CREATE TABLE price (price_id INT PRIMARY KEY, sku VARCHAR(10) NOT NULL, amount DECIMAL(8,2),
        valid_from DATE NOT NULL, valid_to DATE);"""
    made = service.import_sql(sql, name="contracts", dialect="postgres").experiment
    assert not any(table.hidden for table in made.tables)


MARKET = """
CREATE TABLE person (person_id INT PRIMARY KEY, email VARCHAR(60));
CREATE TABLE patron (patron_id INT PRIMARY KEY, name VARCHAR(40));
CREATE TABLE address (address_id INT PRIMARY KEY, patron_id INT NOT NULL REFERENCES patron(patron_id));
CREATE TABLE shop_order (order_id INT PRIMARY KEY, patron_id INT NOT NULL REFERENCES patron(patron_id),
  ship_address_id INT REFERENCES address(address_id));
CREATE TABLE invoice (invoice_id INT PRIMARY KEY, order_id INT NOT NULL REFERENCES shop_order(order_id),
  patron_id INT NOT NULL REFERENCES patron(patron_id));
CREATE TABLE payment (payment_id INT PRIMARY KEY, invoice_id INT REFERENCES invoice(invoice_id),
  patron_id INT REFERENCES patron(patron_id));
CREATE TABLE lot (lot_id INT PRIMARY KEY, seller_id INT NOT NULL REFERENCES person(person_id));
CREATE TABLE deal (deal_id INT PRIMARY KEY, lot_id INT NOT NULL REFERENCES lot(lot_id),
  seller_id INT NOT NULL REFERENCES person(person_id), buyer_id INT NOT NULL REFERENCES person(person_id));
CREATE TABLE post (post_id INT PRIMARY KEY, person_id INT NOT NULL REFERENCES person(person_id));
CREATE TABLE comment (comment_id INT PRIMARY KEY, post_id INT NOT NULL REFERENCES post(post_id),
  person_id INT NOT NULL REFERENCES person(person_id));
CREATE TABLE hotel (hotel_id INT PRIMARY KEY, name VARCHAR(40));
CREATE TABLE room (room_id INT PRIMARY KEY, hotel_id INT NOT NULL REFERENCES hotel(hotel_id));
CREATE TABLE rate (rate_id INT PRIMARY KEY, hotel_id INT NOT NULL REFERENCES hotel(hotel_id));
CREATE TABLE booking (booking_id INT PRIMARY KEY, room_id INT NOT NULL REFERENCES room(room_id),
  rate_id INT NOT NULL REFERENCES rate(rate_id), patron_id INT NOT NULL REFERENCES patron(patron_id));
"""


def test_two_ways_to_one_parent_agree_where_they_mean_it(service: ExperimentService, tmp_path: Path) -> None:
    with generated(service, tmp_path / "out", MARKET) as connection:
        for truth in (
            "invoice JOIN shop_order o USING (order_id) WHERE invoice.patron_id <> o.patron_id",
            "payment JOIN invoice i USING (invoice_id) WHERE payment.patron_id <> i.patron_id",
            "shop_order o JOIN address a ON address_id = ship_address_id WHERE a.patron_id <> o.patron_id",
            "deal JOIN lot USING (lot_id) WHERE deal.seller_id <> lot.seller_id",
            "deal WHERE seller_id = buyer_id",
            "booking JOIN room m USING (room_id) JOIN rate r USING (rate_id) WHERE m.hotel_id <> r.hotel_id",
        ):
            assert number(connection, f"SELECT count(*) FROM {truth}") == 0, truth
        own = "SELECT count(*) FROM comment c JOIN post p USING (post_id) WHERE c.person_id = p.person_id"
        assert number(connection, own) < number(connection, "SELECT count(*) FROM comment") / 10


def test_few_have_many(service: ExperimentService, tmp_path: Path) -> None:
    sql = """CREATE TABLE patron (patron_id INT PRIMARY KEY, name VARCHAR(40));
        CREATE TABLE visit (visit_id INT PRIMARY KEY, patron_id INT NOT NULL REFERENCES patron(patron_id));"""
    with generated(service, tmp_path / "out", sql, {"patron": 500, "visit": 5000}) as connection:
        share = """SELECT sum(n) FILTER (WHERE r <= 100) / 5000 FROM
            (SELECT count(*) n, row_number() OVER (ORDER BY count(*) DESC) r FROM visit GROUP BY patron_id)"""
        assert 0.45 < number(connection, share) < 0.75


SIZES = """
CREATE TABLE order_status (status_id SMALLINT PRIMARY KEY, name VARCHAR(20));
CREATE TABLE customer (customer_id INT PRIMARY KEY, name VARCHAR(40));
CREATE TABLE customer_profile (customer_id INT PRIMARY KEY REFERENCES customer(customer_id), bio TEXT);
CREATE TABLE orders (order_id INT PRIMARY KEY, customer_id INT NOT NULL REFERENCES customer(customer_id),
  status_id SMALLINT NOT NULL REFERENCES order_status(status_id));
CREATE TABLE order_line (order_id INT NOT NULL REFERENCES orders(order_id), line_no INT NOT NULL,
    PRIMARY KEY (order_id, line_no));
CREATE TABLE page_view (view_id BIGINT PRIMARY KEY, customer_id INT REFERENCES customer(customer_id));
CREATE TABLE gadget (gadget_id INT PRIMARY KEY);
"""


def test_sizes_follow_the_nouns(service: ExperimentService) -> None:
    made = service.import_sql(SIZES, name="sizes", dialect="postgres").experiment
    rows = {table.name: table.declared_rows for table in made.tables}
    assert (
        rows["order_status"] < 20 < rows["customer"] < rows["orders"] < rows["order_line"] < rows["page_view"]
    )
    assert rows["customer_profile"] <= rows["customer"]
    assert rows["gadget"] == 1000
    assert sum(rows.values()) <= 50_000
    asked = service.import_sql(SIZES, name="asked", dialect="postgres", target_rows=70).experiment
    assert {table.declared_rows for table in asked.tables} == {70}


@pytest.mark.parametrize("sql", [STAR, MARKET, SIZES], ids=["star", "market", "sizes"])
def test_no_size_is_refused(service: ExperimentService, sql: str) -> None:
    made = service.import_sql(sql, name="tiny", dialect="postgres", as_of=PRESENT).experiment
    plain = service.import_sql(sql, name="plain", dialect="postgres", infer=False).experiment
    draw = random.Random(7)
    names = [table.name for table in made.tables if not table.hidden]
    for _ in range(20):
        rows = {name: draw.choice((0, 1, 2, 3, 40, 700)) for name in names}
        try:
            plan(plain, 1, service.rule, rows)
        except PlanError:
            continue
        plan(made, 1, service.rule, rows)


@pytest.mark.parametrize("seed", range(60))
def test_no_graph_is_refused_for_what_is_guessed(service: ExperimentService, seed: int) -> None:
    plain = reading.parse(graph(random.Random(seed).choice))
    try:
        plan(plain, 1, service.rule)
    except PlanError:
        return
    plan(inference.infer(plain, service.rule), 1, service.rule)


LINES = """
CREATE TABLE growers (id INT PRIMARY KEY, name VARCHAR(40) NOT NULL);
CREATE TABLE harvests (id INT PRIMARY KEY, grower_id INT NOT NULL REFERENCES growers(id), kg INT NOT NULL);
CREATE TABLE payments (id INT PRIMARY KEY, grower_id INT NOT NULL REFERENCES growers(id));
CREATE TABLE payment_lines (id INT PRIMARY KEY, payment_id INT NOT NULL REFERENCES payments(id),
    harvest_id INT NOT NULL REFERENCES harvests(id));
CREATE TABLE bins (yard_code VARCHAR(4) NOT NULL, bin_code VARCHAR(8) NOT NULL,
    PRIMARY KEY (yard_code, bin_code));
CREATE TABLE crates (yard_code VARCHAR(4) NOT NULL, bin_code VARCHAR(8) NOT NULL, harvest_id INT NOT NULL,
    crates INT NOT NULL, PRIMARY KEY (yard_code, bin_code, harvest_id));
CREATE TABLE moves (id INT PRIMARY KEY, yard_code VARCHAR(4) NOT NULL, bin_code VARCHAR(8) NOT NULL,
    harvest_id INT NOT NULL);
"""


def test_lines_are_about_what_is_of_whom_their_header_is(service: ExperimentService, tmp_path: Path) -> None:
    rows = {"growers": 40, "harvests": 2000, "payments": 300, "payment_lines": 900}
    with generated(service, tmp_path / "out", LINES, rows) as connection:
        others = """SELECT count(*) FROM payment_lines l JOIN payments p ON p.id = payment_id
            JOIN harvests h ON h.id = harvest_id WHERE p.grower_id <> h.grower_id"""
        assert number(connection, others) < 20  # those of growers without a harvest


def test_what_meets_in_a_place_is_no_place(service: ExperimentService) -> None:
    made = service.import_sql(LINES, name="bins", dialect="postgres").experiment
    found = {
        one.name: {link.columns: link.references_table for link in one.references} for one in made.tables
    }
    assert found["moves"] == {("yard_code", "bin_code"): "bins", ("harvest_id",): "harvests"}
    assert found["crates"][("yard_code", "bin_code")] == "bins"


DEALS = """
CREATE TABLE patients (id INT PRIMARY KEY, name VARCHAR(40) NOT NULL);
CREATE TABLE prescriptions (id INT PRIMARY KEY, patient_id INT NOT NULL REFERENCES patients(id));
CREATE TABLE sales (id INT PRIMARY KEY, patient_id INT NOT NULL REFERENCES patients(id),
    prescription_id INT REFERENCES prescriptions(id), amount DECIMAL(8,2) NOT NULL);
"""


def test_what_a_row_may_come_from_is_of_the_same_person(service: ExperimentService, tmp_path: Path) -> None:
    rows = {"patients": 50, "prescriptions": 600, "sales": 900}
    with generated(service, tmp_path / "out", DEALS, rows) as connection:
        others = """SELECT count(*) FROM sales s JOIN prescriptions p ON p.id = prescription_id
            WHERE s.patient_id <> p.patient_id"""
        assert number(connection, others) == 0
        assert number(connection, "SELECT count(prescription_id) FROM sales") > 300
