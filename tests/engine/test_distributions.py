"""Distributions by the test of Kolmogorov and Smirnov, far tails, the ends of even spreads, refusals.

`test_goodness` compares all of them cell by cell.
"""

from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from scipy import stats
from scipy.special import ndtr, ndtri
from tests.support import column, made, planned, table

from dw_simulator.engine.distributions import _normal_quantile, _normal_share
from dw_simulator.engine.values.decimals import WideDecimals
from dw_simulator.errors import PlanError

N = 300_000
LEAST_P = 1e-4

SHAPES: dict[str, tuple[dict[str, float], Any]] = {
    "normal": ({"mean": 75, "stddev": 12}, stats.norm(75, 12)),
    "lognormal": ({"mean": 3, "stddev": 0.7}, stats.lognorm(0.7, scale=np.exp(3))),
    "exponential": ({"lambda": 0.05}, stats.expon(scale=20)),
}


def values(data_type: str, shape: str, parameters: dict[str, float], **bounds: Any) -> np.ndarray:
    distribution = {"type": shape, "parameters": parameters}
    plan = planned(table("t", N, column("x", data_type, distribution=distribution, **bounds)))
    return np.array(made(plan, "t"))


def truncated(frozen: Any, low: float, high: float) -> Any:
    """The distribution function of a shape cut to [low, high]."""
    below, mass = frozen.cdf(low), frozen.cdf(high) - frozen.cdf(low)
    return lambda x: (frozen.cdf(x) - below) / mass


@pytest.mark.parametrize("shape", SHAPES)
def test_unbounded_floats(shape: str) -> None:
    parameters, frozen = SHAPES[shape]
    assert stats.kstest(values("DOUBLE", shape, parameters), frozen.cdf).pvalue > LEAST_P


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("low", "high"), [(0, 100), (60, 90), (85, 86), (100, 140)])
def test_bounded_floats_without_spikes_at_the_bounds(shape: str, low: int, high: int) -> None:
    parameters, frozen = SHAPES[shape]
    x = values("DOUBLE", shape, parameters, min_value=low, max_value=high)
    assert low <= x.min() <= x.max() <= high
    assert stats.kstest(x, truncated(frozen, low, high)).pvalue > LEAST_P
    assert (x == low).sum() + (x == high).sum() <= 2


@pytest.mark.parametrize(("low", "high"), [(-16, -8), (8, 16)])
def test_far_tails_keep_their_shape(low: int, high: int) -> None:
    x = values("DOUBLE", "normal", {"mean": 0, "stddev": 2}, min_value=low, max_value=high)
    tail = stats.norm(0, 2)
    if low > 0:  # by the survival function, which is exact there
        assert (
            stats.kstest(
                x, lambda v: 1 - (tail.sf(v) - tail.sf(high)) / (tail.sf(low) - tail.sf(high))
            ).pvalue
            > LEAST_P
        )
    else:
        assert stats.kstest(x, truncated(tail, low, high)).pvalue > LEAST_P


@pytest.mark.parametrize(("alpha", "beta"), [(2, 5), (0.5, 0.5), (1, 1), (30, 2)])
def test_beta_between_its_bounds(alpha: float, beta: float) -> None:
    parameters = {"alpha": alpha, "beta": beta}
    frozen = stats.beta(alpha, beta)
    assert stats.kstest(values("DOUBLE", "beta", parameters), frozen.cdf).pvalue > LEAST_P
    stretched = values("DOUBLE", "beta", parameters, min_value=-10, max_value=30)
    assert stats.kstest((stretched + 10) / 40, frozen.cdf).pvalue > LEAST_P


@pytest.mark.parametrize("factor", [1.0, 1.5, 1.99, 2.01, 7.3])
def test_wide_decimals_reach_both_ends(factor: float) -> None:
    span = int(factor * 2**64)
    domain = WideDecimals.covering(0, span)
    low, high = domain.decode(np.array([domain.size - 1], dtype=np.uint64)).values[0].tolist()
    assert span - domain.step < low + (high << 64) <= span


