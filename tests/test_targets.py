"""Exact shares and the rule `target`, from outside by DuckDB: sums are right to the last digit."""

from collections import Counter
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ks_2samp
from tests.support import column, generated, made, planned, reference, scattered, table, to_list, views

from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.rows import Rows
from dw_simulator.engine.selectors.exact import BLOCK_ROWS, ExactShares, apportioned
from dw_simulator.engine.values import quotas as quotas_module
from dw_simulator.engine.values.base import Kernel, fixed
from dw_simulator.engine.values.filling import filled
from dw_simulator.engine.values.quotas import Apportioned
from dw_simulator.engine.values.shared_sums import SharedOut
from dw_simulator.errors import PlanError, SchemaError
from dw_simulator.ports.plan import Plan

SEGMENTS = ["active", "paused", "churned"]


def exact(**options: Any) -> dict[str, Any]:
    return {"name": "choice", "values": SEGMENTS, "exact": True, **options}


def refusal(*tables: dict[str, Any]) -> str:
    with pytest.raises(PlanError) as caught:
        planned(*tables)
    return str(caught.value)


# --- exact shares


@pytest.mark.parametrize("rows", [0, 1, 7, 4096, 4097, 100_000])
def test_exact_shares_are_counts(rows: int) -> None:
    segment = column("segment", "VARCHAR(8)", required=False, rule=exact(weights=[80, 8, 12]))
    found = Counter(made(planned(table("customers", rows, segment)), "customers"))
    assert [found[name] for name in SEGMENTS] == apportioned(rows, [80, 8, 12])


