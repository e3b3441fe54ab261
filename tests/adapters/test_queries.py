"""SQL over the files of a run: what is answered, exactly how, and that nothing else can be reached."""

import csv
import datetime
import io
import json
import shutil
import threading
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support import column, table, views

from dw_simulator.adapters.queries import results
from dw_simulator.errors import DwSimError, OutputError, QueryError, RequestError, SqlError
from dw_simulator.ports.dialect import Dialect
from dw_simulator.ports.statement import Statement, TypedTables
from dw_simulator.service import ExperimentService, GenerateRequest
from dw_simulator.settings import Settings

SHOP = {
    "name": "shop",
    "tables": [
        table(
            "customers",
            500,
            column("id", "INT", is_unique=True),
            column("name", "VARCHAR(40)", faker_rule="name", required=False),
            column("score", "DOUBLE", required=False),
        ),
        table(
            "orders",
            5000,
            column("id", "BIGINT", is_unique=True),
            column("customer", "INT"),
            column("price", "DECIMAL(18,4)", required=False),
            column("at", "TIMESTAMP"),
            column("day", "DATE", required=False),
        ),
        table("empty", 0, column("id", "INT")),
    ],
}
LONG = "SELECT sum(a.range * b.range) FROM range(10000000) a, range(1000000) b"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a run, below a directory whose name is a pattern to DuckDB."""
    place = tmp_path_factory.mktemp("[a]*{b}?'") / "home"
    service = ExperimentService(Settings(home=place))
    service.create(SHOP)
    service.generate("shop", GenerateRequest(seed=7))
    service.persistence.close()
    return place


@pytest.fixture
def shop(home: Path) -> Iterator[ExperimentService]:
    made = ExperimentService(Settings(home=home))
    yield made
    made.persistence.close()


def rows(service: ExperimentService, sql: str, name: str = "shop", **options: Any) -> list[dict[str, Any]]:
    with service.query(name, sql, **options) as answer:
        return list(answer.rows())


def value(service: ExperimentService, sql: str) -> Any:
    (row,) = rows(service, f"SELECT {sql} AS v")
    return row["v"]


def output(service: ExperimentService) -> Path:
    return Path(service.complete_run("shop").output_dir)


# --- what is answered


def test_tables_go_by_their_names(shop: ExperimentService) -> None:
    sql = "SELECT count(*) AS n FROM orders o JOIN shop.customers c ON c.id = o.customer"
    assert rows(shop, "SELECT count(*) AS n FROM Orders") == [{"n": 5000}]
    assert rows(shop, sql)[0]["n"] >= 0
    assert [row["name"] for row in rows(shop, "SHOW TABLES")] == ["customers", "empty", "orders"]
    assert [row["column_type"] for row in rows(shop, "DESCRIBE customers")] == [
        "INTEGER",
        "VARCHAR",
        "DOUBLE",
    ]
    assert len(rows(shop, "SUMMARIZE orders")) == 5
    assert rows(shop, "FROM empty") == []
    assert "READ_PARQUET" in rows(shop, "EXPLAIN SELECT * FROM orders")[0]["explain_value"]
    assert "Total Time" in rows(shop, "EXPLAIN ANALYZE SELECT * FROM orders")[0]["explain_value"]
    assert rows(shop, "PIVOT (VALUES (1, 2)) t(a, b) ON a IN (1) USING sum(b)") == [{"1": 2}]


_NAMES = [
    "a b",
    'it "is"',
    "semi;colon",
    "dot.ted",
    "select",
    "O'Brien",
    "größe",
    "%percent",
    "../up",
    "*?[x]",
]


@pytest.mark.parametrize("experiment", ["main", "information_schema", "memory", "pg_catalog", "temp", "odd"])
def test_names_of_any_characters(service: ExperimentService, experiment: str) -> None:
    quoted = ['"' + name.replace('"', '""') + '"' for name in _NAMES]
    ddl = "".join(f"""CREATE TABLE {name} ("sel""ect" INT);""" for name in quoted)
    service.import_sql(ddl, name=experiment, dialect="duckdb", target_rows=3)
    service.generate(experiment, GenerateRequest(seed=1))
    sql = " UNION ALL ".join(f'SELECT count(*) + 0 * count("sel""ect") AS n FROM {name}' for name in quoted)
    assert rows(service, sql, experiment) == [{"n": 3}] * len(_NAMES)
    if experiment == "odd":
        assert len(rows(service, 'FROM odd."dot.ted"', experiment)) == 3


_COLUMN = st.sampled_from(["id", "customer", "price", '"at"', "day"])
_FILTER = st.sampled_from(["true", "id % 7 = 3", "price > 100", "day IS NULL", "\"at\" > '2000-01-01'"])


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_COLUMN, min_size=1, max_size=4), _FILTER, st.integers(1, 6000), st.booleans())
def test_the_same_rows_as_plain_duckdb(
    shop: ExperimentService, tmp_path: Path, columns: list[str], where: str, limit: int, total: bool
) -> None:
    plain = tmp_path / "plain"
    if not plain.exists():  # views() reads paths as patterns
        shutil.copytree(output(shop), plain)
    what = 'count(*), min(price), sum(price), max("at")' if total else f"{', '.join(columns)}, price * 2"
    order = "" if total else "ORDER BY id"
    sql = f"SELECT {what} FROM orders WHERE {where} {order} LIMIT {limit}"
    with shop.query("shop", sql) as answer:
        found = [tuple(row.values()) for batch in answer.batches() for row in results_of(batch)]
    with views(plain) as connection:
        assert found == connection.execute(sql).fetchall()


def results_of(batch: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = batch.to_pylist()
    return found


def test_columns_of_one_name_are_told_apart(shop: ExperimentService) -> None:
    sql = "SELECT 1 AS a, 2 AS A, 3 AS a, 4 AS a_1"
    assert rows(shop, sql) == [{"a": 1, "A_1": 2, "a_2": 3, "a_1_1": 4}]


EXACT = [
    ("NULL", None),
    ("true", True),
    ("170141183460469231731687303715884105727::HUGEINT", 2**127 - 1),
    ("340282366920938463463374607431768211455::UHUGEINT", 2**128 - 1),
    ("18446744073709551615::UBIGINT", 2**64 - 1),
    ("(SELECT sum(9007199254740993::BIGINT))", 9007199254740993),
    ("1.50::DECIMAL(38,20)", "1.50000000000000000000"),
    ("0::DECIMAL(38,10)", "0.0000000000"),
    ("-12345678901234567890.12::DECIMAL(38,2)", "-12345678901234567890.12"),
    ("0.1::DOUBLE", 0.1),
    ("'nan'::DOUBLE", "NaN"),
    ("'-inf'::FLOAT", "-Infinity"),
    ("'größe 🦆'", "größe 🦆"),
    ("''", ""),
    ("'\\x00\\xFFa'::BLOB", "00ff61"),
    ("DATE '2020-02-29'", "2020-02-29"),
    ("DATE 'infinity'", "infinity"),
    ("DATE '20000-01-01'", "20000-01-01"),
    ("TIMESTAMP '2020-01-01 01:02:03.456789'", "2020-01-01 01:02:03.456789"),
    ("TIMESTAMP_NS '2020-01-01 01:02:03.456789123'", "2020-01-01 01:02:03.456789123"),
    ("TIMESTAMPTZ '2020-01-01 01:02:03+02'", "2019-12-31 23:02:03+00"),
    ("TIME '01:02:03.5'", "01:02:03.5"),
    ("TIMETZ '01:02:03+02'", "01:02:03+02"),
    ("INTERVAL '1 month 2 days'", "1 month 2 days"),
    ("'6ba7b810-9dad-11d1-80b4-00c04fd430c8'::UUID", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
    ("'0101'::BIT", "0101"),
    ("'{\"a\": 1.10}'::JSON", '{"a": 1.10}'),
    ("[1, NULL, 3]", [1, None, 3]),
    (
        "{'a': 1.10::DECIMAL(3,2), 'b': ['x', 'ü'], 'c': 0.5::DOUBLE}",
        {"a": "1.10", "b": ["x", "ü"], "c": 0.5},
    ),
    ("MAP {'k': DATE '2020-01-01'}", {"k": "2020-01-01"}),
    ("['nan'::DOUBLE, 1.5::DOUBLE]", ["NaN", 1.5]),
    ("'b'::ENUM('a', 'b')", "b"),
]


@pytest.mark.parametrize(("sql", "expected"), EXACT, ids=[sql for sql, _ in EXACT])
def test_values_are_exact(shop: ExperimentService, tmp_path: Path, sql: str, expected: Any) -> None:
    assert value(shop, sql) == expected
    with shop.query("shop", f"SELECT {sql} AS v") as answer:
        text = b"".join(answer.csv()).decode()
    cell = "".join(list(csv.reader(io.StringIO(text)))[1])  # nothing at all for a lone NULL
    if isinstance(expected, dict | list):
        found = json.loads(cell, parse_float=str, parse_constant=str)
        assert found == json.loads(json.dumps(expected), parse_float=str)
    else:
        cell = {"nan": "NaN", "-inf": "-Infinity"}.get(cell, cell)
        assert cell == {None: "", True: "true"}.get(expected, str(expected))
    for suffix in ("json", "jsonl", "parquet"):
        with shop.query("shop", f"SELECT {sql} AS v") as answer:
            answer.write(tmp_path / f"x.{suffix}")
    assert json.loads((tmp_path / "x.json").read_text()) == [{"v": expected}]
    assert json.loads((tmp_path / "x.jsonl").read_text()) == {"v": expected}
    assert pq.read_table(tmp_path / "x.parquet").num_rows == 1


def test_null_and_empty_text_differ_in_csv(shop: ExperimentService) -> None:
    with shop.query("shop", "SELECT NULL::VARCHAR AS a, '' AS b, 'x,\"y\n' AS c") as answer:
        assert b"".join(answer.csv()) == b'"a","b","c"\n,"","x,""y\n"\n'


def test_files_hold_every_row(shop: ExperimentService, tmp_path: Path) -> None:
    expected = rows(shop, "FROM orders ORDER BY id")
    for suffix in ("json", "jsonl", "csv", "parquet"):
        with shop.query("shop", "FROM orders ORDER BY id") as answer:
            answer.write(tmp_path / f"o.{suffix}")
            assert (answer.count, answer.truncated) == (5000, False)
    assert json.loads((tmp_path / "o.json").read_text()) == expected
    assert [json.loads(line) for line in (tmp_path / "o.jsonl").read_text().splitlines()] == expected
    with (tmp_path / "o.csv").open(newline="") as file:
        assert [int(row["id"]) for row in csv.DictReader(file)] == [row["id"] for row in expected]
    stored = pq.read_table(tmp_path / "o.parquet").to_pylist()
    assert isinstance(stored[0]["at"], datetime.datetime)
    assert [row["price"] for row in stored] == [
        None if row["price"] is None else Decimal(row["price"]) for row in expected
    ]
    for suffix, empty in {"json": "[]\n", "jsonl": "", "csv": '"id"\n'}.items():
        with shop.query("shop", "FROM empty") as answer:
            answer.write(tmp_path / f"e.{suffix}")
        assert (tmp_path / f"e.{suffix}").read_text() == empty
    with shop.query("shop", "FROM empty") as answer:
        answer.write(tmp_path / "e.parquet")
    assert pq.read_table(tmp_path / "e.parquet").schema.field("id").type == "int32"


def test_the_limit_is_exact(shop: ExperimentService) -> None:
    for limit, truncated in ((1, True), (4999, True), (5000, False), (5001, False)):
        with shop.query("shop", "FROM orders", limit=limit) as answer:
            assert len(list(answer.rows())) == min(limit, 5000)
            assert answer.truncated is truncated


# --- files that are written


def test_a_file_is_whole_or_not_there(shop: ExperimentService, tmp_path: Path) -> None:
    target = tmp_path / "x.csv"
    target.write_text("former")
    for sql in ("SELECT CASE WHEN id = 4999 THEN 'x'::INT END FROM orders", LONG):
        with shop.query("shop", sql, seconds=0.5) as answer, pytest.raises(QueryError):
            answer.write(target)
    assert [path.name for path in tmp_path.iterdir()] == ["x.csv"]
    assert target.read_text() == "former"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is full")
@pytest.mark.parametrize("suffix", [".csv", ".json", ".jsonl", ".parquet"])
def test_a_full_disk(
    shop: ExperimentService, tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = Path.open
    with shop.query("shop", "FROM orders") as answer:
        monkeypatch.setattr(Path, "open", lambda _path, _mode: usual(Path("/dev/full"), "wb"))
        with pytest.raises(OutputError, match="the disk is full; nothing was left there"):
            answer.write(tmp_path / f"x{suffix}")
    assert list(tmp_path.iterdir()) == []


def test_places_that_are_refused(shop: ExperimentService, tmp_path: Path) -> None:
    root = output(shop)
    before = snapshot(root)
    (tmp_path / "link").symlink_to(root / "orders")
    for place in (
        root / "orders" / "part-00000.parquet",
        root / "_manifest.json",
        tmp_path / "link" / "x.csv",
    ):
        with (
            shop.query("shop", "FROM orders") as answer,
            pytest.raises(RequestError, match="files of the run"),
        ):
            answer.write(place)
    with (
        shop.query("shop", "FROM orders") as answer,
        pytest.raises(RequestError, match=r"known: .arrow, .arrows, .csv"),
    ):
        answer.write(tmp_path / "x.xlsx")
    with shop.query("shop", "FROM orders") as answer, pytest.raises(OutputError, match="No such file"):
        answer.write(tmp_path / "nowhere" / "x.csv")
    assert snapshot(root) == before


# --- errors, and the end


@pytest.mark.parametrize(
    ("sql", "line", "place", "message"),
    [
        ("selec 1", 1, 1, "syntax error"),
        ("SELECT\n  nix\nFROM orders", 2, 3, 'Candidate bindings: "price"'),
        ("\n\n-- ä\nSELECT 'ä', nix FROM orders", 4, 13, "nix"),
        ("SELECT * FROM orderz", 1, 15, "did you mean 'orders'"),
        ("SELECT summ(1)", 1, 8, "did you mean 'sum'"),
        (f"SELECT {'1 + ' * 100}nix", 1, 408, "nix"),
    ],
)
def test_errors_have_a_place(shop: ExperimentService, sql: str, line: int, place: int, message: str) -> None:
    with pytest.raises(SqlError) as told:
        rows(shop, sql)
    assert (told.value.line, told.value.column) == (line, place)
    assert message in str(told.value)
    assert told.value.excerpt
    assert len(told.value.excerpt) <= 100


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 'x'::INT FROM orders",
        "SELECT 1 // (id - id) FROM orders WHERE error('no')",
        "SELECT 9223372036854775807 + id FROM orders",
        "SELECT list(repeat('x', 1000000) || a.id) FROM orders a, orders b",
    ],
)
def test_failures_of_a_sound_query(shop: ExperimentService, sql: str) -> None:
    with pytest.raises(QueryError) as told:
        rows(shop, sql)
    assert "{" not in str(told.value)


def test_the_time_is_limited(shop: ExperimentService) -> None:
    began = time.monotonic()
    with pytest.raises(QueryError, match=r"longer than 0.3 seconds"):
        rows(shop, LONG, seconds=0.3)
    assert time.monotonic() - began < 5


def test_stopping_from_elsewhere(shop: ExperimentService) -> None:
    with shop.query("shop", LONG) as answer:
        threading.Timer(0.3, answer.stop).start()
        with pytest.raises(QueryError, match="was stopped"):
            list(answer.rows())


def test_nothing_is_left(shop: ExperimentService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    with shop.query("shop", "FROM orders") as answer:
        assert next(answer.batches()).num_rows
    with pytest.raises(SqlError):
        rows(shop, "nonsense")
    assert list((tmp_path / "temporary").iterdir()) == []
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("dw-sim-query")]


def test_more_than_the_memory_goes_to_disk(shop: ExperimentService, monkeypatch: pytest.MonkeyPatch) -> None:
    config = "dw_simulator.adapters.queries.embedded._CONFIG"
    monkeypatch.setitem(resolve(config), "max_memory", "60MB")
    sql = "SELECT range AS a, md5(range::VARCHAR) AS b FROM range(2000000) ORDER BY b DESC"
    assert len(rows(shop, sql, limit=1)) == 1
    with shop.query("shop", f"SELECT count(*) AS n FROM ({sql} LIMIT 1500000 OFFSET 10)") as answer:
        assert [*answer.rows()] == [{"n": 1500000}]


def resolve(name: str) -> Any:
    module, _, attribute = name.rpartition(".")
    return getattr(__import__(module, fromlist=["_"]), attribute)


# --- which run


def test_the_newest_completed_run_or_the_one_named(service: ExperimentService, tmp_path: Path) -> None:
    service.create(SHOP)
    with pytest.raises(RequestError, match="no complete run; begin with dw-sim experiment generate shop"):
        rows(service, "FROM orders")
    service.generate("shop", GenerateRequest(seed=1, rows={"orders": 10}, output_dir=tmp_path / "a"))
    service.generate("shop", GenerateRequest(seed=2, rows={"orders": 20}, output_dir=tmp_path / "b"))
    assert len(rows(service, "FROM orders")) == 20
    assert len(rows(service, "FROM orders", run_id=1)) == 10
    with pytest.raises(RequestError, match="unknown run '3'"):
        rows(service, "FROM orders", run_id=3)
    with pytest.raises(RequestError, match="did you mean 'shop'"):
        rows(service, "FROM orders", "shpo")


def test_output_that_is_there_no_more(service: ExperimentService, tmp_path: Path) -> None:
    service.create(SHOP)
    out = tmp_path / "out"
    service.generate("shop", GenerateRequest(seed=1, output_dir=out))
    service.generate("shop", GenerateRequest(seed=2, output_dir=out))
    with pytest.raises(RequestError, match=r"another run than 1; make them again: .* --seed 1"):
        rows(service, "FROM orders", run_id=1)
    service.generate("shop", GenerateRequest(seed=1, output_dir=out))  # the same data again
    assert len(rows(service, "FROM orders", run_id=1)) == 5000
    part = out / "orders" / "part-00000.parquet"
    with part.open("ab") as file:
        file.write(b"x")
    with pytest.raises(RequestError, match="was changed: it has"):
        rows(service, "FROM orders")
    part.unlink()
    with pytest.raises(RequestError, match=r"part-00000.parquet cannot be read: No such file"):
        rows(service, "FROM orders")
    shutil.rmtree(out)
    with pytest.raises(RequestError, match=r"are not in .*out any more"):
        rows(service, "FROM orders")


def test_only_parquet_files_are_queried(service: ExperimentService, tmp_path: Path) -> None:
    service.create(SHOP)
    service.generate("shop", GenerateRequest(seed=1, format="csv"))
    with pytest.raises(RequestError, match="are csv; only Parquet files are queried"):
        rows(service, "FROM orders")


def test_a_manifest_cannot_lead_elsewhere(service: ExperimentService, tmp_path: Path) -> None:
    service.create(SHOP)
    service.generate("shop", GenerateRequest(seed=1, output_dir=tmp_path / "out"))
    (tmp_path / "x").mkdir()
    secret = shutil.copy(
        tmp_path / "out" / "orders" / "part-00000.parquet", tmp_path / "x" / "secret.parquet"
    )
    manifest = tmp_path / "out" / "_manifest.json"
    manifest.write_text(manifest.read_text().replace("orders/part-00000.parquet", "../x/secret.parquet"))
    assert Path(secret).exists()
    with pytest.raises(RequestError, match="which is not below it"):
        rows(service, "FROM orders")


# --- nothing else can be reached

# {out} is a directory with files that are not the run's, {part} is a file of the run
REACHING = [
    "SELECT * FROM read_csv('{out}/secret.csv')",
    "SELECT * FROM read_csv_auto('{out}/secret.csv')",
    "SELECT * FROM '{out}/secret.csv'",
    "FROM '{out}/*.csv'",
    "SELECT * FROM read_parquet('{out}/secret.parquet')",
    "SELECT * FROM parquet_scan('{out}/secret.parquet')",
    "SELECT * FROM '{out}/secret.parquet'",
    "SELECT * FROM read_parquet('{out}/../out/secret.parquet')",
    "SELECT * FROM '{link}'",
    "SELECT content FROM read_text('{out}/secret.csv')",
    "SELECT content FROM read_blob('{out}/secret.csv')",
    "SELECT file FROM glob('{out}/*')",
    "SELECT * FROM read_json('{out}/secret.json')",
    "SELECT * FROM read_ndjson_objects('{out}/secret.json')",
    "SELECT * FROM read_duckdb('{out}/secret.db', table_name = 't')",
    "SELECT * FROM sniff_csv('{out}/secret.csv')",
    "SELECT * FROM parquet_metadata('{out}/secret.parquet')",
    "SELECT * FROM parquet_schema('{out}/secret.parquet')",
    "SELECT * FROM parquet_kv_metadata('{out}/secret.parquet')",
    "SELECT * FROM query('SELECT * FROM ''{out}/secret.csv''')",
    "SELECT * FROM query_table('{out}/secret.csv')",
    "SELECT * FROM query_table(['{out}/secret.csv'])",
    "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('FROM ''{out}/secret.csv'''))",
    "SELECT (SELECT count(*) FROM read_text('{out}/secret.csv'))",
    "WITH c AS MATERIALIZED (FROM read_text('{out}/secret.csv')) FROM c",
    "SELECT * FROM orders, LATERAL (FROM read_text('{out}/secret.csv')) LIMIT 1",
    "SUMMARIZE '{out}/secret.csv'",
    "DESCRIBE '{out}/secret.csv'",
    "SUMMARIZE FROM read_csv('{out}/secret.csv')",
    "EXPLAIN ANALYZE FROM read_csv('{out}/secret.csv')",
    "PIVOT read_csv('{out}/secret.csv') ON a IN ('1') USING count(*)",
    "CALL glob('{out}/*')",
    "CREATE TABLE t AS FROM '{out}/secret.csv'",
    "CREATE VIEW v AS FROM '{out}/secret.csv'",
    "CREATE MACRO m() AS TABLE FROM '{out}/secret.csv'",
    "PREPARE p AS FROM '{out}/secret.csv'",
    "SELECT 1; SELECT * FROM '{out}/secret.csv'",
    "SELECT * FROM variable_of_python",
    "ATTACH '{out}/secret.db'",
    "ATTACH '{out}/new.db'",
    "IMPORT DATABASE '{out}/exported'",
    "EXPORT DATABASE '{out}/new'",
    "COPY orders TO '{out}/new.csv'",
    "COPY (SELECT 1) TO '{out}/new.parquet'",
    "COPY (SELECT 1) TO '{out}/new.json' (FORMAT json)",
    "COPY (SELECT 1 AS a) TO '{out}/new' (FORMAT parquet, PARTITION_BY a, WRITE_PARTITION_COLUMNS)",
    "COPY (SELECT 1 AS a) TO '{part}' (FORMAT parquet)",
    "EXPLAIN ANALYZE COPY (SELECT 1) TO '{out}/new.csv'",
    "EXPLAIN --\rANALYZE WITH c AS (COPY (SELECT 1) TO '{part}' (USE_TMP_FILE false)) \nSELECT 1",
    "EXPLAIN /* /* */ ANALYZE SELECT 1 -- */ ANALYZE COPY (SELECT 1) TO '{out}/new.csv'",
    "EXPLAIN --\rANALYZE CREATE TABLE x AS \nSELECT 1",
    "SELECT name FROM pg_catalog.pg_settings",
    "EXPLAIN /* */ ANALYZE COPY (SELECT 1) TO '{part}' (FORMAT parquet, USE_TMP_FILE false)",
    "WITH c AS (COPY (SELECT 1) TO '{out}/new.csv') FROM c",
    "WITH c AS (COPY (SELECT 1 AS a) TO '{part}' (FORMAT parquet, USE_TMP_FILE false)) FROM c",
    "CREATE TABLE t AS SELECT 1",
    "CREATE TEMP TABLE t AS SELECT 1",
    "CREATE OR REPLACE VIEW shop.orders AS SELECT 1",
    "DROP VIEW orders",
    "SET memory_limit = '100GB'",
    "RESET memory_limit",
    "SET VARIABLE x = 1",
    "PRAGMA threads = 2",
    "PRAGMA enable_profiling",
    "CALL enable_logging(storage = 'file', storage_path = '{out}/new')",
    "SELECT * FROM enable_logging(storage = 'file', storage_path = '{out}/new')",
    "SELECT * FROM checkpoint()",
    "SELECT * FROM truncate_duckdb_logs()",
    "SELECT name, value FROM duckdb_settings()",
    "CREATE SECRET s (TYPE http, BEARER_TOKEN 'x')",
    "SELECT * FROM duckdb_secrets()",
    "BEGIN TRANSACTION",
    "LOAD json",
    "CHECKPOINT",
    "PIVOT orders ON customer USING count(*)",
]
# these have no control: they would need a network, or DuckDB itself refuses them
HOPELESS = [
    "INSTALL httpfs",
    "LOAD httpfs",
    "SELECT * FROM 'https://localhost:1/x.csv'",
    "SELECT * FROM read_parquet('s3://bucket/x.parquet')",
    "SET enable_external_access = true",
    "SET lock_configuration = false",
    "SET allowed_directories = ['/']",
    "SELECT getenv('HOME')",
    "WITH c AS (INSERT INTO orders VALUES (1) RETURNING *) FROM c",
    "WITH RECURSIVE c AS (COPY (SELECT 1) TO 'new.csv') SELECT 1 UNION ALL SELECT 2 FROM c",
    "SELECT * FROM (WITH c AS (COPY (SELECT 1) TO 'new.csv') FROM c)",
    "WITH c AS (DELETE FROM orders RETURNING *) FROM c",
    "EXECUTE p",
    "SELECT * FROM arrow_scan(1, 1, 1)",
    "SELECT * FROM '/proc/self/environ'",
    "",
    ";",
    "-- nothing",
]


@pytest.fixture
def outside(tmp_path: Path, shop: ExperimentService) -> dict[str, str]:
    out = tmp_path / "out"
    out.mkdir()
    (out / "secret.csv").write_text("a,b\n1,secret\n")
    (out / "secret.json").write_text('{"a": "secret"}\n')
    with duckdb.connect(str(out / "secret.db")) as connection:
        connection.execute("CREATE TABLE t AS SELECT 'secret' AS a")
        connection.execute(f"COPY t TO '{out}/secret.parquet'")
        connection.execute(f"EXPORT DATABASE '{out}/exported'")
    (tmp_path / "link.csv").symlink_to(out / "secret.csv")
    plain = tmp_path / "plain"
    shutil.copytree(output(shop), plain)
    return {
        "out": str(out),
        "link": str(tmp_path / "link.csv"),
        "part": str(plain / "orders/part-00000.parquet"),
    }


def snapshot(*places: Path) -> dict[str, tuple[int, int]]:
    """Every file below some places, its size and when it was changed."""
    found = [path for place in places for path in (place, *place.rglob("*"))]
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in found if path.is_file()}


@pytest.mark.parametrize("attack", REACHING)
def test_nothing_else_is_reached(
    shop: ExperimentService, outside: dict[str, str], tmp_path: Path, attack: str
) -> None:
    variable_of_python = [1]
    assert variable_of_python
    part = str(output(shop) / "orders" / "part-00000.parquet")
    before = snapshot(tmp_path, output(shop))
    with pytest.raises(DwSimError) as told:
        rows(shop, attack.format_map({**outside, "part": part.replace("'", "''")}))
    assert isinstance(told.value, RequestError)
    assert "secret\n" not in str(told.value)
    assert snapshot(tmp_path, output(shop)) == before
    unprotected(attack.format_map(outside), Path(outside["part"]).parent.parent)


def unprotected(sql: str, plain: Path) -> None:
    """The control: with nothing in its way DuckDB does what it is asked, so that the test can fail."""
    variable_of_python = pq.read_table(plain / "orders")
    assert variable_of_python.num_rows
    with views(plain) as connection:
        connection.execute("CREATE SCHEMA shop")
        connection.execute("CREATE VIEW shop.orders AS SELECT 1")
        connection.execute(sql).fetchall()


@pytest.mark.parametrize("attack", HOPELESS)
def test_what_duckdb_refuses_anyway(shop: ExperimentService, attack: str) -> None:
    before = snapshot(output(shop))
    with pytest.raises(RequestError):
        rows(shop, attack)
    assert snapshot(output(shop)) == before


def test_the_settings_alone_keep_files_away(
    shop: ExperimentService, outside: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second wall: where a statement got past the check, DuckDB still opens nothing else."""
    monkeypatch.setattr("dw_simulator.adapters.queries.embedded.check", lambda *_: None)
    before = snapshot(Path(outside["out"]))
    paths = [attack for attack in REACHING if "{out}" in attack and "EXPLAIN" not in attack]
    assert len(paths) > 30
    for attack in paths:
        if ";" not in attack:
            with pytest.raises(DwSimError):
                rows(shop, attack.format_map(outside))
    assert snapshot(Path(outside["out"])) == before


