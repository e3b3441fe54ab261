"""What is written down about the local stack, and whether its services live.

Every command that has settings asks here, so nothing heavy is imported and no process is started.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from dw_simulator.errors import RequestError

NAMES = ("postgres", "s3", "snowflake")
HOST = "127.0.0.1"


@dataclass
class State:
    """Ports stay when the services stop, so that they come up where they were."""

    password: str
    ports: dict[str, int] = field(default_factory=dict)
    pids: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class StackFiles:
    """Where the stack of a home keeps its state, data and logs."""

    home: Path

    @property
    def directory(self) -> Path:
        return self.home / "stack"

    @property
    def file(self) -> Path:
        return self.directory / "stack.json"

    @property
    def control_lock(self) -> Path:
        """The lock of whoever brings the stack up or down; outside, as `--purge` removes the directory."""
        return self.home / "stack.lock"

    def data(self, name: str) -> Path:
        """The directory that belongs to a service."""
        return self.directory / name

    def log(self, name: str) -> Path:
        return self.directory / f"{name}.log"

    def lock(self, name: str) -> Path:
        """A file that a service's processes hold locked as long as one of them lives."""
        return self.directory / f"{name}.lock"

    def read(self) -> State | None:
        """What is written down; None where nothing is, or where it is another user's stack."""
        try:
            text = self.file.read_text()
        except (FileNotFoundError, PermissionError):
            return None
        try:
            return State(**json.loads(text))
        except (ValueError, TypeError) as error:
            raise RequestError(f"{self.file} cannot be read ({error}): remove it") from None

    def write(self, state: State) -> None:
        """Write it down, for its owner alone: it holds a password."""
        draft = self.file.with_suffix(".new")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(asdict(state), file, indent=2)
        draft.replace(self.file)

    def running(self) -> Mapping[str, int]:
        """The pid of each service that runs."""
        state = self.read()
        pids = state.pids if state else {}
        return {name: pids[name] for name in NAMES if name in pids and self.is_alive(name, pids[name])}

    def is_alive(self, name: str, pid: int) -> bool:
        """Whether a service runs under this pid.

        The lock tells our process from one that was given the same pid later, which a pid cannot.
        """
        return self.is_locked(name) and _exists(pid)

    def is_locked(self, name: str) -> bool:
        """Whether any process of a service is left."""
        import fcntl  # noqa: PLC0415 - not on Windows, where there is no stack

        try:
            file = self.lock(name).open()
        except (FileNotFoundError, PermissionError):
            return False
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it is another user's, and there
        return True
    return True
