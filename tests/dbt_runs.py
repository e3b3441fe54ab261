"""dbt itself, in an environment of its own, which is made once and kept: its pins are not this program's."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from filelock import FileLock

PROJECTS = Path(__file__).parent / "dbt"
_PATIENCE = 600

Dbt = Callable[..., str]
"""Runs a dbt command over a project; returns what it said. The rest are its words."""


@pytest.fixture(scope="session")
def dbt_program(request: pytest.FixtureRequest) -> str:
    """The path of dbt. Skips where it is not there and no package index can be reached."""
    if found := os.environ.get("DW_SIM_TEST_DBT"):
        return found
    wanted = (PROJECTS / "requirements.txt").read_text() + f"duckdb=={duckdb.__version__}\n{sys.version}"
    digest = hashlib.sha256(wanted.encode()).hexdigest()[:12]
    place = request.config.cache.mkdir("dbt") / digest
    with FileLock(f"{place}.lock", timeout=_PATIENCE):
        if not (place / "ready").exists():
            _make(place)
    return str(place / "bin" / "dbt")


def _make(place: Path) -> None:
    shutil.rmtree(place, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", place], check=True, capture_output=True)
    words = ["install", "--quiet", "-r", PROJECTS / "requirements.txt", f"duckdb=={duckdb.__version__}"]
    done = subprocess.run(
        [place / "bin" / "pip", "--disable-pip-version-check", *words],
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
        check=False,
    )
    if done.returncode:
        shutil.rmtree(place, ignore_errors=True)
        pytest.skip(f"dbt cannot be installed here: {done.stderr.strip().splitlines()[-1:]}")
    (place / "ready").touch()


@pytest.fixture
def dbt(dbt_program: str, tmp_path: Path) -> Dbt:
    """Runs a command of dbt over a project in tmp_path, against tmp_path/dev.duckdb. Fails where dbt does."""

    def run(command: str, project: Path, *words: str) -> str:
        environment = {**os.environ, "DBT_TEST_FILE": str(tmp_path / "dev.duckdb"), "DO_NOT_TRACK": "1"}
        environment.pop("PYTHONPATH", None)
        places = ("--project-dir", str(project), "--profiles-dir", str(PROJECTS), "--no-use-colors")
        done = subprocess.run(
            [dbt_program, command, *places, *words],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run
