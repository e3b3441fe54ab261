"""docs/plugins.md against the code: every hook as it is, every block of a file as the file has it."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from dw_simulator import plugin
from dw_simulator.ports import hookspecs

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "examples" / "dw-sim-plugin-airports"
PAGE = (ROOT / "docs" / "plugins.md").read_text()
BLOCKS = re.findall(r"^```([^\n]*)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
FILES = [(about.split('"')[1], block) for about, block in BLOCKS if "title=" in about]
_GAP = re.compile(r"^ *# \.\.\.\n", re.MULTILINE)


def hooks() -> str:
    """Every hook's signature and docstring, in the order of the code."""
    found = []
    for node in ast.parse(Path(hookspecs.__file__).read_text()).body:
        if isinstance(node, ast.FunctionDef):
            signature = f"def {node.name}({ast.unparse(node.args)}) -> {ast.unparse(node.returns)}:"
            found.append(f'{signature}\n    """{ast.get_docstring(node)}"""\n')
    return "\n\n".join(found)


def blocks(about: str) -> list[str]:
    return [block for found, block in BLOCKS if found == about]


def test_every_hook_is_there_as_it_is() -> None:
    (block,) = blocks("python hooks")
    assert block == hooks()
    assert block.count("def dw_simulator_") == 13


@pytest.mark.parametrize(("name", "block"), FILES, ids=[name for name, _block in FILES])
def test_blocks_are_what_the_files_say(name: str, block: str) -> None:
    text = (PACKAGE / name).read_text()
    pieces = _GAP.split(block)
    if len(pieces) == 1:
        assert block == text
    for piece in pieces:  # what stands between them is left out
        assert piece in text
        text = text.partition(piece)[2]


def test_the_files_that_the_page_is_about_are_shown() -> None:
    shown = {name for name, _block in FILES}
    data = {"src/dw_sim_plugin_airports/airports.py"}
    code = {path.relative_to(PACKAGE).as_posix() for path in (PACKAGE / "src").rglob("*.py")}
    assert shown == (code - data) | {"pyproject.toml", "tests/test_contracts.py"}


def test_the_session_in_python_works() -> None:
    (session,) = blocks("python")
    told = subprocess.run([sys.executable, "-c", session], check=True, capture_output=True, text=True).stdout
    assert told.splitlines()[0].startswith("dw-simulator ")
    assert told.splitlines()[0].endswith("True dw_simulator.plugins.rules.choices:Choice")


def test_the_commands_are_those_of_the_packages_own_page() -> None:
    (commands,), own = blocks(""), (PACKAGE / "README.md").read_text().splitlines()
    assert commands.startswith("pip install examples/dw-sim-plugin-airports\n")
    assert set(commands.splitlines()) <= set(own)


def test_an_authors_imports_are_all_there_and_all_described() -> None:
    assert plugin.__doc__ is not None
    described = set(re.findall(r"\w+", plugin.__doc__))
    assert plugin.__all__ == sorted(plugin.__all__)
    for name in plugin.__all__:
        assert getattr(plugin, name) is not None
        assert name in described, name
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        plugin.Nothing  # noqa: B018 - asking is the test
