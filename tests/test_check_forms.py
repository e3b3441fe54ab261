"""Forms of CHECKs from the wild: each holds in every row by DuckDB's own reading, and values still differ."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.check_forms import FORMS, Form
from tests.support import column, generated, made, planned, reference, table, to_list, views

from dw_simulator.engine.rows import Rows
from dw_simulator.errors import PlanError
from dw_simulator.planning import plan
from dw_simulator.ports.plan import Plan
from dw_simulator.schema import reading
from dw_simulator.service import ExperimentService, GenerateRequest

ROWS = 2000
_COUNTED = re.compile(r"num_(nulls|nonnulls)\((\w+), (\w+)\)")
_MATCHED = re.compile(r"(\w+)(::text)? (!?)~(\*?) ('[^']*')")


def in_duckdb(check: str) -> str:
    """A check of PostgreSQL as this file says it in DuckDB's words, by hand."""
    check = _COUNTED.sub(r"((\2 IS NOT NULL)::INT + (\3 IS NOT NULL)::INT)", check)
    check = check.replace("regexp_like(", "regexp_matches(")
    return _MATCHED.sub(_matches, check)


def _matches(found: re.Match[str]) -> str:
    name, cast, negated, folded, pattern = found.groups()
    words = f"regexp_matches({name}{cast or ''}, {pattern}, '{'i' if folded else 'c'}')"
    return f"NOT {words}" if negated else words


def in_postgres(*tables: dict[str, Any]) -> Plan:
    data = {"name": "test", "target_warehouse": "postgres", "tables": list(tables)}
    return plan(reading.parse(data, strict_names=False), 7, ExperimentService().rule)


def asked(a_plan: Plan, directory: Path, *questions: str) -> list[int]:
    """What DuckDB counts in the files of t."""
    with views(generated(a_plan, directory / "out")) as connection:
        (found,) = connection.execute(f"SELECT {', '.join(questions)} FROM t").fetchall()
    return list(found)


def texts(a_plan: Plan, name: str, column_name: str) -> list[Any]:
    """A column of texts, in whichever shape they come."""
    return [one.decode() if isinstance(one, bytes) else one for one in made(a_plan, name, column_name)]


@pytest.mark.parametrize("form", FORMS, ids=[form.check for form in FORMS])
def test_no_row_fails(form: Form, tmp_path: Path) -> None:
    a_plan = in_postgres(table("t", ROWS, *form.declared, checks=[form.check]))
    assert a_plan.warnings == ()
    kinds = [f"count(DISTINCT {name})" for name, _type in form.columns]
    branches = [f"count(*) FILTER ({branch})" for branch in form.branches]
    failing, *counts = asked(
        a_plan, tmp_path, f"count(*) FILTER (NOT ({in_duckdb(form.check)}))", *kinds, *branches
    )
    assert failing == 0
    assert all(count > 30 for count in counts[len(kinds) :]), "each branch occurs"
    small = ("BOOLEAN", "a BETWEEN 1 AND 5", "IN ('new'", "% 1000", "kind")
    if not any(word in f"{form.check} {form.columns}" for word in small):
        assert all(count > 9 for count in counts[: len(kinds)]), "values differ"


# --- what is put together at random

ATOMS = (
    *("a % 3 = 1", "b % 2 = 0", "abs(a - b) <= 40", "a + b <= 120", "b - a > 5", "a * b < 900", "a <> b"),
    *("a BETWEEN 5 AND 20", "b < 30", "a IS NULL", "b IS NOT NULL", "coalesce(a, 7) > 3", "a > 60"),
    *("length(s) > 3", "s LIKE '%A%'", "left(s, 1) <= 'M'", "upper(s) = s", "s IN ('X', 'YY')"),
    *("d >= DATE '2024-03-01'", "extract(month FROM d) <= 6", "d < DATE '2023-01-01'", "flag"),
)


@st.composite
def conditions(draw: st.DrawFn, depth: int = 2) -> str:
    kind = draw(st.sampled_from(("atom", "and", "or", "not", "case"))) if depth else "atom"
    if kind == "atom":
        return draw(st.sampled_from(ATOMS))
    one, other = draw(conditions(depth - 1)), draw(conditions(depth - 1))
    if kind == "not":
        return f"NOT ({one})"
    if kind == "case":
        return f"CASE WHEN {draw(st.sampled_from(ATOMS))} THEN {one} ELSE {other} END"
    return f"({one}) {kind.upper()} ({other})"


