"""Arguments and options that several commands take, with their help."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypedDict

import typer

from dw_simulator.interfaces.cli.row_counts import parse_count, parse_moment

if TYPE_CHECKING:
    from datetime import date

    from dw_simulator.registry.script_options import ScriptOptions

Name = Annotated[str, typer.Argument(help="The experiment's name.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]
Rows = Annotated[list[str] | None, typer.Option(help="TABLE=COUNT, instead of the schema's; repeatable.")]
Scale = Annotated[
    str | None,
    typer.Option(
        help="So many times the rows of every table: 10, 0.1, 2k. Tables that --rows names, that are written "
        "out, or that follow other tables are left out."
    ),
]
Seed = Annotated[int | None, typer.Option(help="The same seed makes the same data. Drawn when left out.")]
OutputDir = Annotated[
    str | None,
    typer.Option(help="Where to put the tables: a directory, or a URL such as s3://bucket/prefix."),
]
Format = Annotated[
    str | None,
    typer.Option("--format", help="parquet (the default), parquet-plain (for old readers), csv or jsonl."),
]
Compression = Annotated[
    str | None, typer.Option(help="zstd (the default), none; snappy for Parquet, gzip for the others.")
]
Workers = Annotated[int | None, typer.Option(help="How many at once; as many as there are cores.")]
LoadPack = Annotated[
    str | None,
    typer.Option(
        help="Write load/, scripts that take the tables into a warehouse: redshift,snowflake, or all."
    ),
]
Infer = Annotated[
    bool,
    typer.Option(
        "--infer/--no-infer",
        help="Choose rules for imported columns by their names and neighbours.",
    ),
]
InferReferences = Annotated[
    bool,
    typer.Option(
        "--infer-references/--no-infer-references",
        help="Imported columns that are named as another table's key reference it.",
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        help="The present of the data, such as 2026-01-31: dates that name no end of their own end there."
    ),
]
Executor = Annotated[str, typer.Option(help="threads or processes.")]
TargetRows = Annotated[str | None, typer.Option(help="Rows of every table: 50000, 50k, 2M.")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with the last run, if unfinished.")]
LoadToo = Annotated[bool, typer.Option("--load", help="Load the tables into the warehouse, too.")]
RefreshPools = Annotated[
    bool,
    typer.Option("--refresh-pools", help="Let the installed Faker make its values anew, and keep them."),
]
RulesFile = Annotated[
    Path | None,
    typer.Option(
        "--rules",
        help="A rules file (.yaml, .json) to lay over the schema; dw-sim rules init writes one.",
    ),
]
NameOrFile = Annotated[
    str,
    typer.Argument(
        metavar="NAME|FILE",
        help="The experiment's name, or a schema: a .sql, .json or .yaml file, or a contract or dbt project. "
        "Nothing of a file is stored.",
    ),
]
DialectOfFile = Annotated[
    str | None, typer.Option("--dialect", help="The dialect of a .sql file; found out when left out.")
]


Variables = Annotated[
    list[str] | None,
    typer.Option(
        "--var",
        help="NAME=VALUE: what a placeholder of a .sql file stands for, such as {{ NAME }}; repeatable.",
    ),
]
Beside = Annotated[
    list[Path] | None,
    typer.Option("--with", help="Another .sql file, with tables that the first one references; repeatable."),
]
SkipUnknown = Annotated[
    bool,
    typer.Option("--skip-unknown", help="Leave columns out whose types nobody knows, and tell them."),
]


class ImportOptions(TypedDict):
    """What every import takes, by the names that the service has for it."""

    target_rows: int | None
    infer: 'bool | Literal["values"]'
    as_of: "date | None"
    rules: Path | None


def import_options(
    target_rows: str | None, infer: bool, infer_references: bool, as_of: str | None, rules: Path | None
) -> ImportOptions:
    """What is to be imported how, by five options."""
    return {
        "target_rows": None if target_rows is None else parse_count(target_rows),
        "infer": inferring(infer, infer_references),
        "as_of": parse_moment(as_of),
        "rules": rules,
    }


def script_options(
    variables: Sequence[str] | None, beside: Sequence[Path] | None, skip_unknown: bool
) -> "ScriptOptions":
    """How a script is to be read, by three options. Raises RequestError for what is no NAME=VALUE."""
    from dw_simulator.errors import RequestError  # noqa: PLC0415
    from dw_simulator.registry.script_options import ScriptOptions  # noqa: PLC0415

    said = {}
    for one in variables or ():
        name, sign, value = one.partition("=")
        if not sign or not name.strip():
            raise RequestError(f"--var {one!r} names no value; write it like --var schema=raw")
        said[name.strip()] = value
    return ScriptOptions(said, tuple(beside or ()), skip_unknown)


def inferring(infer: bool, references: bool) -> 'bool | Literal["values"]':
    """What an import infers, by both options."""
    return infer if references else infer and "values"
