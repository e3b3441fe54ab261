"""The types of expressions as a dialect has them, for sqlglot to annotate its trees with.

What the tables say counts; of what they do not name, sqlglot's own types do.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, TypeVar

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError
from sqlglot.helper import subclasses
from sqlglot.optimizer.annotate_types import TypeAnnotator, annotate_types
from sqlglot.schema import Schema

from dw_simulator.plugins.dialects.typed.decimal_digits import (
    Arithmetic,
    DecimalDigits,
    arithmetic_of,
    digits_of,
)
from dw_simulator.plugins.dialects.typed.result_tables import COMMON, GROUPS, TABLES

Kind = exp.DataType
_KINDS: Mapping[exp.DType, str] = {
    **dict.fromkeys(
        (exp.DType.TINYINT, exp.DType.SMALLINT, exp.DType.UTINYINT, exp.DType.USMALLINT), "smallint"
    ),
    **dict.fromkeys((exp.DType.INT, exp.DType.MEDIUMINT, exp.DType.UINT, exp.DType.UMEDIUMINT), "int"),
    **dict.fromkeys((exp.DType.SMALLSERIAL,), "smallint"),
    **dict.fromkeys((exp.DType.SERIAL,), "int"),
    **dict.fromkeys((exp.DType.BIGINT, exp.DType.UBIGINT, exp.DType.BIGSERIAL), "bigint"),
    **dict.fromkeys((exp.DType.INT128, exp.DType.UINT128, exp.DType.INT256), "bigint"),
    **dict.fromkeys(
        (exp.DType.DECIMAL, exp.DType.BIGDECIMAL, exp.DType.UDECIMAL, exp.DType.MONEY), "decimal"
    ),
    exp.DType.FLOAT: "real",
    **dict.fromkeys((exp.DType.DOUBLE, exp.DType.UDOUBLE, exp.DType.DECFLOAT), "double"),
    **dict.fromkeys(exp.DataType.TEXT_TYPES, "text"),
    exp.DType.DATE: "date",
    **dict.fromkeys((exp.DType.TIMESTAMP, exp.DType.TIMESTAMPNTZ, exp.DType.DATETIME), "timestamp"),
    **dict.fromkeys((exp.DType.DATETIME2, exp.DType.SMALLDATETIME, exp.DType.TIMESTAMP_S), "timestamp"),
    **dict.fromkeys((exp.DType.TIMESTAMP_MS, exp.DType.TIMESTAMP_NS), "timestamp"),
    **dict.fromkeys((exp.DType.TIMESTAMPTZ, exp.DType.TIMESTAMPLTZ), "timestamptz"),
    **dict.fromkeys((exp.DType.TIME, exp.DType.TIMETZ), "time"),
    exp.DType.INTERVAL: "interval",
    exp.DType.BOOLEAN: "boolean",
    exp.DType.NULL: "null",
    exp.DType.UNKNOWN: "",
}
"""sqlglot's types, by the words of the tables."""
_RANKS = ("smallint", "int", "bigint", "decimal", "real", "double"), ("date", "timestamp", "timestamptz")
"""Kinds of which a later one holds those before it."""
_LINE = re.compile(r"(?P<names>[\w ]+?)(?: \((?P<kinds>[\w, ]*)\))?: (?P<result>.+)")
UNKNOWN = exp.DataType(this=exp.DType.UNKNOWN)
Tree = TypeVar("Tree", bound=exp.Expr)


def annotated(tree: Tree, schema: Schema, dialect: type[Dialect]) -> Tree:
    """The tree, each of whose nodes has the type that it has in a dialect."""
    metadata = result_types(dialect).metadata
    return annotate_types(tree, schema, expression_metadata=metadata, dialect=dialect)


def kind_of(declared: Kind | None) -> str:
    """A type's word in the tables; empty where it is not known."""
    if declared is None or not isinstance(declared.this, exp.DType):
        return "interval" if declared is not None and isinstance(declared.this, exp.Interval) else ""
    return _KINDS.get(declared.this, str(declared.this.value).lower())


