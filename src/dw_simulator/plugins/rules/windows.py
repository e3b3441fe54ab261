"""A row among the rows that stand together with it: numbers, neighbours, running sums, shares."""

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from pydantic import Field, model_validator

from dw_simulator.engine.selectors.groups import Grouping, Ordinal
from dw_simulator.engine.selectors.members import AT_ONCE
from dw_simulator.engine.storage import dtype_of
from dw_simulator.engine.values.among import Edge, GroupSize, Neighbour, Parentless, Running, Share
from dw_simulator.engine.values.base import Drawn, Kernel, Nullable
from dw_simulator.engine.values.integers import Integers
from dw_simulator.errors import Refusal
from dw_simulator.plugins.rules.summing import (
    check_alike,
    check_bounds,
    check_sums,
    known_options,
    needs_column,
    storing,
    storing_shares,
)
from dw_simulator.ports.needs import (
    Answer,
    Derived,
    Need,
    Siblings,
    Source,
)
from dw_simulator.ports.rule import ColumnSpec, Examples, RuleOptions
from dw_simulator.schema.model import Lookup
from dw_simulator.types import Kind

_Function = Literal["number", "count", "lag", "lead", "first", "last", "sum", "share"]
_OF_THE_GROUP = ("number", "count")
_WHOLE_GROUPS = ("sum", "share")


def _shop(*columns: dict[str, Any]) -> dict[str, Any]:
    """Accounts, and postings of them with these columns."""
    key = {"name": "id", "data_type": "INT"}
    opening = {"name": "opening", "data_type": "DECIMAL(12,2)", "min_value": 0, "max_value": 500}
    account = {
        "name": "account_id",
        "data_type": "INT",
        "foreign_key": {"references_table": "accounts", "references_column": "id"},
    }
    return {
        "tables": [
            {"name": "accounts", "target_rows": 40, "primary_key": ["id"], "columns": [key, opening]},
            {"name": "postings", "target_rows": 400, "columns": [account, *columns]},
        ]
    }


_AMOUNT = {"name": "amount", "data_type": "DECIMAL(10,2)", "min_value": -200, "max_value": 300}
_FROM = {
    "name": "valid_from",
    "data_type": "DATE",
    "rule": {
        "name": "after",
        "reference": "account_id",
        "column": "opened",
        "within": "900d",
        "ordered": True,
    },
}


