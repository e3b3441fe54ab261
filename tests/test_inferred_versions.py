"""Versions of one thing tell of one thing; facts and snapshots name what there was on their day."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.support import views

from dw_simulator.planning import plan
from dw_simulator.schema.inference.shape.age_bands import bounds_of_bands
from dw_simulator.schema.json_data import Json
from dw_simulator.service import ExperimentService, GenerateRequest

pytestmark = pytest.mark.passing

PRESENT = date(2025, 9, 30)

CLINIC = """
CREATE TABLE dim_day (day_key INT PRIMARY KEY, the_date DATE NOT NULL, year SMALLINT);
CREATE TABLE dim_nurse (nurse_sk BIGINT PRIMARY KEY, nurse_id VARCHAR(10) NOT NULL, salutation VARCHAR(10),
  first_name VARCHAR(30), last_name VARCHAR(30), gender CHAR(1), birth_date DATE, age_group VARCHAR(10),
  hire_date DATE NOT NULL, termination_date DATE, department VARCHAR(40), salary DECIMAL(10,2),
  pay_grade VARCHAR(4), employment_status VARCHAR(15), email VARCHAR(80), last_login TIMESTAMP,
  effective_date DATE NOT NULL, expiry_date DATE NOT NULL, is_current CHAR(1) NOT NULL, version INT NOT NULL,
  dw_loaded_at TIMESTAMP NOT NULL);
CREATE TABLE dim_unit (unit_key INT PRIMARY KEY, unit_name VARCHAR(40), opened_on DATE, closed_on DATE);
CREATE TABLE fact_shift (shift_id BIGINT PRIMARY KEY, day_key INT NOT NULL REFERENCES dim_day(day_key),
  nurse_sk BIGINT NOT NULL REFERENCES dim_nurse(nurse_sk), hours DECIMAL(4,1) NOT NULL);
CREATE TABLE fact_roster (day_key INT NOT NULL REFERENCES dim_day(day_key),
  nurse_sk BIGINT NOT NULL REFERENCES dim_nurse(nurse_sk),
  unit_key INT NOT NULL REFERENCES dim_unit(unit_key),
  minutes INT NOT NULL, PRIMARY KEY (day_key, unit_key, nurse_sk));
