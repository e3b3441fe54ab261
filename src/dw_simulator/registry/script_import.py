"""From a script of CREATE TABLE statements to an experiment: whose SQL it is, and what columns may mean."""

import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeAlias

from dw_simulator.errors import Problem, ProblemsError, RequestError, SchemaError, ScriptError, SqlError
from dw_simulator.planning import without_broken_guesses
from dw_simulator.planning.columns.unguessed import as_said
from dw_simulator.ports.contract import Contract, ContractSource
from dw_simulator.ports.dialect import Ddl, Dialect
from dw_simulator.ports.store import StoredExperiment
from dw_simulator.registry.joined_scripts import OUTSIDE, joined
from dw_simulator.registry.manager import PluginWarning, Registry
from dw_simulator.registry.placeholders import UNSAID, Filled, fill
from dw_simulator.registry.rulebook import Rulebook
from dw_simulator.registry.script_options import PLAINLY, ScriptOptions
from dw_simulator.registry.second_imports import as_script, new_to, still_told
from dw_simulator.registry.shelves import Shelf
from dw_simulator.schema import inference, reading
from dw_simulator.schema.inference.keys.undeclared import with_references
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.model import Experiment
from dw_simulator.schema.overlay import Fill, Proposal, RulesDocument, RulesSource, overlaid, unfilled

Inferring: TypeAlias = bool | Literal["values"]
"""What an import infers: everything, nothing, or the values of columns alone."""

USUAL_PRESENT = date(2025, 12, 31)
"""The present of what an import has guessed, where nobody names one: that of schemas that name none."""
_ANOTHER_DAY = date(2031, 5, 6)
"""A present by which what follows the present is told from what does not."""
_UNPLACED = 1 << 30
_TEXTS = re.compile(r"""--[^\n]*|/\*.*?(?:\*/|\Z)|'[^']*'|"[^"]*"|`[^`]*`""", re.DOTALL)
_NAMED = re.compile(r"\b(table|exists|constraint|references|key|index|on|view)\s+[\w.$]+", re.IGNORECASE)
"""Words after which a name stands."""
_LONGEST_NAME = 40


