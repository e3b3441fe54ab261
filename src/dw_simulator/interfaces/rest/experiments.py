"""Routes of experiments: create, import, look at, preview, export, delete."""

from pathlib import Path
from urllib.parse import quote, urlencode

from starlette.responses import PlainTextResponse, Response

from dw_simulator.interfaces.rest.bodies import (
    AddSql,
    CreatedShape,
    DdlQuery,
    DdlShape,
    DifferenceShape,
    ExperimentItem,
    ExperimentList,
    ImportContract,
    ImportSql,
    Page,
    PreviewQuery,
    PreviewShape,
    RunPage,
)
from dw_simulator.interfaces.rest.calls import Call, Operation, Reply, ResponseSpec
from dw_simulator.ports.contract import ContractSource
from dw_simulator.registry.script_options import ScriptOptions
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.schema.model import Experiment
from dw_simulator.service import Created, ExperimentService

_SQL = "application/sql"


def address(name: str) -> str:
    """Where an experiment is."""
    return f"/api/experiments/{quote(name, safe='')}"


def next_page(path: str, page: Page | RunPage, total: int) -> str | None:
    """Where a list goes on."""
    if page.limit is None or page.offset + page.limit >= total:
        return None
    return f"{path}?{urlencode({'limit': page.limit, 'offset': page.offset + page.limit})}"


def wanted_version(call: Call) -> str:
    """The version of the experiment that If-Match names; empty for any."""
    wanted = call.header("if-match").strip()
    if not wanted or wanted == "*":
        return ""
    found = call.service.get(call.name).version
    return found if f'"{found}"' in _tags(wanted) else _tags(wanted)[0].strip('"') or "none"


def _tags(header: str) -> list[str]:
    return [tag.strip().removeprefix("W/") for tag in header.split(",")]


def list_experiments(call: Call) -> Reply:
    page = call.query_as(Page)
    total = call.service.count()
    items = [ExperimentItem.of(one) for one in call.service.list(page.offset, page.limit)]
    further = next_page("/api/experiments", page, total)
    return Reply(ExperimentList(experiments=items, total=total, next=further))


def create_experiment(call: Call) -> Reply:
    return _created(call.service.create(call.json))


def import_sql(call: Call) -> Reply:
    return _created(imported(call.service, call.body_as(ImportSql)))


def imported(service: ExperimentService, body: ImportSql) -> Created:
    """What an import of a script makes."""
    return service.import_sql(
        body.sql,
        name=body.name,
        dialect=body.dialect,
        target_rows=body.target_rows,
        infer=body.inferring,
        as_of=body.as_of,
        rules=body.rules,
        script=ScriptOptions(body.variables, skip_unknown=body.skip_unknown),
    )


def add_sql(call: Call) -> Reply:
    made = added(call.service, call.name, call.body_as(AddSql), wanted_version(call))
    return Reply(CreatedShape.of(made))


def added(service: ExperimentService, name: str, body: AddSql, version: str = "") -> Created:
    """What becomes of an experiment by a script that comes later."""
    return service.add_sql(
        body.sql,
        name=name,
        dialect=body.dialect,
        target_rows=body.target_rows,
        infer=body.inferring,
        as_of=body.as_of,
        rules=body.rules,
        script=ScriptOptions(body.variables, skip_unknown=body.skip_unknown),
        version=version,
    )


def import_contract(call: Call) -> Reply:
    body = call.body_as(ImportContract)
    source = ContractSource(Path(body.name), body.text, body.dialect, tuple(body.take))
    created = call.service.import_contract(
        source,
        name=body.name,
        kind=body.format,
        target_rows=body.target_rows,
        infer=body.inferring,
        as_of=body.as_of,
        rules=body.rules,
    )
    return _created(created)


def _created(created: Created) -> Reply:
    shape = CreatedShape.of(created)
    return Reply(shape, 201, {"location": address(shape.name)})


def get_experiment(call: Call) -> Reply | Response:
    stored = call.service.get(call.name)
    etag = f'"{stored.version}"'
    if {etag, "*"} & set(_tags(call.header("if-none-match"))):
        return Response(status_code=304, headers={"etag": etag})
    return Reply(stored.experiment.to_json(), headers={"etag": etag})


def delete_experiment(call: Call) -> Response:
    call.service.delete(call.name, wanted_version(call))
    return Response(status_code=204)


def reset_experiment(call: Call) -> Response:
    call.service.reset(call.name, wanted_version(call))
    return Response(status_code=204)


def preview_table(call: Call) -> Reply:
    asked = call.query_as(PreviewQuery)
    shown = call.service.preview(
        call.name, asked.table, offset=asked.offset, count=asked.rows, seed=asked.seed
    )
    return Reply(PreviewShape.of(shown))


def diff_experiment(call: Call) -> Reply:
    return Reply(DifferenceShape.of(call.service.diff(call.name)))


def refresh_pools(call: Call) -> Reply:
    return Reply(DifferenceShape.of(call.service.refresh_pools(call.name, wanted_version(call))))


