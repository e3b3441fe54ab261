"""From a JSON or YAML document to an Experiment, or to one error that lists everything wrong with it."""

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from functools import partial
from pathlib import Path

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from dw_simulator.errors import Problem, RequestError, SchemaError, closest, why_unreadable
from dw_simulator.schema import yaml_lines
from dw_simulator.schema.complaints import clause, details_of, dotted
from dw_simulator.schema.consistency import CHECKS
from dw_simulator.schema.json_data import Json, JsonObject
from dw_simulator.schema.lifecycle import PARTS
from dw_simulator.schema.model import (
    MAX_NAME,
    STRICT_NAMES,
    Children,
    Column,
    ColumnReference,
    Correlation,
    Distribution,
    Experiment,
    ForeignKey,
    GivenRows,
    Issue,
    Lookup,
    PlannedFault,
    Polymorphic,
    PolymorphicParent,
    Skew,
    Table,
    TableRows,
    Tree,
)

_DEEPEST = 100


def parse(data: Json, *, strict_names: bool = True) -> Experiment:
    """Turn a decoded JSON or YAML document into an Experiment.

    Raises SchemaError with every problem found, each with its path. Parts that are broken in
    themselves are left out of the checks across parts, which still run on the rest.
    """
    context = STRICT_NAMES if strict_names else None
    try:
        experiment = Experiment.model_validate(data, context=context)
    except ValidationError as error:
        details = [detail for detail in map(partial(_chosen, data), details_of(error)) if detail]
        problems = [problem for detail in details for problem in _problems(detail, data)]
        problems += _problems_of_the_rest(data, details)
        raise SchemaError(problems) from None
    problems = [problem for check in CHECKS for problem in check(experiment)]
    if problems:
        raise SchemaError(problems)
    return experiment


def load(path: Path) -> Experiment:
    """Read a schema file, JSON or YAML by its ending.

    Raises SchemaError; for a file that is no JSON or YAML, with line and column.
    """
    return parse(decode(path))


