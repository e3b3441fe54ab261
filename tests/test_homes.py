"""Values that tables share without a table for them have a home: hidden, and the same whatever the order."""

from itertools import permutations
from typing import Any

import duckdb
import pytest
from tests import truth
from tests.relations_zoo import entity, ints, link
from tests.support import column, made, planned, table
from tests.test_random_relations import slice_of

from dw_simulator.arrow import rows_of
from dw_simulator.errors import PlanError
from dw_simulator.ports.plan import Plan
from dw_simulator.schema import reading

Json = dict[str, Any]


def checked(*tables: Json) -> Plan:
    """A plan whose rows keep every promise, and are the same whatever the order of the tables."""
    plan, experiment = planned(*tables), reading.parse({"name": "x", "tables": list(tables)})
    with duckdb.connect() as connection:
        for one in plan.tables:
            connection.register("rows", slice_of(one, 0, one.rows))
            connection.execute(f"CREATE TABLE {one.name} AS SELECT * FROM rows")
        truth.check_all(connection, experiment, {one.name: one.rows for one in plan.tables})
    rows = rows_of(plan)
    for order in [*permutations(tables)][1:4]:
        assert rows_of(planned(*order)) == rows
    return plan


@pytest.mark.parametrize("way", [{}, {"tree": False}])
@pytest.mark.parametrize("unique", [{}, {"unique": [["dept", "id"]]}])
def test_only_the_reference_is_null_where_a_group_is_shared(way: Json, unique: Json) -> None:
    boss = link("dept, mgr", "emp(dept, id)", nullable=True, **way)
    plan = checked(entity("emp", 300, *ints("dept", "mgr"), foreign_keys=[boss], **unique))
    assert None not in made(plan, "emp", "dept")
    assert None in made(plan, "emp", "mgr")


def _circle(*names: str) -> list[Json]:
    pairs = zip(names, names[1:] + names[:1], strict=True)
    return [
        table(one, 20 * (k + 1), *ints("ten", "id", "up"), primary_key=["ten", "id"])
        | {"foreign_keys": [link("ten, up", f"{other}(ten, id)")]}
        for k, (one, other) in enumerate(pairs)
    ]


@pytest.mark.parametrize("names", ["ab", "abc", "cab", "abcd", "dbca"])
def test_circles_of_tables_that_share_a_plain_tenant(names: str) -> None:
    plan = checked(*_circle(*names))
    assert len(set(made(plan, names[0], "ten"))) > 3


def test_rooms_and_employees_have_as_many_departments_as_there_can_be() -> None:
    boss = link("dept, mgr", "employees(dept, id)", nullable=True)
    people = entity("employees", 400, *ints("dept", "mgr"), foreign_keys=[boss], unique=[["dept", "id"]])
    rooms = entity("rooms", 20, *ints("dept"), unique=[["dept", "id"]])
    links = [link("dept, emp", "employees(dept, id)"), link("dept, room", "rooms(dept, id)")]
    plan = checked(people, rooms, entity("bookings", 100, *ints("dept", "emp", "room"), foreign_keys=links))
    assert len(set(made(plan, "employees", "dept"))) == 20


def _kinds(name: str, rows: int, **kind: Any) -> Json:
    return table(name, rows, column("kind", **kind), *ints("no"), primary_key=["kind", "no"])


def _orders() -> Json:
    links = [link("kind, c", "cust(kind, no)"), link("kind, p", "prod(kind, no)")]
    return entity("ord", 200, *ints("kind", "c", "p"), foreign_keys=links)


def test_what_is_shared_fits_everywhere() -> None:
    number = {"data_type": "INT"}
    low = _kinds("cust", 300, **number, min_value=1, max_value=20)
    plan = checked(low, _kinds("prod", 100, **number, min_value=6, max_value=40), _orders())
    assert set(made(plan, "cust", "kind")) <= set(range(6, 21))
    with pytest.raises(Exception, match="shares kind with the reference"):
        planned(low, _kinds("prod", 100, **number, min_value=100, max_value=200), _orders())


