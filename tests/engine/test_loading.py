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


def test_many_circles_are_cut_all_the_same() -> None:
    names = [f"t{k}" for k in range(8)]
    tables = [node(name, *(f"{other}?" for other in names if other != name)) for name in names]
    loaded, later = order(*tables)
    assert sorted(loaded) == names
    assert len(later) == 28, "one of every two"
