"""From a script of CREATE TABLE statements to an experiment: whose SQL it is, and what columns may mean."""

import re
from dataclasses import dataclass
from pathlib import Path

from dw_simulator.errors import RequestError, SqlError
from dw_simulator.planning import without_broken_guesses
from dw_simulator.ports.dialect import Dialect
from dw_simulator.registry.manager import Registry
from dw_simulator.registry.rulebook import Rulebook
from dw_simulator.registry.shelves import Shelf
from dw_simulator.schema import inference, reading
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.model import Experiment

_UNPLACED = 1 << 30
_LONGEST_NAME = 40


@dataclass(frozen=True)
class ScriptImport:
    """Imports scripts with the dialects and rules of a registry.

    infer  give every column a rule whose name, type and neighbours say enough
    """

    registry: Registry
    rules: Rulebook
    infer: bool = True

    def of_sql(self, sql: str, name: str, dialect: str, rows: int | None) -> tuple[Experiment, list[str]]:
        """The experiment, and what its author should know. rows: of every table; as usual where it is None.

        Raises UnknownNameError for the dialect, SqlError and SchemaError for what cannot be read.
        """
        ddl = self.registry.dialects.get(dialect).read(sql)
        tables = ddl.tables if rows is None else [{**table, "target_rows": rows} for table in ddl.tables]
        data: Json = {"name": name, "tables": tables, "target_warehouse": dialect}
        experiment = reading.parse(data, strict_names=False)
        if self.infer:
            experiment = inference.infer(experiment, self.rules)
        experiment, given_up = without_broken_guesses(experiment, self.rules)
        return experiment, [*ddl.warnings, *self.rules.not_understood(experiment), *given_up]

    def of_file(
        self, path: Path, name: str | None, dialect: str | None, rows: int | None
    ) -> tuple[Experiment, list[str]]:
        """The same of a file.

        name     the file's own name when it is None
        dialect  the one that reads the file best when it is None

        Raises RequestError for a file that cannot be read.
        """
        sql = reading.text_of(path)
        name = name or re.sub(r"[^A-Za-z0-9]+", "_", path.stem).strip("_")[:_LONGEST_NAME] or "schema"
        return self.of_sql(sql, name, dialect or guessed(sql, self.registry.dialects), rows)


def guessed(sql: str, dialects: Shelf[Dialect]) -> str:
    """The name of the dialect that reads a script with the fewest warnings; of several the first registered.

    Raises what the one says that came furthest when none can read it.
    """
    found: dict[str, int] = {}
    refusals: list[RequestError] = []
    for name, dialect in dialects.usable().items():
        try:
            found[name] = len(dialect.read(sql).warnings)
        except RequestError as error:
            refusals.append(error)
    if not found:
        raise max(refusals, key=_line_of)
    return min(found, key=lambda name: found[name])


def _line_of(error: RequestError) -> int:
    """How far a dialect came: to the line of its error, or to the end of a script that it could read."""
    return error.line if isinstance(error, SqlError) else _UNPLACED
