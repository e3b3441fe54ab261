"""What users declare: an experiment of tables of columns, as JSON, as YAML or imported from DDL.

The classes check a part's own shape; what concerns several parts (references, keys over columns) is
checked by the functions of `checks`. `schema.parse` runs both and reports all problems together.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, TypeVar, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    StrictBool,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from dw_simulator.durations import Duration
from dw_simulator.types import NUMERIC_KINDS, Kind, SqlType, UnknownTypeError, sql_type

T = TypeVar("T")

MAX_ROWS = 1 << 62
DEFAULT_ROWS = 1000
MAX_NAME = 127
_MOST_DIGITS = 400
DEFAULT_NULL_FRACTION = 0.05
RESERVED_WORDS = frozenset(
    """all alter analyse analyze and any array as asc between both by case cast check collate column
    constraint create cross current_date current_time current_timestamp current_user default delete desc
    distinct drop else end except exists false fetch for foreign from full grant group having in inner
    insert intersect into is join lateral leading left like limit natural not null offset on only or order
    outer overlaps primary qualify references revoke right rows sample select session_user set similar some
    start table tablesample then to trailing true union unique update user using values view when where
    window with""".split()
)
STRICT_NAMES = {"names": "strict"}
Warehouse = Literal["duckdb", "postgres", "redshift", "snowflake", "bigquery", "databricks"]
WAREHOUSES: tuple[str, ...] = get_args(Warehouse)


def _refuse(message: str, mend: str = "") -> PydanticCustomError:
    """An error for pydantic to collect, with its mend beside it."""
    return _refuse_all([Fault("", message, mend)])


def _refuse_all(faults: Sequence["Fault"]) -> PydanticCustomError:
    """Several errors of one part, each with its field, as the one error a validator may raise."""
    return PydanticCustomError("dw_sim", "{text}", {"text": faults[0].message, "faults": list(faults)})


class Fault(NamedTuple):
    """What is wrong within one part: the field, what, and what mends it."""

    field: str
    message: str
    mend: str = ""


def _exact_number(value: object) -> Decimal:
    """A number as written: 0.1 means one tenth, not the binary float nearest to it."""
    if not isinstance(value, int | float | str | Decimal) or isinstance(value, bool):
        raise _refuse("a number is needed")
    try:
        number = Decimal(repr(value) if isinstance(value, float) else value)
    except InvalidOperation:
        raise _refuse(f"{value!r} is not a number") from None
    if not number.is_finite() or abs(number.adjusted()) > _MOST_DIGITS:
        raise _refuse(f"a finite number of at most {_MOST_DIGITS} digits is needed")
    return number


def _plain_number(value: Decimal) -> int | float | str:
    """The same number for JSON; a string where a float would lose digits."""
    if value == value.to_integral_value():
        return int(value)
    return float(value) if Decimal(repr(float(value))) == value else str(value)


def _exact_date(value: object) -> date:
    """A date, or a date with a time of day, from ISO 8601 text."""
    try:
        text = value.isoformat() if isinstance(value, date) else str(value)
        moment = date.fromisoformat(text) if len(text) <= 10 else datetime.fromisoformat(text)
        # instants are kept in UTC
        if isinstance(moment, datetime) and moment.tzinfo is not None:
            moment = moment.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise _refuse(f"{value!r} is not a date", "write it as 2024-12-31 or 2024-12-31T23:59:59") from None
    return moment


Count = Annotated[int, Field(ge=0, le=MAX_ROWS)]
Fraction = Annotated[float, Field(ge=0, le=1)]
Number = Annotated[
    Decimal,
    PlainValidator(_exact_number, json_schema_input_type=int | float | str),
    PlainSerializer(_plain_number, when_used="json"),
]
Moment = Annotated[
    date,
    PlainValidator(_exact_date, json_schema_input_type=str),
    PlainSerializer(lambda value: value.isoformat(), when_used="json"),
]


def check_name(name: str, info: ValidationInfo) -> str:
    """Names in JSON are plain words; names that come from DDL are whatever its dialect allows."""
    if not name or len(name) > MAX_NAME or "\0" in name:
        raise _refuse(f"a name has 1 to {MAX_NAME} characters, none of them NUL")
    if info.context == STRICT_NAMES:
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
            raise _refuse(
                f"{name!r} is not a name", "use letters, digits and underscores, and start with no digit"
            )
        if name.lower() in RESERVED_WORDS:
            raise _refuse(f"{name!r} is an SQL reserved word", f"call it {name}_ or {name}_id, say")
    return name


def _some(parts: tuple[T, ...], noun: str) -> tuple[T, ...]:
    if not parts:
        raise _refuse(f"at least one {noun} is needed")
    return parts


class Part(BaseModel):
    """Common manners: unknown fields are refused with the closest match, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Distribution(Part):
    """The shape of a numeric column's values within its bounds."""

    type: str
    parameters: dict[str, float] = Field(default_factory=dict)

    @field_validator("parameters")
    @classmethod
    def _no_name(cls, value: dict[str, float]) -> dict[str, float]:
        if "name" in value:
            raise _refuse("no distribution has a parameter 'name'", "leave it out")
        return value


