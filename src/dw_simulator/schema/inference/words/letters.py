"""Names in plain letters: what is left of them without umlauts and accents."""

import re
import unicodedata

_SPELLED = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}
_TOLD_APART = re.compile("[äöüÄÖÜßẞ]")


def in_plain_letters(name: str) -> str:
    """A name without accents; its words begin where they began.

    >>> in_plain_letters("Änderung"), in_plain_letters("GRÖSSE"), in_plain_letters("prénom")
    ('Aenderung', 'GROESSE', 'prenom')
    """
    if name.isascii():
        return name
    name = unicodedata.normalize("NFC", name)
    plain = _TOLD_APART.sub(_spelled, name)
    return unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()


def _spelled(letter: re.Match[str]) -> str:
    spelled = _SPELLED[letter[0].lower()]
    if letter[0].islower():
        return spelled
    begins = letter.string[letter.end() : letter.end() + 1].islower()
    return spelled.title() if begins else spelled.upper()
