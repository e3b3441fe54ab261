"""`dw-sim plugins` and `dw-sim schema`, with strangers' packages as pip leaves them."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import jsonschema
import pytest

import dw_simulator
from dw_simulator.registry.cards import card
from dw_simulator.registry.json_schema import experiment_schema
from dw_simulator.registry.manager import registry
from dw_simulator.schema import reading

SRC = Path(dw_simulator.__file__).parent.parent
WORKING = """
from dw_simulator.plugin import Integers, Kind, RuleOptions, dtype_of, hookimpl
from pydantic import Field

class Dice(RuleOptions):
    '''Eyes of a die.'''
    kinds = frozenset({Kind.INTEGER})
    examples = ({"name": "value", "data_type": "INT", "rule": {"name": "dice", "sides": 8}},)
    sides: int = Field(default=6, ge=2, le=100, description="how many sides it has")
    def build(self, spec):
        return Integers(1, self.sides, dtype_of(spec.type))

@hookimpl
def dw_simulator_rules():
    return {"dice": "working:Dice", "email": "working:Dice", "lost": "working:Lost"}
"""
MISSPELT = """
from dw_simulator.plugin import hookimpl

@hookimpl
def dw_simulator_sink():
    return {}
"""
DIALECT = """
from dw_simulator.plugin import hookimpl

@hookimpl
def dw_simulator_dialects():
    return {"klingon": "speaking:Lost"}
