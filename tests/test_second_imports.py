"""A script that comes to an experiment later: as if it had been there from the start."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from dw_simulator.adapters.stores.memory import MemoryStore
from dw_simulator.adapters.stores.sql import SqlStore
from dw_simulator.errors import RequestError, RunningError, SchemaError, UnknownNameError, VersionError
from dw_simulator.interfaces.cli.main import app
from dw_simulator.planning.columns.unguessed import as_said
from dw_simulator.ports.store import Fingerprints, NewRun, Store, StoredExperiment
from dw_simulator.registry.manager import registry
from dw_simulator.registry.rulebook import Rulebook
from dw_simulator.registry.script_import import ScriptImport
from dw_simulator.registry.script_options import ScriptOptions
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.schema.model import Experiment
from dw_simulator.service import ExperimentService, GenerateRequest

ROOT = Path(__file__).parent.parent
VISITS = """CREATE TABLE visits (
    id INT PRIMARY KEY, shop_code CHAR(8) NOT NULL REFERENCES main.shops, guest INT REFERENCES guests (no),
    a INT, b INT, staff_id INT, seen_at TIMESTAMP, FOREIGN KEY (a, b) REFERENCES pairs
);"""
SHOPS = """CREATE TABLE shops (code CHAR(8) PRIMARY KEY, city VARCHAR(40));
CREATE TABLE pairs (x INT, y INT, PRIMARY KEY (x, y));
CREATE TABLE staff (staff_id INT PRIMARY KEY, email VARCHAR(80));"""


def importing(**options: Any) -> ScriptImport:
    return ScriptImport(registry(), Rulebook(registry()), as_of=date(2026, 1, 31), **options)


def stored(experiment: Experiment, *warnings: str) -> StoredExperiment:
    return StoredExperiment(experiment, datetime.now(UTC), warnings)


@pytest.mark.parametrize("infer", [True, False, "values"])
def test_two_imports_make_what_one_makes_of_both(infer: Any, tmp_path: Path) -> None:
    (tmp_path / "shops.sql").write_text(SHOPS)
    beside = ScriptOptions(beside=(tmp_path / "shops.sql",))
    whole, told = importing(infer=infer, options=beside).of_sql(VISITS, "mall", "postgres", 500)
    first, before = importing().of_sql(VISITS, "mall", "postgres", 500)
    later, after = importing(infer=infer).of_more(stored(first, *before), SHOPS, None, 500)
    assert later.to_json() == whole.to_json()
    assert sum("which is not in this script" in one for one in before) == 3
    still = [one.partition("references ")[2] for one in after if "not in this script" in one]
    assert len(still) == 1
    assert still[0].startswith("guests,")
    assert len(after) == len(told)


@pytest.mark.parametrize(
    "script", ["examples/tickit.sql", "tests/numbers/haulage.sql", "tests/numbers/touches.sql"]
)
def test_what_an_import_chose_goes_and_nothing_else(script: str) -> None:
    chosen, _told = importing().of_file(ROOT / script, "all", None, 500)
    said, _told = importing(infer=False).of_file(ROOT / script, "all", None, 500)
    assert as_said(chosen).to_json() == said.to_json()
    assert chosen.to_json() != said.to_json()


def test_tables_of_a_second_script_are_seen_by_names_too() -> None:
    orders = "CREATE TABLE orders (order_id INT PRIMARY KEY, customer_id INT NOT NULL, total DECIMAL(9,2))"
    customers = "CREATE TABLE customers (customer_id INT PRIMARY KEY, name VARCHAR(60))"
    first, _told = importing().of_sql(orders, "shop", "redshift", None)
    later, _told = importing().of_more(stored(first), customers, "redshift", None)
    assert first.tables[0].references == ()
    (found,) = later.tables[0].references
    assert (found.references_table, bool(found.inferred)) == ("customers", True)


def test_what_somebody_changed_stays() -> None:
    rules: JsonObject = {
        "tables": {
            "visits": {
                "rows": 70,
                "columns": {
                    "seen_at": {"date_start": "2020-01-01", "date_end": "2020-12-31"},
                    "staff_id": {"rule": {"name": "uniform"}, "min_value": 1, "max_value": 9},
                },
            }
        }
    }
    first, _told = importing(overlay=rules).of_sql(VISITS, "mall", "postgres", 500)
    later, _told = importing().of_more(stored(first), SHOPS, None, 300)
    before, after = first.table("visits"), later.table("visits")
    assert before is not None
    assert after is not None
    for name in ("seen_at", "staff_id"):
        assert after.column(name) == before.column(name)
    assert (after.target_rows, later.tables[1].target_rows, later.as_of) == (70, 300, first.as_of)
    assert len(after.references) == 2


def test_what_json_says_stays_and_a_present_can_be_named() -> None:
    schema = {
        "name": "mall",
        "description": "ours",
        "as_of": "2024-05-06",
        "reference_data": {"towns": {"rows": [{"town": "Ulm"}, {"town": "Rom"}]}},
        "tables": [
            {
                "name": "shops",
                "primary_key": ["code"],
                "columns": [
                    {
                        "name": "code",
                        "data_type": "VARCHAR(8)",
                        "rule": {"name": "pattern", "pattern": "S######"},
                    },
                    {
                        "name": "town",
                        "data_type": "VARCHAR",
                        "rule": {"name": "table", "table": "towns", "column": "town"},
                    },
                ],
            }
        ],
    }
    made = Experiment.model_validate(schema)
    rules = Rulebook(registry())
    later, _told = ScriptImport(registry(), rules).of_more(stored(made), VISITS, "postgres", None)
    assert (later.description, later.target_warehouse) == ("ours", "postgres")
    assert later.as_of == made.as_of
    timeless = made.changed(as_of=None)
    later, _told = ScriptImport(registry(), rules).of_more(stored(timeless), VISITS, "postgres", None)
    assert later.as_of is None  # or every date of the tables that were there would move
    assert later.tables[0].columns == made.tables[0].columns
    assert later.reference_data == made.reference_data
    assert [one.references_table for one in later.tables[1].references] == ["shops"]
    with pytest.raises(RequestError, match="mall has no SQL dialect; name that of the script"):
        importing().of_more(stored(made), VISITS, None, None)


def test_a_table_that_is_there_stays_and_another_dialect_is_refused() -> None:
    first, _told = importing().of_sql(SHOPS, "mall", "postgres", None)
    later, told = importing().of_more(
        stored(first), "CREATE TABLE Shops (code CHAR(8) PRIMARY KEY, n INT);" + VISITS, None, None
    )
    assert "shops: is in mall already, and stays as it is there" in told
    assert later.table("shops") == first.table("shops")
    with pytest.raises(
        RequestError, match=r"mall is of the dialect postgres, .*: snowflake goes into another"
    ):
        importing().of_more(stored(first), VISITS, "snowflake", None)
    with pytest.raises(
        SchemaError, match="line 1, column 14: a: references shops, which has no such primary"
    ):
        importing().of_more(
            stored(first), "CREATE TABLE a (x INT, y INT, FOREIGN KEY (x, y) REFERENCES shops)", None, None
        )


def test_a_command_adds_a_script_and_the_rows_join(service: ExperimentService, tmp_path: Path) -> None:
    (tmp_path / "visits.sql").write_text(VISITS)
    (tmp_path / "shops.sql").write_text(SHOPS)

    def run(*words: str, code: int = 0) -> str:
        done = CliRunner().invoke(app, ["experiment", "import-sql", *words])
        assert done.exit_code == code, done.output
        return " ".join(done.output.split())

    run("visits.sql", "--name", "mall", "--dialect", "postgres", "--target-rows", "900")
    service.generate("mall", GenerateRequest(seed=1))
    assert "Changed mall" in run("shops.sql", "--into", "mall", "--target-rows", "60")
    assert [table.name for table in service.get("mall").experiment.tables] == [
        "visits",
        "shops",
        "pairs",
        "staff",
    ]
    service.generate("mall", GenerateRequest(seed=1, output_dir=str(tmp_path / "out")))
    lost = duckdb.sql(
        f"SELECT count(*) FROM '{tmp_path}/out/visits/*.parquet' ANTI JOIN '{tmp_path}/out/shops/*.parquet' "
        "ON shop_code = code"
    ).fetchall()
    assert lost == [(0,)]
    assert [run.status for run in service.runs("mall")] == ["COMPLETED", "COMPLETED"]
    assert "--name" in run("shops.sql", "--into", "mall", "--name", "mall", code=2)
    assert "--name" in run("shops.sql", "--dialect", "postgres", code=2)
    assert "--dialect" in run("shops.sql", "--name", "other", code=2)
    run("shops.sql", "--into", "malls", code=1)


def test_an_experiment_that_is_loaded_keeps_its_shape(service: ExperimentService) -> None:
    service.import_sql(SHOPS, name="mall", dialect="duckdb")
    service.persistence.loads.begin("mall", "duckdb:///mall.duckdb", 1)
    with pytest.raises(RequestError, match=r"mall is loaded into duckdb:///mall.duckdb"):
        service.add_sql(VISITS, name="mall")
    assert len(service.get("mall").experiment.tables) == 3


@pytest.fixture(params=["sql", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made: Store = SqlStore(f"sqlite:///{tmp_path / 'store.db'}") if request.param == "sql" else MemoryStore()
    yield made
    made.close()


def test_a_store_keeps_another_schema_with_its_runs(store: Store) -> None:
    first, _told = importing(infer=False).of_sql(SHOPS, "mall", "duckdb", None)
    other, _told = importing(infer=False).of_sql(VISITS, "mall", "duckdb", None)
    with pytest.raises(UnknownNameError):
        store.replace_experiment(first, "")
    store.add_experiment(first, ("a",))
    before = store.get_experiment("mall")
    store.pools.record("mall", Fingerprints({}, {}))
    new = NewRun("mall", 1, {}, {}, "out", "zstd", "hash", "1", "token", "parquet")
    run = store.ledger.start(new)
    with pytest.raises(RunningError):
        store.replace_experiment(other, "")
    store.ledger.end(run, "FAILED", error="", traceback="", row_counts={})
    with pytest.raises(VersionError):
        store.replace_experiment(other, "another")
    store.replace_experiment(other, before.version, ("b",))
    after = store.get_experiment("mall")
    assert (after.experiment, after.warnings, after.created_at) == (other, ("b",), before.created_at)
    assert after.version != before.version
    assert store.pools.fingerprints("mall") is None
    assert [one.id for one in store.list_generation_runs("mall")] == [run]
