"""Golden hashes: the bits of every kernel are a promise to users, from release to release.

After a deliberate change: `python -m tests.engine.test_golden` writes the file anew.
"""

import json
from hashlib import sha256
from pathlib import Path

import pytest
from tests.engine.kernels_zoo import EXAMPLES
from tests.support import scattered, to_list

from dw_simulator.engine.rows import Rows
from dw_simulator.engine.values.base import Kernel

GOLDEN = Path(__file__).parent.parent / "golden" / "kernels.json"


def fingerprint(kernel: Kernel) -> str:
    """A hash of the kernel's values in a run of rows and at scattered ones."""
    values = to_list(kernel.values(Rows.run(0, 2000)))
    values += to_list(kernel.values(scattered([3, 2**31, 2**32 + 1, 10**12, 2**40 - 1])))
    return sha256(repr(values).encode()).hexdigest()[:32]


@pytest.mark.parametrize("name", EXAMPLES)
def test_values_are_those_of_every_release(name: str) -> None:
    golden = json.loads(GOLDEN.read_text())
    assert name in golden, "run python -m tests.engine.test_golden and look at the difference"
    assert fingerprint(EXAMPLES[name]) == golden[name]


def test_no_golden_hash_is_left_over() -> None:
    assert set(json.loads(GOLDEN.read_text())) == set(EXAMPLES)


if __name__ == "__main__":
    hashes = {name: fingerprint(kernel) for name, kernel in sorted(EXAMPLES.items())}
    GOLDEN.write_text(json.dumps(hashes, indent=2) + "\n")
