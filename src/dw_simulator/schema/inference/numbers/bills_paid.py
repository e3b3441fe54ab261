"""Bills that are paid by payments: a bill is paid where it has some, on the day of the last one.

invoice (issued_on, due_on, paid_on, status)
payment (invoice_id -> invoice, paid_on, amount)
    payment.paid_on    after issued_on
    invoice.paid_on    the last of its payments
    status             paid where it has payments; else overdue, open, or cancelled
"""

from collections.abc import Iterator, Mapping
from functools import cache

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.moments.kept_visits import told_of
from dw_simulator.schema.inference.moments.stage_reading import read_moment
from dw_simulator.schema.inference.numbers.flag_facts import FlagFact, is_plain, say_flag
from dw_simulator.schema.inference.numbers.measure_roles import lines_of
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, Sketch, TableSketch
from dw_simulator.schema.inference.sql_rules import expressed
from dw_simulator.schema.inference.words.letters import in_plain_letters
from dw_simulator.schema.json_data import Json, JsonObject, items_in, object_of
from dw_simulator.schema.quoting import quoted_name, quoted_text
from dw_simulator.types import Kind

_MOMENTS = frozenset({Kind.DATE, Kind.TIMESTAMP})
_PAID = frozenset({"pay", "paid", "payment", "settle", "settled", "settlement"})
_CANCELLED = 0.25
"""The share of bills without payments that are cancelled."""


def bills_paid(sketch: Sketch) -> None:
    """What is said of a bill's payment goes by the payments that there are."""
    if not sketch.has("rollup", "expression"):
        return
    for table in list(sketch.tables.values()):
        if not table.hidden and _listed("noun") & {*table.noun}:
            links = [link for link in table.children if _pays(link)]
            if len(links) == 1:
                _Bill(sketch, table, links[0]).say()


@cache
def _listed(which: str) -> frozenset[str]:
    lines = (line.partition("|") for line in lines_of("bills.txt"))
    return frozenset(word for name, _, words in lines if name.strip() == which for word in words.split())


def _pays(link: Link) -> bool:
    """Whether rows are parts of what is to be paid, and no status says that some have failed."""
    columns = link.child.columns.values()
    parts = any(
        one.hidden and one.name == "parts" and one.rule.get("reference") == link.name for one in columns
    )
    failed = any("status" in one.words or "state" in one.words[-1:] for one in columns if not one.hidden)
    return parts and not failed and not link.child.hidden