"""
ROSTER = "fact_roster JOIN dim_day USING (day_key)"
CLINIC_TRUTHS = {
    "two people": """(SELECT count(DISTINCT (salutation, first_name, last_name, gender, birth_date, email,
        hire_date)) n FROM dim_nurse GROUP BY nurse_id) WHERE n > 1""",
    "hired after a version": "dim_nurse WHERE hire_date > effective_date",
    "ended before the version": "dim_nurse WHERE termination_date < effective_date",
    "ended, and a version follows": "dim_nurse WHERE termination_date IS NOT NULL AND is_current <> 'Y'",
    "ended after the present": "dim_nurse WHERE termination_date > DATE '2025-09-30'",
    "terminated, and no date": """dim_nurse WHERE (employment_status IN ('Terminated', 'Retired'))
        <> (termination_date IS NOT NULL)""",
    "a login of another version": "dim_nurse WHERE last_login NOT BETWEEN effective_date AND expiry_date",
    "another age": """dim_nurse WHERE date_sub('year', birth_date, effective_date) NOT BETWEEN
        CAST(left(age_group, 2) AS INT) AND coalesce(try_cast(right(age_group, 2) AS INT), 120)""",
    "another version than that of the day": f"""{ROSTER} JOIN dim_nurse USING (nurse_sk)
        WHERE the_date < effective_date OR the_date >= expiry_date""",
    "before the unit was there": f"{ROSTER} JOIN dim_unit USING (unit_key) WHERE the_date < opened_on",
    "a shift of another version": """fact_shift JOIN dim_day USING (day_key) JOIN dim_nurse USING (nurse_sk)
        WHERE the_date < effective_date OR the_date > least(expiry_date, termination_date)""",
    "a key twice": """(SELECT count(*) n FROM fact_roster GROUP BY day_key, unit_key, nurse_sk)
        WHERE n > 1""",
}


def generated(service: ExperimentService, out: Path, sql: str, rows: dict[str, int] | None = None) -> Any:
    service.import_sql(sql, name="versions", dialect="postgres", as_of=PRESENT)
    service.generate("versions", GenerateRequest(seed=4, rows=rows or {}, output_dir=out))
    return views(out)


def number(connection: Any, sql: str) -> Any:
    return connection.execute(sql).fetchone()[0]


@pytest.mark.parametrize(
    "rows", [{}, {"dim_nurse": 700, "dim_day": 400, "dim_unit": 20, "fact_roster": 5000, "fact_shift": 4000}]
)
def test_versions_are_of_one_nurse(service: ExperimentService, tmp_path: Path, rows: dict[str, int]) -> None:
    with generated(service, tmp_path / "out", CLINIC, rows) as connection:
        broken = {
            truth: number(connection, f"SELECT count(*) FROM {sql}") for truth, sql in CLINIC_TRUTHS.items()
        }
        assert {truth: count for truth, count in broken.items() if count} == {}
        gone = f"""SELECT avg(coalesce(the_date > termination_date, false)::INT)
            FROM {ROSTER} JOIN dim_nurse USING (nurse_sk)"""
        assert number(connection, gone) < 0.03
        closed = f"""SELECT avg(coalesce(the_date > closed_on, false)::INT)
            FROM {ROSTER} JOIN dim_unit USING (unit_key)"""
        assert number(connection, closed) < 0.03
        assert number(connection, "SELECT count(termination_date) / count(*) FROM dim_nurse") < 0.2


def test_one_or_two_things_change_at_a_time(service: ExperimentService, tmp_path: Path) -> None:
    with generated(service, tmp_path / "out", CLINIC, {"dim_nurse": 900}) as connection:
        tracked = ("department", "salary", "pay_grade")
        changed = " + ".join(
            f"({one} IS DISTINCT FROM lag({one}) OVER (PARTITION BY nurse_id ORDER BY version))::INT"
            for one in tracked
        )
        counts = connection.execute(
            f"""SELECT n, count(*) FROM (SELECT version, {changed} n FROM dim_nurse) WHERE version > 1
            GROUP BY n ORDER BY n"""
        ).fetchall()
        several = sum(count for n, count in counts if n > 1)
        none = sum(count for n, count in counts if n == 0)
        total = sum(count for _, count in counts)
        assert total > 200
        assert several == 0
        assert none < total / 4  # of what is NULL nothing changes
        up = """SELECT avg((salary > former)::INT) FROM (SELECT salary, lag(salary) OVER
            (PARTITION BY nurse_id ORDER BY version) former FROM dim_nurse) WHERE salary <> former"""
        assert 0.6 < number(connection, up) < 0.95


@pytest.mark.parametrize(
    ("sql", "key", "since", "same", "tracked"),
    [
        (
            """CREATE TABLE dim_kunde (kunde_sk INT PRIMARY KEY, kundennummer VARCHAR(12) NOT NULL,
            anrede VARCHAR(10), vorname VARCHAR(30), nachname VARCHAR(30), geburtsdatum DATE,
            familienstand VARCHAR(20), kundensegment VARCHAR(20), strasse VARCHAR(60), plz VARCHAR(5),
            ort VARCHAR(40), land VARCHAR(30), gueltig_ab TIMESTAMP NOT NULL, gueltig_bis TIMESTAMP NOT NULL,
            kz_aktuell CHAR(1) NOT NULL)""",
            "kundennummer", "gueltig_ab", "anrede, vorname, nachname, geburtsdatum, land, familienstand",
            "kundensegment",
        ),
        (
            """CREATE TABLE dim_abonnement (abonnement_sk INT PRIMARY KEY,
            code_abonnement VARCHAR(12) NOT NULL, libelle VARCHAR(40), prix_mensuel DECIMAL(8,2),
            devise CHAR(3), niveau VARCHAR(20),
            date_lancement DATE, date_debut DATE NOT NULL, date_fin DATE, est_courant BOOLEAN NOT NULL)""",
            "code_abonnement", "date_debut", "libelle, devise, date_lancement", "prix_mensuel, niveau",
        ),
        (
            """CREATE TABLE "DimAccount" ("accountSk" BIGINT PRIMARY KEY, "accountNo" VARCHAR(20) NOT NULL,
            "accountType" VARCHAR(20), "currency" CHAR(3), "interestRate" DECIMAL(7,4),
            "creditLimit" DECIMAL(12,2),
            "riskRating" VARCHAR(10), "openedOn" DATE NOT NULL, "closedOn" DATE,
            "effectiveDate" DATE NOT NULL,
            "expiryDate" DATE, "isCurrent" BOOLEAN NOT NULL, "version" INT)""",
            '"accountNo"', '"effectiveDate"', '"accountType", "currency", "openedOn"',
            '"interestRate", "creditLimit", "riskRating"',
        ),
    ],
)  # fmt: skip
def test_what_stays_and_what_is_tracked(
    service: ExperimentService, tmp_path: Path, sql: str, key: str, since: str, same: str, tracked: str
) -> None:
    table = sql.split()[2]
    with generated(service, tmp_path / "out", sql) as connection:
        several = f"""SELECT count(*) FROM (SELECT count(DISTINCT ({same})) n FROM {table}
            GROUP BY {key}) WHERE n > 1"""
        assert number(connection, several) == 0
        changed = f"""SELECT avg((n > 1)::INT) FROM (SELECT count(DISTINCT ({tracked})) n FROM {table}
            GROUP BY {key} HAVING count(*) > 1)"""
        assert number(connection, changed) > 0.6


def test_a_snapshot_of_everything_gives_way(service: ExperimentService) -> None:
    made = service.import_sql(CLINIC, name="all", dialect="postgres", as_of=PRESENT).experiment
    for rows in (
        {"dim_day": 30, "dim_unit": 2, "dim_nurse": 50, "fact_roster": 3000},
        {"dim_day": 1, "dim_unit": 1, "dim_nurse": 1, "fact_roster": 1, "fact_shift": 1},
        {"dim_nurse": 0, "fact_roster": 0, "fact_shift": 0},
    ):
        plan(made, 1, service.rule, rows)


def test_ages_go_by_the_birth_date(service: ExperimentService, tmp_path: Path) -> None:
    sql = """CREATE TABLE patient (patient_id INT PRIMARY KEY, date_of_birth DATE NOT NULL,
        age_band VARCHAR(10) CHECK (age_band IN ('under 18', '18 to 39', '40 to 64', '65+')),
        blood_type VARCHAR(3))"""
    with generated(service, tmp_path / "out", sql) as connection:
        bands = connection.execute(
            """SELECT age_band, min(age), max(age) FROM (SELECT age_band,
            date_sub('year', date_of_birth, DATE '2025-09-30') age FROM patient) GROUP BY 1 ORDER BY 2"""
        ).fetchall()
    known = {"under 18": (0, 17), "18 to 39": (18, 39), "40 to 64": (40, 64), "65+": (65, 120)}
    assert len(bands) >= 3
    assert all(known[band][0] <= low and high <= known[band][1] for band, low, high in bands)


@pytest.mark.parametrize(
    ("values", "least"),
    [
        (["18-24", "25-34", "35+"], [18, 25, 35]),
        (["<20", "20 bis 39", "40 und älter"], [0, 20, 40]),
        (["moins de 30", "30-59", ">59"], [0, 30, 60]),
        (["young", "adult", "old"], []),
        (["2019", "2020", "2021"], []),
        (["18-24", "18-30", "31+"], []),
        (None, []),
    ],
)
def test_what_bands_say(values: Json, least: list[int]) -> None:
    assert [low for low, _ in bounds_of_bands(values)] == least


def test_the_level_of_ordering_again_is_that_of_the_article(
    service: ExperimentService, tmp_path: Path
) -> None:
    ddl = """CREATE TABLE dim_day (day_key INT PRIMARY KEY, the_date DATE NOT NULL);
        CREATE TABLE dim_depot (depot_key INT PRIMARY KEY, depot_name VARCHAR(40));
        CREATE TABLE dim_article (article_sk INT PRIMARY KEY, article_no VARCHAR(12) NOT NULL,
            price DECIMAL(8,2),
            valid_from DATE NOT NULL, valid_to DATE, is_current BOOLEAN NOT NULL);
        CREATE TABLE fact_stock (day_key INT NOT NULL REFERENCES dim_day,
            depot_key INT NOT NULL REFERENCES dim_depot,
            article_sk INT NOT NULL REFERENCES dim_article, on_hand INT NOT NULL, reorder_level INT NOT NULL,
            PRIMARY KEY (day_key, depot_key, article_sk));"""
    service.import_sql(ddl, name="stock", dialect="redshift", as_of=PRESENT)
    service.generate("stock", GenerateRequest({"dim_article": 60}, 3, tmp_path / "out"))
    with views(tmp_path / "out") as rows:
        levels = """SELECT count(*), max(levels), max(times) FROM (SELECT article_no,
            count(DISTINCT reorder_level) levels,
                count(*) times FROM fact_stock JOIN dim_article USING (article_sk) GROUP BY article_no)"""
        ((articles, most, times),) = rows.execute(levels).fetchall()
        assert (most, articles > 20, times > 5) == (1, True, True)
        assert rows.execute("SELECT count(DISTINCT reorder_level) FROM fact_stock").fetchall()[0][0] > 5
