"""A reference while it is planned, and the role that it plays among those of its table."""

from dataclasses import dataclass
from functools import cached_property

from dw_simulator.schema.model import DEFAULT_NULL_FRACTION, Column, ForeignKey, Table, Tree

Path = tuple["Relation", ...]
"""References followed one after another, from child to parent."""


@dataclass(frozen=True, eq=False)
class Relation:
    """Rows of one table that lead to rows of another, or of their own.

    parent_rows  how many rows the parent has
    implied      it is not declared, but follows from what is: the reference of a reference
    home         it is not declared, but leads to where the values of its columns come from, mostly a hidden
                 table
    """

    table: Table
    declared: ForeignKey
    parent: Table
    parent_rows: int
    implied: bool = False
    home: bool = False

    @property
    def is_declared(self) -> bool:
        """Whether the schema says that it is a reference."""
        return not (self.implied or self.home)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        return self.declared.columns

    @cached_property
    def pairs(self) -> dict[str, str]:
        """From own column to the parent's column."""
        return dict(zip(self.declared.columns, self.declared.references_columns, strict=True))

    @property
    def label(self) -> str:
        return f"{self.table.name}({', '.join(self.declared.columns)})"

    @property
    def is_special(self) -> bool:
        """Whether anything is declared about which parents are picked how often."""
        way = self.declared
        return bool(way.children or way.skew or way.childless or way.pick or (way.tree and not self._is_flat))

    @cached_property
    def is_own_row(self) -> bool:
        """Whether rows can but reference themselves: they share a key with it, or are all of them roots."""
        same = {own for own, target in self.pairs.items() if self.parent is self.table and own == target}
        return self._is_flat or any(set(key) <= same for key in self.table.keys)

    @property
    def _is_flat(self) -> bool:
        """Whether it is a tree of roots alone, none of which may be NULL."""
        tree = self.declared.tree
        return isinstance(tree, Tree) and tree.is_flat and not any(map(self.optional, self._own_columns))

    @property
    def _own_columns(self) -> list[Column]:
        return [column for column in map(self.table.column, self.columns) if column is not None]

    @property
    def own_keys(self) -> list[tuple[str, ...]]:
        """The keys of its table that are made of its columns, and say which row is referenced."""
        keys = [key for key in self.table.keys if set(key) <= set(self.columns)]
        return [key for key in keys if self.determined_by(set(key))]

    def optional(self, column: Column) -> bool:
        """Whether this column of the reference may be NULL."""
        return self.declared.nullable or not column.required

    def determined_by(self, columns: frozenset[str] | set[str]) -> bool:
        """Whether these own columns are enough to say which row is referenced."""
        targets = {target for own, target in self.pairs.items() if own in columns}
        # that a row has its own key says nothing about which row it references
        own = self.parent is self.table
        same = {name for name, target in self.pairs.items() if own and name == target}
        return any(set(key) <= targets and not set(key) <= same for key in self.parent.keys)

    def shares(self, other: "Relation") -> bool:
        """Whether another relation of the table has a column in common with it."""
        return self is not other and bool(set(self.columns) & set(other.columns))


def meant(relations: "list[Relation]", reference: str, parent: Table | None = None) -> "list[Relation]":
    """Of the references that a column stands in those that are meant: to a table, or of that column alone."""
    found = [r for r in relations if parent is None or r.parent.name == parent.name]
    return [r for r in found if tuple(r.columns) == (reference,)] or found


@dataclass(frozen=True)
class Role:
    """How a relation comes by its row.

    base  a row to agree with, as a path of relations from the own row; None where it leads, and picks freely
    path  how that row is reached from the parent: it picks among the parent's rows from which this path leads
          there; empty where the row to agree with is the parent's row itself
    rank  where several relations hold a column, its value is that of the lowest
    """

    base: Path | None = None
    path: Path = ()
    rank: int = 1 << 30

    @property
    def leads(self) -> bool:
        """Whether it picks freely."""
        return self.base is None

    @property
    def follows(self) -> bool:
        """Whether another relation says its row."""
        return self.base is not None and not self.path


FREE = Role()
"""Of a relation that no other has to agree with."""


def is_tree(relation: Relation, role: Role = FREE) -> bool:
    """Whether rows stand after their parents: as declared, or because a row of its own table may be NULL.

    One that is a key by itself is a list, if it may be NULL, and else no tree.
    """
    if relation.parent is not relation.table or relation.declared.tree is False:
        return False
    if role.base is not None and (role.path != role.base or not role.path):
        return False
    if relation.declared.tree:
        return True
    columns = [relation.table.column(name) for name in relation.columns]
    optional = any(column is not None and relation.optional(column) for column in columns)
    return optional and not relation.is_special


def null_share(table: Table, reference: ForeignKey) -> float:
    """The share of rows in which a reference is NULL, as declared; 0 for a required one."""
    columns = [column for column in map(table.column, reference.columns) if column is not None]
    if not reference.nullable and all(column.required for column in columns):
        return 0.0
    declared = declared_share(table, reference)
    return DEFAULT_NULL_FRACTION if declared is None else declared


def declared_share(table: Table, reference: ForeignKey) -> float | None:
    """The share of NULLs that is asked for; None where nothing is."""
    columns = [column for column in map(table.column, reference.columns) if column is not None]
    if any(column.null_when for column in columns):  # a condition says when, not chance
        return 0.0
    shares = [reference.null_fraction, *(column.null_fraction for column in columns)]
    return max((share for share in shares if share is not None), default=None)
