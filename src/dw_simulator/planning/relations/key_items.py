"""What takes part in carrying a key, and where the numbers come from that tell rows apart."""

from dataclasses import dataclass

from dw_simulator.planning.draft import Relation


@dataclass(eq=False)
class KeyItem:
    """A part of a key that can take part in carrying it: a plain column, or a reference.

    size, most  how many values there are to choose from, for the row that has the fewest and the most
    """

    name: str
    size: int
    most: int
    relation: Relation | None = None
    counts: bool = False

    @property
    def what(self) -> str | Relation:
        return self.relation or self.name


@dataclass(eq=False)
class NumberSource:
    """Where the numbers come from that tell rows apart: all rows, or the rows of each parent.

    bound  how many numbers there are
    """

    bound: int
    cluster: Relation | None = None


def varies(item: KeyItem) -> bool:
    """Whether there are more or fewer values to choose from, from row to row."""
    return item.relation is not None and bool(item.relation.path)
