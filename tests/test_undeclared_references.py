"""References that nobody declared are found by names: those that a reader would draw, and no others."""

import re
import time
from pathlib import Path
from typing import Any

import pytest
from tests.support import generated, views

from dw_simulator.planning import plan
from dw_simulator.registry.manager import registry
from dw_simulator.registry.rulebook import Rulebook
from dw_simulator.schema import inference, reading
from dw_simulator.schema.inference.keys.undeclared import with_references
from dw_simulator.schema.model import Experiment
from dw_simulator.schema.undeclared_parts import as_declared, inferred_references

Reference = tuple[str, tuple[str, ...], str, tuple[str, ...]]

TYPES = {
    "int": "INT",
    "big": "BIGINT",
    "sm": "SMALLINT",
    "d": "DATE",
    "ts": "TIMESTAMP",
    "u": "UUID",
    "bool": "BOOLEAN",
    "dec": "DECIMAL(12,2)",
    "t": "VARCHAR(50)",
}

SCHEMAS = Path(__file__).with_name("undeclared_references.txt").read_text(encoding="utf-8")


def schemas() -> dict[str, tuple[set[Reference], Experiment]]:
    """What is wanted of each schema, and the schema."""
    found = {}
    for block in re.split(r"^@", SCHEMAS, flags=re.MULTILINE)[1:]:
        name, *lines = block.strip().splitlines()
        found[name] = schema(*lines)
    return found


def schema(*lines: str) -> tuple[set[Reference], Experiment]:
    """The references that are wanted, and a schema of such lines."""
    wanted: set[Reference] = set()
    tables = []
    for line in lines:
        name, said = line.split(":", 1)
        columns, key = [], []
        for part in map(str.strip, said.split(",")):
            if several := re.fullmatch(r"\((.*)\) > (\w+)\((.*)\)", part):
                names, parent, goals = several.groups()
                wanted.add((name, tuple(names.split()), parent, tuple(goals.split())))
                continue
            words, _, goal = part.partition(" > ")
            column, type_ = [*words.split(), "int"][:2]
            if goal:
                parent, _, parents_column = goal.partition(".")
                wanted.add((name, (column.rstrip("*!"),), parent, (parents_column,)))
            key += [column.rstrip("*")] if column.endswith("*") else []
            columns.append(
                {
                    "name": column.rstrip("*!"),
                    "data_type": sql(type_.rstrip("?")),
                    "required": not type_.endswith("?"),
                    "is_unique": column.endswith("!"),
                }
            )
        tables.append({"name": name, "columns": columns, "primary_key": key, "target_rows": 300})
    return wanted, experiment(*tables)


def sql(short: str) -> str:
    return TYPES.get(short) or f"{'CHAR' if short[0] == 'c' else 'VARCHAR'}({short[1:]})"


def experiment(*tables: dict[str, Any]) -> Experiment:
    return reading.parse({"name": "some", "tables": list(tables)}, strict_names=False)


def references(of: Experiment) -> set[Reference]:
    return {
        (table.name, one.columns, one.references_table, one.references_columns)
        for table in of.tables
        for one in table.references
    }


KNOWN = schemas()


@pytest.mark.parametrize("name", KNOWN)
def test_what_a_reader_draws_is_found_and_nothing_else(name: str) -> None:
    wanted, bare = KNOWN[name]
    assert references(with_references(bare)) == wanted


@pytest.mark.parametrize("name", KNOWN)
def test_the_order_of_tables_makes_no_difference(name: str) -> None:
    wanted, bare = KNOWN[name]
    assert references(with_references(bare.changed(tables=bare.tables[::-1]))) == wanted


@pytest.mark.parametrize("name", KNOWN)
def test_each_has_a_reason_and_says_all_that_was_guessed(name: str) -> None:
    made = with_references(KNOWN[name][1])
    for _table, one in inferred_references(made):
        assert one.inferred
        assert one.guessed is not None
        assert one.guessed["references_table"] == one.references_table
        assert bool(one.tree) == bool(one.guessed.get("tree"))
    assert as_declared(made) == as_declared(KNOWN[name][1])


