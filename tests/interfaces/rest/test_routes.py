"""Every route: what it answers when all is well, and each error it may answer with."""

import gzip
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from starlette.testclient import TestClient
from tests.interfaces.rest.serving import ENDLESS, client, events, problem, schema, status_of, wait_for
from tests.support import column, table

from dw_simulator.interfaces.rest.app import OPERATIONS
from dw_simulator.service import ExperimentService, GenerateRequest
from dw_simulator.settings import Settings

SHOP = "/api/experiments/shop"
ASYNC = {"prefer": "respond-async"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


@pytest.fixture
def api(settings: Settings) -> Iterator[TestClient]:
    with client(settings) as made:
        assert made.post("/api/experiments", json=schema()).status_code == 201
        yield made


@pytest.fixture
def made(api: TestClient) -> dict[str, Any]:
    """The summary of a run."""
    answer = api.post(f"{SHOP}/generate", json={"seed": 7})
    assert answer.status_code == 200
    return dict(answer.json())


# --- experiments


def test_an_experiment_from_its_creation_to_its_end(api: TestClient) -> None:
    created = api.post("/api/experiments", json=schema("second", 5))
    assert (created.status_code, created.headers["location"]) == (201, "/api/experiments/second")
    assert created.json()["tables"][0]["columns"][0]["is_unique"] is True
    where = created.headers["location"]
    assert api.get(where).json() == schema("second", 5)
    assert api.get(f"{where}/preview?table=t&rows=2&offset=3").json()["total"] == 5
    listed = api.get("/api/experiments").json()
    assert [one["name"] for one in listed["experiments"]] == ["second", "shop"]
    assert (listed["total"], listed["next"]) == (2, None)
    assert listed["experiments"][0]["created_at"].endswith("Z")
    assert api.delete(where).status_code == 204
    problem(api.get(where), 404)
    problem(api.delete(where), 404)


def test_import_and_export_of_sql(api: TestClient) -> None:
    body = {"name": "crm", "sql": "CREATE TABLE p (id INT PRIMARY KEY, email TEXT)", "dialect": "duckdb"}
    created = api.post("/api/experiments/import-sql", json={**body, "target_rows": 3})
    assert created.status_code == 201
    assert created.json()["tables"][0]["target_rows"] == 3
    assert "inferred" in created.text
    bare = api.post("/api/experiments/import-sql", json={**body, "name": "bare", "infer": False})
    assert "inferred" not in bare.text
    problem(api.post("/api/experiments/import-sql", json=body), 409)
    told = problem(api.post("/api/experiments/import-sql", json={**body, "dialect": "duckbd"}), 422)
    assert "did you mean 'duckdb'" in told["detail"]
    problem(api.post("/api/experiments/import-sql", json={**body, "sql": "CREATE TABEL x"}), 422)
    written = api.get("/api/experiments/crm/ddl").json()
    assert "CREATE TABLE" in written["sql"]
    plain = api.get("/api/experiments/crm/ddl?dialect=snowflake", headers={"accept": "application/sql"})
    assert plain.headers["content-type"].startswith("application/sql")
    assert plain.text.startswith("CREATE TABLE")
    assert "choose a dialect" in problem(api.get(f"{SHOP}/ddl"), 422)["detail"]
    problem(api.get(f"{SHOP}/ddl?dialect=cobol"), 422)


def test_a_second_script_joins_an_experiment(api: TestClient) -> None:
    body = {
        "name": "crm",
        "dialect": "duckdb",
        "sql": "CREATE TABLE p (id INT PRIMARY KEY, c INT REFERENCES q (id))",
    }
    assert api.post("/api/experiments/import-sql", json=body).status_code == 201
    etag = api.get("/api/experiments/crm").headers["etag"]
    more = {"sql": "CREATE TABLE q (id INT PRIMARY KEY)"}
    where = "/api/experiments/crm/import-sql"
    changed = api.post(where, json=more, headers={"if-match": etag})
    assert changed.status_code == 200
    assert [table["name"] for table in changed.json()["tables"]] == ["p", "q"]
    assert changed.json()["tables"][0]["columns"][1]["foreign_key"]["references_table"] == "q"
    assert api.get("/api/experiments/crm").headers["etag"] != etag
    problem(api.post(where, json=more, headers={"if-match": etag}), 412)
    problem(api.post("/api/experiments/nobody/import-sql", json=more), 404)
    problem(api.post(where, json={**more, "dialect": "snowflake"}), 422)


def test_a_contract_by_its_text(api: TestClient) -> None:
    text = '{"type": "record", "name": "Event", "fields": [{"name": "id", "type": "long"}]}'
    body = {"name": "events", "text": text, "target_rows": 5}
    created = api.post("/api/experiments/import-contract", json=body)
    assert created.status_code == 201
    assert created.json()["tables"][0]["columns"][0]["data_type"] == "BIGINT"
    problem(api.post("/api/experiments/import-contract", json=body), 409)
    other = {**body, "name": "other"}
    problem(api.post("/api/experiments/import-contract", json={**other, "text": "nothing"}), 422)
    problem(api.post("/api/experiments/import-contract", json={**other, "format": "avrow"}), 422)
    told = problem(
        api.post("/api/experiments/import-contract", json={**other, "text": '{"type": "record"'}), 422
    )
    assert "JSON" in str(told) or "--format" in str(told)


def test_rules_are_laid_over_an_import(api: TestClient) -> None:
    sql = "CREATE TABLE orders (id INT PRIMARY KEY, status TEXT NOT NULL, ordered_on DATE)"
    rules = {
        "as_of": "2031-05-06",
        "tables": {
            "orders": {"rows": "2k", "columns": {"status": {"rule": {"name": "choice", "values": ["new"]}}}}
        },
    }
    body = {"name": "crm", "sql": sql, "dialect": "duckdb", "rules": rules}
    wrong = {"tables": {"order": {}, "orders": {"columns": {"statsu": {}}, "rows": "many"}}}
    told = problem(api.post("/api/experiments/import-sql", json={**body, "rules": wrong}), 422)
    assert {one["place"]: one["message"] for one in told["problems"]} == {
        "rules.tables.order": "the schema has no table 'order'; did you mean 'orders'?",
        "rules.tables.orders.columns.statsu": "orders has no column 'statsu'; did you mean 'status'?",
        "rules.tables.orders.rows": "'many' is not a number of rows",
    }
    problem(api.get("/api/experiments/crm"), 404)
    problem(api.post("/api/experiments/import-sql", json={**body, "rules": [1]}), 422)
    created = api.post("/api/experiments/import-sql", json=body)
    assert created.status_code == 201
    assert created.json()["tables"][0]["target_rows"] == 2000
    assert api.get("/api/experiments/crm").json()["as_of"] == "2031-05-06"
    rows = api.get("/api/experiments/crm/preview?table=orders&rows=20").json()["rows"]
    assert {row["status"] for row in rows} == {"new"}


def test_every_problem_of_a_schema_is_told_with_its_place(api: TestClient) -> None:
    bad = {"name": "x", "tables": [table("t", -1, column("id", "INTT"), column("y", "DATE", min_value=3))]}
    places = [one["place"] for one in problem(api.post("/api/experiments", json=bad), 422)["problems"]]
    assert places == [
        "tables[0].target_rows",
        "tables[0].columns[0].data_type",
        "tables[0].columns[1].min_value",
    ]
    problem(api.post("/api/experiments", json=schema()), 409)


def test_a_preview_shows_values_of_every_type(api: TestClient) -> None:
    kinds = ["BIGINT", "DECIMAL(38,10)", "FLOAT", "BOOLEAN", "DATE", "TIME", "TIMESTAMP", "TIMESTAMPTZ"]
    kinds += ["VARCHAR(9)", "VARBYTE(6)", "BLOB", "UUID", "SUPER", "TIMESTAMP_NTZ(9)"]
    columns = [column(f"c{i}", kind, required=i % 2 == 0) for i, kind in enumerate(kinds)]
    made = api.post("/api/experiments", json={"name": "zoo", "tables": [table("t", 50, *columns)]})
    assert made.status_code == 201, made.text
    shown = api.get("/api/experiments/zoo/preview?table=t&rows=50")
    assert shown.status_code == 200, shown.text
    assert all(bytes.fromhex(row["c10"]) for row in shown.json()["rows"])
    assert any(row["c9"] is None for row in shown.json()["rows"])


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("table=t", 200),
        ("table=t&offset=99", 200),
        ("table=t&offset=100", 422),
        ("table=tt", 422),
        ("", 422),
        ("table=t&rows=0", 422),
        ("table=t&rows=10001", 422),
        ("table=t&seed=-1", 422),
        (f"table=t&seed={1 << 63}", 422),
        ("table=t&colour=red", 422),
        ("table=t&rows=many", 422),
        (f"table=t&offset={10**30}", 422),
    ],
)
def test_previews(api: TestClient, query: str, status: int) -> None:
    answer = api.get(f"{SHOP}/preview?{query}")
    assert answer.status_code == status
    if status != 200:
        problem(answer, status)


