"""sqlglot's trees, read by classes that have a method for each kind of node they understand.

>>> class Sign(Visitor[str]):
...     def visit_add(self, node: exp.Add) -> str:
...         return "plus"
...
...     def visit_other(self, node: exp.Expr) -> str:
...         return f"no sign: {node.key}"
>>> Sign().visit(exp.Add(this=exp.column("a"), expression=exp.column("b")))
'plus'
>>> Sign().visit(exp.column("a"))
'no sign: column'
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from sqlglot import exp

Found = TypeVar("Found")


class Visitor(ABC, Generic[Found]):
    """Answers for a node by the method `visit_` with the node's key, which is its class in small letters."""

    def visit(self, node: exp.Expr) -> Found:
        """What the method of the node's class says, or else `visit_other`."""
        method: Callable[[exp.Expr], Found] = getattr(self, f"visit_{node.key}", self.visit_other)
        return method(node)

    @abstractmethod
    def visit_other(self, node: exp.Expr) -> Found:
        """What is said of a node that has no method of its own."""


def bottom_up(tree: exp.Expr) -> list[exp.Expr]:
    """Every node, children before their parents."""
    return list(tree.walk(bfs=True))[::-1]


def around(node: exp.Expr) -> Iterator[exp.Expr]:
    """Everything that a node is part of, from the inside out."""
    while node.parent is not None:
        node = node.parent
        yield node


def is_number(node: exp.Expr | None) -> bool:
    """Whether it is a number that is written out, without a sign."""
    return node is not None and node.key == "literal" and not node.is_string
