"""Rules laid over a schema: what they replace, what they may name, where they are wrong."""

import json
import textwrap
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from tests.support import column, table

from dw_simulator.errors import PlanError, Problem, RulesError, SchemaError
from dw_simulator.registry.script_import import ScriptImport
from dw_simulator.schema.model import Column, Experiment, Table
from dw_simulator.schema.overlay import RulesDocument, located
from dw_simulator.schema.overlay.column_rules import column_with
from dw_simulator.service import ExperimentService, GenerateRequest
from dw_simulator.settings import load

DDL = """
CREATE TABLE customers (id INT PRIMARY KEY, email VARCHAR(100), status VARCHAR(20), created_at TIMESTAMP);
CREATE TABLE products (id INT PRIMARY KEY, name VARCHAR(40), price DECIMAL(10,2), quantity INT);
CREATE TABLE orders (id INT PRIMARY KEY, customer_id INT REFERENCES customers(id), product_id INT NOT NULL,
  status VARCHAR(20) NOT NULL, ordered_on DATE, region INT, note VARCHAR(100),
  FOREIGN KEY (product_id) REFERENCES products(id));
CREATE TABLE lines (order_id INT NOT NULL, line_no INT NOT NULL, a INT, b INT,
  PRIMARY KEY (order_id, line_no));
CREATE TABLE parts (a INT, b INT, line_order INT, line_no INT, PRIMARY KEY (a, b),
  FOREIGN KEY (line_order, line_no) REFERENCES lines(order_id, line_no));
"""


def imported(service: ExperimentService, rules: Any, sql: str = DDL, **options: Any) -> Experiment:
    """The DDL with rules: a mapping, or the text of a YAML file."""
    if isinstance(rules, str):
        Path("rules.yaml").write_text(textwrap.dedent(rules))
        rules = Path("rules.yaml")
    name = f"e{service.count()}"
    return service.import_sql(sql, name=name, dialect="postgres", rules=rules, **options).experiment


def of_table(experiment: Experiment, name: str) -> Table:
    found = experiment.table(name)
    assert found is not None
    return found


def of_column(experiment: Experiment, place: str) -> Column:
    owner, _, name = place.partition(".")
    found = of_table(experiment, owner).column(name)
    assert found is not None
    return found


def over(service: ExperimentService, place: str, entry: Any) -> Column:
    """A column with an entry over it."""
    owner, _, name = place.partition(".")
    return of_column(imported(service, {"tables": {owner: {"columns": {name: entry}}}}), place)


def problems(service: ExperimentService, rules: Any, **options: Any) -> list[str]:
    with pytest.raises(RulesError) as told:
        imported(service, rules, **options)
    assert service.count() == 0, "nothing is written"
    return [str(problem) for problem in told.value.problems]


# --- what is said takes the place of what was guessed


def test_a_rule_replaces_a_guess_with_its_bounds_and_its_reason(service: ExperimentService) -> None:
    guess = over(service, "products.price", {})
    assert guess.rule is not None
    assert guess.max_value is not None
    assert guess.inferred
    made = over(service, "products.price", {"rule": {"name": "choice", "values": [1.99, 4.99]}})
    assert (made.distribution, made.min_value, made.max_value) == (None, None, None)
    assert (made.inferred, made.guessed) == (None, None)
    assert made.rule is not None
    assert made.rule.options == {"values": [1.99, 4.99]}


def test_bounds_change_a_guess_and_those_beyond_them_go(service: ExperimentService) -> None:
    made = over(service, "products.price", {"max_value": 50})
    assert made.rule is not None, "the guessed shape stays"
    assert made.min_value is not None
    assert (made.max_value, made.inferred) == (50, None)
    assert over(service, "products.quantity", {}).max_value == 40
    made = over(service, "products.quantity", {"min_value": 50})
    assert (made.min_value, made.max_value) == (50, None)
    made = over(service, "orders.ordered_on", {"date_start": "2040-01-01"})
    assert (made.date_start, made.date_end) == (date(2040, 1, 1), None)


@pytest.mark.parametrize("entry", [{"rule": None}, {"distribution": None}, {"faker_rule": None}])
def test_null_takes_a_guess_away(service: ExperimentService, entry: Any) -> None:
    made = over(service, "products.price", entry)
    assert made.rule_spec is None
    assert (made.min_value, made.max_value, made.inferred) == (None, None, None)
    assert over(service, "products.quantity", {"min_value": None, "max_value": None}).inferred is None


