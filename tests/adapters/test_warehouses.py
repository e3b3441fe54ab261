"""Tables in a warehouse: DuckDB files and a real PostgreSQL. What is there is read by other programs."""

import json
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import psycopg
import pyarrow.parquet as pq
import pytest
from tests.relations_zoo import several
from tests.support import EXAMPLES, column, generated, planned, reference, table, views
from tests.warehouses import Place

from dw_simulator.adapters.sinks.directory import DirectorySink
from dw_simulator.adapters.sinks.files import directory_name
from dw_simulator.adapters.warehouses.owned import Owned
from dw_simulator.errors import DwSimError, RequestError, RunAbortedError, WarehouseError
from dw_simulator.ports.plan import Plan
from dw_simulator.ports.warehouse import LoadTask
from dw_simulator.registry.manager import registry
from dw_simulator.schema import reading
from dw_simulator.schema.model import Experiment
from dw_simulator.service import ExperimentService, GenerateRequest
from dw_simulator.settings import Settings

SHOP = [
    table("customers", 500, column("id", "INT"), column("name", "VARCHAR(40)"), primary_key=["id"]),
    table(
        "orders",
        3000,
        column("id", "BIGINT"),
        column("customer_id", "INT", **reference("customers.id")),
        column("total", "DECIMAL(12,2)"),
        primary_key=["id"],
    ),
]


@pytest.fixture
def shop(service: ExperimentService) -> ExperimentService:
    service.create({"name": "shop", "tables": SHOP})
    service.generate("shop", GenerateRequest(seed=5))
    return service


def names(place: Place, schema: str) -> set[str]:
    rows = place.ask(f"SELECT table_name FROM information_schema.tables WHERE table_schema = '{schema}'")
    return {row[0] for row in rows}


def schemas(place: Place) -> set[str]:
    return {row[0] for row in place.ask("SELECT schema_name FROM information_schema.schemata")}


# --- what arrives


def test_a_run_is_loaded_whole(shop: ExperimentService, place: Place) -> None:
    loaded = shop.load("shop", to=place.url)
    assert loaded.row_counts == {"customers": 500, "orders": 3000}
    assert names(place, "shop") == {"customers", "orders", "_dw_sim"}
    with views(Path(shop.settings.output / "shop")) as files:
        for query in ("SELECT * FROM {}customers ORDER BY id", "SELECT * FROM {}orders ORDER BY id"):
            assert place.ask(query.format("shop.")) == files.execute(query.format("")).fetchall()


@pytest.mark.parametrize("name", ["tickit", "orders"])
def test_examples(name: str, service: ExperimentService, place: Place) -> None:
    service.create_from(EXAMPLES / f"{name}.sql", target_rows=None if name == "tickit" else 300)
    summary = service.generate(name, GenerateRequest(seed=3))
    assert dict(service.load(name, to=place.url).row_counts) == dict(summary.row_counts)
    for made, count in summary.row_counts.items():
        assert place.ask(f'SELECT count(*) FROM {name}."{made}"') == [(count,)]


@pytest.mark.parametrize("group", range(4))
def test_zoo(duck: Place, pg: Place, tmp_path: Path, group: int) -> None:
    tables = several(group, 4)
    experiment, plan = parsed({"name": "zoo", "tables": tables}), planned(*tables)
    output = generated(plan, tmp_path / "out")
    with views(output) as files:
        asked = " UNION ALL ".join(_counts(files, made.name) for made in plan.tables)
        expected = sorted(files.execute(asked.format("")).fetchall())
    for place in (duck, pg):
        load_files(place, experiment, plan, output)
        assert sorted(map(tuple, place.ask(asked.format("zoo.")))) == expected


def load_files(place: Place, experiment: Experiment, plan: Plan, output: Path) -> None:
    warehouse = registry().warehouses.get(place.url.partition(":")[0])(place.url)
    write = registry().dialects.get(warehouse.dialect).write
    rows = {made.name: made.rows for made in plan.tables}
    load = LoadTask(experiment, experiment.name, partial(write, experiment), plan.load_order, rows)
    with warehouse.fill(load) as filling:
        for made in plan.load_order.tables:
            for file in sorted((output / directory_name(made)).glob("*.parquet")):
                if not filling.append_files(made, [str(file)]):
                    filling.append(made, pq.ParquetFile(file).schema_arrow.empty_table().to_reader())
                    filling.append(made, pq.read_table(file).to_reader())
        assert dict(filling.finish().counts) == rows


