"""What people are called, and where they get their mail."""

import re
import unicodedata
from collections.abc import Iterable
from typing import ClassVar

from dw_simulator.engine.kernels.text import Assembled, Number, OneOf
from dw_simulator.engine.rules import ColumnSpec, Refusal
from dw_simulator.model import RuleOptions
from dw_simulator.plugins.rules.faker import pool
from dw_simulator.types import Kind

# reserved for examples (RFC 2606): mail sent there by mistake reaches nobody
MAIL_DOMAINS = ("example.com", "example.org", "example.net")
_COUNTER_DIGITS = 8


def names(spec: ColumnSpec, provider: str, locale: str, longest: int) -> list[str]:
    """Distinct names of at most `longest` bytes."""
    drawn = dict.fromkeys(pool(spec, provider, locale))
    return [name for name in drawn if len(name.encode()) <= longest]


def plain(values: Iterable[str]) -> list[str]:
    """Names in lower-case ASCII letters, each once."""
    folded = (unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode() for value in values)
    return [name for name in dict.fromkeys(re.sub(r"[^a-z]", "", value.lower()) for value in folded) if name]


class Email(RuleOptions):
    """first.last@example.com; a number joins the name only when all of those are taken."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.TEXT})

    locale: str = "en_US"

    def build(self, spec: ColumnSpec) -> Assembled:
        fixed = len(f".@{MAIL_DOMAINS[0]}") + (_COUNTER_DIGITS if spec.key else 0)
        longest = (spec.type.length - fixed) // 2
        first = [name for name in plain(names(spec, "first_name", self.locale, 64)) if len(name) <= longest]
        last = [name for name in plain(names(spec, "last_name", self.locale, 64)) if len(name) <= longest]
        if not first or not last:
            raise Refusal(
                "an e-mail address does not fit", f"widen it to {fixed + 16}, or choose another rule"
            )
        counter = Number(10**_COUNTER_DIGITS - 1 if spec.key else 1, 1, omit_first=True)
        lasts = OneOf.of(*(f".{name}" for name in last))
        domains = OneOf.of(*(f"@{domain}" for domain in MAIL_DOMAINS))
        return Assembled((OneOf.of(*first), lasts, counter, domains))


class FullName(RuleOptions):
    """A first and a last name."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.TEXT})

    locale: str = "en_US"

    def build(self, spec: ColumnSpec) -> Assembled:
        room = spec.type.length - 1 - (_COUNTER_DIGITS + 1 if spec.key else 0)
        first = names(spec, "first_name", self.locale, room // 2)
        last = names(spec, "last_name", self.locale, room // 2)
        if not first or not last:
            raise Refusal("a full name does not fit", "widen it to 20, or choose another rule")
        parts = (OneOf.of(*first), OneOf.of(*(f" {name}" for name in last)))
        if not spec.key:
            return Assembled(parts)
        return Assembled((*parts, Number(10**_COUNTER_DIGITS - 1, 1, omit_first=True, prefix=" ")))