def test_versions(api: TestClient) -> None:
    first = api.get(SHOP).headers["etag"]
    for known in (first, f"W/{first}", f'"other", {first}', "*"):
        answer = api.get(SHOP, headers={"if-none-match": known})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", first)
    assert api.get(SHOP, headers={"if-none-match": '"other"'}).status_code == 200
    assert api.delete(SHOP, headers={"if-match": first}).status_code == 204
    api.post("/api/experiments", json=schema())  # the same, made anew
    for method, path in (("DELETE", SHOP), ("POST", f"{SHOP}/reset"), ("POST", f"{SHOP}/generate")):
        problem(api.request(method, path, headers={"if-match": first}), 412)
    assert api.get(f"{SHOP}/runs").json()["total"] == 0
    assert api.post(f"{SHOP}/generate", headers={"if-match": "*"}).status_code == 200
    problem(api.delete("/api/experiments/none", headers={"if-match": "*"}), 404)


def test_pages_to_the_end(api: TestClient) -> None:
    for i in range(6):
        api.post("/api/experiments", json=schema(f"e{i}", 1))
        api.post(f"{SHOP}/generate", json={"seed": i})
    for where, key, field, whole in (
        ("/api/experiments", "experiments", "name", [*(f"e{i}" for i in range(6)), "shop"]),
        (f"{SHOP}/runs", "runs", "seed", [5, 4, 3, 2, 1, 0]),
    ):
        found, following = [], f"{where}?limit=2"
        while following:
            page = api.get(following).json()
            assert page["total"] == len(whole)
            found += [one[field] for one in page[key]]
            following = page["next"]
        assert found == whole
        assert api.get(f"{where}?offset=5").json()[key] == api.get(where).json()[key][5:]
        assert api.get(f"{where}?limit=2&offset=1000").json()["next"] is None
        for wrong in ("limit=0", "limit=1001", "offset=-1", f"offset={1 << 60}", "page=2"):
            problem(api.get(f"{where}?{wrong}"), 422)


