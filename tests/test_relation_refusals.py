"""What cannot be is refused at planning, with table, columns, what was asked, what fits and the mend."""

from typing import Any

import pytest
from tests.support import column, planned, reference, table

from dw_simulator.errors import PlanError, SchemaError

Tables = list[dict[str, Any]]


def parents(rows: int = 10, name: str = "p") -> dict[str, Any]:
    return table(name, rows, column("id", "INT"), primary_key=["id"])


def child(rows: int, **way: Any) -> dict[str, Any]:
    unique = way.pop("is_unique", False)
    return table("c", rows, column("p_id", "INT", is_unique=unique, **reference("p.id", **way)))


def key(columns: list[str], target: str, targets: list[str], **way: Any) -> dict[str, Any]:
    return {"columns": columns, "references_table": target, "references_columns": targets, **way}


def within_tenants(name: str, rows: int) -> dict[str, Any]:
    own = column("tenant", "INT", **reference("t.id"))
    return table(name, rows, own, column("no", "INT"), primary_key=["tenant", "no"])


def of_both(rows: int, **fields: Any) -> dict[str, Any]:
    """A table that references a and b of one tenant."""
    keys = [key(["tenant", name], name, ["tenant", "no"]) for name in "ab"]
    columns = [column(name, "INT") for name in ("tenant", "a", "b")]
    return table("c", rows, *columns, **{"foreign_keys": keys, **fields})


def small(rows: int, *names: str, **fields: Any) -> dict[str, Any]:
    return table("t", rows, *(column(n, "INT", min_value=1, max_value=9) for n in names), **fields)


TENANTS = parents(5, "t")

REFUSED: dict[str, tuple[Tables, str]] = {
    "more one-to-one children than parents": (
        [parents(), child(11, is_unique=True)],
        "c.p_id: INT, unique: 10 values fit, 11 rows asked; give p more rows, or lower the rows",
    ),
    "fewer NULLs than an optional one-to-one reference needs": (
        [
            parents(),
            table(
                "c",
                40,
                column("p_id", "INT", is_unique=True, null_fraction=0.5, **reference("p.id", nullable=True)),
            ),
        ],
        'c.p_id: unique: 20 rows are to have a parent, p has 10; say "null_fraction": 0.75 or more',
    ),
    "children that make other rows": (
        [parents(), child(100, children={"min": 1, "max": 4})],
        "c(p_id): 1 to 4 children for each of 10 parents make 10 to 40 rows, 100 are asked; ask for 40 rows",
    ),
    "exact children that make other rows": (
        [parents(), child(41, children=4)],
        "c(p_id): 4 children for each of 10 parents make 40 rows, 41 are asked; ask for 40 rows",
    ),
    "more children than a key can tell apart": (
        [
            parents(),
            parents(5, "q"),
            table(
                "c",
                60,
                column("p_id", "INT", **reference("p.id", children=6)),
                column("q_id", "INT", **reference("q.id")),
                primary_key=["p_id", "q_id"],
            ),
        ],
        "c(p_id): at least 6 children for each parent, but a key tells only 5 of one parent apart",
    ),
    "a line number that is too narrow": (
        [
            parents(2),
            table(
                "c",
                600,
                column("p_id", "INT", **reference("p.id")),
                column("no", "TINYINT"),
                primary_key=["p_id", "no"],
            ),
        ],
        "c(p_id, no): INT, TINYINT, unique together: 127 rows fit to each row of p, up to 300 are asked",
    ),
    "keys that overlap": (
        [small(100, "a", "b", "c", unique=[["a", "b"], ["b", "c"]])],
        "t(a, b) and t(b, c): these keys overlap: 81 rows fit all of them at once, 100 are asked; widen",
    ),
    "a join table within tenants that is too full": (
        [
            TENANTS,
            within_tenants("a", 20),
            within_tenants("b", 50),
            of_both(300, primary_key=["tenant", "a", "b"]),
        ],
        "c(tenant, a, b): INT, INT, INT, unique together: 10 rows fit to each row of a, up to 15 are asked",
    ),
    "references that share a column without a common source": (
        [
            parents(),
            parents(10, "q"),
            table(
                "c", 10, column("x", "INT"), foreign_keys=[key(["x"], "p", ["id"]), key(["x"], "q", ["id"])]
            ),
        ],
        "c(x): shares x with the reference c(x) to p, but nothing makes q and p agree there",
    ),
    "a way to pick parents where another reference decides": (
        [
            TENANTS,
            within_tenants("a", 20),
            within_tenants("b", 50),
            of_both(
                300,
                foreign_keys=[
                    key(["tenant", "a"], "a", ["tenant", "no"], children=15),
                    key(["tenant", "b"], "b", ["tenant", "no"], children=6),
                ],
            ),
        ],
        "c(tenant, b): the reference c(tenant, a) to a has a say in which rows it references, so children",
    ),
    "skew in a one-to-one reference": (
        [parents(), child(5, is_unique=True, skew={"zipf": 1})],
        "c.p_id: unique, but how often a parent of c(p_id) is picked is declared otherwise; leave out skew",
    ),
    "a tree that is too flat": (
        [
            table(
                "n",
                5,
                column("id", "INT"),
                column("up", "INT", **reference("n.id", nullable=True, tree={"depth": 1, "roots": 2})),
                primary_key=["id"],
            )
        ],
        "n(up): a tree of depth 1 is roots alone: 2, 5 rows asked; allow a greater depth or more roots",
    ),
    "a required reference into an empty table": (
        [parents(0), child(5)],
        "c(p_id): references p, which has 0 rows; give p rows, or let the reference be NULL",
    ),
    "a polymorphic reference into empty tables": (
        [
            parents(0),
            table(
                "c",
                5,
                column("kind", "VARCHAR(3)"),
                column(
                    "p_id",
                    "INT",
                    polymorphic={
                        "type_column": "kind",
                        "parents": [{"type": "p", "references_table": "p", "references_column": "id"}],
                    },
                ),
            ),
        ],
        "c.p_id: references p, which have 0 rows; give one of them rows, or let it be NULL",
    ),
    "a lookup by what is no reference": (
        [
            parents(),
            table(
                "c",
                5,
                column("p_id", "INT", **reference("p.id")),
                column("x", "INT", lookup={"reference": "pid", "column": "id"}),
            ),
        ],
        "c.x: the lookup follows c.pid, which is no reference; did you mean 'p_id'?",
    ),
    "a lookup of what is not there": (
        [
            parents(),
            table(
                "c",
                5,
                column("p_id", "INT", **reference("p.id")),
                column("x", "INT", lookup={"reference": "p_id", "column": "idd"}),
            ),
        ],
        "c.x: the lookup ends in p, which has no column 'idd'; did you mean 'id'?",
    ),
    "a lookup of another type": (
        [
            parents(),
            table(
                "c",
                5,
                column("p_id", "INT", **reference("p.id")),
                column("x", "DATE", lookup={"reference": "p_id", "column": "id"}),
            ),
        ],
        "c.x: DATE references p.id INT: another kind of value; declare it as INT, like p.id",
    ),
}


