"""Finding out in whose SQL a script is written: whoever reads it best."""

from dw_simulator.errors import RequestError, SqlError
from dw_simulator.ports.dialect import Dialect
from dw_simulator.registry.shelves import Shelf

_UNPLACED = 1 << 30


def guessed(sql: str, dialects: Shelf[Dialect]) -> str:
    """The name of the dialect that reads a script with the fewest warnings; of several the first registered.

    Raises what the one says that came furthest when none can read it.
    """
    found: dict[str, int] = {}
    refusals: list[RequestError] = []
    for name, dialect in dialects.usable().items():
        try:
            found[name] = len(dialect.read(sql).warnings)
        except RequestError as error:
            refusals.append(error)
    if not found:
        raise max(refusals, key=_line_of)
    return min(found, key=lambda name: found[name])


def _line_of(error: RequestError) -> int:
    """How far a dialect came: to the line of its error, or to the end of a script that it could read."""
    return error.line if isinstance(error, SqlError) else _UNPLACED