@dataclass(frozen=True)
class ScriptImport:
    """Imports scripts with the dialects and rules of a registry.

    infer    give every column a rule whose name, type and neighbours say enough, and take those that are
             named as another table's key for references; "values" leaves these out
    as_of    the present of what is imported; whoever says none here leaves it to the rules file
    today    the present of scripts for which nobody says one
    overlay  the rules file that is laid over what comes out
    fill     reads files that it names
    options  how scripts are read
    """

    registry: Registry
    rules: Rulebook
    infer: Inferring = True
    as_of: date | None = None
    today: date | None = None
    overlay: RulesSource | None = None
    fill: Fill = unfilled
    options: ScriptOptions = PLAINLY

    def of_sql(self, sql: str, name: str, dialect: str, rows: int | None) -> tuple[Experiment, list[str]]:
        """The experiment, and what its author should know. rows: of every table; as usual where it is None.

        Raises UnknownNameError for the dialect, SqlError and SchemaError for what cannot be read.
        """
        return self.of_ddl(self._read_by(self.registry.dialects.get(dialect), sql), name, dialect, rows)

    def of_contract(
        self, source: ContractSource, name: str | None, kind: str | None, rows: int | None
    ) -> tuple[Experiment, list[str]]:
        """The same of a contract.

        name  the file's own name when it is None
        kind  of contract: the first that claims it when it is None

        Raises UnknownNameError, RequestError where nobody claims it, SchemaError where it cannot be read.
        """
        shelf = self.registry.contracts
        found = shelf.get(kind) if kind is not None else contract_of(source, shelf)
        if found is None:
            message = f"nobody knows what {source.place} is; say it with --format: {', '.join(shelf.names)}"
            raise RequestError(message)
        if source.dialect is not None:
            self.registry.dialects.get(source.dialect)  # before anything is read
        found.wanted(source)
        read = found.read(source)
        spoken = read.dialect if read.dialect in self.registry.dialects.names else source.dialect
        called = name or name_of(Path(read.name) if read.name else source.place.resolve())
        return self.of_ddl(read, called, spoken or self.registry.dialects.default, rows)

    def of_ddl(
        self, ddl: Ddl, name: str, dialect: str | None, rows: int | None
    ) -> tuple[Experiment, list[str]]:
        """The same of tables that were read already; dialect: None where none has such a name."""
        ddl = self._joined([ddl], dialect)
        return self._inferred(self._declared(ddl, name, dialect, rows), ddl)

    def of_more(
        self, stored: StoredExperiment, sql: str, dialect: str | None, rows: int | None
    ) -> tuple[Experiment, list[str]]:
        """The same of a script that comes to an experiment, as if it had been there from the beginning.

        What an import has chosen is chosen anew over the whole; everything else of the experiment stays, and
        so does a table that the script has, too.

        dialect  the experiment's own when it is None
        rows     of every table that the script brings

        Raises RequestError where the experiment speaks another dialect, or none and nobody names one.
        """
        known = stored.experiment.target_warehouse
        spoken = dialect or known
        if spoken is None:
            raise RequestError(f"{stored.name} has no SQL dialect; name that of the script")
        if spoken != known is not None:
            message = f"{stored.name} is of the dialect {known}, and so is whatever is imported into it"
            raise RequestError(f"{message}: {spoken} goes into another experiment")
        script = self._read_by(self.registry.dialects.get(spoken), sql)
        said = as_said(stored.experiment)
        ddl = self._joined([as_script(said), new_to(said, script, rows)], spoken)
        whole = self._parsed({**said.to_json(), "tables": ddl.tables, "target_warehouse": spoken}, ddl)
        present = self._named or said.as_of  # of one that names none, nothing moves
        experiment, told = self._inferred(whole.changed(as_of=present), ddl)
        return experiment, list(still_told(stored.warnings, told, OUTSIDE))

    def _inferred(self, experiment: Experiment, ddl: Ddl) -> tuple[Experiment, list[str]]:
        """The experiment with what names say and the rules file on top, and what its author should know."""
        if self.infer:
            experiment = inference.infer(self._referring(experiment), self.rules)
        experiment = self.laid(experiment)
        experiment, given_up = without_broken_guesses(experiment, self.rules)
        given_up = [_placed(line, ddl) for line in given_up]
        checks = [_placed_check(line, ddl) for line in self.rules.not_understood(experiment)]
        return experiment, [*ddl.warnings, *checks, *given_up]

    def _declared(self, ddl: Ddl, name: str, dialect: str | None, rows: int | None) -> Experiment:
        tables = [
            table if "rows" in table or rows is None else {**table, "target_rows": rows}
            for table in ddl.tables
        ]
        data: Json = {"name": name, "tables": tables, "target_warehouse": dialect}
        return self._parsed(data, ddl).changed(as_of=self._present)

    @staticmethod
    def _parsed(data: Json, ddl: Ddl) -> Experiment:
        try:
            return reading.parse(data, strict_names=False)
        except SchemaError as error:
            raise _located(error, ddl) from None

    @property
    def _present(self) -> date | None:
        return self._said or (USUAL_PRESENT if self.infer else None)

    @property
    def _said(self) -> date | None:
        """The present that is known."""
        return self._named or self.today

    @property
    def _named(self) -> date | None:
        """The present that whoever imports has named."""
        return self.as_of or (self._document.as_of if self._document is not None else None)

    def _referring(self, experiment: Experiment) -> Experiment:
        return with_references(experiment) if self.infer is True else experiment

    def laid(self, experiment: Experiment, *, strict_names: bool = False) -> Experiment:
        """An experiment as the rules file has it.

        strict_names  whether names have to be such as JSON allows

        Raises RulesError with everything that does not fit.
        """
        if self._document is not None:
            experiment = overlaid(
                experiment, self._document, self.rules.problems, fill=self.fill, strict_names=strict_names
            )
        return experiment if self.as_of is None else experiment.changed(as_of=self.as_of)

    @cached_property
    def _document(self) -> RulesDocument | None:
        """The rules file, as it was read. Raises RulesError."""
        return None if self.overlay is None else RulesDocument.of(self.overlay)

    def of_file(
        self, path: Path, name: str | None, dialect: str | None, rows: int | None
    ) -> tuple[Experiment, list[str]]:
        """The same of a file.

        name     the file's own name when it is None
        dialect  the one that reads the file best when it is None

        Raises RequestError for a file that cannot be read.
        """
        dialect, ddl = self._read(path, dialect)
        return self.of_ddl(ddl, name or name_of(path), dialect, rows)

    def _read(self, path: Path, dialect: str | None) -> tuple[str, Ddl]:
        """The dialect of a script, and what it reads there."""
        sql = reading.text_of(path)
        if dialect is None:
            return guessed(sql, self.registry.dialects, self._read_by)
        return dialect, self._read_by(self.registry.dialects.get(dialect), sql)

    def _joined(self, scripts: Sequence[Ddl], dialect: str | None) -> Ddl:
        """What scripts say, together with those beside them."""
        return joined([*scripts, *(self._beside(path, dialect) for path in self.options.beside)])

    def _beside(self, path: Path, dialect: str | None) -> Ddl:
        """What another script says; its places name its file."""
        found = self._read(path, dialect)[1]
        places = {name: replace(place, file=path.name) for name, place in found.places.items()}
        return Ddl(found.tables, [f"{path.name}, {warning}" for warning in found.warnings], places)

    def _read_by(self, dialect: Dialect, sql: str) -> Ddl:
        """What a dialect reads in a script, of which placeholders are filled."""
        filled = fill(sql, self.options.variables)
        try:
            # a dialect of a plugin may know of no options: it is asked for those only that are wanted
            ddl = dialect.read(filled.sql, **({"skip_unknown": True} if self.options.skip_unknown else {}))
        except (ScriptError, SqlError) as error:
            raise _with_placeholders(error, sql, filled) from None
        told = [f"{place}: {words}" for place, words in _told(sql, filled)]
        return Ddl(ddl.tables, [*told, *ddl.warnings], ddl.places)

    def proposal(self, path: Path, dialect: str | None, rows: int | None) -> Proposal:
        """What a script's names were taken to mean, to be written as a rules file.

        dialect  the one that reads the file best when it is None
        """
        dialect, ddl = self._read(path, dialect)
        declared = self._referring(self._declared(self._joined([ddl], dialect), name_of(path), dialect, rows))
        inferred = inference.infer(declared, self.rules)
        later = inference.infer(declared.changed(as_of=_ANOTHER_DAY), self.rules)
        made, given_up = without_broken_guesses(inferred, self.rules)
        said = made if self._said is not None else made.changed(as_of=None)
        return Proposal(declared, said, given_up, _unlike(inferred, later))


