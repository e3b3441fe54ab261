"""References whose parents are picked by what they are: `pick`, `via`, and `children` by a column."""

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from tests.support import column, generated, made, planned, reference, table, to_list, views

from dw_simulator.engine.rows import Rows
from dw_simulator.errors import PlanError, SchemaError
from dw_simulator.planning import tallying
from dw_simulator.planning.columns import choosing
from dw_simulator.schema import reading
from dw_simulator.service import ExperimentService, GenerateRequest

CITIES = ["rome", "oslo", "bonn", "lyon"]


def city(*names: str) -> dict[str, Any]:
    return column("city", "VARCHAR(10)", rule={"name": "choice", "values": list(names)})


STORES = table(
    "stores",
    60,
    column("id", "INT"),
    city(*CITIES),
    column("size", "INT", min_value=1, max_value=9),
    column("is_open", "BOOLEAN", required=False, null_fraction=0.1),
    primary_key=["id"],
)
CUSTOMERS = table(
    "customers", 500, column("id", "INT"), city("bonn", "oslo", "rome", "york"), primary_key=["id"]
)


def sales(rows: int = 20_000, *, optional: bool = True, **pick: Any) -> dict[str, Any]:
    nulls = {"required": False, "null_fraction": 0.0} if optional else {}
    return table(
        "sales",
        rows,
        column("id", "INT"),
        column("customer_id", "INT", **reference("customers.id")),
        column("sold_on", "TIMESTAMP", date_start="2024-01-01", date_end="2025-06-30"),
        column("store_id", "INT", **nulls, **reference("stores.id", pick=pick)),
        primary_key=["id"],
    )


def out_of(plan: Any, tmp_path: Path) -> duckdb.DuckDBPyConnection:
    return views(generated(plan, tmp_path / "out"))


def one(connection: duckdb.DuckDBPyConnection, query: str) -> Any:
    (found,) = connection.sql(query).fetchall()
    return found[0] if len(found) == 1 else found


IN_HER_CITY = {"city": {"reference": "customer_id", "column": "city"}}


def test_a_million_rows_pick_by_weight_condition_and_city(tmp_path: Path) -> None:
    pick = {"weights": "size * 1.5", "where": "is_open", "match": IN_HER_CITY}
    with out_of(planned(STORES, CUSTOMERS, sales(1_000_000, **pick)), tmp_path) as made_of:
        joined = "sales s JOIN customers c ON c.id = customer_id LEFT JOIN stores t ON t.id = store_id"
        assert one(made_of, f"SELECT count(*) FILTER (t.city <> c.city OR NOT t.is_open) FROM {joined}") == 0
        # nobody has a store in york, and nobody else is without one
        assert (
            one(made_of, f"SELECT count(*) FILTER ((store_id IS NULL) <> (c.city = 'york')) FROM {joined}")
            == 0
        )
        rows = made_of.sql(
            f"""SELECT t.city, t.id, any_value(t.size), count(*) FROM {joined} WHERE t.id IS NOT NULL
            GROUP BY ALL ORDER BY ALL"""
        ).fetchall()
    for name in {row[0] for row in rows}:
        sizes, counts = np.array([row[2:] for row in rows if row[0] == name], dtype=float).T
        assert stats.chisquare(counts, sizes / sizes.sum() * counts.sum()).pvalue > 1e-4, name


def test_every_parent_of_a_weight_is_picked_as_often_as_it_weighs(tmp_path: Path) -> None:
    days = table(
        "days",
        731,
        column("day", "DATE", date_start="2024-01-01", date_end="2025-12-31"),
        primary_key=["day"],
    )
    weights = "pow(1.5, year(day) - 2024) * CASE WHEN dayofweek(day) IN (0, 6) THEN 3 ELSE 1 END"
    facts = table(
        "facts", 1_000_000, column("day", "DATE", **reference("days.day", pick={"weights": weights}))
    )
    with out_of(planned(days, facts), tmp_path) as made_of:
        rows = made_of.sql(
            f"SELECT {weights}, (SELECT count(*) FROM facts f WHERE f.day = d.day) FROM days d"
        ).fetchall()
    weight, counts = np.array(rows, dtype=float).T
    assert stats.chisquare(counts, weight / weight.sum() * counts.sum()).pvalue > 1e-4


