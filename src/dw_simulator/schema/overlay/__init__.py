"""A rules file: what tables and columns mean, written beside the DDL and laid over it at every import.

`rules_document` reads a file, or takes what HTTP and Python give, and knows its lines; `laying` lays it over
a schema; `proposing` writes one from what an import has guessed.
"""

from dw_simulator.schema.overlay.laying import Fill, located, overlaid, unfilled
from dw_simulator.schema.overlay.proposing import Proposal
from dw_simulator.schema.overlay.rules_document import RulesDocument, RulesSource

__all__ = [
    "Fill",
    "Proposal",
    "RulesDocument",
    "RulesSource",
    "located",
    "overlaid",
    "unfilled",
]
