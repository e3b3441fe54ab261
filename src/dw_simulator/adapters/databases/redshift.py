"""Amazon Redshift, by the SQLAlchemy dialect that it has."""

from collections.abc import Mapping

from dw_simulator.adapters.databases.inspected import InspectedDatabase


class RedshiftDatabase(InspectedDatabase):
    """`redshift://user:password@cluster:5439/database`."""

    dialect = "redshift"
    driver = "redshift+redshift_connector"
    packages = "sqlalchemy-redshift redshift_connector"
    begins = ("SET statement_timeout TO {milliseconds}",)
    estimate = 'SELECT "table", tbl_rows FROM svv_table_info WHERE "schema" = :schema'

    def settings(self, seconds: int) -> Mapping[str, str | int | float]:
        return {"timeout": seconds}
