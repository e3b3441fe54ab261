"""Values whose classes no line of the program knows take part in CHECKs, references, keys and widths.

They are a stranger's: domains and kernels of this file. The planner knows what their facts say.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pytest
from tests.support import column, made, reference, table

from dw_simulator.engine.columns import Column, FixedColumn, Pool, PoolColumn
from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Rows, UInts
from dw_simulator.engine.selectors.sampling import Uniform, multiply_high
from dw_simulator.engine.values.base import Domain, Drawn, Kernel
from dw_simulator.engine.values.facts import Facts, Language, Stored
from dw_simulator.errors import PlanError
from dw_simulator.planning import plan
from dw_simulator.ports.plan import Plan
from dw_simulator.ports.rule import ColumnSpec, RuleOptions
from dw_simulator.schema import reading
from dw_simulator.schema.model import RuleSpec
from dw_simulator.service import ExperimentService
from dw_simulator.types import Kind


@dataclass(frozen=True, eq=False)
class Triangles(Domain):
    """0, 1, 3, 6, 10, ...: so many triangular numbers."""

    size: int

    def decode(self, index: UInts) -> FixedColumn:
        return FixedColumn((index * (index + np.uint64(1)) // np.uint64(2)).astype(np.int64))


@dataclass(frozen=True, eq=False)
class Moods(Domain):
    """Some words; others can be left out."""

    words: Sequence[str]
    is_list = True

    @property
    def size(self) -> int:
        return len(self.words)

    @property
    def facts(self) -> Facts:
        width = max(len(word.encode()) for word in self.words)
        return Facts(
            distinct=self.size,
            repeats=False,
            width=width,
            movable=False,
            language=lambda: Language((tuple(self.words),)),
        )

    def decode(self, index: UInts) -> PoolColumn:
        return PoolColumn(index.astype(np.int32), Pool(tuple(self.words)))


@dataclass(frozen=True, eq=False)
class Steps(Kernel):
    """A number from 0 to 999 in every row; in even rows far from the start."""

    stream: Stream

    @cached_property
    def facts(self) -> Facts:
        return Facts(span=(0, 999), distinct=1000, independent=True)

    def values(self, rows: Rows) -> Column:
        return FixedColumn(multiply_high(self.stream.bits(rows), 1000).astype(np.int64))


@dataclass(frozen=True, eq=False)
class Tickets(Kernel):
    """100, 101, ...: rows that are numbered, with some numbers left out."""

    left_out: frozenset[int] = frozenset()

    @cached_property
    def facts(self) -> Facts:
        return Facts(span=(100, 1 << 30), repeats=False, movable=False, excluded=self.left_out)

    def values(self, rows: Rows) -> Column:
        numbers = rows.numbers.astype(np.int64) + 100
        for gap in sorted(self.left_out):
            numbers += numbers >= gap
        return FixedColumn(numbers)

    def without(self, values: Collection[Stored]) -> "Tickets":
        return Tickets(self.left_out | {int(value) for value in values})


class StrangeRule(RuleOptions):
    """Whichever of the values above is asked for."""

    what: str

    def build(self, spec: ColumnSpec) -> Domain | Kernel:
        made_of: dict[str, Domain | Kernel] = {
            "triangles": Triangles(40),
            "moods": Moods(("glad", "sad", "mad", "furious")),
            "drawn moods": Drawn(Uniform(spec.stream(), 4), Moods(("glad", "sad", "mad", "furious"))),
            "steps": Steps(spec.stream()),
            "tickets": Tickets(),
        }
        return made_of[self.what]


class _Rules:
    """The rules of this program, and the stranger's."""

    def __init__(self) -> None:
        self.own = ExperimentService().rule

    def __getattr__(self, name: str) -> Any:
        return getattr(self.own, name)

    def __call__(self, spec: RuleSpec, kind: Kind) -> Any:
        return StrangeRule(**spec.options) if spec.name == "strange" else self.own(spec, kind)


