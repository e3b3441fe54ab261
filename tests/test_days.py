"""Tables of days: every part is what DuckDB says of the day, whatever the day is held in."""

import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support import column, generated, made, planned, reference, table, views

from dw_simulator.engine.values.days import day_numbers, days_of_numbers
from dw_simulator.errors import PlanError, SchemaError
from dw_simulator.ports.plan import Plan

START, END = "1985-01-01", "2034-12-31"
PERIOD = {"date_start": START, "date_end": END}
DAY = datetime.date(1970, 1, 1)


def part(of: str, name: str, type_name: str, **options: Any) -> dict[str, Any]:
    label = f"{name}_{type_name[0]}_{of}".lower()
    return column(label, type_name, rule={"name": "date_part", "of": of, "part": name, **options})


HOLIDAYS = ["01-01", "12-25", "2024-03-29", "02-29"]
HOLIDAY = "strftime({0}, '%m-%d') IN ('01-01', '12-25', '02-29') OR {0} = DATE '2024-03-29'"
QUARTER = "strftime(date_trunc('quarter', {}) + INTERVAL 3 MONTH - INTERVAL 1 DAY, '%Y%m%d')::INT"
PARTS = [
    ("year", "SMALLINT", {}, "year({})"),
    ("quarter", "INT", {}, "quarter({})"),
    ("quarter", "VARCHAR(2)", {"format": "Q{}"}, "'Q' || quarter({})"),
    ("month", "TINYINT", {}, "month({})"),
    ("day", "DECIMAL(4,1)", {}, "day({})"),
    ("day_of_week", "INT", {}, "isodow({})"),
    ("day_of_year", "INT", {}, "dayofyear({})"),
    ("days_in_month", "INT", {}, "day(last_day({}))"),
    ("week", "INT", {}, "weekofyear({})"),
    ("week", "CHAR(3)", {"format": "W{:02}"}, "'W' || lpad(weekofyear({})::VARCHAR, 2, '0')"),
    ("iso_year", "INT", {}, "isoyear({})"),
    ("fiscal_year", "INT", {"fiscal_start": 10}, "year({} + INTERVAL 3 MONTH)"),
    ("fiscal_year", "BIGINT", {"fiscal_start": 4, "fiscal_named": "start"}, "year({} - INTERVAL 3 MONTH)"),
    ("fiscal_year", "CHAR(6)", {"fiscal_start": 7, "format": "FY{}"}, "'FY' || year({} + INTERVAL 6 MONTH)"),
    ("fiscal_quarter", "INT", {"fiscal_start": 10}, "quarter({} + INTERVAL 3 MONTH)"),
    ("fiscal_month", "INT", {"fiscal_start": 2}, "month({} - INTERVAL 1 MONTH)"),
    ("month_name", "VARCHAR(9)", {}, "monthname({})"),
    ("month_name", "CHAR(3)", {"length": 3}, "monthname({})[:3]"),
    ("day_name", "VARCHAR(9)", {}, "dayname({})"),
    ("is_weekend", "BOOLEAN", {}, "isodow({}) > 5"),
    ("is_weekend", "INT", {"weekend": [5, 6]}, "(isodow({}) IN (5, 6))::INT"),
    ("is_weekend", "CHAR(1)", {}, "CASE WHEN isodow({}) > 5 THEN 'Y' ELSE 'N' END"),
    ("is_holiday", "BOOLEAN", {"holidays": HOLIDAYS}, HOLIDAY),
    ("is_workday", "BOOLEAN", {"holidays": ["12-25"]}, "isodow({0}) < 6 AND strftime({0}, '%m%d') <> '1225'"),
    ("first_of_month", "DATE", {}, "date_trunc('month', {})::DATE"),
    ("last_of_month", "DATE", {}, "last_day({})"),
    ("last_of_month", "BOOLEAN", {}, "{0} = last_day({0})"),
    ("first_of_quarter", "DATE", {}, "date_trunc('quarter', {})::DATE"),
    ("last_of_quarter", "INT", {}, QUARTER),
    ("first_of_year", "DATE", {}, "date_trunc('year', {})::DATE"),
    ("last_of_year", "CHAR(8)", {}, "year({}) || '1231'"),
    ("first_of_week", "DATE", {}, "date_trunc('week', {})::DATE"),
    ("last_of_week", "DATE", {}, "date_trunc('week', {})::DATE + 6"),
    ("yyyymmdd", "INT", {}, "strftime({}, '%Y%m%d')::INT"),
]  # fmt: skip