# --- runs


def test_a_run_and_what_it_made(api: TestClient, made: dict[str, Any]) -> None:
    assert made["row_counts"] == {"t": 100}
    where = f"{SHOP}/runs/{made['run_id']}"
    run = api.get(where).json()
    assert (run["status"], run["seed"], run["error"]) == ("COMPLETED", 7, None)
    assert api.get(f"{SHOP}/runs").json()["runs"] == [run]
    manifest = api.get(f"{where}/manifest").json()
    assert manifest["rows"] == {"t": 100}
    path = f"{where}/files/t/{Path(made['files']['t'][0]).name}"
    fetched = api.get(path)
    assert fetched.headers["content-type"] == "application/vnd.apache.parquet"
    assert pq.read_table(io.BytesIO(fetched.content)).num_rows == 100
    assert api.head(path).headers["content-length"] == str(len(fetched.content))
    assert "did you mean" in problem(api.get(path.replace("00000", "00001")), 404)["detail"]
    problem(api.get(path.replace("/t/", "/u/")), 404)


def test_a_queued_run_answers_at_once(api: TestClient) -> None:
    answer = api.post(f"{SHOP}/generate", headers={"prefer": "Respond-Async, wait=1"})
    assert (answer.status_code, answer.headers["preference-applied"]) == (202, "respond-async")
    where = answer.headers["location"]
    assert where == f"{SHOP}/runs/{answer.json()['id']}"
    wait_for(lambda: status_of(api, where) == "COMPLETED")


