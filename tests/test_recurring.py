"""What recurs: invoices a month apart until a subscription ends; from outside by DuckDB."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support import column, generated, made, planned, reference, scattered, table, to_list, views

from dw_simulator.engine.rows import Rows
from dw_simulator.errors import PlanError

YEARS = {"date_start": "2022-01-01", "date_end": "2023-12-31"}
MOMENTS = ("DATE", "TIMESTAMP(0)", "TIMESTAMP", "TIMESTAMP_NTZ")


def subscriptions(
    rows: int, start: str = "DATE", own: str = "DATE", parents: int | None = None, **options: Any
) -> list[dict[str, Any]]:
    fields = {name: options.pop(name) for name in ("required", "date_end", "checks") if name in options}
    link = {"reference": "subscription_id", "column": "started"}
    rule = {"name": "recurring", **link, "every": "1 month", **options}
    ended = column(
        "ended",
        "DATE",
        required=False,
        null_fraction=0.3,
        rule={"name": "after", "column": "started", "at_least": "30d", "within": "700d"},
    )
    checks = fields.pop("checks", [])
    parent = table(
        "subscriptions",
        rows // 10 if parents is None else parents,
        column("id", "INT"),
        column("started", start, **YEARS),
        ended,
        primary_key=["id"],
    )
    child = table(
        "invoices",
        rows,
        column("n", "INT", is_unique=True),
        column("subscription_id", "INT", **reference("subscriptions.id")),
        column("due", own, **fields, rule=rule),
        checks=checks,
    )
    return [parent, child]


UNTIL = {"reference": "subscription_id", "column": "ended"}
_STEPS = """SELECT i.due, s.started, s.ended, row_number() OVER (PARTITION BY s.id ORDER BY n) - 1 AS step
            FROM invoices i JOIN subscriptions s ON s.id = i.subscription_id"""


@pytest.mark.parametrize("own", MOMENTS)
@pytest.mark.parametrize("start", MOMENTS)
def test_every_month_from_the_day_it_began(start: str, own: str, tmp_path: Path) -> None:
    found = views(generated(planned(*subscriptions(10_000, start, own)), tmp_path))
    exact = "date_trunc('day', started)" if own == "DATE" else "started"
    tolerance = "1 SECOND" if own == "TIMESTAMP(0)" else "1 MICROSECOND"  # DuckDB adds months to microseconds
    wrong = found.execute(
        f"""WITH all_of AS (SELECT *, {exact} + to_months(step::INT) AS expected FROM ({_STEPS}))
            SELECT count(*),
                   count(*) FILTER (WHERE due::TIMESTAMP < expected - INTERVAL 1 MICROSECOND
                                    OR due::TIMESTAMP > expected + INTERVAL {tolerance})
            FROM all_of"""
    ).fetchone()
    assert wrong == (10_000, 0)


@pytest.mark.parametrize(
    ("every", "interval"),
    [
        ("week", "7 DAY"),
        ("2 weeks", "14 DAY"),
        ("quarter", "3 MONTH"),
        ("1 year", "12 MONTH"),
        ("36h", "36 HOUR"),
    ],
)
def test_other_steps(every: str, interval: str, tmp_path: Path) -> None:
    tables = subscriptions(5000, "TIMESTAMP", "TIMESTAMP", every=every, skip=2)
    wrong = views(generated(planned(*tables), tmp_path)).execute(
        f"SELECT count_if(due <> started + (step + 2)::INT * INTERVAL {interval}) FROM ({_STEPS})"
    )
    assert wrong.fetchone() == (0,)


@pytest.mark.parametrize("own", MOMENTS)
def test_workdays_leave_weekends_out(own: str, tmp_path: Path) -> None:
    found = views(generated(planned(*subscriptions(5_000, "DATE", own, every="2 workdays")), tmp_path))
    rows = found.execute(f"SELECT due::DATE, started, step FROM ({_STEPS})").fetchall()
    assert len(rows) == 5_000
    for due, started, step in rows:
        assert np.datetime64(due) == np.busday_offset(started, 2 * step, roll="forward")


def test_no_invoice_after_the_end(tmp_path: Path) -> None:
    plan = planned(*subscriptions(50_000, required=False, until=UNTIL))
    assert not plan.warnings
    wrong = views(generated(plan, tmp_path)).execute(
        f"""SELECT count(*) FILTER (WHERE (due IS NULL) <> coalesce(e > ended, false)), count(*) - count(due)
            FROM (SELECT *, (started + to_months(step::INT))::DATE AS e FROM ({_STEPS}))"""
    )
    count, missing = wrong.fetchone()
    assert count == 0
    assert missing > 1000


def test_a_column_that_cannot_be_null_goes_on_and_is_told() -> None:
    plan = planned(*subscriptions(20_000, until=UNTIL))
    (warning,) = plan.warnings
    assert "of the rows have no room from subscriptions.started to subscriptions.ended" in warning


def test_none_after_the_present() -> None:
    plan = planned(*subscriptions(20_000, required=False), as_of="2023-06-30")
    values = made(plan, "invoices", "due")
    assert max(value for value in values if value is not None) <= (date(2023, 6, 30) - date(1970, 1, 1)).days
    assert values.count(None) > 1000


def test_jitter_keeps_the_order(tmp_path: Path) -> None:
    tables = subscriptions(20_000, "DATE", "TIMESTAMP(0)", jitter="3d")
    wrong, spread = (
        views(generated(planned(*tables), tmp_path))
        .execute(
            f"""SELECT count_if(due NOT BETWEEN e AND e + INTERVAL 3 DAY), avg(epoch(due - e)) / 86400
            FROM (SELECT *, started + to_months(step::INT) AS e FROM ({_STEPS}))"""
        )
        .fetchone()
    )
    assert wrong == 0
    assert abs(spread - 1.5) < 0.05


def test_the_last_day_of_short_months() -> None:
    tables = subscriptions(5, parents=1)
    tables[0]["columns"][1] |= {"date_start": "2023-12-31", "date_end": "2023-12-31"}
    days = [date(1970, 1, 1) + timedelta(days=value) for value in made(planned(*tables), "invoices", "due")]
    assert [str(day) for day in days] == [
        "2023-12-31",
        "2024-01-31",
        "2024-02-29",
        "2024-03-31",
        "2024-04-30",
    ]


@settings(max_examples=60, deadline=None)
@given(
    st.tuples(st.sampled_from(MOMENTS), st.sampled_from(MOMENTS)),
    st.sampled_from(["month", "2 weeks", "3d", "1 year", "3 workdays"]),
    st.sampled_from([{}, {"required": False}]),
    st.sampled_from([{}, {"until": UNTIL}]),
    st.sampled_from([{}, {"jitter": "1d"}, {"skip": 3}]),
    st.sampled_from([None, "2023-06-30"]),
    st.data(),
)
def test_any_steps_keep_the_law_and_their_facts(
    types: tuple[str, str],
    every: str,
    fields: dict[str, Any],
    until: dict[str, Any],
    options: dict[str, Any],
    as_of: str | None,
    data: Any,
) -> None:
    tables = subscriptions(500, *types, every=every, **fields, **until, **options)
    plan = planned(*tables, **({"as_of": as_of} if as_of else {}))
    (kernel,) = (c.kernel for c in plan.table("invoices").columns if c.name == "due")
    whole = to_list(kernel.values(Rows.run(0, 500)))
    cut = data.draw(st.integers(0, 500))
    assert whole == to_list(kernel.values(Rows.run(0, cut))) + to_list(kernel.values(Rows.run(cut, 500)))
    some = data.draw(st.lists(st.integers(0, 499), min_size=1, max_size=20))
    assert [whole[row] for row in some] == to_list(kernel.values(scattered(some)))
    values = [value for value in whole if value is not None]
    assert kernel.facts.nullable or len(values) == 500
    assert kernel.facts.ends is not None
    assert all(kernel.facts.ends[0] <= value <= kernel.facts.ends[1] for value in values)


@pytest.mark.parametrize("rows", [0, 1])
def test_small_tables(rows: int) -> None:
    assert len(made(planned(*subscriptions(rows, parents=rows)), "invoices", "due")) == rows


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"every": "3 fortnights"}, "is no span, such as 30d"),
        ({"every": "0 months"}, "0 is no step"),
        ({"censor": True}, "the column cannot be NULL; say"),
        ({"every": "2000 years"}, "more than 1,000 years"),
        ({"every": "36h"}, "every 36h is no whole number of what DATE tells apart; change it"),
        ({"every": "2d", "jitter": "2d"}, "jitter 2d is no less than every 2d: rows would change places"),
        ({"reference": "n"}, "n is no reference"),
        ({"column": "id"}, "id is INT; name a DATE or a TIMESTAMP"),
        ({"until": []}, "a list names one column at least"),
        ({"date_end": "2023-12-31"}, "steps of 1 month from there lie beyond .*2023-12-31"),
        (
            {"every": "1000 years"},
            "lie beyond DATE|beyond what can be counted",
        ),
    ],
)
def test_what_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(PlanError, match=message):
        planned(*subscriptions(500, **options))
