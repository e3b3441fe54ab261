"""CHECK constraints are followed: DuckDB evaluates each on what was generated, and no row fails it."""

from contextlib import suppress
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.sql import SQL
from tests.support import column, generated, made, planned, reference, table, views

from dw_simulator.engine.rows import Rows
from dw_simulator.engine.values.base import fixed
from dw_simulator.engine.values.facts import stored_numbers
from dw_simulator.errors import PlanError
from dw_simulator.planning import plan
from dw_simulator.ports.plan import Plan
from dw_simulator.schema import reading
from dw_simulator.schema.model import Experiment
from dw_simulator.service import ExperimentService

ROWS = 400
FEW = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,  # the same tables every time
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def violations(a_plan: Plan, *tables: dict[str, Any]) -> dict[str, int]:
    """Rows that fail each CHECK, by DuckDB's own reading of it."""
    with TemporaryDirectory() as directory:
        connection = views(generated(a_plan, Path(directory) / "out"))
        found = {}
        for one in tables:
            for check in one.get("checks", ()):
                query = f'SELECT count(*), count(*) FILTER (NOT ({check})) FROM "{one["name"]}"'
                rows, wrong = connection.execute(query).fetchall()[0]
                assert rows == one["target_rows"]
                found[check] = wrong
        connection.close()
        return found


def followed(*tables: dict[str, Any]) -> Plan:
    """A plan without warnings, whose values pass every CHECK."""
    a_plan = planned(*tables)
    assert a_plan.warnings == ()
    assert not any(violations(a_plan, *tables).values())
    return a_plan


def refused(*tables: dict[str, Any]) -> str:
    with pytest.raises(PlanError) as caught:
        planned(*tables)
    return str(caught.value)


def in_dialect(dialect: str, *tables: dict[str, Any]) -> tuple[Experiment, Plan]:
    data = {"name": "test", "tables": list(tables), "target_warehouse": dialect}
    experiment = reading.parse(data, strict_names=False)
    return experiment, plan(experiment, 7, ExperimentService().rule)


# --- one column, every type

NUMBERS = {
    "SMALLINT": lambda x: str(round(x)),
    "BIGINT": lambda x: str(round(x)),
    "DECIMAL(9,2)": lambda x: f"{x:.2f}",
    "DECIMAL(6,1)": lambda x: f"{x:.2f}",
    "DECIMAL(30,4)": lambda x: f"{x:.3f}",
    "DOUBLE": repr,
    "REAL": lambda x: f"{x:.3f}",
}


def as_date(x: float) -> str:
    return f"DATE '{date(2021, 1, 1) + timedelta(days=round(x))}'"


def as_moment(x: float) -> str:
    return f"TIMESTAMP '{date(2021, 1, 1) + timedelta(days=int(x))} 0{int(x) % 10}:30:15.25'"


def as_clock(x: float) -> str:
    return f"TIME '{10 + int(x) % 9}:{int(abs(x)) % 60:02}:07'"


WRITTEN = {
    **NUMBERS,
    "DATE": as_date,
    "TIMESTAMP": as_moment,
    "TIMESTAMP(0)": as_moment,
    "TIMESTAMP_NTZ(9)": as_moment,
    "TIME": as_clock,
}


@st.composite
def ranges(draw: st.DrawFn) -> tuple[dict[str, Any], list[str]]:
    """A column, and checks of a range of it."""
    data_type = draw(st.sampled_from(sorted(WRITTEN)))
    write = WRITTEN[data_type]
    low = draw(st.floats(-300, 300, allow_nan=False, width=16))
    high = low + draw(st.floats(3, 500, width=16))
    if data_type == "TIME":
        low, high = 0, 7
    made = column("x", data_type, required=draw(st.booleans()))
    if draw(st.booleans()) and data_type in NUMBERS:
        made["min_value"] = float(round(low) - 1000)
    if draw(st.integers(0, 3)) == 0 and data_type in NUMBERS:
        made["distribution"] = {"type": "normal", "parameters": {"mean": low + 1, "stddev": 20}}
    ends = [
        (f"x >= {write(low)}", f"x <= {write(high)}"),
        (f"x > {write(low)}", f"{write(high)} > x"),
        (f"x BETWEEN {write(low)} AND {write(high)}",),
        (f"NOT x <= {write(low)}",),
        (f"(x < {write(high)})",),
        (f"x >= {write(low)}", f"x <> {write(low)}", f"x NOT IN ({write(low)}, {write(high)})"),
    ]
    parts = draw(st.sampled_from(ends))
    together = draw(st.booleans())
    return made, [" AND ".join(parts)] if together else list(parts)


@FEW
@given(ranges())
def test_ranges_of_every_type(drawn: tuple[dict[str, Any], list[str]]) -> None:
    followed(table("t", ROWS, drawn[0], checks=drawn[1]))


