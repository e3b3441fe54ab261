"""What a part's file is made of: a format writes Arrow batches into an open stream, and reads them again.

Where the stream leads is the sink's affair. A module of this package is a format, by its name, and has one in
`FORMAT`.
"""

import importlib

from dw_simulator.errors import UnknownNameError
from dw_simulator.ports.format import Format

NAMES = ("parquet", "csv", "jsonl")


def format_of(name: str) -> Format:
    """The format of a name. Raises UnknownNameError."""
    if name not in NAMES:
        raise UnknownNameError("format", name, NAMES)
    found: Format = importlib.import_module(f"{__name__}.{name}").FORMAT
    return found
