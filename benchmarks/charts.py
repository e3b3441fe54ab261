"""Charts of measured figures: benchmarks/figures/*.json into docs/charts/*.svg.

    pip install -e '.[bench]'
    python -m benchmarks.charts [--figures DIR] [--charts DIR]

The same figures give the same bytes, with one version of Matplotlib. Each chart has its own white ground, so
dark pages can show it, too.
"""

import argparse
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

HERE = Path(__file__).parent
OURS, OTHERS, WORDS, QUIET, LINES = "#1d4ed8", "#94a3b8", "#1f2937", "#57606a", "#d0d7de"
WIDTH, HEAD, FOOT, BAR = 8.0, 0.75, 0.55, 0.36  # inches
SETTINGS: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "dw-simulator",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Helvetica", "Arial"],  # the first one is Matplotlib's own
    "font.size": 10,
    "text.color": WORDS,
    "xtick.color": QUIET,
    "ytick.color": WORDS,
}
MEASUREMENTS = {
    "generate": "dw-sim, generated only",
    "write": "dw-sim, written only",
    "end_to_end": "dw-sim, end to end",
    "duckdb": "DuckDB, SQL by hand",
}


@dataclass(frozen=True)
class Bar:
    """One line of a chart: rows/s, or None where it failed."""

    title: str
    speed: float | None
    ours: bool


def short(number: float, _position: int = 0) -> str:
    """A number as people say it: 9.1 M, 29 k."""
    for size, unit in ((1e6, " M"), (1e3, " k")):
        if number >= size:
            value = number / size
            return (f"{value:.1f}".removesuffix(".0") if value < 10 else f"{value:.0f}") + unit
    return f"{number:.0f}"


def where(result: dict[str, Any]) -> str:
    """The machine and the date."""
    machine = result["machine"]
    memory = f", {machine['memory'] / 1e9:.0f} GB" if "memory" in machine else ""
    place = f"{machine['cores']} cores, {machine['processor']}{memory}, Python {machine['python']}"
    return f"{place}; measured on {result['measured']}" if "measured" in result else place


def chart(title: str, below: str, bars: list[Bar], target: Path, logarithmic: bool) -> None:
    """Draw horizontal bars, the fastest on top."""
    height = HEAD + FOOT + BAR * len(bars)
    with mpl.rc_context(SETTINGS):
        figure = Figure(figsize=(WIDTH, height), facecolor="white", edgecolor=LINES, linewidth=2)
        left, right = 0.235, 0.08
        axes = figure.add_axes((left, FOOT / height, 1 - left - right, BAR * len(bars) / height))
        _draw(axes, bars, logarithmic)
        figure.text(0.02, 1 - 0.28 / height, title, fontsize=12, fontweight="bold", va="center")
        figure.text(0.02, 1 - 0.54 / height, below, fontsize=8.5, color=QUIET, va="center")
        target.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(target, format="svg", metadata={"Date": None, "Creator": None})


def _draw(axes: Any, bars: list[Bar], logarithmic: bool) -> None:
    speeds = [bar.speed for bar in bars if bar.speed]
    least = 10 ** math.floor(math.log10(min(speeds, default=1)) - 0.2) if logarithmic else 0
    places = range(len(bars))
    colours = [OURS if bar.ours else OTHERS for bar in bars]
    axes.barh(places, [(bar.speed or least) - least for bar in bars], left=least, height=0.66, color=colours)
    for place, bar in zip(places, bars, strict=True):
        text, weight = short(bar.speed) if bar.speed else "failed", "bold" if bar.ours else "normal"
        end = {"xy": (bar.speed or least, place), "xytext": (4, 0), "textcoords": "offset points"}
        axes.annotate(text, **end, va="center", fontweight=weight)
    axes.set_yticks(places, [bar.title for bar in bars])
    axes.invert_yaxis()
    if logarithmic:
        axes.set_xscale("log")
        axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlim(least, max(speeds, default=10) * (2 if logarithmic else 1.08))
    axes.xaxis.set_major_formatter(FuncFormatter(short))
    axes.set_xlabel("rows per second" + (", logarithmic" if logarithmic else ""), color=QUIET, fontsize=8.5)
    axes.grid(axis="x", color=LINES, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, which="both")
    axes.spines[:].set_visible(False)


def peers(result: dict[str, Any], charts: Path) -> list[Path]:
    """A chart for each job that tools were compared in."""
    made = []
    for name, job in result["jobs"].items():
        rows = result["settings"]["rows"]
        bars = [
            Bar(_named(tool, rows), tool.get("rows_per_second"), key == "dw-sim")
            for key, tool in job["tools"].items()
        ]
        bars.sort(key=lambda bar: -(bar.speed or 0))
        what = f"{short(rows)} rows as Parquet, whole processes; {where(result)}"
        made.append(charts / f"{name.replace('_', '-')}.svg")
        chart(job["title"][:1].upper() + job["title"][1:], what, bars, made[-1], logarithmic=True)
    return made


def _named(tool: dict[str, Any], rows: int) -> str:
    """A tool, and how many rows it made where it made far fewer."""
    made = tool.get("rows", rows)
    return f"{tool['title']}, {short(made)} rows" if made < 0.9 * rows else str(tool["title"])


def retail(result: dict[str, Any], charts: Path) -> list[Path]:
    """The retail job: what generating costs, what writing costs, both, and DuckDB beside it."""
    middle = result["medians"]
    bars = [
        Bar(title, middle[key]["rows"] / middle[key]["seconds"], key == "end_to_end")
        for key, title in MEASUREMENTS.items()
    ]
    what = f"{short(result['job']['rows'])} rows in four tables as Parquet; {where(result)}"
    made = charts / "retail.svg"
    chart("The retail job: keys, references, names, dates, texts", what, bars, made, logarithmic=False)
    return [made]


def main() -> None:
    """Draw what there are figures for; of the retail job, its largest size."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--figures", type=Path, default=HERE / "figures")
    parser.add_argument("--charts", type=Path, default=HERE.parent / "docs" / "charts")
    options = parser.parse_args()
    made: list[Path] = []
    if (figures := options.figures / "peers.json").is_file():
        made += peers(json.loads(figures.read_text()), options.charts)
    sizes = [json.loads(file.read_text()) for file in options.figures.glob("retail-*.json")]
    if sizes:
        made += retail(max(sizes, key=lambda result: int(result["job"]["n"])), options.charts)
    for target in made:
        print(target)


if __name__ == "__main__":
    main()
