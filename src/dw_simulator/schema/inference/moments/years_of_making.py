"""The year in which something was made, beside its moments: not after the first of them.

film (production_year INT, released_on DATE, added_on DATE NOT NULL)
    production_year   a year before released_on, or the same one
meter (built_year SMALLINT, installed_on DATE NOT NULL)
    built_year        as it is drawn, unless it was installed before
track (release_year INT, release_date DATE)
    release_year      that of release_date
"""

from dw_simulator.schema.inference.candidates import Found, Words
from dw_simulator.schema.inference.moments.stage_reading import read_moment
from dw_simulator.schema.inference.numbers.header_sums import may_be_said
from dw_simulator.schema.inference.shape.day_tables import day_of
from dw_simulator.schema.inference.shape.tracked_columns import is_person, named_in
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch, TableSketch
from dw_simulator.schema.inference.sql_rules import expressed
from dw_simulator.schema.inference.words.tokens import plain_words, singular
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import Kind

_MOMENTS = frozenset({Kind.DATE, Kind.TIMESTAMP})
_MAKING = frozenset(
    """production produced produce made make build built building construction constructed construct
    manufacture manufactured manufacturing fabrication founded foundation founding established
    establishment incorporation incorporated model vintage release released publication published
    publish launch launched recording recorded creation origin herstellung bau""".split()
)
"""What happened in the year, before all that a row tells of."""
_MADE = _MAKING - {"release", "released", "publication", "published", "publish", "launch", "launched"}
"""What is before it comes out."""
_YEARS = frozenset({"year", "yr"})
_TAILS = frozenset({"date", "day", "at", "on", "time", "timestamp", "dt", "ts"})
_AHEAD = frozenset({"birth", "due", "expire", "next"})


def years_of_making(sketch: Sketch) -> None:
    """Years in which things were made are not after what happened to them."""
    if not sketch.has("expression"):
        return
    for table in sketch.tables.values():
        if table.hidden or table.table.rows is not None:
            continue
        years = [one for one in table.columns.values() if _is_year(one)]
        if years and not is_person(table) and day_of(table) is None:
            for one in sorted(years, key=lambda one: bool(_words(one) & _MADE)):
                _say(table, one, years)


def _words(column: ColumnSketch) -> frozenset[str]:
    return frozenset(map(singular, column.words))


def _is_year(column: ColumnSketch) -> bool:
    whole = column.kind in (Kind.INTEGER, Kind.DECIMAL) and not column.column.type.scale
    if not whole or column.hidden or not may_be_said(column):
        return False
    words = _words(column)
    if not words & _YEARS:
        return "vintage" in words
    return bool(words & _MAKING) or read_moment(column.name, column.table.noun).stage in ("founded", "list")


def _say(table: TableSketch, column: ColumnSketch, years: list[ColumnSketch]) -> None:
    moments = [one for one in table.columns.values() if _bounds(one, column.name)]
    own = _bare(column)
    twin = next((one for one in moments if own and _bare(one) == own), None)
    name = quoted_name
    if twin is not None and (twin.required or not column.required):
        sql, told = f"year({name(twin.name)})", f"the year of {twin.name}"
        nulls: JsonObject = {} if column.required else {"null_fraction": 0}
        column.unless = "" if twin.required else column.unless
        column.says(Found("", {**expressed(sql), **nulls}, f"{column.name} looks like {told}"))
        return
    firsts = [f"year({name(one.name)})" for one in moments]
    if _words(column) & _MADE:
        firsts += [name(one.name) for one in years if one is not column and not _words(one) & _MADE]
    sure = any(one.required for one in moments)
    if not firsts or (not sure and column.required and len(firsts) == len(moments)):
        return
    first = f"LEAST({', '.join(firsts)})" if len(firsts) > 1 else firsts[0]
    drawn = _drawn(table, column)
    back = "CAST(floor(3 * power(noise('made'), 2)) AS INTEGER)"
    sql = f"{first} - {back}"
    if drawn:
        sql = f"CASE WHEN {drawn} <= {first} THEN {drawn} ELSE {sql} END"
    if not sure:
        sql = f"COALESCE({sql}, {drawn})" if drawn else sql
    kept = {key: said for key, said in column.fields.items() if key in ("null_fraction", "null_when")}
    column.says(
        Found("", {**expressed(sql), **kept}, f"{column.name} lies before the first moment of its row")
    )


def _drawn(table: TableSketch, column: ColumnSketch) -> str:
    """A hidden column with the year as its name alone says it, where that says more than a range."""
    fields = {key: said for key, said in column.fields.items() if not key.startswith("null")}
    if "rule" not in fields and "distribution" not in fields:
        return ""
    data_type = column.column.data_type
    return quoted_name(table.add_hidden(f"{column.name}_drawn", data_type, Found("a year", fields)).name)


def _bounds(column: ColumnSketch, year: str) -> bool:
    """Whether it is a moment of what was made, and not made from the year."""
    if column.kind not in _MOMENTS or column.hidden or year in named_in(dict(column.fields)):
        return False
    reading = read_moment(column.name, column.table.noun)
    return reading.stage not in _AHEAD and not reading.planned


def _bare(column: ColumnSketch) -> Words:
    """What is said of a year or of a moment: the release of release_year and release_date."""
    words = {*column.words} - _YEARS - _TAILS - {*column.table.noun}
    same = {word for word in plain_words(column.name) if len(word) > 4}
    return tuple(sorted(words or same))
