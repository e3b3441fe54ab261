"""Companies: what they are called, what they do, and where they are found on the web."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from dw_simulator.engine.kernels.base import Domain
from dw_simulator.engine.kernels.pools import Pooled
from dw_simulator.engine.kernels.records import Facet, Step, Trail
from dw_simulator.engine.kernels.text import Assembled, Number, OneOf, Part
from dw_simulator.engine.rules import ColumnSpec, Refusal
from dw_simulator.plugins.rules.entities import (
    EntityOptions,
    Member,
    counters,
    members,
    numbered,
    one_locale,
    shared_out,
    step,
)
from dw_simulator.plugins.rules.faker import pool
from dw_simulator.plugins.rules.firms import FORMS, TAX_NUMBERS, Words, words_of
from dw_simulator.plugins.rules.gazetteer import LOCALES
from dw_simulator.plugins.rules.latin import folded
from dw_simulator.types import Kind

CompanyField = Literal["name", "legal_form", "domain", "email", "website", "industry", "tax_id"]
_KEYS = ("name", "domain", "email", "website")
# what stands around the name in an address; nobody is found below .example (RFC 2606)
_AROUND = {"domain": "{}.example", "email": "info@{}.example", "website": "https://www.{}.example"}


def _shows(field: str, data_type: str, **options: Any) -> dict[str, Any]:
    unique = {"is_unique": True} if options.pop("unique", False) else {}
    rule = {"name": "company", "field": field, **options}
    return {"name": "value", "data_type": data_type, **unique, "rule": rule}


class Company(EntityOptions):
    """One thing about a company: columns of a row that name the same company agree."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.TEXT})
    examples: ClassVar[tuple[Any, ...]] = (
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

    def build(self, spec: ColumnSpec) -> Facet:
        if spec.key and self.field not in _KEYS:
            raise Refusal(
                f"several companies may have the same {self.field}, and here no value may repeat",
                "take it out of the key, or make the company's name or domain the key",
            )
        columns = members(spec, "company", self)
        one_locale(columns)
        firms = _firms(spec, self.locale, columns)
        domain, trails = firms.column(self.field)
        return Facet(domain, trails, firms.natural, firms.size, f"company {self.entity}")


# --- who there is

_DRAWS = 4000
_FAMILY_SLOTS, _COINED_SLOTS, _MIDDLE_SLOTS, _TRADE_SLOTS = 3072, 1024, 64, 128
_MOST_DIGITS = 8
_ROOMY = 12  # bytes that a head should have before there are middles


@dataclass(frozen=True, eq=False)
class Firms:
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
    keyed: bool
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
                forms, trail = self._forms()
                return Pooled.of(forms), (trail,)
            case "industry":
                industries, codes = numbered([industry for _, _, industry in self.trades])
                return Pooled.of(industries), (Trail((step(self._trade_at, codes),), len(industries)),)
            case _:
                return self._address(*_AROUND[field].split("{}"))

    @property
    def _trade_at(self) -> int:
        return len(self.heads) * len(self.middles)

    def _parts(self, form: int) -> list[tuple[list[str], Trail]]:
        """Head, middle and trade, written (0) or as in addresses (1): distinct ones, and how they are chosen."""
        columns = (
            [one[form] for one in self.heads],
            [one[form] for one in self.middles],
            [one[form] for one in self.trades],
        )
        strides = 1, len(self.heads), self._trade_at
        found = []
        for values, stride in zip(columns, strides, strict=True):
            distinct, codes = numbered(values)
            found.append((distinct, Trail((step(stride, codes),), len(distinct))))
        return found

    def _joined(self, form: int, between: str) -> tuple[list[Part], list[Trail]]:
        """The name in its order, without a counter."""
        head, middle, trade = self._parts(form)
        order = [trade, head, middle] if self.trade_first else [head, middle, trade]
        shown = [part for part in order if any(part[0])]
        parts: list[Part] = []
        for nth, (values, _) in enumerate(shown):
            parts.append(OneOf.of(*(f"{between}{value}" if nth and value else value for value in values)))
        return parts, [trail for _, trail in shown]

    def _counted(self, parts: list[Part], trails: list[Trail], prefix: str = "") -> None:
        if self.counters > 1:
            parts.append(Number(self.counters, 1, omit_first=True, prefix=prefix))
            trails.append(Trail((Step(self.natural, self.counters),), self.counters))

    def _name(self) -> tuple[Domain, tuple[Trail, ...]]:
        parts, trails = self._joined(0, " ")
        forms, to_form = self._forms()
        trails.append(to_form)
        self._counted(parts, trails, " ")
        parts.append(OneOf.of(*(f" {form}" for form in forms)))
        return Assembled(tuple(parts)), tuple(trails)

    def _address(self, before: str, after: str) -> tuple[Domain, tuple[Trail, ...]]:
        parts, trails = self._joined(1, "-")
        one = Trail((Step(1, 1),), 1)
        self._counted(parts, trails)
        if before:
            parts.insert(0, OneOf.of(before))
            trails.insert(0, one)
        parts.append(OneOf.of(after))
        trails.insert(len(trails) - (self.counters > 1), one)
        return Assembled(tuple(parts)), tuple(trails)

    def _forms(self) -> tuple[list[str], Trail]:
        """The legal form, which follows from head and trade, so that a name has one."""
        forms, codes = numbered(FORMS[self.country])
        _, heads = numbered([written for written, _ in self.heads])
        _, trades = numbered([written for written, _, _ in self.trades])
        eight = np.uint64(8)
        chosen = (
            np.arange(8, dtype=np.uint64)[:, None] * np.uint64(3) + trades[None, :] * np.uint64(5)
        ) % np.uint64(len(codes))
        table = codes[chosen.reshape(-1).view(np.int64)]
        return forms, Trail(
            (step(1, heads % eight), Step(self._trade_at, len(self.trades), table)), len(forms)
        )

    def _tax_id(self) -> tuple[Domain, tuple[Trail, ...]]:
        """Digits from the name's own: the same company has the same number."""
        head, middle, trade = self._parts(0)
        pair = len(middle[0]) * len(trade[0])
        looks = TAX_NUMBERS[self.country]
        if self.counters > 1:
            last = Step(self.natural, 100)
        else:
            last = Step(
                1, len(self.heads), numbered([w for w, _ in self.heads])[1] * np.uint64(37) % np.uint64(100)
            )
        sizes = len(head[0]), pair, 100
        parts = (
            OneOf.of(*(_digits(look, code) for code in range(size)))
            for look, size in zip(looks, sizes, strict=True)
        )
        return Assembled(tuple(parts)), (head[1], middle[1], trade[1], Trail((last,), 100))


def _digits(look: str, code: int) -> str:
    """The look with digits for its #: different codes have different ones, as far as there are enough."""
    count = look.count("#")
    digits = iter(f"{(code * 7919 + 1371) % 10**count:0{count}}")
    return "".join(next(digits) if sign == "#" else sign for sign in look)


def _firms(spec: ColumnSpec, locale: str, columns: Sequence[Member[Company]]) -> Firms:
    """The companies whose names fit all columns of an entity, the first being the spec's. Raises Refusal."""
    words, country = words_of(locale), LOCALES[locale]
    draws = pool(spec, "last_name", locale, _DRAWS)
    shown = [member for member in columns if member.field in _KEYS]
    keyed = any(member.key for member in columns)
    digits = min((min(max(member.length // 8, 1), _MOST_DIGITS) for member in shown), default=_MOST_DIGITS)
    counter = digits + 1 if keyed else 0
    spaced = all(_room(member, words, country, counter, middles=True) >= _ROOMY for member in shown)
    rooms = [(member.field, _room(member, words, country, counter, middles=spaced)) for member in shown]
    heads = _heads(locale, draws, words)
    least = {"name": 1 << 30, "domain": 1 << 30}
    for nth, (field, room) in enumerate(rooms):
        kind = int(field != "name")
        if any(len(head[kind].encode()) <= room for head in heads):
            which = "domain" if kind else "name"
            least[which] = min(least[which], room)
        elif not nth and shown[0] is columns[0]:
            raise Refusal(f"no company's {field} fits", f"widen it to {spec.type.length - room + _ROOMY}")
    fitting = [
        head for head in heads if len(head[0].encode()) <= least["name"] and len(head[1]) <= least["domain"]
    ]
    return _listed(spec, words, country, tuple(fitting), spaced=spaced, keyed=keyed, digits=digits)


def _listed(
    spec: ColumnSpec,
    words: Words,
    country: str,
    heads: tuple[tuple[str, str], ...],
    *,
    spaced: bool,
    keyed: bool,
    digits: int,
) -> Firms:
    coined = set(words.heads)
    middles = [("", ""), *((word, folded(word, "")) for word in words.middles)] if spaced else [("", "")]
    trades = [(word, folded(word, ""), industry) for word, industry in words.trades]
    if keyed:
        heads = tuple({head[1]: head for head in reversed(heads)}.values())[::-1]
        natural = len(heads) * len(middles) * len(trades)
        count = counters(spec.rows, natural, digits)
        return Firms(
            country, heads, tuple(middles), tuple(trades), count, keyed=True, trade_first=words.first
        )
    names = [head for head in heads if head[0] not in coined]
    slots = shared_out(names, _FAMILY_SLOTS) if names else []
    rest = _FAMILY_SLOTS + _COINED_SLOTS - len(slots)
    others = [head for head in heads if head[0] in coined] or names
    slots += [others[k * len(others) // rest] for k in range(rest)]
    none = [middles[0]] * (_MIDDLE_SLOTS - len(middles) + 1)
    beside = [*none, *middles[1:]] if spaced else middles
    every = [trades[k * len(trades) // _TRADE_SLOTS] for k in range(_TRADE_SLOTS)]
    return Firms(country, tuple(slots), tuple(beside), tuple(every), 1, keyed=False, trade_first=words.first)


@lru_cache(maxsize=16)
def _heads(locale: str, draws: tuple[str, ...], words: Words) -> tuple[tuple[str, str], ...]:
    """Last names and coined ones; none that ends in a middle, which would tell two names less apart."""
    taken = {word.lower() for word in words.middles}
    names = [*words.heads, *draws]
    return tuple(
        (name, folded(name, locale)) for name in names if name.rpartition(" ")[2].lower() not in taken
    )


def _room(member: Member[Company], words: Words, country: str, counter: int, *, middles: bool) -> int:
    """Bytes that a column leaves to the head of a name."""
    plain = member.field != "name"
    beside = [folded(word, "") if plain else word for word in words.middles] if middles else []
    trades = [folded(word, "") if plain else word for word, _ in words.trades]
    forms = [] if plain else FORMS[country]
    around = len(_AROUND.get(member.field, "{}")) - 2
    longest = (max((len(word.encode()) + 1 for word in some), default=0) for some in (beside, trades, forms))
    return member.length - around - counter - sum(longest)
