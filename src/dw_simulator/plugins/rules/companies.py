"""Companies: what they are called, what they do, and where they are found on the web."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from typing import ClassVar, Literal, Self

import numpy as np
from pydantic import Field

from dw_simulator.engine.values.base import Domain
from dw_simulator.engine.values.facets import Facet, Step, Trail
from dw_simulator.engine.values.pooled import Pooled
from dw_simulator.engine.values.text import AnyOf, Assembled, Fragment, Number
from dw_simulator.errors import Refusal
from dw_simulator.plugins.rules.company_words import FORMS, TAX_NUMBERS, Words, words_of
from dw_simulator.plugins.rules.faker_draws import pool
from dw_simulator.plugins.rules.gazetteer import LOCALES
from dw_simulator.plugins.rules.romanization import romanized
from dw_simulator.plugins.rules.worlds import (
    Shown,
    check_length,
    check_locale,
    counters,
    fitting,
    merged,
    numbered,
    shared_out,
    shown,
    trail,
)
from dw_simulator.ports.rule import (
    ColumnSpec,
    EntityOptions,
    Examples,
    Member,
    World,
)
from dw_simulator.schema.json_data import Json, JsonObject
from dw_simulator.types import Kind

CompanyField = Literal["name", "legal_form", "domain", "email", "website", "industry", "tax_id"]
_KEYS = ("name", "domain", "email", "website")
# what stands around the name in an address; nobody is found below .example (RFC 2606)
_AROUND = {"domain": "{}.example", "email": "info@{}.example", "website": "https://www.{}.example"}


def _shows(field: str, data_type: str, **options: Json) -> JsonObject:
    unique = {"is_unique": True} if options.pop("unique", False) else {}
    rule = {"name": "company", "field": field, **options}
    return {"name": "value", "data_type": data_type, **unique, "rule": rule}


class Company(EntityOptions):
    """One thing about a company: columns of a row that name the same company agree."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.TEXT})
    examples: ClassVar[Examples] = (
        _shows("name", "VARCHAR(80)"),
        _shows("name", "VARCHAR(80)", unique=True, locale="fr_FR"),
        _shows("domain", "VARCHAR(80)", unique=True),
        _shows("email", "VARCHAR(80)", locale="de_DE"),
        _shows("website", "VARCHAR(100)", locale="es_ES"),
        _shows("industry", "VARCHAR(40)"),
        _shows("legal_form", "VARCHAR(20)", locale="pl_PL"),
        _shows("tax_id", "VARCHAR(20)", locale="pt_BR"),
        (
            {**_shows("name", "VARCHAR(80)", entity="supplier"), "name": "supplier"},
            _shows("domain", "VARCHAR(80)", entity="supplier"),
        ),
    )

    field: CompanyField = Field(description="what the column says about the company")
    entity: str = Field(
        default="company", min_length=1, description="which company of the row; columns that name one agree"
    )
    locale: str = Field(default="en_US", description="where the company is at home")

    def world(self, members: Sequence[Member[Self]]) -> World:
        return _CompanyWorld(members)


# --- who there is

_FAMILY_SLOTS, _COINED_SLOTS, _MIDDLE_SLOTS, _TRADE_SLOTS = 3072, 1024, 64, 128
_FORM_KINDS = 8  # of heads, which take other legal forms in the same trade
_MOST_DIGITS = 8
_ROOMY = 12  # bytes that a head should have before there are middles


