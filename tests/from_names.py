"""Rows of DDL of which nothing is said but names: imported, generated, and looked at by DuckDB."""

from datetime import date
from pathlib import Path

import duckdb

from dw_simulator.service import ExperimentService, GenerateRequest
from dw_simulator.settings import Settings

PRESENT = date(2025, 12, 31)


def rows_of(ddl: str, home: Path, dialect: str = "postgres") -> duckdb.DuckDBPyConnection:
    """A view for each table; nothing that was guessed was given up."""
    service = ExperimentService(Settings(home=home))
    try:
        service.import_sql(ddl, name="names", dialect=dialect, as_of=PRESENT)
        summary = service.generate("names", GenerateRequest(seed=3, output_dir=home / "out"))
    finally:
        service.close()
    assert not [line for line in summary.warnings if "given up" in line], summary.warnings
    found = duckdb.connect()
    for path in sorted((home / "out").iterdir()):
        if path.is_dir():
            found.execute(f"CREATE VIEW {path.name} AS FROM '{path}/*.parquet'")
    return found


def counted(found: duckdb.DuckDBPyConnection, violation: str) -> tuple[int, int]:
    """(rows in which something is wrong, rows that it was asked of): of FROM ... WHERE ..."""
    among = violation.partition(" WHERE ")[0]
    ((wrong, rows),) = found.execute(
        f"SELECT (SELECT count(*) {violation}), (SELECT count(*) {among})"
    ).fetchall()
    return int(wrong), int(rows)
