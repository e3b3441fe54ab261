"""Who answers has seen what is answered: a click is on what was visible, a reply to what was delivered.

click (impression_id -> impression (visible))           impression_id   pick: where visible
conversion (click_id -> click (is_fraud))               click_id        pick: where it is no fraud
"""

from dw_simulator.schema.inference.sketch import ColumnSketch, Link, Sketch
from dw_simulator.schema.inference.words.flags import NO_LETTERS, YES_LETTERS
from dw_simulator.schema.inference.words.role_words import role_words
from dw_simulator.schema.inference.words.tokens import plain_words
from dw_simulator.schema.quoting import quoted_name, quoted_text
from dw_simulator.types import Kind

_DULL = frozenset({"is", "was", "has", "flag", "indicator", "yn"})


def seen_things(sketch: Sketch) -> None:
    """What is answered is chosen among what could be: by the flags of its table."""
    for table in sketch.tables.values():
        if table.hidden or table.table.rows is not None or not {*table.noun} & role_words("responses"):
            continue
        for link in table.links:
            plain = len(link.columns) == 1 and not (link.to_itself or link.one_to_one or link.keyed)
            if plain and link.open and table.stands_by != link.name:
                _choose(link)


def _choose(link: Link) -> None:
    found = [(one, sql) for one in link.parent.columns.values() if (sql := _could_be(one))]
    if found:
        where = " AND ".join(f"COALESCE({sql}, FALSE)" for _column, sql in found)
        told = " and ".join(column.name for column, _sql in found)
        link.says(f"of what {told} tells that it could be", {"pick": {"where": where}})


def _could_be(column: ColumnSketch) -> str:
    """SQL for whether a row could be seen, by a flag; empty where the column is none."""
    words = {*column.words, *plain_words(column.name)} - _DULL
    if len({*column.words} - _DULL) != 1 or column.hidden or column.found is None:
        return ""
    shown = bool(words & role_words("shown"))
    if not shown and not words & role_words("false"):
        return ""
    name = quoted_name(column.name)
    if column.kind is Kind.BOOLEAN:
        return name if shown else f"NOT {name}"
    listed = column.rule.get("values")
    texts = [str(one) for one in listed] if isinstance(listed, list) else []
    yes, no = ([one for one in texts if one.upper() in letters] for letters in (YES_LETTERS, NO_LETTERS))
    if len(texts) == 2 and yes and no and column.kind is Kind.TEXT:
        return f"{name} = {quoted_text((yes if shown else no)[0])}"
    return ""
