"""Routes of runs: generate, watch, stop, and fetch what was made."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from dw_simulator.errors import DwSimError, RequestError, UnknownNameError
from dw_simulator.interfaces.rest.background import result
from dw_simulator.interfaces.rest.bodies import EventShape, Generate, RunList, RunPage, RunShape, SummaryShape
from dw_simulator.interfaces.rest.calls import Call, Operation, Reply, ResponseSpec
from dw_simulator.interfaces.rest.downloads import File
from dw_simulator.interfaces.rest.experiments import IF_MATCH, address, next_page, wanted_version
from dw_simulator.interfaces.rest.output_root import allowed, check_open
from dw_simulator.interfaces.rest.problems import of_error
from dw_simulator.ports import manifest
from dw_simulator.ports.manifest import Manifest
from dw_simulator.ports.store import Run
from dw_simulator.runs.output_urls import is_local
from dw_simulator.service import STOP_SECONDS, ExperimentService, GenerateRequest

_PARQUET = "application/vnd.apache.parquet"
_OTHER = "application/octet-stream"
_EVENT_SECONDS = 0.5
_POLL_SECONDS = 0.05


async def generate(call: Call) -> Reply:
    job, future = await run_in_threadpool(lambda: call.background.start(call.name, _request(call)))
    where = f"{address(call.name)}/runs/{job.run_id}"
    if "respond-async" in call.header("prefer").lower():
        run = await run_in_threadpool(call.service.run, call.name, job.run_id)
        return Reply(RunShape.of(run), 202, {"location": where, "preference-applied": "respond-async"})
    return Reply(SummaryShape.of(await result(future)), headers={"location": where})


def _request(call: Call) -> GenerateRequest:
    return generation(call.service, call.name, call.body_as(Generate), wanted_version(call))


def generation(service: ExperimentService, name: str, body: Generate, version: str = "") -> GenerateRequest:
    """A run as the service takes it. Raises RequestError, HTTPException for places that are not allowed."""
    place = allowed(body.output_dir, service.settings) if body.output_dir else None
    if body.resume:
        _check_resumed(service, name)
    return GenerateRequest(
        rows=body.rows,
        scale=body.scale,
        seed=body.seed,
        output_dir=place,
        compression=body.compression,
        format=body.format,
        workers=body.workers,
        resume=body.resume,
        load=body.load,
        load_pack=body.load_pack,
        refresh_pools=body.refresh_pools,
        version=version,
    )


def _check_resumed(service: ExperimentService, name: str) -> None:
    """Going on with a run writes where that one did, which may have been asked for by another door."""
    last = service.runs(name, limit=1)
    if last:
        check_open(last[0], service.settings)


def list_runs(call: Call) -> Reply:
    page = call.query_as(RunPage)
    runs = call.service.runs(call.name, page.offset, page.limit)
    total = call.service.count_runs(call.name)
    further = next_page(f"{address(call.name)}/runs", page, total)
    return Reply(RunList(runs=[RunShape.of(run) for run in runs], total=total, next=further))


def get_run(call: Call) -> Reply:
    return Reply(RunShape.of(call.service.run(call.name, call.run_id)))


async def abort_run(call: Call) -> Reply:
    run = await run_in_threadpool(call.service.run, call.name, call.run_id)
    if not run.active:
        raise HTTPException(409, f"run {run.id} has ended already: it is {run.status}")
    try:
        await run_in_threadpool(call.service.ask_to_stop, call.name, call.run_id)
    except RequestError as error:  # it has ended just now
        raise HTTPException(409, str(error)) from None
    with anyio.move_on_after(STOP_SECONDS):  # without a thread that waits
        while run.active:
            await anyio.sleep(_POLL_SECONDS)
            run = await run_in_threadpool(call.service.run, call.name, call.run_id)
    return Reply(RunShape.of(run))


async def watch_run(call: Call) -> Response:
    first = await run_in_threadpool(call.service.run, call.name, call.run_id)
    return EventSourceResponse(_events(call, first))


async def _events(call: Call, run: Run) -> AsyncIterator[ServerSentEvent]:
    told = ""
    while True:
        event = run.event
        data = json.dumps(EventShape.of(event).model_dump(mode="json"))
        if data != told:
            yield ServerSentEvent(data, event=event.status.lower())
            told = data
        if event.ended:
            return
        await anyio.sleep(_EVENT_SECONDS)
        try:
            run = await run_in_threadpool(call.service.run, call.name, call.run_id)
        except DwSimError as error:  # deleted meanwhile, or the store fails; the status is sent already
            yield ServerSentEvent(bytes(of_error(error).body).decode(), event="problem")
            return


def get_manifest(call: Call) -> Response:
    place, document = _published(call)
    if not is_local(place):
        return Response(document.to_bytes(), media_type="application/json")
    return File(Path(place).resolve() / manifest.FILE_NAME, media_type="application/json")


def get_file(call: Call) -> Response:
    place, document = _published(call)
    table, file = call.request.path_params["table"], call.request.path_params["file"]
    files = [(entry.name, part.file) for entry in document.tables for part in entry.parts]
    # by the name of its directory, too: an address cannot have the slash that some table's name has
    entries = [path for name, path in files if name == table] or [
        path for _name, path in files if path.rpartition("/")[0] == table
    ]
    found = next((entry for entry in entries if entry.rpartition("/")[2] == file), None)
    if found is not None and not is_local(place):
        raise HTTPException(404, f"the file is not on this server; fetch {place}/{found}")
    root = Path(place).resolve()
    path = (root / found).resolve() if found else root
    if found is None or not path.is_relative_to(root) or not path.is_file():
        raise UnknownNameError("file", f"{table}/{file}", [entry.rpartition("/")[2] for entry in entries])
    media_type = _PARQUET if file.endswith(".parquet") else _OTHER
    # compressed as it was asked for; a range of it is a range of the file
    return File(path, media_type=media_type, filename=file, headers={"content-encoding": "identity"})


def _published(call: Call) -> tuple[str, Manifest]:
    """Where the output of a run is and its manifest, as long as no later run has replaced them."""
    run = call.service.run(call.name, call.run_id)
    check_open(run, call.service.settings)
    if run.status != "COMPLETED":
        raise HTTPException(404, f"run {run.id} has published nothing: it is {run.status}")
    try:
        document = call.service.published(run)
    except RequestError:
        raise HTTPException(410, f"the output of run {run.id} was removed") from None
    same_files = (document.compression, document.format) == (run.compression, run.format)
    if not document.is_of(run) or not same_files:
        raise HTTPException(410, f"the output of run {run.id} was replaced by that of a later run")
    return run.output_dir, document


_RUNS = "/api/experiments/{name}/runs"
_RUN = _RUNS + "/{run_id}"
_WHERE = {"Location": "where the run is"}

OPERATIONS = (
    Operation(
        "POST",
        "/api/experiments/{name}/generate",
        generate,
        "Generate every table; with `Prefer: respond-async` the answer comes at once",
        {
            200: ResponseSpec("the run is complete", SummaryShape, headers=_WHERE),
            202: ResponseSpec("the run is queued", RunShape, headers=_WHERE),
        },
        (403, 404, 409, 412, 429, 500, 502),
        body=Generate,
        example={"seed": 42},
        headers={"Prefer": "respond-async: do not wait for the end", **IF_MATCH},
        body_required=False,
        waits=True,
    ),
    Operation(
        "GET",
        _RUNS,
        list_runs,
        "The runs of an experiment, newest first",
        {200: ResponseSpec("the runs", RunList)},
        (404,),
        query=RunPage,
    ),
    Operation("GET", _RUN, get_run, "A run", {200: ResponseSpec("the run", RunShape)}, (404,)),
    Operation(
        "POST",
        f"{_RUN}/abort",
        abort_run,
        "Stop a run; nothing of it is published",
        {200: ResponseSpec("the run as it has ended", RunShape)},
        (404, 409),
        waits=True,
    ),
    Operation(
        "GET",
        f"{_RUN}/events",
        watch_run,
        "The run's progress as server-sent events, until it has ended",
        {200: ResponseSpec("events whose data is an EventShape as JSON", EventShape, ("text/event-stream",))},
        (404,),
        waits=True,
    ),
    Operation(
        "GET",
        f"{_RUN}/manifest",
        get_manifest,
        "What the run has made: files, checksums, exact facts of every column",
        {
            200: ResponseSpec("the manifest", Manifest),
            206: ResponseSpec("the ranges asked for", None, ("application/json", "multipart/byteranges")),
        },
        (400, 403, 404, 410, 416),
    ),
    Operation(
        "GET",
        _RUN + "/files/{table}/{file}",
        get_file,
        "A file of the run, or ranges of it",
        {
            200: ResponseSpec("the file", None, (_PARQUET, _OTHER)),
            206: ResponseSpec("the ranges asked for", None, (_PARQUET, _OTHER, "multipart/byteranges")),
        },
        (400, 403, 404, 410, 416),
        headers={"Range": "bytes=0-99, say"},
    ),
)
