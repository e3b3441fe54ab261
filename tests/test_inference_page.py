"""docs/inference.md is run: its DDL is imported, and its samples are what comes out.

Run as a module, this file writes the samples anew; look at the difference.
"""

import os
import re
import shlex
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dw_simulator.interfaces.cli.main import app

PAGE = Path(__file__).parent.parent / "docs" / "inference.md"
_BLOCK = re.compile(r"```(\w+)( [\w.]+)?\n(.*?)```", re.DOTALL)


def rendered() -> str:
    """The page with every sample as it comes out; its files are written to the working directory."""
    return _BLOCK.sub(_filled, PAGE.read_text())


def _filled(match: re.Match[str]) -> str:
    language, name, text = match[1], (match[2] or "").strip(), match[3]
    if name:
        Path(name).write_text(text)
    if language != "text" or not text.startswith("$"):
        return match[0]
    command = text.partition("\n")[0]
    done = CliRunner().invoke(app, shlex.split(command)[2:])
    assert done.exit_code == 0, done.output
    lines = [line.rstrip() for line in done.output.splitlines()]
    if " show " in command:
        lines = list(_narrow(lines))
    return f"```text\n{command}\n" + "".join(f"{line}\n" for line in lines if line) + "```"


def _narrow(lines: list[str]) -> Iterator[str]:
    """Tables of columns without their values, which are wide."""
    start = stop = 0
    for line in lines:
        if line.startswith(" column "):
            start, stop = line.index("values"), line.index("why")
        yield (line[:start] + line[stop:]).rstrip() if line.startswith(" ") else line


def test_every_sample_is_what_comes_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert PAGE.read_text().count("```text\n$") == 4
    assert rendered() == PAGE.read_text()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        os.chdir(place)
        os.environ["DW_SIM_HOME"] = str(Path(place) / "home")
        PAGE.write_text(rendered())
