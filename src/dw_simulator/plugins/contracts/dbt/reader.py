"""From a dbt project to tables: its sources, unless others of its parts are asked for."""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO

from dw_simulator.errors import Problem, SchemaError
from dw_simulator.plugins.contracts.dbt.column_origins import ColumnOrigin, Lineage, parsed_as
from dw_simulator.plugins.contracts.dbt.compiled_project import of_manifest
from dw_simulator.plugins.contracts.dbt.project import (
    MODEL,
    SEED,
    SNAPSHOT,
    SOURCE,
    DataTest,
    DbtNode,
    Project,
)
from dw_simulator.plugins.contracts.dbt.promises import (
    OF_ONE_COLUMN,
    PROMISES,
    WHERE,
    WHOLE_ROWS,
    TestedTable,
)
from dw_simulator.plugins.contracts.dbt.yaml_project import described_files, of_files, setting
from dw_simulator.plugins.contracts.drafts import Drafts, TableDraft
from dw_simulator.plugins.contracts.guessed_types import type_of_texts
from dw_simulator.plugins.contracts.recognizing import DBT_PROJECT_FILE
from dw_simulator.ports.contract import ContractSource, ContractTables
from dw_simulator.schema import reading
from dw_simulator.schema.json_data import items_in

_PARTS = {"sources": SOURCE, "models": MODEL, "seeds": SEED, "snapshots": SNAPSHOT}
_MOST_CELLS = 200_000
_TOLD = 5


def read(source: ContractSource) -> ContractTables:
    """The tables of a project's folder, or of its target/manifest.json. Raises SchemaError."""
    kinds = frozenset(_PARTS[part] for part in source.parts)
    project = _project(source)
    dialect = source.dialect or project.adapter
    making = _Making(project, kinds, Drafts(dialect), Lineage(project, parsed_as(dialect)))
    return making.tables()


def _project(source: ContractSource) -> Project:
    """By its manifest where there is one, else by its files. Raises SchemaError."""
    if not source.is_directory:
        path = source.place
        root = None if source.given is not None else path.resolve().parent.parent
        return of_manifest(path, source.text, root)
    root = source.place
    if not (root / DBT_PROJECT_FILE).is_file():
        mend = "name the project's folder, or its target/manifest.json"
        raise SchemaError([Problem(str(root), f"there is no {DBT_PROJECT_FILE}", mend)])
    manifest = root / setting(root, "target-path", "target") / "manifest.json"
    if not manifest.is_file():
        return of_files(root)
    project = of_manifest(manifest, reading.text_of(manifest), root)
    written = manifest.stat().st_mtime
    if newer := [path for path in described_files(root) if path.stat().st_mtime > written]:
        project.warnings.append(f"{manifest} is older than {newer[0]}, and counts; dbt parse makes it anew")
    return project


