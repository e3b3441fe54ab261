"""Tables as a judge sees them: what each column is by its type, its values and the words of its name."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from dw_simulator.judging.bench import Bench, quoted
from dw_simulator.judging.judged_words import (
    DULL,
    DULL_TABLES,
    EVENTS,
    FALSE_WORDS,
    KEY_WORDS,
    PLANNED,
    STEPS,
    TRUE_WORDS,
)
from dw_simulator.judging.names import words_of

MOMENT, NUMBER, TEXT, FLAG, OTHER = "moment", "number", "text", "flag", "other"
_NUMBER = re.compile(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|U?INTEGER|FLOAT|DOUBLE|DECIMAL\(\d+,\d+\)")
_COUNTING = re.compile(
    r"(num(?!ber|mer|ero)|num(ber|ero)?_?(of|de)|no_?of|nbr_?of|anz|cnt_|count_)", re.IGNORECASE
)
_FACT = re.compile(r"(?i:fact|fct|f)_|(?i:fact)(?=[A-Z])")
_SOME = 150
"""Columns that are looked at in one query."""
_HELD = 3_000_000
"""Rows up to which a table is held in memory, as DuckDB has it, rather than read again for each question."""
_LISTED = 300
"""Columns of a table whose values are."""
_FEW = 80
"""Values that are listed."""
_FAR = "TIMESTAMP '2900-01-01'"
_NEVER = "TIMESTAMP '1901-01-01'"


def _steps() -> dict[str, str]:
    found = {}
    for line in STEPS.strip().splitlines():
        step, _, forms = line.partition("|")
        for form in forms.split():
            found[form] = step.strip()
    return found


_STEP_OF = _steps()


@dataclass
class Seen:
    """A column.

    name     as it is written
    sql      how it is called in the judge's own tables
    kind     what its values are
    source   how it is made of the raw table
    filled   how many are not NULL; distinct: about how many differ
    unique   whether all rows have it, each its own; nearly: whether a key has it, all but a few their own
    values   all of them, where they are few
    origin   the reference that a moment was taken along, where it is not the table's own
    lent     whether it is another row's moment, as a header's is for its lines
    """

    name: str
    sql: str
    kind: str
    source: str
    filled: int = 0
    distinct: int = 0
    unique: bool = False
    nearly: bool = False
    least: str | None = None
    greatest: str | None = None
    whole: bool = False
    day_only: bool = False
    flag_text: bool = False
    values: tuple[str, ...] = ()
    origin: str = ""
    lent: bool = False

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Of its name, in English and in the singular where it is known."""
        return words_of(self.name)

    @cached_property
    def step(self) -> str:
        """The step of a life that a moment's name says; empty where it says none."""
        steps = [_STEP_OF[word] for word in self._telling if word in _STEP_OF]
        if "start" in steps or "end" in steps:
            return "end" if "end" in steps else "start"
        if steps and steps[0] in ("first", "last"):
            return "login" if "login" in steps else steps[0]
        if not steps and {"effective", "valid"} & {*self.words}:
            return "start"
        return steps[-1] if steps else ""

    @cached_property
    def owner(self) -> frozenset[str]:
        """What is left of a moment's name without its step: whose moment it is."""
        last = {"last"} if self.step == "login" else set()
        return frozenset(w for w in self._telling if _STEP_OF.get(w, "") != self.step) - last

    @property
    def _telling(self) -> list[str]:
        return [word for word in self.words if word not in DULL]

    @property
    def planned(self) -> bool:
        """Whether it is meant to be rather than was."""
        return bool(PLANNED & set(self.words)) or self.step in ("due", "expire")

    @property
    def counting(self) -> bool:
        """Whether it is a number of something, such as `num_tickets`."""
        return _COUNTING.match(self.name) is not None

    @property
    def key_like(self) -> bool:
        """Whether its name is that of a key."""
        if self.counting:
            return False
        return self.words[-1] in KEY_WORDS or self.words[0] in ("fk", "pk", "id", "nr")


