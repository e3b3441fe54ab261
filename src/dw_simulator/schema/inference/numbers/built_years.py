"""The year in which something was built or made is not after the day on which it came into use.

machine (built_year INT, commissioned_on DATE NOT NULL)
    built_year  the year of commissioned_on, or one of the years before
"""

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.moments.stage_reading import read_moment, written
from dw_simulator.schema.inference.numbers.header_sums import may_be_said
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch, TableSketch
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import NUMERIC_KINDS, Kind

_MADE = frozenset(
    """built build construct construction manufacture manufactured manufacturing manufacturer made
    production produced model fabrication
    fabricated mfg""".split()
)
_IN_USE = frozenset({"activate", "register", "purchase", "deliver", "receive", "start", "hire"})
"""Stages that come after something was built."""
_HOMES = frozenset(
    """house home property building apartment flat estate villa condo dwelling hotel school hospital church
    listing residence""".split()
)
"""What stands for long before anybody writes it down."""
_YEARS = 4


def built_years(sketch: Sketch) -> None:
    """Years of building before the first use."""
    if not sketch.has("expression"):
        return
    for table in sketch.tables.values():
        years = [] if table.hidden else [one for one in table.columns.values() if _is_built(one)]
        used = _in_use(table) if years else None
        for one in years if used is not None else ():
            _before(one, used)


def _is_built(column: ColumnSketch) -> bool:
    words = {*column.words}
    whole = column.kind in NUMERIC_KINDS and not column.column.type.scale
    return whole and "year" in words and bool(words & _MADE) and may_be_said(column) and not column.hidden


def _in_use(table: TableSketch) -> ColumnSketch | None:
    """The first moment that every row has, where it says that something came into use."""
    things = (*table.noun, *written(table.name))
    for one in table.columns.values():
        if one.kind in (Kind.DATE, Kind.TIMESTAMP) and one.required and not one.hidden:
            reading = read_moment(one.name, things)
            if reading.stage in _IN_USE and not (reading.planned or reading.ordinal):
                return one
    return None


def _before(column: ColumnSketch, used: ColumnSketch | None) -> None:
    assert used is not None, "only what came into use is asked"
    year = f"date_part('year', CAST({quoted_name(used.name)} AS DATE))"
    sql = f"CAST({year} - floor({_YEARS} * noise('built') * noise('used')) AS INTEGER)"
    rule: dict[str, Json] = expression(sql)
    if {*column.table.noun} & _HOMES and column.found is not None and column.rule:
        drawn = column.table.add_hidden(
            f"{column.name}_drawn", column.column.data_type, Found("a year", dict(column.fields))
        )
        rule["sql"] = f"LEAST({quoted_name(drawn.name)}, CAST({year} AS INTEGER))"
    nulls: dict[str, Json] = {}
    if not column.required:
        nulls = {name: value for name, value in column.fields.items() if name == "null_fraction"}
    column.says(Found(f"a year not after {used.name}", {"rule": rule, **nulls}))
