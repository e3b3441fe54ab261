"""Publishing in an object store: the former manifest is kept until the run is recorded, to be put back."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from dw_simulator.adapters.locations import Location
from dw_simulator.adapters.sinks.part_files import files_named
from dw_simulator.errors import RequestError
from dw_simulator.ports.digests import checksum
from dw_simulator.ports.manifest import FILE_NAME, Manifest, parse

PREFIX = ".dw-sim-"
_FORMER = "former.json"


@dataclass(frozen=True)
class FormerState:
    """What `former.json` says of a publication that goes on.

    by        the checksum of the manifest that replaces the former one
    adds      the files beside the tables that it adds
    manifest  the former one; None where there was none
    extras    the contents of the former files beside the tables, as hexadecimal digits
    """

    by: str
    adds: list[str]
    manifest: str | None
    extras: dict[str, str]


_STATE = TypeAdapter(FormerState)


@dataclass(frozen=True)
class ObjectPublication:
    """The manifest of a run in the place of the former one, and the way back.

    location  where it is shown
    staging   the directory of what is kept of the run
    """

    location: Location
    staging: str

    def present(self) -> Manifest | None:
        """What is published here now. Raises RequestError for the manifest of another program."""
        content, place = self.location.read(FILE_NAME), f"{self.location.url}/{FILE_NAME}"
        try:
            return None if content is None else parse(content, place)
        except RequestError as error:
            raise RequestError(f"{error}; move it away, or choose another place") from None

    def show(self, manifest: Manifest, extras: Mapping[str, bytes]) -> None:
        """Keep what is there, and write the extras and, last, the manifest."""
        document = manifest.to_bytes()
        self.keep_former(document, extras)
        for file, content in extras.items():
            self.location.write(file, content)
        self.location.write(FILE_NAME, document)

    def keep_former(self, document: bytes, extras: Mapping[str, bytes]) -> None:
        """Write down what it takes to take the publication of a manifest back."""
        content, former = self.location.read(FILE_NAME), self.present()
        kept = {file: self.location.read(file) or b"" for file in (former.extras if former else ())}
        state = FormerState(
            by=checksum(document),
            adds=list(extras),
            manifest=None if content is None else content.decode(),
            extras={file: held.hex() for file, held in kept.items()},
        )
        self.location.write(f"{self.staging}/{_FORMER}", _STATE.dump_json(state))

    def _former(self) -> FormerState | None:
        content = self.location.read(f"{self.staging}/{_FORMER}")
        return None if content is None else _STATE.validate_json(content)

    def take_back(self) -> None:
        """Put the former manifest back, unless a later run has put another one there."""
        state = self._former()
        if state is None:
            return
        present = self.location.read(FILE_NAME)
        former = None if state.manifest is None else state.manifest.encode()
        ours = present is not None and checksum(present) == state.by
        if ours and former is None:
            self.location.delete([FILE_NAME])
        elif ours and former is not None:
            self.location.write(FILE_NAME, former)
        if ours or present == former:
            self._restore_extras(state)

    def _restore_extras(self, state: FormerState) -> None:
        self.location.delete(set(state.adds) - set(state.extras))
        for file, held in state.extras.items():
            self.location.write(file, bytes.fromhex(held))

    def remove_replaced(self) -> None:
        """Remove what the publication has replaced.

        Tables that the present manifest does not name stay: they may be those of another experiment.
        """
        state = self._former()
        if state is None or state.manifest is None:
            return
        former, present = parse(state.manifest.encode(), FILE_NAME), self.present()
        tables = {entry.name for entry in present.tables} if present else set()
        replaced = {part.file for entry in former.tables if entry.name in tables for part in entry.parts}
        self.location.delete(replaced - files_named(present))
        if present:
            self.location.delete(set(former.extras) - set(present.extras))


def begun_extras(location: Location) -> set[str]:
    """Files beside the tables that a publication was about to add when its process died."""
    found: set[str] = set()
    for name in location.names():
        content = location.read(f"{name}/{_FORMER}") if name.startswith(PREFIX) else None
        with suppress(ValidationError):
            found |= set(_STATE.validate_json(content).adds) if content else set()
    return found
