"""Settings: the environment, then a `.env` file, then the local stack where it runs, then defaults."""

import os
from pathlib import Path
from typing import Any

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from dw_simulator.errors import RequestError
from dw_simulator.stack import addresses

_PREFIX = "DW_SIM_"
_OWN_S3 = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ACCESS_KEY_ID", "AWS_PROFILE")
"""Whoever sets one of these has an S3 of their own."""


class _StackSource(PydanticBaseSettingsSource):
    """What the local stack of the home says, while it runs."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Not asked: `__call__` knows all fields at once."""
        raise NotImplementedError

    def __call__(self) -> dict[str, Any]:
        home = Path(self.current_state.get("home") or user_data_path("dw-simulator")).expanduser()
        found = addresses.of_home(home)
        return {
            name.removeprefix(_PREFIX).lower(): value
            for name, value in found.items()
            if name.startswith(_PREFIX)
        }


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
        return init_settings, env_settings, dotenv_settings, _StackSource(settings_cls)

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
        first = error.errors(include_url=False)[0]
        name = _PREFIX + ".".join(map(str, first["loc"])).upper()
        raise RequestError(f"{name}: {first['msg'].replace('Input should', 'it should')}") from None
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
