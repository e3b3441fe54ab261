"""The plugin manager: names first, imports on use; whose a name is, and what was left out.

Built-in plugins come first, then those of installed distributions in the order of the distributions' names,
so that what is registered does not depend on who was installed when. **A name belongs to whom it was given
first**: no package that is installed changes what `email` means to an experiment. The later one is left out,
and told.

Whatever is wrong with a stranger's plugin is told once as a `PluginWarning`, kept in `left_out`, and keeps
nobody else from working.
"""

import importlib
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from importlib import metadata
from types import ModuleType
from typing import TYPE_CHECKING, TypeVar, cast

import pluggy

from dw_simulator import __version__
from dw_simulator.errors import RequestError, UnknownNameError, closest
from dw_simulator.ports import hookspecs
from dw_simulator.ports.progress import RunEvent, Watch
from dw_simulator.registry.shelves import KINDS, Plugged, Shelf, lacking

if TYPE_CHECKING:
    from dw_simulator.ports.answers import QueryEngine
    from dw_simulator.ports.contract import Contract
    from dw_simulator.ports.dialect import Dialect
    from dw_simulator.ports.executor import Executor
    from dw_simulator.ports.format import Format
    from dw_simulator.ports.live_database import LiveDatabaseClass
    from dw_simulator.ports.rule import RuleOptions
    from dw_simulator.ports.sink import SinkClass
    from dw_simulator.ports.store import StoreClass
    from dw_simulator.ports.warehouse import WarehouseClass
    from dw_simulator.registry.rule_class import FakerProvider

GROUP = "dw_simulator"
_PREFIX = f"{GROUP}_"
_BUILT_IN = "dw_simulator.plugins.builtin"
EVENT = "run_event"

_EXTRAS = {"adbc_driver_postgresql": "redshift", "snowflake": "snowflake"}
"""The extra of this program that brings a module."""


T = TypeVar("T")

FAILURES = (Exception, SystemExit)
"""In which ways a stranger's code may fail: in any but an interrupt."""


_CAUSE = 300


class PluginWarning(UserWarning):
    """A plugin, or something that it registers, is broken and was left out."""


@dataclass(frozen=True)
class Owner:
    """Who registers: a distribution, its version, and the plugin's name within it."""

    distribution: str
    version: str = ""
    plugin: str = ""
    built_in: bool = False

    def __str__(self) -> str:
        return "built in" if self.built_in else f"{self.distribution} {self.version}".rstrip()


@dataclass(frozen=True)
class Registration:
    """A name of a kind, the place of its object ("package.module:object"), and whose it is."""

    kind: str
    name: str
    place: str
    owner: Owner


@dataclass(frozen=True)
class LeftOut:
    """What is not to be had, and why. kind: "plugin" for a whole one, else what it would have registered."""

    kind: str
    name: str
    place: str
    owner: Owner
    cause: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name!r} of {self.owner} ({self.place}) is left out: {self.cause}"


