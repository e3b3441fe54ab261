"""The local stack, as real processes; only services that fail are imitated."""

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import boto3
import psutil
import psycopg
import pytest
import snowflake.connector
from pyarrow import fs
from tests.support import column, table

from dw_simulator.adapters.warehouses.postgres import PostgresWarehouse
from dw_simulator.adapters.warehouses.snowflake_session import read_url
from dw_simulator.errors import RequestError, StackError
from dw_simulator.ports.warehouse import WarehouseQuery
from dw_simulator.service import ExperimentService, GenerateRequest
from dw_simulator.settings import Settings, load
from dw_simulator.stack import control, services
from dw_simulator.stack.addresses import variables as variables_of
from dw_simulator.stack.services import Service
from dw_simulator.stack.state import NAMES, StackFiles, State

POINTERS = ("DW_SIM_REDSHIFT_URL", "DW_SIM_SNOWFLAKE_URL", "DW_SIM_STAGE_URL")
PAGE = (Path(__file__).parent.parent / "docs" / "stack.md").read_text()
COMMAND = [sys.executable, "-m", "dw_simulator"]


@dataclass
class Stack:
    """A stack in a home of its own, through the command line."""

    home: Path

    def run(self, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [*COMMAND, *words],
            env={**clean(), "DW_SIM_HOME": str(self.home)},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == code, done.stderr
        return done

    def up(self) -> dict[str, str]:
        return dict(json.loads(self.run("stack", "up", "--json").stdout))

    def status(self, code: int = 0) -> dict[str, dict[str, Any]]:
        found = json.loads(self.run("stack", "status", "--json", code=code).stdout)
        return {service["service"]: service for service in found}


def clean() -> dict[str, str]:
    """The environment without anything that points at warehouses."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "DW_SIM_"))}


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """One for all tests, not below pytest's own directory.

    As root PostgreSQL runs as another user, and any pytest that starts shuts that directory to others.
    """
    with tempfile.TemporaryDirectory() as home:
        made = Stack(Path(home))
        made.up()
        yield made
        made.run("stack", "down", "--purge")
        assert not (made.home / "stack").exists()


@pytest.fixture
def variables(stack: Stack) -> dict[str, str]:
    """What points at the stack, which is up already unless a test has stopped something."""
    return variables_of(control.up(stack.home, {}, print), NAMES)


@pytest.fixture
def environment(stack: Stack) -> Iterator[None]:
    """The environment of somebody who uses the stack's home, and has set nothing else."""
    with mock.patch.dict(os.environ, {**clean(), "DW_SIM_HOME": str(stack.home)}, clear=True):
        yield


def test_postgres_takes_whoever_has_the_password(variables: dict[str, str]) -> None:
    url = variables["DW_SIM_REDSHIFT_URL"]
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT current_database()").fetchone() == ("dev",)
    password = url.partition("@")[0].rpartition(":")[2]
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(url.replace(password, "guessed"))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems do not bound processes so")
def test_a_session_of_postgres_has_an_end_of_memory_and_disk(variables: dict[str, str]) -> None:
    big = "length(repeat(repeat('{}', 1000000), 750))"
    with psycopg.connect(variables["DW_SIM_REDSHIFT_URL"], autocommit=True) as connection:
        assert connection.execute(f"SELECT {big.format('a')}").fetchone() == (750_000_000,)
        with pytest.raises(psycopg.errors.OutOfMemory):
            connection.execute(f"SELECT {', '.join(map(big.format, 'abc'))}")
        assert connection.execute("SHOW temp_file_limit").fetchone() == ("20GB",)


def test_postgres_lets_in_whoever_reads_an_experiment(variables: dict[str, str], tmp_path: Path) -> None:
    """By a password, which no other test has."""
    url = variables["DW_SIM_REDSHIFT_URL"]
    service = ExperimentService(Settings(home=tmp_path, redshift_url=url))
    service.create({"name": "shop", "tables": [table("t", 5, column("id", "INT"))]})
    service.generate("shop", GenerateRequest(seed=1))
    service.load("shop", to=url)
    query = WarehouseQuery("", "shop", _owner(url), "postgres", str)
    with PostgresWarehouse(url)._reading(query) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT session_user::text, (SELECT count(*) FROM t)")
        ((reader, count),) = cursor.fetchall()
    assert reader.startswith("dw_sim_reader_")
    assert count == 5
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(url.replace("//dw_sim:", f"//{reader}:"))
    service.delete("shop")
    service.persistence.close()
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [reader]).fetchall() == []


def _owner(url: str) -> str:
    with psycopg.connect(url) as connection:
        ((owner,),) = connection.execute("SELECT DISTINCT owner FROM shop._dw_sim").fetchall()
        return str(owner)


