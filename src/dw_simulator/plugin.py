"""What a plugin's author imports: everything from here, each thing loaded when it is first used.

    from dw_simulator.plugin import ColumnSpec, Kind, Pool, PoolColumn, Refusal, RuleOptions, hookimpl

hookimpl     marks a function or method as a hook (`dw_simulator.ports.hookspecs` has them all)

For a rule (`docs/plugins.md` walks through one):

RuleOptions  the base class: fields are options, `kinds` says for which columns, `examples` shows them
Kind         families of values: Kind.TEXT, Kind.INTEGER, ...
ColumnSpec   what `build` is given: the column, its table, the rows, whether it is a key, streams of bits
EntityOptions   the base class of rules whose columns speak of one thing of their row, and agree about it
Member, World   a column of an entity; everything that the entity may be, and what its columns show of it
Refusal      (message, mend): raised by `build` where a column cannot have such values
Domain       what `build` may return: a numbered set of distinct values, from which the planner draws
Kernel       or values as a function of the row, whole
Facts        what is known of the values of either: CHECKs, keys and references go by it
Derived      or values made from other columns: what they need (a name, `Lookup`, `Siblings`, `RowsBelow`),
             and a `finish`
Source       a column that others are made from
ChildRows    what answers `RowsBelow`: how the rows that reference a row stand together, a column of theirs
Guess        what names of columns an import gives to a rule: its `guesses`
Rows         row numbers that are asked, all at once
Stream       a named stream of bits by row; what `ColumnSpec.stream` gives
Uniform, Chance, weighted   from a stream to an index, to truth, to an index with weights
Drawn        a Kernel from such a selector and a Domain
Pooled       a Domain of listed texts; Integers one of whole numbers; FixedChoices one of listed numbers
Pool, PoolColumn, FixedColumn, ViewColumn   the shapes of values: codes into texts, fixed width, views
SqlType      a column's type, resolved; `dtype_of` says how its values are stored

For a sink:

Sink, OpenPart, Receipt, Part, TablePlan, Plan, Manifest   what it is told and what it answers
PublishedFiles   what it answers of files that can be read again; `Sink.files` gives them
FileSink, MeasuredStream, PartWriter, Written   files of any format, written and read again
PartEntry    a file, as the manifest has it
read_manifest, files_by_table, problem_of, checksum, explained, one_at_a_time   what sinks of files share
RequestError, OutputError   what is wrong with a request; what went wrong while writing

For an executor: Executor, Execution (workers, progress, cancelled), `write_part` and `largest_first`.
For a contract: Contract, ContractSource and ContractTables.
For a dialect: Dialect, Ddl, WrittenDdl, WarehouseAddress and SqlError; Statement and TypedTables for queries.
For a warehouse: Warehouse, Filling, LoadTask, Loaded, WarehouseQuery and FoundTables.
For a database to import: InspectedDatabase where SQLAlchemy knows it; else LiveDatabase, which is asked by
Look and answers FoundShapes of FoundTable, FoundColumn, FoundKey and FoundForeignKey.
For a format: Format and Encoder. For a run event: RunEvent.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dw_simulator.adapters.databases.inspected import InspectedDatabase
    from dw_simulator.adapters.executors.workers import largest_first, write_part
    from dw_simulator.adapters.sinks.files import checksum, explained, one_at_a_time
    from dw_simulator.adapters.sinks.part_files import (
        FileSink,
        MeasuredStream,
        PartWriter,
        Written,
        files_by_table,
        problem_of,
    )
    from dw_simulator.engine.columns import FixedColumn, Pool, PoolColumn, ViewColumn
    from dw_simulator.engine.randomness import Stream
    from dw_simulator.engine.rows import Rows
    from dw_simulator.engine.selectors.sampling import Chance, Uniform, weighted
    from dw_simulator.engine.storage import dtype_of
    from dw_simulator.engine.values.base import Domain, Drawn, Kernel
    from dw_simulator.engine.values.facts import Facts
    from dw_simulator.engine.values.integers import FixedChoices, Integers
    from dw_simulator.engine.values.pooled import Pooled
    from dw_simulator.errors import OutputError, Refusal, RequestError, SqlError
    from dw_simulator.ports.contract import Contract, ContractSource, ContractTables
    from dw_simulator.ports.dialect import Ddl, Dialect, WarehouseAddress, WrittenDdl
    from dw_simulator.ports.executor import Execution, Executor
    from dw_simulator.ports.format import Encoder, Format
    from dw_simulator.ports.hookspecs import hookimpl
    from dw_simulator.ports.live_database import (
        FoundColumn,
        FoundForeignKey,
        FoundKey,
        FoundShapes,
        FoundTable,
        LiveDatabase,
        Look,
    )
    from dw_simulator.ports.manifest import Manifest, PartEntry
    from dw_simulator.ports.manifest import read as read_manifest
    from dw_simulator.ports.needs import ChildRows, Derived, RowsBelow, Siblings, Source
    from dw_simulator.ports.plan import Part, Plan, TablePlan
    from dw_simulator.ports.progress import RunEvent
    from dw_simulator.ports.rule import ColumnSpec, EntityOptions, Member, RuleOptions, World
    from dw_simulator.ports.sink import OpenPart, PublishedFiles, Receipt, Sink
    from dw_simulator.ports.statement import Statement, TypedTables
    from dw_simulator.ports.warehouse import Filling, FoundTables, Loaded, LoadTask, Warehouse, WarehouseQuery
    from dw_simulator.schema.inference.guesses import Guess
    from dw_simulator.schema.model import Lookup
    from dw_simulator.types import Kind, SqlType

__all__ = [
    "Chance",
    "ChildRows",
    "ColumnSpec",
    "Contract",
    "ContractSource",
    "ContractTables",
    "Ddl",
    "Derived",
    "Dialect",
    "Domain",
    "Drawn",
    "Encoder",
    "EntityOptions",
    "Execution",
    "Executor",
    "Facts",
    "FileSink",
    "Filling",
    "FixedChoices",
    "FixedColumn",
    "Format",
    "FoundColumn",
    "FoundForeignKey",
    "FoundKey",
    "FoundShapes",
    "FoundTable",
    "FoundTables",
    "Guess",
    "InspectedDatabase",
    "Integers",
    "Kernel",
    "Kind",
    "LiveDatabase",
    "LoadTask",
    "Loaded",
    "Look",
    "Lookup",
    "Manifest",
    "MeasuredStream",
    "Member",
    "OpenPart",
    "OutputError",
    "Part",
    "PartEntry",
    "PartWriter",
    "Plan",
    "Pool",
    "PoolColumn",
    "Pooled",
    "PublishedFiles",
    "Receipt",
    "Refusal",
    "RequestError",
    "Rows",
    "RowsBelow",
    "RuleOptions",
    "RunEvent",
    "Siblings",
    "Sink",
    "Source",
    "SqlError",
    "SqlType",
    "Statement",
    "Stream",
    "TablePlan",
    "TypedTables",
    "Uniform",
    "ViewColumn",
    "Warehouse",
    "WarehouseAddress",
    "WarehouseQuery",
    "World",
    "Written",
    "WrittenDdl",
    "checksum",
    "dtype_of",
    "explained",
    "files_by_table",
    "hookimpl",
    "largest_first",
    "one_at_a_time",
    "problem_of",
    "read_manifest",
    "weighted",
    "write_part",
]

_MODULES = {
    "adapters.databases.inspected": "InspectedDatabase",
    "adapters.executors.workers": "largest_first write_part",
    "adapters.sinks.files": "checksum explained one_at_a_time",
    "adapters.sinks.part_files": "FileSink MeasuredStream PartWriter Written files_by_table problem_of",
    "engine.columns": "FixedColumn Pool PoolColumn ViewColumn",
    "engine.randomness": "Stream",
    "engine.rows": "Rows",
    "engine.selectors.sampling": "Chance Uniform weighted",
    "engine.storage": "dtype_of",
    "engine.values.base": "Domain Drawn Kernel",
    "engine.values.facts": "Facts",
    "engine.values.integers": "FixedChoices Integers",
    "engine.values.pooled": "Pooled",
    "errors": "OutputError Refusal RequestError SqlError",
    "ports.contract": "Contract ContractSource ContractTables",
    "ports.dialect": "Ddl Dialect WarehouseAddress WrittenDdl",
    "ports.executor": "Execution Executor",
    "ports.format": "Encoder Format",
    "ports.live_database": "FoundColumn FoundForeignKey FoundKey FoundShapes FoundTable LiveDatabase Look",
    "ports.manifest": "Manifest PartEntry",
    "ports.plan": "Part Plan TablePlan",
    "ports.progress": "RunEvent",
    "ports.needs": "ChildRows Derived RowsBelow Siblings Source",
    "ports.rule": "ColumnSpec EntityOptions Member RuleOptions World",
    "ports.sink": "OpenPart PublishedFiles Receipt Sink",
    "ports.statement": "Statement TypedTables",
    "ports.warehouse": "Filling FoundTables LoadTask Loaded Warehouse WarehouseQuery",
    "ports.hookspecs": "hookimpl",
    "schema.inference.guesses": "Guess",
    "schema.model": "Lookup",
    "types": "Kind SqlType",
}
_PLACES = {name: (module, name) for module, names in _MODULES.items() for name in names.split()}
_PLACES["read_manifest"] = ("ports.manifest", "read")


def __getattr__(name: str) -> Any:
    """Each name is imported on first use: a plugin that only lists its names costs nothing."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _PLACES[name]
    return getattr(import_module(f"dw_simulator.{module}"), attribute)
