"""Checking an output directory: its files against the manifest, its values against the law."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dw_simulator import __version__
from dw_simulator.engine.planning import Plan
from dw_simulator.manifest import Manifest, PartEntry, TableEntry, libraries

RANGE_ROWS = 1000

Rows = Sequence[Mapping[str, Any]]
Read = Callable[[PartEntry, int, int], Rows]
Make = Callable[[str, int, int], Rows]


@dataclass(frozen=True)
class Fault:
    """Something that is not as the manifest says, and where."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


@dataclass
class Report:
    """What was looked at, and what is wrong.

    parts  files whose size and checksum were compared
    rows   how many were made again and compared value by value
    notes  what may explain a fault
    """

    directory: str
    seed: int
    parts: int = 0
    bytes: int = 0
    rows: int = 0
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.faults


def check_files(report: Report, document: Manifest, sink: Any) -> None:
    """Every file of the manifest is there, unchanged; nothing else lies among them."""
    for table in document.tables:
        for part in table.parts:
            report.parts, report.bytes = report.parts + 1, report.bytes + part.bytes
            problem = sink.problem_with(part)
            if problem:
                report.faults.append(Fault(part.file, problem))
        report.faults += _sum_faults(table)
        listed = {part.file for part in table.parts}
        report.faults += [
            Fault(file, "is not in the manifest") for file in sink.files_of(table.name) if file not in listed
        ]


def _sum_faults(table: TableEntry) -> Iterator[Fault]:
    start = 0
    for part in table.parts:
        if part.start != start:
            yield Fault(part.file, f"begins with row {part.start:,}, not {start:,}")
        start = part.start + part.rows
    if start != table.rows:
        yield Fault(table.name, f"its parts have {start:,} rows, the table should have {table.rows:,}")


def check_values(report: Report, document: Manifest, plan: Plan, read: Read, make: Make, ranges: int) -> None:
    """Rows from anywhere in the files are those that the seed makes.

    read    (part, first row, end) -> those rows of its file
    make    (table, first row, end) -> those rows, made anew
    ranges  how many places of each table to look at, besides its first and its last rows
    """
    broken = {fault.place for fault in report.faults}
    report.notes += _changes(document)
    for entry in document.tables:
        table = plan.table(entry.name)
        expected = [(part.start, len(part)) for part in table.parts]
        if expected != [(part.start, part.rows) for part in entry.parts]:
            report.faults.append(Fault(entry.name, "is not divided into files as its rows should be"))
            continue
        whole = [part for part in entry.parts if part.rows and part.file not in broken]
        for part, start, stop in _places(whole, ranges):
            found, made = read(part, start, stop), make(entry.name, start, stop)
            report.rows += stop - start
            if found != made:
                report.faults.append(Fault(part.file, _difference(start, found, made)))


def _places(parts: Sequence[PartEntry], ranges: int) -> Iterator[tuple[PartEntry, int, int]]:
    if not parts:
        return
    weights = [part.rows for part in parts]
    drawn = random.choices(parts, weights, k=ranges)  # noqa: S311 - any place will do
    chosen = [(part, random.randrange(part.rows)) for part in drawn]  # noqa: S311
    chosen += [(parts[0], 0), (parts[-1], parts[-1].rows)]
    for part, offset in chosen:
        first = part.start + max(min(offset, part.rows - RANGE_ROWS), 0)
        yield part, first, min(first + RANGE_ROWS, part.start + part.rows)


def _difference(start: int, found: Rows, made: Rows) -> str:
    if len(found) != len(made):
        return f"{len(found):,} rows where {len(made):,} should be, from row {start:,} on"
    row, k = next((pair, k) for k, pair in enumerate(zip(found, made, strict=True)) if pair[0] != pair[1])
    column = next((name for name in row[1] if row[0].get(name) != row[1][name]), "")
    return f"row {start + k:,}, {column}: {row[0].get(column)!r}, the seed makes {row[1].get(column)!r}"


def _changes(document: Manifest) -> list[str]:
    """Versions that are not those of the run."""
    now = {"dw-simulator": __version__, **libraries()}
    then = {"dw-simulator": document.program_version, **document.libraries}
    changed = [name for name in then if then[name] != now.get(name)]
    return [f"written with {name} {then[name]}, now it is {now.get(name)}" for name in changed]