def test_s3_takes_what_boto3_and_arrow_bring(variables: dict[str, str]) -> None:
    bucket = variables["DW_SIM_STAGE_URL"].removeprefix("s3://")
    with mock.patch.dict(os.environ, {**clean(), **variables}, clear=True):
        client = boto3.client("s3")
        client.put_object(Bucket=bucket, Key="a/b", Body=b"from boto3")
        client.close()
        arrow, _ = fs.FileSystem.from_uri(f"s3://{bucket}")
        with arrow.open_input_stream(f"{bucket}/a/b") as stream:
            assert stream.read() == b"from boto3"
        with arrow.open_output_stream(f"{bucket}/a/c") as stream:
            stream.write(b"from Arrow")
        assert arrow.get_file_info(f"{bucket}/a/c").size == 10


def connecting(variables: dict[str, str]) -> dict[str, Any]:
    """What the official connector takes; unasked it would ask every cloud whether it runs there."""
    _place, arguments = read_url(variables["DW_SIM_SNOWFLAKE_URL"])
    return {**arguments, "platform_detection_timeout_seconds": 0.0}


def test_snowflake_takes_its_connector(variables: dict[str, str]) -> None:
    arguments = connecting(variables)
    with snowflake.connector.connect(**arguments) as connection, connection.cursor() as cursor:
        assert cursor.execute("SELECT 42, current_database()").fetchall() == [(42, "DW_SIM")]


def test_everything_listens_on_this_machine_only(stack: Stack, variables: dict[str, str]) -> None:
    for service in control.status(stack.home):
        connections = psutil.Process(service.pid).net_connections("inet")
        listening = {c.laddr for c in connections if c.status == psutil.CONN_LISTEN}
        assert {f"{ip}:{port}" for ip, port in listening} == {service.address}


def test_what_holds_the_password_is_private(stack: Stack, variables: dict[str, str]) -> None:
    place = StackFiles(stack.home)
    for path in (place.file, *(place.log(name) for name in NAMES)):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not stat.S_IMODE(place.directory.stat().st_mode) & 0o066