class Window(RuleOptions):
    """What a row is among the rows with the same parent: its number, a neighbour, a running sum, a share."""

    examples: ClassVar[Examples] = (
        _shop(
            _AMOUNT,
            {
                "name": "value",
                "data_type": "DECIMAL(14,2)",
                "rule": {
                    "name": "window",
                    "function": "sum",
                    "reference": "account_id",
                    "column": "amount",
                    "start": "opening",
                },
            },
        ),
        _shop(
            _AMOUNT,
            {
                "name": "value",
                "data_type": "DECIMAL(10,2)",
                "required": False,
                "rule": {"name": "window", "function": "lead", "reference": "account_id", "column": "amount"},
            },
        ),
        _shop(
            {
                "name": "value",
                "data_type": "INT",
                "rule": {"name": "window", "function": "number", "reference": "account_id"},
            }
        ),
        _shop(
            {"name": "step", "data_type": "DOUBLE", "min_value": -1, "max_value": 1},
            {
                "name": "value",
                "data_type": "DOUBLE",
                "rule": {
                    "name": "window",
                    "function": "sum",
                    "reference": "account_id",
                    "column": "step",
                    "decay": 0.9,
                },
            },
        ),
        _shop(
            {"name": "weight", "data_type": "INT", "min_value": 1, "max_value": 9},
            {
                "name": "value",
                "data_type": "DECIMAL(6,4)",
                "rule": {
                    "name": "window",
                    "function": "share",
                    "reference": "account_id",
                    "column": "weight",
                },
            },
        ),
    )

    derives: ClassVar[bool] = True

    function: _Function = Field(
        description="number: 1, 2, 3, ...; count: how many rows there are; lag, lead: the value of an "
        "earlier or a later row; first, last: of the first or the last one; sum: of all up to this one; "
        "share: of the sum of all"
    )
    reference: str = Field(
        description="a column of the foreign key by which rows belong together; they are made to stand "
        "together, one parent's after another's"
    )
    column: str | None = Field(
        default=None, description="the column of the row that is looked at; number and count have none"
    )
    rows: int | None = Field(
        default=None, ge=1, le=AT_ONCE, description="for lag and lead: how many rows away (1)"
    )
    start: str | None = Field(
        default=None,
        description="for sum: a column of the referenced row with what was there before the first row, such "
        "as an opening balance",
    )
    decay: float | None = Field(
        default=None,
        gt=0,
        le=1,
        description="for sum: what is left of each row's value in the next row's sum, such as 0.9",
    )

    @model_validator(mode="after")
    def _consistent(self) -> "Window":
        needs_column(self.function, self.column, _OF_THE_GROUP)
        if self.function in _OF_THE_GROUP and self.column is not None:
            raise ValueError(f"{self.function} looks at no column; leave column out")
        options = {"rows": ("lag", "lead"), "start": ("sum",), "decay": ("sum",)}
        known_options(self.__dict__, self.function, options)
        return self

    @property
    def siblings(self) -> str:
        return self.reference

    def build(self, spec: ColumnSpec) -> Derived:
        needs: list[Need] = [Siblings(self.reference)]
        if self.column is not None:
            needs.append(self.column)
        if self.start is not None:
            needs.append(Lookup(reference=(self.reference,), column=self.start))
        differs = self.reference if self.function == "number" else ""
        return Derived(tuple(needs), lambda found: self._finish(spec, found), whole=True, differs=differs)

    def _finish(self, spec: ColumnSpec, found: Sequence[Answer]) -> Kernel:
        grouping, *sources = found
        assert isinstance(grouping, Grouping), "siblings were asked for"
        if self.function in _WHOLE_GROUPS and grouping.most > AT_ONCE:
            raise Refusal(
                f"{grouping.most:,} rows belong to one row that {self.reference} references, and a "
                f"{self.function} is made of up to {AT_ONCE:,}",
                "let more rows share them out, or lower the rows",
            )
        kernel = self._among(spec, grouping, [one for one in sources if isinstance(one, Source)])
        check_bounds(spec, kernel)
        return Nullable(kernel, Parentless(grouping)) if grouping.rows < spec.rows else kernel

    def _among(self, spec: ColumnSpec, grouping: Grouping, sources: Sequence[Source]) -> Kernel:
        if self.function in _OF_THE_GROUP:
            return self._counted(spec, grouping)
        source = sources[0]
        if self.function in _WHOLE_GROUPS:
            return self._summed(spec, grouping, *sources)
        check_alike(spec, source)
        if self.function in ("first", "last"):
            return Edge(grouping, source.kernel, self.function == "last")
        steps = self.rows or 1
        return Neighbour(grouping, source.kernel, -steps if self.function == "lag" else steps)

    def _counted(self, spec: ColumnSpec, grouping: Grouping) -> Kernel:
        if spec.type.kind is not Kind.INTEGER:
            raise Refusal(f"{self.function} is a whole number", "declare it as INT or BIGINT")
        if grouping.most > spec.type.limits[1]:
            words = f"up to {grouping.most:,} rows belong together"
            raise Refusal(f"{words}, which {spec.type.declared} does not count", "widen it")
        dtype = dtype_of(spec.type)
        if self.function == "count":
            return GroupSize(grouping, dtype)
        return Drawn(Ordinal(grouping), Integers(1, max(grouping.most, 1), dtype))

    def _summed(
        self, spec: ColumnSpec, grouping: Grouping, source: Source, opening: Source | None = None
    ) -> Kernel:
        if spec.type.kind not in (Kind.INTEGER, Kind.DECIMAL, Kind.FLOAT):
            raise Refusal(f"{self.function} is a number", "declare it as DECIMAL, BIGINT or DOUBLE")
        if self.function == "share":
            return Share(grouping, source.kernel, storing_shares(spec.type, source, grouping.most))
        stored = storing(spec.type, source, grouping.most)
        if opening is not None:
            check_alike(spec, opening)
        kernel = Running(
            grouping,
            source.kernel,
            stored,
            self.decay or 1.0,
            None if opening is None else opening.kernel,
        )
        check_sums(spec.type, source, kernel, grouping.most)
        return kernel
