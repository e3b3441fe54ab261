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
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pyarrow as pa
from pyarrow import dataset as ds
from pyarrow import fs
from pydantic import ValidationError

from dw_simulator import interrupts
from dw_simulator.adapters.column_facts import Typed
from dw_simulator.adapters.formats import format_of
from dw_simulator.adapters.locations import Location, checked, explained, location_of
from dw_simulator.adapters.sinks.files import directory_name
from dw_simulator.adapters.sinks.part_files import (
    RECEIPT,
    FileSink,
    Measured,
    PartWriter,
    Written,
    check_plan,
    files_by_table,
)
from dw_simulator.arrow import plain_type
from dw_simulator.errors import OutputError, RequestError
from dw_simulator.ports.digests import checksum
from dw_simulator.ports.manifest import EXTRAS_NAME, FILE_NAME, Manifest, PartEntry, parse
from dw_simulator.ports.plan import Part, Plan, TablePlan
from dw_simulator.ports.sink import Receipt

_BUFFER = 8 << 20
_AT_ONCE = 16
_MARK = 8


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
        return f".dw-sim-{self.token}"

    # --- objects

    @property
    def _location(self) -> Location:
        return location_of(self.root)

    def _path(self, file: str) -> str:
        return f"{self._location.path}/{file}"

    def _read(self, file: str) -> bytes | None:
        files, path = self._location.filesystem, self._path(file)
        if not files.get_file_info(path).is_file:
            return None
        with files.open_input_stream(path, compression=None) as stream:
            return bytes(stream.read())

    def _write(self, file: str, content: bytes) -> None:
        with self._output(file) as stream:
            stream.write(content)

    def _output(self, file: str) -> Any:
        return self._location.filesystem.open_output_stream(self._path(file), compression=None)

    def _delete(self, files: Iterable[str]) -> None:
        def delete(file: str) -> None:
            with suppress(FileNotFoundError):
                self._location.filesystem.delete_file(self._path(file))

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(delete, files))

    def _listed(self, directory: str) -> dict[str, int]:
        """The sizes of what lies below a directory."""
        path = self._path(directory)
        selector = fs.FileSelector(path, recursive=True, allow_not_found=True)
        found = self._location.filesystem.get_file_info(selector)
        return {f"{directory}{info.path[len(path) :]}": info.size for info in found if info.is_file}

    def _remove_directory(self, path: str) -> None:
        with suppress(FileNotFoundError):
            self._location.filesystem.delete_dir(path)

    # --- before

    def check(self, plan: Plan) -> None:
        check_plan(plan, self.format)
        with explained(self.root):
            container = self._location.container
            if container and self._location.filesystem.get_file_info(container).type is fs.FileType.NotFound:
                raise OutputError(f"{self.root}: there is no such bucket; create it, or choose another place")
            self._check_foreign(plan)

    def _check_foreign(self, plan: Plan) -> None:
        """Files of an earlier run are replaced; anything else in their place is left alone and refused."""
        former = self._former()
        ours = _files(former) | set(former.extras if former else ()) | self._begun()
        part_name = re.compile(rf"part-\d{{5,}}-[0-9a-f]{{{_MARK}}}\.[a-z.]+")
        for name in (*(directory_name(table.name) for table in plan.tables), EXTRAS_NAME):
            for file in self._listed(name):
                is_part = name != EXTRAS_NAME and part_name.fullmatch(file.removeprefix(f"{name}/"))
                if file not in ours and not is_part:
                    raise RequestError(
                        f"{self.root}/{file} was written by no run; move it away, or choose another place"
                    )

    def _begun(self) -> set[str]:
        """Files beside the tables that a publication was about to add when its process died."""
        selector = fs.FileSelector(self._location.path, allow_not_found=True)
        names = [info.base_name for info in self._location.filesystem.get_file_info(selector)]
        kept = [self._read(f"{name}/former.json") for name in names if name.startswith(".dw-sim-")]
        return {added for content in kept if content for added in json.loads(content)["adds"]}

    def _former(self) -> Manifest | None:
        """What is published here now. Raises RequestError for the manifest of another program."""
        content = self._read(FILE_NAME)
        try:
            return None if content is None else parse(content, f"{self.root}/{FILE_NAME}")
        except RequestError as error:
            raise RequestError(f"{error}; move it away, or choose another place") from None

    def left_behind(self, plan: Plan) -> list[str]:
        """Tables of the run before, of another experiment say, that this one will not replace."""
        with explained(self.root):
            former = self._former()
        names = {entry.name for entry in former.tables} if former else set()
        return sorted(names - {table.name for table in plan.tables})

    def prepare(self, plan: Plan) -> list[Receipt]:
        with explained(self.root):
            self.take_back()
            state = self._state()
            if not self.origin or state.get("origin") != self.origin:
                self._remove_own(state)
                state = self._begin(plan)
            self._mark = state["mark"]
            return self._finished(plan)

    def _state(self) -> dict[str, Any]:
        """What `run.json` says; nothing where there is none."""
        content = self._read(f"{self._staging}/run.json")
        return json.loads(content) if content else {}

    def _begin(self, plan: Plan) -> dict[str, Any]:
        levels = self._location.path.split("/")
        paths = ["/".join(levels[:k]) for k in range(2, len(levels) + 1)]
        infos = self._location.filesystem.get_file_info(paths)
        published = _files(self._former())
        marks = [mark for mark in self._marks if not any(f"-{mark}." in file for file in published)]
        state = {
            "origin": self.origin,
            "mark": marks[0],
            "tables": [directory_name(table.name) for table in plan.tables],
            "made": [info.path for info in infos if info.type is fs.FileType.NotFound],
        }
        self._write(f"{self._staging}/run.json", json.dumps(state).encode())
        return state

    @property
    def _marks(self) -> tuple[str, str]:
        """Two, as a run may replace one of the same origin."""
        digits = hashlib.sha256(self.origin.encode()).hexdigest()
        return digits[:_MARK], digits[_MARK : 2 * _MARK]

    def _finished(self, plan: Plan) -> list[Receipt]:
        """The receipts of whole parts."""
        wanted = {self.file_of(part.table, part.number): part for t in plan.tables for part in t.parts}
        sizes: dict[str, int] = {}
        receipts = self._listed(f"{self._staging}/receipts")
        for name in {file.split("/")[2] for file in receipts}:
            sizes |= self._listed(name)

        def read(file: str) -> Receipt | None:
            with suppress(ValidationError):
                receipt = RECEIPT.validate_json(self._read(file) or b"")
                known = wanted.get(receipt.path) == receipt.part
                return receipt if known and sizes.get(receipt.path) == receipt.bytes else None
            return None

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return [receipt for receipt in pool.map(read, receipts) if receipt is not None]

    # --- parts

    def open(self, table: TablePlan, part: Part) -> PartWriter:
        file = self.file_of(part.table, part.number)
        with explained(self.root):
            stream = Measured(self._output(file))
            encoder = self.encoder(stream, table)
        keep, drop = partial(self.finish, file, part), partial(self._drop, file)
        return PartWriter(stream, encoder, partial(explained, self.root), keep, drop)

    def finish(self, file: str, part: Part, written: Written) -> Receipt:
        """Count an uploaded part among the finished ones."""
        receipt = Receipt(part, file, written.rows, written.bytes, written.checksum, written.facts)
        with explained(self.root):
            self._write(f"{self._staging}/receipts/{file}.json", RECEIPT.dump_json(receipt))
        return receipt

    def _drop(self, file: str) -> None:
        with suppress(OSError):  # `abort` will try again, and tell
            self._delete([file])

    # --- what was published

    def manifest(self) -> Manifest:
        """What is published here. Raises RequestError for want of that."""
        with explained(self.root):
            content = self._read(FILE_NAME)
        if content is None:
            raise RequestError(
                f"{self.root}/{FILE_NAME} is not there; name the place of a run that was completed"
            )
        return parse(content, f"{self.root}/{FILE_NAME}")

    @contextmanager
    def opened(self, file: str) -> Iterator[Any]:
        files, path = self._location.filesystem, self._path(file)
        with explained(f"{self.root}/{file}"):
            seeks = format_of(self.format).seeks
            with (
                files.open_input_file(path)
                if seeks
                else files.open_input_stream(path, compression=None, buffer_size=_BUFFER) as opened
            ):
                yield opened

    def dataset(self, entries: Sequence[PartEntry], columns: Sequence[Typed]) -> Any:
        schema = pa.schema([(column.name, plain_type(column.type)) for column in columns])
        paths = [self._path(entry.file) for entry in entries]
        with explained(self.root):
            return ds.dataset(paths, schema, format="parquet", filesystem=self._location.filesystem)

    def problem_with(self, entry: PartEntry) -> str | None:
        """What is wrong with a published file, if anything."""
        with explained(self.root):
            info = self._location.filesystem.get_file_info(self._path(entry.file))
        if not info.is_file:
            return "is not there"
        if info.size != entry.bytes:
            return f"has {info.size:,} bytes, not {entry.bytes:,}"
        digest = hashlib.sha256()
        with (
            explained(self.root),
            self._location.filesystem.open_input_stream(self._path(entry.file), compression=None) as stream,
        ):
            while data := stream.read(_BUFFER):
                digest.update(data)
        if f"sha256:{digest.hexdigest()}" != entry.checksum:
            return "has changed: its checksum is not that of the manifest"
        return None

    def file_of(self, table: str, number: int) -> str:
        """Where a part of a table lies below the root."""
        mark = self._mark or self._marks[0]
        return f"{directory_name(table)}/part-{number:05d}-{mark}.{self.suffix}"

    def is_file_of(self, file: str, table: str, number: int) -> bool:
        """Whether a part of a table may lie there."""
        name = f"{directory_name(table)}/part-{number:05d}"
        return file in {f"{name}-{mark}.{self.suffix}" for mark in self._marks}

    def files_of(self, table: str) -> list[str]:
        """What lies in a table's directory."""
        with explained(self.root):
            return sorted(self._listed(directory_name(table)))

    def content(self, file: str) -> bytes | None:
        """The content of an extra file, if it is there."""
        with explained(self.root):
            return self._read(file)

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
            document = manifest.to_bytes()
            self._keep_former(document, extras)
            for file, content in extras.items():
                self._write(file, content)
            self._write(FILE_NAME, document)
        return files_by_table(plan, receipts, self.root)

    def _check_there(self, receipts: Sequence[Receipt]) -> None:
        """The same run of another store gives its parts these names: it may have removed ours."""
        there: dict[str, int] = {}
        for directory in {receipt.path.rpartition("/")[0] for receipt in receipts}:
            there |= self._listed(directory)
        for receipt in receipts:
            if there.get(receipt.path) != receipt.bytes:
                raise OutputError(f"{self.root}/{receipt.path} is not there any more; generate again")

    def _keep_former(self, document: bytes, extras: Mapping[str, bytes]) -> None:
        content, former = self._read(FILE_NAME), self._former()
        kept = {file: self._read(file) or b"" for file in (former.extras if former else ())}
        marker = {
            "by": checksum(document),
            "adds": list(extras),
            "manifest": None if content is None else content.decode(),
            "extras": {file: held.hex() for file, held in kept.items()},
        }
        self._write(f"{self._staging}/former.json", json.dumps(marker).encode())

    def take_back(self) -> None:
        """Put the former manifest back, unless a later run has put another one there."""
        with explained(self.root), interrupts.held_back():
            content = self._read(f"{self._staging}/former.json")
            if content is None:
                return
            marker, present = json.loads(content), self._read(FILE_NAME)
            former = None if marker["manifest"] is None else marker["manifest"].encode()
            ours = present is not None and checksum(present) == marker["by"]
            if ours and former is None:
                self._delete([FILE_NAME])
            elif ours and former is not None:
                self._write(FILE_NAME, former)
            if ours or present == former:
                self._restore_extras(marker)
            self._delete([f"{self._staging}/former.json"])

    def _restore_extras(self, marker: Mapping[str, Any]) -> None:
        self._delete(set(marker["adds"]) - set(marker["extras"]))
        for file, held in marker["extras"].items():
            self._write(file, bytes.fromhex(held))

    def tidy(self) -> bool:
        """Remove what was replaced, and what is kept of the run; returns whether that is gone."""
        try:
            with explained(self.root):
                content = self._read(f"{self._staging}/former.json")
                if content is not None and (held := json.loads(content)["manifest"]) is not None:
                    self._remove_replaced(parse(held.encode(), FILE_NAME))
                self._remove_staging()
        except OutputError:
            return False
        return True

    def _remove_replaced(self, former: Manifest) -> None:
        """Tables that the present manifest does not name stay: they may be those of another experiment."""
        present = self._former()
        tables = {entry.name for entry in present.tables} if present else set()
        replaced = {part.file for entry in former.tables if entry.name in tables for part in entry.parts}
        self._delete(replaced - _files(present))
        if present:
            self._delete(set(former.extras) - set(present.extras))

    def let_go(self) -> None:
        """There is no lock to free."""

    def abort(self) -> None:
        with explained(self.root), interrupts.held_back():
            self.take_back()
            self._remove_own(self._state())

    def _remove_own(self, state: Mapping[str, Any]) -> None:
        """Remove the parts of a run that no manifest names, and all that is kept of it."""
        published = _files(self._former()) if state else set()
        tables = state.get("tables", ())
        for name in tables:
            own = {file for file in self._listed(name) if f"-{state['mark']}." in file}
            self._delete(own - published)
        self._remove_staging()
        for path in (*map(self._path, tables), *reversed(state.get("made", ()))):
            self._remove_empty(path)

    def _remove_staging(self) -> None:
        if self._listed(self._staging):  # or the bucket itself may be gone
            self._remove_directory(self._path(self._staging))

    def _remove_empty(self, path: str) -> None:
        """Remove the empty object that Arrow leaves in place of a directory."""
        selector = fs.FileSelector(path, recursive=True, allow_not_found=True)
        if not any(info.is_file for info in self._location.filesystem.get_file_info(selector)):
            self._remove_directory(path)


def _files(document: Manifest | None) -> set[str]:
    """The parts that a manifest names."""
    return {part.file for entry in document.tables for part in entry.parts} if document else set()
