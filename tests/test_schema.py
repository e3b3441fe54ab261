"""Schemas: everything that is wrong is reported together, each problem with its path."""

import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from tests.support import column, reference, table

from dw_simulator.errors import SchemaError
from dw_simulator.schema import reading
from dw_simulator.schema.model import Experiment


def problems(data: object) -> dict[str, str]:
    """Place -> message and mend."""
    with pytest.raises(SchemaError) as caught:
        reading.parse(data)
    return {problem.place: f"{problem.message}; {problem.mend}" for problem in caught.value.problems}


def one(**fields: Any) -> dict[str, str]:
    """The problems of a single column, by the last part of their place."""
    found = problems({"name": "x", "tables": [table("t", 1, {"name": "c", "data_type": "INT", **fields})]})
    return {place.rpartition(".")[2]: message for place, message in found.items()}


def test_the_example_of_the_contract() -> None:
    data = {
        "name": "shop",
        "tables": [
            table("countries", 10, column("id", "INT", is_unique=True)),
            table(
                "customers",
                1000,
                column("id", "INT", is_unique=True),
                column("email", "VARCHAR", varchar_length=100, faker_rule="email"),
                column(
                    "score",
                    "FLOAT",
                    min_value=0,
                    max_value=100,
                    distribution={"type": "normal", "parameters": {"mean": 75, "stddev": 12}},
                ),
                column("born", "DATE", date_start="1950-01-01", date_end="2005-12-31", required=False),
                column("country_id", "INT", **reference("countries.id", nullable=True)),
            ),
        ],
    }
    experiment = reading.parse(data)
    assert experiment.tables[1].columns[1].type.length == 100
    assert reading.parse(experiment.to_json()) == experiment
    assert json.loads(json.dumps(experiment.to_json())) == experiment.to_json()


def test_problems_of_every_part_come_together() -> None:
    found = problems(
        {
            "name": "shop",
            "tables": [
                table(
                    "a", -3, column("id", "INTT"), column("x", "INT", min_value=5, max_value=3), {"nam": "y"}
                ),
                table(
                    "select",
                    1,
                    column("f", "INT", **reference("b.id")),
                    column("g", "INT", **reference("a.x")),
                    column("d", "DATE", date_start="2020-13-01"),
                    column("G", "INT"),
                    primary_key=["zz"],
                ),
            ],
        }
    )
    assert "greater than or equal to 0" in found["tables[0].target_rows"]
    assert "did you mean 'INT'?" in found["tables[0].columns[0].data_type"]
    assert "3 is below min_value 5; exchange them" in found["tables[0].columns[1].max_value"]
    assert "is missing" in found["tables[0].columns[2].name"]
    assert "did you mean 'name'?" in found["tables[0].columns[2].nam"]
    assert "reserved word" in found["tables[1].name"]
    assert "there is no table 'b'" in found["tables[1].columns[0].foreign_key.references_table"]
    assert "not unique" in found["tables[1].columns[1].foreign_key.references_column"]
    assert "is there twice" in found["tables[1].columns[3].name"]
    assert "is not a date" in found["tables[1].columns[2].date_start"]
    assert "no column 'zz'" in found["tables[1].primary_key[0]"]


@pytest.mark.parametrize(
    ("fields", "place", "words"),
    [
        ({"min_value": "abc"}, "min_value", "is not a number"),
        ({"min_value": True}, "min_value", "a number is needed"),
        ({"min_value": 1, "data_type": "DATE"}, "min_value", "for numbers, not for DATE"),
        ({"date_start": "2024-01-01"}, "date_start", "for dates and timestamps"),
        ({"varchar_length": 5}, "varchar_length", "for text"),
        ({"null_fraction": 0.5}, "null_fraction", "required"),
        ({"null_fraction": 1.5, "required": False}, "null_fraction", "less than or equal to 1"),
        ({"locale": "de_DE"}, "locale", "goes with faker_rule"),
        ({"faker_rule": "name", "rule": {"name": "text"}}, "rule", "keep one"),
        ({"distribution": {"type": "normal"}, "data_type": "DATE"}, "distribution", "for numbers"),
        ({"is_unique": "yes"}, "is_unique", "valid boolean"),
        ({"colour": 1}, "colour", "unknown field"),
    ],
)
def test_columns_that_contradict_themselves(fields: dict[str, Any], place: str, words: str) -> None:
    assert words in one(**fields)[place]


@pytest.mark.parametrize(
    "name", ["1a", "a b", "a-b", "a.b", "", "ä", "order", "TABLE", "x" * 256, "a;b", 'a"b']
)
def test_names_that_json_may_not_use(name: str) -> None:
    assert problems({"name": "x", "tables": [table(name, 1, column("c", "INT"))]})
    assert one(name=name)