def export_ddl(call: Call) -> Reply | Response:
    asked = call.query_as(DdlQuery)
    written = call.service.ddl(call.name, asked.dialect, inferred=asked.with_inferred)
    if _SQL in call.header("accept"):
        return PlainTextResponse(written.sql, media_type=_SQL)
    return Reply(DdlShape(sql=written.sql, warnings=list(written.warnings)))


_EXPERIMENT = "/api/experiments/{name}"
_ETAG = {"ETag": "the version of the experiment, for If-Match and If-None-Match"}
IF_MATCH = {"If-Match": "the ETag of the experiment that is meant"}
_CREATED = {201: ResponseSpec("created", CreatedShape, headers={"Location": "where the experiment is"})}
_CONTRACT = "Table members {\n  id int [pk]\n  email varchar(80) [unique, not null]\n}\n"
_DDL = "CREATE TABLE people (id INT PRIMARY KEY, email VARCHAR(100) NOT NULL);"
_SCHEMA: JsonObject = {
    "name": "first",
    "tables": [
        {
            "name": "customers",
            "target_rows": 100,
            "columns": [
                {"name": "id", "data_type": "INT", "is_unique": True},
                {"name": "email", "data_type": "VARCHAR(100)", "faker_rule": "email"},
            ],
        }
    ],
}

OPERATIONS = (
    Operation(
        "GET",
        "/api/experiments",
        list_experiments,
        "All experiments, or a page of them",
        {200: ResponseSpec("experiments by name", ExperimentList)},
        query=Page,
    ),
    Operation(
        "POST",
        "/api/experiments",
        create_experiment,
        "Store a schema as a new experiment",
        _CREATED,
        (409,),
        body=Experiment,
        example=_SCHEMA,
        raw=True,
    ),
    Operation(
        "POST",
        "/api/experiments/import-sql",
        import_sql,
        "Store the tables of a DDL script as a new experiment",
        _CREATED,
        (409,),
        body=ImportSql,
        example={"name": "crm", "sql": _DDL, "dialect": "redshift", "target_rows": 100},
    ),
    Operation(
        "POST",
        "/api/experiments/import-contract",
        import_contract,
        "Store the tables of a data contract as a new experiment",
        _CREATED,
        (409,),
        body=ImportContract,
        example={"name": "members", "text": _CONTRACT, "target_rows": 100},
    ),
    Operation(
        "GET",
        _EXPERIMENT,
        get_experiment,
        "The stored schema",
        {
            200: ResponseSpec("the schema", Experiment, headers=_ETAG),
            304: ResponseSpec("it is the version you have"),
        },
        (404,),
        headers={"If-None-Match": "the ETag of the version you have"},
    ),
    Operation(
        "DELETE",
        _EXPERIMENT,
        delete_experiment,
        "Delete an experiment, its runs, its managed output and its tables in warehouses",
        {204: ResponseSpec("deleted")},
        (404, 409, 412, 502),
        headers=IF_MATCH,
    ),
    Operation(
        "POST",
        f"{_EXPERIMENT}/reset",
        reset_experiment,
        "Empty an experiment's warehouse tables and its managed output; its schema and its runs stay",
        {204: ResponseSpec("emptied")},
        (404, 409, 412, 502),
        headers=IF_MATCH,
    ),
    Operation(
        "POST",
        f"{_EXPERIMENT}/import-sql",
        add_sql,
        "Store the tables of a DDL script in an experiment that is there; references that led nowhere join",
        {200: ResponseSpec("the experiment as it is now", CreatedShape)},
        (404, 409, 412),
        body=AddSql,
        headers=IF_MATCH,
        example={"sql": "CREATE TABLE countries (code CHAR(2) PRIMARY KEY);"},
    ),
    Operation(
        "GET",
        f"{_EXPERIMENT}/preview",
        preview_table,
        "Rows from anywhere in a table, without making the others",
        {200: ResponseSpec("the rows, as a run with this seed makes them", PreviewShape)},
        (404,),
        query=PreviewQuery,
    ),
    Operation(
        "GET",
        f"{_EXPERIMENT}/diff",
        diff_experiment,
        "Which columns new versions of this program and of Faker change",
        {200: ResponseSpec("the columns and pools, and which of the two is the cause", DifferenceShape)},
        (404,),
    ),
    Operation(
        "POST",
        f"{_EXPERIMENT}/refresh-pools",
        refresh_pools,
        "Let the installed Faker make an experiment's values anew, and keep them",
        {200: ResponseSpec("what that has changed", DifferenceShape)},
        (404, 409, 412),
        headers=IF_MATCH,
    ),
    Operation(
        "GET",
        f"{_EXPERIMENT}/ddl",
        export_ddl,
        "The tables as CREATE TABLE statements",
        {200: ResponseSpec("the statements", DdlShape, ("application/json", _SQL))},
        (404,),
        query=DdlQuery,
    ),
)
