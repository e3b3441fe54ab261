"""Loading into Snowflake's protocol, as fakesnow speaks it: a server in a process of its own.

fakesnow is DuckDB behind the protocol: it enforces primary keys, has no nanoseconds, and lets everybody in.
"""

import json
import os
import re
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset
import pyarrow.parquet as pq
import pytest
from tests import processes
from tests.processes import free_port
from tests.relations_zoo import PATTERNS, several
from tests.s3 import Bucket
from tests.support import EXAMPLES, column, reference, table, views

from dw_simulator.adapters.warehouses import snowflake as snowflake_module
from dw_simulator.adapters.warehouses import snowflake_staging
from dw_simulator.adapters.warehouses.snowflake import SnowflakeWarehouse
from dw_simulator.adapters.warehouses.snowflake_session import Session, read_url
from dw_simulator.arrow import Converter
from dw_simulator.errors import RequestError, RunAbortedError, WarehouseError
from dw_simulator.planning import plan
from dw_simulator.plugins.dialects.snowflake import dialect
from dw_simulator.ports.plan import LoadOrder
from dw_simulator.ports.statement import Statement
from dw_simulator.ports.warehouse import Loaded, LoadTask, WarehouseQuery
from dw_simulator.schema import reading
from dw_simulator.schema.model import Experiment
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.schema.shown import shown
from dw_simulator.service import ExperimentService, GenerateRequest
from dw_simulator.settings import Settings

Readers = Mapping[str, Callable[[], Any]]


class Server:
    """The stack's Snowflake, which is fakesnow's server, with databases that are gone after it."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"snowflake://me:pa%2Fss@near/DW?host=127.0.0.1&port={self.port}&protocol=http"
        self.start()

    def start(self) -> None:
        self._held = ExitStack()
        databases = self._held.enter_context(tempfile.TemporaryDirectory())
        command = [
            sys.executable,
            "-m",
            "dw_simulator.stack.fake_snowflake",
            "127.0.0.1",
            self.port,
            databases,
        ]
        self._process = self._held.enter_context(
            processes.server(command, self.port, env={**os.environ, "TZ": "Asia/Tokyo"})
        )

    def stop(self) -> None:
        """As if it died."""
        self._process.kill()
        self._held.close()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def session(server: Server) -> Iterator[Session]:
    with closing(Session(*read_url(server.url))) as session:
        yield session
        for name in session.schemas() - {"INFORMATION_SCHEMA"}:
            session.run(f"DROP SCHEMA {quoted_name(name)}")


@pytest.fixture
def warehouse(server: Server, session: Session) -> SnowflakeWarehouse:
    return SnowflakeWarehouse(server.url)


def load_of(experiment: Experiment, rows: Mapping[str, int], **fields: Any) -> LoadTask:
    def ddl(**options: Any) -> Any:
        return dialect.write(experiment, **options)

    order = LoadOrder(tuple(table.name for table in experiment.tables))
    return LoadTask(experiment, experiment.name, ddl, order, rows, **fields)


def filled(warehouse: SnowflakeWarehouse, load: LoadTask, readers: Readers) -> Loaded:
    assert isinstance(warehouse.check(load), list)
    with warehouse.fill(load) as filling:
        for name, reader in readers.items():
            filling.append(name, reader())
        return filling.finish()


def of_tables(name: str, *tables: dict[str, Any], **fields: Any) -> tuple[LoadTask, Readers]:
    """A load of planned tables."""
    experiment = reading.parse({"name": name, "tables": list(tables)}, strict_names=False)
    made = plan(experiment, 7, ExperimentService().rule)
    readers = {one.name: partial(_reader, one) for one in made.tables}
    load = load_of(experiment, {one.name: one.rows for one in made.tables}, **fields)
    return replace(load, order=made.load_order), readers


def _reader(made: Any) -> Any:
    converter = Converter(made)
    batches = (converter.batch(made.chunk(k, min(k + 1000, made.rows))) for k in range(0, made.rows, 1000))
    return pa.RecordBatchReader.from_batches(converter.schema, batches)


def texts(connection: Any, source: str, columns: list[tuple[str, str]]) -> list[tuple[Any, ...]]:
    """A table's rows in order, every value as DuckDB writes it."""
    parts = ", ".join(TEXTS.get(kind, "{}::VARCHAR").format(name) for name, kind in columns)
    sql = f"SELECT {parts} FROM {source}"
    rows = connection.run(sql) if isinstance(connection, Session) else connection.execute(sql).fetchall()
    return sorted(rows, key=str)


