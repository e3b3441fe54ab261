"""CONNECT BY, as a WITH that reads itself: rows that begin, and then those that each row is prior to."""

from collections.abc import Sequence

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable
from dw_simulator.plugins.dialects.trees import bottom_up

_WALK, _LEVEL = "dw_sim_walk", "level"


def connect_by(connect: exp.Expr) -> None:
    """Replace the CONNECT BY of a SELECT from one table. Raises Untranslatable for other sources."""
    select = connect.parent
    assert isinstance(select, exp.Select), "it is a part of a SELECT"
    begun = select.args.get("from_")
    if begun is None or select.args.get("joins") or begun.this.key not in ("table", "subquery"):
        raise Untranslatable(
            connect, "CONNECT BY is translated where one table is read; join in a query around it"
        )
    source = begun.this.copy()
    name = source.alias_or_name
    select.set("connect", None)
    paths = _paths(select, name)
    walk = _walk(source, name, connect, paths)
    if any(part.is_star for part in select.selects):
        _without_own(select, [_LEVEL, *(path for path, _, _ in paths)])
    begun.set(
        "this", exp.Table(this=exp.to_identifier(_WALK), alias=exp.TableAlias(this=exp.to_identifier(name)))
    )
    with_ = select.args.get("with_") or exp.With(expressions=[])
    with_.set("recursive", True)
    cte = exp.CTE(this=walk, alias=exp.TableAlias(this=exp.to_identifier(_WALK)))
    with_.append("expressions", cte)
    select.set("with_", with_)


_Path = tuple[str, exp.Expr, str | None]
"""A column of the walk: its name, what it is of, and what stands between; None for the first row's value."""


def _paths(select: exp.Select, table: str) -> list[_Path]:
    """SYS_CONNECT_BY_PATH and CONNECT_BY_ROOT become columns of the walk."""
    found: list[_Path] = []
    for node in bottom_up(select):
        if (
            node.key == "anonymous"
            and node.name.upper() == "SYS_CONNECT_BY_PATH"
            and len(node.expressions) == 2
        ):
            value, between = node.expressions
            made: _Path = (f"dw_sim_path{len(found)}", value.copy(), between.name)
        elif node.key == "connectbyroot":
            made = (f"dw_sim_path{len(found)}", node.this.copy(), None)
        else:
            continue
        found.append(made)
        column: exp.Expr = exp.column(made[0], table=table)
        in_select = node.parent is select
        node.replace(exp.alias_(column, made[1].name) if in_select else column)
    return found


def _walk(source: exp.Expr, name: str, connect: exp.Expr, paths: Sequence[_Path]) -> exp.Expr:
    first = _rows(source, name, exp.Literal.number(1), [_begun(path) for path in paths])
    if (start := connect.args.get("start")) is not None:
        first = first.where(start.copy())
    level = exp.Add(this=exp.column(_LEVEL, table=_WALK), expression=exp.Literal.number(1))
    following = _rows(source, name, level, [_continued(path, name) for path in paths])
    on = connect.args["connect"].copy()
    for column in list(on.find_all(exp.Column)):
        is_prior = column.find_ancestor(exp.Prior) is not None
        column.set("table", exp.to_identifier(_WALK if is_prior else name))
    on = on.transform(lambda part: part.this if part.key == "prior" else part)
    following = following.join(exp.Table(this=exp.to_identifier(_WALK)), on=on)
    return exp.Union(this=first, expression=following, distinct=False)


def _rows(source: exp.Expr, name: str, level: exp.Expr, more: Sequence[exp.Expr]) -> exp.Select:
    everything = exp.Column(this=exp.Star(), table=exp.to_identifier(name))
    parts = [everything, exp.alias_(level, _LEVEL), *more]
    return exp.select(*parts).from_(source.copy())


def _begun(path: _Path) -> exp.Expr:
    column, value, between = path
    made = value.copy() if between is None else _joined(exp.Literal.string(between), value)
    return exp.alias_(made, column)


def _continued(path: _Path, table: str) -> exp.Expr:
    column, value, between = path
    before = exp.column(column, table=_WALK)
    if between is None:
        return exp.alias_(before, column)
    own = value.copy()
    for one in [own, *own.find_all(exp.Column)]:
        if one.key == "column":
            one.set("table", exp.to_identifier(table))
    return exp.alias_(_joined(before, exp.Literal.string(between), own), column)


def _joined(first: exp.Expr, *others: exp.Expr) -> exp.Expr:
    made = first
    for other in others:
        made = exp.DPipe(this=made, expression=exp.cast(other.copy(), "varchar"))
    return made


def _without_own(select: exp.Select, names: Sequence[str]) -> None:
    """`*` is of the table's own columns."""
    for part in select.selects:
        if part.is_star:
            star = part if part.key == "star" else part.this
            star.set("except_", [*(star.args.get("except_") or []), *(exp.column(name) for name in names)])