def test_times_of_day_survive_storing() -> None:
    bounds = {"date_start": "2024-01-01T08:00:00", "date_end": "2024-01-01T17:00:00+02:00"}
    data = {"name": "x", "tables": [table("t", 1, column("c", "TIMESTAMP", **bounds))]}
    stored = reading.parse(data).to_json()
    assert stored["tables"][0]["columns"][0]["date_end"] == "2024-01-01T15:00:00"
    assert reading.parse(stored) == reading.parse(data)


def test_keys_and_references_that_contradict_themselves() -> None:
    parent = table("p", 1, column("id", "INT"), primary_key=["id", "id"])
    child = table(
        "c",
        1,
        column("a", "INT", min_value=5, **reference("p.id")),
        column("b", "INT", distribution={"type": "poisson", "parameters": {"lambda": 3}}),
        foreign_keys=[
            {"columns": ["b"], "references_table": "p", "references_columns": ["id"], "nullable": True}
        ],
        primary_key=["b"],
    )
    found = problems({"name": "x", "tables": [parent, child]})
    assert "named twice" in found["tables[0].primary_key[1]"]
    assert "come from the table that is referenced" in found["tables[1].columns[0].min_value"]
    assert "has a distribution" in found["tables[1].foreign_keys[0].references_columns"]
    assert "cannot be NULL" in found["tables[1].foreign_keys[0].nullable"]


@pytest.mark.parametrize("text", ['{"name": 1, "name": 2}', "[" * 100_000, '{"a": ' + "9" * 5000 + "}"])
def test_json_that_python_chokes_on(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(SchemaError, match="not readable as JSON"):
        reading.load(tmp_path / "x.json")


@pytest.mark.parametrize("value", ["1e99999999", 1e400, "nan", "-Infinity"])
def test_numbers_beyond_reason(value: object) -> None:
    assert "at most 400 digits" in one(min_value=value)["min_value"]


def test_names_that_ddl_may_use() -> None:
    data = {"name": "x", "tables": [table("a b", 1, column('Größe. "x"', "INT"))]}
    assert reading.parse(data, strict_names=False).tables[0].name == "a b"


@pytest.mark.parametrize(
    "data", [None, 5, "x", [], {}, {"name": "x"}, {"name": "x", "tables": 3}, {"tables": [1]}]
)
def test_documents_of_another_shape(data: object) -> None:
    assert problems(data)


def test_unreadable_files(tmp_path: Path) -> None:
    cases = {
        "a.json": (b'{"name": "x",\n  "tables": [,]}', "a.json, line 2, column 14: not valid JSON"),
        "b.yaml": (b"name: x\ntables: [1, {", "b.yaml, line 3, column"),
        "c.json": (b"\xff\xfe\x00", "not UTF-8"),
        "d.yaml": (b"name: \x01", "not valid YAML"),
    }
    for name, (content, words) in cases.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(SchemaError, match=words):
            reading.load(tmp_path / name)
    with pytest.raises(SchemaError, match="No such file"):
        reading.load(tmp_path / "none.json")


def test_yaml_reads_the_same(tmp_path: Path) -> None:
    text = """
name: shop
tables:
  - name: t
    columns:
      - {name: d, data_type: DATE, date_start: 2024-01-01, date_end: "2024-02-01"}
      - {name: n, data_type: "DECIMAL(4,1)", min_value: 0.1}
"""
    (tmp_path / "s.yml").write_text(text)
    columns = [
        column("d", "DATE", date_start="2024-01-01", date_end="2024-02-01"),
        column("n", "DECIMAL(4,1)", min_value=0.1),
    ]
    expected = reading.parse({"name": "shop", "tables": [{"name": "t", "columns": columns}]})
    assert reading.load(tmp_path / "s.yml") == expected


def test_numbers_are_what_was_written() -> None:
    data = {
        "name": "x",
        "tables": [table("t", 1, column("c", "DECIMAL(38,1)", min_value=0.1, max_value=10**30))],
    }
    experiment = reading.parse(data)
    assert str(experiment.tables[0].columns[0].min_value) == "0.1"
    assert Experiment.model_validate(json.loads(json.dumps(experiment.to_json()))) == experiment
    exact = {
        "name": "x",
        "tables": [table("t", 1, column("c", "DECIMAL(38,9)", min_value="12345678901234567890.123456789"))],
    }
    assert reading.parse(reading.parse(exact).to_json()) == reading.parse(exact)


def test_errors_survive_pickling() -> None:
    with pytest.raises(SchemaError) as caught:
        reading.parse({})
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