def calendar(**fields: Any) -> dict[str, Any]:
    keys = (
        column("date_key", "INT", rule={"name": "date_key"}),
        column("full_date", "DATE"),
        column("code", "CHAR(8)", is_unique=True, rule={"name": "date_key"}),
        column("big", "BIGINT", is_unique=True, rule={"name": "date_key"}),
        column(
            "noon",
            "TIMESTAMP",
            rule={"name": "expression", "sql": "full_date + INTERVAL 12 HOUR"},
            date_start=START,
            date_end=END,
        ),
    )
    parts = [
        column(f"p{k}_{of}", type_name, rule={"name": "date_part", "of": of, "part": name, **options})
        for k, (name, type_name, options, _sql) in enumerate(PARTS)
        for of in ("date_key", "full_date", "code", "noon")
    ]
    return {
        "name": "dim_date",
        "primary_key": ["date_key"],
        "rows": PERIOD,
        "columns": [*keys, *parts],
        **fields,
    }


def test_fifty_years_of_days_are_right_in_every_part(tmp_path: Path) -> None:
    with views(generated(planned(calendar()), tmp_path)) as duck:
        checks = [
            f"count_if(p{k}_{of} IS DISTINCT FROM ({sql.format('full_date')}))"
            for k, (_name, _type, _options, sql) in enumerate(PARTS)
            for of in ("date_key", "full_date", "code", "noon")
        ]
        every = f"""SELECT count(*), count(DISTINCT full_date), min(full_date)::VARCHAR,
            max(full_date)::VARCHAR, count_if(date_key <> strftime(full_date, '%Y%m%d')::INT),
            count_if(big <> date_key OR code <> date_key::VARCHAR),
            count_if(full_date <> DATE '{START}' + n::INT), {", ".join(checks)}
            FROM (SELECT *, row_number() OVER () - 1 AS n FROM dim_date)"""
        found = duck.execute(every).fetchall()[0]
    assert found[:7] == (18_262, 18_262, START, END, 0, 0, 0)
    wrong = [PARTS[k // 4] for k, count in enumerate(found[7:]) if count]
    assert not wrong


def test_facts_reference_days_by_their_number_and_rules_read_them(tmp_path: Path) -> None:
    rows = 1_000_000
    sales = table(
        "sales",
        rows,
        column(
            "sold_key",
            "INT",
            required=False,
            null_fraction=0.1,
            **reference("dim_date.date_key", nullable=True),
        ),
        column(
            "shipped",
            "DATE",
            required=False,
            rule={"name": "after", "column": "sold_key", "within": "9d", "at_least": "1d"},
        ),
        column(
            "seen", "TIMESTAMP", required=False, rule={"name": "after", "column": "sold_key", "within": "36h"}
        ),
        part("sold_key", "month_name", "VARCHAR(9)") | {"required": False},
    )
    with views(generated(planned(calendar(), sales), tmp_path)) as duck:
        wrong = """SELECT count(*), count_if(full_date IS NULL AND sold_key IS NOT NULL),
            count_if(shipped NOT BETWEEN full_date + 1 AND full_date + 9),
            count_if(seen NOT BETWEEN full_date AND full_date + INTERVAL 36 HOUR),
            count_if(month_name_v_sold_key <> monthname(full_date)),
            count_if((sold_key IS NULL) <> (shipped IS NULL)),
            count_if((sold_key IS NULL) <> (month_name_v_sold_key IS NULL))
            FROM sales LEFT JOIN dim_date ON sold_key = date_key"""
        assert duck.execute(wrong).fetchall() == [(rows, 0, 0, 0, 0, 0, 0)]


@given(st.lists(st.integers(-719_162, 2_932_896), min_size=1, max_size=40))
@settings(max_examples=200)
def test_a_number_of_a_day_is_that_day(days: list[int]) -> None:
    numbers = day_numbers(np.array(days, dtype=np.int64))
    dates = [DAY + datetime.timedelta(days=day) for day in days]
    assert numbers.tolist() == [one.year * 10_000 + one.month * 100 + one.day for one in dates]
    assert days_of_numbers(numbers).tolist() == days


def test_a_date_of_any_table_has_parts() -> None:
    days = column(
        "day", "DATE", date_start="2020-01-01", date_end="2021-12-31", required=False, null_fraction=0.2
    )
    a_plan = planned(table("t", 500, days, part("day", "week", "INT") | {"required": False}))
    for day, week in zip(made(a_plan, "t", "day"), made(a_plan, "t", "week_i_day"), strict=True):
        assert week == (None if day is None else (DAY + datetime.timedelta(days=day)).isocalendar().week)


def refused(*tables: dict[str, Any]) -> str:
    with pytest.raises((PlanError, SchemaError)) as caught:
        planned(*tables)
    return " ".join(str(caught.value).split())


def of(type_name: str, **fields: Any) -> dict[str, Any]:
    return column("k", type_name, **fields)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ([of("INT"), part("k", "year", "INT")], "k is INT, which holds days if all are such as 20240229"),
        (
            [of("INT", rule={"name": "choice", "values": [20240229, 20230229]}), part("k", "year", "INT")],
            "20230229 is none",
        ),
        (
            [
                of("VARCHAR(8)", rule={"name": "choice", "values": ["20240229", "2024022"]}),
                part("k", "year", "INT"),
            ],
            "'2024022' is none",
        ),
        ([of("TIME"), part("k", "year", "INT")], "k is TIME; name a DATE, a TIMESTAMP or a date_key"),
        ([of("DATE"), part("k", "year", "TINYINT")], "does not fit TINYINT"),
        ([of("DATE"), part("k", "month_name", "INT")], "month_name is a text"),
        ([of("DATE"), part("k", "month_name", "CHAR(3)")], "values of up to 9 bytes do not fit"),
        ([of("DATE"), part("k", "year", "BOOLEAN")], "year is a number"),
        ([of("DATE"), part("k", "is_weekend", "DATE")], "is_weekend is true or false"),
        (
            [of("DATE"), part("k", "week", "INT", holidays=["01-01"])],
            "holidays goes with is_holiday and is_workday",
        ),
        ([of("DATE"), part("k", "is_holiday", "INT", holidays=["31.12."])], "'31.12.' is no day"),
        ([of("DATE"), part("k", "week", "CHAR(4)", format="{0.x}")], "format: one {} stands for the number"),
        (
            [of("DATE"), part("k", "month_name", "CHAR(4)", names=["a"])],
            "12 names are needed for month_name, not 1",
        ),
        (
            [of("DATE", required=False), part("k", "week", "INT")],
            "cannot be NULL, but what it is made from (k) can",
        ),
        ([of("INT", rule={"name": "date_key"})], "nothing says which is the first day"),
        (
            [of("SMALLINT", rule={"name": "date_key", "start": "2024-01-01"})],
            "it does not hold numbers such as 20240229",
        ),
        (
            [of("DATE", rule={"name": "date_key", "start": "9999-12-01"})],
            "are more than a table of days has; ask for 31 at most",
        ),
    ],
)
def test_what_is_no_day_is_refused(columns: list[dict[str, Any]], said: str) -> None:
    assert said in refused(table("t", 1000, *columns))


def test_how_many_days_there_are_follows_from_the_period() -> None:
    def days(**fields: Any) -> Plan:
        return planned({"name": "t", "columns": [column("day", "DATE")], **fields})

    assert days(rows={"date_start": "2024-01-01", "date_end": "2024-12-31"}).table("t").rows == 366
    wrong = {"name": "t", "columns": [column("day", "DATE")], "target_rows": 7, "rows": {**PERIOD}}
    assert "7 rows are asked, and 18,262 are given" in refused(wrong)
    wrong = {"name": "t", "columns": [column("day", "DATE")], "rows": {"date_start": END, "date_end": START}}
    assert "is before date_start" in refused(wrong)
    wrong = {"name": "t", "columns": [column("day", "DATE")], "rows": {"date_start": START}}
    assert "which rows the table has is to be said once" in refused(wrong)


def test_an_empty_table_has_no_days() -> None:
    key = column("k", "INT", is_unique=True, rule={"name": "date_key", "start": "2024-01-01"})
    assert made(planned(table("t", 0, key, part("k", "week", "INT"))), "t", "week_i_k") == []
