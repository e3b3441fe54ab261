"""The life of runs (`ports.store`), as the store keeps it.

An index of the database holds each experiment to one active run. A run ends by one UPDATE that names the
states it may come from; whoever comes second finds that nothing was changed.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import fields
from datetime import datetime, timedelta
from typing import TypeAlias

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.expression import FunctionElement

from dw_simulator.adapters.stores.database import Database
from dw_simulator.adapters.stores.leases import Leases
from dw_simulator.adapters.stores.relational import experiments, runs, utcnow
from dw_simulator.errors import (
    RequestError,
    RunAbortedError,
    RunningError,
    StoreError,
    UnknownNameError,
    UnrecordedError,
)
from dw_simulator.ports.progress import ACTIVE
from dw_simulator.ports.store import Ledger, NewRun, Run
from dw_simulator.ports.tabular import Cell

LEASE_SECONDS = 20.0
"""A run without a heartbeat for so long is taken for dead."""

_PATIENCE_SECONDS = 0.3
_ANSWER_TRIES = 5
_AS_IT_IS = ("output_dir", "compression", "format", "schema_hash", "program_version", "token", "resumes")
_QUEUE_LOCK = 0x64772D73  # any number that no one else locks


ColumnValue: TypeAlias = str | FunctionElement[datetime]
"""A value of a column: text, or the database's own clock."""


