"""Patterns that text is matched with, LIKE's and SIMILAR TO's, and parts of text, as DuckDB has them."""

import re
from typing import Any

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.rewriting import closed, fill, parsed
from dw_simulator.plugins.dialects.translation.untranslatable import Refusal

_BACKSLASH = exp.Literal.string("\\")
_IN_BRACKETS = re.compile(r"\[\^?\]?(?:\[:\w+:\]|\\.|[^]])*\]", re.DOTALL)
_SPECIAL = {"%": ".*", "_": ".", "(": "(?:", ".": r"\.", "^": r"\^", "$": r"\$", "\\": r"\\"}


def like(node: Any) -> Any:
    """The escape is a backslash unless another is said; DuckDB has none of itself."""
    pattern = node.expression
    if isinstance(pattern, exp.Any | exp.All | exp.Array | exp.Tuple):
        raise Refusal(node, "LIKE ANY and LIKE ALL are not translated; write LIKE for each pattern")
    plain = isinstance(pattern, exp.Literal) and "\\" not in pattern.this
    if plain or isinstance(node.parent, exp.Escape):
        return node
    return exp.Escape(this=node.copy(), expression=_BACKSLASH.copy())


def similar(node: Any) -> Any:
    """SIMILAR TO mixes LIKE and regular expressions; the target has only the latter."""
    return node if isinstance(node.parent, exp.Escape) else _matched(node, node, "\\")


def similar_escape(node: Any) -> Any:
    """SIMILAR TO ... ESCAPE."""
    if not isinstance(node.this, exp.SimilarTo):
        return node
    escape = node.expression
    if not isinstance(escape, exp.Literal) or len(escape.this) != 1:
        raise Refusal(node, "the ESCAPE of SIMILAR TO is translated where it is one character")
    return _matched(node, node.this, escape.this)


def _matched(node: Any, similar_to: Any, escape: str) -> Any:
    pattern = similar_to.expression
    if not isinstance(pattern, exp.Literal) or not pattern.is_string:
        raise Refusal(node, "SIMILAR TO is translated where its pattern is a literal")
    regular = exp.Literal.string(_regular(node, pattern.this, escape))
    return exp.func("regexp_full_match", similar_to.this.copy(), regular, exp.Literal.string("s"))


def _regular(node: Any, text: str, escape: str) -> str:
    made = ""
    while text:
        if text[0] == escape:
            if len(text) == 1 or text[1].isalnum():
                raise Refusal(node, "an escape before a letter, a digit or nothing is not translated")
            made, text = made + re.escape(text[1]), text[2:]
        elif text[0] == "[":
            found = _IN_BRACKETS.match(text)
            if found is None or escape in found[0] or "\\" in found[0]:
                raise Refusal(node, "brackets with an escape, or without an end, are not translated")
            made, text = made + found[0], text[found.end() :]
        else:
            made, text = made + _SPECIAL.get(text[0], text[0]), text[1:]
    return made


# --- parts of text

_FROM = parsed("substring(:this, CASE WHEN :start < 1 THEN 1 ELSE :start END)", "duckdb")
_FROM_FOR = parsed(
    """CASE WHEN :length < 0 THEN CAST(error('negative substring length not allowed') AS VARCHAR)
            WHEN :start > 0 THEN substring(:this, :start, :length)
            WHEN :start + :length > 1 THEN left(:this, :start + :length - 1)
            WHEN :start + :length <= 1 THEN left(:this, 0) END""",
    "duckdb",
)


def substring(node: Any) -> Any:
    """What begins left of the text counts from there; DuckDB would count from its end."""
    given = {name: node.args.get(name) for name in ("this", "start", "length")}
    start, length = given["start"], given["length"]
    if isinstance(start, exp.Literal) and start.is_string:
        raise Refusal(node, "SUBSTRING ... FROM a pattern is not translated; use REGEXP_SUBSTR")
    if start is None or (_is_count(start) and (length is None or _is_count(length))):
        return node
    values = {name: value for name, value in given.items() if value is not None}
    return closed(fill(_FROM if length is None else _FROM_FOR, values))


def _is_count(node: Any) -> bool:
    return isinstance(node, exp.Literal) and not node.is_string


_BEFORE = parsed(
    """CASE WHEN :start < -length(:this) THEN left(:this, 0)
            ELSE substring(:this, CASE WHEN :start = 0 THEN 1 ELSE :start END) END""",
    "duckdb",
)
_BEFORE_FOR = parsed(
    """CASE WHEN :length <= 0 OR :start < -length(:this) THEN left(:this, 0)
            ELSE substring(:this, CASE WHEN :start = 0 THEN 1 ELSE :start END, :length) END""",
    "duckdb",
)


def substring_from_end(node: Any) -> Any:
    """Of a start before the text there is nothing there."""
    given = {name: node.args.get(name) for name in ("this", "start", "length")}
    start, length = given["start"], given["length"]
    if start is None or (_is_count(start) and start.name != "0" and (length is None or _is_count(length))):
        return node
    values = {name: value for name, value in given.items() if value is not None}
    return closed(fill(_BEFORE if length is None else _BEFORE_FOR, values))
