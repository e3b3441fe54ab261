"""Events, legs and last doings that an import puts in order: parcels, tickets, wards, flights, a factory, a ticket office."""

from datetime import date
from pathlib import Path

import duckdb
import pytest
from tests.support import views

from dw_simulator.schema.inference.lives.trails import trail_of, usual_trail
from dw_simulator.service import ExperimentService, GenerateRequest
from dw_simulator.settings import MEMORY, Settings

PRESENT = date(2026, 6, 30)
SCHEMA = """
CREATE TABLE customers (id INT PRIMARY KEY, full_name VARCHAR(60) NOT NULL, active CHAR(1) NOT NULL, created_at TIMESTAMP NOT NULL,
  last_login_at TIMESTAMP, first_order_at TIMESTAMP, last_order_date DATE);
CREATE TABLE orders (id INT PRIMARY KEY, customer_id INT NOT NULL REFERENCES customers, status VARCHAR(20) NOT NULL,
  ordered_at TIMESTAMP NOT NULL);
CREATE TABLE order_status_history (id INT PRIMARY KEY, order_id INT NOT NULL REFERENCES orders, from_status VARCHAR(20),
  to_status VARCHAR(20) NOT NULL, changed_at TIMESTAMP NOT NULL);
CREATE TABLE parcels (id BIGINT PRIMARY KEY, order_id INT NOT NULL REFERENCES orders, status VARCHAR(20) NOT NULL,
  origin_city VARCHAR(40) NOT NULL, destination_city VARCHAR(40) NOT NULL, created_at TIMESTAMP NOT NULL, picked_up_at TIMESTAMP,
  delivered_at TIMESTAMP);
CREATE TABLE parcel_scans (id BIGINT PRIMARY KEY, parcel_id BIGINT NOT NULL REFERENCES parcels, tracking_no VARCHAR(22), ean CHAR(13), is_damaged BOOLEAN,
  scan_code CHAR(3) NOT NULL, scan_description VARCHAR(60), scanned_at TIMESTAMP NOT NULL);
CREATE TABLE parcel_legs (parcel_id BIGINT NOT NULL REFERENCES parcels, leg_no SMALLINT NOT NULL, origin_city VARCHAR(40),
  destination_city VARCHAR(40), departed_at TIMESTAMP, arrived_at TIMESTAMP, PRIMARY KEY (parcel_id, leg_no));
CREATE TABLE tickets (ticket_id INT PRIMARY KEY, status VARCHAR(15) NOT NULL, opened_at TIMESTAMP NOT NULL, resolved_at TIMESTAMP,
  closed_at TIMESTAMP);
CREATE TABLE ticket_events (event_id INT PRIMARY KEY, ticket_id INT NOT NULL REFERENCES tickets, event_type VARCHAR(20) NOT NULL,
  old_status VARCHAR(15), new_status VARCHAR(15), event_time TIMESTAMP NOT NULL);
CREATE TABLE claims (claim_id INT PRIMARY KEY, status VARCHAR(20) NOT NULL, reported_date DATE NOT NULL, closed_date DATE);
CREATE TABLE claim_history (id INT PRIMARY KEY, claim_id INT NOT NULL REFERENCES claims, status VARCHAR(20) NOT NULL,
  status_date DATE NOT NULL);
CREATE TABLE station (station_id INT PRIMARY KEY, bezeichnung VARCHAR(40) NOT NULL);
CREATE TABLE aufenthalt (aufenthalt_id INT PRIMARY KEY, aufnahme_am TIMESTAMP NOT NULL, entlassen_am TIMESTAMP);
CREATE TABLE verlegung (verlegung_id INT PRIMARY KEY, aufenthalt_id INT NOT NULL REFERENCES aufenthalt, lfd_nr INT NOT NULL,
  von_station_id INT REFERENCES station, nach_station_id INT NOT NULL REFERENCES station, beginn TIMESTAMP NOT NULL, ende TIMESTAMP);
CREATE TABLE flights (flight_id INT PRIMARY KEY, origin CHAR(3) NOT NULL, destination CHAR(3) NOT NULL,
  scheduled_departure TIMESTAMP NOT NULL, scheduled_arrival TIMESTAMP NOT NULL, actual_departure TIMESTAMP, actual_arrival TIMESTAMP);
CREATE TABLE flight_legs (flight_id INT NOT NULL REFERENCES flights, leg_number INT NOT NULL, from_airport CHAR(3) NOT NULL,
  to_airport CHAR(3) NOT NULL, departure_time TIMESTAMP NOT NULL, arrival_time TIMESTAMP NOT NULL, PRIMARY KEY (flight_id, leg_number));
CREATE TABLE work_orders (wo_id INT PRIMARY KEY, released_at TIMESTAMP NOT NULL, started_at TIMESTAMP, finished_at TIMESTAMP);
CREATE TABLE wo_operations (wo_id INT NOT NULL REFERENCES work_orders, op_seq INT NOT NULL, start_ts TIMESTAMP, end_ts TIMESTAMP,
  PRIMARY KEY (wo_id, op_seq));
CREATE TABLE concerts (concert_id INT PRIMARY KEY, starts_at TIMESTAMP NOT NULL, on_sale_from DATE, on_sale_until DATE,
  status VARCHAR(12) NOT NULL);
CREATE TABLE bookings (booking_id INT PRIMARY KEY, concert_id INT NOT NULL REFERENCES concerts, customer_id INT NOT NULL
  REFERENCES customers, booked_at TIMESTAMP NOT NULL, refunded_at TIMESTAMP);
CREATE TABLE impressions (id BIGINT PRIMARY KEY, shown_at TIMESTAMP NOT NULL);
CREATE TABLE clicks (id BIGINT PRIMARY KEY, impression_id BIGINT NOT NULL REFERENCES impressions, clicked_at TIMESTAMP NOT NULL);
"""
ORDERED = [  # table, its parent, its moment
    ("order_status_history", "order_id", "changed_at"),
    ("parcel_scans", "parcel_id", "scanned_at"),
    ("ticket_events", "ticket_id", "event_time"),
    ("claim_history", "claim_id", "status_date"),
]
LAST = "SELECT {parent} AS key, arg_max({said}, id) AS said, max({at}) AS at FROM {table} GROUP BY 1"
VIOLATIONS = [
    # what it is now says the last event, when it became so
    (
        "FROM (SELECT parcel_id, arg_max(scan_code, id) c, max(scanned_at) t FROM parcel_scans GROUP BY 1) JOIN parcels ON id = parcel_id"
        " WHERE (c = 'DEL') <> (status = 'delivered') OR t <> delivered_at"
    ),
    "FROM (SELECT parcel_id FROM parcel_scans WHERE scan_code = 'DEL' GROUP BY 1 HAVING count(*) > 1)",
    "FROM (SELECT parcel_id FROM parcel_scans GROUP BY 1 HAVING count(DISTINCT tracking_no) > 1)",
    "FROM (SELECT parcel_id FROM parcel_scans GROUP BY 1 HAVING count(DISTINCT (ean, is_damaged)) > 1)",
    "FROM (SELECT parcel_id, arg_min(scan_code, id) c, count(*) n FROM parcel_scans GROUP BY 1) WHERE n > 1 AND c <> 'LBL'",
    "FROM parcel_scans WHERE (scan_code = 'DEL') <> (scan_description = 'Delivered')",
    "FROM parcel_scans s JOIN parcels p ON p.id = parcel_id WHERE scan_code = 'PUP' AND picked_up_at > scanned_at",
    (
        "FROM (SELECT order_id, arg_max(to_status, id) s FROM order_status_history GROUP BY 1) JOIN orders o ON o.id = order_id"
        " WHERE s <> status"
    ),
    (
        "FROM (SELECT from_status, lag(to_status) OVER (PARTITION BY order_id ORDER BY id) s FROM order_status_history)"
        " WHERE from_status IS DISTINCT FROM s"
    ),
    (
        "FROM (SELECT ticket_id, arg_max(new_status, event_id) s FROM ticket_events GROUP BY 1) JOIN tickets USING (ticket_id)"
        " WHERE s <> status"
    ),
    "FROM ticket_events JOIN tickets USING (ticket_id) WHERE event_type = 'closed' AND closed_at <> event_time",
    "FROM (SELECT claim_id, arg_max(h.status, h.id) s FROM claim_history h GROUP BY 1) JOIN claims USING (claim_id) WHERE s <> status",
    "FROM claims WHERE (closed_date IS NOT NULL) <> (status IN ('paid', 'denied'))",
    "FROM parcels WHERE status IN ('created', 'cancelled') AND picked_up_at IS NOT NULL",
    # legs
    (
        "FROM (SELECT *, lag(arrived_at) OVER w a, lag(destination_city) OVER w d FROM parcel_legs"
        " WINDOW w AS (PARTITION BY parcel_id ORDER BY leg_no)) WHERE departed_at < a OR origin_city <> d"
    ),
    (
        "FROM (SELECT parcel_id, arg_min(origin_city, leg_no) o, arg_max(destination_city, leg_no) d, min(departed_at) f, max(arrived_at) t"
        " FROM parcel_legs GROUP BY 1) JOIN parcels p ON p.id = parcel_id"
        " WHERE o <> origin_city OR d <> destination_city OR f < picked_up_at OR t > delivered_at"
    ),
    (
        "FROM (SELECT *, lag(ende) OVER w e, lag(nach_station_id) OVER w s FROM verlegung"
        " WINDOW w AS (PARTITION BY aufenthalt_id ORDER BY lfd_nr)) WHERE beginn < e OR von_station_id IS DISTINCT FROM s"
    ),
    "FROM verlegung JOIN aufenthalt USING (aufenthalt_id) WHERE beginn < aufnahme_am OR ende > entlassen_am",
    (
        "FROM (SELECT *, lag(arrival_time) OVER w a, lag(to_airport) OVER w d FROM flight_legs"
        " WINDOW w AS (PARTITION BY flight_id ORDER BY leg_number)) WHERE departure_time < a OR from_airport <> d"
    ),
    "FROM flight_legs JOIN flights USING (flight_id) WHERE departure_time < actual_departure OR arrival_time > actual_arrival",
    "FROM (SELECT *, lag(end_ts) OVER (PARTITION BY wo_id ORDER BY op_seq) e FROM wo_operations) WHERE start_ts < e",
    "FROM wo_operations JOIN work_orders USING (wo_id) WHERE start_ts < started_at OR end_ts > finished_at",
    # the last that somebody did
    "FROM orders JOIN customers c ON c.id = customer_id WHERE ordered_at > last_login_at OR ordered_at < created_at",
    "FROM bookings JOIN customers c ON c.id = customer_id WHERE booked_at > last_login_at",
    (
        "FROM (SELECT customer_id, min(ordered_at) f, max(ordered_at) l FROM orders GROUP BY 1) JOIN customers c ON c.id = customer_id"
        " WHERE f IS DISTINCT FROM first_order_at OR l::DATE IS DISTINCT FROM last_order_date"
    ),
    # sales
    "FROM bookings JOIN concerts USING (concert_id) WHERE booked_at > on_sale_until OR refunded_at > starts_at",
    "FROM concerts WHERE status IN ('scheduled', 'live') AND starts_at < DATE '2026-06-28'",
    "FROM clicks JOIN impressions i ON i.id = impression_id WHERE clicked_at - shown_at > INTERVAL 1 HOUR",
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    home = tmp_path_factory.mktemp("trails")
    service = ExperimentService(Settings(home=home, store_url=MEMORY))
    try:
        service.import_sql(SCHEMA, name="trails", dialect="postgres", as_of=PRESENT)
        summary = service.generate(
            "trails", GenerateRequest({"parcel_scans": 5000}, seed=3, output_dir=home / "out")
        )
    finally:
        service.close()
    assert not [line for line in summary.warnings if "given up" in line], summary.warnings
    return views(home / "out")


@pytest.mark.parametrize("wrong", VIOLATIONS)
def test_rows_of_one_parent_agree_with_it(made: duckdb.DuckDBPyConnection, wrong: str) -> None:
    assert made.sql(f"SELECT count(*) {wrong}").fetchall() == [(0,)]


@pytest.mark.parametrize(("table", "parent", "moment"), ORDERED)
def test_events_are_in_order(made: duckdb.DuckDBPyConnection, table: str, parent: str, moment: str) -> None:
    key = made.sql(f"SELECT * FROM {table} LIMIT 1").columns[0]
    early, several, late = made.sql(f"""
        SELECT count_if({moment} < before), count(before), max({moment})::DATE
        FROM (SELECT *, lag({moment}) OVER (PARTITION BY {parent} ORDER BY {key}) before FROM {table})""").fetchall()[0]
    assert early == 0
    assert several > 0
    assert late <= PRESENT


def test_few_are_lost_on_the_way(made: duckdb.DuckDBPyConnection) -> None:
    old = "SELECT count(*) FROM parcels WHERE status IN ('created', 'picked_up', 'in_transit') AND created_at < DATE '2026-04-01'"
    assert made.sql(old).fetchall() == [(0,)]


def test_most_were_here_lately_and_some_long_ago(made: duckdb.DuckDBPyConnection) -> None:
    share = "SELECT avg((last_login_at > TIMESTAMP '2026-03-01')::INT) FROM customers WHERE last_login_at IS NOT NULL"
    assert 0.3 < made.sql(share).fetchall()[0][0] < 0.9
    quiet = "SELECT avg((last_login_at > TIMESTAMP '2026-06-01')::INT) FROM customers WHERE active = 'N' AND created_at < DATE '2025-01-01'"
    assert made.sql(quiet).fetchall()[0][0] < 0.05


def test_a_trail_tells_what_was_before() -> None:
    trail = trail_of(("shipment", "header"))
    assert trail is not None
    returned = trail.place_of("returned")
    assert [one.name for one in trail.main[: returned.place]][-1] == "arrived at facility"
    assert trail.place_of("in transit").name == "arrived at facility"
    assert trail_of(("moon",)) is None


def test_a_life_is_a_trail() -> None:
    ways = {"new": {"paid": 0.9, "void": 0.1}, "paid": {"sent": {"share": 1.0}}, "sent": {"new": 0.2}}
    trail = usual_trail(ways, "new")
    assert [one.name for one in trail.main] == ["new", "paid", "sent"]
    void = trail.place_of("void")
    assert (void.place, void.side) == (1, True)


DEPOTS = """
CREATE TABLE depots (depot_id INT PRIMARY KEY, town VARCHAR(40), latitude DECIMAL(9,6) NOT NULL, longitude DECIMAL(9,6) NOT NULL);
CREATE TABLE consignments (consignment_id INT PRIMARY KEY, from_depot_id INT NOT NULL REFERENCES depots, to_depot_id INT NOT NULL REFERENCES depots,
  status VARCHAR(20) NOT NULL, created_at TIMESTAMP NOT NULL, delivered_at TIMESTAMP);
CREATE TABLE consignment_scans (scan_id BIGINT PRIMARY KEY, consignment_id INT NOT NULL REFERENCES consignments, event_type VARCHAR(30) NOT NULL,
  site_id INT, latitude DECIMAL(9,6), longitude DECIMAL(9,6), scanned_at TIMESTAMP NOT NULL);
CREATE TABLE consignment_events (event_id BIGINT PRIMARY KEY, consignment_id INT NOT NULL REFERENCES consignments, event_type VARCHAR(30) NOT NULL,
  depot_id INT NOT NULL REFERENCES depots, event_at TIMESTAMP NOT NULL);
"""


def test_events_are_where_what_they_are_of_sets_out_or_is_going(
    service: ExperimentService, tmp_path: Path
) -> None:
    service.import_sql(DEPOTS, name="depots", dialect="postgres", as_of=PRESENT, target_rows=400)
    rows = {"depots": 12, "consignment_scans": 1500, "consignment_events": 1500}
    service.generate("depots", GenerateRequest(seed=3, rows=rows, output_dir=tmp_path / "out"))
    database = views(tmp_path / "out")
    joined = "JOIN consignments USING (consignment_id)"
    for table, place in ("consignment_scans", "site_id"), ("consignment_events", "depot_id"):
        for first, column in ("label created", "from_depot_id"), ("delivered", "to_depot_id"):
            among = f"FROM {table} {joined} WHERE lower(replace(event_type, '_', ' ')) = '{first}'"
            found = database.execute(
                f"SELECT count(*), count(*) FILTER ({place} = {column}) {among}"
            ).fetchall()
            ((rows_, right),) = found
            assert rows_ == right > 50, (table, first)
    far = """SELECT count(*) FROM consignment_scans s JOIN depots d ON d.depot_id = s.site_id
        WHERE (s.latitude, s.longitude) IS DISTINCT FROM (d.latitude, d.longitude)"""
    assert database.execute(far).fetchall() == [(0,)]
