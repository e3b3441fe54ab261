"""Texts that match a regular expression, of the part of Python's that says plainly which texts there are."""

import re
from typing import ClassVar, NoReturn

from pydantic import Field, PrivateAttr, model_validator

from dw_simulator.engine.values.base import Domain, Kernel
from dw_simulator.plugins.rules.grammar import (
    LONGEST,
    Either,
    Grammar,
    Joined,
    Literal,
    OneCharacter,
    Repetition,
    values,
)
from dw_simulator.ports.rule import ColumnSpec, Examples, RuleOptions
from dw_simulator.types import Kind

OPEN_END = 8
"""How many more than the least there are of what has no upper limit: x* is x{0,8}, x+ is x{1,9}."""

_PRINTABLE = "".join(map(chr, range(32, 127)))
_DIGITS = "0123456789"
_WORDS = "".join(filter(re.compile(r"\w").match, _PRINTABLE))
_CLASSES = {
    "d": _DIGITS,
    "w": _WORDS,
    "s": " ",
    "D": "".join(c for c in _PRINTABLE if c not in _DIGITS),
    "W": "".join(c for c in _PRINTABLE if c not in _WORDS),
    "S": _PRINTABLE[1:],
}
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r"}
_RESERVED = ("--", "&&", "||", "~~")
_DEEPEST, _WIDEST = 40, 1000
_ORDINARY = re.compile(r"[^\\()\[\]{}|*+?.^$]")


