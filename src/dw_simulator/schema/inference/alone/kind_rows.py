"""Columns that say of what kind a row is, and what goes by it: names, sizes, weights, prices.

    venue (venue_id INT, venue_name VARCHAR(60), venue_type VARCHAR(20), seats INT)
        venue_type, venue_name, seats    of one row of venues: Stadium, Harbour Stadium, 24000

Where a CHECK or codes say which kinds there are, or a referenced row does, the rest goes by these. A name is
then one that says the same as the kind, or nothing of any.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dw_simulator.schema.inference.alone.kind_columns import (
    LABELS,
    as_price,
    bare_words,
    ends,
    fields_of,
    known_values,
    longest,
    pattern_of,
)
from dw_simulator.schema.inference.candidates import Found
from dw_simulator.schema.inference.numbers.header_sums import MADE
from dw_simulator.schema.inference.shape.versions import versioned
from dw_simulator.schema.inference.sketch import ColumnSketch, Link, Sketch, TableSketch
from dw_simulator.schema.inference.words.kind_groups import (
    KindGroup,
    KindLine,
    Row,
    kind_groups,
    rounded,
    spread,
)
from dw_simulator.schema.inference.words.tokens import singular
from dw_simulator.schema.json_data import Json, JsonObject
from dw_simulator.types import NUMERIC_KINDS, Kind

_ROWS = 240
"""So many rows stand together in the data for a table."""
_LEAST_UNIT = 0.6
"""Of the last place of a column, what the least number of a kind has to be, so that it is not 0."""
_LONG_LABEL, _SHORT_LABEL = 30, 10
"""Characters of a label that takes any kind, and of one that may be a code if it has fewer."""
_OF_OTHERS = frozenset(
    """order invoice line cart basket receipt sale purchase return quote quotation transaction detail stock
    inventory shipment delivery wish list price favorite bundle review rating related top daily monthly
    history log""".split()
)
"""Words before a noun that make a row one that tells of the things, and not a thing: an order item."""


def parent_kinds(sketch: Sketch) -> None:
    """Tables of kinds that are referenced hold the kinds that their children's rows can be of."""
    if not sketch.has("table", "choice"):
        return
    for table in sketch.tables.values():
        for group in groups_for(table):
            for link in table.links:
                label = label_of(link, group)
                level = _level_of(link, group)
                if (
                    label is None
                    or not level
                    or not label.open
                    or (label.keyed and label.column.type.length < _LONG_LABEL)
                ):
                    continue
                if label.rule.get("name") not in (None, "choice", "pattern", "product"):
                    continue
                kinds = group.kinds(level)
                values = label.rule.get("values")
                known = isinstance(values, list) and all(group.lines_of(str(one)) for one in values)
                if not known and max(len(kind.encode()) for kind in kinds) <= label.column.type.length:
                    label.says(
                        Found(
                            "one of the kinds that there are",
                            {"rule": {"name": "choice", "values": [*kinds]}},
                        )
                    )


def kind_rows(sketch: Sketch) -> None:
    """Columns of a row that go by its kind."""
    if not sketch.has("table", "choice"):
        return
    for table in list(sketch.tables.values()):
        if table.hidden or table.table.rows is not None:
            continue
        for group in groups_for(table):
            if _KindTable(sketch, table, group).say():
                break


_OF_ACTS = frozenset("genre venue event show stage performer artist band".split())
_ONLY_BESIDE = {("performer", "act"): _OF_ACTS, ("performer", "active"): _OF_ACTS}
"""Groups, and nouns that mean something else as well, as they are read: what has to be beside these. An act
is a law, too."""


def groups_for(table: TableSketch) -> Iterator[KindGroup]:
    """The groups that a table may be of, by its noun and the words of its columns."""
    noun = tuple(map(singular, table.noun))
    if not noun or _OF_OTHERS & {*noun[:-1]}:
        return
    around: set[str] | None = None
    found = []
    for group in kind_groups().get(noun[-1], ()):
        length = max((len(one) for one in group.nouns if noun[-len(one) :] == one), default=0)
        if not length:
            continue
        if around is None:
            around = {singular(word) for column in table.columns.values() for word in column.words} | {*noun}
        only = _ONLY_BESIDE.get((group.name, noun[-1]), frozenset())
        if only and not only & around:
            continue
        if not group.without & around and (not group.beside or group.beside & around):
            found.append((-length, not group.beside, group))
    yield from (group for _length, _beside, group in sorted(found, key=lambda one: one[:2]))


