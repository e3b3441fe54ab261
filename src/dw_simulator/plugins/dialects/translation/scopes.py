"""Where the names of a query come from: its FROM, its WITH, the queries around it."""

from collections.abc import Iterable

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable
from dw_simulator.plugins.dialects.trees import around


def cte_of(table: exp.Expr) -> exp.CTE | None:
    """The query of a WITH that a table's name means."""
    if table.text("db"):
        return None
    for scope in around(table):
        with_ = scope.args.get("with_")
        for cte in with_.expressions if with_ is not None else ():
            if cte.alias.lower() == table.name.lower():
                return cte  # type: ignore[no-any-return]
    return None


def named_once(tree: exp.Expr) -> None:
    """Raises Untranslatable where one name stands for two tables of a FROM, or for two queries of a WITH."""
    for with_ in tree.find_all(exp.With):
        _distinct(with_.expressions, "WITH")
    for select in tree.find_all(exp.Select):
        named = [
            one for one in sources(select) if one.alias or (one.key == "table" and not one.args.get("db"))
        ]
        _distinct(named, "FROM")


def _distinct(parts: Iterable[exp.Expr], clause: str) -> None:
    seen: set[str] = set()
    for part in parts:
        name = part.alias_or_name
        if name and name.lower() in seen:
            message = f"the name {name} stands for two things in one {clause}; give one of them another name"
            raise Untranslatable(part, message)
        seen.add(name.lower())


def sources(query: exp.Expr) -> list[exp.Expr]:
    """The tables, queries and LATERALs that a SELECT reads, or that a statement changes and reads."""
    if query.key in ("update", "delete", "merge"):
        return _beside(query)
    if query.key != "select":
        return []
    from_ = query.args.get("from_")
    joined = [join.this for join in query.args.get("joins") or ()]
    return [*([from_.this] if from_ is not None else ()), *joined, *(query.args.get("laterals") or ())]


def _beside(change: exp.Expr) -> list[exp.Expr]:
    """The table that a statement changes, and those of its FROM or USING."""
    using = change.args.get("using") or []
    from_ = change.args.get("from_")
    found = [change.this, from_.this if from_ else None, *(using if isinstance(using, list) else [using])]
    tables = [one for one in found if isinstance(one, exp.Expr)]
    joined = [join.this for table in tables for join in table.args.get("joins") or ()]
    return [*tables, *joined]


def query_around(node: exp.Expr) -> exp.Query | None:
    """The SELECT or UNION around a node."""
    return node.find_ancestor(exp.Select, exp.SetOperation)


def is_source(node: exp.Expr) -> bool:
    """Whether a query's rows are wanted, and not its one value."""
    kinds = (exp.From, exp.Join, exp.Lateral, exp.CTE, exp.SetOperation, exp.In)
    return isinstance(node.parent, kinds)
