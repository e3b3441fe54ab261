"""Codes by a pattern: `SKU-{digits:6}`."""

import re
from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field, PrivateAttr, model_validator

from dw_simulator.engine.values.base import Domain, Kernel
from dw_simulator.engine.values.checked import CheckSum
from dw_simulator.errors import Refusal, closest
from dw_simulator.plugins.rules.check_digits import IN_VIN, KINDS, check_place, check_sums, checked
from dw_simulator.plugins.rules.grammar import (
    LONGEST,
    Either,
    Grammar,
    Joined,
    Literal,
    OneCharacter,
    Repetition,
    RowCount,
    WholeNumber,
    values,
)
from dw_simulator.ports.rule import ColumnSpec, Examples, RuleOptions
from dw_simulator.types import Kind

_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DIGITS = "0123456789"
CHARACTERS = {
    "digits": _DIGITS,
    "letters": _CAPITALS,
    "lower": _CAPITALS.lower(),
    "alnum": _DIGITS + _CAPITALS,
    "hex": "0123456789abcdef",
    "vin": IN_VIN,
}
PLACEHOLDERS = (*CHARACTERS, "choice", "number", "row", "check")
_GREATEST = 10**18
_MOST_PLACES = 18


class Pattern(RuleOptions):
    """Codes by a pattern of text and placeholders: SKU-{digits:6}, {letters:2}-{choice:A|B}, INV-{row:8}."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.TEXT})
    one_length: ClassVar[bool] = True
    examples: ClassVar[Examples] = (
        {
            "name": "value",
            "data_type": "VARCHAR(20)",
            "is_unique": True,
            "rule": {"name": "pattern", "pattern": "SKU-{digits:6}"},
        },
        {
            "name": "value",
            "data_type": "CHAR(4)",
            "rule": {"name": "pattern", "pattern": "{letters:2}-{choice:A|B}"},
        },
        {
            "name": "value",
            "data_type": "VARCHAR(30)",
            "rule": {"name": "pattern", "pattern": "{{{lower:3-6}}}/{hex:12}/{number:1-999}"},
        },
        {
            "name": "value",
            "data_type": "VARCHAR(20)",
            "is_unique": True,
            "rule": {"name": "pattern", "pattern": "INV-{row:8}-{alnum:2}"},
        },
        {
            "name": "value",
            "data_type": "CHAR(16)",
            "is_unique": True,
            "rule": {"name": "pattern", "pattern": "4{digits:14}{check:luhn}"},
        },
        {
            "name": "value",
            "data_type": "VARCHAR(27)",
            "rule": {
                "name": "pattern",
                "pattern": "GB{check:iban} {letters:4} {digits:4} {digits:4} {digits:4} {digits:2}",
            },
        },
    )

    pattern: str = Field(
        min_length=1,
        max_length=1000,
        description="text with {digits:6}, {letters:2} (capitals), {lower:2}, {alnum:4} (capitals and "
        "digits), {hex:8}, {choice:A|B}, {number:1-999}, {row} and {row:8} (the row's number), {vin:8} "
        "(what VINs are written in), and check digits: {check:luhn}, {check:ean} (EAN, UPC, ISBN-13), "
        "{check:isbn10}, {check:iban}, {check:npi}, {check:vin}, {check:cpf}, {check:cnpj}, {check:dni}, "
        "{check:codice_fiscale}, {check:nir}, {check:nss}, {check:niss}, {check:nif}, {check:pesel}, "
        "{check:svnr}, {check:steuer_id}; lengths may be ranges such as 3-5; {{ and "
        "}} are braces",
    )
    _node: Joined = PrivateAttr()
    _sums: tuple[CheckSum, ...] = PrivateAttr()

    @model_validator(mode="after")
    def _read(self) -> "Pattern":
        self._node = parsed(self.pattern)
        self._sums = check_sums(self._node)
        return self

    def build(self, spec: ColumnSpec) -> Domain | Kernel:
        row = self._node.row
        if row is not None and row.places > 1 and spec.rows >= 10**row.places:
            raise Refusal(
                f"{{row:{row.places}}} counts to {10**row.places - 1:,}, {spec.rows:,} rows asked",
                f"say {{row:{len(str(spec.rows))}}}, or lower the rows",
            )
        return checked(values(self._node, spec), self._sums)


def parsed(pattern: str) -> Joined:
    """The grammar of a pattern. Raises ValueError with the position, counted from 1, of what is wrong."""
    node = Joined(tuple(_nodes(pattern)))
    if node.longest > LONGEST:
        raise ValueError(f"its texts have up to {node.longest:,} bytes, {LONGEST:,} are possible")
    if sum(part.row is not None for part in node.nodes) > 1:
        raise ValueError("the row's number is there twice; name {row} once")
    return node


_PIECE = re.compile(r"(?P<text>[^{}]+)|(?P<brace>\{\{|\}\})|\{(?P<name>[^{}:]*)(?::(?P<argument>[^{}]*))?\}")


def _nodes(pattern: str) -> Iterator[Grammar]:
    at = 0
    while at < len(pattern):
        piece = _PIECE.match(pattern, at)
        if piece is None:
            mend = "close it with }" if pattern[at] == "{" else "write }} for a brace"
            raise ValueError(f"position {at + 1}: {pattern[at]!r} stands alone; {mend}")
        if piece["name"] is None:
            yield Literal(piece["text"] or piece["brace"][0])
        else:
            try:
                yield _placeholder(piece["name"], piece["argument"])
            except ValueError as error:
                raise ValueError(f"position {at + 1}: {error}") from None
        at = piece.end()


def _placeholder(name: str, argument: str | None) -> Grammar:
    if name not in PLACEHOLDERS:
        raise ValueError(f"unknown placeholder {name!r}{closest(name, PLACEHOLDERS)}")
    if name == "row":
        return _row(argument)
    if not argument:
        sample = {"choice": "A|B", "number": "1-999", "check": "luhn"}.get(name, "6")
        raise ValueError(f"{{{name}}} says too little; write {{{name}:{sample}}}")
    if name == "choice":
        return _choice(argument)
    if name == "check":
        if argument not in KINDS:
            raise ValueError(
                f"unknown check digit {argument!r}{closest(argument, KINDS)}; there are {', '.join(KINDS)}"
            )
        return check_place(argument)
    if name == "number":
        return _number(argument)
    least, most = _range(argument, f"{{{name}:6}} or {{{name}:3-6}}")
    if not 1 <= least <= most <= LONGEST:
        raise ValueError(f"{argument} is no number of characters from 1 to {LONGEST:,}")
    return Repetition(OneCharacter(CHARACTERS[name]), least, most)


def _row(argument: str | None) -> RowCount:
    if argument is None:
        return RowCount()
    if not argument.isdecimal() or not 1 <= int(argument) <= _MOST_PLACES:
        raise ValueError(f"write {{row}}, or {{row:8}} with 1 to {_MOST_PLACES} places")
    return RowCount(int(argument))


def _choice(argument: str) -> Either:
    options = argument.split("|")
    if twice := next((option for option in options if options.count(option) > 1), None):
        raise ValueError(f"{twice!r} is there twice; name it once")
    return Either(tuple(map(Literal, options)))


def _number(argument: str) -> WholeNumber:
    first, last = _range(argument, "{number:1-999}")
    if not first <= last <= _GREATEST:
        raise ValueError(f"there is no number from {first:,} to {last:,} (10^18 is the last)")
    return WholeNumber(first, last)


def _range(argument: str, sample: str) -> tuple[int, int]:
    found = re.fullmatch(r"([0-9]{1,20})(?:-([0-9]{1,20}))?", argument)
    if found is None:
        raise ValueError(f"{argument!r} is no range; write {sample}")
    return int(found[1]), int(found[2] or found[1])
