"""docs/judge.md is run: its files are made, and its sample is what comes out.

Run as a module, this file writes the sample anew; look at the difference.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dw_simulator.interfaces.cli.main import app

PAGE = Path(__file__).parent.parent / "docs" / "judge.md"
_BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)


def _programs() -> list[str]:
    return [match[2] for match in _BLOCK.finditer(PAGE.read_text()) if match[1] == "python"]


def rendered() -> str:
    """The page with its sample as it comes out, of files in the working directory."""
    made, _ = _programs()
    subprocess.run([sys.executable, "-c", made], check=True)

    def filled(match: re.Match[str]) -> str:
        if match[1] != "text":
            return match[0]
        command = match[2].partition("\n")[0]
        done = CliRunner().invoke(app, command.removeprefix("$ dw-sim ").split())
        assert done.exit_code == 1
        return f"```text\n{command}\n{done.stdout}```"

    return _BLOCK.sub(filled, PAGE.read_text())


def test_the_sample_is_what_comes_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert PAGE.read_text().count("```text") == 1
    assert rendered() == PAGE.read_text()
    _, asked = _programs()
    told = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True).stdout
    assert told.count("contradiction ") == PAGE.read_text().count("\ncontradiction: ")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        os.chdir(place)
        PAGE.write_text(rendered())
