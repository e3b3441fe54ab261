"""What HTTP takes and answers. The OpenAPI document is made of these models."""

import os
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue

from dw_simulator.ports.progress import RunEvent
from dw_simulator.ports.store import Run, StoredExperiment
from dw_simulator.ports.warehouse import LoadSummary
from dw_simulator.runs.experiment_pools import Difference
from dw_simulator.schema.declared import Moment
from dw_simulator.service import MAX_PREVIEW, MAX_SEED, Created, Preview, Summary

RowCount = Annotated[int, Field(ge=0, le=1 << 53)]
Rows = Mapping[str, RowCount]
Status = Literal["QUEUED", "RUNNING", "COMPLETED", "FAILED", "ABORTED"]
Seed = Annotated[int, Field(ge=0, le=MAX_SEED)]


def _utc(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC)


UtcTime = Annotated[datetime, AfterValidator(_utc)]
"""A time of the store, which are all UTC, as such."""


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Query(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, ser_json_bytes="hex")


# --- requests


class _Options(_Body):
    target_rows: RowCount | None = Field(None, description="rows of every table")
    infer: bool = Field(True, description="choose rules for columns by their names, types and neighbours")
    infer_references: bool = Field(
        True, description="with infer: columns that are named as another table's key reference it"
    )
    as_of: Moment | None = Field(
        None, description="the present of the data; the day of the import when left out"
    )
    rules: dict[str, JsonValue] | None = Field(
        None,
        description="what stands in a rules file, laid over the tables: `dw-sim rules schema` describes it",
    )

    @property
    def inferring(self) -> bool | Literal["values"]:
        """What the import infers."""
        return self.infer if self.infer_references else self.infer and "values"


class _Import(_Options):
    name: str


class _Script(_Options):
    sql: str
    variables: dict[str, str] = Field(
        default_factory=dict, max_length=1000, description="what placeholders such as {{ name }} stand for"
    )
    skip_unknown: bool = Field(False, description="leave columns out whose types nobody knows, and tell them")


class ImportSql(_Script, _Import):
    """CREATE TABLE statements, and the dialect they are written in."""

    dialect: str


class AddSql(_Script):
    """CREATE TABLE statements for an experiment that is there."""

    dialect: str | None = Field(None, description="the experiment's own when left out")


class ImportContract(_Import):
    """The text of a contract: ODCS, dbt's manifest, a SQLMesh model, Avro, JSON Schema, DBML."""

    text: str
    format: str | None = Field(None, description="which of them; found out when left out")
    dialect: str | None = Field(None, description="whose types and SQL stand in it, where it does not say so")
    take: list[str] = Field(
        default_factory=list, max_length=10, description="which parts: sources, models, seeds of a manifest"
    )


class Generate(_Body):
    """A run; everything may be left out."""

    rows: Rows = Field(
        default_factory=dict, max_length=10_000, description="other row counts than the schema's, by table"
    )
    scale: Annotated[float, Field(gt=0, le=1e9)] | None = Field(
        None,
        description="so many times the rows of every table; not of those that rows names, that are written "
        "out or that follow other tables",
    )
    seed: Seed | None = Field(
        None, description="drawn and recorded when left out; JavaScript is exact up to 2^53"
    )
    output_dir: str | None = Field(
        None,
        min_length=1,
        max_length=1000,
        description="below the server's output root, or a URL below its stage",
    )
    format: Literal["parquet", "parquet-plain", "csv", "jsonl"] | None = Field(
        None, description="parquet when left out"
    )
    compression: Literal["zstd", "snappy", "gzip", "none"] | None = Field(
        None, description="zstd when left out; snappy is for Parquet, gzip for the others"
    )
    workers: Annotated[int, Field(ge=1, le=os.cpu_count() or 1)] | None = Field(
        None, description="how many at once; as many as there are cores when left out"
    )
    resume: bool = Field(False, description="go on with the last run, which was not completed")
    load_pack: list[str] = Field(
        default_factory=list,
        max_length=100,
        description="write scripts that take the tables into these dialects' warehouses, or `all`",
    )
    load: bool = Field(False, description="load the tables into the experiment's warehouse, too")
    refresh_pools: bool = Field(
        False, description="let the installed Faker make its values anew, and keep them; not with resume"
    )


