"""`dw-sim query` as users meet it: in a process of its own, by exit codes and streams."""

import json
import re
import resource
import shutil
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.commands import DwSim
from tests.processes import PATIENCE, started, wait_for
from tests.support import column, table

from dw_simulator.service import ExperimentService, GenerateRequest
from dw_simulator.settings import Settings

COMMAND = [sys.executable, "-m", "dw_simulator", "query", "shop"]
LONG = "SELECT sum(a.range * b.range) FROM range(10000000) a, range(1000000) b"
SCHEMA = {"name": "shop", "tables": [table("t", 300, column("id", "INT", is_unique=True))]}


@pytest.fixture(autouse=True)
def shop(tmp_path: Path) -> None:
    service = ExperimentService(Settings(home=tmp_path / "home"))
    service.create(SCHEMA)
    service.generate("shop", GenerateRequest(seed=7))
    service.persistence.close()


@pytest.fixture
def ask(dw_sim: DwSim) -> DwSim:
    return partial(dw_sim, "query", "shop")


def apart(*words: object, code: int = 0, **options: Any) -> subprocess.CompletedProcess[str]:
    """In a process of its own."""
    command = [*COMMAND, *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE, **options)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


@pytest.mark.parametrize(
    "words",
    [
        ("-- how many\nSELECT count(*) AS n FROM t",),
        ("--how many\r\nSELECT count(*) AS n FROM t", "--limit", 5),
        ("--format", "table", "-- a=b\nSELECT count(*) AS n FROM t"),
        ("--limit=5", "--a=b\nSELECT count(*) AS n FROM t", "--seconds", 60),
        ("--limit", 5, "--", "-- how many\nSELECT count(*) AS n FROM t"),
    ],
)
def test_sql_that_begins_with_a_comment(ask: DwSim, words: tuple[object, ...]) -> None:
    assert "300" in ask(*words).stdout


def test_what_is_no_sql_is_an_option(ask: DwSim, tmp_path: Path) -> None:
    assert "Possible options: --limit" in ask("FROM t", "--limt", 5, code=2).stderr
    assert "Possible options: --output" in ask("FROM t", "--outptu=my file.csv", code=2).stderr
    assert "No such option: -x" in ask("-x", code=2).stderr
    assert "no statements" in ask("-- nothing but a comment", code=2).stderr
    (tmp_path / "-- odd name.sql").write_text("SELECT 7 AS n")
    assert "7" in ask("--file", "-- odd name.sql").stdout
    ask("FROM t", "--output=my file.csv")
    assert (tmp_path / "my file.csv").exists()


_SCRIPTS = {
    "sh": """show "-- it's
SELECT 1" --limit 5""",
    "dash": """show --limit 5 '-- it'\\''s
SELECT 1'""",
    "bash": r"show --limit 5 $'-- it\'s\nSELECT 1'",
    "zsh": r"show --limit=5 $'-- it\'s\nSELECT 1'",
}


@pytest.mark.parametrize("shell", [shell for shell in _SCRIPTS if shutil.which(shell)])
def test_quoting_of_shells(ask: DwSim, shell: str) -> None:
    words = f'show() {{ for word in "$@"; do printf "%s\\0" "$word"; done; }}\n{_SCRIPTS[shell]}'
    done = subprocess.run([shell, "-c", words], capture_output=True, text=True, check=True)
    *given, end = done.stdout.split("\0")
    assert end == ""
    assert ask(*given, "--format", "csv").stdout == '"1"\n1\n'


def test_every_format_on_stdout(ask: DwSim) -> None:
    sql = "SELECT id, NULL AS x FROM t ORDER BY id"
    assert ask(sql, "--format", "csv", "--limit", 2).stdout == '"id","x"\n1,\n2,\n'
    assert ask(sql, "--format", "jsonl", "--limit", 1).stdout == '{"id": 1, "x": null}\n'
    assert len(json.loads(ask(sql, "--format", "json").stdout)) == 300
    assert "did you mean 'table'" in ask(sql, "--format", "tabel", code=2).stderr
    assert "either --json or --format" in ask(sql, "--format", "csv", "--json", code=2).stderr
    assert "leave --output out" in ask(sql, "--format", "table", "--output", "x", code=2).stderr
    ask(sql, "--format", "csv", "--output", "x")
    assert len(Path("x").read_text().splitlines()) == 301


