"""Which contract a file is, told by its looks: every start with a file asks, so nothing is imported to tell.

What reads a contract is a file (or folder) per language beside this one, imported when it is read.
"""

import importlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from dw_simulator.ports.contract import Contract, ContractSource, ContractTables
from dw_simulator.schema.json_data import Json

DBT_PROJECT_FILE = "dbt_project.yml"
SQLMESH_MODEL = r"(?im)^[ \t]*MODEL\s*+\("
SQLMESH_EXTERNAL = ("external_models.yaml", "external_models.yml")
_SQLMESH_SETTINGS = ("config.yaml", "config.yml", "config.py")
_BEGINNING = 20_000


@dataclass(frozen=True)
class ContractLanguage(Contract):
    """A language of contracts.

    looks   whether something looks like one
    reader  the module below this folder whose `read` makes its tables
    parts   as `Contract` has them
    """

    looks: Callable[[ContractSource], bool]
    reader: str
    parts: tuple[str, ...] = ()

    def claims(self, source: ContractSource) -> bool:
        return self.looks(source)

    def read(self, source: ContractSource) -> ContractTables:
        read: Callable[[ContractSource], ContractTables]
        read = importlib.import_module(f"{__package__}.{self.reader}").read
        return read(replace(source, parts=self.wanted(source)))


def _fields(source: ContractSource) -> Mapping[str, Json]:
    """The fields of a document whose beginning looks right; none of any other."""
    from dw_simulator.plugins.contracts.contract_files import quick_fields  # noqa: PLC0415 - reads YAML

    return quick_fields(source)


def _is_dbt(source: ContractSource) -> bool:
    if source.is_directory:
        return (source.place / DBT_PROJECT_FILE).is_file()
    if source.suffix not in (".json", "") or "dbt_schema_version" not in source.text[:2000]:
        return False
    metadata = _fields(source).get("metadata")
    return isinstance(metadata, dict) and "/manifest/" in str(metadata.get("dbt_schema_version"))


def _is_odcs(source: ContractSource) -> bool:
    if "DataContract" not in source.text[:_BEGINNING]:
        return False
    marked = re.search(r"""(?m)\bkind["']?\s*:\s*["']?DataContract\b""", source.text[:_BEGINNING])
    return marked is not None and _fields(source).get("kind") == "DataContract"


def _is_sqlmesh(source: ContractSource) -> bool:
    if source.is_directory:
        marks = (*_SQLMESH_SETTINGS, *SQLMESH_EXTERNAL)
        return any((source.place / name).is_file() for name in marks) and (source.place / "models").is_dir()
    return source.suffix in (".sql", "") and re.search(SQLMESH_MODEL, source.text) is not None


def _is_avro(source: ContractSource) -> bool:
    if not re.search(r'"type"\s*:\s*"record"', source.text[:_BEGINNING]):
        return False
    return source.suffix == ".avsc" or _fields(source).get("type") == "record"


def _is_json_schema(source: ContractSource) -> bool:
    if source.suffix not in (".json", ".yaml", ".yml", ""):
        return False
    if not re.search(r"json-schema\.org|[\"']?properties[\"']?\s*:", source.text):
        return False
    fields = _fields(source)
    if "json-schema.org" in str(fields.get("$schema")):
        return True
    inner = fields.get("items") if fields.get("type") == "array" else fields
    return "tables" not in fields and isinstance(inner, dict) and isinstance(inner.get("properties"), dict)


def _is_dbml(source: ContractSource) -> bool:
    if source.suffix == ".dbml":
        return True
    table = r"(?mi)^[ \t]*Table[ \t]++[\w\".]+[^{;\n]*\{"
    return source.suffix == "" and re.search(table, source.text[:_BEGINNING]) is not None


DBT = ContractLanguage(_is_dbt, "dbt.reader", ("sources", "models", "seeds", "snapshots"))
ODCS = ContractLanguage(_is_odcs, "odcs")
SQLMESH = ContractLanguage(_is_sqlmesh, "sqlmesh")
AVRO = ContractLanguage(_is_avro, "avro")
JSON_SCHEMA = ContractLanguage(_is_json_schema, "json_schemas")
DBML = ContractLanguage(_is_dbml, "dbml")
