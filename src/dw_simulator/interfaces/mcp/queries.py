"""The tool of queries: SQL over what a run has made."""

from functools import partial
from typing import Annotated, Any

from pydantic import BaseModel, Field

from dw_simulator.interfaces.mcp.calls import Tool, Tools
from dw_simulator.interfaces.rest.bodies import ExecuteQuery
from dw_simulator.interfaces.rest.output_root import check_open
from dw_simulator.interfaces.rest.queries import SECONDS, result_of, rows_of

_ROWS = 100


class QueryTables(ExecuteQuery):
    """One SELECT over the tables of a run."""

    limit: Annotated[int, Field(ge=1, le=10_000)] | None = Field(
        None, description=f"the most rows; {_ROWS} when left out"
    )


def _query(tools: Tools, asked: QueryTables) -> BaseModel:
    service = tools.service
    run = service.complete_run(asked.experiment_name, asked.run_id)
    check_open(run, service.settings)
    limit = asked.limit or _ROWS
    ask = partial(service.query, dialect=asked.dialect, run_id=run.id, limit=limit, seconds=SECONDS)
    with tools.background.query(partial(ask, run.experiment, asked.sql)) as answer:
        return result_of(run, answer, rows_of(answer))


TOOLS: tuple[Tool[Any], ...] = (
    Tool(
        "query",
        "Query the tables of a run with one SELECT, in DuckDB's SQL or in that of the dialect that is named.",
        QueryTables,
        _query,
        reads=True,
    ),
)
