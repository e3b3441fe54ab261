"""Files in a directory, `<root>/<table>/part-00000.<suffix>`, published together with their manifest.

Everything is made in a hidden directory beside its destination:

    <root>/.dw-sim-<token>/
        lock                held while the run's process lives
        run.json            whose files these are, so that only the same run goes on with them
        unfinished/         parts being written
        tables/<table>/     finished parts, and at last the manifest and the extras (`load/`)
        receipts/<table>/   what each finished part holds
        retired/            while publishing: the former tables, and in publishing.json what replaces them

Publishing moves the former manifest and tables away, the new ones to their place, and the new manifest last.
Each step is a rename, and what lies where says how far it came; so a later process can take it back, too.
"""

import json
import os
import re
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
from pydantic import ValidationError

from dw_simulator import interrupts
from dw_simulator.adapters.formats import format_of
from dw_simulator.adapters.sinks.files import (
    LOCK_NAME,
    checksum,
    directory_name,
    drop_lock,
    explained,
    one_at_a_time,
    take_lock,
)
from dw_simulator.adapters.sinks.part_files import (
    RECEIPT,
    FileSink,
    Measured,
    PartWriter,
    Written,
    check_plan,
    files_by_table,
)
from dw_simulator.errors import OutputError, RequestError
from dw_simulator.ports.manifest import EXTRAS_NAME, FILE_NAME, Manifest, PartEntry
from dw_simulator.ports.manifest import read as read_manifest
from dw_simulator.ports.plan import Part, Plan, TablePlan
from dw_simulator.ports.sink import Receipt

_BUFFER = 1 << 20


