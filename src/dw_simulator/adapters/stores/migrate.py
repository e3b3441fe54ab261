"""Brings a store's schema up to date with Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Engine

from dw_simulator.adapters.stores.schema_lock import one_at_a_time
from dw_simulator.errors import StoreError

SCRIPTS = Path(__file__).parent / "migrations"


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Run every migration up to a revision."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    with engine.begin() as connection:
        one_at_a_time(connection)  # the others wait and find it done
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, revision)
        except CommandError as error:
            message = f"the experiment store is of a newer version of this program; update it ({error})"
            raise StoreError(message) from error
