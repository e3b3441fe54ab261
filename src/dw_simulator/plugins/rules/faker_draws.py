"""Draws from Faker, and from providers that others add to it: the same ones in every run of one version."""

import datetime as real
import json
import sys
import threading
import time as real_time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from types import ModuleType
from typing import TYPE_CHECKING, Protocol

from dw_simulator.errors import Refusal, closest
from dw_simulator.plugins.rules.shipped_pools import shipped
from dw_simulator.ports.rule import ColumnSpec
from dw_simulator.schema.json_data import Json

if TYPE_CHECKING:
    from faker import Faker, Generator

POOL_SIZE = 2000
_PROBES = 20
_TODAY = real.datetime(2026, 1, 1, tzinfo=real.UTC)
_lock = threading.Lock()


class ProviderAnswer(Protocol):
    """What a provider's method gives: a stranger's value, of which is known that it can be shown."""

    def __str__(self) -> str: ...


Method = Callable[[], ProviderAnswer]
Providers = Callable[[], Mapping[str, type]]
"""Provider classes that others have registered, by their names; imported when it is called."""


def none_registered() -> Mapping[str, type]:
    """No providers but Faker's own."""
    return {}


@dataclass(frozen=True)
class MethodOrigin:
    """Where a method comes from: Faker itself, or a provider that is added to it.

    provider  the class that is added; None for Faker's own
    path      the method, or a method and a field of what it returns
    """

    path: str
    provider: type | None = None

    @property
    def made_by(self) -> str:
        """The installed versions of all that decides its values."""
        faker = f"Faker {metadata.version('faker')}"
        if self.provider is None:
            return faker
        top = self.provider.__module__.partition(".")[0]
        found = sorted(metadata.packages_distributions().get(top, ()))
        return ", ".join([faker, *(f"{name} {metadata.version(name)}" for name in found or ())])


def origin_of(provider: str, locale: str, providers: Providers) -> MethodOrigin:
    """Who offers a provider's method. Raises Refusal where nobody does.

    Faker's own methods come first, so that a package that is installed later changes no column; then those of
    the registered providers, by the order of their names. `name.method` is the method of the provider
    registered under that name, whoever else has one of that name.
    """
    own = _methods(_generator(locale).factories[0])
    outer, dot, rest = provider.partition(".")
    if outer in own:
        return MethodOrigin(provider)
    registered = providers()
    if dot and outer in registered:
        return MethodOrigin(rest, registered[outer])
    for name in sorted(registered):
        if outer in _methods_of(registered[name]):
            return MethodOrigin(provider, registered[name])
    known = own.union(registered, *map(_methods_of, registered.values()))
    near = closest(provider, known) or closest(provider.rpartition(".")[2], known)
    raise Refusal(f"Faker has no provider {provider!r}{near}")


def pool(
    spec: ColumnSpec,
    provider: str,
    locale: str,
    size: int | None = None,
    *,
    arguments: str = "",
    providers: Providers = none_registered,
) -> tuple[str, ...]:
    """Draws of a provider: shipped with this package, kept with the experiment, or made now. Raises Refusal.

    size       how many; where it is None, as many as are shipped, or `POOL_SIZE`
    arguments  of the provider's method: a JSON object, or nothing
    providers  that others have registered
    """

    if size is None and not arguments and (ready := shipped(provider, locale)) is not None:
        return ready
    size = POOL_SIZE if size is None else size

    def make() -> tuple[str, ...]:
        return samples(origin_of(provider, locale, providers), locale, size, arguments)

    name = f"faker {provider} {locale} {size} {arguments}".rstrip()
    return spec.pools.get(name, make, lambda: origin_of(provider, locale, providers).made_by)


def check_enough(spec: ColumnSpec, provider: str, size: int, mend: str) -> None:
    """Raise Refusal where a column that is unique by itself has more rows than values."""
    alone = spec.owner is not None and (spec.column.name,) in spec.owner.keys
    if alone and size < spec.rows:
        words = f"Faker's {provider} has {size:,} different values, {spec.rows:,} rows are asked"
        raise Refusal(words, mend)


@cache
def samples(origin: MethodOrigin, locale: str, size: int, arguments: str = "") -> tuple[str, ...]:
    """`size` draws, the same ones in every run. Raises Refusal.

    arguments  of the method: a JSON object, or nothing
    """
    seed = f"{_label(origin)}/{locale}{arguments}"
    name = origin.path
    with _lock:
        # which imports the locale's modules, before their clocks are stopped
        generator = _generator(locale) if origin.provider is None else _extended(locale, origin.provider)
        with _fixed_clock(origin.provider):
            return _drawn(generator, name, seed, size, arguments)


def _drawn(generator: "Faker", name: str, seed: str, size: int, arguments: str) -> tuple[str, ...]:
    try:
        method = _method(generator, name, json.loads(arguments or "{}"))
        first = _draw(generator, method, seed, min(size, _PROBES))
        draws = _draw(generator, method, seed, size)
    except Refusal:
        raise
    except Exception as error:  # noqa: BLE001 - a provider is a stranger's code
        message = f"Faker's {name} fails: {type(error).__name__}: {error}"
        mend = "look at its arguments" if arguments else "choose another provider"
        raise Refusal(message.splitlines()[0], mend) from None
    if draws[: len(first)] != first or not draws:
        raise Refusal(f"Faker's {name} does not repeat itself under a seed", "choose another provider")
    return draws


