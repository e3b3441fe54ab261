"""What the stack is made of: how each service is prepared, started and asked whether it is there."""

import json
import signal
import sys
from abc import ABC, abstractmethod
from importlib.util import find_spec
from typing import ClassVar, TypedDict
from urllib import request
from urllib.parse import urlencode

from dw_simulator.errors import RequestError
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.stack import addresses
from dw_simulator.stack.state import HOST, StackFiles, State


class Account(TypedDict, total=False):
    """As whom a service runs: arguments of subprocess.Popen, none for whoever starts it."""

    user: str
    group: int
    extra_groups: list[int]


class Service(ABC):
    """One service of the stack."""

    name: ClassVar[str]
    title: ClassVar[str]
    modules: ClassVar[tuple[str, ...]]
    """What has to be installed."""

    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM
    """The signal that ends it in good order."""

    def __init__(self, files: StackFiles, state: State) -> None:
        for module in self.modules:
            if find_spec(module) is None:
                raise RequestError(f"the local stack needs {module}: pip install 'dw-simulator[stack]'")
        self.files, self.state = files, state

    @property
    def port(self) -> int:
        return self.state.ports[self.name]

    def prepare(self) -> None:  # noqa: B027 - S3 has nothing to prepare
        """Make what it needs to be started. No process of it lives."""

    @abstractmethod
    def command(self) -> list[str]:
        """The command line that starts it."""

    def account(self) -> Account:
        """As whom it runs."""
        return {}

    @abstractmethod
    def probe(self) -> None:
        """Use it as a client does. Raises OSError, HTTPException or ValueError where it is not there."""


class S3(Service):
    """Moto's server, which keeps everything in memory."""

    name, title, modules = "s3", "S3 (moto)", ("moto", "flask")

    def command(self) -> list[str]:
        return [sys.executable, "-m", "moto.server", "-H", HOST, "-p", str(self.port)]

    def probe(self) -> None:
        """Make the bucket, which is no error where it exists, and put an object there and away."""
        bucket = f"http://{HOST}:{self.port}/{addresses.BUCKET}"
        # Moto lets in whoever shows a key; the signature it does not check
        key = f"AWS4-HMAC-SHA256 Credential={addresses.USER}/20000101/{addresses.REGION}/s3/aws4_request"
        for method, url in (("PUT", bucket), ("PUT", f"{bucket}/.dw-sim"), ("DELETE", f"{bucket}/.dw-sim")):
            _call(request.Request(url, method=method, headers={"Authorization": key}))  # noqa: S310


class Snowflake(Service):
    """fakesnow's server, over DuckDB files."""

    name, title, modules = "snowflake", "Snowflake (fakesnow)", ("fakesnow",)

    def prepare(self) -> None:
        self.files.data(self.name).mkdir(mode=0o700, exist_ok=True)

    def command(self) -> list[str]:
        where = str(self.files.data(self.name))
        return [sys.executable, "-m", "dw_simulator.stack.fake_snowflake", HOST, str(self.port), where]

    def probe(self) -> None:
        """Log in, which makes the database, ask a question, and log out."""
        names = {"databaseName": addresses.SNOWFLAKE_DATABASE, "schemaName": "PUBLIC"}
        nothing_else: JsonObject = {"data": {"SESSION_PARAMETERS": {}}}
        session = self._post(f"session/v1/login-request?{urlencode(names)}", nothing_else)
        data = session["data"]
        assert isinstance(data, dict), "an answer to a login has data"
        token = {"Authorization": f'Snowflake Token="{data["token"]}"'}
        answer = self._post("queries/v1/query-request", {"sqlText": "SELECT 1"}, token)
        self._post("session?delete=true", {}, token)
        if not answer["success"]:
            raise OSError(str(answer["message"]))

    def _post(self, path: str, body: JsonObject, headers: dict[str, str] | None = None) -> JsonObject:
        url = f"http://{HOST}:{self.port}/{path}"
        answer: JsonObject = json.loads(_call(request.Request(url, json.dumps(body).encode(), headers or {})))
        return answer


def _call(asked: request.Request) -> bytes:
    """Ask past any proxy, which could not reach this machine's own address."""
    opener = request.build_opener(request.ProxyHandler({}))
    with opener.open(asked, timeout=10) as answer:
        body: bytes = answer.read()
    return body
