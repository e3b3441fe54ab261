"""Every error a user can meet, in one tree.

    DwSimError
    ├── RequestError              the request was wrong: exit code 2
    │   ├── ProblemsError         several problems, reported together, each with its place
    │   │   ├── SchemaError       the schema (JSON, YAML or imported DDL)
    │   │   │   └── ScriptError   tables of a script that cannot be read, with line and column
    │   │   ├── RulesError        a rules file: what it says does not fit the schema that it is laid over
    │   │   └── PlanError         the schema is sound, but what it asks cannot be made
    │   ├── SqlError              DDL that cannot be read: line, column and the text there
    │   ├── UnknownNameError      no such experiment, table, rule, dialect, ...: the closest match
    │   ├── NameTakenError        the experiment exists already
    │   └── VersionError          it is not the version of the experiment that was meant
    └── RunError                  the request was right and failed: exit code 1
        ├── RunningError          the experiment has a run that is going on
        ├── OutputError           the output cannot be written or published
        ├── WarehouseError        a warehouse cannot be reached, or refuses
        ├── StackError            a service of the local stack does not come up or does not end
        ├── QueryError            a query failed while it ran, or took too long
        ├── StoreError            the experiment store cannot be read or written
        │   └── UnrecordedError   a run was published, and nobody knows whether that was recorded
        └── RunAbortedError       stopped on request before the end: exit code 130

Every error says where it happened and what mends it, and survives pickling on its way from a worker.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong: its place (`tables[2].columns[0].max_value`), what, and what mends it.

    excerpt  of a text that was read: the line, and beneath it what is meant, underlined
    """

    place: str
    message: str
    mend: str = ""
    excerpt: str = ""

    def __str__(self) -> str:
        text = f"{self.place}: {self.message}" if self.place else self.message
        text = f"{text}; {self.mend}" if self.mend else text
        return f"{text}\n{self.excerpt}" if self.excerpt else text


class DwSimError(Exception):
    """The root of the tree."""

    exit_code = 1


class RequestError(DwSimError):
    """The request was wrong; nothing was done."""

    exit_code = 2


class ProblemsError(RequestError):
    """Several problems at once.

    `problems` holds them in the order of their places in the schema.
    """

    title = "the request was refused"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        count = len(self.problems)
        head = f"{self.title}: {count} problem{'s' if count != 1 else ''}"
        return "\n".join([head, *(f"  {problem}".replace("\n", "\n    ") for problem in self.problems)])


class SchemaError(ProblemsError):
    """The schema says something that cannot be."""

    title = "the schema is not valid"


class ScriptError(SchemaError):
    """Tables of a script that cannot be read. line: of the first problem, counted from 1."""

    title = "the script cannot be read"

    def __init__(self, problems: Iterable[Problem], line: int = 0) -> None:
        super().__init__(problems)
        self.line = line
        self.args = (self.problems, line)


class RulesError(ProblemsError):
    """Rules that are laid over a schema cannot be read, or do not fit it."""

    title = "the rules do not fit"


class PlanError(ProblemsError):
    """The schema is sound, but the data it asks for cannot exist."""

    title = "this cannot be generated"


class SqlError(RequestError):
    """SQL that cannot be read. `line` and `column` count from 1; 0 means unknown."""

    def __init__(self, message: str, line: int = 0, column: int = 0, excerpt: str = "") -> None:
        self.message, self.line, self.column, self.excerpt = message, line, column, excerpt
        super().__init__(message, line, column, excerpt)

    def __str__(self) -> str:
        where = f"line {self.line}, column {self.column}: " if self.line else ""
        excerpt = "".join(f"\n  {line}" for line in self.excerpt.splitlines())
        return f"{where}{self.message}{excerpt}"


class UnknownNameError(RequestError):
    """A name that nothing bears; offers the closest one that exists."""

    def __init__(self, kind: str, name: str, known: Sequence[str] = ()) -> None:
        self.kind, self.name, self.known = kind, name, tuple(known)
        super().__init__(kind, name, self.known)

    def __str__(self) -> str:
        return f"unknown {self.kind} {self.name!r}{closest(self.name, self.known)}"


class NameTakenError(RequestError):
    """An experiment of this name exists already."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)

    def __str__(self) -> str:
        return f"an experiment named {self.name!r} exists already; delete it or choose another name"


class VersionError(RequestError):
    """The experiment was deleted and made anew since it was looked at."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)

    def __str__(self) -> str:
        return f"{self.name} is not the experiment that was meant any more; look at it again"


class RunError(DwSimError):
    """The request was right, and carrying it out failed."""


class RunningError(RunError):
    """The experiment has a run that is queued or running; only one can be at a time."""

    def __init__(self, name: str, run_id: int | None) -> None:
        self.name, self.run_id = name, run_id
        super().__init__(name, run_id)

    def __str__(self) -> str:
        run = f"run {self.run_id}" if self.run_id is not None else "a run that is just beginning"
        return f"{self.name} is being generated already, by {run}; wait for it, or abort it"


class OutputError(RunError):
    """The output cannot be written or published."""


class WarehouseError(RunError):
    """A warehouse cannot be reached, or refuses what it was asked."""


class StackError(RunError):
    """A service of the local stack does not come up, or does not end."""


class QueryError(RunError):
    """A query failed while it ran, or was stopped at its limit."""


class StoreError(RunError):
    """The experiment store cannot be read or written."""


class UnrecordedError(StoreError):
    """A run was published, and the store was lost before it said whether it had recorded that."""


class RunAbortedError(RunError):
    """The run was stopped before its end; nothing was published."""

    exit_code = 130


_LONGEST_NAME = 300
"""What is longer resembles nothing; to compare it would take long."""


def elided(text: str, most: int = 160) -> str:
    """A text in one line, without its middle where it is long.

    >>> elided("a = 1 OR a = 2 OR a = 3 OR a = 4 OR a = 5", 24)
    'a = 1 OR ... OR a = 5'
    """
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    half = (most - len(" ... ")) // 2
    return f"{line[:half].rstrip()} ... {line[-half:].lstrip()}"


def closest(name: str, known: Iterable[str]) -> str:
    """`"; did you mean 'x'?"`, or the whole list where it is short, or nothing."""
    names = sorted(known)
    if len(name) > _LONGEST_NAME:
        return ""
    match = get_close_matches(name.lower(), [candidate.lower() for candidate in names], n=1, cutoff=0.6)
    if match:
        original = next(candidate for candidate in names if candidate.lower() == match[0])
        return f"; did you mean {original!r}?"
    return f"; known: {', '.join(names)}" if 0 < len(names) <= 12 else ""


def why_unreadable(error: OSError | UnicodeDecodeError) -> str:
    """Why a text file cannot be read, in a few words."""
    if isinstance(error, UnicodeDecodeError):
        line = error.object.count(b"\n", 0, error.start) + 1
        return f"it is not UTF-8 text from line {line} on; save it as UTF-8"
    return error.strerror or str(error)


class Refusal(ValueError):
    """A rule cannot make what a column asks. The planner adds the place and collects refusals."""

    def __init__(self, message: str, mend: str = "") -> None:
        self.message, self.mend = message, mend
        super().__init__(message, mend)
