"""What a script's types are in this program's words, with those within them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect

from dw_simulator.plugins.dialects.ddl.stand_ins import (
    STAND_INS,
    fewer_digits,
    has_too_many_digits,
    is_shown_as_decimal,
)
from dw_simulator.plugins.dialects.ddl.type_called import type_name_of
from dw_simulator.types import UnknownTypeError, enum_text, field_name, sql_type

ReadableTypes = Mapping[str, str]
"""sqlglot's type names -> this program's; "(*256)" stands for the arguments, or for 256 without them.

"TINYINT(1)" is a type with just these arguments, "FLOAT/2" one with so many. Types under an empty name are
refused; so are ARRAY, MAP and the like without the types within them."""
_PATTERN = re.compile(r"(?P<head>[^(]*)\(\*(?P<usual>[^)]*)\)(?P<tail>.*)")
"""A name of this program's that takes arguments."""

_LONGEST = 20_000
"""Letters of a type with all its parts."""


@dataclass(frozen=True)
class DeclaredTypes:
    """Reads the types of a script in a dialect.

    own_type  the type of the script's own that one names; None where it names none
    """

    dialect: type[Dialect]
    types: ReadableTypes
    own_type: Callable[[exp.DataType | None], exp.ColumnDef | None]

    @property
    def _wide(self) -> bool:
        """Whether the dialect has decimals of more than 38 digits."""
        names = [one.__name__ for one in self.dialect.__mro__]
        return bool({"Postgres", "BigQuery", "MySQL"} & {*names}) and "Redshift" not in names

    def text_of(self, kind: exp.DataType) -> str:
        """A type, and those within it."""
        if (own := self.own_type(kind)) is not None and own.args["kind"] is not kind:
            return self.text_of(own.args["kind"])
        name = type_name_of(kind)
        if kind.expressions and name in _READERS and kind.expressions[0].key in _WITHIN:
            return _READERS[name](self, kind)
        if name == "UNION" and kind.expressions:
            first = kind.expressions[0]
            return self.text_of(first.args["kind"] if first.key == "columndef" else first)
        if "(" in name or "<" in name:  # of parts, which sqlglot has not read
            return sql_type(name).declared
        return self._filled(kind, name)

    def _filled(self, kind: exp.DataType, name: str) -> str:
        """The name of a type with its arguments."""
        arguments = _arguments(kind)
        counted = f"{name}/{arguments.count(',') + 1 if arguments else 0}"
        exactly = next((one for one in (f"{name}({arguments})", counted) if one in self.types), "")
        pattern = self.types.get(exactly or name, STAND_INS.get(name, f"{name}(*)"))
        if not pattern:
            raise UnknownTypeError(f"unknown type {kind.sql(dialect=self.dialect)!r}")
        taking = _PATTERN.fullmatch(pattern)
        if taking is None and is_shown_as_decimal(kind, name):
            taking = _PATTERN.fullmatch("DECIMAL(*)")
        if taking is None:
            return pattern
        many = taking["head"] in ("DECIMAL", "NUMERIC") and self._wide and has_too_many_digits(kind)
        shown = (fewer_digits(kind) if many else arguments) or taking["usual"]
        return f"{taking['head']}({shown}){taking['tail']}" if shown else taking["head"] + taking["tail"]

    def _list(self, kind: exp.DataType) -> str:
        element = self.text_of(kind.expressions[0])
        sizes = kind.args.get("values")
        count = sizes[0].name if sizes else ""
        return f"{element}[{count}]" if count.isdigit() else f"ARRAY<{element}>"

    def _struct(self, kind: exp.DataType) -> str:
        parts = [part if part.key == "columndef" else None for part in kind.expressions]
        if any(part is None or part.args.get("kind") is None for part in parts):  # without names
            return f"STRUCT<{', '.join(self.text_of(part) for part in kind.expressions)}>"
        named = ((field_name(part.this.name), part.args["kind"]) for part in parts if part is not None)
        text = f"STRUCT<{', '.join(f'{name} {self.text_of(type_)}' for name, type_ in named)}>"
        if len(text) > _LONGEST:
            raise UnknownTypeError("the type has too many parts")
        return text

    def _map(self, kind: exp.DataType) -> str:
        return f"MAP<{', '.join(map(self.text_of, kind.expressions))}>"

    def _range(self, kind: exp.DataType) -> str:
        return f"RANGE<{self.text_of(kind.expressions[0])}>"

    def _vector(self, kind: exp.DataType) -> str:
        element, count = kind.expressions[0], kind.expressions[-1].name
        return (
            f"VECTOR({count})" if element.key != "datatype" else f"VECTOR({self.text_of(element)}, {count})"
        )

    def _listing(self, kind: exp.DataType) -> str:
        return enum_text([part.name for part in kind.expressions], type_name_of(kind))


_READERS: Mapping[str, Callable[[DeclaredTypes, exp.DataType], str]] = {
    **dict.fromkeys(("ARRAY", "LIST"), DeclaredTypes._list),
    **dict.fromkeys(("STRUCT", "OBJECT", "NESTED"), DeclaredTypes._struct),
    "MAP": DeclaredTypes._map,
    "RANGE": DeclaredTypes._range,
    "VECTOR": DeclaredTypes._vector,
    **dict.fromkeys(("ENUM", "SET"), DeclaredTypes._listing),
}
"""What reads types that have types or values within them."""
_WITHIN = frozenset({"datatype", "columndef", "literal", "datatypeparam", "objectidentifier"})
"""What stands within them."""


def _arguments(kind: exp.DataType) -> str:
    """What stands in brackets: `10`, `10 BYTE`, `POINT,4326`, `*,2`."""
    if isinstance(kind.this, exp.Interval):
        return ""
    parts = [part for part in kind.expressions if part.key == "datatypeparam"]
    return ",".join(f"{part.this.name.upper()} {part.text('expression')}".strip() for part in parts)
