"""A route as it is declared, and what its handler is given."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dw_simulator.interfaces.rest.background import Background
from dw_simulator.interfaces.rest.problems import validated
from dw_simulator.schema.reading import decode_json
from dw_simulator.service import ExperimentService

MAX_BODY_BYTES = 16 << 20
MAX_PARTS = 100_000
MAX_RUN_ID = (1 << 31) - 1


@dataclass(frozen=True)
class Call:
    """A request that was understood. body and query are of the operation's models, where it has them."""

    service: ExperimentService
    background: Background
    request: Request
    query: Any = None
    body: Any = None

    @property
    def name(self) -> str:
        return str(self.request.path_params["name"])

    @property
    def run_id(self) -> int:
        text = str(self.request.path_params["run_id"])
        number = int(text) if re.fullmatch("[0-9]{1,10}", text) else 0
        if not 0 < number <= MAX_RUN_ID:
            raise HTTPException(404, f"there is no run {text!r}")
        return number

    def header(self, name: str) -> str:
        return str(self.request.headers.get(name, ""))


@dataclass(frozen=True)
class Reply:
    """What a handler answers: a model, a status, headers."""

    body: BaseModel | Mapping[str, Any]
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        plain = self.body.model_dump(mode="json") if isinstance(self.body, BaseModel) else self.body
        return JSONResponse(plain, self.status, dict(self.headers))


Handler = Callable[[Call], Reply | Response] | Callable[[Call], Awaitable[Reply | Response]]


@dataclass(frozen=True)
class ResponseSpec:
    """One answer of an operation, for the document. model None: not JSON."""

    description: str
    model: type[BaseModel] | None = None
    media_types: Sequence[str] = ("application/json",)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Operation:
    """A route: what it takes, who handles it, what it may answer besides errors.

    waits          the handler is a coroutine, which may wait for long; others run in threads
    body_required  False where an empty body means an empty object
    raw            the body is handed on as decoded JSON; the model is for the document alone
    example        a body
    headers        what a request may say in headers, for the document
    errors         the statuses of errors it may answer with, besides those that every route may
    """

    method: str
    path: str
    handler: Handler
    summary: str
    answers: Mapping[int, ResponseSpec]
    errors: Sequence[int] = ()
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    body_required: bool = True
    raw: bool = False
    example: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    waits: bool = False

    def route(self) -> Route:
        """The Starlette route. Its application's state holds the service and the runs of this server."""

        async def endpoint(request: Request) -> Response:
            query = body = None
            if self.query is not None or self.body is not None:
                content = await _limited(request)
                query, body = await run_in_threadpool(self._understood, request, content)
            call = Call(request.state.service, request.state.background, request, query, body)
            if not self.waits:
                return await run_in_threadpool(lambda: _response(self.handler(call)))
            answer: Any = self.handler(call)
            return _response(await answer)

        return Route(self.path, endpoint, methods=[self.method], name=self.handler.__name__)

    def _understood(self, request: Request, content: bytes) -> tuple[Any, Any]:
        """The query and the body; in a thread, as a body may take a while."""
        query = validated(self.query, dict(request.query_params)) if self.query else None
        return query, self._read(request, content)

    def _read(self, request: Request, content: bytes) -> Any:
        if self.body is None:
            return None
        if not content and not self.body_required:
            return self.body()
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != "application/json" and not media_type.endswith("+json"):
            raise HTTPException(415, "send the body as application/json")
        decoded = _decoded(content)
        return decoded if self.raw else validated(self.body, decoded)


def _response(answer: Any) -> Response:
    return answer.response() if isinstance(answer, Reply) else answer


async def _limited(request: Request) -> bytes:
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > MAX_BODY_BYTES:
            raise HTTPException(413, f"a request may have {MAX_BODY_BYTES >> 20} MB")
    return bytes(content)


def _decoded(content: bytes) -> Any:
    """A body's JSON. Raises HTTPException."""
    try:
        return decode_json(content.decode("utf-8-sig"), most_parts=MAX_PARTS)
    except UnicodeError:
        reason = "it is not text in UTF-8"
    except RecursionError:
        reason = "it is nested too deeply"
    except ValueError as error:
        reason = str(error)
    raise HTTPException(400, f"the body cannot be read: {reason}")
