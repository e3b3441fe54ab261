"""Which texts a domain can make, part by part, and domains made for what CHECKs say of a text."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Literal as OneWord

import numpy as np

from dw_simulator.engine.columns import Column, FixedColumn, PoolColumn
from dw_simulator.engine.rows import Rows
from dw_simulator.engine.selectors.sampling import Slots
from dw_simulator.engine.values.base import Domain, Drawn, Kernel, is_domain
from dw_simulator.engine.values.facets import Facet
from dw_simulator.engine.values.pooled import Pooled, Sampled
from dw_simulator.engine.values.text import Assembled, Characters, Codes, Number, OneOf, Part
from dw_simulator.planning.checks.limits import Limits
from dw_simulator.ports.constraints import MANY, Matcher, State

_MOST = 1 << 17
"""Domains up to this size are looked at value by value."""
_SAMPLE = 1000
_ALPHANUMERIC = tuple("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_PAIRS = tuple(one + other for one in _ALPHANUMERIC for other in _ALPHANUMERIC)
_RUN = 6
_MOST_FREE = 12
"""Characters that are drawn: more than an index has digits say nothing more."""

Texts = Sequence[str]


@dataclass(frozen=True)
class Verdict:
    """Whether all texts that come out pass a column's checks.

    answer   "holds" for all, "fails" for some at least, "unknown" where only a sample was looked at
    label    of a check that is not passed, and the text that does not
    """

    answer: OneWord["holds", "fails", "unknown"]
    label: str = ""
    example: str = ""


def texts_of(column: Column) -> list[str]:
    """A text column's values."""
    if isinstance(column, PoolColumn):
        return [column.pool.values[code] for code in column.codes.tolist()]
    if isinstance(column, FixedColumn):
        raise TypeError("a column of fixed width holds no texts")
    data = column.data.tobytes()
    found = []
    for view in column.views:
        length, start = int(view[0]), int(view[3])
        raw = view[1:].tobytes()[:length] if length <= 12 else data[start : start + length]
        found.append(raw.decode())
    return found


def judge(values: Domain | Kernel, limits: Limits) -> Verdict:
    """Whether everything that a text column's values can be passes its checks."""
    if isinstance(values, Sampled):
        return _each(values.pool.values, limits, "holds")
    domain = values if is_domain(values) else getattr(values, "domain", None)
    if isinstance(values, Drawn) or is_domain(values):
        assert is_domain(domain), "what is drawn is drawn from a domain"
        parts = parts_of(domain)
        if parts is not None and len(parts) == 1:
            return _each(parts[0], limits, "holds")
        if parts is not None:
            return _proved(parts, limits)
        index = np.linspace(0, domain.natural - 1, min(_SAMPLE, domain.natural)).astype(np.uint64)
        return _each(texts_of(domain.decode(index)), limits, "unknown")
    return _each(texts_of(values.values(Rows.run(0, _SAMPLE))), limits, "unknown")


def _each(texts: Texts, limits: Limits, otherwise: OneWord["holds", "unknown"]) -> Verdict:
    for text in texts:
        if label := limits.against(text):
            return Verdict("fails", label, text)
    return Verdict(otherwise)


def parts_of(domain: Domain) -> list[Texts] | None:
    """Lists of texts, one of each of which makes up every text of a domain (and perhaps others as well)."""
    if isinstance(domain, Facet):
        return parts_of(domain.domain)
    if isinstance(domain, Pooled):
        return [domain.pool.values]
    if isinstance(domain, Codes):
        return [_ALPHANUMERIC] * domain.length
    if isinstance(domain, Assembled):
        forms = [_forms(part) for part in domain.parts]
        return None if None in forms else [texts for some in forms for texts in some or ()]
    if domain.size <= _MOST:
        return [texts_of(domain.decode(np.arange(domain.size, dtype=np.uint64)))]
    return None


def _forms(part: Part) -> list[Texts] | None:
    """What a part can be, as lists of texts one after the other; None where there are too many to list."""
    if part.radix <= _MOST:
        alone = Assembled((part,))
        return [tuple(dict.fromkeys(texts_of(alone.decode(np.arange(part.radix, dtype=np.uint64)))))]
    if isinstance(part, Characters):
        letters = tuple(map(chr, part.alphabet))
        return [letters if place < part.least else ("", *letters) for place in range(part.most)]
    if not isinstance(part, Number):
        return None
    optional = ("",) if part.omit_first else ()
    prefix: list[Texts] = [(*optional, part.prefix)] if part.prefix else []
    digits = part.width - len(part.prefix)
    last = digits if part.omit_first else digits - 1
    return prefix + [("", *"0123456789") if place < last else tuple("0123456789") for place in range(digits)]


