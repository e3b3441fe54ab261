"""Truth from outside: the generated Parquet of both examples and of the retail job, asked in DuckDB's SQL.

The checks are derived from the stored schema by this module's own reading of it.
"""

from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests.support import EXAMPLES, RETAIL, views

from dw_simulator.schema.model import Column, Experiment, Table
from dw_simulator.schema.shown import shown
from dw_simulator.service import ExperimentService, GenerateRequest
from dw_simulator.settings import Settings
from dw_simulator.types import NUMERIC_KINDS, Kind

SCALE = 0.02
TPC_H = {
    "regions": 5,
    "nations": 25,
    "suppliers": 10_000 * SCALE,
    "customers": 150_000 * SCALE,
    "parts": 200_000 * SCALE,
    "part_suppliers": 800_000 * SCALE,
    "orders": 1_500_000 * SCALE,
    "order_lines": 6_000_000 * SCALE,
}
TICKIT = {
    "users": 5000,
    "venue": 200,
    "category": 11,
    "date": 365,
    "event": 900,
    "listing": 20_000,
    "sales": 60_000,
}
N = 10_000
SHOP = {"customers": N, "products": N // 10, "orders": 5 * N, "order_items": 15 * N}

JOBS: dict[str, tuple[str, dict[str, Any]]] = {
    "tickit": ("redshift", TICKIT),
    "orders": ("snowflake", {name: int(rows) for name, rows in TPC_H.items()}),
    "retail": ("", SHOP),
}


@pytest.fixture(scope="module", params=JOBS)
def job(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    """(experiment, asked rows, DuckDB connection with a view of each table)."""
    home = tmp_path_factory.mktemp(request.param)
    service = ExperimentService(Settings(home=home))
    dialect, rows = JOBS[request.param]
    if dialect:
        service.import_sql(
            (EXAMPLES / f"{request.param}.sql").read_text(), name=request.param, dialect=dialect
        )
    else:
        service.create(RETAIL)
    summary = service.generate(request.param, GenerateRequest(seed=11, rows=rows))
    connection = views(Path(summary.output_dir))
    yield shown(service.get(request.param).experiment), rows, connection
    connection.close()
    service.persistence.close()


Job = tuple[Experiment, dict[str, int], duckdb.DuckDBPyConnection]


def quoted(*names: str) -> str:
    return ", ".join(f'"{name}"' for name in names)


def value(connection: duckdb.DuckDBPyConnection, sql: str) -> Any:
    row = connection.execute(sql).fetchone()
    assert row is not None
    return row[0]


def test_row_counts_are_exact(job: Job) -> None:
    experiment, rows, connection = job
    for table in experiment.tables:
        assert value(connection, f'SELECT count(*) FROM "{table.name}"') == rows[table.name]


def test_keys_have_no_duplicates(job: Job) -> None:
    experiment, _rows, connection = job
    checked = 0
    for table in experiment.tables:
        for key in table.keys:
            filled = " AND ".join(f'"{name}" IS NOT NULL' for name in key)
            duplicates = f"""SELECT count(*) FROM (
                SELECT 1 FROM "{table.name}" WHERE {filled} GROUP BY {quoted(*key)} HAVING count(*) > 1)"""
            assert value(connection, duplicates) == 0, (table.name, key)
            checked += 1
    assert checked >= len(experiment.tables)


def test_references_have_no_orphans(job: Job) -> None:
    experiment, _rows, connection = job
    for table in experiment.tables:
        for reference in table.references:
            pairs = zip(reference.columns, reference.references_columns, strict=True)
            match = " AND ".join(f'p."{theirs}" = c."{ours}"' for ours, theirs in pairs)
            filled = " AND ".join(f'c."{name}" IS NOT NULL' for name in reference.columns)
            orphans = f"""SELECT count(*) FROM "{table.name}" c WHERE {filled} AND NOT EXISTS (
                SELECT 1 FROM "{reference.references_table}" p WHERE {match})"""
            assert value(connection, orphans) == 0, (table.name, reference.columns)


MADE_OF_OTHERS = {"expression", "lifecycle", "rollup", "window", "date_part"}


def test_null_shares_are_as_asked(job: Job) -> None:
    experiment, rows, connection = job
    for table in experiment.tables:
        keys = set(table.primary_key)
        for column in table.columns:
            nulls = value(connection, f'SELECT count(*) FROM "{table.name}" WHERE "{column.name}" IS NULL')
            if column.required or column.name in keys:
                assert nulls == 0, (table.name, column.name)
            elif column.lookup or (column.rule_spec and column.rule_spec.name in MADE_OF_OTHERS):
                continue  # NULL where what it is made of is
            else:
                share = 0.05 if column.null_fraction is None else column.null_fraction
                count = rows[table.name]
                if column.rule_spec and column.rule_spec.name == "after" and experiment.as_of:
                    assert share * count * 0.9 <= nulls < 0.2 * count  # and what is after the present
                    continue
                assert abs(nulls - share * count) <= 5 * (share * (1 - share) * count) ** 0.5 + 1


def test_bounds_and_lengths_are_kept(job: Job) -> None:
    experiment, _rows, connection = job
    for table in experiment.tables:
        for column in table.columns:
            ends = f'SELECT min("{column.name}")::VARCHAR, max("{column.name}")::VARCHAR FROM "{table.name}"'
            least, greatest = connection.execute(ends).fetchone() or (None, None)
            if column.min_value is not None or column.max_value is not None:
                _within(column, least, greatest)
            if column.date_start is not None and column.date_end is not None:
                assert str(column.date_start)[:10] <= str(least)[:10]
                assert str(greatest)[:10] <= str(column.date_end)[:10]
            if column.type.kind is Kind.TEXT:
                longest = value(connection, f'SELECT max(strlen("{column.name}")) FROM "{table.name}"')
                assert longest <= column.type.length
            if column.type.kind is Kind.JSON:
                assert value(connection, f'SELECT bool_and(json_valid("{column.name}")) FROM "{table.name}"')


def _within(column: Column, least: Any, greatest: Any) -> None:
    assert column.type.kind in NUMERIC_KINDS
    if column.min_value is not None:
        assert Decimal(str(least)) >= column.min_value, column.name
    if column.max_value is not None:
        assert Decimal(str(greatest)) <= column.max_value, column.name


def test_values_are_believable(job: Job) -> None:
    experiment, _rows, connection = job
    tables: dict[str, Table] = {table.name: table for table in experiment.tables}
    if experiment.name == "tickit":
        sample = connection.execute("SELECT firstname, lastname, city, email FROM users LIMIT 500").fetchall()
        assert sum("@example." in str(row[3]) for row in sample) > 400
        assert len({row[0] for row in sample}) > 100
        assert value(connection, "SELECT bool_and(regexp_full_match(state, '[A-Z]{2}')) FROM users")
        assert value(connection, "SELECT median(pricepaid) BETWEEN 20 AND 200 FROM sales")
    if experiment.name == "orders":
        assert value(connection, "SELECT max(line_number) FROM order_lines") == 7
        assert (
            value(
                connection,
                "SELECT min(lines) FROM (SELECT count(*) AS lines FROM order_lines GROUP BY order_id)",
            )
            == 1
        )
        assert value(connection, "SELECT count(DISTINCT supplier_id) FROM part_suppliers") == 200
    if experiment.name == "retail":
        assert value(connection, "SELECT abs(avg(is_active::INT) - 0.9) < 0.02 FROM customers")
        assert value(connection, "SELECT abs(avg((country = 'US')::INT) - 0.4) < 0.02 FROM customers")
        assert value(connection, "SELECT count(DISTINCT note) FROM order_items") > 1000
    assert tables
