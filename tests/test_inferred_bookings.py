"""What is booked, what comes of it, and prices that follow one another; from outside by DuckDB."""

from pathlib import Path

import duckdb
import pytest
from tests.from_names import counted, rows_of
from tests.support import views

from dw_simulator.service import ExperimentService, GenerateRequest

SCHEMA = """
CREATE TABLE classes (class_code VARCHAR(4) PRIMARY KEY, label VARCHAR(40) NOT NULL);
CREATE TABLE preise (preis_id INT PRIMARY KEY, class_code VARCHAR(4) NOT NULL REFERENCES classes (class_code),
    beginn DATE NOT NULL, ende DATE, betrag DECIMAL(8,2) NOT NULL);
CREATE TABLE guests (guest_id INT PRIMARY KEY, created_at TIMESTAMP NOT NULL);
CREATE TABLE boats (boat_id INT PRIMARY KEY, purchase_date DATE NOT NULL, disposal_date DATE);
CREATE TABLE reservations (reservation_id INT PRIMARY KEY,
    guest_id INT NOT NULL REFERENCES guests (guest_id), reserved_at TIMESTAMP NOT NULL,
    planned_departure TIMESTAMP NOT NULL, planned_return TIMESTAMP NOT NULL, num_days INT NOT NULL,
    status VARCHAR(20) NOT NULL, cancelled_at TIMESTAMP);
CREATE TABLE hires (hire_id INT PRIMARY KEY,
    reservation_id INT NOT NULL REFERENCES reservations (reservation_id),
    boat_id INT NOT NULL REFERENCES boats (boat_id), departure_at TIMESTAMP NOT NULL, return_at TIMESTAMP);
"""

VIOLATIONS = [
    "FROM reservations WHERE reserved_at > planned_departure OR planned_departure >= planned_return",
    """FROM reservations
 WHERE abs(num_days - date_diff('hour', planned_departure, planned_return) / 24.0) > 1.01""",
    "FROM reservations WHERE (status = 'cancelled') <> (cancelled_at IS NOT NULL)",
    "FROM reservations WHERE cancelled_at < reserved_at OR cancelled_at > planned_departure",
    "FROM hires JOIN reservations USING (reservation_id) WHERE cancelled_at IS NOT NULL",
    "FROM (SELECT count(*) AS n FROM hires GROUP BY reservation_id) WHERE n > 1",
    """FROM hires JOIN reservations USING (reservation_id)
 WHERE abs(date_diff('hour', planned_departure, departure_at)) > 24
 OR abs(date_diff('hour', planned_return, return_at)) > 24 OR return_at < departure_at""",
    """FROM (SELECT ende, lead(beginn) OVER (PARTITION BY class_code ORDER BY beginn) AS later FROM preise)
 WHERE coalesce(ende, DATE '9999-12-31') > later""",
    "FROM boats WHERE disposal_date <= purchase_date",
    "FROM hires JOIN boats USING (boat_id) WHERE departure_at::DATE > disposal_date",
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    return rows_of(SCHEMA, tmp_path_factory.mktemp("bookings"))


@pytest.mark.parametrize("violation", VIOLATIONS)
def test_nothing_speaks_against_a_booking(violation: str, made: duckdb.DuckDBPyConnection) -> None:
    wrong, rows = counted(made, violation)
    assert wrong <= 0.005 * rows
    assert rows > 5


def test_hires_go_out_by_day_and_most_come_back(made: duckdb.DuckDBPyConnection) -> None:
    ((by_day, back, off),) = made.execute(
        """SELECT (SELECT avg((hour(departure_at) BETWEEN 6 AND 21)::INT) FROM hires),
                  (SELECT avg((return_at IS NOT NULL)::INT) FROM hires),
                  (SELECT avg((status = 'cancelled')::INT) FROM reservations)"""
    ).fetchall()
    assert by_day > 0.9
    assert back > 0.8
    assert 0.01 < off < 0.4


def test_some_bookings_have_no_hire_where_there_are_as_many(
    service: ExperimentService, tmp_path: Path
) -> None:
    made = service.import_sql(SCHEMA, name="even", dialect="postgres", target_rows=1500)
    run = service.generate("even", GenerateRequest(seed=3, output_dir=tmp_path / "out"))
    assert not [line for line in (*made.warnings, *run.warnings) if "gave way" in line]
    with views(tmp_path / "out") as connection:
        without = "SELECT count(*) FROM reservations ANTI JOIN hires USING (reservation_id)"
        assert connection.execute(f"{without} WHERE status = 'cancelled'").fetchall()[0][0] > 15
        assert 200 < connection.execute(without).fetchall()[0][0] < 600