VERSIONS = (
    table(
        "clients",
        3000,
        column("id", "INT"),
        column("joined", "DATE", date_start="2020-01-01", date_end="2020-12-31"),
        primary_key=["id"],
    ),
    {
        "name": "versions",
        "columns": [
            column("id", "INT"),
            column("client_id", "INT", **reference("clients.id", children={"min": 1, "max": 6})),
            column(
                "since",
                "DATE",
                rule={
                    "name": "after",
                    "reference": "client_id",
                    "column": "joined",
                    "within": "1500d",
                    "ordered": True,
                },
            ),
            column(
                "until",
                "DATE",
                required=False,
                rule={"name": "window", "function": "lead", "reference": "client_id", "column": "since"},
            ),
        ],
        "primary_key": ["id"],
    },
    table(
        "offers",
        60,
        column("id", "INT"),
        column("a", "DATE", date_start="2021-01-01", date_end="2024-12-31"),
        column("b", "TIMESTAMP", rule={"name": "after", "column": "a", "within": "90d"}),
        primary_key=["id"],
    ),
)
AS_OF = {"match": {"client_id": "client_id"}, "at": "at", "since": "since"}


def events(rows: int, *, until: bool = True, **more: Any) -> dict[str, Any]:
    nulls = {"required": False, "null_fraction": 0.0}
    offered = {"at": "at", "since": "a", **({"until": "b"} if until else {})}
    return table(
        "events",
        rows,
        column("client_id", "INT", **reference("clients.id")),
        column("at", "TIMESTAMP", date_start="2022-06-01", date_end="2025-12-31"),
        column("version_id", "INT", **nulls, **reference("versions.id", pick={**AS_OF, **more})),
        column("offer_id", "INT", **nulls, **reference("offers.id", pick=offered)),
    )


def check_versions(made_of: duckdb.DuckDBPyConnection) -> None:
    wrong = """SELECT count(*) FILTER (v.client_id <> e.client_id), count(*) FILTER (v.since > e.at),
        count(*) FILTER (v.until <= e.at),
        count(*) FILTER (v.id IS NULL AND EXISTS (
            SELECT 1 FROM versions w WHERE w.client_id = e.client_id AND w.since <= e.at))
        FROM events e LEFT JOIN versions v ON v.id = e.version_id"""
    assert one(made_of, wrong) == (0, 0, 0, 0)
    assert one(made_of, "SELECT count(*) FROM events WHERE version_id IS NULL") > 0


def test_a_million_facts_take_the_version_and_the_offer_of_their_moment(tmp_path: Path) -> None:
    with out_of(planned(*VERSIONS, events(1_000_000)), tmp_path) as made_of:
        check_versions(made_of)
        wrong = """SELECT count(*) FILTER (o.a > e.at OR o.b < e.at), count(*) FILTER (
            o.id IS NULL AND EXISTS (SELECT 1 FROM offers p WHERE p.a <= e.at AND e.at <= p.b))
            FROM events e LEFT JOIN offers o ON o.id = e.offer_id"""
        assert one(made_of, wrong) == (0, 0)
        assert one(made_of, "SELECT count(offer_id) > 100000 FROM events")