@FEW
@given(st.sampled_from(sorted(WRITTEN)), st.sets(st.integers(0, 8), min_size=1, max_size=5), st.booleans())
def test_lists_of_every_type(data_type: str, chosen: set[int], split: bool) -> None:
    values = [WRITTEN[data_type](float(x)).replace(".25", "") for x in sorted(chosen)]
    values = list(dict.fromkeys(values))
    check = " OR ".join(f"x = {v}" for v in values) if split else f"x IN ({', '.join(values)})"
    a_plan = followed(table("t", ROWS, column("x", data_type, required=False), checks=[check]))
    assert len({value for value in made(a_plan, "t") if value is not None}) == len(values)


TEXTS = st.text("abXY1 -%_'", min_size=0, max_size=6)


@FEW
@given(st.lists(TEXTS, min_size=1, max_size=4, unique=True), st.booleans())
def test_lists_of_texts(values: list[str], negated: bool) -> None:
    listed = ", ".join("'" + value.replace("'", "''") + "'" for value in values)
    check = f"x NOT IN ({listed})" if negated else f"x IN ({listed})"
    followed(table("t", ROWS, column("x", "VARCHAR(8)"), checks=[check]))


@st.composite
def patterns(draw: st.DrawFn) -> str:
    pieces = st.sampled_from(["A", "b-", "%", "_", "@", ".x", "!%", "!_", "é"])
    return "".join(draw(st.lists(pieces, min_size=1, max_size=6)))


@FEW
@given(patterns(), st.booleans())
def test_forms_of_texts(pattern: str, is_key: bool) -> None:
    if is_key and pattern.replace("!%", "").count("%") + pattern.replace("!_", "").count("_") < 2:
        is_key = False
    checks = [f"x LIKE '{pattern}' ESCAPE '!'"]
    followed(
        table(
            "t",
            200,
            column("x", "VARCHAR(30)", is_unique=is_key and "%" in pattern.replace("!%", "")),
            checks=checks,
        )
    )


@FEW
@given(
    st.integers(0, 40), st.integers(0, 30), st.sampled_from(["length", "char_length", "len"]), st.booleans()
)
def test_lengths_of_texts(low: int, more: int, function: str, with_form: bool) -> None:
    high = min(max(low, 3) + more, 60)
    checks = [f"{function}(x) >= {low}", f"{function}(x) <= {high}"]
    if with_form:
        checks.append("x LIKE 'A%z'")
    followed(table("t", 200, column("x", "VARCHAR(60)"), checks=checks))


# --- columns that are compared

FAMILIES = {
    "numbers": ["INT", "SMALLINT", "BIGINT", "DECIMAL(9,2)", "DECIMAL(12,4)", "DECIMAL(28,3)"],
    "floats": ["DOUBLE", "REAL"],
    "moments": ["DATE", "TIMESTAMP", "TIMESTAMP(0)", "TIMESTAMP(3)"],
    "clocks": ["TIME", "TIME(0)"],
}


@st.composite
def bounded_columns(draw: st.DrawFn, name: str, family: str) -> dict[str, Any]:
    """A column with bounds or a shape, or without: with room below 200 and above 50."""
    made = column(name, draw(st.sampled_from(FAMILIES[family])), required=draw(st.booleans()))
    shape = {"type": "normal", "parameters": {"mean": draw(st.integers(0, 300)), "stddev": 40}}
    numbers: list[dict[str, Any]] = [
        {"min_value": draw(st.integers(-100, 50))},
        {"max_value": draw(st.integers(200, 900))},
        {"distribution": shape, "min_value": -500, "max_value": 900},
    ]
    whole = [{"rule": {"name": "poisson", "lambda": 60}}]
    moments = [{"date_start": "2021-03-01", "date_end": "2023-05-05"}]
    ways = {"numbers": numbers + whole, "floats": numbers, "moments": moments, "clocks": []}
    return made | draw(st.sampled_from([{}, {}, *ways[family]]))


@st.composite
def comparisons(draw: st.DrawFn) -> dict[str, Any]:
    """A table whose columns are compared with one another, without a circle."""
    family = draw(st.sampled_from(sorted(FAMILIES)))
    names = ["a", "b", "c", "d"][: draw(st.integers(2, 4))]
    columns = [draw(bounded_columns(name, family)) for name in names]
    edges = draw(
        st.lists(
            st.tuples(st.integers(0, len(names) - 1), st.integers(0, len(names) - 1), st.booleans()),
            min_size=1,
            max_size=5,
        )
    )
    order = draw(st.permutations(names))
    checks = []
    for one, other, strict in edges:
        if one != other:
            first, last = order[min(one, other)], order[max(one, other)]
            sign = "<" if strict else "<="
            text = f"{first} {sign} {last}" if draw(st.booleans()) else f"{last} {'>' + sign[1:]} {first}"
            checks.append(text)
    checks = checks or [f"{names[0]} <= {names[1]}"]
    checks += [
        draw(st.sampled_from(HOLES[family])).format(name)
        for name in draw(st.lists(st.sampled_from(names), max_size=2, unique=True))
    ]
    return table("t", ROWS, *columns, checks=list(dict.fromkeys(checks)))