TEXTS = {"timestamp": "{}::TIMESTAMP::VARCHAR", "json": "{}::JSON::VARCHAR"}


def same(session: Session, load: LoadTask, source: Any, *, names: Callable[[str], str] = str.upper) -> None:
    """Every table in the database is the one that DuckDB reads from the Parquet files."""
    source.execute("SET TimeZone = 'UTC'")
    for made in load.experiment.tables:
        ours = [(quoted_name(names(c.name)), "") for c in made.columns]
        kinds = [(quoted_name(c.name), "" if c.type.zoned else c.type.kind.value) for c in made.columns]
        expected = texts(source, quoted_name(made.name), kinds)
        assert texts(session, quoted_name(names(load.schema), names(made.name)), ours) == expected, made.name
        assert len(expected) == load.rows[made.name]


@pytest.mark.parametrize(("name", "source"), [("orders", "snowflake"), ("tickit", "redshift")])
def test_examples_arrive_exactly(
    warehouse: SnowflakeWarehouse, session: Session, tmp_path: Path, name: str, source: str
) -> None:
    service = ExperimentService(Settings(home=tmp_path))
    service.import_sql((EXAMPLES / f"{name}.sql").read_text(), name=name, dialect=source)
    rows = {table.name: 700 for table in service.get(name).experiment.tables}
    if name == "orders":
        rows |= {"regions": 5, "nations": 25}
    else:
        rows |= {"category": 11, "date": 365}
    summary = service.generate(name, GenerateRequest(seed=11, rows=rows))
    experiment, output = shown(service.get(name).experiment), Path(summary.output_dir)
    service.persistence.close()

    def reader(name: str) -> Callable[[], Any]:
        return lambda: pa.dataset.dataset(output / name, format="parquet").scanner().to_reader()

    load = load_of(experiment, rows)
    loaded = filled(warehouse, load, {name: reader(name) for name in rows})
    assert loaded.counts == rows
    assert loaded.how == "PUT of Parquet files and COPY INTO"
    with closing(views(output)) as connection:
        same(session, load, connection)


def test_relations_arrive_exactly(warehouse: SnowflakeWarehouse, session: Session, tmp_path: Path) -> None:
    """Of every third pattern, as each statement takes its time here; DuckDB and PostgreSQL take them all."""
    load, readers = of_tables("zoo", *several(0, 3))
    assert filled(warehouse, load, readers).counts == load.rows
    write(readers, tmp_path)
    with closing(views(tmp_path)) as connection:
        same(session, load, connection)


def write(readers: Readers, output: Path) -> None:
    """Write tables as Parquet files."""
    for name, reader in readers.items():
        (output / name).mkdir()
        pq.write_table(reader().read_all(), output / name / "0.parquet", store_schema=False)


# --- types

