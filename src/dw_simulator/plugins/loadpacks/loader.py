"""How a warehouse takes Parquet files in, as a dialect says it, and columns that have to be converted."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from dw_simulator.plugins.dialects.ddl.type_names import sort_of
from dw_simulator.plugins.loadpacks.shipment import Shipment
from dw_simulator.schema.model import Column, Table

_UUID_PIECES = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))


def _same(table: Table) -> Table:
    return table


@dataclass(frozen=True)
class Loader:
    """How a warehouse takes Parquet files in.

    copy      the statements that fill the tables; a line that begins with "--" or "\\\\" stands by itself
    usage     how to run the scripts: Markdown, with {folder}
    schemes   of the URLs that it reads
    total     the type of exact sums, with {scale}
    unread    sorts of types (`sort_of`, with " ns" behind it for nanoseconds) that it does not read
              from Parquet, and why
    enforces  whether keys and references are in force: then they are declared when every row is there
    declares  the table as it has to be made for what fills it
    files     further files of the pack
    """

    copy: Callable[[Shipment], Iterator[str]]
    usage: str
    schemes: frozenset[str] = frozenset()
    total: str = "DECIMAL(38,{scale})"
    unread: Mapping[str, str] = field(default_factory=dict)
    enforces: bool = False
    declares: Callable[[Table], Table] = _same
    files: Callable[[Shipment], Mapping[str, str]] = lambda _shipment: {}

    def reaches(self, place: str) -> bool:
        """Whether the warehouse reads from this place by itself."""
        return place.partition("://")[0] in self.schemes


def converted(table: Table, reads: Mapping[str, str]) -> bool:
    """Whether a table has columns that come out of the file as something else than they are in the table."""
    return any(sort_of(column.type) in reads for column in table.columns)


def selected(shipment: Shipment, columns: Iterable[Column], reads: Mapping[str, str]) -> str:
    """The columns of a table from those of its file.

    reads  SQL of each sort that has to be converted, with {0} for what is read
    """
    templates = ((column, reads.get(sort_of(column.type), "{0}")) for column in columns)
    return ", ".join(template.replace("{0}", shipment.name(column.name)) for column, template in templates)


def uuid_text(digits: str) -> str:
    """SQL that puts the dashes between 32 hexadecimal digits."""
    pieces = (f"SUBSTR({digits}, {start}, {length})" for start, length in _UUID_PIECES)
    return "LOWER(" + " || '-' || ".join(pieces) + ")"
