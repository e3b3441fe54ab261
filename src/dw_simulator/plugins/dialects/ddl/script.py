"""A script of CREATE TABLE statements while it is read: its tables as JSON has them, and what is wrong."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Required, TypedDict

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect

from dw_simulator.errors import Problem
from dw_simulator.types import UnknownTypeError, enum_text, field_name, sql_type

ReadableTypes = Mapping[str, str]
"""sqlglot's type names -> this program's; "(*256)" stands for the arguments, or for 256 without them.

Types under an empty name are refused; so are ARRAY, MAP and the like without the types within them."""


class ReadSequence(TypedDict):
    """The rule of a column that counts."""

    name: str
    start: int
    step: int


class ReadColumnReference(TypedDict):
    """What one column references; its column is None until the parent's key is known."""

    references_table: str
    references_column: str | None


class ReadTableReference(TypedDict):
    """What several columns reference; their columns are empty until the parent's key is known."""

    columns: list[str]
    references_table: str
    references_columns: list[str]


class ReadColumn(TypedDict, total=False):
    """A column, as the JSON schema writes it."""

    name: Required[str]
    data_type: Required[str]
    required: Required[bool]
    is_unique: bool
    default: str
    comment: str
    encode: str
    rule: ReadSequence
    foreign_key: ReadColumnReference


class ReadTable(TypedDict, total=False):
    """A table, as the JSON schema writes it."""

    name: Required[str]
    columns: Required[list[ReadColumn]]
    primary_key: list[str]
    unique: list[list[str]]
    nulls_not_distinct: list[list[str]]
    foreign_keys: list[ReadTableReference]
    checks: list[str]
    dist_key: str
    dist_style: str
    sort_key: list[str]
    comment: str


@dataclass
class Script:
    """What has been read so far.

    tables    by their names
    warnings  what the schema has no word for
    problems  what makes a table unreadable
    """

    dialect: type[Dialect]
    types: ReadableTypes
    tables: dict[str, ReadTable] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def warn(self, place: str, message: str) -> None:
        """Tell what the schema has no word for. place: empty where it is the script's."""
        self.warnings.append(f"{place}: {message}" if place else message)

    def complain(self, place: str, message: str, mend: str = "") -> None:
        """Tell what makes a table unreadable."""
        self.problems.append(Problem(place, message, mend))

    def sql(self, node: exp.Expr) -> str:
        """A node as the script's dialect writes it."""
        return node.sql(dialect=self.dialect, comments=False)

    def first_words(self, node: exp.Expr, count: int = 3) -> str:
        """The beginning of a node's SQL."""
        return " ".join(self.sql(node).split()[:count])

    def table_name(self, table: exp.Table) -> str:
        """A table's name without its schema, whose loss is told once."""
        if table.args.get("db") and not any("schema names" in warning for warning in self.warnings):
            self.warn("", "schema names before table names were left out")
        return folded(table.this)

    def referenced(self, reference: exp.Reference) -> tuple[str, list[str]]:
        """The table a REFERENCES clause names, and its columns where it names them."""
        options = " ".join(reference.args.get("options") or ()).upper()
        if options.replace("NOT ENFORCED", ""):
            self.warn("", f"{options} after a reference has no effect on the values, left out")
        return self.table_name(table_in(reference.this)), names(reference.this.expressions)

    def set_primary_key(self, table: ReadTable, columns: list[str]) -> None:
        """Declare a table's primary key, which it may have once."""
        if table.get("primary_key", columns) != columns:
            self.complain(table["name"], "there are two primary keys", "keep one")
        table["primary_key"] = columns

    def add_check(self, table: ReadTable, check: exp.CheckColumnConstraint) -> None:
        """Keep a CHECK as text; `dialects.checks` reads it when the experiment is planned."""
        table.setdefault("checks", []).append(self.sql(check.this))

    def type_of(self, kind: exp.DataType | None) -> str:
        """A column's type in this program's words. Raises UnknownTypeError."""
        if kind is None:
            raise UnknownTypeError("the column has no type")
        text = self._text_of(kind)
        sql_type(text)
        return text

    def _text_of(self, kind: exp.DataType) -> str:
        """A type, and those within it."""
        name = type_name_of(kind)
        if kind.expressions and name in _READERS and kind.expressions[0].key in _WITHIN:
            return _READERS[name](self, kind)
        pattern = self.types.get(name, f"{name}(*)")
        if not pattern:
            raise UnknownTypeError(f"unknown type {kind.sql(dialect=self.dialect)!r}")
        head, brackets, default = pattern.partition("(*")
        arguments = _arguments(kind) or default.rstrip(")")
        return f"{head}({arguments})" if brackets and arguments else head

    def _list(self, kind: exp.DataType) -> str:
        element = self._text_of(kind.expressions[0])
        sizes = kind.args.get("values")
        return f"{element}[{sizes[0].name}]" if sizes else f"ARRAY<{element}>"

    def _struct(self, kind: exp.DataType) -> str:
        parts = [part if part.key == "columndef" else None for part in kind.expressions]
        if any(part is None or part.args.get("kind") is None for part in parts):  # without names
            return f"STRUCT<{', '.join(self._text_of(part) for part in kind.expressions)}>"
        named = ((field_name(part.this.name), part.args["kind"]) for part in parts if part is not None)
        return f"STRUCT<{', '.join(f'{name} {self._text_of(type_)}' for name, type_ in named)}>"

    def _map(self, kind: exp.DataType) -> str:
        return f"MAP<{', '.join(map(self._text_of, kind.expressions))}>"

    def _range(self, kind: exp.DataType) -> str:
        return f"RANGE<{self._text_of(kind.expressions[0])}>"

    def _vector(self, kind: exp.DataType) -> str:
        element, count = kind.expressions[0], kind.expressions[-1].name
        return (
            f"VECTOR({count})" if element.key != "datatype" else f"VECTOR({self._text_of(element)}, {count})"
        )

    def _listing(self, kind: exp.DataType) -> str:
        return enum_text([part.name for part in kind.expressions], type_name_of(kind))


_READERS: Mapping[str, Callable[[Script, exp.DataType], str]] = {
    **dict.fromkeys(("ARRAY", "LIST"), Script._list),
    **dict.fromkeys(("STRUCT", "OBJECT", "NESTED"), Script._struct),
    "MAP": Script._map,
    "RANGE": Script._range,
    "VECTOR": Script._vector,
    **dict.fromkeys(("ENUM", "SET"), Script._listing),
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


def type_name_of(kind: exp.DataType | None) -> str:
    """sqlglot's name of a type, or the text's own where sqlglot does not know it; empty for none."""
    if kind is None:
        return ""
    if kind.this is exp.DType.USERDEFINED:
        own = str(kind.args.get("kind") or "")
        return own if own.startswith('"') else own.upper()
    if isinstance(kind.this, exp.Interval):
        return f"INTERVAL {kind.this.args['unit'].sql()}"
    return str(kind.this.value) if isinstance(kind.this, exp.DType) else str(kind.this)


def table_in(node: exp.Expr) -> exp.Table:
    """The table that a name with or without columns in brackets names."""
    table = node.find(exp.Table)
    assert table is not None, "sqlglot reads a table's name there"
    return table


def folded(identifier: exp.Expr) -> str:
    """Unquoted names in lower case, quoted ones as they are."""
    return identifier.name if identifier.args.get("quoted") else identifier.name.lower()


def names(nodes: Iterable[exp.Expr]) -> list[str]:
    """The names of columns in a list, of which each may have brackets or an order around it."""
    return [folded(node.find(exp.Identifier) or node) for node in nodes]
