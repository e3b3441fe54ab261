"""Virtual environments of other tools, made once each and kept outside the repository."""

import json
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from platformdirs import user_cache_path

DEFAULT = user_cache_path("dw-simulator") / "peers"
_MARK = "requirements.json"


class EnvironmentFailed(Exception):
    """What could not be installed, and why."""


def make(directory: Path, requirements: tuple[str, ...]) -> None:
    """Make an environment with these requirements, unless it is there."""
    mark = directory / _MARK
    if mark.is_file() and json.loads(mark.read_text()) == list(requirements):
        return
    shutil.rmtree(directory, ignore_errors=True)
    _run([sys.executable, "-m", "venv", str(directory)])
    pip = [
        str(directory / "bin" / "python"),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]
    _run([*pip, *requirements])
    mark.write_text(json.dumps(list(requirements)))


def _run(command: list[str]) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        told = [line for line in done.stderr.splitlines() if not line.startswith("WARNING")]
        raise EnvironmentFailed("\n".join(told) or f"{command[0]} ended with {done.returncode}")


def versions(directory: Path) -> dict[str, str]:
    """Every package in an environment, with its version."""
    places = [str(path) for path in directory.glob("lib/python*/site-packages")]
    found = {item.name.lower(): item.version for item in metadata.distributions(path=places)}
    return {name: found[name] for name in sorted(found) if name not in {"pip", "setuptools"}}
