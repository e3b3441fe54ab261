"""From the shapes of a database's tables to tables as the JSON schema writes them.

Every column is read as its database's dialect reads it in a script, so that a database and its script
say the same. What the schema has no word for is told in a warning, with its table and column.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, cached_property

from dw_simulator.errors import RequestError
from dw_simulator.ports.dialect import Ddl, Dialect
from dw_simulator.ports.live_database import FoundColumn, FoundForeignKey, FoundShapes, FoundTable
from dw_simulator.registry.joined_scripts import OUTSIDE
from dw_simulator.schema.json_data import Json, JsonObject, object_of
from dw_simulator.schema.quoting import quoted_name, quoted_text
from dw_simulator.types import UnknownTypeError, sql_type

_MOST_TOLD = 10


def some_of(names: Sequence[str]) -> str:
    """Names, of many only some."""
    more = len(names) - _MOST_TOLD
    return ", ".join([*names[:_MOST_TOLD], *([f"and {more:,} more"] if more > 0 else [])])


def ddl_of(found: FoundShapes, dialect: Dialect, *, own: bool = True) -> Ddl:
    """Tables as JSON, and what could not be carried over.

    own  whether the dialect is the database's; where there is none, types are taken as JSON has them first
    """
    return _Import(found, _Reading(dialect, own)).ddl()


@dataclass(eq=False)
class _Reading:
    """Reads types and defaults as a dialect reads them in a script."""

    dialect: Dialect
    own: bool

    def data_type(self, text: str) -> Json:
        """A type; None where nobody knows it, or there is none."""
        if not self.own:
            with suppress(UnknownTypeError):
                return sql_type(text).declared
        return (self.clause(text) or {}).get("data_type") if text else None

    @cache  # noqa: B019 - for one import
    def clause(self, text: str) -> Mapping[str, Json] | None:
        """What a column's type and default say; None where the dialect cannot read them."""
        try:
            (table,) = self.dialect.read(f"CREATE TABLE t (c {text})").tables
        except (RequestError, ValueError):  # several tables: the text was more than a clause
            return None
        columns = table["columns"]
        assert isinstance(columns, Sequence)
        return object_of(columns[0]) if len(columns) == 1 else None


def _reference(one: FoundForeignKey, parent: str) -> JsonObject:
    return {
        "columns": list(one.columns),
        "references_table": parent,
        "references_columns": list(one.references_columns),
    }


