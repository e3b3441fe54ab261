"""An S3 server of its own process on this machine, and a proxy before it that can be told to fail."""

import http.client
import os
import socket
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
import pytest
from tests.processes import free_port, server

from dw_simulator.adapters import locations

KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_EC2_METADATA_DISABLED": "true"}
_REFUSALS = {
    "503": (503, "SlowDown"),
    "403": (403, "InvalidAccessKeyId"),
}


@pytest.fixture(scope="session")
def s3_server() -> Iterator[int]:
    """The port of a server."""
    port = free_port()
    words = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", port]
    with server(words, port):
        yield port


@dataclass
class Bucket:
    """A bucket of one test, looked at directly; programs reach it through the proxy."""

    name: str
    client: Any
    proxy: "Proxy"

    def __str__(self) -> str:
        return f"s3://{self.name}"

    def objects(self, prefix: str = "") -> dict[str, bytes]:
        """Every object but the empty ones in a directory's name."""
        found: dict[str, bytes] = {}
        for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=prefix):
            for item in page.get("Contents", []):
                if not item["Key"].endswith("/"):
                    body = self.client.get_object(Bucket=self.name, Key=item["Key"])["Body"]
                    with body:
                        found[item["Key"]] = body.read()
        return found

    def put(self, key: str, content: bytes = b"precious") -> None:
        self.client.put_object(Bucket=self.name, Key=key, Body=content)


@dataclass
class Proxy:
    """Passes requests on to a server.

    fault   (method, path) -> "503", "403", "reset" or "hang", or None where the request is passed on
    seen    the requests that came
    """

    server: int
    fault: Callable[[str, str], str | None] = lambda _method, _path: None
    seen: list[tuple[str, str]] = field(default_factory=list)

    def start(self) -> ThreadingHTTPServer:
        proxy = self

        class Handler(_Handler):
            owner = proxy

        listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True).start()
        return listening

    def failing(self, kind: str, *, times: int = 1 << 30, method: str = "", path: str = "") -> None:
        """Fail the first requests of a method and a path."""
        left, lock = [times], threading.Lock()

        def fault(asked: str, where: str) -> str | None:
            with lock:
                if (method and asked != method) or path not in where or left[0] <= 0:
                    return None
                left[0] -= 1
                return kind

        self.fault = fault

    def well(self) -> None:
        """Pass everything on again."""
        self.fault = lambda _method, _path: None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or every answer waits 40 ms
    owner: Proxy

    def _answer(self) -> None:
        self.owner.seen.append((self.command, self.path))
        kind = self.owner.fault(self.command, self.path)
        if kind == "reset":  # in the middle of what is sent
            self.rfile.read(min(int(self.headers.get("content-length", 0)), 1000))
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        body = self._body()
        if kind == "hang":
            time.sleep(3)
        if kind in _REFUSALS:
            status, code = _REFUSALS[kind]
            self._send(status, [], f"<Error><Code>{code}</Code><Message>told so</Message></Error>".encode())
            return
        connection = http.client.HTTPConnection("127.0.0.1", self.owner.server)
        try:
            headers = {
                name: value for name, value in self.headers.items() if name.lower() != "transfer-encoding"
            }
            connection.request(self.command, self.path, body, headers)
            answer = connection.getresponse()
            self._send(answer.status, answer.getheaders(), answer.read())
        finally:
            connection.close()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def _body(self) -> bytes:
        if "transfer-encoding" not in self.headers:
            return self.rfile.read(int(self.headers.get("content-length", 0)))
        pieces = []
        while size := int(self.rfile.readline(), 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(pieces)

    def _send(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response_only(status)
        own = (
            ("connection", "transfer-encoding")
            if self.command == "HEAD"
            else ("connection", "transfer-encoding", "content-length")
        )
        for name, value in headers:
            if name.lower() not in own:
                self.send_header(name, value)
        if self.command != "HEAD":
            self.send_header("content-length", str(len(body)))
        elif not headers:
            self.send_header("content-length", "0")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *words: Any) -> None:
        """Tests are quiet."""


@pytest.fixture
def bucket(s3_server: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    """An empty bucket that this process, and those it starts, reach by the usual variables."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    for name in [name for name in os.environ if name.startswith("AWS_") and name not in KEYS]:
        monkeypatch.delenv(name)
    client = boto3.client("s3", endpoint_url=f"http://127.0.0.1:{s3_server}", region_name="us-east-1")
    name = f"test-{uuid.uuid4().hex[:8]}"
    client.create_bucket(Bucket=name)
    proxy = Proxy(s3_server)
    listening = proxy.start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{listening.server_port}")
    try:
        yield Bucket(name, client, proxy)
    finally:
        locations.location_of.cache_clear()
        client.close()
        listening.shutdown()
        listening.server_close()