def test_of_more_parents_than_are_looked_at(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(choosing, "AT_HAND", 50)
    clients, versions, _offers = VERSIONS
    facts = events(50_000)
    facts["columns"].pop()
    with out_of(planned(clients, versions, facts), tmp_path) as made_of:
        check_versions(made_of)
    tried = planned(STORES, CUSTOMERS, sales(200_000, weights="size", where="is_open"))
    sizes, is_open = made(tried, "stores", "size"), made(tried, "stores", "is_open")
    weights = np.array([size if yes else 0 for size, yes in zip(sizes, is_open, strict=True)], dtype=float)
    counts = Counter(made(tried, "sales", "store_id"))
    seen = np.array([counts.get(k + 1, 0) for k in range(60)], dtype=float)
    assert not seen[weights == 0].any()
    kept = weights > 0
    assert stats.chisquare(seen[kept], weights[kept] / weights.sum() * 200_000).pvalue > 1e-4
    with pytest.raises(PlanError, match="match, at and until look at up to 50"):
        planned(STORES, CUSTOMERS, sales(match=IN_HER_CITY))


MEMBERS = table(
    "members",
    300,
    column("id", "INT"),
    column("joined", "TIMESTAMP", date_start="2023-01-01", date_end="2025-06-30"),
    column(
        "left_on",
        "DATE",
        required=False,
        null_fraction=0.4,
        rule={"name": "after", "column": "joined", "within": "400d"},
    ),
    column("spends", "INT", min_value=0, max_value=8),
    primary_key=["id"],
)
AT_ALL = {"at": "at", "since": "joined", "any": True}


def posts(rows: int, **pick: Any) -> dict[str, Any]:
    return table(
        "posts",
        rows,
        column("at", "TIMESTAMP", date_start="2023-01-05", date_end="2025-12-31"),
        column("member_id", "INT", required=False, null_fraction=0.0, **reference("members.id", pick=pick)),
    )


@pytest.mark.parametrize("at_hand", [1 << 20, 50])
def test_a_million_rows_take_any_member_of_their_moment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, at_hand: int
) -> None:
    monkeypatch.setattr(choosing, "AT_HAND", at_hand)
    pick = {**AT_ALL, "until": "left_on", "weights": "spends"}
    with out_of(planned(MEMBERS, posts(1_000_000, **pick)), tmp_path) as made_of:
        wrong = """SELECT count(*) FILTER (m.joined > p.at OR m.left_on < p.at::DATE OR m.spends = 0)
            FROM posts p JOIN members m ON m.id = p.member_id"""
        assert one(made_of, wrong) == 0
        missed = """SELECT count(*) / 1_000_000 FROM posts p WHERE member_id IS NULL AND EXISTS (
            FROM members m WHERE m.joined <= p.at AND spends > 0 AND coalesce(left_on >= p.at::DATE, true))"""
        # of more parents than are looked at, a few draws may find none
        assert one(made_of, missed) <= (0 if at_hand > 50 else 0.02)


def test_any_member_of_a_moment_is_picked_as_often_as_it_weighs(tmp_path: Path) -> None:
    with out_of(planned(MEMBERS, posts(400_000, **AT_ALL, weights="spends")), tmp_path) as made_of:
        late = "p.at >= '2025-07-01'"  # when all have joined
        seen = made_of.sql(
            f"""SELECT m.spends, (SELECT count(*) FROM posts p WHERE {late} AND p.member_id = m.id)
            FROM members m"""
        ).fetchall()
    weights, counts = np.array(seen, dtype=float).T
    assert not counts[weights == 0].any()
    kept = weights > 0
    expected = weights[kept] / weights[kept].sum() * counts.sum()
    assert stats.chisquare(counts[kept], expected).pvalue > 1e-4


def test_any_goes_with_a_moment() -> None:
    told = "any goes with at and since"
    with pytest.raises(SchemaError, match=told):
        planned(MEMBERS, posts(9, any=True, weights="spends"))
    with pytest.raises(SchemaError, match="weights and at both say which parent is picked"):
        planned(MEMBERS, posts(9, at="at", since="joined", weights="spends"))


def test_where_nothing_is_found_a_required_reference_takes_another_and_says_so() -> None:
    plan = planned(STORES, CUSTOMERS, sales(optional=False, match=IN_HER_CITY))
    (warning,) = plan.warnings
    assert re.search(
        r"sales\(store_id\): pick finds no row of stores for about 2\d\.\d% of the rows", warning
    )
    assert None not in made(plan, "sales", "store_id")


def test_few_rows_that_find_nothing_are_not_called_none() -> None:
    since = column("opened", "DATE", rule={"name": "date_key", "start": "2024-01-01"})
    parents = table("stores", 366, column("id", "INT"), since, primary_key=["id"])
    rare = {"name": "choice", "values": ["2023-12-31", "2024-06-01"], "weights": [1, 1999]}
    sold = column("sold", "DATE", rule=rare)
    picked = reference("stores.id", pick={"at": "sold", "since": "opened"})
    sales = table("sales", 10_000, sold, column("store_id", "INT", **picked))
    (warning,) = planned(parents, sales).warnings
    assert "for less than 0.1% of the rows, which reference another one" in warning