@dataclass
class _Import:
    """Tables while they become JSON.

    lost  the columns that are left out, by (schema, table)
    """

    found: FoundShapes
    reading: _Reading
    warnings: list[str] = field(default_factory=list)
    lost: dict[tuple[str, str], set[str]] = field(default_factory=dict)

    def ddl(self) -> Ddl:
        self.warnings += self.found.warnings
        if parts := self.found.parts:
            told = some_of(sorted(parts))
            self.warnings.append(f"partitions are no tables of their own, and were left out: {told}")
        if views := self.found.views:
            told = some_of(sorted(views))
            self.warnings.append(f"views are no tables, and were left out: {told}")
        # all columns first: what is left out of one table takes references of others with it
        read = [(table, columns) for table in self.found.tables if (columns := self._columns(table))]
        tables = [self._table(table, columns) for table, columns in read]
        self._tell_empty(table for table, _columns in read)
        return Ddl(tables, self.warnings)

    @cached_property
    def _names(self) -> Mapping[tuple[str, str], str]:
        """What a table is called here: with its schema where another has its name."""
        count = Counter(table.name for table in self.found.tables)
        return {
            (table.schema, table.name): table.name
            if count[table.name] == 1
            else f"{table.schema}.{table.name}"
            for table in self.found.tables
        }

    @cached_property
    def _tables(self) -> Mapping[tuple[str, str], FoundTable]:
        return {(table.schema, table.name): table for table in self.found.tables}

    def _name(self, table: FoundTable) -> str:
        return self._names[table.schema, table.name]

    # --- tables

    def _table(self, table: FoundTable, columns: Sequence[JsonObject]) -> JsonObject:
        made: JsonObject = {"name": self._name(table), "columns": columns}
        if table.rows:
            made["target_rows"] = table.rows
        if self._is_whole(table, table.primary_key, "the primary key"):
            made["primary_key"] = list(table.primary_key)
        self._add_keys(table, made)
        if references := list(self._references(table)):
            made["foreign_keys"] = references
        if outside := list(self._outside(table)):
            made["outside_references"] = outside
        checks = [
            *self._listed(table, columns),
            *(text for text in table.checks if self._is_check_whole(table, text)),
        ]
        if checks:
            made["checks"] = checks
        if table.comment:
            made["comment"] = table.comment
        return made

    def _add_keys(self, table: FoundTable, made: JsonObject) -> None:
        keys = [
            key for key in dict.fromkeys(table.unique) if self._is_whole(table, key.columns, "a unique key")
        ]
        if unique := list(dict.fromkeys(key.columns for key in keys if key.columns != table.primary_key)):
            made["unique"] = [list(columns) for columns in unique]
        if alike := [list(key.columns) for key in keys if not key.nulls_differ]:
            made["nulls_not_distinct"] = alike

    def _references(self, table: FoundTable) -> Iterator[JsonObject]:
        for one in table.references:
            parent = self._parent(table, one)
            what = f"the reference to {one.table}"
            if (
                parent is not None
                and self._is_whole(table, one.columns, what)
                and self._is_whole(parent, one.references_columns, what)
            ):
                yield _reference(one, self._name(parent))

    def _outside(self, table: FoundTable) -> Iterator[JsonObject]:
        """The references to tables that are not imported."""
        schemas = {other.schema for other in self.found.tables}
        for one in table.references:
            if self._parent(table, one) is None and self._is_whole(table, one.columns, "a reference"):
                columns, where = ", ".join(one.columns), f"{one.schema}.".lstrip(".")
                brought = f", and --schema {one.schema} brings it" if one.schema not in {"", *schemas} else ""
                message = f"references {where}{one.table}, which is not imported; {OUTSIDE}"
                self.warnings.append(f"{self._name(table)}.{columns}: {message}{brought}")
                known = one.table in {name for _schema, name in self._names}
                yield _reference(one, f"{where}{one.table}" if known else one.table)

    def _parent(self, table: FoundTable, reference: FoundForeignKey) -> FoundTable | None:
        return self._tables.get((reference.schema or table.schema, reference.table))

    def _listed(self, table: FoundTable, columns: Sequence[JsonObject]) -> Iterator[str]:
        """The values that types of columns list, as CHECKs, where the types that they have here do not."""
        types = {column["name"]: str(column["data_type"]) for column in columns}
        for column in table.columns:
            if column.values and column.name in types and not sql_type(types[column.name]).values:
                values = ", ".join(map(quoted_text, column.values))
                yield f"{quoted_name(column.name)} IN ({values})"

    # --- what went with a column

    def _lost(self, table: FoundTable) -> set[str]:
        return self.lost.get((table.schema, table.name), set())

    def _is_whole(self, table: FoundTable, columns: Iterable[str], what: str) -> bool:
        """Whether all columns of something are there, which has some."""
        names = list(columns)
        gone = self._lost(table) & set(names)
        if gone:
            self.warnings.append(f"{self._name(table)}: {what} goes with {', '.join(sorted(gone))}")
        return bool(names) and not gone

    def _is_check_whole(self, table: FoundTable, text: str) -> bool:
        words = set(re.findall(r"\w+", text))
        return self._is_whole(table, words or {""}, f"CHECK ({text})")

    def _tell_empty(self, tables: Iterable[FoundTable]) -> None:
        empty = [self._name(table) for table in tables if table.rows == 0]
        if empty:
            told = some_of(empty)
            self.warnings.append(f"empty in the database, and given the usual number of rows: {told}")

    # --- columns

    def _columns(self, table: FoundTable) -> list[JsonObject]:
        referring = {name for one in table.references if self._parent(table, one) for name in one.columns}
        made = []
        for column in table.columns:
            read = self._read(table, column)
            if read is None:
                self.lost.setdefault((table.schema, table.name), set()).add(column.name)
                continue
            if column.name in referring:
                read.pop("rule", None)  # it takes the values of what it references
            made.append(read)
        if not made:
            self.warnings.append(f"{self._name(table)}: no column is left of it, so it was left out")
        return made

    def _read(self, table: FoundTable, column: FoundColumn) -> JsonObject | None:
        """A column as JSON; None where nothing is known that its values fit into."""
        place = f"{self._name(table)}.{column.name}"
        data_type = self.reading.data_type(column.type)
        if data_type is None:
            data_type = self.reading.data_type(column.nearest)
            if data_type is not None and not column.values:
                self.warnings.append(f"{place}: {column.type} becomes {column.nearest}")
        if data_type is None:
            told = f"its type {column.type} is not known" if column.type else "it has no type"
            self.warnings.append(f"{place}: {told}; it was left out")
            return None
        required = not column.nullable or column.name in table.primary_key
        made: JsonObject = {"name": column.name, "data_type": data_type, "required": required}
        self._add_default(place, column, made)
        self._add_expression(place, column, made)
        if column.identity is not None:
            first, further = column.identity
            counts = f"GENERATED BY DEFAULT AS IDENTITY (START WITH {first} INCREMENT BY {further})"
            made |= {"rule": (self.reading.clause(f"BIGINT {counts}") or {}).get("rule"), "required": True}
        if column.comment:
            made["comment"] = column.comment
        return made

    def _add_expression(self, place: str, column: FoundColumn, made: JsonObject) -> None:
        """What a generated column is made of."""
        if column.made is None:
            return
        clause = f"{made['data_type']} GENERATED ALWAYS AS ({column.made}) STORED"
        read = self.reading.clause(clause) or self.reading.clause(clause.removesuffix(" STORED")) or {}
        if read.get("generated") is not True:
            self.warnings.append(f"{place}: it is made as any other column, and not as {column.made}")
            return
        made |= {name: read[name] for name in ("rule", "generated", "inferred") if name in read}

    def _add_default(self, place: str, column: FoundColumn, made: JsonObject) -> None:
        if column.default is None or column.identity is not None:
            return
        read = self.reading.clause(f"INT DEFAULT {column.default}")
        if read is None or "default" not in read:
            self.warnings.append(f"{place}: its default {column.default} is not understood, and was left out")
        else:
            made["default"] = read["default"]
