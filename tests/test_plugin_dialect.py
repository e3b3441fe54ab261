"""A dialect that a plugin adds is a warehouse like the built-in ones, from import to query."""

import json
import re
import sys
import time
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import pytest
from tests.support import EXAMPLES

from dw_simulator.errors import RequestError, SchemaError, ScriptError, UnknownNameError
from dw_simulator.loading.pack import load_pack, packed_dialects
from dw_simulator.plugin import (
    Ddl,
    Dialect,
    SqlError,
    WarehouseAddress,
    WrittenDdl,
    hookimpl,
)
from dw_simulator.ports.constraints import Check
from dw_simulator.ports.statement import Statement, TypedTables
from dw_simulator.registry.json_schema import experiment_schema
from dw_simulator.registry.manager import Owner, PluginWarning, Registry, registry
from dw_simulator.registry.script_import import guessed, without_texts
from dw_simulator.registry.shelves import Shelf
from dw_simulator.schema.model import Experiment, ForeignKey, Table
from dw_simulator.service import ExperimentService, GenerateRequest
from dw_simulator.settings import Settings
from dw_simulator.settings import load as load_settings

SCRIPT = """
MAKE TABLE people (id INTEGER PRIMARY KEY, age INTEGER NOT NULL CHECK (age BETWEEN 21 AND 23));
MAKE TABLE visits (id INTEGER PRIMARY KEY, person INTEGER REFERENCES people (id));
"""


def _own() -> Any:
    """DuckDB's dialect, whose tables are `made` rather than created here."""
    return registry().dialects.get("duckdb")


class Acme(Dialect):
    """A warehouse that says MAKE for CREATE and ASK for SELECT."""

    warehouse = WarehouseAddress("acme_url")

    def read(self, sql: str) -> Ddl:
        if "MAKE" not in sql:
            raise SqlError("no MAKE TABLE", 1, 1)
        found: Ddl = _own().read(sql.replace("MAKE", "CREATE"))
        return found

    def write(
        self,
        experiment: Experiment,
        *,
        schema: str | None = None,
        keys_late: bool = False,
        but: Collection[tuple[str, ForeignKey]] = (),
    ) -> WrittenDdl:
        made: WrittenDdl = _own().write(experiment, schema=schema, keys_late=keys_late, but=but)
        tables = tuple(text.replace("CREATE", "MAKE") for text in made.tables)
        return WrittenDdl(tables, made.late, made.warnings)

    def checks(self, table: Table) -> tuple[Check, ...]:
        found: tuple[Check, ...] = _own().checks(table)
        return found

    def translate(self, sql: str, *, to: str, tables: TypedTables) -> Statement | None:
        return Statement(re.sub("^ASK", "SELECT", sql), sql) if to == "duckdb" else None


class Taciturn(Dialect):
    """A dialect that only reads and writes."""

    def read(self, sql: str) -> Ddl:
        return Acme().read(sql)

    def write(self, experiment: Experiment, **way: Any) -> WrittenDdl:
        return Acme().write(experiment, **way)


acme, taciturn = Acme(), Taciturn()


@pytest.fixture
def plugged(monkeypatch: pytest.MonkeyPatch) -> Registry:
    """The registry of this process with the dialects above."""
    module = ModuleType("acme_plugin")

    @hookimpl
    def dw_simulator_dialects() -> dict[str, str]:
        return {"acme": f"{__name__}:acme", "taciturn": f"{__name__}:taciturn"}

    module.dw_simulator_dialects = dw_simulator_dialects  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, __name__, sys.modules[__name__])
    found = Registry()
    found.register(module, Owner("acme-plugin", "1.0", "acme"))
    for place in ("registry.manager", "service", "loading.pack", "registry.json_schema"):
        monkeypatch.setattr(f"dw_simulator.{place}.registry", lambda: found)
    return found


@pytest.fixture
def shop(plugged: Registry, tmp_path: Path) -> ExperimentService:
    """A service that knows the dialects; the script is imported, guessed from its file."""
    service = ExperimentService(Settings(home=tmp_path / "home"))
    (tmp_path / "shop.sql").write_text(SCRIPT)
    service.create_from(tmp_path / "shop.sql", target_rows=300)
    return service


def test_an_import_keeps_it_as_the_target(shop: ExperimentService) -> None:
    stored = shop.get("shop").experiment
    assert stored.target_warehouse == "acme"
    assert stored.to_json()["target_warehouse"] == "acme"
    assert [table.name for table in stored.tables] == ["people", "visits"]


