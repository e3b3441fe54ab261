"""Faker's values, from a pool sampled once while planning."""

import datetime as real
import json
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from decimal import Decimal
from functools import cache
from importlib import metadata
from types import ModuleType
from typing import Any, ClassVar

import numpy as np
from pydantic import Field

from dw_simulator.engine.kernels.base import Domain, Drawn, Kernel
from dw_simulator.engine.kernels.pools import Pooled
from dw_simulator.engine.kernels.text import Assembled, Number, OneOf
from dw_simulator.engine.rules import ColumnSpec, Refusal
from dw_simulator.engine.sampling import Slots
from dw_simulator.errors import closest
from dw_simulator.model import RuleOptions
from dw_simulator.plugins.rules.choices import Stored, listed, stored_value, within
from dw_simulator.types import Kind, SqlType

POOL_SIZE = 2000
_PROBES = 20
_TODAY = real.datetime(2026, 1, 1, tzinfo=real.UTC)
_lock = threading.Lock()


class FakerValues(RuleOptions):
    """Any method of any Faker provider; `profile.mail` takes a field of what `profile` returns."""

    kinds: ClassVar[frozenset[Kind]] = frozenset(Kind) - {Kind.BINARY}

    provider: str
    locale: str = "en_US"
    pool_size: int = Field(default=POOL_SIZE, ge=1, le=1_000_000)

    def build(self, spec: ColumnSpec) -> Domain | Kernel:
        draws = pool(spec, self.provider, self.locale, self.pool_size)
        if spec.type.kind is not Kind.TEXT:
            return self._typed(spec, draws)
        values = tuple(dict.fromkeys(draws))
        fitting = [value for value in values if len(value.encode()) <= spec.type.length]
        if len(fitting) < max(len(values) // 2, 1):
            widest = max(len(value.encode()) for value in values)
            raise Refusal(
                f"most values of Faker's {self.provider} do not fit, the longest has {widest} bytes",
                f"widen it to {widest}, or choose another rule",
            )
        if not spec.key:
            return drawn(spec, draws, Pooled.of(fitting), fitting)
        return self._unique(spec, fitting)

    def _unique(self, spec: ColumnSpec, fitting: list[str]) -> Domain:
        """Text that never repeats: with a number where the pool ends, if the values bear one."""
        method = self.provider.rpartition(".")[2]
        if method.endswith("email"):
            from dw_simulator.plugins.rules.people import Email  # noqa: PLC0415 - which takes names from here

            return Email(locale=self.locale).build(spec)
        return Pooled.of(fitting) if method in _FORMATS else counted(fitting, spec.type.length)

    def _typed(self, spec: ColumnSpec, draws: tuple[str, ...]) -> Domain | Kernel:
        """Values that are no text: those that fit the type and the bounds, each stored once."""
        kept: dict[Stored, object] = {}
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
        return domain if spec.key else drawn(spec, codes, domain, list(kept))


# a number behind these makes them something else, so their pool is all there is
_FORMATS = frozenset(
    "url uri image_url hostname domain_name ipv4 ipv6 mac_address uuid4 postcode zipcode country_code "
    "currency_code iban ean ean8 ean13 isbn10 isbn13 ssn phone_number date time iso8601 md5 sha1".split()
)


def _rounded(type_: SqlType, text: str) -> object:
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


def pool(spec: ColumnSpec, provider: str, locale: str, size: int = POOL_SIZE) -> tuple[str, ...]:
    """`size` draws of a provider: those that are kept with the experiment, or made now. Raises Refusal."""
    return spec.pools.get(
        f"faker {provider} {locale} {size}", lambda: samples(provider, locale, size), made_by
    )


@cache
def samples(provider: str, locale: str, size: int) -> tuple[str, ...]:
    """`size` draws, the same ones in every run. Raises Refusal for an unknown provider or locale."""
    with _lock, _fixed_clock():
        try:
            generator = _generator(locale)
            method = _method(generator, provider)
            first = _draw(generator, method, f"{provider}/{locale}", min(size, _PROBES))
            draws = _draw(generator, method, f"{provider}/{locale}", size)
        except Refusal:
            raise
        except Exception as error:  # noqa: BLE001 - a provider is a stranger's code
            message = f"Faker's {provider} fails: {type(error).__name__}: {error}"
            raise Refusal(message.splitlines()[0], "choose another provider") from None
    if draws[: len(first)] != first or not draws:
        raise Refusal(f"Faker's {provider} does not repeat itself under a seed", "choose another provider")
    return draws


def _draw(generator: Any, method: Callable[[], object], seed: str, size: int) -> tuple[str, ...]:
    """`size` draws under a seed; an answer of None is none."""
    generator.seed_instance(seed)
    answers = [method() for _ in range(size)]
    return tuple(_text(answer) for answer in answers if answer is not None)


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
    if isinstance(value, set):
        value = sorted(value, key=repr)
    if isinstance(value, list | tuple | dict):
        return json.dumps(value, default=str)
    if type(value).__repr__ is object.__repr__ or isinstance(value, Iterator):
        raise ValueError(f"it gives {type(value).__name__} objects, which are no values")
    return str(value)


class _AnyDate(type):
    """Lets real dates and datetimes pass for the fixed ones in isinstance."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, cls.__mro__[1])


class _FixedDate(real.date, metaclass=_AnyDate):
    @classmethod
    def today(cls) -> "real.date":  # type: ignore[override]
        return _TODAY.date()


class _FixedDatetime(real.datetime, metaclass=_AnyDate):
    @classmethod
    def now(cls, tz: real.tzinfo | None = None) -> "real.datetime":  # type: ignore[override]
        return _TODAY.astimezone(tz) if tz else _TODAY.replace(tzinfo=None)

    @classmethod
    def today(cls) -> "real.datetime":  # type: ignore[override]
        return _TODAY.replace(tzinfo=None)

    @classmethod
    def utcnow(cls) -> "real.datetime":  # type: ignore[override]
        return _TODAY.replace(tzinfo=None)


_fixed_module = ModuleType("datetime")
_fixed_module.__dict__.update(vars(real) | {"date": _FixedDate, "datetime": _FixedDatetime})
_CLOCKS: dict[object, object] = {real.date: _FixedDate, real.datetime: _FixedDatetime, real: _fixed_module}


@contextmanager
def _fixed_clock() -> Iterator[None]:
    """Providers such as date_of_birth count back from today; a pool must be the same tomorrow."""
    import faker  # noqa: PLC0415 - a fifth of a second, paid by who uses it

    providers = [
        module for name, module in sys.modules.items() if name.startswith(f"{faker.__name__}.providers")
    ]
    swapped: list[tuple[ModuleType, str, object]] = []
    try:
        for module in providers:
            for name, value in list(vars(module).items()):
                if isinstance(value, type | ModuleType) and value in _CLOCKS:
                    swapped.append((module, name, value))
                    setattr(module, name, _CLOCKS[value])
        yield
    finally:
        for module, name, value in swapped:
            setattr(module, name, value)


def made_by() -> str:
    """The installed Faker."""
    return f"Faker {metadata.version('faker')}"
