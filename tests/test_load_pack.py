"""Load packs do what they say: they are run, their checks hold, and notice every kind of damage.

After a deliberate change of the scripts: `python -m tests.test_load_pack` writes the golden pack anew.
"""

import errno
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest
import snowflake.connector
import sqlglot
from psycopg.sql import SQL
from sqlglot import exp
from tests.processes import free_port, server
from tests.relations_zoo import PATTERNS, entity, ints, link, to
from tests.support import EXAMPLES, column, reference, table

from dw_simulator.adapters.executors.workers import run_in_threads
from dw_simulator.adapters.sinks.directory import DirectorySink
from dw_simulator.errors import OutputError, RequestError
from dw_simulator.loading.pack import load_pack
from dw_simulator.planning import plan
from dw_simulator.ports import manifest
from dw_simulator.ports.executor import Execution
from dw_simulator.ports.manifest import FILE_NAME, Manifest
from dw_simulator.ports.plan import Plan
from dw_simulator.runs import bookkeeping
from dw_simulator.schema import reading
from dw_simulator.schema.model import Experiment
from dw_simulator.service import ExperimentService, GenerateRequest
from dw_simulator.types import Kind

GOLDEN = Path(__file__).parent / "golden" / "load_pack"
WAREHOUSES = ("bigquery", "databricks", "duckdb", "postgres", "redshift", "snowflake")
S3 = "s3://bucket/a run"
Row = tuple[str, str, str, bool]


def packed(experiment: Experiment, output: Path, *dialects: str, place: str = "") -> Path:
    """Make the experiment's files and their pack in a directory; returns it."""
    a_plan = planned(experiment)
    files = load_pack(
        experiment, a_plan.load_order, written(experiment, output), place, dialects=dialects or WAREHOUSES
    )
    for name, content in files.items():
        path = output / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return output


def planned(experiment: Experiment) -> Plan:
    return plan(experiment, 7, ExperimentService().rule)


def written(experiment: Experiment, output: Path) -> Manifest:
    """Make the experiment's files."""
    a_plan, sink = planned(experiment), DirectorySink(output)
    sink.prepare(a_plan)
    receipts = run_in_threads(a_plan, sink, Execution())
    origin = bookkeeping.origin(experiment, 7, {made.name: made.rows for made in a_plan.tables}, "zstd")
    document = bookkeeping.manifest_of(experiment, a_plan, origin, receipts)
    sink.publish(a_plan, receipts, document, {})
    sink.tidy()
    return document


def script(output: Path, dialect: str, name: str) -> str:
    return (output / "load" / dialect / f"{name}.sql").read_text()


def parsed(*tables: dict[str, Any], **fields: Any) -> Experiment:
    return reading.parse({"name": "shop", "tables": list(tables), **fields}, strict_names=False)


def example(name: str, dialect: str, rows: int) -> Experiment:
    from_sql = ExperimentService().registry.dialects.get(dialect)
    tables = from_sql.read((EXAMPLES / f"{name}.sql").read_text()).tables
    return parsed(*({**made, "target_rows": rows} for made in tables), target_warehouse=dialect)


TYPES = """BOOLEAN TINYINT SMALLINT INT BIGINT DECIMAL(9,2) DECIMAL(18,4) DECIMAL(38,10) DECIMAL(38,0)
    REAL DOUBLE CHAR(3) VARCHAR(40) DATE TIME TIMESTAMP(0) TIMESTAMP(3) TIMESTAMP TIMESTAMP_NTZ(9) TIMESTAMPTZ
    TIMESTAMP_TZ(9) VARBINARY(8) UUID JSON OBJECT ARRAY""".split()
NASTY = ("order", 'a"b', "a.b", "two words", "été", "x'y", "a\\b", "雪", "%s {}", "-- ;", "new\nline")


