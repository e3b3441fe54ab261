"""Where batches go. A sink publishes all parts at once or none, and can take them back for a while."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from dw_simulator.ports.manifest import ColumnFacts, Manifest
from dw_simulator.ports.plan import Part, Plan, TablePlan


@dataclass(frozen=True)
class Receipt:
    """What was written of a part.

    path      relative to the sink's place
    checksum  "sha256:..." of the file
    """

    part: Part
    path: str
    rows: int
    bytes: int
    checksum: str = ""
    facts: Mapping[str, ColumnFacts] = field(default_factory=dict)


class Writer(Protocol):
    """One part being written."""

    def write(self, batch: Any) -> None:
        """Append a pyarrow.RecordBatch."""

    def close(self) -> Receipt:
        """Finish the part."""

    def discard(self) -> None:
        """Leave it, as it will not be published."""


class Sink(Protocol):
    """A place for the parts of a plan. Sinks can be pickled: workers open parts in other processes.

    A sink is made as Sink(place, compression, origin, token, format), and registered by the scheme of its
    URL. `place` is that URL, a `pathlib.Path` for the scheme `file`; `root` is what messages show.

    `check`, `prepare`, then parts in any order, then `publish` and, once the run is recorded, `tidy`.
    At any time `abort`, which leaves nothing of the run behind, its publication included; or, for a run
    whose process died, `take_back`, which hides what it published and keeps its finished parts.

    A class that cannot write every format names those it can in `formats`; the first is the default. One that
    keeps files, to be checked and read again (`verify`, `query`, `load`), inherits `parts.FileSink`.
    """

    @property
    def root(self) -> Any: ...

    def check(self, plan: Plan) -> None:
        """Raise RequestError when the plan cannot be written here. Writes nothing."""

    def prepare(self, plan: Plan) -> list[Receipt]:
        """Get ready; returns the receipts of the parts that an interrupted run has left in good order."""

    def open(self, table: TablePlan, part: Part) -> Writer: ...

    def left_behind(self, plan: Plan) -> list[str]:
        """The tables of the run before that this one will not replace."""

    def alone(self, check: Callable[[], None]) -> AbstractContextManager[None]:
        """Wait until no other run publishes here, calling `check` meanwhile, and keep others out."""

    def publish(
        self, plan: Plan, receipts: Sequence[Receipt], manifest: Manifest, extras: Mapping[str, bytes]
    ) -> dict[str, list[str]]:
        """Show every part and the manifest at once; returns the published files of each table.

        extras  the contents of other files that appear together with them, by their places below `load/`
        """

    def manifest(self) -> Manifest:
        """What is published here. Raises RequestError where nothing is, or nothing that can be read again."""

    def tidy(self) -> bool:
        """Forget what it would take to take the publication back; returns whether nothing of that is left."""

    def take_back(self) -> None: ...

    def let_go(self) -> None:
        """Leave everything as it is, for whoever looks next."""

    def abort(self) -> None: ...
