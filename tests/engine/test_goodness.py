"""Goodness of fit of every distribution and of weights, a million rows each, against scipy.

Columns of whole numbers and decimals are compared value by value, those of floating point in cells of equal
probability. A column is cut to its bounds by renormalising, so the first and the last value, where clamping
would pile up what was cut off, are looked at by themselves as well. The last tests show that the test fails
where it should.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats
from tests.support import column, planned, table

from dw_simulator.engine.columns import FixedColumn
from dw_simulator.engine.rows import BLOCK, Rows
from dw_simulator.engine.values.base import Kernel

N = 1_000_000
Array = NDArray[Any]
Cdf = Callable[[Array], Array]
Json = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """A rule in a column of some type, and the distribution function that its values should follow.

    unit   stored values in one of the distribution's units; 0 for floating point
    """

    data_type: str
    rule: Json
    cdf: Cdf
    bounds: dict[str, float] = field(default_factory=dict)

    @property
    def unit(self) -> int:
        if self.data_type in ("REAL", "DOUBLE"):
            return 0
        return 10 ** int(self.data_type.rpartition(",")[2].strip("0)") or 0) if "," in self.data_type else 1

    @property
    def label(self) -> str:
        options = [f"{value}" for key, value in self.rule.items() if key != "name"]
        return " ".join([self.rule["name"], *options, self.data_type, *map(str, self.bounds.values())])


def kernel_of(data_type: str, rule: Json, **bounds: Any) -> Kernel:
    plan = planned(table("t", N, column("x", data_type, rule=rule, **bounds)), seed=11)
    return plan.tables[0].columns[0].kernel


def drawn(kernel: Kernel) -> Array:
    """A million stored values; of wide decimals, which are small here, the low word."""
    blocks = []
    for start in range(0, N, BLOCK):
        made = kernel.values(Rows.run(start, min(start + BLOCK, N)))
        assert isinstance(made, FixedColumn)
        values = made.values
        if values.ndim == 2:
            signed = values.view(np.int64)
            assert (signed[:, 1] == signed[:, 0] >> 63).all()
            values = signed[:, 0]
        blocks.append(values)
    return np.concatenate(blocks)


def fit(counts: Array, expected: Array) -> float:
    """The p-value of counts by cell, neighbours taken together where little is expected."""
    assert not counts[expected <= 0].any(), "what cannot happen has happened"
    expected = expected * (counts.sum() / expected.sum())
    cells = np.cumsum(expected) // 25
    merged = [np.bincount(cells.astype(np.int64), weights) for weights in (counts, expected)]
    kept = merged[1] > 1e-9
    seen, awaited = (cell[kept] for cell in merged)
    if awaited[-1] < 25 and len(awaited) > 1:
        seen = np.append(seen[:-2], seen[-2:].sum())
        awaited = np.append(awaited[:-2], awaited[-2:].sum())
    return 1.0 if len(seen) == 1 else float(stats.chisquare(seen, awaited).pvalue)


def whole_edges(case: Case, values: Array) -> Array:
    """Where cells of stored integers begin: every one, or some hundreds where there are many."""
    low, high = int(values.min()), int(values.max())
    low = round(case.bounds["min_value"] * case.unit) if "min_value" in case.bounds else low
    high = round(case.bounds["max_value"] * case.unit) if "max_value" in case.bounds else high
    if high - low < 3000:
        return np.arange(low, high + 2, dtype=np.float64)
    middle = np.quantile(values, np.linspace(0, 1, 400)[1:-1]).round()
    return np.unique(np.concatenate([[low], middle, [high + 1]]))


def whole_expected(case: Case, edges: Array) -> Array:
    """The probability of every cell of stored integers, cut to the bounds."""
    # without bounds, what lies beyond the values seen belongs to the first and the last
    ends = edges.copy()
    ends[0] = ends[0] if "min_value" in case.bounds else -np.inf
    ends[-1] = ends[-1] if "max_value" in case.bounds else np.inf
    below = case.cdf((ends - 0.5) / case.unit)
    return np.diff(below) / (below[-1] - below[0])


def float_edges(case: Case) -> Array:
    """Two hundred cells of equal probability within the bounds, the ends finer still."""
    low, high = case.bounds.get("min_value", -np.inf), case.bounds.get("max_value", np.inf)
    under, over = case.cdf(np.array([low, high]))
    shares = np.concatenate([[1e-4, 1e-3], np.linspace(0, 1, 201)[1:-1], [0.999, 0.9999]])
    goals = under + shares * (over - under)
    left, right = (np.full(len(goals), np.clip(end, -1e15, 1e15)) for end in (low, high))
    for _halving in range(110):
        middle = (left + right) / 2
        short = case.cdf(middle) < goals
        left, right = np.where(short, middle, left), np.where(short, right, middle)
    return np.concatenate([[low], right, [high]])


def compared(case: Case, values: Array) -> tuple[float, Array, Array]:
    """The p-value, and counts and expected counts by cell."""
    if case.unit == 0:
        edges = float_edges(case)
        counts = np.diff(np.searchsorted(np.sort(values), edges))
        counts[-1] += (values == edges[-1]).sum()
        below = case.cdf(edges)
        expected = np.diff(below) / (below[-1] - below[0])
    else:
        edges = whole_edges(case, values)
        counts = np.diff(np.searchsorted(np.sort(values), edges))
        expected = whole_expected(case, edges)
    assert counts.sum() == N, "a value lies beyond the bounds"
    return fit(counts, expected * N), counts, expected * N


def mixed(*parts: tuple[float, Any]) -> Cdf:
    """The distribution function of a mixture of weights and frozen distributions."""
    total = sum(weight for weight, _ in parts)
    return lambda x: sum(weight / total * frozen.cdf(x) for weight, frozen in parts)


def stepped(bins: list[float], weights: list[float]) -> Cdf:
    """The distribution function of a histogram."""
    cumulated = np.cumsum([0, *weights]) / sum(weights)
    return lambda x: np.interp(x, bins, cumulated)


CONTINUOUS: list[tuple[Json, Cdf, tuple[float, float]]] = [
    ({"name": "normal", "mean": 75, "stddev": 12}, stats.norm(75, 12).cdf, (60, 95)),
    ({"name": "normal", "mean": 0, "stddev": 1}, stats.norm(0, 1).cdf, (-2, 2)),
    ({"name": "normal", "mean": 1e6, "stddev": 3}, stats.norm(1e6, 3).cdf, (999_998, 1_000_009)),
    ({"name": "lognormal", "mean": 3, "stddev": 0.7}, stats.lognorm(0.7, scale=np.exp(3)).cdf, (10, 50)),
    ({"name": "exponential", "lambda": 0.05}, stats.expon(scale=20).cdf, (1, 30)),
    ({"name": "exponential", "lambda": 3}, stats.expon(scale=1 / 3).cdf, (0, 2)),
    ({"name": "gamma", "shape": 2, "scale": 10}, stats.gamma(2, scale=10).cdf, (5, 40)),
    ({"name": "gamma", "shape": 0.3, "scale": 50}, stats.gamma(0.3, scale=50).cdf, (0, 30)),
    ({"name": "gamma", "shape": 5000, "scale": 0.1}, stats.gamma(5000, scale=0.1).cdf, (490, 520)),
    ({"name": "pareto", "alpha": 1.16, "minimum": 10}, stats.pareto(1.16, scale=10).cdf, (20, 400)),
    ({"name": "pareto", "alpha": 4, "minimum": 2}, stats.pareto(4, scale=2).cdf, (1, 7)),
    ({"name": "triangular", "low": -5, "mode": 3, "high": 20}, stats.triang(8 / 25, -5, 25).cdf, (-2, 9)),
    ({"name": "triangular", "low": 0, "mode": 0, "high": 9}, stats.triang(0, 0, 9).cdf, (1, 8)),
    (
        {
            "name": "mixture",
            "components": [
                {"type": "normal", "parameters": {"mean": 10, "stddev": 2}, "weight": 0.3},
                {"type": "gamma", "parameters": {"shape": 3, "scale": 20}, "weight": 0.5123},
                {"type": "pareto", "parameters": {"alpha": 2, "minimum": 90}, "weight": 0.1},
            ],
        },
        mixed((0.3, stats.norm(10, 2)), (0.5123, stats.gamma(3, scale=20)), (0.1, stats.pareto(2, scale=90))),
        (8, 120),
    ),
]
BETAS = [(2, 5), (0.5, 0.5), (1, 1), (30, 2), (0.3, 900)]
DISCRETE: list[tuple[Json, Cdf, tuple[float, float]]] = [
    ({"name": "poisson", "lambda": 0.1}, stats.poisson(0.1).cdf, (1, 3)),
    ({"name": "poisson", "lambda": 4}, stats.poisson(4).cdf, (2, 6)),
    ({"name": "poisson", "lambda": 250}, stats.poisson(250).cdf, (240, 300)),
    ({"name": "binomial", "n": 1, "p": 0.3}, stats.binom(1, 0.3).cdf, (0, 1)),
    ({"name": "binomial", "n": 20, "p": 0.3}, stats.binom(20, 0.3).cdf, (5, 9)),
    ({"name": "binomial", "n": 5000, "p": 0.98}, stats.binom(5000, 0.98).cdf, (4890, 4905)),
    ({"name": "binomial", "n": 7, "p": 1}, stats.binom(7, 1).cdf, (0, 7)),
    ({"name": "geometric", "p": 0.9}, stats.geom(0.9).cdf, (1, 3)),
    ({"name": "geometric", "p": 0.02}, stats.geom(0.02).cdf, (10, 60)),
    ({"name": "geometric", "p": 1e-5}, stats.geom(1e-5).cdf, (1000, 200_000)),
]
HISTOGRAMS = [([0.0, 10, 20, 50, 100], [5.0, 0, 2, 1.2345], kind) for kind in ("DOUBLE", "REAL")]
TYPES = ["INT", "DECIMAL(12,1)", "DECIMAL(30,1)", "DOUBLE"]


def _ends(bounds: tuple[float, float]) -> dict[str, float]:
    return {"min_value": bounds[0], "max_value": bounds[1]}


def _cases() -> list[Case]:
    found = [
        Case(data_type, rule, cdf, ends)
        for rule, cdf, bounds in CONTINUOUS
        for data_type in TYPES
        for ends in ({}, _ends(bounds))
        if ends or data_type in ("INT", "DOUBLE")
    ]
    for alpha, beta in BETAS:
        rule = {"name": "beta", "alpha": alpha, "beta": beta}
        ends = _ends((0, 40))
        found += [Case(kind, rule, stats.beta(alpha, beta, 0, 40).cdf, ends) for kind in ("INT", "DOUBLE")]
        found += [Case("DECIMAL(9,3)", rule, stats.beta(alpha, beta).cdf, _ends((0, 1)))]
    rule = {"name": "normal", "mean": 2, "stddev": 1}
    found.append(Case("INT", rule, stats.norm(2, 1).cdf, _ends((0, 4))))
    found.append(Case("REAL", rule, stats.norm(2, 1).cdf, _ends((0, 4))))
    for bins, weights, kind in HISTOGRAMS:
        rule = {"name": "histogram", "bins": bins, "weights": weights}
        found += [
            Case(kind, rule, stepped(bins, weights)),
            Case(kind, rule, stepped(bins, weights), _ends((3, 61))),
        ]
    return found


CASES = _cases()
COUNTS = [
    Case(data_type, rule, cdf, ends)
    for rule, cdf, bounds in DISCRETE
    for data_type in ("INT", "DECIMAL(12,1)", "REAL")
    for ends in ({}, _ends(bounds))
    if ends or data_type == "INT"
]
LEAST_P = 1e-3 / (len(CASES) + len(COUNTS) + 40)
"""One run of all these tests in a thousand would fail by chance; the seed is fixed."""
FARTHEST = 5.5
"""Standard deviations that the count of one cell may lie from what is expected."""


def check(case: Case, values: Array) -> None:
    """Raise AssertionError where values do not follow the case's distribution, at its ends above all."""
    p_value, counts, expected = compared(case, values)
    assert p_value > LEAST_P
    for end in (0, -1):
        spread = max(np.sqrt(expected[end] * (1 - expected[end] / N)), 1.0)
        assert abs(counts[end] - expected[end]) < FARTHEST * spread


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_continuous_shapes(case: Case) -> None:
    values = drawn(kernel_of(case.data_type, case.rule, **case.bounds))
    check(case, values)
    if case.data_type == "DOUBLE" and case.bounds and case.rule.get("beta") != 0.5:
        assert np.isin(values, list(case.bounds.values())).sum() <= 2


