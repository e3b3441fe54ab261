"""Fingerprints of columns: hashes of a few rows under a fixed seed, to tell whether values have changed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256

from dw_simulator.ports.plan import Part, Plan
from dw_simulator.ports.store import Fingerprints
from dw_simulator.ports.tabular import Cell, Row

SEED = 20_260_101
"""That of every fingerprint: any would do, as long as it stays."""

_ROWS = 128

Make = Callable[[Plan], Mapping[str, Sequence[Row]]]
"""From a plan to its rows, by table."""


def take(plan: Plan, make: Make, versions: Mapping[str, str]) -> Fingerprints:
    """The fingerprints of a plan under `SEED`.

    make  the rows of a plan, by table
    """
    tables = tuple(replace(table, only=_places(table.name, table.rows)) for table in plan.tables)
    made = make(replace(plan, tables=tables))
    columns = {}
    for table in plan.tables:
        rows = made[table.name]
        names = [column.name for column in table.columns] if rows else []
        columns[table.name] = {name: _hash([row[name] for row in rows]) for name in names}
    return Fingerprints(versions, columns)


def _places(table: str, rows: int) -> tuple[Part, ...]:
    """The first rows of a table, some in the middle, and the last ones."""
    starts = [0, max(rows // 2, _ROWS), max(rows - _ROWS, _ROWS * 2)]
    spans = [(start, min(start + _ROWS, rows)) for start in starts if start < rows]
    return tuple(Part(table, k, start, stop) for k, (start, stop) in enumerate(spans))


def _hash(values: Sequence[Cell]) -> str:
    return sha256(repr(values).encode("utf-8", "surrogatepass")).hexdigest()[:32]
