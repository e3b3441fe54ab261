"""`dw-sim rules init`: what it writes is YAML whatever the names, and changes nothing over the same DDL."""

import json
import re
from datetime import date
from pathlib import Path

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support import EXAMPLES
from typer.testing import CliRunner

from dw_simulator.errors import DwSimError
from dw_simulator.interfaces.cli.main import app
from dw_simulator.registry.rules_schema import rules_schema
from dw_simulator.registry.script_import import ScriptImport
from dw_simulator.schema.overlay import RulesDocument
from dw_simulator.service import ExperimentService
from dw_simulator.settings import Settings

FIXTURES = Path(__file__).parent / "plugins" / "fixtures"
DAY = date(2027, 3, 4)
SCRIPTS = {
    **{path.name: path.read_text() for path in sorted([*EXAMPLES.glob("*.sql"), *FIXTURES.glob("*.sql")])},
    "odd names": """
        CREATE TABLE "yes" (id INT PRIMARY KEY, "no" VARCHAR(20), "null" INT, "on" DATE, "1" INT,
          "a b" CHAR(3), "größe" VARCHAR(10), "x""y" INT, "line\nbreak # x" VARCHAR(50),
          "😀 email" VARCHAR(100), "it's" BOOLEAN, "<<" INT, "2024-01-01" DATE, "%%" DATE,
          "tab\t:" VARCHAR(10), price DECIMAL(10,2), "back\\slash" INT, "\u2028 city" VARCHAR(80),
          "~" INT, "- item" INT, "{a: b}" INT);
        CREATE TABLE "Order Lines" (order_id INT, line_no INT, note VARCHAR(100),
          status VARCHAR(10) CHECK (status IN ('x', 'y')), PRIMARY KEY (order_id, line_no),
          FOREIGN KEY (order_id) REFERENCES "yes"(id));
        CREATE TABLE price ("<<" DECIMAL(10,2));
        CREATE TABLE plain (id INT PRIMARY KEY);
        """,
    "nothing is guessed": "CREATE TABLE t (id INT PRIMARY KEY);",
    "german": "CREATE TABLE kunden (id INT PRIMARY KEY, vorname VARCHAR(40), nachname VARCHAR(40),"
    " plz VARCHAR(9), ort VARCHAR(60), geburtsdatum DATE, umsatz DECIMAL(12,2), erstellt_am TIMESTAMP);",
    "days": "CREATE TABLE dim_date (date_key INT PRIMARY KEY, full_date DATE NOT NULL, year INT NOT NULL,"
    " month_name VARCHAR(12) NOT NULL, quarter INT NOT NULL, is_weekend BOOLEAN NOT NULL);",
}


def proposed(
    service: ExperimentService, sql: str, json_schema: str | None = None, as_of: date | None = DAY
) -> str:
    path = Path("proposed.sql")
    path.write_text(sql)
    made = ScriptImport(service.registry, service.rule, as_of=as_of)
    dialect = made.proposal(path, None, None).made.target_warehouse
    assert dialect is not None
    return made.proposal(path, dialect, None).written(service.rule, path.name, json_schema)


def changes_nothing(service: ExperimentService, sql: str) -> str:
    text = proposed(service, sql)
    Path("proposed.yaml").write_text(text)
    names = iter(("plain", "ruled"))
    path = Path("proposed.sql")
    plain = service.create_from(path, name=next(names), as_of=DAY)
    ruled = service.create_from(path, name=next(names), rules=Path("proposed.yaml"))
    assert ruled.experiment.changed(name="plain") == plain.experiment
    assert ruled.warnings == plain.warnings
    for name in ("plain", "ruled"):
        service.delete(name)
    return text


@pytest.mark.parametrize("name", SCRIPTS)
def test_what_is_written_changes_nothing(service: ExperimentService, name: str) -> None:
    text = changes_nothing(service, SCRIPTS[name])
    read = RulesDocument.of(Path("proposed.yaml")).data
    jsonschema.validate(read, rules_schema(), cls=jsonschema.Draft202012Validator)
    assert yaml.safe_load(text) == read, "every reader of YAML makes the same of it"


@pytest.mark.parametrize("name", ["shop.sql", "tickit.sql", "german", "days", "odd names"])
def test_a_file_without_a_present_changes_nothing_on_any_day(service: ExperimentService, name: str) -> None:
    Path("proposed.yaml").write_text(proposed(service, SCRIPTS[name], as_of=None))
    assert "as_of" not in RulesDocument.of(Path("proposed.yaml")).data
    path = Path("proposed.sql")
    for day in (None, DAY, date(2031, 5, 6)):
        plain = service.create_from(path, name="plain", as_of=day)
        ruled = service.create_from(path, name="ruled", as_of=day, rules=Path("proposed.yaml"))
        assert ruled.experiment.changed(name="plain") == plain.experiment
        for made in ("plain", "ruled"):
            service.delete(made)


