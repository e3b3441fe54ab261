"""Working arrays that a thread keeps, so that what is done for every batch allocates only what it returns.

An array of a batch is large enough for the C library to hand it back to the system when it is dropped. The
next one is then paid for page by page, which costs more than the arithmetic that is done in it.
"""

import threading

import numpy as np

from dw_simulator.engine.rows import BLOCK, UInts


class _Arrays(threading.local):
    """The arrays of one thread, by number."""

    def __init__(self) -> None:
        self.known: dict[int, UInts] = {}


_arrays = _Arrays()


def working(number: int, count: int) -> UInts:
    """uint64[count] of unspecified contents, this thread's until it asks for this number again.

    Nobody holds one while calling a function of the engine that may use the same number.
    """
    if count > BLOCK:
        return np.empty(count, dtype=np.uint64)
    if number not in _arrays.known:
        _arrays.known[number] = np.empty(BLOCK, dtype=np.uint64)
    return _arrays.known[number][:count]