@given(data=st.data())
@settings(max_examples=30)
def test_picks_are_functions_of_the_row(data: st.DataObject) -> None:
    pick = data.draw(
        st.sampled_from(
            [
                {"weights": "size"},
                {"where": "size > 3", "match": IN_HER_CITY},
                {"match": {"city": {**IN_HER_CITY["city"]}}},
            ]
        )
    )
    plan = planned(STORES, CUSTOMERS, sales(3000, **pick), seed=data.draw(st.integers(0, 5)))
    kernel = next(c.kernel for c in plan.table("sales").columns if c.name == "store_id")
    whole = to_list(kernel.values(Rows.run(0, 3000)))
    rows = data.draw(st.lists(st.integers(0, 2999), min_size=1, max_size=60))
    assert to_list(kernel.values(Rows.at(np.array(rows)))) == [whole[row] for row in rows]
    start, stop = sorted(data.draw(st.tuples(st.integers(0, 2999), st.integers(0, 3000))))
    assert to_list(kernel.values(Rows.run(start, stop))) == whole[start:stop]


def test_the_same_bytes_with_any_workers_and_by_processes(service: ExperimentService, tmp_path: Path) -> None:
    tables = [STORES, CUSTOMERS, sales(60_000, weights="size", match=IN_HER_CITY), *VERSIONS, events(60_000)]
    service.create({"name": "x", "tables": tables})
    found = []
    for number, (workers, executor) in enumerate([(1, "threads"), (2, "threads"), (2, "processes")]):
        out = tmp_path / str(number)
        service.generate("x", GenerateRequest(seed=5, output_dir=out, workers=workers, executor=executor))
        found.append({path.relative_to(out): path.read_bytes() for path in out.rglob("*.parquet")})
    assert found[0] == found[1] == found[2]


def test_a_table_is_planned_alike_alone_and_among_others() -> None:
    tables = [STORES, CUSTOMERS, sales(2000, weights="size", match=IN_HER_CITY)]
    assert made(planned(*tables), "sales", "store_id") == made(
        planned(*tables, only="sales"), "sales", "store_id"
    )


# --- via


def test_a_seller_is_the_seller_of_the_listing(tmp_path: Path) -> None:
    people = table("people", 50, column("id", "INT"), primary_key=["id"])
    seller = reference("people.id", nullable=True)
    listings = table(
        "listings",
        200,
        column("id", "INT"),
        column("seller_id", "INT", required=False, null_fraction=0.2, **seller),
        primary_key=["id"],
    )
    deals = table(
        "deals",
        5000,
        column("listing_id", "INT", **reference("listings.id")),
        column("seller", "INT", required=False, **reference("people.id", via="listing_id")),
        column("named", "INT", required=False, **reference("people.id", via=["listing_id", "seller_id"])),
        column("buyer", "INT", **reference("people.id")),
    )
    with out_of(planned(people, listings, deals), tmp_path) as made_of:
        joined = "deals d JOIN listings l ON l.id = listing_id"
        assert one(made_of, f"SELECT count(*) FILTER (seller IS DISTINCT FROM seller_id) FROM {joined}") == 0
        assert one(made_of, f"SELECT count(*) FILTER (named IS DISTINCT FROM seller_id) FROM {joined}") == 0
        assert one(made_of, f"SELECT count(*) FILTER (buyer = seller_id) < 500 FROM {joined}")


# --- children by a column


def orders(rows: int, lines: str, **fields: Any) -> list[dict[str, Any]]:
    return [
        table(
            "orders",
            rows,
            column("id", "INT"),
            column("is_paid", "BOOLEAN"),
            column(
                "n_lines", "INT", required=False, null_fraction=0.0, rule={"name": "expression", "sql": lines}
            ),
            column(
                "total", "BIGINT", rule={"name": "rollup", "function": "sum", "column": "amount", **BELOW}
            ),
            column("counted", "BIGINT", rule={"name": "rollup", "function": "count", **BELOW}),
            primary_key=["id"],
        ),
        {
            "name": "lines",
            "columns": [
                column("order_id", "INT", **reference("orders.id", children={"column": "n_lines"})),
                column("no", "SMALLINT"),
                column("amount", "INT", min_value=1, max_value=9),
            ],
            "primary_key": ["order_id", "no"],
            **fields,
        },
    ]


BELOW = {"table": "lines", "reference": "order_id"}
NUMBER = "CASE WHEN is_paid THEN 1 + CAST(floor(noise('lines') * 5) AS INT) ELSE NULL END"


