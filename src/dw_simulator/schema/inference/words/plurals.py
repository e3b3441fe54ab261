"""Whether an unknown word is another in the plural, in any of the languages."""

_LONGER = frozenset({"s", "es", "n", "en", "e", "nen", "er", "x"})
_TURNED = {"a": "e", "o": "i", "e": "i", "m": "ns"}
_LEAST = 5
"""Shorter words are alike by chance."""


def one_of_many(one: str, many: str) -> bool:
    """Whether a word is the other's plural.

    >>> one_of_many("leerung", "leerungen"), one_of_many("svuotamento", "svuotamenti")
    (True, True)
    >>> one_of_many("viagem", "viagens"), one_of_many("port", "porter")
    (True, False)
    """
    if len(one) < _LEAST:
        return False
    if many.startswith(one):
        return many[len(one) :] in _LONGER
    turned = _TURNED.get(one[-1])
    return turned is not None and many == one[:-1] + turned
