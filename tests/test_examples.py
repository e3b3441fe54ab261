"""The examples mean what they say: their truths hold in their data, and `judge` finds nothing there."""

import shutil
from pathlib import Path

import pytest
from tests.meaning import judging
from tests.support import EXAMPLES

from dw_simulator.service import ExperimentService, GenerateRequest
from dw_simulator.settings import load

DIALECTS = {"tickit": "redshift", "orders": "snowflake", "webshop": ""}
"""Of those that are DDL, of which nothing else is known; the web shop has rules of its own."""
SEED = 42


@pytest.fixture(scope="module", params=DIALECTS)
def example(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """An example's name, and its data at its own sizes."""
    name, home = str(request.param), tmp_path_factory.mktemp("examples")
    service = ExperimentService(load(keep=False))
    if DIALECTS[name]:
        made = service.create_from(EXAMPLES / f"{name}.sql", dialect=DIALECTS[name], as_of=judging.AS_OF)
    else:
        made = service.create_from(EXAMPLES / f"{name}.json")
    service.generate(made.experiment.name, GenerateRequest(seed=SEED, output_dir=home / name))
    service.close()
    shutil.copy(EXAMPLES / f"{name}.truths.tsv", home / "truths.tsv")
    return name, home


def test_its_truths_hold(example: tuple[str, Path]) -> None:
    name, home = example
    verdicts = list(judging.judge(name, home / name, home))
    assert [str(verdict) for verdict in verdicts if not verdict.holds] == []
    assert 15 <= len(verdicts) <= 25


def test_judge_finds_nothing(example: tuple[str, Path]) -> None:
    name, home = example
    found = ExperimentService().judge(home / name)
    assert [f"{one.table}: {one.message}" for one in found.complaints] == []
