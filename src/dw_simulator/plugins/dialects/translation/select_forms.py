"""Forms of SELECT that PostgreSQL does not have: QUALIFY, names used beside where they are given, stars that
leave columns out, and joins by (+).
"""

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.transforms import eliminate_join_marks

from dw_simulator.plugins.dialects.translation.pivots import without_pivot
from dw_simulator.plugins.dialects.translation.scopes import sources
from dw_simulator.plugins.dialects.translation.source_columns import SourceColumns
from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable
from dw_simulator.plugins.dialects.trees import bottom_up
from dw_simulator.ports.statement import TypedTables

_HIDDEN = "_dw_"
"""Begins the names of columns that a query is given to be asked by another around it."""


def reshape(tree: exp.Expr, tables: TypedTables) -> exp.Expr:
    """A query in forms that PostgreSQL has; may be a new tree."""
    columns = SourceColumns(tables)
    outer = exp.Subquery(this=tree)  # so that the query itself can be replaced
    join_marks(outer, columns)
    for node in bottom_up(outer):
        if node.args.get("pivots"):
            without_pivot(node, columns)
    for select in [one for one in bottom_up(outer) if isinstance(one, exp.Select)]:
        _stars(select, columns)
        _aliases(select, columns)
        if select.args.get("qualify"):
            _qualify(select)
    made: exp.Expr = outer.this
    made.pop()
    return made


# --- stars


def _stars(select: exp.Select, columns: SourceColumns) -> None:
    """Spell out a star that leaves columns out, or that is to be asked by a query around."""
    for star in [one for one in select.expressions if one.is_star]:
        inner = star.this if star.key == "column" else star
        if not (inner.args.get("except_") or select.args.get("qualify")):
            continue
        left_out = {one.name.lower() for one in inner.args.get("except_") or ()}
        made: list[exp.Expr] = []
        for source, names in columns.of_stars_sources(star, select):
            if names is None:
                raise Untranslatable(star, "the columns of * are not known here; list them")
            table = _name_of(source)
            made += [
                exp.Column(this=one.copy(), table=table.copy() if table.key == "identifier" else None)
                for one in names
                if one.name.lower() not in left_out
            ]
        at = select.expressions.index(star)
        select.set("expressions", [*select.expressions[:at], *made, *select.expressions[at + 1 :]])


def _name_of(source: exp.Expr) -> exp.Expr:
    """The name by which what is read is called."""
    alias = source.args.get("alias")
    found: exp.Expr = source.this if alias is None else alias.this
    return found


# --- names that are given and used in one SELECT


def _aliases(select: exp.Select, columns: SourceColumns) -> None:
    """Put what a name stands for in its place, where PostgreSQL does not look for names."""
    given: dict[str, exp.Expr] = {}
    for part in select.expressions:
        _inline(part, given, select, columns)
        if part.key == "alias":
            given.setdefault(part.alias.lower(), part.this)
    for clause in ("where", "qualify", "having"):
        if select.args.get(clause):
            _inline(select.args[clause], given, select, columns)
    for clause in ("group", "order"):
        for part in select.args[clause].expressions if select.args.get(clause) else ():
            ordered = part.this if part.key == "ordered" else part
            if ordered.key != "column":  # a name alone is found
                _inline(part, given, select, columns)


def _inline(tree: exp.Expr, given: dict[str, exp.Expr], select: exp.Select, columns: SourceColumns) -> None:
    for column in list(_own_columns(tree)):
        meant = given.get(column.name.lower())
        if meant is None or column.table or columns.has(select, column.name) is not False:
            continue
        closed = meant.copy() if meant.key in ("column", "literal") else exp.Paren(this=meant.copy())
        column.replace(closed)


def _own_columns(tree: exp.Expr) -> Iterator[exp.Column]:
    """The columns of an expression, but for those of queries within it."""
    for node in tree.walk(prune=lambda one: isinstance(one, exp.Query)):
        if isinstance(node, exp.Column):
            yield node


# --- QUALIFY


