"""The documentation is run: commands, examples, lists of rules."""

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.commands import Done, DwSim
from tests.support import serving, untyped

from dw_simulator.interfaces.rest.app import OPERATIONS
from dw_simulator.registry.manager import registry
from dw_simulator.schema import reading
from dw_simulator.schema.model import Column, Table
from dw_simulator.service import ExperimentService
from dw_simulator.types import sql_type

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
SCHEMA_DOC = (ROOT / "docs" / "schema.md").read_text()


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


@pytest.fixture
def said(dw_sim: DwSim) -> Callable[[str], Done]:
    """Runs a command of a page."""
    return lambda command: dw_sim(*shlex.split(command)[1:])


def told(code: str, capsys: pytest.CaptureFixture[str]) -> str:
    """What Python prints that a page shows."""
    exec(compile(code, "page", "exec"), {"__name__": "__main__"})
    return capsys.readouterr().out


@pytest.fixture
def examples(tmp_path: Path) -> Path:
    """The examples, below the directory in which a session happens."""
    return shutil.copytree(ROOT / "examples", tmp_path / "examples")


@pytest.mark.usefixtures("examples")
def test_the_readme_session_works(said: Callable[[str], Done], tmp_path: Path) -> None:
    commands = [
        line for block in blocks(README, "") for line in block.splitlines() if line.startswith("dw-sim")
    ]
    assert len(commands) >= 3
    for command in commands:
        said(command)
    assert (tmp_path / "out" / "sales" / "part-00000.parquet").exists()


@pytest.mark.usefixtures("examples")
def test_the_session_of_the_runs_page_works(dw_sim: DwSim, capsys: pytest.CaptureFixture[str]) -> None:
    page = (ROOT / "docs" / "runs.md").read_text()
    commands = re.findall(r"^dw-sim .*", page, re.MULTILINE)
    assert len(commands) == 6
    for command in commands:
        gone_on = "--resume" in command  # nothing has died here
        done = dw_sim(*shlex.split(command)[1:], code=2 if gone_on else 0)
        assert not gone_on or "is complete: there is nothing to go on with" in done.stderr
    plugin, session = blocks(page, "python")
    compile(plugin, "docs/runs.md", "exec")
    printed = told(session, capsys)
    assert "1 COMPLETED {" in printed
    assert "\nCOMPLETED {" in printed


