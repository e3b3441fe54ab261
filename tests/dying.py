"""A dw-sim command that is killed at a chosen step: DYING=STEP python dying.py WORDS...

DYING is the JSON of a `Step`. The kill is SIGKILL, so no handler runs, as when the power fails or memory is
short. Worker processes load this file, too: a step that only they come to kills their parent.
"""

import functools
import importlib
import json
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

STEP = "DYING"


@dataclass(frozen=True)
class Step:
    """The nth call of a function.

    place   module:name, or module:Class.name
    when    before or after the call
    during  count only within calls of this other place
    group   kill the worker processes, too; without it they live on until they find that they are orphans
    """

    place: str
    when: str = "before"
    nth: int = 1
    during: str = ""
    group: bool = True

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    def __str__(self) -> str:
        name = self.place.partition(":")[2]
        count = f" {self.nth}" if self.nth > 1 or self.during else ""
        within = f" in {self.during.partition(':')[2]}" if self.during else ""
        return f"{self.when} {name}{count}{within}"


class Watched:
    """Counts the calls of a step's function, and kills at the right one."""

    def __init__(self, step: Step) -> None:
        self.step, self.count, self.lock = step, 0, threading.Lock()
        self.within = not step.during

    def patch(self) -> None:
        if self.step.during:
            _wrap(self.step.during, self._marking)
        _wrap(self.step.place, self._counting)

    def _marking(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*words: Any, **options: Any) -> Any:
            self.within = True
            try:
                return original(*words, **options)
            finally:
                self.within = False

        return call

    def _counting(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*words: Any, **options: Any) -> Any:
            mine = self._is_the_one()
            if mine and self.step.when == "before":
                self._kill()
            result = original(*words, **options)
            if mine:
                self._kill()
            return result

        return call

    def _is_the_one(self) -> bool:
        with self.lock:
            self.count += self.within
            return self.within and self.count == self.step.nth

    def _kill(self) -> None:
        if self.step.group:
            os.killpg(0, signal.SIGKILL)
        is_worker = multiprocessing.parent_process() is not None
        os.kill(os.getppid() if is_worker else os.getpid(), signal.SIGKILL)


def _wrap(place: str, wrapper: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    module, _, path = place.partition(":")
    owner: Any = importlib.import_module(module)
    *classes, name = path.split(".")
    for part in classes:
        owner = getattr(owner, part)
    original = getattr(owner, name)
    setattr(owner, name, functools.wraps(original)(wrapper(original)))


if STEP in os.environ:
    Watched(Step(**json.loads(os.environ[STEP]))).patch()

if __name__ == "__main__":
    from dw_simulator.interfaces.cli.main import run

    run()
