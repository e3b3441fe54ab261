"""The OpenAPI 3.1 document, made of the operations and the models that parse and shape their calls."""

import re
from collections.abc import Iterable, Mapping

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from dw_simulator import __version__
from dw_simulator.interfaces.rest.bodies import ProblemShape
from dw_simulator.interfaces.rest.calls import MAX_RUN_ID, Operation, ResponseSpec
from dw_simulator.interfaces.rest.problems import MEDIA_TYPE
from dw_simulator.registry.json_schema import registered_definitions
from dw_simulator.registry.manager import registry
from dw_simulator.schema.json_data import JsonObject

_REF = "#/components/schemas/{model}"
_ERRORS = {
    400: "the request cannot be read",
    401: "a token is needed",
    403: "not allowed",
    404: "there is no such experiment, run or file",
    406: "it does not come in a form that Accept names",
    409: "the name is taken, or a run is going on",
    410: "it is there no more",
    412: "the experiment has changed since the version of If-Match",
    413: "the request is too large",
    415: "the body is not JSON",
    416: "the file has no such range",
    421: "the Host is not served",
    422: "the request was refused, for every reason listed",
    429: "too many runs are waiting, or queries going on",
    500: "the run has failed",
    502: "the warehouse cannot be reached, or refuses",
    503: "the experiment store fails, or the server is stopping",
}
_EVERYWHERE = (401, 421, 503)
_NULL = {"type": "null"}


def document(operations: Iterable[Operation]) -> JsonObject:
    """The whole document."""
    operations = tuple(operations)
    schemas, definitions = _schemas(operations)
    paths: dict[str, JsonObject] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "DW Simulator",
            "version": __version__,
            "description": "Synthetic data in the shape of your warehouse.",
        },
        "paths": paths,
        "components": {
            "schemas": definitions,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{}, {"token": []}],
    }


Schemas = Mapping[type[BaseModel], JsonObject]


def _schemas(operations: Iterable[Operation]) -> tuple[Schemas, JsonObject]:
    """Every model's schema, and the definitions that they refer to.

    An experiment is answered as it is sent, with nothing that is merely a default: it has one schema. In the
    place of a column's rule stand those that are registered, with their options.
    """
    bodies = {operation.body for operation in operations if operation.body}
    answers = {
        answer.model for operation in operations for answer in operation.answers.values() if answer.model
    }
    modes: dict[type[BaseModel], JsonSchemaMode] = {ProblemShape: "serialization"}
    modes |= dict.fromkeys(sorted(answers, key=_name), "serialization")
    modes |= dict.fromkeys(sorted(bodies, key=_name), "validation")
    schemas, top = models_json_schema(list(modes.items()), ref_template=_REF)
    rules = registered_definitions(registry(), _REF.replace("{model}", "{name}"))
    return {model: schemas[model, mode] for model, mode in modes.items()}, top["$defs"] | rules


def _name(model: type[BaseModel]) -> str:
    return model.__name__


def _operation(operation: Operation, schemas: Schemas) -> JsonObject:
    described: JsonObject = {
        "operationId": operation.handler.__name__,
        "summary": operation.summary,
        "parameters": [
            *_path_parameters(operation.path),
            *_query_parameters(operation.query),
            *_header_parameters(operation.headers),
        ],
        "responses": {
            **{str(status): _answer(answer, schemas) for status, answer in operation.answers.items()},
            **{str(status): _error(status, schemas) for status in sorted(_errors(operation))},
        },
    }
    if operation.body is not None:
        content = {"application/json": {"schema": schemas[operation.body], "example": operation.example}}
        described["requestBody"] = {"required": operation.body_required, "content": content}
    return described


def _errors(operation: Operation) -> set[int]:
    """The statuses of errors that an operation may answer with."""
    errors = {*_EVERYWHERE, *operation.errors}
    if operation.query or operation.body:
        errors |= {422}
    if operation.body is not None:
        errors |= {400, 413, 415}
    if operation.method != "GET":
        errors |= {403}
    return errors


def _error(status: int, schemas: Schemas) -> JsonObject:
    return {"description": _ERRORS[status], "content": {MEDIA_TYPE: {"schema": schemas[ProblemShape]}}}


def _path_parameters(path: str) -> list[JsonObject]:
    integer: JsonObject = {"type": "integer", "minimum": 1, "maximum": MAX_RUN_ID}
    text: JsonObject = {"type": "string", "minLength": 1}
    return [
        {"name": name, "in": "path", "required": True, "schema": integer if name == "run_id" else text}
        for name in re.findall(r"{(\w+)}", path)
    ]


def _query_parameters(model: type[BaseModel] | None) -> list[JsonObject]:
    if model is None:
        return []
    schema = model.model_json_schema()
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": _without_null(field)}
        for name, field in schema["properties"].items()
    ]


def _header_parameters(headers: Mapping[str, str]) -> list[JsonObject]:
    return [
        {"name": name, "in": "header", "required": False, "description": text, "schema": {"type": "string"}}
        for name, text in headers.items()
    ]


def _without_null(schema: JsonObject) -> JsonObject:
    """A query has no null: what is not there is left out."""
    several = schema.get("anyOf")
    kinds = [kind for kind in several if kind != _NULL] if isinstance(several, list) else []
    rest = {key: value for key, value in schema.items() if key not in ("anyOf", "default" if kinds else "")}
    return {**kinds[0], **rest} if len(kinds) == 1 else schema


def _answer(answer: ResponseSpec, schemas: Schemas) -> JsonObject:
    described: JsonObject = {"description": answer.description}
    if answer.headers:
        described["headers"] = {
            name: {"description": text, "schema": {"type": "string"}} for name, text in answer.headers.items()
        }
    if answer.model is None and answer.media_types == ("application/json",):
        return described  # nothing but the status
    described["content"] = {
        media_type: _content(answer, media_type, schemas) for media_type in answer.media_types
    }
    return described


def _content(answer: ResponseSpec, media_type: str, schemas: Schemas) -> JsonObject:
    if media_type == "text/event-stream":
        return {}  # OpenAPI 3.1 has no words for one event of many
    if answer.model is None or media_type != "application/json":
        return {"schema": {"type": "string"}}
    return {"schema": schemas[answer.model]}