class Load(_Body):
    """Which run to load."""

    run_id: Annotated[int, Field(ge=1, le=(1 << 31) - 1)] | None = Field(
        None, description="the newest complete run when left out"
    )


class LoadPackQuery(_Query):
    """Which scripts, and of which run."""

    dialect: str = Field(description="whose warehouse the files are taken into, or `all`")
    run_id: int | None = Field(
        None, ge=1, le=(1 << 31) - 1, description="the newest complete run when left out"
    )


class ExecuteQuery(_Body):
    """One SELECT over the tables of a run."""

    experiment_name: str
    sql: str = Field(min_length=1, max_length=1_000_000)
    dialect: str | None = Field(None, description="that the SQL is written in; DuckDB's own when left out")
    run_id: Annotated[int, Field(ge=1, le=(1 << 31) - 1)] | None = Field(
        None, description="the newest completed run when left out"
    )
    limit: Annotated[int, Field(ge=1, le=100_000)] | None = Field(
        None, description="the most rows; when left out 10,000 as JSON, all in other formats"
    )


class Page(_Query):
    """Which part of a list."""

    limit: int | None = Field(None, ge=1, le=1000, description="how many; all when left out")
    offset: int = Field(0, ge=0, le=1 << 53, description="how many to leave out at the beginning")


class RunPage(_Query):
    """Which runs."""

    limit: int = Field(100, ge=1, le=1000, description="how many")
    offset: int = Field(0, ge=0, le=1 << 53, description="how many of the newest to leave out")


class PreviewQuery(_Query):
    """Which rows to show."""

    table: str = Field(description="the table to look at")
    rows: int = Field(10, ge=1, le=MAX_PREVIEW, description="how many rows")
    offset: int = Field(0, ge=0, le=1 << 63, description="the first row to show; 0 is the first of the table")
    seed: Seed = Field(0, description="show what a run with this seed makes")


class DdlQuery(_Query):
    """In which dialect."""

    dialect: str | None = Field(None, description="the experiment's own when left out")
    with_inferred: bool = Field(
        False, description="with the references and keys that an import has found, and no script declares"
    )


# --- answers


class ProblemDetail(_Answer):
    """One thing that is wrong, its place in the request, and what mends it.

    hint     what mends it; `mend` says the same until the next release
    excerpt  of a script: the line, and beneath it what is meant, underlined
    """

    place: str
    message: str
    hint: str
    mend: str
    excerpt: str = ""


class ProblemShape(_Answer):
    """Any error."""

    title: str
    status: int
    detail: str
    problems: list[ProblemDetail] = []


class Health(_Answer):
    """Liveness."""

    status: str
    version: str


class ExperimentItem(_Answer):
    """An experiment in a list."""

    name: str
    table_count: int
    created_at: UtcTime
    warnings: list[str]

    @classmethod
    def of(cls, stored: StoredExperiment) -> Self:
        tables = len(stored.experiment.tables)
        warnings = list(stored.warnings)
        return cls(name=stored.name, table_count=tables, created_at=stored.created_at, warnings=warnings)


class ExperimentList(_Answer):
    """Experiments by name. next: the address of the following ones."""

    experiments: list[ExperimentItem]
    total: int
    next: str | None


class CreatedShape(_Answer):
    """A stored experiment: its tables as they were understood, and what its author should know."""

    name: str
    tables: list[dict[str, Any]]
    warnings: list[str]

    @classmethod
    def of(cls, created: Created) -> Self:
        experiment = created.experiment
        tables: Any = experiment.to_json()["tables"]
        return cls(name=experiment.name, tables=tables, warnings=list(created.warnings))


class PreviewShape(_Answer):
    """Rows of a table, bytes in them as hexadecimal digits. total: how many it has."""

    experiment: str
    table: str
    seed: int
    offset: int
    total: int
    rows: list[dict[str, Any]]

    @classmethod
    def of(cls, preview: Preview) -> Self:
        return cls(**asdict(preview))


class ColumnShape(_Answer):
    """A column of a result: no other has its name."""

    name: str
    type: str


