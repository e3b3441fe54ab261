"""A rule's own examples (`ports.rule.RuleOptions.examples`), planned: for docs and for tests of the law."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dw_simulator import planning
from dw_simulator.adapters.formats.plain_text import flat
from dw_simulator.arrow import Converter, plain_rows
from dw_simulator.engine.columns import Column as Values
from dw_simulator.engine.columns import ColumnBatch
from dw_simulator.engine.rows import BLOCK, Rows
from dw_simulator.errors import ProblemsError
from dw_simulator.ports.plan import ColumnPlan, Plan, TablePlan
from dw_simulator.registry.cards import card
from dw_simulator.registry.manager import Registry, registry
from dw_simulator.registry.rulebook import Rulebook
from dw_simulator.schema import reading
from dw_simulator.schema.json_data import Json, JsonObject, items_of, object_of
from dw_simulator.schema.model import Column, Experiment, Table

SEED = 7
TABLE = "example"
ROWS = (2 * BLOCK + 777, 1000, 100, 10)
"""How many rows a table of an example has that says nothing: the first of these that can be made."""

_GOLDEN_RUN = 2000


@dataclass(frozen=True, eq=False)
class Example:
    """An experiment whose last column, of its last table, shows a rule.

    number    its place among the examples of the rule
    document  the experiment, as decoded JSON
    """

    rule: str
    number: int
    document: Mapping[str, Json]
    known: Registry

    def __str__(self) -> str:
        return f"{self.rule}-{self.number}"

    @property
    def experiment(self) -> Experiment:
        return reading.parse(self.document)

    @property
    def table(self) -> Table:
        """The table that shows the rule."""
        return self.experiment.tables[-1]

    @property
    def column(self) -> Column:
        """The column that shows it."""
        return self.table.columns[-1]

    def plan(self, seed: int = SEED, *, only: bool = False) -> Plan:
        """The plan with a seed. Raises SchemaError and PlanError.

        only  of the table that shows the rule, and of the others no more than it depends on
        """
        rules, table = Rulebook(self.known), self.table.name
        return planning.plan(self.experiment, seed, rules, only=table if only else None)

    def made(self, seed: int = SEED, *, only: bool = False) -> "Made":
        """What the column is made of with a seed."""
        return Made(self.plan(seed, only=only).table(self.table.name))

    def varied(self, **fields: Json) -> "Example":
        """The same with other fields of the column."""
        (*before, table), (*columns, own) = self._declared()
        return self._with([*before, {**table, "columns": [*columns, {**own, **fields}]}])

    def twinned(self) -> "Example":
        """The same beside a column that says the same, but is no key."""
        (*before, table), (*columns, own) = self._declared()
        twin: JsonObject = {**own, "name": "stranger_twin", "is_unique": False}
        return self._with([*before, {**table, "columns": [*columns, twin, own]}])

    def in_company(self) -> "Example":
        """The same beside columns and a table that have nothing to do with it."""
        (*before, table), (*columns, own) = self._declared()
        stranger: JsonObject = {"name": "stranger_before", "data_type": "INT"}
        around: list[Json] = [
            stranger,
            *columns,
            {"name": "stranger_between", "data_type": "VARCHAR(20)"},
            own,
            {"name": "stranger_behind", "data_type": "DATE", "required": False},
        ]
        strangers: JsonObject = {"name": "strangers", "target_rows": 5, "columns": [stranger]}
        return self._with([strangers, *before, {**table, "columns": around}])

    def sized(self, rows: int) -> "Example":
        """The same with so many rows in its last table."""
        *before, table = self._declared()[0]
        return self._with([*before, {**table, "target_rows": rows}])

    def _declared(self) -> tuple[list[Mapping[str, Json]], list[Mapping[str, Json]]]:
        """The tables as they are declared, and the columns of the last one."""
        tables = [object_of(table) for table in items_of(self.document["tables"])]
        return tables, [object_of(column) for column in items_of(tables[-1]["columns"])]

    def _with(self, tables: Sequence[Json]) -> "Example":
        return replace(self, document={**self.document, "tables": tables})


class Made:
    """The last column of a planned table that is not a stranger's: its values, as Arrow has them.

    stranger  the column of this name instead
    """

    def __init__(self, table: TablePlan, stranger: str = "") -> None:
        self.table, self.rows = table, table.rows
        own = [column for column in table.columns if not column.name.startswith("stranger_")]
        named = [column for column in table.columns if column.name == stranger]
        self.column: ColumnPlan = [*own, *named][-1]

    @cached_property
    def _converter(self) -> Converter:
        return Converter(replace(self.table, columns=(self.column,)))

    def values(self, rows: Rows) -> Values:
        """The values as the kernel gives them."""
        return self.column.kernel.values(rows)

    def batch(self, values: Values) -> pa.RecordBatch:
        """The values as a batch of one column."""
        return self._converter.batch(ColumnBatch(self.table.name, 0, (values,)))

    def at(self, numbers: "Sequence[int] | NDArray[np.integer]") -> pa.Array:
        """The values of some rows."""
        return self.array(Rows.at(np.asarray(numbers, dtype=np.uint64)))

    def run(self, start: int, stop: int) -> pa.Array:
        """The values of a range of rows."""
        return self.array(Rows.run(start, stop))

    def array(self, rows: Rows) -> pa.Array:
        """The values of any rows, text as plain strings."""
        return self.flat(self.values(rows))

    def flat(self, values: Values) -> pa.Array:
        """The kernel's values, text as plain strings."""
        found = flat(self.batch(values)).column(0)
        return found.storage if isinstance(found, pa.ExtensionArray) else found

    @cached_property
    def whole(self) -> pa.Array:
        """The values from the first row on, as many as a few batches have."""
        return self.run(0, min(self.rows, ROWS[0]))

    def fingerprint(self) -> str:
        """A hash of the values in a run of rows and at scattered ones: the same in every release."""
        n = self.rows
        far = [row for row in (3, n // 3, n // 2, n - 2, n - 1) if 0 <= row < n]
        batches = [
            self.batch(self.values(rows)) for rows in (Rows.run(0, min(n, _GOLDEN_RUN)), _scattered(far))
        ]
        values = [row[self.column.name] for batch in batches for row in plain_rows(batch)]
        return hashlib.sha256(repr(values).encode()).hexdigest()[:32]


def _scattered(numbers: Sequence[int]) -> Rows:
    return Rows.at(np.array(numbers, dtype=np.uint64))


@cache
def examples(rule: str, known: Registry | None = None) -> tuple[Example, ...]:
    """The examples of a rule. Raises UnknownNameError, and RequestError for a rule that is broken.

    known  where the rule is registered; in the registry of this process where it is None
    """
    here = known or registry()
    found = card(here, "rule", rule).examples
    return tuple(_sized(Example(rule, number, _document(one), here)) for number, one in enumerate(found))


def _document(example: Json) -> JsonObject:
    """A whole experiment from a column, from a list of columns, or from tables."""
    if isinstance(example, Mapping) and "tables" in example:
        return {"name": TABLE, **example}
    columns = [example] if isinstance(example, Mapping) else items_of(example)
    return {"name": TABLE, "tables": [{"name": TABLE, "columns": columns}]}


def _sized(example: Example) -> Example:
    """The example with as many rows as it can have, where it says nothing of them.

    Where none of ROWS can be made it stays as it is, for whoever plans it to see why.
    """
    tables = items_of(example.document["tables"])
    if "target_rows" in object_of(tables[-1]) or len(tables) > 1:
        return example
    for rows in ROWS:
        sized = example.sized(rows)
        try:
            sized.plan()
        except ProblemsError:
            continue
        return sized
    return example
