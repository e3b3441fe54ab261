"""The text of a type: read in any of the ways that warehouses write it, and written in one.

    type    = name words [(numbers)] [words] | nested ; each may have [] or [n] behind it, or the word ARRAY
    nested  = ARRAY<type> | MAP<type, type> | STRUCT<name type, ...> | VECTOR(type, n) | ENUM('text', ...)

Round brackets are as good as pointed ones, LIST is ARRAY, OBJECT and ROW are STRUCT.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import TypeVar

from dw_simulator.errors import closest
from dw_simulator.types.sql_types import Kind, SqlType, TypeField, UnknownTypeError
from dw_simulator.types.type_families import MAX_DECIMAL_DIGITS, TYPES

MOST_ELEMENTS = 4096
"""Of a vector, as Snowflake has it."""
_MOST_LEVELS = 32
_MOST_TEXT = 100_000
"""Characters of a type's text: a struct of thousands of fields has fewer."""
V = TypeVar("V")


@lru_cache(maxsize=4096)
def sql_type(text: str) -> SqlType:
    """Resolve a type as written in DDL or in the schema.

    Raises UnknownTypeError with the closest known name.
    """
    return _Reader(text).whole()


def enum_text(values: Iterable[str], head: str = "ENUM") -> str:
    """The text of the type that is one of some values.

    >>> enum_text(["new", "it's"])
    "ENUM('new', 'it''s')"
    """
    return f"{head}({', '.join(quoted(value) for value in values)})"


def quoted(value: str) -> str:
    """A text as a type has it."""
    return "'" + value.replace("'", "''") + "'"


# --- reading


_TOKEN = re.compile(r"""\s*('(?:[^']|'')*'|"(?:[^"]|"")+"|`[^`]+`|-?\d+(?!\w)|\w+|[<>(),:\[\]*])""")
_PLAIN_NAME = re.compile(r"[^\W\d]\w*")
_OPENING = {"(": ")", "<": ">"}
_SPANS = frozenset("YEAR MONTH DAY HOUR MINUTE SECOND TO".split())
_SHAPES = {
    **dict.fromkeys(("POINT", "LINESTRING", "POLYGON"), ""),
    **dict.fromkeys(("GEOMETRY", "GEOGRAPHY", "GEOMETRYCOLLECTION"), "geometry"),
}
_DIGITS_OF_MAX = "65535"
_UNITS = {"BYTE": "BYTE", "CHAR": "CHAR", "CHARACTERS": "", "OCTETS": "", "K": "", "M": "", "G": ""}
"""What may stand behind a length, and how it is shown."""
_TIMES = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
_MULTIPLE = re.compile(r"(\d{1,6})([KMG])")
_LONGEST_TEXT = 16_777_216


