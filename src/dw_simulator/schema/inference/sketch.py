"""A schema while inference looks at it: what its names say, where its references lead, what was found so far.

Inference is a sequence of passes over a sketch. A pass reads it, and says what it has found: of a column,
of a reference, of a table. What a later pass says takes the place of what an earlier one said. At the end
the sketch writes the schema, in which each guess stands with its reason.

    orders = sketch.table("orders")
    orders.column("total").says(Found("quantity * price", {"rule": {...}}))
    orders.link("customer_id").says("some customers order more than others", {"skew": {"zipf": 0.8}})
    day = orders.add_hidden("day", "DATE", Found("the day of the order", {"lookup": {...}}))
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from dw_simulator.schema.inference.candidates import (
    Found,
    KnownRules,
    OpenColumn,
    Words,
    in_own_sql,
    open_columns,
    words_of,
)
from dw_simulator.schema.inference.keys.key_names import prefix_of
from dw_simulator.schema.inference.words.tokens import noun
from dw_simulator.schema.json_data import Json, JsonObject, items_of, object_of
from dw_simulator.schema.model import Column, Experiment, ForeignKey, Table
from dw_simulator.types import Kind

_PRICED = 64
"""Bits of the widest numbers that are moved to price points."""
_NO_RULE: Mapping[str, Json] = {}
_WAYS = frozenset({"children", "skew", "childless", "tree", "pick", "via", "distinct"})
"""The fields of a reference that say which parent a row has."""


@dataclass(eq=False)
class ColumnSketch:
    """A column of the schema, or one that a pass has added.

    words   of its name, in English, without a prefix that all columns of its table have
    seen    what its name may mean; None where the schema says where its values come from, or it references
    keyed   whether its values must be told apart, by themselves or with others
    found   what was found last
    alone   what was found first: what its name says without others; it takes the place of what cannot be made
    hidden  whether a pass has added it
    filled  whether others are made from it, so that it is not NULL by chance
    unless  the condition, in SQL, under which alone it is not NULL
    loose   whether what was found gives way to what others make of it, as a usual weight to a sum
    """

    table: "TableSketch"
    column: Column
    words: Words
    seen: OpenColumn | None
    keyed: bool
    found: Found | None = None
    hidden: bool = False
    alone: Found | None = None
    filled: bool = False
    unless: str = ""
    loose: bool = False

    def __post_init__(self) -> None:
        self.name: str = self.column.name  # these two are asked for a hundred times each
        self.kind: Kind = self.column.type.kind

    @property
    def open(self) -> bool:
        """Whether the schema leaves its values to inference."""
        return self.seen is not None

    @property
    def required(self) -> bool:
        return self.column.required

    @property
    def fields(self) -> Mapping[str, Json]:
        """The fields that were found last; empty where nothing was."""
        return self.found.fields if self.found is not None else {}

    @property
    def nulls(self) -> JsonObject:
        """The fields that say when it is NULL, where a pass has said it."""
        if self.required:
            return {}
        if self.unless:
            return {"null_when": f"NOT ({self.unless}) OR ({self.unless}) IS NULL"}
        return {"null_fraction": 0} if self.filled else {}

    @property
    def rule(self) -> Mapping[str, Json]:
        """The rule that was found last; empty where there is none."""
        if self.found is None:
            return _NO_RULE
        rule = self.found.fields.get("rule")
        return rule if type(rule) is dict or isinstance(rule, Mapping) else _NO_RULE

    def says(self, found: Found) -> None:
        """This is what the column is."""
        rule = found.fields.get("rule")
        if isinstance(rule, Mapping) and rule.get("name") == "price" and self.column.type.bits > _PRICED:
            found = replace(found, fields={**found.fields, "rule": rule["rule"]})
        self.found, self.loose = found, False
        self.alone = self.alone or found

    def written(self, present: date | None) -> JsonObject:
        """What was found, as the schema keeps it, with what the column is if that cannot be made."""
        found = self.found
        if found is None and self.nulls:
            why = f"other columns of {self.table.name} say when {self.name} is NULL"
            found = Found("what is NULL by others", {}, why)
        if found is None:
            return {}
        fields = found.written(self.name, present, self.nulls)
        if self.alone is None or self.alone is self.found or self.hidden:
            return fields
        other = {
            k: v for k, v in self.alone.written(self.name, present, self.nulls).items() if k != "guessed"
        }
        own = fields.get("guessed") or {k: v for k, v in fields.items() if k != "inferred"}
        return {**fields, "guessed": {**object_of(own), "else": other}}


@dataclass(eq=False)
class Link:
    """A reference of a table, declared or found.

    said  the fields that passes have given it, and reasons why
    """

    child: "TableSketch"
    parent: "TableSketch"
    reference: ForeignKey
    said: dict[str, Json] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)

    @property
    def columns(self) -> tuple[str, ...]:
        return self.reference.columns

    @property
    def name(self) -> str:
        """Its first column, by which rules name the reference."""
        return self.reference.columns[0]

    @property
    def words(self) -> Words:
        """Those of its first column: whose id it is."""
        return self.child.columns[self.name].words

    @property
    def to_itself(self) -> bool:
        return self.child is self.parent

    @property
    def required(self) -> bool:
        """Whether every row has such a parent."""
        return not self.reference.nullable and all(self.child.columns[name].required for name in self.columns)

    @property
    def keyed(self) -> bool:
        """Whether a column of it is in a key of its table."""
        return any(self.child.columns[name].keyed for name in self.columns)

    @property
    def one_to_one(self) -> bool:
        """Whether a parent has one child at the most."""
        return any(set(key) <= set(self.columns) for key in self.child.table.keys)

    @property
    def open(self) -> bool:
        """Whether neither the schema nor a pass has said which parent a row has."""
        stated = {name for name in _WAYS if getattr(self.reference, name)}
        return not (stated | (_WAYS & self.said.keys()))

    def says(self, reason: str, fields: Mapping[str, Json]) -> None:
        """This is how rows choose their parents."""
        self.said |= fields
        self.reasons.append(reason)


@dataclass(eq=False)
class TableSketch:
    """A table of the schema, or one that a pass has added.

    noun      what one row of it is: (order, item)
    language  that of its names: de, fr, ...; empty for English
    links     its references; children: the references to it
    said      fields of the table that passes have given it, such as target_rows, rows or lifecycles
    states    of its lifecycles: how each writes its states, by their names in `data/lives.txt`
    """

    table: Table
    noun: Words
    language: str
    columns: dict[str, ColumnSketch] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    children: list[Link] = field(default_factory=list)
    said: dict[str, Json] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    hidden: bool = False
    states: dict[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.table.name

    @property
    def stands_by(self) -> str:
        """The reference by which its rows stand together already; empty for none."""
        for column in self.columns.values():
            rule = column.rule
            grouped = rule.get("name") in ("window", "step", "recurring") or rule.get("ordered")
            if grouped and isinstance(rule.get("reference"), str):
                return str(rule["reference"])
        for link in self.links:
            for column in link.parent.columns.values():
                rule = column.rule
                if (rule.get("name"), rule.get("table")) == ("rollup", self.name):
                    return str(rule["reference"])
        return ""

    def column(self, name: str) -> ColumnSketch:
        return self.columns[name]

    def open_columns(self) -> list[OpenColumn]:
        """Those whose values the schema leaves to inference, in the table's order."""
        return [one.seen for one in self.columns.values() if one.seen is not None]

    def link(self, column: str) -> Link | None:
        """The reference that a column is the first of."""
        return next((link for link in self.links if link.name == column), None)

    def says(self, reason: str, fields: Mapping[str, Json]) -> None:
        """This is what the table as a whole is like."""
        self.said |= fields
        self.reasons.append(reason)

    def free_name(self, wanted: str) -> str:
        """A name for a column that none has, whatever the letter case."""
        return free_name(wanted, {name.lower() for name in self.columns})

    def add_hidden(
        self,
        name: str,
        data_type: str,
        found: Found,
        *,
        required: bool = True,
        foreign_key: Mapping[str, Json] | None = None,
    ) -> ColumnSketch:
        """A column for the sake of others, which is written nowhere. name: the wanted one, if it is free."""
        name = self.free_name(name)
        data: JsonObject = {"name": name, "data_type": data_type, "required": required, "hidden": True}
        if foreign_key:
            data["foreign_key"] = dict(foreign_key)
        column = Column.model_validate(data)
        words = words_of(column, prefix_of(self.name, self.columns))
        added = ColumnSketch(self, column, words, None, keyed=False, found=found, hidden=True)
        self.columns[name] = added
        return added

    def add_link(
        self, name: str, parent: "TableSketch", data_type: str, reference: Mapping[str, Json], reason: str
    ) -> Link:
        """A reference for the sake of others, which is written nowhere. name: the wanted one."""
        added = self.add_hidden(name, data_type, Found("", {}, reason), foreign_key=reference)
        stated = added.column.foreign_key
        assert stated is not None, "it has been given one"
        link = Link(self, parent, stated.of_column(added.name))
        self.links.append(link)
        parent.children.append(link)
        return link


