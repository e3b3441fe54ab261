"""The rule for a column from its name, type, length and neighbours: used when DDL is imported.

Names are read as English words (`lexicon`, `tokens`), and looked up in a table of guesses (`guesses`), after
those that rules of plugins bring. Columns of one row that name the same person, place or company get one
entity (`entity_columns`). What comes after another
moment, is made of a quantity and a price (`neighbours`), or is a part of the date in a table of days
(`date_parts`), gets a rule that says so. The stored schema shows each choice and why, so that a user can
change it.
"""

from collections.abc import Mapping
from datetime import date

from dw_simulator.schema.inference.candidates import Found, KnownRules, alone, open_columns
from dw_simulator.schema.inference.date_parts import parts
from dw_simulator.schema.inference.entity_columns import together
from dw_simulator.schema.inference.neighbours import moments, totals
from dw_simulator.schema.inference.tokens import Reading, read, votes
from dw_simulator.schema.json_data import Json, JsonObject, items_of, object_of
from dw_simulator.schema.model import Experiment, Table

__all__ = ["infer"]


def infer(experiment: Experiment, rules: KnownRules) -> Experiment:
    """The same schema with a rule for every column that had none and whose name says enough.

    rules  those that there are: no other is chosen
    """
    whole = votes([reading for table in experiment.tables for reading in _readings(table)])
    schema = experiment.to_json()
    tables = [
        _written(object_of(data), _of_table(table, _language(table, whole), rules), experiment.as_of)
        for table, data in zip(experiment.tables, items_of(schema["tables"]), strict=True)
    ]
    return Experiment.model_validate({**schema, "tables": tables})


def _written(table: Mapping[str, Json], found: Mapping[str, Found], present: date | None) -> JsonObject:
    """A table as the schema keeps it, with what its columns were found to be."""
    columns = []
    for column in map(object_of, items_of(table["columns"])):
        name = str(column["name"])
        columns.append({**column, **found[name].written(name, present)} if name in found else column)
    return {**table, "columns": columns}


def _readings(table: Table) -> list[Reading]:
    return [read(name) for name in (table.name, *(column.name for column in table.columns))]


def _language(table: Table, whole: str) -> str:
    """The language of a table's names; where they say little, that of the schema if a name is of it."""
    readings = _readings(table)
    said = any(whole in spoken for reading in readings for spoken in reading.languages)
    return votes(readings) or (whole if said else "")


def _of_table(table: Table, language: str, rules: KnownRules) -> dict[str, Found]:
    columns = open_columns(table, rules)
    found: dict[str, Found] = {}
    for open_column in columns:
        guess = alone(open_column, language)
        if guess is not None:
            found[open_column.column.name] = guess
    if "person" in rules:
        found |= together(table, columns, language, rules)
    if "after" in rules:
        found |= moments(table, columns)
    if "expression" in rules:
        found |= totals(table, columns, found) | parts(table, columns)
    return found