def test_what_says_nothing_of_values_leaves_the_guess(service: ExperimentService) -> None:
    made = over(service, "customers.email", {"null_fraction": 0.2})
    assert made.rule_spec is not None
    assert made.inferred
    assert made.null_fraction == 0.2
    guess = over(service, "customers.email", None)
    assert guess.rule is not None
    said = guess.rule.model_dump(mode="json", exclude_defaults=True)
    same = over(service, "customers.email", {"rule": said})
    assert same == guess, "what the import guesses itself changes nothing"


def test_a_guess_that_stood_on_another_column_stays(service: ExperimentService) -> None:
    sql = "CREATE TABLE t (id INT PRIMARY KEY, created_at TIMESTAMP NOT NULL, updated_at TIMESTAMP);"
    rules = {
        "tables": {"t": {"columns": {"created_at": {"date_start": "2020-01-01", "date_end": "2020-02-01"}}}}
    }
    made = imported(service, rules, sql)
    rule = of_column(made, "t.updated_at").rule
    assert rule is not None
    assert rule.name == "after"


def test_a_declared_rule_gives_way_too(service: ExperimentService) -> None:
    schema = {
        "name": "s",
        "tables": [
            table(
                "t",
                5,
                column("a", "INT", min_value=1),
                column("b", "VARCHAR(9)", faker_rule="city", locale="de_DE"),
            )
        ],
    }
    Path("s.json").write_text(json.dumps(schema))
    rules = {
        "tables": {
            "T": {
                "rows": "2k",
                "columns": {"B": {"rule": {"name": "choice", "values": ["x"]}}, "a": {"max_value": 9}},
            }
        }
    }
    made = service.create_from(Path("s.json"), rules=rules).experiment
    text, number = of_column(made, "t.b"), of_column(made, "t.a")
    assert (text.faker_rule, text.locale) == (None, None)
    assert (number.min_value, number.max_value) == (1, 9)
    assert of_table(made, "t").target_rows == 2000


# --- tables


@pytest.mark.parametrize(
    ("said", "rows"), [("50k", 50_000), (7, 7), ("1e6", 10**6), (1e6, 10**6), ("50_000", 50_000), (0, 0)]
)
def test_rows_as_people_write_them(service: ExperimentService, said: Any, rows: int) -> None:
    made = imported(service, {"tables": {"orders": {"rows": said}}}, target_rows=3)
    assert of_table(made, "orders").target_rows == rows, "what is said of one table wins over all"
    assert of_table(made, "products").target_rows == 3
    assert service.generate(made.name, GenerateRequest(rows={"orders": 4}, seed=1)).row_counts["orders"] == 4


def test_rows_for_all_tables_are_not_for_those_whose_parents_say_how_many(service: ExperimentService) -> None:
    wanted = {"hidden": True, "data_type": "INT", "min_value": 2, "max_value": 2}
    orders: dict[str, Any] = {
        "columns": {"customer_id": {"null_fraction": 0, "foreign_key": {"children": {"column": "wanted"}}}}
    }
    tables = {"customers": {"columns": {"wanted": wanted}}, "orders": orders}
    made = imported(service, {"tables": tables}, target_rows=30)
    assert service.generate(made.name, GenerateRequest(seed=1)).row_counts["orders"] == 60
    assert of_table(made.with_rows(7), "orders").target_rows is None
    assert of_table(made.with_rows(7), "customers").target_rows == 7
    service.delete(made.name)
    made = imported(service, {"tables": {**tables, "orders": {"rows": 50, **orders}}}, target_rows=30)
    with pytest.raises(PlanError, match="add up to 60 rows, 50 are asked"):
        service.plan(made.name, seed=1)


def test_fields_that_no_ddl_has_go_through(service: ExperimentService) -> None:
    rules = {
        "description": "a shop",
        "tables": {
            "orders": {
                "faults": [{"kind": "duplicates", "rows": 2}],
                "checks": ["region > 3"],
                "columns": {"region": {"max_value": 9}},
            },
            "parts": {"hidden": True},
        },
    }
    made = imported(service, rules)
    orders = of_table(made, "orders")
    assert made.description == "a shop"
    assert orders.faults[0].rows == 2
    assert orders.checks == ("region > 3",)
    assert of_table(made, "parts").hidden


