"""The manifest's facts against an independent reading of the files, by DuckDB."""

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support import EXAMPLES, RETAIL, column, table, views

from dw_simulator.errors import RequestError
from dw_simulator.ports import manifest
from dw_simulator.ports.manifest import ColumnFacts, decimal_text
from dw_simulator.service import ExperimentService, GenerateRequest

EVERY_TYPE = [
    column("t", "TINYINT"),
    column("i", "INT"),
    column("b", "BIGINT", min_value=-(2**63), max_value=2**63 - 1),
    column("k", "BIGINT", is_unique=True),
    column("d9", "DECIMAL(9,2)", min_value=-50, max_value=50),
    column("d18", "DECIMAL(18,4)", min_value=-(10**13), max_value=10**14 - 1),
    column("d38", "DECIMAL(38,10)", min_value=-(10**27), max_value=10**27),
    column("d0", "DECIMAL(20,0)", min_value=-(10**19), max_value=10**19),
    column("r", "REAL"),
    column("f", "DOUBLE", min_value=0, max_value=1),
    column("o", "BOOLEAN"),
    column("s", "VARCHAR(30)"),
    column("e", "VARCHAR(60)", faker_rule="name"),
    column("day", "DATE"),
    column("tod", "TIME"),
    column("us", "TIMESTAMP"),
    column("z", "TIMESTAMPTZ"),
    column("ns", "TIMESTAMP_NTZ"),
    column("v", "VARBYTE(9)"),
    column("u", "UUID"),
    column("one", "INT", min_value=7, max_value=7),
]


def generated(service: ExperimentService, tmp_path: Path, rows: int) -> tuple[manifest.Manifest, Path]:
    nullable = [{**c, "name": f"{c['name']}_n", "required": False} for c in EVERY_TYPE]
    service.create({"name": "x", "tables": [table("t", rows, *EVERY_TYPE, *nullable)]})
    out = tmp_path / "out"
    service.generate("x", GenerateRequest(seed=11, output_dir=out))
    return manifest.read(out), out


@pytest.mark.parametrize("rows", [0, 1, 70_000])
def test_every_fact_is_what_duckdb_reads(service: ExperimentService, tmp_path: Path, rows: int) -> None:
    document, out = generated(service, tmp_path, rows)
    connection = views(out)
    connection.execute("SET TimeZone = 'UTC'")
    kinds = {row[0]: row[1] for row in connection.execute("DESCRIBE t").fetchall()}
    (entry,) = document.tables
    assert entry.rows == rows
    for name, facts in entry.columns.items():
        kind = kinds[name]
        nulls, low, high, distinct = connection.execute(
            f"SELECT count(*) - count({name}), min({name})::VARCHAR, max({name})::VARCHAR, "
            f"count(DISTINCT {name}) FROM t"
        ).fetchone()
        assert facts.nulls == nulls, name
        assert _same(connection, kind, facts.min, low), (name, facts.min, low)
        assert _same(connection, kind, facts.max, high), (name, facts.max, high)
        if facts.distinct is not None:
            assert facts.distinct == distinct, name
        if facts.sum is not None:
            total = connection.execute(f"SELECT list({name}) FROM t").fetchone()[0] or []
            assert Fraction(facts.sum) == sum(Fraction(value) for value in total if value is not None), name
    assert {name for name, facts in entry.columns.items() if facts.sum is None} == {
        f"{name}{suffix}"
        for name in ("r", "f", "o", "s", "e", "day", "tod", "us", "z", "ns", "v", "u")
        for suffix in ("", "_n")
    }
    assert entry.columns["k"].distinct == rows
    assert entry.columns["one"].distinct == min(rows, 1)


def _same(connection: duckdb.DuckDBPyConnection, kind: str, ours: Any, theirs: str | None) -> bool:
    """Whether a fact is what DuckDB reads, by DuckDB's own comparison in the column's type."""
    if ours is None or theirs is None:
        return ours is theirs
    text = f"unhex('{ours}')::VARCHAR" if kind == "BLOB" else f"CAST('{_quoted(ours)}' AS {kind})"
    return connection.execute(f"SELECT {text} = CAST('{_quoted(theirs)}' AS {kind})").fetchone()[0]


def _quoted(value: Any) -> str:
    return str(value).replace("'", "''")


