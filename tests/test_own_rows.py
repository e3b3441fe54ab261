"""The rule `table`: rows of the user's own, from outside by DuckDB, and what does not fit is refused."""

import datetime
import json
import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2
from tests.support import column, generated, reference, scattered, to_list, views

from dw_simulator.engine.rows import Rows
from dw_simulator.errors import PlanError, SchemaError
from dw_simulator.planning import plan
from dw_simulator.ports.plan import Plan
from dw_simulator.schema import reading
from dw_simulator.schema.given_rows import MAX_CELLS
from dw_simulator.service import ExperimentService

ROWS = 1_000_000
RANDOM = random.Random(3)
CATALOG = [
    {
        "category": f"cat {c}",
        "subcategory": f"sub {c}-{s}",
        "brand": f"a brand of the {c * 7 % 5}. kind, number {s * 3 + b}",
        "share": RANDOM.choice([0, 1, 2, 5, 10, 33.3]),
    }
    for c in range(8)
    for s in range(6)
    for b in range(9)
]


def own(of: str, name: str, **options: Any) -> dict[str, Any]:
    return {"rule": {"name": "table", "of": of, "column": name, **options}}


def planned(data: dict[str, Any], *columns: dict[str, Any], rows: int = 1000, **table: Any) -> Plan:
    shop = {"name": "t", "target_rows": rows, "columns": [*columns], **table}
    document = {"name": "own", "reference_data": data, "tables": [shop]}
    return plan(reading.parse(document), 7, ExperimentService().rule)


def made(a_plan: Plan, name: str, rows: Rows | None = None) -> list[Any]:
    table = a_plan.table("t")
    (found,) = (one for one in table.columns if one.name == name)
    values = to_list(found.kernel.values(Rows.run(0, table.rows) if rows is None else rows))
    return [value.decode() if isinstance(value, bytes) else value for value in values]


def refused(*args: Any, **fields: Any) -> str:
    with pytest.raises((PlanError, SchemaError)) as caught:
        planned(*args, **fields)
    return " ".join(str(caught.value).split())


def test_columns_of_a_row_are_of_one_of_the_rows_as_often_as_weights_say(tmp_path: Path) -> None:
    families = column("family", "VARCHAR(8)", is_unique=True, **own("plain", "category"))
    products = [
        *(
            column(name, "VARCHAR(60)", **own("catalog", name))
            for name in ("category", "subcategory", "brand")
        ),
        column("other", "VARCHAR(60)", **own("catalog", "brand", entity="other")),
        column("family_id", "INT", **reference("families.id")),
        column("family", "VARCHAR(8)", lookup={"reference": "family_id", "column": "family"}),
        column("kind", "VARCHAR(60)", **own("catalog", "subcategory", by={"family": "category"})),
        column("maker", "VARCHAR(60)", **own("catalog", "brand", by={"family": "category"})),
        column("even", "VARCHAR(60)", **own("plain", "brand", by={"family": "category"})),
    ]
    document = {
        "name": "own",
        "reference_data": {"catalog": {"rows": CATALOG, "weights": "share"}, "plain": {"rows": CATALOG}},
        "tables": [
            {
                "name": "families",
                "target_rows": 8,
                "columns": [column("id", "INT", is_unique=True), families],
            },
            {"name": "products", "target_rows": ROWS, "columns": products},
        ],
    }
    with views(generated(plan(reading.parse(document), 7, ExperimentService().rule), tmp_path)) as duck:
        duck.register(
            "given", pa.Table.from_pylist([{**row, "share": float(row["share"])} for row in CATALOG])
        )
        triples = "SELECT category, subcategory, brand FROM given WHERE share > 0"
        wrong = f"""SELECT count_if((category, subcategory, brand) NOT IN ({triples})),
            count_if((family, kind, maker) NOT IN ({triples})),
            count_if((family, even) NOT IN (SELECT category, brand FROM given)), count(*) FROM products"""
        assert duck.execute(wrong).fetchall() == [(0, 0, 0, ROWS)]
        for names, within in (("category, subcategory, brand", "1"), ("family, kind, maker", "category")):
            statistic, cells = duck.execute(f"""
                WITH found(a, b, c, n) AS (SELECT {names}, count(*) FROM products GROUP BY ALL),
                wanted AS (SELECT category, subcategory, brand, n,
                    share / sum(share) OVER w * sum(n) OVER w AS e
                    FROM given LEFT JOIN found ON (a, b, c) = (category, subcategory, brand) WHERE share > 0
                    WINDOW w AS (PARTITION BY {within}))
                SELECT sum((coalesce(n, 0) - e) ** 2 / e), count(*) FROM wanted""").fetchall()[0]
            assert statistic < chi2.ppf(1 - 1e-9, cells), "the weights do not hold"
        # another entity is another row
        agreeing = duck.execute("SELECT count_if(other = brand) FROM products").fetchone()
        assert agreeing is not None
        assert 0 < agreeing[0] < ROWS / 10
        assert duck.execute("SELECT count(DISTINCT family) FROM families").fetchone() == (8,)


