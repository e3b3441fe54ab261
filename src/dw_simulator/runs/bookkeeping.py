"""What a run leaves written down: where it comes from, and exact facts of what it has made."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from importlib import metadata

from dw_simulator import __version__
from dw_simulator.ports.digests import schema_hash
from dw_simulator.ports.kept_pools import KeptPool
from dw_simulator.ports.manifest import (
    FIRST_FORMAT,
    ColumnFacts,
    FaultEntry,
    Manifest,
    Origin,
    PartEntry,
    TableEntry,
    Value,
    decimal_text,
)
from dw_simulator.ports.plan import Plan, TablePlan
from dw_simulator.ports.sink import Receipt
from dw_simulator.schema.enforceable import enforceable
from dw_simulator.schema.model import Experiment
from dw_simulator.types import Kind

# what, besides this program and its pools, decides the values (duckdb, numpy, scipy) or the bytes (pyarrow)
_LIBRARIES = ("duckdb", "numpy", "pyarrow", "scipy")


def origin(
    experiment: Experiment,
    seed: int,
    rows: Mapping[str, int],
    compression: str,
    format_: str = FIRST_FORMAT,
    *,
    pools: Mapping[str, KeptPool] | None = None,
) -> Origin:
    """Where a run with the installed versions comes from.

    rows   of every table
    pools  lists of values that other programs have made, by their names
    """
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


def manifest_of(
    experiment: Experiment,
    plan: Plan,
    origin: Origin,
    receipts: Iterable[Receipt],
    requested: Mapping[str, int] | None = None,
) -> Manifest:
    """The manifest of a finished run, from the receipts of all its parts, in any order.

    requested  the numbers of rows that the plan was made from; None: those of all its tables
    """
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
        requested=None if requested is None or dict(requested) == dict(origin.rows) else dict(requested),
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
    worth = partial(_worth, decimal=decimal)
    facts = [part.columns[name] for part in parts]
    known = all(one.min is not None or part.rows == one.nulls for one, part in zip(facts, parts, strict=True))
    lows = [one.min for one in facts if known and one.min is not None]
    highs = [one.max for one in facts if known and one.max is not None]
    sums = [one.sum for one in facts if one.sum is not None]
    return ColumnFacts(
        nulls=sum(one.nulls for one in facts),
        min=min(lows, key=worth, default=None),
        max=max(highs, key=worth, default=None),
        sum=_added(sums) if sums else None,
    )


def _worth(value: Value, *, decimal: bool) -> tuple[Decimal | int | float, str]:
    """What orders the values of one column: numbers their size, text itself. Decimals are written as text."""
    if isinstance(value, str) and not decimal:
        return 0, value
    return (Decimal(value) if isinstance(value, str) else value or 0), ""


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