def _counts(files: duckdb.DuckDBPyConnection, made: str) -> str:
    """A query for the rows of a table, and the values of each column, and how many differ."""
    described = files.execute(f'SELECT * FROM "{made}" LIMIT 0').description
    counts = [f'count("{entry[0]}"), count(DISTINCT "{entry[0]}")' for entry in described]
    return f"SELECT '{made}', ARRAY[count(*), {', '.join(counts)}] FROM {{0}}\"{made}\""


TYPES = {
    "a_bool": "BOOLEAN",
    "a_small": "SMALLINT",
    "an_int": "INT",
    "a_big": "BIGINT",
    "a_wide_number": "DECIMAL(38,10)",
    "a_narrow_number": "DECIMAL(5,2)",
    "a_real": "REAL",
    "a_double": "DOUBLE PRECISION",
    "a_char": "CHAR(5)",
    "a_text": "VARCHAR(60)",
    "a_date": "DATE",
    "a_time": "TIME",
    "a_moment": "TIMESTAMP",
    "a_moment_zoned": "TIMESTAMPTZ",
    "some_bytes": "VARBYTE(20)",
    "a_document": "SUPER",
}


REAL = 1 + list(TYPES).index("a_real")


def test_every_type_arrives_exactly(service: ExperimentService, place: Place) -> None:
    columns = [column(name, type_, required=False) for name, type_ in TYPES.items()]
    wide = {"min_value": "-9999999999999999999999999999.0123456789", "max_value": "9" * 28}
    columns[4] = column("a_wide_number", "DECIMAL(38,10)", required=False, **wide)
    columns += [column("an_id", "UUID"), column("naïve “x”", "VARCHAR(60)", rule={"name": "text"})]
    made = table("t", 2000, column("id", "INT"), *columns, primary_key=["id"])
    service.persistence.add_experiment(parsed({"name": "types", "tables": [made]}))
    service.generate("types", GenerateRequest(seed=2))
    service.load("types", to=place.url)
    with views(Path(service.settings.output / "types")) as files:
        files.execute("SET TimeZone = 'UTC'")
        query = "SELECT * FROM {}t ORDER BY id"
        expected = [_plain(row) for row in files.execute(query.format("")).fetchall()]
    found = [_plain(row) for row in place.ask(query.format("types."))]
    assert len(found) == 2000
    for row, wanted in zip(found, expected, strict=True):
        assert row == wanted


def parsed(document: dict[str, Any]) -> Experiment:
    """An experiment with names as DDL may have them."""
    return reading.parse(document, strict_names=False)


def _plain(row: tuple[Any, ...]) -> list[Any]:
    return [_value(value, real=k == REAL) for k, value in enumerate(row)]


def _value(value: Any, *, real: bool) -> Any:
    """Documents as documents, moments in UTC: their text is each database's own."""
    if isinstance(value, str) and value[:1] in "{[":
        return json.loads(value)
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC)
    # psycopg reads the shortest digits of a REAL, DuckDB all of them
    return str(np.float32(value)) if isinstance(value, float) and real else value


# --- loading again, emptying, dropping


def test_loading_again_replaces(shop: ExperimentService, place: Place) -> None:
    shop.load("shop", to=place.url)
    before = place.ask("SELECT sum(total) FROM shop.orders")
    shop.generate("shop", GenerateRequest({"orders": 10}, seed=6))
    loaded = shop.load("shop", to=place.url)
    assert loaded.row_counts["orders"] == 10
    assert place.ask("SELECT count(*) FROM shop.orders") == [(10,)]
    assert place.ask("SELECT sum(total) FROM shop.orders") != before
    assert schemas(place) & {"shop"} == {"shop"}
    assert not [name for name in schemas(place) if "loading" in name]


