"""Settings: the environment, then a `.env` file, then defaults."""

from pathlib import Path

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from dw_simulator.errors import RequestError


class Settings(BaseSettings):
    """Where things are kept. Each field is the variable DW_SIM_<FIELD>."""

    model_config = SettingsConfigDict(env_prefix="DW_SIM_", env_file=".env", extra="ignore", frozen=True)

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
        return Settings()
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = "DW_SIM_" + ".".join(map(str, first["loc"])).upper()
        raise RequestError(f"{name}: {first['msg'].replace('Input should', 'it should')}") from None
