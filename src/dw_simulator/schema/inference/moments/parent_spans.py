"""How long after its parents' moments a row comes, by the nouns of both: `data/waits.txt` has a list."""

from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources

from dw_simulator.schema.durations import nanoseconds
from dw_simulator.schema.inference.moments.contract_terms import deadline_of, issued
from dw_simulator.schema.inference.moments.row_moments import Driver, Moment, MomentAbove, Timeline
from dw_simulator.schema.inference.moments.stage_reading import stage_of, stages
from dw_simulator.schema.inference.moments.stages import REGULAR
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.types import Kind

_DATA = resources.files("dw_simulator.schema.inference") / "data" / "waits.txt"
LINES = frozenset(
    "item line detail dtl position posten zeile linea ligne riga linha regel row entry leg stop".split()
)
_NEVER_MIND = ("0s", "700d", "20y")
"""How long after a customer joined something happens."""
_TELLING = frozenset(
    "pay ship deliver return refund review invoice pick pack cancel approve assign escalate respond".split()
)

TimeSpan = tuple[str, str, str]
"""The least, the mean and the most."""


def span_after(line: Timeline, drivers: Sequence[Driver]) -> TimeSpan:
    """How long after the moments of its parents a row begins. drivers: these, with the references."""
    anchor = line.anchor
    assert anchor is not None, "only a row that something begins is asked"
    if all(reach.line.lasting for _link, reach in drivers):
        return ("0s", "400d", "20y") if line.lasting else _NEVER_MIND
    if all(reach.line.words & REGULAR for _link, reach in drivers):
        return "0s", "300d", "6y"
    things = line.words
    days = anchor.column.kind is Kind.DATE
    if (
        things & LINES
        and not things & {"leg", "stop"}
        and any(link.keyed or not line.table.children for link, _reach in drivers)
    ):
        return ("0s", "8h", "3d") if days else ("0s", "90s", "20m")
    names = [stage_of(word) for word in reversed(line.things)]
    named = next((name for name in (anchor.stage.name, *names) if name in _TELLING), "")
    if known := _known(line, drivers):
        span = known
    elif named:
        span = stages()[named].least, stages()[named].mean, stages()[named].most
    else:
        span = ("0s", "4d", "60d")
    if days:
        least, mean, most = span
        least = least if nanoseconds(least) >= nanoseconds("1d") else "0s"
        return least, max(mean, "12h", key=nanoseconds), max(most, "4d", key=nanoseconds)
    return span


def start_of(line: Timeline, anchor: Moment, *, during: bool) -> Moment:
    """What begins a row, or the period that it is, for what comes after it."""
    if during and line.end is not None and line.begin in line.chain and line.begin.sure:
        return line.begin
    return anchor if during else issued(line) or anchor


def over_moments(reach: MomentAbove, stages_: frozenset[str]) -> list[JsonObject]:
    """Moments of a parent after which it may be returned, or reviewed; of a sample, which is tested."""
    last = deadline_of(reach.line)
    return [
        MomentAbove(reach.path, one.name, reach.line).data
        for one in [*reach.line.chain, *last]
        if (one.stage.name in stages_ or one in last) and one is not reach.line.anchor
    ][-1:]


def _known(line: Timeline, drivers: Sequence[Driver]) -> TimeSpan | None:
    """The span of a list: of the last noun of the row, and any noun of what it follows."""
    things = {*line.things[-1:], *(word for word in line.words if word not in line.things)}
    for follows, followed, span in _waits():
        if follows & things and any(followed & {*reach.line.words} for _link, reach in drivers):
            return span
    return None


@cache
def _waits() -> tuple[tuple[frozenset[str], frozenset[str], TimeSpan], ...]:
    return tuple(_read())


def _read() -> Iterator[tuple[frozenset[str], frozenset[str], TimeSpan]]:
    for text in _DATA.read_text(encoding="utf-8").splitlines():
        if text.strip() and not text.startswith("#"):
            follows, followed, span = (part.split() for part in text.split("|"))
            least, mean, most = span
            yield frozenset(follows), frozenset(followed), (least, mean, most)


_LATE = frozenset({"last", "death", "delete", "close", "leave", "cancel"})
"""What begins nothing."""
_PROMISED = frozenset({"deliver", "receive", "complete", "end", "return", "arrive"})
"""What is promised of a thing, long before it comes."""


def is_late(anchor: Moment) -> bool:
    """Whether a moment begins nothing, though it is the first of its row."""
    return anchor.stage.name in _LATE or (anchor.planned and anchor.stage.name in _PROMISED)
