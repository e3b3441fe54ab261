"""What a user reads when a query fails: a case for each kind of complaint, on each engine."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fuzzed_queries import ask, faults, fuzzed, service

from dw_simulator.adapters.complaints.complaint_tables import ComplaintKind, EngineComplaint
from dw_simulator.adapters.complaints.duckdb_errors import query_error, shortened, sql_error
from dw_simulator.adapters.complaints.plain_types import plain_type, plain_types
from dw_simulator.adapters.complaints.snowflake_errors import query_error as snowflake_error
from dw_simulator.errors import QueryError, SqlError
from dw_simulator.plugins.dialects.misreadings import misreading
from dw_simulator.ports.statement import Statement
from dw_simulator.service import ExperimentService

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def embedded() -> Iterator[ExperimentService]:
    with service("embedded", ["redshift", "snowflake", "postgres", "duckdb"]) as made:
        yield made


@pytest.fixture(scope="module")
def standing_in() -> Iterator[ExperimentService]:
    with service("postgres", ["redshift"]) as made:
        yield made


@pytest.fixture(scope="module")
def snowflake() -> Iterator[ExperimentService]:
    with service("snowflake", ["snowflake"]) as made:
        yield made


def told(made: ExperimentService, sql: str, dialect: str = "redshift", engine: str = "embedded") -> str:
    """The first line of what is told of a query, in which nothing stands that is not to be told."""
    asked = ask(made, engine, dialect, f"fuzzed_{dialect}", sql)
    assert asked.error is not None, "it was answered"
    assert asked.faults == []
    return str(asked.error).split("\n")[0]


DEEP = f"SELECT {'(' * 500}1{')' * 500}"


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        # names
        ("SELECT nam FROM shops", "line 1, column 8: there is no column nam here; did you mean 'name'?"),
        ("SELECT x.id FROM shops", "line 1, column 8: there is no table or column x here"),
        ("SELECT * FROM shopz", "line 1, column 15: there is no table shopz; did you mean 'shops'?"),
        ("SELECT s.nix FROM shops s", "line 1, column 8: s has no column nix"),
        ("SELECT id FROM shops JOIN sales ON shops.id = shop_id", "line 1, column 8: id is in more than one"),
        ("SELECT 1 FROM shops s, sales s", "line 1, column 24: the name s stands for two things in one FROM"),
        ("WITH a AS (SELECT 1), a AS (SELECT 2) SELECT 3", "the name a stands for two things in one WITH"),
        ("SELECT * FROM shops JOIN sales USING (note)", "a column that is joined by is not on both sides"),
        # groups and windows
        ("SELECT city,\n  count(*), name\nFROM shops GROUP BY city", "line 2, column 13: name is neither in"),
        ("SELECT 1 FROM sales WHERE sum(amount) > 1", "line 1, column 27: WHERE takes no aggregate; put the"),
        ("SELECT sum(max(amount)) FROM sales", "an aggregate within an aggregate"),
        ("SELECT 1 FROM sales WHERE rank() OVER (ORDER BY id) = 1", "WHERE takes no window function"),
        ("SELECT rank() FROM sales", "line 1, column 8: rank() is a window function, which needs OVER"),
        ("SELECT city FROM shops ORDER BY 7", "line 1, column 33: a number in ORDER BY is that of a column"),
        # sets and subqueries
        ("SELECT id FROM shops UNION SELECT id, city FROM shops", "column 22: the two sides have different"),
        ("SELECT id FROM shops WHERE id IN (SELECT id, city FROM shops)", "the subquery has 2 columns where"),
        ("SELECT (SELECT id FROM shops) FROM sales", "line 1, column 8: a subquery that stands for one"),
        # types and values
        ("SELECT name + opened FROM shops", "+ does not go with a date and a date; cast one side"),
        ("SELECT sum(name) FROM shops", "line 1, column 8: sum() does not take text; check"),
        ("SELECT to_char(paid, 'YYYY') FROM sales", "line 1, column 8: to_char() does not take true or"),
        ("SELECT CASE WHEN paid THEN note ELSE 1 END FROM sales", "a whole number and text do not go"),
        ("SELECT CAST(name AS INT) FROM shops", "is not a whole number; leave such values out by WHERE"),
        ("SELECT CAST('a' AS INT)", "column 13: the text 'a' is not a whole number; correct it"),
        ("SELECT '2024-13-01'::DATE", "line 1, column 8: the text '2024-13-01' is no date or time; a date"),
        ("SELECT quantity / 0 FROM sales", "something is divided by 0; write NULLIF(divisor, 0)"),
        ("SELECT 9223372036854775807 * quantity FROM sales WHERE quantity > 1", "becomes too large"),
        ("SELECT 100000::SMALLINT", "'100000' is out of the range of the type that it is cast to"),
        ("SELECT 12345::DECIMAL(4,2)", "'12345' does not fit into a decimal of so many digits"),
        ("SELECT 1::DECIMAL(50,2)", "line 1, column 19: a decimal has 1 to 38 digits"),
        ("SELECT json_extract_path_text('{a', 'b')", "a text is not JSON; check it"),
        ("SELECT regexp_replace(name, '(', '') FROM shops", "a regular expression cannot be read"),
        ("SELECT date_trunc('fortnight', opened) FROM shops", "fortnight"),
        ("SELECT id FROM shops LIMIT -1", "LIMIT and OFFSET take a number that is 0 or more"),
        ("SELECT repeat(name, 100000000000) FROM shops", "line 1, column 8: a text is repeated"),
        ("SELECT nosuch(1)", "line 1, column 8: function nosuch() is not translated"),
        # what cannot be read
        ("SELECT (id FROM shops", "line 1, column 12: a bracket is not closed: a ) is missing at 'FROM'"),
        ("SELECT id name city FROM shops", "line 1, column 16: 'city' does not belong here"),
        ("SELECT 'open FROM shops", "line 1, column 8: a text is not closed: write '...'"),
        ("SELECT CASE WHEN paid THEN 1 FROM sales", "a CASE is not closed: END is missing"),
        ("SELECT id FROM shops WHERE", "line 1, column 22: the condition is missing at 'WHERE'"),
        ("SELECT 1 +", "line 1, column 10: what follows '+' is missing"),
        ("SELECT CAST(1 AS nosuch)", "'nosuch' is no type; write one, as in CAST(a AS INTEGER)"),
        ("SELECT * FROM WHERE id = 1", "the name of a table is wanted here, not 'WHERE'"),
        ("SELECT 1; SELECT 2", "one query is answered at a time, and here are 2"),
        ("DELETE FROM shops", "only queries are answered, which begin with SELECT or WITH"),
        (DEEP, "brackets are nested more than 100 deep; write the query in steps"),
        ("SELECT '\ud800'", "line 1, column 9: a character here is none of UTF-8"),
    ],
)  # fmt: skip
def test_redshift_in_this_process(embedded: ExperimentService, sql: str, message: str) -> None:
    assert message in told(embedded, sql)


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT nam FROM shops", "line 1, column 8: there is no column nam here; did you mean 'name'?"),
        ("SELECT IFF(paid, note, 1) FROM sales", "a whole number and text do not go together"),
        ("SELECT LISTAGG(nix, ', ') FROM shops", "line 1, column 16: there is no column nix here"),
        ("SELECT CONTAINS(id, 1, 2) FROM shops", "line 1, column 8: CONTAINS()"),
        ("SELECT f.value FROM events, LATERAL FLATTEN(payload", "a bracket is not closed"),
        ("SELECT TO_DATE(name) FROM shops", "is no date or time"),
        ("SELECT DATE_TRUNC('day')", "line 1, column 8: DATE_TRUNC() with 1 arguments is not translated"),
    ],
)
def test_snowflake_in_this_process(embedded: ExperimentService, sql: str, message: str) -> None:
    assert message in told(embedded, sql, "snowflake")


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        (
            "SELECT sum(name) FROM shops",
            "line 1, column 8: No function matches the given name and argument types",
        ),
        ("SELECT id FROM shops UNION SELECT 1, 2", "line 1, column 22: Set operations can only apply"),
        (
            "SELECT (SELECT id FROM shops) FROM sales",
            "a subquery that stands for one value has more than one row",
        ),
        ("SELECT 1 FROM sales, nix", "line 1, column 22: "),
        ("SELECT * FROM 'x.csv'", "line 1, column 15: there is no table x.csv"),
    ],
)
def test_duckdbs_own_words_about_its_own_sql(embedded: ExperimentService, sql: str, message: str) -> None:
    assert message in told(embedded, sql, "duckdb")
    error = ask(embedded, "embedded", "duckdb", "fuzzed_duckdb", sql).error
    assert len(str(error).splitlines()) <= 4
    assert "SET " not in str(error)


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT nam FROM shops", "line 1, column 8: there is no column nam here; did you mean 'name'?"),
        ("SELECT x.id FROM shops", "line 1, column 8: there is no table or column x here"),
        ("SELECT * FROM shopz", "line 1, column 15: there is no table shopz; did you mean 'shops'?"),
        ("SELECT id FROM shops JOIN sales ON shops.id = shop_id", "line 1, column 8: id is in more than one"),
        ("SELECT city, name FROM shops GROUP BY 1", "line 1, column 14: name is neither in GROUP BY nor"),
        ("SELECT 1 FROM sales WHERE sum(amount) > 1", "line 1, column 27: WHERE takes no aggregate"),
        ("SELECT rank() FROM sales", "line 1, column 8: rank() is a window function, which needs OVER"),
        (
            "SELECT city FROM shops ORDER BY 7",
            "a number in ORDER BY is that of a column in SELECT, and there is no 7",
        ),
        (
            "SELECT id FROM shops UNION SELECT id, city FROM shops",
            "the two sides have different numbers of columns",
        ),
        (
            "SELECT (SELECT id FROM shops) FROM sales",
            "a subquery that stands for one value has more than one row",
        ),
        ("SELECT sum(name) FROM shops", "line 1, column 8: sum() does not take text"),
        ("SELECT 1 / (id - id) FROM sales", "something is divided by 0; write NULLIF(divisor, 0)"),
        ("SELECT CAST(name AS INT) FROM shops", "is not a whole number; leave such values out by WHERE"),
        ("SELECT '2024-13-01'::DATE", "the text '2024-13-01' is no date or time"),
        (
            "SELECT CASE WHEN paid THEN note ELSE 1 END FROM sales",
            "whole number and text do not go together in CASE",
        ),
        ("SELECT regexp_replace(name, '(', '') FROM shops", "a regular expression cannot be read"),
    ],
)
def test_redshift_in_postgres(standing_in: ExperimentService, sql: str, message: str) -> None:
    assert message in told(standing_in, sql, engine="postgres")


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT nam FROM shops", "line 1, column 8: there is no column nam here; did you mean 'name'?"),
        ("SELECT * FROM shopz", "line 1, column 15: there is no table shopz; did you mean 'shops'?"),
        ("SELECT city, name FROM shops GROUP BY 1", "line 1, column 14: name is neither in GROUP BY nor"),
        (
            "SELECT 1 FROM sales WHERE sum(amount) > 1",
            "WHERE takes no aggregate; put the condition in HAVING",
        ),
        ("SELECT CAST(name AS INT) FROM shops", "is not a whole number"),
        ("SELECT nosuch(1)", "line 1, column 8: function nosuch() is not"),
        (
            "SELECT id FROM shops UNION SELECT id, city FROM shops",
            "the two sides have different numbers of columns",
        ),
    ],
)
def test_snowflake_in_its_stand_in(snowflake: ExperimentService, sql: str, message: str) -> None:
    assert message in told(snowflake, sql, "snowflake", "snowflake")


def test_columns_of_one_name_in_the_stand_in(snowflake: ExperimentService) -> None:
    assert (
        ask(snowflake, "snowflake", "snowflake", "fuzzed_snowflake", "SELECT id, id FROM shops").error is None
    )


def test_the_page_tells_what_is_told() -> None:
    page = (ROOT / "docs" / "queries.md").read_text()
    section = page.partition("## When a query fails")[2].partition("\n## ")[0]
    cases = re.findall(r"(SELECT [^\n]*)\n-- ([^\n]*)", section)
    assert len(cases) == 8
    with service("embedded", ["redshift"], examples=True) as made:
        for sql, message in cases:
            asked = ask(made, "embedded", "redshift", "tickit", sql)
            assert str(asked.error).split("\n")[0] == message


# --- at random


@pytest.mark.parametrize("seed", range(2))
def test_broken_queries_are_told_of_in_plain_words(embedded: ExperimentService, seed: int) -> None:
    dialects = ("redshift", "snowflake", "postgres", "duckdb")
    found = [one for one in fuzzed(embedded, "embedded", dialects, count=100, seed=seed) if one.faults]
    assert [(one.sql, one.faults, str(one.error)) for one in found] == []


@pytest.mark.parametrize(
    "error",
    [
        ValueError("what sqlglot raises"),
        QueryError("Could not convert string 'a' to INT32"),
        QueryError("a file is gone: /home/me/data/part-0.parquet"),
        QueryError("strftime() does not take text"),
        QueryError("table _dw_sim_source_3 is gone"),
        QueryError('{...}\nTraceback (most recent call last):\n  File "x.py"'),
        SqlError("there is no column x"),
    ],
)
def test_the_check_finds_what_must_not_be_told(error: Exception) -> None:
    assert faults("SELECT to_char(x) FROM t", "redshift", error)


# --- the tables


def test_names_that_nobody_has_written_are_not_told() -> None:
    statement = Statement('SELECT "_made" FROM t', "SELECT a FROM t", lambda _at: (1, 8, "SELECT a FROM t"))
    error = EngineComplaint('Referenced column "_made" not found', statement, 7).sql_error(
        [ComplaintKind(r'column "(?P<name>\w+)" not found', "there is no column {name}")]
    )
    assert str(error).split("\n")[0] == (
        "line 1, column 8: this part of the query is not answered; simplify it, or write it another way"
    )


def test_errors_that_come_with_rows_of_elsewhere() -> None:
    """Arrow hands on an error within a trace of where it came up."""
    text = (
        "Invalid Input Error: reading the stream registered as '_dw_sim_source_0' failed: Unknown error: x. "
        'Detail: Python exception: Traceback (most recent call last):\n  File "/a/b/c.py", line 5, in rest\n'
        "dw_simulator.errors.QueryError: line 1, column 3: something is divided by 0\n  SELECT 1 / 0\n"
    )
    found = str(query_error(OSError(text), Statement("FROM answer")))
    assert found == "line 1, column 3: something is divided by 0\n  SELECT 1 / 0"
    lost = query_error(
        OSError("Invalid Input Error: reading the stream registered as 'x' failed"), Statement("FROM answer")
    )
    assert str(lost) == "the rows of the warehouse were lost; ask again"


def test_duckdb_speaks_of_no_settings_files_or_names_of_this_program() -> None:
    statement = Statement("SELECT a FROM t")
    for said in (
        'Out of Memory Error: failed to allocate data (2 GB/2 GB used)\n\n* SET memory_limit = "4GB"',
        'IO Error: Cannot open file "/home/me/runs/1/t/part-0.parquet": No such file',
        'Catalog Error: something about "_dw_sim_source_3"',
        "INTERNAL Error: Attempted to dereference unique_ptr that is NULL",
    ):
        text = str(sql_error(RuntimeError(said), statement)) + str(query_error(RuntimeError(said), statement))
        assert faults("SELECT a FROM t", "duckdb", QueryError(text.split("\n  ")[0])) == []
        assert "SET" not in text


def test_candidates_are_few() -> None:
    many = "\n".join(f"\tf{k}(x) -> y" for k in range(40))
    text = shortened(
        f"No function matches 'f(a)'. You might need to add casts.\n\tCandidate functions:\n{many}"
    )
    assert text == "No function matches 'f(a)'.\nCandidates: f0(x) -> y; f1(x) -> y; f2(x) -> y; and 37 more"


def test_snowflakes_own_places() -> None:
    statement = Statement(
        "SELECT 1,\n  NIX", "select 1,\n  nix", lambda at: (2, 3, "nix") if at == 12 else (0, 0, "")
    )
    said = "000904 (42000): SQL compilation error: error line 2 at position 2\ninvalid identifier 'NIX'"
    assert str(snowflake_error(said, statement)) == "line 2, column 3: there is no column nix here\n  nix"
    assert isinstance(snowflake_error("100035 (22007): Division by zero", statement), QueryError)
    assert "500" not in str(snowflake_error("290500: HTTP 500: Internal Server Error", statement))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("INT32", "a whole number"),
        ("UHUGEINT", "a whole number"),
        ("INTEGER_LITERAL", "a whole number"),
        ("double precision", "a number"),
        ("character varying", "text"),
        ("timestamp without time zone", "a timestamp"),
        ("INTEGER[]", "a list"),
        ("STRUCT(a INTEGER, b VARCHAR[])", "an object"),
        ("_secret", "a value of another type"),
    ],
)
def test_types_have_plain_names(name: str, words: str) -> None:
    assert plain_type(name) == words


def test_lists_of_types() -> None:
    assert plain_types("STRUCT(a DECIMAL(3,1), b DATE), DATE, VARCHAR, TEXT") == "an object, a date and text"


def test_no_word_of_the_parser_is_told() -> None:
    said = "Required keyword: 'this' missing for <class 'sqlglot.expressions.query.Frobnicate'>"
    assert misreading(said, "x") == "something is missing at 'x'; check how many values stand there"
    assert (
        misreading("Failed to parse the unknown", "")
        == "this cannot be read at the end; check the words before it"
    )
