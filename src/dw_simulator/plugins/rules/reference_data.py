"""The reference data that this package ships: names, cities, spellings, in `data/*.tsv`."""

from functools import cache
from importlib.resources import files


@cache
def records(name: str) -> tuple[tuple[str, ...], ...]:
    """The fields of each line of a table, comments left out."""
    text = (files(__package__) / "data" / name).read_text(encoding="utf-8")
    return tuple(tuple(line.split("\t")) for line in text.splitlines() if line and not line.startswith("#"))
