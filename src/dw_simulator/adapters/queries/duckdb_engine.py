"""DuckDB as the engine that answers queries, and changes copies."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from dw_simulator.adapters.queries.embedded import EmbeddedQuery
from dw_simulator.ports.answers import Answer, QueryEngine, TableSource
from dw_simulator.ports.changes import CopyOf, ScriptPart
from dw_simulator.ports.statement import Statement


class DuckDbEngine(QueryEngine):
    """Inside this process, by DuckDB's own SQL."""

    dialect = "duckdb"

    def __call__(
        self,
        statement: Statement,
        tables: Mapping[str, TableSource],
        *,
        schema: str,
        limit: int | None = None,
        seconds: float | None = None,
    ) -> Answer:
        return EmbeddedQuery(statement, tables, schema=schema, limit=limit, seconds=seconds)

    def change(
        self,
        script: Sequence[ScriptPart],
        copy: Path,
        origin: CopyOf,
        *,
        limit: int | None = None,
        seconds: float | None = None,
    ) -> Answer:
        from dw_simulator.adapters.queries.scratch_script import ScratchScript  # noqa: PLC0415

        return ScratchScript(script, copy, origin, limit=limit, seconds=seconds)


ENGINE = DuckDbEngine()