def _proved(parts: list[Texts], limits: Limits) -> Verdict:
    """By what the parts can be, one after the other."""
    example = "".join(part[0] for part in parts)
    shortest = sum(min(map(len, part)) for part in parts)
    longest = sum(max(map(len, part)) for part in parts)
    if shortest < limits.shortest[0]:
        return Verdict("fails", limits.shortest[1], "".join(min(part, key=len) for part in parts))
    if limits.longest is not None and longest > limits.longest[0]:
        return Verdict("fails", limits.longest[1], "".join(max(part, key=len) for part in parts))
    for form, matcher, label in limits.forms:
        if any(matcher.accepts(end) == form.negated for end in _ends(parts, matcher)):
            wrong = _counterexample(parts, partial(_differs, matcher, form.negated))
            return Verdict("fails", label, wrong)
    for hole, label in limits.holes.items():
        matcher = Matcher(str(hole))
        if any(map(matcher.accepts, _ends(parts, matcher))):
            return Verdict("fails", label, str(hole))
    if limits.values is not None:
        listed = limits.values[0]
        wrong = _counterexample(parts, lambda text: text not in listed)
        return Verdict("fails", limits.values[1], wrong or example)
    return Verdict("holds")


def _differs(matcher: Matcher, negated: bool, text: str) -> bool:
    return matcher.matches(text) == negated


def _ends(parts: list[Texts], matcher: Matcher) -> set[State]:
    """Where in a pattern the texts of these parts may have got to at their ends."""
    states = {matcher.start}
    for part in parts:
        states = {matcher.read(state, text) for state in states for text in part}
    return states


def _counterexample(parts: list[Texts], wanted: Callable[[str], bool]) -> str:
    """A text of the parts that is wanted, if one is found soon."""
    for k in range(_SAMPLE):
        text = "".join(part[(k * (7 * n + 1)) % len(part)] for n, part in enumerate(parts))
        if wanted(text):
            return text
    return ""


def filtered(values: Domain | Kernel, limits: Limits) -> Domain | Kernel | None:
    """The values of a pool that pass a column's checks, as often as they were; None where that is nothing."""
    if isinstance(values, Sampled):
        passing = [code for code, text in enumerate(values.pool.values) if not limits.against(text)]
        places = {code: place for place, code in enumerate(passing)}
        draws = [places[code] for code in values.draws.tolist() if code in places]
        kept_texts = [values.pool.values[code] for code in passing]
        return Sampled.of(values.stream, draws, kept_texts) if draws else None
    drawn = isinstance(values, Drawn)
    domain = values.domain if isinstance(values, Drawn) else values
    if not isinstance(domain, Pooled):
        return None if drawn or not is_domain(domain) else _listed(domain, limits)
    kept = [code for code, text in enumerate(domain.pool.values) if not limits.against(text)]
    if not kept:
        return None
    pool = Pooled.of([domain.pool.values[code] for code in kept])
    if not drawn:
        return pool
    assert isinstance(values, Drawn), "a domain is not drawn"
    if not isinstance(values.selector, Slots):
        return None
    new = {code: place for place, code in enumerate(kept)}
    slots = [new[code] for code in values.selector.slots.tolist() if code in new]
    if not slots:
        return None
    return Drawn(Slots(values.selector.stream, np.array(slots, dtype=np.uint64), len(kept)), pool)


def _listed(domain: Domain, limits: Limits) -> Domain | None:
    """The texts of a small domain that pass a column's checks; None where that is nothing."""
    if domain.size > _MOST:
        return None
    texts = texts_of(domain.decode(np.arange(domain.size, dtype=np.uint64)))
    kept = [text for text in texts if not limits.against(text)]
    return Pooled.of(kept) if kept else None


def made_for(limits: Limits) -> Domain | None:
    """A domain of texts that pass a column's checks; None where none was found."""
    most = limits.column.type.length
    longest = min(most, limits.longest[0]) if limits.longest is not None else most
    shortest = limits.shortest[0]
    forms = [form.tokens for form, _, _ in limits.forms if not form.negated]
    tokens = max(forms, key=len, default=((MANY,),))
    runs = sum(token == (MANY,) for token in tokens)
    fixed = sum(len(token.encode()) if isinstance(token, str) else 1 for token in tokens) - runs
    wanted = max(shortest, min(longest, fixed + _RUN * runs))
    if not max(fixed, shortest) <= longest or (not runs and fixed < shortest):
        return None
    parts = list(_parts(tokens, wanted - fixed))
    if not parts:
        return Pooled.of([""])
    domain: Domain = Assembled(tuple(parts))
    return domain if judge(domain, limits).answer == "holds" else _listed(domain, limits)


def _parts(tokens: Sequence[str | tuple[str]], filling: int) -> Iterator[Part]:
    """The parts of texts of a form, with so many characters for its runs."""
    runs = sum(token == (MANY,) for token in tokens)
    free = _MOST_FREE
    for is_fixed, group in groupby(tokens, key=lambda token: isinstance(token, str)):
        if is_fixed:
            yield OneOf.of("".join(map(str, group)))
            continue
        room = 0
        for token in group:
            share = filling // runs if token == (MANY,) else 1
            filling, runs = (filling - share, runs - 1) if token == (MANY,) else (filling, runs)
            room += share
        drawn = min(room, free)
        free -= drawn
        yield from [OneOf.of(*_PAIRS)] * (drawn // 2)
        yield from [OneOf.of(*_ALPHANUMERIC)] * (drawn % 2)
        if room > drawn:
            yield OneOf.of("0" * (room - drawn))