@pytest.mark.parametrize(("tables", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_is_refused_with_the_reason_and_the_mend(tables: Tables, words: str) -> None:
    with pytest.raises(PlanError) as caught:
        planned(*tables)
    assert words in str(caught.value)
    assert len(caught.value.problems) == 1
    assert all(problem.mend for problem in caught.value.problems)


def test_all_reasons_are_given_together() -> None:
    tables: Tables = []
    for number, (some, _words) in enumerate(REFUSED.values()):
        # the cases side by side in one schema, their tables renamed
        names = {one["name"]: f"x{number}_{one['name']}" for one in some}
        tables += [_renamed(one, names) for one in some]
    with pytest.raises(PlanError) as caught:
        planned(*tables)
    assert len(caught.value.problems) == len(REFUSED)


def _renamed(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_renamed(item, names) for item in value]
    if not isinstance(value, dict):
        return value
    renamed = {field: _renamed(item, names) for field, item in value.items()}
    if "columns" in value and "references_table" not in value:
        renamed["name"] = names[value["name"]]
    if "references_table" in value:
        renamed["references_table"] = names[value["references_table"]]
    return renamed


WRONG: dict[str, tuple[Tables, str]] = {
    "two ways to pick": (
        [parents(), child(20, children=2, skew={"zipf": 1})],
        "children and skew both say which parent a row has; keep one",
    ),
    "a tree between two tables": (
        [parents(), child(20, tree=True)],
        "tables[1].columns[0].foreign_key.tree: c references p, so its rows form no tree; leave tree out",
    ),
    "half a share": ([parents(), child(20, skew={"share": 0.8})], "share and of go together"),
    "no shape": ([parents(), child(20, skew={})], 'one shape is needed; say {"zipf": 1.1}'),
    "bounds the wrong way round": (
        [parents(), child(20, children={"min": 5, "max": 2})],
        "max 2 is below min 5; exchange them",
    ),
    "NULLs of a required reference": (
        [
            parents(),
            table("c", 9, column("x", "INT"), foreign_keys=[key(["x"], "p", ["id"], null_fraction=0.5)]),
        ],
        'tables[1].foreign_keys[0].null_fraction: c(x) cannot be NULL; say "nullable": true',
    ),
    "a misspelt option": (
        [parents(), child(20, childles=0.3)],
        "unknown field; did you mean 'childless'?",
    ),
    "a type column that holds no text": (
        [
            parents(),
            table(
                "c",
                5,
                column("kind", "INT"),
                column(
                    "p_id",
                    "INT",
                    polymorphic={
                        "type_column": "kind",
                        "parents": [{"type": "p", "references_table": "pp", "references_column": "id"}],
                    },
                ),
            ),
        ],
        "there is no table 'pp'; did you mean 'p'?",
    ),
}


@pytest.mark.parametrize(("tables", "words"), WRONG.values(), ids=WRONG.keys())
def test_what_contradicts_itself_is_refused_with_its_place(tables: Tables, words: str) -> None:
    with pytest.raises(SchemaError) as caught:
        planned(*tables)
    assert words in str(caught.value)