INSTANT = datetime(2024, 2, 29, 23, 59, 59, 999_999, UTC)
MOMENT = INSTANT.replace(tzinfo=None)
TRICKY = 'a\'b "c", \\n \\ \n\r\t,;|\0'.replace("\0", "") + "ÄÖ 漢字 🎈 $1 ? %s {} NULL"
VALUES: list[tuple[str, pa.DataType, Any, str]] = [
    ("BOOLEAN", pa.bool_(), True, "true"),
    ("SMALLINT", pa.int16(), -32768, "-32768"),
    ("INT", pa.int32(), 2**31 - 1, "2147483647"),
    ("BIGINT", pa.int64(), -(2**63), "-9223372036854775808"),
    ("NUMBER(5,2)", pa.decimal64(5, 2), Decimal("-999.99"), "-999.99"),
    ("NUMBER(38,10)", pa.decimal128(38, 10), Decimal(f"{'9' * 28}.0000000001"), f"{'9' * 28}.0000000001"),
    ("NUMBER(38,37)", pa.decimal128(38, 37), Decimal(f"0.{'0' * 36}7"), f"0.{'0' * 36}7"),
    ("DOUBLE", pa.float64(), 0.1 + 0.2, "0.30000000000000004"),
    ("DOUBLE", pa.float64(), 5e-324, "5e-324"),
    ("REAL", pa.float32(), 0.5, "0.5"),
    ("VARCHAR(200)", pa.string_view(), TRICKY, TRICKY),
    ("VARCHAR(20)", pa.dictionary(pa.int32(), pa.string()), "pooled", "pooled"),
    ("VARCHAR(20)", pa.string(), "", ""),
    ("CHAR(4)", pa.string(), "x ", "x "),
    ("DATE", pa.date32(), date(1582, 10, 14), "1582-10-14"),
    ("TIME", pa.time64("us"), MOMENT.time(), "23:59:59.999999"),
    ("TIME(9)", pa.time64("ns"), 86_399_999_999_000, "23:59:59.999999"),
    ("TIMESTAMP_NTZ(6)", pa.timestamp("us"), MOMENT, "2024-02-29 23:59:59.999999"),
    ("TIMESTAMP_NTZ(9)", pa.timestamp("ns"), 1_700_000_000_123_456_000, "2023-11-14 22:13:20.123456"),
    (
        "TIMESTAMP_TZ(6)",
        pa.timestamp("us", "UTC"),
        INSTANT,
        "2024-02-29 23:59:59.999999+00",
    ),
    (
        "TIMESTAMP_LTZ(6)",
        pa.timestamp("us", "UTC"),
        INSTANT,
        "2024-02-29 23:59:59.999999+00",
    ),
    ("VARBINARY(20)", pa.binary_view(), b"\x00\xff'\\", "\\x00\\xFF\\x27\\x5C"),
    ("UUID", pa.uuid(), bytes(range(16)), "00010203-0405-0607-0809-0a0b0c0d0e0f"),
    ("VARIANT", pa.string_view(), '{"a": [1, null, "x\\"y"]}', '{"a":[1,null,"x\\"y"]}'),
    ("OBJECT", pa.string(), '{"é": {}}', '{"é":{}}'),
    ("ARRAY", pa.string(), "[1.50]", "[1.5]"),
]


