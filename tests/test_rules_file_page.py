"""docs/rules-file.md is run: its files are laid over each other, and its samples are what comes out.

Run as a module, this file writes the samples anew; look at the difference.
"""

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from tests.test_relation_docs import sample
from typer.testing import CliRunner

from dw_simulator.interfaces.cli.main import app
from dw_simulator.service import ExperimentService
from dw_simulator.settings import Settings

PAGE = Path(__file__).parent.parent / "docs" / "rules-file.md"
_BLOCK = re.compile(r"```(\w+)( [\w.]+)?( \d+)?\n(.*?)```", re.DOTALL)


def _command(line: str) -> str:
    """What a command prints."""
    done = CliRunner().invoke(app, shlex.split(line)[1:])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.output


def rendered(service: ExperimentService) -> str:
    """The page with every sample as it comes out; its files are written to the working directory."""
    page = PAGE.read_text()
    for match in _BLOCK.finditer(page):
        if match[1] in ("sql", "yaml"):
            Path(match[2].strip()).write_text(match[4])
    name = service.create_from(Path("shop.sql"), dialect="postgres", rules=Path("rules.yaml")).experiment.name

    def filled(match: re.Match[str]) -> str:
        if match[1] != "text":
            return match[0]
        command = match[4].partition("\n")[0]
        if command.startswith("$ "):
            return f"```text\n{command}\n{_command(command[2:])}```"
        shown = sample(service, name, match[2].strip(), int(match[3]))
        return f"```text{match[2]}{match[3]}\n{shown}```"

    return _BLOCK.sub(filled, page)


def test_every_sample_is_what_comes_out(service: ExperimentService) -> None:
    assert PAGE.read_text().count("```text") == 4
    assert rendered(service) == PAGE.read_text()


@pytest.mark.filterwarnings("ignore")
def test_the_commands_and_the_program_of_the_page_run(service: ExperimentService) -> None:
    rendered(service)
    service.delete("shop")
    (block,) = (match[4] for match in _BLOCK.finditer(PAGE.read_text()) if match[1] == "sh")
    for command in block.splitlines():
        _command(command)
    assert sum(1 for _ in Path("shop").rglob("*.parquet")) == 3
    _command("dw-sim experiment delete shop")
    (program,) = (match[4] for match in _BLOCK.finditer(PAGE.read_text()) if match[1] == "python")
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert 1 <= int(done.stdout) <= 9


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        os.chdir(home)
        ExperimentService._day_of_import = None  # type: ignore[assignment,method-assign]
        PAGE.write_text(rendered(ExperimentService(Settings(home=Path(home)))))
