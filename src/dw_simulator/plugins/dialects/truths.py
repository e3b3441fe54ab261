"""Truth values in warehouses that write them as numbers: BIT, TINYINT(1), NUMBER(1).

>>> import sqlglot
>>> from sqlglot.dialects.tsql import TSQL
>>> flags = {"done": True}
>>> is_flag = lambda column: column.name in flags
>>> as_truths(sqlglot.parse_one("done = 0 OR done IN (0, 1)"), is_flag).sql()
'done = FALSE OR done IN (FALSE, TRUE)'
>>> as_numbers(sqlglot.parse_one("NOT done OR done = TRUE"), is_flag).sql()
'NOT done = 1 OR done = 1'
>>> says_truths(TSQL)
False
"""

from collections.abc import Callable
from functools import cache

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect

from dw_simulator.plugins.dialects.trees import bottom_up

IsFlag = Callable[[exp.Expr], bool]
"""Whether a column holds truth values."""
_COMPARISONS = frozenset({"eq", "neq", "nullsafeeq", "nullsafeneq"})
_CONNECTED = frozenset({"and", "or", "not", "paren", "xor"})


@cache
def says_truths(dialect: type[Dialect]) -> bool:
    """Whether the dialect has words for truth values."""
    return exp.true().sql(dialect=dialect).upper() == "TRUE"


def as_truths(tree: exp.Expr, is_flag: IsFlag) -> exp.Expr:
    """The condition with TRUE for the 1 that a truth value is compared with, and FALSE for 0."""
    tree = tree.copy()
    for node in bottom_up(tree):
        for sides in _compared(node):
            if any(side.unnest().key == "column" and is_flag(side.unnest()) for side in sides):
                for side in sides:
                    number = side.unnest()
                    if number.key == "literal" and number.name in ("0", "1"):
                        number.replace(exp.Boolean(this=number.name == "1"))
    return tree


def as_numbers(tree: exp.Expr, is_flag: IsFlag) -> exp.Expr:
    """The condition with 1 for TRUE and 0 for FALSE; a truth value by itself is one that is 1."""
    root = exp.paren(tree.copy())
    for node in bottom_up(root):
        if node.key == "boolean" and node.parent is not None and node.parent.key not in _CONNECTED:
            node.replace(exp.Literal.number(int(node.this)))
        elif node.key == "column" and is_flag(node) and node.parent and node.parent.key in _CONNECTED:
            node.replace(exp.EQ(this=node.copy(), expression=exp.Literal.number(1)))
    inner: exp.Expr = root.this
    return inner


def _compared(node: exp.Expr) -> list[list[exp.Expr]]:
    """What is compared with one another."""
    if node.key in _COMPARISONS:
        return [[node.this, node.expression]]
    return [[node.this, *node.expressions]] if node.key == "in" and node.expressions else []
