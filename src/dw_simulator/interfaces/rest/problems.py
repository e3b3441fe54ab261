"""Errors as HTTP tells them: one JSON shape (RFC 9457), one status for each kind of error."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match, Route
from starlette.types import ExceptionHandler

from dw_simulator.errors import (
    DwSimError,
    NameTakenError,
    Problem,
    ProblemsError,
    QueryError,
    RequestError,
    RunAbortedError,
    RunningError,
    SqlError,
    StoreError,
    UnknownNameError,
    VersionError,
    WarehouseError,
    closest,
)
from dw_simulator.interfaces.rest.bodies import ProblemDetail, ProblemShape
from dw_simulator.schema.complaints import details_of, sentence
from dw_simulator.schema.json_data import Json

Model = TypeVar("Model", bound=BaseModel)
MOST = 100
"""So many problems are listed; of the rest their number is told."""

MEDIA_TYPE = "application/problem+json"
_STATUS: tuple[tuple[type[DwSimError], int], ...] = (
    (NameTakenError, 409),
    (RunningError, 409),
    (RunAbortedError, 409),
    (VersionError, 412),
    (RequestError, 422),
    (QueryError, 422),
    (StoreError, 503),
    (WarehouseError, 502),
)
_TITLES = {
    400: "the request cannot be read",
    401: "a token is needed",
    403: "not allowed",
    404: "not found",
    405: "this method is not offered here",
    406: "there is no such form of it",
    409: "this cannot be done now",
    410: "gone",
    412: "it has changed meanwhile",
    413: "the request is too large",
    415: "send JSON",
    416: "there is no such range",
    421: "this server does not go by that name",
    422: "the request was refused",
    429: "too many at once",
    500: "the request failed",
    502: "the warehouse cannot be reached, or refuses",
    503: "not available now",
}


def shape(status: int, detail: str, problems: Sequence[Problem] = ()) -> ProblemShape:
    """An error, as it is told."""
    return ProblemShape(
        title=_TITLES.get(status, "the request failed"),
        status=status,
        detail=detail,
        problems=[
            ProblemDetail(place=p.place, message=p.message, hint=p.mend, mend=p.mend, excerpt=p.excerpt)
            for p in problems[:MOST]
        ],
    )


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """An error's answer."""
    return _answer(shape(status, detail), headers)


def _answer(told: ProblemShape, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse(told.model_dump(), told.status, headers, MEDIA_TYPE)


def of_error(error: DwSimError) -> Response:
    """The answer to an error of the service."""
    return _answer(shape_of(error))


def shape_of(error: DwSimError) -> ProblemShape:
    """An error of the service, as it is told."""
    if isinstance(error, SqlError) and error.line:
        place = f"line {error.line}, column {error.column}"
        return shape(status_of(error), str(error), [Problem(place, error.message, "", error.excerpt)])
    if not isinstance(error, ProblemsError):
        return shape(status_of(error), str(error))
    count = len(error.problems)
    more = f", of which {MOST} are listed" if count > MOST else ""
    detail = f"{error.title}: {count:,} problem{'s' if count != 1 else ''}{more}; first: {error.problems[0]}"
    return shape(status_of(error), detail, error.problems)


def status_of(error: DwSimError) -> int:
    """The status of an error: 404 where the address names what is not there."""
    if isinstance(error, UnknownNameError) and error.kind in ("experiment", "run", "file"):
        return 404
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def validated(model: type[Model], data: Json) -> Model:
    """A body or query in the shape it should have. Raises ProblemsError, with every place that has not."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise ProblemsError(_problem(model, detail) for detail in details_of(error)) from None


def _problem(model: type[BaseModel], detail: ErrorDetails) -> Problem:
    place = ".".join(map(str, detail["loc"]))
    if detail["type"] == "extra_forbidden":
        return Problem(place, f"there is no such field{closest(place, model.model_fields)}", "leave it out")
    return Problem(place, sentence(detail))


async def _dw_sim_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, DwSimError)
    return of_error(error)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers, detail = error.headers, error.detail
    if error.status_code == 404 and detail == HTTPStatus.NOT_FOUND.phrase:
        detail = "there is nothing at this address; /docs lists what there is"
    if error.status_code == 405:  # each route has one method and knows of no other
        fitting = [route for route in request.app.routes if route.matches(request.scope)[0] != Match.NONE]
        methods = {one for route in fitting if isinstance(route, Route) for one in route.methods or ()}
        headers = {"allow": ", ".join(sorted(methods))}
        detail = f"this address takes {headers['allow']}"
    return problem(error.status_code, detail, headers=headers)


async def _any_error(_request: Request, error: Exception) -> Response:
    # what it was goes to the server's log, not to whoever asked
    return problem(500, f"a fault of this program ({type(error).__name__}); its log says more")


HANDLERS: Mapping[type[Exception], ExceptionHandler] = {
    DwSimError: _dw_sim_error,
    HTTPException: _http_error,
    Exception: _any_error,
}
