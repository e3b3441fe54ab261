"""Tables that are short lists: countries, currencies, statuses, payment methods: each value once.

    country (country_id INT PRIMARY KEY, iso_code CHAR(2), country_name VARCHAR(60), currency CHAR(3))
        country_id    counts
        iso_code, country_name, currency    rows of a list of countries, one after another

Other tables whose name can only be one of a few values, as an order status, are lists of these values. Where
more rows are asked than are known, names go on with numbers.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from dw_simulator.schema.inference.candidates import Found, Words
from dw_simulator.schema.inference.shape.fan_out_guesses import is_lookup
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, Sketch, TableSketch
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.inference.words.tokens import read, singular
from dw_simulator.schema.json_data import Json, JsonObject
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import Kind

_CODES = frozenset(
    {"code", "iso", "iso2", "iso3", "alpha", "alpha2", "alpha3", "abbreviation", "short", "cd", "symbol"}
)
_NAMES = frozenset({"name", "label", "title", "text", "value", "full", "long", "designation", "english"})
_TEXTS = frozenset({"description", "desc", "note", "remark", "comment"})
_FIELDS: Mapping[str, frozenset[str]] = {
    "currency": frozenset({"currency"}),
    "currency_name": frozenset({"currency", "name"}),
    "region": frozenset({"region", "continent", "area", "world"}),
    "phone": frozenset({"phone", "dial", "calling", "dialing", "prefix"}),
    "language": frozenset({"language"}),
    "native": frozenset({"native", "local"}),
    "symbol": frozenset({"symbol", "sign"}),
    "decimals": frozenset({"decimal", "minor", "digit", "precision"}),
    "number": frozenset({"number", "order", "sort", "position"}),
    "days": frozenset({"day", "due"}),
    "level": frozenset({"level", "rank", "order", "sort", "weight", "value"}),
    "rate": frozenset({"rate", "percent"}),
    "group": frozenset({"group", "parent", "family"}),
    "price": frozenset({"price", "amount", "fee", "cost"}),
    "seats": frozenset({"seat", "user", "member"}),
    "mode": frozenset({"mode"}),
}
_TOLD_APART = frozenset({"name", "native", "value"})
"""Fields of texts that no two rows have in common, besides codes."""
_COUNTED = frozenset({"decimals", "number", "days", "level", "rate", "price", "seats"})
_DULL = frozenset("reference ref lookup lu lkp code list master dim dimension mst tab stm cat domain".split())
_SHORT, _LONGEST_CODE = 4, 10
_WRITTEN = (None, "text", "faker")
"""Rules of texts that say nothing of their row."""
_GROUP = 30
"""Characters for the name of a group, with what stands around it."""
_WHOLE = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.FLOAT})
_FEWEST, _MOST = 2, 40


@dataclass(frozen=True)
class ShortList:
    """A list of rows: their fields, and the nouns of tables that are of it."""

    name: str
    fields: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def column(self, field: str) -> list[str]:
        return [row[self.fields.index(field)] for row in self.rows]


_Filled = dict[str, tuple[ShortList, Mapping[str, str]]]
"""From tables to their lists, with which field each column shows."""


@cache
def short_lists_by_noun() -> Mapping[str, ShortList]:
    """From a noun, such as payment_method, to its list."""
    path = files("dw_simulator").joinpath("schema/inference/data/lists/lists.txt")
    lists: dict[str, ShortList] = {}
    head, fields, rows = "", tuple[str, ...](), list[tuple[str, ...]]()
    for line in [*path.read_text(encoding="utf-8").splitlines(), "[:]"]:
        if line.startswith("["):
            name, _, nouns = head.partition(":")
            made = ShortList(name, fields, tuple(rows))
            lists |= dict.fromkeys(nouns.split(), made)
            head, fields, rows = line.strip("[]"), (), []
        elif line and not line.startswith("#"):
            cells = tuple(cell.strip() for cell in line.split("|"))
            fields, rows = (fields, [*rows, cells]) if fields else (cells, rows)
    return lists


def short_lists(sketch: Sketch) -> None:
    """Tables of countries, currencies, statuses, ... have each of them once."""
    if not sketch.has("table"):
        return
    filled: _Filled = {}
    for table in sketch.tables.values():
        if (
            table.hidden
            or table.table.rows is not None
            or any(one.required and one.keyed for one in table.links)
        ):
            continue
        known = _list_of(table)
        shown = dict(_shown(table, known)) if known is not None else {}
        if known is None or not any(field == "name" or field.startswith("code") for field in shown.values()):
            _values_of(sketch, table)
        else:
            filled[table.name] = known, shown
    for name in filled:
        _fill(sketch, sketch.table(name), filled)


def _list_of(table: TableSketch) -> ShortList | None:
    """The list that a table is of: by its whole noun, or by words that end it; not of things of an owner."""
    lists, words = short_lists_by_noun(), [singular(word) for word in table.noun]
    raw = [singular(word) for word in read(table.name).words]
    if any(link.required and not is_lookup(link.parent) and not link.to_itself for link in table.links):
        return None
    for names in ([one for one in some if one not in _DULL] for some in (words, raw)):
        for start in range(len(names)):
            whole = "_".join(names[start:])
            if whole in lists and (start == 0 or len(names) - start > 1):
                known = lists[whole]
                return None if known.name == "state" and table.links else known
    return None


def _shown(table: TableSketch, known: ShortList) -> Iterator[tuple[str, str]]:
    """The columns of a table, and the fields of a list that they show; each field once."""
    taken = set[str]()
    for column in table.columns.values():
        if not column.open or column.hidden:
            continue
        field = _field_of(column, known)
        if column.keyed and column.kind is not Kind.TEXT and field in _COUNTED:
            continue  # tarifid is a key, and no price
        if f"{field}_short" in known.fields and not _holds(column, known.column(field)):
            field = f"{field}_short"
        if field and field not in taken and _holds(column, known.column(field)):
            taken.add(field)
            yield column.name, field


def _field_of(column: ColumnSketch, known: ShortList) -> str:
    things = {singular(word) for word in column.table.noun} | {known.name}
    words = {singular(word) for word in column.words}
    bare = words - things
    if column.kind is not Kind.TEXT:
        return next((field for field, said in _FIELDS.items() if field in known.fields and bare & said), "")
    for field, said in _FIELDS.items():
        if (
            field in known.fields
            and field not in things
            and (bare & said if field != "currency_name" else bare >= said)
        ):
            return field
    if bare & _TEXTS and "description" in known.fields:
        return "description"
    coded = bare & _CODES or (not bare & _NAMES and column.column.type.length <= _SHORT)
    if coded:
        return _code_of(column, known)
    return "name" if (bare & (_NAMES | _TEXTS) or not bare) and "name" in known.fields else ""


def _code_of(column: ColumnSketch, known: ShortList) -> str:
    """The code of the length that the column has, else the longest that it holds."""
    codes = sorted((field for field in known.fields if field.startswith("code")), reverse=True)
    length = column.column.type.length
    return next((field for field in codes if int(field[-1]) <= length), "")


def _holds(column: ColumnSketch, values: Sequence[str]) -> bool:
    type_ = column.column.type
    if type_.kind is Kind.TEXT:
        return max(len(value.encode()) for value in values) <= type_.length
    whole = all(value.isdigit() for value in values) and type_.kind in _WHOLE
    return whole and (type_.kind is Kind.FLOAT or max(map(int, values)) * 10**type_.scale <= type_.limits[1])


def _fill(sketch: Sketch, table: TableSketch, filled: _Filled) -> None:
    known, shown = filled[table.name]
    matches = list(_matches(table, known, filled))
    fields = dict.fromkeys([*shown.values(), *(field for _link, field, _column in matches)])
    rows: list[JsonObject] = []
    for row in range(len(known.rows)):
        cells = {field: known.column(field)[row] for field in fields}
        rows.append({field: _typed(cell) if field in _COUNTED else cell for field, cell in cells.items()})
    data = sketch.add_data(f"{known.name}_list", rows)
    reason = f"of one {known.name.replace('_', ' ')} with the others of the row"
    for name, field in shown.items():
        _say(table.column(name), data, field, reason)
    label = next((table.column(name) for name, field in shown.items() if field == "name"), None)
    if label is not None and sketch.has("expression"):
        _describe(table, label, next((name for name, field in shown.items() if field == "group"), ""))
    for other in table.columns.values():  # what was told by the former values of a name is told by nothing
        if other.open and other.rule.get("by") in shown:
            other.found = None
    for link, field, column in matches:
        rule: JsonObject = {"name": "table", "of": data, "column": field, "in_order": True}
        hidden = table.add_hidden(f"{link.name}_{field}", "VARCHAR(60)", Found("", {"rule": rule}, reason))
        link.says(reason, {"pick": {"match": {column: hidden.name}}})
    _size(table, len(known.rows), f"every {known.name.replace('_', ' ')} once")


def _matches(table: TableSketch, known: ShortList, filled: _Filled) -> Iterator[tuple[Link, str, str]]:
    """References to other lists that a row says, too: the currency of a country, by its code."""
    for link in table.links:
        other, shown = filled.get(link.parent.name, (known, {}))
        if other.name not in known.fields or not link.open or link.keyed or len(link.columns) > 1:
            continue
        values = {*known.column(other.name)}
        for column, field in shown.items():
            if values & {*other.column(field)}:
                yield link, other.name, column
                break


def _typed(cell: str) -> Json:
    return int(cell) if cell.isdigit() else cell


def _say(column: ColumnSketch, data: str, field: str, reason: str) -> None:
    rule: JsonObject = {"name": "table", "of": data, "column": field, "in_order": True}
    if column.keyed or field in _TOLD_APART or field.startswith("code"):
        rule["more"] = "numbered"
    nulls: JsonObject = {} if column.required else {"null_fraction": 0}
    column.says(Found("", {"rule": rule, **nulls}, reason))


def _describe(table: TableSketch, label: ColumnSketch, group: str) -> None:
    """What is written of a row of a list, where nobody knows more: its name, and of which group it is."""
    for column in table.columns.values():
        words = {singular(word) for word in column.words}
        free = column.open and not (column.keyed or column.hidden) and column.rule.get("name") in _WRITTEN
        if not (free and column.kind is Kind.TEXT and words & _TEXTS and column is not label):
            continue
        if column.column.type.length < label.column.type.length:
            continue
        sql = quoted_name(label.name)
        if group and column.column.type.length >= label.column.type.length + _GROUP:
            sql = f"{sql} || COALESCE(' (' || {quoted_name(group)} || ')', '')"
        nulls: JsonObject = {} if column.required else {"null_fraction": 0}
        column.says(Found(f"what {label.name} says", {"rule": expression(sql), **nulls}))


def _size(table: TableSketch, rows: int, reason: str) -> None:
    if table.table.target_rows is None and "target_rows" not in table.said:
        table.says(reason, {"target_rows": rows})


# --- lists of the values that a name can have


def _values_of(sketch: Sketch, table: TableSketch) -> None:
    """A short list whose name is one of a few values has each of them once, with codes made of them."""
    if not is_lookup(table) or not table.children:
        return
    texts = [one for one in table.columns.values() if one.open and one.kind is Kind.TEXT and not one.hidden]
    label = next(
        (one for one in texts if (values := _choices(one)) and _FEWEST <= len(values) <= _MOST), None
    )
    if label is None:
        return
    values = _choices(label)
    codes = _codes(values)
    rows: list[JsonObject] = [{"value": value, "code": codes[value]} for value in values]
    data = sketch.add_data(f"{table.name}_list", rows)
    _say(label, data, "value", "each of its values once")
    for other in texts:
        words = {*other.words}
        if other is label or not (
            words & _CODES or (other.keyed and other.column.type.length <= _LONGEST_CODE)
        ):
            continue
        if other.column.type.length >= max(map(len, codes.values())):
            _say(other, data, "code", f"a code for the {label.name} of the row")
    if sketch.has("expression"):
        _describe(table, label, "")
    _size(table, len(values), f"each {label.name} once")


def _choices(column: ColumnSketch) -> list[str]:
    values = (
        column.rule.get("values") if column.rule.get("name") == "choice" and "by" not in column.rule else None
    )
    found = [str(value) for value in values] if isinstance(values, list) else []
    return found if len(set(found)) == len(found) else []


def _codes(values: Sequence[str]) -> dict[str, str]:
    """Short codes that differ: the letters of the words, then more of them.

    >>> _codes(["in transit", "in storage", "open"])
    {'in transit': 'IT', 'in storage': 'IS', 'open': 'OP'}
    """
    found: dict[str, str] = {}
    for value in values:
        words: Words = tuple(
            "".join(c for c in word if c.isalnum()) for word in value.replace("-", " ").split()
        )
        letters = "".join(word[:1] for word in words if word) if len(words) > 1 else "".join(words)[:2]
        whole = "".join(words)
        tries = [
            letters,
            *(whole[:length] for length in range(2, 7)),
            *(f"{letters[:1]}{n}" for n in range(1, 99)),
        ]
        found[value] = next(one.upper() for one in tries if one and one.upper() not in found.values())
    return found
