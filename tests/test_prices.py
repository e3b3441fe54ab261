"""The rule `price`, from outside by DuckDB: amounts on their points, near what they were, within bounds."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support import column, generated, made, planned, scattered, table, to_list, views

from dw_simulator.engine.rows import Rows
from dw_simulator.errors import PlanError

MILLION = 1_000_000
LOGNORMAL = {"name": "lognormal", "mean": 3, "stddev": 0.7}


def price(name: str, data_type: str, rule: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    fields = {key: more.pop(key) for key in ("min_value", "max_value") if key in more}
    said = {"name": "price", **({"rule": rule} if rule else {}), **more}
    return column(name, data_type, rule=said, **fields)


def test_a_million_prices_lie_on_their_points_near_what_they_were(tmp_path: Path) -> None:
    cents = {"min_value": 1, "max_value": 500}
    points = {"points": [0.99, 0.95, 0], "weights": [6, 3, 1]}
    plan = planned(
        table(
            "t",
            MILLION,
            price("value", "DECIMAL(8,2)", LOGNORMAL, **cents, **points),
            price(
                "units", "INT", {"name": "normal", "mean": 5000, "stddev": 900}, round_to=50, min_value=100
            ),
            price(
                "rate", "DOUBLE", {"name": "gamma", "shape": 2, "scale": 20}, points=[0.49, 0.99], min_value=0
            ),
            price("small", "REAL", LOGNORMAL, points=[0.49, 0.99], **cents),
        )
    )
    db = views(generated(plan, tmp_path / "out"))
    wrong, low, high = db.execute(
        """SELECT count(*) FILTER (value % 1 NOT IN (0.99, 0.95, 0.00) OR units % 50 <> 0
            OR rate <> round(rate, 2) OR round(rate * 100)::BIGINT % 100 NOT IN (49, 99)
            OR value NOT BETWEEN 1 AND 500 OR units < 100 OR small NOT BETWEEN 1 AND 500
            OR abs(small - floor(small) - 0.49) > 2e-5 AND abs(small - floor(small) - 0.99) > 2e-5),
            min(rate), max(value) FROM t"""
    ).fetchone() or (None, None, None)
    assert wrong == 0
    assert low == 0.49
    assert high > 300
    shares = dict(db.execute("SELECT value % 1, count(*) FROM t GROUP BY 1").fetchall())
    for point, share in (("0.99", 0.6), ("0.95", 0.3), ("0.00", 0.1)):
        count = shares[Decimal(point)]
        assert abs(count - share * MILLION) < 5 * (MILLION * share * (1 - share)) ** 0.5
    # the shape: quantiles move by half a step at the most, and the mean stays
    for name, mean, step in (("value", None, 1), ("units", 5000, 50), ("rate", 40, 0.5)):
        quantiles = [0.05, 0.25, 0.5, 0.75, 0.95]
        (found, average) = db.execute(
            f"SELECT quantile_cont({name}::DOUBLE, {quantiles}), avg({name})::DOUBLE FROM t"
        ).fetchone() or ([], 0)
        assert mean is None or average == pytest.approx(mean, rel=0.01)
        if name == "value":
            expected = np.exp(3 + 0.7 * np.array([-1.6449, -0.6745, 0, 0.6745, 1.6449]))
            assert np.abs(np.array(found) - expected).max() < step


TYPES = st.sampled_from(["INT", "SMALLINT", "BIGINT", "DECIMAL(8,2)", "DECIMAL(18,4)", "DOUBLE", "REAL"])


@settings(max_examples=120, deadline=None)
@given(
    TYPES,
    st.sampled_from([1, 5, 10, 100]),
    st.lists(st.integers(0, 99), min_size=1, max_size=4, unique=True),
    st.integers(-2000, 2000),
    st.integers(200, 4000),
    st.sampled_from([{"name": "uniform"}, {"name": "normal", "mean": 400, "stddev": 300}]),
)
def test_each_is_moved_to_the_nearest_point_within_the_bounds(
    data_type: str, step: int, hundredths: list[int], low: int, span: int, rule: dict[str, Any]
) -> None:
    whole = "INT" in data_type
    points = sorted(
        {Fraction(step * one // 100 if whole else Fraction(step * one, 100)) for one in hundredths}
    )
    bounds = {"min_value": low, "max_value": low + span}
    said = [float(point) for point in points]
    plan = planned(
        table(
            "t",
            2000,
            price("value", data_type, rule, round_to=step, points=said, **bounds),
        )
    )
    plain = planned(table("t", 2000, column("value", data_type, rule=rule, **bounds)))
    scale = 10 ** int(data_type.partition(",")[2].strip(")") or 0)
    values, before = (np.array(made(one, "t"), dtype=np.float64) / scale for one in (plan, plain))
    assert (values >= low).all()
    assert (values <= low + span).all()
    rest = np.array([[(value - float(point)) % step for point in points] for value in values])
    off = np.minimum(rest, step - rest).min(axis=1)
    assert off.max() < 1e-3 if data_type == "REAL" else off.max() < 1e-9
    inside = (before > low + step) & (before < low + span - step)
    assert np.abs(values - before)[inside].max(initial=0) <= step / 2 + 1e-3
    facts = plan.table("t").columns[0].kernel.facts
    stored = np.array(made(plan, "t"), dtype=np.float64)
    assert facts.ends is not None
    assert facts.ends[0] <= stored.min()
    assert stored.max() <= facts.ends[1]
    assert len(np.unique(stored)) <= (facts.distinct or 0)
    assert (
        whole
        or facts.grid is None
        or all((int(value) - facts.grid[0]) % facts.grid[1] == 0 for value in stored)
    )


def test_a_row_has_one_price_however_it_is_asked() -> None:
    plan = planned(table("t", 70_000, price("value", "DECIMAL(8,2)", LOGNORMAL, points=[0.99, 0.49])))
    kernel = plan.table("t").columns[0].kernel
    whole = to_list(kernel.values(Rows.run(0, 70_000)))
    assert to_list(kernel.values(Rows.run(32_000, 33_000))) == whole[32_000:33_000]
    rows = np.random.default_rng(1).integers(0, 70_000, 3000)
    assert to_list(kernel.values(scattered(rows))) == [whole[row] for row in rows]


def test_amounts_stay_on_their_side_of_nothing() -> None:
    plan = planned(
        table("t", 5000, price("value", "DECIMAL(8,2)", {"name": "exponential", "lambda": 2}, points=[0.99]))
    )
    assert min(made(plan, "t")) == 99


def test_what_has_no_bounds_is_moved_too() -> None:
    plan = planned(
        table("t", 5000, price("value", "DOUBLE", {"name": "normal", "mean": 0, "stddev": 9}, points=[0.5]))
    )
    values = np.array(made(plan, "t"))
    assert {*np.unique(values % 1)} == {0.5}
    assert values.min() < -10 < 10 < values.max()


def test_prices_go_by_segment_too() -> None:
    rules = {
        "shop": {"name": "price", "rule": LOGNORMAL, "points": [0.99]},
        "b2b": {"name": "price", "min_value": 1000, "max_value": 9000, "round_to": 500},
    }
    plan = planned(
        table(
            "t",
            3000,
            column("kind", "VARCHAR(5)", rule={"name": "choice", "values": ["shop", "b2b"]}),
            column("value", "DECIMAL(8,2)", rule={"name": "cases", "given": "kind", "cases": rules}),
        )
    )
    pairs = [*zip(made(plan, "t", "kind"), made(plan, "t", "value"), strict=True)]
    assert {value % 100 for kind, value in pairs if kind == "shop"} == {99}
    assert {value % 50_000 for kind, value in pairs if kind == "b2b"} == {0}


def test_a_check_is_followed() -> None:
    declared = table(
        "t",
        3000,
        price("value", "DECIMAL(8,2)", LOGNORMAL, points=[0.99]),
        checks=["value BETWEEN 10 AND 30"],
    )
    values = made(planned(declared), "t")
    assert {value % 100 for value in values} == {99}
    assert (min(values), max(values)) == (1099, 2999)


@pytest.mark.parametrize(
    ("declared", "words"),
    [
        (price("value", "DECIMAL(8,2)", points=[1.5]), "1.5 does not lie from 0 to below round_to 1"),
        (price("value", "DECIMAL(8,2)", points=[0.5, 0.5]), "one is listed twice"),
        (price("value", "DECIMAL(8,2)", points=[]), "1 to 100 are possible, not 0"),
        (price("value", "DECIMAL(8,2)", points=[0.5], weights=[1, 2]), "1 points have 2 weights"),
        (price("value", "DECIMAL(8,2)", round_to=0), "round_to is above 0"),
        (price("value", "INT", points=[0.99]), "0.99 has more digits than INT"),
        (price("value", "DECIMAL(8,1)", points=[0.99]), "0.99 has more digits than DECIMAL(8,1)"),
        (price("value", "DECIMAL(30,2)"), "has more than 18 digits"),
        (
            price("value", "INT", {"name": "sequense"}),
            "rule: unknown rule 'sequense'; did you mean 'sequence'",
        ),
        (
            price("value", "INT", {"name": "expression", "sql": "1"}),
            "rule: expression makes its values from others",
        ),
        (
            price("value", "DECIMAL(8,2)", points=[0.99], min_value=1, max_value=1.5),
            "no price on 0.99 lies from 1 to 1.5",
        ),
        ({**price("value", "INT"), "is_unique": True}, "prices repeat, and here they must not"),
    ],
)
def test_what_cannot_be_is_refused(declared: dict[str, Any], words: str) -> None:
    with pytest.raises(PlanError) as refused:
        planned(table("t", 10, declared))
    (problem,) = refused.value.problems
    assert words in problem.message
    assert problem.place == "t.value"
