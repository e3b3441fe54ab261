"""What the stack's Snowflake reaches by itself, whatever it is asked: the wall behind the check of queries.

Each way out is tried with the official connector, past every check of this program's, and on a plain
fakesnow, too, which lets it out: so it is the wall that holds it back, and not a slip in the attempt.
"""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import psutil
import pytest
from tests import processes
from tests.processes import free_port

from dw_simulator.adapters.warehouses.snowflake_session import Refused, Session, read_url
from dw_simulator.errors import QueryError

SECRET = "4711"


@pytest.fixture(scope="module")
def ports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, int]]:
    """The port of each of two servers: one that is shut in, and a plain one."""
    ports = {"shut": free_port(), "plain": free_port()}
    directory = tmp_path_factory.mktemp("shut in")
    shut = ["-m", "dw_simulator.stack.fake_snowflake", "127.0.0.1", ports["shut"], directory]
    plain = ["-m", "fakesnow", "-s", "-p", ports["plain"], "--host", "127.0.0.1"]
    with ExitStack() as running:
        for words, port in zip((shut, plain), ports.values(), strict=True):
            running.enter_context(processes.server([sys.executable, *words], port))
        yield ports


def entered(port: int, **arguments: object) -> Session:
    place, found = read_url(f"snowflake://me:any@near/DW/PUBLIC?host=127.0.0.1&port={port}&protocol=http")
    return Session(place, {**found, **arguments})  # type: ignore[dict-item]


@pytest.fixture(scope="module")
def sessions(ports: dict[str, int]) -> Iterator[dict[str, Session]]:
    with ExitStack() as held:
        found = {name: held.enter_context(closing(entered(port))) for name, port in ports.items()}
        for session in found.values():
            session.run("CREATE TABLE mine (a INT)")
            session.run("INSERT INTO mine VALUES (1)")
        yield found


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM LATERAL read_text('{file}')",
        "SELECT * FROM '{file}'",
        'SELECT * FROM "{file}"',
        "SELECT * FROM (SELECT * FROM (SELECT * FROM '{file}') AS b) AS c",
        "SELECT (SELECT content FROM read_text('{file}'))",
        "WITH w AS (SELECT * FROM read_csv('{file}', header => false)) SELECT * FROM w",
        "SELECT a::VARCHAR FROM mine UNION ALL SELECT content FROM read_text('{file}')",
        "SELECT * FROM read_json_objects('{file}')",
        "SELECT content::VARCHAR FROM read_blob('{file}')",
        "SELECT content FROM read_text('{folder}/*')",
        "SELECT content FROM read_text('{link}')",
    ],
)
def test_no_file_of_the_machine_is_read(sessions: dict[str, Session], tmp_path: Path, sql: str) -> None:
    file, link = tmp_path / "secret.csv", tmp_path / "link.csv"
    file.write_text(f"{SECRET}\n")
    link.symlink_to(file)
    attempt = sql.format(file=file, folder=tmp_path, link=link)
    assert SECRET in str(sessions["plain"].run(attempt))
    with pytest.raises(Refused):
        sessions["shut"].run(attempt)
    assert sessions["shut"].run("SELECT a FROM mine") == [(1,)], "the session goes on"


def test_a_stage_and_a_copy_reach_no_file(sessions: dict[str, Session], tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text(f"{SECRET}\n")
    for made in ("TABLE taken (a INT)", f"STAGE elsewhere URL = 'file://{tmp_path}'"):
        for session in sessions.values():
            session.run(f"CREATE {made}")
    for source in ("@elsewhere", f"'file://{tmp_path}/secret.csv' FORCE = TRUE"):
        attempt = f"COPY INTO taken FROM {source}"
        with pytest.raises(Refused):
            sessions["shut"].run(attempt)
    assert sessions["shut"].run("SELECT * FROM taken") == []
    sessions["plain"].run("COPY INTO taken FROM @elsewhere")
    assert sessions["plain"].run("SELECT a FROM taken") == [(int(SECRET),)]


def test_a_login_opens_no_database_elsewhere(ports: dict[str, int], tmp_path: Path) -> None:
    for name, port in ports.items():
        (tmp_path / name).mkdir()
        asked = {"FAKESNOW_DB_PATH": str(tmp_path / name), "CLIENT_TELEMETRY_ENABLED": False}
        entered(port, session_parameters=asked).close()
    assert [*(tmp_path / "plain").glob("*.db")]
    assert [*(tmp_path / "shut").iterdir()] == []


def test_a_query_that_takes_too_long_is_ended(sessions: dict[str, Session]) -> None:
    """By the server, too: a session whose statement went on would not answer the next one."""
    shut = sessions["shut"]
    shut.run("CREATE TABLE many AS SELECT range AS a FROM range(10000000)")
    endless = "SELECT SUM(SIN(x.a + y.a + z.a)) FROM many x, many y, many z"
    asked = shut.query(endless, None, seconds=0.5)
    with pytest.raises(QueryError, match="longer than 1 seconds; ask for less"), asked:
        pass
    assert shut.run("SELECT a FROM mine") == [(1,)]


@pytest.mark.parametrize(
    ("setting", "shut"),
    [
        ("enable_external_access", "false"),
        ("allow_community_extensions", "false"),
        ("autoinstall_known_extensions", "false"),
        ("autoload_known_extensions", "false"),
        ("allow_persistent_secrets", "false"),
        ("python_enable_replacements", "false"),
        ("lock_configuration", "true"),
        ("memory_limit", "1.8 GiB"),
        ("max_temp_directory_size", "18.6 GiB"),
    ],
)
def test_settings_hold_for_every_session(sessions: dict[str, Session], setting: str, shut: str) -> None:
    asked = f"SELECT current_setting('{setting}')::VARCHAR"
    assert sessions["shut"].run(asked) == [(shut,)]
    assert sessions["plain"].run(asked) != [(shut,)]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells the limits of a process")
def test_its_process_has_an_end_of_memory(ports: dict[str, int]) -> None:
    limits = {}
    for process in psutil.Process().children(recursive=True):
        for name, port in ports.items():
            if any(
                one.laddr.port == port for one in process.net_connections("inet") if one.status == "LISTEN"
            ):
                limits[name] = process.rlimit(psutil.RLIMIT_DATA)[0]
    assert limits == {"shut": 8 << 30, "plain": psutil.Process().rlimit(psutil.RLIMIT_DATA)[0]}
