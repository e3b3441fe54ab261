"""The calendar rule: weights of days and hours against counts worked out day by day, bounds, order."""

from datetime import UTC, date, datetime, timedelta
from math import cos, pi
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats
from tests.support import column, made, planned, table

from dw_simulator.engine.rows import Rows
from dw_simulator.errors import PlanError

ROWS = 1_000_000
DAY = 86_400_000_000


def drawn(data_type: str, rows: int = ROWS, **fields: Any) -> NDArray[np.int64]:
    """The stored values of a column that follows a calendar."""
    rule = {"name": "calendar", **{k: v for k, v in fields.items() if k not in _OF_COLUMN}}
    own = {k: v for k, v in fields.items() if k in _OF_COLUMN}
    plan = planned(table("t", rows, column("at", data_type, rule=rule, **own)))
    kernel = plan.table("t").columns[0].kernel
    return kernel.values(Rows.run(0, rows)).values.astype(np.int64)  # type: ignore[union-attr]


_OF_COLUMN = ("date_start", "date_end", "is_unique")


def days(start: str, end: str) -> list[date]:
    first, last = date.fromisoformat(start), date.fromisoformat(end)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def number(day: str) -> int:
    return (date.fromisoformat(day) - date(1970, 1, 1)).days


def fits(counts: NDArray[np.int64], weights: list[float]) -> None:
    """A chi-square test; what has no weight does not come out at all."""
    shares = np.array(weights, dtype=np.float64)
    shares /= shares.sum()
    assert len(counts) == len(shares)
    assert (counts[shares == 0] == 0).all()
    kept = shares > 0
    assert stats.chisquare(counts[kept], shares[kept] * counts.sum()).pvalue > 1e-4


YEARS = {"date_start": "2023-03-05", "date_end": "2025-02-20"}


def by_day(values: NDArray[np.int64]) -> NDArray[np.int64]:
    first = number(YEARS["date_start"])
    span = number(YEARS["date_end"]) - first + 1
    return np.bincount(values - first, minlength=span)