def of_types(rows: int) -> dict[str, Any]:
    """A table with a column of every type, and one of each that may be NULL."""
    return entity(
        f"types_{rows}",
        rows,
        *(column(f"c{k}", kind) for k, kind in enumerate(TYPES)),
        *(column(f"n{k}", kind, required=False, null_fraction=0.3) for k, kind in enumerate(TYPES)),
    )


EDGES = parsed(
    *(of_types(rows) for rows in (0, 1, 300)),
    table("nothing", 40, column("empty", "DATE", required=False, null_fraction=1)),
    table("below", 40, column("x", "INT", min_value=-9, max_value=-2), column("y", "DOUBLE", min_value=-1)),
)
NAMES = parsed(
    *(
        entity(
            name,
            5,
            *ints(*NASTY, "up"),
            unique=[[name, "id"]],
            foreign_keys=[
                {"columns": ["up"], "references_table": name, "references_columns": ["id"], "nullable": True}
            ],
        )
        for name in NASTY
    )
)


# --- DuckDB


def in_duckdb(output: Path, *, keys: bool = True) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    os.chdir(output)
    for name in ("ddl", "copy", *(["constraints"] if keys else [])):
        connection.execute(script(output, "duckdb", name))
    return connection


def verified(connection: Any, output: Path, dialect: str) -> list[Row]:
    rows: list[Row] = connection.execute(script(output, dialect, "verify")).fetchall()
    assert len(rows) == len({row[0] for row in rows})
    return rows


def wrong(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row[3] is not True]


CASES = {
    "tickit": lambda: example("tickit", "redshift", 300),
    "orders": lambda: example("orders", "snowflake", 300),
    "edges": lambda: EDGES,
    "names": lambda: NAMES,
    **{name: lambda made=made: parsed(*made.tables(7)) for name, made in PATTERNS.items()},
}


@pytest.mark.parametrize("name", CASES)
def test_duckdb_takes_it(name: str, tmp_path: Path) -> None:
    experiment = CASES[name]()
    output = packed(experiment, tmp_path / "out", "duckdb")
    with closing(in_duckdb(output)) as connection:
        rows = verified(connection, output, "duckdb")
        assert wrong(rows) == []
        counted = [row for row in rows if row[0].endswith(": rows")]
        assert len(counted) == len(experiment.tables)


