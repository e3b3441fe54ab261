"""S3 between runs and warehouses: loading from there, COPY and UNLOAD, and queries of what was loaded."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests.s3 import Bucket
from tests.support import EXAMPLES, saying, views
from tests.warehouses import Place

from dw_simulator.adapters.warehouses.s3_statements import CopyFromS3, UnloadToS3, statement
from dw_simulator.errors import DwSimError, QueryError, RequestError, SqlError
from dw_simulator.service import ExperimentService, GenerateRequest
from dw_simulator.settings import Settings


@pytest.fixture
def service(tmp_path: Path, bucket: Bucket, pg: Place) -> Iterator[ExperimentService]:
    made = ExperimentService(
        Settings(home=tmp_path / "home", redshift_url=pg.url, stage_url=f"{bucket}/stage")
    )
    made.create_from(EXAMPLES / "tickit.sql", name="tickit", dialect="redshift", target_rows=200)
    made.create_from(EXAMPLES / "orders.sql", name="orders", dialect="snowflake", target_rows=200)
    yield made
    made.persistence.close()


@pytest.fixture
def tickit(service: ExperimentService) -> ExperimentService:
    """Generated and loaded into PostgreSQL."""
    service.generate("tickit", GenerateRequest(seed=4))
    service.load("tickit")
    return service


def asked(service: ExperimentService, sql: str, name: str = "tickit", **options: Any) -> list[dict[str, Any]]:
    with service.query(name, sql, **options) as answer:
        return list(answer.rows())


# --- from S3 into warehouses, and what was promised is there


@pytest.mark.parametrize("name", ["tickit", "orders"])
def test_output_on_s3_is_loaded_and_verified(
    name: str, service: ExperimentService, bucket: Bucket, place: Place, tmp_path: Path
) -> None:
    dialect = "duckdb" if place.url.startswith("duckdb") else "postgres"
    asked = GenerateRequest(seed=9, output_dir=f"{bucket}/stage/{name}", load_pack=[dialect])
    summary = service.generate(name, asked)
    loaded = service.load(name, to=place.url)
    assert dict(loaded.row_counts) == dict(summary.row_counts)
    checks = bucket.objects()[f"stage/{name}/load/{dialect}/verify.sql"].decode()
    results = place.ask(in_schema(checks, name, dialect))
    assert len(results) > 50
    assert [row for row in results if not row[-1]] == []


def in_schema(checks: str, name: str, dialect: str) -> str:
    """The checks of a load pack, for tables in the schema of an experiment."""
    setting = f"SET search_path = '{name}'" if dialect == "postgres" else f"SET schema = '{name}'"
    return f"{setting}; {checks}"


def test_verify_sql_finds_what_was_damaged(tickit: ExperimentService, pg: Place) -> None:
    _run, files = tickit.load_pack("tickit", ["postgres"])
    checks = files["load/postgres/verify.sql"].decode()
    pg.ask("DELETE FROM tickit.sales WHERE salesid = 7")
    wrong = [row[0] for row in pg.ask(in_schema(checks, "tickit", "postgres")) if not row[-1]]
    assert wrong
    assert all("sales" in name for name in wrong)


def test_output_on_s3_is_queried(service: ExperimentService, bucket: Bucket) -> None:
    service.generate("tickit", GenerateRequest(seed=9))
    sql = "SELECT count(*) AS n, sum(pricepaid) AS s FROM tickit.sales JOIN users ON buyerid = userid"
    here = asked(service, sql)
    service.generate("tickit", GenerateRequest(seed=9, output_dir=f"{bucket}/stage/tickit"))
    assert asked(service, sql) == here
    twice = "SELECT count(*) AS n FROM users a JOIN users b USING (userid)"
    assert asked(service, twice) == [{"n": 200}]
    for outside in (
        f"SELECT * FROM read_parquet('{bucket}/stage/tickit/users/*')",
        "SELECT * FROM glob('/*')",
    ):
        with pytest.raises(RequestError):
            asked(service, outside)
    for key in [key for key in bucket.objects() if "/users/" in key]:
        bucket.client.delete_object(Bucket=bucket.name, Key=key)
    with pytest.raises(DwSimError):
        asked(service, twice)


# --- queries of what was loaded


def test_production_sql_of_what_was_loaded(tickit: ExperimentService) -> None:
    sql = """SELECT catname, NVL2(MAX(catdesc), 1, 0) AS described, COUNT(*) AS n
    FROM analytics.public.event JOIN public.category USING (catid) GROUP BY 1 QUALIFY
    ROW_NUMBER() OVER (ORDER BY COUNT(*) DESC, catname) <= 3 ORDER BY n DESC, catname"""
    loaded = asked(tickit, sql, loaded=True)
    assert loaded == asked(tickit, sql, dialect="redshift")
    assert len(loaded) == 3


def test_numbers_of_what_was_loaded_are_exact(tickit: ExperimentService) -> None:
    sql = "SELECT sum(pricepaid) AS paid, min(pricepaid) AS least, count(*) AS n FROM sales"
    assert asked(tickit, sql, loaded=True) == asked(tickit, sql)
    assert asked(tickit, "SELECT pricepaid FROM sales WHERE salesid < 0", loaded=True) == []


def test_a_loaded_duckdb_is_asked(service: ExperimentService, duck: Place) -> None:
    service.generate("orders", GenerateRequest(seed=4))
    service.load("orders", to=duck.url)
    sql = "SELECT count(*) AS n FROM orders"
    assert asked(service, sql, "orders", loaded=True, dialect="duckdb") == [{"n": 200}]
    assert asked(service, "SELECT IFF(COUNT(*) = 200, 1, 0) AS n FROM orders", "orders", loaded=True) == [
        {"n": 1}
    ]
    for outside in (
        "DELETE FROM orders",
        "SELECT * FROM read_csv('/etc/passwd')",
        "COPY orders TO '/tmp/x.csv'",
    ):
        with pytest.raises(DwSimError):
            asked(service, outside, "orders", loaded=True, dialect="duckdb")
    assert asked(service, sql, "orders", loaded=True, dialect="duckdb") == [{"n": 200}]


CHANGES = [
    "DELETE FROM sales",
    "WITH gone AS (DELETE FROM sales RETURNING *) SELECT * FROM gone",
    "SELECT 1; DELETE FROM sales",
    "CREATE TABLE mine AS SELECT 1",
    "SELECT nextval('sales_salesid_seq')",
    "COMMIT; DROP TABLE sales",
    "COPY (SELECT 1) TO '/tmp/dw-sim-x'",
    "COPY (SELECT 1) TO PROGRAM 'touch /tmp/dw-sim-x'",
    "VACUUM",
    "SELECT 1 INTO mine",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT * FROM pg_ls_dir('/')",
    "SELECT * FROM pg_catalog.pg_authid",
    "SELECT * FROM pg_shadow",
    "SELECT lo_export(1, '/tmp/dw-sim-x')",
    "SELECT pg_terminate_backend(1)",
    "SELECT set_config('search_path', 'public', false)",
    "SELECT query_to_xml('DELETE FROM sales', true, true, '')",
    "SELECT current_setting('data_directory')",
]


def test_nothing_is_changed_by_a_query(tickit: ExperimentService, pg: Place) -> None:
    for sql in CHANGES:
        for dialect in ("postgres", "redshift"):
            with saying(sql), pytest.raises((RequestError, QueryError)):
                asked(tickit, sql, loaded=True, dialect=dialect)
        assert pg.ask("SELECT count(*) FROM tickit.sales") == [(200,)], sql


def test_errors_of_a_loaded_query(tickit: ExperimentService) -> None:
    with pytest.raises(QueryError, match="something is divided by 0"):
        asked(tickit, "SELECT 1 / (salesid - salesid) FROM sales", loaded=True)
    with pytest.raises(QueryError, match=r"statement timeout|took longer"):
        asked(tickit, "SELECT count(*) FROM sales, sales a, sales b, sales c", loaded=True, seconds=0.5)
    with pytest.raises(RequestError, match=r"line 1, column 15: there is no table other\.secret"):
        asked(tickit, "SELECT * FROM other.secret", loaded=True)
    with pytest.raises(RequestError, match="orders was not loaded into any warehouse; first"):
        asked(tickit, "SELECT 1", "orders", loaded=True)


# --- COPY and UNLOAD


def test_unloaded_rows_come_back_by_copy(tickit: ExperimentService, pg: Place, bucket: Bucket) -> None:
    before = pg.ask("SELECT * FROM tickit.sales ORDER BY salesid")
    sql = f"UNLOAD ('SELECT * FROM sales') TO '{bucket}/stage/u/sales_' IAM_ROLE default FORMAT AS PARQUET"
    assert asked(tickit, sql, loaded=True) == [
        {"unloaded": 200, "file": f"{bucket}/stage/u/sales_0000_part_00.parquet"}
    ]
    pg.ask("TRUNCATE tickit.sales")
    copy = f"COPY public.sales FROM '{bucket}/stage/u/sales_' IAM_ROLE default FORMAT AS PARQUET"
    assert asked(tickit, copy, loaded=True) == [{"copied": 200}]
    assert pg.ask("SELECT * FROM tickit.sales ORDER BY salesid") == before
    with pytest.raises(DwSimError, match=r"duplicate key"):
        asked(tickit, copy, loaded=True)
    assert pg.ask("SELECT count(*) FROM tickit.sales") == [(200,)]


def test_copy_takes_the_files_of_a_run(tickit: ExperimentService, pg: Place, bucket: Bucket) -> None:
    place = f"{bucket}/stage/run"
    tickit.generate("tickit", GenerateRequest(seed=4, output_dir=place, load_pack=["redshift"]))
    before = pg.ask("SELECT * FROM tickit.listing ORDER BY listid")
    pg.ask("TRUNCATE tickit.listing, tickit.sales")
    copy = f"COPY listing FROM '{bucket}/stage/run/listing/' FORMAT PARQUET"
    assert asked(tickit, copy, loaded=True) == [{"copied": 200}]
    assert pg.ask("SELECT * FROM tickit.listing ORDER BY listid") == before
    manifest = (
        f"COPY sales FROM '{bucket}/stage/run/load/redshift/manifests/sales.json' FORMAT PARQUET MANIFEST"
    )
    assert asked(tickit, manifest, loaded=True) == [{"copied": 200}]


def test_unload_writes_csv_a_manifest_and_nothing_over_other_files(
    tickit: ExperimentService, bucket: Bucket
) -> None:
    select = "SELECT catid, catname FROM category ORDER BY 1"
    sql = f"UNLOAD ('{select}') TO '{bucket}/stage/c_' CSV HEADER MANIFEST"
    asked(tickit, sql, loaded=True)
    found = bucket.objects()
    lines = found["stage/c_0000_part_00.csv"].decode().splitlines()
    assert lines[0] == '"catid","catname"'
    assert len(lines) == 201
    assert b"record_count" in found["stage/c_manifest"]
    with pytest.raises(RequestError, match="is there already; write ALLOWOVERWRITE"):
        asked(tickit, sql, loaded=True)
    asked(tickit, f"{sql} ALLOWOVERWRITE", loaded=True)


def test_an_unload_that_fails_leaves_the_former_file(tickit: ExperimentService, bucket: Bucket) -> None:
    good = f"UNLOAD ('SELECT salesid FROM sales') TO '{bucket}/stage/s_' CSV"
    asked(tickit, good, loaded=True)
    before = bucket.objects()
    bad = "SELECT 1 / (2000000 - g) AS x, repeat(''x'', 50) AS y FROM generate_series(1, 2000001) AS g"
    with pytest.raises(DwSimError, match="something is divided by 0"):
        asked(tickit, f"UNLOAD ('{bad}') TO '{bucket}/stage/s_' CSV ALLOWOVERWRITE", loaded=True)
    assert bucket.objects() == before
    with pytest.raises(SqlError, match="not one character"):
        asked(tickit, good.replace("CSV", "DELIMITER '||'"), loaded=True)


def test_a_stage_reaches_no_further_than_its_slash(tickit: ExperimentService, bucket: Bucket) -> None:
    tickit.generate("tickit", GenerateRequest(seed=4, output_dir=f"{bucket}/stage/run"))
    before = bucket.objects()
    for key, body in before.items():
        if "/listing/" in key:
            bucket.put(key.replace("/listing/", "/listing_old/"), body)
    tickit.reset("tickit")
    rows = f"COPY users FROM '{bucket}/stage/run/users/' FORMAT PARQUET"
    asked(tickit, rows, loaded=True)
    tickit.load("tickit")
    tickit.reset("tickit")
    assert asked(tickit, rows, loaded=True) == [{"copied": 200}]


OUTSIDE = [
    ("s3://elsewhere/x", "is not below"),
    ("{bucket}/stagefright/x", "is not below"),
    ("{bucket}/stage/../secret", "is not below|write it as"),
    ("{bucket}/stage/", "no files"),
    ("/etc/passwd", "is not below"),
    ("file:///etc/passwd", "is not below"),
]


def test_statements_stay_below_the_stage(tickit: ExperimentService, bucket: Bucket) -> None:
    bucket.put("secret")
    bucket.put("stagefright/x")
    before = bucket.objects()
    for address, told in OUTSIDE:
        where = address.format(bucket=bucket)
        with saying(address), pytest.raises(RequestError, match=told):
            asked(tickit, f"COPY sales FROM '{where}' FORMAT PARQUET", loaded=True)
        if told != "no files":
            with saying(address), pytest.raises(RequestError, match=told):
                asked(tickit, f"UNLOAD ('SELECT 1') TO '{where}'", loaded=True)
        assert bucket.objects() == before, address


def test_copy_fills_own_tables_only(tickit: ExperimentService, pg: Place, bucket: Bucket) -> None:
    pg.ask("CREATE TABLE tickit.mine (x INT)")
    tickit.generate("tickit", GenerateRequest(seed=4, output_dir=f"{bucket}/stage/run"))
    for table, told in (("mine", "no table of tickit that this program has made"), ("_dw_sim", "no table")):
        with pytest.raises(RequestError, match=told):
            asked(tickit, f"COPY {table} FROM '{bucket}/stage/run/listing/' FORMAT PARQUET", loaded=True)
    with pytest.raises(RequestError, match=r"takes the columns catid, .*; the files have 8 columns"):
        asked(tickit, f"COPY category FROM '{bucket}/stage/run/listing/' FORMAT PARQUET", loaded=True)
    bucket.put("stage/junk/x.parquet", b"this is no Parquet at all")
    with pytest.raises(DwSimError, match=r"x\.parquet cannot be read as Parquet"):
        asked(tickit, f"COPY category FROM '{bucket}/stage/junk/' FORMAT PARQUET", loaded=True)


def test_statements_are_read() -> None:
    assert statement("select 1") is None
    assert statement(
        '-- first\nCOPY a.b."T x" (a, "B") FROM \'s3://b/m\' MANIFEST FORMAT AS PARQUET;'
    ) == CopyFromS3("T x", "s3://b/m", ("a", "B"), manifest=True)
    made = statement(
        "/* x */ unload ($$select 'x'$$) to 's3://b/u' delimiter as ';' parallel off allowoverwrite"
    )
    assert made == UnloadToS3("select 'x'", "s3://b/u", delimiter=";", overwrite=True)


@pytest.mark.parametrize(
    ("sql", "place", "told"),
    [
        ("COPY", (1, 1), "a table's name is missing"),
        ("COPY a FROM stdin", (1, 13), "address of the files is expected"),
        ("COPY a FROM 's3://x'", (1, 13), "FORMAT AS PARQUET only"),
        ("COPY a FROM 's3://x'\n FORMT PARQUET", (2, 2), "did you mean 'FORMAT'"),
        ("COPY a FROM 's3://x' FORMAT AS JSON", (1, 32), "the format JSON is not read"),
        ("UNLOAD SELECT 1", (1, 8), r"\( is expected"),
        ("UNLOAD ('select 1') TO 's3://x' GZIP", (1, 33), "GZIP is not an option here"),
        ("UNLOAD ('select 1')", (1, 19), "TO is expected"),
    ],
)
def test_statements_that_cannot_be_read(sql: str, place: tuple[int, int], told: str) -> None:
    with pytest.raises(SqlError, match=told) as caught:
        statement(sql)
    assert (caught.value.line, caught.value.column) == place


def test_files_agree_with_duckdb(tickit: ExperimentService, bucket: Bucket, tmp_path: Path) -> None:
    """What UNLOAD writes is read by another program."""
    asked(tickit, f"UNLOAD ('SELECT * FROM event') TO '{bucket}/stage/e_' FORMAT PARQUET", loaded=True)
    file = tmp_path / "e.parquet"
    file.write_bytes(bucket.objects()["stage/e_0000_part_00.parquet"])
    with views(tickit.settings.output / "tickit") as files:
        expected = files.execute("SELECT * FROM event ORDER BY eventid").fetchall()
    assert duckdb.sql(f"SELECT * FROM '{file}' ORDER BY eventid").fetchall() == expected


def test_copy_refuses_columns_of_another_kind(
    tickit: ExperimentService, pg: Place, bucket: Bucket, tmp_path: Path
) -> None:
    """Binary COPY would take a whole number for the microseconds of a moment."""
    shape = "SELECT 1::INT AS catid, 'a' AS catgroup, 'b' AS catname"
    for number, (last, told) in enumerate(
        [("7::BIGINT", "int64 does not fit a column of the type varchar"), ("TRUE", "bool does not fit")]
    ):
        file = tmp_path / f"{number}.parquet"
        duckdb.sql(f"COPY ({shape}, {last} AS catdesc) TO '{file}' (FORMAT parquet)")
        bucket.put(f"stage/kinds{number}/x.parquet", file.read_bytes())
        with pytest.raises(RequestError, match=f"catdesc: {told}"):
            asked(tickit, f"COPY category FROM '{bucket}/stage/kinds{number}/' FORMAT PARQUET", loaded=True)
    wide = tmp_path / "wide.parquet"
    duckdb.sql(f"COPY (SELECT 70000 AS catid, 'a' AS g, 'b' AS n, 'c' AS d) TO '{wide}' (FORMAT parquet)")
    bucket.put("stage/wide/x.parquet", wide.read_bytes())
    with pytest.raises(RequestError, match="70000 not in range"):
        asked(tickit, f"COPY category FROM '{bucket}/stage/wide/' FORMAT PARQUET", loaded=True)
