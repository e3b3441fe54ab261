"""What goes by the kind of a row: groups of values that stand together, as data files.

A group is of tables of some nouns. Its rows say what there is, a line for each kind, and what columns of a
table show of them: a stadium has a name that says so, and more seats than a club.

    [venue]
    of: venue, event location
    kind: type, category
    name: name, title
    = name: {place} {word}
    seats: seat, capacity ; number
    @place: Harbour | Riverside
    ---
    kind | word | seats
    Stadium/Stadion=2 | Stadium, Park | 12000..60000
    Club=4 | Club, Lounge | 150..1200

`docs/vocabulary.md` tells what each line means. `spread` makes rows of values of them.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files

from dw_simulator.schema.inference.words.glossary import Words, plain_words
from dw_simulator.schema.inference.words.tokens import singular
from dw_simulator.schema.json_data import Json

_LINES = frozenset({"of", "with", "unless", "levels", "open"})
_HEAD_END = "---"
_TURN = 0.6180339887498949
"""The golden ratio's part: multiples of it lie evenly between 0 and 1, however many there are."""
_STEPS = 8
"""So many other words are tried for a name that is taken."""

Row = dict[str, Json]


@dataclass(frozen=True)
class KindField:
    """What columns may show of a kind.

    phrases  what such columns are called, without the noun of their table, and where each stands: the
             first is nearest
    form     "" for texts; flag; number, money, or the unit of a number
    """

    name: str
    phrases: Mapping[Words, int]
    form: str = ""


@dataclass(frozen=True)
class KindLine:
    """A line of a group: its cells by their names, and how many rows it makes beside others."""

    cells: Mapping[str, str]
    weight: float

    @property
    def needs(self) -> str:
        """The field without which a line says too little; empty for none."""
        return self.cells.get("needs", "-").strip("-")

    def aliases(self, level: str) -> list[str]:
        """What a kind is called, as it is written here first."""
        return [one.strip() for one in self.cells[level].split("/")]


@dataclass(frozen=True)
class KindGroup:
    """What goes by the kinds of some tables' rows.

    nouns      the nouns of the tables
    beside     words of names, of which one has to be there; without: of which none may be
    levels     the fields that are kinds, the widest first
    templates  texts with {words} in them, by field
    words      what stands for these, beside the cells
    open       fields that are written anew for each row where something says its kind, so that few are alike
    """

    name: str
    nouns: tuple[Words, ...]
    beside: frozenset[str]
    without: frozenset[str]
    levels: tuple[str, ...]
    fields: Mapping[str, KindField]
    templates: Mapping[str, tuple[str, ...]]
    words: Mapping[str, tuple[str, ...]]
    lines: tuple[KindLine, ...]
    open: frozenset[str] = frozenset()

    def kinds(self, level: str) -> list[str]:
        """The kinds of a level, as they are written."""
        return list(dict.fromkeys(line.aliases(level)[0] for line in self.lines if line.cells[level] != "*"))

    def lines_of(self, kind: str) -> list[KindLine]:
        """The lines of a kind, however it is written, at whichever level; those of any kind where none is."""
        for level in self.levels:
            name = self._names[level].get(bare(kind))
            if name is not None:
                return [one for one in self.lines if one.aliases(level)[0] == name]
        return []

    @cached_property
    def _names(self) -> Mapping[str, Mapping[str, str]]:
        """For each level how a kind is written first, however it is written."""
        return {
            level: {
                bare(alias): line.aliases(level)[0]
                for line in reversed(self.lines)
                for alias in line.aliases(level)
                if alias != "*"
            }
            for level in self.levels
        }

    @property
    def plain(self) -> list[KindLine]:
        """The lines for kinds that nobody knows."""
        return [line for line in self.lines if line.cells[self.levels[0]] == "*"]


def bare(text: str) -> str:
    """A kind as it is compared: `Full-Service` is `full_service`."""
    return "".join(c for c in text.lower() if c.isalnum())


@cache
def kind_groups() -> Mapping[str, tuple[KindGroup, ...]]:
    """The groups, by the last words of their nouns; those that ask for more words come first."""
    folder = files("dw_simulator.schema.inference") / "data" / "kinds"
    found: dict[str, list[KindGroup]] = {}
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".txt"):
            for group in groups_of(file.read_text(encoding="utf-8"), file.name):
                for last in dict.fromkeys(noun[-1] for noun in group.nouns):
                    found.setdefault(last, []).append(group)
    return {last: tuple(sorted(some, key=lambda group: not group.beside)) for last, some in found.items()}


