"""The judge finds what is planted in good data, and tells of nothing where nothing is.

`judged/NAME.sql` are warehouses that DuckDB makes, by hand; `judged/planted.tsv` has statements that change a
small share of the rows of one table. `hit(key, salt)` is true of 0.8 % of them.
"""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import yaml
from _pytest.mark import ParameterSet
from tests.support import saying
from typer.testing import CliRunner

from dw_simulator.errors import RequestError
from dw_simulator.interfaces.cli.main import app
from dw_simulator.judging.findings import Complaint, Judgement, Severity
from dw_simulator.judging.hearing import Hearing, judge, tables_below
from dw_simulator.service import ExperimentService

BESIDE = Path(__file__).with_name("judged")
HIT = "CREATE MACRO hit(k, salt) AS hash(k, salt) % 1000 < 8"
GOOD = sorted(path.stem for path in BESIDE.glob("*.sql"))


def _planted() -> list[dict[str, str]]:
    with (BESIDE / "planted.tsv").open() as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


PLANTED = _planted()
NOT_FOUND = {"a deductible above the most out of pocket"}  # it takes an insurer to know
"""What the judge does not find."""


class Good:
    """A warehouse without contradictions, and its files."""

    def __init__(self, name: str, place: Path) -> None:
        self.connection = duckdb.connect(config={"threads": 2})
        self.connection.execute((BESIDE / f"{name}.sql").read_text())
        self.connection.execute(HIT)
        self.place = place
        for table in self.tables():
            self.write(table, place)

    def tables(self) -> list[str]:
        return [
            row[0] for row in self.connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        ]

    def write(self, table: str, place: Path) -> None:
        (place / table).mkdir(parents=True)
        self.connection.execute(f"COPY \"{table}\" TO '{place / table / 'part-0.parquet'}'")

    def changed(self, statements: list[str], place: Path) -> None:
        """The files after statements, each of which changes rows; they are taken back."""
        self.connection.execute("BEGIN")
        try:
            for statement in statements:
                (count,) = self.connection.execute(statement).fetchone() or (0,)
                assert count, statement
            targets = set(map(_target, statements))
            for table in self.tables():
                if table in targets:
                    self.write(table, place)
                else:
                    (place / table).symlink_to(self.place / table)
        finally:
            self.connection.execute("ROLLBACK")


def _target(statement: str) -> str:
    """The table whose rows a statement changes."""
    return statement.split()[1]


@pytest.fixture(scope="module")
def warehouses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Good]]:
    made = {name: Good(name, tmp_path_factory.mktemp(name)) for name in GOOD}
    yield made
    for one in made.values():
        one.connection.close()


def judged(place: Path) -> Judgement:
    return judge(tables_below(place), Hearing())


@pytest.mark.parametrize("name", GOOD)
def test_it_tells_of_nothing_where_nothing_is(warehouses: dict[str, Good], name: str) -> None:
    found = judged(warehouses[name].place)
    assert [one.message for one in found.complaints] == []
    assert not found.notes
    assert min(found.rows.values()) >= 5


def test_there_is_enough_to_find() -> None:
    assert len(PLANTED) >= 40
    assert len(NOT_FOUND) < 0.1 * len(PLANTED)
    assert {row["warehouse"] for row in PLANTED} == set(GOOD)


def _together() -> Iterator[ParameterSet]:
    """What is planted together: contradictions of one warehouse that have no table in common."""
    rounds: list[list[dict[str, str]]] = []
    for row in PLANTED:
        fitting = (one for one in rounds if row["what"] not in NOT_FOUND and _are_apart(row, one))
        if found := next(fitting, None):
            found.append(row)
        else:
            rounds.append([row])
    for one in rounds:
        marks = [pytest.mark.xfail(strict=True)] if one[0]["what"] in NOT_FOUND else []
        yield pytest.param(one, id=f"{one[0]['warehouse']}: {one[0]['what']}", marks=marks)


def _are_apart(row: dict[str, str], others: list[dict[str, str]]) -> bool:
    same = all(one["warehouse"] == row["warehouse"] and one["what"] not in NOT_FOUND for one in others)
    return same and _tables(row).isdisjoint(name for one in others for name in _tables(one))


def _tables(row: dict[str, str]) -> set[str]:
    return {row["table"], _target(row["sql"])}


@pytest.mark.parametrize("rows", list(_together()))
def test_it_finds_what_is_planted(
    warehouses: dict[str, Good], rows: list[dict[str, str]], tmp_path: Path
) -> None:
    warehouses[rows[0]["warehouse"]].changed([row["sql"] for row in rows], tmp_path)
    found = judged(tmp_path)
    for row in rows:
        with saying(row["what"]):
            assert any(_is_it(one, row) for one in found.complaints), [
                one.message for one in found.complaints
            ]
    for one in found.complaints:
        assert one.table in found.rows
        assert 0 < one.count <= one.of
        if one.rule:
            (said,) = yaml.safe_load(one.rule)["tables"].items()
            assert said[0] == one.table


