"""The rules `window` and `rollup`, from outside by DuckDB: no row is wrong, wherever a batch ends."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg.sql import SQL
from tests import postgres
from tests.support import column, generated, made, planned, reference, table, views

from dw_simulator.engine.rows import Rows
from dw_simulator.engine.selectors import members as members_module
from dw_simulator.engine.values.facts import texts_of
from dw_simulator.errors import PlanError
from dw_simulator.ports.plan import Plan
from dw_simulator.schema import reading
from dw_simulator.service import ExperimentService, GenerateRequest

ACCOUNTS, POSTINGS = 10_000, 100_000


def window(function: str, name: str | None = None, **options: Any) -> dict[str, Any]:
    options = {"reference": "account_id", **options}
    return {"rule": {"name": "window", "function": function, **({"column": name} if name else {}), **options}}


def rollup(function: str, name: str | None = None, **options: Any) -> dict[str, Any]:
    given_ = {"table": "postings", "reference": "account_id", **options}
    return {"rule": {"name": "rollup", "function": function, **({"column": name} if name else {}), **given_}}


OPTIONAL = {"required": False}
PARENTS = (
    column("id", "INT", is_unique=True),
    column("opened", "DATE", date_start="2020-01-01", date_end="2021-12-31"),
    column("opening", "DECIMAL(14,2)", min_value=0, max_value=500),
    column("total", "DECIMAL(16,2)", **rollup("sum", "amount")),
    column("whole", "BIGINT", **rollup("sum", "units")),
    column("weight", "DOUBLE", **rollup("sum", "share")),
    column("postings", "INT", **rollup("count")),
    column("notes", "SMALLINT", **rollup("count", "note")),
    column("large", "INT", **rollup("count", where="amount > 100 AND note IS NOT NULL")),
    column("largest", "DECIMAL(10,2)", **rollup("max", "amount", where="amount > 100"), **OPTIONAL),
    column("since", "DATE", **rollup("min", "valid_from"), **OPTIONAL),
    column("first_note", "VARCHAR(40)", **rollup("first", "note"), **OPTIONAL),
    column("last_share", "DOUBLE", **rollup("last", "share", where="units > 3"), **OPTIONAL),
)
AFTER = {"name": "after", "reference": "account_id", "column": "opened", "within": "900d", "ordered": True}
CHILDREN = (
    column("n", "BIGINT", is_unique=True, rule={"name": "sequence"}),
    column("amount", "DECIMAL(10,2)", min_value=-200, max_value=300),
    column("units", "INT", min_value=1, max_value=9, required=False, null_fraction=0.3),
    column("share", "DOUBLE", min_value=0, max_value=1),
    column("note", "VARCHAR(40)", required=False, null_fraction=0.4),
    column("valid_from", "DATE", rule=AFTER),
    column("valid_to", "DATE", **window("lead", "valid_from"), **OPTIONAL),
    column("two_before", "VARCHAR(40)", **window("lag", "note", rows=2), **OPTIONAL),
    column("number", "INT", **window("number")),
    column("siblings", "BIGINT", **window("count")),
    column("first_note", "VARCHAR(40)", **window("first", "note"), **OPTIONAL),
    column("last_share", "DOUBLE", **window("last", "share")),
    column("balance", "DECIMAL(16,2)", **window("sum", "amount", start="opening")),
    column("running", "DOUBLE", **window("sum", "share")),
    column("trend", "DOUBLE", **window("sum", "share", decay=0.8)),
    column("part", "DOUBLE", **window("share", "units"), **OPTIONAL),
    column("of_total", "DECIMAL(16,2)", lookup={"reference": "account_id", "column": "total"}),
)


def bank(accounts: int, postings: int, *, nullable: bool = False, **options: Any) -> list[dict[str, Any]]:
    account = column("account_id", "INT", **reference("accounts.id", **options))
    if nullable:
        account |= {"required": False, "null_fraction": 0.1}
        children = [{**one, "required": False} if _is_window(one) else one for one in CHILDREN]
    else:
        children = list(CHILDREN)
    return [table("postings", postings, account, *children), table("accounts", accounts, *PARENTS)]


def _is_window(one: Mapping[str, Any]) -> bool:
    return one.get("rule", {}).get("name") in ("window", "after") or "lookup" in one


INT = {"data_type": "INT"}
LOGNORMAL = {"type": "lognormal", "parameters": {"mean": 2, "stddev": 0.8}}
SHAPES: dict[str, dict[str, Any]] = {
    "even": {},
    "counted": {"children": {"min": 0, "max": 40}},
    "skewed": {
        "children": {
            "min": 1,
            "max": 300,
            "distribution": {"type": "lognormal", "parameters": {"mean": 2, "stddev": 0.8}},
        }
    },
}

OWN = """
    WITH own AS (
        SELECT p.*, row_number() OVER w AS k, count(*) OVER g AS c, lead(valid_from) OVER w AS later,
            lag(note, 2) OVER w AS earlier, first_value(note) OVER w AS head,
            last_value(share) OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS tail,
            a.opening + sum(amount) OVER w AS summed, sum(share) OVER w AS summed_share,
            units / nullif(sum(units) OVER g, 0) AS parted, sum(amount) OVER g AS total
        FROM postings p JOIN accounts a ON a.id = p.account_id
        WINDOW w AS (PARTITION BY account_id ORDER BY n), g AS (PARTITION BY account_id)
    )
    SELECT count(*), {wrong} FROM own
