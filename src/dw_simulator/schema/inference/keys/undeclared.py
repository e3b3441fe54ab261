"""References that nobody declared: columns that are named as another table's key.

Most warehouses enforce no references, and so their DDL declares none. A reader sees them all the same:
`orders.customer_id` is one of `customers`, `billing_country_id` one of `countries`, `manager_id` of an
employee another employee. What is not certain is none: two tables that fit alike, a key that is not unique,
a type that does not hold it.

>>> experiment = Experiment.model_validate({"name": "shop", "tables": [
...     {"name": "customers", "primary_key": ["id"], "columns": [{"name": "id", "data_type": "INT"}]},
...     {"name": "orders", "columns": [{"name": "customer_id", "data_type": "INT"}]}]})
>>> made = with_references(experiment).tables[1].columns[0].foreign_key
>>> made.references_table, made.inferred
('customers', 'customer_id is named as the key of customers')
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from dw_simulator.schema.inference.keys.composite_references import composites
from dw_simulator.schema.inference.keys.guessed_keys import with_keys
from dw_simulator.schema.inference.keys.key_names import KeyName, Words, pieces
from dw_simulator.schema.inference.keys.key_targets import (
    OWN,
    SAME,
    SHORT,
    Called,
    ReferencedKey,
    Targets,
    best,
)
from dw_simulator.schema.inference.keys.reference_words import (
    BY_WORDS,
    COUNTING,
    FEW_WORDS,
    FOREIGN_WORDS,
    INNER_ROLES,
    OUTER_ROLES,
    OWN_ROLES,
    PLACE_ROLES,
    ROLE_WORDS,
    SELF_WORDS,
    UNITS_OF_TIME,
)
from dw_simulator.schema.inference.words.lexicon import HEAD_FIRST
from dw_simulator.schema.inference.words.tokens import plain_words, read
from dw_simulator.schema.json_data import JsonObject
from dw_simulator.schema.model import Column, ColumnReference, Experiment, ForeignKey, Table
from dw_simulator.schema.table_order import Edge, has_circle
from dw_simulator.types import Kind

__all__ = ["with_references"]

_TYPED = ("type", "kind", "class", "table", "model", "entity")
"""Ends of the column that says which table another one references."""
_LONGEST_CODE = 5
"""Letters of a text that stands for a place without being called a code."""
_MANY = 20
"""More tables than this under one name: only the very name of a key tells them apart."""
_BY_ROLE = 10
"""Weaker than any name of a table."""


@dataclass(frozen=True)
class FoundReference:
    """A reference of one column that was found.

    weight  how sure it is, the less the surer
    """

    column: Column
    target: ReferencedKey
    weight: int
    why: str
    tree: bool = False

    def written(self) -> ColumnReference:
        """The reference as the column declares it."""
        fields: JsonObject = {
            "references_table": self.target.table.name,
            "references_column": self.target.column.name,
        }
        fields |= {"tree": True} if self.tree else {}
        return ColumnReference.model_validate({**fields, "inferred": self.why, "guessed": fields})


def with_references(experiment: Experiment) -> Experiment:
    """The schema with the references that its names speak of, each with the reason for it.

    What is declared stays as it is. A schema in which no table has a key gets those that its names tell.
    """
    experiment = with_keys(experiment)
    targets = Targets(experiment)
    tables = [_Referring(table, targets) for table in experiment.tables]
    several = {
        one.table.name: composites(
            one.table, targets, {name: f.target.table for name, f in one.found.items()}
        )
        for one in tables
    }
    for one in tables:
        one.leave({name for reference in several[one.table.name] for name in reference.columns})
    left_out = _in_circles(tables, several)
    made = []
    for one in tables:
        found = {name: f for name, f in one.found.items() if (one.table.name, name) not in left_out}
        columns = tuple(
            column.changed(foreign_key=found[column.name].written()) if column.name in found else column
            for column in one.table.columns
        )
        keys = (*one.table.foreign_keys, *several[one.table.name])
        made.append(one.table.changed(columns=columns, foreign_keys=keys) if found or keys else one.table)
    return experiment.changed(tables=tuple(made))


class _Referring:
    """What the columns of one table reference."""

    def __init__(self, table: Table, targets: Targets) -> None:
        self.table, self.targets = table, targets
        self.words = targets.tables[table.name]
        self.names = {column.name: targets.read(table, column) for column in table.columns}
        self.plain = {name.plain for name in self.names.values()}
        self.stems = {name.stem for name in self.names.values()}
        self.found: dict[str, FoundReference] = {}
        for column in self._open():
            found = self._of(column, self.names[column.name])
            if found is not None:
                self.found[column.name] = found

    def leave(self, names: Iterable[str]) -> None:
        """Some columns are parts of other references."""
        for name in names:
            self.found.pop(name, None)

    def _open(self) -> Iterator[Column]:
        """The columns that say nothing of their values, and may be references."""
        taken = {name for reference in self.table.references for name in reference.columns}
        taken |= {*self.table.typed}
        for column in self.table.columns:
            declared = column.model_fields_set & {"min_value", "max_value"}
            fit = (
                column.type.kind in (Kind.INTEGER, Kind.DECIMAL, Kind.TEXT, Kind.UUID)
                and not column.type.scale
            )
            counted = COUNTING & {*plain_words(column.name)} or UNITS_OF_TIME & {*pieces(column.name)[-1:]}
            if fit and not (column.source or column.name in taken or declared or counted):
                yield column

    def _of(self, column: Column, name: KeyName) -> FoundReference | None:
        if not name.stem or not FOREIGN_WORDS.isdisjoint(name.stem):
            return None
        own_key = (column.name,) == self.table.primary_key or (column.name,) == self.table.inferred_key
        if own_key:
            return self._extension(column, name)
        plain = name.without_numbers()
        if not plain.stem:
            return None
        found = self._named(column, name) or (self._named(column, plain) if plain != name else None)
        return found or self._by_role(column, plain)

    # --- by the name of a table

    def _named(self, column: Column, name: KeyName) -> FoundReference | None:
        stem = name.stem
        for length in range(len(stem), 0, -1):
            for words, roles, turned in self._parts(stem, name.said, length):
                found = self.targets.called(words)
                if not found:
                    continue
                if words in self.words.nouns and not roles and not self.words.copies:
                    return None  # its own number, or name
                said = name.said[stem.index(words[-1]) if turned else len(stem) - 1]
                if len(found) > _MANY:
                    found = self._few(words, name, said, own=bool(roles))
                told = [one for one in found if self._is_told(name, said, one)]
                return self._chosen(column, name, told, roles, turned=turned)
        return None

    def _few(self, words: Words, name: KeyName, said: str, *, own: bool) -> list[Called]:
        """Of many tables under one name those that may be meant, of tables that are alike the first two.

        A second one is enough to say that nobody knows which it is.

        own  whether it may be this table
        """
        first = [
            one
            for alike in self.targets.alike(words, name.plain)
            for one in islice(
                (
                    one
                    for one in alike
                    if (own or one[1].table is not self.table) and self._is_told(name, said, one)
                ),
                2,
            )
        ]
        return self.targets.among(words, [target for _rank, target in first])

    def _is_told(self, name: KeyName, said: str, one: Called) -> bool:
        """Whether what a table is called is what a word of a name says."""
        rank, target = one
        return rank in (SAME, SHORT) or self._is_meant(name, said, target)

    def _is_meant(self, name: KeyName, said: str, target: ReferencedKey) -> bool:
        """Whether a word of a name stands for a table; one that is not called a key is the table's own."""
        return self.targets.is_meant(said, target) if name.ends else self.targets.is_written(said, target)

    @staticmethod
    def _parts(stem: Words, said: Words, length: int) -> Iterator[tuple[Words, Words, bool]]:
        """The words of a table, and the role: `ship_address`, or `almacen_origen` in other languages."""
        yield stem[-length:], stem[:-length], False
        if length < len(stem) and (
            ROLE_WORDS.issuperset(stem[length:]) or _is_head_first(stem, said, length)
        ):
            yield stem[:length], stem[length:], True

    def _chosen(
        self,
        column: Column,
        name: KeyName,
        found: Sequence[tuple[int, ReferencedKey]],
        roles: Words,
        *,
        turned: bool,
    ) -> FoundReference | None:
        own = self.table
        ranked = []
        for rank, one in found:
            if one.table is own and not roles:
                continue
            if self._is_own_number(one, name):
                if rank == OWN:
                    return None
                continue
            if not one.fits(column, name):
                continue
            if rank == SHORT and roles and not ROLE_WORDS.issuperset(roles):
                continue
            order = (
                one.copies and not self.words.copies,
                rank,
                name.ends != one.name.ends,
                name.plain != one.name.plain,
                column.type != one.column.type,
                (one.column.name,) != one.table.primary_key,
            )
            ranked.append((tuple(map(int, order)), one))
        target = best(ranked)
        if target is None or self._is_told_twice(column, name, target):
            return None
        strange = [role for role in roles if self._is_strange(role, target)]
        if strange:
            return None
        rank = next(rank for rank, other in found if other is target)
        weight = rank + bool(roles) + turned
        return FoundReference(column, target, weight, self._why(column, target, roles), target.table is own)

    def _is_strange(self, role: str, target: ReferencedKey) -> bool:
        """Whether a word before a table's names another table: a customer's group is none of groups."""
        if role in ROLE_WORDS or role in SELF_WORDS or role in INNER_ROLES or role in OUTER_ROLES:
            return False
        return self.targets.is_noun(role, self.table, target.table)

    def _is_own_number(self, target: ReferencedKey, name: KeyName) -> bool:
        """Whether the other table has a plain column of this very name: a business key beside its key."""
        if target.table is self.table or name.plain == target.name.plain:
            return False
        keys = [one.name.plain for one in self.targets.of_table(target.table)]
        return name.plain in self.targets.plain_names(target.table) and name.plain not in keys

    def _is_told_twice(self, column: Column, name: KeyName, target: ReferencedKey) -> bool:
        """Whether another column of the row says the same with the very name of the key."""
        return name.plain != target.name.plain and any(
            other.stem == name.stem and other.ends == target.name.ends and called != column.name
            for called, other in self.names.items()
            if other.ends != name.ends
        )

    @staticmethod
    def _why(column: Column, target: ReferencedKey, roles: Words) -> str:
        goal = target.table.name
        as_ = f", as {' '.join(roles)}" if roles else ""
        return f"{column.name} is named as the key of {goal}{as_}"

    def _extension(self, column: Column, name: KeyName) -> FoundReference | None:
        """A key that is another table's: details of an employee have the employee's key."""
        if name.stem in self.words.nouns or self.words.copies or not name.ends:
            return None
        found = [
            (rank, target)
            for rank, target in self.targets.called(name.stem)
            if rank == OWN
            and target.table is not self.table
            and (target.column.name,) in (target.table.primary_key, target.table.inferred_key)
            and target.name.stem in ((), name.stem)
            and name.stem in self.targets.tables[target.table.name].nouns
        ]
        return self._chosen(column, name, found, (), turned=False) if found else None

    # --- by a role

    def _by_role(self, column: Column, name: KeyName) -> FoundReference | None:
        stem = name.stem
        if name.kind in ("number", "code") and not PLACE_ROLES.issuperset(stem):
            return None
        if self._is_typed(name):
            return None
        return self._above(column, name) or self._someone(column, name) or self._somewhere(column, name)

    def _is_typed(self, name: KeyName) -> bool:
        """Whether another column says which table it is: owner_type beside owner_id."""
        return any((*name.stem, end) in self.stems for end in _TYPED)

    def _above(self, column: Column, name: KeyName) -> FoundReference | None:
        """The row above in the same table."""
        own = self.table.name in self.targets.tables_of_persons
        reports = name.stem[:1] == ("report",) and name.stem[1:] in ((), ("to",)) and own
        if (
            not reports
            and not SELF_WORDS.issuperset(name.stem)
            and not (OWN_ROLES.issuperset(name.stem) and own)
        ):
            return None
        keys = [
            target
            for target in self.targets.of_table(self.table)
            if (target.column.name,) in (self.table.primary_key, self.table.inferred_key)
        ]
        if len(keys) != 1 or not self._is_surrogate_of(column, name, keys[0]):
            return None
        why = f"{column.name} is another row of {self.table.name}"
        return FoundReference(column, keys[0], _BY_ROLE, why, tree=True)

    def _is_surrogate_of(self, column: Column, name: KeyName, target: ReferencedKey) -> bool:
        """Whether a role's column holds the key: by its name, or by the very same type."""
        same = column.type == target.column.type
        if target.column.type.kind is Kind.TEXT and not (same and name.ends):
            return False
        return target.fits(column, name) if name.ends else same

    def _someone(self, column: Column, name: KeyName) -> FoundReference | None:
        """A person by what they do."""
        stem = name.stem
        by = stem[-1] in BY_WORDS and len(stem) > 1
        doing = set(stem) & (INNER_ROLES | OUTER_ROLES)
        if not by and stem[-1] not in INNER_ROLES | OUTER_ROLES:
            return None
        chosen = self.targets.doing(by, bool(doing & INNER_ROLES), bool(doing & OUTER_ROLES))
        fitting = (one for one in chosen if self._is_surrogate_of(column, name, one))
        few = [*islice(fitting, 2)]  # a second one says that nobody knows who it is
        if len(few) != 1:
            return None
        (target,) = few
        why = f"{column.name} is a person, and {target.table.name} are those of the schema"
        return FoundReference(column, target, _BY_ROLE + 1, why, target.table is self.table)

    def _last_words(self, target: ReferencedKey) -> frozenset[str]:
        return self.targets.tables[target.table.name].last_words

    def _somewhere(self, column: Column, name: KeyName) -> FoundReference | None:
        """Where something begins or ends: one of the only table of places that it can be."""
        if len(self.targets.places) != 1:
            return None
        (target,) = self.targets.places
        stem = name.stem
        if len(stem) > 1 and stem[-1] in self._last_words(target):
            stem = stem[:-1]
        short = column.type.kind is not Kind.TEXT or column.type.length <= _LONGEST_CODE
        alike = name.ends == target.name.ends or (not name.ends and short) or name.kind == target.name.kind
        if not PLACE_ROLES.issuperset(stem) or target.table is self.table or not alike:
            return None
        if target.column.type != column.type:
            return None
        why = f"{column.name} is a place, and {target.table.name} are those of the schema"
        return FoundReference(column, target, _BY_ROLE + 2, why)


