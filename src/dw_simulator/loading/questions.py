"""The service's part that answers: SQL over a run's tables, and scripts on a copy of them."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from dw_simulator.loading.judges import Judges
from dw_simulator.ports.store import Run

if TYPE_CHECKING:
    from dw_simulator.loading.answering import Answering
    from dw_simulator.ports.answers import Answer
    from dw_simulator.ports.sink import Sink


class Questions(Judges, Protocol):
    """What a service knows that answers, and the use cases."""

    def query(
        self,
        name: str,
        sql: str,
        *,
        dialect: str | None = None,
        run_id: int | None = None,
        limit: int | None = None,
        seconds: float | None = None,
        loaded: bool = False,
    ) -> "Answer":
        """The answer to one SELECT over the tables of a run, to be closed.

        dialect, limit, seconds  as `loading.answering.Question` has them
        run_id                   the newest completed run where it is None
        loaded                   ask the warehouse that the experiment was loaded into rather than files

        Raises SqlError, RequestError for what is not allowed or not there; reading raises QueryError.
        """
        from dw_simulator.loading.answering import Question  # noqa: PLC0415

        answering, began = self._answering(), time.monotonic()
        asked = Question(sql, dialect, limit, seconds)
        if loaded:
            answer = answering.from_warehouse(asked, self.get(name))
        else:
            run, experiment = self.complete_run(name, run_id), self.get(name).experiment
            answer = answering.from_files(asked, experiment, run, self._outputs.of(run))
        answer.began = began
        return answer

    def change(
        self,
        name: str,
        sql: str,
        copy: Path,
        *,
        dialect: str | None = None,
        run_id: int | None = None,
        limit: int | None = None,
        seconds: float | None = None,
    ) -> "Answer":
        """The answer to a script that changes a copy of a run's tables: all of it is done, or nothing.

        copy  a DuckDB file, which is made of the run's tables where there is none

        The rest as of `query`; `answer.changes` tells how many rows each statement has changed. It is to be
        closed. Raises SqlError, QueryError, RequestError for a file that is no such copy, OutputError.
        """
        from dw_simulator.loading.answering import Question  # noqa: PLC0415

        def files() -> "tuple[Run, Sink]":
            run = self.complete_run(name, run_id)
            return run, self._outputs.of(run)

        answering, began = self._answering(), time.monotonic()
        asked = Question(sql, dialect, limit, seconds)
        answer = answering.on_copy(asked, self.get(name), copy, run_id, files)
        answer.began = began
        return answer

    def _answering(self) -> "Answering":
        """Who answers, with the engine: what is imported for it is no part of the time that a query takes."""
        from dw_simulator.loading.answering import Answering  # noqa: PLC0415

        self.registry.engines.get()
        return Answering(self.registry, self._destinations, self.settings.stage_url)
