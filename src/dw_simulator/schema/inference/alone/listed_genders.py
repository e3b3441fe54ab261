"""What a CHECK lists for a gender or a title, by whose it is: in ('m', 'w', 'd') `w` is a woman's."""

from collections.abc import Sequence
from dataclasses import replace

from dw_simulator.schema.inference.candidates import Found, rule_of

_FEMALE = frozenset(
    """f w v female woman weiblich frau fr vrouw vrouwelijk mevr mevrouw femme feminin femenino feminino mujer
    donna mulher mrs ms miss mme mlle sra signora""".split()
)
_MALE = frozenset(
    """m h male man maennlich männlich mann herr hr mannelijk dhr heer homme masculin masculino maschile
    hombre uomo homem mr monsieur sr signor""".split()
)


def of_listed(found: Found, listed: Sequence[str]) -> Found | None:
    """A gender or a title of a person as a CHECK writes it; None where that cannot be told.

    >>> found = Found("a gender", {"rule": {"name": "person", "field": "gender"}})
    >>> of_listed(found, ["m", "w", "d"]).fields["rule"]["values"]
    {'female': 'w', 'male': 'm'}
    >>> of_listed(found, ["H", "M"]).fields["rule"]["values"]
    {'female': 'M', 'male': 'H'}
    """
    if rule_of(found.fields).get("field") not in ("gender", "title"):
        return found
    female, male = _both(listed)
    if not female or not male:
        return None
    return replace(
        found, fields={"rule": {**rule_of(found.fields), "values": {"female": female, "male": male}}}
    )


def female_of(listed: Sequence[str]) -> str:
    """What a list says for a woman; nothing where that cannot be told.

    >>> female_of(["M", "W", "D"]), female_of(["H", "M"]), female_of(["A", "B"])
    ('W', 'M', '')
    """
    return _both(listed)[0]


def _both(listed: Sequence[str]) -> tuple[str, str]:
    """What stands for a woman, and for a man."""
    plain = {value.strip(". ").lower(): value for value in listed}
    female = next((value for word, value in plain.items() if word in _FEMALE), "")
    male = next((value for word, value in plain.items() if word in _MALE), "")
    if not female and {"h", "m"} <= plain.keys():
        female, male = plain["m"], plain["h"]
    return female, male
