"""Moments between others: until, the latest of several, the present; from outside by DuckDB."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from tests.support import column, generated, made, planned, reference, scattered, table, to_list, views

from dw_simulator.engine.rows import Rows
from dw_simulator.errors import PlanError
from dw_simulator.registry.manager import registry
from dw_simulator.registry.rulebook import Rulebook
from dw_simulator.schema import reading
from dw_simulator.schema.inference import infer

DAY = 86_400_000_000
YEAR = {"date_start": "2024-01-01", "date_end": "2024-12-31"}
MOMENTS = ("DATE", "TIMESTAMP(0)", "TIMESTAMP(3)", "TIMESTAMPTZ", "TIMESTAMP_NTZ")


def after(source: Any = "a", **options: Any) -> dict[str, Any]:
    return {"rule": {"name": "after", "column": source, **options}}


def there(path: Any, name: str) -> dict[str, Any]:
    return {"reference": path, "column": name}


def key() -> dict[str, Any]:
    return column("id", "INT")


def sales(rows: int, **options: Any) -> list[dict[str, Any]]:
    """Events, their listings before them, and sales between the two."""
    starts = column("starts_at", "TIMESTAMP", rule={"name": "calendar", "business_hours": "18:00-22:00"})
    listed = column(
        "listed_at",
        "TIMESTAMP",
        **after(there("event_id", "starts_at"), before=True, at_least="1h", within="200d"),
    )
    sold = column(
        "sold_at",
        "TIMESTAMP",
        **after("listed_at", reference="listing_id", until=options.pop("until"), **options),
    )
    return [
        table("events", max(rows // 100, 1), key(), starts, primary_key=["id"]),
        table(
            "listings",
            max(rows // 5, 1),
            key(),
            column("event_id", "INT", **reference("events.id")),
            listed,
            primary_key=["id"],
        ),
        table("sales", rows, column("listing_id", "INT", **reference("listings.id")), sold),
    ]


_EVENT = there(["listing_id", "event_id"], "starts_at")
_SALES = """SELECT count(*) AS sales,
                   count(*) FILTER (WHERE s.sold_at < l.listed_at OR s.sold_at > e.starts_at) AS wrong,
                   avg(epoch_us(s.sold_at) - epoch_us(l.listed_at))
                   / avg(epoch_us(e.starts_at) - epoch_us(l.listed_at)),
                   count(*) FILTER (WHERE s.sold_at > l.listed_at + INTERVAL 30 DAY)
            FROM sales s JOIN listings l ON l.id = s.listing_id JOIN events e ON e.id = l.event_id"""


def test_sales_lie_between_their_listing_and_its_event(tmp_path: Path) -> None:
    plan = planned(*sales(20_000, until=_EVENT))
    assert not plan.warnings
    count, wrong, share, _ = views(generated(plan, tmp_path)).execute(_SALES).fetchone()
    assert (count, wrong) == (20_000, 0)
    assert abs(share - 0.5) < 0.01
    within = planned(*sales(20_000, until=_EVENT, within="30d"))
    assert views(generated(within, tmp_path / "within")).execute(_SALES).fetchone()[1::2] == (0, 0)


@pytest.mark.parametrize("before", [False, True])
@pytest.mark.parametrize("own", MOMENTS)
@pytest.mark.parametrize("other", MOMENTS)
def test_all_types_lie_between_all_types(own: str, other: str, before: bool, tmp_path: Path) -> None:
    """Where a and b are 3 days apart there is always room; a DATE counts as its midnight, but for a DATE."""
    a = column("a", "TIMESTAMP(0)", **YEAR)
    b = column("b", other, **after("a", at_least="3d", within="5d"))
    first, last = ("b", "a") if before else ("a", "b")
    m = column("m", own, **after(first, until=last, before=before))
    found = views(generated(planned(table("t", 3000, a, b, m)), tmp_path))
    if own == "DATE":
        low, high, value = "a::TIMESTAMP::DATE", "b::TIMESTAMP::DATE", "m"
    else:
        low, high, value = (f"epoch_ns({name}::TIMESTAMP_NS)" for name in ("a", "b", "m"))
    wrong, kinds = found.execute(
        f"SELECT count(*) FILTER (WHERE {value} < {low} OR {value} > {high}), count(DISTINCT {value}) FROM t"
    ).fetchone()
    assert wrong == 0
    assert kinds > 300


def test_an_exponential_is_cut_to_the_room_of_each_row() -> None:
    a = column("a", "TIMESTAMP", **YEAR)
    b = column("b", "TIMESTAMP", **after("a", at_least="1h", within="20d"))
    m = column("m", "TIMESTAMP", **after("a", until="b", distribution="exponential", mean="3d"))
    plan = planned(table("t", 200_000, a, b, m))
    low, high, value = (np.array(made(plan, "t", name)) for name in ("a", "b", "m"))
    assert (value >= low).all()
    assert (value <= high).all()
    room, away = (high - low) / (3 * DAY), (value - low) / (3 * DAY)
    share = -np.expm1(-away) / -np.expm1(-room)
    assert stats.kstest(share, "uniform").pvalue > 1e-4
    short = room < 0.1
    assert stats.kstest(share[short], "uniform").pvalue > 1e-4


def test_without_a_mean_an_exponential_is_stretched_over_the_room() -> None:
    a = column("a", "TIMESTAMP", **YEAR)
    b = column("b", "TIMESTAMP", **after("a", at_least="1h", within="20d"))
    m = column("m", "TIMESTAMP", **after("b", until="a", before=True, distribution="exponential"))
    plan = planned(table("t", 100_000, a, b, m))
    low, high, value = (np.array(made(plan, "t", name)) for name in ("a", "b", "m"))
    share = (high - value) / (high - low)
    assert stats.kstest(share, lambda x: -np.expm1(-5 * x) / -np.expm1(-5.0)).pvalue > 1e-4


def test_the_latest_of_several_and_the_earliest_of_several(tmp_path: Path) -> None:
    gaps = {"required": False, "null_fraction": 0.3}
    plan = planned(
        table("customers", 500, key(), column("created_on", "DATE", **YEAR), primary_key=["id"]),
        table(
            "orders",
            20_000,
            column("customer_id", "INT", **reference("customers.id")),
            column("paid_at", "TIMESTAMP", **YEAR, **gaps),
            column("packed_at", "TIMESTAMP(0)", **YEAR, **gaps),
            column("left_on", "DATE", date_start="2025-01-02", date_end="2025-06-30", **gaps),
            column("gone_at", "TIMESTAMP", date_start="2025-01-02", date_end="2025-06-30"),
            column(
                "shipped_at",
                "TIMESTAMP",
                **after(
                    ["paid_at", "packed_at", there("customer_id", "created_on")],
                    at_least="1h",
                    until=["left_on", "gone_at"],
                ),
            ),
        ),
    )
    wrong = (
        views(generated(plan, tmp_path))
        .execute(
            """SELECT count(*) FILTER (WHERE shipped_at > least(left_on, gone_at)
                      OR shipped_at < greatest(paid_at, packed_at, created_on) + INTERVAL 1 HOUR),
                            count(*), count(shipped_at)
               FROM orders JOIN customers c ON c.id = customer_id"""
        )
        .fetchone()
    )
    assert wrong == (0, 20_000, 20_000)


def test_null_where_all_sources_are_null() -> None:
    gaps = {"required": False, "null_fraction": 0.5}
    plan = planned(
        table(
            "t",
            4000,
            column("a", "DATE", **YEAR, **gaps),
            column("b", "DATE", **YEAR, **gaps),
            column("m", "DATE", required=False, **after(["a", "b"], within="9d")),
        )
    )
    a, b, m = (made(plan, "t", name) for name in ("a", "b", "m"))
    for x, y, z in zip(a, b, m, strict=True):
        known = [one for one in (x, y) if one is not None]
        assert (z is None) == (not known)
        assert z is None or 0 <= z - max(known) <= 9


def test_rows_of_one_parent_stay_in_order_up_to_its_end(tmp_path: Path) -> None:
    ended = column("ended", "DATE", **after("started", at_least="2d", within="90d"))
    parent = table("orders", 500, key(), column("started", "TIMESTAMP", **YEAR), ended, primary_key=["id"])
    rule = after("started", reference="order_id", until=there("order_id", "ended"), ordered=True)
    child = table(
        "steps",
        20_000,
        column("n", "INT", is_unique=True),
        column("order_id", "INT", **reference("orders.id")),
        column("at", "TIMESTAMP", **rule),
    )
    wrong = views(generated(planned(parent, child), tmp_path)).execute(
        """SELECT count_if(s.at < o.started OR s.at > o.ended), count_if(s.at < s.before), max(s.number)
           FROM (SELECT *, lag(v.at) OVER w AS before, row_number() OVER w AS number
                 FROM steps v WINDOW w AS (PARTITION BY order_id ORDER BY n)) s
           JOIN orders o ON o.id = s.order_id"""
    )
    assert wrong.fetchone()[:2] == (0, 0)


def test_ordered_rows_have_the_room_of_their_parent() -> None:
    spec = table("p", 9, key(), column("a", "DATE", **YEAR), primary_key=["id"])
    rule = after("a", reference="p_id", until="b", ordered=True)
    link = column("p_id", "INT", **reference("p.id"))
    with pytest.raises(PlanError, match="ordered rows of one referenced row have one room: p_id has to lead"):
        planned(spec, table("t", 50, link, column("b", "DATE", **YEAR), column("m", "DATE", **rule)))


# --- where there is no room


def crossing(**fields: Any) -> dict[str, Any]:
    return table(
        "t",
        20_000,
        column("a", "TIMESTAMP", **YEAR),
        column("b", "TIMESTAMP", **YEAR),
        column("m", "TIMESTAMP", **fields, **after("a", at_least="1d", until="b")),
    )


def test_without_room_a_column_is_null_or_stays_at_its_source() -> None:
    plan = planned(crossing(required=False))
    assert not plan.warnings
    a, b = (np.array(made(plan, "t", name)) for name in "ab")
    values = made(plan, "t", "m")
    has_room = b - a >= DAY
    assert [value is not None for value in values] == has_room.tolist()
    inner = np.array([value for value in values if value is not None])
    assert ((inner >= a[has_room] + DAY) & (inner <= b[has_room])).all()

    plan = planned(crossing())
    (warning,) = plan.warnings
    assert warning.startswith("t.m: 50.")
    assert "of the rows have no room from a to b" in warning
    a, b, m = (np.array(made(plan, "t", name)) for name in "abm")
    assert (m >= a).all(), "the order with the source holds first"
    assert (m[b >= a] <= b[b >= a]).all(), "then that with its end"
    assert (m[b < a] == a[b < a]).all()
    assert (m[b - a >= DAY] >= a[b - a >= DAY] + DAY).all()


def test_rooms_without_an_end_go_up_to_the_present() -> None:
    started = column("a", "DATE", date_start="2024-01-01", date_end="2024-12-31")
    ended = column("b", "DATE", required=False, null_fraction=0.5, **after("a", within="60d"))
    plan = planned(
        table("t", 5000, started, ended, column("m", "TIMESTAMP", **after("a", until="b"))),
        as_of="2025-03-31",
    )
    a, b, m = (made(plan, "t", name) for name in "abm")
    end = 20179 * DAY  # 2025-04-01
    for x, y, z in zip(a, b, m, strict=True):
        assert x * DAY <= z < (end if y is None else y * DAY + 1)
    assert max(m) > end - 3 * DAY


# --- checks


def test_a_moment_that_may_be_missing_says_nothing_of_those_around_it() -> None:
    """`m` lies between the two where they leave it room, which says nothing of them where they do not."""
    columns = [
        column("a", "DATE", **YEAR),
        column("b", "DATE", **YEAR),
        column("m", "DATE", required=False, null_fraction=0, **after("a", until="b", within="20d")),
    ]
    plan = planned(table("t", 5000, *columns, checks=["a <= b"]))
    assert all(a <= b for a, b in zip(made(plan, "t", "a"), made(plan, "t", "b"), strict=True))


@pytest.mark.parametrize("before", [False, True])
def test_checks_of_order_are_proved(before: bool, tmp_path: Path) -> None:
    gaps = {"required": False, "null_fraction": 0.2}
    columns = [
        column("a", "TIMESTAMP", **YEAR),
        column("c", "TIMESTAMP", **YEAR, **gaps),
        column("b", "TIMESTAMP", **YEAR, **gaps),
        column("m", "TIMESTAMP", required=False, **after(["a", "c"], until="b", before=before)),
    ]
    checks = ["a <= m", "c <= m", "m <= b"] if not before else ["m <= a", "m <= c", "b <= m"]
    plan = planned(table("t", 5000, *columns, checks=checks))
    assert not plan.warnings
    found = views(generated(plan, tmp_path))
    wrong = found.execute(f"SELECT count(*), count(m) FROM t WHERE NOT ({' AND '.join(checks)})").fetchone()
    assert wrong == (0, 0)


# --- the present


def shipped(as_of: str | None = "2024-12-31", rows: int = 100_000, **options: Any) -> dict[str, Any]:
    fields = {
        name: options.pop(name)
        for name in ("required", "date_end", "null_when", "null_fraction")
        if name in options
    }
    return {
        "tables": [
            table(
                "t",
                rows,
                column("a", "TIMESTAMP", **YEAR),
                column("m", "TIMESTAMP", **fields, **after("a", within="60d", **options)),
            )
        ],
        "as_of": as_of,
    }


def planned_with(spec: dict[str, Any]) -> Any:
    fields = {"as_of": spec["as_of"]} if spec["as_of"] else {}
    return planned(*spec["tables"], **fields)


def test_what_would_be_after_the_present_has_not_been() -> None:
    plan = planned_with(shipped(required=False, null_fraction=0))
    a, m = np.array(made(plan, "t", "a")), made(plan, "t", "m")
    end = 20089 * DAY
    there_ = np.array([value is not None for value in m])
    values = np.array([value for value in m if value is not None])
    assert values.max() < end
    # a source that many days before the end has had that share of its span
    expected = np.minimum((end - a) / (60 * DAY), 1)
    assert abs(there_.mean() - expected.mean()) < 0.003
    for days in (3, 20, 45):
        near = np.abs(a - (end - days * DAY)) < DAY
        assert abs(there_[near].mean() - days / 60) < 0.1
    month = (values > end - 30 * DAY).sum() / 30
    assert month < 2 * len(values) / 366, "nothing piles up at the end"
    assert (values - a[there_] <= 60 * DAY).all()


def test_the_present_adds_to_the_nulls_of_any_other_column() -> None:
    anyway = made(planned_with(shipped(as_of=None, required=False)), "t", "m")
    censored = made(planned_with(shipped(required=False)), "t", "m")
    assert 4500 < anyway.count(None) < 5500
    end = 20089 * DAY
    assert [value if value is not None and value < end else None for value in anyway] == censored


def test_a_column_that_cannot_be_null_has_what_is_left_of_its_span() -> None:
    plan = planned_with(shipped())
    a, m = np.array(made(plan, "t", "a")), np.array(made(plan, "t", "m"))
    end = 20089 * DAY
    share = (m - a) / np.minimum(end - a, 60 * DAY)
    assert m.max() < end
    assert stats.kstest(share, "uniform").pvalue > 1e-4


@pytest.mark.parametrize(
    "spec",
    [
        shipped(as_of=None, required=False),
        shipped(required=False, censor=False),
        shipped(required=False, date_end="2025-12-31"),
        shipped(censor=False),
    ],
    ids=["no present", "said", "own end", "required, said"],
)
def test_the_future_where_it_is_wanted(spec: dict[str, Any]) -> None:
    values = [value for value in made(planned_with(spec), "t", "m") if value is not None]
    assert max(values) > 20110 * DAY


def test_the_present_may_be_asked_for() -> None:
    plan = planned(
        table(
            "t",
            1000,
            column("a", "DATE"),
            column("m", "DATE", required=False, **after("a", within="900d", censor=True)),
        )
    )
    values = [value for value in made(plan, "t", "m") if value is not None]
    assert max(values) <= 20453  # 2025-12-31
    assert 600 < len(values) < 950


def test_what_a_condition_makes_null_is_not_censored() -> None:
    spec = shipped(required=False, null_when="a < TIMESTAMP '2024-06-01'")
    plan = planned_with(spec)
    a, m = made(plan, "t", "a"), made(plan, "t", "m")
    june = 19875 * DAY
    assert all((x < june) == (y is None) for x, y in zip(a, m, strict=True))


@pytest.mark.parametrize("required", [False, True])
def test_a_distance_is_kept_before_the_present(required: bool) -> None:
    rule = after("a", at_least="1d", within="9d")
    columns = [column("a", "DATE", **YEAR), column("m", "DATE", required=required, **rule)]
    plan = planned(table("t", 5000, *columns, checks=["a < m"]), as_of="2024-12-31")
    assert not plan.warnings
    pairs = [(x, y) for x, y in zip(made(plan, "t", "a"), made(plan, "t", "m"), strict=True) if y is not None]
    assert all(1 <= y - x <= 9 for x, y in pairs)
    assert max(y for _, y in pairs) <= 20_088 + required


@pytest.mark.parametrize(
    ("name", "null", "censor"),
    [
        ("due_date", "NOT NULL", False),
        ("due_date", "NULL", False),
        ("paid_date", "NULL", None),
        ("end_date", "NOT NULL", False),
        ("end_date", "NULL", False),
    ],
)
def test_what_is_known_before_it_comes_is_not_censored(name: str, null: str, censor: bool | None) -> None:
    fields = {} if null == "NOT NULL" else {"required": False}
    columns = [column("start_date", "DATE"), column("invoice_date", "DATE"), column(name, "DATE", **fields)]
    data = {"name": "x", "tables": [table("policies", 1, *columns)]}
    found = infer(reading.parse(data), Rulebook(registry())).tables[0].column(name)
    assert found is not None
    assert found.rule_spec is not None
    assert found.rule_spec.name == "after"
    assert found.rule_spec.options.get("censor") is censor


# --- by the hour of the week


OPEN = "isodow({0}) < 6 AND {0}::TIME >= '09:00' AND {0}::TIME < '17:00'"


@pytest.mark.parametrize("before", [False, True])
@pytest.mark.parametrize("own", ["TIMESTAMP", "TIMESTAMP(0)", "TIMESTAMP_NTZ", "TIMESTAMPTZ"])
def test_what_follows_lies_in_open_hours(own: str, before: bool, tmp_path: Path) -> None:
    a = column("a", "TIMESTAMP", **YEAR)
    week = {"business_hours": "09:00-17:00", "weekends": False}
    plan = planned(table("t", 20_000, a, column("m", own, **after(within="4d", before=before, **week))))
    low, high = ("m", "a") if before else ("a", "m")
    found = views(generated(plan, tmp_path)).execute(
        f"""SELECT count(*) FILTER (WHERE {low} > {high} OR {low} < {high} - INTERVAL 4 DAY),
                   count(*) FILTER (WHERE NOT ({OPEN.format("m")}))
            FROM (SELECT a, m::TIMESTAMP_NS AT TIME ZONE 'UTC' AT TIME ZONE 'UTC' AS m FROM t)"""
        if own == "TIMESTAMPTZ"
        else f"""SELECT count(*) FILTER (WHERE {low} > {high} OR {low} < {high} - INTERVAL 4 DAY),
                   count(*) FILTER (WHERE NOT ({OPEN.format("m")})) FROM t"""
    )
    assert found.fetchone() == (0, 0)


def test_time_weighs_by_the_hour() -> None:
    a = column("a", "TIMESTAMP(0)", date_start="2024-01-01", date_end="2024-01-07")  # a week from Monday on
    rule = after(at_least="7d", within="35d", hours={"12": 0, "15": 2.5}, weekdays={"sat": 0.25, "sun": 0})
    m = np.array(made(planned(table("t", 400_000, a, column("m", "TIMESTAMP", **rule))), "t", "m"))
    hours = m // 3_600_000_000 % 24
    days = (m // DAY + 3) % 7
    weights = np.ones(24)
    weights[12], weights[15] = 0, 2.5
    assert (
        stats.chisquare(
            np.bincount(hours, minlength=24)[weights > 0], 400_000 * weights[weights > 0] / 24.5
        ).pvalue
        > 1e-4
    )
    assert not (hours == 12).any()
    assert not (days == 6).any()
    share = (days == 5).mean()
    assert abs(share - 0.25 / 5.25) < 0.003


def test_days_of_the_week_for_dates() -> None:
    a = column("a", "TIMESTAMP", **YEAR)
    m = np.array(
        made(
            planned(table("t", 50_000, a, column("m", "DATE", **after(within="9d", weekends=False)))),
            "t",
            "m",
        )
    )
    assert ((m + 3) % 7 < 5).all()


def test_the_order_holds_where_nothing_is_open() -> None:
    a = column("a", "TIMESTAMP(0)", **YEAR)
    rule = after(within="1h", business_hours="10:00-11:00")
    plan = planned(table("t", 50_000, a, column("m", "TIMESTAMP(0)", **rule)))
    a_, m = (np.array(made(plan, "t", name)) for name in "am")
    assert ((m >= a_) & (m <= a_ + 3_600_000_000)).all()
    clock = a_ % DAY // 3_600_000_000
    assert (m[clock == 10] % DAY // 3_600_000_000 == 10).all()
    assert (m[clock == 3] % DAY // 3_600_000_000 != 10).all()


def test_an_exponential_goes_by_the_time_that_counts() -> None:
    a = column("a", "TIMESTAMP(0)", date_start="2024-01-01", date_end="2024-01-01")
    rule = after(
        within="3y", distribution="exponential", mean="7d", business_hours="09:00-17:00", weekends=False
    )
    m = np.array(made(planned(table("t", 50_000, a, column("m", "TIMESTAMP", **rule))), "t", "m"))
    days = (m // DAY - 19_723).astype(np.int64)
    opened = (days // 7 * 5 + days % 7) * 8 + (m % DAY) / 3_600_000_000 - 9
    first = opened > 8  # the first day is cut by where its sources lie
    assert stats.kstest(opened[first] - 8, "expon", args=(0, 40)).pvalue > 1e-4


# --- the law


_SPANS = st.sampled_from(["0s", "1s", "5h", "1d", "40d"])


@st.composite
def rooms(draw: Any) -> dict[str, Any]:
    def moment(name: str) -> dict[str, Any]:
        gaps = draw(st.sampled_from([{}, {"required": False, "null_fraction": 0.3}]))
        return column(name, draw(st.sampled_from(MOMENTS)), **YEAR, **gaps)

    options: dict[str, Any] = {"until": draw(st.sampled_from(["c", ["c", "d"], ["d"]]))}
    if draw(st.booleans()):
        options["within"] = draw(st.sampled_from(["41d", "100d", "3y"]))
    options["at_least"] = draw(_SPANS)
    if draw(st.booleans()):
        options["distribution"] = "exponential"
        if draw(st.booleans()):
            options["mean"] = draw(st.sampled_from(["1h", "9d", "2y"]))
    options["before"] = draw(st.booleans())
    if not options["before"] and draw(st.booleans()):
        options["censor"] = draw(st.booleans())
    if draw(st.booleans()):
        options["weekdays"] = {"mon": 0, "sun": 0.123}
    type_ = draw(st.sampled_from(MOMENTS))
    if type_ != "DATE" and draw(st.booleans()):
        options |= draw(st.sampled_from([{"business_hours": "22:00-06:00"}, {"hours": {"3": 7, "4": 0}}]))
    own = {"required": False} if draw(st.booleans()) else {}
    if own and draw(st.booleans()):
        own["date_end"] = "2024-11-30"
    rule = after(draw(st.sampled_from(["a", ["a", "b"], ["b"]])), **options)
    columns = [*map(moment, "abcd"), column("m", type_, **own, **rule)]
    return table("t", 500, *columns)


@settings(max_examples=150, deadline=None)
@given(rooms(), st.sampled_from([None, "2024-06-30", "2024-10-01T12:00:00"]), st.data())
def test_any_room_keeps_the_law_and_its_facts(spec: dict[str, Any], as_of: str | None, data: Any) -> None:
    try:
        plan = planned(spec, **({"as_of": as_of} if as_of else {}))
    except PlanError:
        return
    (own,) = (c for c in plan.table("t").columns if c.name == "m")
    whole = to_list(own.kernel.values(Rows.run(0, 500)))
    cut = data.draw(st.integers(0, 500))
    assert whole == to_list(own.kernel.values(Rows.run(0, cut))) + to_list(
        own.kernel.values(Rows.run(cut, 500))
    )
    some = data.draw(st.lists(st.integers(0, 499), min_size=1, max_size=20))
    assert [whole[row] for row in some] == to_list(own.kernel.values(scattered(some)))
    facts = own.kernel.facts
    values = [value for value in whole if value is not None]
    assert facts.nullable or len(values) == 500
    assert facts.ends is not None
    assert all(facts.ends[0] <= value <= facts.ends[1] for value in values)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "say within, how far away it is at the most, or until"),
        ({"column": [], "within": "2d"}, "a list names one column at least"),
        ({"column": ["a"], "reference": "p", "within": "2d"}, "reference goes with a column's name"),
        ({"until": "n"}, "n is INT, which holds days if all are such as 20240229"),
        ({"until": "x"}, "t has no column 'x'"),
        ({"until": {"reference": "n", "column": "x"}}, "n, which is no reference"),
        ({"until": "early"}, "nothing lies after a and not after early, whatever the row; move their bounds"),
        ({"until": "b", "at_least": "900d"}, "nothing lies after a and not after b"),
        ({"until": "b", "at_least": "5d", "within": "2d"}, "at_least 5d is more than within 2d"),
        ({"until": "b", "mean": "1d"}, "mean goes with"),
        ({"until": "b", "before": True, "censor": True}, "censor goes with what comes after others"),
        (
            {"within": "2d", "roots": {"date_end": "2024-01-01"}},
            "roots goes with a column that follows itself",
        ),
        ({"within": "2d", "hours": [0] * 24}, "weights are not negative, finite, and not all 0"),
        ({"within": "2d", "hours": {"25": 1}}, "unknown '25'"),
        (
            {"within": "2d", "weekdays": {"sat": 1, "sun": 1}, "business_hours": "9-17"},
            "is not a time of day",
        ),
    ],
)
def test_what_is_refused(options: dict[str, Any], message: str) -> None:
    columns = [
        column("a", "TIMESTAMP", **YEAR),
        column("b", "TIMESTAMP", **YEAR),
        column("early", "DATE", date_start="2020-01-01", date_end="2021-01-01"),
        column("n", "INT"),
        column("m", "TIMESTAMP", **after(**options)),
    ]
    with pytest.raises(PlanError) as caught:
        planned(table("t", 50, *columns))
    assert message in str(caught.value)


def test_bounds_that_leave_no_room_are_refused() -> None:
    bounds = {"date_end": "2024-06-30"}
    spec = [column("a", "DATE", **YEAR), column("b", "DATE", **YEAR)]
    with pytest.raises(PlanError, match="a leaves no room after it within date_end 2024-06-30"):
        planned(table("t", 50, *spec, column("m", "DATE", **bounds, **after("a", until="b"))))
    plan = planned(
        table("t", 500, *spec, column("m", "DATE", required=False, **bounds, **after("a", until="b")))
    )
    values = [value for value in made(plan, "t", "m") if value is not None]
    assert values
    assert max(values) <= 19904
