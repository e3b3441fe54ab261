"""What an import guesses never keeps a script from being made, and never breaks its CHECKs."""

from pathlib import Path

import pytest
from tests.support import column, table, views

from dw_simulator.planning import plan
from dw_simulator.schema import reading
from dw_simulator.service import Created, ExperimentService, GenerateRequest


def imported(service: ExperimentService, ddl: str, dialect: str = "postgres") -> Created:
    return service.import_sql(ddl, name="x", dialect=dialect, target_rows=300)


def held(service: ExperimentService, ddl: str, out: Path) -> tuple[str, ...]:
    """The warnings of a run after which every CHECK that is not warned about holds."""
    created = imported(service, ddl)
    run = service.generate("x", GenerateRequest(seed=3, output_dir=out))
    with views(out) as connection:
        for table in created.experiment.tables:
            for check in table.checks:
                query = f'SELECT count(*) FILTER (NOT ({check})) FROM "{table.name}"'
                (wrong,) = connection.execute(query).fetchall()[0]
                assert not wrong or any(check in warning for warning in run.warnings), check
    return run.warnings


@pytest.mark.parametrize(
    ("ddl", "given_up"),
    [
        ("CREATE TABLE t (cidade varchar(40), morada varchar(90), pais varchar(40))", ()),
        (
            """CREATE TABLE t (city varchar(40), latitude numeric(9,6) CHECK (latitude BETWEEN 24 AND 50),
            longitude numeric(9,6) CHECK (longitude < 0))""",
            ("t.latitude",),
        ),
        (
            """CREATE TABLE t (quantity smallint CHECK (quantity > 10), price numeric(6,2)
            CHECK (price > 9000), line_total numeric(8,2))""",
            (),
        ),
        (
            "CREATE TABLE t (email varchar(60) CHECK (email LIKE '%@example.com'), name varchar(30))",
            ("t.email",),
        ),
    ],
)
def test_a_guess_that_cannot_be_followed_gives_way(
    service: ExperimentService, tmp_path: Path, ddl: str, given_up: tuple[str, ...]
) -> None:
    run_warnings = held(service, ddl, tmp_path / "out")
    warnings = [*service.get("x").warnings, *run_warnings]
    assert [line.split(":")[0] for line in warnings if "was given up" in line] == list(given_up)


@pytest.mark.parametrize(
    "checks",
    [
        # the rule that makes ship_date follow order_date gives way to a bound: the comparison stays
        "CHECK (ship_date >= order_date), CHECK (ship_date < '2024-01-01')",
        "CHECK (ship_date > order_date), CHECK (ship_date <> '2024-01-01')",
        # held by two rules, one after the other
        "CHECK (deliver_date >= order_date)",
        "CHECK (deliver_date > order_date)",
        # as dumps write it
        "CHECK (ship_date IS NULL OR ship_date > order_date)",
        "CHECK (((ship_date IS NULL) OR (order_date IS NULL) OR (ship_date > order_date)))",
        "CHECK (kind = ANY (ARRAY['F'::bpchar, 'M'::bpchar]))",
        "CHECK (upper(kind) IN ('F', 'M') OR kind IS NULL)",
    ],
)
def test_checks_beside_guesses_hold(service: ExperimentService, tmp_path: Path, checks: str) -> None:
    ddl = f"""CREATE TABLE orders (id int PRIMARY KEY, order_date date, ship_date date, deliver_date date,
        kind char(1), {checks})"""
    assert held(service, ddl, tmp_path / "out") == ()


def test_an_import_tells_what_it_does_not_understand(service: ExperimentService) -> None:
    """And what can be asked of rows is nothing to tell: it is drawn again by that."""
    ddl = "CREATE TABLE t (a INT, b INT, CHECK (a > 1 AND own(b) > 3), CHECK (a + b > 3))"
    created = imported(service, ddl, "duckdb")
    told = "t: CHECK (a > 1 AND OWN(b) > 3) is followed in part only"
    (warning,) = created.warnings
    place, shown, mark = warning.splitlines()
    assert place == f"line 1, column 31: {told}: OWN(b) > 3: the function OWN is not understood"
    assert shown == ddl
    assert mark == " " * 30 + "^" * len("CHECK (a > 1 AND own(b) > 3)")


@pytest.mark.parametrize("warehouse", ["redshift", "snowflake", "duckdb"])
def test_a_substring_at_a_place_that_is_computed(warehouse: str) -> None:
    """Redshift's fails where the length is negative, which the translation says in SQL of its own."""
    columns = [
        column("q", "INT", min_value=1, max_value=3),
        column("s", "VARCHAR(2)", rule={"name": "expression", "sql": "SUBSTRING('abcd', q, q - 1)"}),
    ]
    data = {"name": "x", "target_warehouse": warehouse, "tables": [table("t", 50, *columns)]}
    assert plan(reading.parse(data), 1, ExperimentService().rule).warnings == ()
