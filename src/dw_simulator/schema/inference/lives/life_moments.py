"""The moments of what rows go through: what happens then, and whether it was known before."""

from collections.abc import Sequence
from dataclasses import dataclass

from dw_simulator.schema.inference.lives.life_words import LifeState, alike, stage_entered
from dw_simulator.schema.inference.moments.stage_reading import read_moment, written
from dw_simulator.schema.inference.sketch import ColumnSketch, TableSketch
from dw_simulator.schema.inference.words.tokens import plain_words, singular
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import Kind

STARTS = "start begin depart departure check-in from effective open takeoff admit admission launch".split()
ENDS = (
    "end finish arrive arrival check-out until to expire expires terminate close discharge complete".split()
)
BEGINS = (
    "order place submit request open report apply register issue book enroll raise receive".split(),
    "create insert add enter record log".split(),
    "start begin".split(),
)
"""What a row begins with, the surest first."""
MORE = frozenset(
    "reason by fee note comment remark amount charge code type category user description".split()
)
"""What is told of a state beside its moment: why, by whom, for how much."""
OVER = """end terminate close delete deactivate decease death die discontinue cancel churn leave retire
withdraw exit remove unsubscribe resign deregister""".split()
SHORT = frozenset(
    """event concert show performance webinar screening workshop game match fixture flight trip train
    departure sailing ride shift duty session call class lecture""".split()
)
"""What lasts for hours."""

PAIRS = (
    ("check", "in"),
    ("check", "out"),
    ("pick", "up"),
    ("picked", "up"),
    ("drop", "off"),
    ("dropped", "off"),
    ("paid", "off"),
    ("write", "off"),
)
"""Words that are one verb."""
_ENTRIES = frozenset("history log change transition audit version event snapshot".split())
_HISTORIES = frozenset(
    "history hist historie historial historique historico storico verlauf protokoll log journal".split()
)
_BEGUN = frozenset({"start", "begin", "open"})
_LINES = frozenset({"item", "line", "detail", "position"})


def keeps_history(table: TableSketch) -> bool:
    """Whether a row tells what happened to something else. An event that begins and ends is a concert."""
    if _HISTORIES & {*map(singular, plain_words(table.name))}:
        return True
    moments = [one for one in table.columns.values() if one.kind in (Kind.DATE, Kind.TIMESTAMP)]
    takes_place = table.noun[-1:] == ("event",) and any({*one.words} & _BEGUN for one in moments)
    return bool(_ENTRIES & {*table.noun[-1:]}) and not takes_place


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


def is_short(table: TableSketch, end: StampColumn) -> bool:
    """Whether it lasts for hours, so that one without an end is not still going on."""
    timed = end.column.kind is Kind.TIMESTAMP and not end.column.required
    return timed and bool({*table.noun} & SHORT)


def words_near(table: TableSketch) -> frozenset[str]:
    """What else is told of a table's rows: words of its columns, of what they reference, of their parts."""
    own = {word for column in table.columns.values() for word in column.words}
    above = [link.parent for link in table.links]
    near = [*above, *(link.parent for one in above for link in one.links)]
    for part in (link.child for link in table.children):
        if {*part.noun[-1:]} & _LINES:
            near += [part, *(link.parent for link in part.links)]
    return frozenset({*own, *(singular(word) for one in near for word in one.noun), *table.noun})


def says_stage(state: LifeState, one: StampColumn) -> bool:
    """Whether a moment is that of a state in any language: `aceptado_en` is when something was accepted."""
    table = one.column.table
    reading = read_moment(one.column.name, (*table.noun, *written(table.name)))
    own = not (reading.owner or reading.ordinal or reading.planned)
    return own and bool(reading.stage) and reading.stage == stage_entered(state)
