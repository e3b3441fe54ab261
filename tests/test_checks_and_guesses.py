"""Guesses of an import beside CHECKs: those that a CHECK allows stay, others go with a warning."""

import re
from pathlib import Path

import pytest
from tests.support import column, made, planned, table, views

from dw_simulator import planning
from dw_simulator.ports.plan import Plan
from dw_simulator.registry.manager import registry
from dw_simulator.registry.rulebook import Rulebook
from dw_simulator.schema import inference, reading
from dw_simulator.schema.inference.words.glossary import all_guesses
from dw_simulator.schema.model import Column, Experiment
from dw_simulator.service import ExperimentService, GenerateRequest
from dw_simulator.types import NUMERIC_KINDS, TEMPORAL_KINDS, Kind, sql_type

DIM_DATE = """CREATE TABLE dim_date (
    date_key INTEGER PRIMARY KEY, full_date DATE NOT NULL UNIQUE,
    month SMALLINT NOT NULL CHECK (month BETWEEN 1 AND 12), month_name VARCHAR(9) NOT NULL
)"""
TYPES = (
    "INT",
    "DECIMAL(12,2)",
    "DOUBLE",
    "VARCHAR(60)",
    "VARCHAR(200)",
    "CHAR(2)",
    "CHAR(1)",
    "DATE",
    "TIMESTAMP",
)


def guessed(name: str, data_type: str) -> Column | None:
    """A column whose rule was chosen by its name; None where nothing was, or where it is made from others."""
    own = table("things", 300, column("id", "INT"), column(name, data_type), primary_key=["id"])
    found = inference.infer(reading.parse({"name": "x", "tables": [own]}), Rulebook(registry()))
    chosen = found.tables[0].column(name)
    alone = len(found.tables) == 1 and len(found.tables[0].columns) == len(own["columns"])
    return chosen if chosen is not None and chosen.inferred and alone else None


def guesses() -> list[Column]:
    """A column for each guess, of the first type that it is believed of."""
    found: dict[str, Column] = {}
    for guess in all_guesses():
        name = re.sub(r"\W+", "_", guess.phrases.split("|")[0].strip("="))
        types = [text for text in TYPES if sql_type(text).kind in guess.kinds] if name != "id" else []
        chosen = next((one for text in types if (one := guessed(name, text)) is not None), None)
        if chosen is not None and chosen.rule_spec is not None:
            found[str(chosen.rule_spec)] = chosen
    return [*found.values()]


def planned_alone(own: Column, *checks: str) -> Plan:
    data = own.model_dump(mode="json", exclude_defaults=True)
    return planned(table("things", 300, column("id", "INT"), data, primary_key=["id"], checks=list(checks)))


def satisfied(own: Column, plan: Plan) -> list[str]:
    """CHECKs that all values of a column pass, as far as its kernel in a plan knows them."""
    facts = next(c.kernel for c in plan.tables[0].columns if c.name == own.name).facts
    name, type_ = own.name, own.type
    if facts.listed is not None and len(facts.listed) <= 60 and type_.kind is Kind.TEXT:
        escaped = ", ".join("'" + str(text).replace("'", "''") + "'" for text in facts.listed)
        return [f"{name} IN ({escaped})"]
    if type_.kind is Kind.TEXT:
        return [f"length({name}) <= {type_.length}", f"{name} <> 'never so'"]
    if type_.kind in NUMERIC_KINDS and facts.ends is not None:
        unit = 1 if type_.kind is Kind.FLOAT else 10**type_.scale
        low, high = facts.ends[0] / unit, facts.ends[1] / unit
        low = low if own.min_value is None else min(low, float(own.min_value))  # a shape goes by its bounds
        high = high if own.max_value is None else max(high, float(own.max_value))
        return [f"{name} BETWEEN {low!r} AND {high!r}"]
    return [f"{name} >= DATE '0001-01-01'"] if type_.kind in TEMPORAL_KINDS - {Kind.TIME} else []


def test_every_guess_survives_the_checks_that_it_satisfies() -> None:
    found = guesses()
    assert len(found) > 60
    for own in found:
        plain = planned_alone(own)
        before = made(plain, "things", own.name)[:50]
        for check in satisfied(own, plain):
            a_plan = planned_alone(own, check)
            assert not any("given up" in warning for warning in a_plan.warnings), (check, a_plan.warnings)
            assert made(a_plan, "things", own.name)[:50] == before, (own.name, check)