def test_a_run_is_stopped(api: TestClient) -> None:
    where = api.post(f"{SHOP}/generate", json={"rows": {"t": ENDLESS}}, headers=ASYNC).headers["location"]
    for method, path in (("POST", f"{SHOP}/generate"), ("POST", f"{SHOP}/reset"), ("DELETE", SHOP)):
        assert "already" in problem(api.request(method, path), 409)["detail"]
    stopped = api.post(f"{where}/abort").json()
    assert (stopped["status"], stopped["error"]) == ("ABORTED", "stopped on request; nothing was published")
    assert "RunAbortedError" in stopped["traceback"]
    problem(api.post(f"{where}/abort"), 409)
    problem(api.get(f"{where}/manifest"), 404)
    problem(api.get(f"{where}/files/t/part-00000.parquet"), 404)
    assert api.post(f"{SHOP}/generate").status_code == 200


def test_a_stopped_run_tells_whoever_waits_for_it(api: TestClient, settings: Settings) -> None:
    service = ExperimentService(settings)
    where = api.post(f"{SHOP}/generate", json={"rows": {"t": ENDLESS}}, headers=ASYNC).headers["location"]
    wait_for(lambda: status_of(api, where) == "RUNNING")
    assert service.abort("shop").status == "ABORTED"
    service.persistence.close()
    assert api.get(where).json()["status"] == "ABORTED"


def test_the_output_of_an_earlier_run_is_gone(api: TestClient, made: dict[str, Any]) -> None:
    first = f"{SHOP}/runs/{made['run_id']}"
    second = api.post(f"{SHOP}/generate", json={"seed": 8}).headers["location"]
    for path in ("manifest", "files/t/part-00000.parquet"):
        assert "replaced" in problem(api.get(f"{first}/{path}"), 410)["detail"]
        assert api.get(f"{second}/{path}").status_code == 200
    assert api.post(f"{SHOP}/reset").status_code == 204
    assert "removed" in problem(api.get(f"{second}/manifest"), 410)["detail"]
    assert api.get(second).json()["status"] == "COMPLETED"
    assert api.post(f"{SHOP}/reset").status_code == 204


def test_output_outside_the_root_is_not_served(api: TestClient, settings: Settings, tmp_path: Path) -> None:
    service = ExperimentService(settings)
    run = service.generate("shop", GenerateRequest(output_dir=tmp_path / "mine")).run_id
    for path in ("manifest", "files/t/part-00000.parquet"):
        told = problem(api.get(f"{SHOP}/runs/{run}/{path}"), 403)
        assert str(tmp_path / "mine") not in told["detail"]
    # nor is a run that failed there gone on with
    (tmp_path / "mine" / "t" / "foreign").touch()
    job = service.start("shop", GenerateRequest(output_dir=tmp_path / "other"))
    (tmp_path / "other").touch()
    with pytest.raises(Exception, match="nothing was published"):
        service.finish(job)
    service.persistence.close()
    assert api.get(f"{SHOP}/runs").json()["runs"][0]["status"] == "FAILED"
    problem(api.post(f"{SHOP}/generate", json={"resume": True}), 403)


