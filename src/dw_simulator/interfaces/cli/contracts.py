"""`dw-sim import-dbt` and `dw-sim experiment import-contract`."""

from pathlib import Path
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
from dw_simulator.interfaces.cli.row_counts import parse_names

ImportedName = Annotated[
    str | None, typer.Option("--name", help="What to call the experiment; the file's own name when left out.")
]
Take = Annotated[
    str | None,
    typer.Option(
        help="Which of a dbt project's parts become tables: sources (usual), seeds, models, snapshots."
    ),
]
DialectOfContract = Annotated[
    str | None,
    typer.Option("--dialect", help="Whose types and SQL stand in it; found out where the file says so."),
]


def import_dbt(
    project: Annotated[
        Path, typer.Argument(help="The folder with dbt_project.yml, or its target/manifest.json.")
    ],
    name: ImportedName = None,
    take: Take = None,
    dialect: DialectOfContract = None,
    target_rows: TargetRows = None,
    infer: Infer = True,
    infer_references: InferReferences = True,
    as_of: AsOf = None,
    rules: RulesFile = None,
    as_json: AsJson = False,
) -> None:
    """Store the sources of a dbt project as a new experiment; what its tests promise is kept.

    unique, not_null, accepted_values, relationships and the common tests of dbt_utils and dbt_expectations
    become keys, lists, references and CHECKs; so do those of models that only rename a source's columns.
    Types come from target/catalog.json (dbt docs generate), else from data_type in YAML, else from names.

    dw-sim import-dbt . --name shop
    dw-sim experiment generate shop
    dw-sim experiment load shop --to duckdb:///path/to/dev.duckdb
    dbt build
    """
    import_contract(
        project, name, "dbt", take, dialect, target_rows, infer, infer_references, as_of, rules, as_json
    )


def import_contract(
    file: Annotated[
        Path, typer.Argument(help="The contract: a file, or the folder of a dbt or SQLMesh project.")
    ],
    name: ImportedName = None,
    format_: Annotated[
        str | None,
        typer.Option(
            "--format", help="odcs, dbt, sqlmesh, json-schema, avro, dbml; found out when left out."
        ),
    ] = None,
    take: Take = None,
    dialect: DialectOfContract = None,
    target_rows: TargetRows = None,
    infer: Infer = True,
    infer_references: InferReferences = True,
    as_of: AsOf = None,
    rules: RulesFile = None,
    as_json: AsJson = False,
) -> None:
    """Store the tables of a data contract as a new experiment: ODCS, SQLMesh, JSON Schema, Avro, DBML, dbt.

    Types, keys, references, lists of values and limits are kept; what has no counterpart is a warning.

    dw-sim experiment import-contract orders.odcs.yaml --name orders
    """
    from dw_simulator.ports.contract import ContractSource  # noqa: PLC0415
    from dw_simulator.service import ExperimentService  # noqa: PLC0415 - imports NumPy

    created = ExperimentService().import_contract(
        ContractSource(file, dialect=dialect, parts=parse_names(take)),
        name=name,
        kind=format_,
        **import_options(target_rows, infer, infer_references, as_of, rules),
    )
    show_created(created, as_json=as_json)
