"""Headers and their lines: an order's total is the sum of its lines, and a customer's orders are counted.

The rows of a table stand together by one reference, so each table is added up for one parent alone: the one
that asks most of it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.numbers.formulas import is_whole
from dw_simulator.schema.inference.numbers.measure_roles import CURRENCIES, NumberColumn, said_by
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, Sketch, TableSketch
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.inference.words.plurals import one_of_many
from dw_simulator.schema.inference.words.tokens import plain_words, read, singular
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import NUMERIC_KINDS, Kind

Numbers = Mapping[str, list[NumberColumn]]
"""The numbers of a table by their roles."""

_CENTS = "DECIMAL(18,2)"
_LINES = frozenset({"line", "item", "detail", "position", "entry", "row"})
_DWELLINGS = frozenset({"unit", "flat", "apartment", "dwelling", "property"})
_ONE_EACH = frozenset({"payslip", "paycheck", "payroll", "entitlement", "membership"})
"""Rows of which somebody has one of each parent."""
_FOLLOWS = frozenset({"return", "refund", "delivery", "shipment", "cancellation", "complaint"})
"""What comes of something later, and is no line of it, though it is called after it."""
_LINE_AMOUNTS = ("line_total", "net", "total", "amount", "extended", "gross", "revenue", "subtotal")
_COUNTED = frozenset({"number", "count", "total", "quantity", "n"})
_SPENT = (
    frozenset({"total", "spent"}),
    frozenset({"total", "spend"}),
    frozenset({"lifetime", "value"}),
    frozenset({"lifetime", "spend"}),
    frozenset({"total", "revenue"}),
    frozenset({"total", "purchase"}),
    frozenset({"ltv"}),
)
"""What somebody's orders come to."""
_ADDED = ("tax", "shipping", "handling", "fee", "service_fee", "tip", "discount", "surcharge")
_PARTS_OF_BILLS = ("base_fare", "usage_charge", "extras", "labor_cost", "parts_cost")
"""What a total is the sum of without its lines, where there are two of these."""
_DULL = frozenset({"amount", "value", "price", "number", "count", "rate", "percent", "day", "point"})
"""Words of totals that do not say what is added up."""
_SUMMED = frozenset({"total", "sum", "collect", "collected", "overall"})
"""Words of what a parent has of its rows together."""
_ADD_NOTHING = frozenset({"amount", "value", "pay", "salary", "wage", "kg", "km"})
_BULK = frozenset({"weight", "volume"})
"""What a header has as much of as its lines together, whether it is called a total or not."""
_GIVEN = frozenset({"skew", "children", "childless"})
"""What may be said of a reference by which rows stand together."""


@dataclass(frozen=True)
class HeaderSum:
    """A number of a parent that its rows come to. column: what is added up; None where rows are counted."""

    goal: ColumnSketch
    link: Link
    column: ColumnSketch | None
    weight: int = 1

    @property
    def wide(self) -> bool:
        """Whether there are more than 18 digits, of which no sums can be made."""
        return self.column is not None and max(self.goal.column.type.bits, self.column.column.type.bits) > 64

    def say(self) -> None:
        if self.column is not None and self.wide:
            cents = self.link.child.add_hidden(f"{self.column.name}_in_cents", _CENTS, _copy(self.column))
            total = self.goal.table.add_hidden(f"{self.goal.name}_in_cents", _CENTS, Found("a sum", {}))
            HeaderSum(total, self.link, cents).say()
            self.goal.says(_copy(total, f"the sum of {self.column.name} in {self.link.child.name}"))
            return
        if self.column is None and self.goal.kind is not Kind.INTEGER:
            counted = self.goal.table.add_hidden(f"{self.goal.name}_whole", "BIGINT", Found("a count", {}))
            HeaderSum(counted, self.link, None).say()
            self.goal.says(_copy(counted, f"the number of its {self.link.child.name}"))
            return
        rule: dict[str, Json] = {
            "name": "rollup",
            "function": "sum" if self.column is not None else "count",
            "table": self.link.child.name,
            "reference": self.link.name,
        }
        told = f"the number of its {self.link.child.name}"
        if self.column is not None:
            rule["column"] = self.column.name
            told = f"the sum of {self.column.name} in {self.link.child.name}"
        self.goal.says(Found(told, {"rule": rule}))


