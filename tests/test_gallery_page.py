"""docs/gallery.md is run: its rows and charts are what comes of the DDL in docs/gallery alone.

Run as a module, this file writes the page and its charts anew; look at the difference.
"""

import os
import re
import shlex
import tempfile
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import duckdb
import pytest
from tests.test_shop_page import columns_of
from typer.testing import CliRunner

from dw_simulator.interfaces.cli.main import app
from dw_simulator.service import ExperimentService

ROOT = Path(__file__).parent.parent
PAGE, SCHEMAS, CHARTS = ROOT / "docs" / "gallery.md", ROOT / "docs" / "gallery", ROOT / "docs" / "charts"
BARS, WORDS, QUIET, LINES = "#1d4ed8", "#1f2937", "#57606a", "#d0d7de"
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 240, 16, 16, 48, 30
MOST_LABELS, MOST_FIGURES = 16, 12

_BLOCK = re.compile(r"```(\w+)( [^\n]+)?\n(.*?)```", re.DOTALL)
"""Language, what stands beside it, the text: `sql hotel.sql`, `text guests 3`, `sql chart NAME title`."""


class Gallery:
    """The page from its beginning on: a command makes data, and what follows shows them.

    charts  the pictures by their files' names
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self.data = Path()
        self.charts: dict[str, str] = {}

    def filled(self, match: re.Match[str]) -> str:
        """A block as it is now."""
        language, (what, *more), text = match[1], (match[2] or "").split() or [""], match[3]
        if what.endswith(".sql"):
            text = (SCHEMAS / what).read_text()
        elif what == "chart":
            name, *title = more
            rows = self._ask(text)[1]
            self.charts[f"gallery-{name}.svg"] = drawn(" ".join(title), rows)
        elif language == "sh":
            self._generate(shlex.split(text))
        elif language == "text":
            text = self._rows(what, int(more[0]))
        return f"```{language}{match[2] or ''}\n{text}```"

    def _generate(self, words: list[str]) -> None:
        self.data = self.home / words[-1]
        command = [*words[1:2], str(ROOT / words[2]), *words[3:-1], str(self.data)]
        done = CliRunner().invoke(app, command)
        assert done.exit_code == 0, done.output

    def _rows(self, table: str, count: int) -> str:
        names, rows = self._ask(f"FROM {table} LIMIT {count}")
        return columns_of([names, *([_shown(value) for value in row] for row in rows)])

    def _ask(self, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        with duckdb.connect() as connection:
            connection.execute("SET threads = 1")
            for table in self.data.iterdir():
                if any(table.glob("*.parquet")):
                    connection.execute(f"CREATE VIEW {table.name} AS FROM '{table}/*.parquet'")
            relation = connection.sql(sql)
            return list(relation.columns), relation.fetchall()


def _shown(value: Any) -> str:
    """A value as people read it: no zone, no long texts."""
    text = "NULL" if value is None else str(value).removesuffix("+00:00")
    return text if len(text) <= 36 else f"{text[:35]}…"


def drawn(title: str, rows: list[tuple[Any, ...]]) -> str:
    """Upright bars, one for each row of a label and a number, as SVG: the same rows give the same bytes."""
    step, top = (WIDTH - LEFT - RIGHT) / len(rows), max(number for _, number in rows)
    ground, room = HEIGHT - BOTTOM, HEIGHT - BOTTOM - TOP
    every = -(-len(rows) // MOST_LABELS)
    parts = [_text(LEFT, 24, title[:1].upper() + title[1:], WORDS, 14, "start")]
    for place, (label, number) in enumerate(rows):
        x, high = LEFT + place * step, room * number / top
        parts.append(
            f'<rect x="{x + step * 0.12:.1f}" y="{ground - high:.1f}" width="{step * 0.76:.1f}"'
            f' height="{high:.1f}" fill="{BARS}"/>'
        )
        if place % every == 0:
            parts.append(_text(x + step / 2, ground + 18, str(label), QUIET, 11))
        if len(rows) <= MOST_FIGURES:
            parts.append(_text(x + step / 2, ground - high - 4, f"{number:,}", QUIET, 10))
    parts.append(f'<path d="M{LEFT} {ground}H{WIDTH - RIGHT}" stroke="{LINES}"/>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="Verdana, Helvetica, Arial, sans-serif">\n'
        f'<rect x="0.5" y="0.5" width="{WIDTH - 1}" height="{HEIGHT - 1}" fill="#ffffff" stroke="{LINES}"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def _text(x: float, y: float, words: str, colour: str, size: int, anchor: str = "middle") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}" text-anchor="{anchor}">'
        f"{escape(words)}</text>"
    )


def rendered(home: Path) -> tuple[str, dict[str, str], list[Path]]:
    """(the page as it is now, its charts, where the data are)"""
    gallery = Gallery(home)
    text = _BLOCK.sub(gallery.filled, PAGE.read_text())
    return text, gallery.charts, [home / path.stem for path in sorted(SCHEMAS.glob("*.sql"))]


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, str], list[Path]]:
    home = tmp_path_factory.mktemp("gallery")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("DW_SIM_HOME", str(home / "home"))
        return rendered(home)


def test_every_row_and_chart_is_what_comes_out(gallery: tuple[str, dict[str, str], list[Path]]) -> None:
    text, charts, _data = gallery
    assert text == PAGE.read_text()
    assert charts == {path.name: path.read_text() for path in CHARTS.glob("gallery-*.svg")}
    assert all(f"](charts/{name})" in text for name in charts)


def test_nothing_contradicts_itself(gallery: tuple[str, dict[str, str], list[Path]]) -> None:
    data = gallery[2]
    assert len(data) >= 6
    told = [str(one) for path in data for one in ExperimentService().judge(path).complaints]
    assert told == []


def test_each_bar_is_as_high_as_its_number() -> None:
    shown = drawn("two & two", [("a", 10), ("b", 5)])
    assert "Two &amp; two" in shown
    assert re.findall(r' height="(\d+\.\d)"', shown) == ["162.0", "81.0"]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        os.environ["DW_SIM_HOME"] = str(Path(home) / "home")
        page, pictures, _ = rendered(Path(home))
        PAGE.write_text(page)
        for old in CHARTS.glob("gallery-*.svg"):
            old.unlink()
        for name, picture in pictures.items():
            (CHARTS / name).write_text(picture)
