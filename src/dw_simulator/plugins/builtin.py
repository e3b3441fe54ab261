"""The built-in rules and dialects, by name."""

from collections.abc import Mapping

from dw_simulator.hookspecs import hookimpl

_RULES = "dw_simulator.plugins.rules"
_DIALECTS = "dw_simulator.plugins.dialects"


@hookimpl
def dw_simulator_rules() -> Mapping[str, str]:
    return {
        "beta": f"{_RULES}.shapes:Beta",
        "boolean": f"{_RULES}.choices:Boolean",
        "bytes": f"{_RULES}.binary:Bytes",
        "choice": f"{_RULES}.choices:Choice",
        "code": f"{_RULES}.words:Code",
        "email": f"{_RULES}.people:Email",
        "exponential": f"{_RULES}.shapes:Exponential",
        "expression": f"{_RULES}.expressions:Expression",
        "faker": f"{_RULES}.faker:FakerValues",
        "full_name": f"{_RULES}.people:FullName",
        "json": f"{_RULES}.documents:Json",
        "lognormal": f"{_RULES}.shapes:LogNormal",
        "normal": f"{_RULES}.shapes:Normal",
        "poisson": f"{_RULES}.shapes:Poisson",
        "sequence": f"{_RULES}.numbers:Sequence",
        "text": f"{_RULES}.words:Text",
        "uniform": f"{_RULES}.numbers:UniformValues",
        "uuid": f"{_RULES}.binary:Uuid",
        "zipf": f"{_RULES}.shapes:ZipfValues",
    }


@hookimpl
def dw_simulator_dialects() -> Mapping[str, str]:
    return {
        "bigquery": f"{_DIALECTS}.bigquery:dialect",
        "databricks": f"{_DIALECTS}.databricks:dialect",
        "duckdb": f"{_DIALECTS}.duckdb:dialect",
        "postgres": f"{_DIALECTS}.postgres:dialect",
        "redshift": f"{_DIALECTS}.redshift:dialect",
        "snowflake": f"{_DIALECTS}.snowflake:dialect",
    }
