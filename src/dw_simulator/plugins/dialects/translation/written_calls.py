"""What is called in the SQL that a server is handed, read off the text itself.

The tree was looked at; this looks at what was made of it, so that no way of writing a node calls anything
that is not on the list.
"""

import re

from dw_simulator.plugins.dialects.translation.allowed_functions import FUNCTIONS

_GRAMMAR = frozenset(
    """
    alias all and any array as asof asymmetric at bernoulli between bigint binary bit bool boolean
    bpchar by bytea case cast char character check clustered collate columns cross cube date
    decfloat decimal default describe distinct div double else end escape except exclude exists
    extract fetch filter first float float4 float8 following for from full geography geometry group
    grouping having hllsketch ilike in include inner int int2 int4 int8 integer intersect interval
    into is join json json_array json_object jsonb last lateral left like limit map match_condition
    match_recognize materialized minus mod money national natural nchar not number numeric nvarchar
    object offset on or order ordinality outer over overlaps overlay partition path pivot position
    preceding precision qualify real recursive rename repeatable replace right rollup row rows
    sample seed select sets similar smallint some struct substring super symmetric system table
    tablesample text then time timestamp timestamp_ltz timestamp_ntz timestamp_tz timestampltz
    timestampntz timestamptz timetz tinyint to trim try_cast union unpivot using uuid values
    varbinary varbit varbyte varchar variadic variant varying vector when where window with within
    without xor zone
    """.split()
)
"""Words of the grammar, and types, that a bracket may follow."""
_PIECES = {
    "postgres": r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|(\.\s*)?([A-Za-z_][\w$]*)\s*\(""",
    "snowflake": r"""'(?:[^'\\]|''|\\.)*'|"(?:[^"]|"")*"|(\.\s*)?([A-Za-z_][\w$]*)\s*\(""",
}
"""Texts and names in quotes, which are passed over, and words with a bracket behind them."""


def refused_call(written: str, name: str) -> int | None:
    """At which character a function is called that is on no list of a dialect; None where there is none."""
    allowed = FUNCTIONS[name] | _GRAMMAR
    for found in re.finditer(_PIECES[name], written, re.DOTALL):
        word = found[2]
        if word is not None and (found[1] or word.lower() not in allowed):
            return found.start(2)
    return None