@pytest.mark.parametrize("in_full", [1 << 16, 10])
def test_as_many_children_as_a_column_says(
    in_full: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tallying, "IN_FULL", in_full)
    plan = planned(*orders(5_001, NUMBER))
    with out_of(plan, tmp_path) as made_of:
        wrong = "SELECT count(*) FILTER (coalesce(n_lines, 0) <> counted), sum(n_lines) FROM orders"
        assert one(made_of, wrong) == (0, plan.table("lines").rows)
        sums = "SELECT order_id, sum(amount) s FROM lines GROUP BY 1"
        wrong = f"SELECT count(*) FROM ({sums}) JOIN orders ON id = order_id WHERE s <> total"
        assert one(made_of, wrong) == 0
        assert one(made_of, "SELECT count(*) - count(DISTINCT (order_id, no)) FROM lines") == 0
    kernel = next(c.kernel for c in plan.table("lines").columns if c.name == "order_id")
    rows = np.random.default_rng(1).integers(0, plan.table("lines").rows, 500)
    whole = made(plan, "lines", "order_id")
    assert to_list(kernel.values(Rows.at(rows))) == [whole[row] for row in rows]


def test_a_million_lines_of_tallied_orders(tmp_path: Path) -> None:
    with out_of(planned(*orders(600_000, NUMBER)), tmp_path) as made_of:
        assert one(made_of, "SELECT count(*) FILTER (coalesce(n_lines, 0) <> counted) FROM orders") == 0
        assert one(made_of, "SELECT count(*) > 800000 FROM lines")


# --- what is refused


REFUSED: Mapping[str, tuple[list[dict[str, Any]], str]] = {
    "weights below 0": (
        [STORES, CUSTOMERS, sales(weights="size - 5")],
        "sales(store_id): pick: weights size - 5: row 3 of stores weighs -3.0; let weights be 0 or more",
    ),
    "nobody": (
        [STORES, CUSTOMERS, sales(where="size > 10")],
        "sales(store_id): pick: where size > 10: not one of the 60 rows of stores may be picked",
    ),
    "an unknown column": (
        [STORES, CUSTOMERS, sales(weights="sice")],
        "sales(store_id): pick: line 1, column 1 of 'sice': stores has no column 'sice'; did you mean",
    ),
    "columns of two kinds": (
        [STORES, CUSTOMERS, sales(match={"city": "sold_on"})],
        "sales(store_id): pick: match: sold_on TIMESTAMP and city VARCHAR(10) are not compared: another kind",
    ),
    "a moment that is none": (
        [STORES, CUSTOMERS, sales(at="sold_on", since="size")],
        "sales(store_id): pick: since: size is INT",
    ),
    "a pick in a key": (
        [
            STORES,
            table(
                "owners",
                10,
                column("store_id", "INT", is_unique=True, **reference("stores.id", pick={"weights": "size"})),
            ),
        ],
        "owners(store_id): stands in a key and so has no say in which rows of stores it picks",
    ),
    "a pick under a window": (
        [
            STORES,
            table(
                "visits",
                10,
                column("store_id", "INT", **reference("stores.id", pick={"weights": "size"})),
                column("n", "INT", rule={"name": "window", "function": "number", "reference": "store_id"}),
            ),
        ],
        "visits(store_id): has its rows dealt out",
    ),
    "other rows than the column says": (
        orders(100, "2", target_rows=150),
        "lines(order_id): the numbers of orders.n_lines add up to 200 rows, 150 are asked",
    ),
    "less than none": (orders(100, "id - 5"), "lines(order_id): children: orders.n_lines is -4 in row 0"),
    "a number that comes from itself": (
        orders(100, "total + 1"),
        "lines(order_id): children: orders.n_lines cannot be made: orders.total: BIGINT: how many rows",
    ),
    "a line number that is too narrow": (
        orders(10, "40000"),
        "lines(order_id): orders.n_lines reaches 40,000, but a key tells only 32,767 children of one parent",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_refused_with_its_place(name: str) -> None:
    tables, told = REFUSED[name]
    with pytest.raises(PlanError) as error:
        planned(*tables)
    assert any(str(problem).startswith(told) for problem in error.value.problems), str(error.value)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"pick": {}}, "a pick says nothing"),
        ({"pick": {"at": "sold_on"}}, "at and since go together"),
        (
            {"pick": {"weights": "size"}, "skew": {"zipf": 1.1}},
            "skew and pick both say which parent a row has",
        ),
        ({"via": "customer_id"}, "leads to customers, which has no reference to stores(id)"),
        ({"via": "customer"}, "sales.customer is no reference; did you mean 'customer_id'?"),
        ({"children": {"column": "size", "min": 1}}, "column and min, max or distribution both say"),
    ],
)
def test_what_a_reference_says_is_checked(options: dict[str, Any], told: str) -> None:
    data = sales(weights="size")
    data["columns"][3]["foreign_key"].pop("pick")
    data["columns"][3]["foreign_key"] |= options
    with pytest.raises(SchemaError) as error:
        reading.parse({"name": "x", "tables": [STORES, CUSTOMERS, data]})
    assert told in str(error.value)