class Registry:
    """What is registered, by kind and name: a shelf for each kind."""

    def __init__(self) -> None:
        self.manager = pluggy.PluginManager(GROUP)
        self.manager.add_hookspecs(hookspecs)
        self._owners: dict[str, Owner] = {}
        self._left_out: dict[tuple[str, str, str, Owner], LeftOut] = {}
        self._loaded: dict[Registration, Plugged] = {}
        own = Owner("dw-simulator", __version__, _BUILT_IN, built_in=True)
        self.register(importlib.import_module(_BUILT_IN), own)
        for entry_point in sorted(metadata.entry_points(group=GROUP), key=_order):
            self._register(entry_point)
        self.rules: Shelf[type[RuleOptions]] = self._shelf("rule")
        self.faker_providers: Shelf[type[FakerProvider]] = self._shelf("faker_provider")
        self.dialects: Shelf[Dialect] = self._shelf("dialect")
        self.contracts: Shelf[Contract] = self._shelf("contract")
        self.sinks: Shelf[SinkClass] = self._shelf("sink")
        self.warehouses: Shelf[WarehouseClass] = self._shelf("warehouse")
        self.databases: Shelf[LiveDatabaseClass] = self._shelf("database")
        self.executors: Shelf[Executor] = self._shelf("executor")
        self.stores: Shelf[StoreClass] = self._shelf("store")
        self.engines: Shelf[QueryEngine] = self._shelf("engine")
        self.formats: Shelf[Format] = self._shelf("format")

    # --- plugins

    def register(self, plugin: object, owner: Owner) -> None:
        """Add a plugin: a module or an object with hooks. Raises ValueError for one that is not sound."""
        options = {name: self.manager.parse_hookimpl_opts(plugin, name) for name in dir(plugin)}
        _check_hooks([one.get("specname") or name for name, one in options.items() if one is not None])
        name = f"{owner.distribution}:{owner.plugin}"
        try:
            self.manager.register(plugin, name)
        except pluggy.PluginValidationError as error:
            if self.manager.is_registered(plugin):
                self.manager.unregister(plugin)
            raise ValueError(" ".join(str(error).split())) from None
        self._owners[name] = owner

    def _register(self, entry_point: metadata.EntryPoint) -> None:
        owner = _owner(entry_point)
        try:
            self.register(entry_point.load(), owner)
        except FAILURES as error:
            self._leave_out("plugin", entry_point.name, entry_point.value, owner, cause_of(error))

    def _plugins(self, hook: str) -> list[tuple[str, Owner]]:
        """The names and owners of the plugins that have a hook, in the order in which names are given."""
        caller: pluggy.HookCaller = getattr(self.manager.hook, _PREFIX + hook)
        having = {one.plugin_name for one in caller.get_hookimpls()}
        known = [name for name, plugin in self.manager.list_name_plugin() if plugin is not None]
        return [(name, self._owners.get(name, Owner(name))) for name in known if name in having]

    def _ask(self, plugin: str, hook: str, **told: RunEvent) -> list[Mapping[str, str]]:
        """What one plugin answers to a hook: a list with its answer, an empty one for None."""
        others = [one for name, one in self.manager.list_name_plugin() if name != plugin and one is not None]
        answers: list[Mapping[str, str]] = self.manager.subset_hook_caller(_PREFIX + hook, others)(**told)
        return answers

    # --- names

    @cache  # noqa: B019 - the registry lives as long as the process
    def names(self, kind: str) -> Mapping[str, str]:
        """Every name of a kind, and where its object lives."""
        return {name: one.place for name, one in sorted(self._registered(kind).items())}

    def registrations(self, kind: str | None = None) -> tuple[Registration, ...]:
        """What is registered of a kind, or of every kind, by name. Nothing is imported for it."""
        kinds = KINDS if kind is None else (kind,)
        return tuple(one for each in kinds for _name, one in sorted(self._registered(each).items()))

    def registration(self, kind: str, name: str) -> Registration:
        """Whose a name is, and where its object lives. Raises UnknownNameError."""
        known = self._registered(kind)
        if name not in known:
            raise UnknownNameError(kind, name, sorted(known))
        return known[name]

    def watchers(self) -> tuple[Owner, ...]:
        """Who is told of runs."""
        return tuple(owner for _plugin, owner in self._plugins(EVENT))

    @cache  # noqa: B019 - the registry lives as long as the process
    def usual_rule(self, role: str) -> str:
        """The rule of a role, or of a kind's columns, that was named first. Raises UnknownNameError."""
        for plugin, _owner in self._plugins("usual_rules"):
            for answer in self._ask(plugin, "usual_rules"):
                if role in answer:
                    return str(answer[role])
        raise UnknownNameError("role", role, ())

    @cache  # noqa: B019 - the registry lives as long as the process
    def _registered(self, kind: str) -> Mapping[str, Registration]:
        """By name, in the order of registration: first what `plugins.builtin` lists, in its order."""
        if kind not in KINDS:
            raise UnknownNameError("kind", kind, KINDS)
        found: dict[str, Registration] = {}
        for plugin, owner in self._plugins(f"{kind}s"):
            for name, place in self._said(plugin, owner, kind):
                one = Registration(kind, name, place, owner)
                if name not in found:
                    found[name] = one
                else:
                    cause = f"the name belongs to {found[name].place} ({found[name].owner}); rename it"
                    self._leave_out(kind, name, place, owner, cause)
        return found

    def _said(self, plugin: str, owner: Owner, kind: str) -> Iterator[tuple[str, str]]:
        """The names and places that a plugin gives, without those that are none."""
        hook = f"{_PREFIX}{kind}s"
        try:
            answers = self._ask(plugin, f"{kind}s")
            answer = answers[0] if answers else None
            pairs = list(answer.items()) if isinstance(answer, Mapping) else None
        except FAILURES as error:
            self._leave_out("plugin", owner.plugin, hook, owner, f"it raises {cause_of(error)}")
            return
        if pairs is None:
            cause = f"it returns {type(answer).__name__}, not a mapping of names to places"
            self._leave_out("plugin", owner.plugin, hook, owner, cause)
            return
        for name, place in pairs:
            if isinstance(name, str) and name and isinstance(place, str) and _is_place(place):
                yield name, place
            else:
                cause = "a name goes with a place such as 'package.module:object'"
                self._leave_out(kind, str(name), repr(place), owner, cause)

    # --- objects

    def _shelf(self, kind: str) -> Shelf[T]:
        return Shelf(
            lambda: tuple(self._registered(kind)), partial(self.load, kind), partial(self._usable, kind)
        )

    def load(self, kind: str, name: str) -> Plugged:
        """The object of this name, whatever its kind; the shelves know their types.

        Raises UnknownNameError, and RequestError when its module lacks something that is not installed,
        fails, or has no such object, or when the object is none of its kind.
        """
        one = self.registration(kind, name)
        if one not in self._loaded:
            self._loaded[one] = self._found(one)
        return self._loaded[one]

    def _found(self, one: Registration) -> Plugged:
        kind, name = one.kind, one.name
        module, _, attribute = one.place.partition(":")
        try:
            loaded = importlib.import_module(module)
        except ImportError as error:
            raise RequestError(_missing(one, error)) from error
        except FAILURES as error:
            cause = f"importing {module} raises {cause_of(error)}"
            raise RequestError(f"{kind} {name!r} of {one.owner} is broken: {cause}") from error
        found = _dig(loaded, attribute)
        if found is None:
            raise RequestError(f"{kind} {name!r} of {one.owner} is broken: {module} has no {attribute!r}")
        if missing := lacking(kind, found):
            cause = f"{one.place} has no {', '.join(missing)}, so it is no {kind}"
            raise RequestError(f"{kind} {name!r} of {one.owner} is broken: {cause}")
        return found

    def _usable(self, kind: str) -> Mapping[str, Plugged]:
        """The objects of a kind by name, without those of strangers that are broken, which are told."""
        found: dict[str, Plugged] = {}
        for one in self._registered(kind).values():
            try:
                found[one.name] = self.load(kind, one.name)
            except RequestError as error:
                if one.owner.built_in:
                    raise
                self._leave_out(kind, one.name, one.place, one.owner, str(error))
        return found

    # --- what is broken

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """What is known to be broken so far: plugins, hooks that were asked, names that were taken."""
        return tuple(self._left_out.values())

    def examine(self) -> tuple[LeftOut, ...]:
        """Ask every hook and load every object of a stranger; returns all that is broken."""
        for one in self.registrations():
            if not one.owner.built_in:
                try:
                    self.load(one.kind, one.name)
                except RequestError as error:
                    self._leave_out(one.kind, one.name, one.place, one.owner, str(error), told=False)
        return self.left_out

    def _leave_out(
        self, kind: str, name: str, place: str, owner: Owner, cause: str, *, told: bool = True
    ) -> None:
        left = LeftOut(kind, name, place, owner, cause)
        if (kind, name, place, owner) not in self._left_out:
            self._left_out[kind, name, place, owner] = left
            if told:
                warnings.warn(str(left), PluginWarning, stacklevel=3)

    # --- runs

    def watching(self, watch: Watch) -> Watch:
        """A watcher and, after it, everyone who is plugged in to be told of runs."""

        def tell(event: RunEvent) -> None:
            watch(event)
            self.tell(event)

        return tell

    def tell(self, event: RunEvent) -> None:
        """Tell every watcher how far a run is. One that fails is named once, and told the next time, too."""
        for plugin, owner in self._plugins(EVENT):
            try:
                self._ask(plugin, EVENT, event=event)
            except FAILURES as error:
                cause = f"it raises {cause_of(error)}"
                self._leave_out("plugin", owner.plugin, _PREFIX + EVENT, owner, cause)


