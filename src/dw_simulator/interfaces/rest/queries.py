"""The route of queries: SQL over what a run has made."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import chain
from typing import TypeVar

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from dw_simulator.errors import RequestError
from dw_simulator.interfaces.rest.accepting import accepted
from dw_simulator.interfaces.rest.bodies import ColumnShape, ExecuteQuery, ResultShape
from dw_simulator.interfaces.rest.calls import Call, Operation, Reply, ResponseSpec
from dw_simulator.interfaces.rest.output_root import check_open
from dw_simulator.ports.answers import Answer
from dw_simulator.ports.result_formats import RESULT_FORMATS
from dw_simulator.ports.store import Run
from dw_simulator.schema.json_data import JsonObject

SECONDS = 60.0
"""How long a query may take."""
_JSON_ROWS = 10_000
_JSON_BYTES = 64 << 20
_JSON = "application/json"
_STREAMED = {one.media_type: name for name, one in RESULT_FORMATS.items() if one.media_type != _JSON}
_OFFERED = (_JSON, *_STREAMED)
_POLL_SECONDS = 0.5

_Found = TypeVar("_Found")


async def execute_query(call: Call) -> Reply | Response:
    body = call.body_as(ExecuteQuery)
    media_type = accepted(call.header("accept"), _OFFERED)
    if media_type is None:
        raise HTTPException(406, f"rows come as {', '.join(_OFFERED)}; name one of these in Accept")
    limit = body.limit or (_JSON_ROWS if media_type == _JSON else None)
    run = await run_in_threadpool(_run, call)
    held = ExitStack()
    try:
        asked = call.background.query(lambda: _asked(call, run, limit))
        answer = await run_in_threadpool(held.enter_context, asked)
        if media_type != _JSON:
            pieces: Iterator[bytes] = answer.pieces(_STREAMED[media_type])
            # the heading and the first rows: when they are there, the status is known
            first = await _read(call.request, answer, lambda: [next(pieces, b""), next(pieces, b"")])
            return _Stream(chain(first, pieces), held.pop_all(), media_type, _timing(answer))
        rows = await _read(call.request, answer, lambda: rows_of(answer))
        return Reply(result_of(run, answer, rows), headers=_timing(answer))
    finally:
        await _close_shielded(held)


def _timing(answer: Answer) -> dict[str, str]:
    """How many milliseconds the query took until now."""
    return {"Server-Timing": f"query;dur={answer.seconds * 1000:.1f}"}


def _run(call: Call) -> Run:
    body = call.body_as(ExecuteQuery)
    run = call.service.complete_run(body.experiment_name, body.run_id)
    check_open(run, call.service.settings)
    return run


def _asked(call: Call, run: Run, limit: int | None) -> Answer:
    body = call.body_as(ExecuteQuery)
    answer: Answer = call.service.query(
        run.experiment, body.sql, dialect=body.dialect, run_id=run.id, limit=limit, seconds=SECONDS
    )
    return answer


def rows_of(answer: Answer) -> list[JsonObject]:
    """All rows of an answer. Raises RequestError where they are too many bytes."""
    found = []
    for row in answer.rows():
        found.append(row)
        if answer.size > _JSON_BYTES:
            raise RequestError(f"the result has more than {_JSON_BYTES >> 20} MB; ask for CSV, or for less")
    return found


def result_of(run: Run, answer: Answer, rows: list[JsonObject]) -> ResultShape:
    """Rows, and what is to be known of them."""
    return ResultShape(
        experiment=run.experiment,
        run_id=run.id,
        columns=[ColumnShape(name=column.name, type=column.type) for column in answer.columns],
        rows=rows,
        row_count=answer.count,
        truncated=answer.truncated,
        seconds=round(answer.seconds, 3),
    )


async def _read(request: Request, answer: Answer, job: Callable[[], _Found]) -> _Found:
    """What a thread reads of an answer; it is stopped when whoever asked goes away."""
    watch = asyncio.create_task(_stop_when_gone(request, answer))
    try:
        return await run_in_threadpool(job)
    finally:
        watch.cancel()


async def _stop_when_gone(request: Request, answer: Answer) -> None:
    while not await request.is_disconnected():
        await asyncio.sleep(_POLL_SECONDS)
    answer.stop()


async def _close_shielded(held: ExitStack) -> None:
    with anyio.CancelScope(shield=True):
        await run_in_threadpool(held.close)


class _Stream(StreamingResponse):
    """Rows as they are read, and the end of the query whatever happens to the response."""

    def __init__(
        self, pieces: Iterator[bytes], held: ExitStack, media_type: str, headers: dict[str, str]
    ) -> None:
        super().__init__(pieces, headers=headers, media_type=media_type)
        self._held = held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await _close_shielded(self._held)


OPERATIONS = (
    Operation(
        "POST",
        "/api/query/execute",
        execute_query,
        "Query the tables of a run with one SELECT",
        {200: ResponseSpec("the rows", ResultShape, _OFFERED, {"Server-Timing": "how long the query took"})},
        (403, 404, 406, 429),
        body=ExecuteQuery,
        example={"experiment_name": "first", "sql": "SELECT count(*) AS customers FROM customers"},
        waits=True,
    ),
)
