"""The places that runs write to: their sinks, and what runs have left there."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dw_simulator.errors import OutputError, RequestError, closest
from dw_simulator.ports.manifest import FIRST_FORMAT, Manifest
from dw_simulator.ports.store import Ledger, Run
from dw_simulator.registry.manager import Registry
from dw_simulator.runs.output_urls import located, scheme_of

if TYPE_CHECKING:
    from dw_simulator.ports.sink import PublishedFiles, Sink, SinkClass


class Outputs:
    """Every place that a run may write to.

    managed  the directory of those runs that name no place of their own
    """

    def __init__(self, registry: Registry, managed: Path) -> None:
        self._registry, self._managed = registry, managed

    def managed(self, name: str) -> Path:
        """Where an experiment's runs go that name no place."""
        return self._managed / name

    # --- sinks

    def sink(
        self,
        place: str | Path,
        compression: str,
        origin: str = "",
        token: str = "",
        format_: str = FIRST_FORMAT,
    ) -> "Sink":
        """The sink of a path, or of a URL by its scheme (`ports.sink.SinkClass` says what the rest means).

        Raises RequestError where there is none.
        """
        return self._class_of(place)(located(place), compression, origin, token, format_)

    def _class_of(self, place: str | Path) -> "SinkClass":
        scheme, known = scheme_of(place), self._registry.sinks.names
        if scheme is not None and scheme not in known:
            raise RequestError(f"{place}: nothing is known of {scheme}://; a path, or {', '.join(known)}")
        return self._registry.sinks.get(scheme)

    def of(self, run: Run) -> "Sink":
        """The sink of an earlier run, for what it has left."""
        return self.sink(run.output_dir, run.compression, token=run.token or "", format_=run.format)

    def published(self, place: str | Path) -> "tuple[Manifest, PublishedFiles]":
        """The manifest in a place, and the files that it names. Raises RequestError where there is none."""
        found = self.sink(place, "").files().manifest()
        return found, self.sink(place, found.compression, found.digest, format_=found.format).files()

    def manifest_of(self, run: Run) -> Manifest:
        """The manifest in the place of a run's output. Raises RequestError where there is none."""
        return self.of(run).files().manifest()

    # --- formats

    def format_for(self, asked: str | None, place: str | Path) -> str:
        """A format that there is and that the sink of a place writes; its default where none is asked for.

        Raises RequestError.
        """
        formats, known = self._class_of(place).formats, self._registry.formats
        if asked is not None and asked not in known.names:
            raise RequestError(f"unknown format {asked!r}{closest(asked, known.names)}")
        if asked is not None and formats and asked not in formats:
            raise RequestError(
                f"the output cannot be {asked}, but {' or '.join(formats)}; leave out --format"
            )
        return asked or (formats[0] if formats else known.default)

    def compression_for(self, asked: str | None, format_: str) -> str:
        """A compression that files of a format can have; its first where none is asked for.

        Raises RequestError.
        """
        known = self._registry.formats.get(format_).compressions
        if asked is not None and asked not in known:
            raise RequestError(f"{format_} files have no compression {asked!r}{closest(asked, known)}")
        return asked or known[0]

    # --- what is left

    def clear_up(self, ledger: Ledger, name: str, but: str) -> None:
        """Remove what interrupted runs of an experiment have left, except for one token's."""
        for run in ledger.leftovers(name):
            if run.token is not None and run.token != but:
                ledger.leave(run.token, clean=self.remove_leftovers(run))

    def remove_leftovers(self, run: Run) -> bool:
        """Remove what a run has left besides what it has published; returns whether all of it is gone."""
        sink = self.of(run)
        if run.status == "COMPLETED":
            return sink.tidy()
        sink.abort()
        return True

    def clear(self, name: str, left: Sequence[Run]) -> None:
        """Remove what runs of an experiment have left, and its managed output. Raises OutputError."""
        for run in left:
            self.remove_leftovers(run)
        self._remove_managed(name)

    def _remove_managed(self, name: str) -> None:
        directory = self.managed(name)
        try:
            if directory.is_dir():
                shutil.rmtree(directory)
        except OSError as error:
            reason = f"{directory} cannot be removed: {error.strerror}"
            raise OutputError(f"{reason}; remove it, and try again") from error
