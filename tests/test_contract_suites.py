"""The contract suites can fail: for each promise, something that breaks it and is caught by its test."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import duckdb
import numpy as np
import pytest
from pydantic import ConfigDict, Field

from dw_simulator.adapters.executors.workers import run_in_threads
from dw_simulator.adapters.sinks.directory import DirectorySink
from dw_simulator.adapters.warehouses.duckdb import DuckDbFilling, DuckDbWarehouse
from dw_simulator.errors import OutputError, RunAbortedError, WarehouseError
from dw_simulator.plugin import (
    Domain,
    EntityOptions,
    Facts,
    FixedColumn,
    Integers,
    Kernel,
    Kind,
    Member,
    Pooled,
    Refusal,
    RuleOptions,
    Stream,
)
from dw_simulator.ports.executor import Execution
from dw_simulator.ports.hookspecs import hookimpl
from dw_simulator.ports.sink import Receipt
from dw_simulator.ports.warehouse import Loaded
from dw_simulator.registry.manager import Owner, Registry, registry
from dw_simulator.testing import (
    DialectContract,
    ExecutorContract,
    RuleContract,
    SinkContract,
    WarehouseContract,
    examples,
)

Failures = (AssertionError, pytest.fail.Exception, Exception)


# --- rules


@dataclass(frozen=True, eq=False)
class Numbers(Kernel):
    """Whole numbers by a function of (stream, rows)."""

    stream: Stream
    make: Callable[[Stream, Any], Any]
    distinct: int | None = None

    @property
    def facts(self) -> Facts:
        return Facts(distinct=self.distinct)

    def values(self, rows: Any) -> FixedColumn:
        made = self.make(self.stream, rows)
        return made if isinstance(made, FixedColumn) else FixedColumn((made % 1000).astype(np.int32))


_calls: list[int] = []


def honest(stream: Stream, rows: Any) -> Any:
    return stream.bits(rows)


def remembering(stream: Stream, rows: Any) -> Any:
    _calls.append(len(rows))
    return stream.bits(rows) + np.uint64(len(_calls))


def by_position(_stream: Stream, rows: Any) -> Any:
    return np.arange(len(rows)) * 7919


def by_length(stream: Stream, rows: Any) -> Any:
    return stream.bits(rows) + np.uint64(len(rows) // 40_000)


def only_runs(stream: Stream, rows: Any) -> Any:
    return stream.bits(rows) if rows.contiguous else np.zeros(len(rows))


def one_stream_for_all(_stream: Stream, rows: Any) -> Any:
    return Stream.named(0, "t", "c", "value").bits(rows)


def wide(stream: Stream, rows: Any) -> FixedColumn:
    return FixedColumn((stream.bits(rows) % np.uint64(1000)).astype(np.int64))


def too_high(stream: Stream, rows: Any) -> FixedColumn:
    return FixedColumn((stream.bits(rows) % np.uint64(2001)).astype(np.int32))


def with_holes(stream: Stream, rows: Any) -> FixedColumn:
    bits = stream.bits(rows)
    return FixedColumn((bits % np.uint64(1000)).astype(np.int32), bits % np.uint64(9) > 0)


class Toy(RuleOptions):
    """Whole numbers below 1000."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.INTEGER, Kind.TEXT})

    def __init_subclass__(cls, rule: str = "", **rest: Any) -> None:
        super().__init_subclass__(**rest)
        if "examples" not in vars(cls):
            bounds = {"min_value": 0, "max_value": 1000}
            column = {"name": "value", "data_type": "INT", **bounds, "rule": {"name": rule}}
            cls.examples = (column,)

    def build(self, spec: Any) -> Any:
        return Numbers(spec.stream(), honest)


def toy(make: Any, **fields: Any) -> type[Toy]:
    class Made(Toy, rule="toy"):
        __doc__ = Toy.__doc__

        def build(self, spec: Any) -> Any:
            return Numbers(spec.stream(), make, **fields)

    return Made


