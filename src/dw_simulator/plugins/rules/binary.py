"""Byte strings and UUIDs."""

from typing import ClassVar

from pydantic import Field

from dw_simulator.engine.kernels.bytes import Binary, Uuids
from dw_simulator.engine.rules import ColumnSpec, Refusal
from dw_simulator.model import RuleOptions
from dw_simulator.types import Kind


class Bytes(RuleOptions):
    """Random bytes of one length (16, or as many as the column holds)."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.BINARY})

    length: int | None = Field(default=None, ge=1, le=4096)

    def build(self, spec: ColumnSpec) -> Binary:
        return Binary(spec.stream("filler"), self.length or min(spec.type.length, 16))


class Uuid(RuleOptions):
    """Random UUIDs (version 4), as their own type or as text of 36 characters."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.UUID, Kind.TEXT})

    def build(self, spec: ColumnSpec) -> Uuids:
        as_text = spec.type.kind is Kind.TEXT
        if as_text and spec.type.length < 36:
            raise Refusal("a UUID has 36 characters", "widen it to 36")
        return Uuids(spec.stream("filler"), as_text)