def test_hidden_columns_and_tables_are_added(service: ExperimentService) -> None:
    made = imported(
        service,
        """
        tables:
          visitors:
            hidden: true
            rows: 20
            primary_key: [id]
            columns:
              id: {data_type: INT}
              size: {data_type: INT, min_value: 1, max_value: 5}
          customers:
            columns:
              visitor_id:
                hidden: true
                data_type: INT
                foreign_key: {references_table: visitors, references_column: id}
              segment: {hidden: true, data_type: INT, lookup: {reference: visitor_id, column: size}}
              status: {rule: {name: expression, sql: "CASE WHEN segment > 2 THEN 'large' ELSE 'small' END"}}
        """,
    )
    shown = service.preview(made.name, "customers", count=50).rows
    assert all((row["status"] == "large") == (row["segment"] > 2) for row in shown if row["status"])
    summary = service.generate(made.name, GenerateRequest(seed=1))
    assert "visitors" not in summary.row_counts


# --- references


def test_options_of_references_of_one_column(service: ExperimentService) -> None:
    entries = {
        "customer_id": {"foreign_key": {"skew": {"zipf": 1.2}, "null_fraction": 0.5}},
        "PRODUCT_ID": {"foreign_key": {"children": {"min": 1, "max": 3}, "references_table": "PRODUCTS"}},
    }
    made = imported(service, {"tables": {"orders": {"columns": entries}}})
    by_columns = {reference.columns: reference for reference in of_table(made, "orders").references}
    first, second = by_columns[("customer_id",)], by_columns[("product_id",)]
    assert first.skew is not None
    assert (first.skew.zipf, first.null_fraction, first.references_table) == (1.2, 0.5, "customers")
    assert second.children is not None
    assert (second.children.max, second.references_table) == (3, "products")


def test_options_of_references_of_several_columns(service: ExperimentService) -> None:
    said = [{"columns": ["LINE_NO", "line_order"], "childless": 0.3}]
    made = imported(service, {"tables": {"parts": {"foreign_keys": said}}})
    (reference,) = of_table(made, "parts").foreign_keys
    assert (reference.childless, reference.columns) == (0.3, ("line_order", "line_no"))
    several = [{"columns": ["customer_id"], "childless": 0.1}, {"columns": ["product_id"], "childless": 0.2}]
    made = imported(service, {"tables": {"orders": {"foreign_keys": several}}})
    found = {reference.columns: reference.childless for reference in of_table(made, "orders").references}
    assert found == {("customer_id",): 0.1, ("product_id",): 0.2}


def test_references_that_the_ddl_does_not_declare_can_be_said(service: ExperimentService) -> None:
    goal = {"references_table": "orders", "references_column": "id", "children": {"min": 1, "max": 4}}
    made = imported(service, {"tables": {"lines": {"columns": {"order_id": {"foreign_key": goal}}}}})
    (reference,) = of_table(made, "lines").references
    assert (reference.references_table, reference.columns) == ("orders", ("order_id",))
    several = {"columns": ["a", "b"], "references_table": "parts", "references_columns": ["a", "b"]}
    made = imported(service, {"tables": {"lines": {"foreign_keys": [several]}}})
    assert of_table(made, "lines").foreign_keys[0].references_table == "parts"


def test_one_way_of_having_children_replaces_another(service: ExperimentService) -> None:
    parent = table("p", 5, column("id", "INT", is_unique=True))
    goal = {"references_table": "p", "references_column": "id", "skew": {"zipf": 1.1}}
    child = table("c", 5, column("p_id", "INT", foreign_key=goal))
    Path("s.json").write_text(json.dumps({"name": "s", "tables": [parent, child]}))
    rules = {"tables": {"c": {"columns": {"p_id": {"foreign_key": {"children": 1}}}}}}
    made = service.create_from(Path("s.json"), rules=rules).experiment
    (reference,) = of_table(made, "c").references
    assert reference.skew is None
    assert reference.children is not None


