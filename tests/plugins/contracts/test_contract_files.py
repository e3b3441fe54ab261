"""Contracts in, rows out: what each file says is asked of the rows by DuckDB."""

import json
from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from open_data_contract_standard.model import OpenDataContractStandard

from dw_simulator.errors import DwSimError, RequestError, SchemaError
from dw_simulator.ports.contract import ContractSource
from dw_simulator.registry.manager import registry
from dw_simulator.registry.script_import import contract_of
from dw_simulator.schema import reading
from dw_simulator.service import ExperimentService, GenerateRequest

FILES = Path(__file__).parent / "files"
KINDS = {
    "orders.odcs.yaml": "odcs",
    "events.avsc": "avro",
    "person.schema.json": "json-schema",
    "library.dbml": "dbml",
    "orders.sqlmesh.sql": "sqlmesh",
}
TRUTHS = {
    "orders.odcs.yaml": [
        "SELECT count(*) = 700 AND count(DISTINCT customer_id) = 700 FROM customers",
        "SELECT bool_and(regexp_full_match(code, '[A-Z]{2}-[0-9]{3}')) AND count(code) = 700 FROM customers",
        "SELECT list_sort(list_distinct(list(tier))) = ['007', '1.10', 'NO', 'ag', 'au'] FROM customers",
        "SELECT bool_and(email LIKE '%@%' AND length(email) <= 80) FROM customers",
        "SELECT count(DISTINCT (order_id, line_no)) = count(*) AND max(line_no) <= 12 FROM order_lines",
        "SELECT min(price) >= 0 AND max(price) < 5000 FROM order_lines",
        "SELECT year(min(sold_on)) = 2024 AND year(max(sold_on)) = 2024 FROM order_lines",
        "SELECT 1 - count(sold_on) / count(*) <= 0.04 FROM order_lines",
        "SELECT count(*) = 0 FROM order_lines ANTI JOIN customers USING (customer_id)",
    ],
    "events.avsc": [
        "SELECT list_sort(list_distinct(list(kind))) = ['BUY', 'CLICK', 'VIEW'] FROM Event",
        "SELECT count(DISTINCT event_id) = 700 AND count(day) = 700 AND count(amount) < 700 FROM Event",
        "SELECT bool_and(octet_length(digest) = 16) FROM Event",
    ],
    "person.schema.json": [
        "SELECT min(id) >= 1 AND max(id) <= 99999 FROM person",
        "SELECT list_sort(list_distinct(list(level))) = ['1.10', 'junior', 'senior'] FROM person",
        "SELECT bool_and(regexp_full_match(badge, 'B[0-9]{4}')) AND count(badge) < 700 FROM person",
        "SELECT min(share) >= 0 AND max(share) < 1 FROM person",
    ],
    "library.dbml": [
        "SELECT count(DISTINCT id) = 700 AND count(DISTINCT email) = 700 FROM members",
        "SELECT count(DISTINCT (member_id, number)) = 700 FROM loans SEMI JOIN members ON member_id = id",
        "SELECT count(*) = 0 FROM fines ANTI JOIN loans USING (member_id, number) WHERE fines.number > 0",
        "SELECT list_sort(list_distinct(list(state))) = ['back', 'lent'] FROM loans",
    ],
    "orders.sqlmesh.sql": [
        "SELECT count(DISTINCT id) = 700 AND bool_and(closed_on >= ordered_on) FROM orders",
        "SELECT list_sort(list_distinct(list(status))) = ['1.10', 'it''s done', 'open'] FROM orders",
        "SELECT min(amount) > 0 AND max(amount) < 900 FROM orders",
        "SELECT count(*) = 0 FROM orders ANTI JOIN customers USING (customer_id)",
        "SELECT count(city) < 700 AND count(customer_id) = 700 FROM customers",
    ],
}


@pytest.mark.passing
@pytest.mark.parametrize("file", KINDS)
def test_rows_keep_what_the_contract_says(file: str, service: ExperimentService, tmp_path: Path) -> None:
    assert contract_of(ContractSource(FILES / file), registry().contracts) is registry().contracts.get(
        KINDS[file]
    )
    created = service.create_from(FILES / file, name="made", target_rows=700)
    service.generate("made", GenerateRequest(seed=5, output_dir=str(tmp_path / "out")))
    with duckdb.connect() as connection:
        for table in created.experiment.tables:
            place = tmp_path / "out" / table.name
            connection.execute(f"CREATE VIEW {table.name} AS FROM read_parquet('{place}/*.parquet')")
        for truth in TRUTHS[file]:
            assert connection.execute(truth).fetchall() == [(True,)], truth


def test_the_odcs_file_is_one() -> None:
    data = yaml.safe_load((FILES / "orders.odcs.yaml").read_text())
    assert OpenDataContractStandard.model_validate(data).schema_ is not None


