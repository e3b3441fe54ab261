"""What an expression must not be: what changes by itself, what reaches out, what its column cannot hold."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.adapters.test_arrow import ARROW_TYPES
from tests.support import column, generated, made, planned, table, to_list

from dw_simulator.arrow import Converter, plain_rows
from dw_simulator.engine.columns import FixedColumn
from dw_simulator.engine.rows import Rows
from dw_simulator.errors import PlanError, RunError, SchemaError
from dw_simulator.planning import plan
from dw_simulator.plugins.expressions.allowed_values import Allowed
from dw_simulator.plugins.expressions.evaluation import ask
from dw_simulator.plugins.expressions.possible_functions import ALLOWED, LIBRARY, REASONS
from dw_simulator.schema import reading
from dw_simulator.service import ExperimentService
from dw_simulator.types import sql_type

SOURCES = [
    column("q", "INT", min_value=1, max_value=9),
    column("p", "DECIMAL(10,2)", min_value=1, max_value=500),
    column("s", "VARCHAR(12)", rule={"name": "choice", "values": ["new", "shipped"]}),
    column("d", "DATE"),
    column("n", "INT", required=False, null_fraction=0.4),
    column("x", "DOUBLE", min_value=1, max_value=100),
    column("doc", "SUPER"),
]


def expression(sql: str, data_type: str, dialect: str = "duckdb", **fields: Any) -> dict[str, Any]:
    return column("v", data_type, rule={"name": "expression", "sql": sql, "dialect": dialect}, **fields)


def refused(sql: str, data_type: str = "INT", dialect: str = "duckdb", **fields: Any) -> str:
    with pytest.raises((PlanError, SchemaError)) as caught:
        planned(table("t", 500, *SOURCES, expression(sql, data_type, dialect, **fields)))
    (problem,) = caught.value.problems
    assert problem.place in ("t.v", "tables[0].columns[7].rule")
    return f"{problem.message}; {problem.mend}"


CHANGING = {
    "duckdb": """random() | gen_random_uuid() | uuid() | uuidv4() | uuidv7() | now() | current_date |
        current_timestamp |
        current_time | today() | get_current_timestamp() | transaction_timestamp() | localtimestamp | age(d) |
        getenv('HOME') | current_setting('threads') | current_user | user | session_user | current_schema() |
        current_database() | version() | current_query() | getvariable('x') | txid_current() | nextval('s') |
        currval('s') | setseed(0.5) | pg_sleep(1) | write_log('x') | hash(q) | stats(q) | sleep_ms(1) |
        inet_client_addr() | current_connection_id() | current_localtime() | in_search_path('a', 'b') |
        list_transform([q], lambda user: q)[1] + length(user)""",
    "redshift": """GETDATE() | SYSDATE | RANDOM() | CURRENT_DATE | FNV_HASH(q) | CURRENT_USER |
        VERSION() | TIMEOFDAY()""",
    "snowflake": """CURRENT_TIMESTAMP() | SYSDATE() | RANDOM() | UUID_STRING() | RANDSTR(5, 1) |
        UNIFORM(1, 5, RANDOM()) |
        CURRENT_DATE() | CURRENT_WAREHOUSE() | SEQ4() | HASH(q) | CURRENT_ACCOUNT() | q.NEXTVAL""",
    "postgres": """now() | clock_timestamp() | gen_random_uuid() | random() | CURRENT_DATE | localtime |
        nextval('s') | setval('s', 1) | pg_read_file('/etc/passwd') | current_setting('x') | pg_sleep(1) |
        set_config('a', 'b', false) | version() | lo_import('/etc/passwd')""",
}  # fmt: skip
REACHING = """(SELECT 1) | EXISTS (SELECT 1) | q IN (SELECT q FROM t) | (FROM t SELECT max(q)) |
        read_text('/etc/passwd') |
    read_csv('x.csv') | (SELECT * FROM read_csv('/etc/passwd')) | glob('*') | q FROM other | q; DROP TABLE t |
    q FROM t WHERE true -- | q UNION SELECT 1 | DISTINCT q | q INTO x | q, p | * | t.* | COLUMNS('q') |
        q AS other |
    sum(q) | count(*) | max(q) | string_agg(s, ',') | row_number() OVER () | sum(q) OVER () |
        lag(q) OVER (ORDER BY q) |
    unnest([1, 2]) | $1 | ? | #1 | rowid | t.rowid | s COLLATE nocase | list_aggregate([q], 'sum') |
        q /* | 'a |
    (q | q) | duckdb_settings() | query('SELECT 1') | query_table('t') | sql_auto_complete('SEL') | DEFAULT |
    load_extension('x') | json_execute_serialized_sql('x') | json_deserialize_sql('{}') |
    parse_duckdb_log_message('a', 'b') | d AT TIME ZONE 'Europe/Berlin' | timezone(s, CAST(d AS TIMESTAMP)) |
    information_schema.tables | other.q | q.x.y | ;  | PIVOT t ON q | SUMMARIZE t | CALL x() |
        SET threads = 1"""


@pytest.mark.parametrize(
    ("dialect", "sql"),
    [(dialect, sql.strip()) for dialect, listed in CHANGING.items() for sql in listed.split(" |")],
)
def test_what_changes_by_itself_is_refused(dialect: str, sql: str) -> None:
    why = "is not (possible here|among|translated)|is neither a reference|has no column|of the warehouse"
    assert re.search(why, refused(sql, "VARCHAR(99)", dialect))


@pytest.mark.parametrize("sql", [sql.strip() for sql in REACHING.split(" |")])
def test_what_is_no_expression_over_the_row_is_refused(sql: str) -> None:
    assert refused(sql, "VARCHAR(99)")


@pytest.mark.parametrize("kind", ["duckdb", "postgres", "redshift", "snowflake"])
@pytest.mark.parametrize("sql", ["(SELECT 1)", "sum(q)", "q FROM t", "row_number() OVER (ORDER BY q)"])
def test_queries_are_refused_in_every_dialect(kind: str, sql: str) -> None:
    assert refused(sql, "INT", kind)


@pytest.mark.parametrize("sql", ["(q)", "q + q", "abs(q)"])
def test_nested_too_deeply(sql: str) -> None:
    before, after = sql.split("q", 1)
    planned(table("t", 5, *SOURCES, expression(before * 25 + "q" + after * 25, "INT")))
    message = refused(before * 5000 + "q" + after * 5000)
    assert len(message) < 500
    assert re.search("nested (too|more than 100) deep|is not translated; simplify it|depth limit", message)


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("q + random()", "line 1, column 5 of 'q . random\\(\\)': random.*use a rule that draws"),
        ("q +\n  now()", "line 2, column 3 .*reads the clock, .*write the moment as a literal"),
        ("q + qq", "line 1, column 5 .*t has no column 'qq'; did you mean 'q'"),
        ("q + levenstein(s, 'a')", "line 1, column 5.*levenstein.*did you mean 'LEVENSHTEIN'"),
        ("hamming(s, 'a') + collate_de(s)", "collate_de\\(\\) is not among the functions of an expression"),
        ("sum(q)", "sum\\(\\) is not possible here: it needs several rows"),
        ("q +", "not complete, or goes on where it should end: q \\+"),
        ("(SELECT 1)", "a query within an expression is not possible; look columns up instead"),
        ("q AS x", "leave out AS"),
        ("ghost.q", "no column 'ghost'"),
        ("make_timestamptz(2024, 7, 1, 1, 1, 1.0, 'Europe/Berlin')", "with 'UTC' alone"),
        ("strptime(s, '%Y-%m-%d %Z')", "column 1 .*the pattern %Z is not possible"),
        ("q.x + 1", "q is neither a reference, which a dot follows, nor a document"),
    ],
)
def test_refusals_say_where_and_what_to_do(sql: str, message: str) -> None:
    with pytest.raises(PlanError, match=message):
        planned(table("t", 50, *SOURCES, expression(sql, "INT")))


@pytest.mark.parametrize(
    ("data_type", "sql", "message"),
    [
        ("INT", "s", "gives VARCHAR, which an INT column does not store; cast it: CAST"),
        ("INT", "q > 1", "gives BOOLEAN, which an INT column"),
        ("VARCHAR(9)", "q", "gives INTEGER, which a VARCHAR.9. column does not store; cast it"),
        ("BOOLEAN", "q", "gives INTEGER, which a BOOLEAN column does not store; write a condition"),
        ("DATE", "s", "gives VARCHAR, which a DATE column"),
        ("DATE", "q", "gives INTEGER, which a DATE"),
        ("TIME", "d", "gives DATE, which a TIME column"),
        ("SUPER", "s", "gives VARCHAR, which a SUPER column does not store; make JSON of it"),
        ("INT", "INTERVAL 3 DAY", "gives INTERVAL"),
        ("INT", "[q]", "gives INTEGER\\[\\]"),
        ("UUID", "s", "gives VARCHAR, which a UUID column"),
        ("INT", "q + d + s", "has no type: .*No function matches"),
        ("INT", "s + 1", "has no type: No function matches"),
        ("TINYINT", "q * 100", "row \\d+, counted from 0, where q = \\d, fails: .*(100|\\d00)"),
        ("DECIMAL(4,2)", "p", "row \\d+.* where p = \\d+\\.\\d+, fails: .*DECIMAL\\(4,2\\)"),
        ("DECIMAL(12,2)", "p / (q - q)", "fails|no finite"),
        ("DOUBLE", "x / 0", "gives 'inf': it is no finite number"),
        ("VARCHAR(4)", "s", "where s = 'shipped', gives 'shipped': it is longer than 4 bytes"),
        ("INT", "n", "where n = NULL, it is NULL, and the column is required"),
        ("INT", "CASE WHEN s = 'new' THEN 1 END", "it is NULL, and the column is required"),
        ("OBJECT", "to_json([q])", "it is no JSON object"),
        ("ARRAY", "doc", "it is no JSON array"),
        ("INT", "CAST(s AS INT)", "Could not convert string"),
        ("TIMESTAMP", "CAST('now' AS TIMESTAMP)", "fails: Conversion Error"),
        ("DATE", "CAST('today' AS DATE)", "fails: Conversion Error"),
        ("DATE", "CAST('infinity' AS DATE)", "it is no day of the years 1 to 9999"),
        ("TIMESTAMP(9)", "CAST('infinity' AS TIMESTAMP_NS)", "it is no day of the years 1 to 9999"),
        ("DATE", "DATE '9999-12-31' + 1", "it is no day of the years 1 to 9999"),
        ("DATE", "DATE '0001-01-01' - 1", "it is no day of the years 1 to 9999"),
        ("TIMESTAMPTZ", "TIMESTAMPTZ '9999-12-31 23:59:59Z' + INTERVAL 1 SECOND", "the years 1 to 9999"),
        ("TIMESTAMP", "CAST('-infinity' AS TIMESTAMP)", "it is no day of the years 1 to 9999"),
        ("TIMESTAMP_NTZ", "d + to_years(500)", "fails: "),
    ],
)
def test_what_the_column_does_not_hold_is_refused_while_planning(
    data_type: str, sql: str, message: str
) -> None:
    with pytest.raises(PlanError, match=message):
        planned(table("t", 500, *SOURCES, expression(sql, data_type)))


@pytest.mark.parametrize(
    ("data_type", "sql", "bounds", "words"),
    [
        ("INT", "q * 10", {"max_value": 80}, "to 80"),
        ("BIGINT", "q - 1", {"min_value": 1}, "from 1"),
        ("TINYINT", "q", {"min_value": 1000}, "from 1000"),
        ("DECIMAL(12,2)", "p", {"min_value": 1.5, "max_value": 400.25}, "from 1.5 to 400.25"),
        ("DECIMAL(30,2)", "p", {"max_value": 400.25}, "to 400.25"),
        ("DOUBLE", "x", {"max_value": 50}, "to 50"),
        ("DATE", "d", {"date_end": "2021-01-01"}, "to 2021-01-01"),
        ("TIMESTAMP", "d", {"date_start": "2022-05-05"}, "from 2022-05-05"),
    ],
)
def test_bounds_are_kept(data_type: str, sql: str, bounds: dict[str, Any], words: str) -> None:
    with pytest.raises(PlanError, match=f"lies outside of the column's bounds, {words}"):
        planned(table("t", 500, *SOURCES, expression(sql, data_type, **bounds)))


def test_values_at_the_bounds_are_kept() -> None:
    whole = table(
        "t",
        2000,
        *SOURCES,
        expression("q - 5", "INT", min_value=-4, max_value=4),
    )
    assert set(made(planned(whole), "t", "v")) == set(range(-4, 5))


def test_what_the_sample_does_not_show_is_an_error_that_names_the_row() -> None:
    """One row in a million is beyond what fits."""
    rare = column("rare", "INT", rule={"name": "sequence", "start": 0})
    sql = "CASE WHEN rare = 777000 THEN 1 // (rare - 777000) ELSE q END"
    a_plan = planned(table("t", 1_000_001, *SOURCES, rare, expression(sql, "INT")))
    kernel = a_plan.table("t").columns[-1].kernel
    assert len(kernel.values(Rows.run(0, 700_000 // 4))) == 175_000
    with pytest.raises(
        RunError, match=r"t.v: the expression .*: row 777,000, .*rare = 777000.*fails: .*zero"
    ):
        kernel.values(Rows.run(760_000, 790_000))
    longer = table(
        "t",
        1_000_001,
        *SOURCES,
        rare,
        expression("CASE WHEN rare = 5 THEN 'long' ELSE 'ab' END", "VARCHAR(2)"),
    )
    kernel = planned(longer).table("t").columns[-1].kernel
    with pytest.raises(RunError, match=r"row 5, .* gives 'long': it is longer than 2 bytes"):
        kernel.values(Rows.at(np.array([9, 5, 7])))


def test_a_run_that_fails_publishes_nothing(tmp_path: Path) -> None:
    rare = column("rare", "INT", rule={"name": "sequence", "start": 0})
    sql = "CASE WHEN rare <> 60001 THEN rare END"
    with pytest.raises(RunError, match=r"t\.v: .* row 60,001, .*it is NULL, and the column is required"):
        generated(planned(table("t", 70_000, rare, expression(sql, "INT"))), tmp_path / "out")
    assert not (tmp_path / "out" / "t").exists()


def test_the_format_of_postgres_is_not_taken_for_duckdbs() -> None:
    message = refused("format('%s-%s', q, s)", "VARCHAR(99)", "postgres")
    assert "line 1, column 1 of" in message
    assert "format() of PostgreSQL is not translated; put the parts together with ||" in message


def test_an_empty_table_is_planned() -> None:
    assert made(planned(table("t", 0, *SOURCES, expression("q // 0", "INT"))), "t", "v") == []


def test_expressions_are_no_keys() -> None:
    assert "may repeat, and here they must not" in refused("q", "INT", is_unique=True)


def test_other_dialects_are_told_apart() -> None:
    with pytest.raises((PlanError, SchemaError), match="'duckdb', 'postgres', 'redshift' or 'snowflake'"):
        planned(table("t", 9, *SOURCES, expression("q", "INT", "bigquery")))
    plain = column("v", "INT", rule={"name": "expression", "sql": "q"})
    document = {"name": "x", "target_warehouse": "bigquery", "tables": [table("t", 9, *SOURCES, plain)]}
    with pytest.raises(PlanError, match='SQL of bigquery are not translated; say "dialect", one of duckdb'):
        plan(reading.parse(document), 7, ExperimentService().rule)


# --- what is stored


STORED: Sequence[tuple[str, str, Any]] = [
    ("BIGINT", "2.5", 3),
    ("BIGINT", "-2.5", -3),
    ("BIGINT", "CAST(2.5 AS DOUBLE)", 3),
    ("DECIMAL(5,2)", "2.345", 2.35),
    ("DECIMAL(5,2)", "64.71 / 2", 32.36),  # in binary it is less than that half
    ("DECIMAL(5,2)", "-64.71 / 2", -32.36),
    ("BIGINT", "1.35 / 2.7", 1),
    ("BIGINT", "POWER(10, 17)", 10**17),
    ("DECIMAL(38,15)", "CAST('0.123456789012345' AS DOUBLE)", "0.123456789012345"),
    ("DECIMAL(38,2)", "99999999999999999999.99 + 0.01", "100000000000000000000.00"),
    ("DATE", "TIMESTAMP '2024-05-05 23:59:59'", "2024-05-05"),
    ("TIMESTAMP(0)", "TIMESTAMP '2024-05-05 23:59:59.9'", "2024-05-05 23:59:59"),
    ("TIMESTAMP(3)", "TIMESTAMP '1960-05-05 23:59:59.9999'", "1960-05-05 23:59:59.999000"),
    ("TIMESTAMPTZ", "TIMESTAMP '2024-05-05 10:00:00'", "2024-05-05 10:00:00+00:00"),
    ("TIMESTAMP", "TIMESTAMPTZ '2024-05-05 10:00:00+02:00'", "2024-05-05 08:00:00"),
    ("TIME(0)", "TIME '10:00:00.7'", "10:00:00"),
    ("UUID", "CAST('00112233-4455-6677-8899-aabbccddeeff' AS UUID)", "00112233-4455-6677-8899-aabbccddeeff"),
    ("VARBYTE(4)", "encode('ab')", b"ab"),
    ("SUPER", "{'a': 1.50, 'b': [DATE '2024-01-01']}", '{"a":1.5,"b":["2024-01-01"]}'),
    ("OBJECT", "CAST('  {\"a\": 1}' AS JSON)", '{"a":1}'),
    ("VARCHAR(5)", "CAST('\"é\"' AS JSON)", '"é"'),
    ("REAL", "0.5", 0.5),
    ("BOOLEAN", "1 = 1", True),
    ("VARCHAR(20)", "repeat('long text ', 2)", "long text long text "),
]


@pytest.mark.parametrize(("data_type", "sql", "value"), STORED)
def test_what_is_stored(data_type: str, sql: str, value: Any) -> None:
    a_plan = planned(table("t", 20, expression(sql, data_type)))
    rows = plain_rows(Converter(a_plan.table("t")).batch(a_plan.table("t").chunk(0, 20)))
    assert len({str(row["v"]) for row in rows}) == 1
    assert rows[0]["v"] == value or str(rows[0]["v"]) == str(value)


def test_every_type_goes_in_and_comes_out() -> None:
    """As it was."""
    types = [*ARROW_TYPES, "TIMESTAMP_TZ", "TIMETZ", "ARRAY", "OBJECT", "DECIMAL(18,0)", "DECIMAL(19,4)"]
    own = [
        column(f"c{k}", name, required=False, null_fraction=0.3, min_value=-100 if "BIGINT" in name else None)
        for k, name in enumerate(types)
    ]
    same = [
        column(f"e{k}", name, required=False, rule={"name": "expression", "sql": f"c{k}"})
        for k, name in enumerate(types)
    ]
    columns = planned(table("t", 400, *own, *same)).table("t").columns
    for k, name in enumerate(types):
        before, after = (to_list(columns[at].kernel.values(Rows.run(0, 400))) for at in (k, k + len(types)))
        before = [one.encode() if isinstance(one, str) else one for one in before]
        assert after == before, name
        assert 60 < after.count(None) < 180


@pytest.mark.parametrize(
    ("sql", "keeps"),
    [
        ("at", True),
        ("COALESCE(none, at)", True),
        ("GREATEST(at, none)", True),
        ("at + INTERVAL 0 DAY", False),
    ],
)
@pytest.mark.parametrize("data_type", ["TIMESTAMP_NTZ", "TIMESTAMP_TZ", "TIME(9)"])
def test_nanoseconds_are_kept_where_they_are_handed_on(data_type: str, sql: str, keeps: bool) -> None:
    source = column("at", data_type)
    none = column("none", data_type, required=False, null_fraction=1)
    a_plan = planned(table("t", 50, source, none, expression(sql, data_type)))
    rows = plain_rows(Converter(a_plan.table("t")).batch(a_plan.table("t").chunk(0, 50)))
    given = [str(row["at"]).removesuffix("Z") for row in rows]
    assert [str(row["v"]).removesuffix("Z") for row in rows] == [
        at if keeps else f"{at[:-3]}000" for at in given
    ]


def test_null_is_null_in_every_type() -> None:
    types = """INT DECIMAL(5,2) DECIMAL(38,2) DOUBLE BOOLEAN VARCHAR(5) DATE TIME TIMESTAMP VARBYTE(3)
        UUID SUPER""".split()
    columns = [
        column(f"c{k}", name, required=False, rule={"name": "expression", "sql": "NULL"})
        for k, name in enumerate(types)
    ]
    a_plan = planned(table("t", 9, *columns))
    for each in a_plan.table("t").columns:
        assert to_list(each.kernel.values(Rows.run(0, 9))) == [None] * 9


@given(
    values=st.lists(st.integers(-(1 << 127), (1 << 127) - 1), min_size=1),
    low=st.none() | st.integers(-(1 << 127), (1 << 127) - 1),
    high=st.none() | st.integers(-(1 << 127), (1 << 127) - 1),
)
@settings(max_examples=100, deadline=None)
def test_wide_bounds(values: list[int], low: int | None, high: int | None) -> None:
    words = np.array([[v & (1 << 64) - 1, v >> 64 & (1 << 64) - 1] for v in values], np.uint64)
    found = Allowed(sql_type("DECIMAL(38,0)"), True, low, high).refused(FixedColumn(words))
    outside = [
        k for k, v in enumerate(values) if (low is not None and v < low) or (high is not None and v > high)
    ]
    assert (found[0] if found else None) == (outside[0] if outside else None)


# --- what is allowed


def test_what_duckdb_calls_inconsistent_is_not_allowed() -> None:
    listed = ask(
        """SELECT string_agg(DISTINCT function_name, ' ') FROM duckdb_functions()
           WHERE stability <> 'CONSISTENT' OR function_type NOT IN ('scalar', 'macro')"""
    )
    consistent = ask(
        """SELECT string_agg(DISTINCT function_name, ' ') FROM duckdb_functions()
           WHERE stability = 'CONSISTENT' OR function_type = 'macro'"""
    )
    wrong = (set(listed.split()) - set(consistent.split())) & ALLOWED
    assert wrong <= {"error"}
    assert not ALLOWED & set(REASONS)


def test_what_the_library_computes_is_rounded() -> None:
    """To 41 of 53 binary digits: what differs in the last of them is the same after that."""
    calls = {name: f"{name}(x / 101)" for name in LIBRARY if name not in ("pow", "power", "atan2", "**", "^")}
    calls["acosh"] = "acosh(x)"
    calls |= {
        "pow": "pow(x, 0.3)",
        "power": "power(x, 0.3)",
        "**": "x ** 0.3",
        "^": "x ^ 0.3",
        "atan2": "atan2(x, 2)",
    }
    columns = [
        column(f"c{k}", "DOUBLE", rule={"name": "expression", "sql": sql})
        for k, sql in enumerate(calls.values())
    ]
    a_plan = planned(table("t", 300, SOURCES[5], *columns))
    for each in a_plan.table("t").columns[1:]:
        values = np.array(to_list(each.kernel.values(Rows.run(0, 300))))
        mantissas, _ = np.frexp(values)
        assert np.all(mantissas * 2.0**41 == np.rint(mantissas * 2.0**41)), each.name
        assert len(set(values.tolist())) > 250


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("'", """line 1, column 1 of "'": a text is not closed: write '...'"""),
        ("q = 1\n AND s = 'new", "line 2, column 10 of"),
        ("s > 'it''s", "a text is not closed: write '...'"),
        ('"', "the expression is not complete"),
        ("q /* one", "line 1, column 3 of 'q /* one': a comment is not closed: write /* ... */"),
    ],
)
def test_what_is_not_closed_is_told_with_its_place(sql: str, words: str) -> None:
    assert words in refused(sql, "BOOLEAN")
    for fields in (
        {"null_when": sql, "required": False},
        {"rule": {"name": "cases", "when": [{"sql": sql, "rule": {"name": "uniform"}}], "otherwise": None}},
    ):
        with pytest.raises(PlanError) as caught:
            planned(table("t", 500, *SOURCES, column("v", "INT", **{"required": False, **fields})))
        assert words in str(caught.value)
        assert "tokeniz" not in str(caught.value)
