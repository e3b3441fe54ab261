"""`dw-sim rules`, and `--rules` wherever a schema is read: exit codes, streams, and nothing written."""

import json
from pathlib import Path

import pytest
from tests.commands import DwSim
from tests.support import views

DDL = """
CREATE TABLE customers (id INT PRIMARY KEY, email VARCHAR(100), status VARCHAR(20) NOT NULL);
CREATE TABLE orders (id INT PRIMARY KEY, customer_id INT NOT NULL REFERENCES customers(id),
  status VARCHAR(20) NOT NULL, total DECIMAL(10,2));
"""
RULES = """\
tables:
  customers: {rows: 20}
  orders:
    rows: 1k
    columns:
      status: {rule: {name: choice, values: [new, paid]}}
      customer_id: {foreign_key: {childless: 0.5}}
"""
WRONG = RULES.replace("status:", "statsu:").replace("customers:", "customer:")
IMPOSSIBLE = RULES.replace("status: {", "status: {is_unique: true, ")


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    for name, text in {
        "shop.sql": DDL,
        "rules.yaml": RULES,
        "wrong.yaml": WRONG,
        "no.yaml": IMPOSSIBLE,
    }.items():
        (tmp_path / name).write_text(text)


def test_generate_with_rules_and_without_storing(dw_sim: DwSim, tmp_path: Path) -> None:
    words = ("generate", "shop.sql", "--dialect", "postgres", "--seed", 1, "--output-dir", "out")
    done = dw_sim(*words, "--rules", "rules.yaml", "--json")
    assert json.loads(done.stdout)["row_counts"] == {"customers": 20, "orders": 1000}
    data = views(tmp_path / "out")
    assert data.execute("SELECT DISTINCT status FROM orders ORDER BY 1").fetchall() == [("new",), ("paid",)]
    assert data.execute("SELECT count(DISTINCT customer_id) FROM orders").fetchone() == (10,)
    done = dw_sim(*words[:6], "--output-dir", "not", "--rules", "wrong.yaml", code=2)
    assert (
        "wrong.yaml, line 2: tables.customer: the schema has no table 'customer'; did you mean 'customers'?"
        in (done.stderr)
    )
    assert "wrong.yaml, line 6: tables.orders.columns.statsu: orders has no column 'statsu'" in done.stderr
    assert not (tmp_path / "not").exists()


def test_import_preview_and_plan_with_rules(dw_sim: DwSim) -> None:
    words = ("experiment", "import-sql", "shop.sql", "--name", "shop", "--dialect", "postgres")
    dw_sim(*words, "--rules", "wrong.yaml", code=2)
    assert json.loads(dw_sim("experiment", "list", "--json").stdout) == []
    created = json.loads(dw_sim(*words, "--rules", "rules.yaml", "--json").stdout)
    assert created["schema"]["tables"][1]["target_rows"] == 1000
    shown = json.loads(dw_sim("experiment", "preview", "shop", "orders", "--json").stdout)
    Path("other.yaml").write_text(RULES.replace("[new, paid]", "[gone]"))
    other = dw_sim("experiment", "preview", "shop", "orders", "--rules", "other.yaml", "--json").stdout
    assert {row["status"] for row in shown["rows"]} == {"new", "paid"}
    assert {row["status"] for row in json.loads(other)["rows"]} == {"gone"}
    again = json.loads(dw_sim("experiment", "preview", "shop", "orders", "--json").stdout)
    assert again == shown, "a look through rules stores nothing"
    plan = json.loads(dw_sim("experiment", "plan", "shop", "--rules", "other.yaml", "--json").stdout)
    assert plan["rows"]["orders"] == 1000