def test_guessed_dates_follow_the_present_that_is_said_later(service: ExperimentService) -> None:
    sql = "CREATE TABLE t (id INT PRIMARY KEY, created_at TIMESTAMP, born DATE);"
    text = proposed(service, sql)
    assert 'date_start: "2024-01-01"' in text
    Path("proposed.yaml").write_text(text.replace("2027-03-04", "2030-03-04"))
    made = service.create_from(Path("proposed.sql"), name="later", rules=Path("proposed.yaml")).experiment
    column = made.tables[0].columns[1]
    assert (str(column.date_start), column.date_end) == ("2027-01-01", None)


def test_init_does_not_look_at_the_day(service: ExperimentService) -> None:
    Path("s.sql").write_text("CREATE TABLE t (id INT PRIMARY KEY, created_at TIMESTAMP);")
    text = CliRunner().invoke(app, ["rules", "init", "s.sql"]).output
    assert "# as_of: 2026-01-31" in text
    Path("r.yaml").write_text(text)
    kept = ["generate", "s.sql", "--seed", "1", "--format", "csv", "--output-dir"]
    for args in (["plain"], ["ruled", "--rules", "r.yaml"]):
        assert CliRunner().invoke(app, [*kept, *args]).exit_code == 0
    plain, ruled = (
        [file.read_bytes() for file in sorted(Path(d).rglob("*.csv*"))] for d in ("plain", "ruled")
    )
    assert plain
    assert plain == ruled


NAMES = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters='\0"'), min_size=1, max_size=12
) | st.sampled_from(
    "email status price total created_at updated_at city country first_name last_name quantity is_active "
    "type note url amount zip description start_date end_date yes no null true 1 0x1 1e5 <<".split()
)
TYPES = st.sampled_from(
    ["INT", "VARCHAR(3)", "VARCHAR(40)", "DATE", "TIMESTAMP", "DECIMAL(10,2)", "BOOLEAN", "REAL"]
)


@settings(max_examples=25)
@given(
    st.lists(st.tuples(NAMES, TYPES), min_size=1, max_size=12, unique_by=lambda one: one[0].lower()), NAMES
)
def test_whatever_the_names(tmp_path_factory: pytest.TempPathFactory, columns: list, name: str) -> None:
    listed = ", ".join(f'"{column}" {data_type}' for column, data_type in columns)
    service = ExperimentService(Settings(home=tmp_path_factory.mktemp("home"), store_url="sqlite://"))
    sql = f'CREATE TABLE "{name}" ({listed});'
    try:
        service.import_sql(sql, name="tried", dialect="duckdb")
    except DwSimError:  # a name that the dialect, or this program, does not take
        return
    changes_nothing(service, sql)
    service.close()


def test_doubts_come_first_with_reasons_and_alternatives(service: ExperimentService) -> None:
    sql = """CREATE TABLE orders (id INT PRIMARY KEY, email VARCHAR(100), total_price DECIMAL(10,2),
        zzz VARCHAR(40), status VARCHAR(10) CHECK (status IN ('x', 'y')));"""
    text = proposed(service, sql, "rules.schema.json")
    lines = text.splitlines()
    assert lines[0] == "# yaml-language-server: $schema=rules.schema.json"
    first = lines.index("# Look at these first:")
    assert first < lines.index("tables:")
    doubts = lines[first + 1 : lines.index("", first)]
    assert [line.split(":")[0].strip("# ") for line in doubts] == [
        "orders.total_price",
        "orders.zzz",
    ]
    names = re.findall(r"^      (?:# )?(\w+):", text, re.MULTILINE)
    assert names == ["total_price", "zzz", "email", "status"], "and among the columns of the table"
    assert "# looks like an amount of money" in text
    assert "# or a price: rule:" in text
    assert "one of what its CHECK lists" in text
    assert proposed(service, sql).startswith("# Rules for proposed.sql")


def test_the_json_schema_knows_rules_and_what_is_wrong(service: ExperimentService) -> None:
    validator = jsonschema.Draft202012Validator(rules_schema())
    validator.check_schema(rules_schema())
    good = {
        "as_of": "2026-01-31",
        "tables": {
            "orders": {
                "rows": "50k",
                "columns": {
                    "status": {"rule": {"name": "choice", "values": ["a"]}},
                    "customer_id": {"foreign_key": {"skew": {"zipf": 1.1}}},
                    "note": None,
                },
                "foreign_keys": [{"columns": ["a", "b"], "childless": 0.1}],
            },
            "empty": None,
        },
    }
    assert not list(validator.iter_errors(good))
    for wrong in (
        {"tables": {"orders": {"rows": "many"}}},
        {"tables": {"orders": {"columns": {"a": {"rule": {"name": "choise"}}}}}},
        {"tables": {"orders": {"columns": {"a": {"rule": {"name": "choice", "valus": []}}}}}},
        {"tables": {"orders": {"colums": {}}}},
        {"table": {}},
    ):
        assert list(validator.iter_errors(wrong)), wrong
    assert "choice" in json.dumps(rules_schema())
