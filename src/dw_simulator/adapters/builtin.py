"""The built-in sinks, executors, stores and query engines, by name."""

from collections.abc import Mapping

from dw_simulator.hookspecs import hookimpl

_WAREHOUSES = "dw_simulator.adapters.warehouses"
_LOCAL = "dw_simulator.adapters.executors.local"


_TABLES = "dw_simulator.adapters.sinks.tables"
_POSTGRES = ("postgres", "postgresql", "redshift")
_OBJECT_STORES = ("abfs", "abfss", "az", "gcs", "gs", "s3")


@hookimpl
def dw_simulator_sinks() -> Mapping[str, str]:
    return {
        **dict.fromkeys(_OBJECT_STORES, "dw_simulator.adapters.sinks.objects:ObjectSink"),
        "file": "dw_simulator.adapters.sinks.directory:DirectorySink",
        "memory": "dw_simulator.adapters.sinks.memory:MemorySink",
        "duckdb": f"{_TABLES}:DuckDbTables",
        "snowflake": f"{_TABLES}:SnowflakeTables",
        **dict.fromkeys(_POSTGRES, f"{_TABLES}:PostgresTables"),
    }


@hookimpl
def dw_simulator_warehouses() -> Mapping[str, str]:
    return {
        "duckdb": f"{_WAREHOUSES}.duckdb:DuckDbWarehouse",
        "snowflake": f"{_WAREHOUSES}.snowflake:SnowflakeWarehouse",
        **dict.fromkeys(_POSTGRES, f"{_WAREHOUSES}.postgres:PostgresWarehouse"),
    }


@hookimpl
def dw_simulator_executors() -> Mapping[str, str]:
    return {"processes": f"{_LOCAL}:run_in_processes", "threads": f"{_LOCAL}:run_in_threads"}


@hookimpl
def dw_simulator_stores() -> Mapping[str, str]:
    return {"sql": "dw_simulator.adapters.stores.sql:Store"}


@hookimpl
def dw_simulator_engines() -> Mapping[str, str]:
    return {"duckdb": "dw_simulator.adapters.queries.embedded:EmbeddedQuery"}
