"""What a YAML document lists for texts stays as it is written, and numbers stay numbers."""

from pathlib import Path

import pytest

from dw_simulator.schema.model import Experiment
from dw_simulator.schema.reading import load
from dw_simulator.service import ExperimentService

LISTED = ["NO", "007", "12:30", "1.10", "on", "2024-01-31", "1e3", "0x1F", "yes"]


def schema(path: Path, *columns: str, more: str = "") -> Experiment:
    lines = "\n".join(f"      - {column}" for column in columns)
    path.write_text(f"name: s\ntables:\n  - name: t\n    target_rows: 300\n    columns:\n{lines}\n{more}")
    return load(path)


@pytest.mark.passing
def test_texts_are_as_written_in_schemas_and_rules(tmp_path: Path, service: ExperimentService) -> None:
    listed = ", ".join(LISTED)
    made = schema(
        tmp_path / "s.yaml",
        f"{{name: c, data_type: VARCHAR, rule: {{name: choice, values: [{listed}]}}}}",
        "{name: k, data_type: CHAR(4), rule: {name: constant, value: 1.10}}",
        "{name: other, data_type: VARCHAR(9)}",
    )
    service.create(made.to_json())
    rows = service.preview("s", "t", count=300).rows
    assert {row["c"] for row in rows} == set(LISTED)
    assert {row["k"] for row in rows} == {"1.10"}
    rules = tmp_path / "rules.yaml"
    rules.write_text("tables: {t: {columns: {other: {rule: {name: choice, values: [007, 1.10, NO]}}}}}")
    laid = service.preview("s", "t", count=300, rules=rules).rows
    assert {row["other"] for row in laid} == {"007", "1.10", "NO"}


@pytest.mark.passing
def test_numbers_stay_numbers(tmp_path: Path, service: ExperimentService) -> None:
    made = schema(
        tmp_path / "s.yaml",
        "{name: n, data_type: 'DECIMAL(6,2)', rule: {name: choice, values: [1.10, 007], weights: [0.70, 3]}}",
        "{name: i, data_type: INT, min_value: 007, max_value: 0x0A}",
        "{name: d, data_type: DATE, date_start: 2024-01-01, date_end: 2024-01-09}",
    )
    service.create(made.to_json())
    rows = service.preview("s", "t", count=300).rows
    assert {str(row["n"]) for row in rows} == {"1.10", "7.00"}
    assert {row["i"] for row in rows} == {7, 8, 9, 10}
    assert {str(row["d"])[:8] for row in rows} == {"2024-01-"}


@pytest.mark.passing
def test_cells_that_are_written_out(tmp_path: Path, service: ExperimentService) -> None:
    more = """  - name: g
    rows:
      - {code: 007, n: 1.50, m: 0x10}
      - {code: 1.10, n: 007, m: 1e1}
    columns:
      - {name: code, data_type: VARCHAR(9)}
      - {name: n, data_type: "DECIMAL(6,2)"}
      - {name: m, data_type: INT}
"""
    made = schema(tmp_path / "s.yaml", "{name: i, data_type: INT}", more=more)
    service.create(made.to_json())
    rows = service.preview("s", "g", count=2).rows
    assert [(row["code"], str(row["n"]), row["m"]) for row in rows] == [
        ("007", "1.50", 16),
        ("1.10", "7.00", 10),
    ]
