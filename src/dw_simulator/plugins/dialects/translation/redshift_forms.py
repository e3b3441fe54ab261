"""Forms of Redshift's queries that DuckDB does not have: unnesting, joins by (+), WITH that reads itself."""

import re

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.query_forms import Forms
from dw_simulator.plugins.dialects.translation.select_forms import join_marks
from dw_simulator.plugins.dialects.translation.source_columns import SourceColumns
from dw_simulator.plugins.dialects.translation.super_unnesting import name_unnestings
from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable
from dw_simulator.ports.statement import TypedTables

_MOMENT = re.compile(r"\s*(\d{4}-\d\d?-\d\d?\b.*|epoch|now|today|tomorrow|yesterday)\s*", re.IGNORECASE)


def _reshape(tree: exp.Expr, tables: TypedTables) -> exp.Expr:
    for into in tree.find_all(exp.Into):
        raise Untranslatable(into, "SELECT ... INTO makes a table; leave INTO out")
    _mend_intervals(tree)
    name_unnestings(tree)
    outer = exp.Subquery(this=tree)  # so that the query itself can be replaced
    join_marks(outer, SourceColumns(tables))
    for with_ in outer.find_all(exp.With):
        if not with_.args.get("recursive") and any(map(_reads_itself, with_.expressions)):
            with_.set("recursive", True)
    made: exp.Expr = outer.this
    made.pop()
    return made


def _reads_itself(cte: exp.Expr) -> bool:
    name = cte.alias.lower()
    return any(table.name.lower() == name and not table.db for table in cte.this.find_all(exp.Table))


def _mend_intervals(tree: exp.Expr) -> None:
    """INTERVAL '1' DAY + '2024-01-01'::date: sqlglot takes the moment for one more interval."""
    for interval in list(tree.find_all(exp.Interval)):
        sum_ = interval.parent
        text = interval.this
        if interval.args.get("unit") or not isinstance(sum_, exp.Add | exp.Sub) or not text.is_string:
            continue
        if _MOMENT.fullmatch(text.name) is None or interval.arg_key != "expression":
            continue
        cast = sum_.parent
        if isinstance(cast, exp.Cast):
            moment = exp.Cast(this=text.copy(), to=cast.args["to"].copy())
            cast.replace(type(sum_)(this=sum_.this.copy(), expression=moment))
        else:
            interval.replace(exp.cast(text.copy(), "timestamp"))


IN_DUCKDB = Forms(_reshape)