def test_bytes_are_for_no_terminal(ask: DwSim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert "--output FILE.parquet" in ask("FROM t", "--format", "parquet", code=2).stderr
    assert ask("FROM t", "--format", "csv").stdout


def test_standard_output_is_a_stream() -> None:
    """Of a result without end the first rows come at once, as Arrow; who has enough hangs up."""
    endless = "SELECT range AS n FROM range(1000000000000)"
    command = [*COMMAND, endless, "--format", "arrows"]
    with started(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        first = pa.ipc.open_stream(process.stdout.buffer).read_next_batch()
        assert first.column("n").to_pylist() == list(range(first.num_rows))
        process.stdout.close()
        assert process.wait(PATIENCE) == 1


def test_a_table_for_people(ask: DwSim) -> None:
    done = ask("SELECT id, NULL AS nothing, [1, 2] AS list, 'größe [b]' AS t FROM t ORDER BY id LIMIT 2")
    assert [line.split() for line in done.stdout.splitlines() if "NULL" in line] == [
        ["1", "NULL", "[1,", "2]", "größe", "[b]"],
        ["2", "NULL", "[1,", "2]", "größe", "[b]"],
    ]
    assert re.fullmatch(r"2 rows in \d+\.\d\d s\n", done.stderr)
    done = ask("FROM t")
    assert "cut at 100 rows; --limit or --output FILE for more" in done.stderr
    assert "cut" not in ask("FROM t", "--limit", 300).stderr


def test_json_for_scripts(ask: DwSim) -> None:
    found = json.loads(ask("SELECT sum(id) AS s, 1.10::DECIMAL(9,2) AS d FROM shop.t", "--json").stdout)
    assert 0 < found.pop("seconds") < PATIENCE
    assert found == {
        "columns": [{"name": "s", "type": "HUGEINT"}, {"name": "d", "type": "DECIMAL(9,2)"}],
        "rows": [{"s": 45150, "d": "1.10"}],
        "row_count": 1,
        "truncated": False,
    }


def test_where_the_sql_comes_from(ask: DwSim, tmp_path: Path) -> None:
    (tmp_path / "q.sql").write_text("SELECT count(*) AS n FROM t")
    assert "300" in ask("--file", tmp_path / "q.sql").stdout
    assert "300" in apart("-", input="SELECT count(*) AS n\nFROM t").stdout
    assert "--file QUERY.sql" in ask(code=2).stderr
    assert "--file QUERY.sql" in ask("FROM t", "--file", "q.sql", code=2).stderr
    assert "cannot be read" in ask("--file", "nowhere.sql", code=2).stderr


def test_a_file(ask: DwSim, tmp_path: Path) -> None:
    done = ask("FROM t", "--output", "x.csv")
    assert not done.stdout
    assert re.fullmatch(r"300 rows written to x.csv in \d+\.\d\d s\n", done.stderr)
    assert len((tmp_path / "x.csv").read_text().splitlines()) == 301
    assert "known: .arrow" in ask("FROM t", "--output", "x.xlsx", code=2).stderr
    limits = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000))}
    done = apart("FROM range(1000000)", "--output", "y.csv", code=1, **limits)
    assert "y.csv cannot be written: File too large; nothing was left there" in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["x.csv"]


def test_errors_and_their_codes(ask: DwSim) -> None:
    assert "line 1, column 8" in ask("SELECT nix FROM t", code=2).stderr
    assert "one SELECT" in ask("DROP VIEW t", code=2).stderr
    assert "Could not convert" in ask("SELECT ('x' || id)::INT FROM t", code=1).stderr
    assert "longer than 0.5 seconds" in ask(LONG, "--seconds", "0.5", code=1).stderr
    assert "unknown run '9'" in ask("FROM t", "--run-id", 9, code=2).stderr
    assert "did you mean 'redshift'" in ask("FROM t", "--dialect", "redshit", code=2).stderr


def test_ctrl_c(tmp_path: Path) -> None:
    with started([*COMMAND, LONG, "--output", "x.csv"]) as process:
        wait_for(lambda: list(tmp_path.glob(".x.csv.*")))
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 130
    assert not [path for path in tmp_path.iterdir() if path.is_file()]
