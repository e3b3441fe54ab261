"""Plans: keys that never repeat, references that resolve, and refusals that name place and mend."""

import itertools
import json
from collections import Counter
from typing import Any

import pytest
from tests.support import column, made, planned, reference, table

from dw_simulator.errors import PlanError
from dw_simulator.planning import plan
from dw_simulator.ports.plan import PART_ROWS, Part, Plan, part_boundaries
from dw_simulator.schema.model import Experiment
from dw_simulator.service import ExperimentService

TYPES: dict[str, int] = {
    # how many distinct values there are at the most, up to 3,000
    "TINYINT": 127,
    "SMALLINT": 3000,
    "INT": 3000,
    "BIGINT": 3000,
    "DECIMAL(3,1)": 999,
    "DECIMAL(3,0)": 999,
    "DECIMAL(10,2)": 3000,
    "DECIMAL(38,10)": 3000,
    "REAL": 3000,
    "DOUBLE": 3000,
    "BOOLEAN": 2,
    "CHAR(1)": 36,
    "VARCHAR(2)": 1296,
    "VARCHAR(40)": 3000,
    "DATE": 2192,
    "TIME": 3000,
    "TIMESTAMP": 3000,
    "TIMESTAMP_NTZ": 3000,
    "TIMESTAMP_TZ(3)": 3000,
    "VARBYTE(1)": 256,
    "VARBYTE(30)": 3000,
    "UUID": 3000,
    "SUPER": 3000,
    "ARRAY": 3000,
}


def problems(*tables: dict[str, Any]) -> str:
    with pytest.raises(PlanError) as caught:
        planned(*tables)
    return str(caught.value)


@pytest.mark.parametrize(("data_type", "rows"), TYPES.items())
def test_every_type_can_be_unique(data_type: str, rows: int) -> None:
    values = made(planned(table("t", rows, column("k", data_type, is_unique=True))), "t")
    assert len(set(values)) == rows


@pytest.mark.parametrize(
    ("data_type", "capacity"),
    [("BOOLEAN", "2"), ("CHAR(1)", "36"), ("VARCHAR(2)", "1,296"), ("DATE", "2,192"), ("VARBYTE(1)", "256")],
)
def test_too_many_rows_for_a_unique_column(data_type: str, capacity: str) -> None:
    text = problems(table("customers", 5000, column("code", data_type, is_unique=True)))
    assert f"customers.code: {data_type}, unique: {capacity} values fit, 5,000 rows asked" in text
    mend = "widen date_start to date_end" if data_type == "DATE" else "widen the column"
    assert f"{mend} or lower the rows" in text


@pytest.mark.parametrize(
    "bounds",
    [
        {"data_type": "INT", "min_value": -5, "max_value": 94},
        {"data_type": "DECIMAL(4,2)", "min_value": 1.5, "max_value": 2.49},
        {"data_type": "DECIMAL(30,2)", "min_value": -0.5, "max_value": 0.49},
        {"data_type": "DATE", "date_start": "2024-01-01", "date_end": "2024-04-09"},
    ],
)
def test_a_unique_column_within_bounds_takes_every_value(bounds: dict[str, Any]) -> None:
    values = made(planned(table("t", 100, {"name": "k", "is_unique": True, **bounds})), "t")
    assert len(set(values)) == 100
    assert values != sorted(values), "in random order"
    assert "100 values fit" in problems(table("t", 101, {"name": "k", "is_unique": True, **bounds}))


@pytest.mark.parametrize(
    "key",
    [
        column("k", "INT", is_unique=True),
        column("k", "INT", is_unique=True, min_value=1, max_value=1_000_000),
        column("k", "VARCHAR(20)", is_unique=True),
        column("k", "VARCHAR(80)", is_unique=True, rule={"name": "email"}),
        column("k", "VARCHAR(60)", is_unique=True, faker_rule="first_name"),
    ],
)
def test_a_table_that_grows_keeps_its_first_keys(key: dict[str, Any]) -> None:
    small, large = (made(planned(table("t", rows, key)), "t") for rows in (500, 2000))
    assert large[:500] == small
    assert len(set(large)) == 2000


