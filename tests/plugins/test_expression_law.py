"""Expressions and documents keep the law: any rows, in any order, process or thread."""

import itertools
import json
import pickle
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support import column, planned, reference, scattered, table, to_list

from dw_simulator.engine.rows import BLOCK, Rows
from dw_simulator.engine.values.base import Kernel
from dw_simulator.plugins.expressions.evaluation import MOST_PREPARED, Query, ask, evaluate
from dw_simulator.plugins.rules.expressions import Expression
from dw_simulator.plugins.rules.json_values import Json

ROWS = 1 << 40


class Kernels(dict[str, Kernel]):
    """By name; with few words for a failing test."""

    def __repr__(self) -> str:
        return "kernels"


WORDS = {"name": "choice", "values": ["new", "shipped", "Zoë"]}
SOURCES = [
    column("q", "INT", min_value=1, max_value=9),
    column("p", "DECIMAL(10,2)", min_value=1, max_value=500),
    column("w", "DECIMAL(30,3)", min_value=1, max_value=500),
    column("s", "VARCHAR(12)", rule=WORDS),
    column("long", "VARCHAR(60)", required=False),
    column("d", "DATE"),
    column("ts", "TIMESTAMP(9)"),
    column("x", "DOUBLE", min_value=1, max_value=100),
    column("b", "BOOLEAN"),
    column("raw", "SUPER"),
    column("bytes", "VARBYTE(20)"),
    column("u", "UUID"),
    column("at", "TIME"),
    column("parent", "INT", **reference("parents.id", nullable=True, null_fraction=0.3)),
]
PARENT = table("parents", 1000, column("id", "INT"), column("day", "DATE"), primary_key=["id"])

EXPRESSIONS = {
    "integers": ("INT", "q + 1"),
    "decimals": ("DECIMAL(12,2)", "q * p"),
    "wide decimals": ("DECIMAL(34,4)", "w * q"),
    "floats": ("DOUBLE", "ln(x) / q"),
    "reals": ("REAL", "x / q"),
    "truth": ("BOOLEAN", "s <> 'new' AND b"),
    "text": ("VARCHAR(90)", "coalesce(long, s) || '-' || q"),
    "days": ("DATE", "d + q"),
    "moments": ("TIMESTAMP(3)", "ts + to_days(q)"),
    "nanoseconds": ("TIMESTAMP_NTZ", "ts"),
    "instants": ("TIMESTAMPTZ", "d"),
    "clocks": ("TIME", "at + to_minutes(q)"),
    "bytes": ("VARBYTE(20)", "bytes"),
    "uuids": ("UUID", "CASE WHEN b THEN u END"),
    "json": ("SUPER", "to_json({'q': q, 'raw': raw})"),
    "a constant": ("INT", "7"),
    "the parent's": ("DATE", "coalesce(parent.day, d)"),
}
LEAF = {"data_type": "VARCHAR(12)", "rule": WORDS}
TEMPLATES: dict[str, Any] = {
    "a document": {
        "id": {"data_type": "BIGINT", "rule": {"name": "sequence"}},
        "tags": {"array": LEAF, "length": [0, 3]},
        "at": {
            "when": {"data_type": "TIMESTAMP"},
            "note": {"data_type": "VARCHAR(30)", "null_fraction": 0.3},
        },
        "p": {"column": "p"},
        "total": {"data_type": "DECIMAL(12,2)", "rule": {"name": "expression", "sql": "q * p"}},
        "lines": {"array": {"n": {"data_type": "INT"}, "s": {"column": "s"}, "sub": [LEAF]}, "length": 2},
        "day": {"column": "d"},
    },
    "many elements": {"array": {"data_type": "INT"}, "length": [0, 90]},
}


@pytest.fixture(scope="module")
def kernels() -> Kernels:
    made = [
        column(f"c{k}", data_type, required="CASE" not in sql, rule={"name": "expression", "sql": sql})
        for k, (data_type, sql) in enumerate(EXPRESSIONS.values())
    ]
    made += [
        column(f"t{k}", "SUPER", rule={"name": "json", "template": template})
        for k, template in enumerate(TEMPLATES.values())
    ]
    plan = planned(PARENT, table("t", ROWS, *SOURCES, *made)).table("t")
    found = [column.kernel for column in plan.columns[len(SOURCES) :]]
    return Kernels(zip([*EXPRESSIONS, *TEMPLATES], found, strict=True))


every_kernel = pytest.mark.parametrize("name", [*EXPRESSIONS, *TEMPLATES])


@every_kernel
@given(
    start=st.integers(0, 1 << 36),
    ends=st.tuples(st.integers(0, 60), st.integers(0, 60)),
    length=st.integers(60, 80),
)
@settings(max_examples=8, deadline=None)
def test_a_slice_of_rows_has_the_slice_of_values(
    kernels: Kernels, name: str, start: int, ends: tuple[int, int], length: int
) -> None:
    kernel, (a, b) = kernels[name], sorted(ends)
    whole = to_list(kernel.values(Rows.run(start, start + length)))
    assert len(whole) == length
    assert to_list(kernel.values(Rows.run(start + a, start + b))) == whole[a:b]


