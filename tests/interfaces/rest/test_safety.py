"""What HTTP must not do: write or read elsewhere, serve strangers, tell secrets, fall over."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as drawn
from hypothesis import strategies as st
from starlette.testclient import TestClient
from tests.interfaces.rest.serving import client, in_thread, problem, schema

from dw_simulator.interfaces.rest.app import OPERATIONS
from dw_simulator.interfaces.rest.calls import MAX_BODY_BYTES
from dw_simulator.service import ExperimentService, GenerateRequest
from dw_simulator.settings import Settings

SHOP = "/api/experiments/shop"
TOKEN = "correct-horse-bätterie"
JSON = {"content-type": "application/json"}


@pytest.fixture
def api(tmp_path: Path) -> Iterator[TestClient]:
    root = tmp_path / "root"
    root.mkdir()
    with client(Settings(home=tmp_path / "home", output_root=root)) as made:
        assert made.post("/api/experiments", json=schema()).status_code == 201
        yield made


# --- where it writes


@pytest.mark.parametrize(
    "place",
    [
        "/etc/dw-sim-was-here",
        "{outside}",
        "..",
        "../outside/x",
        "a/../../outside/x",
        "leads-out",
        "leads-out/deeper",
        "circle",
        "a\0b",
        "",
        ".",
        "a/..",
        "x" * 300,
        "x" * 2000,
        "ü" * 200,
        "file",
        "file/deeper",
    ],
)
def test_directories_that_are_refused(api: TestClient, tmp_path: Path, place: str) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    outside.mkdir()
    (root / "leads-out").symlink_to(outside)
    (root / "circle").symlink_to(root / "circle")
    (root / "file").touch()
    asked = place.format(outside=outside)
    problem(api.post(f"{SHOP}/generate", json={"output_dir": asked}), 422)
    assert not list(outside.iterdir())
    assert not Path("/etc/dw-sim-was-here").exists()
    assert {path.name for path in root.iterdir()} == {"leads-out", "circle", "file"}
    assert api.get(f"{SHOP}/runs").json()["total"] == 0


@pytest.mark.parametrize(
    "place", ["~", "~root", "~nobody/x", "ünï/çödé 日本", "a b/'\";--", "inside", "%2e%2e/x", "..x"]
)
def test_directories_below_the_root(api: TestClient, tmp_path: Path, place: str) -> None:
    root = tmp_path / "root"
    (root / "elsewhere").mkdir()
    (root / "inside").symlink_to(root / "elsewhere")
    made = api.post(f"{SHOP}/generate", json={"output_dir": place})
    assert made.status_code == 200, made.text
    written = (root / place).resolve()
    assert written.is_relative_to(root)
    assert (written / "t").is_dir()
    assert api.get(f"{SHOP}/runs/1/files/t/part-00000.parquet").content[:4] == b"PAR1"


# --- what it reads


@pytest.mark.parametrize(
    "path",
    [
        "t/..%2f..%2fsecret",
        "t/..%2F_manifest.json",
        "../secret/x",
        "..%2f..%2fsecret/x",
        "%2e%2e/secret",
        "t/%2e%2e",
        "t/..",
        "t/..%5c..%5csecret",
        "t/%00",
        "t/part-00000.parquet%00",
        "t%2fpart-00000.parquet/x",
        "%2fetc/passwd",
        "t//etc/passwd",
        "t/" + "x" * 5000,
        "t/%ff%fe",
        "t'; DROP TABLE runs; --/x",
        "./_dw_sim.json",
        "t/%25%32%65",
    ],
)
def test_files_that_are_none_of_the_run(api: TestClient, tmp_path: Path, path: str) -> None:
    assert api.post(f"{SHOP}/generate", json={"output_dir": "out"}).status_code == 200
    (tmp_path / "root" / "secret").write_text("a secret")
    answer = api.get(
        httpx2.URL(f"http://localhost{SHOP}/runs/1/files/").copy_with(
            raw_path=f"{SHOP}/runs/1/files/{path}".encode()
        )
    )
    problem(answer, 404)
    assert "a secret" not in answer.text


def test_a_file_that_was_replaced_by_a_link(api: TestClient, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("a secret")
    made = api.post(f"{SHOP}/generate", json={"output_dir": "out"}).json()
    file = Path(made["files"]["t"][0])
    file.unlink()
    problem(api.get(f"{SHOP}/runs/1/files/t/{file.name}"), 404)
    file.symlink_to(tmp_path / "secret")
    problem(api.get(f"{SHOP}/runs/1/files/t/{file.name}"), 404)


# --- whom it serves


@pytest.mark.parametrize(
    ("host", "served"),
    [
        ("localhost", True),
        ("LOCALHOST:8000", True),
        ("127.0.0.1", True),
        ("127.0.0.1:8000", True),
        ("[::1]:8000", True),
        ("[::1]", True),
        ("192.168.1.20:8000", True),
        ("warehouse.lan:8000", True),
        (socket.gethostname(), True),
        ("evil.example", False),
        ("localhost.evil.example", False),
        ("evil.example:8000", False),
        ("127.0.0.1.evil.example", False),
        ("evil.example@localhost", False),
        ("localhost@evil.example", False),
        ("localhost/evil.example", False),
        ("localhost#evil", False),
        ("localhost?x", False),
        ("localhost:evil", False),
        ("localhost:999999", False),
        ("localhost.", False),
        ("", False),
        (" ", False),
        (":8000", False),
        ("[::1", False),
        ("[::1]x", False),
        ("[localhost]", False),
        ("::1", False),
        ("2130706433", False),
        ("0x7f.1", False),
        ("x" * 5000, False),
        ("127.0.0.1, evil.example", False),
    ],
)
def test_hosts(tmp_path: Path, host: str, served: bool) -> None:
    with client(Settings(home=tmp_path / "home", api_hosts="warehouse.lan, other")) as api:
        answer = api.get("/api/experiments", headers={"host": host})
    if served:
        assert answer.status_code == 200
    else:
        problem(answer, 421)


@pytest.mark.parametrize(
    ("headers", "served"),
    [
        ({}, True),
        ({"origin": "http://localhost"}, True),
        ({"origin": "HTTP://LOCALHOST"}, True),
        ({"origin": "http://localhost", "sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"origin": "http://localhost:8000"}, False),
        ({"origin": "http://evil.example"}, False),
        ({"origin": "null"}, False),
        ({"origin": ""}, False),
        ({"origin": "localhost"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"origin": "http://localhost", "sec-fetch-site": "cross-site"}, False),
    ],
)
def test_pages_of_another_origin(api: TestClient, headers: dict[str, str], served: bool) -> None:
    answer = api.post(f"{SHOP}/generate", headers=headers)
    if served:
        assert answer.status_code == 200
    else:
        problem(answer, 403)
        problem(api.delete(SHOP, headers=headers), 403)
        assert api.get(f"{SHOP}/runs").json()["total"] == 0
    assert not [
        name for name in api.get("/api/experiments", headers=headers).headers if "allow-origin" in name
    ]


def test_the_token(tmp_path: Path) -> None:
    with client(Settings(home=tmp_path / "home", api_token=TOKEN)) as api:
        for path in ("/health", "/docs", "/openapi.json", "/docs/start.js", "/docs/assets/swagger-ui.css"):
            assert api.get(path).status_code == 200
        right = {"authorization": f"Bearer {TOKEN}".encode()}
        assert api.get("/api/experiments", headers=right).status_code == 200
        wrong = ["", "Bearer", "Bearer ", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN[:-1]}", "Bearer x y"]
        wrong += [f"Bearer {TOKEN}x", f"Bearer {TOKEN.upper()}"]
        for sent in [*(text.encode() for text in wrong), b"Bearer \xff\xfe"]:
            for operation in OPERATIONS:
                if operation.path == "/health":
                    continue
                answer = api.request(operation.method, operation.path, headers={"authorization": sent})
                told = problem(answer, 401)
                assert answer.headers["www-authenticate"] == "Bearer"
                assert TOKEN not in json.dumps(told, ensure_ascii=False)


@pytest.mark.parametrize(
    "path",
    [
        "/docsx", "/healthz", "/health/", "/health/../api/experiments", "/docs/../api/experiments",
        "/openapi.jsonx", "/openapi.json/api", "//api/experiments", "/%2fapi/experiments",
        "/api/experiments", "/docs/..%2fapi/experiments", "/docs/assets/..%2f..%2f..%2fapi/experiments",
        "/docs%00/api", "/HEALTH", "/docs\n/api", "/docs/assets/%2e%2e/%2e%2e/pyproject.toml",
    ],
)  # fmt: skip
def test_nothing_slips_past_the_token(tmp_path: Path, path: str) -> None:
    with client(Settings(home=tmp_path / "home", api_token=TOKEN), follow_redirects=False) as api:
        url = httpx2.URL("http://localhost").copy_with(raw_path=quote(path, safe="/%:").encode())
        answer = api.get(url)
        assert answer.status_code in (401, 404)
        problem(answer, answer.status_code)


def test_errors_tell_no_secrets(tmp_path: Path) -> None:
    url = "postgresql+psycopg://user:s3cret-word@127.0.0.1:9/none?connect_timeout=2"
    service = ExperimentService(Settings(home=tmp_path / "home", store_url=url))
    with pytest.raises(Exception, match="experiment store") as caught:
        service.list()
    assert "s3cret-word" not in str(caught.value)


# --- what it is sent


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[" * 200_000, 400),
        (b'{"a":' * 200_000, 400),
        (b"[" * 500 + b"]" * 500, 400),
        (b"[" * 99 + b"]" * 99, 422),
        (b'{"name": NaN}', 400),
        (b'{"name": -Infinity}', 400),
        (b'{"name": 1e400}', 400),
        (b'{"name": -1e400}', 400),
        (b'{"name": ' + b"9" * 5001 + b"}", 400),
        (b'{"name": ' + b"9" * 4000 + b"}", 422),
        (b'{"name": "a", "name": "b"}', 400),
        (rb'{"name": "\ud800"}', 400),
        (rb'{"\udfff": 1}', 400),
        (b'{"name": "\xff"}', 400),
        (b'{"name": "\xed\xa0\x80"}', 400),
        ("{}".encode("utf-16"), 400),
        ("{}".encode("utf-32-le"), 400),
        (b"\xef\xbb\xbf{}", 422),
        (b"\xef\xbb\xbf\xef\xbb\xbf{}", 400),
        (b"null", 422),
        (b"[]", 422),
        (b'"x"', 422),
        (b"1", 422),
        (b"{} {}", 400),
        (b"\x1f\x8b\x08\x00", 400),
        (rb'{"name": "\u0000", "tables": []}', 422),
        (b'{"tables": [{"columns": [{"min_value": 1e308, "max_value": -1e-400}]}]}', 422),
        (b'{"tables": [{"target_rows": ' + b"9" * 4000 + b"}]}", 422),
        (b'{"tables": [' + b"{}," * 5000 + b"{}]}", 422),
    ],
)
def test_bodies_that_are_refused(api: TestClient, body: bytes, status: int) -> None:
    answer = api.post("/api/experiments", content=body, headers=JSON)
    problem(answer, status)
    for path in ("/api/experiments/import-sql", f"{SHOP}/generate"):
        if body.strip(b"\xef\xbb\xbf") not in (b"", b"{}"):
            problem(api.post(path, content=body, headers=JSON), status)


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "json"]
)
def test_bodies_of_another_type(api: TestClient, kind: str) -> None:
    for path in ("/api/experiments", "/api/experiments/import-sql", f"{SHOP}/generate"):
        problem(api.post(path, content=b'{"seed": 1}', headers={"content-type": kind}), 415)


def test_bodies_that_are_too_large(tmp_path: Path) -> None:
    block = b" " * (1 << 20)
    count = (MAX_BODY_BYTES >> 20) + 1
    with in_thread(Settings(home=tmp_path / "home")) as server, httpx2.Client(base_url=server) as api:
        problem(api.post("/api/experiments", content=block * count, headers=JSON), 413)
        chunks = (block for _ in range(count))  # and no Content-Length
        problem(api.post("/api/experiments", content=chunks, headers=JSON), 413)
        whole = json.dumps(schema()).encode()
        fitting = whole + b" " * (MAX_BODY_BYTES - len(whole))
        assert api.post("/api/experiments", content=fitting, headers=JSON).status_code == 201


NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80) | st.sampled_from(
    [
        "'; DROP TABLE experiments; --",
        '"',
        "\\",
        "%",
        "_",
        "a' OR '1'='1",
        "..",
        "import-sql",
        "\0",
        "SHOP",
        "nul",
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=12,
)
FUZZ = drawn(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def is_clear(answer: Any) -> None:
    """Either it is done, or the one shape says why not."""
    if answer.status_code < 400:
        return
    assert answer.status_code < 500, answer.text
    problem(answer, answer.status_code)


@FUZZ
@given(name=NAMES, rest=st.sampled_from(["", "/runs", "/ddl", "/preview?table=t", "/runs/1/files/{}/{}"]))
def test_any_name(api: TestClient, name: str, rest: str) -> None:
    part = quote(name, safe="")
    is_clear(api.get(f"/api/experiments/{part}{rest.format(part, part)}"))
    is_clear(api.post("/api/experiments", json={**schema(), "name": name}))
    sql = {"name": name, "dialect": name, "sql": f"CREATE TABLE {name} (id INT)"}
    is_clear(api.post("/api/experiments/import-sql", json=sql))
    named = api.post("/api/experiments/import-sql", json={**sql, "dialect": "duckdb"})
    is_clear(named)
    is_clear(api.get(f"{SHOP}/preview", params={"table": name, "rows": name}))
    assert api.get(SHOP).status_code == 200


@FUZZ
@given(body=VALUES, spot=st.integers(0, 12))
def test_any_body(api: TestClient, body: Any, spot: int) -> None:
    whole: Any = {"name": "fuzzed", "tables": [{"name": "t", "target_rows": 3, "columns": []}]}
    made: Any = {"name": "id", "data_type": "INT"}
    whole["tables"][0]["columns"].append(made)
    places = [
        *((whole, key) for key in ("name", "tables", "description", "target_warehouse")),
        *(
            (whole["tables"][0], key)
            for key in ("columns", "target_rows", "primary_key", "foreign_keys", "checks")
        ),
        *((made, key) for key in ("data_type", "min_value", "distribution", "foreign_key")),
    ]
    where, key = places[spot]
    where[key] = body
    for sent in (whole, body):
        content = json.dumps(sent).encode()
        is_clear(api.post("/api/experiments", content=content, headers=JSON))
        is_clear(api.post("/api/experiments/import-sql", content=content, headers=JSON))
    for field in ("seed", "output_dir", "compression", "workers"):
        if not isinstance(body, int):
            is_clear(api.post(f"{SHOP}/generate", content=json.dumps({field: body}).encode(), headers=JSON))
    if isinstance(body, dict):
        is_clear(api.post(f"{SHOP}/generate", content=json.dumps({"rows": body}).encode(), headers=JSON))
    api.delete("/api/experiments/fuzzed")


@FUZZ
@given(body=st.binary(max_size=60))
def test_any_bytes(api: TestClient, body: bytes) -> None:
    for path in ("/api/experiments", "/api/experiments/import-sql"):
        answer = api.post(path, content=body, headers=JSON)
        assert answer.status_code in (400, 422)
        is_clear(answer)


@FUZZ
@given(
    path=st.lists(NAMES, max_size=6),
    query=st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    headers=st.dictionaries(
        st.sampled_from(
            ["range", "if-match", "if-none-match", "accept", "authorization", "prefer", "origin", "if-range"]
        ),
        st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=30),
    ),
)
def test_any_address_and_headers(
    api: TestClient, path: list[str], query: str, headers: dict[str, str]
) -> None:
    sent = {name: value.encode("latin-1") for name, value in headers.items()}
    parts = "/".join(quote(part, safe="") for part in path)
    for where in (
        f"/{parts}",
        f"/api/experiments/{parts}",
        f"{SHOP}/runs/1/files/{parts}",
        f"/docs/assets/{parts}",
    ):
        is_clear(api.get(f"{where}?{quote(query, safe='&=')}", headers=sent))


def test_names_that_look_like_sql(tmp_path: Path) -> None:
    """Tables of DDL may be called anything; their files are found under what the manifest calls them."""
    name = 'x\'; DROP TABLE "experiments"; --'
    settings = Settings(home=tmp_path / "home")
    with client(settings) as api:
        sql = 'CREATE TABLE "{}" ("a\'b" INT)'.format(name.replace('"', '""'))
        body = {"name": "odd", "sql": sql, "dialect": "duckdb", "target_rows": 4}
        assert api.post("/api/experiments/import-sql", json=body).status_code == 201
        assert api.get("/api/experiments/odd/preview", params={"table": name}).json()["total"] == 4
        made = api.post("/api/experiments/odd/generate", json={"rows": {name: 3}}).json()
        file = Path(made["files"][name][0])
        assert file.is_relative_to(settings.output / "odd")
        path = f"/api/experiments/odd/runs/1/files/{quote(name, safe='')}/{file.name}"
        assert api.get(path).content[:4] == b"PAR1"


def test_output_of_another_door_is_served_below_the_root(api: TestClient, tmp_path: Path) -> None:
    service = ExperimentService(Settings(home=tmp_path / "home"))
    service.generate("shop", GenerateRequest(output_dir=tmp_path / "root" / "x"))
    service.persistence.close()
    assert api.get(f"{SHOP}/runs/1/files/t/part-00000.parquet").status_code == 200


def test_a_table_whose_name_has_a_slash(tmp_path: Path) -> None:
    with in_thread(Settings(home=tmp_path / "home")) as server, httpx2.Client(base_url=server) as api:
        body = {"name": "odd", "sql": 'CREATE TABLE "a/b" (x INT)', "dialect": "duckdb", "target_rows": 4}
        assert api.post("/api/experiments/import-sql", json=body).status_code == 201
        made = api.post("/api/experiments/odd/generate").json()["files"]["a/b"][0]
        assert made.endswith("/odd/a%2Fb/part-00000.parquet")
        files = "/api/experiments/odd/runs/1/files"
        assert api.get(f"{files}/a%252Fb/part-00000.parquet").content == Path(made).read_bytes()
        problem(api.get(f"{files}/a%2Fb/part-00000.parquet"), 404)
