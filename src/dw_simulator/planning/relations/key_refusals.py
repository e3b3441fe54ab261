"""Why keys cannot hold: what was asked, what fits, what would give them room."""

from collections.abc import Iterator
from dataclasses import dataclass

from dw_simulator.engine.values.base import is_domain
from dw_simulator.errors import Refusal
from dw_simulator.planning.draft import Draft
from dw_simulator.planning.relations.relation import Relation
from dw_simulator.ports.needs import Asked, Derived
from dw_simulator.schema.model import Table
from dw_simulator.types import Kind

Key = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class KeyRefusals:
    """The refusals of one table's keys."""

    draft: Draft
    table: Table

    @property
    def rows(self) -> int:
        return self.draft.rows[self.table.name]

    @property
    def relations(self) -> list[Relation]:
        return self.draft.relations[self.table.name]

    def _types(self, key: Key) -> str:
        columns = (self.table.column(name) for name in key)
        return ", ".join(column.data_type for column in columns if column is not None)

    def too_few(self, key: Key, capacity: int, bound: int = 0, parent: Relation | None = None) -> Refusal:
        """A key has fewer values than its table, or one row of a parent, has rows."""
        if parent is not None:
            return Refusal(
                f"{self._types(key)}, unique together: {capacity:,} rows fit to each row of "
                f"{parent.parent.name}, up to {bound:,} are asked",
                "widen a column, lower the rows, or give the parents more evenly many children",
            )
        what = "unique" if len(key) == 1 else "unique together"
        return Refusal(
            f"{self._types(key)}, {what}: {capacity:,} values fit, {self.rows:,} rows asked",
            f"{self._room_in(key)} or lower the rows",
        )

    def too_few_filled(self, key: Key, filled: int, size: int, relation: Relation | None) -> Refusal:
        """More rows are to have a value than there are values, although some are NULL."""
        share = f'say "null_fraction": {1 - size / self.rows:.6g} or more, or leave it out'
        if relation is not None:
            words = f"{filled:,} rows are to have a parent, {relation.parent.name} has {size:,}"
        else:
            words = f"{filled:,} rows are to have a value, {size:,} values fit"
        return Refusal(f"unique: {words}" if len(key) == 1 else f"unique together: {words}", share)

    def _room_in(self, key: Key) -> str:
        """What would give a key more values."""
        parents = {r.parent.name: None for r in self.relations if set(r.columns) & set(key)}
        if parents:
            return f"give {' or '.join(parents)} more rows,"
        column = self.table.column(key[0])
        if len(key) == 1 and column is not None and column.type.kind in (Kind.DATE, Kind.TIMESTAMP):
            return "widen date_start to date_end"
        return "widen the column" if len(key) == 1 else "widen a column"

    def nothing_free(self, key: Key) -> Refusal:
        """No part of a key is free to differ from row to row."""
        for name in key:
            values = self.draft.values.get((self.table.name, name))
            if values is not None and not is_domain(values):
                return Refusal(
                    f"the rule of {name} cannot make values that differ", "choose another rule, or no rule"
                )
        special = [r for r in self.relations if r.is_special and r.determined_by(set(key))]
        if special:
            return Refusal(
                f"unique, but how often a parent of {special[0].label} is picked is declared otherwise",
                "leave out skew, children, childless or tree there, or the key",
            )
        for asking, reference in self._asking():
            if reference in key:
                return Refusal(
                    f"unique, but {asking} asks for rows that stand together by {reference}, which some lack",
                    "give the parent more rows, or ask for no rows that stand together",
                )
        return Refusal(
            "nothing in it is free to differ from row to row: its columns follow from other references or "
            "keys",
            "put all columns of a reference into the key, add a plain whole number to it, or drop it",
        )

    def _asking(self) -> Iterator[tuple[str, str]]:
        """The columns that ask for rows of the table that stand together, and by which reference."""
        for (table, name), values in self.draft.values.items():
            for need in values.needs if isinstance(values, Derived) else ():
                owner, reference = need.together if isinstance(need, Asked) else (None, None)
                if reference is not None and (owner or table) == self.table.name:
                    yield f"{table}.{name}", reference

    def too_few_for_all(self, fits: int, bound: int, cluster: Relation | None) -> Refusal:
        """Keys that overlap have no room for so many rows, in all or of one parent."""
        of_one = f" of one row of {cluster.parent.name}" if cluster is not None else ""
        return Refusal(
            f"these keys overlap: {fits:,} rows{of_one} fit all of them at once, {bound:,} are asked",
            "widen a column that stands in several of them, lower the rows, or drop one of the keys",
        )
