"""Tables of a database, filled as their rows are made, with no files between: a sink for each warehouse.

A database takes one table after another, parents first, so such a run has one worker. Publishing is the
warehouse's own `finish`; what it has shown cannot be taken back. There is no manifest, and no part that a
later run could go on with.
"""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext

import pyarrow as pa

from dw_simulator.adapters.column_facts import BatchTally
from dw_simulator.arrow import plain_schema
from dw_simulator.errors import RequestError
from dw_simulator.ports.manifest import Manifest
from dw_simulator.ports.plan import Part, Plan, TablePlan
from dw_simulator.ports.sink import OpenPart, PublishedFiles, Receipt, Sink
from dw_simulator.ports.warehouse import Filling, LoadTask, Warehouse


class TableSink(Sink):
    """What the sinks of all warehouses have in common."""

    def __init__(
        self,
        place: str,
        compression: str = "",  # noqa: ARG002 - of files
        origin: str = "",  # noqa: ARG002 - nothing is gone on with
        token: str = "",
        format: str = "",  # noqa: A002, ARG002 - as all sinks have it
    ) -> None:
        self.warehouse: Warehouse = self.opened(str(place))
        self.root, self.token = self.warehouse.place, token
        self._task: LoadTask | None = None
        self._filling: Filling | None = None

    @abstractmethod
    def opened(self, url: str) -> Warehouse:
        """The warehouse at a URL."""

    def describe(self, task: LoadTask) -> None:
        self._task = task

    def _described(self) -> LoadTask:
        assert self._task is not None, "`describe` comes first where there is something to be written"
        return self._task

    def check(self, plan: Plan) -> None:  # noqa: ARG002 - the task says it
        self.warehouse.check(self._described())

    def prepare(self, plan: Plan) -> list[Receipt]:  # noqa: ARG002
        self._filling = self.warehouse.fill(self._described()).__enter__()
        return []

    def _begun(self) -> Filling:
        assert self._filling is not None, "`prepare` comes first"
        return self._filling

    def open(self, table: TablePlan, part: Part) -> "TableWriter":
        return TableWriter(self._begun(), table, part, self._described().called(part.table))

    def left_behind(self, plan: Plan) -> list[str]:  # noqa: ARG002
        return []

    def alone(self, check: Callable[[], None]) -> AbstractContextManager[None]:  # noqa: ARG002
        return nullcontext()

    def publish(
        self,
        plan: Plan,
        receipts: Sequence[Receipt],  # noqa: ARG002
        manifest: Manifest,  # noqa: ARG002
        extras: Mapping[str, bytes],  # noqa: ARG002
    ) -> dict[str, list[str]]:
        self._begun().finish()
        return {table.name: [] for table in plan.tables}

    def tidy(self) -> bool:
        self._leave()
        return True

    def take_back(self) -> None:
        """What a database has shown stays."""

    def let_go(self) -> None:
        self._leave()

    def abort(self) -> None:
        self._leave()

    def _leave(self) -> None:
        filling, self._filling = self._filling, None
        if filling is not None:
            filling.__exit__(None, None, None)

    def files(self) -> PublishedFiles:
        raise RequestError(
            f"{self.root} has tables and no files; ask them with dw-sim query NAME SQL --loaded"
        )


class TableWriter(OpenPart):
    """One part on its way into a table."""

    def __init__(self, filling: Filling, table: TablePlan, part: Part, called: str) -> None:
        self._filling, self._part, self._called = filling, part, called
        self._tally, self._rows, self._bytes = BatchTally(table.columns), 0, 0
        # no dictionaries, which each have values of their own, and no types that few programs know
        self._schema = plain_schema(table.columns)

    def write(self, batch: pa.RecordBatch) -> None:
        plain = batch.cast(self._schema)
        self._tally.add(plain)
        self._filling.append(self._called, pa.RecordBatchReader.from_batches(self._schema, [plain]))
        self._rows += batch.num_rows
        self._bytes += batch.nbytes

    def close(self) -> Receipt:
        return Receipt(self._part, "", self._rows, self._bytes, facts=self._tally.facts())

    def discard(self) -> None:
        """The whole load is undone."""


class DuckDbTableSink(TableSink):
    """`duckdb:///path/to/file.duckdb`."""

    def opened(self, url: str) -> Warehouse:
        from dw_simulator.adapters.warehouses.duckdb import DuckDbWarehouse  # noqa: PLC0415

        return DuckDbWarehouse(url)


class PostgresTableSink(TableSink):
    """`postgresql://user:password@host/database`."""

    def opened(self, url: str) -> Warehouse:
        from dw_simulator.adapters.warehouses.postgres import PostgresWarehouse  # noqa: PLC0415

        return PostgresWarehouse(url)


class SnowflakeTableSink(TableSink):
    """`snowflake://user:password@account/DATABASE`."""

    def opened(self, url: str) -> Warehouse:
        from dw_simulator.adapters.warehouses.snowflake import SnowflakeWarehouse  # noqa: PLC0415

        return SnowflakeWarehouse(url)
