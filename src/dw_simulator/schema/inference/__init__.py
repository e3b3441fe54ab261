"""The rule for a column from its name, type, length and neighbours: used when DDL is imported.

Names are read as English words (`lexicon`, `tokens`), and looked up in a table of guesses (`guesses`), after
those that rules of plugins bring. Columns of one row that name the same person, place or company get one
entity (`entity_columns`). Moments stand on one clock, within a row and along references (`stage_reading`,
`timelines`, `timeline_parents`), and those of a table of days are its parts (`day_tables`); numbers of a row
are made of each other (`number_equations`), a status and its moments are a life (`living`), and flags go by
what they speak of (`flag_facts`). Each of these is a pass over a sketch of the schema (`sketch`), and PASSES
says in which order they come. The stored schema shows each choice and why, so that a user can change it.
"""

from collections.abc import Callable

from dw_simulator.schema.inference.by_type import by_type
from dw_simulator.schema.inference.candidates import KnownRules, alone
from dw_simulator.schema.inference.check_lists import one_of
from dw_simulator.schema.inference.day_tables import day_tables
from dw_simulator.schema.inference.entity_columns import together
from dw_simulator.schema.inference.fan_out_guesses import fan_out
from dw_simulator.schema.inference.flag_facts import flag_facts
from dw_simulator.schema.inference.grade_facts import grade_facts
from dw_simulator.schema.inference.labels import labels
from dw_simulator.schema.inference.listed_genders import of_listed
from dw_simulator.schema.inference.living import statuses
from dw_simulator.schema.inference.number_equations import equations
from dw_simulator.schema.inference.opposite_roles import opposite_roles
from dw_simulator.schema.inference.other_ways import agreeing
from dw_simulator.schema.inference.parent_copies import parent_copies
from dw_simulator.schema.inference.party_facts import party_facts
from dw_simulator.schema.inference.plain_names import plain_names
from dw_simulator.schema.inference.school_marks import school_marks
from dw_simulator.schema.inference.short_lists import short_lists
from dw_simulator.schema.inference.sketch import Sketch
from dw_simulator.schema.inference.stamped_states import stamped_states
from dw_simulator.schema.inference.star_facts import facts
from dw_simulator.schema.inference.table_sizes import table_sizes
from dw_simulator.schema.inference.timeline_parents import moments_on_one_clock
from dw_simulator.schema.inference.tokens import Reading, read, votes
from dw_simulator.schema.inference.unknown_keys import unknown_keys
from dw_simulator.schema.inference.versions import versions
from dw_simulator.schema.inference.wide_amounts import wide_amounts
from dw_simulator.schema.model import Experiment, Table

__all__ = ["PASSES", "infer"]


def infer(experiment: Experiment, rules: KnownRules) -> Experiment:
    """The same schema with a rule for every column that had none and whose name says enough.

    rules  those that there are: no other is chosen
    """
    whole = votes([reading for table in experiment.tables for reading in _readings(table)])
    languages = {table.name: _language(table, whole) for table in experiment.tables}
    sketch = Sketch.of(experiment, rules, languages)
    for step in PASSES:
        step(sketch)
    return sketch.written()


def _readings(table: Table) -> list[Reading]:
    return [read(name) for name in (table.name, *(column.name for column in table.columns))]


def _language(table: Table, whole: str) -> str:
    """The language of a table's names; where they say little, that of the schema if a name is of it."""
    readings = _readings(table)
    said = any(whole in spoken for reading in readings for spoken in reading.languages)
    return votes(readings) or (whole if said else "")


def columns_alone(sketch: Sketch) -> None:
    """What each column is by itself: one of the values that a CHECK lists, else what its name says."""
    for table in sketch.tables.values():
        listed = sketch.listed(table)
        for column in table.columns.values():
            if column.seen is None:
                continue
            guess = one_of(column, listed.get(column.name, ())) or alone(column.seen, table.language)
            if guess is not None:
                column.says(guess)


def entities(sketch: Sketch) -> None:
    """Columns of a row that name the same person, place or company agree."""
    if not sketch.has("person"):
        return
    for table in sketch.tables.values():
        listed = sketch.listed(table)
        for name, found in together(table.table, table.open_columns(), table.language, sketch.rules).items():
            told = of_listed(found, listed[name]) if name in listed else found
            if told is not None:
                table.column(name).says(told)


PASSES: tuple[Callable[[Sketch], None], ...] = (
    columns_alone,
    entities,
    school_marks,
    plain_names,
    labels,
    unknown_keys,
    day_tables,
    short_lists,
    agreeing,
    statuses,
    stamped_states,
    moments_on_one_clock,
    parent_copies,
    equations,
    wide_amounts,
    versions,
    facts,
    grade_facts,
    flag_facts,
    party_facts,
    fan_out,
    opposite_roles,
    table_sizes,
    by_type,
)
"""What inference looks for, in this order: a later pass knows what the earlier ones have found."""
