"""Faults on purpose: counted exactly, by DuckDB, and nothing else is wrong."""

import json
from pathlib import Path
from typing import Any, get_args

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support import column, generated, made, planned, reference, table, to_list, views

from dw_simulator.engine.rows import Rows
from dw_simulator.errors import PlanError, SchemaError
from dw_simulator.ports.plan import Plan
from dw_simulator.schema import reading
from dw_simulator.schema.enforceable import enforceable
from dw_simulator.schema.model import PlannedFault
from dw_simulator.service import ExperimentService, GenerateRequest

PARENTS, CHILDREN = 400, 5000
MOJIBAKE = "\u00c3\u00a9"


def fault(kind: str, *names: str, **fields: Any) -> dict[str, Any]:
    count = {} if "rows" in fields or "share" in fields else {"share": 0.02}
    return {"kind": kind, **({"columns": list(names)} if names else {}), **count, **fields}


def shop(*faults: dict[str, Any], **fields: Any) -> list[dict[str, Any]]:
    return [
        table(
            "p",
            PARENTS,
            column("id", "INT"),
            column("code", "VARCHAR(9)", is_unique=True),
            primary_key=["id"],
        ),
        table(
            "c",
            CHILDREN,
            column("id", "BIGINT"),
            column("p", "INT", **reference("p.id", nullable=True)),
            column("code", "VARCHAR(9)", **reference("p.code")),
            column("q", "SMALLINT", min_value=1, max_value=9, required=False),
            column("price", "DECIMAL(8,2)", min_value=0, max_value=500),
            column("ratio", "FLOAT", min_value=0, max_value=1),
            column("day", "DATE", date_start="2024-01-01", date_end="2024-12-31"),
            column("at", "TIMESTAMP", date_start="2024-01-01", date_end="2024-12-31"),
            column("note", "VARCHAR(60)", rule={"name": "text", "min_length": 12}),
            column(
                "kind",
                "VARCHAR(12)",
                rule={"name": "choice", "values": ["caf\u00e9", "\u65e5\u672c\u8a9e", "plain"]},
            ),
            primary_key=["id"],
            faults=list(faults),
            **fields,
        ),
    ]


WRONG = {
    "duplicates": (fault("duplicates"), "SELECT count(*) - count(DISTINCT id) FROM c"),
    "duplicates of a key": (fault("duplicates", "id"), "SELECT count(*) - count(DISTINCT id) FROM c"),
    "orphans": (
        fault("orphans", "p"),
        "SELECT count(*) FROM c WHERE p IS NOT NULL AND p NOT IN (SELECT id FROM p)",
    ),
    "orphans of text": (
        fault("orphans", "code"),
        "SELECT count(*) FROM c WHERE code NOT IN (SELECT code FROM p)",
    ),
    "integers": (fault("out_of_range", "q"), "SELECT count(*) FROM c WHERE q NOT BETWEEN 1 AND 9"),
    "decimals": (fault("out_of_range", "price"), "SELECT count(*) FROM c WHERE price NOT BETWEEN 0 AND 500"),
    "floats": (fault("out_of_range", "ratio"), "SELECT count(*) FROM c WHERE ratio NOT BETWEEN 0 AND 1"),
    "days": (fault("out_of_range", "day"), "SELECT count(*) FROM c WHERE year(day) <> 2024"),
    "moments": (fault("out_of_range", "at"), 'SELECT count(*) FROM c WHERE year("at") <> 2024'),
    "encodings": (fault("bad_encoding", "note"), f"SELECT count(*) FROM c WHERE note LIKE '%{MOJIBAKE}%'"),
    "encodings of a pool": (
        fault("bad_encoding", "kind"),
        f"SELECT count(*) FROM c WHERE kind LIKE '%{MOJIBAKE}%'",
    ),
    "truncated": (
        fault("truncated", "kind"),
        "SELECT count(*) FROM c WHERE kind NOT IN ('caf\u00e9', '\u65e5\u672c\u8a9e', 'plain')",
    ),
}


def cells(a_plan: Plan, name: str = "c") -> list[list[Any]]:
    found = [made(a_plan, name, one.name) for one in a_plan.table(name).columns]
    return [[value.decode() if isinstance(value, bytes) else value for value in values] for values in found]


