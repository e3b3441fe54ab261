"""Hidden tables and columns: planned like others, looked up and summed up, and written nowhere."""

import json
from pathlib import Path
from typing import Any

import pytest
from scipy import stats
from tests.support import column, made, planned, reference, table, views
from typer.testing import CliRunner

from dw_simulator.errors import PlanError, SchemaError, SqlError
from dw_simulator.interfaces.cli.main import app
from dw_simulator.schema import reading
from dw_simulator.schema.shown import shown
from dw_simulator.service import ExperimentService, GenerateRequest

HIDDEN = {"hidden": True}
SEEN = ("bought_at", "store_id", "amount")
SECRETS = ("receipts", "receipt_id", "size", "noisy")


def expression(sql: str) -> dict[str, Any]:
    return {"rule": {"name": "expression", "sql": sql}}


SHOP = {
    "name": "shop",
    "target_warehouse": "duckdb",
    "tables": [
        table(
            "receipts",
            400,
            column("id", "INT", is_unique=True),
            column("bought_at", "TIMESTAMP(0)", date_start="2024-01-01", date_end="2024-12-31"),
            column("store", "INT", **reference("stores.id")),
            **HIDDEN,
        ),
        table(
            "stores",
            7,
            column("id", "INT"),
            column("size", "DOUBLE", **expression("0.5 + noise('size')"), **HIDDEN),
            column("staff", "INT", **expression("CAST(ceil(10 * size) AS INT)")),
            primary_key=["id"],
        ),
        table(
            "sales",
            3000,
            column("receipt_id", "INT", **reference("receipts.id", children={"min": 1, "max": 20}), **HIDDEN),
            column("bought_at", "TIMESTAMP(0)", lookup={"reference": "receipt_id", "column": "bought_at"}),
            column(
                "store_id",
                "INT",
                **reference("stores.id"),
                lookup={"reference": "receipt_id", "column": "store"},
            ),
            column("noisy", "DECIMAL(8,2)", min_value=1, max_value=90, **HIDDEN),
            column("amount", "DECIMAL(8,2)", **expression("noisy * 2")),
            sort_key=["receipt_id", "bought_at"],
            checks=["amount >= noisy", "amount > 0", "amount <> length('noisy')"],
        ),
    ],
}