@pytest.mark.parametrize("name", ["german", "hospital", "saas", "game", "chains", "nokeys", "telecom_legacy"])
def test_no_row_is_an_orphan(name: str, tmp_path: Path) -> None:
    known = registry()
    rules = Rulebook(known)
    made = inference.infer(with_references(KNOWN[name][1]), rules)
    with views(generated(plan(made, 3, rules), tmp_path / "out")) as db:
        for table, one in inferred_references(made):
            pairs = zip(one.columns, one.references_columns, strict=True)
            same = " AND ".join(f'c."{own}" = p."{goal}"' for own, goal in pairs)
            known_ones = " AND ".join(f'c."{own}" IS NOT NULL' for own in one.columns)
            asked = (
                f'SELECT count(*) FROM "{table.name}" c WHERE {known_ones} AND NOT EXISTS '
                f'(SELECT 1 FROM "{one.references_table}" p WHERE {same})'
            )
            assert db.execute(asked).fetchone() == (0,), (table.name, one.columns)


NONE = [
    ("two tables fit alike", "a: account_id*, x t", "b: account_id*, y t", "c: c_id*, account_id"),
    ("the key is too long", "regions: region_code* t12", "cities: city_id*, region_code c2"),
    ("text is no number", "orders: order_id*", "notes: note_id*, order_id t36"),
    ("a number beside a key", "orders: order_id*, order_number t20", "bills: bill_id*, order_number t20"),
    ("a business key", "dim_user: user_sk*, user_id", "facts: fact_id*, user_id"),
    ("another system's", "users: id*, email t", "logins: id*, stripe_user_id, external_user_id"),
    ("one of several tables", "users: id*, email t", "tags: id*, owner_id, owner_type t10"),
    ("no key", "prices: product_id*, day* d", "sales: sale_id*, product_id"),
    ("a word that was read as another", "payments: payment_id*", "products: product_id*, paid"),
    ("another table's group", "groups: group_id*", "customers: customer_id*", "x: x_id*, customer_group_id"),
    ("days and amounts", "days: day* d", "sums: amount* dec", "x: x_id*, day d, amount dec"),
    ("measures by one grain", "a: shop_id*, day* d, device* t9", "b: b_id*, shop_id, day d, device t9"),
    ("managers are no patients", "patients: id*, first_name t, last_name t", "x: x_id*, manager_id"),
    ("a buyer may be either", "users: id*, email t", "guests: id*, email t", "x: x_id*, assignee_id t9"),
    ("a type is no product", "productos: id*, nombre t", "x: x_id*, producto_tipo_id"),
]


@pytest.mark.parametrize("case", NONE, ids=[case[0] for case in NONE])
def test_what_is_not_certain_is_none(case: tuple[str, ...]) -> None:
    _wanted, bare = schema(*case[1:])
    assert references(with_references(bare)) == set()


def test_what_is_declared_stays() -> None:
    _wanted, bare = schema("customers: id*", "clients: id*", "orders: id*, customer_id")
    table = bare.tables[2]
    declared = {"references_table": "clients", "references_column": "id"}
    columns = [table.columns[0], table.columns[1].model_copy(update={"foreign_key": None})]
    data = table.model_dump(exclude_defaults=True)
    data["columns"] = [one.model_dump(exclude_defaults=True) for one in columns]
    data["columns"][1]["foreign_key"] = declared
    made = with_references(experiment(*(t.model_dump(exclude_defaults=True) for t in bare.tables[:2]), data))
    assert references(made) == {("orders", ("customer_id",), "clients", ("id",))}
    assert not list(inferred_references(made))


def test_rows_that_need_each_other_are_not_made() -> None:
    """An office needs its manager, who needs an office: the weaker one is left out."""
    made = references(with_references(KNOWN["circle"][1]))
    assert made == {("workers", ("office_id",), "offices", ("office_id",))}
    optional = schema(
        "offices: office_id*, manager_id int?", "workers: worker_id*, office_id, first_name t, last_name t"
    )[1]
    assert len(references(with_references(optional))) == 2


def test_keys_are_found_where_nobody_declares_any() -> None:
    made = with_references(KNOWN["nokeys"][1])
    assert {table.name: table.inferred_key for table in made.tables} == {
        "customers": ("customer_id",),
        "orders": ("order_id",),
        "order_items": (),
        "products": ("id",),
        "dim_customer_history": (),
    }


def test_time_grows_with_the_schema_and_not_with_its_square() -> None:
    def taken(count: int) -> float:
        lines = []
        for k in range(count):
            others = ", ".join(f"thing{(k + n * 3 + 1) % count:03}_id" for n in range(1, 10))
            plain = ", ".join(f"measure_{n}_amount dec" for n in range(10))
            lines.append(f"thing{k:03}: thing{k:03}_id*, {others}, {plain}")
        bare = schema(*lines)[1]
        begun = time.process_time()
        with_references(bare)
        return time.process_time() - begun

    taken(50)
    few, many = min(taken(100) for _ in range(3)), min(taken(500) for _ in range(2))
    assert many < max(14 * few, 0.5)
