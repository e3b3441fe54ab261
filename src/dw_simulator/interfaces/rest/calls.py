"""A route as it is declared, and what its handler is given."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dw_simulator.interfaces.rest.background import Background
from dw_simulator.interfaces.rest.problems import validated
from dw_simulator.schema.json_data import Json, JsonObject
from dw_simulator.schema.reading import decode_json
from dw_simulator.service import ExperimentService

MAX_BODY_BYTES = 16 << 20
MAX_PARTS = 100_000
MAX_RUN_ID = (1 << 31) - 1


Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class Call:
    """A request that was understood.

    query, body  of the operation's models, where it has them
    json         the body as decoded JSON, where the operation wants it `raw`
    """

    service: ExperimentService
    background: Background
    request: Request
    query: BaseModel | None = None
    body: BaseModel | None = None
    json: Json = None

    def query_as(self, model: type[Model]) -> Model:
        """The query, of the model that the operation names."""
        assert isinstance(self.query, model)
        return self.query

    def body_as(self, model: type[Model]) -> Model:
        """The body, of the model that the operation names."""
        assert isinstance(self.body, model)
        return self.body

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

    body: BaseModel | JsonObject
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        plain = self.body.model_dump(mode="json") if isinstance(self.body, BaseModel) else self.body
        return JSONResponse(plain, self.status, dict(self.headers))


Handler = Callable[[Call], Reply | Response | Awaitable[Reply | Response]]


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
    example: Json = None
    headers: Mapping[str, str] = field(default_factory=dict)
    waits: bool = False

    def route(self) -> Route:
        """The Starlette route. Its application's state holds the service and the runs of this server."""

        async def endpoint(request: Request) -> Response:
            call = Call(request.state.service, request.state.background, request)
            if self.query is not None or self.body is not None:
                content = await _limited(request)
                call = await run_in_threadpool(self._understood, call, content)
            handled = self._handled(call) if self.waits else await run_in_threadpool(self._handled, call)
            return _response(await handled) if isinstance(handled, Awaitable) else handled

        return Route(self.path, endpoint, methods=[self.method], name=self.handler.__name__)

    def _handled(self, call: Call) -> Response | Awaitable[Reply | Response]:
        """What the handler answers; in a thread where it does not wait, as its JSON may take a while."""
        answer = self.handler(call)
        return answer if isinstance(answer, Awaitable) else _response(answer)

    def _understood(self, call: Call, content: bytes) -> Call:
        """The call with its query and its body; in a thread, as a body may take a while."""
        query = validated(self.query, dict(call.request.query_params)) if self.query else None
        call = replace(call, query=query)
        if self.body is None:
            return call
        if not content and not self.body_required:
            return replace(call, body=self.body())
        media_type = call.header("content-type").partition(";")[0].strip().lower()
        if media_type != "application/json" and not media_type.endswith("+json"):
            raise HTTPException(415, "send the body as application/json")
        decoded = _decoded(content)
        return replace(call, json=decoded) if self.raw else replace(call, body=validated(self.body, decoded))


def _response(answer: Reply | Response) -> Response:
    return answer.response() if isinstance(answer, Reply) else answer


async def _limited(request: Request) -> bytes:
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > MAX_BODY_BYTES:
            raise HTTPException(413, f"a request may have {MAX_BODY_BYTES >> 20} MB")
    return bytes(content)


def _decoded(content: bytes) -> Json:
    """A body's JSON. Raises HTTPException."""
    try:
        decoded: Json = decode_json(content.decode("utf-8-sig"), most_parts=MAX_PARTS)
    except UnicodeError:
        reason = "it is not text in UTF-8"
    except RecursionError:
        reason = "it is nested too deeply"
    except ValueError as error:
        reason = str(error)
    else:
        return decoded
    raise HTTPException(400, f"the body cannot be read: {reason}")
