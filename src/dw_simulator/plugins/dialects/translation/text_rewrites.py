"""Patterns that text is matched with, LIKE's and SIMILAR TO's, and parts of text, as DuckDB has them."""

import re

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.rewriting import Rewrite, closed, duckdb, fill, parsed
from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable
from dw_simulator.plugins.dialects.trees import is_number

# --- LIKE and SIMILAR TO

_BACKSLASH = exp.Literal.string("\\")
_IN_BRACKETS = re.compile(r"\[\^?\]?(?:\[:\w+:\]|\\.|[^]])*\]", re.DOTALL)
_SPECIAL = {"%": ".*", "_": ".", "(": "(?:", ".": r"\.", "^": r"\^", "$": r"\$", "\\": r"\\"}


def like(node: exp.Expr) -> exp.Expr:
    """The escape is a backslash unless another is said; DuckDB has none of itself."""
    pattern = node.expression
    if isinstance(pattern, exp.Any | exp.All | exp.Array | exp.Tuple):
        raise Untranslatable(node, "LIKE ANY and LIKE ALL are not translated; write LIKE for each pattern")
    plain = pattern.key == "literal" and "\\" not in pattern.name
    if plain or _names_its_escape(node):
        return node
    return exp.Escape(this=node.copy(), expression=_BACKSLASH.copy())


def similar(node: exp.Expr) -> exp.Expr:
    """SIMILAR TO mixes LIKE and regular expressions; the target has only the latter."""
    return node if _names_its_escape(node) else _matched(node, node, "\\")


def _names_its_escape(node: exp.Expr) -> bool:
    return isinstance(node.parent, exp.Escape)


def similar_escape(node: exp.Expr) -> exp.Expr:
    """SIMILAR TO ... ESCAPE."""
    if node.this.key != "similarto":
        return node
    escape = node.expression
    if escape.key != "literal" or len(escape.name) != 1:
        raise Untranslatable(node, "the ESCAPE of SIMILAR TO is translated where it is one character")
    return _matched(node, node.this, escape.name)


def _matched(node: exp.Expr, similar_to: exp.Expr, escape: str) -> exp.Expr:
    pattern = similar_to.expression
    if not pattern.is_string:
        raise Untranslatable(node, "SIMILAR TO is translated where its pattern is a literal")
    regular = exp.Literal.string(_regular(node, pattern.name, escape))
    return exp.func("regexp_full_match", similar_to.this.copy(), regular, exp.Literal.string("s"))


def _regular(node: exp.Expr, text: str, escape: str) -> str:
    made = ""
    while text:
        if text[0] == escape:
            if len(text) == 1 or text[1].isalnum():
                message = "an escape before a letter, a digit or nothing is not translated"
                raise Untranslatable(node, message)
            made, text = made + re.escape(text[1]), text[2:]
        elif text[0] == "[":
            found = _IN_BRACKETS.match(text)
            if found is None or escape in found[0] or "\\" in found[0]:
                message = "brackets with an escape, or without an end, are not translated"
                raise Untranslatable(node, message)
            made, text = made + found[0], text[found.end() :]
        else:
            made, text = made + _SPECIAL.get(text[0], text[0]), text[1:]
    return made


# --- regular expressions

_REPLACE = duckdb("regexp_replace(:a, :b, '', 'g')", "regexp_replace(:a, :b, :c, 'g')")


def back_references(node: exp.Expr) -> exp.Expr:
    """REGEXP_REPLACE: the warehouse writes what was found as $1, the target as a backslash and 1."""
    if len(node.expressions) == 3 and node.expressions[2].key == "literal":
        text = re.sub(r"\$(\d)", r"\\\1", node.expressions[2].name)
        node.set("expressions", [*node.expressions[:2], exp.Literal.string(text)])
    return _REPLACE(node)


def regexp_substr(*templates: str) -> Rewrite:
    """With up to four arguments a template; then come its parameters and the number of the group."""
    shorter = duckdb(*templates)

    def rewrite(node: exp.Expr) -> exp.Expr:
        if len(node.expressions) <= 4:
            return shorter(node)
        text, pattern, position, occurrence, *rest = node.expressions
        if any(part.key != "literal" for part in rest):
            raise Untranslatable(node, "REGEXP_SUBSTR() is translated where its parameters are literals")
        letters = rest[0].name
        group = rest[1].name if len(rest) > 1 else str(int("e" in letters))
        flags = exp.Literal.string(letters.replace("e", ""))
        part = exp.func("substr", text.copy(), position.copy())
        found = exp.func("regexp_extract_all", part, pattern.copy(), exp.Literal.number(group), flags)
        return exp.func("list_extract", found, occurrence.copy())

    return rewrite


def initcap(words: str) -> Rewrite:
    """A capital for each word, whatever the warehouse takes for one."""
    return duckdb(
        f"""array_to_string(list_transform(regexp_extract_all(lower(:a), '{words}'),
            lambda word: upper(left(word, 1)) || substr(word, 2)), '')"""
    )


# --- parts of text

_FROM = parsed("substring(:this, CASE WHEN :start < 1 THEN 1 ELSE :start END)", "duckdb")
_FROM_FOR = parsed(
    """CASE WHEN :length < 0 THEN CAST(error('negative substring length not allowed') AS VARCHAR)
            WHEN :start > 0 THEN substring(:this, :start, :length)
            WHEN :start + :length > 1 THEN left(:this, :start + :length - 1)
            WHEN :start + :length <= 1 THEN left(:this, 0) END""",
    "duckdb",
)
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


def substring(node: exp.Expr) -> exp.Expr:
    """What begins left of the text counts from there; DuckDB would count from its end."""
    start, length = node.args.get("start"), node.args.get("length")
    if start is not None and start.is_string:
        raise Untranslatable(node, "SUBSTRING ... FROM a pattern is not translated; use REGEXP_SUBSTR")
    if start is None or (is_number(start) and (length is None or is_number(length))):
        return node
    return closed(fill(_FROM if length is None else _FROM_FOR, _given(node)))


def substring_from_end(node: exp.Expr) -> exp.Expr:
    """Of a start before the text there is nothing there."""
    start, length = node.args.get("start"), node.args.get("length")
    counts = is_number(start) and (length is None or is_number(length))
    if start is None or (counts and start.name != "0"):
        return node
    return closed(fill(_BEFORE if length is None else _BEFORE_FOR, _given(node)))


def _given(node: exp.Expr) -> dict[str, exp.Expr]:
    parts = {name: node.args.get(name) for name in ("this", "start", "length")}
    return {name: part for name, part in parts.items() if part is not None}
