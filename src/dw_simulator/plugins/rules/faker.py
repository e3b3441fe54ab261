"""Faker's values, from a pool that is sampled once and kept with the experiment."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import ClassVar

import numpy as np
from pydantic import Field, PrivateAttr

from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.selectors.sampling import Slots
from dw_simulator.engine.values.base import Domain, Drawn, Kernel
from dw_simulator.engine.values.pooled import Sampled
from dw_simulator.errors import Refusal
from dw_simulator.plugins.rules.choices import Plain, Stored, listed, stored_value, within
from dw_simulator.plugins.rules.faker_draws import (
    Providers,
    check_enough,
    none_registered,
    pool,
)
from dw_simulator.plugins.rules.faker_uniques import unique
from dw_simulator.plugins.rules.identifiers import Uuid
from dw_simulator.ports.rule import ColumnSpec, Examples, RuleOptions
from dw_simulator.ports.rule_context import RuleContext
from dw_simulator.types import FLAT_KINDS, Kind, SqlType

Argument = str | int | float | bool | None


class FakerValues(RuleOptions):
    """Any method of any Faker provider; `profile.mail` takes a field of what `profile` returns."""

    kinds: ClassVar[frozenset[Kind]] = FLAT_KINDS - {Kind.BINARY}
    examples: ClassVar[Examples] = (
        {"name": "value", "data_type": "VARCHAR(40)", "rule": {"name": "faker", "provider": "first_name"}},
        {
            "name": "value",
            "data_type": "VARCHAR(80)",
            "is_unique": True,
            "rule": {"name": "faker", "provider": "street_address"},
        },
        {
            "name": "value",
            "data_type": "VARCHAR(40)",
            "is_unique": True,
            "rule": {"name": "faker", "provider": "name", "locale": "de_DE"},
        },
        {
            "name": "value",
            "data_type": "INT",
            "rule": {"name": "faker", "provider": "pyint", "arguments": {"min_value": 5, "max_value": 50}},
        },
        {"name": "value", "data_type": "DATE", "rule": {"name": "faker", "provider": "date_of_birth"}},
        {
            "name": "value",
            "data_type": "VARCHAR(90)",
            "rule": {"name": "faker", "provider": "profile.mail", "pool_size": 500},
        },
    )

    provider: str = Field(
        min_length=1, max_length=200, description="a method of Faker, or of a provider added to it"
    )
    locale: str = Field(default="en_US", description="whose values: de_DE, ja_JP, ...")
    pool_size: int | None = Field(
        default=None,
        ge=1,
        le=1_000_000,
        description="how many values the installed Faker draws while planning; left out, what this program "
        "ships of the provider, or 2000",
    )
    arguments: Mapping[str, Argument | list[Argument]] = Field(
        default_factory=dict, description="arguments of the method, by their names"
    )
    _providers: Providers | None = PrivateAttr(default=None)

    def model_post_init(self, context: RuleContext | None, /) -> None:
        """Take the providers that others have registered from who reads the rule."""
        if context is not None:
            self._providers = context.faker_providers

    def build(self, spec: ColumnSpec) -> Domain | Kernel:
        if spec.type.kind is Kind.UUID:
            if self.provider != "uuid4":
                raise Refusal(f"Faker's {self.provider} gives no UUID", "choose the rule uuid")
            return Uuid().build(spec)
        arguments = json.dumps(dict(self.arguments), sort_keys=True) if self.arguments else ""
        draws = pool(
            spec,
            self.provider,
            self.locale,
            self.pool_size,
            arguments=arguments,
            providers=self._providers or none_registered,
        )
        if spec.type.kind not in (Kind.TEXT, Kind.NOTATION):
            return self._typed(spec, draws)
        values = tuple(dict.fromkeys(draws))
        fitting = [value for value in values if len(value.encode()) <= spec.type.length]
        if len(fitting) < max(len(values) // 2, 1):
            widest = max(len(value.encode()) for value in values)
            raise Refusal(
                f"most values of Faker's {self.provider} do not fit, the longest has {widest} bytes",
                f"widen it to {widest}, or choose another rule",
            )
        if spec.key:
            kept = set(fitting)
            return unique(spec, self.provider, self.locale, [draw for draw in draws if draw in kept])
        return replace(_sampled(draws, spec.type.length), stream=spec.stream())

    def _typed(self, spec: ColumnSpec, draws: tuple[str, ...]) -> Domain | Kernel:
        """Values that are no text: those that fit the type and the bounds, each stored once."""
        kept: dict[Stored, Plain] = {}
        codes: list[Stored] = []
        for draw in draws:
            with suppress(ValueError, OverflowError, ArithmeticError):
                value = _rounded(spec.type, draw)
                item = stored_value(spec.type, value)
                if within(spec, item):
                    kept.setdefault(item, value)
                    codes.append(item)
        if not kept:
            message = f"no value of Faker's {self.provider} fits, such as {draws[0]!r}"
            raise Refusal(message, "choose another provider")
        domain = listed(spec, list(kept.values()))
        if not spec.key:
            return drawn(spec, codes, domain, list(kept))
        check_enough(spec, self.provider, domain.size, "use the rule uniform or sequence, or raise pool_size")
        return domain


@lru_cache(maxsize=64)
def _sampled(draws: tuple[str, ...], length: int) -> Sampled:
    """The draws that fit, which columns of the same have in common; their streams are their own."""
    fitting = [draw for draw in draws if len(draw.encode()) <= length]
    codes = {value: code for code, value in enumerate(dict.fromkeys(fitting))}
    return Sampled.of(Stream(0, 0), [codes[draw] for draw in fitting], [*codes])


def _rounded(type_: SqlType, text: str) -> Plain:
    """What Faker said, as a value of the type: numbers with the type's digits, truth values as such."""
    if type_.kind is Kind.BOOLEAN:
        return {"True": True, "False": False}.get(text, text)
    if type_.kind in (Kind.INTEGER, Kind.DECIMAL):
        return str(round(Decimal(text), type_.scale))
    return text


def drawn(spec: ColumnSpec, draws: Sequence[Stored], domain: Domain, values: Sequence[Stored]) -> Drawn:
    """The values as often as Faker drew them: common names stay common."""
    codes = {value: code for code, value in enumerate(values)}
    slots = np.array([codes[draw] for draw in draws if draw in codes], dtype=np.uint64)
    return Drawn(Slots(spec.stream(), slots, len(values)), domain)
