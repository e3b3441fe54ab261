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

import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pyarrow as pa

from dw_simulator import interrupts
from dw_simulator.adapters.sinks import replaceable
from dw_simulator.adapters.sinks.directory_publication import DirectoryPublication
from dw_simulator.adapters.sinks.files import (
    checksum,
    directory_name,
    drop_lock,
    explained,
    one_at_a_time,
    part_file,
    take_lock,
)
from dw_simulator.adapters.sinks.part_files import (
    FileSink,
    MeasuredStream,
    PartWriter,
    check_added,
    check_plan,
    files_by_table,
    files_named,
    problem_of,
    tables_left,
)
from dw_simulator.adapters.sinks.run_directory import GONE, PREFIX, RunDirectory, remove_half_removed
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
    def _run(self) -> RunDirectory:
        return RunDirectory(self.root / f"{PREFIX}{self.token}", self.suffix)

    @property
    def _publication(self) -> DirectoryPublication:
        return DirectoryPublication(self.root, self._run)

    # --- before

    def check(self, plan: Plan) -> None:
        check_plan(plan, self.format)
        with explained(self.root):
            self._check_replaceable([directory_name(table.name) for table in plan.tables])

    def _check_replaceable(self, names: Sequence[str]) -> None:
        """Files of an earlier run are replaced; anything else in their place is left alone and refused."""
        former = self._former()
        for name in names:
            replaceable.check_table(self.root / name, self.suffix, files_named(former))
        replaceable.check_extras(self.root, former)
        replaceable.check_manifest(self.root, former)

    def _former(self) -> Manifest | None:
        """What is published here now, if anything."""
        try:
            return self.manifest()
        except RequestError:
            return None

    def prepare(self, plan: Plan) -> list[Receipt]:
        self._made = [path for path in (self.root, *self.root.parents) if not path.exists()]
        with explained(self.root):
            self.root.mkdir(parents=True, exist_ok=True)
            self._sweep()
            self.take_back()
            self._run.begin(plan, self.origin)
            return self._run.finished(plan)

    def _sweep(self) -> None:
        """Take the lock of the hidden directory, and remove those of runs whose processes are gone."""
        own = self._run
        with one_at_a_time(self.root):
            for path in self.root.glob(f"{PREFIX}*"):
                if path != own.path and not path.suffix and take_lock(path, abandoned=True):
                    abandoned = RunDirectory(path, self.suffix)
                    try:
                        DirectoryPublication(self.root, abandoned).take_back()
                        abandoned.remove()
                    finally:
                        drop_lock(path)
            remove_half_removed(self.root)
            own.path.mkdir(exist_ok=True)
            if not take_lock(own.path):
                raise OutputError(f"another run is at work in {own.path}; wait for it")

    # --- parts

    def open(self, table: TablePlan, part: Part) -> PartWriter:
        run = self._run
        path = run.unfinished(part)
        with explained(path):
            stream = MeasuredStream(pa.BufferedOutputStream(pa.OSFile(str(path), "wb"), _BUFFER))
            encoder = self.encoder(stream, table)
        keep, drop = partial(run.keep, path, part), partial(path.unlink, missing_ok=True)
        return PartWriter(stream, encoder, partial(explained, path), keep, drop)

    # --- what was published

    def manifest(self) -> Manifest:
        return read_manifest(self.root)

    @contextmanager
    def opened(self, file: str) -> Iterator[pa.NativeFile]:
        path = self.root / file
        with explained(path), pa.OSFile(str(path)) as opened:
            yield opened

    def problem_with(self, entry: PartEntry) -> str | None:
        path = self.root / entry.file
        try:
            return problem_of(entry, path.stat().st_size, lambda: checksum(path))
        except OSError as error:
            return f"cannot be read: {error.strerror or error}"

    def file_of(self, table: str, number: int) -> str:
        return part_file(table, number, self.suffix)

    def is_file_of(self, file: str, table: str, number: int) -> bool:
        return file == self.file_of(table, number)

    def local_file(self, entry: PartEntry) -> str | None:
        return str(self.root / entry.file) if self.scannable else None

    def files_of(self, table: str) -> list[str]:
        directory = self.root / directory_name(table)
        return sorted(f"{directory.name}/{path.name}" for path in directory.glob("*"))

    def content(self, file: str) -> bytes | None:
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
        return tables_left(self._former(), plan)

    def publish(
        self, plan: Plan, receipts: Sequence[Receipt], manifest: Manifest, extras: Mapping[str, bytes]
    ) -> dict[str, list[str]]:
        names = [directory_name(table.name) for table in plan.tables]
        with interrupts.held_back(), explained(self.root):
            self._check_replaceable(names)  # again: much can happen to a directory during a run
            self._run.add({**extras, FILE_NAME: manifest.to_bytes()})
            try:
                self._publication.show([*names, EXTRAS_NAME])
            except BaseException:
                self._publication.take_back()
                raise
        return files_by_table(plan, receipts, str(self.root))

    def add(self, manifest: Manifest, extras: Mapping[str, bytes]) -> None:
        whole = manifest.with_extras(extras)
        with interrupts.held_back(), explained(self.root), one_at_a_time(self.root):
            check_added(manifest, extras, self.content)
            drafts = Path(tempfile.mkdtemp(prefix=PREFIX, suffix=GONE, dir=self.root))
            try:
                for name, content in {FILE_NAME: whole.to_bytes(), **extras}.items():
                    draft, path = drafts / "file", self.root / name
                    draft.write_bytes(content)
                    path.parent.mkdir(parents=True, exist_ok=True)
                    draft.replace(path)
            finally:
                shutil.rmtree(drafts, ignore_errors=True)

    def tidy(self) -> bool:
        return self._run.remove()

    def take_back(self) -> None:
        with explained(self.root):
            if self._publication.begun:
                with interrupts.held_back(), one_at_a_time(self.root):
                    self._publication.take_back()

    def let_go(self) -> None:
        drop_lock(self._run.path)

    def abort(self) -> None:
        self.take_back()
        self.tidy()
        for path in self._made:  # the directories that `prepare` had to make, unless someone uses them now
            with suppress(OSError):
                path.rmdir()