@pytest.fixture(params=["stage", "insert"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways in which rows come in."""
    if request.param == "insert":

        def refuse(_staged: Any) -> None:
            raise WarehouseError("no stages here")

        monkeypatch.setattr(snowflake_staging.Staged, "probe", refuse)
        monkeypatch.setattr(snowflake_staging, "TEXT_BYTES", 4000)
    else:
        monkeypatch.setattr(snowflake_staging, "FILE_BYTES", 4000)
    return str(request.param)


def test_types_arrive_as_the_ddl_says(warehouse: SnowflakeWarehouse, session: Session, way: str) -> None:
    names = [f"c{number}" for number in range(len(VALUES))]
    columns = [column(name, type_, required=False) for name, (type_, *_) in zip(names, VALUES, strict=True)]
    experiment = reading.parse({"name": "types", "tables": [table("t", 30, *columns)]})
    batch = pa.RecordBatch.from_arrays(
        [pa.array([value, None, value], arrow) for _, arrow, value, _ in VALUES], names=names
    )
    load = load_of(experiment, {"t": 30})
    loaded = filled(
        warehouse, load, {"t": lambda: pa.RecordBatchReader.from_batches(batch.schema, [batch] * 10)}
    )
    assert loaded.how.startswith("PUT" if way == "stage" else "INSERT, as stages do not work: no stages here")
    rows = session.run(f"SELECT {', '.join(f'{name}::VARCHAR' for name in names)} FROM types.t")
    assert [row for row in rows if row[0] is None] == [(None,) * len(names)] * 10
    for row in (row for row in rows if row[0] is not None):
        assert list(row) == [text for *_, text in VALUES]
    kinds = dict(
        session.run(
            "SELECT column_name, data_type FROM information_schema.columns"
            " WHERE table_schema = 'TYPES' AND table_name = 'T'"
        )
    )
    assert [kinds[f"C{k}"] for k in (0, 5, 7, 10, 14, 15, 17, 19, 21, 23)] == [
        *("BOOLEAN", "NUMBER", "FLOAT", "TEXT", "DATE", "TIME"),
        *("TIMESTAMP_NTZ", "TIMESTAMP_TZ", "BINARY", "VARIANT"),
    ]


def test_generated_tables_arrive_either_way(
    warehouse: SnowflakeWarehouse, session: Session, tmp_path: Path, way: str
) -> None:
    load, readers = of_tables("shop", *PATTERNS["composite_key_of_text_and_date"].tables(300))
    filled(warehouse, load, readers)
    write(readers, tmp_path)
    with closing(views(tmp_path)) as connection:
        same(session, load, connection)


# --- what is ours, and what is not

SHOP = [
    table("customers", 40, column("id", "INT"), column("name", "VARCHAR(30)"), primary_key=["id"]),
    table(
        "orders",
        90,
        column("id", "INT"),
        column("customer", "INT", **reference("customers.id")),
        primary_key=["id"],
    ),
]
Shop = tuple[LoadTask, Readers]


@pytest.fixture
def shop() -> Shop:
    return of_tables("shop", *SHOP, run_id=5)


def listed(session: Session, name: str = "shop") -> dict[str, int]:
    return dict(session.run(f"SELECT called, row_count FROM {name}._dw_sim"))


def count(session: Session) -> int:
    return session.counts("SHOP", ["ORDERS"])["ORDERS"]


def leftovers(session: Session) -> set[str]:
    return {name for name in session.schemas() if name.startswith("_DW_SIM_LOAD")}


def test_production_sql_finds_the_tables(warehouse: SnowflakeWarehouse, session: Session, shop: Shop) -> None:
    loaded = filled(warehouse, *shop)
    assert loaded.counts == {"customers": 40, "orders": 90}
    joined = "SELECT count(*) FROM shop.orders o JOIN Shop.Customers c ON o.customer = c.id"
    assert session.run(joined) == [(90,)]
    assert session.run("SELECT DISTINCT run_id FROM shop._dw_sim") == [(5,)]
    assert listed(session) == {"customers": 40, "orders": 90}
    assert not leftovers(session)
    assert any("left out: FOREIGN KEY (1)" in warning for warning in loaded.warnings)


def asked(sql: str, limit: int | None = 7) -> WarehouseQuery:
    return WarehouseQuery(sql, "shop", "shop", "snowflake", Statement, limit=limit)


def test_a_query_is_answered(warehouse: SnowflakeWarehouse, session: Session, shop: Shop) -> None:
    filled(warehouse, *shop)
    with warehouse.answer(asked("SELECT id, customer FROM orders ORDER BY id -- all of them\n")) as (
        _sql,
        found,
    ):
        assert found["answer"].read_all()["ID"].to_pylist() == list(range(1, 8))
    with warehouse.answer(asked("SELECT id FROM shop.orders WHERE id < 0", None)) as (_sql, found):
        assert found["answer"].read_all().num_rows == 0
    assert count(session) == 90


@pytest.mark.parametrize("kind", ["TABLE shop.orders (x INT)", "VIEW shop.orders AS SELECT 1 AS x"])
def test_tables_of_others_are_left_alone(
    warehouse: SnowflakeWarehouse, session: Session, shop: Shop, kind: str
) -> None:
    load, readers = shop
    session.run("CREATE SCHEMA shop")
    session.run(f"CREATE {kind}")
    for attempt in (lambda: warehouse.check(load), lambda: filled(warehouse, load, readers)):
        with pytest.raises(WarehouseError, match=r"SHOP\.ORDERS is there, .* rename or drop it"):
            attempt()
    with pytest.raises(WarehouseError, match=r"SHOP\.ORDERS is there"), warehouse.fill(load):
        pass
    assert warehouse.empty("shop") == warehouse.drop("shop") == []
    assert session.tables("SHOP") == {"ORDERS"}
    assert not leftovers(session)


def test_a_schema_of_others_is_shared(warehouse: SnowflakeWarehouse, session: Session, shop: Shop) -> None:
    session.run("CREATE SCHEMA shop")
    session.run("CREATE TABLE shop.theirs AS SELECT 1 AS x")
    filled(warehouse, *shop)
    assert sorted(warehouse.empty("shop")) == ["customers", "orders"]
    assert session.run("SELECT (SELECT count(*) FROM shop.orders), (SELECT count(*) FROM shop.theirs)") == [
        (0, 1)
    ]
    assert listed(session) == {"customers": 0, "orders": 0}
    assert sorted(warehouse.drop("shop")) == ["customers", "orders"]
    assert session.tables("SHOP") == {"THEIRS"}
    session.run("DROP TABLE shop.theirs")
    filled(warehouse, *shop)
    warehouse.drop("shop")
    assert "SHOP" in session.schemas(), "who made it keeps it"


def test_a_schema_of_ours_goes_when_it_is_empty(
    warehouse: SnowflakeWarehouse, session: Session, shop: Shop
) -> None:
    for theirs in ("", "CREATE VIEW shop.theirs AS SELECT 1 AS x"):
        filled(warehouse, *shop)
        filled(warehouse, *shop)
        if theirs:
            session.run(theirs)
        warehouse.drop("shop")
        assert ("SHOP" in session.schemas()) == bool(theirs)
    assert warehouse.drop("shop") == warehouse.drop("never") == warehouse.empty("never") == []


def test_a_load_replaces_the_last_one(warehouse: SnowflakeWarehouse, session: Session, shop: Shop) -> None:
    filled(warehouse, *shop)
    session.run("CREATE VIEW shop.big AS SELECT * FROM shop.orders")
    fewer = [{**made, "target_rows": 10} for made in SHOP]
    filled(warehouse, *of_tables("shop", *fewer, run_id=6))
    assert session.run("SELECT count(*), count(DISTINCT id) FROM shop.big") == [(10, 10)]
    assert session.run("SELECT DISTINCT run_id, row_count FROM shop._dw_sim") == [(6, 10)]
    wider = {**fewer[0], "columns": [*fewer[0]["columns"], column("age", "INT")]}
    filled(warehouse, *of_tables("shop", wider))
    assert session.run("SELECT count(age) FROM shop.customers") == [(10,)]
    assert session.tables("SHOP") == {"CUSTOMERS", "_DW_SIM", "BIG"}, "a table that is no more is dropped"
    session.run("ALTER TABLE shop.customers ADD COLUMN theirs INT")
    filled(warehouse, *of_tables("shop", wider))
    assert [name for name, *_ in session.columns("SHOP")["CUSTOMERS"]] == ["ID", "NAME", "AGE"]


def test_readers_see_the_former_tables_until_the_end(
    warehouse: SnowflakeWarehouse, session: Session, shop: Shop
) -> None:
    load, readers = of_tables("shop", *({**made, "target_rows": 10} for made in SHOP))
    filled(warehouse, *shop)
    with warehouse.fill(load) as filling:
        for name, reader in readers.items():
            assert filling.append(name, reader()) == load.rows[name]
            assert listed(session) == {"customers": 40, "orders": 90}
            assert count(session) == 90
        filling.finish()
    assert count(session) == 10


# --- what goes wrong


def failing(load: LoadTask, how: str) -> LoadTask:
    def stop() -> None:
        raise RunAbortedError("stopped")

    if how == "stopped":
        return replace(load, check=stop)
    return replace(load, rows={**load.rows, "orders": 91})


@pytest.mark.parametrize(("how", "error"), [("stopped", RunAbortedError), ("count", WarehouseError)])
@pytest.mark.parametrize("former", [True, False])
def test_a_failure_leaves_the_former_tables(
    warehouse: SnowflakeWarehouse, session: Session, shop: Shop, how: str, error: type, former: bool
) -> None:
    load, readers = shop
    if former:
        filled(warehouse, load, readers)
    with pytest.raises(error):
        filled(warehouse, failing(load, how), readers)
    assert not leftovers(session)
    if former:
        assert listed(session) == {"customers": 40, "orders": 90}
        assert count(session) == 90
    else:
        assert "SHOP" not in session.schemas()


def test_a_failure_while_the_tables_are_shown_takes_everything_back(
    warehouse: SnowflakeWarehouse, session: Session, shop: Shop
) -> None:
    """fakesnow enforces primary keys, and only where the rows end up."""
    load, readers = shop
    doubled = {**readers, "orders": lambda: _same_key(readers["orders"]().read_all())}
    for schema_there in (False, True):
        if schema_there:
            session.run("CREATE SCHEMA shop")
        with pytest.raises(WarehouseError, match=r"(?i)duplicate|constraint|500"):
            filled(warehouse, load, doubled)
        assert not leftovers(session)
        assert session.tables("SHOP") <= {"_DW_SIM"}
    assert listed(session) == {}
    filled(warehouse, load, readers)
    with pytest.raises(WarehouseError):
        filled(warehouse, load, doubled)
    assert session.run("SELECT count(DISTINCT id) FROM shop.orders") == [(90,)]
    assert listed(session) == {"customers": 40, "orders": 90}


def _same_key(rows: Any) -> Any:
    return rows.set_column(0, rows.schema.field(0), pa.array([1] * len(rows), pa.int32())).to_reader()


def test_a_load_that_was_killed_is_swept_away(
    warehouse: SnowflakeWarehouse, session: Session, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    filling = warehouse.fill(shop[0])
    filling.__enter__()
    (left,) = leftovers(session)
    filled(warehouse, *shop)
    assert leftovers(session) == {left}, "it may be a load from elsewhere that goes on"
    later = snowflake_module._today() + snowflake_module.timedelta(days=2)
    monkeypatch.setattr(snowflake_module, "_today", lambda: later)
    session.run("CREATE SCHEMA _dw_sim_load_00000000_00000000")
    filled(warehouse, *shop)
    assert leftovers(session) == {"_DW_SIM_LOAD_00000000_00000000"}, left
    filling.__exit__(None, None, None)


def test_a_server_that_dies_is_told_and_a_retry_succeeds(shop: Shop) -> None:
    server = Server()
    try:
        warehouse, (load, readers) = SnowflakeWarehouse(server.url), shop
        dying = replace(load, check=server.stop)
        with pytest.raises(WarehouseError, match=r"near/DW.* was lost: .*; try again"):
            filled(warehouse, dying, readers)
        started = time.monotonic()
        with pytest.raises(WarehouseError, match=r"cannot be entered.*check the user") as caught:
            SnowflakeWarehouse(f"{server.url}&login_timeout=2").check(load)
        assert time.monotonic() - started < 14, "it tries as long as it is used to"
        assert "pa/ss" not in str(caught.value)
        assert "pa%2Fss" not in str(caught.value)
        server.start()
        assert filled(warehouse, load, readers).counts == load.rows
    finally:
        server.stop()


def test_a_wrong_password_is_told() -> None:
    """fakesnow lets everybody in, so that a server of one answer stands for Snowflake."""
    words = "Incorrect username or password was specified."
    answer = json.dumps({"success": False, "code": "390100", "message": words, "data": {}}).encode()
    with _answering(answer) as port:
        warehouse = SnowflakeWarehouse(
            f"snowflake://me:secret@near/DW?host=127.0.0.1&port={port}&protocol=http"
        )
        with pytest.raises(WarehouseError, match=words) as caught:
            warehouse.empty("shop")
    assert "secret" not in str(caught.value)


@contextmanager
def _answering(body: bytes) -> Iterator[int]:
    """An HTTP server that gives one answer to everything."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


# --- names


def test_names_of_every_sort(warehouse: SnowflakeWarehouse, session: Session) -> None:
    names = [
        "Mixed Case",
        'with "quotes"',
        "dots.and.dots",
        "order",
        "UPPER",
        "größe",
        "semi;colon",
        "1st",
        "x$y",
    ]
    every = [column(f"{name} c", "INT") for name in [*names, "a'b"]]
    tables = [table(name, 3, *(every if "dots" in name else []), column("select", "INT")) for name in names]
    for experiment, few in (("Odd-name", tables), ("group", tables[1:3]), ("1st", tables[2:3])):
        load, readers = of_tables(experiment, *few)
        assert filled(warehouse, load, readers).counts == load.rows
        assert filled(warehouse, load, readers).counts == load.rows
        assert session.run(f"""SELECT count("a'b c") FROM {quoted_name(experiment)}."dots.and.dots" """) == [
            (3,)
        ]
        assert set(warehouse.empty(experiment)) == set(load.rows)
        assert set(warehouse.drop(experiment)) == set(load.rows)
        assert experiment not in session.schemas()


def test_the_name_of_our_own_table_is_taken(warehouse: SnowflakeWarehouse) -> None:
    load, _readers = of_tables("shop", table("_dw_sim", 1, column("a", "INT")))
    with pytest.raises(WarehouseError, match="the name is taken; rename the table"):
        warehouse.check(load)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("snowflake://u:p@acc", "is not of the form"),
        ("postgresql://u:p@acc/db", "is not of the form"),
        ("snowflake://u:p@[acc/db", "cannot be read"),
        (
            "snowflake://u:p@acc/db?warehose=x&password=q",
            "unknown argument 'warehose'; did you mean 'warehouse'",
        ),
        ("snowflake://u:p@acc/db?port=x", "port must be a whole number"),
    ],
)
def test_urls_that_are_wrong(url: str, message: str) -> None:
    with pytest.raises(RequestError, match=message) as caught:
        SnowflakeWarehouse(url)
    assert ":p@" not in str(caught.value)


