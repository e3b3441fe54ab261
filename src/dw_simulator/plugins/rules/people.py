"""What people are called, and where they get their mail.

A person is a number, whose digits say the first name, the last name, the mail domain and, where a column
is a key, a counter; names that look alike in an address are told apart first (`population._told_apart`).
Every column is a text under some of these digits: `_written` is that of addresses, amy.lee@example.com,
and amy.lee2@example.com for the second Amy Lee. So different numbers have different addresses:
`engine.values.facets` takes a number's digits, and `engine.values.text` writes them. That no row of a
unique column has the number of another one is not decided here: `planning.relations.keys` gives such a
column a permutation of the numbers (`engine.selectors.unique`), and `planning.columns.kernels` puts it
before the texts.
"""

from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from operator import itemgetter
from typing import ClassVar, Literal, Self

import numpy as np
from pydantic import Field

from dw_simulator.engine.values.base import Domain
from dw_simulator.engine.values.facets import Facet, Step, Trail
from dw_simulator.engine.values.pooled import Pooled
from dw_simulator.engine.values.text import AnyOf, Assembled, Fragment, Number
from dw_simulator.errors import Refusal
from dw_simulator.plugins.rules.choices import Value, listed
from dw_simulator.plugins.rules.population import (
    DOMAIN_SLOTS,
    GENDERS,
    MAIL_DOMAINS,
    Family,
    Gender,
    Given,
    PersonColumn,
    Population,
    between,
    check_room,
    names_for,
    population,
)
from dw_simulator.plugins.rules.reference_data import records
from dw_simulator.plugins.rules.worlds import check_locale, merged, numbered, step, trail
from dw_simulator.ports.rule import (
    ColumnSpec,
    EntityOptions,
    Examples,
    Member,
    RuleOptions,
    World,
)
from dw_simulator.schema.json_data import Json, JsonObject
from dw_simulator.types import Kind

PersonField = Literal[
    "first_name", "last_name", "full_name", "email", "user_name", "gender", "title", "initials"
]
_KEYS = ("email", "user_name", "full_name")
_SINGLE_LETTERS_BELOW = 6  # bytes, in which "female" does not fit


def _shows(field: str, data_type: str, **options: Json) -> JsonObject:
    unique = {"is_unique": True} if options.pop("unique", False) else {}
    rule = {"name": "person", "field": field, **options}
    return {"name": "value", "data_type": data_type, **unique, "rule": rule}


