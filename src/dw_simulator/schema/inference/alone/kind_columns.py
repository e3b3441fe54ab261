"""What columns show of a kind, by their names, and what values those of a group have."""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch
from dw_simulator.schema.inference.words.glossary import GlossaryEntry, Words, terms
from dw_simulator.schema.inference.words.kind_groups import KindGroup, KindLine
from dw_simulator.schema.inference.words.tokens import singular
from dw_simulator.schema.json_data import object_of
from dw_simulator.types import NUMERIC_KINDS, Kind

LABELS = (("name",), ("title",), ("label",), ("description",), ())
_PLACES = re.compile(r"\{([^{}]*)\}")
_CENTS = (0.99, 0.99, 0.95, 0.49, 0.5, 0.0)
"""What prices end with."""
_SAID_ANYHOW = frozenset(
    {"is", "has", "flag", "number", "count", "total", "n", "average", "usual", "standard"}
)
_UNITS: Mapping[str, Mapping[str, float]] = {
    "kg": {"kg": 1, "g": 1000, "gram": 1000, "lb": 2.2046, "pound": 2.2046, "oz": 35.274, "ton": 0.001},
    "sqm": {"sqm": 1, "m2": 1, "qm": 1, "sqft": 10.764, "sq": 1},
    "kw": {"kw": 1, "w": 1000, "watt": 1000, "hp": 1.341, "ps": 1.36, "mw": 0.001, "week": 1},
    "km": {"km": 1, "mile": 0.6214, "mi": 0.6214, "nm": 0.54},
    "gb": {"gb": 1, "mb": 1024},
}  # fmt: skip
"""How many of a unit are one of that of the data; a German `kw` may have been read as a week.
Sources: international definitions of the units."""


def bare_words(column: ColumnSketch) -> Words:
    """The words of a column without those of its table."""
    things = {singular(word) for word in column.table.noun}
    words = tuple(map(singular, column.words))
    return tuple(word for word in words if word not in things)


def fields_of(column: ColumnSketch, group: KindGroup) -> Iterator[tuple[int, str, float]]:
    """The fields that a column may show: how near each is, and a factor for its numbers."""
    words = bare_words(column)
    number = column.kind in NUMERIC_KINDS or column.kind is Kind.BOOLEAN
    whole = tuple(map(singular, column.words))
    if number:
        words = tuple(word for word in words if word not in _SAID_ANYHOW)
    for name, one in group.fields.items():
        if bool(one.form) != number:
            continue
        if not number:
            tails = [words, words[:-1] if words[-1:] in LABELS[:3] and name != "name" else words, whole]
            yield from ((one.phrases[tail], name, 1.0) for tail in tails if tail in one.phrases)
            continue
        units = _UNITS.get(one.form, {})
        unit = next((word for word in words if word in units), "")
        said = tuple(word for word in words if word != unit) if unit else words
        for tail in (said, words, tuple(w for w in whole if w not in _SAID_ANYHOW and w != unit)):
            if tail in one.phrases:
                yield one.phrases[tail], name, units.get(unit, 1.0)


def known_values(sketch: Sketch, column: ColumnSketch) -> Mapping[str, str]:
    """The values of a column, and what each stands for: itself, or the word whose code it is."""
    rule = column.rule
    if rule.get("name") == "table":
        rows = sketch.data.get(str(rule.get("of")), {}).get("rows")
        cells = [object_of(row).get(str(rule["column"])) for row in rows] if isinstance(rows, list) else []
        return {str(cell): str(cell) for cell in cells if cell is not None}
    values = rule.get("values")
    if rule.get("name") != "choice" or not isinstance(values, list):
        return {}
    texts = [str(value) for value in values]
    for match in column.seen.matches if column.seen is not None else ():
        meant = _words_of(match.guess.phrases, match.guess.meaning).get(tuple(texts))
        if meant is not None:
            return dict(zip(texts, meant, strict=True))
    return dict(zip(texts, texts, strict=True))


