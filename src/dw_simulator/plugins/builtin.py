"""Everything that ships registered, by name: rules, dialects, sinks, warehouses, executors and more.

What stands first of a kind is its default, which is meant where nothing is said: DuckDB's SQL, files in a
directory, threads, Parquet.
"""

from collections.abc import Mapping

from dw_simulator.ports.hookspecs import hookimpl

_RULES = "dw_simulator.plugins.rules"
_DIALECTS = "dw_simulator.plugins.dialects"
_CONTRACTS = "dw_simulator.plugins.contracts.recognizing"
_WAREHOUSES = "dw_simulator.adapters.warehouses"
_DATABASES = "dw_simulator.adapters.databases"
_LOCAL = "dw_simulator.adapters.executors.workers"
_FORMATS = "dw_simulator.adapters.formats"
_TABLES = "dw_simulator.adapters.sinks.tables"
_POSTGRES = ("postgres", "postgresql", "redshift")
_OBJECT_STORES = ("abfs", "abfss", "az", "gcs", "gs", "s3")


@hookimpl
def dw_simulator_rules() -> Mapping[str, str]:
    return {
        "after": f"{_RULES}.events:After",
        "beta": f"{_RULES}.continuous:Beta",
        "binomial": f"{_RULES}.discrete:Binomial",
        "boolean": f"{_RULES}.choices:Boolean",
        "bytes": f"{_RULES}.binary:Bytes",
        "calendar": f"{_RULES}.times:CalendarTimes",
        "cases": f"{_RULES}.segments:RulesByCase",
        "choice": f"{_RULES}.choices:Choice",
        "code": f"{_RULES}.free_text:AlphanumericCode",
        "coded": f"{_RULES}.shown_codes:CodeShowing",
        "company": f"{_RULES}.companies:Company",
        "constant": f"{_RULES}.choices:ConstantValue",
        "date_key": f"{_RULES}.date_tables:DateKey",
        "date_part": f"{_RULES}.date_tables:DatePart",
        "email": f"{_RULES}.people:Email",
        "exponential": f"{_RULES}.continuous:Exponential",
        "expression": f"{_RULES}.expressions:Expression",
        "faker": f"{_RULES}.faker:FakerValues",
        "full_name": f"{_RULES}.people:FullName",
        "gamma": f"{_RULES}.continuous:Gamma",
        "geometric": f"{_RULES}.discrete:Geometric",
        "hash": f"{_RULES}.binary:Hash",
        "histogram": f"{_RULES}.histograms:Histogram",
        "ip": f"{_RULES}.networks:Ip",
        "json": f"{_RULES}.json_values:Json",
        "lifecycle": f"{_RULES}.lifecycles:LifecycleColumn",
        "lognormal": f"{_RULES}.continuous:LogNormal",
        "mac": f"{_RULES}.networks:Mac",
        "mixture": f"{_RULES}.mixtures:MixtureValues",
        "nested": f"{_RULES}.nested_values:Nested",
        "normal": f"{_RULES}.continuous:Normal",
        "notation": f"{_RULES}.notations:Notation",
        "numbered": f"{_RULES}.numbered:Numbered",
        "pareto": f"{_RULES}.continuous:Pareto",
        "pattern": f"{_RULES}.patterns:Pattern",
        "person": f"{_RULES}.people:Person",
        "place": f"{_RULES}.places:GeoPlace",
        "poisson": f"{_RULES}.discrete:Poisson",
        "price": f"{_RULES}.prices:Price",
        "product": f"{_RULES}.products:Product",
        "recurring": f"{_RULES}.recurring:Recurs",
        "regex": f"{_RULES}.regexes:Regex",
        "rollup": f"{_RULES}.rollups:Rollup",
        "sequence": f"{_RULES}.numbers:Sequence",
        "step": f"{_RULES}.lifecycles:LifecycleStep",
        "street": f"{_RULES}.streets:Street",
        "table": f"{_RULES}.own_rows:OwnRows",
        "target": f"{_RULES}.declared_sums:Target",
        "text": f"{_RULES}.free_text:Text",
        "triangular": f"{_RULES}.continuous:Triangular",
        "uniform": f"{_RULES}.numbers:UniformValues",
        "url": f"{_RULES}.networks:Url",
        "uuid": f"{_RULES}.identifiers:Uuid",
        "window": f"{_RULES}.windows:Window",
        "zipf": f"{_RULES}.discrete:ZipfValues",
    }


