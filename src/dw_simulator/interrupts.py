"""Steps that an interrupt must not cut in two."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def held_back() -> Iterator[list[int]]:
    """Interrupts wait until the block is done; it yields the list of those that were heard.

    Processes started inside never hear any, from their first instruction on: a blocked signal stays blocked
    in a child.
    """
    heard: list[int] = []
    ours = _STOP_SIGNALS if threading.current_thread() is threading.main_thread() else ()
    former = [(one, signal.signal(one, lambda number, _frame: heard.append(number))) for one in ours]
    masked = sys.platform != "win32"
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOP_SIGNALS) if masked else set()
    try:
        yield heard
    finally:
        if masked:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        for stop_signal, handler in former:
            signal.signal(stop_signal, handler)


def obey(heard: list[int]) -> None:
    """Raise the KeyboardInterrupt that was held back, if there was one."""
    if heard:
        raise KeyboardInterrupt