def imported(sql: str) -> tuple[Experiment, tuple[str, ...]]:
    service = ExperimentService()
    created = service.import_sql(sql, name="x", dialect="postgres", target_rows=400)
    return service.get("x").experiment, created.warnings


def test_a_part_of_a_date_stays_beside_its_check() -> None:
    experiment, warnings = imported(DIM_DATE)
    assert warnings == ()
    month = experiment.tables[0].column("month")
    assert month is not None
    assert month.rule_spec is not None
    assert month.rule_spec.name == "date_part"
    rows = ExperimentService().preview("x", "dim_date", count=400).rows
    assert all(row["month"] == row["full_date"].month for row in rows)


def test_a_part_of_a_date_that_breaks_its_check_is_given_up_and_not_shown() -> None:
    experiment, warnings = imported(DIM_DATE.replace("BETWEEN 1 AND 12", "BETWEEN 20 AND 31"))
    assert [w.partition(":")[0] for w in warnings] == ["dim_date.month"]
    assert "was given up" in warnings[0]
    month = experiment.tables[0].column("month")
    assert month is not None
    assert (month.rule_spec, month.inferred) == (None, None)
    rows = ExperimentService().preview("x", "dim_date", count=400).rows
    assert {row["month"] for row in rows} == set(range(20, 32))


def test_what_a_check_forbids_a_rule_chosen_by_name_is_given_up_and_not_shown() -> None:
    sql = """CREATE TABLE member (id INT PRIMARY KEY, email VARCHAR(60) NOT NULL CHECK (email LIKE 'x-%'),
             country_code CHAR(2) CHECK (country_code <> 'XX'), age INT CHECK (age > 300))"""
    experiment, warnings = imported(sql)
    assert [warning.partition(": the rule")[0] for warning in warnings] == ["member.email", "member.age"]
    assert [column.name for column in experiment.tables[0].columns if column.inferred] == ["country_code"]