def _copy(column: ColumnSketch, told: str = "the same to the cent") -> Found:
    """What a column is that is another one with other digits."""
    sql = f"COALESCE({quoted_name(column.name)}, 0)" if not column.required else quoted_name(column.name)
    rule: dict[str, Json] = expression(sql)
    bounds: dict[str, Json] = {} if column.hidden else {"min_value": -(10**9), "max_value": 10**9}
    return Found(told, {"rule": rule, **bounds})


def header_sums(sketch: Sketch, numbers: Mapping[str, Numbers]) -> list[HeaderSum]:
    """What parents' numbers come to, one parent for each table. numbers: those of each table."""
    chosen = []
    for table in sketch.tables.values():
        if table.hidden:
            continue
        best: list[HeaderSum] = []
        for link in table.links:
            found = list(_sums(link, numbers)) if may_stand_by(link) else []
            if sum(one.weight for one in found) > sum(one.weight for one in best):
                best = found
        chosen += best
    return chosen


def may_stand_by(link: Link) -> bool:
    """Whether the rows of a table may stand together by a reference."""
    stated = link.reference
    free = link.said.keys() <= _GIVEN and not (stated.pick or stated.via or stated.tree or stated.distinct)
    return (
        free
        and link.child.stands_by in ("", link.name)
        and not link.to_itself
        and len(link.columns) == 1
        and not link.one_to_one
        and not link.parent.hidden
    )


def is_line(link: Link) -> bool:
    """Whether the rows of a table are the lines of those that they reference."""
    child, parent = set(_things(link.child)), set(_things(link.parent))
    own = parent < child and bool(parent) and not child & _FOLLOWS
    return bool(child & _LINES and not parent & _LINES) or own


def _things(table: TableSketch) -> tuple[str, ...]:
    """What rows are, a line among it: order_details and ord_dtl are lines of orders."""
    words = [singular(word) for word in read(table.name).words]
    return (*table.noun, *(word for word in words if word in _LINES and word not in table.noun))


def _sums(link: Link, numbers: Mapping[str, Numbers]) -> Iterator[HeaderSum]:
    child, parent = numbers[link.child.name], numbers[link.parent.name]
    amount = next(iter(_bare(child, _LINE_AMOUNTS)), None)
    if amount is not None and is_line(link):
        yield from _headers(link, child, parent, amount)
    if is_line(link) and _open(_bare(parent, ("quantity",))) and _bare(child, ("quantity",)):
        (goal, *_), (column, *_) = _bare(parent, ("quantity",)), _bare(child, ("quantity",))
        said = said_by(goal.column.words)
        lines = said & {"line", "position"} or "item" in link.child.noun
        if said & {"total", "sum"} or not lines:
            yield HeaderSum(goal.column, link, column.column)
            return
    things = said_by(_things(link.child))
    for one in link.parent.columns.values():
        if one.kind not in NUMERIC_KINDS or not may_be_said(one):
            continue
        words = said_by(one.words)
        if (
            is_whole(one.kind, one.column.type.scale)
            and words & _COUNTED
            and _names_rows(link, one.name, words - _COUNTED, things)
        ):
            yield HeaderSum(one, link, None)
        elif amount is not None and words in _SPENT and not is_line(link):
            yield HeaderSum(one, link, amount.column)
    yield from _called_alike(link, child)