@pytest.mark.parametrize("name", ["customer_id", "product_id"])
def test_a_reference_is_not_taken_away(service: ExperimentService, name: str) -> None:
    (told,) = problems(service, {"tables": {"orders": {"columns": {name: {"foreign_key": None}}}}})
    place = f"rules.tables.orders.columns.{name}.foreign_key"
    assert told == f"{place}: the reference is the schema's; leave it out"


@pytest.mark.parametrize("column_first", [False, True])
@pytest.mark.parametrize("name", ["customer_id", "product_id", "region"])
def test_a_reference_is_said_once(service: ExperimentService, name: str, column_first: bool) -> None:
    goal: dict[str, Any] = (
        {"references_table": "products", "references_column": "id"} if name == "region" else {}
    )
    said: dict[str, Any] = {
        "columns": {name: {"foreign_key": {"childless": 0.1, **goal}}},
        "foreign_keys": [{"columns": [name.upper()], "childless": 0.2}],
    }
    if not column_first:
        many = {"references_table": "products", "references_columns": ["id"]} if goal else {}
        entries = [{"columns": [name], "childless": share, **many} for share in (0.1, 0.2)]
        (told,) = problems(service, {"tables": {"orders": {"foreign_keys": entries}}})
        assert f"foreign_keys[1]: '{name}' is said twice" in told
        said = {"foreign_keys": [{"columns": [name], **many}], "columns": said["columns"]}
    (told,) = problems(service, {"tables": {"orders": said}})
    assert "is said twice; say all of it in one place" in told


def test_parents_are_picked_by_what_they_are(service: ExperimentService) -> None:
    entry = {"foreign_key": {"pick": {"where": "status = 'good'"}}}
    columns = {"status": {"required": True, "rule": {"name": "choice", "values": ["good", "bad"]}}}
    tables = {"orders": {"columns": {"customer_id": entry}}, "customers": {"columns": columns}}
    made = imported(service, {"tables": tables}, target_rows=40)
    good = {
        row["id"] for row in service.preview(made.name, "customers", count=40).rows if row["status"] == "good"
    }
    picked = {row["customer_id"] for row in service.preview(made.name, "orders", count=40).rows} - {None}
    assert picked
    assert picked <= good


def test_guessed_values_outside_of_what_is_said_go() -> None:
    rule = {"name": "choice", "values": [1, 2, 5]}
    guess = {"name": "zone", "rule": rule, "inferred": "a zone", "guessed": {"rule": rule}}
    assert column_with(guess, {"max_value": 4}) == {"name": "zone", "max_value": 4}
    assert column_with(guess, {"max_value": 9}) == {"name": "zone", "max_value": 9, "rule": rule}


# --- the present


def test_the_present_of_the_rules(service: ExperimentService) -> None:
    made = imported(service, "as_of: 2031-05-06\n")
    assert made.as_of == date(2031, 5, 6)
    days = [row["ordered_on"] for row in service.preview(made.name, "orders", count=200).rows]
    assert date(2030, 1, 1) < max(days) <= date(2031, 5, 6), "guesses follow it"
    assert imported(service, {"as_of": "2031-05-06"}, as_of=date(2020, 1, 1)).as_of == date(2020, 1, 1)
    assert "not a date" in problems_of_text(service, "as_of: soon\n")[0]


def problems_of_text(service: ExperimentService, text: str) -> list[str]:
    with pytest.raises(RulesError) as told:
        imported(service, text)
    return [str(problem) for problem in told.value.problems]


# --- what is wrong


