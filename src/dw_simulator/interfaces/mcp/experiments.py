"""Tools of experiments: list, create, import, look at, preview, delete."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from dw_simulator.interfaces.mcp.calls import Name, Tool, Tools, page_of
from dw_simulator.interfaces.rest.bodies import (
    AddSql,
    CreatedShape,
    DdlQuery,
    DdlShape,
    ExperimentItem,
    ExperimentList,
    ImportSql,
    Page,
    PreviewQuery,
    PreviewShape,
)
from dw_simulator.interfaces.rest.experiments import added, imported
from dw_simulator.schema.json_data import JsonObject


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class OneExperiment(_Arguments):
    """Which experiment."""

    name: Name


class NewExperiment(_Arguments):
    """A schema."""

    experiment: dict[str, JsonValue] = Field(
        description='{"name": ..., "tables": [{"name": ..., "target_rows": ..., "primary_key": [...], '
        '"columns": [{"name": ..., "data_type": "INT", "rule": {"name": ...}}]}]}'
    )


class DdlOfExperiment(DdlQuery):
    """Which experiment, and in which dialect."""

    name: Name


class SqlForExperiment(AddSql):
    """A script, and the experiment that it comes to."""

    name: Name


class PreviewOfExperiment(PreviewQuery):
    """Which rows of which experiment."""

    name: Name


def _list(tools: Tools, asked: Page) -> JsonObject:
    items = [ExperimentItem.of(one) for one in tools.service.list(asked.offset, asked.limit)]
    total = tools.service.count()
    return page_of(ExperimentList(experiments=items, total=total, next=None), asked, total)


def _create(tools: Tools, asked: NewExperiment) -> BaseModel:
    return CreatedShape.of(tools.service.create(asked.experiment))


def _import_sql(tools: Tools, asked: ImportSql) -> BaseModel:
    return CreatedShape.of(imported(tools.service, asked))


def _add_sql(tools: Tools, asked: SqlForExperiment) -> BaseModel:
    return CreatedShape.of(added(tools.service, asked.name, asked))


def _show(tools: Tools, asked: OneExperiment) -> JsonObject:
    return tools.service.get(asked.name).experiment.to_json()


def _ddl(tools: Tools, asked: DdlOfExperiment) -> BaseModel:
    written = tools.service.ddl(asked.name, asked.dialect, inferred=asked.with_inferred)
    return DdlShape(sql=written.sql, warnings=list(written.warnings))


def _preview(tools: Tools, asked: PreviewOfExperiment) -> BaseModel:
    shown = tools.service.preview(
        asked.name, asked.table, offset=asked.offset, count=asked.rows, seed=asked.seed
    )
    return PreviewShape.of(shown)


def _delete(tools: Tools, asked: OneExperiment) -> JsonObject:
    tools.service.delete(asked.name)
    return {"deleted": asked.name}


def _reset(tools: Tools, asked: OneExperiment) -> JsonObject:
    tools.service.reset(asked.name)
    return {"emptied": asked.name}


TOOLS: tuple[Tool[Any], ...] = (
    Tool("list_experiments", "List the experiments that are stored, by name.", Page, _list, reads=True),
    Tool(
        "import_sql",
        "Store the tables of a script of CREATE TABLE statements as a new experiment. Columns get values by "
        "their names, types and neighbours; warnings name what was not understood.",
        ImportSql,
        _import_sql,
    ),
    Tool(
        "add_sql",
        "Store the tables of a further script in an experiment that is there: its references to tables that "
        "were missing join, and tables that it has already stay as they are.",
        SqlForExperiment,
        _add_sql,
    ),
    Tool(
        "create_experiment",
        "Store a schema as a new experiment: tables, columns, keys, references, and the rule by which each "
        "column gets its values. list_rules and describe_rule tell which rules there are.",
        NewExperiment,
        _create,
    ),
    Tool(
        "show_experiment",
        "Show a stored schema: its tables, columns, keys and references, and the rule of each column.",
        OneExperiment,
        _show,
        reads=True,
    ),
    Tool(
        "export_ddl",
        "Write an experiment's tables as CREATE TABLE statements of a dialect.",
        DdlOfExperiment,
        _ddl,
        reads=True,
    ),
    Tool(
        "preview_rows",
        "Show rows from anywhere in a table as a run with this seed makes them, without making any others. "
        "Quick at any size; look here before you generate.",
        PreviewOfExperiment,
        _preview,
        reads=True,
    ),
    Tool(
        "reset_experiment",
        "Empty an experiment's warehouse tables and its managed output. Its schema and runs stay.",
        OneExperiment,
        _reset,
        destroys=True,
    ),
    Tool(
        "delete_experiment",
        "Delete an experiment, the record of its runs, its managed output and its tables in warehouses.",
        OneExperiment,
        _delete,
        destroys=True,
    ),
)