def test_a_schema_names_it_and_offers_it_for_a_slip(shop: ExperimentService) -> None:
    schema = {**shop.get("shop").experiment.to_json(), "name": "again"}
    assert shop.create(schema).experiment.target_warehouse == "acme"
    with pytest.raises(SchemaError, match="target_warehouse: unknown dialect 'acne'; did you mean 'acme'"):
        shop.create({**schema, "name": "third", "target_warehouse": "acne"})


def test_the_json_schema_lists_it(plugged: Registry) -> None:
    schema: Any = experiment_schema(plugged)
    field = schema["properties"]["target_warehouse"]
    listed = schema["$defs"]["DialectName"]["enum"]
    assert {"$ref": "#/$defs/DialectName"} in field["anyOf"]
    assert {"acme", "taciturn", "duckdb", "snowflake"} <= set(listed)
    assert json.loads(json.dumps(schema)) == schema


def test_its_checks_are_followed(shop: ExperimentService) -> None:
    plan = shop.plan("shop", seed=1)
    assert plan.warnings == ()
    rows = shop.preview("shop", "people", count=100).rows
    assert {row["age"] for row in rows} == {21, 22, 23}


def test_a_dialect_that_reads_no_check_is_told_of(shop: ExperimentService) -> None:
    schema = {**shop.get("shop").experiment.to_json(), "name": "mute", "target_warehouse": "taciturn"}
    shop.create(schema)
    assert "taciturn reads no CHECK" in " ".join(shop.plan("mute", seed=1).warnings)


def test_its_ddl_is_written(shop: ExperimentService) -> None:
    written = shop.ddl("shop")
    assert written.sql.startswith("MAKE TABLE")
    assert shop.registry.dialects.get("acme").read(written.sql).tables
    for dialect in ("postgres", "snowflake"):
        other = shop.ddl("shop", dialect)
        assert other.sql.startswith("CREATE TABLE")
        assert "age BETWEEN 21 AND 23" in " ".join(other.warnings), "whose words are the plugin's own"


def test_its_queries_are_translated(shop: ExperimentService) -> None:
    shop.generate("shop", GenerateRequest(seed=3))
    with shop.query("shop", "ASK count(*) AS n FROM people", dialect="acme") as answer:
        assert list(answer.rows()) == [{"n": 300}]
    with pytest.raises(RequestError, match="SQL of the dialect taciturn cannot be translated"):
        shop.query("shop", "SELECT 1", dialect="taciturn")
    with pytest.raises(UnknownNameError, match="did you mean 'acme'"):
        shop.query("shop", "SELECT 1", dialect="acmee")


