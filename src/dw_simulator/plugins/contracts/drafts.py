"""Tables while a contract is read: what is said of their columns comes one by one, from several places."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dw_simulator.plugins.contracts.guessed_types import type_by_name, type_of_values
from dw_simulator.schema.declared import RESERVED_WORDS
from dw_simulator.schema.json_data import Json, JsonObject, number_in
from dw_simulator.schema.quoting import quoted_name, quoted_text
from dw_simulator.schema.written import as_written
from dw_simulator.types import Kind, UnknownTypeError, sql_type

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_BACKTICKS = frozenset({"bigquery", "databricks"})
_NESTED = re.compile(r"(?i)\s*(?:(?:struct|record|row|array|list|map|object|variant|nested)\b|.*\[\d*\]\s*$)")
_NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.FLOAT})

Reference = tuple[str, str]
"""A table and a column of it."""


def sql_name(name: str, dialect: str = "") -> str:
    """A column's name as a CHECK of a dialect writes it.

    >>> sql_name("status"), sql_name("order"), sql_name("a b", "bigquery")
    ('status', '"order"', '`a b`')
    """
    if _PLAIN.fullmatch(name) and name.lower() not in RESERVED_WORDS:
        return name
    if dialect in _BACKTICKS:
        return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"
    return quoted_name(name)


def literal(value: Json, kind: Kind | None = Kind.TEXT) -> str:
    """A value as SQL writes it in a comparison with a column of a kind.

    >>> literal(7), literal(7, Kind.INTEGER), literal("it's"), literal(True, Kind.BOOLEAN)
    ("'7'", '7', "'it''s'", 'TRUE')
    """
    if kind is Kind.BOOLEAN and isinstance(value, bool):
        return str(value).upper()
    number = number_in(value)
    if kind in _NUMBERS and number is not None:
        return repr(number + 0)  # a plain number, however it was written
    return quoted_text(as_written(value))


def kind_of(data_type: str) -> Kind:
    """The family of a type that is known."""
    return sql_type(data_type).kind


@dataclass
class ColumnDraft:
    """What is said of a column so far.

    data_type  as it is written; empty where nobody says
    values     those that it may have; none for any
    of_some    those that some of its rows may have
    reference  the column whose values it has
    fields     whatever else a column of the JSON schema says
    """

    name: str
    data_type: str = ""
    required: bool = False
    is_unique: bool = False
    values: tuple[Json, ...] = ()
    of_some: tuple[Json, ...] = ()
    reference: Reference | None = None
    comment: str = ""
    fields: JsonObject = field(default_factory=dict)

    def allow(self, values: Iterable[Json]) -> None:
        """It has these values alone; of those that are said already, the ones that are said again.

        Where none is, each list is of some rows only, and it has the values of both. A list with an object or
        a list in it says nothing here.
        """
        listed = _plain(values)
        both = [value for value in self.values if value in listed]
        self.values = tuple(dict.fromkeys(both or (*self.values, *listed)))

    def allow_some(self, values: Iterable[Json]) -> None:
        """Some of its rows have these values alone, so that they count where no list is of all rows."""
        self.of_some = tuple(dict.fromkeys((*self.of_some, *_plain(values))))

    @property
    def listed(self) -> tuple[Json, ...]:
        """The values that it may have at all; none for any."""
        return self.values or self.of_some


@dataclass
class TableDraft:
    """What is said of a table so far."""

    name: str
    columns: dict[str, ColumnDraft] = field(default_factory=dict)
    primary_key: tuple[str, ...] = ()
    unique: list[tuple[str, ...]] = field(default_factory=list)
    nulls_not_distinct: list[tuple[str, ...]] = field(default_factory=list)
    foreign_keys: list[JsonObject] = field(default_factory=list)
    checks: list[str] = field(default_factory=list)
    comment: str = ""
    fields: JsonObject = field(default_factory=dict)

    def column(self, name: str, *, like: str = "") -> ColumnDraft:
        """The column of a name, in whichever case it is said; a new one where there is none.

        like  the name as a new one has it
        """
        for known in (name, *self.columns):
            if known in self.columns and known.lower() == name.lower():
                return self.columns[known]
        return self.columns.setdefault(like or name, ColumnDraft(like or name))

    def has(self, name: str) -> bool:
        """Whether it has a column of this name."""
        return any(known.lower() == name.lower() for known in self.columns)

    def to_json(self, dialect: str) -> JsonObject:
        """As the JSON schema writes it."""
        for name in {name for key in self.nulls_not_distinct for name in key}:
            self.columns[name].fields.pop("null_fraction", None)
        checks = [*self.checks, *(check for c in self.columns.values() for check in _checks(c, dialect))]
        said: JsonObject = {
            "name": self.name,
            "columns": [_column(column, column.name in self.primary_key) for column in self.columns.values()],
            "primary_key": list(self.primary_key),
            "unique": [list(key) for key in dict.fromkeys(self.unique)],
            "nulls_not_distinct": [list(key) for key in dict.fromkeys(self.nulls_not_distinct)],
            "foreign_keys": list(self.foreign_keys),
            "checks": list(dict.fromkeys(checks)),
            "comment": self.comment,
            **self.fields,
        }
        return {name: value for name, value in said.items() if value not in ([], "", None)}


def _column(column: ColumnDraft, in_key: bool) -> JsonObject:
    if column.listed:  # a list says more than a pattern
        column.fields.pop("rule", None)
    said: JsonObject = {
        "name": column.name,
        "data_type": column.data_type,
        "required": column.required or in_key,
        **column.fields,
    }
    if column.is_unique:
        said["is_unique"] = True
    if column.reference is not None:
        table, name = column.reference
        said["foreign_key"] = {"references_table": table, "references_column": name}
    if column.comment:
        said["comment"] = column.comment
    return said


def _plain(values: Iterable[Json]) -> tuple[Json, ...]:
    """The values of a list; none of one with an object or a list in it."""
    listed = tuple(value for value in values if value is not None)
    return () if any(isinstance(value, dict | list) for value in listed) else listed


def _checks(column: ColumnDraft, dialect: str) -> Iterator[str]:
    if column.listed:
        kind = kind_of(column.data_type)
        listed = ", ".join(literal(value, kind) for value in column.listed)
        yield f"{sql_name(column.name, dialect)} IN ({listed})"


@dataclass
class Drafts:
    """Every table of a contract.

    dialect   whose types and SQL they have
    warnings  what has no counterpart
    """

    dialect: str = ""
    tables: dict[str, TableDraft] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def table(self, name: str) -> TableDraft:
        """The table of a name, a new one where there is none."""
        return self.tables.setdefault(name, TableDraft(name))

    def settled(self) -> Sequence[JsonObject]:
        """The tables as the JSON schema writes them, every column with a type."""
        for table in [table for table in self.tables.values() if not table.columns]:
            self.warnings.append(f"{table.name}: it is left out, as nothing says which columns it has")
            del self.tables[table.name]
        for table in self.tables.values():
            self._settle_types(table)
        for table in self.tables.values():
            self._settle_references(table)
        return [table.to_json(self.dialect) for table in self.tables.values()]

    def _settle_types(self, table: TableDraft) -> None:
        unknown = [column for column in table.columns.values() if not column.data_type]
        for column in unknown:
            column.data_type = self._guessed(column, {table.name})
        if unknown:
            told = ", ".join(f"{column.name} {column.data_type}" for column in unknown)
            self.warnings.append(f"{table.name}: no type is said of some columns; guessed: {told}")
        for column in table.columns.values():
            column.data_type = self._known_type(table.name, column)

    def _guessed(self, column: ColumnDraft, seen: set[str]) -> str:
        """By the column that is referenced, else by the values that are listed, else by the name."""
        if column.reference is not None and column.reference[0] not in seen:
            target = self.tables.get(column.reference[0])
            if target is not None and target.has(column.reference[1]):
                there = target.column(column.reference[1])
                return there.data_type or self._guessed(there, {*seen, target.name})
        return type_of_values(column.listed) or type_by_name(column.name)

    def _known_type(self, table: str, column: ColumnDraft) -> str:
        said = column.data_type
        try:
            sql_type(said)
        except UnknownTypeError:
            taken = "JSON" if _NESTED.match(said) else "VARCHAR"
            self.warnings.append(f"{table}.{column.name}: the type {said[:60]!r} is taken for {taken}")
            return taken
        return said

    def _settle_references(self, table: TableDraft) -> None:
        """References to what is not there are left out; what is referenced is a key."""
        for column in table.columns.values():
            if column.reference is None:
                continue
            name, there = column.reference
            target = self.tables.get(name)
            if target is None or not target.has(there):
                self.warnings.append(
                    f"{table.name}.{column.name}: it references {name}.{there}, which is not there; left out"
                )
                column.reference = None
                continue
            referenced = target.column(there)
            column.reference = (name, referenced.name)
            _make_key(target, referenced)
            if kind_of(column.data_type) is not kind_of(referenced.data_type):
                self.warnings.append(
                    f"{table.name}.{column.name}: it references {name}.{referenced.name}, and so its type "
                    f"is {referenced.data_type}"
                )
                column.data_type = referenced.data_type
            column.values = column.of_some = ()  # it has those of the column that it references
            column.fields.pop("rule", None)


def _make_key(table: TableDraft, column: ColumnDraft) -> None:
    if table.primary_key != (column.name,):
        column.is_unique = True


def said_of(fields: Mapping[str, Json], name: str) -> str:
    """A field that is a text; empty for any other."""
    value = fields.get(name)
    return value.strip() if isinstance(value, str) else ""


def whole_pattern(pattern: str) -> str:
    """A regular expression without the signs of both ends; a dollar behind a backslash is itself."""
    ends = re.search(r"(?<!\\)(?:\\\\)*\$\Z", pattern) is not None
    return pattern.removeprefix("^")[: -1 if ends else None]


def text_type(longest: int) -> str:
    """Text of at most so many characters; of more than any column has room for, as many as it has."""
    return f"VARCHAR({min(longest, _MOST_TEXT)})"


_MOST_TEXT = 16_777_216
