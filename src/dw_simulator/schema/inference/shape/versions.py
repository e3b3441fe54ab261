"""Dimensions that keep every version of a thing (SCD2): its versions share a key, and follow each other.

    dim_guest (guest_key INT PRIMARY KEY, guest_no VARCHAR(12), last_name, email, city, tier,
               valid_from TIMESTAMP NOT NULL, valid_to TIMESTAMP, is_current BOOLEAN)

A hidden table has one row for each guest: what never changes is there, and each version looks it up. What
versions are there for, such as the tier, changes now and then (`tracked_columns`). valid_from rises, valid_to
is the next one's; when a guest came is before the first version, and when one left after the last.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.guesses import LAST_YEARS, YEARS_BACK
from dw_simulator.schema.inference.shape.calendar_names import calendar_names, lines_of
from dw_simulator.schema.inference.shape.day_tables import day_of
from dw_simulator.schema.inference.shape.tracked_columns import (
    TrackedUnit,
    Turns,
    named_in,
    track,
    tracked_units,
    version_words,
)
from dw_simulator.schema.inference.shape.validity_words import bound_called, is_called_current
from dw_simulator.schema.inference.shape.version_moments import (
    dated,
    is_latest,
    show_end,
    show_status,
    stage_of,
    status_of,
    within_version,
)
from dw_simulator.schema.inference.sketch import ColumnSketch, Sketch, TableSketch, never_null
from dw_simulator.schema.inference.sql_rules import expressed
from dw_simulator.schema.json_data import Json, JsonObject
from dw_simulator.schema.quoting import quoted_name
from dw_simulator.types import Kind

_MOMENTS = frozenset({Kind.DATE, Kind.TIMESTAMP})
_TAILS = frozenset({"date", "time", "timestamp", "at", "on", "stamp", "dttm", "ts", "dt", "day", "datetime"})
_SURROGATES = frozenset({"sk", "key", "surrogate", "skey", "hk", "wk", "id", "pk", "dim"})
_FACTS = frozenset({"fact", "fct", "fakt", "fait", "hechos", "fatos", "fatto", "feit"})
_PER_VERSION = 0.55
"""Things for each version: most have one or two versions, some have four."""
_MOST_VERSIONS = 6
_LAST_NEWCOMERS = 100
"""Days before the present at which the last things came."""
_EARLIER = 4
"""Years in which things came before the last years."""
_FOREVER = "9999-12-31"
_IN_USE = "in_use_until"
"""The hidden column that says until when a version is valid and its thing is there."""


def validity(table: TableSketch) -> tuple[str, str] | None:
    """From when and until when a version is valid: the columns' names; None where no versions were found."""
    until = next((one.name for one in table.columns.values() if one.hidden and one.name == _IN_USE), None)
    for column in table.columns.values():
        rule = column.rule
        if rule.get("name") == "window" and rule.get("function") == "lead":
            return str(rule["column"]), until or column.name
    return None


def bounds_of(table: TableSketch) -> tuple[str, str] | None:
    """From when and until when something is valid: the columns' names; the second may be empty."""
    moments = [one for one in table.columns.values() if one.kind in _MOMENTS and not one.column.type.zoned]
    since = next((one for one in moments if _bound(one) == "from"), None)
    until = next((one for one in moments if _bound(one) == "to"), None)
    return (since.name, until.name) if since is not None and until is not None else None


@dataclass(frozen=True)
class Versioned:
    """A table of versions, with the columns that say so.

    key      the thing's own key, which its versions share
    since    from when a version is valid; until: until when
    current  whether it is the last one; number: which one it is
    """

    table: TableSketch
    key: ColumnSketch
    since: ColumnSketch
    until: ColumnSketch | None
    current: ColumnSketch | None
    number: ColumnSketch | None


def versions(sketch: Sketch) -> None:
    """Tables of versions get a hidden table of the things that they are versions of."""
    if not sketch.has("after", "window", "expression"):
        return
    for table in list(sketch.tables.values()):
        found = versioned(table)
        if found is not None:
            _Master(sketch, found).make()


@cache
def _phrases(which: str) -> frozenset[tuple[str, ...]]:
    lists = (phrases for name, phrases in lines_of("versions.txt") if name == which)
    return frozenset(tuple(sorted(phrase.split())) for phrases in lists for phrase in phrases.split(";"))


@cache
def _listed(which: str) -> frozenset[str]:
    return frozenset(word for phrase in _phrases(which) for word in phrase)


def _is_called(column: ColumnSketch, which: str) -> bool:
    """Whether a column is called by a phrase of a list, without the words for a date and its table's noun."""
    things = {*column.table.noun}
    forms = [tuple(word for word in column.words if word not in _TAILS)]
    forms.append(tuple(word for word in forms[0] if word not in things))
    return any(tuple(sorted(form)) in _phrases(which) for form in forms if form)


