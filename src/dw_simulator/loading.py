"""A load as a warehouse is asked for it, and what it answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dw_simulator.engine.planning import LoadOrder
from dw_simulator.model import Experiment


@dataclass(frozen=True)
class Load:
    """What is to be loaded.

    schema  the schema's name, which is the experiment's
    ddl     its tables as statements, as `plugins.dialects.Dialect.write` gives them, with its options. CHECKs
            are left out, as not every CHECK can be followed
    order   of tables, parents before children
    rows    that each table must have in the end
    run_id  written down beside the tables
    owner   tells the experiment from others of its name, of other stores say
    check   called now and then; raises RunAbortedError when it is time to stop
    """

    experiment: Experiment
    schema: str
    ddl: Callable[..., Any]
    order: LoadOrder
    rows: Mapping[str, int]
    run_id: int | None = None
    owner: str = ""
    check: Callable[[], None] = lambda: None


@dataclass
class Loaded:
    """What a load has made.

    counts    rows of each table, as the database itself counts them
    how       in what way the rows came in, in a few words: "binary COPY", "PUT and COPY INTO", ...
    warnings  what the warehouse cannot hold or enforce
    """

    counts: Mapping[str, int]
    how: str
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class LoadSummary:
    """What a load has made. how: in what way the rows came in; place: the warehouse's URL, no password."""

    run_id: int
    experiment: str
    place: str
    schema: str
    row_counts: Mapping[str, int]
    how: str
    seconds: float
    warnings: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        return sum(self.row_counts.values())


@dataclass(frozen=True)
class Asked:
    """A statement for a warehouse that an experiment was loaded into.

    schema     where unqualified names are looked for
    owner      as in `Load`
    dialect    that the SQL is written in
    translate  from there to the warehouse's own
    stage      the address that COPY and UNLOAD are bounded to; none where it is empty
    seconds    how long it may take
    limit      the most rows that are wanted
    """

    sql: str
    schema: str
    owner: str
    dialect: str
    translate: Callable[[str], str]
    stage: str = ""
    seconds: float | None = None
    limit: int | None = None
