"""Columns made by SQL expressions, against the same by hand, by DuckDB over the files and by PostgreSQL."""

import json
import math
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest
from tests.postgres import create, load_from
from tests.support import column, generated, planned, reference, table, views

from dw_simulator.arrow import Converter, plain_rows
from dw_simulator.errors import PlanError
from dw_simulator.planning import plan
from dw_simulator.ports.plan import Plan
from dw_simulator.schema import reading
from dw_simulator.service import ExperimentService

Row = dict[str, Any]
ROWS = 400


def expression(name: str, data_type: str, sql: str, dialect: str | None = None, **fields: Any) -> Row:
    rule = {"name": "expression", "sql": sql, **({"dialect": dialect} if dialect else {})}
    return column(name, data_type, rule=rule, **fields)


QUANTITY = column("quantity", "INT", min_value=1, max_value=9)
PRICE = column("price", "DECIMAL(10,2)", min_value=1, max_value=500)
SOURCES = [
    QUANTITY,
    PRICE,
    column("name", "VARCHAR(20)", rule={"name": "choice", "values": ["Ann Lee", "Zoë", "O'Hara", "bob  x"]}),
    column("status", "VARCHAR(10)", rule={"name": "choice", "values": ["open", "shipped", "lost"]}),
    column("ordered", "DATE", date_start="2023-12-20", date_end="2024-03-05"),
    column("at", "TIMESTAMP(0)", date_start="2024-01-01", date_end="2024-12-31"),
    column("rate", "DOUBLE", min_value=0.5, max_value=40),
    column("bonus", "INT", required=False, null_fraction=0.4, min_value=-5, max_value=5),
    column("payload", "SUPER"),
    column("flag", "BOOLEAN"),
]


def rows_of(a_plan: Plan, name: str = "t") -> list[Row]:
    table_plan = a_plan.table(name)
    return plain_rows(Converter(table_plan).batch(table_plan.chunk(0, table_plan.rows)))


def cents(value: Decimal, digits: int = 2) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def _ordinal(number: int) -> str:
    last = 0 if number in (11, 12, 13) else number % 10
    return str(number) + {1: "st", 2: "nd", 3: "rd"}.get(last, "th")


class Case(NamedTuple):
    dialect: str
    sql: str
    data_type: str
    truth: Callable[[Row], Any]
    optional: bool = False


