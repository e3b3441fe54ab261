"""`dw-sim query`: SQL over what a run has made."""

import json
import re
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dw_simulator.errors import RequestError, UnknownNameError
from dw_simulator.interfaces.cli.arguments import AsJson, Name
from dw_simulator.ports.result_formats import RESULT_FORMATS, format_of

if TYPE_CHECKING:
    from dw_simulator.ports.answers import Answer
    from dw_simulator.ports.changes import Changed
    from dw_simulator.schema.json_data import Json

_TABLE = "table"
_SHOWN_ROWS = 100
_JSON_ROWS = 10_000
_NUMBER = re.compile(r"[A-Z]*INT|INTEGER|UINTEGER|FLOAT|DOUBLE|DECIMAL\(\d+,\d+\)")


Sql = Annotated[str | None, typer.Argument(help="One SELECT; - reads it from standard input.")]
SqlFile = Annotated[Path | None, typer.Option(help="A file with the SELECT.")]
SpokenDialect = Annotated[
    str | None, typer.Option(help="What the SQL is written in: redshift, snowflake, ...; duckdb.")
]
RunId = Annotated[int | None, typer.Option(min=1, help="A run; the newest completed one.")]
Output = Annotated[
    Path | None,
    typer.Option(help="Write every row to a .csv, .parquet, .arrow, .json or .jsonl file."),
]
Form = Annotated[
    str | None,
    typer.Option(
        "--format",
        help="Print a table (as usual), csv, json, jsonl, parquet, arrow, or arrows (a stream).",
    ),
]
Limit = Annotated[
    int | None,
    typer.Option(min=1, help="The most rows: 100 in a table, 10,000 as --json, otherwise all."),
]
Seconds = Annotated[float | None, typer.Option(min=0.001, help="Stop after so many seconds.")]
Writable = Annotated[
    Path | None,
    typer.Option(
        metavar="COPY",
        help="Change tables, too, on a copy of the run in this DuckDB file, which is made at first.",
    ),
]
Loaded = Annotated[
    bool, typer.Option("--loaded", help="Ask the warehouse it was loaded into, not the run's files.")
]


def query(
    name: Name,
    sql: Sql = None,
    file: SqlFile = None,
    dialect: SpokenDialect = None,
    run_id: RunId = None,
    output: Output = None,
    form: Form = None,
    limit: Limit = None,
    seconds: Seconds = None,
    loaded: Loaded = False,
    writable: Writable = None,
    as_json: AsJson = False,
) -> None:
    """Query the tables of an experiment's newest run.

    The tables go by their names, or by the experiment's and theirs; nothing else can be read, and nothing
    can be changed.

    dw-sim query tickit "SELECT count(*) FROM sales"

    dw-sim query tickit "SELECT catname, sum(pricepaid) FROM sales JOIN event USING (eventid) JOIN category
    USING (catid) GROUP BY 1" --output revenue.csv

    dw-sim query tickit --file report.sql --dialect redshift

    dw-sim query tickit "FROM sales" --format csv | gzip > sales.csv.gz

    dw-sim query tickit --file merge.sql --dialect snowflake --writable try.duckdb
    """
    from dw_simulator.service import ExperimentService  # noqa: PLC0415

    text = _sql(sql, file)
    way = _way(output, form, as_json=as_json)
    most = limit or {_TABLE: _SHOWN_ROWS, None: _JSON_ROWS}.get(way)
    if writable is not None and loaded:
        raise RequestError("say either --loaded or --writable; a warehouse is only read")
    service = ExperimentService()
    ask = (
        partial(service.query, loaded=loaded) if writable is None else partial(service.change, copy=writable)
    )
    with ask(name, text, dialect=dialect, run_id=run_id, limit=most, seconds=seconds) as answer:
        for change in () if answer.tells_changes else answer.changes:
            _tell(change)
        _show(answer, output, way)
    if answer.truncated and not (way in RESULT_FORMATS and limit):
        typer.echo(f"cut at {answer.count:,} rows; --limit or --output FILE for more", err=True)


def _tell(change: "Changed") -> None:
    """What a statement has done, beside the rows of a query behind it."""
    rows = "" if change.rows is None else f", {change.rows:,} row{'' if change.rows == 1 else 's'}"
    typer.echo(f"line {change.line}: {change.statement}{rows}", err=True)


def _way(output: Path | None, form: str | None, *, as_json: bool) -> str | None:
    """The format of what is printed or written; None for the JSON of `--json`. Raises RequestError."""
    if form is not None and form not in (_TABLE, *RESULT_FORMATS):
        raise UnknownNameError("format of results", form, (_TABLE, *RESULT_FORMATS))
    if form is not None and as_json:
        raise RequestError("say either --json or --format")
    if output is not None and form == _TABLE:
        raise RequestError("a table is printed; leave --output out, or choose another --format")
    if output is not None:
        return form or format_of(output)
    if form is None:
        return None if as_json else _TABLE
    if form != _TABLE and not RESULT_FORMATS[form].is_text and sys.stdout.isatty():
        ending = RESULT_FORMATS[form].endings[0]
        raise RequestError(f"{form} is not for a terminal; write --output FILE{ending}, or > FILE{ending}")
    return form


def _show(answer: "Answer", output: Path | None, way: str | None) -> None:
    if way is None:
        _show_json(answer)
        return
    if output is not None:
        answer.write(output, way)
    elif way == _TABLE:
        _show_table(answer)
    else:
        sys.stdout.buffer.writelines(answer.pieces(way))
        sys.stdout.buffer.flush()
    written = f" written to {output}" if output else ""
    plural = "" if answer.count == 1 else "s"
    typer.echo(f"{answer.count:,} row{plural}{written} in {answer.seconds:.2f} s", err=True)


def _sql(sql: str | None, file: Path | None) -> str:
    from dw_simulator.schema.reading import text_of  # noqa: PLC0415

    if (sql is None) == (file is None):
        raise RequestError(
            "say what to ask: a SELECT in quotes, or --file QUERY.sql, or - and the SQL on stdin"
        )
    if file is not None:
        return text_of(file)
    return sys.stdin.read() if sql == "-" else str(sql)


def _show_json(answer: "Answer") -> None:
    from dw_simulator.interfaces.cli.output import show_json  # noqa: PLC0415

    rows = list(answer.rows())
    columns = [column._asdict() for column in answer.columns]
    show_json(
        {
            "columns": columns,
            "rows": rows,
            "row_count": answer.count,
            "truncated": answer.truncated,
            "seconds": round(answer.seconds, 3),
            **({"changes": [change._asdict() for change in answer.changes]} if answer.changes else {}),
        }
    )


def _show_table(answer: "Answer") -> None:
    from dw_simulator.interfaces.cli.output import show_table  # noqa: PLC0415

    rows = [[_cell(value) for value in row.values()] for row in answer.rows()]
    names = [column.name for column in answer.columns]
    right = [column.name for column in answer.columns if _NUMBER.fullmatch(column.type)]
    show_table(names, rows, right=right)


def _cell(value: "Json") -> str:
    if value is None:
        return "NULL"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