@pytest.mark.parametrize(("wrong", "counting"), WRONG.values(), ids=WRONG)
def test_the_rows_that_are_wrong_are_counted_exactly(
    tmp_path: Path, wrong: dict[str, Any], counting: str
) -> None:
    good, bad = planned(*shop()), planned(*shop(wrong))
    with views(generated(bad, tmp_path / "out")) as connection:
        assert connection.execute(counting).fetchall() == [(100,)]
    with views(generated(good, tmp_path / "good")) as connection:
        assert connection.execute(counting).fetchall() == [(0,)]
    (counted,) = bad.faults
    assert (counted.table, counted.kind, counted.rows) == ("c", wrong["kind"], 100)
    rows = list(zip(*cells(good), strict=True)), list(zip(*cells(bad), strict=True))
    changed = [k for k, (a, b) in enumerate(zip(*rows, strict=True)) if a != b]
    assert len(changed) == 100, "no other row is touched"
    named = wrong.get("columns")
    if named:
        names = [one.name for one in bad.table("c").columns]
        where = {
            names[j]
            for k in changed
            for j, (a, b) in enumerate(zip(rows[0][k], rows[1][k], strict=True))
            if a != b
        }
        assert where == set(named), "nor any other column"


def test_late_rows_lie_more_than_half_the_span_too_early() -> None:
    good = planned(*shop())
    for name, unit in (("at", 1_000_000), ("day", 1 / 86_400)):
        bad = planned(*shop(fault("late", name, by="4d")))
        pairs = zip(made(good, "c", name), made(bad, "c", name), strict=True)
        moved = [round((a - b) / unit) for a, b in pairs if a != b]
        assert len(moved) == 100
        assert min(moved) >= 2 * 86_400
        assert max(moved) <= 4 * 86_400
        assert len(set(moved)) > 1


def test_faults_of_a_table_hit_rows_of_their_own() -> None:
    wrong = [
        fault("duplicates"),
        fault("orphans", "p"),
        fault("truncated", "note", rows=33),
        fault("late", "day"),
    ]
    good, bad = planned(*shop()), planned(*shop(*wrong))
    pairs = zip(zip(*cells(good), strict=True), zip(*cells(bad), strict=True), strict=True)
    assert sum(a != b for a, b in pairs) == 333
    assert [one.rows for one in bad.faults] == [100, 100, 33, 100]
    fewer = planned(*shop(*wrong[:2]))
    same = [
        k for k, (a, b) in enumerate(zip(made(fewer, "c", "p"), made(bad, "c", "p"), strict=True)) if a == b
    ]
    assert len(same) == CHILDREN, "a fault more changes nothing of those before it"


def test_every_repeated_row_is_repeated_once_and_right(tmp_path: Path) -> None:
    bad = planned(*shop(fault("duplicates", share=0.4), fault("truncated", "note", rows=20)))
    with views(generated(bad, tmp_path / "out")) as connection:
        twice = connection.execute(
            "SELECT count(*), min(n), max(n) FROM (SELECT *, count(*) n FROM c GROUP BY ALL HAVING n > 1)"
        )
        assert twice.fetchall() == [(2000, 2, 2)]


def test_children_and_derived_columns_see_the_right_values() -> None:
    parents = table(
        "p", 50, column("id", "INT"), primary_key=["id"], faults=[fault("duplicates", "id", rows=9)]
    )
    child = table("c", 500, column("p", "INT", **reference("p.id")))
    assert made(planned(parents, child), "c") == made(planned({**parents, "faults": []}, child), "c")


