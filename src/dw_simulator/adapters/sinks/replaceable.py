"""What a run may replace in a directory: what runs have written, and nothing else."""

import re
from pathlib import Path

from dw_simulator.errors import RequestError
from dw_simulator.ports.manifest import EXTRAS_NAME, FILE_NAME, Manifest

_ELSEWHERE = "move it away, or choose another output directory"


def check_table(target: Path, suffix: str, ours: set[str]) -> None:
    """Raise RequestError where something else than parts lies in the place of a table's directory.

    suffix  how the names of parts end
    ours    the parts of the former run, which may be of another format
    """
    if not target.exists() and not target.is_symlink():
        return
    names = ["?"]
    if target.is_dir() and not target.is_symlink():
        names = [item.name for item in target.iterdir()]
    part_name = re.compile(rf"part-\d{{5,}}\.{re.escape(suffix)}")
    foreign = [n for n in names if not part_name.fullmatch(n) and f"{target.name}/{n}" not in ours]
    if foreign:
        raise RequestError(f"{target} holds something that no run has written ({foreign[0]}); {_ELSEWHERE}")


def check_extras(root: Path, former: Manifest | None) -> None:
    """Raise RequestError where a directory of the extras' name holds what no run has put there."""
    target, ours = root / EXTRAS_NAME, set(former.extras) if former else set()
    found = [target] if target.is_symlink() or target.is_file() else target.rglob("*")
    for path in found:
        is_file = path.is_symlink() or not path.is_dir()
        if is_file and path.relative_to(root).as_posix() not in ours:
            raise RequestError(f"{path} was written by no run; {_ELSEWHERE}")


def check_manifest(root: Path, former: Manifest | None) -> None:
    """Raise RequestError for a manifest that another program has written."""
    path = root / FILE_NAME
    there = path.exists() or path.is_symlink()
    if there and (not path.is_file() or path.is_symlink() or former is None):
        raise RequestError(f"{path} is not the manifest of a run; {_ELSEWHERE}")
