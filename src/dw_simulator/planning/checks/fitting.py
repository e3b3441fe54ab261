"""What a rule makes, held against the CHECKs of its column, and fitted to them where that is possible.

CREATE TABLE t (id BIGINT PRIMARY KEY CHECK (id <> 3), code VARCHAR(8) CHECK (code LIKE 'A%'))

id    counts 1, 2, 4, 5, ...: the sequence leaves 3 out
code  names no rule: texts are made for it that begin with A
"""

from dw_simulator.engine.bounds import allowed
from dw_simulator.engine.values.base import Domain, Kernel, is_domain
from dw_simulator.engine.values.facts import Facts, Stored
from dw_simulator.errors import Refusal
from dw_simulator.planning.checks.languages import judge, made_for, passing
from dw_simulator.planning.checks.limits import Limits
from dw_simulator.planning.draft import Draft
from dw_simulator.schema.model import Column, Table
from dw_simulator.types import Kind


def fitted(draft: Draft, table: Table, column: Column, values: Domain | Kernel) -> Domain | Kernel:
    """The values of a column's rule, or others that pass its CHECKs. Raises Refusal for a contradiction."""
    limits = draft.limits.get((table.name, column.name))
    if limits is None:
        return values
    if column.type.kind is Kind.TEXT:
        return _texts(draft, table, column, values, limits)
    facts = values.facts
    failing = _failing(facts, limits)
    if not failing:
        _check_guess(column, facts, limits)
        return values
    counted = not facts.repeats and not is_domain(values)
    if not counted and not facts.movable and facts.numbers is not None and len(failing) == len(facts.numbers):
        raise Refusal(f"{limits.label} leaves no value", "move the bounds, or change the CHECK")
    kept = without(values, failing)
    # what counts rows has gone on behind its last number, where the next hole may be
    while counted and kept and (more := set(_excluded(kept.facts, limits)).difference(failing)):
        failing += sorted(more)
        kept = without(values, failing)
    if kept is None:
        return values
    if counted and not kept.facts.within(*allowed(column).meet(limits.bounds).ends):
        count = f"{draft.rows[table.name]:,}"
        raise Refusal(f"{limits.label} leaves fewer values than {count} rows need", "lower the rows")
    return kept


def _failing(facts: Facts, limits: Limits) -> list[Stored]:
    """The values that may come out and must not, where these are few: all of a list, or what is excluded."""
    if facts.numbers is not None and not facts.movable:
        return [value for value in facts.numbers if limits.against(value)]
    return _excluded(facts, limits)


def _excluded(facts: Facts, limits: Limits) -> list[Stored]:
    return [hole for hole in limits.numbers_left_out if facts.may_be(hole)]


def _check_guess(column: Column, facts: Facts, limits: Limits) -> None:
    """A rule that an import has chosen gives way to a list, unless all that it makes is in there."""
    if column.inferred and limits.values is not None and not limits.hold(facts):
        raise Refusal(f"{limits.values[1]} lists other values", "choose another rule, or change the CHECK")


def without(values: Domain | Kernel, left_out: list[Stored]) -> Domain | Kernel | None:
    """The same values but some; None where they cannot be left out."""
    if not is_domain(values):
        return values.without(left_out)
    indices = values.indices(left_out)
    return None if indices is None or len(indices) == values.size else values.without(indices)


def _texts(
    draft: Draft, table: Table, column: Column, values: Domain | Kernel, limits: Limits
) -> Domain | Kernel:
    limits.kept = True
    rows = draft.rows[table.name]
    verdict = judge(values, limits, rows)
    if verdict.answer == "holds":
        return values
    if verdict.answer == "unknown":
        draft.warnings.append(
            f"{table.name}: {limits.label} holds for those values of {column.name} that were looked at; "
            "that it does for all cannot be told beforehand"
        )
        return values
    # of one thing's columns none leaves values out by itself; a guess does not stand beside a list
    alone = (table.name, column.name) not in draft.entities and not (column.inferred and limits.values)
    kept = _passing(values, limits) if alone else None
    if kept is not None and judge(kept, limits, rows).answer == "holds":
        return kept
    rule = column.rule_spec
    if rule is not None and limits.column.rule_spec is not None:  # a guess may go, a rule of the schema not
        message = f"{verdict.label} forbids {verdict.example!r}, which the rule {rule.name} makes"
        raise Refusal(message, "choose another rule, such as pattern or choice, or change the CHECK")
    domain = made_for(limits, rows)
    if domain is None:
        message = f"no text was found that passes {limits.label}"
        raise Refusal(message, "give the column a rule that makes some, such as choice, or change the CHECK")
    return domain


def _passing(values: Domain | Kernel, limits: Limits) -> Domain | Kernel | None:
    """The texts that pass, where they are few enough to look at; None where that is nothing."""
    listed = values.facts.listed
    if listed is not None:
        return without(values, [text for text in listed if limits.against(text)])
    return passing(values, limits) if is_domain(values) else None