class ResultShape(_Answer):
    """What a query has found: decimals, dates and times as text, bytes as hexadecimal digits.

    truncated: there are more rows than these
    seconds: how long the query took
    """

    experiment: str
    run_id: int
    columns: list[ColumnShape]
    rows: list[dict[str, Any]]
    row_count: int
    truncated: bool
    seconds: float


class DdlShape(_Answer):
    """CREATE TABLE statements, and what the dialect has no words for."""

    sql: str
    warnings: list[str]


class ChangedColumnShape(_Answer):
    """A column with other values: by this program, or by pools made anew."""

    table: str
    column: str
    causes: list[Literal["program", "pools"]]
    pools: list[str]


class ChangedPoolShape(_Answer):
    """A pool that is kept from one version and would be made otherwise by the installed one (now).

    changed: how many of its values differ
    """

    name: str
    made_by: str
    now: str
    values: int
    changed: int


class DifferenceShape(_Answer):
    """What new versions of this program and of Faker change. since: null where no run has recorded values."""

    experiment: str
    since: dict[str, str] | None
    now: dict[str, str]
    columns: list[ChangedColumnShape]
    pools: list[ChangedPoolShape]
    refused: dict[str, str]

    @classmethod
    def of(cls, difference: Difference) -> Self:
        return cls(**asdict(difference))


class LoadShape(_Answer):
    """Tables in a warehouse. how: in what way the rows came in; place: its URL without the password."""

    run_id: int
    experiment: str
    place: str
    schema_name: str
    rows: int
    row_counts: dict[str, int]
    how: str
    seconds: float
    warnings: list[str]

    @classmethod
    def of(cls, loaded: LoadSummary) -> Self:
        fields = {**loaded.__dict__, "warnings": list(loaded.warnings), "schema_name": loaded.schema}
        return cls(**{name: fields[name] for name in cls.model_fields if name in fields}, rows=loaded.rows)


class LoadPackShape(_Answer):
    """Scripts that take the files of a run into a warehouse, by their places below the run's output."""

    run_id: int
    files: dict[str, str]


class FaultShape(_Answer):
    """Rows of a table that are wrong on purpose, in these columns or, where none are named, in all."""

    table: str
    kind: str
    columns: list[str]
    rows: int


class SummaryShape(_Answer):
    """A run that is complete."""

    run_id: int
    experiment: str
    status: Status
    seed: int
    output_dir: str
    rows: int
    row_counts: dict[str, int]
    files: dict[str, list[str]]
    bytes: int
    seconds: float
    warnings: list[str]
    kept_parts: int
    loaded: LoadShape | None
    faults: list[FaultShape]

    @classmethod
    def of(cls, summary: Summary) -> Self:
        loaded = LoadShape.of(summary.loaded) if summary.loaded else None
        faults = [FaultShape(**asdict(one) | {"columns": list(one.columns)}) for one in summary.faults]
        fields = {**summary.__dict__, "warnings": list(summary.warnings), "loaded": loaded, "faults": faults}
        return cls(**fields, rows=summary.rows, status="COMPLETED")


class RunShape(_Answer):
    """A run, whatever state it is in: QUEUED, RUNNING, COMPLETED, FAILED or ABORTED. Times are UTC."""

    id: int
    experiment: str
    status: Status
    seed: int
    requested_rows: dict[str, int]
    planned_rows: dict[str, int]
    row_counts: dict[str, int]
    output_dir: str
    compression: str
    format: str
    program_version: str
    schema_hash: str | None
    resumes: int | None
    started_at: UtcTime
    heartbeat_at: UtcTime | None
    completed_at: UtcTime | None
    error: str | None
    traceback: str | None

    @classmethod
    def of(cls, run: Run) -> Self:
        return cls(**{name: getattr(run, name) for name in cls.model_fields})


class RunList(_Answer):
    """Runs, newest first. next: the address of the following ones."""

    runs: list[RunShape]
    total: int
    next: str | None


class EventShape(_Answer):
    """A run at one moment."""

    run_id: int
    experiment: str
    status: Status
    done: dict[str, int]
    total: dict[str, int]
    rows_per_second: float
    seconds_left: float | None
    error: str | None

    @classmethod
    def of(cls, event: RunEvent) -> Self:
        return cls(**event.__dict__)
