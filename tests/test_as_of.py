"""The present of an experiment: where dates end that name no end of their own."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.support import column, made, planned, table
from typer.testing import CliRunner

from dw_simulator.errors import PlanError
from dw_simulator.interfaces.cli.main import app
from dw_simulator.service import ExperimentService
from dw_simulator.settings import Settings

DDL = "CREATE TABLE visits (id INT PRIMARY KEY, created_at TIMESTAMP, zz DATE, ref CHAR(36));"


Ends = tuple[int, int]


def day(text: str) -> int:
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def days(as_of: str | None, data_type: str = "DATE", checks: tuple[str, ...] = (), **fields: object) -> Ends:
    """The first and the last value of a column, as days or seconds since 1970."""
    made_of = column("day", data_type, **fields)
    plan = planned(table("t", 20_000, made_of, checks=list(checks)), **({"as_of": as_of} if as_of else {}))
    values = made(plan, "t", "day")
    return min(values), max(values)


@pytest.mark.parametrize("rule", [None, {"name": "uniform"}, {"name": "calendar", "weekends": False}])
def test_dates_end_with_the_present(rule: dict | None) -> None:
    first, last = days("2031-03-05", **({"rule": rule} if rule else {}))
    assert day("2026-01-01") <= first <= day("2026-01-05")
    assert day("2031-03-03") <= last <= day("2031-03-05")


def test_a_moment_as_the_present_ends_within_its_day() -> None:
    _, last = days("2021-01-01T06:00:00", "TIMESTAMP(0)")
    six = (day("2021-01-01") * 24 + 6) * 3600
    assert six - 24 * 3600 < last // 10**6 <= six


def test_what_begins_before_the_present_ends_there_and_what_begins_later_goes_on() -> None:
    assert days("2030-02-01", date_start="2030-01-01") == (day("2030-01-01"), day("2030-02-01"))
    first, last = days("2029-12-31", date_start="2030-01-01")
    assert first >= day("2030-01-01")
    assert last > day("2035-01-01")


def test_a_declared_end_and_no_present_stay_as_they_were() -> None:
    declared = {"date_start": "2030-01-01", "date_end": "2030-12-31"}
    assert days("2026-01-01", **declared) == (day("2030-01-01"), day("2030-12-31"))
    assert days(None) == (day("2020-01-01"), day("2025-12-31"))


def test_a_check_that_begins_after_the_present_is_followed() -> None:
    first, last = days("2026-01-01", checks=("day >= DATE '2040-01-01'",))
    assert first >= day("2040-01-01")
    assert last > day("2045-01-01")


def expression(sql: str, data_type: str, dialect: str = "duckdb", as_of: str | None = "2024-02-29") -> list:
    """What an expression gives over a birthday and the end of something, five times."""
    born = column("born", "DATE", date_start="1990-05-05", date_end="1990-05-05")
    ends = column("ends_at", "TIMESTAMP", date_start="2024-02-29T10:00:00", date_end="2024-02-29T10:00:00")
    rule = {"name": "expression", "sql": sql, "dialect": dialect}
    plan = planned(
        table("t", 5, born, ends, column("x", data_type, rule=rule)), **({"as_of": as_of} if as_of else {})
    )
    return made(plan, "t", "x")


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "redshift", "snowflake"])
def test_expressions_know_the_present(dialect: str) -> None:
    assert expression("as_of()", "DATE", dialect) == [day("2024-02-29")] * 5
    assert expression("AS_OF()", "DATE", dialect, as_of=None) == [day("2025-12-31")] * 5
    noon = (day("2024-02-29") * 24 + 12) * 3600 * 10**6
    assert expression("as_of()", "TIMESTAMP", dialect, as_of="2024-02-29T12:00:00") == [noon] * 5
    assert expression("ends_at > as_of()", "BOOLEAN", dialect) == [True] * 5
    assert expression("CAST(ends_at AS DATE) > as_of()", "BOOLEAN", dialect) == [False] * 5
    assert expression("ends_at > as_of()", "BOOLEAN", dialect, as_of="2024-02-29T12:00:00") == [False] * 5


def test_ages_follow_the_present() -> None:
    assert expression("date_diff('year', born, as_of())", "INT") == [34] * 5
    assert expression("DATEDIFF(year, born, as_of())", "INT", "snowflake", as_of="2031-01-01") == [41] * 5
    assert expression("DATEDIFF(month, born, as_of())", "INT", "redshift") == [405] * 5


def test_conditions_know_the_present() -> None:
    due = column("due", "DATE", required=False, null_when="born + 365 > as_of()")
    born = column("born", "DATE", date_start="2024-01-01", date_end="2025-12-31")
    plan = planned(table("t", 400, born, due), as_of="2025-12-31")
    for start, end in zip(made(plan, "t", "born"), made(plan, "t", "due"), strict=True):
        assert (end is None) == (start + 365 > day("2025-12-31"))


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("as_of(1)", "line 1, column 1 of 'as_of.1.': as_of.. takes nothing"),
        ("current_date", "reads the clock.* or as_of.., which is the experiment's present"),
        ("now()", "reads the clock.* or as_of.., which is the experiment's present"),
        ("as_of", "no column 'as_of'"),
    ],
)
def test_the_clock_is_refused_for_the_present(sql: str, words: str) -> None:
    with pytest.raises(PlanError, match=words):
        expression(sql, "DATE")


@pytest.mark.today
def test_an_import_keeps_its_day_and_the_same_seed_makes_the_same_data(tmp_path: Path) -> None:
    service = ExperimentService(Settings(home=tmp_path))
    today = datetime.now(UTC).date()
    made = service.import_sql(DDL, name="a", dialect="postgres").experiment
    assert made.as_of in {today, datetime.now(UTC).date()}
    assert service.get("a").experiment.as_of == made.as_of
    created = made.table("visits").column("created_at")  # type: ignore[union-attr]
    assert (created.date_start, created.date_end) == (date(made.as_of.year - 3, 1, 1), None), "it ends there"
    said = service.import_sql(DDL, name="b", dialect="postgres", as_of=date(2024, 2, 29)).experiment
    assert said.to_json()["as_of"] == "2024-02-29"
    service.close()


def test_what_nobody_keeps_has_no_day_of_its_own(tmp_path: Path) -> None:
    script = tmp_path / "visits.sql"
    script.write_text(DDL)

    def written(*options: str) -> list[bytes]:
        out = tmp_path / f"out{len(options)}"
        asked = ["generate", str(script), "--seed", "1", "--output-dir", str(out), *options]
        result = CliRunner().invoke(app, asked)
        assert result.exit_code == 0, result.output
        return [path.read_bytes() for path in sorted(out.rglob("*.parquet"))]

    assert written() == written("--as-of", "2025-12-31")
    wrong = CliRunner().invoke(app, ["generate", str(script), "--as-of", "yesterday"])
    assert wrong.exit_code == 2
    assert "write 2026-01-31" in wrong.output