class Person(EntityOptions):
    """One thing about a person: columns of a row that name the same person agree."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.TEXT, Kind.BOOLEAN, Kind.INTEGER, Kind.DECIMAL})
    examples: ClassVar[Examples] = (
        _shows("first_name", "VARCHAR(60)"),
        _shows("last_name", "VARCHAR(60)", locale="ja_JP"),
        _shows("full_name", "VARCHAR(80)", locale="de_DE"),
        _shows("email", "VARCHAR(80)", locale="fr_FR"),
        _shows("email", "VARCHAR(80)", unique=True, entity="buyer"),
        _shows("user_name", "VARCHAR(60)", unique=True, locale="pl_PL"),
        _shows("full_name", "VARCHAR(80)", unique=True, locale="es_AR"),
        _shows("initials", "CHAR(2)"),
        _shows("title", "VARCHAR(10)"),
        _shows("gender", "CHAR(1)"),
        _shows("gender", "VARCHAR(10)", values={"female": "woman", "male": "man"}),
        _shows("gender", "BOOLEAN", values={"female": True, "male": False}),
        _shows("gender", "SMALLINT", values={"female": 2, "male": 1}),
        (
            {**_shows("email", "VARCHAR(80)", unique=True), "name": "address"},
            _shows("first_name", "VARCHAR(40)"),
        ),
        _shows("email", "VARCHAR(80)", unique=True, domain="staff.example"),
    )

    field: PersonField = Field(description="what the column says about the person")
    entity: str = Field(
        default="person", min_length=1, description="which person of the row; columns that name one agree"
    )
    locale: str = Field(default="en_US", description="whose names, by Faker's name of the locale")
    domain: str | None = Field(
        default=None,
        min_length=3,
        description="what all e-mail addresses end in, in place of example.com, ...",
    )
    values: dict[Gender, Value] | None = Field(
        default=None,
        description='what stands for each gender in gender or title: {"female": ..., "male": ...}',
    )

    def world(self, members: Sequence[Member[Self]]) -> World:
        return _PersonWorld(members)

    def check(self, spec: ColumnSpec) -> None:
        """Raise Refusal where a column cannot say this of a person."""
        if spec.key and self.field not in _KEYS:
            raise Refusal(
                f"several persons may have the same {self.field}, and here no value may repeat",
                "take it out of the key, or make an e-mail address or a user name the key",
            )
        if self.domain is not None and self.field != "email":
            raise Refusal(f"a domain is that of an e-mail, and {self.field} shows none", "leave it out")
        mapped = self.field in ("gender", "title")
        if self.values is None:
            if spec.type.kind is not Kind.TEXT:
                mend = 'say "values": {"female": ..., "male": ...}' if mapped else "use a text column"
                raise Refusal(f"{self.field} is text, not {spec.type.kind.value}", mend)
        elif not mapped:
            raise Refusal(f"values stand for genders, and {self.field} shows none", "leave them out")
        elif len(self.values) < len(GENDERS):
            raise Refusal("values name one gender only", 'say {"female": ..., "male": ...}')


class Email(RuleOptions):
    """first.last@example.com; a number joins the name only when all of those are taken."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.TEXT})
    examples: ClassVar[Examples] = (
        {"name": "value", "data_type": "VARCHAR(80)", "rule": {"name": "email"}},
        {"name": "value", "data_type": "VARCHAR(80)", "is_unique": True, "rule": {"name": "email"}},
        {"name": "value", "data_type": "VARCHAR(60)", "rule": {"name": "email", "locale": "fr_FR"}},
    )

    locale: str = Field(default="en_US", description="whose names, by Faker's name of the locale")

    def build(self, spec: ColumnSpec) -> Domain:
        return Person(field="email", locale=self.locale).build(spec)


class FullName(RuleOptions):
    """A first and a last name; where no two may be alike, a number joins them when all are taken."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.TEXT})
    examples: ClassVar[Examples] = (
        {"name": "value", "data_type": "VARCHAR(80)", "rule": {"name": "full_name"}},
        {"name": "value", "data_type": "VARCHAR(80)", "is_unique": True, "rule": {"name": "full_name"}},
        {"name": "value", "data_type": "VARCHAR(80)", "rule": {"name": "full_name", "locale": "de_DE"}},
    )

    locale: str = Field(default="en_US", description="whose names, by Faker's name of the locale")

    def build(self, spec: ColumnSpec) -> Domain:
        return Person(field="full_name", locale=self.locale).build(spec)


# --- from persons to columns: what each field shows


class _PersonWorld:
    """The persons of an entity's columns, and what the columns show of them."""

    def __init__(self, members: Sequence[Member[Person]]) -> None:
        self._members = {member.name: member for member in members}
        self._roles = {
            name: PersonColumn(one.rule.field, one.spec.type.length, one.spec.key, one.rule.domain)
            for name, one in self._members.items()
        }
        self._first, self._locale = members[0].spec, members[0].rule.locale

    @property
    def natural(self) -> int:
        return self._people.natural

    @cached_property
    def _people(self) -> Population:
        roles, names = frozenset(self._roles.values()), names_for(self._first, self._locale)
        one_domain = any(role.domain for role in roles)
        rows = self._first.rows if any(role.key for role in roles) else 0
        return population(self._locale, names, roles, rows, one_domain=one_domain)

    def column(self, name: str) -> Facet:
        own = self._members[name]
        own.rule.check(own.spec)
        check_locale(own, self._members.values())
        check_room(self._roles[name], self._locale, names_for(own.spec, self._locale), self._roles.values())
        if own.rule.field in ("gender", "title"):
            looked: _Looked = _of_gender(own.rule, own.spec), (Trail((_gender(self._people),), len(GENDERS)),)
        else:
            looked = _looked_at(self._people, self._roles[name], self._locale)
        return Facet(*looked, self._people.natural, self._people.size)


_Looked = tuple[Domain, tuple[Trail, ...]]
"""A column's domain, and the trails that lead there."""


