"""Numbers of a row agree where DDL alone is given, and have a spread."""

import re
from pathlib import Path
from random import Random

import duckdb
import pytest
from tests.support import views

from dw_simulator.schema.inference.numbers.measure_roles import lines_of, said_by
from dw_simulator.schema.inference.words.tokens import read
from dw_simulator.schema.model import Experiment, Table
from dw_simulator.service import ExperimentService, GenerateRequest

pytestmark = pytest.mark.passing

ROWS = 2_000


def made(
    service: ExperimentService, ddl: str, where: Path, rows: int = ROWS
) -> tuple[Experiment, duckdb.DuckDBPyConnection]:
    """What an import makes of a script, and its rows."""
    created = service.import_sql(ddl, name="numbers", dialect="postgres", target_rows=rows)
    assert not [line for line in created.warnings if "given up" in line], created.warnings
    service.generate("numbers", GenerateRequest(seed=5, output_dir=where / "out"))
    return created.experiment, views(where / "out")


def violated(database: duckdb.DuckDBPyConnection, table: str, what: str) -> int:
    (count,) = database.execute(f"SELECT count(*) FROM {table} WHERE {what}").fetchone() or (0,)
    return int(count)


def claims(table: Table) -> dict[str, str]:
    """What the schema says a column is equal to, of other columns of its row alone."""
    found = {}
    hidden = [f'"{one.name}"' for one in table.columns if one.hidden]
    for one in table.columns:
        spec = one.rule_spec
        sql = str(spec.options.get("sql", "")) if spec is not None and spec.name == "expression" else ""
        if sql and one.inferred and "noise(" not in sql and not re.search(r'"\."', sql):
            if any(name in sql for name in hidden):
                continue
            found[one.name] = sql
    return found


SCHEMAS = sorted((Path(__file__).parent / "numbers").glob("*.sql"))
"""Tables, each file of a trade and a language, and what would violate what they say: table | condition."""


@pytest.mark.parametrize("script", SCHEMAS, ids=lambda script: script.stem)
def test_numbers_agree(service: ExperimentService, tmp_path: Path, script: Path) -> None:
    ddl = script.read_text()
    truths = re.findall(r"^-- violated: (.*?) \| (.*)$", ddl, re.MULTILINE)
    assert truths
    _experiment, database = made(service, ddl, tmp_path)
    assert not [(table, what) for table, what in truths if violated(database, table, what)]


@pytest.mark.parametrize("script", ["narrow_power", "narrow_stock"])
def test_numbers_fit_narrow_types(service: ExperimentService, tmp_path: Path, script: str) -> None:
    """What a type has no room for is left as its name alone says it: nothing is given up."""
    ddl = (Path(__file__).parent / "numbers" / f"{script}.sql").read_text()
    service.import_sql(ddl, name="numbers", dialect="postgres", target_rows=ROWS)
    summary = service.generate("numbers", GenerateRequest(seed=5, output_dir=tmp_path / "out"))
    assert not [line for line in summary.warnings if "given up" in line], summary.warnings


POOL = """quantity qty unit_price list_price unit_cost cost sale_price discount discount_amount discount_pct
subtotal net net_amount gross gross_amount tax tax_amount tax_rate total total_amount line_total
amount shipping_cost handling_fee service_fee tip surcharge commission commission_rate refund_amount
paid_amount amount_due balance margin profit margin_pct cogs revenue spend impressions clicks
conversions ctr cpc cpm cpa roas conversion_rate sent delivered opens bounces open_rate attempts
successes failures success_rate capacity occupied available occupancy_rate on_hand reserved produced
scrap good yield scrap_rate gross_weight net_weight tare_weight start_reading end_reading
consumption tariff opening_balance closing_balance credits debits principal interest installment
interest_rate billed_amount allowed_amount copay deductible base_salary bonus overtime_pay gross_pay
net_pay deductions hours hourly_rate regular_hours overtime_hours nights nightly_rate base_fare
labor_cost parts_cost budget actual variance variance_pct forecast target score max_score height_cm
weight_kg bmi systolic diastolic games wins losses win_rate min_price max_price avg_price low high
open close price min_temp max_temp used limit refund_tax est_total""".split()
TYPES = [
    "INT",
    "SMALLINT",
    "BIGINT",
    "DECIMAL(5,2)",
    "DECIMAL(10,2)",
    "DECIMAL(12,4)",
    "DECIMAL(18,0)",
    "NUMERIC(38,2)",
    "DOUBLE PRECISION",
    "REAL",
    "DECIMAL(3,2)",
    "DECIMAL(5,4)",
]


