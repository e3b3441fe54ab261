"""Checking an output directory: its files against the manifest, its values against the law."""

import random
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from dw_simulator import __version__, planning
from dw_simulator.ports.digests import checksum, schema_hash
from dw_simulator.ports.kept_pools import Pools
from dw_simulator.ports.manifest import (
    FILE_NAME,
    Manifest,
    PartEntry,
    TableEntry,
)
from dw_simulator.ports.plan import Plan
from dw_simulator.ports.rule import RuleSource
from dw_simulator.ports.sink import PublishedFiles
from dw_simulator.ports.tabular import Row
from dw_simulator.runs.bookkeeping import libraries, merged
from dw_simulator.runs.experiment_pools import FILE_NAME as POOLS_FILE
from dw_simulator.runs.experiment_pools import ExperimentPools
from dw_simulator.schema import reading
from dw_simulator.schema.model import Column, Experiment
from dw_simulator.schema.shown import shown
from dw_simulator.types import Kind

RANGE_ROWS = 1000

Rows = Sequence[Row]


@dataclass(frozen=True)
class Mismatch:
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
    notes  what may explain a mismatch
    apart  what could not be compared, and why
    checks how many rows fail each CHECK that no construction keeps
    """

    directory: str
    seed: int
    parts: int = 0
    bytes: int = 0
    rows: int = 0
    mismatches: list[Mismatch] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    apart: list[str] = field(default_factory=list)
    checks: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.mismatches


def verify(
    manifest: Manifest,
    files: PublishedFiles,
    rules: RuleSource,
    pools: ExperimentPools,
    *,
    deep: bool,
    ranges: int,
) -> Report:
    """Check published files against their manifest.

    deep    also make rows anew from the law and compare them with those in the files
    ranges  how many places of each table that looks at, `RANGE_ROWS` each

    Raises PlanError where the manifest's schema cannot be planned any more.
    """
    report = Report(str(files.root), manifest.seed)
    experiment = reading.parse(manifest.experiment, strict_names=False)
    if not check_manifest(report, manifest, experiment):
        return report
    check_files(report, manifest, experiment, files, deep=deep)
    if deep:
        kept = Pools(pools.of_output(manifest, files.content(POOLS_FILE)))
        plan = planning.plan(experiment, manifest.seed, rules, manifest.asked, pools=kept)
        check_values(report, manifest, plan, files, ranges)
        count_failing(report, plan)
    return report


def check_manifest(report: Report, manifest: Manifest, experiment: Experiment) -> bool:
    """The manifest agrees with itself; where its tables are not the schema's, nothing else can be checked."""
    if schema_hash(experiment) != manifest.schema_hash:
        report.mismatches.append(Mismatch(FILE_NAME, "its schema is not that of its schema_hash"))
    for table in manifest.tables:
        report.mismatches += _table_mismatches(table)
    named = [table.name for table in manifest.tables]
    known = {table.name for table in experiment.tables}
    written = [table.name for table in shown(experiment).tables]
    # a hidden table that an import has guessed may have given way when the run was planned
    if sorted(named) == sorted(written) and {*written} <= manifest.rows.keys() <= known:
        wrong = [table.name for table in manifest.tables if table.rows != manifest.rows[table.name]]
        report.mismatches += [Mismatch(name, "its rows are not those of the run") for name in wrong]
        return True
    report.mismatches.append(Mismatch(FILE_NAME, "its tables are not those of its schema"))
    return False


def _table_mismatches(table: TableEntry) -> Iterator[Mismatch]:
    start = 0
    for part in table.parts:
        if part.start != start:
            yield Mismatch(part.file, f"begins with row {part.start:,}, not {start:,}")
        start = part.start + part.rows
    if start != table.rows:
        yield Mismatch(table.name, f"its parts have {start:,} rows, the table should have {table.rows:,}")
    if sum(part.bytes for part in table.parts) != table.bytes:
        yield Mismatch(table.name, "its parts have another number of bytes")


def check_files(
    report: Report, manifest: Manifest, experiment: Experiment, files: PublishedFiles, *, deep: bool
) -> None:
    """Every file of the manifest is there, unchanged, with the facts it should have, and no other."""
    declared = {table.name: table for table in shown(experiment).tables}
    for table in manifest.tables:
        columns = declared[table.name].columns
        for number, part in enumerate(table.parts):
            report.parts, report.bytes = report.parts + 1, report.bytes + part.bytes
            placed = files.is_file_of(part.file, table.name, number)
            problem = None if placed else f"should be {files.file_of(table.name, number)}"
            problem = problem or files.problem_with(part) or _other_facts(part, columns, files, deep=deep)
            if problem:
                report.mismatches.append(Mismatch(part.file, problem))
        report.mismatches += _merged_mismatches(table, columns)
        listed = {part.file for part in table.parts}
        strangers = [file for file in files.files_of(table.name) if file not in listed]
        report.mismatches += [Mismatch(file, "is not in the manifest") for file in strangers]
    for file, digest in manifest.extras.items():
        if (content := files.content(file)) is None or checksum(content) != digest:
            report.mismatches.append(Mismatch(file, "is not there, or has changed"))


