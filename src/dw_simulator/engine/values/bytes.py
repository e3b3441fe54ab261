"""Binary strings and UUIDs."""

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np

from dw_simulator.engine.columns import FixedColumn, ViewColumn
from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Rows, UInts
from dw_simulator.engine.selectors.permutation import MAX_SIZE, Permutation
from dw_simulator.engine.values.base import TextDomain
from dw_simulator.engine.values.facts import Facts
from dw_simulator.engine.values.writer import Writer, texts

_HALF, _LOW_HALF = np.uint64(32), np.uint64(0xFFFF_FFFF)
_VARIANT = np.uint64(1 << 63)
_FRACTIONS = 1 << 12  # of a millisecond


@dataclass(frozen=True, eq=False)
class Binary(TextDomain):
    """Byte strings of one length: the index in up to eight bytes, then bytes drawn from it."""

    stream: Stream
    width: int

    @property
    def size(self) -> int:
        return min(1 << 8 * self.width, MAX_SIZE)

    @property
    def least(self) -> int:
        return self.width

    @property
    def reach(self) -> int:
        return self.width + 7

    def decode(self, index: UInts) -> ViewColumn:
        return texts(self, index)

    def write(self, digit: UInts, writer: Writer) -> None:
        writer.put(digit, min(self.width, 8))
        for word in range(1, (self.width + 7) // 8):
            filler = self.stream.bits(Rows.at(digit + np.uint64(word)))
            writer.put(filler, min(self.width - 8 * word, 8))


@dataclass(frozen=True, eq=False)
class Digests(TextDomain):
    """Hexadecimal text that looks like a hash: the index, mixed, in the first 16 digits, and others drawn.

    streams  one for every 16 digits. Their mixing keeps all 64-bit numbers apart, and so the texts.
    """

    streams: tuple[Stream, ...]
    length: int

    @property
    def width(self) -> int:
        return self.length

    @property
    def size(self) -> int:
        return 1 << 63

    @property
    def least(self) -> int:
        return self.length

    @property
    def reach(self) -> int:
        return self.length + 7

    def decode(self, index: UInts) -> ViewColumn:
        return texts(self, index)

    def write(self, digit: UInts, writer: Writer) -> None:
        rows = Rows.at(digit)
        for k in range(0, self.length, 16):
            word = self.streams[k // 16].bits(rows)
            writer.put(_eight_digits(word >> _HALF), min(self.length - k, 8))
            if self.length > k + 8:
                writer.put(_eight_digits(word & _LOW_HALF), min(self.length - k - 8, 8))


class _Identifiers(TextDomain):
    """UUIDs as [n, 16] bytes, or as text of 36 characters."""

    as_text: bool

    @abstractmethod
    def halves(self, index: UInts) -> tuple[UInts, UInts]:
        """The upper 64 bits with the version, and the 62 that follow the variant: uint64[n] each, fresh."""

    @property
    def width(self) -> int:
        return 36 if self.as_text else 16

    @property
    def facts(self) -> Facts:
        return super().facts if self.as_text else Facts(distinct=self.size, repeats=False)

    @property
    def least(self) -> int:
        return self.width

    @property
    def reach(self) -> int:
        return self.width + 7

    def decode(self, index: UInts) -> FixedColumn | ViewColumn:
        if self.as_text:
            return texts(self, index)
        words = np.empty((len(index), 2), dtype=">u8")
        high, low = self.halves(index)
        words[:, 0], words[:, 1] = high, low | _VARIANT
        return FixedColumn(words.view(np.uint8))

    def write(self, digit: UInts, writer: Writer) -> None:
        """8-4-4-4-12 hexadecimal digits."""
        high, low = self.halves(digit)
        low |= _VARIANT
        dash = ord("-")
        writer.put(_eight_digits(high >> _HALF), 8)
        middle = _eight_digits(high & _LOW_HALF)
        writer.put(((middle & _LOW_HALF) << np.uint64(8)) | np.uint64(dash | dash << 40), 6)
        writer.put((middle >> _HALF) | np.uint64(dash << 32), 5)
        middle = _eight_digits(low >> _HALF)
        writer.put((middle & _LOW_HALF) | np.uint64(dash << 32), 5)
        writer.put(middle >> _HALF, 4)
        writer.put(_eight_digits(low & _LOW_HALF), 8)


@dataclass(frozen=True, eq=False)
class Uuids(_Identifiers):
    """Random UUIDs (version 4), 60 of whose 122 bits are the index, so that no two are the same."""

    stream: Stream
    as_text: bool = False

    @property
    def size(self) -> int:
        return 1 << 60

    def halves(self, index: UInts) -> tuple[UInts, UInts]:
        # 48 bits, the version, 12 bits
        high = (index >> np.uint64(12)) << np.uint64(16)
        high |= index & np.uint64(0xFFF)
        high |= np.uint64(0x4000)
        return high, self.stream.bits(Rows.at(index)) >> np.uint64(2)


@dataclass(frozen=True, eq=False)
class TimedUuids(_Identifiers):
    """UUIDs by time (version 7, RFC 9562), of row numbers: no row's moment is before that of the row before.

    The time is in milliseconds, and the 12 bits after the version are its fraction (method 3 of the RFC's
    section 6.2). Row r stands at a random place in the r-th of `size` equal parts of the time; the 62 bits
    after the variant tell rows apart even where a millisecond has fewer fractions than rows.

    start  milliseconds since 1970; span: milliseconds
    """

    start: int
    span: int
    size: int
    jitter: Stream
    order: Permutation
    as_text: bool = False

    def halves(self, index: UInts) -> tuple[UInts, UInts]:
        # a row number plus a fraction: rounding and multiplying keep the order
        moments = (self.jitter.bits(Rows.at(index)) >> np.uint64(11)).astype(np.float64)
        moments *= 2.0**-53
        moments += index.astype(np.float64)
        moments *= self.span * _FRACTIONS / self.size
        ticks = moments.astype(np.uint64)
        np.minimum(ticks, np.uint64(self.span * _FRACTIONS - 1), out=ticks)
        ticks += np.uint64(self.start * _FRACTIONS)
        high = (ticks >> np.uint64(12)) << np.uint64(16)
        high |= ticks & np.uint64(_FRACTIONS - 1)
        high |= np.uint64(0x7000)
        return high, self.order(index)


def _eight_digits(value: UInts) -> UInts:
    """Numbers below 2^32 as eight hexadecimal digits in a word, the leading digit in the low byte.

    Halves, bytes and half-bytes are parted in turn, two, four and eight lanes to the word, the upper one into
    the lower lane; from 10 on, a digit is a letter, which is 39 characters further in ASCII.
    """
    u = np.uint64
    lanes = (value >> u(16)) | ((value & u(0xFFFF)) << u(32))
    lanes = ((lanes >> u(8)) & u(0x0000_00FF_0000_00FF)) | ((lanes & u(0x0000_00FF_0000_00FF)) << u(16))
    lanes = ((lanes >> u(4)) & u(0x000F_000F_000F_000F)) | ((lanes & u(0x000F_000F_000F_000F)) << u(8))
    letters = ((lanes + u(0x0606_0606_0606_0606)) >> u(4)) & u(0x0101_0101_0101_0101)
    letters *= u(39)
    lanes += letters
    lanes += u(0x3030_3030_3030_3030)
    return lanes
