"""POST /api/query/execute: what it answers, and what it refuses."""

import io
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx2
import pyarrow as pa
import pyarrow.json
import pyarrow.parquet as pq
import pytest
from starlette.testclient import TestClient
from tests.interfaces.rest.serving import client, in_thread, problem, wait_for
from tests.support import column, table

from dw_simulator.interfaces.rest import background, queries
from dw_simulator.service import ExperimentService, GenerateRequest
from dw_simulator.settings import Settings

SCHEMA = {
    "name": "shop",
    "target_warehouse": "duckdb",
    "tables": [
        table(
            "t",
            20_000,
            column("id", "BIGINT", is_unique=True),
            column("price", "DECIMAL(20,2)", required=False),
            column("data", "VARBINARY(4)"),
        )
    ],
}
LONG = "SELECT sum(a.range * b.range) FROM range(10000000) a, range(1000000) b"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


@pytest.fixture
def api(settings: Settings) -> Iterator[TestClient]:
    with client(settings) as made:
        assert made.post("/api/experiments", json=SCHEMA).status_code == 201
        assert made.post("/api/experiments/shop/generate", json={"seed": 7}).status_code == 200
        yield made


def ask(api: Any, sql: str, accept: str = "application/json", **fields: Any) -> Any:
    body = {"experiment_name": "shop", "sql": sql, **fields}
    return api.post("/api/query/execute", json=body, headers={"accept": accept})


def test_rows_as_json(api: TestClient) -> None:
    found = ask(
        api, "SELECT count(*) AS n, sum(id) AS s, 1.50::DECIMAL(20,2) AS d, NULL AS x FROM shop.t"
    ).json()
    assert found["rows"] == [{"n": 20_000, "s": 200_010_000, "d": "1.50", "x": None}]
    assert [one["type"] for one in found["columns"]] == ["BIGINT", "HUGEINT", "DECIMAL(20,2)", "NULL"]
    assert (found["experiment"], found["run_id"], found["row_count"], found["truncated"]) == (
        "shop",
        1,
        1,
        False,
    )
    large = ask(
        api, "SELECT 170141183460469231731687303715884105727::HUGEINT AS n, 'inf'::DOUBLE AS f"
    ).json()
    assert large["rows"] == [{"n": 170141183460469231731687303715884105727, "f": "Infinity"}]


def test_so_many_rows_and_no_more(api: TestClient) -> None:
    found = ask(api, "FROM t").json()
    assert (len(found["rows"]), found["row_count"], found["truncated"]) == (10_000, 10_000, True)
    found = ask(api, "FROM t ORDER BY id DESC", limit=2).json()
    assert [row["id"] for row in found["rows"]] == [20_000, 19_999]
    problem(ask(api, "FROM t", limit=0), 422)
    problem(ask(api, "FROM t", limit=100_001), 422)


def test_rows_as_csv(api: TestClient) -> None:
    answer = ask(api, "SELECT id, NULL AS x, '' AS y FROM t", "text/csv")
    assert answer.headers["content-type"].startswith("text/csv")
    lines = answer.text.splitlines()
    assert lines[:2] == ['"id","x","y"', '1,,""']
    assert len(lines) == 20_001
    assert ask(api, "SELECT id FROM t WHERE false", "text/csv").text == '"id"\n'
    assert ask(api, "SELECT id FROM t", "text/csv", limit=2).text == '"id"\n1\n2\n'


@pytest.mark.parametrize(
    ("accept", "read"),
    [
        ("application/vnd.apache.parquet", lambda data: pq.read_table(io.BytesIO(data))),
        ("application/vnd.apache.arrow.stream", lambda data: pa.ipc.open_stream(data).read_all()),
        ("application/vnd.apache.arrow.file", lambda data: pa.ipc.open_file(data).read_all()),
        ("application/x-ndjson", lambda data: pyarrow.json.read_json(io.BytesIO(data))),
    ],
)
def test_rows_in_other_formats(api: TestClient, accept: str, read: Callable[[bytes], pa.Table]) -> None:
    answer = ask(api, "SELECT id FROM t ORDER BY id", f"text/html;q=0.9, {accept}")
    assert answer.headers["content-type"] == accept
    assert read(answer.content).column("id").to_pylist() == list(range(1, 20_001))
    assert read(ask(api, "FROM t", accept, limit=3).content).num_rows == 3


