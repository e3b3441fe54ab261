"""A rules file as it was read: its data, and where in the file each part of it stands."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

from pydantic import TypeAdapter, ValidationError

from dw_simulator.errors import Problem, RulesError, why_unreadable
from dw_simulator.schema.declared import Moment
from dw_simulator.schema.json_data import Json
from dw_simulator.schema.reading import decode_json
from dw_simulator.schema.yaml_lines import Lines, YamlError, lined

Steps: TypeAlias = tuple[str | int, ...]
"""Where something stands in a document: keys and positions, from the outside."""

_MOST_PARTS = 1_000_000
_MOMENT: TypeAdapter[date] = TypeAdapter(Moment)


@dataclass(frozen=True)
class RulesDocument:
    """Rules, and where they come from.

    origin  the file; empty for what was not read from one
    """

    data: Json
    origin: str = ""
    text: str = ""
    read: tuple[Json, Lines] | None = field(default=None, repr=False)

    @classmethod
    def of(cls, source: "RulesSource") -> "RulesDocument":
        """The document of a source. Raises RulesError for a file that cannot be read."""
        if isinstance(source, RulesDocument):
            return source
        return _of_file(source) if isinstance(source, Path) else cls(source)

    @property
    def as_of(self) -> date | None:
        """The present that the rules name; None where they name none, or none that can be read."""
        said = self.data.get("as_of") if isinstance(self.data, Mapping) else None
        try:
            return None if said is None else _MOMENT.validate_python(said)
        except ValidationError:
            return None

    def line(self, steps: Steps) -> int:
        """The line of what stands there, or else of the innermost part around it; 0 for none."""
        whole, lines = self._lined
        found = 0
        for step in steps:
            own = lines.get(id(whole), {})
            if step not in own:
                break
            found = own[step]
            whole = whole[step]  # type: ignore[index]  # what has lines has parts
        return found

    def place(self, steps: Steps) -> str:
        """`rules.yaml, line 12: tables.orders.columns.status`, or without a file `rules.tables.orders`."""
        dotted = "".join(f"[{step}]" if isinstance(step, int) else f".{_word(step)}" for step in steps)
        if not self.origin:
            return f"rules{dotted}"
        line = self.line(steps)
        return ": ".join(part for part in (self.head(line), dotted.removeprefix(".")) if part)

    def head(self, line: int, column: int = 0) -> str:
        """The file and the line."""
        return ", ".join(
            part
            for part in (self.origin, f"line {line}" if line else "", f"column {column}" if column else "")
            if part
        )

    @cached_property
    def _lined(self) -> tuple[Json, Lines]:
        """The document with its lines: JSON is YAML, and nobody asks before something is wrong."""
        if self.read is not None:
            return self.read
        try:
            return lined(self.text.replace("\t", " "))
        except YamlError:
            return None, {}


RulesSource: TypeAlias = Path | Mapping[str, Json] | RulesDocument
"""Rules as users give them: a YAML or JSON file, or what stands in one."""


def _word(text: str) -> str:
    return text if re.fullmatch(r"\w+", text) else json.dumps(text, ensure_ascii=False)


def _of_file(path: Path) -> RulesDocument:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise RulesError([Problem(str(path), f"cannot be read: {why_unreadable(error)}")]) from None
    if path.suffix.lower() in {".yaml", ".yml"}:
        return _of_yaml(text, str(path))
    try:
        return RulesDocument(decode_json(text, _MOST_PARTS), str(path), text)
    except json.JSONDecodeError as error:
        place = f"{path}, line {error.lineno}, column {error.colno}"
        raise RulesError([Problem(place, f"not valid JSON: {error.msg}")]) from None
    except (ValueError, RecursionError) as error:
        raise RulesError([Problem(str(path), f"not readable as JSON: {error}")]) from None


def _of_yaml(text: str, origin: str) -> RulesDocument:
    try:
        read = lined(text)
    except YamlError as error:
        place = RulesDocument(None, origin).head(error.line, error.column)
        raise RulesError([Problem(place, f"not readable as YAML: {error.message}")]) from None
    return RulesDocument({} if read[0] is None else read[0], origin, text, read)