@dataclass
class Judged:
    """A table: its name, its raw view, the judge's own copy, its rows and columns."""

    name: str
    raw: str
    sql: str
    rows: int
    columns: list[Seen] = field(default_factory=list)

    @cached_property
    def nouns(self) -> tuple[str, ...]:
        """What one row of it is."""
        words = words_of(self.name)
        return tuple(word for word in words if word not in DULL_TABLES) or words

    @property
    def is_event(self) -> bool:
        """Whether its rows are what happens, rather than whom or what it happens to."""
        return _FACT.match(self.name) is not None or self.nouns[-1] in EVENTS

    def of_kind(self, *kinds: str) -> list[Seen]:
        """Its columns of some kinds that hold anything."""
        return [column for column in self.columns if column.kind in kinds and column.filled]

    @cached_property
    def keys(self) -> list[Seen]:
        """Columns whose values are all there and all differ, the likeliest key first."""
        found = [
            c for c in self.columns if (c.unique or c.nearly) and (c.kind in (NUMBER, TEXT) or c.key_like)
        ]
        named = [c for c in found if c.key_like or c is self.columns[0] or set(c.words) == set(self.nouns)]
        return sorted(named, key=lambda c: (not c.key_like, self.columns.index(c)))

    @property
    def key(self) -> Seen | None:
        """The likeliest key."""
        return self.keys[0] if self.keys else None

    def shown(self) -> list[Seen]:
        """The columns that tell which row is meant."""
        if self.key:
            return [self.key]
        return [c for c in self.columns if c.kind in (NUMBER, TEXT) and c.key_like][:2]


def looked_at(bench: Bench, views: Mapping[str, str]) -> list[Judged]:
    """Every table, with what is known of its columns."""
    found = []
    for number, (name, view) in enumerate(views.items()):
        bench.tell(f"reading {name}")
        counted = bench.rows(f"SELECT count(*) FROM {view}", name)
        if not counted:
            continue
        table = Judged(name, view, f"t{number}", int(counted[0][0]))
        table.columns = [_seen(at, *pair) for at, pair in enumerate(bench.types(view))]
        if table.rows:
            for some in _by(table.columns, _SOME):
                _profile(bench, table, some)
            _read_values(bench, table)
            _make(bench, table)
            _find_keys(bench, table)
        found.append(table)
    return found


def _by(columns: Sequence[Seen], size: int) -> Iterator[Sequence[Seen]]:
    for start in range(0, len(columns), size):
        yield columns[start : start + size]


def _seen(at: int, name: str, type_: str) -> Seen:
    source = quoted(name)
    if type_ == "BOOLEAN":
        return Seen(name, f"c{at}", FLAG, source)
    if type_ == "DATE" or type_.startswith("TIMESTAMP"):
        cast = f"CAST({source} AS TIMESTAMP)"
        sane = f"CASE WHEN {cast} BETWEEN {_NEVER} AND {_FAR} THEN {cast} END"
        return Seen(name, f"c{at}", MOMENT, sane, day_only=type_ == "DATE")
    if _NUMBER.fullmatch(type_):
        return Seen(name, f"c{at}", NUMBER, source, whole="INT" in type_ or type_.endswith(",0)"))
    if type_ == "UUID":
        return Seen(name, f"c{at}", TEXT, f"CAST({source} AS VARCHAR)")
    return Seen(name, f"c{at}", TEXT if type_ == "VARCHAR" else OTHER, source)


def _profile(bench: Bench, table: Judged, columns: Sequence[Seen]) -> None:
    asked: list[str] = []
    for column in columns:
        sql = column.source
        if column.kind == OTHER:
            asked += [f"count({sql})", "0", "NULL", "NULL", "NULL"]
            continue
        extra = "NULL"
        if column.kind == TEXT:
            extra = f"count(*) FILTER (WHERE length({sql}) >= 8 AND TRY_CAST({sql} AS TIMESTAMP) IS NOT NULL)"
        elif column.kind == MOMENT:
            extra = f"count(*) FILTER (WHERE {sql} <> date_trunc('day', {sql}))"
        elif column.whole:
            extra = (
                f"count(*) FILTER (WHERE {sql} BETWEEN 19000101 AND 22001231 AND "
                f"try_strptime(CAST({sql} AS VARCHAR), '%Y%m%d') IS NOT NULL)"
            )
        asked += [f"count({sql})", f"approx_count_distinct({sql})", f"CAST(min({sql}) AS VARCHAR)"]
        asked += [f"CAST(max({sql}) AS VARCHAR)", extra]
    (row,) = bench.rows(f"SELECT {', '.join(asked)} FROM {table.raw}", table.name) or [(0,) * len(asked)]
    for at, column in enumerate(columns):
        filled, column.distinct, column.least, column.greatest, extra_count = row[5 * at : 5 * at + 5]
        column.filled = int(filled or 0)
        _retype(column, int(extra_count or 0))