def test_a_pick_that_another_one_leads_to_is_refused_alone() -> None:
    towns = table("towns", 9, column("id", "INT"), column("people", "INT"), primary_key=["id"])
    near = {"town_id": {"reference": "customer_id", "column": "town_id"}}
    lived_in = reference("towns.id", pick={"weights": "poeple"})
    tables = [
        table(
            "sales",
            90,
            column("customer_id", "INT", **reference("customers.id")),
            column("store_id", "INT", **reference("stores.id", pick={"match": near})),
        ),
        table("customers", 20, column("id", "INT"), column("town_id", "INT", **lived_in), primary_key=["id"]),
        table(
            "stores",
            20,
            column("id", "INT"),
            column("town_id", "INT", **reference("towns.id")),
            primary_key=["id"],
        ),
        towns,
    ]
    with pytest.raises(PlanError) as caught:
        planned(*tables)
    (problem,) = caught.value.problems
    assert str(problem).startswith(
        "customers(town_id): pick: line 1, column 1 of 'poeple': towns has no column"
    )


# --- what a review has found


def test_among_many_parents_only_those_that_may_be_are_picked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "AT_HAND", 50)
    weight = column("w", "INT", min_value=1, max_value=4)
    owners = table("owners", 110, column("id", "INT"), weight, primary_key=["id"])
    own = column("owner", "INT", **reference("owners.id"))
    parts = table("parts", 50, own, column("no", "INT"), primary_key=["owner", "no"])
    uses = table(
        "uses",
        300,
        column("owner", "INT", **reference("owners.id", pick={"weights": "w"})),
        column("no", "INT"),
        foreign_keys=[
            {"columns": ["owner", "no"], "references_table": "parts", "references_columns": ["owner", "no"]}
        ],
    )
    plan = planned(owners, parts, uses)
    there = set(zip(made(plan, "parts", "owner"), made(plan, "parts", "no"), strict=True))
    assert set(zip(made(plan, "uses", "owner"), made(plan, "uses", "no"), strict=True)) <= there


def test_few_heavy_parents_among_many_keep_their_weight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "AT_HAND", 50)
    many = table("many", 120_000, column("id", "INT"), primary_key=["id"])
    heavy = "CASE WHEN id % 60000 = 77 THEN 50 ELSE 1 END"
    few = table("few", 200_000, column("m", "INT", **reference("many.id", pick={"weights": heavy})))
    counts = Counter(made(planned(many, few), "few", "m"))
    assert 80 < counts[77] + counts[60_077] < 260  # 200,000 * 100 / 120,098
    wrong = {"weights": "CASE WHEN id = 100001 THEN -1 ELSE 1 END"}
    few = table("few", 9, column("m", "INT", **reference("many.id", pick=wrong)))
    with pytest.raises(PlanError, match="row 100,000 of many weighs -1"):
        planned(many, few)


def test_a_condition_on_any_number_of_parents_is_kept() -> None:
    many = table("many", 1 << 40, column("id", "BIGINT"), column("ok", "BOOLEAN"), primary_key=["id"])
    chosen_ = column("m", "BIGINT", **reference("many.id", pick={"where": "ok"}))
    few = table("few", 2000, chosen_, column("ok", "BOOLEAN", lookup={"reference": "m", "column": "ok"}))
    plan = planned(many, few)
    assert all(made(plan, "few", "ok"))
    assert len(set(made(plan, "few", "m"))) == 2000