def test_unique_faker_values_take_numbers_only_when_the_names_are_used_up() -> None:
    names = made(
        planned(table("t", 1500, column("n", "VARCHAR(30)", is_unique=True, faker_rule="first_name"))), "t"
    )
    assert len(set(names)) == 1500
    plain = [name for name in names if not name[-1:].isdigit()]
    assert len(plain) > 300
    assert names[: len(plain)] == plain


def test_unique_values_of_a_format_stay_what_they_are() -> None:
    emails = made(
        planned(table("t", 6000, column("e", "VARCHAR(90)", is_unique=True, faker_rule="email"))), "t"
    )
    assert len(set(emails)) == 6000
    assert all(email.endswith((b"@example.com", b"@example.org", b"@example.net")) for email in emails)
    assert "ean13 has 2,000 different values, 6,000 rows are asked; raise pool_size" in problems(
        table("t", 6000, column("ean", "VARCHAR(90)", is_unique=True, faker_rule="ean13"))
    )


COMPOSITES: dict[str, tuple[list[dict[str, Any]], int]] = {
    "two ranges": (
        [column("a", "INT", min_value=1, max_value=50), column("b", "INT", min_value=0, max_value=19)],
        1000,
    ),
    "date and code": ([column("a", "DATE"), column("b", "CHAR(1)")], 5000),
    "plain integers": ([column("a", "INT"), column("b", "BIGINT")], 1000),
    "flag and choice": (
        [
            column("a", "BOOLEAN"),
            column("b", "VARCHAR(1)", rule={"name": "choice", "values": ["x", "y", "z"]}),
        ],
        6,
    ),
    "wide text": ([column("a", "VARCHAR(20)"), column("b", "VARCHAR(20)"), column("c", "UUID")], 1000),
    "three small": ([column(c, "INT", min_value=1, max_value=10) for c in "abc"], 1000),
}


@pytest.mark.parametrize(("columns", "rows"), COMPOSITES.values(), ids=COMPOSITES.keys())
@pytest.mark.parametrize("form", ["primary_key", "unique", "composite_keys"])
def test_composite_keys_never_repeat(columns: list[dict[str, Any]], rows: int, form: str) -> None:
    names = [c["name"] for c in columns]
    plan = planned(table("t", rows, *columns, **{form: names if form == "primary_key" else [names]}))
    tuples = list(zip(*(made(plan, "t", name) for name in names), strict=True))
    assert len(set(tuples)) == rows


def test_a_composite_key_that_is_too_small_is_refused() -> None:
    columns = [column("a", "BOOLEAN"), column("b", "CHAR(1)")]
    text = problems(table("t", 73, *columns, primary_key=["a", "b"]))
    assert "t(a, b): BOOLEAN, CHAR(1), unique together: 72 values fit, 73 rows asked" in text


def parents(rows: int = 40) -> dict[str, Any]:
    return table("p", rows, column("id", "INT"), column("name", "VARCHAR(20)"), primary_key=["id"])


def test_a_reference_picks_every_parent_about_as_often() -> None:
    plan = planned(parents(), table("c", 40_000, column("p_id", "INT", **reference("p.id"))))
    counts = Counter(made(plan, "c"))
    assert set(counts) == set(range(1, 41))
    assert max(abs(count - 1000) for count in counts.values()) < 5 * 1000**0.5


def test_order_lines_stand_together_and_are_numbered() -> None:
    lines = table(
        "c", 130, column("p_id", "INT", **reference("p.id")), column("no", "INT"), primary_key=["p_id", "no"]
    )
    plan = planned(parents(), lines)
    pairs = list(zip(made(plan, "c", "p_id"), made(plan, "c", "no"), strict=True))
    assert pairs == sorted(set(pairs))
    lines_of = Counter(p for p, _no in pairs)
    assert set(lines_of) == set(range(1, 41))
    assert set(lines_of.values()) == {1, 2, 3, 4, 5, 6}, "one to twice the mean"
    assert all({no for other, no in pairs if other == p} == set(range(1, n + 1)) for p, n in lines_of.items())