VALUES = st.one_of(
    st.none(), st.integers(-5, 5), st.sampled_from(["a", "b", "a text of more than twelve", ""])
)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_whatever_is_given_a_value_is_a_function_of_the_row(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 12))
    cells = st.lists(VALUES, min_size=count, max_size=count)
    rows = [
        dict(zip("abc", row, strict=True)) for row in zip(*(data.draw(cells) for _ in "abc"), strict=True)
    ]
    given_: dict[str, Any] = {"rows": rows}
    weights = data.draw(
        st.one_of(st.none(), st.lists(st.sampled_from([0, 1, 2.5]), min_size=count, max_size=count))
    )
    if weights is not None and any(weights):
        given_ = {"rows": [{**row, "w": w} for row, w in zip(rows, weights, strict=True)], "weights": "w"}
    by = data.draw(st.sampled_from([None, "a", {"a": "a", "b": "b"}, {"free": "a"}]))
    usable = [
        row for row, w in zip(rows, weights or [1] * count, strict=True) if w or not any(weights or [1])
    ]
    keys = () if by is None else ((by,) if isinstance(by, str) else tuple(by.values()))
    if by is not None and not any(all(row[key] is not None for key in keys) for row in usable):
        return
    optional = {"required": False, "null_fraction": 0}
    columns = [
        column("a", "VARCHAR(30)", **optional, **own("d", "a")),
        column("b", "VARCHAR(30)", **optional, **own("d", "b")),
        column("free", "VARCHAR(30)", rule={"name": "choice", "values": ["a", "b", "1", "no such"]}),
        column("shown", "VARCHAR(30)", **optional, **own("d", "c", **({"by": by} if by else {}))),
        column("beside", "VARCHAR(30)", **optional, **own("d", "b", **({"by": by} if by else {}))),
    ]
    a_plan = planned({"d": given_}, *columns, rows=400)
    whole = {name: made(a_plan, name) for name in ("a", "b", "free", "shown", "beside")}
    texts = {tuple(None if one is None else str(one) for one in row.values()) for row in usable}
    for row in range(400):
        a, b, free, shown, beside = (whole[name][row] for name in ("a", "b", "free", "shown", "beside"))
        allowed = {(c, bb) for aa, bb, c in texts if by is None or aa == (free if by == {"free": "a"} else a)}
        if by == {"a": "a", "b": "b"}:
            allowed = {(c, bb) for aa, bb, c in texts if (aa, bb) == (a, b) and None not in (a, b)}
        elif by == "a" and a is None:
            allowed = set()
        assert (shown, beside) in (allowed or {(None, None)})
        if by is None:
            assert (a, b, shown) in texts
    start, stop = sorted((data.draw(st.integers(0, 400)), data.draw(st.integers(0, 400))))
    order = data.draw(st.lists(st.integers(0, 399), max_size=30))
    for name, values in whole.items():
        assert made(a_plan, name, Rows.run(start, stop)) == values[start:stop]
        assert made(a_plan, name, scattered(order)) == [values[row] for row in order]


@pytest.mark.parametrize(
    ("type_name", "values", "name"),
    [
        ("INT", [3, -7, 12], "whole numbers"),
        ("DECIMAL(30,2)", ["12345678901234567890.25", "1", "-4.5"], "wide decimals"),
        ("DOUBLE", [0.5, 1.25, -3], "floats"),
        ("DATE", ["2024-01-31", "2024-02-29", "1999-12-31"], "days"),
        ("TIMESTAMP", ["2024-01-31T12:00:00", "2024-02-29", "1999-12-31"], "moments"),
        ("TIME", ["09:00:00", "17:30:00", "23:59:59"], "times"),
        ("BOOLEAN", [True, False], "truth values"),
        ("UUID", ["0cbf4a2e-4c2b-4b43-8f8a-3a8e7b0f5a11", "11111111-4c2b-4b43-8f8a-3a8e7b0f5a11"], "uuids"),
    ],
)
def test_rows_are_found_by_values_of_any_type(type_name: str, values: list[Any], name: str) -> None:
    data = {"d": {"rows": [{"key": value, "shown": f"{name} {k}"} for k, value in enumerate(values)]}}
    columns = (
        column("key", type_name, **own("d", "key")),
        column("shown", "VARCHAR(40)", **own("d", "shown", by="key")),
        column("same", "VARCHAR(40)", **own("d", "shown")),
    )
    a_plan = planned(data, *columns)
    assert made(a_plan, "shown") == made(a_plan, "same")
    assert len(set(made(a_plan, "shown"))) == len(values)


