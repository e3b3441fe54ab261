"""The program beside other tools: two jobs, each tool in an environment of its own, whole processes.

    python -m benchmarks.against [--rounds 3] [--rows N] [--peer NAME] [--json FILE] [--environments DIR]

A round calls every tool of a job, in turn: first for a thousand rows, which shows what starting costs, and
then for all. Times are those of whole processes, with the start of the interpreter and all imports. Rows/s
are taken from them; "started" leaves out what a thousand rows cost. The table shows medians. Slow tools make
a fifth or a twentieth of the rows. What comes out is checked; what fails is shown as failed.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from benchmarks import environments
from benchmarks.peers.catalogue import JOBS, PEERS, Peer
from benchmarks.processes import machine, medians, timed, today

RESULTS = Path(__file__).parent / "results"
START_ROWS = 1000
OWN = ("dw-simulator", "numpy", "pyarrow", "duckdb")
_CONSOLE = Console(width=110, soft_wrap=True)


class PeerFailed(Exception):
    """Why a tool has no figures."""


def _rows_in(output: Path) -> int:
    return sum(pq.read_metadata(file).num_rows for file in output.rglob("*.parquet"))


def call(peer: Peer, environment: Path, job: str, rows: int, output: Path) -> dict[str, float]:
    """One run of one tool; its output stays."""
    output.mkdir(parents=True)
    command = peer.command(environment, job, rows, output)
    ended = timed(command, output.parent, subprocess.PIPE)
    if ended.code:
        raise PeerFailed(ended.stderr.strip() or ended.stdout.strip() or f"ended with {ended.code}")
    made = _rows_in(output)
    if abs(made - rows) > (rows // 20 if peer.own_table else 0):
        raise PeerFailed(f"{made:,} rows instead of {rows:,}")
    size = sum(file.stat().st_size for file in output.rglob("*.parquet"))
    return {"rows": made, "seconds": ended.seconds, "peak_memory": ended.peak_memory, "bytes": size}


def check(job: str, rows: int, output: Path) -> None:
    """Whether the files hold what the job asks for."""
    checks = JOBS[job].checks
    asked = ", ".join(re.sub(r"\bN\b", str(rows), text) for text in checks.values())
    with duckdb.connect() as connection:
        files = f"read_parquet('{output}/**/*.parquet')"
        answers = connection.execute(f"SELECT {asked} FROM {files}").fetchone() or ()
    wrong = [name for name, right in zip(checks, answers, strict=True) if not right]
    if wrong:
        raise PeerFailed(f"not what was asked for: {', '.join(wrong)}")


def take(name: str, job: str, options: argparse.Namespace, first: bool) -> dict[str, float]:
    """One round of one tool."""
    peer = PEERS[name]
    rows = max(options.rows // peer.divisor, START_ROWS)
    environment = options.environments / name
    if peer.requirements:
        environments.make(environment, peer.requirements)
    with tempfile.TemporaryDirectory(prefix="dw-sim-peers-", dir=options.scratch) as scratch:
        start = call(peer, environment, job, START_ROWS, Path(scratch) / "start" / "output")
        taken = call(peer, environment, job, rows, Path(scratch) / "all" / "output")
        if first and not peer.own_table:
            check(job, rows, Path(scratch) / "all" / "output")
    rate = taken["rows"] / taken["seconds"]
    return {**taken, "start_seconds": start["seconds"], "rows_per_second": rate}


def compare(job: str, options: argparse.Namespace) -> dict[str, dict[str, Any]]:
    """Every round of every tool of one job."""
    tools = [name for name in options.peer or PEERS if job in PEERS[name].jobs]
    rounds: dict[str, list[dict[str, float]]] = {name: [] for name in tools}
    failed: dict[str, str] = {}
    for number in range(options.rounds):
        for name in [name for name in tools if name not in failed]:
            try:
                rounds[name].append(take(name, job, options, first=not number))
            except (PeerFailed, environments.EnvironmentFailed, OSError) as error:
                failed[name] = _told(str(error), options)
            told = failed.get(name) or f"{rounds[name][-1]['seconds']:.2f} s"
            _CONSOLE.print(f"{job}, round {number + 1}, {name}: {told}", highlight=False, markup=False)
    return {
        name: {"title": PEERS[name].title, "failed": failed[name]}
        if name in failed
        else {"title": PEERS[name].title, **medians(rounds[name]), "rounds": rounds[name]}
        for name in tools
    }


def _told(text: str, options: argparse.Namespace) -> str:
    """The end of a message, without the places of this machine: results are kept in the repository."""
    places = {options.environments: "ENVIRONMENTS", RESULTS.parent.parent: "REPOSITORY", Path.home(): "HOME"}
    for place, name in {**places, tempfile.gettempdir(): "TMP"}.items():
        text = text.replace(str(place), name)
    lines = [line[:200] for line in text.splitlines() if line.strip()]
    return re.sub(r"\w+://\S+", "URL", "\n".join(lines[-3:]))


def versions(options: argparse.Namespace) -> dict[str, dict[str, str]]:
    """Of every tool: its packages, and what they stand on."""
    found = {}
    for name in options.peer or PEERS:
        peer = PEERS[name]
        if peer.requirements:
            found[name] = environments.versions(options.environments / name)
        else:
            found[name] = {package: metadata.version(package) for package in OWN}
    if "dbldatagen" in found:
        found["dbldatagen"]["java"] = _java()
    return found


def _java() -> str:
    try:
        told = subprocess.run(["java", "-version"], check=False, capture_output=True, text=True).stderr
    except OSError:
        return "none"
    return told.splitlines()[0] if told else "unknown"


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Both jobs, and all that their figures depend on."""
    jobs = {
        job: {"title": JOBS[job].title, "tools": compare(job, options)}
        for job in JOBS
        if any(job in PEERS[name].jobs for name in options.peer or PEERS)
    }
    return {
        "measured": today(),
        "settings": {"rows": options.rows, "rounds": options.rounds, "start_rows": START_ROWS},
        "machine": machine(),
        "versions": versions(options),
        "jobs": jobs,
    }


