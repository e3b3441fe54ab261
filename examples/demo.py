"""What `make demo` shows: a Redshift DDL in, two million rows out, and a look at them."""

import os
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

HERE = Path(__file__).parent
OUTPUT = HERE.parent / "demo-output"
ROWS = {
    "users": "50k",
    "venue": "200",
    "category": "11",
    "event": "9k",
    "listing": "500k",
    "sales": "1.45M",
}
SAMPLES = {
    "users": ["userid", "firstname", "lastname", "city", "state", "email"],
    "venue": ["venueid", "venuename", "venuecity", "venuestate", "venueseats"],
    "event": ["eventid", "venueid", "catid", "eventname", "starttime"],
    "sales": ["salesid", "sellerid", "buyerid", "eventid", "qtysold", "pricepaid", "saletime"],
}
console = Console()


def dw_sim(*words: str) -> None:
    """Run a command as a user would, in a home of the demo's own."""
    console.print(f"\n[bold]$ dw-sim {escape(' '.join(words))}[/bold]", soft_wrap=True)
    environment = {**os.environ, "DW_SIM_HOME": str(OUTPUT / "home"), "DW_SIM_STORE_URL": ""}
    subprocess.run([sys.executable, "-m", "dw_simulator", *words], check=True, env=environment)


def show_sample(table: str, columns: list[str], count: int = 4) -> None:
    """Print the first rows of a generated table."""
    file = pq.ParquetFile(OUTPUT / "data" / table / "part-00000.parquet")
    batch = next(file.iter_batches(batch_size=count, columns=columns))
    shown = Table(*columns, title=table, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for row in batch.to_pylist():
        shown.add_row(*map(cell, row.values()))
    console.print(shown)


def cell(value: object) -> str:
    """A value as people read it: no fractions of seconds."""
    if isinstance(value, datetime):
        value = f"{value:%Y-%m-%d %H:%M}"
    return "NULL" if value is None else escape(str(value))


def main() -> None:
    """Import, generate, show."""
    shutil.rmtree(OUTPUT, ignore_errors=True)
    schema = str(HERE / "tickit.sql")
    dw_sim("experiment", "import-sql", schema, "--name", "tickit", "--dialect", "redshift")
    rows = [word for table, count in ROWS.items() for word in ("--rows", f"{table}={count}")]
    dw_sim("experiment", "generate", "tickit", *rows, "--seed", "42", "--output-dir", str(OUTPUT / "data"))
    console.print()
    for table, columns in SAMPLES.items():
        show_sample(table, columns)
    console.print(f"Same seed, same data, on any machine. Parquet files: {OUTPUT / 'data'}", soft_wrap=True)


if __name__ == "__main__":
    main()