def _level_of(link: Link, group: KindGroup) -> str:
    """Which level of the kinds the rows of a referenced table are: its noun says it."""
    noun = tuple(map(singular, link.parent.noun))
    child = {singular(word) for word in link.child.noun}
    tails = (noun, tuple(word for word in noun if word not in child), noun[-1:])
    if link.to_itself or len(link.columns) > 1:
        return ""
    return next(
        (level for tail in tails for level in group.levels if tail in group.fields[level].phrases), ""
    )


def label_of(link: Link, group: KindGroup) -> ColumnSketch | None:
    """The column of a referenced table that says the kind."""
    if not _level_of(link, group):
        return None
    texts = [one for one in link.parent.columns.values() if one.kind is Kind.TEXT and not one.hidden]
    for wanted in LABELS:
        for one in texts:
            if bare_words(one) == wanted and one.column.type.length >= _SHORT_LABEL:
                return one
    return None


@dataclass
class _Given:
    """What says the kind of a row: a column of it, and which lines of the group each of its values is of."""

    column: str
    values: Mapping[str, list[KindLine]]


class _KindTable:
    """A table whose rows are of kinds."""

    def __init__(self, sketch: Sketch, table: TableSketch, group: KindGroup) -> None:
        self._sketch, self._table, self._group = sketch, table, group
        self._shown = dict(self._fields())

    def _fields(self) -> Iterator[tuple[str, tuple[ColumnSketch, float]]]:
        """Which column shows which field, and by what its numbers are multiplied; each field once."""
        said: list[tuple[int, int, str, ColumnSketch, float]] = []
        for at, column in enumerate(self._table.columns.values()):
            if not column.open or column.hidden or (column.found is None and column.keyed):
                continue
            for place, name, factor in fields_of(column, self._group):
                said.append((place, at, name, column, factor))
        taken: set[str] = set()
        for _place, _at, name, column, factor in sorted(said, key=lambda one: one[:2]):
            if not {name, column.name} & taken:
                taken |= {name, column.name}
                yield name, (column, factor)

    def say(self) -> bool:
        """Let the columns go by the kind; False where they cannot."""
        names = {column.name for column, _factor in self._shown.values()}
        if not names or any(_listed_elsewhere(column) for column, _factor in self._shown.values()):
            return False
        given = self._given()
        if given is not None:
            return self._say_by(given)
        levels = [level for level in self._group.levels if level in self._shown]
        if self._parent_link() is not None or any(_told(self._shown[level][0]) for level in levels):
            return False
        return len(names) > 1 and self._say_rows(levels)

    # --- rows of the group, one after another

    def _say_rows(self, levels: list[str]) -> bool:
        fields = self._fitting({})
        if len(fields) < 2 or not {*levels} <= {*fields}:
            return False
        lines = [line for line in self._group.lines if line.cells[self._group.levels[0]] != "*"]
        rows = self._rows(lines, _ROWS, fields)
        data = self._sketch.add_data(self._data_name(), rows)
        for name in fields:
            column = self._shown[name][0]
            rule: JsonObject = {"name": "table", "of": data, "column": name, "in_order": True}
            if column.kind is Kind.TEXT and (name == "name" or column.keyed):
                rule["more"] = "numbered"
            self._tell(column, rule, fields, rows)
        return True

    def _data_name(self) -> str:
        return f"{'_'.join(self._table.noun) or self._table.name}_kinds"

    def _fitting(self, without: Mapping[str, object]) -> list[str]:
        """The fields that columns can show: those whose values they hold."""
        found = []
        for name, (column, factor) in self._shown.items():
            if name in without:
                continue
            if column.keyed and (name != "name" or without or column.kind is not Kind.TEXT):
                continue
            if self._holds(name, column, factor):
                found.append(name)
        return found

    def _holds(self, name: str, column: ColumnSketch, factor: float) -> bool:
        group, type_ = self._group, column.column.type
        missing = any(line.cells.get(name) == "-" for line in group.lines)
        if missing and column.required and not self._none(name):
            return False
        if name in group.levels:
            return max(len(kind.encode()) for kind in group.kinds(name)) <= type_.length
        form = group.fields[name].form
        if form == "flag":
            return column.kind is Kind.BOOLEAN
        if not form:
            return column.kind is Kind.TEXT and longest(group, name) <= type_.length
        if column.kind not in NUMERIC_KINDS:
            return False
        greatest, least = ends(group, name)
        if column.kind is Kind.FLOAT:
            return True
        unit = 10**type_.scale
        small = least > 0 and least * factor * unit < _LEAST_UNIT
        return not small and bool(greatest * factor * unit <= type_.limits[1])

    def _none(self, name: str) -> str | None:
        """What stands where a kind has no such thing, and something has to."""
        words = self._group.words.get(f"no_{name}", ())
        return next((one for one in words if len(one) <= self._shown[name][0].column.type.length), None)

    def _rows(self, lines: list[KindLine], count: int, fields: list[str]) -> list[JsonObject]:
        lengths = {
            name: column.column.type.length
            for name, (column, _factor) in self._shown.items()
            if column.kind is Kind.TEXT
        }
        lines = [line for line in lines if not line.needs or line.needs in fields] or lines
        rows = spread(self._group, lines, count, lengths)
        typed = [{name: self._typed(name, row) for name in fields} for row in rows]
        needed = [name for name in fields if self._shown[name][0].required]
        return [row for row in typed if all(row[name] is not None for name in needed)] or typed

    def _typed(self, name: str, row: Row) -> Json:
        """A value as its column holds it."""
        value, (column, factor) = row.get(name), self._shown[name]
        if value is None and column.required:
            return self._none(name)
        if not isinstance(value, int | float) or isinstance(value, bool):
            return value
        scaled = value if factor == 1 else rounded(value * factor, 3)
        if self._group.fields[name].form == "money":
            return as_price(scaled, column.column.type.scale)
        if column.kind is Kind.FLOAT:
            return round(scaled, 3)
        return round(scaled, column.column.type.scale) if column.column.type.scale else round(scaled)

    def _tell(
        self, column: ColumnSketch, rule: JsonObject, fields: list[str], rows: list[JsonObject]
    ) -> None:
        others = [self._shown[one][0].name for one in fields if self._shown[one][0] is not column]
        reason = f"goes with {_and(others)}" if others else "goes with the kind of the row"
        kept: JsonObject = {}
        shares = column.fields.get("null_fraction")
        if shares is not None and not column.required:
            kept["null_fraction"] = shares
        if column.kind in NUMERIC_KINDS:  # equations look for how far numbers reach
            values = [value for row in rows if isinstance(value := row[str(rule["column"])], int | float)]
            kept |= {"min_value": min(values), "max_value": max(values)}
        column.says(Found("", {"rule": rule, **kept}, f"{column.name} {reason}"))
        column.loose = column.kind in NUMERIC_KINDS

    # --- by what says the kind

    def _given(self) -> _Given | None:
        """What says the kind of each row already: a CHECK, codes, or a referenced row."""
        listed = self._sketch.listed(self._table)
        for level in reversed(self._group.levels):
            if level not in self._shown:
                continue
            column = self._shown[level][0]
            coded = max(len(kind) for kind in self._group.kinds(level)) > column.column.type.length
            if not (column.name in listed or coded or _told(column) or self._asked_for(column)):
                continue
            values = self._values(column)
            if not values:
                return None
            column.filled = True
            return _Given(column.name, values)
        link = self._parent_link()
        return self._by_reference(link) if link is not None else None

    def _asked_for(self, column: ColumnSketch) -> bool:
        """Whether another column goes by its values: its code, or its label."""
        return any(one.rule.get("by") == column.name for one in self._table.columns.values())

    def _values(self, column: ColumnSketch) -> Mapping[str, list[KindLine]]:
        """Which lines each value of a column is of; empty where they are not known."""
        known = known_values(self._sketch, column)
        found: dict[str, list[KindLine]] = {}
        for value, meant in known.items():
            lines = self._group.lines_of(meant)
            if not lines and not self._group.plain:
                return {}
            found[value] = lines or self._group.plain
        named = sum(lines is not self._group.plain for lines in found.values())
        return found if named else {}

    def _parent_link(self) -> Link | None:
        """The reference to the kind of a row: to the narrowest that there is."""
        links = [link for link in self._table.links if label_of(link, self._group) is not None]
        order = self._group.levels
        return max(links, key=lambda link: order.index(_level_of(link, self._group)), default=None)

    def _by_reference(self, link: Link) -> _Given | None:
        label = label_of(link, self._group)
        if label is None or versioned(self._table) is not None:
            return None
        values = self._values(label)
        source = self._base(label)
        if not values or source is None:
            return None
        known = link.required
        if not known and any(column.required for column, _factor in self._shown.values()):
            own = self._table.columns[link.name]  # what has to be of a kind says of which
            if own.required or own.unless or "null_when" in own.fields:
                return None
            own.filled = known = True
        lookup: JsonObject = {"lookup": {"reference": link.name, "column": source.name}}
        reason = f"the {label.name} of its {link.parent.name}"
        kind = self._table.add_hidden(
            f"{link.name}_kind", source.column.data_type, Found("", lookup, reason), required=known
        )
        return _Given(kind.name, values)

    def _base(self, label: ColumnSketch) -> ColumnSketch | None:
        """The kinds of a referenced table without the numbers with which a long one goes on."""
        rule = label.rule
        if rule.get("name") == "choice":
            label.filled = True
            return label
        if rule.get("name") != "table" or not rule.get("in_order"):
            return None
        name = f"{label.name}_base"
        if name in label.table.columns:
            return label.table.columns[name]
        told = Found("", {"rule": {**rule, "more": "again"}}, f"the {label.name} of the row without a number")
        return label.table.add_hidden(name, label.column.data_type, told)

    def _say_by(self, given: _Given) -> bool:
        without = dict.fromkeys(
            name for name, (column, _f) in self._shown.items() if column.name == given.column
        )
        above = self._above(given)
        fields = [one for one in self._fitting(without) if one not in self._group.levels or one in above]
        fields = [name for name in fields if not self._say_open(name, given)]
        if not fields:
            return bool(without)
        rows: list[JsonObject] = []
        each = max(2 * _ROWS // len(given.values), 12)
        for value, lines in given.values.items():
            rows += [{"of": value, **row} for row in self._rows(lines, each, fields)]
        data = self._sketch.add_data(self._data_name(), rows)
        for name in fields:
            column = self._shown[name][0]
            rule: JsonObject = {"name": "table", "of": data, "column": name, "by": {given.column: "of"}}
            self._tell(column, rule, fields, rows)
        return True

    def _say_open(self, name: str, given: _Given) -> bool:
        """Let a text be written anew for each row, by the kind; False where it is one of a list."""
        column = self._shown[name][0]
        if name not in self._group.open or column.keyed or not self._sketch.has("cases", "pattern"):
            return False
        cases: JsonObject = {}
        for value, lines in given.values.items():
            found = pattern_of(self._group, name, lines[0], column.column.type.length)
            if not found:
                return False
            cases[value] = {"pattern": found}
        plain = self._group.plain or self._group.lines
        other = pattern_of(self._group, name, plain[0], column.column.type.length)
        rule: JsonObject = {"name": "cases", "given": given.column, "rule": {"name": "pattern"}}
        rule |= {"cases": cases, "otherwise": {"pattern": other}, "spare": True}
        column.says(Found("", {"rule": rule}, f"{column.name} goes with the kind of the row"))
        return True

    def _above(self, given: _Given) -> list[str]:
        """The other levels that columns show: they are of the same line where the given one is of lines."""
        plain = self._group.plain
        if any(lines is plain for lines in given.values.values()):
            return []
        return [level for level in self._group.levels if level in self._shown]


def _listed_elsewhere(column: ColumnSketch) -> bool:
    """Whether a column is of a list of rows already, or of what others say."""
    return str(column.rule.get("name", "")) in MADE or "lookup" in column.fields


def _told(column: ColumnSketch) -> bool:
    """Whether a column goes by another: its code, or its label."""
    return "by" in column.rule


def _and(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
