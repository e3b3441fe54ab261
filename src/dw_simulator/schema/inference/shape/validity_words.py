"""Names that say from when, until when, or whether a version is valid, in seven languages.

Words of prepositions say little beside others (`du` is "of" in most French names), so these names are read
as they stand, glued ones too.
"""

import re
from functools import cache

from dw_simulator.schema.inference.shape.calendar_names import lines_of
from dw_simulator.schema.inference.words.letters import in_plain_letters
from dw_simulator.schema.inference.words.tokens import PIECES


def bound_called(name: str) -> str:
    """Whether a name says from when something is valid, or until when: from, to; empty where it says neither.

    >>> bound_called("VALIDE_DU"), bound_called("dtfimvigencia"), bound_called("prix_du")
    ('from', 'to', '')
    """
    text = _plain(name)
    return next((which for which in ("from", "to") if _bounds(which).fullmatch(text)), "")


def is_called_current(name: str) -> bool:
    """Whether a name says that a row is the one that holds now.

    >>> is_called_current("EST_COURANT"), is_called_current("registro_atual"), is_called_current("ultima")
    (True, True, False)
    """
    parts = _current().fullmatch(_plain(name))
    return parts is not None and any(parts.groups())


def _plain(name: str) -> str:
    return "_".join(match[0] for match in PIECES.finditer(in_plain_letters(name))).lower()


def _any(which: str) -> str:
    words = [
        word for name, said in lines_of("versions.txt") if name == f"raw {which}" for word in said.split()
    ]
    return f"(?:{'|'.join(sorted(words, key=len, reverse=True))})"


@cache
def _bounds(which: str) -> re.Pattern[str]:
    date, valid, bound = _any("date"), _any("valid"), _any(which)
    around, between = f"(?:{date}_?)*", f"_?(?:{date}_)*"
    pair = f"(?:{valid}{between}{bound}|{bound}{between}{valid}|{valid}_{valid}_{bound})"
    return re.compile(f"{around}{pair}(?:_?{date})*")


@cache
def _current() -> re.Pattern[str]:
    flag, row, now = _any("flag"), _any("row"), _any("current")
    return re.compile(f"({flag}_?)?({row}_?)?{now}(_?{row})?(_{flag})?")
