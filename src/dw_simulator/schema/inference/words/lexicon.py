"""Words of names in several languages and habits: what each stands for in plain English.

The words are data, `data/lexicon/*.txt`. A line is `words | English | languages`; the words have no accents
(as in `prenom`, `strasse`), and languages are left out for abbreviations and for what all share. The English
is read as English names are: a payment date is a pay date. A line that ends with `| beside` counts only
beside other words of its language: the French `ht` is a net amount in `montant_ht`, and a height elsewhere.
One without languages that ends with words counts beside these: `pd` is paid in `pd_amt`, and a period
elsewhere.
`english.txt` lists English words that may be glued to others.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

Words = tuple[str, ...]
_ENGLISH = "english.txt"


def lines(name: str) -> Iterator[str]:
    """The lines of a file of words, comments left out."""
    text = (files("dw_simulator.schema.inference") / "data" / "lexicon" / name).read_text(encoding="utf-8")
    return (line for line in text.splitlines() if line and line[0] != "#")


Sense = tuple[Words, frozenset[str]]
"""The English words that a word stands for, and the languages that it may belong to."""


@cache
def _senses() -> tuple[
    Mapping[str, Sense], Mapping[str, list[Sense]], Mapping[str, list[tuple[Words, frozenset[str]]]]
]:
    """What each word stands for, and what only beside others of its language, or beside certain words."""
    found: dict[str, Sense] = {}
    beside: dict[str, list[Sense]] = {}
    near: dict[str, list[tuple[Words, frozenset[str]]]] = {}
    for file in sorted(
        one.name for one in (files("dw_simulator.schema.inference") / "data" / "lexicon").iterdir()
    ):
        if not file.endswith(".txt") or file == _ENGLISH:
            continue
        for line in lines(file):
            words, english, languages, only, *_ = [*line.split("|"), "", "", ""]
            meant, spoken = tuple(english.split()), frozenset(languages.split())
            for word in words.split():
                if only.strip() and not spoken:
                    near.setdefault(word, []).append((meant, frozenset(only.split())))
                    continue
                if only.strip():
                    beside.setdefault(word, []).append((meant, spoken))
                    continue
                before, others = found.get(word, ((), frozenset[str]()))
                found[word] = meant, spoken | others if spoken and before == meant else spoken
    plain = {word: meant for word, (meant, spoken) in found.items() if not spoken}
    said = {meant: _as_read(meant, plain) for meant, _spoken in found.values()}
    return (
        {word: (said[meant] if spoken else meant, spoken) for word, (meant, spoken) in found.items()},
        {
            word: [(_as_read(meant, plain), spoken) for meant, spoken in senses]
            for word, senses in beside.items()
        },
        {
            word: [(_as_read(meant, plain), others) for meant, others in senses]
            for word, senses in near.items()
        },
    )


def _as_read(meant: Words, plain: Mapping[str, Words]) -> Words:
    """English words as English names are read: a payment date is a pay date."""
    return without_repeats([one for word in meant for one in plain.get(word, (word,))])


def lexicon() -> Mapping[str, Sense]:
    """What each word stands for."""
    return _senses()[0]


def beside_others() -> Mapping[str, list[Sense]]:
    """What words stand for beside others of their language only."""
    return _senses()[1]


def beside_words() -> Mapping[str, list[tuple[Words, frozenset[str]]]]:
    """What abbreviations stand for beside certain words only, and these words."""
    return _senses()[2]


def without_repeats(words: list[str]) -> Words:
    """Words without those that repeat the one before: `zip_code` is a postal code once."""
    return tuple(word for word, before in zip(words, ["", *words], strict=False) if word != before)


@cache
def english() -> frozenset[str]:
    """English words that may be glued to others: `priceperticket`."""
    return frozenset(word for line in lines(_ENGLISH) for word in line.split())


HEAD_FIRST = frozenset({"fr", "es", "it", "pt"})
"""Languages in which the noun comes first: `fecha_nacimiento` is a birth date."""

SMALL_WORDS = frozenset(
    """of de del della dello di do da du des la the of der den dem das el et und y e a l d von zu electronico
    electronica elettronica eletronico""".split()
)
"""Words that say nothing about the values."""

COMPOUNDING = frozenset({"de", "nl"})
"""Languages that glue their words together: `Rechnungsbetrag`."""

KINDS_IN_FRONT = frozenset("amt dt dte cd nm fl flg ts kz pct cnt ind sts typ vl".split())
"""Abbreviations of what a column holds, which some put in front: `dt_created` is `created_dt`."""

COUNTS = frozenset("nb nbre nbr nombre".split())
"""What stands in front of what is counted."""

LAST_IN_ALL = frozenset(
    """id sk pk fk bk key uuid cd code px kg cm mm km ms pct usd eur micros cents nr num at ts dt flag url
    status meses mesi dias giorni horas minutos minuti segundos secondi por min
    kmh kwh ha""".split()
)
"""What stands last whatever the language of the words before it: `socio_id`, `largo_mm`."""

SHARED = frozenset("code name id status type nr no total email text url ip info region number flag".split())
"""Words that names of any language have."""

FOREIGN_ALONE = frozenset("data land fin cap alter art hat est fine canal moment am pays bild".split())
"""English words that are of another language where they stand by themselves, or beside shared ones."""

LOCALES: Mapping[str, tuple[str, str]] = {
    "de": ("de_DE", "German"),
    "fr": ("fr_FR", "French"),
    "es": ("es_ES", "Spanish"),
    "it": ("it_IT", "Italian"),
    "pt": ("pt_BR", "Portuguese"),
    "nl": ("nl_NL", "Dutch"),
}
"""Whose people and places the names of a schema speak of, by its language."""

WIDTHS: Mapping[str, Mapping[str, int]] = {
    "world": {"postcode": 8, "street_address": 40, "phone": 17},
    "pt_BR": {"postcode": 8},
    "nl_NL": {"postcode": 6, "title": 5},
    "it_IT": {"title": 6},
}
"""How long what cannot be left out of a place gets, where that is more than columns for it commonly hold."""

LETTERS: Mapping[str, Mapping[str, str]] = {
    "de": {"Y": "J", "Yes": "Ja", "No": "Nein"},
    "fr": {"Y": "O", "Yes": "Oui", "No": "Non"},
    "es": {"Y": "S", "Yes": "Si", "No": "No"},
    "it": {"Y": "S", "Yes": "Si", "No": "No"},
    "pt": {"Y": "S", "Yes": "Sim", "No": "Nao"},
    "nl": {"Y": "J", "Yes": "Ja", "No": "Nee"},
}
"""How yes and no are written, by the language of the names."""
