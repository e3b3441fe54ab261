"""What a warehouse casts by itself and the databases that answer for it do not.

A table says what functions and operators make of the arguments that they are given:

    last_day (text): moment             text is taken for a moment
    left (any): text                    whatever it is, it is taken for text
    add (date, bigint): any int         the second is an INTEGER, the first stays

Given are kinds of types as in `typed.result_tables`; wanted are kinds, or `any` for what stays. The first
line that fits counts. Functions are called as the dialect does, or as sqlglot does; underscores do not
matter. Where a type is not known, nothing is cast.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlglot import exp

from dw_simulator.plugins.dialects.trees import bottom_up
from dw_simulator.plugins.dialects.typed.result_tables import GROUPS
from dw_simulator.plugins.dialects.typed.result_types import UNKNOWN, kind_of, plain_name

COMMON = """
left right lpad rpad pad split_part upper lower trim ltrim rtrim btrim replace reverse (any): text
length char_length substring substr str_position strpos charindex position (any): text
repeat replicate initcap (any): text
regexp_like regexp_extract regexp_substr regexp_count regexp_instr regexp_replace translate ascii (any): text
like ilike similar_to regexp_i_like rlike dpipe concat (any, any): text text
starts_with ends_with contains (any, any): text text
last_day add_months next_day previous_day monthname dayname (text): moment
months_between (any, any): moment moment
timestamp_trunc (text): moment
date_trunc (any, text): any moment
extract date_part (any, text): any moment
year month quarter week day hour minute second (text): moment
day_of_week day_of_week_iso day_of_month day_of_year (text): moment
week_of_year year_of_week year_of_week_iso (text): moment
ts_or_ds_add date_add timestamp_add (text): moment
ts_or_ds_diff date_diff timestamp_diff (text): moment
add sub (date, bigint): any int
add (bigint, date): int any
"""
"""Of every warehouse."""
_KINDS: Mapping[str, str] = {
    "text": "varchar",
    "moment": "timestamp",
    "date": "date",
    "timestamp": "timestamp",
    "int": "int",
    "bigint": "bigint",
    "decimal": "decimal(38, 10)",
    "double": "double",
    "boolean": "boolean",
}
"""The type that a kind is cast to."""
_MEANT: Mapping[str, frozenset[str]] = {word: frozenset(GROUPS.get(word, (word,))) for word in _KINDS}
_CAST = frozenset((*GROUPS["number"], *GROUPS["moment"], "time", "text", "boolean", "uuid"))
"""Kinds that are cast to others; lists and documents are not."""
_SEVERAL = frozenset(("any", "all", "tuple", "array", "escape"))
"""What stands for several values: LIKE ANY (...)."""
_LINE = re.compile(r"(?P<names>[\w ]+?) \((?P<given>[\w, ]*)\): (?P<wanted>[\w ]+)")


@dataclass(frozen=True)
class _Line:
    given: tuple[frozenset[str], ...]
    wanted: tuple[str, ...]

    def fits(self, kinds: Sequence[str]) -> bool:
        pairs = zip(self.given, kinds, strict=False)
        return len(kinds) >= len(self.given) and all(not one or kind in one for one, kind in pairs)


@lru_cache
def _lines(table: str) -> Mapping[str, tuple[_Line, ...]]:
    """The lines of a table and those of all, by the name that they are about."""
    found: dict[str, tuple[_Line, ...]] = {}
    for text in [*table.strip().splitlines(), *COMMON.strip().splitlines()]:
        line = _LINE.fullmatch(text)
        assert line is not None, text
        given = tuple(frozenset(GROUPS.get(word, (word,))) for word in line["given"].split(", "))
        for name in map(plain_name, line["names"].split()):
            found[name] = (*found.get(name, ()), _Line(given, tuple(line["wanted"].split())))
    return found


def coerce(tree: exp.Expr, table: str) -> None:
    """Cast in a query whose types are known what its warehouse casts by itself.

    table  what it does beside what all do
    """
    lines = _lines(table)
    for node in bottom_up(tree):
        name = plain_name(node.name if node.key == "anonymous" else node.key)
        if name in lines:
            _coerce(node, lines[name])


def _coerce(node: exp.Expr, lines: Sequence[_Line]) -> None:
    parts = list(operands(node))
    kinds = [kind_of(part.type or UNKNOWN) for part in parts]
    line = next((one for one in lines if one.fits(kinds)), None)
    if line is not None:
        for part, kind, wanted in zip(parts, kinds, line.wanted, strict=False):
            if part.key in _SEVERAL:
                continue
            if wanted != "any" and kind in _CAST and kind not in _MEANT[wanted]:
                part.replace(cast_to(part, _KINDS[wanted]))


def wanted_of(node: exp.Expr, argument: exp.Expr, table: str) -> str:
    """The type that a function casts an argument to where that is text; empty where it casts none."""
    name = plain_name(node.name if node.key == "anonymous" else node.key)
    parts = list(operands(node))
    kinds = ["text" if part.unnest() is argument else kind_of(part.type or UNKNOWN) for part in parts]
    line = next((one for one in _lines(table).get(name, ()) if one.fits(kinds)), None)
    for part, wanted in zip(parts, line.wanted if line is not None else (), strict=False):
        if part.unnest() is argument:
            return _KINDS.get(wanted, "")
    return ""


def cast_to(node: exp.Expr, type_: str) -> exp.Expr:
    """A cast of an expression, that knows its type."""
    made = exp.cast(node.copy(), type_)
    made._type = made.args["to"]
    return made


def operands(node: exp.Expr) -> Iterator[exp.Expr]:
    """What a function or an operator is given, in order."""
    for name in ("expressions",) if node.key == "anonymous" else node.arg_types:
        value = node.args.get(name)
        yield from (
            part for part in (value if isinstance(value, list) else (value,)) if isinstance(part, exp.Expr)
        )
