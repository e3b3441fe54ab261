"""Small plans for sinks and executors to carry out, and what has to come of them."""

from collections.abc import Sequence
from dataclasses import replace

from dw_simulator.adapters.formats.plain_text import flat
from dw_simulator.arrow import Converter, plain_rows
from dw_simulator.planning import plan
from dw_simulator.ports.manifest import Manifest, Origin
from dw_simulator.ports.plan import Part, Plan
from dw_simulator.ports.sink import Receipt
from dw_simulator.ports.tabular import Row
from dw_simulator.registry.manager import registry
from dw_simulator.registry.rulebook import Rulebook
from dw_simulator.runs import bookkeeping
from dw_simulator.schema import reading
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.schema.model import Experiment

TYPES = (
    *(
        "BOOLEAN",
        "SMALLINT",
        "INT",
        "BIGINT",
        "DECIMAL(12,2)",
        "DECIMAL(38,4)",
        "REAL",
        "DOUBLE",
        "VARCHAR(40)",
    ),
    *(
        "CHAR(3)",
        "DATE",
        "TIME",
        "TIMESTAMP",
        "TIMESTAMPTZ",
        "TIMESTAMP_NTZ",
        "VARBINARY(9)",
        "UUID",
        "SUPER",
    ),
)
"""A type of every kind of values."""

_PART_ROWS = 400


def small(rows: int = 1000) -> Experiment:
    """Three tables: one with a column of every kind, half of them with NULLs; one of names; an empty one."""
    columns: list[JsonObject] = [
        {"name": f"c{number}", "data_type": type_} for number, type_ in enumerate(TYPES)
    ]
    optional: list[JsonObject] = [
        {**one, "name": f"{one['name']}_or_null", "required": False} for one in columns[::2]
    ]
    key: JsonObject = {"name": "id", "data_type": "BIGINT", "is_unique": True}
    names: JsonObject = {
        "name": "name",
        "data_type": "VARCHAR(30)",
        "rule": {"name": "choice", "values": ["Ann", "Zoë", '"\\,']},
    }
    return reading.parse(
        {
            "name": "contract",
            "tables": [
                {"name": "kinds", "target_rows": rows, "columns": [key, *columns, *optional]},
                {"name": "names", "target_rows": rows // 2, "columns": [key, names]},
                {"name": "empty", "target_rows": 0, "columns": [key]},
            ],
        }
    )


def parted(seed: int = 1, rows: int = 1000) -> Plan:
    """The plan of `small`, its tables in several parts."""
    found = plan(small(rows), seed, Rulebook(registry()))
    tables = []
    for table in found.tables:
        starts = range(0, max(table.rows, 1), _PART_ROWS)
        parts = [
            Part(table.name, k, start, min(start + _PART_ROWS, table.rows)) for k, start in enumerate(starts)
        ]
        tables.append(replace(table, only=tuple(parts)))
    return replace(found, tables=tuple(tables))


def expected(a_plan: Plan) -> dict[str, list[Row]]:
    """Every row of a plan, as plain Python values."""
    found = {}
    for table in a_plan.tables:
        batch = Converter(table).batch(table.chunk(0, table.rows))
        found[table.name] = plain_rows(flat(batch))
    return found


def origin(a_plan: Plan, compression: str, format_: str) -> Origin:
    """Where a run of such a plan comes from."""
    counts = {table.name: table.rows for table in a_plan.tables}
    rows = a_plan.table("kinds").rows
    return bookkeeping.origin(small(rows), a_plan.seed, counts, compression, format_)


def document(a_plan: Plan, receipts: Sequence[Receipt], compression: str, format_: str) -> Manifest:
    """The manifest of a run of such a plan."""
    rows = a_plan.table("kinds").rows
    return bookkeeping.manifest_of(small(rows), a_plan, origin(a_plan, compression, format_), receipts)
