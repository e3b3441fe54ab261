"""What is at least as much as a referenced row asks for: a pledge and the minimum of its tier.

tier (minimum_amount), pledge (tier_id, amount)
    amount   the minimum_amount of its tier, in some rows more; drawn where there is no tier
"""

from collections.abc import Iterator

from dw_simulator.schema.inference.numbers.drawn_apart import say_else_drawn
from dw_simulator.schema.inference.numbers.free_measures import known_bounds
from dw_simulator.schema.inference.numbers.header_sums import may_be_said
from dw_simulator.schema.inference.numbers.measure_roles import said_by
from dw_simulator.schema.inference.numbers.row_numbers import numbers_of
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, Sketch
from dw_simulator.schema.quoting import quoted_name

_LEAST = frozenset({"min", "minimum", "least"})
_MOST = frozenset({"max", "maximum", "greatest"})
_MONEY = frozenset(
    {"amount", "value", "price", "bid", "pledge", "deposit", "donation", "investment", "payment"}
)
_DULL = frozenset({"amount", "value", "allowed", "required", "eur", "usd"})
_STEPS = "CASE WHEN noise('1') < 0.55 THEN 1 WHEN noise('1') < 0.8 THEN 1.2 ELSE 1.5 + noise('2') END"


def least_amounts(sketch: Sketch) -> None:
    """Amounts reach the least that the row which they are for asks for."""
    if not sketch.has("expression"):
        return
    for table in list(sketch.tables.values()):
        if table.hidden or table.table.rows is not None:
            continue
        for link in table.links:
            found = next(_pairs(link), None) if not link.to_itself else None
            if found is None:
                continue
            amount, least = found
            asked = quoted_name(link.name, least.name)
            more = f"LEAST({asked} * ({_STEPS}), {known_bounds(amount)[1]:.2f})"
            cases = f"WHEN {asked} IS NOT NULL THEN GREATEST({asked}, {more})"
            say_else_drawn(amount, cases, f"at least {link.name}.{least.name}")


def _pairs(link: Link) -> Iterator[tuple[ColumnSketch, ColumnSketch]]:
    """An amount of a row, and the least that it may be."""
    parents = {said_by(one.words): one for one in numbers_of(link.parent) if one.column.type.scale}
    own = said_by(link.child.noun)
    for words, least in parents.items():
        rest = words - _LEAST
        if rest == words or not rest & _MONEY or any(rest | {most} in parents for most in _MOST):
            continue
        for one in numbers_of(link.child):
            called = said_by(one.words)
            same = rest - _DULL - own == called - _DULL - own and bool(called & (_MONEY | own))
            fits = one.column.type.scale and one.found is not None and may_be_said(one)
            if same and fits and one.column.type.precision >= least.column.type.precision:
                yield one, least