"""
WRONG = (
    "number IS DISTINCT FROM k",
    "siblings IS DISTINCT FROM c",
    "valid_to IS DISTINCT FROM later",
    "valid_to < valid_from",
    "valid_to IS NULL AND k < c",
    "two_before IS DISTINCT FROM earlier",
    "first_note IS DISTINCT FROM head",
    "last_share IS DISTINCT FROM tail",
    "balance IS DISTINCT FROM summed",
    "abs(running - summed_share) > 1e-9",
    "abs(part - coalesce(parted, 0)) > 1e-12",
    "of_total IS DISTINCT FROM total",
)
ABOVE = """
    WITH below AS (
        SELECT account_id, sum(amount) AS total, sum(units) AS whole, sum(share) AS weight, count(*) AS c,
            count(note) AS notes, count(*) FILTER (amount > 100 AND note IS NOT NULL) AS large,
            max(amount) FILTER (amount > 100) AS largest, min(valid_from) AS since,
            arg_min(struct_pack(v := note), n) AS head,
            arg_max(struct_pack(v := share), n) FILTER (units > 3) AS tail
        FROM postings GROUP BY account_id
    )
    SELECT count(*), {wrong} FROM accounts a LEFT JOIN below b ON b.account_id = a.id
"""
WRONG_ABOVE = (
    "a.total IS DISTINCT FROM coalesce(b.total, 0)",
    "a.whole IS DISTINCT FROM coalesce(b.whole, 0)",
    "abs(a.weight - coalesce(b.weight, 0)) > 1e-9",
    "a.postings IS DISTINCT FROM coalesce(b.c, 0)",
    "a.notes IS DISTINCT FROM coalesce(b.notes, 0)",
    "a.large IS DISTINCT FROM coalesce(b.large, 0)",
    "a.largest IS DISTINCT FROM b.largest",
    "a.since IS DISTINCT FROM b.since",
    "a.first_note IS DISTINCT FROM b.head.v",
    "a.last_share IS DISTINCT FROM b.tail.v",
)


def wrong(
    database: duckdb.DuckDBPyConnection, query: str, conditions: tuple[str, ...]
) -> tuple[int, list[str]]:
    """How many rows there are, and the conditions that hold somewhere."""
    counted = ", ".join(f"count(*) FILTER (WHERE {condition})" for condition in conditions)
    count, *found = database.execute(query.format(wrong=counted)).fetchall()[0]
    return count, [condition for condition, rows in zip(conditions, found, strict=True) if rows]


@pytest.mark.parametrize(
    ("shape", "nullable"), [("even", False), ("even", True), ("counted", False), ("skewed", False)]
)
def test_no_row_is_wrong(tmp_path: Path, shape: str, nullable: bool) -> None:
    plan = planned(*bank(ACCOUNTS, POSTINGS, nullable=nullable, **SHAPES[shape]))
    database = views(generated(plan, tmp_path))
    count, found = wrong(database, OWN, WRONG)
    assert count == POSTINGS if not nullable else count > 0.85 * POSTINGS
    assert found == []
    assert wrong(database, ABOVE, WRONG_ABOVE) == (ACCOUNTS, [])
    alone = "SELECT count(*), count(number), count(balance) FROM postings WHERE account_id IS NULL"
    count, *told = database.execute(alone).fetchall()[0]
    assert (bool(count), told) == (nullable, [0, 0])


def test_postgres_agrees_with_all_constraints_on(database: psycopg.Connection, tmp_path: Path) -> None:
    tables = bank(2000, 20_000, children={"min": 0, "max": 40})
    plan, experiment = planned(*tables), reading.parse({"name": "bank", "tables": tables})
    postgres.create(database, "bank", experiment)
    postgres.load(database, "bank", experiment, plan, generated(plan, tmp_path))
    told = [condition for condition in WRONG if not condition.startswith("abs(part")]  # it divides otherwise
    counted = ", ".join(f"count(*) FILTER (WHERE {condition})" for condition in told)
    row = database.execute(SQL(OWN.format(wrong=counted))).fetchone()
    assert row == (20_000, *[0] * len(told))


def test_a_decayed_sum_is_what_a_loop_gives() -> None:
    plan = planned(*bank(200, 5000, **SHAPES["skewed"]))
    accounts, shares, trends = (made(plan, "postings", name) for name in ("account_id", "share", "trend"))
    before: dict[int, float] = {}
    for account, share, trend in zip(accounts, shares, trends, strict=True):
        before[account] = before.get(account, 0.0) * 0.8 + share
        assert trend == pytest.approx(before[account], rel=1e-12)


# --- the law


@pytest.fixture(scope="module")
def plans() -> dict[str, Plan]:
    return {shape: planned(*bank(700, 7000, **options)) for shape, options in SHAPES.items()}


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(SHAPES)), st.data())
def test_a_value_is_the_same_wherever_it_is_asked(
    plans: dict[str, Plan], shape: str, data: st.DataObject
) -> None:
    made_of = plans[shape].table(data.draw(st.sampled_from(["postings", "accounts"])))
    one = data.draw(st.sampled_from([c for c in made_of.columns if c.name != "id"]))
    whole = _bits(one.kernel.values(Rows.run(0, made_of.rows)))
    start = data.draw(st.integers(0, made_of.rows - 1))
    stop = data.draw(st.integers(start + 1, made_of.rows))
    assert _bits(one.kernel.values(Rows.run(start, stop))) == whole[start:stop]
    numbers = data.draw(st.lists(st.integers(0, made_of.rows - 1), min_size=1, max_size=40))
    assert _bits(one.kernel.values(Rows.at(np.array(numbers)))) == [whole[k] for k in numbers]


def _bits(column_: Any) -> list[Any]:
    """Values in which -0.0 is not 0.0; what stands under a NULL does not count."""
    valid = np.ones(len(column_), np.bool_) if column_.valid is None else column_.valid
    if hasattr(column_, "values"):
        return [
            value.tobytes() if there else None for value, there in zip(column_.values, valid, strict=True)
        ]
    return [text if there else None for text, there in zip(texts_of(column_), valid, strict=True)]


def test_groups_come_in_pieces_that_fit_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = planned(*bank(60, 500, **SHAPES["counted"]))
    names = [one.name for one in plan.table("accounts").columns]
    whole = {name: made(plan, "accounts", name) for name in names}
    for at_once in (1, 7, 100):
        monkeypatch.setattr(members_module, "AT_ONCE", at_once)
        for name in names:
            assert made(plan, "accounts", name) == whole[name], (name, at_once)


@pytest.mark.parametrize("name", ["postings", "accounts"])
def test_a_table_that_is_planned_alone_is_the_same(name: str) -> None:
    tables = [
        table("postings", 500, column("account_id", "INT", **reference("accounts.id")), CHILDREN[1]),
        table("accounts", 60, PARENTS[0], column("total", "DECIMAL(16,2)", **rollup("sum", "amount"))),
    ]
    alone, whole = planned(*tables, only=name), planned(*tables)
    for one in whole.table(name).columns:
        assert made(alone, name, one.name) == made(whole, name, one.name), one.name


def test_workers_and_previews_give_the_same(service: ExperimentService, tmp_path: Path) -> None:
    service.create({"name": "bank", "tables": bank(5000, 100_000, **SHAPES["skewed"])})
    found = []
    for workers in (1, 2):
        summary = service.generate(
            "bank", GenerateRequest(seed=3, output_dir=tmp_path / f"{workers}", workers=workers)
        )
        found.append(
            {path.name: path.read_bytes() for files in summary.files.values() for path in map(Path, files)}
        )
    assert found[0] == found[1]
    assert service.verify(tmp_path / "2", deep=True).mismatches == []
    rows = (
        views(tmp_path / "1")
        .execute("SELECT * FROM postings WHERE n BETWEEN 50001 AND 50020 ORDER BY n")
        .fetchall()
    )
    shown = service.preview("bank", "postings", offset=50_000, count=20, seed=3).rows
    assert [tuple(row.values()) for row in shown] == rows


# --- what is rare


def test_the_reference_that_leads_here_is_the_one_that_counts() -> None:
    tenants = table(
        "ten", 5, column("id", "INT", is_unique=True), column("n", "INT", **below("count", "l", "t"))
    )
    orders = table(
        "ords", 12, column("t", "INT", **reference("ten.id")), column("no", "INT"), primary_key=["t", "no"]
    )
    pair = {
        "columns": ["t", "no"],
        "references_table": "ords",
        "references_columns": ["t", "no"],
        "children": {"min": 0, "max": 9},
    }
    line = column("t", "INT", **reference("ten.id"))
    lines = table("l", 40, line, column("no", "INT"), foreign_keys=[pair])
    with pytest.raises(PlanError, match="the rows of l do not stand together by t, but by t, no"):
        planned(tenants, orders, lines)
    number = column("k", "INT", **window("number", reference="t"))
    with pytest.raises(PlanError, match="do not stand together by t, but by t, no"):
        planned(
            table("ten", 5, column("id", "INT", is_unique=True)),
            orders,
            {**lines, "columns": [*lines["columns"], number]},
        )


def below(function: str, child: str, to: str, name: str | None = None, **options: Any) -> dict[str, Any]:
    return rollup(function, name, table=child, reference=to, **options)


def pair(
    parents: list[dict[str, Any]], children: list[dict[str, Any]], rows: int = 60, **options: Any
) -> Plan:
    """Ten parents, and children that reference them."""
    refers = column("p", "INT", **reference("ps.id"), **options)
    return planned(
        table("ps", 10, column("id", "INT", is_unique=True), *parents), table("c", rows, refers, *children)
    )


def test_sums_beyond_64_bits_are_floats_or_refused() -> None:
    large = column("v", "BIGINT", min_value=8 * 10**18, max_value=9 * 10**18)
    plan = pair(
        [column("s", "DOUBLE", **below("sum", "c", "p", "v"))],
        [
            large,
            column("w", "DOUBLE", **window("sum", "v", reference="p")),
            column("part", "DOUBLE", **window("share", "v", reference="p")),
        ],
    )
    assert min(made(plan, "ps", "s")) > 7e18
    assert min(made(plan, "c", "w")) > 7e18
    assert 0 < min(made(plan, "c", "part")) <= max(made(plan, "c", "part")) <= 1
    with pytest.raises(PlanError, match="beyond BIGINT"):
        pair([], [large, column("w", "BIGINT", **window("sum", "v", reference="p"))])


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_a_balance_of_many_digits(share: float) -> None:
    opening = {"required": False, "null_fraction": share} if share else {}
    plan = pair(
        [column("o", "DECIMAL(20,2)", min_value=0, max_value=500, **opening)],
        [
            column("v", "DECIMAL(10,2)", min_value=-200, max_value=300),
            column("b", "DECIMAL(20,2)", **window("sum", "v", reference="p", start="o")),
        ],
    )
    openings = [None if value is None else signed(value) for value in made(plan, "ps", "o")]
    found: dict[int, int] = {}
    for p, v, b in zip(made(plan, "c", "p"), made(plan, "c", "v"), made(plan, "c", "b"), strict=True):
        found[p] = found.get(p, openings[p - 1] or 0) + v
        assert signed(b) == found[p]


def signed(words: tuple[int, int]) -> int:
    """A 128-bit number."""
    whole = words[0] | words[1] << 64
    return whole - (1 << 128) if whole >> 127 else whole


@pytest.mark.parametrize(
    ("options", "parents"),
    [({"required": False, "null_fraction": 1.0}, 10), ({"required": False}, 0)],
    ids=["NULL in every row", "a parent without rows"],
)
def test_rows_that_belong_to_nobody(options: dict[str, Any], parents: int) -> None:
    plan = planned(
        table(
            "ps",
            parents,
            column("id", "INT", is_unique=True),
            column("s", "BIGINT", **below("sum", "c", "p", "v")),
            column("first", "INT", **below("first", "c", "p", "v"), **OPTIONAL),
        ),
        table(
            "c",
            60,
            column("p", "INT", **reference("ps.id"), **options),
            column("v", "INT", min_value=1, max_value=9),
            *(
                column(
                    name,
                    "INT",
                    **window(name, None if name in ("number", "count") else "v", reference="p"),
                    **OPTIONAL,
                )
                for name in ("number", "count", "lag", "lead", "first", "last", "sum")
            ),
        ),
    )
    for one in plan.table("c").columns[2:]:
        assert set(made(plan, "c", one.name)) == {None}, one.name
    assert made(plan, "ps", "s") == [0] * parents
    assert made(plan, "ps", "first") == [None] * parents


def test_parents_that_no_row_can_reference_have_nothing_below() -> None:
    customers = table(
        "cu", 5, column("t", "INT", **reference("ten.id")), column("no", "INT"), primary_key=["t", "no"]
    )
    both = [
        {"columns": ["t"], "references_table": "ten", "references_columns": ["id"]},
        {"columns": ["t", "cno"], "references_table": "cu", "references_columns": ["t", "no"]},
    ]
    buys = table(
        "b",
        40,
        column("t", "INT"),
        column("cno", "INT"),
        column("v", "INT", min_value=1, max_value=9),
        foreign_keys=both,
    )
    key = column("id", "INT", is_unique=True)
    plan = planned(table("ten", 10, key, column("n", "INT", **below("count", "b", "t"))), customers, buys)
    counts = made(plan, "ten", "n")
    assert sum(counts) == 40
    facts = plan.table("ten").columns[1].kernel.facts
    assert facts.ends is not None
    assert facts.ends[0] <= min(counts)
    with pytest.raises(PlanError, match='say "required": false'):
        planned(table("ten", 10, key, column("m", "INT", **below("min", "b", "t", "v"))), customers, buys)


# --- refusals


@pytest.mark.parametrize(
    ("own", "words"),
    [
        (column("x", "DECIMAL(5,2)", **window("sum", "amount")), "beyond DECIMAL(5,2)"),
        (column("x", "INT", **window("sum", "amount")), "2 digits after the point"),
        (column("x", "DECIMAL(14,2)", **window("sum", "note")), "cannot be added up"),
        (
            column("x", "VARCHAR(9)", **window("lag", "note"), **OPTIONAL),
            "values of up to 40 bytes do not fit",
        ),
        (column("x", "INT", **window("lead", "amount"), **OPTIONAL), "declare it as DECIMAL(10,2)"),
        (column("x", "DATE", **window("lead", "valid_from")), 'say "required": false'),
        (column("x", "INT", **window("number", reference="n")), "postings.n is no reference"),
        (column("x", "INT", **window("number", "amount")), "number looks at no column"),
        (column("x", "INT", **window("lag")), "lag needs a column"),
        (column("x", "DOUBLE", **window("lag", "share", decay=0.5), **OPTIONAL), "decay goes with sum"),
        (column("x", "DOUBLE", **window("sum", "x")), "its value comes from itself"),
        (column("x", "INT", **window("share", "units")), "a share is a fraction"),
        (column("x", "DECIMAL(4,4)", **window("share", "n")), "DECIMAL(4,4) does not hold 1"),
        (column("x", "DECIMAL(9,4)", **window("share", "amount")), "amount may be negative"),
        (column("x", "DECIMAL(4,2)", **window("first", "amount")), "amount reaches 300.00"),
        (column("x", "BIGINT", max_value=40, **window("sum", "n")), "may lie beyond max_value"),
        (
            column(
                "x",
                "JSON",
                rule={"name": "json", "template": {"n": {**window("number"), "data_type": "INT"}}},
            ),
            "what looks at other rows is no part of a document",
        ),
    ],
)
def test_what_cannot_be_is_refused(own: dict[str, Any], words: str) -> None:
    postings, accounts = bank(100, 1000)
    with pytest.raises(PlanError, match=_quoted(words)):
        planned({**postings, "columns": [*postings["columns"], own]}, accounts)


@pytest.mark.parametrize(
    ("own", "words"),
    [
        (column("x", "DECIMAL(4,2)", **rollup("sum", "amount")), "beyond DECIMAL(4,2)"),
        (column("x", "INT", **rollup("count", table="posting")), "there is no table 'posting'; did you mean"),
        (
            column("x", "INT", **rollup("count", table="accounts", reference="id")),
            "accounts.id is no reference",
        ),
        (column("x", "DATE", **rollup("max", "valid_from", where="n > 5")), 'say "required": false'),
        (column("x", "VARCHAR(40)", **rollup("max", "note"), **OPTIONAL), "of numbers of up to 18 digits"),
        (column("x", "DECIMAL(14,2)", **rollup("sum")), "sum needs a column"),
        (column("x", "INT", **rollup("count", where="amont > 3")), "postings has no column 'amont'"),
        (column("x", "DECIMAL(18,2)", **rollup("sum", "of_total")), "its value comes from itself"),
        (column("x", "INT", **rollup("count", where="amount")), "accounts.x: where amount:"),
    ],
)
def test_what_cannot_be_summed_up_is_refused(own: dict[str, Any], words: str) -> None:
    postings, accounts = bank(100, 1000)
    if "of_total" in str(own):
        postings["columns"][-1] = column(
            "of_total", "DECIMAL(18,2)", lookup={"reference": "account_id", "column": "x"}
        )
    with pytest.raises(PlanError, match=_quoted(words)):
        planned(postings, {**accounts, "columns": [*accounts["columns"], own]})


def _quoted(words: str) -> str:
    return re.escape(words)


def test_rows_stand_together_by_one_reference_alone() -> None:
    postings, accounts = bank(100, 1000)
    branch = column("branch_id", "INT", **reference("branches.id"))
    branches = table(
        "branches",
        10,
        column("id", "INT", is_unique=True),
        column("turnover", "DECIMAL(18,2)", **rollup("sum", "amount", reference="branch_id")),
    )
    with pytest.raises(PlanError, match="do not stand together by branch_id, but by account_id"):
        planned({**postings, "columns": [*postings["columns"], branch]}, accounts, branches)


def test_tables_without_rows() -> None:
    for accounts, postings in ((0, 0), (10, 0)):
        plan = planned(*bank(accounts, postings))
        assert set(made(plan, "accounts", "total")) <= {0}
        assert set(made(plan, "accounts", "since")) <= {None}
