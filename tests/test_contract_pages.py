"""docs/dbt.md and docs/contracts.md are run: their files are written, and what they show is what comes out.

Run as a module, this file writes the samples anew; look at the difference.
"""

import os
import re
import shlex
import sys
import tempfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dw_simulator.interfaces.cli.main import app
from dw_simulator.plugins.contracts.dbt.promises import PROMISES
from dw_simulator.registry.manager import registry

DOCS = Path(__file__).parent.parent / "docs"
PAGES = ("dbt.md", "contracts.md")
_BLOCK = re.compile(r"```(\w*)( [\w./]+)?\n(.*?)```", re.DOTALL)


def _said(line: str) -> str:
    done = CliRunner().invoke(app, shlex.split(line)[1:])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.stdout


def rendered(page: str) -> str:
    """The page with what its commands print; its files are written to the working directory."""
    text = (DOCS / page).read_text()
    for language, file, content in _BLOCK.findall(text):
        if language in ("yaml", "sql"):
            Path(file.strip()).parent.mkdir(parents=True, exist_ok=True)
            Path(file.strip()).write_text(content)
    for language, _file, content in _BLOCK.findall(text):
        if not language:
            for line in content.splitlines():
                if line.startswith("dw-sim"):
                    _said(line)

    def filled(match: re.Match[str]) -> str:
        if match[1] != "text":
            return match[0]
        command = match[3].partition("\n")[0]
        shown = "\n".join(line.rstrip() for line in _said(command[2:]).strip("\n").splitlines())
        return f"```text\n{command}\n{shown}\n```"

    return _BLOCK.sub(filled, text)


@pytest.mark.parametrize("page", PAGES)
def test_the_page_is_what_comes_out(page: str) -> None:
    assert rendered(page) == (DOCS / page).read_text()


def test_every_contract_and_every_package_is_documented() -> None:
    contracts, dbt = (DOCS / "contracts.md").read_text(), (DOCS / "dbt.md").read_text()
    for name in registry().contracts.names:
        assert f"| `{name}` |" in contracts
    for name in PROMISES:
        package, _, test = name.rpartition(".")
        if package in ("", "constraint"):
            assert f"`{test}`" in dbt


if __name__ == "__main__":
    for one in PAGES:
        with tempfile.TemporaryDirectory() as home:
            os.chdir(home)
            os.environ["DW_SIM_HOME"] = f"{home}/home"
            made = rendered(one)
        (DOCS / one).write_text(made)
        sys.stdout.write(f"{one}\n")
