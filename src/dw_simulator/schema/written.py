"""Numbers of a YAML document that know how they were written: in a column of texts, 1.10 is no 1.1."""

from dw_simulator.schema.json_data import Json


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
    if isinstance(value, WrittenInt | WrittenFloat):
        return value.text
    return str(value).lower() if isinstance(value, bool) else str(value)
