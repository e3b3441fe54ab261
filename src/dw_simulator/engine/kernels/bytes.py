"""Binary strings and UUIDs."""

from dataclasses import dataclass

import numpy as np

from dw_simulator.engine.columns import FixedColumn, ViewColumn
from dw_simulator.engine.kernels.text import Writer
from dw_simulator.engine.permutation import MAX_SIZE
from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Rows, UInts


@dataclass(frozen=True, eq=False)
class Binary:
    """Byte strings of one length: the index in up to eight bytes, then bytes drawn from it."""

    stream: Stream
    width: int

    @property
    def size(self) -> int:
        return min(1 << 8 * self.width, MAX_SIZE)

    @property
    def natural(self) -> int:
        return self.size

    def decode(self, index: UInts) -> ViewColumn:
        writer = Writer(len(index), self.width)
        writer.put(index, min(self.width, 8))
        for word in range(1, (self.width + 7) // 8):
            filler = self.stream.bits(Rows.at(index + np.uint64(word)))
            writer.put(filler, min(self.width - 8 * word, 8))
        return writer.finish()


@dataclass(frozen=True, eq=False)
class Uuids:
    """Random UUIDs (version 4), 60 of whose 122 bits are the index, so that no two are the same.

    As [n, 16] bytes, or as text of 36 characters.
    """

    stream: Stream
    as_text: bool = False

    @property
    def width(self) -> int:
        return 36 if self.as_text else 16

    @property
    def size(self) -> int:
        return 1 << 60

    @property
    def natural(self) -> int:
        return self.size

    def decode(self, index: UInts) -> FixedColumn | ViewColumn:
        rest = self.stream.bits(Rows.at(index))
        # 48 bits, the version, 12 bits; then the variant 10 and 62 bits, all big-endian
        words = np.empty((len(index), 2), dtype=">u8")
        low = index & np.uint64(0xFFF)
        index >>= np.uint64(12)
        words[:, 0] = (index << np.uint64(16)) | np.uint64(0x4000) | low
        words[:, 1] = (rest >> np.uint64(2)) | np.uint64(1 << 63)
        raw = words.view(np.uint8)
        return _dashed(raw) if self.as_text else FixedColumn(raw)


_HEX = np.array([int.from_bytes(b"%02x" % byte, "little") for byte in range(256)], dtype="<u2")
_GROUPS = ((0, 4), (4, 6), (6, 8), (8, 10), (10, 16))


def _dashed(raw: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> ViewColumn:
    """UUID bytes as 8-4-4-4-12 hexadecimal digits."""
    text = np.empty((len(raw), 40), dtype=np.uint8)
    at = 0
    for low, high in _GROUPS:
        if at:
            text[:, at] = ord("-")
            at += 1
        width = 2 * (high - low)
        text[:, at : at + width] = _HEX[raw[:, low:high]].view(np.uint8)
        at += width
    return Writer.of_matrix(text, 36)
