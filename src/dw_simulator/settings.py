"""Settings: the environment, then a `.env` file, then the local stack where it runs, then defaults."""

import os
from pathlib import Path

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from dw_simulator.errors import RequestError
from dw_simulator.schema.complaints import details_of, sentence
from dw_simulator.schema.json_data import Json
from dw_simulator.stack import addresses

_PREFIX = "DW_SIM_"
_OWN_S3 = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ACCESS_KEY_ID", "AWS_PROFILE")
"""Whoever sets one of these has an S3 of their own."""


class _WholeSource(PydanticBaseSettingsSource):
    """A source that knows all its fields at once."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Json, str, bool]:
        """Not asked: `__call__` answers."""
        raise NotImplementedError


class _StackSource(_WholeSource):
    """What the local stack of the home says, while it runs."""

    def __call__(self) -> dict[str, Json]:
        home = Path(self.current_state.get("home") or user_data_path("dw-simulator")).expanduser()
        found = addresses.of_home(home)
        return {
            name.removeprefix(_PREFIX).lower(): value
            for name, value in found.items()
            if name.startswith(_PREFIX)
        }


class _UrlSource(_WholeSource):
    """Every variable DW_SIM_<NAME>_URL, for warehouses that this program does not know itself."""

    def __init__(self, settings: type[BaseSettings], *sources: PydanticBaseSettingsSource) -> None:
        super().__init__(settings)
        self._sources = sources

    def __call__(self) -> dict[str, Json]:
        found: dict[str, str] = {}
        for source in reversed(self._sources):
            variables = source.env_vars if isinstance(source, EnvSettingsSource) else {}
            for name, value in variables.items():
                own = name.lower().removeprefix(_PREFIX.lower())
                if own != name.lower() and own.endswith("_url") and value:
                    found[own] = value
        return {"urls": found}


class Settings(BaseSettings):
    """Where things are kept. Each field is the variable DW_SIM_<FIELD>."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, env_file=".env", extra="ignore", frozen=True)

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

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the base class passes it
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What stands first wins."""
        urls = _UrlSource(settings_cls, env_settings, dotenv_settings)
        return init_settings, env_settings, dotenv_settings, urls, _StackSource(settings_cls)

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


def load() -> Settings:
    """The settings of this environment. Raises RequestError with the variable that is wrong."""
    try:
        settings = Settings()
    except ValidationError as error:
        first = details_of(error)[0]
        name = _PREFIX + ".".join(map(str, first["loc"])).upper()
        raise RequestError(f"{name}: {sentence(first)}") from None
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
