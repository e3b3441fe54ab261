"""docs/relations.md is run: schemas are generated, the DDL means the same, samples are what comes out.

Run as a module, this file writes the samples anew; look at the difference.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from tests.support import planned
from tests.test_relation_refusals import REFUSED

from dw_simulator.errors import PlanError
from dw_simulator.interfaces.cli.describe import describe_later
from dw_simulator.schema.model import Experiment
from dw_simulator.service import ExperimentService
from dw_simulator.settings import Settings

PAGE = Path(__file__).parent.parent / "docs" / "relations.md"
_SHOWN = (
    "more one-to-one children than parents",
    "children that make other rows",
    "keys that overlap",
    "a join table within tenants that is too full",
    "references that share a column without a common source",
    "a line number that is too narrow",
)
_BLOCK = re.compile(r"```(json|sql|text)( \w+)?( \d+)?\n(.*?)```", re.DOTALL)


class Section(NamedTuple):
    """A pattern's schema, its DDL, and its samples by what they show."""

    title: str
    schema: dict[str, Any]
    ddl: str


def sections() -> Iterator[Section]:
    for part in PAGE.read_text().split("\n## ")[1:]:
        blocks = {match[1]: match[4] for match in _BLOCK.finditer(part)}
        if "json" in blocks:
            yield Section(part.partition("\n")[0], json.loads(blocks["json"]), blocks["sql"])


SECTIONS = list(sections())


def sample(service: ExperimentService, name: str, what: str, count: int) -> str:
    """What a block of the page should say."""
    if what == "refusals":
        return "".join(f"{line}\n" for line in _refusals())
    if what == "plan":
        order = service.plan(name, seed=0).load_order
        lines = [
            f"load: {', '.join(order.tables)}",
            *(f"afterwards: {describe_later(one)}" for one in order.later),
        ]
        return "".join(f"{line}\n" for line in lines)
    rows = service.preview(name, what, count=count).rows
    cells = [list(rows[0]), *([str(v) if v is not None else "NULL" for v in row.values()] for row in rows)]
    widths = [max(len(row[k]) for row in cells) for k in range(len(cells[0]))]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in cells]
    return "".join(f"{line}\n" for line in lines)


def _refusals() -> Iterator[str]:
    for name in _SHOWN:
        try:
            planned(*REFUSED[name][0])
        except PlanError as error:
            yield from (str(problem) for problem in error.problems)


def rendered(service: ExperimentService, page: Path = PAGE) -> str:
    """A page with every sample as it comes out."""
    parts = page.read_text().split("\n## ")
    for k, part in enumerate(parts):
        schema = next((json.loads(m[4]) for m in _BLOCK.finditer(part) if m[1] == "json"), None)
        if schema is not None:
            service.create(schema)
        name = schema["name"] if schema else ""

        def fill(match: re.Match[str], name: str = name) -> str:
            if match[1] != "text":
                return match[0]
            what, count = match[2].strip(), int(match[3] or 0)
            return f"```text{match[2]}{match[3] or ''}\n{sample(service, name, what, count)}```"

        parts[k] = _BLOCK.sub(fill, part)
    return "\n## ".join(parts)


def test_every_sample_is_what_comes_out(service: ExperimentService) -> None:
    assert len(SECTIONS) >= 13
    assert rendered(service) == PAGE.read_text()


@pytest.mark.parametrize("section", SECTIONS, ids=[section.title for section in SECTIONS])
def test_the_ddl_means_the_same(section: Section, service: ExperimentService) -> None:
    service.import_sql(section.ddl, name="ddl", dialect="redshift")
    imported = service.get("ddl").experiment
    declared = Experiment.model_validate(section.schema)
    assert [table.name for table in imported.tables] == [table.name for table in declared.tables]
    for mine, theirs in zip(imported.tables, declared.tables, strict=True):
        assert {frozenset(key) for key in mine.keys} == {frozenset(key) for key in theirs.keys}, mine.name
        assert {c.name for c in mine.columns} == {c.name for c in theirs.columns}
        assert {_goal(reference) for reference in mine.references} == {
            _goal(reference) for reference in theirs.references
        }, mine.name
    service.plan("ddl", seed=1)


def _goal(reference: Any) -> tuple[Any, ...]:
    return reference.columns, reference.references_table, reference.references_columns


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as home:
        PAGE.write_text(rendered(ExperimentService(Settings(home=Path(home)))))
