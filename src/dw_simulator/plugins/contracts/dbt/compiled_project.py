"""A project as dbt has compiled it: target/manifest.json, and catalog.json where it is there."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from dw_simulator.errors import Problem, SchemaError
from dw_simulator.plugins.contracts.contract_files import decoded
from dw_simulator.plugins.contracts.dbt.project import (
    MODEL,
    SEED,
    SNAPSHOT,
    SOURCE,
    DataTest,
    DbtNode,
    NodeColumn,
    Project,
)
from dw_simulator.plugins.contracts.drafts import said_of
from dw_simulator.schema import reading
from dw_simulator.schema.json_data import Json, fields_in, items_in

CONSTRAINT = "constraint"
"""What stands for the package of a test, for what is a constraint of a model's contract."""

_TABLES = frozenset({MODEL, SEED, SNAPSHOT})
_OWN_ARGUMENTS = frozenset({"model", "column_name"})


def is_manifest(fields: Mapping[str, Json]) -> bool:
    """Whether a document is one of dbt's manifests."""
    version = said_of(fields_in(fields.get("metadata")), "dbt_schema_version")
    return "/manifest/" in version


def of_manifest(path: Path, text: str, root: Path | None) -> Project:
    """The project of a manifest. Raises SchemaError.

    root  the project's folder, in which seeds and the catalog are looked for; None for none
    """
    data = fields_in(decoded(text, path, str(path)).data)
    if not is_manifest(data):
        raise SchemaError([Problem(str(path), "it is no manifest of dbt", "name target/manifest.json")])
    metadata = fields_in(data.get("metadata"))
    project = Project(
        said_of(metadata, "project_name") or path.stem, said_of(metadata, "adapter_type"), complete=set()
    )
    keys: dict[str, str] = {}
    found = {**fields_in(data.get("sources")), **fields_in(data.get("nodes"))}
    for unique_id, fields in found.items():
        kind = said_of(fields_in(fields), "resource_type") or unique_id.partition(".")[0]
        if kind in {SOURCE, *_TABLES}:
            node = _node(kind, fields_in(fields), root)
            keys[unique_id] = node.key
            project.nodes[node.key] = node
            project.tests += _constraints(node, fields_in(fields))
    for fields in fields_in(data.get("nodes")).values():
        if said_of(fields_in(fields), "resource_type") == "test":
            project.tests += _test(fields_in(fields), keys)
    if root is not None:
        _add_catalog(project, path.parent / "catalog.json", keys)
    return project


def _node(kind: str, fields: Mapping[str, Json], root: Path | None) -> DbtNode:
    name, file = said_of(fields, "name"), said_of(fields, "original_file_path")
    key = f"{said_of(fields, 'source_name')}.{name}" if kind == SOURCE else name
    node = DbtNode(
        kind,
        key,
        said_of(fields, "identifier") or said_of(fields, "alias") or name,
        said_of(fields, "schema"),
        said_of(fields, "database"),
        comment=said_of(fields, "description"),
        sql=said_of(fields, "raw_code"),
        file=_inside(root, file) if kind == SEED and file else None,
        place=said_of(fields, "patch_path").rpartition("://")[2] or file,
    )
    types = fields_in(fields_in(fields.get("config")).get("column_types"))
    for described in fields_in(fields.get("columns")).values():
        one = fields_in(described)
        column = said_of(one, "name")
        data_type = said_of(one, "data_type") or said_of(types, column)
        node.add(NodeColumn(column, data_type, said_of(one, "description"), node.place))
    for column, said in types.items():
        node.add(NodeColumn(column, str(said), "", node.place))
    return node


def _inside(root: Path | None, file: str) -> Path | None:
    """A file of the project; None for one that lies elsewhere, which no manifest is to name."""
    if root is None:
        return None
    path = (root / file).resolve()
    return path if path.is_relative_to(root.resolve()) else None


def _constraints(node: DbtNode, fields: Mapping[str, Json]) -> Iterator[DataTest]:
    for one in items_in(fields.get("constraints")):
        yield constraint(node, fields_in(one), "")
    for described in fields_in(fields.get("columns")).values():
        column = fields_in(described)
        for one in items_in(column.get("constraints")):
            yield constraint(node, fields_in(one), said_of(column, "name"))


def constraint(node: DbtNode, fields: Mapping[str, Json], column: str, place: str = "") -> DataTest:
    """A constraint of a model's contract, as a test."""
    return DataTest(node.key, said_of(fields, "type"), CONSTRAINT, fields, column, place=place or node.place)


def _test(fields: Mapping[str, Json], keys: Mapping[str, str]) -> Iterator[DataTest]:
    metadata, config = fields_in(fields.get("test_metadata")), fields_in(fields.get("config"))
    if not metadata or config.get("enabled") is False:
        return
    tested = said_of(fields, "attached_node")
    if not tested:  # sources are not said there; what a test refers to stands before what it tests
        named = map(str, items_in(fields_in(fields.get("depends_on")).get("nodes")))
        sources = [one for one in named if one in keys]
        asked = str(fields_in(metadata.get("kwargs")).get("model"))
        usual = sources[-1] if sources else ""
        tested = next((one for one in sources if _is_asked(keys[one], asked)), usual)
    if tested not in keys:
        return
    arguments = {
        name: value for name, value in fields_in(metadata.get("kwargs")).items() if name not in _OWN_ARGUMENTS
    }
    yield DataTest(
        keys[tested],
        said_of(metadata, "name"),
        said_of(metadata, "namespace"),
        arguments,
        said_of(fields, "column_name") or said_of(fields_in(metadata.get("kwargs")), "column_name"),
        said_of(config, "where"),
        said_of(fields, "original_file_path"),
    )


def _is_asked(key: str, model: str) -> bool:
    """Whether the model that a test names, source('crm', 'customers'), is this one."""
    return all(f"'{name}'" in model or f'"{name}"' in model for name in key.split("."))


def _add_catalog(project: Project, path: Path, keys: Mapping[str, str]) -> None:
    """Columns and types as the warehouse has them."""
    if not path.is_file():
        return
    data = fields_in(decoded(reading.text_of(path), path, str(path)).data)
    upper = project.adapter == "snowflake"
    for unique_id, table in {**fields_in(data.get("sources")), **fields_in(data.get("nodes"))}.items():
        node = project.nodes.get(keys.get(unique_id, ""))
        columns = list(fields_in(fields_in(table).get("columns")).values())
        if node is None or not columns:
            continue
        project.complete.add(node.key)
        for one in map(fields_in, columns):
            name = said_of(one, "name")
            name = name.lower() if upper and name.isupper() else name
            for known in node.columns.values():
                if known.name.lower() == name.lower():
                    known.data_type = ""  # what is there counts
            node.add(NodeColumn(name, said_of(one, "type"), said_of(one, "comment"), node.place))