def test_a_join_table_has_distinct_pairs_all_over() -> None:
    enrolled = table(
        "c",
        900,
        column("a", "INT", **reference("p.id")),
        column("b", "INT", **reference("p.id")),
        primary_key=["a", "b"],
    )
    plan = planned(parents(), enrolled)
    pairs = set(zip(made(plan, "c", "a"), made(plan, "c", "b"), strict=True))
    assert len(pairs) == 900
    assert {a for a, _ in pairs} == {b for _, b in pairs} == set(range(1, 41))
    assert "1,600 values fit, 1,601 rows asked" in problems(parents(), {**enrolled, "target_rows": 1601})


def test_a_unique_reference_is_one_to_one() -> None:
    child = table("c", 40, column("p_id", "INT", is_unique=True, **reference("p.id")))
    assert sorted(made(planned(parents(), child), "c")) == list(range(1, 41))
    assert "40 values fit, 41 rows asked" in problems(parents(), {**child, "target_rows": 41})


def test_the_columns_of_one_reference_read_one_parent_row() -> None:
    pairs = table(
        "p",
        300,
        column("a", "INT", min_value=1, max_value=30),
        column("b", "VARCHAR(2)"),
        primary_key=["a", "b"],
    )
    child = table(
        "c",
        5000,
        column("y", "VARCHAR(2)", required=False),
        column("x", "INT", required=False),
        foreign_keys=[
            {
                "columns": ["x", "y"],
                "references_table": "p",
                "references_columns": ["a", "b"],
                "nullable": True,
            }
        ],
    )
    plan = planned(pairs, child)
    known = set(zip(made(plan, "p", "a"), made(plan, "p", "b"), strict=True))
    found = list(zip(made(plan, "c", "x"), made(plan, "c", "y"), strict=True))
    assert {pair for pair in found if pair != (None, None)} <= known
    assert all((x is None) == (y is None) for x, y in found), "NULL together"
    assert 150 < found.count((None, None)) < 350


def test_chains_agree_along_the_way() -> None:
    orders = table(
        "o",
        200,
        column("id", "BIGINT"),
        column("p_id", "INT", **reference("p.id")),
        primary_key=["id"],
        unique=[["id", "p_id"]],
    )
    lines = table(
        "l",
        1000,
        column("o_id", "BIGINT"),
        column("p_id", "INT"),
        foreign_keys=[
            {"columns": ["o_id", "p_id"], "references_table": "o", "references_columns": ["id", "p_id"]}
        ],
    )
    plan = planned(parents(), orders, lines)
    owner = dict(zip(made(plan, "o", "id"), made(plan, "o", "p_id"), strict=True))
    assert all(owner[o] == p for o, p in zip(made(plan, "l", "o_id"), made(plan, "l", "p_id"), strict=True))


def test_a_table_may_reference_itself() -> None:
    nodes = table(
        "n",
        500,
        column("id", "INT"),
        column("boss", "INT", **reference("n.id", nullable=True)),
        primary_key=["id"],
    )
    bosses = made(planned(nodes), "n", "boss")
    assert {boss for boss in bosses if boss is not None} <= set(range(1, 501))
    assert None in bosses


def test_two_tables_may_reference_each_other() -> None:
    a = table("a", 50, column("id", "INT"), column("b_id", "INT", **reference("b.id")), primary_key=["id"])
    b = table("b", 60, column("id", "INT"), column("a_id", "INT", **reference("a.id")), primary_key=["id"])
    plan = planned(a, b)
    assert set(made(plan, "a", "b_id")) <= set(range(1, 61))
    assert set(made(plan, "b", "a_id")) <= set(range(1, 51))


def test_keys_that_reference_each_other_have_the_same_values() -> None:
    a = table("a", 50, column("id", "INT", **reference("b.id")), primary_key=["id"])
    b = table("b", 50, column("id", "INT", **reference("a.id")), primary_key=["id"])
    plan = planned(a, b)
    assert set(made(plan, "a")) == set(made(plan, "b"))
    assert len(set(made(plan, "a"))) == 50


