"""What a name may say of a column: a guess, which plugins bring as well; and what moments come after which.

Which guesses there are is told by the vocabulary (`glossary`), which of them a column has by `candidates`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from dw_simulator.schema.json_data import Json
from dw_simulator.types import TEMPORAL_KINDS, Kind

TEXTS = frozenset({Kind.TEXT})
DATES = TEMPORAL_KINDS - {Kind.TIME}

Fields: TypeAlias = Mapping[str, Json]
"""Fields of a column, as a schema has them."""


@dataclass(frozen=True)
class Guess:
    """What a name says.

    phrases  in English words, separated by |
    kinds    the types it is believed of
    meaning  what the user is told: "looks like ..."
    fields   the column's fields that follow from it
    length   the least text length at which the rule's values fit; most: the greatest at which it is believed;
             of decimals the digits before the point
    open     whether the rule still has enough values when the column is unique
    part     (rule, field) of an entity: what it is where other columns name the same person, place, company
    local    whether a locale makes a difference
    alone    whether it is believed of a column that speaks of no person, place or company with others
    whole    True: of numbers without decimals only; False: of those with some
    code     whether its texts are codes, which columns that are called so have first
    percent  True: of numbers that are hundredths by their type, 5.25; False: of those that are not, 0.0525
    others   whether it is believed only of what belongs to something else than the rows of the table
    null     the share of NULLs, where the column may have some and the name says how many
    """

    phrases: str
    kinds: frozenset[Kind]
    meaning: str
    fields: Fields = field(default_factory=dict)
    length: int = 0
    open: bool = False
    part: tuple[str, str] | None = None
    local: bool = False
    most: int = 1 << 30
    alone: bool = True
    whole: bool | None = None
    code: bool = False
    others: bool = False
    percent: bool | None = None
    null: float | None = None


LAST_YEARS: Fields = {"date_start": "2022-01-01", "date_end": "2025-12-31"}
"""Of what has been of late, in an experiment that names no present; else that many years back from it."""
YEARS_BACK = 3