@pytest.mark.parametrize(
    ("asked", "status", "content_range"),
    [
        ("bytes=0-3", 206, "bytes 0-3/{size}"),
        ("bytes=-4", 206, "bytes {from}-{last}/{size}"),
        ("bytes=4-", 206, "bytes 4-{last}/{size}"),
        ("bytes=0-999999", 206, "bytes 0-{last}/{size}"),
        ("bytes=999999-", 416, "bytes */{size}"),
        ("bytes=x", 400, None),
        ("bytes=5-2", 400, None),
    ],
)
def test_ranges(
    api: TestClient, made: dict[str, Any], asked: str, status: int, content_range: str | None
) -> None:
    path = f"{SHOP}/runs/{made['run_id']}/files/t/part-00000.parquet"
    whole = api.get(path).content
    size = len(whole)
    part = api.get(path, headers={"range": asked})
    assert part.status_code == status
    if content_range is not None:
        known = {"size": size, "last": size - 1, "from": size - 4}
        assert part.headers["content-range"] == content_range.format(**known)
    if status != 206:
        problem(part, status)
        return
    start, end = part.headers["content-range"].removeprefix("bytes ").partition("/")[0].split("-")
    assert part.content == whole[int(start) : int(end) + 1]


def test_several_ranges_and_ranges_of_a_version(api: TestClient, made: dict[str, Any]) -> None:
    path = f"{SHOP}/runs/{made['run_id']}/files/t/part-00000.parquet"
    whole = api.get(path)
    several = api.get(path, headers={"range": "bytes=0-3,-8"})
    assert several.status_code == 206
    assert several.headers["content-type"].startswith("multipart/byteranges; boundary=")
    assert whole.content[:4] in several.content
    assert whole.content[-8:] in several.content
    for version, status in ((whole.headers["etag"], 206), ('"other"', 200)):
        answer = api.get(path, headers={"range": "bytes=0-3", "if-range": version})
        assert answer.status_code == status


def test_json_is_compressed_and_parquet_is_not(api: TestClient, made: dict[str, Any]) -> None:
    takes = {"accept-encoding": "gzip"}
    run = f"{SHOP}/runs/{made['run_id']}"
    with api.stream("GET", "/openapi.json", headers=takes) as answer:
        assert answer.headers["content-encoding"] == "gzip"
        assert json.loads(gzip.decompress(b"".join(answer.iter_raw())))["openapi"] == "3.1.0"
    whole = api.post(f"{SHOP}/generate", json={"rows": {"t": 5000}}).headers["location"]
    path = f"{whole}/files/t/part-00000.parquet"
    with api.stream("GET", path, headers=takes) as answer:
        assert answer.headers["content-encoding"] == "identity"
        assert b"".join(answer.iter_raw())[:4] == b"PAR1"
    assert "content-encoding" not in api.get(f"{run}/events", headers=takes).headers


