"""The order in which tables can be loaded, and what has to wait."""

from typing import Any

from tests.support import column, planned, reference, table


def node(name: str, *goals: str, nullable: bool = False, **fields: Any) -> dict[str, Any]:
    """A table that references the keys of others; a goal with a question mark may be NULL."""
    links = [
        column(
            f"to_{goal.strip('?')}", "INT", **reference(f"{goal.strip('?')}.id", nullable=goal.endswith("?"))
        )
        for goal in goals
    ]
    return table(name, 20, column("id", "INT"), *links, primary_key=["id"], **fields)


def order(*tables: dict[str, Any]) -> tuple[list[str], list[tuple[str, tuple[str, ...]]]]:
    found = planned(*tables).load_order
    return list(found.tables), [(later.table, later.columns) for later in found.later]


def test_parents_come_before_children() -> None:
    assert order(node("c", "b"), node("b", "a"), node("a")) == (["a", "b", "c"], [])


def test_a_cycle_is_cut_where_it_can_be_null() -> None:
    assert order(node("a", "b"), node("b", "a?")) == (["b", "a"], [("b", ("to_a",))])
    assert order(node("a", "b?"), node("b", "c"), node("c", "a")) == (["a", "c", "b"], [("a", ("to_b",))])


def test_a_cycle_of_required_references_waits_for_its_constraint() -> None:
    tables, later = order(node("a", "b"), node("b", "a"))
    assert sorted(tables) == ["a", "b"]
    assert len(later) == 1
    assert later[0][1] == ()


def test_as_few_references_as_possible_wait() -> None:
    # both circles go through a -> b
    tables, later = order(node("a", "b?"), node("b", "c?", "a?"), node("c", "a?"))
    assert later == [("a", ("to_b",))]
    assert tables.index("b") > tables.index("c") > tables.index("a")


def test_a_tree_needs_no_second_step_and_a_free_graph_does() -> None:
    tree = column("up", "INT", **reference("n.id", nullable=True))
    graph = column("peer", "INT", **reference("n.id", nullable=True, tree=False))
    assert order(table("n", 9, column("id", "INT"), tree, primary_key=["id"])) == (["n"], [])
    assert order(table("n", 9, column("id", "INT"), graph, primary_key=["id"])) == (["n"], [("n", ("peer",))])


def test_what_waits_for_a_key_to_be_set_comes_after_it() -> None:
    def tied(name: str, goal: str) -> dict[str, Any]:
        """A table whose key is an optional reference to another table's, and so on in a circle."""
        columns = [column(f"{name}{k}", "INT") for k in "12"]
        key = [f"{name}1", f"{name}2"]
        to = {
            "columns": [f"{name}2"],
            "references_table": goal,
            "references_columns": [f"{goal}1"],
            "nullable": True,
        }
        return table(name, 9, *columns, primary_key=[f"{name}1"], unique=[key], foreign_keys=[to])

    _tables, later = order(tied("a", "b"), tied("b", "a"))
    assert len(later) == 1
    links = [
        {"columns": ["k"], "references_table": "r", "references_columns": ["k"], "nullable": True},
        {
            "columns": ["up"],
            "references_table": "q",
            "references_columns": ["k"],
            "nullable": True,
            "tree": False,
        },
    ]
    q = table(
        "q",
        9,
        column("id", "INT"),
        column("k", "INT", is_unique=True),
        column("up", "INT"),
        primary_key=["id"],
        foreign_keys=links,
    )
    back = {"columns": ["q_id"], "references_table": "q", "references_columns": ["id"]}
    r = table("r", 9, column("k", "INT"), column("q_id", "INT"), primary_key=["k"], foreign_keys=[back])
    assert order(q, r)[1] == [("q", ("k",)), ("q", ("up",))], "the key first, then what references it"


def test_many_circles_are_cut_all_the_same() -> None:
    names = [f"t{k}" for k in range(8)]
    tables = [node(name, *(f"{other}?" for other in names if other != name)) for name in names]
    loaded, later = order(*tables)
    assert sorted(loaded) == names
    assert len(later) == 28, "one of every two"


def test_what_references_a_key_that_is_set_later_waits_as_well() -> None:
    link = {"columns": ["k"], "references_table": "r", "references_columns": ["k"], "nullable": True}
    q = table(
        "q",
        9,
        column("id", "INT"),
        column("k", "INT", is_unique=True),
        primary_key=["id"],
        foreign_keys=[link],
    )
    r = table("r", 9, column("k", "INT"), column("q_id", "INT", **reference("q.id")), primary_key=["k"])
    s = table("s", 9, column("k", "INT", **reference("q.k", nullable=True)))
    assert order(q, r, s)[1] == [("q", ("k",)), ("s", ("k",))]