def test_a_group_of_small_weights_keeps_its_proportions() -> None:
    given = [("A", 1e12), ("A", 2e12), ("B", 1), ("B", 9)]
    shops = {
        "name": "shops",
        "rows": [{"id": k, "city": name, "w": w} for k, (name, w) in enumerate(given, 1)],
        "columns": [column("id", "INT"), column("city", "VARCHAR(1)"), column("w", "DOUBLE")],
        "primary_key": ["id"],
    }
    buys = table(
        "buys",
        8000,
        column("city", "VARCHAR(1)", rule={"name": "choice", "values": ["A", "B"]}),
        column("shop", "INT", **reference("shops.id", pick={"weights": "w", "match": {"city": "city"}})),
    )
    counts = Counter(made(planned(shops, buys), "buys", "shop"))
    assert 0.08 < counts[3] / (counts[3] + counts[4]) < 0.12
    assert 0.31 < counts[1] / (counts[1] + counts[2]) < 0.36


@given(data=st.data())
@settings(max_examples=60)
def test_the_last_that_still_goes_on_is_found_behind_any_number_of_short_ones(data: st.DataObject) -> None:
    days = st.integers(0, 40)
    spans = data.draw(st.lists(st.tuples(days, st.none() | st.integers(0, 12)), min_size=1, max_size=40))
    day0 = np.datetime64("2024-01-01")
    rows = [
        {"id": k, "a": str(day0 + a), "b": None if n is None else str(day0 + a + n)}
        for k, (a, n) in enumerate(spans, 1)
    ]
    offers = {
        "name": "offers",
        "rows": rows,
        "columns": [column("id", "INT"), column("a", "DATE"), column("b", "DATE", required=False)],
        "primary_key": ["id"],
    }
    pick = {"at": "at", "since": "a", "until": "b"}
    sold = table(
        "sold",
        60,
        column("at", "DATE", date_start="2023-12-25", date_end="2024-03-01"),
        column("o", "INT", required=False, null_fraction=0.0, **reference("offers.id", pick=pick)),
    )
    plan = planned(offers, sold)
    moments = [day - int(day0.astype(int)) for day in made(plan, "sold", "at")]
    for at, found in zip(moments, made(plan, "sold", "o"), strict=True):
        good = [(a, k) for k, (a, n) in enumerate(spans, 1) if a <= at and (n is None or at <= a + n)]
        assert (found is None) == (not good)
        assert found is None or spans[found - 1][0] == max(good)[0]


def test_a_date_that_nanoseconds_do_not_reach_is_compared_as_a_date() -> None:
    versions = {
        "name": "versions",
        "rows": [{"id": 1, "k": "1650-01-01"}, {"id": 2, "k": "1600-01-01"}, {"id": 3, "k": "1500-01-01"}],
        "columns": [column("id", "INT"), column("k", "DATE")],
        "primary_key": ["id"],
    }
    facts = table(
        "facts",
        50,
        column("k", "TIMESTAMP(9)", date_start="2000-01-01", date_end="2022-01-01"),
        column("v", "INT", **reference("versions.id", pick={"at": "k", "since": "k"})),
    )
    assert set(made(planned(versions, facts), "facts", "v")) == {1}


def test_a_row_without_a_parent_has_no_version_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "AT_HAND", 50)
    clients, versions, _offers = VERSIONS
    facts = events(5000)
    facts["columns"].pop()
    facts["columns"][0] |= {"required": False, "null_fraction": 0.4}
    plan = planned(clients, versions, facts)
    pairs = zip(made(plan, "events", "client_id"), made(plan, "events", "version_id"), strict=True)
    assert all(version is None for client, version in pairs if client is None)


@pytest.mark.parametrize(
    "columns",
    [
        [column("m", "INT", **reference("a.id", pick={"match": {"x": {"reference": "m", "column": "x"}}}))],
        [
            column("m", "INT", **reference("a.id", pick={"match": {"x": {"reference": "n", "column": "x"}}})),
            column("n", "INT", **reference("a.id", pick={"match": {"x": {"reference": "m", "column": "x"}}})),
        ],
    ],
)
def test_picks_that_come_from_themselves_are_refused(columns: list[dict[str, Any]]) -> None:
    rows = table(
        "a",
        90,
        column("id", "INT"),
        *columns,
        column("x", "INT", min_value=1, max_value=3),
        primary_key=["id"],
    )
    with pytest.raises(PlanError, match="which row it references comes from itself"):
        planned(rows)


