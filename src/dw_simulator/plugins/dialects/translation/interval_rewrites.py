"""Intervals as PostgreSQL and Redshift write them: `INTERVAL '30 min'`, `'2' HOUR`, `'1-6' YEAR TO MONTH`."""

import re

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.moment_parts import part_called
from dw_simulator.plugins.dialects.translation.rewriting import Rewrites
from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable
from dw_simulator.plugins.dialects.typed.result_types import kind_of

_SPANS = (
    (("year", "month"), r"(-?\d+)-(\d+)", r"\1 years \2 months"),
    (("day", "hour"), r"(-?\d+) (\d+)", r"\1 days \2 hours"),
    (("day", "minute"), r"(-?\d+) (\d+:\d+)", r"\1 days \2:00"),
    (("day", "second"), r"(-?\d+) (\d+:\d+:\d+(?:\.\d+)?)", r"\1 days \2"),
    (("hour", "minute"), r"(-?\d+:\d+)", r"\1:00"),
    (("hour", "second"), r"(-?\d+:\d+:\d+(?:\.\d+)?)", r"\1"),
    (("minute", "second"), r"(-?)(\d+:\d+(?:\.\d+)?)", r"\g<1>00:\2"),
)
"""From one unit to another: how it is written there, and how the target reads it."""


def _interval(node: exp.Expr) -> exp.Expr:
    unit, text = node.args.get("unit"), node.this
    if unit is not None and isinstance(unit.this, exp.Expr):
        return _span(node)
    if unit is not None and part_called(unit.name):
        node.set("unit", exp.var(part_called(unit.name).upper()))
    elif unit is None and text is not None and text.is_string:
        signed = re.sub(r"([+-])\s+(?=[\d.])", r"\1", text.name)
        text.set("this", re.sub("[A-Za-z]+", lambda word: part_called(word[0]) or word[0], signed))
    return node


def _span(node: exp.Expr) -> exp.Expr:
    unit = node.args["unit"]
    units = (unit.this.name.lower(), unit.expression.name.lower())
    for known, there, here in _SPANS:
        if units == known and node.this.is_string and re.fullmatch(there, node.this.name.strip()):
            return exp.Interval(this=exp.Literal.string(re.sub(there, here, node.this.name.strip())))
    raise Untranslatable(node, "this interval is not translated; write it as INTERVAL '1 day 2 hours'")


def interval_as_text(node: exp.Expr) -> exp.Expr:
    """A cast of an interval to text: its months are called mons."""
    if kind_of(node.this.type) != "interval" or not node.args["to"].is_type(*exp.DataType.TEXT_TYPES):
        return node
    words = exp.func("replace", node.copy(), exp.Literal.string("months"), exp.Literal.string("mons"))
    return exp.func("replace", words, exp.Literal.string("month"), exp.Literal.string("mon"))


INTERVALS: Rewrites = {exp.Interval: _interval}
