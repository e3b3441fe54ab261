"""Answering queries: from the files of a run, or from the warehouse that an experiment was loaded into."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from dw_simulator.errors import RequestError
from dw_simulator.loading.destinations import Destinations, owner_of
from dw_simulator.ports import manifest
from dw_simulator.ports.answers import Answer, TableSource
from dw_simulator.ports.changes import CopyOf, NewCopy
from dw_simulator.ports.manifest import PartEntry, TableEntry
from dw_simulator.ports.sink import PublishedFiles, Sink
from dw_simulator.ports.statement import Statement, TypedTables
from dw_simulator.ports.store import Run, StoredExperiment
from dw_simulator.ports.warehouse import WarehouseQuery
from dw_simulator.registry.manager import Registry
from dw_simulator.schema.enforceable import enforceable
from dw_simulator.schema.model import Column, Experiment
from dw_simulator.schema.placed import schemas_of
from dw_simulator.schema.shown import shown


@dataclass(frozen=True)
class Question:
    """One SELECT as it is asked.

    dialect  that the SQL is written in; where it is None, the engine's own for files, the experiment's
             `target_warehouse` for what was loaded
    limit    the most rows to read
    seconds  how long it may take in all
    """

    sql: str
    dialect: str | None = None
    limit: int | None = None
    seconds: float | None = None


class Answering:
    """Who answers questions.

    stage  the address that COPY and UNLOAD are bounded to; none where it is empty
    """

    def __init__(self, registry: Registry, destinations: Destinations, stage: str) -> None:
        self._registry, self._destinations, self._stage = registry, destinations, stage

    def from_files(self, asked: Question, experiment: Experiment, run: Run, sink: Sink) -> Answer:
        """The answer of a run's files. Raises SqlError, and RequestError for what is not there."""
        tables = self.tables(run, sink, experiment)
        engine = self._registry.engines.get()
        statement = self._statement(asked.sql, experiment, asked.dialect or engine.dialect, engine.dialect)
        return engine(statement, tables, schema=experiment.name, limit=asked.limit, seconds=asked.seconds)

    def from_warehouse(self, asked: Question, stored: StoredExperiment) -> Answer:
        """The answer of what the experiment was loaded into last. Raises WarehouseError, too."""
        experiment = stored.experiment
        warehouse = self._destinations.current(experiment)
        spoken = asked.dialect or experiment.target_warehouse or warehouse.dialect
        self._registry.dialects.get(spoken)  # before anything is opened

        def translate(text: str) -> Statement:
            return self._statement(text, experiment, spoken, warehouse.dialect)

        schemas = schemas_of(experiment)
        if len(schemas) > 1:
            raise RequestError(f"its tables lie in several schemas ({', '.join(schemas)}); ask its files")
        query = WarehouseQuery(
            asked.sql,
            schemas[0],
            owner_of(stored),
            spoken,
            translate,
            self._stage,
            asked.seconds,
            limit=None if asked.limit is None else asked.limit + 1,
        )
        held = ExitStack()
        try:
            statement, tables = held.enter_context(warehouse.answer(query))
            engine = self._registry.engines.get()
            answer = engine(statement, tables, schema=schemas[0], limit=asked.limit, seconds=asked.seconds)
        except BaseException:
            held.close()
            raise
        answer.held = held
        return answer

    def on_copy(
        self,
        asked: Question,
        stored: StoredExperiment,
        copy: Path,
        run_id: int | None,
        files: Callable[[], tuple[Run, Sink]],
    ) -> Answer:
        """The answer of a script that changes a scratch copy. Raises SqlError, RequestError, OutputError.

        run_id  the run that the copy has to be of; any where it is None
        files   the run, and its files, of which a copy is made that is not there yet
        """
        experiment = stored.experiment
        engine = self._registry.engines.get()
        spoken = asked.dialect or engine.dialect
        declare = partial(self._plain_tables, dialect=engine.dialect)
        script = self._registry.dialects.get(spoken).script(asked.sql, to=engine.dialect, declare=declare)
        if script is None:
            raise RequestError(f"scripts of the dialect {spoken} cannot be translated")

        def made() -> NewCopy:
            run, sink = files()
            return NewCopy(run.id, declare(experiment), self.tables(run, sink, experiment))

        origin = CopyOf(stored.name, owner_of(stored), run_id, _typed(experiment), made)
        return engine.change(script, copy, origin, limit=asked.limit, seconds=asked.seconds)

    def _plain_tables(self, experiment: Experiment, dialect: str) -> Sequence[str]:
        """Statements that make the tables without what no warehouse enforces: keys, references, CHECKs."""
        there, _told = enforceable(experiment)
        tables = tuple(table.changed(checks=()) for table in there.tables)
        return self._registry.dialects.get(dialect).write(there.changed(tables=tables), keys_late=True).tables

    def _statement(self, sql: str, experiment: Experiment, dialect: str, to: str) -> Statement:
        """SQL of one dialect for a database of another. Raises SqlError with its place."""
        if dialect == to == self._registry.engines.get().dialect:
            return Statement(sql)  # the engine looks at its own SQL itself, as its own parser reads it
        found = self._registry.dialects.get(dialect).translate(sql, to=to, tables=_typed(experiment))
        if found is None and dialect == to:
            return Statement(sql)
        if found is None:
            raise RequestError(f"SQL of the dialect {dialect} cannot be translated; write it as {to} has it")
        return found

    def tables(self, run: Run, sink: Sink, experiment: Experiment) -> Mapping[str, TableSource]:
        """Where an engine finds the tables of a run.

        Raises RequestError where they are not there any more. Equal schemas, seeds and rows make equal data:
        any manifest with these is as good as the run's own.
        """
        again = f"make them again: dw-sim experiment generate {run.experiment} --seed {run.seed}"
        try:
            files = sink.files()
            found = files.manifest()
        except RequestError as error:
            gone = f"the tables of run {run.id} are not in {run.output_dir} any more"
            raise RequestError(f"{gone} ({error}); {again}") from None
        if not found.is_of(run):
            raise RequestError(f"{run.output_dir} holds the tables of another run than {run.id}; {again}")
        if not self._registry.formats.get(found.format).scannable:
            reason = f"the tables of run {run.id} are {found.format}"
            raise RequestError(f"{reason}; only Parquet files are queried, so generate with --format parquet")
        columns = {table.name: table.columns for table in shown(experiment).tables}
        return {table.name: _source(files, table, columns[table.name], again) for table in found.tables}


def _typed(experiment: Experiment) -> TypedTables:
    """The tables that others see, with the types of their columns."""
    seen = shown(experiment).tables
    return {table.name: {column.name: column.type for column in table.columns} for table in seen}


def _source(files: PublishedFiles, table: TableEntry, columns: Sequence[Column], again: str) -> TableSource:
    local = [files.local_file(part) for part in table.parts]
    if None in local:
        return files.dataset(table.parts, columns)
    pairs = zip(local, table.parts, strict=True)
    return [_file(Path(files.root), Path(str(file)), part, again) for file, part in pairs]


def _file(root: Path, path: Path, part: PartEntry, again: str) -> Path:
    """A file as the manifest describes it."""
    if not path.resolve().is_relative_to(root.resolve()):
        raise RequestError(f"{root / manifest.FILE_NAME} names {part.file}, which is not below it; {again}")
    try:
        size = path.stat().st_size
    except OSError as error:
        raise RequestError(f"{path} cannot be read: {error.strerror}; {again}") from None
    if size != part.bytes:
        raise RequestError(f"{path} was changed: it has {size:,} bytes, not {part.bytes:,}; {again}")
    return path
