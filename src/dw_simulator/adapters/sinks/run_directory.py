"""The hidden directory of a run beside its output: parts being written, finished ones, their receipts."""

import json
import shutil
import uuid
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from dw_simulator.adapters.sinks.files import (
    LOCK_NAME,
    checksum,
    directory_name,
    drop_lock,
    explained,
    part_file,
)
from dw_simulator.adapters.sinks.part_files import RECEIPT, Written
from dw_simulator.ports.plan import Part, Plan
from dw_simulator.ports.sink import Receipt

PREFIX = ".dw-sim-"
GONE = ".gone"


@dataclass(frozen=True)
class RunDirectory:
    """`<root>/.dw-sim-<token>`.

    suffix  how the names of its parts end
    """

    path: Path
    suffix: str

    @property
    def tables(self) -> Path:
        """Finished parts and, at last, the manifest and the extras: what publishing shows."""
        return self.path / "tables"

    @property
    def retired(self) -> Path:
        """What publishing has replaced."""
        return self.path / "retired"

    def begin(self, plan: Plan, origin: str) -> None:
        """Get ready for the parts of a plan; keep those of the same origin that are finished."""
        if not self._is_of(origin):
            for former in self.path.glob("*"):
                if former.name != LOCK_NAME:
                    shutil.rmtree(former, ignore_errors=True)
        shutil.rmtree(self.path / "unfinished", ignore_errors=True)
        (self.path / "unfinished").mkdir(parents=True)
        for table in plan.tables:
            for kind in ("tables", "receipts"):
                (self.path / kind / directory_name(table.name)).mkdir(parents=True, exist_ok=True)
        (self.path / "run.json").write_text(json.dumps({"origin": origin}))

    def _is_of(self, origin: str) -> bool:
        try:
            found = json.loads((self.path / "run.json").read_text())
        except (OSError, ValueError):
            return False
        return bool(origin) and found == {"origin": origin}

    def finished(self, plan: Plan) -> list[Receipt]:
        """The receipts of whole parts; anything else that lies there is removed."""
        wanted = {self._file(part): part for table in plan.tables for part in table.parts}
        for path in self.tables.rglob("*"):
            if path.is_file() and str(path.relative_to(self.tables)) not in wanted:
                path.unlink()
        with ThreadPoolExecutor() as pool:
            found = pool.map(self.receipt, wanted.values())
        return [receipt for receipt in found if receipt is not None]

    def receipt(self, part: Part) -> Receipt | None:
        """The receipt of a part that is whole; one that is not is removed."""
        path = self.tables / self._file(part)
        try:
            receipt = RECEIPT.validate_json(self._receipt_path(part).read_bytes())
            same_size = path.stat().st_size == receipt.bytes
            if receipt.part == part and same_size and checksum(path) == receipt.checksum:
                return receipt
        except (OSError, ValidationError):
            pass
        path.unlink(missing_ok=True)
        return None

    def unfinished(self, part: Part) -> Path:
        """A path to write a part at. No other writer has it, not even one of a run that is taken for dead."""
        name = self._file(part).replace("/", "-").removesuffix(f".{self.suffix}")
        return self.path / "unfinished" / f"{name}-{uuid.uuid4().hex}.{self.suffix}"

    def keep(self, path: Path, part: Part, written: Written) -> Receipt:
        """Count a file that was written at a path among the finished parts."""
        with explained(path):
            receipt = written.receipt(part, self._file(part))
            path.rename(self.tables / receipt.path)
            beside = self.unfinished(part)  # no other writer has it
            beside.write_bytes(RECEIPT.dump_json(receipt))
            beside.rename(self._receipt_path(part))
        return receipt

    def add(self, contents: Mapping[str, bytes]) -> None:
        """Lay files beside the finished tables, by their places below the output directory."""
        for name, content in contents.items():
            (self.tables / name).parent.mkdir(parents=True, exist_ok=True)
            (self.tables / name).write_bytes(content)

    def remove(self) -> bool:
        """Remove all of it; returns whether it is gone.

        It is moved away first, as workers of a killed run may still write there.
        """
        gone = self.path.with_suffix(GONE)
        shutil.rmtree(gone, ignore_errors=True)  # of a process that was killed just here
        with suppress(OSError):
            self.path.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)
        drop_lock(self.path)
        return not self.path.exists()

    def _file(self, part: Part) -> str:
        return part_file(part.table, part.number, self.suffix)

    def _receipt_path(self, part: Part) -> Path:
        return self.path / "receipts" / f"{self._file(part).removesuffix(self.suffix)}json"


def remove_half_removed(root: Path) -> None:
    """Remove the hidden directories of processes that were killed while they removed them."""
    for path in root.glob(f"{PREFIX}*{GONE}"):
        shutil.rmtree(path, ignore_errors=True)
