"""The passes that finish columns: who is picked as parent, and the kernel of every column."""

from dw_simulator.engine.kernels.base import Drawn, Kernel, Nullable, is_domain, width_of
from dw_simulator.engine.kernels.decimals import WideDecimals
from dw_simulator.engine.kernels.integers import Integers
from dw_simulator.engine.planning.draft import Draft, Place, Relation
from dw_simulator.engine.references import Reference
from dw_simulator.engine.sampling import Chance, Uniform
from dw_simulator.engine.storage import dtype_of
from dw_simulator.model import DEFAULT_NULL_FRACTION, Column, Table
from dw_simulator.types import Kind, SqlType


def pick_parents(draft: Draft) -> None:
    """References that no key has spoken for pick their parents uniformly."""
    for relation in draft.relations.values():
        if relation.pick is None:
            stream = draft.stream(relation.table, relation.declared.columns, "parent")
            relation.pick = Uniform(stream, max(relation.parent_rows, 1))


def make_kernels(draft: Draft) -> None:
    """Give every column its kernel, following references from column to column."""
    resolver = _Resolver(draft)
    for table, column in draft.columns():
        resolver.kernel(table, column)


class _Resolver:
    """Kernels of columns, following references from column to column."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.path: list[Place] = []
        self.chances: dict[Relation, Chance] = {}

    def kernel(self, table: Table, column: Column) -> Kernel | None:
        """The column's kernel, made once; None when it was refused."""
        place = (table.name, column.name)
        if place in self.draft.kernels or place in self.draft.failed:
            return self.draft.kernels.get(place)
        relation = self.draft.relations.get(place)
        kernel = self._follow(relation, table, column) if relation else self._plain(table, column)
        if kernel is None:
            self.draft.failed.add(place)
            return None
        chance = self._chance(relation, table, column)
        self.draft.kernels[place] = Nullable(kernel, chance) if chance else kernel
        return self.draft.kernels[place]

    def _plain(self, table: Table, column: Column) -> Kernel | None:
        values = self.draft.values.get((table.name, column.name))
        if values is None:
            return None
        if not is_domain(values):
            return values
        selector = self.draft.selectors.get((table.name, column.name))
        stream = self.draft.stream(table, (column.name,), "value")
        return Drawn(selector or Uniform(stream, values.natural), values)

    def _chance(self, relation: Relation | None, table: Table, column: Column) -> Chance | None:
        if relation is None:
            if column.required:
                return None
            return Chance(self.draft.stream(table, (column.name,), "null"), _null_fraction(column))
        if not relation.optional(column):
            return None
        # one chance for all columns of the reference: they are NULL together
        return self._shared_chance(relation)

    def _shared_chance(self, relation: Relation) -> Chance:
        if relation not in self.chances:
            columns = [relation.table.column(name) for name in relation.declared.columns]
            shares = [
                column.null_fraction for column in columns if column and column.null_fraction is not None
            ]
            share = max(shares, default=DEFAULT_NULL_FRACTION) if relation.parent_rows else 1.0
            stream = self.draft.stream(relation.table, relation.declared.columns, "null")
            self.chances[relation] = Chance(stream, share)
        return self.chances[relation]

    def _follow(self, relation: Relation, table: Table, column: Column) -> Kernel | None:
        place = (table.name, column.name)
        if place in self.path:
            loop = " -> ".join(f"{t}.{c}" for t, c in [*self.path[self.path.index(place) :], place])
            self.draft.refuse(
                f"{table.name}.{column.name}",
                f"its value comes from itself: {loop}",
                "drop one of these references",
            )
            return None
        target = dict(relation.pairs)[column.name]
        parent_column = relation.parent.column(target)
        assert parent_column is not None, "the model has checked references"
        self.path.append(place)
        parent = self.kernel(relation.parent, parent_column)
        self.path.pop()
        if parent is None:
            return None
        return self._reference(relation, column, parent_column, parent)

    def _reference(self, relation: Relation, column: Column, target: Column, parent: Kernel) -> Kernel | None:
        place = f"{relation.table.name}.{column.name}"
        goal = f"{relation.parent.name}.{target.name}"
        if can_be_null(parent) and not relation.optional(column):
            self.draft.refuse(
                place, f"cannot be NULL, but {goal}, which it references, can", f"make {goal} required"
            )
            return None
        mismatch = _mismatch(column.type, target.type, parent)
        if mismatch:
            mend = f"declare it as {target.data_type}, like {goal}"
            self.draft.refuse(
                place, f"{column.data_type} references {goal} {target.data_type}: {mismatch}", mend
            )
            return None
        assert relation.pick is not None
        own, theirs = ((type_.bits, dtype_of(type_)) for type_ in (column.type, target.type))
        return Reference(relation.pick, parent, None if own == theirs else own)


def can_be_null(kernel: Kernel) -> bool:
    if isinstance(kernel, Reference):
        return can_be_null(kernel.parent)
    return isinstance(kernel, Nullable)


def _null_fraction(column: Column) -> float:
    return DEFAULT_NULL_FRACTION if column.null_fraction is None else column.null_fraction


_WHOLE = (Kind.INTEGER, Kind.DECIMAL)


def _mismatch(own: SqlType, target: SqlType, parent: Kernel) -> str:
    """Why a parent's values are no values of the child's type; empty when they are."""
    if own.kind in _WHOLE and target.kind in _WHOLE:
        if own.scale != target.scale:
            return "the digits differ"
        low, high = own.limits
        if own.bits != 128 or target.bits != 128:  # what one of them stores in 64 bits
            low, high = max(low, -(1 << 63)), min(high, (1 << 63) - 1)
        least, greatest = _range(parent, target)
        return "" if low <= least and greatest <= high else f"values up to {greatest:,} do not fit"
    if own.kind is not target.kind:
        return "another kind of value"
    if own.kind in (Kind.TEXT, Kind.BINARY) and width_of(parent) > own.length:
        return f"values of up to {width_of(parent)} bytes do not fit"
    if (own.bits, own.unit, own.zoned) != (target.bits, target.unit, target.zoned):
        return "the precision differs"
    return ""


def _range(kernel: Kernel, type_: SqlType) -> tuple[int, int]:
    """Least and greatest stored integer a kernel can give, as far as is known."""
    if isinstance(kernel, Nullable):
        return _range(kernel.kernel, type_)
    if isinstance(kernel, Reference):
        return _range(kernel.parent, type_)
    if isinstance(kernel, Drawn) and isinstance(kernel.domain, Integers | WideDecimals):
        ends = (kernel.domain.low, kernel.domain.low + kernel.domain.step * (kernel.domain.size - 1))
        return min(ends), max(ends)
    return type_.limits