def test_a_reference_into_an_empty_table() -> None:
    child = table("c", 5, column("p_id", "INT", **reference("p.id")))
    assert "c(p_id): references p, which has 0 rows; give p rows" in problems(parents(0), child)
    optional = table("c", 5, column("p_id", "INT", **reference("p.id", nullable=True)))
    assert made(planned(parents(0), optional), "c") == [None] * 5
    assert made(planned(parents(0), table("c", 0, column("p_id", "INT", **reference("p.id")))), "c") == []


@pytest.mark.parametrize(
    ("own", "words"),
    [
        ("VARCHAR(5)", "another kind"),
        ("TINYINT", "values up to 1,000 do not fit"),
        ("DECIMAL(9,2)", "digits differ"),
    ],
)
def test_a_reference_of_another_type_is_refused(own: str, words: str) -> None:
    text = problems(parents(1000), table("c", 5, column("p_id", own, **reference("p.id"))))
    assert f"c.p_id: {own} references p.id INT" in text
    assert words in text
    assert "declare it as INT, like p.id" in text


def test_a_wider_or_narrower_integer_that_holds_every_key_will_do() -> None:
    for own in ("BIGINT", "SMALLINT", "DECIMAL(5,0)"):
        plan = planned(parents(1000), table("c", 50, column("p_id", own, **reference("p.id"))))
        assert set(made(plan, "c")) <= set(range(1, 1001))


def test_a_required_reference_to_an_optional_key_is_refused() -> None:
    parent = table("p", 9, column("code", "CHAR(3)", is_unique=True, required=False))
    text = problems(parent, table("c", 5, column("code", "CHAR(3)", **reference("p.code"))))
    assert "c.code: cannot be NULL, but p.code, which it references, can; make p.code required" in text


def test_every_problem_is_reported_together() -> None:
    text = problems(
        table("a", 5, column("x", "BOOLEAN", is_unique=True), column("y", "DECIMAL(2,0)", min_value=500)),
        table(
            "b",
            5,
            column("z", "VARCHAR(3)", faker_rule="company"),
            column("w", "INT", rule={"name": "emial"}),
        ),
    )
    assert text.startswith("this cannot be generated: 4 problems")
    for words in ("a.x", "a.y", "b.z", "b.w", "did you mean 'email'?"):
        assert words in text


def test_row_counts_can_be_overridden_and_unknown_tables_are_noticed() -> None:
    experiment = Experiment.model_validate({"name": "x", "tables": [parents()]})
    rule = ExperimentService().rule
    assert plan(experiment, 1, rule, {"p": 7}).table("p").rows == 7
    with pytest.raises(PlanError, match=r"there is no table 'pp'"):
        plan(experiment, 1, rule, {"pp": 7})
    with pytest.raises(PlanError, match=r"-1 rows are asked"):
        plan(experiment, 1, rule, {"p": -1})


@pytest.mark.parametrize("data_type", ["TINYINT", "DECIMAL(2,0)"])
def test_a_key_of_narrow_integers_stays_in_range(data_type: str) -> None:
    t = table("t", 5000, column("a", data_type), column("b", data_type), primary_key=["a", "b"])
    plan = planned(t)
    pairs = list(zip(made(plan, "t", "a"), made(plan, "t", "b"), strict=True))
    assert len(set(pairs)) == 5000
    assert all(1 <= value <= 127 for pair in pairs for value in pair)


@pytest.mark.parametrize(
    ("own", "theirs"), [("BIGINT", "NUMBER(38,0)"), ("NUMBER(10,0)", "NUMBER(38,0)"), ("NUMBER(38,0)", "INT")]
)
def test_whole_numbers_of_other_widths_can_be_referenced(own: str, theirs: str) -> None:
    parent = table("p", 300, column("id", theirs), primary_key=["id"])
    plan = planned(parent, table("c", 900, column("p_id", own, **reference("p.id"))))
    found = {value[0] if isinstance(value, tuple) else value for value in made(plan, "c")}
    assert found <= set(range(1, 301))
    assert len(found) > 250