def _order(entry_point: metadata.EntryPoint) -> tuple[str, str]:
    return _owner(entry_point).distribution.lower(), entry_point.name


def _owner(entry_point: metadata.EntryPoint) -> Owner:
    distribution = entry_point.dist
    if distribution is None:
        return Owner(entry_point.name, plugin=entry_point.name)
    return Owner(distribution.name, distribution.version, entry_point.name)


def _check_hooks(hooks: list[str]) -> None:
    """Raise ValueError for a plugin without hooks, or with hooks that there are not."""
    known = [name for name in dir(hookspecs) if name.startswith(_PREFIX)]
    if not hooks:
        raise ValueError("it has no hooks; decorate its functions with dw_simulator.plugin.hookimpl")
    unknown = [name for name in hooks if name not in known]
    if unknown:
        raise ValueError(f"there is no hook {unknown[0]!r}{closest(unknown[0], known)}")


def _is_place(place: str) -> bool:
    module, colon, attribute = place.partition(":")
    return bool(colon) and all(word.isidentifier() for word in (*module.split("."), *attribute.split(".")))


def _dig(module: ModuleType, attribute: str) -> "Plugged | None":
    """What a dotted name means in a module; None where there is no such thing."""
    found: ModuleType | Plugged | None = module
    for name in attribute.split("."):
        found = getattr(found, name, None)
    return cast("Plugged | None", found)


def _missing(one: Registration, error: ImportError) -> str:
    missing, package = error.name or str(error), one.place.partition(":")[0].partition(".")[0]
    extra = _EXTRAS.get(missing.partition(".")[0])
    # the module is there and a name in it is not, or the package is there and that module is not
    named = (error.name and not isinstance(error, ModuleNotFoundError)) or missing.startswith(f"{package}.")
    if named and extra is None:
        return f"{one.kind} {one.name!r} of {one.owner} is broken: {error}"
    what = f"'dw-simulator[{extra}]'" if extra else missing
    return f"{one.kind} {one.name!r} needs {missing}: pip install {what}"


def cause_of(error: BaseException) -> str:
    """An error in one line, and not a long one."""
    line = f"{type(error).__name__}: {' '.join(str(error).split())}".rstrip(": ")
    return line if len(line) <= _CAUSE else f"{line[: _CAUSE - 3]}..."


@cache
def registry() -> Registry:
    """The registry of this process."""
    return Registry()
