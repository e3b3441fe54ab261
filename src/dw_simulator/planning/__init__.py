"""From a schema to kernels and part boundaries.

`plan` runs the passes of PASSES over a draft. A pass adds what it finds wrong to the draft and goes on,
so that everything that can be known is reported together, before a byte is written.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import count

from dw_simulator.engine.values.base import Kernel
from dw_simulator.errors import PlanError, Problem, Refusal
from dw_simulator.planning.checks.following import honour_checks
from dw_simulator.planning.checks.proving import check_limits, check_orders
from dw_simulator.planning.checks.settling import settle_orders
from dw_simulator.planning.checks.wide_bounds import tell_approximations, tell_wide_bounds
from dw_simulator.planning.columns.entities import collect_entities
from dw_simulator.planning.columns.faults import plan_faults
from dw_simulator.planning.columns.kernels import kernel_alone, make_kernels
from dw_simulator.planning.columns.pool_use import pool_columns
from dw_simulator.planning.columns.rule_values import build_checked_values, build_values
from dw_simulator.planning.columns.unguessed import is_about, without_guesses
from dw_simulator.planning.draft import Cell, Draft, Place
from dw_simulator.planning.given_tables import find_given_parents, give_rows, tell_references
from dw_simulator.planning.load_order import load_order
from dw_simulator.planning.relations.arranging import arrange_tables
from dw_simulator.planning.relations.dealing import deal_rows
from dw_simulator.planning.relations.hidden import give_homes
from dw_simulator.planning.relations.keys import assign_keys
from dw_simulator.planning.relations.picks import pick_parents
from dw_simulator.planning.relations.relating import relate_tables
from dw_simulator.planning.relations.trivial import may_help, without_references
from dw_simulator.planning.sizes import size_tables
from dw_simulator.planning.tallying import is_tallied
from dw_simulator.ports.kept_pools import Pools
from dw_simulator.ports.plan import ColumnPlan, Plan, TablePlan
from dw_simulator.ports.rule import RuleSource
from dw_simulator.schema.model import Column, Experiment, Table

__all__ = ["PASSES", "plan", "without_broken_guesses"]


def plan(
    experiment: Experiment,
    seed: int,
    rules: RuleSource,
    rows: Mapping[str, int] | None = None,
    *,
    only: str | None = None,
    pools: Pools | None = None,
    hidden: bool = False,
) -> Plan:
    """Plan an experiment, with other row counts for the tables named in `rows`.

    only   plan just this table, and of the others no more than it depends on
    pools  lists of values that were made before; those that are missing are made
    hidden whether what is hidden is made, too: to be looked at, not to be written

    Raises PlanError with everything that cannot be made.
    """
    draft = _drafted(experiment, seed, rules, rows or {}, only, pools or Pools())
    made = draft.declared.tables  # without what was given up
    seen = [table for table in made if hidden or not table.hidden]
    tables = tuple(_table_plan(draft, table, hidden=hidden) for table in seen if only in (None, table.name))
    unseen = {table.name: draft.rows[table.name] for table in made if table.hidden and not hidden}
    return Plan(
        experiment.name,
        seed,
        tables,
        tuple(draft.warnings),
        load_order(draft),
        draft.pools.used,
        pool_columns(draft),
        tuple(draft.faults),
        unseen,
        tuple(draft.asked_checks),
    )


def without_broken_guesses(experiment: Experiment, rules: RuleSource) -> tuple[Experiment, list[str]]:
    """The experiment without those guesses of an import that a CHECK forbids, and a line on each.

    Expressions of generated columns, too, that cannot be evaluated.

    Only tables that have both are looked at, all of them together, with those that they lead to. So what
    `show` prints of them is what will be made. Where there is more wrong with one of them, they are looked at
    one by one, as long as that takes no time to speak of; the rest is said by planning a run.
    """
    looked = [table for table in experiment.tables if _has_guess_in_check(table)]
    try:
        return _judged(experiment, looked, rules)
    except PlanError:
        lines: list[str] = []
        for table in looked[:_ONE_BY_ONE]:
            with suppress(PlanError):
                experiment, more = _judged(experiment, [table], rules)
                lines += more
        return experiment, lines


def _has_guess_in_check(table: Table) -> bool:
    said = "\n".join(table.checks).lower()
    return any(
        column.generated or (column.inferred and column.name.lower() in said) for column in table.columns
    )


def _judged(
    experiment: Experiment, looked: Sequence[Table], rules: RuleSource
) -> tuple[Experiment, list[str]]:
    """The experiment without broken guesses of some tables. Raises PlanError if more is wrong."""
    if not looked:
        return experiment, []
    reached = _reached(experiment, looked, rules)
    draft = _drafted(reached, 0, rules, {}, None, Pools(), _steps_for(reached, rules))
    names = {table.name for table in looked}
    found = {table.name: table for table in draft.declared.tables if table.name in names}
    tables = tuple(found.get(table.name, table) for table in experiment.tables)
    lines = [line for line in draft.given_up if is_about(line, names)]
    return experiment.changed(tables=tables), lines


def _reached(experiment: Experiment, start: Iterable[Table], rules: RuleSource) -> Experiment:
    """The part of an experiment that some tables need: their parents, what these come from, and so on."""
    draft, known = Draft(experiment, 0, rules, {}), {table.name for table in experiment.tables}
    names = [table.name for table in start]
    reached = {*names}
    for name in names:  # which grows
        table = experiment.table(name)
        assert table is not None, "the model has checked"
        parents = [reference.references_table for reference in table.references]
        parents += [
            parent.references_table
            for column in table.columns
            if column.polymorphic is not None
            for parent in column.polymorphic.parents
        ]
        rules_here = map(draft.rule_of, table.columns)
        parents += [rule.below for rule in rules_here if rule is not None and rule.below in known]
        more = [parent for parent in dict.fromkeys(parents) if parent not in reached]
        reached.update(more)
        names += more
    return experiment.changed(tables=tuple(table for table in experiment.tables if table.name in reached))


def _steps_for(experiment: Experiment, rules: RuleSource) -> "tuple[Step, ...]":
    """As many passes as it takes to know of its guesses.

    Fewer where none is made from other columns, and where no CHECK has to be asked of rows.
    """
    draft = Draft(experiment, 0, rules, {})
    read = (rules.constraints(table, draft.dialect) for table in experiment.tables if table.checks)
    if any(check.left for checks in read for check in checks):
        return PASSES
    derives = [draft.rule_of(column) for _table, column in draft.columns() if column.inferred]
    if any(rule is not None and rule.derives for rule in derives):
        return PASSES
    return (*PASSES[: PASSES.index(build_values)], build_checked_values)


def _drafted(
    experiment: Experiment,
    seed: int,
    rules: RuleSource,
    rows: Mapping[str, int],
    only: str | None,
    pools: Pools,
    steps: "tuple[Step, ...] | None" = None,
) -> Draft:
    """The draft after all passes; without those guesses of an import that cannot be followed."""
    given_up: list[str] = []
    no_hints: frozenset[Cell] = frozenset()
    draft = Draft(experiment, seed, rules, rows, only, pools)
    for rounds in count():
        draft = _next_round(draft, experiment, no_hints)
        bare, lines = _guesses_given_up(experiment, draft, steps or PASSES, rounds)
        if not draft.problems:
            pools.keep_asked()
            draft.warnings[:0] = given_up
            draft.given_up = given_up
            return draft
        if in_vain := _hints_in_vain(draft):
            no_hints |= in_vain
            continue
        if bare is None:
            if steps is not None:
                raise PlanError(dict.fromkeys(draft.problems))
            bare, lines = _without_references(draft)
        experiment = bare
        told = {line.partition(" given up: ")[0] for line in given_up}
        given_up += [line for line in lines if line.partition(" given up: ")[0] not in told]
    raise AssertionError("each round has fewer guesses, or ends")


def _hints_in_vain(draft: Draft) -> frozenset[Cell]:
    """The columns whose rules were chosen for the sake of CHECKs and cannot be followed."""
    places = {problem.place for problem in draft.problems}
    return frozenset(cell for cell in draft.hinted if ".".join(cell) in places)


def _next_round(former: Draft, experiment: Experiment, no_hints: frozenset[Cell]) -> Draft:
    """A draft that knows what the former one has made of the columns, and nothing else of it."""
    former.pools.begin_round()
    draft = Draft(experiment, former.seed, former.rules, former.asked, former.only, former.pools)
    draft.alone, draft.built, draft.warnings = _column_alone, former.built, former.warnings
    draft.no_hints = no_hints
    draft.warnings.clear()  # and not others: what has been made goes on telling there
    return draft


def _guesses_given_up(
    experiment: Experiment, draft: Draft, steps: "tuple[Step, ...]", rounds: int
) -> tuple[Experiment | None, list[str]]:
    """Run the passes. The experiment without the guesses that are in the way, and a line on each; else None.

    Columns are not made for the sake of references that give way: they take most of the time.
    """
    for step in steps:
        step(draft)
        if draft.problems and step is pick_parents:
            bare, lines = without_guesses(experiment, draft.problems, rounds)
            if bare is not None:
                return bare, lines
    return without_guesses(experiment, draft.problems, rounds) if draft.problems else (None, [])


def _without_references(draft: Draft) -> tuple[Experiment, list[str]]:
    """The experiment without references that may be NULL. Raises PlanError where that is no help.

    Only what the passes for relations find counts, which is the same whichever table is wanted.
    """

    def plan(experiment: Experiment) -> list[Problem]:
        other = Draft(experiment, draft.seed, draft.rules, draft.asked, draft.only, draft.pools)
        other.alone = _column_alone
        for step in PASSES[: PASSES.index(pick_parents) + 1]:
            step(other)
        return list(dict.fromkeys(other.problems))

    found = None
    if may_help(draft.declared, draft.problems):
        found = without_references(draft.declared, plan(draft.declared), plan)
    if found is None:
        raise PlanError(dict.fromkeys(draft.problems))
    return found


def _column_alone(draft: Draft, place: Place, table: Table, column: Column) -> tuple[int, Kernel]:
    """How many rows a table has, and the kernel of a column of it, from a draft of its own.

    place  the reference for whose sake it is asked: its rows are dealt out anyhow there

    Raises Refusal where there is none.
    """
    alone = Draft(draft.experiment, draft.seed, draft.rules, draft.asked, table.name, draft.pools)
    alone.alone = draft.alone
    alone.tallies, alone.tallying = draft.tallies, draft.tallying | {place, *_tallied_after(draft, place)}
    for step in PASSES[: PASSES.index(make_kernels)]:
        step(alone)
    kernel = kernel_alone(alone, table, column)
    if kernel is None:
        why = next((problem for problem in alone.problems), None)
        words = f": {why.place}: {why.message}" if why is not None else ""
        raise Refusal(f"children: {table.name}.{column.name} cannot be made{words}", why.mend if why else "")
    return alone.rows[table.name], kernel


def _tallied_after(draft: Draft, place: Place) -> Iterator[Place]:
    """The references whose counts follow from how many rows the table of one has, which is not known yet."""
    experiment = draft.experiment
    for table in experiment.tables:
        for declared in table.references:
            parent = experiment.table(declared.references_table)
            if parent is not None and is_tallied(declared):
                reached = _reached(experiment, [parent], draft.rules)
                if reached.table(place[0]) is not None:
                    yield table.name, declared.columns


Step = Callable[[Draft], None]
_ONE_BY_ONE = 20
"""So many tables are looked at alone: each takes as long as planning all that it leads to."""
PASSES: tuple[Step, ...] = (
    size_tables,
    give_rows,
    tell_wide_bounds,
    tell_approximations,
    honour_checks,
    relate_tables,
    tell_references,
    collect_entities,
    build_values,
    find_given_parents,
    give_homes,
    arrange_tables,
    deal_rows,
    assign_keys,
    pick_parents,
    settle_orders,
    make_kernels,
    check_orders,
    check_limits,
    plan_faults,
)


_DECLARED, _UNDECLARED = 1 << 20, 1 << 12
"""The widest text that a length says, in bytes; and what a value counts for where it says none: VARCHAR alone
in Snowflake has room for 16 MB, and nobody fills it."""


def _table_plan(draft: Draft, table: Table, *, hidden: bool) -> TablePlan:
    columns = []
    for column in (column for column in table.columns if hidden or not column.hidden):
        place = (table.name, column.name)
        kernel = draft.written.get(place) or draft.kernels[place]
        columns.append(
            ColumnPlan(column.name, column.type, kernel, kernel.facts.nullable, kernel.facts.distinct)
        )
    rows = draft.rows[table.name]
    widths = (max(column.kernel.facts.width, 8) for column in columns)
    wide = sum(width if width <= _DECLARED else _UNDECLARED for width in widths)
    return TablePlan(table.name, rows, tuple(columns), wide=wide)
