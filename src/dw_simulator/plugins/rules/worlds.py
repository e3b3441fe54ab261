"""What the worlds of persons, places and companies are put together from."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import NamedTuple, Protocol, TypeVar

import numpy as np

from dw_simulator.engine.values.facets import DigitCodes, Step, Trail
from dw_simulator.errors import Refusal
from dw_simulator.ports.rule import Member

_LARGE = 1 << 13
V = TypeVar("V", bound=Hashable)
Text = Callable[[str, V], str]
"""What a field says of a thing; nothing where there is no need to ask."""


class Shown(NamedTuple):
    """What a column says of a thing, and the bytes that it has room for; 0 where it holds no text."""

    field: str
    length: int


class Localized(Protocol):
    """An entity's rule whose things are of a locale, or of several."""

    @property
    def field(self) -> str: ...
    @property
    def locale(self) -> str | tuple[str, ...] | dict[str, float]: ...


def check_locale(own: Member[Localized], members: Iterable[Member[Localized]]) -> None:
    """Raise Refusal where a column has another locale than one of the others of its entity."""
    for other in members:
        if other.rule.locale != own.rule.locale:
            raise Refusal(
                f"it has the locale {_said(own.rule.locale)}, but {other.name}, of the same entity, "
                f"{_said(other.rule.locale)}",
                "give both one locale, or make them two entities",
            )


def _said(locale: str | tuple[str, ...] | dict[str, float]) -> str:
    if isinstance(locale, dict):
        return ", ".join(f"{name} {share:g}" for name, share in locale.items())
    return locale if isinstance(locale, str) else ", ".join(locale)


def shown(member: Member[Localized]) -> Shown:
    """What a column says, by which many columns are alike."""
    return Shown(member.rule.field, member.spec.type.length)


def check_length(own: Shown, things: Sequence[V], text: Text[V]) -> None:
    """Raise Refusal where a column has no room for what most things say."""
    if 2 * len(_fitting(own, things, text)) < len(things):
        longest = max(len(text(own.field, one).encode()) for one in things)
        message = f"most values of {own.field} do not fit, the longest has {longest} bytes"
        raise Refusal(message, f"widen it to {longest}, or choose another rule")


def fitting(columns: Iterable[Shown], things: Sequence[V], text: Text[V]) -> list[V]:
    """The things whose texts fit all columns of an entity, those without room aside. Raises Refusal."""
    kept = list(things)
    for own in columns:
        some = _fitting(own, things, text)
        if 2 * len(some) >= len(things):  # what has no room is refused at its own place
            fit = set(some)
            kept = [one for one in kept if one in fit]
    if not kept:
        raise Refusal("nothing fits all columns of the entity", "widen its columns")
    return kept


def _fitting(own: Shown, things: Sequence[V], text: Text[V]) -> Sequence[V]:
    """The things whose text a column has room for; all, where it holds no text."""
    return [one for one in things if not own.length or len(text(own.field, one).encode()) <= own.length]


def apportioned(weights: Sequence[int], slots: int) -> list[int]:
    """How many of the slots each weight gets: by largest remainders, and nobody goes without."""
    least = -(-sum(weights) // slots)
    raised = [max(weight, least) for weight in weights]
    total = sum(raised)
    shares = [weight * slots // total for weight in raised]
    by_rest = sorted(range(len(weights)), key=lambda k: -(raised[k] * slots % total))
    for k in by_rest[: slots - sum(shares)]:
        shares[k] += 1
    return shares


def shared_out(draws: Sequence[V], slots: int) -> list[V]:
    """So many slots for the distinct draws, as often each as it was drawn, in the order of first draws."""
    counts = Counter(draws)
    shares = apportioned(list(counts.values()), slots)
    return [value for value, share in zip(counts, shares, strict=True) for _ in range(share)]


def numbered(values: Sequence[V]) -> tuple[list[V], DigitCodes]:
    """The distinct values in their order, and for each of the values its place among them."""
    places = {value: k for k, value in enumerate(dict.fromkeys(values))}
    # a large table had better be a narrow one
    dtype = np.uint32 if len(values) > _LARGE else np.uint64
    return list(places), np.array([places[value] for value in values], dtype=dtype)


def counters(rows: int, natural: int, digits: int) -> int:
    """How many things may have the same names for so many rows: a power of ten, and what its digits can say.

    Not more than are needed, for the parts of a key of several columns take all their values from the start.
    """
    needed = 1
    while needed * natural < rows:
        needed *= 10
    return int(min(needed, 10**digits - 1))


def step(stride: int, codes: DigitCodes) -> Step:
    """The digit that stands for these codes."""
    same = bool((codes == np.arange(len(codes), dtype=np.uint64)).all())
    return Step(stride, len(codes), None if same else codes)


def trail(stride: int, values: Sequence[V]) -> tuple[list[V], Trail]:
    """The distinct ones of the values that a digit stands for, and how it leads to them."""
    distinct, codes = numbered(values)
    return distinct, Trail((step(stride, codes),), len(distinct))


def merged(trails: Sequence[Trail], size: int) -> tuple[Trail, ...]:
    """The same with fewer trails: digits that follow one another are one; none, where that is all of them."""
    found: list[Trail] = []
    for one in trails:
        last = found[-1].steps if found else ()
        (*_, here) = one.steps
        if one.size == 1 and found:
            continue
        follows = len(last) == len(one.steps) == 1 and last[0].table is here.table is None
        if follows and here.stride == last[0].stride * last[0].radix:
            found[-1] = Trail((Step(last[0].stride, last[0].radix * here.radix),), found[-1].size * one.size)
        else:
            found.append(one)
    whole = len(found) == 1 and found[0].size == size and found[0].steps[0].table is None
    return () if whole else tuple(found)
