"""Tables of one experiment in several schemas of a warehouse, under other names than their own."""

import pytest
from tests.dbt_runs import PROJECTS
from tests.support import column, table
from tests.warehouses import Place

from dw_simulator.errors import RequestError, SchemaError
from dw_simulator.ports.contract import ContractSource
from dw_simulator.service import ExperimentService, GenerateRequest

TABLES = (
    "SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema LIKE 'raw%' "
    "AND table_name <> '_dw_sim' ORDER BY 1, 2"
)
THERE = [
    ("raw_crm", "customer_addresses"),
    ("raw_crm", "customers"),
    ("raw_shop", "orders"),
    ("raw_shop", "payments"),
]
REFERENCES = "SELECT count(*) FROM information_schema.referential_constraints WHERE constraint_schema = "


def test_each_source_is_in_its_schema(place: Place, service: ExperimentService) -> None:
    service.import_contract(ContractSource(PROJECTS / "shop"), target_rows=20)
    service.generate("shop", GenerateRequest(seed=1))
    for _ in range(2):  # what an earlier load has made is made anew
        loaded = service.load("shop", to=place.url)
    assert dict(loaded.row_counts) == dict.fromkeys(("customers", "addresses", "orders", "payments"), 20)
    assert loaded.schema == "raw_crm, raw_shop"
    assert [one for one in loaded.warnings if "another schema" in one] == [
        "orders: (customer) is not declared as a reference, as customers lies in another schema"
    ]
    assert place.ask(TABLES) == THERE
    joined = "SELECT count(*) FROM raw_crm.customer_addresses AS a JOIN raw_crm.customers AS c ON"
    assert place.ask(f"{joined} c.id = a.customer_id") == [(20,)]
    for schema in ("'raw_crm'", "'raw_shop'"):  # each within its schema
        assert place.ask(REFERENCES + schema) == [(1,)]
    with pytest.raises(RequestError, match=r"several schemas \(raw_crm, raw_shop\); ask its files"):
        service.query("shop", "SELECT 1", loaded=True)
    service.reset("shop")
    assert place.ask("SELECT count(*) FROM raw_shop.orders") == [(0,)]
    service.delete("shop")
    assert place.ask(TABLES) == []


def test_what_is_of_others_there_stays(duck: Place, service: ExperimentService) -> None:
    duck.ask("CREATE SCHEMA raw_shop; CREATE TABLE raw_shop.orders (mine INT)")
    service.import_contract(ContractSource(PROJECTS / "shop"), target_rows=5)
    service.generate("shop", GenerateRequest(seed=1))
    with pytest.raises(RequestError, match="raw_shop holds orders, which this program has not made"):
        service.load("shop", to=duck.url)
    assert duck.ask(TABLES) == [("raw_shop", "orders")], "nothing was begun"


def test_a_run_fills_one_schema(duck: Place, service: ExperimentService) -> None:
    first = table("a", 3, column("id", "INT", is_unique=True)) | {
        "warehouse_schema": "raw1",
        "warehouse_name": "b",
    }
    service.create({"name": "one", "tables": [first]})
    service.generate("one", GenerateRequest(seed=1, output_dir=duck.url))
    assert duck.ask("SELECT count(*) FROM raw1.b") == [(3,)]
    with service.query("one", "SELECT count(*) AS n FROM b", loaded=True) as answer:
        assert list(answer.rows()) == [{"n": 3}]
    second = table("c", 3, column("id", "INT")) | {"warehouse_schema": "raw2"}
    service.create({"name": "two", "tables": [first, second]})
    with pytest.raises(RequestError, match=r"several schemas \(raw1, raw2\), and a run fills one"):
        service.generate("two", GenerateRequest(seed=1, output_dir=duck.url))


def test_two_tables_cannot_have_one_place(service: ExperimentService) -> None:
    one = table("a", 3, column("id", "INT")) | {"warehouse_schema": "raw", "warehouse_name": "B"}
    other = table("b", 3, column("id", "INT")) | {"warehouse_schema": "raw"}
    with pytest.raises(SchemaError, match=r"tables\[1\].warehouse_name: raw.b is the place of a, too"):
        service.create({"name": "two", "tables": [one, other]})
