"""A rule's own examples (`model.RuleOptions.examples`), planned: for docs and for tests of the law."""

import hashlib
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

import numpy as np
import pyarrow as pa

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
    document: Mapping[str, Any]
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

    def varied(self, **fields: Any) -> "Example":
        """The same with other fields of the column."""
        document = deepcopy(dict(self.document))
        document["tables"][-1]["columns"][-1].update(fields)
        return replace(self, document=document)

    def twinned(self) -> "Example":
        """The same beside a column that says the same, but is no key."""
        document = deepcopy(dict(self.document))
        columns = document["tables"][-1]["columns"]
        columns.insert(-1, {**columns[-1], "name": "stranger_twin", "is_unique": False})
        return replace(self, document=document)

    def in_company(self) -> "Example":
        """The same beside columns and a table that have nothing to do with it."""
        document = deepcopy(dict(self.document))
        table = document["tables"][-1]
        table["columns"] = [
            {"name": "stranger_before", "data_type": "INT"},
            *table["columns"][:-1],
            {"name": "stranger_between", "data_type": "VARCHAR(20)"},
            table["columns"][-1],
            {"name": "stranger_behind", "data_type": "DATE", "required": False},
        ]
        document["tables"] = [
            {"name": "strangers", "target_rows": 5, "columns": table["columns"][:1]},
            *document["tables"],
        ]
        return replace(self, document=document)


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

    def batch(self, values: Values) -> Any:
        """The values as a pyarrow.RecordBatch of one column."""
        return self._converter.batch(ColumnBatch(self.table.name, 0, (values,)))

    def at(self, numbers: Sequence[int] | Any) -> Any:
        """The values of some rows as a pyarrow.Array."""
        return self.array(Rows.at(np.asarray(numbers, dtype=np.uint64)))

    def run(self, start: int, stop: int) -> Any:
        """The values of a range of rows as a pyarrow.Array."""
        return self.array(Rows.run(start, stop))

    def array(self, rows: Rows) -> Any:
        """The values of any rows as a pyarrow.Array, text as plain strings."""
        return self.flat(self.values(rows))

    def flat(self, values: Values) -> Any:
        """The kernel's values as a pyarrow.Array, text as plain strings."""
        found = flat(self.batch(values)).column(0)
        return found.storage if isinstance(found, pa.ExtensionArray) else found

    @cached_property
    def whole(self) -> Any:
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


def _document(example: Any) -> dict[str, Any]:
    """A whole experiment from a column, from a list of columns, or from tables."""
    if isinstance(example, Mapping) and "tables" in example:
        return {"name": TABLE, **deepcopy(dict(example))}
    columns = [example] if isinstance(example, Mapping) else list(example)
    return {"name": TABLE, "tables": [{"name": TABLE, "columns": deepcopy(columns)}]}


def _sized(example: Example) -> Example:
    """The example with as many rows as it can have, where it says nothing of them.

    Where none of ROWS can be made it stays as it is, for whoever plans it to see why.
    """
    if "target_rows" in example.document["tables"][-1] or len(example.document["tables"]) > 1:
        return example
    for rows in ROWS:
        document = deepcopy(dict(example.document))
        document["tables"][-1]["target_rows"] = rows
        sized = replace(example, document=document)
        try:
            sized.plan()
        except ProblemsError:
            continue
        return sized
    return example
