"""Who an entity of persons may be: the part that all its columns have to compute alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, zip_longest
from typing import Literal, NamedTuple, Protocol

from dw_simulator.engine.rules import ColumnSpec, Refusal
from dw_simulator.plugins.rules.entities import counters, shared_out
from dw_simulator.plugins.rules.faker import pool
from dw_simulator.plugins.rules.latin import folded

# reserved for examples (RFC 2606): mail sent there by mistake reaches nobody
MAIL_DOMAINS = ("example.com", "example.org", "example.net")
_DOMAIN_SLOTS = (0,) * 8 + (1,) * 4 + (2,) * 4
_DRAWS = 4000
_SLOTS = 4096  # a power of two, so that a digit is a shift and a mask
_MOST_DIGITS = 8

Gender = Literal["male", "female"]
GENDERS: tuple[Gender, ...] = ("male", "female")


class Given(NamedTuple):
    """A first name as it is written, as an address has it, and whose it is."""

    name: str
    plain: str
    gender: Gender


class Family(NamedTuple):
    """A last name as it is written, and as an address has it."""

    name: str
    plain: str


class Room(NamedTuple):
    """The longest names that fit, in bytes: first and last ones as written, either in an address.

    digits  of a counter for which there is room besides
    """

    first: int = 1 << 30
    last: int = 1 << 30
    plain: int = 1 << 30
    digits: int = _MOST_DIGITS

    def within(self, other: "Room") -> "Room":
        return Room(*map(min, self, other))

    def fits(self, name: Given | Family) -> bool:
        longest = self.first if isinstance(name, Given) else self.last
        return len(name.name.encode()) <= longest and len(name.plain) <= self.plain


class Role(Protocol):
    """A column of the entity."""

    @property
    def field(self) -> str: ...
    @property
    def length(self) -> int: ...
    @property
    def key(self) -> bool: ...


_FIXED = {"email": len(f".@{MAIL_DOMAINS[0]}"), "user_name": 1, "full_name": 1}


def room(role: Role, *, keyed: bool) -> Room:
    """What a column has room for."""
    match role.field:
        case "first_name":
            return Room(first=role.length)
        case "last_name":
            return Room(last=role.length)
        case "email" | "user_name" | "full_name":
            return _shared_room(role, keyed=keyed)
        case _:
            return Room()


def _shared_room(role: Role, *, keyed: bool) -> Room:
    """Of a column that shows both names, and their number where it needs one: half for each name."""
    written = role.field == "full_name"
    left = role.length - _FIXED[role.field]
    digits = _MOST_DIGITS
    if role.key or (keyed and not written):
        left -= written  # a space before the number
        digits = min(max(left // 4, 1), _MOST_DIGITS)
        left -= digits
    half = max(left // 2, 0)
    return Room(half, half, digits=digits) if written else Room(plain=half, digits=digits)


@dataclass(frozen=True, eq=False)
class Cast:
    """The persons of an entity, one for each index.

    The first digit of the index, running fastest, is the first name, the second the last name, the third the
    mail domain. Where a column is a key every name has one digit, and a counter comes last; otherwise common
    names have more digits than rare ones.

    given, family, domains  what stands for each digit; domains by their places in MAIL_DOMAINS
    counters                how many persons may have the same digits; 1 where nothing is a key
    """

    given: tuple[Given, ...]
    family: tuple[Family, ...]
    domains: tuple[int, ...]
    counters: int
    keyed: bool

    @property
    def natural(self) -> int:
        return len(self.given) * len(self.family) * len(self.domains)

    @property
    def size(self) -> int:
        return self.natural * self.counters


def cast(spec: ColumnSpec, locale: str, roles: Sequence[Role]) -> Cast:
    """The persons whose names fit all columns of an entity, of which the first is the spec's. Raises Refusal.

    A column that has room for no name at all is left out: it is refused at its own place.
    """
    males, females, lasts = (
        pool(spec, provider, locale, _DRAWS)
        for provider in ("first_name_male", "first_name_female", "last_name")
    )
    names = _names(locale, males, females, lasts)
    shown = {role.field for role in roles if role.key}
    keyed = bool(shown)
    least = Room()
    for nth, role in enumerate(roles):
        own = room(role, keyed=keyed)
        if all(any(map(own.fits, some)) for some in names):
            least = least.within(own)
        elif not nth:
            shortest = sum(min(len(name.plain) for name in some) for some in names)
            wider = role.length + 2 * shortest - 2 * min(own[:3]) if role.field in _FIXED else 20
            raise Refusal(
                f"no name of {locale} fits", f"widen it to {max(wider, 30)}, or choose another rule"
            )
    if not keyed:
        given, family = _slots(*names, least)
        return Cast(given, family, _DOMAIN_SLOTS, 1, keyed=False)
    given, family = _told_apart(*names, least, written="full_name" in shown)
    # a domain tells e-mail addresses apart, but neither names nor user names
    domains = tuple(range(len(MAIL_DOMAINS))) if shown == {"email"} else (0,)
    natural = len(given) * len(family) * len(domains)
    return Cast(given, family, domains, counters(spec.rows, natural, least.digits), keyed=True)


_Names = tuple[tuple[Given, ...], tuple[Family, ...]]


@lru_cache(maxsize=16)
def _names(locale: str, males: tuple[str, ...], females: tuple[str, ...], lasts: tuple[str, ...]) -> _Names:
    """The draws, males and females in turn."""
    first: list[list[Given]] = [
        [Given(name, folded(name, locale), gender) for name in draws]
        for gender, draws in zip(GENDERS, (males, females), strict=True)
    ]
    mixed = (given for pair in zip_longest(*first) for given in pair if given is not None)
    return tuple(mixed), tuple(Family(name, folded(name, locale)) for name in lasts)


@lru_cache(maxsize=16)
def _slots(given: tuple[Given, ...], family: tuple[Family, ...], least: Room) -> _Names:
    """Names as often as they were drawn, as many males as females."""
    fitting = [given for given in given if least.fits(given)]
    by_gender = ([one for one in fitting if one.gender == gender] for gender in GENDERS)
    slots = chain.from_iterable(shared_out(some, _SLOTS) for some in by_gender if some)
    return tuple(slots), tuple(shared_out([one for one in family if least.fits(one)], _SLOTS))


@lru_cache(maxsize=16)
def _told_apart(
    given: tuple[Given, ...], family: tuple[Family, ...], least: Room, *, written: bool
) -> _Names:
    """Names that differ in an address.

    written  and where they are written with a space between them: Mary Ann Lee would be two persons, were
             both Mary Ann and Ann Lee names
    """
    first = list({one.plain: one for one in reversed(given) if least.fits(one)}.values())[::-1]
    last = list({one.plain: one for one in reversed(family) if least.fits(one)}.values())[::-1]
    if written:
        simple = [one for one in first if " " not in one.name], [one for one in last if " " not in one.name]
        if len(first) - len(simple[0]) > len(last) - len(simple[1]) and simple[1]:
            last = simple[1]
        else:
            first = simple[0] or first
            last = last if simple[0] else simple[1] or last
    return tuple(first), tuple(last)
