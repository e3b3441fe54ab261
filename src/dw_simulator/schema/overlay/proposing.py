"""A rules file is written from what an import has guessed: each guess, why, and what else it might have been.

What is written is the import's own guesses, so that the file, laid over the same DDL, changes nothing. Dates
of the last years stay comments: they are guessed anew, and so follow the present, whichever it is by then.
What the import was unsure of comes first: in a list at the head of the file, and among the columns of each
table.
"""

import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from dw_simulator.schema.inference.candidates import Found, KnownRules, OpenColumn, open_columns
from dw_simulator.schema.json_data import Json, JsonObject
from dw_simulator.schema.model import Column, Experiment, Table
from dw_simulator.schema.overlay.column_rules import GUESSED_FIELDS

_MOST_OTHERS = 3
"""So many alternatives are told of a column."""
_MANY_WORDS = 2
"""So many words that a guess does not explain are worth a look."""
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_READ_OTHERWISE = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
"""Words that some readers of YAML take for true, false or nothing."""
_REFERENCE = "a_column: {foreign_key: {skew: {zipf: 1.1}}}, or {children: {min: 1, max: 5}}"
_INDENT = "      "
_SOME_DAY = "2026-01-31"
"""Shows how a present is written."""


@dataclass(frozen=True)
class _Told:
    """A column as the file tells of it.

    doubt   why it is worth a look; empty where the guess is as good as they are
    reason  what the import thought
    others  what else it may be, and the fields that would say so
    follows  whether the guess goes by the present, so that it is not written but as a comment
    """

    column: Column
    fields: JsonObject
    reason: str
    doubt: str = ""
    others: Sequence[tuple[str, JsonObject]] = field(default=())
    follows: bool = False

    @property
    def says(self) -> bool:
        """Whether the file says anything of it."""
        return bool(self.fields) and not self.follows


@dataclass(frozen=True)
class Proposal:
    """What an import has made of a script.

    declared  the schema as the script says it
    made      the same with the guesses, as it is stored
    given_up  a line on each guess that could not be kept
    follow    the columns, each as table.column, whose guess goes by the present
    """

    declared: Experiment
    made: Experiment
    given_up: Sequence[str]
    follow: Collection[str] = ()

    def written(self, rules: KnownRules, source: str, json_schema: str | None = None) -> str:
        """The text of a rules file.

        source       what the script is called
        json_schema  where editors find the JSON Schema of rules files; they are not told where it is None
        """
        told = [
            (table, self._told(declared, table, rules))
            # tables that were added stand behind the declared ones
            for declared, table in zip(self.declared.tables, self.made.tables, strict=False)
        ]
        head = [f"# yaml-language-server: $schema={_escaped(json_schema)}"] if json_schema else []
        head += self._head(source)
        doubts = [
            f"#   {_named(table.name, one.column.name)}: {_escaped(one.doubt)}"
            for table, columns in told
            for one in columns
            if one.doubt
        ]
        head += ["#", "# Look at these first:", *doubts] if doubts else []
        present = self.made.to_json().get("as_of")
        head += ["", "# The present: dates that name no end of their own end here."]
        head += [f"# as_of: {_SOME_DAY}" if present is None else f"as_of: {_flow(present)}"]
        sized = {table.name for table in self.declared.tables if table.target_rows is not None}
        tables = [
            line for table, columns in told for line in _table(table, columns, sized=table.name in sized)
        ]
        some = any(not line.lstrip().startswith("#") for line in tables)
        return "\n".join([*head, "", "tables:" if some else "tables: {}", *tables]) + "\n"

    def _head(self, source: str) -> list[str]:
        linked = any(table.references for table in self.made.tables)
        return [
            f"# Rules for {_escaped(source)}: what its names were taken to mean.",
            "# Change what is wrong: it holds at every import. What is left out is guessed anew.",
            *([f"# How rows choose the row they reference: {_REFERENCE}"] if linked else []),
        ]

    def _told(self, declared: Table, made: Table, rules: KnownRules) -> list[_Told]:
        """The columns of a table, those that are worth a look first."""
        found = {one.column.name: one for one in open_columns(declared, rules)}
        pairs = ((before, made.column(before.name)) for before in declared.columns)
        columns = [
            self._column(made, before, after, found.get(before.name))
            for before, after in pairs
            if after is not None
        ]
        return sorted((one for one in columns if one is not None), key=lambda one: not one.doubt)

    def _column(self, table: Table, before: Column, after: Column, seen: OpenColumn | None) -> _Told | None:
        guess = {name: value for name, value in _fields(after).items() if name not in _fields(before)}
        place = f"{table.name}.{after.name}: "
        lost = next((line.removeprefix(place) for line in self.given_up if line.startswith(place)), "")
        if lost:
            return _Told(after, {}, "", lost)
        if not guess:
            unknown = seen is not None and not seen.keyed
            return _Told(after, {}, "", "its name says nothing") if unknown else None
        reason = (after.inferred or "").removeprefix(f"{after.name} ")
        others = list(_others(seen, guess, reason, self.made.as_of)) if seen is not None else []
        doubt = ""
        if others and _of_the_name_alone(seen, reason):
            doubt = f"{reason}; or {', or '.join(meaning for meaning, _fields in others)}"
        ignored = _ignored(seen, guess) if seen is not None else ""
        if ignored and not doubt:
            doubt = f"{reason}; of {ignored!r} nothing was made"
        follows = f"{table.name}.{after.name}" in self.follow
        return _Told(after, guess, reason, doubt, others, follows)


