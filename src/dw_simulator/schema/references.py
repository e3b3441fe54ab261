"""How tables reference each other, as users declare it."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import (
    Field,
    GetJsonSchemaHandler,
    JsonValue,
    StrictBool,
    field_validator,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema
from typing_extensions import TypeAliasType

from dw_simulator.schema.declared import (
    MAX_ROWS,
    Count,
    Declared,
    Distribution,
    Fraction,
    SqlText,
    refuse,
    same_field,
    some,
)
from dw_simulator.schema.json_data import Json


class Children(Declared):
    """How many children a parent has. The table's row count stays exact: it is shared out within this.

    column  the parent's column that says it; the table has as many rows as these numbers add up to
    """

    min: Count = 0
    max: Count | None = None
    distribution: Distribution | None = None
    column: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _exact(cls, value: Json) -> Json:
        """A plain number is exactly that many."""
        exact = isinstance(value, int) and not isinstance(value, bool)
        return {"min": value, "max": value} if exact else value

    @model_validator(mode="after")
    def _ordered(self) -> "Children":
        if self.max is not None and self.max < self.min:
            raise refuse(f"max {self.max:,} is below min {self.min:,}", "exchange them")
        if self.column is not None and (self.min or self.max is not None or self.distribution):
            raise refuse(
                "column and min, max or distribution both say how many children there are", "keep one"
            )
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [{"type": "integer", "minimum": 0}, handler(core)]}

    @property
    def only_bounds(self) -> bool:
        """Whether it says fewest and most, so that another may say how many there are within these."""
        return self.column is None and self.distribution is None and self.exact is None

    @property
    def exact(self) -> int | None:
        """The number of children, where every parent has the same."""
        return self.min if self.min == self.max else None


class Skew(Declared):
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
            raise refuse("share and of go together", 'say {"share": 0.8, "of": 0.2}')
        if (self.zipf is None) == (self.share is None):
            raise refuse("one shape is needed", 'say {"zipf": 1.1} or {"share": 0.8, "of": 0.2}')
        return self


class Tree(Declared):
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

    @property
    def is_flat(self) -> bool:
        """Whether every row is a root."""
        return self.depth == 1 and self.roots is None

    @model_validator(mode="after")
    def _one_shape(self) -> "Tree":
        if self.branching is not None and self.depth is not None:
            raise refuse("branching and depth both give the tree its shape", "keep one")
        return self


class Lookup(Declared):
    """A copy of a column of the row that is referenced.

    reference  a column of the reference to follow; a list follows one reference after another
    column     the column to copy, in the table where that ends
    """

    reference: tuple[str, ...] = Field(
        description="a column of the reference to follow; a list follows one reference after another"
    )
    column: str = Field(description="a column of the table where that ends")

    @field_validator("reference", mode="before", json_schema_input_type=str | tuple[str, ...])
    @classmethod
    def _path(cls, value: Json) -> Json:
        return (value,) if isinstance(value, str) else value

    @field_validator("reference")
    @classmethod
    def _some_steps(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return some(value, "reference")


Elsewhere = TypeAliasType("Elsewhere", "str | Lookup")
"""A column of the row by its name, or one of a row that it references."""


class Pick(Declared):
    """Which parents may be picked, and how likely each is.

    weights  a number for each parent, in SQL over its columns: of twice the weight, picked twice as often
    where    a condition on its columns: no other parent is picked
    match    columns of the parent, and what they equal: the stores in the city of the row's customer
    at       a moment of the row; what is picked is valid then: the last parent that begins before it
    since    the parent's column that says from when it is valid
    until    the parent's column that says until when it is valid; NULL: it still is
    any      any parent that is valid at the moment, and not only the last that began
    """

    weights: SqlText | None = None
    where: SqlText | None = None
    match: dict[str, Elsewhere] = Field(default_factory=dict)
    at: Elsewhere | None = None
    since: str | None = None
    until: str | None = None
    any: StrictBool = Field(
        default=False, description="any parent that is valid at the moment, and not only the last that began"
    )

    @model_validator(mode="after")
    def _whole(self) -> "Pick":
        if not (self.weights or self.where or self.match or self.at):
            raise refuse("a pick says nothing", 'say "weights", "where", "match", or "at" and "since"')
        if self.weights and self.where and self.weights.dialect != self.where.dialect:
            raise refuse("weights and where are SQL of two dialects", "write them in one")
        if (self.at is None) != (self.since is None):
            raise refuse("at and since go together", 'say {"at": "sold_on", "since": "valid_from"}')
        if self.until is not None and self.at is None:
            raise refuse("until goes with at and since", "say which moment counts: at")
        if self.any and self.at is None:
            raise refuse("any goes with at and since", "say at which moment it has to be valid: at")
        if self.weights is not None and self.at is not None and not self.any:
            raise refuse(
                "weights and at both say which parent is picked",
                'keep one, or say "any": true for any parent that is valid then',
            )
        return self

    @property
    def may_fail(self) -> bool:
        """Whether there may be no such parent for a row."""
        return bool(self.match or self.at)


_WAYS = ("children", "skew", "tree", "pick", "via")
_OPTIONS = (*_WAYS, "childless", "distinct")
"""What says which parent a row has."""


class Relating(Declared):
    """How rows choose their parents, whichever way a foreign key is declared.

    distinct  never the row that the first reference of the table to the same parent has picked
    via       columns of references that lead to the row which is referenced, one after another, or to a row
              that has one reference to it: the seller of a sale is the seller of its listing
    pick      which parents may be picked, and how likely each is
    """

    nullable: StrictBool = False
    null_fraction: Fraction | None = None
    children: Children | None = None
    skew: Skew | None = None
    childless: Annotated[float, Field(ge=0, lt=1)] | None = None
    tree: Tree | StrictBool | None = None
    distinct: StrictBool = False
    via: tuple[str, ...] = ()
    pick: Pick | None = None
    inferred: str | None = Field(
        default=None, description="why an import took it for a reference, or chose how"
    )
    guessed: dict[str, JsonValue] | None = Field(
        default=None, description="the fields that an import chose; the others are the schema's own"
    )

    @model_validator(mode="before")
    @classmethod
    def _replaced_guess(cls, value: Json) -> Json:
        """What an import chose goes where somebody else says which parent a row has."""
        guessed = value.get("guessed") if isinstance(value, Mapping) else None
        if not isinstance(value, Mapping) or not isinstance(guessed, Mapping):
            return value
        options = {name for name in _OPTIONS if value.get(name)}
        still = {
            name for name in options & guessed.keys() if same_field(cls, name, value[name], guessed[name])
        }
        own = options - still
        gone = still if own & {*_WAYS} else still & {"tree", "pick", "via"} if own else set()
        left = {
            name: guess for name, guess in guessed.items() if name in still - gone or name not in _OPTIONS
        }
        kept = {name: field for name, field in value.items() if name not in gone}
        if not left:
            return {name: field for name, field in kept.items() if name not in ("guessed", "inferred")}
        return {**kept, "guessed": left}

    @property
    def children_count(self) -> bool:
        """Whether children say how many rows there are: not where skew says how many within their bounds."""
        one = self.children
        if one is None or self.skew is not None:
            return False
        return bool(one.column or one.distribution) or one.max is not None

    @property
    def is_inferred(self) -> bool:
        """Whether no schema declares it: an import took it for a reference."""
        return "references_table" in (self.guessed or {})

    @field_validator("via", mode="before", json_schema_input_type=str | tuple[str, ...])
    @classmethod
    def _way(cls, value: Json) -> Json:
        return (value,) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one_way(self) -> "Relating":
        ways = [name for name in _WAYS if getattr(self, name)]
        if {*ways} == {"children", "skew"} and self.children is not None and self.children.only_bounds:
            return self
        ways += ["childless"] if self.childless and {*ways} & {"tree", "pick", "via"} else []
        ways += ["distinct"] if self.distinct and {*ways} & {"pick", "via"} else []
        if len(ways) > 1:
            raise refuse(f"{' and '.join(ways)} both say which parent a row has", "keep one")
        return self


class ColumnReference(Relating):
    """A foreign key of one column."""

    references_table: str
    references_column: str

    def of_column(self, name: str) -> "ForeignKey":
        """The same as a table declares it."""
        relating = {field: value for field, value in self if field in Relating.model_fields}
        return ForeignKey(
            columns=(name,),
            references_table=self.references_table,
            references_columns=(self.references_column,),
            **relating,
        )


class ForeignKey(Relating):
    """A foreign key of one or more columns, declared on the table."""

    columns: tuple[str, ...]
    references_table: str
    references_columns: tuple[str, ...]

    def or_null_fraction(self, share: float | None) -> "ForeignKey":
        """The reference with this share of NULLs, where it names none of its own."""
        missing = self.null_fraction is None and share is not None
        return self.changed(null_fraction=share) if missing else self

    @model_validator(mode="after")
    def _paired(self) -> "ForeignKey":
        if not self.columns:
            raise refuse("a foreign key needs at least one column")
        if len(self.columns) != len(self.references_columns):
            raise refuse(f"{len(self.columns)} columns reference {len(self.references_columns)}")
        if len(set(self.columns)) != len(self.columns):
            raise refuse("a column is named twice")
        return self


class OutsideReference(Declared):
    """What columns reference in a table that the schema does not have; its columns, where these are said."""

    columns: tuple[str, ...]
    references_table: str
    references_columns: tuple[str, ...] = ()


class PolymorphicParent(Declared):
    """One of the tables a polymorphic column may reference, and the type that says so."""

    type: str
    references_table: str
    references_column: str
    weight: Annotated[float, Field(gt=0, le=1e9)] = 1.0


class Polymorphic(Declared):
    """A reference to one of several tables; another column of the row says to which."""

    type_column: str
    parents: tuple[PolymorphicParent, ...]
    nullable: StrictBool = False

    @field_validator("parents")
    @classmethod
    def _told_apart(cls, value: tuple[PolymorphicParent, ...]) -> tuple[PolymorphicParent, ...]:
        names = [parent.type for parent in value]
        if len(set(names)) < len(names):
            raise refuse("two parents have the same type", "give every parent a type of its own")
        return some(value, "parent")
