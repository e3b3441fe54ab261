"""Days of work, absences and salaries: who works when, who approves it, what it is paid in; by DuckDB."""

import duckdb
import pytest
from tests.from_names import counted, rows_of

SCHEMA = """
CREATE TABLE company (company_id INT PRIMARY KEY, company_name VARCHAR(60) NOT NULL,
    country_code CHAR(2) NOT NULL, currency_code CHAR(3) NOT NULL);
CREATE TABLE nurse (nurse_id INT PRIMARY KEY, company_id INT NOT NULL REFERENCES company (company_id),
    hire_date DATE NOT NULL, termination_date DATE);
CREATE TABLE attendance (attendance_id INT PRIMARY KEY, nurse_id INT NOT NULL REFERENCES nurse (nurse_id),
    work_date DATE NOT NULL, clock_in TIMESTAMP NOT NULL, clock_out TIMESTAMP, is_approved BOOLEAN,
    approved_at TIMESTAMP, UNIQUE (nurse_id, work_date));
CREATE TABLE absence (absence_id INT PRIMARY KEY, employee_nurse_id INT NOT NULL REFERENCES nurse (nurse_id),
    requested_at TIMESTAMP NOT NULL, decided_at TIMESTAMP,
    approver_nurse_id INT REFERENCES nurse (nurse_id));
CREATE TABLE wage (wage_id INT PRIMARY KEY, nurse_id INT NOT NULL REFERENCES nurse (nurse_id),
    valid_from DATE NOT NULL, valid_to DATE, amount DECIMAL(10,2) NOT NULL, currency_code CHAR(3) NOT NULL);
"""

VIOLATIONS = [
    """FROM attendance WHERE clock_in::DATE <> work_date OR clock_out <= clock_in
 OR date_diff('minute', clock_in, clock_out) > 1080""",
    "FROM attendance WHERE isodow(work_date) > 5",
    "FROM attendance WHERE approved_at < clock_in",
    "FROM attendance WHERE coalesce(is_approved, FALSE) <> (approved_at IS NOT NULL)",
    "FROM attendance JOIN nurse USING (nurse_id) WHERE work_date < hire_date OR work_date > termination_date",
    "FROM absence WHERE approver_nurse_id = employee_nurse_id OR decided_at < requested_at",
    """FROM wage w JOIN nurse USING (nurse_id) JOIN company c USING (company_id)
 WHERE w.currency_code <> c.currency_code OR valid_from < hire_date""",
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    return rows_of(SCHEMA, tmp_path_factory.mktemp("work"))


@pytest.mark.parametrize("violation", VIOLATIONS)
def test_nothing_speaks_against_work(violation: str, made: duckdb.DuckDBPyConnection) -> None:
    wrong, rows = counted(made, violation)
    assert wrong <= 0.005 * rows
    assert rows > 5


def test_people_come_in_the_morning(made: duckdb.DuckDBPyConnection) -> None:
    query = "SELECT avg((hour(clock_in) BETWEEN 5 AND 11)::INT) FROM attendance"
    ((share,),) = made.execute(query).fetchall()
    assert share > 0.7
