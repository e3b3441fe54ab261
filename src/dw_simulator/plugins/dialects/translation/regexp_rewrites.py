"""Regular expressions as Redshift's functions take them: with a position, an occurrence and parameters."""

import re

from sqlglot import exp

from dw_simulator.plugins.dialects.translation.rewriting import counted, fill, parsed
from dw_simulator.plugins.dialects.translation.untranslatable import Untranslatable

_LOOKS = re.compile(r"\(\?<?[=!]")
_SOURCE = {False: ":text", True: "substr(:text, :position)"}
_REPLACE = {
    False: parsed("regexp_replace(:text, :pattern, :by, :flags)", "duckdb"),
    True: parsed(
        "left(:text, :position - 1) || regexp_replace(substr(:text, :position), :pattern, :by, :flags)",
        "duckdb",
    ),
}
_FOUND = {
    cuts: parsed(
        f"""CASE WHEN :text IS NOT NULL THEN coalesce(list_extract(
            regexp_extract_all({source}, :pattern, :group, :flags), :occurrence), '') END""",
        "duckdb",
    )
    for cuts, source in _SOURCE.items()
}
_FIRST = {
    cuts: parsed(f"regexp_extract({source}, :pattern, :group, :flags)", "duckdb")
    for cuts, source in _SOURCE.items()
}
_COUNT = {
    cuts: parsed(f"len(regexp_extract_all({source}, :pattern, 0, :flags))", "duckdb")
    for cuts, source in _SOURCE.items()
}
_ONE = exp.Literal.number(1)


def _pattern(node: exp.Expr, flags: str) -> exp.Expr:
    """The pattern; one that looks around is none of the target's."""
    pattern: exp.Expr = node.expressions[1]
    if pattern.is_string and _LOOKS.search(pattern.name):
        raise Untranslatable(pattern, "a regular expression that looks ahead or behind is not translated")
    if set(flags) - set("ceip"):
        raise Untranslatable(node, f"the parameters {flags!r} of {node.name}() are not known: c, e, i, p")
    return pattern


def _flags(node: exp.Expr, given: exp.Expr | None) -> str:
    if given is None:
        return ""
    if not given.is_string:
        raise Untranslatable(given, f"{node.name}() is translated where its parameters are a text in quotes")
    return given.name.lower()


def _values(node: exp.Expr, position: exp.Expr | None, flags: str) -> tuple[bool, dict[str, exp.Expr]]:
    """Whether the text is cut before it is looked through, and what templates are filled with."""
    values = {
        "text": node.expressions[0],
        "pattern": _pattern(node, flags),
        "flags": exp.Literal.string("i" if "i" in flags else ""),
        "group": exp.Literal.number(int("e" in flags)),
    }
    if position is None or position.name == "1":
        return False, values
    return True, {**values, "position": position}


def regexp_replace(node: exp.Expr) -> exp.Expr:
    """REGEXP_REPLACE(text, pattern, by, position, parameters) of all that is found; $1 is a group."""
    rest = counted(node, 2, 5)[2:]
    by, position, given = (*rest, None, None, None)[:3]
    cuts, values = _values(node, position, _flags(node, given))
    written = by if by is not None else exp.Literal.string("")
    if written.is_string:
        written = exp.Literal.string(re.sub(r"\$(\d)", r"\\\1", written.name))
    values |= {"by": written, "flags": exp.Literal.string("g" + values["flags"].name)}
    return fill(_REPLACE[cuts], values)


def regexp_substr(node: exp.Expr) -> exp.Expr:
    """REGEXP_SUBSTR(text, pattern, position, occurrence, parameters): empty where nothing is found."""
    rest = counted(node, 2, 5)[2:]
    position, occurrence, given = (*rest, None, None, None)[:3]
    cuts, values = _values(node, position, _flags(node, given))
    if occurrence is None or occurrence.name == "1":
        return fill(_FIRST[cuts], values)
    return fill(_FOUND[cuts], {**values, "occurrence": occurrence})


def regexp_count(node: exp.Expr) -> exp.Expr:
    """REGEXP_COUNT(text, pattern, position, parameters)."""
    rest = counted(node, 2, 4)[2:]
    position, given = (*rest, None, None)[:2]
    cuts, values = _values(node, position, _flags(node, given))
    return fill(_COUNT[cuts], values)
