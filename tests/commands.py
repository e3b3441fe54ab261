"""`dw-sim` within the process of a test: another one takes a second to import what is here already."""

import gc
import signal
import sys
import warnings
from collections.abc import Callable
from typing import NamedTuple

import pytest

from dw_simulator.interfaces.cli.main import run


class Done(NamedTuple):
    """What a command wrote."""

    stdout: str
    stderr: str


DwSim = Callable[..., Done]
"""Runs a command, from its words to its exit code, which is 0 where no other `code` is expected."""


@pytest.fixture
def dw_sim(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> DwSim:
    """The command line as a process has it, but for signals and what Python itself does."""
    monkeypatch.setattr(warnings, "showwarning", warnings.showwarning)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(gc, "set_threshold", lambda *_: None)

    def called(*words: object, code: int = 0) -> Done:
        monkeypatch.setattr(sys, "argv", ["dw-sim", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            run()
        done = Done(*capsys.readouterr())
        assert ended.value.code == code, done.stderr
        assert "Traceback" not in done.stderr
        return done

    return called