@dataclass(frozen=True, eq=False)
class Companies:
    """The companies of an entity, one for each index.

    The first digit of the index, running fastest, is the head of the name, the second what stands beside it,
    the third the trade. Where a column is a key every name has one digit, and a counter comes last.

    heads, middles, trades  what stands for each digit, in writing and in addresses, and a trade's industry;
                            a middle may be nothing
    """

    country: str
    heads: tuple[tuple[str, str], ...]
    middles: tuple[tuple[str, str], ...]
    trades: tuple[tuple[str, str, str], ...]
    counters: int
    trade_first: bool

    @property
    def natural(self) -> int:
        return len(self.heads) * len(self.middles) * len(self.trades)

    @property
    def size(self) -> int:
        return self.natural * self.counters

    def column(self, field: str) -> tuple[Domain, tuple[Trail, ...]]:
        """A column's domain, and the trails that lead there."""
        match field:
            case "name":
                return self._name()
            case "tax_id":
                return self._tax_id()
            case "legal_form":
                forms, to_form = self._forms()
                return Pooled.of(forms), (to_form,)
            case "industry":
                industries, to_industry = trail(self._trade_at, [industry for _, _, industry in self.trades])
                return Pooled.of(industries), (to_industry,)
            case _:
                return self._address(*_AROUND[field].split("{}"))

    @property
    def _trade_at(self) -> int:
        return len(self.heads) * len(self.middles)

    def _parts(self, form: int) -> list[tuple[list[str], Trail]]:
        """Head, middle and trade, written (0) or as in addresses (1), and how they are chosen."""
        return [
            trail(1, [one[form] for one in self.heads]),
            trail(len(self.heads), [one[form] for one in self.middles]),
            trail(self._trade_at, [one[form] for one in self.trades]),
        ]

    def _name(self) -> tuple[Domain, tuple[Trail, ...]]:
        forms, to_form = self._forms()
        return self._text(0, "", [f" {form}" for form in forms], to_form)

    def _address(self, before: str, after: str) -> tuple[Domain, tuple[Trail, ...]]:
        return self._text(1, before, [after], Trail((Step(1, 1),), 1))

    def _text(
        self, form: int, before: str, after: list[str], to_after: Trail
    ) -> tuple[Domain, tuple[Trail, ...]]:
        """The parts of the name in their order, its number if it has one, and what stands around them."""
        head, middle, trade = self._parts(form)
        order = [trade, head, middle] if self.trade_first else [head, middle, trade]
        shown = [part for part in order if any(part[0])]
        parts: list[Fragment] = []
        for nth, (values, _) in enumerate(shown):
            between = (" ", "-")[form] if nth else before
            parts.append(AnyOf.of(*(between + value if value else "" for value in values)))
        trails = [*(way for _, way in shown), to_after]
        if self.counters > 1:
            parts.append(Number(self.counters, 1, omit_first=True, prefix=(" ", "")[form]))
            trails.append(Trail((Step(self.natural, self.counters),), self.counters))
        parts.append(AnyOf.of(*after))
        return Assembled(tuple(parts)), merged(trails, self.size)

    def _forms(self) -> tuple[list[str], Trail]:
        """The legal form, which follows from head and trade, so that a name has one."""
        forms, codes = numbered(FORMS[self.country])
        heads, trades = (numbered([one[0] for one in some])[1] for some in (self.heads, self.trades))
        kinds = np.arange(_FORM_KINDS, dtype=np.uint64)[:, None]
        slots = (kinds * np.uint64(3) + trades[None, :] * np.uint64(5)) % np.uint64(len(codes))
        steps = (
            Step(1, len(heads), heads % np.uint64(_FORM_KINDS)),
            Step(self._trade_at, len(trades), codes[slots.reshape(-1).view(np.int64)]),
        )
        return forms, Trail(steps, len(forms))

    def _tax_id(self) -> tuple[Domain, tuple[Trail, ...]]:
        """Digits that follow from the name's: the same company has the same number."""
        head, middle, trade = self._parts(0)
        codes = numbered([one[0] for one in self.heads])[1]
        last = Step(1, len(codes), codes * np.uint64(37) % np.uint64(100))
        if self.counters > 1:
            last = Step(self.natural, 100)
        sizes = len(head[0]), len(middle[0]) * len(trade[0]), 100
        parts = (
            AnyOf.of(*(_digits(look, code) for code in range(size)))
            for look, size in zip(TAX_NUMBERS[self.country], sizes, strict=True)
        )
        return Assembled(tuple(parts)), (head[1], middle[1], trade[1], Trail((last,), 100))


def _digits(look: str, code: int) -> str:
    """The look with digits for its #: different codes have different ones, as far as there are enough."""
    count = look.count("#")
    digits = iter(f"{(code * 7919 + 1371) % 10**count:0{count}}")
    return "".join(next(digits) if sign == "#" else sign for sign in look)


class _CompanyWorld:
    """The companies that the columns of an entity speak of."""

    def __init__(self, members: Sequence[Member[Company]]) -> None:
        self._members = {member.name: member for member in members}
        self._first, self._locale = members[0].spec, members[0].rule.locale

    @property
    def natural(self) -> int:
        return self._naming.companies.natural

    @cached_property
    def _naming(self) -> "_Naming":
        members = self._members.values()
        keyed = any(member.spec.key for member in members)
        columns, rows = frozenset(map(shown, members)), self._first.rows if keyed else None
        return _naming(self._locale, self._draws(self._first), columns, rows)

    def _draws(self, spec: ColumnSpec) -> tuple[str, ...]:
        """Last names, which each column asks for itself."""
        return pool(spec, "last_name", self._locale)

    def column(self, name: str) -> Facet:
        own = self._members[name]
        if own.spec.key and own.rule.field not in _KEYS:
            raise Refusal(
                f"several companies may have the same {own.rule.field}, and here no value may repeat",
                "take it out of the key, or make the company's name or domain the key",
            )
        check_locale(own, self._members.values())
        self._draws(own.spec)
        return _looked_at(self._naming, shown(own))


@lru_cache(maxsize=256)
def _naming(locale: str, draws: tuple[str, ...], columns: frozenset[Shown], rows: int | None) -> "_Naming":
    """What entities have in common whose columns are alike: a schema has many of them."""
    return _Naming(locale, draws, columns, rows)


@lru_cache(maxsize=256)
def _looked_at(naming: "_Naming", own: Shown) -> Facet:
    """What a column shows of the companies. Raises Refusal."""
    naming.check_room(own)
    check_length(own, words_of(naming.locale).trades, _industry)
    companies = naming.companies
    return Facet(*companies.column(own.field), companies.natural, companies.size)


