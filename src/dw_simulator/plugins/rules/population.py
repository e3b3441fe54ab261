"""Who an entity of persons may be: names as common as they are, or so many that no two persons are alike."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from itertools import chain, zip_longest
from typing import Literal, NamedTuple, TypeVar

from dw_simulator.errors import Refusal
from dw_simulator.plugins.rules.faker_draws import pool
from dw_simulator.plugins.rules.romanization import romanized
from dw_simulator.plugins.rules.worlds import counters, shared_out
from dw_simulator.ports.rule import ColumnSpec

# reserved for examples (RFC 2606): mail sent there by mistake reaches nobody
MAIL_DOMAINS = ("example.com", "example.org", "example.net")
DOMAIN_SLOTS = (0,) * 8 + (1,) * 4 + (2,) * 4
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


N = TypeVar("N", Given, Family)


class PersonColumn(NamedTuple):
    """What a column of the entity says of the person, by which many columns are alike.

    length  bytes that it has room for
    key     whether its values must be told apart
    domain  that of all e-mails
    """

    field: str
    length: int
    key: bool
    domain: str | None = None


_FIXED = {"email": len(f".@{MAIL_DOMAINS[0]}"), "user_name": 1, "full_name": 1}


def room(role: PersonColumn, *, keyed: bool) -> Room:
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


def _shared_room(role: PersonColumn, *, keyed: bool) -> Room:
    """Of a column that shows both names, and their number where it needs one: half for each name."""
    written = role.field == "full_name"
    fixed = len(f".@{role.domain}") if role.domain else _FIXED[role.field]
    left = role.length - fixed
    digits = _MOST_DIGITS
    if role.key or (keyed and not written):
        left -= written  # a space before the number
        digits = min(max(left // 4, 1), _MOST_DIGITS)
        left -= digits
    half = max(left // 2, 0)
    return Room(half, half, digits=digits) if written else Room(plain=half, digits=digits)


@dataclass(frozen=True, eq=False)
class Population:
    """The persons of an entity, one for each index.

    The first digit of the index, running fastest, is the first name, the second the last name, the third the
    mail domain. Where a column is a key every name has one digit, and a counter comes last; otherwise common
    names have more digits than rare ones.

    given, families, domains  what stands for each digit: last names as men and women have them, equally many,
                              one tuple where they are the same; domains by their places in MAIL_DOMAINS
    counters                  how many persons may have the same digits; 1 where nothing is a key
    """

    given: tuple[Given, ...]
    families: "_Families"
    domains: tuple[int, ...]
    counters: int
    keyed: bool

    @property
    def natural(self) -> int:
        return len(self.given) * len(self.families[0]) * len(self.domains)

    @property
    def size(self) -> int:
        return self.natural * self.counters


def check_room(own: PersonColumn, locale: str, names: "Names", roles: Iterable[PersonColumn]) -> None:
    """Raise Refusal where one of these columns of an entity has room for no name."""
    if not _any_fits(room(own, keyed=any(role.key for role in roles)), names.given, *names.families):
        raise Refusal(f"no name of {locale} fits", f"widen it to {_ENOUGH}, or choose another rule")


@lru_cache(maxsize=256)
def population(
    locale: str, names: "Names", roles: frozenset[PersonColumn], rows: int, *, one_domain: bool = False
) -> Population:
    """The persons whose names fit all columns of an entity, of one for all that are alike. Raises Refusal.

    rows        how many persons there are; it makes a difference where a column is a key
    one_domain  whether an e-mail address says one mail domain only, which tells nobody apart

    A column that has room for no name at all is left out: it is refused at its own place.
    """
    given, families = names.given, names.families
    keys = {role.field for role in roles if role.key}
    rooms = [room(role, keyed=bool(keys)) for role in roles]
    least = reduce(Room.within, (one for one in rooms if _any_fits(one, given, *families)), Room())
    if not _any_fits(least, given, *families):
        raise Refusal(f"no name of {locale} fits all columns of the person", "widen them")
    if not keys:
        return Population(*_slots(names, least), DOMAIN_SLOTS, 1, keyed=False)
    written = between(locale)[1] if "full_name" in keys else None
    given, families = _told_apart(names, least, written)
    # a domain tells e-mail addresses apart, but neither names nor user names
    domains = tuple(range(len(MAIL_DOMAINS))) if keys == {"email"} and not one_domain else (0,)
    natural = len(given) * len(families[0]) * len(domains)
    return Population(given, families, domains, counters(rows, natural, least.digits), keyed=True)


def _any_fits(room: Room, *lists: Sequence[Given | Family]) -> bool:
    """Whether some name of each list fits."""
    return all(any(map(room.fits, names)) for names in lists)


def between(locale: str) -> tuple[bool, str]:
    """Whether last names stand before first names, and what stands between them."""
    language = locale.partition("_")[0]
    return language in _LAST_FIRST, _LAST_FIRST.get(language, " ")


_LAST_FIRST = {"hu": " ", "ja": " ", "ko": "", "vi": " ", "zh": ""}

# where women have last names of another form than men, as Faker has them
_DECLINED = frozenset("az_AZ bg_BG cs_CZ el_GR is_IS lv_LV mk_MK ru_RU sk_SK uk_UA uz_UZ".split())
_ENOUGH = 40  # bytes that some name of every locale fits into, whatever is said of it

_Families = tuple[tuple[Family, ...], tuple[Family, ...]]


@dataclass(frozen=True, eq=False)
class Names:
    """The names of a locale, as they were drawn: of persons, and last names as men and women have them."""

    given: tuple[Given, ...]
    families: _Families


def names_for(spec: ColumnSpec, locale: str) -> Names:
    """The names of a locale, which each column asks for; one object for the same draws. Raises Refusal."""
    return _folded(locale, *(pool(spec, name, locale) for name in name_pools(locale)))


def name_pools(locale: str) -> tuple[str, ...]:
    """The providers of Faker's that a locale's names come from: first names of men, of women; last names."""
    lasts = ("last_name_male", "last_name_female") if locale in _DECLINED else ("last_name",)
    return "first_name_male", "first_name_female", *lasts


@lru_cache(maxsize=64)
def _folded(locale: str, males: tuple[str, ...], females: tuple[str, ...], *lasts: tuple[str, ...]) -> Names:
    """The draws: first names, males and females in turn; and last names. Equal draws are one object."""
    plain = {name: romanized(name, locale) for name in {*males, *females, *chain(*lasts)}}
    own = {gender: {name: Given(name, plain[name], gender) for name in plain} for gender in GENDERS}
    first = [
        [own[gender][name] for name in draws] for gender, draws in zip(GENDERS, (males, females), strict=True)
    ]
    mixed = (given for pair in zip_longest(*first) for given in pair if given is not None)
    family = {name: Family(name, plain[name]) for name in plain}
    families = [tuple(family[name] for name in draws) for draws in lasts]
    return Names(tuple(mixed), (families[0], families[-1]))


@lru_cache(maxsize=64)
def _slots(names: Names, least: Room) -> tuple[tuple[Given, ...], _Families]:
    """Names as often as they were drawn, as many males as females."""
    fitting = _fitting(names.given, least)
    by_gender = ([one for one in fitting if one.gender == gender] for gender in GENDERS)
    slots = chain.from_iterable(shared_out(some, _SLOTS) for some in by_gender if some)
    return tuple(slots), _each(names.families, lambda family: shared_out(_fitting(family, least), _SLOTS))


def _fitting(names: Sequence[N], least: Room) -> list[N]:
    """The draws that fit; each name, which is one object, is looked at once."""
    known = {id(one): one for one in names}
    fits = {key for key, one in known.items() if least.fits(one)}
    return [one for one in names if id(one) in fits]


@lru_cache(maxsize=64)
def _told_apart(names: Names, least: Room, written: str | None) -> tuple[tuple[Given, ...], _Families]:
    """Names that differ in an address.

    written  and where they are written with this between them: Mary Ann Lee would be two persons, were both
             Mary Ann and Ann Lee names; and where there is nothing between them, last names need one length
    """
    first = _distinct(filter(least.fits, names.given))
    lasts = _each(names.families, lambda family: _distinct(filter(least.fits, family)))
    if written == "":
        usual = Counter(len(one.name) for one in lasts[0]).most_common(1)[0][0]
        lasts = _each(lasts, lambda family: [one for one in family if len(one.name) == usual])
    elif written and any(" " in one.name for one in first):
        simple = _each(lasts, lambda family: [one for one in family if " " not in one.name])
        if all(simple):
            lasts = simple
        else:
            first = [one for one in first if " " not in one.name] or first[:1]
    count = min(map(len, lasts))
    return tuple(first), _each(lasts, lambda family: family[:count])


def _distinct(names: Iterable[N]) -> list[N]:
    """The first name of each form in addresses."""
    found: dict[str, N] = {}
    for name in names:
        found.setdefault(name.plain, name)
    return list(found.values())


def _each(families: _Families, change: Callable[[tuple[Family, ...]], Sequence[Family]]) -> _Families:
    """Both families changed; one for both where they are the same."""
    his, hers = families
    changed = tuple(change(his))
    return changed, changed if hers is his else tuple(change(hers))
