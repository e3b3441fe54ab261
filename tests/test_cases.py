"""The rules `cases` and `choice` with `by`, from outside by DuckDB: every row has the values of its case."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support import column, generated, made, planned, reference, scattered, table, to_list, views

from dw_simulator.engine.columns import Column, FixedColumn, Pool, PoolColumn
from dw_simulator.engine.rows import Rows
from dw_simulator.engine.values.base import Kernel
from dw_simulator.engine.values.cases import CaseOf, united
from dw_simulator.engine.values.facts import Facts
from dw_simulator.engine.values.merging import as_views
from dw_simulator.errors import PlanError
from dw_simulator.plugins.rules import gazetteer
from dw_simulator.ports.plan import Plan
from dw_simulator.schema import reading

MILLION = 1_000_000
COUNTRIES = {"DE": "de_DE", "US": "en_US", "FR": "fr_FR", "JP": "ja_JP"}


def choice(name: str, *values: Any, data_type: str = "VARCHAR(20)", **fields: Any) -> dict[str, Any]:
    return column(name, data_type, rule={"name": "choice", "values": list(values)}, **fields)


def cases(given_: Any, rules: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": "cases", "given": given_, "cases": rules, **more}


def uniform(low: float, high: float, **more: Any) -> dict[str, Any]:
    return {"name": "uniform", "min_value": low, "max_value": high, **more}


def refusal(*columns: dict[str, Any]) -> str:
    with pytest.raises(PlanError) as refused:
        planned(table("t", 100, *columns))
    (problem,) = refused.value.problems
    assert problem.place == "t.value"
    assert problem.mend or "did you mean" in problem.message
    return f"{problem.message}; {problem.mend}"


# --- cases, on a million rows


def _shop() -> Plan:
    customers = table(
        "customers",
        20_000,
        column("id", "INT", is_unique=True),
        choice("segment", "smb", "enterprise", "public", "trial", required=False, null_fraction=0.1),
        choice("country", *COUNTRIES),
        primary_key=["id"],
    )
    at = {"reference": "customer_id", "column": "country"}
    segment = {"reference": "customer_id", "column": "segment"}

    def place(name: str, data_type: str, field: str = "") -> dict[str, Any]:
        rule = cases(
            at,
            {code: {"locale": locale} for code, locale in COUNTRIES.items()},
            rule={"name": "place", "field": field or name},
        )
        return column(name, data_type, rule=rule)

    amounts = {
        "smb": {"name": "lognormal", "mean": 3, "stddev": 0.4, "max_value": 500},
        "enterprise": uniform(2000, 9000),
        "public": {"name": "expression", "sql": "units * 1000", "null_fraction": 0.25},
        "trial": None,
    }
    when = [
        {"sql": "units > 90", "rule": {"name": "pattern", "pattern": "BULK-{digits:4}"}},
        {"sql": "amount IS NULL", "rule": None},
        {"sql": "units < 10", "rule": {"name": "choice", "values": ["few", "a handful of units"]}},
    ]
    orders = table(
        "orders",
        MILLION,
        column("customer_id", "INT", **reference("customers.id")),
        column("units", "INT", min_value=1, max_value=100),
        column(
            "amount", "DECIMAL(10,2)", required=False, rule=cases(segment, amounts, otherwise=uniform(1, 2))
        ),
        column(
            "note",
            "VARCHAR(40)",
            required=False,
            rule={"name": "cases", "when": when, "otherwise": {"name": "text"}},
        ),
        # too narrow for some cities and states: the columns of a place have to agree nevertheless
        place("city", "VARCHAR(12)"),
        place("state", "VARCHAR(20)"),
        place("postcode", "VARCHAR(10)"),
        place("phone_prefix", "VARCHAR(12)"),
        place("country_name", "VARCHAR(20)", "country"),
    )
    return planned(customers, orders)


def test_every_row_has_the_values_of_its_case(tmp_path: Path) -> None:
    db = views(generated(_shop(), tmp_path / "out"))
    joined = "FROM orders o JOIN customers c ON c.id = o.customer_id"
    by_segment = db.execute(
        f"SELECT segment, count(*), count(amount), min(amount)::DOUBLE, max(amount)::DOUBLE,"
        f" avg(amount)::DOUBLE, count(*) FILTER (amount <> units * 1000) {joined} GROUP BY 1"
    ).fetchall()
    found = {name: rest for name, *rest in by_segment}
    assert {*found} == {"smb", "enterprise", "public", "trial", None}
    assert sum(count for count, *_ in found.values()) == MILLION
    count, there, low, high, mean, _ = found["smb"]
    assert there == count
    assert low > 0
    assert high <= 500
    assert mean == pytest.approx(np.exp(3 + 0.08), rel=0.01)
    count, there, low, high, mean, _ = found["enterprise"]
    assert (there, low >= 2000, high <= 9000) == (count, True, True)
    assert mean == pytest.approx(5500, rel=0.01)
    count, there, *_, wrong = found["public"]
    assert wrong == 0
    assert there / count == pytest.approx(0.75, abs=0.01)
    assert found["trial"][1] == 0
    count, there, low, high, *_ = found[None]
    assert (there, low >= 1, high <= 2) == (count, True, True)

    (wrong,) = db.execute(
        """SELECT count(*) FROM orders WHERE NOT CASE
            WHEN units > 90 THEN regexp_full_match(note, 'BULK-[0-9]{4}') IS TRUE
            WHEN amount IS NULL THEN note IS NULL
            WHEN units < 10 THEN note IN ('few', 'a handful of units')
            ELSE note IS NOT NULL AND length(note) <= 40 AND note NOT LIKE 'BULK-%' END"""
    ).fetchone() or (None,)
    assert wrong == 0


def test_a_place_lies_in_the_country_of_the_referenced_row_and_agrees(tmp_path: Path) -> None:
    db = views(generated(_shop(), tmp_path / "out"))
    names = {"DE": "Deutschland", "US": "United States", "FR": "France", "JP": "日本"}
    pairs = db.execute(
        "SELECT DISTINCT c.country, o.country_name FROM orders o JOIN customers c ON c.id = o.customer_id"
    ).fetchall()
    assert dict(pairs) == names
    for code, locale in COUNTRIES.items():
        stated = db.execute(
            "SELECT DISTINCT city, state, postcode, phone_prefix FROM orders o"
            f" JOIN customers c ON c.id = o.customer_id WHERE c.country = '{code}'"
        ).fetchall()
        calling = gazetteer.COUNTRIES[code].calling
        true = {
            (city.name, city.state, post, f"{calling} {area}")
            for city in gazetteer.cities(gazetteer.countries_of([locale]))
            for post in city.postcodes
            for area in city.area_codes
        }
        assert len(stated) > 50
        assert {*stated} <= true


@pytest.mark.parametrize("name", ["amount", "note", "city"])
def test_a_row_has_one_value_however_it_is_asked(name: str) -> None:
    kernel = next(one.kernel for one in _shop().table("orders").columns if one.name == name)
    whole = to_list(kernel.values(Rows.run(0, 70_000)))
    assert to_list(kernel.values(Rows.run(32_000, 33_000))) == whole[32_000:33_000]
    rows = np.random.default_rng(1).integers(0, 70_000, 5000)
    assert to_list(kernel.values(scattered(rows))) == [whole[row] for row in rows]
    assert [to_list(kernel.values(Rows.run(k, k + 1)))[0] for k in range(40)] == whole[:40]


def test_a_changed_case_changes_no_other() -> None:
    def values(**changed: Any) -> list[tuple[Any, Any]]:
        rules = {"a": uniform(0, 1000), "b": uniform(0, 1000), **changed}
        plan = planned(
            table("t", 5000, choice("kind", "a", "b"), column("value", "INT", rule=cases("kind", rules)))
        )
        return list(zip(made(plan, "t", "kind"), made(plan, "t", "value"), strict=True))

    before, after = values(), values(b={"name": "constant", "value": -7})
    assert [value for kind, value in before if kind == "a"] == [value for kind, value in after if kind == "a"]
    assert {value for kind, value in after if kind == "b"} == {-7}
    reordered = values()
    assert reordered == before
    both = [value for _, value in before]
    assert len({*both}) > 900, "each case draws for itself"


def test_an_order_of_cases_means_nothing() -> None:
    rules = {"a": uniform(0, 1000), "b": {"name": "poisson", "lambda": 4}, "c": None}
    found = []
    for order in ("abc", "cba"):
        rule = cases("kind", {key: rules[key] for key in order})
        plan = planned(
            table("t", 500, choice("kind", *"abc"), column("value", "INT", required=False, rule=rule))
        )
        found.append(made(plan, "t", "value"))
    assert found[0] == found[1]


# --- what the other column may be


@pytest.mark.parametrize(
    ("data_type", "values"),
    [
        ("INT", [1, -2, 70_000]),
        ("SMALLINT", [1, -2, 7]),
        ("DECIMAL(6,2)", [1, "2.50", "-3.25"]),
        ("DECIMAL(30,2)", [1, "2.50", "-123456789012345678901.25"]),
        ("DOUBLE", [0.5, 2, 3.75]),
        ("REAL", [0.5, 2, 0.1]),
        ("DATE", ["2024-01-31", "2024-02-29", "1960-01-01"]),
        ("TIMESTAMP", ["2024-01-31T12:00:00", "2024-02-29T00:00:01", "1960-01-01"]),
        ("TIME", ["09:00:00", "17:30:00", "00:00:00"]),
        ("BOOLEAN", [True, False]),
        ("VARCHAR(40)", ["a", "é", "a text of more than twelve bytes"]),
    ],
)
@pytest.mark.parametrize("nulls", [None, 0.3])
def test_values_of_every_type_tell_cases_apart(
    data_type: str, values: list[Any], nulls: float | None
) -> None:
    optional = {} if nulls is None else {"required": False, "null_fraction": nulls}
    rules = {_key(value): {"name": "constant", "value": k} for k, value in enumerate(values)}
    lists = {_key(value): [10 * k, 10 * k + 1] for k, value in enumerate(values)}
    plan = planned(
        table(
            "t",
            3000,
            choice("kind", *values, data_type=data_type, **optional),
            column(
                "value",
                "INT",
                rule=cases("kind", rules, otherwise={"name": "constant", "value": 99}),
            ),
            column(
                "one_of", "INT", rule={"name": "choice", "by": "kind", "values": lists, "otherwise": [99]}
            ),
        )
    )
    kinds = made(plan, "t", "kind")
    pairs = {*zip(kinds, made(plan, "t", "value"), strict=True)}
    assert len(pairs) == len({kind for kind, _ in pairs}) == len(values) + (nulls is not None)
    assert {value for kind, value in pairs if kind is None} == ({99} if nulls else set())
    assert {value for _, value in pairs} == {*range(len(values)), *([99] if nulls else [])}
    both = [*zip(made(plan, "t", "value"), made(plan, "t", "one_of"), strict=True)]
    assert all(one // 10 == value if value != 99 else one == 99 for value, one in both)


def _key(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_keys_of_yaml_are_what_they_look_like() -> None:
    text = """
        name: test
        tables:
          - name: t
            target_rows: 300
            columns:
              - {name: flag, data_type: BOOLEAN}
              - {name: n, data_type: INT, rule: {name: choice, values: [1, 2]}}
              - {name: day, data_type: DATE, rule: {name: choice, values: ["2024-01-31"]}}
              - name: value
                data_type: INT
                rule:
                  name: cases
                  given: flag
                  cases: {true: {name: constant, value: 1}, false: {name: constant, value: 0}}
              - {name: one_of, data_type: INT, rule: {name: choice, by: n, values: {1: [10], 2: [20]}}}
              - {name: of_day, data_type: INT, rule: {name: choice, by: day, values: {2024-01-31: [7]}}}
    """
    (declared,) = reading.parse(yaml.safe_load(text)).tables
    plan = planned(declared.model_dump(mode="json", exclude_none=True))
    assert [bool(value) for value in made(plan, "t", "value")] == made(plan, "t", "flag")
    assert [10 * n for n in made(plan, "t", "n")] == made(plan, "t", "one_of")
    assert {*made(plan, "t", "of_day")} == {7}


TEXTS = st.text(alphabet="abcé\U0001f600", max_size=20)


@settings(max_examples=100, deadline=None)
@given(st.lists(TEXTS, max_size=30), st.lists(TEXTS, max_size=8, unique=True))
def test_texts_are_matched_whichever_shape_they_come_in(texts: list[str], keys: list[str]) -> None:
    pool = tuple(dict.fromkeys(texts))
    codes = np.array([pool.index(text) for text in texts], dtype=np.int32)
    pooled = PoolColumn(codes, Pool(pool))
    expected = [keys.index(text) if text in keys else len(keys) for text in texts]
    for shape in (pooled, as_views(pooled)):
        found = CaseOf(_Fixed(shape), tuple(keys)).index(Rows.run(0, len(texts)))
        assert found.tolist() == expected


class _Fixed(Kernel):
    """A column as it is."""

    def __init__(self, column_: Column) -> None:
        self.column = column_

    def values(self, rows: Rows) -> Column:
        return self.column


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.integers(-(1 << 63), (1 << 63) - 1), max_size=30),
    st.lists(st.integers(-(1 << 63), (1 << 63) - 1), max_size=8, unique=True),
)
def test_numbers_are_matched(values: list[int], more: list[int]) -> None:
    keys = [*dict.fromkeys([*more, *values[:3]])]
    found = CaseOf(_Fixed(FixedColumn(np.array(values, dtype=np.int64))), tuple(keys))
    expected = [keys.index(value) if value in keys else len(keys) for value in values]
    assert found.index(Rows.run(0, len(values))).tolist() == expected


# --- facts


def test_facts_are_those_of_all_cases() -> None:
    texts = [
        Facts(every=lambda: _pool("a", "b"), distinct=2, width=1),
        Facts(every=lambda: _pool("b", "é"), width=2),
    ]
    assert united(texts).listed == ("a", "b", "é")
    known = united([texts[0], Facts(every=lambda: _pool("b", "é"), distinct=2, width=2, nullable=True)])
    assert known.listed == ["a", "b", "é"]
    assert (known.width, known.nullable, known.repeats, known.movable) == (2, True, True, False)
    numbers = united(
        [Facts(span=(0, 10), grid=(0, 5)), Facts(span=(7, 13), grid=(7, 3), excluded=frozenset({10}))]
    )
    assert (numbers.span, numbers.grid, numbers.excluded) == ((0, 13), (0, 1), frozenset())
    assert united([Facts(span=(0, 10)), Facts()]).ends is None


def _pool(*texts: str) -> PoolColumn:
    return PoolColumn(np.arange(len(texts), dtype=np.int32), Pool(texts))


# --- choice by


def test_every_row_has_a_value_of_its_list_as_often_as_weights_say(tmp_path: Path) -> None:
    names = [f"category {k}" for k in range(300)]
    lists = {name: [f"{name} product {j}" for j in range(1 + k % 7)] for k, name in enumerate(names)}
    weights = {name: [1 + j * j for j in range(len(values))] for name, values in lists.items()}
    weights = {name: some for k, (name, some) in enumerate(weights.items()) if k % 2}
    plan = planned(
        table(
            "parents",
            5000,
            column("id", "INT", is_unique=True),
            choice("category", *names),
            primary_key=["id"],
        ),
        table(
            "t",
            MILLION,
            column("parent_id", "INT", **reference("parents.id")),
            column("category", "VARCHAR(20)", lookup={"reference": "parent_id", "column": "category"}),
            column(
                "product",
                "VARCHAR(40)",
                rule={
                    "name": "choice",
                    "by": {"reference": "parent_id", "column": "category"},
                    "values": lists,
                    "weights": weights,
                },
            ),
        ),
    )
    db = views(generated(plan, tmp_path / "out"))
    (wrong,) = db.execute(
        "SELECT count(*) FROM t WHERE NOT starts_with(product, category || ' product ')"
    ).fetchone() or (None,)
    assert wrong == 0
    counts = db.execute("SELECT category, product, count(*) FROM t GROUP BY ALL").fetchall()
    seen = {product: count for _, product, count in counts}
    assert {*seen} == {value for values in lists.values() for value in values}
    totals = dict(db.execute("SELECT category, count(*) FROM t GROUP BY 1").fetchall())
    chi, free = 0.0, 0
    for name, values in lists.items():
        some = weights.get(name, [1] * len(values))
        for value, weight in zip(values, some, strict=True):
            expected = totals[name] * weight / sum(some)
            chi += (seen[value] - expected) ** 2 / expected
        free += len(values) - 1
    assert abs(chi - free) < 5 * (2 * free) ** 0.5


def test_a_list_may_be_of_one_and_a_value_of_several() -> None:
    plan = planned(
        table(
            "t",
            3000,
            choice("kind", "a", "b"),
            column(
                "value",
                "DECIMAL(4,1)",
                rule={
                    "name": "choice",
                    "by": "kind",
                    "values": {"a": [1], "b": ["1.0", 2, 3]},
                    "weights": {"b": [1, 0, 3]},
                },
            ),
        )
    )
    pairs = {*zip(made(plan, "t", "kind"), made(plan, "t", "value"), strict=True)}
    assert pairs == {("a", 10), ("b", 10), ("b", 30)}


def test_a_value_without_a_list_is_null_where_that_is_said() -> None:
    rule = {"name": "choice", "by": "kind", "values": {"a": ["x"]}, "otherwise": None}
    plan = planned(
        table("t", 300, choice("kind", "a", "b"), column("value", "CHAR(1)", required=False, rule=rule))
    )
    assert {*zip(made(plan, "t", "kind"), made(plan, "t", "value"), strict=True)} == {("a", "x"), ("b", None)}


def test_tables_without_rows_are_planned() -> None:
    rule = cases("kind", {"a": uniform(0, 1), "b": {"name": "expression", "sql": "1"}})
    by = {"name": "choice", "by": "kind", "values": {"a": ["x"], "b": ["y"]}}
    plan = planned(
        table(
            "t",
            0,
            choice("kind", "a", "b"),
            column("value", "INT", rule=rule),
            column("one_of", "CHAR(1)", rule=by),
        )
    )
    assert made(plan, "t", "value") == made(plan, "t", "one_of") == []


# --- what is refused

KIND = choice("kind", "home", "small", "large")
ONE = {"name": "constant", "value": 1}


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (
            [KIND, column("value", "INT", rule=cases("kind", {"home": ONE, "small": ONE}))],
            "'large'; add it, or say",
        ),
        (
            [KIND, column("value", "INT", rule=cases("kind", {"home": ONE, "smal": ONE}, otherwise=ONE))],
            "cases: kind is never 'smal'; did you mean 'small'",
        ),
        (
            [KIND, column("value", "INT", rule=cases("knd", {"home": ONE}, otherwise=ONE))],
            "did you mean 'kind'",
        ),
        (
            [column("value", "INT", rule=cases("value", {"home": ONE}, otherwise=ONE))],
            "given is the column itself",
        ),
        (
            [column("kind", "VARCHAR(9)"), column("value", "INT", rule=cases("kind", {"a": ONE}))],
            "which values kind has is not known",
        ),
        (
            [KIND, column("value", "INT", rule=cases("kind", {"home": {"name": "unifrm"}}, otherwise=ONE))],
            "cases.home: unknown rule 'unifrm'",
        ),
        (
            [KIND, column("value", "INT", rule=cases("kind", {"home": {"name": "text"}}, otherwise=ONE))],
            "cases.home: the rule text makes",
        ),
        (
            [KIND, column("value", "INT", rule=cases("kind", {"home": {"lambda": 4}}, otherwise=ONE))],
            "cases.home: it names no rule",
        ),
        (
            [
                KIND,
                column(
                    "value",
                    "INT",
                    min_value=0,
                    max_value=9,
                    rule=cases("kind", {"home": uniform(10, 12)}, otherwise=ONE),
                ),
            ],
            "a case's bounds lie within those of the column",
        ),
        (
            [
                KIND,
                column(
                    "value", "INT", rule=cases("kind", {"home": {**ONE, "null_fraction": 0.5}}, otherwise=ONE)
                ),
            ],
            "the column is required",
        ),
        (
            [
                choice("kind", "a", "b", required=False),
                column("value", "INT", rule=cases("kind", {"a": ONE, "b": ONE})),
            ],
            "kind may be NULL in a row, and nothing is said of that",
        ),
        (
            [
                KIND,
                column(
                    "value", "INT", rule={"name": "cases", "when": [{"sql": "kind = 'home'", "rule": ONE}]}
                ),
            ],
            "no condition may hold in a row",
        ),
        (
            [
                KIND,
                column(
                    "value",
                    "INT",
                    rule={"name": "cases", "when": [{"sql": "knd = 1", "rule": ONE}], "otherwise": ONE},
                ),
            ],
            "when knd = 1: ",
        ),
        (
            [KIND, column("value", "INT", is_unique=True, rule=cases("kind", {"home": ONE}, otherwise=ONE))],
            "values made from other columns may repeat",
        ),
        (
            [
                KIND,
                column("city", "VARCHAR(40)", rule={"name": "place", "field": "city"}),
                column(
                    "value",
                    "VARCHAR(40)",
                    rule=cases("kind", {"home": {"name": "place", "field": "state"}}, otherwise=None),
                    required=False,
                ),
            ],
            "city speaks of the same place in all rows",
        ),
        (
            [
                KIND,
                column("value", "CHAR(1)", rule={"name": "choice", "by": "kind", "values": {"home": ["x"]}}),
            ],
            "nothing is said of kind 'small', 'large'",
        ),
        (
            [
                column("kind", "BOOLEAN"),
                column(
                    "value",
                    "CHAR(1)",
                    rule={"name": "choice", "by": "kind", "values": {"true": ["x"], "no": ["y"]}},
                ),
            ],
            "'no' is no BOOLEAN; write true or false",
        ),
        (
            [
                choice("kind", 1, 2, data_type="INT"),
                column(
                    "value",
                    "CHAR(1)",
                    rule={"name": "choice", "by": "kind", "values": {"1": ["x"], "1.0": ["y"]}},
                ),
            ],
            "'1' is there twice as INT",
        ),
        (
            [
                KIND,
                column(
                    "value",
                    "TINYINT",
                    rule={"name": "choice", "by": "kind", "values": {"home": [1000]}, "otherwise": [1]},
                ),
            ],
            "does not fit",
        ),
    ],
)
def test_what_cannot_be_is_refused(columns: list[dict[str, Any]], words: str) -> None:
    assert words in refusal(*columns)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"name": "cases", "given": "kind"}, "say given and cases, or when"),
        ({"name": "cases", "cases": {"a": ONE}}, "say given and cases, or when"),
        (cases("kind", {"a": None}), "every case is null"),
        (cases("kind", {}), "1 to 1,000 cases are possible, not 0"),
        ({"name": "choice", "values": {"a": [1]}}, "goes with by"),
        ({"name": "choice", "by": "kind", "values": [1]}, "goes with by"),
        ({"name": "choice", "by": "kind", "values": {"a": []}}, "values.a: one at least is needed"),
        ({"name": "choice", "by": "kind", "values": {"a": [1, 1]}}, "values.a: a value is listed twice"),
        (
            {"name": "choice", "by": "kind", "values": {"home": [1]}, "weights": {"hom": [1]}},
            "there are no values for 'hom'; did you mean 'home'",
        ),
        (
            {"name": "choice", "by": "kind", "values": {"a": [1]}, "weights": {"a": [1, 2]}},
            "values.a: 1 values have 2 weights",
        ),
        ({"name": "choice", "values": [1, 2], "weights": {"a": [1, 2]}}, "weights are lists as values are"),
        ({"name": "choice", "values": [1], "otherwise": [2]}, "otherwise goes with by"),
    ],
)
def test_options_that_do_not_go_together_are_refused(rule: dict[str, Any], words: str) -> None:
    assert words in refusal(KIND, column("value", "INT", rule=rule))


def test_rows_that_stand_together_are_no_case() -> None:
    window = {"name": "window", "function": "number", "reference": "parent_id"}
    with pytest.raises(PlanError, match="what looks at other rows is no case"):
        planned(
            table("parents", 10, column("id", "INT", is_unique=True), primary_key=["id"]),
            table(
                "t",
                100,
                column("parent_id", "INT", **reference("parents.id")),
                KIND,
                column("value", "INT", rule=cases("kind", {"home": window}, otherwise=ONE)),
            ),
        )


@pytest.mark.parametrize(
    "rule", [{"name": "target", "sum": 60}, {"name": "choice", "values": [1, 2], "exact": True}]
)
def test_what_holds_over_all_rows_is_no_case(rule: dict[str, Any]) -> None:
    words = "cases.home: a sum or exact shares over all rows are none over those of a case"
    assert words in refusal(KIND, column("value", "INT", rule=cases("kind", {"home": rule}, otherwise=ONE)))
    template = {"n": {"data_type": "INT", "rule": rule}}
    with pytest.raises(PlanError, match="over all rows are no part of a document"):
        planned(table("t", 10, column("value", "JSON", rule={"name": "json", "template": template})))


# --- together with others


def test_a_given_column_may_be_several_references_away_and_missing(tmp_path: Path) -> None:
    path = {"reference": ["order_id", "customer_id"], "column": "country"}
    plan = planned(
        table(
            "customers",
            300,
            column("id", "INT", is_unique=True),
            choice("country", "DE", "US"),
            primary_key=["id"],
        ),
        table(
            "orders",
            2000,
            column("id", "INT", is_unique=True),
            column(
                "customer_id",
                "INT",
                required=False,
                **reference("customers.id", nullable=True, null_fraction=0.2),
            ),
            primary_key=["id"],
        ),
        table(
            "lines",
            20_000,
            column("order_id", "INT", **reference("orders.id")),
            column(
                "value",
                "VARCHAR(20)",
                required=False,
                rule=cases(path, {"DE": {"name": "constant", "value": "Ware"}, "US": {"name": "code"}}),
            ),
            column(
                "tax",
                "INT",
                rule={"name": "choice", "by": path, "values": {"DE": [19, 7], "US": [0]}, "otherwise": [-1]},
            ),
        ),
    )
    db = views(generated(plan, tmp_path / "out"))
    (wrong,) = db.execute(
        """SELECT count(*) FILTER (NOT CASE
            WHEN country IS NULL THEN value IS NULL AND tax = -1
            WHEN country = 'DE' THEN value = 'Ware' AND tax IN (19, 7)
            ELSE value <> 'Ware' AND tax = 0 END)
        FROM lines JOIN orders o ON o.id = order_id LEFT JOIN customers c ON c.id = customer_id"""
    ).fetchone() or (None,)
    assert wrong == 0


def test_cases_within_cases_draw_by_chance_and_from_faker() -> None:
    inner = cases(
        "size",
        {"small": {"name": "faker", "provider": "word"}, "large": {"name": "faker", "provider": "job"}},
    )
    rule = {
        "name": "cases",
        "when": [{"sql": "noise('rare') < 0.1", "rule": {"name": "constant", "value": "rare"}}],
        "otherwise": inner,
    }
    plan = planned(
        table("t", 20_000, choice("size", "small", "large"), column("value", "VARCHAR(80)", rule=rule))
    )
    pairs = [*zip(made(plan, "t", "size"), made(plan, "t", "value"), strict=True)]
    rare = sum(value in ("rare", b"rare") for _, value in pairs)
    assert abs(rare - 2000) < 250
    words, jobs = ({value for kind, value in pairs if kind == size} for size in ("small", "large"))
    assert len(words & jobs) < 20 < len(words)
    assert len(jobs) > 100


RULES: list[dict[str, Any] | None] = [
    {"name": "uniform"},
    {"name": "uniform", "min_value": 10, "max_value": 20},
    {"name": "poisson", "lambda": 30, "null_fraction": 0.2},
    {"name": "price", "round_to": 7, "points": [3]},
    {"name": "choice", "by": "kind", "values": {"a": [1], "b": [2, 3]}, "otherwise": [4]},
    {"name": "expression", "sql": "n + 1"},
    {"name": "cases", "given": "kind", "cases": {"a": {"name": "constant", "value": 5}}, "otherwise": None},
    None,
]


@settings(max_examples=60, deadline=None)
@given(st.permutations(range(len(RULES))), st.integers(1, 5), st.booleans())
def test_whatever_the_cases_a_row_has_one_value(order: list[int], count: int, by_condition: bool) -> None:
    rules = [RULES[k] for k in order[:count]] + [{"name": "zipf", "s": 1.2}]
    rule: dict[str, Any]
    if by_condition:
        when = [{"sql": f"n % {count + 1} = {k}", "rule": one} for k, one in enumerate(rules[:-1])]
        rule = {"name": "cases", "when": when, "otherwise": rules[-1]}
    else:
        rule = cases("n", {str(k): one for k, one in enumerate(rules[:-1])}, otherwise=rules[-1])
    bounds = {"min_value": 0, "max_value": 100}
    plan = planned(
        table(
            "t",
            400,
            choice("kind", "a", "b", "c"),
            column("n", "INT", min_value=0, max_value=6),
            column("value", "INT", required=False, rule=rule, **bounds),
        )
    )
    kernel = plan.table("t").columns[2].kernel
    whole = to_list(kernel.values(Rows.run(0, 400)))
    rows = np.random.default_rng(count).permutation(400)
    assert to_list(kernel.values(scattered(rows))) == [whole[row] for row in rows]
    pieces = [to_list(kernel.values(Rows.run(k, k + 25))) for k in range(0, 400, 25)]
    assert [value for piece in pieces for value in piece] == whole
    there = [value for value in whole if value is not None]
    low, high = kernel.facts.ends or (0, 100)
    assert all(low <= value <= high for value in there)
    assert all(0 <= value <= 100 for value in there)
    listed = kernel.facts.numbers
    assert listed is None or {*there} <= {*listed}
    assert kernel.facts.distinct is None or len({*there}) <= kernel.facts.distinct
