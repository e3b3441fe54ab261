"""What one flag says, another has to say as well: what is vegan is vegetarian.

dish (is_vegan, is_vegetarian)      is_vegetarian: where is_vegan, and in some other rows
"""

from functools import cache

from dw_simulator.schema.inference.candidates import Found, Words
from dw_simulator.schema.inference.numbers.flag_facts import flag_words
from dw_simulator.schema.inference.numbers.header_sums import may_be_said
from dw_simulator.schema.inference.shape.calendar_names import lines_of
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch
from dw_simulator.schema.inference.sql_rules import expression
from dw_simulator.schema.inference.words.tokens import read, singular
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import Kind


def implied_flags(sketch: Sketch) -> None:
    """Flags of a table of which one says another."""
    if not sketch.has("expression", "boolean"):
        return
    for table in sketch.tables.values():
        flags = {flag_words(one): one for one in table.columns.values() if one.kind is Kind.BOOLEAN}
        for one, others in lines_of("implied_flags.txt") if len(flags) > 1 else ():
            said = flags.get(_read(one))
            for other in others.split(","):
                implied = flags.get(_read(other))
                if said is not None and implied is not None and may_be_said(implied) and not implied.hidden:
                    _follow(said, implied)


@cache
def _read(words: str) -> Words:
    """Words of a flag as names are read."""
    return tuple(map(singular, read("_".join(words.split())).words))


def _follow(said: ColumnSketch, implied: ColumnSketch) -> None:
    share = implied.rule.get("true_share")
    if not isinstance(share, int | float):
        return
    sql = f"COALESCE({quoted_name(said.name)}, FALSE) OR noise('implied') < {share}"
    kept: dict[str, Json] = {one: told for one, told in implied.fields.items() if one.startswith("null_")}
    told = f"a flag of all that are {said.name}, and of others"
    implied.says(Found(told, {**kept, "rule": expression(sql)}))