@settings(max_examples=16, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(checks=st.lists(conditions(), min_size=1, max_size=2))
def test_what_is_put_together_holds_or_is_told(checks: list[str], tmp_path_factory: Any) -> None:
    columns = [
        column("a", "INT", required=False),
        column("b", "INT", required=False, min_value=0, max_value=99),
        column("s", "VARCHAR(9)", required=False),
        column("d", "DATE"),
        column("flag", "BOOLEAN"),
    ]
    try:
        a_plan = in_postgres(table("t", 600, *columns, checks=checks))
    except PlanError:  # they contradict each other
        return
    questions = [f"count(*) FILTER (NOT ({check}))" for check in checks]
    for check, failing in zip(checks, asked(a_plan, tmp_path_factory.mktemp("t"), *questions), strict=True):
        assert not failing or any(check in warning for warning in a_plan.warnings), (check, failing)


# --- the law, and what stays as it is


def drawn_again(rows: int = 5000) -> Plan:
    parents = table("p", 40, column("id", "INT", is_unique=True))
    children = table(
        "t",
        rows,
        column("id", "INT", is_unique=True),
        column("p_id", "INT", **reference("p.id")),
        column("a", "INT", required=False),
        column("b", "INT", distribution={"type": "normal", "parameters": {"mean": 300, "stddev": 90}}),
        column("twice", "INT", required=False, rule={"name": "expression", "sql": "a * 2"}),
        column("apart", "INT"),
        checks=["twice % 7 = p_id % 7", "a + b < 700"],
    )
    return planned(parents, children)


def test_rows_alone_are_the_rows_of_the_table() -> None:
    a_plan = drawn_again()
    assert a_plan.warnings == ()
    some = [4999, 0, 17, 4100, 17]
    for one in a_plan.table("t").columns:
        whole = to_list(one.kernel.values(Rows.run(0, 5000)))
        assert to_list(one.kernel.values(Rows.at(np.array(some)))) == [whole[k] for k in some]
        assert to_list(one.kernel.values(Rows.run(4000, 4050))) == whole[4000:4050]


def test_keys_references_and_other_columns_stay() -> None:
    """And NULLs stay where they are: the values are drawn again, not whether there is one."""
    with_checks = drawn_again()
    bare = planned(
        table("p", 40, column("id", "INT", is_unique=True)),
        table(
            "t",
            5000,
            column("id", "INT", is_unique=True),
            column("p_id", "INT", **reference("p.id")),
            column("a", "INT", required=False),
            column("apart", "INT"),
        ),
    )
    for name in ("id", "p_id", "apart"):
        assert made(with_checks, "t", name) == made(bare, "t", name)
    nulls = [[value is None for value in made(one, "t", "a")] for one in (with_checks, bare)]
    assert nulls[0] == nulls[1]
    assert made(with_checks, "t", "twice") == [
        None if a is None else 2 * a for a in made(with_checks, "t", "a")
    ]


def test_the_shape_stays_where_it_can() -> None:
    b = made(drawn_again(), "t", "b")
    assert 230 < sum(b) / len(b) < 310


def test_a_table_of_its_own_is_the_same() -> None:
    """Whichever table is planned: what references a row looks up what is drawn again."""
    parents = table("p", 300, column("id", "INT", is_unique=True), column("a", "INT"), checks=["a % 9 = 4"])
    lookup = {"reference": ["p_id"], "column": "a"}
    children = table(
        "c", 500, column("p_id", "INT", **reference("p.id")), column("seen", "INT", lookup=lookup)
    )
    whole, alone = planned(parents, children), planned(parents, children, only="c")
    assert made(whole, "c", "seen") == made(alone, "c", "seen")
    assert {value % 9 for value in made(alone, "c", "seen")} == {4}


def test_what_stays_for_one_check_stays_for_all() -> None:
    """x adds up a over the rows before: were a drawn again in a row, x would be another in the next."""
    a_plan = planned(
        table("p", 9, column("id", "INT", is_unique=True)),
        table(
            "t",
            900,
            column("p_id", "INT", **reference("p.id")),
            column("a", "INT"),
            column("b", "INT"),
            column(
                "x", "INT", rule={"name": "window", "function": "sum", "column": "a", "reference": "p_id"}
            ),
            checks=["x % 7 + a + b < 1200", "a % 50 <> b % 50"],
        ),
    )
    assert a_plan.warnings == ()
    a, b, x = (made(a_plan, "t", name) for name in "abx")
    assert all(z % 7 + y + v < 1200 and y % 50 != v % 50 for y, v, z in zip(a, b, x, strict=True))


def test_a_person_stays_one() -> None:
    names = ("first_name", "last_name", "email")
    fields = [column(one, "VARCHAR(90)", rule={"name": "person", "field": one}) for one in names]
    a_plan = planned(table("t", 800, *fields, checks=["length(email) % 2 = 0"]))
    assert a_plan.warnings == ()
    rows = list(zip(*(texts(a_plan, "t", one) for one in names), strict=True))
    assert {len(mail) % 2 for _first, _last, mail in rows} == {0}
    alike = [mail[0] == first[0].lower() or last[:3].lower() in mail for first, last, mail in rows]
    assert sum(alike) > 700


# --- what is told


def test_what_is_rare_or_impossible_is_told_and_counted(tmp_path: Path) -> None:
    a_plan = planned(
        table(
            "t",
            3000,
            column("k", "INT", is_unique=True),
            column("a", "BIGINT", min_value=0, max_value=10**12),
            checks=["k < 900 OR a % 1000000 = 0"],
        )
    )
    (warning,) = a_plan.warnings
    assert "fails in about 7" in warning
    (check,) = a_plan.checks
    assert not check.promised
    failing = asked(a_plan, tmp_path, "count(*) FILTER (NOT (k < 900 OR a % 1000000 = 0))")[0]
    assert check.failing(3000) == failing


def test_a_rule_that_a_check_was_given_gives_way_without_a_word() -> None:
    """t = a * 2 would be beyond t's bounds: t is drawn, and the CHECK told."""
    columns = [column("a", "INT", min_value=2000, max_value=5000), column("t", "INT", max_value=100)]
    (warning,) = planned(table("t", 50, *columns, checks=["t = a * 2"])).warnings
    assert "CHECK (t = a * 2) is not followed" in warning


def test_verify_counts_what_fails(service: ExperimentService, tmp_path: Path) -> None:
    columns = [
        column("a", "INT"),
        column("b", "INT"),
        column("k", "INT", rule={"name": "choice", "values": [1, 2]}),
    ]
    checks = ["a * b <= 90000", "k % 5 = 0"]
    service.create({"name": "v", "tables": [table("t", 900, *columns, checks=checks)]})
    service.generate("v", GenerateRequest(seed=1, output_dir=tmp_path / "out"))
    assert not service.verify(tmp_path / "out").checks
    report = service.verify(tmp_path / "out", deep=True)
    assert report.ok
    assert report.checks == [
        "t: CHECK (a * b <= 90000) holds in all 900 rows",
        "t: CHECK (k % 5 = 0) fails in 900 of 900 rows",
    ]


def test_a_guess_gives_way_where_it_would_leave_nothing_but_null(service: ExperimentService) -> None:
    """And what the CHECK asks for takes its place."""
    ddl = """
        CREATE TABLE customers (
            id INT PRIMARY KEY,
            email VARCHAR(80) NOT NULL CHECK (email ~ '^[^@]+@[^@]+$'),
            phone VARCHAR(20) CHECK (phone ~ '^[0-9]{10}$'),
            net DECIMAL(10,2) NOT NULL,
            shipping DECIMAL(10,2) NOT NULL,
            total DECIMAL(10,2) NOT NULL CHECK (total = net + shipping)
        )"""
    created = service.import_sql(ddl, name="x", dialect="postgres", target_rows=500)
    assert any("customers.phone: the rule chosen by its name was given up" in one for one in created.warnings)
    a_plan = plan(service.get("x").experiment, 7, service.rule)
    phones = texts(a_plan, "customers", "phone")
    assert 400 < sum(phone is not None for phone in phones) < 500
    assert all(phone is None or re.fullmatch("[0-9]{10}", phone) for phone in phones)
    assert all("example" in mail for mail in texts(a_plan, "customers", "email") if mail), "that guess stays"


# --- what docs/checks.md says

PAGE = (Path(__file__).parent.parent / "docs" / "checks.md").read_text()


def test_every_form_of_the_page_is_tried() -> None:
    rows = PAGE.partition("## Forms\n")[2].partition("\n## ")[0].splitlines()
    forms = [form for row in rows for form in re.findall(r"`([^`]+)`", row.split(" | ")[0])]
    assert len(forms) > 40
    assert {*forms} <= {form.check for form in FORMS}


def test_the_example_of_the_page(tmp_path: Path) -> None:
    (example,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    experiment = reading.parse(json.loads(example))
    a_plan = plan(experiment, 7, ExperimentService().rule)
    assert a_plan.warnings == ()
    questions = ", ".join(f"count(*) FILTER (NOT ({check}))" for check in experiment.tables[0].checks)
    with views(generated(a_plan, tmp_path / "out")) as connection:
        assert connection.execute(f"SELECT {questions} FROM lines").fetchall() == [(0, 0, 0, 0)]