def test_a_load_goes_to_a_url_or_where_its_setting_says(
    shop: ExperimentService, plugged: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.generate("shop", GenerateRequest(seed=3))
    loaded = shop.load("shop", to=f"duckdb://{tmp_path / 'one.duckdb'}")
    assert loaded.row_counts == {"people": 300, "visits": 300}
    with pytest.raises(RequestError, match="no acme is configured; set DW_SIM_ACME_URL"):
        shop.load("shop")
    monkeypatch.setenv("DW_SIM_ACME_URL", f"duckdb://{tmp_path / 'two.duckdb'}")
    service = ExperimentService(load_settings())
    assert service.load("shop").place.endswith("two.duckdb")
    with duckdb.connect(str(tmp_path / "two.duckdb"), read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM shop.visits").fetchall() == [(300,)]
    with service.query("shop", "ASK max(age) AS oldest FROM people", loaded=True) as answer:
        assert list(answer.rows()) == [{"oldest": 23}]


def test_the_setting_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        "DW_SIM_ACME_URL=duckdb:///somewhere.duckdb\nDW_SIM_REDSHIFT_URL=postgresql://x\n"
    )
    settings = load_settings()
    assert settings.url_of("acme_url") == "duckdb:///somewhere.duckdb"
    assert settings.url_of("redshift_url") == settings.redshift_url.get_secret_value() == "postgresql://x"
    assert settings.url_of("nobody_url") == ""
    assert "somewhere" not in repr(settings)


def test_a_dialect_without_an_address_is_loaded_by_url_only(shop: ExperimentService) -> None:
    schema = {**shop.get("shop").experiment.to_json(), "name": "mute", "target_warehouse": "taciturn"}
    shop.create(schema)
    with pytest.raises(RequestError, match="there is no warehouse for taciturn; load into another with --to"):
        shop.load("mute")


def test_a_load_pack_leaves_out_who_has_no_scripts(shop: ExperimentService, tmp_path: Path) -> None:
    summary = shop.generate("shop", GenerateRequest(seed=3, output_dir=tmp_path / "out"))
    document = shop.published(shop.run("shop", summary.run_id))
    experiment = shop.get("shop").experiment
    files = load_pack(
        experiment,
        shop.plan("shop", seed=3).load_order,
        document,
        dialects=packed_dialects(["all"], "parquet"),
    )
    assert not [name for name in files if "acme" in name or "taciturn" in name]
    assert [name for name in files if name.startswith("load/duckdb/")]


# --- whose SQL a script is

# what nobody marks is the first one's, DuckDB's
KNOWN = {
    "duckdb": "CREATE TABLE t (a INTEGER, b VARCHAR)",
    "postgres": "CREATE TABLE t (a BIGSERIAL, b JSONB, at TIMESTAMP WITHOUT TIME ZONE)",
    "redshift": "CREATE TABLE t (a BIGINT ENCODE az64, b SUPER) DISTSTYLE ALL SORTKEY (a)",
    "snowflake": "CREATE OR REPLACE TRANSIENT TABLE t (a NUMBER(38, 0) AUTOINCREMENT, at TIMESTAMP_NTZ)",
    "bigquery": "CREATE TABLE t (a INT64, b BYTES, c FLOAT64) OPTIONS (description = 'x')",
    "databricks": "CREATE TABLE t (a BIGINT, b STRING) USING DELTA PARTITIONED BY (a)",
}


@pytest.mark.parametrize(("name", "sql"), KNOWN.items(), ids=KNOWN)
def test_a_script_is_known_by_what_only_its_dialect_says(name: str, sql: str) -> None:
    assert guessed(sql, registry().dialects)[0] == name


@pytest.mark.parametrize("name", KNOWN)
def test_what_a_dialect_writes_is_read_with_as_few_warnings_as_by_any(name: str) -> None:
    """Whichever is guessed: plain SQL is nobody's."""
    dialects = registry().dialects
    experiment = ExperimentService().import_sql(
        (EXAMPLES / "orders.sql").read_text(), name="orders", dialect="snowflake"
    )
    sql = dialects.get(name).write(experiment.experiment).sql
    found, ddl = guessed(sql, dialects)
    assert len(ddl.warnings) <= len(dialects.get(name).read(sql).warnings)
    assert [table["name"] for table in ddl.tables] == [table.name for table in experiment.experiment.tables]
    assert found == name or not ddl.warnings


def test_names_and_texts_are_no_marks() -> None:
    sql = """-- DISTSTYLE ALL SORTKEY
    CREATE TABLE t (variant INT, super INT, "jsonb" INT, note VARCHAR(9) DEFAULT 'BIGSERIAL NUMBER(')"""
    assert guessed(sql, registry().dialects)[0] == "duckdb"
    sql = """CREATE TABLE IF NOT EXISTS geography (id INT PRIMARY KEY, CONSTRAINT distkey UNIQUE (id));
    CREATE TABLE options (id INT, `string` INT, CONSTRAINT super CHECK (id > 0));"""
    words = without_texts(sql)
    assert not re.search("geography|distkey|options|string|super", words)


def test_a_script_that_nobody_reads_is_told_by_who_came_furthest() -> None:
    with pytest.raises(ScriptError) as caught:
        guessed("CREATE TABLE t (a INT);\nCREATE TABLE u (a STRUCT<x INT>, b ((;", registry().dialects)
    assert caught.value.line == 2


def test_a_long_script_is_guessed_in_little_time() -> None:
    for many in ("/* ", "' ", '" ', "` ", "-- ", "/* x ' \" ", "( ", "table table "):
        began = time.perf_counter()
        without_texts("CREATE TABLE t (a NUMBER(38, 0) " + many * 200_001)
        assert time.perf_counter() - began < 3, many


def test_marks_that_are_no_pattern_are_told_and_count_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    known = registry().dialects
    broken = replace(known.get("postgres"), marks="((")  # type: ignore[type-var]
    usable = {**known.usable(), "postgres": broken}
    monkeypatch.setattr(Shelf, "usable", lambda _self: usable)
    with pytest.warns(PluginWarning, match="the marks of the dialect 'postgres' are no pattern"):
        assert guessed("CREATE TABLE t (a NUMBER(9, 2))", known)[0] == "snowflake"
