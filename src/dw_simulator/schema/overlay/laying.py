"""Rules are laid over a schema: names are matched, what is said takes the place of what was guessed.

What the schema says stays the schema's: names, keys, where references lead, comments. Every other field of an
experiment or a table goes through as it is, and whatever comes out is checked as any schema is. All problems
are told together, each with its place in the rules.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError

from dw_simulator.errors import Problem, RulesError, SchemaError, closest
from dw_simulator.schema import reading
from dw_simulator.schema.json_data import Json, JsonObject, items_of, object_of
from dw_simulator.schema.model import Column, Experiment, Table
from dw_simulator.schema.overlay.matching import NamesThere
from dw_simulator.schema.overlay.notes import OverlayNotes
from dw_simulator.schema.overlay.rules_document import RulesDocument, Steps
from dw_simulator.schema.overlay.table_rules import TableRules

Judge = Callable[[Experiment], Iterable[Problem]]
"""What else is wrong with a schema: with the rules of its columns, that is."""

Fill = Callable[[JsonObject, Path], Json]
"""Puts what stands in files in the place of their names in a schema; they are beside the rules file."""

_OF_THE_IMPORT = ("name", "target_warehouse")
_OWN_TABLE = 'a table of the rules\' own is "hidden": true'


def unfilled(schema: JsonObject, _directory: Path) -> Json:
    """The schema as it is: no file is read."""
    return schema


def overlaid(
    experiment: Experiment,
    rules: RulesDocument,
    judge: Judge,
    *,
    fill: Fill = unfilled,
    strict_names: bool = False,
) -> Experiment:
    """The experiment as the rules have it.

    judge         tells what is wrong with the rules of columns
    fill          reads files that rules name, where they are in a file themselves; raises SchemaError
    strict_names  whether names have to be such as JSON allows

    Raises RulesError with every problem found, in the order of their lines.
    """
    notes = OverlayNotes()
    data = _laid(experiment, rules.data, notes)
    made, others = experiment, list[Problem]()
    try:
        filled = fill(data, Path(rules.origin).parent) if rules.origin else data
        made = reading.parse(filled, strict_names=strict_names)
        others = list(judge(made))
    except SchemaError as error:
        others = [*error.problems, *judge(_sound_columns(data, experiment))]
    found = [
        (rules.line(steps), Problem(rules.place(steps), message, mend))
        for steps, message, mend in notes.problems
    ]
    found += [_placed(problem, notes, rules) for problem in dict.fromkeys(others)]
    if found:
        raise RulesError(problem for _line, problem in sorted(found, key=lambda one: one[0]))
    return made


def located(problems: Iterable[Problem], experiment: Experiment, rules: RulesDocument) -> list[Problem]:
    """Problems of a plan, whose places are tables and columns, with the places of these in the rules.

    experiment  the one that was planned: as the rules have it
    """
    notes = OverlayNotes()
    data = _laid(experiment, rules.data, notes)
    by_name: dict[str, Steps] = {}
    for i, table in enumerate(map(object_of, items_of(data["tables"]))):
        names: dict[str, Steps] = {str(table["name"]): ("tables", i)}
        for j, column in enumerate(map(object_of, items_of(table["columns"]))):
            for name in (f"{table['name']}.{column['name']}", f"{table['name']}({column['name']})"):
                names[name] = ("tables", i, "columns", j)  # the column, and the reference that it is
        by_name |= {name: notes.origins[place] for name, place in names.items() if place in notes.origins}
    return [_of_a_plan(problem, by_name, rules) for problem in problems]


def _of_a_plan(problem: Problem, by_name: Mapping[str, Steps], rules: RulesDocument) -> Problem:
    steps = by_name.get(problem.place)
    if steps is None:
        return problem
    return Problem(rules.place(steps), problem.message, problem.mend)


def _placed(problem: Problem, notes: OverlayNotes, rules: RulesDocument) -> tuple[int, Problem]:
    """(line, problem) of what is wrong with the schema as it came out; 0 where the rules do not say it."""
    steps = notes.said_at(_steps(problem.place))
    if steps is None:
        return 0, problem
    return rules.line(steps), Problem(rules.place(steps), problem.message, problem.mend)


def _steps(place: str) -> Steps:
    """`tables[2].columns[0].rule` as steps."""
    found = re.finditer(r"\[(\d+)\]|([^.\[\]]+)", place)
    return tuple(int(match[1]) if match[1] else match[2] for match in found)


def _sound_columns(data: JsonObject, experiment: Experiment) -> Experiment:
    """As much of the schema as has rules to look at: columns that are sound in themselves."""
    tables = [
        Table.model_construct(
            name=str(table["name"]), columns=tuple(map(_column, items_of(table["columns"])))
        )
        for table in map(object_of, items_of(data["tables"]))
    ]
    return experiment.changed(tables=tuple(tables))


def _column(column: Json) -> Column:
    """A column, or one without a rule in its place."""
    try:
        return Column.model_validate(column)
    except ValidationError:
        return Column.model_construct(name=str(object_of(column)["name"]), data_type="INT")


def _laid(experiment: Experiment, rules: Json, notes: OverlayNotes) -> JsonObject:
    """The schema with the rules, as JSON has it."""
    data = experiment.to_json()
    tables = list(map(object_of, items_of(data["tables"])))
    made: Sequence[Json] = tables
    for steps, name, value in notes.entries((), rules):
        if name == "tables":
            made = _laid_tables(tables, steps, value, notes)
        elif name in _OF_THE_IMPORT:
            notes.refuse(steps, f"{name} is not for rules to say", "leave it out: whoever imports says it")
        elif name not in Experiment.model_fields:
            known = {*Experiment.model_fields} - {*_OF_THE_IMPORT}
            notes.refuse(steps, f"unknown field{closest(name, known)}")
        elif value is not None:
            notes.origins[(name,)] = steps
            data[name] = _beside(data.get(name), value) if name == "reference_data" else value
        else:
            data.pop(name, None)
    return {**data, "tables": made}


def _beside(there: Json, value: Json) -> Json:
    """Reference data beside that which a schema has: an import's own stays."""
    return {**there, **value} if isinstance(there, Mapping) and isinstance(value, Mapping) else value


def _laid_tables(
    tables: Iterable[Mapping[str, Json]], steps: Steps, value: Json, notes: OverlayNotes
) -> list[Json]:
    made: list[Json] = list(tables)
    names = NamesThere([str(object_of(table)["name"]) for table in made])
    for at, name, said in notes.entries(steps, value):
        entry = notes.object_at(at, said)
        index = names.meant(name)
        if entry is None:
            continue
        if index is not None:
            place: Steps = ("tables", index)
            if notes.is_first(place, at, names.names[index]):
                made[index] = TableRules.of(notes, at, place, object_of(made[index])).laid(entry)
        elif entry.get("hidden") is True and not names.several(name):
            place = ("tables", len(made))
            notes.origins[place] = at
            own: JsonObject = {"name": name, "columns": []}
            made.append(TableRules.of(notes, at, place, own).made(entry))
        else:
            told = names.told(name)
            notes.refuse(at, f"the schema has no table {name!r}{told}", "" if "?" in told else _OWN_TABLE)
    return made
