"""Snowflake's SQL for Snowflake, in words that mean the same there and that fakesnow answers rightly."""

from sqlglot import exp
from sqlglot.dialects.snowflake import Snowflake

from dw_simulator.plugins.dialects.translation.aggregate_rewrites import plain_aggregate
from dw_simulator.plugins.dialects.translation.coercion import cast_to
from dw_simulator.plugins.dialects.translation.query_forms import Forms
from dw_simulator.plugins.dialects.translation.rewriting import Rewrite, Rewrites, aggregate, as_it_stands
from dw_simulator.plugins.dialects.typed.query_types import annotate_query
from dw_simulator.plugins.dialects.typed.result_tables import GROUPS
from dw_simulator.plugins.dialects.typed.result_types import UNKNOWN, kind_of
from dw_simulator.ports.statement import TypedTables

_AS_WRITTEN = """bitand_agg bitor_agg bitxor_agg ceiling char_length character_length charindex div0 div0null
    getdate ifnull isodow len localtimestamp md5_hex mod nullifzero nvl pow rlike sha1_hex sha2_hex space
    square stddev_samp substr systimestamp timeadd timediff timestampadd timestampdiff to_decimal to_numeric
    truncate try_to_decimal try_to_numeric uuid_string var_pop var_samp variance_samp weekofyear zeroifnull"""
"""Functions that sqlglot would call otherwise, by which columns are named."""
_DAYS = frozenset(("DAY", "WEEK", "MONTH", "QUARTER", "YEAR"))


def _kind(node: exp.Expr) -> str:
    return kind_of(node.type or UNKNOWN)


def _called_as_before(rewrite: Rewrite) -> Rewrite:
    """A column without a name is called as it is written: so is what takes its place."""

    def named(node: exp.Expr) -> exp.Expr:
        is_column = isinstance(node.parent, exp.Select) and node.arg_key == "expressions"
        name = node.sql("snowflake").upper() if is_column else ""
        made = rewrite(node)
        return made if made is node or not name else exp.alias_(made, name, quoted=True)

    return named


def _total(node: exp.Expr, over: Rewrite) -> exp.Expr:
    """A sum of whole numbers or decimals is a float in the stand-in, and has lost digits."""
    found = plain_aggregate(node, over)
    word = _kind(node.this) if node.key == "sum" else ""
    if word not in GROUPS["exact"]:
        return found
    digits = (node.this.type or UNKNOWN).expressions[1:2] if word == "decimal" else []
    return exp.cast(found, f"decimal(38, {digits[0].name if digits else 0})")


def _middle(node: exp.Expr) -> exp.Expr:
    """Between two decimals the stand-in keeps as many digits as they have."""
    if _kind(node.this) == "decimal":
        node.set("this", cast_to(node.this, "double"))
    return node


def _in_group(node: exp.Expr) -> exp.Expr:
    if node.this.key == "percentilecont":
        for ordered in node.expression.expressions:
            _middle(ordered)
    return node


def _sign(node: exp.Expr) -> exp.Expr:
    """The stand-in cannot send its small number."""
    return exp.cast(node.copy(), "int")


def _in_days(node: exp.Expr) -> exp.Expr:
    """Days after a date are a date."""
    whole = node.text("unit").upper().rstrip("S") in _DAYS
    return exp.cast(node.copy(), "date") if whole and _kind(node.this) == "date" else node


def _written(node: exp.Expr) -> exp.Expr:
    """The stand-in heeds a pattern where it knows that it is one of a moment."""
    value, *pattern = node.expressions
    if pattern and _kind(value) in GROUPS["moment"] and not value.is_cast:
        value.replace(exp.cast(value.copy(), value.type or UNKNOWN))
    return node


_TOTALS = _called_as_before(aggregate(_total))
TO_STAND_IN: Rewrites = {
    **dict.fromkeys(_AS_WRITTEN.upper().split(), as_it_stands),
    **dict.fromkeys((exp.Sum, exp.Filter, exp.Window, "RATIO_TO_REPORT"), _TOTALS),
    exp.Median: _middle,
    exp.WithinGroup: _in_group,
    exp.Sign: _called_as_before(_sign),
    exp.DateAdd: _called_as_before(_in_days),
    exp.TsOrDsAdd: _called_as_before(_in_days),
    **dict.fromkeys(("TO_CHAR", "TO_VARCHAR"), _written),
}


def _typed(tree: exp.Expr, tables: TypedTables) -> exp.Expr:
    annotate_query(tree, tables, Snowflake)
    return tree


IN_STAND_IN = Forms(_typed)
"""Its rewrites look at types."""
