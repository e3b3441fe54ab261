"""Text without a more particular meaning: notes, reviews, descriptions and codes."""

from functools import lru_cache
from hashlib import blake2b
from typing import ClassVar, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from dw_simulator.engine.rows import UInts
from dw_simulator.engine.selectors.sampling import Slots
from dw_simulator.engine.values.base import Domain, Drawn
from dw_simulator.engine.values.text import AnyOf, Assembled, Characters, Codes, Slices
from dw_simulator.errors import Refusal
from dw_simulator.plugins.rules.corpus import corpus
from dw_simulator.ports.rule import ColumnSpec, Examples, RuleOptions
from dw_simulator.types import Kind

_ALPHANUMERIC = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CODE_LENGTH = 10
_LONGEST_CODE = 12  # more characters than an index has digits
_SHORTEST_NOTE = 12
_USUAL_NOTE = 120
_LONGEST_TEXT = 65_535
_LONGEST_UNIQUE = 4000
_SLICES, _UNIQUE_SLICES = 1 << 16, 256
_SLICES_A_LENGTH, _FEWEST = 128, 1 << 12
_LOOKED_AT = 1 << 25  # bytes, to tell texts apart


class AlphanumericCode(RuleOptions):
    """Codes of capital letters and digits, all of one length."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.TEXT})
    one_length: ClassVar[bool] = True
    examples: ClassVar[Examples] = (
        {"name": "value", "data_type": "VARCHAR(20)", "rule": {"name": "code"}},
        {"name": "value", "data_type": "CHAR(6)", "is_unique": True, "rule": {"name": "code", "length": 6}},
    )

    length: int | None = Field(
        default=None, ge=1, le=12, description="how many characters (10, or as many as the column holds)"
    )

    def build(self, spec: ColumnSpec) -> Codes:
        return Codes(self.length or min(spec.type.length, _CODE_LENGTH))


class Text(RuleOptions):
    """Texts of whole words, within a length range; codes in a key, or where there is no room for words."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.TEXT})
    examples: ClassVar[Examples] = (
        {"name": "value", "data_type": "VARCHAR(255)", "rule": {"name": "text"}},
        {
            "name": "value",
            "data_type": "VARCHAR(4000)",
            "rule": {"name": "text", "kind": "review", "min_length": 40, "max_length": 2500},
        },
        {
            "name": "value",
            "data_type": "VARCHAR(400)",
            "rule": {"name": "text", "kind": "description", "max_length": 300},
        },
        {
            "name": "value",
            "data_type": "VARCHAR(90)",
            "is_unique": True,
            "rule": {"name": "text", "min_length": 40},
        },
        {"name": "value", "data_type": "VARCHAR(8)", "rule": {"name": "text"}},
    )

    min_length: int | None = Field(
        default=None,
        ge=1,
        le=_LONGEST_TEXT,
        description="bytes of the shortest text (a third of the longest, but no more than 20)",
    )
    max_length: int | None = Field(
        default=None,
        ge=1,
        le=_LONGEST_TEXT,
        description="bytes of the longest text (120, or as many as the column holds)",
    )
    kind: Literal["note", "review", "description"] = Field(
        default="note", description="what the sentences are about: orders, opinions of customers, or goods"
    )

    @model_validator(mode="after")
    def _ordered(self) -> "Text":
        if self.min_length and self.max_length and self.max_length < self.min_length:
            raise ValueError(f"no text has {self.min_length} to {self.max_length} characters; exchange them")
        return self

    def build(self, spec: ColumnSpec) -> Domain | Drawn:
        usual = max(_USUAL_NOTE, 2 * (self.min_length or 0))
        longest = min(self.max_length or usual, spec.type.length, _LONGEST_TEXT)
        shortest = self.min_length or min(longest // 3, 20)
        if self.max_length and self.max_length > spec.type.length:
            raise Refusal(
                f"texts of up to {self.max_length} bytes do not fit", f"widen it to {self.max_length}"
            )
        if shortest > longest:
            raise Refusal(f"no text has {shortest} to {longest} characters", "lower min_length")
        if spec.key:
            return self._unique(longest)
        if longest < _SHORTEST_NOTE and not (self.min_length or self.max_length):
            return Codes(min(_CODE_LENGTH, longest))
        slots, slices = _sliced(self.kind, shortest, longest)
        return Drawn(Slots(spec.stream(), slots, slices.size), slices)

    def _unique(self, longest: int) -> Domain:
        """Codes; after a text where the length that is asked is that of texts."""
        shortest = self.min_length or 0
        if shortest <= _LONGEST_CODE:
            return Codes(min(max(shortest, _CODE_LENGTH), longest, _LONGEST_CODE))
        tail = _CODE_LENGTH + 1
        low, high = max(shortest - tail, 1), min(longest, max(_LONGEST_UNIQUE, shortest)) - tail
        found = stretches(self.kind, low, high, _UNIQUE_SLICES)
        pieces = zip(found.starts.tolist(), found.lengths.tolist(), strict=True)
        notes = (f"{found.corpus[at : at + length].decode()} " for at, length in pieces)
        words = (Characters(_ALPHANUMERIC, 5, 5), Characters(_ALPHANUMERIC, 5, 5))
        # the code alone tells texts apart: it has a fixed length and stands at the end
        return Assembled((AnyOf.of(*notes), *words))


@lru_cache(maxsize=64)
def _sliced(kind: str, shortest: int, longest: int) -> tuple[UInts, Slices]:
    """Numbers of texts, and the texts: the same for all columns of one length."""
    found = stretches(kind, shortest, longest, _SLICES)
    return found.slots, Slices.of(found.corpus, found.starts, found.lengths)


class Stretches(NamedTuple):
    """Different texts within a corpus.

    starts, lengths  where they are: int64[m], bytes
    slots            numbers of texts: every length is about as frequent in it as the others
    """

    corpus: bytes
    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]
    slots: UInts


