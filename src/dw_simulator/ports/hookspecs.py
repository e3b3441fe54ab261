"""Every hook, on one screen.

A plugin is a module (or object) with any of these functions, decorated with `hookimpl` and named in the
entry-point group `dw_simulator`. Each returns names and where they live, `{"name": "package.module:object"}`:
listing costs nothing, and a module is imported when its name is first used. A name belongs to whom it was
given first: to this program, then to distributions in the order of their names.
"""

from collections.abc import Mapping

import pluggy

from dw_simulator.ports.progress import RunEvent

hookspec = pluggy.HookspecMarker("dw_simulator")
hookimpl = pluggy.HookimplMarker("dw_simulator")


@hookspec
def dw_simulator_rules() -> Mapping[str, str]:  # type: ignore[empty-body]
    """Column rules: subclasses of `schema.model.RuleOptions` with a `build` method (`ports.rule.Rule`)."""


@hookspec
def dw_simulator_usual_rules() -> Mapping[str, str]:  # type: ignore[empty-body]
    """The rules of columns that name none: by a `types.Kind` or a `ports.rule.RuleRole`, a rule's name."""


@hookspec
def dw_simulator_faker_providers() -> Mapping[str, str]:  # type: ignore[empty-body]
    """Faker providers: subclasses of `faker.providers.BaseProvider`; the rule `faker` knows their methods."""


@hookspec
def dw_simulator_dialects() -> Mapping[str, str]:  # type: ignore[empty-body]
    """SQL dialects: objects that read and write DDL (`ports.dialect.Dialect`)."""


@hookspec
def dw_simulator_contracts() -> Mapping[str, str]:  # type: ignore[empty-body]
    """Contracts: objects that read tables from what is no SQL, such as dbt (`ports.contract.Contract`)."""


@hookspec
def dw_simulator_sinks() -> Mapping[str, str]:  # type: ignore[empty-body]
    """Sinks by the scheme of their URL: subclasses of `ports.sink.Sink`."""


@hookspec
def dw_simulator_warehouses() -> Mapping[str, str]:  # type: ignore[empty-body]
    """Warehouses by the scheme of their URL: subclasses of `ports.warehouse.Warehouse`."""


@hookspec
def dw_simulator_databases() -> Mapping[str, str]:  # type: ignore[empty-body]
    """Databases to import, by the scheme of their URL: subclasses of `ports.live_database.LiveDatabase`."""


@hookspec
def dw_simulator_executors() -> Mapping[str, str]:  # type: ignore[empty-body]
    """Executors: functions that make every part of a plan (`ports.executor.Executor`)."""


@hookspec
def dw_simulator_stores() -> Mapping[str, str]:  # type: ignore[empty-body]
    """Experiment stores: classes that take a URL, with the methods of `ports.store.Store`."""


@hookspec
def dw_simulator_engines() -> Mapping[str, str]:  # type: ignore[empty-body]
    """Query engines: what answers a SELECT over Parquet files (`ports.answers.QueryEngine`)."""


@hookspec
def dw_simulator_formats() -> Mapping[str, str]:  # type: ignore[empty-body]
    """File formats: objects that write batches into a stream and read them again (`ports.format.Format`)."""


@hookspec
def dw_simulator_run_event(event: RunEvent) -> None:
    """Told how far a run of this process is, some times a second and at its end; its errors are ignored."""