def _qualify(select: exp.Select) -> None:
    """A query around it, that has its condition in WHERE, its DISTINCT, its order and its LIMIT."""
    condition = select.args["qualify"].this
    select.set("qualify", None)
    outer = exp.Select()
    for clause in ("distinct", "limit", "offset", "with_"):
        if select.args.get(clause):
            outer.set(clause, select.args[clause].copy())
            select.set(clause, None)
    shown = [_hidden(number) for number in range(len(select.expressions))]
    names = [_output_name(part) for part in select.expressions]
    outer.set(
        "expressions", [exp.alias_(exp.column(one), name) for one, name in zip(shown, names, strict=True)]
    )
    asked = [*select.expressions, condition]
    ordering = select.args.get("order")
    select.set("order", None)
    for ordered in ordering.expressions if ordering is not None else ():
        place = _place(ordered.this, select.expressions)
        if place is None:
            asked.append(ordered.this.copy())
            place = len(asked) - 1
        ordered.set("this", exp.column(_hidden(place)))
    outer.set("order", ordering)
    inner = [exp.alias_(part.unalias().copy(), _hidden(number)) for number, part in enumerate(asked)]
    group = select.args.get("group")
    _name_group(group, select.expressions)
    parent_copy = select.copy()
    parent_copy.set("expressions", inner)
    source = exp.Subquery(this=parent_copy, alias=exp.TableAlias(this=exp.to_identifier(f"{_HIDDEN}t")))
    outer.set("from_", exp.From(this=source))
    outer.set("where", exp.Where(this=exp.column(_hidden(len(shown)))))
    select.replace(outer)


def _name_group(group: exp.Expr | None, shown: list[exp.Expr]) -> None:
    """GROUP BY a name that the query within does not give any more."""
    for part in group.expressions if group is not None else ():
        named = [one for one in shown if one.key == "alias" and one.alias.lower() == part.name.lower()]
        if part.key == "column" and not part.text("table") and named:
            part.replace(exp.Literal.number(shown.index(named[0]) + 1))


def _hidden(number: int) -> str:
    return f"{_HIDDEN}{number}"


def _output_name(part: exp.Expr) -> exp.Identifier:
    found = part.args.get("alias") if part.key == "alias" else part.this if part.key == "column" else None
    if isinstance(found, exp.Identifier):
        return found.copy()
    called = next((one for one in part.walk() if isinstance(one, exp.Func)), None)
    name = called.name if called is not None and called.key == "anonymous" else ""
    return exp.to_identifier((name or (called.sql_name() if called else "?column?")).lower(), quoted=True)


def _place(ordered: exp.Expr, shown: list[exp.Expr]) -> int | None:
    """Which of the columns is meant by a part of ORDER BY: a number, a name, or the same expression."""
    if ordered.key == "literal" and ordered.name.isdigit():
        return int(ordered.name) - 1 if 0 < int(ordered.name) <= len(shown) else None
    for number, part in enumerate(shown):
        is_named = ordered.key == "column" and not ordered.text("table")
        if is_named and part.alias_or_name.lower() == ordered.name.lower():
            return number
        if part.unalias() == ordered:
            return number
    return None


# --- (+)


def join_marks(tree: exp.Expr, columns: SourceColumns) -> None:
    """LEFT JOINs of joins by (+)."""
    marked = [one for one in tree.find_all(exp.Column) if one.args.get("join_mark")]
    if not marked:
        return
    for column in tree.find_all(exp.Column):
        _add_table(column, columns)
    for select in tree.find_all(exp.Select):
        _begin_with_kept(select, {column.table.lower() for column in marked})
    try:
        eliminate_join_marks(tree)
    except (AssertionError, SqlglotError, KeyError, IndexError):
        message = "such a join by (+) is not translated; write LEFT JOIN ... ON"
        raise Untranslatable(marked[0], message) from None
    for column in marked:
        column.set("join_mark", None)


def _begin_with_kept(select: exp.Select, optional: set[str]) -> None:
    """What keeps all of its rows stands first."""
    begun = select.args.get("from_")
    if begun is None or begun.this.alias_or_name.lower() not in optional:
        return
    for join in select.args.get("joins") or ():
        is_comma = not (join.args.get("on") or join.args.get("using") or join.args.get("side"))
        if is_comma and join.this.alias_or_name.lower() not in optional:
            first, other = begun.this.copy(), join.this.copy()
            begun.set("this", other)
            join.set("this", first)
            return


def _add_table(column: exp.Column, columns: SourceColumns) -> None:
    query = column.find_ancestor(exp.Select)
    if column.table or query is None:
        return
    for source in sources(query):
        names = columns.of_source(source) or []
        if any(one.name.lower() == column.name.lower() for one in names):
            column.set("table", _name_of(source).copy())
            return