class RuleSpec(BaseModel):
    """A column's rule by name; the options are declared and checked by the rule itself."""

    model_config = ConfigDict(extra="allow", frozen=True)

    name: str

    @property
    def options(self) -> dict[str, Any]:
        return dict(self.model_extra or {})


class RuleOptions(Part):
    """The base of every rule: its fields are the options that users may set."""

    model_config = ConfigDict(populate_by_name=True)

    kinds: ClassVar[frozenset[Kind]] = frozenset(Kind)
    examples: ClassVar[tuple[Any, ...]] = ()
    """What shows the rule, as in a schema: a column; a list of columns of one table, the last of which shows
    it; or {"tables": [...]}, of which the last column of the last table does. For docs and law tests."""


class Children(Part):
    """How many children a parent has. The table's row count stays exact: it is shared out within this."""

    min: Count = 0
    max: Count | None = None
    distribution: Distribution | None = None

    @model_validator(mode="before")
    @classmethod
    def _exact(cls, value: object) -> object:
        """A plain number is exactly that many."""
        exact = isinstance(value, int) and not isinstance(value, bool)
        return {"min": value, "max": value} if exact else value

    @model_validator(mode="after")
    def _ordered(self) -> "Children":
        if self.max is not None and self.max < self.min:
            raise _refuse(f"max {self.max:,} is below min {self.min:,}", "exchange them")
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, core: Any, handler: Callable[[Any], Any]) -> dict[str, Any]:
        return {"anyOf": [{"type": "integer", "minimum": 0}, handler(core)]}

    @property
    def exact(self) -> int | None:
        """The number of children, where every parent has the same."""
        return self.min if self.min == self.max else None


class Skew(Part):
    """Which parents are referenced more often than others.

    zipf       the n-th most referenced parent is referenced n^-zipf times as often as the first
    share, of  this share of the children belongs to that share of the parents
    hot        where these parents stand: scattered over the table, or its first rows
    """

    zipf: Annotated[float, Field(gt=0, le=10)] | None = None
    share: Annotated[float, Field(gt=0, le=1)] | None = None
    of: Annotated[float, Field(gt=0, lt=1)] | None = None
    hot: Literal["scattered", "first"] = "scattered"

    @model_validator(mode="after")
    def _one_shape(self) -> "Skew":
        if (self.share is None) != (self.of is None):
            raise _refuse("share and of go together", 'say {"share": 0.8, "of": 0.2}')
        if (self.zipf is None) == (self.share is None):
            raise _refuse("one shape is needed", 'say {"zipf": 1.1} or {"share": 0.8, "of": 0.2}')
        return self