_DECLARED = "that it is generated was given up"


def _placed(line: str, ddl: Ddl) -> str:
    """A warning on what the script declares, with its place; one on what was guessed has none."""
    name, _colon, words = line.partition(": ")
    place = ddl.places.get(name)
    if place is None or not words.startswith(_DECLARED):
        return line
    return f"{place}: {line}; a rules file may say what makes it\n{place.excerpt}"


def _placed_check(line: str, ddl: Ddl) -> str:
    """A warning on a CHECK, with its place: it begins as what is known of places does."""
    place = next((place for said, place in ddl.places.items() if line.startswith(f"{said} ")), None)
    return line if place is None else f"{place}: {line}\n{place.excerpt}"


def _unlike(one: Experiment, other: Experiment) -> frozenset[str]:
    """The columns, each as table.column, of which two imports make something else."""
    pairs = (
        (f"{table.name}.{column.name}", column, there.column(column.name))
        for table in one.tables
        if (there := other.table(table.name)) is not None
        for column in table.columns
    )
    return frozenset(name for name, mine, yours in pairs if mine != yours)


def name_of(path: Path) -> str:
    """What an experiment is called whose name nobody says, by a file."""
    return re.sub(r"[^A-Za-z0-9]+", "_", path.stem).strip("_")[:_LONGEST_NAME] or "schema"


def _told(sql: str, filled: Filled) -> Iterator[tuple[str, str]]:
    """(place, what is to be said) of each placeholder that has no value, each once."""
    seen = set()
    for one in filled.open:
        if one.text in seen:
            continue
        seen.add(one.text)
        line = sql.count("\n", 0, one.start) + 1
        column = one.start - sql.rfind("\n", 0, one.start)
        shown = " ".join(one.text.split())
        if one.taken is UNSAID:
            words = f"{shown} names columns by a placeholder, left out; --var {one.name}=... says which"
        elif one.name:
            taken = one.taken or one.name
            what = "number" if taken.isdigit() else "name"
            words = (
                f"{shown} is a placeholder, taken for the {what} {taken}; --var {one.name}=... says another"
            )
        else:
            words = f"{shown} is no SQL, left out"
        yield f"line {line}, column {column}", words