class _Bill:
    """A table of bills, and the reference by which they are paid."""

    def __init__(self, sketch: Sketch, table: TableSketch, link: Link) -> None:
        self.sketch, self.table, self.link = sketch, table, link

    def say(self) -> None:
        table = self.table
        shown = [one for one in table.columns.values() if not one.hidden and one.open and not one.keyed]
        paid = [one for one in shown if one.kind in _MOMENTS and _is_payment(one)]
        flags = [one for one in shown if {*one.words} & _PAID and _is_flag(one)]
        statuses = {one.name: classes for one in shown if (classes := self._classes(one))}
        found = self._day([one.name for one in paid])
        if found is None or any(one.required for one in paid) or not (paid or flags or statuses):
            return
        told = {*statuses, *(one.name for one in (*paid, *flags))}
        if any(one.rule.get("name") in ("lifecycle", "step") and one.name not in told for one in shown):
            return
        if any(
            one.rule.get("name") == "step" for link in table.children for one in link.child.columns.values()
        ):
            return
        table.said.pop("lifecycles", None)
        day, after = found
        day.says(after)
        rule: JsonObject = {"name": "rollup", "table": self.link.child.name, "reference": self.link.name}
        rule |= {"function": "max", "column": day.name}
        last = table.add_hidden(
            "last_paid", day.column.data_type, Found("", {"rule": rule}, "its last payment"), required=False
        )
        name = quoted_name(last.name)
        for one in paid:
            cast = "DATE" if one.kind is Kind.DATE else "TIMESTAMP"
            fields = {**expressed(f"CAST({name} AS {cast})"), "null_fraction": 0}
            one.unless = ""
            one.says(Found("", fields, f"{one.name} is the day of its last payment"))
        for one in flags:
            say_flag(one, FlagFact(f"{name} IS NOT NULL", "there are payments"))
        for which, classes in statuses.items():
            self._status(table.columns[which], classes, name)
        self._most_are_paid()

    def _most_are_paid(self) -> None:
        if self.link.open and not self.link.keyed and not self.link.one_to_one:
            self.link.says("most are paid at once, some in parts", {"skew": {"zipf": 0.1}, "childless": 0.15})

    def _day(self, paid: list[str]) -> tuple[ColumnSketch, Found] | None:
        """The day of a payment; it comes after the bill's own day, and not after its day of payment."""
        for column in self.link.child.columns.values():
            rule = column.rule
            if (
                column.hidden
                or rule.get("name") != "after"
                or column.kind not in _MOMENTS
                or not column.required
            ):
                continue
            sources = [one for one in told_of(rule, self.link.name) if one not in paid]
            if not sources:
                continue
            data: list[Json] = [{"reference": self.link.name, "column": one} for one in sources]
            kept = {
                key: value for key, value in rule.items() if key in ("hours", "weekdays", "digits", "name")
            }
            new: JsonObject = {**kept, "column": data if len(data) > 1 else data[0], "within": "120d"}
            new |= {"distribution": "exponential", "mean": "18d", "censor": True}
            told = f"{column.name} lies after {sources[0]}"
            return column, Found("", {**column.fields, "rule": new}, told)
        return None

    # --- statuses

    def _classes(self, column: ColumnSketch) -> dict[str, str]:
        """What each value of a status says of a bill."""
        if column.kind is not Kind.TEXT or column.rule.get("name") not in (
            "lifecycle",
            "cases",
            "choice",
            "expression",
        ):
            return {}
        listed = self.sketch.listed(self.table).get(column.name, ())
        values = [*listed] or [*self._states(column)]
        found = {value: _class_of(value) for value in values}
        return found if "paid" in found.values() and "open" in found.values() else {}

    def _states(self, column: ColumnSketch) -> Iterator[str]:
        """The values of a status that no CHECK lists: the states of a life, or those of a choice."""
        rule, lives = column.rule, object_of(self.table.said.get("lifecycles") or {})
        life = object_of(lives.get(str(rule.get("of"))) or {})
        if rule.get("field") == "state" and life:
            ways = [object_of(way) for way in object_of(life["states"]).values()]
            yield from dict.fromkeys([str(life["first"]), *(name for way in ways for name in way)])
        if {"status", "state"} & {*column.words}:
            yield from map(str, items_in(rule.get("values")))

    def _status(self, column: ColumnSketch, classes: Mapping[str, str], paid: str) -> None:
        of: dict[str, list[str]] = {}
        for value, said in classes.items():
            of.setdefault(said, []).append(quoted_text(value))
        cases = [f"WHEN {paid} IS NOT NULL THEN {of['paid'][0]}"]
        if "cancelled" in of:
            cases.append(f"WHEN noise('void') < {_CANCELLED} THEN {of['cancelled'][0]}")
        due = next((one for one in self.table.columns.values() if _is_due(one)), None)
        if "overdue" in of and due is not None:
            over = f"CAST({quoted_name(due.name)} AS DATE) < CAST(as_of() AS DATE)"
            cases.append(f"WHEN {over} THEN {of['overdue'][0]}")
        elif "overdue" in of:
            cases.append(f"WHEN noise('late') < 0.4 THEN {of['overdue'][0]}")
        sql = f"CASE {' '.join(cases)} ELSE {of['open'][-1]} END"
        nulls: JsonObject = {} if column.required else {"null_fraction": 0}
        column.says(Found("", {**expressed(sql), **nulls}, f"{column.name} goes by its payments"))
        column.filled, column.unless = True, ""


def _class_of(value: str) -> str:
    text = "_".join(in_plain_letters(value).lower().replace("-", " ").replace("_", " ").split())
    return next(
        (one for one in ("paid", "overdue", "cancelled", "partly", "draft") if text in _listed(one)), "open"
    )


def _is_payment(column: ColumnSketch) -> bool:
    reading = read_moment(column.name, column.table.noun)
    return bool({*column.words} & _PAID) and not reading.planned and reading.stage not in ("due", "expire")


def _is_flag(column: ColumnSketch) -> bool:
    life = column.rule.get("name") == "lifecycle" and column.rule.get("field") == "was"
    return column.kind is Kind.BOOLEAN and (life or is_plain(column))


def _is_due(column: ColumnSketch) -> bool:
    return (
        column.kind in _MOMENTS
        and not column.hidden
        and read_moment(column.name, column.table.noun).stage == "due"
    )
