"""docs/segments.md and docs/prices.md are run: schemas are generated, samples are what comes out.

Run as a module, this file writes the samples anew; look at the difference.
"""

import tempfile
from pathlib import Path

import pytest
from tests.test_relation_docs import rendered

from dw_simulator.service import ExperimentService
from dw_simulator.settings import Settings

DOCS = Path(__file__).parent.parent / "docs"
PAGES = (DOCS / "segments.md", DOCS / "prices.md")


@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_every_sample_is_what_comes_out(page: Path, service: ExperimentService) -> None:
    assert "```text" in page.read_text()
    assert rendered(service, page) == page.read_text()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        for page in PAGES:
            page.write_text(rendered(ExperimentService(Settings(home=Path(home))), page))