@dataclass
class DirectorySink(FileSink):
    """Files under a directory.

    root    made when it is not there
    origin  the digest of all that the files' bytes depend on: parts of another origin are not gone on with
    token   names the hidden directory; a run that goes on with another's parts has the same token
    """

    root: Path
    compression: str = "zstd"
    origin: str = ""
    token: str = field(default_factory=lambda: uuid.uuid4().hex[:12])
    format: str = "parquet"
    _made: list[Path] = field(default_factory=list, init=False)

    @property
    def _staging(self) -> Path:
        return self.root / f".dw-sim-{self.token}"

    @property
    def _tables(self) -> Path:
        return self._staging / "tables"

    @property
    def _retired(self) -> Path:
        return self._staging / "retired"

    # --- before

    def check(self, plan: Plan) -> None:
        check_plan(plan, self.format)
        for table in plan.tables:
            with explained(self.root):
                self._check_replaceable(self.root / directory_name(table.name))
        self._check_extras()
        self._check_manifest()

    def _former(self) -> Manifest | None:
        """What is published here now, if anything."""
        try:
            return self.manifest()
        except RequestError:
            return None

    def _check_extras(self) -> None:
        """A directory of the extras' name is replaced only where it holds what a run has put there."""
        target, former = self.root / EXTRAS_NAME, self._former()
        ours = set(former.extras) if former else set()
        found = [target] if target.is_symlink() or target.is_file() else target.rglob("*")
        for path in found:
            if (path.is_symlink() or not path.is_dir()) and path.relative_to(
                self.root
            ).as_posix() not in ours:
                raise RequestError(
                    f"{path} was written by no run; move it away, or choose another output directory"
                )

    def _check_manifest(self) -> None:
        """Other programs write manifests, too: theirs are left alone."""
        path = self.root / FILE_NAME
        if not path.exists() and not path.is_symlink():
            return
        if not path.is_file() or path.is_symlink() or self._former() is None:
            raise RequestError(
                f"{path} is not the manifest of a run; move it away, or choose another output directory"
            )

    def _check_replaceable(self, target: Path) -> None:
        """Files of an earlier run are replaced; anything else in their place is left alone and refused."""
        if not target.exists() and not target.is_symlink():
            return
        names = ["?"]
        if target.is_dir() and not target.is_symlink():
            names = [item.name for item in target.iterdir()]
        part_name = re.compile(rf"part-\d{{5,}}\.{re.escape(self.suffix)}")
        former = self._former()  # which may be of another format
        ours = {part.file for entry in former.tables for part in entry.parts} if former else set()
        foreign = [n for n in names if not part_name.fullmatch(n) and f"{target.name}/{n}" not in ours]
        if foreign:
            raise RequestError(
                f"{target} holds something that no run has written ({foreign[0]}); "
                "move it away, or choose another output directory"
            )

    def prepare(self, plan: Plan) -> list[Receipt]:
        self._made = [path for path in (self.root, *self.root.parents) if not path.exists()]
        with explained(self.root):
            self.root.mkdir(parents=True, exist_ok=True)
            self._sweep()
            self.take_back()
            if not self._is_ours():
                for former in self._staging.glob("*"):
                    if former.name != LOCK_NAME:
                        shutil.rmtree(former, ignore_errors=True)
            shutil.rmtree(self._staging / "unfinished", ignore_errors=True)
            (self._staging / "unfinished").mkdir(parents=True)
            for table in plan.tables:
                for kind in ("tables", "receipts"):
                    (self._staging / kind / directory_name(table.name)).mkdir(parents=True, exist_ok=True)
            (self._staging / "run.json").write_text(json.dumps({"origin": self.origin}))
            return self._finished(plan)

    def _sweep(self) -> None:
        """Take the lock of the hidden directory, and remove those of runs whose processes are gone."""
        with one_at_a_time(self.root):
            for path in self.root.glob(".dw-sim-*"):
                if path != self._staging and not path.suffix and take_lock(path, of_the_dead=True):
                    dead = replace(self, token=path.name.removeprefix(".dw-sim-"))
                    try:
                        dead._move_back()
                        dead.tidy()
                    finally:
                        drop_lock(path)
            for path in self.root.glob(".dw-sim-*.gone"):  # of a process that was killed while it tidied
                shutil.rmtree(path, ignore_errors=True)
            self._staging.mkdir(exist_ok=True)
            if not take_lock(self._staging):
                raise OutputError(f"another run is at work in {self._staging}; wait for it")

    def _is_ours(self) -> bool:
        try:
            found = json.loads((self._staging / "run.json").read_text())
        except (OSError, ValueError):
            return False
        return bool(self.origin) and found == {"origin": self.origin}

    def _finished(self, plan: Plan) -> list[Receipt]:
        """The receipts of whole parts; anything else that lies there is removed."""
        wanted = {self._file(part): part for table in plan.tables for part in table.parts}
        for path in self._tables.rglob("*"):
            if path.is_file() and str(path.relative_to(self._tables)) not in wanted:
                path.unlink()
        with ThreadPoolExecutor() as pool:
            found = pool.map(self._receipt, wanted.values())
        return [receipt for receipt in found if receipt is not None]

    def _receipt(self, part: Part) -> Receipt | None:
        path = self._tables / self._file(part)
        try:
            receipt = RECEIPT.validate_json(self._receipt_path(part).read_bytes())
            same_size = path.stat().st_size == receipt.bytes
            if receipt.part == part and same_size and checksum(path) == receipt.checksum:
                return receipt
        except (OSError, ValidationError):
            pass
        path.unlink(missing_ok=True)
        return None

    # --- parts

    def _file(self, part: Part) -> str:
        return self.file_of(part.table, part.number)

    def _receipt_path(self, part: Part) -> Path:
        file = self._file(part).removesuffix(self.suffix)
        return self._staging / "receipts" / f"{file}json"

    def unfinished(self, part: Part) -> Path:
        """A path to write a part at. No other writer has it, not even one of a run that is taken for dead."""
        name = self._file(part).replace("/", "-").removesuffix(f".{self.suffix}")
        return self._staging / "unfinished" / f"{name}-{uuid.uuid4().hex}.{self.suffix}"

    def open(self, table: TablePlan, part: Part) -> PartWriter:
        path = self.unfinished(part)
        with explained(path):
            stream = Measured(pa.BufferedOutputStream(pa.OSFile(str(path), "wb"), _BUFFER))
            encoder = self.encoder(stream, table)
        keep, drop = partial(self.finish, path, part), partial(path.unlink, missing_ok=True)
        return PartWriter(stream, encoder, partial(explained, path), keep, drop)

    def finish(self, path: Path, part: Part, written: Written) -> Receipt:
        """Count a written file among the finished parts."""
        with explained(path):
            file = self._file(part)
            receipt = Receipt(part, file, written.rows, written.bytes, written.checksum, written.facts)
            path.rename(self._tables / file)
            beside = self.unfinished(part)  # no other writer has it
            beside.write_bytes(RECEIPT.dump_json(receipt))
            beside.rename(self._receipt_path(part))
        return receipt

    # --- what was published

    def manifest(self) -> Manifest:
        """What is published here. Raises RequestError for want of that."""
        return read_manifest(self.root)

    @contextmanager
    def opened(self, file: str) -> Iterator[Any]:
        path = self.root / file
        with explained(path), pa.OSFile(str(path)) as opened:
            yield opened

    def problem_with(self, entry: PartEntry) -> str | None:
        """What is wrong with a published file, if anything."""
        path = self.root / entry.file
        try:
            size = path.stat().st_size
            if size != entry.bytes:
                return f"has {size:,} bytes, not {entry.bytes:,}"
            if checksum(path) != entry.checksum:
                return "has changed: its checksum is not that of the manifest"
        except OSError as error:
            return f"cannot be read: {error.strerror or error}"
        return None

    def file_of(self, table: str, number: int) -> str:
        """Where a part of a table lies below the root."""
        return f"{directory_name(table)}/part-{number:05d}.{self.suffix}"

    def is_file_of(self, file: str, table: str, number: int) -> bool:
        """Whether a part of a table may lie there."""
        return file == self.file_of(table, number)

    def local_file(self, entry: PartEntry) -> str | None:
        return str(self.root / entry.file) if format_of(self.format).scannable else None

    def files_of(self, table: str) -> list[str]:
        """What lies in a table's directory."""
        directory = self.root / directory_name(table)
        return sorted(f"{directory.name}/{path.name}" for path in directory.glob("*"))

    def content(self, file: str) -> bytes | None:
        """The content of an extra file, if it is there."""
        try:
            return (self.root / file).read_bytes()
        except OSError:
            return None

    # --- after

    @contextmanager
    def alone(self, check: Callable[[], None]) -> Iterator[None]:
        with explained(self.root), one_at_a_time(self.root, check):
            yield

    def left_behind(self, plan: Plan) -> list[str]:
        """Tables of the run before, of another experiment say, that this one will not replace."""
        former = self._former()
        names = {entry.name for entry in former.tables} if former else set()
        return sorted(names - {table.name for table in plan.tables})

    def publish(
        self, plan: Plan, receipts: Sequence[Receipt], manifest: Manifest, extras: Mapping[str, bytes]
    ) -> dict[str, list[str]]:
        names = [*(directory_name(table.name) for table in plan.tables), EXTRAS_NAME]
        with interrupts.held_back(), explained(self.root):
            for name in names[:-1]:  # again: much can happen to a directory during a run
                self._check_replaceable(self.root / name)
            self._check_extras()
            self._check_manifest()
            for name, content in extras.items():
                (self._tables / name).parent.mkdir(parents=True, exist_ok=True)
                (self._tables / name).write_bytes(content)
            (self._tables / FILE_NAME).write_bytes(manifest.to_bytes())
            try:
                self._move_in(names)
            except BaseException:
                self._move_back()
                raise
        return files_by_table(plan, receipts, str(self.root))

    def _move_in(self, names: list[str]) -> None:
        self._retired.mkdir()
        marker = self._retired / "publishing.json"
        new = {name for name in (*names, FILE_NAME) if (self._tables / name).exists()}
        inodes = {
            name: (self._tables / name).stat().st_ino if name in new else 0 for name in (*names, FILE_NAME)
        }
        with marker.with_suffix(".new").open("w") as file:
            json.dump(inodes, file)
            file.flush()
            os.fsync(file.fileno())  # it has to be whole wherever the renames that follow are seen
        marker.with_suffix(".new").rename(marker)
        if (self.root / FILE_NAME).exists():
            (self.root / FILE_NAME).rename(self._retired / FILE_NAME)
        for name in names:
            if (self.root / name).exists():
                (self.root / name).rename(self._retired / name)
            if name in new:
                (self._tables / name).rename(self.root / name)
        (self._tables / FILE_NAME).rename(self.root / FILE_NAME)

    def tidy(self) -> bool:
        """Remove the hidden directory: moved away first, as workers of a killed run may still write there.

        Returns whether it is gone.
        """
        gone = self._staging.with_suffix(".gone")
        shutil.rmtree(gone, ignore_errors=True)  # of a process that was killed just here
        with suppress(OSError):
            self._staging.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)
        drop_lock(self._staging)
        return not self._staging.exists()

    def take_back(self) -> None:
        """Put every table back as it was, by what lies where. What cannot be put back is kept."""
        with explained(self.root):
            if self._retired.exists():
                with interrupts.held_back(), one_at_a_time(self.root):
                    self._move_back()

    def _move_back(self) -> None:
        marker = self._retired / "publishing.json"
        if marker.exists():
            with interrupts.held_back():
                for name, inode in reversed(self._inodes(marker).items()):
                    self._put_back(name, inode)
                (self._tables / FILE_NAME).unlink(missing_ok=True)
                shutil.rmtree(self._tables / EXTRAS_NAME, ignore_errors=True)
                marker.unlink()
        with suppress(OSError):
            shutil.rmtree(self._retired)

    @staticmethod
    def _inodes(marker: Path) -> dict[str, int]:
        try:
            found: dict[str, int] = json.loads(marker.read_text())
        except (OSError, ValueError) as error:
            kept = f"what a run has replaced is kept in {marker.parent}"
            raise OutputError(f"{marker} cannot be read: {error}; {kept}") from error
        return found

    def _put_back(self, name: str, inode: int) -> None:
        new, old, here = self._tables / name, self._retired / name, self.root / name
        try:
            # the inode tells our table from one that a later run has put there
            if not new.exists() and here.exists() and here.stat().st_ino == inode:
                here.rename(new)
            if old.exists() and not here.exists():
                old.rename(here)
        except OSError as error:
            kept = f"the former tables are kept in {self._retired}"
            raise OutputError(f"{here} could not be put back: {error.strerror}; {kept}") from error

    def let_go(self) -> None:
        drop_lock(self._staging)

    def abort(self) -> None:
        self.take_back()
        self.tidy()
        for path in self._made:  # the directories that `prepare` had to make, unless someone uses them now
            with suppress(OSError):
                path.rmdir()
