"""Settings: the environment, then a `.env` file, then defaults."""

from pathlib import Path

from platformdirs import user_data_path
from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


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

    store_url: str = Field(
        default="", description="SQLAlchemy URL of the experiment store; SQLite in the home"
    )

    @property
    def store(self) -> str:
        """The store's URL."""
        return self.store_url or f"sqlite:///{self.home / 'experiments.db'}"

    @property
    def output(self) -> Path:
        """Where runs go that name no output directory."""
        return self.home / "output"
