"""The manifest beside a run's output: where it came from, and exact facts of what was made.

It holds no time and no run number, so the same request makes the same manifest, byte for byte.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from importlib import metadata
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dw_simulator import __version__
from dw_simulator.errors import RequestError
from dw_simulator.ports.digests import checksum, json_checksum, schema_hash
from dw_simulator.ports.plan import Plan, TablePlan
from dw_simulator.ports.rule import KeptPool
from dw_simulator.ports.store import Run
from dw_simulator.schema.enforceable import enforceable
from dw_simulator.schema.model import Experiment
from dw_simulator.types import Kind

FILE_NAME = "_manifest.json"
EXTRAS_NAME = "load"
"""The directory beside the tables' own for what else is published with them."""
VERSION = 1
# what, besides this program and its pools, decides the values (duckdb, numpy, scipy) or the bytes (pyarrow)
_LIBRARIES = ("duckdb", "numpy", "pyarrow", "scipy")

Value = bool | int | float | str | None


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class ColumnFacts(_Frozen):
    """What is exactly known of a column's values in a part, or in a whole table.

    Numbers are numbers, decimals their digits as text, dates and times ISO text, bytes hexadecimal; text is
    ordered by its UTF-8 bytes. `min` and `max` are None where every value is NULL, or where the file's own
    statistics leave them out (text of several kB). `sum` is there for integers and decimals; `distinct`
    where the plan knows it in closed form, and for whole tables only.
    """

    nulls: int
    min: Value = None
    max: Value = None
    sum: int | str | None = None
    distinct: int | None = None


class PartEntry(_Frozen):
    """A file: its place below the output directory, its first row in the table, its size and checksum."""

    file: str
    start: int
    rows: int
    bytes: int
    checksum: str
    columns: Mapping[str, ColumnFacts]


class TableEntry(_Frozen):
    """A table and its files, in the order of their rows."""

    name: str
    rows: int
    bytes: int
    columns: Mapping[str, ColumnFacts]
    parts: tuple[PartEntry, ...]


class FaultEntry(_Frozen):
    """So many rows of a table are wrong on purpose, in these columns or, where none are named, in all."""

    table: str
    kind: str
    columns: tuple[str, ...]
    rows: int


class Origin(_Frozen):
    """Everything that the bytes of a run depend on.

    rows    of every table
    format  of the files; said where it is not Parquet, which was the only one once
    pools   the checksums of the lists of values that other programs (Faker) have made, by their names
    """

    program_version: str
    libraries: Mapping[str, str]
    schema_hash: str
    seed: int
    rows: Mapping[str, int]
    compression: str
    format: str = Field("parquet", exclude_if=lambda name: name == "parquet")
    pools: Mapping[str, str] = Field(default_factory=dict, exclude_if=lambda pools: not pools)

    @property
    def digest(self) -> str:
        """Equal for runs that make equal files."""
        fields = {name: getattr(self, name) for name in Origin.model_fields}
        if self.format == "parquet":
            del fields["format"]
        if not self.pools:
            del fields["pools"]
        return json_checksum(fields)


class Manifest(Origin):
    """What `_manifest.json` says.

    experiment  the schema, so that the output can be checked with no store at hand
    faults      what is wrong on purpose, counted exactly
    extras      the checksums of other files that were published with the tables, by their places
    made_by     what made the pools, and in which version: for information, as no byte depends on it
    """

    manifest_version: int = VERSION
    experiment: Mapping[str, Any]
    tables: tuple[TableEntry, ...]
    faults: tuple[FaultEntry, ...] = Field((), exclude_if=lambda faults: not faults)
    extras: Mapping[str, str] = Field(default_factory=dict, exclude_if=lambda extras: not extras)
    made_by: Mapping[str, str] = Field(default_factory=dict, exclude_if=lambda made_by: not made_by)

    def is_of(self, run: Run) -> bool:
        """Whether these are a run's tables: equal schemas, seeds and rows make equal data."""
        made = (self.schema_hash, self.seed, dict(self.rows))
        return made == (run.schema_hash, run.seed, dict(run.planned_rows))

    def with_extras(self, extras: Mapping[str, bytes]) -> "Manifest":
        """The manifest where these files, by their places, are published with the tables."""
        checksums = {name: checksum(content) for name, content in sorted(extras.items())}
        return self.model_copy(update={"extras": checksums})

    def to_bytes(self) -> bytes:
        """The file's content."""
        return (json.dumps(self.model_dump(mode="json"), indent=1, ensure_ascii=False) + "\n").encode()


def origin(
    experiment: Experiment,
    seed: int,
    rows: Mapping[str, int],
    compression: str,
    format_: str = "parquet",
    *,
    pools: Mapping[str, KeptPool] | None = None,
) -> Origin:
    """Where a run with the installed versions comes from."""
    return Origin(
        program_version=__version__,
        libraries=libraries(),
        schema_hash=schema_hash(experiment),
        seed=seed,
        rows=rows,
        compression=compression,
        format=format_,
        pools={name: pool.checksum for name, pool in sorted((pools or {}).items())},
    )


