"""What the rows that reference a row come to: totals of headers, counts of orders, dates of the last one."""

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from pydantic import Field, model_validator

from dw_simulator.engine.selectors.members import AT_ONCE
from dw_simulator.engine.storage import dtype_of
from dw_simulator.engine.values.base import Kernel, Truth
from dw_simulator.engine.values.below import Below, Count, Extreme, FirstOf, Total
from dw_simulator.errors import Refusal
from dw_simulator.plugins.rules.summing import check_alike, check_bounds, check_sums, needs_column, storing
from dw_simulator.ports.needs import (
    Answer,
    ChildRows,
    Derived,
    RowsBelow,
    Source,
)
from dw_simulator.ports.rule import ColumnSpec, Examples, RuleOptions
from dw_simulator.types import NUMERIC_KINDS, TEMPORAL_KINDS, Kind


def _orders(data_type: str, **rule: Any) -> dict[str, Any]:
    """Lines of orders, and a column of these that comes from the lines."""
    optional = {"required": False} if rule["function"] in ("min", "last") else {}
    value = {"name": "value", "data_type": data_type, **optional, "rule": {"name": "rollup", **rule}}
    order = {
        "name": "order_id",
        "data_type": "INT",
        "foreign_key": {"references_table": "orders", "references_column": "id"},
    }
    amount = {"name": "amount", "data_type": "DECIMAL(8,2)", "min_value": 1, "max_value": 90}
    status = {
        "name": "status",
        "data_type": "VARCHAR(8)",
        "rule": {"name": "choice", "values": ["sent", "open"]},
    }
    return {
        "tables": [
            {"name": "lines", "target_rows": 500, "columns": [order, amount, status]},
            {
                "name": "orders",
                "target_rows": 120,
                "primary_key": ["id"],
                "columns": [{"name": "id", "data_type": "INT"}, value],
            },
        ]
    }


_LINES = {"table": "lines", "reference": "order_id"}


class Rollup(RuleOptions):
    """What the rows that reference this one come to: a sum, a count, the least, the first, the last."""

    examples: ClassVar[Examples] = (
        _orders("DECIMAL(12,2)", function="sum", column="amount", **_LINES),
        _orders("INT", function="count", where="status = 'sent'", **_LINES),
        _orders("DECIMAL(8,2)", function="min", column="amount", **_LINES),
        _orders("VARCHAR(8)", function="last", column="status", where="amount > 10", **_LINES),
    )

    derives: ClassVar[bool] = True

    function: Literal["sum", "count", "min", "max", "first", "last"] = Field(
        description="sum: 0 where there are no rows; count: of rows, or of values of the column; min, max; "
        "first, last: the value in the first, or the last of the rows, as they stand in their table"
    )
    table: str = Field(description="the table whose rows reference this one")
    reference: str = Field(
        description="a column of the foreign key of that table that leads here; its rows are made to stand "
        "together by it"
    )
    column: str | None = Field(default=None, description="the column of those rows; count may do without one")
    where: str | None = Field(
        default=None,
        min_length=1,
        description="a condition on the rows, in the SQL of the experiment's warehouse; others do not count",
    )

    @model_validator(mode="after")
    def _consistent(self) -> "Rollup":
        needs_column(self.function, self.column, ("count",))
        return self

    @property
    def below(self) -> str:
        return self.table

    def build(self, spec: ColumnSpec) -> Derived:
        need = RowsBelow(self.table, self.reference, self.column, self.where)
        return Derived((need,), lambda found: self._finish(spec, found), whole=True)

    def _finish(self, spec: ColumnSpec, found: Sequence[Answer]) -> Kernel:
        kernel = self._summary(spec, found)
        check_bounds(spec, kernel)
        return kernel

    def _summary(self, spec: ColumnSpec, found: Sequence[Answer]) -> Kernel:
        (children,) = found
        assert isinstance(children, ChildRows), "the rows below were asked for"
        where = None if children.where is None else Truth(children.where.kernel)
        below, source = Below(children.grouping, children.parents, where), children.source
        if self.function == "count":
            return self._counted(spec, below, source)
        assert source is not None, "the rule has a column"
        if self.function == "sum":
            return self._summed(spec, below, source)
        check_alike(spec, source)
        if self.function in ("first", "last"):
            return FirstOf(below, source.kernel, self.function == "last")
        ordered = NUMERIC_KINDS | TEMPORAL_KINDS
        if source.type.kind not in ordered or (source.type.kind is Kind.DECIMAL and source.type.bits == 128):
            raise Refusal(
                f"{source.name} is {source.type.declared}",
                f"{self.function} is of numbers of up to 18 digits, of dates and of times",
            )
        return Extreme(below, source.kernel, dtype_of(spec.type), self.function == "max")

    def _counted(self, spec: ColumnSpec, below: Below, source: Source | None) -> Kernel:
        if spec.type.kind is not Kind.INTEGER:
            raise Refusal("a count is a whole number", "declare it as INT or BIGINT")
        most = below.grouping.most
        if most > spec.type.limits[1]:
            raise Refusal(
                f"up to {most:,} rows reference one of {spec.table}: {spec.type.declared} counts no so many",
                "widen it",
            )
        return Count(below, dtype_of(spec.type), None if source is None else source.kernel)

    def _summed(self, spec: ColumnSpec, below: Below, source: Source) -> Kernel:
        if spec.type.kind not in NUMERIC_KINDS:
            raise Refusal("a sum is a number", "declare it as DECIMAL, BIGINT or DOUBLE")
        most = below.grouping.most
        stored = storing(spec.type, source, most)
        if stored.sums_floats and most > AT_ONCE:
            raise Refusal(
                f"{most:,} rows reference one of {spec.table}, and floats are added up for up to {AT_ONCE:,}",
                f"declare {source.name} as DECIMAL",
            )
        kernel = Total(below, source.kernel, stored)
        check_sums(spec.type, source, kernel, most)
        return kernel