def _bound(column: ColumnSketch) -> str:
    """Whether it says from when a version is valid, or until when: from, to; empty where it says neither."""
    if called := bound_called(column.name):
        return called
    words = {*column.words} - _TAILS - {*column.table.noun} - _listed("word dull")
    said = {_meaning(word) for word in words}
    if not said or "" in said:
        return ""
    return "to" if "to" in said else "from"


@cache
def _meaning(word: str) -> str:
    return next((kind for kind in ("valid", "from", "to") if word in _listed(f"word {kind}")), "")


def versioned(table: TableSketch) -> Versioned | None:
    """What makes a table one of versions, a key beside its own and a validity; None for any other."""
    if table.table.rows is not None or table.hidden or not table.table.primary_key:
        return None
    columns = [one for one in table.columns.values() if one.open and not one.keyed and not one.hidden]
    moments = [one for one in columns if one.kind in _MOMENTS]
    since = next((one for one in moments if one.required and _bound(one) == "from"), None)
    until = next((one for one in moments if one is not since and _bound(one) == "to"), None)
    flags = [one for one in columns if one.kind not in _MOMENTS]
    current = next((one for one in flags if _is_called(one, "current") or is_called_current(one.name)), None)
    number = next((one for one in flags if _is_number(one) and _is_called(one, "version")), None)
    key = _business_key(table, columns)
    says = sum(one is not None for one in (until, current, number))
    if (
        since is None
        or key is None
        or says < 1
        or (current is None and number is None and (not _is_surrogate(table) or _happens(table)))
    ):
        return None
    return Versioned(table, key, since, until, current, number)


def _happens(table: TableSketch) -> bool:
    """Whether rows are what happens and not what is there: orders, from their start to their end."""
    prefix = table.name.lower().partition("_")[0]
    return prefix in _FACTS or any(day_of(link.parent) is not None for link in table.links)


def _is_number(column: ColumnSketch) -> bool:
    return column.kind in (Kind.INTEGER, Kind.DECIMAL) and not column.column.type.scale


def _is_surrogate(table: TableSketch) -> bool:
    """Whether the primary key is one that a warehouse has made."""
    (name, *others) = table.table.primary_key
    return not others and bool({*table.column(name).words} & (_SURROGATES - {"id"}))


def _business_key(table: TableSketch, columns: list[ColumnSketch]) -> ColumnSketch | None:
    """The key of the thing itself: guest_no beside guest_key."""
    if len(table.table.primary_key) != 1 or table.columns[table.table.primary_key[0]].kind in _MOMENTS:
        return None
    things, found = {*table.noun}, list[tuple[int, ColumnSketch]]()
    for place, column in enumerate(columns):
        words = [word for word in column.words if word not in things]
        named = bool(words) and {*words} <= _listed("key") | {
            "natural",
            "business",
            "source",
            "system",
            "src",
        }
        if named and column.required and column.kind in (Kind.TEXT, Kind.INTEGER, Kind.DECIMAL, Kind.UUID):
            own = bool({*column.words} & things) or bool(
                {*words} & {"bk", "nk", "natural", "business", "durable"}
            )
            found.append((place - 100 * own, column))
    return min(found, key=lambda one: one[0])[1] if found else None


