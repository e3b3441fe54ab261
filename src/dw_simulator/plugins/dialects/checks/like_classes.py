"""LIKE with classes of characters, as SQL Server has it, as a regular expression.

>>> from sqlglot import condition
>>> with_regexes(condition("a LIKE '[A-Z][^0-9]x%' AND b LIKE 'x%'")).sql()
"REGEXP_LIKE(a, '^[A-Z][^0-9]x.*$') AND b LIKE 'x%'"
"""

import re

from sqlglot import exp

_PART = re.compile(r"\[\^?[^\]]+\]|.", re.DOTALL)
_WILD = {"%": ".*", "_": "."}


def with_regexes(tree: exp.Expr) -> exp.Expr:
    """The condition with regular expressions for patterns that have classes."""
    return tree.transform(_turned)


def _turned(node: exp.Expr) -> exp.Expr:
    pattern = node.expression if node.key == "like" else None
    if pattern is None or not pattern.is_string or "[" not in pattern.name:
        return node
    parts = _PART.findall(pattern.name)
    text = "".join(one if len(one) > 1 else _WILD.get(one, re.escape(one)) for one in parts)
    found: exp.Expr = exp.RegexpLike(this=node.this, expression=exp.Literal.string(f"^{text}$"))
    return exp.not_(found) if node.args.get("negate") else found