def test_many_tables_are_looked_at_together(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    drafted = planning._drafted
    monkeypatch.setattr(planning, "_drafted", lambda *args: asked.append(args) or drafted(*args))
    _experiment, warnings = imported(";".join(aged(k) for k in range(30)))
    assert (len(warnings), len(asked)) == (15, 1)


def test_what_else_is_wrong_hides_no_guess_that_a_check_forbids() -> None:
    broken = "CREATE TABLE b (id INT PRIMARY KEY, age INT CHECK (age > 3), x INT CHECK (x > 3) CHECK (x < 1))"
    _experiment, warnings = imported(";".join([aged(0), aged(1), broken]))
    assert [warning.partition(".")[0] for warning in warnings] == ["t1"]


def aged(k: int) -> str:
    """A table with a guess, which every second one forbids."""
    return f"CREATE TABLE t{k} (id INT PRIMARY KEY, age INT CHECK (age > {300 if k % 2 else 0}))"


def test_a_list_is_what_is_made_whatever_the_name_says() -> None:
    check = "CHECK (status IN ('zig', 'zag'))"
    sql = f"CREATE TABLE sales (id INT PRIMARY KEY, status VARCHAR(20) NOT NULL {check})"
    experiment, warnings = imported(sql)
    status = experiment.tables[0].column("status")
    assert status is not None
    assert (status.inferred, [*warnings]) == ("status looks like one of what its CHECK lists", [])
    assert {row["status"] for row in ExperimentService().preview("x", "sales", count=99).rows} == {
        "zig",
        "zag",
    }


def test_what_was_guessed_goes_with_the_guess() -> None:
    own = guessed("quantity", "INT")
    assert own is not None
    assert own.max_value is not None
    data = own.model_dump(mode="json", exclude_defaults=True)
    replaced = Column.model_validate(
        {**data, "distribution": None, "rule": {"name": "constant", "value": 5000}}
    )
    assert (replaced.max_value, replaced.min_value, replaced.inferred, replaced.guessed) == (
        None,
        None,
        None,
        None,
    )
    kept = Column.model_validate({**data, "distribution": None, "rule": {"name": "uniform"}, "max_value": 7})
    assert kept.max_value == 7, "a bound that was changed is the user's"
    assert Column.model_validate(data) == own, "what is stored reads the same again"


LISTED = {
    "invoice": (
        "(id INT PRIMARY KEY, country CHAR(2) NOT NULL, tax_rate DECIMAL(4,2) NOT NULL CHECK (tax_rate IN (0, 7, 19)))",
        "tax_rate NOT IN (0, 7, 19)",
    ),
    "monitor": (
        "(id INT PRIMARY KEY, screen_width INT NOT NULL, screen_height INT NOT NULL CHECK (screen_height IN (720, 1080)))",
        "screen_height NOT IN (720, 1080)",
    ),
    "loyal": (
        "(id INT PRIMARY KEY, loyalty_points INT NOT NULL, loyalty_tier VARCHAR(20) NOT NULL CHECK (loyalty_tier LIKE 'G%'))",
        "loyalty_tier NOT LIKE 'G%'",
    ),
    "visit": (
        "(id INT PRIMARY KEY, birth_date DATE NOT NULL, age_band VARCHAR(10) NOT NULL CHECK (age_band <> '45-54'))",
        "age_band = '45-54'",
    ),
}


@pytest.mark.parametrize("table", LISTED)
def test_a_guess_gives_way_to_any_check(service: ExperimentService, tmp_path: Path, table: str) -> None:
    columns, wrong = LISTED[table]
    service.import_sql(f"CREATE TABLE {table} {columns};", name=table, dialect="postgres")
    service.generate(table, GenerateRequest({table: 2000}, 3, tmp_path / "out"))
    with views(tmp_path / "out") as rows:
        assert rows.execute(f"SELECT count(*) FROM {table} WHERE {wrong}").fetchall() == [(0,)]


def test_names_that_mean_something_elsewhere(service: ExperimentService, tmp_path: Path) -> None:
    ddl = """CREATE TABLE patient (id INT PRIMARY KEY, "codice_fiscale {" CHAR(16) NOT NULL, birth_date DATE NOT NULL,
            last_name VARCHAR(30) NOT NULL, first_name VARCHAR(30) NOT NULL);
        CREATE TABLE scan_event (id INT PRIMARY KEY, location_no VARCHAR(10) NOT NULL, city VARCHAR(40) NOT NULL,
            country VARCHAR(40) NOT NULL, scanned_at TIMESTAMP NOT NULL);
        CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(20) NOT NULL, price DECIMAL(6,2) NOT NULL);
        CREATE TABLE trip (id INT PRIMARY KEY, soc_start SMALLINT NOT NULL, soc_end SMALLINT NOT NULL);
        CREATE TABLE customer (id INT PRIMARY KEY, name VARCHAR(80) NOT NULL, credit_limit DECIMAL(10,2),
            payment_terms VARCHAR(10), contact_name VARCHAR(60), email VARCHAR(40) NOT NULL, billing_email VARCHAR(40) NOT NULL);"""
    service.import_sql(ddl, name="names", dialect="postgres")
    run = service.generate("names", GenerateRequest({}, 3, tmp_path / "out"))
    assert not run.warnings
    with views(tmp_path / "out") as rows:
        for wrong in (
            "item WHERE name IS NULL",
            "trip WHERE soc_start > 100 OR soc_end > 100",
            "customer WHERE NOT regexp_matches(email, '@.*example(\\.com|\\.org|\\.net)?$')",
            "customer WHERE NOT regexp_matches(billing_email, '@.*example(\\.com|\\.org|\\.net)?$')",
        ):
            assert rows.execute(f"SELECT count(*) FROM {wrong}").fetchall() == [(0,)]


def test_a_text_of_any_length_is_made_in_whole_batches(service: ExperimentService) -> None:
    ddl = "CREATE TABLE evt (COOKIE_ID VARCHAR, NAME VARCHAR, EMAIL VARCHAR, EVT_TS TIMESTAMP_NTZ);"
    service.import_sql(ddl, name="texts", dialect="snowflake")
    assert service.plan("texts", seed=1).table("evt").batch_rows > 1000


def test_keys_follow_regular_expressions_and_remainders(service: ExperimentService) -> None:
    ddl = """CREATE TABLE part (id INT PRIMARY KEY CHECK (id % 7 = 3),
        sku CHAR(8) NOT NULL UNIQUE CHECK (sku ~ '^[A-Z]{3}[0-9]{5}$'), n BIGINT UNIQUE CHECK (mod(n, 5) = 0));"""
    created = service.import_sql(ddl, name="keys", dialect="postgres")
    assert any("part.sku: the rule chosen by its name was given up" in line for line in created.warnings)
    plan = service.plan("keys", seed=3)
    assert not [line for line in plan.warnings if "not followed" in line]
    ids, skus, numbers = (made(plan, "part", name) for name in ("id", "sku", "n"))
    assert all(value % 7 == 3 for value in ids)
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(b"[A-Z]{3}[0-9]{5}", value) for value in skus)
    assert len(set(skus)) == len(skus)
    assert all(value is None or value % 5 == 0 for value in numbers)