def test_what_is_not_carried_is_told_with_its_line() -> None:
    def told(file: str) -> list[str]:
        return registry().contracts.get(KINDS[file]).read(ContractSource(FILES / file)).warnings

    text = (FILES / "orders.odcs.yaml").read_text()
    line = text[: text.index("      - type: sql")].count("\n") + 1
    assert told("orders.odcs.yaml") == [
        f"{FILES}/orders.odcs.yaml, line {line}: order_lines: the quality rule sql is not carried over"
    ]
    assert any("line 2: the audit assert_something_of_ours" in one for one in told("orders.sqlmesh.sql"))
    assert any("Event.either: a union of 2 types is taken for JSON" in one for one in told("events.avsc"))


def test_rows_that_a_contract_counts() -> None:
    tables = registry().contracts.get("odcs").read(ContractSource(FILES / "orders.odcs.yaml")).tables
    assert tables[0]["target_rows"] == 500


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("odcs", "kind: DataContract\napiVersion: v2.2.0\n", "apiVersion is v2.2.0"),
        ("odcs", "kind: DataContract\napiVersion: [\n", r"x, line 3, column 1: not readable as YAML"),
        (
            "odcs",
            "kind: DataContract\napiVersion: v3.0.0\nschema:\n  - properties: []\n",
            "line 4: an object",
        ),
        ("avro", '{"type": "string"}', "it is no record"),
        ("avro", '{"type": "record",\n "name": }', "x, line 2, column 10: not valid JSON"),
        ("json-schema", '{"type": "object"}', "neither an object with properties"),
        ("dbml", "Table t {\n  id int [pk\n}", r"x, line \d, column \d+: not valid DBML"),
        ("sqlmesh", "MODEL (name a.b, columns (id INT)", "x, line 1: MODEL \\( is never closed"),
        ("sqlmesh", "SELECT 1", "it has no models"),
        ("dbt", '{"metadata": {}}', "it is no manifest of dbt"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(kind: str, text: str, words: str) -> None:
    with pytest.raises(SchemaError, match=words):
        registry().contracts.get(kind).read(ContractSource(Path("x"), text))


def test_nobody_claims_what_is_no_contract(service: ExperimentService, tmp_path: Path) -> None:
    schema = {"name": "s", "tables": [{"name": "t", "columns": [{"name": "properties", "data_type": "INT"}]}]}
    for name, text in {
        "a.json": json.dumps(schema),
        "b.sql": "CREATE TABLE model (id INT)",
        "c.yaml": "kind: Pod\nproperties: 3\n",
        "d.txt": "",
    }.items():
        (tmp_path / name).write_text(text)
        assert not service.is_contract(tmp_path / name)
    assert not service.is_contract(tmp_path)
    with pytest.raises(RequestError, match=r"nobody knows what .*d.txt is; say it with --format: avro, dbml"):
        service.import_contract(ContractSource(tmp_path / "d.txt"))
    with pytest.raises(RequestError, match="there are no 'seeds'"):
        service.import_contract(ContractSource(FILES / "events.avsc", parts=("seeds",)), kind="json-schema")


@pytest.mark.parametrize("file", KINDS)
def test_mutilated_contracts_end_in_a_told_error_or_in_tables(file: str) -> None:
    text = (FILES / file).read_text()
    contract = registry().contracts.get(KINDS[file])
    step = max(len(text) // 40, 1)
    for at in range(0, len(text), step):
        for mutilated in (text[:at], text[:at] + text[at + 7 :], text[:at] + "[{(" + text[at:]):
            with suppress(DwSimError):  # any other error fails
                contract.read(ContractSource(Path("x"), mutilated))


def test_day_of_a_contract(service: ExperimentService) -> None:
    created = service.create_from(FILES / "events.avsc", as_of=date(2026, 1, 31))
    assert created.experiment.name == "Event"
    assert created.experiment.as_of == date(2026, 1, 31)


JUNK = (None, -1, 1e30, 10**25, True, "", "'", "(((", [], {}, [1, 2], [[]], [{}], {"a": 1})
PATHS = st.lists(st.integers(0, 400), min_size=1, max_size=3)


@settings(max_examples=60)
@given(st.sampled_from([file for file in KINDS if not file.endswith(("dbml", "sql"))]), PATHS, st.randoms())
def test_documents_of_any_shape_end_in_a_told_error_or_in_tables(
    file: str, places: list[int], dice: Random
) -> None:
    document = yaml.safe_load((FILES / file).read_text())
    for place in places:
        parts = list(_parts(document))
        whole, key = parts[place % len(parts)]
        whole[key] = deepcopy(dice.choice(JUNK))
        if not list(_parts(document)):
            break
    contract = registry().contracts.get(KINDS[file])
    source = ContractSource(Path("x"), json.dumps(document))
    contract.claims(source)
    with suppress(DwSimError):  # any other error fails
        reading.parse({"name": "x", "tables": contract.read(source).tables}, strict_names=False)


def _parts(document: Any) -> Iterator[tuple[Any, Any]]:
    items = document.items() if isinstance(document, dict) else enumerate(document)
    for key, value in list(items):
        yield document, key
        if isinstance(value, dict | list):
            yield from _parts(value)
