"""`dw-sim experiment generate` and `abort`, and `dw-sim generate` and `verify`, which need no experiment."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dw_simulator.interfaces.cli.arguments import (
    AsJson,
    AsOf,
    Beside,
    Compression,
    DialectOfFile,
    Executor,
    Format,
    Infer,
    InferReferences,
    LoadPack,
    LoadToo,
    Name,
    OutputDir,
    RefreshPools,
    Resume,
    Rows,
    RulesFile,
    Scale,
    Seed,
    SkipUnknown,
    TargetRows,
    Variables,
    Workers,
    import_options,
    script_options,
)
from dw_simulator.interfaces.cli.narration import tell_references, warn
from dw_simulator.interfaces.cli.row_counts import parse_names, parse_rows, parse_scale

if TYPE_CHECKING:
    from dw_simulator.service import ExperimentService, GenerateRequest, Summary


SchemaFile = Annotated[
    Path,
    typer.Argument(
        help="A schema (.json, .yaml), CREATE TABLE statements (.sql), or a contract: a dbt project, ODCS, "
        "SQLMesh, Avro, JSON Schema, DBML."
    ),
]
BesideFile = Annotated[
    str | None,
    typer.Option(help="A directory, or a URL such as s3://bucket/prefix; ./<name of file>-data."),
]


def generate(
    name: Name,
    rows: Rows = None,
    scale: Scale = None,
    seed: Seed = None,
    output_dir: OutputDir = None,
    format_: Format = None,
    compression: Compression = None,
    workers: Workers = None,
    executor: Executor = "threads",
    resume: Resume = False,
    load: LoadToo = False,
    load_pack: LoadPack = None,
    refresh_pools: RefreshPools = False,
    as_json: AsJson = False,
) -> None:
    """Generate every table of an experiment as files, Parquet unless another format is asked for."""
    from dw_simulator.service import ExperimentService, GenerateRequest  # noqa: PLC0415

    asked = GenerateRequest(
        parse_rows(rows or []),
        seed,
        output_dir,
        compression,
        workers,
        executor,
        resume=resume,
        load=load,
        load_pack=parse_names(load_pack),
        format=format_,
        refresh_pools=refresh_pools,
        scale=parse_scale(scale),
    )
    _show_summary(_generated(ExperimentService(), name, asked), as_json=as_json)


def generate_file(
    schema: SchemaFile,
    rows: Rows = None,
    scale: Scale = None,
    target_rows: TargetRows = None,
    seed: Seed = None,
    output_dir: BesideFile = None,
    format_: Format = None,
    dialect: DialectOfFile = None,
    rules: RulesFile = None,
    compression: Compression = None,
    workers: Workers = None,
    executor: Executor = "threads",
    load_pack: LoadPack = None,
    infer: Infer = True,
    infer_references: InferReferences = True,
    as_of: AsOf = None,
    var: Variables = None,
    beside: Beside = None,
    skip_unknown: SkipUnknown = False,
    as_json: AsJson = False,
) -> None:
    """Generate the tables of a schema file in one go: nothing is stored but the output."""
    from dw_simulator.service import ExperimentService, GenerateRequest  # noqa: PLC0415
    from dw_simulator.settings import load  # noqa: PLC0415

    imports = import_options(target_rows, infer, infer_references, as_of, rules)
    place = output_dir or Path(f"{schema.resolve().stem}-data")
    asked = GenerateRequest(
        parse_rows(rows or []),
        seed,
        place,
        compression,
        workers,
        executor,
        format=format_,
        load_pack=parse_names(load_pack),
        scale=parse_scale(scale),
    )
    service = ExperimentService(load(keep=False))
    created = service.create_from(
        schema,
        dialect=dialect,
        **imports,
        script=script_options(var, beside, skip_unknown),
    )
    if schema.suffix.lower() == ".sql" and dialect is None and not service.is_contract(schema):
        typer.echo(f"{schema} is read as {created.experiment.target_warehouse}", err=True)
    warn(created.warnings)
    tell_references(created.experiment)
    summary = _generated(service, created.experiment.name, asked)
    _show_summary(summary, as_json=as_json, recorded=False, told=created.warnings)


def _generated(service: "ExperimentService", name: str, asked: "GenerateRequest") -> "Summary":
    from dw_simulator.interfaces.cli.progress_bar import run_display  # noqa: PLC0415

    with run_display() as display:
        return service.generate(name, replace(asked, watch=display))


def _show_summary(
    summary: "Summary", *, as_json: bool, recorded: bool = True, told: Sequence[str] = ()
) -> None:
    from dw_simulator.interfaces.cli.output import show_json, show_line, size  # noqa: PLC0415

    if as_json:
        loaded = {**summary.loaded.__dict__, "rows": summary.loaded.rows} if summary.loaded else None
        faults = [fault.__dict__ for fault in summary.faults]
        show_json({**summary.__dict__, "rows": summary.rows, "loaded": loaded, "faults": faults})
        return
    _show_tables(summary)
    warn(warning for warning in summary.warnings if warning not in told)
    speed = summary.rows / summary.seconds
    run = f"run {summary.run_id}, " if recorded else ""
    show_line(
        f"{summary.rows:,} rows, {size(summary.bytes)} in {summary.seconds:.2f} s ({speed:,.0f} rows/s), "
        f"{run}seed {summary.seed}"
    )
    if summary.kept_parts:
        show_line(f"{summary.kept_parts} finished parts of the interrupted run were kept")
    show_line(f"Output: {summary.output_dir}")
    if summary.loaded:
        from dw_simulator.interfaces.cli.load import show_load  # noqa: PLC0415

        show_load(summary.loaded)


def _show_tables(summary: "Summary") -> None:
    from dw_simulator.interfaces.cli.output import show_table  # noqa: PLC0415

    rows = [(table, f"{count:,}", len(summary.files[table])) for table, count in summary.row_counts.items()]
    show_table(("table", "rows", "files"), rows, right=("rows", "files"))
    if summary.faults:
        wrong = [
            (f.table, f.kind, ", ".join(f.columns) or "whole rows", f"{f.rows:,}") for f in summary.faults
        ]
        show_table(("table", "wrong on purpose", "columns", "rows"), wrong, right=("rows",))


def abort(name: Name, as_json: AsJson = False) -> None:
    """Stop the run of an experiment that is going on in another process; nothing of it is published."""
    from dw_simulator.interfaces.cli.output import show_json  # noqa: PLC0415
    from dw_simulator.service import ExperimentService  # noqa: PLC0415

    run = ExperimentService().abort(name)
    if as_json:
        show_json({"id": run.id, "status": run.status, "error": run.error})
    elif run.active:
        typer.echo(f"Run {run.id} was asked to stop and has not answered yet.", err=True)
    else:
        typer.echo(f"Run {run.id}: {run.status}" + (f", {run.error}" if run.error else ""), err=True)
    if run.status != "ABORTED":
        raise typer.Exit(1)


def verify(
    directory: Annotated[str, typer.Argument(help="The --output-dir of a run.")],
    deep: Annotated[bool, typer.Option("--deep", help="Also make rows anew and compare them.")] = False,
    ranges: Annotated[int, typer.Option(min=0, help="With --deep: places to look at in each table.")] = 8,
    as_json: AsJson = False,
) -> None:
    """Check a run's files against their manifest: sizes, checksums, and with --deep the values."""
    from dw_simulator.interfaces.cli.output import show_json, show_line, size  # noqa: PLC0415
    from dw_simulator.service import ExperimentService  # noqa: PLC0415

    report = ExperimentService().verify(directory, deep=deep, ranges=ranges)
    if as_json:
        found = {name: value for name, value in report.__dict__.items() if name != "mismatches"}
        show_json({**found, "faults": [one.__dict__ for one in report.mismatches], "ok": report.ok})
    else:
        for mismatch in report.mismatches:
            show_line(f"WRONG {mismatch}")
        if report.mismatches:
            for note in report.notes:
                show_line(f"note: {note}")
        for one in report.apart:
            show_line(f"not compared: {one}")
        for one in report.checks:
            show_line(one)
        compared = f", {report.rows:,} rows made anew and compared" if deep else ""
        verdict = f"{len(report.mismatches)} faults" if report.mismatches else "all as the manifest says"
        show_line(f"{report.parts} files, {size(report.bytes)}{compared}: {verdict}")
    if not report.ok:
        raise typer.Exit(1)