HOLES = {
    "numbers": ["{} <> 10", "{} NOT IN (9, 10, 12)", "{} <> 55.5"],
    "floats": ["{} <> 10.5"],
    "moments": ["{} NOT IN ('2022-02-03', '2022-02-04')", "{} <> '2021-03-02'"],
    "clocks": ["{} <> '09:00:00'"],
}


@settings(FEW, max_examples=50)
@given(comparisons())
def test_comparisons_between_columns(one: dict[str, Any]) -> None:
    """Followed in every row, whatever the units of the columns."""
    followed(one)


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("turned", [True, False])
@pytest.mark.parametrize(
    "other",
    [
        column("k", "INT", is_unique=True),
        column("k", "INT", is_unique=True, min_value=100, max_value=5000),
        column("k", "INT", rule={"name": "sequence", "start": 10, "step": 3}),
        column("k", "INT", rule={"name": "choice", "values": [3, 50, 999]}),
        column("k", "INT", **reference("p.id")),
        column("k", "INT", required=False, null_fraction=0.3, **reference("p.id", nullable=True)),
    ],
)
def test_a_column_beside_one_that_cannot_give_way(other: dict[str, Any], turned: bool, strict: bool) -> None:
    parent = table("p", 50, column("id", "INT", is_unique=True, min_value=20, max_value=600))
    sign = ("<" if turned else ">") + ("" if strict else "=")
    a_plan = followed(parent, table("t", ROWS, column("x", "INT"), other, checks=[f"x {sign} k"]))
    assert len(set(made(a_plan, "t", "x"))) > 100 or turned


def test_between_two_that_cannot_give_way() -> None:
    low = column("low", "INT", rule={"name": "choice", "values": [1, 5, 9]})
    high = column("high", "INT", rule={"name": "choice", "values": [20, 30]})
    one = table("t", ROWS, low, column("x", "INT"), high, checks=["low < x AND x < high", "low < high"])
    followed(one)
    low["rule"] = {"name": "choice", "values": [1, 5, 25]}
    assert "CHECK (low < high) cannot be followed: neither low nor high" in refused(one)


def test_values_keep_their_shape_and_do_not_pile_up() -> None:
    one = table("t", 100_000, column("a", "INT"), column("b", "INT"), checks=["a <= b"])
    a_plan = followed(one)
    a, b = (np.array(made(a_plan, "t", name)) for name in "ab")
    assert np.bincount(a, minlength=1001).max() < 200, "the lesser column is as even as before"
    assert (a == b).mean() < 0.01
    own = np.array(
        made(
            planned(table("t", 100_000, column("a", "INT"), column("b", "INT", min_value=0, max_value=1000))),
            "t",
            "b",
        )
    )
    assert np.array_equal(b[own >= a], own[own >= a]), "values stay where they pass"
    # what was drawn anew is even between the lesser value and the upper bound
    places = (b[own < a] - a[own < a]) / np.maximum(1000 - a[own < a], 1)
    counts, _ = np.histogram(places[a[own < a] < 900], bins=10, range=(0, 1.0001))
    assert counts.min() > 0.9 * counts.mean()


def test_a_shape_is_drawn_again_from_itself() -> None:
    normal = {"distribution": {"type": "normal", "parameters": {"mean": 500, "stddev": 50}}}
    one = table(
        "t",
        50_000,
        column("a", "DECIMAL(8,2)", min_value=400, max_value=500),
        column("b", "DECIMAL(8,2)", min_value=0, max_value=1000, **normal),
        checks=["a < b"],
    )
    b = np.array(made(followed(one), "t", "b")) / 100
    assert 515 < b.mean() < 535
    assert np.quantile(b, 0.999) < 700, "no even tail up to the bound"


# --- what gives way, and what does not


def test_an_inferred_rule_gives_way_with_a_warning() -> None:
    status = column(
        "status", "VARCHAR(12)", rule={"name": "choice", "values": ["open", "done"]}, inferred="x"
    )
    given_up = "t.{}: the rule chosen by its name was given up: "
    one = table("t", 100, status, checks=["status IN ('new', 'old')"])
    a_plan = planned(one)
    assert set(made(a_plan, "t")) == {"new", "old"}
    assert [w.startswith(given_up.format("status")) for w in a_plan.warnings] == [True]
    other = table(
        "t", 100, column("price", "INT", min_value=1, max_value=100, inferred="x"), checks=["price > 5000"]
    )
    a_plan = planned(other)
    assert [w.startswith(given_up.format("price")) for w in a_plan.warnings] == [True]
    assert not any(violations(a_plan, other).values())


def test_a_rule_that_fits_stays() -> None:
    status = {"name": "choice", "values": ["open", "done"], "weights": [9, 1]}
    one = table("t", 1000, column("s", "VARCHAR(12)", rule=status), checks=["s IN ('done', 'open', 'new')"])
    assert made(followed(one), "t").count("open") > 850
    names = column("n", "VARCHAR(30)", faker_rule="first_name")
    a_plan = followed(table("t", 500, names, checks=["length(n) <= 5", "n <> 'David'"]))
    assert len(set(made(a_plan, "t"))) > 30
    followed(
        table("t", 500, column("e", "VARCHAR(60)", rule={"name": "email"}), checks=["e LIKE '%_@_%._%'"])
    )


