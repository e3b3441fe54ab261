"""Files and directories of the output: their names, checksums, locks, and what went wrong with them."""

import errno
import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from urllib.parse import quote

from filelock import FileLock, Timeout

from dw_simulator.errors import OutputError
from dw_simulator.ports.manifest import EXTRAS_NAME, FILE_NAME

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

LOCK_NAME = "lock"
_LONGEST_NAME = 160
_LOCK_SECONDS = 1.0
_TURN_SECONDS = 5.0
_POLL_SECONDS = 0.05
_locks: dict[Path, FileLock] = {}
"""The locks of this process, by directory. Sinks go to other processes; locks stay."""


@contextmanager
def explained(place: Path) -> Iterator[None]:
    """Operating-system errors in this project's words."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT) or "No space left" in str(error)
        reason = "the disk is full" if full else (error.strerror or str(error).splitlines()[0])
        mend = (
            "free some space, or choose another output directory"
            if full
            else "choose another output directory"
        )
        raise OutputError(f"{place}: {reason}; {mend}; nothing was published") from error


@contextmanager
def one_at_a_time(root: Path, check: Callable[[], None] | None = None) -> Iterator[None]:
    """Runs that change one directory take turns, across processes.

    check  called while it waits, for as long as it takes; without one it gives up after some seconds
    """
    if fcntl is None:
        yield
        return
    handle = os.open(root, os.O_RDONLY)
    try:
        deadline = time.monotonic() + _TURN_SECONDS
        while not _locked(handle):
            if check is not None:
                check()
            elif time.monotonic() > deadline:
                raise OutputError(f"{root} is locked by another program; try again when that has ended")
            time.sleep(_POLL_SECONDS)
        yield
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def directory_name(table: str) -> str:
    """A table's directory: its name, with whatever a path would misread escaped, and cut where it is long."""
    name = quote(table, safe=" -_")
    if name.startswith("."):
        name = name.replace(".", "%2E")
    if name == FILE_NAME:
        name = name.replace("_", "%5F")
    if name.casefold() == EXTRAS_NAME:
        name = f"%{ord(name[0]):02X}{name[1:]}"
    if len(name) > _LONGEST_NAME:
        name = f"{name[:_LONGEST_NAME]}~{blake2b(table.encode(), digest_size=8).hexdigest()}"
    return name


def part_file(table: str, number: int, suffix: str, mark: str = "") -> str:
    """Where a part of a table lies below the output directory.

    suffix  how its name ends, without the leading dot
    mark    tells it from parts of other runs that lie there
    """
    return f"{directory_name(table)}/part-{number:05d}{mark and f'-{mark}'}.{suffix}"


def checksum(path: Path) -> str:
    """The checksum of a file, as receipts and manifests write it."""
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def take_lock(directory: Path, *, abandoned: bool = False) -> bool:
    """Take the lock of a hidden directory; False when another process, or run, has it.

    abandoned  only where there is a lock that some process has left
    """
    path = directory / LOCK_NAME
    if directory in _locks or (abandoned and not path.exists()):
        return False
    lock = FileLock(path, thread_local=False, preserve_lock_file=True)
    try:
        lock.acquire(timeout=0 if abandoned else _LOCK_SECONDS)
    except Timeout:
        return False
    _locks[directory] = lock
    return True


def drop_lock(directory: Path) -> None:
    """Free a lock, if this process has it."""
    lock = _locks.pop(directory, None)
    if lock is not None:
        lock.release()
