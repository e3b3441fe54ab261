"""Two schemas in DDL, each with a rules file beside it: what is taken for granted of such data holds.

`realism/NAME.sql` is DDL as teams write it, `NAME.yaml` says what its columns mean, and `NAME.truths.sql`
asks DuckDB.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support import views
from typer.testing import CliRunner

from dw_simulator.interfaces.cli.main import app

BESIDE = Path(__file__).with_name("realism")
DIALECTS = {"boxoffice": "redshift", "retail": "snowflake"}
TRUTH = re.compile(r"^-- at most (\d+) %: (.+)\n([^;]+);", re.MULTILINE)


def generated(name: str, output: Path, *words: str, ruled: bool = True) -> Path:
    rules = ["--rules", str(BESIDE / f"{name}.yaml")] if ruled else []
    command = ["generate", str(BESIDE / f"{name}.sql"), *rules]
    options = ["--dialect", DIALECTS[name], "--output-dir", str(output), *words]
    done = CliRunner().invoke(app, command + options)
    assert done.exit_code == 0, done.output
    return output


def untrue(name: str, output: Path) -> Iterator[str]:
    """What does not hold, with how often."""
    db = views(output)
    asked = TRUTH.findall((BESIDE / f"{name}.truths.sql").read_text())
    assert len(asked) > 25, "truths are found by the form of their comment"
    for percent, words, query in asked:
        found = db.execute(f"SELECT count_if(exception), count(exception) FROM ({query}) AS asked(exception)")
        exceptions, rows = found.fetchall()[0]
        if not rows or 100 * exceptions > int(percent) * rows:
            yield f"{words}: {exceptions} of {rows}"


@pytest.mark.parametrize("seed", ["11", "12"])
@pytest.mark.parametrize("name", DIALECTS)
def test_what_is_taken_for_granted_holds(name: str, seed: str, tmp_path: Path) -> None:
    output = generated(name, tmp_path / name, "--seed", seed)
    assert list(untrue(name, output)) == []


@pytest.mark.parametrize("name", DIALECTS)
def test_any_number_of_workers_makes_the_same_and_it_is_verified(name: str, tmp_path: Path) -> None:
    one = generated(name, tmp_path / "one", "--seed", "3", "--workers", "1", "--format", "csv")
    two = generated(name, tmp_path / "two", "--seed", "3", "--workers", "2", "--format", "csv")
    files = sorted(path.relative_to(one) for path in one.rglob("*.csv*"))
    assert files
    assert [(one / file).read_bytes() == (two / file).read_bytes() for file in files] == [True] * len(files)
    done = CliRunner().invoke(app, ["verify", str(one), "--deep"])
    assert done.exit_code == 0, done.output
