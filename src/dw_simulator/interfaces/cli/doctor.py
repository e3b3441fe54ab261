"""What `dw-sim doctor` looks at."""

import os
import platform
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata

from dw_simulator.errors import DwSimError, RequestError
from dw_simulator.registry.manager import registry
from dw_simulator.registry.shelves import KINDS
from dw_simulator.service import ExperimentService
from dw_simulator.settings import Settings
from dw_simulator.stack.state import StackFiles

_PACKAGES = ("numpy", "pyarrow", "faker", "pydantic", "sqlglot", "sqlalchemy", "scipy")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    what: str
    ok: bool
    finding: str


def examine() -> list[Finding]:
    """Look at everything; nothing that fails keeps the rest from being looked at."""
    checks: dict[str, Callable[[], str]] = {
        "python": _python,
        "packages": _packages,
        "cores": lambda: str(os.cpu_count()),
        "home": _home,
        "store": _store,
        "plugins": _plugins,
        "stack": _stack,
    }
    return [_look(what, check) for what, check in checks.items()]


def _look(what: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(what, True, check())
    except (DwSimError, OSError, ImportError) as error:
        return Finding(what, False, str(error))


def _python() -> str:
    return f"{platform.python_version()} ({platform.machine()}, {sys.platform})"


def _packages() -> str:
    return ", ".join(f"{name} {metadata.version(name)}" for name in _PACKAGES)


def _home() -> str:
    home = Settings().home
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=home):
        return f"{home} can be written"


def _store() -> str:
    service = ExperimentService()
    count = len(service.list())
    return f"{service.settings.store}: {count} experiment{'s' if count != 1 else ''}"


def _plugins() -> str:
    known = registry()
    if broken := known.examine():
        raise RequestError("; ".join(map(str, broken)))
    strangers = {str(one.owner) for one in known.registrations() if not one.owner.built_in}
    counts = ", ".join(f"{len(known.names(kind))} {kind}s" for kind in KINDS)
    return f"{counts}; by others: {', '.join(sorted(strangers)) or 'none'}"


def _stack() -> str:
    running = StackFiles(Settings().home).running()
    return f"{', '.join(running)} running" if running else "not running: dw-sim stack up"
