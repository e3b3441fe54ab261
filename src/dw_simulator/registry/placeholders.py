"""What templates leave open: {{ schema }}, ${ENV}, <% ENV %>, $(name), {name}, &name and {% blocks %}.

>>> filled = fill("CREATE TABLE {{ schema }}.t (a INT)", {"schema": "raw"})
>>> filled.sql
'CREATE TABLE raw         .t (a INT)'

Where nobody says what a placeholder stands for, it is taken for a name, which is told. Blanks behind it keep
what follows in its column, where that changes nothing.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_OPEN = re.compile(
    r"""(?P<quoted>[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|--[^\n]*|/\*(?:.*?\*/|.*)|\$\$.*?\$\$)
    |(?P<name>"(?:[^"\n]|"")*"|`[^`\n]*`)
    |(?P<block>\{%.{0,2000}?%\}|\{\#.{0,2000}?\#\}|\{\{-?\s*config\s*\(.{0,2000}?\}\})
    |(?P<open>\{\{.{0,400}?\}\}|\$\{(?:[^{}\n]|\{[^{}\n]*\}){1,200}\}|\$\(\s*\w+\s*\)|\{[A-Za-z_]\w*\}
        |%\([A-Za-z_]\w*\)s|(?<![\w<])<[A-Za-z_]\w*>(?=\.)|(?<![\w:]):"?[A-Za-z_]\w*"?(?=\.)
        |(?:(?<=\()|(?<=,)|(?<=,\ ))&&?\{?[A-Za-z_]\w*\}?(?=\s*[,)])
        |(?<![\w&)])&\{[A-Za-z_]\w*\}(?=[\w."])|(?<![\w$])\$[A-Za-z_]\w*(?=\.)
        |<%=?\s*[\w.]+\s*%>
        |(?<![\w&)])&[A-Za-z_]\w*(?:\.(?=[._\d]))?(?=[\w."])
        |(?<=identifier\()[$:]\w+(?=\)))""",
    re.DOTALL | re.VERBOSE | re.IGNORECASE,
)
_IN_NAME = re.compile(r"\{\{.{0,400}?\}\}|\$\{(?:[^{}\n]|\{[^{}\n]*\}){1,200}\}|&\{\w+\}|<%=?\s*[\w.]+\s*%>")
_HOW_KEPT = re.compile(
    r"""\b(?:distkey|(?:(?:compound|interleaved)\s+)?sortkey|cluster\s+by)\s*
    (?:\((?:[^(){}]|\{\{[^{}]*\}\}|[\${]\{?[^{}()]*\}){1,400}\)|(?:\{\{[^{}]*\}\}|\$\{[^{}]*\}))""",
    re.IGNORECASE | re.VERBOSE,
)
"""What says how rows are kept, with placeholders in it."""
_SIZED = re.compile(
    r"""\b(?:(?P<letters>n?(?:var)?char2?|character(?:\s+varying)?|string|text|(?:var)?binary|varbyte|bytes|raw)
    |(?P<digits>decimal|dec|numeric|number|bignumeric)|(?P<time>time(?:stamp)?\w*|datetime\w*))
    \s*\(\s*(?P<second>[^(),]+,\s*)?\Z""",
    re.IGNORECASE | re.VERBOSE,
)
"""What stands in front of the length of text, the digits of a number, or those of a second."""
_WORD = re.compile(r"[A-Za-z_]\w*")
_NEAR = 60
_QUOTED = re.compile(r"""['"]([^'"]+)['"]""")


UNSAID = "nothing"
"""What a placeholder is taken for where the clause that it is in was left out."""


@dataclass(frozen=True)
class Placeholder:
    """One that nobody has said the value of.

    start    where it is in the script
    name     what it is called; empty for what is no SQL
    taken    what it was taken for, where that is not its name; UNSAID where its clause was left out
    """

    text: str
    start: int
    name: str
    taken: str = ""


@dataclass(frozen=True)
class Filled:
    """A script without placeholders, and those that were taken for names."""

    sql: str
    open: Sequence[Placeholder]


def fill(sql: str, variables: Mapping[str, str]) -> Filled:
    """Put values in the place of placeholders. variables: by name, without the signs around it."""
    if not re.search(
        r"\{\{|\{%|\{#|\$\{|\$\(|&\{?\w|\{[A-Za-z_]\w*\}|%\(|<\w+>\.|:\"?\w+\"?\.|identifier\([$:]|\$\w+\.|<%",
        sql,
        re.IGNORECASE,
    ):
        return Filled(sql, ())
    left: list[Placeholder] = []
    sql = _without_kept(sql, variables, left)

    def value(found: re.Match[str]) -> str:
        if found["quoted"] is not None:
            return _within_text(found[0], variables)
        if found["name"] is not None:
            return _within_name(found[0], found.start(), variables, left)
        if found["block"] is not None:
            left.append(Placeholder(found[0], found.start(), ""))
            return re.sub(r"[^\n]", " ", found[0])
        name = _name(found[0])
        given = variables.get(name)
        if given is None:
            given = _number_at(found.string, found.start()) or _set_in(sql, name) or name
            left.append(Placeholder(found[0], found.start(), name, given))
        if sql[: found.start()][-11:].lower() == "identifier(":
            given = f"'{given}'"
        behind = sql[found.end() : found.end() + 1]
        alone = not (behind.isalnum() or behind in ("_", "$"))
        return given.ljust(len(found[0])) if alone and "\n" not in found[0] else given

    return Filled(_OPEN.sub(value, sql), left)


def _without_kept(sql: str, variables: Mapping[str, str], left: list[Placeholder]) -> str:
    """The script with blanks for how rows are kept, where it is not said by which columns."""

    def blank(found: re.Match[str]) -> str:
        names = [_name(one[0]) for one in _OPEN.finditer(found[0]) if one["open"] is not None]
        if all(name in variables or _set_in(sql, name) for name in names):
            return found[0]
        left.append(Placeholder(found[0], found.start(), names[0], UNSAID))
        return re.sub(r"[^\n]", " ", found[0])

    return _HOW_KEPT.sub(blank, sql)


def _number_at(sql: str, start: int) -> str:
    """The number that a placeholder within a type's brackets is taken for; empty elsewhere."""
    found = _SIZED.search(sql, max(0, start - _NEAR), start)
    if found is None:
        return ""
    if found["digits"]:
        return "2" if found["second"] else "18"
    return "100" if found["letters"] else "6"


def _set_in(sql: str, name: str) -> str:
    """The value that the script itself gives a variable: SET name = 'text'."""
    found = re.search(
        rf"^\s*set\s+{re.escape(name)}\s*=\s*'([^'\n]+)'\s*;", sql, re.IGNORECASE | re.MULTILINE
    )
    return found[1] if found else ""


def _within_name(text: str, start: int, variables: Mapping[str, str], left: list[Placeholder]) -> str:
    """In a name in quotes, {{ these }} and ${these} are placeholders; nothing is put behind them."""

    def value(found: re.Match[str]) -> str:
        name = _name(found[0])
        if name not in variables:
            left.append(Placeholder(found[0], start + found.start(), name))
        return variables.get(name, name)

    return _IN_NAME.sub(value, text)


def _within_text(text: str, variables: Mapping[str, str]) -> str:
    """In a text or a comment, only what has a value is a placeholder."""

    def value(found: re.Match[str]) -> str:
        inner = found["open"]
        return variables.get(_name(inner), inner) if inner is not None else found[0]

    return text if not variables or not text.startswith("'") else f"'{_OPEN.sub(value, text[1:-1])}'"


def _name(text: str) -> str:
    """What a placeholder is called: {{ schema }} and {{ var('schema') }} are both schema."""
    if text.startswith("%("):
        return text[2 : text.index(")")]
    named = _QUOTED.findall(text) or _WORD.findall(text)
    words = _WORD.findall(named[-1]) if named else []
    return words[-1] if words else "placeholder"
