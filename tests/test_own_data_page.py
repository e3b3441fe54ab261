"""docs/own-data.md is run: its schemas are generated, and its samples are what comes out.

Run as a module, this file writes the samples anew; look at the difference.
"""

import tempfile
from pathlib import Path

from tests.test_relation_docs import rendered

from dw_simulator.service import ExperimentService
from dw_simulator.settings import Settings

PAGE = Path(__file__).parent.parent / "docs" / "own-data.md"


def test_every_sample_is_what_comes_out(service: ExperimentService) -> None:
    assert PAGE.read_text().count("```text") >= 2
    assert rendered(service, PAGE) == PAGE.read_text()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        PAGE.write_text(rendered(ExperimentService(Settings(home=Path(home))), PAGE))
