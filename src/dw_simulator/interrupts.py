"""Steps that an interrupt must not cut in two."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def held_back() -> Iterator[list[int]]:
    """Interrupts wait until the block is done; it yields the list of those that were heard.

    Processes started inside never hear any, from their first instruction on: a blocked signal stays blocked
    in a child.
    """
    heard: list[int] = []
    handlers: dict[signal.Signals, Any] = {}
    if threading.current_thread() is threading.main_thread():
        for stop_signal in _STOP_SIGNALS:
            handlers[stop_signal] = signal.signal(stop_signal, lambda number, _frame: heard.append(number))
    masked = hasattr(signal, "pthread_sigmask")  # not on Windows
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOP_SIGNALS) if masked else set()
    try:
        yield heard
    finally:
        if masked:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        for stop_signal, handler in handlers.items():
            signal.signal(stop_signal, handler)


def obey(heard: list[int]) -> None:
    """Raise the KeyboardInterrupt that was held back, if there was one."""
    if heard:
        raise KeyboardInterrupt