@dataclass(eq=False)
class Sketch:
    """What is known of a schema."""

    experiment: Experiment
    rules: KnownRules
    tables: dict[str, TableSketch]
    data: dict[str, JsonObject] = field(default_factory=dict)
    _listed: dict[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)

    @classmethod
    def of(cls, experiment: Experiment, rules: KnownRules, languages: Mapping[str, str]) -> "Sketch":
        """The sketch of a schema. languages: those of the tables' names."""
        sketch = cls(experiment, rules, {})
        for table in experiment.tables:
            sketch._add(table, languages.get(table.name, ""))
        for drawn in sketch.tables.values():
            sketch._link(drawn)
        return sketch

    def table(self, name: str) -> TableSketch:
        return self.tables[name]

    def has(self, *rules: str) -> bool:
        """Whether there are such rules: no other is chosen."""
        return all(rule in self.rules for rule in rules)

    def open(self) -> Iterator[ColumnSketch]:
        """The columns whose values the schema leaves to inference."""
        for table in self.tables.values():
            for column in table.columns.values():
                if column.open:
                    yield column

    def listed(self, table: TableSketch) -> Mapping[str, Sequence[str]]:
        """The values that CHECKs list for a table's columns, or their types."""
        if not table.table.checks and not any(column.type.values for column in table.table.columns):
            return {}
        if table.name not in self._listed:  # a CHECK is read once: passes ask again and again
            self._listed[table.name] = self.rules.listed(table.table, self._dialect)
        return self._listed[table.name]

    def compared(self, table: TableSketch) -> Collection[str]:
        """The columns of a table that CHECKs compare with others: planning sees to them."""
        return self.rules.compared(table.table, self._dialect) if table.table.checks else ()

    @property
    def _dialect(self) -> str | None:
        return self.experiment.target_warehouse

    def add_hidden_table(self, name: str, data: Mapping[str, Json], reason: str) -> TableSketch:
        """A table for the sake of others, which is written nowhere.

        name  the wanted one, if it is free
        data  its other fields, as a schema has them
        """
        name = free_name(name, {known.lower() for known in self.tables})
        added = self._add(Table.model_validate({**data, "name": name, "hidden": True}), "")
        added.hidden = True
        for column in added.columns.values():
            column.hidden, column.seen = True, None
        added.reasons.append(reason)
        self._link(added)
        return added

    def add_data(self, name: str, rows: Sequence[JsonObject]) -> str:
        """Reference data for the sake of columns; its name: the wanted one, if it is free."""
        name = free_name(name, {known.lower() for known in (*self.experiment.reference_data, *self.data)})
        self.data[name] = {"rows": list(rows)}
        return name

    def _add(self, table: Table, language: str) -> TableSketch:
        drawn = TableSketch(table, noun(table.name), language)
        seen = {one.column.name: one for one in open_columns(table, self.rules)}
        keyed = {name for key in table.keys for name in key}
        prefix = prefix_of(table.name, [column.name for column in table.columns])
        for column in table.columns:
            open_column = seen.get(column.name)
            words = open_column.words if open_column is not None else words_of(column, prefix)
            drawn.columns[column.name] = ColumnSketch(
                drawn, column, words, open_column, keyed=column.name in keyed
            )
        self.tables[table.name] = drawn
        return drawn

    def _link(self, drawn: TableSketch) -> None:
        for reference in drawn.table.references:
            parent = self.tables.get(reference.references_table)
            if parent is not None:
                link = Link(drawn, parent, reference)
                drawn.links.append(link)
                parent.children.append(link)

    def written(self) -> Experiment:
        """The schema with everything that was found."""
        schema = self.experiment.to_json()
        known = {str(data["name"]): data for data in map(object_of, items_of(schema["tables"]))}
        tables = [
            _table_written(drawn, known.get(name), self.experiment.as_of)
            for name, drawn in self.tables.items()
        ]
        if self.data:
            schema["reference_data"] = {**object_of(schema.get("reference_data") or {}), **self.data}
        return Experiment.model_validate({**schema, "tables": tables})


