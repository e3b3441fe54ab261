"""Snowflake, by the SQLAlchemy dialect that it has."""

from collections.abc import Mapping

from dw_simulator.adapters.databases.inspected import InspectedDatabase


class SnowflakeDatabase(InspectedDatabase):
    """`snowflake://user:password@account/database/schema?warehouse=name`."""

    dialect = "snowflake"
    driver = "snowflake"
    packages = "snowflake-sqlalchemy"
    estimate = """
        SELECT IFF(table_name = UPPER(table_name), LOWER(table_name), table_name), row_count
        FROM information_schema.tables WHERE table_schema IN (:schema, UPPER(:schema))"""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.name = self.name.replace("/", "_")

    def settings(self, seconds: int) -> Mapping[str, str | int | float]:
        return {"login_timeout": seconds, "network_timeout": seconds}