def test_forms_that_are_excluded() -> None:
    names = column("n", "VARCHAR(30)", faker_rule="first_name")
    followed(
        table("t", 500, names, checks=["n NOT LIKE 'A%'", "NOT n LIKE '%a'", "n NOT LIKE '!%%' ESCAPE '!'"])
    )
    followed(table("t", 500, column("n", "VARCHAR(30)"), checks=["n NOT LIKE '% %'"]))
    codes = column("n", "VARCHAR(30)", rule={"name": "code", "length": 6})
    assert "which the rule code makes" in refused(table("t", 9, codes, checks=["n NOT LIKE '%7%'"]))


def test_open_ends_reach_as_far_as_what_they_are_compared_with() -> None:
    wide = column("a", "INT", is_unique=True, min_value=0, max_value=900_000)
    a_plan = followed(table("t", 2000, wide, column("b", "INT"), checks=["a < b"]))
    assert max(made(a_plan, "t", "a")) > 890_000
    late = column("a", "DATE", date_start="2020-01-01", date_end="2040-12-31")
    a_plan = followed(table("t", 2000, late, column("b", "TIMESTAMP"), checks=["a <= b"]))
    assert max(made(a_plan, "t", "a")) > 25_500


def test_keys_of_several_columns_still_count() -> None:
    plain = [column("order_id", "INT"), column("line", "INT")]
    key = {"primary_key": ["order_id", "line"]}
    checked = followed(table("t", 50, *plain, **key, checks=["line >= 1", "order_id > 0"]))
    assert made(checked, "t", "line") == made(planned(table("t", 50, *plain, **key)), "t", "line")


def test_keys_follow_their_ranges() -> None:
    a_plan = followed(table("t", 100, column("id", "INT", is_unique=True), checks=["id > 0"]))
    assert made(a_plan, "t") == list(range(1, 101))
    a_plan = followed(table("t", 100, column("id", "INT", is_unique=True), checks=["id >= 1000"]))
    assert made(a_plan, "t") == list(range(1000, 1100))
    keyed = column("id", "INT", is_unique=True, min_value=0, max_value=99)
    a_plan = followed(table("t", 98, keyed, checks=["id <> 5 AND id <> 77"]))
    assert sorted(made(a_plan, "t")) == [n for n in range(100) if n not in (5, 77)]
    letters = column("c", "CHAR(1)", is_unique=True)
    followed(table("t", 3, letters, checks=["c IN ('x', 'y', 'z')"]))
    assert "leaves fewer values than 100 rows need" in refused(
        table("t", 100, column("id", "INT", is_unique=True), checks=["id BETWEEN 1 AND 50"])
    )


def test_not_null() -> None:
    a_plan = followed(table("t", 300, column("x", "INT", required=False), checks=["x IS NOT NULL"]))
    assert None not in made(a_plan, "t")
    said = column("x", "INT", required=False, null_fraction=0.5)
    assert "forbids NULL, but null_fraction asks for it" in refused(
        table("t", 9, said, checks=["x IS NOT NULL"])
    )


@pytest.mark.parametrize(
    ("columns", "checks", "words"),
    [
        (
            [column("x", "INT", max_value=5)],
            ["x > 7"],
            "t.x: CHECK (x > 7) leaves no value beside max_value 5",
        ),
        ([column("x", "INT")], ["x > 7", "x < 8"], "CHECK (x > 7) and CHECK (x < 8) leaves no value"),
        ([column("x", "INT")], ["x IN (1, 2)", "x > 4"], "lists no value that fits"),
        (
            [column("x", "VARCHAR(5)", rule={"name": "choice", "values": ["a", "q"]})],
            ["x IN ('a')"],
            "CHECK (x IN ('a')) forbids 'q', which the rule choice makes",
        ),
        ([column("x", "INT", rule={"name": "choice", "values": [1, 9]})], ["x < 5"], "forbids 9"),
        ([column("x", "VARCHAR(4)")], ["length(x) > 4"], "asks for more characters than 4"),
        ([column("x", "VARCHAR(4)")], ["x LIKE 'abcde%'"], "no text was found that passes"),
        (
            [column("x", "VARCHAR(40)", rule={"name": "email"})],
            ["x LIKE 'A%'"],
            "which the rule email makes; choose another rule",
        ),
        ([column("a", "INT"), column("b", "INT")], ["a < b", "b < a"], "contradict each other: a < b < a"),
        ([column("a", "INT"), column("b", "INT")], ["a <= b", "b <= a"], "say that a and b are equal"),
        (
            [column("a", "INT", min_value=10), column("b", "INT", max_value=10)],
            ["a < b"],
            "leaves no value within the bounds of the columns",
        ),
        (
            [column("a", "INT", is_unique=True), column("b", "INT", is_unique=True)],
            ["a < b"],
            "neither a nor b can be drawn anew",
        ),
        (
            [column("a", "INT", rule={"name": "sequence", "start": -50}), column("b", "INT", min_value=0)],
            ["b < a"],
            "finds no room below some values of a",
        ),
    ],
)
def test_contradictions(columns: list[dict[str, Any]], checks: list[str], words: str) -> None:
    assert words in refused(table("t", 100, *columns, checks=checks))


