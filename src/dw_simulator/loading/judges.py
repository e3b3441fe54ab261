"""The service's part that judges: what contradicts itself in a run, or in any folder of tables."""

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from dw_simulator.ports.store import Run, StoredExperiment
from dw_simulator.registry.manager import Registry
from dw_simulator.runs.outputs import Outputs
from dw_simulator.settings import Settings

if TYPE_CHECKING:
    from dw_simulator.judging.findings import Judgement
    from dw_simulator.judging.hearing import Hearing
    from dw_simulator.loading.destinations import Destinations


class Judges(Protocol):
    """What a service knows that judges, and the use case."""

    settings: Settings
    registry: Registry

    def get(self, name: str) -> StoredExperiment:
        """A stored experiment."""

    def complete_run(self, name: str, run_id: int | None = None) -> Run:
        """A run with an output, the newest where none is named."""

    @property
    def _outputs(self) -> Outputs: ...

    @property
    def _destinations(self) -> "Destinations": ...

    def judge(self, what: str | Path, asked: "Hearing | None" = None) -> "Judgement":
        """What contradicts itself in the rows of an experiment's run, or in a folder: <table>/*.parquet.

        Rows and names alone are looked at, not the experiment's schema. Raises RequestError.
        """
        from dw_simulator.judging.hearing import Hearing, judge, tables_below  # noqa: PLC0415
        from dw_simulator.loading.answering import Answering  # noqa: PLC0415

        asked = asked or Hearing()
        if isinstance(what, Path):
            return judge(tables_below(what), asked)
        answering = Answering(self.registry, self._destinations, self.settings.stage_url)
        run = self.complete_run(what, asked.run_id)
        return judge(answering.tables(run, self._outputs.of(run), self.get(what).experiment), asked)
