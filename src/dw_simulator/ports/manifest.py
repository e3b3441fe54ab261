"""The manifest beside a run's output: where it came from, and exact facts of what was made.

It holds no time and no run number, so the same request makes the same manifest, byte for byte.
"""

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from dw_simulator.errors import RequestError
from dw_simulator.ports.digests import checksum, json_checksum
from dw_simulator.ports.store import Run
from dw_simulator.schema.complaints import details_of, dotted, sentence

FILE_NAME = "_manifest.json"
EXTRAS_NAME = "load"
"""The directory beside the tables' own for what else is published with them."""
VERSION = 1
FIRST_FORMAT = "parquet"
"""The only format of files once: manifests do not say it, so that those of then and now are alike."""

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
    format  of the files; said where it is not the first one
    pools   the checksums of the lists of values that other programs (Faker) have made, by their names
    """

    program_version: str
    libraries: Mapping[str, str]
    schema_hash: str
    seed: int
    rows: Mapping[str, int]
    compression: str
    format: str = Field(FIRST_FORMAT, exclude_if=lambda name: name == FIRST_FORMAT)
    pools: Mapping[str, str] = Field(default_factory=dict, exclude_if=lambda pools: not pools)

    @property
    def digest(self) -> str:
        """Equal for runs that make equal files."""
        fields = {name: value for name, value in self if name in Origin.model_fields}
        if self.format == FIRST_FORMAT:
            del fields["format"]
        if not self.pools:
            del fields["pools"]
        return json_checksum(fields)


class Manifest(Origin):
    """What `_manifest.json` says.

    experiment  the schema, so that the output can be checked with no store at hand
    requested   the numbers of rows that were asked for, where they are not those of all tables: what a run
                plans from them, guesses that give way among it, may be other than what it plans from all
    faults      what is wrong on purpose, counted exactly
    extras      the checksums of other files that were published with the tables, by their places
    made_by     what made the pools, and in which version: for information, as no byte depends on it
    """

    manifest_version: int = VERSION
    experiment: Mapping[str, JsonValue]
    requested: Mapping[str, int] | None = Field(None, exclude_if=lambda requested: requested is None)
    tables: tuple[TableEntry, ...]
    faults: tuple[FaultEntry, ...] = Field((), exclude_if=lambda faults: not faults)
    extras: Mapping[str, str] = Field(default_factory=dict, exclude_if=lambda extras: not extras)
    made_by: Mapping[str, str] = Field(default_factory=dict, exclude_if=lambda made_by: not made_by)

    @property
    def asked(self) -> Mapping[str, int]:
        """The numbers of rows from which the same plan is made again."""
        return self.rows if self.requested is None else self.requested

    def is_of(self, run: Run) -> bool:
        """Whether these are a run's tables: equal schemas, seeds and rows make equal data."""
        made = (self.schema_hash, self.seed, dict(self.rows))
        return made == (run.schema_hash, run.seed, dict(run.planned_rows))

    def with_extras(self, extras: Mapping[str, bytes]) -> "Manifest":
        """The manifest where these files, by their places, are published with the tables, too."""
        found = {**self.extras, **{name: checksum(content) for name, content in extras.items()}}
        return self.model_copy(update={"extras": dict(sorted(found.items()))})

    def to_bytes(self) -> bytes:
        """The file's content."""
        return f"{self.model_dump_json(indent=1)}\n".encode()


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
        first = details_of(error)[0]
        place = dotted(first["loc"]) or "the file"
        raise RequestError(f"{path} is not a manifest: {place}: {sentence(first)}") from None
    if found.manifest_version > VERSION:
        raise RequestError(f"{path} was written by a newer version of this program; update it")
    return found


def decimal_text(unscaled: int, scale: int) -> str:
    """(-1234, 2) -> "-12.34"."""
    if not scale:
        return str(unscaled)
    digits = f"{abs(unscaled):0{scale + 1}d}"
    return f"{'-' if unscaled < 0 else ''}{digits[:-scale]}.{digits[-scale:]}"