def _called_alike(link: Link, child: Numbers) -> Iterator[HeaderSum]:
    """What a parent calls the total of what its rows have: total_hours of hours."""
    numbers = [
        (said_by(one.words), one)
        for one in link.child.columns.values()
        if one.kind in NUMERIC_KINDS and not (one.hidden or one.keyed)
    ]
    things = said_by(link.parent.noun) if is_line(link) else frozenset[str]()
    rows = {words - things: one for words, one in numbers}  # an order's total quantity of ordered ones
    if is_line(link):
        rows |= {frozenset({one.role}): one.column for one in _bare(child, ("quantity",))}
    rows |= {words - _LINES: one for words, one in numbers} | dict(numbers)
    for goal in link.parent.columns.values():
        words = said_by(goal.words)
        bare = words - _SUMMED
        told = bare != words or (words & _BULK and is_line(link))
        added = _named(rows, bare) if told and bare - _DULL - CURRENCIES else None
        if added is not None and goal.kind in NUMERIC_KINDS and may_be_said(goal):
            yield HeaderSum(goal, link, added)


def _named(rows: Mapping[frozenset[str], ColumnSketch], bare: frozenset[str]) -> ColumnSketch | None:
    """What rows call so, or so with a word that adds nothing: the gross of their gross pay."""
    found = rows.get(bare)
    if found is None:
        longer = {
            one.name: one for words, one in rows.items() if bare < words and words - bare <= _ADD_NOTHING
        }
        found = next(iter(longer.values())) if len(longer) == 1 else None
    return found


def _counts(words: frozenset[str], child: tuple[str, ...], things: frozenset[str]) -> bool:
    """Whether words name the rows of a table: items of order_items, orders of sales_orders."""
    said, known = _lines_alike(words), _lines_alike(things)
    if said and said <= known and _lines_alike(frozenset(child[-1:])) <= said:
        return True
    return len(said) == 1 and any(one_of_many(known_, word) for word in said for known_ in child[-1:])


def _names_rows(link: Link, column: str, words: frozenset[str], things: frozenset[str]) -> bool:
    """Whether a number of a parent is how many rows it has."""
    counts = _counts(words, _things(link.child), things) or _each_once(link, words)
    return counts or _many_of(link.child.name, column)


def _many_of(table: str, column: str) -> bool:
    """Whether a number is called, as it is written, after the rows of a table, of which there are many."""
    things, said = plain_words(table), plain_words(column)
    return len(said) == 2 and any(one_of_many(thing, word) for thing in things[-1:] for word in said)


def _each_once(link: Link, words: frozenset[str]) -> bool:
    """Whether words name whom a parent's rows are of, one of each: a run's employees by its payslips."""
    for other in link.child.links:
        if other is link or other.to_itself or len(other.columns) != 1 or not other.required:
            continue
        once = any({*key} == {link.name, other.name} for key in link.child.table.keys)
        once = once or bool({*link.child.noun} & _ONE_EACH)
        if once and words == said_by(other.parent.noun):
            return True
    return False


def _lines_alike(words: frozenset[str]) -> frozenset[str]:
    """Words in which lines, items and positions are the same, and so are units and flats of a building."""
    return frozenset(
        "line" if word in _LINES else "apartment" if word in _DWELLINGS else word for word in words
    )


def _headers(link: Link, child: Numbers, parent: Numbers, amount: NumberColumn) -> Iterator[HeaderSum]:
    """A header's amounts: each the sum of the same amounts of its lines, or what these come to."""
    subtotals = _open(_bare(parent, ("subtotal",)))
    if subtotals:
        yield HeaderSum(subtotals[0].column, link, amount.column, 3)
        return
    alike = []
    for role in ("net", "tax", "gross", "discount"):
        goals, columns = _open(_bare(parent, (role,))), _bare(child, (role,))
        if goals and columns:
            alike.append(HeaderSum(goals[0].column, link, columns[0].column, 2))
    if any(one.goal.words and "tax" not in one.goal.words for one in alike) and len(alike) > 1:
        yield from (one for one in alike if "gross" not in said_by(one.goal.words) or len(alike) < 3)
        return
    named = _called_after(link, amount)
    if named is not None:
        yield named
        return
    grosses = _open(_bare(parent, ("gross",)))
    if (
        grosses
        and _bare(parent, ("discount",))
        and not _bare(parent, ("tax",))
        and _bare(parent, ("net", "total"))
    ):
        yield HeaderSum(grosses[0].column, link, amount.column, 3)  # gross less discount is net
        return
    nets = _open(_bare(parent, ("net",)))
    totals = _open(_bare(parent, ("total", "amount", "gross", "billed", "line_total", "revenue")))
    if nets and _bare(parent, ("tax", "gross")):
        yield HeaderSum(nets[0].column, link, amount.column, 3)
    elif totals and not _bare(parent, _ADDED):
        yield HeaderSum(totals[0].column, link, amount.column, 3)


