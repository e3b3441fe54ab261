"""What pydantic complains of, in this project's words: the one place that knows pydantic's own."""

from collections.abc import Iterable

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from dw_simulator.errors import closest

WHOLE = ("extra_forbidden", "missing")
"""Complaints about a field that is there or is not, whatever its value."""


def details_of(error: ValidationError) -> list[ErrorDetails]:
    """Every complaint, in the order of the fields."""
    return error.errors(include_url=False)


def clause(detail: ErrorDetails) -> str:
    """What is wrong with a value, as it follows the value's name: `should be a valid number`."""
    if detail["type"] in ("model_type", "dict_type"):
        return "an object {...} is needed here"
    return detail["msg"].removeprefix("Value error, ").replace("Input should", "should")


def sentence(detail: ErrorDetails) -> str:
    """The same as it stands behind a colon: `it should be a valid number`."""
    words = clause(detail)
    return f"it {words}" if words.startswith("should") else words


def named(detail: ErrorDetails, owner: str, thing: str, name: str, known: Iterable[str]) -> str:
    """What is wrong with a thing (option, parameter) that an owner has, or should have, under a name."""
    if detail["type"] == "extra_forbidden":
        return f"{owner} has no {thing} {name!r}{closest(name, known)}"
    if detail["type"] == "missing":
        return f"{owner} needs the {thing} {name!r}"
    return clause(detail)


def dotted(loc: Iterable[int | str]) -> str:
    """A place as users write it: `tables[2].columns[0].name`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc)
    return text.lstrip(".")