def _with_placeholders(error: ScriptError | SqlError, sql: str, filled: Filled) -> RequestError:
    """An error, with the placeholders that may be why."""
    problems = [Problem(place, words) for place, words in _told(sql, filled)]
    if not problems or isinstance(error, SqlError):
        return error
    return ScriptError([*error.problems, *problems], error.line)


_PLACE = re.compile(r"tables\[(\d+)\](?:\.columns\[(\d+)\])?")


def _located(error: SchemaError, ddl: Ddl) -> SchemaError:
    """What is wrong with a script's tables, by the lines of their statements."""
    if not ddl.places:
        return error

    def line_of(problem: Problem) -> Problem:
        found = _PLACE.match(problem.place)
        table = ddl.tables[int(found[1])] if found else {}
        columns = table.get("columns")
        name = f"{table.get('name')}"
        where = ddl.places.get(name)
        if (
            found
            and found[2]
            and isinstance(columns, list)
            and isinstance(column := columns[int(found[2])], dict)
        ):
            where = ddl.places.get(f"{name}.{column.get('name')}", where)
        if where is None:
            return problem
        return Problem(str(where), problem.message, problem.mend, where.excerpt)

    return SchemaError(map(line_of, error.problems))


Read: TypeAlias = Callable[[Dialect, str], Ddl]
"""How a dialect reads a script."""


def _plainly(dialect: Dialect, sql: str) -> Ddl:
    return dialect.read(sql)


def contract_of(source: ContractSource, contracts: Shelf[Contract]) -> Contract | None:
    """The first contract that claims a file, a folder or a text; None where none does."""
    return next((one for one in contracts.usable().values() if one.claims(source)), None)


def guessed(sql: str, dialects: Shelf[Dialect], read: Read = _plainly) -> tuple[str, Ddl]:
    """The dialect of a script, and what it reads there.

    One that bears at least two marks more than any other is the one, and so is the first with most of them
    that is read without a warning. Else marks speak for a dialect, and warnings against it; of several alike
    the first is it.

    Raises what the one says that came furthest when none can read it.
    """
    words = without_texts(sql)
    marks = {name: _marks(name, dialect.marks, words) for name, dialect in dialects.usable().items()}
    found: dict[str, Ddl] = {}
    refusals: list[RequestError] = []
    asked = [name for name, found in marks.items() if found or not dialects.get(name).by_marks_alone]
    for name in sorted(asked, key=lambda name: -marks[name]):
        try:
            found[name] = read(dialects.get(name), sql)
        except RequestError as error:
            refusals.append(error)
            continue
        alone = all(marks[name] > count + 1 for other, count in marks.items() if other != name)
        if alone or (not found[name].warnings and marks[name] == max(marks.values())):
            return name, found[name]
    if not found:
        raise max(refusals, key=_how_far)
    return min(found.items(), key=lambda item: _against(item[1]) - _A_MARK * marks[item[0]])


_A_MARK = 2
"""As many warnings does a mark outweigh."""


def _against(ddl: Ddl) -> int:
    """How much speaks against a dialect: what it does not understand most of all."""
    return sum(4 if "not understood" in warning else 1 for warning in ddl.warnings)


def _marks(name: str, marks: str, words: str) -> int:
    """How many different marks of a dialect a script bears."""
    if not marks:
        return 0
    try:
        # neither a part of a word, nor what stands where a column's name does
        mark = re.compile(rf"(?<![\w.,(])(?<![,(] )(?:{marks})(?:(?<=\W)|(?!\w))", re.IGNORECASE)
    except re.error as error:
        warnings.warn(
            f"the marks of the dialect {name!r} are no pattern: {error}", PluginWarning, stacklevel=2
        )
        return 0
    return len({" ".join(found[0].lower().split()) for found in mark.finditer(words)})


def without_texts(sql: str) -> str:
    """A script without its comments, texts and names that are known to be such, on one line."""
    return " ".join(_NAMED.sub(r"\1 ", _TEXTS.sub(" ", sql)).split())


def _how_far(error: RequestError) -> tuple[int, int]:
    """How far a dialect came: with the fewest problems, and to the line of the first."""
    problems = len(error.problems) if isinstance(error, ProblemsError) else 1
    return -problems, error.line if isinstance(error, SqlError | ScriptError) else _UNPLACED