@given(share=st.floats(0, 0.5), rows=st.integers(0, 300), seed=st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_the_count_is_the_rounded_share(share: float, rows: int, seed: int) -> None:
    kinds = table(
        "t",
        rows,
        column("n", "INT", min_value=0, max_value=5),
        faults=[fault("out_of_range", "n", share=share)],
    )
    a_plan = planned(kinds, seed=seed)
    assert sum(n > 5 for n in made(a_plan, "t")) == round(share * rows)
    assert sum(one.rows for one in a_plan.faults) == round(share * rows)


def test_slices_of_rows_have_the_slices_of_values() -> None:
    every = [wrong for wrong, _ in WRONG.values() if wrong["kind"] != "duplicates"]
    bad = planned(*shop(*(one | {"share": 0.01} for one in every), fault("duplicates", share=0.1)))
    for one in bad.table("c").columns:
        whole = made(bad, "c", one.name)
        assert to_list(one.kernel.values(Rows.run(1234, 1300))) == whole[1234:1300]
        assert to_list(one.kernel.values(Rows.at(np.array([7, 4999, 7])))) == [
            whole[7],
            whole[4999],
            whole[7],
        ]


REFUSED: list[tuple[dict[str, Any], str]] = [
    (fault("orphans", "q"), "orphans in SMALLINT: it references nothing"),
    (fault("out_of_range", "note"), "only numbers, dates and timestamps have a range"),
    (fault("out_of_range", "id"), "it has no bounds to be beyond; declare min_value"),
    (fault("late", "q"), "only dates and timestamps can be late"),
    (fault("late", "day", by="3h"), "3h is less than a day"),
    (fault("truncated", "q"), "only text can be wrong like that"),
    (fault("duplicates", "note"), "they are no key"),
    (
        fault("duplicates", share=0.6),
        "6,000 rows|3,000 rows are to be wrong, and 3,000 of them repeat right ones",
    ),
]


@pytest.mark.parametrize(("wrong", "message"), REFUSED)
def test_what_cannot_be_wrong_is_refused(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(PlanError, match=message):
        planned(*shop(wrong))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"kind": "orphans", "columns": ["p"]}, "one of share and rows"),
        ({"kind": "orphans", "share": 0.1}, "orphans are of one column"),
        ({"kind": "orfans", "column": "p", "share": 0.1}, r"faults\[0\].kind"),
        ({"kind": "orphans", "column": "pp", "share": 0.1}, "has no column 'pp'; did you mean 'p'"),
        ({"kind": "truncated", "column": "note", "share": 0.1, "by": "1d"}, "truncated have no span"),
        ({"kind": "late", "column": "day", "share": 0.1, "by": "soon"}, "'soon' is no span, such as 30d"),
        ({"kind": "truncated", "column": "note", "shares": 0.1}, "did you mean 'share'"),
    ],
)
def test_what_is_declared_wrongly_is_refused(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(SchemaError, match=message):
        reading.parse({"name": "x", "tables": shop(wrong)})


def test_orphans_need_a_value_that_is_not_in_use() -> None:
    full = table("p", 10, column("id", "INT", min_value=1, max_value=10), primary_key=["id"])
    child = table("c", 100, column("p", "INT", **reference("p.id")), faults=[fault("orphans", "p")])
    with pytest.raises(
        PlanError, match=r"every value that p.id can have is in use, or may be; widen that key"
    ):
        planned(full, child)


def test_a_run_reports_its_faults_and_loads_without_what_they_break(
    service: ExperimentService, tmp_path: Path
) -> None:
    service.create({"name": "shop", "tables": shop(fault("duplicates"), fault("orphans", "code"))})
    summary = service.generate("shop", GenerateRequest(seed=3, output_dir=tmp_path / "out"))
    assert [(one.kind, one.rows) for one in summary.faults] == [("duplicates", 100), ("orphans", 100)]
    document = service.published(service.run("shop", summary.run_id))
    assert [(one.kind, one.columns, one.rows) for one in document.faults] == [
        ("duplicates", (), 100),
        ("orphans", ("code",), 100),
    ]
    assert document.tables[1].columns["id"].distinct is None
    assert service.verify(tmp_path / "out", deep=True).ok
    loaded = service.load("shop", to=f"duckdb://{tmp_path / 'w.duckdb'}")
    assert loaded.row_counts == {"p": PARENTS, "c": CHILDREN}
    assert "c: (id) is not declared unique, as faults break it" in loaded.warnings
    assert "c: (code) is not declared as a reference, as faults break it" in loaded.warnings
    with duckdb.connect(tmp_path / "w.duckdb") as connection:
        kinds = connection.execute(
            "SELECT DISTINCT constraint_type FROM duckdb_constraints() WHERE table_name = 'c'"
        )
        assert {kind for (kind,) in kinds.fetchall()} == {"FOREIGN KEY", "NOT NULL"}, "that of p still holds"


def test_orphans_of_composite_and_numbered_keys(tmp_path: Path) -> None:
    orders = table("o", 50, column("id", "INT"), primary_key=["id"])
    link = reference("o.id", children={"min": 1, "max": 6})
    lines = table("l", 200, column("o", "INT", **link), column("n", "INT"), primary_key=["o", "n"])
    way = {"columns": ["o", "n"], "references_table": "l", "references_columns": ["o", "n"]}
    for name in ("o", "n"):
        returns = table(
            "r",
            900,
            column("o", "INT"),
            column("n", "INT"),
            foreign_keys=[way],
            faults=[fault("orphans", name, rows=70)],
        )
        with views(generated(planned(orders, lines, returns), tmp_path / name)) as connection:
            lost = connection.execute("SELECT count(*) FROM r WHERE (o, n) NOT IN (SELECT (o, n) FROM l)")
            assert lost.fetchall() == [(70,)]


def test_orphans_of_a_composite_reference_are_not_null_in_part(tmp_path: Path) -> None:
    two = table("p", 50, column("a", "INT"), column("b", "INT"), primary_key=["a", "b"])
    way = {"columns": ["a", "b"], "references_table": "p", "references_columns": ["a", "b"]}
    optional = way | {"nullable": True, "null_fraction": 0.5}
    child = table("c", 600, column("a", "INT"), column("b", "INT"), foreign_keys=[optional])
    spoilt = child | {"faults": [fault("orphans", "a", rows=200)]}
    with views(generated(planned(two, spoilt), tmp_path / "out")) as connection:
        lost = connection.execute(
            "SELECT count(*) FROM c ANTI JOIN p USING (a, b) WHERE a IS NOT NULL AND b IS NOT NULL"
        )
        assert lost.fetchall() == [(200,)]
    assert made(planned(two, child), "c", "b").count(None) > 200


def test_the_documented_faults_are_those_of_a_run(service: ExperimentService, tmp_path: Path) -> None:
    page = (Path(__file__).parent.parent / "docs" / "faults.md").read_text()
    service.create(json.loads(page.partition("```json\n")[2].partition("```")[0]))
    summary = service.generate("spoilt", GenerateRequest(seed=1, output_dir=tmp_path / "out"))
    shown = page.rpartition("```\ntable")[2].partition("```")[0].splitlines()[1:]
    told = [(one.table, one.kind, ", ".join(one.columns) or "all", f"{one.rows}") for one in summary.faults]
    assert [tuple(line.split()) for line in shown] == told
    kinds = {
        line.split("`")[1] for line in page.splitlines() if line.startswith("| `") and "`kind`" not in line
    }
    assert kinds == set(get_args(PlannedFault.model_fields["kind"].annotation))


def test_what_faults_do_not_break_stays_enforceable() -> None:
    same = reading.parse({"name": "x", "tables": shop(fault("late", "day"), fault("truncated", "note"))})
    kept, left_out = enforceable(same)
    assert left_out == ()
    assert [table.keys for table in kept.tables] == [table.keys for table in same.tables]
    assert [len(table.references) for table in kept.tables] == [0, 2]
    parent = shop()[0] | {"faults": [fault("truncated", "code")]}
    kept, left_out = enforceable(reading.parse({"name": "x", "tables": [parent, shop()[1]]}))
    assert left_out == (
        "p: (code) is not declared unique, as faults break it",
        "c: (code) is not declared as a reference, as faults break it",
    )
    assert len(kept.tables[1].references) == 1


@pytest.mark.parametrize("null", [{}, {"null_fraction": 0.3}, {"null_when": "n > 500"}])
def test_a_reference_that_is_left_out_may_still_be_null(
    service: ExperimentService, tmp_path: Path, null: dict[str, Any]
) -> None:
    columns = [
        column("n", "INT"),
        column("code", "VARCHAR(9)", **reference("p.code", nullable=True), **null),
        column("copy", "INT", lookup={"reference": "code", "column": "id"}),
    ]
    child = table("c", 300, *columns, faults=[fault("orphans", "code")])
    service.create({"name": "shop", "tables": [shop()[0], child]})
    service.generate("shop", GenerateRequest(seed=3, output_dir=tmp_path / "out"))
    loaded = service.load("shop", to=f"duckdb://{tmp_path / 'w.duckdb'}")
    assert loaded.row_counts == {"p": PARENTS, "c": 300}
