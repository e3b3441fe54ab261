"""`dw-sim judge`: what contradicts itself in a run, or in any folder of tables in Parquet."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dw_simulator.errors import RequestError, UnknownNameError, closest
from dw_simulator.interfaces.cli.arguments import AsJson
from dw_simulator.interfaces.cli.named_or_file import is_file
from dw_simulator.interfaces.cli.narration import warn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dw_simulator.judging.findings import Complaint, Judgement
    from dw_simulator.service import ExperimentService

_LIMIT = 50

What = Annotated[
    str,
    typer.Argument(
        metavar="NAME|DIR",
        help="The experiment's name, or a folder of tables: <table>/*.parquet.",
    ),
]
RunId = Annotated[int | None, typer.Option(min=1, help="Which run; the newest completed one when left out.")]
OnlyTables = Annotated[
    list[str] | None, typer.Option("--table", help="Tell of this table alone; repeatable.")
]
Strict = Annotated[bool, typer.Option("--strict", help="Remarks count, too: exit code 1 for them.")]
Seconds = Annotated[
    float, typer.Option(min=1, max=86_400, help="Stop looking after so many seconds, and say so.")
]
Limit = Annotated[int, typer.Option(min=1, help="The most findings that are shown; JSON has all.")]


def judge(
    what: What,
    run_id: RunId = None,
    table: OnlyTables = None,
    strict: Strict = False,
    seconds: Seconds = 600,
    limit: Limit = _LIMIT,
    as_json: AsJson = False,
) -> None:
    """Find what contradicts itself in a run, or in any folder of tables in Parquet.

    It looks at rows and names alone, not at the schema: moments out of order, in a row and along references;
    references to nothing; two ways to one parent that differ; sums and totals that do not come out; states
    without their stamps; versions that overlap; codes with wrong check digits; values that are none. Each is
    told with its count, a row that shows it, and what a rules file would say to mend it.

    Remarks tell what is dull rather than wrong: flat weekdays, even fan-out, filler.

    Exit codes: 0 nothing, or remarks alone; 1 contradictions, with --strict remarks, too, or not everything
    could be looked at; 2 a wrong request.

    dw-sim judge shop

    dw-sim judge exports/2026-01 --table orders --json
    """
    from dw_simulator.interfaces.cli.output import show_json  # noqa: PLC0415
    from dw_simulator.judging.hearing import Hearing  # noqa: PLC0415
    from dw_simulator.service import ExperimentService  # noqa: PLC0415

    service = ExperimentService()
    meant = _meant(service, what)
    if run_id is not None and isinstance(meant, Path):
        raise RequestError(f"--run-id is for experiments, and {what} is a folder")
    told = service.judge(meant, Hearing(run_id, table or (), seconds, _tell))
    _tell("")
    unknown = [name for name in table or () if name not in told.rows]
    if unknown:
        raise RequestError(f"there is no table {unknown[0]!r}{closest(unknown[0], list(told.rows))}")
    warn(told.notes)
    if as_json:
        show_json(told.as_json())
    else:
        _show(told, limit)
    if _counts(told, strict=strict) or not told.complete:
        raise typer.Exit(1)


def _meant(service: "ExperimentService", what: str) -> str | Path:
    """The name of an experiment, or a folder; an experiment where both are called so."""
    if is_file(what):
        return Path(what)
    try:
        service.get(what)
    except UnknownNameError:
        if Path(what).is_dir():
            return Path(what)
        known = [one.name for one in service.list()]
        raise RequestError(f"there is no experiment and no folder {what!r}{closest(what, known)}") from None
    return what


def _counts(told: "Judgement", *, strict: bool) -> bool:
    from dw_simulator.judging.findings import Severity  # noqa: PLC0415

    return bool(told.complaints) if strict else bool(told.of_severity(Severity.CONTRADICTION))


def _tell(text: str) -> None:
    """What is being done, on one line of a terminal that is written over."""
    import sys  # noqa: PLC0415

    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{printable(text[:100])}")
        sys.stderr.flush()


def _show(told: "Judgement", limit: int) -> None:
    from dw_simulator.interfaces.cli.output import show_line  # noqa: PLC0415
    from dw_simulator.judging.findings import Severity  # noqa: PLC0415

    wrong, dull = told.of_severity(Severity.CONTRADICTION), told.of_severity(Severity.REMARK)
    shown: Sequence[Complaint] = [*wrong, *dull][:limit]
    for one in shown:
        _show_one(one)
    rows = sum(told.rows.values())
    if len(wrong) + len(dull) > limit:
        show_line(f"{len(wrong) + len(dull) - limit} more; --limit or --json for all\n")
    show_line(
        f"{_many(len(wrong), 'contradiction')}, {_many(len(dull), 'remark')} "
        f"in {_many(len(told.rows), 'table')} of {rows:,} rows"
    )


def _show_one(one: "Complaint") -> None:
    from dw_simulator.interfaces.cli.output import show_line  # noqa: PLC0415

    show_line(printable(f"{one.severity.value}: {one.table}: {one.message}"))
    show_line(f"  {one.count:,} of {one.of:,} rows ({percent(one.share)})")
    if one.example:
        values = ", ".join(
            f"{name} = {'NULL' if value is None else value}" for name, value in one.example.items()
        )
        show_line(printable(f"  such as {values}"))
    if one.rule:
        for line in one.rule.splitlines():
            show_line(printable(f"    {line}"))
    show_line("")


def printable(text: str) -> str:
    """A text whose control characters a terminal does not follow: names come from anybody."""
    return "".join(
        one if one.isprintable() or one in "\n " else one.encode("unicode_escape").decode() for one in text
    )


def percent(share: float) -> str:
    """A share for people: 0.8 %."""
    text = f"{100 * share:.1f}" if share >= 0.001 else f"{100 * share:.2g}"
    return f"{text} %"


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