@pytest.mark.parametrize(
    ("check", "words"),
    [
        ("own(a) > 3", "is not followed: the function own is not understood"),
        ("a > 3 AND own(a) > 3", "is followed in part only: OWN(a) > 3: the function own is not understood"),
        ("a BETWEEN SYMMETRIC 3 AND 1", "is not followed: symmetric of BETWEEN is not understood"),
        ("TRY_CAST(s AS INT) = 3", "is not followed: safe of the function TRY_CAST is not understood"),
        ("s COLLATE NOCASE = 'x'", "is not followed: COLLATE is not understood"),
        ("strlen(s) = 3", "is not followed: the function strlen is not understood"),
        ("a <> b", "is not followed: <> between columns is not followed"),
        ("a = b", "is not followed: = between columns is not followed"),
        ("a + b > 3", "is not followed: a calculation with + is not understood"),
        ("a > nowhere", "is not followed: there is no column 'nowhere'"),
        ("a > 3 OR b > 3", "is not followed: OR of different conditions is not understood"),
        ("a >", "is not followed: it cannot be read"),
        ("s > 'x'", "is not followed: s VARCHAR(9) has no range that could be followed"),
        ("a < d", "is not followed: INT is compared with DATE"),
        ("s LIKE 'a!' ESCAPE '!'", "is not followed: the pattern ends in its escape character"),
        ("CAST(d AS VARCHAR(4)) = '2020'", "is not followed: the cast to TEXT is not understood"),
    ],
)
def test_what_is_not_understood_is_told(check: str, words: str) -> None:
    columns = [column("a", "INT"), column("b", "INT"), column("s", "VARCHAR(9)"), column("d", "DATE")]
    one = reading.parse({"name": "test", "tables": [table("t", 5, *columns, checks=[check])]}).tables[0]
    (found,) = ExperimentService().rule.constraints(one, "duckdb")
    assert found.told("t", found.left) == f"t: CHECK ({check}) {words}"


@pytest.mark.parametrize(
    "check", ["own(a) > 3", "a > 3 AND own(a) > 3", "a > nowhere", "a >", "a < d", "d > 'soon'"]
)
def test_what_nobody_can_evaluate_is_told_by_the_plan(check: str) -> None:
    columns = [column("a", "INT"), column("d", "DATE")]
    (warning,) = planned(table("t", 5, *columns, checks=[check])).warnings
    assert warning.startswith(f"t: CHECK ({check}) is ")


def test_what_comes_from_elsewhere_is_told_where_it_may_not_hold() -> None:
    parent = table("p", 50, column("id", "INT", is_unique=True, min_value=20, max_value=600))
    child = table("t", 9, column("k", "INT", **reference("p.id")), checks=["k > 0"])
    followed(parent, child)
    child["checks"] = ["k > 100"]
    assert planned(parent, child).warnings == (
        "t: CHECK (k > 100) cannot be guaranteed, as the values of k come from elsewhere",
    )
    child["checks"] = ["k > 1000"]
    assert "allows none of the values" in refused(parent, child)


# --- dialects

POSTGRES = """
CREATE TABLE t (
    id integer PRIMARY KEY,
    status character varying(20) NOT NULL,
    price numeric(10,2),
    email text,
    start_date date,
    end_date date,
    code character(5),
    CHECK (((status)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))),
    CONSTRAINT two CHECK ((price > (0)::numeric)),
    CONSTRAINT three CHECK (((email)::text ~~ '%@%'::text)),
    CONSTRAINT four CHECK ((end_date >= start_date)),
    CONSTRAINT five CHECK ((length((code)::text) = 5)),
    CONSTRAINT six CHECK ((start_date >= '2020-01-01'::date)),
    CONSTRAINT seven CHECK (((price <> ALL (ARRAY[(7)::numeric, 8.5])) AND (price < (2000)::numeric)))
);
"""


