"""What a part's file is made of: a format writes Arrow batches into an open stream, and reads them again.

Where the stream leads is the sink's affair. A module of this package is a format, and has one in `FORMAT`.
"""

from dw_simulator.ports.format import Format
from dw_simulator.registry.manager import registry


def format_of(name: str) -> Format:
    """The registered format of a name. Raises UnknownNameError."""
    return registry().formats.get(name)