def test_preview_and_plan_of_a_file(dw_sim: DwSim) -> None:
    words = ("--rules", "rules.yaml", "--dialect", "postgres", "--json")
    shown = json.loads(dw_sim("experiment", "preview", "shop.sql", "orders", "--offset", 990, *words).stdout)
    assert (shown["total"], len(shown["rows"])) == (1000, 10)
    assert json.loads(dw_sim("experiment", "plan", "./shop.sql", *words).stdout)["rows"]["customers"] == 20
    assert json.loads(dw_sim("experiment", "list", "--json").stdout) == []
    assert "unknown experiment 'shop'" in dw_sim("experiment", "preview", "shop", "orders", code=2).stderr
    assert "cannot be read" in dw_sim("experiment", "plan", "missing.sql", code=2).stderr
    told = dw_sim("experiment", "plan", "shop", "--dialect", "postgres", code=2).stderr
    assert "--dialect is for files" in told


def test_check_tells_what_is_wrong(dw_sim: DwSim) -> None:
    words = ("rules", "check", "shop.sql")
    assert dw_sim(*words, "rules.yaml").stdout == "The rules fit, and the data can be made.\n"
    assert json.loads(dw_sim(*words, "rules.yaml", "--json").stdout) == {
        "ok": True,
        "problems": [],
        "warnings": [],
    }
    told = dw_sim(*words, "wrong.yaml", code=2).stdout.splitlines()
    assert told[-1] == "2 problems"
    assert told[0].startswith("wrong.yaml, line 2: tables.customer: the schema has no table")
    found = json.loads(dw_sim(*words, "no.yaml", "--json", code=2).stdout)
    (problem,) = found["problems"]
    assert (found["ok"], problem["place"]) == (False, "no.yaml, line 6: tables.orders.columns.status")
    assert {*problem} == {"place", "message", "hint"}
    assert "cannot be read" in dw_sim(*words, "missing.yaml", code=2).stdout


def test_check_tells_the_line_of_a_reference(dw_sim: DwSim) -> None:
    pick = (
        "tables:\n  orders:\n    columns:\n      customer_id:\n        foreign_key: {pick: {weights: idd}}\n"
    )
    Path("pick.yaml").write_text(pick)
    told = dw_sim("rules", "check", "shop.sql", "pick.yaml", code=2).stdout
    assert told.startswith(
        "pick.yaml, line 4: tables.orders.columns.customer_id: pick: line 1, column 1 of 'idd'"
    )
    assert "cannot be read" in dw_sim("rules", "check", "missing.sql", "rules.yaml", code=2).stdout
    assert json.loads(dw_sim("experiment", "list", "--json").stdout) == []


def test_init_writes_a_file_that_check_likes(dw_sim: DwSim, tmp_path: Path) -> None:
    shown = dw_sim("rules", "init", "shop.sql", "--as-of", "2027-03-04").stdout
    assert 'as_of: "2027-03-04"' in shown
    done = dw_sim("rules", "init", "shop.sql", "-o", "made.yaml", "--as-of", "2027-03-04")
    assert done.stdout == ""
    assert "dw-sim rules check shop.sql made.yaml" in done.stderr
    assert (tmp_path / "made.yaml").read_text() == shown
    dw_sim("rules", "check", "shop.sql", "made.yaml")
    assert "--force" in dw_sim("rules", "init", "shop.sql", "-o", "made.yaml", code=2).stderr
    dw_sim("rules", "init", "shop.sql", "-o", "made.yaml", "--force", "--schema", "rules.schema.json")
    assert (
        (tmp_path / "made.yaml").read_text().startswith("# yaml-language-server: $schema=rules.schema.json\n")
    )
    assert "is no script" in dw_sim("rules", "init", "shop.json", code=2).stderr
    assert (
        "cannot be written" in dw_sim("rules", "init", "shop.sql", "-o", "no/such/made.yaml", code=1).stderr
    )


def test_the_json_schema_of_rules_is_printed(dw_sim: DwSim) -> None:
    assert json.loads(dw_sim("rules", "schema").stdout)["properties"].keys() >= {"as_of", "tables"}