def test_what_is_hidden_is_written_nowhere(service: ExperimentService, tmp_path: Path) -> None:
    service.create(SHOP)
    request = GenerateRequest(seed=5, output_dir=tmp_path / "out", load_pack=("all",), rows={"receipts": 500})
    service.generate("shop", request)
    names = {str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*")}
    assert not any("receipt" in name for name in names)
    database = views(tmp_path / "out")
    assert [row[0] for row in database.execute("DESCRIBE sales").fetchall()] == [
        "bought_at",
        "store_id",
        "amount",
    ]
    counts = "SELECT count(*), count(DISTINCT (bought_at, store_id)) FROM sales"
    rows, receipts = database.execute(counts).fetchall()[0]
    assert rows == 3000
    assert 480 <= receipts <= 500, "the rows of a receipt have one moment and one store"
    for text in (service.ddl("shop").sql, *(_read(path) for path in (tmp_path / "out" / "load").rglob("*"))):
        assert not any(secret in text.replace("'noisy'", "") for secret in SECRETS)
    manifest = json.loads((tmp_path / "out" / "_manifest.json").read_text())
    assert [entry["name"] for entry in manifest["tables"]] == ["stores", "sales"]
    assert manifest["rows"] == {"receipts": 500, "stores": 7, "sales": 3000}
    report = service.verify(tmp_path / "out", deep=True)
    assert (report.mismatches, report.rows > 2000) == ([], True)


def _read(path: Path) -> str:
    return path.read_text() if path.is_file() else ""


def test_the_command_line_tells_of_what_was_written(tmp_path: Path) -> None:
    (tmp_path / "shop.json").write_text(json.dumps(SHOP))
    words = ["generate", str(tmp_path / "shop.json"), "--output-dir", str(tmp_path / "out"), "--json"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert set(told["row_counts"]) == {"stores", "sales"}


def test_others_load_and_ask_what_is_shown(service: ExperimentService) -> None:
    service.create(SHOP)
    service.generate("shop", GenerateRequest(seed=5))
    loaded = service.load("shop")
    assert loaded.row_counts == {"stores": 7, "sales": 3000}
    with service.query("shop", "SELECT * FROM sales") as answer:
        assert [one.name for one in answer.columns] == list(SEEN)
    with pytest.raises(SqlError, match="noisy"), service.query("shop", "SELECT max(noisy) FROM sales"):
        pass


def test_a_preview_shows_it(service: ExperimentService) -> None:
    service.create(SHOP)
    (row,) = service.preview("shop", "stores", count=1).rows
    assert set(row) == {"id", "size", "staff"}
    assert len(service.preview("shop", "receipts", count=3).rows) == 3


def test_what_is_shown_speaks_of_nothing_hidden() -> None:
    experiment = reading.parse(SHOP)
    _receipts, _stores, sales = experiment.tables
    stores, seen = shown(experiment).tables
    assert [one.name for one in (stores, seen)] == ["stores", "sales"]
    assert (seen.sort_key, seen.checks) == (("bought_at",), ("amount > 0", "amount <> length('noisy')"))
    assert [reference_.references_table for reference_ in seen.references] == ["stores"]
    assert len(sales.references) == 2
    plain = reading.parse({**SHOP, "tables": [table("t", 3, column("a", "INT"))]})
    assert shown(plain) is plain


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ([table("t", 3, column("a", "INT"), **HIDDEN)], "every table is hidden"),
        ([table("t", 3, column("a", "INT", **HIDDEN))], "every column of t is hidden"),
        (
            [
                table(
                    "t",
                    30,
                    column("a", "INT"),
                    column("b", "VARCHAR(9)", **HIDDEN),
                    faults=[{"kind": "truncated", "column": "b", "rows": 2}],
                )
            ],
            "t.b is hidden, so nobody would find its faults",
        ),
        (
            [
                table("s", 3, column("a", "INT")),
                table("t", 30, column("a", "INT"), faults=[{"kind": "duplicates", "rows": 2}], **HIDDEN),
            ],
            "t is hidden, so nobody would find its faults",
        ),
    ],
)
def test_something_is_left_to_be_written(tables: list[dict[str, Any]], words: str) -> None:
    with pytest.raises(SchemaError, match=words):
        reading.parse({"name": "x", "tables": tables})


# --- noise


def test_noise_is_an_even_draw_by_its_name() -> None:
    named = {name: expression(f"noise('{name}')") for name in ("a", "b")}
    plan = planned(
        table(
            "t",
            20_000,
            column("x", "DOUBLE", **named["a"]),
            column("same", "DOUBLE", **expression("NOISE('a') - noise('a')")),
            column("other", "DOUBLE", **expression("noise('A') - noise('a')")),
            column("two", "DOUBLE", **expression("noise('a') + noise('b')")),
            column("y", "DOUBLE", **named["b"]),
        )
    )
    x, same, two, y = (made(plan, "t", name) for name in ("x", "same", "two", "y"))
    assert set(same) == {0.0}
    assert len(set(made(plan, "t", "other"))) == 20_000
    assert stats.kstest(x, "uniform").pvalue > 1e-4
    assert abs(stats.pearsonr(x, y).statistic) < 0.03
    assert stats.kstest(two, stats.triang(0.5, 0, 2).cdf).pvalue > 1e-4
    other = planned(table("t", 20_000, column("x", "DOUBLE", **named["a"])), seed=8)
    assert made(other, "t", "x") != x


@pytest.mark.parametrize("sql", ["noise(1)", "noise()", "noise('a', 'b')", "noise(id)"])
def test_noise_has_a_name(sql: str) -> None:
    with pytest.raises(PlanError, match="takes one text, the name of the draw"):
        planned(table("t", 5, column("id", "INT"), column("x", "DOUBLE", **expression(sql))))