@pytest.mark.parametrize("own", ["NUMBER(38,0)", "BIGINT"])
@pytest.mark.parametrize("target", ["NUMBER(38,0)", "BIGINT"])
def test_keys_of_any_width_are_matched(own: str, target: str, tmp_path: Path) -> None:
    regions = table("regions", 7, column("id", target, min_value=1, max_value=99), primary_key=["id"])
    stores = table(
        "stores",
        50,
        column("id", "INT"),
        column("region_id", target, **reference("regions.id")),
        primary_key=["id"],
    )
    visits = table(
        "visits",
        3000,
        column("id", "INT"),
        column("region_id", own, **reference("regions.id")),
        column("store_id", "INT", **reference("stores.id", pick={"match": {"region_id": "region_id"}})),
        primary_key=["id"],
    )
    found = out_of(planned(regions, stores, visits), tmp_path)
    wrong = one(
        found,
        "SELECT count(*) FROM visits v JOIN stores s ON s.id = v.store_id WHERE s.region_id <> v.region_id",
    )
    elsewhere = one(
        found, "SELECT count(*) FROM visits WHERE region_id NOT IN (SELECT region_id FROM stores)"
    )
    assert wrong <= elsewhere < 3000


def test_bytes_are_not_matched() -> None:
    a = table("a", 9, column("id", "INT"), column("k", "BLOB"), primary_key=["id"])
    b = table(
        "b", 9, column("k", "BLOB"), column("a", "INT", **reference("a.id", pick={"match": {"k": "k"}}))
    )
    with pytest.raises(PlanError, match="are not compared: they hold bytes"):
        planned(a, b)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_counts_that_follow_from_counts(order: tuple[int, ...]) -> None:
    top = table(
        "o", 300, column("id", "INT"), column("n", "INT", min_value=0, max_value=4), primary_key=["id"]
    )
    middle = {
        "name": "l",
        "columns": [
            column("id", "INT"),
            column("o", "INT", **reference("o.id", children={"column": "n"})),
            column("m", "INT", min_value=0, max_value=3),
        ],
        "primary_key": ["id"],
    }
    last = {"name": "x", "columns": [column("l", "INT", **reference("l.id", children={"column": "m"}))]}
    tables = [top, middle, last]
    plan = planned(*(tables[k] for k in order))
    counts = Counter(made(plan, "x", "l"))
    said = dict(zip(made(plan, "l", "id"), made(plan, "l", "m"), strict=True))
    assert all(counts[key] == n for key, n in said.items())


def test_a_table_does_not_count_its_own_rows() -> None:
    own = column("p", "INT", required=False, **reference("o.id", children={"column": "n"}))
    rows = {
        "name": "o",
        "columns": [column("id", "INT"), column("n", "INT", min_value=1, max_value=3), own],
        "primary_key": ["id"],
    }
    with pytest.raises(PlanError, match="how many children a row has decides how many rows there are"):
        planned(rows)


def test_two_references_that_go_by_each_other_are_refused() -> None:
    people = table("people", 5, column("id", "INT"), primary_key=["id"])
    pairs = table(
        "pairs",
        5,
        column("a", "INT", **reference("people.id", via="b")),
        column("b", "INT", **reference("people.id", via="a")),
    )
    with pytest.raises(PlanError, match="comes, through other references, from itself"):
        planned(people, pairs)


def test_nothing_of_an_empty_table_is_picked() -> None:
    empty = {**STORES, "target_rows": 0}
    plan = planned(empty, CUSTOMERS, sales(100, weights="size"))
    assert made(plan, "sales", "store_id") == [None] * 100


def test_conditions_say_whose_sql_they_are() -> None:
    where = {"sql": "size % 2 = 0", "dialect": "duckdb"}
    plan = planned(
        STORES, CUSTOMERS, sales(2000, where=where, weights={"sql": "ln(size + 1)", "dialect": "duckdb"})
    )
    sizes = dict(zip(made(plan, "stores", "id"), made(plan, "stores", "size"), strict=True))
    assert {sizes[store] % 2 for store in made(plan, "sales", "store_id")} == {0}
    with pytest.raises(SchemaError, match="weights and where are SQL of two dialects"):
        planned(STORES, CUSTOMERS, sales(9, where=where, weights="size"))
