"""Parts of moments by all names that Redshift has for them: EXTRACT, DATE_PART and DATE_TRUNC."""

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.date_rewrites import EPOCHS
from dw_simulator.plugins.dialects.translation.rewriting import Rewrites, counted, fill, parsed
from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable
from dw_simulator.plugins.dialects.typed.result_types import kind_of

_NAMES = """
millennium: millennium millennia mil mils
century: century centuries c cent cents
decade: decade decades dec decs
year: year years y yr yrs
quarter: quarter quarters qtr qtrs
month: month months mon mons
week: week weeks w
day: day days d
dow: dow dayofweek dw weekday
isodow: isodow
isoyear: isoyear
doy: doy dayofyear dy yearday
hour: hour hours h hr hrs
minute: minute minutes m min mins
second: second seconds s sec secs
millisecond: millisecond milliseconds ms msec msecs msecond mseconds millisec millisecs millisecon
microsecond: microsecond microseconds us usec usecs usecond useconds microsec microsecs
epoch: epoch
"""
_PARTS = {
    name: line.partition(":")[0]
    for line in _NAMES.strip().splitlines()
    for name in line.partition(":")[2].split()
}
"""Each name of a part -> the one that DuckDB has."""
_OF_A_SECOND = {
    "millisecond": parsed("CAST(EXTRACT(millisecond FROM :a) % 1000 AS INTEGER)", "duckdb"),
    "microsecond": parsed("CAST(EXTRACT(microsecond FROM :a) % 1000000 AS INTEGER)", "duckdb"),
    "epoch": EPOCHS["EPOCH"],
}


_WEEKS = parsed(
    """date_diff('week', date_trunc('week', CAST(:begin AS TIMESTAMP)),
                         date_trunc('week', CAST(:end AS TIMESTAMP)))""",
    "duckdb",
)


def part_called(name: str) -> str:
    """What DuckDB calls a part of a moment; empty where there is none of that name."""
    return _PARTS.get(name.lower(), "")


def _part(node: exp.Expr, name: str) -> str:
    part = part_called(name)
    if not part:
        raise Untranslatable(node, f"{name.lower()!r} is no part of a moment that is translated")
    return part


def _extract(part: str, value: exp.Expr) -> exp.Expr:
    if part in _OF_A_SECOND:
        return fill(_OF_A_SECOND[part], {"a": value})
    return exp.Extract(this=exp.var(part.upper()), expression=value.copy())


def _extracted(node: exp.Expr) -> exp.Expr:
    return _extract(_part(node, node.this.name), node.expression)


def _date_part(node: exp.Expr) -> exp.Expr:
    part, value = counted(node, 2, 2)
    return _extract(_part(part, part.name), value)


def _truncated(node: exp.Expr) -> exp.Expr:
    unit = node.args.get("unit")
    if unit is not None:
        node.set("unit", exp.var(_part(node, unit.name).upper()))
    return node


def _trunc(node: exp.Expr) -> exp.Expr:
    """TRUNC of a moment is its day."""
    if kind_of(node.this.type) not in ("date", "timestamp", "timestamptz"):
        return node
    return exp.cast(node.this.copy(), "date")


def _difference(node: exp.Expr) -> exp.Expr:
    """Times have no day, which sqlglot would cast them to; weeks begin on Mondays, DuckDB's on Thursdays."""
    if part_called(node.text("unit")) == "week":
        return fill(_WEEKS, {"begin": node.expression, "end": node.this})
    if "time" not in (kind_of(node.this.type), kind_of(node.expression.type)):
        return node
    unit = exp.Literal.string(node.text("unit").lower())
    return exp.Anonymous(this="date_diff", expressions=[unit, node.expression.copy(), node.this.copy()])


def _later(node: exp.Expr) -> exp.Expr:
    """A time plus some units stays one."""
    if kind_of(node.this.type) != "time":
        return node
    interval = exp.Interval(this=node.expression.copy(), unit=exp.var(node.text("unit").upper()))
    return exp.Add(this=node.this.copy(), expression=interval)


PARTS: Rewrites = {
    exp.Extract: _extracted,
    "PGDATE_PART": _date_part,
    exp.TimestampTrunc: _truncated,
    exp.DateTrunc: _truncated,
    exp.Trunc: _trunc,
    exp.TsOrDsDiff: _difference,
    exp.TsOrDsAdd: _later,
}
