"""How tables reference each other, as users declare it."""

from typing import Annotated, Literal

from pydantic import (
    Field,
    GetJsonSchemaHandler,
    StrictBool,
    field_validator,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from dw_simulator.schema.declared import MAX_ROWS, Count, Declared, Distribution, Fraction, refuse, some
from dw_simulator.schema.json_data import Json


class Children(Declared):
    """How many children a parent has. The table's row count stays exact: it is shared out within this."""

    min: Count = 0
    max: Count | None = None
    distribution: Distribution | None = None

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
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [{"type": "integer", "minimum": 0}, handler(core)]}

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


class Relating(Declared):
    """How rows choose their parents, whichever way a foreign key is declared.

    distinct  never the row that the first reference of the table to the same parent has picked
    """

    nullable: StrictBool = False
    null_fraction: Fraction | None = None
    children: Children | None = None
    skew: Skew | None = None
    childless: Annotated[float, Field(ge=0, lt=1)] | None = None
    tree: Tree | StrictBool | None = None
    distinct: StrictBool = False

    @model_validator(mode="after")
    def _one_way(self) -> "Relating":
        ways = [name for name in ("children", "skew", "tree") if getattr(self, name)]
        ways += ["childless"] if self.childless and self.tree else []
        if len(ways) > 1:
            raise refuse(f"{' and '.join(ways)} both say how many children a parent has", "keep one")
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
