"""A rule for each segment: which one makes a row's value, another column's value says, or a condition."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from itertools import islice
from typing import Annotated, ClassVar

from pydantic import Field, JsonValue, model_validator

from dw_simulator.engine.rows import Selector
from dw_simulator.engine.values.base import Kernel, Truth
from dw_simulator.engine.values.cases import Cases, FirstTrue
from dw_simulator.errors import Refusal
from dw_simulator.planning.columns.rule_values import truth_of
from dw_simulator.plugins.rules.case_rules import ANY_RULE, CaseColumns, Options, Said
from dw_simulator.plugins.rules.givens import BY_VALUE, Given, check_column, matched, shown
from dw_simulator.ports.needs import Answer, Derived, Source
from dw_simulator.ports.rule import (
    ColumnSpec,
    Examples,
    RuleOptions,
    RuleRole,
)
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.model import Column, Declared, RuleSpec
from dw_simulator.types import Kind

MOST = 1000
"""Cases of a rule: each is planned as a column is."""

_SIZE: Mapping[str, Json] = {
    "name": "size",
    "data_type": "VARCHAR(10)",
    "rule": {"name": "choice", "values": ["small", "large"]},
}
_COUNTRY: Mapping[str, Json] = {
    "name": "country",
    "data_type": "CHAR(2)",
    "rule": {"name": "choice", "values": ["DE", "US"]},
}


def _place(name: str, field: str, data_type: str) -> dict[str, Json]:
    rule: Json = {
        "name": "cases",
        "given": {"reference": "customer_id", "column": "country"},
        "rule": {"name": "place", "field": field},
        "cases": {"DE": {"locale": "de_DE"}, "US": {"locale": "en_US"}},
    }
    return {"name": name, "data_type": data_type, "rule": rule}


class Condition(Declared):
    """A rule for the rows in which a condition holds."""

    sql: str = Field(min_length=1, description="a condition on the row, in the SQL of the warehouse")
    rule: Options = Field(description="the rule of these rows; null for NULL")


class RulesByCase(RuleOptions):
    """A rule for each segment of the rows, as another column's value, or a condition, says."""

    examples: ClassVar[Examples] = (
        [
            _SIZE,
            {
                "name": "value",
                "data_type": "DECIMAL(10,2)",
                "rule": {
                    "name": "cases",
                    "given": "size",
                    "cases": {
                        "small": {"name": "lognormal", "mean": 3, "stddev": 0.5},
                        "large": {"name": "uniform", "min_value": 500, "max_value": 9000},
                    },
                },
            },
        ],
        {
            "tables": [
                {
                    "name": "customers",
                    "target_rows": 50,
                    "primary_key": ["id"],
                    "columns": [{"name": "id", "data_type": "INT"}, _COUNTRY],
                },
                {
                    "name": "addresses",
                    "target_rows": 400,
                    "columns": [
                        {
                            "name": "customer_id",
                            "data_type": "INT",
                            "foreign_key": {"references_table": "customers", "references_column": "id"},
                        },
                        _place("city", "city", "VARCHAR(40)"),
                        _place("value", "postcode", "VARCHAR(10)"),
                    ],
                },
            ]
        },
        [
            _SIZE,
            {"name": "units", "data_type": "INT", "min_value": 1, "max_value": 100},
            {
                "name": "value",
                "data_type": "VARCHAR(40)",
                "required": False,
                "rule": {
                    "name": "cases",
                    "when": [
                        {"sql": "units > 90", "rule": {"name": "pattern", "pattern": "BULK-{digits:4}"}},
                        {"sql": "size = 'large'", "rule": {"name": "expression", "sql": "size || units"}},
                        {"sql": "units < 10", "rule": None},
                    ],
                    "otherwise": {"name": "choice", "values": ["a", "b"], "null_fraction": 0.5},
                },
            },
        ],
    )

    derives: ClassVar[bool] = True

    given: Given | None = Field(
        default=None,
        description="the column whose value says which case it is: one of the row by its name, or "
        '{"reference": ..., "column": ...} for one of a row that is referenced',
    )
    cases: Annotated[dict[str, Options], BY_VALUE] | None = Field(
        default=None,
        description="the rule for each value of that column; a case may narrow the column's min_value, "
        "max_value, date_start and date_end, and say null_fraction; null for NULL",
    )
    when: tuple[Condition, ...] = Field(
        default=(), description="in place of given and cases: a list of {sql, rule}, the first that holds"
    )
    otherwise: Options = Field(
        default=None, description="the rule where no case holds, where NULL is given, too; null for NULL"
    )
    rule: Annotated[dict[str, JsonValue], ANY_RULE] | None = Field(
        default=None, description="what all cases have in common: they say only what differs"
    )

    spare: bool = Field(
        default=False, description="whether there may be cases that the given column never is"
    )

    @model_validator(mode="after")
    def _consistent(self) -> "RulesByCase":
        if bool(self.when) == (self.given is not None) or (self.given is None) != (self.cases is None):
            raise ValueError("say given and cases, or when")
        count = len(self.when) + len(self.cases or {})
        if not 1 <= count <= MOST:
            raise ValueError(f"1 to {MOST:,} cases are possible, not {count:,}")
        said = [self.otherwise, *(self.cases or {}).values(), *(one.rule for one in self.when)]
        if all(one is None for one in said):
            raise ValueError("every case is null; give one a rule")
        return self

    # --- planning

    def build(self, spec: ColumnSpec) -> Derived:
        if isinstance(self.given, str):
            check_column(spec, self.given, "given")
        columns = CaseColumns(spec, [*self._beside(spec)])
        cases = [None if said is None else columns.derived(case, said) for case, said in self.by_case.items()]
        conditions = [_condition(spec, one.sql) for one in self.when]
        own = () if self.given is None else (self.given,)
        parts = [*conditions, *(case for case in cases if case is not None)]
        needs = (*own, *(need for part in parts for need in part.needs))
        return Derived(needs, lambda found: self._finish(spec, conditions, cases, found))

    @cached_property
    def by_case(self) -> Mapping[str, Said | None]:
        """The rule of each case, by a name of its own; the others come last."""
        rules: list[tuple[tuple[str, ...], Options]] = [
            *((("cases", key), said) for key, said in (self.cases or {}).items()),
            *((("when", one.sql), one.rule) for one in self.when),
            (("otherwise",), self.otherwise),
        ]
        return {
            json.dumps(steps, ensure_ascii=False): None
            if said is None
            else Said({**(self.rule or {}), **said})
            for steps, said in rules
        }

    def _beside(self, spec: ColumnSpec) -> Iterator[tuple[Column, Mapping[str, Said | None]]]:
        """The other columns of the table that go by the same cases, and their rules."""
        said = spec.column.rule_spec
        for column in spec.owner.columns if spec.owner is not None and said is not None else ():
            other = column.rule_spec
            if other is None or said is None or other.name != said.name or column.name == spec.column.name:
                continue
            assert spec.rules is not None, "the planner gives every column the rules"
            with suppress(Refusal):  # which is told of that column
                rule = spec.rules(other, column.type.kind)
                if isinstance(rule, RulesByCase) and self._alike(rule):
                    yield column, rule.by_case

    def _alike(self, other: "RulesByCase") -> bool:
        conditions = [[one.sql for one in rule.when] for rule in (self, other)]
        return self.given == other.given and conditions[0] == conditions[1]

    def _finish(
        self,
        spec: ColumnSpec,
        conditions: Sequence[Derived],
        cases: Sequence[Derived | None],
        found: Sequence[Answer],
    ) -> Kernel:
        answers = iter(found)
        choice, complete = self._choice(conditions, answers)
        kernels = [None if one is None else one.finish([*islice(answers, len(one.needs))]) for one in cases]
        if complete:
            kernels.pop()
        elif spec.column.required and self.otherwise is None:
            what = "no condition may hold" if self.given is None else f"{shown(self.given)} may be NULL"
            raise Refusal(
                f"{what} in a row, and nothing is said of that",
                'say "otherwise", a rule, or "required": false',
            )
        return Cases(choice, tuple(kernels))

    def _choice(self, conditions: Sequence[Derived], answers: Iterator[Answer]) -> tuple[Selector, bool]:
        """Which case a row is, and whether it always is one of those that are named."""
        if self.given is None:
            made = [one.finish([*islice(answers, len(one.needs))]) for one in conditions]
            return FirstTrue(tuple(map(Truth, made))), False
        source = next(answers)
        assert isinstance(source, Source), "a column was asked for"
        open_end = "otherwise" in self.model_fields_set
        choice = matched(source, [*(self.cases or {})], "cases", open_end=open_end, spare=self.spare)
        return choice, not open_end and not source.nullable


def _condition(spec: ColumnSpec, sql: str) -> Derived:
    """The truth values of a condition on the row. Raises Refusal."""
    assert spec.rules is not None, "the planner gives every column the rules"
    rule = spec.rules(RuleSpec(name=spec.rules.usual(RuleRole.CONDITION), sql=sql), Kind.BOOLEAN)
    try:
        derived = rule.build(replace(spec, column=truth_of(spec.column), key=False))
    except Refusal as refusal:
        raise Refusal(f"when {sql}: {refusal.message}", refusal.mend) from None
    assert isinstance(derived, Derived), "conditions are made from columns"
    return derived
