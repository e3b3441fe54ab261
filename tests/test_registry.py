"""Plugins: names before imports, strangers through the same door, whose a name is, what is left out."""

import sys
import types
from collections.abc import Callable, Mapping
from importlib import metadata
from typing import Any

import pytest
from tests.support import table

from dw_simulator.errors import PlanError, RequestError, SchemaError, UnknownNameError
from dw_simulator.planning import plan
from dw_simulator.ports import hookspecs
from dw_simulator.ports.hookspecs import hookimpl
from dw_simulator.ports.needs import Derived
from dw_simulator.ports.progress import RunEvent
from dw_simulator.ports.rule import RuleOptions
from dw_simulator.registry.manager import PluginWarning, Registry
from dw_simulator.registry.rulebook import Rulebook
from dw_simulator.registry.shelves import KINDS
from dw_simulator.schema.reading import parse
from dw_simulator.types import Kind

Hook = Callable[..., Any]


class Answer(RuleOptions):
    """A rule that can be loaded."""

    kinds = frozenset({Kind.INTEGER})

    def build(self, spec: object) -> None:
        """It is never asked."""


class Distribution:
    """What importlib.metadata says of who is installed."""

    def __init__(self, name: str, version: str) -> None:
        self.name, self.version = name, version


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Installs plugins: a module with hooks, or the value of an entry point, by the distribution's name."""
    points: list[metadata.EntryPoint] = []
    monkeypatch.setattr(metadata, "entry_points", lambda group: points)

    def one(distribution: str, plugin: Mapping[str, Any] | str, version: str = "2.1") -> None:
        module = distribution.replace("-", "_")
        value = plugin if isinstance(plugin, str) else module
        if not isinstance(plugin, str):
            made = types.ModuleType(module)
            for name, hook in plugin.items():
                setattr(made, name, _hook(name, hook) if callable(hook) else hook)
            made.Answer = Answer  # type: ignore[attr-defined]
            monkeypatch.setitem(sys.modules, module, made)
        point = metadata.EntryPoint("main", value, "dw_simulator")
        vars(point).update(dist=Distribution(distribution, version))
        points.append(point)

    return one


def _hook(name: str, hook: Hook) -> Hook:
    hook.__name__ = name
    return hookimpl(hook)


def rules(*names: str, place: str = "strange_one:Answer") -> dict[str, Hook]:
    return {"dw_simulator_rules": lambda: dict.fromkeys(names, place)}


# --- what is there


def test_every_built_in_can_be_loaded() -> None:
    registry = Registry()
    for kind in KINDS:
        assert registry.names(kind) or kind == "faker_provider"
        for name in registry.names(kind):
            assert registry.load(kind, name) is not None
    assert registry.examine() == ()


def test_what_users_name_is_there() -> None:
    registry = Registry()
    stores = {"abfs", "abfss", "az", "gcs", "gs", "s3"}
    tables = {"duckdb", "postgres", "postgresql", "redshift", "snowflake"}
    assert set(registry.names("sink")) == {"file"} | stores | tables
    assert set(registry.names("warehouse")) == tables
    assert set(registry.names("format")) == {"parquet", "parquet-plain", "csv", "jsonl"}
    assert set(registry.names("executor")) == {"threads", "processes"}
    assert set(registry.names("dialect")) == {
        *("redshift", "snowflake", "postgres", "duckdb", "bigquery", "databricks"),
        *("spark", "mysql", "tsql", "oracle", "ansi"),
    }


def test_every_hook_has_its_kind() -> None:
    hooks = {name for name in dir(hookspecs) if name.startswith("dw_simulator_")}
    assert hooks == {f"dw_simulator_{kind}s" for kind in KINDS} | {
        "dw_simulator_run_event",
        "dw_simulator_usual_rules",
    }


def test_unknown_names_offer_the_closest() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'snowflake'"):
        Registry().load("dialect", "snowflak")
    with pytest.raises(UnknownNameError, match="unknown kind 'rules'; did you mean 'rule'"):
        Registry().names("rules")


