"""How many rows tables have that nobody asked for: by what a row is, and by the place among other tables.

    status 8, customer 800, orders 2000, order_line 2.5 for each order, page_view 6000

All together they have no more than 50,000 rows. A table of which nothing is known has as many as ever.
"""

from functools import cache

from dw_simulator.schema.inference.candidates import Words
from dw_simulator.schema.inference.shape.calendar_names import lines_of
from dw_simulator.schema.inference.shape.day_tables import day_of
from dw_simulator.schema.inference.shape.fan_out_guesses import is_lookup
from dw_simulator.schema.inference.sketch import Link, Sketch, TableSketch
from dw_simulator.schema.inference.words.tokens import read, singular
from dw_simulator.schema.model import DEFAULT_ROWS
from dw_simulator.types import Kind

_MOST = 50_000
_FEWEST_CUT = 1000
"""Tables of more rows than these are made smaller where all together have too many."""
_LINES, _VERSIONS, _PARTNERS = 2.5, 2.0, 3.0
_LONGEST_LIST = 20
_HAPPENING, _FACTS = 2000, 8000
_MADE = frozenset({"sale", "order", "purchase", "invoice", "payment"})
_UNDONE = frozenset({"return", "refund", "complaint", "chargeback", "cancellation"})
_LINE_NOUNS = frozenset(
    """line item detail position posten zeile linea ligne riga linha regel row entry leg stop detalle
    dettaglio detalhe""".split()
)
_HISTORY = frozenset({"history", "hist", "version", "log", "audit", "change", "verlauf", "historie"})


