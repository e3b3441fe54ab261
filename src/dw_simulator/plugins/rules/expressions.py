"""Columns that an SQL expression makes from the other columns of their row."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import duckdb
from pydantic import Field, PrivateAttr, ValidationInfo, field_validator

from dw_simulator.errors import Refusal
from dw_simulator.plugins.dialects.sql_dialect import SqlDialect
from dw_simulator.plugins.expressions.allowed_values import Allowed
from dw_simulator.plugins.expressions.computed import Computed, empty_schema, sampled
from dw_simulator.plugins.expressions.evaluation import Query, shown, told, type_of
from dw_simulator.plugins.expressions.storing import stored
from dw_simulator.plugins.expressions.to_duckdb import TARGET, Translated, translated
from dw_simulator.ports.needs import Answer, Derived, Source
from dw_simulator.ports.rule import ColumnSpec, Examples, RuleOptions
from dw_simulator.ports.rule_context import RuleContext
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import SqlType

_ROW = "dw_sim_row_of"
"""What the row is called where the expression does not say the name of its table."""


class Expression(RuleOptions):
    """An SQL expression over the other columns of the row, such as quantity * unit_price."""

    examples: ClassVar[Examples] = (
        [
            {"name": "quantity", "data_type": "INT", "min_value": 1, "max_value": 9},
            {"name": "price", "data_type": "DECIMAL(8,2)", "min_value": 1, "max_value": 500},
            {
                "name": "value",
                "data_type": "DECIMAL(12,2)",
                "rule": {"name": "expression", "sql": "quantity * price"},
            },
        ],
        [
            {
                "name": "status",
                "data_type": "VARCHAR(10)",
                "rule": {"name": "choice", "values": ["open", "sent"]},
            },
            {
                "name": "value",
                "data_type": "BOOLEAN",
                "rule": {"name": "expression", "sql": "status <> 'open'"},
            },
        ],
        [
            {"name": "ordered", "data_type": "DATE"},
            {
                "name": "value",
                "data_type": "TIMESTAMP",
                "rule": {
                    "name": "expression",
                    "sql": "DATEADD(day, 3, ordered)",
                    "dialect": "redshift",
                },
            },
        ],
        [
            {"name": "code", "data_type": "VARCHAR(8)", "required": False},
            {
                "name": "value",
                "data_type": "VARCHAR(20)",
                "rule": {"name": "expression", "sql": "COALESCE('SKU-' || UPPER(code), 'none')"},
            },
        ],
        [
            {"name": "x", "data_type": "DOUBLE", "min_value": 1, "max_value": 100},
            {"name": "value", "data_type": "DOUBLE", "rule": {"name": "expression", "sql": "sqrt(x) / 2"}},
        ],
    )

    derives: ClassVar[bool] = True

    sql: str = Field(min_length=1, description="the expression; columns of the row by their names")
    dialect: str | None = Field(
        default=None,
        description="whose SQL it is written in: duckdb, postgres, redshift, snowflake or a plugin's; "
        "the experiment's warehouse where it is left out",
    )
    _context: RuleContext | None = PrivateAttr(default=None)

    @field_validator("dialect")
    @classmethod
    def _is_translated(cls, name: str | None, info: ValidationInfo) -> str | None:
        if name is not None and info.context is not None and _translated_dialect(info.context, name) is None:
            *others, last = map(repr, _translated_dialects(info.context))
            raise ValueError(f"should be {', '.join(others)} or {last}")
        return name

    def model_post_init(self, context: RuleContext | None, /) -> None:
        """Take the dialects that are registered from who reads the rule."""
        self._context = context

    def build(self, spec: ColumnSpec) -> Derived:
        name = self.dialect or spec.dialect
        dialect = None if self._context is None else _translated_dialect(self._context, name)
        if dialect is None:
            known = () if self._context is None else _translated_dialects(self._context)
            message = f"expressions in the SQL of {name} are not translated"
            raise Refusal(message, f'say "dialect", one of {", ".join(known)}')
        found = translated(self.sql, dialect, spec)
        return Derived(tuple(found.needs.values()), _Finish(self.sql, spec, found))


def _translated_dialect(context: RuleContext, name: str) -> SqlDialect | None:
    """The dialect of a name, if its expressions can be evaluated."""
    dialect = context.dialect(name)
    return dialect if isinstance(dialect, SqlDialect) and dialect.translates_to(TARGET) else None


def _translated_dialects(context: RuleContext) -> Sequence[str]:
    """Of the dialects that whoever reads a rule hands on, those whose expressions can be evaluated."""
    return [name for name in context.dialects() if _translated_dialect(context, name) is not None]


@dataclass(frozen=True)
class _Finish:
    """From the sources to the kernel."""

    sql: str
    spec: ColumnSpec
    found: Translated

    def __call__(self, answers: Sequence[Answer]) -> Computed:
        sources = tuple(answer for answer in answers if isinstance(answer, Source))
        names = tuple(self.found.needs)
        types = [source.type for source in sources]
        value = self.found.sql
        fine = self._is_fine(names, types)
        try:
            made = _made_as(self._query(value), names, tuple(types), fine=fine)
        except duckdb.Error as error:
            raise Refusal(*_told(error, self.sql)) from None
        query = self._query(stored(value, made, self.spec.type, variants=self.found.variants))
        allowed = Allowed.of(self.spec)
        place = f"{self.spec.table}.{self.spec.column.name}"
        kernel = Computed(place, f"the expression {shown(self.sql)!r}", query, names, sources, allowed, fine)
        sampled(kernel, self.spec.rows, "guard it, by CASE or COALESCE, say, or widen the column")
        return kernel

    def _is_fine(self, names: Sequence[str], types: Sequence[SqlType]) -> bool:
        """Whether nanoseconds go in and come out, as of COALESCE and CASE."""
        if self.spec.type.unit != "ns" or all(type_.unit != "ns" for type_ in types):
            return False
        with suppress(duckdb.Error):
            made = _made_as(self._query(self.found.sql), names, tuple(types), fine=True)
            return made in ("TIMESTAMP_NS", "TIMESTAMPTZ_NS", "TIME_NS")
        return False

    def _query(self, value: str) -> Query:
        name = self.spec.table if self.spec.table.lower() in value.lower() else _ROW
        return Query(f"SELECT {value} AS value FROM ", f" AS {quoted_name(name)}")  # noqa: S608 - it was checked


@lru_cache(maxsize=1024)
def _made_as(query: Query, names: tuple[str, ...], types: tuple[SqlType, ...], *, fine: bool) -> str:
    """The type of a query's column, as DuckDB writes it. Raises duckdb.Error."""
    return type_of(query, empty_schema(names, types, fine=fine))


def _told(error: duckdb.Error, sql: str) -> tuple[str, str]:
    """DuckDB's complaint about types in one line."""
    text = told(error).removeprefix("Binder Error: ")
    return (
        f"the expression {shown(sql)!r} has no type: {text}",
        "cast what does not fit together: CAST(a AS ...)",
    )
