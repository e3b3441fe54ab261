"""docs/shop.md is run: each step's rules are laid over the DDL, pictures are what comes out, truths hold.

Run as a module, this file writes the pictures anew; look at the difference.
"""

import re
import shlex
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
from typer.testing import CliRunner

from dw_simulator.interfaces.cli.main import app
from dw_simulator.schema.yaml_lines import lined
from dw_simulator.service import ExperimentService, GenerateRequest
from dw_simulator.settings import Settings

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "shop.md"
SCHEMA, RULES = ROOT / "examples" / "shop.sql", ROOT / "examples" / "shop-rules.yaml"
SEED = 42
BAR = 40

_BLOCK = re.compile(r"```(\w+)( [^\n]+)?\n(.*?)```", re.DOTALL)
"""Language, what stands beside it, the text: `yaml step`, `text orders 5 order_id, total`, `text chart`."""


def merged(above: Mapping[str, Any], below: Mapping[str, Any]) -> dict[str, Any]:
    """Two files of rules as one. The second only adds: what the first says, it may not say otherwise."""
    both = dict(above)
    for key, value in below.items():
        if key in both and not isinstance(value, dict):
            raise ValueError(f"{key} is said twice")
        both[key] = merged(both[key], value) if key in both else value
    return both


def columns_of(cells: list[list[str]]) -> str:
    """Rows of texts as lines, each column as wide as its widest."""
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = ("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in cells)
    return "".join(f"{line}\n" for line in lines)


def bars(rows: list[tuple[Any, ...]]) -> str:
    """A bar for each row of a label and a number; the greatest has forty signs."""
    wide, top = max(len(str(label)) for label, _ in rows), max(number for _, number in rows)
    drawn = ((label, number, "#" * round(BAR * number / top)) for label, number in rows)
    numbers = max(len(f"{number:,}") for _, number in rows)
    return "".join(
        f"{label!s:<{wide}}  {number:>{numbers},}  {bar}".rstrip() + "\n" for label, number, bar in drawn
    )


class Shop:
    """The shop of one step: previews of it, and DuckDB over a run of it."""

    def __init__(self, service: ExperimentService, rules: dict[str, Any], output: Path) -> None:
        self.service, self.output = service, output
        self.name = service.create_from(SCHEMA, rules=rules, name=output.name).experiment.name

    @cached_property
    def files(self) -> duckdb.DuckDBPyConnection:
        """DuckDB over the files of a run, which is made when something is asked of it."""
        self.service.generate(self.name, GenerateRequest(seed=SEED, output_dir=self.output))
        connection = duckdb.connect()
        for table in self.service.get(self.name).experiment.tables:
            connection.execute(f"CREATE VIEW {table.name} AS FROM '{self.output}/{table.name}/*.parquet'")
        return connection

    def rows(self, table: str, count: int, columns: Iterable[str]) -> str:
        rows = self.service.preview(self.name, table, count=count, seed=SEED).rows
        shown = list(columns) or list(rows[0])
        cells = [["NULL" if row[c] is None else str(row[c]) for c in shown] for row in rows]
        return columns_of([shown, *cells])

    def asked(self, sql: str) -> list[tuple[Any, ...]]:
        return self.files.sql(sql).fetchall()

    def answer(self, sql: str) -> str:
        relation = self.files.sql(sql)
        cells = [["NULL" if cell is None else str(cell) for cell in row] for row in relation.fetchall()]
        return columns_of([relation.columns, *cells])


class Story:
    """The page from its beginning on: the rules grow by each step, and pictures are of the last shop."""

    def __init__(self, service: ExperimentService, home: Path) -> None:
        self.service, self.home = service, home
        self.rules: dict[str, Any] = {}
        self.shops: list[Shop] = []
        self.sql = ""
        self.grow({})

    def grow(self, more: Any) -> None:
        self.rules = merged(self.rules, more)
        self.shops.append(Shop(self.service, self.rules, self.home / f"shop{len(self.shops) + 1}"))

    def filled(self, match: re.Match[str]) -> str:
        """A block as it is now."""
        language, beside, text = match[1], (match[2] or "").strip(), match[3]
        if beside in (SCHEMA.name, RULES.name):
            text = (ROOT / "examples" / beside).read_text()
        elif language == "yaml":
            self.grow(lined(text)[0])
        elif language == "sql":
            self.sql = text
        elif language == "text":
            text = self.picture(beside)
        return f"```{language}{match[2] or ''}\n{text}```"

    def picture(self, what: str) -> str:
        shop = self.shops[-1]
        match what:
            case "chart":
                return bars(shop.asked(self.sql))
            case "answer":
                return shop.answer(self.sql)
            case "truths":
                return truths(self.shops[1], shop, self.sql)
        table, count, *columns = what.replace(",", "").split()
        return shop.rows(table, int(count), columns)


def rendered(service: ExperimentService, home: Path) -> str:
    """The page with every file and every picture as it is now."""
    return _BLOCK.sub(Story(service, home).filled, PAGE.read_text())


def truths(before: Shop, after: Shop, sql: str) -> str:
    """How many rows speak against each truth, in the import alone and with all rules."""
    pairs = zip(before.asked(sql), after.asked(sql), strict=True)
    cells = [[truth, f"{alone:,}", f"{ruled:,}"] for (truth, alone), (_, ruled) in pairs]
    wide = max(len(truth) for truth, *_ in cells)
    named = [["truth", "import alone", "with rules"], *cells]
    return columns_of([[truth.ljust(wide), *rest] for truth, *rest in named])


def test_every_picture_is_what_comes_out(service: ExperimentService, tmp_path: Path) -> None:
    page = PAGE.read_text()
    assert len(re.findall(r"^## \d+\. ", page, re.MULTILINE)) == 12
    assert rendered(service, tmp_path) == page


def test_the_truths_hold_and_half_did_not_before() -> None:
    (shown,) = (match[3] for match in _BLOCK.finditer(PAGE.read_text()) if match[2] == " truths")
    counts = [line.rsplit(maxsplit=2)[1:] for line in shown.splitlines()[1:]]
    assert len(counts) >= 25
    assert all(ruled == "0" for _, ruled in counts)
    assert 2 * sum(alone != "0" for alone, _ in counts) >= len(counts)


def test_the_steps_are_the_whole_file() -> None:
    steps: dict[str, Any] = {}
    for match in _BLOCK.finditer(PAGE.read_text()):
        if match[1] == "yaml" and match[2] == " step":
            steps = merged(steps, lined(match[3])[0])
    assert steps == lined(RULES.read_text())[0]


def test_the_commands_of_the_page_run(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    blocks = [match[3] for match in _BLOCK.finditer(PAGE.read_text()) if match[1] == "sh"]
    commands = [line for block in blocks for line in block.splitlines()]
    assert len(commands) == 4
    for command in commands:
        done = CliRunner().invoke(app, shlex.split(command)[1:])
        assert done.exit_code == 0, done.output
        if "rules check" in command:
            assert done.output == "The rules fit, and the data can be made.\n"


if __name__ == "__main__":
    ExperimentService._day_of_import = None  # type: ignore[assignment,method-assign]
    with tempfile.TemporaryDirectory() as home:
        PAGE.write_text(rendered(ExperimentService(Settings(home=Path(home))), Path(home)))