def groups_of(text: str, file: str = "") -> Iterator[KindGroup]:
    """The groups of a file's text. Raises ValueError for a line that is none of a group."""
    name, head, rows, below = "", dict[str, str](), list[list[str]](), False
    for number, line in enumerate([*text.splitlines(), "[]"], 1):
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("["):
            if name:
                yield _group(name, head, rows)
            name, head, rows, below = line.strip("[] "), {}, [], False
        elif line == _HEAD_END:
            below = True
        elif below:
            cells = [cell.strip() for cell in line.split("|")]
            if rows and len(cells) != len(rows[0]):
                raise ValueError(f"{file}, line {number}: {len(cells)} cells, and not {len(rows[0])}")
            rows.append(cells)
        else:
            key, colon, rest = line.partition(":")
            if not colon or not name:
                raise ValueError(f"{file}, line {number}: {line!r} is no line of a group")
            head[key.strip()] = rest.strip()


def _group(name: str, head: Mapping[str, str], rows: list[list[str]]) -> KindGroup:
    header, *others = rows
    levels = tuple(_listed(head.get("levels", header[0])))
    templates: dict[str, tuple[str, ...]] = {}
    fields: dict[str, KindField] = {}
    words: dict[str, tuple[str, ...]] = {}
    for key, rest in head.items():
        if key in _LINES:
            continue
        said, _, form = (part.strip() for part in rest.partition(";"))
        if key.startswith("= "):  # what is made of others
            templates[key[2:]] = tuple(one.strip() for one in rest.split(" | "))
        elif key.startswith("@"):
            words[key[1:]] = tuple(one.strip() for one in rest.split("|"))
        else:
            phrases = {_singular(plain_words(one)): place for place, one in enumerate(_listed(said))}
            fields[key] = KindField(key, phrases, form)
    lines = [_line(dict(zip(header, cells, strict=True)), levels) for cells in others]
    return KindGroup(
        name,
        tuple(_singular(plain_words(noun)) for noun in _listed(head["of"])),
        frozenset(plain_words(head.get("with", "").replace(",", " "))),
        frozenset(plain_words(head.get("unless", "").replace(",", " "))),
        levels,
        fields,
        templates,
        words,
        tuple(lines),
        frozenset(_listed(head.get("open", ""))),
    )


def _line(cells: dict[str, str], levels: tuple[str, ...]) -> KindLine:
    first, _, weight = cells[levels[0]].partition("=")
    return KindLine({**cells, levels[0]: first.strip()}, float(weight or 1))