def test_a_shape_is_shared_too() -> None:
    currency = {"name": "choice", "values": ["EUR", "USD", "GBP"], "weights": [80, 15, 5]}
    accounts = entity("acc", 900, column("cur", "CHAR(3)", rule=currency), unique=[["id", "cur"]])
    links = [link(f"{end}, cur", "acc(id, cur)") for end in "ab"]
    moves = entity("moves", 3000, *ints("a", "b"), column("cur", "CHAR(3)"), foreign_keys=links)
    plan = checked(accounts | {"unique": [["id", "cur"]]}, moves)
    pairs = [*zip(made(plan, "moves", "a"), made(plan, "moves", "b"), strict=True)]
    assert sum(a == b for a, b in pairs) < 300


def test_a_unique_number_is_null_for_want_of_values() -> None:
    plan = planned(entity("t", 1000, column("x", "TINYINT", required=False, is_unique=True)))
    numbers = [value for value in made(plan, "t", "x") if value is not None]
    assert len(set(numbers)) == len(numbers) > 100


def test_a_column_of_its_own_keeps_its_rule_without_a_word() -> None:
    dept = column("dept", "VARCHAR(9)", rule={"name": "choice", "values": ["a", "b"], "weights": [9, 1]})
    boss = link("dept, mgr", "emp(dept, id)", nullable=True)
    plan = checked(entity("emp", 300, dept, *ints("mgr"), foreign_keys=[boss], unique=[["dept", "id"]]))
    assert plan.warnings == ()


def test_references_to_parts_of_keys_by_turns() -> None:
    t0 = table("t0", 400, *ints("kind", "no", "r"), primary_key=["no"], unique=[["kind", "no"]])
    t1 = table("t1", 3, column("region", "CHAR(2)"), *ints("kind", "no", "r"))
    t0 |= {"foreign_keys": [link("kind, r", "t1(kind, no)", nullable=True)]}
    t1 |= {"foreign_keys": [link("kind, r", "t0(kind, no)")], "primary_key": ["region", "kind", "no"]}
    checked(t0, t1)


def test_the_tables_that_nobody_declared_show_nowhere() -> None:
    plan = checked(_kinds("cust", 30, data_type="INT"), _kinds("prod", 30, data_type="INT"), _orders())
    assert [one.name for one in plan.tables] == ["cust", "prod", "ord"]
    assert set(plan.load_order.tables) == {"cust", "prod", "ord"}


def test_a_reference_that_may_be_null_is_where_nothing_else_helps() -> None:
    doors = table("doors", 2, *ints("no", "room"), primary_key=["no", "room"])
    badges = entity("badges", 9, *ints("door"), column("room", "INT", required=False), unique=[["door"]])
    badges["foreign_keys"] = [link("door, room", "doors(no, room)", nullable=True)]
    plan = checked(doors, badges)
    assert made(plan, "badges", "room") == [None] * 9
    (warning,) = plan.warnings
    assert warning.startswith(
        "badges(door, room): NULL in every row, as it cannot be had otherwise: INT, unique"
    )
    badges["foreign_keys"] = [link("door, room", "doors(no, room)", nullable=True, null_fraction=0.2)]
    with pytest.raises(Exception, match="unique: 2 values fit, 9 rows asked"):
        planned(doors, badges)


def test_every_row_references_itself_where_nothing_else_helps() -> None:
    moves = table("moves", 2, *ints("piece", "at", "before"), primary_key=["piece", "at"])
    moves["foreign_keys"] = [link("at, before", "moves(piece, at)")]
    plan = checked(moves)
    assert made(plan, "moves", "at") == made(plan, "moves", "piece") == made(plan, "moves", "before")
    (warning,) = plan.warnings
    assert warning.startswith("moves(at, before): every row references itself, as it cannot be had otherwise")


