"""What a rules file says of one table, laid over the table as the schema has it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dw_simulator.errors import closest
from dw_simulator.schema.counts import count_of
from dw_simulator.schema.json_data import Json, JsonObject, items_of, object_of, one_or_more
from dw_simulator.schema.model import Table
from dw_simulator.schema.overlay.column_rules import (
    Entry,
    column_with,
    is_inferred,
    reference_with,
    without_followers,
    without_way,
)
from dw_simulator.schema.overlay.matching import NamesThere, same_names
from dw_simulator.schema.overlay.notes import OverlayNotes
from dw_simulator.schema.overlay.rules_document import Steps

_OF_THE_SCHEMA = (
    *("name", "primary_key", "unique", "composite_keys", "nulls_not_distinct"),
    *("sort_key", "dist_key", "dist_style", "comment"),
)
"""Fields of a table that its DDL says. All others go through, whatever they are."""
_ROWS = ("rows", "target_rows")
_GOAL = ("references_table", "references_column", "references_columns")
_SOURCES = ("faker_rule", "distribution", "rule", "polymorphic", "lookup", "foreign_key")
"""Fields that say where a column's values come from."""
_SHOWN = 40
"""So many characters of what is no number of rows are told."""
_OWN_COLUMN = 'a column of the rules\' own is "hidden": true, and has a data_type'


