"""Columns made from other columns, entities, conditions: with rules made for the test."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pytest
from tests.support import Remainders, column, made, reference, table, to_list

from dw_simulator.engine.columns import FixedColumn
from dw_simulator.engine.rows import Rows
from dw_simulator.engine.selectors.groups import Grouping, Ordinal
from dw_simulator.engine.values.base import Drawn, Kernel, Nullable
from dw_simulator.engine.values.facts import Facts
from dw_simulator.engine.values.integers import Integers
from dw_simulator.errors import PlanError, Refusal
from dw_simulator.planning import plan
from dw_simulator.ports.needs import Derived, Siblings, Source
from dw_simulator.ports.plan import Plan
from dw_simulator.ports.rule import ColumnSpec, RuleOptions
from dw_simulator.schema import reading
from dw_simulator.schema.model import Lookup, RuleSpec
from dw_simulator.service import ExperimentService
from dw_simulator.types import Kind

INT64 = np.dtype(np.int64)


@dataclass(frozen=True, eq=False)
class Sum(Kernel):
    """The sum of some columns, NULL where one of them is."""

    sources: tuple[Source, ...]
    nullable: bool

    @cached_property
    def facts(self) -> Facts:
        return Facts(nullable=self.nullable)

    def values(self, rows: Rows) -> FixedColumn:
        columns = [source.values(rows) for source in self.sources]
        valid = np.all([np.ones(len(rows), bool) if c.valid is None else c.valid for c in columns], axis=0)
        total = sum(c.values.astype(np.int64) for c in columns)
        return FixedColumn(total, valid if self.nullable else None)


class Stub:
    """A rule by what the spec says: sum of columns, number within a parent."""

    def __init__(self, spec: RuleSpec, kind: Kind) -> None:
        self.options, self.kind = spec.options, kind

    def __getattr__(self, name: str) -> Any:
        return getattr(RuleOptions(), name)

    @property
    def siblings(self) -> Any:
        return self.options.get("siblings")

    def build(self, spec: ColumnSpec) -> Any:
        if "siblings" in self.options:
            return Derived((Siblings(self.options["siblings"]),), _ordinal)
        needs = [Lookup(**need) if isinstance(need, dict) else need for need in self.options["of"]]
        return Derived(tuple(needs), self._sum)

    def _sum(self, found: Sequence[Source | Grouping]) -> Any:
        sources = tuple(one for one in found if isinstance(one, Source))
        if any(source.type.kind is Kind.TEXT for source in sources):
            raise Refusal("text has no sum", "name numbers")
        if self.kind is Kind.BOOLEAN:
            return _Positive(Sum(sources, any(source.nullable for source in sources)))
        return Sum(sources, any(source.nullable for source in sources))


@dataclass(frozen=True, eq=False)
class _Positive(Kernel):
    inner: Sum

    @cached_property
    def facts(self) -> Facts:
        return Facts(span=(0, 1), distinct=2, nullable=True)

    def values(self, rows: Rows) -> FixedColumn:
        made = self.inner.values(rows)
        return FixedColumn(made.values > 50, made.valid)


def _ordinal(found: Sequence[Source | Grouping]) -> Any:
    (grouping,) = found
    assert isinstance(grouping, Grouping)
    return Drawn(Ordinal(grouping), Integers(1, 1 << 20, np.dtype(np.int32)))


def stub(**options: Any) -> dict[str, Any]:
    return {"rule": {"name": "stub", **options}}


class StubbedRules:
    """The rules of this program, and the stub; conditions are columns of truth values."""

    def __init__(self) -> None:
        self.own = ExperimentService().rule

    def __getattr__(self, name: str) -> Any:
        return getattr(self.own, name)

    def __call__(self, spec: RuleSpec, kind: Kind) -> Any:
        if spec.name == "expression":
            return Stub(RuleSpec(name="stub", of=[spec.options["sql"]]), kind)
        if "entity" in spec.options and spec.name == "stub":
            return Remainders(entity=spec.options["entity"], modulus=spec.options["modulus"])
        return Stub(spec, kind) if spec.name == "stub" else self.own(spec, kind)


def planned(*tables: dict[str, Any], only: str | None = None) -> Plan:
    return plan(reading.parse({"name": "test", "tables": list(tables)}), 7, StubbedRules(), only=only)


def rows_of(a_plan: Plan, name: str) -> dict[str, list[Any]]:
    batch = a_plan.table(name).chunk(0, a_plan.table(name).rows)
    columns = a_plan.table(name).columns
    return {c.name: to_list(values) for c, values in zip(columns, batch.columns, strict=True)}


A = column("a", "INT", min_value=1, max_value=100)
B = column("b", "INT", min_value=1, max_value=100)


def test_a_column_is_made_from_others_whatever_their_order() -> None:
    made = rows_of(planned(table("t", 500, column("s", "BIGINT", **stub(of=["a", "b"])), A, B)), "t")
    assert made["s"] == [a + b for a, b in zip(made["a"], made["b"], strict=True)]


def test_what_is_derived_can_be_derived_from() -> None:
    made = rows_of(
        planned(
            table(
                "t",
                50,
                A,
                column("d", "BIGINT", **stub(of=["s", "a"])),
                column("s", "BIGINT", **stub(of=["a"])),
            )
        ),
        "t",
    )
    assert made["d"] == [2 * a for a in made["a"]]


def test_a_column_of_the_row_that_is_referenced() -> None:
    parent = table(
        "p", 20, column("id", "INT"), column("x", "BIGINT", **stub(of=["id", "id"])), primary_key=["id"]
    )
    own = column("y", "BIGINT", **stub(of=["p", {"reference": ["p"], "column": "x"}]))
    child = table("c", 300, column("p", "INT", **reference("p.id")), own)
    made = rows_of(planned(parent, child), "c")
    assert made["y"] == [3 * p for p in made["p"]]
    alone = planned(parent, child, only="c")
    assert rows_of(alone, "c") == made, "a table planned alone is the same"


def test_siblings_are_numbered() -> None:
    parent = table("p", 20, column("id", "INT"), primary_key=["id"])
    way = reference("p.id", children={"min": 1, "max": 9})
    child = table("c", 90, column("p", "INT", **way), column("n", "INT", **stub(siblings="p")))
    made = rows_of(planned(parent, child), "c")
    for p in set(made["p"]):
        mine = [n for q, n in zip(made["p"], made["n"], strict=True) if q == p]
        assert mine == list(range(1, len(mine) + 1))


def siblings_of(way: dict[str, Any], *more: dict[str, Any], **fields: Any) -> list[dict[str, Any]]:
    """Parents, and children that are numbered by asking for their siblings."""
    parent = table("p", 20, column("id", "INT"), primary_key=["id"])
    numbered = column("n", "INT", **stub(siblings="p"))
    return [parent, table("c", 90, column("p", "INT", **way), numbered, *more, **fields)]


@pytest.mark.parametrize(
    "way", [{}, {"skew": {"zipf": 1}}, {"childless": 0.3}, {"nullable": True, "null_fraction": 0.3}]
)
def test_asking_for_siblings_makes_rows_stand_together(way: dict[str, Any]) -> None:
    made = rows_of(planned(*siblings_of(reference("p.id", **way))), "c")
    for p in {p for p in made["p"] if p is not None}:
        mine = [n for q, n in zip(made["p"], made["n"], strict=True) if q == p]
        assert mine == list(range(1, len(mine) + 1))
    assert len(set(map(made["p"].count, set(made["p"])))) > 1, "not all have the same number"


def test_a_table_that_is_planned_alone_knows_how_others_stand() -> None:
    tables = siblings_of(reference("p.id"))
    copy = column("p", "INT", lookup={"reference": "c", "column": "p"})
    tables[1]["columns"].append(column("id", "INT"))
    tables[1]["primary_key"] = ["id"]
    tables.append(table("g", 200, column("c", "INT", **reference("c.id")), copy))
    assert rows_of(planned(*tables, only="g"), "g") == rows_of(planned(*tables), "g")


def test_siblings_of_no_rows() -> None:
    tables = siblings_of(reference("p.id"))
    tables[1]["target_rows"] = 0
    assert rows_of(planned(*tables), "c") == {"p": [], "n": []}


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            [column("q", "INT", **reference("p.id", children={"min": 0}))],
            "the rows of c do not stand together by p, but by q",
        ),
        (
            [
                column("q", "INT", **reference("p.id")),
                column("m", "INT", **stub(siblings="q")),
            ],
            "the rows of c do not stand together by q, but by p",
        ),
        ([column("m", "INT", **stub(siblings="pp"))], "c.pp is no reference.*did you mean 'p'"),
    ],
)
def test_rows_stand_together_by_one_reference(more: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(PlanError, match=message):
        planned(*siblings_of(reference("p.id"), *more))


def test_rows_of_a_tree_do_not_stand_together() -> None:
    own = reference("c.id", nullable=True)
    numbered = column("n", "INT", **stub(siblings="up"))
    with pytest.raises(PlanError, match=r"do not stand together by up; .*not by one that is a tree"):
        planned(table("c", 90, column("id", "INT"), column("up", "INT", **own), numbered, primary_key=["id"]))


def test_nulls_follow_the_sources_and_no_more() -> None:
    optional = column("a", "INT", required=False, null_fraction=0.4, min_value=1, max_value=9)
    made = rows_of(
        planned(table("t", 900, optional, column("s", "BIGINT", required=False, **stub(of=["a"])))), "t"
    )
    assert made["s"] == made["a"]
    with pytest.raises(PlanError, match=r"cannot be NULL, but what it is made from \(a\) can"):
        planned(table("t", 9, optional, column("s", "BIGINT", **stub(of=["a"]))))


def test_what_may_be_null_and_never_is_makes_what_cannot_be() -> None:
    never = column("a", "INT", required=False, null_fraction=0, min_value=1, max_value=9)
    made = rows_of(planned(table("t", 900, never, column("s", "BIGINT", **stub(of=["a"])))), "t")
    assert made["s"] == made["a"]
    assert None not in made["s"]


def test_null_when_is_a_condition_on_the_row() -> None:
    b = column("b", "INT", required=False, null_when="a", min_value=1, max_value=9)
    made = rows_of(planned(table("t", 900, A, b)), "t")
    assert all((a > 50) == (b is None) for a, b in zip(made["a"], made["b"], strict=True))
    assert {b is None for b in made["b"]} == {True, False}


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ([column("s", "BIGINT", **stub(of=["aa"])), A], "t has no column 'aa'.*did you mean 'a'"),
        ([column("s", "BIGINT", **stub(of=["s"]))], "comes from itself: t.s -> t.s"),
        (
            [column("s", "BIGINT", **stub(of=["r"])), column("r", "BIGINT", **stub(of=["s"]))],
            "comes from itself: t.s -> t.r -> t.s",
        ),
        ([column("s", "BIGINT", is_unique=True, **stub(of=["a"])), A], "may repeat, and here they must not"),
        (
            [column("s", "BIGINT", **stub(of=["w"])), column("w", "VARCHAR(9)")],
            "text has no sum; name numbers",
        ),
        ([A, column("s", "BIGINT", null_when="a")], "the column is required"),
    ],
)
def test_what_is_refused(columns: list[dict[str, Any]], message: str) -> None:
    with pytest.raises((PlanError, reading.SchemaError), match=message):
        planned(table("t", 9, *columns))


def test_columns_of_an_entity_have_one_index() -> None:
    same = [column(f"m{k}", "INT", **stub(entity="e", modulus=k)) for k in (4, 8)]
    other = column("o", "INT", **stub(entity="f", modulus=8))
    made = rows_of(planned(table("t", 900, *same, other)), "t")
    assert made["m4"] == [m % 4 for m in made["m8"]]
    assert made["o"] != made["m8"]


def test_an_entity_whose_column_is_a_key_has_the_index_of_the_key() -> None:
    key = column("k", "INT", is_unique=True, **stub(entity="e", modulus=1 << 20))
    made = rows_of(planned(table("t", 5000, column("m", "INT", **stub(entity="e", modulus=8)), key)), "t")
    assert made["m"] == [k % 8 for k in made["k"]]
    assert len(set(made["k"])) == 5000


def test_the_order_of_an_entitys_keys_does_not_matter() -> None:
    mail = column("mail", "VARCHAR(80)", is_unique=True, rule={"name": "person", "field": "email"})
    nick = column("nick", "VARCHAR(60)", is_unique=True, rule={"name": "person", "field": "user_name"})
    whole, turned = (
        plan(
            reading.parse({"name": "test", "tables": [table("t", 50, *columns)]}), 7, ExperimentService().rule
        )
        for columns in ((mail, nick), (nick, mail))
    )
    assert made(whole, "t", "mail") == made(turned, "t", "mail")


def test_null_survives_in_a_reference_to_a_condition() -> None:
    parent = table("p", 30, column("id", "INT"), primary_key=["id"])
    link = reference("p.id", nullable=True)
    child = table("c", 600, A, column("p", "INT", null_when="a", **link))
    made = rows_of(planned(parent, child), "c")
    assert all((a > 50) == (p is None) for a, p in zip(made["a"], made["p"], strict=True))
    assert isinstance(planned(parent, child).table("c").columns[1].kernel, Nullable)
