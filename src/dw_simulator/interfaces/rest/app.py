"""The application: routes, middleware, and what happens when the server starts and stops."""

import signal
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import cache, partial
from types import FrameType
from typing import TypeAlias, TypedDict

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dw_simulator import __version__
from dw_simulator.interfaces.rest import docs, experiments, loads, queries, runs
from dw_simulator.interfaces.rest.background import Background
from dw_simulator.interfaces.rest.bodies import Health
from dw_simulator.interfaces.rest.calls import Call, Operation, Reply, ResponseSpec
from dw_simulator.interfaces.rest.guard import Guard
from dw_simulator.interfaces.rest.openapi import document
from dw_simulator.interfaces.rest.problems import HANDLERS
from dw_simulator.service import ExperimentService
from dw_simulator.settings import Settings, load


async def health(_call: Call) -> Reply:
    """Answered without a thread, which all may be busy."""
    return Reply(Health(status="ok", version=__version__))


# how long a thread that generates may keep the interpreter from one that answers; ten times less than usual
_SWITCH_SECONDS = 0.0005

OPERATIONS: tuple[Operation, ...] = (
    *experiments.OPERATIONS,
    *runs.OPERATIONS,
    *loads.OPERATIONS,
    *queries.OPERATIONS,
    Operation(
        "GET", "/health", health, "Liveness", {200: ResponseSpec("the server answers", Health)}, waits=True
    ),
)


SignalHandler: TypeAlias = "Callable[[int, FrameType | None], None] | int | signal.Handlers | None"


class ServerState(TypedDict):
    """What every request finds in its state."""

    service: ExperimentService
    background: Background


def make_app(settings: Settings | None = None) -> Starlette:
    """The application on one store; its service is opened when the server starts."""
    settings = settings or load()
    described = cache(lambda: document(OPERATIONS))  # made when it is first asked for: it takes its time

    async def openapi(_request: Request) -> Response:
        return JSONResponse(await run_in_threadpool(described))

    return Starlette(
        routes=[
            *_specific_first([operation.route() for operation in OPERATIONS]),
            Route("/openapi.json", openapi),
            *docs.routes(),
        ],
        middleware=[
            Middleware(Guard, token=settings.api_token.get_secret_value(), hosts=settings.hosts),
            Middleware(GZipMiddleware, minimum_size=1000, compresslevel=5),
        ],
        exception_handlers=HANDLERS,
        lifespan=partial(_serving, settings),
    )


@asynccontextmanager
async def _serving(settings: Settings, _app: Starlette) -> AsyncIterator[ServerState]:
    """From the server's start to its stop: the service is open, and runs go on."""
    service = ExperimentService(settings)
    await run_in_threadpool(lambda: service.persistence)
    background, usual = Background(service), sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH_SECONDS)
    with _stopping_at_signals(background):
        yield ServerState(service=service, background=background)
    await run_in_threadpool(background.stop)
    await run_in_threadpool(background.wait)
    service.close()
    sys.setswitchinterval(usual)


def _specific_first(routes: list[Route]) -> list[Route]:
    """/experiments/import-sql before /experiments/{name}."""
    return sorted(routes, key=lambda route: route.path.count("{"))


@contextmanager
def _stopping_at_signals(background: Background) -> Iterator[None]:
    """Runs stop as soon as the server is told to: it would wait for those whose callers wait for them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    former: dict[signal.Signals, SignalHandler] = {}

    def stop(number: int, frame: FrameType | None) -> None:
        threading.Thread(target=background.stop, daemon=True).start()
        handler = former[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    for one in (signal.SIGINT, signal.SIGTERM):
        former[one] = signal.signal(one, stop)
    try:
        yield
    finally:
        for one, handler in former.items():
            signal.signal(one, handler)