@settings(max_examples=60, deadline=None)
@given(many=st.lists(st.integers(0, 9000), min_size=1, max_size=6), seed=st.integers(0, 99))
def test_every_block_has_as_many_as_arithmetic_says(many: list[int], seed: int) -> None:
    shares = ExactShares(Stream.named(seed, "t", "c", "value"), tuple(many))
    rows, blocks = shares.rows, -(-shares.rows // BLOCK_ROWS)
    index = shares.index(Rows.run(0, rows)).astype(np.int64)
    assert np.bincount(index, minlength=len(many)).tolist() == many
    found = np.zeros((blocks, len(many)), dtype=np.int64)
    np.add.at(found, (np.arange(rows) // BLOCK_ROWS, index), 1)
    places = shares.order(np.arange(blocks, dtype=np.uint64))
    counts = shares.before(places + np.uint64(1)) - shares.before(places)
    assert (counts == found).all()
    assert (counts[: shares.blocks] >= shares.fewest).all()


def test_rows_of_one_choice_lie_anywhere() -> None:
    shares = ExactShares(Stream.named(5, "t", "c", "value"), (500_000, 300_000, 199_900, 100))
    index = shares.index(Rows.run(0, 1_000_000)).astype(np.int64)
    rare = np.flatnonzero(index == 3)
    # 100 of them: as evenly spread over the table as a hundred draws are
    distance = np.abs(np.sort(rare) / 1e6 - np.arange(0.005, 1, 0.01)).max()
    assert distance < 1.63 / np.sqrt(100)
    first = (index == 0).astype(float)
    for lag in (1, 2, 64, 4096):
        assert abs(np.corrcoef(first[:-lag], first[lag:])[0, 1]) < 5 / np.sqrt(len(first))


def test_exact_shares_refuse_what_would_spoil_them() -> None:
    keyed = column("segment", "VARCHAR(8)", is_unique=True, rule=exact())
    assert "segment" in refusal(table("t", 3, keyed))
    assert "leave exact out" in refusal(table("t", 3, keyed))
    nulls = column("segment", "VARCHAR(8)", required=False, null_fraction=0.2, rule=exact())
    assert "leave null_fraction out" in refusal(table("t", 3, nulls))
    told = column("segment", "VARCHAR(8)", required=False, null_when="n > 1", rule=exact())
    assert "leave null_when out" in refusal(table("t", 3, column("n", "INT"), told))


def test_exact_shares_pass_a_check_that_lists_them() -> None:
    segment = column("segment", "VARCHAR(8)", rule=exact())
    checked = table("t", 9, segment, checks=["segment IN ('active', 'paused', 'churned')"])
    assert len(made(planned(checked), "t")) == 9
    short = table("t", 9, segment, checks=["segment IN ('active', 'paused')"])
    assert "churned" in refusal(short) or "segment" in refusal(short)


def test_any_row_of_exact_shares_is_the_same_alone() -> None:
    segment = column("segment", "VARCHAR(8)", rule=exact(weights=[1, 2, 3]))
    plan = planned(table("t", 10**9, segment))
    kernel = plan.table("t").columns[0].kernel
    whole = to_list(kernel.values(Rows.run(777_000_000, 777_000_100)))
    one = to_list(kernel.values(Rows.at(np.array([777_000_042, 777_000_007]))))
    assert one == [whole[42], whole[7]]


# --- filling


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_stretches_come_to_their_quotas_within_bounds(data: st.DataObject) -> None:
    width = data.draw(st.sampled_from([1, 2, 7, 1000, 10**9, 1 << 50]))
    sizes = np.array(data.draw(st.lists(st.integers(1, 30), min_size=1, max_size=5)))
    some = st.one_of(st.just(0), st.just(width), st.integers(0, width))
    values = np.array(data.draw(st.lists(some, min_size=int(sizes.sum()), max_size=int(sizes.sum()))))
    quotas = np.array([data.draw(st.integers(0, width * int(size))) for size in sizes])
    found = filled(values, sizes, quotas, width)
    assert np.add.reduceat(found, np.cumsum(sizes) - sizes).tolist() == quotas.tolist()
    assert found.min() >= 0
    assert found.max() <= width
    # and a stretch is the same whatever stands beside it
    ends = np.cumsum(sizes)
    for size, end, quota in zip(sizes, ends, quotas, strict=True):
        alone = filled(values[end - size : end], np.array([size]), np.array([quota]), width)
        assert alone.tolist() == found[end - size : end].tolist()


def test_raising_leaves_no_heap_at_the_bound() -> None:
    values = np.sort(np.random.default_rng(1).integers(0, 100_001, 4096))
    found = filled(values, np.array([4096]), np.array([int(values.sum() * 1.3)]), 100_000)
    assert (np.diff(found) >= -1).all(), "the greater stays the greater, but for one unit"
    assert np.count_nonzero(found >= 99_990) < 20


# --- the rule

LIKE = {"name": "lognormal", "mean": 3.2, "stddev": 0.8}


def target(**options: Any) -> dict[str, Any]:
    return {"rule": {"name": "target", "like": LIKE, **options}}


REGION = column(
    "region",
    "VARCHAR(4)",
    rule={
        "name": "choice",
        "values": ["EMEA", "APAC", "AMER", "MARS"],
        "weights": [50, 30, 19.95, 0.05],
        "exact": True,
    },
)
DAY = column(
    "ordered_on",
    "DATE",
    date_start="2023-07-10",
    date_end="2024-12-31",
    rule={"name": "uniform", "order": "sorted"},
)
MONTH = {"column": "ordered_on", "every": "month"}
BOTH = {**MONTH, "of": "region"}
SHARES = {"EMEA": 5, "APAC": 3, "AMER": 1.5, "MARS": 0.5}
SHOP_SUMS = {"EMEA": 20_000_000, "APAC": "9000000.07", "AMER": "3000000.5", "MARS": 300}


def shop(orders: int, lines: int, **children: Any) -> list[dict[str, Any]]:
    parents = table(
        "orders",
        orders,
        column("id", "INT"),
        column("total", "DECIMAL(12,2)", min_value=10, max_value=2000),
        primary_key=["id"],
    )
    children = table(
        "lines",
        lines,
        column("order_id", "INT", **reference("orders.id", **children)),
        REGION,
        DAY,
        column("amount", "DECIMAL(10,2)", min_value=0, **target(by="order_id", sum={"column": "total"})),
        column("percent", "DECIMAL(5,2)", **target(by="order_id", sum=100)),
        column("whole", "DECIMAL(10,2)", min_value=0, max_value=50_000, **target(sum="33333333.33")),
        column(
            "regional", "DECIMAL(12,2)", min_value=0, max_value=90_000, **target(by="region", sums=SHOP_SUMS)
        ),
        column(
            "shared",
            "BIGINT",
            **target(by="region", sum=10**9, shares=dict(zip(SHOP_SUMS, [5, 3, 2, 0], strict=True))),
        ),
        column(
            "monthly",
            "DECIMAL(30,3)",
            **target(by=MONTH, sum={"total": "30000000.001", "growth": 1.3, "season": [1] * 11 + [3]}),
        ),
        column("real", "DOUBLE", **target(sum=12_345_678.5)),
        column("by_both", "DECIMAL(14,2)", **target(by=BOTH, sum={"total": 40_000_000}, shares=SHARES)),
    )
    return [parents, children]


def test_a_million_rows_have_no_sum_that_is_off(tmp_path: Path) -> None:
    plan = planned(*shop(250_000, 1_000_000, children={"min": 1, "max": 9}))
    with views(generated(plan, tmp_path)) as lake:
        ask = lake.execute
        off = """SELECT count(*) FROM orders o LEFT JOIN (SELECT order_id, sum(amount) AS a,
            sum(percent) AS p, min(amount) AS least FROM lines GROUP BY 1) l ON l.order_id = o.id
            WHERE a IS DISTINCT FROM total OR p IS DISTINCT FROM 100 OR least < 0"""
        assert ask(off).fetchall() == [(0,)]
        whole = (
            "SELECT sum(whole), min(whole) >= 0, max(whole) <= 50000, sum(monthly), sum(shared) FROM lines"
        )
        assert ask(whole).fetchall() == [(Decimal("33333333.33"), True, True, Decimal("30000000.001"), 10**9)]
        regions = ask("SELECT region, count(*), sum(regional), sum(shared) FROM lines GROUP BY 1").fetchall()
        assert {name: (count, total) for name, count, total, _ in regions} == {
            "EMEA": (500_000, Decimal(20_000_000)),
            "APAC": (300_000, Decimal("9000000.07")),
            "AMER": (199_500, Decimal("3000000.5")),
            "MARS": (500, Decimal(300)),
        }
        shared = {name: total for name, _, _, total in regions}
        assert shared == {"EMEA": 5 * 10**8, "APAC": 3 * 10**8, "AMER": 2 * 10**8, "MARS": 0}
        # a float's sum is exact in any order
        sums = ask("SELECT sum(real), sum(real ORDER BY hash(real)), sum(real ORDER BY real) FROM lines")
        assert sums.fetchall() == [(12_345_678.5,) * 3]
        both = """SELECT sum(cell) OVER (PARTITION BY m) AS month, sum(cell) OVER () AS whole, cell, region
            FROM (SELECT strftime(ordered_on, '%Y-%m') AS m, region, sum(by_both) AS cell FROM lines
            GROUP BY ALL)"""
        cells = ask(both).fetchall()
        assert len(cells) == 18 * 4
        for month, sum_of_all, cell, region in cells:
            assert sum_of_all == 40_000_000
            assert abs(cell - month * Decimal(str(SHARES[region])) / 10) < Decimal("0.01")
        months = dict(
            ask("SELECT strftime(ordered_on, '%Y-%m'), sum(monthly) FROM lines GROUP BY 1").fetchall()
        )
        # July begins on the 10th; December weighs three times as much; growth is by the year
        assert float(months["2023-07"] / months["2023-08"]) == pytest.approx(22 / 31 / 1.3 ** (1 / 12), 1e-6)
        assert float(months["2024-12"] / months["2023-12"]) == pytest.approx(1.3, 1e-6)
        assert float(months["2024-12"] / months["2024-11"]) == pytest.approx(3 * 1.3 ** (1 / 12), 1e-6)


def kernels(plan: Plan, name: str) -> dict[str, Kernel]:
    return {one.name: one.kernel for one in plan.table(name).columns}


SUMMED = ("amount", "percent", "whole", "regional", "shared", "monthly", "real", "by_both")


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 99), cuts=st.lists(st.integers(0, 9_999), max_size=6), data=st.data())
def test_rows_have_the_same_values_in_any_split(seed: int, cuts: list[int], data: st.DataObject) -> None:
    # many small groups, a few that are several leaves each, or one that is the table
    orders, rows = [(1000, 10_000), (3, 30_000), (1, 8192)][seed % 3]
    found = kernels(planned(*shop(orders, rows), seed=seed), "lines")
    ends = sorted({0, rows, *(cut % rows for cut in cuts)})
    numbers = data.draw(st.lists(st.integers(0, rows - 1), max_size=40))
    for name in SUMMED:
        whole = to_list(found[name].values(Rows.run(0, rows)))
        parts = [to_list(found[name].values(Rows.run(*pair))) for pair in pairwise(ends)]
        assert [value for part in parts for value in part] == whole, name
        assert to_list(found[name].values(scattered(numbers))) == [whole[n] for n in numbers], name


def test_scattered_rows_are_made_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    found = kernels(planned(*shop(4, 30_000)), "lines")
    numbers = np.random.default_rng(3).integers(0, 30_000, 500)
    whole = {name: to_list(found[name].values(scattered(numbers))) for name in SUMMED}
    monkeypatch.setattr(quotas_module, "AT_ONCE", 100)
    assert whole == {name: to_list(found[name].values(scattered(numbers))) for name in SUMMED}


def test_a_table_planned_alone_is_the_same() -> None:
    tables = shop(300, 9000)
    whole, alone = planned(*tables), planned(*tables, only="lines")
    for name in ("order_id", "region", "ordered_on", *SUMMED):
        assert made(whole, "lines", name) == made(alone, "lines", name)


def test_a_billion_rows_come_to_the_sum_by_arithmetic() -> None:
    rows = 10**9
    big = table(
        "t",
        rows,
        REGION,
        DAY,
        column("amount", "DECIMAL(18,2)", min_value=0, **target(sum="24530000000.01")),
        column(
            "regional",
            "DECIMAL(18,2)",
            **target(by="region", sum="24530000000.01", shares=dict.fromkeys(SHOP_SUMS, 1)),
        ),
        column("monthly", "BIGINT", **target(by=MONTH, sum={"total": 10**12})),
        column("by_both", "BIGINT", **target(by=BOTH, sum={"total": 10**11}, shares=SHARES)),
    )
    found = kernels(planned(big), "t")
    whole = found["amount"]
    assert isinstance(whole, Apportioned)
    leaves = whole._leaves_between(0, rows)
    assert int(leaves.sizes.sum()) == rows
    dealt, _ = whole._quotas(leaves)
    assert int(dealt.sum()) == 2_453_000_000_001
    assert 0 < np.std(dealt[:-1]) < 0.05 * np.mean(dealt)
    for name, total in (("regional", 2_453_000_000_001), ("by_both", 10**11)):
        shared = found[name]
        assert isinstance(shared, SharedOut)
        period = len(shared.bounds) // 3  # 13,000 blocks, or the first 30,000 of all
        first, end = int(shared.bounds[period]), int(min(shared.bounds[period + 1], 4096 * 30_000))
        leaves = shared._leaves_between(first, max(end, int(shared.bounds[period + 1]) if period else end))
        ends = shared.shares.counted(np.append(leaves.starts, leaves.starts[-1] + leaves.sizes[-1]))
        dealt = shared._quotas(leaves, np.diff(ends, axis=0)).reshape(-1, 4).sum(axis=0)
        if period:
            assert dealt.tolist() == shared.totals[period].tolist()
        else:  # what is dealt out so far is in step with the rows, but for what a block may bear
            assert dealt == pytest.approx(shared.totals[0] * ((ends[-1]) / shared.shares.many), rel=1e-3)
        assert int(shared.totals.sum()) == total
    # any row, at once, and the same alone and among others
    for kernel in found.values():
        some = Rows.run(987_654_321, 987_654_331)
        values = to_list(kernel.values(some))
        assert to_list(kernel.values(scattered([987_654_325]))) == [values[4]]


@pytest.mark.parametrize("by", ["table", "region", "month"])
def test_values_look_like_the_shape(by: str) -> None:
    mean = float(np.exp(3.2 + 0.32))
    rows = 100_000
    options: dict[str, Any] = {
        "table": {"sum": round(rows * mean)},
        "region": {
            "by": "region",
            "sum": round(rows * mean),
            "shares": {"EMEA": 50, "APAC": 30, "AMER": 19.95, "MARS": 0.05},
        },
        "month": {"by": MONTH, "sum": {"total": round(rows * mean)}},
    }[by]
    kernel = kernels(
        planned(
            table("t", rows, REGION, DAY, column("a", "DECIMAL(10,2)", min_value=0, **target(**options)))
        ),
        "t",
    )["a"]
    assert isinstance(kernel, Apportioned | SharedOut)
    own = fixed(kernel.values(Rows.run(0, rows))).values
    like = fixed(kernel.like.values(Rows.run(rows, 2 * rows))).values
    assert ks_2samp(own, like).pvalue > 0.001
    assert np.corrcoef(own, fixed(kernel.like.values(Rows.run(0, rows))).values)[0, 1] > 0.99


def test_sums_of_regions_in_periods_are_met() -> None:
    quarters = ["2023-Q3", "2023-Q4", "2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4"]
    sums = {
        quarter: {name: 1000 * k + 10 * n for n, name in enumerate(SHOP_SUMS)}
        for k, quarter in enumerate(quarters, 1)
    }
    by = {"column": "ordered_on", "every": "quarter", "of": "region"}
    amount = column("a", "DECIMAL(8,2)", min_value=0, rule={"name": "target", "by": by, "sums": sums})
    plan = planned(table("t", 60_000, REGION, DAY, amount))
    found: Counter[tuple[str, str]] = Counter()
    days = np.array(made(plan, "t", "ordered_on")).astype("datetime64[D]").astype("datetime64[M]").astype(int)
    for month, region, value in zip(days, made(plan, "t", "region"), made(plan, "t", "a"), strict=True):
        found[f"{1970 + month // 12}-Q{month % 12 // 3 + 1}", region] += value
    assert found == {(q, name): 100 * total for q, of in sums.items() for name, total in of.items()}


@settings(max_examples=40, deadline=None)
@given(many=st.lists(st.integers(0, 900_000), min_size=1, max_size=4), data=st.data())
def test_rows_before_any_row_are_counted(many: list[int], data: st.DataObject) -> None:
    shares = ExactShares(Stream.named(3, "t", "c", "value"), tuple(many))
    rows = np.array([*data.draw(st.lists(st.integers(0, shares.rows), max_size=5)), 0, shares.rows])
    index = shares.index(Rows.run(0, shares.rows)).astype(np.int64)
    expected = [np.bincount(index[:row], minlength=len(many)).tolist() for row in rows]
    assert shares.counted(rows).tolist() == expected
    start, stop = sorted(rows[:2].tolist()) if len(rows) > 2 else (0, shares.rows)
    for part in range(len(many)):
        mine = start + np.flatnonzero(index[start:stop] == part)
        assert shares.rows_of(part, start, stop).tolist() == mine.tolist()


@pytest.mark.parametrize("weight", [0.01, 0.05, 0.3, 2])
def test_values_of_a_rare_region_look_like_the_shape(weight: float) -> None:
    rows, mean = 1_000_000, float(np.exp(3.2 + 0.32))
    few = round(rows * weight / 100)
    choice = {"name": "choice", "values": ["A", "B"], "weights": [100 - weight, weight], "exact": True}
    sums = {"A": round((rows - few) * mean), "B": round(few * mean)}
    amount = column("a", "DECIMAL(10,2)", min_value=0, **target(by="region", sums=sums))
    plan = planned(table("t", rows, column("region", "VARCHAR(4)", rule=choice), amount))
    own, rare = np.array(made(plan, "t", "a")), np.array(made(plan, "t", "region")) == "B"
    assert own[rare].sum() == 100 * sums["B"]
    assert own[~rare].sum() == 100 * sums["A"]
    kernel = kernels(plan, "t")["a"]
    assert isinstance(kernel, SharedOut)
    like = fixed(kernel.like.values(Rows.run(rows, 2 * rows))).values
    assert ks_2samp(own[rare], like).pvalue > 0.001


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_few_rows_and_none(rows: int) -> None:
    sums = {"table": {"sum": 7}, "month": {"by": MONTH, "sum": {"total": 7}}}
    sums |= {"region": {"by": "region", "sum": 7, "shares": {"EMEA": 1, "APAC": 0, "AMER": 0, "MARS": 0}}}
    sums |= {"both": {"by": BOTH, "sum": {"total": 7}, "shares": SHARES}}
    columns = [column(f"of_{name}", "INT", **target(**options)) for name, options in sums.items()]
    plan = planned(table("t", rows, REGION, DAY, *columns))
    for name in sums:
        found = made(plan, "t", f"of_{name}")
        assert len(found) == rows
        assert sum(found) == (7 if rows else 0)


def test_ones_and_zeros_come_to_a_count() -> None:
    flags = column("a", "INT", min_value=0, max_value=1, rule={"name": "target", "sum": 1234})
    found = made(planned(table("t", 10_000, flags)), "t")
    assert Counter(found) == {0: 8766, 1: 1234}


@settings(max_examples=60, deadline=None)
@given(
    rows=st.one_of(st.integers(0, 12), st.integers(4000, 9000)),
    low=st.integers(-50, 50),
    width=st.integers(0, 300),
    share=st.fractions(0, 1, max_denominator=1000),
    seed=st.integers(0, 9),
)
def test_any_sum_that_can_be_is_met(rows: int, low: int, width: int, share: Any, seed: int) -> None:
    total = low * rows + int(width * rows * share)
    numbers = column("a", "INT", min_value=low, max_value=low + width, rule={"name": "target", "sum": total})
    found = made(planned(table("t", rows, numbers), seed=seed), "t")
    assert sum(found) == total
    assert all(low <= value <= low + width for value in found)


def test_open_bounds_reach_as_far_as_the_sum_asks() -> None:
    for total in (-50_000, 0, 7, 99_000_000):
        found = made(
            planned(table("t", 1000, column("a", "BIGINT", rule={"name": "target", "sum": total}))), "t"
        )
        assert sum(found) == total
        assert max(map(abs, found)) <= max(4 * abs(total) // 1000 + 4, 1000)


def test_rows_without_a_parent_are_null() -> None:
    optional = {"required": False, "null_fraction": 0.3}
    lines = table(
        "lines",
        1000,
        column("order_id", "INT", **optional, **reference("orders.id", nullable=True)),
        column("amount", "DECIMAL(10,2)", required=False, **target(by="order_id", sum=10)),
    )
    plan = planned(table("orders", 100, column("id", "INT"), primary_key=["id"]), lines)
    sums: Counter[int] = Counter()
    for parent, amount in zip(made(plan, "lines", "order_id"), made(plan, "lines", "amount"), strict=True):
        assert (parent is None) == (amount is None)
        sums[parent] += amount or 0
    assert {sums[parent] for parent in sums if parent is not None} == {1000}


def test_a_target_dealt_out_again_is_exact_at_both_levels() -> None:
    orders = table(
        "orders",
        500,
        column("id", "INT"),
        column("total", "DECIMAL(12,2)", min_value=5, max_value=900, **target(sum=20_000)),
        primary_key=["id"],
    )
    lines = table(
        "lines",
        2000,
        column("order_id", "INT", **reference("orders.id")),
        column("qty", "INT", min_value=1, max_value=9),
        column(
            "amount",
            "DECIMAL(14,4)",
            rule={
                "name": "target",
                "by": "order_id",
                "sum": {"column": "total"},
                "like": {"name": "expression", "sql": "qty * 1.5"},
            },
        ),
    )
    plan = planned(orders, lines)
    assert sum(made(plan, "orders", "total")) == 2_000_000
    assert sum(made(plan, "lines", "amount")) == 200_000_000
    # the shares of an order are those of the quantities
    keys, amounts, units = (np.array(made(plan, "lines", name)) for name in ("order_id", "amount", "qty"))
    for key in range(1, 50):
        mine = keys == key
        assert np.allclose(amounts[mine] / amounts[mine].sum(), units[mine] / units[mine].sum(), atol=1e-3)


def test_checks_are_bounds_of_a_target() -> None:
    amount = column("a", "DECIMAL(10,2)", **target(sum=300_000))
    other = column("b", "DECIMAL(10,2)", min_value=0, max_value=900)
    for check, low, high in (("a > 0", 1, None), ("a BETWEEN 2 AND 100", 200, 10_000), ("b >= a", 0, None)):
        plan = planned(table("t", 10_000, amount, other, checks=[check]))
        mine, others = made(plan, "t", "a"), made(plan, "t", "b")
        assert sum(mine) == 30_000_000
        assert min(mine) >= low
        assert high is None or max(mine) <= high
        assert check != "b >= a" or all(x <= y for x, y in zip(mine, others, strict=True))
        assert not plan.warnings


def test_values_that_are_scaled_far_are_told() -> None:
    def told(**options: Any) -> tuple[str, ...]:
        return planned(
            table("t", 10_000, REGION, DAY, column("a", "DECIMAL(14,2)", **target(**options)))
        ).warnings

    (words,) = told(sum=3_378_000)
    assert words.startswith("t.a: its sum asks for values about 10")
    assert words.endswith("times as great as those of like, which are scaled to it")
    assert told(sum=330_000) == ()
    assert len(told(by=MONTH, sum={"total": 33_000})) == 1
    assert len(told(by="region", sum=33_000, shares=dict.fromkeys(SHOP_SUMS, 1))) == 1
    plain = column("a", "INT", rule={"name": "target", "sum": 7})  # nobody said what they are like
    assert planned(table("t", 10_000, plain)).warnings == ()


@pytest.mark.parametrize(
    ("data_type", "values"),
    [
        ("BOOLEAN", [True, False]),
        ("INT", [7, -1]),
        ("DECIMAL(4,2)", [0.5, 2]),
        ("DATE", ["2024-01-31", "2024-02-01"]),
    ],
)
def test_choices_of_any_type_have_sums_by_name(data_type: str, values: list[Any]) -> None:
    names = {"BOOLEAN": ["true", "false"], "DECIMAL(4,2)": ["0.50", "2.00"]}.get(
        data_type, [str(v) for v in values]
    )
    by = column("g", data_type, rule={"name": "choice", "values": values, "exact": True})
    sums = dict(zip(names, (1000, 2000), strict=True))
    plan = planned(table("t", 500, by, column("a", "INT", rule={"name": "target", "by": "g", "sums": sums})))
    found: Counter[Any] = Counter()
    for group, value in zip(made(plan, "t", "g"), made(plan, "t", "a"), strict=True):
        found[group] += value
    assert sorted(found.values()) == [1000, 2000]


# --- refusals


def a(data_type: str = "INT", rows: int = 1000, *others: dict[str, Any], **fields: Any) -> str:
    return refusal(table("t", rows, *others, column("a", data_type, **fields)))


def test_impossible_sums_are_refused_with_the_arithmetic() -> None:
    told = a(min_value=0, max_value=10, rule={"name": "target", "sum": 12_000})
    assert "t.a: INT: 1,000 rows between 0 and 10 sum to 10,000 at the most; 12,000 is asked" in told
    assert "raise max_value" in told
    told = a("DECIMAL(8,2)", min_value=2.5, rule={"name": "target", "sum": 2000})
    assert "sum to 2,500.00 at the least; 2,000.00 is asked" in told
    told = a(
        "INT",
        100_000,
        REGION,
        min_value=0,
        max_value=9,
        rule={"name": "target", "by": "region", "sums": {"EMEA": 1, "APAC": 1, "AMER": 1, "MARS": 1000}},
    )
    assert "50 rows between 0 and 9 sum to 450 at the most; 1,000 is asked of MARS" in told
    told = a(
        "INT", 5, DAY, rule={"name": "target", "by": {"column": "ordered_on", "every": "day"}, "sums": {}}
    )
    assert "nothing is said of the period '2023-07-10'" in told
    told = a("INT", 3, DAY, rule={"name": "target", "by": MONTH, "sum": [1] * 18})
    assert "there are no rows in 2023-07, for which 1 is asked" in told or "there are no rows in" in told


@pytest.mark.parametrize(
    ("data_type", "rule", "words"),
    [
        ("DECIMAL(8,2)", {"sum": "1.005"}, "a sum of 1.005 cannot be made of values of DECIMAL(8,2)"),
        ("DOUBLE", {"sum": 0.1}, "declare it as DECIMAL"),
        ("REAL", {"sum": 1}, "declare it as DOUBLE, or DECIMAL"),
        ("INT", {"sum": "many"}, "'many' is no sum"),
        ("BIGINT", {"sum": 5 * 10**18}, "sums have up to 18 digits"),
        ("INT", {}, "say sum, or sums by group"),
        ("INT", {"sum": 1, "by": "b"}, "t.b is no reference"),
        ("INT", {"sums": {"x": 1}, "by": "b"}, 'let b be a choice with "exact": true'),
        ("INT", {"sum": 1, "shares": {"EMEA": 1}, "by": "region"}, "nothing is said of the value 'APAC'"),
        ("INT", {"sums": {**SHOP_SUMS, "EMAE": 1}, "by": "region"}, "EMEA"),
        ("INT", {"sum": [1, 2]}, "these sums are of periods"),
        ("INT", {"sum": [1, 2], "by": MONTH}, "there are 18 periods, 2023-07 to 2024-12, and 2 sums"),
        ("INT", {"sum": 1, "by": MONTH}, "every period has a sum"),
        ("INT", {"sum": {"total": 1}, "by": BOTH}, "say shares"),
        (
            "INT",
            {"sum": {"total": 1}, "by": BOTH, "shares": {"EMEA": 1}},
            "nothing is said of the value 'APAC'",
        ),
        ("INT", {"sums": {"2023-07": 1}, "by": BOTH}, "nothing is said of the period '2023-08'"),
        (
            "INT",
            {"sum": {"total": 1}, "by": {**BOTH, "of": "b"}, "shares": {"1": 1}},
            'be a choice with "exact"',
        ),
        ("INT", {"sum": {"total": 1}, "by": {"column": "any_day", "every": "month"}}, '"order": "sorted"'),
        ("INT", {"sum": {"total": 1}, "by": {"column": "b", "every": "month"}}, "name a column of dates"),
        ("INT", {"sum": {"total": 1, "season": [1]}, "by": MONTH}, "season has 12 weights"),
        ("INT", {"sum": 1, "like": {"name": "target", "sum": 1}}, "like has no sum of its own"),
        ("INT", {"sum": 1, "like": {"name": "normal"}}, "like"),
        ("INT", {"sum": 1, "like": {"name": "window", "function": "count", "reference": "b"}}, "other rows"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(data_type: str, rule: dict[str, Any], words: str) -> None:
    others = (REGION, DAY, column("b", "INT"), column("any_day", "DATE"))
    try:
        told = a(data_type, 1000, *others, rule={"name": "target", **rule})
    except SchemaError as error:
        told = str(error)
    assert words in told


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"total": 60, "season": [1, 2, 3]}, "sum.season: season has 12 weights, January first"),
        ({"total": 60, "sesaon": [1] * 12}, "has no option 'sesaon'; did you mean 'season'?"),
        ({"totl": 60}, "sum: it is a number, a list, {column}, {monthly} or {total, growth, season}"),
        ({"monthly": [1], "total": 1}, "sum of the rule target has no option 'total'; known: monthly"),
        ({"column": 3}, "sum.column: should be a valid string"),
    ],
)
def test_of_a_wrong_sum_only_its_own_form_is_told(said: dict[str, Any], words: str) -> None:
    told = a("INT", 1000, DAY, rule={"name": "target", "by": MONTH, "sum": said})
    assert words in told
    assert " or should" not in told
    assert "needs the option" not in told


def test_parents_whose_rows_cannot_come_to_their_sum_are_refused() -> None:
    def told(total: dict[str, Any], amount: dict[str, Any], **fields: Any) -> str:
        orders = table(
            "orders", 100, column("id", "INT"), column("total", "DECIMAL(12,2)", **total), primary_key=["id"]
        )
        lines = column("order_id", "INT", **reference("orders.id", **fields))
        rule = target(by="order_id", sum={"column": "total"})
        return refusal(
            orders, table("lines", 300, lines, column("amount", "DECIMAL(10,2)", **amount, **rule))
        )

    bounds = {"min_value": 10, "max_value": 500}
    assert "is asked of the rows of one order_id" in told(
        bounds, {"min_value": 5}, children={"min": 1, "max": 9}
    )
    assert "sum to 90.00 at the most" in told(bounds, {"max_value": 90}, children={"min": 1, "max": 9})
    assert '"children": {"min": 1}' in told(bounds, {}, childless=0.2)
    nulls = target(by="order_id", sum=1)
    holed = column("a", "INT", required=False, null_fraction=0.1, **nulls)
    parents = table("orders", 100, column("id", "INT"), primary_key=["id"])
    keyed = table("lines", 300, column("order_id", "INT", **reference("orders.id")), holed)
    assert "leave null_fraction out" in refusal(parents, keyed)
