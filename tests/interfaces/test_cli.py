"""`dw-sim` as users meet it: by exit codes and streams."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
import pytest
import typer
from tests.commands import DwSim
from tests.processes import PATIENCE, started, wait_for
from tests.support import EXAMPLES, column, table, views

from dw_simulator.interfaces.cli.row_counts import parse_count, parse_rows
from dw_simulator.service import ExperimentService

SCHEMA = {
    "name": "shop",
    "tables": [table("t", 100, column("id", "INT", is_unique=True), column("x", "VARCHAR(20)"))],
}
COMMAND = [sys.executable, "-m", "dw_simulator"]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "shop.json"
    path.write_text(json.dumps(SCHEMA))
    service = ExperimentService()
    service.create(path)
    service.close()
    return path


def test_a_first_session(dw_sim: DwSim, tmp_path: Path) -> None:
    sql = EXAMPLES / "tickit.sql"
    done = dw_sim(
        "experiment", "import-sql", sql, "--name", "tickit", "--dialect", "redshift", "--target-rows", "200"
    )
    assert "rules from names" in done.stdout
    assert "Next: dw-sim experiment generate tickit" in done.stderr
    shown = dw_sim("experiment", "show", "tickit").stdout
    assert "looks like" in shown
    assert "-> listing.listid" in shown
    out = tmp_path / "out"
    words = ("experiment", "generate", "tickit", "--rows", "sales=2k", "--rows", "users=1_000", "--seed", 7)
    done = dw_sim(*words, "--output-dir", out, "--compression", "snappy")
    assert "4,000 rows" in done.stdout
    assert "seed 7" in done.stdout
    assert views(out).execute("SELECT count(*) FROM sales").fetchone() == (2000,)
    runs = json.loads(dw_sim("experiment", "runs", "tickit", "--json").stdout)
    assert [(run["status"], run["seed"]) for run in runs] == [("COMPLETED", 7)]
    packed = dw_sim("experiment", "load-pack", "tickit", "--dialect", "redshift, duckdb").stdout.split()
    assert str(out / "load" / "redshift" / "copy.sql") in packed
    assert all(Path(file).exists() for file in packed)
    assert "tickit" in dw_sim("experiment", "list").stdout
    dw_sim("experiment", "delete", "tickit")
    assert dw_sim("experiment", "list").stdout == ""


@pytest.mark.parametrize(("words", "code"), [("experiment list", 0), ("experiment show shopp", 2)])
def test_a_process_of_its_own(shop: Path, words: str, code: int) -> None:
    done = subprocess.run([*COMMAND, *words.split()], capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert ("shop" in done.stdout, "did you mean 'shop'" in done.stderr) == (code == 0, code == 2)


def test_json_for_scripts(dw_sim: DwSim, shop: Path) -> None:
    summary = json.loads(dw_sim("experiment", "generate", "shop", "--json", "--seed", 1).stdout)
    assert summary["row_counts"] == {"t": 100}
    assert summary["rows"] == 100
    assert json.loads(dw_sim("experiment", "show", "shop", "--json").stdout)["tables"][0]["name"] == "t"
    assert json.loads(dw_sim("experiment", "list", "--json").stdout)[0]["name"] == "shop"
    assert {row["kind"] for row in json.loads(dw_sim("plugins", "--json").stdout)} >= {
        "rule",
        "dialect",
        "sink",
    }
    assert all(finding["ok"] for finding in json.loads(dw_sim("doctor", "--json").stdout))
    assert json.loads(dw_sim("version", "--json").stdout)["version"]


def test_ddl_on_stdout_and_what_it_lacks_on_stderr(dw_sim: DwSim) -> None:
    sql = EXAMPLES / "tickit.sql"
    dw_sim("experiment", "import-sql", sql, "--name", "tickit", "--dialect", "redshift")
    assert 'DISTKEY("userid")' in dw_sim("experiment", "ddl", "tickit").stdout
    done = dw_sim("experiment", "ddl", "tickit", "--dialect", "duckdb")
    with duckdb.connect() as connection:
        connection.execute(done.stdout)
    assert "warning: users: duckdb has no sort_key, dist_key, left out" in done.stderr
    printed = json.loads(dw_sim("experiment", "ddl", "tickit", "--dialect", "duckdb", "--json").stdout)
    assert printed["sql"] == done.stdout
    assert "sales: duckdb has no sort_key, dist_key, left out" in printed["warnings"]


def test_what_show_prints_can_be_created_again(dw_sim: DwSim, shop: Path, tmp_path: Path) -> None:
    printed = dw_sim("experiment", "show", "shop", "--json").stdout
    (tmp_path / "again.json").write_text(printed.replace('"shop"', '"again"'))
    dw_sim("experiment", "create", tmp_path / "again.json")


MISTAKES: dict[str, tuple[tuple[object, ...], str]] = {
    "no such experiment": (("experiment", "generate", "shopp"), "did you mean 'shop'"),
    "no such table": (("experiment", "generate", "shop", "--rows", "tt=5"), "there is no table 'tt'"),
    "no number": (
        ("experiment", "generate", "shop", "--rows", "t=many"),
        "write 50000, 50_000, 50k, 2M or 1e6",
    ),
    "no equals": (("experiment", "generate", "shop", "--rows", "t"), "is not TABLE=COUNT"),
    "no such option": (("experiment", "generate", "shop", "--sed", "5"), "No such option"),
    "no such command": (("experiment", "generat", "shop"), "No such command"),
    "no such file": (("experiment", "create", "none.json"), "No such file"),
    "no such dialect": (
        ("experiment", "import-sql", "shop.json", "--name", "x", "--dialect", "redshit"),
        "did you mean 'redshift'",
    ),
    "no such load pack": (
        ("experiment", "generate", "shop", "--load-pack", "redshit"),
        "unknown dialect 'redshit'; did you mean 'redshift'?",
    ),
    "no dialect": (("experiment", "ddl", "shop"), "choose a dialect: ansi, bigquery, databricks"),
    "no such dialect to write": (
        ("experiment", "ddl", "shop", "--dialect", "duck"),
        "unknown dialect 'duck'",
    ),
    "no sql": (("experiment", "import-sql", "shop.json", "--name", "x", "--dialect", "redshift"), "error:"),
    "name taken": (("experiment", "create", "shop.json"), "exists already"),
    "bad name": (
        ("experiment", "import-sql", EXAMPLES / "tickit.sql", "--name", "../x", "--dialect", "redshift"),
        "name: ",
    ),
}


@pytest.mark.parametrize(("words", "message"), MISTAKES.values(), ids=MISTAKES.keys())
def test_mistakes_are_explained_with_exit_code_2(
    dw_sim: DwSim, shop: Path, words: tuple[object, ...], message: str
) -> None:
    done = dw_sim(*words, code=2)
    assert message in " ".join(done.stderr.replace("│", " ").split())
    assert done.stdout == ""


def test_a_broken_json_file_is_shown_with_line_and_column(dw_sim: DwSim, tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text('{\n  "name": shop\n}')
    assert (
        "bad.json, line 2, column 11" in dw_sim("experiment", "create", tmp_path / "bad.json", code=2).stderr
    )


def test_an_output_that_cannot_be_written_is_exit_code_1(dw_sim: DwSim, shop: Path, tmp_path: Path) -> None:
    done = dw_sim("experiment", "generate", "shop", "--output-dir", shop / "below", code=1)
    assert "choose another output directory" in done.stderr


def test_a_store_that_cannot_be_opened_is_exit_code_1(
    dw_sim: DwSim, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DW_SIM_STORE_URL", f"sqlite:///{shop}")
    assert "not a database" in dw_sim("experiment", "list", code=1).stderr
    assert "FAILS" in dw_sim("doctor", code=1).stdout


@pytest.mark.parametrize("executor", ["threads", "processes"])
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_stops_soon_and_leaves_nothing(
    dw_sim: DwSim, shop: Path, tmp_path: Path, executor: str, stop: signal.Signals
) -> None:
    out = tmp_path / "out"
    words = [
        "experiment",
        "generate",
        "shop",
        "--rows",
        "t=2G",
        "--output-dir",
        str(out),
        "--executor",
        executor,
    ]
    with started([*COMMAND, *words], stderr=subprocess.PIPE) as process:
        wait_for(lambda: list(out.glob(".dw-sim-*/unfinished/*.parquet")))
        time.sleep(0.3)
        os.killpg(process.pid, stop)
        # a fraction of a second where nothing else is going on; the whole run would take an hour
        stderr = process.communicate(timeout=PATIENCE)[1]
        assert process.returncode == 130
    assert "interrupted; nothing was published" in stderr
    assert "Traceback" not in stderr
    assert not out.exists()
    runs: list[dict[str, Any]] = json.loads(dw_sim("experiment", "runs", "shop", "--json").stdout)
    assert [run["status"] for run in runs] == ["ABORTED"]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("0", 0),
        ("50000", 50_000),
        ("50_000", 50_000),
        ("50k", 50_000),
        ("2M", 2_000_000),
        ("1e6", 10**6),
        ("1.5M", 1_500_000),
        ("3G", 3 * 10**9),
        (" 7 ", 7),
    ],
)
def test_counts(text: str, count: int) -> None:
    assert parse_count(text) == count


@pytest.mark.parametrize("text", ["", "k", "-5", "1.5", "5x", "1e-3", "0x10", "1,000", "1e99999", "٣", "NaN"])
def test_what_is_no_count(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        parse_count(text)


def test_rows_of_tables_with_an_equals_sign_in_their_name() -> None:
    assert parse_rows(["a=b=5", "c=1k"]) == {"a=b": 5, "c": 1000}


def test_show_tells_of_one_table(dw_sim: DwSim) -> None:
    dw_sim("experiment", "create", EXAMPLES / "webshop.json")
    shown = dw_sim("experiment", "show", "webshop", "customers").stdout
    assert "customers  (" in shown
    assert "orders  (" not in shown
    unknown = dw_sim("experiment", "show", "webshop", "customrs", code=2)
    assert "did you mean 'customers'?" in unknown.stderr


def test_a_dbt_project_and_its_rows_for_programs(dw_sim: DwSim, tmp_path: Path) -> None:
    project = EXAMPLES.parent / "tests" / "dbt" / "shop"
    done = dw_sim(
        "import-dbt", project, "--name", "mine", "--target-rows", 20, "--as-of", "2026-01-31", "--json"
    )
    assert json.loads(done.stdout)["name"] == "mine"
    checks = [one for table in json.loads(done.stdout)["schema"]["tables"] for one in table.get("checks", ())]
    assert "NOT (state = 'shipped') OR (amount IS NOT NULL)" in checks
    rows = dw_sim("experiment", "preview", "mine", "customers", "--count", 2, "--format", "csv").stdout
    assert rows.splitlines()[0] == "id,email,segment,created_at"
    assert len(rows.splitlines()) == 3
    lines = dw_sim("experiment", "preview", project, "payments", "--count", 2, "--format", "yaml").stdout
    assert [json.loads(line.removeprefix("- "))["payment_id"] for line in lines.splitlines()] == [1, 2]
    assert "there are no 'sauces'" in dw_sim("import-dbt", project, "--take", "sauces", code=2).stderr
    assert "no dbt_project.yml" in dw_sim("import-dbt", tmp_path, code=2).stderr
