"""How the numbers and dates of a table go together, as users declare it."""

from collections.abc import Callable, Mapping
from typing import Annotated

from pydantic import ConfigDict, Field, model_serializer, model_validator

from dw_simulator.schema.declared import Declared, refuse
from dw_simulator.schema.references import Lookup

Rank = Annotated[float, Field(ge=-1, le=1)]


class Correlation(Declared):
    """Columns of a row whose ranks are correlated; each keeps the distribution that it has.

    columns  which columns of the table
    with     one more, of the row that is referenced: {"reference": ..., "column": ...}
    rank     Spearman's rank correlation of two columns, from -1 to 1
    matrix   those of all pairs: a row for each of the columns, and for the one of `with` behind them
    """

    model_config = ConfigDict(populate_by_name=True)

    columns: tuple[str, ...] = Field(min_length=1)
    parent: Lookup | None = Field(default=None, alias="with")
    rank: Rank | None = None
    matrix: tuple[tuple[Rank, ...], ...] | None = None

    @model_serializer(mode="wrap")
    def _as_written(self, handler: Callable[["Correlation"], dict[str, object]]) -> Mapping[str, object]:
        """As users write it: `with` is no name that Python allows for a field."""
        return {"with" if name == "parent" else name: value for name, value in handler(self).items()}

    @property
    def size(self) -> int:
        """How many columns there are, that of the referenced row included."""
        return len(self.columns) + (self.parent is not None)

    @property
    def ranks(self) -> tuple[tuple[float, ...], ...]:
        """The rank correlations of all pairs."""
        rank = self.rank or 0.0
        return self.matrix if self.matrix is not None else ((1.0, rank), (rank, 1.0))

    @model_validator(mode="after")
    def _whole(self) -> "Correlation":
        if len(set(self.columns)) < len(self.columns):
            raise refuse("a column is named twice", "name it once")
        if self.size < 2:
            raise refuse("one column goes with nothing", 'name another, or one of the referenced row: "with"')
        if (self.rank is None) == (self.matrix is None):
            raise refuse("one of rank and matrix says how they go together", 'say {"rank": 0.8}')
        if self.rank is not None and self.size > 2:
            raise refuse(f"one rank correlation for {self.size} columns", "give the matrix of all pairs")
        if self.matrix is not None:
            self._check_matrix(self.matrix)
        return self

    def _check_matrix(self, matrix: tuple[tuple[float, ...], ...]) -> None:
        size = self.size
        if len(matrix) != size or any(len(row) != size for row in matrix):
            raise refuse(f"the matrix of {size} columns has {size} rows of {size} numbers", "count them")
        for i, row in enumerate(matrix):
            if row[i] != 1:
                raise refuse(f"matrix[{i}][{i}] is {row[i]:g}", "a column goes with itself: say 1")
            for j in range(i):
                if row[j] != matrix[j][i]:
                    raise refuse(
                        f"matrix[{i}][{j}] is {row[j]:g} and matrix[{j}][{i}] is {matrix[j][i]:g}",
                        "make them equal",
                    )
