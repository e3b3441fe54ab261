"""One default of several: an address, a card or a contact of an owner is the main one, and no other is.

address (customer_id -> customer, is_default)     is_default: which one of the customer's it is = 1
staff_skill (staff_id -> staff, skill_id, is_primary)     of the staff's, which comes first
"""

from collections.abc import Iterator

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.numbers.flag_facts import FlagFact, flag_words, is_plain, say_flag
from dw_simulator.schema.inference.numbers.header_sums import may_be_said
from dw_simulator.schema.inference.shape.fan_out_guesses import is_lookup
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, Sketch, TableSketch
from dw_simulator.schema.inference.words.tokens import singular
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.schema.quoting import quoted_name

_FIRST = frozenset({"default", "primary", "main", "principal", "preferred", "standard"})
_WHAT = frozenset(
    """address contact card account bank payment pay method email phone shipping ship delivery deliver billing
    bill invoice image photo picture media supplier vendor residence number one choice by""".split()
)
"""What may be the default one, beside what the table is called."""
_BY_DEFAULT = ({"defect", "par"}, {"defect", "by"})
"""Words for it that are those of a defect, too: par défaut, por defecto."""
_MOST_OWNERS = 2


def one_of_several(sketch: Sketch) -> None:
    """A flag of the default one is true in one row of each owner."""
    if not sketch.has("window", "expression"):
        return
    for table in sketch.tables.values():
        if table.hidden or not table.links:
            continue
        flags = [one for one in table.columns.values() if _is_of_first(table, one)]
        owner = _owner(table) if flags else None
        if owner is None:
            continue
        rule: JsonObject = {"name": "window", "function": "number", "reference": owner.name}
        number = table.add_hidden("which_one", "INTEGER", Found("which one it is", {"rule": rule}))
        for flag in flags:
            told = f"it is the first one of {owner.name}"
            say_flag(flag, FlagFact(f"{quoted_name(number.name)} = 1", told))


def _is_of_first(table: TableSketch, column: ColumnSketch) -> bool:
    """Whether a flag says that a row is the default one."""
    if column.hidden or not may_be_said(column):
        return False
    words = {singular(word) for word in flag_words(column)}
    for by_default in _BY_DEFAULT:
        if by_default <= words:
            words = words - by_default | {"default"}
    return bool(words & _FIRST) and words <= _FIRST | _WHAT | {*table.noun} and is_plain(column)


def _owner(table: TableSketch) -> Link | None:
    """Whose rows they are: the first reference to what is no list; by which they may stand together."""
    links = list(_possible(table))
    if not links or len(links) > _MOST_OWNERS:
        return None
    return links[0] if table.stands_by in ("", links[0].name) else None


def _possible(table: TableSketch) -> Iterator[Link]:
    for link in table.links:
        if len(link.columns) == 1 and link.required and not link.to_itself and not is_lookup(link.parent):
            yield link
