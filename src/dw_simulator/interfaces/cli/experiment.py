"""`dw-sim experiment`: create, import, look at, generate, delete."""

import re
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from dw_simulator.service import Created, ExperimentService, Summary

app = typer.Typer(
    help="Experiments: schemas under a name, and the data made from them.", no_args_is_help=True
)

Name = Annotated[str, typer.Argument(help="The experiment's name.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]

_FACTORS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "b": 10**9, "t": 10**12}


def parse_count(text: str) -> int:
    """50000, 50_000, 50k, 2M, 1.5M, 1e6 -> rows."""
    match = re.fullmatch(r"([0-9][0-9_]*(?:\.[0-9]+)?(?:e[0-9]{1,2})?)([kmgbt]?)", text.strip().lower())
    try:
        number = Decimal(match[1].replace("_", "")) * _FACTORS[match[2]] if match else None
    except InvalidOperation:
        number = None
    if number is None or number != number.to_integral_value():
        raise typer.BadParameter(f"{text!r} is not a number of rows; write 50000, 50_000, 50k, 2M or 1e6")
    return int(number)


def parse_rows(items: list[str]) -> dict[str, int]:
    """["orders=2M"] -> {"orders": 2000000}."""
    rows = {}
    for item in items:
        table, equals, count = item.rpartition("=")
        if not equals or not table:
            raise typer.BadParameter(
                f"{item!r} is not TABLE=COUNT; write orders=50k, say", param_hint="--rows"
            )
        rows[table] = parse_count(count)
    return rows


def _service() -> "ExperimentService":
    from dw_simulator.service import ExperimentService  # noqa: PLC0415 - imports NumPy

    return ExperimentService()


@app.command()
def create(
    schema: Annotated[Path, typer.Argument(help="The schema: a .json or .yaml file.")],
    as_json: AsJson = False,
) -> None:
    """Store a schema as a new experiment."""
    _show_created(_service().create(schema), as_json=as_json)


@app.command()
def import_sql(
    schema: Annotated[Path, typer.Argument(help="A file of CREATE TABLE statements.")],
    name: Annotated[str, typer.Option(help="What to call the experiment.")],
    dialect: Annotated[str, typer.Option(help="The SQL dialect: redshift, snowflake, postgres or duckdb.")],
    target_rows: Annotated[str | None, typer.Option(help="Rows of every table: 50000, 50k, 2M.")] = None,
    as_json: AsJson = False,
) -> None:
    """Store the tables of a DDL script as a new experiment; names such as email or price get a rule."""
    from dw_simulator.errors import RequestError  # noqa: PLC0415

    rows = parse_count(target_rows) if target_rows is not None else None
    try:
        sql = schema.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise RequestError(f"{schema} cannot be read: {reason}") from None
    created = _service().import_sql(sql, name=name, dialect=dialect, target_rows=rows)
    _show_created(created, as_json=as_json)


def _show_created(created: "Created", *, as_json: bool) -> None:
    from dw_simulator.interfaces.cli.output import show_json, show_table  # noqa: PLC0415

    experiment = created.experiment
    if as_json:
        show_json({"name": experiment.name, "warnings": created.warnings, "schema": experiment.to_json()})
        return
    rows = [
        (
            table.name,
            f"{table.declared_rows:,}",
            len(table.columns),
            sum(c.inferred is not None for c in table.columns),
        )
        for table in experiment.tables
    ]
    show_table(
        ("table", "rows", "columns", "rules from names"), rows, right=("rows", "columns", "rules from names")
    )
    for warning in created.warnings:
        typer.secho(f"warning: {warning}", fg=typer.colors.YELLOW, err=True)
    typer.echo(f"Created {experiment.name}. Next: dw-sim experiment generate {experiment.name}", err=True)


@app.command(name="list")
def list_(as_json: AsJson = False) -> None:
    """List every experiment."""
    from dw_simulator.interfaces.cli.output import show_json, show_table  # noqa: PLC0415

    stored = _service().list()
    rows = [
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


@app.command()
def show(name: Name, as_json: AsJson = False) -> None:
    """Show an experiment: tables, columns, and the rule each column follows, with the reason."""
    from dw_simulator.interfaces.cli.describe import describe  # noqa: PLC0415
    from dw_simulator.interfaces.cli.output import show_json, show_line, show_table  # noqa: PLC0415

    stored = _service().get(name)
    if as_json:
        show_json(stored.experiment.to_json())
        return
    for table in stored.experiment.tables:
        show_line(f"{table.name}  ({table.declared_rows:,} rows)")
        show_table(("column", "type", "key", "values", "why"), describe(table))
    for warning in stored.warnings:
        typer.secho(f"warning: {warning}", fg=typer.colors.YELLOW, err=True)


@app.command()
def ddl(
    name: Name,
    dialect: Annotated[
        str | None, typer.Option(help="The SQL dialect; the experiment's own when left out.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print an experiment's tables as CREATE TABLE statements."""
    from dw_simulator.interfaces.cli.output import show_json  # noqa: PLC0415

    written = _service().ddl(name, dialect)
    if as_json:
        show_json({"sql": written.sql, "warnings": written.warnings})
        return
    typer.echo(written.sql, nl=False)
    for warning in written.warnings:
        typer.secho(f"warning: {warning}", fg=typer.colors.YELLOW, err=True)


@app.command()
def delete(name: Name) -> None:
    """Delete an experiment, its runs and its managed output."""
    _service().delete(name)
    typer.echo(f"Deleted {name}.", err=True)


@app.command()
def runs(name: Name, as_json: AsJson = False) -> None:
    """List an experiment's runs, newest first."""
    from dw_simulator.interfaces.cli.output import show_json, show_table  # noqa: PLC0415

    found = _service().persistence.list_generation_runs(name)
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
        )
        for run in found
    ]
    show_table(("run", "status", "started (UTC)", "rows", "seed"), rows, right=("run", "rows", "seed"))


Rows = Annotated[list[str] | None, typer.Option(help="TABLE=COUNT, instead of the schema's; repeatable.")]


@app.command()
def preview(
    name: Name,
    table: Annotated[str, typer.Argument(help="The table to look at.")],
    offset: Annotated[str, typer.Option(help="The first row to show; 0 is the first: 5, 2M, 1e12.")] = "0",
    count: Annotated[int, typer.Option(help="How many rows to show.")] = 10,
    rows: Rows = None,
    seed: Annotated[int, typer.Option(help="Show what a run with this seed makes.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Show rows of a table, from anywhere in it, without making the others."""
    from dw_simulator.interfaces.cli.output import show_json, show_table  # noqa: PLC0415

    found = _service().preview(
        name, table, offset=parse_count(offset), count=count, seed=seed, rows=parse_rows(rows or [])
    )
    if as_json:
        show_json(found.__dict__)
        return
    columns = list(found.rows[0]) if found.rows else []
    cells = [
        (f"{found.offset + k:,}", *("NULL" if value is None else str(value) for value in row.values()))
        for k, row in enumerate(found.rows)
    ]
    show_table(("row", *columns), cells, right=("row",))
    typer.echo(f"{found.table} has {found.total:,} rows; seed {found.seed}", err=True)


@app.command()
def plan(name: Name, rows: Rows = None, as_json: AsJson = False) -> None:
    """Check that an experiment can be generated, and show in which order its tables can be loaded."""
    from dw_simulator.interfaces.cli.describe import describe_later, describe_plan  # noqa: PLC0415
    from dw_simulator.interfaces.cli.output import show_json, show_line, show_table  # noqa: PLC0415

    found = _service().plan(name, seed=0, rows=parse_rows(rows or []))
    if as_json:
        show_json(describe_plan(found))
        return
    counts = {table.name: table.rows for table in found.tables}
    lines = [(k + 1, table, f"{counts[table]:,}") for k, table in enumerate(found.load_order.tables)]
    show_table(("load", "table", "rows"), lines, right=("load", "rows"))
    for later in found.load_order.later:
        show_line(f"afterwards: {describe_later(later)}")
    for warning in found.warnings:
        typer.secho(f"warning: {warning}", fg=typer.colors.YELLOW, err=True)


@app.command()
def generate(
    name: Name,
    rows: Rows = None,
    seed: Annotated[
        int | None, typer.Option(help="The same seed makes the same data. Drawn when left out.")
    ] = None,
    output_dir: Annotated[Path | None, typer.Option(help="Where to put <table>/*.parquet.")] = None,
    compression: Annotated[str, typer.Option(help="zstd, snappy or none.")] = "zstd",
    workers: Annotated[int | None, typer.Option(help="How many at once; as many as there are cores.")] = None,
    executor: Annotated[str, typer.Option(help="threads or processes.")] = "threads",
    as_json: AsJson = False,
) -> None:
    """Generate every table of an experiment as Parquet files."""
    from dw_simulator.interfaces.cli.progress import run_display  # noqa: PLC0415
    from dw_simulator.service import GenerateRequest  # noqa: PLC0415

    asked = parse_rows(rows or [])
    with run_display() as display:
        request = GenerateRequest(
            rows=asked,
            seed=seed,
            output_dir=output_dir,
            compression=compression,
            workers=workers,
            executor=executor,
            started=display.started,
            progress=display.advanced,
        )
        summary = _service().generate(name, request)
    _show_summary(summary, as_json=as_json)


def _show_summary(summary: "Summary", *, as_json: bool) -> None:
    from dw_simulator.interfaces.cli.output import show_json, show_line, show_table, size  # noqa: PLC0415

    if as_json:
        show_json({**summary.__dict__, "rows": summary.rows})
        return
    rows = [(table, f"{count:,}", len(summary.files[table])) for table, count in summary.row_counts.items()]
    show_table(("table", "rows", "files"), rows, right=("rows", "files"))
    for warning in summary.warnings:
        typer.secho(f"warning: {warning}", fg=typer.colors.YELLOW, err=True)
    speed = summary.rows / summary.seconds
    show_line(
        f"{summary.rows:,} rows, {size(summary.bytes)} in {summary.seconds:.2f} s ({speed:,.0f} rows/s), "
        f"run {summary.run_id}, seed {summary.seed}"
    )
    show_line(f"Output: {summary.output_dir}")
