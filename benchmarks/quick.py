"""The guard of speed: instructions executed, which no noise moves, against figures kept in the repository.

    python -m benchmarks.quick                          compare; exit code 1 where something costs 10 % more
    python -m benchmarks.quick --take NAME --why TEXT   keep today's figure of NAME; what was bought with it

Start-up is counted over whole processes, the rest within one (`benchmarks.counted`), by valgrind's callgrind.
Figures are kept in `benchmarks/figures/instructions.json` with the versions that they were counted with: with
others they are shown and not judged. What all of them cost together may not rise by more than 10 % over the
first, whatever the steps.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

HERE = Path(__file__).parent
FIGURES = HERE / "figures" / "instructions.json"
EXAMPLES = HERE.parent / "examples"
MOST = 1.10
"""So many times the kept figure is too much; and so many times the first ones, all together."""
_LIBRARIES = ("numpy", "pyarrow", "pydantic", "sqlglot", "sqlalchemy", "typer")
_COUNTER = ("valgrind", "--tool=callgrind", "--dump-instr=no")


def versions() -> dict[str, str]:
    """What decides how many instructions something takes, besides this program."""
    # the same version of Python executes a fifth more where it was built without optimizations
    build = " ".join(sys.version.split())
    return {"python": build, **{name: metadata.version(name) for name in _LIBRARIES}}


class Bench:
    """Counts, in a home of its own."""

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch
        here = {"DW_SIM_HOME": str(scratch / "home"), "PATH": os.environ["PATH"], "PYTHONHASHSEED": "0"}
        self.environment = here | {"LANG": "C.UTF-8", "COLUMNS": "100"}

    def commands(self) -> dict[str, list[str]]:
        """The commands whose start is counted."""
        made = [
            "generate",
            str(EXAMPLES / "orders.sql"),
            "--target-rows",
            "1000",
            "--seed",
            "1",
            "--workers",
            "1",
        ]
        return {
            "start: help": ["--help"],
            "start: list": ["experiment", "list"],
            "start: preview": ["experiment", "preview", "tickit", "sales", "--count", "3"],
            "start: generate": [*made, "--output-dir", str(self.scratch / "orders")],
        }

    def run(self, *words: str, counter: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
        """Run Python in the home, under the counter or not; the counter tells on standard error."""
        done = subprocess.run(
            [*counter, sys.executable, *words],
            env=self.environment,
            cwd=HERE.parent,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{' '.join(words)} failed:\n{done.stderr}")
        return done

    def command(self, words: list[str]) -> int:
        """The instructions of a whole process."""
        told = self.run(
            "-m", "dw_simulator", *words, counter=(*_COUNTER, "--callgrind-out-file=/dev/null")
        ).stderr
        found = re.search(r"Collected : (\d+)", told)
        assert found is not None, told
        return int(found[1])

    def within(self) -> dict[str, int]:
        """The instructions of each workload of `benchmarks.counted`."""
        output = self.scratch / "counted"
        calls = ("--collect-atstart=no", "--toggle-collect=ffi_call", "--dump-after=ffi_call")
        counter = (*_COUNTER, f"--callgrind-out-file={output}", *calls)
        names = json.loads(self.run("-m", "benchmarks.counted", counter=counter).stdout)
        dumps = (Path(f"{output}.{k}").read_text() for k in range(1, len(names) + 1))
        totals = (re.findall(r"^totals: (\d+)", dump, re.MULTILINE) for dump in dumps)
        return {name: int(total) for name, (total,) in zip(names, totals, strict=True)}

    def counts(self) -> dict[str, int]:
        """Everything, two processes at a time."""
        tickit = ["experiment", "import-sql", str(EXAMPLES / "tickit.sql"), "--name", "tickit"]
        self.run("-m", "dw_simulator", *tickit, "--dialect", "redshift", "--target-rows", "300")
        for words in self.commands().values():  # what is compiled once is compiled now
            self.run("-m", "dw_simulator", *words)
        with ThreadPoolExecutor(2) as pool:
            within = pool.submit(self.within)
            whole = {name: pool.submit(self.command, words) for name, words in self.commands().items()}
            return {**{name: one.result() for name, one in whole.items()}, **within.result()}


def judged(kept: dict[str, Any], found: dict[str, int]) -> list[str]:
    """What costs too much."""
    wrong = [
        f"{name}: {count / kept[name][-1]['count']:.1%} of the figure that is kept"
        for name, count in found.items()
        if name in kept and count > MOST * kept[name][-1]["count"]
    ]
    first, now = (sum(figures[at]["count"] for figures in kept.values()) for at in (0, -1))
    if now > MOST * first:
        wrong.append(f"all together: {now / first:.1%} of what they were first")
    return wrong


def show(kept: dict[str, Any], found: dict[str, int]) -> None:
    """A line for each figure, in millions of instructions."""
    table = Table("workload", "first", "kept", "now", "now / kept")
    for name, count in found.items():
        known = [figure["count"] for figure in kept.get(name, ())]
        first, last = (f"{known[at] / 1e6:,.1f}" if known else "" for at in (0, -1))
        share = f"{count / known[-1]:.3f}" if known else ""
        table.add_row(name, first, last, f"{count / 1e6:,.1f}", share)
    Console().print(table)


def main() -> None:
    """Count, compare, and keep what is asked to be kept."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--take", action="append", default=[], help="keep today's figure of NAME, or of all")
    parser.add_argument("--why", default="", help="what was bought with it")
    options = parser.parse_args()
    if options.take and not options.why:
        parser.error("--take needs --why")
    if shutil.which("valgrind") is None:
        raise SystemExit("valgrind is not installed: there is nothing to count with")
    document = json.loads(FIGURES.read_text()) if FIGURES.exists() else {"versions": {}, "figures": {}}
    kept = document["figures"]
    with tempfile.TemporaryDirectory() as scratch:
        found = Bench(Path(scratch)).counts()
    show(kept, found)
    for name in found if "all" in options.take else options.take:
        kept.setdefault(name, []).append({"count": found[name], "why": options.why})
    if options.take:
        document["versions"] = versions()
        FIGURES.write_text(json.dumps(document, indent=1) + "\n")
    if document["versions"] != versions():
        print(f"not judged: counted with {document['versions']}, here are {versions()}")
    elif wrong := judged(kept, found):
        raise SystemExit("\n".join(wrong))


if __name__ == "__main__":
    main()
