"""Keys of a reference and of what differs among the rows of one parent: its days, or their numbers."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support import column, generated, made, planned, reference, table, views

from dw_simulator.errors import PlanError

Json = dict[str, Any]
NUMBER = {"name": "window", "function": "number", "reference": "ad"}
DAILY = {"name": "recurring", "reference": "ad", "column": "begun", "every": "1 day"}
BEGUN = {"date_start": "2024-01-01", "date_end": "2024-03-31"}


def ads(rows: int = 300) -> Json:
    return table("ads", rows, column("id", "INT"), column("begun", "DATE", **BEGUN), primary_key=["id"])


def days(rows: int, *more: Json, rule: Json = DAILY, data_type: str = "DATE", **fields: Any) -> Json:
    options = fields.pop("reference", {})
    own = column("day", data_type, **fields.pop("own", {}), rule=rule)
    return table("days", rows, column("ad", "INT", **reference("ads.id", **options)), own, *more, **fields)


@pytest.mark.parametrize(
    ("rule", "data_type"),
    [
        (DAILY, "DATE"),
        (DAILY | {"every": "1 month"}, "DATE"),
        (DAILY | {"every": "12h", "jitter": "11h"}, "TIMESTAMP"),
        (NUMBER, "SMALLINT"),
    ],
)
@pytest.mark.parametrize("way", [{}, {"skew": {"zipf": 1.0}}, {"children": {"min": 0, "max": 900}}])
def test_no_two_rows_have_the_same_key(tmp_path: Path, rule: Json, data_type: str, way: Json) -> None:
    child = days(40_000, rule=rule, data_type=data_type, reference=way, primary_key=["ad", "day"])
    seen = table(
        "seen",
        5000,
        column("ad", "INT"),
        column("day", data_type),
        foreign_keys=[
            {"columns": ["ad", "day"], "references_table": "days", "references_columns": ["ad", "day"]}
        ],
    )
    with views(generated(planned(ads(), child, seen), tmp_path / "out")) as db:
        asked = "SELECT count(*), count(DISTINCT (ad, day)), count(DISTINCT ad) > 100 FROM days"
        assert db.execute(asked).fetchone() == (40_000, 40_000, True)
        assert db.execute("SELECT count(*) FROM seen ANTI JOIN days USING (ad, day)").fetchone() == (0,)


@given(
    st.integers(0, 60),
    st.integers(0, 300),
    st.sampled_from([DAILY, NUMBER]),
    st.sampled_from([["ad", "day"], ["device", "day", "ad"]]),
    st.integers(0, 99),
)
@settings(max_examples=30)
def test_whatever_the_sizes(parents: int, rows: int, rule: Json, key: list[str], seed: int) -> None:
    device = column("device", "VARCHAR(9)", rule={"name": "choice", "values": ["phone", "tablet"]})
    child = days(
        rows if parents else 0,
        device,
        rule=rule,
        data_type="DATE" if rule is DAILY else "INT",
        primary_key=key,
    )
    plan = planned(ads(parents), child, seed=seed)
    pairs = list(zip(made(plan, "days", "ad"), made(plan, "days", "day"), strict=True))
    assert len(set(pairs)) == len(pairs) == (rows if parents else 0)


def test_where_there_is_no_parent_there_is_no_key() -> None:
    optional = {"required": False, "null_fraction": 0.3}
    child = days(900, own=optional | {"null_fraction": None}, unique=[["ad", "day"]])
    child["columns"][0] |= optional
    child["columns"][0]["foreign_key"] |= {"nullable": True}
    plan = planned(ads(), child)
    pairs = list(zip(made(plan, "days", "ad"), made(plan, "days", "day"), strict=True))
    held = [pair for pair in pairs if None not in pair]
    assert len(set(held)) == len(held) == 630


@pytest.mark.parametrize(
    "child",
    [
        days(300, own={"is_unique": True}),
        days(300, column("device", "INT"), primary_key=["device", "day"]),
        days(300, primary_key=["ad", "day"], rule=NUMBER | {"function": "count"}, data_type="INT"),
        days(300, column("device", "INT"), primary_key=["ad", "day"], unique=[["day", "device"]]),
    ],
)
def test_another_key_is_refused(child: Json) -> None:
    with pytest.raises(PlanError, match=r"days\.day: .*values made from other columns may repeat"):
        planned(ads(), child)
