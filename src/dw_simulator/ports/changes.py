"""Scripts that change tables, on a copy of a run's tables: what they say, and what the copy is of."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from dw_simulator.ports.statement import Statement, TypedTables
from dw_simulator.schema.model import Experiment

if TYPE_CHECKING:
    from dw_simulator.ports.answers import TableSource

Declare: TypeAlias = Callable[[Experiment], Sequence[str]]
"""Writes the tables of an experiment as statements of an engine, without keys, references and CHECKs."""


@dataclass(frozen=True)
class Change:
    """What one statement of a script has an engine do.

    statements  in order; together they are the one change
    reads       whether it is a query, whose rows are wanted
    """

    statements: tuple[Statement, ...]
    reads: bool = False


@dataclass(frozen=True)
class ScriptPart:
    """One statement of a script.

    what      "MERGE", "CREATE TABLE", ...: how it is told
    line      where it begins, counted from 1
    reads     whether it is a query
    meant_by  what it has an engine do, by the tables that there are by then. Raises SqlError
    """

    what: str
    line: int
    reads: bool
    meant_by: Callable[[TypedTables], Change]


class Changed(NamedTuple):
    """What a statement of a script has done. rows: how many it changed; None where it changes none."""

    line: int
    statement: str
    rows: int | None


@dataclass(frozen=True)
class NewCopy:
    """What a copy is made of.

    run_id  whose tables they are
    ddl     the statements that make the tables, in the engine's words
    tables  where their rows are
    """

    run_id: int
    ddl: Sequence[str]
    tables: "Mapping[str, TableSource]"


@dataclass(frozen=True)
class CopyOf:
    """What a copy is of.

    owner     tells the experiment from others of its name
    run_id    the run that is asked for; any where it is None
    declared  the tables as the experiment declares them
    made      what it is made of, where it is not there yet. Raises RequestError
    """

    experiment: str
    owner: str
    run_id: int | None
    declared: TypedTables
    made: Callable[[], NewCopy]
