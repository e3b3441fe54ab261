"""A CHECK that says an equation is followed as one: CHECK (total = subtotal + tax).

>>> [(one.target, sorted(one.sources)) for one in equations_in('"Total" = sub_total + 1.19 * Tax AND x > 0')]
[('Total', ['Tax', 'sub_total'])]
>>> list(equations_in("total = coalesce(a, 0) + b"))
[]
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

_SIDES = re.compile(r"\s*\(*\s*(\w+)\s*=\s*([\w\s+\-*/().]+?)\s*\Z")
_AND = re.compile(r"\bAND\b", re.IGNORECASE)
_NONE = float("-inf")
_LONGEST = 2000
"""Characters of a formula that is followed."""
_SUMS = (ast.Add, ast.Sub, ast.Mult)


@dataclass(frozen=True)
class CheckEquation:
    """A column, and of which others it is made. formula: in Python's arithmetic, over the columns' names."""

    target: str
    formula: str
    sources: frozenset[str]


def equations_in(check: str) -> Iterator[CheckEquation]:
    """The equations that a CHECK says, part by part; others are left to those who read CHECKs."""
    for part in _AND.split(check.replace('"', "")):
        sides = _SIDES.match(part)
        if sides is None:
            continue
        formula = sides[2]
        if len(formula) > _LONGEST:
            continue
        if part.count(")") > part.count("("):
            formula = formula.removesuffix(")")
        if formula.count(")") > formula.count("("):
            formula = formula.rstrip()[: formula.rstrip().rfind(")")]
        try:
            tree = ast.parse(formula.strip(), mode="eval").body
        except (SyntaxError, RecursionError, MemoryError):
            continue
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        if names and isinstance(tree, ast.BinOp) and all(map(_is_plain, ast.walk(tree))):
            yield CheckEquation(sides[1], formula.strip(), frozenset(names))


def _is_plain(node: ast.AST) -> bool:
    if isinstance(node, ast.BinOp):
        by_number = isinstance(node.op, ast.Div) and _number(node.right) > 0
        return isinstance(node.op, _SUMS) or by_number
    if isinstance(node, ast.Constant):
        return _number(node) is not _NONE
    return isinstance(node, ast.Name | ast.operator | ast.expr_context)


def _number(node: ast.AST) -> float:
    """A number that is written out; `_NONE` for anything else."""
    value = node.value if isinstance(node, ast.Constant) else None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else _NONE
