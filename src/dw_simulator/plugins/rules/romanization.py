"""Names in the letters of an e-mail address: a to z."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache

from dw_simulator.plugins.rules.reference_data import records

# the sounds of a Korean syllable: its first consonant, its vowel, its last consonant
_INITIALS = "g kk n d tt r m b pp s ss - j jj ch k t p h".replace("-", "").split(" ")
_VOWELS = "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i".split()
_FINALS = "- k k ks n nj nh t l lk lm lb ls lt lp lh m p ps t t ng t t k t p t".replace("-", "").split(" ")
_HANGUL = range(0xAC00, 0xD7A4)

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})

# code points in letters, for signs that nobody here knows how to read
_AS_LETTERS = str.maketrans("0123456789", "ghijklmnop")


_NO_LETTER = re.compile("[^a-z]")


def romanized(name: str, locale: str) -> str:
    """A name in letters a to z, as it is spelt or read: Zoë is zoe, Łukasz is lukasz. Never empty."""
    if locale.startswith("ja") and (read := _table("japanese").get(name)):
        return read
    if name.isascii():  # most are, and need no look at their signs
        lower = name.lower()
        return lower if lower.isalpha() else _NO_LETTER.sub("", lower) or _as_letters(name)
    lower = unicodedata.normalize("NFC", name.lower())
    if locale.startswith("de"):
        lower = lower.translate(_UMLAUTS)
    return _NO_LETTER.sub("", _sounds(lower)) or _as_letters(name)


def _as_letters(name: str) -> str:
    return "".join(f"{ord(sign):x}" for sign in name).translate(_AS_LETTERS)


@cache
def _table(kind: str) -> Mapping[str, str]:
    """The spelling of letters one by one, or of Japanese names."""
    texts = (text for of, text in records("spelling.tsv") if of == kind)
    pairs = [
        (signs, sound) for text in texts for signs, _, sound in (pair.partition("=") for pair in text.split())
    ]
    return dict(pairs) if kind == "japanese" else {sign: sound for signs, sound in pairs for sign in signs}


def _sounds(text: str) -> str:
    parts: list[str] = []
    table = _table("letters")
    for sign in text:
        if sign in table:
            parts.append(table[sign])
        elif ord(sign) in _HANGUL:
            parts.append(_syllable(ord(sign) - _HANGUL.start))
        else:
            _add_decomposed(parts, sign)
    return "".join(parts)


def _syllable(number: int) -> str:
    return _INITIALS[number // 588] + _VOWELS[number % 588 // 28] + _FINALS[number % 28]


def _add_decomposed(parts: list[str], sign: str) -> None:
    """A letter without its marks; a letter of another script by its name."""
    table = _table("letters")
    for part in unicodedata.normalize("NFKD", sign):
        if part.isascii() or part in table:
            parts.append(table.get(part, part))
            continue
        script, _, rest = unicodedata.name(part, "").partition(" ")
        speak = _by_name.get(script, _last_word if rest.startswith(("LETTER ", "SYLLABLE ")) else None)
        if speak is not None:
            speak(parts, rest)


def _last_word(parts: list[str], name: str) -> None:
    parts.append(name.rpartition(" ")[2].lower())


def _indic(parts: list[str], name: str) -> None:
    """A consonant is spoken with an a, unless a sign says otherwise."""
    kind, _, sound = name.rpartition(" ")
    # Sinhala letters are called by their sound and -yanna, its vowel signs by their shape
    sound = sound[:1] if "PILLA" in sound else sound.removesuffix("YANNA")
    if kind == "VOWEL SIGN" or sound in ("VIRAMA", "HALANTA"):
        if parts and parts[-1].endswith("a"):
            parts[-1] = parts[-1][:-1]
        parts.append(sound.lower() if kind == "VOWEL SIGN" else "")
    elif sound in ("ANUSVARA", "CANDRABINDU"):
        parts.append("n")
    elif kind.startswith("LETTER"):
        parts.append(sound.lower())


def _thai(parts: list[str], name: str) -> None:
    """Consonants are called by their sound and an o, vowels SARA; tone marks have no sound."""
    first, _, second = name.removeprefix("CHARACTER ").partition(" ")
    if first == "SARA":
        parts.append(second.split()[0].lower())
    elif first not in ("MAI", "THANTHAKHAT", "PHINTHU", "NIKHAHIT", "MAITAIKHU"):
        parts.append(first.lower().rstrip("o"))


_INDIC = "DEVANAGARI BENGALI GURMUKHI GUJARATI ORIYA TAMIL TELUGU KANNADA MALAYALAM SINHALA"
_by_name: Mapping[str, Callable[[list[str], str], None]] = {
    **dict.fromkeys(_INDIC.split(), _indic),
    "THAI": _thai,
}
