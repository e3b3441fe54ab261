"""`dw-sim`: the commands that concern no single experiment, and the way out for errors."""

import gc
import os
import signal
import sys
import warnings
from types import FrameType
from typing import Any, TextIO

import typer

from dw_simulator import __version__
from dw_simulator.interfaces.cli import (
    agents,
    contracts,
    experiment,
    generate,
    import_db,
    judge,
    plugins,
    query,
    rules_commands,
    stack,
)
from dw_simulator.interfaces.cli import serve as api
from dw_simulator.interfaces.cli.arguments import AsJson
from dw_simulator.interfaces.cli.narration import warn
from dw_simulator.interfaces.cli.sql_argument import SqlCommand

app = typer.Typer(
    name="dw-sim",
    help="Synthetic data in the shape of your warehouse: from DDL or JSON to whole, repeatable tables.",
    epilog="First steps: dw-sim experiment import-sql SCHEMA.sql --name shop --dialect redshift, "
    "then dw-sim experiment generate shop.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(experiment.app, name="experiment")
app.add_typer(rules_commands.app, name="rules")
app.add_typer(stack.app, name="stack")
app.command(name="generate")(generate.generate_file)
app.command()(generate.verify)
app.command()(import_db.import_db)
app.command(cls=SqlCommand)(query.query)
app.command()(judge.judge)
app.command()(contracts.import_dbt)
app.command()(api.api)
app.command()(agents.mcp)
app.command()(plugins.plugins)
app.command()(plugins.schema)

# typer brings a click of its own; this is the base of everything it says about wrong words on the line
_UsageError: Any = next(base for base in typer.BadParameter.__mro__ if base.__name__ == "ClickException")

_show_warning = warnings.showwarning

_OBJECTS = 500_000
"""Made so many, Python looks for circles. By its own count, 700, it would search all modules and schemas
again and again while they are made: a tenth of a small job. What is large here are arrays, in no circle."""


@app.command()
def version(as_json: AsJson = False) -> None:
    """Show the program's version."""
    from dw_simulator.interfaces.cli.output import show_json  # noqa: PLC0415

    if as_json:
        show_json({"version": __version__})
    else:
        typer.echo(f"dw-simulator {__version__}")


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Check that everything the program needs is in order."""
    from dw_simulator.interfaces.cli.doctor import examine  # noqa: PLC0415
    from dw_simulator.interfaces.cli.output import show_json, show_table  # noqa: PLC0415

    findings = examine()
    if as_json:
        show_json([finding.__dict__ for finding in findings])
    else:
        show_table(
            ("", "what", "finding"), [("ok" if f.ok else "FAILS", f.what, f.finding) for f in findings]
        )
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


def run() -> None:
    """The entry point: runs a command and maps every error to its exit code."""
    from dw_simulator.errors import DwSimError  # noqa: PLC0415

    gc.set_threshold(_OBJECTS, *gc.get_threshold()[1:])
    signal.signal(signal.SIGTERM, _interrupt)
    warnings.showwarning = _tell
    try:
        code = app(standalone_mode=False)
    except (typer.Abort, KeyboardInterrupt):
        _complain("interrupted")
        sys.exit(130)
    except DwSimError as error:
        _complain(str(error))
        sys.exit(error.exit_code)
    except _UsageError as error:
        error.show()
        sys.exit(2)
    except OSError as error:  # files have errors of their own: this is a full or closed standard output
        _complain(f"cannot go on: {error.strerror or error}")
        sys.exit(1)
    except Exception as error:
        if os.environ.get("DW_SIM_DEBUG"):
            raise
        _complain(f"{type(error).__name__}: {error} (a fault of this program; DW_SIM_DEBUG=1 shows where)")
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    """A polite kill ends a run as Ctrl-C does."""
    raise KeyboardInterrupt


def _tell(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """A warning about a plugin is a line for people; any other shows where it comes from, as ever."""
    if category.__name__ == "PluginWarning":
        warn([" ".join(str(message).split())])
    else:
        _show_warning(message, category, filename, lineno, file, line)


def _complain(message: str) -> None:
    typer.secho("error: ", fg=typer.colors.RED, bold=True, err=True, nl=False)
    typer.echo(message, err=True)