def test_an_older_run_can_be_loaded_while_its_files_are_there(
    shop: ExperimentService, place: Place, tmp_path: Path
) -> None:
    first = shop.generate("shop", GenerateRequest({"orders": 10}, seed=1, output_dir=tmp_path / "first"))
    shop.generate("shop", GenerateRequest({"orders": 20}, seed=2))
    assert shop.load("shop", first.run_id, to=place.url).row_counts["orders"] == 10
    assert shop.load("shop", to=place.url).row_counts["orders"] == 20
    shop.generate("shop", GenerateRequest({"orders": 5}, seed=9, output_dir=tmp_path / "first"))
    with pytest.raises(RequestError, match="was replaced by that of another; generate"):
        shop.load("shop", first.run_id, to=place.url)
    with pytest.raises(RequestError, match="unknown run"):
        shop.load("shop", 99, to=place.url)


def test_reset_empties_and_delete_drops(shop: ExperimentService, place: Place) -> None:
    shop.load("shop", to=place.url)
    shop.reset("shop")
    assert place.ask("SELECT count(*) FROM shop.orders") == [(0,)]
    assert place.ask("SELECT count(*) FROM shop.customers") == [(0,)]
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        place.ask("INSERT INTO shop.orders VALUES (1, 77, 1)")
    shop.generate("shop", GenerateRequest(seed=5))
    assert shop.load("shop", to=place.url).rows == 3500
    shop.delete("shop")
    assert "shop" not in schemas(place)


def test_constraints_are_in_force(shop: ExperimentService, place: Place) -> None:
    shop.load("shop", to=place.url)
    for broken in (
        "INSERT INTO shop.customers SELECT * FROM shop.customers LIMIT 1",
        "INSERT INTO shop.orders VALUES (999999, 999999, 1)",
        "INSERT INTO shop.customers VALUES (NULL, 'x')",
    ):
        with pytest.raises((duckdb.ConstraintException, psycopg.IntegrityError)):
            place.ask(broken)


# --- what is somebody else's


def test_tables_of_others_are_left_alone(shop: ExperimentService, place: Place) -> None:
    place.ask("CREATE SCHEMA shop")
    place.ask("CREATE TABLE shop.orders (mine INT)")
    with pytest.raises(RequestError, match="the schema shop holds orders, which this program has not made"):
        shop.load("shop", to=place.url)
    place.ask("ALTER TABLE shop.orders RENAME TO precious")
    shop.load("shop", to=place.url)
    shop.load("shop", to=place.url)
    shop.reset("shop")
    assert names(place, "shop") == {"customers", "orders", "precious", "_dw_sim"}
    shop.delete("shop")
    assert names(place, "shop") == {"precious"}


def test_a_view_of_a_user_keeps_postgres_tables(shop: ExperimentService, pg: Place) -> None:
    shop.load("shop", to=pg.url)
    pg.ask("CREATE VIEW public.totals AS SELECT sum(total) AS total FROM shop.orders")
    before = pg.ask("SELECT * FROM public.totals")
    with pytest.raises(WarehouseError, match="other objects depend on them"):
        shop.load("shop", to=pg.url)
    with pytest.raises(WarehouseError, match="other objects depend on them"):
        shop.delete("shop")
    assert pg.ask("SELECT * FROM public.totals") == before
    assert shop.get("shop").name == "shop"


NASTY = 'a "b".c; DROP TABLE x --', "select", "naïve ✓", "two words", "it's", "x.y"


def test_names_of_any_characters(service: ExperimentService, place: Place) -> None:
    columns = [column(name, "INT", is_unique=k == 0) for k, name in enumerate(NASTY)]
    document = {
        "name": "select-from",
        "tables": [table(name, 10, *columns, primary_key=[NASTY[0]]) for name in NASTY],
    }
    service.persistence.add_experiment(parsed(document))
    service.generate(document["name"], GenerateRequest(seed=1))
    service.load(document["name"], to=place.url)
    assert names(place, document["name"]) == {*NASTY, "_dw_sim"}
    service.reset(document["name"])
    service.delete(document["name"])
    assert document["name"] not in schemas(place)