def _merged_mismatches(table: TableEntry, columns: Sequence[Column]) -> Iterator[Mismatch]:
    for column in columns:
        said = table.columns.get(column.name)
        whole = all(column.name in part.columns for part in table.parts)
        if said is None or not whole:
            yield Mismatch(f"{table.name}.{column.name}", "has no facts")
            continue
        facts = merged(table.parts, column.name, decimal=column.type.kind is Kind.DECIMAL)
        if facts != said.model_copy(update={"distinct": None}):
            yield Mismatch(f"{table.name}.{column.name}", "its facts are not those of its parts")


def _other_facts(
    part: PartEntry, columns: Sequence[Column], files: PublishedFiles, *, deep: bool
) -> str | None:
    """How a file differs from what the manifest says it holds."""
    rows, facts = files.facts(part, columns, sums=deep)
    if rows != part.rows:
        return f"has {rows:,} rows, not {part.rows:,}"
    for name, found in facts.items():
        said = part.columns.get(name)
        if said is None or (said if deep else said.model_copy(update={"sum": None})) != found:
            return f"the facts of {name} are not those that the manifest says"
    return None


def check_values(report: Report, manifest: Manifest, plan: Plan, files: PublishedFiles, ranges: int) -> None:
    """Rows from anywhere in the files are those that the seed makes.

    ranges  how many places of each table to look at, besides its first and its last rows

    What was drawn from pools that are others now is left out.
    """
    from dw_simulator.arrow import rows_of  # noqa: PLC0415 - imports PyArrow

    broken = {one.place for one in report.mismatches}
    report.notes += _changes(manifest)
    left_out = _left_out(report, manifest, plan)
    for entry in manifest.tables:
        table = plan.table(entry.name)
        expected = [(part.start, len(part)) for part in table.parts]
        if expected != [(part.start, part.rows) for part in entry.parts]:
            report.mismatches.append(Mismatch(entry.name, "is not divided into files as its rows should be"))
            continue
        whole = [part for part in entry.parts if part.rows and part.file not in broken]
        for part, start, stop in _places(whole, ranges):
            found = files.rows(part, table.columns, start, stop)
            made = rows_of(plan.window(entry.name, start, stop))[entry.name]
            if left_out:
                found, made = (_without(rows, entry.name, left_out) for rows in (found, made))
            report.rows += stop - start
            if found != made:
                report.mismatches.append(Mismatch(part.file, _difference(start, found, made)))


def count_failing(report: Report, plan: Plan) -> None:
    """Ask CHECKs of all rows that the seed makes; one that fails although it was promised is a mismatch."""
    for check in plan.checks:
        rows = plan.planned[check.table]
        failing = check.failing(rows)
        words = f"fails in {failing:,} of {rows:,} rows" if failing else f"holds in all {rows:,} rows"
        if failing and check.promised:
            report.mismatches.append(Mismatch(check.table, f"{check.label} {words}"))
        else:
            report.checks.append(f"{check.table}: {check.label} {words}")


def _left_out(report: Report, manifest: Manifest, plan: Plan) -> Collection[tuple[str, str]]:
    """The columns that cannot be compared, as no one has the pools any more that they were drawn from."""
    others = [name for name, pool in plan.pools.items() if manifest.pools.get(name, "") != pool.checksum]
    if not manifest.pools:  # of a version that did not keep pools: a note tells of another Faker
        return ()
    for name in others:
        columns = ", ".join(f"{table}.{column}" for table, column in sorted(plan.drawing_on([name])))
        maker = manifest.made_by.get(name) or "another program"
        report.apart.append(
            f"{columns}: drawn from a pool ({name}) of {maker} that is found no more, and that "
            f"{plan.pools[name].made_by} makes otherwise"
        )
    return plan.drawing_on(others)


def _without(rows: Rows, table: str, left_out: Collection[tuple[str, str]]) -> list[Row]:
    return [{name: row[name] for name in row if (table, name) not in left_out} for row in rows]


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


def _changes(manifest: Manifest) -> list[str]:
    """Versions that are not those of the run."""
    now = {"dw-simulator": __version__, **libraries(manifest.libraries)}
    then = {"dw-simulator": manifest.program_version, **manifest.libraries}
    changed = [name for name in then if then[name] != now.get(name)]
    return [f"written with {name} {then[name]}, now it is {now.get(name)}" for name in changed]