def decode(path: Path) -> Json:
    """Read a JSON or YAML file into plain data. Raises SchemaError."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SchemaError([Problem(str(path), f"cannot be read: {why_unreadable(error)}")]) from None
    if path.suffix.lower() in {".yaml", ".yml"}:
        return _decode_yaml(text, path)
    try:
        return decode_json(text)
    except json.JSONDecodeError as error:
        place = f"{path}, line {error.lineno}, column {error.colno}"
        raise SchemaError([Problem(place, f"not valid JSON: {error.msg}")]) from None
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, brackets without end
        raise SchemaError([Problem(str(path), f"not readable as JSON: {error}")]) from None


def text_of(path: Path) -> str:
    """The text of a file in UTF-8, or in UTF-16 with the mark that says so. Raises RequestError."""
    try:
        read = path.read_bytes()
        marked = read[:2] in (b"\xff\xfe", b"\xfe\xff")
        return read.decode("utf-16" if marked else "utf-8-sig").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        raise RequestError(f"{path} cannot be read: {why_unreadable(error)}") from None


def decode_json(text: str, most_parts: int | None = None) -> Json:
    """JSON as the standard has it, of which nothing is lost.

    most_parts  how many objects and arrays it may have

    Raises ValueError (JSONDecodeError where the place is known), and RecursionError.
    """
    decoded: Json = json.loads(text, object_pairs_hook=_object, parse_float=_float, parse_constant=_no_number)
    json.dumps(decoded, ensure_ascii=False).encode()  # half a surrogate pair is no character
    _check_size(decoded, most_parts)
    return decoded


def _check_size(decoded: Json, most_parts: int | None) -> None:
    """Whoever looks at every part of a document by recursion may count on an end of it."""
    level, count = _wholes([decoded]), 0
    for _ in range(_DEEPEST):
        count += len(level)
        if most_parts is not None and count > most_parts:
            raise ValueError(f"it has more than {most_parts:,} objects and arrays")
        inner = (whole.values() if isinstance(whole, dict) else whole for whole in level)
        level = _wholes(part for parts in inner for part in parts)
    if level:
        raise ValueError(f"it is nested more than {_DEEPEST} deep")


def _wholes(values: Iterable[Json]) -> list[dict[str, Json] | list[Json]]:
    """Those that have parts of their own."""
    return [value for value in values if isinstance(value, dict | list)]


def _float(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text[:20]} is too large a number")
    return number


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no JSON number")


def _object(pairs: list[tuple[str, Json]]) -> JsonObject:
    """A JSON object whose keys differ: of two that are alike, one would be lost in silence."""
    decoded = dict(pairs)
    if len(decoded) < len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} is there twice in one object")
    return decoded


def _decode_yaml(text: str, path: Path) -> Json:
    try:
        return yaml_lines.lined(text)[0]
    except yaml_lines.YamlError as error:
        where = f", line {error.line}, column {error.column}" if error.line else ""
        raise SchemaError([Problem(f"{path}{where}", f"not valid YAML: {error.message}")]) from None


_KNOWN_FIELDS: Mapping[str, type[BaseModel]] = {
    "columns": Column,
    "tables": Table,
    "foreign_keys": ForeignKey,
    "foreign_key": ColumnReference,
    "distribution": Distribution,
    "children": Children,
    "skew": Skew,
    "tree": Tree,
    "lookup": Lookup,
    "polymorphic": Polymorphic,
    "parents": PolymorphicParent,
    "faults": PlannedFault,
    "correlate": Correlation,
    "with": Lookup,
    **PARTS,
    "rows": TableRows,
    "reference_data": GivenRows,
}


def _problems(detail: ErrorDetails, data: Json) -> Iterator[Problem]:
    """pydantic's error in this project's words."""
    loc, context = detail["loc"], detail.get("ctx", {})
    owner = _label(loc, data)
    default = [Issue("", _message(detail))]
    for issue in context.get("issues", default):
        place = ".".join(part for part in (dotted(loc), issue.field) if part)
        yield Problem(place, f"{owner}{issue.message}", issue.mend)


def _chosen(data: Json, detail: ErrorDetails) -> ErrorDetails | None:
    """Of a field that may be an object or a plain value, the complaint about what was given."""
    loc = detail["loc"]
    if "tree" not in loc[:-1]:
        return detail
    at = loc.index("tree") + 1
    about_object = loc[at] != "bool"
    if about_object != isinstance(_dig(data, loc[:at]), dict):
        return None
    return {**detail, "loc": (*loc[:at], *loc[at + 1 :])}


def _message(detail: ErrorDetails) -> str:
    loc = detail["loc"]
    if detail["type"] == "missing":
        return "is missing"
    if detail["type"] == "extra_forbidden":
        names = [part for part in loc[:-1] if isinstance(part, str)]
        model = next((_KNOWN_FIELDS[name] for name in reversed(names) if name in _KNOWN_FIELDS), Experiment)
        return f"unknown field{closest(str(loc[-1]), model.model_fields)}"
    return clause(detail)


def _label(loc: tuple[int | str, ...], data: Json) -> str:
    """`"customers.code "` for a problem inside that column, as far as the names can be read."""
    names = []
    for depth in (2, 4):
        if len(loc) >= depth and loc[depth - 2] in ("tables", "columns"):
            part = _dig(data, loc[:depth])
            names.append(str(part.get("name", "?")) if isinstance(part, dict) else "?")
    return f"{'.'.join(names)}: " if names else ""


def _dig(data: Json, loc: Iterable[int | str]) -> Json:
    """What stands at a place in a document; None where it has no such place."""
    value = data
    for part in loc:
        try:
            value = value[part]  # type: ignore[index]  # whatever is no whole has no parts
        except (LookupError, TypeError):
            return None
    return value


# what a column keeps for the checks across parts when its other fields contradict each other
_IDENTITY = ("name", "data_type", "is_unique", "required", "foreign_key")
_UNNAMED = "<unnamed>"
_BLANK_COLUMN: Mapping[str, str] = {"name": _UNNAMED, "data_type": "INT"}


def _problems_of_the_rest(data: Json, details: Iterable[ErrorDetails]) -> list[Problem]:
    """The problems across parts of what remains when every broken field is left out."""
    rest = deepcopy(data)
    for detail in details:
        _leave_out(rest, detail["loc"])
    try:
        experiment = Experiment.model_validate(rest)
    except ValidationError:  # too broken to say more
        return []
    return [problem for check in CHECKS for problem in check(experiment) if _UNNAMED not in str(problem)]


def _leave_out(data: Json, loc: tuple[int | str, ...]) -> None:
    """Blank the field of the experiment, table or column that `loc` lies in."""
    in_table = len(loc) > 1 and loc[0] == "tables"
    in_column = in_table and len(loc) > 3 and loc[2] == "columns"
    depth = 4 if in_column else 2 if in_table else 0
    owner, around = _dig(data, loc[:depth]), _dig(data, loc[: max(depth - 1, 0)])
    if not isinstance(owner, dict):
        if depth and isinstance(around, list):
            around[int(loc[depth - 1])] = _blank(in_column)
    elif len(loc) == depth:
        for name in set(owner) - set(_IDENTITY):
            del owner[name]
    elif not _is_usable_name(loc[depth], owner):
        owner.pop(str(loc[depth]), None)
        for name, value in _blank(in_column).items():
            owner.setdefault(name, value)


def _is_usable_name(field: int | str, owner: JsonObject) -> bool:
    """Whether this is a name that only JSON's stricter rules refuse: the checks across parts can use it."""
    name = owner.get("name")
    return field == "name" and isinstance(name, str) and 0 < len(name) <= MAX_NAME


def _blank(in_column: bool) -> JsonObject:
    return dict(_BLANK_COLUMN) if in_column else {"name": _UNNAMED, "columns": [_BLANK_COLUMN]}
