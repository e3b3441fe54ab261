"""Dockerfile, docker-compose.yml and what docs/stack.md says of them, against each other and the settings.

Nothing here is built or run: that needs a container engine, and the suite has to work without one.
"""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import make_url

from dw_simulator.adapters.warehouses.snowflake_session import read_url
from dw_simulator.settings import Settings
from dw_simulator.stack.addresses import variables
from dw_simulator.stack.state import NAMES, State

ROOT = Path(__file__).parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
GENERATOR = SERVICES["synthetic-data-generator"]
ENVIRONMENT: dict[str, str] = GENERATOR["environment"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
PAGE = (ROOT / "docs" / "stack.md").read_text()
DOCKER_PAGE = PAGE.partition("## With Docker")[2]


def published(service: dict[str, Any]) -> str:
    """The one address at which a service is published, without the container's own port."""
    (port,) = service["ports"]
    return str(port).rpartition(":")[0]


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's lines, continued ones joined."""
    joined = DOCKERFILE.replace("\\\n", " ")
    lines = [line for line in joined.splitlines() if line and not line.startswith("#")]
    return [(word, re.sub(r"\s+", " ", rest)) for word, _, rest in (line.partition(" ") for line in lines)]


def test_the_services_are_those_that_are_documented() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \| (.+?) \| `([\d.:]+)` \|", DOCKER_PAGE, re.MULTILINE)
    images = {name: f"`{service['image']}`" for name, service in SERVICES.items()}
    images["synthetic-data-generator"] = "built from `Dockerfile`"
    assert rows == [(name, images[name], published(service)) for name, service in SERVICES.items()]
    assert list(SERVICES) == [
        "synthetic-data-generator",
        "local-redshift-mock",
        "local-snowflake-emulator",
        "local-s3-staging",
    ]


def test_everything_is_published_on_this_machine_only_and_once() -> None:
    addresses = [published(service) for service in SERVICES.values()]
    assert all(address.startswith("127.0.0.1:") for address in addresses)
    assert len({*addresses}) == len(addresses)


def test_the_generator_waits_until_the_others_are_healthy() -> None:
    others = {name for name in SERVICES if name != "synthetic-data-generator"}
    assert GENERATOR["depends_on"] == {name: {"condition": "service_healthy"} for name in others}
    assert all(service["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"} for service in SERVICES.values())


def test_every_volume_is_declared_and_used_once() -> None:
    mounted = [volume.partition(":")[0] for service in SERVICES.values() for volume in service["volumes"]]
    assert mounted == list(COMPOSE["volumes"])


def test_the_variables_are_settings_and_documented() -> None:
    own = {name for name in ENVIRONMENT if name.startswith("DW_SIM_")}
    assert own <= {f"DW_SIM_{field.upper()}" for field in Settings.model_fields}
    assert {name for name in ENVIRONMENT if f"`{name}`" not in DOCKER_PAGE} == set()
    asked = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))
    assert asked == {"LOCALSTACK_AUTH_TOKEN", "DW_SIM_API_TOKEN"}
    assert {name for name in asked if f"`{name}`" not in DOCKER_PAGE} == set()


def test_the_stack_without_docker_sets_the_same_and_is_documented() -> None:
    found = variables(State("secret", dict.fromkeys(NAMES, 1)), NAMES)
    assert set(found) <= set(ENVIRONMENT)
    table = PAGE.partition("## Variables")[2]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)[: len(found)] == list(found)
    for name in ("DW_SIM_REDSHIFT_URL", "DW_SIM_SNOWFLAKE_URL", "DW_SIM_STAGE_URL", "AWS_ENDPOINT_URL"):
        shape = found[name].replace("secret", "PASSWORD").replace(":1/", ":PORT/").replace("=1&", "=PORT&")
        assert f"`{re.sub(':1$', ':PORT', shape)}`" in table


def test_the_urls_lead_to_the_services(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    redshift = make_url(settings.redshift_url.get_secret_value())
    server = SERVICES["local-redshift-mock"]["environment"]
    assert redshift.host == "local-redshift-mock"
    assert (redshift.username, redshift.password, redshift.database) == (
        server["POSTGRES_USER"],
        server["POSTGRES_PASSWORD"],
        server["POSTGRES_DB"],
    )
    snowflake = read_url(settings.snowflake_url.get_secret_value())[1]
    assert snowflake["host"] in SERVICES["local-snowflake-emulator"]["networks"]["default"]["aliases"]
    assert ENVIRONMENT["AWS_ENDPOINT_URL"] == "http://local-s3-staging:4566"
    bucket_check = SERVICES["local-s3-staging"]["healthcheck"]["test"][1]
    assert settings.stage_url in bucket_check
    inside = [SERVICES[name]["ports"][0].rpartition(":")[2] for name in list(SERVICES)[1:]]
    assert inside == [str(redshift.port), str(snowflake["port"]), "4566"]


def test_the_image_runs_as_nobody_special_and_holds_no_secret() -> None:
    steps = instructions()
    words = [word for word, _ in steps]
    assert words.count("FROM") == 2
    last = words[len(words) - words[::-1].index("FROM") :]
    assert [word for word in last if word in {"USER", "HEALTHCHECK", "ENTRYPOINT", "CMD"}] == [
        "USER",
        "HEALTHCHECK",
        "ENTRYPOINT",
        "CMD",
    ]
    (user,) = (rest for word, rest in steps if word == "USER")
    assert user not in {"root", "0"}
    assert not re.search(r"(?i)password|secret|token|_key", DOCKERFILE)


def test_the_image_serves_where_compose_looks() -> None:
    steps = dict(instructions())
    home = ENVIRONMENT["DW_SIM_HOME"]
    assert f"DW_SIM_HOME={home}" in steps["ENV"]
    assert steps["VOLUME"] == home == GENERATOR["volumes"][0].partition(":")[2]
    assert steps["EXPOSE"] == GENERATOR["ports"][0].rpartition(":")[2]
    assert ":8000/health" in steps["HEALTHCHECK"]
    assert ":8000/health" in GENERATOR["healthcheck"]["test"][-1]
    assert '"0.0.0.0", "--port", "8000"' in steps["CMD"]


def test_the_builder_gets_what_it_copies_and_nothing_else() -> None:
    ignored = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if not line.startswith("#")]
    assert ignored[0] == "*"
    let_in = {line[1:] for line in ignored if line.startswith("!")}
    copied = {
        word.removeprefix("./")
        for step, rest in instructions()
        if step == "COPY" and "--from" not in rest
        for word in rest.split()[:-1]
    }
    assert copied == let_in
    assert all((ROOT / path).exists() for path in copied)


def test_the_page_says_that_nothing_was_run() -> None:
    assert "never built" in re.sub(r"\s+", " ", DOCKER_PAGE)