@every_kernel
@given(numbers=st.lists(st.integers(0, ROWS - 1), max_size=8), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=6, deadline=None)
def test_rows_in_any_order_have_their_own_values(
    kernels: Kernels, name: str, numbers: list[int], seed: int
) -> None:
    kernel = kernels[name]
    values = to_list(kernel.values(scattered(numbers)))
    order = np.random.default_rng(seed).permutation(len(numbers))
    shuffled = to_list(kernel.values(scattered(np.array(numbers, dtype=np.uint64)[order])))
    assert shuffled == [values[k] for k in order]
    assert [to_list(kernel.values(Rows.run(n, n + 1)))[0] for n in numbers] == values


@pytest.mark.parametrize("name", ["decimals", "text", "uuids", "truth", "a document", "many elements"])
def test_more_rows_than_a_block_are_the_blocks_together(kernels: Kernels, name: str) -> None:
    kernel, start, length = kernels[name], 12_345, BLOCK + 777
    whole = to_list(kernel.values(Rows.run(start, start + length)))
    cuts = [0, 1, BLOCK - 1, BLOCK, length]
    pieces = [
        value
        for a, b in itertools.pairwise(cuts)
        for value in to_list(kernel.values(Rows.run(start + a, start + b)))
    ]
    assert pieces == whole


@every_kernel
def test_kernels_travel(kernels: Kernels, name: str) -> None:
    kernel = kernels[name]
    there = pickle.loads(pickle.dumps(kernel))
    rows = np.arange(100, dtype=np.uint64) * 977
    assert to_list(there.values(Rows.at(rows))) == to_list(kernel.values(Rows.at(rows)))


@pytest.mark.parametrize("example", [*Expression.examples, *Json.examples])
def test_the_examples_of_the_rules_are_kept_by_the_law(example: Any) -> None:
    columns = example if isinstance(example, list) else [example]
    kernel = planned(table("t", 1 << 30, *columns)).table("t").columns[-1].kernel
    whole = to_list(kernel.values(Rows.run(0, 50)))
    numbers = list(range(49, -1, -1))
    assert to_list(kernel.values(scattered(numbers))) == whole[::-1]
    assert len(set(whole)) > 1


def test_threads_do_not_meet(kernels: Kernels) -> None:
    starts = [k * 1000 for k in range(12)]
    found = {(name, start): [] for name in kernels for start in starts}
    barrier = threading.Barrier(4)

    def work(worker: int) -> None:
        barrier.wait()
        for name, start in sorted(found, key=lambda pair: hash((worker, pair))):
            values = to_list(kernels[name].values(Rows.run(start, start + 60)))
            found[name, start].append(values)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert all(one == several[0] and len(several) == 4 for several in found.values() for one in several)


def test_each_template_place_has_a_stream_of_its_own() -> None:
    """Leaves that are added, and fields beside them, change nothing of the others."""
    integer = {"data_type": "INT", "min_value": 0, "max_value": 10**6}
    small = {"a": integer, "deep": {"b": integer}, "list": {"array": integer, "length": [1, 4]}}
    large = {"z": integer, **small, "deep": {"y": integer, "b": integer}, "a.b": integer, "a": integer}

    def documents(template: Any) -> list[Any]:
        whole = planned(table("t", 300, column("doc", "SUPER", rule={"name": "json", "template": template})))
        (only,) = whole.table("t").columns
        return [json.loads(text) for text in to_list(only.kernel.values(Rows.run(0, 300)))]

    before, after = documents(small), documents(large)
    for one, other in zip(before, after, strict=True):
        assert (one["a"], one["deep"]["b"], one["list"]) == (other["a"], other["deep"]["b"], other["list"])
    columns = [[d["a"], d["deep"]["b"], d["z"], d["deep"]["y"], d["a.b"]] for d in after]
    for first, second in itertools.combinations(range(5), 2):
        assert sum(row[first] == row[second] for row in columns) < 5
    assert len({value for d in after for value in d["list"]}) > 700


def test_no_more_than_so_many_queries_stay_prepared() -> None:
    batch = pa.RecordBatch.from_pydict({"a": list(range(5))})

    def sources() -> int:
        listed = ask("SELECT count(*) FROM duckdb_views() WHERE view_name LIKE 'dw_sim_source_%'")
        return int(listed)

    def answers(k: int) -> list[int]:
        return evaluate(Query(f"SELECT a + {k} AS value FROM ", ""), batch).to_pylist()

    assert answers(1) == [1, 2, 3, 4, 5]
    before = sources()
    assert before >= 1
    assert [answers(k)[0] for k in range(MOST_PREPARED + 30)] == list(range(MOST_PREPARED + 30))
    assert sources() <= MOST_PREPARED


def test_nothing_is_said_at_the_end_of_a_process() -> None:
    """DuckDB complains of connections that are open then."""
    script = (
        "from dw_simulator.plugins.expressions.evaluation import ask; import threading;"
        "t = threading.Thread(target=lambda: ask('SELECT 1')); t.start(); t.join();"
        "print(ask('SELECT 41 + 1'))"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert (ended.stdout.strip(), ended.stderr) == ("42", "")