class Regex(RuleOptions):
    """Texts that match a regular expression, such as [A-Z]{2}-\\d{4}; no lookaround, no backreferences."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.TEXT})
    examples: ClassVar[Examples] = (
        {
            "name": "value",
            "data_type": "VARCHAR(20)",
            "rule": {"name": "regex", "pattern": r"(AC|BX|Q)-\d{2,5}[a-f]?"},
        },
        {
            "name": "value",
            "data_type": "VARCHAR(80)",
            "is_unique": True,
            "rule": {"name": "regex", "pattern": r"[A-Z][a-z]{3,12}(_[a-z]{2,6})*"},
        },
        {
            "name": "value",
            "data_type": "VARCHAR(20)",
            "rule": {"name": "regex", "pattern": r"\+49 (1[5-7]\d|30) [^\D0]\d{6}"},
        },
    )

    pattern: str = Field(
        min_length=1,
        max_length=1000,
        description="what the whole text matches: characters, escapes, classes, groups, |, ? and {m,n}; "
        f"*, + and {{m,}} give up to {OPEN_END} more than the least",
    )
    _node: Grammar = PrivateAttr()

    @model_validator(mode="after")
    def _read(self) -> "Regex":
        self._node = parsed(self.pattern)
        return self

    def build(self, spec: ColumnSpec) -> Domain | Kernel:
        return values(self._node, spec)


def parsed(pattern: str) -> Grammar:
    """The grammar of a regular expression.

    Raises ValueError with the position, counted from 1, of what is wrong or not supported.
    """
    node = _Parser(pattern).parse()
    if node.longest > LONGEST:
        raise ValueError(f"its texts have up to {node.longest:,} bytes, {LONGEST:,} are possible")
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"Python does not take it: {error}") from None
    return node


class _Parser:
    """A descent through alternatives, sequences, repetitions and single items."""

    def __init__(self, pattern: str) -> None:
        self.text, self.at, self.depth = pattern, 0, 0

    def parse(self) -> Grammar:
        if self._next("^"):
            self.at += 1
        node = self._either()
        if self.at < len(self.text):
            self._refuse("this group was never opened; write \\) for a parenthesis")
        return node

    def _refuse(self, what: str, at: int | None = None) -> NoReturn:
        raise ValueError(f"position {(self.at if at is None else at) + 1}: {what}")

    def _next(self, text: str) -> bool:
        return self.text.startswith(text, self.at)

    def _taken(self, text: str) -> bool:
        """Whether this comes next; then it is passed."""
        taken = self._next(text)
        self.at += len(text) * taken
        return taken

    def _either(self) -> Grammar:
        nodes = [self._sequence()]
        while self._taken("|"):
            nodes.append(self._sequence())
        return nodes[0] if len(nodes) == 1 else Either(tuple(nodes))

    def _sequence(self) -> Grammar:
        nodes: list[Grammar] = []
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            if self._next("$") and self.at == len(self.text) - 1:
                self.at += 1
                break
            node = self._repetition(self._item())
            if isinstance(node, Literal) and nodes and isinstance(nodes[-1], Literal):
                nodes[-1] = Literal(nodes[-1].text + node.text)
            else:
                nodes.append(node)
        return nodes[0] if len(nodes) == 1 else Joined(tuple(nodes))

    def _repetition(self, node: Grammar) -> Grammar:
        at = self.at
        bounds = self._bounds()
        if bounds is None:
            return node
        self._taken("?")  # lazy or not, the texts are the same
        if self._next("+"):
            self._refuse("possessive repetition is not supported")
        if self._next("*") or self._next("?") or re.compile(r"\{\d*,?\d*\}").match(self.text, self.at):
            self._refuse("a repetition of a repetition; put the first one into a group")
        least, most = bounds
        if most < least:
            self._refuse(f"at least {least} and at most {most}", at)
        if least == most and isinstance(node, Literal):
            return Literal(node.text * least)
        return Repetition(node, least, most)

    def _bounds(self) -> tuple[int, int] | None:
        for sign, bounds in (("*", (0, OPEN_END)), ("+", (1, 1 + OPEN_END)), ("?", (0, 1))):
            if self._taken(sign):
                return bounds
        braces = re.compile(r"\{(?:(\d+)(,(\d*))?|,(\d+))\}").match(self.text, self.at)
        if braces is None:
            return None
        self.at = braces.end()
        least = min(int(braces[1] or 0), LONGEST + 1)
        if braces[2] is None and braces[1]:
            return least, least
        most = braces[3] or braces[4]
        return least, min(int(most), LONGEST + 1) if most else least + OPEN_END

    def _item(self) -> Grammar:
        if self._taken("("):
            return self._group()
        if self._taken("["):
            return OneCharacter(self._class())
        if self._taken("."):
            return OneCharacter(_PRINTABLE)
        if self._next("\\"):
            found = self._escape(in_class=False)
            return Literal(found) if len(found) == 1 else OneCharacter(found)
        sign = self.text[self.at]
        if sign in "^$":
            self._refuse(
                f"{sign!r} stands for the start or the end, and not there; write \\{sign} for the sign"
            )
        if sign in "*+?":
            self._refuse(f"there is nothing that {sign!r} could repeat")
        if not _ORDINARY.match(sign):
            self._refuse(f"{sign!r} stands alone; write \\{sign} for the sign")
        self.at += 1
        return Literal(sign)

    def _group(self) -> Grammar:
        start = self.at - 1
        self.depth += 1
        if self.depth > _DEEPEST:
            self._refuse(f"groups stand more than {_DEEPEST} deep", start)
        if self._next("?"):
            named = re.compile(r"\?(?::|P<\w+>)").match(self.text, self.at)
            if named is None:
                self._refuse("groups (...), (?:...) and (?P<name>...) are supported, others are not", start)
            self.at = named.end()
        node = self._either()
        if not self._taken(")"):
            self._refuse("this group is never closed", start)
        self.depth -= 1
        return Joined((node,)) if isinstance(node, Literal) else node

    def _escape(self, *, in_class: bool) -> str:
        """The characters that an escape stands for."""
        start = self.at
        sign = self.text[start + 1 : start + 2]
        self.at += 2
        if sign in _CLASSES:
            return _CLASSES[sign]
        if sign in _CONTROLS:
            return _CONTROLS[sign]
        if not sign or sign.isalnum():
            what = "a backreference" if sign.isdigit() and not in_class else f"\\{sign}"
            self._refuse(f"{what} is not supported", start)
        return sign

    def _class(self) -> str:
        start = self.at - 1
        negated = self._taken("^")
        found: dict[str, None] = {}
        first = True
        while first or not self._next("]"):
            if self.at >= len(self.text):
                self._refuse("this class is never closed", start)
            found.update(dict.fromkeys(self._span()))
            first = False
        self.at += 1
        chosen = [c for c in _PRINTABLE if c not in found] if negated else list(found)
        if not chosen:
            self._refuse("no printable character is left in this class", start)
        return "".join(chosen)

    def _span(self) -> str:
        """The characters of one character, escape or range in a class."""
        at = self.at
        low = self._member()
        if len(low) > 1 or not self._next("-") or self.text.startswith("-]", self.at):
            return low
        self.at += 1
        if self.at >= len(self.text):
            return low
        high = self._member()
        if len(high) > 1 or high < low:
            self._refuse("this range ends before it begins, or is of classes", at)
        if ord(high) - ord(low) > _WIDEST:
            self._refuse(f"a range of more than {_WIDEST} characters", at)
        return "".join(map(chr, range(ord(low), ord(high) + 1)))

    def _member(self) -> str:
        if self._next("\\"):
            return self._escape(in_class=True)
        if self._next("[") or any(map(self._next, _RESERVED)):
            self._refuse(f"write \\{self.text[self.at]}, for Python may read this as a class one day")
        self.at += 1
        return self.text[self.at - 1]
