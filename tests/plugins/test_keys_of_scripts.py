"""Keys that scripts declare otherwise than within CREATE TABLE, and NULLs that are not distinct."""

import pytest
from tests.support import column, made, planned, table

from dw_simulator.errors import SchemaError
from dw_simulator.plugins.dialects.duckdb import dialect as duckdb
from dw_simulator.plugins.dialects.postgres import dialect as postgres
from dw_simulator.schema import reading

TABLE = "CREATE TABLE t (id INT PRIMARY KEY, f INT, rev INT, code VARCHAR(20)"


@pytest.mark.parametrize("dialect", [duckdb, postgres])
def test_a_unique_index_is_a_key(dialect: type) -> None:
    ddl = dialect.read(f"{TABLE}); CREATE UNIQUE INDEX t_code ON t (code, f DESC);")
    assert ddl.tables[0]["unique"] == [["code", "f"]]
    assert ddl.warnings == []


@pytest.mark.parametrize(
    ("index", "words"),
    [
        ("ON t (lower(code))", "is unique among what is worked out from columns, which is not kept"),
        ("ON t (code) WHERE f > 0", "is unique among some rows, which is not kept"),
        ("ON elsewhere (code)", "is of no table of this script, left out"),
    ],
)
def test_what_an_index_keeps_and_a_key_would_not_is_told(index: str, words: str) -> None:
    ddl = postgres.read(f"{TABLE}); CREATE UNIQUE INDEX t_code {index};")
    assert "unique" not in ddl.tables[0]
    assert words in ddl.warnings[0]


def test_nulls_that_are_not_distinct_are_read_made_and_written() -> None:
    ddl = postgres.read(f"{TABLE} UNIQUE NULLS NOT DISTINCT, UNIQUE NULLS NOT DISTINCT (f, rev));")
    keys = [["code"], ["f", "rev"]]
    assert ddl.tables[0]["nulls_not_distinct"] == keys
    experiment = reading.parse({"name": "x", "tables": [{**ddl.tables[0], "target_rows": 500}]})
    plan = planned(*experiment.to_json()["tables"])
    for key in keys:
        rows = [*zip(*(made(plan, "t", name) for name in key), strict=True)]
        assert len(set(rows)) == 500
        assert not any(None in row for row in rows)
    written = postgres.write(experiment)
    assert "UNIQUE NULLS NOT DISTINCT" in written.sql
    assert "NULLS NOT DISTINCT" not in duckdb.write(experiment).sql
    assert any("NULLS NOT DISTINCT" in warning for warning in duckdb.write(experiment).warnings)


def test_nulls_that_are_not_distinct_contradict_a_share_of_nulls() -> None:
    one = table("t", 9, column("a", "INT", required=False, null_fraction=0.2, is_unique=True))
    with pytest.raises(SchemaError, match="no two rows may be without a value"):
        planned(one | {"nulls_not_distinct": [["a"]]})
    with pytest.raises(SchemaError, match="is no key of t"):
        planned(table("t", 9, column("a", "INT"), nulls_not_distinct=[["a"]]))


def test_distinct_needs_a_reference_to_differ_from() -> None:
    parent = table("p", 9, column("id", "INT"), primary_key=["id"])
    link = {"references_table": "p", "references_column": "id", "distinct": True}
    with pytest.raises(SchemaError, match="no reference of c to p stands before this one"):
        planned(parent, table("c", 9, column("p_id", "INT", foreign_key=link)))