"""
Run = Callable[..., subprocess.CompletedProcess[str]]


def install(site: Path, name: str, code: str) -> None:
    """A module and what importlib.metadata reads of its distribution."""
    site.mkdir(exist_ok=True)
    (site / f"{name}.py").write_text(code)
    info = site / f"{name}-3.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 3.2\n")
    (info / "entry_points.txt").write_text(f"[dw_simulator]\n{name} = {name}\n")


@pytest.fixture
def dw_sim(tmp_path: Path) -> Run:
    site = tmp_path / "site"
    variables = {**os.environ, "PYTHONPATH": os.pathsep.join([str(SRC), str(site)])}

    def run(*words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "dw_simulator", *words]
        done = subprocess.run(command, check=False, capture_output=True, text=True, env=variables)
        assert done.returncode == code, done.stderr
        return done

    return run


def test_strangers_are_listed_and_what_is_broken_is_one_line_each(dw_sim: Run, tmp_path: Path) -> None:
    install(tmp_path / "site", "working", WORKING)
    install(tmp_path / "site", "misspelt", MISSPELT)
    install(tmp_path / "site", "broken", "import no_such_module_at_all\n")
    done = dw_sim("plugins")
    warnings = done.stderr.splitlines()
    assert [line.partition(" (")[0] for line in warnings] == [
        "warning: plugin 'broken' of broken 3.2",
        "warning: plugin 'misspelt' of misspelt 3.2",
        "warning: rule 'email' of working 3.2",
    ]
    assert "did you mean 'dw_simulator_sinks'?" in warnings[1]
    assert "the name belongs to dw_simulator.plugins.rules.people:Email (built in)" in warnings[2]
    cells = [line.split() for line in done.stdout.splitlines()]
    assert ["rule", "dice", "working", "3.2", "working:Dice"] in cells
    assert ["left", "out", "name", "by", "version", "why"] in cells
    rows = json.loads(dw_sim("plugins", "--json", "--kind", "rule").stdout)
    mine = {(row["name"], row["by"]): row["left_out"] for row in rows if row["by"] != "dw-simulator"}
    assert mine["dice", "working"] is None
    assert "the name belongs to" in mine["email", "working"]
    assert mine["lost", "working"] == "rule 'lost' of working 3.2 is broken: working has no 'Lost'"
    assert {row["kind"] for row in rows} == {"rule"}
    assert sum(row["name"] == "email" for row in rows) == 2


def test_the_program_works_beside_broken_plugins(dw_sim: Run, tmp_path: Path) -> None:
    install(tmp_path / "site", "working", WORKING)
    install(tmp_path / "site", "broken", "raise SystemExit('I am broken')\n")
    column = {"name": "eyes", "data_type": "INT", "rule": {"name": "dice", "sides": 4}}
    document = {"name": "game", "tables": [{"name": "t", "target_rows": 50, "columns": [column]}]}
    (tmp_path / "game.json").write_text(json.dumps(document))
    done = dw_sim(
        "generate", "game.json", "--output-dir", "out", "--format", "jsonl", "--compression", "none"
    )
    told = [line for line in done.stderr.splitlines() if line.startswith("warning: ")]
    assert "warning: plugin 'broken' of broken 3.2 (broken) is left out: SystemExit: I am broken" in told
    assert "Traceback" not in done.stderr
    (tmp_path / "game.sql").write_text("CREATE TABLE t (eyes INT)")
    site = tmp_path / "site"
    install(site, "speaking", DIALECT)
    done = dw_sim("generate", "game.sql", "--output-dir", "whole", "--load-pack", "all")
    assert (tmp_path / "whole" / "load" / "duckdb" / "ddl.sql").is_file()
    assert "game.sql is read as duckdb" in done.stderr
    told = "dialect 'klingon' of speaking 3.2 is broken: speaking has no 'Lost'"
    assert f"warning: dialect 'klingon' of speaking 3.2 (speaking:Lost) is left out: {told}" in done.stderr
    (file,) = (tmp_path / "out" / "t").glob("*.jsonl")
    assert {json.loads(line)["eyes"] for line in file.read_text().splitlines()} == {1, 2, 3, 4}
    found = json.loads(dw_sim("doctor", "--json", code=1).stdout)
    (plugins,) = [finding for finding in found if finding["what"] == "plugins"]
    assert not plugins["ok"]
    assert "I am broken" in plugins["finding"]


def test_one_is_shown_with_its_options_and_an_example(dw_sim: Run, tmp_path: Path) -> None:
    install(
        tmp_path / "site", "working", WORKING.replace('"email": "working:Dice", "lost": "working:Lost"', "")
    )
    shown = dw_sim("plugins", "dice").stdout
    assert shown.startswith("rule dice, working 3.2 (working:Dice)\nEyes of a die.\n")
    assert "sides whole number 6 from 2, to 100 how many sides it has" in " ".join(shown.split())
    assert '"sides": 8' in shown
    (one,) = json.loads(dw_sim("plugins", "dice", "--json").stdout)
    assert one["options"] == [
        {
            "name": "sides",
            "type": "whole number",
            "required": False,
            "default": "6",
            "bounds": "from 2, to 100",
            "description": "how many sides it has",
        }
    ]
    assert (one["by"], one["version"], one["kinds"]) == ("working", "3.2", ["integer"])
    told = dw_sim("plugins", "dic", code=2).stderr
    assert told == "error: unknown name 'dic'; did you mean 'dice'?\n"
    assert "unknown kind 'rules'; did you mean 'rule'?" in dw_sim("plugins", "--kind", "rules", code=2).stderr


def test_the_schema_that_is_printed_is_that_of_what_is_installed(dw_sim: Run, tmp_path: Path) -> None:
    install(
        tmp_path / "site", "working", WORKING.replace('"email": "working:Dice", "lost": "working:Lost"', "")
    )
    printed = json.loads(dw_sim("schema").stdout)
    sides = printed["$defs"]["rule.dice"]["properties"]["sides"]
    assert (sides["minimum"], sides["description"]) == (2, "how many sides it has")
    assert {key for key in printed["$defs"] if key != "rule.dice"} == set(experiment_schema()["$defs"])


# --- in this process

VALIDATOR = jsonschema.Draft202012Validator(experiment_schema())


def documents(rule: object) -> dict[str, object]:
    return {
        "name": "x",
        "tables": [{"name": "t", "columns": [{"name": "c", "data_type": "INT", "rule": rule}]}],
    }


@pytest.mark.parametrize(
    "path", sorted((SRC.parent / "benchmarks").glob("*.json")), ids=lambda path: path.stem
)
def test_schemas_that_are_read_are_valid_by_the_json_schema(path: Path) -> None:
    document = json.loads(path.read_text())
    reading.parse(document)
    VALIDATOR.validate(document)


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        ({"name": "no_such_rule"}, ["rule"]),
        ({"name": "choice"}, ["rule"]),
        ({"name": "choice", "values": [1], "wieghts": [1]}, ["rule"]),
        ({"name": "poisson", "lambda": -1}, ["rule"]),
        ({"values": [1]}, ["rule"]),
    ],
)
def test_what_is_refused_is_not_valid(rule: object, path: Sequence[str]) -> None:
    (error,) = VALIDATOR.iter_errors(documents(rule))
    assert list(error.path)[-1:] == path


def test_the_json_schema_is_one_and_has_every_option() -> None:
    document = experiment_schema()
    jsonschema.Draft202012Validator.check_schema(document)
    rules = document["$defs"]["RuleSpec"]["discriminator"]["mapping"]
    assert set(rules) == set(registry().names("rule"))
    for name in rules:
        own = document["$defs"][f"rule.{name}"]
        assert own["additionalProperties"] is False
        top = [option.name for option in card(registry(), "rule", name).options if "." not in option.name]
        assert list(own["properties"]) == ["name", *top]


@pytest.mark.parametrize(
    "fields",
    [
        {"min_value": 0, "max_value": "12345678901234567890"},
        {"foreign_key": {"references_table": "t", "references_column": "c", "children": 3}},
        {"lookup": {"reference": "r", "column": "c"}},
        {"lookup": {"reference": ["r", "s"], "column": "c"}},
    ],
)
def test_short_forms_are_valid(fields: dict[str, object]) -> None:
    column = {"name": "c", "data_type": "INT", **fields}
    VALIDATOR.validate({"name": "x", "tables": [{"name": "t", "columns": [column]}]})
