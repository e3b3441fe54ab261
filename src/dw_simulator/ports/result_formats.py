"""The formats that results of queries are written in: their names, how files end, what HTTP calls them."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from dw_simulator.errors import RequestError, UnknownNameError, closest


class ResultFormat(NamedTuple):
    """A format.

    media_type  as HTTP has it
    endings     of files; the first is the usual one
    is_text     whether a terminal can show it
    """

    media_type: str
    endings: tuple[str, ...]
    is_text: bool = False


_FORMATS = """
csv      plain  text/csv                             .csv
json     plain  application/json                     .json
jsonl    plain  application/x-ndjson                 .jsonl .ndjson
parquet  bytes  application/vnd.apache.parquet       .parquet
arrow    bytes  application/vnd.apache.arrow.file    .arrow .feather
arrows   bytes  application/vnd.apache.arrow.stream  .arrows
"""
"""Name, plain text or bytes, media type, endings; `arrow` is the file of Arrow's IPC, `arrows` the stream."""
RESULT_FORMATS: Mapping[str, ResultFormat] = {
    name: ResultFormat(media_type, tuple(endings), kind == "plain")
    for name, kind, media_type, *endings in map(str.split, _FORMATS.strip().splitlines())
}
"""By their names."""

_BY_ENDING = {ending: name for name, one in RESULT_FORMATS.items() for ending in one.endings}


def result_format(name: str) -> ResultFormat:
    """A format by its name. Raises UnknownNameError."""
    if name not in RESULT_FORMATS:
        raise UnknownNameError("format of results", name, tuple(RESULT_FORMATS))
    return RESULT_FORMATS[name]


def format_of(path: Path) -> str:
    """The name of the format in which a file of this name is written. Raises RequestError."""
    name = _BY_ENDING.get(path.suffix.lower())
    if name is None:
        known = closest(path.suffix, _BY_ENDING)
        raise RequestError(f"{path}: the name has to end in the format that is wanted{known}")
    return name
