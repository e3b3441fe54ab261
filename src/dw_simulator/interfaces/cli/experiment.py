"""`dw-sim experiment`: create, import, look at, generate, delete."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from dw_simulator.errors import UnknownNameError
from dw_simulator.interfaces.cli import contracts, generate, load, load_pack, pools
from dw_simulator.interfaces.cli.arguments import (
    AsJson,
    AsOf,
    Beside,
    DialectOfFile,
    Infer,
    InferReferences,
    Name,
    NameOrFile,
    Rows,
    RulesFile,
    Scale,
    SkipUnknown,
    TargetRows,
    Variables,
    import_options,
    script_options,
)
from dw_simulator.interfaces.cli.created import show_created
from dw_simulator.interfaces.cli.named_or_file import opened
from dw_simulator.interfaces.cli.narration import tell_unsure, warn
from dw_simulator.interfaces.cli.row_counts import parse_count, parse_rows, parse_scale

if TYPE_CHECKING:
    from dw_simulator.ports.store import StoredExperiment
    from dw_simulator.schema.json_data import JsonObject
    from dw_simulator.schema.model import Table
    from dw_simulator.service import ExperimentService

RowsAs = Annotated[
    Literal["table", "csv", "yaml"],
    typer.Option("--format", help="csv and yaml are for seeds and fixtures of tests: rows alone."),
]

app = typer.Typer(
    help="Experiments: schemas under a name, and the data made from them.", no_args_is_help=True
)

app.command()(contracts.import_contract)
app.command()(generate.generate)
app.command()(generate.abort)
app.command()(load.load)
app.command()(load_pack.load_pack)
app.command()(pools.diff)
app.command()(pools.refresh_pools)


def _service() -> "ExperimentService":
    from dw_simulator.service import ExperimentService  # noqa: PLC0415 - imports NumPy

    return ExperimentService()


@app.command()
def create(
    schema: Annotated[Path, typer.Argument(help="The schema: a .json or .yaml file.")],
    as_json: AsJson = False,
) -> None:
    """Store a schema as a new experiment."""
    show_created(_service().create(schema), as_json=as_json)


@app.command()
def import_sql(
    schema: Annotated[Path, typer.Argument(help="A file of CREATE TABLE statements.")],
    name: Annotated[str | None, typer.Option(help="What to call the experiment.")] = None,
    dialect: Annotated[
        str | None,
        typer.Option(help="The SQL dialect: redshift, snowflake, postgres, ...; dw-sim plugins lists them."),
    ] = None,
    into: Annotated[
        str | None,
        typer.Option(
            help="An experiment that is there, instead of --name: the tables join its own, and --dialect may "
            "be left out."
        ),
    ] = None,
    target_rows: TargetRows = None,
    infer: Infer = True,
    infer_references: InferReferences = True,
    as_of: AsOf = None,
    rules: RulesFile = None,
    var: Variables = None,
    beside: Beside = None,
    skip_unknown: SkipUnknown = False,
    as_json: AsJson = False,
) -> None:
    """Store the tables of a DDL script as a new experiment; names such as email or price get a rule.

    dw-sim experiment import-sql shop.sql --name shop --dialect redshift
    dw-sim experiment import-sql more.sql --into shop
    """
    options = import_options(target_rows, infer, infer_references, as_of, rules)
    script = script_options(var, beside, skip_unknown)
    if into is None:
        name, dialect = _needed(name, "--name"), _needed(dialect, "--dialect")
        created = _service().create_from(schema, name=name, dialect=dialect, script=script, **options)
    elif name is None:
        from dw_simulator.schema.reading import text_of  # noqa: PLC0415 - imports YAML

        created = _service().add_sql(text_of(schema), name=into, dialect=dialect, script=script, **options)
    else:
        raise typer.BadParameter("--into names the experiment, and so --name is too much")
    show_created(created, as_json=as_json, done="Created" if into is None else "Changed")


def _needed(value: str | None, option: str) -> str:
    """An option that is to be said. Raises BadParameter."""
    if value is None:
        raise typer.BadParameter(
            "is missing; say it, or --into for an experiment that is there", param_hint=option
        )
    return value


@app.command(name="list")
def list_(as_json: AsJson = False) -> None:
    """List every experiment."""
    from dw_simulator.interfaces.cli.output import show_json, show_table  # noqa: PLC0415

    stored = _service().list()
    rows: list[JsonObject] = [
        {
            "name": item.name,
            "tables": len(item.experiment.tables),
            "created_at": f"{item.created_at:%Y-%m-%d %H:%M:%S}",
            "warnings": len(item.warnings),
        }
        for item in stored
    ]
    if as_json:
        show_json(rows)
    elif rows:
        show_table(tuple(rows[0]), [tuple(row.values()) for row in rows], right=("tables", "warnings"))
    else:
        typer.echo("No experiments yet: dw-sim experiment import-sql --help", err=True)


def _one(stored: "StoredExperiment", name: str) -> "Table":
    """A table of an experiment. Raises UnknownNameError."""
    found = stored.experiment.table(name)
    if found is None:
        raise UnknownNameError("table", name, [table.name for table in stored.experiment.tables])
    return found


@app.command()
def show(
    name: Name,
    table: Annotated[str | None, typer.Argument(help="One of its tables; all when left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show an experiment: tables, columns, and the rule each column follows, with the reason."""
    from dw_simulator.interfaces.cli.describe import describe  # noqa: PLC0415
    from dw_simulator.interfaces.cli.output import show_json, show_line, show_table  # noqa: PLC0415

    stored = _service().get(name)
    shown = stored.experiment if table is None else stored.experiment.changed(tables=(_one(stored, table),))
    if as_json:
        show_json(shown.to_json())
        return
    for one in shown.tables:
        show_line(f"{one.name}  ({shown.rows_of(one):,} rows)")
        show_table(("column", "type", "key", "values", "why"), describe(one))
    tell_unsure(shown)
    warn(stored.warnings)


