"""Tables of days whose columns agree with their date, by the names of several languages."""

from pathlib import Path
from typing import Any

import pytest
from tests.support import column, planned, table, views

from dw_simulator.errors import PlanError
from dw_simulator.service import ExperimentService, GenerateRequest

ENGLISH = """CREATE TABLE dim_date (date_key INT PRIMARY KEY, full_date DATE NOT NULL, year SMALLINT NOT NULL,
    quarter CHAR(2), month_number INT, month_name VARCHAR(9), month CHAR(3), day_of_month SMALLINT,
    day_of_week VARCHAR(9), week_of_year INT, day_of_year INT, is_weekend BOOLEAN NOT NULL)"""
FISCAL = """CREATE TABLE dim_date (full_date DATE PRIMARY KEY, cal_year NUMERIC(4), quarter_num NUMERIC(1),
    year_month CHAR(7), yearmonth INT, month_of_year CHAR(2), month_name VARCHAR(9))"""
GERMAN = """CREATE TABLE kalender (datum DATE PRIMARY KEY, jahr INT, monat INT, quartal INT,
    wochentag VARCHAR(12), kalenderwoche INT)"""
FRENCH = (
    "CREATE TABLE calendrier (date_jour DATE PRIMARY KEY, annee INT, mois INT, trimestre INT, semaine INT)"
)
SPANISH = "CREATE TABLE calendario (fecha DATE PRIMARY KEY, anio INT, mes INT, trimestre CHAR(2), semana INT)"
ORDERS = "CREATE TABLE orders (id INT PRIMARY KEY, ordered DATE, year INT, month INT)"


@pytest.mark.parametrize(
    ("sql", "name", "wrong"),
    [
        (
            ENGLISH,
            "dim_date",
            """year <> year(full_date) OR quarter <> 'Q' || quarter(full_date)
            OR month_number <> month(full_date)
            OR month_name <> monthname(full_date) OR month <> monthname(full_date)[:3]
            OR day_of_month <> day(full_date) OR day_of_week <> dayname(full_date)
            OR week_of_year <> weekofyear(full_date) OR day_of_year <> dayofyear(full_date)
            OR is_weekend <> (dayname(full_date) IN ('Saturday', 'Sunday'))""",
        ),
        (
            FISCAL,
            "dim_date",
            """cal_year <> year(full_date) OR quarter_num <> quarter(full_date)
            OR year_month <> strftime(full_date, '%Y-%m')
            OR yearmonth <> CAST(strftime(full_date, '%Y%m') AS INT)
            OR month_of_year <> strftime(full_date, '%m') OR month_name <> monthname(full_date)""",
        ),
        (
            GERMAN,
            "kalender",
            """jahr <> year(datum) OR monat <> month(datum) OR quartal <> quarter(datum)
            OR wochentag[1:2] <> ['Mo','Di','Mi','Do','Fr','Sa','So'][isodow(datum)]
            OR kalenderwoche <> weekofyear(datum)""",
        ),
        (
            FRENCH,
            "calendrier",
            """annee <> year(date_jour) OR mois <> month(date_jour) OR trimestre <> quarter(date_jour)
            OR semaine <> weekofyear(date_jour)""",
        ),
        (
            SPANISH,
            "calendario",
            """anio <> year(fecha) OR mes <> month(fecha) OR trimestre <> 'T' || quarter(fecha)
            OR semana <> weekofyear(fecha)""",
        ),
    ],
)
def test_parts_of_a_date_are_those_of_the_date(
    service: ExperimentService, tmp_path: Path, sql: str, name: str, wrong: str
) -> None:
    service.import_sql(sql, name="dates", dialect="postgres")
    service.generate("dates", GenerateRequest(seed=5, output_dir=tmp_path / "out"))
    with views(tmp_path / "out") as connection:
        assert connection.execute(f"SELECT count(*), count_if({wrong}) FROM {name}").fetchall() == [(1461, 0)]


def test_another_table_keeps_its_years(service: ExperimentService) -> None:
    (orders,) = service.import_sql(ORDERS, name="orders", dialect="postgres").experiment.tables
    specs = [column.rule_spec for column in orders.columns]
    assert not any(spec is not None and spec.name == "expression" for spec in specs)


@pytest.mark.parametrize(
    ("part", "data_type", "options", "words"),
    [
        ("month", "INT", {"weekend": [5, 6]}, "weekend goes with is_weekend and is_workday"),
        ("is_holiday", "BOOLEAN", {"weekend": [5, 6]}, "weekend goes with is_weekend and is_workday"),
        ("week", "VARCHAR(9)", {"length": 2}, "length goes with month_name and day_name"),
        (
            "month",
            "VARCHAR(9)",
            {"names": ["a", "b"]},
            "names goes with month_name and day_name and is_weekend",
        ),
        ("month", "VARCHAR(9)", {"names": ["a"] * 12}, "names goes with month_name"),
        ("month_name", "VARCHAR(9)", {"names": ["a"]}, "12 names are needed for month_name, not 1"),
        ("fiscal_quarter", "INT", {"fiscal_named": "start"}, "fiscal_named goes with fiscal_year"),
        ("day_name", "VARCHAR(9)", {"format": "<{}>"}, "format stands around a number, and day_name is none"),
        (
            "quarter",
            "INT",
            {"format": "Q{}"},
            "format makes a text; declare it as VARCHAR, or leave format out",
        ),
        ("is_weekend", "BOOLEAN", {"names": ["no", "yes"]}, "names makes a text; declare it as VARCHAR"),
    ],
)
def test_options_that_mean_nothing_are_refused(
    part: str, data_type: str, options: dict[str, Any], words: str
) -> None:
    rule = {"name": "date_part", "of": "day", "part": part, **options}
    with pytest.raises(PlanError) as refused:
        planned(table("t", 9, column("day", "DATE"), column("value", data_type, rule=rule)))
    (problem,) = refused.value.problems
    assert words in f"{problem.message}; {problem.mend}"
