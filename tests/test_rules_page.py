"""docs/rules.md is what the code gives; every built-in rule is documented and pinned.

After a deliberate change: `python -m dw_simulator.testing.pages > docs/rules.md`, and for the values
`python -m tests.test_rules_page`, which writes tests/golden/rules.json anew.
"""

import json
import subprocess
import sys
from pathlib import Path

import faker
import pytest

from dw_simulator.registry.manager import registry
from dw_simulator.testing import Example, examples

ROOT = Path(__file__).parent.parent
GOLDEN = ROOT / "tests" / "golden" / "rules.json"
RULES = [one.name for one in registry().registrations("rule") if one.owner.built_in]
EXAMPLES = {str(example): example for rule in RULES for example in examples(rule)}
ABOUT_FAKER = (
    f"not the values of the release, here with Faker {faker.VERSION}: rules that draw from Faker change "
    "with another version of it than that of constraints.txt; then python -m tests.test_rules_page is right"
)


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=str)
def test_values_are_those_of_every_release(example: Example) -> None:
    golden = json.loads(GOLDEN.read_text())
    assert str(example) in golden, "run python -m tests.test_rules_page and look at the difference"
    assert example.made().fingerprint() == golden[str(example)], ABOUT_FAKER


def test_the_page_is_what_the_code_gives() -> None:
    made = subprocess.run(
        [sys.executable, "-m", "dw_simulator.testing.pages"], capture_output=True, text=True, check=True
    )
    assert made.stdout == (ROOT / "docs" / "rules.md").read_text()


def test_every_rule_is_pinned_and_nothing_is_left_over() -> None:
    assert set(json.loads(GOLDEN.read_text())) == set(EXAMPLES)
    assert [rule for rule in RULES if not examples(rule)] == [], "every built-in rule has examples"


if __name__ == "__main__":
    hashes = {name: example.made().fingerprint() for name, example in sorted(EXAMPLES.items())}
    GOLDEN.write_text(json.dumps(hashes, indent=2) + "\n")
