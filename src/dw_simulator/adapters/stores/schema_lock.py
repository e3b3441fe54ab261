"""Processes that change a store's schema take turns."""

from sqlalchemy import Connection

_SCHEMA_LOCK = 0x64772D6D  # any number that no one else locks


def one_at_a_time(connection: Connection) -> None:
    """Keep other processes from changing the schema until the end of the transaction."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_SCHEMA_LOCK})")
