"""No request is too much for the server, and it says what is too much."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.interfaces.rest.serving import client, problem, schema
from tests.support import column, table

from dw_simulator.errors import RequestError
from dw_simulator.settings import Settings, load


@pytest.fixture
def api(tmp_path: Path) -> Iterator[TestClient]:
    with client(Settings(home=tmp_path / "home")) as made:
        yield made


def test_a_schema_of_too_many_parts_is_refused_before_it_is_looked_at(api: TestClient) -> None:
    told = problem(api.post("/api/experiments", json={"name": "w", "tables": [{}] * 200_000}), 400)
    assert "more than 100,000 objects and arrays" in told["detail"]


def test_of_many_problems_the_first_are_listed(api: TestClient) -> None:
    response = api.post("/api/experiments", json={"name": "w", "tables": [{}] * 5000})
    told = problem(response, 422)
    assert "10,000 problems, of which 100 are listed; first: tables[0]." in told["detail"]
    assert len(told["problems"]) == 100
    assert len(response.content) < 50_000


def test_a_preview_of_too_many_values_is_refused(api: TestClient) -> None:
    columns = [column(f"c{k}", "INT") for k in range(200)]
    api.post("/api/experiments", json={"name": "w", "tables": [table("t", 10, *columns)]}).raise_for_status()
    told = problem(api.get("/api/experiments/w/preview?table=t&rows=9000"), 422)
    assert "9,000 rows of 200 columns are too much; ask for 2,500 or fewer" in told["detail"]
    assert api.get("/api/experiments/w/preview?table=t&rows=2500").json()["total"] == 10


def test_unknown_fields_get_the_closest_name(api: TestClient) -> None:
    api.post("/api/experiments", json=schema()).raise_for_status()
    (one,) = problem(api.post("/api/experiments/shop/generate", json={"sed": 1}), 422)["problems"]
    assert one == {
        "place": "sed",
        "message": "there is no such field; did you mean 'seed'?",
        "hint": "leave it out",
        "mend": "leave it out",
        "excerpt": "",
    }
    (one,) = problem(api.get("/api/experiments?limt=3"), 422)["problems"]
    assert "did you mean 'limit'" in one["message"]


def test_runs_come_a_hundred_at_a_time(api: TestClient) -> None:
    api.post("/api/experiments", json=schema(rows=1)).raise_for_status()
    for _ in range(3):
        api.post("/api/experiments/shop/generate").raise_for_status()
    told = api.get("/api/experiments/shop/runs").json()
    assert (len(told["runs"]), told["total"], told["next"]) == (3, 3, None)
    assert api.get("/api/experiments/shop/runs?limit=2").json()["next"].endswith("limit=2&offset=2")


def test_a_version_is_checked_where_the_deed_is_done(api: TestClient) -> None:
    api.post("/api/experiments", json=schema()).raise_for_status()
    old = api.get("/api/experiments/shop").headers["etag"]
    api.delete("/api/experiments/shop", headers={"If-Match": old}).raise_for_status()
    api.post("/api/experiments", json=schema()).raise_for_status()
    for method, place in (("DELETE", ""), ("POST", "/reset"), ("POST", "/generate")):
        response = api.request(method, f"/api/experiments/shop{place}", headers={"If-Match": old})
        assert "not the experiment that was meant any more" in problem(response, 412)["detail"]
    new = api.get("/api/experiments/shop").headers["etag"]
    wanted = {"If-Match": f"{old}, {new}"}
    assert api.post("/api/experiments/shop/generate", headers=wanted).status_code == 200


@pytest.mark.parametrize(("name", "value"), [("MAX_RUNS", "0"), ("MAX_RUNS", "many")])
def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"DW_SIM_{name}", value)
    with pytest.raises(RequestError, match=f"DW_SIM_{name}: it should be"):
        load()