def _cells(tool: dict[str, Any]) -> list[str]:
    """A row of the table; the speed once started only where starting is not nearly everything."""
    if "failed" in tool:
        return ["failed"]
    working = tool["seconds"] - tool["start_seconds"]
    return [
        f"{tool['rows']:,.0f}",
        f"{tool['seconds']:.2f}",
        f"{tool['start_seconds']:.2f}",
        f"{tool['rows_per_second']:,.0f}",
        f"{(tool['rows'] - START_ROWS) / working:,.0f}" if working > 0.2 * tool["seconds"] else "",
        f"{tool['peak_memory'] / 1e6:,.0f}",
        f"{tool['bytes'] / 1e6:,.1f}",
    ]


def show(result: dict[str, Any]) -> None:
    """A table for each job, the fastest tool first, and why tools failed."""
    for job in result["jobs"].values():
        table = Table(title=job["title"])
        for heading in ("", "rows", "seconds", "start s", "rows/s", "started", "peak MB", "output MB"):
            table.add_column(heading, justify="right" if heading else "left")
        tools = sorted(job["tools"].values(), key=lambda tool: -tool.get("rows_per_second", 0))
        for tool in tools:
            table.add_row(tool["title"], *_cells(tool))
        _CONSOLE.print(table)
        for tool in [tool for tool in tools if "failed" in tool]:
            _CONSOLE.print(f"{tool['title']} failed: {tool['failed']}", highlight=False, markup=False)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--peer", action="append", choices=list(PEERS), help="only this tool; repeatable")
    parser.add_argument(
        "--environments", type=Path, default=environments.DEFAULT, help="where the tools are installed"
    )
    parser.add_argument("--scratch", type=Path, default=None, help="where to put the output, for a while")
    parser.add_argument("--json", type=Path, default=RESULTS / "peers.json", help="where to put the figures")
    options = parser.parse_args()
    options.environments = options.environments.resolve()
    options.scratch = options.scratch and options.scratch.resolve()
    return options


def main() -> None:
    """Read the options, measure, print the tables and write the JSON file."""
    options = _options()
    if options.rounds < 1 or options.rows < START_ROWS:
        sys.exit(f"at least one round, and {START_ROWS} rows")
    result = run(options)
    show(result)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(result, indent=2) + "\n")
    _CONSOLE.print(f"Figures: {options.json}")


if __name__ == "__main__":
    main()