# --- what goes wrong


def test_nothing_is_loaded_without_a_run(service: ExperimentService, duck: Place) -> None:
    service.create({"name": "shop", "tables": SHOP})
    with pytest.raises(RequestError, match="no complete run; begin with dw-sim experiment generate shop"):
        service.load("shop", to=duck.url)
    assert not Path(duck.url.removeprefix("duckdb://")).exists()


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql://user:hunter2@127.0.0.1:1/db", "Connection refused"),
        ("postgresql://user:hunter2@nowhere.invalid/db", "could not translate host name"),
        ("duckdb:///proc/nothing/here.duckdb", "No such file or directory|cannot|not"),
        ("oracle://x", "unknown warehouse 'oracle'"),
        ("nonsense", "is not the URL of a warehouse"),
        ("postgresql:/user:hunter2@host/db", "is not the URL of a warehouse"),
        ("postgresql://user:hunter2@host:port/db", "cannot be read"),
        ("postgresql://user@127.0.0.1:1/db?password=hunter2&passwd=hunter2", "Connection refused|invalid"),
        ("snowflake://user:hun/ter2@account/DB", "percent-encode"),
        ("postgresql://[", "missing|looking for matching"),
    ],
)
def test_a_warehouse_that_cannot_be_reached(url: str, told: str, shop: ExperimentService) -> None:
    with pytest.raises(DwSimError, match=told) as caught:
        shop.load("shop", to=url)
    assert "ter2" not in str(caught.value)
    assert shop.persistence.loads.of("shop") == []


def test_delete_keeps_everything_while_a_warehouse_cannot_be_reached(
    shop: ExperimentService, pg: Place
) -> None:
    shop.load("shop", to=pg.url)
    name = pg.url.partition("/loads_")[2].partition("?")[0]
    admin = pg.url.replace(f"/loads_{name}?", "/postgres?")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE loads_{name} RENAME TO away")
        try:
            for act in (shop.delete, shop.reset):
                with pytest.raises(WarehouseError, match="does not exist"):
                    act("shop")
        finally:
            connection.execute(f"ALTER DATABASE away RENAME TO loads_{name}")
    assert [run.status for run in shop.persistence.list_generation_runs("shop")] == ["COMPLETED"]
    assert shop.verify(shop.settings.output / "shop").ok
    shop.delete("shop")
    assert "shop" not in schemas(pg)


def test_a_password_is_taken_from_the_settings_when_tables_are_dropped(tmp_path: Path, pg: Place) -> None:
    pg.ask("CREATE ROLE loader LOGIN SUPERUSER PASSWORD 'geheim' ")
    try:
        with_password = pg.url.replace("postgres:@", "loader:geheim@")
        settings = Settings(home=tmp_path / "other", redshift_url=with_password)
        service = ExperimentService(settings)
        service.create({"name": "shop", "tables": SHOP, "target_warehouse": "redshift"})
        service.generate("shop", GenerateRequest(seed=5))
        loaded = service.load("shop")
        assert "geheim" not in loaded.place
        assert "geheim" not in (tmp_path / "other" / "experiments.db").read_bytes().decode("latin1")
        assert [one._uri for one in service._destinations.former(service.get("shop").experiment)] == [
            service._destinations.open(service.get("shop").experiment)._uri
        ]
        service.delete("shop")
        service.persistence.close()
    finally:
        pg.ask("DROP OWNED BY loader CASCADE")
        pg.ask("DROP ROLE loader")


def test_a_row_too_many_is_noticed(shop: ExperimentService, place: Place, monkeypatch: Any) -> None:
    shop.load("shop", to=place.url)
    shop.generate("shop", GenerateRequest(seed=6))
    before = place.ask("SELECT * FROM shop.orders ORDER BY id")
    real = DirectorySink.batches

    def twice(self: Any, entry: Any, columns: Any) -> Any:
        yield from real(self, entry, columns)
        yield from real(self, entry, columns)

    monkeypatch.setattr(DirectorySink, "batches", twice)
    monkeypatch.setattr(DirectorySink, "local_file", lambda _self, _entry: None)
    with pytest.raises(DwSimError):
        shop.load("shop", to=place.url)
    monkeypatch.undo()
    assert place.ask("SELECT * FROM shop.orders ORDER BY id") == before
    assert shop.load("shop", to=place.url).rows == 3500


