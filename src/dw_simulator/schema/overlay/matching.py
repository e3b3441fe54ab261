"""Which of the names of a schema is meant: letter case may differ where no other name does by that alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from dw_simulator.errors import closest


@dataclass
class NamesThere:
    """The names that there are.

    >>> NamesThere(["Id", "Name"]).meant("name")
    1
    """

    names: Sequence[str]

    @cached_property
    def _folded(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for index, name in enumerate(self.names):
            found.setdefault(name.casefold(), []).append(index)
        return found

    @cached_property
    def _exact(self) -> dict[str, int]:
        return {name: index for index, name in enumerate(self.names)}

    def meant(self, name: str) -> int | None:
        """The position of the one that is meant; None for none, and for one of several."""
        if name in self._exact:
            return self._exact[name]
        found = self._folded.get(name.casefold(), [])
        return found[0] if len(found) == 1 else None

    def several(self, name: str) -> bool:
        """Whether more than one differs by letter case only."""
        return len(self._folded.get(name.casefold(), [])) > 1

    def told(self, name: str) -> str:
        """The closest, or those that it may be."""
        if self.several(name):
            found = (self.names[index] for index in self._folded[name.casefold()])
            return f"; there are {' and '.join(map(repr, found))}"
        return closest(name, self.names)


def same_names(one: Iterable[object], other: Iterable[object]) -> bool:
    """Whether two sets of names are the same, letter case apart."""
    return {str(name).casefold() for name in one} == {str(name).casefold() for name in other}
