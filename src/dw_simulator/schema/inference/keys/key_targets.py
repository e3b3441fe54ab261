"""The keys that columns may reference, found by the words of whose they are."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from dw_simulator.schema.inference.keys.key_names import (
    KeyName,
    KeyNames,
    Words,
    english_of,
    forms,
    is_loose,
    is_word,
    pieces,
    prefix_of,
)
from dw_simulator.schema.inference.keys.reference_words import (
    COPY_WORDS,
    DULL_TABLE_WORDS,
    GENERIC_KEYS,
    INNER_PERSONS,
    LOGIN_PERSONS,
    OUTER_PERSONS,
    PERSON_NOUNS,
    PLACE_NOUNS,
    STRICTLY_INNER,
    STRICTLY_OUTER,
    SYNONYMS,
)
from dw_simulator.schema.inference.words.tokens import read
from dw_simulator.schema.model import Column, Experiment, Table
from dw_simulator.types import Kind, SqlType

_WIDE = 9
"""So many digits are enough for any key."""
_SHORTEST = 4
_MOST_COLUMNS = 4
_SYNONYMS: Mapping[str, frozenset[str]] = {
    word: frozenset(line.split()) for line in SYNONYMS for word in line.split()
}

OWN, TAIL, SAME, SHORT = 0, 1, 2, 3
"""How surely words name a table: its own, the last of them, others for the same, an abbreviation."""


@dataclass(frozen=True)
class ReferencedKey:
    """A key of one column, and what its table's rows are called.

    nouns   the words for a row: of the table's name, and those that the key is named by
    copies  whether the table holds others' rows again
    """

    table: Table
    column: Column
    name: KeyName
    nouns: frozenset[Words]
    copies: bool

    def fits(self, column: Column, name: KeyName) -> bool:
        """Whether a column can hold the key, and its name says the same kind of key."""
        return holds(column.type, self.column.type) and self._is_kin(column, name)

    def _is_kin(self, column: Column, name: KeyName) -> bool:
        own, other = self.name, name
        if other.ends == own.ends:
            return bool(own.ends) or bool(column.type == self.column.type)
        if other.kind == own.kind == "surrogate":
            return True
        same = bool(column.type == self.column.type)
        if other.kind == "surrogate":
            return own.kind != "" or same
        # a name alone: whoever it names by its surrogate
        if not other.ends:
            whole = column.type.kind in (Kind.INTEGER, Kind.DECIMAL, Kind.UUID)
            return same and whole and own.kind == "surrogate"
        return bool(not own.ends and same and other.kind == "code")


Called = tuple[int, ReferencedKey]
"""A key, and how surely it is called so."""


def holds(child: SqlType, key: SqlType) -> bool:
    """Whether a column of one type has room for a key of another."""
    if child.kind is Kind.TEXT:
        return key.kind is Kind.TEXT and bool(child.length >= key.length)
    if key.kind not in (Kind.INTEGER, Kind.DECIMAL):
        return child.kind is key.kind is Kind.UUID
    if child.kind not in (Kind.INTEGER, Kind.DECIMAL) or child.scale or key.scale:
        return False
    return bool(child.limits[1] >= min(key.limits[1], 10**_WIDE - 1))


@dataclass(frozen=True)
class TableWords:
    """A table, and what its name says.

    nouns   what one of its rows is, in English where that is known
    said    the words as they are written, of one thing and of several
    loose   whether one of them is foreign or an abbreviation
    prefix  the short word that all columns begin with; empty for none
    copies  whether it holds others' rows again
    """

    table: Table
    nouns: frozenset[Words]
    said: frozenset[str]
    loose: bool
    prefix: str
    copies: bool

    @cached_property
    def last_words(self) -> frozenset[str]:
        """The last words of what one of its rows is."""
        return frozenset(noun[-1] for noun in self.nouns)

    @classmethod
    def of(cls, table: Table) -> "TableWords":
        words = pieces(table.name)
        kept = [word for word in words if word not in DULL_TABLE_WORDS] or words
        meant = [english_of(word) for word in kept]
        nouns = {_joined(meant), _joined([english_of(word) for word in words])}
        for k in {0, len(kept) - 1} if kept else ():
            # an English word has one plural; what it looks like in other languages is another word
            for form in () if is_word(kept[k]) else forms(kept[k]):
                nouns.add(_joined([*meant[:k], english_of(form), *meant[k + 1 :]]))
        said = frozenset(form for word in kept for form in forms(word))
        prefix = prefix_of(table.name, [column.name for column in table.columns])
        copies = not COPY_WORDS.isdisjoint(words)
        return cls(table, frozenset(nouns - {()}), said, any(map(is_loose, kept)), prefix, copies)


def _joined(words: Iterable[Words]) -> Words:
    return tuple(one for several in words for one in several)


class Targets:
    """Every key of one column that others may reference, by the words of whose it is."""

    def __init__(self, experiment: Experiment) -> None:
        self.tables = {table.name: TableWords.of(table) for table in experiment.tables}
        keys = [name for table in experiment.tables for key in table.keys for name in key]
        self.names = KeyNames(self.tables, keys)
        self.targets = [target for words in self.tables.values() for target in self._of(words)]
        self._found: dict[Words, list[Called]] = {}
        for target in self.targets:
            for rank, noun in self._called(target):
                self._found.setdefault(noun, []).append((rank, target))
        self._alike: dict[Words, dict[str, dict[tuple[Hashable, ...], list[Called]]]] = {}
        self._places: dict[Words, dict[int, list[int]]] = {}
        self._doing: dict[tuple[bool, bool, bool], list[ReferencedKey]] = {}
        self._plain: dict[str, frozenset[str]] = {}
        self._shortened: dict[str, list[Called]] = {}

    def read(self, table: Table, column: Column) -> KeyName:
        """A column's name as that of a reference."""
        return self.names.of(column.name, self.tables[table.name].prefix)

    def _of(self, words: TableWords) -> Iterator[ReferencedKey]:
        table = words.table
        singles = [key for key in table.keys if len(key) == 1]
        for k, (name,) in enumerate(singles):
            column = table.column(name)
            if column is None or column.type.kind not in (Kind.INTEGER, Kind.DECIMAL, Kind.TEXT, Kind.UUID):
                continue
            read_ = self.names.of(name, words.prefix)
            nouns = words.nouns
            if k and not self._names_its_rows(read_, nouns):
                continue
            if not read_.ends:
                if read_.stem not in nouns and (not read_.stem or read_.stem[-1] in GENERIC_KEYS):
                    continue
                nouns = nouns if read_.stem in nouns else frozenset({read_.stem})
            yield ReferencedKey(table, column, read_, nouns, words.copies)

    @staticmethod
    def _names_its_rows(name: KeyName, nouns: frozenset[Words]) -> bool:
        """Whether a second key is a code or number of what the rows are."""
        return bool(name.ends) and (not name.stem or name.stem in nouns)

    @staticmethod
    def _called(target: ReferencedKey) -> Iterator[tuple[int, Words]]:
        """The words for a target, each with how surely they are."""
        for noun in sorted(target.nouns):  # a set has another order on every machine
            yield OWN, noun
            for k in range(1, len(noun)):
                if not noun[k].isdigit():
                    yield TAIL, noun[k:]
            if len(noun) == 1:
                for other in sorted(_SYNONYMS.get(noun[0], frozenset()) - {noun[0]}):
                    yield SAME, (other,)
        own = target.name.stem
        if (
            own
            and own not in target.nouns
            and target.name.ends
            and (target.column.name,) == target.table.keys[0]
        ):
            yield TAIL, own

    def called(self, words: Words) -> list[Called]:
        """What is called by these words, each with how surely."""
        found = self._found.get(words, [])
        if found or len(words) != 1 or len(words[0]) < _SHORTEST or is_word(words[0]):
            return found
        if words[0] not in self._shortened:
            self._shortened[words[0]] = self._short_for(words[0])
        return self._shortened[words[0]]

    def alike(self, words: Words, plain: str) -> Iterable[list[Called]]:
        """What is called by these words, with a key of this very name: together what is alike in all."""
        return self._alike_by(words).get(plain, {}).values()

    def _alike_by(self, words: Words) -> dict[str, dict[tuple[Hashable, ...], list[Called]]]:
        if words not in self._alike:
            found = self._alike[words] = {}
            for one in self.called(words):
                rank, key = one
                same = (
                    rank,
                    key.copies,
                    key.name,
                    key.column.type,
                    (key.column.name,) == key.table.primary_key,
                )
                found.setdefault(key.name.plain, {}).setdefault(same, []).append(one)
        return self._alike[words]

    def among(self, words: Words, targets: Iterable[ReferencedKey]) -> list[Called]:
        """All that some of those are called, in the order of `called`."""
        if words not in self._places:
            places = self._places[words] = {}
            for k, (_rank, key) in enumerate(self.called(words)):
                places.setdefault(id(key), []).append(k)
        found, called = self._places[words], self.called(words)
        return [called[k] for k in sorted({k for target in targets for k in found[id(target)]})]

    def _short_for(self, word: str) -> list[Called]:
        """What a word may be short for; nothing where that is the name of several."""
        long = [one for one in self._by_letter.get(word[0], ()) if _shortens(word, one)]
        goals = {id(target) for one in long for _rank, target in self._found[(one,)]}
        return [(SHORT, target) for _rank, target in self._found[(long[0],)]] if len(goals) == 1 else []

    @cached_property
    def _by_letter(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for noun, targets in self._found.items():
            if len(noun) == 1 and noun[0] and any(rank == OWN for rank, _target in targets):
                found.setdefault(noun[0][0], []).append(noun[0])
        return found

    def is_meant(self, said: str, target: ReferencedKey) -> bool:
        """Whether a word as it is written is one for the table: `receipt` is none for deliveries."""
        own = self.tables[target.table.name]
        ends = (one for one in (*own.said, *target.name.said) if len(one) >= _SHORTEST)
        return (
            own.loose
            or is_loose(said)
            or self.is_written(said, target)
            or any(said.endswith(one) for one in ends)
            or any(_shortens(said, one) for one in own.said)
        )

    def is_written(self, said: str, target: ReferencedKey) -> bool:
        """Whether a word is the table's own, as it is written."""
        return said in self.tables[target.table.name].said or said in target.name.said

    def is_noun(self, word: str, *but: Table) -> bool:
        """Whether a word names the rows of a table, other than some."""
        return any(rank == OWN and target.table not in but for rank, target in self._found.get((word,), ()))

    def of_table(self, table: Table) -> list[ReferencedKey]:
        """The keys of one column that a table has."""
        return self._by_table.get(table.name, [])

    @cached_property
    def _by_table(self) -> Mapping[str, list[ReferencedKey]]:
        found: dict[str, list[ReferencedKey]] = {}
        for target in self.targets:
            found.setdefault(target.table.name, []).append(target)
        return found

    def plain_names(self, table: Table) -> frozenset[str]:
        """The names of a table's columns, letters and digits alone."""
        if table.name not in self._plain:
            self._plain[table.name] = frozenset(self.read(table, column).plain for column in table.columns)
        return self._plain[table.name]

    def composite_keys_within(self, plain: Mapping[str, str]) -> list[tuple[Table, tuple[Column, ...]]]:
        """The primary keys of several columns all of which are named so; the longest first."""
        found = [
            (k, *one)
            for name in plain
            for k, one in self._composites.get(name, ())
            if all(self.read(one[0], column).plain in plain for column in one[1])
        ]
        found.sort(key=lambda one: (-len(one[2]), one[1].name, one[0]))
        return [(table, key) for _k, table, key in found]

    @cached_property
    def _composites(self) -> Mapping[str, list[tuple[int, tuple[Table, tuple[Column, ...]]]]]:
        """Keys of several columns by the name of the column that fewest tables have."""
        tables = [words.table for words in self.tables.values()]
        often = Counter(self.read(table, column).plain for table in tables for column in table.columns)
        found: dict[str, list[tuple[int, tuple[Table, tuple[Column, ...]]]]] = {}
        for k, table in enumerate(tables):
            key = tuple(c for c in map(table.column, table.primary_key) if c is not None)
            if 1 < len(key) <= _MOST_COLUMNS:
                rarest = min((self.read(table, column).plain for column in key), key=lambda name: often[name])
                found.setdefault(rarest, []).append((k, (table, key)))
        return found

    @cached_property
    def places(self) -> list[ReferencedKey]:
        """The primary keys of tables of places."""
        return [
            target
            for target in self.targets
            if not target.copies
            and (target.column.name,) in (target.table.primary_key, target.table.inferred_key)
            and any(noun[-1] in PLACE_NOUNS for noun in self.tables[target.table.name].nouns)
        ]

    @cached_property
    def persons(self) -> list[ReferencedKey]:
        """The primary keys of tables of people."""
        return [target for target in self.targets if not target.copies and self._is_person(target)]

    @cached_property
    def tables_of_persons(self) -> frozenset[str]:
        """The names of these tables."""
        return frozenset(target.table.name for target in self.persons)

    def doing(self, by: bool, inside: bool, outside: bool) -> list[ReferencedKey]:
        """Who may have done something.

        by       whether it says by whom and not what they do
        inside   whether those do it that work here; outside, whether customers and the like do
        """
        asked = by, inside, outside
        if asked not in self._doing:
            self._doing[asked] = self._who_does(*asked)
        return self._doing[asked]

    def _who_does(self, by: bool, inside: bool, outside: bool) -> list[ReferencedKey]:
        unlike = STRICTLY_INNER if outside else STRICTLY_OUTER
        found = [one for one in self.persons if unlike.isdisjoint(self._last_words(one))]
        if len(found) > 1 and by and not (inside or outside):
            return self._first_kind(found, LOGIN_PERSONS)
        if outside and len(self.persons) > 1:
            return [] if inside else self._first_kind(found, OUTER_PERSONS)
        return self._first_kind(found, INNER_PERSONS) if len(found) > 1 else found

    def _first_kind(self, found: Sequence[ReferencedKey], wanted: Sequence[str]) -> list[ReferencedKey]:
        """Those of the first kind that there is."""
        for word in wanted:
            kind = [one for one in found if word in self._last_words(one)]
            if kind:
                return kind
        return []

    def _last_words(self, target: ReferencedKey) -> frozenset[str]:
        return self.tables[target.table.name].last_words

    def _is_person(self, target: ReferencedKey) -> bool:
        table = target.table
        if table.primary_key not in ((), (target.column.name,)) or target.name.kind not in (
            "surrogate",
            "number",
        ):
            return False
        own = self.tables[table.name].nouns
        if any(noun[-1] in PERSON_NOUNS for noun in own):
            return True
        names = {self._plain_words(table, column.name) for column in table.columns}
        return ("last", "name") in names and bool(names & {("first", "name"), ("name",)})

    def _plain_words(self, table: Table, column: str) -> Words:
        prefix = self.tables[table.name].prefix
        return read(column.removeprefix(f"{prefix}_")).words


def _shortens(short: str, long: str) -> bool:
    """Whether a word may be short for another: letters of it in their order, the first with it.

    >>> _shortens("whse", "warehouse"), _shortens("dept", "department"), _shortens("part", "party")
    (True, True, False)
    """
    if len(long) < len(short) + 2:
        return False
    rest = iter(long)
    return short[0] == long[0] and all(letter in rest for letter in short)


def best(found: Iterable[tuple[tuple[int, ...], ReferencedKey]]) -> ReferencedKey | None:
    """The target with the least rank; none where several have it."""
    ranked = sorted(found, key=lambda one: one[0])
    if not ranked or (len(ranked) > 1 and ranked[0][0] == ranked[1][0] and ranked[0][1] is not ranked[1][1]):
        return None
    return ranked[0][1]
