"""Results on stdout, as tables for people or as JSON for scripts."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dw_simulator.ports.tabular import Cell
from dw_simulator.schema.json_data import Json

UNITS = ("B", "kB", "MB", "GB", "TB")

Printable: TypeAlias = "Json | Cell | Path | Sequence[Printable] | Mapping[str, Printable]"
"""What is shown: JSON, and what is text in it."""


def show_json(value: Printable) -> None:
    """Print a value as JSON."""
    print(json.dumps(value, indent=2, ensure_ascii=False, default=_plain))  # noqa: T201 - this is stdout's one door


def _plain(value: Printable) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


def show_table(
    headings: Sequence[str], rows: Iterable[Sequence[Printable]], *, right: Sequence[str] = ()
) -> None:
    """Print rows under headings; the columns named in `right` are aligned to the right."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        table.add_column(heading, justify="right" if heading in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(escape(str(cell)) for cell in row))
    console = Console()
    if not console.is_terminal:  # a file has room for whole cells
        console.width = 240
    console.print(table)


def show_line(text: str) -> None:
    """Print a line of a result."""
    Console(soft_wrap=True, highlight=False).print(text, markup=False)


def size(count: float) -> str:
    """Bytes for people: 12.3 MB."""
    for unit in UNITS:
        if count < 1000 or unit == UNITS[-1]:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    raise AssertionError
