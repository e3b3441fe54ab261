"""A lock file for each run of this machine, which the operating system frees when the process dies.

A heartbeat tells of a death after a while, from anywhere. A lock tells at once, where its file can be seen.
"""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filelock import FileLock


class Leases:
    """The locks of the runs that this home started, by token. They hold across threads and processes."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._held: dict[str, FileLock] = {}

    def _path(self, token: str) -> Path:
        return self._directory / f"{token}.lock"

    def take(self, token: str, patience: float = 0.5) -> bool:
        """Take a lock before its run can be seen; False when another process has it.

        patience  seconds: whoever looks whether a run is alive takes its lock for a moment
        """
        from filelock import FileLock, Timeout  # noqa: PLC0415 - only runs take locks

        self._directory.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self._path(token), thread_local=False, preserve_lock_file=True)
        try:
            lock.acquire(timeout=patience)
        except Timeout:
            return False
        self._held[token] = lock
        return True

    def release(self, token: str, *, forget: bool = True) -> None:
        """Free a lock. A lock that is free but not forgotten tells that its run did not end properly."""
        lock = self._held.pop(token, None)
        if lock is None:
            return
        if forget:
            self._path(token).unlink(missing_ok=True)
        lock.release()

    def take_abandoned(self, token: str | None, patience: float = 0.0) -> bool:
        """Take the lock of a run of this home that has lost its process.

        False while the process lives, and where that cannot be told: the lock was made by another home.
        """
        if not token or token in self._held or not self._path(token).exists():
            return False
        return self.take(token, patience)
