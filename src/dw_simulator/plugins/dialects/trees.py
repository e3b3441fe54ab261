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
from collections.abc import Callable
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