@pytest.mark.parametrize(("low", "high"), [(0, 1e-310), (-8e307, 8e307), (1, 1.0000001), (-5, 1e-300)])
def test_unique_floats_differ_even_where_there_are_few(low: float, high: float) -> None:
    values = made(
        planned(table("t", 1000, column("x", "DOUBLE", is_unique=True, min_value=low, max_value=high))), "t"
    )
    assert len(set(values)) == 1000
    assert low <= min(values) <= max(values) <= high


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (
            {"data_type": "INT", "max_value": 10, "rule": {"name": "choice", "values": [1, 100]}},
            "outside the column's",
        ),
        ({"data_type": "VARCHAR(3)", "rule": {"name": "choice", "values": [1, "1"]}}, "there twice"),
        ({"data_type": "REAL", "rule": {"name": "choice", "values": [0.1, 0.100000000001]}}, "there twice"),
        ({"data_type": "DOUBLE", "rule": {"name": "choice", "values": ["nan"]}}, "not a finite number"),
        ({"data_type": "INT", "rule": {"name": "choice", "values": ["abc"]}}, "not a number"),
        ({"data_type": "INT", "faker_rule": "first_name"}, "no value of Faker's first_name fits"),
        ({"data_type": "INT", "faker_rule": "image"}, "Faker's image"),
        ({"data_type": "VARCHAR(90)", "faker_rule": "frist_name"}, "did you mean 'first_name'"),
        ({"data_type": "VARCHAR(90)", "faker_rule": "name", "locale": "xx_XX"}, "no locale 'xx_XX'"),
        (
            {
                "data_type": "INT",
                "min_value": 0.2,
                "max_value": 0.8,
                "distribution": {"type": "normal", "parameters": {"mean": 0, "stddev": 1}},
            },
            "no value of INT lies between",
        ),
    ],
)
def test_rules_that_cannot_keep_to_the_column_are_refused(fields: dict[str, Any], words: str) -> None:
    assert words in problems(table("t", 5, {"name": "c", **fields}))


def test_faker_values_of_other_types_keep_to_the_bounds() -> None:
    plan = planned(
        table(
            "t",
            500,
            column("n", "INT", max_value=900, faker_rule="pyint"),
            column("lat", "DECIMAL(9,6)", faker_rule="latitude"),
            column("born", "DATE", faker_rule="date_of_birth"),
            column("doc", "SUPER", faker_rule="name"),
        )
    )
    assert max(made(plan, "t", "n")) <= 900
    assert len(set(made(plan, "t", "lat"))) > 300
    assert all(json.loads(text) for text in made(plan, "t", "doc"))


def test_adding_a_table_or_a_column_changes_no_other_column() -> None:
    def plans(*extra: dict[str, Any], columns: tuple[dict[str, Any], ...] = ()) -> Plan:
        t = table("t", 100, *columns, column("a", "INT"), column("b", "VARCHAR(30)"))
        return planned(*extra, t)

    before = plans()
    after = plans(table("new", 3, column("z", "INT")), columns=(column("first", "DATE"),))
    assert made(before, "t", "a") == made(after, "t", "a")
    assert made(before, "t", "b") == made(after, "t", "b")


@pytest.mark.parametrize("rows", [0, 1, 1000, PART_ROWS, PART_ROWS + 1, 3 * PART_ROWS - 5, 10**9])
def test_parts_cover_every_row_once(rows: int) -> None:
    parts = part_boundaries("t", rows)
    assert parts[0].start == 0
    assert parts[-1].stop == rows
    assert all(a.stop == b.start for a, b in itertools.pairwise(parts))
    assert all(len(part) <= PART_ROWS for part in parts)
    assert [part.number for part in parts] == list(range(len(parts)))


def test_wide_rows_come_in_smaller_batches_and_row_groups() -> None:
    narrow = planned(table("t", 10, column("a", "INT"))).table("t")
    assert (narrow.batch_rows, narrow.row_group_rows) == (32_768, 1 << 18)
    rule = {"name": "text", "min_length": 40_000, "max_length": 60_000}
    wide = planned(table("t", 10, column("a", "VARCHAR(65535)", rule=rule))).table("t")
    assert wide.batch_rows == 1024, "64 MB of 60,000 bytes each"
    assert wide.row_group_rows == 1024, "and as many in a row group"
    assert (narrow.page_rows, wide.page_rows) == (32_768, 64), "4 MB"
    assert [len(batch) for batch in wide.batches(Part("t", 0, 0, 2500))] == [1024, 1024, 452]