def test_rows_in_order_heed_no_weights() -> None:
    data = {"d": {"rows": [{"a": 1, "w": 9}, {"a": 2, "w": 1}], "weights": "w"}}
    with pytest.raises(PlanError, match="and d has weights") as refused:
        planned(data, column("a", "INT", **own("d", "a", in_order=True)), rows=7)
    assert refused.value.problems[0].mend == "leave in_order out, or give the data without weights"


def test_rows_come_in_order_where_they_are_asked_so() -> None:
    data = {"d": {"rows": [{"a": k, "b": f"t{k}"} for k in (5, 3, 4)]}}
    a_plan = planned(data, column("a", "INT", **own("d", "a", in_order=True)), rows=7)
    assert made(a_plan, "a") == [5, 3, 4, 5, 3, 4, 5]


def test_a_key_has_each_row_once_and_the_others_go_with_it() -> None:
    data = {"d": {"rows": [{"a": k, "b": k * k} for k in range(500)]}}
    columns = (column("b", "INT", **own("d", "b")), column("a", "INT", is_unique=True, **own("d", "a")))
    a_plan = planned(data, *columns, rows=500)
    a, b = made(a_plan, "a"), made(a_plan, "b")
    assert sorted(a) == [*range(500)] != a
    assert b == [value * value for value in a]


def test_what_does_not_fit_is_refused_with_its_row() -> None:
    data = {"d": {"rows": [{"a": 1, "t": "abc"}, {"a": 1000, "t": None}, {"a": 2.5, "t": "a longer text"}]}}
    assert "row 1 of d.a: 1000 does not fit TINYINT" in refused(data, column("x", "TINYINT", **own("d", "a")))
    assert "row 2 of d.a: 2.5 does not fit INT" in refused(data, column("x", "INT", **own("d", "a")))
    assert "row 1 of d.t is NULL" in refused(data, column("x", "VARCHAR(20)", **own("d", "t")))
    said = refused(data, column("x", "VARCHAR(5)", required=False, **own("d", "t")))
    assert "row 2 of d.t: 'a longer text' has 13 bytes and does not fit VARCHAR(5)" in said
    assert "row 0 of d.t: Invalid isoformat string: 'abc'" in refused(
        data, column("x", "DATE", required=False, **own("d", "t"))
    )
    said = refused(data, column("x", "DECIMAL(6,1)", max_value=100, **own("d", "a")))
    assert "row 1 of d.a: 1000 is outside the column's bounds" in said
    said = refused(data, column("x", "INT", **own("d", "aa")))
    assert "no row of d has a column 'aa'; did you mean 'a'" in said
    assert "there is no reference data 'e'" in refused(data, column("x", "INT", **own("e", "a")))


def test_keys_that_the_rows_cannot_make_are_refused_with_the_number_of_values() -> None:
    rows = [{"a": k % 5, "b": k, "w": 1} for k in range(20)]
    key = column("a", "INT", is_unique=True, **own("d", "a"))
    assert "5 values fit, 8 rows asked" in refused({"d": {"rows": rows}}, key, rows=8)
    assert sorted(made(planned({"d": {"rows": rows}}, key, rows=5), "a")) == [*range(5)]
    beside = column("b", "INT", **own("d", "b"))
    said = refused({"d": {"rows": rows}}, key, beside, rows=5)
    assert "d has 5 different values of a in 20 rows" in said
    said = refused({"d": {"rows": rows, "weights": "w"}}, key, rows=5)
    assert "weights mean nothing where no value may repeat" in said
    by = column("b", "INT", is_unique=True, **own("d", "b", by={"c": "a"}))
    assert "may repeat" in refused({"d": {"rows": rows}}, column("c", "INT", max_value=4, min_value=0), by)


