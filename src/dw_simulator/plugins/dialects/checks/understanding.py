"""What the readers of a CHECK share: how they say that a part is not understood, and signs of comparison."""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import TypeVar

from sqlglot import exp

Reader = TypeVar("Reader")
Said = TypeVar("Said")


class NotUnderstood(Exception):
    """A part of a check that cannot be followed, and why."""


class Sign(StrEnum):
    """How two values are compared; the values are sqlglot's keys.

    >>> Sign.LT.mirrored, Sign.LT.negated
    (<Sign.GT: 'gt'>, <Sign.GTE: 'gte'>)
    """

    LT = "lt"
    LTE = "lte"
    GT = "gt"
    GTE = "gte"
    EQ = "eq"
    NEQ = "neq"

    @property
    def mirrored(self) -> "Sign":
        """The sign when both sides are exchanged."""
        return _MIRRORED.get(self, self)

    @property
    def negated(self) -> "Sign":
        """The sign that holds where this one does not."""
        return _NEGATED[self]


_MIRRORED = {Sign.LT: Sign.GT, Sign.GT: Sign.LT, Sign.LTE: Sign.GTE, Sign.GTE: Sign.LTE}
_OPPOSITES = ((Sign.LT, Sign.GTE), (Sign.GT, Sign.LTE), (Sign.EQ, Sign.NEQ))
_NEGATED = {one: other for pair in _OPPOSITES for one, other in (pair, pair[::-1])}
_CALCULATIONS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "mod": "%", "dpipe": "||"}


def _written(node: exp.Expr) -> str:
    """The sign that stands between the two sides of what sqlglot calls a function; empty where none does."""
    if "_sql_names" in vars(type(node)):  # it is written as a function is
        return ""
    both = type(node)(this=exp.column("x"), expression=exp.column("y")).sql(dialect="postgres")
    return both[2:-2] if both.startswith("x ") and both.endswith(" y") else ""


def named(node: exp.Expr) -> str:
    """A node as a reason names it."""
    if isinstance(node, exp.Func):
        if isinstance(node, exp.Binary) and (written := _written(node)):
            return written
        return f"the function {node.name if node.key == 'anonymous' else node.sql_name()}"
    sign = _CALCULATIONS.get(node.key)
    return f"a calculation with {sign}" if sign else node.key.upper()


def reads(
    *arguments: str,
) -> Callable[[Callable[[Reader, exp.Expr], Said]], Callable[[Reader, exp.Expr], Said]]:
    """For a method that reads a node: all that it reads of it. A node that says more is not understood."""

    def decorated(method: Callable[[Reader, exp.Expr], Said]) -> Callable[[Reader, exp.Expr], Said]:
        @wraps(method)
        def reading(reader: Reader, node: exp.Expr) -> Said:
            more = {name for name, value in node.args.items() if value} - {*arguments}
            if more:
                raise NotUnderstood(f"{' and '.join(sorted(more))} of {named(node)} is not understood")
            return method(reader, node)

        return reading

    return decorated
