"""What company names are made of, language by language, and what is customary country by country."""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from dw_simulator.errors import Refusal, closest
from dw_simulator.plugins.rules.gazetteer import LOCALES
from dw_simulator.plugins.rules.reference_data import records


class Words(NamedTuple):
    """Words of a language: heads that are no person's name, middles, and what companies do with its industry.

    first  whether what a company does stands before its name: Transports Martin, but Martin Transport
    """

    heads: tuple[str, ...]
    middles: tuple[str, ...]
    trades: tuple[tuple[str, str], ...]
    first: bool


_TRADE_FIRST = {"fr", "es", "it", "pt"}

FORMS: Mapping[str, tuple[str, ...]] = {
    "US": ("Inc.", "LLC", "Inc.", "Corp.", "LLC", "Group", "Inc.", "Co."),
    "CA": ("Inc.", "Ltd.", "Inc.", "Corp."),
    "GB": ("Ltd", "Ltd", "Ltd", "PLC", "Ltd", "LLP", "Ltd", "Group"),
    "AU": ("Pty Ltd", "Pty Ltd", "Pty Ltd", "Ltd"),
    "DE": ("GmbH", "GmbH", "AG", "GmbH", "KG", "GmbH", "GmbH & Co. KG", "OHG"),
    "AT": ("GmbH", "GmbH", "AG", "KG"),
    "CH": ("AG", "GmbH", "AG", "GmbH"),
    "FR": ("SARL", "SAS", "SARL", "SA", "SAS", "EURL", "SARL", "SAS"),
    "ES": ("S.L.", "S.L.", "S.A.", "S.L."),
    "MX": ("S.A. de C.V.", "S.A. de C.V.", "S. de R.L.", "S.A."),
    "IT": ("S.r.l.", "S.p.A.", "S.r.l.", "S.n.c."),
    "BR": ("Ltda.", "S.A.", "Ltda.", "ME"),
    "NL": ("B.V.", "B.V.", "N.V.", "V.O.F."),
    "PL": ("Sp. z o.o.", "S.A.", "Sp. z o.o.", "Sp. j."),
}
"""Legal forms by country, a power of two of them: common ones stand more than once."""

TAX_NUMBERS: Mapping[str, tuple[str, str, str]] = {
    "US": ("##-#", "####", "##"),
    "CA": ("###", "####", "##RC0001"),
    "GB": ("GB###", "####", "##"),
    "AU": ("##", "######", "###"),
    "DE": ("DE###", "####", "##"),
    "AT": ("ATU###", "####", "#"),
    "CH": ("CHE-###", ".###.", "###"),
    "FR": ("FR##", "######", "###"),
    "ES": ("B##", "####", "##"),
    "MX": ("ABC##", "####", "##X"),
    "IT": ("IT###", "######", "##"),
    "BR": ("##.###", ".###/", "0001-##"),
    "NL": ("NL###", "####", "##B01"),
    "PL": ("PL###", "#####", "##"),
}
"""How a company's tax number looks, in three parts, with # for a digit."""


@cache
def words_of(locale: str) -> Words:
    """The words of a locale. Raises Refusal."""
    known = [name for name, country in LOCALES.items() if country in FORMS]
    if locale not in known:
        raise Refusal(
            f"no companies are known for the locale {locale!r}{closest(locale, known)}",
            f"name one of {', '.join(known)}",
        )
    language = locale.partition("_")[0]
    heads: list[str] = []
    middles: list[str] = []
    trades: list[tuple[str, str]] = []
    for code, kind, listed in records("companies.tsv"):
        if code not in (language, "*"):
            continue
        found = listed.split("|")
        if kind == "head":
            heads += found
        elif kind == "middle":
            middles += found
        else:
            trades += [(word, kind) for word in found]
    return Words(tuple(heads), tuple(middles), tuple(trades), language in _TRADE_FIRST)