WRONG = """\
rules.yaml, line 1: as_off: unknown field; did you mean 'as_of'?
rules.yaml, line 2: name: name is not for rules to say; leave it out: whoever imports says it
rules.yaml, line 4: tables.order: the schema has no table 'order'; did you mean 'orders'?
rules.yaml, line 6: tables.orders.rows: 'many' is not a number of rows; write 50000, 50_000, 50k, 2M or 1e6
rules.yaml, line 7: tables.orders.primary_key: primary_key is the schema's to say; write it there
rules.yaml, line 8: tables.orders.colums: unknown field; did you mean 'columns'?
rules.yaml, line 10: tables.orders.columns.statsu: orders has no column 'statsu'; did you mean 'status'?
rules.yaml, line 12: tables.orders.columns.status.rule: orders.status: unknown rule 'choise'; did you mean 'choice'?; dw-sim plugins --kind rule lists them all
rules.yaml, line 13: tables.orders.columns.region.max_value: orders.region: 1 is below min_value 9; exchange them
rules.yaml, line 14: tables.orders.columns.note.colour: orders.note: unknown field
rules.yaml, line 15: tables.orders.columns.ordered_on.foreign_key: orders.ordered_on references no table in the schema; name references_table and references_column, or leave it out
rules.yaml, line 16: tables.orders.columns.customer_id.foreign_key.references_table: the reference leads to customers(id), as the schema says; leave it out
rules.yaml, line 17: tables.products: an object {...} is needed here
rules.yaml, line 20: tables.customers.columns.email.name: the name is the key; leave it out
rules.yaml, line 20: tables.customers.columns.email.is_unique: customers.email: should be a valid boolean
rules.yaml, line 21: tables.customers.foreign_keys[0]: a reference is found by its columns; name them: columns: [a, b]
rules.yaml, line 21: tables.customers.foreign_keys[1]: customers has no reference of (status); name references_table and references_columns, or leave it out
rules.yaml, line 22: tables.customers.checks: a list [...] is needed here
"""  # noqa: E501


def test_every_problem_is_told_with_its_line_and_the_closest_name(service: ExperimentService) -> None:
    assert (
        problems(
            service,
            """\
        as_off: 2026-01-31
        name: shop
        tables:
          order: {rows: 5}
          orders:
            rows: many
            primary_key: [id]
            colums: {}
            columns:
              statsu:
                rule: {name: choice, values: [a]}
              status: {rule: {name: choise}}
              region: {min_value: 9, max_value: 1}
              note: {colour: red}
              ordered_on: {foreign_key: {children: 3}}
              customer_id: {foreign_key: {references_table: products}}
          products: 5
          customers:
            columns:
              email: {name: x, is_unique: 3}
            foreign_keys: [{childless: 0.1}, {columns: [status], childless: 0.1}]
            checks: yes
        """,
        )
        == WRONG.splitlines()
    )


def test_what_does_not_fit_together_is_told_where_the_rules_say_it(service: ExperimentService) -> None:
    rules = """\
        tables:
          lines:
            columns:
              a: {foreign_key: {references_table: orders, references_column: region}}
          orders:
            columns:
              region: {foreign_key: {references_table: nowhere, references_column: id}}
        """
    first, second = problems(service, rules)
    assert first.startswith("rules.yaml, line 4: tables.lines.columns.a.foreign_key")
    assert second.startswith("rules.yaml, line 7: tables.orders.columns.region.foreign_key")


def test_without_a_file_places_are_paths(service: ExperimentService) -> None:
    first, *others = problems(service, {"tables": {"a b": {}, "orders": {"columns": {"statu": {}}}}})
    assert first.startswith("rules.tables.\"a b\": the schema has no table 'a b'; known: customers, lines,")
    assert others == [
        "rules.tables.orders.columns.statu: orders has no column 'statu'; did you mean 'status'?",
    ]
    assert "is no text" in problems(service, {"tables": {"orders": {"columns": {False: {}}}}})[0]
    assert "object" in problems(service, {"tables": []})[0]


def test_a_json_file_has_lines_too(service: ExperimentService) -> None:
    Path("rules.json").write_text('{\n\t"tables": {\n\t\t"orders": {\n\t\t\t"columns": {\n"statu": {}}}}}')
    (told,) = problems(service, Path("rules.json"))
    assert told.startswith("rules.json, line 5: tables.orders.columns.statu: orders has no column")


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.yaml", "tables: [1, {", "a.yaml, line 2, column"),
        (
            "b.yaml",
            "tables:\n  t: {}\n  t: {}",
            "b.yaml, line 3, column 3: not readable as YAML: the key 't' is there twice, in line 2, too",
        ),
        ("c.yaml", "a: &a [*a]", "contains itself"),
        ("d.yaml", "[" * 100_000, "nested more than 100 deep"),
        (
            "e.yaml",
            "x: &x [1,1,1,1]\n"
            + "".join(f"y{n}: &y{n} [{','.join([f'*y{n - 1}' if n else '*x'] * 9)}]\n" for n in range(20)),
            "more than 1,000,000",
        ),
        ("f.yaml", "a: !!python/name:os.system x", "is not understood"),
        ("g.yaml", "a: 1\n---\nb: 1", "another"),
        ("h.json", "{", "h.json, line 1"),
        ("i.json", '{"a": 1, "a": 2}', "twice"),
        ("j.yaml", "a: \0", "not readable as YAML"),
        ("k.yaml", "- a", "an object {...} is needed here"),
        ("missing.yaml", None, "cannot be read"),
    ],
)
def test_files_that_cannot_be_read(
    service: ExperimentService, name: str, text: str | None, told: str
) -> None:
    if text is not None:
        Path(name).write_text(text)
    assert told in problems(service, Path(name))[0]


