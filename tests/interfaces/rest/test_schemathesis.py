"""Every operation against its own description, by requests that the description makes."""

import os
from collections.abc import Iterator
from zlib import crc32

import pytest
import requests
import schemathesis
from schemathesis.checks import CHECKS, load_all_checks
from tests.interfaces.rest.serving import in_thread
from tests.support import column, table

from dw_simulator.interfaces.rest.app import OPERATIONS
from dw_simulator.interfaces.rest.openapi import document
from dw_simulator.settings import Settings

load_all_checks()
CONFORMANCE = CHECKS.get_by_names(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_schema_conformance",
        "response_headers_conformance",
    ]
)
SHOP = {
    "name": "shop",
    "target_warehouse": "duckdb",
    "tables": [
        table("t", 20, column("id", "INT", is_unique=True), column("x", "VARBINARY(8)")),
        table("u", 5, column("at", "TIMESTAMP"), column("price", "DECIMAL(9,2)", required=False)),
    ],
}
MOST_ROWS = 1000
NAMES = {"name": "shop", "table": "t", "file": "part-00000.parquet", "run_id": 1}
CONFIG = {
    "phases": {"stateful": {"enabled": False}},
    "generation": {
        "mode": "all",
        "max-examples": int(os.environ.get("DW_SIM_TEST_EXAMPLES", "15")),
        "deterministic": True,
        "no-shrink": True,
    },
    "request-timeout": 30,
    "warnings": False,
}


def described(config: dict = CONFIG) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_dict(document(OPERATIONS), config=schemathesis.Config.from_dict(config))


schema = described()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    settings = Settings(home=tmp_path_factory.mktemp("home"), store_url="")
    with in_thread(settings) as address:
        yield address


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    with requests.Session() as made:
        made.trust_env = False
        yield made


def prepare(session: requests.Session, server: str) -> None:
    """The experiment and its first run, whatever the requests before have deleted."""
    shop = f"{server}/api/experiments/shop"
    if session.head(f"{shop}/runs/1/files/t/part-00000.parquet").status_code == 200:
        return
    session.delete(shop)
    session.post(f"{server}/api/experiments", json=SHOP).raise_for_status()
    session.post(f"{shop}/generate", json={"seed": 1}).raise_for_status()


def pointed(case: schemathesis.Case) -> schemathesis.Case:
    """Half of the requests to what is there, and none that makes millions of rows."""
    if crc32(repr((case.body, case.query, case.path_parameters)).encode()) % 2:
        for name in case.path_parameters:
            case.path_parameters[name] = NAMES[name]
    if isinstance(case.body, dict) and isinstance(rows := case.body.get("rows"), dict):
        for name, count in rows.items():
            if isinstance(count, int) and count > MOST_ROWS:
                rows[name] = count % MOST_ROWS
    return case


@schema.parametrize()
def test_answers_are_as_described(case: schemathesis.Case, server: str, session: requests.Session) -> None:
    prepare(session, server)
    pointed(case).call_and_validate(base_url=server, session=session, checks=CONFORMANCE)


def test_the_document_is_valid(server: str, session: requests.Session) -> None:
    assert session.get(f"{server}/openapi.json").json() == document(OPERATIONS)
    schema.validate()
    assert {operation.ok().label for operation in schema.get_all_operations()} == {
        f"{operation.method} {operation.path}" for operation in OPERATIONS
    }
    assert len({operation.handler.__name__ for operation in OPERATIONS}) == len(OPERATIONS)