@dataclass(frozen=True)
class _Line:
    """One line of a table: which arguments it takes, none for any, and what it says of the result."""

    kinds: tuple[frozenset[str], ...]
    result: str
    type: Kind | None

    def fits(self, given: Sequence[Kind]) -> bool:
        """Whether the arguments are such. An interval of a word, as INTERVAL DAY TO SECOND, is one too."""
        wanted = zip(self.kinds, map(kind_of, given), strict=False)
        return len(given) >= len(self.kinds) and all(not one or kind in one for one, kind in wanted)


@dataclass(frozen=True)
class ResultTypes:
    """What a dialect's functions return. lines: by name, those of the dialect before those of all."""

    dialect: type[Dialect]
    lines: Mapping[str, tuple[_Line, ...]]
    arithmetic: Arithmetic

    @cached_property
    def metadata(self) -> dict[type[exp.Expr], dict[str, Any]]:
        """How sqlglot annotates each kind of node."""
        usual = self.dialect.EXPRESSION_METADATA
        kinds: set[Any] = {*usual, *subclasses(exp.__name__, exp.Expr)}
        own = {kind: {"annotator": self._asked(usual.get(kind))} for kind in kinds if kind.key in self.lines}
        return {
            **usual,
            **own,
            exp.Literal: {"annotator": self._annotate_literal},
            exp.Anonymous: {"annotator": self._asked(usual.get(exp.Anonymous))},
            **{kind: {"annotator": self._annotate_union} for kind in (exp.Union, exp.Except, exp.Intersect)},
        }

    def _asked(self, usual: Mapping[str, Any] | None) -> Callable[..., None]:
        """What annotates a node by the tables, and as usual where these have no line for it."""

        def annotate(annotator: TypeAnnotator, node: exp.Expr) -> None:
            found = self.of(node)
            if found is not None:
                annotator._set_type(node, found)
            elif usual and "annotator" in usual:
                usual["annotator"](annotator, node)
            else:
                annotator._set_type(node, (usual or {}).get("returns"))

        return annotate

    def of(self, node: exp.Expr) -> Kind | None:
        """The type of an expression whose arguments have theirs; None where no line of the tables fits."""
        name = node.name if node.key == "anonymous" else node.key
        given = [one.type or UNKNOWN for one in _arguments(node)]
        for line in self.lines.get(plain_name(name), ()):
            if line.fits(given):
                said = _SAID.get(line.result)
                return line.type if said is None else said(self, node, given)
        return None

    # --- what the words for results mean

    def _first(self, _node: exp.Expr, given: Sequence[Kind]) -> Kind:
        return given[0] if given else UNKNOWN

    def _last(self, _node: exp.Expr, given: Sequence[Kind]) -> Kind:
        return given[-1] if given else UNKNOWN

    def _widest(self, node: exp.Expr, given: Sequence[Kind]) -> Kind:
        """Of whole numbers that are written out, as many digits as are written."""
        digits = [self._digits(one, kind) for one, kind in zip(_arguments(node), given, strict=False)]
        return self.widest(given, digits)

    def _list(self, _node: exp.Expr, given: Sequence[Kind]) -> Kind:
        return exp.DataType(this=exp.DType.ARRAY, expressions=[self.widest(given)], nested=True)

    def _exact(self, node: exp.Expr, given: Sequence[Kind]) -> Kind:
        """A decimal of as many digits as the arithmetic gives; whole numbers are decimals without a point."""
        name = plain_name(node.name if node.key == "anonymous" else node.key)
        digits = [self._digits(one, kind) for one, kind in zip(_arguments(node), given, strict=False)]
        return self._decimal(self.arithmetic.of(name, digits))

    def _rounded(self, node: exp.Expr, given: Sequence[Kind]) -> Kind:
        """A decimal with as many digits behind the point as are wanted, or none."""
        wanted = node.args.get("decimals") or next(iter(_arguments(node)[1:]), None)
        scale = int(wanted.name) if wanted is not None and wanted.name.isdigit() else 0
        own = self._digits(node, given[0])
        return self._decimal(DecimalDigits(own.precision, min(scale, own.scale)))

    def _whole_number(self, node: exp.Expr, given: Sequence[Kind]) -> Kind:
        own = self._digits(node, given[0])
        return self._decimal(DecimalDigits(max(1, own.precision - own.scale + 1), 0))

    def _quotient(self, node: exp.Expr, given: Sequence[Kind]) -> Kind:
        """Of whole numbers, as MySQL divides: with four digits behind the point."""
        return self._decimal(DecimalDigits(self._digits(node, given[0]).precision + 4, 4))

    def _given(self, node: exp.Expr, _given: Sequence[Kind]) -> Kind:
        """DecimalDigits that are said behind a format, or without one: TO_DECIMAL(text, 10, 2)."""
        parts = [node.args.get("precision"), node.args.get("scale")]
        if node.key == "anonymous":
            parts = [one for one in node.expressions if one.key == "literal" and not one.is_string]
        said = [int(one.name) for one in parts if one is not None and one.name.isdigit()]
        return self._decimal(DecimalDigits(*(*said, 0)[:2]) if said else DecimalDigits(38, 0))

    def _joined(self, _node: exp.Expr, given: Sequence[Kind]) -> Kind:
        """Text as long as all together, where each has a length."""
        lengths = [length_of(one) for one in given]
        if not lengths or None in lengths:
            return exp.DataType(this=exp.DType.VARCHAR)
        return text_of(min(sum(one or 0 for one in lengths), self.arithmetic.longest_text))

    # --- how types come together

    def widest(self, kinds: Sequence[Kind], digits: Sequence[DecimalDigits] = ()) -> Kind:
        """The type that holds values of all these; unknown where one is.

        digits  of those that are numbers, where more is known of them than their types
        """
        known = [one for one in kinds if kind_of(one) != "null"]
        words = {kind_of(one) for one in known}
        if not known or "" in words:
            return UNKNOWN if known or not kinds else kinds[0]
        if documents := [one for one in known if kind_of(one) in GROUPS["document"]]:
            return documents[0]
        if len(words) == 1 and words <= {"text"}:
            lengths = [length_of(one) for one in known]
            return known[0] if None in lengths else text_of(max(one or 0 for one in lengths))
        if words <= set(GROUPS["exact"]) and "decimal" in words:
            known_digits = digits or [self._digits(None, one) for one in kinds]
            pairs = zip(kinds, known_digits, strict=True)
            return self._decimal(Arithmetic.hold([own for one, own in pairs if kind_of(one) != "null"]))
        rank = next((ranks for ranks in _RANKS if words <= {*ranks}), None)
        if rank is not None:
            return max(known, key=lambda one: rank.index(kind_of(one)))
        others = [one for one in known if kind_of(one) != "text"]  # a text in quotes is taken for the others'
        return known[0] if len(others) in (0, len(known)) else self.widest(others)

    def _digits(self, node: exp.Expr | None, declared: Kind) -> DecimalDigits:
        """The digits of a number; a whole one that is written out has as many as are written."""
        if node is not None and node.key == "literal" and not node.is_string and node.name.isdigit():
            return DecimalDigits(min(38, len(node.name)), 0)
        return digits_of(declared, kind_of(declared), self.arithmetic)

    def _decimal(self, digits: DecimalDigits) -> Kind:
        if not self.arithmetic.parameters:
            return exp.DataType(this=exp.DType.DECIMAL)
        return exp.DataType(
            this=exp.DType.DECIMAL,
            expressions=[exp.DataTypeParam(this=exp.Literal.number(one)) for one in digits.limited()],
        )

    # --- nodes that are no functions

    def _annotate_literal(self, annotator: TypeAnnotator, node: exp.Literal) -> None:
        text = node.name
        if node.is_string:
            sized = self.arithmetic.sized_texts and 0 < len(text) < self.arithmetic.longest_text
            found = text_of(len(text.encode())) if sized else exp.DataType(this=exp.DType.TEXT)
        elif text.isdigit():
            found = exp.DataType(this=exp.DType.INT if int(text) < 1 << 31 else exp.DType.BIGINT)
        elif "e" in text.lower() or not self.arithmetic.exact_literals:
            found = exp.DataType(this=exp.DType.DOUBLE)
        else:
            whole, _point, fraction = text.partition(".")
            found = self._decimal(DecimalDigits(len(whole.lstrip("0")) + len(fraction) or 1, len(fraction)))
        annotator._set_type(node, found)
        node.meta["nonnull"] = True

    def _annotate_union(self, annotator: TypeAnnotator, node: exp.SetOperation) -> None:
        """Both sides get the types that hold what both have."""
        annotator._set_type(node, None)
        pairs = list(zip(node.this.selects, node.expression.selects, strict=False))
        if node.args.get("by_name"):
            there = {one.alias_or_name.lower(): one for one in node.expression.selects}
            pairs = [
                (one, there[name])
                for one in node.this.selects
                if (name := one.alias_or_name.lower()) in there
            ]
        for left, right in pairs:
            kind = self.widest([left.type or UNKNOWN, right.type or UNKNOWN])
            for one in (left, right):
                annotator._set_type(one, kind)