def libraries(names: Iterable[str] = _LIBRARIES) -> dict[str, str]:
    """The versions of what else decides values and bytes, or of other libraries."""
    return {name: metadata.version(name) for name in names}


def read(directory: Path) -> Manifest:
    """The manifest of an output directory. Raises RequestError when there is none that can be read."""
    path = directory / FILE_NAME
    try:
        data = path.read_bytes()
    except OSError as error:
        mend = "name the --output-dir of a run that was completed"
        raise RequestError(f"{path} cannot be read: {error.strerror or error}; {mend}") from None
    return parse(data, str(path))


def parse(data: bytes, path: str) -> Manifest:
    """A manifest from the content of its file. Raises RequestError, which names the path."""
    try:
        found = Manifest.model_validate_json(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise RequestError(f"{path} is not a manifest: {place or 'the file'}: {first['msg']}") from None
    if found.manifest_version > VERSION:
        raise RequestError(f"{path} was written by a newer version of this program; update it")
    return found


def of_run(
    experiment: Experiment,
    plan: Plan,
    origin: Origin,
    receipts: Iterable[Any],
) -> Manifest:
    """The manifest of a finished run, from the receipts of its parts (`adapters.sinks.Receipt`)."""
    made = sorted(receipts, key=lambda receipt: receipt.part.number)
    parts: dict[str, list[PartEntry]] = {table.name: [] for table in plan.tables}
    for receipt in made:
        parts[receipt.part.table].append(
            PartEntry(
                file=receipt.path,
                start=receipt.part.start,
                rows=receipt.rows,
                bytes=receipt.bytes,
                checksum=receipt.checksum,
                columns=receipt.facts,
            )
        )
    keys = {table.name: table.keys for table in enforceable(experiment)[0].tables}
    tables = tuple(_table_entry(table, parts[table.name], keys[table.name]) for table in plan.tables)
    faults = [
        FaultEntry(table=one.table, kind=one.kind, columns=one.columns, rows=one.rows) for one in plan.faults
    ]
    made_by = {name: pool.made_by for name, pool in sorted(plan.pools.items())}
    return Manifest(
        **origin.model_dump(),
        experiment=experiment.to_json(),
        tables=tables,
        faults=faults,
        made_by=made_by,
    )


def _table_entry(
    table: TablePlan, parts: Sequence[PartEntry], keys: Collection[tuple[str, ...]]
) -> TableEntry:
    columns = {}
    for column in table.columns:
        facts = merged(parts, column.name, decimal=column.type.kind is Kind.DECIMAL)
        distinct = _distinct(table.rows - facts.nulls, column.distinct, unique=(column.name,) in keys)
        columns[column.name] = facts.model_copy(update={"distinct": distinct})
    size = sum(part.bytes for part in parts)
    return TableEntry(name=table.name, rows=table.rows, bytes=size, columns=columns, parts=tuple(parts))


def merged(parts: Sequence[PartEntry], name: str, *, decimal: bool) -> ColumnFacts:
    """The facts of a column from those of its parts; the ends are known where every part knows its own."""
    number: Any = Decimal if decimal else lambda value: value
    facts = [part.columns[name] for part in parts]
    known = all(one.min is not None or part.rows == one.nulls for one, part in zip(facts, parts, strict=True))
    lows = [one.min for one in facts if known and one.min is not None]
    highs = [one.max for one in facts if known and one.max is not None]
    sums = [one.sum for one in facts if one.sum is not None]
    return ColumnFacts(
        nulls=sum(one.nulls for one in facts),
        min=min(lows, key=number, default=None),
        max=max(highs, key=number, default=None),
        sum=_added(sums) if sums else None,
    )


def _distinct(present: int, at_most: int | None, *, unique: bool) -> int | None:
    """How many distinct values there are, where that follows from the plan."""
    if unique:
        return present
    return min(present, 1) if present <= 1 or at_most == 1 else None


def _added(sums: Iterable[int | str]) -> int | str:
    """The exact sum of whole numbers, or of decimals of one scale written as text."""
    values = list(sums)
    if not isinstance(values[0], str):
        return sum(int(value) for value in values)
    scale = len(values[0].partition(".")[2])
    return decimal_text(sum(int(str(value).replace(".", "")) for value in values), scale)


def decimal_text(unscaled: int, scale: int) -> str:
    """(-1234, 2) -> "-12.34"."""
    if not scale:
        return str(unscaled)
    digits = f"{abs(unscaled):0{scale + 1}d}"
    return f"{'-' if unscaled < 0 else ''}{digits[:-scale]}.{digits[-scale:]}"