def test_up_again_starts_nothing_and_prints_what_a_shell_reads(
    stack: Stack, variables: dict[str, str]
) -> None:
    before = stack.status()
    script = f'eval "$({" ".join(COMMAND)} stack up)" && env'
    done = subprocess.run(
        ["bash", "-c", script],
        env={**clean(), "DW_SIM_HOME": str(stack.home)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr.count("runs already") == 3
    assert variables.items() <= dict(line.split("=", 1) for line in done.stdout.splitlines()).items()
    assert stack.status() == before
    taken = before["s3"]["address"]
    assert f"s3 runs at port {taken.rpartition(':')[2]} already" in (
        stack.run("stack", "up", "--s3-port", "1", code=2).stderr
    )
    assert "postgres, s3, snowflake running" in stack.run("doctor").stdout


@pytest.mark.usefixtures("environment")
def test_settings_find_the_stack(variables: dict[str, str]) -> None:
    settings = load()
    found = (settings.redshift_url.get_secret_value(), settings.snowflake_url.get_secret_value())
    assert (*found, settings.stage_url) == tuple(variables[name] for name in POINTERS)
    assert variables.items() - {(name, variables[name]) for name in POINTERS} <= os.environ.items()


@pytest.mark.usefixtures("environment", "variables")
def test_environment_and_env_file_come_first(tmp_path: Path) -> None:
    os.environ["DW_SIM_REDSHIFT_URL"] = ""
    (tmp_path / ".env").write_text("DW_SIM_STAGE_URL=s3://my-own\n")
    settings = load()
    assert settings.redshift_url.get_secret_value() == ""
    assert settings.snowflake_url.get_secret_value().startswith("snowflake://")
    assert settings.stage_url == "s3://my-own"
    assert "AWS_ENDPOINT_URL" not in os.environ, "my bucket is not looked for in the stack"


@pytest.mark.usefixtures("environment", "variables")
@pytest.mark.parametrize("own", ["AWS_ACCESS_KEY_ID", "AWS_ENDPOINT_URL", "AWS_PROFILE"])
def test_the_stack_never_meets_keys_of_ones_own(own: str) -> None:
    os.environ[own] = "mine"
    load()
    assert {name for name in os.environ if name.startswith("AWS_")} == {own}


def keep(variables: dict[str, str]) -> None:
    """A table in each database, to be found again."""
    with psycopg.connect(variables["DW_SIM_REDSHIFT_URL"], autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS kept")
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    arguments = connecting(variables)
    with snowflake.connector.connect(**arguments) as session, session.cursor() as cursor:
        cursor.execute("CREATE OR REPLACE TABLE kept AS SELECT 42 AS answer")


def kept(variables: dict[str, str]) -> list[Any]:
    """What is found again in each."""
    with psycopg.connect(variables["DW_SIM_REDSHIFT_URL"]) as connection:
        answers = connection.execute("SELECT answer FROM kept").fetchall()
    arguments = connecting(variables)
    with snowflake.connector.connect(**arguments) as session, session.cursor() as cursor:
        return answers + cursor.execute("SELECT answer FROM kept").fetchall()


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize("killed", [("postgres", "s3"), ("snowflake",)])
def test_what_was_killed_is_started_again_where_it_was(
    stack: Stack, variables: dict[str, str], killed: tuple[str, ...]
) -> None:
    keep(variables)
    place = StackFiles(stack.home)
    before = place.running()
    for name in killed:
        os.kill(before[name], signal.SIGKILL)
    assert control._within(10, lambda: not any(map(place.is_locked, killed)))
    assert {name for name, service in stack.status(code=1).items() if not service["running"]} == {*killed}
    settings = load()
    left = {"postgres": settings.redshift_url, "s3": settings.stage_url, "snowflake": settings.snowflake_url}
    assert {name for name, address in left.items() if not address} == {*killed}
    assert stack.up() == variables
    after = place.running()
    assert {name for name in NAMES if after[name] != before[name]} == {*killed}
    assert kept(variables) == [(42,), (42,)]


@pytest.mark.usefixtures("environment")
def test_down_stops_and_keeps_and_harms_nobody_else(stack: Stack, variables: dict[str, str]) -> None:
    keep(variables)
    assert stack.run("stack", "down").stderr.count("stopped") == 3
    assert not any(service["running"] for service in stack.status(code=1).values())
    assert load().snowflake_url.get_secret_value() == ""

    place = StackFiles(stack.home)
    state = place.read()
    assert state
    state.pids["s3"] = os.getpid()  # as if ours had been given to a stranger
    place.write(state)
    assert not place.running()
    assert stack.run("stack", "down").stderr == ""

    with socket.create_server(("127.0.0.1", state.ports["s3"])):
        done = stack.run("stack", "up")
    assert f"port {state.ports['s3']} is taken by now: s3 moves to" in done.stderr
    assert kept(variables) == [(42,), (42,)]


@pytest.mark.usefixtures("environment")
def test_the_python_of_the_page_works(variables: dict[str, str]) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "('DW_SIM',)\n"


def test_the_session_of_the_page_works(stack: Stack, variables: dict[str, str]) -> None:
    install, session = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    assert install == "pip install 'dw-simulator[stack]'\n"
    program = f'set -e; dw-sim() {{ "{sys.executable}" -m dw_simulator "$@"; }}\n'
    done = subprocess.run(
        ["bash", "-c", program + session],
        env={**clean(), "DW_SIM_HOME": str(stack.home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert f"\n{variables['DW_SIM_REDSHIFT_URL']}\n" in done.stdout
    assert not StackFiles(stack.home).directory.exists()


def test_a_port_that_is_asked_for_and_taken_is_refused(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        done = Stack(tmp_path).run("stack", "up", "--snowflake-port", port, code=2)
    assert f"port {port} is taken: choose another with --snowflake-port" in done.stderr


def test_without_a_stack_there_is_nothing(tmp_path: Path) -> None:
    stack = Stack(tmp_path / "home")
    assert {service["address"] for service in stack.status(code=1).values()} == {None}
    assert stack.run("stack", "down", "--purge").stderr == ""
    assert not stack.home.exists()


def test_a_missing_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "find_spec", lambda name: None)
    with pytest.raises(RequestError, match=r"needs moto: pip install 'dw-simulator\[stack\]'"):
        control.up(tmp_path, {}, print)


class _Imitated(Service):
    """A service that does what a test wants."""

    name, title, modules = "s3", "Storage", ()
    script = ""

    def command(self) -> list[str]:
        return ["sh", "-c", self.script]

    def probe(self) -> None:
        raise OSError("connection refused")


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo no disk >&2; exit 3", "Storage ended with exit code 3; .*s3.log ends:\n  no disk"),
        ("echo busy; sleep 60", r"Storage does not answer \(connection refused\); .*\n  busy"),
    ],
)
def test_a_service_that_does_not_come_up_tells_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, said: str
) -> None:
    monkeypatch.setattr(control, "SERVICES", (_Imitated,))
    monkeypatch.setattr(control, "_START_SECONDS", 0.5)
    monkeypatch.setattr(control, "_STOP_SECONDS", 0.3)
    monkeypatch.setattr(_Imitated, "script", script)
    with pytest.raises(StackError, match=said):
        control.up(tmp_path, {}, print)
    assert not StackFiles(tmp_path).is_locked("s3"), "nothing is left of it"


def test_what_does_not_end_politely_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "SERVICES", (_Imitated,))
    monkeypatch.setattr(control, "_STOP_SECONDS", 0.3)
    monkeypatch.setattr(_Imitated, "probe", lambda self: None)
    monkeypatch.setattr(_Imitated, "script", "trap '' TERM; while :; do :; done")
    control.up(tmp_path, {}, print)
    assert StackFiles(tmp_path).is_locked("s3")
    control.down(tmp_path, purge=True, tell=print)
    assert [*tmp_path.iterdir()] == [tmp_path / "stack.lock"]


def test_a_state_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    place = StackFiles(tmp_path)
    place.directory.mkdir()
    place.write(State("secret"))
    assert place.read() == State("secret")
    place.file.write_text("{")
    with pytest.raises(RequestError, match=r"stack\.json cannot be read .*: remove it"):
        place.read()