@dataclass
class TableRules:
    """A table while it is laid over.

    steps    where in the rules
    place    where in the schema
    table    the table, which changes
    columns  its columns, which change
    references  those that are declared on the table, which change
    found    first columns of the references that an import has found, as the schema has them
    """

    notes: OverlayNotes
    steps: Steps
    place: Steps
    table: JsonObject
    columns: list[JsonObject]
    references: list[JsonObject]
    found: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, notes: OverlayNotes, steps: Steps, place: Steps, table: Entry) -> "TableRules":
        """The entry of a table as the schema has it."""
        columns = [dict(object_of(column)) for column in items_of(table["columns"])]
        references = [dict(object_of(one)) for one in items_of(table.get("foreign_keys", []))]
        made = cls(notes, steps, place, dict(table), columns, references)
        made.found = made._inferred()
        return made

    @property
    def name(self) -> str:
        return str(self.table["name"])

    def laid(self, entry: Entry) -> JsonObject:
        """The table with what is said of it."""
        for steps, key, value in self.notes.entries(self.steps, entry):
            if key in _ROWS:
                self._lay_rows(steps, key, value)
            elif key == "columns":
                self._lay_columns(steps, value)
            elif key == "foreign_keys":
                self._lay_references(steps, value)
            elif key == "checks":
                self._add_checks(steps, value)
            elif key in _OF_THE_SCHEMA:
                self.notes.refuse(steps, f"{key} is the schema's to say", "write it there")
            else:
                self._set(steps, key, value)
        if not entry.keys() & {*_ROWS} and any(map(_is_told_by_parents, [*self.references, *self.columns])):
            self.table.pop("target_rows", None)  # a number for all tables is none for this one
        return self._whole()

    def made(self, entry: Entry) -> JsonObject:
        """The hidden table that is the rules' own."""
        for steps, key, value in self.notes.entries(self.steps, entry):
            if key in _ROWS:
                self._lay_rows(steps, key, value)
            elif key == "columns":
                for at, name, said in self.notes.entries(steps, value):
                    own = self.notes.object_at(at, said)
                    if own is not None:
                        self._add_column(at, name, own)
            elif key == "foreign_keys":
                self.references = [
                    dict(self.notes.object_at((*steps, n), one) or {})
                    for n, one in enumerate(self.notes.list_at(steps, value))
                ]
            elif key == "name":
                self.notes.refuse(steps, "the name is the key", "leave it out")
            else:
                self._set(steps, key, value)
        return self._whole()

    def _whole(self) -> JsonObject:
        self._keep_apart()
        self._forget_followers(self.found - self._inferred())
        table = {name: value for name, value in self.table.items() if name != "foreign_keys"}
        foreign_keys: JsonObject = {"foreign_keys": self.references} if self.references else {}
        return {**table, "columns": self.columns, **foreign_keys}

    def _inferred(self) -> set[str]:
        """The first columns of the references that an import has found by itself."""
        single = {str(column["name"]) for column in self.columns if is_inferred(column.get("foreign_key"))}
        return single | {str(items_of(one["columns"])[0]) for one in self.references if is_inferred(one)}

    def _forget_followers(self, gone: set[str]) -> None:
        """What was guessed by way of a reference that is gone goes with it."""
        if not gone:
            return
        self.columns = [without_followers(column, gone) for column in self.columns]
        for column in self.columns:
            if isinstance(one := column.get("foreign_key"), Mapping):
                column["foreign_key"] = without_way(one, gone)
        self.references = [without_way(one, gone) for one in self.references]

    def _keep_apart(self) -> None:
        """A reference that was guessed to be distinct is so no more where the other is gone."""
        before: list[Json] = []  # what rules say is not checked yet: a table's name may be anything
        for column in self.columns:
            one = column.get("foreign_key")
            if not isinstance(one, Mapping):
                continue
            guessed = one.get("guessed")
            told = isinstance(guessed, Mapping) and guessed.get("distinct") and one.get("distinct")
            if told and one.get("references_table") not in before:
                column["foreign_key"] = {name: value for name, value in one.items() if name != "distinct"}
            before.append(one.get("references_table"))

    def _set(self, steps: Steps, key: str, value: Json) -> None:
        if key not in Table.model_fields:
            known = {*Table.model_fields, "rows"} - {*_OF_THE_SCHEMA}
            self.notes.refuse(steps, f"unknown field{closest(key, known)}")
        elif value is None:
            self.table.pop(key, None)
        else:
            self.notes.origins[*self.place, key] = steps
            self.table[key] = value

    def _lay_rows(self, steps: Steps, key: str, value: Json) -> None:
        """A number of rows, or the rows themselves."""
        if not self.notes.is_first((*self.place, "target_rows"), steps, "rows"):
            return
        if isinstance(value, Sequence | Mapping) and not isinstance(value, str):
            self.table.pop("target_rows", None)
            self._set(steps, key, value)
            self._free_given(value)
        elif value is None:
            self._forget_proportion()
            self.table.pop("target_rows", None)
        else:
            self._forget_proportion()
            try:
                self.table["target_rows"] = _count(value)
            except ValueError as error:
                self.notes.refuse(steps, *str(error).split("; "))

    def _forget_proportion(self) -> None:
        """A number of rows, or none, takes the place of how many there are for those of another table."""
        rows = self.table.get("rows")
        if isinstance(rows, Mapping) and rows.get("per") is not None:
            del self.table["rows"]

    def _free_given(self, rows: Json) -> None:
        """Columns that the rows give values to are no references by their names alone."""
        listed = isinstance(rows, Sequence) and all(isinstance(row, Mapping) for row in rows)
        names = {name for row in items_of(rows) for name in object_of(row)} if listed else None
        for column in self.columns:
            if is_inferred(column.get("foreign_key")) and (names is None or column["name"] in names):
                del column["foreign_key"]
        self.references = [
            one
            for one in self.references
            if not is_inferred(one) or (names is not None and names.isdisjoint(items_of(one["columns"])))
        ]

    def _add_checks(self, steps: Steps, value: Json) -> None:
        checks = list(items_of(self.table.get("checks", [])))
        for n, check in enumerate(self.notes.list_at(steps, value)):
            if check not in checks:
                self.notes.origins[*self.place, "checks", len(checks)] = (*steps, n)
                checks.append(check)
        self.table["checks"] = checks

    # --- columns

    def _lay_columns(self, steps: Steps, value: Json) -> None:
        names = NamesThere([str(column["name"]) for column in self.columns])
        for at, name, said in self.notes.entries(steps, value):
            entry = self.notes.object_at(at, said)
            index = names.meant(name)
            if entry is None:
                continue
            if index is not None:
                if self.notes.is_first((*self.place, "columns", index), at, names.names[index]):
                    self.columns[index] = self._column(at, index, entry)
            elif entry.get("hidden") is True and not names.several(name):
                self._add_column(at, name, entry)
            else:
                told = names.told(name)
                message = f"{self.name} has no column {name!r}{told}"
                self.notes.refuse(at, message, "" if "?" in told else _OWN_COLUMN)

    def _add_column(self, steps: Steps, name: str, entry: Entry) -> None:
        self.notes.origins[*self.place, "columns", len(self.columns)] = steps
        self.columns.append({"name": name, **self._nameless(steps, entry)})

    def _nameless(self, steps: Steps, entry: Entry) -> JsonObject:
        if "name" in entry:
            self.notes.refuse((*steps, "name"), "the name is the key", "leave it out")
        return {key: value for key, value in entry.items() if key != "name"}

    def _column(self, steps: Steps, index: int, entry: Entry) -> JsonObject:
        column, said = self.columns[index], self._nameless(steps, entry)
        options = said.get("foreign_key")
        said_of_values = [name for name in _SOURCES if said.get(name) is not None]
        if said_of_values or ("foreign_key" in said and options is None):
            name = column["name"]
            self.references = [
                one for one in self.references if not (is_inferred(one) and name in items_of(one["columns"]))
            ]
        if "foreign_key" in said and options is None and is_inferred(column.get("foreign_key")):
            return column_with({k: v for k, v in column.items() if k != "foreign_key"}, said)
        if "foreign_key" in said and options is None:
            self.notes.refuse((*steps, "foreign_key"), "the reference is the schema's", "leave it out")
            del said["foreign_key"]
        if isinstance(options, Mapping):
            merged = self._referring((*steps, "foreign_key"), index, options)
            said = {key: value for key, value in said.items() if key != "foreign_key"}
            said |= {"foreign_key": merged} if merged is not None else {}
        return column_with(column, said)

    # --- references

    def _referring(self, steps: Steps, index: int, options: Entry) -> Entry | None:
        """The reference of a column with options; None where it is one of the table's, or is refused."""
        own, name = self.columns[index].get("foreign_key"), str(self.columns[index]["name"])
        if isinstance(own, Mapping) and is_inferred(own) and _leads_elsewhere(own, options):
            return options if self._is_first_of(steps, index) else None
        if isinstance(own, Mapping):
            return self._optioned(steps, own, options) if self._is_first_of(steps, index) else None
        if self._lay_fitting(steps, [name], options):
            return None
        if "references_table" in options:
            return options if self._is_first_of(steps, index) else None
        mend = "name references_table and references_column, or leave it out"
        self.notes.refuse(steps, f"{self.name}.{name} references no table in the schema", mend)
        return None

    def _is_first_of(self, steps: Steps, index: int) -> bool:
        """Whether the reference that a column declares is said for the first time."""
        name = str(self.columns[index]["name"])
        place = (*self.place, "columns", index, "foreign_key")
        return self.notes.is_first(place, steps, name)

    def _lay_fitting(self, steps: Steps, columns: Sequence[Json], options: Entry) -> bool:
        """Whether the table declares a reference of these columns; of several, the options say which."""
        there = [str(one["references_table"]) for one in self.references]
        fitting = [
            k for k, one in enumerate(self.references) if same_names(items_of(one["columns"]), columns)
        ]
        if len(fitting) > 1 and (goal := options.get("references_table")) is not None:
            fitting = [k for k in fitting if same_names([there[k]], [goal])] or fitting[:1]
        if len(fitting) > 1:
            named = ", ".join(map(str, columns))
            goals = " and ".join(there[k] for k in fitting)
            self.notes.refuse(steps, f"{self.name}.{named} references {goals}", "say which: references_table")
        elif fitting:
            self._lay_reference(steps, fitting[0], options)
        return bool(fitting)

    def _lay_references(self, steps: Steps, value: Json) -> None:
        """Options of references, each found by its columns."""
        for n, said in enumerate(self.notes.list_at(steps, value)):
            at = (*steps, n)
            entry = self.notes.object_at(at, said)
            if entry is None:
                continue
            columns = entry.get("columns")
            if not isinstance(columns, Sequence) or isinstance(columns, str) or not columns:
                mend = "name them: columns: [a, b]"
                self.notes.refuse(at, "a reference is found by its columns", mend)
            else:
                self._lay_options(at, columns, entry)

    def _lay_options(self, steps: Steps, columns: Sequence[Json], entry: Entry) -> None:
        options = {key: value for key, value in entry.items() if key != "columns"}
        if self._lay_fitting(steps, columns, options):
            return
        for j, column in enumerate(self.columns):
            own = column.get("foreign_key")
            if isinstance(own, Mapping) and same_names([column["name"]], columns):
                if self._is_first_of(steps, j):
                    column["foreign_key"] = self._optioned(steps, own, options) or own
                return
        if "references_table" in entry:
            self.notes.origins[*self.place, "foreign_keys", len(self.references)] = steps
            self.references.append(dict(entry))
            return
        listed = [f"({', '.join(map(str, items_of(one['columns'])))})" for one in self.references]
        told = f"; known: {', '.join(listed)}" if listed else ""
        named = ", ".join(map(str, columns))
        mend = "name references_table and references_columns, or leave it out"
        self.notes.refuse(steps, f"{self.name} has no reference of ({named}){told}", mend)

    def _lay_reference(self, steps: Steps, k: int, options: Entry) -> None:
        named = ", ".join(map(str, items_of(self.references[k]["columns"])))
        if not self.notes.is_first((*self.place, "foreign_keys", k), steps, named):
            return
        merged = self._optioned(steps, self.references[k], options)
        if merged is not None:
            self.references[k] = merged

    def _optioned(self, steps: Steps, reference: Entry, options: Entry) -> JsonObject | None:
        """A reference with options; None, and a problem, where they say that it leads elsewhere."""
        for name in (name for name in _GOAL if options.get(name) is not None):
            there = reference.get(name, reference.get(f"{name}s"))
            if not same_names(one_or_more(there), one_or_more(options[name])):
                columns = ", ".join(map(str, one_or_more(_columns(reference))))
                goal = f"{reference['references_table']}({columns})"
                message = f"the reference leads to {goal}, as the schema says"
                self.notes.refuse((*steps, name), message, "leave it out")
                return None
        return reference_with(reference, {key: value for key, value in options.items() if key not in _GOAL})


def _leads_elsewhere(reference: Entry, options: Entry) -> bool:
    """Whether options say another goal than a reference has."""
    return any(
        options.get(name) is not None
        and not same_names(
            one_or_more(reference.get(name, reference.get(f"{name}s"))), one_or_more(options[name])
        )
        for name in _GOAL
    )


def _is_told_by_parents(entry: Entry) -> bool:
    """Whether a reference, or that of a column, has as many rows as a column of the parents says."""
    children = object_of(entry.get("foreign_key", entry)).get("children")
    return isinstance(children, Mapping) and children.get("column") is not None


def _columns(reference: Entry) -> Json:
    return reference.get("references_column", reference.get("references_columns"))


def _count(value: Json) -> int:
    """A number of rows. Raises ValueError."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    text = str(value)
    return count_of(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")
