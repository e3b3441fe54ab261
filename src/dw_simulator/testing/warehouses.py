"""What a warehouse keeps: a load is shown whole or not at all, and what others have made is left alone."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import ClassVar

import pyarrow as pa
import pytest

from dw_simulator.arrow import Converter, plain_schema
from dw_simulator.errors import DwSimError, RequestError, WarehouseError
from dw_simulator.ports.plan import Plan, TablePlan
from dw_simulator.ports.statement import Statement
from dw_simulator.ports.warehouse import Filling, LoadTask, Warehouse, WarehouseQuery
from dw_simulator.registry.manager import registry
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.testing import plans

SCHEMA = "contract"


class WarehouseContract:
    """Inherit it and name your warehouse's scheme; override `url` where a file below a directory is none.

    scheme  of its URLs
    """

    scheme: ClassVar[str]

    def url(self, root: Path) -> str:
        """The URL of an empty database of the test's own, the same for the same directory."""
        return f"{self.scheme}://{root / 'contract.db'}"

    def warehouse(self, root: Path) -> Warehouse:
        """The warehouse, as whoever comes next opens it."""
        return registry().warehouses.get(self.scheme)(self.url(root))

    def task(self, warehouse: Warehouse, a_plan: Plan, owner: str = "contract@1") -> LoadTask:
        """What is to be loaded of a plan."""
        experiment = plans.small(a_plan.table("kinds").rows)
        ddl = partial(registry().dialects.get(warehouse.dialect).write, experiment)
        return LoadTask(experiment, SCHEMA, ddl, a_plan.load_order, a_plan.counts, 1, owner)

    def fill(self, filling: Filling, a_plan: Plan, but: str = "") -> None:
        """Append the rows of every table but one, in the plan's order."""
        for name in a_plan.load_order.tables:
            table = a_plan.table(name)
            if name != but:
                assert filling.append(name, _reader(table)) == table.rows

    def load(self, root: Path, a_plan: Plan) -> Warehouse:
        """A load from its beginning to its end."""
        warehouse = self.warehouse(root)
        task = self.task(warehouse, a_plan)
        warehouse.check(task)
        with warehouse.fill(task) as filling:
            self.fill(filling, a_plan)
            loaded = filling.finish()
        assert loaded.counts == task.rows
        assert loaded.how, "it says in what way the rows came in"
        return warehouse

    def ask(self, root: Path, sql: str, owner: str = "contract@1") -> list[JsonObject]:
        """What a query finds. Raises whatever the warehouse and the engine raise."""
        warehouse = self.warehouse(root)
        query = WarehouseQuery(sql, SCHEMA, owner, warehouse.dialect, translate=Statement)
        with warehouse.answer(query) as found:
            engine = registry().engines.get()
            with engine(found.statement, found.tables, schema=SCHEMA) as answer:
                return list(answer.rows())

    def counts(self, root: Path, a_plan: Plan) -> Mapping[str, int]:
        """The rows of each table as a query counts them; {} where no table is to be seen."""
        try:
            return {name: self._count(root, name) for name in a_plan.counts}
        except DwSimError:
            return {}

    def _count(self, root: Path, table: str) -> int:
        ((count,),) = (row.values() for row in self.ask(root, " ".join(["SELECT count(*) AS n FROM", table])))
        assert isinstance(count, int)
        return count

    # --- promises

    def test_a_load_is_shown_at_its_end(self, tmp_path: Path) -> None:
        a_plan, warehouse = plans.parted(), self.warehouse(tmp_path)
        with warehouse.fill(self.task(warehouse, a_plan)) as filling:
            self.fill(filling, a_plan)
            assert filling.finish().counts == a_plan.counts
        assert self.counts(tmp_path, a_plan) == a_plan.counts
        found = self.ask(tmp_path, "SELECT id FROM names ORDER BY id")
        made = sorted((row["id"] for row in plans.expected(a_plan)["names"]), key=str)
        assert sorted((row["id"] for row in found), key=str) == made

    def test_a_load_that_is_left_is_undone(self, tmp_path: Path) -> None:
        former, a_plan, warehouse = plans.parted(), plans.parted(2, rows=700), self.warehouse(tmp_path)
        with warehouse.fill(self.task(warehouse, former)) as filling:
            self.fill(filling, former)
        assert self.counts(tmp_path, former) == {}, "there was nothing before"
        self.load(tmp_path, former)
        with warehouse.fill(self.task(warehouse, a_plan)) as filling:
            self.fill(filling, a_plan)
        assert self.counts(tmp_path, former) == former.counts

    def test_a_load_replaces_the_former_one(self, tmp_path: Path) -> None:
        self.load(tmp_path, plans.parted())
        a_plan = plans.parted(2, rows=700)
        self.load(tmp_path, a_plan)
        assert self.counts(tmp_path, a_plan) == a_plan.counts

    def test_rows_that_are_missing_are_noticed(self, tmp_path: Path) -> None:
        former, a_plan = plans.parted(), plans.parted(2, rows=700)
        warehouse = self.load(tmp_path, former)
        with warehouse.fill(self.task(warehouse, a_plan)) as filling:
            self.fill(filling, a_plan, but="names")
            with pytest.raises(WarehouseError, match="names"):
                filling.finish()
        assert self.counts(tmp_path, former) == former.counts

    def test_tables_of_others_are_left_alone(self, tmp_path: Path) -> None:
        a_plan = plans.parted()
        warehouse = self.load(tmp_path, a_plan)
        with pytest.raises((RequestError, WarehouseError)):
            warehouse.check(self.task(warehouse, a_plan, "contract@another"))
        assert warehouse.empty(SCHEMA, "contract@another") == []
        assert warehouse.drop(SCHEMA, "contract@another") == []
        assert self.counts(tmp_path, a_plan) == a_plan.counts

    def test_tables_are_emptied_and_dropped(self, tmp_path: Path) -> None:
        a_plan = plans.parted()
        warehouse = self.load(tmp_path, a_plan)
        assert set(warehouse.empty(SCHEMA, "contract@1")) == set(a_plan.counts)
        assert self.counts(tmp_path, a_plan) == dict.fromkeys(a_plan.counts, 0)
        assert set(warehouse.drop(SCHEMA, "contract@1")) == set(a_plan.counts)
        assert warehouse.drop(SCHEMA, "contract@1") == [], "there is nothing left"
        assert self.counts(tmp_path, a_plan) == {}
        self.load(tmp_path, a_plan)

    def test_a_query_changes_nothing(self, tmp_path: Path) -> None:
        a_plan = plans.parted()
        self.load(tmp_path, a_plan)
        for sql in ("DELETE FROM names", "DROP TABLE names", "SELECT 1; DELETE FROM names"):
            with pytest.raises(DwSimError):
                self.ask(tmp_path, sql)
        assert self.counts(tmp_path, a_plan) == a_plan.counts


def _reader(table: TablePlan) -> pa.RecordBatchReader:
    """A table's rows, as a run's files give them."""
    schema = plain_schema(table.columns)
    rows = Converter(table).batch(table.chunk(0, table.rows)).cast(schema)
    return pa.RecordBatchReader.from_batches(schema, [rows])
