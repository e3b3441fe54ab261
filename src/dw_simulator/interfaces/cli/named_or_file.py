"""What NAME|FILE means: an experiment that is stored, or a schema that is read and not kept."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from dw_simulator.interfaces.cli.arguments import inferring
from dw_simulator.interfaces.cli.narration import tell_references, warn

if TYPE_CHECKING:
    from dw_simulator.registry.script_options import ScriptOptions
    from dw_simulator.service import ExperimentService

_NAME = re.compile(r"[A-Za-z0-9_-]+")


def is_file(argument: str) -> bool:
    """Whether a file is meant: no experiment has a dot or a slash in its name."""
    return not _NAME.fullmatch(argument)


def opened(
    argument: str,
    dialect: str | None,
    rules: Path | None,
    *,
    infer_references: bool = True,
    script: "ScriptOptions | None" = None,
) -> tuple["ExperimentService", str, Path | None]:
    """(service, name of the experiment there, rules that are still to be laid over it).

    Raises RequestError for a dialect of an experiment and for how it is to be imported, and the errors of the
    service for a file that cannot be read, or rules that do not fit it.
    """
    from dw_simulator.errors import RequestError  # noqa: PLC0415
    from dw_simulator.service import ExperimentService  # noqa: PLC0415 - imports NumPy
    from dw_simulator.settings import load  # noqa: PLC0415

    if not is_file(argument):
        if dialect is not None:
            raise RequestError(f"--dialect is for files, and {argument} is the name of an experiment")
        if not infer_references:
            message = f"--no-infer-references is for files, and {argument} is the name of an experiment"
            raise RequestError(message)
        return ExperimentService(), argument, rules
    service = ExperimentService(load(keep=False))
    infer = inferring(True, infer_references)
    created = service.create_from(Path(argument), dialect=dialect, rules=rules, infer=infer, script=script)
    warn(created.warnings)
    tell_references(created.experiment)
    return service, created.experiment.name, None