@dataclass(frozen=True, eq=False)
class _Naming:
    """Names of companies that fit all columns of an entity.

    draws  last names
    rows   how many companies have to be told apart; None where nothing is a key
    """

    locale: str
    draws: tuple[str, ...]
    columns: frozenset[Shown]
    rows: int | None

    def check_room(self, own: Shown) -> None:
        """Raise Refusal where a column that shows the name has room for no name."""
        if own.field in _KEYS and not self._fitting(own, self._heads):
            wanted = own.length - self._room(own, middles=self._spaced) + _ROOMY
            raise Refusal(f"no company's {own.field} fits", f"widen it to {wanted}")

    @cached_property
    def companies(self) -> Companies:
        """Who there is. Raises Refusal."""
        heads, words = self._common_heads(), self._words
        middles = (
            ("", ""),
            *((word, romanized(word, self.locale)) for word in words.middles if self._spaced),
        )
        suitable = fitting(self.columns, words.trades, _industry)
        trades = tuple((word, romanized(word, self.locale), industry) for word, industry in suitable)
        make = partial(Companies, LOCALES[self.locale], trade_first=words.first)
        if self.rows is not None:
            heads = tuple({head[1]: head for head in reversed(heads)}.values())[::-1]
            natural = len(heads) * len(middles) * len(trades)
            return make(heads, middles, trades, counters(self.rows, natural, self._digits))
        none = (middles[0],) * (_MIDDLE_SLOTS - len(middles) + 1 if self._spaced else 1)
        every = tuple(trades[k * len(trades) // _TRADE_SLOTS] for k in range(_TRADE_SLOTS))
        return make(_head_slots(heads, set(words.heads)), (*none, *middles[1:]), every, 1)

    def _common_heads(self) -> tuple[tuple[str, str], ...]:
        """The heads that all columns have room for, those without room for any aside. Raises Refusal."""
        heads = self._heads
        distinct = set(heads)
        rooms = [self._fitting(own, distinct) for own in self._shown]
        among = distinct.intersection(*filter(None, rooms))
        if not among:
            raise Refusal("no name fits all columns of the company", "widen them")
        return tuple(head for head in heads if head in among)

    @property
    def _words(self) -> Words:
        return words_of(self.locale)

    @cached_property
    def _heads(self) -> tuple[tuple[str, str], ...]:
        return _heads(self.locale, self.draws, self._words)

    @property
    def _shown(self) -> list[Shown]:
        """The columns that show the name."""
        return [own for own in self.columns if own.field in _KEYS]

    @cached_property
    def _digits(self) -> int:
        """Of the number that tells companies of one name apart."""
        lengths = (own.length for own in self._shown)
        return min((min(max(length // 8, 1), _MOST_DIGITS) for length in lengths), default=_MOST_DIGITS)

    @cached_property
    def _spaced(self) -> bool:
        """Whether there is room for middles."""
        return all(self._room(own, middles=True) >= _ROOMY for own in self._shown)

    def _fitting(self, own: Shown, heads: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
        room, form = self._room(own, middles=self._spaced), int(own.field != "name")
        return {head for head in heads if len(head[form].encode()) <= room}

    def _room(self, own: Shown, *, middles: bool) -> int:
        """Bytes that a column leaves to the head of a name."""
        words, field = self._words, own.field
        beside, trades = words.middles if middles else (), tuple(word for word, _ in words.trades)
        if field == "name":
            forms = FORMS[LOCALES[self.locale]]
        else:
            forms = ()
            beside, trades = (
                tuple(romanized(word, self.locale) for word in some) for some in (beside, trades)
            )
        around = len(_AROUND.get(field, "{}")) - 2
        longest = (
            max((len(word.encode()) + 1 for word in some), default=0) for some in (beside, trades, forms)
        )
        counter = self._digits + 1 if self.rows is not None else 0
        return own.length - around - counter - sum(longest)


def _industry(field: str, trade: tuple[str, str]) -> str:
    """What a column says of a trade alone."""
    return trade[1] if field == "industry" else ""


def _head_slots(heads: tuple[tuple[str, str], ...], coined: set[str]) -> tuple[tuple[str, str], ...]:
    """Last names as often as they were drawn, and coined names besides."""
    names = [head for head in heads if head[0] not in coined]
    others = [head for head in heads if head[0] in coined] or names
    slots = shared_out(names or others, _FAMILY_SLOTS)
    return (*slots, *(others[k * len(others) // _COINED_SLOTS] for k in range(_COINED_SLOTS)))


@lru_cache(maxsize=64)
def _heads(locale: str, draws: tuple[str, ...], words: Words) -> tuple[tuple[str, str], ...]:
    """Last names and coined ones; none that ends in a middle, which would tell two names less apart."""
    taken = {word.lower() for word in words.middles}
    names = [*words.heads, *draws]
    plain = {
        name: (name, romanized(name, locale))
        for name in dict.fromkeys(names)
        if name.rpartition(" ")[2].lower() not in taken
    }
    return tuple(plain[name] for name in names if name in plain)
