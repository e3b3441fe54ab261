"""What only Snowflake's grammar has, in words that DuckDB has too: before names and types are known."""

import re
from collections.abc import Callable, Mapping

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.connect_by import connect_by
from dw_simulator.plugins.dialects.translation.rewriting import parsed
from dw_simulator.plugins.dialects.translation.scopes import cte_of, query_around, sources
from dw_simulator.plugins.dialects.translation.semistructured import VARIANT, path, path_in_text
from dw_simulator.plugins.dialects.translation.snowflake_moments import UNITS
from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable
from dw_simulator.plugins.dialects.trees import bottom_up
from dw_simulator.ports.statement import TypedTables

# --- WITH, VALUES, $1, ORDER BY ALL


def _recursive(node: exp.Expr) -> None:
    """A query of a WITH that reads itself needs no word for it there."""
    for cte in node.expressions:
        name = cte.alias.lower()
        if any(table.name.lower() == name and not table.db for table in cte.this.find_all(exp.Table)):
            node.set("recursive", True)


def _values(node: exp.Expr) -> None:
    """Its columns are called column1, column2 and so on."""
    if not isinstance(node.parent, exp.From | exp.Join | exp.Subquery) or not node.expressions:
        return
    alias = node.args.get("alias")
    if alias is not None and alias.args.get("columns"):
        return
    first = node.expressions[0]
    count = len(first.expressions) if first.key == "tuple" else 1
    columns = [exp.to_identifier(f"column{number}") for number in range(1, count + 1)]
    name = alias.this.copy() if alias is not None and alias.this else exp.to_identifier("values_")
    node.set("alias", exp.TableAlias(this=name, columns=columns))


def _columns(query: exp.Expr, table: str, tables: TypedTables) -> list[str] | None:
    """The names of the columns that a query reads, of one source or all; None where they are not known."""
    read = [one for one in sources(query) if table in ("", one.alias_or_name.lower())]
    found: list[str] = []
    for one in read:
        names = one.alias_column_names or _names(one, tables)
        if names is None:
            return None
        found += names
    return found


def _names(source: exp.Expr, tables: TypedTables) -> list[str] | None:
    inner: exp.Expr | None = source.this if source.key == "subquery" else None
    if isinstance(source, exp.Table):
        cte = cte_of(source)
        if cte is None:
            known = {name.lower(): columns for name, columns in tables.items()}.get(source.name.lower())
            return None if known is None else list(known)
        if cte.alias_column_names:
            return list(cte.alias_column_names)
        inner = cte.this
    if not isinstance(inner, exp.Query):
        return None
    if not inner.is_star:
        return [_named(part, number) for number, part in enumerate(inner.selects, 1)]
    return _columns(inner, "", tables) if len(inner.selects) == 1 else None


def _named(part: exp.Expr, number: int) -> str:
    """The name of a column of a query, which is given one where it has none."""
    if part.key not in ("alias", "column"):
        part.replace(exp.alias_(part.copy(), f"column{number}"))
        return f"column{number}"
    return part.alias_or_name


def _parameter(node: exp.Expr, tables: TypedTables) -> None:
    """`$1` is the first column of what is read."""
    column = node.parent if isinstance(node.parent, exp.Column) else node
    query = query_around(column)
    number, table = node.this.name, column.text("table")
    names = _columns(query, table.lower(), tables) if query is not None and number.isdigit() else None
    if names and 0 < int(number) <= len(names):
        made: exp.Expr = exp.column(names[int(number) - 1], table=table or None)
        column.replace(made)


def _whole_row(node: exp.Expr, tables: TypedTables) -> None:
    """OBJECT_CONSTRUCT(*) is of all columns, by their names."""
    query = query_around(node)
    if not node.name.upper().startswith("OBJECT_CONSTRUCT") or len(node.expressions) != 1 or query is None:
        return
    (star,) = node.expressions
    if not star.is_star:
        return
    table = star.text("table")
    inner = star if star.key == "star" else star.this
    left_out = {one.name.lower() for one in inner.args.get("except_") or ()}
    names = _columns(query, table.lower(), tables)
    if names is None:
        raise Untranslatable(node, f"{node.name}(*) is translated where the columns are known; list them")
    pairs: list[exp.Expr] = []
    for name in names:
        if name.lower() not in left_out:
            key = name.upper() if name == name.lower() else name
            pairs += [exp.Literal.string(key), exp.column(name, table=table or None)]
    node.set("expressions", pairs)


