"""Tables of days that nobody described: every day once, up to the present, whatever the key."""

from datetime import date
from pathlib import Path

import pytest
from tests.support import views

from dw_simulator.service import ExperimentService, GenerateRequest

pytestmark = pytest.mark.passing

PRESENT = date(2025, 6, 30)
KEYS = {
    "number": "date_sk INT PRIMARY KEY, full_date DATE NOT NULL",
    "counting": "id INT PRIMARY KEY, calendar_date DATE NOT NULL UNIQUE",
    "text": "date_key CHAR(8) PRIMARY KEY, the_date DATE NOT NULL",
    "day": "full_date DATE PRIMARY KEY",
}
PARTS = """year SMALLINT NOT NULL, month_no SMALLINT NOT NULL, month_nm VARCHAR(9), yr_mth CHAR(7),
    qtr CHAR(2), wk_of_yr SMALLINT, day_of_wk SMALLINT, day_nm VARCHAR(9), days_in_month SMALLINT,
    is_weekend BOOLEAN NOT NULL, is_month_end CHAR(1), week_ending_date DATE, month_start DATE,
    semester SMALLINT, holiday_flag CHAR(1),
    is_leap_year BOOLEAN, fiscal_qtr SMALLINT"""
WRONG = """year <> year({0}) OR month_no <> month({0}) OR month_nm <> monthname({0})
    OR yr_mth <> strftime({0}, '%Y-%m') OR qtr <> 'Q' || quarter({0}) OR wk_of_yr <> weekofyear({0})
    OR day_of_wk <> isodow({0})
    OR day_nm <> dayname({0}) OR days_in_month <> day(last_day({0})) OR is_weekend <> (isodow({0}) > 5)
    OR (is_month_end = 'Y') <> (last_day({0}) = {0})
    OR week_ending_date <> date_trunc('week', {0}) + INTERVAL 6 DAY
    OR month_start <> date_trunc('month', {0}) OR semester <> (month({0}) + 5) // 6
    OR holiday_flag NOT IN ('Y', 'N') OR is_leap_year <> (dayofyear(make_date(year({0}), 12, 31)) = 366)
    OR fiscal_qtr <> quarter({0})"""


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("rows", [None, 0, 1, 730])
def test_every_day_is_there_once_up_to_the_present(
    service: ExperimentService, tmp_path: Path, key: str, rows: int | None
) -> None:
    sql = f"CREATE TABLE dim_date ({KEYS[key]}, {PARTS})"
    service.import_sql(sql, name="days", dialect="postgres", as_of=PRESENT)
    asked = {} if rows is None else {"dim_date": rows}
    service.generate("days", GenerateRequest(seed=3, rows=asked, output_dir=tmp_path / "out"))
    day = next(name for name in ("full_date", "calendar_date", "the_date") if name in KEYS[key])
    with views(tmp_path / "out") as connection:
        found = connection.execute(
            f"SELECT count(*), count(DISTINCT {day}), min({day}), max({day}), "
            f"coalesce(count_if({WRONG.format(day)}), 0) FROM dim_date"
        ).fetchone()
        if key in ("number", "text"):
            first = KEYS[key].split()[0]
            (bad,) = connection.execute(
                f"SELECT count(*) FROM dim_date WHERE CAST({first} AS VARCHAR) <> strftime({day}, '%Y%m%d')"
            ).fetchone() or (1,)
            assert bad == 0
    assert found is not None
    count = (PRESENT - date(2022, 1, 1)).days + 1 if rows is None else rows
    first_day = date.fromordinal(PRESENT.toordinal() - count + 1) if count else None
    assert found == (count, count, first_day, PRESENT if count else None, 0)


@pytest.mark.parametrize(
    ("sql", "wrong"),
    [
        (
            """CREATE TABLE dim_tiempo (tiempo_id INT PRIMARY KEY, fecha DATE NOT NULL, anio INT, mes INT,
            nombre_mes VARCHAR(12), dia_semana VARCHAR(12), es_festivo CHAR(1),
    es_fin_de_semana BOOLEAN)""",
            """anio <> year(fecha) OR mes <> month(fecha) OR (mes = 5) <> (nombre_mes = 'mayo')
            OR (dia_semana = 'domingo') <> (isodow(fecha) = 7) OR es_festivo NOT IN ('S', 'N')
            OR es_fin_de_semana <> (isodow(fecha) > 5)""",
        ),
        (
            """CREATE TABLE d_datum (datum_key INT PRIMARY KEY, datum DATE NOT NULL, jahr INT,
            monatsname VARCHAR(12), wochentag VARCHAR(12), quartal CHAR(2), kw INT, kz_feiertag CHAR(1))""",
            """jahr <> year(datum) OR (monatsname = 'März') <> (month(datum) = 3)
            OR (wochentag = 'Sonntag') <> (isodow(datum) = 7) OR quartal <> 'Q' || quarter(datum)
            OR kw <> weekofyear(datum) OR kz_feiertag NOT IN ('J', 'N')""",
        ),
        (
            """CREATE TABLE DimDate (DateKey INT PRIMARY KEY, DayNumberOfMonth SMALLINT,
            EnglishDayNameOfWeek VARCHAR(10), MonthName VARCHAR(10), CalendarYear SMALLINT,
    CalendarQuarter SMALLINT,
            FiscalYear SMALLINT)""",
            """CalendarYear <> DateKey // 10000 OR DayNumberOfMonth <> DateKey % 100
            OR CalendarQuarter <> (DateKey // 100 % 100 + 2) // 3
            OR (MonthName = 'May') <> (DateKey // 100 % 100 = 5)""",
        ),
    ],
)
def test_other_habits_and_languages(service: ExperimentService, tmp_path: Path, sql: str, wrong: str) -> None:
    service.import_sql(sql, name="days", dialect="postgres", as_of=PRESENT)
    service.generate("days", GenerateRequest(seed=3, output_dir=tmp_path / "out"))
    name = sql.split()[2]
    with views(tmp_path / "out") as connection:
        found = connection.execute(f"SELECT count(*) > 1000, count_if({wrong}) FROM {name}").fetchone()
    assert found == (True, 0)


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE orders (id INT PRIMARY KEY, ordered DATE NOT NULL, year INT, month INT)",
        "CREATE TABLE budget (id INT PRIMARY KEY, year INT, month INT, dept TEXT, amount INT)",
        "CREATE TABLE cars (vin CHAR(17) PRIMARY KEY, year INT, model VARCHAR(30), registered DATE NOT NULL)",
        "CREATE TABLE day_care (id INT PRIMARY KEY, day VARCHAR(10), child TEXT, opened DATE NOT NULL)",
    ],
)
def test_other_tables_are_none_of_days(service: ExperimentService, sql: str) -> None:
    (found,) = service.import_sql(sql, name="other", dialect="postgres").experiment.tables
    assert not any(column.rule is not None and column.rule.name == "date_key" for column in found.columns)