def test_what_a_dump_of_postgres_says() -> None:
    tables = ExperimentService().registry.dialects.get("postgres").read(POSTGRES).tables
    experiment, a_plan = in_dialect("postgres", *tables)
    assert a_plan.warnings == ()
    (one,) = experiment.tables
    texts = [check.replace("~~", "LIKE") for check in one.checks]
    for check, wrong in violations(a_plan, {"name": "t", "target_rows": 1000, "checks": texts}).items():
        assert wrong == 0, check


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "redshift", "snowflake"])
def test_quoted_names_casts_and_escapes(dialect: str) -> None:
    columns = [column("Mixed Name", "INT"), column("s", "VARCHAR(20)"), column("d", "DATE")]
    checks = ['"Mixed Name" BETWEEN 3 AND 4', "s LIKE 'x\\_%' ESCAPE '\\'", "d >= CAST('2021-02-03' AS DATE)"]
    if dialect in ("snowflake", "redshift"):
        checks[1] = "s LIKE 'x^_%' ESCAPE '^'"
    _, a_plan = in_dialect(dialect, table("t", 50, *columns, checks=checks))
    assert a_plan.warnings == ()
    assert set(made(a_plan, "t", "Mixed Name")) == {3, 4}
    assert all(text.startswith(b"x_") for text in made(a_plan, "t", "s"))


def test_postgres_takes_the_rows_with_its_checks_in_force(
    database: psycopg.Connection, tmp_path: Path
) -> None:
    experiment, a_plan = in_dialect(
        "postgres",
        table(
            "t",
            500,
            column("id", "INTEGER", is_unique=True),
            column("low", "NUMERIC(9,2)"),
            column("high", "NUMERIC(12,4)", required=False),
            column("born", "DATE", required=False),
            column("seen", "TIMESTAMP"),
            column("kind", "VARCHAR(9)"),
            column("code", "CHAR(6)"),
            column("share", "REAL"),
            column("opens", "TIME"),
            column("shuts", "TIME"),
            column("ok", "BOOLEAN"),
            checks=[
                "id > 0 AND id <> 1000",
                "low < high AND low > 3.005",
                "seen > born",
                "born > DATE '1999-12-31' AND seen < TIMESTAMP '2001-01-01'",
                "kind IN ('one', 'two') OR kind IS NULL",
                "code LIKE 'X__-%' AND length(code) = 6",
                "share > 0.1 AND share <= 0.7 AND share <> 0.5",
                "opens < shuts AND shuts <= TIME '22:30'",
                "NOT ok",
            ],
        ),
    )
    assert a_plan.warnings == ()
    written = ExperimentService().registry.dialects.get("postgres").write(experiment)
    assert "CHECK" in written.sql
    assert written.warnings == ()
    for statement in written.tables:
        database.execute(SQL(statement))
    with views(generated(a_plan, tmp_path / "out")) as source:
        rows = source.execute("SELECT * FROM t").fetchall()
    with database.cursor() as cursor:
        cursor.executemany(f"INSERT INTO t VALUES ({', '.join(['%s'] * 11)})", rows)
    assert database.execute("SELECT count(*) FROM t").fetchall() == [(500,)]
    with pytest.raises(psycopg.errors.CheckViolation):
        database.execute("UPDATE t SET low = high + 1 WHERE high IS NOT NULL")


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "redshift", "snowflake"])
def test_what_is_present_in_every_dialect(dialect: str) -> None:
    one = table("t", 300, column("x", "INT", required=False), checks=["x IS NOT NULL"])
    _, a_plan = in_dialect(dialect, one)
    assert a_plan.warnings == ()
    assert None not in made(a_plan, "t")
    _, a_plan = in_dialect(dialect, one | {"checks": ["x = 1 OR x IS NOT NULL"]})
    assert a_plan.warnings == ()  # a NULL makes it NULL, and so passes
    assert not {*made(a_plan, "t")} <= {1, None}


def test_a_long_chain_in_order() -> None:
    names = [f"c{k}" for k in range(8)]
    columns = [column(name, "INT", min_value=0, max_value=20) for name in names]
    checks = [" AND ".join(f"{one} < {other}" for one, other in pairwise(names))]
    followed(table("t", 1000, *columns, checks=checks))


@pytest.mark.parametrize("data_type", ["DATE", "TIMESTAMP", "TIMESTAMP_NTZ", "TIMESTAMPTZ"])
@pytest.mark.parametrize(
    "check",
    ["a < b", "a <= b", "a > '9999-12-31'", "a < '0001-01-01'", "a <> '9999-12-31'", "a = '9999-12-31'"],
)
def test_the_ends_of_the_calendar(data_type: str, check: str) -> None:
    """What cannot be followed there is refused."""
    for bounds in (
        {},
        {"date_end": "9999-12-31"},
        {"date_start": "9999-12-31"},
        {"date_start": "0001-01-01", "date_end": "0001-01-01"},
        {"date_start": "9999-12-31", "date_end": "9999-12-31"},
    ):
        columns = (column("a", data_type, **bounds), column("b", data_type, **bounds))
        with suppress(PlanError):
            planned(table("t", 20, *columns, checks=[check]))


def test_what_gives_way_is_the_same_in_a_preview_of_another_table() -> None:
    spans = [column("id", "INT", is_unique=True), *(column(name, "INT", max_value=99) for name in "ba")]
    child = [
        column("b", "INT", lookup={"reference": "span", "column": "b"}),
        column("span", "INT", **reference("spans.id")),
    ]
    tables = [table("spans", 50, *spans, checks=["a < b"]), table("t", 90, *child)]
    experiment = reading.parse({"name": "test", "tables": tables})
    whole, alone = (plan(experiment, 7, ExperimentService().rule, only=only) for only in (None, "t"))
    assert made(whole, "t") == made(alone, "t")


