"""`dw-sim rules`: a rules file is written from DDL, checked against it, and described for editors."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dw_simulator.interfaces.cli.arguments import (
    AsJson,
    AsOf,
    DialectOfFile,
    InferReferences,
    TargetRows,
    inferring,
)
from dw_simulator.interfaces.cli.narration import warn
from dw_simulator.interfaces.cli.row_counts import parse_count, parse_moment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dw_simulator.service import ExperimentService

app = typer.Typer(
    help="Rules files: what the columns of your DDL mean, written once and laid over it at every import.",
    epilog="dw-sim rules init SCHEMA.sql -o rules.yaml, change what is wrong, "
    "then dw-sim generate SCHEMA.sql --rules rules.yaml.",
    no_args_is_help=True,
)
Script = Annotated[Path, typer.Argument(help="A file of CREATE TABLE statements.")]


@app.command()
def init(
    schema: Script,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file to write; shown when left out.")
    ] = None,
    dialect: DialectOfFile = None,
    target_rows: TargetRows = None,
    as_of: AsOf = None,
    infer_references: InferReferences = True,
    json_schema: Annotated[
        str | None,
        typer.Option("--schema", help="Where dw-sim rules schema was put: editors are told of it."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Write a rules file from DDL: every guess, why, and what else it might be; doubts come first.

    Laid over the same DDL, the file changes nothing.
    """
    from dw_simulator.errors import OutputError, RequestError  # noqa: PLC0415
    from dw_simulator.registry.script_import import ScriptImport  # noqa: PLC0415

    if output is not None and output.exists() and not force:
        raise RequestError(f"{output} is there already; --force writes over it")
    if schema.suffix.lower() in {".json", ".yaml", ".yml"} and dialect is None:
        raise RequestError(f"{schema} is no script of CREATE TABLE statements: a schema says its own rules")
    service = _transient()
    rows = parse_count(target_rows) if target_rows is not None else None
    infer = inferring(True, infer_references)
    made = ScriptImport(service.registry, service.rule, infer, as_of=parse_moment(as_of))
    proposal = made.proposal(schema, dialect, rows)
    text = proposal.written(service.rule, schema.name, json_schema)
    if output is None:
        typer.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{output} cannot be written: {error.strerror or error}") from None
    typer.echo(f"Wrote {output}. Next: dw-sim rules check {schema} {output}", err=True)


@app.command()
def check(
    schema: Annotated[
        Path, typer.Argument(help="CREATE TABLE statements (.sql), or a schema (.json, .yaml).")
    ],
    rules: Annotated[Path, typer.Argument(help="The rules file: .yaml or .json.")],
    dialect: DialectOfFile = None,
    as_json: AsJson = False,
) -> None:
    """Tell what is wrong with a rules file, and whether the data it asks for can be made. Stores nothing."""
    from dw_simulator.errors import Problem, ProblemsError, RequestError  # noqa: PLC0415
    from dw_simulator.interfaces.cli.output import show_json, show_line  # noqa: PLC0415

    warnings: list[str] = []
    try:
        _planned(schema, rules, dialect, warnings)
        problems: Sequence[Problem] = ()
    except ProblemsError as error:
        problems = error.problems
    except RequestError as error:
        problems = [Problem("", str(error))]
    if as_json:
        told = [{"place": one.place, "message": one.message, "hint": one.mend} for one in problems]
        show_json({"ok": not problems, "problems": told, "warnings": warnings})
    else:
        warn(warnings)
        for problem in problems:
            show_line(str(problem))
        count = len(problems)
        show_line(
            f"{count} problem{'s' if count != 1 else ''}"
            if count
            else "The rules fit, and the data can be made."
        )
    if problems:
        raise typer.Exit(2)


def _planned(schema: Path, rules: Path, dialect: str | None, warnings: list[str]) -> None:
    """Import a schema with its rules, and plan a run. Raises RequestError for what is wrong with them."""
    from dw_simulator.errors import PlanError  # noqa: PLC0415
    from dw_simulator.schema.overlay import RulesDocument, located  # noqa: PLC0415

    service = _transient()
    document = RulesDocument.of(rules)
    created = service.create_from(schema, dialect=dialect, rules=document)
    warnings += created.warnings
    try:
        plan = service.plan(created.experiment.name, seed=0)
    except PlanError as error:
        raise PlanError(located(error.problems, created.experiment, document)) from None
    warnings += [warning for warning in plan.warnings if warning not in warnings]


@app.command(name="schema")
def schema_() -> None:
    """Print the JSON Schema of a rules file, every rule's options in it, for editors."""
    from dw_simulator.interfaces.cli.output import show_json  # noqa: PLC0415
    from dw_simulator.registry.rules_schema import rules_schema  # noqa: PLC0415

    show_json(rules_schema())


def _transient() -> "ExperimentService":
    """A service that keeps nothing."""
    from dw_simulator.service import ExperimentService  # noqa: PLC0415 - imports NumPy
    from dw_simulator.settings import load  # noqa: PLC0415

    return ExperimentService(load(keep=False))
