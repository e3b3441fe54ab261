"""MySQL and MariaDB, in which a schema is a database."""

from collections.abc import Mapping

from dw_simulator.adapters.databases.inspected import InspectedDatabase


class MySqlDatabase(InspectedDatabase):
    """`mysql://user:password@host:port/database`."""

    dialect = "mysql"
    driver = "mysql+pymysql"
    packages = "'dw-simulator[databases]'"
    begins = ("SET SESSION TRANSACTION READ ONLY",)
    estimate = """
        SELECT table_name, table_rows FROM information_schema.tables
        WHERE table_schema = :schema AND table_type = 'BASE TABLE'"""

    def settings(self, seconds: int) -> Mapping[str, str | int | float]:
        return {"connect_timeout": seconds, "read_timeout": seconds, "write_timeout": seconds}