def test_columns_that_lead_back_by_others_do_not_give_way() -> None:
    halves = [
        *(
            column(name, "DOUBLE", rule={"name": "expression", "sql": f"{other} * 0.5"})
            for name, other in ("ac", "cb")
        ),
        column("b", "DOUBLE", min_value=0, max_value=9),
    ]
    one = table("t", ROWS, *halves, checks=["a <= b"])
    assert violations(planned(one), one) == {"a <= b": 0}
    conditional = [
        column("shipped", "DATE", required=False, null_when="delivered IS NULL"),
        column("delivered", "DATE", required=False),
    ]
    followed(table("t", ROWS, *conditional, checks=["shipped <= delivered"]))


@pytest.mark.parametrize("data_type", ["DATE", "TIMESTAMP"])
def test_what_follows_a_column_that_gives_way_knows_its_reach(data_type: str) -> None:
    columns = [
        column("first", data_type),
        column("second", data_type, rule={"name": "calendar", "weekdays": {"sun": 0}}),
        column("third", data_type, rule={"name": "after", "column": "second", "within": "30d"}),
    ]
    followed(table("t", ROWS, *columns, checks=["first <= second", "second <= third"]))


def test_times_that_contradict_each_other() -> None:
    clock = column("c", "TIME", required=False)
    words = refused(table("t", ROWS, clock, checks=["c <= '08:00:00'", "c > '08:00:00'"]))
    assert "leaves no value" in words


def test_beside_a_column_where_values_are_left_out() -> None:
    rank = column("rank", "INT", rule={"name": "choice", "values": [1, 2]})
    followed(table("t", ROWS, rank, column("n", "INT"), checks=["n <= rank", "n NOT IN (0, 1)"]))


@pytest.mark.parametrize("holes", ["mid <> 10", "mid NOT IN (3, 4, 5, 7, 8, 9, 16)"])
@pytest.mark.parametrize(
    "order", ["lo < mid AND mid < id", "lo <= mid AND mid <= id", "lo < mid AND mid <= id"]
)
@pytest.mark.parametrize("data_type", ["INT", "DECIMAL(6,2)", "DECIMAL(28,0)", "DOUBLE"])
def test_a_value_left_out_between_two_others_leaves_them_room(data_type: str, order: str, holes: str) -> None:
    columns = [
        column("id", "INT" if data_type != "DOUBLE" else "DOUBLE"),
        *(column(n, data_type) for n in ("lo", "mid")),
    ]
    key = {"primary_key": ["id"]} if data_type != "DOUBLE" else {}
    followed(table("t", 40, *columns, checks=["id > 0", "id < 45", "lo > -20", order, holes], **key))


@pytest.mark.parametrize(("check", "value"), [("b <> false", True), ("b = true", True), ("NOT b", False)])
def test_truth_values_that_are_excluded(check: str, value: bool) -> None:
    for rule in ({}, {"rule": {"name": "boolean", "true_share": 0.3}}):
        flags = column("b", "BOOLEAN", **rule)
        assert set(made(followed(table("t", ROWS, flags, checks=[check])), "t", "b")) == {value}


def test_short_texts_without_some() -> None:
    columns = (column("a", "CHAR(1)"), column("b", "CHAR(2)", is_unique=True), column("c", "VARCHAR(9)"))
    checks = ["a <> 'A'", "b NOT IN ('AA', 'B7')", "c LIKE 'A_'", "c <> 'AB'"]
    followed(table("t", ROWS, *columns, checks=checks))


def test_whole_numbers_where_no_whole_number_is_left() -> None:
    rank = column("rank", "DECIMAL(6,2)", min_value="0.5", max_value="1.5", rule={"name": "zipf", "s": 1})
    share = column("share", "DECIMAL(6,2)", min_value="0.1", max_value="0.9", is_unique=True)
    rows = table("t", 80, rank, share, checks=["rank <> 1", "rank >= share"])
    followed(rows)


# --- what different tellers of one fact used to answer wrongly


def test_a_list_of_a_wide_key_fits_a_narrow_reference() -> None:
    listed = ", ".join(map(str, range(3, 22, 2)))
    parent = table("parent", 5, column("id", "BIGINT", is_unique=True), checks=[f"id IN ({listed})"])
    child = table("child", 50, column("pid", "INT", **reference("parent.id")))
    followed(parent, child)


@pytest.mark.parametrize("key", [{"primary_key": ["id"]}, {"unique": [["id"]]}])
def test_a_key_leaves_out_what_is_excluded(key: dict[str, Any]) -> None:
    a_plan = followed(table("t", 5, column("id", "BIGINT"), checks=["id <> 3"], **key))
    assert made(a_plan, "t") == [1, 2, 4, 5, 6]
    a_plan = followed(
        table("t", 99, column("id", "BIGINT"), checks=["id BETWEEN 1 AND 100 AND id <> 50"], **key)
    )
    assert made(a_plan, "t") == [number for number in range(1, 101) if number != 50]
    words = refused(
        table("t", 100, column("id", "BIGINT"), checks=["id BETWEEN 1 AND 100 AND id <> 50"], **key)
    )
    assert "leaves fewer values than 100 rows need" in words


