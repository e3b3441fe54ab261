"""What users declare: an experiment of tables of columns, as JSON, as YAML or imported from DDL.

The classes check a part's own shape; what concerns several parts (references, keys over columns) is checked
by the functions of `schema.consistency`. `schema.reading.parse` runs both and reports all problems together.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from fractions import Fraction as Rational
from functools import cached_property

from pydantic import (
    Field,
    JsonValue,
    StrictBool,
    field_validator,
    model_validator,
)
from typing_extensions import TypeAliasType

from dw_simulator.schema.correlations import Correlation
from dw_simulator.schema.declared import (
    MAX_NAME,
    MAX_ROWS,
    RESERVED_WORDS,
    STRICT_NAMES,
    Count,
    Declared,
    Distribution,
    Fraction,
    Issue,
    Moment,
    Number,
    RuleSpec,
    SqlText,
    check_name,
    refuse,
    refuse_all,
    some,
)
from dw_simulator.schema.given_rows import GivenRows, TableRows
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.schema.lifecycle import Lifecycle
from dw_simulator.schema.planned_faults import PlannedFault
from dw_simulator.schema.references import (
    Children,
    ColumnReference,
    ForeignKey,
    Lookup,
    OutsideReference,
    Polymorphic,
    PolymorphicParent,
    Relating,
    Skew,
    Tree,
)
from dw_simulator.schema.written import values_as_written
from dw_simulator.types import NUMERIC_KINDS, Kind, SqlType, UnknownTypeError, sql_type

__all__ = [
    "DEFAULT_NULL_FRACTION",
    "DEFAULT_ROWS",
    "MAX_NAME",
    "MAX_ROWS",
    "RESERVED_WORDS",
    "SOURCES",
    "STRICT_NAMES",
    "Children",
    "Column",
    "ColumnReference",
    "Correlation",
    "Declared",
    "DialectName",
    "Distribution",
    "Experiment",
    "ForeignKey",
    "GivenRows",
    "Issue",
    "Lookup",
    "Moment",
    "Number",
    "PlannedFault",
    "Polymorphic",
    "PolymorphicParent",
    "Relating",
    "RuleSpec",
    "Skew",
    "Table",
    "TableRows",
    "Tree",
    "check_name",
]

DEFAULT_ROWS = 1000
DEFAULT_NULL_FRACTION = 0.05
DialectName = TypeAliasType("DialectName", str)
"""The name of a registered SQL dialect. The registry knows them: `registry.rulebook` checks it."""

SOURCES = ("faker_rule", "distribution", "rule", "foreign_key", "polymorphic", "lookup")
"""The fields of a column that say where its values come from; at most one of them is set, unless a reference
is also a lookup by way of other references, or has a rule, which it overrules."""


_RULE_FIELDS = ("faker_rule", "locale", "distribution", "rule")
"""The fields that say by which rule values are made."""


class Column(Declared):
    """A column: its type, its bounds, and the rule its values follow."""

    name: str
    data_type: str
    varchar_length: int | None = Field(default=None, ge=1, le=16_777_216)
    is_unique: StrictBool = False
    required: StrictBool = True
    null_fraction: Fraction | None = None
    null_when: SqlText | None = None
    min_value: Number | None = None
    max_value: Number | None = None
    date_start: Moment | None = None
    date_end: Moment | None = None
    faker_rule: str | None = Field(default=None, min_length=1)
    locale: str | None = None
    distribution: Distribution | None = None
    foreign_key: ColumnReference | None = None
    rule: RuleSpec | None = None
    polymorphic: Polymorphic | None = None
    lookup: Lookup | None = None
    inferred: str | None = Field(default=None, description="why an import chose this rule")
    guessed: dict[str, JsonValue] | None = Field(
        default=None,
        description="the fields that an import chose; they go when the rule among them is replaced",
    )
    hidden: StrictBool = Field(default=False, description="made for other columns, and written nowhere")
    default: str | None = None
    generated: StrictBool = Field(
        default=False,
        description="a generated column in scripts, where the warehouse has such: of its expression",
    )
    collate: str | None = Field(default=None, pattern=r"^[\w.@:+-]+$", description="the name of a collation")
    encode: str | None = None
    comment: str | None = None

    _check_name = field_validator("name")(check_name)

    @model_validator(mode="before")
    @classmethod
    def _replaced_guess(cls, value: object) -> object:
        """What was guessed goes with the guess: another rule is not held to its bounds."""
        guessed = value.get("guessed") if isinstance(value, dict) else None
        if not isinstance(value, dict) or not isinstance(guessed, dict):
            return value
        if all(value.get(name) == guessed.get(name) for name in _RULE_FIELDS):
            return value
        gone = {name for name in guessed if name not in _RULE_FIELDS and value.get(name) == guessed[name]}
        return {name: field for name, field in value.items() if name not in gone | {"guessed", "inferred"}}

    @model_validator(mode="before")
    @classmethod
    def _as_written(cls, value: object) -> object:
        """In a column of texts 1.10 is no 1.1, where a YAML document lists it."""
        if not isinstance(value, dict) or not isinstance(value.get("rule"), dict):
            return value
        try:
            textual = sql_type(str(value.get("data_type"))).kind is Kind.TEXT
        except UnknownTypeError:  # it is told where types are looked at
            return value
        return {**value, "rule": values_as_written(value["rule"])} if textual else value

    @field_validator("data_type")
    @classmethod
    def _known_type(cls, value: str) -> str:
        try:
            sql_type(value)
        except UnknownTypeError as error:
            raise refuse(str(error)) from None
        return value

    @model_validator(mode="after")
    def _consistent(self) -> "Column":
        if issues := list(_column_issues(self)):
            raise refuse_all(issues)
        return self

    @cached_property
    def rule_spec(self) -> RuleSpec | None:
        """The rule, whichever form it was declared in; None where the type decides."""
        if self.faker_rule is not None:
            locale = {"locale": self.locale} if self.locale else {}
            return RuleSpec(name="faker", provider=self.faker_rule, **locale)
        if self.distribution is not None:
            return RuleSpec(name=self.distribution.type, **self.distribution.parameters)
        return self.rule

    @property
    def source(self) -> str:
        """The field of `SOURCES` that is set; empty where the type decides."""
        return next((name for name in SOURCES if getattr(self, name)), "")

    @cached_property
    def type(self) -> SqlType:
        """The resolved type; `varchar_length` counts as `VARCHAR(n)`."""
        if self.varchar_length is not None and "(" not in self.data_type:
            return sql_type(f"{self.data_type}({self.varchar_length})")
        return sql_type(self.data_type)


def _column_issues(column: Column) -> Iterator[Issue]:
    kind, words = column.type.kind, column.data_type
    bounds = [name for name in ("min_value", "max_value") if getattr(column, name) is not None]
    dates = [name for name in ("date_start", "date_end") if getattr(column, name) is not None]
    if column.varchar_length is not None and kind is not Kind.TEXT:
        yield Issue("varchar_length", f"is for text, not for {words}", "leave it out")
    if bounds and kind not in NUMERIC_KINDS:
        yield Issue(bounds[0], f"is for numbers, not for {words}", "leave it out")
    if dates and kind not in (Kind.DATE, Kind.TIMESTAMP):
        yield Issue(dates[0], f"is for dates and timestamps, not for {words}", "leave it out")
    yield from _bound_issues(column)
    yield from _null_issues(column)
    if column.distribution is not None and kind not in NUMERIC_KINDS:
        yield Issue("distribution", f"is for numbers, not for {words}", "leave it out")
    if column.locale is not None and column.faker_rule is None:
        yield Issue("locale", "goes with faker_rule", "name a faker_rule, or leave the locale out")
    if (column.foreign_key or column.polymorphic or column.lookup) and (bounds or dates):
        yield Issue((bounds + dates)[0], "the values come from the table that is referenced", "leave it out")
    sources = [name for name in SOURCES if getattr(column, name)]
    if len(sources) > 1 and {*sources} not in ({"foreign_key", "lookup"}, {"foreign_key", "rule"}):
        yield Issue(sources[1], f"{' and '.join(sources)} both say where the values come from", "keep one")


def _null_issues(column: Column) -> Iterator[Issue]:
    optional = any(link is not None and link.nullable for link in (column.foreign_key, column.polymorphic))
    for name in ("null_fraction", "null_when"):
        if column.required and getattr(column, name) and not optional:
            yield Issue(name, "the column is required", 'say "required": false')
    if column.null_when is not None and column.null_fraction is not None:
        yield Issue("null_when", "null_when and null_fraction both say when it is NULL", "keep one")


def _bound_issues(column: Column) -> Iterator[Issue]:
    low, high = column.min_value, column.max_value
    if low is not None and high is not None and low > high:
        yield Issue("max_value", f"{high} is below min_value {low}", "exchange them")
    start, end = column.date_start, column.date_end
    if start is not None and end is not None and _moment(start) > _moment(end):
        yield Issue("date_end", f"{end} is before date_start {start}", "exchange them")


def _moment(value: date) -> datetime:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - warehouses keep wall clocks


class Table(Declared):
    """A table: how many rows, which columns, which keys and references."""

    name: str
    target_rows: Count | None = None
    rows: TableRows | None = Field(
        default=None,
        description="the rows that it has, in this order: a list of them, a file, reference data, or days; "
        "or how many for those of another table",
    )
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    composite_keys: tuple[tuple[str, ...], ...] = ()
    inferred_key: tuple[str, ...] = Field(
        default=(), description="the columns that an import took for the key; no script declares it"
    )
    nulls_not_distinct: tuple[tuple[str, ...], ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    outside_references: tuple[OutsideReference, ...] = Field(
        default=(), description="written by an import: references to tables that the schema does not have"
    )
    checks: tuple[str, ...] = ()
    correlate: tuple[Correlation, ...] = ()
    faults: tuple[PlannedFault, ...] = ()
    lifecycles: dict[str, Lifecycle] = Field(default_factory=dict)
    hidden: StrictBool = Field(default=False, description="made for other tables, and written nowhere")
    warehouse_schema: str | None = Field(
        default=None,
        min_length=1,
        description="the schema that it is loaded into; one with the experiment's name when left out",
    )
    warehouse_name: str | None = Field(
        default=None, min_length=1, description="what it is called there; as here when left out"
    )
    sort_key: tuple[str, ...] = ()
    dist_key: str | None = None
    dist_style: str | None = None
    comment: str | None = None
    inferred: str | None = Field(default=None, description="why an import added it, or said more of it")
    guessed: dict[str, JsonValue] | None = Field(
        default=None, description="the fields that an import chose; the others are the schema's own"
    )

    _check_name = field_validator("name")(check_name)

    @field_validator("columns")
    @classmethod
    def _some_columns(cls, value: tuple[Column, ...]) -> tuple[Column, ...]:
        return some(value, "column")

    @model_validator(mode="after")
    def _as_many_rows(self) -> "Table":
        if self.rows is not None and self.rows.per is not None and self.target_rows is not None:
            words = f"{self.target_rows:,} rows are asked, and so many for those of {self.rows.per}"
            raise refuse_all([Issue("target_rows", words, "keep one")])
        count = self.rows.own_count if self.rows is not None else None
        if count is not None and self.target_rows not in (None, count):
            words = f"{self.target_rows:,} rows are asked, and {count:,} are given"
            raise refuse_all([Issue("target_rows", words, "leave it out")])
        return self

    @property
    def rows_per(self) -> TableRows | None:
        """How many rows it has for those of another table, where it says that."""
        return None if self.rows is None or self.rows.are_given else self.rows

    @property
    def declared_rows(self) -> int:
        """The rows asked for; a table that says nothing has 1000, unless `children` says how many."""
        given = self.rows.own_count if self.rows is not None else None
        if given is not None:
            return given
        return DEFAULT_ROWS if self.target_rows is None else self.target_rows

    def column(self, name: str) -> Column | None:
        """The column of this name, or None."""
        return self._by_name.get(name)

    @cached_property
    def typed(self) -> dict[str, Polymorphic]:
        """The polymorphic references, by the columns that hold their types."""
        declared = (column.polymorphic for column in self.columns if column.polymorphic)
        return {one.type_column: one for one in declared}

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    @cached_property
    def keys(self) -> tuple[tuple[str, ...], ...]:
        """Every declared uniqueness, the primary key first, each once."""
        singles = [(column.name,) for column in self.columns if column.is_unique]
        declared = [self.primary_key, *singles, *self.unique, *self.composite_keys, self.inferred_key]
        kept: dict[frozenset[str], tuple[str, ...]] = {}
        for key in declared:
            if key:
                kept.setdefault(frozenset(key), key)
        return tuple(kept.values())

    def tells_nulls_apart(self, key: tuple[str, ...]) -> bool:
        """Whether rows in which a column of a key is NULL are out of it; not where NULLs are not distinct."""
        return frozenset(key) not in {frozenset(names) for names in self.nulls_not_distinct}

    @cached_property
    def least_keys(self) -> tuple[tuple[str, ...], ...]:
        """The keys that contain no smaller one, the shortest first: where those hold, all hold."""
        least = [key for key in self.keys if not any(set(other) < set(key) for other in self.keys)]
        return tuple(sorted(least, key=len))

    @property
    def is_told_by_parents(self) -> bool:
        """Whether a column of a parent says how many rows there are."""
        return any(one.children is not None and one.children.column is not None for one in self.references)

    @property
    def is_counted_by_parents(self) -> bool:
        """Whether the children of a reference add up to its rows, as it says no number itself."""
        if self.target_rows is not None:
            return self.is_told_by_parents
        return any(one.children is not None and one.children_count for one in self.references)

    @cached_property
    def references(self) -> tuple[ForeignKey, ...]:
        """Every foreign key, those declared on a column included."""
        singles = [
            column.foreign_key.of_column(column.name).or_null_fraction(column.null_fraction)
            for column in self.columns
            if column.foreign_key is not None
        ]
        return (*singles, *self.foreign_keys)


class Experiment(Declared):
    """A whole schema under one name."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_\-]{0,62}$")
    description: str | None = None
    target_warehouse: DialectName | None = None
    as_of: Moment | None = Field(
        default=None, description="the present of the data: the last day, or moment, that has been"
    )
    reference_data: dict[str, GivenRows] = Field(
        default_factory=dict, description="rows of your own by name, from which the rule table draws"
    )
    tables: tuple[Table, ...]

    @field_validator("tables")
    @classmethod
    def _some_tables(cls, value: tuple[Table, ...]) -> tuple[Table, ...]:
        return some(value, "table")

    def table(self, name: str) -> Table | None:
        """The table of this name, or None."""
        return self._by_name.get(name)

    @cached_property
    def _by_name(self) -> dict[str, Table]:
        # the first of several: that names repeat is found when a schema is checked
        return {table.name: table for table in reversed(self.tables)}

    def with_rows(self, rows: int | None) -> "Experiment":
        """The experiment with so many rows in every table; as it is where that is None.

        Tables that are written out keep their rows, and so do those whose parents, or another table, say how
        many there are.
        """
        if rows is None:
            return self
        return self.changed(
            tables=tuple(
                table if table.rows or table.is_told_by_parents else table.changed(target_rows=rows)
                for table in self.tables
            )
        )

    def rows_of(self, table: Table) -> int:
        """The rows that a table has by the schema; 1000 where `children` would say how many."""
        return self._rows_of(table, frozenset({table.name}))

    def _rows_of(self, table: Table, on_the_way: frozenset[str]) -> int:
        given, per = self.given(table), table.rows_per
        other = None if per is None or per.per is None else self.table(per.per)
        if per is not None and other is not None and other.name not in on_the_way:
            return per.in_proportion(self._rows_of(other, on_the_way | {other.name}))
        return table.declared_rows if given is None else given.count

    def scaled(self, rows: Mapping[str, int], scale: float | None) -> dict[str, int]:
        """Row counts by table: those that are named, and of all others their own, so many times.

        Tables that are written out keep their rows. So do those that follow another table, or whose parents
        say how many there are: they follow these.
        """
        if scale is None:
            return dict(rows)
        found = {}
        for table in self.tables:
            if table.name not in rows and table.rows is None and not table.is_counted_by_parents:
                count = table.declared_rows
                found[table.name] = max(round(count * Rational(scale)), 1) if count else 0
        return {**found, **rows}

    def given(self, table: Table) -> GivenRows | None:
        """The rows that a table has by its own words, or by reference data; None where it has none."""
        if table.rows is None or table.rows.days is not None or not table.rows.are_given:
            return None
        return table.rows if table.rows.of is None else self.reference_data.get(table.rows.of)

    def to_json(self) -> JsonObject:
        """The schema as users write it: nothing that is merely a default."""
        return self.model_dump(mode="json", exclude_defaults=True)