@hookimpl
def dw_simulator_usual_rules() -> Mapping[str, str]:
    return {
        "boolean": "boolean",
        "integer": "uniform",
        "decimal": "uniform",
        "float": "uniform",
        "text": "text",
        "date": "uniform",
        "time": "uniform",
        "timestamp": "uniform",
        "binary": "bytes",
        "uuid": "uuid",
        "json": "json",
        "notation": "notation",
        "nested": "nested",
        "counting": "sequence",
        "listing": "choice",
        "condition": "expression",
        "note": "text",
        "code": "code",
        "form": "regex",
        "spread": "mixture",
        "given": "table",
        "days": "date_key",
    }


@hookimpl
def dw_simulator_dialects() -> Mapping[str, str]:
    return {
        # of those that read a script equally well, the first counts
        "duckdb": f"{_DIALECTS}.duckdb:dialect",
        "postgres": f"{_DIALECTS}.postgres:dialect",
        "redshift": f"{_DIALECTS}.redshift:dialect",
        "snowflake": f"{_DIALECTS}.snowflake:dialect",
        "bigquery": f"{_DIALECTS}.bigquery:dialect",
        "databricks": f"{_DIALECTS}.databricks:dialect",
        "spark": f"{_DIALECTS}.spark:dialect",
        "mysql": f"{_DIALECTS}.mysql:dialect",
        "tsql": f"{_DIALECTS}.tsql:dialect",
        "oracle": f"{_DIALECTS}.oracle:dialect",
        "ansi": f"{_DIALECTS}.ansi:dialect",
    }


@hookimpl
def dw_simulator_contracts() -> Mapping[str, str]:
    return {
        # where nobody says what a file is, the first that claims it reads it
        "dbt": f"{_CONTRACTS}:DBT",
        "odcs": f"{_CONTRACTS}:ODCS",
        "sqlmesh": f"{_CONTRACTS}:SQLMESH",
        "avro": f"{_CONTRACTS}:AVRO",
        "json-schema": f"{_CONTRACTS}:JSON_SCHEMA",
        "dbml": f"{_CONTRACTS}:DBML",
    }


@hookimpl
def dw_simulator_sinks() -> Mapping[str, str]:
    return {
        "file": "dw_simulator.adapters.sinks.directory:DirectorySink",
        **dict.fromkeys(_OBJECT_STORES, "dw_simulator.adapters.sinks.objects:ObjectSink"),
        "duckdb": f"{_TABLES}:DuckDbTableSink",
        "snowflake": f"{_TABLES}:SnowflakeTableSink",
        **dict.fromkeys(_POSTGRES, f"{_TABLES}:PostgresTableSink"),
    }


@hookimpl
def dw_simulator_warehouses() -> Mapping[str, str]:
    return {
        "duckdb": f"{_WAREHOUSES}.duckdb:DuckDbWarehouse",
        "snowflake": f"{_WAREHOUSES}.snowflake:SnowflakeWarehouse",
        **dict.fromkeys(_POSTGRES, f"{_WAREHOUSES}.postgres:PostgresWarehouse"),
    }


@hookimpl
def dw_simulator_databases() -> Mapping[str, str]:
    return {
        "duckdb": f"{_DATABASES}.duckdb:DuckDbDatabase",
        "mariadb": f"{_DATABASES}.mysql:MySqlDatabase",
        "mysql": f"{_DATABASES}.mysql:MySqlDatabase",
        "postgres": f"{_DATABASES}.postgres:PostgresDatabase",
        "postgresql": f"{_DATABASES}.postgres:PostgresDatabase",
        "redshift": f"{_DATABASES}.redshift:RedshiftDatabase",
        "snowflake": f"{_DATABASES}.snowflake:SnowflakeDatabase",
        "sqlite": f"{_DATABASES}.sqlite:SqliteDatabase",
    }


@hookimpl
def dw_simulator_executors() -> Mapping[str, str]:
    return {"threads": f"{_LOCAL}:run_in_threads", "processes": f"{_LOCAL}:run_in_processes"}


@hookimpl
def dw_simulator_stores() -> Mapping[str, str]:
    return {
        "sql": "dw_simulator.adapters.stores.sql:SqlStore",
        "memory": "dw_simulator.adapters.stores.memory:MemoryStore",
    }


@hookimpl
def dw_simulator_engines() -> Mapping[str, str]:
    return {"duckdb": "dw_simulator.adapters.queries.duckdb_engine:ENGINE"}


@hookimpl
def dw_simulator_formats() -> Mapping[str, str]:
    return {
        "parquet": f"{_FORMATS}.parquet:FORMAT",
        "parquet-plain": f"{_FORMATS}.parquet:PLAIN",
        "csv": f"{_FORMATS}.csv:FORMAT",
        "jsonl": f"{_FORMATS}.jsonl:FORMAT",
    }