@pytest.mark.parametrize(
    ("data_type", "fields"),
    [
        ("DECIMAL(38,20)", {"distribution": {"type": "poisson", "parameters": {"lambda": 5}}}),
        (
            "REAL",
            {
                "min_value": 16_777_219,
                "max_value": 16_777_219,
                "distribution": {"type": "zipf", "parameters": {"s": 1}},
            },
        ),
    ],
)
def test_counts_that_the_type_cannot_hold_are_refused(data_type: str, fields: dict[str, Any]) -> None:
    with pytest.raises(PlanError, match=r"t\.x"):
        planned(table("t", 10, column("x", data_type, **fields)))


@pytest.mark.parametrize("s", [0.8, 2.0])
def test_zipf_starts_at_the_least_value(s: float) -> None:
    x = values("INT", "zipf", {"s": s}, min_value=10, max_value=59)
    weights = np.arange(1, 51) ** -s
    assert stats.chisquare(np.bincount(x - 10, minlength=50), weights / weights.sum() * N).pvalue > LEAST_P


@pytest.mark.parametrize("data_type", ["DOUBLE", "REAL", "INT", "BIGINT", "DECIMAL(10,2)", "DECIMAL(38,10)"])
def test_uniform_reaches_from_bound_to_bound(data_type: str) -> None:
    plan = planned(table("t", N, column("x", data_type, min_value=-3, max_value=5)))
    x = np.array(made(plan, "t"), dtype=object)
    if data_type == "DECIMAL(38,10)":
        x = np.array([low + (high << 64) - (1 << 128 if high >> 63 else 0) for low, high in x], dtype=object)
    unit = {"DECIMAL(10,2)": 100, "DECIMAL(38,10)": 10**10}.get(data_type, 1)
    x = np.array([float(Decimal(value) / unit) for value in x])
    assert -3 <= x.min() <= x.max() <= 5
    if "INT" in data_type:
        assert stats.chisquare(np.bincount(x.astype(np.int64) + 3, minlength=9)).pvalue > LEAST_P
    else:
        tolerance = 0 if data_type != "DECIMAL(10,2)" else 0.005
        assert stats.kstest((x + 3 + tolerance) / (8 + 2 * tolerance), "uniform").pvalue > (
            1e-6 if tolerance else LEAST_P
        )


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (
            {"distribution": {"type": "normal", "parameters": {"mean": 0, "stddev": 1}}, "min_value": 60},
            "nothing of",
        ),
        ({"distribution": {"type": "poisson", "parameters": {"lambda": 3}}, "min_value": 900}, "hardly ever"),
        ({"distribution": {"type": "normal", "parameters": {"mean": 0}}}, "needs the option 'stddev'"),
        ({"distribution": {"type": "normal", "parameters": {"mean": 0, "stddev": 0}}}, "greater than 0"),
        ({"distribution": {"type": "normal", "parameters": {"mean": 0, "sd": 1}}}, "no option 'sd'"),
        ({"distribution": {"type": "norml", "parameters": {}}}, "did you mean 'normal'"),
        ({"distribution": {"type": "zipf", "parameters": {"s": 1}}, "is_unique": True}, "must not"),
    ],
)
def test_what_cannot_be_drawn_is_refused(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(PlanError, match=words) as caught:
        planned(table("t", 10, column("x", "INT", **fields)))
    assert "t.x" in str(caught.value)


def test_the_normal_functions_are_those_of_scipy() -> None:
    rng = np.random.default_rng(1)
    p = np.ldexp(1 + rng.random(5000), -rng.integers(2, 66, 5000))
    np.testing.assert_allclose(_normal_quantile(p), ndtri(p), rtol=1e-14)
    z = rng.uniform(-9, 9, 5000)
    np.testing.assert_allclose(_normal_share(z), ndtr(z), rtol=1e-12)
    assert _normal_quantile(np.array([[0.0, 0.5, 1.0]])).tolist() == [[-np.inf, 0.0, np.inf]]
