"""The moments of what rows go through: what happens then, and whether it was known before."""

from collections.abc import Sequence
from dataclasses import dataclass

from dw_simulator.schema.inference.lives.life_words import alike
from dw_simulator.schema.inference.sketch import ColumnSketch
from dw_simulator.schema.quoting import quoted_name

STARTS = "start begin depart departure check-in from effective open takeoff admit admission launch".split()
ENDS = (
    "end finish arrive arrival check-out until to expire expires terminate close discharge complete".split()
)
MORE = frozenset(
    "reason by fee note comment remark amount charge code type category user description".split()
)
"""What is told of a state beside its moment: why, by whom, for how much."""
OVER = """end terminate close delete deactivate decease death die discontinue cancel churn leave retire
withdraw exit remove unsubscribe resign deregister""".split()


@dataclass(frozen=True)
class StampColumn:
    """A column with a moment.

    stage  the word for what happens then
    ahead  whether it is known before it comes; real: whether it says that it is not
    """

    column: ColumnSketch
    stage: str
    ahead: bool = False
    real: bool = False

    @property
    def day(self) -> str:
        return f"CAST({quoted_name(self.column.name)} AS DATE)"

    def is_of(self, words: Sequence[str]) -> bool:
        return any(alike(self.stage, word) for word in words)


def side(moment: StampColumn) -> tuple[bool, bool]:
    """Whether it begins a period, and whether it ends one."""
    return moment.is_of(STARTS), moment.is_of(ENDS)
