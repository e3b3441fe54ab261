"""What an import has guessed never keeps a schema from being made: it gives way, with a word on each."""

import random
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.random_guesses import bare, guessed
from tests.support import column, made, reference, table

from dw_simulator.engine.rows import Rows
from dw_simulator.engine.values.base import fixed
from dw_simulator.errors import PlanError, SchemaError
from dw_simulator.planning import plan
from dw_simulator.planning.columns.unguessed import without_guess
from dw_simulator.ports.plan import Plan
from dw_simulator.registry.script_import import ScriptImport
from dw_simulator.schema import reading
from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.sketch import Sketch
from dw_simulator.schema.model import Column, Experiment
from dw_simulator.service import ExperimentService

SERVICE = ExperimentService()
ID = column("id", "INT")


def is_made(document: dict[str, Any], seed: int) -> Plan | None:
    """The plan of a schema, or none; anything else than a refusal is a fault."""
    try:
        return plan(reading.parse(document), seed, SERVICE.rule)
    except (PlanError, SchemaError):
        return None


@given(number=st.integers(0, 1 << 32), broken=st.sampled_from([1, 3]))
@settings(max_examples=14, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_schema_of_guesses_is_made_wherever_it_is_without_them(number: int, broken: int) -> None:
    document = guessed(random.Random(number).choice, broken=broken)
    try:
        experiment = reading.parse(document)
    except SchemaError:
        return
    if is_made(bare(document), number) is None:
        return
    a_plan = plan(experiment, number, SERVICE.rule)
    for one in a_plan.tables:
        declared = experiment.table(one.name)
        assert declared is not None
        rows = Rows.run(0, min(one.rows, 500))
        shown = {c.name: c.kernel.values(rows) for c in one.columns}
        for c in declared.columns:
            nullable = not c.required or any(r.nullable for r in declared.references if c.name in r.columns)
            if c.name in shown and not nullable:
                assert shown[c.name].valid is None or shown[c.name].valid.all()
        _check_keys(experiment, a_plan)


def _check_keys(experiment: Experiment, a_plan: Plan) -> None:
    for one in a_plan.tables:
        declared = experiment.table(one.name)
        assert declared is not None
        if one.rows > 2000 or not declared.primary_key:
            continue
        names = {c.name for c in one.columns}
        if names.issuperset(declared.primary_key):
            parts = [made(a_plan, one.name, name) for name in declared.primary_key]
            assert len({*zip(*parts, strict=True)}) == one.rows


@given(number=st.integers(0, 1 << 32))
@settings(max_examples=15, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_stands_on_guesses_is_made_or_refused(number: int) -> None:
    is_made(guessed(random.Random(number).choice, share=6), number)


def warned(*tables: dict[str, Any], **fields: Any) -> tuple[Plan, list[str]]:
    a_plan = plan(reading.parse({"name": "test", "tables": list(tables), **fields}), 7, SERVICE.rule)
    return a_plan, [line for line in a_plan.warnings if "given up" in line or "gave way" in line]


def seen(target: str, **options: Any) -> dict[str, Any]:
    """A reference that an import saw."""
    parent, _, name = target.partition(".")
    goal = {"references_table": parent, "references_column": name}
    return {"foreign_key": {**goal, **options, "inferred": "its name", "guessed": {**goal, **options}}}


PARENTS = table("p", 50, ID, column("kind", "INT", min_value=1, max_value=3), primary_key=["id"])


# --- references


def test_how_a_reference_picks_gives_way_and_the_reference_stays() -> None:
    wrong = {"pick": {"where": "no_such > 1"}}
    declared = reference("p.id", **wrong, inferred="x", guessed=wrong)
    a_plan, lines = warned(PARENTS, table("c", 200, column("p", "INT", **declared)))
    assert [line.partition(":")[0] for line in lines] == ["c(p)"]
    assert "pick, an import's choice, was given up" in lines[0]
    assert {*made(a_plan, "c")} <= {*range(1, 51)}
    assert len({*made(a_plan, "c")}) > 40


def test_what_users_say_of_a_reference_stays_when_a_guess_beside_it_gives_way() -> None:
    wrong = reference("p.id", pick={"where": "no_such > 1"}, null_fraction=0.25, nullable=True)
    wrong["foreign_key"] |= {"inferred": "x", "guessed": {"pick": {"where": "no_such > 1"}}}
    a_plan, lines = warned(PARENTS, table("c", 400, column("p", "INT", required=False, **wrong)))
    assert len(lines) == 1
    assert 70 < made(a_plan, "c").count(None) < 130


def test_a_reference_that_cannot_be_gives_way_with_what_stands_on_it() -> None:
    texts = table("p", 50, column("code", "VARCHAR(9)"), primary_key=["code"])
    copied = column("kind", "INT", lookup={"reference": "p", "column": "kind"}, inferred="x")
    copied["guessed"] = {"lookup": copied["lookup"]}
    after = column("n", "INT", rule={"name": "window", "function": "number", "reference": "p"}, inferred="x")
    document = table("c", 200, column("p", "INT", **seen("q.id", skew={"zipf": 1})), copied, after)
    hidden = table("q", 5, ID, column("kind", "INT"), primary_key=["id"], hidden=True, inferred="x")
    hidden["columns"][0] = {**ID, "rule": {"name": "choice", "values": [1, 2]}}
    a_plan, lines = warned(texts, document, hidden)
    places = {line.partition(":")[0] for line in lines}
    assert {"q", "c(p)", "c.kind"} <= places
    assert [one.name for one in a_plan.tables] == ["p", "c"]
    assert None not in made(a_plan, "c", "kind")


def test_several_columns_that_an_import_saw_as_a_reference_give_way_together() -> None:
    parents = table("p", 6, ID, column("b", "INT"), primary_key=["id", "b"])
    goal = {"references_table": "p", "references_columns": ["id", "b"]}
    key = {"columns": ["x", "y"], **goal, "tree": {"roots": 2}}
    key |= {"inferred": "their names", "guessed": {**goal, "tree": {"roots": 2}}}
    children = table("c", 90, column("x", "INT"), column("y", "INT"), foreign_keys=[key])
    try:
        _, lines = warned(parents, children)
    except SchemaError:
        return  # a tree leads to its own table, which is seen when the schema is read
    assert lines


def test_bounds_of_children_that_do_not_fit_are_widened_and_told() -> None:
    guess = {"children": {"min": 1, "max": 3}, "skew": {"zipf": 1.0}}
    line = column("n", "INT", rule={"name": "window", "function": "number", "reference": "p"})
    for rows in (20, 1000):
        declared = reference("p.id", **guess, inferred="x", guessed=guess)
        a_plan, lines = warned(PARENTS, table("c", rows, column("p", "INT", **declared), line))
        assert ["gave way" in one for one in lines] == [True]
        assert len(made(a_plan, "c")) == rows
        declared = reference("p.id", **guess)
        with pytest.raises(PlanError, match="children for each of 50 parents"):
            warned(PARENTS, table("c", rows, column("p", "INT", **declared), line))


def test_a_share_without_children_gives_way_to_few_rows() -> None:
    guess = {"skew": {"share": 0.6, "of": 0.2}, "childless": 0.2}
    line = column("n", "INT", rule={"name": "window", "function": "number", "reference": "p"})
    declared = reference("p.id", **guess, inferred="x", guessed=guess)
    for rows in (1, 7, 39, 40):
        a_plan, _ = warned(PARENTS, table("c", rows, column("p", "INT", **declared), line))
        assert len(made(a_plan, "c")) == rows


def test_how_a_reference_picks_gives_way_to_rows_that_say_it() -> None:
    guess = {"skew": {"zipf": 1.0}, "childless": 0.2}
    declared = reference("p.id", **guess, inferred="x", guessed=guess)
    given_rows = [{"p": 3}, {"p": 3}, {"p": 4}]
    child = {"name": "c", "rows": given_rows, "columns": [column("p", "INT", **declared)]}
    a_plan, lines = warned(PARENTS, child)
    assert made(a_plan, "c") == [3, 3, 4]
    assert not lines
    child["columns"] = [column("p", "INT", **reference("p.id", skew={"zipf": 1}))]
    with pytest.raises(SchemaError, match="the rows say what it references"):
        warned(PARENTS, child)


# --- tables


def test_how_many_rows_a_table_has_gives_way() -> None:
    small = column("id", "INT", max_value=5, min_value=1)
    many = table("t", 900, small, primary_key=["id"], inferred="x", guessed={"target_rows": 900})
    with pytest.raises(PlanError):  # the usual number is too many, too
        warned(many)
    roomy = column("id", "INT", min_value=1, max_value=5000)
    many = table("t", 9000, roomy, primary_key=["id"], inferred="x", guessed={"target_rows": 9000})
    a_plan, lines = warned(many)
    assert a_plan.table("t").rows == 1000
    assert "target_rows, an import's choice, was given up" in lines[0]


def test_rows_in_proportion_give_way() -> None:
    rows = {"per": "b", "times": 0.5}
    a = {"name": "a", "columns": [ID], "rows": rows, "primary_key": ["id"], "inferred": "x"}
    b = {"name": "b", "columns": [column("a", "INT", **reference("a.id", children=3))]}
    a_plan, lines = warned({**a, "guessed": {"rows": rows}}, b)
    assert a_plan.table("a").rows == 1000
    assert a_plan.table("b").rows == 3000
    assert lines
    with pytest.raises(PlanError, match="wait for each other"):
        warned({**a, "inferred": None}, b)


def test_correlations_and_lives_give_way() -> None:
    correlate = [{"columns": ["x", "y"], "rank": 0.5}]
    lives = {"life": {"states": {"a": {"b": 1}}, "after": {"b": {"within": "3d"}}, "starts": "x"}}
    one = table("t", 50, column("x", "DATE"), column("y", "VARCHAR(3)"), correlate=correlate, inferred="x")
    a_plan, lines = warned(
        {**one, "lifecycles": lives, "guessed": {"correlate": correlate, "lifecycles": lives}}
    )
    assert "correlate, lifecycles, an import's choice" in lines[0]
    assert len(made(a_plan, "t", "y")) == 50


def test_a_key_that_an_import_saw_gives_way_and_so_do_references_to_it() -> None:
    few = table("p", 50, column("id", "INT", rule={"name": "choice", "values": [1, 2]}), inferred_key=["id"])
    a_plan, lines = warned(few, table("c", 90, column("p", "INT", **seen("p.id"))))
    assert {"p", "c(p)"} <= {line.partition(":")[0] for line in lines}
    assert {*made(a_plan, "p")} == {1, 2}


# --- columns


SECOND = {"rule": {"name": "choice", "values": [4, 5]}, "inferred": "v looks like a grade"}


def on_others(sql: str, other: dict[str, Any], **fields: Any) -> dict[str, Any]:
    rule = {"name": "expression", "sql": sql}
    return column(
        "v", "INT", rule=rule, inferred="its neighbours", guessed={"rule": rule, "else": other}, **fields
    )


def test_what_stands_on_others_gives_way_to_what_the_name_alone_says() -> None:
    a_plan, lines = warned(table("t", 60, ID, on_others("no_such + 1", SECOND)))
    assert {*made(a_plan, "t", "v")} == {4, 5}
    assert [line.partition(" given up")[0] for line in lines] == ["t.v: the rule chosen by its name was"]


def test_a_second_choice_that_cannot_be_made_gives_way_to_nothing() -> None:
    wrong = {"rule": {"name": "expression", "sql": "no_such"}, "inferred": "x"}
    a_plan, lines = warned(table("t", 60, ID, on_others("no_such + 1", wrong)))
    assert len({*made(a_plan, "t", "v")}) > 2
    assert len(lines) == 1, "a column is told once"


def test_a_second_choice_keeps_its_reason() -> None:
    first = Column.model_validate(on_others("no_such + 1", SECOND))
    second = without_guess(first)
    assert second.inferred == "v looks like a grade"
    assert second.guessed == {"rule": SECOND["rule"]}
    last = without_guess(second)
    assert (last.rule, last.inferred, last.guessed) == (None, None, None)


def test_hidden_columns_give_way_as_a_whole_and_what_names_them_next() -> None:
    hidden = column("h", "INT", rule={"name": "expression", "sql": "no_such"}, hidden=True, inferred="x")
    a_plan, lines = warned(table("t", 60, ID, hidden, on_others("h + 1", SECOND)))
    assert {*made(a_plan, "t", "v")} == {4, 5}
    assert {line.partition(":")[0] for line in lines} == {"t.h", "t.v"}


def test_a_hidden_column_that_users_name_keeps_its_place() -> None:
    hidden = column("h", "INT", rule={"name": "expression", "sql": "no_such"}, hidden=True, inferred="x")
    mine = column("v", "INT", rule={"name": "expression", "sql": "h % 7"})
    a_plan, _ = warned(table("t", 60, ID, hidden, mine))
    assert {*made(a_plan, "t", "v")} <= {*range(-6, 7)}


def test_a_guess_that_a_refusal_names_gives_way_wherever_that_is() -> None:
    source = column("a", "DATE", required=False, rule={"name": "expression", "sql": "NULL"}, inferred="x")
    mine = column("b", "DATE", rule={"name": "expression", "sql": "a + 1"})
    a_plan, lines = warned(table("t", 60, ID, {**source, "null_fraction": 0}, mine))
    assert lines
    assert None not in made(a_plan, "t", "b")


def test_many_bad_guesses_go_in_few_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    from dw_simulator import planning  # noqa: PLC0415 - it is counted

    rounds = []
    inner = planning.without_guesses
    monkeypatch.setattr(planning, "without_guesses", lambda *some: rounds.append(1) or inner(*some))
    tables = [table(f"t{k}", 5, ID, on_others(f"no_such_{k}", SECOND)) for k in range(40)]
    _, lines = warned(*tables)
    assert len(lines) == 40
    assert len(rounds) == 1


# --- what inference writes


def test_a_sketch_keeps_what_the_name_alone_says_and_what_it_chose_of_tables() -> None:
    experiment = reading.parse({"name": "s", "tables": [table("t", 5, ID, column("v", "INT"))]})
    sketch = Sketch.of(experiment, ExperimentService().rule, {})
    drawn = sketch.table("t")
    drawn.column("v").says(Found("a grade", {"rule": {"name": "choice", "values": [4, 5]}}))
    drawn.column("v").says(Found("a sum", {"rule": {"name": "expression", "sql": "nothing"}}))
    drawn.says("there are few", {"target_rows": 7})
    written = sketch.written()
    one = written.table("t")
    assert one is not None
    assert one.guessed == {"target_rows": 7}
    a_plan = plan(written, 1, SERVICE.rule)
    assert {*made(a_plan, "t", "v")} == {4, 5}


# --- rules files


SQL = "CREATE TABLE p (id INT PRIMARY KEY, kind INT); CREATE TABLE c (p INT NOT NULL, x INT NOT NULL);"


def laid(foreign_key: dict[str, Any], rules: dict[str, Any]) -> Experiment:
    imported = ScriptImport(SERVICE.registry, SERVICE.rule, infer=False).of_sql(SQL, "s", "duckdb", 100)[0]
    document: Any = imported.to_json()
    document["tables"][1]["columns"][0] |= foreign_key
    stored = reading.parse(document, strict_names=False)
    return ScriptImport(SERVICE.registry, SERVICE.rule, overlay={"tables": {"c": rules}}).laid(stored)


def key_of(experiment: Experiment) -> Any:
    one = experiment.table("c")
    assert one is not None
    return one.columns[0].foreign_key


def test_what_users_say_of_a_reference_takes_the_place_of_guesses() -> None:
    guess = seen("p.id", pick={"where": "kind > 1"})
    skewed = key_of(laid(guess, {"columns": {"p": {"foreign_key": {"skew": {"zipf": 2}}}}}))
    assert skewed.pick is None
    assert skewed.skew.zipf == 2
    assert set(skewed.guessed) == {"references_table", "references_column"}
    guess = seen("p.id", skew={"zipf": 1}, childless=0.2)
    picked = key_of(laid(guess, {"columns": {"p": {"foreign_key": {"pick": {"where": "kind > 1"}}}}}))
    assert (picked.skew, picked.childless) == (None, None)
    more = key_of(laid(guess, {"columns": {"p": {"foreign_key": {"childless": 0.5}}}}))
    assert (more.skew.zipf, more.childless) == (1, 0.5)


def test_a_rule_for_a_column_takes_the_place_of_a_reference_that_an_import_saw() -> None:
    ruled = laid(seen("p.id"), {"columns": {"p": {"rule": {"name": "choice", "values": [1, 2]}}}})
    assert key_of(ruled) is None
    bounded = laid(seen("p.id"), {"columns": {"p": {"min_value": 3, "max_value": 9}}})
    assert key_of(bounded) is None
    assert key_of(laid(seen("p.id"), {"columns": {"p": {"foreign_key": None}}})) is None
    declared = laid(reference("p.id"), {"columns": {"p": {"rule": {"name": "sequence"}}}})
    assert key_of(declared) is not None, "what the schema says stays"


def test_a_reference_that_an_import_saw_may_lead_elsewhere() -> None:
    other = {"references_table": "c", "references_column": "x"}
    document = {"columns": {"p": {"foreign_key": other}, "x": {"is_unique": True}}}
    assert key_of(laid(seen("p.id"), document)).references_table == "c"


def test_an_edited_schema_drops_the_guesses_that_it_replaces() -> None:
    guess = seen("p.id", pick={"where": "kind > 1"})["foreign_key"]
    edited = {**guess, "skew": {"zipf": 1}}
    document = {"name": "s", "tables": [PARENTS, table("c", 9, column("p", "INT", foreign_key=edited))]}
    key = key_of(reading.parse(document))
    assert (key.pick, key.skew.zipf) == (None, 1)
    written = {
        **guess,
        "children": {"min": 0, "max": 5},
        "guessed": {**guess["guessed"], "children": {"max": 5}},
    }
    del written["pick"], written["guessed"]["pick"]
    document = {"name": "s", "tables": [PARENTS, table("c", 9, column("p", "INT", foreign_key=written))]}
    assert "children" in key_of(reading.parse(document)).guessed, "the same, written in another way"


def test_what_a_script_generates_stands_against_what_names_say(service: ExperimentService) -> None:
    sql = """CREATE TABLE orders (id INT PRIMARY KEY, order_date DATE,
        ship_date DATE GENERATED ALWAYS AS (end_date + 5) STORED, end_date DATE, tax NUMERIC(12,2),
        price NUMERIC(12,2) GENERATED ALWAYS AS (tax - discount) STORED, discount NUMERIC(12,2))"""
    made = service.import_sql(sql, name="circle", dialect="postgres").experiment.table("orders")
    assert [column.name for column in made.columns if column.generated] == ["ship_date", "price"]


def test_a_guess_gives_way_to_a_comparison_that_its_rows_break(service: ExperimentService) -> None:
    sql = """CREATE TABLE items (id INT PRIMARY KEY, qty INT NOT NULL CHECK (qty BETWEEN 0 AND 90),
        price NUMERIC(10,2) NOT NULL CHECK (price > 0), total NUMERIC(10,2),
        CHECK (total IS NULL OR total < price))"""
    found = service.import_sql(sql, name="items", dialect="postgres")
    assert any("does not hold for what it is made from" in text for text in found.warnings)
    made = plan(found.experiment, 1, service.rule, {"items": 500}).table("items")
    rows = dict(zip([one.name for one in made.columns], made.chunk(0, 500).columns, strict=True))
    total, price = fixed(rows["total"]), fixed(rows["price"])
    there = np.ones(500, bool) if total.valid is None else total.valid
    assert there.sum() > 300
    assert (total.values < price.values)[there].all()