def test_every_value_that_rows_are_drawn_by_has_a_row_or_null_is_allowed() -> None:
    data = {"d": {"rows": [{"a": 1, "b": 7}, {"a": 2, "b": 8}]}}
    three = column("a", "INT", min_value=1, max_value=3)
    said = refused(data, three, column("b", "INT", **own("d", "b", by="a")))
    assert "a can be 3, and each of its values needs a row of d with that a" in said
    a_plan = planned(data, three, column("b", "INT", required=False, **own("d", "b", by="a")))
    pairs = set(zip(made(a_plan, "a"), made(a_plan, "b"), strict=True))
    assert pairs == {(1, 7), (2, 8), (3, None)}
    said = refused(
        data,
        column("s", "INT", rule={"name": "expression", "sql": "1"}),
        column("b", "INT", **own("d", "b", by={"s": "a"})),
    )
    assert "what s can be is not known" in said
    two = {"d": {"rows": [{"a": 1, "b": 1, "c": 5}, {"a": 2, "b": 2, "c": 6}]}}
    both = (column("a", "INT", min_value=1, max_value=2), column("b", "INT", min_value=1, max_value=2))
    said = refused(two, *both, column("c", "INT", **own("d", "c", by={"a": "a", "b": "b"})))
    assert "not every combination of a and b has a row of d" in said


def test_an_empty_table_and_rows_without_weight() -> None:
    data = {"d": {"rows": [{"a": 1, "w": 0}, {"a": 2, "w": 3}], "weights": "w"}}
    assert made(planned(data, column("a", "INT", **own("d", "a")), rows=0), "a") == []
    assert set(made(planned(data, column("a", "INT", **own("d", "a"))), "a")) == {2}


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ({"rows": []}, "there is no row"),
        ({}, 'say one of "rows" and "file"'),
        ({"rows": [{"a": [1]}]}, "row 0: '[1]' is no value"),
        ({"rows": [{"a": 1}, 7]}, "row 1 is no object"),
        ({"rows": [{"a": 1}], "weights": "w"}, "no row has a column 'w'"),
        ({"rows": [{"a": -1}], "weights": "a"}, "row 0: -1 is no weight"),
        ({"rows": [{"a": 0}], "weights": "a"}, "every weight is 0"),
        ({"columns": {"a": [1, 2], "b": [1]}}, "the columns differ in length: a 2, b 1"),
        ({"fiel": "x"}, "did you mean 'file'"),
        ({"columns": {"a": [1] * (MAX_CELLS + 1)}}, "1,000,001 cells, at most 1,000,000"),
    ],
)
def test_rows_that_are_none_are_refused_with_their_place(given_: Any, said: str) -> None:
    assert said in (whole := refused({"d": given_}, column("a", "INT")))
    assert "reference_data.d" in whole


# --- files


def write(path: Path, data: dict[str, Any], *columns: dict[str, Any]) -> Path:
    table = {"name": "t", "target_rows": 300, "columns": [*columns]}
    path.write_text(json.dumps({"name": path.stem, "reference_data": data, "tables": [table]}))
    return path


