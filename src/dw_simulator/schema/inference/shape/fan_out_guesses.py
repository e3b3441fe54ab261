"""How many children parents have: a few have many, most have few, and some have none."""

from dw_simulator.schema.inference.shape.day_tables import day_of
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, Sketch, TableSketch
from dw_simulator.schema.inference.words.role_words import role_words
from dw_simulator.schema.json_data import Json
from dw_simulator.types import Kind

_USUAL, _THINGS, _LOOKUP, _DEALS = 0.6, 0.7, 1.0, 0.4
"""How steep the skew is: towards people, things, short lists, and what happens, which has few children."""
_FEW_COLUMNS, _SHORT_CODE = 4, 4
_IDLE = 0.05
"""The share of customers, products, accounts, ... without a child of a kind."""
_IDLERS = frozenset(
    """customer client member user person employee product article account supplier vendor patient student
    subscriber player contact lead device kunde artikel produkt produit cliente producto prodotto produto
    klant""".split()
)


_ARTICLES = frozenset({"item"})
"""What is sold again and again where it is nobody's item."""
_LASTING = frozenset({"account", "address", "card", "wallet", "listing", "policy", "contract"})


def fan_out(sketch: Sketch) -> None:
    """References that nobody has said more of are skewed; those of keys and of one to one are left alone."""
    for table in sketch.tables.values():
        if table.table.rows is not None or table.hidden:
            continue
        for link in table.links:
            free = link.open or link.said.keys() == {"distinct"}
            if free and not link.one_to_one:
                _spread(table, link)


def _spread(table: TableSketch, link: Link) -> None:
    if link.to_itself:
        _tree(link)
    elif not _is_tied(table, link) and day_of(link.parent) is None:
        fields: dict[str, Json] = {"skew": {"zipf": steepness(link.parent)}}
        if {*link.parent.noun} & _IDLERS:
            fields["childless"] = _IDLE
        link.says("some are referenced far more often than others", fields)


def steepness(parent: TableSketch) -> float:
    """How much more often some rows of a table are referenced than others."""
    nouns = {*parent.noun}
    if nouns == _ARTICLES:
        return _USUAL
    if nouns & role_words("deals") and not nouns & _LASTING:
        return _DEALS
    if is_lookup(parent):
        return _LOOKUP
    return _USUAL if nouns & _IDLERS else _THINGS


def _is_tied(table: TableSketch, link: Link) -> bool:
    """Whether a reference shares a column with another, or a key leaves it little choice."""
    shared = any(set(link.columns) & set(other.columns) for other in table.links if other is not link)
    copied = any(table.column(name).column.lookup is not None for name in link.columns)
    return shared or copied or link.keyed or len(link.columns) > 1


def _tree(link: Link) -> None:
    """A tree of few levels, where a row may be without a parent."""
    if not link.required and not link.keyed and len(link.columns) == 1:
        words = {*link.words}
        if words & {
            "parent",
            "manager",
            "supervisor",
            "boss",
            "superior",
            "upper",
            "reports",
            "padre",
            "chef",
        }:
            link.says("a tree of a few levels", {"tree": {"depth": 4}})


def is_lookup(table: TableSketch) -> bool:
    """Whether a table is a short list that others choose from: statuses, types, countries."""
    named = bool({*table.noun[-1:]} & role_words("lookups"))
    history = table.links and any(one.kind is Kind.TIMESTAMP for one in table.columns.values())
    return (named and not history) or _is_short(table)


def _is_short(table: TableSketch) -> bool:
    """A short code or a small number as the key, a text or two, and no moment and no reference."""
    columns = [one for one in table.columns.values() if not one.hidden]
    texts = sum(one.kind is Kind.TEXT for one in columns)
    plain = not any(one.kind in (Kind.DATE, Kind.TIMESTAMP) for one in columns) and not table.links
    key = table.table.primary_key
    small = len(key) == 1 and _holds_few(table.columns[key[0]])
    return plain and small and len(columns) <= _FEW_COLUMNS and texts >= 1


def _holds_few(column: ColumnSketch) -> bool:
    type_ = column.column.type
    if type_.kind is Kind.TEXT:
        return type_.length <= _SHORT_CODE
    return type_.kind in (Kind.INTEGER, Kind.DECIMAL) and not type_.scale and type_.limits[1] < 1 << 15
