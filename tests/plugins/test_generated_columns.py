"""Generated columns of scripts: their values follow the expression, and databases take what is written of them."""

from pathlib import Path

import duckdb
import pytest

from dw_simulator.errors import SchemaError
from dw_simulator.registry.manager import registry
from dw_simulator.schema import reading
from dw_simulator.service import ExperimentService, GenerateRequest

SCRIPTS = {
    "postgres": "c INT GENERATED ALWAYS AS (a * b) STORED",
    "duckdb": "c INT GENERATED ALWAYS AS (a * b)",
    "snowflake": "c INT AS (a * b)",
    "databricks": "c INT GENERATED ALWAYS AS (a * b)",
}


@pytest.mark.parametrize("dialect", SCRIPTS)
def test_values_follow_the_expression(dialect: str, service: ExperimentService) -> None:
    service.import_sql(f"CREATE TABLE t (a SMALLINT, b INT, {SCRIPTS[dialect]})", name="g", dialect=dialect)
    data = service.show("g").to_json() if hasattr(service, "show") else None
    assert data is None or data
    summary = service.generate("g", GenerateRequest(seed=1, rows={"t": 500}))
    files = f"{summary.output_dir}/t/*.parquet"
    asked = "SELECT count(*), count(c), count(*) FILTER (c IS DISTINCT FROM a * b) FROM read_parquet($1)"
    rows, filled, wrong = duckdb.execute(asked, [files]).fetchone() or (0, 0, 0)
    assert rows == 500
    assert filled > 300
    assert wrong == 0