SHOP = parsed(
    entity(
        "customers",
        40,
        column("email", "VARCHAR(60)", is_unique=True, faker_rule="email"),
        column("balance", "DECIMAL(12,2)", required=False, null_fraction=0.2),
        column("born", "DATE"),
        column("score", "DOUBLE"),
        column("seen_at", "TIMESTAMPTZ"),
    ),
    entity("orders", 90, to("customer_id", "customers.id", nullable=True)),
    table(
        "order_lines",
        200,
        column("order_id", "INT", **reference("orders.id")),
        *ints("line"),
        primary_key=["order_id", "line"],
        checks=["line > 0\nOR FALSE"],
    ),
    table(
        "shipments",
        50,
        *ints("order_id", "line"),
        column("label", "UUID"),
        column("details", "JSON", required=False),
        column("tags", "ARRAY"),
        column("sent_at", "TIMESTAMP_NTZ(6)"),
        foreign_keys=[link("order_id, line", "order_lines(order_id, line)", nullable=True)],
    ),
)
RICHEST = "(SELECT min(id) FROM customers WHERE balance > 0)"
CUSTOMER = "orders (customer_id) -> customers (id)"
DAMAGE = {
    "DELETE FROM customers WHERE id = 7": ["customers: rows", "customers.id: sum", "customers.id: not NULL"],
    "INSERT INTO customers SELECT * FROM customers WHERE id IN (SELECT customer_id FROM orders)": [
        "customers: rows",
        f"{CUSTOMER}: matched more than once",
        f"{CUSTOMER}: joined rows",
    ],
    f"UPDATE customers SET balance = balance + 0.01 WHERE id = {RICHEST}": ["customers.balance: sum"],
    f"UPDATE customers SET balance = NULL WHERE id = {RICHEST}": ["customers.balance: not NULL"],
    "UPDATE customers SET email = (SELECT max(email) FROM customers)": ["customers.email: distinct"],
    "UPDATE customers SET born = (SELECT min(born) - 1 FROM customers)": ["customers.born: min"],
    "UPDATE customers SET score = (SELECT max(score) * 2 + 1 FROM customers)": ["customers.score: max"],
    "UPDATE customers SET seen_at = seen_at + INTERVAL 1 MICROSECOND": [
        "customers.seen_at: min",
        "customers.seen_at: max",
    ],
    "UPDATE orders SET customer_id = 4711 WHERE customer_id IS NOT NULL": [
        f"{CUSTOMER}: orphans",
        f"{CUSTOMER}: joined rows",
    ],
    "UPDATE order_lines SET line = 1": ["order_lines (order_id, line): duplicates", "order_lines.line: sum"],
    "UPDATE shipments SET line = -1 WHERE line IS NOT NULL": [
        "shipments (order_id, line) -> order_lines (order_id, line): orphans"
    ],
    "DELETE FROM orders": [
        "orders: rows",
        "orders.id: min",
        "order_lines (order_id) -> orders (id): orphans",
    ],
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return packed(SHOP, tmp_path_factory.mktemp("shop") / "out")


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_noticed(damage: str, shop: Path) -> None:
    with closing(in_duckdb(shop, keys=False)) as connection:
        connection.execute(damage)
        found = {row[0] for row in wrong(verified(connection, shop, "duckdb"))}
        assert set(DAMAGE[damage]) <= found


def test_every_kind_of_check_is_damaged(shop: Path) -> None:
    with closing(in_duckdb(shop)) as connection:
        kinds = {row[0].rpartition(": ")[2] for row in verified(connection, shop, "duckdb")}
    assert kinds == {name.rpartition(": ")[2] for names in DAMAGE.values() for name in names}


def test_all_keys_are_declared_in_the_end(shop: Path) -> None:
    with closing(in_duckdb(shop)) as connection, pytest.raises(duckdb.ConstraintException):
        connection.execute("INSERT INTO order_lines SELECT * FROM order_lines LIMIT 1")


def test_sums_that_could_overflow_are_left_out(tmp_path: Path) -> None:
    big = column("x", "DECIMAL(38,0)", min_value=10**37)
    output = packed(parsed(table("t", 30, big)), tmp_path / "out", "duckdb")
    with closing(in_duckdb(output)) as connection:
        names = [row[0] for row in verified(connection, output, "duckdb")]
    assert "t.x: max" in names
    assert "t.x: sum" not in names


# --- PostgreSQL


def fill(database: psycopg.Connection, experiment: Experiment, output: Path) -> None:
    """The files' rows, read by DuckDB; its extension that copies them itself would have to be fetched."""
    for made, entry in zip(experiment.tables, manifest.read(output).tables, strict=True):
        columns = ", ".join(
            f"'\\x' || hex({name})" if one.type.kind is Kind.BINARY else name
            for one in made.columns
            for name in [quoted(one.name)]
        )
        source = str(output / entry.parts[0].file).replace("'", "''")
        with tempfile.NamedTemporaryFile(suffix=".csv") as file, duckdb.connect() as reader:
            rows = f"SELECT {columns} FROM read_parquet('{source}')"
            reader.execute(f"COPY ({rows}) TO '{file.name}' (FORMAT csv, HEADER false, NULLSTR '~null')")
            statement = f"COPY {quoted(made.name)} FROM STDIN (FORMAT csv, NULL '~null')"
            with database.cursor().copy(SQL(statement)) as copy:
                copy.write(Path(file.name).read_bytes())


def quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


CYCLES = [name for name in PATTERNS if "cycle" in name]


@pytest.mark.parametrize("name", ["shop", "edges", "names", "tickit", *list(PATTERNS)[:6], *CYCLES])
def test_postgres_takes_it(name: str, tmp_path: Path, database: psycopg.Connection) -> None:
    experiment = SHOP if name == "shop" else CASES[name]()
    output = packed(experiment, tmp_path / "out", "postgres")
    database.execute("CREATE SCHEMA own; SET LOCAL search_path TO own; SET LOCAL TimeZone TO 'Asia/Kolkata'")
    database.execute(SQL(script(output, "postgres", "ddl")))
    fill(database, experiment, output)
    database.execute(SQL(script(output, "postgres", "constraints")))
    assert wrong(verified(database, output, "postgres")) == []


# --- Snowflake


@pytest.fixture(scope="module")
def fakesnow() -> Iterator[int]:
    port = free_port()
    with server([sys.executable, "-m", "fakesnow", "-s", "-p", port], port):
        yield port


def test_snowflake_takes_it(shop: Path, fakesnow: int) -> None:
    os.chdir(shop)
    connection = snowflake.connector.connect(
        user="fake", password="snow", account="fakesnow", host="localhost", port=fakesnow, protocol="http",
        database="db", schema="own", session_parameters={"CLIENT_OUT_OF_BAND_TELEMETRY_ENABLED": False},
    )  # fmt: skip
    with closing(connection), closing(connection.cursor()) as cursor:
        for name in ("ddl", "copy", "verify"):
            for statement in statements(script(shop, "snowflake", name)):
                cursor.execute(statement)
        assert [row for row in cursor.fetchall() if not row[3]] == []


def statements(sql: str) -> list[str]:
    """What a client would send: no statement holds a semicolon at the end of a line."""
    plain = re.sub(r"^--.*\n", "", sql, flags=re.MULTILINE)
    return [text.strip() for text in plain.split(";\n") if text.strip()]


# --- those for which there is no server at hand


MIXED = parsed(of_types(2), *SHOP.to_json()["tables"])


@pytest.mark.parametrize("dialect", ["redshift", "bigquery", "databricks"])
def test_tables_and_checks_are_sql_of_their_dialect(dialect: str, tmp_path: Path) -> None:
    output = packed(MIXED, tmp_path / "out", dialect)
    assert isinstance(sqlglot.parse_one(script(output, dialect, "verify"), read=dialect), exp.Select)
    for tree in sqlglot.parse(script(output, dialect, "ddl"), read=dialect):
        assert isinstance(tree, exp.Create | exp.Alter), tree


@pytest.mark.parametrize("place", ["", S3, "gs://bucket/run"])
def test_what_fills_the_tables_is_sql_of_its_dialect(place: str, tmp_path: Path) -> None:
    output = packed(MIXED, tmp_path / "out", place=place)
    for dialect in WAREHOUSES:
        read = "duckdb" if dialect == "postgres" else dialect
        copy = re.sub(r"^\\set .*\n", "", script(output, dialect, "copy"), flags=re.MULTILINE)
        for text in statements(copy):
            if not text.startswith("LOAD DATA"):  # which sqlglot does not read
                sqlglot.parse_one(text.replace(":'files'", "'files'"), read=read)
        assert copy.count("types_2") >= 1


def test_redshift_manifests_list_every_file(shop: Path) -> None:
    found = manifest.read(shop)
    order = planned(SHOP).load_order
    files = load_pack(SHOP, order, found, S3, dialects=["redshift"])
    copy = files["load/redshift/copy.sql"].decode()
    for made in found.tables:
        path = f"load/redshift/manifests/{made.name}.json"
        assert f"FROM '{S3}/{path}' IAM_ROLE default FORMAT AS PARQUET MANIFEST" in copy
        entries = json.loads(files[path])["entries"]
        assert [entry["url"] for entry in entries] == [f"{S3}/{part.file}" for part in made.parts]
        assert all(entry["mandatory"] is True for entry in entries)
        sizes = [(shop / entry["url"].removeprefix(f"{S3}/")).stat().st_size for entry in entries]
        assert [entry["meta"]["content_length"] for entry in entries] == sizes
    assert "YOUR-" not in "".join(
        content.decode() for name, content in files.items() if name.endswith(".sql")
    )


def test_redshift_identities_take_the_values_of_the_files(tmp_path: Path) -> None:
    def counting(name: str, data_type: str, *others: dict[str, Any]) -> dict[str, Any]:
        return table(name, 3, column("id", data_type, rule={"name": "sequence"}), *others)

    whole, decimal = counting("whole", "BIGINT"), counting("money", "DECIMAL(9,0)")
    output = packed(parsed(whole, decimal, counting("docs", "INT", column("j", "JSON"))), tmp_path / "out")
    assert script(output, "redshift", "ddl").count("IDENTITY") == 1
    copies = [text for text in statements(script(output, "redshift", "copy")) if "COPY" in text]
    assert [name for text in copies for name in ("whole", "money", "landing") if name in text] == [
        "whole",
        "money",
        "landing",
    ]
    assert ["EXPLICIT_IDS" in text for text in copies] == [True, False, False]


def test_what_has_to_be_filled_in_stands_in_one_place(shop: Path) -> None:
    for dialect in WAREHOUSES:
        assert len(re.findall("YOUR[-_]\\w+[/'][^/]*", script(shop, dialect, "copy"))) <= 3
        assert script(shop, dialect, "copy").count("YOUR-BUCKET") <= 1


# --- the pack as a whole


def test_the_same_request_makes_the_same_bytes(shop: Path, tmp_path: Path) -> None:
    again = packed(SHOP, tmp_path / "elsewhere")
    made = {path.relative_to(again): path for path in again.glob("load/**/*") if path.is_file()}
    assert len(made) == 4 * len(WAREHOUSES) + 2
    for name, path in made.items():
        content = path.read_bytes()
        assert content == (shop / name).read_bytes()
        assert str(tmp_path).encode() not in content


def test_checks_are_left_out_and_told(shop: Path) -> None:
    for dialect in WAREHOUSES:
        ddl = script(shop, dialect, "ddl")
        assert "-- order_lines: CHECK (line > 0\n-- OR FALSE) is left out" in ddl
        assert "CHECK" not in re.sub(r"^--.*\n", "", ddl, flags=re.MULTILINE)


def test_the_documented_example_works(tmp_path: Path) -> None:
    page = (GOLDEN.parents[2] / "docs" / "load-pack.md").read_text()
    (code,), (text,) = (re.findall(rf"```{kind}\n(.*?)```", page, re.DOTALL) for kind in ("python", "text"))
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, cwd=tmp_path, capture_output=True, text=True
    )
    assert done.stdout == text
    assert "WRONG" not in text