def test_the_place_has_no_secrets() -> None:
    url = "snowflake://me:pass@acc/DB?warehouse=W&role=R&token=tok&private_key_file_pwd=key"
    assert SnowflakeWarehouse(url).place == "snowflake://me@acc/DB?warehouse=W&role=R"


@pytest.mark.parametrize("name", ["tickit", "orders"])
def test_output_on_s3_is_loaded_and_verified(
    name: str, service: ExperimentService, server: Server, session: Session, bucket: Bucket
) -> None:
    service.settings = Settings(home=service.settings.home, snowflake_url=server.url)
    service.create_from(EXAMPLES / f"{name}.sql", name=name, target_rows=60)
    asked = GenerateRequest(seed=9, output_dir=f"{bucket}/{name}", load_pack=["snowflake"])
    summary = service.generate(name, asked)
    loaded = service.load(name, to=server.url)
    assert dict(loaded.row_counts) == dict(summary.row_counts)
    checks = bucket.objects()[f"{name}/load/snowflake/verify.sql"].decode()
    session.run(f"USE SCHEMA {name}")
    results = session.run(checks.rstrip().removesuffix(";"))
    assert len(results) > 50
    nanoseconds = re.compile(r".*\.\d{9}")  # the emulator keeps microseconds
    assert [row for row in results if not row[-1] and not nanoseconds.fullmatch(row[1])] == []
    service.delete(name)
    assert name.upper() not in session.schemas()