def test_yaml_means_what_editors_show(service: ExperimentService) -> None:
    Path("v.yaml").write_text(
        "yes: [no, NO, on, 08:30, 2024-01-01, true, ~, 1_000, 1e3, 010, 0x1f, '5', .5]\n"
        "no: &n {a: 1}\nnull: {<<: *n, b: 2}\n"
    )
    assert RulesDocument.of(Path("v.yaml")).data == {
        "yes": ["no", "NO", "on", "08:30", "2024-01-01", True, None, "1_000", 1000.0, 10, 31, "5", 0.5],
        "no": {"a": 1},
        "null": {"a": 1, "b": 2},
    }


def test_an_empty_file_says_nothing(service: ExperimentService) -> None:
    plain = imported(service, {}).to_json()
    for text in ("", "tables:\n", "tables:\n  orders:\n  customers:\n    columns:\n      email:\n"):
        assert {**imported(service, text).to_json(), "name": ""} == {**plain, "name": ""}


# --- names


def test_odd_names_and_letter_case(service: ExperimentService) -> None:
    sql = """CREATE TABLE "Yes No"
        ("null" INT PRIMARY KEY, "a.b" VARCHAR(9), "Über" VARCHAR(9), "1" VARCHAR(9));"""
    rules = """
        tables:
          yes no:
            columns:
              a.b: {rule: {name: choice, values: [NO]}}
              ÜBER: {rule: {name: choice, values: [x]}}
              1: {rule: {name: choice, values: [y]}}
        """
    row = service.preview(imported(service, rules, sql).name, "Yes No", count=50).rows
    assert {one["a.b"] for one in row} <= {"NO", None}
    assert {one["Über"] for one in row} <= {"x", None}
    assert {one["1"] for one in row} <= {"y", None}
    twice = "tables:\n  Yes No:\n    columns:\n      über: {required: false}\n      ÜBER: {required: false}\n"
    with pytest.raises(RulesError, match=r"line 5: .*'Über' is said twice"):
        imported(service, twice, sql)


# --- a DDL that changes


def test_rules_survive_a_changed_ddl(service: ExperimentService) -> None:
    rules = {
        "tables": {
            "orders": {"rows": 70, "columns": {"status": {"rule": {"name": "choice", "values": ["new"]}}}}
        }
    }
    before = imported(service, rules)
    added = DDL.replace("region INT,", "region INT, channel VARCHAR(20), shipped_on DATE,")
    after = imported(service, rules, added)
    for made in (before, after):
        assert of_table(made, "orders").target_rows == 70
        assert {row["status"] for row in service.preview(made.name, "orders", count=70).rows} == {"new"}
    assert of_column(after, "orders.channel").rule_spec is not None, "what is new is guessed"
    gone = DDL.replace("status VARCHAR(20) NOT NULL, ordered_on", "state VARCHAR(20) NOT NULL, ordered_on")
    with pytest.raises(RulesError, match="orders has no column 'status'; did you mean 'state'"):
        imported(service, rules, gone)
    assert imported(service, rules, DDL.replace(", note VARCHAR(100)", "")).table("orders") is not None


# --- looks that store nothing


def test_a_stored_experiment_is_looked_at_through_rules(service: ExperimentService) -> None:
    made = imported(service, {})
    rules = {
        "tables": {
            "orders": {"rows": 3, "columns": {"status": {"rule": {"name": "choice", "values": ["new"]}}}}
        }
    }
    seen = service.preview(made.name, "orders", rules=rules)
    assert (seen.total, {row["status"] for row in seen.rows}) == (3, {"new"})
    assert service.plan(made.name, seed=0, rules=rules).table("orders").rows == 3
    assert service.get(made.name).experiment == made
    with pytest.raises(RulesError):
        service.preview(made.name, "orders", rules={"tables": {"oder": {}}})


