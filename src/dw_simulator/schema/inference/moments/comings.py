"""Who comes in and goes out again: entry and exit of a visit, a parking place, a weighbridge.

Words for going in and out mean much: a hire, a receipt, a departure. Two moments of one row, in and out, are
a stay of minutes or hours.

>>> both_ways({"oraentrata": False, "orauscita": False})
('oraentrata', 'orauscita')
>>> both_ways({"gate_in_at": False, "gate_out_at": False, "booked_at": False})
('gate_in_at', 'gate_out_at')
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dw_simulator.schema.inference.moments.stage_reading import MomentReading, stages, tokens_of
from dw_simulator.schema.inference.moments.stages import TAILS
from dw_simulator.schema.inference.sketch import ColumnSketch
from dw_simulator.types import Kind

ENTRIES = frozenset(
    """entry entered entrance entrada entrata ingreso ingresso entree eintritt einlass einfahrt einlauf
    zutritt eingang ingang binnenkomst inrit in ein""".split()
)
EXITS = frozenset(
    """exit exited salida uscita saida sortie austritt auslass ausfahrt auslauf ausgang uitgang uitrit vertrek
    out aus uit""".split()
)
"""Words of going in, and of going out."""
EXIT = "exit"
"""The word of a moment that is read as going out."""
STAY = "5m 50m 8h"
"""How long somebody stays, where the table does not say what it is about."""


def comings(
    readings: Mapping[str, MomentReading], columns: Sequence[ColumnSketch]
) -> dict[str, MomentReading]:
    """Other readings of those moments of a row that are in and out."""
    timed = {one.name: readings[one.name].planned for one in columns if one.kind is Kind.TIMESTAMP}
    pair = both_ways(timed)
    if pair is None:
        return {}
    way_in, way_out = pair
    kinds = [stages()[readings[one].stage or "at"].kinds for one in pair]
    known = "start" in kinds[0] and "end" in kinds[1]  # an admission, a working day
    if known:
        return {}
    entry = replace(readings[way_in], stage="start", owner=(), word="entry")
    return {way_in: entry, way_out: replace(readings[way_out], stage="end", owner=(), word=EXIT)}


def both_ways(timed: Mapping[str, bool]) -> tuple[str, str] | None:
    """The two columns in which somebody goes in and out. timed: those with a time, whether it is planned."""
    going: dict[frozenset[str], str] = {}
    for name, planned in timed.items():
        words = tokens_of(name)
        if not planned and set(words) & EXITS:
            going.setdefault(_rest(words, EXITS), name)
    for name, planned in timed.items():
        words = tokens_of(name)
        out = going.get(_rest(words, ENTRIES))
        if not planned and set(words) & ENTRIES and out is not None and out != name:
            return name, out
    return None


def _rest(words: Sequence[str], known: frozenset[str]) -> frozenset[str]:
    return frozenset(words) - known - TAILS