@pytest.mark.usefixtures("examples")
@pytest.mark.skipif(shutil.which("curl") is None, reason="some of the page's examples are curl's")
def test_the_session_of_the_queries_page_works(
    said: Callable[[str], Done], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (ROOT / "docs" / "queries.md").read_text()
    commands = re.findall(r'^dw-sim (?:[^"\n]|"[^"]*")*', page, re.MULTILINE)
    assert len(commands) == 12
    done = [said(command) for command in commands]
    tried = next(one for one in done if "MERGE" in one.stderr)
    assert tried.stderr.startswith("line 2: MERGE, 1 row\nline 5: CREATE TABLE, 1 row\n")
    assert tried.stdout.split()[-2:] == ["1", "Baseball"]
    assert len((tmp_path / "sales.csv").read_text().splitlines()) == 5001
    (session,) = blocks(page, "python")
    printed = told(session, capsys)
    assert printed.count("'salesid':") == 10
    assert "Changed(line=1, statement='DELETE'" in printed
    assert (tmp_path / "venue.parquet").read_bytes()[:4] == b"PAR1"
    (session,) = blocks(page, "sh")
    with serving() as port:
        script = session.replace("localhost:8000", f"localhost:{port}").replace("\n\n", "\necho ===\n")
        words = ["bash", "-c", script.replace("curl -s", "curl --fail-with-body -s")]
        answers = subprocess.run(words, check=True, capture_output=True, text=True).stdout.split("===\n")
    assert json.loads(answers[0])["rows"] == [{"sales": 5000}]
    assert len(answers[1].splitlines()) == 4
    assert (tmp_path / "categories.parquet").read_bytes()[:4] == b"PAR1"


def test_the_session_of_the_warehouses_page_works(said: Callable[[str], Done], tmp_path: Path) -> None:
    shutil.copy(ROOT / "examples" / "tickit.sql", tmp_path / "tickit.sql")
    page = (ROOT / "docs" / "warehouses.md").read_text()
    commands = re.findall(r"^dw-sim .*", page, re.MULTILINE)
    assert len(commands) == 8
    for command in commands:
        said(command)


def test_the_session_of_the_http_page_works(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "http.md").read_text()
    (session,) = blocks(page, "sh")
    with serving() as port:
        script = "set -e\n" + session.replace("localhost:8000", f"localhost:{port}")
        script = script.replace("curl -s", "curl --fail-with-body -s").replace("\n\n", "\necho\necho ===\n")
        done = subprocess.run(
            ["bash", "-c", script], check=False, cwd=tmp_path, capture_output=True, text=True, timeout=60
        )
    answers = done.stdout.split("\n===\n")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(answers[0])["name"] == "shop"
    assert json.loads(answers[1])["rows"][0]["id"] == 501
    assert json.loads(answers[2])["row_counts"] == {"customers": 5000}
    assert json.loads(answers[3])["id"] == 2
    assert "event: completed" in answers[4]
    assert json.loads(answers[5])["status"] == "COMPLETED"
    assert (tmp_path / "part.parquet").read_bytes()[:4] == b"PAR1"
    assert answers[7].startswith("CREATE TABLE")


def test_every_route_is_documented() -> None:
    page = (ROOT / "docs" / "http.md").read_text()
    documented = re.findall(r"^\| `([A-Z]+) ([^`]+)` \|", page, re.MULTILINE)
    assert documented == [(operation.method, operation.path) for operation in OPERATIONS]


def test_the_readme_python_works(capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = blocks(README, "python")
    assert "{'customers': 5000}" in told(code, capsys)


def test_the_documented_schema_generates(service: ExperimentService) -> None:
    example, nested = blocks(SCHEMA_DOC, "json")
    service.create(json.loads(example))
    assert service.generate("shop").row_counts == {"countries": 20, "customers": 1000}
    service.create(json.loads(nested))
    assert service.generate("parcels").row_counts == {"orders": 100}


def section(title: str) -> str:
    return SCHEMA_DOC.partition(f"## {title}\n")[2].partition("\n## ")[0]


def test_every_rule_stands_in_its_family() -> None:
    families = section("Rules").split("\n- **")[1:]
    named = set(re.findall(r"`([a-z_]+)`", " ".join(families)))
    assert set(registry().names("rule")) <= named


def test_the_documented_ddl_is_what_is_written(service: ExperimentService) -> None:
    page = (ROOT / "docs" / "dialects.md").read_text()
    (source,), (target,) = blocks(page, "sql redshift"), blocks(page, "sql postgres")
    (warnings,) = blocks(page, "text")
    service.import_sql(source, name="shop", dialect="redshift")
    written = service.ddl("shop", "postgres")
    assert written.sql == target
    assert [*written.warnings] == warnings.splitlines()


def test_every_dialect_is_documented() -> None:
    page = (ROOT / "docs" / "dialects.md").read_text()
    assert set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) == set(registry().names("dialect"))


def test_every_documented_type_exists() -> None:
    cells = [line.split("|")[1] for line in section("Types").splitlines() if line.startswith("| `")]
    names = [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]
    assert len(names) > 25
    for name in names:
        assert sql_type(name.replace("(p,s)", "(10,2)").replace("(n)", "(8)").replace("(d)", "(3)"))


@pytest.mark.parametrize("model", ["Tables", "Columns"])
def test_every_field_is_documented(model: str) -> None:
    fields = {"Tables": Table, "Columns": Column}[model].model_fields
    named = set(re.findall(r"`(\w+)`", section(model)))
    unsaid = {"comment", "default", "encode"} if model == "Columns" else set()
    assert set(fields) - unsaid <= named


def test_make_help_lists_every_command() -> None:
    shown = subprocess.run(["make", "help"], check=True, cwd=ROOT, capture_output=True, text=True).stdout
    for command in ("help", "demo", "test", "check", "bench"):
        assert f"make {command}" in shown


def test_examples_are_sound() -> None:
    assert reading.load(ROOT / "benchmarks" / "retail.json").name == "retail"


def test_the_documented_translations_are_made() -> None:
    page = (ROOT / "docs" / "translation.md").read_text()
    checked = 0
    sections = r"^## \w+ in (?:DuckDB|PostgreSQL)$.*?(?=^## )"
    for section in re.findall(sections, page, re.MULTILINE | re.DOTALL):
        dialect = registry().dialects.get(section.split()[1].lower())
        to = {"DuckDB": "duckdb", "PostgreSQL": "postgres"}[section.split()[3]]
        for asked, answer in re.findall(r"^\| `(.+?)` \| `(.+?)` \|", section, re.MULTILINE):
            tables = untyped({"t": ["a", "b", "s", "d", "v"]})
            made = dialect.translate(f"SELECT {asked} FROM t", to=to, tables=tables).sql
            assert made.replace('"', "") == f"SELECT {answer} FROM t".replace("\\|", "|")
            checked += 1
    assert checked > 15
