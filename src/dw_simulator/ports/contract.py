"""What declares tables without being SQL: a file per kind of contract (dbt, ODCS, SQLMesh, Avro, ...)."""

from abc import abstractmethod
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Protocol

from dw_simulator.errors import RequestError
from dw_simulator.ports.dialect import Ddl
from dw_simulator.schema import reading


@dataclass(frozen=True)
class ContractSource:
    """What is read: a file, a project's directory, or a text that came without either.

    place    where it is; for a text, what it is called
    given    the text, where it came without a file
    dialect  whose types and SQL stand in it; None where the contract itself says so
    parts    which kinds of its parts are wanted; empty for the usual ones
    """

    place: Path
    given: str | None = None
    dialect: str | None = None
    parts: Collection[str] = ()

    @property
    def is_directory(self) -> bool:
        return self.given is None and self.place.is_dir()

    @property
    def suffix(self) -> str:
        return self.place.suffix.lower()

    @cached_property
    def text(self) -> str:
        """What stands in the file; nothing for a directory. Raises RequestError."""
        if self.given is not None:
            return self.given
        return "" if self.is_directory else reading.text_of(self.place)

    def called(self, place: Path) -> "ContractSource":
        """The same under another name."""
        return replace(self, place=place)


@dataclass
class ContractTables(Ddl):
    """Tables as the JSON schema writes them, what could not be carried over, and whose types they have.

    dialect  a registered one; empty where any will do
    name     what the contract calls itself; empty where it has no name
    """

    dialect: str = ""
    name: str = ""


class Contract(Protocol):
    """Reads what declares tables in a language of its own. Inherit it."""

    parts: Collection[str] = ()
    """The kinds of parts that it tells apart, if any ("sources", "models"): the first is the usual one."""

    @abstractmethod
    def claims(self, source: ContractSource) -> bool:
        """Whether this looks like one: asked where nobody says, of one contract after another. Quick."""

    @abstractmethod
    def read(self, source: ContractSource) -> ContractTables:
        """Its tables; what has no counterpart is a warning with its place.

        Raises SchemaError, with file and line, where it cannot be read.
        """

    def wanted(self, source: ContractSource) -> frozenset[str]:
        """The parts that are asked for, or the usual ones. Raises RequestError for those there are not."""
        known = tuple(self.parts)
        for part in source.parts:
            if part not in known:
                there = f"it has {', '.join(known)}" if known else "it has no parts of several kinds"
                raise RequestError(f"there are no {part!r} in {source.place}: {there}")
        return frozenset(source.parts or known[:1])
