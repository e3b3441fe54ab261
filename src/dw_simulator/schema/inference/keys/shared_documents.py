"""What rows share that has no table of its own: the receipt of sales, the session of page views.

    fct_sales (receipt_no, line_no, day_key -> dim_day, client_key -> dim_client, item_key -> dim_item,
               paid_by, quantity, amount)
    views     (view_id, session_id, visitor_id, browser, country, viewed_at, path)

The lines of one receipt have one client, one day and one way to pay; the views of one session are of one
visitor, and follow each other; what is logged of one cookie or device is of one browser, and one city.
A hidden table has one row for each receipt, with all that belongs to it, and
a line says what stands there.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from dw_simulator.schema.inference.candidates import Found, Words, words_of
from dw_simulator.schema.inference.keys.key_names import prefix_of
from dw_simulator.schema.inference.shape.calendar_names import lines_of
from dw_simulator.schema.inference.sketch import Sketch, free_name
from dw_simulator.schema.inference.words.tokens import noun, singular
from dw_simulator.schema.json_data import Json, JsonObject
from dw_simulator.schema.model import Column, Experiment, ForeignKey, Table
from dw_simulator.types import Kind

_MOMENTS = frozenset({Kind.DATE, Kind.TIMESTAMP})
_DAYS = frozenset({"date", "day", "calendar", "time"})
_KEYS = frozenset({Kind.TEXT, Kind.INTEGER, Kind.DECIMAL, Kind.UUID})
_USUAL, _MOST_ROWS = 2000, 8000
"""Documents, and rows of them, where nothing says how many."""
_LEAST_SHARED = 2
"""Fewer columns than this make no document."""


@dataclass(frozen=True)
class Sharing:
    """What kind of thing rows share.

    listed  the list of words that are such things
    times   things for each row
    most    rows of one thing
    logged  whether its rows are written one by one as they happen, and not all of one moment
    lasts   whether they follow each other for a while
    """

    listed: str
    times: float
    most: int
    logged: bool = False
    lasts: bool = False


_DOCUMENT = Sharing("document", 0.4, 7)
_SESSION = Sharing("session", 0.15, 40, logged=True, lasts=True)
_VISITOR = Sharing("visitor", 0.15, 40, logged=True)
_SHARINGS = (_DOCUMENT, _SESSION, _VISITOR)


@cache
def _words(which: str) -> frozenset[str]:
    return frozenset(
        word for name, words in lines_of("sharing.txt") if name == which for word in words.split()
    )


def _spoken(thing: str) -> str:
    """The noun as people say it, where a reading of names says another.

    >>> _spoken("deliver"), _spoken("invoice")
    ('receipt', 'invoice')
    """
    said = dict(pair.split("=") for pair in _words("spoken"))
    return said.get(thing, thing)


def with_documents(experiment: Experiment) -> Experiment:
    """The same schema with a hidden table for each document that rows of a table share."""
    made: list[Table] = []
    added: list[Table] = []
    taken = {table.name.lower() for table in experiment.tables}
    nouns = {noun(table.name) for table in experiment.tables}
    for table in experiment.tables:
        found = None if table.hidden or table.rows is not None else _Lines(table, nouns).document()
        if found is None:
            made.append(table)
            continue
        name = free_name(f"{found.thing}s", taken)
        taken.add(name)
        added.append(found.header(name))
        made.append(found.lines(name))
    return experiment.changed(tables=(*made, *added)) if added else experiment


def document_sizes(sketch: Sketch) -> None:
    """There are as many documents as their lines make: what the size of their noun says is left out."""
    for table in sketch.tables.values():
        sharing = next((one for one in _SHARINGS if _is_header(table.table, one)), None)
        if sharing is None or table.table.rows is not None:
            continue
        lines = next(link for link in table.children if link.reference.children is not None)
        count = table.said.pop("target_rows", _USUAL)
        if isinstance(count, int) and lines.child.table.target_rows is None:
            lines.child.said.pop("rows", None)
            lines.child.said.setdefault("target_rows", min(round(count / sharing.times), _MOST_ROWS))
        reason = f"each {' '.join(table.noun)} once: {lines.child.name} holds its rows"
        table.reasons.clear()
        table.says(reason, {"rows": {"per": lines.child.name, "times": sharing.times}})


def _is_header(table: Table, sharing: Sharing) -> bool:
    return table.hidden and table.inferred == _why(sharing)


def _why(sharing: Sharing) -> str:
    return f"rows share a {sharing.listed}"


@dataclass(frozen=True)
class _Document:
    """What the rows of a table share.

    thing   its noun
    key     the column that tells which one it is
    shared  the columns that are the same in all of its rows
    line    the number of a row in it, where there is one that no key asks for
    """

    table: Table
    sharing: Sharing
    thing: str
    key: Column
    shared: Sequence[Column]
    line: Column | None = None

    def header(self, name: str) -> Table:
        """The hidden table of the things that are shared."""
        links = _single_links(self.table)
        columns: list[Json] = [_declared(self.key) | {"required": True}]
        if self.sharing.lasts:
            moments: tuple[str, str] = (f"{self.thing}_started_at", f"{self.thing}_ended_at")
            columns += [{"name": one, "data_type": "TIMESTAMP"} for one in moments]
        for column in self.shared:
            data, link = _declared(column), links.get(column.name)
            if link is not None:
                data["foreign_key"] = {
                    "references_table": link.references_table,
                    "references_column": link.references_columns[0],
                }
            columns.append(data)
        data = {"name": name, "columns": columns, "primary_key": [self.key.name], "hidden": True}
        return Table.model_validate({**data, "inferred": _why(self.sharing)})

    def lines(self, name: str) -> Table:
        """The table, whose rows look up what they share."""
        shared = {column.name for column in self.shared}
        links = _single_links(self.table)
        reason = f"that of the {self.thing}"
        columns = []
        for column in self.table.columns:
            link = links.get(column.name)
            if column.name == self.key.name:
                columns.append(self._to(column, name))
            elif column is self.line:
                columns.append(_with(column, self._numbered(column)))
            elif column.name not in shared:
                columns.append(column)
            elif link is None:
                lookup: JsonObject = {"lookup": {"reference": self.key.name, "column": column.name}}
                columns.append(_with(column, Found("", lookup, reason).written(column.name)))
            elif column.foreign_key is not None:
                columns.append(_with(column, {"foreign_key": self._by_way(column, reason)}))
            else:
                columns.append(column)
        return self.table.changed(columns=tuple(columns))

    def _to(self, column: Column, name: str) -> Column:
        data: JsonObject = {
            "references_table": name,
            "references_column": column.name,
            "children": {"min": 1, "max": self.sharing.most},
        }
        if not column.required:
            data["null_fraction"] = 0
        why = f"rows of one {self.thing} share what belongs to it"
        return _with(column, {"foreign_key": {**data, "inferred": why, "guessed": dict(data)}})

    def _numbered(self, column: Column) -> JsonObject:
        rule: JsonObject = {"rule": {"name": "window", "function": "number", "reference": self.key.name}}
        if not column.required:
            rule["null_fraction"] = 0
        return Found("", rule, f"its number within the {self.thing}").written(column.name)

    def _by_way(self, column: Column, reason: str) -> JsonObject:
        declared = column.foreign_key
        assert declared is not None, "it is a reference"
        said: JsonObject = {"via": [self.key.name, column.name]}
        if not column.required:
            said["null_fraction"] = 0
        data: JsonObject = dict(declared.model_dump(mode="json", exclude_defaults=True))
        reasons = [text for text in (declared.inferred, reason) if text]
        former = data.get("guessed")
        guessed = {**former, **said} if isinstance(former, dict) else said
        return {**data, **said, "inferred": "; ".join(reasons), "guessed": guessed}


def _declared(column: Column) -> JsonObject:
    """A column as another table has it: its name and its type."""
    data: JsonObject = {"name": column.name, "data_type": column.data_type, "required": column.required}
    return data if column.varchar_length is None else {**data, "varchar_length": column.varchar_length}


def _with(column: Column, fields: JsonObject) -> Column:
    return Column.model_validate({**column.model_dump(mode="json", exclude_defaults=True), **fields})


def _single_links(table: Table) -> dict[str, ForeignKey]:
    return {link.columns[0]: link for link in table.references if len(link.columns) == 1}


class _Lines:
    """A table whose rows may be lines of something."""

    def __init__(self, table: Table, nouns: set[Words]) -> None:
        self.table, self.nouns = table, nouns
        self.noun = noun(table.name)
        prefix = prefix_of(table.name, [column.name for column in table.columns])
        self.words = {
            column.name: tuple(singular(word) for word in words_of(column, prefix))
            for column in table.columns
        }
        self.bound = {name for link in table.references for name in link.columns}
        self.keys = [set(key) for key in table.keys]

    def document(self) -> _Document | None:
        """What its rows share; None where they share nothing without a table."""
        if len(self.table.columns) <= _LEAST_SHARED + 1:
            return None
        line = next(filter(self._counts_lines, self.table.columns), None)
        for sharing in _SHARINGS:
            # somebody has a cookie or two, and a cookie is of one user
            for column in sorted(self.table.columns, key=lambda one: "user" in self.words[one.name]):
                thing = self._thing(column, sharing)
                if thing and self._is_shared(column, thing, line, sharing):
                    shared = tuple(self._shared(column, sharing))
                    if len(shared) >= _LEAST_SHARED and not all(map(self._is_moment, shared)):
                        numbered = line if line and not any(line.name in key for key in self.keys) else None
                        return _Document(self.table, sharing, _spoken(thing), column, shared, numbered)
        return None

    def _counts_lines(self, column: Column) -> bool:
        """Whether it is the number of a line."""
        words = {*self.words[column.name]}
        number = column.type.kind in (Kind.INTEGER, Kind.DECIMAL) and not column.type.scale
        plain = words - _words("number") - _words("document") - ({*self.noun} - _words("line"))
        return number and column.name not in self.bound and bool(plain) and plain <= _words("line")

    def _thing(self, column: Column, sharing: Sharing) -> str:
        """The noun of what a column is the number of; empty where it is no such number."""
        words = self.words[column.name]
        things = [word for word in words if word in _words(sharing.listed)]
        rest = {*words} - {*things} - _words("number") - {"sale", "sales", "internal", "source", "web"}
        numbered = bool({*words} & _words("number"))
        if not things or rest or not numbered or {*words} & _words("line"):
            return ""
        told = column.source or column.is_unique or self._is_checked(column.name)
        open_ = column.name not in self.bound and not told
        return things[-1] if open_ and column.type.kind in _KEYS and not column.type.scale else ""

    def _is_shared(self, column: Column, thing: str, line: Column | None, sharing: Sharing) -> bool:
        """Whether several rows have one value of a column."""
        if {column.name} in self.keys or any((thing,) == known[-1:] for known in self.nouns - {self.noun}):
            return False
        keyed = [key for key in self.keys if column.name in key]
        if line is not None and not sharing.logged:
            return all(key == {column.name, line.name} for key in keyed)
        if keyed or thing in self.noun:
            return False
        if sharing.logged:
            return any(
                column.type.kind is Kind.TIMESTAMP and column.required for column in self.table.columns
            )
        sold = thing in _words("document sold")
        return sold and any(self._is_thing(name) for name in self.words)

    def _is_thing(self, name: str) -> bool:
        """Whether a column tells what a line is about: the article that is sold."""
        numbered = name in self.bound or bool({*self.words[name]} & (_words("number") | {"name"}))
        return numbered and bool({*self.words[name]} & _words("thing"))

    def _shared(self, key: Column, sharing: Sharing) -> Iterator[Column]:
        """The columns that are the same in all rows of a document."""
        links = _single_links(self.table)
        keyed = {name for one in self.keys for name in one}
        for column in self.table.columns:
            words = {*self.words[column.name]}
            if column is key or column.name in keyed or words & _words("never with"):
                continue
            if column.name in self.bound:
                link = links.get(column.name)
                if link and column.foreign_key and self._leads_with(link, words, sharing):
                    yield column
            elif self._may_look_up(column) and self._goes_with(column, words, sharing):
                yield column

    def _may_look_up(self, column: Column) -> bool:
        """Whether its values may come from elsewhere: no CHECK names it, and it is no stamp of the row."""
        stamped = column.default is not None and column.type.kind in _MOMENTS
        return not (stamped or column.source or self._is_checked(column.name))

    def _leads_with(self, link: ForeignKey, words: set[str], sharing: Sharing) -> bool:
        """Whether a reference is the same in all rows of a document: any but what a line is about."""
        words = words | {*map(singular, noun(link.references_table))}
        apart = _words("thing") | _words("line with") | _words("promo")
        if words & apart or link.references_table == self.table.name:
            return False
        return not sharing.logged or bool(words & _words(f"{sharing.listed} with"))

    def _goes_with(self, column: Column, words: set[str], sharing: Sharing) -> bool:
        """Whether a plain column is the same in all rows of a document: what they are paid with."""
        if column.type.kind in _MOMENTS:
            return not sharing.logged and not words & _words("line with")
        if not words & _words(f"{sharing.listed} with") or words & _words("line with"):
            return False
        kind = column.type.kind
        numbered = kind in (Kind.INTEGER, Kind.DECIMAL) and not column.type.scale
        return kind in (Kind.TEXT, Kind.UUID, Kind.BOOLEAN) or (numbered and bool(words & _words("number")))

    def _is_moment(self, column: Column) -> bool:
        """Whether it is a moment, or the key of a day."""
        return column.type.kind in _MOMENTS or bool({*self.words[column.name]} & _DAYS)

    def _is_checked(self, name: str) -> bool:
        pattern = re.compile(rf"\b{re.escape(name)}\b", re.IGNORECASE)
        return any(pattern.search(check) for check in self.table.checks)