def _order(node: exp.Expr) -> None:
    """ORDER BY ALL is each column that is selected."""
    place, order = node.this, node.parent
    if (
        place.key != "column"
        or place.name.lower() != "all"
        or place.this.quoted
        or place.table
        or order is None
    ):
        return
    query = order.parent
    if isinstance(query, exp.Select) and not query.is_star:
        order.set("expressions", [_ordered_like(node, part) for part in query.selects])
    else:
        node.set("this", exp.Var(this="ALL"))


def _ordered_like(node: exp.Expr, part: exp.Expr) -> exp.Expr:
    made = node.copy()
    made.set("this", part.unalias().copy())
    return made


# --- aggregates and functions


def _within(node: exp.Expr) -> None:
    """ARRAY_AGG(x) WITHIN GROUP (ORDER BY y): the order goes into its brackets."""
    inside = node.this
    if inside.key == "arrayagg":
        order = exp.Order(
            this=inside.this.copy(), expressions=[one.copy() for one in node.expression.expressions]
        )
        inside.set("this", order)
        node.replace(inside.copy())


def _lambda(node: exp.Expr) -> None:
    """What a function of elements is given is a value."""
    names = {part.name.lower() for part in node.expressions}
    for one in list(node.this.find_all(exp.Identifier)):
        if one.name.lower() in names and isinstance(one.parent, exp.Column) and one.arg_key == "this":
            one.parent._type = VARIANT
        elif one.name.lower() in names and not isinstance(one.parent, exp.Column | exp.Alias | exp.Lambda):
            made = exp.Column(this=one.copy())
            made._type = VARIANT
            one.replace(made)
    if node.this.key == "identifier" and node.this.name.lower() in names:
        made = exp.Column(this=node.this.copy())
        made._type = VARIANT
        node.set("this", made)


_UNIT_PLACES = {
    **dict.fromkeys("DATEADD TIMEADD TIMESTAMPADD DATEDIFF TIMEDIFF TIMESTAMPDIFF DATE_PART".split(), 0),
    "DATE_TRUNC": 0,
    "TRUNC": 1,
    "LAST_DAY": 1,
    "TIME_SLICE": 2,
}
"""Which argument is a part of a date."""


def _unit(node: exp.Expr) -> None:
    """A part of a date is a word, not a column."""
    for part in node.expressions[_UNIT_PLACES[node.name.upper()] :][:1]:
        if part.key == "column" and not part.table and part.name.lower() in UNITS:
            part.replace(exp.Var(this=part.name))


def _call(node: exp.Expr) -> None:
    """GET(value, key), GET_PATH(value, path), POSITION(text IN text)."""
    name = node.name.upper()
    first = node.expressions[0].unnest() if node.expressions else None
    if name == "POSITION" and isinstance(first, exp.In):
        place = first.args.get("field") or first.expressions[0]
        node.set("expressions", [first.this.copy(), place.copy()])
    if name in ("GET", "GET_PATH") and len(node.expressions) == 2:
        value, key = node.expressions
        if name == "GET_PATH":
            node.replace(path_in_text(value, key))
            return
        _get(node, value, key)
    elif name == "JSON_EXTRACT_PATH_TEXT" and len(node.expressions) == 2:
        node.replace(exp.cast(path_in_text(*node.expressions), "varchar"))


def _get(node: exp.Expr, value: exp.Expr, key: exp.Expr) -> None:
    if key.key == "literal":
        node.replace(path(value, [key.name if key.is_string else int(key.name)]))
    else:
        node.replace(exp.JSONExtract(this=value.copy(), expression=key.copy()))


