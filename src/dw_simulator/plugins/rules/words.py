"""Text without a more particular meaning: notes and codes."""

from typing import ClassVar

import numpy as np
from pydantic import Field

from dw_simulator.engine.kernels.base import Domain
from dw_simulator.engine.kernels.text import Codes, Slices
from dw_simulator.engine.rules import ColumnSpec, Refusal
from dw_simulator.model import RuleOptions
from dw_simulator.plugins.rules.corpus import corpus
from dw_simulator.types import Kind

_CODE_LENGTH = 10
_LONGEST_CODE = 12  # more characters than an index has digits
_SHORTEST_NOTE = 12
_LONGEST_NOTE = 120
_MOST_SLICES = 1 << 16


class Code(RuleOptions):
    """Codes of capital letters and digits, all of one length."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.TEXT})

    length: int | None = Field(default=None, ge=1, le=12)

    def build(self, spec: ColumnSpec) -> Codes:
        return Codes(self.length or min(spec.type.length, _CODE_LENGTH))


class Text(RuleOptions):
    """Short notes of whole words, within a length range; codes where the column is too short for words."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.TEXT})

    min_length: int | None = Field(default=None, ge=1)
    max_length: int | None = Field(default=None, ge=1, le=_LONGEST_NOTE)

    def build(self, spec: ColumnSpec) -> Domain:
        longest = min(self.max_length or _LONGEST_NOTE, spec.type.length)
        asked = self.min_length or self.max_length
        shortest = self.min_length or min(longest // 3, 20)
        if shortest > longest:
            raise Refusal(f"no text has {shortest} to {longest} characters", "lower min_length")
        if spec.key or (longest < _SHORTEST_NOTE and not asked):
            return Codes(min(max(self.min_length or 0, _CODE_LENGTH), longest, _LONGEST_CODE))
        return notes(shortest, longest)


def notes(shortest: int, longest: int) -> Slices:
    """Stretches of the corpus from a sentence's start to a word's end, `shortest` to `longest` bytes long."""
    text, starts, ends = corpus()
    first = np.searchsorted(ends, starts + shortest)
    last = np.searchsorted(ends, starts + longest, side="right")
    counts = np.maximum(last - first, 0)
    at = np.repeat(starts, counts)
    nth = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    until = ends[np.repeat(first, counts) + nth]
    lengths = until - at
    lengths -= np.frombuffer(text, dtype=np.uint8)[until - 1] == ord(".")  # a note ends without its full stop
    fitting = np.flatnonzero((lengths >= shortest) & (lengths <= longest))
    if not len(fitting):
        raise Refusal(f"no note has {shortest} to {longest} characters", "widen the range")
    chosen = fitting[:: -(-len(fitting) // _MOST_SLICES)]
    return Slices.of(text, at[chosen], lengths[chosen])