def _table_written(drawn: TableSketch, data: Mapping[str, Json] | None, present: date | None) -> JsonObject:
    """A table as the schema keeps it. data: as it was declared; None for one that was added."""
    written = dict(data) if data is not None else _dumped(drawn.table)
    links = {link.columns: link for link in drawn.links if link.said}
    known = {str(one["name"]): one for one in map(object_of, items_of(written["columns"]))}
    columns = []
    for name, column in drawn.columns.items():
        fields = dict(known[name]) if name in known else _dumped(column.column)
        fields |= column.written(present)
        link = links.get((name,))
        if link is not None and "foreign_key" in fields:
            fields["foreign_key"] = _related(object_of(fields["foreign_key"]), link)
            del links[link.columns]
        columns.append(fields)
    written["columns"] = columns
    if "foreign_keys" in written:
        keys = [object_of(key) for key in items_of(written["foreign_keys"])]
        found = [links.get(tuple(map(str, items_of(key["columns"])))) for key in keys]
        written["foreign_keys"] = [
            _related(key, link) if link is not None else key for key, link in zip(keys, found, strict=True)
        ]
    if drawn.reasons:
        written["inferred"] = "; ".join(drawn.reasons)
    if drawn.said:
        written["guessed"] = dict(drawn.said)
    return {**written, **drawn.said}


def _dumped(part: Table | Column) -> JsonObject:
    return dict(part.model_dump(mode="json", exclude_defaults=True))


def _related(reference: Mapping[str, Json], link: Link) -> JsonObject:
    """A reference as the schema keeps it, with what passes have said of it."""
    former = object_of(reference.get("guessed") or {})
    reasons = [str(reference["inferred"])] if reference.get("inferred") else []
    told = "; ".join([*reasons, *link.reasons])
    said = dict(link.said)
    if isinstance(pick := said.get("pick"), Mapping):
        said["pick"] = {
            name: in_own_sql(value) if name in ("weights", "where") else value for name, value in pick.items()
        }
    return {**reference, **said, "inferred": told, "guessed": {**former, **said}}


def never_null(column: ColumnSketch) -> JsonObject:
    """The field of a column that is there in every row, where it need not be."""
    return {} if column.required else {"null_fraction": 0}


def free_name(wanted: str, taken: set[str]) -> str:
    """The wanted name, with a number where it is taken."""
    number, name = 1, wanted
    while name.lower() in taken:
        number += 1
        name = f"{wanted}_{number}"
    return name