_UNITS = {
    "y": "years", "year": "years", "yy": "years", "yyy": "years", "yyyy": "years", "yr": "years",
    "years": "years", "yrs": "years", "q": "quarters", "quarter": "quarters", "qtr": "quarters",
    "qtrs": "quarters", "quarters": "quarters", "month": "months", "mm": "months", "mon": "months",
    "mons": "months", "months": "months", "w": "weeks", "week": "weeks", "wk": "weeks", "weeks": "weeks",
    "weekofyear": "weeks", "woy": "weeks", "wy": "weeks", "d": "days", "day": "days", "dd": "days",
    "days": "days", "h": "hours", "hour": "hours", "hh": "hours", "hr": "hours", "hours": "hours",
    "hrs": "hours", "m": "minutes", "minute": "minutes", "mi": "minutes", "min": "minutes",
    "minutes": "minutes", "mins": "minutes", "s": "seconds", "second": "seconds", "sec": "seconds",
    "seconds": "seconds", "secs": "seconds", "ms": "milliseconds", "millisecond": "milliseconds",
    "milliseconds": "milliseconds", "us": "microseconds", "microsecond": "microseconds",
    "microseconds": "microseconds",
}  # fmt: skip
_PIECE = re.compile(r"\s*([+-]?\d+)\s*([a-z]*)\s*,?", re.IGNORECASE)


def _interval(node: exp.Expr) -> None:
    """INTERVAL '1 year, 3 weeks': its pieces, one after the other."""
    text, unit = node.this, node.args.get("unit")
    if text is None or not text.is_string or (unit is not None and re.fullmatch(r"[+-]?[\d.]+", text.name)):
        return
    said = f"{text.name} {unit.name}" if unit is not None else text.name
    pieces = _PIECE.findall(said)
    units = [_UNITS.get((name or "s").lower()) for _, name in pieces]
    if not pieces or None in units or _PIECE.sub("", said).strip():
        raise Untranslatable(node, f"the interval {said!r} is not translated; write it as '1 year, 2 days'")
    words = [
        _interval_word(int(number), f"{named}") for (number, _), named in zip(pieces, units, strict=True)
    ]
    made = parsed(" + ".join(f"INTERVAL '{word}'" for word in words), "duckdb")
    made = exp.paren(made) if len(words) > 1 else made
    made._type = exp.DataType(this=exp.DType.INTERVAL)
    node.replace(made)


def _interval_word(number: int, unit: str) -> str:
    return f"{number * 3} months" if unit == "quarters" else f"{number} {unit}"


def _refused(message: str) -> Callable[[exp.Expr], None]:
    def refuse(node: exp.Expr) -> None:
        raise Untranslatable(node, message)

    return refuse


def _asof(node: exp.Expr) -> None:
    """Rows without a match stay, as in a LEFT JOIN."""
    if node.args.get("match_condition") is not None and not node.text("side"):
        node.set("side", "LEFT")


def _pivot(node: exp.Expr) -> None:
    for field in node.args.get("fields") or ():
        if any(part.find(exp.PivotAny) for part in field.expressions if isinstance(part, exp.Expr)):
            raise Untranslatable(node, "PIVOT ... IN (ANY) is not translated; list the values: IN ('a', 'b')")
        if not node.args.get("unpivot"):
            field.set("expressions", [_pivoted(part) for part in field.expressions])


def _pivoted(part: exp.Expr) -> exp.Expr:
    """The column of a text is called by it and its quotes."""
    if not part.is_string:
        return part
    return exp.PivotAlias(this=part.copy(), alias=exp.to_identifier(f"'{part.name}'", quoted=True))


_FORMS: Mapping[str, Callable[[exp.Expr], None]] = {
    "with": _recursive,
    "ordered": _order,
    "withingroup": _within,
    "lambda": _lambda,
    "anonymous": _call,
    "getextract": lambda node: _get(node, node.this, node.expression),
    "interval": _interval,
    "connect": connect_by,
    "join": _asof,
    "matchrecognize": _refused("MATCH_RECOGNIZE is not translated; use LAG, LEAD and window functions"),
    "pivot": _pivot,
}


def read_words(tree: exp.Expr, tables: TypedTables) -> None:
    """Parts of dates are words, and no columns; `$1` is a column, and no parameter."""
    for values in tree.find_all(exp.Values):
        _values(values)
    for parameter in list(tree.find_all(exp.Parameter)):
        _parameter(parameter, tables)
    for node in tree.find_all(exp.Anonymous):
        if node.name.upper() in _UNIT_PLACES:
            _unit(node)


def rewrite_forms(tree: exp.Expr, tables: TypedTables) -> exp.Expr:
    """Say in other words what DuckDB's grammar does not have. Raises Untranslatable."""
    for node in bottom_up(tree):
        if node.key == "anonymous":
            _whole_row(node, tables)
        form = _FORMS.get(node.key)
        if form is not None:
            form(node)
    return tree
