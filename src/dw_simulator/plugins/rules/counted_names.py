"""Names from lists, which a number tells apart in a key once all of them are taken."""

from collections.abc import Sequence

from dw_simulator.engine.values.text import Fragment, Number
from dw_simulator.errors import Refusal
from dw_simulator.ports.rule import ColumnSpec

_COUNTER_DIGITS = 8


def room(spec: ColumnSpec, prefix: str) -> int:
    """Bytes beside the number that a key may need."""
    return spec.type.length - (len(prefix) + _COUNTER_DIGITS if spec.key else 0)


def fitting(names: Sequence[str], room: int) -> list[str]:
    """The names that fit; Refusal where most do not."""
    kept = [name for name in names if len(name) <= room]
    if 2 * len(kept) < len(names):
        more = max(map(len, names)) - room
        raise Refusal(f"most names do not fit, the longest by {more} bytes", f"widen it by {more}")
    return kept


def counted(parts: tuple[Fragment, ...], spec: ColumnSpec, prefix: str) -> tuple[Fragment, ...]:
    """With a number where all names are taken, in a key."""
    if not spec.key:
        return parts
    return (*parts, Number(10**_COUNTER_DIGITS - 1, 1, omit_first=True, prefix=prefix))
