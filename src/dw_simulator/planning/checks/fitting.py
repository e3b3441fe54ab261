"""What a rule makes, held against the CHECKs of its column, and fitted to them where that is possible."""

import numpy as np

from dw_simulator.engine.columns import FixedColumn
from dw_simulator.engine.values.base import Domain, Kernel, is_domain
from dw_simulator.engine.values.bounded import Without
from dw_simulator.engine.values.integers import Integers
from dw_simulator.errors import Refusal
from dw_simulator.planning.checks.languages import filtered, judge, made_for
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
    if isinstance(values, Integers) and limits.holes:
        return _without_holes(values, limits)
    return values


def _without_holes(values: Integers, limits: Limits) -> Domain:
    places = [
        divmod(int(hole) - values.low, values.step) for hole in limits.holes if not isinstance(hole, str)
    ]
    holes = sorted(place for place, rest in places if rest == 0 and 0 <= place < values.size)
    if len(holes) == values.size:
        raise Refusal(f"{limits.label} leaves no value", "move the bounds, or change the CHECK")
    return Without(values, np.array(holes, dtype=np.uint64)) if holes else values


def _texts(
    draft: Draft, table: Table, column: Column, values: Domain | Kernel, limits: Limits
) -> Domain | Kernel:
    limits.kept = True
    verdict = judge(values, limits)
    if verdict.answer == "holds":
        return values
    free = column.rule_spec is None or column.inferred is not None or limits.column.rule_spec is None
    if verdict.answer == "unknown":
        draft.warnings.append(
            f"{table.name}: {limits.label} holds for those values of {column.name} that were looked at; "
            "that it does for all cannot be told beforehand"
        )
        return values
    alone = (table.name, column.name) not in draft.entities  # what others agree with keeps its numbers
    kept = filtered(values, limits) if alone else None
    if kept is not None and judge(kept, limits).answer == "holds":
        return kept
    if not free:
        name = column.rule_spec.name if column.rule_spec is not None else "text"
        message = f"{verdict.label} forbids {verdict.example!r}, which the rule {name} makes"
        raise Refusal(message, "choose another rule, such as pattern or choice, or change the CHECK")
    domain = made_for(limits)
    if domain is None:
        message = f"no text was found that passes {limits.label}"
        raise Refusal(message, "give the column a rule that makes some, such as choice, or change the CHECK")
    return domain


def numbers_of(values: Domain | Kernel) -> list[int] | list[float] | None:
    """The stored values of a short list of numbers or times; None where it is no such list."""
    domain = values if is_domain(values) else getattr(values, "domain", None)
    stored = getattr(domain, "stored", None)
    if not isinstance(stored, np.ndarray):
        return None
    if stored.ndim == 2:
        found: list[int] = [
            int(low) | (int(high) << 64)
            if int(high) < 1 << 63
            else (int(low) | (int(high) << 64)) - (1 << 128)
            for low, high in stored
        ]
        return found
    column = FixedColumn(stored)
    listed: list[int] = column.values.tolist()
    return listed