class Tree(Part):
    """The shape of a reference of a table to itself in which every row stands after its parent.

    roots      how many rows have no parent; they are the first
    branching  how many children every parent has
    depth      how many levels there are at the most, the roots' included
    """

    roots: Annotated[int, Field(ge=1, le=MAX_ROWS)] | None = None
    branching: Annotated[int, Field(ge=1, le=MAX_ROWS)] | None = None
    depth: Annotated[int, Field(ge=1, le=1000)] | None = None

    @property
    def has_shape(self) -> bool:
        """Whether it says which rows are roots; otherwise chance does."""
        return bool(self.roots or self.branching or self.depth)

    @model_validator(mode="after")
    def _one_shape(self) -> "Tree":
        if self.branching is not None and self.depth is not None:
            raise _refuse("branching and depth both give the tree its shape", "keep one")
        return self


class Relating(Part):
    """How rows choose their parents, whichever way a foreign key is declared."""

    nullable: StrictBool = False
    null_fraction: Fraction | None = None
    children: Children | None = None
    skew: Skew | None = None
    childless: Annotated[float, Field(ge=0, lt=1)] | None = None
    tree: Tree | StrictBool | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "Relating":
        ways = [name for name in ("children", "skew", "tree") if getattr(self, name)]
        ways += ["childless"] if self.childless and self.tree else []
        if len(ways) > 1:
            raise _refuse(f"{' and '.join(ways)} both say how many children a parent has", "keep one")
        return self


class ColumnReference(Relating):
    """A foreign key of one column."""

    references_table: str
    references_column: str


class ForeignKey(Relating):
    """A foreign key of one or more columns, declared on the table."""

    columns: tuple[str, ...]
    references_table: str
    references_columns: tuple[str, ...]

    def or_null_fraction(self, share: float | None) -> "ForeignKey":
        """The reference with this share of NULLs, where it names none of its own."""
        missing = self.null_fraction is None and share is not None
        return self.model_copy(update={"null_fraction": share}) if missing else self

    @model_validator(mode="after")
    def _paired(self) -> "ForeignKey":
        if not self.columns:
            raise _refuse("a foreign key needs at least one column")
        if len(self.columns) != len(self.references_columns):
            raise _refuse(f"{len(self.columns)} columns reference {len(self.references_columns)}")
        if len(set(self.columns)) != len(self.columns):
            raise _refuse("a column is named twice")
        return self


class PolymorphicParent(Part):
    """One of the tables a polymorphic column may reference, and the type that says so."""

    type: str
    references_table: str
    references_column: str
    weight: Annotated[float, Field(gt=0, le=1e9)] = 1.0


class Polymorphic(Part):
    """A reference to one of several tables; another column of the row says to which."""

    type_column: str
    parents: tuple[PolymorphicParent, ...]
    nullable: StrictBool = False

    @field_validator("parents")
    @classmethod
    def _told_apart(cls, value: tuple[PolymorphicParent, ...]) -> tuple[PolymorphicParent, ...]:
        names = [parent.type for parent in value]
        if len(set(names)) < len(names):
            raise _refuse("two parents have the same type", "give every parent a type of its own")
        return _some(value, "parent")


