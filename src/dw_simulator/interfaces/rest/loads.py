"""The routes of loads: what a run has made, into the warehouse of its experiment, or the scripts for it."""

from functools import partial

import anyio.to_thread

from dw_simulator.interfaces.rest.bodies import Load, LoadPackQuery, LoadPackShape, LoadShape
from dw_simulator.interfaces.rest.calls import Call, Operation, Reply, ResponseSpec
from dw_simulator.interfaces.rest.experiments import IF_MATCH, wanted_version
from dw_simulator.interfaces.rest.output_root import check_open


async def load_run(call: Call) -> Reply:
    body = call.body_as(Load)
    await anyio.to_thread.run_sync(_check_open, call)
    load = partial(
        call.service.load, call.name, body.run_id, version=wanted_version(call), check=call.background.check
    )
    loaded = await anyio.to_thread.run_sync(load, limiter=call.background.loading)
    return Reply(LoadShape.of(loaded))


def _check_open(call: Call) -> None:
    """What lies outside the places that HTTP may look at is not loaded by it."""
    run = call.service.complete_run(call.name, call.body_as(Load).run_id)
    check_open(run, call.service.settings)


def load_pack(call: Call) -> Reply:
    query = call.query_as(LoadPackQuery)
    run = call.service.complete_run(call.name, query.run_id)
    check_open(run, call.service.settings)
    run, files = call.service.load_pack(call.name, [query.dialect], run.id)
    return Reply(LoadPackShape(run_id=run.id, files={name: text.decode() for name, text in files.items()}))


OPERATIONS = (
    Operation(
        "POST",
        "/api/experiments/{name}/load",
        load_run,
        "Load what a run has made into the experiment's warehouse: every table, or none",
        {200: ResponseSpec("the tables are loaded", LoadShape)},
        (403, 404, 412, 500, 502),
        body=Load,
        example={},
        headers=IF_MATCH,
        body_required=False,
        waits=True,
    ),
    Operation(
        "GET",
        "/api/experiments/{name}/load-pack",
        load_pack,
        "Scripts that take the files of a run into a warehouse; nothing is written",
        {200: ResponseSpec("the scripts", LoadPackShape)},
        (403, 404, 409),
        query=LoadPackQuery,
    ),
)
