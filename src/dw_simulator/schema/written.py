"""Numbers of a YAML document that know how they were written: in a column of texts, 1.10 is no 1.1."""

import re

from dw_simulator.schema.json_data import Json

_LISTS = frozenset({"values", "value"})
"""The options of rules that name values of the column, and not how often or how long they are."""
_DIGITS = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?")


class WrittenInt(int):
    """A whole number that is written otherwise than Python writes it: 007, 0x1F, +5."""

    text: str = ""

    def __reduce__(self) -> tuple[type[int], tuple[int]]:
        return int, (int(self),)


class WrittenFloat(float):
    """A number that is written otherwise than Python writes it: 1.10, 1e3."""

    text: str = ""

    def __reduce__(self) -> tuple[type[float], tuple[float]]:
        return float, (float(self),)


def whole(number: int, text: str) -> int:
    """A whole number that remembers its text, where that is another than Python's."""
    if str(number) == text:
        return number
    made = WrittenInt(number)
    made.text = text
    return made


def fraction(number: float, text: str) -> float:
    """A number that remembers its text, where that is another than Python's."""
    if str(number) == text:
        return number
    made = WrittenFloat(number)
    made.text = text
    return made


def as_written(value: Json) -> str:
    """A value as it stands in the document.

    >>> as_written(whole(7, "007")), as_written(1.5), as_written(True), as_written("a")
    ('007', '1.5', 'true', 'a')
    """
    return _text_of(value) or (str(value).lower() if isinstance(value, bool) else str(value))


def _text_of(value: Json) -> str:
    """How a number is written that knows it; empty for anything else."""
    return value.text if isinstance(value, WrittenInt | WrittenFloat) else ""


def cell_as_written(value: Json) -> Json:
    """A cell of a table that is written out: its text, where a column of numbers reads that, too.

    >>> cell_as_written(whole(7, "007")), cell_as_written(fraction(1000.0, "1e3")), cell_as_written(5)
    ('007', 1000.0, 5)
    """
    text = _text_of(value)
    return text if _DIGITS.fullmatch(text) else value


def values_as_written(rule: Json, *, listed: bool = False) -> Json:
    """The rule of a column of texts, in which the values that it names are as they were written.

    >>> values_as_written({"values": [whole(7, "007")], "weights": [fraction(0.5, "0.50")]})
    {'values': ['007'], 'weights': [0.5]}
    """
    if isinstance(rule, dict):
        return {
            name: values_as_written(value, listed=name != "weights" and (listed or name in _LISTS))
            for name, value in rule.items()
        }
    if isinstance(rule, list):
        return [values_as_written(value, listed=listed) for value in rule]
    return (_text_of(rule) or rule) if listed else rule