class Lookup(Part):
    """A copy of a column of the row that is referenced.

    reference  a column of the reference to follow; a list follows one reference after another
    column     the column to copy, in the table where that ends
    """

    reference: tuple[str, ...]
    column: str

    @field_validator("reference", mode="before", json_schema_input_type=str | tuple[str, ...])
    @classmethod
    def _path(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @field_validator("reference")
    @classmethod
    def _some_steps(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return _some(value, "reference")


SOURCES = ("faker_rule", "distribution", "rule", "foreign_key", "polymorphic", "lookup")
"""The fields of a column that say where its values come from; at most one of them is set."""


class Column(Part):
    """A column: its type, its bounds, and the rule its values follow."""

    name: str
    data_type: str
    varchar_length: int | None = Field(default=None, ge=1, le=16_777_216)
    is_unique: StrictBool = False
    required: StrictBool = True
    null_fraction: Fraction | None = None
    null_when: str | None = Field(default=None, min_length=1)
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
    default: str | None = None
    encode: str | None = None
    comment: str | None = None

    _check_name = field_validator("name")(check_name)

    @field_validator("data_type")
    @classmethod
    def _known_type(cls, value: str) -> str:
        try:
            sql_type(value)
        except UnknownTypeError as error:
            raise _refuse(str(error)) from None
        return value

    @model_validator(mode="after")
    def _consistent(self) -> "Column":
        if faults := list(_column_faults(self)):
            raise _refuse_all(faults)
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

    @cached_property
    def type(self) -> SqlType:
        """The resolved type; `varchar_length` counts as `VARCHAR(n)`."""
        if self.varchar_length is not None and "(" not in self.data_type:
            return sql_type(f"{self.data_type}({self.varchar_length})")
        return sql_type(self.data_type)


def _column_faults(column: Column) -> Iterator[Fault]:
    kind, words = column.type.kind, column.data_type
    bounds = [name for name in ("min_value", "max_value") if getattr(column, name) is not None]
    dates = [name for name in ("date_start", "date_end") if getattr(column, name) is not None]
    if column.varchar_length is not None and kind is not Kind.TEXT:
        yield Fault("varchar_length", f"is for text, not for {words}", "leave it out")
    if bounds and kind not in NUMERIC_KINDS:
        yield Fault(bounds[0], f"is for numbers, not for {words}", "leave it out")
    if dates and kind not in (Kind.DATE, Kind.TIMESTAMP):
        yield Fault(dates[0], f"is for dates and timestamps, not for {words}", "leave it out")
    yield from _bound_faults(column)
    yield from _null_faults(column)
    if column.distribution is not None and kind not in NUMERIC_KINDS:
        yield Fault("distribution", f"is for numbers, not for {words}", "leave it out")
    if column.locale is not None and column.faker_rule is None:
        yield Fault("locale", "goes with faker_rule", "name a faker_rule, or leave the locale out")
    if (column.foreign_key or column.polymorphic or column.lookup) and (bounds or dates):
        yield Fault((bounds + dates)[0], "the values come from the table that is referenced", "leave it out")
    sources = [name for name in SOURCES if getattr(column, name)]
    if len(sources) > 1:
        yield Fault(sources[1], f"{' and '.join(sources)} both say where the values come from", "keep one")


def _null_faults(column: Column) -> Iterator[Fault]:
    optional = any(link is not None and link.nullable for link in (column.foreign_key, column.polymorphic))
    for name in ("null_fraction", "null_when"):
        if column.required and getattr(column, name) and not optional:
            yield Fault(name, "the column is required", 'say "required": false')
    if column.null_when is not None and column.null_fraction is not None:
        yield Fault("null_when", "null_when and null_fraction both say when it is NULL", "keep one")


def _bound_faults(column: Column) -> Iterator[Fault]:
    low, high = column.min_value, column.max_value
    if low is not None and high is not None and low > high:
        yield Fault("max_value", f"{high} is below min_value {low}", "exchange them")
    start, end = column.date_start, column.date_end
    if start is not None and end is not None and _moment(start) > _moment(end):
        yield Fault("date_end", f"{end} is before date_start {start}", "exchange them")


def _moment(value: date) -> datetime:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - warehouses keep wall clocks


class PlannedFault(Part):
    """Something that is wrong on purpose, in an exact number of rows.

    kind     duplicates: rows that repeat others, in all columns or in those of a key; orphans: references to
             rows that are not there; out_of_range: values beyond the column's bounds; bad_encoding: text that
             was decoded wrongly; late: moments that lie too early; truncated: the first half of a text
    columns  which column; "column" says the same of one
    share    of the table's rows, rounded to whole rows; or their number: rows
    by       the span of late rows, such as "7d"
    """

    kind: Literal["duplicates", "orphans", "out_of_range", "bad_encoding", "late", "truncated"]
    columns: tuple[str, ...] = ()
    share: Fraction | None = None
    rows: Count | None = None
    by: Duration | None = None

    @model_validator(mode="before")
    @classmethod
    def _one_column(cls, value: object) -> object:
        if isinstance(value, dict) and "column" in value and "columns" not in value:
            return {**{k: v for k, v in value.items() if k != "column"}, "columns": [value["column"]]}
        return value

    @model_validator(mode="after")
    def _sound(self) -> "PlannedFault":
        if (self.share is None) == (self.rows is None):
            raise _refuse("one of share and rows says how many rows are wrong", 'say {"share": 0.01}')
        if self.kind != "duplicates" and len(self.columns) != 1:
            raise _refuse(f"{self.kind} are of one column", 'name it: "column"')
        if (self.by is not None) and self.kind != "late":
            raise _refuse(f"{self.kind} have no span", "leave by out")
        return self

    def count(self, rows: int) -> int:
        """How many of so many rows are wrong."""
        return round((self.share or 0.0) * rows) if self.rows is None else self.rows


class Table(Part):
    """A table: how many rows, which columns, which keys and references."""

    name: str
    target_rows: Count | None = None
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    composite_keys: tuple[tuple[str, ...], ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    checks: tuple[str, ...] = ()
    faults: tuple[PlannedFault, ...] = ()
    sort_key: tuple[str, ...] = ()
    dist_key: str | None = None
    dist_style: str | None = None
    comment: str | None = None

    _check_name = field_validator("name")(check_name)

    @field_validator("columns")
    @classmethod
    def _some_columns(cls, value: tuple[Column, ...]) -> tuple[Column, ...]:
        return _some(value, "column")

    @property
    def declared_rows(self) -> int:
        """The rows asked for; a table that says nothing has 1000, unless `children` says how many."""
        return DEFAULT_ROWS if self.target_rows is None else self.target_rows

    def column(self, name: str) -> Column | None:
        """The column of this name, or None."""
        return self._by_name.get(name)

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    @cached_property
    def keys(self) -> tuple[tuple[str, ...], ...]:
        """Every declared uniqueness, the primary key first, each once."""
        singles = [(column.name,) for column in self.columns if column.is_unique]
        declared = [self.primary_key, *singles, *self.unique, *self.composite_keys]
        kept: dict[frozenset[str], tuple[str, ...]] = {}
        for key in declared:
            if key:
                kept.setdefault(frozenset(key), key)
        return tuple(kept.values())

    @cached_property
    def least_keys(self) -> tuple[tuple[str, ...], ...]:
        """The keys that contain no smaller one, the shortest first: where those hold, all hold."""
        least = [key for key in self.keys if not any(set(other) < set(key) for other in self.keys)]
        return tuple(sorted(least, key=len))

    @cached_property
    def references(self) -> tuple[ForeignKey, ...]:
        """Every foreign key, those declared on a column included."""
        singles = [
            ForeignKey(
                columns=(column.name,),
                references_table=column.foreign_key.references_table,
                references_columns=(column.foreign_key.references_column,),
                **{name: getattr(column.foreign_key, name) for name in Relating.model_fields},
            ).or_null_fraction(column.null_fraction)
            for column in self.columns
            if column.foreign_key is not None
        ]
        return (*singles, *self.foreign_keys)


class Experiment(Part):
    """A whole schema under one name."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_\-]{0,62}$")
    description: str | None = None
    target_warehouse: Warehouse | None = None
    tables: tuple[Table, ...]

    @field_validator("tables")
    @classmethod
    def _some_tables(cls, value: tuple[Table, ...]) -> tuple[Table, ...]:
        return _some(value, "table")

    def table(self, name: str) -> Table | None:
        """The table of this name, or None."""
        return next((table for table in self.tables if table.name == name), None)

    def to_json(self) -> dict[str, Any]:
        """The schema as users write it: nothing that is merely a default."""
        return self.model_dump(mode="json", exclude_defaults=True)