@pytest.fixture
def kept(service: ExperimentService, tmp_path: Path) -> Path:
    """The output of a run of `shop`, without a pack."""
    service.create(SHOP.to_json() | {"name": "shop"})
    service.generate("shop", GenerateRequest(seed=7, output_dir=tmp_path / "out"))
    return tmp_path / "out"


def test_no_scripts_unless_they_are_asked_for(kept: Path) -> None:
    assert not (kept / "load" / "duckdb").exists()


def test_scripts_with_a_run_and_afterwards_are_the_same(service: ExperimentService, kept: Path) -> None:
    asked = GenerateRequest(seed=7, output_dir=kept.parent / "asked", load_pack=["duckdb", "snowflake"])
    service.generate("shop", asked)
    files = service.add_load_pack("shop", ["duckdb", "snowflake"], run_id=1)
    there = {str(path) for path in (kept / "load").rglob("*.*") if path.name != "pools.json"}
    assert set(files) == there
    for file in files:
        path = Path(file).relative_to(kept)
        assert (kept / path).read_bytes() == (kept.parent / "asked" / path).read_bytes()
    assert json.loads((kept / FILE_NAME).read_bytes()) == json.loads(
        (kept.parent / "asked" / FILE_NAME).read_bytes()
    )
    assert service.verify(kept, deep=True).ok
    service.generate("shop", GenerateRequest(seed=8, output_dir=kept))
    assert not (kept / "load" / "duckdb").exists()


