"""The rule `after`: spans, their shape, what dates cut off, siblings in order; from outside by DuckDB."""

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats
from tests.support import column, generated, made, planned, reference, table, views

from dw_simulator.engine.rows import Rows
from dw_simulator.errors import PlanError
from dw_simulator.planning import plan
from dw_simulator.schema import reading
from dw_simulator.schema.durations import NANOSECONDS, nanoseconds
from dw_simulator.service import ExperimentService

HOUR, DAY = 3_600_000_000, 86_400_000_000
YEAR = {"date_start": "2024-01-01", "date_end": "2024-12-31"}


def after(source: str = "a", **options: Any) -> dict[str, Any]:
    return {"rule": {"name": "after", "column": source, **options}}


def both(
    a: str, b: str, rows: int = 100_000, own: dict[str, Any] | None = None, **options: Any
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The stored values of a column and of one that follows it."""
    first = column("a", a, **YEAR)
    second = column("b", b, **after(**options), **(own or {}))
    kernels = [c.kernel for c in planned(table("t", rows, second, first)).table("t").columns]
    found = [kernel.values(Rows.run(0, rows)).values.astype(np.int64) for kernel in kernels]  # type: ignore[union-attr]
    return found[1], found[0]


# --- spans


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30d", 30 * NANOSECONDS["d"]),
        ("1d12h", 36 * NANOSECONDS["h"]),
        ("1D 12H", 36 * NANOSECONDS["h"]),
        ("90m", 5400 * 10**9),
        ("45s", 45 * 10**9),
        ("2w", 14 * NANOSECONDS["d"]),
        ("1.5h", 5400 * 10**9),
        ("250ms", 250 * 10**6),
        ("3us5ns", 3005),
        ("4y", 1461 * NANOSECONDS["d"]),
        ("P30D", 30 * NANOSECONDS["d"]),
        ("P1DT12H", 36 * NANOSECONDS["h"]),
        ("PT1M0.5S", 60_500_000_000),
        ("P2W", 14 * NANOSECONDS["d"]),
    ],
)
def test_spans_as_people_write_them(text: str, expected: int) -> None:
    assert nanoseconds(text) == expected


@pytest.mark.parametrize("text", ["", "d", "30", "P", "PT", "3 months", "P1M", "1d-", "-1d", "1x2d", "0.5ns"])
def test_what_is_no_span(text: str) -> None:
    with pytest.raises(ValueError, match="is no"):
        nanoseconds(text)


@given(st.dictionaries(st.sampled_from(list(NANOSECONDS)), st.integers(0, 999), min_size=1))
def test_parts_add_up(parts: dict[str, int]) -> None:
    text = "".join(f"{count}{unit}" for unit, count in parts.items())
    assert nanoseconds(text) == sum(NANOSECONDS[unit] * count for unit, count in parts.items())


# --- within the row


def test_moments_after_moments_fill_the_span_evenly() -> None:
    a, b = both("TIMESTAMP", "TIMESTAMP", at_least="2h", within="30d")
    share = (b - a - 2 * HOUR) / (30 * DAY - 2 * HOUR)
    assert share.min() >= 0
    assert share.max() <= 1
    assert stats.kstest(share, "uniform").pvalue > 1e-4


def test_days_after_days_take_every_day_of_the_span() -> None:
    a, b = both("DATE", "DATE", at_least="2d", within="9d12h")
    counts = np.bincount(b - a)
    assert (counts[:2] == 0).all()
    assert stats.chisquare(counts[2:]).pvalue > 1e-4
    assert len(counts) == 10


def test_an_exponential_span_is_cut_off_without_a_spike() -> None:
    a, b = both("TIMESTAMP", "TIMESTAMP", within="10d", distribution="exponential", mean="3d")
    mass = 1 - np.exp(-10 / 3)
    assert stats.kstest((b - a) / DAY, lambda x: (1 - np.exp(-x / 3)) / mass).pvalue > 1e-4
    a, b = both("TIMESTAMP", "TIMESTAMP", within="10d", distribution="exponential")
    assert stats.kstest((b - a) / DAY, lambda x: (1 - np.exp(-x / 2)) / (1 - np.exp(-5))).pvalue > 1e-4
    assert (b - a).max() <= 10 * DAY


def test_before_is_the_mirror_image() -> None:
    a, b = both("DATE", "DATE", before=True, at_least="18y", within="60y")
    assert (a - b).min() == 6575  # 18 years of 365.25 days, rounded up: 18 birthdays for certain
    assert (a - b).max() == 21915
    a, b = both("TIMESTAMP", "TIMESTAMP", before=True, within="10d", distribution="exponential")
    assert stats.kstest((a - b) / DAY, lambda x: (1 - np.exp(-x / 2)) / (1 - np.exp(-5))).pvalue > 1e-4


@pytest.mark.parametrize("before", [False, True])
@pytest.mark.parametrize("b", ["DATE", "TIMESTAMP(0)", "TIMESTAMP(3)", "TIMESTAMPTZ", "TIMESTAMP_NTZ"])
@pytest.mark.parametrize("a", ["DATE", "TIMESTAMP(0)", "TIMESTAMP(3)", "TIMESTAMPTZ", "TIMESTAMP_NTZ"])
def test_all_types_follow_all_types(a: str, b: str, before: bool, tmp_path: Path) -> None:
    tables = table(
        "t", 5000, column("a", a, **YEAR), column("b", b, **after(within="2d", at_least="1s", before=before))
    )
    found = views(generated(planned(tables), tmp_path))
    early, late = ("b", "a") if before else ("a", "b")
    if "DATE" in (a, b):  # never before the day, never after the last day of the span
        cast = f"epoch_ns({late}::TIMESTAMP_NS) - epoch_ns({early}::TIMESTAMP_NS)"
        if b == "DATE":
            cast = f"86400000000000 * ({late}::TIMESTAMP::DATE - {early}::TIMESTAMP::DATE)"
    else:
        cast = f"epoch_ns({late}) - epoch_ns({early})"
    least, most, kinds = found.execute(
        f"SELECT min({cast}), max({cast}), count(DISTINCT {cast}) FROM t"
    ).fetchone()
    assert least >= (0 if b == "DATE" else NANOSECONDS["s"])
    assert most <= 2 * NANOSECONDS["d"]
    assert kinds >= (2 if b == "DATE" else 4000)


def test_a_chain_in_any_order_of_columns(tmp_path: Path) -> None:
    tables = table(
        "t",
        20_000,
        column("delivered", "DATE", required=False, **after("shipped", within="5d")),
        column("shipped", "TIMESTAMP", required=False, null_fraction=0.3, **after("ordered", within="3d")),
        column("ordered", "TIMESTAMP", rule={"name": "calendar", "weekends": False}),
        column("paid", "TIMESTAMP(0)", **after("ordered", within="1h", distribution="exponential")),
    )
    found = views(generated(planned(tables), tmp_path))
    wrong = found.execute(
        """SELECT count(*) FROM t WHERE shipped < ordered OR shipped > ordered + INTERVAL 3 DAY
           OR delivered < shipped::DATE OR delivered > shipped::DATE + 6
           OR paid < ordered OR paid > ordered + INTERVAL 1 HOUR
           OR (delivered IS NULL) <> (shipped IS NULL)"""
    ).fetchone()
    assert wrong == (0,)
    assert 0.28 < found.execute("SELECT avg((shipped IS NULL)::INT) FROM t").fetchone()[0] < 0.32


# --- what the column's dates cut off


def test_what_is_left_of_a_span_is_used_evenly() -> None:
    a, b = both("DATE", "DATE", 400_000, {"date_end": "2024-12-31"}, within="30d")
    end = (date(2024, 12, 31) - date(1970, 1, 1)).days
    assert b.max() == end
    for room in (0, 1, 5, 29):  # a source that many days before the end
        counts = np.bincount((b - a)[a == end - room], minlength=room + 1)
        assert len(counts) == room + 1
        assert room == 0 or stats.chisquare(counts).pvalue > 1e-4
    expected = sum(1 / (room + 1) for room in range(30)) + 1 / 31
    at_the_end = (b == end).sum() / (400_000 / 366)
    assert abs(at_the_end - expected) < 0.15, "the last day has its share, and no more"


@pytest.mark.parametrize("distribution", ["uniform", "exponential"])
def test_cut_spans_keep_their_shape(distribution: str) -> None:
    own = {"date_end": "2024-12-31T23:59:59.999999"}
    a, b = both("TIMESTAMP", "TIMESTAMP", 200_000, own, within="400d", distribution=distribution)
    end = 1_735_689_599_999_999
    share = (b - a) / np.minimum(end - a + 1, 400 * DAY)
    assert share.max() <= 1
    assert b.max() <= end
    shape = "uniform" if distribution == "uniform" else (lambda x: (1 - np.exp(-5 * x)) / (1 - np.exp(-5)))
    assert stats.kstest(share, shape).pvalue > 1e-4


def test_dates_cut_the_other_end_too() -> None:
    own = {"date_start": "2023-12-01"}
    a, b = both("DATE", "DATE", own=own, within="60d", before=True)
    assert b.min() == (date(2023, 12, 1) - date(1970, 1, 1)).days
    assert ((a - b) <= 60).all()
    assert (b <= a).all()
    # a first day that the source has not reached: what is left of the span begins there
    a, b = both("DATE", "DATE", own={"date_start": "2024-01-20"}, within="60d")
    assert b.min() == (date(2024, 1, 20) - date(1970, 1, 1)).days
    assert ((b - a) <= 60).all()
    assert (b >= a).all()


# --- the row that is referenced, and siblings in order


def orders(rows: int = 2000, **fields: Any) -> dict[str, Any]:
    own = [column("id", "INT"), column("at", "TIMESTAMP", **YEAR), column("open", "DATE", required=False)]
    return table("orders", rows, *own, primary_key=["id"], **fields)


@pytest.mark.parametrize(
    "way",
    [{}, {"children": {"min": 0, "max": 40}}, {"skew": {"zipf": 1.1}}, {"nullable": True}],
    ids=["plain", "children", "skew", "nullable"],
)
@pytest.mark.parametrize("distribution", ["uniform", "exponential"])
def test_events_of_one_order_come_in_the_order_of_their_rows(
    way: dict[str, Any], distribution: str, tmp_path: Path
) -> None:
    link = {"reference": "order_id", "within": "14d", "distribution": distribution}
    tables = table(
        "events",
        20_000,
        column("n", "INT", is_unique=True),
        column("order_id", "INT", **reference("orders.id", **way)),
        column("at", "TIMESTAMP", required=False, **after("at", **link, ordered=True)),
        column("loose", "TIMESTAMPTZ", required=False, **after("at", **link)),
        column("opened", "DATE", required=False, **after("open", **link, ordered=True, before=True)),
    )
    found = views(generated(planned(orders(), tables), tmp_path))
    wrong = found.execute(
        """SELECT count(*) FILTER (WHERE e.at < o.at OR e.at > o.at + INTERVAL 14 DAY),
                  count(*) FILTER (WHERE epoch_us(e.loose) < epoch_us(o.at)
                                   OR epoch_us(e.loose) > epoch_us(o.at) + 14 * 86400000000),
                  count(*) FILTER (WHERE e.opened > o.open OR e.opened < o.open - 14),
                  count(*) FILTER (WHERE (e.opened IS NULL) <> (o.open IS NULL))
           FROM events e JOIN orders o ON e.order_id = o.id"""
    ).fetchone()
    assert wrong == (0, 0, 0, 0)
    steps = """SELECT e.at < lag(e.at) OVER w AS falls, opened < lag(opened) OVER w AS opened_falls,
                      loose < lag(loose) OVER w AS loose_falls
               FROM events e WINDOW w AS (PARTITION BY order_id ORDER BY n)"""
    falls = found.execute(
        f"SELECT count_if(falls), count_if(opened_falls), count_if(loose_falls) FROM ({steps})"
    ).fetchone()
    assert falls[:2] == (0, 0)
    assert falls[2] > 1000
    orphans = found.execute("SELECT count(*), count(events.at) FROM events WHERE order_id IS NULL").fetchone()
    assert orphans[1] == 0
    assert (orphans[0] > 500) == bool(way.get("nullable"))


def test_siblings_share_out_the_span_by_its_shape() -> None:
    link = {"reference": "order_id", "within": "10d", "ordered": True}
    tables = table(
        "events",
        60_000,
        column("order_id", "INT", **reference("orders.id", children=30)),
        column("at", "TIMESTAMP", **after("at", **link, distribution="exponential")),
        column("base", "TIMESTAMP", lookup={"reference": "order_id", "column": "at"}),
    )
    plan_ = planned(orders(), tables)
    away = (np.array(made(plan_, "events", "at")) - np.array(made(plan_, "events", "base"))) / DAY
    assert stats.kstest(away, lambda x: (1 - np.exp(-x / 2)) / (1 - np.exp(-5))).pvalue > 1e-4
    each = away.reshape(2000, 30)
    assert (np.diff(each, axis=1) >= 0).all()
    assert each[:, 0].max() < 0.1, "the first of thirty comes soon"


def test_a_path_of_references() -> None:
    lines = table(
        "lines",
        3000,
        column("shipment", "INT", **reference("shipments.id")),
        column("at", "DATE", **after("at", reference=["shipment", "order_id"], within="9d", ordered=True)),
        column("base", "TIMESTAMP", lookup={"reference": ["shipment", "order_id"], "column": "at"}),
    )
    shipments = table(
        "shipments", 500, column("id", "INT"), column("order_id", "INT", **reference("orders.id"))
    )
    shipments["primary_key"] = ["id"]
    plan_ = planned(orders(), shipments, lines)
    days = np.array(made(plan_, "lines", "at")) - np.array(made(plan_, "lines", "base")) // DAY
    assert days.min() == 0
    assert 8 <= days.max() <= 9


def test_a_table_planned_alone_has_the_same_events() -> None:
    events = table(
        "events",
        900,
        column("order_id", "INT", **reference("orders.id")),
        column("at", "TIMESTAMP", **after("at", reference="order_id", within="3d", ordered=True)),
    )
    experiment = reading.parse({"name": "test", "tables": [orders(50), events]})
    alone = plan(experiment, 7, ExperimentService().rule, only="events")
    for name in ("order_id", "at"):
        assert made(alone, "events", name) == made(planned(orders(50), events), "events", name)


# --- what is refused


@pytest.mark.parametrize(
    ("own", "options", "message"),
    [
        ({}, {"within": "3 months"}, "'3 months' is no span, such as 30d"),
        ({}, {"within": "2d", "at_least": "3d"}, "at_least 3d is more than within 2d"),
        ({}, {"within": "0d"}, "within 0 leaves no span"),
        ({}, {"within": "99999y"}, "more than 10,000 years"),
        ({}, {"within": "2d", "ordered": True}, "ordered goes with reference"),
        ({}, {"within": "2d", "mean": "1d"}, 'mean goes with "distribution": "exponential"'),
        ({}, {"within": "2d", "mean": "0d", "distribution": "exponential"}, "a mean of 0"),
        ({}, {"within": "2d", "column": "x"}, "t has no column 'x'"),
        ({}, {"within": "2d", "column": "n"}, "n is INT, which holds days if all are such as 20240229"),
        ({}, {"within": "2d", "column": "b"}, "comes from itself: t.b -> t.b"),
        ({}, {"within": "2d", "reference": "n"}, "n, which is no reference"),
        ({}, {"within": "12h", "column": "d"}, "within 12h of d lies no other day; .* 1d or more"),
        (
            {},
            {"within": "20h", "at_least": "13h", "column": "d"},
            "between 13h and 20h lies no value of DATE",
        ),
        (
            {"date_end": "2024-12-31"},
            {"within": "9d", "at_least": "1d"},
            "a reaches 2024-12-31 23:59:59.999999, and 1d after that is beyond date_end 2024-12-31; move",
        ),
        (
            {"date_start": "2025-01-01"},
            {"within": "9d", "column": "d"},
            "d reaches 2024-01-01, and 9d after that is beyond date_start 2025-01-01",
        ),
        (
            {"date_start": "2024-01-01"},
            {"within": "9d", "at_least": "2d", "before": True, "column": "d"},
            "d reaches 2024-01-01, and 2d before that is beyond date_start 2024-01-01",
        ),
        ({}, {"within": "9000y", "at_least": "8000y", "column": "d"}, "beyond what DATE holds"),
        ({"is_unique": True}, {"within": "9d"}, "may repeat, and here they must not"),
    ],
)
def test_what_is_refused(own: dict[str, Any], options: dict[str, Any], message: str) -> None:
    columns = [
        column("a", "TIMESTAMP", **YEAR),
        column("d", "DATE", **YEAR),
        column("n", "INT"),
        column("gap", "DATE", required=False),
        column("b", "DATE", **own, rule={"name": "after", "column": "a", **options}),
    ]
    with pytest.raises(PlanError, match=message):
        planned(table("t", 9, *columns))


def test_nanoseconds_end_in_2262() -> None:
    late = column("a", "TIMESTAMP", date_start="2262-01-01", date_end="2300-01-01")
    with pytest.raises(PlanError, match=r"a reaches 2300-01-01 .*beyond what TIMESTAMP_NTZ holds"):
        planned(table("t", 9, late, column("b", "TIMESTAMP_NTZ", **after(within="1d"))))
    fine = column("a", "DATE", date_start="2262-04-01", date_end="2262-04-11")
    values = made(planned(table("t", 2000, column("b", "TIMESTAMP_NTZ", **after(within="9d")), fine)), "t")
    assert max(values) > 9_223_000_000_000_000_000
    assert min(values) > 9_222_000_000_000_000_000


def test_how_far_the_source_reaches_is_kept(tmp_path: Path) -> None:
    """What follows an event that follows an event is refused by the last moment of the first."""
    columns = [
        column("a", "DATE", **YEAR),
        column("b", "DATE", **after(within="10d")),
        column("c", "DATE", date_end="2025-01-10", **after("b", within="10d")),
    ]
    values = np.array(made(planned(table("t", 5000, *columns)), "t", "c"))
    assert values.max() == (date(2025, 1, 10) - date(1970, 1, 1)).days
    columns[2] = column("c", "DATE", date_end="2025-01-09", **after("b", within="10d"))
    with pytest.raises(PlanError, match="b reaches 2025-01-10, and 0s after that is beyond date_end"):
        planned(table("t", 9, *columns))
    assert date(2024, 12, 31) + timedelta(days=10) == date(2025, 1, 10)


def test_a_source_that_a_check_bounds() -> None:
    columns = [
        column("begun", "DATE", **YEAR),
        column("a", "DATE", **YEAR),
        column("b", "DATE", date_end="2025-01-02", **after(within="5d")),
    ]
    plan_ = planned(table("t", 5000, *columns, checks=["a >= begun", "b >= a", "b <= '2025-01-02'"]))
    begun, a, b = (np.array(made(plan_, "t", name)) for name in ("begun", "a", "b"))
    assert (a >= begun).all()
    assert ((b >= a) & (b <= a + 5)).all()
    assert b.max() == (date(2025, 1, 2) - date(1970, 1, 1)).days
    assert plan_.warnings == ()


def test_lines_are_numbered_and_in_order() -> None:
    lines = table(
        "lines",
        6000,
        column("order_id", "INT", **reference("orders.id")),
        column("line", "INT"),
        column("at", "TIMESTAMP", **after("at", reference="order_id", within="9d", ordered=True)),
        primary_key=["order_id", "line"],
    )
    plan_ = planned(orders(), lines)
    rows = list(zip(*(made(plan_, "lines", name) for name in ("order_id", "line", "at")), strict=True))
    for (order, line, at), (next_order, next_line, next_at) in pairwise(rows):
        assert order != next_order or (line + 1 == next_line and at <= next_at)
    assert len(set(rows)) == 6000


def test_a_listed_source_and_one_that_is_never_there() -> None:
    listed = column("a", "DATE", rule={"name": "choice", "values": ["2024-02-29", "2024-05-01"]})
    plan_ = planned(table("t", 900, listed, column("b", "DATE", date_end="2024-05-01", **after(within="3d"))))
    a, b = made(plan_, "t", "a"), made(plan_, "t", "b")
    assert {late - early for early, late in zip(a, b, strict=True)} == {0, 1, 2, 3}
    assert max(b) == max(a)