@pytest.mark.parametrize(
    ("options", "weight"),
    [
        ({"weekdays": {"sat": 0.2, "Sunday": 0.1}}, lambda d: [1, 1, 1, 1, 1, 0.2, 0.1][d.weekday()]),
        ({"weekdays": [5, 4, 3, 2, 1, 0, 9]}, lambda d: [5, 4, 3, 2, 1, 0, 9][d.weekday()]),
        ({"weekends": False}, lambda d: d.weekday() < 5),
        ({"months": {"12": 3, "feb": 0.5, 7: 0}}, lambda d: {12: 3, 2: 0.5, 7: 0}.get(d.month, 1)),
        (
            {"holidays": ["12-25", "2024-02-29"], "holiday_weight": 0.3},
            lambda d: 0.3 if (d.month, d.day) == (12, 25) or d == date(2024, 2, 29) else 1,
        ),
        ({"holidays": ["02-29"]}, lambda d: (d.month, d.day) != (2, 29)),
        ({"growth": 1.8}, lambda d: 1.8 ** ((d - date(2023, 3, 5)).days / 365.2425)),
        (
            {"seasonality": {"weekly": {"peak": "sat", "amplitude": 1}}},
            lambda d: 1 + cos(2 * pi * (d.weekday() - 5) / 7),
        ),
        (
            {"seasonality": {"yearly": {"peak": "12-15", "amplitude": 0.5}}},
            lambda d: (
                1
                + 0.5
                * cos(
                    2
                    * pi
                    * (
                        (d.timetuple().tm_yday - 0.5) / (366 if d.year == 2024 else 365)
                        - (date(2023, 12, 15).timetuple().tm_yday - 0.5) / 365
                    )
                )
            ),
        ),
        (
            {"weekdays": {"sun": 0}, "months": {"jan": 2}, "growth": 0.5, "holidays": ["01-01"]},
            lambda d: (
                (d.weekday() < 6)
                * (2 if d.month == 1 else 1)
                * 0.5 ** ((d - date(2023, 3, 5)).days / 365.2425)
                * ((d.month, d.day) != (1, 1))
            ),
        ),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_days_come_by_weight(options: dict[str, Any], weight: Any) -> None:
    expected = [float(weight(d)) for d in days(*YEARS.values())]
    fits(by_day(drawn("DATE", **YEARS, **options)), expected)
    # the same days, with hours: another kernel
    stamps = drawn("TIMESTAMP", **YEARS, **options, business_hours="08:00-08:01")
    fits(by_day(stamps // DAY), expected)


@pytest.mark.parametrize(
    ("options", "weight"),
    [
        ({"hours": {"9": 5, 0: 0, "23": 0.25}}, lambda q: {9: 5, 0: 0, 23: 0.25}.get(q // 4, 1)),
        ({"hours": list(range(24))}, lambda q: q // 4),
        ({"business_hours": "09:00-17:30"}, lambda q: 36 <= q < 70),
        ({"business_hours": ["9:00-12:30", "13:30-18:00"]}, lambda q: 36 <= q < 50 or 54 <= q < 72),
        ({"business_hours": "22:00-06:15"}, lambda q: q >= 88 or q < 25),
        (
            {"business_hours": "08:00-24:00", "hours": {"20": 0.5}},
            lambda q: (q >= 32) * (0.5 if q // 4 == 20 else 1),
        ),
        (
            {"seasonality": {"daily": {"peak": "18:00", "amplitude": 0.8}}},
            # the integral over a quarter of an hour, by a fine sum
            lambda q: sum(1 + 0.8 * cos(2 * pi * ((q + (k + 0.5) / 40) / 96 - 0.75)) for k in range(40)),
        ),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
@pytest.mark.parametrize("data_type", ["TIME", "TIMESTAMP", "TIMESTAMP_NTZ"])
def test_hours_come_by_weight(options: dict[str, Any], weight: Any, data_type: str) -> None:
    values = drawn(data_type, 300_000, **options)
    ticks = DAY * (1000 if data_type.endswith("NTZ") else 1)
    quarters = np.bincount(values % ticks // (ticks // 96), minlength=96)
    fits(quarters, [float(weight(quarter)) for quarter in range(96)])


def test_within_a_stretch_all_moments_are_alike() -> None:
    values = drawn("TIMESTAMP", business_hours="09:00-17:30", weekends=False) % DAY
    inside = (values - 9 * 3_600_000_000) / (8.5 * 3_600_000_000)
    assert stats.kstest(inside, "uniform").pvalue > 1e-4
    assert len(np.unique(values)) > 0.98 * ROWS


@pytest.mark.parametrize(("digits", "step"), [(0, 1_000_000), (3, 1000), (6, 1), (9, 1)])
def test_seconds_keep_their_digits(digits: int, step: int) -> None:
    values = drawn(f"TIMESTAMP({digits})", 20_000, business_hours="09:00-09:01", **YEARS)
    assert not (values % step).any()
    scale = 1000 if digits == 9 else 1
    seconds = values % (DAY * scale) - 9 * 3_600_000_000 * scale
    assert seconds.min() >= 0
    assert seconds.max() < 60_000_000 * scale
    if digits == 0:  # every second of the minute, the first and the last as often as any other
        fits(np.bincount(seconds // 1_000_000), [1.0] * 60)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2024-02-28T09:30:00", "2024-03-01T08:15:00"),
        ("2024-02-29T23:59:59", "2024-03-01T00:00:01"),
        ("2024-02-29T10:00:00", "2024-02-29T10:00:03"),
        ("2024-02-29", "2024-02-29"),
    ],
)
@pytest.mark.parametrize("data_type", ["TIMESTAMP(0)", "TIMESTAMP", "TIMESTAMP_TZ"])
def test_days_that_are_there_in_part(start: str, end: str, data_type: str) -> None:
    weekdays = {"weekdays": [1, 1, 1, 1, 2, 1, 1]}
    values = drawn(data_type, 200_000, date_start=start, date_end=end, **weekdays)
    second = 1_000_000_000 if data_type == "TIMESTAMP_TZ" else 1_000_000
    low = int(datetime.fromisoformat(start).replace(tzinfo=UTC).timestamp())
    high = int(datetime.fromisoformat(end).replace(tzinfo=UTC).timestamp())
    if "T" not in end:
        high += 86_399
    inside = values // second
    assert low <= inside.min() <= low + (high - low) // 10_000
    assert high - 1 - (high - low) // 10_000 <= inside.max() <= high
    if "T" in end and data_type != "TIMESTAMP(0)":
        assert values.max() <= high * second
    if data_type == "TIMESTAMP(0)":  # Fridays twice: 2024-03-01 is one
        bins = np.linspace(low, high + 1, 41) if high - low > 100 else np.arange(low, high + 2)
        friday = 1_709_251_200
        weights = [
            max(min(b, friday) - a, 0) + 2 * max(b - max(a, friday), 0)
            for a, b in zip(np.ceil(bins[:-1]), np.ceil(bins[1:]), strict=True)
        ]
        fits(np.histogram(inside, bins)[0], weights)


def test_the_ends_of_a_range_of_a_few_days() -> None:
    values = drawn("DATE", 90_000, date_start="2024-03-01", date_end="2024-03-03", weekdays={"sat": 0.5})
    fits(np.bincount(values - number("2024-03-01")), [1, 0.5, 1])
    assert set(drawn("DATE", 50, date_start="2024-03-01", date_end="2024-03-01", growth=2)) == {
        number("2024-03-01")
    }


def test_nanoseconds_reach_from_1677_to_2262() -> None:
    edges = {"date_start": "1677-09-22", "date_end": "2262-04-11T23:47:16"}
    values = drawn("TIMESTAMP_NTZ", 200_000, **edges, weekends=False)
    assert values.min() >= (datetime(1677, 9, 22, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)).days * (
        DAY * 1000
    )
    assert values.min() < -9_200_000_000_000_000_000
    assert values.max() > 9_200_000_000_000_000_000
    assert not (((values // (DAY * 1000)) + 3) % 7 >= 5).any()
    with pytest.raises(PlanError, match="nanoseconds reach from 1677 to 2262"):
        drawn("TIMESTAMP_NTZ", 9, date_start="1500-01-01", date_end="1501-01-01", weekends=False)


def test_all_the_years_there_are() -> None:
    values = drawn("DATE", 100_000, date_start="0001-01-01", date_end="9999-12-31", weekends=False)
    assert not ((values + 3) % 7 >= 5).any()
    assert stats.kstest((values + 719_162) / 3_652_059, "uniform").pvalue > 1e-4


SHAPED = {"weekdays": {"sat": 0.2}, "business_hours": "09:00-17:30", "growth": 1.5}


@pytest.mark.parametrize("options", [{}, SHAPED], ids=["even", "shaped"])
def test_sorted_rows_have_the_same_moments(options: dict[str, Any]) -> None:
    loose = drawn("TIMESTAMP", 200_000, **options)
    firm = drawn("TIMESTAMP", 200_000, **options, order="sorted")
    assert (np.diff(firm) >= 0).all()
    assert stats.ks_2samp(loose, firm).pvalue > 1e-4
    assert len(np.unique(firm)) > 199_000


def test_sorted_days_and_times() -> None:
    dates = drawn("DATE", 500_000, **YEARS, weekdays={"sat": 0.2}, order="sorted")
    assert (np.diff(dates) >= 0).all()
    weights = np.array([0.2 if d.weekday() == 5 else 1 for d in days(*YEARS.values())])
    assert np.abs(by_day(dates) - weights / weights.sum() * 500_000).max() < 2  # as even as can be
    times = drawn("TIME", 1000, business_hours="09:00-17:30", order="sorted")
    assert (np.diff(times) >= 0).all()


@pytest.mark.parametrize("options", [{}, SHAPED], ids=["even", "shaped"])
@pytest.mark.parametrize("disorder", [1, 999, 80_000])
def test_nearly_sorted_rows_are_never_further_out_of_place(disorder: int, options: dict[str, Any]) -> None:
    values = drawn("TIMESTAMP", 300_000, **options, order="nearly", disorder=disorder)
    firm = drawn("TIMESTAMP", 300_000, **options, order="sorted")
    assert sorted(values.tolist()) == firm.tolist()
    place = np.empty(300_000, dtype=np.int64)
    place[np.argsort(values, kind="stable")] = np.arange(300_000)
    away = np.abs(place - np.arange(300_000))
    assert 0.9 * disorder < away.max() <= disorder
    assert away.mean() > 0.2 * disorder


def test_a_disorder_may_be_a_span_of_time() -> None:
    values = drawn(
        "TIMESTAMP", 500_000, date_start="2024-03-01", date_end="2024-03-31", order="nearly", disorder="5m"
    )
    firm = np.sort(values)
    away = np.abs(values - firm)
    assert 270_000_000 < away.max() < 300_000_000
    assert (np.maximum.accumulate(values) - values).max() < 300_000_000, "no row is later than that"
    assert (np.diff(values) < 0).mean() > 0.4


def test_sorted_values_in_a_key_do_not_repeat() -> None:
    unique = drawn(
        "DATE", 700, date_start="2023-01-01", date_end="2024-12-31", order="sorted", is_unique=True
    )
    assert (np.diff(unique) > 0).all()
    near = drawn("TIMESTAMP", 5000, order="nearly", is_unique=True)
    assert len(set(near.tolist())) == 5000
    assert len(set(drawn("DATE", 366, is_unique=True).tolist())) == 366  # in any order


@pytest.mark.parametrize(
    ("data_type", "bounds"),
    [
        ("INT", {"min_value": -50, "max_value": 1_000_000}),
        ("SMALLINT", {"min_value": 1, "max_value": 9}),
        ("DECIMAL(12,2)", {"min_value": 0, "max_value": 100}),
        ("DECIMAL(38,4)", {"min_value": 0, "max_value": 10**30}),
        ("DOUBLE", {"min_value": -1, "max_value": 1}),
        ("DATE", YEARS),
    ],
)
def test_an_even_spread_in_order(data_type: str, bounds: dict[str, Any]) -> None:
    def column_of(**rule: Any) -> list[Any]:
        own = column("at", data_type, **bounds, rule={"name": "uniform", **rule})
        found = made(planned(table("t", 20_000, own)), "t")
        return [low + (high << 64) for low, high in found] if data_type == "DECIMAL(38,4)" else found

    firm, near, loose = column_of(order="sorted"), column_of(order="nearly", disorder=30), column_of()
    assert firm == sorted(firm)
    assert sorted(near) == firm != near
    assert stats.ks_2samp([float(v) for v in firm], [float(v) for v in loose]).pvalue > 1e-3


def test_a_composite_key_with_sorted_moments() -> None:
    own = column("at", "TIMESTAMP", rule={"name": "calendar", "order": "sorted"})
    plan = planned(table("t", 3000, own, column("k", "INT"), primary_key=["at", "k"]))
    values = made(plan, "t", "at")
    assert values == sorted(values)
    assert len(set(values)) == 3000


@pytest.mark.parametrize(
    ("data_type", "options", "message"),
    [
        ("TIME", {"weekdays": {"sat": 2}}, "weekdays: a TIME has no day; leave it out"),
        ("DATE", {"business_hours": "09:00-17:00"}, "business_hours: a DATE has no time of day"),
        (
            "DATE",
            {"seasonality": {"daily": {"peak": "9:00", "amplitude": 0.5}}},
            "seasonality.daily: a DATE has no time of day",
        ),
        ("DATE", {"date_start": "2024-03-02", "date_end": "2024-03-03", "weekends": False}, "no day between"),
        (
            "TIMESTAMP",
            {
                "date_start": "2024-03-04T02:00:00",
                "date_end": "2024-03-04T03:00:00",
                "business_hours": "09:00-17:00",
            },
            "no moment between date_start and date_end is open",
        ),
        ("TIME", {"business_hours": "09:00-10:00", "hours": {"9": 0}}, "no hour has a weight"),
        ("DATE", {"weekends": False, "is_unique": True}, "days and hours by weight repeat"),
        (
            "DATE",
            {"order": "sorted", "is_unique": True, "date_start": "2024-03-01", "date_end": "2024-03-05"},
            "5 values fit, 9 rows asked",
        ),
        ("TIME", {"order": "sorted", "disorder": 3}, 'disorder goes with "order": "nearly"'),
        ("TIME", {"order": "nearly", "disorder": 0}, "1 row or more is needed, or a span of time"),
        ("TIME", {"order": "nearly", "disorder": "soon"}, "'soon' is no span"),
        ("TIME", {"order": "nearly", "disorder": "5m"}, "a row comes every 9,600 seconds, so none can be"),
        (
            "DATE",
            {"order": "nearly", "disorder": "5d", "weekends": False},
            "goes with an even spread, not with weights; say how many rows",
        ),
        ("DATE", {"weekdays": {"satt": 1}}, "unknown 'satt'"),
        ("DATE", {"weekdays": [1, 2]}, "7 weights are needed, not 2"),
        ("DATE", {"weekdays": "sat"}, "a list of weights is needed, or weights by name"),
        ("DATE", {"months": {"13": 1}}, "unknown '13'"),
        ("TIME", {"hours": {"24": 1}}, "unknown '24'"),
        ("DATE", {"weekdays": [0] * 7}, "not all 0"),
        ("DATE", {"weekdays": {"sat": -1}}, "weights are not negative"),
        ("TIME", {"business_hours": "9-17"}, "'9' is not a time of day, such as 09:00"),
        ("TIME", {"business_hours": "09:00"}, "is no stretch of a day"),
        ("TIME", {"business_hours": "09:00-25:00"}, "'25:00' is not a time of day"),
        ("TIME", {"business_hours": []}, "a stretch of the day is needed"),
        ("DATE", {"holidays": ["02-30"]}, "'02-30' is no day"),
        ("DATE", {"holidays": ["Christmas"]}, "'Christmas' is no day, such as 2024-12-25"),
        ("DATE", {"holiday_weight": 2}, "holiday_weight goes with holidays"),
        ("DATE", {"growth": 0}, "growth"),
        ("DATE", {"seasonality": {"yearly": {"peak": "summer", "amplitude": 1}}}, "no day of a year"),
        ("DATE", {"seasonality": {"weekly": {"peak": "someday", "amplitude": 1}}}, "unknown 'someday'"),
        ("DATE", {"weekday": {"sat": 1}}, "did you mean 'weekdays'"),
        (
            "DATE",
            {"date_start": "0001-01-01", "date_end": "9999-12-31", "growth": 2},
            "growth over so many years",
        ),
    ],
)
def test_what_is_refused(data_type: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(PlanError, match=message):
        drawn(data_type, 9, **options)