def test_a_comparison_flattens_no_column() -> None:
    one = table("t", 3000, column("a", "DOUBLE"), column("b", "DOUBLE"), checks=["a >= 1e20", "a <= b"])
    a_plan = followed(one)
    alone = followed(table("t", 3000, column("a", "DOUBLE"), checks=["a >= 1e20"]))
    spread, usual = (np.array(made(found, "t", "a")) for found in (a_plan, alone))
    assert spread.max() > 1.8e20
    assert abs(np.median(spread) / np.median(usual) - 1) < 0.2


@pytest.mark.parametrize("digits", [0, 3, 6, 9])
def test_the_last_day_ends_at_its_last_moment(digits: int) -> None:
    day = column("x", f"TIMESTAMP({digits})", date_start="2024-02-29", date_end="2024-02-29")
    kernel = planned(table("t", 10, day)).tables[0].columns[0].kernel
    unit = 10 ** (9 if digits > 6 else 6)
    assert kernel.facts.ends is not None
    start, last = kernel.facts.ends
    assert last - start == 86_400 * unit - unit // 10**digits
    below = column("y", f"TIMESTAMP({digits})", date_end="2024-02-29")
    bounded = followed(table("t", 500, day, below, checks=["x <= y"]))
    assert max(map(str, made(bounded, "t", "y"))) < "2024-03-01"


def test_numbers_near_the_end_of_64_bits_are_compared() -> None:
    end = (1 << 63) - 1
    low = column("a", "BIGINT", min_value=end - 40, max_value=end)
    high = column("b", "BIGINT", min_value=end - 30, max_value=end)
    a_plan = followed(table("t", 2000, low, high, checks=["a < b"]))
    assert max(made(a_plan, "t", "b")) == end
    followed(table("t", 500, column("a", "BIGINT", min_value=-end), column("b", "BIGINT"), checks=["a <= b"]))


def test_only_rows_that_are_there_are_looked_at() -> None:
    columns = [
        column("id", "INT"),
        column(
            "region",
            "CHAR(2)",
            rule={
                "name": "expression",
                "sql": "CASE id WHEN 1 THEN 'US' WHEN 2 THEN 'GB' WHEN 3 THEN 'DE' END",
            },
        ),
    ]
    one = table("t", 3, *columns, primary_key=["id"], checks=["region IN ('US', 'GB', 'DE')"])
    assert made(planned(one), "t", "region") == [b"US", b"GB", b"DE"]


@pytest.mark.parametrize(
    ("rows", "check", "ids"),
    [
        (0, "id <> 1", []),
        (1, "id <> 1", [2]),
        (1, "id <> 1 AND id > 0", [2]),
        (3, "id NOT IN (1, 2, 3)", [4, 5, 6]),
        (4, "id NOT IN (3, 5)", [1, 2, 4, 6]),
        (4, "id NOT IN (5, 6)", [1, 2, 3, 4]),
        (6, "id <> 6 AND id <> 7 AND id <> 9", [1, 2, 3, 4, 5, 8]),
    ],
)
def test_what_counts_goes_on_behind_every_hole(rows: int, check: str, ids: list[int]) -> None:
    found = planned(table("t", rows, column("id", "INT"), primary_key=["id"], checks=[check]))
    assert (made(found, "t", "id"), found.warnings) == (ids, ())


def test_wide_decimals_are_compared_within_64_bits_batch_or_row_alike() -> None:
    columns = [column("a", "DECIMAL(38,0)"), column("k", "INT")]
    checks = ["a BETWEEN 0 AND 1000000000000000000000000000000", "k BETWEEN 1 AND 10", "k <= a"]
    kernel = planned(table("t", 300, *columns, checks=checks)).tables[0].columns[0].kernel
    whole = fixed(kernel.values(Rows.run(0, 300)))
    alone = [fixed(kernel.values(Rows.run(row, row + 1))) for row in range(300)]
    assert stored_numbers(whole) == [number for one in alone for number in stored_numbers(one) or ()]
    assert min(stored_numbers(whole) or ()) >= 1


@pytest.mark.parametrize(
    ("rows", "own", "checks"),
    [
        (9, column("a", "DECIMAL(10,2)", is_unique=True), ["a < 20.45", "a > 47.15"]),
        (200, column("a", "INT", is_unique=True), ["a BETWEEN 1 AND 100"]),
    ],
)
def test_what_cannot_be_followed_is_told_once(rows: int, own: Any, checks: list[str]) -> None:
    with pytest.raises(PlanError) as caught:
        planned(table("t", rows, own, checks=checks))
    assert len(caught.value.problems) == 1