def test_what_nobody_offers(api: TestClient) -> None:
    told = problem(ask(api, "FROM t", "text/html, application/xml"), 406)
    assert "application/vnd.apache.parquet" in told["detail"]


def test_how_long_it_took(api: TestClient) -> None:
    answer = ask(api, "SELECT count(*) AS n FROM t")
    name, _, milliseconds = answer.headers["server-timing"].partition(";dur=")
    assert name == "query"
    assert 0 < float(milliseconds) < 60_000
    assert abs(answer.json()["seconds"] * 1000 - float(milliseconds)) < 100
    assert ask(api, "FROM t", "text/csv").headers["server-timing"].startswith("query;dur=")


@pytest.mark.parametrize("accept", ["application/json", "text/csv", "application/vnd.apache.arrow.stream"])
def test_what_is_refused(api: TestClient, accept: str) -> None:
    told = problem(ask(api, "SELECT\n nix FROM t", accept), 422)
    assert "line 2, column 2" in told["detail"]
    assert "Could not convert" in problem(ask(api, "SELECT id, 'x'::INT FROM t", accept), 422)["detail"]
    problem(ask(api, "SELECT 1; SELECT 2", accept), 422)
    problem(ask(api, "COPY t TO 'x.csv'", accept), 422)
    assert "did you mean" in problem(ask(api, "FROM t", accept, dialect="duckbd"), 422)["detail"]
    problem(ask(api, "FROM t", accept, experiment_name="shpo"), 404)
    problem(ask(api, "FROM t", accept, run_id=9), 404)
    problem(ask(api, "SELECT '\0", accept), 422)


def test_a_run_elsewhere_is_not_read(api: TestClient, settings: Settings, tmp_path: Path) -> None:
    service = ExperimentService(settings)
    service.generate("shop", GenerateRequest(seed=8, output_dir=tmp_path / "private"))
    service.persistence.close()
    problem(ask(api, "FROM t"), 403)
    assert ask(api, "FROM t", run_id=1).status_code == 200


def test_a_long_query_is_ended(api: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "SECONDS", 0.3)
    assert "longer than 0.3 seconds" in problem(ask(api, LONG), 422)["detail"]


def test_a_large_result_goes_as_csv(api: TestClient) -> None:
    sql = "SELECT repeat('x', 100000) AS x FROM range(1000)"
    assert "ask for CSV" in problem(ask(api, sql), 422)["detail"]
    assert len(ask(api, sql, "text/csv").content) == 100_003_004


def test_some_at_once_and_no_more(api: TestClient) -> None:
    with ExitStack() as held:
        going_on = api.app_state["background"]
        for _ in range(background.MAX_QUERIES):
            held.enter_context(going_on.query(ExitStack))
        refused = ask(api, "FROM t")
        problem(refused, 429)
        assert refused.headers["retry-after"]
    assert ask(api, "FROM t").status_code == 200


@pytest.mark.parametrize("accept", ["application/json", "text/csv"])
def test_who_goes_away_ends_the_query(settings: Settings, accept: str) -> None:
    service = ExperimentService(settings)
    service.create(SCHEMA)
    service.generate("shop", GenerateRequest(seed=7))
    service.persistence.close()
    with (
        in_thread(settings) as address,
        httpx2.Client(base_url=address, trust_env=False, timeout=0.5) as asking,
    ):
        with pytest.raises(httpx2.TimeoutException):
            ask(asking, LONG, accept)
        wait_for(lambda: not any(t.name.startswith("dw-sim-query") for t in threading.enumerate()), 10)