def test_rules_that_cannot_be_planned_are_refused_by_the_plan(service: ExperimentService) -> None:
    rules = {"tables": {"orders": {"columns": {"region": {"rule": {"name": "lookup_of_nothing"}}}}}}
    assert "unknown rule" in problems(service, rules)[0]
    made = imported(
        service,
        {
            "tables": {
                "products": {
                    "rows": 5,
                    "columns": {
                        "name": {
                            "is_unique": True,
                            "required": True,
                            "rule": {"name": "choice", "values": ["a"]},
                        }
                    },
                }
            }
        },
    )
    with pytest.raises(PlanError):
        service.plan(made.name, seed=0)


def test_files_that_rules_name_are_beside_them(service: ExperimentService, tmp_path: Path) -> None:
    asked: list[Path] = []

    def fill(schema: dict[str, Any], directory: Path) -> dict[str, Any]:
        asked.append(directory)
        if "wrong" in schema["description"]:
            raise SchemaError([Problem("tables[2].target_rows", "no such file")])
        return {**schema, "description": "filled"}

    path = tmp_path / "rules.yaml"
    path.write_text("description: x\ntables:\n  orders:\n    rows: 7\n")
    made = ScriptImport(service.registry, service.rule, overlay=path, fill=fill)
    assert made.of_sql(DDL, "shop", "postgres", None)[0].description == "filled"
    path.write_text("description: wrong\ntables:\n  orders:\n    rows: 7\n")
    with pytest.raises(RulesError, match=r"rules.yaml, line 4: tables.orders.rows: no such file"):
        ScriptImport(service.registry, service.rule, overlay=path, fill=fill).of_sql(
            DDL, "shop", "postgres", None
        )
    assert asked == [tmp_path, tmp_path]


_ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.sampled_from(["id", "50k", "orders", "2024-01-01", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "a", "id"]), inner),
    max_leaves=4,
)
_FIELDS = {
    "rule": st.fixed_dictionaries({"name": st.sampled_from(["choice", "uniform", "code"])}) | _ANY,
    "foreign_key": st.dictionaries(
        st.sampled_from(["references_table", "references_column", "children", "skew", "childless"]), _ANY
    ),
    "lookup": st.fixed_dictionaries({"reference": st.just("customer_id"), "column": st.just("status")})
    | _ANY,
}


def _object(model: type[BaseModel], known: Mapping[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    fields = {name: known.get(name, _ANY) for name in [*model.model_fields, "unknown"]}
    return st.sets(st.sampled_from(sorted(fields)), max_size=3).flatmap(
        lambda names: st.fixed_dictionaries({name: fields[name] for name in names})
    )


_COLUMNS = st.dictionaries(
    st.sampled_from(["id", "STATUS", "customer_id", "price", "new", "ordered_on"]),
    _object(Column, _FIELDS) | _ANY,
    max_size=3,
)
_TABLES = st.dictionaries(
    st.sampled_from(["customers", "Orders", "parts", "own"]),
    _object(Table, {"columns": _COLUMNS, "hidden": st.just(True), "foreign_keys": st.lists(_ANY)}) | _ANY,
    max_size=3,
)


@settings(max_examples=60)
@given(_object(Experiment, {"tables": _TABLES}) | st.fixed_dictionaries({"tables": _TABLES}))
@example({"tables": {"Orders": {"columns": {"customer_id": {"foreign_key": {"references_table": []}}}}}})
def test_whatever_rules_say_fits_or_is_told_with_its_place(rules: dict[str, Any]) -> None:
    service = ExperimentService(load(keep=False))
    made = ScriptImport(service.registry, service.rule, overlay=rules)
    experiment, problems_told = None, ()
    try:
        experiment, _ = made.of_sql(DDL, "shop", "postgres", None)
    except RulesError as error:
        problems_told = error.problems
    assert (experiment is None) == bool(problems_told)
    assert all(problem.place.startswith(("rules", "tables[")) for problem in problems_told)
    if experiment is not None:
        assert not located([], experiment, RulesDocument(rules))
        assert Experiment.model_validate(experiment.to_json()).to_json() == experiment.to_json()
