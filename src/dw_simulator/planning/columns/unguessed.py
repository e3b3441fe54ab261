"""What an import has chosen gives way: what was only guessed never keeps a schema from being made.

A guess is the rule of a column, a column or a table that is hidden, how a reference picks its parents, the
reference itself, or how many rows a table has. One that stands on others gives way to what the column's name
alone says, where that is kept beside it (`else`); then to nothing. What stood on a guess that is gone has a
problem of its own, and gives way next.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from pydantic import ValidationError

from dw_simulator.errors import Problem
from dw_simulator.schema.consistency import CHECKS
from dw_simulator.schema.declared import still_guessed
from dw_simulator.schema.model import Column, Experiment, Relating, Table

_RULE = ("rule", "faker_rule", "distribution", "locale", "inferred", "guessed", "generated")
_BOUNDS = ("min_value", "max_value", "date_start", "date_end")
_ELSE = "else"
_GOAL = frozenset({"columns", "references_table", "references_column", "references_columns"})
_ROUNDS = 8
"""So often what stands on what is gone is looked for at once."""
_PATIENCE = 6
"""After so many rounds whatever is near a problem gives way, and after twice as many everything."""
_CIRCLE = "its value comes from itself"
_LABEL = re.compile(r"[\w$]+(?:\.[\w$]+)*\([^()]*\)|[\w$]+(?:\.[\w$]+)*")
_WORD = re.compile(r"[\w$]+")
_STEP = re.compile(r"tables\[(\d+)\](?:\.(columns|foreign_keys)\[(\d+)\])?")


Part = TypeVar("Part", bound=Column | Table | Relating)
Reference = TypeVar("Reference", bound=Relating)


class GuessAt(NamedTuple):
    """Something that an import chose: of a table, of a column, or of the reference of some columns."""

    table: str
    columns: tuple[str, ...] = ()
    reference: bool = False

    @property
    def place(self) -> str:
        """Where it is, as problems name places."""
        if self.reference:
            return f"{self.table}({', '.join(self.columns)})"
        return ".".join((self.table, *self.columns))


def without_guess(column: Column) -> Column:
    """The column without the rule, and the bounds, that an import chose; with its second choice, if any."""
    guessed = column.guessed or {}
    names = {*_RULE, *_BOUNDS} if column.guessed is None else {*_RULE, *_still(column)}
    bare = _cleared(column, names)
    other = guessed.get(_ELSE)
    if isinstance(other, dict):
        fields = {name: value for name, value in other.items() if name != "inferred"}
        data = {**bare.model_dump(mode="json", exclude_defaults=True), **other, "guessed": fields}
        try:
            second = Column.model_validate(data)
        except ValidationError:
            return bare
        same = all(getattr(second, name) == getattr(column, name) for name in (*_RULE[:4], *_BOUNDS))
        return bare if same else second
    return bare


def _still(part: Column | Table | Relating) -> set[str]:
    """The guessed fields of a part that nobody has changed since."""
    fields = type(part).model_fields
    guessed = part.guessed or {}
    return {name for name in guessed if name in fields and still_guessed(part, name, guessed[name])}


def without_options(table: Table, names: Collection[str]) -> Table:
    """The table without what an import chose of how its references pick, where these are of some columns."""

    def plain(reference: Reference) -> Reference:
        return _cleared(reference, _still(reference) - _GOAL) if reference.guessed else reference

    columns = (
        column.changed(foreign_key=plain(column.foreign_key))
        if column.foreign_key is not None and column.name in names
        else column
        for column in table.columns
    )
    keys = (plain(one) if not set(names).isdisjoint(one.columns) else one for one in table.foreign_keys)
    return table.changed(columns=tuple(columns), foreign_keys=tuple(keys))


def _of_table(table: Table) -> set[str]:
    """The fields of a table that are guesses: its key, where no schema declares one, among them."""
    return _still(table) | ({"inferred_key"} if table.inferred_key else set())


def _cleared(part: Part, names: Iterable[str]) -> Part:
    fields = type(part).model_fields
    defaults: dict[str, Any] = {name: fields[name].get_default(call_default_factory=True) for name in names}
    made: Part = part.changed(**defaults)  # type: ignore[assignment]  # it changes no class
    return made


def guesses_of(experiment: Experiment) -> Iterator[GuessAt]:
    """Everything that an import chose."""
    for table in experiment.tables:
        if _of_table(table) or (table.inferred and table.hidden and not table.guessed):
            yield GuessAt(table.name)
        for column in table.columns:
            if column.inferred:
                yield GuessAt(table.name, (column.name,))
        for reference in table.references:
            if _still(reference):
                yield GuessAt(table.name, reference.columns, reference=True)


def as_said(experiment: Experiment) -> Experiment:
    """The experiment without anything that an import chose, as far as nobody has changed it since."""
    tables = tuple(_as_said(table) for table in experiment.tables if not _is_made(table))
    chosen = {
        name
        for table in experiment.tables
        for column in table.columns
        if column.inferred
        for name in _WORD.findall(str(column.rule))
    }
    said = set(_WORD.findall(str(tables)))
    kept = {
        name: rows for name, rows in experiment.reference_data.items() if name not in chosen or name in said
    }
    return experiment.changed(tables=tables, reference_data=kept)


def _is_made(part: Table | Column) -> bool:
    """Whether a table or a column is there because an import added it."""
    if not (part.inferred and part.hidden):
        return False
    # one that somebody has hidden may have sizes that an import chose
    return isinstance(part, Column) or not part.guessed or all(one.hidden for one in part.columns)


def _as_said(table: Table) -> Table:
    columns = tuple(_column_said(table, column) for column in table.columns if not _is_made(column))
    keys = tuple(one for one in map(_reference_said, table.foreign_keys) if one is not None)
    bare = _cleared(table, {*_of_table(table), "inferred", "guessed"})
    return bare.changed(columns=columns, foreign_keys=keys)


def _column_said(table: Table, column: Column) -> Column:
    own = column.generated and column.guessed is None  # the script itself says what it is made of
    if column.inferred and not own:
        more = (*_BOUNDS, "lookup") if column.guessed is None else _still(column)
        column = _cleared(column, {*_RULE, *more})
    if column.foreign_key is not None:
        column = column.changed(foreign_key=_reference_said(column.foreign_key))
    if column.name in table.inferred_key and not column.required:
        column = column.changed(null_fraction=None)
    return column


def _reference_said(reference: Reference) -> Reference | None:
    names = _still(reference)
    if "references_table" in names:
        return None
    return _cleared(reference, {*names, "inferred", "guessed"})


@dataclass
class _Blame:
    """Which guesses problems are about.

    rounds  how often guesses have given way before
    """

    experiment: Experiment
    rounds: int
    causes: dict[GuessAt, str] = field(default_factory=dict)

    @cached_property
    def guesses(self) -> Mapping[str, list[GuessAt]]:
        """By their places; those of a reference are at its columns, too."""
        found: dict[str, list[GuessAt]] = {}
        for guess in guesses_of(self.experiment):
            places = [guess.place]
            places += [f"{guess.table}.{name}" for name in guess.columns] if guess.reference else []
            for place in dict.fromkeys(places):
                found.setdefault(place, []).append(guess)
        return found

    @cached_property
    def by_table(self) -> Mapping[str, list[GuessAt]]:
        found: dict[str, list[GuessAt]] = {}
        for guess in dict.fromkeys(one for some in self.guesses.values() for one in some):
            found.setdefault(guess.table, []).append(guess)
        return found

    @cached_property
    def declared(self) -> frozenset[GuessAt]:
        """The columns that a script says how to generate: what names say gives way first."""
        return frozenset(
            GuessAt(table.name, (column.name,))
            for table in self.experiment.tables
            for column in table.columns
            if column.generated
        )

    @cached_property
    def near(self) -> Mapping[str, set[str]]:
        """The tables that a table references, and that reference it."""
        found: dict[str, set[str]] = {table.name: set() for table in self.experiment.tables}
        for table in self.experiment.tables:
            for reference in table.references:
                found[table.name].add(reference.references_table)
                found.setdefault(reference.references_table, set()).add(table.name)
        return found

    def blame(self, problem: Problem, *, around: bool = True) -> None:
        """Note the guesses that a problem is about: at its place, else named by it, else around it."""
        for found in islice(self._candidates(problem), None if around else self._near_enough(problem)):
            if found:
                for guess in found:
                    self.causes.setdefault(guess, problem.message)
                return

    def _candidates(self, problem: Problem) -> Iterator[list[GuessAt]]:
        tables = [name for name in _tables_in(problem.place) if name in self.near]
        if self.rounds < _PATIENCE and _CIRCLE in problem.message:
            named = self._named(problem, tables)
            yield [one for name in named for one in self.guesses.get(name, []) if one not in self.declared]
        if self.rounds < _PATIENCE:
            yield self.guesses.get(problem.place, [])
            yield from (
                self.guesses.get(place, [])
                for place in reversed(list(places_around(problem.place)))
                if place not in self.near
            )
            yield [guess for name in self._named(problem, tables) for guess in self.guesses.get(name, [])]
        if self.rounds < 2 * _PATIENCE:
            yield [guess for name in tables for guess in self.by_table.get(name, [])]
            near = {other for name in tables for other in self.near[name]}
            yield [guess for name in sorted(near) for guess in self.by_table.get(name, [])]
        yield [guess for some in self.by_table.values() for guess in some]

    def _near_enough(self, problem: Problem) -> int:
        """How many of the candidates are at the place of a problem, or in its table."""
        return 3 + sum(place not in self.near for place in places_around(problem.place))

    @staticmethod
    def _named(problem: Problem, tables: Collection[str]) -> Iterator[str]:
        for found in dict.fromkeys(_LABEL.findall(problem.message)):
            yield found
            yield from (f"{table}.{found}" for table in tables)


def without_guesses(
    experiment: Experiment, problems: Collection[Problem], rounds: int = 0
) -> tuple[Experiment | None, list[str]]:
    """The experiment without the guesses that problems are about, and a line on each.

    Where a problem names none of them, all guesses of its table go: one may be behind it; else those of the
    tables around, else all. None where no guess is left.

    rounds  how often guesses have given way before: the more often, the more of them go at once
    """
    for patience in (rounds, rounds + _PATIENCE, rounds + 2 * _PATIENCE):
        blame = _Blame(experiment, patience)
        for problem in problems:
            blame.blame(problem)
        for parts in (
            True,
            False,
        ):  # where others cannot do without a part, it stays, and gives up what it can
            made = _given_up(experiment, blame.causes, parts=parts)
            if made is not None and made[1]:
                return made
    return None, []


def _given_up(
    experiment: Experiment, causes: Mapping[GuessAt, str], *, parts: bool
) -> tuple[Experiment, list[str]] | None:
    """The experiment without some guesses, and what stands on them; None where something else does.

    parts  whether tables, columns and references that are guesses themselves go, too
    """
    lines: list[str] = []
    experiment, gone = _without(experiment, causes, lines, parts=parts, whole=False)
    for _again in range(_ROUNDS):
        if not gone:
            return experiment, lines
        # a part is gone, and so may be what others name
        problems = [_placed(experiment, problem) for check in CHECKS for problem in check(experiment)]
        if not problems:
            return experiment, lines
        blame = _Blame(experiment, 0)
        for problem in problems:
            blame.blame(problem, around=False)
        before = len(lines)
        experiment, _more = _without(experiment, blame.causes, lines, parts=parts, whole=True)
        if len(lines) == before:
            break
    return None


def _placed(experiment: Experiment, problem: Problem) -> Problem:
    """A problem of the schema, whose place is a number in a list, at the table and column of that number."""
    match = _STEP.match(problem.place)
    if match is None:
        return problem
    table = experiment.tables[int(match[1])]
    place = table.name
    if match[2] == "columns":
        place = f"{table.name}.{table.columns[int(match[3])].name}"
    elif match[2] is not None:
        place = f"{table.name}({', '.join(table.foreign_keys[int(match[3])].columns)})"
    return Problem(place, problem.message, problem.mend)


def _without(
    experiment: Experiment, causes: Mapping[GuessAt, str], lines: list[str], *, parts: bool, whole: bool
) -> tuple[Experiment, bool]:
    """The experiment without some guesses, with a line on each; whether a part of it is gone for good.

    parts  tables, columns and references that are guesses themselves may go
    whole  references go at once, and not first how they pick
    """
    referenced = {
        (one.references_table, name)
        for table in experiment.tables
        for one in table.references
        for name in one.references_columns
    }
    said = _said(experiment)
    by_table: dict[str, dict[GuessAt, str]] = {}
    for guess, cause in causes.items():
        by_table.setdefault(guess.table, {})[guess] = cause
    tables, gone = list[Table](), False
    for table in experiment.tables:
        some = by_table.get(table.name)
        if some is None:
            tables.append(table)
            continue
        needed = {name for name in (c.name for c in table.columns) if (table.name, name) in referenced}
        needed |= {name for key in table.keys for name in key}
        if any(column.hidden for column in table.columns):
            needed |= said
        made = _TableGuesses(table, some, lines, needed, parts=parts, whole=whole).given_up()
        gone |= made is None or len(made.columns) < len(table.columns)
        gone |= made is not None and made.inferred_key != table.inferred_key
        gone |= made is not None and len(made.references) < len(table.references)
        tables += [made] if made is not None else []
    return experiment.changed(tables=tuple(tables)), gone


def _said(experiment: Experiment) -> set[str]:
    """The words of what nobody has guessed and of what it says: columns that it names are not to go."""
    texts: list[object] = []
    for table in experiment.tables:
        if table.hidden and table.inferred:
            continue
        texts += [*table.checks, *(() if table.guessed else (table.lifecycles, table.correlate))]
        for column in table.columns:
            texts += [] if column.inferred else [column.rule, column.null_when, column.lookup]
        made = {column.name for column in table.columns if column.hidden and column.inferred}
        for reference in table.references:
            guess = reference.guessed or made.issuperset(reference.columns)
            texts += [] if guess else [reference.pick, reference.via, reference.children]
    return {word for text in texts if text for word in _WORD.findall(str(text))}


@dataclass
class _TableGuesses:
    """The guesses of a table that give way.

    needed  columns that keys and references name
    lines   one is added on each guess
    """

    table: Table
    causes: Mapping[GuessAt, str]
    lines: list[str]
    needed: Collection[str]
    parts: bool
    whole: bool

    def given_up(self) -> Table | None:
        """The table without them; None where it is one itself."""
        table, own = self.table, self.causes.get(GuessAt(self.table.name))
        if own is not None and table.hidden and not table.guessed:
            if self.parts:
                self.lines.append(f"{table.name}: the hidden table of an import was given up: {own}")
                return None
        elif own is not None:
            names = _of_table(table)
            told = ", ".join(sorted(names))
            self.lines.append(f"{table.name}: {told}, an import's choice, was given up: {own}")
            table = _cleared(table, {*names, "guessed", *(() if table.hidden else ("inferred",))})
        columns = tuple(one for one in map(self._column, table.columns) if one is not None)
        keys = (self._reference(one, one.columns) for one in table.foreign_keys)
        return table.changed(columns=columns, foreign_keys=tuple(one for one in keys if one is not None))

    def _column(self, column: Column) -> Column | None:
        place = f"{self.table.name}.{column.name}"
        cause = self.causes.get(GuessAt(self.table.name, (column.name,)))
        if cause is not None and self.parts and column.hidden and column.name not in self.needed:
            self.lines.append(f"{place}: the hidden column of an import was given up: {cause}")
            return None
        if cause is not None:
            what = "that it is generated" if column.generated else "the rule chosen by its name"
            self.lines.append(f"{place}: {what} was given up: {cause}")
            column = without_guess(column)
        if column.foreign_key is not None:
            column = column.changed(foreign_key=self._reference(column.foreign_key, (column.name,)))
        return column

    def _reference(self, reference: Reference, columns: tuple[str, ...]) -> Reference | None:
        """The reference as if nothing were guessed of it; None where it is a guess itself."""
        at = GuessAt(self.table.name, columns, reference=True)
        cause = self.causes.get(at)
        if cause is None or not reference.guessed:
            return reference
        names = _still(reference)
        options, is_guess = names - _GOAL, "references_table" in names
        if is_guess and self.parts and (self.whole or not options):
            self.lines.append(f"{at.place}: the reference that an import saw was given up: {cause}")
            return None
        if not options:
            return reference
        told = ", ".join(sorted(options))
        self.lines.append(f"{at.place}: {told}, an import's choice, was given up: {cause}")
        if not is_guess:
            return _cleared(reference, {*options, "inferred", "guessed"})
        left = {name: value for name, value in reference.guessed.items() if name in _GOAL}
        return _cleared(reference, options).changed(guessed=left)


def places_around(place: str) -> Iterator[str]:
    """The places that a place is in.

    >>> list(places_around("shop.orders.total"))
    ['shop', 'shop.orders']
    """
    return (place[: dot.start()] for dot in re.finditer(r"\.", place))


def _tables_in(place: str) -> list[str]:
    """What may be the table of a place.

    >>> _tables_in("shop.orders(customer)")
    ['shop.orders', 'shop', 'shop.orders(customer)']
    """
    before = place.partition("(")[0]
    return list(dict.fromkeys([before, *reversed(list(places_around(before))), place]))


def is_about(line: str, tables: Collection[str]) -> bool:
    """Whether a line on what was given up is about one of some tables."""
    return any(line.startswith((f"{name}.", f"{name}(", f"{name}:")) for name in tables)
