"""Which texts a domain can make, part by part, and domains made for what CHECKs say of a text."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Literal as OneWord

import numpy as np

from dw_simulator.engine.rows import Rows
from dw_simulator.engine.values.base import Domain, Kernel, all_of, is_domain
from dw_simulator.engine.values.facts import MANY, Language, texts_of
from dw_simulator.engine.values.pooled import Pooled
from dw_simulator.engine.values.text import AnyOf, Assembled, Fragment
from dw_simulator.planning.checks.limits import Limits
from dw_simulator.ports.constraints import MANY as RUN
from dw_simulator.ports.constraints import Matcher, State

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


def judge(values: Domain | Kernel, limits: Limits, rows: int) -> Verdict:
    """Whether everything that a text column's values can be passes its checks.

    rows  of the table: where not all values are known, as many are looked at, and no more than a thousand
    """
    language = values.facts.texts
    if language is None:
        return _each(_sample(values, rows), limits, "unknown")
    if language.listed is not None:
        return _each(language.listed, limits, "holds")
    return _proved(language, limits)


def _sample(values: Domain | Kernel, rows: int) -> Texts:
    """Some of the values: from all over a domain, or of the first rows."""
    if is_domain(values):
        index = np.linspace(0, values.natural - 1, min(_SAMPLE, values.natural)).astype(np.uint64)
        return texts_of(values.decode(index))
    return texts_of(values.values(Rows.run(0, min(_SAMPLE, rows))))


def _each(texts: Texts, limits: Limits, otherwise: OneWord["holds", "unknown"]) -> Verdict:
    for text in texts:
        if label := limits.against(text):
            return Verdict("fails", label, text)
    return Verdict(otherwise)


def _proved(language: Language, limits: Limits) -> Verdict:
    """By what the parts can be, one after the other."""
    parts, (shortest, longest) = language.parts, language.lengths
    example = "".join(part[0] for part in parts)
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


def _ends(parts: Sequence[Texts], matcher: Matcher) -> set[State]:
    """Where in a pattern the texts of these parts may have got to at their ends."""
    states = {matcher.start}
    for part in parts:
        states = {matcher.read(state, text) for state in states for text in part}
    return states


def _counterexample(parts: Sequence[Texts], wanted: Callable[[str], bool]) -> str:
    """A text of the parts that is wanted, if one is found soon."""
    for k in range(_SAMPLE):
        text = "".join(part[(k * (7 * n + 1)) % len(part)] for n, part in enumerate(parts))
        if wanted(text):
            return text
    return ""


def made_for(limits: Limits, rows: int) -> Domain | None:
    """A domain of texts that pass a column's checks; None where none was found."""
    most = limits.column.type.length
    longest = min(most, limits.longest[0]) if limits.longest is not None else most
    shortest = limits.shortest[0]
    forms = [form.tokens for form, _, _ in limits.forms if not form.negated]
    tokens = max(forms, key=len, default=((RUN,),))
    runs = sum(token == (RUN,) for token in tokens)
    fixed = sum(len(token.encode()) if isinstance(token, str) else 1 for token in tokens) - runs
    wanted = max(shortest, min(longest, fixed + _RUN * runs))
    if not max(fixed, shortest) <= longest or (not runs and fixed < shortest):
        return None
    parts = list(_parts(tokens, wanted - fixed))
    if not parts:
        return Pooled.of([""])
    domain: Domain = Assembled(tuple(parts))
    if judge(domain, limits, rows).answer == "holds":
        return domain
    return passing(domain, limits)


def passing(domain: Domain, limits: Limits) -> Domain | None:
    """The texts of a small domain that pass a column's checks; None where that is nothing."""
    if domain.size > MANY:
        return None
    kept = [text for text in texts_of(all_of(domain)) if not limits.against(text)]
    return Pooled.of(kept) if kept else None


def _parts(tokens: Sequence[str | tuple[str]], filling: int) -> Iterator[Fragment]:
    """The parts of texts of a form, with so many characters for its runs."""
    runs = sum(token == (RUN,) for token in tokens)
    free = _MOST_FREE
    for is_fixed, group in groupby(tokens, key=lambda token: isinstance(token, str)):
        if is_fixed:
            yield AnyOf.of("".join(map(str, group)))
            continue
        room = 0
        for token in group:
            share = filling // runs if token == (RUN,) else 1
            filling, runs = (filling - share, runs - 1) if token == (RUN,) else (filling, runs)
            room += share
        drawn = min(room, free)
        free -= drawn
        yield from [AnyOf.of(*_PAIRS)] * (drawn // 2)
        yield from [AnyOf.of(*_ALPHANUMERIC)] * (drawn % 2)
        if room > drawn:
            yield AnyOf.of("0" * (room - drawn))