@app.command()
def ddl(
    name: Name,
    dialect: Annotated[
        str | None, typer.Option(help="The SQL dialect; the experiment's own when left out.")
    ] = None,
    with_inferred: Annotated[
        bool,
        typer.Option("--with-inferred", help="With references and keys that the import found by names."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Print an experiment's tables as CREATE TABLE statements."""
    from dw_simulator.interfaces.cli.output import show_json  # noqa: PLC0415

    written = _service().ddl(name, dialect, inferred=with_inferred)
    if as_json:
        show_json({"sql": written.sql, "warnings": written.warnings})
        return
    typer.echo(written.sql, nl=False)
    warn(written.warnings)


@app.command()
def delete(
    name: Name,
    leave_warehouses: Annotated[
        bool, typer.Option("--leave-warehouses", help="Leave its tables there, where they cannot be reached.")
    ] = False,
) -> None:
    """Delete an experiment, its runs, its managed output and its tables in warehouses."""
    _service().delete(name, warehouses=not leave_warehouses)
    typer.echo(f"Deleted {name}.", err=True)


@app.command()
def reset(name: Name) -> None:
    """Empty an experiment's warehouse tables and its managed output; its schema and runs stay."""
    _service().reset(name)
    typer.echo(f"Emptied {name}.", err=True)


@app.command()
def runs(name: Name, as_json: AsJson = False) -> None:
    """List an experiment's runs, newest first."""
    from dw_simulator.interfaces.cli.output import show_json, show_table  # noqa: PLC0415

    found = _service().runs(name)
    if as_json:
        show_json([run.__dict__ for run in found])
        return
    rows = [
        (
            run.id,
            run.status,
            f"{run.started_at:%Y-%m-%d %H:%M:%S}",
            f"{sum(run.row_counts.values()):,}",
            run.seed,
            run.error or "",
        )
        for run in found
    ]
    show_table(
        ("run", "status", "started (UTC)", "rows", "seed", "error"), rows, right=("run", "rows", "seed")
    )


@app.command()
def preview(
    name: NameOrFile,
    table: Annotated[str, typer.Argument(help="The table to look at.")],
    offset: Annotated[str, typer.Option(help="The first row to show; 0 is the first: 5, 2M, 1e12.")] = "0",
    count: Annotated[int, typer.Option(help="How many rows to show.")] = 10,
    rows: Rows = None,
    seed: Annotated[int, typer.Option(help="Show what a run with this seed makes.")] = 0,
    rules: RulesFile = None,
    dialect: DialectOfFile = None,
    infer_references: InferReferences = True,
    var: Variables = None,
    beside: Beside = None,
    skip_unknown: SkipUnknown = False,
    form: RowsAs = "table",
    as_json: AsJson = False,
) -> None:
    """Show rows of a table, from anywhere in it, without making the others.

    A seed of dbt: dw-sim experiment preview shop customers --count 50 --format csv > seeds/customers.csv
    """
    from dw_simulator.interfaces.cli.fixtures import show_rows  # noqa: PLC0415
    from dw_simulator.interfaces.cli.output import show_json, show_table  # noqa: PLC0415

    service, name, laid = opened(
        name,
        dialect,
        rules,
        infer_references=infer_references,
        script=script_options(var, beside, skip_unknown),
    )
    found = service.preview(
        name,
        table,
        offset=parse_count(offset),
        count=count,
        seed=seed,
        rows=parse_rows(rows or []),
        rules=laid,
    )
    if as_json:
        show_json(found.__dict__)
        return
    if form != "table":
        own = service.get(name).experiment.table(table)
        hidden = {column.name for column in own.columns if column.hidden} if own is not None else set()
        show_rows([{k: v for k, v in row.items() if k not in hidden} for row in found.rows], form)
        return
    columns = list(found.rows[0]) if found.rows else []
    cells = [
        (f"{found.offset + k:,}", *("NULL" if value is None else str(value) for value in row.values()))
        for k, row in enumerate(found.rows)
    ]
    show_table(("row", *columns), cells, right=("row",))
    typer.echo(f"{found.table} has {found.total:,} rows; seed {found.seed}", err=True)


@app.command()
def plan(
    name: NameOrFile,
    rows: Rows = None,
    scale: Scale = None,
    rules: RulesFile = None,
    dialect: DialectOfFile = None,
    infer_references: InferReferences = True,
    var: Variables = None,
    beside: Beside = None,
    skip_unknown: SkipUnknown = False,
    as_json: AsJson = False,
) -> None:
    """Check that an experiment can be generated, and show in which order its tables can be loaded."""
    from dw_simulator.interfaces.cli.describe import describe_later, describe_plan  # noqa: PLC0415
    from dw_simulator.interfaces.cli.output import show_json, show_line, show_table  # noqa: PLC0415

    service, name, laid = opened(
        name,
        dialect,
        rules,
        infer_references=infer_references,
        script=script_options(var, beside, skip_unknown),
    )
    found = service.plan(name, seed=0, rows=parse_rows(rows or []), scale=parse_scale(scale), rules=laid)
    if as_json:
        show_json(describe_plan(found))
        return
    counts = {table.name: table.rows for table in found.tables}
    lines = [(k + 1, table, f"{counts[table]:,}") for k, table in enumerate(found.load_order.tables)]
    show_table(("load", "table", "rows"), lines, right=("load", "rows"))
    for later in found.load_order.later:
        show_line(f"afterwards: {describe_later(later)}")
    warn(found.warnings)