def test_a_tree_of_one_level_is_roots_alone() -> None:
    people = entity("people", 5, *ints("boss"), foreign_keys=[link("boss", "people(id)", tree={"depth": 1})])
    plan = checked(people)
    assert made(plan, "people", "boss") == made(plan, "people", "id")
    people["foreign_keys"][0]["nullable"] = True
    assert made(checked(people), "people", "boss") == [None] * 5


def test_a_row_that_references_itself_agrees_with_its_other_references() -> None:
    """Its c is its own b, wherever that comes from."""
    pairs = table("pairs", 6, *ints("a", "b"), primary_key=["a", "b"])
    rows = table("t", 6, *ints("a", "b", "c", "d"), primary_key=["b", "d"])
    rows["foreign_keys"] = [link("a, b", "pairs(a, b)"), link("c, d", "t(b, d)", tree={"depth": 1})]
    plan = checked(pairs, rows)
    assert made(plan, "t", "c") == made(plan, "t", "b")


def test_rows_beyond_those_that_have_any_are_null() -> None:
    """Seven rows of t2 lead to rows of their own in t0, which has rows for five of them."""
    t0 = table("t0", 5, *ints("a", "b", "c"), primary_key=["a", "b"])
    t0["foreign_keys"] = [link("b", "t2(b)"), link("c, a", "t0(a, b)")]
    t1 = table("t1", 6, *ints("a", "c", "d"), primary_key=["a", "c"])
    t1["foreign_keys"] = [link("a, d", "t0(a, b)", nullable=True), link("c", "t2(b)")]
    t2 = table("t2", 7, *ints("a", "b", "c"), primary_key=["b"])
    t2["foreign_keys"] = [link("b, c", "t0(a, b)", nullable=True), link("c, a", "t0(a, b)", nullable=True)]
    checked(t0, t1, t2)


def test_references_are_had_before_they_are_given_up() -> None:
    t0 = table("t0", 100, *ints("a", "c", "d"), primary_key=["c", "a"])
    t0["foreign_keys"] = [link("d, c", "t0(c, a)")]
    t1 = table("t1", 400, *ints("a", "c"), primary_key=["c", "a"])
    t1["foreign_keys"] = [link("c", "t2(b)")]
    t2 = table("t2", 350, *ints("a", "b"), column("d", "INT", required=False), primary_key=["b"])
    t2["foreign_keys"] = [link("b, d", "t1(c, a)", nullable=True), link("a, d", "t0(c, a)")]
    assert not checked(t0, t1, t2).warnings


@pytest.mark.parametrize("rows", [1, 5])
def test_a_tree_of_one_level_within_a_tenant(rows: int) -> None:
    tenants = entity("tenants", 3)
    people = table("people", rows, *ints("tenant", "id", "boss"), primary_key=["tenant", "id"])
    people["foreign_keys"] = [
        link("tenant, boss", "people(tenant, id)", tree={"depth": 1}),
        link("tenant", "tenants(id)"),
    ]
    plan = checked(tenants, people)
    assert made(plan, "people", "boss") == made(plan, "people", "id")


def test_a_row_that_must_differ_from_itself_is_not_its_own() -> None:
    moves = table("moves", 2, *ints("piece", "at", "before"), primary_key=["piece", "at"])
    moves |= {"foreign_keys": [link("at, before", "moves(piece, at)")], "checks": ["before <> at"]}
    with pytest.raises(PlanError, match="unique together"):
        planned(moves)


def test_who_shares_its_key_with_the_row_it_references_references_itself() -> None:
    """(id, code) is a person's, and id the person's own: so the code is, too."""
    people = table("people", 6, *ints("id"), column("code", "CHAR(4)"), column("same", "CHAR(4)"))
    people |= {"primary_key": ["id"], "unique": [["id", "code"]]}
    people["foreign_keys"] = [link("id, same", "people(id, code)")]
    plan = checked(people)
    assert made(plan, "people", "same") == made(plan, "people", "code")
    people["foreign_keys"][0] |= {"tree": {"depth": 3}}
    with pytest.raises(PlanError, match="so children, skew, childless and tree have none"):
        planned(people)
