"""A page about rules, made of their code: `python -m dw_simulator.testing.pages > docs/rules.md`.

With the name of a distribution, `python -m dw_simulator.testing.pages dw-sim-plugin-airports`, of its rules.
"""

import json
import sys
from collections.abc import Iterator, Sequence

from dw_simulator.adapters.formats.plain_text import flat
from dw_simulator.arrow import Converter, plain_rows
from dw_simulator.errors import ProblemsError
from dw_simulator.ports.tabular import Cell
from dw_simulator.registry.cards import Card, card
from dw_simulator.registry.manager import Registry, registry
from dw_simulator.schema.json_data import Json, items_of
from dw_simulator.testing.example import Example, examples

_SHOWN, _ROWS, _WIDEST = 2, 4, 48
_HEAD = """# Rules

Where a column's values come from: `"rule": {"name": "...", options}`. `dw-sim plugins NAME` shows the same
for one of them, `dw-sim schema` prints the options of all as JSON Schema. How to write a rule is in
[plugins.md](plugins.md). This page is made of the code, by

    python -m dw_simulator.testing.pages > docs/rules.md

| rule | what it makes |
|---|---|
"""


def page(known: Registry | None = None, distribution: str = "dw-simulator") -> str:
    """The page of a distribution's rules, as Markdown."""
    here = known or registry()
    names = [one.name for one in here.registrations("rule") if one.owner.distribution == distribution]
    cards = [card(here, "rule", name) for name in names]
    index = "".join(
        f"| [`{name}`](#{_anchor(name)}) | {_cell(_first(one))} |\n"
        for name, one in zip(names, cards, strict=True)
    )
    return _HEAD + index + "".join(_section(one, here) for one in cards)


def _section(shown: Card, known: Registry) -> str:
    name = shown.registration.name
    lines = [f"\n## {name}\n", f"{shown.description}\n", f"For columns of: {', '.join(shown.kinds)}.\n"]
    if shown.options:
        lines += ["| option | type | default | bounds | |", "|---|---|---|---|---|"]
        for option in shown.options:
            default = "required" if option.required else f"`{option.default}`" if option.default else ""
            cells = (f"`{option.name}`", option.type, default, option.bounds, option.description)
            lines.append(f"| {' | '.join(map(_cell, cells))} |")
        lines.append("")
    for example in examples(name, known)[:_SHOWN]:
        lines += _example(example, shown.examples[example.number])
    return "\n".join(lines)


def _example(example: Example, declared: Json) -> Iterator[str]:
    yield "```json"
    yield _pretty(declared)
    yield "```\n"
    try:
        table = example.plan(only=True).table(example.table.name)
    except ProblemsError as error:
        yield f"{error}\n"
        return
    rows = min(table.rows, _ROWS)
    made = plain_rows(flat(Converter(table).batch(table.chunk(0, rows))))
    names = [column.name for column in table.columns]
    yield f"| {' | '.join(names)} |"
    yield f"|{'---|' * len(names)}"
    for row in made:
        yield f"| {' | '.join(_value(row[name]) for name in names)} |"
    yield ""


def _pretty(declared: Json) -> str:
    """An example as JSON, a column a line."""
    if isinstance(declared, dict) and "tables" in declared:
        return json.dumps(declared, indent=2, ensure_ascii=False, default=str)
    if isinstance(declared, dict):
        return json.dumps(declared, ensure_ascii=False, default=str)
    columns = ",\n ".join(
        json.dumps(column, ensure_ascii=False, default=str) for column in items_of(declared)
    )
    return f"[{columns}]"


def _value(value: Cell) -> str:
    if value is None:
        return "NULL"
    text = value.hex() if isinstance(value, bytes) else str(value)
    short = text if len(text) <= _WIDEST else f"{text[: _WIDEST - 3]}..."
    return f"`{_cell(short)}`" if short.strip() else ""


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def _first(shown: Card) -> str:
    return shown.description.partition("\n")[0]


def _anchor(name: str) -> str:
    return name.lower().replace(" ", "-")


def main(words: Sequence[str]) -> None:
    """Print the page."""
    sys.stdout.write(page(distribution=words[0]) if words else page())


if __name__ == "__main__":
    main(sys.argv[1:])
