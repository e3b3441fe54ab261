"""Where HTTP may write and look: below the server's output root, and below its stage."""

import os
from pathlib import Path

from starlette.exceptions import HTTPException

from dw_simulator.errors import RequestError
from dw_simulator.ports.store import Run
from dw_simulator.runs.output_urls import is_local
from dw_simulator.settings import Settings

_LONGEST_NAME = 255


def check_open(run: Run, settings: Settings) -> None:
    """Raise HTTPException where a run's output, which other doors may put anywhere, lies outside."""
    if not _is_open(run.output_dir, settings):
        raise HTTPException(403, f"the output of run {run.id} is not below this server's output root")


def allowed(asked: str, settings: Settings) -> str | Path:
    """Where HTTP may write, from what it asks for. Raises RequestError."""
    if is_local(asked):
        return _below_root(asked, settings)
    if not _is_staged(asked, settings):
        where = f"below {settings.stage_url}" if settings.stage_url else "allowed; set DW_SIM_STAGE_URL"
        raise RequestError(f"output_dir: a URL is not {where}")
    return asked


def _is_staged(url: str, settings: Settings) -> bool:
    """Whether a URL lies below that where files are staged."""
    stage = settings.stage_url.rstrip("/")
    levels = url.removeprefix(f"{stage}/").rstrip("/").split("/")
    return bool(stage) and url.startswith(f"{stage}/") and not {"", ".", ".."} & set(levels)


def _below_root(asked: str, settings: Settings) -> Path:
    """An output directory below the root, wherever links in it lead. Raises RequestError."""
    root = settings.http_root.resolve()
    try:
        place = (root / asked).resolve()
        if any(len(os.fsencode(name)) > _LONGEST_NAME for name in place.parts):
            raise RequestError(f"output_dir: a name in it is longer than {_LONGEST_NAME} bytes")
        nearest = next(path for path in (place, *place.parents) if path.exists() or path.is_symlink())
    except (OSError, ValueError, RuntimeError):  # a name that is too long, NUL, links in a circle
        nearest = None
    if (
        nearest is None or nearest.is_symlink() or not nearest.is_dir()
    ):  # a link that resolve() left goes in a circle
        raise RequestError(f"output_dir {asked!r} cannot be a directory")
    if place == root or not place.is_relative_to(root):
        raise RequestError(
            f"output_dir {asked!r} is not below {root}; name a directory there, or set DW_SIM_OUTPUT_ROOT"
        )
    return place


def _is_open(place: str, settings: Settings) -> bool:
    """Whether HTTP may look at a directory or URL and write there."""
    if not is_local(place):
        return _is_staged(place, settings)
    directory = Path(place).resolve()
    return any(directory.is_relative_to(root.resolve()) for root in (settings.output, settings.http_root))