def test_the_facts_of_a_table_are_those_of_its_parts(service: ExperimentService, tmp_path: Path) -> None:
    service.create(RETAIL)
    rows = {"customers": 1000, "products": 100, "orders": 5000, "order_items": 1_200_000}
    service.generate("retail", GenerateRequest(rows, seed=1, output_dir=tmp_path / "out"))
    entry = next(t for t in manifest.read(tmp_path / "out").tables if t.name == "order_items")
    assert len(entry.parts) == 2
    parts = [Decimal(str(part.columns["unit_price"].sum)) for part in entry.parts]
    assert Decimal(str(entry.columns["unit_price"].sum)) == sum(parts)
    found = views(tmp_path / "out").execute(
        "SELECT sum(unit_price)::VARCHAR, min(unit_price)::VARCHAR, max(unit_price)::VARCHAR FROM order_items"
    )
    facts = entry.columns["unit_price"]
    assert (facts.sum, facts.min, facts.max) == found.fetchone()


def test_ends_that_one_part_does_not_know_are_not_known(service: ExperimentService, tmp_path: Path) -> None:
    """Parquet's statistics leave out text of several kB: what is left are not the table's ends."""
    rule = {"name": "choice", "values": ["m", "n", "z" * 6000], "weights": [50_000_000, 50_000_000, 1]}
    service.create({"name": "x", "tables": [table("t", 3_000_000, column("s", "VARCHAR(9000)", rule=rule))]})
    for seed in range(20):
        out = tmp_path / str(seed)
        service.generate("x", GenerateRequest(seed=seed, output_dir=out))
        (entry,) = manifest.read(out).tables
        known = [part.columns["s"].min is not None for part in entry.parts]
        if len(set(known)) == 2:
            break
    assert len(set(known)) == 2, "one part with long text, and one without"
    assert (entry.columns["s"].min, entry.columns["s"].max) == (None, None)
    assert service.verify(out, deep=True).ok


def test_the_same_request_makes_the_same_manifest(service: ExperimentService, tmp_path: Path) -> None:
    service.create_from(EXAMPLES / "tickit.sql", name="tickit", dialect="redshift", target_rows=50)
    texts = []
    for place, workers in (("a", 1), ("b", 2)):
        service.generate("tickit", GenerateRequest(seed=5, output_dir=tmp_path / place, workers=workers))
        texts.append((tmp_path / place / "_manifest.json").read_bytes())
    assert texts[0] == texts[1]
    assert str(tmp_path).encode() not in texts[0]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "No such file or directory; name the --output-dir of a run"),
        ("{", "is not a manifest"),
        ("[]", "is not a manifest"),
        (json.dumps({"seed": 1}), "is not a manifest: program_version"),
    ],
)
def test_what_is_no_manifest(tmp_path: Path, content: str | None, words: str) -> None:
    if content is not None:
        (tmp_path / manifest.FILE_NAME).write_text(content)
    with pytest.raises(RequestError, match=words):
        manifest.read(tmp_path)


@given(st.integers(-(10**40), 10**40), st.integers(0, 12))
def test_decimals_as_text(unscaled: int, scale: int) -> None:
    assert Fraction(decimal_text(unscaled, scale)) == Fraction(unscaled, 10**scale)


def test_facts_round_trip() -> None:
    for value in (True, 5, 2**80, 0.5, "5.0", None):
        facts = ColumnFacts(nulls=0, min=value)
        again = ColumnFacts.model_validate_json(facts.model_dump_json())
        assert again == facts
        assert type(again.min) is type(value)


def test_what_gave_way_when_a_run_was_planned_gives_way_when_it_is_verified(
    service: ExperimentService, tmp_path: Path
) -> None:
    """More rows than a key has values are a guess that goes with its table's other guesses."""
    ways = {"new": {"done": {"share": 1, "after": {"within": "2d"}}}}
    life = {"starts": "begun", "first": "new", "states": ways}
    guess = {"target_rows": 5000, "lifecycles": {"life": life}}
    rule = {"name": "lifecycle", "of": "life", "field": "state"}
    state = column("state", "VARCHAR(8)", rule=rule, inferred="x", guessed={"rule": rule})
    key = column("id", "INT", min_value=1, max_value=2000)
    columns = [key, column("begun", "TIMESTAMP"), state]
    seen = {"name": "a", "columns": columns, "primary_key": ["id"], **guess, "inferred": "x"}
    service.create({"name": "x", "tables": [{**seen, "guessed": guess}]})
    result = service.generate("x", GenerateRequest(seed=2, output_dir=tmp_path / "out"))
    assert any("given up" in line for line in result.warnings)
    assert manifest.read(tmp_path / "out").asked == {}
    assert service.verify(tmp_path / "out", deep=True).ok