def _is_head_first(stem: Words, said: Words, length: int) -> bool:
    """Whether the noun comes first in a name's language, and what follows is no kind of it."""
    spoken = read(said[length - 1]).languages
    return bool(spoken) and bool(spoken[0] & HEAD_FIRST) and FEW_WORDS.isdisjoint(stem[length:])


def _in_circles(tables: Sequence[_Referring], several: dict[str, list[ForeignKey]]) -> set[tuple[str, str]]:
    """(table, column) of the weakest references that would close a circle of rows that need each other."""
    names = [one.table.name for one in tables]
    needed: list[Edge] = []
    for one in tables:
        for reference in (*one.table.references, *several[one.table.name]):
            columns = [one.table.column(name) for name in reference.columns]
            if all(column is not None and column.required for column in columns) and not reference.nullable:
                needed.append((one.table.name, reference.references_table))
    needed = [edge for edge in needed if edge[0] != edge[1]]
    found = sorted(
        (
            (f.weight, (one.table.name, f.target.table.name), (one.table.name, name))
            for one in tables
            for name, f in one.found.items()
            if f.column.required and f.target.table is not one.table
        ),
    )
    if not has_circle(names, [*needed, *(edge for _weight, edge, _place in found)]):
        return set()
    above = _Above(names)
    for child, parent in needed:
        above.add(child, parent)
    left_out = set()
    for _weight, (child, parent), place in found:
        if not above.add(child, parent):
            left_out.add(place)
    return left_out


class _Above:
    """Which tables each table needs, directly or through others: a bit for each, so it is told at once."""

    def __init__(self, names: Sequence[str]) -> None:
        self.place = {name: k for k, name in enumerate(names)}
        self.needs = [0] * len(names)
        self.needed_by = [0] * len(names)

    def add(self, child: str, parent: str) -> bool:
        """Whether a table may need another; then it does. Not where that needs it itself."""
        one, other = self.place[child], self.place[parent]
        if self.needs[other] >> one & 1 or one == other:
            return False
        if self.needs[one] >> other & 1:
            return True
        below, above = self.needed_by[one] | 1 << one, self.needs[other] | 1 << other
        # what needs the other already needs all that it needs, and the same upwards
        for k in _bits(below & ~self.needed_by[other]):
            self.needs[k] |= above
        for k in _bits(above & ~self.needs[one]):
            self.needed_by[k] |= below
        return True


def _bits(mask: int) -> Iterator[int]:
    while mask:
        least = mask & -mask
        yield least.bit_length() - 1
        mask ^= least