_SAID: Mapping[str, Callable[[ResultTypes, exp.Expr, Sequence[Kind]], Kind]] = {
    "first": ResultTypes._first,
    "last": ResultTypes._last,
    "widest": ResultTypes._widest,
    "list": ResultTypes._list,
    "exact": ResultTypes._exact,
    "rounded": ResultTypes._rounded,
    "whole number": ResultTypes._whole_number,
    "quotient": ResultTypes._quotient,
    "given": ResultTypes._given,
    "joined": ResultTypes._joined,
}
"""The words for results that are no types."""


def text_of(length: int) -> Kind:
    """Text of at most so many characters."""
    size = exp.DataTypeParam(this=exp.Literal.number(max(1, length)))
    return exp.DataType(this=exp.DType.VARCHAR, expressions=[size])


def length_of(declared: Kind) -> int | None:
    """The length of text; None where it is not said."""
    said = declared.expressions[0].name if declared.expressions else ""
    return int(said) if said.isdigit() else None


def _arguments(node: exp.Expr) -> list[exp.Expr]:
    """What a node is of: of one that chooses, what it chooses from."""
    if node.key in _CHOOSING:
        return choices(node)
    if node.key == "anonymous":
        return [*node.expressions[_BEFORE_CHOICES.get(node.name.lower(), 0) :]]
    found = [node.args.get("this"), node.args.get("expression"), *node.expressions]
    return [one for one in found if isinstance(one, exp.Expr)]


