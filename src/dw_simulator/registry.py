"""The plugin manager: names first, imports on use."""

import importlib
import warnings
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from typing import Any

import pluggy

from dw_simulator import hookspecs
from dw_simulator.errors import RequestError, UnknownNameError

GROUP = "dw_simulator"
_BUILT_IN = ("dw_simulator.plugins.builtin", "dw_simulator.adapters.builtin")
KINDS = ("rule", "faker_provider", "dialect", "sink", "warehouse", "executor", "store", "engine")


_EXTRAS = {"adbc_driver_postgresql": "redshift", "snowflake": "snowflake"}
"""The extra of this program that brings a module."""


class PluginWarning(UserWarning):
    """A third-party plugin is broken and was left out."""


class Registry:
    """What is registered, by kind and name."""

    def __init__(self) -> None:
        self.manager = pluggy.PluginManager(GROUP)
        self.manager.add_hookspecs(hookspecs)
        for name in _BUILT_IN:
            self.manager.register(importlib.import_module(name), name)
        for entry_point in metadata.entry_points(group=GROUP):
            self._register(entry_point)
        self.manager.check_pending()

    def _register(self, entry_point: metadata.EntryPoint) -> None:
        try:
            self.manager.register(entry_point.load(), entry_point.name)
        except Exception as error:  # noqa: BLE001 - a stranger's plugin may fail in any way
            message = f"plugin {entry_point.name!r} ({entry_point.value}) is left out: {error}"
            warnings.warn(message, PluginWarning, stacklevel=2)

    @cache  # noqa: B019 - the registry lives as long as the process
    def names(self, kind: str) -> Mapping[str, str]:
        """Every name of a kind, and where its object lives."""
        answers = getattr(self.manager.hook, f"dw_simulator_{kind}s")()
        merged: dict[str, str] = {}
        for answer in answers:  # plugins registered last answer first, and the first answer stays
            for name, place in answer.items():
                merged.setdefault(name, place)
        return dict(sorted(merged.items()))

    def load(self, kind: str, name: str) -> Any:
        """The object of this name.

        Raises UnknownNameError, or RequestError when its module lacks something that is not installed.
        """
        places = self.names(kind)
        if name not in places:
            raise UnknownNameError(kind, name, tuple(places))
        module, _, attribute = places[name].partition(":")
        try:
            return getattr(importlib.import_module(module), attribute)
        except ImportError as error:
            missing = getattr(error, "name", None) or str(error)
            extra = _EXTRAS.get(missing.partition(".")[0])
            what = f"'dw-simulator[{extra}]'" if extra else missing
            raise RequestError(f"{kind} {name!r} needs {missing}: pip install {what}") from error


@cache
def registry() -> Registry:
    """The registry of this process."""
    return Registry()
