"""What is noted while rules are laid over a schema: what is wrong, and which part of the schema they say."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from dw_simulator.schema.json_data import Json
from dw_simulator.schema.overlay.rules_document import Steps

_NO_OBJECT = "an object {...} is needed here"
_NO_LIST = "a list [...] is needed here"


class OverlayProblem(NamedTuple):
    """What is wrong, and where in the rules."""

    steps: Steps
    message: str
    mend: str = ""


@dataclass
class OverlayNotes:
    """What is noted.

    problems  what the rules say wrongly, as far as the schema is not asked
    origins   where in the rules a part of the schema is said, by its place in the schema
    """

    problems: list[OverlayProblem] = field(default_factory=list)
    origins: dict[Steps, Steps] = field(default_factory=dict)

    def refuse(self, steps: Steps, message: str, mend: str = "") -> None:
        """Note what is wrong."""
        self.problems.append(OverlayProblem(steps, message, mend))

    def said_at(self, place: Steps) -> Steps | None:
        """Where in the rules a place of the schema is said; None where it is not."""
        for length in range(len(place), 0, -1):
            if place[:length] in self.origins:
                rest = place[length:]  # of a column that is not said, the table is where it is said
                return (*self.origins[place[:length]], *(() if rest[:1] == ("columns",) else rest))
        return None

    def is_first(self, place: Steps, steps: Steps, name: str) -> bool:
        """Whether a part of the schema is said for the first time; letter case may hide that it is not."""
        if place in self.origins:
            self.refuse(steps, f"{name!r} is said twice", "say all of it in one place")
            return False
        self.origins[place] = steps
        return True

    def entries(self, steps: Steps, value: Json) -> Iterator[tuple[Steps, str, Json]]:
        """(place, key, value) of what stands in an object; of none, where it is left empty."""
        for name, inner in (self.object_at(steps, value) or {}).items():
            if isinstance(name, str):
                yield (*steps, name), name, inner
            else:  # whoever reads YAML by other means may make no, 1 and the like of names
                self.refuse(steps, f"{name!r} is no text, and so no name", "write it in quotes")

    def object_at(self, steps: Steps, value: Json) -> Mapping[str, Json] | None:
        """An object, which is empty where it is left empty; None for anything else, which is a problem."""
        if value is None or isinstance(value, Mapping):
            return value or {}
        self.refuse(steps, _NO_OBJECT)
        return None

    def list_at(self, steps: Steps, value: Json) -> Sequence[Json]:
        """A list, or an empty one for anything else, which is a problem."""
        if isinstance(value, Sequence) and not isinstance(value, str):
            return value
        self.refuse(steps, _NO_LIST)
        return []