_CHOOSING = frozenset(("case", "if", "nvl2", "decodecase"))


def choices(node: exp.Expr) -> list[exp.Expr]:
    """What a node chooses from, without what decides."""
    if node.key == "case":
        found = [*(one.args.get("true") for one in node.args["ifs"]), node.args.get("default")]
    elif node.key in ("if", "nvl2"):
        found = [node.args.get("true"), node.args.get("false")]
    elif node.key == "decodecase":
        parts = node.expressions
        found = [*parts[2::2], *(parts[-1:] if len(parts) % 2 == 0 else [])]
    else:
        found = [node.args.get("this"), *node.expressions]
    return [one for one in found if isinstance(one, exp.Expr)]


_BEFORE_CHOICES = {"if": 1, "iff": 1, "iif": 1, "nvl2": 1, "choose": 1}
"""How many arguments stand before those from which a function chooses."""


def plain_name(name: str) -> str:
    """A function's name as the tables are read: in small letters, without underscores."""
    return name.lower().replace("_", "")


@cache
def result_types(dialect: type[Dialect]) -> ResultTypes:
    """What a dialect's functions return."""
    lines: dict[str, tuple[_Line, ...]] = {}
    for one in dialect.__mro__:
        for name, line in _read(TABLES.get(one.__name__, ""), dialect):
            lines[name] = (*lines.get(name, ()), line)
    for name, line in _read(COMMON, dialect):
        lines[name] = (*lines.get(name, ()), line)
    return ResultTypes(dialect, lines, arithmetic_of(dialect))


def _read(table: str, dialect: type[Dialect]) -> Iterator[tuple[str, _Line]]:
    """Each name of a table, and what one line says of it."""
    for text in table.strip().splitlines():
        found = _LINE.fullmatch(text)
        assert found is not None, text
        kinds = tuple(
            frozenset(GROUPS.get(word.strip(), (word.strip(),))) for word in (found["kinds"] or "").split(",")
        )
        result = found["result"]
        said = None if result in _SAID else _type(result, dialect)
        for name in found["names"].split():
            yield plain_name(name), _Line(kinds if found["kinds"] else (), result, said)


def _type(text: str, dialect: type[Dialect]) -> Kind:
    try:
        return exp.DataType.build(text, dialect=dialect)
    except SqlglotError:
        return exp.DataType.build(text, udt=True)
