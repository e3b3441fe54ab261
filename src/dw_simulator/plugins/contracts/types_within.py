"""Types within types, as contracts declare them: structs, lists and maps, as the text of a type.

What has no such form is a document: JSON, which may hold anything.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from dw_simulator.types import enum_text, field_name

DOCUMENT = "JSON"
_MOST_PARTS = 2000
"""Of a column: definitions that name each other may have more parts than anybody can make."""
_MOST_LEVELS = 24


@dataclass
class TypesWithin:
    """The types within one column.

    lost   why parts of it are documents
    """

    lost: list[str] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)
    _parts: int = 0

    @contextmanager
    def entered(self, name: str = "") -> Iterator[bool]:
        """One level further in; whether that may be: not in a definition that is within itself, or too deep.

        name  of the definition, where it has one
        """
        self._parts += 1
        fits = self._parts <= _MOST_PARTS and len(self._open) < _MOST_LEVELS
        whole = fits and (not name or name not in self._open)
        if not whole:
            reason = f"{name} within itself" if fits else "what is too big for a type"
            self.lost.append(f"{reason} is taken for {DOCUMENT}")
        self._open.append(name)
        try:
            yield whole
        finally:
            self._open.pop()

    def struct(self, fields: Mapping[str, str]) -> str:
        """The type of an object with fields; a document where it has none, or two of one name."""
        if not fields:
            return DOCUMENT
        if len({name.lower() for name in fields}) < len(fields):
            self.lost.append(f"two fields of one name but for letter case are taken for {DOCUMENT}")
            return DOCUMENT
        return f"STRUCT<{', '.join(f'{field_name(name)} {kind}' for name, kind in fields.items())}>"

    def told(self, place: str) -> Iterator[str]:
        """A warning on each reason, each once."""
        return (f"{place}: {reason}" for reason in dict.fromkeys(self.lost))


def list_of(element: str) -> str:
    """The type of a list."""
    return f"ARRAY<{element}>"


def map_of(value: str) -> str:
    """The type of a map from texts."""
    return f"MAP<VARCHAR, {value}>"


def one_of(values: Sequence[object]) -> str:
    """The type of a text that is one of some."""
    return enum_text([str(one) for one in values])