class _Master:
    """The things behind the versions."""

    def __init__(self, sketch: Sketch, found: Versioned) -> None:
        self.sketch, self.found, self.table = sketch, found, found.table
        self.number = ""
        self.later = ""
        self.units = list[TrackedUnit]()
        self.dated = dict[str, Found]()
        self.status: ColumnSketch | None = None
        self.present = str(sketch.experiment.as_of or LAST_YEARS["date_end"])[:10]

    def make(self) -> None:
        """Add the hidden table, and let the versions look up what does not change."""
        found = self.found
        moved = list(self._moved())
        thing = " ".join(self.table.noun)
        turns = Turns(self.units, "thing_no", "begun_as")
        tracked = {one.name for unit in self.units for one in unit.columns}
        columns: list[Json] = [{"name": "thing_no", "data_type": "BIGINT"}, self._begun(), *turns.of_things()]
        self.status = status_of(moved)
        self.dated = dated(moved, self.status)
        for one in moved:
            columns.append(data := self._column(one))
            if one.name in tracked and not any(one in unit.columns for unit in self.units if unit.grows):
                columns += turns.others(one.name, data)
        if ended := [one for one in moved if stage_of(one) == "ended"]:
            columns.append(self._last_begun())
        name = f"{'_'.join(self.table.noun)}_things"
        master = self.sketch.add_hidden_table(
            name,
            {
                "primary_key": ["thing_no"],
                "columns": columns,
                "rows": {"per": self.table.name, "times": _PER_VERSION},
                "inferred": f"what {self.table.name} holds versions of",
            },
            f"each {thing} once: {self.table.name} holds versions of it",
        )
        link = self.table.add_hidden(
            "thing_no",
            "BIGINT",
            Found("", {}, f"which {thing} it is a version of"),
            foreign_key={
                "references_table": master.name,
                "references_column": "thing_no",
                "children": {"min": 1, "max": _MOST_VERSIONS},
            },
        )
        for column in moved:
            if column.name in tracked or column is self.status or column in ended:
                continue
            reason = f"the same in all versions of a {thing}"
            column.says(Found("", {"lookup": {"reference": link.name, "column": column.name}}, reason))
        self._follow(link.name)
        track(replace(turns, link=link.name, number=self.number), thing)
        within_version(self.table, found.since.name, self.later)
        if self.status is not None:
            show_status(self.status, link.name, self.later)
        for one in ended:
            show_end(one, link.name, self.later)
        if ended:
            self._in_use(ended)

    # --- which columns

    def _moved(self) -> Iterator[ColumnSketch]:
        """The columns that say the same of all versions: those that need no column of a version."""
        special = [self.found.since, self.found.until, self.found.current, self.found.number]
        latest = [one for one in self.table.columns.values() if is_latest(one)]
        candidates = [
            one
            for one in self.table.columns.values()
            if one not in special and one not in latest and self._may_stay(one)
        ]
        kept = {one.name: one for one in candidates}
        while True:
            self.units = tracked_units(self.sketch, self.table, kept)
            unit_of = {one.name: unit for unit in self.units for one in unit.columns}
            others = {name for name in self.table.columns if name not in kept}
            lost = {one.name for one in kept.values() if self._asks_for(one, others)}
            ends = {one.name for one in kept.values() if stage_of(one) == "ended"}
            for one in kept.values():  # what is made of what changes is made anew for each version
                if not stage_of(one) and (named_in(dict(one.fields)) | named_in(one.unless)) & ends:
                    lost.add(one.name)
                made_of = {name for name in named_in(dict(one.fields)) if name in unit_of} - {one.name}
                unit = unit_of.get(one.name)
                if not (unit is not None and unit.grows) and made_of:
                    lost.add(one.name)
            for group in self._entities().values():  # a person is whole in one place
                if not group <= kept.keys() - lost:
                    lost |= group & kept.keys()
            if not lost:
                break
            kept = {name: one for name, one in kept.items() if name not in lost}
        yield from kept.values()

    def _may_stay(self, column: ColumnSketch) -> bool:
        if column is self.found.key:
            return True
        if not column.open or column.keyed or column.hidden:
            return False
        words = {*column.words} - {*self.table.noun}
        return not words & version_words("audit") and column.rule.get("name") not in ("row_hash", "hash")

    def _entities(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for column in self.table.columns.values():
            if isinstance(entity := column.rule.get("entity"), str):
                found.setdefault(f"{column.rule.get('name')} {entity}", set()).add(column.name)
        return found

    def _asks_for(self, column: ColumnSketch, names: set[str]) -> bool:
        """Whether its fields name one of these columns."""
        if stage_of(column):
            return bool(column.unless) and bool(named_in(column.unless) & names)
        if self._follows_since(column):
            names = names - {self.found.since.name}
        return bool((named_in(dict(column.fields)) | named_in(column.unless)) & names)

    def _follows_since(self, column: ColumnSketch) -> bool:
        """Whether it comes before or after the version's beginning: then it does so of the thing's."""
        return column.rule.get("name") == "after" and column.rule.get("column") == self.found.since.name

    # --- what they become

    def _column(self, column: ColumnSketch) -> JsonObject:
        """A column of the hidden table: as it was found."""
        data: JsonObject = dict(column.column.model_dump(mode="json", exclude_defaults=True))
        found = self.dated.get(column.name, column.found)
        if column.name not in self.dated and found is not None and self._follows_since(column):
            found = Found(
                found.meaning, {**found.fields, "rule": {**column.rule, "column": "begun"}}, found.reason
            )
        fields = found.written(column.name, self.sketch.experiment.as_of, column.nulls) if found else {}
        data = {name: value for name, value in data.items() if name not in ("comment", "encode", "default")}
        if column is self.found.key:
            return {**data, **self._key_fields(column, fields), "is_unique": True}
        return {**data, **fields}

    def _key_fields(self, column: ColumnSketch, fields: JsonObject) -> JsonObject:
        """A key that tells things apart: its own rule where that can, else a number."""
        rule = fields.get("rule")
        if isinstance(rule, dict) and rule.get("name") in ("pattern", "numbered", "uuid"):
            return fields
        type_ = column.column.type
        if type_.kind is not Kind.TEXT or not self.sketch.has("numbered"):
            return {}
        letter = next((word[0].upper() for word in self.table.noun), "N")
        digits = min(type_.length - 2, 6)
        shape = f"{letter}-{{number:0{digits}}}" if digits >= 5 else f"{{number:0{min(type_.length, 9)}}}"
        return {"rule": {"name": "numbered", "format": shape}}

    def _begun(self) -> JsonObject:
        """When a thing came: most of them before the last years, from which facts are."""
        end = date.fromisoformat(self.present)
        start = date(end.year - YEARS_BACK - _EARLIER, 1, 1)
        return {
            "name": "begun",
            "data_type": "DATE",
            "date_start": start.isoformat(),
            "date_end": (end - timedelta(days=_LAST_NEWCOMERS)).isoformat(),
        }

    def _follow(self, link: str) -> None:
        """The moments and numbers of the versions of one thing."""
        found = self.found
        self._begin(link)
        lead: JsonObject = {
            "name": "window",
            "function": "lead",
            "reference": link,
            "column": found.since.name,
        }
        until = found.until
        if until is None or until.required:
            kind = (until or found.since).column.data_type
            reason = "when the next version begins"
            later = self.table.add_hidden(
                "next_from", kind, Found("", {"rule": lead, "null_fraction": 0}, reason), required=False
            )
        else:
            until.says(Found("", {"rule": lead, "null_fraction": 0}, "it ends where the next version begins"))
            later = until
        following = quoted_name(later.name)
        self.later = later.name
        if until is not None and until is not later:
            sql = f"COALESCE({following}, DATE '{_FOREVER}')"
            until.says(Found("", expressed(sql), "it ends where the next version begins"))
        if found.number is not None:
            fields = {**expressed(quoted_name(self.number)), **never_null(found.number)}
            found.number.says(Found("", fields, "which version it is"))
        if found.current is not None and (sql := _truth(found.current, f"{following} IS NULL")):
            fields = {**expressed(sql), **never_null(found.current)}
            found.current.says(Found("", fields, "the last version is the current one"))

    def _last_begun(self) -> JsonObject:
        """When the last version of a thing begins."""
        since = self.found.since
        rule: JsonObject = {"name": "rollup", "table": self.table.name, "reference": "thing_no"}
        rule |= {"function": "max", "column": since.name}
        data: JsonObject = {"name": "last_begun", "data_type": since.column.data_type, "rule": rule}
        return {**data, "required": False}

    def _in_use(self, ended: list[ColumnSketch]) -> None:
        """Until when a version can be referenced: it is not after the end of its thing."""
        type_ = self.found.since.column.data_type
        times = [self.later, *(one.name for one in ended)]
        sql = f"LEAST({', '.join(f'CAST({quoted_name(name)} AS TIMESTAMP)' for name in times)})"
        found = Found("", {**expressed(sql), "null_fraction": 0}, "the version is valid, and the thing there")
        self.table.add_hidden(_IN_USE, type_, found, required=False)

    def _begin(self, link: str) -> None:
        """Each version begins on a later day than the one before; a TIMESTAMP at midnight, when it is loaded.

        Days that are drawn may be the same: each is moved by the number of its version.
        """
        rule: JsonObject = {
            "name": "after",
            "reference": link,
            "column": "begun",
            "ordered": True,
            "first": True,
        }
        rule |= {"at_least": "20d", "within": "1500d"}
        reason = "each version begins after the one before"
        latest = date.fromisoformat(self.present) - timedelta(days=_MOST_VERSIONS)
        fields: JsonObject = {"rule": rule, "date_end": latest.isoformat()}
        day = quoted_name(self.table.add_hidden("begun_on", "DATE", Found("", fields, reason)).name)
        number: JsonObject = {"rule": {"name": "window", "function": "number", "reference": link}}
        self.number = self.table.add_hidden("begun_as", "INT", Found("", number, reason)).name
        which = quoted_name(self.number)
        sql = f"{day} + CAST({which} AS INTEGER) - 1"
        since = self.found.since
        if since.kind is not Kind.DATE:
            sql = f"CAST({sql} AS TIMESTAMP)"
        since.says(Found("", expressed(sql), reason))


def _truth(column: ColumnSketch, condition: str) -> str:
    """A condition as the type of a column says it; empty where it cannot."""
    if column.kind is Kind.BOOLEAN:
        return condition
    yes, no = "1", "0"
    if column.kind is Kind.TEXT:
        room = column.column.type.length
        worded = room >= len("Inactive") and "status" in column.words
        letters = calendar_names(column.table.language).truths
        no, yes = ("'Expired'", "'Current'") if worded else (f"'{one}'" for one in letters)
    elif not _is_number(column):
        return ""
    return f"CASE WHEN {condition} THEN {yes} ELSE {no} END"
