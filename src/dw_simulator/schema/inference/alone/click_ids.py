"""Ids of clicks on advertisements: one of Google stands on visits that came from there, and on no other."""

from collections.abc import Mapping

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch, TableSketch
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.quoting import quoted_name, quoted_text
from dw_simulator.types import Kind

_SENDERS: Mapping[str, frozenset[str]] = {
    "gclid": frozenset({"google", "google ads", "adwords", "youtube"}),
    "wbraid": frozenset({"google", "google ads"}),
    "gbraid": frozenset({"google", "google ads"}),
    "fbclid": frozenset({"facebook", "instagram", "meta", "facebook ads"}),
    "msclkid": frozenset({"bing", "microsoft"}),
    "ttclid": frozenset({"tiktok"}),
    "li_fat_id": frozenset({"linkedin"}),
}
"""Whose clicks have which id."""
_SOURCES = frozenset({"source", "network", "publisher", "referrer", "platform", "channel"})
_PAID = frozenset({"cpc", "ppc", "paid", "paid search", "paid social", "display"})
_ORGANIC = frozenset({"organic", "email", "referral", "(none)", "none"})


def click_ids(sketch: Sketch) -> None:
    """An id of a click is there where its sender is the source of the row."""
    for table in sketch.tables.values():
        for column in table.columns.values():
            senders = _SENDERS.get(column.name.lower(), frozenset())
            if not senders or column.required or not column.open or column.found is None or table.hidden:
                continue
            source = _listing(table, _SOURCES, senders)
            if source is not None and not (column.unless or "null_when" in column.fields):
                _only_there(table, column, source, senders)


def _listing(table: TableSketch, words: frozenset[str], values: frozenset[str]) -> ColumnSketch | None:
    """A column of such a name that lists some of these values."""
    for column in table.columns.values():
        if column.kind is Kind.TEXT and words & {*column.words} and _of(column, values):
            return column
    return None


def _of(column: ColumnSketch, values: frozenset[str]) -> list[str]:
    listed = column.rule.get("values")
    return [str(one) for one in listed if str(one).lower() in values] if isinstance(listed, list) else []


def _only_there(
    table: TableSketch, column: ColumnSketch, source: ColumnSketch, senders: frozenset[str]
) -> None:
    conditions = [_among(source, _of(source, senders))]
    medium = _listing(table, frozenset({"medium"}), _PAID)
    if medium is not None and medium is not source and _of(medium, _ORGANIC):
        conditions.append(_among(medium, [*_of(medium, _PAID), *_of(medium, frozenset({"social"}))]))
    fields: dict[str, Json] = {name: v for name, v in column.fields.items() if name != "null_fraction"}
    fields["null_when"] = f"NOT COALESCE({' AND '.join(conditions)}, FALSE)"
    assert column.found is not None, "it is asked before"
    column.says(Found(f"{column.found.meaning}, where {source.name} is its sender", fields))


def _among(column: ColumnSketch, values: list[str]) -> str:
    return f"{quoted_name(column.name)} IN ({', '.join(map(quoted_text, values))})"
