"""Pages of docs are run: their schemas are generated, and their samples are what comes out.

Run as a module, this file writes the samples anew; look at the difference.
"""

import tempfile
from pathlib import Path

import pytest
from tests.test_relation_docs import rendered

from dw_simulator.service import ExperimentService
from dw_simulator.settings import Settings

DOCS = Path(__file__).parent.parent / "docs"
PAGES = ("groups.md", "picks.md")


@pytest.mark.parametrize("name", PAGES)
def test_every_sample_is_what_comes_out(service: ExperimentService, name: str) -> None:
    page = DOCS / name
    assert page.read_text().count("```text") >= 6
    assert rendered(service, page) == page.read_text()


if __name__ == "__main__":
    for page in (DOCS / name for name in PAGES):
        with tempfile.TemporaryDirectory() as home:
            page.write_text(rendered(ExperimentService(Settings(home=Path(home))), page))