def test_a_csv_is_read_when_the_experiment_is_created_and_kept_with_it(
    service: ExperimentService, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    file = tmp_path / "data" / "catalog.csv"
    file.write_text('code,brand,share\n007,"Fa, Inc. ""A""",1\n008,,2\n010,"",3.5\n')
    columns = (
        column("code", "CHAR(3)", **own("c", "code")),
        column("number", "INT", **own("c", "code")),
        column("brand", "VARCHAR(20)", required=False, **own("c", "brand")),
    )
    service.create(
        write(tmp_path / "shop.json", {"c": {"file": "data/catalog.csv", "weights": "share"}}, *columns)
    )
    file.unlink()
    rows = {tuple(row.values()) for row in service.preview("shop", "t", count=300).rows}
    assert rows == {("007", 7, 'Fa, Inc. "A"'), ("008", 8, None), ("010", 10, "")}
    kept = service.get("shop").experiment.to_json()["reference_data"]
    assert kept == {
        "c": {
            "columns": {
                "code": ["007", "008", "010"],
                "brand": ['Fa, Inc. "A"', None, ""],
                "share": ["1", "2", "3.5"],
            },
            "weights": "share",
        }
    }
    again = {**service.get("shop").experiment.to_json(), "name": "again"}
    service.create(again)
    assert service.preview("again", "t", count=300).rows == service.preview("shop", "t", count=300).rows


def test_a_parquet_file_has_types(service: ExperimentService, tmp_path: Path) -> None:
    table = pa.table(
        {
            "day": [datetime.date(2020, 1, 2), None],
            "price": [Decimal("1.50"), Decimal("-2.25")],
            "at": pa.array([0, 10**18], pa.timestamp("ns")),
            "ok": [True, False],
            "name": pa.array(["a", "b"]).dictionary_encode(),
        }
    )
    pq.write_table(table, tmp_path / "p.parquet")
    columns = (
        column("day", "DATE", required=False, **own("p", "day")),
        column("price", "DECIMAL(6,2)", **own("p", "price")),
        column("at", "TIMESTAMP", **own("p", "at")),
        column("ok", "BOOLEAN", **own("p", "ok")),
        column("name", "VARCHAR(1)", **own("p", "name")),
    )
    service.create(write(tmp_path / "types.json", {"p": {"file": "p.parquet"}}, *columns))
    rows = {tuple(row.values()) for row in service.preview("types", "t", count=300).rows}
    assert rows == {
        (datetime.date(2020, 1, 2), Decimal("1.50"), datetime.datetime(1970, 1, 1), True, "a"),  # noqa: DTZ001
        (None, Decimal("-2.25"), datetime.datetime(2001, 9, 9, 1, 46, 40), False, "b"),  # noqa: DTZ001
    }


def test_a_file_that_is_none_is_refused(service: ExperimentService, tmp_path: Path) -> None:
    def said(name: str) -> str:
        with pytest.raises(SchemaError) as caught:
            service.create(
                write(tmp_path / "x.json", {"d": {"file": name}}, column("a", "INT", **own("d", "a")))
            )
        assert "reference_data.d" in str(caught.value)
        return str(caught.value)

    assert "there is no such file" in said("none.csv")
    (tmp_path / "twice.csv").write_text("a,a\n1,2\n")
    assert "two columns 'a'" in said("twice.csv")
    (tmp_path / "torn.csv").write_text("a,b\n1,2\n1,2,3\n")
    assert "cannot be read" in said("torn.csv")
    (tmp_path / "no.parquet").write_text("a,b\n1,2\n")
    assert "cannot be read" in said("no.parquet")
    (tmp_path / "large.csv").write_text("a,b\n" + "1,2\n" * (MAX_CELLS // 2 + 1))
    assert "at most 1,000,000 are kept" in said("large.csv")
    pq.write_table(pa.table({"a": [b"x"]}), tmp_path / "bytes.parquet")
    assert "row 0, column a" in said("bytes.parquet")
    pq.write_table(pa.table({"a": [1.0, float("nan")]}), tmp_path / "nan.parquet")
    assert "row 1, column a: nan is no value" in said("nan.parquet")


def test_nobody_reads_a_file_from_afar(service: ExperimentService, tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("a\n1\n")
    document = json.loads(
        write(tmp_path / "x.json", {"c": {"file": "c.csv"}}, column("a", "INT", **own("c", "a"))).read_text()
    )
    with pytest.raises(SchemaError, match="only where the schema itself is read from a file"):
        service.create(document)
    service.create(document, files=tmp_path)
    assert service.preview("x", "t", count=1).rows[0]["a"] == 1


@pytest.mark.parametrize("text", ["1e999999999", "-1e-999999999", "9" * 500])
def test_a_short_text_of_an_endless_number_is_refused_at_once(text: str) -> None:
    column_ = {"name": "v", "data_type": "INT"}
    data: dict[str, Any] = {"catalog": {"rows": [{"a": text}]}}
    shown = {**column_, "rule": {"name": "table", "of": "catalog", "column": "a"}}
    for rule in ({"name": "choice", "values": [text]}, {"name": "target", "sum": text}):
        with pytest.raises((PlanError, SchemaError)):
            planned({}, {"name": "t", "target_rows": 5, "columns": [{**column_, "rule": rule}]})
    with pytest.raises((PlanError, SchemaError)):
        planned(data, {"name": "t", "target_rows": 5, "columns": [shown]})


def test_a_weight_beyond_all_floats_is_none() -> None:
    with pytest.raises(SchemaError, match="is no weight"):
        planned(
            {"c": {"weights": "w", "rows": [{"a": 1, "w": 10**400}]}},
            {"name": "t", "target_rows": 5, "columns": [{"name": "v", "data_type": "INT"}]},
        )
