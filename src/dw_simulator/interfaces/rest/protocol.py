"""uvicorn's HTTP protocol, sending each answer at once.

Server processes share a socket whose protocol uvicorn leaves open. So asyncio does not know it for TCP and
leaves Nagle's algorithm on: the end of an answer waits for a delayed acknowledgement, 40 ms on Linux.
"""

import asyncio
import socket

from uvicorn.protocols.http.auto import AutoHTTPProtocol


class PromptProtocol(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
    """One connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        connection = transport.get_extra_info("socket")
        if connection is not None and connection.family in (socket.AF_INET, socket.AF_INET6):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().connection_made(transport)
