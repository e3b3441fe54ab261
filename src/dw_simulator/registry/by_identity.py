"""What was made of things that never change, kept for as long as these live."""

from typing import Generic, TypeVar
from weakref import ref

K = TypeVar("K")
V = TypeVar("V")


class ByIdentity(Generic[K, V]):
    """Values by the very objects they were made of: equal ones are others, and need not be hashable."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[ref[K], V]] = {}

    def get(self, thing: K) -> V | None:
        """What was made of it; None where nothing was."""
        found = self._kept.get(id(thing))
        return found[1] if found is not None and found[0]() is thing else None

    def keep(self, thing: K, value: V) -> V:
        """The value, which `get` gives from now on."""
        at = id(thing)
        self._kept[at] = ref(thing, lambda _: self._kept.pop(at, None)), value
        return value