def _is_it(one: Complaint, row: dict[str, str]) -> bool:
    named = any(column.split(".")[-1] == row["column"] for column in one.columns)
    return one.severity is Severity.CONTRADICTION and one.table == row["table"] and named


# --- what is dull


def _made(place: Path, *tables: tuple[str, str]) -> Path:
    connection = duckdb.connect()
    for number, (table, select) in enumerate(tables):
        (place / table).mkdir(parents=True)
        connection.execute(f"COPY ({select}) TO '{place}/file{number}' (FORMAT parquet)")
        (place / f"file{number}").rename(place / table / "part.parquet")
    return place


EVEN = """SELECT n AS order_id, (hash(n) % 200)::INT AS customer_id,
    TIMESTAMP '2024-01-01' + to_seconds((hash(n, 't') % 20000000)::INT) AS ordered_at,
    round((hash(n, 'a') % 100000) / 100.0, 2) AS amount, md5(n::VARCHAR)[:6 + (hash(n) % 4)::INT] AS status
    FROM range(6000) t(n)"""


def test_it_remarks_upon_what_is_flat(tmp_path: Path) -> None:
    place = _made(tmp_path, ("customers", "SELECT n AS customer_id FROM range(200) t(n)"), ("orders", EVEN))
    found = judged(place)
    assert {one.severity for one in found.complaints} == {Severity.REMARK}
    kinds = {one.kind for one in found.complaints}
    assert kinds == {"flat weekdays", "night", "even fan-out", "flat amounts", "filler"}


@pytest.mark.parametrize("column", ["phone", "currency_code"])
def test_the_rule_that_it_offers_mends_what_is_of_another_country(column: str, tmp_path: Path) -> None:
    of_its_own = {
        "phone": "['+49', '+44', '+1'][{}] || (2000000000 + n)",
        "currency_code": "['EUR', 'GBP', 'USD'][{}]",
    }
    own, other = (of_its_own[column].format(f"1 + ({at}) % 3") for at in ("n", "n + 1"))
    select = f"""SELECT n AS id, ['DE', 'GB', 'US'][1 + n % 3] AS country_code,
        CASE WHEN n % 97 = 0 THEN {other} ELSE {own} END AS {column} FROM range(3000) t(n)"""
    complaints = judged(_made(tmp_path / "bad", ("members", select))).complaints
    (one,) = (claim for claim in complaints if claim.kind == "of another country")
    assert one.severity is Severity.CONTRADICTION
    assert (one.count, one.of) == (31, 3000)

    ddl, rules, mended = (tmp_path / name for name in ("members.sql", "rules.yaml", "mended"))
    ddl.write_text(f"CREATE TABLE members (id INT PRIMARY KEY, country_code CHAR(2), {column} VARCHAR(20))")
    said = yaml.safe_load(one.rule)
    said["tables"]["members"]["columns"]["country_code"] = {
        "rule": {"name": "choice", "values": ["DE", "GB", "US"]}
    }
    rules.write_text(yaml.safe_dump(said))
    command = ["generate", str(ddl), "--dialect", "redshift", "--rules", str(rules), "--rows", "members=3000"]
    done = CliRunner().invoke(app, [*command, "--output-dir", str(mended)])
    assert done.exit_code == 0, done.output
    found = judged(mended)
    assert found.rows == {"members": 3000}
    assert not [claim for claim in found.complaints if claim.kind == one.kind]


# --- what comes from outside


def test_names_from_outside_are_no_sql(tmp_path: Path) -> None:
    table = 'a"; DROP TABLE x; --'
    names = 'n AS "id"" FROM y; --", {0} AS "start\'); --", {1} AS "end {{}}%", 2 AS "💥\n\t\\"'
    days = ("TIMESTAMP '2024-01-01' + to_days(n::INT)", "TIMESTAMP '2023-01-01' + to_days(n::INT)")
    select = f"SELECT {names.format(*days)} FROM range(100) t(n)"
    place = tmp_path / "odd [names]*"
    place.mkdir()
    found = judged(_made(place, (table, select), ("[x]*", "SELECT 1 AS a")))
    assert [one.count for one in found.complaints] == [100]
    assert not found.notes
    for one in found.complaints:
        assert one.table == table
        assert yaml.safe_load(one.rule)["tables"][table]


def test_what_cannot_be_read_is_left_out_and_told(tmp_path: Path) -> None:
    place = _made(tmp_path, ("t", "SELECT n AS id, 95.5 AS latitude FROM range(30) t(n)"))
    (place / "broken").mkdir()
    (place / "broken" / "x.parquet").write_bytes(b"PAR1 no more")
    found = judged(place)
    assert list(found.rows) == ["t"]
    assert [one.columns for one in found.complaints] == [("latitude",)]
    assert "broken cannot be read" in found.notes[0]


