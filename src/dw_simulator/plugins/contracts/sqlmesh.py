"""SQLMesh: models in SQL files, and external models in YAML; columns, grains, references and audits."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from dw_simulator.errors import Problem, SchemaError
from dw_simulator.plugins.contracts.contract_files import decoded
from dw_simulator.plugins.contracts.dbt.column_origins import parsed_as
from dw_simulator.plugins.contracts.drafts import Drafts, TableDraft, said_of, sql_name
from dw_simulator.plugins.contracts.recognizing import SQLMESH_EXTERNAL, SQLMESH_MODEL
from dw_simulator.ports.contract import ContractSource, ContractTables
from dw_simulator.schema import reading
from dw_simulator.schema.json_data import JsonObject, fields_in
from dw_simulator.schema.quoting import quoted_name

_MODEL = re.compile(SQLMESH_MODEL)
_MOST_FILES = 20_000


def read(source: ContractSource) -> ContractTables:
    """The tables of a project's folder, or of a model's file. Raises SchemaError."""
    models = list(_models(source))
    if not models:
        mend = "name a file with MODEL (...), or the folder of a project"
        raise SchemaError([Problem(str(source.place), "it has no models", mend)])
    spoken = source.dialect or next((m.setting("dialect") for m in models if m.setting("dialect")), "")
    making = _Making(Drafts(spoken), models)
    return ContractTables(making.tables(), making.drafts.warnings, dialect=spoken)


@dataclass
class _Model:
    """A model as it is declared.

    settings  what stands in MODEL (...), by its names in small letters
    query     what follows
    place     file and line
    """

    name: str
    settings: Mapping[str, str]
    query: str = ""
    place: str = ""

    def setting(self, name: str) -> str:
        return self.settings.get(name, "")


def _models(source: ContractSource) -> Iterator[_Model]:
    if not source.is_directory:
        yield from _of_text(source.text, str(source.place))
        return
    root = source.place
    for name in SQLMESH_EXTERNAL:
        if (root / name).is_file():
            yield from _external(root / name, name)
    files = sorted((root / "models").rglob("*.sql")) + sorted((root / "external_models").glob("*.y*ml"))
    if len(files) > _MOST_FILES:
        raise SchemaError([Problem(str(root), f"it has more than {_MOST_FILES:,} models")])
    for path in files:
        name = str(path.relative_to(root))
        if path.suffix == ".sql":
            yield from _of_text(reading.text_of(path), name)
        else:
            yield from _external(path, name)


def _external(path: Path, name: str) -> Iterator[_Model]:
    document = decoded(reading.text_of(path), path, name)
    for one in map(fields_in, document.data if isinstance(document.data, list) else ()):
        columns = ", ".join(
            f"{quoted_name(str(key))} {value}" for key, value in fields_in(one.get("columns")).items()
        )
        settings = {"columns": columns, "description": said_of(one, "description")}
        yield _Model(said_of(one, "name").replace('"', ""), settings, "", document.place(one))


def _of_text(text: str, name: str) -> Iterator[_Model]:
    for found in _MODEL.finditer(text):
        line = text.count("\n", 0, found.end()) + 1
        place = f"{name}, line {line}"
        body, end = _within(text, found.end(), place)
        settings = {}
        for item in _split(body):
            if head := re.match(r"\s*(\w+)\s*(.*)", item, re.DOTALL):
                settings[head[1].lower()] = head[2].strip()
        called = settings.get("name", "").replace('"', "").replace("`", "")
        if not called:
            raise SchemaError([Problem(place, "MODEL has no name", "write MODEL (name schema.table, ...)")])
        following = _MODEL.search(text, end)
        query = text[end : following.start() if following else len(text)].lstrip(" ;\n")
        yield _Model(called, settings, query, place)


def _within(text: str, start: int, place: str) -> tuple[str, int]:
    """(what stands up to the bracket that closes, where that ends). Quotes and comments hide brackets."""
    depth, at = 1, start
    for part in re.finditer(r"'(?:[^']|'')*'|\"[^\"]*\"|--[^\n]*|/\*.*?\*/|[()]", text[start:], re.DOTALL):
        depth += {"(": 1, ")": -1}.get(part[0], 0)
        if not depth:
            at = start + part.end()
            return text[start : at - 1], at
    raise SchemaError([Problem(place, "MODEL ( is never closed", "add the bracket")])


def _split(text: str) -> list[str]:
    """The parts of a list, at the commas that are in no bracket."""
    plain = re.sub(r"--[^\n]*|/\*.*?\*/", " ", text, flags=re.DOTALL)
    parts, depth, angles = [""], 0, 0
    for found in _PIECES.finditer(plain):
        piece = found[0]
        if piece == "," and depth + angles <= 0:
            parts.append("")
            continue
        parts[-1] += piece
        depth += 1 if piece in "([" else -1 if piece in ")]" else 0
        angles += 1 if piece.endswith("<") and len(piece) > 1 else -1 if piece == ">" and angles else 0
    return [part for part in parts if part.strip()]


_NAME = r"\"(?:[^\"]|\"\")+\"|`[^`]+`"
"""A name in quotes."""
_PIECES = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|`[^`]*`|(?i:struct|array|map|list)\s*<|\w+|.", re.DOTALL)
"""Texts, quoted names, types that open an angle bracket, words, and single characters."""


def _inner(text: str) -> str:
    """What stands in brackets, or a text without any."""
    inner = text.strip()
    return inner[1:-1] if inner[:1] in ("(", "[") and inner[-1:] in (")", "]") else inner


def _listed(text: str) -> list[str]:
    """`(a, b)`, `[a, b]` or `a` as a list."""
    inner = _inner(text)
    return [_plain(part.strip()) for part in _split(inner)]


def _named(text: str) -> tuple[str, str]:
    """(the name that a text begins with, what follows it)."""
    found = re.match(rf"\s*({_NAME}|[^\s]+)\s*(.*)", text, re.DOTALL)
    return (_plain(found[1]), found[2].strip()) if found else ("", "")


def _plain(name: str) -> str:
    """A name without its quotes.

    >>> _plain('"a ""b"" c"'), _plain("`a b`"), _plain("a")
    ('a "b" c', 'a b', 'a')
    """
    quote = name[:1]
    if quote not in ('"', "`") or name[-1:] != quote or len(name) < 3:
        return name
    return name[1:-1].replace(quote * 2, quote)


def _value(text: str) -> str | int | float | bool:
    """A literal of SQL."""
    plain = text.strip()
    if plain.startswith("'"):
        return plain[1:-1].replace("''", "'")
    if plain.lower() in ("true", "false"):
        return plain.lower() == "true"
    try:
        return int(plain) if re.fullmatch(r"-?\d+", plain) else float(plain)
    except ValueError:
        return plain


# --- audits

_Arguments: TypeAlias = Mapping[str, str]


@dataclass(frozen=True)
class _Audit:
    table: TableDraft
    arguments: _Arguments
    dialect: str

    def columns(self, *names: str) -> list[str]:
        """The columns that one of these arguments names."""
        said = next((self.arguments[name] for name in names if name in self.arguments), "")
        return [self.table.column(name).name for name in _listed(said) if self.table.has(name)]


def _not_null(audit: _Audit) -> bool:
    for name in (columns := audit.columns("columns", "column")):
        audit.table.column(name).required = True
    return bool(columns)


def _unique(audit: _Audit) -> bool:
    for name in (columns := audit.columns("columns", "column")):
        audit.table.column(name).is_unique = True
    return bool(columns)


def _unique_together(audit: _Audit) -> bool:
    columns = tuple(audit.columns("columns"))
    if len(columns) > 1:
        audit.table.unique.append(columns)
        audit.table.nulls_not_distinct.append(columns)
        return True
    return _unique(audit)


def _accepted(audit: _Audit) -> bool:
    values = [_value(one) for one in _split(audit.arguments.get("is_in", "").strip(" ()[]"))]
    for name in (columns := audit.columns("column")):
        audit.table.column(name).allow(values)
    return bool(columns and values)


def _range(audit: _Audit) -> bool:
    equal = "" if audit.arguments.get("inclusive", "true").lower() == "false" else "="
    bounds = ((f">{equal}", audit.arguments.get("min_v")), (f"<{equal}", audit.arguments.get("max_v")))
    for name in (columns := audit.columns("column")):
        audit.table.checks.extend(
            f"{sql_name(name, audit.dialect)} {sign} {bound}" for sign, bound in bounds if bound
        )
    return bool(columns)


def _for_all(audit: _Audit) -> bool:
    criteria = audit.arguments.get("criteria", "").strip()
    audit.table.checks.extend(part.strip() for part in _split(criteria[1:-1]))
    return bool(criteria)


def _row_count(audit: _Audit) -> bool:
    least = _value(audit.arguments.get("threshold", ""))
    if isinstance(least, int) and least > 1000:
        audit.table.fields["target_rows"] = least + 1
    return isinstance(least, int)


def _proportion(audit: _Audit) -> bool:
    least = _value(audit.arguments.get("threshold", ""))
    for name in (columns := audit.columns("column")):
        if isinstance(least, int | float) and 0 <= least <= 1:
            audit.table.column(name).fields["null_fraction"] = round((1 - least) / 2, 6)
    return bool(columns)


def _kept(_audit: _Audit) -> bool:
    return True


_AUDITS: Mapping[str, Callable[[_Audit], bool]] = {
    "not_null": _not_null,
    "unique_values": _unique,
    "unique_combination_of_columns": _unique_together,
    "accepted_values": _accepted,
    "accepted_range": _range,
    "forall": _for_all,
    "number_of_rows": _row_count,
    "not_null_proportion": _proportion,
    "at_least_one": _kept,
    "not_constant": _kept,
}
"""By its name: whether an audit could be carried over."""


@dataclass
class _Making:
    """Models on their way to tables."""

    drafts: Drafts
    models: Sequence[_Model]

    def tables(self) -> list[JsonObject]:
        short = [model.name.rpartition(".")[2] for model in self.models]
        called = {
            model.name: model.name.replace(".", "_") if short.count(own) > 1 else own
            for model, own in zip(self.models, short, strict=True)
        }
        for model in self.models:
            self._add(model, called[model.name])
        for model in self.models:
            self._audit(model, self.drafts.table(called[model.name]))
        self._refer([self.drafts.table(called[model.name]) for model in self.models])
        return list(self.drafts.settled())

    def _add(self, model: _Model, called: str) -> None:
        table = self.drafts.table(called)
        schema, _, own = model.name.rpartition(".")
        if schema:
            table.fields["warehouse_schema"] = schema.rpartition(".")[2]
        if own != called:
            table.fields["warehouse_name"] = own
        table.comment = str(_value(model.setting("description"))) if model.setting("description") else ""
        said = model.setting("columns")
        inner = said[1:-1] if said.startswith("(") else said
        for part in _split(inner):
            name, data_type = _named(part)
            table.column(name).data_type = data_type
        if not table.columns:
            for name, data_type in self._selected(model):
                table.column(name).data_type = data_type
        for name, comment in _pairs(model.setting("column_descriptions")):
            if table.has(name):
                table.column(name).comment = str(_value(comment))
        grain = _listed(model.setting("grain") or model.setting("grains"))
        if grain and all(map(table.has, grain)):
            table.primary_key = tuple(table.column(name).name for name in grain)

    def _selected(self, model: _Model) -> Iterator[tuple[str, str]]:
        """The columns of the model's SELECT, with the types that they are cast to."""
        try:
            parsed = sqlglot.parse(model.query, read=parsed_as(self.drafts.dialect))
        except (SqlglotError, RecursionError):
            return
        select = next((one for one in parsed if isinstance(one, exp.Query)), None)
        for item in select.selects if select is not None else ():
            if item.is_star or not item.alias_or_name:
                continue
            inner = item.unalias()
            cast = inner.to.sql(dialect=parsed_as(self.drafts.dialect)) if isinstance(inner, exp.Cast) else ""
            yield item.alias_or_name, cast

    def _audit(self, model: _Model, table: TableDraft) -> None:
        for text in _listed(model.setting("audits")):
            name, bracket, rest = text.partition("(")
            arguments = dict(_pairs(rest.rpartition(")")[0])) if bracket else {}
            carry = _AUDITS.get(name.strip().lower())
            if carry is None or not carry(_Audit(table, arguments, self.drafts.dialect)):
                self.drafts.warnings.append(
                    f"{model.place}: the audit {name.strip()} of {model.name} is not carried over"
                )

    def _refer(self, tables: Sequence[TableDraft]) -> None:
        """A reference names a column that is another model's grain."""
        for model, table in zip(self.models, tables, strict=True):
            for said in _split(_inner(model.setting("references"))):
                own, rest = _named(said)
                other = _plain(re.sub(r"(?i)^as\s+", "", rest))
                key = (other or own).lower()
                there = [t for t in tables if t is not table and [n.lower() for n in t.primary_key] == [key]]
                if len(there) == 1 and table.has(own):
                    table.column(own).reference = (there[0].name, there[0].primary_key[0])
                else:
                    self.drafts.warnings.append(f"{model.place}: no model has the grain {key}; left out")


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """`a := 1, b = 'x'`, in brackets or not, as pairs."""
    inner = text.strip()
    if inner.startswith("(") and inner.endswith(")"):
        inner = inner[1:-1]
    for part in _split(inner):
        found = re.match(rf"\s*({_NAME}|\w+)\s*:?=\s*(.*)", part, re.DOTALL)
        if found:
            yield _plain(found[1]), found[2].strip()
