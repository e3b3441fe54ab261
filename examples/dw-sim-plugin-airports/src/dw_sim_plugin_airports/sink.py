"""Tables as JSON lines in one directory, `jsonlines:///path/to/directory`, that is replaced as a whole.

    <directory>/flights-00000.jsonl     a part of a table, an object a line
    <directory>/_manifest.json          what was made, with checksums

Until it is published everything lies in `.<directory>-<token>` beside it. Publishing is two renames: the
former directory away, the new one in its place; what lies where says how far that came, so that any process
can take it back.
"""

import re
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import pyarrow as pa

from dw_simulator.plugin import (
    FileSink,
    Manifest,
    MeasuredStream,
    Part,
    PartEntry,
    PartWriter,
    Plan,
    Receipt,
    RequestError,
    TablePlan,
    Written,
    checksum,
    explained,
    files_by_table,
    one_at_a_time,
    problem_of,
    read_manifest,
)

MANIFEST = "_manifest.json"


class JsonLinesSink(FileSink):
    """A directory of JSON lines. It keeps nothing of a run that was interrupted."""

    formats = ("jsonl",)

    def __init__(
        self, place: str, compression: str = "none", origin: str = "", token: str = "", format: str = "jsonl"
    ) -> None:
        self.root = Path(unquote(urlsplit(place).path))
        self.compression, self.format = compression, format
        self.token = token or uuid.uuid4().hex[:12]
        self._staging = self.root.with_name(f".{self.root.name}-{self.token}")
        self._former = self.root.with_name(f".{self.root.name}-{self.token}-former")

    # --- before

    def check(self, plan: Plan) -> None:
        """What no run has written is left alone."""
        if self.root.exists():
            published = [MANIFEST]
            with suppress(RequestError):
                document = self.manifest()
                published += [part.file for table in document.tables for part in table.parts]
            strangers = {path.name for path in self.root.iterdir()} - {*published, *self._extras()}
            if strangers or not (self.root / MANIFEST).is_file():
                raise RequestError(
                    f"{self.root} holds something that no run has written; choose another place"
                )

    def _extras(self) -> set[str]:
        """The first step of the paths of what else was published."""
        with suppress(RequestError):
            return {name.partition("/")[0] for name in self.manifest().extras}
        return set()

    def left_behind(self, plan: Plan) -> list[str]:
        """Nothing stays of a directory that is replaced as a whole."""
        return []

    def prepare(self, plan: Plan) -> list[Receipt]:
        """Nothing is kept: every part is made anew."""
        with explained(self.root):
            self.take_back()
            shutil.rmtree(self._staging, ignore_errors=True)
            self._staging.mkdir(parents=True)
        return []

    # --- parts

    def file_of(self, table: str, number: int) -> str:
        """Where a part lies; whatever a path would misread in a table's name is escaped."""
        return f"{quote(table, safe=' ')}-{number:05d}.{self.suffix}"

    def open(self, table: TablePlan, part: Part) -> PartWriter:
        """A writer to a file of its own, which gets the part's name when it is whole."""
        unfinished = self._staging / f".{uuid.uuid4().hex}"
        with explained(unfinished):
            stream = MeasuredStream(pa.OSFile(str(unfinished), "wb"))
            encoder = self.encoder(stream, table)
        keep, drop = partial(self._keep, unfinished, part), partial(unfinished.unlink, missing_ok=True)
        return PartWriter(stream, encoder, partial(explained, unfinished), keep, drop)

    def _keep(self, unfinished: Path, part: Part, written: Written) -> Receipt:
        file = self.file_of(part.table, part.number)
        with explained(unfinished):
            unfinished.rename(self._staging / file)
        return written.receipt(part, file)

    # --- publishing, and taking it back

    def alone(self, check: Callable[[], None]) -> AbstractContextManager[None]:
        """Runs that replace the directory take turns."""
        return one_at_a_time(self.root.parent, check)

    def publish(
        self, plan: Plan, receipts: Sequence[Receipt], manifest: Manifest, extras: Mapping[str, bytes]
    ) -> dict[str, list[str]]:
        """Put the new directory in the place of the former one."""
        with explained(self.root):
            for name, content in {**extras, MANIFEST: manifest.to_bytes()}.items():
                (self._staging / name).parent.mkdir(parents=True, exist_ok=True)
                (self._staging / name).write_bytes(content)
            if self.root.exists():
                self.root.rename(self._former)
            else:
                self._former.mkdir()  # an empty one says that there was nothing
            self._staging.rename(self.root)
        return files_by_table(plan, receipts, str(self.root))

    def take_back(self) -> None:
        """Put the former directory back, if ours has come into its place or was on its way."""
        if not self._former.exists():
            return
        with explained(self.root):
            if not self._staging.exists():
                self.root.rename(self._staging)
            if any(self._former.iterdir()):
                self._former.rename(self.root)
            else:
                self._former.rmdir()

    def tidy(self) -> bool:
        """The run is recorded: nobody will take it back."""
        shutil.rmtree(self._former, ignore_errors=True)
        return not self._former.exists()

    def let_go(self) -> None:
        """No lock is held."""

    def abort(self) -> None:
        """Leave nothing of the run."""
        self.take_back()
        shutil.rmtree(self._staging, ignore_errors=True)

    # --- reading again

    def manifest(self) -> Manifest:
        """What is published here."""
        return read_manifest(self.root)

    @contextmanager
    def opened(self, file: str) -> Iterator[pa.NativeFile]:
        """A published file; `FileSink` reads rows and facts from it."""
        with explained(self.root / file), pa.OSFile(str(self.root / file)) as opened:
            yield opened

    def is_file_of(self, file: str, table: str, number: int) -> bool:
        """Whether a part of a table may lie there."""
        return file == self.file_of(table, number)

    def files_of(self, table: str) -> list[str]:
        """What lies there of a table."""
        part = re.compile(rf"{re.escape(quote(table, safe=' '))}-\d{{5,}}\.jsonl.*")
        return sorted(path.name for path in self.root.iterdir() if part.fullmatch(path.name))

    def problem_with(self, entry: PartEntry) -> str | None:
        """What is wrong with a published file, if anything."""
        path = self.root / entry.file
        try:
            return problem_of(entry, path.stat().st_size, lambda: checksum(path))
        except OSError as error:
            return f"cannot be read: {error.strerror}"

    def content(self, file: str) -> bytes | None:
        """The content of a file that was published beside the tables."""
        with suppress(OSError):
            return (self.root / file).read_bytes()
        return None
