"""Plants of a star: their places, their models, and since when anything happens to them; by DuckDB."""

import duckdb
import pytest
from tests.from_names import counted, rows_of

from dw_simulator.service import ExperimentService

SCHEMA = """
CREATE TABLE dim_date (date_key INT PRIMARY KEY, full_date DATE NOT NULL, day_name VARCHAR(9));
CREATE TABLE dim_works (works_key INT PRIMARY KEY, works_name VARCHAR(60), country_code CHAR(2),
    region VARCHAR(60), latitude DECIMAL(9,6), longitude DECIMAL(9,6));
CREATE TABLE dim_pump (pump_key INT PRIMARY KEY, works_key INT NOT NULL REFERENCES dim_works (works_key),
    manufacturer VARCHAR(40), model VARCHAR(40), rated_power_kw INT, serial_number VARCHAR(20),
    installation_date DATE);
CREATE TABLE fact_flow (date_key INT NOT NULL REFERENCES dim_date (date_key),
    pump_key INT NOT NULL REFERENCES dim_pump (pump_key), flow_m3 DECIMAL(10,2),
    PRIMARY KEY (date_key, pump_key));
"""

VIOLATIONS = [
    """FROM (SELECT count(DISTINCT manufacturer) AS m, count(DISTINCT rated_power_kw) AS p
 FROM dim_pump GROUP BY model) WHERE m > 1 OR p > 1""",
    """FROM (SELECT region, count(DISTINCT country_code) AS n FROM dim_works GROUP BY region)
 WHERE n > 1 AND region IS NOT NULL""",
    """FROM fact_flow JOIN dim_pump USING (pump_key) JOIN dim_date USING (date_key)
 WHERE full_date < installation_date""",
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    return rows_of(SCHEMA, tmp_path_factory.mktemp("plants"), "redshift")


@pytest.mark.parametrize("violation", VIOLATIONS)
def test_nothing_speaks_against_a_plant(violation: str, made: duckdb.DuckDBPyConnection) -> None:
    wrong, rows = counted(made, violation)
    assert wrong == 0
    assert rows > 2


def test_there_are_several_of_a_model(made: duckdb.DuckDBPyConnection) -> None:
    query = "SELECT count(DISTINCT model), count(*), count(DISTINCT serial_number) FROM dim_pump"
    ((models, pumps, serials),) = made.execute(query).fetchall()
    assert 1 < models <= 12 < pumps
    assert serials > 12


MODELS = """
CREATE TABLE startup (startup_id INT PRIMARY KEY, business_model VARCHAR(30), brand VARCHAR(30),
  serial_no VARCHAR(20));
CREATE TABLE photo_shoot (shoot_id INT PRIMARY KEY, model VARCHAR(50), brand VARCHAR(40), storage_gb INT);
CREATE TABLE ml_run (run_id INT PRIMARY KEY, model VARCHAR(50), memory_gb INT);
CREATE TABLE caterer (caterer_id INT PRIMARY KEY, model VARCHAR(50), brand VARCHAR(40));
CREATE TABLE mixer (mixer_id INT PRIMARY KEY, model VARCHAR(50), brand VARCHAR(40),
  serial_number VARCHAR(30));
CREATE TABLE turbine (turbine_id INT PRIMARY KEY, turbine_model VARCHAR(50), rated_power_kw DECIMAL(8,2));
"""


def test_only_what_is_made_has_a_model_with_a_maker(service: ExperimentService) -> None:
    tables = service.import_sql(MODELS, name="models", dialect="postgres").experiment.tables
    assert {table.name for table in tables if table.hidden} == {"mixer_models", "turbine_models"}