def test_a_pack_that_cannot_be_is_refused_before_anything_is_written(
    service: ExperimentService, kept: Path
) -> None:
    with pytest.raises(RequestError, match="unknown dialect 'duckdp'; did you mean 'duckdb'"):
        service.generate("shop", GenerateRequest(output_dir=kept.parent / "new", load_pack=["duckdp"]))
    with pytest.raises(RequestError, match="for Parquet files, and these are csv"):
        service.generate(
            "shop", GenerateRequest(output_dir=kept.parent / "new", load_pack=["duckdb"], format="csv")
        )
    assert not (kept.parent / "new").exists()
    assert len(service.runs("shop")) == 1
    service.generate("shop", GenerateRequest(seed=8, output_dir=kept))
    with pytest.raises(RequestError, match="was replaced by that of another"):
        service.add_load_pack("shop", ["duckdb"], run_id=1)


def test_a_pack_cut_short_is_told_and_made_whole_again(
    service: ExperimentService, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace, done = Path.replace, []

    def failing(self: Path, target: Path) -> Path:
        done.append(target)
        if len(done) == 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(OutputError, match="the disk is full"):
        service.add_load_pack("shop", ["duckdb"])
    assert not service.verify(kept).ok
    monkeypatch.undo()
    service.add_load_pack("shop", ["duckdb"])
    assert service.verify(kept).ok
    service.generate("shop", GenerateRequest(seed=8, output_dir=kept))
    assert service.verify(kept).ok


def test_what_someone_else_has_written_or_changed_stays(service: ExperimentService, kept: Path) -> None:
    own = kept / "load" / "duckdb" / "copy.sql"
    own.parent.mkdir(parents=True)
    own.write_text("-- mine")
    before = (kept / FILE_NAME).read_bytes()
    with pytest.raises(RequestError, match=r"load/duckdb/copy\.sql was written or changed by someone else"):
        service.add_load_pack("shop", ["duckdb"])
    assert (own.read_text(), (kept / FILE_NAME).read_bytes()) == ("-- mine", before)
    own.unlink()
    service.add_load_pack("shop", ["duckdb"])
    service.add_load_pack("shop", ["duckdb"])
    own.write_text(f"{own.read_text()}-- filled in")
    with pytest.raises(RequestError, match="changed by someone else; move it away"):
        service.add_load_pack("shop", ["all"])


def test_a_pack_beside_a_load_disturbs_it_not(service: ExperimentService, kept: Path, tmp_path: Path) -> None:
    added: list[str] = []

    def watch(_event: object) -> None:
        if not added:
            added.extend(service.add_load_pack("shop", ["duckdb"]))

    assert service.load("shop", to=f"duckdb://{tmp_path}/w.duckdb", watch=watch).rows
    assert added
    assert service.verify(kept).ok


def test_names_of_dialects_that_say_nothing(service: ExperimentService, kept: Path) -> None:
    assert service.load_pack("shop", "duckdb")[1].keys() == service.load_pack("shop", ["duckdb"])[1].keys()
    with pytest.raises(RequestError, match="no dialect is named; say one of ansi, bigquery"):
        service.load_pack("shop", [])
    assert kept.exists()


def golden(output: Path) -> Path:
    customers = entity("customers", 20, column("email", "VARCHAR(60)", is_unique=True))
    details = column("details", "JSON", required=False)
    orders = entity("orders", 50, to("customer_id", "customers.id"), column("placed", "TIMESTAMP"), details)
    return packed(parsed(orders, customers), output)


def test_golden_pack(tmp_path: Path) -> None:
    output = golden(tmp_path / "out") / "load"
    made = {str(path.relative_to(output)): path.read_text() for path in output.glob("**/*") if path.is_file()}
    kept = {str(path.relative_to(GOLDEN)): path.read_text() for path in GOLDEN.glob("**/*") if path.is_file()}
    assert made == kept


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as directory:
        (golden(Path(directory) / "out") / "load").rename(GOLDEN)
