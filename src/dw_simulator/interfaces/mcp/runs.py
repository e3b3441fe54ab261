"""Tools of runs: generate, look how far one is, stop it, load what it made."""

from concurrent.futures import TimeoutError as StillRunning
from typing import Annotated, Any

from pydantic import BaseModel, Field

from dw_simulator.errors import RequestError
from dw_simulator.interfaces.mcp.calls import Name, RunId, Tool, Tools, page_of
from dw_simulator.interfaces.mcp.experiments import OneExperiment
from dw_simulator.interfaces.rest.bodies import Generate, LoadShape, RunList, RunPage, RunShape, SummaryShape
from dw_simulator.interfaces.rest.output_root import check_open
from dw_simulator.interfaces.rest.runs import generation
from dw_simulator.schema.json_data import JsonObject

_LONGEST_WAIT = 600


class GenerateTables(Generate):
    """A run; everything but the name may be left out."""

    name: Name
    wait_seconds: Annotated[int, Field(ge=0, le=_LONGEST_WAIT)] = Field(
        30,
        description="how long to wait for its end; afterwards it goes on, and run_status tells how far it is",
    )


class OneRun(OneExperiment):
    """Which run of which experiment."""

    run_id: RunId | None = Field(None, description="the newest when left out")


class RunsOfExperiment(RunPage):
    """Which runs of which experiment."""

    name: Name


def _generate(tools: Tools, asked: GenerateTables) -> BaseModel:
    job, future = tools.background.start(asked.name, generation(tools.service, asked.name, asked))
    try:
        return SummaryShape.of(future.result(asked.wait_seconds))
    except StillRunning:
        return RunShape.of(tools.service.run(asked.name, job.run_id))


def _status(tools: Tools, asked: OneRun) -> BaseModel:
    if asked.run_id is not None:
        return RunShape.of(tools.service.run(asked.name, asked.run_id))
    newest = tools.service.runs(asked.name, limit=1)
    if not newest:
        raise RequestError(f"{asked.name} has no run yet; generate makes one")
    return RunShape.of(newest[0])


def _list(tools: Tools, asked: RunsOfExperiment) -> JsonObject:
    runs = tools.service.runs(asked.name, asked.offset, asked.limit)
    total = tools.service.count_runs(asked.name)
    return page_of(RunList(runs=[RunShape.of(run) for run in runs], total=total, next=None), asked, total)


def _abort(tools: Tools, asked: OneRun) -> BaseModel:
    return RunShape.of(tools.service.abort(asked.name, asked.run_id))


def _load(tools: Tools, asked: OneRun) -> BaseModel:
    check_open(tools.service.complete_run(asked.name, asked.run_id), tools.service.settings)
    return LoadShape.of(tools.service.load(asked.name, asked.run_id, check=tools.background.check))


TOOLS: tuple[Tool[Any], ...] = (
    Tool(
        "generate",
        "Generate every table of an experiment as files. The same seed makes the same rows. Answers with the "
        "files when it is complete, or with the state of the run where that takes longer than wait_seconds.",
        GenerateTables,
        _generate,
    ),
    Tool(
        "run_status",
        "Tell the state of a run: QUEUED, RUNNING, COMPLETED, FAILED or ABORTED, its rows, its error.",
        OneRun,
        _status,
        reads=True,
    ),
    Tool("list_runs", "List the runs of an experiment, newest first.", RunsOfExperiment, _list, reads=True),
    Tool(
        "abort_run",
        "Stop the run that is going on; nothing of it is published.",
        OneRun,
        _abort,
        destroys=True,
    ),
    Tool(
        "load_run",
        "Load what a run has made into the experiment's configured warehouse: every table, or none.",
        OneRun,
        _load,
    ),
)
