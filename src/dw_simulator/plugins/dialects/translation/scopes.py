"""Where the names of a query come from: its FROM, its WITH, the queries around it."""

from sqlglot import exp

from dw_simulator.plugins.dialects.trees import around


def cte_of(table: exp.Table) -> exp.CTE | None:
    """The query of a WITH that a table's name means."""
    if table.db:
        return None
    for scope in around(table):
        with_ = scope.args.get("with_")
        for cte in with_.expressions if with_ is not None else ():
            if cte.alias.lower() == table.name.lower():
                return cte  # type: ignore[no-any-return]
    return None


def sources(query: exp.Expr) -> list[exp.Expr]:
    """The tables, queries and LATERALs that a SELECT reads."""
    if query.key != "select":
        return []
    from_ = query.args.get("from_")
    joined = [join.this for join in query.args.get("joins") or ()]
    return [*([from_.this] if from_ is not None else ()), *joined, *(query.args.get("laterals") or ())]


def query_around(node: exp.Expr) -> exp.Query | None:
    """The SELECT or UNION around a node."""
    return node.find_ancestor(exp.Select, exp.SetOperation)


def is_source(node: exp.Expr) -> bool:
    """Whether a query's rows are wanted, and not its one value."""
    kinds = (exp.From, exp.Join, exp.Lateral, exp.CTE, exp.SetOperation, exp.In)
    return isinstance(node.parent, kinds)
