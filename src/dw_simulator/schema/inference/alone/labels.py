"""Columns of a row that write the same in two ways agree: `severity_code` M beside `severity_name` medium.

Both are a choice of the vocabulary, of as many values: the second goes by the first. A status is not
among them, as what a row goes through says more of it (`living`).
"""

from collections.abc import Iterator

from dw_simulator.schema.inference.candidates import Found, Match, Words
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch, TableSketch
from dw_simulator.schema.json_data import Json

_LIVES = frozenset({"status", "state", "stage", "phase"})
_HOW = frozenset({"code", "name", "description", "label", "text", "id", "value", "abbreviation", "number"})
"""Words that say how it is written, and not of what it is."""


def labels(sketch: Sketch) -> None:
    """Of several columns of a row that say the same, those behind the first follow it."""
    if not sketch.has("choice"):
        return
    for table in sketch.tables.values():
        first: dict[Words, ColumnSketch] = {}
        for one, said in _said(table):
            base = first.setdefault(said, one)
            if base is not one:
                _follows(one, base)


def _said(table: TableSketch) -> Iterator[tuple[ColumnSketch, Words]]:
    """The columns that are a choice of the vocabulary, and the words that say of what."""
    for column in table.columns.values():
        match = _match(column)
        if match is None or column.keyed or _LIVES & {*column.words} or column.words[-1].isdigit():
            continue
        if words := tuple(word for word in column.words if word not in _HOW):
            yield column, words


def _match(column: ColumnSketch) -> Match | None:
    """The entry that a column's choice comes from."""
    if column.seen is None or column.found is None or column.rule.get("name") != "choice":
        return None
    if "by" in column.rule:
        return None
    same = (match for match in column.seen.matches if match.fields.get("rule") == column.rule)
    return next((match for match in same if match.guess.phrases), None)


def _follows(one: ColumnSketch, base: ColumnSketch) -> None:
    ours, theirs = one.rule.get("values"), base.rule.get("values")
    fits = isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs)
    if not fits or (one.required and not base.required):
        return
    assert isinstance(ours, list), "it fits"
    assert isinstance(theirs, list), "it fits"
    by: dict[str, Json] = {str(code): [label] for code, label in zip(theirs, ours, strict=True)}
    assert one.found is not None, "it is a choice"
    nulls = {} if one.required else {"null_fraction": 0}
    rule: dict[str, Json] = {"name": "choice", "by": base.name, "values": by}
    one.says(Found(f"{one.found.meaning}, as {base.name} says", {"rule": rule, **nulls}))