def test_a_stranger_registers_like_a_built_in(install: Callable[..., None]) -> None:
    hooks = rules("answer") | {"dw_simulator_stores": lambda: {"lost": "no_such_module_at_all:x"}}
    install("strange-one", hooks)
    registry = Registry()
    assert registry.load("rule", "answer") is Answer
    assert "faker" in registry.names("rule")
    one = registry.registration("rule", "answer")
    assert (one.place, one.owner.distribution, one.owner.version) == (
        "strange_one:Answer",
        "strange-one",
        "2.1",
    )
    assert str(one.owner) == "strange-one 2.1"
    assert not one.owner.built_in
    assert registry.registration("rule", "faker").owner.built_in
    with pytest.raises(RequestError, match="store 'lost' needs no_such_module_at_all: pip install"):
        registry.load("store", "lost")


@pytest.mark.parametrize(
    ("module", "extra"),
    [("adbc_driver_postgresql.dbapi", "redshift"), ("snowflake.connector", "snowflake")],
)
def test_a_missing_extra_is_named(
    install: Callable[..., None], monkeypatch: pytest.MonkeyPatch, module: str, extra: str
) -> None:
    for name in (module, module.partition(".")[0]):
        monkeypatch.setitem(sys.modules, name, None)
    install("strange-one", {"dw_simulator_sinks": lambda: {"lost": f"{module}:x"}})
    with pytest.raises(RequestError, match=rf"needs {module}: pip install 'dw-simulator\[{extra}\]'"):
        Registry().load("sink", "lost")


# --- whose a name is


def test_what_is_built_in_keeps_its_names(install: Callable[..., None]) -> None:
    install("strange-one", rules("email", "answer"))
    registry = Registry()
    told = r"rule 'email' of strange-one 2.1 .* is left out: the name belongs to .*people:Email \(built in\)"
    with pytest.warns(PluginWarning, match=told):
        assert registry.names("rule")["email"].startswith("dw_simulator.plugins.rules.")
    assert registry.load("rule", "answer") is Answer
    assert [(one.kind, one.name) for one in registry.left_out] == [("rule", "email")]


def test_among_strangers_the_first_by_name_has_it_whoever_was_installed_first(
    install: Callable[..., None],
) -> None:
    install("strange-two", rules("answer", place="strange_two:Answer"))
    install("strange-one", rules("answer"))
    registry = Registry()
    with pytest.warns(PluginWarning, match=r"strange-two 2.1 .* belongs to strange_one:Answer \(strange-one"):
        assert registry.registration("rule", "answer").owner.distribution == "strange-one"


# --- what is broken

