"""What is done with a query as a whole, where a database has other forms of queries."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp

from dw_simulator.ports.statement import TypedTables


def _as_it_is(tree: exp.Expr, _tables: TypedTables) -> exp.Expr:
    return tree


@dataclass(frozen=True)
class Forms:
    """How the queries of a dialect come into the forms of a database. May raise Untranslatable.

    reshape  before anything of the query is known, given the experiment's tables; may make a new tree
    fit      when its types are
    read     before anybody has looked at it: what sqlglot has read as something else than it is
    """

    reshape: Callable[[exp.Expr, TypedTables], exp.Expr] = _as_it_is
    fit: Callable[[exp.Expr], None] = lambda _tree: None
    read: Callable[[exp.Expr, TypedTables], None] = lambda _tree, _tables: None