def _called_after(link: Link, amount: NumberColumn) -> HeaderSum | None:
    """What a header calls after its rows: extras_amount of contract_extra, a part of its total."""
    things = said_by(link.child.noun) - said_by(link.parent.noun) - _LINES
    for goal in link.parent.columns.values() if things else ():
        words = said_by(goal.words) - {"total", "sum"}
        named = things <= words and words - things <= _DULL - {"number", "count", "rate", "percent"}
        if named and goal.kind in NUMERIC_KINDS and goal.column.type.scale and may_be_said(goal):
            return HeaderSum(goal, link, amount.column, 3)
    return None


def hidden_subtotal(link: Link, child: Numbers, parent: Numbers) -> HeaderSum | None:
    """What the lines come to, where the header tells only what comes of that with tax and shipping."""
    amount = next(iter(_bare(child, _LINE_AMOUNTS)), None)
    totals = _open(_bare(parent, ("total", "gross")))
    plain = not _bare(parent, ("subtotal", "net", "quantity", "amount"))
    if amount is None or not is_line(link) or not totals or not _bare(parent, _ADDED) or not plain:
        return None
    parts = sum(len(_bare(parent, (role,))) for role in _PARTS_OF_BILLS)
    if _called_after(link, amount) is not None or parts > 1:
        return None
    type_ = totals[0].column.column.data_type
    found = Found("what the lines come to", {})
    goal = link.parent.add_hidden("lines_subtotal", type_, found)
    return HeaderSum(goal, link, amount.column, 3)


def _bare(numbers: Numbers, roles: tuple[str, ...]) -> list[NumberColumn]:
    """The numbers of some roles that stand for the row itself, in the roles' order."""
    return [one for role in roles for one in numbers.get(role, ()) if not one.owner]


def _open(numbers: list[NumberColumn]) -> list[NumberColumn]:
    return [one for one in numbers if may_be_said(one.column)]


def may_be_said(column: ColumnSketch) -> bool:
    """Whether nothing has been said of what a column is made of, and it is no key."""
    if not column.open or column.keyed:
        return False
    return column.loose or not (column.rule.get("name") in MADE or "lookup" in column.fields)


MADE = frozenset(
    """expression window rollup after lifecycle step date_part date_key table numbered target recurring cases
    sequence json""".split()
)
"""Rules that say more than how a number is drawn."""


def counted_rows(link: Link) -> tuple[ColumnSketch, ColumnSketch]:
    """Two columns that are added: how many rows a row's parent has, and which of them it is."""
    fields: dict[str, Json] = {"name": "window", "reference": link.name}
    count = link.child.add_hidden(
        "parts", "INTEGER", Found("how many there are", {"rule": {**fields, "function": "count"}})
    )
    number = link.child.add_hidden(
        "part_number", "INTEGER", Found("which one it is", {"rule": {**fields, "function": "number"}})
    )
    return count, number


def share_of_total(link: Link, total: ColumnSketch) -> str:
    """SQL for a payment's part of what is to be paid; the parts of one parent sum up to it, to the cent."""
    count, number = counted_rows(link)
    whole = quoted_name(link.name, total.name)
    unit = 10 ** min(total.column.type.scale or 2, 2)
    part = f"FLOOR({whole} * {unit} / {quoted_name(count.name)}) / {unit}"
    last = f"{whole} - ({quoted_name(count.name)} - 1) * ({part})"
    return f"CASE WHEN {quoted_name(number.name)} = {quoted_name(count.name)} THEN {last} ELSE {part} END"