BROKEN: dict[str, tuple[Mapping[str, Any] | str, str]] = {
    "no module": ("no_such_module_at_all", "No module named 'no_such_module_at_all'"),
    "no object in it": ("json:no_such_thing", "no attribute 'no_such_thing'"),
    "no hooks": ({"helper": 3}, "it has no hooks; decorate its functions"),
    "a misspelt hook": (
        {"dw_simulator_rulez": lambda: {"answer": "x:y"}},
        "there is no hook 'dw_simulator_rulez'; did you mean 'dw_simulator_rules'",
    ),
    "other arguments": ({"dw_simulator_run_event": lambda run: None}, r"Argument\(s\) \{'run'\}"),
    "a hook that fails": ({"dw_simulator_rules": lambda: 1 // 0}, "it raises ZeroDivisionError"),
    "a hook that ends the program": ({"dw_simulator_rules": lambda: sys.exit(3)}, "it raises SystemExit: 3"),
    "a list": ({"dw_simulator_rules": lambda: ["answer"]}, "it returns list, not a mapping"),
    "nothing": ({"dw_simulator_rules": lambda: None}, "it returns NoneType, not a mapping"),
    "no place": ({"dw_simulator_rules": lambda: {"answer": 42}}, "a name goes with a place such as"),
    "half a place": ({"dw_simulator_rules": lambda: {"answer": "strange_one"}}, "a name goes with a place"),
    "no name": ({"dw_simulator_rules": lambda: {3: "strange_one:Answer"}}, "a name goes with a place"),
}


@pytest.mark.parametrize(("plugin", "cause"), BROKEN.values(), ids=BROKEN)
def test_a_broken_stranger_is_named_and_left_out(
    install: Callable[..., None], plugin: Mapping[str, Any] | str, cause: str
) -> None:
    install("strange-one", plugin)
    install("strange-two", rules("answer", place="strange_two:Answer"))
    with pytest.warns(PluginWarning, match=f"strange-one 2.1 .*is left out: .*{cause}") as told:
        registry = _asked()
    assert len(told) == 1
    assert registry.load("rule", "answer") is Answer, "the others work"
    assert "faker" in registry.names("rule")
    assert [one.owner.distribution for one in registry.examine()] == ["strange-one"], "it is told once"


def _asked() -> Registry:
    registry = Registry()
    registry.names("rule")
    return registry


@pytest.mark.parametrize(
    ("kind", "place", "cause"),
    [
        (
            "rule",
            "strange_one:Question",
            "rule 'x' of strange-one 2.1 is broken: strange_one has no 'Question'",
        ),
        ("rule", "strange_one:__name__", "strange_one:__name__ has no build, kinds, .* so it is no rule"),
        ("sink", "strange_one:Answer", "has no check, prepare, .* so it is no sink"),
        ("executor", "strange_one:__name__", "has no __call__, so it is no executor"),
        ("faker_provider", "strange_one:Answer", "so it is no faker_provider"),
        ("rule", "antigravity_of_mine:Rule", "importing antigravity_of_mine raises ValueError: up"),
        ("rule", "json.no_such_part:Rule", "broken: No module named 'json.no_such_part'"),
    ],
)
def test_an_object_that_is_none_is_told_when_it_is_loaded(
    install: Callable[..., None], monkeypatch: pytest.MonkeyPatch, kind: str, place: str, cause: str
) -> None:
    monkeypatch.setattr(sys, "meta_path", [_Rising(), *sys.meta_path])
    install("strange-one", {f"dw_simulator_{kind}s": lambda: {"x": place}})
    registry = Registry()
    with pytest.raises(RequestError, match=cause):
        registry.load(kind, "x")
    (broken,) = registry.examine()
    assert (broken.kind, broken.name, broken.place) == (kind, "x", place)


class _Rising:
    """An importer of a module that fails while it is imported."""

    def find_spec(self, name: str, *_rest: object) -> None:
        if name == "antigravity_of_mine":
            raise ValueError("up")


def test_who_watches_runs_and_fails_is_told_once_and_the_others_go_on(install: Callable[..., None]) -> None:
    heard: list[RunEvent] = []
    install("strange-one", {"dw_simulator_run_event": lambda event: 1 // 0})
    install("strange-two", {"dw_simulator_run_event": heard_by(heard)})
    registry = Registry()
    assert [owner.distribution for owner in registry.watchers()] == ["strange-one", "strange-two"]
    event = RunEvent(1, "shop", "RUNNING", {}, {})
    with pytest.warns(PluginWarning, match="strange-one 2.1 .* it raises ZeroDivisionError"):
        registry.tell(event)
    registry.tell(event)
    assert heard == [event, event]


def heard_by(heard: list[RunEvent]) -> Hook:
    def hear(event: RunEvent) -> None:
        heard.append(event)

    return hear


# --- rules and their options


class Bin(RuleOptions):
    """A part of a rule."""

    low: float = 0
    weight: float = 1


@pytest.fixture
def rulebook(install: Callable[..., None]) -> Rulebook:
    install("strange-one", rules("nestling", place=f"{__name__}:Nested") | {"Nested": 0})
    return Rulebook(Registry())


class Nested(RuleOptions):
    """A rule with parts."""

    kinds = frozenset({Kind.INTEGER})

    bins: tuple[Bin, ...] = ()
    values: tuple[bool | int | str, ...] = ()
    either: Bin | str | None = None

    def build(self, spec: object) -> None:
        """It is never asked."""


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (
            {"name": "nestlng"},
            "t.c: unknown rule 'nestlng'; did you mean 'nestling'.*dw-sim plugins --kind rule",
        ),
        ({"name": "nestling", "bin": 1}, "t.c: the rule nestling has no option 'bin'; did you mean 'bins'"),
        (
            {"name": "nestling", "bins": [{}, {"wieght": 2}]},
            r"bins\[1\] of the rule nestling has no option 'wieght'; did you mean 'weight'.*; dw-sim plugins",
        ),
        ({"name": "nestling", "bins": [{"low": "x"}]}, r"t.c: bins\[0\].low: should be a valid number"),
        (
            {"name": "nestling", "values": [[]]},
            r"values\[0\]: should be a valid boolean or .* integer or .* string",
        ),
        (
            {"name": "nestling", "either": {"lw": 1}},
            "either of the rule nestling has no option 'lw'; did you mean 'low'",
        ),
        ({"name": "poisson", "lambd": 1}, "the rule poisson has no option 'lambd'; did you mean 'lambda'"),
    ],
)
def test_an_unknown_rule_or_option_offers_the_closest(
    rulebook: Rulebook, rule: dict[str, Any], words: str
) -> None:
    experiment = parse(
        {"name": "x", "tables": [table("t", 3, {"name": "c", "data_type": "INT", "rule": rule})]}
    )
    problems = list(rulebook.problems(experiment))
    assert problems[0].place == "tables[0].columns[0].rule"
    with pytest.raises(SchemaError, match=words):
        raise SchemaError(problems)


def test_a_rule_that_is_broken_is_a_problem_of_its_column(install: Callable[..., None]) -> None:
    install("strange-one", rules("lost", place="strange_one:Lost"))
    column = {"name": "c", "data_type": "INT", "rule": {"name": "lost"}}
    (problem,) = Rulebook(Registry()).problems(parse({"name": "x", "tables": [table("t", 3, column)]}))
    assert problem.message == "t.c: rule 'lost' of strange-one 2.1 is broken: strange_one has no 'Lost'"
    assert "remove the plugin" in problem.mend


class Wrong(RuleOptions):
    """A rule whose author was in a hurry."""

    kinds = frozenset({Kind.INTEGER})
    how: str = ""

    def build(self, spec: object) -> Any:
        if self.how == "raises":
            raise ValueError("no\nway " + "x" * 5000)
        if self.how == "exits":
            raise SystemExit(5)
        if self.how == "finishes":
            return Derived((), lambda _answers: "rubbish")  # type: ignore[arg-type, return-value]
        return None if self.how == "nothing" else "rubbish"


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("raises", "fails: ValueError: no way x{200,280}\\.\\.\\.; mend or remove the plugin"),
        ("exits", "fails: SystemExit: 5; mend"),
        ("nothing", "makes NoneType, which is no Domain, Kernel or Derived; mend"),
        ("rubbish", "makes str, which is no Domain"),
        ("finishes", "makes str, which is no Domain"),
    ],
)
def test_a_strangers_rule_that_fails_is_named_with_the_column(
    install: Callable[..., None], how: str, words: str
) -> None:
    install("strange-one", rules("wrong", place=f"{__name__}:Wrong"))
    column = {"name": "c", "data_type": "INT", "rule": {"name": "wrong", "how": how}}
    experiment = parse({"name": "x", "tables": [table("t", 3, column)]})
    with pytest.raises(PlanError, match=f"t.c: .*the rule wrong of strange-one 2.1 {words}"):
        plan(experiment, 1, Rulebook(Registry()))