def test_events_until_the_end(api: TestClient) -> None:
    where = api.post(f"{SHOP}/generate", json={"rows": {"t": 2_000_000}}, headers=ASYNC).headers["location"]
    with api.stream("GET", f"{where}/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        told = [(kind, json.loads(data)) for kind, data in events(answer.iter_lines())]
    kind, last = told[-1]
    assert (kind, last["status"], last["done"]) == ("completed", "COMPLETED", {"t": 2_000_000})
    assert all(kind == event["status"].lower() for kind, event in told)
    again = list(events(api.get(f"{where}/events").iter_lines()))
    assert [kind for kind, _data in again] == ["completed"]
    problem(api.get(f"{SHOP}/runs/99/events"), 404)


@pytest.mark.parametrize("number", ["99", "0", "-1", "x", "1.0", "2147483648", "9" * 5000, "٣", "1e3"])
def test_runs_that_are_not_there(api: TestClient, made: dict[str, Any], number: str) -> None:
    for rest in ("", "/events", "/manifest", "/files/t/part-00000.parquet"):
        problem(api.get(f"{SHOP}/runs/{number}{rest}"), 404)
    problem(api.post(f"{SHOP}/runs/{number}/abort"), 404)


def test_a_run_belongs_to_its_experiment(api: TestClient, made: dict[str, Any]) -> None:
    api.post("/api/experiments", json=schema("other"))
    other = f"/api/experiments/other/runs/{made['run_id']}"
    for rest in ("", "/events", "/manifest", "/files/t/part-00000.parquet"):
        assert "shop" not in problem(api.get(other + rest), 404)["detail"]
    problem(api.post(f"{other}/abort"), 404)


@pytest.mark.parametrize(
    "body",
    [
        {"rows": {"t": -1}},
        {"rows": {"t": 1.5}},
        {"rows": {"t": "5"}},
        {"rows": {"t": True}},
        {"rows": {"none": 5}},
        {"rows": {"t": 1 << 54}},
        {"seed": -1},
        {"seed": 1 << 63},
        {"seed": "7"},
        {"compression": "gzip"},
        {"workers": 0},
        {"workers": 257},
        {"executor": "processes"},
        {"output_dir": ""},
        {"resume": True},
        [],
        "text",
        None,
    ],
)
def test_runs_that_are_refused(api: TestClient, body: Any) -> None:
    problem(
        api.post(f"{SHOP}/generate", content=json.dumps(body), headers={"content-type": "text/json+json"}),
        422,
    )
    assert api.get(f"{SHOP}/runs").json()["total"] == 0


def test_every_operation_on_nothing(api: TestClient) -> None:
    for operation in OPERATIONS:
        if "{name}" not in operation.path:
            continue
        path = operation.path.format(name="nothing", run_id=1, table="t", file="f")
        query = "?table=t" if "preview" in path else "?dialect=duckdb" if "load-pack" in path else ""
        answer = api.request(operation.method, path + query, json=operation.example)
        assert "nothing" in problem(answer, 404)["detail"]


def test_methods_and_addresses_that_are_not_offered(api: TestClient) -> None:
    for path in {operation.path for operation in OPERATIONS}:
        offered = {operation.method for operation in OPERATIONS if operation.path == path}
        where = path.format(name="shop", run_id=1, table="t", file="f")
        answer = api.patch(where)
        problem(answer, 405)
        assert offered <= set(answer.headers["allow"].split(", "))
    for path in ("/", "/api", "/api/experiment", "/openapi.yaml", "/docs/none", "/docs/assets/none"):
        problem(api.get(path), 404)


def test_health_and_documentation(api: TestClient) -> None:
    assert api.get("/health").json()["status"] == "ok"
    page = api.get("/docs")
    assert "default-src 'self'" in page.headers["content-security-policy"]
    for asset in ("assets/swagger-ui.css", "assets/swagger-ui-bundle.js", "start.js"):
        assert f"/docs/{asset}" in page.text
        assert api.get(f"/docs/{asset}").status_code == 200


def test_one_run_at_a_time_in_order(tmp_path: Path) -> None:
    names = ["a", "b", "c"]
    with client(Settings(home=tmp_path / "home", max_runs=1)) as api:
        for name in names:
            api.post("/api/experiments", json=schema(name))
        runs = [
            api.post(
                f"/api/experiments/{name}/generate",
                json={"rows": {"t": ENDLESS if name == "a" else 1000}},
                headers=ASYNC,
            ).headers["location"]
            for name in names
        ]
        wait_for(lambda: status_of(api, runs[0]) == "RUNNING")
        assert [status_of(api, where) for where in runs] == ["RUNNING", "QUEUED", "QUEUED"]
        api.post(f"{runs[0]}/abort")
        with api.stream("GET", f"{runs[2]}/events") as answer:  # of a run that waits
            kinds = [kind for kind, _data in events(answer.iter_lines())]
        assert kinds[-1] == "completed"
        done = [api.get(where).json() for where in runs]
        assert [run["status"] for run in done] == ["ABORTED", "COMPLETED", "COMPLETED"]
        assert done[1]["completed_at"] <= done[2]["started_at"]


def test_a_waiting_run_is_stopped(tmp_path: Path) -> None:
    with client(Settings(home=tmp_path / "home", max_runs=1)) as api:
        for name in ("a", "b"):
            api.post("/api/experiments", json=schema(name, ENDLESS))
        runs = [
            api.post(f"/api/experiments/{name}/generate", headers=ASYNC).headers["location"] for name in "ab"
        ]
        assert api.post(f"{runs[1]}/abort").json()["status"] == "ABORTED"
        assert status_of(api, runs[0]) in ("QUEUED", "RUNNING")
        problem(api.get(f"{runs[0]}/manifest"), 404)
        api.post(f"{runs[0]}/abort")


def test_too_many_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dw_simulator.interfaces.rest.background.MAX_WAITING", 1)
    with client(Settings(home=tmp_path / "home")) as api:
        for name in ("a", "b"):
            api.post("/api/experiments", json=schema(name, ENDLESS))
        first = api.post("/api/experiments/a/generate", headers=ASYNC)
        refused = api.post("/api/experiments/b/generate", headers=ASYNC)
        problem(refused, 429)
        assert refused.headers["retry-after"] == "10"
        api.post(f"{first.headers['location']}/abort")


# --- warehouses


def test_a_run_is_loaded_emptied_and_dropped(
    api: TestClient, made: dict[str, Any], settings: Settings
) -> None:
    loaded = api.post(f"{SHOP}/load", json={"run_id": made["run_id"]}).json()
    file = settings.home / "warehouse.duckdb"
    assert loaded["row_counts"] == made["row_counts"]
    assert (loaded["place"], loaded["schema_name"]) == (f"duckdb://{file}", "shop")
    assert counted(file) == sum(made["row_counts"].values())
    assert api.post(f"{SHOP}/reset").status_code == 204
    assert counted(file) == 0
    again = api.post(f"{SHOP}/generate", json={"load": True}).json()
    assert again["loaded"]["run_id"] == again["run_id"]
    assert counted(file) == again["rows"]
    assert api.delete(SHOP).status_code == 204
    with pytest.raises(duckdb.CatalogException):
        counted(file)


def counted(file: Path) -> int:
    with duckdb.connect(file) as connection:
        return connection.execute("SELECT count(*) FROM shop.t").fetchall()[0][0]


def test_a_load_that_cannot_be(api: TestClient) -> None:
    assert "no complete run" in problem(api.post(f"{SHOP}/load"), 422)["detail"]
    problem(api.post(f"{SHOP}/load", json={"run_id": 99}), 404)
    problem(api.post("/api/experiments/nowhere/load"), 404)
    problem(api.post(f"{SHOP}/load", json={"to": "postgresql://x"}), 422)
    assert api.post(f"{SHOP}/generate").status_code == 200
    problem(api.post(f"{SHOP}/load", headers={"if-match": '"another"'}), 412)


def test_the_scripts_of_a_load_pack(api: TestClient, made: dict[str, Any]) -> None:
    answer = api.get(f"{SHOP}/load-pack?dialect=duckdb").json()
    assert answer["run_id"] == made["run_id"]
    assert "CREATE TABLE" in answer["files"]["load/duckdb/ddl.sql"]
    problem(api.get(f"{SHOP}/load-pack"), 422)
    assert "unknown dialect 'duck'" in problem(api.get(f"{SHOP}/load-pack?dialect=duck"), 422)["detail"]
    problem(api.get(f"{SHOP}/load-pack?dialect=duckdb&run_id=99"), 404)
    problem(api.get("/api/experiments/nowhere/load-pack?dialect=duckdb"), 404)
    again = api.post(f"{SHOP}/generate", json={"seed": 7, "load_pack": ["duckdb"]}).json()
    written = Path(again["output_dir"], "load", "duckdb", "ddl.sql")
    assert written.read_text() == answer["files"]["load/duckdb/ddl.sql"]


def test_a_warehouse_that_is_away(tmp_path: Path) -> None:
    away = Settings(home=tmp_path / "away", redshift_url="postgresql://me:hunter2@127.0.0.1:1/db")
    with client(away) as api:
        api.post("/api/experiments", json={**schema(), "target_warehouse": "redshift"})
        assert "hunter2" not in problem(api.post(f"{SHOP}/generate", json={"load": True}), 502)["detail"]
        assert api.get(f"{SHOP}/runs").json()["runs"] == []
        assert api.post(f"{SHOP}/generate").status_code == 200
        assert "Connection refused" in problem(api.post(f"{SHOP}/load"), 502)["detail"]