@dataclass
class _Making:
    """A project on its way to tables.

    kinds   of nodes that are made
    called  the names of tables, by the keys of nodes
    lost    the tests that are not carried, by their place and their reason
    """

    project: Project
    kinds: frozenset[str]
    drafts: Drafts
    lineage: Lineage
    called: dict[str, str] = field(default_factory=dict)
    lost: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))

    def tables(self) -> ContractTables:
        taken = list(self.project.of_kind(self.kinds))
        if not taken:
            there = sorted({node.kind for node in self.project.nodes.values()})
            asked = " or ".join(sorted(self.kinds))
            message = f"it has no {asked}" + (f", but {', '.join(there)}s" if there else "")
            raise SchemaError(
                [Problem(self.project.name, message, "say which parts are wanted: --take models")]
            )
        self._name(taken)
        for node in taken:
            self._draft(node)
        self._add_read_columns()
        for test in sorted(self.project.tests, key=_comes_late):
            self._carry(test)
        self._type_seeds()
        for table in self.drafts.tables.values():
            _take_key(table)
        tables = list(self.drafts.settled())
        warnings = [*self.project.warnings, *self._databases(taken), *self._told(), *self.drafts.warnings]
        told = list(dict.fromkeys(warnings))
        return ContractTables(tables, told, dialect=self.drafts.dialect, name=self.project.name)

    def _name(self, nodes: list[DbtNode]) -> None:
        """A table has its node's name, and that of its source, too, where two would have one name."""
        short = Counter(node.key.rpartition(".")[2].lower() for node in nodes)
        for node in nodes:
            own = node.key.rpartition(".")[2]
            name = node.key.replace(".", "_") if short[own.lower()] > 1 else own
            while name in self.called.values():
                name += "_"
            self.called[node.key] = name

    def _draft(self, node: DbtNode) -> TableDraft:
        table = self.drafts.table(self.called[node.key])
        table.comment = node.comment
        for described in node.columns.values():
            column = table.column(described.name)
            column.data_type, column.comment = described.data_type, described.comment
        if node.schema and node.kind in self.kinds:
            table.fields["warehouse_schema"] = node.schema
        if node.identifier != table.name:
            table.fields["warehouse_name"] = node.identifier
        if node.kind == SEED:
            self._fill(node, table)
        return table

    def _fill(self, node: DbtNode, table: TableDraft) -> None:
        """A seed has the rows of its file. Where only others speak of it, it is made for them."""
        if node.file is None or not node.file.is_file():
            self.drafts.warnings.append(f"{node.place}: the rows of the seed {node.key} are not there")
            return
        header, *rows = list(csv.reader(StringIO(reading.text_of(node.file)))) or [[]]
        if len(header) * len(rows) > _MOST_CELLS:
            self.drafts.warnings.append(f"{node.place}: it has more rows than are kept; others are made")
            return
        cells = {
            name: [row[k] or None if k < len(row) else None for row in rows] for k, name in enumerate(header)
        }
        for name in header:
            table.column(name)
        table.columns = {name: table.column(name) for name in header}
        if rows:
            table.fields["rows"] = {"columns": cells}
        if SEED not in self.kinds:
            table.fields["hidden"] = True

    def _type_seeds(self) -> None:
        """Columns of seeds of which no type is said: that of a column that references them, else by cells."""
        columns = [column for table in self.drafts.tables.values() for column in table.columns.values()]
        for column in columns:
            if column.reference is not None and column.data_type:
                table = self.drafts.tables[column.reference[0]]
                there = table.column(column.reference[1])
                if "rows" in table.fields and not there.data_type:
                    there.data_type = column.data_type
        for table in self.drafts.tables.values():
            rows = table.fields.get("rows")
            if isinstance(rows, dict):
                for column in table.columns.values():
                    cells = rows["columns"][column.name]
                    column.data_type = column.data_type or type_of_texts(cells)
                    column.required = None not in cells

    def _add_read_columns(self) -> None:
        """What models read of a source is there, although nobody describes it."""
        for key, name, cast in self.lineage.read_columns():
            if key in self.called and key not in self.project.complete:
                table = self.drafts.tables[self.called[key]]
                column = table.column(name)
                column.data_type = column.data_type or cast

    # --- tests

    def _carry(self, test: DataTest) -> None:
        promise = PROMISES.get(test.full_name)
        if promise is None:
            self._lose(test, "it is not understood")
            return
        if promise in OF_ONE_COLUMN and not test.column:
            self._lose(test, "it names no column")
            return
        origins = [self._origin(test.node, name) for name in self._columns_of(test)]
        home = self._home(test, origins)
        if home not in self.called:
            if not home and self.project.nodes[test.node].kind in (MODEL, SNAPSHOT):
                self._lose(test, "it is of what a model computes")
            return
        if promise in WHOLE_ROWS and not all(origin is not None and origin.each for origin in origins):
            return  # a model's own affair: it makes one row of several
        asked = self._asked(test, home, origins[0] if test.column else None)
        reason = promise(asked)
        if reason:
            self._lose(test, reason)
        elif test.where and not (asked.where and promise in WHERE):
            self._lose(test, f"it is kept in all rows, not only where {test.where}")

    def _columns_of(self, test: DataTest) -> list[str]:
        """The columns that a test names."""
        lists = (
            items_in(test.arguments.get(name))
            for name in ("combination_of_columns", "column_list", "columns")
        )
        return [test.column] if test.column else [str(name) for names in lists for name in names]

    def _home(self, test: DataTest, origins: list[ColumnOrigin | None]) -> str:
        """The node whose rows a test is of; empty for what a model makes of several."""
        if test.node in self.called:
            return test.node
        if None in origins:
            return ""
        homes = {origin.node for origin in origins if origin is not None}
        if not homes and (found := self.lineage.expression(test.node, _expression_of(test))):
            homes = {found[0]}
        return homes.pop() if len(homes) == 1 else ""

    def _asked(self, test: DataTest, home: str, origin: ColumnOrigin | None) -> TestedTable:
        table = self.drafts.tables[self.called[home]]

        def called(name: str) -> str | None:
            there = self._origin(test.node, name)
            if there is None or there.node != home or not table.has(there.column):
                return None
            return table.column(there.column).name

        def rewritten(expression: str) -> str | None:
            if test.node == home:
                return expression
            found = self.lineage.expression(test.node, expression)
            return found[1] if found is not None and found[0] == home else None

        column = None if origin is None else table.column(origin.column)
        where = rewritten(test.where) if test.where and "{" not in test.where else ""
        dialect = self.drafts.dialect
        return TestedTable(test, table, column, dialect, called, self._target, rewritten, where or "")

    def _origin(self, key: str, column: str) -> ColumnOrigin | None:
        """Where a column comes from: a table that is made, or the seed or source below a model."""
        return ColumnOrigin(key, column) if key in self.called else self.lineage.origin(key, column)

    def _target(self, key: str, column: str) -> tuple[str, str] | None:
        origin = self._origin(key, column)
        if origin is None:
            return None
        node = self.project.nodes[origin.node]
        if node.key not in self.called and node.kind == SEED:
            self._name_seed(node)
        if node.key not in self.called:
            return None
        table = self.drafts.tables[self.called[node.key]]
        return (table.name, table.column(origin.column).name) if table.has(origin.column) else None

    def _name_seed(self, node: DbtNode) -> None:
        name = node.key
        while name in self.drafts.tables:
            name += "_seed"
        self.called[node.key] = name
        self._draft(node)

    # --- what is told

    def _lose(self, test: DataTest, reason: str) -> None:
        of = f"{test.node}.{test.column}" if test.column else test.node
        self.lost[test.place, reason].append(f"{test.full_name} of {of}")

    def _told(self) -> Iterator[str]:
        for (place, reason), tests in self.lost.items():
            more = f" and {len(tests) - _TOLD} more" if len(tests) > _TOLD else ""
            yield f"{place}: {', '.join(tests[:_TOLD])}{more}: {reason}"

    def _databases(self, nodes: list[DbtNode]) -> Iterator[str]:
        names = sorted({node.database for node in nodes if node.database})
        if len(names) > 1:
            yield f"the tables lie in several databases, {', '.join(names)}, and are loaded into one"


def _comes_late(test: DataTest) -> bool:
    """References come first: they bring the seeds that they lead to, of which other tests speak."""
    return "relationships" not in test.name and test.name != "foreign_key"


def _take_key(table: TableDraft) -> None:
    """`unique` and `not_null` together are how dbt says PRIMARY KEY: of several, the first column is it."""
    keys = [c for c in table.columns.values() if c.is_unique and c.required and c.reference is None]
    if keys and not table.primary_key:
        table.primary_key = (keys[0].name,)
        keys[0].is_unique = False


def _expression_of(test: DataTest) -> str:
    larger, smaller = (test.arguments.get(name) for name in ("column_A", "column_B"))
    return f"{larger} > {smaller}" if larger and smaller else str(test.arguments.get("expression", ""))