class Nosy(Toy, rule="toy"):
    """It looks at who stands beside it."""

    def build(self, spec: Any) -> Any:
        return Numbers(Stream.named(spec.seed, spec.table, str(len(spec.owner.columns)), "value"), honest)


class Lazy(Toy, rule="toy"):
    """It draws what it can when the column may be NULL."""

    def build(self, spec: Any) -> Any:
        return Numbers(spec.stream("value" if spec.column.required else "null"), honest)


@dataclass(frozen=True, eq=False)
class Cut(Domain):
    """Words whose longest is hidden from the planner."""

    inner: Pooled
    size: int = 2

    @property
    def facts(self) -> Facts:
        return Facts()

    def decode(self, index: Any) -> Any:
        return self.inner.decode(index)


class TooLong(Toy, rule="toy"):
    """Words that are longer than they say."""

    examples = ({"name": "value", "data_type": "VARCHAR(3)", "rule": {"name": "toy"}},)

    def build(self, spec: Any) -> Any:
        return Cut(Pooled.of(("ab", "abcdef")))


class Twins(Toy, rule="toy"):
    """A key whose values are there twice."""

    examples = ({"name": "value", "data_type": "INT", "is_unique": True, "rule": {"name": "toy"}},)

    def build(self, spec: Any) -> Any:
        return Halved()


@dataclass(frozen=True, eq=False)
class Halved(Domain):
    """A domain in which every value stands twice."""

    size: int = 1 << 20

    def decode(self, index: Any) -> FixedColumn:
        return FixedColumn((index >> np.uint64(1)).astype(np.int32))


class Quarrelsome(EntityOptions):
    """Numbers of which each column makes its own."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.INTEGER})
    examples = ({"name": "value", "data_type": "INT", "rule": {"name": "toy"}},)

    field: str = Field(default="number", description="there is but one")
    entity: str = Field(default="toy", description="whose")

    def world(self, members: Sequence[Member[Any]]) -> Any:
        return Quarrel([member.name for member in members])


@dataclass(frozen=True)
class Quarrel:
    """A world whose columns are shifted against one another."""

    names: list[str]
    natural: int = 1 << 20

    def column(self, name: str) -> Any:
        return Integers(self.names.index(name), self.natural, np.dtype(np.int32))


class Undescribed(Toy, rule="toy"):
    """An option that says nothing."""

    sides: int = 6


class NoExample(Toy, rule="another"):
    """Its example is another rule's."""


class OwnName(Toy, rule="toy"):
    """An option that nobody can set."""

    name: str = Field(default="x", description="the rule's own")


class Impossible(Toy, rule="toy"):
    """It cannot be planned."""

    def build(self, spec: Any) -> Any:
        raise Refusal("there is no such thing")


class Silent(Toy, rule="toy"):
    """It takes whatever it is given."""

    model_config = ConfigDict(extra="ignore")