def _fields(column: Column) -> JsonObject:
    dumped = column.model_dump(mode="json", exclude_defaults=True, include={*GUESSED_FIELDS})
    return {name: dumped[name] for name in GUESSED_FIELDS if name in dumped}


def _others(
    seen: OpenColumn, guess: JsonObject, reason: str, present: date | None
) -> Iterator[tuple[str, JsonObject]]:
    """What else the name may mean, and the fields that would say so."""
    told = {_meaning(reason)}
    for match in seen.matches:
        meaning = match.guess.meaning
        written = Found(meaning, match.fields).written(seen.column.name, present)
        fields = {name: written[name] for name in GUESSED_FIELDS if name in written}
        if fields and fields != guess and meaning not in told and len(told) <= _MOST_OTHERS:
            told.add(meaning)
            yield meaning, fields


def _meaning(reason: str) -> str:
    """`a city` of `looks like a city, of the same place as zip (German, like the names of the columns)`."""
    return re.split(r",| \(", reason.removeprefix("looks like "))[0]


def _of_the_name_alone(seen: OpenColumn | None, reason: str) -> bool:
    """Whether a guess is by the column's name, and not by others beside it, which make it surer."""
    meanings = {match.guess.meaning for match in seen.matches} if seen is not None else set()
    return _meaning(reason) in meanings and ", of the same " not in reason


def _ignored(seen: OpenColumn, guess: JsonObject) -> str:
    """The words of a name that the guess does not explain, where they are several."""
    for match in seen.matches:
        if dict(match.fields) == guess and match.guess.part is None and len(match.owner) >= _MANY_WORDS:
            return " ".join(match.owner)
    return ""


# --- as YAML


def _table(table: Table, columns: Sequence[_Told], *, sized: bool) -> Iterator[str]:
    """A table's lines; all are comments where nothing is said of it. sized: whether rows are asked for."""
    lines = [line for one in columns for line in _lines(one)]
    active = sized or any(one.says for one in columns)
    mark = "" if active else "# "
    yield ""
    yield f"  {mark}{_key(table.name)}:"
    if (per := table.rows_per) is not None:
        yield f"    # rows: {_flow(per.model_dump(mode='json', exclude_defaults=True))}"
    elif not sized:
        yield f"    # rows: {table.declared_rows}"
    else:
        yield f"    rows: {table.target_rows}"
    for reference in table.references:
        names = ", ".join(map(_escaped, reference.columns))
        yield f"    # ({names}) references {_escaped(reference.references_table)}"
    if lines:
        yield f"    {'' if any(one.says for one in columns) else '# '}columns:"
    yield from lines


def _lines(told: _Told) -> Iterator[str]:
    column = told.column
    if not told.fields:
        yield f"{_INDENT}# {_key(column.name)}: {_escaped(column.data_type)}; {_escaped(told.doubt)}"
        return
    if told.follows:
        yield f"{_INDENT}# {_key(column.name)} {_escaped(told.reason)}, and follows the present; or say"
        yield f"{_INDENT}# {_key(column.name)}: {_flow(told.fields)}"
    else:
        yield f"{_INDENT}{_key(column.name)}:"
        yield f"{_INDENT}  # {_escaped(told.reason)}"
        for name, value in told.fields.items():
            yield f"{_INDENT}  {name}: {_flow(value)}"
    for meaning, fields in told.others:
        said = ", ".join(f"{name}: {_flow(value)}" for name, value in fields.items())
        yield f"{_INDENT}  # or {_escaped(meaning)}: {said}"


def _named(table: str, column: str) -> str:
    return f"{_key(table)}.{_key(column)}"


def _key(name: str) -> str:
    plain = _PLAIN.fullmatch(name) and name.lower() not in _READ_OTHERWISE
    return name if plain else _text(name)


def _flow(value: Json) -> str:
    """A value in one line, of which every reader of YAML makes the same."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_flow, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_key(name)}: {_flow(inner)}' for name, inner in value.items())}}}"
    if isinstance(value, float):
        mantissa, exponent, power = repr(value).partition("e")
        return f"{mantissa}{'.0' if exponent and '.' not in mantissa else ''}{exponent}{power}"
    return json.dumps(value)


def _text(text: str) -> str:
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{_escaped(quoted)}"'


def _escaped(text: str) -> str:
    """A text in one line, of characters that YAML allows."""
    return "".join(char if char.isprintable() else _code(ord(char)) for char in text)


def _code(number: int) -> str:
    if number < 1 << 8:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 1 << 16 else f"\\U{number:08x}"
