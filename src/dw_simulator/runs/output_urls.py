"""Where output goes, as users name it: a directory of this machine, or a URL."""

import re
from pathlib import Path

from dw_simulator.errors import RequestError

_OF_FILES = "file://"


def scheme_of(place: str | Path) -> str | None:
    """The scheme of a URL; None for a path of this machine, which `file://` is, too.

    A drive's letter is no scheme: that has two letters at least.
    """
    found = re.match(r"([A-Za-z][A-Za-z0-9+.-]+)://", place) if isinstance(place, str) else None
    return found[1].lower() if found and not found[0].lower().startswith(_OF_FILES) else None


def is_local(place: str | Path) -> bool:
    """Whether a place is a path of this machine."""
    return scheme_of(place) is None


def located(place: str | Path) -> Path | str:
    """A URL without slashes at its end; a path written out."""
    if not is_local(place):
        return str(place).rstrip("/")
    text = str(place)
    return absolute(Path(text[len(_OF_FILES) :] if text.lower().startswith(_OF_FILES) else text))


def absolute(path: Path) -> Path:
    """A path written out. Raises RequestError for the home of nobody."""
    try:
        return path.expanduser().absolute()
    except RuntimeError as error:  # ~nobody
        raise RequestError(f"{path}: {error}; write the path out") from None
