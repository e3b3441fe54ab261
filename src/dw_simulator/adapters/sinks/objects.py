"""Files in an object store, `<root>/<table>/part-00000-<mark>.<suffix>`, published by their manifest.

An object appears whole or not at all, but several cannot appear together, nor be renamed. So parts go
straight to their final names, which no published part has, and `_manifest.json` says which of them count. It
is written last: until then the former manifest stands, with all tables that it names. (The files beside the
tables, `load/`, are written just before it; a process killed in between leaves the new ones beside the former
manifest until anyone looks at the run.)

    <root>/.dw-sim-<token>/
        run.json            whose parts these are: origin, mark, tables, and what was not there before
        receipts/<table>/   what each finished part holds
        former.json         while publishing: the former manifest and extras, and which manifest replaces them

The mark is taken from the run's origin, on which the parts' bytes depend: a part has the same bytes whoever
writes it, and writing it again does no harm.

What cannot be promised here: there are no locks, so two runs that publish to one place at the same time, of
two experiments or two stores, are not kept apart; the store keeps apart the runs of one experiment. Who lists
a table's files rather than reading the manifest sees parts before they are published, and for a moment beside
those that they replace. A killed process leaves uploads that were never completed, which no listing shows: a
lifecycle rule of the bucket removes them. And where something was deleted, Arrow leaves an empty object in
the directory's name (`<table>/`), as Amazon's console does: readers pass it over.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from functools import partial

import pyarrow as pa
from pyarrow import dataset as ds
from pyarrow import fs
from pydantic import TypeAdapter, ValidationError

from dw_simulator import interrupts
from dw_simulator.adapters.formats import format_of
from dw_simulator.adapters.locations import AT_ONCE, Location, checked, explained, location_of
from dw_simulator.adapters.sinks.files import directory_name, part_file
from dw_simulator.adapters.sinks.object_publication import PREFIX, ObjectPublication, begun_extras
from dw_simulator.adapters.sinks.part_files import (
    RECEIPT,
    FileSink,
    MeasuredStream,
    PartWriter,
    Written,
    check_added,
    check_plan,
    files_by_table,
    files_named,
    problem_of,
    tables_left,
)
from dw_simulator.arrow import plain_schema
from dw_simulator.errors import OutputError, RequestError
from dw_simulator.ports.manifest import EXTRAS_NAME, FILE_NAME, Manifest, PartEntry, parse
from dw_simulator.ports.plan import Part, Plan, TablePlan
from dw_simulator.ports.sink import Receipt
from dw_simulator.ports.tabular import TypedColumn

_MARK = 8


@dataclass(frozen=True)
class RunState:
    """What `run.json` says.

    tables  the directories of its tables
    made    paths that were not there before
    """

    origin: str
    mark: str
    tables: list[str]
    made: list[str]


_STATE = TypeAdapter(RunState)


@dataclass
class ObjectSink(FileSink):
    """Files in an object store.

    root    a URL such as s3://bucket/prefix
    origin  the digest of all that the files' bytes depend on: parts of another origin are not gone on with
    token   names what is kept of the run; a run that goes on with another's parts has the same token
    """

    root: str
    compression: str = "zstd"
    origin: str = ""
    token: str = ""
    format: str = "parquet"
    _mark: str = field(default="", init=False)

    def __post_init__(self) -> None:
        self.root = checked(self.root)

    @property
    def _staging(self) -> str:
        return f"{PREFIX}{self.token}"

    @property
    def _location(self) -> Location:
        return location_of(self.root)

    @property
    def _publication(self) -> ObjectPublication:
        return ObjectPublication(self._location, self._staging)

    # --- before

    def check(self, plan: Plan) -> None:
        check_plan(plan, self.format)
        with explained(self.root):
            location = self._location
            container = location.container
            if container and location.filesystem.get_file_info(container).type is fs.FileType.NotFound:
                raise OutputError(f"{self.root}: there is no such bucket; create it, or choose another place")
            self._check_foreign(plan)

    def _check_foreign(self, plan: Plan) -> None:
        """Files of an earlier run are replaced; anything else in their place is left alone and refused."""
        former, location = self._publication.present(), self._location
        ours = files_named(former) | set(former.extras if former else ()) | begun_extras(location)
        part_name = re.compile(rf"part-\d{{5,}}-[0-9a-f]{{{_MARK}}}\.[a-z.]+")
        for name in (*(directory_name(table.name) for table in plan.tables), EXTRAS_NAME):
            for file in location.sizes(name):
                is_part = name != EXTRAS_NAME and part_name.fullmatch(file.removeprefix(f"{name}/"))
                if file not in ours and not is_part:
                    raise RequestError(
                        f"{self.root}/{file} was written by no run; move it away, or choose another place"
                    )

    def left_behind(self, plan: Plan) -> list[str]:
        with explained(self.root):
            return tables_left(self._publication.present(), plan)

    def prepare(self, plan: Plan) -> list[Receipt]:
        with explained(self.root):
            self.take_back()
            state = self._state()
            if state is None or not self.origin or state.origin != self.origin:
                self._remove_run(state)
                state = self._begin(plan)
            self._mark = state.mark
            return self._finished(plan)

    def _state(self) -> RunState | None:
        """What `run.json` says; None where there is none."""
        content = self._location.read(f"{self._staging}/run.json")
        return _STATE.validate_json(content) if content else None

    def _begin(self, plan: Plan) -> RunState:
        published = files_named(self._publication.present())
        marks = [mark for mark in self._marks if not any(f"-{mark}." in file for file in published)]
        tables = [directory_name(table.name) for table in plan.tables]
        state = RunState(self.origin, marks[0], tables, self._location.missing())
        self._location.write(f"{self._staging}/run.json", _STATE.dump_json(state))
        return state

    @property
    def _marks(self) -> tuple[str, str]:
        """Two, as a run may replace one of the same origin."""
        digits = hashlib.sha256(self.origin.encode()).hexdigest()
        return digits[:_MARK], digits[_MARK : 2 * _MARK]

    def _finished(self, plan: Plan) -> list[Receipt]:
        """The receipts of whole parts."""
        location = self._location
        wanted = {self.file_of(part.table, part.number): part for t in plan.tables for part in t.parts}
        sizes: dict[str, int] = {}
        receipts = location.sizes(f"{self._staging}/receipts")
        for name in {file.split("/")[2] for file in receipts}:
            sizes |= location.sizes(name)

        def read(file: str) -> Receipt | None:
            with suppress(ValidationError):
                receipt = RECEIPT.validate_json(location.read(file) or b"")
                known = wanted.get(receipt.path) == receipt.part
                return receipt if known and sizes.get(receipt.path) == receipt.bytes else None
            return None

        with ThreadPoolExecutor(AT_ONCE) as pool:
            return [receipt for receipt in pool.map(read, receipts) if receipt is not None]

    # --- parts

    def open(self, table: TablePlan, part: Part) -> PartWriter:
        file = self.file_of(part.table, part.number)
        with explained(self.root):
            stream = MeasuredStream(self._location.output(file))
            encoder = self.encoder(stream, table)
        keep, drop = partial(self._keep, file, part), partial(self._drop, file)
        return PartWriter(stream, encoder, partial(explained, self.root), keep, drop)

    def _keep(self, file: str, part: Part, written: Written) -> Receipt:
        """Count an uploaded part among the finished ones."""
        receipt = written.receipt(part, file)
        with explained(self.root):
            self._location.write(f"{self._staging}/receipts/{file}.json", RECEIPT.dump_json(receipt))
        return receipt

    def _drop(self, file: str) -> None:
        with suppress(OSError):  # `abort` will try again, and tell
            self._location.delete([file])

    # --- what was published

    def manifest(self) -> Manifest:
        with explained(self.root):
            content = self._location.read(FILE_NAME)
        if content is None:
            raise RequestError(
                f"{self.root}/{FILE_NAME} is not there; name the place of a run that was completed"
            )
        return parse(content, f"{self.root}/{FILE_NAME}")

    @contextmanager
    def opened(self, file: str) -> Iterator[pa.NativeFile]:
        location, seeks = self._location, format_of(self.format).seeks
        with explained(f"{self.root}/{file}"):
            path = location.path_of(file)
            with (
                location.filesystem.open_input_file(path)
                if seeks
                else location.input(file, buffered=True) as opened
            ):
                yield opened

    def dataset(self, entries: Sequence[PartEntry], columns: Sequence[TypedColumn]) -> ds.Dataset:
        location = self._location
        paths = [location.path_of(entry.file) for entry in entries]
        with explained(self.root):
            return ds.dataset(
                paths, plain_schema(columns), format=self.format, filesystem=location.filesystem
            )

    def problem_with(self, entry: PartEntry) -> str | None:
        with explained(self.root):
            size = self._location.size(entry.file)
            if size is None:
                return "is not there"
            return problem_of(entry, size, lambda: self._location.checksum(entry.file))

    def file_of(self, table: str, number: int) -> str:
        return self._marked(table, number, self._mark or self._marks[0])

    def is_file_of(self, file: str, table: str, number: int) -> bool:
        return file in {self._marked(table, number, mark) for mark in self._marks}

    def _marked(self, table: str, number: int, mark: str) -> str:
        return part_file(table, number, self.suffix, mark)

    def files_of(self, table: str) -> list[str]:
        with explained(self.root):
            return sorted(self._location.sizes(directory_name(table)))

    def content(self, file: str) -> bytes | None:
        with explained(self.root):
            return self._location.read(file)

    # --- after

    def alone(self, check: Callable[[], None]) -> AbstractContextManager[None]:  # noqa: ARG002
        """An object store has no locks; see above."""
        return nullcontext()

    def publish(
        self, plan: Plan, receipts: Sequence[Receipt], manifest: Manifest, extras: Mapping[str, bytes]
    ) -> dict[str, list[str]]:
        with interrupts.held_back(), explained(self.root):
            self._check_foreign(plan)  # again: much can happen during a run
            self._check_there(receipts)
            self._publication.show(manifest, extras)
        return files_by_table(plan, receipts, self.root)

    def add(self, manifest: Manifest, extras: Mapping[str, bytes]) -> None:
        with interrupts.held_back(), explained(self.root):
            check_added(manifest, extras, self.content)
            whole = manifest.with_extras(extras)
            for name, content in {FILE_NAME: whole.to_bytes(), **extras}.items():
                self._location.write(name, content)

    def _check_there(self, receipts: Sequence[Receipt]) -> None:
        """The same run of another store gives its parts these names: it may have removed ours."""
        there: dict[str, int] = {}
        for directory in {receipt.path.rpartition("/")[0] for receipt in receipts}:
            there |= self._location.sizes(directory)
        for receipt in receipts:
            if there.get(receipt.path) != receipt.bytes:
                raise OutputError(f"{self.root}/{receipt.path} is not there any more; generate again")

    def take_back(self) -> None:
        with explained(self.root), interrupts.held_back():
            self._publication.take_back()

    def tidy(self) -> bool:
        try:
            with explained(self.root):
                self._publication.remove_replaced()
                self._remove_staging()
        except OutputError:
            return False
        return True

    def let_go(self) -> None:
        """There is no lock to free."""

    def abort(self) -> None:
        with explained(self.root), interrupts.held_back():
            self.take_back()
            self._remove_run(self._state())

    def _remove_run(self, state: RunState | None) -> None:
        """Remove the parts of a run that no manifest names, and all that is kept of it."""
        location, tables = self._location, state.tables if state else []
        published = files_named(self._publication.present()) if state else set()
        for name in tables:
            own = {file for file in location.sizes(name) if state and f"-{state.mark}." in file}
            location.delete(own - published)
        self._remove_staging()
        for path in (*map(location.path_of, tables), *reversed(state.made if state else [])):
            location.delete_empty(path)

    def _remove_staging(self) -> None:
        if self._location.sizes(self._staging):  # or the bucket itself may be gone
            self._location.delete_directory(self._location.path_of(self._staging))
