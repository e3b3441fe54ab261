"""Who may ask: checks of Host, Origin and token before anything else is looked at.

A page from elsewhere can make a browser send requests to a server on its own machine. Rebinding a name to
127.0.0.1 makes such a page same-origin: its requests carry that name as their Host. A page of another origin
can post without being allowed to read the answer: its requests carry its Origin.
"""

import hmac
import ipaddress
import re
import socket
from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dw_simulator.interfaces.rest.problems import problem

_READING = ("GET", "HEAD", "OPTIONS")
_BEARER = {"www-authenticate": "Bearer"}
_OPEN = re.compile(r"/health|/openapi\.json|/docs(/.*)?")
_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::[0-9]{0,5})?")


class Guard:
    """Middleware that lets a request through or answers it.

    token  what `Authorization: Bearer` must carry; nothing where it is empty
    hosts  names besides localhost and addresses by which the server may be called
    """

    def __init__(self, app: ASGIApp, token: str, hosts: Collection[str]) -> None:
        self.app, self._token = app, token.encode()
        self._hosts = {host.lower() for host in (*hosts, "localhost", socket.gethostname())}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        await (refusal or self.app)(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if not self._is_known(headers.get("host", "")):
            return problem(421, "this Host is not served; name it in DW_SIM_API_HOSTS if it is yours")
        if scope["method"] not in _READING and _is_foreign(headers):
            return problem(403, "requests from pages of another origin are refused")
        if self._token and not _OPEN.fullmatch(scope["path"]) and not self._has_token(headers):
            return problem(401, "send Authorization: Bearer <token>", headers=_BEARER)
        return None

    def _is_known(self, host: str) -> bool:
        name = _name(host)
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return name.lower() in self._hosts
        return True  # an address cannot be rebound

    def _has_token(self, headers: Headers) -> bool:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        sent = token.strip().encode("latin-1")  # the bytes that came
        return scheme.lower() == "bearer" and hmac.compare_digest(sent, self._token)


def _name(host: str) -> str:
    """The name or address of a Host; empty where it is none."""
    found = _HOST.fullmatch(host)
    return (found[1] or found[2]) if found else ""


def _is_foreign(headers: Headers) -> bool:
    if headers.get("sec-fetch-site", "same-origin") in ("cross-site", "same-site"):
        return True
    origin = headers.get("origin")
    return origin is not None and origin.partition("://")[2].lower() != headers.get("host", "").lower()
