"""Codes by a pattern that show other columns of their row: {digits:6=born}{digits:4}{check:pesel}."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from pydantic import Field, PrivateAttr, model_validator

from dw_simulator.engine.selectors.permutation import MAX_SIZE, Permutation
from dw_simulator.engine.selectors.unique import Permuted
from dw_simulator.engine.values.base import Drawn, Kernel, is_domain
from dw_simulator.engine.values.checked import CheckSum
from dw_simulator.engine.values.shown_places import ShownPlace, WithShown
from dw_simulator.errors import Refusal
from dw_simulator.plugins.rules.check_digits import check_sums
from dw_simulator.plugins.rules.counted_signs import CAPITALS, DIGITS
from dw_simulator.plugins.rules.grammar import Grammar, Joined, Literal, Place, values
from dw_simulator.plugins.rules.patterns import parsed
from dw_simulator.ports.needs import Answer, Derived, Need, source_of
from dw_simulator.ports.rule import ColumnSpec, Examples, RuleOptions
from dw_simulator.schema.model import Lookup
from dw_simulator.types import Kind

_SHOWN = re.compile(r"\{(digits|letters|alnum):(\d{1,3})=([^{}]+)\}")
_SIGNS: dict[str, Place] = {"digits": DIGITS, "letters": CAPITALS, "alnum": DIGITS | CAPITALS}


@dataclass(frozen=True, eq=False)
class _Shown(Literal):
    """Where another column is to stand; until it is known, signs hold the place."""

    column: str = ""
    signs: Place = field(default=DIGITS)

    @property
    def filler(self) -> str:
        return "0" if self.signs == DIGITS else "X"

    @property
    def need(self) -> Need:
        *reference, column = self.column.split(".")
        return Lookup(reference=tuple(reference), column=column) if reference else column

    def cells(self) -> list[Place]:
        return [self.signs] * len(self.text)


class CodeShowing(RuleOptions):
    """Codes by a pattern that show other columns of the row, such as a birth date; check digits cover all."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.TEXT})
    derives: ClassVar[bool] = True
    one_length: ClassVar[bool] = True
    examples: ClassVar[Examples] = (
        [
            {
                "name": "birth_date",
                "data_type": "DATE",
                "date_start": "1940-01-01",
                "date_end": "2006-12-31",
            },
            {
                "name": "born",
                "data_type": "CHAR(4)",
                "hidden": True,
                "rule": {"name": "expression", "sql": "strftime(birth_date, '%y%m')", "dialect": "duckdb"},
            },
            {
                "name": "value",
                "data_type": "CHAR(15)",
                "is_unique": True,
                "rule": {
                    "name": "coded",
                    "pattern": "{choice:1|2}{digits:4=born}{number:10-95}{digits:6}{check:nir}",
                },
            },
        ],
        [
            {
                "name": "country",
                "data_type": "CHAR(2)",
                "rule": {"name": "choice", "values": ["DE", "AT"]},
            },
            {
                "name": "value",
                "data_type": "VARCHAR(20)",
                "rule": {"name": "coded", "pattern": "{letters:2=country}-{digits:8}{check:luhn}"},
            },
        ],
    )

    pattern: str = Field(
        min_length=1,
        max_length=1000,
        description="as that of pattern, and {digits:6=born}, {letters:2=country}, {alnum:4=site.code}: so "
        "many signs of a text column of the row, or of a row that it references; where these are fewer, "
        "digits have zeros before them and letters an X behind them. All texts are equally long",
    )
    _parts: tuple[Grammar, ...] = PrivateAttr()
    _width: int = PrivateAttr()
    _sums: tuple[CheckSum, ...] = PrivateAttr()

    @model_validator(mode="after")
    def _read(self) -> "CodeShowing":
        self._parts = tuple(_parts(self.pattern))
        if not any(isinstance(part, _Shown) for part in self._parts):
            raise ValueError("it shows no column; write {digits:6=born}, or use pattern")
        whole = Joined(self._parts)
        self._width, self._sums = len(whole.cells()), check_sums(whole)
        if whole.row is not None:
            raise ValueError("the row's number is none of its parts; use numbered")
        return self

    def build(self, spec: ColumnSpec) -> Derived:
        needs = [part.need for part in self._parts if isinstance(part, _Shown)]
        return Derived(
            tuple(dict.fromkeys(needs)), lambda answers: self._finished(spec, answers), injective=spec.key
        )

    def _finished(self, spec: ColumnSpec, answers: Sequence[Answer]) -> Kernel:
        shown = [part for part in self._parts if isinstance(part, _Shown)]
        needs = dict.fromkeys(part.need for part in shown)
        sources = dict(zip(needs, answers, strict=True))
        places, at = list[ShownPlace](), 0
        for part in self._parts:
            width = len(part.cells())
            if isinstance(part, _Shown):
                source = source_of(sources[part.need])
                if source.type.kind is not Kind.TEXT:
                    raise Refusal(
                        f"{source.name} is {source.type.declared}, and a code shows texts",
                        "make a text of it by an expression, in a hidden column",
                    )
                places.append(ShownPlace(at, width, source.kernel, part.filler))
            at += width
        return WithShown(self._free(spec), self._width, tuple(places), self._sums, spec.key)

    def _free(self, spec: ColumnSpec) -> Kernel:
        """What is not shown, told apart by itself in a key. Raises Refusal."""
        made = values(Joined(self._parts), spec)
        if not spec.key or not is_domain(made):
            return spec.kernel(made)
        size = min(made.size, MAX_SIZE)
        if size < spec.rows:
            raise Refusal(
                f"{size:,} codes differ beside what they show, {spec.rows:,} rows asked",
                "give it more {digits}, or lower the rows",
            )
        return Drawn(Permuted(Permutation(size, spec.stream("order")), size), made)


def _parts(pattern: str) -> Iterator[Grammar]:
    """The parts of a pattern. Raises ValueError."""
    at = 0
    for found in _SHOWN.finditer(pattern):
        if found.start() > at:
            yield from parsed(pattern[at : found.start()]).nodes
        signs = _SIGNS[found[1]]
        sign = "0" if signs == DIGITS else "A"
        yield _Shown(sign * int(found[2]), found[3].strip(), signs)
        at = found.end()
    if at < len(pattern):
        yield from parsed(pattern[at:]).nodes