def test_settings_tell_no_secrets(shop: ExperimentService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://user:pa55word@localhost:1")
    with duckdb.connect() as connection:  # the control
        assert "pa55word" in str(connection.execute("SELECT value FROM duckdb_settings()").fetchall())
    with duckdb.connect() as connection:
        asked = (
            "SELECT name FROM duckdb_settings() WHERE input_type = 'VARCHAR' AND name NOT LIKE '%parquet%'"
        )
        names = [name for (name,) in connection.execute(asked).fetchall()]
    assert {"http_proxy", "temp_directory", "secret_directory"} <= set(names)
    monkeypatch.setattr("dw_simulator.adapters.queries.embedded.check", lambda *_: None)
    told = str(rows(shop, "SELECT " + ", ".join(f"current_setting('{name}')" for name in names)))
    assert "/nonexistent" in told
    assert "pa55word" not in told
    assert str(Path.home()) not in told


def test_text_that_is_none(shop: ExperimentService) -> None:
    with pytest.raises(RequestError, match="UTF-8"):
        rows(shop, "SELECT '\ud800'")
    with pytest.raises(RequestError, match="nested more than 200 deep"):
        rows(shop, f"SELECT {'[' * 900}1{']' * 900}")
    with pytest.raises(RequestError, match="nested more than 200 deep"):
        rows(shop, f"SELECT {'(' * 9000}1{')' * 9000}")


def test_names_are_distinct() -> None:
    assert results.distinct(["a", "A", "b", "a", "a_1"]) == ["a", "A_1", "b", "a_2", "a_1_1"]


# --- other dialects


class Shouting:
    """A dialect whose statements end in an exclamation mark."""

    def translate(self, sql: str, *, to: str, tables: TypedTables) -> Statement:
        assert to == "duckdb"
        assert list(tables["customers"]) == ["id", "name", "score"]
        if not sql.endswith("!"):
            raise SqlError("no exclamation mark", 1, len(sql), sql)
        return Statement(sql[:-1], sql)


class Mute(Dialect):
    """A dialect that only reads and writes DDL."""

    def read(self, sql: str) -> Any: ...
    def write(self, experiment: Any, **_way: Any) -> Any: ...


def test_a_dialect_is_translated(shop: ExperimentService, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = shop.registry.dialects.get
    dialects = {"shouting": Shouting(), "mute": Mute()}
    monkeypatch.setattr(shop.registry.dialects, "get", lambda name: dialects.get(name) or usual(name))
    sql = "SELECT count(*) AS n FROM orders"
    assert rows(shop, f"{sql}!", dialect="shouting") == rows(shop, sql, dialect="duckdb") == [{"n": 5000}]
    with pytest.raises(SqlError, match="line 1, column 32: no exclamation mark"):
        rows(shop, sql, dialect="shouting")
    with pytest.raises(SqlError) as told:
        rows(shop, "SELECT nix FROM orders!", dialect="shouting")
    assert (told.value.line, told.value.excerpt) == (1, "SELECT nix FROM orders!")
    with pytest.raises(RequestError, match="mute cannot be translated"):
        rows(shop, sql, dialect="mute")