def _next_month(day: date) -> date:
    year, month = divmod(day.year * 12 + day.month, 12)
    last = (date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


CASES = [
    Case("duckdb", "quantity * price", "DECIMAL(12,2)", lambda r: r["quantity"] * r["price"]),
    Case("duckdb", "quantity + 1", "BIGINT", lambda r: r["quantity"] + 1),
    Case("duckdb", "price * 0.075", "DECIMAL(10,2)", lambda r: cents(r["price"] * Decimal("0.075"))),
    Case("duckdb", "-price", "DECIMAL(30,4)", lambda r: -r["price"]),
    Case("duckdb", "price", "INT", lambda r: int(cents(r["price"], 0))),
    Case("duckdb", "quantity / 2.0", "INT", lambda r: int(cents(Decimal(r["quantity"]) / 2, 0))),
    Case("duckdb", "quantity % 4", "TINYINT", lambda r: r["quantity"] % 4),
    Case("duckdb", "rate * 2", "DOUBLE", lambda r: r["rate"] * 2),
    Case("duckdb", "quantity > 4 AND flag", "BOOLEAN", lambda r: r["quantity"] > 4 and r["flag"]),
    Case("duckdb", "upper(name) || '-' || quantity", "VARCHAR(30)",
         lambda r: f"{r['name'].upper()}-{r['quantity']}"),
    Case("duckdb", "CASE WHEN status = 'open' THEN 0 ELSE quantity END", "INT",
         lambda r: 0 if r["status"] == "open" else r["quantity"]),
    Case("duckdb", "CASE WHEN status = 'open' THEN at END", "TIMESTAMP",
         lambda r: r["at"] if r["status"] == "open" else None, True),
    Case("duckdb", "quantity + bonus", "INT",
         lambda r: None if r["bonus"] is None else r["quantity"] + r["bonus"], True),
    Case("duckdb", "coalesce(bonus, 0)", "INT", lambda r: r["bonus"] or 0),
    Case("duckdb", "ordered + INTERVAL 1 MONTH", "DATE", lambda r: _next_month(r["ordered"])),
    Case("duckdb", "date_diff('day', ordered, DATE '2024-12-31')", "INT",
         lambda r: (date(2024, 12, 31) - r["ordered"]).days),
    Case("duckdb", "list_transform([quantity, 2], lambda x: x + 1)", "ARRAY",
         lambda r: f"[{r['quantity'] + 1},3]"),
    Case("duckdb", "round(ln(rate), 6)", "DOUBLE", lambda r: round(math.log(r["rate"]), 6)),
    Case("duckdb", "t.quantity - T.QUANTITY", "INT", lambda _: 0),
    Case("duckdb", "'déjà vu \"quoted\" ' || chr(233)", "VARCHAR(40)", lambda _: 'déjà vu "quoted" é'),
    Case("redshift", "DATEADD(day, 3, ordered)", "DATE", lambda r: r["ordered"] + timedelta(3)),
    Case("redshift", "DATEDIFF(day, ordered, at)", "INT", lambda r: (r["at"].date() - r["ordered"]).days),
    Case("redshift", "NVL(bonus, -1)", "INT", lambda r: -1 if r["bonus"] is None else r["bonus"]),
    Case("redshift", "quantity / 4", "INT", lambda r: r["quantity"] // 4),
    Case("redshift", "DECODE(status, 'open', 1, 'lost', 2, 3)", "SMALLINT",
         lambda r: {"open": 1, "lost": 2}.get(r["status"], 3)),
    Case("redshift", "TO_CHAR(ordered, 'YYYY-MM')", "CHAR(7)", lambda r: f"{r['ordered']:%Y-%m}"),
    Case("redshift", "payload.channel", "VARCHAR(20)",
         lambda r: r["payload"].split('"channel":"')[1].split('"')[0]),
    Case("redshift", "LEFT(name, 2)", "VARCHAR(8)", lambda r: r["name"][:2]),
    Case("redshift", "EXTRACT(year FROM ordered)", "INT", lambda r: r["ordered"].year),
    Case("redshift", "NVL2(bonus, 'y', 'n')", "CHAR(1)", lambda r: "n" if r["bonus"] is None else "y"),
    Case("snowflake", "IFF(quantity > 5, 'big', 'small')", "VARCHAR(5)",
         lambda r: "big" if r["quantity"] > 5 else "small"),
    Case("snowflake", "DATEADD(hour, 5, AT)", "TIMESTAMP", lambda r: r["at"] + timedelta(hours=5)),
    Case("snowflake", "ZEROIFNULL(BONUS)", "INT", lambda r: r["bonus"] or 0),
    Case("snowflake", "quantity / 4", "DOUBLE", lambda r: r["quantity"] / 4),
    Case("snowflake", "SPLIT_PART(name, ' ', 1)", "VARCHAR(20)", lambda r: r["name"].split(" ")[0]),
    Case("snowflake", "price::INT", "INT", lambda r: int(cents(r["price"], 0))),
    Case("snowflake", "DIV0(quantity, quantity - quantity)", "DOUBLE", lambda _: 0.0),
    Case("snowflake", "OBJECT_CONSTRUCT('q', quantity)", "OBJECT", lambda r: f'{{"q":{r["quantity"]}}}'),
    Case("snowflake", "payload:score::INT + 1", "INT",
         lambda r: int(r["payload"].split('"score":')[1].rstrip("}")) + 1),
    Case("redshift", "SUBSTRING(name, 2, quantity)", "VARCHAR(20)",
         lambda r: r["name"][1 : 1 + r["quantity"]]),
    Case("snowflake", "REGEXP_INSTR(name, 'e')", "INT", lambda r: r["name"].find("e") + 1),
    Case("redshift", "TO_CHAR(ordered, 'FMMonth FMDDth')", "VARCHAR(20)",
         lambda r: f"{r['ordered']:%B} {_ordinal(r['ordered'].day)}"),
    Case("redshift", "TO_CHAR(price, 'FM999,990.00')", "VARCHAR(12)", lambda r: f"{r['price']:,.2f}"),
    Case("redshift", "REGEXP_REPLACE(name, '[AEIOU]', '*', 2, 'i')", "VARCHAR(40)",
         lambda r: r["name"][:1] + re.sub("(?i)[aeiou]", "*", r["name"][1:])),
    Case("redshift", "LEFT(ordered, 7) || '/' || quantity", "VARCHAR(20)",
         lambda r: f"{r['ordered']:%Y-%m}/{r['quantity']}"),
    Case("redshift", "ordered + quantity", "DATE", lambda r: r["ordered"] + timedelta(r["quantity"])),
    Case("redshift", "DATEDIFF(day, '20240101', ordered)", "INT",
         lambda r: (r["ordered"] - date(2024, 1, 1)).days),
    Case("redshift", "TRUNC(at)", "DATE", lambda r: r["at"].date()),
    Case("redshift", "'5' + quantity", "INT", lambda r: 5 + r["quantity"]),
    Case("redshift", "DATE_CMP(ordered, TRUNC(at))", "INT",
         lambda r: (r["ordered"] > r["at"].date()) - (r["ordered"] < r["at"].date())),
    Case("redshift", "STRTOL('z', 36) + quantity", "INT", lambda r: 35 + r["quantity"]),
    Case("postgres", "substring(name from '[a-z]+')", "VARCHAR(20)",
         lambda r: re.search("[a-z]+", r["name"])[0]),
    Case("postgres", "to_char(quantity, 'FM000')", "CHAR(3)", lambda r: f"{r['quantity']:03d}"),
    Case("postgres", "at - interval '30 min'", "TIMESTAMP", lambda r: r["at"] - timedelta(minutes=30)),
    Case("postgres", "to_hex(quantity + 250)", "VARCHAR(9)", lambda r: f"{r['quantity'] + 250:x}"),
    Case("postgres", "extract(second from at + interval '1.25 seconds')", "DECIMAL(8,2)",
         lambda r: Decimal((r["at"].second + 1) % 60) + Decimal("0.25")),
    Case("postgres", "quantity / 2", "INT", lambda r: r["quantity"] // 2),
    Case("postgres", "(at + interval '1 day')::date", "DATE", lambda r: r["at"].date() + timedelta(1)),
    Case("postgres", "status <> 'open' OR name LIKE 'A%'", "BOOLEAN",
         lambda r: r["status"] != "open" or r["name"].startswith("A")),
    Case("postgres", "nullif(status, 'open')", "VARCHAR(10)",
         lambda r: None if r["status"] == "open" else r["status"], True),
    Case("postgres", "date_trunc('month', at)", "TIMESTAMPTZ",
         lambda r: r["at"].replace(day=1, hour=0, minute=0, second=0)),
]  # fmt: skip


@pytest.mark.parametrize("dialect", ["duckdb", "redshift", "snowflake", "postgres"])
def test_expressions_are_what_they_say(dialect: str) -> None:
    cases = [case for case in CASES if case.dialect == dialect]
    made = [
        expression(f"e{k}", case.data_type, case.sql, dialect, required=not case.optional)
        for k, case in enumerate(cases)
    ]
    for row in rows_of(planned(table("t", ROWS, *SOURCES, *made))):
        for k, case in enumerate(cases):
            value = row[f"e{k}"]
            if isinstance(value, datetime):
                value = value.replace(tzinfo=None)
            assert value == case.truth(row), f"{case.sql} of {row}"


def test_the_experiments_warehouse_says_which_sql_it_is() -> None:
    whole = [QUANTITY, expression("half", "DOUBLE", "quantity / 2")]
    halves = {}
    for warehouse in ("redshift", "snowflake"):
        experiment = reading.parse(
            {"name": "test", "target_warehouse": warehouse, "tables": [table("t", 50, *whole)]}
        )
        halves[warehouse] = rows_of(plan(experiment, 7, ExperimentService().rule))
    assert all(row["half"] == row["quantity"] // 2 for row in halves["redshift"])
    assert all(row["half"] == row["quantity"] / 2 for row in halves["snowflake"])


def test_expressions_upon_expressions_in_any_order() -> None:
    made = rows_of(
        planned(
            table(
                "t",
                200,
                expression("total", "DECIMAL(14,2)", "net + tax"),
                expression("tax", "DECIMAL(14,2)", "net * 0.19"),
                expression("net", "DECIMAL(14,2)", "quantity * price"),
                QUANTITY,
                PRICE,
            )
        )
    )
    for row in made:
        assert row["net"] == row["quantity"] * row["price"]
        assert row["tax"] == cents(row["net"] * Decimal("0.19"))
        assert row["total"] == row["net"] + row["tax"]


PARENTS = [
    table("countries", 5, column("id", "INT"), column("vat", "INT", min_value=5, max_value=25),
          primary_key=["id"]),
    table(
        "customers", 30, column("id", "INT"), column("since", "DATE"), column("version", "INT"),
        column("country", "INT", **reference("countries.id")),
        expression("label", "VARCHAR(20)", "'C' || id"), primary_key=["id"],
    ),
]  # fmt: skip


def test_columns_of_the_rows_that_are_referenced() -> None:
    child = table(
        "orders",
        300,
        column("customer_id", "INT", **reference("customers.id", nullable=True, null_fraction=0.3)),
        expression("label", "VARCHAR(30)", "coalesce(customer_id.label, 'nobody')"),
        expression("version", "INT", "customer_id.version * 2", required=False),
        expression("first", "DATE", "customer_id.since + 7", required=False),
        expression("vat", "INT", "orders.customer_id.country.vat + 100", "redshift", required=False),
    )
    a_plan = planned(*PARENTS, child)
    customers = {row["id"]: row for row in rows_of(a_plan, "customers")}
    countries = {row["id"]: row for row in rows_of(a_plan, "countries")}
    for row in rows_of(a_plan, "orders"):
        if row["customer_id"] is None:
            assert (row["label"], row["first"], row["vat"]) == ("nobody", None, None)
            continue
        customer = customers[row["customer_id"]]
        assert row["label"] == f"C{customer['id']}"
        assert row["version"] == customer["version"] * 2
        assert row["first"] == customer["since"] + timedelta(7)
        assert row["vat"] == countries[customer["country"]]["vat"] + 100


def test_an_expression_is_referenced_like_any_column() -> None:
    child = table(
        "orders",
        200,
        column("c", "INT", **reference("customers.id")),
        column("label", "VARCHAR(20)", lookup={"reference": "c", "column": "label"}),
    )
    assert all(row["label"] == f"C{row['c']}" for row in rows_of(planned(*PARENTS, child), "orders"))


# --- other answers to the same question


TRUTHS = [
    ("amount", "DECIMAL(14,2)", "quantity * price"),
    ("text", "VARCHAR(60)", "upper(name) || coalesce(bonus::VARCHAR, '-')"),
    ("late", "BOOLEAN", "ordered > DATE '2024-01-15'"),
    ("due", "DATE", "ordered + quantity"),
    ("share", "DOUBLE", "rate / (quantity + 1)"),
]


def test_duckdb_says_the_same_of_the_files(tmp_path: Path) -> None:
    made = [expression(name, data_type, sql) for name, data_type, sql in TRUTHS]
    output = generated(planned(table("t", 5000, *SOURCES, *made)), tmp_path / "out")
    with views(output) as connection:
        for name, _, sql in TRUTHS:
            wrong = connection.sql(f"SELECT * FROM t WHERE {name} IS DISTINCT FROM ({sql})").fetchall()
            assert not wrong, f"{name}: {wrong[0]}"


POSTGRES = [
    ("amount", "DECIMAL(14,2)", "quantity * price"),
    ("rounded", "INT", "price"),
    ("whole", "INT", "quantity / 2"),
    ("text", "VARCHAR(60)", "upper(name) || coalesce(bonus::VARCHAR, '-')"),
    ("due", "DATE", "(at + interval '1 month')::date"),
    ("month", "VARCHAR(10)", "to_char(ordered, 'YYYY/MM')"),
    ("rest", "INT", "mod(quantity * 7 - 30, 4)"),
    ("part", "VARCHAR(10)", "substring(status FROM 2 FOR 3)"),
]


def test_postgresql_says_the_same(database: psycopg.Connection, tmp_path: Path) -> None:
    made = [expression(name, data_type, sql, "postgres") for name, data_type, sql in POSTGRES]
    document = {"name": "test", "tables": [table("t", 1000, *SOURCES, *made)]}
    experiment = reading.parse(document)
    a_plan = plan(experiment, 7, ExperimentService().rule)
    create(database, "own", experiment)
    with views(generated(a_plan, tmp_path / "out")) as source:
        load_from(database, "own", experiment, a_plan, source)
    for name, data_type, sql in POSTGRES:
        query = f"SELECT * FROM t WHERE {name} IS DISTINCT FROM ({sql})::{data_type}"
        assert not database.execute(query).fetchall(), name


def test_a_total_is_the_sum_of_its_parts(tmp_path: Path) -> None:
    items = [column(f"{part}_cost", "DECIMAL(10,2)", min_value=0, max_value=100) for part in ("part", "work")]
    total = expression("total", "DECIMAL(11,2)", "part_cost + work_cost")
    lines = table(
        "lines",
        3000,
        QUANTITY,
        PRICE,
        *items,
        total,
        expression("amount", "DECIMAL(12,2)", "quantity * price"),
    )
    with views(generated(planned(lines), tmp_path / "out")) as connection:
        answer = connection.sql(
            """SELECT sum(total) = sum(part_cost) + sum(work_cost), sum(amount) = sum(quantity * price)
               FROM lines"""
        ).fetchall()
    assert answer == [(True, True)]


# --- NULL by a condition


def test_null_when_a_condition_holds() -> None:
    made = rows_of(
        planned(
            table(
                "t",
                600,
                *SOURCES,
                column("shipped_at", "DATE", required=False, null_when="status <> 'shipped'"),
                column("label", "VARCHAR(9)", required=False, null_when="bonus > 0 OR NOT flag"),
                expression("double", "INT", "quantity * 2", required=False, null_when="quantity > 4"),
            )
        )
    )
    for row in made:
        assert (row["shipped_at"] is None) == (row["status"] != "shipped")
        assert (row["label"] is None) == ((row["bonus"] is not None and row["bonus"] > 0) or not row["flag"])
        assert row["double"] == (None if row["quantity"] > 4 else row["quantity"] * 2)
    assert {row["shipped_at"] is None for row in made} == {True, False}


def test_null_when_the_reference_says_so() -> None:
    child = table(
        "orders",
        400,
        column("customer_id", "INT", **reference("customers.id")),
        column("note", "VARCHAR(20)", required=False, null_when="customer_id.since < DATE '2023-01-01'"),
        column(
            "other",
            "INT",
            required=False,
            null_when="note IS NULL",
            **reference("customers.id", nullable=True),
        ),
    )
    a_plan = planned(*PARENTS, child)
    customers = {row["id"]: row for row in rows_of(a_plan, "customers")}
    made = rows_of(a_plan, "orders")
    for row in made:
        early = customers[row["customer_id"]]["since"] < date(2023, 1, 1)
        assert (row["note"] is None, row["other"] is None) == (early, early)
    assert {row["note"] is None for row in made} == {True, False}


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("quantity", "t.n: null_when: the expression gives INTEGER, which a BOOLEAN column does not store"),
        ("quantiti > 1", "t.n: null_when: line 1, column 1 .*no column 'quantiti'; did you mean 'quantity'"),
        ("quantity > random()", "t.n: null_when: line 1, column 12 .*another value each time"),
        ("n > 1", "comes from itself: t.n -> t.n"),
        ("quantity >", "t.n: null_when: the expression is not complete"),
        (
            "CAST(status AS INT) = 1",
            "t.n: null_when: .*row",
        ),
    ],
)
def test_conditions_that_are_refused(condition: str, message: str) -> None:
    nullable = column("n", "INT", required=False, null_when=condition)
    with pytest.raises(PlanError, match=message):
        planned(table("t", 500, *SOURCES, nullable))


# --- the documentation


@pytest.mark.parametrize("number", range(3))
def test_the_examples_of_the_page_are_made(number: int) -> None:
    page = (Path(__file__).parents[2] / "docs" / "expressions.md").read_text()
    blocks = [one for one in re.findall(r"```json\n(.*?)```", page, re.DOTALL) if '"columns"' in one]
    assert len(blocks) == 3
    example = json.loads(blocks[number])
    made = rows_of(planned(example), example["name"])
    if number == 0:
        assert all(row["total"] == row["net"] + row["tax"] for row in made)
        assert all((row["shipped"] is None) == (row["status"] != "shipped") for row in made)
    if number == 1:
        wrong = [row for row in made if (row["closed_at"] is None) != (row["status"] != "closed")]
        assert not wrong
    if number == 2:
        documents = [json.loads(row["payload"], parse_float=Decimal) for row in made]
        assert all(one["amount"] == row["amount"] for one, row in zip(documents, made, strict=True))
        assert all(one["gross"] == cents(one["amount"] * Decimal("1.19")) for one in documents)


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "redshift", "snowflake"])
def test_names_that_need_quotes(dialect: str) -> None:
    names = ["Unit Price", 'a"b', "select", "ID", "user", "odd name", "value"]
    own = [column(name, "INT", min_value=k * 10, max_value=k * 10 + 9) for k, name in enumerate(names)]
    sql = '"Unit Price" + "a""b" + "select" + id + "user" + "odd name"."odd name" + "odd name".ID + value'
    document = table("odd name", 50, *own, expression("made", "INT", sql, dialect))
    experiment = reading.parse({"name": "test", "tables": [document]}, strict_names=False)
    made = rows_of(plan(experiment, 7, ExperimentService().rule), "odd name")
    for row in made:
        assert row["made"] == sum(row[name] for name in names) + row["ID"]


def test_a_table_may_be_called_like_its_column() -> None:
    columns = [column("status", "INT"), expression("made", "INT", "status + status.status")]
    assert all(
        row["made"] == 2 * row["status"] for row in rows_of(planned(table("status", 50, *columns)), "status")
    )