def _label(origin: MethodOrigin) -> str:
    return origin.path if origin.provider is None else f"{origin.provider.__qualname__}.{origin.path}"


def _draw(generator: "Faker", method: "Method", seed: str, size: int) -> tuple[str, ...]:
    """`size` draws under a seed; an answer of None is none."""
    generator.seed_instance(seed)
    answers = [method() for _ in range(size)]
    return tuple(_text(answer) for answer in answers if answer is not None)


@cache
def _generator(locale: str) -> "Faker":
    from faker import Faker  # noqa: PLC0415 - a fifth of a second, paid by who uses it
    from faker.config import AVAILABLE_LOCALES  # noqa: PLC0415

    if locale not in AVAILABLE_LOCALES:
        raise Refusal(f"Faker has no locale {locale!r}{closest(locale, AVAILABLE_LOCALES)}")
    return Faker(locale)


@cache
def _extended(locale: str, provider: type) -> "Faker":
    """A generator with one more provider, which no other provider that is registered has changed."""
    _generator(locale)  # is there such a locale
    from faker import Faker  # noqa: PLC0415

    generator = Faker(locale)
    generator.add_provider(provider)
    return generator


def _methods(thing: "Generator | type") -> frozenset[str]:
    return frozenset(name for name in dir(thing) if not name.startswith("_")) - _NOT_PROVIDERS


@cache
def _methods_of(provider: type) -> frozenset[str]:
    """What a provider class adds to those of Faker."""
    from faker.providers import BaseProvider  # noqa: PLC0415

    found = _methods(provider) - _methods(BaseProvider)
    return frozenset(name for name in found if callable(getattr(provider, name)))


def _method(generator: "Faker", path: str, arguments: Mapping[str, Json]) -> "Method":
    """The method of a name; of `a.b`, the field b of what the method a returns."""
    outer, dot, field = path.partition(".")
    known = _methods(generator.factories[0])
    if outer not in known:
        raise Refusal(f"Faker has no provider {path!r}{closest(outer, known)}")
    method = getattr(generator, outer)
    if not dot:
        return lambda: method(**arguments)
    example = method(**arguments)
    if not isinstance(example, dict):
        raise Refusal(f"Faker's {outer} gives no fields, so none is {field!r}", f"write {outer}")
    if field not in example:
        raise Refusal(f"Faker's {outer} has no field {field!r}{closest(field, map(str, example))}")
    return lambda: method(**arguments)[field]


# methods of Faker itself, and providers that need arguments
_NOT_PROVIDERS = frozenset(
    {
        *("add_provider", "provider", "providers", "get_providers", "random", "seed", "seed_instance"),
        *("del_arguments", "get_arguments", "set_arguments", "format", "get_formatter", "set_formatter"),
        *("parse", "unique", "optional", "enum"),
    }
)


def _text(value: ProviderAnswer) -> str:
    """An answer as text; dates as ISO 8601 has them, what is of several as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, real.date | real.time):
        return value.isoformat()
    return _json(value)


def _json(value: ProviderAnswer) -> str:
    if isinstance(value, set):
        return json.dumps(sorted(value, key=repr), default=str)
    if isinstance(value, list | tuple | dict):
        return json.dumps(value, default=str)
    return _shown(value)


def _shown(value: ProviderAnswer) -> str:
    if isinstance(value, bytes | bytearray):
        raise TypeError("it gives bytes, which are no text")
    if type(value).__repr__ is object.__repr__ or isinstance(value, Iterator):
        raise ValueError(f"it gives {type(value).__name__} objects, which are no values")
    return str(value)


class _AnyDate(type):
    """Lets real dates and datetimes pass for the fixed ones in isinstance."""

    def __instancecheck__(cls, instance: ProviderAnswer) -> bool:
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


def _fixed_time() -> float:
    return _TODAY.timestamp()


def _fixed_time_ns() -> int:
    return int(_TODAY.timestamp()) * 1_000_000_000


def _fixed(module: ModuleType, **names: "_Clock") -> ModuleType:
    copy = ModuleType(module.__name__)
    copy.__dict__.update(vars(module) | names)
    return copy


_Clock = type | ModuleType | Callable[[], float]
_CLOCKS: dict[_Clock, _Clock] = {
    real.date: _FixedDate,
    real.datetime: _FixedDatetime,
    real: _fixed(real, date=_FixedDate, datetime=_FixedDatetime),
    real_time.time: _fixed_time,
    real_time.time_ns: _fixed_time_ns,
    real_time: _fixed(real_time, time=_fixed_time, time_ns=_fixed_time_ns),
}
_CLOCK_KINDS = (type, ModuleType, type(real_time.time))


@contextmanager
def _fixed_clock(provider: type | None) -> Iterator[None]:
    """Providers such as date_of_birth count back from today; a pool must be the same tomorrow.

    The clock stands still in Faker's own providers, and in the package of one that is added to them.
    """
    homes = ["faker.providers", *([provider.__module__.partition(".")[0]] if provider else [])]
    modules = [
        module
        for name, module in list(sys.modules.items())
        if any(name == home or name.startswith(f"{home}.") for home in homes)
    ]
    swapped: list[tuple[ModuleType, str, _Clock]] = []
    try:
        for module in modules:
            for name, value in list(vars(module).items()):
                if isinstance(value, _CLOCK_KINDS) and value in _CLOCKS:
                    swapped.append((module, name, value))
                    setattr(module, name, _CLOCKS[value])
        yield
    finally:
        for module, name, value in swapped:
            setattr(module, name, value)
