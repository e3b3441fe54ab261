"""Byte strings, and hexadecimal text that looks like a hash."""

from typing import ClassVar, Literal

from pydantic import Field

from dw_simulator.engine.values.bytes import Binary, Digests
from dw_simulator.ports.rule import ColumnSpec, Examples, RuleOptions
from dw_simulator.types import Kind

_MOST = 16
_BYTES = {"md5": 16, "sha1": 20, "sha256": 32, "sha512": 64}


class Bytes(RuleOptions):
    """Random bytes of one length (16, or as many as the column holds)."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.BINARY})
    examples: ClassVar[Examples] = (
        {"name": "value", "data_type": "VARBINARY(64)", "rule": {"name": "bytes"}},
        {
            "name": "value",
            "data_type": "BINARY(5)",
            "is_unique": True,
            "rule": {"name": "bytes", "length": 5},
        },
    )

    length: int | None = Field(default=None, ge=1, le=4096, description="how many bytes every value has")

    def build(self, spec: ColumnSpec) -> Binary:
        return Binary(spec.stream("filler"), self.length or min(spec.type.length, _MOST))


class Hash(RuleOptions):
    """What looks like the hash of something: hexadecimal text, or bytes, of an algorithm's length."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.TEXT, Kind.BINARY})
    examples: ClassVar[Examples] = (
        {"name": "value", "data_type": "CHAR(32)", "rule": {"name": "hash"}},
        {
            "name": "value",
            "data_type": "VARCHAR(64)",
            "is_unique": True,
            "rule": {"name": "hash", "algorithm": "sha256"},
        },
        {"name": "value", "data_type": "BINARY(20)", "rule": {"name": "hash", "algorithm": "sha1"}},
        {"name": "value", "data_type": "VARCHAR(128)", "rule": {"name": "hash", "algorithm": "sha512"}},
    )

    algorithm: Literal["md5", "sha1", "sha256", "sha512"] = Field(
        default="md5", description="whose length the values have: 32, 40, 64 or 128 hexadecimal digits"
    )

    def build(self, spec: ColumnSpec) -> Binary | Digests:
        length = _BYTES[self.algorithm]
        if spec.type.kind is Kind.BINARY:
            return Binary(spec.stream("filler"), length)
        streams = tuple(spec.stream(f"digits {k}") for k in range(-(-length // 8)))
        return Digests(streams, 2 * length)
