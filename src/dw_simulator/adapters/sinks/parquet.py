"""Parquet files in a directory: `<root>/<table>/part-00000.parquet`.

Parts are written under a staging directory beside their destination and renamed at commit, so a reader
sees the tables of the last finished run or those of this one, never a mixture of halves.
"""

import errno
import os
import re
import shutil
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import pyarrow.parquet as pq

from dw_simulator.adapters import interrupts
from dw_simulator.adapters.arrow import Converter
from dw_simulator.adapters.sinks import Receipt
from dw_simulator.engine.planning import PART_ROWS, ColumnPlan, Part, Plan, TablePlan
from dw_simulator.errors import OutputError, RequestError
from dw_simulator.types import Kind

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

Compression = Literal["zstd", "snappy", "none"]
_DICTIONARY_LIMIT = 4096
_MOST_PARTS = 99_999
_LONGEST_NAME = 160
_PART_NAME = re.compile(r"part-\d{5,}\.parquet")


@contextmanager
def _explained(place: Path) -> Iterator[None]:
    """Operating-system errors in this project's words."""
    try:
        yield
    except OSError as error:
        full = error.errno == errno.ENOSPC or "No space left" in str(error)
        reason = "the disk is full" if full else (error.strerror or str(error).splitlines()[0])
        mend = "free some space, or choose another --output-dir" if full else "choose another --output-dir"
        raise OutputError(f"{place}: {reason}; {mend}; nothing was published") from error


@contextmanager
def _one_at_a_time(root: Path) -> Iterator[None]:
    """Runs that publish into one directory take turns, across processes."""
    if fcntl is None:
        yield
        return
    handle = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def directory_name(table: str) -> str:
    """A table's directory: its name, with whatever a path would misread escaped, and cut where it is long."""
    name = quote(table, safe=" -_")
    if name.startswith("."):
        name = name.replace(".", "%2E")
    if len(name) > _LONGEST_NAME:
        name = f"{name[:_LONGEST_NAME]}~{blake2b(table.encode(), digest_size=8).hexdigest()}"
    return name


@dataclass
class ParquetSink:
    """Parquet files under a directory, which is made when it is not there."""

    root: Path
    compression: Compression = "zstd"
    token: str = field(default_factory=lambda: uuid.uuid4().hex[:12])
    _made: list[Path] = field(default_factory=list, init=False)
    _kept: bool = field(default=False, init=False)

    @property
    def _staging(self) -> Path:
        return self.root / f".dw-sim-{self.token}"

    @property
    def _retired(self) -> Path:
        """Where the tables of an earlier run wait until the new ones are in their place."""
        return self._staging / ".retired"

    def prepare(self, plan: Plan) -> None:
        for table in plan.tables:
            if table.rows > _MOST_PARTS * PART_ROWS:
                raise RequestError(
                    f"{table.name}: {table.rows:,} rows are more than files can hold; lower the rows"
                )
        self._made = [path for path in (self.root, *self.root.parents) if not path.exists()]
        try:
            with _explained(self.root):
                self._staging.mkdir(parents=True)
                for table in plan.tables:
                    self._check_replaceable(self.root / directory_name(table.name))
                    (self._staging / directory_name(table.name)).mkdir()
        except BaseException:
            self.abort()
            raise

    @staticmethod
    def _check_replaceable(target: Path) -> None:
        """Files of an earlier run are replaced; anything else in their place is left alone and refused."""
        if not target.exists() and not target.is_symlink():
            return
        names = (
            [item.name for item in target.iterdir()] if target.is_dir() and not target.is_symlink() else ["?"]
        )
        foreign = [name for name in names if not _PART_NAME.fullmatch(name)]
        if foreign:
            raise RequestError(
                f"{target} holds something that no run has written ({foreign[0]}); "
                "move it away, or choose another --output-dir"
            )

    def open(self, table: TablePlan, part: Part) -> "ParquetPart":
        path = self._staging / directory_name(table.name) / f"part-{part.number:05d}.parquet"
        return ParquetPart(table, part, path, self.compression)

    def commit(self, plan: Plan, receipts: Sequence[Receipt]) -> dict[str, list[str]]:
        names = [directory_name(table.name) for table in plan.tables]
        with interrupts.held_back(), _explained(self.root), _one_at_a_time(self.root):
            replaced = {name for name in names if (self.root / name).exists()}
            for name in names:  # again: much can happen to a directory during a run
                self._check_replaceable(self.root / name)
            try:
                self._retired.mkdir()
                for name in names:
                    if name in replaced:
                        (self.root / name).rename(self._retired / name)
                    (self._staging / name).rename(self.root / name)
            except BaseException:
                self._roll_back(names, replaced)
                raise
            shutil.rmtree(self._staging, ignore_errors=True)
        files: dict[str, list[str]] = {table.name: [] for table in plan.tables}
        for receipt in sorted(receipts, key=lambda receipt: receipt.part.number):
            files[receipt.part.table].append(str(self.root / receipt.path))
        return files

    def _roll_back(self, names: list[str], replaced: set[str]) -> None:
        """Put every table back as it was, going by what lies where. What cannot be put back is kept."""
        for name in names:
            new, old, here = self._staging / name, self._retired / name, self.root / name
            try:
                if not new.exists() and here.exists() and (old.exists() or name not in replaced):
                    here.rename(new)
                if old.exists():
                    old.rename(here)
            except OSError as error:
                self._kept = True
                kept = f"the former tables are kept in {self._retired}"
                raise OutputError(f"{here} could not be put back: {error.strerror}; {kept}") from error

    def abort(self) -> None:
        if self._kept:
            return
        shutil.rmtree(self._staging, ignore_errors=True)
        for path in self._made:  # the directories that `prepare` had to make, unless someone uses them now
            with suppress(OSError):
                path.rmdir()


class ParquetPart:
    """One file being written."""

    def __init__(self, table: TablePlan, part: Part, path: Path, compression: Compression) -> None:
        self.part, self.path, self._rows = part, path, 0
        self._row_group_rows = table.row_group_rows
        with _explained(path):
            self._writer = pq.ParquetWriter(
                path,
                Converter(table).schema,
                compression=compression,
                use_dictionary=[column.name for column in table.columns if _is_dictionary(column)],
                # plain logical types, which every loader reads; decimals as integers where they fit one
                store_schema=False,
                store_decimal_as_integer=True,
            )

    def write(self, batch: Any) -> None:
        with _explained(self.path):
            self._writer.write_batch(batch, row_group_size=self._row_group_rows)
        self._rows += batch.num_rows

    def close(self) -> Receipt:
        with _explained(self.path):
            self._writer.close()
            size = self.path.stat().st_size
        return Receipt(self.part, f"{self.path.parent.name}/{self.path.name}", self._rows, size)

    def discard(self) -> None:
        with suppress(OSError):
            self._writer.close()


def _is_dictionary(column: ColumnPlan) -> bool:
    """Few distinct values pay for a dictionary; the planner knows their number, so nothing is tried out."""
    few = column.distinct is not None and column.distinct <= _DICTIONARY_LIMIT
    return few and column.type.kind is not Kind.BOOLEAN