ORDER = "test_rows_in_any_order_have_their_own_values"
SLICE = "test_a_slice_of_rows_has_the_slice_of_values"
NULLS = "test_nulls_come_as_often_as_asked_and_change_nothing_else"
CASES: dict[str, tuple[type, str, str]] = {
    "remembers": (toy(remembering), ORDER, "rows in any order"),
    "goes by position": (toy(by_position), SLICE, "rows 1 to"),
    "goes by the batch": (toy(by_length), SLICE, "rows 0 to 1: value 0 is"),
    "knows runs only": (toy(only_runs), ORDER, "rows in any order, some of them twice"),
    "cannot be pickled": (toy(lambda stream, rows: stream.bits(rows)), "test_it_survives_pickling", "pickle"),
    "has no seed": (toy(one_stream_for_all), "test_the_seed_decides", "other seeds give the same"),
    "looks at others": (Nosy, "test_other_columns_do_not_matter", "beside other columns"),
    "draws otherwise beside NULLs": (Lazy, NULLS, "where there is no NULL"),
    "is stored otherwise": (toy(wide), "test_values_are_of_the_type", "int64"),
    "is NULL in a required column": (toy(with_holes), "test_values_are_of_the_type", "NULL in a column"),
    "is too long": (TooLong, "test_values_are_of_the_type", r"longer than VARCHAR\(3\)"),
    "is out of bounds": (toy(too_high), "test_values_keep_to_the_bounds", "2000.0 is too high"),
    "repeats in a key": (Twins, "test_a_key_has_no_value_twice", "a value is there twice"),
    "has more than it says": (toy(honest, distinct=7), "test_a_key_has_no_value_twice", "more values than"),
    "does not agree with itself": (Quarrelsome, "test_columns_of_one_entity_agree", "of the same entity"),
    "cannot be planned": (Impossible, "test_it_can_be_planned", "there is no such thing"),
    "does not describe its option": (Undescribed, "test_it_says_what_it_does", "toy.sides needs Field"),
    "takes the rule's name": (OwnName, "test_it_says_what_it_does", "`name` is the rule's own"),
    "has no example": (NoExample, "test_it_has_examples", "needs `examples`"),
    "takes any option": (Silent, "test_an_unknown_option_is_refused", "DID NOT RAISE"),
}


def contract(rule: type) -> RuleContract:
    """The suite over one rule, registered as `toy`."""
    globals()["Current"] = rule
    known = Registry()
    known.register(_Toys(), Owner("toys"))

    class Suite(RuleContract):
        rules = ("toy",)

    Suite.known = known
    return Suite()


class _Toys:
    @hookimpl
    def dw_simulator_rules(self) -> dict[str, str]:
        return {"toy": f"{__name__}:Current"}


def run(suite: RuleContract, test: str) -> None:
    method = getattr(suite, test)
    if "rule" in method.__code__.co_varnames[: method.__code__.co_argcount]:
        method("toy")
    else:
        (example,) = examples("toy", suite.known)
        method(example)


@pytest.mark.parametrize(("rule", "test", "words"), CASES.values(), ids=CASES)
def test_a_rule_that_breaks_a_promise_is_caught(rule: type, test: str, words: str) -> None:
    with pytest.raises(Failures, match=words):
        run(contract(rule), test)


def test_every_promise_of_a_rule_is_kept_by_an_honest_one() -> None:
    suite = contract(toy(honest))
    tests = [name for name in dir(RuleContract) if name.startswith("test_")]
    assert len(tests) == 18
    for name in tests:
        run(suite, name)


# --- sinks


class Suite(SinkContract):
    """The suite over a class of sinks."""

    scheme = "file"

    def __init__(self, kind: Any) -> None:
        self.kind = kind

    def sink(self, root: Path, token: str = "token", a_plan: Any = None) -> Any:
        made = super().sink(root, token, a_plan)
        return self.kind(made.root, made.compression, made.origin, made.token, made.format)


class Eager(DirectorySink):
    """It shows parts as they come: the manifest of the former run names files of the new one."""

    def prepare(self, plan: Any) -> Any:
        found = super().prepare(plan)
        for path in self.root.glob("[!.]*/*.parquet"):
            path.unlink()
        return found


class Messy(DirectorySink):
    """It leaves things behind."""

    def abort(self) -> None:
        self.let_go()


class Final(DirectorySink):
    """What it has published stays."""

    def take_back(self) -> None:
        """It cannot."""

    def abort(self) -> None:
        self.tidy()


class Forgetful(DirectorySink):
    """It keeps no parts."""

    def prepare(self, plan: Any) -> list[Receipt]:
        super().prepare(plan)
        return []


class Boasting(DirectorySink):
    """Its receipts say more than there is."""

    def open(self, table: Any, part: Any) -> Any:
        writer = super().open(table, part)
        writer._rows += 1
        return writer


class Trusting(DirectorySink):
    """It believes that files are what they were."""

    def problem_with(self, entry: Any) -> None:
        """There is none."""