@pytest.mark.parametrize("seed", range(4))
def test_whatever_columns_there_are(service: ExperimentService, tmp_path: Path, seed: int) -> None:
    """Nothing is refused or given up, and every equation that the schema tells of holds."""
    draw = Random(seed)
    tables = []
    for number in range(12):
        names = draw.sample(POOL, draw.choice([3, 5, 9, 20, 60]))
        columns = [f'"{name}" {draw.choice(TYPES)}{draw.choice(["", " NOT NULL"])}' for name in names]
        tables.append(f"CREATE TABLE t{number} (id INT PRIMARY KEY, {', '.join(columns)});")
    experiment, database = made(service, "\n".join(tables), tmp_path, rows=300)
    told = 0
    for table in experiment.tables:
        kinds = {one.name: one for one in table.columns}
        for name, sql in claims(table).items():
            if any(
                f'"{one.name}"' in sql and one.type.bits == 32 and one.type.kind == "float"
                for one in kinds.values()
            ):
                continue  # of which fewer digits are written than were there
            type_ = kinds[name].type
            step = 0.51 / 10**type_.scale if type_.kind != "float" else 1e-5
            near = f'greatest({step}, abs("{name}") * 1e-6)'
            bad = violated(
                database,
                table.name,
                f'abs("{name}" - ({sql})) > {near} OR ("{name}" IS NULL) <> (({sql}) IS NULL)',
            )
            assert not bad, (table.name, name, sql)
            told += 1
    assert told > 5


def test_the_order_of_columns_and_tables_says_nothing(service: ExperimentService) -> None:
    columns = """subtotal DECIMAL(12,2)|tax DECIMAL(10,2)|shipping_cost DECIMAL(8,2)|discount DECIMAL(8,2)
    |total DECIMAL(12,2) NOT NULL|amount_paid DECIMAL(12,2)|balance_due DECIMAL(12,2)|item_count INT
    |min_age INT|max_age INT|refund_amount DECIMAL(10,2)|refunded_at TIMESTAMP|is_refunded BOOLEAN
    |calls INT|calls_answered INT""".split("|")
    lines = "quantity INT|unit_price DECIMAL(8,2)|line_total DECIMAL(10,2)|line_number INT".split("|")
    found = []
    for seed in range(3):
        Random(seed).shuffle(columns)
        Random(seed).shuffle(lines)
        tables = [
            f"CREATE TABLE orders (id INT PRIMARY KEY, {', '.join(columns)});",
            f"CREATE TABLE order_lines (id INT, order_id INT REFERENCES orders (id), {', '.join(lines)});",
        ]
        script = "\n".join(tables if seed else tables[::-1])
        made = service.import_sql(script, name=f"order{seed}", dialect="postgres", target_rows=50)
        found.append(
            {
                (table.name, one.name): str(one.rule_spec)
                for table in made.experiment.tables
                for one in table.columns
                if not one.hidden
            }
        )
    assert found[0] == found[1] == found[2]
    assert "rollup" in found[0]["orders", "subtotal"]


@pytest.mark.parametrize(
    "checks",
    [
        [f"f{k} = f{k - 1} + f{k - 2}" for k in range(2, 27)],
        ["f0 = f1 / 0", "f2 = f3 / True"],
        ["f0 = " + " + ".join(f"f{k % 26 + 1}" for k in range(1200))],
    ],
)
def test_checks_of_any_shape_are_imported(service: ExperimentService, checks: list[str]) -> None:
    columns = ", ".join(f"f{k} BIGINT" for k in range(27))
    said = ", ".join(f"CHECK ({check})" for check in checks)
    service.import_sql(
        f"CREATE TABLE t (id INT PRIMARY KEY, {columns}, {said})", name="t", dialect="postgres"
    )


def test_long_chains_of_totals_are_imported(service: ExperimentService) -> None:
    tables = [
        f"CREATE TABLE t{k} (t{k}_id INT PRIMARY KEY, t{k - 1 if k else 'x'}_id INT, quantity INT, "
        "unit_price DECIMAL(10,2), total_amount DECIMAL(12,2));"
        for k in range(150)
    ]
    service.import_sql("\n".join(tables), name="t", dialect="postgres")


def test_pallets_weigh_what_pallets_weigh_and_freight_goes_by_it(
    service: ExperimentService, tmp_path: Path
) -> None:
    ddl = """CREATE TABLE envios (id INT PRIMARY KEY, palets INT NOT NULL, bultos INT NOT NULL,
        peso_kg DECIMAL(9,2) NOT NULL, coste_envio DECIMAL(9,2) NOT NULL);
        CREATE TABLE parcels (id INT PRIMARY KEY, weight_kg DECIMAL(8,2) NOT NULL,
        shipping_cost DECIMAL(8,2) NOT NULL);"""
    service.import_sql(ddl, name="freight", dialect="postgres")
    service.generate("freight", GenerateRequest({"envios": 900, "parcels": 900}, 5, tmp_path / "out"))
    with views(tmp_path / "out") as rows:
        wrong = "peso_kg / palets NOT BETWEEN 150 AND 800 OR bultos < palets OR coste_envio > peso_kg"
        assert rows.execute(f"SELECT count(*) FROM envios WHERE {wrong}").fetchall() == [(0,)]
        for table, weight, cost in (
            ("envios", "peso_kg", "coste_envio"),
            ("parcels", "weight_kg", "shipping_cost"),
        ):
            ((found,),) = rows.execute(f"SELECT corr({weight}, {cost}) FROM {table}").fetchall()
            assert found > 0.5


def test_phrases_of_roles_are_as_names_are_read() -> None:
    for line in lines_of("measure_roles.txt"):
        for phrase in line.partition(":")[2].split(","):
            words = tuple(phrase.split())
            assert said_by(words) == said_by(read("_".join(words)).words), phrase
