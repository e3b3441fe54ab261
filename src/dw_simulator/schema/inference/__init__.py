"""The rule for a column from its name, type, length and neighbours: used when DDL is imported.

Names are read as English words (`words`), and looked up in a vocabulary, after the guesses that rules of
plugins bring (`guesses`). References and keys that nobody declared are found first (`keys`). Then passes over
a sketch of the schema (`sketch`) say what single columns hold (`alone`), how moments follow each other
(`moments`), what rows go through (`lives`), which numbers are made of others (`numbers`), and what stars,
versions, sizes and fan-out are like (`shape`), in the order of PASSES. The stored schema shows each choice
and why, so that a user can change it.
"""

from collections.abc import Callable

from dw_simulator.schema.inference.alone.business_parties import business_parties
from dw_simulator.schema.inference.alone.by_channel import by_channel
from dw_simulator.schema.inference.alone.by_country import by_country
from dw_simulator.schema.inference.alone.by_type import by_type
from dw_simulator.schema.inference.alone.call_records import call_records
from dw_simulator.schema.inference.alone.check_lists import one_of
from dw_simulator.schema.inference.alone.click_ids import click_ids
from dw_simulator.schema.inference.alone.coded_places import coded_places
from dw_simulator.schema.inference.alone.country_ibans import country_ibans
from dw_simulator.schema.inference.alone.devices import devices
from dw_simulator.schema.inference.alone.entity_columns import together
from dw_simulator.schema.inference.alone.fitting_reasons import fitting_reasons
from dw_simulator.schema.inference.alone.kind_rows import kind_rows, parent_kinds
from dw_simulator.schema.inference.alone.labels import labels
from dw_simulator.schema.inference.alone.listed_genders import of_listed
from dw_simulator.schema.inference.alone.loan_words import loan_words
from dw_simulator.schema.inference.alone.nested_parts import nested_parts
from dw_simulator.schema.inference.alone.page_hosts import page_hosts
from dw_simulator.schema.inference.alone.placed_regions import placed_regions
from dw_simulator.schema.inference.alone.plain_names import plain_names
from dw_simulator.schema.inference.alone.shared_lists import lists_by_name, same_kinds, shared_list
from dw_simulator.schema.inference.alone.short_lists import short_lists
from dw_simulator.schema.inference.alone.those_at_work import those_at_work
from dw_simulator.schema.inference.alone.told_apart import told_apart
from dw_simulator.schema.inference.alone.told_codes import told_codes
from dw_simulator.schema.inference.candidates import KnownRules, alone
from dw_simulator.schema.inference.keys.shared_documents import document_sizes, with_documents
from dw_simulator.schema.inference.keys.unknown_keys import unknown_keys
from dw_simulator.schema.inference.lives.doers import doers
from dw_simulator.schema.inference.lives.followed_up import followed_up
from dw_simulator.schema.inference.lives.living import statuses
from dw_simulator.schema.inference.lives.only_where import only_where
from dw_simulator.schema.inference.lives.paid_back import paid_back
from dw_simulator.schema.inference.lives.stamped_states import stamped_states
from dw_simulator.schema.inference.moments.instalments import instalments
from dw_simulator.schema.inference.moments.kept_promises import kept_promises
from dw_simulator.schema.inference.moments.lead_times import lead_times
from dw_simulator.schema.inference.moments.loan_instalments import whole_terms
from dw_simulator.schema.inference.moments.whole_clock import moments_on_one_clock
from dw_simulator.schema.inference.moments.years_of_making import years_of_making
from dw_simulator.schema.inference.numbers.able_counts import able_counts
from dw_simulator.schema.inference.numbers.bills_paid import bills_paid
from dw_simulator.schema.inference.numbers.built_years import built_years
from dw_simulator.schema.inference.numbers.closed_balances import closed_balances
from dw_simulator.schema.inference.numbers.flag_facts import flag_facts
from dw_simulator.schema.inference.numbers.goals_reached import goals_reached
from dw_simulator.schema.inference.numbers.grade_facts import grade_facts
from dw_simulator.schema.inference.numbers.least_amounts import least_amounts
from dw_simulator.schema.inference.numbers.levels import levels
from dw_simulator.schema.inference.numbers.loan_schedules import loan_schedules
from dw_simulator.schema.inference.numbers.number_equations import equations
from dw_simulator.schema.inference.numbers.one_of_several import one_of_several
from dw_simulator.schema.inference.numbers.parent_copies import parent_copies
from dw_simulator.schema.inference.numbers.party_facts import party_facts
from dw_simulator.schema.inference.numbers.pixel_sizes import pixel_sizes
from dw_simulator.schema.inference.numbers.power_output import power_output
from dw_simulator.schema.inference.numbers.range_flags import range_flags
from dw_simulator.schema.inference.numbers.reordering import reordering
from dw_simulator.schema.inference.numbers.school_marks import school_marks
from dw_simulator.schema.inference.numbers.stays_by_day import stays_by_day
from dw_simulator.schema.inference.numbers.two_currencies import two_currencies
from dw_simulator.schema.inference.numbers.up_hours import up_hours
from dw_simulator.schema.inference.numbers.watched_parts import watched_parts
from dw_simulator.schema.inference.numbers.wide_amounts import wide_amounts
from dw_simulator.schema.inference.numbers.working_time import working_time
from dw_simulator.schema.inference.shape.age_bands import age_bands
from dw_simulator.schema.inference.shape.back_references import back_references
from dw_simulator.schema.inference.shape.day_tables import day_tables
from dw_simulator.schema.inference.shape.fan_out_guesses import fan_out
from dw_simulator.schema.inference.shape.first_doings import first_doings
from dw_simulator.schema.inference.shape.fitting_places import fitting_places
from dw_simulator.schema.inference.shape.implied_flags import implied_flags
from dw_simulator.schema.inference.shape.line_things import line_things
from dw_simulator.schema.inference.shape.model_rows import model_rows
from dw_simulator.schema.inference.shape.near_places import near_places
from dw_simulator.schema.inference.shape.opposite_roles import opposite_roles
from dw_simulator.schema.inference.shape.other_ways import agreeing
from dw_simulator.schema.inference.shape.secured_only import secured_only
from dw_simulator.schema.inference.shape.seen_things import seen_things
from dw_simulator.schema.inference.shape.shared_kinds import shared_kinds
from dw_simulator.schema.inference.shape.snapshots import snapshots
from dw_simulator.schema.inference.shape.star_facts import facts
from dw_simulator.schema.inference.shape.table_sizes import table_sizes
from dw_simulator.schema.inference.shape.versions import versions
from dw_simulator.schema.inference.sketch import Sketch
from dw_simulator.schema.inference.words.tokens import Reading, read, votes
from dw_simulator.schema.model import Experiment, Table

