"""YAML as plain data, with the line of every key and item.

Read as YAML 1.2 has it, and so as editors show it: `no`, `on` and `08:30` are texts, and what looks like a
date stays a text, too. Keys are texts whatever they look like. What an alias stands for counts wherever it
stands: a small file cannot become a large document.
"""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from dw_simulator.schema.json_data import Json, one_or_more
from dw_simulator.schema.written import fraction, whole

if TYPE_CHECKING:
    from yaml.events import CollectionStartEvent, Event, ScalarEvent

MOST_PARTS = 1_000_000
"""So many keys, values and items a document may have."""
DEEPEST = 100
"""So deep they may be nested."""
_STANDARD = "tag:yaml.org,2002:"
_INTEGER = re.compile(r"[-+]?[0-9]+|0x[0-9a-fA-F]+|0o[0-7]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_MERGE = "<<"

Lines: TypeAlias = dict[int, dict[str | int, int]]
"""By the id of an object or array: the lines of its keys or items, counted from 1."""


class YamlError(ValueError):
    """What cannot be read, and where; `line` is 0 where that is not known."""

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        self.message, self.line, self.column = message, line, column
        super().__init__(message, line, column)


def lined(text: str) -> tuple[Json, Lines]:
    """A document as plain data, and its lines. Raises YamlError."""
    import yaml  # noqa: PLC0415 - most schemas are JSON or DDL, and it takes 20 ms

    # of libyaml only its events: what it makes of them, it makes by recursion, and dies of deep ones
    loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
    reading = _Reading()
    try:
        for event in yaml.parse(text, Loader=loader):
            reading.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        raise YamlError(str(error.problem or error.context), *where) from None
    except yaml.YAMLError as error:
        raise YamlError(str(error).partition("\n")[0]) from None
    return reading.whole.value, reading.lines


@dataclass
class _Part:
    """A value.

    parts  how many keys, values and items it has
    depth  how many objects and arrays are within each other
    plain  whether it stands without quotes
    text   as it is written; None for objects and arrays
    """

    value: Json
    parts: int = 1
    depth: int = 0
    plain: bool = False
    text: str | None = None


@dataclass
class _Open:
    """An object or array that is being read.

    key      the one whose value comes next
    merging  whether that is `<<`
    merged   what `<<` names
    """

    value: dict[str, Json] | list[Json]
    start: "CollectionStartEvent"
    lines: dict[str | int, int]
    parts: int = 1
    depth: int = 1
    key: str | None = None
    merging: bool = False
    merged: list[_Part] = field(default_factory=list)


@dataclass
class _Reading:
    """A document while it is read, event by event."""

    lines: Lines = field(default_factory=dict)
    whole: _Part = field(default_factory=lambda: _Part(None))
    documents: int = 0
    stack: list[_Open] = field(default_factory=list)
    anchors: dict[str, _Part | None] = field(default_factory=dict)

    def take(self, event: "Event") -> None:
        """The next event. Raises YamlError."""
        import yaml  # noqa: PLC0415 - see `lined`

        match event:
            case yaml.ScalarEvent():
                part = _Part(_scalar(event), plain=bool(event.implicit[0]), text=str(event.value))
                self._end(part, event, event.anchor)
            case yaml.AliasEvent():
                name = str(event.anchor)
                known = self.anchors.get(name)
                if known is None:
                    what = "contains itself" if name in self.anchors else "names nothing"
                    raise _wrong(event, f"*{name} {what}")
                self._end(known, event, None)
            case yaml.SequenceStartEvent():
                self._begin(event, "seq", [])
            case yaml.MappingStartEvent():
                self._begin(event, "map", {})
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                done = self.stack.pop()
                self._merge(done)
                self._end(_Part(done.value, done.parts, done.depth), done.start, done.start.anchor)
            case yaml.DocumentStartEvent():
                self.documents += 1
                if self.documents > 1:
                    raise _wrong(event, "one document is needed, and here begins another")

    def _begin(self, start: "CollectionStartEvent", tag: str, value: dict[str, Json] | list[Json]) -> None:
        if start.tag not in (None, "!", f"{_STANDARD}{tag}"):
            raise _wrong(start, f"the tag {start.tag.removeprefix(_STANDARD)} is not understood")
        if len(self.stack) >= DEEPEST:
            raise _wrong(start, f"it is nested more than {DEEPEST} deep")
        if start.anchor:
            self.anchors[start.anchor] = None
        self.stack.append(_Open(value, start, self.lines.setdefault(id(value), {})))

    def _end(self, part: _Part, event: "Event", anchor: str | None) -> None:
        """A value is whole: it goes where it belongs."""
        if anchor:
            self.anchors[anchor] = part
        if not self.stack:
            self.whole = part
            return
        around = self.stack[-1]
        line = _place(event)[0]
        if isinstance(around.value, list):
            around.lines[len(around.value)] = line
            around.value.append(part.value)
        elif around.merging:
            around.merged.append(part)
            around.merging = False
        elif around.key is None:
            self._key(around, part, event)
            return
        else:
            around.value[around.key] = part.value
            around.key = None
        around.parts += part.parts
        around.depth = max(around.depth, part.depth + 1)
        if around.parts > MOST_PARTS:
            raise _wrong(event, f"it has more than {MOST_PARTS:,} keys, values and items")
        if around.depth > DEEPEST:
            raise _wrong(event, f"it is nested more than {DEEPEST} deep")

    def _key(self, around: _Open, part: _Part, event: "Event") -> None:
        """A key, which is a text whatever it looks like."""
        text = part.text
        if text is None:
            raise _wrong(event, "a name is needed in front of the colon")
        if text == _MERGE and part.plain:
            around.merging = True
            return
        if text in around.lines:
            raise _wrong(event, f"the key {text!r} is there twice, in line {around.lines[text]}, too")
        around.lines[text] = _place(event)[0]
        around.key = text

    def _merge(self, done: _Open) -> None:
        """What `<<` names stands where it is not said otherwise."""
        own = done.value
        for part in done.merged:
            for other in one_or_more(part.value):
                if not isinstance(other, dict) or not isinstance(own, dict):
                    raise _wrong(done.start, "<< takes an object, or a list of objects")
                for name in other.keys() - own.keys():
                    own[name], done.lines[name] = other[name], self.lines[id(other)][name]


def _scalar(event: "ScalarEvent") -> Json:
    text, tag = str(event.value), event.tag
    if tag not in (None, "!", f"{_STANDARD}str"):
        raise _wrong(event, f"the tag {tag.removeprefix(_STANDARD)} is not understood")
    if not event.implicit[0]:
        return text
    if text.lower() in _WORDS and text in (text.lower(), text.upper(), text.capitalize()):
        return _WORDS[text.lower()]
    try:
        if _INTEGER.fullmatch(text):
            return whole(int(text, 0) if text[:2] in ("0x", "0o") else int(text), text)
        number = float(text) if _FLOAT.fullmatch(text) else None
    except ValueError:
        raise _wrong(event, "the number has too many digits") from None
    if number is not None and abs(number) == float("inf"):
        raise _wrong(event, f"{text[:20]} is too large a number")
    return text if number is None else fraction(number, text)


def _wrong(event: "Event", message: str) -> YamlError:
    return YamlError(message, *_place(event))


def _place(event: "Event") -> tuple[int, int]:
    """(line, column), counted from 1."""
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark is not None else (0, 0)