def test_data_that_breaks_a_key_is_refused_by_the_warehouse(
    shop: ExperimentService, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows that are not what the law says: the constraints of the warehouse find them."""
    monkeypatch.setattr(DirectorySink, "problem_with", lambda _self, _entry: None)
    shop.load("shop", to=place.url)
    before = place.ask("SELECT * FROM shop.orders ORDER BY id")
    file = next((shop.settings.output / "shop" / "orders").glob("*.parquet"))
    duckdb.sql(
        f"COPY (SELECT 1::BIGINT AS id, customer_id, total FROM '{file}') TO '{file}.new' (FORMAT parquet)"
    )
    Path(f"{file}.new").replace(file)
    with pytest.raises(WarehouseError, match=r"(?i)duplicate|could not create unique index"):
        shop.load("shop", to=place.url)
    assert place.ask("SELECT * FROM shop.orders ORDER BY id") == before


def test_files_that_are_gone_are_named(shop: ExperimentService, place: Place) -> None:
    file = next((shop.settings.output / "shop" / "orders").glob("*.parquet"))
    file.unlink()
    with pytest.raises(DwSimError, match="orders"):
        shop.load("shop", to=place.url)
    assert "shop" not in schemas(place)


def test_a_run_published_meanwhile_is_noticed(shop: ExperimentService, place: Place) -> None:
    def replace(event: Any) -> None:
        if event.status == "LOADING":
            shop.generate("shop", GenerateRequest({"orders": 1}, seed=8))

    with pytest.raises(DwSimError, match="was replaced while it was loaded; load again"):
        shop.load("shop", to=place.url, watch=replace)
    assert "shop" not in schemas(place)


def test_an_experiment_deleted_meanwhile_leaves_no_tables(shop: ExperimentService, place: Place) -> None:
    told = []

    def delete(event: Any) -> None:
        if event.status == "LOADING" and not told:
            told.append(event)
            with shop.persistence.deleting("shop"):
                pass

    with pytest.raises(WarehouseError, match="was deleted while it was loaded"):
        shop.load("shop", to=place.url, watch=delete)
    assert "shop" not in schemas(place)


def test_the_server_dies_in_the_middle(shop: ExperimentService, pg: Place) -> None:
    shop.load("shop", to=pg.url)
    before = pg.ask("SELECT * FROM shop.orders ORDER BY id")
    shop.generate("shop", GenerateRequest({"orders": 400_000}, seed=6))

    def kill(event: Any) -> None:
        if event.done["customers"]:
            _terminate_loads(pg)

    with pytest.raises(WarehouseError, match="the tables are as they were"):
        shop.load("shop", to=pg.url, watch=kill)
    assert pg.ask("SELECT * FROM shop.orders ORDER BY id") == before
    assert shop.verify(shop.settings.output / "shop").ok
    assert shop.load("shop", to=pg.url).row_counts["orders"] == 400_000


def _terminate_loads(pg: Place) -> None:
    pg.ask(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE pid <> pg_backend_pid() AND datname = current_database()"
    )


LOADING = """
import sys
from dw_simulator.service import ExperimentService
def watch(event):
    print(event.status, flush=True)
ExperimentService().load("shop", to=sys.argv[1], watch=watch)
"""


def test_a_killed_load_leaves_the_former_tables(shop: ExperimentService, place: Place) -> None:
    shop.load("shop", to=place.url)
    before = place.ask("SELECT * FROM shop.orders ORDER BY id")
    shop.generate("shop", GenerateRequest({"orders": 2_500_000}, seed=6))
    with subprocess.Popen(
        [sys.executable, "-c", LOADING, place.url], stdout=subprocess.PIPE, text=True
    ) as loading:
        assert loading.stdout is not None
        loading.stdout.readline()
        loading.send_signal(signal.SIGKILL)
        loading.wait(30)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:  # the server notices the lost connection in its own time
        try:
            assert place.ask("SELECT * FROM shop.orders ORDER BY id") == before
            break
        except (duckdb.Error, psycopg.Error):
            time.sleep(0.2)
    assert not [name for name in schemas(place) if "loading" in name]
    shop.generate("shop", GenerateRequest({"orders": 100}, seed=7))
    assert shop.load("shop", to=place.url).row_counts["orders"] == 100


def test_two_loads_at_once_take_turns_in_postgres(shop: ExperimentService, pg: Place) -> None:
    failures: list[DwSimError] = []

    def load() -> None:
        try:
            shop.load("shop", to=pg.url)
        except DwSimError as error:
            failures.append(error)

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert pg.ask("SELECT count(*) FROM shop.orders") == [(3000,)]


def test_a_load_that_ends_while_another_looks_is_no_stranger(
    shop: ExperimentService, pg: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is whose, and what is there, are asked one after the other, and have to be of one moment."""
    asked, found = Owned.of, list[object]()

    def of(*arguments: Any) -> Owned:
        made = asked(*arguments)
        found.append(made)
        if len(found) == 1:
            shop.load("shop", to=pg.url)
        return made

    monkeypatch.setattr(Owned, "of", of)
    assert shop.load("shop", to=pg.url).rows == 3500


def test_a_database_that_another_program_holds(shop: ExperimentService, duck: Place) -> None:
    path = duck.url.removeprefix("duckdb://")
    code = f"import duckdb, sys; c = duckdb.connect({path!r}); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(WarehouseError, match="another program has the file open; close it there"):
            shop.load("shop", to=duck.url)
        holder.communicate("", timeout=30)
    assert shop.load("shop", to=duck.url).rows == 3500


def test_directories_that_look_like_partitions(
    service: ExperimentService, place: Place, tmp_path: Path
) -> None:
    columns = column("id", "INT"), column("region", "INT", min_value=5, max_value=8)
    service.create({"name": "p", "tables": [table("t", 100, *columns, primary_key=["id"])]})
    service.generate("p", GenerateRequest(output_dir=tmp_path / "env=prod" / "region=777", seed=1))
    service.load("p", to=place.url)
    assert place.ask("SELECT max(region) FROM p.t") == [(8,)]


def test_names_that_differ_in_letter_case_only(service: ExperimentService, place: Place) -> None:
    for name in ("shop", "Shop"):
        service.create({"name": name, "tables": [table(f"{name}_t", 5, column("id", "INT"))]})
        service.generate(name, GenerateRequest(seed=1))
    service.load("shop", to=place.url)
    if place.url.startswith("duckdb"):
        with pytest.raises(RequestError, match="holds the tables of another experiment"):
            service.load("Shop", to=place.url)
    else:
        service.load("Shop", to=place.url)
    service.delete("Shop")
    assert place.ask("SELECT count(*) FROM shop.shop_t") == [(5,)]
    service.delete("shop")
    assert not {"shop", "Shop"} & schemas(place)


def test_a_relative_path_means_the_same_file_from_everywhere(
    shop: ExperimentService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.load("shop", to="duckdb://near.duckdb")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    shop.delete("shop")
    with duckdb.connect(tmp_path / "near.duckdb") as connection:
        assert connection.execute("SELECT table_name FROM duckdb_tables()").fetchall() == []


def test_a_watcher_that_fails_changes_nothing(shop: ExperimentService, place: Place) -> None:
    def fail(_event: Any) -> None:
        raise OSError("the terminal is gone")

    shop.load("shop", to=place.url, watch=fail)
    assert shop.persistence.loads.of("shop") != []
    shop.delete("shop")
    assert "shop" not in schemas(place)


def test_two_stores_do_not_touch_each_others_tables(
    shop: ExperimentService, place: Place, tmp_path: Path
) -> None:
    shop.load("shop", to=place.url)
    before = place.ask("SELECT * FROM shop.orders ORDER BY id")
    other = ExperimentService(Settings(home=tmp_path / "other"))
    other.create({"name": "shop", "tables": SHOP})
    other.generate("shop", GenerateRequest({"orders": 3}, seed=8))
    with pytest.raises(RequestError, match="holds the tables of another experiment"):
        other.load("shop", to=place.url)
    other.delete("shop")
    other.persistence.close()
    assert place.ask("SELECT * FROM shop.orders ORDER BY id") == before


def test_tables_out_of_reach_can_be_left(shop: ExperimentService, pg: Place) -> None:
    shop.load("shop", to=pg.url)
    pg.ask("CREATE VIEW public.v AS SELECT * FROM shop.orders")
    with pytest.raises(WarehouseError):
        shop.delete("shop")
    shop.delete("shop", warehouses=False)
    assert pg.ask("SELECT count(*) FROM public.v") == [(3000,)]


def test_what_others_keep_in_the_schema_keeps_it(shop: ExperimentService, pg: Place) -> None:
    shop.load("shop", to=pg.url)
    pg.ask("CREATE MATERIALIZED VIEW shop.mine AS SELECT 1 AS x")
    shop.delete("shop")
    assert pg.ask("SELECT x FROM shop.mine") == [(1,)]


def test_a_load_is_stopped_on_request(shop: ExperimentService, place: Place) -> None:
    def check() -> None:
        raise RunAbortedError("enough")

    with pytest.raises(RunAbortedError, match="enough"):
        shop.load("shop", to=place.url, check=check)
    assert "shop" not in schemas(place)


def test_the_store_is_free_while_a_warehouse_waits(
    shop: ExperimentService, pg: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dw_simulator.adapters.warehouses.postgres._LOCK_SECONDS", 1)
    shop.load("shop", to=pg.url)
    shop.create({"name": "free", "tables": SHOP})
    with psycopg.connect(pg.url) as reader:
        reader.execute("SELECT count(*) FROM shop.orders")
        failures: list[DwSimError] = []

        def reset() -> None:
            try:
                shop.reset("shop")
            except DwSimError as error:
                failures.append(error)

        waiting = threading.Thread(target=reset)
        waiting.start()
        shop.generate("free", GenerateRequest(seed=1))
        waiting.join(30)
    assert "lock timeout" in str(failures[0])


def test_files_that_were_changed_are_not_loaded(shop: ExperimentService, place: Place) -> None:
    file = next((shop.settings.output / "shop" / "orders").glob("*.parquet"))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(RequestError, match="has changed: its checksum is not that"):
        shop.load("shop", to=place.url)
    assert "shop" not in schemas(place)


def test_an_experiment_with_the_name_of_the_file(service: ExperimentService, tmp_path: Path) -> None:
    service.create({"name": "warehouse", "tables": SHOP})
    service.generate("warehouse", GenerateRequest(load=True))
    service.reset("warehouse")
    with service.query("warehouse", "SELECT count(*) AS n FROM orders", loaded=True) as answer:
        assert list(answer.rows()) == [{"n": 0}]
    service.delete("warehouse")


def test_a_full_disk_leaves_the_former_tables(shop: ExperimentService, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", small]
    if subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("a small file system can only be mounted by root")
    try:
        url = f"duckdb://{small}/w.duckdb"
        shop.load("shop", to=url)
        with duckdb.connect(small / "w.duckdb") as connection:
            before = connection.execute("SELECT * FROM shop.orders ORDER BY id").fetchall()
        shop.generate("shop", GenerateRequest({"orders": 3_000_000}, seed=6))
        with pytest.raises(WarehouseError, match=r"(?i)no space|could not write|full"):
            shop.load("shop", to=url)
        with duckdb.connect(small / "w.duckdb") as connection:
            assert connection.execute("SELECT * FROM shop.orders ORDER BY id").fetchall() == before
        assert shop.verify(shop.settings.output / "shop").ok
        subprocess.run(["mount", "-o", "remount,size=400m", small], check=True)
        assert shop.load("shop", to=url).row_counts["orders"] == 3_000_000
    finally:
        subprocess.run(["umount", "--lazy", small], check=True)
