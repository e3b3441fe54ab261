"""Publishing in a directory, step by step, so that another process can take it back wherever it was cut."""

import json
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dw_simulator import interrupts
from dw_simulator.adapters.sinks.run_directory import RunDirectory
from dw_simulator.errors import OutputError
from dw_simulator.ports.manifest import EXTRAS_NAME, FILE_NAME


@dataclass(frozen=True)
class DirectoryPublication:
    """The finished tables of a run in the place of the former ones, and the way back.

    root  where they are shown
    run   where they lie before, and the former ones after
    """

    root: Path
    run: RunDirectory

    @property
    def _marker(self) -> Path:
        """What replaces the former tables: the inode of each new one, 0 for what is only taken away."""
        return self.run.retired / "publishing.json"

    @property
    def begun(self) -> bool:
        """Whether there is something to be taken back."""
        return self.run.retired.exists()

    def show(self, names: Sequence[str]) -> None:
        """Move everything to its place, the new manifest last; the former tables are kept."""
        tables, retired = self.run.tables, self.run.retired
        retired.mkdir()
        new = {name for name in (*names, FILE_NAME) if (tables / name).exists()}
        self._mark(
            {name: (tables / name).stat().st_ino if name in new else 0 for name in (*names, FILE_NAME)}
        )
        if (self.root / FILE_NAME).exists():
            (self.root / FILE_NAME).rename(retired / FILE_NAME)
        for name in names:
            if (self.root / name).exists():
                (self.root / name).rename(retired / name)
            if name in new:
                (tables / name).rename(self.root / name)
        (tables / FILE_NAME).rename(self.root / FILE_NAME)

    def _mark(self, inodes: dict[str, int]) -> None:
        draft = self._marker.with_suffix(".new")
        with draft.open("w") as file:
            json.dump(inodes, file)
            file.flush()
            os.fsync(file.fileno())  # it has to be whole wherever the renames that follow are seen
        draft.rename(self._marker)

    def take_back(self) -> None:
        """Put every table back as it was, by what lies where. What cannot be put back is kept."""
        if self._marker.exists():
            with interrupts.held_back():
                for name, inode in reversed(self._inodes().items()):
                    self._put_back(name, inode)
                (self.run.tables / FILE_NAME).unlink(missing_ok=True)
                shutil.rmtree(self.run.tables / EXTRAS_NAME, ignore_errors=True)
                self._marker.unlink()
        with suppress(OSError):
            shutil.rmtree(self.run.retired)

    def _inodes(self) -> dict[str, int]:
        try:
            found: dict[str, int] = json.loads(self._marker.read_text())
        except (OSError, ValueError) as error:
            kept = f"what a run has replaced is kept in {self._marker.parent}"
            raise OutputError(f"{self._marker} cannot be read: {error}; {kept}") from error
        return found

    def _put_back(self, name: str, inode: int) -> None:
        new, old, here = self.run.tables / name, self.run.retired / name, self.root / name
        try:
            # the inode tells our table from one that a later run has put there
            if not new.exists() and here.exists() and here.stat().st_ino == inode:
                here.rename(new)
            if old.exists() and not here.exists():
                old.rename(here)
        except OSError as error:
            kept = f"the former tables are kept in {self.run.retired}"
            raise OutputError(f"{here} could not be put back: {error.strerror}; {kept}") from error
