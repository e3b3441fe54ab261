"""How often something may be done, where a flag says that it may be: renewals of what is renewable.

prescription (is_renewable, number_of_renewals)     number_of_renewals: NULL, or 0, where is_renewable is not
"""

from collections.abc import Iterator

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.lives.life_words import alike
from dw_simulator.schema.inference.numbers.flag_facts import flag_words
from dw_simulator.schema.inference.numbers.header_sums import may_be_said
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch, TableSketch
from dw_simulator.schema.inference.sql_rules import expressed
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import NUMERIC_KINDS, Kind

_ABLE = ("able", "ible")
_COUNTS = frozenset({"number", "count", "max", "total", "allowed", "possible", "remaining"})
_USUAL: dict[str, Json] = {
    "min_value": 1,
    "max_value": 12,
    "distribution": {"type": "geometric", "parameters": {"p": 0.45}},
}


def able_counts(sketch: Sketch) -> None:
    """Counts of what a flag allows."""
    if not sketch.has("expression"):
        return
    for table in sketch.tables.values():
        if not table.hidden:
            for flag, count in list(_pairs(table)):
                _only_where(table, flag, count)


def _pairs(table: TableSketch) -> Iterator[tuple[ColumnSketch, ColumnSketch]]:
    """Flags, and the counts of what they allow."""
    flags = [one for one in table.columns.values() if one.kind is Kind.BOOLEAN and not one.hidden]
    for flag in flags:
        bare = flag_words(flag)
        if len(bare) != 1 or not bare[0].endswith(_ABLE):
            continue
        for one in table.columns.values():
            words = {*one.words} - _COUNTS
            counts = one.kind in NUMERIC_KINDS and one.column.type.scale == 0 and _COUNTS & {*one.words}
            if counts and len(words) == 1 and may_be_said(one) and _is_of(next(iter(words)), bare[0][:-4]):
                yield flag, one


def _is_of(word: str, stem: str) -> bool:
    return alike(word, stem) or alike(word.removesuffix("al"), stem)


def _only_where(table: TableSketch, flag: ColumnSketch, count: ColumnSketch) -> None:
    fields = dict(count.fields) or dict(_USUAL)
    meaning = count.found.meaning if count.found is not None else "how often"
    told = f"{meaning}, where it is {flag.name}"
    holds = f"COALESCE({quoted_name(flag.name)}, FALSE)"
    if not count.required:
        fields.pop("null_fraction", None)
        count.says(Found(told, {**fields, "null_when": f"NOT {holds}"}))
        return
    drawn = table.add_hidden(f"{count.name}_if", "INTEGER", Found(meaning, fields))
    sql = f"CASE WHEN {holds} THEN {quoted_name(drawn.name)} ELSE 0 END"
    count.says(Found(told, expressed(sql)))
