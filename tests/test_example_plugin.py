"""examples/dw-sim-plugin-airports, installed as anyone would install it, and used from outside."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.test_plugins_page import PACKAGE

import dw_simulator

SRC = Path(dw_simulator.__file__).parent.parent
NAME = "dw-sim-plugin-airports"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the package in it, built and installed by pip."""
    target = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    done = subprocess.run(
        [*pip, "--target", str(target), str(PACKAGE)], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return target


@pytest.fixture
def variables(installed: Path, tmp_path: Path) -> Mapping[str, str]:
    paths = os.pathsep.join([str(SRC), str(installed)])
    return {**os.environ, "PYTHONPATH": paths, "DW_SIM_HOME": str(tmp_path / "home")}


def dw_sim(variables: Mapping[str, str], *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "dw_simulator", *words]
    done = subprocess.run(command, check=False, env=variables, capture_output=True, text=True)
    assert done.returncode == code, done.stderr
    return done


def test_it_is_listed_with_its_version(variables: Mapping[str, str]) -> None:
    done = dw_sim(variables, "plugins", "--json")
    mine = {(row["kind"], row["name"]): row for row in json.loads(done.stdout) if row["by"] == NAME}
    assert set(mine) == {("rule", "airport"), ("faker_provider", "aviation"), ("sink", "jsonlines")}
    assert {(row["version"], row["built_in"], row["left_out"]) for row in mine.values()} == {
        ("1.0.0", False, None)
    }
    assert done.stderr == ""
    (shown,) = json.loads(dw_sim(variables, "plugins", "airport", "--json").stdout)
    assert [option["name"] for option in shown["options"]] == ["field", "entity"]
    assert shown["options"][0]["type"] == "iata, city, country, name"


def test_flights_go_into_json_lines(variables: Mapping[str, str], tmp_path: Path) -> None:
    place = f"jsonlines://{tmp_path}/flights"
    dw_sim(variables, "experiment", "create", str(PACKAGE / "flights.json"))
    run = ("experiment", "generate", "flights", "--seed", "7", "--output-dir", place)
    dw_sim(variables, *run, "--compression", "none")
    (file,) = (tmp_path / "flights").glob("*.jsonl")
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    assert len(rows) == 5000
    cities = {row["origin"]: row["origin_city"] for row in rows}
    assert cities["ZRH"] == "Zürich"
    assert all(cities[row["origin"]] == row["origin_city"] for row in rows)
    names = {row["destination"]: row["destination_name"] for row in rows}
    assert all(names[row["destination"]] == row["destination_name"] for row in rows)
    assert all(re.fullmatch(r"[A-Z]{2}\d{1,4}", row["flight"]) for row in rows)
    assert "Boeing 787-9" in {row["aircraft"] for row in rows}
    assert "all as the manifest says" in dw_sim(variables, "verify", place, "--deep").stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["flights", "home"], (
        "nothing is left beside it"
    )
    refused = dw_sim(variables, *run, "--format", "csv", code=2)
    assert "the output cannot be csv, but jsonl" in refused.stderr


def test_its_own_tests_pass(variables: Mapping[str, str], tmp_path: Path) -> None:
    words = ["-q", "-p", "no:cacheprovider", "-c", str(PACKAGE / "pyproject.toml"), str(PACKAGE / "tests")]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words],
        check=False,
        env=variables,
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    assert "failed" not in done.stdout
    assert "skipped" not in done.stdout


def test_rules_of_strangers_keep_the_law_in_our_own_suite(variables: Mapping[str, str]) -> None:
    """Our suite runs over whatever is registered: where the package is installed, over its rule, too."""
    code = "from tests.test_contracts import TestEveryRule as t; print(*t.rules)"
    variables = {**variables, "PYTHONPATH": f"{variables['PYTHONPATH']}{os.pathsep}{PACKAGE.parent.parent}"}
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, env=variables, capture_output=True, text=True
    )
    assert "airport" in done.stdout.split()