def table_sizes(sketch: Sketch) -> None:
    """Sensible sizes for tables of which neither the schema nor the import says how many rows they have."""
    sizes = _Sizes(sketch)
    free = [table for table in sketch.tables.values() if _is_free(table)]
    found = {table.name: sizes.of(table, ()) for table in free}
    total = sum(found.values())
    counted = {table.table.rows.per for table in sketch.tables.values() if table.table.rows is not None}
    for table in free:
        rows = found[table.name]
        if total > _MOST and rows > _FEWEST_CUT:
            rows = max(_FEWEST_CUT, rows * _MOST // total)
        rows = min(rows, _room(table))
        if rows != DEFAULT_ROWS or table.name in counted:
            table.says(sizes.reason(table), {"target_rows": rows})


def _words(table: TableSketch) -> Words:
    """The words of a table's name; its noun may be without some."""
    return table.noun if {*table.noun} & _by_noun().keys() else tuple(map(singular, read(table.name).words))


def _is_free(table: TableSketch) -> bool:
    declared = table.table.target_rows is not None or table.table.rows is not None or table.hidden
    told = any(
        link.reference.children is not None or "children" in link.said
        for link in table.links
        if not _is_for(link.parent, table)
    )
    return not (declared or told or {"target_rows", "rows"} & table.said.keys())


def _is_for(other: TableSketch, table: TableSketch) -> bool:
    """Whether a hidden table has as many rows as those of another one say: then that has to say it."""
    rows = other.table.rows
    return other.hidden and rows is not None and rows.per == table.name


@cache
def _by_noun() -> dict[str, int]:
    return {noun: int(rows) for rows, nouns in lines_of("sizes.txt") for noun in nouns.split()}


class _Sizes:
    """The sizes of the tables of a schema, each worked out once."""

    def __init__(self, sketch: Sketch) -> None:
        self._sketch = sketch
        self._known: dict[str, int] = {}
        self._why: dict[str, str] = {}

    def reason(self, table: TableSketch) -> str:
        return self._why.get(table.name, "")

    def of(self, table: TableSketch, on_the_way: tuple[str, ...]) -> int:
        """The rows of a table."""
        if table.name in self._known:
            return self._known[table.name]
        if table.name in on_the_way:
            return DEFAULT_ROWS
        stated = table.said.get("target_rows", table.table.target_rows)
        if isinstance(stated, int):
            rows = stated
        elif table.table.rows is not None:
            rows = table.table.declared_rows
        else:
            rows, self._why[table.name] = self._guessed(table, (*on_the_way, table.name))
        self._known[table.name] = rows
        return rows

    def _guessed(self, table: TableSketch, on_the_way: tuple[str, ...]) -> tuple[int, str]:
        whole = _whole_of(table)
        if whole is not None:
            return self._of_parts(table, whole, on_the_way)
        noun = table.noun
        fact = next((link.parent for link in table.links if {*link.parent.noun} & _MADE), None)
        if {*noun} & _UNDONE and fact is not None:
            return max(self.of(fact, on_the_way) // 10, 1), f"one for every ten of {fact.name}"
        if _is_fact(table):
            return _FACTS, "what a star is about"
        rows = next((_by_noun()[word] for word in reversed(_words(table)) if word in _by_noun()), None)
        if rows is not None:
            return min(
                rows, _HAPPENING // 2
            ) if table.children else rows, f"a usual number for {' '.join(noun)}"
        if is_lookup(table) and table.children:
            return _LONGEST_LIST, "a short list of which others choose"
        return (_HAPPENING, "something that happens") if _happens(table) else (DEFAULT_ROWS, "")

    def _of_parts(self, table: TableSketch, whole: Link, on_the_way: tuple[str, ...]) -> tuple[int, str]:
        parents, name = self.of(whole.parent, on_the_way), whole.parent.name
        if whole.one_to_one:
            return max(parents * 4 // 5, 1), f"most of {name} have one"
        if _all_words(table) & _HISTORY:
            return max(round(parents * _VERSIONS), 1), f"a few of them for each of {name}"
        if {*table.noun} & _LINE_NOUNS or _is_numbered(table, whole):
            return max(round(parents * _LINES), 1), f"two or three for each of {name}"
        return self._pairs(table, on_the_way)

    def _pairs(self, table: TableSketch, on_the_way: tuple[str, ...]) -> tuple[int, str]:
        """Of a table whose key is made of references: a few for each parent, and room between."""
        keyed = [link for link in table.links if link.keyed]
        counts = [self.of(link.parent, on_the_way) for link in keyed]
        room = 1
        for count in counts:
            room *= max(count, 1)
        others = {name for key in table.table.keys for name in key} - {
            name for one in keyed for name in one.columns
        }
        wanted = round(max(counts, default=DEFAULT_ROWS) * _PARTNERS)
        if others:
            return min(wanted, _HAPPENING * 2), "some for each of its parents"
        return max(min(wanted, room // 3), 1), "some pairs of its parents"


def _all_words(table: TableSketch) -> set[str]:
    """Those of a table's name, and those of its noun, which is without some."""
    return {*table.noun, *map(singular, read(table.name).words)}


def _whole_of(table: TableSketch) -> Link | None:
    """The reference to what a row is a part of: in the key, or that of a line to what it is a line of."""
    keyed = [link for link in table.links if link.keyed and not link.to_itself]
    if keyed:
        return keyed[0]
    words = _all_words(table)
    if words & (_LINE_NOUNS | _HISTORY):
        return next((one for one in table.links if one.required and {*one.parent.noun} & words), None)
    return None


def _is_numbered(table: TableSketch, whole: Link) -> bool:
    """Whether the rest of the key is a plain number: line_no, step."""
    key = next((key for key in table.table.keys if set(whole.columns) < set(key)), ())
    rest = [table.columns[name] for name in key if name not in whole.columns]
    return len(rest) == 1 and rest[0].kind is Kind.INTEGER and table.link(rest[0].name) is None


def _is_fact(table: TableSketch) -> bool:
    """Whether it is in the middle of a star: references to days and to other dimensions, and none to it."""
    days = sum(day_of(link.parent) is not None for link in table.links)
    return days > 0 and len(table.links) - days > 1 and not any(link.keyed for link in table.links)


def _happens(table: TableSketch) -> bool:
    """Whether rows have a moment and a parent: a table of things that happen."""
    moments = any(one.kind in (Kind.DATE, Kind.TIMESTAMP) for one in table.columns.values())
    return len(table.links) > 1 and moments and not table.children


def _room(table: TableSketch) -> int:
    """How many rows the keys of one column have room for."""
    room = _MOST
    for key in table.table.keys:
        if len(key) > 1:
            continue
        type_ = table.columns[key[0]].column.type
        if type_.kind is Kind.TEXT and type_.length <= 3:
            room = min(room, 20**type_.length)
        elif type_.kind in (Kind.INTEGER, Kind.DECIMAL) and not type_.scale:
            room = min(room, type_.limits[1])
    return room