def _listed(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


def _singular(words: Words) -> Words:
    return tuple(map(singular, words))


# --- rows of values


@dataclass
class _Spreading:
    """Rows that are made of lines: which word of several, which number of a range, without a name twice."""

    group: KindGroup
    lengths: Mapping[str, int]
    taken: set[str] = field(default_factory=set)
    made: int = 0

    def row(self, line: KindLine, number: int) -> Row | None:
        """The row of a number of a line; None where nothing of it fits."""
        self.made += 1
        for step in range(_STEPS):
            cells = self._cells(line, number, step)
            found = cells | {name: self._text(name, cells) for name in self.group.templates}
            name = found.get("name")
            if name is None or (isinstance(name, str) and name not in self.taken):
                self.taken.add(str(name))
                return found
        return None

    def _cells(self, line: KindLine, number: int, step: int) -> Row:
        found: Row = {}
        size = self._part(0)
        for place, (name, text) in enumerate(line.cells.items()):
            known = self.group.fields.get(name)
            if name in self.group.levels:
                found[name] = line.aliases(name)[0]
            elif text == "-":
                found[name] = None
            elif ".." in text and known is not None:
                part = 0.75 * size + 0.25 * self._part(place)
                found[name] = _between(text, part)
            elif known is not None and known.form == "flag":
                found[name] = text == "yes" or (text == "some" and self._part(place) < 0.4)
            else:
                words = self.group.words.get(text[1:], ()) if text[:1] == "@" else tuple(_listed(text))
                word = words[self._place(name, place, number, step, len(words))]
                found[name] = _plain(word, known)
        inside = content_of(str(found.get("size", "")))
        if inside and found.get("weight") is not None and self.group.fields["weight"].form == "kg":
            found["weight"] = rounded(inside * (1.02 + 0.2 * self._part(1)), 3)
        for place, (name, words) in enumerate(self.group.words.items()):
            found[f"@{name}"] = words[int(self._part(20 + place + step) * len(words))]
        return found

    def _place(self, name: str, place: int, number: int, step: int, count: int) -> int:
        """Which of several words: numbers and the first text in turn, so that lists of one length agree."""
        known = self.group.fields.get(name)
        if place == len(self.group.levels) or (known is not None and known.form):
            return (number + step * (known is None)) % count
        return int(self._part(place + step * (known is None)) * count)

    def _part(self, place: int) -> float:
        """A number from 0 to 1 for a place of the row that is made."""
        mixed = (self.made * 0x9E3779B1 + place * 0x85EBCA6B + 0x27D4EB2F) & 0xFFFFFFFF
        for factor in (0x21F0AAAD, 0x735A2D97):
            mixed = ((mixed ^ (mixed >> 15)) * factor) & 0xFFFFFFFF
        return (mixed ^ (mixed >> 15)) / 2**32

    def _text(self, name: str, cells: Row) -> Json:
        """The first template that fits, of those that come in turn."""
        templates = self.group.templates[name]
        turn = self.made % len(templates)
        for template in (*templates[turn:], *templates[:turn]):
            text = template
            for key, value in cells.items():
                if value is None and f"{{{key.lstrip('@')}}}" in text:
                    break
                text = text.replace(f"{{{key.lstrip('@')}}}", str(value))
                text = text.replace(f"{{{key.lstrip('@')}_low}}", str(value).lower())
            else:
                if len(text.encode()) <= self.lengths.get(name, 1 << 30):
                    return text
        return None


def _plain(word: str, known: KindField | None) -> Json:
    if known is not None and known.form:
        return float(word) if "." in word else int(word)
    return word


def _between(text: str, part: float) -> float:
    """A number of a range: as often in its lower half as tenfold numbers are rarer.

    >>> _between("100..10000", 0.5), _between("0..4", 0.5)
    (1000.0, 2.0)
    """
    low, high = (float(end) for end in text.split(".."))
    if low <= 0:
        return rounded(low + (high - low) * part, 2)
    return rounded(low * math.exp(math.log(high / low) * part), 2 if high / low > 3 else 3)


def content_of(size: str) -> float:
    """What is inside a pack, in kg, by what is written on it; 0 where that says nothing of it.

    >>> content_of("250 g"), content_of("1.5 l"), content_of("6 x 330 ml"), content_of("XL")
    (0.25, 1.5, 1.98, 0.0)
    """
    found = _CONTENT.fullmatch(size.strip().lower())
    if found is None:
        return 0.0
    units = {"kg": 1, "l": 1, "g": 1000, "ml": 1000, "cl": 100}
    return round(int(found[1] or 1) * float(found[2]) / units[found[3]], 4)


_CONTENT = re.compile(r"(?:(\d+) ?x ?)?(\d+(?:\.\d+)?) ?(kg|g|ml|cl|l)")


def rounded(number: float, digits: int) -> float:
    """A number with so many digits that count.

    >>> rounded(28417.0, 2), rounded(0.2345, 2), rounded(0, 2)
    (28000.0, 0.23, 0.0)
    """
    if not number:
        return 0.0
    return round(number, digits - 1 - math.floor(math.log10(abs(number))))


def spread(group: KindGroup, lines: list[KindLine], rows: int, lengths: Mapping[str, int]) -> list[Row]:
    """About so many rows of these lines, mixed; by their weights. lengths: the room that texts have."""
    places = tuple(at for at, line in enumerate(group.lines) if line in lines)
    room = tuple((name, lengths[name]) for name in group.templates if name in lengths)
    return list(_spread(group.name, places, rows, room))


@cache
def _spread(
    name: str, places: tuple[int, ...], rows: int, room: tuple[tuple[str, int], ...]
) -> tuple[Row, ...]:
    group = next(one for some in kind_groups().values() for one in some if one.name == name)
    lines, lengths = [group.lines[at] for at in places], dict(room)
    whole = sum(line.weight for line in lines)
    made = _Spreading(group, lengths)
    found: list[Row] = []
    for line in lines:
        for number in range(max(round(rows * line.weight / whole), 1)):
            row = made.row(line, number)
            if row is not None:
                found.append(row)
    order = sorted(range(len(found)), key=lambda at: (at * _TURN) % 1)
    return tuple(found[at] for at in order)
