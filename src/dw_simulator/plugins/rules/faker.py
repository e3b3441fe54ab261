"""Faker's values, from a pool sampled once while planning."""

import datetime as real
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, ClassVar
from unittest.mock import patch

import numpy as np
from pydantic import Field

from dw_simulator.engine.kernels.base import Domain, Drawn, Kernel
from dw_simulator.engine.kernels.pools import Pooled
from dw_simulator.engine.kernels.text import Assembled, Number, OneOf
from dw_simulator.engine.rules import ColumnSpec, Refusal
from dw_simulator.engine.sampling import Slots
from dw_simulator.errors import closest
from dw_simulator.model import RuleOptions
from dw_simulator.plugins.rules.choices import listed
from dw_simulator.types import Kind

POOL_SIZE = 2000
_TEXTUAL = frozenset({Kind.TEXT, Kind.JSON})
_TODAY = real.datetime(2026, 1, 1, tzinfo=real.UTC)
_lock = threading.Lock()


class FakerValues(RuleOptions):
    """Any method of any Faker provider; `profile.mail` takes a field of what `profile` returns."""

    kinds: ClassVar[frozenset[Kind]] = frozenset(Kind) - {Kind.BINARY}

    provider: str
    locale: str = "en_US"
    pool_size: int = Field(default=POOL_SIZE, ge=1, le=1_000_000)

    def build(self, spec: ColumnSpec) -> Domain | Kernel:
        draws = samples(self.provider, self.locale, self.pool_size)
        values = tuple(dict.fromkeys(draws))
        if spec.type.kind not in _TEXTUAL:
            return self._typed(spec, draws, values)
        fitting = [value for value in values if len(value.encode()) <= spec.type.length]
        if len(fitting) < max(len(values) // 2, 1):
            widest = max(len(value.encode()) for value in values)
            raise Refusal(
                f"most values of Faker's {self.provider} do not fit, the longest has {widest} bytes",
                f"widen it to {widest}, or choose another rule",
            )
        return (
            counted(fitting, spec.type.length)
            if spec.key
            else drawn(spec, draws, Pooled.of(fitting), fitting)
        )

    def _typed(self, spec: ColumnSpec, draws: tuple[str, ...], values: tuple[str, ...]) -> Domain | Kernel:
        parsed = tuple(_BOOLEANS.get(value, value) for value in values)
        domain = listed(spec.type, parsed)
        return domain if spec.key else drawn(spec, draws, domain, list(values))


_BOOLEANS: dict[str, object] = {"True": True, "False": False}


def drawn(spec: ColumnSpec, draws: tuple[str, ...], domain: Domain, values: list[str]) -> Drawn:
    """The values as often as Faker drew them: common names stay common."""
    codes = {value: code for code, value in enumerate(values)}
    slots = np.array([codes[draw] for draw in draws if draw in codes], dtype=np.uint64)
    return Drawn(Slots(spec.stream(), slots, len(values)), domain)


def counted(values: list[str], longest: int) -> Assembled:
    """Values that are told apart by a number as soon as the pool is used up: Ann, Bob, Ann2, Bob2.

    Between value and number stands the first separator after which no value ends in digits anyway.
    """
    stems = {value.rstrip("0123456789") for value in values if value[-1:].isdigit()}
    separators = ("", "-", ".", "#")
    separator = next(s for s in separators if not any(stem.endswith(s) for stem in stems))
    room = longest - max(len(value.encode()) for value in values) - len(separator)
    if room < 1:
        return Assembled((OneOf.of(*values),))
    # the separator is written with the number, so it belongs to the counter's part
    return Assembled(
        (OneOf.of(*values), Number(10 ** min(room, 8) - 1, 1, omit_first=True, prefix=separator))
    )


@cache
def samples(provider: str, locale: str, size: int) -> tuple[str, ...]:
    """`size` draws, the same ones in every run. Raises Refusal for an unknown provider or locale."""
    generator = _generator(locale)
    method = _method(generator, provider)
    with _lock, _fixed_clock():
        generator.seed_instance(f"{provider}/{locale}")
        try:
            draws = [method() for _ in range(size)]
        except (AttributeError, TypeError, ValueError, KeyError, IndexError) as error:
            raise Refusal(f"Faker's {provider} fails: {error}", "choose another provider") from None
    return tuple(_text(draw) for draw in draws)


@cache
def _generator(locale: str) -> Any:
    from faker import Faker  # noqa: PLC0415 - a fifth of a second, paid by who uses it
    from faker.config import AVAILABLE_LOCALES  # noqa: PLC0415

    if locale not in AVAILABLE_LOCALES:
        raise Refusal(f"Faker has no locale {locale!r}{closest(locale, AVAILABLE_LOCALES)}")
    return Faker(locale)


def _method(generator: Any, provider: str) -> Callable[[], object]:
    """The provider's method; of `a.b`, the method b, or the field b of what a returns."""
    *path, name = provider.split(".")
    known = [method for method in dir(generator.factories[0]) if not method.startswith("_")]
    if name in known and name not in _NOT_PROVIDERS:
        method: Callable[[], object] = getattr(generator, name)
        return method
    if len(path) == 1 and path[0] in known:
        outer = getattr(generator, path[0])
        if isinstance(example := outer(), dict):
            if name in example:
                return lambda: outer()[name]
            raise Refusal(f"Faker's {path[0]} has no field {name!r}{closest(name, map(str, example))}")
    raise Refusal(f"Faker has no provider {provider!r}{closest(name, set(known) - _NOT_PROVIDERS)}")


# methods of Faker itself, and providers that need arguments
_NOT_PROVIDERS = frozenset(
    {
        *("add_provider", "provider", "providers", "get_providers", "random", "seed", "seed_instance"),
        *("del_arguments", "get_arguments", "set_arguments", "format", "get_formatter", "set_formatter"),
        *("parse", "unique", "optional", "enum"),
    }
)


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, real.date | real.time):
        return value.isoformat()
    if isinstance(value, list | tuple | dict | set):
        import json  # noqa: PLC0415

        return json.dumps(sorted(value) if isinstance(value, set) else value, default=str)
    return str(value)


class _FixedDate(real.date):
    @classmethod
    def today(cls) -> "real.date":  # type: ignore[override]
        return _TODAY.date()


class _FixedDatetime(real.datetime):
    @classmethod
    def now(cls, tz: real.tzinfo | None = None) -> "real.datetime":  # type: ignore[override]
        return _TODAY.astimezone(tz) if tz else _TODAY.replace(tzinfo=None)


@contextmanager
def _fixed_clock() -> Iterator[None]:
    """Providers such as date_of_birth count back from today; a pool must be the same tomorrow."""
    module = "faker.providers.date_time"
    with patch(f"{module}.datetime", _FixedDatetime), patch(f"{module}.dtdate", _FixedDate):
        yield
