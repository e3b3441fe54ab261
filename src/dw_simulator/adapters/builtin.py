"""The built-in sinks and executors, by name."""

from collections.abc import Mapping

from dw_simulator.hookspecs import hookimpl

_LOCAL = "dw_simulator.adapters.executors.local"


@hookimpl
def dw_simulator_sinks() -> Mapping[str, str]:
    return {
        "file": "dw_simulator.adapters.sinks.parquet:ParquetSink",
        "memory": "dw_simulator.adapters.sinks.memory:MemorySink",
    }


@hookimpl
def dw_simulator_warehouses() -> Mapping[str, str]:
    return {"snowflake": "dw_simulator.adapters.warehouses.snowflake:SnowflakeWarehouse"}


@hookimpl
def dw_simulator_executors() -> Mapping[str, str]:
    return {"processes": f"{_LOCAL}:run_in_processes", "threads": f"{_LOCAL}:run_in_threads"}


@hookimpl
def dw_simulator_stores() -> Mapping[str, str]:
    return {"sql": "dw_simulator.adapters.stores.sql:Store"}
