"""Runs straight into a database: the same rows as from files, all tables or none."""

from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests.support import EXAMPLES, column, reference, table
from tests.warehouses import Place

from dw_simulator.adapters.sinks import tables
from dw_simulator.errors import DwSimError, RequestError, RunError
from dw_simulator.service import ExperimentService, GenerateRequest

SHOP = [
    table(
        "orders",
        40_000,
        column("id", "BIGINT"),
        column("customer_id", "INT", **reference("customers.id")),
        column("city", "VARCHAR(40)", rule={"name": "faker", "provider": "city"}, required=False),
        column("total", "DECIMAL(12,2)"),
        primary_key=["id"],
    ),
    table("customers", 500, column("id", "INT"), column("name", "VARCHAR(40)"), primary_key=["id"]),
]


@pytest.fixture
def shop(service: ExperimentService) -> ExperimentService:
    service.create({"name": "shop", "tables": SHOP})
    return service


def test_a_run_makes_the_rows_that_its_files_would_have(shop: ExperimentService, place: Place) -> None:
    made = shop.generate("shop", GenerateRequest(seed=4, output_dir=place.url))
    query = "SELECT * FROM shop.orders ORDER BY id"
    straight = place.ask(query)
    assert len(straight) == made.row_counts["orders"] == 40_000
    assert made.files == {"customers": [], "orders": []}
    shop.generate("shop", GenerateRequest(seed=4))
    shop.load("shop", to=place.url)
    assert place.ask(query) == straight
    shop.reset("shop")
    assert place.ask("SELECT count(*) FROM shop.orders") == [(0,)]
    shop.delete("shop")
    assert place.ask("SELECT count(*) FROM information_schema.tables WHERE table_schema = 'shop'") == [(0,)]


@pytest.mark.parametrize("name", ["tickit", "orders"])
def test_examples(name: str, service: ExperimentService, place: Place) -> None:
    service.create_from(EXAMPLES / f"{name}.sql", target_rows=300)
    summary = service.generate(name, GenerateRequest(seed=3, output_dir=place.url, workers=2))
    for made, count in summary.row_counts.items():
        assert place.ask(f'SELECT count(*) FROM {name}."{made}"') == [(count,)]
    assert [run.status for run in service.persistence.list_generation_runs(name)] == ["COMPLETED"]


def test_a_run_that_fails_leaves_the_former_tables(
    shop: ExperimentService, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.generate("shop", GenerateRequest(seed=4, output_dir=place.url))
    before = place.ask("SELECT * FROM shop.orders ORDER BY id")

    def broken(*_args: Any) -> Any:
        raise ZeroDivisionError("a bug of ours")

    monkeypatch.setattr(tables.TableWriter, "close", broken)
    with pytest.raises(RunError, match="a bug of ours"):
        shop.generate("shop", GenerateRequest(seed=5, output_dir=place.url))
    assert place.ask("SELECT * FROM shop.orders ORDER BY id") == before
    assert shop.persistence.list_generation_runs("shop")[0].status == "FAILED"


def test_what_such_a_run_has_not(shop: ExperimentService, place: Place) -> None:
    run = shop.generate("shop", GenerateRequest(seed=4, output_dir=place.url))
    for act in (
        lambda: shop.verify(place.url),
        lambda: shop.load("shop", run.run_id, to=place.url),
        lambda: shop.query("shop", "SELECT 1"),
    ):
        with pytest.raises(RequestError, match="has tables and no files; ask them with dw-sim query"):
            act()
    with shop.query("shop", "SELECT count(*) AS n FROM orders", loaded=True) as answer:
        assert list(answer.rows()) == [{"n": 40_000}]
    for asked in ({"executor": "processes"}, {"load": True}):
        with pytest.raises(RequestError, match="leave out"):
            shop.generate("shop", GenerateRequest(output_dir=place.url, **asked))


def test_tables_of_others_refuse_the_run(shop: ExperimentService, place: Place) -> None:
    place.ask("CREATE SCHEMA shop")
    place.ask("CREATE TABLE shop.orders (mine INT)")
    with pytest.raises(RequestError, match="which this program has not made"):
        shop.generate("shop", GenerateRequest(output_dir=place.url))
    assert shop.persistence.list_generation_runs("shop") == []


def test_a_server_that_is_away(shop: ExperimentService) -> None:
    with pytest.raises(DwSimError, match="Connection refused") as caught:
        shop.generate("shop", GenerateRequest(output_dir="postgresql://me:hunter2@127.0.0.1:1/db"))
    assert "hunter2" not in str(caught.value)


def test_the_password_is_not_recorded(shop: ExperimentService, tmp_path: Path) -> None:
    shop.generate("shop", GenerateRequest(output_dir=f"duckdb://{tmp_path}/x.duckdb"))
    assert shop.persistence.list_generation_runs("shop")[0].output_dir == f"duckdb://{tmp_path}/x.duckdb"
    with duckdb.connect(tmp_path / "x.duckdb") as connection:
        assert connection.execute("SELECT count(*) FROM shop.customers").fetchall() == [(500,)]
