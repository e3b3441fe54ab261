"""Files, and ranges of them, whose refusals have the shape of every error."""

from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.types import Message, Receive, Scope, Send

from dw_simulator.interfaces.rest.problems import problem

_REASONS = {400: "the Range header cannot be read", 416: "the file has no such range"}


class File(FileResponse):
    """A file of the output."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal: Response | None = None

        async def watched(message: Message) -> None:
            nonlocal refusal
            if message["type"] == "http.response.start" and message["status"] in _REASONS:
                refusal = _refusal(message)
            if refusal is None:
                await send(message)

        await super().__call__(scope, receive, watched)
        if refusal is not None:
            await refusal(scope, receive, send)


def _refusal(message: Message) -> Response:
    status, headers = message["status"], Headers(raw=message["headers"])
    size = {"content-range": headers["content-range"]} if "content-range" in headers else None
    return problem(status, _REASONS[status], headers=size)
