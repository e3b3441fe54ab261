"""Keys of tables that are not there: `device_id` where there are no devices. They are plausible, and repeat.

>>> _text_of("device", 20, 200)
'D-{number:10000-10199}'
>>> _text_of("device", 4, 200)
'{number:1000-1199}'
"""

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.keys.key_names import KeyNames, Words, prefix_of
from dw_simulator.schema.inference.keys.reference_words import FEW_WORDS, ONCE_WORDS
from dw_simulator.schema.inference.moments.stages import MASTERS
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch, TableSketch
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.inference.words.role_words import role_words
from dw_simulator.schema.inference.words.tokens import plain_words
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.schema.quoting import quoted_text
from dw_simulator.types import Kind

_PLAIN = frozenset({"an identifier", "a UUID, by its length", "a code"})
"""What says no more than that a column is some key."""
_FEW, _LEAST, _MOST = 12, 20, 5000
_TIMES = 5
_HASHES = 3000
"""So many visitors, devices, sessions at the least."""
"""How often each is there, on the average."""
_SKEW = 0.6
_SHORTEST = 3
_MOMENTS = frozenset({Kind.DATE, Kind.TIMESTAMP})
_UUID = 36
_HASHED = (32, _UUID, 64)
"""Lengths of texts that hold hashes, or UUIDs."""
_UNNAMED = frozenset({"cookie", "visitor", "anonymous", "pseudo", "distinct", "device", "client", "browser"})
"""Words of what programs name by UUIDs."""


def unknown_keys(sketch: Sketch) -> None:
    """Columns that are named as keys of tables that the schema does not have get some of few values."""
    names = KeyNames(sketch.tables)
    for table in sketch.tables.values():
        _of_outside(sketch, table)
        prefix = prefix_of(table.name, table.columns)
        typed = {name for one in table.table.columns if one.polymorphic for name in (one.name,)}
        for column in table.columns.values():
            if not column.open or column.keyed or column.name in typed:
                continue
            if column.found is not None and not _says_little(column):
                continue
            name = names.of(column.name, prefix)
            used = bool(table.links) and any(one.kind in _MOMENTS for one in table.columns.values())
            numbered = name.kind in ("number", "code") and {*name.stem[-1:]} <= role_words("equipment")
            equipment = used and numbered and not {*table.noun} & MASTERS
            if (name.kind == "surrogate" or equipment) and _repeats(name.stem, table):
                found = _found(sketch, column, name.stem)
                if found is not None:
                    column.says(found)


def _of_outside(sketch: Sketch, table: TableSketch) -> None:
    """Columns that a script declares to reference a table that it does not have."""
    for reference in table.table.outside_references:
        for name in reference.columns:
            column = table.columns.get(name)
            if column is None or not column.open or column.keyed:
                continue
            stem = tuple(plain_words(reference.references_table)) or ("key",)
            found = _found(sketch, column, stem)
            if found is not None:
                told = f"a key of {reference.references_table}, which is not in the schema"
                column.says(Found(told, found.fields))


def _says_little(column: ColumnSketch) -> bool:
    """Whether what was found of a column is no more than that it is some key."""
    found = column.found
    return found is not None and (found.meaning in _PLAIN or column.rule.get("name") == "uuid")


def _repeats(stem: Words, table: TableSketch) -> bool:
    """Whether it is a key of something else, of which many rows may speak."""
    return bool(stem) and stem != table.noun and ONCE_WORDS.isdisjoint(stem)


def _found(sketch: Sketch, column: ColumnSketch, stem: Words) -> Found | None:
    type_, what = column.column.type, " ".join(stem)
    few = stem[-1] in FEW_WORDS
    count = _FEW if few else max(_LEAST, min(_MOST, column.table.table.declared_rows // _TIMES))
    meaning = f"the key of {what}, of which there is no table"
    if type_.kind is Kind.TEXT:
        if type_.length < _SHORTEST or not sketch.has("pattern"):
            return None
        drawn = type_.length in _HASHED or (type_.length > _UUID and not _UNNAMED.isdisjoint(stem))
        if drawn and sketch.has("expression"):
            length = type_.length if type_.length in _HASHED else _UUID
            return Found(meaning, {"rule": _hashed(stem[-1], length, max(count, _HASHES))})
        pattern = _text_of(stem[-1], type_.length, count)
        return Found(meaning, {"rule": {"name": "pattern", "pattern": pattern}})
    if type_.kind not in (Kind.INTEGER, Kind.DECIMAL) or type_.scale:
        return None
    bounds = {"min_value": 1, "max_value": min(count, type_.limits[1])}
    return Found(meaning, {"rule": {"name": "zipf", "s": _SKEW}, **bounds} if sketch.has("zipf") else bounds)


def _hashed(word: str, length: int, count: int) -> JsonObject:
    """A rule for the hashes or UUIDs of so many things, some of which are named more often than others."""
    which = f"{quoted_text(word)} || CAST(floor(noise('which') * noise('how often') * {count}) AS BIGINT)"
    thing = f"{'sha256' if length > _UUID else 'md5'}({which})"
    if length == _UUID:
        ends = ((1, 8), (9, 4), (14, 3), (18, 3), (21, 12))
        one, two, three, four, five = (f"substr({thing}, {start}, {size})" for start, size in ends)
        sql = f"concat_ws('-', {one}, {two}, '4' || {three}, 'a' || {four}, {five})"
    else:
        sql = f"substr({thing}, 1, {length})"
    return expression(sql)


def _text_of(word: str, length: int, count: int) -> str:
    """A pattern of so many codes that a column has room for."""
    digits = min(5, length if length < len("D-10000") else 5)
    first = 10 ** (digits - 1)
    numbers = f"{{number:{first}-{min(first + count, 10 * first) - 1}}}"
    return numbers if length < len("D-10000") else f"{word[:1].upper()}-{numbers}"
