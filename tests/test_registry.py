"""Plugins: names before imports, strangers through the same door, broken ones named and left out."""

import sys
import types
from importlib import metadata

import pytest

from dw_simulator.errors import RequestError, UnknownNameError
from dw_simulator.hookspecs import hookimpl
from dw_simulator.registry import KINDS, PluginWarning, Registry


def entry_point(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    point = metadata.EntryPoint("strange", value, "dw_simulator")
    monkeypatch.setattr(metadata, "entry_points", lambda group: [point])


def test_every_built_in_can_be_loaded() -> None:
    registry = Registry()
    for kind in KINDS:
        assert registry.names(kind) or kind == "faker_provider"
        for name in registry.names(kind):
            assert registry.load(kind, name) is not None


def test_unknown_names_offer_the_closest() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'snowflake'"):
        Registry().load("dialect", "snowflak")


def test_a_stranger_registers_like_a_built_in(monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType("strange_plugin")
    module.answer = 42  # type: ignore[attr-defined]
    module.dw_simulator_rules = hookimpl(  # type: ignore[attr-defined]
        lambda: {"answer": "strange_plugin:answer", "lost": "no_such_module_at_all:x"}
    )
    module.dw_simulator_rules.__name__ = "dw_simulator_rules"  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "strange_plugin", module)
    entry_point(monkeypatch, "strange_plugin")
    registry = Registry()
    assert registry.load("rule", "answer") == 42
    assert "faker" in registry.names("rule")
    with pytest.raises(RequestError, match="rule 'lost' needs no_such_module_at_all: pip install"):
        registry.load("rule", "lost")


@pytest.mark.parametrize(
    ("module", "extra"),
    [("adbc_driver_postgresql.dbapi", "redshift"), ("snowflake.connector", "snowflake")],
)
def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch, module: str, extra: str) -> None:
    for name in (module, module.partition(".")[0]):
        monkeypatch.setitem(sys.modules, name, None)
    plugin = types.ModuleType("strange_plugin")
    plugin.dw_simulator_sinks = hookimpl(lambda: {"lost": f"{module}:x"})  # type: ignore[attr-defined]
    plugin.dw_simulator_sinks.__name__ = "dw_simulator_sinks"  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "strange_plugin", plugin)
    entry_point(monkeypatch, "strange_plugin")
    with pytest.raises(RequestError, match=rf"needs {module}: pip install 'dw-simulator\[{extra}\]'"):
        Registry().load("sink", "lost")


def test_a_broken_stranger_is_named_and_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    entry_point(monkeypatch, "no_such_module_at_all")
    with pytest.warns(PluginWarning, match="'strange' .* is left out: No module named"):
        registry = Registry()
    assert "faker" in registry.names("rule")