@cache
def _words_of(phrases: str, meaning: str) -> Mapping[tuple[str, ...], tuple[str, ...]]:
    """For each list of codes of an entry of the vocabulary the words that they stand for."""
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    for term in _terms_by_phrases().get((phrases, meaning), ()):
        lists = [
            tuple(map(str, values))
            for guess in term.guesses
            if isinstance(values := object_of(guess.fields.get("rule") or {}).get("values"), list)
        ]
        found |= {codes: lists[0] for codes in lists[1:] if len(codes) == len(lists[0])}
    return found


@cache
def _terms_by_phrases() -> Mapping[tuple[str, str], list[GlossaryEntry]]:
    """The entries of the vocabulary that have codes; what they guess is made when it is asked."""
    found: dict[tuple[str, str], list[GlossaryEntry]] = {}
    for term in terms():
        meaning = next(text for key, text in term.lines if key == "as")
        if any(key.partition("@")[0] == "codes" for key, _text in term.lines):
            found.setdefault((term.phrases, meaning), []).append(term)
    return found


def longest(group: KindGroup, name: str) -> int:
    """The characters that the texts of a field need at the least."""
    if name in group.templates:
        return _shortest_template(group, name)
    cells = [cell for line in group.lines for cell in line.cells[name].split(",")]
    words = [
        word for cell in cells for word in (group.words.get(cell[1:], ()) if cell[:1] == "@" else (cell,))
    ]
    return max(len(word.strip().encode()) for word in words)


def _shortest_template(group: KindGroup, name: str) -> int:
    """A room in which most of what a template makes fits."""
    lengths = []
    for template in group.templates[name]:
        text = template
        for key, words in group.words.items():
            text = text.replace(f"{{{key}}}", max(words, key=len))
        for key in group.lines[0].cells:
            cells = [
                one.partition("/")[0].strip() for line in group.lines for one in line.cells[key].split(",")
            ]
            widest = sorted(cells, key=len)[len(cells) * 9 // 10]
            text = text.replace(f"{{{key}}}", widest).replace(f"{{{key}_low}}", widest)
        lengths.append(len(text.encode()))
    return min(lengths)


def ends(group: KindGroup, name: str) -> tuple[float, float]:
    """The greatest and the least number of a field."""
    found = [
        float(end)
        for line in group.lines
        if line.cells[name] != "-"
        for cell in line.cells[name].split(",")
        for end in cell.split("..")
    ]
    return max(found), min(found)


def pattern_of(group: KindGroup, name: str, line: KindLine, room: int) -> str:
    """The pattern of the texts that a line makes of the first template that fits; empty for none."""
    for template in group.templates.get(name, ()):
        longest_text, pattern, end = 0, "", 0
        for place in _PLACES.finditer(template):
            cell = line.cells.get(place[1], f"@{place[1]}")
            words = group.words.get(cell[1:], ()) if cell[:1] == "@" else tuple(cell.split(","))
            words = tuple(word.strip() for word in words)
            if not words or any(set("{}|:") & {*word} for word in words):
                return ""
            between = template[end : place.start()]
            pattern += between + "{choice:" + "|".join(words) + "}"
            longest_text += len(between.encode()) + max(len(word.encode()) for word in words)
            end = place.end()
        if longest_text + len(template[end:].encode()) <= room:
            return pattern + template[end:]
    return ""


def as_price(amount: float, scale: int) -> float:
    """An amount as prices are written: 23.71 is 23.99, 8.2 is 8.49, 2371 is 2370."""
    if scale == 0 or amount >= 1000:
        digits = max(len(str(int(amount))) - 2, 0)
        return float(round(amount / 10**digits) * 10**digits) if digits else float(max(round(amount), 1))
    cents = _CENTS[int(amount * 1000) % len(_CENTS)]
    return round(int(amount) + cents, scale)