def planned(*tables: dict[str, Any]) -> Plan:
    return plan(reading.parse({"name": "test", "tables": list(tables)}), 7, _Rules())


def refusal(*tables: dict[str, Any]) -> str:
    with pytest.raises(PlanError) as caught:
        planned(*tables)
    return str(caught.value)


def strange(what: str) -> dict[str, Any]:
    return {"rule": {"name": "strange", "what": what}}


# --- CHECKs


def test_holes_and_ranges_are_kept_to() -> None:
    one = column("n", "BIGINT", **strange("triangles"))
    a_plan = planned(table("t", 400, one, checks=["n BETWEEN 3 AND 100 AND n NOT IN (6, 21)"]))
    assert a_plan.warnings == ()
    values = set(made(a_plan, "t"))
    assert 3 <= min(values) <= max(values) <= 100
    assert not {6, 21} & values
    assert {10, 15, 28, 36} <= values


def test_a_list_that_has_them_all_is_proved() -> None:
    mood = column("mood", "VARCHAR(10)", **strange("moods"))
    ok = table("t", 50, mood, checks=["mood IN ('glad', 'sad', 'mad', 'furious', 'calm')"])
    assert planned(ok).warnings == ()


@pytest.mark.parametrize("what", ["moods", "drawn moods"])
def test_of_a_list_those_that_pass_are_left(what: str) -> None:
    mood = column("mood", "VARCHAR(10)", **strange(what))
    a_plan = planned(table("t", 200, mood, checks=["length(mood) <= 4", "mood <> 'mad'"]))
    assert a_plan.warnings == ()
    assert set(made(a_plan, "t")) == {"glad", "sad"}


def test_numbered_rows_leave_out_what_is_excluded() -> None:
    ids = column("id", "BIGINT", is_unique=True, **strange("tickets"))
    a_plan = planned(table("t", 5, ids, checks=["id <> 102"]))
    assert (made(a_plan, "t"), a_plan.warnings) == ([100, 101, 103, 104, 105], ())


def test_what_is_compared_gives_way() -> None:
    columns = [column("a", "BIGINT", **strange("steps")), column("b", "BIGINT", **strange("steps"))]
    a_plan = planned(table("t", 2000, *columns, checks=["a < b"]))
    assert a_plan.warnings == ()
    pairs = [*zip(made(a_plan, "t", "a"), made(a_plan, "t", "b"), strict=True)]
    assert all(a < b for a, b in pairs)
    assert sum(b for _, b in pairs) / len(pairs) > 550, "the shape stays where it can"


# --- references, keys and widths


def test_references_fit_by_what_is_known() -> None:
    parent = table("p", 30, column("id", "BIGINT", is_unique=True, **strange("triangles")))
    child = table("c", 90, column("p_id", "SMALLINT", **reference("p.id")))
    a_plan = planned(parent, child)
    assert set(made(a_plan, "c")) <= set(made(a_plan, "p"))
    narrow = table("c", 90, column("p_id", "TINYINT", **reference("p.id")))
    assert "values up to 780 do not fit" in refusal(parent, narrow)


def test_keys_know_how_many_there_are_and_what_tells_rows_apart() -> None:
    full = table("t", 41, column("id", "BIGINT", is_unique=True, **strange("triangles")))
    assert "40 values fit" in refusal(full)
    a_plan = planned(table("t", 40, column("id", "BIGINT", is_unique=True, **strange("triangles"))))
    assert len(set(made(a_plan, "t"))) == 40
    carried = table(
        "t", 30, column("id", "BIGINT", **strange("tickets")), column("x", "INT"), unique=[["id", "x"]]
    )
    assert made(planned(carried), "t", "id") == [*range(100, 130)]


def test_widths_are_asked_of_the_values() -> None:
    assert "values of up to 7 bytes do not fit" in refusal(
        table("t", 5, column("mood", "VARCHAR(5)", **strange("moods")))
    )