__all__ = ["PASSES", "infer"]


def infer(experiment: Experiment, rules: KnownRules) -> Experiment:
    """The same schema with a rule for every column that had none and whose name says enough.

    rules  those that there are: no other is chosen
    """
    experiment = with_documents(experiment)
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
    lists = lists_by_name(sketch)
    for table in sketch.tables.values():
        listed = sketch.listed(table)
        for column in table.columns.values():
            if column.seen is None:
                continue
            guess = one_of(column, listed.get(column.name, ()))
            if guess is None and column.name not in listed:
                guess = shared_list(column, lists)
            guess = guess or alone(column.seen, table.language)
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
    loan_words,
    columns_alone,
    entities,
    placed_regions,
    business_parties,
    school_marks,
    plain_names,
    labels,
    devices,
    click_ids,
    page_hosts,
    unknown_keys,
    coded_places,
    day_tables,
    parent_kinds,
    short_lists,
    kind_rows,
    by_channel,
    agreeing,
    shared_kinds,
    back_references,
    statuses,
    stamped_states,
    doers,
    moments_on_one_clock,
    kept_promises,
    stays_by_day,
    same_kinds,
    parent_copies,
    two_currencies,
    pixel_sizes,
    working_time,
    up_hours,
    power_output,
    equations,
    loan_schedules,
    closed_balances,
    goals_reached,
    least_amounts,
    bills_paid,
    instalments,
    whole_terms,
    levels,
    watched_parts,
    wide_amounts,
    built_years,
    years_of_making,
    age_bands,
    versions,
    near_places,
    fitting_places,
    facts,
    lead_times,
    line_things,
    snapshots,
    first_doings,
    reordering,
    grade_facts,
    range_flags,
    flag_facts,
    implied_flags,
    one_of_several,
    able_counts,
    party_facts,
    only_where,
    call_records,
    followed_up,
    seen_things,
    secured_only,
    paid_back,
    fan_out,
    opposite_roles,
    table_sizes,
    country_ibans,
    by_country,
    fitting_reasons,
    told_apart,
    told_codes,
    those_at_work,
    document_sizes,
    nested_parts,
    by_type,
    model_rows,
)
"""What inference looks for, in this order: a later pass knows what the earlier ones have found."""