def test_nothing_at_all_is_a_wrong_request(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="no tables"):
        tables_below(tmp_path)
    with pytest.raises(RequestError, match="no directory"):
        tables_below(tmp_path / "nowhere")
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "x.parquet").write_bytes(b"nothing")
    with pytest.raises(RequestError, match="none of the tables can be read"):
        judged(tmp_path)


def test_types_of_all_kinds_are_taken(tmp_path: Path) -> None:
    select = """SELECT n AS id, [n, n] AS list, {'a': n} AS struct, MAP {'k': n} AS map, 'x'::BLOB AS blob,
        n::DECIMAL(38, 10) AS wide, n::HUGEINT AS huge, TIME '10:00' AS time_of_day, INTERVAL 3 DAY AS gap,
        uuid() AS uuid, NULL::INT AS nothing, TIMESTAMPTZ '2024-01-01 10:00+02' AS created_at,
        TIMESTAMP_NS '2024-01-02' AS updated_at, 'infinity'::DATE AS valid_to, 'NaN'::DOUBLE AS price
        FROM range(300) t(n)"""
    found = judged(_made(tmp_path, ("t", select), ("empty", "SELECT 1 AS id, 2 AS price WHERE false")))
    assert [one.message for one in found.complaints] == []
    assert found.rows == {"t": 300, "empty": 0}
    assert not found.notes


def test_a_table_of_six_hundred_columns(tmp_path: Path) -> None:
    kinds = (
        "n AS c{0}",
        "n / 7.0 AS amount_{0}",
        "DATE '2024-01-01' + n::INT AS seen_{0}",
        "'x' || n AS t{0}",
    )
    columns = ", ".join(kinds[at % 4].format(at) for at in range(600))
    found = judged(_made(tmp_path, ("wide", f"SELECT {columns} FROM range(50) t(n)")))
    assert not found.notes
    assert not found.of_severity(Severity.CONTRADICTION)


def test_it_stops_when_the_time_is_up(tmp_path: Path) -> None:
    place = _made(tmp_path, ("t", "SELECT n AS id, n % 1000 AS price FROM range(3000000) t(n)"))
    found = judge(tables_below(place), Hearing(seconds=0.001))
    assert "give more --seconds" in found.notes[-1]


# --- the command


BAD = """SELECT n AS id, DATE '2024-01-01' + n::INT AS start_date, DATE '2023-01-01' AS end_date
    FROM range(50) t(n)"""


def _run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["judge", *words])
    if isinstance(done.exception, RequestError):
        return done.exception.exit_code, str(done.exception)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout


def test_the_command_shows_what_is_wrong(tmp_path: Path) -> None:
    place = _made(tmp_path, ("trips", BAD), ("others", "SELECT n AS id FROM range(9) t(n)"))
    code, told = _run(str(place))
    assert code == 1
    assert "contradiction: trips: end_date is before start_date\n  50 of 50 rows (100.0 %)" in told
    assert "such as id = 0, start_date = 2024-01-01" in told
    assert "1 contradiction, 0 remarks in 2 tables of 59 rows" in told
    code, told = _run(str(place), "--json")
    assert code == 1
    (one,) = json.loads(told)["contradictions"]
    assert (one["count"], one["of"], one["share"], one["columns"]) == (
        50,
        50,
        1.0,
        ["start_date", "end_date"],
    )
    assert _run(str(place), "--table", "others")[0] == 0
    code, told = _run(str(place), "--table", "trip")
    assert code == 2
    assert "did you mean 'trips'" in told


def test_remarks_count_where_it_is_strict(tmp_path: Path) -> None:
    place = _made(tmp_path, ("orders", EVEN))
    assert _run(str(place))[0] == 0
    assert _run(str(place), "--strict")[0] == 1


def test_wrong_requests(tmp_path: Path) -> None:
    assert _run(str(tmp_path / "nowhere"))[0] == 2
    assert _run("./x", "--run-id", "1") == (2, "--run-id is for experiments, and ./x is a folder")


DDL = """CREATE TABLE trips (id INT PRIMARY KEY, start_date DATE NOT NULL, end_date DATE NOT NULL);"""


def test_a_run_of_an_experiment(service: ExperimentService, tmp_path: Path) -> None:
    service.import_sql(DDL, name="travel", dialect="postgres", infer=False, target_rows=500)
    with pytest.raises(RequestError, match="run"):
        service.judge("travel")
    service.generate("travel")
    found = service.judge("travel")
    assert [one.columns for one in found.complaints] == [("start_date", "end_date")]
    run = service.complete_run("travel")
    assert service.judge(Path(str(run.output_dir))).complaints == found.complaints
    for part in Path(str(run.output_dir)).rglob("*.parquet"):
        part.unlink()
    with pytest.raises(RequestError, match="make them again"):
        service.judge("travel")