class Sizing(DirectorySink):
    """It looks at sizes, and no further."""

    def problem_with(self, entry: Any) -> str | None:
        found = super().problem_with(entry)
        return None if found and "checksum" in found else found


class Blind(DirectorySink):
    """It does not see what lies in a table's directory."""

    def files_of(self, table: str) -> list[str]:
        return super().files_of(table)[:-1]


class Indifferent(DirectorySink):
    """Any file may be that of any part."""

    def is_file_of(self, file: str, table: str, number: int) -> bool:
        return True


class Misplaced(DirectorySink):
    """It says that parts lie where none do."""

    def is_file_of(self, file: str, table: str, number: int) -> bool:
        return file == super().file_of(table, number)

    def file_of(self, table: str, number: int) -> str:
        return f"elsewhere/{super().file_of(table, number)}"


class Tight(DirectorySink):
    """It finds nothing but tables."""

    def content(self, file: str) -> None:
        """It is not there."""


class Shifted(DirectorySink):
    """It counts rows from the part's first one."""

    def rows(self, entry: Any, columns: Any, start: int, stop: int) -> Any:
        return super().rows(entry, columns, start + entry.start // 400, stop + entry.start // 400)


class Estimating(DirectorySink):
    """It does not add up what it says the sum of."""

    def facts(self, entry: Any, columns: Any, *, sums: bool) -> Any:
        return super().facts(entry, columns, sums=False)


class Sealed(DirectorySink):
    """It cannot go to another process."""

    def __getstate__(self) -> Any:
        raise TypeError("locks stay where they are")


@pytest.mark.parametrize(
    ("kind", "test", "words"),
    [
        (Eager, "test_a_run_that_fails_half_way_leaves_the_former_output", "cannot be read|No such file"),
        (Messy, "test_an_aborted_run_leaves_nothing", "Left contains"),
        (Final, "test_what_is_published_can_be_taken_back", "there was nothing before"),
        (Forgetful, "test_finished_parts_are_gone_on_with", "Receipt"),
        (Boasting, "test_receipts_are_true", "401"),
        (Sealed, "test_workers_get_it_by_pickling", "locks stay where they are"),
        (Trusting, "test_files_are_whole_until_they_are_changed", "nobody is told"),
        (Sizing, "test_files_are_whole_until_they_are_changed", "nobody is told"),
        (Blind, "test_files_lie_where_they_are_said_to", "nothing else lies there"),
        (Indifferent, "test_files_lie_where_they_are_said_to", "it is that of another part"),
        (Misplaced, "test_files_lie_where_they_are_said_to", "elsewhere"),
        (Tight, "test_what_lies_beside_the_tables_is_found", "None"),
        (Shifted, "test_files_are_read_again", "At index 0"),
        (Estimating, "test_files_are_read_again", "sum"),
    ],
)
def test_a_sink_that_breaks_a_promise_is_caught(kind: type, test: str, words: str, tmp_path: Path) -> None:
    getattr(Suite(DirectorySink), test)(tmp_path / "honest")
    with pytest.raises(Failures, match=words):
        getattr(Suite(kind), test)(tmp_path / "other")


# --- warehouses


class OfWarehouse(WarehouseContract):
    """The suite over a class of warehouses."""

    scheme = "duckdb"

    def __init__(self, kind: Callable[[str], Any]) -> None:
        self.kind = kind

    def warehouse(self, root: Path) -> Any:
        root.mkdir(exist_ok=True)
        return self.kind(self.url(root))


class Hasty(DuckDbWarehouse):
    """It shows tables that are half full."""

    def fill(self, task: Any) -> Any:
        return HastyFilling(self, task)


class HastyFilling(DuckDbFilling):
    """A load that stays, whatever happens."""

    def __exit__(self, *error: object) -> None:
        with suppress(WarehouseError, duckdb.Error):
            self._owned.record(self._load, self._execute)
            self._execute("COMMIT")
        self._end()


class Innumerate(DuckDbWarehouse):
    """It does not count."""

    def fill(self, task: Any) -> Any:
        return InnumerateFilling(self, task)


class InnumerateFilling(DuckDbFilling):
    """A load that believes what it is told."""

    def finish(self) -> Any:
        self._owned.record(self._load, self._execute)
        self._execute("COMMIT")
        return Loaded(self._load.rows, "faith")


class Greedy(DuckDbWarehouse):
    """Whatever is there is its own."""

    def drop(self, schema: str, owner: str = "") -> list[str]:
        return super().drop(schema, "contract@1")


class Deaf(DuckDbWarehouse):
    """Nothing is in its way."""

    def check(self, task: Any) -> list[str]:
        return []


class Hoarding(DuckDbWarehouse):
    """It empties nothing."""

    def empty(self, schema: str, owner: str = "") -> list[str]:
        return ["kinds", "names", "empty"]


@pytest.mark.parametrize(
    ("kind", "test", "words"),
    [
        (Hasty, "test_a_load_that_is_left_is_undone", "there was nothing before"),
        (Innumerate, "test_rows_that_are_missing_are_noticed", "DID NOT RAISE"),
        (Greedy, "test_tables_of_others_are_left_alone", "Left contains"),
        (Deaf, "test_tables_of_others_are_left_alone", "DID NOT RAISE"),
        (Hoarding, "test_tables_are_emptied_and_dropped", "1000"),
    ],
)
def test_a_warehouse_that_breaks_a_promise_is_caught(
    kind: type, test: str, words: str, tmp_path: Path
) -> None:
    getattr(OfWarehouse(DuckDbWarehouse), test)(tmp_path / "honest")
    with pytest.raises(Failures, match=words):
        getattr(OfWarehouse(kind), test)(tmp_path / "other")


# --- executors and dialects


def careless(plan: Any, sink: Any, execution: Execution) -> list[Receipt]:
    """It goes on whatever happens, and tells twice what is done."""
    execution.cancelled.clear()
    double = Execution(execution.workers, execution.batch_rows, partial(_twice, execution.progress))
    try:
        return run_in_threads(plan, sink, double)
    except (OutputError, RunAbortedError):
        return []


def _twice(progress: Any, table: str, rows: int) -> None:
    progress(table, 2 * rows)


@pytest.mark.parametrize(
    ("test", "words"),
    [
        ("test_every_row_is_told_once", "2000"),
        ("test_the_error_of_a_part_is_raised", "DID NOT RAISE"),
        ("test_a_wish_to_stop_is_heard", "DID NOT RAISE"),
    ],
)
def test_an_executor_that_breaks_a_promise_is_caught(test: str, words: str, tmp_path: Path) -> None:
    class Careless(ExecutorContract):
        def run(self, a_plan: Any, sink: Any, execution: Execution) -> list[Any]:
            sink.prepare(a_plan)
            return careless(a_plan, sink, execution)

    with pytest.raises(Failures, match=words):
        getattr(Careless(), test)(tmp_path)


class Careless(DialectContract):
    """A dialect that forgets NOT NULL, and says of every error that it is in the first line."""

    dialect = "duckdb"

    @property
    def plugin(self) -> Any:
        return self

    def read(self, sql: str) -> Any:
        return registry().dialects.get("duckdb").read(sql.replace("\n", " "))

    def write(self, experiment: Any) -> Any:
        written = registry().dialects.get("duckdb").write(experiment)
        tables = tuple(text.replace(" NOT NULL", "") for text in written.tables)
        return type(written)(tables, written.late, written.warnings)


def test_a_dialect_that_breaks_a_promise_is_caught() -> None:
    with pytest.raises(Failures, match="countries"):
        Careless().test_what_is_written_reads_the_same(DialectContract.fixtures[0])
    with pytest.raises(Failures, match="line 3, column"):
        Careless().test_an_error_says_where_it_is()
