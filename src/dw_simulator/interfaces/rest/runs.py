"""Routes of runs: generate, watch, stop, and fetch what was made."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from dw_simulator import manifest
from dw_simulator.errors import DwSimError, RequestError, UnknownNameError
from dw_simulator.interfaces.rest.background import result
from dw_simulator.interfaces.rest.calls import Answer, Call, Operation, Reply
from dw_simulator.interfaces.rest.experiments import IF_MATCH, address, meant, next_page
from dw_simulator.interfaces.rest.files import File
from dw_simulator.interfaces.rest.problems import of_error
from dw_simulator.interfaces.rest.shapes import EventShape, Generate, RunList, RunPage, RunShape, SummaryShape
from dw_simulator.lifecycle import Run
from dw_simulator.manifest import Manifest
from dw_simulator.service import STOP_SECONDS, GenerateRequest
from dw_simulator.settings import Settings

_PARQUET = "application/vnd.apache.parquet"
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
    body: Generate = call.body
    place = _below_root(body.output_dir, call.service.settings) if body.output_dir else None
    if body.resume:
        _check_resumed(call)
    return GenerateRequest(
        rows=body.rows,
        seed=body.seed,
        output_dir=place,
        compression=body.compression,
        workers=body.workers,
        resume=body.resume,
        load=body.load,
        version=meant(call),
    )


def _below_root(asked: str, settings: Settings) -> Path:
    """An output directory below the root, wherever links in it lead. Raises RequestError."""
    root = settings.http_root.resolve()
    try:
        place = (root / asked).resolve()
        nearest = next(path for path in (place, *place.parents) if path.exists() or path.is_symlink())
    except (OSError, ValueError, RuntimeError):  # a name that is too long, NUL, links in a circle
        nearest = None
    if (
        nearest is None or nearest.is_symlink() or not nearest.is_dir()
    ):  # a link that resolve() left goes in a circle
        raise RequestError(f"output_dir {asked!r} cannot be a directory")
    if place == root or not place.is_relative_to(root):
        raise RequestError(
            f"output_dir {asked!r} is not below {root}; name a directory there, or set DW_SIM_OUTPUT_ROOT"
        )
    return place


def _check_resumed(call: Call) -> None:
    """Going on with a run writes where that one did, which may have been asked for by another door."""
    last = call.service.persistence.list_generation_runs(call.name, limit=1)
    if last and not _is_open(Path(last[0].output_dir).resolve(), call.service.settings):
        raise HTTPException(403, f"the output of run {last[0].id} is not below this server's output root")


def _is_open(place: Path, settings: Settings) -> bool:
    """Whether HTTP may look at a directory and write there."""
    return any(place.is_relative_to(root.resolve()) for root in (settings.output, settings.http_root))


def list_runs(call: Call) -> Reply:
    page: RunPage = call.query
    store = call.service.persistence
    runs = store.list_generation_runs(call.name, page.offset, page.limit)
    total = store.count_generation_runs(call.name)
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
    root, _document = _published(call)
    return File(root / manifest.FILE_NAME, media_type="application/json")


def get_file(call: Call) -> Response:
    root, document = _published(call)
    table, file = call.request.path_params["table"], call.request.path_params["file"]
    files = [(entry.name, part.file) for entry in document.tables for part in entry.parts]
    # by the name of its directory, too: an address cannot have the slash that some table's name has
    entries = [path for name, path in files if name == table] or [
        path for _name, path in files if path.rpartition("/")[0] == table
    ]
    found = next((entry for entry in entries if entry.rpartition("/")[2] == file), None)
    path = (root / found).resolve() if found else root
    if found is None or not path.is_relative_to(root) or not path.is_file():
        raise UnknownNameError("file", f"{table}/{file}", [entry.rpartition("/")[2] for entry in entries])
    # already compressed; a range of it is a range of the file
    return File(path, media_type=_PARQUET, filename=file, headers={"content-encoding": "identity"})


def _published(call: Call) -> tuple[Path, Manifest]:
    """The output of a run and its manifest, as long as no later run has replaced them."""
    run = call.service.run(call.name, call.run_id)
    root = Path(run.output_dir).resolve()
    if not _is_open(root, call.service.settings):
        raise HTTPException(403, f"the output of run {run.id} is not below this server's output root")
    if run.status != "COMPLETED":
        raise HTTPException(404, f"run {run.id} has published nothing: it is {run.status}")
    try:
        document = manifest.read(root)
    except RequestError:
        raise HTTPException(410, f"the output of run {run.id} was removed") from None
    made = (document.schema_hash, document.seed, dict(document.rows), document.compression)
    if made != (run.schema_hash, run.seed, dict(run.planned_rows), run.compression):
        raise HTTPException(410, f"the output of run {run.id} was replaced by that of a later run")
    return root, document


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
            200: Answer("the run is complete", SummaryShape, headers=_WHERE),
            202: Answer("the run is queued", RunShape, headers=_WHERE),
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
        {200: Answer("the runs", RunList)},
        (404,),
        query=RunPage,
    ),
    Operation("GET", _RUN, get_run, "A run", {200: Answer("the run", RunShape)}, (404,)),
    Operation(
        "POST",
        f"{_RUN}/abort",
        abort_run,
        "Stop a run; nothing of it is published",
        {200: Answer("the run as it has ended", RunShape)},
        (404, 409),
        waits=True,
    ),
    Operation(
        "GET",
        f"{_RUN}/events",
        watch_run,
        "The run's progress as server-sent events, until it has ended",
        {200: Answer("events whose data is an EventShape as JSON", EventShape, ("text/event-stream",))},
        (404,),
        waits=True,
    ),
    Operation(
        "GET",
        f"{_RUN}/manifest",
        get_manifest,
        "What the run has made: files, checksums, exact facts of every column",
        {
            200: Answer("the manifest", Manifest),
            206: Answer("the ranges asked for", None, ("application/json", "multipart/byteranges")),
        },
        (400, 403, 404, 410, 416),
    ),
    Operation(
        "GET",
        _RUN + "/files/{table}/{file}",
        get_file,
        "A Parquet file of the run, or ranges of it",
        {
            200: Answer("the file", None, (_PARQUET,)),
            206: Answer("the ranges asked for", None, (_PARQUET, "multipart/byteranges")),
        },
        (400, 403, 404, 410, 416),
        headers={"Range": "bytes=0-99, say"},
    ),
)
