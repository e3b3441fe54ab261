"""A few rounds of the campaign of kills; many more by hand: python -m tests.crash_campaign --kills 50."""

import pytest
from tests import crash_campaign


@pytest.mark.parametrize(("executor", "kills"), [("threads", 4), ("processes", 2)])
def test_runs_survive_a_kill(executor: str, kills: int) -> None:
    assert crash_campaign.campaign(kills, executor=executor, rows=100_000, seed=7) == []


def test_of_many_processes_one_wins() -> None:
    crash_campaign.race(4, rows=5_000_000)
