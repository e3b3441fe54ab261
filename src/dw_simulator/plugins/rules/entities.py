"""Entities: columns of one table that speak of one thing, and what they have to agree about."""

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
from pydantic import ValidationError

from dw_simulator.engine.values.facets import Codes, Step, Trail
from dw_simulator.errors import Refusal
from dw_simulator.ports.rule import ColumnSpec, RuleOptions
from dw_simulator.schema.model import Column


class EntityOptions(RuleOptions):
    """What every rule of entities has."""

    field: Any
    entity: str
    locale: Any


R = TypeVar("R", bound=EntityOptions)
_LARGE = 1 << 13
V = TypeVar("V", bound=Hashable)
Text = Callable[[str, V], str]


@dataclass(frozen=True)
class Member(Generic[R]):
    """A column of an entity, its rule, and whether its values must be told apart."""

    column: Column
    rule: R
    key: bool

    @property
    def field(self) -> str:
        return str(self.rule.field)

    @property
    def length(self) -> int:
        """Bytes that the column has room for; 0 where it holds no text."""
        return self.column.type.length


def members(spec: ColumnSpec, name: str, rule: R) -> tuple[Member[R], ...]:
    """The columns of a table that speak of the same entity, the one that is asked for first.

    name  under which the rule is registered
    """
    own = Member(spec.column, rule, spec.key)
    if spec.owner is None:
        return (own,)
    keyed = {column for key in spec.owner.least_keys for column in key}
    found = [own]
    for column in spec.owner.columns:
        declared = column.rule_spec
        if column.name == spec.column.name or declared is None or declared.name != name:
            continue
        try:
            other = type(rule).model_validate(declared.options)
        except ValidationError:  # refused at its own place
            continue
        if other.entity == rule.entity:
            found.append(Member(column, other, column.name in keyed))
    return tuple(found)


def one_locale(columns: Sequence["Member[Any]"]) -> None:
    """Raise Refusal where the first column has another locale than one of the others."""
    own = columns[0].rule.locale
    for other in columns[1:]:
        if other.rule.locale != own:
            raise Refusal(
                f"it has the locale {_said(own)}, but {other.column.name}, of the same entity, "
                f"{_said(other.rule.locale)}",
                "give both one locale, or make them two entities",
            )


def _said(locale: str | tuple[str, ...]) -> str:
    return locale if isinstance(locale, str) else ", ".join(locale)


def fitting(columns: Sequence["Member[Any]"], things: Sequence[V], text: Text[V]) -> list[V]:
    """The things whose texts fit all columns of an entity, of which the first is asked for. Raises Refusal.

    text  what a field says of a thing; nothing where there is no need to ask
    """
    kept = list(things)
    for member in columns:
        if not member.length:  # it holds no text
            continue
        some = [one for one in things if len(text(member.field, one).encode()) <= member.length]
        if 2 * len(some) >= len(things):
            left = set(some)
            kept = [one for one in kept if one in left]
        elif member is columns[0]:  # others are refused at their own place
            longest = max(len(text(member.field, one).encode()) for one in things)
            message = f"most values of {member.field} do not fit, the longest has {longest} bytes"
            raise Refusal(message, f"widen it to {longest}, or choose another rule")
    if not kept:
        raise Refusal("nothing fits all columns of the entity", "widen its columns")
    return kept


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


def numbered(values: Sequence[V]) -> tuple[list[V], Codes]:
    """The distinct values in their order, and for each of the values its place among them."""
    places = {value: k for k, value in enumerate(dict.fromkeys(values))}
    # a large table had better be a narrow one
    dtype = np.uint32 if len(values) > _LARGE else np.uint64
    return list(places), np.array([places[value] for value in values], dtype=dtype)


def counters(rows: int, natural: int, digits: int) -> int:
    """How many things may have the same names for so many rows: a power of ten within these digits.

    Not more than are needed, for the parts of a key of several columns take all their values from the start.
    """
    needed = 1
    while needed * natural < rows:
        needed *= 10
    return int(min(needed, 10**digits - 1))


def step(stride: int, codes: Codes) -> Step:
    """The digit that stands for these codes."""
    same = bool((codes == np.arange(len(codes), dtype=np.uint64)).all())
    return Step(stride, len(codes), None if same else codes)


def trail(stride: int, values: Sequence[V]) -> tuple[list[V], Trail]:
    """The distinct ones of the values that a digit stands for, and how it leads to them."""
    distinct, codes = numbered(values)
    return distinct, Trail((step(stride, codes),), len(distinct))


def joined(trails: Sequence[Trail], size: int) -> tuple[Trail, ...]:
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
