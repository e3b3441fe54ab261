"""`dw-sim import-db`: the tables of a live database as a new experiment."""

from typing import Annotated

import typer

from dw_simulator.interfaces.cli.arguments import (
    AsJson,
    AsOf,
    Infer,
    InferReferences,
    RulesFile,
    TargetRows,
    import_options,
)
from dw_simulator.interfaces.cli.created import show_created


def import_db(
    url: Annotated[
        str,
        typer.Argument(
            help="postgresql://user@host/db, duckdb:///file, sqlite:///file, mysql://…, redshift://…, snowflake://…"
        ),
    ],
    schema: Annotated[
        list[str] | None, typer.Option(help="Whose tables; the connection's own when left out. Repeatable.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="What to call the experiment; as the database.")] = None,
    row_counts: Annotated[
        str,
        typer.Option(
            help="estimate: what the catalogue says, counted where it does not; exact: count all; none."
        ),
    ] = "estimate",
    timeout: Annotated[
        float, typer.Option(min=1, max=86_400, help="Seconds that the database may be silent, or count.")
    ] = 30.0,
    target_rows: TargetRows = None,
    infer: Infer = True,
    infer_references: InferReferences = True,
    as_of: AsOf = None,
    rules: RulesFile = None,
    as_json: AsJson = False,
) -> None:
    """Store the tables of a live database as a new experiment: its shapes and row counts, none of its rows.

    The database is only read. Passwords are shown nowhere; leave them out of the URL where the driver finds
    them itself (PGPASSWORD, ~/.pgpass).

    dw-sim import-db postgresql://ana@db.example.com/shop --schema public --schema billing --name shop
    """
    from dw_simulator.errors import UnknownNameError  # noqa: PLC0415
    from dw_simulator.ports.live_database import ROW_COUNTS, Look  # noqa: PLC0415
    from dw_simulator.service import ExperimentService  # noqa: PLC0415 - imports NumPy

    counted = next((one for one in ROW_COUNTS if one == row_counts), None)
    if counted is None:
        raise UnknownNameError("way to count rows", row_counts, ROW_COUNTS)
    created = ExperimentService().import_db(
        url,
        Look(tuple(dict.fromkeys(schema or ())), counted, timeout),
        name=name,
        **import_options(target_rows, infer, infer_references, as_of, rules),
    )
    show_created(created, as_json=as_json)
