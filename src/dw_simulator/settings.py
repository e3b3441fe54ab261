"""Settings: the environment, then a `.env` file, then the local stack where it runs, then defaults."""

import os
from collections.abc import Mapping
from pathlib import Path

from platformdirs import user_data_path
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from dw_simulator.errors import RequestError, why_unreadable
from dw_simulator.schema.complaints import details_of, sentence
from dw_simulator.schema.json_data import Json
from dw_simulator.stack import addresses

MEMORY = "memory:"
"""The URL of a store that lasts as long as its process."""
_PREFIX = "DW_SIM_"
_OWN_S3 = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ACCESS_KEY_ID", "AWS_PROFILE")
"""Whoever sets one of these has an S3 of their own."""


class Settings(BaseModel):
    """Where things are kept. Each field is the variable DW_SIM_<FIELD>, unless it is given."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    home: Path = Field(
        default_factory=lambda: user_data_path("dw-simulator"),
        description="experiments and managed output",
    )

    @field_validator("home")
    @classmethod
    def _expanded(cls, value: Path) -> Path:
        return value.expanduser()

    output_root: Path | None = Field(
        default=None, description="what output_dir of HTTP must lie below; `exports` in the home by default"
    )
    api_token: SecretStr = Field(default=SecretStr(""), description="the bearer token that HTTP requires")
    api_hosts: str = Field(
        default="", description="names, with commas, by which the HTTP server may be called besides localhost"
    )
    max_runs: int = Field(default=2, ge=1, description="how many runs of HTTP go on at once; the rest wait")
    store_url: str = Field(
        default="", description="SQLAlchemy URL of the experiment store; SQLite in the home"
    )

    redshift_url: SecretStr = Field(
        default=SecretStr(""), description="the PostgreSQL server that stands in for Redshift: postgresql://…"
    )
    snowflake_url: SecretStr = Field(
        default=SecretStr(""),
        description="the Snowflake endpoint: snowflake://user:password@account/database",
    )
    stage_url: str = Field(
        default="", description="where files are staged for warehouses: s3://bucket/prefix"
    )

    urls: dict[str, SecretStr] = Field(
        default_factory=dict,
        description="the URLs of other warehouses: DW_SIM_<NAME>_URL, as their dialects say",
    )

    @model_validator(mode="before")
    @classmethod
    def _found(cls, given: Mapping[str, Json]) -> dict[str, Json]:
        """What is given, then what the environment says, then a `.env` file, then the local stack."""
        said = {**_own(_of_file()), **_own(os.environ)}
        urls = {name: value for name, value in said.items() if name.endswith("_url") and value}
        home = given.get("home") or said.get("home") or user_data_path("dw-simulator")
        stack = addresses.of_home(Path(str(home)).expanduser())
        return {**_own(stack), **said, "urls": urls, **given}

    def url_of(self, setting: str) -> str:
        """The URL that a setting holds, such as `acme_url` (DW_SIM_ACME_URL); empty where it is not set."""
        secrets = {name: value for name, value in self if isinstance(value, SecretStr)}
        found = {**self.urls, **secrets}.get(setting)
        return "" if found is None else found.get_secret_value()

    @property
    def store(self) -> str:
        """The store's URL."""
        return self.store_url or f"sqlite:///{self.home / 'experiments.db'}"

    @property
    def http_root(self) -> Path:
        """What an output directory named over HTTP must lie below; never the managed output."""
        return self.output_root or self.home / "exports"

    @property
    def hosts(self) -> list[str]:
        """The names of `api_hosts`."""
        return [name.strip() for name in self.api_hosts.split(",") if name.strip()]

    @property
    def output(self) -> Path:
        """Where runs go that name no output directory."""
        return self.home / "output"


def _of_file() -> Mapping[str, str | None]:
    """The variables of a `.env` file in this directory."""
    if not Path(".env").is_file():
        return {}
    from dotenv import dotenv_values  # noqa: PLC0415 - few have such a file

    try:
        return dotenv_values(".env")
    except UnicodeDecodeError as error:
        raise RequestError(f".env: {why_unreadable(error)}") from None


def _own(variables: Mapping[str, str | None]) -> dict[str, str]:
    """Those of this program, without their prefix; upper and lower case are the same."""
    found = ((name.lower(), value) for name, value in variables.items() if value is not None)
    own = _PREFIX.lower()
    return {name.removeprefix(own): value for name, value in found if name.startswith(own)}


def load(*, keep: bool = True) -> Settings:
    """The settings of this environment. Raises RequestError with the variable that is wrong.

    keep  experiments and runs in the store; where it is False, as long as the process lasts
    """
    try:
        settings = Settings() if keep else Settings(store_url=MEMORY)
    except ValidationError as error:
        first = details_of(error)[0]
        name = _PREFIX + ".".join(map(str, first["loc"])).upper()
        raise RequestError(f"{name}: {sentence(first)}") from None
    if keep and settings.store == MEMORY:
        raise RequestError(f"{_PREFIX}STORE_URL: {MEMORY} keeps nothing from one command to the next")
    _point_at_s3(settings)
    return settings


def _point_at_s3(settings: Settings) -> None:
    """Give Arrow and boto the stack's S3, which they look for in the environment.

    All of it or nothing, and only where the stage is the stack's: somebody's own keys or buckets never
    meet the stack's endpoint.
    """
    found = addresses.of_home(settings.home)
    if settings.stage_url == found.get("DW_SIM_STAGE_URL") and not any(map(os.environ.get, _OWN_S3)):
        for name, value in found.items():
            if name.startswith("AWS_"):
                os.environ.setdefault(name, value)
