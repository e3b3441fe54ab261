"""PIVOT and UNPIVOT as queries: groups with a sum for each value, and a row for each of several columns."""

from collections.abc import Iterator

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.source_columns import Names, SourceColumns
from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable


def without_pivot(source: exp.Expr, columns: SourceColumns) -> None:
    """Put a query in the place of a source of a FROM that is pivoted."""
    pivots = source.args["pivots"]
    (pivot, *others) = pivots
    fields = pivot.args.get("fields") or []
    if others or len(fields) != 1 or any(isinstance(one, exp.Query) for one in fields[0].expressions):
        raise Untranslatable(source, "such a PIVOT is not translated; write one, with its values as a list")
    source.set("pivots", None)
    names = columns.of_source(source)
    if names is None:
        raise Untranslatable(source, "the columns that are pivoted are not known here; list them in a query")
    make = _rows_of_columns if pivot.args.get("unpivot") else _columns_of_rows
    query = make(source.copy(), names, pivot)
    alias = pivot.args.get("alias") or source.args.get("alias")
    name = alias.copy() if alias else exp.TableAlias(this=exp.to_identifier("pivoted"))
    source.replace(exp.Subquery(this=query, alias=name))


def _from(source: exp.Expr) -> exp.From:
    if not source.args.get("alias") and source.key == "subquery":
        source.set("alias", exp.TableAlias(this=exp.to_identifier("pivoted")))
    return exp.From(this=source)


def _rows_of_columns(source: exp.Expr, names: Names, pivot: exp.Expr) -> exp.Select:
    """UNPIVOT: a LATERAL of VALUES."""
    field = pivot.args["fields"][0]
    pairs = [_pair(part) for part in field.expressions]
    used = {column.name.lower() for column, _ in pairs}
    if len(pivot.expressions) != 1 or any(column.key != "column" for column, _ in pairs):
        raise Untranslatable(pivot, "UNPIVOT of several columns at once is not translated; write UNION ALL")
    value, key = pivot.expressions[0].copy(), field.this.copy()
    rows = [exp.Tuple(expressions=[label, column.copy()]) for column, label in pairs]
    alias = exp.TableAlias(this=exp.to_identifier("columns"), columns=[key.copy(), value.copy()])
    kept = [exp.Column(this=one) for one in names if one.name.lower() not in used]
    made = exp.Select(expressions=[*kept, exp.Column(this=key), exp.Column(this=value.copy())])
    made.set("from_", _from(source))
    values = exp.Select(expressions=[exp.Star()])
    values.set("from_", exp.From(this=exp.Values(expressions=rows, alias=alias)))
    inner = exp.Lateral(
        this=exp.Subquery(this=values), alias=exp.TableAlias(this=exp.to_identifier("columns"))
    )
    made.set("joins", [exp.Join(this=inner, kind="CROSS")])
    if not pivot.args.get("include_nulls"):
        present = exp.Not(this=exp.Is(this=exp.Column(this=value.copy()), expression=exp.Null()))
        made.set("where", exp.Where(this=present))
    return made


def _pair(part: exp.Expr) -> tuple[exp.Expr, exp.Expr]:
    """A column, and what it is called as a value: its name in small letters unless another is said."""
    if part.key == "pivotalias":
        alias = part.args["alias"]
        return part.this, alias.copy() if alias.key == "literal" else exp.Literal.string(alias.name)
    return part, exp.Literal.string(part.name.lower())


def _columns_of_rows(source: exp.Expr, names: Names, pivot: exp.Expr) -> exp.Select:
    """PIVOT: aggregates with FILTER, by all columns that it does not name."""
    field = pivot.args["fields"][0]
    key = field.this
    used = {one.name.lower() for part in (key, *pivot.expressions) for one in part.find_all(exp.Column)}
    kept: list[exp.Expr] = [exp.Column(this=one) for one in names if one.name.lower() not in used]
    made = exp.Select(expressions=[*kept, *_aggregates(field, pivot)])
    made.set("from_", _from(source))
    if kept:
        made.set("group", exp.Group(expressions=[one.copy() for one in kept]))
    return made


def _aggregates(field: exp.Expr, pivot: exp.Expr) -> Iterator[exp.Expr]:
    for part in field.expressions:
        value, name = (
            (part.this, part.args["alias"].name)
            if part.key == "pivotalias"
            else (part, part.name or part.sql().lower())
        )
        for aggregate in pivot.expressions:
            inner, alias = aggregate.unalias().copy(), aggregate.alias
            same = exp.EQ(this=field.this.copy(), expression=value.copy())
            filtered = exp.Filter(this=inner, expression=exp.Where(this=same))
            called = f"{name}_{alias}" if alias else name
            yield exp.alias_(filtered, exp.to_identifier(called.lower(), quoted=True))
