"""A project as its authors have written it: dbt_project.yml, and the YAML and SQL files below it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dw_simulator.errors import Problem, SchemaError
from dw_simulator.plugins.contracts.contract_files import Document, decoded
from dw_simulator.plugins.contracts.dbt.compiled_project import constraint
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
from dw_simulator.plugins.contracts.recognizing import DBT_PROJECT_FILE
from dw_simulator.schema import reading
from dw_simulator.schema.json_data import Json, fields_in, items_in
from dw_simulator.schema.written import as_written

_MOST_FILES = 50_000
_VAR = re.compile(r"""\{\{\s*(?:var|env_var)\(\s*['"]([^'"]+)['"]\s*(?:,\s*['"]([^'"]*)['"]\s*)?\)\s*\}\}""")
_OF_CONFIG = frozenset({"name", "description", "config", "where", "severity", "enabled", "tags", "limit"})
_PATHS = {
    MODEL: ("model-paths", "models"),
    SEED: ("seed-paths", "seeds"),
    SNAPSHOT: ("snapshot-paths", "snapshots"),
}
_ENDS = {MODEL: (".sql", ".py"), SEED: (".csv",), SNAPSHOT: (".sql",)}


def of_files(root: Path) -> Project:
    """The project of a folder with a dbt_project.yml. Raises SchemaError."""
    return _Reading(root).read()


def setting(root: Path, name: str, usual: str) -> str:
    """A setting of a project that is one text."""
    return said_of(fields_in(_document(root / DBT_PROJECT_FILE, root).data), name) or usual


def described_files(root: Path) -> Iterator[Path]:
    """The YAML files that describe the project."""
    fields = fields_in(_document(root / DBT_PROJECT_FILE, root).data)
    for kind in _PATHS:
        yield from _below(root, fields, kind, (".yml", ".yaml"))


def _below(root: Path, fields: Mapping[str, Json], kind: str, ends: tuple[str, ...]) -> Iterator[Path]:
    """The files of a kind below the folders that the project names for it, inside of the project."""
    name, usual = _PATHS[kind]
    count = 0
    for folder in items_in(fields.get(name)) or [usual]:
        place = (root / str(folder)).resolve()
        if not place.is_relative_to(root.resolve()):
            continue
        for path in sorted(place.rglob("*")):
            count += 1
            if count > _MOST_FILES:
                raise SchemaError([Problem(str(place), f"it has more than {_MOST_FILES:,} files")])
            if path.suffix.lower() in ends and path.is_file():
                yield path


def _document(path: Path, root: Path) -> Document:
    name = str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
    return decoded(reading.text_of(path), path, name)


@dataclass
class _Reading:
    root: Path

    def read(self) -> Project:
        self.root = self.root.resolve()
        fields = fields_in(_document(self.root / DBT_PROJECT_FILE, self.root).data)
        self.vars = fields_in(fields.get("vars"))
        self.project = Project(said_of(fields, "name") or self.root.name, self._adapter(fields))
        for kind, ends in _ENDS.items():
            for path in _below(self.root, fields, kind, ends):
                self._add_file(kind, path)
        for path in described_files(self.root):
            self._describe(_document(path, self.root))
        return self.project

    def _adapter(self, fields: Mapping[str, Json]) -> str:
        """The warehouse of the project's profile, where that is beside it."""
        path = self.root / "profiles.yml"
        if not path.is_file():
            return ""
        profile = fields_in(fields_in(_document(path, self.root).data).get(said_of(fields, "profile")))
        outputs = fields_in(profile.get("outputs"))
        target = said_of(profile, "target") or next(iter(outputs), "")
        return said_of(fields_in(outputs.get(target)), "type")

    def _add_file(self, kind: str, path: Path) -> None:
        node = DbtNode(kind, path.stem, path.stem, place=str(path.relative_to(self.root)))
        if kind == SEED:
            node.file = path
        elif path.suffix == ".sql":
            node.sql = reading.text_of(path)
        self.project.nodes.setdefault(node.key, node)

    def _describe(self, document: Document) -> None:
        data = document.data
        for source in document.items(data, "sources"):
            schema = self._resolved(said_of(source, "schema"), document, source) or said_of(source, "name")
            for table in document.items(source, "tables"):
                self._describe_source(document, source, table, schema)
        for kind, name in ((MODEL, "models"), (SEED, "seeds"), (SNAPSHOT, "snapshots")):
            for fields in document.items(data, name):
                key = said_of(fields, "name")
                node = self.project.nodes.setdefault(key, DbtNode(kind, key, key))
                node.place = document.place(fields)
                config = fields_in(fields.get("config"))
                node.identifier = said_of(config, "alias") or node.identifier
                self._describe_node(document, node, fields)

    def _describe_source(
        self, document: Document, source: Mapping[str, Json], table: Mapping[str, Json], schema: str
    ) -> None:
        name = said_of(table, "name")
        node = DbtNode(
            SOURCE,
            f"{said_of(source, 'name')}.{name}",
            self._resolved(said_of(table, "identifier"), document, table) or name,
            schema,
            self._resolved(said_of(source, "database"), document, source),
            place=document.place(table),
        )
        self.project.nodes[node.key] = node
        self._describe_node(document, node, table)

    def _describe_node(self, document: Document, node: DbtNode, fields: Mapping[str, Json]) -> None:
        node.comment = said_of(fields, "description")
        for name, data_type in fields_in(fields_in(fields.get("config")).get("column_types")).items():
            node.add(NodeColumn(name, as_written(data_type), "", node.place))
        self._add_tests(document, node, fields, "")
        for column in document.items(fields, "columns"):
            name = said_of(column, "name")
            place = document.place(column)
            node.add(NodeColumn(name, said_of(column, "data_type"), said_of(column, "description"), place))
            self._add_tests(document, node, column, name)

    def _add_tests(self, document: Document, node: DbtNode, fields: Mapping[str, Json], column: str) -> None:
        tests = [*items_in(fields.get("tests")), *items_in(fields.get("data_tests"))]
        for one in tests:
            self.project.tests += _tests(document, node, one, column, document.place(fields))
        for one in document.items(fields, "constraints"):
            self.project.tests.append(constraint(node, one, column, document.place(one)))

    def _resolved(self, text: str, document: Document, part: Json) -> str:
        """A text with the project's variables; empty where it has more of Jinja than that."""

        def value(found: re.Match[str]) -> str:
            own = fields_in(self.vars.get(self.project.name))
            said = own.get(found[1], self.vars.get(found[1]))
            return found[2] or found[0] if said is None else as_written(said)

        resolved = _VAR.sub(value, text)
        if "{{" in resolved or "{%" in resolved:
            place = document.place(part)
            self.project.warnings.append(
                f"{place}: {text!r} is not understood without a manifest (dbt parse)"
            )
            return ""
        return resolved


def _tests(document: Document, node: DbtNode, one: Json, column: str, around: str) -> Iterator[DataTest]:
    if isinstance(one, str):
        package, _, name = one.rpartition(".")
        yield DataTest(node.key, name, package, {}, column, "", around)
        return
    fields = fields_in(one)
    full = said_of(fields, "test_name") or next(iter(fields), "")
    said = fields if "test_name" in fields else fields_in(fields.get(full))
    config = {**said, **fields_in(said.get("config"))}
    if not full or config.get("enabled") is False:
        return
    package, _, name = full.rpartition(".")
    flat = {key: value for key, value in said.items() if key not in {*_OF_CONFIG, "arguments", "test_name"}}
    arguments = {**flat, **fields_in(said.get("arguments"))}
    asked = column or said_of(arguments, "column_name")
    arguments.pop("column_name", None)
    yield DataTest(node.key, name, package, arguments, asked, said_of(config, "where"), document.place(one))