@pytest.mark.parametrize("case", COUNTS, ids=lambda case: case.label)
def test_counts(case: Case) -> None:
    values = drawn(kernel_of(case.data_type, case.rule, **case.bounds))
    counts = (values // max(case.unit, 1)).astype(np.int64)
    assert (counts * max(case.unit, 1) == values).all(), "counts are whole numbers in any column"
    check(Case("INT", case.rule, case.cdf, case.bounds), counts)


@pytest.mark.parametrize("data_type", ["INT", "DECIMAL(9,2)", "DECIMAL(30,2)", "DOUBLE"])
@pytest.mark.parametrize("weights", [[1, 0, 3], [50, 30, 20], [0.1234567, 3.14159, 2.71828], [1, 1, 0]])
def test_weights(data_type: str, weights: list[float]) -> None:
    choice = {"name": "choice", "values": [1, 2, 3], "weights": weights}
    values = drawn(kernel_of(data_type, choice))
    counts = np.bincount((values // (100 if "DEC" in data_type else 1)).astype(np.int64), minlength=4)[1:]
    assert fit(counts, np.array(weights) / sum(weights) * N) > LEAST_P


def test_many_weights() -> None:
    weights = [1 / (k + 1) ** 0.7 for k in range(3000)]
    values = drawn(kernel_of("INT", {"name": "choice", "values": list(range(3000)), "weights": weights}))
    assert fit(np.bincount(values, minlength=3000), np.array(weights) / sum(weights) * N) > LEAST_P


@pytest.mark.parametrize("share", [0.0, 1e-5, 0.05, 1 / 3, 0.5, 0.999, 1.0])
def test_a_share_of_booleans(share: float) -> None:
    hits = int(drawn(kernel_of("BOOLEAN", {"name": "boolean", "true_share": share})).sum())
    assert fit(np.array([N - hits, hits]), np.array([1 - share, share]) * N) > LEAST_P


@pytest.mark.parametrize("s", [0.5, 1.0, 2.0, 3.0])
@pytest.mark.parametrize("data_type", ["INT", "DECIMAL(9,2)", "REAL"])
def test_zipf_over_three_values(data_type: str, s: float) -> None:
    values = drawn(kernel_of(data_type, {"name": "zipf", "s": s}, min_value=5, max_value=7))
    counts = np.bincount((values // (100 if "DEC" in data_type else 1)).astype(np.int64) - 5, minlength=3)
    assert fit(counts, np.diff(stats.zipfian(s, 3).cdf([0, 1, 2, 3])) * N) > LEAST_P


@pytest.mark.parametrize(
    ("low", "high", "data_type"), [(1, 6, "INT"), (0, 1, "DECIMAL(9,2)"), (-2, 2, "TINYINT")]
)
def test_even_spreads(low: int, high: int, data_type: str) -> None:
    values = drawn(kernel_of(data_type, {"name": "uniform"}, min_value=low, max_value=high))
    unit = 100 if "DEC" in data_type else 1
    counts = np.bincount(values.astype(np.int64) - low * unit, minlength=(high - low) * unit + 1)
    assert fit(counts, np.full(len(counts), N / len(counts))) > LEAST_P


@pytest.mark.parametrize(
    ("data_type", "bins", "weights", "ends", "sizes"),
    [
        ("INT", [0, 1, 2, 5], [1, 0, 3], {}, {0: 1, 2: 1, 3: 1, 4: 1, 5: 1}),
        ("INT", [0, 10, 20, 30], [6, 3, 1.777], {"min_value": 8, "max_value": 22}, None),
        ("DECIMAL(9,2)", [0, 0.995, 1.5], [2, 1], {}, None),
        ("DECIMAL(30,2)", [-0.5, 0.001, 0.25], [1, 1], {"max_value": 0.2}, None),
    ],
)
def test_a_bin_holds_its_lower_edge_and_the_last_both(
    data_type: str, bins: list[float], weights: list[float], ends: dict[str, float], sizes: Any
) -> None:
    unit = 100 if "DEC" in data_type else 1
    low, high = round(bins[0] * unit), round(bins[-1] * unit)
    units = np.arange(low, high + 1)
    # the bin of a stored value is the last whose lower edge it does not lie below
    places = np.clip(np.searchsorted(np.array(bins) * unit, units, side="right") - 1, 0, len(weights) - 1)
    density = np.array(weights)[places] / np.bincount(places, minlength=len(weights))[places]
    density[units < ends.get("min_value", -np.inf) * unit] = 0
    density[units > round(ends.get("max_value", np.inf) * unit if ends.get("max_value") else 1e9)] = 0
    if sizes is not None:
        assert np.flatnonzero(density).tolist() == list(sizes)
    rule = {"name": "histogram", "bins": bins, "weights": weights}
    counts = np.bincount(
        drawn(kernel_of(data_type, rule, **ends)).astype(np.int64) - low, minlength=len(units)
    )
    assert fit(counts, density / density.sum() * N) > LEAST_P


@pytest.mark.parametrize("data_type", ["DOUBLE", "REAL", "DECIMAL(9,2)", "DECIMAL(30,2)", "INT"])
def test_a_constant_in_a_mixture_is_exact_and_has_its_share(data_type: str) -> None:
    parts = [
        {"type": "constant", "parameters": {"value": -7}, "weight": 70},
        {"type": "uniform", "parameters": {"low": 10, "high": 12}, "weight": 20},
        {"type": "normal", "parameters": {"mean": 100, "stddev": 1}, "weight": 20},
    ]
    values = drawn(kernel_of(data_type, {"name": "mixture", "components": parts}, max_value=100))
    values = values / (100 if "DEC" in data_type else 1)
    fixed = values[values < 0]
    assert (fixed == -7).all()
    # in a column of whole numbers, 100 is everything up to 100.5
    left = stats.norm.cdf({"INT": 0.5, "DECIMAL(9,2)": 0.005, "DECIMAL(30,2)": 0.005}.get(data_type, 0))
    shares = np.array([70, 20, 20 * left])
    spread = values[(values > 0) & (values < 50)]
    counts = np.array([len(fixed), len(spread), N - len(fixed) - len(spread)])
    assert fit(counts, shares / shares.sum() * N) > LEAST_P
    assert 10 <= spread.min() <= spread.max() <= 12
    if data_type == "INT":
        assert fit(np.bincount(spread.astype(np.int64))[10:], np.full(3, len(spread) / 3)) > LEAST_P


def test_a_mean_far_from_zero_costs_no_digits() -> None:
    case = Case("DOUBLE", {"name": "normal", "mean": 1e9, "stddev": 1}, lambda x: stats.norm.cdf(x - 1e9))
    values = drawn(kernel_of("DOUBLE", case.rule))
    check(case, values)
    assert len(np.unique(values)) > 0.95 * N


NORMAL = {"name": "normal", "mean": 75, "stddev": 12}


@pytest.mark.parametrize("data_type", ["INT", "DECIMAL(12,1)", "DOUBLE"])
@pytest.mark.parametrize(
    "rule", [{**NORMAL, "mean": 75.3}, {**NORMAL, "stddev": 12.2}], ids=["another mean", "another spread"]
)
def test_the_test_sees_a_shape_that_is_a_little_off(data_type: str, rule: Json) -> None:
    case = Case(data_type, NORMAL, stats.norm(75, 12).cdf)
    assert compared(case, drawn(kernel_of(data_type, rule)))[0] < LEAST_P


@pytest.mark.parametrize("data_type", ["INT", "DOUBLE"])
def test_the_test_sees_values_piled_up_at_the_bounds(data_type: str) -> None:
    ends = _ends((45, 105))  # one value of 160 lies beyond each
    piled = np.clip(drawn(kernel_of(data_type, NORMAL)), 45, 105)
    with pytest.raises(AssertionError):
        check(Case(data_type, NORMAL, stats.norm(75, 12).cdf, ends), piled)


def test_the_test_sees_rounding_down_and_small_slips_of_weights() -> None:
    floored = np.floor(drawn(kernel_of("DOUBLE", NORMAL)))
    assert compared(Case("INT", NORMAL, stats.norm(75, 12).cdf), floored)[0] < LEAST_P
    weights = [1, 0, 3]
    values = drawn(kernel_of("INT", {"name": "choice", "values": [1, 2, 3], "weights": weights}))
    assert fit(np.bincount(values)[1:], np.array([1.01, 0, 2.99]) / 4 * N) < LEAST_P
    with pytest.raises(AssertionError, match="cannot happen"):
        fit(np.array([1, 1, 2]), np.array([1.0, 0, 3]))