def _retype(column: Seen, count: int) -> None:
    """Dates that are written as texts or as numbers are moments all the same."""
    if column.kind == MOMENT:
        column.day_only = column.day_only or not count
    elif column.kind == TEXT and column.filled and count == column.filled:
        cast = f"TRY_CAST({column.source} AS TIMESTAMP)"
        column.kind = MOMENT
        column.source = f"CASE WHEN {cast} BETWEEN {_NEVER} AND {_FAR} THEN {cast} END"
        column.day_only = len(column.greatest or "") <= len("2024-01-01")
    elif _is_day(column, count):
        column.source = f"CAST(try_strptime(CAST({column.source} AS VARCHAR), '%Y%m%d') AS TIMESTAMP)"
        column.kind, column.day_only = MOMENT, True


def _is_day(column: Seen, count: int) -> bool:
    """Whether a number is a day such as 20240229."""
    named = {"date", "day", "at", "on", "dat"} & set(column.words)
    return column.kind == NUMBER and column.whole and bool(named) and 0 < 0.98 * column.filled <= count


def _read_values(bench: Bench, table: Judged) -> None:
    """The values of columns that have few; of those that say yes and no, flags are made."""
    few = [c for c in table.columns if c.kind in (TEXT, NUMBER) and 0 < c.distinct <= _FEW]
    few = [c for c in few if c.kind == TEXT or c.distinct <= 3]
    for some in _by(few[:_LISTED], _SOME):
        lists = ", ".join(f"list(DISTINCT CAST({c.source} AS VARCHAR))" for c in some)
        for row in bench.rows(f"SELECT {lists} FROM {table.raw}", table.name):
            for column, values in zip(some, row, strict=True):
                column.values = tuple(sorted(v for v in values or () if v is not None))
                _as_flag(column)


def _as_flag(column: Seen) -> None:
    said = {value.strip().lower() for value in column.values}
    if not said or len(said) > 2 or not said <= TRUE_WORDS | FALSE_WORDS:
        return
    named = {"is", "has", "flag", "kz", "yn", "ind", "indicator", "flg", "active", "current", "akt"} & set(
        column.words
    )
    if column.kind == NUMBER and not named:
        return
    if len(said) == 1 and not named:
        return
    true = ", ".join(f"'{word}'" for word in sorted(TRUE_WORDS))
    column.source = f"(lower(trim(CAST({column.source} AS VARCHAR))) IN ({true}))"
    raw = quoted(column.name)
    column.source = f"CASE WHEN {raw} IS NOT NULL THEN {column.source} END"
    column.kind, column.flag_text = FLAG, True


def _make(bench: Bench, table: Judged) -> None:
    """The judge's own copy, in which columns go by numbers."""
    kept = [c for c in table.columns if c.kind != OTHER]
    shown = ", ".join(f"{c.source} AS {c.sql}" for c in kept) or "1 AS none"
    what = "TABLE" if table.rows <= _HELD else "VIEW"
    if not bench.run(f"CREATE {what} {table.sql} AS SELECT {shown} FROM {table.raw}"):
        table.columns = []


def _find_keys(bench: Bench, table: Judged) -> None:
    """Which columns hold all different values: counted exactly for those that may."""
    likely = [
        c
        for c in table.columns
        if c.kind in (NUMBER, TEXT, MOMENT) and c.filled == table.rows and c.distinct >= 0.8 * table.rows
    ][:24]
    if not likely:
        return
    counts = ", ".join(f"count(DISTINCT {c.sql})" for c in likely)
    for row in bench.rows(f"SELECT {counts} FROM {table.sql}", table.name):
        for column, count in zip(likely, row, strict=True):
            column.distinct = int(count)
            column.unique = count == table.rows
            first = column is table.columns[0] and column.key_like and table.rows >= 100
            column.nearly = first and not column.unique and count >= 0.97 * table.rows