class _Reader:
    """Reads one type, types within it included. Raises UnknownTypeError."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _tokens(text)
        self.at = self.levels = 0

    def whole(self) -> SqlType:
        found = self.type()
        if self.at < len(self.tokens):
            raise self.not_a_type()
        return found

    def not_a_type(self) -> UnknownTypeError:
        return UnknownTypeError(f"{self.text[:200]!r} is not a type name with optional arguments")

    def peek(self, ahead: int = 0) -> str:
        at = self.at + ahead
        return self.tokens[at] if at < len(self.tokens) else ""

    def next(self, *expected: str) -> str:
        token = self.peek()
        if not token or (expected and token.upper() not in expected):
            raise self.not_a_type()
        self.at += 1
        return token

    def passes(self, word: str) -> bool:
        """Whether a word comes next, which is then behind."""
        found = self.peek().upper() == word
        self.at += found
        return found

    # --- one type

    def type(self) -> SqlType:
        self.levels += 1
        if self.levels > _MOST_LEVELS:
            raise UnknownTypeError(f"{self.text[:60]}...: more than {_MOST_LEVELS} types within each other")
        found = self.base()
        while self.peek() == "[":
            self.next("[")
            count = self.peek()
            found = _vector(found, int(self.next())) if count.isdigit() else _list(found)
            self.next("]")
        while self.peek().upper() in ("ARRAY", "MULTISET"):
            self.next()
            count = self.peek(1) if self.peek() == "[" else ""
            self.at += 3 if count else 0
            found = _vector(found, int(count)) if count.isdigit() else _list(found)
        self.levels -= 1
        return found

    def base(self) -> SqlType:
        head = self.next()
        read = _HEADS.get(head.upper())
        if read is not None and (self.peek() in _OPENING or head.upper() in _ALWAYS):
            return read(self)
        if head == '"char"':
            return SqlType(Kind.TEXT, head, length=1, fixed=True)
        if not _PLAIN_NAME.fullmatch(head):
            raise self.not_a_type()
        return self.plain(head.upper())

    def plain(self, head: str) -> SqlType:
        """NAME, NAME(1), NAME(1,2), and NAME(1) WITH TIME ZONE, where arguments stand inside the name."""
        words, args, shown = [head, *self.words()], list[int](), ""
        if self.peek() == "(":
            args, shown = self.arguments()
        tail = self.words()
        is_list = [*words, *tail][1:][-1:] in (["ARRAY"], ["MULTISET"])
        if is_list:
            (tail or words).pop()
        name = " ".join([*words, *tail])
        maker = TYPES.get(name)
        if maker is None:
            raise UnknownTypeError(f"unknown type {self.shown(name)!r}{closest(name, TYPES)}")
        made = maker(" ".join(filter(None, [" ".join(words) + shown, *tail])), tuple(args))
        return _list(made) if is_list and self.peek() != "[" else made

    def shown(self, name: str) -> str:
        """An unknown type, as it was written where it is all that was."""
        return self.text if self.at == len(self.tokens) and self.levels == 1 else name

    def words(self) -> list[str]:
        """Words of one name, without NOT NULL and a comment behind it."""
        found = []
        while _PLAIN_NAME.fullmatch(self.peek()):
            pair = self.peek().upper(), self.peek(1).upper()
            if pair == ("NOT", "NULL") or (pair[0] == "COMMENT" and pair[1].startswith("'")):
                self.at += 2
            else:
                found.append(self.next().upper())
        return found

    def arguments(self) -> tuple[list[int], str]:
        """(the numbers in brackets, the brackets as they are shown)."""
        numbers, shown = list[int](), list[str]()
        self.next("(")
        while self.peek() != ")":
            word = self.next().upper()
            unit = self.next().upper() if self.peek().upper() in _UNITS else ""
            number = {"MAX": _DIGITS_OF_MAX, "*": str(MAX_DECIMAL_DIGITS)}.get(word, word)
            if (many := _MULTIPLE.fullmatch(word + unit)) is not None:  # 10K, and K apart from it
                number, unit = str(min(int(many[1]) * _TIMES[many[2]], _LONGEST_TEXT)), ""
                word = number
            if not re.fullmatch(r"-?\d{1,9}", number):
                raise UnknownTypeError(f"{self.text[:200]!r}: the arguments must be whole numbers")
            numbers.append(int(number))
            shown.append(f"{word} {_UNITS.get(unit, '')}".strip())
            if self.peek() != ")":
                self.next(",")
        self.next(")")
        return numbers, f"({','.join(shown)})" if shown else ""

    # --- types with types, words or texts in brackets

    def bracketed(self) -> str:
        """The bracket that closes what opens here."""
        if self.peek() not in _OPENING:
            head = self.tokens[self.at - 1].upper()
            raise UnknownTypeError(f"{self.text[:200]!r}: {head} takes its parts in brackets")
        return _OPENING[self.next()]

    def several(self, read: Callable[[], V]) -> list[V]:
        closing, found = self.bracketed(), list[V]()
        while not found or self.passes(","):
            found.append(read())
        self.next(closing)
        return found

    def types(self, count: int, head: str) -> list[SqlType]:
        found = self.several(self.type)
        if len(found) != count:
            raise UnknownTypeError(f"{self.text[:200]!r}: {head} takes {count} types")
        return found

    def list(self) -> SqlType:
        (element,) = self.types(1, "ARRAY")
        return _list(element)

    def map(self) -> SqlType:
        key, value = self.types(2, "MAP")
        if key.kind is Kind.NESTED:
            raise UnknownTypeError(f"{self.text[:200]!r}: the keys of a MAP are no lists, structs or maps")
        parts = (TypeField("key", key), TypeField("value", value))
        return _nested("map", f"MAP<{key.declared}, {value.declared}>", parts)

    def struct(self) -> SqlType:
        fields = self.several(self.field)
        named = [replace(one, name=one.name or f"f{k}") for k, one in enumerate(fields)]
        if len({one.name.lower() for one in named}) < len(named):
            raise UnknownTypeError(f"{self.text[:200]!r}: two fields have one name")
        shown = ", ".join(f"{field_name(one.name)} {one.type.declared}" for one in named)
        return _nested("struct", f"STRUCT<{shown}>", tuple(named))

    def field(self) -> TypeField:
        """`a INT`, `a: INT`, or a type without a name, as BigQuery has it."""
        if self.peek()[:1] in ('"', "`") or self.peek(1) == ":" or _PLAIN_NAME.fullmatch(self.peek(1)):
            name = _unquoted(self.next())
            self.passes(":")
            return TypeField(name, self.type())
        return TypeField("", self.type())

    def vector(self) -> SqlType:
        """VECTOR(FLOAT, 16), as Snowflake has it, and VECTOR(16), as pgvector has it."""
        head, element, shown = self.tokens[self.at - 1].upper(), sql_type("REAL"), ""
        if self.peek() == "(":
            self.next("(")
        if not self.peek().isdigit() and self.peek():
            element = self.type()
            shown = f"{element.declared}, "
            self.next(",")
        if not self.peek().isdigit():
            raise UnknownTypeError(f"{self.text[:200]!r}: a VECTOR takes the number of its elements")
        made = _vector(element, int(self.next()))
        if self.passes(","):  # how they are kept, as Oracle has it: FLOAT32
            self.next()
        self.next(")")
        return replace(made, declared=f"{head}({shown}{made.length})")

    def values(self) -> SqlType:
        """ENUM('a', 'b'); a SET is some of them, which a row has with commas in between."""
        head = self.tokens[self.at - 1].upper()
        texts = [_unquoted(one) for one in self.several(self.value)]
        texts = [*dict.fromkeys(texts)]
        listed = texts if head == "ENUM" else [*texts, *map(",".join, pairwise(texts))]
        length = max(1, *(len(one.encode()) for one in listed))
        return SqlType(Kind.TEXT, enum_text(texts, head), length=length, values=tuple(listed))

    def value(self) -> str:
        if not self.peek().startswith("'"):
            raise UnknownTypeError(f"{self.text[:200]!r}: the values stand in single quotes")
        return self.next()

    def range(self) -> SqlType:
        (bound,) = self.types(1, "RANGE")
        zoned = "timestamptz range" if bound.zoned else "timestamp range"
        notation = {Kind.DATE: "date range", Kind.TIMESTAMP: zoned}.get(bound.kind)
        if notation is None:
            raise UnknownTypeError(f"{self.text[:200]!r}: a RANGE is one of dates or timestamps")
        return SqlType(Kind.NOTATION, f"RANGE<{bound.declared}>", notation=notation, length=60)

    def interval(self) -> SqlType:
        """INTERVAL, INTERVAL DAY(2) TO SECOND(6), INTERVAL(3)."""
        words, shown = ["INTERVAL"], "INTERVAL"
        while self.peek() == "(" or self.peek().upper() in _SPANS:
            if self.peek() == "(":
                shown += self.arguments()[1]
            else:
                words.append(self.next().upper())
                shown += f" {words[-1]}"
        months = {"YEAR", "MONTH"} & {*words} and not {"DAY", "HOUR", "MINUTE", "SECOND"} & {*words}
        notation = "months" if months else "day time" if len(words) > 1 else "interval"
        return SqlType(Kind.NOTATION, shown, notation=notation, length=40)

    def shape(self) -> SqlType:
        """GEOMETRY, GEOMETRY(4326), GEOMETRY(Point, 4326), GEOMETRY(PointZ) and the like."""
        head, shown, notation = self.tokens[self.at - 1].upper(), list[str](), "geometry"
        while self.peek() in ("(", ","):
            self.at += 1
            shown.append(self.next().upper())
            notation = self.shape_of(shown[-1], notation)
        if shown:
            self.next(")")
        declared = f"{head}({','.join(shown)})" if shown else head
        return SqlType(Kind.NOTATION, declared, notation=notation, length=600)

    def shape_of(self, word: str, before: str) -> str:
        if word.isdigit():
            return before
        flat = word.rstrip("ZM") if word != "GEOM" else word
        if flat not in _SHAPES and flat.removeprefix("MULTI") not in _SHAPES:
            raise UnknownTypeError(f"{self.text[:200]!r}: {word} is no shape{closest(word, _SHAPES)}")
        return _SHAPES.get(flat, flat.lower()) or flat.lower()


_HEADS: Mapping[str, Callable[[_Reader], SqlType]] = {
    **dict.fromkeys(("ARRAY", "LIST"), _Reader.list),
    **dict.fromkeys(("STRUCT", "ROW", "OBJECT", "RECORD"), _Reader.struct),
    "MAP": _Reader.map,
    **dict.fromkeys(("VECTOR", "HALFVEC"), _Reader.vector),
    **dict.fromkeys(("ENUM", "SET"), _Reader.values),
    "RANGE": _Reader.range,
    "INTERVAL": _Reader.interval,
    **dict.fromkeys(("GEOMETRY", "GEOGRAPHY", "SDO_GEOMETRY"), _Reader.shape),
}
"""What reads behind a word."""
_ALWAYS = frozenset({"INTERVAL", "GEOMETRY", "GEOGRAPHY", "SDO_GEOMETRY", "STRUCT", "ROW", "VECTOR", "ENUM"})
"""Words that are read so without brackets, too: some are then complete, the others are told what lacks."""


def _tokens(text: str) -> Sequence[str]:
    if len(text) > _MOST_TEXT:
        raise UnknownTypeError(f"{text[:60]}...: a type has at most {_MOST_TEXT:,} characters")
    found, at, whole = [], 0, text.rstrip()
    while at < len(whole):
        match = _TOKEN.match(whole, at)
        if match is None:
            raise UnknownTypeError(f"{text[:200]!r} is not a type name with optional arguments")
        found.append(match[1])
        at = match.end()
    return found


def _unquoted(token: str) -> str:
    quote = token[:1]
    return token[1:-1].replace(quote * 2, quote) if quote in ("'", '"', "`") else token


def field_name(name: str) -> str:
    """The name of a field as a type's text has it."""
    plain = re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII)
    return name if plain else '"' + name.replace('"', '""') + '"'


def _nested(shape: str, declared: str, fields: tuple[TypeField, ...], length: int = 0) -> SqlType:
    return SqlType(Kind.NESTED, declared, shape=shape, fields=fields, length=length)


def _list(element: SqlType) -> SqlType:
    return _nested("list", f"ARRAY<{element.declared}>", (TypeField("element", element),))


def _vector(element: SqlType, count: int) -> SqlType:
    if not 1 <= count <= MOST_ELEMENTS:
        raise UnknownTypeError(f"{element.declared}[{count}]: 1 to {MOST_ELEMENTS:,} elements are possible")
    return _nested("vector", f"{element.declared}[{count}]", (TypeField("element", element),), count)