@lru_cache(maxsize=256)
def _looked_at(people: Population, own: PersonColumn, locale: str) -> _Looked:
    """What a column shows, which is the same in all that are alike."""
    match own.field:
        case "first_name" | "last_name":
            values, to_name = (_first if own.field == "first_name" else _last)(people, itemgetter(0))
            return Pooled.of(values), (to_name,)
        case "initials":
            (heads, to_head), (tails, to_tail) = _ordered(people, locale, _initial)
            return Pooled.of([head + tail for tail in tails for head in heads]), (to_head, to_tail)
        case _:
            return _written(people, own, locale)


_Form = Callable[[Given | Family], str]
"""How a name is shown: as it is written, as an address has it, or its first letter."""


def _first(people: Population, form: _Form) -> tuple[list[str], Trail]:
    """The forms of first names, and how an index leads to them."""
    return trail(1, [form(one) for one in people.given])


def _last(people: Population, form: _Form) -> tuple[list[str], Trail]:
    """The forms of last names, which may differ between men and women."""
    his, hers = people.families
    if his is hers:
        return trail(len(people.given), [form(one) for one in his])
    values, codes = numbered([form(one) for one in (*his, *hers)])
    return values, Trail((_gender(people), Step(len(people.given), len(his), codes)), len(values))


def _ordered(people: Population, locale: str, form: _Form) -> list[tuple[list[str], Trail]]:
    """Both names as they stand in the language."""
    last_first, _ = between(locale)
    return [of(people, form) for of in ((_last, _first) if last_first else (_first, _last))]


def _initial(one: Given | Family) -> str:
    """The first letter of a name: of de Reede the R."""
    return next((sign for sign in one.name if sign.isupper()), one.name[0])


@lru_cache(maxsize=64)
def _gender(people: Population) -> Step:
    codes = np.array([GENDERS.index(one.gender) for one in people.given], dtype=np.uint64)
    return step(1, codes)


def _written(people: Population, own: PersonColumn, locale: str) -> _Looked:
    """Text of both names, and a number where names are told apart by one."""
    plain = own.field != "full_name"
    if plain:
        both, dash = [of(people, itemgetter(1)) for of in (_first, _last)], "._"[own.field == "user_name"]
    else:
        both, dash = _ordered(people, locale, itemgetter(0)), between(locale)[1]
    (one, to_one), (other, to_other) = both
    parts: list[Fragment] = [AnyOf.of(*one), AnyOf.of(*(dash + name for name in other))]
    trails = [to_one, to_other]
    numbers: list[Trail] = []
    if people.counters > 1 and (plain or own.key):
        parts.append(Number(people.counters, 1, omit_first=True, prefix="" if plain else " "))
        numbers.append(Trail((Step(people.natural, people.counters),), people.counters))
    if own.field == "email" and own.domain is not None:
        parts.append(AnyOf.of(f"@{own.domain}"))
        trails.append(Trail((Step(1, 1),), 1))
    elif own.field == "email":
        domains, to_domain = _domain(people, key=own.key)
        parts.append(AnyOf.of(*(f"@{MAIL_DOMAINS[k]}" for k in domains)))
        trails.append(to_domain)
    return Assembled(tuple(parts)), merged([*trails, *numbers], people.size)


def _domain(people: Population, *, key: bool) -> tuple[list[int], Trail]:
    """The mail domains, and how an index leads to them: by the last name where persons differ without one."""
    families = len(people.families[0])
    if people.keyed and not key and len(people.domains) == 1:
        return trail(len(people.given), [DOMAIN_SLOTS[at % len(DOMAIN_SLOTS)] for at in range(families)])
    return trail(len(people.given) * families, people.domains)


def _of_gender(rule: Person, spec: ColumnSpec) -> Domain:
    """What stands for a man, and what for a woman."""
    if rule.values is not None:
        return listed(spec, [rule.values[gender] for gender in GENDERS])
    if rule.field == "gender":
        return listed(spec, ["M", "F"] if spec.type.length < _SINGLE_LETTERS_BELOW else list(GENDERS))
    titles = {name: both for name, *both in records("titles.tsv")}
    known = titles.get(rule.locale) or titles.get(rule.locale.partition("_")[0])
    if known is None:
        raise Refusal(
            f"how people are addressed in {rule.locale} is not known",
            'say "values": {"female": ..., "male": ...}',
        )
    return listed(spec, known)
