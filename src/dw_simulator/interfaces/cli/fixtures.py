"""Rows for programs: CSV, or YAML with a row a line, as seeds and fixtures of tests have them."""

import csv
import json
import sys
from collections.abc import Iterator, Sequence
from typing import Literal

from dw_simulator.ports.tabular import Cell, Row

RowFormat = Literal["table", "csv", "yaml"]


def show_rows(rows: Sequence[Row], form: RowFormat) -> None:
    """Print rows on stdout, without anything around them."""
    if form == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(rows[0] if rows else ())
        writer.writerows(map(_cells, rows))
    else:
        for row in rows:
            print(f"- {json.dumps(row, ensure_ascii=False, default=_text)}")  # noqa: T201 - this is a result


def _cells(row: Row) -> Iterator[str | None]:
    for cell in row.values():
        yield str(cell).lower() if isinstance(cell, bool) else None if cell is None else _text(cell)


def _text(cell: Cell) -> str:
    return cell.hex() if isinstance(cell, bytes) else str(cell)