class SqlLedger(Ledger):
    """Records runs. Each method is one transaction."""

    def __init__(self, database: Database, leases: Leases | None) -> None:
        self._database, self._leases = database, leases
        self.on_death: Callable[[Run], None] = lambda _run: None

    def get(self, run_id: int) -> Run:
        """One run by its number. Raises UnknownNameError."""
        self.bury_the_dead()
        with self._database.transaction() as connection:
            row = connection.execute(selected_runs().where(runs.c.id == run_id)).mappings().first()
        if row is None:
            raise UnknownNameError("run", str(run_id))
        return run_of(row)

    # --- beginning

    def start(self, new: NewRun, *, queued: bool = False) -> int:
        """Record that a run begins, or waits for its turn; returns its number.

        Raises RunningError when the experiment has a run already, UnknownNameError when there is none.
        """
        if self._leases and not self._leases.take(new.token):
            raise RunningError(new.experiment, self._active(new.experiment) or new.resumes)
        try:
            self._check_resumed(new)
            return self._insert(new, "QUEUED" if queued else "RUNNING")
        except BaseException:
            self._release_lease(new.token)
            raise

    def _check_resumed(self, new: NewRun) -> None:
        """Of several that go on with a run at once, those that come later find that it was done."""
        if new.resumes is None:
            return
        query = select(func.max(runs.c.id)).join(experiments).where(experiments.c.name == new.experiment)
        with self._database.transaction() as connection:
            newest = connection.execute(query).scalar()
        if newest != new.resumes and self._active(new.experiment) is None:
            done = f"run {newest} has gone on with run {new.resumes} of {new.experiment} already"
            raise RequestError(f"{done}: there is nothing to go on with")

    def _insert(self, new: NewRun, status: str) -> int:
        owner = select(experiments.c.id).where(experiments.c.name == new.experiment).scalar_subquery()
        values = {
            "experiment_id": owner,
            "status": status,
            "seed": str(new.seed),
            "row_counts": "{}",
            "requested_rows": json.dumps(dict(new.requested_rows)),
            "planned_rows": json.dumps(dict(new.planned_rows)),
            "started_at": utcnow(),
            "heartbeat_at": utcnow(),
        }
        plain = {name: getattr(new, name) for name in _AS_IT_IS}
        with self._database.explained():
            try:
                with self._database.engine.begin() as connection:
                    statement = insert(runs).values(**values, **plain).returning(runs.c.id)
                    return int(connection.execute(statement).scalar_one())
            except IntegrityError:
                running = self._active(new.experiment)
        if running is None:
            raise UnknownNameError("experiment", new.experiment)
        raise RunningError(new.experiment, running)

    def _active(self, experiment: str) -> int | None:
        query = select(runs.c.id).join(experiments).where(experiments.c.name == experiment, is_active())
        with self._database.transaction() as connection:
            return connection.execute(query).scalar()

    def claim(self, run_id: int, limit: int) -> int:
        """Let the run begin if it is the first in the queue and fewer than `limit` are running.

        Returns how many are before it, itself included: 0 when it has begun.
        """
        with self._database.transaction() as connection:
            queued = select(func.count()).select_from(runs).where(runs.c.status == "QUEUED")
            before = int(connection.execute(queued.where(runs.c.id < run_id)).scalar_one())
        return before + 1 if before or not self._begin(run_id, limit) else 0

    def _begin(self, run_id: int, limit: int) -> bool:
        with self._database.transaction() as connection:
            if connection.dialect.name == "postgresql":  # SQLite has one writer at a time anyway
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_QUEUE_LOCK})")
            running = select(func.count()).select_from(runs).where(runs.c.status == "RUNNING")
            first = select(func.min(runs.c.id)).where(runs.c.status == "QUEUED")
            statement = (
                update(runs)
                .where(runs.c.id == run_id, runs.c.status == "QUEUED")
                .where(runs.c.id == first.scalar_subquery(), running.scalar_subquery() < limit)
                .values(status="RUNNING", started_at=utcnow(), heartbeat_at=utcnow())
            )
            return bool(connection.execute(statement).rowcount)

    # --- while it lasts

    def beat(self, run_id: int, row_counts: Mapping[str, int]) -> None:
        """Give a sign of life, with how far the run is. Raises RunAbortedError when it was taken for dead."""
        counts = json.dumps(dict(row_counts))
        with self._database.transaction() as connection:
            self._change(connection, run_id, heartbeat_at=utcnow(), row_counts=counts)

    def stop_reason(self, run_id: int) -> str | None:
        """Why the run should stop, if someone has asked for that."""
        with self._database.transaction() as connection:
            return connection.execute(select(runs.c.stop_reason).where(runs.c.id == run_id)).scalar()

    def ask_to_stop(self, run_id: int, reason: str) -> bool:
        """Ask for a run to be stopped; False when it has ended already."""
        with self._database.transaction() as connection:
            asked = update(runs).where(runs.c.id == run_id, is_active()).values(stop_reason=reason)
            return bool(connection.execute(asked).rowcount)

    # --- ending

    @contextmanager
    def completing(self, run_id: int, row_counts: Mapping[str, int]) -> Iterator[None]:
        """Record that the run is complete at the end of the block, in which its output is published.

        Raises RunAbortedError when the run is no longer wanted, StoreError before the block or after it.
        """
        ended: dict[str, ColumnValue] = {
            "status": "COMPLETED",
            "completed_at": utcnow(),
            "row_counts": json.dumps(dict(row_counts)),
        }
        published = False
        try:
            with self._database.transaction() as connection:
                self._change(connection, run_id, runs.c.stop_reason.is_(None), **ended)
                yield
                published = True
        except StoreError as error:  # the commit may have been made, but not heard of
            if not published or self._is_complete(run_id, error) is False:
                raise

    def _is_complete(self, run_id: int, error: StoreError) -> bool:
        """Whether a run is recorded as complete. Raises UnrecordedError for want of an answer."""
        query = select(runs.c.id).where(runs.c.id == run_id, runs.c.status == "COMPLETED")
        for _ in range(_ANSWER_TRIES):
            with suppress(StoreError), self._database.transaction() as connection:
                return connection.execute(query).scalar() is not None
            time.sleep(1)
        unknown = f"run {run_id} is published, and it is not known whether it was recorded: {error}"
        raise UnrecordedError(f"{unknown}; whoever looks at its experiment next will settle it") from error

    @staticmethod
    def _change(
        connection: Connection, run_id: int, *conditions: ColumnElement[bool], **values: ColumnValue
    ) -> None:
        statement = update(runs).where(runs.c.id == run_id, is_active(), *conditions).values(**values)
        if connection.execute(statement).rowcount:
            return
        reason = connection.execute(select(runs.c.stop_reason).where(runs.c.id == run_id)).scalar()
        raise RunAbortedError(f"{reason or 'taken for dead by another process'}; nothing was published")

    def end(
        self, run_id: int, status: str, *, error: str, traceback: str, row_counts: Mapping[str, int]
    ) -> None:
        """Record that a run has FAILED or was ABORTED, unless it has ended already."""
        values = {
            "status": status,
            "completed_at": utcnow(),
            "error": error,
            "traceback": traceback,
            "row_counts": json.dumps(dict(row_counts)),
        }
        with self._database.transaction() as connection:
            connection.execute(update(runs).where(runs.c.id == run_id, is_active()).values(**values))

    def leave(self, token: str, *, clean: bool) -> None:
        """The process is done with a run. clean: nothing is left of it but what it has published.

        Where the store does not know of the end, the run's lock stays to be found by the next look.
        """
        if self._leases:
            self._leases.take_abandoned(token)  # where it is not ours: the run of a process that is gone
        ended = False
        with suppress(StoreError), self._database.transaction() as connection:
            active = connection.execute(select(runs.c.id).where(runs.c.token == token, is_active()))
            ended = active.scalar() is None
        self._release_lease(token, forget=ended)  # first: without the token nobody would find the lock again
        if clean:
            with suppress(StoreError), self._database.transaction() as connection:
                connection.execute(update(runs).where(runs.c.token == token, ~is_active()).values(token=None))

    def _release_lease(self, token: str | None, *, forget: bool = True) -> None:
        if self._leases and token:
            self._leases.release(token, forget=forget)

    # --- afterwards

    def bury_the_dead(self, experiment: str = "") -> None:
        """Mark runs whose process has died as ABORTED, and let `on_death` see to what they have left.

        experiment  whose run matters: its lock is waited for, as someone else may be looking at it just now
        """
        with self._database.transaction() as connection:
            rows = connection.execute(selected_runs().add_columns(utcnow().label("now")).where(is_active()))
            suspects = [(run_of(row), row["now"]) for row in rows.mappings()]
        for run, now in suspects:
            self._look_at(run, now, _PATIENCE_SECONDS if run.experiment == experiment else 0.0)

    def _look_at(self, run: Run, now: datetime, patience: float) -> None:
        last = run.heartbeat_at or run.started_at
        silent = now - last > timedelta(seconds=LEASE_SECONDS)
        # with its lock in hand nobody else can be at work on what the run has left
        locked = self._leases is not None and self._leases.take_abandoned(run.token, patience)
        buried = False
        try:
            if locked:
                reason = "its process died, or could not record its end"
            elif silent:
                reason = f"no sign of life since {last:%Y-%m-%d %H:%M:%S} UTC"
            else:
                return
            self._bury(run, f"{reason}; nothing was published", see_to_it=locked)
            buried = True
        finally:
            if locked:
                self._release_lease(run.token, forget=buried)

    def _bury(self, run: Run, error: str, *, see_to_it: bool) -> None:
        same = runs.c.heartbeat_at == run.heartbeat_at if run.heartbeat_at else runs.c.heartbeat_at.is_(None)
        statement = update(runs).where(runs.c.id == run.id, is_active(), same)
        statement = statement.values(status="ABORTED", completed_at=utcnow(), error=error)
        with self._database.transaction() as connection:
            if not connection.execute(statement).rowcount or not see_to_it:
                return
            try:  # within the transaction: if we die, too, the next look finds the run as we did
                self.on_death(run)
            except Exception as left:  # noqa: BLE001 - it concerns that run, not whoever looks
                told = update(runs).where(runs.c.id == run.id).values(error=f"{error}; {left}")
                connection.execute(told)

    def leftovers(self, experiment: str) -> list[Run]:
        """Ended runs of an experiment that have left something in their output directory, newest first."""
        query = selected_runs().where(
            experiments.c.name == experiment, ~is_active(), runs.c.token.is_not(None)
        )
        with self._database.transaction() as connection:
            return [run_of(row) for row in connection.execute(query.order_by(runs.c.id.desc())).mappings()]


def is_active() -> ColumnElement[bool]:
    """Whether a run is queued or running."""
    return runs.c.status.in_(ACTIVE)


def selected_runs() -> Select[tuple[Cell, ...]]:
    """Runs with the name of their experiment."""
    return select(runs, experiments.c.name.label("experiment")).join(experiments)


_JSON = ("row_counts", "requested_rows", "planned_rows")
_PLAIN = [field.name for field in fields(Run) if field.name not in (*_JSON, "seed")]


def run_of(row: RowMapping) -> Run:
    """A run from its row."""
    decoded = {name: json.loads(row[name]) for name in _JSON}
    return Run(seed=int(row["seed"]), **decoded, **{name: row[name] for name in _PLAIN})