@lru_cache(maxsize=64)
def stretches(kind: str, shortest: int, longest: int, count: int) -> Stretches:
    """At most `count` stretches of a corpus of `shortest` to `longest` bytes.

    They start with a sentence and end with a word. Raises Refusal where there is none.
    """
    text, starts, ends = corpus(kind)
    data = np.frombuffer(text, dtype=np.uint8)
    count = min(count, max(_SLICES_A_LENGTH * (longest - shortest + 1), _FEWEST), _LOOKED_AT // longest)
    # lengths over the range in even steps, starts scattered over the corpus by an odd factor
    wanted = shortest + (np.arange(count) * (longest - shortest + 1)) // count
    starts = starts[starts + longest < len(text)]
    at = starts[(np.arange(count) * 40_503) % _SLICES * len(starts) // _SLICES]
    lengths = _to_word(data, ends[np.searchsorted(ends, at + wanted + 1, side="right") - 1]) - at
    short = np.flatnonzero(lengths < shortest)  # the next word's end may still do
    lengths[short] = _to_word(data, ends[np.searchsorted(ends, at[short] + shortest)]) - at[short]
    fitting = np.flatnonzero((lengths >= shortest) & (lengths <= longest))
    spans = zip(fitting.tolist(), at[fitting].tolist(), lengths[fitting].tolist(), strict=True)
    known: dict[bytes, int] = {}
    chosen: list[int] = []
    slots: list[int] = []
    for k, start, length in spans:
        digest = blake2b(text[start : start + length], digest_size=16).digest()
        if known.setdefault(digest, len(known)) == len(chosen):
            chosen.append(k)
        slots.append(known[digest])
    if not chosen:
        raise Refusal(f"no {kind} has {shortest} to {longest} characters", "widen the range")
    return Stretches(text, at[chosen], lengths[chosen], np.array(slots, dtype=np.uint64))


def _to_word(data: NDArray[np.uint8], ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """Ends of texts without the full stop that stands there."""
    stops: NDArray[np.int64] = (data[ends - 1] == ord(".")).astype(np.int64)
    return ends - stops
