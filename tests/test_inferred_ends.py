"""What ends a row, and what its status, its flags and its children say of that; from outside by DuckDB."""

import duckdb
import pytest
from tests.from_names import counted, rows_of

SCHEMA = """
CREATE TABLE kinds (kind_id INT PRIMARY KEY, label VARCHAR(40) NOT NULL);
CREATE TABLE members (member_id INT PRIMARY KEY, joined_at TIMESTAMP NOT NULL);
CREATE TABLE lockers (locker_id INT PRIMARY KEY, member_id INT NOT NULL REFERENCES members (member_id),
    kind_id INT NOT NULL REFERENCES kinds (kind_id), geplaatst_op DATE NOT NULL, removed_on DATE,
    status VARCHAR(12) NOT NULL CHECK (status IN ('IN USE', 'REMOVED')));
CREATE TABLE carts (cart_id INT PRIMARY KEY, first_registration DATE NOT NULL);
CREATE TABLE rounds (round_id INT PRIMARY KEY, cart_id INT NOT NULL REFERENCES carts (cart_id),
    kind_id INT NOT NULL REFERENCES kinds (kind_id), round_date DATE NOT NULL, started_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP);
CREATE TABLE cleanings (cleaning_id INT PRIMARY KEY, round_id INT NOT NULL REFERENCES rounds (round_id),
    locker_id INT NOT NULL REFERENCES lockers (locker_id), cleaned_at TIMESTAMP NOT NULL);
CREATE TABLE sondes (sonde_id INT PRIMARY KEY, date_achat DATE NOT NULL, zerlegt_am DATE,
    etat VARCHAR(12) NOT NULL CHECK (etat IN ('NEU', 'ZERLEGT')));
CREATE TABLE agences (agence_id INT PRIMARY KEY, date_ouverture DATE NOT NULL, date_fermeture DATE,
    est_active BOOLEAN NOT NULL);
CREATE TABLE staff (staff_id INT PRIMARY KEY, hire_date DATE NOT NULL, termination_date DATE,
    employment_status VARCHAR(20) NOT NULL);
CREATE TABLE lifts (lift_id INT PRIMARY KEY, installed_on DATE NOT NULL);
CREATE TABLE faults (fault_id INT PRIMARY KEY, lift_id INT NOT NULL REFERENCES lifts (lift_id),
    started_at TIMESTAMP NOT NULL, ended_at TIMESTAMP);
CREATE TABLE repairs (repair_id INT PRIMARY KEY, lift_id INT NOT NULL REFERENCES lifts (lift_id),
    fault_id INT REFERENCES faults (fault_id), opened_at TIMESTAMP NOT NULL);
"""

VIOLATIONS = [
    "FROM lockers WHERE (status = 'REMOVED') <> (removed_on IS NOT NULL) OR removed_on < geplaatst_op",
    "FROM sondes WHERE (etat = 'ZERLEGT') <> (zerlegt_am IS NOT NULL)",
    "FROM agences WHERE est_active = (date_fermeture IS NOT NULL)",
    "FROM cleanings JOIN rounds USING (round_id) WHERE cleaned_at < started_at OR cleaned_at > ended_at",
    """FROM cleanings JOIN rounds r USING (round_id) JOIN lockers l USING (locker_id)
 WHERE l.kind_id <> r.kind_id""",
    """FROM cleanings JOIN lockers USING (locker_id)
 WHERE cleaned_at::DATE < geplaatst_op OR cleaned_at::DATE > removed_on""",
    "FROM repairs r JOIN faults f USING (fault_id) WHERE r.lift_id <> f.lift_id OR opened_at < started_at",
    """FROM repairs r JOIN faults USING (fault_id) JOIN lifts l ON l.lift_id = r.lift_id
 WHERE opened_at::DATE < installed_on""",
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    return rows_of(SCHEMA, tmp_path_factory.mktemp("ends"))


@pytest.mark.parametrize("violation", VIOLATIONS)
def test_nothing_speaks_against_an_end(violation: str, made: duckdb.DuckDBPyConnection) -> None:
    wrong, rows = counted(made, violation)
    assert wrong <= 0.005 * rows
    assert rows > 5


def test_a_status_of_employment_goes_by_the_day_of_leaving(made: duckdb.DuckDBPyConnection) -> None:
    shares = made.execute(
        "SELECT avg((termination_date IS NOT NULL)::INT) FROM staff GROUP BY employment_status"
    )
    found = [share for (share,) in shares.fetchall()]
    assert len(found) > 1
    assert set(found) == {0, 1}


def test_what_ends_is_now_and_then_over(made: duckdb.DuckDBPyConnection) -> None:
    for table, end in (("lockers", "removed_on"), ("sondes", "zerlegt_am")):
        ((share,),) = made.execute(f"SELECT avg(({end} IS NOT NULL)::INT) FROM {table}").fetchall()
        assert 0 < share < 0.9
